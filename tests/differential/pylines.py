"""What covls says of Python lines, beside coverage.py's own parser, on every file of a corpus.

    pylines.py [DUMP] [--python PYTHON] [--coverage DIR] [--cache FILE] [--limit N] [--chunk N]
               [--rate PERCENT] [ROOT...]

DUMP is the program tests/support/pylines_dump.c (by default that in $COVLS_BUILD). PYTHON (by default
$COVLS_PYTHON314) must have, or find in DIR, coverage.py 7.16; its own version decides whose rules hold.
Without ROOT the corpus is the standard library and the site-packages of PYTHON. Ends with 77 (skipped)
if there is no such Python.

Compared are the multi-line map, docstring lines, excluded lines, the regions of functions and classes,
and statements. All must be equal in
all files; statements in PERCENT of the files (by default all, for 3.10 and 3.11, where the fate of code
objects in dead code is not exactly decided, 99.99). Whatever coverage.py parses covls must parse.
"""
import argparse
import json
import os
import pathlib
import pickle
import subprocess
import sys
import tempfile

FACTS = ("multiline", "docstrings", "excluded", "regions", "statements")


def default_dump():
    return os.path.join(os.environ.get("COVLS_BUILD", "build"), "tests", "pylines_dump")


def ranges(lines):
    lines = sorted(lines)
    starts = [n for i, n in enumerate(lines) if i == 0 or lines[i - 1] != n - 1]
    ends = [n for i, n in enumerate(lines) if i + 1 == len(lines) or lines[i + 1] != n + 1]
    return [list(pair) for pair in zip(starts, ends)]


def regions_of(source):
    """In the Python to be compared with."""
    from coverage.regions import code_regions

    return [[r.kind, r.name, r.start, ranges(r.lines)] for r in code_regions(source)]


def worker():
    """Runs in the Python to be compared with: file names in, one JSON line each out."""
    import warnings

    warnings.simplefilter("ignore")
    sys.setrecursionlimit(20000)
    from coverage.config import DEFAULT_EXCLUDE
    from coverage.exceptions import NotPython
    from coverage.misc import join_regex
    from coverage.parser import PythonParser
    from coverage.python import get_python_source

    exclude = join_regex(DEFAULT_EXCLUDE)
    for name in sys.stdin:
        name = name.rstrip("\n")
        try:
            source = get_python_source(name)
            parser = PythonParser(text=source, filename=name, exclude=exclude)
            parser.parse_source()
            regions = regions_of(source)
        except NotPython as e:
            print(json.dumps({"error": str(e)[-200:]}), flush=True)
            continue
        except Exception as e:  # undecodable, or coverage.py itself fails: nothing to compare with
            print(json.dumps({"error": f"{type(e).__name__}: {e}"[:200]}), flush=True)
            continue
        print(
            json.dumps(
                {
                    "multiline": {k: v for k, v in parser.multiline_map.items() if k != v},
                    "docstrings": sorted(parser.raw_docstrings),
                    "excluded": sorted(parser.excluded),
                    "statements": sorted(parser.statements),
                    "regions": regions,
                }
            ),
            flush=True,
        )


def run_lines(command, names, env=None):
    """One line of JSON for each name."""
    with tempfile.TemporaryFile("w+", errors="surrogateescape") as listing:
        listing.write("".join(n + "\n" for n in names))
        listing.seek(0)
        out = subprocess.run(command, stdin=listing, stdout=subprocess.PIPE, env=env, check=True)
    rows = [json.loads(line) for line in out.stdout.decode().splitlines()]
    if len(rows) != len(names):
        sys.exit(f"{command[0]}: {len(rows)} answers for {len(names)} files")
    return rows


def ask(python, env, code):
    return subprocess.run([python, "-c", code], env=env, capture_output=True, text=True)


def find_python(args):
    """(command, environment, minor version), or the test is skipped."""
    python = args.python or os.environ.get("COVLS_PYTHON314")
    if not python:
        print("skipped: no --python and no COVLS_PYTHON314")
        sys.exit(77)
    env = dict(os.environ, PYTHONDONTWRITEBYTECODE="1")
    if args.coverage:
        env["PYTHONPATH"] = args.coverage
    probe = ask(python, env, "import coverage, sys; print(coverage.__version__, sys.version_info[1])")
    if probe.returncode != 0 or not probe.stdout.startswith("7.16"):
        print(f"skipped: {python} has no coverage.py 7.16 ({(probe.stdout + probe.stderr)[-200:]!r})")
        sys.exit(77)
    return python, env, int(probe.stdout.split()[1])


def corpus(python, env, roots):
    if not roots:
        code = "import sysconfig, coverage, os; print(sysconfig.get_path('stdlib'));"
        code += "print(os.path.dirname(os.path.dirname(coverage.__file__)))"
        roots = ask(python, env, code).stdout.split("\n")[:2]
    found = set()
    for root in roots:
        for folder, _, names in os.walk(root, followlinks=True):
            found.update(os.path.join(folder, n) for n in names if n.endswith(".py"))
    return sorted(n for n in found if "\n" not in n and os.path.isfile(n))


def reference(python, env, names, cache):
    known = {}
    if cache and os.path.exists(cache):
        with open(cache, "rb") as f:
            known = pickle.load(f)
    todo = [n for n in names if n not in known]
    if todo:
        known.update(zip(todo, run_lines([python, __file__, "--worker"], todo, env)))
        if cache:
            with open(cache, "wb") as f:
                pickle.dump(known, f)
    return [known[n] for n in names]


def facts(row):
    excluded = list(row["excluded"])
    if row.get("past_end"):
        excluded.append(row["count"] + 1)
    return {
        "multiline": {int(k): v for k, v in row["multiline"].items()},
        "docstrings": row["docstrings"],
        "excluded": excluded,
        "statements": row["statements"],
        "regions": dict(enumerate(map(json.dumps, row["regions"]))),
    }


def difference(want, got):
    want = set(want.items() if isinstance(want, dict) else want)
    got = set(got.items() if isinstance(got, dict) else got)
    return sorted(want - got), sorted(got - want)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("dump", nargs="?", default=default_dump())
    ap.add_argument("--python")
    ap.add_argument("--coverage")
    ap.add_argument("--cache")
    ap.add_argument("--limit", type=int)
    ap.add_argument("--chunk", type=int)
    ap.add_argument("--rate", type=float)
    ap.add_argument("roots", nargs="*")
    args = ap.parse_args()
    python, env, minor = find_python(args)
    names = corpus(python, env, args.roots)[: args.limit]
    theirs = reference(python, env, names, args.cache)
    command = [args.dump, f"--minor={minor}"]
    if args.chunk:
        command.append(f"--chunk={args.chunk}")
    ours = run_lines(command, names)

    compared = refused = both_refuse = only_they_refuse = 0
    wrong = dict.fromkeys(FACTS, 0)
    extra_statements = missed_statements = total_statements = 0
    for name, want, got in zip(names, theirs, ours):
        if "error" in want:
            both_refuse += "error" in got
            only_they_refuse += "error" not in got
            if "error" not in got:
                print(f"note: {name}: coverage.py refuses it: {want['error'][-120:]}")
            continue
        compared += 1
        if "error" in got:
            refused += 1
            print(f"WRONG: {name}:{got['line']}: refused: {got['error']}")
            continue
        want, got = facts(want), facts(got)
        total_statements += len(want["statements"])
        for fact in FACTS:
            missing, extra = difference(want[fact], got[fact])
            if not missing and not extra:
                continue
            wrong[fact] += 1
            if fact == "statements":
                missed_statements += len(missing)
                extra_statements += len(extra)
            print(f"WRONG: {name}: {fact}: missing {missing[:8]} extra {extra[:8]}")
    print(f"Python 3.{minor}: {compared} files compared, {both_refuse} refused by both,"
          f" {only_they_refuse} by coverage.py alone, {refused} by covls alone")
    for fact in FACTS:
        equal = compared - refused - wrong[fact]
        print(f"  {fact:10} {equal:6}/{compared} files equal ({100 * equal / max(compared, 1):.2f} %)")
    print(f"  statements in all {total_statements}: {missed_statements} missed,"
          f" {extra_statements} more")
    if compared == 0:
        sys.exit("nothing was compared")
    rate = args.rate or (100 if minor >= 12 else 99.99)
    too_many = wrong["statements"] > compared * (100 - rate) / 100
    bad = refused or too_many or any(wrong[f] for f in FACTS if f != "statements")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    worker() if sys.argv[1:] == ["--worker"] else main()
