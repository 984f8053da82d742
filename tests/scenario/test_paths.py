"""Whole projects as they are met with: whose coverage is shown for a file, and that no other file of the same name
gets it."""

import os
import shutil
import subprocess
import time

from client import *
from make_coverage import make

C = "int main(void)\n{\n\tif (f())\n\t\treturn 1;\n\treturn 0;\n}\n"
PYTHON = "x = 1\ny = 2\n"
RECORD = "SF:%s\nDA:1,3\nDA:3,12\nDA:4,0\nDA:5,12\nend_of_record\n"


def lcov(*names):
    return "TN:\n" + "".join(RECORD % name for name in names)


def check(folder, source, *args, env=None):
    """`covls check --json` of the source."""
    code, why = explained(*args, source, cwd=folder, env=env)
    equal(code, 0 if why["fine"] else 1)
    return why


def shown(server, source):
    """The reason that a source has less to show than it might have, and its missed lines."""
    coverage = server.settled(server.open(source))
    return coverage["reason"]["code"], lines_in(coverage, "missed")


def test_a_further_checkout_inside_of_the_repository():
    """A worktree has sources of the same names: data of the one is not the other's."""
    if shutil.which("git") is None:
        raise Skip("git is not installed")
    with Folder() as folder:
        main, tree = folder / "main", folder / "main/.trees/x"

        def git(*args):
            who = ["-c", "user.name=n", "-c", "user.email=e"]
            subprocess.run(["git", *who, *args], cwd=main, check=True, capture_output=True)

        folder.write("main/src/a.c", C)
        git("init", "-q")
        git("add", ".")
        git("commit", "-qm", "x")
        git("worktree", "add", "-q", tree)
        for source in (f"{main}/src/a.c", f"{tree}/src/a.c"):
            os.utime(source, (time.time() - 60,) * 2)
        folder.write("main/coverage/lcov.info", lcov("/ci/src/a.c"), age=50)

        def marks_of(source):
            with Server() as server:
                server.initialize(main)
                return shown(server, source)

        equal(marks_of(f"{main}/src/a.c"), ("none", [3]))
        equal(marks_of(f"{tree}/src/a.c"), ("not-in-data", []))
        folder.write("main/.trees/x/coverage/lcov.info", lcov("src/a.c").replace("DA:5,12", "DA:5,0"), age=50)
        equal(marks_of(f"{main}/src/a.c"), ("none", [3]))
        equal(marks_of(f"{tree}/src/a.c"), ("none", [3, 4]))


def test_a_data_file_that_is_set_hides_another():
    """The setting is told to go only if there is something to see without it."""
    with Folder() as folder:
        source = folder.write("pkg/a.py", PYTHON, age=60)
        folder.write("setup.cfg", "")
        folder.write("notes.txt", "It was a dark and stormy night.\n" * 9, age=60)
        faults = [("out/cov", "not there"), ("notes.txt", "not a coverage file"), ("pkg", "a folder")]

        def explain(name, env=None):
            with Server(env=env) as server:
                server.initialize(folder.path, options={"dataFile": name} if name is not None else None)
                code, missed = shown(server, source)
                ask = {"command": "covls.explain", "arguments": [uri_of(source)]}
                why = server.call("workspace/executeCommand", ask)
                equal(why["fine"], code == "none")
                return why, missed

        for name, words in faults:
            why, missed = explain(name)
            equal((why["fix"], rows(why, "else"), missed), (None, [], []))
            true(words in why["verdict"], why["verdict"])
        data = make(folder / ".coverage", {source: [1]}, age=50)
        for name, words in faults:
            for env in (None, {"COVERAGE_FILE": name}):
                why, missed = explain(name if env is None else None, env)
                true(words in why["verdict"], why["verdict"])
                equal(rows(why, "else"), [f"without covls.dataFile '{data}' would be taken"])
                equal((why["fix"], missed), ({"key": "covls.dataFile", "value": ""}, []))
                equal(rows(why, "found"), ["COVERAGE_FILE names it" if env else "covls.dataFile names it"])
                why, missed = explain("", env)
                equal((why["fine"], missed), (True, [1]))
            why = check(folder.path, source, f"--data-file={name}")
            equal((why["fix"], rows(why, "else")), (None, [f"without covls.dataFile '{data}' would be taken"]))


def test_the_rcfile_of_the_environment():
    """In a shell, too, it is as if coverage.py were run in the current folder."""
    with Folder() as folder:
        source = folder.write("pkg/a.py", PYTHON, age=60)
        rcfile = folder.write("conf/my.rc", "[run]\ndata_file = data/cov\n")
        os.mkdir(folder / "data")
        make(folder / "data/cov", {source: [1]}, age=50)
        for name in ("conf/my.rc", rcfile):
            env = {"COVERAGE_RCFILE": name}
            why = check(folder.path, "pkg/a.py", env=env)
            equal(why["verdict"], "50%, 1 of 2 statements ran")
            equal(rows(why, "project"), [f"{folder.path}, set up in {name}"])
            with Server(env=env) as server:
                server.initialize(folder.path)
                equal(shown(server, source), ("none", [1]))
        why = check(folder.path, "pkg/a.py", env={"COVERAGE_RCFILE": "none.rc"})
        equal(rows(why, "project"), [f"{folder.path}: Couldn't read 'none.rc' as a config file"])


def test_the_data_file_of_the_configuration_is_not_there():
    with Folder() as folder:
        folder.write("a.py", PYTHON, age=60)
        folder.write("tox.ini", "[coverage:run]\ndata_file = out/cov\n")
        verdict = check(folder.path, "a.py")["verdict"]
        true(f"'{folder / 'out/cov'}', which tox.ini names, is not there" in verdict, verdict)


def test_folders_of_a_workspace_have_files_of_the_same_name():
    """Data with relative names is that of its own folder, or of none that can be told."""
    with Folder() as folder:
        places = ("one", "two", "one/sub")
        sources = {place: folder.write(f"{place}/a.py", PYTHON, age=60) for place in places}
        roots = [folder / place for place in places]

        def missed(env=None):
            """Of each source with something to show its missed lines."""
            with Server(env=env) as server:
                folders = [{"uri": uri_of(root), "name": root} for root in roots]
                server.call("initialize", {
                    "processId": None, "rootUri": None, "workspaceFolders": folders, "capabilities": {},
                    "initializationOptions": {"coverage": True},
                })
                server.notify("initialized", {})
                all = {place: shown(server, source) for place, source in sources.items()}
                return {place: lines for place, (reason, lines) in all.items() if reason == "none"}

        data = make(folder / "one/.coverage", {"a.py": [1]}, age=50)
        equal(missed(), {"one": [1]})
        make(folder / "one/sub/.coverage", {"a.py": [1, 2]}, age=50)
        equal(missed(), {"one": [1], "one/sub": []})
        os.rename(data, folder / "two/.coverage")
        equal(missed(), {"two": [1], "one/sub": []})
        # Sent elsewhere it may be any one's, until there is only one.
        os.remove(folder / "one/sub/.coverage")
        os.rename(folder / "two/.coverage", folder / "cov")
        env = {"COVERAGE_FILE": folder / "cov"}
        equal(missed(env), {})
        for place in ("one", "one/sub"):
            os.remove(sources.pop(place))
        equal(missed(env), {"two": [1]})


def test_what_is_wrong_with_data_of_another_language():
    """A .coverage file that cannot be read keeps no report from the sources of other languages, nor is it why they
    have none."""
    faults = {"empty": b"", "broken": b"x" * 3000}
    for what, content in faults.items():
        with Folder() as folder:
            folder.write(".git/HEAD", "")
            source, script = folder.write("src/a.c", C, age=60), folder.write("a.py", PYTHON, age=60)
            data = folder.write(".coverage", content)
            with Server() as server:
                server.initialize(folder.path)
                equal(shown(server, source)[0], "no-data-file", what)
                true(f"'{data}' is " in server.settled(server.open(script))["reason"]["message"], what)
                folder.write("lcov.info", lcov("src/a.c"), age=50)
                equal(shown(server, source), ("none", [3]), what)
            equal(check(folder.path, "src/a.c")["fine"], True, what)


def test_an_empty_data_file_that_nobody_writes():
    """Left behind by a run that broke off long ago, it does not hide a report."""
    with Folder() as folder:
        folder.write(".git/HEAD", "")
        folder.write("a.py", PYTHON, age=7200)
        folder.write("coverage.lcov", "SF:a.py\nDA:1,1\nDA:2,0\nend_of_record\n", age=3600)
        folder.write(".coverage", b"", age=3600)
        equal(check(folder.path, "a.py")["verdict"], "50%, 1 of 2 statements ran")
        folder.write(".coverage", b"")
        true("is empty" in check(folder.path, "a.py")["verdict"], "a run that has just begun is waited for")


def test_where_nobody_looks_for_reports():
    """It is told that folders were left out, since the report may be in one of them."""
    with Folder() as folder:
        folder.write(".git/HEAD", "")
        folder.write("src/a.c", C, age=60)
        report = folder.write("artifacts/lcov.info", lcov("src/a.c"), age=50)
        equal(check(folder.path, "src/a.c")["verdict"], "75%, 3 of 4 statements ran")
        folder.write(".gitignore", "artifacts/\n")
        why = check(folder.path, "src/a.c")
        true("where git does not ignore the folder" in why["verdict"], why["verdict"])
        equal(rows(why, "left out"), ["folders that git ignores, but for those where reports are usually put"])
        equal(check(folder.path, "src/a.c", f"--data-file={report}")["verdict"], "75%, 3 of 4 statements ran")


def test_reports_that_may_not_be_read():
    for place in ("coverage", "coverage/lcov.info"):
        with Folder() as folder:
            folder.write(".git/HEAD", "")
            source = folder.write("src/a.c", C, age=60)
            folder.write("coverage/lcov.info", lcov("src/a.c"), age=50)
            os.chmod(folder / place, 0)
            with Server(**as_nobody(folder)) as server:
                server.initialize(folder.path)
                message = server.settled(server.open(source))["reason"]["message"]
            true(f"cannot read '{folder / place}'" in message, message)


def test_newer_data_that_nobody_has_combined():
    """Without parallel = true the data file counts; but it is told what lies beside it."""
    with Folder() as folder:
        folder.write("setup.cfg", "")
        source = folder.write("a.py", PYTHON, age=600)
        make(folder / ".coverage", {source: [1]}, age=500)
        make(folder / ".coverage.host.1.Xaaaaaax", {source: [1, 2]}, age=550)
        why = check(folder.path, "a.py")
        equal((why["verdict"], rows(why, "but")), ("50%, 1 of 2 statements ran", []))
        newer = [make(f"{folder.path}/.coverage.host.{n}.Xaaaaaax", {source: [1, 2]}, age=50) for n in (2, 3)]
        why = check(folder.path, "a.py")
        words = f"'{newer[0]}' and 1 more are newer and not combined with it; `coverage combine` does that"
        equal((why["verdict"], rows(why, "but")), ("50%, 1 of 2 statements ran", [words]))
        os.remove(folder / ".coverage.host.1.Xaaaaaax")
        folder.write("setup.cfg", "[coverage:run]\nparallel = true\n")
        why = check(folder.path, "a.py")
        equal((why["verdict"], rows(why, "but")), ("100%, 2 of 2 statements ran", []))


def test_data_that_tests_left_in_their_own_folder():
    """`cd tests && coverage run ...` leaves it there, though what ran lies beside that folder."""
    with Folder() as folder:
        source = folder.write("src/app/a.py", "x = 1\nif x > 1:\n    y = 2\n", age=60)
        folder.write("tests/app/b.py", "x = 1\n", age=60)
        namesake = folder.write("app/b.py", "x = 1\n", age=60)
        folder.write("setup.cfg", "")
        data = folder / "tests/.coverage"
        make(data, {source: [1, 2], "app/b.py": [1]})
        code, why = explained("src/app/a.py", cwd=folder.path)
        equal((code, why["verdict"]), (0, "67%, 2 of 3 statements ran"))
        equal(rows(why, "found"), ["in a folder of the workspace"])
        code, why = explained(namesake, cwd=folder.path)
        equal(code, 1, why["verdict"])
        true("there is no data file" in why["verdict"], why["verdict"])
        with Server() as server:
            server.initialize(folder.path)
            uri = server.open(source)
            equal(lines_in(server.settled(uri), "missed"), [2])
            # A run begins by deleting it; the folder has nothing then that anybody would look for.
            mark = server.mark()
            os.unlink(data)
            gone = server.coverage(uri, lambda found: found["freshness"] == "stale", mark)
            equal((lines_in(gone, "missed"), gone["reason"]["code"]), ([2], "data-gone"))
            make(data, {source: [1, 2, 3]})
            server.coverage(uri, lambda found: lines_in(found, "covered") == [0, 1, 2], mark)
        # What lies where it is looked for first goes before it.
        make(folder / ".coverage", {source: [1]})
        equal(explained(source, cwd=folder.path)[1]["verdict"], "33%, 1 of 3 statements ran")


main(globals())
