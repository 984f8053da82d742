"""git answers late or never: what can be shown is shown, and nobody waits for it again and again."""

import os
import shutil
import subprocess

from client import *
from make_coverage import make

SOURCE = "x = 1\ny = 2\n"


class Project(Folder):
    """Sources that were touched after their data was written, so that only git can tell what ran."""

    def __init__(self, count, git):
        super().__init__()
        if shutil.which("git") is None:
            raise Skip("git is not there")
        os.mkdir(self / "p")
        self.names = [self.write(f"p/m{i}.py", SOURCE) for i in range(count)]
        subprocess.run(["git", "init", "-q"], cwd=self / "p", check=True)
        subprocess.run(["git", "add", "-A"], cwd=self / "p", check=True)
        make(self / "p/.coverage", {name: [1] for name in self.names})
        os.utime(self / "p/.coverage", (1700000000, 1700000000))
        self.asked = self / "asked"
        os.chmod(self.write("bin/git", f"#!/bin/sh\necho >>'{self.asked}'\n{git}\n"), 0o755)
        self.path = self / "p"
        self.env = {"PATH": os.path.join(self._folder.name, "bin") + os.pathsep + os.environ["PATH"]}

    def times_asked(self):
        with open(self.asked) as file:
            return len(file.readlines())


def open_all(server, project):
    """All in one write: they become one job."""
    uris = [uri_of(name) for name in project.names]
    documents = [{"uri": uri, "languageId": "python", "version": 1, "text": SOURCE} for uri in uris]
    server.send_bytes(b"".join(
        frame({"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"textDocument": d}}) for d in documents))
    return uris


def test_git_that_hangs_is_not_asked_for_each_document():
    with Project(12, "exec sleep 1000") as project, Server(env=project.env) as server:
        server.initialize(root=project.path)
        uris = open_all(server, project)
        for uri in uris:
            coverage = server.coverage(uri, lambda c: c["freshness"] == "unknown")
        true("git did not answer in time" in coverage["reason"]["message"], coverage["reason"])
        server.reload()
        true(project.times_asked() <= 4, f"git was asked {project.times_asked()} times")


def test_what_git_has_told_is_shown_before_all_are_asked():
    real = shutil.which("git")
    with Project(3, f"sleep 0.6; exec '{real}' \"$@\"") as project, Server(env=project.env) as server:
        server.initialize(root=project.path, progress=True)
        uris = open_all(server, project)
        for uri in uris:
            server.coverage(uri)
        methods = [m.get("method") for m in server.received]
        first, last = methods.index("covls/coverage"), len(methods) - methods[::-1].index("covls/coverage")
        true("window/workDoneProgress/create" in methods[first:last], f"all came at once: {methods}")


def test_a_reload_is_answered_when_all_is_known():
    real = shutil.which("git")
    with Project(3, f"sleep 0.6; exec '{real}' \"$@\"") as project, Server(env=project.env) as server:
        server.initialize(root=project.path)
        uris = open_all(server, project)
        server.reload()
        equal({c["uri"] for c in server.messages("covls/coverage")}, set(uris))


def test_a_person_stops_the_asking():
    """Then nobody knows what git would have said: what was shown stays, and no test need run again."""
    real = shutil.which("git")
    with Project(3, f"sleep 0.6; exec '{real}' \"$@\"") as project, Server(env=project.env) as server:
        server.initialize(root=project.path, progress=True)
        uris = open_all(server, project)

        def announced():
            return [m for m in server.received if m.get("method") == "window/workDoneProgress/create"]

        message = server.wait(announced, "window/workDoneProgress/create")[0]
        server.send({"jsonrpc": "2.0", "id": message["id"], "result": None})
        server.notify("window/workDoneProgress/cancel", {"token": message["params"]["token"]})
        for uri in uris:
            equal(server.coverage(uri)["reason"]["code"], "stopped")


def test_threads_share_their_heap():
    """Else each thread of the pool keeps as much memory as the largest job took."""
    with Project(1, "exit 1") as project, Server(env=project.env) as server:
        server.initialize(root=project.path)
        server.coverage(server.open(project.names[0]))
        server.reload()
        try:
            with open(f"/proc/{server.process.pid}/maps") as file:
                regions = [line.split()[:2] for line in file]
        except OSError:
            raise Skip("this system does not tell of memory") from None
        ranges = [[int(end, 16) for end in region.split("-")] for region, _ in regions]
        heaps = 0
        # glibc reserves 64 MiB for each further heap, and makes the beginning of it writable.
        for (start, middle), (behind, end), (_, first), (_, second) in zip(ranges, ranges[1:], regions, regions[1:]):
            if (first, second) == ("rw-p", "---p") and middle == behind and end - start == 64 << 20:
                heaps += 1
        equal(heaps, 0, "heaps of threads")


main(globals())
