"""What covls reads in INI files, beside Python's configparser as coverage.py sets it up.

    ini.py [DUMP] [--python PYTHON] [--seed N] [--count N]

DUMP is the program tests/support/ini_dump.c (by default that in $COVLS_BUILD). PYTHON (else
$COVLS_PYTHON314, else the Python that runs this) answers for configparser. Every file is read whole and in
pieces. Both must give the same sections, options and values in the same order, or both an error; where
configparser names a line, it must be ours, unless it went on to a later mistake.

Generated names hold no capital letters beyond ASCII: there the two are known to differ (ini_stream.h).
"""
import argparse
import configparser
import json
import os
import random
import re
import subprocess
import sys
import tempfile

CASES = [
    "", "\n", "x", "x=1", "[a]", "[a", "a]", "[]", "[]]", "[[]", "[ a ]\nx=1", "[a]\n[a]", "[a]\nx=1\nx:2",
    "[a]\nx", "[a]\nx\n y", "[a]\n=1", "[a]\n:", "[a]\n x=1\n  2\n 3", "[a]\n x=1\n  2\n y=3",
    "[a]\nx=1\n\n\n 2\n\n", "[a]\nx=\n\n\n 2\n\n[b]", "[a]\nx=1\n#c\n 2", "[a]\nx=1\n #c\n 2\n ;d",
    "[a]\nx=1 # c\ny=2 ; d", "[a]\n# x=1\n;y=2", "[a]#b\nx=1", "[a] = b\n x=1", "[a]\n[b = 1", "[a]\nx=1\n [b]\n y=2",
    "[DEFAULT]\nx=1\n[a]\nX=2", "[DEFAULT]\nx=1\n[DEFAULT]\ny=2", "[DEFAULT]\nx=1\n[DEFAULT]\nx=2",
    "[default]\nx=1\n[DEFAULT]\ny=2\n[Default]\nz=3", "\ufeff[a]\nx=1", "\ufeff\n[a]", "\ufeff", "[a]\r\nx=1\r\n 2\r\n",
    "[a]\rx=1\r\r 2", "[a]\nx=1\u0085 y=2\n", "[a]\n\u00a0x=1\n\u2003\u3000 2", "[a]\nx\u2028=\u20291", "[a]\nx\x1c=\x1d1\x1e",
    "[a]\nx=\x0c1\x0b\n\x0b2", "[a]\nx y  z = 1", "[a]\nx = = 1", "[a]\nx : = 1", "[a]\nx=1\n\ty=2\n        z=3",
    "[a]\nkey = a\\\n  b", "[a]\nx=%(y)s ${z} $w", "[\U0001f600]\n\U0001f600 = \U0001f600", "[a]\nx=1\n\x00y=2",
    "[a]\nx\x00=\x00", "  [a]\n  x=1\n    2\n  y=3\n", "    [a]\n  x=1\n    y=2\n", "[a]\n[b]\nx=1\n[b]",
    "[a]\nx=1\nfoo\nx=2", "[coverage:run]\nbranch=1\n[run]\nbranch=0", "[a]\n-- x = 1\n", "[a]\nrem x\n", "[a]\n#\n;\n",
]
BYTES = [b"[a]\nx=\xff", b"\xff\xfe[\x00a\x00", b"[a]\nx=\xed\xa0\x80", b"[a]\nx=\xc0\x80", b"[a]\nx=\xf4\x90\x80\x80", b"[a]\nx=\xe2\x82"]


def worker():
    for name in sys.stdin:
        parser = configparser.ConfigParser(interpolation=None)
        try:
            parser.read(name.rstrip("\n"), encoding="utf-8")
        except (configparser.Error, UnicodeDecodeError) as e:
            line = getattr(e, "lineno", None)
            if line is None and getattr(e, "errors", None):
                line = e.errors[0][0]
            print(json.dumps({"error": type(e).__name__, "line": line}))
            continue
        own = {"DEFAULT": parser._defaults, **parser._sections}
        print(json.dumps({s: list(o.items()) for s, o in own.items()}))


def generate(rng):
    """A file out of pieces that the dialect is about."""
    indents = ["", "", "", " ", "  ", "    ", "\t", "\u00a0", "\u2003 ", "\x0c"]
    names = ["a", "b", "run", "Run", "report", "DEFAULT", "coverage:run", "x y", "ä", "a]b", ""]
    keys = ["x", "X", "y", "omit", "a b", "ß", "[k", "#k", "", "k;"]
    texts = ["", "1", "a, b", "x = y", "a:b", "# c", "v # c", "v ; d", "\u3000u\u00a0", "[s]", "${X-a}", "é", "\x1fz", "w\x0bw"]
    ends = rng.choice(["\n", "\n", "\n", "\r\n", "\r"])
    parts = ["\ufeff"] if rng.random() < 0.02 else []
    names = rng.sample(names, rng.randint(1, len(names)))  # fewer names: more that come twice
    used = set()

    def fresh(pool):
        # Mostly something new, or nearly every long file would be an error.
        for _ in range(8):
            one = rng.choice(pool)
            if rng.random() < 0.9:
                one += str(rng.randint(0, 99))
            if one.lower() not in used or rng.random() < 0.02:
                break
        used.add(one.lower())
        return one

    if rng.random() < 0.95:
        parts.append(f"[{fresh(names)}]" + ends)
    for _ in range(rng.randint(0, 14)):
        kind = rng.random()
        indent = rng.choice(indents)
        if kind < 0.15:
            parts.append(f"{indent}[{fresh(names)}]{rng.choice(['', '', ' ', 'x'])}")
        elif kind < 0.5:
            delimiter = rng.choice(["=", ":", " = ", " : ", "\t=", "= =", "\u00a0="])
            parts.append(f"{indent}{fresh(keys)}{delimiter}{rng.choice(texts)}")
        elif kind < 0.75:
            parts.append(f"    {indent}{rng.choice(texts)}")
        elif kind < 0.85:
            parts.append(rng.choice(["", " ", "\t", "\u2003"]))
        elif kind < 0.97:
            parts.append(f"{indent}{rng.choice('#;')}{rng.choice(texts)}")
        else:
            parts.append(f"{indent}{rng.choice(texts)}")
        parts.append(ends if rng.random() < 0.97 else rng.choice(["\n", "\r\n", "\r", "\n\r"]))
    return "".join(parts)


def mutate(rng, text):
    """One character more, fewer or other."""
    at = rng.randint(0, len(text))
    return text[:at] + rng.choice(["", "\n", "=", "[", "]", " ", "#", "\r", "x"]) + text[at + rng.randint(0, 2) :]


def collected(events):
    """The events of the dump as sections with their options, in order."""
    own = {"DEFAULT": []}
    for event in events:
        options = own.setdefault(event[0], [])
        if len(event) > 1:
            options.append(event[1:])
    return own


def answers(command, names, env=None):
    out = subprocess.run(command, input="".join(n + "\n" for n in names).encode(), stdout=subprocess.PIPE, env=env, check=True)
    rows = [json.loads(line) for line in out.stdout.decode().split("\n")[:-1]]
    if len(rows) != len(names):
        sys.exit(f"{command[0]}: {len(rows)} answers for {len(names)} files")
    return rows


def difference(ours, theirs):
    """What is wrong, or None."""
    if isinstance(ours, list) and "error" not in theirs:
        got, want = collected(ours), {k: [list(p) for p in v] for k, v in theirs.items()}
        return None if list(got.items()) == list(want.items()) else f"got {got}, want {want}"
    if isinstance(ours, list):
        return f"taken, but configparser says {theirs}"
    if "error" not in theirs or isinstance(theirs["error"], list):
        return f"refused: {ours}"
    if theirs["line"] is not None and ours["line"] > theirs["line"]:
        return f"line {ours['line']}, not {theirs['line']}"
    return None


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("dump", nargs="?", default=os.path.join(os.environ.get("COVLS_BUILD", "build"), "tests", "ini_dump"))
    ap.add_argument("--python", default=os.environ.get("COVLS_PYTHON314") or sys.executable)
    ap.add_argument("--seed", type=int, default=669757746)
    ap.add_argument("--count", type=int, default=6000)
    args = ap.parse_args()
    rng = random.Random(args.seed)
    print(f"seed {args.seed}")
    inputs = [c.encode() for c in CASES] + BYTES
    for _ in range(args.count):
        text = generate(rng)
        inputs.append((mutate(rng, text) if rng.random() < 0.3 else text).encode())
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for i, content in enumerate(inputs):
            names.append(os.path.join(folder, f"{i}.ini"))
            with open(names[-1], "wb") as f:
                f.write(content)
        theirs = answers([args.python, os.path.abspath(__file__), "--worker"], names)
        failed = set()
        for chunk in ([], ["--chunk=1"], [f"--chunk={rng.randint(2, 40)}"]):
            for i, ours in enumerate(answers([args.dump, *chunk], names)):
                wrong = difference(ours, theirs[i])
                if wrong and i not in failed:
                    failed.add(i)
                    if len(failed) <= 10:
                        print(f"{inputs[i]!r} {chunk}: {wrong}")
    refused = sum("error" in t and not isinstance(t["error"], list) for t in theirs)
    print(f"{len(inputs)} files, {refused} of them errors in configparser; 3 ways of cutting each")
    print(f"{len(inputs) - len(failed)} passed, {len(failed)} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(worker() if sys.argv[1:] == ["--worker"] else main())
