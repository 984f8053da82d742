"""Reads the wholesaler's price list. Nothing calls this in the tests."""

import csv
import sys

from .stock import Shelf, Tea


def read_list(lines, encoding="utf-8"):
    shelf = Shelf()
    for row in csv.DictReader(lines, delimiter=";"):
        tags = {tag.strip() for tag in row["Tags"].split(",") if tag.strip()}
        shelf.add(
            Tea(
                name=row["Name"],
                price=float(row["Price"].replace(",", ".")),
                grams=int(row["Grams"]),
                tags=tags,
            )
        )
    return shelf


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        print(len(read_list(file)), "teas")
