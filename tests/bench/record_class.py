"""The data of a run in which about 60 % of a class ran, for tests/bench/open.

    record_class.py FILE DATAFILE lines|arcs        under a Python that has coverage.py

It never ran: every five blocks of 14 lines are three that ran and two that did not, which is what a
suite that calls three methods of five leaves.
"""
import os
import sys
import time

from coverage import CoverageData
from coverage.parser import PythonParser

BLOCK = 14


def main():
    path, database, kind = sys.argv[1:]
    # Lines that ran without those before them speak against a source that was saved just before the data.
    os.utime(path, (time.time() - 3600,) * 2)
    parser = PythonParser(filename=path)
    parser.parse_source()
    ran = {line for line in parser.statements if line // BLOCK % 5 < 3}
    data = CoverageData(basename=database)
    if kind == "lines":
        data.add_lines({path: ran})
    else:
        data.add_arcs({path: [(a, b) for a, b in parser.arcs() if abs(a) in ran and abs(b) in ran]})
    data.close()
    print(f"{len(ran)} of {len(parser.statements)} statements")


main()
