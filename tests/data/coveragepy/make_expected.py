"""Writes expected.tsv: what coverage.py itself reads out of the databases beside this file.

    python make_expected.py [FOLDER...] > expected.tsv     (a Python with coverage.py 7.16.1)

One row a source file: database, name, answer, tracer, lines. Numbers that are not positive are no
lines, but show that something ran: an empty module has the line 0.
"""
import pathlib
import sys

from coverage import CoverageData

here = pathlib.Path(__file__).parent


def rows(database):
    data = CoverageData(basename=str(database))
    data.read()
    for name in sorted(data.measured_files(), key=lambda name: name.encode()):
        lines = data.lines(name)
        answer = "ran" if lines or data.arcs(name) else "not-run"
        numbers = ",".join(str(n) for n in sorted(set(lines)) if n > 0)
        yield name, answer, data.file_tracer(name), numbers


if __name__ == "__main__":
    folders = sys.argv[1:] or [here / "db", here / "old-schemas"]
    for folder in map(pathlib.Path, folders):
        for database in sorted(folder.glob("*.coverage")):
            if database.read_bytes()[:6] != b"SQLite" or "5.0a" in database.name:
                continue
            for row in rows(database):
                print(f"{folder.name}/{database.name}", *row, sep="\t")
