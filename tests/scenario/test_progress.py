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
    server.initialize(folder.path, progress=shows)
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


SOURCES = 6000


def measured_project():
    """A project of so many sources, all of them measured, that a look at each takes a while."""
    folder = Folder()
    folder.write(".git/HEAD", "")
    os.mkdir(folder / "coverage")
    os.mkdir(folder / "src")
    for n in range(SOURCES):
        folder.write(f"src/f{n}.c", f"int f{n};\n" * 30, age=60)
    with open(folder / "coverage/lcov.info", "w", encoding="utf-8") as report:
        lines = "".join(f"DA:{n},{n % 3}\n" for n in range(1, 31))
        for n in range(SOURCES):
            report.write(f"SF:{folder / 'src'}/f{n}.c\n{lines}end_of_record\n")
    return folder


def open_measured(server, folder):
    server.initialize(folder.path, progress=True)
    uri = server.open(folder / "src/f0.c")
    server.coverage(uri, lambda c: c["freshness"] == "fresh")
    return uri


def ask_command(server, command, *arguments):
    return server.ask("workspace/executeCommand", {"command": "covls." + command, "arguments": arguments})


def grant_titled(client, title, since=0):
    """The reading of the report may be told of before."""
    while True:
        token = client.grant(since)
        if client.wait_kind(token, "begin")["title"] == title:
            return token
        since = client.server.mark()


def test_a_look_at_a_whole_project_is_told_of_and_stopped():
    with measured_project() as folder, Server() as server:
        client = Client(server)
        uri = open_measured(server, folder)
        for command, title in (("changes.project", "Comparing with the baseline"), ("baseline.save", "Saving the baseline")):
            mark = server.mark()
            id = ask_command(server, command, uri, "main")
            token = grant_titled(client, title, mark)
            server.notify("window/workDoneProgress/cancel", {"token": token})
            answer = server.answer_to(id)
            true("error" in answer, (command, answer, client.values(token)))
            error = answer["error"]
            true(error["code"] == -32800 and error["message"].endswith(" was stopped"), error)
            equal(client.wait_kind(token, "end").get("message"), "stopped")
        equal(server.call("workspace/executeCommand", {"command": "covls.baseline.list", "arguments": [uri]})["baselines"], [])


def compare(client, folder):
    """Asks what the project has changed; gives the request and the token, once it is told how far that is."""
    uri = open_measured(client.server, folder)
    mark = client.server.mark()
    id = ask_command(client.server, "changes.project", uri)
    return id, grant_titled(client, "Comparing with the baseline", mark)


def test_a_look_at_a_whole_project_says_how_far_it_is():
    with measured_project() as folder, Server() as server:
        client = Client(server)
        id, token = compare(client, folder)
        equal(server.answer_to(id)["result"], {"baseline": None, "files": []})
        values = client.values(token)
        equal([v["kind"] for v in (values[0], values[-1])], ["begin", "end"])
        percents = [v["percentage"] for v in values[:-1]]
        equal(percents, sorted(set(percents)))
        true(len(percents) > 1 and percents[-1] <= 100, percents)


def test_nobody_waits_for_the_look_at_a_project():
    """When its request is cancelled, it ends, too."""
    with measured_project() as folder, Server() as server:
        client = Client(server)
        id, token = compare(client, folder)
        server.notify("$/cancelRequest", {"id": id})
        equal(server.answer_to(id)["error"]["code"], -32800)
        equal(client.wait_kind(token, "end").get("message"), "stopped")


main(globals())
