"""Position encodings and text synchronisation, seen from outside: what covls says of a document after
edits must be what it says of the same text opened afresh."""

import random

from client import *
from make_coverage import make

SOURCE = '''\
"""Doc."""
import os


def greet(name):
    text = "hé 😀 " + name
    if not name:
        text = "nobody"
        return text
    return text
'''
RAN = [1, 2, 5]  # the functions were defined, and that is all


def units(text, encoding):
    return len(text.encode({"utf-8": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}[encoding])) // {
        "utf-8": 1, "utf-16": 2, "utf-32": 4,
    }[encoding]


def project(folder, source=SOURCE, ran=RAN):
    folder.write("app/greet.py", source, age=60)
    make(folder / ".coverage", {"app/greet.py": ran})
    return folder / "app/greet.py"


def spot(line, character):
    return {"line": line, "character": character}


def edit(start, end, text):
    return {"range": {"start": spot(*start), "end": spot(*end)}, "text": text}


def test_encoding_negotiated():
    for offered, want in [
        (None, "utf-16"),
        ([], "utf-16"),
        (["utf-16"], "utf-16"),
        (["utf-8"], "utf-8"),
        (["utf-32", "utf-8"], "utf-32"),
        (["utf-7", "utf-8", "utf-16"], "utf-8"),
        (["utf-7"], "utf-16"),
        ([5, None], "utf-16"),
    ]:
        with Server() as server:
            got = server.initialize(encodings=offered)["capabilities"].get("positionEncoding", "utf-16")
            equal(got, want, f"offered {offered}")


def test_missed_lines_as_diagnostics():
    with Folder() as folder:
        path = project(folder)
        with Server() as server:
            server.initialize(folder.path)
            uri = server.open(path)
            missed = server.diagnostics(uri, len)
            equal([(d["range"]["start"]["line"], d["range"]["end"]["line"]) for d in missed], [(5, 9)])
            only = missed[0]
            equal((only["source"], only["code"], only["severity"]), ("covls", "uncovered", 4))
            true("6–10" in only["message"], only["message"])
            equal(lines_in(server.coverage(uri), "missed"), [5, 6, 7, 8, 9])


def test_ranges_in_each_encoding():
    """A diagnostic ends where its last line ends, in the units that were agreed on."""
    last = 'x = "é😀𝒳"  # ünï'
    with Folder() as folder:
        path = project(folder, "import os\n" + last + "\n", [1])
        for encoding in ("utf-8", "utf-16", "utf-32"):
            with Server() as server:
                server.initialize(folder.path, encodings=[encoding])
                uri = server.open(path)
                range = server.diagnostics(uri, len)[0]["range"]
                equal(range["start"], spot(1, 0), encoding)
                ends = [spot(1, units(last, encoding)), spot(2, 0)]
                true(range["end"] in ends, f"{encoding}: ends at {range['end']}, want one of {ends}")


def test_edits_in_each_encoding():
    """The second edit of a message is meant in the text that the first left, past a surrogate pair."""
    for encoding in ("utf-8", "utf-16", "utf-32"):
        with Folder() as folder:
            path = project(folder)
            with Server() as server:
                server.initialize(folder.path, encodings=[encoding])
                uri = server.open(path)
                server.diagnostics(uri, len)
                line = '    text = "hé 😀 " + name'
                at = units(line[: line.index(" +")], encoding)
                insert = " + '𝒳'\n    more = 1\n    text = text"
                grown = insert.rsplit("\n", 1)[1]
                end = units(grown, encoding)
                server.change(uri, 2, edit((5, at), (5, at), insert), edit((7, end), (7, end), " + 'é'"))
                want = SOURCE.replace('😀 " + name', "😀 \" + '𝒳'\n    more = 1\n    text = text + 'é' + name")
                compare(server, uri, want, 3, encoding)


def compare(server, uri, text, version, what):
    """The document as it was edited, against the same text opened afresh."""
    edited = server.settled(uri)
    server.close(uri)
    server.notify("textDocument/didOpen", {
        "textDocument": {"uri": uri, "languageId": "python", "version": version, "text": text},
    })
    afresh = server.settled(uri)
    equal(edited["reason"], afresh["reason"], f"{what}: reason")
    if edited["reason"]["code"] != "not-python":  # then the counts are those of before
        for key in ("statements", "excluded"):
            equal(edited["summary"][key], afresh["summary"][key], f"{what}: {key}")
    return edited, afresh


def test_crlf():
    with Folder() as folder:
        source = SOURCE.replace("\n", "\r\n")
        path = project(folder, source)
        with Server() as server:
            server.initialize(folder.path)
            uri = server.open(path)
            equal(lines_in(server.coverage(uri), "missed"), [5, 6, 7, 8, 9])
            # A character past the end of a line means the end of the line: before the CRLF.
            server.change(uri, 2, edit((4, 999), (4, 999), "  # longer"), edit((8, 0), (9, 0), ""))
            lines = source.split("\r\n")
            lines[4] += "  # longer"
            del lines[8]
            compare(server, uri, "\r\n".join(lines), 3, "CRLF")


def test_edits_past_the_end_are_clamped():
    with Folder() as folder:
        path = project(folder)
        with Server() as server:
            server.initialize(folder.path)
            uri = server.open(path)
            server.diagnostics(uri, len)
            server.change(uri, 2, edit((900, 5), (950, 7), "\n\ndef last():\n    return 5\n"))
            compare(server, uri, SOURCE + "\n\ndef last():\n    return 5\n", 3, "past the last line")
            server.change(uri, 4, edit((2, 0), (4294967295, 4294967295), "x = 1\n"))
            compare(server, uri, '"""Doc."""\nimport os\nx = 1\n', 5, "numbers above 31 bits")


def test_full_change():
    with Folder() as folder:
        path = project(folder)
        with Server() as server:
            server.initialize(folder.path)
            uri = server.open(path)
            server.diagnostics(uri, len)
            server.change(uri, 2, {"text": "a = 1\n"}, {"text": "b = 1\nc = 2\n"}, edit((0, 0), (0, 1), "d = b"))
            edited, _ = compare(server, uri, "d = b = 1\nc = 2\n", 3, "full change")
            equal(edited["summary"]["statements"], 2)
            equal(edited["version"], 2)


def test_an_edit_moves_the_marks():
    with Folder() as folder:
        path = project(folder)
        with Server() as server:
            server.initialize(folder.path)
            uri = server.open(path)
            server.coverage(uri, lambda c: c["freshness"] == "fresh")
            server.change(uri, 2, edit((2, 0), (2, 0), "# one\n# two\n"))
            moved = server.coverage(uri, lambda c: c["version"] == 2)
            equal(moved["freshness"], "edited")
            equal(lines_in(moved, "missed"), [7, 8, 9, 10, 11])
            missed = server.diagnostics(uri, lambda ds: ds and ds[0]["range"]["start"]["line"] == 7)
            true("8–12" in missed[0]["message"], missed[0]["message"])


def test_a_changed_statement_is_unknown():
    with Folder() as folder:
        path = project(folder)
        with Server() as server:
            server.initialize(folder.path)
            uri = server.open(path)
            server.coverage(uri, lambda c: c["freshness"] == "fresh")
            server.change(uri, 2, edit((7, 15), (7, 23), '"someone"'))
            state = states(server.coverage(uri, lambda c: c["version"] == 2))
            equal((state.get(6), state.get(7), state.get(8)), ("missed", "unknown", "missed"))


def test_versions_are_respected():
    """Whatever is said of a document carries the version that it is true of, and never goes back."""
    with Folder() as folder:
        path = project(folder)
        with Server() as server:
            server.initialize(folder.path)
            uri = server.open(path, version=7)
            server.coverage(uri)
            for version in range(8, 40):
                server.change(uri, version, edit((2, 0), (2, 0), f"# {version}\n"))
            server.settled(uri)
            coverage = [p["version"] for p in server.messages("covls/coverage")]
            equal(coverage, sorted(coverage), "versions")
            equal((coverage[0], coverage[-1]), (7, 39))
            published = [p["version"] for p in server.messages("textDocument/publishDiagnostics") if "version" in p]
            equal(published, sorted(published), "versions of diagnostics")


def test_close_forgets():
    with Folder() as folder:
        path = project(folder)
        with Server() as server:
            server.initialize(folder.path)
            uri = server.open(path)
            server.diagnostics(uri, len)
            mark = server.mark()
            server.close(uri)
            equal(server.diagnostics(uri, since=mark), [], "diagnostics after didClose")
            mark = server.mark()
            server.reload()
            equal(server.messages("covls/coverage", mark), [], "covls/coverage after didClose")
            equal(server.status()["documents"], 0)
            equal(server.hover(uri, 5), None)


def test_opened_again():
    with Folder() as folder:
        path = project(folder)
        with Server() as server:
            server.initialize(folder.path)
            for _ in range(3):
                mark = server.mark()
                uri = server.open(path)
                equal(lines_in(server.coverage(uri, since=mark), "missed"), [5, 6, 7, 8, 9])
                server.diagnostics(uri, len, since=mark)
                server.close(uri)


def test_not_asked_for_coverage():
    """A plain client gets diagnostics and nothing of our own."""
    with Folder() as folder:
        path = project(folder)
        with Server() as server:
            server.initialize(folder.path, coverage=False)
            uri = server.open(path)
            server.diagnostics(uri, len)
            server.reload()
            equal(server.messages("covls/coverage"), [])


def test_severity():
    with Folder() as folder:
        path = project(folder)
        for name, number in (("error", 1), ("warning", 2), ("information", 3), ("hint", 4)):
            with Server() as server:
                server.initialize(folder.path, options={"diagnostics": {"severity": name}})
                equal(server.diagnostics(server.open(path), len)[0]["severity"], number, name)
        with Server() as server:
            server.initialize(folder.path, options={"diagnostics": {"severity": "off"}})
            uri = server.open(path)
            server.coverage(uri, lambda c: c["runs"])
            server.reload()
            equal([p for p in server.messages("textDocument/publishDiagnostics") if p["diagnostics"]], [])
            # And changed while it runs.
            server.notify("workspace/didChangeConfiguration", {
                "settings": {"covls": {"diagnostics": {"severity": "warning"}}},
            })
            equal(server.diagnostics(uri, len)[0]["severity"], 2)


def test_hover():
    with Folder() as folder:
        path = project(folder)
        with Server() as server:
            server.initialize(folder.path)
            uri = server.open(path)
            server.coverage(uri, lambda c: c["runs"])
            missed, ran, blank = server.hover(uri, 8, 4), server.hover(uri, 1), server.hover(uri, 2)
            true("not" in str(missed["contents"]).lower(), f"missed: {missed}")
            true(ran and str(ran["contents"]) != str(missed["contents"]), f"ran: {ran}")
            equal(blank, None, "a blank line")
            equal(server.hover(uri, 5000), None, "past the end")
            equal(server.hover("file:///not/open.py", 0), None, "not open")


def test_odd_documents():
    for uri, text in [
        ("untitled:Untitled-1", "x = 1\n"),
        ("file:///", ""),
        ("file:///a%00b.py", "x\n"),
        ("file:///nonexistent/%ff%fe.py", "x\n"),
        ("http://example.invalid/a.py", "x\n"),
        ("git:/a.py?ref=HEAD", "x\n"),
        ("not a uri", "x\n"),
        ("file:///tmp/" + "a/" * 3000 + "b.py", "x\n"),
    ]:
        with Server(log=False) as server:  # what covls gives back is no URI either
            server.initialize()
            server.notify("textDocument/didOpen", {
                "textDocument": {"uri": uri, "languageId": "python", "version": 1, "text": text},
            })
            equal(server.settled(uri)["freshness"], "none", uri[:60])


class Model:
    """A text, edited as LSP says, in Python."""

    def __init__(self, text, encoding):
        self.text, self.encoding = text, encoding

    def offset(self, line, character):
        lines = self.text.split("\n")
        if line >= len(lines):
            return len(self.text)
        start = sum(len(x) + 1 for x in lines[:line])
        at = 0
        while at < len(lines[line]) and units(lines[line][: at + 1], self.encoding) <= character:
            at += 1
        return start + at

    def place(self, offset):
        before = self.text[:offset]
        return before.count("\n"), units(before.rsplit("\n", 1)[-1], self.encoding)

    def change(self, start, end, text):
        start, end = min(start, end), max(start, end)
        result = edit(self.place(start), self.place(end), text)
        self.text = self.text[:start] + text + self.text[end:]
        return result


def test_random_edits():
    """Statements of many lengths; edits that keep it Python, so that the counts tell where they went."""
    for seed, encoding in ((1, "utf-8"), (2, "utf-16"), (3, "utf-32"), (4, "utf-16")):
        dice = random.Random(seed)
        letters = "aé€😀𝒳 "
        model = Model("".join(f'x{n} = "{"".join(dice.choices(letters, k=n % 9))}"\n' for n in range(60)), encoding)
        with Folder() as folder:
            path = project(folder, model.text, [1])
            with Server() as server:
                server.initialize(folder.path, encodings=[encoding])
                uri = server.open(path)
                version = 1
                for round in range(25):
                    changes = []
                    for _ in range(dice.randint(1, 6)):
                        lines = model.text.split("\n")
                        number = dice.randrange(len(lines))
                        line, start = lines[number], sum(len(x) + 1 for x in lines[:number])
                        quotes = [start + i for i, c in enumerate(line) if c == '"']
                        action = dice.randrange(4)
                        if action == 0 and len(quotes) >= 2:  # other text in a string
                            inside = (dice.randint(quotes[0] + 1, quotes[1]), dice.randint(quotes[0] + 1, quotes[1]))
                            changes.append(model.change(*inside, "".join(dice.choices(letters, k=4))))
                        elif action == 1 and number + 1 < len(lines):  # a line less
                            changes.append(model.change(start, start + len(line) + 1, ""))
                        elif action == 2:  # statements more
                            changes.append(model.change(start, start, 'y = "😀"; z = 1\nif y: z = y\n'))
                        else:  # a comment at the end of a line
                            end = start + len(line)
                            changes.append(model.change(end, end, "  # 𝒳é"))
                    version += 1
                    server.change(uri, version, *changes)
                    if round % 6 == 5:
                        compare(server, uri, model.text, version, f"seed {seed}, round {round}")


main(globals())
