"""Test runs by the real coverage.py and pytest-cov, with covls looking on. Needs COVLS_PYTHON314
(tests/support/provision py314); is skipped without."""

import os
import shutil
import subprocess

from client import *

PYTHON = os.environ.get("COVLS_PYTHON314", "")
SAMPLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../data/sample")
MORE = '''

def test_sends_what_there_is():
    sencha = Tea("Sencha", 9.0, grams=10)
    order = Order("Zoë").add(sencha, 100)
    assert order.pack(partial=True) == [(sencha, 10)]
'''


class Project:
    """A copy of the sample, whose orders.py is open in covls."""

    def __enter__(self):
        if not os.access(PYTHON, os.X_OK):
            raise Skip("COVLS_PYTHON314 is not there: tests/support/provision py314")
        self.folder = Folder()
        self.root = self.folder / "sample"
        shutil.copytree(SAMPLE, self.root)
        os.utime(os.path.join(self.root, ".coverage"))
        self.server = Server()
        self.server.initialize(self.root)
        self.uri = self.server.open(os.path.join(self.root, "teahouse/orders.py"))
        self.follows()
        return self

    def __exit__(self, *error):
        self.server.__exit__(*error)
        self.folder.__exit__(*error)

    def python(self, *args):
        done = subprocess.run(
            [PYTHON, "-m", *args],
            cwd=self.root,
            capture_output=True,
            text=True,
            env={k: v for k, v in os.environ.items() if not k.startswith("COVERAGE_")} | {"PYTHONDONTWRITEBYTECODE": "1"},
        )
        true(done.returncode == 0, f"{args}: {done.stdout[-1500:]}{done.stderr[-1500:]}")
        return done.stdout

    def missed_by_the_report(self):
        """The missing lines as `coverage report` names them, as a set of lines from 0."""
        row = next(x for x in self.python("coverage", "report", "-m").splitlines() if "orders.py" in x)
        parts = row.split("%", 1)[1].split(",")
        lines = set()
        for part in (p.strip() for p in parts):
            if part and "->" not in part:
                first, _, last = part.partition("-")
                lines.update(range(int(first) - 1, int(last or first)))
        return lines

    def follows(self):
        """Waits until covls shows what coverage.py reports: its missing lines are runs of statements,
        so that a line of ours may be missing there only where it is part of one."""
        want = self.missed_by_the_report()
        return self.server.coverage(
            self.uri,
            lambda c: c["freshness"] == "fresh" and set(lines_in(c, "missed")) == want,
            what=f"missed lines {sorted(want)}",
        )

    def configure(self, old, new):
        path = os.path.join(self.root, "pyproject.toml")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        true(old in text, f"{old} is in the sample's configuration")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace(old, new))

    def test_more(self):
        path = os.path.join(self.root, "tests/test_orders.py")
        with open(path, "a", encoding="utf-8") as file:
            file.write(MORE)


def test_coverage_run():
    with Project() as p:
        before = p.follows()["summary"]
        p.test_more()
        p.python("coverage", "run", "-m", "pytest", "-q", "-p", "no:cacheprovider")
        after = p.follows()["summary"]
        true(after["missed"] < before["missed"], f"{before} then {after}")


def test_pytest_cov():
    with Project() as p:
        p.test_more()
        p.python("pytest", "-q", "-p", "no:cacheprovider", "--cov", "--cov-report=")
        p.follows()


def test_pytest_cov_with_contexts():
    with Project() as p:
        p.configure('dynamic_context = "test_function"', "")
        p.test_more()
        p.python("pytest", "-q", "-p", "no:cacheprovider", "--cov", "--cov-context=test", "--cov-report=")
        p.follows()


def test_pytest_cov_with_workers():
    with Project() as p:
        p.configure('dynamic_context = "test_function"', "")
        p.test_more()
        p.python("pytest", "-q", "-p", "no:cacheprovider", "-n", "2", "--cov", "--cov-report=")
        p.follows()


def test_append():
    with Project() as p:
        p.test_more()
        p.python("coverage", "run", "--append", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "what_there_is")
        p.follows()


def test_parallel_and_combine():
    with Project() as p:
        p.test_more()
        p.python("coverage", "run", "-p", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "what_there_is")
        p.python("coverage", "combine", "--append", "-q")
        p.follows()


def test_erase_and_run():
    with Project() as p:
        p.python("coverage", "erase")
        gone = p.server.coverage(p.uri, lambda c: c["reason"]["code"] == "data-gone")
        true(gone["runs"], "the marks stay")
        p.python("coverage", "run", "-m", "pytest", "-q", "-p", "no:cacheprovider")
        p.follows()


def test_without_the_c_tracer():
    """Python 3.14's own way of measuring writes other arcs for the same lines."""
    with Project() as p:
        p.configure('core = "ctrace"', 'core = "sysmon"')
        p.configure('dynamic_context = "test_function"', "")
        p.test_more()
        p.python("coverage", "run", "-m", "pytest", "-q", "-p", "no:cacheprovider")
        p.follows()


main(globals())
