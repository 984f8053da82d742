"""Ways out of a line that were not taken: in the marks, in diagnostics, in the hover."""

from client import *
from make_coverage import make

SOURCE = """def f(a, b):
    if a:
        b = 1
    while b:
        b -= 1
        if (a and
                b):
            break
    return a


def __g__(a):
    if a: return 1
    print()


if f(1, 1):
    pass
"""
ARCS = [(-1, 1), (1, 12), (12, 17), (17, 18), (18, -1)]  # the module
ARCS += [(-1, 2), (2, 3), (3, 4), (4, 5), (5, 6), (6, 7), (7, 8), (8, 9), (9, -1)]
WHY = [
    "line 2 didn't jump to line 4 because the condition on line 2 was always true",
    "line 4 didn't jump to line 9 because the condition on line 4 was always true",
    "line 6 didn't jump to line 4 because the condition on line 6 was always true",
    "line 17 didn't exit the module because the condition on line 17 was always true",
]


class Branches:
    """covls, looking at SOURCE."""

    def __init__(self, arcs=ARCS):
        self.arcs = arcs

    def __enter__(self):
        self.folder = Folder()
        self.server = Server()
        self.source = self.folder.write("a.py", SOURCE, age=60)
        make(self.folder / ".coverage", {"a.py": self.arcs}, branches=True)
        self.server.initialize(self.folder.path, publishDiagnostics={"relatedInformation": True})
        self.uri = self.server.open(self.source)
        return self

    def __exit__(self, *error):
        self.server.__exit__(*error)
        self.folder.__exit__(*error)

    def partial(self, lines):
        return self.server.coverage(
            self.uri, lambda c: c["runs"] and lines_in(c, "partial") == lines, what=f"partial {lines}"
        )

    def branch_diagnostics(self, count):
        def of(diagnostics):
            return [d for d in diagnostics if d["code"] == "partial-branch"]

        return of(self.server.diagnostics(self.uri, lambda ds: len(of(ds)) == count))


def test_states_and_numbers():
    with Branches() as b:
        coverage = b.partial([1, 3, 5, 6, 16])
        equal(lines_in(coverage, "missed"), [12, 13])
        summary = coverage["summary"]
        # coverage.py: 13 statements, 2 missed, 10 branches, 4 partial, 15 of 23
        equal((summary["statements"], summary["covered"], summary["missed"]), (13, 11, 2))
        equal((summary["partial"], summary["branches"], summary["missedBranches"]), (4, 10, 6))
        equal(summary["percent"], round(100 * 15 / 23, 2))


def test_reasons_are_told():
    with Branches() as b:
        b.partial([1, 3, 5, 6, 16])
        found = b.branch_diagnostics(4)
        equal([d["message"] for d in found], WHY)
        equal([d["range"]["start"]["line"] for d in found], [1, 3, 5, 16])
        equal(found[2]["range"], {"start": {"line": 5, "character": 8}, "end": {"line": 6, "character": 19}})
        targets = [[r["location"]["range"]["start"]["line"] for r in d["relatedInformation"]] for d in found]
        equal(targets, [[3], [8], [3], []])
        for line, text in zip([1, 3, 5, 6, 16], [WHY[0], WHY[1], WHY[2], WHY[2], WHY[3]]):
            value = b.server.hover(b.uri, line)["contents"]["value"]
            true(text in value, value)


def test_names_are_no_markup():
    source = "class A:\n    def __g__(self):\n        if self:\n            return 1\n\n\nA().__g__()\n"
    arcs = [(-1, 1), (1, 7), (7, -1), (-1, 2), (2, -1), (-2, 3), (3, 4), (4, -2)]
    with Folder() as folder, Server() as server:
        path = folder.write("a.py", source, age=60)
        make(folder / ".coverage", {"a.py": arcs}, branches=True)
        related = {"relatedInformation": True}
        server.initialize(folder.path, hover={"contentFormat": ["markdown"]}, publishDiagnostics=related)
        uri = server.open(path)
        server.coverage(uri, lambda c: c["runs"] and lines_in(c, "partial") == [2])
        value = server.hover(uri, 2)["contents"]["value"]
        true("return from function '\\_\\_g\\_\\_' because" in value, value)
        (found,) = server.diagnostics(uri, lambda ds: ds)
        (where,) = found["relatedInformation"]
        equal(where["message"], "the function that line 3 didn't leave")
        equal(where["location"]["range"]["start"]["line"], 1)


def test_the_other_way_is_taken():
    with Branches() as b:
        b.partial([1, 3, 5, 6, 16])
        make(b.folder / ".coverage", {"a.py": [*ARCS, (2, 4)]}, branches=True)
        b.partial([3, 5, 6, 16])
        equal(b.branch_diagnostics(3)[0]["message"], WHY[1])


def test_edits_keep_what_is_sure():
    with Branches() as b:
        b.partial([1, 3, 5, 6, 16])
        # A line before all: everything moves.
        b.server.replace(b.uri, 2, (0, 0), (0, 0), "import os\n")
        b.partial([2, 4, 6, 7, 17])
        why = WHY[0].replace("line 4", "line 5").replace("line 2", "line 3")
        b.server.diagnostics(b.uri, lambda ds: why in [d["message"] for d in ds])
        # The line that `while` would go to is another now.
        b.server.replace(b.uri, 3, (9, 11), (9, 12), "b")
        b.partial([2, 6, 7, 17])
        # Where `if a` went is another now; the way that it did not take is as it was.
        b.server.replace(b.uri, 4, (3, 8), (3, 9), "c")
        coverage = b.server.coverage(b.uri, lambda c: lines_in(c, "unknown") == [0, 3, 9])
        equal(lines_in(coverage, "partial"), [2, 6, 7, 17])
        # And now that one, where the other `if` would have gone, too.
        b.server.replace(b.uri, 5, (4, 10), (4, 11), "c")
        b.partial([17])


def test_lines_alone_have_no_partial():
    with Folder() as folder, Server() as server:
        path = folder.write("a.py", SOURCE, age=60)
        make(folder / ".coverage", {"a.py": [1, 2, 3]})
        server.initialize(folder.path)
        coverage = server.coverage(server.open(path), lambda c: c["runs"])
        equal(lines_in(coverage, "partial"), [])
        true("branches" not in coverage["summary"], coverage["summary"])


main(globals())
