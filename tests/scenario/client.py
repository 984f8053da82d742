"""A small LSP client for the scenario tests: raw bytes, the Python standard library, no sleeps.

A test file holds functions `test_…()` and ends with `main(globals())`, which runs them, prints a line for
each and `N passed, N failed, N skipped`, and ends with 1 if one failed and 77 if all were skipped. The
first argument is the covls executable; others choose tests by part of their names.

Everything is waited for, by reading until it comes: a test is slow only when it fails. To prove that
nothing comes, ask for something that is answered later (`Server.reload`) and look at what came before.

With COVLS_ARTIFACTS in the environment every server writes a message log there, FILE.TEST.N.jsonl.

Each test has a cache folder of its own (COVLS_CACHE): what covls keeps of one test is not known to the
next, and nobody's real cache is touched.
"""

import atexit
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import traceback

COVLS = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else ""
# Generous: the machine may be busy and covls built with sanitizers. Nothing waits that long but a failure.
PATIENCE = float(os.environ.get("COVLS_PATIENCE", "30"))
# What an editor calls the language of a file; anything else is opened as Python.
LANGUAGES = {".c": "c", ".go": "go", ".h": "c", ".js": "javascript", ".rb": "ruby", ".ts": "typescript"}

_caches = tempfile.TemporaryDirectory(prefix="covls-cache-")
atexit.register(_caches.cleanup)


def new_cache(name="default"):
    """From now on covls keeps what outlives it in a folder that isn't there yet; gives its path."""
    os.environ["COVLS_CACHE"] = os.path.join(os.path.realpath(_caches.name), name)
    return os.environ["COVLS_CACHE"]


new_cache()


class Skip(Exception):
    """Raised by a test that cannot run here; says why."""


class Failed(Exception):
    """Something did not happen, or should not have."""


def frame(message):
    """The bytes of a message, with its header."""
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    return b"Content-Length: %d\r\n\r\n" % len(body) + body


def uri_of(path):
    return pathlib.Path(path).as_uri()


class Deframer:
    """Splits what covls writes into messages, and takes nothing but well-formed ones."""

    def __init__(self):
        self.bytes = b""

    def feed(self, data):
        self.bytes += data
        messages = []
        while b"\r\n\r\n" in self.bytes:
            header, rest = self.bytes.split(b"\r\n\r\n", 1)
            length = None
            for line in header.split(b"\r\n"):
                name, _, value = line.partition(b": ")
                if name == b"Content-Length":
                    length = int(value)
                elif name != b"Content-Type":
                    raise Failed(f"not a header: {line!r}")
            if length is None:
                raise Failed(f"a header without Content-Length: {header!r}")
            if len(rest) < length:
                break
            messages.append(json.loads(rest[:length].decode("utf-8")))
            self.bytes = rest[length:]
        if len(self.bytes) > 64 and b"Content-" not in self.bytes[:64]:
            raise Failed(f"not protocol: {self.bytes[:64]!r}")
        return messages


class Connection:
    """Messages to and from covls, over any pair of `read(n)` and `write(bytes)`."""

    def __init__(self, read, write):
        self._write = write
        self.received = []  # every message, in order
        self.ended = False
        self.fault = None
        self._changed = threading.Condition()
        self._next_id = 1
        self._reader = threading.Thread(target=self._read_all, args=(read,), daemon=True)
        self._reader.start()

    def _read_all(self, read):
        deframer = Deframer()
        try:
            while data := read(65536):
                messages = deframer.feed(data)
                with self._changed:
                    self.received.extend(messages)
                    self._changed.notify_all()
            if deframer.bytes:
                self.fault = Failed(f"half a message at the end: {deframer.bytes[:80]!r}")
        except OSError:
            pass
        except Exception as error:
            self.fault = error
        with self._changed:
            self.ended = True
            self._changed.notify_all()

    def wait(self, found, what, timeout=None):
        """Waits until found() gives something true, looking again whenever a message came."""
        deadline = time.monotonic() + (timeout or PATIENCE)
        with self._changed:
            while True:
                result = found()
                if result:
                    return result
                if self.fault:
                    raise self.fault
                if self.ended:
                    raise Failed(f"covls ended; was waiting for {what}")
                left = deadline - time.monotonic()
                if left <= 0:
                    last = "\n    ".join(json.dumps(m)[:400] for m in self.received[-6:])
                    raise Failed(f"{what} did not come; the last messages:\n    {last}")
                self._changed.wait(left)

    def wait_end(self, timeout=None):
        """Waits until covls has closed its side."""
        deadline = time.monotonic() + (timeout or PATIENCE)
        with self._changed:
            while not self.ended:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise Failed("covls did not close the connection")
                self._changed.wait(left)
        if self.fault:
            raise self.fault

    def send_bytes(self, data):
        self._write(data)

    def send(self, message):
        self.send_bytes(frame(message))

    def notify(self, method, params=None):
        message = {"jsonrpc": "2.0", "method": method}
        if params is not None:
            message["params"] = params
        self.send(message)

    def ask(self, method, params=None, id=None):
        """Sends a request, gives its id."""
        if id is None:
            id = self._next_id
            self._next_id += 1
        message = {"jsonrpc": "2.0", "id": id, "method": method}
        if params is not None:
            message["params"] = params
        self.send(message)
        return id

    def answer_to(self, id, timeout=None):
        """The whole response to `id`, waited for."""

        def found():
            for message in self.received:
                # 1 == True and 1 == 1.0 in Python: the type must be the same too.
                if "method" not in message and message.get("id") == id:
                    if type(message["id"]) is type(id):
                        return message
            return None

        return self.wait(found, f"the answer to {id!r}", timeout)

    def call(self, method, params=None, id=None, timeout=None):
        """The result of a request; an error answer fails the test."""
        answer = self.answer_to(self.ask(method, params, id), timeout)
        if "error" in answer:
            raise Failed(f"{method}: {answer['error']}")
        return answer["result"]

    def error_of(self, method, params=None, id=None):
        answer = self.answer_to(self.ask(method, params, id))
        if "error" not in answer:
            raise Failed(f"{method} should have failed, got {answer}")
        return answer["error"]["code"]

    def mark(self):
        """For `since`: what has come so far is not looked at."""
        return len(self.received)

    def messages(self, method, since=0):
        return [m["params"] for m in self.received[since:] if m.get("method") == method]

    def errors_without_id(self):
        return [m["error"]["code"] for m in self.received if "error" in m and m["id"] is None]

    # -- LSP

    def initialize(self, root=None, encodings=None, coverage=True, options=None, process=None, progress=False,
                   **text_document):
        """`text_document`: what the client can, as in its capabilities."""
        capabilities = {"textDocument": text_document} if text_document else {}
        if encodings is not None:
            capabilities["general"] = {"positionEncodings": encodings}
        if progress:
            capabilities["window"] = {"workDoneProgress": True}
        root_uri = uri_of(root) if root else None
        params = {
            "processId": process,
            "rootUri": root_uri,
            "workspaceFolders": [{"uri": root_uri, "name": "test"}] if root else None,
            "capabilities": capabilities,
            "initializationOptions": {"coverage": coverage, **(options or {})},
        }
        result = self.call("initialize", params)
        self.notify("initialized", {})
        return result

    def open(self, path, text=None, version=1):
        """Opens a file of the disk, or any URI with `text`, in its language; gives the URI."""
        if text is None:
            text = pathlib.Path(path).read_bytes().decode("utf-8")
        uri = uri_of(path) if os.path.isabs(path) else path
        language = LANGUAGES.get(pathlib.PurePosixPath(uri).suffix, "python")
        document = {"uri": uri, "languageId": language, "version": version, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})
        return uri

    def change(self, uri, version, *changes):
        document = {"uri": uri, "version": version}
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": list(changes)})

    def replace(self, uri, version, start, end, text):
        """An edit; `start` and `end` are (line, character), from 0."""
        ends = {"start": start, "end": end}
        place = {key: {"line": line, "character": character} for key, (line, character) in ends.items()}
        self.change(uri, version, {"range": place, "text": text})

    def close(self, uri):
        self.notify("textDocument/didClose", {"textDocument": {"uri": uri}})

    def coverage(self, uri, found=None, since=0, what="covls/coverage"):
        """The newest covls/coverage of a document, waited for until found(it) is true."""

        def look():
            all = [p for p in self.messages("covls/coverage", since) if p["uri"] == uri]
            return all[-1] if all and (found is None or found(all[-1])) else None

        return self.wait(look, f"{what} of {uri.rsplit('/', 1)[-1]}")

    def diagnostics(self, uri, found=None, since=0):
        """The newest diagnostics of a document, waited for until found(they) is true."""

        def look():
            all = [p for p in self.messages("textDocument/publishDiagnostics", since) if p["uri"] == uri]
            return all[-1:] if all and (found is None or found(all[-1]["diagnostics"])) else None

        return self.wait(look, f"diagnostics of {uri.rsplit('/', 1)[-1]}")[0]["diagnostics"]

    def status(self, uri=None):
        params = {"textDocument": {"uri": uri}} if uri else None
        return self.call("covls/status", params)

    def reload(self):
        """covls.reload: when it is answered, everything has been looked at anew and was sent."""
        return self.call("workspace/executeCommand", {"command": "covls.reload", "arguments": []})

    def settled(self, uri):
        """The state of a document after a reload."""
        mark = self.mark()
        self.reload()
        return self.coverage(uri, since=mark)

    def hover(self, uri, line, character=0):
        position = {"textDocument": {"uri": uri}, "position": {"line": line, "character": character}}
        return self.call("textDocument/hover", position)


class Server(Connection):
    """covls as a child process, over its standard input and output."""

    count = 0

    def __init__(self, *args, log=True, cwd=None, env=None, program=COVLS, user=None):
        Server.count += 1
        args = list(args)
        folder = os.environ.get("COVLS_ARTIFACTS")
        if folder and log and not any(a.startswith("--log") for a in args):
            os.makedirs(folder, exist_ok=True)
            test = pathlib.Path(sys.argv[0]).stem
            args.append(f"--log={folder}/{test}.{current_test}.{Server.count}.jsonl")
        self.process = subprocess.Popen(
            [program, *args],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            user=user,
            cwd=cwd,
            env={**os.environ, **(env or {})},
        )
        self.stderr = b""
        self._errors = threading.Thread(target=self._read_errors, daemon=True)
        self._errors.start()
        super().__init__(self.process.stdout.read1, self._write_all)

    def _write_all(self, data):
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def _read_errors(self):
        self.stderr = self.process.stderr.read()

    def end_input(self):
        self.process.stdin.close()

    def exit_code(self):
        """Waits for the process to end."""
        try:
            code = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            raise Failed("covls did not end") from None
        self._errors.join(PATIENCE)
        self._reader.join(PATIENCE)
        if self.fault:
            raise self.fault
        return code

    def finish(self):
        """A session's proper end."""
        self.call("shutdown")
        self.notify("exit")
        code = self.exit_code()
        if code != 0:
            raise Failed(f"covls ended with {code}: {self.stderr.decode(errors='replace')[-2000:]}")

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        try:
            if kind is None and self.process.poll() is None:
                self.finish()
        finally:
            if self.process.poll() is None:
                self.process.kill()
            self.process.wait()
            for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
                try:
                    pipe.close()
                except OSError:
                    pass
            if kind is not None and self.stderr:
                text = self.stderr.decode(errors="replace")[-3000:]
                print("    stderr: " + text.replace("\n", "\n    "))


def run(*args, cwd=None, env=None, input=b""):
    """covls as a command: its code, output and errors."""
    done = subprocess.run(
        [COVLS, *map(str, args)],
        input=input,
        capture_output=True,
        cwd=cwd,
        env={**os.environ, **(env or {})},
        timeout=PATIENCE,
    )
    return done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8", "replace")


def explained(*args, cwd, env=None):
    """`covls check --json`: what it ends with, and the first explanation."""
    code, out, err = run("check", "--json", *args, cwd=cwd, env=env)
    equal(err, "")
    return code, json.loads(out)[0]


def rows(why, head):
    """The texts of the rows of an explanation under a head."""
    found, under = [], ""
    for row in why["rows"]:
        under = row["head"] or under
        if under == head:
            found.append(row["text"])
    return found


def as_nobody(folder):
    """Arguments of a Server that may not read what is forbidden to its user. Root may read everything: then
    covls runs as somebody else, from where they may start it. (A message log could not be written.)"""
    if os.geteuid() != 0:
        return {"log": False}
    os.chmod(folder.path, 0o755)
    return {"log": False, "user": 65534, "program": shutil.copy(COVLS, folder / "covls")}


def equal(got, want, what=""):
    if got != want:
        raise Failed(f"{what + ': ' if what else ''}got {got!r}, want {want!r}")


def true(value, what):
    if not value:
        raise Failed(what)


def states(coverage):
    """The runs of a covls/coverage as {line0: state}."""
    return {
        line: run["state"]
        for run in coverage["runs"]
        for line in range(run["start"], run["end"] + 1)
    }


def lines_in(coverage, state):
    return sorted(line for line, s in states(coverage).items() if s == state)


class Folder:
    """A throw-away folder of files."""

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="covls-test-")
        # The real name: on some systems the temporary folder is reached by a symbolic link.
        self.path = os.path.realpath(self._folder.name)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._folder.cleanup()

    def __truediv__(self, name):
        return os.path.join(self.path, name)

    def write(self, name, text, age=None):
        """Writes a file; `age` seconds old, if given. Gives its path."""
        path = self / name
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode("utf-8"))
        if age is not None:
            then = time.time() - age
            os.utime(path, (then, then))
        return path


current_test = "none"


def main(names):
    global current_test
    passed, failed, skipped = 0, 0, 0
    reason = ""
    wanted = sys.argv[2:]
    for name, test in names.items():
        if not name.startswith("test_") or not callable(test):
            continue
        if wanted and not any(part in name for part in wanted):
            continue
        current_test = name.removeprefix("test_")
        new_cache(current_test)
        begun = time.monotonic()
        try:
            test()
        except Skip as skip:
            skipped += 1
            reason = str(skip)
            print(f"skip {name}: {skip}", flush=True)
        except Exception as error:
            failed += 1
            print(f"not ok {name}: {error}", flush=True)
            if not isinstance(error, Failed):
                traceback.print_exc(file=sys.stdout)
            else:
                where = traceback.extract_tb(error.__traceback__)
                at = [f for f in where if f.filename == os.path.abspath(sys.argv[0])] or where
                print(f"    at line {at[-1].lineno}: {at[-1].line}", flush=True)
        else:
            passed += 1
            print(f"ok {name} ({time.monotonic() - begun:.2f} s)", flush=True)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    if passed + failed + skipped == 0:
        print("no test of that name")
        sys.exit(1)
    if not passed and not failed:
        print(reason)
        sys.exit(77)
    sys.exit(1 if failed else 0)


__all__ = [
    "COVLS", "PATIENCE", "Connection", "Deframer", "Failed", "Folder", "Server", "Skip", "as_nobody", "equal",
    "explained", "frame", "lines_in", "main", "new_cache", "rows", "run", "states", "true", "uri_of",
]
