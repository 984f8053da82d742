"""Marks never lie: what is shown after edits of all kinds is what coverage.py said of the very lines that ran.

Every test really runs a program under coverage.py. Besides what a test asks for, each message that covls ever
sent is held against all texts that ran (real_project.py), and nothing may be written into the project."""

import os
import shutil
import subprocess
import time

from client import *
from real_project import *

# Three lines more at the top: in coverage.py itself, the marks are then those of other lines. (Below the
# docstring: above it they would make it a statement like any other.)
ON_TOP = replaced(SOURCE, "RATE = 0.2\n", "import os\nimport sys\nHERE = os.getcwd()\nRATE = 0.2\n")


def with_top(marks, state="u"):
    return marks[:2] + 3 * state + marks[2:]


def without_top(marks):
    return marks[:2] + marks[5:]


ON_TOP_MARKS = with_top(ALL)
OTHER_RATE = replaced(SOURCE, "        1 + RATE\n", "        1 + 2 * RATE\n")
OTHER_RATE_MARKS = "..c..c.cmuuuc..ccc..cmm."
SHORTER = replaced(SOURCE, "    if net < 0:\n        raise ValueError(net)\n", "")
SHORTER_MARKS = "..c..c.cccc..ccc..cmm."
EDITS = [(ON_TOP, ON_TOP_MARKS), (OTHER_RATE, OTHER_RATE_MARKS), (SHORTER, SHORTER_MARKS)]
NOTHING = "..u..u.uuuuuu..uuu..uuu."


def spaced(text, marks, at, *lines):
    """Lines that are no code, put before line `at`."""
    rows = text.split("\n")
    return "\n".join([*rows[:at], *lines, *rows[at:]]), marks[:at] + "." * len(lines) + marks[at:]


def age(p, name, seconds):
    """As if it had been written earlier."""
    then = time.time() - seconds
    p.acting(lambda: os.utime(os.path.join(p.root, name), (then, then)))


def needs_births(p):
    """Some file systems do not tell when a file came into being."""
    born = subprocess.run(["stat", "-c", "%W", p.path], capture_output=True, text=True).stdout.strip()
    if born in ("", "0", "-"):
        raise Skip("no births of files are told here")


def test_the_letters_are_coveragepys():
    """What these tests take for granted of the text that ran."""
    with Project() as p:
        equal(p.run(), ALL.rstrip("\n"))
        equal(p.run("gross"), GROSS)
        server = p.serve()
        told = p.shows(server, GROSS, "fresh", "none")
        equal(told["ran"]["from"], "disk")
        equal((told["summary"]["known"], told["summary"]["knownPercent"]), (told["summary"]["statements"], 100))


def test_edits_after_the_run_not_saved():
    with Project() as p:
        p.run()
        server = p.serve()
        p.shows(server, ALL, "fresh")
        for text, marks in EDITS:
            p.edit(server, text)
            told = p.shows(server, marks, "edited")
            summary = told["summary"]
            equal(summary["known"], summary["statements"] - summary["unknown"])
            true(abs(summary["knownPercent"] - 100 * summary["known"] / summary["statements"]) < 0.01, str(summary))
            p.edit(server, SOURCE)
            p.shows(server, ALL, "fresh")
        p.settled(server)


def test_edits_after_the_run_saved():
    """The file is younger than the data now, and what ran is known all the same."""
    for text, marks in EDITS:
        new_cache(f"saved{marks}")
        with Project() as p:
            p.run()
            server = p.serve()
            p.shows(server, ALL, "fresh")
            p.edit(server, text, save=True)
            p.settled(server)
            p.shows(server, marks, "edited")
            p.edit(server, SOURCE, save=True)
            p.settled(server)
            p.shows(server, ALL, "fresh")


def test_edits_after_the_run_and_a_restart():
    """The store brings the text that ran back; also when the file was edited while no covls was there."""
    with Project() as p:
        p.run()
        p.stop(p.serve(open=False))
        first = p.serve()
        p.shows(first, ALL, "fresh")
        p.edit(first, ON_TOP, save=True)
        p.shows(first, ON_TOP_MARKS, "edited")
        p.stop(first)
        for text, marks in [(ON_TOP, ON_TOP_MARKS), *EDITS]:
            p.put("app/prices.py", text)
            server = p.serve()
            told = p.shows(server, marks, "edited", "none")
            equal(told["ran"]["from"], "snapshot")
            p.settled(server)
            p.stop(server)
        p.put("app/prices.py", SOURCE)
        server = p.serve()
        told = p.shows(server, ALL, "fresh", "none")
        # And a run of the new text makes it its own.
        p.edit(server, OTHER_RATE, save=True)
        p.shows(server, OTHER_RATE_MARKS, "edited")
        marks = p.run("reduced")
        equal(p.shows(server, marks, "fresh")["ran"]["from"], "disk")


def test_edit_that_nobody_saw():
    """No snapshot, no git: it is not known what ran, and said so."""
    with Project() as p:
        p.run()
        p.put("app/prices.py", ON_TOP)
        server = p.serve()
        told = p.shows(server, with_top(NOTHING).replace("u", "?"), "unknown", "source-newer")
        equal(told["ran"]["from"], "unknown")
        equal(told["summary"].get("known"), 0)
        true("percent" not in told["summary"], "no percentage of nothing")
        p.settled(server)
        told = server.messages("textDocument/publishDiagnostics")
        equal([d for d in told if d["diagnostics"]], [], "nothing is called missed")
        # A new run, and all is well.
        marks = p.run()
        p.shows(server, marks, "fresh", "none")


def test_report_of_a_text_that_nobody_saw():
    """Of another language: nobody knows how many statements there are, and no percentage of none is told."""
    text = "let a = 1;\nlet b = 2;\n"
    with Folder() as folder:
        folder.write("coverage/lcov.info", b"SF:a.js\nDA:1,1\nDA:2,0\nend_of_record\n", 60)
        path = folder.write("a.js", text.encode())
        with Server() as server:
            server.initialize(folder.path)
            uri = server.open(path)
            told = server.coverage(uri, lambda c: c["freshness"] == "unknown")
            equal((told["runs"], told["summary"].get("percent"), told["summary"]["knownPercent"]), ([], None, 0))


def test_edit_that_git_saw():
    with Project(git=True) as p:
        p.run()
        for text, marks in EDITS:
            p.put("app/prices.py", text)
            shutil.rmtree(new_cache(f"git{marks}"), ignore_errors=True)
            server = p.serve()
            told = p.shows(server, marks, "edited", "none")
            equal(told["ran"]["from"], "git")
            true(p.git("rev-parse", "HEAD").startswith(told["ran"]["commit"]), told["ran"]["commit"])
            p.settled(server)
            p.stop(server)


def test_same_data_of_another_text():
    """The same lines run again, one of them changed: the data is the same, byte for byte, and the run is another."""
    for restart in (False, True):
        new_cache(f"same{restart}")
        with Project() as p:
            p.run()
            with open(os.path.join(p.root, ".coverage"), "rb") as file:
                before = file.read()
            server = p.serve()
            p.shows(server, ALL, "fresh")
            p.edit(server, OTHER_RATE, save=True)
            p.shows(server, OTHER_RATE_MARKS, "edited")
            if restart:
                p.stop(server)
            p.run()
            with open(os.path.join(p.root, ".coverage"), "rb") as file:
                true(file.read() == before, "coverage.py says the same")
            if restart:
                server = p.serve()
            p.shows(server, ALL, "fresh", "none")
            p.settled(server)
            p.edit(server, SOURCE, save=True)
            p.shows(server, OTHER_RATE_MARKS, "edited", "none")
            p.stop(server)
            p.shows(p.serve(), OTHER_RATE_MARKS, "edited", "none")


LOOPS = """def f(x):
    while x:
        x -= 1
        if x == 5:
            break
    else:
        x = 7
    return x


def g(r):
    for i in r:
        i = 1
    b = 2
    return i
"""
LOOPS_MARKS = "cccpm.cc..ccccc"


def test_ways_that_there_were_not():
    """An edit that leaves a statement and where it leads to as they were may still lead it there for the first time:
    nobody knows then whether it would go there."""
    tests = "import sys\nfrom app import prices\nfor name in sys.argv[1]:\n    prices.f(3) if name == 'f' else prices.g([1])\n"
    for runs in ("replace", "union"):
        new_cache(f"ways {runs}")
        with Project(source=LOOPS, branch=True, tests=tests) as p:
            p.run("fg")
            server = p.serve(runs=runs)
            p.shows(server, LOOPS_MARKS, "fresh")
            if runs == "union":
                p.run("f")
                p.shows(server, LOOPS_MARKS, "fresh", earlier=lambda e: e is not None)
            # The loop ended, by another way.
            p.edit(server, LOOPS.replace("    else:\n", ""))
            told = p.settled(server)
            equal(marks_of(told, server.text)[:7], "cccpmcc" if runs == "replace" else "ccccmcc")
            mark = server.mark()
            server.reload()
            said = "".join(d["message"] for d in server.diagnostics(p.uri, since=mark) if d["code"] == "partial-branch")
            true("to line 6" not in said and "to line 7" not in said, said)
            # What the second loop led to is a part of its body now.
            p.edit(server, LOOPS.replace("        i = 1\n", "        i = \\\n"))
            told = p.settled(server)
            equal(marks_of(told, server.text)[10:15], "ccuuc")


BRANCHES = """def f(x, path):
    if x:
        y = 1
    else:
        y = 2
    with open(path):
        for i in (1, 2):
            if i:
                y += i
    return y
"""


def test_ways_whose_other_one_was_edited():
    """A way that was not taken stays so while its two ends are as they ran, whatever becomes of the way that was."""
    tests = "import os\nfrom app import prices\nprices.f(1, os.devnull)\n"
    with Project(source=BRANCHES, branch=True, tests=tests) as p:
        p.run()
        server = p.serve()
        p.shows(server, "cpc.mccpcc.", "fresh")
        p.edit(server, BRANCHES.replace("y = 1", "y = 11"))
        told = p.settled(server)
        equal(marks_of(told, server.text), "cpu.mccpcc.")
        equal((told["summary"]["branches"], told["summary"]["missedBranches"]), (5, 2))
        # The other way was edited: what is left of the line was taken.
        p.edit(server, BRANCHES.replace("y = 2", "y = 22"))
        equal(marks_of(p.settled(server), server.text), "ccc.uccpcc.")
        # The loop ended, by the `with` that was edited; what was not taken there leads to the loop.
        p.edit(server, BRANCHES.replace("open(path)", "open(path, 'rb')"))
        equal(marks_of(p.settled(server), server.text), "cpc.mucpcc.")
        p.edit(server, BRANCHES.replace("for i in (1, 2)", "for i in (2, 1)"))
        equal(marks_of(p.settled(server), server.text), "cpc.mcuccc.")


QUOTES = """def f(a):
    if a:
        b = 1 + \\
            len('b')
    else:
        '''one
        '''
        b = 2
    print(b)
    c = '''
    two'''
    return c
"""


def test_lines_that_an_edit_makes_another_statement():
    """Not one of its lines has changed, and yet it is no statement that ran: there was none then, or it began elsewhere."""
    tests = "import sys\nfrom app import prices\nsys.argv[1] == 'f' and prices.f(1)\n"
    for runs in ("replace", "union"):
        new_cache(f"quotes {runs}")
        with Project(source=QUOTES, tests=tests) as p:
            p.run("f")
            server = p.serve(runs=runs)
            fresh = "cccc.mmmcccc."
            p.shows(server, fresh, "fresh")
            if runs == "union":
                p.run("none")
                p.shows(server, fresh, "fresh", earlier=lambda e: e is not None)
            # The quotes that closed the first string open another one, which the second one's close.
            lines = QUOTES.splitlines(True)
            p.edit(server, "".join(lines[:5] + lines[6:10] + lines[11:]))
            equal(marks_of(p.settled(server), server.text), "cccc.uuuuc.")
            # What an expression went on with stands for itself.
            p.edit(server, "".join(lines[:2] + lines[3:]))
            equal(marks_of(p.settled(server), server.text), "ccu.mmmcccc.")
            p.edit(server, QUOTES)
            equal(marks_of(p.settled(server), server.text), fresh)


def test_undo_and_typing():
    """Key by key, in the middle of which the text is no Python."""
    with Project() as p:
        p.run()
        server = p.serve()
        p.shows(server, ALL, "fresh")
        typed = lambda new: SOURCE.replace("RATE = 0.2\n", f"{new}\nRATE = 0.2\n")
        for length in range(1, len("x = (") + 1):
            p.edit(server, typed("x = ("[:length]))
        p.shows(server, ALL[:2] + "?" + ALL[2:], reason="not-python")
        p.edit(server, typed("x = (1)"))
        p.shows(server, ALL[:2] + "u" + ALL[2:], "edited", "none")
        p.edit(server, SOURCE)
        p.shows(server, ALL, "fresh", "none")


def test_marks_of_a_client_that_takes_changes():
    """The short form, put together, is what the long form says, and comes at each key."""
    with Project() as p:
        p.run()
        server = p.serve(changes=True)
        p.shows(server, ALL, "fresh")
        marks = Marks(server, p.uri).take()
        lines = SOURCE.split("\n")
        for at, removed, new in [(3, 0, ["NEW = 1"]), (8, 1, ["    if net < 1:"]), (0, 2, []), (12, 0, ["", "# so", ""]), (18, 1, ["    off = 2"])]:
            server.version += 1
            lines[at : at + removed] = new
            server.replace(p.uri, server.version, (at, 0), (at + removed, 0), "".join(f"{line}\n" for line in new))
            server.text = p.texts[server.number, server.version] = "\n".join(lines)
            marks.wait(lambda m: m.version == server.version)
        # What analysis finds out comes behind.
        marks.wait(lambda m: m.members["summary"]["statements"] == 13 and m.members["summary"]["unknown"] == 3)
        equal((marks.full, marks.changes >= 5), (1, True), "messages")
        mark = server.mark()
        short = {**marks.members, "runs": marks.runs()}
        server.reload()
        full = server.coverage(p.uri, since=mark)
        for key in sorted({*full, *short} - {"uri", "version", "data"}):
            equal(short.get(key), full.get(key), key)
        equal(marks_of(full, server.text), "cu..c.umcccc.....cuc..cmm.")


# -- the text changes while the tests run


def test_edit_during_the_run():
    """covls looks on. The data is younger than the file, which is not what ran. `coverage run` leaves the old data
    where it is until it writes its own, so nobody sees it begin: what does not fit the data is seen."""
    for text, marks in ((ON_TOP, ON_TOP_MARKS), (SHORTER, SHORTER_MARKS)):
        new_cache(f"during{marks}")
        with Project() as p:
            p.run()
            server = p.serve()
            p.shows(server, ALL, "fresh")
            run = p.start("wait", "gross", "reduced")
            p.edit(server, text, save=True)
            p.shows(server, marks, "edited")
            p.finish(run)
            told = p.settled(server)
            true(told["freshness"] in ("unknown", "edited"), f"{told}")
            # The next run is of the text that is there.
            p.shows(server, p.run(), "fresh")


def test_edit_during_a_run_that_is_seen_to_begin():
    """pytest-cov takes the old data away first: then any text that was saved since is not what ran."""
    with Project() as p:
        p.put("test_prices.py", "import sys\nfrom app import prices\n\n\ndef test_gross():\n    print('ready', flush=True)\n"
              "    sys.stdin.readline()\n    prices.gross(10)\n    prices.reduced(10, 5)\n")
        p.run()
        server = p.serve()
        p.shows(server, ALL, "fresh")
        run = p.start("wait", module=["pytest", "-q", "-s", "-p", "no:cacheprovider", "--cov", "--cov-report=", "test_prices.py"])
        server.reload()  # has seen that there is no data
        p.edit(server, OTHER_RATE, save=True)
        p.shows(server, OTHER_RATE_MARKS)
        p.finish(run)
        told = p.settled(server)
        true(told["freshness"] in ("unknown", "edited"), f"{told}")


def test_edit_during_the_run_without_a_snapshot():
    """The first data there is: nobody has seen the run begin. What does not fit the data is seen."""
    with Project() as p:
        server = p.serve()
        server.coverage(p.uri, lambda c: c["reason"]["code"] == "no-data-file")
        run = p.start("wait", "gross", "reduced")
        p.edit(server, ON_TOP, save=True)
        server.status()
        p.finish(run)
        told = p.settled(server)
        true(told["freshness"] in ("unknown", "edited"), f"{told}")


def test_edit_during_the_run_and_nobody_there():
    """Only afterwards covls is started. What does not fit the data is seen."""
    for text in (ON_TOP, SHORTER, spaced(SOURCE, ALL, 1, "", "# one", "# two", "")[0]):
        new_cache(f"nobody{len(text)}")
        with Project() as p:
            run = p.start("wait", "gross", "reduced")
            p.put("app/prices.py", text)
            p.finish(run)
            server = p.serve()
            told = p.settled(server)
            true(told["freshness"] in ("unknown", "edited"), f"{told}")


def test_edit_during_the_run_and_git_knows():
    """The working copy was clean when the run began."""
    with Project(git=True) as p:
        run = p.start("wait", "gross", "reduced")
        p.put("app/prices.py", ON_TOP)
        p.finish(run)
        server = p.serve()
        told = p.settled(server)
        true(told["freshness"] in ("unknown", "edited"), f"{told}")


def test_began_before_the_edit_and_recorded_after():
    """Another project's clock, a slow disk: the data is copied into place after the edit."""
    with Project() as p:
        p.run(data="elsewhere.db")
        server = p.serve()
        server.coverage(p.uri, lambda c: c["reason"]["code"] == "no-data-file")
        p.edit(server, spaced(SOURCE, ALL, 6, "", "")[0], save=True)
        place = os.path.join(p.root, ".coverage")
        p.acting(lambda: shutil.copyfile(os.path.join(p.root, "elsewhere.db"), place))
        server.coverage(p.uri, lambda c: c["data"] is not None)
        p.settled(server)


def test_combined_after_the_edit():
    """The data file is younger than the edit, the run is not: `coverage combine` came late."""
    with Project() as p:
        p.put(".coveragerc", "[run]\nsource = app\nparallel = true\n")
        server = p.serve()
        server.coverage(p.uri, lambda c: c["reason"]["code"] == "no-data-file")
        p.run(parallel=True)
        p.shows(server, ALL, "fresh")
        p.edit(server, ON_TOP, save=True)
        p.settled(server)
        p.acting(lambda: subprocess.run([PYTHON, "-m", "coverage", "combine", "-q"], cwd=p.root, check=True))
        server.coverage(p.uri, lambda c: c["data"]["path"].endswith(".coverage"))
        told = p.settled(server)
        true(told["freshness"] in ("unknown", "edited"), f"{told}")


# -- git


def branched(p):
    """main and other differ in a statement, a line on top and one that has gone."""
    p.git("checkout", "-q", "-b", "other")
    text = replaced(replaced(OTHER_RATE, "    y = x + 1\n", ""), "RATE = 0.2\n", "import os\nRATE = 0.2\n")
    p.put("app/prices.py", text)
    p.git("commit", "-q", "-a", "-m", "Other")
    p.git("checkout", "-q", "main")
    equal(p.read(), SOURCE)
    return "..uc..c.cmuuuc..ccc..cm."


def test_branch_switch():
    with Project(git=True) as p:
        marks = branched(p)
        p.run()
        server = p.serve()
        p.shows(server, ALL, "fresh")
        for _ in range(2):
            p.git("checkout", "-q", "other")
            p.reload(server)
            p.settled(server)
            p.shows(server, marks, "edited", "none")
            p.git("checkout", "-q", "main")
            p.reload(server)
            p.settled(server)
            p.shows(server, ALL, "fresh", "none")


def test_branch_switch_and_nobody_there():
    """Git alone knows, by what was checked out when."""
    with Project(git=True) as p:
        marks = branched(p)
        age(p, "app/prices.py", 60)
        p.run()
        # The reflog counts in seconds.
        wait_for_the_next_second()
        p.git("checkout", "-q", "other")
        server = p.serve()
        told = p.shows(server, marks, "edited", "none")
        equal(told["ran"]["from"], "git")
        true(p.git("rev-parse", "main").startswith(told["ran"]["commit"]), told["ran"]["commit"])
        p.settled(server)
        p.stop(server)
        p.git("checkout", "-q", "main")
        new_cache("back")
        p.shows(p.serve(), ALL, "fresh", "none")


def test_data_of_the_other_branch():
    """The run was there, the file is here."""
    with Project(git=True) as p:
        branched(p)
        p.git("checkout", "-q", "other")
        there = p.run()
        wait_for_the_next_second()
        p.git("checkout", "-q", "main")
        server = p.serve()
        equal(there, "..cc..c.cmcccc..ccc..cm.")
        told = p.shows(server, "..c..c.cmuuuc..ccc..cum.", "edited", "none")
        equal(told["ran"]["from"], "git")
        p.settled(server)


def wait_for_the_next_second():
    """Not for something to happen in covls: git's times are whole seconds."""
    while time.time() % 1 > 0.9 or time.time() % 1 < 0.001:
        time.sleep(0.01)
    begun = int(time.time())
    while int(time.time()) == begun:
        time.sleep(0.01)


def test_stash():
    with Project(git=True) as p:
        p.put("app/prices.py", ON_TOP)
        marks = p.run()
        server = p.serve()
        p.shows(server, marks, "fresh")
        p.git("stash", "-q")
        p.reload(server)
        p.settled(server)
        p.shows(server, without_top(marks), "edited", "none")
        p.git("stash", "pop", "-q")
        p.reload(server)
        p.settled(server)
        p.shows(server, marks, "fresh", "none")
        p.stop(server)
        p.shows(p.serve(), marks, "fresh", "none")


def test_stash_and_nobody_there():
    """What was committed is not what ran, though the working copy is clean now."""
    for text in (ON_TOP, SHORTER, OTHER_RATE, replaced(SOURCE, "return y\n", "return y - 1\n")):
        new_cache(f"stash{len(text)}")
        with Project(git=True) as p:
            p.put("app/prices.py", text)
            p.run()
            wait_for_the_next_second()
            p.git("stash", "-q")
            server = p.serve()
            p.settled(server)
            p.stop(server)
            p.git("stash", "pop", "-q")
            p.settled(p.serve())


def test_commit_and_amend_after_the_run():
    """A commit does not touch the file; another one's text never ran."""
    with Project(git=True) as p:
        p.put("app/prices.py", ON_TOP)
        marks = p.run()
        wait_for_the_next_second()
        p.git("commit", "-q", "-a", "-m", "Top")
        server = p.serve()
        p.shows(server, marks, "fresh", "none")
        p.stop(server)
        p.put("app/prices.py", OTHER_RATE)
        p.git("commit", "-q", "-a", "--amend", "-m", "Rate")
        p.settled(p.serve())
        new_cache("none")
        p.settled(p.serve())


# -- the whole file


def test_formatter_that_moves_blank_lines_and_comments():
    text, marks = spaced(SOURCE, ALL, 13, "", "# " + "-" * 70, "")
    text = text.replace("    # What a customer pays.\n", "    # What\n    # it costs.\n\n")
    marks = marks[:7] + ".." + marks[7:]
    text = text.replace("\n\n\ndef reduced", "\n\n\n\n\ndef reduced")
    marks = marks[: len(text.split("def reduced")[0].split("\n")) - 3] + ".." + marks[len(text.split("def reduced")[0].split("\n")) - 3 :]
    with Project() as p:
        p.run()
        server = p.serve()
        before = p.shows(server, ALL, "fresh")["summary"]
        p.edit(server, text, save=True)
        p.settled(server)
        after = p.shows(server, carried(SOURCE, ALL, text).replace("?", "."), "edited", "none")["summary"]
        equal(after, before, "nothing is lost")


def test_formatter_that_changes_code():
    source = SOURCE + "\n\nNAME = 'x'\nOTHER = 'y'\n"
    with Project(source=source) as p:
        marks = p.run()
        server = p.serve()
        p.shows(server, marks, "fresh")
        quotes = source.replace("'", '"')
        p.edit(server, quotes, save=True)
        p.shows(server, marks.rstrip(".")[:-2] + "uu", "edited", "none")
        tabs = "\n".join(line.replace("    ", "\t") for line in source.split("\n"))
        p.edit(server, tabs, save=True)
        want = "".join("u" if line.startswith("\t") and mark != "." else mark for line, mark in zip(tabs.split("\n"), marks))
        p.shows(server, want[:9] + "uuuu" + want[13:], "edited", "none")
        p.edit(server, source.replace("\n", "\r\n"), save=True)
        p.settled(server)
        p.edit(server, source, save=True)
        p.shows(server, marks, "fresh", "none")


def test_line_ends_alone():
    """A line's end is no part of it."""
    with Project() as p:
        p.run()
        server = p.serve()
        p.shows(server, ALL, "fresh")
        p.edit(server, SOURCE.replace("\n", "\r\n"), save=True)
        p.shows(server, ALL)
        p.stop(server)
        p.shows(p.serve(), ALL)


# -- files that come and go


def test_renamed():
    """The data knows the old name alone."""
    with Project(git=True) as p:
        p.run()
        server = p.serve()
        p.shows(server, ALL, "fresh")
        p.git("mv", "app/prices.py", "app/costs.py")
        server.close(p.uri)
        new = os.path.join(p.root, "app/costs.py")
        uri = server.open(new)
        told = server.coverage(uri)
        server.reload()
        told = server.coverage(uri)
        if told["freshness"] == "none":
            equal(told["reason"]["code"], "not-in-data")
        else:
            equal(marks_of(told, SOURCE), ALL)
        # And another file of the old name is not the one that ran.
        p.put("app/prices.py", ON_TOP.replace("RATE", "TAX"))
        p.open(server)
        p.settled(server)


def test_touched():
    """A younger file of the same bytes: known where somebody saw them."""
    with Project() as p:
        p.run()
        server = p.serve()
        p.shows(server, ALL, "fresh")
        p.put("app/prices.py", SOURCE)
        p.settled(server)
        p.shows(server, ALL, "fresh", "none")
        p.stop(server)
        p.shows(p.serve(), ALL, "fresh", "none")
        new_cache("none")
        server = p.serve()
        p.shows(server, NOTHING.replace("u", "?"), "unknown", "source-newer")
        p.settled(server)


def test_touched_and_git_knows():
    with Project(git=True) as p:
        p.run()
        p.put("app/prices.py", SOURCE)
        told = p.shows(p.serve(), ALL, "fresh", "none")
        true(told["ran"]["from"] in ("git", "disk"), str(told["ran"]))


def test_an_older_file_in_its_place():
    """As `cp -p` and `mv` leave it: older than the data, and never run."""
    for seen in (True, False):
        for text in (spaced(SOURCE, ALL, 1, "", "")[0], ON_TOP, SHORTER):
            new_cache(f"older{seen}{len(text)}")
            with Project() as p:
                p.run()
                if seen:
                    server = p.serve()
                    p.shows(server, ALL, "fresh")
                    p.stop(server)
                p.put("app/prices.py", text, age=3600)
                server = p.serve()
                if seen:
                    p.shows(server, carried(SOURCE, ALL, text), "edited", "none")
                told = p.settled(server) if seen or text != SHORTER else None
                if told:
                    true(told["freshness"] != "fresh", f"{seen} {told['freshness']}")


def test_two_texts_in_one_data_file():
    """`--append` after an edit: the data speaks of both, and nobody can tell its lines apart."""
    other = replaced(SOURCE, "    off = net * percent / 100\n", "    off = net * percent / 1000\n")
    for seen in (True, False):
        new_cache(f"append{seen}")
        with Project(git=True) as p:
            needs_births(p)
            p.run("reduced")
            if seen:
                server = p.serve()
                p.shows(server, p.runs[-1][1], "fresh")
                p.edit(server, other, save=True)
                p.shows(server, carried(SOURCE, p.runs[-1][1], other), "edited")
            else:
                p.put("app/prices.py", other)
            p.run("gross", append=True)
            if not seen:
                server = p.serve()
            told = p.shows(server, NOTHING, "unknown", "source-newer")
            true("--append" in told["ran"]["message"], told["ran"]["message"])
            elsewhere = {"COVLS_CACHE": os.environ["COVLS_CACHE"] + " of another"}
            _, _, said = run("baseline", "save", "mixed", cwd=p.root, env=elsewhere)
            true("--append" in said, f"what is known of the baseline: {said}")
            # It stays so, for who comes later, and nothing of it is taken as of an earlier run.
            p.stop(server)
            p.shows(p.serve(runs="union"), NOTHING, "unknown", "source-newer")
            marks = p.run("gross")
            p.shows(p.serve(runs="union"), marks, "fresh", earlier=None)
            # Runs of one text are added up as ever.
            p.run("reduced", append=True)
            p.runs.append((other, ALL))
            p.shows(p.serve(), ALL, "fresh")


def test_unfinished_files_of_two_texts():
    """Nobody combines them, and the source is edited between two runs: those of the older text are left out."""
    other = replaced(SOURCE, "    off = net * percent / 100\n", "    off = net * percent / 1000\n")
    with Project() as p:
        p.put(".coveragerc", "[run]\nsource = app\nparallel = true\n")
        marks = {"gross": GROSS, "reduced": "..c..c.mmmmmm..ccc..cmm."}

        def run(test):
            """Beside what earlier runs have left."""
            before = {*p.known}
            process = p.start(test)
            process.communicate(timeout=PATIENCE)
            p.known = listing(p.root)
            true({*p.known} - before, "another file of data")
            p.runs.append((process.ran, marks[test]))

        run("reduced")
        server = p.serve()
        p.shows(server, marks["reduced"], "fresh")
        # Those of one text are united.
        run("gross")
        p.shows(server, ALL, "fresh")
        p.edit(server, other, save=True)
        p.shows(server, carried(SOURCE, ALL, other), "edited")
        run("gross")
        p.shows(server, GROSS, "fresh")
        p.shows(p.serve(), GROSS, "fresh")
        run("reduced")
        p.shows(server, ALL, "fresh")


def test_a_project_that_was_copied():
    """Its sources are a little younger than its data then, which somebody touches so that it counts."""
    with Project() as p:
        p.run()
        old = os.path.join(p.root, "old")

        def copy():
            os.mkdir(old)
            for name in (".coverage", "app"):
                os.rename(os.path.join(p.root, name), os.path.join(old, name))
            shutil.copyfile(os.path.join(old, ".coverage"), os.path.join(p.root, ".coverage"))
            shutil.copytree(os.path.join(old, "app"), os.path.join(p.root, "app"), copy_function=shutil.copyfile)
            os.utime(os.path.join(p.root, ".coverage"))

        p.acting(copy)
        p.shows(p.serve(), ALL, "fresh")
        # Or with its times, right after the run.
        p.run()

        def move():
            for name in (".coverage", "app"):
                os.rename(os.path.join(p.root, name), os.path.join(old, name + "2"))
            shutil.copy2(os.path.join(old, ".coverage2"), os.path.join(p.root, ".coverage"))
            shutil.copytree(os.path.join(old, "app2"), os.path.join(p.root, "app"))

        p.acting(move)
        new_cache("moved")
        p.shows(p.serve(), ALL, "fresh")


def test_data_from_the_future():
    """A time that was set says nothing of what was saved since."""
    with Project() as p:
        p.run()
        age(p, ".coverage", -3600)
        p.put("app/prices.py", OTHER_RATE)
        server = p.serve()
        p.shows(server, NOTHING, "unknown", "source-newer")
        # Of a text that nobody has touched it is all the same.
        p.shows(server, p.run(), "fresh")
        age(p, ".coverage", -3600)
        new_cache("later")
        p.shows(p.serve(), ALL, "fresh")


def test_a_file_with_the_times_of_another():
    """As `cp -p`, `mv` and `rsync -t` leave it, and it fits the data; but it came after the run, which git may know."""
    for git in (False, True):
        new_cache(f"times{git}")
        with Project(git=git) as p:
            needs_births(p)
            p.run()
            p.put("app/prices.py", OTHER_RATE, age=3600)
            if git:
                p.shows(p.serve(), OTHER_RATE_MARKS, "edited", "none")
                continue
            told = p.shows(p.serve(), NOTHING, "unknown", "source-newer")
            true("put in its place" in told["ran"]["message"], told["ran"]["message"])
            # A project that was copied with all its times is as good as it was where it came from.
            p.put("app/prices.py", SOURCE, age=3600)
            copy = os.path.join(p.root, "copy.db")
            p.acting(lambda: shutil.copyfile(os.path.join(p.root, ".coverage"), copy))
            age(p, "copy.db", 600)
            p.acting(lambda: os.replace(copy, os.path.join(p.root, ".coverage")))
            new_cache("copied")
            p.shows(p.serve(), ALL, "fresh")


def test_two_data_files_of_different_age():
    """Each ran another text. Which one counts is not asked here, but that no line stands as another's."""
    with Project() as p:
        p.run(data="app/.coverage")
        server = p.serve()
        p.shows(server, ALL, "fresh")
        p.edit(server, ON_TOP, save=True)
        p.shows(server, ON_TOP_MARKS, "edited")
        p.run("gross")
        p.settled(server)
        # Back to the text of the first one: none of its lines stands as another's.
        p.edit(server, SOURCE, save=True)
        p.settled(server)
        p.stop(server)
        p.settled(p.serve())
        age(p, "app/.coverage", 3000)
        p.settled(p.serve())


def test_two_reports_of_different_age():
    """Of one text, and of the next; then the first is there again, younger than both."""
    with Project() as p:
        server = p.serve()
        for text, test in ((SOURCE, "reduced"), (ON_TOP, "gross")):
            p.edit(server, text, save=True)
            p.run(test)
            out = f"out/{test}/lcov.info"
            p.acting(lambda: os.makedirs(os.path.join(p.root, "out", test)))
            p.acting(lambda: subprocess.run([PYTHON, "-m", "coverage", "lcov", "-q", "-o", out], cwd=p.root, check=True))
            p.acting(lambda: os.remove(os.path.join(p.root, ".coverage")))
            p.settled(server)
        p.edit(server, SOURCE, save=True)
        p.settled(server)
        # Who comes later knows that they are of different texts.
        p.stop(server)
        told = p.settled(p.serve())
        equal((told["freshness"], told["ran"]["from"]), ("unknown", "unknown"))


def test_a_report_beside_the_data():
    """LCOV is made from the data of a text that has been edited in between."""
    with Project() as p:
        p.run()
        server = p.serve()
        p.shows(server, ALL, "fresh")
        p.acting(lambda: subprocess.run([PYTHON, "-m", "coverage", "lcov", "-q"], cwd=p.root, check=True))
        p.acting(lambda: os.remove(os.path.join(p.root, ".coverage")))
        p.edit(server, spaced(SOURCE, ALL, 1, "", "")[0], save=True)
        p.settled(server)
        p.stop(server)
        p.settled(p.serve())
        new_cache("none")
        p.settled(p.serve())


# -- the store


def test_store_deleted_while_the_server_runs():
    with Project() as p:
        p.run()
        server = p.serve()
        p.shows(server, ALL, "fresh")
        shutil.rmtree(os.environ["COVLS_CACHE"])
        p.edit(server, ON_TOP, save=True)
        p.settled(server)
        p.shows(server, ON_TOP_MARKS, "edited")
        p.edit(server, OTHER_RATE, save=True)
        marks = p.run("gross")
        p.shows(server, marks, "fresh")
        p.edit(server, SOURCE, save=True)
        back = "..c..c.cmuuuc..cmm..cmm."
        p.shows(server, back, "edited")
        p.settled(server)
        p.stop(server)
        # It is kept again.
        told = p.shows(p.serve(), back, "edited", "none")
        equal(told["ran"]["from"], "snapshot")


def test_store_that_is_broken():
    """Rubbish where the database was: made anew, and nothing is lost meanwhile."""
    with Project() as p:
        p.run()
        server = p.serve()
        p.shows(server, ALL, "fresh")
        p.stop(server)
        for folder, _, names in os.walk(os.environ["COVLS_CACHE"]):
            for name in names:
                with open(os.path.join(folder, name), "wb") as file:
                    file.write(b"rubbish" * 1000)
        server = p.serve()
        p.shows(server, ALL, "fresh")
        p.edit(server, ON_TOP, save=True)
        p.settled(server)
        p.shows(server, ON_TOP_MARKS, "edited")


def test_store_that_cannot_be():
    """Below a file there is no folder: nothing is kept, and the rest goes on."""
    with Project() as p:
        p.run()
        server = p.serve(env={"COVLS_CACHE": "/dev/null/covls"})
        p.shows(server, ALL, "fresh", "none")
        p.edit(server, ON_TOP, save=True)
        p.settled(server)
        p.shows(server, ON_TOP_MARKS, "edited")
        server.answer_to(server.ask("workspace/executeCommand", {"command": "covls.forgetRuns", "arguments": [p.uri]}))
        p.edit(server, SOURCE, save=True)
        p.settled(server)
        p.shows(server, ALL, "fresh")
        p.stop(server)
        p.edit(server := p.serve(env={"COVLS_CACHE": "/dev/null/covls"}), ON_TOP)
        p.settled(server)


def test_read_only_cache():
    """Something is kept already, and nothing can be put to it."""
    with Project() as p:
        p.run()
        server = p.serve()
        p.shows(server, ALL, "fresh")
        p.stop(server)
        cache = os.environ["COVLS_CACHE"]
        process = as_nobody(p._folder)
        os.chmod(os.path.dirname(cache), 0o755)
        before = listing(cache)
        kept = [(folder, os.path.join(folder, name)) for folder, _, names in os.walk(cache) for name in names]
        try:
            for folder, path in kept:
                os.chmod(path, 0o444)
                os.chmod(folder, 0o555)
            p.put("app/prices.py", ON_TOP)
            server = p.serve(process=process)
            p.settled(server)
            marks = p.run("gross")
            p.shows(server, marks, "fresh")
            p.edit(server, SOURCE, save=True)
            p.settled(server)
            p.shows(server, without_top(marks), "edited")
            p.stop(server)
            equal(sorted(listing(cache)), sorted(before), "files of a cache that may not be written")
        finally:
            for folder, _ in kept:
                os.chmod(folder, 0o755)


def test_two_servers():
    """Both in one project, with one store."""
    with Project() as p:
        p.run()
        one, two = p.serve(), p.serve()
        p.shows(one, ALL, "fresh")
        p.shows(two, ALL, "fresh")
        p.edit(one, ON_TOP, save=True)
        p.reload(two)
        for server in (one, two):
            p.settled(server)
            p.shows(server, ON_TOP_MARKS, "edited")
        marks = p.run("gross")
        for server in (one, two):
            p.shows(server, marks, "fresh")
        for number in range(5):
            text = ON_TOP + f"X{number} = {number}\n"
            p.edit(one, text, save=True)
            p.edit(two, text)
            marks = p.run("reduced")
            for server in (one, two):
                p.shows(server, marks, "fresh")
        p.stop(one)
        three = p.serve()
        p.edit(three, SOURCE, save=True)
        p.reload(two)
        for server in (two, three):
            p.shows(server, carried(text, marks, SOURCE), "edited")


# -- several runs


def test_replace_is_the_default():
    with Project() as p:
        p.run()
        server = p.serve()
        p.shows(server, ALL, "fresh")
        p.run("gross")
        told = p.shows(server, GROSS, "fresh")
        true("earlier" not in told, "nothing of earlier runs")


def test_union_of_a_full_and_a_partial_run():
    with Project() as p:
        p.run()
        server = p.serve(runs="union")
        true("earlier" not in p.shows(server, ALL, "fresh"), "one run has no earlier one")
        first = os.stat(os.path.join(p.root, ".coverage")).st_mtime
        p.run("gross")
        told = p.shows(server, ALL, "fresh", earlier=lambda e: e is not None)
        equal((told["earlier"]["statements"], told["earlier"]["runs"]), (2, 1))
        true(told["earlier"]["ageSeconds"] >= told["data"]["ageSeconds"], f"{told['earlier']} {told['data']}")
        when = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(first))
        equal(told["earlier"]["modified"][:19], when)
        p.settled(server)
        # A third run, of the rest: each has its share.
        p.run("reduced")
        told = p.shows(server, ALL, "fresh", earlier=lambda e: e is not None and e["statements"] != 2)
        p.settled(server)
        p.stop(server)
        # The store brings it all back, and the other setting takes it away.
        p.shows(p.serve(runs="union"), ALL, "fresh", earlier=lambda e: e is not None)
        server = p.serve(runs="replace")
        told = p.shows(server, p.runs[-1][1], "fresh", earlier=None)
        server.notify("workspace/didChangeConfiguration", {"settings": {"covls": {"runs": "union"}}})
        p.shows(server, ALL, "fresh", earlier=lambda e: e is not None)


def test_union_takes_nothing_from_a_line_that_was_changed():
    with Project() as p:
        p.run()
        server = p.serve(runs="union")
        p.shows(server, ALL, "fresh")
        text = replaced(SOURCE, "    off = net * percent / 100\n", "    off = net * percent / 1000\n")
        p.edit(server, text, save=True)
        p.shows(server, ALL[:16] + "u" + ALL[17:], "edited")
        p.run("gross")
        # Its new text has not run; the line after it did, before.
        want = ALL[:16] + "m" + ALL[17:]
        told = p.shows(server, want, "fresh", earlier=lambda e: e is not None)
        equal((told["earlier"]["statements"], told["earlier"]["runs"]), (1, 1))
        # Both runs are carried over, each from its own text.
        p.edit(server, replaced(text, "RATE = 0.2\n", "import os\nRATE = 0.2\n"), save=True)
        p.shows(server, want[:2] + "u" + want[2:], "edited")
        p.edit(server, SOURCE, save=True)
        p.shows(server, ALL, "edited")
        p.settled(server)
        p.stop(server)
        server = p.serve(runs="union")
        p.shows(server, ALL, "edited")
        p.settled(server)


def test_union_of_many_runs():
    """Each of which another test ran, with an edit in between."""
    with Project() as p:
        server = p.serve(runs="union")
        text = SOURCE
        for number, test in enumerate(("reduced", "gross", "gross", "gross")):
            text = replaced(text, "RATE = 0.2\n", f"X{number} = {number}\nRATE = 0.2\n")
            p.edit(server, text, save=True)
            marks = p.run(test)
            full = ALL if number else p.runs[0][1][:2] + p.runs[0][1][3:]
            want = "".join("c" if "c" in both else both[0] for both in zip(marks, full[:2] + "." * (number + 1) + full[2:]))
            p.shows(server, want, "fresh")
        p.settled(server)


def test_forget_runs():
    with Project() as p:
        p.run()
        server = p.serve(runs="union")
        p.shows(server, ALL, "fresh")
        p.run("gross")
        p.shows(server, ALL, "fresh", earlier=lambda e: e is not None)
        server.call("workspace/executeCommand", {"command": "covls.forgetRuns", "arguments": [p.uri]})
        p.shows(server, GROSS, "fresh", earlier=None)
        p.run("reduced")
        told = p.shows(server, ALL, "fresh", earlier=lambda e: e is not None)
        equal(told["earlier"]["runs"], 1)
        server.call("workspace/executeCommand", {"command": "covls.forgetRuns", "arguments": []})
        p.shows(server, p.runs[-1][1], "fresh", earlier=None)
        p.settled(server)


def test_new_statements_missed():
    with Project() as p:
        p.run()
        server = p.serve(newStatements="missed")
        p.shows(server, ALL, "fresh")
        p.texts.clear()  # these are told to be missed though they never ran: that is what the setting says
        p.edit(server, ON_TOP)
        p.shows(server, with_top(ALL, "m"), "edited")
        p.texts.clear()
        server.notify("workspace/didChangeConfiguration", {"settings": {"covls": {"newStatements": "unknown"}}})
        p.shows(server, ON_TOP_MARKS, "edited")
        p.texts.clear()


# -- in a shell


def test_in_a_shell():
    """show and check say the same as the editors."""
    with Project() as p:
        p.run()
        code, out, _ = run("show", "app/prices.py", cwd=p.root)
        equal(code, 0)
        p.put("app/prices.py", ON_TOP)
        code, out, _ = run("show", "app/prices.py", cwd=p.root)
        shown = [line for line in out.splitlines() if "raise ValueError" in line]
        true(shown and ("✗" in shown[0] or "x" in shown[0].split("raise")[0]), f"the missed line is known: {out}")
        code, out, _ = run("check", "app/prices.py", cwd=p.root)
        true("edited" in out, f"freshness in {out}")
        new_cache("none")
        code, out, _ = run("check", "app/prices.py", cwd=p.root)
        true("changed after the tests ran" in out and " 0% known" in out, f"what is known in {out}")
        code, out, _ = run("show", "app/prices.py", cwd=p.root)
        marks = [line for line in out.splitlines() if "raise ValueError" in line][0].split("raise")[0]
        true("✗" not in marks and "x" not in marks, f"nothing is called missed: {out}")
        true(" nothing is known " in out and "100%" not in out, f"no percentage of nothing: {out}")
        _, out, _ = run("show", "app/prices.py", "app/prices.py", cwd=p.root)
        true("100%" not in out.splitlines()[-1], f"nor in all: {out}")


main(globals())
