"""The project's configuration, as the editor sees it: what it excludes, where its data is."""

import json
import os

from client import *
from make_coverage import make

SOURCE = "import os\n\n\ndef f():\n    a = 1\n    never()\n    return a\n"
RAN = {"a.py": [1, 4]}


def look(server, uri, missed, excluded=(), reason="none"):
    return server.coverage(
        uri,
        lambda c: c["runs"]
        and lines_in(c, "missed") == list(missed)
        and lines_in(c, "excluded") == list(excluded)
        and c["reason"]["code"] == reason,
        what=f"missed {missed}, excluded {excluded}, {reason}",
    )


def test_exclusion_is_the_projects():
    for name, text in [
        (".coveragerc", "[report]\nexclude_also =\n    never\n"),
        (".coveragerc.toml", "[report]\nexclude_also = ['never']\n"),
        ("setup.cfg", "[coverage:report]\nexclude_also = never\n"),
        ("tox.ini", "[coverage:report]\nexclude_also = never\n"),
        ("pyproject.toml", "[tool.coverage.report]\nexclude_also = ['never']\n"),
    ]:
        with Folder() as folder, Server(log=False) as server:
            source = folder.write("pkg/a.py", SOURCE, age=60)
            folder.write(name, text)
            make(folder / ".coverage", {"pkg/a.py": [1, 4]})
            server.initialize(folder.path)
            look(server, server.open(source), [4, 6], [5])


def test_changes_of_the_configuration_are_followed():
    with Folder() as folder, Server() as server:
        source = folder.write("a.py", SOURCE, age=60)
        make(folder / ".coverage", RAN)
        server.initialize(folder.path)
        uri = server.open(source)
        look(server, uri, [4, 5, 6])
        folder.write("pyproject.toml", "[tool.coverage.report]\nexclude_also = ['never']\n")
        look(server, uri, [4, 6], [5])
        folder.write("pyproject.toml", "[tool.coverage.report]\nexclude_lines = ['def f']\n")
        look(server, uri, [], [3, 4, 5, 6])
        # Out of order: told, and coverage.py's defaults are used.
        folder.write("pyproject.toml", "[tool.coverage.report]\nexclude_lines = ['def f(']\n")
        message = look(server, uri, [4, 5, 6], reason="bad-config")["reason"]["message"]
        true("pyproject.toml" in message and "exclude_lines" in message, message)
        os.remove(folder / "pyproject.toml")
        look(server, uri, [4, 5, 6])


def test_the_nearest_configuration_wins():
    with Folder() as folder, Server(log=False) as server:
        source = folder.write("one/a.py", SOURCE, age=60)
        other = folder.write("two/a.py", SOURCE, age=60)
        folder.write(".coveragerc", "[report]\nexclude_also = never\n")
        folder.write("one/.coveragerc", "[report]\nexclude_also = return a\n")
        make(folder / ".coverage", {"one/a.py": [1, 4], "two/a.py": [1, 4]})
        server.initialize(folder.path)
        look(server, server.open(source), [4, 5], [6])
        look(server, server.open(other), [4, 6], [5])


def test_the_data_file_is_the_projects():
    with Folder() as folder, Server() as server:
        source = folder.write("a.py", SOURCE, age=60)
        folder.write("setup.cfg", "[coverage:run]\ndata_file = build/cov.data\n")
        os.mkdir(folder / "build")
        make(folder / "build/cov.data", RAN)
        server.initialize(folder.path)
        uri = server.open(source)
        look(server, uri, [4, 5, 6])
        make(folder / "build/cov.data", {"a.py": [1, 4, 5, 6]})
        look(server, uri, [6])
        # Another one is named.
        make(folder / "build/other", {"a.py": [1, 4, 5, 6, 7]})
        folder.write("setup.cfg", "[coverage:run]\ndata_file = build/other\n")
        look(server, uri, [])


def test_rcfile_of_the_environment():
    with Folder() as folder:
        source = folder.write("a.py", SOURCE, age=60)
        folder.write("my.rc", "[report]\nexclude_also = never\n")
        folder.write(".coveragerc", "[report]\nexclude_also = return a\n")
        make(folder / ".coverage", RAN)
        with Server(log=False, env=dict(os.environ, COVERAGE_RCFILE="my.rc")) as server:
            server.initialize(folder.path)
            look(server, server.open(source), [4, 6], [5])


# What a line of 3.13 is none of 3.14 (PEP 649).
ANNOTATED = "class A:\n    x: int\n    y = 1\n"


def test_the_python_is_the_projects():
    with Folder() as folder, Server() as server:
        source = folder.write("a.py", ANNOTATED, age=60)
        make(folder / ".coverage", {"a.py": [1]})
        server.initialize(folder.path)
        uri = server.open(source)
        look(server, uri, [2])
        folder.write("pyproject.toml", "[project]\nrequires-python = '~=3.13.0'\n")
        look(server, uri, [1, 2])
        folder.write(".python-version", "3.14\n")
        look(server, uri, [2])
        equal(
            server.status(uri)["project"],
            {"folder": folder.path, "config": None, "python": "3.14, from .python-version"},
        )
        server.notify("workspace/didChangeConfiguration", {"settings": {"covls": {"pythonVersion": "3.12"}}})
        look(server, uri, [1, 2])


def test_check():
    with Folder() as folder:
        folder.write("a.py", ANNOTATED, age=60)
        folder.write("b.py", ANNOTATED, age=60)
        folder.write("venv/pyvenv.cfg", "home = /usr/bin\nversion = 3.12.3\n")
        folder.write("setup.cfg", "[coverage:run]\ndata_file = data\n")
        make(folder / "data", {"a.py": [1, 2, 3]})
        code, out, errors = run("check", "a.py", cwd=folder.path)
        equal((code, errors), (0, ""), out)
        for text in ("set up in setup.cfg", "3.12, from venv/pyvenv.cfg", "data: ", "fresh: 100%, 3 of 3"):
            true(text in out, f"{text!r} in {out}")
        code, out, errors = run("check", "--python=3.14", "a.py", "b.py", cwd=folder.path)
        equal((code, errors), (1, ""), out)
        for text in ("3.14, from --python", "fresh: 100%, 2 of 2", "nothing", "is not among them"):
            true(text in out, f"{text!r} in {out}")
        code, out, errors = run("check", "--python=2.7", "a.py", cwd=folder.path)
        equal(code, 2, errors)
        true("2.7" in errors, errors)


def test_facts():
    with Folder() as folder:
        folder.write("one/a.py", ANNOTATED)
        folder.write("one/.python-version", "3.13\n")
        folder.write("two/a.py", ANNOTATED)
        folder.write("two/bad.py", "def f(:\n")
        folder.write("rc", "[report]\nexclude_also = y =\n")

        def facts(*args, code=0, errors=""):
            done = run("facts", *args, cwd=folder.path)
            equal((done[0], done[2]), (code, errors))
            return [json.loads(line) for line in done[1].splitlines()]

        names = ["one/a.py", "two/a.py", "one/a.py"]
        equal([f["statements"] for f in facts(*names)], [[1, 2, 3], [1, 3], [1, 2, 3]])
        equal([f["statements"] for f in facts("--python=3.12", *names)], [[1, 2, 3]] * 3)
        equal([f["excluded"] for f in facts("--rcfile=rc", *names)], [[3]] * 3)
        # A file that is missing or no Python keeps the others from nothing.
        got = facts("two/a.py", "nowhere", "two/bad.py", "two/a.py", code=1, errors="covls: 'nowhere' is not there\n")
        equal([f["path"] for f in got], ["two/a.py", "nowhere", "two/bad.py", "two/a.py"])
        equal([f.get("error", {}).get("line") for f in got], [None, 0, 1, None])


def test_branches_that_do_not_count():
    source = "def f(a):\n    if a:  # pragma: no branch\n        pass\n    if a:  # always\n        pass\n\n\nf(1)\n"
    arcs = [(-1, 1), (1, 8), (8, -1), (-1, 2), (2, 3), (3, 4), (4, 5), (5, -1)]
    with Folder() as folder, Server() as server:
        path = folder.write("a.py", source, age=60)
        make(folder / ".coverage", {"a.py": arcs}, branches=True)
        server.initialize(folder.path)
        uri = server.open(path)

        def partial(lines):
            server.coverage(uri, lambda c: c["runs"] and lines_in(c, "partial") == lines, what=f"partial {lines}")

        partial([3])
        folder.write(".coveragerc", "[report]\npartial_also = always\n")
        partial([])
        folder.write(".coveragerc", "[report]\npartial_branches = always\n")
        partial([1])


def test_a_pattern_without_end():
    with Folder() as folder, Server() as server:
        source = folder.write("a.py", SOURCE + "# " + "x" * 2000 + "!\n", age=60)
        folder.write(".coveragerc", "[report]\nexclude_also = (x|xx)+[^x!]\n")
        make(folder / ".coverage", RAN)
        server.initialize(folder.path)
        message = look(server, server.open(source), [4, 5, 6], reason="bad-config")["reason"]["message"]
        true("(x|xx)+[^x!]" in message, message)


def test_paths_of_elsewhere():
    with Folder() as folder, Server() as server:
        source = folder.write("src/pkg/a.py", SOURCE, age=60)
        folder.write("src/pkg/sub/a.py", SOURCE, age=60)
        folder.write(".coveragerc", "[paths]\nsource =\n    src\n    /ci/*/build/src\n    */site-packages\n")
        make(
            folder / ".coverage",
            {
                "/ci/1/build/src/pkg/a.py": [1, 4],
                "/ci/venv/lib/site-packages/pkg/a.py": [1, 5],
                "/ci/1/build/src/pkg/sub/a.py": [1, 4, 5, 6, 7],
                "/elsewhere/pkg/a.py": [1, 4, 5, 6, 7],
            },
        )
        server.initialize(folder.path)
        look(server, server.open(source), [5, 6])


def test_in_a_shell():
    with Folder() as folder:
        folder.write("a.py", SOURCE, age=60)
        folder.write(".coveragerc", "[run]\ndata_file = data\n[report]\nexclude_also = never\n")
        make(folder / "data", RAN)
        code, out, errors = run("show", "--color=never", "a.py", cwd=folder.path)
        equal((code, errors), (0, ""))
        true("1 line excluded" in out, out)


main(globals())
