"""The ways to be started: stdio, --pipe, --socket, --log, --version, --help, and wrong ones."""

import json
import os
import re
import socket
import subprocess
import threading
import time

from client import *


def session(connection):
    """A whole small session; the same over every transport."""
    connection.initialize()
    equal(connection.status()["documents"], 0)
    connection.open("untitled:a", "x = 1\n")
    equal(connection.status()["documents"], 1)
    equal(connection.call("shutdown"), None)
    connection.notify("exit")
    connection.wait_end()


class Process:
    """covls, talking to us in some other way than by its standard input and output."""

    def __init__(self, *args):
        self.process = subprocess.Popen(
            [COVLS, *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def __enter__(self):
        return self

    def end(self, code=0):
        out, err = self.process.communicate(timeout=PATIENCE)
        equal(out, b"", "standard output")
        equal(self.process.returncode, code, f"exit code ({err.decode(errors='replace')[-1500:]})")

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()


def over(sock):
    return Connection(sock.recv, sock.sendall)


def accept(listener):
    listener.settimeout(PATIENCE)
    connected, _ = listener.accept()
    connected.settimeout(None)
    return connected


def connect(family, address, process):
    """covls tells nobody when it listens: tried again until it does."""
    deadline = time.monotonic() + PATIENCE
    while True:
        sock = socket.socket(family)
        try:
            sock.connect(address)
            return sock
        except OSError:
            sock.close()
            if time.monotonic() > deadline or process.poll() is not None:
                raise Failed(f"nobody listens at {address}; exit code {process.poll()}") from None
            threading.Event().wait(0.01)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_stdio_is_the_default_and_has_a_name():
    for args in ([], ["--stdio"]):
        with Server(*args) as server:
            session(server)
            equal(server.exit_code(), 0)


def test_pipe_client_listens():
    with Folder() as folder, socket.socket(socket.AF_UNIX) as listener:
        listener.bind(folder / "s")
        listener.listen()
        with Process(f"--pipe={folder / 's'}") as covls, accept(listener) as sock:
            session(over(sock))
            covls.end()


def test_pipe_covls_listens():
    with Folder() as folder:
        with Process(f"--pipe={folder / 's'}") as covls:
            with connect(socket.AF_UNIX, folder / "s", covls.process) as sock:
                session(over(sock))
            covls.end()
        true(not os.path.exists(folder / "s"), "the socket file was left behind")


def test_pipe_with_a_stale_file():
    """A server that was killed left its socket file: nobody listens there."""
    with Folder() as folder:
        with socket.socket(socket.AF_UNIX) as old:
            old.bind(folder / "s")
        with Process(f"--pipe={folder / 's'}") as covls:
            with connect(socket.AF_UNIX, folder / "s", covls.process) as sock:
                session(over(sock))
            covls.end()


def test_socket_client_listens():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with Process(f"--socket={port}") as covls, accept(listener) as sock:
            session(over(sock))
            covls.end()


def test_socket_covls_listens():
    port = free_port()
    with Process(f"--socket={port}") as covls:
        with connect(socket.AF_INET, ("127.0.0.1", port), covls.process) as sock:
            session(over(sock))
        covls.end()


def test_socket_is_on_loopback_only():
    port = free_port()
    with Process(f"--socket={port}") as covls:
        with connect(socket.AF_INET, ("127.0.0.1", port), covls.process) as sock:
            wanted = f":{port:04X}"
            with open("/proc/net/tcp", encoding="ascii") as table:
                rows = [line.split() for line in table][1:]
            addresses = [row[1] for row in rows if row[1].endswith(wanted)]
            true(addresses and all(a.startswith("0100007F") for a in addresses), f"bound to {addresses}")
            session(over(sock))
        covls.end()


def test_socket_closed_by_the_client():
    for kind in ("pipe", "socket"):
        with Folder() as folder:
            if kind == "pipe":
                family, address, option = socket.AF_UNIX, folder / "s", f"--pipe={folder / 's'}"
            else:
                port = free_port()
                family, address, option = socket.AF_INET, ("127.0.0.1", port), f"--socket={port}"
            with Process(option) as covls:
                with connect(family, address, covls.process) as sock:
                    connection = over(sock)
                    connection.initialize()
                    sock.shutdown(socket.SHUT_RDWR)
                covls.end(1)


def test_log():
    with Folder() as folder:
        log = folder / "messages.jsonl"
        with Server(f"--log={log}") as server:
            server.initialize()
            server.open("untitled:é", "x = '😀'\n")
            server.send_bytes(frame(b"{"))
            server.status()
            server.finish()
        with open(log, encoding="utf-8") as file:
            entries = [json.loads(line) for line in file]
        for entry in entries:
            true(entry["dir"] in ("recv", "send"), f"dir {entry['dir']}")
        # What is no message is logged under another name.
        equal([e["dir"] for e in entries if "msg" not in e], ["recv"])
        methods = [e["msg"].get("method") for e in entries if e["dir"] == "recv" and "msg" in e]
        want = ["initialize", "initialized", "textDocument/didOpen", "covls/status", "shutdown", "exit"]
        equal([m for m in methods if m], want, "what was received")
        sent = [e["msg"] for e in entries if e["dir"] == "send"]
        equal(sent, server.received, "what was sent")


def test_log_that_cannot_be_written():
    code, out, err = run("--log=/nonexistent/folder/log.jsonl")
    equal((code != 0, out), (True, ""))
    true("/nonexistent/folder/log.jsonl" in err, f"the file is named: {err!r}")


def test_version():
    code, out, err = run("--version")
    equal((code, err), (0, ""))
    true(re.fullmatch(r"covls \d+\.\d+\.\d+\n", out), f"got {out!r}")


def test_help():
    code, out, err = run("--help")
    equal((code, err), (0, ""))
    for word in ("--stdio", "--pipe", "--socket", "--log", "show", "report"):
        true(word in out, f"{word} is in the help")
    true(all(len(line) <= 80 for line in out.splitlines()), "lines fit a terminal")


def test_options_that_are_none():
    for args in (["--unknown"], ["--socket=x"], ["--socket=0"], ["--socket=70000"], ["--pipe="], ["nonsense"], ["--socket"]):
        code, out, err = run(*args)
        true(code == 2, f"{args}: code {code}")
        equal(out, "", f"{args}: output")
        true(err.startswith("covls: "), f"{args}: {err!r}")


def test_logs_go_to_stderr_only():
    """A session with everything that might make covls talk: the deframer takes nothing but messages."""
    with Folder() as folder:
        folder.write(".coverage", "nonsense")
        folder.write("a.py", "def (:\n")
        with Server(env={"COVLS_DEBUG": "1"}) as server:
            server.initialize(folder.path)
            server.open(folder / "a.py")
            server.open("untitled:b", "x\n")
            server.send_bytes(b"garbage\r\n\r\n")
            server.reload()


main(globals())
