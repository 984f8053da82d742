"""Broken reports: every sample cut and flipped, and larger ones of every format.

    formats_faults.py FORMATS_DUMP [--only=TEXT]

covls must not crash, hang or grow, whatever it meets, and what it refuses it must name. A report of XML or
JSON that was cut is always refused: half a report shows wrong marks. Memory is bounded by RLIMIT_AS, time
by a limit on each call.
"""

import json
import os
import pathlib
import random
import resource
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "tests" / "support"), str(ROOT / "tests" / "bench")]
import make_reports  # noqa: E402
import report_oracle as oracle  # noqa: E402

SAMPLES = ROOT / "tests" / "data" / "reports"
MIB = 1 << 20
SANITIZED = "asan" in os.environ.get("COVLS_BUILD", "")


def limit_memory():
    if not SANITIZED:
        resource.setrlimit(resource.RLIMIT_AS, (256 * MIB, 256 * MIB))


class Faults:
    def __init__(self, program, folder):
        self.program = program
        self.folder = pathlib.Path(folder)
        self.passed = self.failed = 0

    def fail(self, what):
        self.failed += 1
        print("FAIL", what)

    def ask(self, label, broken):
        """{what: answer} of [(what, bytes)]."""
        paths = []
        for index, (_, data) in enumerate(broken):
            path = self.folder / f"{index:05}.report"
            path.write_bytes(data)
            os.utime(path, (1_700_000_000, 1_700_000_000))  # nobody is writing it
            paths.append(path)
        try:
            done = subprocess.run([self.program, *map(str, paths)], capture_output=True, timeout=120, preexec_fn=limit_memory)
        except subprocess.TimeoutExpired:
            self.fail(f"{label}: hangs")
            return {}
        lines = done.stdout.splitlines()
        if done.returncode != 0:
            what = broken[len(lines)][0] if len(lines) < len(broken) else "at its end"
            self.fail(f"{label}: {what}: ended with {done.returncode}: {done.stderr.decode()[-500:]}")
        for path in paths:
            path.unlink()
        return {what: json.loads(line.decode("utf-8", "replace")) for (what, _), line in zip(broken, lines)}

    def check(self, label, broken, strict):
        """`strict`: what is cut must be refused."""
        for what, answer in self.ask(label, broken).items():
            error = answer.get("error")
            if error is not None and answer["file"] not in error:
                self.fail(f"{label}: {what}: the file is not named: {error}")
            elif error is None and strict and what.startswith("cut"):
                self.fail(f"{label}: {what}: was taken for whole")
            else:
                self.passed += 1


def cuts(data, step):
    end = len(data.rstrip())
    return [(f"cut at {size}", data[:size]) for size in range(1, end, step)]


def flips(data, count, rng):
    result = []
    for _ in range(count):
        at = rng.randrange(len(data))
        byte = rng.choice([data[at] ^ 1 << rng.randrange(8), 0, 0xFF, rng.randrange(256)])
        result.append((f"byte {at} is {byte}", data[:at] + bytes([byte]) + data[at + 1 :]))
    return result


def main():
    words = [word for word in sys.argv[1:] if not word.startswith("-")]
    only = next((word[7:] for word in sys.argv[1:] if word.startswith("--only=")), "")
    if not words:
        print("skipped: no formats_dump was given")
        sys.exit(77)
    rng = random.Random(20267)
    with tempfile.TemporaryDirectory(prefix="covls-faults-") as folder:
        faults = Faults(words[0], folder)
        for path in sorted(SAMPLES.rglob("*")):
            label = str(path.relative_to(SAMPLES))
            if only in label and path.is_file() and oracle.is_report(path):
                data = path.read_bytes()
                strict = oracle.content(path)[:1] in b"<{"
                faults.check(label, cuts(data, max(1, min(1024, len(data) // 60))), strict)
                faults.check(label, flips(data, 60, rng), False)
        for form in make_reports.WRITERS:
            path = faults.folder / "large"
            make_reports.make(form, path, 0.3)
            data = path.read_bytes()
            if only in form:
                faults.check(f"{form}, 300 KB", cuts(data, 1024), form != "lcov")
                faults.check(f"{form}, 300 KB", flips(data, 200, rng), False)
            path.unlink()
    print(f"{faults.passed} passed, {faults.failed} failed")
    sys.exit(faults.failed > 0)


main()
