"""Stock, prices and orders of a small tea shop."""

__version__ = "1.2.0"
