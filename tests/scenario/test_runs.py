"""Several runs of one data file: which are kept, and what they show together."""

import os
import sqlite3

from client import *
from make_coverage import make

SOURCE = "a = 1\nif a:\n    b = 2\nc = 3\n"


def kept_runs(cache):
    connection = sqlite3.connect(f"file:{cache}/store.db?mode=ro", uri=True)
    try:
        return connection.execute("select count(*) from run").fetchone()[0]
    finally:
        connection.close()


def write_on(path, lines):
    """As coverage.py does at each switch of the context: into the same file."""
    connection = sqlite3.connect(path)
    connection.execute("pragma journal_mode = off")
    for line in lines:
        connection.execute("insert or replace into line_bits values (1, ?, ?)", (line + 100, bytes([1 << line])))
        connection.execute("insert or replace into context values (?, ?)", (line + 100, f"t{line}"))
    connection.commit()
    connection.close()


def test_a_run_that_writes_its_data_again_and_again_is_one():
    cache = new_cache("again and again")
    with Folder() as folder:
        path = folder.write("a.py", SOURCE, age=60)
        make(folder / ".coverage", {"a.py": [1]})
        with Server() as server:
            server.initialize(folder.path)
            uri = server.open(path)
            server.coverage(uri, lambda c: lines_in(c, "covered") == [0])
            for line in (2, 3, 4):
                write_on(folder / ".coverage", [line])
                server.coverage(uri, lambda c: lines_in(c, "covered") == list(range(line)))
            equal(kept_runs(cache), 1)
            make(folder / ".coverage", {"a.py": [1, 2]})
            server.coverage(uri, lambda c: lines_in(c, "covered") == [0, 1])
            equal(kept_runs(cache), 2)


def test_runs_are_united_and_told():
    new_cache("united")
    with Folder() as folder:
        path = folder.write("a.py", SOURCE, age=60)
        make(folder / ".coverage", {"a.py": [1, 2, 3]}, age=30)
        with Server() as server:
            server.initialize(folder.path, options={"runs": "union"})
            uri = server.open(path)
            whole = server.coverage(uri, lambda c: lines_in(c, "covered") == [0, 1, 2])
            true("earlier" not in whole, str(whole))
            make(folder / ".coverage", {"a.py": [1, 2, 4]})
            both = server.coverage(uri, lambda c: lines_in(c, "covered") == [0, 1, 2, 3])
            equal((both["earlier"]["statements"], both["earlier"]["runs"]), (1, 1))
            true(29 <= both["earlier"]["ageSeconds"] < 90, str(both["earlier"]))
            hover = server.hover(uri, 2)
            true("1 statement as of an earlier run" in str(hover), str(hover))
            server.notify("workspace/didChangeConfiguration", {"settings": {"covls": {"runs": "replace"}}})
            last = server.coverage(uri, lambda c: lines_in(c, "covered") == [0, 1, 3])
            true("earlier" not in last, str(last))
        # Another process, a shell's, knows them as well.
        code, out, err = run("show", "--color=never", "--runs=union", path, cwd=folder.path)
        true("4 of 4 statements ran" in out and "1 statement as of an earlier run" in out, out + err)


def test_runs_of_a_report_are_united():
    """LCOV, of two runs on two texts, whose names are those of another machine; the mapping is the user's."""
    new_cache("reports")
    options = {"runs": "union", "pathMappings": [{"from": "/ci", "to": "."}]}
    with Folder() as folder:
        path = folder.write("main.c", "int a;\nint b;\nint c;\n", age=60)
        folder.write("lcov.info", "SF:/ci/main.c\nDA:1,1\nDA:2,4\nDA:3,0\nend_of_record\n", age=50)
        with Server() as server:
            server.initialize(folder.path, options=options)
            uri = server.open(path)
            server.coverage(uri, lambda c: lines_in(c, "covered") == [0, 1])
            text = "int x;\nint a;\nint b;\nint d;\n"
            server.change(uri, 2, {"text": text})
            folder.write("main.c", text, age=40)
            folder.write("lcov.info", "SF:/ci/main.c\nDA:1,0\nDA:2,1\nDA:3,0\nDA:4,0\nend_of_record\n", age=30)
            both = server.coverage(uri, lambda c: "earlier" in c)
            equal(lines_in(both, "covered"), [1, 2])
            equal(lines_in(both, "missed"), [0, 3])
            equal((both["earlier"]["statements"], both["earlier"]["runs"]), (1, 1))
            true("1 statement as of an earlier run" in str(server.hover(uri, 2)), str(server.hover(uri, 2)))


def test_a_renamed_file_keeps_what_its_text_ran():
    new_cache("renamed")
    with Folder() as folder:
        path = folder.write("a.py", SOURCE, age=60)
        make(folder / ".coverage", {path: [1, 2, 4]}, age=30)
        with Server() as server:
            server.initialize(folder.path)
            uri = server.open(path)
            server.coverage(uri, lambda c: lines_in(c, "covered") == [0, 1, 3])
            os.rename(path, folder / "b.py")
            server.close(uri)
            renamed = server.open(folder / "b.py")
            shown = server.coverage(renamed, lambda c: c["runs"])
            equal((lines_in(shown, "covered"), lines_in(shown, "missed")), ([0, 1, 3], [2]))
            equal(shown["freshness"], "fresh")
            # A save changes nothing of it, though the text is another one then.
            server.change(renamed, 2, {"text": "# new\n" + SOURCE})
            folder.write("b.py", "# new\n" + SOURCE)
            server.notify("textDocument/didSave", {"textDocument": {"uri": renamed}})
            shown = server.settled(renamed)
            equal((lines_in(shown, "covered"), lines_in(shown, "missed")), ([1, 2, 4], [3]))
            # A copy did not run.
            folder.write("b.py", SOURCE)
            folder.write("a.py", SOURCE)
            copy = server.open(folder.write("c.py", SOURCE, age=60))
            equal(server.settled(copy)["reason"]["code"], "not-in-data")


main(globals())
