"""A test run that writes its data while covls reads it as fast as it can: the run must not notice.

    writers.py [--seconds N]     COVLS_BUILD, COVLS_PYTHON314: see tests/run

coverage.py waits 5 s for a lock, and fails then: the exit status tells; the times are printed to be
looked at. Three kinds of writers work beside two readers that never pause: CoverageData with a context
a write, `coverage run --append`, and a run with `dynamic_context` that writes at each test. The last part is the control: beside a reader that does
what covls must not do, stay in a transaction, `coverage run --append` does fail.
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROBE = pathlib.Path(os.environ.get("COVLS_BUILD", ROOT / "build" / "clang")) / "tests" / "probe_data"
PYTHON = os.environ.get("COVLS_PYTHON314", "")

# Prints: writes, the slowest in ms.
API_WRITER = r'''
import sys, time
from coverage import CoverageData

path, seconds, branch = sys.argv[1], float(sys.argv[2]), sys.argv[3] == "branch"
slowest, count, until = 0.0, 0, time.monotonic() + seconds
while time.monotonic() < until:
    began = time.monotonic()
    data = CoverageData(basename=path)
    data.set_context(f"tests/test_a.py::test_{count}|run")
    lines = {1, 2, 3 + count % 500}
    if branch:
        data.add_arcs({"/srv/a.py": {(-1, 1), (1, 2), (2, 3 + count % 500)}})
    else:
        data.add_lines({"/srv/a.py": lines})
    data.close()
    slowest = max(slowest, time.monotonic() - began)
    count += 1
print(count, round(slowest * 1000))
'''

PROGRAM = "".join(f"def test_{n}():\n    x = {n}\n    return x\n" for n in range(300))
PROGRAM += "".join(f"test_{n}()\n" for n in range(300))


def coverage(folder, *arguments):
    """Runs coverage.py in the folder; its exit code, what it said, how long it took."""
    began = time.monotonic()
    done = subprocess.run(
        [PYTHON, "-m", "coverage", *arguments], cwd=folder, capture_output=True, text=True,
        env={**os.environ, "COVERAGE_CORE": "ctrace"},  # sysmon knows no dynamic contexts
    )
    return done.returncode, done.stdout + done.stderr, time.monotonic() - began


class Readers:
    """Two processes that read all the time."""

    def __init__(self, path, name):
        self.all = [
            subprocess.Popen([PROBE, "hammer", path, name], stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, text=True)
            for _ in range(2)
        ]

    def stop(self):
        counts = {}
        for reader in self.all:
            for line in reader.communicate()[0].splitlines():
                assert not line.startswith("!"), f"a reader found the data damaged: {line}"
                word, number = line.split()
                if word != "slowest-ms":
                    counts[word] = counts.get(word, 0) + int(number)
            assert reader.returncode == 0, f"a reader ended with {reader.returncode}"
        assert counts.get("ok", 0) > 20, f"the readers hardly read: {counts}"
        return counts


def api_writes(folder, seconds):
    for kind in ("line", "branch"):
        path = f"{folder}/{kind}.coverage"
        command = [PYTHON, "-c", API_WRITER, path, str(seconds), kind]
        alone = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
        os.unlink(path)
        readers = Readers(path, "/srv/a.py")
        beside = subprocess.run(command, capture_output=True, text=True)
        counts = readers.stop()
        assert beside.returncode == 0, beside.stderr
        beside = beside.stdout.split()
        print(f"  {kind}: alone {alone[0]} writes, slowest {alone[1]} ms; "
              f"beside two readers {beside[0]}, slowest {beside[1]} ms; reads {counts}")
        assert int(beside[0]) > 0, "nothing was written"


def beside_readers_of_another_file(folder, *arguments):
    """How long a run takes when the readers cost it the same time of the processors, but no lock."""
    code, said, _ = coverage(folder, *arguments)
    assert code == 0, said
    other = f"{folder}/other.coverage"
    pathlib.Path(other).write_bytes(pathlib.Path(folder, ".coverage").read_bytes())
    readers = Readers(other, f"{folder}/program.py")
    took = max(coverage(folder, *arguments)[2] for _ in range(3))
    readers.stop()
    return took


def runs_that_append(folder, seconds):
    alone = beside_readers_of_another_file(folder, "run", "--append", "program.py")
    readers = Readers(f"{folder}/.coverage", f"{folder}/program.py")
    took, until = [], time.monotonic() + seconds
    while time.monotonic() < until or len(took) < 5:
        code, said, seconds_taken = coverage(folder, "run", "--append", f"--context=c{len(took)}",
                                             "program.py")
        took.append(seconds_taken)
        assert code == 0, f"run {len(took)} failed: {said}"
    counts = readers.stop()
    print(f"  beside two readers {len(took)} runs, slowest {max(took):.2f} s; with the readers at "
          f"another file {alone:.2f} s; reads {counts}")


def a_run_with_dynamic_contexts(folder, seconds):
    pathlib.Path(folder, ".coveragerc").write_text(
        "[run]\ndynamic_context = test_function\nbranch = true\n")
    alone = beside_readers_of_another_file(folder, "run", "--append", "program.py")
    readers = Readers(f"{folder}/.coverage", f"{folder}/program.py")
    took = []
    for _ in range(3):
        code, said, seconds_taken = coverage(folder, "run", "--append", "program.py")
        took.append(seconds_taken)
        assert code == 0, said
    counts = readers.stop()
    print(f"  300 contexts: beside two readers slowest {max(took):.2f} s; with the readers at another "
          f"file {alone:.2f} s; reads {counts}")


def the_mistake_would_show(folder, seconds):
    """The control: a reader that holds its transaction for longer than coverage.py waits."""
    code, said, _ = coverage(folder, "run", "program.py")
    assert code == 0, said
    holder = subprocess.Popen([PROBE, "hold", f"{folder}/.coverage", "60"],
                              stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout.readline() == "holding\n"
        code, said, took = coverage(folder, "run", "--append", "program.py")
    finally:
        holder.kill()
        holder.wait()
    print(f"  ended with {code} after {took:.1f} s: {said.strip().splitlines()[-1][-100:]}")
    assert code != 0 and "locked" in said, "coverage.py did not mind: this test proves nothing"


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--seconds", type=float, default=5, help="of each kind of writing")
    options = options.parse_args()
    if not PYTHON or not os.access(PYTHON, os.X_OK):
        print("COVLS_PYTHON314 names no Python with coverage.py")
        return 77
    tests = (api_writes, runs_that_append, a_run_with_dynamic_contexts, the_mistake_would_show)
    failed = 0
    for test in tests:
        with tempfile.TemporaryDirectory() as folder:
            folder = os.path.realpath(folder)
            pathlib.Path(folder, "program.py").write_text(PROGRAM)
            try:
                test(folder, options.seconds)
                print(f"ok {test.__name__}")
            except AssertionError as e:
                failed += 1
                print(f"not ok {test.__name__}: {e}")
    print(f"{len(tests) - failed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
