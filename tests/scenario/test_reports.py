"""Reports of other languages in the server: states, counts in hovers, labels in diagnostics."""

import json
import os
import resource

from client import *

SOURCE = "int main(void)\n{\n\tif (f())\n\t\treturn 1;\n\treturn 0;\n}\n"
# Line 3 ran 12 times and never took its first branch.
REPORT = """TN:
SF:%s
FN:1,6,main
FNDA:3,main
DA:1,3
DA:3,12
DA:4,0
DA:5,12
BRDA:3,0,if,0
BRDA:3,0,else,12
end_of_record
"""


def project(folder, **more):
    path = folder.write("src/main.c", SOURCE, age=60)
    folder.write(".git/HEAD", "")
    folder.write("coverage/lcov.info", REPORT % "src/main.c")
    return path


def test_states_hovers_and_diagnostics():
    with Folder() as folder:
        path = project(folder)
        with Server() as server:
            server.initialize(folder.path)
            uri = server.open(path)
            coverage = server.coverage(uri, lambda c: c["freshness"] == "fresh")
            equal(states(coverage), {0: "covered", 2: "partial", 3: "missed", 4: "covered"})
            equal(coverage["data"]["path"], folder / "coverage/lcov.info")
            equal(coverage["reason"]["code"], "none")
            text = server.hover(uri, 2)["contents"]["value"]
            true("ran 12 times" in text, text)
            true("1 of 2 branches was not taken" in text, text)
            true("main was called 3 times" in server.hover(uri, 0)["contents"]["value"], text)
            found = server.diagnostics(uri)
            equal([(d["range"]["start"]["line"], d["code"]) for d in found], [(2, "partial-branch"), (3, "uncovered")])
            true("1 of 2 branches was not taken" in found[0]["message"], found)


def test_the_status_of_a_report_without_a_producer():
    """What is not known is not there, and a folder that stands for many places is told once."""
    with Folder() as folder:
        path = project(folder)
        with Server() as server:
            server.initialize(folder.path)
            uri = server.open(path)
            server.coverage(uri, lambda c: c["freshness"] == "fresh")
            status = server.status()
            file = status["dataFiles"][0]
            equal((file["format"], file["files"], "producer" in file), ("LCOV", 1, False))
            watching = status["watching"]
            equal(sorted(set(watching)), sorted(watching))
            true(folder.path in watching, str(watching))


def test_a_report_that_changes_is_followed():
    with Folder() as folder:
        path = project(folder)
        with Server() as server:
            server.initialize(folder.path)
            uri = server.open(path)
            server.coverage(uri, lambda c: states(c).get(3) == "missed")
            folder.write("coverage/lcov.info", (REPORT % "src/main.c").replace("DA:4,0", "DA:4,9"))
            server.coverage(uri, lambda c: states(c).get(3) == "covered")


RUBY = """def pick(x)
  case x
  when 1 then :one
  else
    # :nocov:
    raise 'never'
    #:nocov: a reason
  end
end

x = pick(1) if true # :nocov:
  \t#  :nocov:
def rest
  3
end
"""


def test_what_simplecov_leaves_out():
    """Of its comments the result set knows nothing. An arm with code of its own in such a region is gone, too."""
    with Folder() as folder:
        path = folder.write("lib/pick.rb", RUBY, age=60)
        folder.write(".git/HEAD", "")
        branches = {"[:case, 0, 2, 2, 8, 5]": {"[:when, 1, 3, 14, 3, 18]": 1, "[:else, 2, 6, 4, 6, 17]": 0},
                    "[:if, 3, 11, 0, 11, 19]": {"[:then, 4, 11, 0, 11, 11]": 1, "[:else, 5, 11, 0, 11, 19]": 0}}
        lines = [1, 1, 1, None, None, 0, None, None, None, None, 1, None, 1, 0, None]
        report = {"RSpec": {"coverage": {path: {"lines": lines, "branches": branches}}, "timestamp": 1}}
        folder.write("coverage/.resultset.json", json.dumps(report))
        with Server() as server:
            server.initialize(folder.path)
            uri = server.open(path)
            coverage = server.coverage(uri, lambda c: c["freshness"] == "fresh")
            equal(states(coverage), {0: "covered", 1: "covered", 2: "covered", 5: "excluded", 10: "partial",
                                     12: "excluded", 13: "excluded"})
            # They follow their lines.
            server.replace(uri, 2, (0, 0), (0, 0), "\n")
            coverage = server.coverage(uri, lambda c: states(c).get(6) == "excluded")
            equal((states(coverage).get(14), states(coverage).get(7)), ("excluded", None))


def test_a_report_that_appears_is_found():
    with Folder() as folder:
        path = project(folder)
        os.remove(folder / "coverage/lcov.info")
        with Server() as server:
            server.initialize(folder.path)
            uri = server.open(path)
            server.coverage(uri, lambda c: c["reason"]["code"] == "no-data-file")
            folder.write("coverage/lcov.info", REPORT % "src/main.c")
            server.coverage(uri, lambda c: states(c).get(3) == "missed")


def test_other_languages_without_data_show_nothing():
    with Folder() as folder:
        path = folder.write("a.go", "package a\n")
        folder.write(".git/HEAD", "")
        with Server() as server:
            server.initialize(folder.path)
            uri = server.open(path)
            coverage = server.coverage(uri)
            equal((coverage["freshness"], coverage["runs"], coverage["reason"]["code"]), ("none", [], "no-data-file"))
            equal(server.messages("textDocument/publishDiagnostics"), [])


def test_a_workspace_of_many_folders_and_patterns():
    """What git ignores is asked of every folder: that has its time, too, after which the rest is left."""
    with Folder() as folder:
        folder.write("a.c", "int a;\n", age=60)
        folder.write(".git/HEAD", "")
        folder.write(".gitignore", "".join(f"*q*w*{n}\n" for n in range(30000)))
        folder.write("coverage/lcov.info", f"SF:{folder / 'a.c'}\nDA:1,1\nend_of_record\n")
        for n in range(9000):
            os.makedirs(folder / f"data/{n}")
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        code, told, _ = run("check", folder / "a.c", cwd=folder.path)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        equal(code, 0)
        true("; taken\n" in told, told)
        # Two seconds of the clock are allowed, of which the processor cannot have spent more.
        used = after.ru_utime - before.ru_utime
        true(used < 4, f"{used:.1f} s of the processor")


main(globals())
