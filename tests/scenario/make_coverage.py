"""Writes data files as coverage.py 7 does (schema 7), with Python's sqlite3 alone.

The tables are those of coverage/sqldata.py, 7.16: the same names, columns and keys; like coverage.py's,
the file has no journal. Real files, recorded by coverage.py itself, are in tests/data; this is for tests
that need many, or odd ones.
"""

import os
import sqlite3
import time

TABLES = """
create table coverage_schema (version integer);
create table meta (key text, value text, unique (key));
create table file (id integer primary key, path text, unique (path));
create table context (id integer primary key, context text, unique (context));
create table line_bits (file_id integer, context_id integer, numbits blob, unique (file_id, context_id));
create table arc (file_id integer, context_id integer, fromno integer, tono integer,
    unique (file_id, context_id, fromno, tono));
create table tracer (file_id integer primary key, tracer text);
"""


def numbits(lines):
    """The lines as a bit set: bit b of byte k is line 8k + b."""
    blob = bytearray(max(lines, default=-1) // 8 + 1)
    for line in lines:
        blob[line // 8] |= 1 << line % 8
    return bytes(blob)


def fill(connection, files, branches=False, contexts=("",), schema=7, version="7.16.1", tracers=None):
    """`files`: {path: lines that ran, or None for a file without data rows}.

    With `branches` the lines ran one after the other; or they are the arcs themselves, as pairs.
    `tracers`: {path: the plugin that measured it}.
    """
    connection.executescript(TABLES)
    connection.execute("insert into coverage_schema values (?)", (schema,))
    connection.execute("insert into meta values ('version', ?)", (version,))
    connection.execute("insert into meta values ('has_arcs', ?)", (str(int(branches)),))
    for number, name in enumerate(contexts, 1):
        connection.execute("insert into context values (?, ?)", (number, name))
    for number, (path, lines) in enumerate(files.items(), 1):
        connection.execute("insert into file values (?, ?)", (number, path))
        if tracers and path in tracers:
            connection.execute("insert into tracer values (?, ?)", (number, tracers[path]))
        if lines is None:
            continue
        # Each context has every n-th line, so that only their union is right.
        for context in range(1, len(contexts) + 1):
            own = [n for i, n in enumerate(sorted(lines)) if i % len(contexts) == context - 1]
            if branches:
                pairs = own if own and isinstance(own[0], tuple) else zip([-1, *own], [*own, -1])
                rows = [(number, context, a, b) for a, b in pairs]
                connection.executemany("insert into arc values (?, ?, ?, ?)", rows)
            else:
                connection.execute("insert into line_bits values (?, ?, ?)", (number, context, numbits(own)))
    connection.commit()


def make(path, files, age=None, **options):
    """A new data file, put in place in one move, as a person's copy would be."""
    part = f"{path}.part"
    for old in (part, f"{part}-journal"):
        if os.path.exists(old):
            os.remove(old)
    connection = sqlite3.connect(part)
    connection.execute("pragma journal_mode = off")
    connection.execute("pragma synchronous = off")
    fill(connection, files, **options)
    connection.close()
    if age is not None:
        then = time.time() - age
        os.utime(part, (then, then))
    os.replace(part, path)
    return path


def make_bytes(files, **options):
    """The bytes of such a file."""
    connection = sqlite3.connect(":memory:")
    fill(connection, files, **options)
    data = connection.serialize()
    connection.close()
    return data
