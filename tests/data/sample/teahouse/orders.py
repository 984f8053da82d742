"""Orders: a list of teas and grams that somebody pays for."""

import logging
from decimal import Decimal

from .prices import price_of, shipping
from .stock import OutOfStock

log = logging.getLogger(__name__)


class Order:
    """What one customer wants, in the order they asked for it."""

    def __init__(self, customer, country="DE"):
        self.customer = customer
        self.country = country
        self.lines = []
        self.notes = []

    def add(self, tea, grams):
        if grams <= 0:
            raise ValueError("a bag cannot be empty")
        self.lines.append((tea, grams))
        return self

    @property
    def subtotal(self):
        return sum(
            (price_of(tea, grams) for tea, grams in self.lines),
            start=Decimal(0),
        )

    @property
    def total(self):
        return self.subtotal + shipping(self.subtotal, self.country)

    def pack(self, *, partial=False):
        """Take every line off the shelf; with `partial`, send what there is."""
        packed = []
        for tea, grams in self.lines:
            try:
                packed.append((tea, tea.take(grams)))
            except OutOfStock as short:
                if not partial:
                    self._put_back(packed)
                    raise
                log.warning("packing less: %s", short)
                left = tea.take(tea.grams)
                self.notes.append(
                    f"only {left} g of {tea.name}, sorry!"
                )
                if left:
                    packed.append((tea, left))
        return packed

    def _put_back(self, packed):
        for tea, grams in packed:
            tea.grams += grams

    def receipt(self, width=38):
        """The slip of paper in the parcel."""
        rows = [f"Für {self.customer}".center(width), "─" * width]
        for tea, grams in self.lines:
            price = f"{price_of(tea, grams)} €"
            rows.append(f"{tea.name} {grams} g".ljust(width - len(price)) + price)
        if self.notes:
            rows.append("")
            rows.extend(f"☛ {note}" for note in self.notes)
        total = f"{self.total} €"
        rows += ["─" * width, "Total".ljust(width - len(total)) + total]
        return "\n".join(rows)
