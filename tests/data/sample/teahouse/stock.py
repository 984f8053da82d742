"""What is on the shelf."""

from dataclasses import dataclass, field
from functools import cached_property


class OutOfStock(Exception):
    """Asked for more than there is."""

    def __init__(self, tea, wanted):
        super().__init__(f"{tea.name}: {wanted} g wanted, {tea.grams} g left")
        self.tea = tea
        self.wanted = wanted


@dataclass
class Tea:
    """One tin on the shelf."""

    name: str
    price: float  # euros for 100 g
    grams: int = 0
    tags: set[str] = field(default_factory=set)

    @property
    def is_rare(self):
        return "first flush" in self.tags or self.price > 40

    def take(self, grams):
        """Weigh out `grams`; the tin is never left below zero."""
        if grams > self.grams:
            raise OutOfStock(self, grams)
        self.grams -= grams
        return grams


class Shelf:
    """All the tins, by name."""

    def __init__(self, teas=()):
        self._teas = {tea.name: tea for tea in teas}

    def __len__(self):
        return len(self._teas)

    def __repr__(self):  # pragma: no cover
        names = ", ".join(sorted(self._teas))
        return f"<Shelf: {names}>"

    @cached_property
    def tags(self):
        return set().union(
            *(tea.tags for tea in self._teas.values()),
        )

    def add(self, tea):
        old = self._teas.get(tea.name)
        if old is None:
            self._teas[tea.name] = tea
        else:
            old.grams += tea.grams

    def find(self, text):
        """The first tea whose name has `text` in it, whatever the case."""
        wanted = text.casefold()
        for name, tea in self._teas.items():
            if wanted in name.casefold():
                break
        else:
            raise KeyError(f"no tea like “{text}”")
        return tea

    def running_low(self, limit=50):
        return [
            tea
            for tea in self._teas.values()
            if tea.grams < limit
        ]
