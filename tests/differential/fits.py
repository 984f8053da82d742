"""Does the text that ran fit its data, and how often does another one?

    fits.py [DUMP] [--python PYTHON] [--data FILE] [--edits N] [--seed N]

DUMP is the program tests/support/fits_dump.c (by default that in $COVLS_BUILD). PYTHON (by default
$COVLS_PYTHON314) must have coverage.py 7.16, with pytest if its tests are to be run as well. It imports
its standard library and puts some of it to work, under coverage.py's tracer and under sys.monitoring,
with branches and without. With --data no program is run: FILE is data of another run, of files that
have not changed since. Ends with 77 (skipped) if there is no such Python.

Every text that ran must fit. Of texts that were edited by one line above some line that ran, most must
not: of those with a line more or less, SHIFTED percent where more than a few lines ran; how many is printed
for each kind of edit. A line that was replaced by another cannot be told from what the data says; that is
printed, too.
"""
import argparse
import ast
import collections
import os
import pathlib
import random
import sqlite3
import subprocess
import sys
import tempfile

SHIFTED = 90
FEW = 20

WORK = r'''
import contextlib, doctest, importlib, io, sys, warnings
warnings.simplefilter("ignore")
# What opens a browser, prints a poem or wants a screen; what cannot be imported is no text that ran, either.
UNWANTED = {"antigravity", "this", "idlelib", "turtledemo", "lib2to3", "test", "__main__", "turtle", "tkinter"}
with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
    for name in sorted(sys.stdlib_module_names - UNWANTED):
        with contextlib.suppress(BaseException):
            importlib.import_module(name)
    for name in ("bisect", "collections", "difflib", "enum", "fractions", "heapq", "json", "random", "statistics", "string", "textwrap"):
        doctest.testmod(importlib.import_module(name))
    import argparse, ast, asyncio, configparser, csv, dataclasses, decimal, difflib, email, fractions, inspect
    import json, logging, pprint, shlex, statistics, textwrap, tokenize, typing, urllib.parse, zipfile
    source = open(ast.__file__).read()
    ast.unparse(ast.parse(source))
    list(tokenize.generate_tokens(io.StringIO(source).readline))
    json.dumps(json.loads(json.dumps({"a": [1, 2.5, None, "\u00e4"] * 9}, indent=1)), sort_keys=True)
    list(difflib.unified_diff(source.splitlines()[:300], source.splitlines()[20:320]))
    pprint.pformat({str(i): list(range(i)) for i in range(40)})
    textwrap.fill(source[:4000])
    parser = argparse.ArgumentParser()
    parser.add_argument("--x", type=int, default=3, help="x")
    parser.add_argument("rest", nargs="*")
    parser.parse_args(["--x", "4", "a", "b"])
    parser.format_help()
    async def main():
        await asyncio.gather(*(asyncio.sleep(0) for _ in range(5)))
    asyncio.run(main())
    email.message_from_string("Subject: =?utf-8?q?a=C3=A4?=\n\nbody\n").as_string()
    logging.basicConfig(stream=io.StringIO())
    logging.warning("w")
    shlex.split("a 'b c' \"d\"")
    inspect.signature(argparse.ArgumentParser).bind()
'''

# What a test run meets that an import of the standard library does not; line ends, encodings, forms.
ODD = {
    "plain.py": '"""Doc.\n\nMore.\n"""\n\n# c\nimport os\n\nA = (\n    1,\n    # c\n    2,\n)\n\n\ndef f(a,\n      b=3):\n'
    '    """D.\n    d"""\n    assert a == (\n        1\n    ), f"""\n    {a}\n    """\n    x = 1 + \\\n        2\n    return x\n',
    "latin.py": b"# -*- coding: latin-1 -*-\n\nA = '\xe4'\n\n\ndef f(a):\n    return '\xfc'\n",
    "windows.py": b"import os\r\n\r\n# c\r\ndef f(a):\r\n    if a:\r\n\r\n        return 1\r\n    return 2\r\n",
    "marked.py": b"\xef\xbb\xbfimport os\n\n\ndef f(a):\n    return a\n",
    "feeds.py": "import os\n\x0c\n\ndef f(a):\n    return a\n\x0c\n\nclass B:\n    pass\n",
    "empty.py": "",
    "comment.py": "# nothing\n\n# at all\n",
    "decorated.py": "import functools\n\n\ndef d(x):\n    return lambda f: f\n\n\n@d(\n    1,\n)\n# c\n@d(2)\n"
    "class C:\n    'doc'\n\n    x: int\n    y: int = 1\n\n    @property\n    def p(self): return 1\n\n    @d(3)\n"
    "    async def q(self):\n        async with self:\n            pass\n\n\ndef f(a):\n    return C().p\n",
    "flows.py": "def f(a):\n    for i in range(3):\n        if i == 1:\n            continue\n        try:\n            raise ValueError\n"
    "        except KeyError:\n            pass\n        except ValueError:\n            a = 1\n        finally:\n            b = 2\n"
    "    else:\n        c = 3\n    while True:\n        break\n    match a:\n        case 2:\n            pass\n        case 1 | 3:\n"
    "            global G\n            G = 1\n        case _:\n            pass\n    with open(__file__) as o, \\\n            open(__file__):\n        pass\n"
    "    if 0:\n        never = 1\n    x = [i\n         for i in range(3)\n         if i]\n    del x; y = 1; assert y\n    return a\n",
    "dies.py": "import os\n\n\ndef f(a):\n    return 1\n\n\nif os.environ.get('NEVER'):\n    f(1)\nf(1)\ntry:\n    raise KeyError\nexcept ValueError:\n    pass\nafter = 1\n",
    "hidden.py": "def f(a):\n    def __annotate__(x):\n        # c\n        return x\n    return __annotate__(a)\n",
    "one_line.py": "def f(a): return a\nclass C: x = 1\nif 1: a = 1; b = 2\nfor i in []: pass\ng = lambda: 1; h = g()\n",
}


def default_dump():
    return os.path.join(os.environ.get("COVLS_BUILD", "build"), "tests", "fits_dump")


def write_odd(folder):
    for name, text in ODD.items():
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    names = [name[:-3] for name in ODD]
    tests = ["import importlib", "import pytest", ""]
    for name in names:
        tests += [
            f"def test_{name}():",
            "    try:",
            f"        module = importlib.import_module({name!r})",
            "    except KeyError:",
            "        return",
            "    if hasattr(module, 'f'):",
            "        result = module.f(1)",
            "        assert result is not None, 'a message'",
            "",
            "",
        ]
    tests += ["@pytest.fixture", "def fixed():", "    yield 1", "", "", "def test_fixed(fixed):", "    assert (", "        fixed", "        == 1", "    )"]
    (folder / "test_odd.py").write_text("\n".join(tests) + "\n")


def run(python, folder, name, core, branch, command, env):
    data = folder / f"data-{name}-{core}-{branch}"
    rc = folder / f"rc-{name}-{branch}"
    rc.write_text(f"[run]\nbranch = {branch}\ncover_pylib = {name == 'library'}\n")
    env = dict(env, COVERAGE_CORE=core, COVERAGE_FILE=str(data))
    done = subprocess.run(
        [python, "-m", "coverage", "run", f"--rcfile={rc}", *command], cwd=folder, env=env, capture_output=True, text=True,
        stdin=subprocess.DEVNULL, timeout=300,
    )
    if not data.exists():
        sys.exit(f"{name}: no data\n{done.stdout[-600:]}{done.stderr[-600:]}")
    return data


def measure(python, folder):
    env = dict(os.environ, PYTHONDONTWRITEBYTECODE="1")
    (folder / "work.py").write_text(WORK)
    write_odd(folder)
    has_pytest = subprocess.run([python, "-c", "import pytest"], capture_output=True).returncode == 0
    for core, branch in (("ctrace", True), ("sysmon", False), ("sysmon", True), ("ctrace", False)):
        if has_pytest:
            yield run(python, folder, "odd", core, branch, ["-m", "pytest", "-q", "test_odd.py"], env)
        if core == "ctrace" or not branch:
            yield run(python, folder, "library", core, branch, ["work.py"], env)
    if has_pytest:
        yield run(python, folder, "optimized", "ctrace", False, ["-m", "pytest", "-q", "test_odd.py"], dict(env, PYTHONOPTIMIZE="1"))


def ask(dump, data, pairs, arcs):
    done = subprocess.run(
        [dump, *(["--arcs"] if arcs else []), str(data)],
        input="".join(f"{name}\t{path}\n" for name, path in pairs),
        capture_output=True,
        text=True,
        check=True,
    )
    answers = done.stdout.splitlines()
    assert len(answers) == len(pairs)
    return answers


def lines_that_ran(data):
    """The last line that ran, and how many did, of each file."""
    ran = collections.defaultdict(set)
    with sqlite3.connect(data) as db:
        names = dict(db.execute("select id, path from file"))
        for file, bits in db.execute("select file_id, numbits from line_bits"):
            ran[names[file]] |= {8 * i + b for i, byte in enumerate(bits) for b in range(8) if byte >> b & 1}
        for file, start, end in db.execute("select file_id, fromno, tono from arc"):
            ran[names[file]] |= {n for n in (start, end) if n > 0}
    return ran


def indent_of(line):
    return line[: len(line) - len(line.lstrip())]


def parses(lines):
    try:
        ast.parse("".join(lines))
    except (SyntaxError, ValueError):
        return False
    return True


def edits_of(lines, last, rng):
    """(kind, lines) of one edit above line `last`, which ran; None if it makes no Python."""
    kind = rng.choice(["blank line inserted", "statement inserted", "line deleted", "line replaced", "line moved", "two lines inserted"])
    at = rng.randrange(max(last - 1, 1))
    new = list(lines)
    own = indent_of(lines[at])
    if kind == "blank line inserted":
        new.insert(at, "\n")
    elif kind == "statement inserted":
        new.insert(at, own + "covls_test = 1\n")
    elif kind == "two lines inserted":
        new[at:at] = [own + "if covls_test:\n", own + "    covls_test = 1\n"]
    elif kind == "line deleted":
        del new[at]
    elif kind == "line moved":
        new.insert(rng.randrange(max(last - 1, 1)), new.pop(at))
        if new == lines:
            return None
    else:
        new[at] = own + "covls_test = 1\n"
        if not lines[at].strip() or lines[at].lstrip().startswith("#"):
            return None
    return (kind, new) if parses(new) else None


def edited(dump, data, folder, count, rng, totals):
    """Asks of edited texts."""
    ran = lines_that_ran(data)
    pairs, kinds = [], []
    names = [n for n in sorted(ran) if len(ran[n]) > 1 and pathlib.Path(n).is_file()]
    for number in range(count):
        name = names[number % len(names)]
        try:
            lines = pathlib.Path(name).read_text(encoding="utf-8").splitlines(keepends=True)
        except UnicodeDecodeError:
            continue
        if any("\x0c" in line or "\r" in line for line in lines) or len(lines) < max(ran[name]):
            continue
        edit = edits_of(lines, max(ran[name]), rng)
        if edit is None:
            continue
        path = folder / f"edit-{number}.py"
        path.write_text("".join(edit[1]), encoding="utf-8")
        pairs.append((name, path))
        kinds.append(edit[0])
    for (name, path), kind, answer in zip(pairs, kinds, ask(dump, data, pairs, True)):
        size = "few" if len(ran[name]) < FEW else "many"
        totals[kind, size][answer != "fits"] += 1
        path.unlink()


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n\n")[1])
    parser.add_argument("dump", nargs="?", default=default_dump())
    parser.add_argument("--python", default=os.environ.get("COVLS_PYTHON314"))
    parser.add_argument("--data", action="append", default=[])
    parser.add_argument("--edits", type=int, default=1200)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    if not args.data and (not args.python or not os.path.exists(args.python)):
        print("no Python with coverage.py: set COVLS_PYTHON314")
        sys.exit(77)
    rng = random.Random(args.seed)
    totals = collections.defaultdict(lambda: [0, 0])
    bad = files = gone = 0
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        runs = [pathlib.Path(d) for d in args.data] or list(measure(args.python, folder))
        for data in runs:
            recorded = list(lines_that_ran(data))
            names = [name for name in recorded if pathlib.Path(name).is_file()]
            gone += len(recorded) - len(names)
            for arcs in (True, False):
                answers = ask(args.dump, data, [(n, n) for n in names], arcs)
                for name, answer in zip(names, answers):
                    if answer != "fits":
                        print(f"{data.name}: {name}: {answer}")
                        bad += 1
            files += len(names)
            edited(args.dump, data, folder, args.edits // len(runs), rng, totals)
    print(f"{files} texts that ran: {bad} do not fit")
    shifted = [0, 0]
    for (kind, size), (fit, misfit) in sorted(totals.items()):
        print(f"  {kind}, {size} lines ran: {misfit} of {fit + misfit} found out ({100 * misfit / (fit + misfit):.1f} %)")
        if size == "many" and ("inserted" in kind or "deleted" in kind):
            shifted = [shifted[0] + fit, shifted[1] + misfit]
    rate = 100 * shifted[1] / max(sum(shifted), 1)
    print(f"shifted, {FEW} lines or more ran: {rate:.1f} % of {sum(shifted)} found out")
    if gone:
        print(f"skipped {gone} recorded names of which there is no file")
    failed = bad + (files == 0) + (rate < SHIFTED)
    print(f"{2 * files - bad + (rate >= SHIFTED)} passed, {failed} failed, {gone} skipped")  # with branches and without
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
