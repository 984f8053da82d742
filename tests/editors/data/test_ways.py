import pytest

from teahouse.ways import Kettle, measure, pour


def test_words_are_no_litres():
    with pytest.raises(ValueError):
        measure("many")


def test_leaves():
    assert pour(Kettle(1, ["Sencha"])) == "one cup"
