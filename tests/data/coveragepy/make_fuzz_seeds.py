"""Makes small databases of coverage.py's schema 7 for tests/fuzz/fuzz_dot_coverage.c.

    python make_fuzz_seeds.py FOLDER

Python's sqlite3 makes them, not coverage.py: its pages have 4,096 bytes, of which most mean nothing.
"""
import pathlib
import sqlite3
import sys

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
insert into file values (1, '/srv/a.py'), (2, '/srv/b.html');
insert into context values (1, ''), (2, 'tests/test_a.py::test|run');
insert into tracer values (2, 'plugin.Templates');
insert into meta values ('version', '7.16.1');
"""
SEEDS = {
    "lines": "insert into meta values ('has_arcs', '0');"
    "insert into line_bits values (1, 1, x'0602'), (1, 2, x'00ff'), (2, 1, x'0a');",
    "arcs": "insert into meta values ('has_arcs', '1');"
    "insert into arc values (1, 1, -1, 3), (1, 1, 3, 4), (1, 2, 4, -1), (2, 1, 5, 5);",
    "no-has-arcs": "insert into arc values (1, 1, -1, 3);",
}

for name, rows in SEEDS.items():
    path = pathlib.Path(sys.argv[1], name)
    path.unlink(missing_ok=True)
    db = sqlite3.connect(path)
    db.executescript("pragma page_size=512;" + TABLES + rows)
    db.close()
