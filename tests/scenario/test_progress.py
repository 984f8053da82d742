"""A long reading is told of with $/progress, may be stopped, and is dropped when it is of no use."""

import os

from client import *

FILES = 4000


def big_report(folder, hits=0):
    """A report that takes a second or more: some 100 MB of XML, of files that are not there, and of a.c."""
    lines = "".join(f'<line number="{n}" hits="{n % 3}"/>' for n in range(1, 800))
    with open(folder / "coverage/cobertura.xml.new", "w", encoding="utf-8") as file:
        file.write('<coverage line-rate="1"><packages><package name="p"><classes>')
        for n in range(FILES):
            file.write(f'<class name="f{n}" filename="/elsewhere/f{n}.c"><lines>{lines}</lines></class>')
        file.write(f'<class name="a" filename="{folder / "a.c"}"><lines><line number="1" hits="{hits}"/></lines></class>')
        file.write("</classes></package></packages></coverage>")
    os.rename(folder / "coverage/cobertura.xml.new", folder / "coverage/cobertura.xml")


class Client:
    """The part of a client that shows progress."""

    def __init__(self, server):
        self.server = server

    def grant(self, since=0):
        """Waits for the announcement and agrees; gives the token."""
        def announced():
            found = [m for m in self.server.received[since:] if m.get("method") == "window/workDoneProgress/create"]
            return found and found[-1]

        message = self.server.wait(announced, "window/workDoneProgress/create")
        self.server.send({"jsonrpc": "2.0", "id": message["id"], "result": None})
        return message["params"]["token"]

    def values(self, token):
        return [m["value"] for m in self.server.messages("$/progress") if m["token"] == token]

    def wait_kind(self, token, kind):
        return self.server.wait(lambda: next((v for v in self.values(token) if v["kind"] == kind), None), f"$/progress {kind}")


def start(server, folder, shows=True):
    server.call("initialize", {"processId": None, "rootUri": uri_of(folder.path),
                "capabilities": {"window": {"workDoneProgress": shows}}, "initializationOptions": {"coverage": True}})
    server.notify("initialized", {})
    return server.open(folder / "a.c")


def project():
    folder = Folder()
    folder.write("a.c", "int a;\n", age=60)
    folder.write(".git/HEAD", "")
    os.mkdir(folder / "coverage")
    big_report(folder)
    return folder


def test_a_long_reading_is_told_of():
    with project() as folder, Server() as server:
        client = Client(server)
        uri = start(server, folder)
        token = client.grant()
        server.coverage(uri, lambda c: c["freshness"] == "fresh")
        client.wait_kind(token, "end")
        values = client.values(token)
        equal((values[0]["kind"], values[0]["cancellable"], values[-1]["kind"]), ("begin", True, "end"))
        percents = [v["percentage"] for v in values[:-1]]
        equal(percents, sorted(set(percents)))
        true(all(p <= 100 for p in percents), percents)


def test_a_client_that_shows_none_is_not_asked():
    with project() as folder, Server() as server:
        uri = start(server, folder, shows=False)
        server.coverage(uri, lambda c: c["freshness"] == "fresh")
        equal(server.messages("window/workDoneProgress/create") + server.messages("$/progress"), [])


def test_a_person_stops_it():
    with project() as folder, Server() as server:
        client = Client(server)
        uri = start(server, folder)
        token = client.grant()
        server.notify("window/workDoneProgress/cancel", {"token": token})
        coverage = server.coverage(uri, lambda c: c["reason"]["code"] != "none")
        equal((coverage["reason"]["code"], coverage["freshness"]), ("stopped", "none"))
        true("covls.reload" in coverage["reason"]["message"], coverage)
        equal(client.wait_kind(token, "end").get("message"), "stopped")
        # A save does not begin it again; the command does.
        before = len(server.messages("window/workDoneProgress/create"))
        server.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
        server.status(uri)
        equal(len(server.messages("window/workDoneProgress/create")), before)
        since = server.mark()
        server.reload()
        server.coverage(uri, lambda c: c["freshness"] == "fresh", since)


def test_what_nobody_waits_for_is_dropped():
    with project() as folder, Server() as server:
        client = Client(server)
        uri = start(server, folder)
        token = client.grant()
        server.close(uri)
        equal(client.wait_kind(token, "end").get("message"), "stopped")


main(globals())
