"""Whole projects as they are met with: whose coverage is shown for a file, and that no other file of the same name
gets it."""

import json
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
    code, out, err = run("check", "--json", *args, source, cwd=folder, env=env)
    equal(err, "")
    why = json.loads(out)[0]
    equal(code, 0 if why["fine"] else 1)
    return why


def rows(why, head):
    """The texts of the rows under a head."""
    found, under = [], ""
    for row in why["rows"]:
        under = row["head"] or under
        if under == head:
            found.append(row["text"])
    return found


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


main(globals())
