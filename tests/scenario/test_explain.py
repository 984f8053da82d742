"""Why there is no coverage: `covls check` and the command covls.explain say the same."""

import os

from client import *
from make_coverage import make


def test_all_is_well():
    with Folder() as folder:
        folder.write("a.py", "x = 1\ny = 2\n", age=60)
        make(folder / ".coverage", {str(folder / "a.py"): [1]})
        code, why = explained("a.py", cwd=folder.path)
        equal((code, why["fine"], why["fix"], why["file"]), (0, True, None, folder / "a.py"))
        equal(why["verdict"], "50%, 1 of 2 statements ran")
        true(rows(why, "data")[0].startswith(".coverage: "), why)
        equal(rows(why, "called"), [folder / "a.py"])
        equal(rows(why, "settings"), ["all by default"])
        text = run("check", "a.py", cwd=folder.path)[1]
        for row in why["rows"]:
            true(row["text"] in text, f"no {row['text']} in {text}")


def test_no_data_file():
    with Folder() as folder:
        folder.write("pkg/a.py", "x = 1\n")
        folder.write("setup.cfg", "")
        code, why = explained("pkg/a.py", cwd=folder.path)
        equal((code, why["fine"], why["fix"]), (1, False, None))
        true("no coverage data" in why["verdict"], why)
        equal(rows(why, "data"), ["pkg/.coverage: not there", ".coverage: not there"])


def test_settings_and_their_origin():
    with Folder() as folder:
        folder.write("a.py", "x = 1\n")
        code, why = explained("a.py", cwd=folder.path, env={"COVERAGE_FILE": "elsewhere"})
        equal(rows(why, "settings"), ['covls.dataFile: "elsewhere", from the environment: COVERAGE_FILE'])
        equal(rows(why, "data"), ["elsewhere: not there"])
        equal(why["fix"], None)
        code, why = explained("--python=3.11", "a.py", cwd=folder.path)
        equal(rows(why, "settings"), ['covls.pythonVersion: "3.11", from the command line'])
        true(rows(why, "Python")[0].startswith("3.11"), why)


def test_not_in_data():
    with Folder() as folder:
        folder.write("src/app/a.py", "x = 1\n")
        folder.write("setup.cfg", "")
        # It may be either of them: nothing is shown.
        make(folder / "src/app/.coverage", {"/ci/one/a.py": [1], "/ci/two/a.py": [1], "/ci/b.py": [1]})
        code, why = explained("src/app/a.py", cwd=folder.path)
        equal((code, why["fine"], why["fix"]), (1, False, None))
        text = "\n".join(row["text"] for row in why["rows"])
        true("/ci/one/a.py" in text and "/ci/two/a.py" in text and "/ci/b.py" not in text, why)
        folder.write("src/app/c.py", "x = 1\n")
        code, why = explained("src/app/c.py", cwd=folder.path)
        equal((code, rows(why, "nearest"), why["fix"]), (1, ["no recorded name ends as this one does"], None))
        true("is not among them" in why["verdict"], why)


def test_the_folder():
    with Folder() as folder:
        folder.write("setup.cfg", "")
        code, why = explained(cwd=folder.path)
        equal((code, why["folder"], why["fine"]), (1, folder.path, False))
        true("no coverage data" in why["verdict"], why)
        make(folder / ".coverage", {str(folder / "a.py"): [1]})
        code, why = explained(cwd=folder.path)
        equal((code, why["fine"]), (0, True))
        true(folder / ".coverage" in why["verdict"], why)
        true("1 file," in rows(why, "data")[0], why)


def test_broken_data():
    with Folder() as folder:
        folder.write("a.py", "x = 1\n")
        folder.write(".coverage", b"SQLite format 3\0" + b"x" * 5000, age=60)
        code, why = explained("a.py", cwd=folder.path)
        equal((code, why["fine"]), (1, False))
        true(".coverage" in why["verdict"], why)
        equal(len(rows(why, "data")) > 0 and "not there" in rows(why, "data")[0], False)


def test_the_editor_is_told_the_same():
    with Folder() as folder:
        path = folder.write("a.py", "x = 1\n", age=60)
        folder.write("setup.cfg", "")
        with Server() as server:
            server.initialize(folder.path)
            uri = server.open(path)
            server.coverage(uri)

            def ask(*arguments):
                return "workspace/executeCommand", {"command": "covls.explain", "arguments": [*arguments]}

            why = server.call(*ask(uri))
            shell = explained("a.py", cwd=folder.path)[1]
            equal((why["fine"], why["fix"], why["verdict"]), (False, None, shell["verdict"]))
            equal([row["head"] for row in why["rows"]], [row["head"] for row in shell["rows"]])
            for row in why["rows"]:
                true(row["text"] in why["text"], why)
            equal(server.error_of(*ask()), -32602)
            equal(server.error_of(*ask(uri + "x")), -32602)
            equal(server.error_of(*ask(3)), -32602)


def test_the_shell_looks_where_the_editor_does():
    """A package of several, in a repository whose top has the rules and the data of all."""
    with Folder() as folder:
        path = folder.write("packages/one/src/one/a.py", "x = 1\nif x > 1:  # never\n    y = 2\n", age=60)
        folder.write("packages/one/pyproject.toml", "[project]\nname = 'one'\n")
        folder.write("pyproject.toml", "[tool.coverage.report]\nexclude_also = ['# never']\n")
        os.mkdir(folder / ".git")
        make(folder / ".coverage", {path: [1]})
        for cwd, name in ((folder.path, "packages/one/src/one/a.py"), (folder / "packages/one", "src/one/a.py"), ("/", path)):
            code, why = explained(name, cwd=cwd)
            equal((code, why["fine"], why["verdict"]), (0, True, "100%, 1 of 1 statements ran"), cwd)
        with Server() as server:
            server.initialize(folder.path)
            uri = server.open(path)
            server.coverage(uri)
            said = server.call("workspace/executeCommand", {"command": "covls.explain", "arguments": [uri]})
            equal(said["verdict"], why["verdict"])


main(globals())
