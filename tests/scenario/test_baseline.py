"""Baselines: what a run lost, newly misses and gained since another one, in the shell and in the server.

The data files are made, not recorded, but for the last tests, which need COVLS_PYTHON314.
"""

import json
import os
import re
import shutil
import sqlite3
import subprocess

from client import *
from make_coverage import make

PYTHON = os.environ.get("COVLS_PYTHON314", "")

THEN = """\
def one(x):
    if x:
        return 1
    return 2


def two():
    return 2


def three():
    a = 1
    b = 2
    return a + b
"""
# A docstring pushes everything down, three() has a new line, one() has turned.
NOW = '"""Doc."""\n\n\n' + THEN.replace("    b = 2\n", "    b = 2\n    c = 3\n")
OLD = "def f():\n    return 1\n\n\ndef g():\n    return 2\n"
RENAMED = OLD + "def h(): return 1\n"


class Project:
    """A folder with a data file; the data is made to be younger than the sources, as after a run."""

    def __enter__(self):
        self._folder = Folder()
        self.root = self._folder / "project"
        os.mkdir(self.root)
        self._folder.write("project/.coveragerc", "[run]\nsource = pkg\n")
        return self

    def __exit__(self, *error):
        self._folder.__exit__(*error)

    def path(self, name):
        return os.path.join(self.root, name)

    def put(self, name, text, age=None):
        self._folder.write("project/" + name, text, age)

    def measure(self, ran, age=None, **options):
        """`ran`: {name: lines that ran}."""
        make(self.path(".coverage"), {self.path(name): lines for name, lines in ran.items()}, age, **options)

    def covls(self, *args, code=0, cwd=None):
        got, out, err = run(*args, cwd=cwd or self.root)
        equal(got, code, f"covls {' '.join(args)}: {out}{err}")
        return out + err

    def then(self):
        self.put("pkg/a.py", THEN, age=100)
        self.put("pkg/old.py", OLD, age=100)
        self.put("pkg/gone.py", "X = 1\n", age=100)
        self.put("pkg/same.py", "X = 1\nif X > 1:\n    X = 3\n", age=100)
        self.measure({"pkg/a.py": [1, 2, 3, 7, 8, 11], "pkg/old.py": [1, 2, 5], "pkg/gone.py": [1], "pkg/same.py": [1, 2]}, age=90)

    def now(self):
        self.put("pkg/a.py", NOW, age=80)
        os.remove(self.path("pkg/old.py"))
        os.remove(self.path("pkg/gone.py"))
        self.put("pkg/new/name.py", RENAMED, age=80)
        self.put("pkg/fresh.py", "def new():\n    return 1\n", age=80)
        self.measure(
            {"pkg/a.py": [1, 4, 5, 7, 10, 14], "pkg/new/name.py": [1, 5, 6, 7], "pkg/fresh.py": [1], "pkg/same.py": [1, 2]},
            age=70,
        )


# The lines of NOW: one()'s first return (6) and two()'s (11) ran then, its second (7) runs now; 17 is new.
TABLE = """\
Name                Lost  NewMiss   Gained   Lines
--------------------------------------------------
pkg/a.py               2        1        1   lost 6, 11; newly missed 17; gained 7
pkg/fresh.py           0        1        0   newly missed 2; not in the baseline
pkg/new/name.py        1        0        1   lost 2; gained 6; renamed from pkg/old.py
pkg/gone.py                                  deleted
--------------------------------------------------
TOTAL                  3        2        2

1 file as before.
"""


def after(text, head):
    true(head in text, f"{head!r} is in {text!r}")
    return text.split(head, 1)[1]


def test_what_a_change_lost():
    with Project() as p:
        p.then()
        out = p.covls("baseline", "save", "before")
        true("as baseline 'before'" in out and "4 files" in out and "in use now" in out, out)
        p.now()
        plain = p.covls("report")
        out = p.covls("report", "--baseline")
        true(out.startswith(plain), "the report itself is as without the option")
        title, table = after(out, plain).split("\n\n", 1)
        true(re.fullmatch(r"\nCompared with the baseline 'before' \(\.coverage, run .* ago\):", title), title)
        equal(table, TABLE)
        # From a folder below, and by its name.
        os.mkdir(p.path("pkg/sub"))
        true(TABLE in p.covls("report", "--baseline=before"), "by name")
        true("* before  " in p.covls("baseline", "list", cwd=p.path("pkg/sub")), "seen from below")


def test_the_baseline_is_whole_without_its_files():
    with Project() as p:
        p.then()
        p.covls("baseline", "save", "before")
        os.remove(p.path(".coverage"))
        p.now()
        true(TABLE in p.covls("report", "--baseline"), "the data and all texts are kept")


def test_as_markdown_and_total():
    with Project() as p:
        p.then()
        p.covls("baseline", "save", "before")
        p.now()
        table = after(p.covls("report", "--format=markdown", "--baseline"), "| Name | Lost | NewMiss | Gained | Lines |\n")
        rows = table.splitlines()
        equal(rows[0], "| --- | ---: | ---: | ---: | --- |")
        equal(rows[1].replace("\\", ""), "| pkg/a.py | 2 | 1 | 1 | lost 6, 11; newly missed 17; gained 7 |")
        equal(rows[5], "| TOTAL | 3 | 2 | 2 | |")
        equal(p.covls("report", "--format=total", "--baseline"), p.covls("report", "--format=total"))


def test_a_gate():
    with Project() as p:
        p.then()
        p.covls("baseline", "save", "before")
        p.now()
        out = p.covls("report", "--max-lost=2", code=2)
        true(out.endswith("\nCoverage failure: 3 statements were lost since the baseline, more than max-lost=2\n"), out)
        p.covls("report", "--max-lost=3")
        # Of these files alone.
        p.covls("report", "--max-lost=2", "pkg/a.py")
        p.covls("report", "--max-lost=many", code=1)


def test_an_edit_after_the_run_is_not_held_against_it():
    with Project() as p:
        p.then()
        p.covls("baseline", "save", "before")
        p.now()
        # covls has seen this text after its run. What comes after that is no news of coverage.
        p.covls("baseline", "save", "after")
        p.put("pkg/a.py", NOW.replace("        return 1\n", "        return 10\n") + "late = 1\n")
        row = next(line for line in after(p.covls("report", "--baseline"), "NewMiss").splitlines() if "pkg/a.py" in line)
        true(row.endswith("lost 11; newly missed 17; gained 7"), row)


def test_of_an_unknown_text_nothing_is_said():
    with Project() as p:
        p.then()
        p.covls("baseline", "save", "before")
        p.now()
        p.put("pkg/a.py", NOW + "late = 1\n")
        row = next(line for line in after(p.covls("report", "--baseline"), "NewMiss").splitlines() if "pkg/a.py" in line)
        true(re.match(r"pkg/a.py  +not compared: 'a.py' was changed after the tests ran", row), row)
    # Nor is it compared with a text that nobody knows.
    with Project() as p:
        new_cache("other")
        p.then()
        p.put("pkg/a.py", NOW)
        out = p.covls("baseline", "save", "other")
        true("of 1 file it is not known which text ran" in out and "pkg/a.py: " in out, out)
        p.now()
        row = next(line for line in after(p.covls("report", "--baseline=other"), "NewMiss").splitlines() if "pkg/a.py" in line)
        true(re.match(r"pkg/a.py  +the text of the baseline is not known: ", row), row)


def test_names():
    with Project() as p:
        p.then()
        true("No baseline is saved" in p.covls("baseline"), "none")
        true("no baseline is in use" in p.covls("report", "--baseline", code=1), "none is in use")
        for name in ("last", "off", "", "-x", "a\nb", "x" * 101):
            p.covls("baseline", "save", "--", name, code=1)
        p.covls("baseline", "save", "release 1.0")
        out = p.covls("baseline", "save", "täglich")
        true("In use is still 'release 1.0'" in out, out)
        equal([line[:14] for line in p.covls("baseline").splitlines()], ["* release 1.0 ", "  täglich     "][:2])
        p.covls("baseline", "use", "täglich")
        listed = json.loads(p.covls("baseline", "list", "--json"))
        equal((listed["folder"], listed["inUse"]), (p.root, "täglich"))
        equal([b["name"] for b in listed["baselines"]], ["release 1.0", "täglich"])
        equal({b["data"] for b in listed["baselines"]}, {p.path(".coverage")})
        p.covls("baseline", "use", "--none")
        equal(json.loads(p.covls("baseline", "--json"))["inUse"], None)
        true("there is no baseline 'nope'" in p.covls("report", "--baseline=nope", code=1), "nope")
        p.covls("baseline", "use", "nope", code=1)
        p.covls("baseline", "drop", "nope", code=1)
        p.covls("baseline", "drop", "release 1.0", "täglich")
        equal(json.loads(p.covls("baseline", "--json"))["baselines"], [])


def test_command_lines_that_make_no_sense():
    with Project() as p:
        for args in (["frobnicate"], ["save", "a", "b"], ["use"], ["drop"], ["list", "x"], ["--nonsense"]):
            p.covls("baseline", *args, code=2)
        true("run the tests with coverage" in p.covls("baseline", "save", "x", code=1), "no data")
        true("there is no data file 'nothing'" in p.covls("baseline", "save", "x", "--data-file=nothing", code=1), "not there")
        make(p.path(".coverage.host.pid1.Xabc"), {p.path("a.py"): [1]})
        true("coverage combine" in p.covls("baseline", "save", "x", code=1), "unfinished")


def test_it_is_called_like_the_branch():
    with Project() as p:
        p.then()
        true("as baseline 'default'" in p.covls("baseline", "save"), "no git")
        subprocess.run(["git", "init", "-q", "-b", "topic/x", p.root], check=True)
        true("as baseline 'topic/x'" in p.covls("baseline", "save"), "a branch")


def test_the_run_before():
    with Project() as p:
        p.then()
        true("No earlier run has been seen" in p.covls("report", "--baseline=last"), "the first one")
        p.now()
        out = p.covls("report", "--baseline=last")
        true("Compared with the run before this one (" in out and TABLE in out, out)


def test_branches_and_other_folders():
    with Project() as p:
        p.put("pkg/a.py", "def f(x):\n    if x:\n        x = 1\n    return x\n", age=100)
        p.measure({"pkg/a.py": [(-1, 1), (1, -1), (-1, 2), (2, 3), (3, 4), (4, -1)]}, age=90, branches=True)
        # The data was taken elsewhere, by another name.
        data = p.path("main.data")
        os.rename(p.path(".coverage"), data)
        p.covls("baseline", "save", "ci", "--data-file=main.data")
        os.remove(data)
        p.measure({"pkg/a.py": [(-1, 1), (1, -1)]}, age=80, branches=True)
        out = p.covls("report", "--baseline")
        true("pkg/a.py        3        0        0   lost 2-4\n" in out, out)


def test_reports_are_kept_too():
    with Project() as p:
        p.put("src/a.js", "f();\ng();\n", age=100)
        p.put("lcov.info", "SF:src/a.js\nDA:1,1\nDA:2,0\nend_of_record\n", age=90)
        out = p.covls("baseline", "save", "js")
        true("Saved lcov.info" in out and "1 file." in out, out)
        p.then()
        out = p.covls("report", "--baseline", code=1)
        true("'covls baseline changes' compares data of any format" in out, out)


# -- in the server


def changes_of(coverage):
    """{line0: change}, the counts beside it."""
    changes = coverage["changes"]
    lines = {line: run["change"] for run in changes["runs"] for line in range(run["start"], run["end"] + 1)}
    return lines, (changes["lost"], changes["newlyMissed"], changes["gained"])


LOST = {5: "lost", 6: "gained", 10: "lost", 16: "newly-missed"}


class Open(Project):
    """With one file open in a server."""

    def serve(self, name, log=True, **options):
        self.server = Server(log=log)
        self.server.initialize(self.root, options=options)
        self.uri = self.server.open(self.path(name))
        return self.server

    def __exit__(self, *error):
        self.server.__exit__(*error)
        super().__exit__(*error)


CHANGES = """\
Name                 Lost  NewMiss   Gained   Lines
---------------------------------------------------
one/a.py                1        0        0   lost 2
web/src/a.js            1        1        1   lost 2; newly missed 5; gained 3
web/src/fresh.js        0        1        0   newly missed 1; not in the baseline
---------------------------------------------------
TOTAL                   2        2        1

1 file as before.
"""


def measure_package(p, name, lines, age):
    make(p.path(name + "/.coverage"), {p.path(name + "/a.py"): lines}, age)


def several_packages(p):
    """Two of Python, each with its own data, and one of JavaScript."""
    os.remove(p.path(".coveragerc"))
    for name in ("one", "two"):
        p.put(name + "/pyproject.toml", "[tool.coverage.run]\n", age=200)
        p.put(name + "/a.py", OLD, age=100)
        measure_package(p, name, [1, 2, 5], 90)
    p.put("web/package.json", "{}", age=200)
    p.put("web/src/a.js", "f();\ng();\nh();\nold();\n", age=100)
    p.put("web/coverage/lcov.info", "SF:src/a.js\nDA:1,1\nDA:2,0\nDA:3,5\nDA:4,0\nend_of_record\n", age=90)
    p.put("web/coverage/old.info", "SF:src/a.js\nDA:1,0\nend_of_record\n", age=90000)
    subprocess.run(["git", "init", "-q", "-b", "main", p.root], check=True)


def change_packages(p):
    measure_package(p, "one", [1, 5], 70)
    p.put("web/src/a.js", "// new\nf();\ng();\nh();\nfresh();\n", age=80)
    p.put("web/src/fresh.js", "f();\n", age=80)
    fresh = "SF:src/fresh.js\nDA:1,0\nend_of_record\n"
    p.put("web/coverage/lcov.info", "SF:src/a.js\nDA:2,0\nDA:3,2\nDA:4,1\nDA:5,0\nend_of_record\n" + fresh, age=70)


def test_all_data_files_are_one_baseline():
    with Project() as p:
        several_packages(p)
        out = p.covls("baseline", "save")
        true("Saved 3 data files as baseline 'main'" in out and "3 files." in out, out)
        for name in ("one/.coverage", "two/.coverage", "web/coverage/lcov.info"):
            true(name + " (" in out and name in p.covls("baseline"), name)
        true("old.info" not in out, "what no editor shows is not saved")
        listed = json.loads(p.covls("baseline", "--json"))["baselines"]
        equal((len(listed), len(listed[0]["others"])), (1, 2))
        change_packages(p)
        for below in ("", "one", "web/src"):
            out = p.covls("baseline", "changes", cwd=p.path(below))
            true("Compared with the baseline 'main' (run " in out, out)
            true(below or CHANGES in out, out)
            true("lost 2; newly missed 5; gained 3\n" in out and "\nTOTAL" in out, out)
        true("2 statements were lost" in p.covls("baseline", "changes", "--max-lost=1", code=2), "a gate")
        p.covls("baseline", "changes", "main", "--max-lost=2")
        code, out, err = run("baseline", "changes", "--json", "--max-lost=1", cwd=p.root)
        equal((code, "2 statements were lost" in err, len(json.loads(out)["files"])), (2, True, 3))
        told = json.loads(p.covls("baseline", "changes", "--json"))
        equal([f["path"] for f in told["files"]], [p.path(n) for n in ("one/a.py", "web/src/a.js", "web/src/fresh.js")])
        equal(told["files"][0]["runs"], [{"start": 1, "end": 1, "change": "lost"}])
        # What no test imports any more is in no data.
        p.put("one/b.py", "B = 1\n", age=100)
        make(p.path("one/.coverage"), {p.path("one/b.py"): [1]}, 60)
        out = p.covls("baseline", "changes")
        true(re.search(r"\none/a.py +not measured any more\n", out), out)
        measure_package(p, "one", [1, 5], 70)
        # The report of one package is compared with its own run.
        out = p.covls("report", "--baseline", cwd=p.path("one"))
        true("a.py          1        0        0   lost 2\n" in out and "(.coverage, run" in out, out)


def test_the_changes_of_a_whole_project_in_the_server():
    with Open() as p:
        several_packages(p)
        server = p.serve("one/a.py")
        server.coverage(p.uri, lambda c: c["summary"]["covered"])
        execute(server, "baseline.save", p.uri, "all")
        listed = json.loads(p.covls("baseline", "--json"))["baselines"][0]
        equal((listed["data"].count(p.root), len(listed["others"])), (1, 2))
        equal(execute(server, "changes.project", p.uri), {"baseline": "all", "files": []})
        change_packages(p)
        server.coverage(p.uri, lambda c: c["changes"]["lost"] == 1)
        answer = execute(server, "changes.project", p.uri)
        equal(answer["baseline"], "all")
        files = {f["uri"]: (f["lost"], f["newlyMissed"], f["gained"]) for f in answer["files"]}
        web = uri_of(p.path("web/src/a.js"))
        equal(files, {p.uri: (1, 0, 0), web: (1, 1, 1), uri_of(p.path("web/src/fresh.js")): (0, 1, 0)})
        # What is being typed counts as it is typed.
        server.replace(p.uri, 2, (0, 0), (0, 0), "# one\n")
        answer = execute(server, "changes.project", p.uri)
        equal(answer["files"][0]["runs"], [{"start": 2, "end": 2, "change": "lost"}])
        equal(len(answer["files"]), 3)
        execute(server, "baseline.drop", p.uri, "all")
        server.coverage(p.uri, lambda c: "changes" not in c)
        equal(execute(server, "changes.project", p.uri), {"baseline": None, "files": []})


def test_nothing_is_saved_while_tests_run():
    with Open() as p:
        several_packages(p)
        with open(p.path("two/.coverage"), "rb") as data:
            good = data.read()
        server = p.serve("one/a.py")
        server.coverage(p.uri, lambda c: c["summary"]["covered"])
        open(p.path("two/.coverage"), "w").close()
        out = p.covls("baseline", "save", code=1)
        true("two/.coverage: it is empty" in out and "nothing was saved" in out, out)
        true("two/.coverage: it is empty" in refusal(server, "baseline.save", p.uri, "x")["message"], "in the server")
        equal(json.loads(p.covls("baseline", "--json"))["baselines"], [])
        with open(p.path("two/.coverage"), "wb") as data:
            data.write(good)
        true("Saved 3 data files" in p.covls("baseline", "save"), "afterwards")
        # What is broken for good is no obstacle.
        with open(p.path("two/.coverage"), "wb") as data:
            data.write(good[:5000])
        os.utime(p.path("two/.coverage"), (1e9, 1e9))
        out = p.covls("baseline", "save")
        true("covls: two/.coverage: " in out and "Saved 2 data files" in out, out)


def test_reports_that_are_united_are_one_baseline():
    with Open() as p:
        p.put("package.json", "{}", age=200)
        p.put("src/a.js", "a();\nb();\nc();\nd();\n", age=100)

        def write(name, hits, age):
            lines = "".join(f"DA:{line},{count}\n" for line, count in enumerate(hits, 1))
            p.put(name, f"SF:src/a.js\n{lines}end_of_record\n", age)

        write("unit/lcov.info", [1, 0, 0, 0], 90)
        write("e2e/lcov.info", [0, 1, 0, 0], 89)
        true("Saved 2 data files" in p.covls("baseline", "save", "both"), "both")
        server = p.serve("src/a.js")
        told = server.coverage(p.uri, lambda c: c.get("changes"))
        equal(changes_of(told), ({}, (0, 0, 0)))
        # What the one report says is no gain against the other one.
        write("unit/lcov.info", [1, 0, 1, 0], 80)
        told = server.coverage(p.uri, lambda c: c["changes"]["gained"])
        equal(changes_of(told), ({2: "gained"}, (0, 0, 1)))
        write("e2e/lcov.info", [0, 0, 0, 0], 79)
        told = server.coverage(p.uri, lambda c: c["changes"]["lost"])
        equal(changes_of(told), ({1: "lost", 2: "gained"}, (1, 0, 1)))
        true("lost 2; gained 3\n" in p.covls("baseline", "changes"), "the shell says the same")


def test_of_a_file_that_is_too_large_it_is_told_what_to_do():
    with Project() as p:
        several_packages(p)
        with open(p.path("web/coverage/lcov.info"), "ab") as data:
            data.write(b"# a comment\n" * 3_000_000)
        out = p.covls("baseline", "save", code=1)
        true("lcov.info' is larger than 32 MiB" in out and "--data-file" in out, out)
        equal(json.loads(p.covls("baseline", "--json"))["baselines"], [])
        p.covls("baseline", "save", "--data-file=one/.coverage")


def test_a_baseline_of_one_package_says_nothing_of_another():
    with Open() as p:
        several_packages(p)
        p.covls("baseline", "save", "--data-file=two/.coverage")
        change_packages(p)
        server = p.serve("one/a.py")
        told = server.coverage(p.uri, lambda c: c["summary"]["missed"])
        true("changes" not in told, told)
        out = p.covls("baseline", "changes")
        true("1 file as before.\nOf 3 files the baseline says nothing.\n" in out, out)


def test_changes_that_cannot_be_told():
    with Project() as p:
        true("'covls baseline save' saves one" in p.covls("baseline", "changes", code=1), "no baseline")
        p.then()
        p.covls("baseline", "save", "x")
        p.covls("baseline", "changes", "--max-lost=-1", code=2)
        true("there is no baseline 'y'" in p.covls("baseline", "changes", "y", code=1), "another")
        os.remove(p.path(".coverage"))
        true("there is no coverage data in" in p.covls("baseline", "changes", code=1), "no data")
        out = p.covls("report", "--baseline", code=1)
        true("No data to report." in out and "'covls baseline changes'" in out, out)
        # A report cannot be compared with what another tool left, and says who can.
        p.put("src/a.js", "f();\n", age=100)
        p.put("lcov.info", "SF:src/a.js\nDA:1,1\nend_of_record\n", age=90)
        p.covls("baseline", "save", "js")
        p.covls("baseline", "use", "js")
        p.measure({"pkg/a.py": [1]}, age=70)
        true("'covls baseline changes'" in p.covls("report", "--baseline", code=1), "another format")


def test_a_name_with_a_space_is_quoted():
    with Project() as p:
        p.then()
        p.covls("baseline", "save", "täglich")
        true("covls baseline use 'it'\\''s new'\n" in p.covls("baseline", "save", "it's new"), "as a shell takes it")
        rows = p.covls("baseline").splitlines()
        equal(rows[0].index(".coverage"), rows[1].index(".coverage"))


def test_changes_in_the_server():
    with Open() as p:
        p.then()
        p.covls("baseline", "save", "before")
        p.now()
        server = p.serve("pkg/a.py")
        told = server.coverage(p.uri, lambda c: c.get("changes"))
        equal(changes_of(told), (LOST, (2, 1, 1)))
        equal((told["changes"]["baseline"], told["changes"]["message"]), ("before", ""))
        true(re.fullmatch(r"20..-..-..T..:..:..Z", told["changes"]["modified"]), told["changes"]["modified"])
        # Typing moves them; what is touched is compared no more.
        server.replace(p.uri, 2, (0, 0), (0, 0), "# one\n")
        told = server.coverage(p.uri, lambda c: c["version"] == 2)
        equal(changes_of(told), ({line + 1: change for line, change in LOST.items()}, (2, 1, 1)))
        server.replace(p.uri, 3, (6, 8), (6, 8), "  ")
        told = server.coverage(p.uri, lambda c: c["version"] == 3)
        equal(changes_of(told)[1], (1, 1, 1))
        # And typed back they are as they were.
        server.replace(p.uri, 4, (6, 8), (6, 10), "")
        server.replace(p.uri, 5, (0, 0), (1, 0), "")
        told = server.coverage(p.uri, lambda c: c["version"] == 5)
        equal(changes_of(told), (LOST, (2, 1, 1)))
        # A run that runs all again leaves nothing lost.
        p.measure({"pkg/a.py": [1, 4, 5, 6, 7, 10, 11, 14]})
        told = server.coverage(p.uri, lambda c: c["changes"]["lost"] == 0)
        equal(changes_of(told), ({6: "gained", 16: "newly-missed"}, (0, 1, 1)))


def test_a_baseline_that_is_named_and_not_there():
    """The setting does nothing then: why is told, until there is one of that name."""
    with Project() as p:
        p.then()
        with Server() as server:
            server.initialize(p.root, options={"baseline": "mian"})
            uri = server.open(p.path("pkg/a.py"))
            told = server.coverage(uri, lambda c: "changes" in c)["changes"]
            equal((told["baseline"], told["lost"], "modified" in told), ("mian", 0, False))
            equal(told["message"], f"there is no baseline 'mian' in '{p.root}'; 'covls baseline list' tells which there are")

            def setting(name):
                mark = server.mark()
                server.notify("workspace/didChangeConfiguration", {"settings": {"covls": {"baseline": name}}})
                server.reload()
                return server.coverage(uri, since=mark).get("changes")

            equal([setting(name) for name in ("off", "last", "")], [None, None, None])
            equal(setting("mian")["baseline"], "mian")
            arguments = [uri, "mian"]
            server.call("workspace/executeCommand", {"command": "covls.baseline.save", "arguments": arguments})
            told = server.coverage(uri, lambda c: c.get("changes", {}).get("message") == "")["changes"]
            true("modified" in told, str(told))
            server.call("workspace/executeCommand", {"command": "covls.baseline.drop", "arguments": arguments})
            server.coverage(uri, lambda c: "no baseline 'mian'" in c.get("changes", {}).get("message", ""))


def test_a_baseline_that_is_broken():
    with Open() as p:
        p.then()
        p.covls("baseline", "save", "before")
        p.now()
        copies = os.path.join(os.environ["COVLS_CACHE"], "copies")
        for name in os.listdir(copies):
            size = os.path.getsize(os.path.join(copies, name))
            with open(os.path.join(copies, name), "r+b") as file:
                file.seek(100)
                file.write(b"?" * (size - 100))
        server = p.serve("pkg/a.py")
        told = server.coverage(p.uri, lambda c: c.get("changes"))
        equal(changes_of(told), ({}, (0, 0, 0)))
        true(told["changes"]["message"] != "", told["changes"])
        equal((told["changes"]["baseline"], told["freshness"]), ("before", "fresh"))
        p.covls("report", "--baseline", code=1)
        # Another one is whole.
        execute(server, "baseline.save", p.uri, "before")
        server.coverage(p.uri, lambda c: c["changes"]["message"] == "")


def test_a_store_that_is_damaged_anywhere():
    """Nothing that was kept may be left of it; but what is saved now is saved."""
    with Project() as p:
        p.then()
        p.covls("baseline", "save", "before")
        p.now()
        p.covls("report", "--baseline")
        cache = os.environ["COVLS_CACHE"]
        whole = new_cache("damaged_whole")
        shutil.copytree(cache, whole)
        for place in range(0, os.path.getsize(os.path.join(whole, "store.db")), 4096):
            shutil.rmtree(cache)
            shutil.copytree(whole, cache)
            os.environ["COVLS_CACHE"] = cache
            with open(os.path.join(cache, "store.db"), "r+b") as file:
                file.seek(place)
                file.write(b"\xff" * 4096)
            p.covls("baseline", "save", "again")
            true("again" in p.covls("baseline"), f"damaged at {place}")


def test_a_store_that_somebody_holds():
    with Project() as p:
        p.then()
        p.covls("baseline", "save", "before")
        holder = sqlite3.connect(os.path.join(os.environ["COVLS_CACHE"], "store.db"), isolation_level=None)
        holder.execute("begin immediate")
        true("is in use by another covls; wait a moment" in p.covls("baseline", "save", "after", code=1), "no remedy")
        holder.execute("rollback")
        p.covls("baseline", "save", "after")
        holder.close()


def test_files_of_other_names_in_the_server():
    with Open() as p:
        p.then()
        p.covls("baseline", "save", "before")
        p.now()
        server = p.serve("pkg/fresh.py")
        told = server.coverage(p.uri, lambda c: c.get("changes"))
        equal(changes_of(told), ({1: "newly-missed"}, (0, 1, 0)))
        # Renamed, and the same text.
        p.put("pkg/new/name.py", OLD, age=80)
        p.measure({"pkg/new/name.py": [1, 5, 6]})
        uri = server.open(p.path("pkg/new/name.py"))
        told = server.coverage(uri, lambda c: c.get("changes"))
        equal(changes_of(told), ({1: "lost", 5: "gained"}, (1, 0, 1)))


def execute(server, command, *arguments):
    return server.call("workspace/executeCommand", {"command": "covls." + command, "arguments": list(arguments)})


def refusal(server, command, *arguments):
    answer = server.answer_to(server.ask("workspace/executeCommand", {"command": "covls." + command, "arguments": list(arguments)}))
    true("error" in answer, f"{command} {arguments} should have failed: {answer}")
    return answer["error"]


def test_commands():
    with Open() as p:
        p.then()
        server = p.serve("pkg/a.py")
        server.coverage(p.uri, lambda c: c["summary"]["covered"])
        equal(execute(server, "baseline.list", p.uri), {"folder": p.root, "inUse": None, "baselines": []})
        equal(execute(server, "changes"), {"baseline": None, "files": []})
        listed = execute(server, "baseline.save", p.uri, "before")
        equal((listed["inUse"], [b["name"] for b in listed["baselines"]]), ("before", ["before"]))
        equal(listed["baselines"][0]["data"], p.path(".coverage"))
        # The shell means the same.
        equal(json.loads(p.covls("baseline", "--json")), listed)
        told = server.coverage(p.uri, lambda c: c.get("changes"))
        equal(changes_of(told), ({}, (0, 0, 0)))
        # The editor reloads what has changed on the disk, and a run ends.
        p.now()
        server.change(p.uri, 2, {"text": NOW})
        told = server.coverage(p.uri, lambda c: c["version"] == 2 and c.get("changes", {}).get("lost"))
        equal(changes_of(told), (LOST, (2, 1, 1)))
        fresh = server.open(p.path("pkg/fresh.py"))
        same = server.open(p.path("pkg/same.py"))
        server.coverage(fresh, lambda c: c.get("changes"))
        server.coverage(same, lambda c: c.get("changes"))
        answer = execute(server, "changes")
        equal(answer["baseline"], "before")
        equal([(f["uri"], f["lost"], f["newlyMissed"], f["gained"]) for f in answer["files"]], [(p.uri, 2, 1, 1), (fresh, 0, 1, 0)])
        equal(answer["files"][1]["runs"], [{"start": 1, "end": 1, "change": "newly-missed"}])
        equal([f["uri"] for f in execute(server, "changes", same)["files"]], [same])
        # Another one, of the run as it is now: then nothing is lost.
        execute(server, "baseline.save", p.uri, "after")
        mark = server.mark()
        equal(execute(server, "baseline.use", p.uri, "after")["inUse"], "after")
        told = server.coverage(p.uri, lambda c: c["changes"]["baseline"] == "after", since=mark)
        equal(changes_of(told), ({}, (0, 0, 0)))
        equal(execute(server, "baseline.use", p.uri, None)["inUse"], None)
        server.coverage(p.uri, lambda c: "changes" not in c)
        # By the setting, whatever is in use.
        server.notify("workspace/didChangeConfiguration", {"settings": {"covls": {"baseline": "before"}}})
        told = server.coverage(p.uri, lambda c: c.get("changes"))
        equal(changes_of(told), (LOST, (2, 1, 1)))
        listed = execute(server, "baseline.drop", p.uri, "before")
        equal([b["name"] for b in listed["baselines"]], ["after"])
        told = server.coverage(p.uri, lambda c: c.get("changes", {}).get("message"))
        equal(changes_of(told), ({}, (0, 0, 0)))
        # The run before this one, which nobody has saved.
        server.notify("workspace/didChangeConfiguration", {"settings": {"covls": {"baseline": "last"}}})
        told = server.coverage(p.uri, lambda c: c.get("changes", {}).get("baseline") == "last")
        equal(changes_of(told), (LOST, (2, 1, 1)))
        equal(told["changes"]["baseline"], "last")
        # Until it is forgotten.
        equal(execute(server, "forgetRuns"), None)
        told = server.coverage(p.uri, lambda c: "changes" not in c)
        equal(told["freshness"], "fresh")


def test_commands_that_make_no_sense():
    with Open() as p:
        p.then()
        server = p.serve("pkg/a.py")
        server.coverage(p.uri, lambda c: c["summary"]["covered"])
        for command in ("baseline.list", "baseline.use", "baseline.drop", "baseline.save"):
            equal(refusal(server, command)["code"], -32602)
        for arguments in ([p.uri], [p.uri, ""], [p.uri, "last"], [p.uri, 7], [uri_of(p.path("not-open.py")), "x"]):
            equal(refusal(server, "baseline.save", *arguments)["code"], -32602, str(arguments))
        equal(refusal(server, "baseline.drop", p.uri)["code"], -32602)
        for command in ("baseline.use", "baseline.drop"):
            error = refusal(server, command, p.uri, "nope")
            true(error["code"] == -32803 and "nope" in error["message"], str(error))
        equal(refusal(server, "changes", uri_of(p.path("not-open.py")))["code"], -32602)
        equal(refusal(server, "changes.project")["code"], -32602)
        equal(refusal(server, "forgetRuns", uri_of(p.path("not-open.py")))["code"], -32602)
        p.put("alone/b.py", "b = 1\n")
        os.remove(p.path(".coverage"))
        other = server.open(p.path("alone/b.py"))
        server.reload()
        true("nothing to save" in refusal(server, "baseline.save", other, "x")["message"], "no data")


def test_an_end_while_a_baseline_is_saved():
    with Open() as p:
        p.then()
        server = p.serve("pkg/a.py", log=False)  # what is under way at the end is not answered
        server.coverage(p.uri, lambda c: c["summary"]["covered"])
        for name in "abcdef":
            server.ask("workspace/executeCommand", {"command": "covls.baseline.save", "arguments": [p.uri, name]})
        server.finish()


def test_it_keeps_nothing_where_nothing_is_to_be_kept():
    with Open() as p:
        p.then()
        os.environ["COVLS_CACHE"] = ""
        server = p.serve("pkg/a.py")
        told = server.coverage(p.uri, lambda c: c["summary"]["covered"])
        true("changes" not in told, told)
        equal(refusal(server, "baseline.save", p.uri, "x")["code"], -32803)
        p.covls("baseline", code=1)
        p.covls("report", "--baseline", code=1)


def test_a_report_in_the_server():
    with Open() as p:
        p.then()
        p.put("web/package.json", "{}", age=200)
        p.put("web/src/a.js", "f();\ng();\nh();\nold();\n", age=100)
        p.put("web/coverage/lcov.info", "SF:src/a.js\nDA:1,1\nDA:2,0\nDA:3,5\nDA:4,0\nend_of_record\n", age=90)
        out = p.covls("baseline", "save", "js", "--data-file=web/coverage/lcov.info")
        true("1 file." in out and "not known" not in out, out)
        p.put("web/src/a.js", "// new\nf();\ng();\nh();\nfresh();\n", age=80)
        p.put("web/coverage/lcov.info", "SF:src/a.js\nDA:2,0\nDA:3,2\nDA:4,1\nDA:5,0\nend_of_record\n", age=70)
        server = p.serve("pkg/a.py")
        told = server.coverage(server.open(p.path("web/src/a.js")), lambda c: c.get("changes"))
        equal(changes_of(told), ({1: "lost", 2: "gained", 4: "newly-missed"}, (1, 1, 1)))
        # Of a file of another language that baseline says nothing.
        told = server.coverage(p.uri, lambda c: c["summary"]["covered"])
        true("changes" not in told, told)


def test_names_of_another_machine():
    with Project() as p:
        p.put(".coveragerc", "[run]\nsource = pkg\n[paths]\nall =\n    pkg\n    /ci/build/*/pkg\n")
        p.put("pkg/a.py", THEN, age=100)
        make(p.path("ci.data"), {"/ci/build/7/pkg/a.py": [1, 2, 3, 7, 8, 11]}, age=90)
        out = p.covls("baseline", "save", "ci", "--data-file=ci.data")
        true("not known" not in out, out)
        os.remove(p.path("ci.data"))
        p.put("pkg/a.py", NOW, age=80)
        make(p.path(".coverage"), {"/ci/build/8/pkg/a.py": [1, 4, 5, 7, 10, 14]}, age=70)
        out = p.covls("report", "--baseline")
        true("lost 6, 11; newly missed 17; gained 7" in out, out)
        with Server() as server:
            server.initialize(p.root)
            uri = server.open(p.path("pkg/a.py"))
            told = server.coverage(uri, lambda c: c.get("changes"))
            equal(changes_of(told), (LOST, (2, 1, 1)))


def test_relative_names_and_links():
    with Project() as p:
        p.put(".coveragerc", "[run]\nrelative_files = true\n")
        p.put("pkg/a.py", THEN, age=100)
        make(p.path(".coverage"), {"pkg/a.py": [1, 2, 3, 7, 8, 11]}, age=90)
        p.covls("baseline", "save", "before")
        p.put("pkg/a.py", NOW, age=80)
        make(p.path(".coverage"), {"pkg/a.py": [1, 4, 5, 7, 10, 14]}, age=70)
        true("lost 6, 11; newly missed 17; gained 7" in p.covls("report", "--baseline"), "relative names")
        # The editor reaches the project by another name.
        link = p.root + "-link"
        os.symlink(p.root, link)
        with Server() as server:
            server.initialize(link, options={"baseline": "before"})
            uri = server.open(os.path.join(link, "pkg/a.py"))
            told = server.coverage(uri, lambda c: c["summary"]["covered"])
            equal(changes_of(server.coverage(uri, lambda c: c.get("changes"))), (LOST, (2, 1, 1)))


def test_a_real_change():
    if not os.access(PYTHON, os.X_OK):
        raise Skip("COVLS_PYTHON314 is not there: tests/support/provision py314")
    env = {k: v for k, v in os.environ.items() if not k.startswith("COVERAGE_")} | {"PYTHONDONTWRITEBYTECODE": "1"}

    def run_tests(p, text):
        p.put("tests.py", text)
        done = subprocess.run([PYTHON, "-m", "coverage", "run", "tests.py"], cwd=p.root, env=env, capture_output=True, text=True)
        equal(done.returncode, 0, done.stderr)

    with Open() as p:
        p.put("pkg/a.py", THEN)
        run_tests(p, "from pkg import a\na.one(1), a.two()\n")
        server = p.serve("pkg/a.py")
        server.coverage(p.uri, lambda c: c["freshness"] == "fresh")
        execute(server, "baseline.save", p.uri, "before")
        p.put("pkg/a.py", NOW)
        server.change(p.uri, 2, {"text": NOW})
        server.coverage(p.uri, lambda c: c["version"] == 2 and c["freshness"] == "edited")
        run_tests(p, "from pkg import a\na.one(0)\n")
        told = server.coverage(p.uri, lambda c: c["freshness"] == "fresh")
        # Of three(), whose definition has not changed, the new line alone is news.
        equal(changes_of(server.coverage(p.uri, lambda c: c.get("changes", {}).get("lost")))[0], LOST)
        true("lost 6, 11; newly missed 17; gained 7" in p.covls("report", "--baseline"), "in the shell")


main(globals())
