"""Random programs, run under coverage.py, edited at random, and run again: what covls carries over, statement by
statement, beside what coverage.py says of both runs.

    edits.py [--seed N] [--programs N] [--rounds N] [--verbose]     COVLS, COVLS_PYTHON314: see tests/run

Of every program (tests/support/random_programs.py), in each round, some edits are made: blank lines and
comments, new statements, other numbers, statements taken out, doubled, moved, indented, retyped, strings that end
where they began. covls gets
them in two ways: "typed", as the changes of an open document, and "found", as another file on the disk, when it is started
anew. With both, for the text that results:

  * what covls calls statements are the statements that coverage.py finds;
  * the statements that covls calls known stood just so in the first run: their texts and states, in their order,
    are a part of those of the text that ran, in their order (every mapping that keeps the order does that,
    and none that lies). Of a partial one it may only be said that it ran, where it is not known where its ways lead now;
  * where each line of a program is there once and nothing was moved, the statements none of whose lines was
    touched are known, and no others are; elsewhere most of them are (MOST percent);
  * where no edit changes what the program does, what is known is what the second run says.

After the second run everything stands as coverage.py says. Then a part of the tests is run, and with the setting
`runs` = `union` a statement is told to be covered if this run covered it, or an earlier one of any round and its text
is still what ran then; else missed. Ends with 77 (skipped) if there is no coverage.py.
"""

import argparse
import ast
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "tests/support"), str(ROOT / "tests/scenario")]
MOST = 99

JUDGE = r'''
import json, sys
from coverage import Coverage
from coverage.parser import PythonParser

coverage = Coverage(data_file=sys.argv[1], config_file=False)
coverage.load()
for name in sys.stdin.read().splitlines():
    parser = PythonParser(filename=name)
    parser.parse_source()
    last = {}
    for line, first in parser.multiline_map.items():
        last[first] = max(line, last.get(first, line))
    analysis = coverage._analyze(name)
    partial = set(analysis.missing_branch_arcs()) - analysis.missing
    letter = lambda s: "m" if s in analysis.missing else "p" if s in partial else "c"
    print(json.dumps([[s, last.get(s, s), letter(s)] for s in sorted(analysis.statements)]))
'''


def judge(python, data, names):
    done = subprocess.run([python, "-c", JUDGE, data], input="".join(f"{n}\n" for n in names), capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(done.stderr)
    return [[tuple(row) for row in json.loads(line)] for line in done.stdout.splitlines()]


# -- edits: a text is a list of (line, number in the text that ran or None)


def texts(lines):
    return [text for text, _ in lines]


def joined(lines):
    return "".join(f"{text}\n" for text, _ in lines)


def is_python(lines):
    """And more than nothing."""
    try:
        compile(joined(lines), "text", "exec")
    except SyntaxError:
        return False
    return len(ast.parse(joined(lines)).body) > 0


class Editor:
    """Makes edits, each a replacement of lines: (at, removed, new lines)."""

    def __init__(self, program, lines):
        self.r, self.lines, self.unique, self.program = program.r, lines, program.unique, program
        self.splices = []
        self.neutral = True  # nothing was done that changes what the program does
        self.moved = False

    def name(self):
        self.program.fresh += 1
        return f"z{self.program.fresh}"

    def new(self, *rows):
        """Rows that were not there before; where each line is to be there once, these are, too."""
        return [(self.mark(row), None) for row in rows]

    def mark(self, row):
        return f"{row}  # new {self.name()}" if self.unique and row.strip() else row

    def statements(self):
        """(first line, line behind the last, indent, list of siblings) of each, lines from 0."""
        found = []
        for node in ast.walk(ast.parse(joined(self.lines))):
            for body in (getattr(node, field, None) for field in ("body", "orelse", "finalbody")):
                if isinstance(body, list):
                    for one in body:
                        found.append((one.lineno - 1, one.end_lineno, one.col_offset, body))
        return found

    def splice(self, at, removed, new):
        lines = self.lines[:at] + new + self.lines[at + removed :]
        if not is_python(lines):
            return False
        self.splices.append((at, removed, new))
        self.lines = lines
        return True

    def one(self):
        """One edit of any kind; gives whether it could be made."""
        kinds = [self.blank, self.comment, self.remark, self.statement, self.retype]
        if not self.gentle:
            kinds += [self.number, self.delete, self.double, self.move, self.indent, self.leave, self.cut, self.flip]
        return self.r.choice(kinds)()

    # what changes nothing

    def blank(self):
        at = self.r.randrange(len(self.lines) + 1)
        blank = [i for i, (text, _) in enumerate(self.lines) if not text.strip()]
        if blank and self.r.random() < 0.4:
            return self.splice(self.r.choice(blank), 1, [])
        return self.splice(at, 0, [("", None)] * self.r.randint(1, 3))

    def comment(self):
        at = self.r.randrange(len(self.lines) + 1)
        return self.splice(at, 0, self.new("    " * self.r.randrange(4) + "# " + self.r.choice(["why", "so", "see below"])))

    def remark(self):
        at = self.r.randrange(len(self.lines))
        return self.splice(at, 1, self.new(self.lines[at][0] + "  # changed"))

    def statement(self):
        first, _, indent, _ = self.r.choice(self.statements())
        return self.splice(first, 0, self.new(" " * indent + f"{self.name()} = 0"))

    def retype(self):
        """Taken out, and typed again as it was."""
        first, end, _, _ = self.r.choice(self.statements())
        at = self.r.randrange(first, end)
        line = self.lines[at]
        self.splices.append((at, 1, [(line[0][: len(line[0]) // 2], None)]))
        self.splices.append((at, 1, [line]))
        return True

    # what changes something

    def number(self):
        some = [i for i, (text, _) in enumerate(self.lines) if re.search(r"\b\d\b", text.split("#")[0])]
        if not some:
            return False
        at = self.r.choice(some)
        code, sign, rest = self.lines[at][0].partition("#")
        changed = re.sub(r"\b\d\b", str(self.r.randint(10, 20)), code, count=1)
        self.neutral = False
        return self.splice(at, 1, self.new(changed + sign + rest))

    def delete(self):
        first, end, _, _ = self.r.choice(self.statements())
        self.neutral = False
        return self.splice(first, end - first, [])

    def double(self):
        first, end, _, _ = self.r.choice(self.statements())
        self.neutral = False
        self.moved = True
        return self.splice(end, 0, [(text if not self.unique else self.mark(text), None) for text, _ in self.lines[first:end]])

    def move(self):
        """To before or behind one of its siblings: two edits, between which the text may be anything."""
        first, end, indent, body = self.r.choice(self.statements())
        other = self.r.choice(body)
        block, to = self.lines[first:end], self.r.choice([other.lineno - 1, other.end_lineno])
        if first <= to <= end:
            return False
        lines = self.lines[:first] + self.lines[end:]
        to -= end - first if to > first else 0
        lines = lines[:to] + [(text, None) for text, _ in block] + lines[to:]
        if not is_python(lines):
            return False
        self.splices += [(first, end - first, []), (to, 0, [(text, None) for text, _ in block])]
        self.lines, self.neutral, self.moved = lines, False, True
        return True

    def indent(self):
        first, end, indent, _ = self.r.choice(self.statements())
        new = self.new(" " * indent + "if a != 77:") + [("    " + text if text.strip() else text, None) for text, _ in self.lines[first:end]]
        self.neutral = False
        return self.splice(first, end - first, new)

    def leave(self):
        first, _, indent, _ = self.r.choice(self.statements())
        self.neutral = False
        return self.splice(first, 0, self.new(" " * indent + "return a"))

    def cut(self):
        """Any lines, if Python is left."""
        at = self.r.randrange(len(self.lines))
        self.neutral = False
        return self.splice(at, self.r.randint(1, 12), [])

    def flip(self):
        """What closed a string opens one, and what opened the next closes it: what was code between is its text."""
        ends = [i for i, (text, _) in enumerate(self.lines) if text.lstrip().startswith("'''")]
        first, second = sorted(self.r.choices(ends or [0], k=2))
        if second - first < 3:
            return False
        self.neutral = False
        lines = self.lines[: first - 2] + self.lines[first : second - 1] + self.lines[second + 1 :]
        if not is_python(lines):
            return False
        self.splices += [(second - 1, 2, []), (first - 2, 2, [])]
        self.lines = lines
        return True


def with_strings(r, rows):
    """Some statements more, which are strings over three lines."""
    nodes = [n for n in ast.walk(ast.parse("\n".join(rows))) if isinstance(n, ast.stmt)]
    places = {n.lineno - 1: n.col_offset for n in nodes if not getattr(n, "decorator_list", None)}
    for at in sorted(r.sample(sorted(places), min(4, len(places))), reverse=True):
        if rows[at].startswith(" " * places[at] + "elif "):
            continue
        rows[at:at] = [" " * places[at] + row for row in ("s = '''", "text", "'''")]
    return rows


class Program:
    def __init__(self, folder, number, seed):
        from random_programs import program

        self.r = random.Random(f"edits {seed} {number}")
        self.folder = folder / f"p{number}"
        self.folder.mkdir()
        self.path = self.folder / "work.py"
        self.unique = self.r.random() < 0.5
        self.functions = self.r.randint(1, 3)
        (_, work), (_, main) = program("python", f"{seed} {number}", self.functions)
        rows = with_strings(self.r, work.split("\n")[:-1])
        if self.unique:
            rows = [f"{row}  # {i}" if row.strip() else row for i, row in enumerate(rows)]
        self.lines = [(row, i) for i, row in enumerate(rows)]
        assert is_python(self.lines), "a program is Python"
        self.path.write_text(joined(self.lines))
        self.main = main.splitlines(True)
        self.run_all_of_it()
        self.fresh = 0
        self.history = []  # of each run: the statements, as their texts, and their states
        self.moved = False

    def run_all_of_it(self):
        (self.folder / "main.py").write_text("".join(self.main))

    def run_a_part(self):
        part = [row for row in self.main if not row.startswith("call(") or self.r.random() < 0.4]
        (self.folder / "main.py").write_text("".join(part))

    def ran_with(self, states):
        rows = texts(self.lines)
        self.history.append([(tuple(rows[a - 1 : b]), state) for a, b, state in states])

    def edit(self):
        """Begins anew with the text as it is, which ran."""
        self.ran = texts(self.lines)
        self.editor = Editor(self, [(text, i) for i, text in enumerate(self.ran)])
        self.editor.gentle = self.r.random() < 0.4
        for _ in range(self.r.choice([1, 2, 4, 8])):
            self.editor.one()
        self.lines = self.editor.lines
        self.moved = self.moved or self.editor.moved


RUN = """import runpy, sys
for folder in sys.argv[1:]:
    sys.path.insert(0, folder)
    sys.modules.pop("work", None)
    try:
        runpy.run_path(folder + "/main.py")
    except Exception:
        pass
    sys.path.pop(0)
"""

tally = {"passed": 0, "failed": 0, "skipped": 0}
kept = [0, 0]  # statements that were not touched: known, all


class Wrong(Exception):
    pass


def view(coverage):
    """{line from 1: letter}"""
    letters = {"covered": "c", "partial": "p", "missed": "m", "unknown": "u", "excluded": "x"}
    return {line + 1: letters[run["state"]] for run in coverage["runs"] for line in range(run["start"], run["end"] + 1)}


def stands_as(coverage, statements):
    """The letter of each of the statements; they have to be all there is."""
    lines = view(coverage)
    told = []
    for first, last, _ in statements:
        letters = {lines.pop(line, ".") for line in range(first, last + 1)}
        if len(letters) != 1 or letters <= {".", "x"}:
            raise Wrong(f"lines {first}-{last} are a statement of coverage.py's, and told to be {sorted(letters)}")
        told.append(letters.pop())
    if lines:
        raise Wrong(f"no statements of coverage.py's: {dict(sorted(lines.items()))}")
    return told


def may_be(letter, state):
    """Of a statement that stood as `state`."""
    return letter == state or letter == "c" and state == "p"


def compare(program, coverage, old, new):
    """`old`, `new`: statements with their states in the run that covls knows, and in the one after the edits."""
    told = stands_as(coverage, new)
    now = texts(program.lines)
    ran = [(tuple(program.ran[a - 1 : b]), state) for a, b, state in old]
    at = 0
    for (a, b, _), letter in zip(new, told):
        if letter == "u":
            continue
        text = tuple(now[a - 1 : b])
        while at < len(ran) and not (ran[at][0] == text and may_be(letter, ran[at][1])):
            at += 1
        if at == len(ran):
            raise Wrong(f"line {a}, {now[a - 1]!r}, is told to be {letter}; no such statement was there, in its order")
        at += 1
    where = {a: b for a, b, _ in old}
    for (a, b, _), letter in zip(new, told):
        origins = [origin for _, origin in program.lines[a - 1 : b]]
        first = origins[0]
        whole = first is not None and origins == list(range(first, first + b - a + 1)) and where.get(first + 1) == first + b - a + 1
        if not program.editor.moved:
            kept[1] += whole
            kept[0] += whole and letter != "u"
            if program.unique and whole != (letter != "u"):
                raise Wrong(f"line {a}, {now[a - 1]!r}, is told to be {letter}; it was {'not ' * whole}touched")
    if program.editor.neutral:
        for (a, _, state), letter in zip(new, told):
            if letter != "u" and not may_be(letter, state):
                raise Wrong(f"line {a}, {now[a - 1]!r}, is told to be {letter}; now it is {state}")


def check(what, program, args, act):
    try:
        act()
    except Wrong as wrong:
        tally["failed"] += 1
        print(f"WRONG: {what} {program.folder.name}{', unique' * program.unique}: {wrong}")
        if args.verbose:
            print("  splices:", program.editor.splices)
            sys.stdout.writelines(f"  ran  {i:4} {row}\n" for i, row in enumerate(program.ran, 1))
            sys.stdout.writelines(f"  now  {i:4} {row}\n" for i, row in enumerate(texts(program.lines), 1))
    else:
        tally["passed"] += 1


def type_in(server, uri, version, splices):
    for at, removed, new in splices:
        version += 1
        server.replace(uri, version, (at, 0), (at + removed, 0), joined(new))
    return version


def run_all(args, folder, programs):
    branch = ["--branch"] if args.branch else []
    command = [args.python, "-m", "coverage", "run", *branch, f"--source={folder}", "run.py", *(str(p.folder) for p in programs)]
    env = {k: v for k, v in os.environ.items() if not k.startswith("COVERAGE_")} | {"PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{command[:6]}: {done.stderr[-2000:]}")
    return judge(args.python, folder / ".coverage", [str(p.path) for p in programs])


def begin(args, client, folder, **settings):
    server = client.Server(program=args.covls, log=False)
    server.initialize(str(folder), options=settings)
    return server


def all_fresh(server, uris, version):
    """Of each document, what covls shows when it is what ran."""
    return [server.coverage(u, lambda c: c["version"] == version[u] and c["freshness"] == "fresh") for u in uris]


def one_round(args, client, folder, programs):
    uris = [p.path.as_uri() for p in programs]
    old = run_all(args, folder, programs)
    for program, states in zip(programs, old):
        program.ran_with(states)
        program.edit()
    # Typed: covls sees each key.
    with begin(args, client, folder) as server:
        version = {}
        for program, uri in zip(programs, uris):
            version[server.open(str(program.path))] = 1
        for program, uri, told, states in zip(programs, uris, all_fresh(server, uris, version), old):
            check("before", program, args, lambda: differ(told, states))
        for program, uri in zip(programs, uris):
            version[uri] = type_in(server, uri, 1, program.editor.splices)
        typed = [server.coverage(u, lambda c: c["version"] == version[u]) for u in uris]
        mark = server.mark()
        server.reload()
        typed = [server.coverage(u, lambda c: c["version"] == version[u], since=mark) for u in uris]
    # Found: covls is started when all is done.
    for program in programs:
        program.path.write_text(joined(program.lines))
    with begin(args, client, folder) as server:
        for program in programs:
            server.open(str(program.path))
        server.reload()
        found = [server.coverage(u) for u in uris]
        after = run_all(args, folder, programs)
        version = dict.fromkeys(uris, 1)
        for program, told, states in zip(programs, all_fresh(server, uris, version), after):
            program.ran_with(states)
            check("after", program, args, lambda: differ(told, states))
    for what, told in (("typed", typed), ("found", found)):
        for program, coverage, before, next in zip(programs, told, old, after):
            check(what, program, args, lambda: compare(program, coverage, before, next))


def one_union(args, client, folder, programs):
    """A part of the tests is run, and shown together with all that ran before."""
    for program in programs:
        program.run_a_part()
    last = run_all(args, folder, programs)
    with begin(args, client, folder, runs="union") as server:
        uris = [server.open(str(program.path)) for program in programs]
        server.reload()
        for program, uri, states in zip(programs, uris, last):
            program.ran_with(states)
            check("union", program, args, lambda: compare_union(program, server.coverage(uri), states))
    for program in programs:
        program.run_all_of_it()


def compare_union(program, coverage, last):
    rows = texts(program.lines)
    for (a, b, state), letter in zip(last, stands_as(coverage, last)):
        text = tuple(rows[a - 1 : b])
        covered = any((text, one) in run for run in program.history for one in "cp")
        if letter == "u":
            raise Wrong(f"line {a}, {rows[a - 1]!r}, is told to be unknown, though it has just run")
        if letter == "m" and state != "m" or letter in "cp" and not covered:
            raise Wrong(f"line {a}, {rows[a - 1]!r}, is told to be {letter}; no run left it so")
        if letter == "m" and covered and program.unique and not program.moved:
            raise Wrong(f"line {a}, {rows[a - 1]!r}, is told to be missed; an earlier run covered it")


def differ(told, states):
    got = stands_as(told, states)
    for (a, _, state), letter in zip(states, got):
        if letter != state:
            raise Wrong(f"line {a} is told to be {letter}; coverage.py says {state}")


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("dump", nargs="?")
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--programs", type=int, default=40)
    ap.add_argument("--rounds", type=int, default=2)
    ap.add_argument("--verbose", action="store_true")
    args = ap.parse_args()
    args.covls = os.path.abspath(os.environ.get("COVLS") or ROOT / "build/debug/covls")
    args.python = os.environ.get("COVLS_PYTHON314", "")
    if not os.access(args.python, os.X_OK):
        print("skipped: COVLS_PYTHON314 is not there")
        sys.exit(77)
    sys.argv = sys.argv[:1]
    import client

    print(f"seed {args.seed}")
    for args.branch in (False, True):
        client.new_cache(f"branch{args.branch}")
        with client.Folder() as top:
            folder = pathlib.Path(top.path)
            (folder / "run.py").write_text(RUN)
            programs = [Program(folder, i, f"{args.seed} {args.branch}") for i in range(args.programs)]
            for _ in range(args.rounds):
                one_round(args, client, folder, programs)
                one_union(args, client, folder, programs)
    percent = 100 * kept[0] / max(kept[1], 1)
    print(f"{kept[0]} of {kept[1]} statements that nobody touched are known ({percent:.2f} %)")
    tally["passed" if percent >= MOST else "failed"] += 1
    print(f"{tally['passed']} passed, {tally['failed']} failed, {tally['skipped']} skipped")
    sys.exit(1 if tally["failed"] else 0)


main()
