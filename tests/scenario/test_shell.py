"""`covls show` and `covls report` on the bundled sample."""

import os
import re
import shutil

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
        true(code != 0 and ".coverage" in err, f"without data: {code} {out!r} {err!r}")


def test_report_does_not_write():
    folder, root = sample()
    with folder:
        before = sorted(os.listdir(root)), os.stat(os.path.join(root, ".coverage")).st_mtime_ns
        run("report", cwd=root)
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


main(globals())
