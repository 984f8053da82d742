"""covls reads a data file while another process writes it: neither may harm the other.

    test_locks.py COVLS     (and probe_data, which is built beside it)

The writers here are Python's own sqlite3, with coverage.py's settings; tests/differential/writers.py
does the same with coverage.py itself.
"""
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import time

PROBE = pathlib.Path(sys.argv[1]).parent / "tests" / "probe_data"

# Schema 7 as coverage/sqldata.py, 7.16, has it, but for the foreign keys.
TABLES = """
create table coverage_schema (version integer);
create table meta (key text, value text, unique (key));
create table file (id integer primary key, path text, unique (path));
create table context (id integer primary key, context text, unique (context));
create table line_bits (file_id integer, context_id integer, numbits blob,
    unique (file_id, context_id));
create table arc (file_id integer, context_id integer, fromno integer, tono integer,
    unique (file_id, context_id, fromno, tono));
create table tracer (file_id integer primary key, tracer text);
insert into coverage_schema values (7);
insert into meta values ('version', '7.16.1'), ('has_arcs', '0');
insert into file values (1, 'a.py');
insert into line_bits values (1, 1, x'02');
"""


def connect(path, timeout=5.0):
    db = sqlite3.connect(path, timeout=timeout, isolation_level=None)
    db.execute("pragma journal_mode=off")
    db.execute("pragma synchronous=off")
    return db


def ask(path):
    """What probe_data says of a.py, and how long it took."""
    began = time.monotonic()
    done = subprocess.run([PROBE, "read", path, "a.py"], capture_output=True, text=True)
    return done.stdout, time.monotonic() - began


def locked_exclusively(path):
    db = connect(path)
    db.execute("begin exclusive")
    db.execute("insert into line_bits values (1, 2, x'04')")
    said, took = ask(path)
    assert said.startswith("! busy: ") and "locked by whoever writes it" in said, said
    assert 0.25 < took < 2, f"gave up after {took:.2f} s, not after 0.3"
    db.execute("commit")
    said, _ = ask(path)
    assert "a.py\tran\t\t1,2\n" in said, said
    db.close()


def prepared_to_write(path):
    db = connect(path)
    db.execute("begin immediate")
    db.execute("insert into line_bits values (1, 3, x'08')")
    said, took = ask(path)
    assert "a.py\tran\t\t1,2\n" in said, said
    db.execute("commit")
    assert "1,2,3" in ask(path)[0]
    db.close()


def write_often(path, seconds, timeout=5.0):
    """Transactions of one row, a connection each as coverage.py does; the slowest, and how many."""
    slowest, count, until = 0.0, 0, time.monotonic() + seconds
    while time.monotonic() < until:
        began = time.monotonic()
        db = connect(path, timeout)
        db.execute("insert into line_bits values (1, ?, x'02')", (1000 + count,))
        db.close()
        slowest = max(slowest, time.monotonic() - began)
        count += 1
    return slowest, count


def read_all_the_time(path):
    readers = [
        subprocess.Popen([PROBE, "hammer", path, "a.py"], stdin=subprocess.PIPE,
                         stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    slowest, count = write_often(path, 4)
    counts = [dict(line.split() for line in reader.communicate()[0].splitlines())
              for reader in readers]
    print(f"  {count} writes, the slowest {slowest * 1000:.0f} ms; readers {counts}")
    assert all(int(c.get("ok", 0)) > 20 for c in counts), "the readers hardly read"
    assert not any("bad-data" in c for c in counts), "what was written looked damaged"
    assert slowest < 2.5, "a writer waited for more than half of its 5 s"


def the_mistake_would_show(path):
    """A reader that stays in a transaction: the writer does fail."""
    holder = subprocess.Popen([PROBE, "hold", path, "60"], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout.readline() == "holding\n"
        try:
            write_often(path, 3, timeout=1.0)
        except sqlite3.OperationalError as e:
            assert "locked" in str(e), e
        else:
            raise AssertionError("the writer did not mind the reader: this test proves nothing")
    finally:
        holder.kill()
        holder.wait()


def main():
    if not PROBE.exists():
        print(f"{PROBE} is not built")
        return 77
    for test in (locked_exclusively, prepared_to_write, read_all_the_time, the_mistake_would_show):
        with tempfile.TemporaryDirectory() as folder:
            path = f"{folder}/.coverage"
            db = connect(path)
            db.executescript(TABLES)
            if test is prepared_to_write:
                db.execute("insert into line_bits values (1, 2, x'04')")
            db.close()
            test(path)
        print(f"ok {test.__name__}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
