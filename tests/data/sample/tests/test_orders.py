from decimal import Decimal

import pytest

from teahouse.orders import Order
from teahouse.stock import OutOfStock, Tea


def test_total_with_shipping():
    order = Order("Jürgen").add(Tea("Sencha", 9.0), 200)
    assert order.subtotal == Decimal("18.00")
    assert order.total == Decimal("22.90")


def test_nothing_is_taken_when_something_is_short():
    assam, sencha = Tea("Assam", 6.5, grams=500), Tea("Sencha", 9.0, grams=10)
    order = Order("Zoë").add(assam, 100).add(sencha, 100)
    with pytest.raises(OutOfStock):
        order.pack()
    assert assam.grams == 500


def test_receipt():
    slip = Order("Zoë").add(Tea("Sencha", 9.0), 200).receipt()
    assert "Für Zoë" in slip
    assert slip.endswith("22.90 €")
