"""What an editor waits for, measured at the editor's end of the pipe.

    bench_editor.py COVLS [--quick]

    refresh   from the moment that .coverage was replaced to the last message about it, with 1 and with 50
              open documents, in projects of 20, 200 and 1,500 files; beside it `coverage json`, which
              nvim-coverage runs at every refresh before it draws anything
    open      from didOpen to the first covls/coverage, and the server's peak memory, for one class of
              24,914 statements on short and on long lines; beside it `coverage json` of the same file

Prints figures; fails only if the answers are wrong. Needs COVLS_PYTHON314, else it ends with 77.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../scenario"))
from client import COVLS, Server, equal, true  # noqa: E402
from make_coverage import make  # noqa: E402

PYTHON = os.environ.get("COVLS_PYTHON314", "")
QUICK = "--quick" in sys.argv
MIB = 1024 * 1024


def python(*args, cwd=None):
    subprocess.run([PYTHON, *args], cwd=cwd, check=True, stdout=subprocess.DEVNULL)


def peer(folder, *args):
    """Wall time and peak memory of a `coverage` command, in a process of its own so that the peak is its own."""
    measure = (
        "import resource, subprocess, sys, time; t = time.monotonic();"
        "subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL);"
        "print(time.monotonic() - t, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    command = [sys.executable, "-c", measure, PYTHON, "-m", "coverage", *args]
    seconds, peak = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.split()
    return float(seconds), int(peak) / 1024


def memory(process, field):
    with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith(field))


def refresh_once(server, uris, folder, data):
    """One replacement; the seconds until every open document was told of it."""
    shutil.copy2(os.path.join(folder, data), os.path.join(folder, "new"))
    os.utime(os.path.join(folder, "new"))
    mark = server.mark()
    begun = time.monotonic()
    os.replace(os.path.join(folder, "new"), os.path.join(folder, ".coverage"))
    server.wait(
        lambda: {p["uri"] for p in server.messages("covls/coverage", mark)} >= uris, "news of all documents"
    )
    return time.monotonic() - begun


def bench_refresh(work):
    print("refresh: .coverage replaced -> last message, ms: median (worst) of 20")
    print(f"{'files':>6} {'data':>8} {'1 open':>14} {'50 open':>14} {'coverage json':>15}")
    for files in (20,) if QUICK else (20, 200, 1500):
        folder = os.path.join(work, f"project{files}")
        python(os.path.join(HERE, "sources.py"), "project", folder, str(files))
        size = os.path.getsize(os.path.join(folder, ".coverage")) / MIB
        os.rename(os.path.join(folder, ".coverage"), os.path.join(folder, "one.coverage"))
        cells = []
        for count in (1, 50):
            shutil.copy(os.path.join(folder, "one.coverage"), os.path.join(folder, ".coverage"))
            with Server(log=False) as server:
                server.initialize(folder)
                paths = [f"pkg_{n // 20:03d}/mod_{n:04d}.py" for n in range(min(count, files))]
                uris = {server.open(os.path.join(folder, p)) for p in paths}
                for uri in uris:
                    server.coverage(uri, lambda c: c["freshness"] != "none" or c["reason"]["code"] != "none")
                server.reload()
                times = [
                    refresh_once(server, uris, folder, ("other.coverage", "one.coverage")[n % 2]) * 1000
                    for n in range(4 if QUICK else 20)
                ]
            cells.append(f"{statistics.median(times):.0f} ({max(times):.0f})")
        seconds, _ = peer(folder, "json", "-q", "--fail-under=0", "-o", os.devnull)
        print(f"{files:>6} {size:>6.1f}Mi {cells[0]:>14} {cells[1]:>14} {seconds * 1000:>12.0f} ms", flush=True)


def bench_open(work):
    print("open: didOpen -> first covls/coverage of 24,914 statements; the server's peak memory")
    print(f"{'lines':>6} {'text':>9} {'first answer':>13} {'peak':>10} {'above text':>11} {'coverage json':>24}")
    for kind in ("short", "long"):
        folder = os.path.join(work, kind)
        os.makedirs(folder)
        path = os.path.join(folder, "cities.py")
        python(os.path.join(HERE, "sources.py"), kind, path)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        then = time.time() - 60
        os.utime(path, (then, then))
        count = text.count("\n")
        make(os.path.join(folder, ".coverage"), {"cities.py": [n for n in range(1, count) if n % 40 < 24]})
        times, peaks = [], []
        for _ in range(1 if QUICK else 5):
            with Server(log=False) as server:
                server.initialize(folder)
                empty = memory(server.process, "VmHWM")
                begun = time.monotonic()
                uri = server.open(path, text)
                told = server.coverage(uri, lambda c: c["runs"])
                times.append((time.monotonic() - begun) * 1000)
                equal(told["summary"]["statements"], 24914, "statements")
                server.reload()
                peaks.append(memory(server.process, "VmHWM"))
        size = len(text.encode()) / MIB
        seconds, peak = peer(folder, "json", "-q", "--fail-under=0", "-o", os.devnull)
        print(
            f"{kind:>6} {size:>6.2f}MiB {statistics.median(times):>10.0f} ms {max(peaks):>7.1f}MiB"
            f" {max(peaks) - size:>8.1f}MiB {seconds:>9.1f} s, {peak:>6.0f} MiB",
            flush=True,
        )
        print(f"       (the server before the document: {empty:.1f} MiB)")


def main():
    if not os.access(PYTHON, os.X_OK):
        print("COVLS_PYTHON314 is not there: tests/support/provision py314")
        return 77
    true(os.access(COVLS, os.X_OK), f"{COVLS} is no program")
    with tempfile.TemporaryDirectory(prefix="covls-bench-") as work:
        bench_refresh(work)
        bench_open(work)
    return 0


if __name__ == "__main__":
    sys.exit(main())
