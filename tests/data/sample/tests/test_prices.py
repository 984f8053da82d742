from decimal import Decimal

import pytest

from teahouse.prices import discount, price_of, shipping
from teahouse.stock import Tea


@pytest.mark.parametrize(
    "grams, share",
    [(100, "0"), (250, "0.05"), (750, "0.10"), (1000, "0.15")],
)
def test_discount(grams, share):
    assert discount(grams) == Decimal(share)


def test_price_is_in_whole_cents():
    assert price_of(Tea("Sencha", 8.99), 333) == Decimal("28.44")


@pytest.mark.parametrize("total, cost", [(20, "4.90"), (50, "0.00")])
def test_shipping_at_home(total, cost):
    assert shipping(Decimal(total)) == Decimal(cost)
