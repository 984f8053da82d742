"""What the programs of this folder share: covls as a child whose messages are stamped as they come, what
the kernel says of a process, and tables."""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "scenario"))
import client  # noqa: E402

BEDS = pathlib.Path(os.environ.get("COVLS_BEDS", pathlib.Path.home() / ".cache" / "covls-beds"))
PYTHON = os.environ.get("COVLS_PYTHON314", str(BEDS / "python314"))
NVIM = os.environ.get("COVLS_NVIM_012", str(BEDS / "nvim-0.12"))
# Either would make coverage.py slower than it is for a user: one write(2) a JSON chunk, and compiling
# itself at every start.
for unfair in ("PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"):
    os.environ.pop(unfair, None)

MIB = 1 << 20


def find_covls(given):
    if given:
        path = pathlib.Path(given)
    elif "COVLS" in os.environ:
        path = pathlib.Path(os.environ["COVLS"])
    else:
        path = pathlib.Path(os.environ.get("COVLS_BUILD", ROOT / "build")) / "covls"
    if not os.access(path, os.X_OK):
        sys.exit(f"no covls at '{path}': build a release, and name it as argument or in COVLS")
    if not os.access(PYTHON, os.X_OK):
        sys.exit(f"no Python with coverage.py at '{PYTHON}': see COVLS_PYTHON314 in tests/run")
    return str(path.resolve())


def cpu_ms(pid):
    """The processor time that a process has had, all threads, to the nanosecond: the clock that
    clock_getcpuclockid() gives (linux/posix-timers.h, CPUCLOCK_SCHED)."""
    return time.clock_gettime(~pid << 3 | 2) * 1e3


def run_queue_ms(pid):
    """How long the threads of a process have waited for a processor: what others cost us."""
    waited = 0
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        waited += int((task / "schedstat").read_text().split()[1])
    return waited / 1e6


def memory_mib(pid, what):
    """A line of /proc/PID/status: VmRSS, VmHWM, RssAnon ..."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(what + ":"):
            return int(line.split()[1]) / 1024
    return float("nan")


PUBLISHED = (b'"method":"covls/coverage"', b'"method":"textDocument/publishDiagnostics"')


class Covls(client.Connection):
    """covls, whose coverage and diagnostics are kept unread in `published`, each with its time: reading
    JSON while the clock runs would be our time, on a processor that covls may want."""

    def __init__(self, covls):
        self.published = []  # (seconds, body)
        self.process = subprocess.Popen([covls], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        self.pid = self.process.pid
        super().__init__(self.process.stdout.read, self._write_all)

    def _write_all(self, data):
        view = memoryview(data)
        while view:
            view = view[self.process.stdin.write(view) :]

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if kind is None:
            self.call("shutdown")
            self.notify("exit")
        else:
            self.process.kill()
        self.process.wait()
        self._reader.join()
        self.process.stdin.close()
        self.process.stdout.close()

    def _read_all(self, read):
        have = bytearray()
        while data := read(1 << 20):
            now = time.monotonic()
            have += data
            self._take(have, now)
        with self._changed:
            self.ended = True
            self._changed.notify_all()

    def _take(self, have, now):
        while (end := have.find(b"\r\n\r\n")) >= 0:
            length = int(have[have.index(b":") + 1 : end])
            if len(have) < end + 4 + length:
                return
            body = bytes(have[end + 4 : end + 4 + length])
            del have[: end + 4 + length]
            with self._changed:
                if any(method in body[:80] for method in PUBLISHED):
                    self.published.append((now, body))
                else:
                    self.received.append(json.loads(body))
                self._changed.notify_all()

    def count(self, method):
        return sum(method in body[:80] for _, body in self.published)

    def wait_published(self, coverage, diagnostics=0):
        """Waits until so many messages of each kind have come since `published` was emptied."""
        self.wait(
            lambda: self.count(PUBLISHED[0]) >= coverage and self.count(PUBLISHED[1]) >= diagnostics,
            f"{coverage} covls/coverage and {diagnostics} diagnostics",
            timeout=60,
        )

    def initialize_as_editor(self, root):
        """What VS Code and Neovim ask for."""
        return self.initialize(root=str(root), encodings=["utf-16"], coverage=True)


def settle(covls):
    """Waits until covls has nothing more to do; gives how many messages came meanwhile."""
    before = len(covls.published)
    time.sleep(0.25)  # more than any of its own waits but the one for a file that is gone
    covls.status()
    return len(covls.published) - before


class Finished:
    """A command that has ended: what it cost with all its children, and the peak of the largest."""

    def __init__(self, command, **options):
        began = time.monotonic()
        process = subprocess.Popen(command, **options)
        # wait4() and not wait(): it tells of this child alone. The Popen must not wait once more.
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.wall = time.monotonic() - began
        self.code = process.returncode
        self.cpu = used.ru_utime + used.ru_stime
        self.peak = used.ru_maxrss / 1024


def spread(values, digits=1):
    """min / median / max."""
    parts = (min(values), statistics.median(values), max(values))
    return " / ".join(f"{value:,.{digits}f}" for value in parts)


def median(values):
    return statistics.median(values)


def table(*columns):
    """Begins a Markdown table; rows are printed as they come."""
    print("| " + " | ".join(columns) + " |")
    print("|" + " --- |" * len(columns), flush=True)


def row(*cells):
    print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)


def describe_machine():
    model = "unknown"
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
    load = " ".join(f"{n:.1f}" for n in os.getloadavg())
    print(f"{time.strftime('%Y-%m-%d %H:%M')}, {os.cpu_count()} x {model}, load {load}", flush=True)
