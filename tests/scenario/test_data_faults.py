"""Data files with faults: each gives its own reason, and the last good view stays."""

import os
import shutil
import sqlite3

from client import *
from make_coverage import make, make_bytes

SOURCE = "import os\n\n\ndef f():\n    return 1\n"
FILES = {"a.py": [1, 4]}


def other_schema(number):
    return make_bytes(FILES, schema=number)


def changed(sql):
    """A data file after a statement of SQL."""
    connection = sqlite3.connect(":memory:")
    connection.deserialize(make_bytes(FILES))
    connection.executescript(sql)
    data = connection.serialize()
    connection.close()
    return data


def other_sqlite():
    connection = sqlite3.connect(":memory:")
    connection.execute("create table songs (name text)")
    data = connection.serialize()
    connection.close()
    return data


GOOD = make_bytes(FILES)

# Name, content, the state that covls/status gives, and words of which the message has one.
FAULTS = [
    ("empty", b"", "empty", ["empty"]),
    ("one byte", b"S", "empty", ["empty"]),
    ("text", b"nonsense\n" * 40, "bad-data", ["not a coverage", "not a database"]),
    ("stub of a header", GOOD[:16], "bad-data", ["truncated", "not a coverage", "cut"]),
    ("header alone", GOOD[:100], "bad-data", ["truncated", "damaged", "cut"]),
    ("cut at a page", GOOD[:4096], "bad-data", ["truncated", "damaged", "cut"]),
    ("cut in a page", GOOD[:20000], "bad-data", ["truncated", "damaged", "cut"]),
    ("zeroed middle", GOOD[:8192] + bytes(len(GOOD) - 12288) + GOOD[-4096:], "bad-data", ["damaged", "malformed"]),
    ("zeroed but for the header", GOOD[:4096] + bytes(len(GOOD) - 4096), "bad-data", ["damaged", "malformed"]),
    ("other SQLite", other_sqlite(), "bad-data", ["not one of coverage.py"]),
    ("no schema row", changed("delete from coverage_schema"), "bad-data", ["schema", "damaged"]),
    ("schema 1", other_schema(1), "bad-data", ["schema"]),
    ("schema 6", other_schema(6), "bad-data", ["schema"]),
    ("coverage.py 4", b'!coverage.py: This is a private format, don\'t read it directly!{"lines":{"a.py":[1]}}', "bad-data", ["coverage.py 4"]),
]


def project(folder):
    return folder.write("a.py", SOURCE, age=60)


def document_reason(server, uri):
    return server.status(uri)["document"]["reason"]


def test_each_fault_from_the_start():
    for name, content, state, words in FAULTS:
        with Folder() as folder:
            path = project(folder)
            folder.write(".coverage", content, age=100)
            with Server() as server:
                server.initialize(folder.path)
                uri = server.open(path)
                coverage = server.settled(uri)
                equal((coverage["runs"], coverage["freshness"]), ([], "none"), name)
                files = [f for f in server.status()["dataFiles"] if f["path"] == folder / ".coverage"]
                equal([f["state"] for f in files], [state], name)
                message = files[0]["message"]
                true(any(w in message for w in words), f"{name}: the message is {message!r}")
                true(folder.path in message or ".coverage" in message, f"{name}: names no file: {message!r}")


def test_each_fault_after_good_data():
    """Then the marks stay, and they say why they do not change."""
    for name, content, state, words in FAULTS:
        with Folder() as folder:
            path = project(folder)
            make(folder / ".coverage", FILES, age=55)
            with Server() as server:
                server.initialize(folder.path)
                uri = server.open(path)
                good = server.coverage(uri, lambda c: c["runs"])
                equal(lines_in(good, "missed"), [4])
                folder.write("new", content, age=50)
                os.replace(folder / "new", folder / ".coverage")
                bad = server.settled(uri)
                equal(bad["runs"], good["runs"], name)
                want = ("busy", "data-gone") if state == "empty" else ("bad-data",)
                true(bad["reason"]["code"] in want, f"{name}: reason {bad['reason']}")
                if state != "empty":
                    true(any(w in bad["reason"]["message"] for w in words), f"{name}: {bad['reason']['message']!r}")
                # And good data ends it.
                make(folder / ".coverage", {"a.py": [1, 4, 5]})
                whole = server.coverage(uri, lambda c: not lines_in(c, "missed") and c["runs"])
                equal(whole["reason"]["code"], "none", name)


def test_a_fault_that_is_new():
    """A file that was written a moment ago may not be whole yet: it is called busy, and is what it is when
    it stays so."""
    with Folder() as folder:
        path = project(folder)
        folder.write(".coverage", GOOD[:20000])
        with Server() as server:
            server.initialize(folder.path)
            uri = server.open(path)
            told = server.coverage(uri, lambda c: c["reason"]["code"] == "bad-data")
            true("truncated" in told["reason"]["message"] or "cut" in told["reason"]["message"], str(told["reason"]))


def test_messages_differ():
    """Faults that need different remedies are told in different words."""
    messages = {}
    for name, content, _, _ in FAULTS:
        if name in ("empty", "text", "cut in a page", "other SQLite", "schema 6", "coverage.py 4"):
            with Folder() as folder:
                path = project(folder)
                folder.write(".coverage", content, age=100)
                with Server() as server:
                    server.initialize(folder.path)
                    server.settled(server.open(path))
                    message = server.status()["dataFiles"][0]["message"]
                    messages[name] = message.replace(folder.path, "")
    equal(len(set(messages.values())), len(messages), f"messages {messages}")


def test_a_folder_of_that_name():
    with Folder() as folder:
        path = project(folder)
        os.mkdir(folder / ".coverage")
        with Server() as server:
            server.initialize(folder.path)
            equal(server.settled(server.open(path))["runs"], [])
            true(server.status()["dataFiles"][0]["state"] in ("bad-data", "missing"), "state")


def test_a_pipe_of_that_name():
    """Opening it would wait for ever."""
    with Folder() as folder:
        path = project(folder)
        os.mkfifo(folder / ".coverage")
        with Server() as server:
            server.initialize(folder.path)
            equal(server.settled(server.open(path))["runs"], [])


def test_no_permission():
    with Folder() as folder:
        path = project(folder)
        make(folder / ".coverage", FILES)
        os.chmod(folder / ".coverage", 0)
        with Server(**as_nobody(folder)) as server:
            server.initialize(folder.path)
            coverage = server.settled(server.open(path))
            equal(coverage["runs"], [])
            equal(server.status()["dataFiles"][0]["state"], "denied")
            true(folder / ".coverage" in coverage["reason"]["message"], str(coverage["reason"]))


def test_no_data_file():
    with Folder() as folder:
        path = project(folder)
        with Server() as server:
            server.initialize(folder.path)
            coverage = server.settled(server.open(path))
            equal((coverage["freshness"], coverage["reason"]["code"]), ("none", "no-data-file"))
            true(folder.path in coverage["reason"]["message"], f"names the folder: {coverage['reason']}")
            equal(coverage["data"], None)
            true("percent" not in coverage["summary"], "no percent where nothing is known")


def test_not_in_the_data_is_not_nothing_ran():
    with Folder() as folder:
        known = folder.write("known.py", SOURCE, age=60)
        unknown = folder.write("unknown.py", SOURCE, age=60)
        make(folder / ".coverage", {"known.py": None})
        with Server() as server:
            server.initialize(folder.path)
            known, unknown = server.open(known), server.open(unknown)
            nothing_ran = server.coverage(known, lambda c: c["runs"])
            equal(lines_in(nothing_ran, "missed"), [0, 3, 4])
            equal(nothing_ran["summary"]["percent"], 0)
            nothing_known = server.settled(unknown)
            equal((nothing_known["runs"], nothing_known["reason"]["code"]), ([], "not-in-data"))
            told = [p for p in server.messages("textDocument/publishDiagnostics") if p["uri"] == unknown]
            equal([p for p in told if p["diagnostics"]], [])


def test_branch_data_and_contexts():
    """Lines are the union of all contexts and of both ends of the arcs."""
    for options in ({"branches": True}, {"contexts": ("", "t1", "t2")}, {"branches": True, "contexts": ("", "t|run")}):
        with Folder() as folder:
            path = folder.write("a.py", "a = 1\nb = 2\nc = 3\nd = 4\ne = 5\n", age=60)
            make(folder / ".coverage", {"a.py": [1, 2, 4]}, **options)
            with Server() as server:
                server.initialize(folder.path)
                coverage = server.coverage(server.open(path), lambda c: c["runs"])
                equal((lines_in(coverage, "covered"), lines_in(coverage, "missed")), ([0, 1, 3], [2, 4]), str(options))


def test_absolute_and_relative_paths():
    with Folder() as folder:
        path = folder.write("pkg/a.py", SOURCE, age=60)
        os.symlink(folder / "pkg", folder / "link")
        for recorded in ("pkg/a.py", path):
            make(folder / ".coverage", {recorded: [1, 4]})
            for opened in (path, folder / "link/a.py"):
                with Server() as server:
                    server.initialize(folder.path)
                    coverage = server.coverage(server.open(opened), lambda c: c["runs"])
                    equal(lines_in(coverage, "missed"), [4], f"{recorded} opened as {opened}")


def test_not_python():
    """What cannot be understood shows only what ran."""
    with Folder() as folder:
        path = folder.write("a.py", "x = 1\ny = (\n", age=60)
        make(folder / ".coverage", {"a.py": [1]})
        with Server() as server:
            server.initialize(folder.path)
            coverage = server.settled(server.open(path))
            equal(coverage["reason"]["code"], "not-python")
            equal(lines_in(coverage, "missed"), [])
            equal(lines_in(coverage, "covered"), [0])


def test_source_newer_than_the_data():
    with Folder() as folder:
        path = folder.write("a.py", SOURCE)
        make(folder / ".coverage", FILES, age=3600)
        with Server() as server:
            server.initialize(folder.path)
            coverage = server.coverage(server.open(path), lambda c: c["runs"])
            equal((coverage["freshness"], coverage["reason"]["code"]), ("unknown", "source-newer"))
            true(3590 < coverage["data"]["ageSeconds"] < 3700, f"age {coverage['data']}")


def test_data_file_setting():
    with Folder() as folder:
        path = project(folder)
        os.mkdir(folder / "build")
        make(folder / "build/cov.db", {path: [1, 4]})
        make(folder / ".coverage", {"a.py": [1, 4, 5]})
        for setting in ("build/cov.db", folder / "build/cov.db"):
            with Server() as server:
                server.initialize(folder.path, options={"dataFile": setting})
                coverage = server.coverage(server.open(path), lambda c: c["runs"] or c["reason"]["code"] != "none")
                equal(coverage["data"]["path"], folder / "build/cov.db")


def test_nothing_is_written():
    """Not even a journal: the folder is the same afterwards, to the byte and to the date."""
    for name, content, _, _ in [("good", GOOD, "", ""), *FAULTS]:
        with Folder() as folder:
            path = project(folder)
            folder.write(".coverage", content, age=100)
            before = {n: os.stat(folder / n).st_mtime_ns for n in os.listdir(folder.path)}
            with Server() as server:
                server.initialize(folder.path)
                server.settled(server.open(path))
            after = {n: os.stat(folder / n).st_mtime_ns for n in os.listdir(folder.path)}
            equal(after, before, name)
            with open(folder / ".coverage", "rb") as file:
                equal(file.read() == content, True, f"{name}: content")


def test_recorded_samples():
    """The broken files that coverage.py itself was tried on, where they are at hand."""
    samples = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../data/coveragepy/broken")
    if not os.path.isdir(samples):
        raise Skip("tests/data/coveragepy/broken is not there")
    for name in sorted(os.listdir(samples)):
        if name.endswith(".coverage"):
            with Folder() as folder:
                path = project(folder)
                shutil.copy(os.path.join(samples, name), folder / ".coverage")
                with Server() as server:
                    server.initialize(folder.path)
                    coverage = server.settled(server.open(path))
                    true(coverage["reason"]["code"] != "none" or coverage["runs"], f"{name}: {coverage}")


main(globals())
