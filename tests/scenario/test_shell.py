"""`covls show` and the reports on the bundled sample."""

import json
import os
import re
import shutil
import sqlite3
import subprocess

from client import *
from make_coverage import make

SAMPLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../data/sample")
# As `coverage report` 7.16.1 says of the recorded data: file, statements, missed.
REPORT = {
    "teahouse/__init__.py": (1, 0),
    "teahouse/import_csv.py": (12, 12),
    "teahouse/orders.py": (51, 9),
    "teahouse/prices.py": (31, 5),
    "teahouse/stock.py": (41, 3),
}
# The missed statements, with all the lines that they span.
MISSED = {"teahouse/stock.py": [52, 53, 54, 61, 70], "teahouse/orders.py": [23, *range(48, 56), 68, 69]}


def sample():
    folder = Folder()
    shutil.copytree(SAMPLE, folder / "sample")
    os.utime(folder / "sample/.coverage")
    return folder, folder / "sample"


def test_report():
    folder, root = sample()
    with folder:
        code, out, err = run("report", cwd=root)
        equal((code, err), (0, ""))
        for name, (statements, missed) in REPORT.items():
            row = next((line for line in out.splitlines() if name in line), "")
            numbers = [int(n) for n in re.findall(r"\b\d+\b(?![.%])", row.split(name, 1)[1])] if row else []
            equal(numbers[:2], [statements, missed], f"{name} in {row!r}")
        total = next(line for line in out.splitlines() if line.upper().startswith("TOTAL"))
        equal([int(n) for n in re.findall(r"\b\d+\b(?![.%])", total)][:2], [136, 29], total)
        true("\x1b" not in out, "no colour into a pipe")


TABLE = """\
Name                     Stmts   Miss Branch BrPart  Cover   Missing
--------------------------------------------------------------------
"""


def test_reports_of_all_kinds():
    folder, root = sample()
    with folder:
        for command, name, start in (
            ("json", "coverage.json", '{"meta": {"format": 3, '),
            ("lcov", "coverage.lcov", "SF:teahouse/__init__.py\n"),
            ("xml", "coverage.xml", '<?xml version="1.0" ?>\n<coverage version='),
        ):
            code, out, err = run(command, cwd=root)
            equal((code, out), (0, ""))
            true(f"to {name}" in err, err)
            with open(os.path.join(root, name), encoding="utf-8") as file:
                text = file.read()
            true(text.startswith(start), text[:100])
            code, out, err = run(command, "-o", "-", cwd=root)
            equal((code, err), (0, ""))
            equal(re.sub("timestamp.*?,|timestamp=\"[0-9]+", "", out), re.sub("timestamp.*?,|timestamp=\"[0-9]+", "", text))
            # Of a report that fails nothing is left.
            code, out, err = run(command, "--include=nothing", cwd=root)
            equal((code, out), (1, "No data to report.\n"))
            true(not os.path.exists(os.path.join(root, name)), name)
        code, out, err = run("report", "-m", "--fail-under=90", cwd=root)
        equal(code, 2)
        true(out.startswith(TABLE), out)
        true(out.endswith("\nCoverage failure: total of 74 is less than fail-under=90\n"), out)
        equal(run("report", "--format=total", cwd=root)[:2], (0, "74\n"))
        equal(run("json", "--nonsense", cwd=root)[0], 1)


def test_data_in_a_folder_above():
    """`covls report` looks above, and says so; what writes files does not."""
    folder, root = sample()
    with folder:
        below = os.path.join(root, "teahouse")
        code, out, err = run("report", cwd=below)
        equal((code, out), (run("report", cwd=root)[:2]))
        true(root in err, err)
        code, out, err = run("report", "stock.py", cwd=below)
        equal((code, len(out.splitlines()), "teahouse/stock.py" in out), (0, 5, True), out)
        equal(run("json", cwd=below)[:2], (1, "No data to report.\n"))
        equal(run("report", "--data-file=.coverage", cwd=below)[:2], (1, "No data to report.\n"))
        with open(os.path.join(below, ".coveragerc"), "w", encoding="utf-8") as file:
            file.write("[report]\nprecision = 1\n")
        equal(run("report", cwd=below)[:2], (1, "No data to report.\n"))


def test_what_a_plugin_measured():
    """Of a template only what ran is known; coverage.py would need the plugin."""
    with Folder() as folder:
        folder.write("a.py", "x = 1\n", age=60)
        make(folder / ".coverage", {str(folder / "a.py"): [1], str(folder / "page.html"): [2, 5]},
             tracers={str(folder / "page.html"): "some.Plugin"})
        code, out, err = run("report", "-m", cwd=folder.path)
        equal(code, 0)
        true("page.html       2      0   100%" in out, out)
        true("some.Plugin" in err and "page.html" in err, err)
        code, out, err = run("json", "-o", "-", cwd=folder.path)
        page = json.loads(out)["files"]["page.html"]
        equal((page["executed_lines"], page["missing_lines"], "functions" in page), ([2, 5], [], False))


def test_python_version():
    """What is a statement depends on the version: 3.14 keeps annotations for later."""
    with Folder() as folder:
        folder.write("a.py", "class C:\n    x: int\n    y = 1\n", age=60)
        make(folder / ".coverage", {str(folder / "a.py"): [1]})
        for version, total in (("3.10", "33"), ("3.13", "33"), ("3.14", "50"), ("3.14.8", "50")):
            equal(run("report", "--format=total", f"--python={version}", cwd=folder.path)[:2], (0, total + "\n"))
        for version in ("2.7", "3.9", "3.15", "3", "3.x"):
            code, out, err = run("report", f"--python={version}", cwd=folder.path)
            equal((code, out, version in err), (1, "", True), err)
        # Not named, it is that of the project.
        folder.write(".python-version", "3.11.4\n")
        equal(run("report", "--format=total", cwd=folder.path)[:2], (0, "33\n"))


def test_show():
    folder, root = sample()
    with folder:
        for name, missed in MISSED.items():
            code, out, err = run("show", name, cwd=root)
            equal((code, err), (0, ""))
            true("\x1b" not in out, "no colour into a pipe")
            with open(os.path.join(root, name), encoding="utf-8") as file:
                source = file.read().splitlines()
            for text in source:
                true(text in out, f"{name}: the source line {text!r} is shown")
            code, plain, _ = run("show", "--color=never", name, cwd=root)
            equal(plain, out)
            # The rows of missed lines look different from those of the others: what stands left of the text.
            # Behind the text of a partial line is the reason.
            rows = [line.split("  \u2190 ")[0] for line in out.splitlines() if re.match(r"^\D{0,8}\d+", line)]
            gutters = {}
            for number, text in enumerate(source, 1):
                row = next((r for r in rows if re.search(rf"(?<!\d){number}(?!\d)", r) and r.endswith(text)), None)
                true(row is not None, f"{name}:{number} has a row")
                gutters[number] = row[: len(row) - len(text)].replace(str(number), "").strip()
            marks = {gutters[n] for n in missed}
            equal(len(marks), 1, f"{name}: the gutter of missed lines: {marks}")
            others = {gutters[n] for n in gutters if n not in missed}
            true(not marks & others, f"{name}: missed {marks}, others {others}")
            if name == "teahouse/stock.py":
                reason = "line 58 didn't jump to line 61 because the condition on line 58 was always true"
                true(f"  \u2190 {reason}\n" in out, f"{reason!r} in {out}")


def test_colour():
    folder, root = sample()
    with folder:
        name = "teahouse/stock.py"
        for args, env, coloured in (
            (["--color=always"], {}, True),
            (["--color=never"], {}, False),
            ([], {}, False),
            (["--color=auto"], {"NO_COLOR": "1"}, False),
        ):
            code, out, _ = run("show", *args, name, cwd=root, env=env)
            equal((code, "\x1b[" in out), (0, coloured), f"{args} {env}")


def test_show_what_is_not_there():
    folder, root = sample()
    with folder:
        code, out, err = run("show", "nowhere.py", cwd=root)
        true(code != 0 and "nowhere.py" in err, f"{code} {out!r} {err!r}")
        # What the data does not speak of is shown without marks, and the reason is said.
        code, out, err = run("show", "tests/test_stock.py", cwd=root)
        true("test_stock.py" in out + err, f"{out!r} {err!r}")
        os.remove(os.path.join(root, ".coverage"))
        code, out, err = run("report", cwd=root)
        equal((code, out), (1, "No data to report.\n"), err)


def test_show_sums_up_what_was_measured():
    """A file that nobody measured is no file of which all ran."""
    cases = [
        (["teahouse/stock.py", "teahouse/orders.py"], 0, "2 files  "),
        (["teahouse/stock.py", "new.py"], 1, "1 file of 2  "),
        (["new.py", "newer.py"], 1, "2 files, none of them with coverage"),
    ]
    folder, root = sample()
    with folder:
        for name in ("new.py", "newer.py"):
            folder.write(f"sample/{name}", "a = 1\n")
        for names, ended, words in cases:
            code, out, err = run("show", *names, cwd=root)
            equal((code, err), (ended, ""))
            total = out.splitlines()[-1]
            true(total.startswith(words), total)
            equal("%" in total, "none" not in words, total)


def test_show_tells_what_the_data_does_not():
    """100 % of what LuaCov's stats call run is not 100 % of the source."""
    with Folder() as folder:
        folder.write(".git/HEAD", "")
        folder.write("m.lua", "local a = 1\nif a > 1 then\n  a = 2\nend\n", age=60)
        folder.write("luacov.stats.out", "4:m.lua\n1 1 0 0 \n", age=50)
        code, out, err = run("show", "m.lua", cwd=folder.path)
        equal((code, err), (0, ""))
        true("2 of 2 statements" in out.splitlines()[0], out)
        true("do not tell lines that were missed" in out.splitlines()[1], out)


def test_report_does_not_write():
    folder, root = sample()
    with folder:
        before = sorted(os.listdir(root)), os.stat(os.path.join(root, ".coverage")).st_mtime_ns
        run("report", cwd=root)
        run("json", "-o", "-", cwd=root)
        run("show", "teahouse/stock.py", cwd=root)
        equal((sorted(os.listdir(root)), os.stat(os.path.join(root, ".coverage")).st_mtime_ns), before)


def test_from_another_folder():
    folder, root = sample()
    with folder:
        code, out, err = run("show", os.path.join(root, "teahouse/stock.py"), cwd="/")
        equal(code, 0, err)
        true("return tea" in out, out)


def test_text_that_attacks_the_terminal():
    """Control characters of a source do not reach the terminal."""
    with Folder() as folder:
        folder.write("a.py", 'x = "\x1b]0;owned\x07\x9b31m"\ny = 1\n', age=60)
        make(folder / ".coverage", {"a.py": [1]})
        code, out, _ = run("show", "--color=never", "a.py", cwd=folder.path)
        equal(code, 0)
        true("\x1b" not in out and "\x07" not in out and "\x9b" not in out, repr(out))


def test_names_that_attack_the_terminal():
    """A name is one line of plain text."""
    with Folder() as folder:
        name = "a\n\x1b[31m.py"
        folder.write(name, "x = 1\ny = 1\n", age=60)
        make(folder / ".coverage", {folder / name: [1]}, age=50)
        for command in ("check", "show"):
            code, out, _ = run(command, name, cwd=folder.path)
            equal(code, 0)
            true("\x1b" not in out and out.startswith("a\\n\\x1b[31m.py"), repr(out))
        true(f"{folder.path}/a\\n\\x1b[31m.py\n" in run("check", name, cwd=folder.path)[1], "the recorded name")


def test_what_cannot_be_printed():
    """A disk that is full is told of, and no exit status says that all went well."""
    if not os.path.exists("/dev/full"):
        raise Skip("no /dev/full")
    with Folder() as folder:
        make(folder / ".coverage", {folder.write("a.py", "x = 1\n", age=60): [1]}, age=50)
        for command in (["show", "a.py"], ["check", "a.py"], ["check", "--json", "a.py"], ["config"], ["facts", "a.py"],
                        ["report"], ["json", "-o", "-"], ["baseline", "list", "--json"], ["--version"], ["--help"]):
            with open("/dev/full", "wb") as full:
                done = subprocess.run([COVLS, *command], stdout=full, stderr=subprocess.PIPE, cwd=folder.path,
                                      timeout=PATIENCE)
            equal((done.returncode, done.stderr.count(b"\n")), (1, 1), f"{command}: {done.stderr}")
            true(b"No space left" in done.stderr, f"{command}: {done.stderr}")


def test_help_for_what_there_is():
    equal(run("--help", "show")[0], 0)
    code, out, err = run("--help", "sow")
    equal((code, out), (2, ""))
    true("'sow'" in err, err)


def test_data_that_is_being_written():
    """A shell does not look again by itself, and does not say so."""
    with Folder() as folder:
        path = folder.write("a.py", "x = 1\n", age=60)
        make(folder / ".coverage", {path: [1]})
        writer = sqlite3.connect(folder / ".coverage", isolation_level=None)
        writer.execute("begin exclusive")
        for command in (("report",), ("show", "a.py"), ("baseline", "save", "x")):
            code, out, err = run(*command, cwd=folder.path)
            equal(code, 1, command)
            true("is locked by whoever writes it; wait a moment" in out + err, out + err)
        writer.close()


main(globals())
