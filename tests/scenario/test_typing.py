"""Marks move while somebody types: covls/coverageChange, against a client that applies it line by line."""

import os
import random
import time

from client import *
from make_coverage import make
from marks import Marks

SOURCE = '''\
import os


def greet(name):
    text = "hello " + name
    if not name:
        text = "nobody"
        return text
    return join(
        text,
        os.sep,
    )


greet("you")
'''
LINES = SOURCE.count("\n")
RAN = [1, 4, 5, 6, 9, 15]
FRESH = "c..cccmmcccc..c"


class Typing:
    """covls, looking at a source; its client takes changes."""

    def __init__(self, source=SOURCE, ran=RAN, changes=True, branches=False):
        self.text, self.ran, self.changes, self.branches = source, ran, changes, branches

    def __enter__(self):
        self.folder = Folder()
        self.server = Server()
        self.path = self.folder.write("a.py", self.text, age=60)
        make(self.folder / ".coverage", {"a.py": self.ran}, branches=self.branches)
        self.server.initialize(self.folder.path, options={"coverageChanges": self.changes})
        self.uri = self.server.open(self.path)
        self.marks = Marks(self.server, self.uri)
        self.version = 1
        self.server.wait(lambda: self.marks.take().lines, "marks")
        return self

    def __exit__(self, *error):
        self.server.__exit__(*error)
        self.folder.__exit__(*error)

    def type(self, *edits):
        """Edits as (start, end, text), in one didChange; gives the covls/coverageChange that answers it,
        which comes before anything that is asked afterwards."""
        changes = []
        for start, end, text in edits:
            ends = {"start": start, "end": end}
            place = {key: {"line": line, "character": character} for key, (line, character) in ends.items()}
            changes.append({"range": place, "text": text})
            self.text = edited(self.text, start, end, text)
        return self.send(changes)

    def send(self, changes):
        self.version += 1
        mark = self.server.mark()
        self.server.change(self.uri, self.version, *changes)
        self.server.status()  # of no document: nothing is read for it
        answers = [c for c in self.server.messages("covls/coverageChange", mark) if c["version"] == self.version]
        true(answers, f"no covls/coverageChange at once; got {self.server.received[mark:]}"[:600])
        return answers[0]

    def settled(self, want, lines=LINES):
        """Waits until the marks stand like this, then sees that covls says the same in full."""
        self.marks.wait(lambda m: m.text(lines) == want, f"marks {want!r} (are {self.marks.text(lines)!r})")
        self.whole()

    def whole(self):
        """What the client has made of the changes is what covls says in full."""
        mark = self.server.mark()
        # What is still to be read is read and sent before the reload says all anew.
        self.server.status(self.uri)
        self.server.reload()
        full = self.server.coverage(self.uri, since=mark)
        before = Marks(self.server, self.uri)
        count = next(i for i, m in enumerate(self.server.received) if m.get("params") is full)
        before.server = type("", (), {"received": self.server.received[:count]})
        before.take()
        equal(before.runs(), full["runs"], "runs")
        for member, value in before.members.items():
            if member == "data" and value:
                value, full["data"] = ({**d, "ageSeconds": 0} for d in (value, full["data"]))
            equal(value, full[member], member)
        equal(before.version, full["version"])


def edited(text, start, end, new):
    lines = text.split("\n")

    def offset(line, character):
        return sum(len(l) + 1 for l in lines[:line]) + character

    return text[: offset(*start)] + new + text[offset(*end) :]


def unknown(first, last=None):
    return {"start": first, "end": first if last is None else last, "state": "unknown"}


def test_a_key_moves_the_marks_at_once():
    for what, edits, want in [
        ("a key in a covered line", [((4, 11), (4, 11), "x")], [(4, 1, 1, [unknown(4)])]),
        ("a key in a line of no state", [((1, 0), (1, 0), "# x")], []),
        ("a new line before", [((3, 0), (3, 0), "\n")], [(3, 0, 1, [])]),
        ("a line taken out", [((6, 0), (7, 0), "")], [(6, 1, 0, [])]),
        ("the return key", [((4, 26), (4, 26), "\n    x")], [(5, 0, 1, [])]),
        ("it, in the middle", [((4, 10), (4, 10), "\n")], [(4, 1, 2, [unknown(4)])]),
        ("lines pasted over", [((5, 0), (8, 0), "    a = 1\n    b = 2\n")], [(5, 3, 2, [unknown(5, 6)])]),
        ("two places", [((0, 0), (0, 0), "\n"), ((5, 4), (5, 4), "x")], [(0, 0, 1, []), (5, 1, 1, [unknown(5)])]),
        ("nothing", [((4, 11), (4, 11), "")], []),
    ]:
        with Typing() as t:
            equal(t.marks.text(LINES), FRESH)
            got = t.type(*edits)
            keys = ("start", "removed", "inserted", "runs")
            equal(got["edits"], [dict(zip(keys, e)) for e in want], what)
            equal(set(got), {"uri", "version", "edits"}, what)


def test_a_text_in_full_is_one_edit():
    with Typing() as t:
        got = t.send([{"text": SOURCE.replace("not name", "name")}])
        equal(got["edits"], [{"start": 5, "removed": 1, "inserted": 1, "runs": [unknown(5)]}])


def test_changes_are_sent_only_where_they_are_taken():
    with Typing(changes=False) as t:
        t.server.replace(t.uri, 2, (4, 11), (4, 11), "x")
        got = t.server.coverage(t.uri, lambda c: c["version"] == 2)
        equal(lines_in(got, "unknown"), [4])
        equal(t.server.messages("covls/coverageChange"), [])


def test_a_statement_of_lines():
    """At first the line is unknown; once the text has been read, its statement."""
    with Typing() as t:
        equal(t.type(((9, 8), (9, 8), "x"))["edits"][0]["runs"], [unknown(9)])
        t.settled("c..cccmmuuuu..c")
        equal(t.marks.members["freshness"], "edited")
        equal(t.marks.members["summary"]["unknown"], 1)


def test_undo_brings_the_marks_back():
    with Typing() as t:
        t.type(((4, 11), (4, 11), "x"))
        t.type(((8, 0), (9, 0), ""))
        t.type(((0, 0), (0, 0), "\n"))
        t.marks.wait(lambda m: m.members["freshness"] == "edited")
        t.type(((0, 0), (1, 0), ""))
        t.type(((8, 0), (8, 0), "    return join(\n"))
        t.type(((4, 11), (4, 12), ""))
        equal(t.text, SOURCE)
        t.settled(FRESH)
        equal(t.marks.members["freshness"], "fresh")


def test_a_text_that_is_none_yet_keeps_what_it_can():
    with Typing() as t:
        t.type(((4, 11), (4, 12), "(("))
        t.marks.wait(lambda m: m.members["reason"]["code"] == "not-python", "not-python")
        equal(t.marks.text(LINES), "c..cucmmcccc..c")
        t.type(((0, 0), (0, 0), "\n"))
        equal(t.marks.take().text(LINES + 1), ".c..cucmmcccc..c")
        t.whole()
        t.type(((0, 0), (1, 0), ""), ((4, 11), (4, 13), '"'))
        equal(t.text, SOURCE)
        t.settled(FRESH)


def test_only_what_differs_is_sent():
    """A key in a file of a thousand statements, and new data: a few hundred bytes."""
    source = "".join(f"v{n} = {n}\n" for n in range(1000))
    with Typing(source, [n for n in range(1, 1001) if n % 2]) as t:
        equal(len(t.marks.runs()), 1000)
        mark = t.server.mark()
        equal(t.type(((500, 0), (500, 0), "x"))["edits"][0]["runs"], [unknown(500)])
        t.marks.wait(lambda m: m.members["summary"]["unknown"] == 1)
        make(t.folder / ".coverage", {"a.py": [n for n in range(1, 1001) if n % 2 or n in (100, 900)]})
        t.marks.wait(lambda m: m.states()[99] == m.states()[899] == "covered")
        sent = t.server.messages("covls/coverageChange", mark)
        edits = [e for c in sent for e in c["edits"]]
        true(len(edits) <= 4, edits)
        true(all(e["removed"] == e["inserted"] == 1 for e in edits), edits)
        equal(t.server.messages("covls/coverage", mark), [])
        t.whole()


def test_all_is_sent_where_that_is_less():
    source = "".join(f"v{n} = {n}\n" for n in range(200))
    with Typing(source, [n for n in range(1, 201) if n % 8]) as t:
        t.server.reload()
        mark = t.server.mark()
        make(t.folder / "next", {"a.py": range(1, 201)})
        os.rename(t.folder / "next", t.folder / ".coverage")
        t.marks.wait(lambda m: set(m.states().values()) == {"covered"})
        equal([len(c["runs"]) for c in t.server.messages("covls/coverage", mark)], [1])
        equal(t.server.messages("covls/coverageChange", mark), [])
        t.whole()


def test_a_hover_does_not_hold_the_marks_back():
    """What was read for somebody who asked is sent, too."""
    with Typing() as t:
        t.type(((9, 8), (9, 8), "x"))
        t.server.hover(t.uri, 9)
        t.settled("c..cccmmuuuu..c")


def test_a_source_that_only_a_report_knows():
    """What a line of another language is, a report says: an edited one stays unknown."""
    with Folder() as folder, Server() as server:
        path = folder.write("a.js", "f()\ng()\n\nh()\n", age=60)
        folder.write("coverage/lcov.info", "TN:\nSF:a.js\nDA:1,1\nDA:2,0\nDA:4,3\nend_of_record\n")
        server.initialize(folder.path, options={"coverageChanges": True})
        server.open(path)
        marks = Marks(server, uri_of(path))
        marks.wait(lambda m: m.text(4) == "cm.c")
        server.replace(uri_of(path), 2, (0, 0), (0, 0), "\n")
        marks.wait(lambda m: m.text(5) == ".cm.c")
        server.replace(uri_of(path), 3, (2, 0), (2, 0), "x")
        marks.wait(lambda m: m.text(5) == ".cu.c" and m.members["summary"]["unknown"] == 1)
        server.replace(uri_of(path), 4, (2, 0), (2, 1), "")
        marks.wait(lambda m: m.text(5) == ".cm.c")


def ranges(diagnostics):
    return [(d["range"]["start"]["line"], d["range"]["end"]["line"]) for d in diagnostics]


def test_diagnostics_that_only_moved_wait():
    with Typing() as t:
        equal(ranges(t.server.diagnostics(t.uri, len)), [(6, 7)])
        t.server.reload()  # the data is not looked at again
        mark = t.server.mark()
        t.type(((0, 0), (0, 0), "\n"))
        t.server.status(t.uri)  # the text has been read
        equal(t.server.messages("textDocument/publishDiagnostics", mark), [])
        moved = t.server.diagnostics(t.uri, len, since=mark)
        equal(ranges(moved), [(7, 8)])
        equal(moved[0]["message"], "lines 8–9 were not run")


def test_other_diagnostics_do_not_wait():
    with Typing() as t:
        t.server.diagnostics(t.uri, len)
        t.server.reload()
        mark = t.server.mark()
        t.type(((6, 8), (6, 8), "x"))
        t.server.status(t.uri)
        sent = t.server.messages("textDocument/publishDiagnostics", mark)
        equal([ranges(p["diagnostics"]) for p in sent], [[(7, 7)]])


def test_diagnostics_stay_while_a_text_is_none():
    with Typing() as t:
        t.server.diagnostics(t.uri, len)
        t.server.reload()
        mark = t.server.mark()
        t.type(((0, 0), (0, 0), "(\n"))
        t.server.status(t.uri)
        t.type(((0, 0), (1, 0), "\n"))
        t.server.status(t.uri)
        equal(t.server.messages("textDocument/publishDiagnostics", mark), [])
        equal(ranges(t.server.diagnostics(t.uri, len, since=mark)), [(7, 8)])


def test_long_lists_of_diagnostics_wait():
    source = "".join(f"v{n} = {n}\n" for n in range(300))
    with Typing(source, range(1, 301, 2)) as t:
        equal(len(t.server.diagnostics(t.uri, len)), 150)
        t.server.reload()
        mark = t.server.mark()
        t.type(((101, 0), (101, 0), "x"))
        t.server.status(t.uri)
        equal(t.server.messages("textDocument/publishDiagnostics", mark), [])
        equal(len(t.server.diagnostics(t.uri, len, since=mark)), 149)


# ---- long texts, which are read beside the loop

LONG = "".join(f'v{n} = [\n    "{n:060}",\n]\n' for n in range(3000))
LONG_LINES = LONG.count("\n")
LONG_RAN = [n for n in range(1, LONG_LINES + 1, 3) if n % 2]


def test_a_long_text():
    """A key within a statement of lines, the whole of it after a moment, and back."""
    with Typing(LONG, LONG_RAN) as t:
        fresh = t.marks.text(LONG_LINES)
        equal(t.type(((1501, 10), (1501, 10), "x"))["edits"][0]["runs"], [unknown(1501)])
        t.settled(fresh[:1500] + "uuu" + fresh[1503:], LONG_LINES)
        t.type(((1501, 10), (1501, 11), ""))
        t.settled(fresh, LONG_LINES)
        equal(t.marks.members["freshness"], "fresh")


def test_a_hover_in_a_long_text_is_answered_at_once():
    """From the marks as they have been moved: no line is told to have run that did not."""
    with Typing(LONG, LONG_RAN) as t:
        t.type(((0, 0), (0, 0), "\n"), ((1502, 10), (1502, 10), "x"))
        equal(t.server.hover(t.uri, 0), None)
        true("Covered" in t.server.hover(t.uri, 1)["contents"]["value"], "moved")
        true("Unknown" in t.server.hover(t.uri, 1502)["contents"]["value"], "typed")


def test_typing_goes_on_while_a_long_text_is_read():
    """What was read of an earlier text is dropped, whenever that ends; so is that of a closed document."""
    with Typing(LONG, LONG_RAN) as t:
        fresh = t.marks.text(LONG_LINES)
        begun = time.monotonic()
        while time.monotonic() - begun < 1.2:  # longer than covls waits for a pause
            t.type(((1501, 10), (1501, 10), "x"))
            t.type(((1501, 10), (1501, 11), ""))
        t.settled(fresh, LONG_LINES)
        t.type(((1501, 10), (1501, 10), "x"))
        t.server.close(t.uri)
        t.server.open(t.path)
        t.server.coverage(t.uri, lambda c: c["version"] == 1 and not lines_in(c, "unknown"))


def test_new_data_while_a_long_text_is_read():
    with Typing(LONG, LONG_RAN) as t:
        for round in range(6):
            t.type(((1501, 10), (1501, 10), "x"))
            make(t.folder / "next", {"a.py": LONG_RAN[round:]})
            os.rename(t.folder / "next", t.folder / ".coverage")
            edge = [n - 1 for n in LONG_RAN[: round + 1]][-2:]
            want = (["missed"] * bool(round) + ["covered"])
            t.marks.wait(lambda m: [m.states()[n] for n in edge] == want)
            t.marks.wait(lambda m: set(m.text(LONG_LINES)[1500:1503]) == {"u"})
        t.whole()


def test_random_typing():
    """Whatever is typed, the client has what covls says in full."""
    type_at_random(SOURCE, RAN, 30)


def test_random_typing_in_a_long_text():
    type_at_random(SOURCE + LONG, RAN, 20)


def type_at_random(source, ran, rounds):
    seed = 20261123
    dice = random.Random(seed)
    pieces = ["x", "\n", "    pass\n", '"', "(", ")", "# note\n", "if x:\n    ", "\r\n", "ü", "y = [\n1,\n2]\n", ""]
    with Typing(source, ran, branches=True) as t:
        count = source.count("\n")
        fresh = t.marks.text(count)
        for round in range(rounds):
            for _ in range(dice.randint(1, 4)):
                lines = t.text.split("\n")
                edits = []
                a = dice.randrange(len(lines))
                b = min(a + dice.choice([0, 0, 0, 1, 2]), len(lines) - 1)
                start, end = (a, dice.randint(0, len(lines[a]))), (b, dice.randint(0, len(lines[b])))
                if start > end:
                    start, end = end, start
                edits.append((start, end, dice.choice(pieces)))
                # "\r" makes lines that edited() does not count: everything in full then.
                if "\r" in t.text or "\r" in edits[0][2]:
                    t.text = edited(t.text, *edits[0]).replace("\r", "")
                    t.send([{"text": t.text}])
                else:
                    t.type(*edits)
            if dice.randrange(3) == 0:
                t.whole()
            if dice.randrange(8) == 0:
                t.text = source
                t.send([{"text": t.text}])
                t.settled(fresh, count)


main(globals())
