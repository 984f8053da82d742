"""File patterns, variables and lists of a configuration, beside coverage.py's own functions.

    patterns.py [DUMP] [--python PYTHON] [--seed N] [--count N]

DUMP is the program tests/support/patterns_dump.c (by default that in $COVLS_BUILD). PYTHON (else
$COVLS_PYTHON314, else the Python that runs this) must have coverage.py 7.16; ends with 77 (skipped) if not.
Asked of both: GlobMatcher and globs_to_regex, also with a prefix and any case as in [paths], prep_patterns
in a tree with symbolic links, substitute_variables, getlist and getregexlist. What is a mistake must be one
in both, with the same words for patterns and variables.
"""
import argparse
import json
import os
import random
import subprocess
import sys
import tempfile

GLOBS = [
    "*", "**", "***", "*/", "/*", "**/", "/**", "/***", "a/***", "***/a", "a**", "**a", "a**b", "a***", "a**b**c", "*a**", "**/**", "a/**/**/b", "*/**",
    "**/*", "*/*", "**/a/**", "a/**/b", "a/*/b", "/", "//", "", "a//b", "?", "??.py", "[", "]", "[]", "[]]", "[^]", "[^]]", "[!a]", "[^a].py", "[a-c]x",
    "[z-a]", "[a-]", "[-a]", "[]a[b]", "[]/x[a]", "[.a]x", "x[:a:]", "[[:a]", "[[:alpha:]]", "[[.a]x", "[=a=]", "[a--]", "[a&&b]", "[a||b]", "[a~~b]",
    "[^^]", "[$]", "[(]", "[{]", "[#]x", "[ab", "ab]", "[a][b]", "a[*]b", "a[**]b", "[**]", "a.b+c(d)|{e}^$#", "a b", "\u00e9*", "\u20ac?", "C:\\x\\*",
    "c:/x", "a\\*\\b", "\\", "\\*", "\\\\srv\\x", "*.py,", "~/x", "$a", "-x_9", "a\tb", "a\x00b", "!a", "*/[ab]/*", "./x", "../x", "...", "K", "\u212a", "\u017f",
]
TEXTS = ["$", "$$", "$$$", "$a", "$A", "${A}", "${A", "${}", "${A?}", "${Z?}", "${Z-x}", "${A-x}", "${Z-}", "${Z-a}b}", "${Z-${A}}", "${Z-$A}", "$A$B", "$A-$B",
         "$E-", "${E-x}", "${E?}", "$1", "${1}", "$_", "${A -x}", "${A?x}", "${Z?}'\"\\", "${Z?}'", "$\u00e9", "$A\u00e9", "$A\u2026", "$A\u0301", "$A\u00b2", "$A\u2460",
         "$A\u203f", "${\u0391}", "^\\s*$", "a$\nb$", "$(A)", "${Z-\n}", "$\U00010400", "$A\u0e31", "${A-}", "$AB", "$A.B", "\\$A", "${Z?}\u00e9\t\x01"]


def worker():
    import re
    import warnings

    warnings.simplefilter("ignore")
    import coverage
    from coverage import config, files
    from coverage.exceptions import CoverageException
    from coverage.misc import substitute_variables

    print(json.dumps(coverage.__version__), flush=True)

    class OneValue(config.HandyConfigParser):
        def get(self, section, option, *args, **kwargs):
            return section

    def answer(q):
        if "patterns" in q:
            rx = files.globs_to_regex(q["patterns"], case_insensitive=q["any_case"], partial=q["prefix"])
            if not q["any_case"] and not q["prefix"]:
                matcher = files.GlobMatcher(q["patterns"])
                assert all(bool(rx.match(p)) == matcher.match(p) for p in q["paths"])
            return {"matches": [len(m[0].encode()) if (m := rx.match(p)) else -1 for p in q["paths"]]}
        if "absolute" in q:
            os.chdir(q["folder"])
            return {"absolute": (files.prep_patterns([q["absolute"]])[1:] or [None])[0]}
        if "substitute" in q:
            return {"text": substitute_variables(q["substitute"], q["variables"])}
        if "list" in q:
            return {"items": OneValue(True).getlist(q["list"], "x")}
        return {"items": [v for line in q["lines"].splitlines() if (v := line.strip())]}

    for line in sys.stdin:
        try:
            print(json.dumps(answer(json.loads(line))), flush=True)
        except CoverageException as e:
            print(json.dumps({"error": str(e)}), flush=True)
        except re.error:
            print(json.dumps({"error": None}), flush=True)


def run_lines(command, requests, env=None):
    text = "".join(json.dumps(r) + "\n" for r in requests)
    out = subprocess.run(command, input=text.encode(), stdout=subprocess.PIPE, env=env, check=True)
    return [json.loads(line) for line in out.stdout.decode().split("\n")[:-1]]


def make_glob(rng):
    pieces = ["*", "*", "**", "**/", "*/", "/", "/", "\\", "?", "a", "b", "ab", "A", ".py", ".", "-", "[ab]", "[^a]", "[!b]", "[a-c]", "\u00e9", " ", "+", "$"]
    odd = ["[", "]", "***", "[]", "[z-a]", "[^]", "[[:b:]", "(", "|", "{2}", "^", "#", "~", "&"]
    return "".join(rng.choice(odd if rng.random() < 0.03 else pieces) for _ in range(rng.randint(1, 7)))


def make_path(rng):
    names = ["a", "b", "ab", "A", "a.py", "b.py", "ab.py", "c", "\u00e9", "a b", "-", "a+", ".", "!", "$", "[", "n\nl"]
    seps = ["/", "/", "/", "\\"]
    return rng.choice(["", "/", "/", "C:\\"]) + rng.choice(seps).join(rng.choice(names) for _ in range(rng.randint(1, 5))) + rng.choice(["", "", "", "/"])


def make_text(rng):
    pieces = ["$", "$", "${", "}", "{", "?", "-", "A", "B", "E", "Z", "A_1", "\u00e9", "\u2026", " ", "\n", ",", "x", "$A", "${A}", "${Z-", "${Z?}", "'", "\\"]
    return "".join(rng.choice(pieces) for _ in range(rng.randint(1, 9)))


def make_list(rng):
    pieces = ["a", "b c", ",", ",", "\n", "\n", " ", "\t", "\r", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x1f", "\u0085", "\u00a0", "\u2028", "\u2029", "\u3000", "\u200b", "#", ";"]
    return "".join(rng.choice(pieces) for _ in range(rng.randint(0, 12)))


def make_tree(folder):
    """A folder to be in, with links to and fro."""
    os.makedirs(os.path.join(folder, "real", "sub"))
    os.makedirs(os.path.join(folder, "proj", "src"))
    os.symlink("../real", os.path.join(folder, "proj", "link"))
    os.symlink(os.path.join(folder, "real", "sub"), os.path.join(folder, "proj", "src", "deep"))
    os.symlink("proj", os.path.join(folder, "alias"))
    open(os.path.join(folder, "real", "sub", "a.py"), "w").close()


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("dump", nargs="?", default=os.path.join(os.environ.get("COVLS_BUILD", "build"), "tests", "patterns_dump"))
    ap.add_argument("--python", default=os.environ.get("COVLS_PYTHON314") or sys.executable)
    ap.add_argument("--seed", type=int, default=3121482701)
    ap.add_argument("--count", type=int, default=4000)
    args = ap.parse_args()
    rng = random.Random(args.seed)
    print(f"seed {args.seed}")
    paths = [make_path(rng) for _ in range(60)] + ["", "a", "b", "/", "\u00c9", "k", "s", "a/x", "[a", "x:", ":x", "xa"]
    requests = []
    for any_case in (False, True):
        for prefix in (False, True):
            for glob in GLOBS:
                requests.append({"patterns": [glob], "paths": paths + [glob], "any_case": any_case, "prefix": prefix})
    for _ in range(args.count):
        prefix = rng.random() < 0.3
        globs = [make_glob(rng) for _ in range(1 if prefix else rng.choice([1, 1, 1, 2, 3, 0]))]
        some = [make_path(rng) for _ in range(12)]
        requests.append({"patterns": globs, "paths": some, "any_case": rng.random() < 0.3, "prefix": prefix})
    variables = {"A": "av", "B": "b$A", "E": "", "A_1": "", "_": "u", "1": "one", "\u0391": "alpha", "\u00e9": "e"}
    requests += [{"substitute": t, "variables": variables} for t in TEXTS]
    requests += [{"substitute": make_text(rng), "variables": variables} for _ in range(args.count)]
    for _ in range(args.count // 4):
        requests.append({"list": make_list(rng)})
        requests.append({"lines": make_list(rng)})
    with tempfile.TemporaryDirectory() as folder:
        folder = os.path.realpath(folder)
        make_tree(folder)
        parts = ["..", ".", "src", "link", "deep", "sub", "none", "*", "a.py", "", "proj", "alias", "real"]
        for _ in range(args.count // 4):
            pattern = "/".join(rng.choice(parts) for _ in range(rng.randint(1, 6)))
            if rng.random() < 0.3:
                pattern = f"{folder}/{pattern}"
            requests.append({"absolute": pattern, "folder": folder + rng.choice(["/proj", "/alias", "/proj/link", ""])})
        try:
            theirs = run_lines([args.python, os.path.abspath(__file__), "--worker"], requests)
        except (OSError, subprocess.CalledProcessError):
            print(f"no coverage.py in {args.python}")
            return 77
        if not theirs.pop(0).startswith("7.16"):
            print(f"{args.python} has another coverage.py than 7.16")
            return 77
        ours = run_lines([args.dump], requests)
    failed = 0
    for request, got, want in zip(requests, ours, theirs, strict=True):
        same = got == want
        if "error" in want:
            same = "error" in got and want["error"] in (None, got["error"])
        if not same:
            failed += 1
            if failed <= 10:
                if "matches" in got and "matches" in want:
                    request["paths"] = [p for p, g, w in zip(request["paths"], got["matches"], want["matches"]) if g != w]
                print(f"{str(request)[:400]}: got {str(got)[:400]}, want {str(want)[:400]}")
    print(f"{len(requests)} questions, {sum('error' in t for t in theirs)} of them mistakes")
    print(f"{len(requests) - failed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(worker() if sys.argv[1:] == ["--worker"] else main())
