"""A small project whose tests really run under coverage.py, with covls looking on, and a judge who remembers
every text that ran and what its lines did: whatever covls shows, at any time, may not contradict that.

Needs COVLS_PYTHON314 (tests/support/provision py314). What coverage.py says of a run is asked of coverage.py
itself, not of covls.
"""

import json
import os
import pathlib
import re
import subprocess
import types

from client import *
from marks import Marks

PYTHON = os.environ.get("COVLS_PYTHON314", "")

# Each line that is code is there once: whatever is shown of it can only come from one line of a run.
SOURCE = '''"""Prices."""

RATE = 0.2


def gross(net):
    # What a customer pays.
    if net < 0:
        raise ValueError(net)
    total = net * (
        1 + RATE
    )
    return total


def reduced(net, percent):
    off = net * percent / 100
    return net - off


def never(x):
    y = x + 1
    return y
'''
# How its lines stand after all tests and after those of gross() alone: c ran, m did not, a dot: no statement.
ALL = "..c..c.cmcccc..ccc..cmm."
GROSS = "..c..c.cmcccc..cmm..cmm."

TESTS = '''import sys
from app import prices

def gross():
    prices.gross(10)

def reduced():
    prices.reduced(10, 5)

for name in sys.argv[1].split(","):
    if name == "wait":
        print("ready", flush=True)
        sys.stdin.readline()
    else:
        globals()[name]()
'''

# What coverage.py itself says: the lines' letters, from the data and the text that ran.
JUDGE = '''
import sys
from coverage import CoverageData
from coverage.config import DEFAULT_EXCLUDE
from coverage.misc import join_regex
from coverage.parser import PythonParser

data = CoverageData(sys.argv[1])
data.read()
text = sys.stdin.buffer.read().decode("utf-8")
parser = PythonParser(text=text, filename="text", exclude=join_regex(DEFAULT_EXCLUDE))
parser.parse_source()
ran = parser.translate_lines(data.lines(sys.argv[2]) or ())
marks = ["."] * (text.count("\\n") + 1)
for line in range(1, len(marks) + 1):
    first = parser.first_line(line)
    if first in parser.statements and (line == first or line in parser.multiline_map):
        marks[line - 1] = "c" if first in ran else "m"
print("".join(marks))
'''

_judged = {}
LETTERS = {"covered": "c", "partial": "p", "missed": "m", "excluded": "x", "unknown": "u"}


def needs(path, what="COVLS_PYTHON314 is not there: tests/support/provision py314"):
    if not os.access(path, os.X_OK):
        raise Skip(what)


def marks_of(coverage, text):
    """A letter for each line of the text; what lies beyond it counts, too."""
    known = states(coverage)
    count = max([text.count("\n") + 1, *(line + 1 for line in known)])
    return "".join(LETTERS[known[line]] if line in known else "." for line in range(count))


def carried(then, marks, now):
    """What can be known of `now`, of a run that ran `then`, when no line that is code is there twice and none
    has moved past another; where only whole statements were touched."""
    state = {line: mark for line, mark in zip(then.split("\n"), marks) if mark != "."}
    return "".join(state.get(line, "?") for line in now.split("\n"))


def listing(root):
    """Every file and folder, and what would tell that it was written to."""
    found = {}
    for folder, folders, names in os.walk(root):
        for name in [*folders, *names]:
            path = os.path.join(folder, name)
            stat = os.lstat(path)
            # The time of a folder changes with its entries, which are looked at themselves.
            found[os.path.relpath(path, root)] = stat.st_ino if name in folders else (stat.st_ino, stat.st_size, stat.st_mtime_ns)
    return found


class Project:
    """`app/prices.py`, tests that run it, and as many servers as are asked for.

    What the test itself does to the files goes through methods of this, each of which first looks
    whether somebody else has written anything.
    """

    def __init__(self, git=False, source=SOURCE, branch=False, tests=TESTS):
        self.want_git, self.source, self.branch, self.tests = git, source, branch, tests

    def __enter__(self):
        needs(PYTHON)
        self._folder = Folder()
        self.root = self._folder / "project"
        os.mkdir(self.root)
        self.path = os.path.join(self.root, "app/prices.py")
        self.uri = uri_of(self.path)
        self.runs = []  # (text, letters) of each run so far
        self.texts = {}  # of the document: {(server, version): text}
        self.servers = []
        self.known = listing(self.root)
        self.put("app/__init__.py", "")
        self.put("app/prices.py", self.source)
        self.put("run_tests.py", self.tests)
        self.put(".coveragerc", f"[run]\nsource = app\nbranch = {self.branch}\n")
        if self.want_git:
            self.put(".gitignore", "__pycache__/\n.coverage*\n")
            self.git("init", "-q", "-b", "main")
            self.git("add", ".")
            self.git("commit", "-q", "-m", "Begin")
        return self

    def __exit__(self, kind, *error):
        try:
            for server in self.servers:
                server.__exit__(kind, *error)
            if kind is None:
                self.check_nothing_written()
                for number, server in enumerate(self.servers):
                    self.check_all_told(number, server)
        finally:
            self._folder.__exit__()

    # -- files

    def check_nothing_written(self):
        now = listing(self.root)
        changed = sorted({*now.items()} ^ {*self.known.items()})
        true(not changed, f"somebody has written into the project: {changed}")

    def acting(self, act):
        """Lets the test change files, and nobody else before."""
        self.check_nothing_written()
        result = act()
        self.known = listing(self.root)
        return result

    def put(self, name, text, age=None):
        data = text if isinstance(text, bytes) else text.encode("utf-8")
        return self.acting(lambda: self._folder.write(os.path.join("project", name), data, age))

    def read(self):
        return pathlib.Path(self.path).read_bytes().decode("utf-8")

    def git(self, *args):
        env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")} | {
            "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null",
            "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.com",
            "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.com",
        }

        def act():
            done = subprocess.run(["git", *args], cwd=self.root, env=env, capture_output=True, text=True)
            true(done.returncode == 0, f"git {args}: {done.stderr}")
            return done.stdout

        return self.acting(act)

    # -- runs

    def start(self, *tests, data=None, append=False, module=None):
        """A run that waits for finish(), if "wait" is among its tests."""
        self.check_nothing_written()
        env = {k: v for k, v in os.environ.items() if not k.startswith("COVERAGE_")}
        env["PYTHONDONTWRITEBYTECODE"] = "1"
        options = [f"--data-file={data}"] if data else []
        options += ["--append"] if append else []
        command = [PYTHON, "-m", "coverage", "run", *options, "run_tests.py", ",".join(tests or ("gross", "reduced"))]
        if module:
            command = [PYTHON, "-m", *module]
        process = subprocess.Popen(
            command, cwd=self.root, env=env, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        process.ran = self.read()
        process.data = os.path.join(self.root, data or ".coverage")
        if "wait" in tests:
            line = process.stdout.readline()
            true(line == "ready\n", f"the run did not begin: {line} {'' if line else process.stderr.read()}")
        self.known = listing(self.root)
        return process

    def finish(self, process, parallel=False):
        """Ends the run, and asks coverage.py what it says; gives the letters of the text that ran."""
        out, err = process.communicate("\n", PATIENCE)
        true(process.returncode == 0, f"the run failed: {out[-1000:]}{err[-1000:]}")
        self.known = listing(self.root)
        if parallel:
            process.data = os.path.join(self.root, next(name for name in self.known if name.startswith(".coverage.")))
        key = process.ran, tuple(process.args)
        if key not in _judged or "--append" in process.args:
            done = subprocess.run([PYTHON, "-c", JUDGE, process.data, self.path], input=process.ran.encode(), capture_output=True)
            true(done.returncode == 0, done.stderr.decode()[-1500:])
            _judged[key] = done.stdout.decode().strip()
        self.runs.append((process.ran, _judged[key]))
        return _judged[key]

    def run(self, *tests, parallel=False, **options):
        return self.finish(self.start(*tests, **options), parallel)

    # -- covls

    def serve(self, open=True, env=None, changes=False, process=None, **settings):
        server = Server(env=env, **(process or {}))
        server.number = len(self.servers)
        self.servers.append(server)
        if changes:
            settings["coverageChanges"] = True
        server.initialize(self.root, options=settings)
        server.version = 0
        if open:
            self.open(server)
        return server

    def open(self, server):
        server.version, server.text = server.version + 1, self.read()
        self.texts[server.number, server.version] = server.text
        server.open(self.path, version=server.version)

    def stop(self, server):
        server.__exit__(None, None, None)

    def edit(self, server, text, save=False):
        """The whole document anew, as after a formatter or a reload from the disk."""
        server.version += 1
        server.text = text
        self.texts[server.number, server.version] = text
        server.change(self.uri, server.version, {"text": text})
        if save:
            self.put("app/prices.py", text)
            server.notify("textDocument/didSave", {"textDocument": {"uri": self.uri}})

    def reload(self, server):
        """The file was changed behind the editor's back, which has read it again."""
        self.edit(server, self.read())

    def shows(self, server, want, freshness=None, reason=None, since=0, **more):
        """Waits until covls shows these letters ('?' is u or nothing) for the text as it is now."""
        pattern = re.compile(want.rstrip(".").replace(".", r"\.").replace("?", "[u.]") + r"\.*\Z")

        def right(c):
            return (
                c["version"] == server.version
                and pattern.match(marks_of(c, server.text))
                and freshness in (None, c["freshness"])
                and reason in (None, c["reason"]["code"])
                and all(fits(c.get(key)) if callable(fits) else c.get(key) == fits for key, fits in more.items())
            )

        last = []

        def look(c):
            last[:] = [c]
            return right(c)

        what = f"{want} {freshness or ''} {reason or ''} {more or ''}"
        try:
            return server.coverage(self.uri, look, since)
        except Failed as error:
            got = last[-1] if last else None
            if got is None:
                raise Failed(f"{what} did not come, nor anything else: {error}") from None
            rest = {k: v for k, v in got.items() if k not in ("runs", "uri")}
            raise Failed(f"want {what}\n    got  {marks_of(got, server.text)} {json.dumps(rest)}") from None

    def settled(self, server):
        """What is shown once everything has been looked at anew; nothing of it may be a lie."""
        mark = server.mark()
        server.reload()
        told = server.coverage(self.uri, lambda c: c["version"] == server.version, since=mark)
        self.check(told, server.text)
        return told

    def check(self, told, text):
        """No line may be green or red but as a line of the same text was in a run."""
        stood = {}
        for then, marks in self.runs:
            for line, mark in zip(then.split("\n"), marks):
                stood.setdefault(line.rstrip("\r"), set()).add(mark)
        for number, (line, mark) in enumerate(zip(text.split("\n"), marks_of(told, text))):
            line = line.rstrip("\r")
            if mark in "cm" and mark not in stood.get(line, ()):
                raise Failed(f"a lie: line {number + 1}, {line!r}, is told to be {mark}; in runs it was {stood.get(line)}; "
                             f"{marks_of(told, text)} {told.get('freshness')} {told.get('ran')} {told.get('reason')}")

    def check_all_told(self, number, server):
        told = types.SimpleNamespace(received=[])
        marks = Marks(told, self.uri)
        for message in server.received:
            if message.get("method") in ("covls/coverage", "covls/coverageChange"):
                told.received.append(message)
                text = self.texts.get((number, marks.take().version))
                if text is not None:
                    self.check({"runs": marks.runs(), **marks.members}, text)


def replaced(text, old, new):
    true(text.count(old) == 1, f"{old!r} is there once")
    return text.replace(old, new)


__all__ = ["ALL", "GROSS", "Marks", "PYTHON", "SOURCE", "TESTS", "Project", "carried", "listing", "marks_of", "needs", "replaced"]
