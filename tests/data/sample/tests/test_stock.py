import pytest

from teahouse.stock import OutOfStock, Shelf, Tea


@pytest.fixture
def shelf():
    return Shelf(
        [
            Tea("Assam TGFOP", 6.5, grams=800, tags={"black"}),
            Tea("Genmaicha", 7.2, grams=30, tags={"green", "roasted"}),
            Tea("Darjeeling Singbulli", 48.0, grams=120, tags={"black", "first flush"}),
        ]
    )


def test_take_leaves_the_rest(shelf):
    tea = shelf.find("assam")
    assert tea.take(300) == 300
    assert tea.grams == 500


def test_take_too_much(shelf):
    with pytest.raises(OutOfStock, match="31 g wanted, 30 g left"):
        shelf.find("genmai").take(31)


def test_a_new_tea_is_put_on_the_shelf(shelf):
    shelf.add(Tea("Rooibos Crème", 5.0, grams=200))
    assert len(shelf) == 4


def test_running_low(shelf):
    assert [tea.name for tea in shelf.running_low()] == ["Genmaicha"]
