"""Broken and changed sources: does covls accept what CPython accepts, and refuse what it should?

    pylines_mutants.py [DUMP] [--python PYTHON] [--coverage DIR] [--seed N] [--count N] [ROOT...]

Files of a corpus (as in pylines.py) are cut, and bytes, tokens and lines in them changed, removed and
repeated. Of each mutant covls and CPython's compile() say whether it is Python:

- What CPython accepts covls must accept, with the same multi-line map, docstrings and excluded lines,
  and no statement missed.
- What CPython refuses for its brackets, strings, indentation or blocks covls must refuse, too. (A file
  with several faults may be refused for another one first, so this is judged by CPython's message.)
- covls must end by itself: a sanitized DUMP would stop here.
"""
import argparse
import collections
import json
import os
import random
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import pylines

# Starts of CPython's messages for faults that hang on tokens or on the structure of statements.
STRUCTURAL = (
    "'(' was never closed", "'[' was never closed", "'{' was never closed", "unmatched ",
    "closing parenthesis", "unterminated string literal", "unterminated triple-quoted",
    "unterminated f-string", "unterminated t-string", "unindent does not match",
    "unexpected indent", "expected an indented block", "inconsistent use of tabs",
    "unexpected character after line continuation", "source code cannot contain null bytes",
    "source code string cannot contain null bytes", "unexpected EOF", "expected 'except' or 'finally'",
    "too many levels of indentation", "too many nested parentheses", "f-string: single '}'",
    "invalid decimal literal", "invalid hexadecimal literal", "invalid octal literal",
    "invalid binary literal", "leading zeros", "invalid digit",
)
WORDS = (
    "if ", "elif x:", "else:", "try:", "except:", "finally:", "for a in b:", "while a:", "with a:",
    "def f():", "class A:", "match x:", "case 1:", "case _:", "@a", "async ", "lambda: ", "return",
    "'", '"', "'''", '"""', "f'", 'f"""', "t'{", "{", "}", "(", ")", "[", "]", ":", ";", ",", "\\\n",
    "\n", "\n\n", "  ", "    ", "\t", "\r", "\r\n", "\f", "#", "# pragma: no cover", "...", ":=",
    "!r", "{{", "}}", "\\N{", "0x", "1_", "1e5", "1if", "\\", "b'", "rb'", "\xe4", "x: int", "del ()",
    "global a", "pass", "'doc'", "$", "?", "!",
)


def mutate(rng, text):
    """One to three changes to a part of the text."""
    lines = text.split("\n")
    size = rng.choice([5, 20, 60, 200])
    start = rng.randrange(max(1, len(lines) - size // 2))
    # From a line without indentation on, so that most of what is cut out was Python.
    while start > 0 and (not lines[start] or lines[start][0].isspace()):
        start -= 1
    text = "\n".join(lines[start : start + size]) + "\n"
    for _ in range(rng.choice([0, 1, 1, 1, 2, 3])):
        at = rng.randrange(len(text) + 1)
        kind = rng.randrange(7)
        if kind == 0:
            text = text[:at] + rng.choice(WORDS) + text[at:]
        elif kind == 1:
            text = text[:at] + text[at + rng.choice([1, 1, 2, 5]) :]
        elif kind == 2:
            text = text[:at]
        elif kind == 3:
            to = rng.randrange(len(text) + 1)
            text = text[:at] + text[to : to + rng.choice([1, 4, 30])] + text[at:]
        elif kind == 4:
            rows = text.split("\n")
            rows.pop(rng.randrange(len(rows)))
            text = "\n".join(rows)
        elif kind == 5:
            rows = text.split("\n")
            n = rng.randrange(len(rows))
            rows[n] = rng.choice([" ", "    ", "\t", "  " + rng.choice(WORDS)]) + rows[n]
            text = "\n".join(rows)
        else:
            rows = text.split("\n")
            n = rng.randrange(len(rows))
            rows[n] = rows[n].lstrip() if rng.random() < 0.5 else rows[n] + rng.choice(WORDS)
            text = "\n".join(rows)
    return text


def worker():
    """Runs in the Python to be compared with: like pylines.py's, with the reason for a refusal."""
    import ast
    import contextlib
    import io
    import tokenize
    import warnings

    warnings.simplefilter("ignore")
    from coverage.config import DEFAULT_EXCLUDE
    from coverage.exceptions import NotPython
    from coverage.misc import join_regex
    from coverage.parser import PythonParser
    from coverage.python import get_python_source

    def is_python(name):
        try:
            ast.parse(get_python_source(name))
        except Exception:
            return False
        return True

    exclude = join_regex(DEFAULT_EXCLUDE)
    for name in sys.stdin:
        name = name.rstrip("\n")
        try:
            with contextlib.redirect_stderr(io.StringIO()):
                source = get_python_source(name)
                parser = PythonParser(text=source, filename=name, exclude=exclude)
                parser.parse_source()
                regions = pylines.regions_of(source)
        except NotPython as e:
            cause = e.__cause__
            # Up to 3.11 tokenize.py is a tokenizer of its own, which dislikes some odd things that
            # the compiler takes.
            who = "tokenize: " if isinstance(cause, tokenize.TokenError) or is_python(name) else ""
            line = getattr(cause, "lineno", 0)
            print(json.dumps({"error": who + str(cause.args[0]), "line": line}))
        except Exception as e:
            print(json.dumps({"error": f"{type(e).__name__}: {e}"[:200], "line": 0}))
        else:
            print(
                json.dumps(
                    {
                        "multiline": {k: v for k, v in parser.multiline_map.items() if k != v},
                        "docstrings": sorted(parser.raw_docstrings),
                        "excluded": sorted(parser.excluded),
                        "statements": sorted(parser.statements),
                        "regions": regions,
                    }
                )
            )


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("dump", nargs="?", default=pylines.default_dump())
    ap.add_argument("--python")
    ap.add_argument("--coverage")
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--count", type=int, default=3000)
    ap.add_argument("--keep", help="folder that wrong mutants are kept in")
    ap.add_argument("roots", nargs="*")
    args = ap.parse_args()
    python, env, minor = pylines.find_python(args)
    corpus = pylines.corpus(python, env, args.roots)
    rng = random.Random(args.seed)
    verdicts = collections.Counter()
    not_refused = collections.Counter()
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        names = []
        while len(names) < args.count:
            with open(rng.choice(corpus), encoding="utf-8", errors="replace", newline="") as f:
                text = f.read()
            name = os.path.join(folder, f"m{len(names)}.py")
            with open(name, "w", encoding="utf-8", newline="", errors="replace") as f:
                f.write(mutate(rng, text))
            names.append(name)
        theirs = pylines.run_lines([python, __file__, "--worker"], names, env)
        ours = pylines.run_lines([args.dump, f"--minor={minor}"], names)
        for name, want, got in zip(names, theirs, ours):
            why = None
            if "error" not in want and "error" in got:
                why = f"refused: {got['error']} at line {got['line']}"
            elif "error" in want and "error" not in got:
                verdicts["only CPython refuses"] += 1
                not_refused[want["error"][:60]] += 1
                opaque = minor < 12 and want["error"].startswith("f-string")
                if want["error"].startswith(STRUCTURAL) and not opaque:
                    why = f"accepted, but {want['error']} at line {want['line']}"
            elif "error" in want:
                verdicts["both refuse"] += 1
                verdicts["... on the same line"] += want["line"] == got["line"]
            else:
                verdicts["both accept"] += 1
                want, got = pylines.facts(want), pylines.facts(got)
                for fact in pylines.FACTS:
                    missing, extra = pylines.difference(want[fact], got[fact])
                    if missing or (extra and fact != "statements"):
                        why = f"{fact}: missing {missing[:5]} extra {extra[:5]}"
            if why:
                wrong += 1
                print(f"WRONG: {os.path.basename(name)}: {why}")
                if args.keep:
                    os.makedirs(args.keep, exist_ok=True)
                    os.replace(name, os.path.join(args.keep, os.path.basename(name)))
    print(f"Python 3.{minor}, seed {args.seed}: {len(names)} mutants, {wrong} wrong: {dict(verdicts)}")
    print(f"  refused by CPython alone: {not_refused.most_common(12)}")
    sys.exit(1 if wrong or not verdicts["both accept"] or not verdicts["both refuse"] else 0)


if __name__ == "__main__":
    worker() if sys.argv[1:] == ["--worker"] else main()
