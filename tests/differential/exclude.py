"""Which lines covls takes for excluded by a configuration's patterns, beside coverage.py's own parser.

    exclude.py [DUMP] [--python PYTHON] [--coverage DIR] [--seed N] [--files N] [ROOT...]

DUMP is the program tests/support/exclude_dump.c (by default that in $COVLS_BUILD). PYTHON (by default
$COVLS_PYTHON314) must have, or find in DIR, coverage.py 7.16. N files, chosen at random, of ROOT or else of
PYTHON's standard library are tried with every set of patterns of a table, and with more that are made at
random; some of the files get other line ends or the like before. Compared are the lines that match a pattern for exclusion, the lines whose branches don't count, the
excluded lines and the statements. A set that coverage.py can't join must be refused. Ends with 77
(skipped) if there is no such Python.
"""
import argparse
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

# What a user may write: exclude_lines, exclude_also, partial_branches, partial_also and partial_branches_always; None is the default.
SETS = [
    {},
    {"also": ["def __repr__", "if self\\.debug", "raise NotImplementedError", "if 0:", "if __name__ == .__main__.:", "@(abc\\.)?abstractmethod"]},
    {"exclude": ["pragma: no cover", "def __repr__", "raise AssertionError", "except ImportError"]},
    {"exclude": ["# *pragma: no ?cover"]},
    {"exclude": []},
    {"exclude": [], "also": ["^class .*:$"]},
    {"also": ["^\\s*pass\\s*$", "^\\s*return\\b"], "partial_also": ["for .* in", "^\\s*while"]},
    {"also": ["^\\s*\\.\\.\\.$"]},
    {"also": ["def .*:\\n\\s+(\"\"\"|''').*\\n"]},
    {"also": ["(?s:try:.*?except)"], "partial_also": ["if .*:\\n\\s+return"]},
    {"also": ["(?i:todo|fixme|xxx)"], "partial": ["(?i)no.?branch"], "always": []},
    {"exclude": ["(?i)error"]},
    {"exclude": ["(?x) raise \\s+ \\w+  # any error"]},
    {"also": ["(\\w+) = \\1\\b"]},
    {"also": ["(\\w+) = \\6\\b", "(?P<name>\\w+)\\((?P=name)"]},
    {"also": ["(?<!\\w)assert_never\\(", "(?<=return )None"]},
    {"also": [".*"]},
    {"also": ["^"]},
    {"also": ["$"]},
    {"also": ["\\n"]},
    {"also": ["\\s+"], "partial_also": ["\\n\\n"]},
    {"also": [""], "partial": [], "always": []},
    {"also": ["[^\\x00-\\x7f]"]},
    {"also": ["\\W\\W\\W\\W\\W\\W"]},
    {"also": ["\\.\\.\\."]},
    {"also": ["#.*pragma.*"]},
    {"also": ["(?:^|\\n)\\s*#.*(?:\\n\\s*#.*)*"], "partial_also": ["#.*"]},
    {"also": ["'''", '"""'], "partial_also": ["while (True|1)", "if (True|1|False|0): "]},
    {"also": ["class \\w+\\((.*\\b)?Protocol\\b.*\\):"], "partial": ["while", "if"]},
    {"also": ["else:$", "\\belif\\b"], "partial_also": ["yield"]},
    {"also": ["if .*:(?#all of them)"], "always": ["for"]},
    {"also": ["\\bTrue\\b|\\bFalse\\b"], "partial": ["lambda"]},
    {"also": ["import (?:sys|os|re)\\b"], "always": ["while \\w+:"]},
    {"also": ["\\u00e9|\\N"], "refused": True},
    {"also": ["(?i)x"], "refused": True},
    {"also": ["(?P<a>x)", "(?P<a>y)"], "refused": True},
    {"also": ["(x"], "refused": True},
    {"exclude": ["x", "(?m)^y"], "refused": True},
]

PARTS = ["def ", "\\w+", "\\s*", "\\s+", "if", ".*", ".*?", ":", "$", "^", "\\n", "\\bself\\b", "return", "[(]", "\\)", "#", "None", "(?:a|b)", "(x|y)?", "=", " ", "\\.", "[A-Z]", "\\d", "(?=:)", "(?<!_)", "\\S", "'"]


def worker():
    """Runs in the Python to be compared with."""
    import signal
    import warnings

    warnings.simplefilter("ignore")
    sys.setrecursionlimit(20000)
    from coverage.config import DEFAULT_EXCLUDE, DEFAULT_PARTIAL, DEFAULT_PARTIAL_ALWAYS
    from coverage.misc import join_regex
    from coverage.parser import PythonParser
    from coverage.python import get_python_source

    class TooLong(Exception):
        pass

    def on_alarm(*_):
        raise TooLong

    signal.signal(signal.SIGALRM, on_alarm)
    config = json.loads(sys.stdin.readline())

    def get(key, default):
        return default if config.get(key) is None else config[key]

    exclude = join_regex(get("exclude", DEFAULT_EXCLUDE) + config.get("also", []))
    partial = join_regex(get("partial", DEFAULT_PARTIAL) + config.get("partial_also", []) + get("always", DEFAULT_PARTIAL_ALWAYS))
    for name in sys.stdin:
        name = name.rstrip("\n")
        try:
            signal.setitimer(signal.ITIMER_REAL, 10)
            parser = PythonParser(text=get_python_source(name), filename=name, exclude=exclude)
            parser.parse_source()
            answer = {
                "matched": sorted(parser.raw_excluded),
                "no_branch": sorted(parser.lines_matching(partial)),
                "excluded": sorted(parser.excluded),
                "statements": sorted(parser.statements),
            }
        except TooLong:
            answer = {"limit": True}
        except Exception as e:  # whatever coverage.py ends with
            answer = {"error": f"{type(e).__name__}: {e}"}
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        print(json.dumps(answer))


def theirs(python, env, config, names):
    given = json.dumps(config) + "\n" + "".join(n + "\n" for n in names)
    out = subprocess.run([python, os.path.abspath(__file__), "--worker"], input=given.encode(), stdout=subprocess.PIPE, env=env, check=True)
    return [json.loads(line) for line in out.stdout.split(b"\n")[:-1]]


DEFAULTS = {"exclude": [r"#\s*(pragma|PRAGMA)[:\s]?\s*(no|NO)\s*(cover|COVER)", r"^\s*(((async )?def .*?)?[\])]+(\s*->.*?)?:\s*)?\.\.\.\s*(#|$)", r"if (typing\.)?TYPE_CHECKING:"], "partial": [r"#\s*(pragma|PRAGMA)[:\s]?\s*(no|NO)\s*(branch|BRANCH)"]}


def ours(dump, config, names):
    """None: the patterns were refused."""
    args = []
    for name, also in (("exclude", "also"), ("partial", "partial_also"), ("always", None)):
        patterns = config.get(name)
        if config.get(also):
            patterns = (DEFAULTS[name] if patterns is None else patterns) + config[also]
        if patterns is not None:
            args += [f"--{name}={p}" for p in patterns] or [f"--no-{name}"]
    out = subprocess.run([dump, *args], input="".join(n + "\n" for n in names).encode(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if out.returncode == 1:
        return None
    out.check_returncode()
    return [json.loads(line) for line in out.stdout.split(b"\n")[:-1]]


def dressed(rng, path, folder):
    """The name of a file that is like another: with other line ends, form feeds, a byte order mark, without a last line end, or as it is."""
    with open(path, "rb") as f:
        content = f.read()
    kind = rng.choice(["plain", "plain", "plain", "crlf", "cr", "feeds", "mark", "endless"])
    if kind == "crlf":
        content = content.replace(b"\n", b"\r\n")
    elif kind == "cr":
        content = content.replace(b"\n", b"\r")
    elif kind == "feeds":
        content = content.replace(b": ...", b":\f...").replace(b"if ", b"if\f").replace(b")\n", b")\f\n").replace(b"\n\n", b"\n\f\n")
    elif kind == "mark" and b"coding" not in content[:200]:
        content = b"\xef\xbb\xbf" + content
    elif kind == "endless":
        content = content.rstrip(b"\r\n")
    name = os.path.join(folder, f"{len(os.listdir(folder))}-{kind}-{os.path.basename(path)}")
    with open(name, "wb") as f:
        f.write(content)
    return name


def random_set(rng):
    def patterns():
        return ["".join(rng.choice(PARTS) for _ in range(rng.randint(1, 4))) for _ in range(rng.randint(1, 3))]

    made = {}
    for key in ("exclude", "also", "partial", "partial_also", "always"):
        if rng.random() < (0.7 if "also" in key else 0.15):
            made[key] = patterns()
    return made


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("dump", nargs="?", default=os.path.join(os.environ.get("COVLS_BUILD", "build"), "tests", "exclude_dump"))
    ap.add_argument("roots", nargs="*")
    ap.add_argument("--python", default=os.environ.get("COVLS_PYTHON314") or sys.executable)
    ap.add_argument("--coverage")
    ap.add_argument("--seed", type=int, default=4240821694)
    ap.add_argument("--files", type=int, default=20)
    ap.add_argument("--sets", type=int, default=15, help="of random patterns")
    args = ap.parse_args()
    env = dict(os.environ, **({"PYTHONPATH": args.coverage} if args.coverage else {}))
    ask = "import coverage, sysconfig; print(coverage.__version__); print(sysconfig.get_path('stdlib'))"
    asked = subprocess.run([args.python, "-c", ask], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=env).stdout.split("\n")
    if not asked[0].startswith("7.16."):
        print("no Python with coverage.py 7.16 to compare with")
        return 77
    rng = random.Random(args.seed)
    print(f"seed {args.seed}")
    found = sorted(str(p) for root in args.roots or asked[1:2] for p in pathlib.Path(root).rglob("*.py") if p.is_file())
    passed = failed = given_up = not_python = 0
    sets = SETS + [random_set(rng) for _ in range(args.sets)]
    folder = tempfile.mkdtemp()
    for config in sets:
        names = [dressed(rng, path, folder) for path in rng.sample(found, min(args.files, len(found)))]
        want = theirs(args.python, env, config, names)
        got = ours(args.dump, config, names)
        refused = any(w.get("error", "").startswith("PatternError") for w in want)
        if refused != config.get("refused", refused):
            sys.exit(f"{config}: should have been refused: {want[0]}")
        if got is None or refused:
            failed += refused != (got is None)
            passed += refused == (got is None)
            if refused != (got is None):
                print(f"{config}: refused by {'us' if got is None else 'them'} alone")
            continue
        for name, g, w in zip(names, got, want):
            if "limit" in w or "takes too long" in g.get("error", ""):
                given_up += 1
            elif "error" in w:  # coverage.py can't parse it
                not_python += 1
            elif g != w:
                failed += 1
                if failed <= 10:
                    wrong = [k for k in w if g.get(k) != w[k]]
                    sample = [sorted(set(g.get(k, [])) ^ set(w[k]))[:5] for k in wrong]
                    print(f"{name} with {json.dumps(config)}: {wrong} {sample} {g.get('error', '')}")
            else:
                passed += 1
    if not failed:
        shutil.rmtree(folder)
    print(f"{len(sets)} sets of patterns, {args.files} files each; {given_up} times one of both gave up; {not_python} files are not Python")
    print(f"{passed} passed, {failed} failed, {given_up + not_python} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(worker() if sys.argv[1:] == ["--worker"] else main())
