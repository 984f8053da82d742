"""`covls facts` beside coverage.py's own parser: statements, exclusions, docstrings, arcs, exit counts.

    facts.py [--all] [--seed N] [--sample N] [--programs N] [--python PYTHON] [--cache DIR] [ROOT...]

Needs $COVLS, or build/covls, and $COVLS_PYTHON314, a Python 3.14 that has coverage.py 7.16; that
coverage.py is run in the Pythons 3.10 to 3.13 of pyenv, too, wherever they are found (or in PYTHON alone).
For each of them, with the rules of its version:

  * the files of its standard library and packages (or below ROOT): N of them, taken at random by the seed,
    or --all;
  * programs made at random (tests/support/random_python.py), those with code objects in dead code and,
    as "flat", those without;
  * the texts of the arcs and the repairs of `with`, by the program pyarcs_dump if it is built.

All files must be equal for 3.12 and later, and 99.99 % for 3.10 and 3.11 (one may differ in a sample).
How many of the random programs may differ stands in LIMITS. Ends with 77 (skipped) if there is no such
Python.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import pickle
import random
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))

FACTS = ("statements", "excluded", "docstrings", "arcs", "exit_counts")

# What the closing line says: files, files for their texts, programs.
tally = {"passed": 0, "failed": 0, "skipped": 0}

# Percent of random programs, and of flat ones, that may differ, for each version. What becomes of code
# objects in dead code hangs on constants; 3.10 and 3.11 have the more intricate rules.
LIMITS = {10: (36, 12), 11: (36, 12), 12: (1, 1), 13: (1, 1), 14: (1, 1)}


def worker():
    """Runs in the Python to be compared with: file names in, one line of JSON each out."""
    import signal
    import warnings

    warnings.simplefilter("ignore")
    sys.setrecursionlimit(20000)
    # After `finally: with x, y: (x): int`, PythonParser.fix_with_jumps() runs for ever.
    signal.signal(signal.SIGPROF, lambda *_: (_ for _ in ()).throw(TimeoutError("it hangs")))
    from coverage.config import DEFAULT_EXCLUDE
    from coverage.misc import join_regex
    from coverage.parser import PythonParser
    from coverage.python import get_python_source

    exclude = join_regex(DEFAULT_EXCLUDE)
    texts = "--texts" in sys.argv
    for name in sys.stdin:
        name = name.rstrip("\n")
        row = {}
        signal.setitimer(signal.ITIMER_PROF, 20)
        try:
            p = PythonParser(text=get_python_source(name), filename=name, exclude=exclude)
            p.parse_source()
            row["statements"] = sorted(p.statements)
            row["excluded"] = sorted(p.excluded)
            row["docstrings"] = sorted(p.raw_docstrings)
            row["arcs"] = sorted(p.arcs())
            row["exit_counts"] = dict(sorted(p.exit_counts().items()))
            if texts:
                row["fixes"] = sorted([*k, *v[0]] for k, v in p._with_jump_fixers.items())
                row["texts"] = [
                    [a, b, p.arc_description(a, b), p.missing_arc_description(a, b)]
                    for a, b in row["arcs"]
                ]
        except (AssertionError, TimeoutError) as e:  # coverage.py itself fails to find arcs
            row["no_arcs"] = str(e)[:200]
        except Exception as e:
            row = {"error": f"{type(e).__name__}: {e}"[:200]}
        print(json.dumps(row), flush=True)


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
    out = subprocess.run([python, "-c", code], env=env, capture_output=True, text=True)
    return out.stdout.split("\n") if out.returncode == 0 else None


class Reference:
    """A Python, with coverage.py in it."""

    def __init__(self, python, coverage, cache):
        self.python = python
        self.env = dict(os.environ, PYTHONDONTWRITEBYTECODE="1", PYTHONHASHSEED="0")
        if coverage:
            self.env["PYTHONPATH"] = coverage
        found = ask(python, self.env, "import sys, sysconfig, coverage as c\n"
                    "print(c.__version__, *sys.version_info[:2])\n"
                    "print(c.__path__[0]); print(sysconfig.get_path('stdlib'))\n"
                    "print(sysconfig.get_path('purelib'))")
        version, major, self.minor = (found or ["- 0 0"])[0].split()
        self.minor = int(self.minor)
        self.usable = version.startswith("7.16") and major == "3" and 10 <= self.minor <= 14
        if self.usable:
            self.package, self.roots = found[1], found[2:4]
        self.cache = cache and os.path.join(cache, f"facts-3.{self.minor}.pickle")

    def corpus(self, roots):
        found = set()
        for root in roots or self.roots + ([] if self.env.get("PYTHONPATH") else
                                           [os.path.dirname(self.package)]):
            for folder, _, names in os.walk(root, followlinks=True):
                found.update(os.path.join(folder, n) for n in names if n.endswith(".py"))
        return sorted(n for n in found if "\n" not in n and os.path.isfile(n))

    def answers(self, names, texts=False):
        known, command = {}, [self.python, __file__, "--worker"] + ["--texts"] * texts
        if self.cache and not texts and os.path.exists(self.cache):
            with open(self.cache, "rb") as f:
                known = pickle.load(f)
        todo = [n for n in names if n not in known]
        parts = [todo[i::2] for i in range(2)]
        with concurrent.futures.ThreadPoolExecutor() as pool:
            for part, rows in zip(parts, pool.map(lambda p: run_lines(command, p, self.env), parts)):
                known.update(zip(part, rows))
        if self.cache and not texts and todo:
            with open(self.cache, "wb") as f:
                pickle.dump(known, f)
        return [known[n] for n in names]


def ours(covls, minor, names):
    rows = []
    for i in range(0, len(names), 2000):
        out = subprocess.run([covls, "facts", "--python", f"3.{minor}", "--", *names[i : i + 2000]],
                             stdout=subprocess.PIPE, check=True)
        rows += [json.loads(line) for line in out.stdout.decode().splitlines()]
    if [r["path"] for r in rows] != [n.encode(errors="surrogateescape").decode(errors="replace")
                                     for n in names]:
        sys.exit("covls facts: the answers are not those for the files")
    return rows


def difference(want, got):
    as_set = lambda x: {(k, v) for k, v in x.items()} if isinstance(x, dict) else {
        tuple(i) if isinstance(i, list) else i for i in x}
    want, got = as_set(want), as_set(got)
    return f"missing {sorted(want - got)[:8]} extra {sorted(got - want)[:8]}"


class Comparison:
    def __init__(self, title):
        self.title = title
        self.compared = self.refused = self.both_refuse = self.only_they_refuse = self.no_arcs = 0
        self.wrong = dict.fromkeys(FACTS, 0)
        self.different = []

    def add(self, name, want, got, quiet):
        if "error" in want:
            self.both_refuse += "error" in got
            self.only_they_refuse += "error" not in got
            return
        self.compared += 1
        self.no_arcs += "no_arcs" in want
        problems = []
        if "error" in got:
            self.refused += 1
            problems.append(f"refused: {got['error']}")
        for fact in FACTS if not problems else ():
            if fact in want and want[fact] != got[fact]:
                self.wrong[fact] += 1
                problems.append(f"{fact}: {difference(want[fact], got[fact])}")
        if problems:
            self.different.append(name)
        if not quiet:
            for problem in problems:
                print(f"WRONG: {name}: {problem}")

    def report(self):
        equal = self.compared - len(self.different)
        print(f"{self.title}: {equal} of {self.compared} equal"
              f" ({100 * equal / max(self.compared, 1):.3f} %), refused by both {self.both_refuse},"
              f" by coverage.py alone {self.only_they_refuse}, by covls alone {self.refused};"
              f" coverage.py finds no arcs in {self.no_arcs}")
        print("    unequal: " + ", ".join(f"{fact} {n}" for fact, n in self.wrong.items()))

    def is_within(self, percent):
        return self.may_differ(self.compared * percent / 100)

    def may_differ(self, allowed):
        """Differences that are allowed are not passed: they are counted as skipped."""
        ok = self.compared > 0 and len(self.different) <= allowed
        tally["passed"] += self.compared - len(self.different)
        tally["skipped" if ok else "failed"] += len(self.different)
        tally["skipped"] += self.only_they_refuse
        tally["failed"] += self.compared == 0
        return ok


def compare_files(covls, reference, names, title):
    c = Comparison(f"Python 3.{reference.minor}, {title}")
    for name, want, got in zip(names, reference.answers(names), ours(covls, reference.minor, names)):
        c.add(name, want, got, False)
    c.report()
    return c


def compare_programs(covls, reference, args, flat):
    from random_python import programs

    c = Comparison(f"Python 3.{reference.minor}, {'flat' if flat else 'random'} programs")
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for i, text in enumerate(programs(args.seed, args.programs, flat)):
            names.append(os.path.join(folder, f"p{i}.py"))
            pathlib.Path(names[-1]).write_text(text)
        cache, reference.cache = reference.cache, None
        theirs = reference.answers(names)
        reference.cache = cache
        for name, want, got in zip(names, theirs, ours(covls, reference.minor, names)):
            c.add(name, want, got, True)
        for name in c.different[: args.show]:
            i = names.index(name)
            print(f"--- program {i}: want, got\n{pathlib.Path(name).read_text()}")
            got = ours(covls, reference.minor, [name])[0]
            for fact in FACTS:
                if fact in theirs[i] and theirs[i][fact] != got[fact]:
                    print(f"{fact}: {difference(theirs[i][fact], got[fact])}")
    c.report()
    return c


def parts(text):
    """Parts come in any order: coverage.py goes through a set."""
    return sorted(re.split(r" or (?=line \d+ didn't )", text))


def compare_texts(reference, names):
    dump = os.path.join(os.environ.get("COVLS_BUILD", "build"), "tests", "pyarcs_dump")
    if not os.access(dump, os.X_OK):
        print(f"Python 3.{reference.minor}: no texts compared ({dump} is not there)")
        tally["skipped"] += 1
        return True
    theirs = reference.answers(names, texts=True)
    mine = run_lines([dump, f"--minor={reference.minor}"], names)
    count = wrong = left_out = 0
    for name, want, got in zip(names, theirs, mine):
        if "texts" not in want or "error" in got or \
                want["arcs"] != [t[:2] for t in got["texts"]]:
            left_out += 1
            continue
        problems = [] if want["fixes"] == got["fixes"] else [
            f"repairs: {difference(want['fixes'], got['fixes'])}"]
        for w, g in zip(want["texts"], got["texts"]):
            count += 1
            # The tree's names are in normal form, the source's need not be.
            if (w[:3] != g[:3] or parts(w[3]) != parts(g[3])) and w[3].isascii() and g[3].isascii():
                problems.append(f"want {w}, got {g}")
        wrong += bool(problems)
        for problem in problems[:3]:
            print(f"WRONG: {name}: {problem}")
    print(f"Python 3.{reference.minor}, texts: {count} arcs in {len(names)} files,"
          f" {wrong} files with other texts or repairs, {left_out} without arcs to compare")
    tally["passed"] += len(names) - wrong - left_out
    tally["failed"] += wrong + (count == 0)
    tally["skipped"] += left_out
    return wrong == 0 and count > 0


def pyenv_pythons():
    roots = [os.environ.get("PYENV_ROOT"), os.path.expanduser("~/.pyenv")]
    for root in filter(None, roots):
        found = pathlib.Path(root, "versions").glob("3.1[0-3]*/bin/python")
        if found := sorted(map(str, found)):
            return found
    return []


def check(covls, reference, args):
    names = reference.corpus(args.roots)
    if not args.all and len(names) > args.sample:
        names = sorted(random.Random(args.seed).sample(names, args.sample))
    files = compare_files(covls, reference, names, "files")
    allowed = 0
    if reference.minor < 12:
        allowed = files.compared // 10000 if args.all else 1
    ok = files.may_differ(0 if files.refused else allowed)
    few = random.Random(args.seed).sample(names, min(len(names), args.texts))
    ok = compare_texts(reference, few) and ok
    if args.programs:
        for flat, percent in zip((False, True), LIMITS[reference.minor]):
            ok = compare_programs(covls, reference, args, flat).is_within(percent) and ok
    return ok


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--all", action="store_true")
    ap.add_argument("--seed", type=int, default=932185)
    ap.add_argument("--sample", type=int, default=600)
    ap.add_argument("--texts", type=int, default=150)
    ap.add_argument("--programs", type=int, default=300)
    ap.add_argument("--show", type=int, default=0, help="print that many programs that differ")
    ap.add_argument("--python", action="append")
    ap.add_argument("--cache")
    ap.add_argument("roots", nargs="*")
    args = ap.parse_args()
    covls = os.environ.get("COVLS", "build/covls")
    if not os.environ.get("COVLS_PYTHON314"):
        print("skipped: no COVLS_PYTHON314")
        sys.exit(77)
    newest = Reference(os.environ["COVLS_PYTHON314"], None, args.cache)
    if not newest.usable:
        print("skipped: COVLS_PYTHON314 has no coverage.py 7.16")
        sys.exit(77)
    print(f"seed {args.seed}")
    bad = []
    with tempfile.TemporaryDirectory() as folder:
        os.symlink(newest.package, os.path.join(folder, "coverage"))
        for python in args.python or [newest.python] + pyenv_pythons():
            same = python == newest.python
            reference = newest if same else Reference(python, folder, args.cache)
            if not reference.usable:
                print(f"note: coverage.py 7.16 does not run in {python}")
                tally["skipped"] += 1
            elif not check(covls, reference, args):
                bad.append(f"3.{reference.minor}")
    if bad:
        print(f"different: {', '.join(bad)} (seed {args.seed})")
    print(f"{tally['passed']} passed, {tally['failed']} failed, {tally['skipped']} skipped")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    worker() if sys.argv[1:2] == ["--worker"] else main()
