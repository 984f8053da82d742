"""From grams to euros."""

import functools
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")

# Grams from which a discount holds, and the discount.
DISCOUNTS = {
    1000: Decimal("0.15"),
    500: Decimal("0.10"),
    250: Decimal("0.05"),
}


def rounded(price):
    """Make a function that returns euros return whole cents."""

    @functools.wraps(price)
    def wrapper(*args, **kwargs):
        return price(*args, **kwargs).quantize(CENT, ROUND_HALF_UP)

    return wrapper


def discount(grams):
    for least, share in DISCOUNTS.items():
        if grams >= least:
            return share
    return Decimal(0)


@rounded
def price_of(tea, grams):
    """What `grams` of `tea` cost, discount taken off; rare teas have none."""
    full = Decimal(str(tea.price)) * grams / 100
    if tea.is_rare:
        return full
    return full * (1 - discount(grams))


@rounded
def shipping(total, country="DE"):
    match country:
        case "DE" if total >= 50:
            return Decimal(0)
        case "DE":
            return Decimal("4.90")
        case "AT" | "CH":
            return Decimal("9.50")
        case _:
            raise ValueError(
                f"we do not send tea to {country!r}; "
                "please write to us",
            )
