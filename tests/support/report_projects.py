"""Projects for reports.py: sources with what reports may trip over, run under coverage.py in many ways."""
import os
import pathlib
import shutil
import subprocess
from dataclasses import dataclass, field


@dataclass
class Project:
    name: str
    folder: pathlib.Path
    wide: bool = False  # try every option and setting
    contexts: bool = False
    settings: tuple = ()


SETTINGS = ("exclude-also", "exclude-while", "exclude-else", "partial", "partial-also", "relative", "source", "outputs", "skip", "ignore")

# ---- sources ----------------------------------------------------------------------------------------

SHOP = {
    "main.py": '''\
"""What is run."""
import sys
from pkg import a, flow
from pkg.sub import m1, m2, m10
import pkg.sub.deep.er as er

if __name__ == "__main__":
    a.use()
    flow.use(len(sys.argv))
    m10.twice(3)
    er.Outer.Inner().go()
else:
    raise SystemExit
''',
    "README.txt": "No Python at all: ( [\n",
    "unmeasured.py": "def f():\n    if f:\n        return 1\n",
    "pkg/__init__.py": "",
    "pkg/a.py": '''\
"""A module
with a long docstring."""
from __future__ import annotations
import functools, os

CONSTANT = [
    1,
    2,
]


def one(x): return x


class Shop:
    """A class."""
    price: int = 3
    name = (
        "a"
        "b"
    )

    def __init__(self, stock):
        self.stock = stock

    def __repr__(self):
        return "Shop"

    @property
    def full(self):
        return bool(
            self.stock
        )

    @functools.cache
    def add(self, what,
            count=1):
        """Adds."""
        def inner(n):
            if n > 2:
                return None
            return n

        return inner(count)

    def add(self, what, more=()):  # once more under the same name
        for item in more:
            if item:
                continue
            break
        else:
            self.stock.append(what)
        return [x for x in more if x]

    class Shelf:
        def put(self):
            return lambda: 1

        async def later(self):
            async for x in self:
                async with x as y:
                    await y
            return 2


def add():  # pragma: no cover
    return os.sep


if CONSTANT:
    def conditional():
        return 1
else:
    def conditional():
        return 2


def use():
    shop = Shop([])
    shop.add("x")
    shop.add("y", (1, 2))
    shop.add("z", (0,))
    one(shop.full); one(1)
    assert conditional() == 1, "no"
    while True:
        break
    if 0:
        never()
    if shop.stock: one(2)
    x = 1 if shop.full else 2
    try:
        raise ValueError(x)
    except (KeyError,
            ValueError) as e:
        one(e)
    else:
        one(3)
    finally:
        one(4)
''',
    "pkg/flow.py": '''\
import contextlib


@contextlib.contextmanager
def manager(quiet):
    try:
        yield quiet
    except ValueError:
        if not quiet:
            raise


def matching(x):
    match x:
        case 1 | 2:
            return "few"
        case [a, b] if a > b:
            return "pair"
        case {"k": v, **rest}:
            return v
        case str() as s:
            return s
        case _:
            return None


def loops(n):
    total = 0
    for i in range(n):
        while total < 10:
            total += 1
            if total == 5:
                continue
        else:
            total += 2
    for i in []:
        total = 0
    while n:  # partial
        n -= 1
    return total


def nested(n):
    with manager(True) as a, manager(False):
        if n:
            with manager(True):
                raise ValueError
        return a
    return 7


def trying(n):
    for i in range(3):
        try:
            if i == n:
                break
            if i > n:
                return i
            1 // (n - i)
        except ZeroDivisionError:
            return -1
        except ValueError:
            return None
        finally:
            n += 1
    return n


def generator(n):
    yield from (i for i in range(n))
    x = yield
    if x and \\
            n:
        yield x


def strings(n):
    s = f"""{n
        + 1} and {
        n!r}
    """
    s += \'\'\'
    text\'\'\'
    del s
    global G
    G = {k: v
         for k, v in zip("ab", range(n))
         if v}
    return lambda: (
        n
    )


def star():
    try:
        raise ExceptionGroup("g", [ValueError(1)])
    except* ValueError:
        pass
    except* TypeError:
        print("no")


def use(n):
    matching(1), matching("s"), matching([2, 1])
    loops(2)
    nested(1)
    trying(n), trying(5)
    list(generator(2))
    strings(3)()
    star()
''',
    "pkg/sub/__init__.py": '"""Only a docstring."""\n',
    "pkg/sub/m1.py": "def f(x):\n    if x:\n        return 1\n    return 2\nf(0)\n",
    "pkg/sub/m2.py": "def f(x):\n    if x:\n        return 1\n    return 2\nf(0)\nf(1)\n",
    "pkg/sub/m10.py": '''\
def twice(x):
    if x:
        if x > 2: return 2
        elif x > 1:
            return 1
    else:
        return 0


def never(x):
    if x:
        return 1
    for i in x:
        pass


class Empty: pass


class Never:
    def a(self): pass
    def b(self):
        pass
''',
    "pkg/sub/deep/er.py": '''\
def deco(cls):
    return cls


@deco
class Outer:
    x = 1

    @staticmethod
    def m():
        class Local:
            def inside(self):
                return 1
        return Local

    class Inner:
        def go(self):
            return Outer.m()

        def gone(self):
            def a():
                def b():
                    return 1
                return b
            return a
''',
    "pkg/unused.py": "import os\n\nif os.sep:\n    x = 1\nelse:\n    x = 2\n\n\ndef f():\n    pass\n",
}

TESTS = '''\
from pkg import a, flow
from pkg.sub import m1, m10


def test_one():
    m10.twice(3)
    flow.loops(1)


def test_two():
    m10.twice(0)
    flow.trying(1)


class Both:
    def test_one_and_two(self):
        a.use()


if __name__ == "__main__":
    test_one()
    test_two()
    Both().test_one_and_two()
'''

# Bytes, since these are about bytes.
ODD = {
    "main.py": b"""import glob, sys
import od\xc3\xa9, crlf, cr, feed, latin, nothing, blank, comment, bom, utf, one, empty_class, separators, no_newline, greek
from odd_package import x1, x01, X1, \xc3\xa9t\xc3\xa9
import gone, broken, changed, spaces
code = compile("x = 1\\nif x:\\n    y = 2\\n", sys.path[0] + "/template.html", "exec")
exec(code)
exec(compile("a = 1\\n\\n\\nb = 2\\n", sys.path[0] + "/script", "exec"))
exec(compile("a = 1\\n", sys.path[0] + "/hidden.pyx", "exec"))
exec(compile("a = 1\\n", sys.path[0] + "/text.tmpl", "exec"))
exec(compile("a = 1\\n", sys.path[0] + "/a b & <c>\\"d'\\t.py", "exec"))
exec(compile("a = 1\\n", sys.path[0] + "/.dot/.py", "exec"))
exec(compile("a = 1\\n", sys.path[0] + "/line\\nend\\u200b.py", "exec"))
""",
    "od\xe9.py": "def gr\xf6\xdfe(\xe9):\n    if \xe9:\n        return '\U0001F600'\n    return 1\ngr\xf6\xdfe(1)\n".encode(),
    "crlf.py": b"import os\r\n\r\ndef f(x):\r\n    '''a\r\n    b'''\r\n    if x:\r\n        return 1\r\n\r\nf(0)\r\n",
    "cr.py": b"import os\rdef f(x):\r    if x:\r        return 1\r    return (\r        2)\rf(0)\r",
    "feed.py": b"import os\n\f\ndef f(x):\n    a = '\f'\n    return a\n\f\n\ndef g():\n    pass\nf(1)\n",
    "latin.py": b"# -*- coding: latin-1 -*-\nx = '\xe9\xe8'\ndef gr\xfc\xdfe():\n    return x\n",
    "utf.py": b"# vim: set fileencoding=utf-8 :\nx = '\xc3\xa9'\ny = 1 # \xe2\x82\xac\n",
    "greek.py": "# coding: iso-8859-7\ndef \u03b1\u03b2():\n    return 'x'\n\u03b1\u03b2()\n".encode("iso-8859-7"),
    "bom.py": b"\xef\xbb\xbf'''doc'''\nx = 1\ndef f():\n    return 1\n",
    "nothing.py": b"",
    "blank.py": b"\n\n\n",
    "comment.py": b"# only\n# comments",
    "one.py": b"x = 1",
    "no_newline.py": b"def f():\n    return 1  # pragma: no cover",
    "empty_class.py": b"class A: pass\nclass B:\n    x = 1\ndef f(): pass\ndef g(): return [\n 1]\nclass C:\n    def m(self): return 1\n    def m(self): return 2\n",
    "separators.py": "x = 'a\u2028b\x1cc\x85d\x0be'\ndef f():\n    return '\u2029'\nf()\n".encode(),
    "spaces.py": b"if 1:\n\tx = 1\nif x:\n        y = 2\n\n   \n\t\n",
    "odd_package/__init__.py": b"",
    "odd_package/x1.py": b"x = 1\n", "odd_package/x01.py": b"x = 1\n", "odd_package/X1.py": b"x = 1\n",
    "odd_package/\xe9t\xe9.py": b"x = 1\n",
    "gone.py": b"x = 1\ny = 2\n", "broken.py": b"x = 1\ny = 2\n", "changed.py": b"x = 1\nif x:\n    y = 2\n",
    "template.html": b"\n<html>\n{{ x }}\n", "text.tmpl": b"x\n{% if x %}\n", "script": b"a = 1\n\n\nb = 2\n", "hidden.pyx": b"a = 1\nif a:\n    b = 1\n",
    "a b & <c>\"d'\t.py": b"a = 1\n", ".dot/.py": b"a = 1\n", "line\nend\u200b.py": b"a = 1\n",
}

# Modules of the standard library that are measured, and what makes them run.
LIBRARY = "json,textwrap,configparser,difflib,tomllib,csv,fractions,html,argparse,string,shlex,statistics,graphlib,calendar"
LIBRARY_RUN = '''\
import argparse, calendar, configparser, csv, difflib, fractions, graphlib, html, html.parser, io, json, shlex, statistics, string, textwrap, tomllib

print(json.loads(json.dumps({"a": [1, 2.5, None, "x\\u1234"]}, indent=2, sort_keys=True)))
for text in ("[1,", "{", '"\\\\x"'):
    try:
        json.loads(text)
    except ValueError as error:
        print(error)
print(textwrap.fill("word " * 40, 30), textwrap.dedent("  a\\n   b"), textwrap.shorten("a b c d e f", 6))
config = configparser.ConfigParser()
config.read_string("[a]\\nx = 1\\ny = %(x)s\\n[b]\\nz: 2\\n")
print(config["a"]["y"], config.getint("b", "z"), config.sections())
print("".join(difflib.unified_diff(["a\\n", "b\\n", "c\\n"], ["a\\n", "c\\n", "d\\n"])), difflib.get_close_matches("appel", ["ape", "apple"]))
print(tomllib.loads("a = 1\\nb = [1.5, 'x']\\n[c.d]\\ne = 1979-05-27T07:32:00Z\\n"))
print(list(csv.DictReader(io.StringIO("a,b\\n1,2\\n"))), csv.Sniffer().sniff("a;b;c\\n1;2;3\\n").delimiter)
print(fractions.Fraction("3/4") ** 2 + fractions.Fraction(0.5), html.escape("<&>"), html.unescape("&lt;&eacute;&#65;"))
parser = argparse.ArgumentParser(prog="x", description="d")
parser.add_argument("-a", type=int, choices=[1, 2], help="help %(default)s")
parser.add_argument("rest", nargs="*")
print(parser.parse_args(["-a", "1", "b", "c"]), parser.format_help())
print(string.Template("$a ${b}").safe_substitute(a=1), string.Formatter().format("{0:>5}{x!r}", 1, x=2), shlex.split("a 'b c' \\"d\\""))
print(statistics.mean([1, 2, 3]), statistics.stdev([1, 2, 4]), list(graphlib.TopologicalSorter({1: [2]}).static_order()))
print(calendar.TextCalendar().formatmonth(2026, 11))
class P(html.parser.HTMLParser):
    def handle_starttag(self, tag, attrs): print(tag, attrs)
P().feed("<p class='a'>x<br/><!-- c --></p>")
'''


def write(folder, files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


# ---- making -----------------------------------------------------------------------------------------


class Maker:
    def __init__(self, python, scratch, samples):
        self.python, self.scratch, self.sample_folder = python, scratch, samples

    def make(self, task):
        """Projects, one after the other; the next one may change the files of the one before."""
        name, _, argument = task.partition("-")
        yield from getattr(self, name)(*([argument] if argument else []))

    def run(self, folder, *arguments, core="sysmon", rc="", status=0):
        (folder / "run.ini").write_text(rc)
        done = subprocess.run([self.python, "-m", "coverage", "run", "--rcfile=run.ini", *arguments], cwd=folder,
                              env={**os.environ, "COVERAGE_CORE": core}, capture_output=True, text=True)
        (folder / "run.ini").unlink()
        assert done.returncode == status, done.stdout + done.stderr

    def folder(self, name, files):
        folder = self.scratch / name
        shutil.rmtree(folder, ignore_errors=True)
        write(folder, files)
        return folder

    def shop(self, kind):
        branch = ["--branch"] if "branch" in kind else []
        core = "ctrace" if "ctrace" in kind else "sysmon"
        folder = self.folder(f"shop-{kind}", SHOP)
        self.run(folder, *branch, "--source=.", "--omit=unmeasured.py", "main.py", core=core)
        yield Project(f"shop-{kind}", folder, wide=core == "sysmon", settings=SETTINGS)

    def relative(self):
        folder = self.folder("relative", SHOP)
        self.run(folder, "--branch", "main.py", rc="[run]\nrelative_files = true\nsource = .\n")
        (folder / ".coveragerc").write_text("[run]\nrelative_files = true\n")
        yield Project("relative", folder, settings=("relative", "relative-source", "omit", "source", "paths"))
        folder = self.folder("relative-forgotten", SHOP)
        self.run(folder, "--branch", "main.py", rc="[run]\nrelative_files = true\nsource = .\n")
        yield Project("relative-forgotten", folder)

    def contexts(self):
        for name, arguments in (("contexts-branch", ["--branch"]), ("contexts-line", [])):
            folder = self.folder(name, {**SHOP, "tests.py": TESTS})
            self.run(folder, *arguments, "tests.py", core="ctrace", rc="[run]\ndynamic_context = test_function\nsource = .\n")
            yield Project(name, folder, contexts=True, settings=("contexts", "contexts-two", "contexts-none", "contexts-bad", "show-contexts"))
        folder = self.folder("contexts-static", {**SHOP, "tests.py": TESTS})
        self.run(folder, "--branch", "--context=one", "main.py")
        self.run(folder, "--append", "--branch", "--context=t\u00ebst \"two\"", "tests.py")
        yield Project("contexts-static", folder, contexts=True, settings=("contexts", "contexts-two", "show-contexts"))

    def parallel(self):
        for name, arguments in (("parallel-branch", ["--branch"]), ("parallel-line", [])):
            folder = self.folder(name, {**SHOP, "tests.py": TESTS})
            for script in ("main.py", "tests.py", "pkg/sub/m1.py"):
                self.run(folder, *arguments, "-p", script, rc="[run]\nsource = .\n")
            yield Project(name, folder, settings=("relative", "omit", "source"))
        folder = self.folder("parallel-and-data", {**SHOP, "tests.py": TESTS})
        self.run(folder, "pkg/sub/m1.py")
        for script in ("main.py", "tests.py"):
            self.run(folder, "-p", script, rc="[run]\nsource = .\n")
        yield Project("parallel-and-data", folder)

    def paths(self):
        folder = self.folder("paths", {f"ci/{k}": v for k, v in SHOP.items()})
        self.run(folder / "ci", "--branch", "--source=.", "main.py")
        (folder / "ci" / ".coverage").rename(folder / ".coverage")
        (folder / "ci").rename(folder / "src")
        (folder / ".coveragerc").write_text("[paths]\nsource =\n    src\n    */ci\n")
        yield Project("paths", folder)
        (folder / "tox.ini").write_text("[coverage:run]\nrelative_files = true\n[coverage:paths]\nsource =\n    src/\n    */ci/\n")
        (folder / ".coveragerc").rename(folder / ".coveragerc.not")
        yield Project("paths-relative", folder)

    def odd(self):
        for name, arguments in (("odd-branch", ["--branch"]), ("odd-line", [])):
            folder = self.folder(name, ODD)
            self.run(folder, *arguments, "--source=.", "main.py")
            self.spoil(folder)
            yield Project(name, folder, settings=("ignore", "ignore-quiet", "checksums", "exclude-all", "relative", "omit"))
            for bad in ("broken.py", "gone.py"):
                (folder / bad).write_bytes(ODD[bad])
            yield Project(name + "-mended", folder, settings=("checksums", "exclude-all", "relative", "omit", "source-here"))

    def spoil(self, folder):
        (folder / "gone.py").unlink()
        (folder / "broken.py").write_text("x = (1\ny = 2\n")
        (folder / "changed.py").write_text("# new\n\n\nx = 1\n")

    def faults(self):
        """A single bad file."""
        bad = {
            "syntax": b"def f(:\n", "indent": b"if x:\ny = 1\n", "encoding": b"# coding: nonsense\nx = 1\n", "not-utf8": b"x = '\xff'\n",
            "nul": b"x = 1\n\0\n", "open": b"x = '''\n", "folder": None, "denied": b"",
        }
        for name, content in bad.items():
            folder = self.folder(f"fault-{name}", {"main.py": b"import m, n\n", "m.py": b"x = 1\n", "n.py": b"y = 1\n"})
            self.run(folder, "--branch", "--source=.", "main.py")
            if name == "denied" and os.geteuid() == 0:
                continue
            (folder / "m.py").unlink()
            if content is None:
                (folder / "m.py").mkdir()
            else:
                (folder / "m.py").write_bytes(content)
            if name == "denied":
                (folder / "m.py").chmod(0)
            yield Project(f"fault-{name}", folder, settings=("ignore",))

    def library(self):
        for name, arguments, core in (("library-branch", ["--branch"], "sysmon"), ("library-line", [], "ctrace")):
            folder = self.folder(name, {"run.py": LIBRARY_RUN})
            self.run(folder, *arguments, f"--source={LIBRARY},.", "run.py", core=core)
            yield Project(name, folder, settings=("exclude-also", "exclude-while", "partial", "source-here", "relative"))

    def links(self):
        """The sources are reached by a symbolic link."""
        folder = self.folder("links/real", SHOP)
        (self.scratch / "links" / "link").unlink(missing_ok=True)
        (self.scratch / "links" / "link").symlink_to("real")
        self.run(self.scratch / "links" / "link", "--branch", "--source=.", "main.py")
        yield Project("links", self.scratch / "links" / "link")
        inside = self.folder("links-inside", {"main.py": "import sys\nsys.path.insert(0, 'there')\nimport m\n", "elsewhere/m.py": "x = 1\n"})
        (inside / "there").symlink_to("elsewhere")
        self.run(inside, "--source=.", "main.py")
        yield Project("links-inside", inside)
        yield Project("outside", self.away(inside))

    def away(self, data):
        """Data of files that lie elsewhere."""
        folder = self.folder("outside", {"here.py": "x = 1\n"})
        self.run(folder, "here.py")
        subprocess.run([self.python, "-m", "coverage", "combine", "--append", "--keep", data / ".coverage"], cwd=folder, check=True, capture_output=True)
        return folder

    def samples(self):
        samples = self.sample_folder
        if not (samples / "py-src").is_dir():
            return
        for database in sorted(samples.glob("coveragepy/db/*.coverage")):
            folder = self.folder(f"sample-{database.stem}", {})
            shutil.copytree(samples / "py-src", folder, dirs_exist_ok=True)
            shutil.copy(database, folder / ".coverage")
            (folder / ".coveragerc").write_text("[paths]\nsource =\n    .\n    /tmp/cov/proj\n    /tmp/cov/m/ci/proj\n")
            if "plugin" not in database.stem:
                yield Project(folder.name, folder, contexts="ctx" in database.stem, settings=("relative", "checksums", "show-contexts"))


# What can be made each by itself, the longest first.
TASKS = ["shop-branch", "shop-line", "samples", "contexts", "odd", "faults", "relative", "parallel", "library", "shop-branch-ctrace",
         "shop-line-ctrace", "paths", "links"]
