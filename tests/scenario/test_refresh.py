"""The marks follow the data file, whatever way it is written. No test here asks covls to look."""

import os
import shutil
import sqlite3
import threading
import time

from client import *
from make_coverage import fill, make, make_bytes

SOURCE = "import os\n\n\ndef f():\n    a = 1\n    return a\n"
BEFORE = {"a.py": [1, 4]}
AFTER = {"a.py": [1, 4, 5, 6]}


class Session:
    """A folder with a source, a data file if wanted, and covls looking at both."""

    def __init__(self, data=BEFORE, **options):
        self.data, self.options = data, options

    def __enter__(self):
        self.folder = Folder()
        self.source = self.folder.write("a.py", SOURCE, age=60)
        self.path = self.folder / ".coverage"
        if self.data:
            make(self.path, self.data)
        self.server = Server()
        self.server.initialize(self.folder.path, options=self.options)
        self.uri = self.server.open(self.source)
        if self.data:
            self.missed([4, 5])
        else:
            self.server.coverage(self.uri, lambda c: c["reason"]["code"] == "no-data-file")
        return self

    def __exit__(self, *error):
        self.server.__exit__(*error)
        self.folder.__exit__(*error)

    def missed(self, lines, freshness="fresh"):
        """Waits until just these lines (from 0) are missed, in marks and in diagnostics."""
        what = f"missed lines {lines}, {freshness},"
        result = self.server.coverage(
            self.uri,
            lambda c: c["runs"] and lines_in(c, "missed") == lines and c["freshness"] == freshness,
            what=what,
        )
        # In these sources a run of missed lines has no gap. Data that has gone clears the list of problems,
        # while the marks stay.
        starts = [line for line in lines if line - 1 not in lines and freshness != "stale"]
        self.server.diagnostics(self.uri, lambda ds: [d["range"]["start"]["line"] for d in ds] == starts)
        return result


def test_renamed_over():
    with Session() as s:
        make(s.path, AFTER)
        s.missed([])
        make(s.path, BEFORE)
        s.missed([4, 5])


def test_replaced_at_once():
    """The very moment that the first marks come, the data is replaced: whatever covls was about to do."""
    before, after = make_bytes(BEFORE), make_bytes(AFTER)
    for _ in range(30):
        with Folder() as folder, Server(log=False) as server:
            source = folder.write("a.py", SOURCE, age=60)
            folder.write(".coverage", before)
            folder.write("new", after)
            server.initialize(folder.path)
            uri = server.open(source)
            server.coverage(uri, lambda c: lines_in(c, "missed") == [4, 5])
            os.replace(folder / "new", folder / ".coverage")
            server.coverage(uri, lambda c: c["runs"] and not lines_in(c, "missed"))


def test_deleted_and_made_again():
    """In between the marks stay, and are told to be old."""
    with Session() as s:
        os.remove(s.path)
        gone = s.missed([4, 5], "stale")
        equal(gone["reason"]["code"], "data-gone")
        make(s.path, AFTER)
        equal(s.missed([])["reason"]["code"], "none")


def test_deleted_and_made_again_at_once():
    with Session() as s:
        data = make_bytes(AFTER)
        os.remove(s.path)
        s.folder.write(".coverage", data)
        s.missed([])


def test_truncated_and_rewritten():
    """The same inode, and an empty file for a moment."""
    with Session() as s:
        data = make_bytes(AFTER)
        with open(s.path, "r+b") as file:
            file.truncate(0)
            file.flush()
            for at in range(0, len(data), 8192):
                file.write(data[at : at + 8192])
                file.flush()
        s.missed([])


def test_written_slowly():
    """Cut off in the middle for a good while: nothing is believed until it is whole."""
    with Session() as s:
        data = make_bytes(AFTER)
        mark = s.server.mark()
        with open(s.path, "r+b") as file:
            file.truncate(0)
            file.write(data[:20000])
            file.flush()
            told = s.server.coverage(s.uri, lambda c: c["reason"]["code"] in ("bad-data", "busy"), since=mark)
            equal(lines_in(told, "missed"), [4, 5], "the marks stay")
            file.write(data[20000:])
        equal(s.missed([])["reason"]["code"], "none")


def test_written_in_place_by_sqlite():
    """As `coverage run --append` does."""
    with Session() as s:
        connection = sqlite3.connect(s.path)
        connection.execute("pragma journal_mode = off")
        connection.execute("insert into context values (2, 'more')")
        connection.execute("insert into line_bits values (1, 2, ?)", (bytes([0b01100000]),))
        connection.commit()
        connection.close()
        s.missed([])


def test_appears_only_later():
    with Session(data=None) as s:
        make(s.path, BEFORE)
        s.missed([4, 5])


def test_appears_only_later_in_a_folder_that_does():
    with Session(data=None, dataFile="out/cov/.coverage") as s:
        os.makedirs(s.folder / "out/cov")
        make(s.folder / "out/cov/.coverage", {s.source: [1, 4]})
        s.missed([4, 5])
        shutil.rmtree(s.folder / "out")
        s.missed([4, 5], "stale")
        os.makedirs(s.folder / "out/cov")
        make(s.folder / "out/cov/.coverage", {s.source: [1, 4, 5, 6]})
        s.missed([])


def test_the_folder_is_exchanged():
    """As by a tool that makes a new output folder and puts it in place of the old one."""
    with Session(data=None, dataFile="out/.coverage") as s:
        os.makedirs(s.folder / "out")
        make(s.folder / "out/.coverage", {s.source: [1, 4]})
        s.missed([4, 5])
        for number, ran in enumerate(([1, 4, 5, 6], [1, 4], [1, 4, 5, 6])):
            os.makedirs(s.folder / "new")
            make(s.folder / "new/.coverage", {s.source: ran})
            os.rename(s.folder / "out", s.folder / f"old{number}")
            os.rename(s.folder / "new", s.folder / "out")
            s.missed([4, 5] if len(ran) == 2 else [])


def test_a_nearer_file_appears():
    """The nearest that speaks of the source wins."""
    with Folder() as folder:
        source = folder.write("pkg/a.py", SOURCE, age=60)
        make(folder / ".coverage", {"pkg/a.py": [1, 4]})
        with Server() as server:
            server.initialize(folder.path)
            uri = server.open(source)
            server.coverage(uri, lambda c: lines_in(c, "missed") == [4, 5])
            make(folder / "pkg/.coverage", {"a.py": [1, 4, 5, 6]})
            server.coverage(uri, lambda c: c["runs"] and not lines_in(c, "missed"))
            os.remove(folder / "pkg/.coverage")
            server.coverage(uri, lambda c: lines_in(c, "missed") == [4, 5])


def pytest_cov_order(s, data, switches=5):
    """What pytest-cov 7 does, as inotify shows it: coverage-data 1.9."""
    if os.path.exists(s.path):
        os.remove(s.path)
    suffixed = s.path + ".host.pid123.Xabcdefx"
    connection = sqlite3.connect(suffixed)
    connection.execute("pragma journal_mode = off")
    fill(connection, {"a.py": []})
    for number in range(switches):
        connection.execute("insert into context values (?, ?)", (100 + number, f"tests/test_a.py::test_{number}|run"))
        connection.commit()
    connection.close()
    os.rename(suffixed, suffixed + ".Habcdefghijh")
    s.folder.write(".coverage", make_bytes(data))
    os.remove(suffixed + ".Habcdefghijh")


def test_the_order_of_pytest_cov():
    with Session() as s:
        for _ in range(3):
            pytest_cov_order(s, AFTER)
            s.missed([])
            pytest_cov_order(s, BEFORE)
            s.missed([4, 5])


def test_no_flicker():
    """Once the marks are new, they do not go back; a run does not make a storm of messages."""
    with Session() as s:
        mark = s.server.mark()
        pytest_cov_order(s, AFTER, switches=200)
        s.missed([])
        make(s.path, BEFORE)
        s.missed([4, 5])
        seen = [lines_in(c, "missed") for c in s.server.messages("covls/coverage", mark)]
        changes = [m for i, m in enumerate(seen) if i == 0 or m != seen[i - 1]]
        # The old marks may be told once more, as stale, before the new ones come.
        true(changes in ([[], [4, 5]], [[4, 5], [], [4, 5]]), f"the marks went {changes}")
        true(len(seen) <= 12, f"{len(seen)} messages")


def test_locked_by_a_writer():
    """Longer than covls waits for a lock: it says so, and comes back by itself."""
    with Session() as s:
        make(s.path, BEFORE)
        writer = sqlite3.connect(s.path)
        writer.isolation_level = None
        writer.execute("begin exclusive")
        writer.execute("insert into context values (2, 'more')")
        mark = s.server.mark()
        busy = s.server.coverage(s.uri, lambda c: c["reason"]["code"] == "busy", since=mark)
        equal(lines_in(busy, "missed"), [4, 5], "the marks stay")
        writer.execute("insert into line_bits values (1, 2, ?)", (bytes([0b01100000]),))
        writer.execute("commit")
        writer.close()
        equal(s.missed([])["reason"]["code"], "none")


def test_a_lock_that_goes_without_a_write():
    """No event tells of its end: covls tries again by itself."""
    with Session() as s:
        make(s.folder / "new", AFTER)
        writer = sqlite3.connect(s.folder / "new")
        writer.isolation_level = None
        writer.execute("begin exclusive")
        mark = s.server.mark()
        os.replace(s.folder / "new", s.path)
        s.server.coverage(s.uri, lambda c: c["reason"]["code"] == "busy", since=mark)
        writer.execute("rollback")
        s.missed([])
        writer.close()


def test_a_writer_is_never_kept_waiting():
    """A reader that holds its lock makes coverage.py fail after 5 s: covls reads all the time while
    contexts are switched, and no write takes long."""
    with Folder() as folder:
        files = {f"m{n}.py": range(1, 400) for n in range(100)}
        for name in files:
            folder.write(name, "".join(f"x{n} = {n}\n" for n in range(400)), age=60)
        make(folder / ".coverage", files, branches=True)
        with Server(log=False) as server:
            server.initialize(folder.path)
            for name in list(files)[:50]:
                server.open(folder / name)
            server.reload()
            stop = threading.Event()
            reloads = [0]

            def keep_reading():
                while not stop.is_set():
                    server.reload()
                    reloads[0] += 1

            reader = threading.Thread(target=keep_reading)
            reader.start()
            slowest, failures = 0.0, []
            try:
                number = 0
                # As many more as it takes for covls to have read in between.
                while number < 200 or reloads[0] < 3 and number < 5000:
                    number += 1
                    begun = time.monotonic()
                    try:
                        # coverage.py opens, writes and closes at each switch of the context.
                        connection = sqlite3.connect(folder / ".coverage")
                        connection.execute("pragma journal_mode = off")
                        connection.execute("pragma synchronous = off")
                        connection.execute("insert into context values (?, ?)", (100 + number, f"t{number}"))
                        rows = [(1, 100 + number, n, n + 1) for n in range(50)]
                        connection.executemany("insert into arc values (?, ?, ?, ?)", rows)
                        connection.commit()
                        connection.close()
                    except sqlite3.OperationalError as error:
                        failures.append(str(error))
                    slowest = max(slowest, time.monotonic() - begun)
            finally:
                stop.set()
                reader.join()
            equal(failures, [], "writes that failed")
            true(reloads[0] >= 3, f"covls has read only {reloads[0]} times meanwhile")
            true(slowest < 4, f"a write took {slowest:.2f} s")
            print(f"    {number} writes beside {reloads[0]} reads of 50 files; the slowest took {slowest * 1000:.0f} ms")


def test_no_lock_and_no_handle_is_kept():
    with Session() as s:
        s.server.reload()
        handles = [os.readlink(f"/proc/{s.server.process.pid}/fd/{fd}") for fd in os.listdir(f"/proc/{s.server.process.pid}/fd")]
        equal([h for h in handles if ".coverage" in h], [], "open files")


def test_did_save_looks_afresh():
    """Where events do not come: the data file is a link to one in a folder that nobody watches."""
    with Folder() as elsewhere, Folder() as folder, Server() as server:
        source = folder.write("a.py", SOURCE, age=60)
        make(elsewhere / "real.db", {source: [1, 4]})
        os.symlink(elsewhere / "real.db", folder / ".coverage")
        server.initialize(folder.path)
        uri = server.open(source)
        server.coverage(uri, lambda c: lines_in(c, "missed") == [4, 5])
        make(elsewhere / "real.db", {source: [1, 4, 5, 6]})
        server.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
        server.coverage(uri, lambda c: c["runs"] and not lines_in(c, "missed"))


def test_a_saved_source_is_newer():
    with Session() as s:
        s.folder.write("a.py", SOURCE + "\n\ndef g():\n    return 2\n")
        future = time.time() + 5
        os.utime(s.source, (future, future))
        s.server.change(s.uri, 2, {"text": SOURCE + "\n\ndef g():\n    return 2\n"})
        s.server.notify("textDocument/didSave", {"textDocument": {"uri": s.uri}})
        told = s.server.coverage(s.uri, lambda c: c["version"] == 2 and c["freshness"] in ("stale", "edited"))
        equal(lines_in(told, "missed")[:2], [4, 5], "what did not change stays")
        true(8 not in lines_in(told, "missed"), "what nobody ran yet is not called missed")
        # And a run of the new text makes it fresh.
        make(s.path, {"a.py": [1, 4, 9]}, age=-10)
        s.missed([4, 5, 9])


def test_configuration_changes_the_file():
    with Session() as s:
        make(s.folder / "other.db", {"a.py": [1, 4, 5, 6]})
        s.server.notify("workspace/didChangeConfiguration", {"settings": {"covls": {"dataFile": "other.db"}}})
        equal(s.missed([])["data"]["path"], s.folder / "other.db")
        make(s.folder / "other.db", {"a.py": [1, 4]})
        s.missed([4, 5])


def test_other_files_of_the_folder_do_not_matter():
    with Session() as s:
        mark = s.server.mark()
        for n in range(300):
            s.folder.write(f"noise{n}.txt", "x")
        s.folder.write(".coveragerc", "[run]\n")
        # A change of the data after it: whatever the noise made covls send would have come before.
        make(s.path, AFTER)
        s.missed([])
        told = s.server.messages("covls/coverage", mark)
        true(len(told) <= 2, f"{len(told)} messages")


def test_fifty_documents():
    """One change of the data, and each document is told once, all of the same data."""
    with Folder() as folder:
        count = 50
        names = [f"pkg/m{n}.py" for n in range(count)]
        for name in names:
            folder.write(name, SOURCE, age=60)
        make(folder / ".coverage", {name: [1, 4] for name in names})
        with Server() as server:
            server.initialize(folder.path)
            uris = [server.open(folder / name) for name in names]
            for uri in uris:
                server.coverage(uri, lambda c: lines_in(c, "missed") == [4, 5])
            server.status()  # the last one's diagnostics follow its coverage
            mark = server.mark()
            begun = time.monotonic()
            make(folder / ".coverage", {name: [1, 4, 5] if n % 2 else [1, 4] for n, name in enumerate(names)})
            for n, uri in enumerate(uris):
                server.coverage(uri, lambda c: lines_in(c, "missed") == ([5] if n % 2 else [4, 5]), since=mark)
            print(f"    50 documents were told after {(time.monotonic() - begun) * 1000:.0f} ms")
            equal(server.status()["documents"], count)
            published = [p["uri"] for p in server.messages("textDocument/publishDiagnostics", mark)]
            equal(sorted(published), sorted(uris[1::2]), "diagnostics of those that changed")


def test_many_projects():
    """Each workspace folder has data of its own."""
    with Folder() as folder:
        with Server() as server:
            for name, ran in (("one", [1, 4]), ("two", [1, 4, 5])):
                folder.write(f"{name}/a.py", SOURCE, age=60)
                make(folder / f"{name}/.coverage", {"a.py": ran})
            server.initialize(folder / "one", options={})
            one, two = server.open(folder / "one/a.py"), server.open(folder / "two/a.py")
            server.coverage(one, lambda c: lines_in(c, "missed") == [4, 5])
            make(folder / "one/.coverage", {"a.py": [1, 4, 5, 6]})
            server.coverage(one, lambda c: c["runs"] and not lines_in(c, "missed"))
            # Outside of the workspace folders: the nearest is taken if there is one, and never the other's.
            coverage = server.settled(two)
            true(lines_in(coverage, "missed") in ([], [5]), f"{coverage}")


main(globals())
