"""What coverage.py itself says of source files, for the tests of the editors.

oracle.py FILE...    with a Python that has coverage.py 7.16, in a folder with its data

Prints a JSON object, of each FILE:
    states      the state of each line that has one, by its number
    reasons     of each partial line, coverage.py's words for the ways that were not taken
    executed, missed, partial, excluded    first lines of statements
    display     the percentage as coverage.py's reports have it
    statements, branches, missedBranches   counts; the latter two are null without branches
The verdicts are those of `coverage json`. That all lines of a statement stand as its first does is
taken from coverage.py's parser.
"""

import json
import os
import sys
import tempfile

import coverage
from coverage.python import PythonFileReporter


def json_report(cov):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "report.json")
        cov.json_report(outfile=path)
        with open(path, encoding="utf-8") as file:
            return json.load(file)["files"]


def verdict(cov, name, report):
    reporter = PythonFileReporter(name, cov)
    firsts = {"missed": report["missing_lines"], "excluded": report["excluded_lines"]}
    ran = set(report["executed_lines"])
    arcs = sorted((a, b) for a, b in report.get("missing_branches", []) if a in ran)
    firsts["partial"] = sorted({a for a, b in arcs})
    firsts["covered"] = sorted(ran.difference(firsts["partial"]))
    state_of = {line: state for state, lines in firsts.items() for line in lines}
    first_of = reporter.multiline_map()
    count = len(reporter.source().splitlines())
    states = {line: state_of.get(first_of.get(line, line)) for line in range(1, count + 1)}
    reasons = {}
    for a, b in arcs:
        reasons.setdefault(a, []).append(reporter.missing_arc_description(a, b))
    return {
        "states": {line: state for line, state in states.items() if state},
        "reasons": reasons,
        "executed": sorted(ran),
        "missed": firsts["missed"],
        "partial": firsts["partial"],
        "excluded": firsts["excluded"],
        "display": report["summary"]["percent_covered_display"],
        "statements": report["summary"]["num_statements"],
        "branches": report["summary"].get("num_branches"),
        "missedBranches": report["summary"].get("missing_branches"),
    }


def main():
    cov = coverage.Coverage(messages=False)
    cov.load()
    files = json_report(cov)
    print(json.dumps({name: verdict(cov, name, files[name]) for name in sys.argv[1:]}))


main()
