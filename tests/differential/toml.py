"""What covls reads in TOML files, beside Python's tomllib.

    toml.py [DUMP] [--python PYTHON] [--seed N] [--count N]

DUMP is the program tests/support/toml_dump.c (by default that in $COVLS_BUILD). PYTHON (else
$COVLS_PYTHON314, else the Python that runs this) answers for tomllib. Every file is read whole and in pieces.
Both must give the same values of the same types, or both an error.
"""
import argparse
import datetime
import json
import math
import os
import random
import subprocess
import sys
import tempfile

CASES = [
    "", "a=1", "a = 1 # c", "a", "a=", "=1", "a=1 b=2", "a.b.c=1\na.b.d=2", "a.b=1\na.b.c=2", "a=1\na=2", "a . b = 1",
    "[a]\n[b]\n[a]", "[a.b]\n[a]\n[a.b]", "[a]\n[a.b]\n[a.b.c]\n[a.d]", "[a]\nb.c=1\n[a.b]", "[a]\nb.c=1\n[a.b.d]\nx=1",
    "[a.b.c]\n[a]\nb.d=1", "[a.b]\n[a]\nb.c=1", "a.b=1\n[a]\nc=1", "a.b=1\n[a.c]\nd=1", "a.b=1\n[x]\n[a.b]",
    "[[a]]\n[[a]]\n[a.b]\n[[a]]\n[a.b]", "[[a]]\n[a]", "[a]\n[[a]]", "[a.b]\n[[a]]", "[[a.b]]\n[a]\nb=1", "[[a.b]]\n[a]\nb.c=1",
    "[[a]]\nb.c=1\n[[a]]\nb.c=1\n[a.b]", "[[a]]\n[[a.b]]\nx=1\n[[a.b]]\nx=2\n[[a]]\n[[a.b]]", "a=[]\n[[a]]", "a=[{}]\n[a.b]",
    "a={}\n[a]", "a={}\n[a.b]", "a={}\na.b=1", "a={b.c=1}\n[a.b]", "a={b.c=1,b.d=2}", "a={b={},b.c=1}", "a={b=1,b=2}",
    "a={b=[],b.c=1}", "a={b.c={},b.c.d=1}", "a={b.c=1,b={}}", "a={,}", "a={b=1,}", "a={b=1\n}", "a={\n}", "a={b=[\n1\n]}", "a={b='''\n'''}",
    "a=[1,2,]", "a=[,]", "a=[1,,2]", "a=[\n#c\n1#d\n,#e\n]", "a=[1", "a=[1 2]", "a=[[],[1,[2]]]", "a=[{b=1},\n{b=2}]", "a=[1]]",
    "[ a . 'b' . \"c\" ]", "[]", "[a", "[a]]", "[[a]", "[[a] ]", "[ [a]]", "[a.]", "[.a]", "[a..b]", "[a]x", "[a] # c", "[''.\"\"]\na=1",
    "'a'=1\n\"b\"=2\na.'b.c'=3", "''=1", '"\\u0061"=1\na=2', '"a\nb"=1', "'''a'''=1", "1.2=3", "-=1\n_=2", "\u00e9=1", "a\u00a0=1", "\ufeffa=1",
    'a="\\b\\t\\n\\f\\r\\"\\\\"', 'a="\\e"', 'a="\\x41"', 'a="\\/"', 'a="\\u12"', 'a="\\uD800"', 'a="\\U00110000"', 'a="\\UFFFFFFFF"', 'a="\\U0010FFFF"',
    'a="', 'a="b\nc"', 'a="\tb"', 'a="\x01"', 'a="\x7f"', "a='\t\\'", "a='\x1f'", "a='b\n'", "a=''''", "a='''''", "a=''''''", "a=''''''''", "a='''''''''",
    'a=""""', 'a=""""""', 'a="""""""', 'a=""""""""', 'a="""""""""', 'a="""\n\nb\n"""', 'a="""b\\\n\n   c\\   \n\t"""', 'a="""b\\ c"""', 'a="""b\\',
    'a="""\\\n', 'a="""b\\\r\n  c"""', 'a="""b""c"d"""', "a='''b''c'd'''", 'a="""\x00"""', "a='''\x0b'''", 'a="""x', "a='''x\n", 'a="""\\"""', 'a="""\\""""',
    "a=0\nb=-0\nc=+0\nd=00", "a=01", "a=1_0\nb=1__0", "a=_1", "a=1_", "a=0x1F\nb=0o17\nc=0b11", "a=0X1", "a=0x", "a=0x_1", "a=0x1_f", "a=+0x1", "a=0o8",
    "a=0b2", "a=12345678901234567890123", "a=1.5\nb=1e5\nc=1.5E-5\nd=-0.0\ne=+1e+0", "a=1.", "a=.5", "a=1.e5", "a=1e", "a=1e+", "a=1_0.0_1e1_0", "a=1._0",
    "a=1e_0", "a=inf\nb=+inf\nc=-inf\nd=nan\ne=+nan\nf=-nan", "a=infx", "a=Inf", "a=true\nb=false", "a=True", "a=truex", "a=t", "a=yes", "a=null",
    "a=1979-05-27", "a=1979-05-27T07:32:00", "a=1979-05-27 07:32:00Z", "a=1979-05-27t07:32:00z", "a=1979-05-27T00:32:00.999999999-07:00",
    "a=1979-05-27 07:32", "a=1979-05-27T", "a=1979-05-27 # c", "a=[1979-05-27 ,1]", "a=1979-13-01", "a=1979-02-29", "a=2000-02-29", "a=1900-02-29", "a=2200-02-29", "a=0000-01-01",
    "a=1979-04-31", "a=1979-05-32", "a=07:32:00\nb=07:32:00.5\nc=23:59:59", "a=24:00:00", "a=07:60:00", "a=07:32:60", "a=07:32:00.", "a=07:32:00Z",
    "a=1979-05-27T07:32:00+24:00", "a=1979-05-27T07:32:00+23:59", "a=1979-05-27T07:32:00+7:00", "a=1979-5-27", "# c\x01", "# \x7f", "#\t\u00e9", "a=1 #\x00",
    "a=1\r\nb=2\r\n", "a=1\rb=2", "a='''\r\nx\r\ny'''", "a='''\rx\ry'''", "a=\"\"\"\r\r\"\"\"", "a=1\x0b", "a=1\x0c\nb=2", "\x00", "a=1\n\x00",
]
BYTES = [b"a='\xff'", b"# \xff", b"a=1\n\xc3", b"a='\xed\xa0\x80'", b"\xff\xfea"]


def leaf(value):
    if isinstance(value, bool):
        return ["BOOLEAN", "true" if value else "false"]
    if isinstance(value, str):
        return ["STRING", value]
    if isinstance(value, int):
        return ["INTEGER", str(value)]
    if isinstance(value, float):
        return ["FLOAT", "nan" if math.isnan(value) else value.hex()]
    kind = {datetime.datetime: "DATETIME", datetime.date: "DATE", datetime.time: "TIME"}[type(value)]
    return [kind, value.isoformat()]


def plain(value):
    """A value of tomllib as JSON that keeps types apart."""
    if isinstance(value, dict):
        return {"table": [[k, plain(v)] for k, v in value.items()]}
    if isinstance(value, list):
        return {"array": [plain(v) for v in value]}
    return leaf(value)


def worker():
    import tomllib

    for name in sys.stdin:
        try:
            with open(name.rstrip("\n"), encoding="utf-8") as f:
                text = f.read()
            print(json.dumps(plain(tomllib.loads(text))))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as e:
            print(json.dumps({"error": str(e), "line": getattr(e, "lineno", None)}))


def parsed(kind, text):
    """The leaf that a value's text stands for."""
    if kind == "INTEGER":
        return leaf(int(text, 0))
    if kind == "FLOAT":
        return leaf(float(text))
    if kind in ("DATETIME", "DATE", "TIME"):
        whole, dot, rest = text.partition(".")
        if dot:  # more digits than microseconds have
            digits = len(rest) - len(rest.lstrip("0123456789"))
            text = f"{whole}.{rest[:digits][:6].ljust(6, '0')}{rest[digits:]}"
        text = text.upper().replace("Z", "+00:00")
        cls = {"DATETIME": datetime.datetime, "DATE": datetime.date, "TIME": datetime.time}[kind]
        return leaf(cls.fromisoformat(text))
    return [kind, text]


def at(root, path):
    """The place of a path's last part: the table or list that holds it, made on the way."""
    here = root
    for part, following in zip(path, path[1:]):
        new = [] if isinstance(following, int) else {}
        if isinstance(part, int):
            if part == len(here):
                here.append(new)
            here = here[part]
        else:
            here = here.setdefault(part, new)
    return here


class Leaf(list):
    """A value that is no table and no array: its kind and its text."""


def built(events):
    """The document that the events of the dump describe, in the form of plain()."""
    root = {}
    for path, kind, *text in events:
        if kind == "END":
            continue
        here, part = at(root, path), path[-1]
        new = {} if kind in ("TABLE", "INLINE") else [] if kind == "ARRAY" else Leaf(parsed(kind, text[0]))
        if isinstance(part, int):
            if part == len(here):
                here.append(new)
            elif kind != "TABLE" or not isinstance(here[part], dict):
                raise ValueError(f"{path} again")
        elif part not in here:
            here[part] = new
        elif kind != "TABLE":
            raise ValueError(f"{path} again")
    return rooted(root)


def rooted(value):
    if isinstance(value, dict):
        return {"table": [[k, rooted(v)] for k, v in value.items()]}
    if isinstance(value, Leaf):
        return list(value)
    return {"array": [rooted(v) for v in value]}


def generate(rng):
    """A document of statements, few names, so that tables meet."""
    keys = ["a", "b", "c", "'d e'", '"f"', '"\\u0061"', "1", "\"\"", "-"]

    def key():
        return rng.choice([".", " . "]).join(rng.choice(keys) for _ in range(rng.choice([1, 1, 1, 2, 2, 3])))

    scalars = ["1", "-1_0", "0xfF", "1.5", "-1e5", "inf", "true", "false", "'x'", '"y\\t\\u00e9"', '""', "1979-05-27", "1979-05-27 07:32:00",
               "2000-02-29T00:00:00.123456789Z", "07:32:00", "'''\nz\n'''", '"""a\\\n  b"""', '"""c""""', "''", "[]", "{}", "0o7", "+0.0"]
    odd = ["01", "1.", "True", "'", '"', "nan2", "2021-02-30", "{a=1,}", "[,]", '"\\q"', "1__0", "", "'''", '"""']

    def value(depth):
        kind = rng.random()
        if depth < 3 and kind < 0.15:
            inner = rng.choice([", ", ",", ",\n", " , # c\n  "]).join(value(depth + 1) for _ in range(rng.randint(0, 3)))
            return f"[{inner}{rng.choice(['', ',', ' ', chr(10)]) if inner else ''}]"
        if depth < 3 and kind < 0.3:
            return "{" + rng.choice([", ", ","]).join(f"{key()} = {value(depth + 1)}" for _ in range(rng.randint(0, 3))) + "}"
        return rng.choice(odd) if kind > 0.985 else rng.choice(scalars)

    end = rng.choice(["\n", "\n", "\n", "\r\n", "\r"])
    lines = []
    for _ in range(rng.choice([1, 2, 3, 4, 6, 9])):
        kind = rng.random()
        blank = rng.choice(["", "", " ", "\t"])
        comment = rng.choice(["", "", "", " # c", "#é"])
        if kind < 0.2:
            lines.append(f"{blank}[{blank}{key()}{blank}]{comment}")
        elif kind < 0.35:
            lines.append(f"[[{key()}]]{comment}")
        elif kind < 0.9:
            lines.append(f"{blank}{key()}{blank}={blank}{value(0)}{blank}{comment}")
        else:
            lines.append(f"{blank}{comment}")
    return end.join(lines).replace("\n", end) if end != "\n" else end.join(lines) + rng.choice(["", end])


def mutate(rng, text):
    """One character more, fewer or other."""
    at = rng.randint(0, len(text))
    return text[:at] + rng.choice(["", "\n", "=", "[", "]", " ", "#", "\r", '"', "'", "{", "}", ",", ".", "\\", "0"]) + text[at + rng.randint(0, 2) :]


def answers(command, names, env=None):
    out = subprocess.run(command, input="".join(n + "\n" for n in names).encode(), stdout=subprocess.PIPE, env=env, check=True)
    rows = [json.loads(line) for line in out.stdout.decode().split("\n")[:-1]]
    if len(rows) != len(names):
        sys.exit(f"{command[0]}: {len(rows)} answers for {len(names)} files")
    return rows


def difference(ours, theirs):
    """What is wrong, or None."""
    if isinstance(ours, list) and "error" not in theirs:
        got = built(ours)
        return None if in_order(got) == in_order(theirs) else f"got {got}, want {theirs}"
    if isinstance(ours, list):
        return f"taken, but tomllib says {theirs}"
    if "error" not in theirs:
        return f"refused: {ours}"
    return None


def in_order(value):
    """With sorted tables: their order says only which line first led through them."""
    if isinstance(value, dict) and "table" in value:
        return {"table": sorted(([k, in_order(v)] for k, v in value["table"]), key=lambda kv: kv[0])}
    if isinstance(value, dict):
        return {"array": [in_order(v) for v in value["array"]]}
    return value


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("dump", nargs="?", default=os.path.join(os.environ.get("COVLS_BUILD", "build"), "tests", "toml_dump"))
    ap.add_argument("--python", default=os.environ.get("COVLS_PYTHON314") or sys.executable)
    ap.add_argument("--seed", type=int, default=1249113557)
    ap.add_argument("--count", type=int, default=8000)
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
            names.append(os.path.join(folder, f"{i}.toml"))
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
    refused = sum("error" in t for t in theirs)
    print(f"{len(inputs)} files, {refused} of them errors in tomllib; 3 ways of cutting each")
    print(f"{len(inputs) - len(failed)} passed, {len(failed)} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(worker() if sys.argv[1:] == ["--worker"] else main())
