"""From the first message to the end of the process: which message is served when, and how covls ends."""

import os
import signal
import subprocess
import sys

from client import *


def test_before_initialize():
    with Server() as server:
        equal(server.error_of("textDocument/hover", {}), -32002)
        equal(server.error_of("covls/status"), -32002)
        equal(server.error_of("shutdown"), -32002)
        # Notifications are dropped: this document is not open afterwards.
        server.notify("textDocument/didOpen", {
            "textDocument": {"uri": "untitled:a", "languageId": "python", "version": 1, "text": ""},
        })
        server.initialize()
        equal(server.status()["documents"], 0)


def test_initialize_result():
    with Server() as server:
        result = server.initialize()
        capabilities = result["capabilities"]
        equal(result["serverInfo"]["name"], "covls")
        sync = capabilities["textDocumentSync"]
        equal((sync["openClose"], sync["change"]), (True, 2))
        true(sync["save"], "didSave is wanted")
        true(capabilities["hoverProvider"], "hover is announced")
        equal(capabilities["executeCommandProvider"]["commands"], [
        *(f"covls.baseline.{deed}" for deed in ("drop", "list", "save", "use")),
        "covls.changes", "covls.changes.project", "covls.explain", "covls.forgetRuns", "covls.reload",
    ])
        equal(capabilities["experimental"]["covls"], {"coverage": True, "status": True})


def test_initialize_twice():
    with Server() as server:
        server.initialize()
        equal(server.error_of("initialize", {"processId": None, "rootUri": None, "capabilities": {}}), -32600)
        equal(server.error_of("test/unknown"), -32601, "and the session goes on")


def test_unknown_methods():
    with Server() as server:
        server.initialize()
        equal(server.error_of("test/unknown"), -32601)
        equal(server.error_of("$/unknown"), -32601)
        mark = server.mark()
        server.notify("test/unknown", {"a": 1})
        server.notify("$/setTrace", {"value": "verbose"})
        server.notify("$/unknown")
        server.notify("workspace/didChangeWatchedFiles", {"changes": []})
        server.status()
        equal([m for m in server.received[mark:] if "error" in m], [], "notifications are never answered")


def test_ids_come_back_as_they_came():
    with Server() as server:
        server.initialize()
        for id in (0, 7, -3, 2147483647, "7", "", "a b", "é😀", "\"\\\n"):
            equal(server.answer_to(server.ask("test/unknown", id=id))["id"], id)


def test_ids_that_are_none():
    with Server() as server:
        server.initialize()
        for id in (None, True, [], {}, 1.5):
            server.send({"jsonrpc": "2.0", "id": id, "method": "test/unknown"})
        server.status()
        # A null id is allowed by JSON-RPC for what nobody can answer; the others are no ids.
        codes = server.errors_without_id()
        true(len(codes) in (4, 5) and set(codes) <= {-32600, -32601}, f"errors without id: {codes}")


def test_a_batch():
    """LSP has no batches: told, and nothing in it is served."""
    with Server() as server:
        server.initialize()
        server.send([{"jsonrpc": "2.0", "id": 50, "method": "covls/status"}])
        server.status()
        equal(server.errors_without_id(), [-32600])
        true(not any(m.get("id") == 50 for m in server.received), "the batch was served")


def test_after_shutdown():
    with Server() as server:
        server.initialize()
        equal(server.call("shutdown"), None)
        equal(server.error_of("covls/status"), -32600)
        equal(server.error_of("shutdown"), -32600)
        equal(server.error_of("test/unknown"), -32600)
        server.notify("textDocument/didClose", {"textDocument": {"uri": "untitled:a"}})
        server.notify("exit")
        equal(server.exit_code(), 0)


def test_params_that_make_no_sense():
    """Wrong types are answered, never believed."""
    with Server() as server:
        server.initialize()
        for params in (None, [], {}, {"textDocument": 1}, {"textDocument": {"uri": 5}, "position": "x"}):
            answer = server.answer_to(server.ask("textDocument/hover", params))
            true("error" in answer or answer["result"] is None, f"{params} gave {answer}")
        for params in (None, [], {}, {"command": 5}, {"command": "unknown.command"}):
            answer = server.answer_to(server.ask("workspace/executeCommand", params))
            true("error" in answer, f"executeCommand {params} gave {answer}")
        for method in ("didOpen", "didChange", "didSave", "didClose"):
            for params in (None, [], {}, {"textDocument": {}}, {"textDocument": {"uri": "x"}}, {"textDocument": None}):
                server.notify(f"textDocument/{method}", params)
        server.change("untitled:never-opened", 2, {"text": "x"})
        server.change("untitled:a", 2, {"range": 5, "text": 6}, 7)
        server.notify("workspace/didChangeConfiguration", {"settings": {"covls": 5}})
        server.notify("workspace/didChangeConfiguration", {"settings": None})
        server.status()
        equal(server.errors_without_id(), [])


def test_cancel():
    with Server() as server:
        server.initialize()
        server.notify("$/cancelRequest", {"id": 12345})
        server.notify("$/cancelRequest", {"id": "nothing"})
        server.notify("$/cancelRequest", {})
        id = server.ask("workspace/executeCommand", {"command": "covls.reload"})
        server.notify("$/cancelRequest", {"id": id})
        answer = server.answer_to(id)
        # Either it was quicker than the cancel or it was cancelled; it is answered once in any case.
        true("result" in answer or answer["error"]["code"] == -32800, str(answer))
        server.status()
        equal(len([m for m in server.received if m.get("id") == id]), 1, "answers")


def test_exit_codes():
    with Server() as server:  # exit without shutdown
        server.initialize()
        server.notify("exit")
        equal(server.exit_code(), 1, "exit without shutdown")
    with Server() as server:  # exit before anything
        server.notify("exit")
        equal(server.exit_code(), 1, "exit as the first message")
    with Server() as server:
        server.initialize()
        server.call("shutdown")
        server.notify("exit")
        equal(server.exit_code(), 0, "exit after shutdown")


def test_end_of_input():
    with Server() as server:
        server.initialize()
        server.end_input()
        equal(server.exit_code(), 1, "input ended without shutdown")
    with Server() as server:
        server.initialize()
        server.call("shutdown")
        server.end_input()
        equal(server.exit_code(), 0, "input ended after shutdown")
    with Server() as server:
        server.end_input()
        equal(server.exit_code(), 1, "no input at all")
    with Server(log=False) as server:
        server.send_bytes(b"Content-Length: 100\r\n\r\n{")
        server.end_input()
        equal(server.exit_code(), 1, "input ended inside a message")


def test_nobody_reads_any_more():
    """The client closes covls's output: no endless writing, no death by signal."""
    reading, writing = os.pipe()
    covls = subprocess.Popen([COVLS], stdin=subprocess.PIPE, stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    os.close(reading)
    try:
        ask = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"capabilities": {}}}
        try:
            for _ in range(20):
                covls.stdin.write(frame(ask))
                covls.stdin.flush()
        except OSError:
            pass  # it has ended meanwhile
        code = covls.wait(PATIENCE)
        true(code == 1, f"code {code}")
    except subprocess.TimeoutExpired:
        raise Failed("covls did not end") from None
    finally:
        covls.kill()
        covls.wait()
        covls.stderr.close()
        try:
            covls.stdin.close()
        except OSError:
            pass


def test_client_process_gone():
    """The editor was killed and something else holds the pipe open: covls ends all the same."""
    editor = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        with Server() as server:
            server.initialize(process=editor.pid)
            equal(server.error_of("test/unknown"), -32601)
            editor.send_signal(signal.SIGKILL)
            editor.wait()
            equal(server.exit_code(), 1)
    finally:
        editor.kill()
        editor.wait()
        editor.stdin.close()


def test_client_process_that_never_was():
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    with Server() as server:
        server.initialize(process=gone.pid)
        equal(server.exit_code(), 1)


def test_terminated():
    """SIGTERM and SIGINT end it without a trace on standard output."""
    for number in (signal.SIGTERM, signal.SIGINT):
        with Server() as server:
            server.initialize()
            server.process.send_signal(number)
            code = server.exit_code()
            true(code in (0, 1, -number), f"code {code}")


main(globals())
