"""What may be wrong with coverage data, each by itself: `covls check` and the server tell the same reason, and
the sentence names the file that it is about."""

import gzip
import json
import os

from client import *
from make_coverage import make, make_bytes

C = "int main(void)\n{\n\tif (f())\n\t\treturn 1;\n\treturn 0;\n}\n"
PYTHON = "x = 1\ny = 2\n"
RECORD = "SF:%s\nFN:1,6,main\nFNDA:3,main\nDA:1,3\nDA:3,12\nDA:4,0\nDA:5,12\nend_of_record\n"
XML = """<?xml version="1.0" ?>
%s<coverage version="7" line-rate="0.5"><sources><source>%s</source></sources>
<packages><package name="."><classes><class name="main.c" filename="src/main.c"><lines>
<line number="1" hits="1"/>
<line number="3" hits="0"/>
</lines></class></classes></package></packages></coverage>
"""


def lcov(*names):
    return "TN:\n" + "".join(RECORD % name for name in names)


class Project(Folder):
    """A repository with one source, older than its data."""

    def __init__(self, source="src/main.c", text=None):
        super().__init__()
        self.source = self.add(source, text)
        self.write(".git/HEAD", "")

    def add(self, name, text=None, age=60):
        return self.write(name, text or (PYTHON if name.endswith(".py") else C), age)

    def data(self, name, content, age=50):
        """Long enough ago that nobody can still be writing it."""
        return self.write(name, content, age)


def check(folder, *args, source=None):
    """`covls check --json` of the source: what it ends with, and the explanation."""
    return explained(*args, source or folder.source, cwd=folder.path)


def open_source(server, folder, source=None, options=None):
    server.initialize(folder.path, options=options)
    return server.open(source or folder.source)


def shown(server, uri):
    """What is shown after all has been looked at anew, and the reason, which covls/status repeats."""
    coverage = server.settled(uri)
    equal(server.status(uri)["document"]["reason"], coverage["reason"])
    return coverage


def in_words(message, words):
    for word in words:
        true(word in message, f"no {word!r} in {message!r}")


def told(folder, code, *words, source=None, marks=None, options=None):
    """Checks a source that all is not well with: the verdict has the words, the server says the same under the
    code, and shows the marks, if there are any. Gives the explanation."""
    ended, why = check(folder, source=source)
    equal((ended, why["fine"]), (1, False), why["verdict"])
    in_words(why["verdict"], words)
    equal(rows(why, "because"), [why["verdict"]])
    with Server() as server:
        coverage = shown(server, open_source(server, folder, source, options))
        equal(coverage["reason"], {"code": code, "message": why["verdict"]})
        equal(states(coverage), marks or {})
        if code != "source-newer":
            equal(coverage["freshness"] == "none", not marks, coverage["freshness"])
    known = set((marks or {}).values()) - {"unknown"}
    equal(rows(why, "shown") == ["nothing"], not known, str(rows(why, "shown")))
    return why


def well(folder, statements, *args, source=None):
    """Checks a source that all is well with: this is what a fault is told from."""
    ended, why = check(folder, *args, source=source)
    equal((ended, why["fine"]), (0, True), why["verdict"])
    true(f"of {statements} statements ran" in why["verdict"], why["verdict"])
    return why


# ---- nothing there, or nothing of this source


def test_no_data():
    with Project("pkg/a.py") as folder:
        why = told(folder, "no-data-file", f"'{folder.path}'", f"'{folder / 'pkg'}'", "run the tests", "covls.dataFile")
        equal(rows(why, "data"), ["pkg/.coverage: not there", ".coverage: not there"])
    with Project() as folder:
        told(folder, "no-data-file", "no coverage report in the workspace", "covls.dataFile")


def test_the_data_file_that_is_set_is_not_there():
    with Project() as folder:
        folder.data("lcov.info", lcov("src/main.c"))
        well(folder, 4)
        code, why = check(folder, "--data-file=out/lcov.info")
        equal((code, why["fine"]), (1, False))
        in_words(why["verdict"], [f"'{folder / 'out/lcov.info'}'", "is set", "not there"])


def test_data_of_another_project():
    with Project() as folder:
        report = folder.data("lcov.info", lcov("/ci/tea/pot.c", "/ci/tea/cup.c"))
        why = told(folder, "not-in-data", f"'{report}'", "2 files", f"'{folder.source}' is not among them")
        equal(why["fix"], None)
        true("does not speak of this file" in rows(why, "data")[-1], str(rows(why, "data")))
    with Project("a.py") as folder:
        data = make(folder / ".coverage", {"/ci/tea/pot.py": [1]}, age=50)
        why = told(folder, "not-in-data", f"'{data}'", f"'{folder.source}' is not among them")
        equal(why["fix"], None)


def test_not_measured():
    """Its neighbour of the same name was: nobody is told to take that one for it."""
    with Project("gen/a.py") as folder:
        folder.write("pyproject.toml", "[tool.coverage.run]\nomit = ['gen/*']\n", age=60)
        other = folder.add("pkg/a.py")
        data = make(folder / ".coverage", {other: [1]}, age=50)
        why = told(folder, "not-in-data", f"'{data}'", f"'{folder.source}' is not among them", "omit")
        equal(why["fix"], None)
        true(other not in why["verdict"], why["verdict"])
        true(why["verdict"].endswith(": omit in pyproject.toml leaves it out ('gen/*')"), why["verdict"])
        well(folder, 2, source=other)


def test_not_to_be_measured():
    """The configuration says so: the reason is that option, and nobody is asked."""
    asked = "; was it measured (source, omit), and under this path?"
    cases = [
        (".coveragerc", "[run]\nomit = lib/b.py\n", ": omit in .coveragerc leaves it out ('lib/b.py')"),
        (".coveragerc", "[run]\nomit = */b.*\n", ": omit in .coveragerc leaves it out ('*/b.*')"),
        ("setup.cfg", "[coverage:run]\ninclude =\n  pkg/*\n  t.py\n", ": include in setup.cfg does not have it ('pkg/*')"),
        ("setup.cfg", "[coverage:run]\ninclude = lib/*\n", asked),
        ("tox.ini", "[coverage:run]\nsource = pkg\n", ": source in tox.ini does not have it ('pkg')"),
        ("tox.ini", "[coverage:run]\nsource = .\n", asked),
        ("tox.ini", "[coverage:run]\nsource = elsewhere.lib\n", ": source in tox.ini does not have it ('elsewhere.lib')"),
        ("tox.ini", "[coverage:run]\nsource = lib\n", asked),
        # A package may lie anywhere, and a source goes before what is included.
        (".coveragerc", "[run]\nsource_pkgs = lib\ninclude = pkg/*\n", asked),
        (".coveragerc", "[run]\nsource_pkgs = b\n", asked),
        (".coveragerc", "[run]\nsource_pkgs = tea\n", ": source_pkgs in .coveragerc does not have it ('tea')"),
        (".coveragerc", "[run]\nsource_dirs = pkg\n", ": source_dirs in .coveragerc does not have it ('pkg')"),
        (".coveragerc", "[run]\nsource = pkg\nsource_dirs = lib\n", asked),
    ]
    for name, text, end in cases:
        with Project("lib/b.py") as folder:
            folder.write(name, text, age=60)
            make(folder / ".coverage", {folder.add("pkg/a.py"): [1]}, age=50)
            why = told(folder, "not-in-data")
            true(why["verdict"].endswith(f"is not among them{end}"), f"{text}: {why['verdict']}")


def test_a_name_that_is_a_neighbours():
    """It is told whose it is, and nobody is told to take it for this file's."""
    cases = [
        (["src/util.c"], "packages/a/coverage/lcov.info", "src/util.c"),
        (["/app/src/util.c", "/app/src/more.c"], "packages/a/coverage/lcov.info", "/app/src/util.c"),
        (["D:\\w\\packages\\a\\src\\util.c", "D:\\w\\packages\\a\\src\\more.c"], "lcov.info",
         "D:\\w\\packages\\a\\src\\util.c"),
    ]
    for names, report, name in cases:
        with Project("packages/b/src/util.c") as folder:
            other = folder.add("packages/a/src/util.c")
            folder.add("packages/a/src/more.c")
            folder.data(report, lcov(*names))
            why = told(folder, "not-in-data", f"'{folder.source}' is not among them", "was it measured")
            equal(why["fix"], None)
            equal(rows(why, "namesake"), [f"'{name}' is '{other}'"])
            equal(rows(why, "nearest"), ["no recorded name ends as this one does, but those of other files"])
            well(folder, 4, source=other)


def test_an_installed_copy_was_measured():
    """As by tox: a mapping makes its coverage the source's."""
    with Project("src/tea/pot.py") as folder:
        folder.add("src/tea/cup.py")
        installed = ".tox/py/lib/python3.12/site-packages/"
        copies = [folder.add(f"{installed}tea/{name}.py") for name in ("pot", "cup")]
        make(folder / ".coverage", {copy: [1] for copy in copies}, age=50)
        why = told(folder, "not-in-data", f"'{copies[0]}' is", "covls.pathMappings")
        mapping = {"from": folder / installed, "to": folder / "src/"}
        equal(why["fix"], {"key": "covls.pathMappings", "value": [mapping]})
        well(folder, 2, f"--path-mapping={mapping['from']}={mapping['to']}")


def test_reports_of_nothing():
    """No file was measured: that is said, and not that this one is not among none."""
    nothing = [
        ("lcov.info", "TN:\n"),
        ("coverage.xml", '<?xml version="1.0"?>\n<coverage line-rate="0"><packages/></coverage>\n'),
        ("cover.out", "mode: set\n"),
    ]
    for name, content in nothing:
        with Project() as folder:
            report = folder.data(name, content)
            told(folder, "not-in-data", f"'{report}' holds data of no file", "were the tests run")
    for name, content in (("coverage/coverage-final.json", "{}"), ("coverage/.resultset.json", "{\n}\n")):
        with Project() as folder:
            report = folder.data(name, content)
            told(folder, "bad-data", f"'{report}' is empty JSON", "were the tests run")


def test_json_of_other_tools():
    """About coverage, and no report: it is told what it is."""
    others = [
        ('{"gcovr/format_version": "0.11", "files": []}', ["gcovr's own JSON", "gcovr --xml"]),
        ('{"source_files":[{"name":"src/main.c","coverage":[1,null,0]}]}', ["coveralls.io", "LCOV"]),
        ('{"result":[{"scriptId":"1","url":"file:///a.js","functions":[]}]}', ["NODE_V8_COVERAGE", "c8 report"]),
    ]
    for content, words in others:
        with Project() as folder:
            report = folder.data("coverage/coverage.json", content)
            told(folder, "bad-data", f"'{report}'", "not a report", *words)


def test_pages_for_a_browser():
    """They are not read; what they were made of, or a report beside them, is what counts."""
    page = "<!DOCTYPE html>\n<html><head><title>Coverage report</title></head></html>\n"
    for source, name, remedy in (
        ("src/main.py", "htmlcov/index.html", "`coverage xml`"),
        ("src/main.js", "coverage/lcov-report/index.html", "LCOV"),
        ("src/main.js", "coverage/index.html", "LCOV"),
        ("src/main.go", "coverage.html", "-coverprofile"),
    ):
        with Project(source) as folder:
            path = folder.data(name, page)
            told(folder, "no-data-file", f"no coverage report, but '{path}' is for a browser, and no report; ", remedy)
            if source.endswith(".py"):
                make(folder / ".coverage", {folder.source: [1]}, 50)
            else:
                folder.data("lcov.info", lcov(folder.source))
            well(folder, 2 if source.endswith(".py") else 4)
    with Project("src/main.js") as folder:
        folder.data("coverage/index.html", "<!DOCTYPE html>\n<html><head><title>Shop</title></head></html>\n")
        told(folder, "no-data-file", "no coverage report in the workspace")


def test_a_report_in_utf_16():
    """As PowerShell's > writes it. XML says so itself, and is read."""
    for name, content in (("lcov.info", lcov("src/main.c")), ("coverage/coverage-final.json", "{}")):
        with Project() as folder:
            report = folder.data(name, content.encode("utf-16"))
            told(folder, "bad-data", f"'{report}'", "UTF-16", "PowerShell", "utf8")


def test_what_is_gzipped_badly():
    faults = [(gzip.compress(lcov("src/main.c").encode())[:14], ["ends too early"]), (gzip.compress(b""), ["holds nothing"]),
              (gzip.compress(gzip.compress(lcov("src/main.c").encode())), ["gzipped twice"])]
    for content, words in faults:
        with Project() as folder:
            report = folder.data("lcov.info.gz", content)
            told(folder, "bad-data", f"'{report}'", "gzip", "again", *words)


def test_what_is_no_report_yet():
    faults = [
        ("build/main.gcda", b"adcg*33B" + bytes(40), ["counters of gcc", "gcov", "lcov"]),
        ("default.profraw", b"\x81rforpl\xff" + bytes(80), ["raw profile of clang", "llvm-cov export"]),
        ("build/main.c.gcov", "        -:    0:Source:main.c\n        1:    1:int a;\n", ["gcov", "--json-format"]),
        ("coverage/coverage-summary.json", '{"total": {"lines":{"total":4,"covered":3,"skipped":0,"pct":75}}}',
         ["a summary", "without lines", "`lcov`"]),
    ]
    for name, content, words in faults:
        with Project() as folder:
            path = folder.data(name, content)
            why = told(folder, "no-data-file", f"'{path}'", *words)
            equal(len(rows(why, "beside")), 1)
            # It is not told of where there is a report.
            folder.data("lcov.info", lcov("src/main.c"))
            well(folder, 4)


# ---- names from elsewhere


def twins(folder):
    """Two files that the report, made in /home/ci/job, may mean."""
    folder.add("packages/b/src/util.c")
    return folder.data("coverage/lcov.info", lcov("/home/ci/job/src/util.c"))


def test_a_tie():
    """Neither has marks; both are named, and for each the mapping that would make it the one."""
    with Project("packages/a/src/util.c") as folder:
        report = twins(folder)
        both = [folder / "packages/a/src/util.c", folder / "packages/b/src/util.c"]
        for source in both:
            quoted = [f"'{name}'" for name in (report, "/home/ci/job/src/util.c", *both)]
            why = told(folder, "ambiguous-path", *quoted, "covls.pathMappings", source=source)
            mapping = {"from": "/home/ci/job/", "to": source.removesuffix("src/util.c")}
            equal(why["fix"], {"key": "covls.pathMappings", "value": [mapping]})
            well(folder, 4, f"--path-mapping={mapping['from']}={mapping['to']}", source=source)


def test_a_tie_of_two_sources():
    """A report that names both folders and one of their files: both files are named."""
    with Project("one/main.c") as folder:
        other = folder.add("two/main.c")
        content = XML.replace("src/main.c", "main.c") % ("", f"{folder / 'one'}</source><source>{folder / 'two'}")
        folder.data("coverage.xml", content)
        why = told(folder, "ambiguous-path", "'main.c'", f"'{folder.source}'", f"'{other}'", "covls.pathMappings")
        mapping = {"from": "", "to": folder / "one/"}
        equal(why["fix"], {"key": "covls.pathMappings", "value": [mapping]})
        well(folder, 2, f"--path-mapping=={mapping['to']}")
    # Of more than a name, it is the folder's: other folders may be elsewhere.
    with Project("one/src/ui/main.c") as folder:
        folder.add("two/src/ui/main.c")
        folder.data("coverage/lcov.info", lcov("src/ui/main.c"))
        why = told(folder, "ambiguous-path", "'src/ui/main.c'", "covls.pathMappings")
        mapping = {"from": "src/ui/", "to": folder / "one/src/ui/"}
        equal(why["fix"], {"key": "covls.pathMappings", "value": [mapping]})
        well(folder, 4, f"--path-mapping={mapping['from']}={mapping['to']}")


def test_one_that_fits_is_mapped():
    with Project("app/src/util.c") as folder:
        folder.add("app/src/deep/more.c")
        folder.data("coverage/lcov.info", lcov("/home/ci/job/src/util.c", "/home/ci/job/src/deep/more.c"))
        why = well(folder, 4)
        equal(rows(why, "called"), ["/home/ci/job/src/util.c"])
        equal(rows(why, "since"), [f"'/home/ci/job/' is '{folder / 'app'}/' here, as 2 of 2 names tell"])
        with Server() as server:
            coverage = shown(server, open_source(server, folder))
            equal((coverage["reason"]["code"], lines_in(coverage, "missed")), ("none", [3]))


def test_a_wrong_mapping():
    """It does not lead anywhere: it is told where it comes from, and what it should be."""
    with Project("packages/a/src/util.c") as folder:
        report = twins(folder)
        wrong, right = (folder / "packages/c", folder / "packages/a/")
        code, why = check(folder, f"--path-mapping=/home/ci/job={wrong}")
        equal((code, why["fine"]), (1, False))
        in_words(why["verdict"], [f"'{report}'", f"'{folder.source}'", "covls.pathMappings"])
        settings = rows(why, "settings")
        equal(len(settings), 1)
        in_words(settings[0], ["covls.pathMappings", wrong, "from the command line"])
        equal(why["fix"], {"key": "covls.pathMappings", "value": [{"from": "/home/ci/job/", "to": right}]})
        with Server() as server:
            options = {"pathMappings": [{"from": "/home/ci/job", "to": wrong}]}
            coverage = shown(server, open_source(server, folder, options=options))
            equal((coverage["reason"]["code"], coverage["runs"]), ("ambiguous-path", []))
            equal(coverage["reason"]["message"], why["verdict"])
        with Server() as server:
            options = {"pathMappings": [{"from": "/home/ci/job", "to": right}]}
            coverage = shown(server, open_source(server, folder, options=options))
            equal((coverage["reason"]["code"], lines_in(coverage, "missed")), ("none", [3]))
    faults = [
        ("/home/ci/job", "packages/c", "takes '/home/ci/job/' to '%s/packages/c/', which is not there"),
        ("/home/ci/job", "packages", "takes '/home/ci/job/' to '%s/packages/', where none of those names is"),
        ("/home/ci/jo", "packages/a", "takes '/home/ci/jo/' to '%s/packages/a/', but no name in the data begins so"),
    ]
    for source, to, words in faults:
        with Project("packages/a/src/util.c") as folder:
            twins(folder)
            options = {"pathMappings": [{"from": source, "to": to}]}
            ended, why = check(folder, f"--path-mapping={source}={to}")
            equal((ended, rows(why, "mapping")), (1, ["covls.pathMappings " + words % folder.path]))
            in_words(why["verdict"], rows(why, "mapping"))
            with Server() as server:
                coverage = shown(server, open_source(server, folder, options=options))
                equal(coverage["reason"], {"code": "ambiguous-path", "message": why["verdict"]})
    # Windows knows no case.
    with Project("app/Main.c") as folder:
        folder.add("copy/app/Main.c")
        folder.data("lcov.info", lcov("C:\\Agent\\1\\app\\Main.c"))
        well(folder, 4, "--path-mapping=c:\\agent\\1=.")
    code, out, err = run("check", "--path-mapping=/home/ci/job", "a.c")
    equal((code, out), (2, ""))
    in_words(err, ["pathMappings", "/home/ci/job", "FROM=TO"])


# ---- reports that are not whole, or none


def test_a_truncated_report():
    """The sentence says where it ends."""
    whole = [
        ("lcov.info", lcov("src/other.c", "src/main.c"), 38),
        ("coverage.xml", XML % ("", "."), 70),
    ]
    for name, content, cut in whole:
        with Project() as folder:
            folder.add("src/other.c")
            report = folder.data(name, content)
            well(folder, content.count("<line ") or 4)
            folder.data(name, content[:-cut])
            line = content[:-cut].count("\n") + 1
            told(folder, "bad-data", f"'{report}' ends too early", f"in line {line} (byte ")
    statement = {"start": {"line": 1, "column": 0}, "end": {"line": 1, "column": 4}}
    with Project("src/main.js", "a();\n") as folder:
        of_file = {"path": folder.source, "statementMap": {"0": statement}, "fnMap": {}, "branchMap": {}}
        content = json.dumps({folder.source: {**of_file, "s": {"0": 1}, "f": {}, "b": {}}})
        report = folder.data("coverage/coverage-final.json", content)
        well(folder, 1)
        folder.data("coverage/coverage-final.json", content[:-9])
        told(folder, "bad-data", f"'{report}' ends too early", f"at byte {len(content) - 9}")


def test_a_gzipped_report_cut_short():
    with Project() as folder:
        packed = gzip.compress(lcov("src/main.c").encode())
        report = folder.data("lcov.info.gz", packed)
        well(folder, 4)
        folder.data("lcov.info.gz", packed[:-12])
        told(folder, "bad-data", f"'{report}' ends too early", f"after {len(packed) - 12} bytes")


def test_no_report_under_a_reports_name():
    faults = [
        ("lcov.info", "It was a dark and stormy night.\n" * 20),
        ("lcov.info", "<?xml version='1.0'?>\n<html><body>404</body></html>\n"),
        ("coverage.xml", "502 Bad Gateway\n"),
        ("coverage/coverage-final.json", "[1, 2]\n"),
        ("lcov.info.gz", gzip.compress(b"404\n")),
    ]
    for name, content in faults:
        with Project() as folder:
            report = folder.data(name, content)
            told(folder, "bad-data", f"'{report}' is not a coverage file")
            # A report that speaks of the source is worth more than a word about one that does not.
            folder.data("build/coverage.info", lcov("src/main.c"))
            well(folder, 4)
    # Other files that are called much the same are nothing to speak of.
    with Project() as folder:
        folder.data("module.info", "name = covls\n")
        told(folder, "no-data-file", "no coverage report in the workspace")


def test_another_format_under_a_reports_name():
    """What it is tells, not what it is called."""
    with Project() as folder:
        folder.data("lcov.info", XML % ("", "."))
        why = well(folder, 2)
        true(rows(why, "data")[-1].startswith("lcov.info: Cobertura"), str(rows(why, "data")))


def test_an_empty_report():
    with Project() as folder:
        report = folder.data("lcov.info", "")
        told(folder, "busy", f"'{report}' is empty")


def test_an_entity_bomb():
    """It is refused where it is declared."""
    bomb = '<!ENTITY a0 "ha">\n'
    for i in range(1, 10):
        bomb += f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">\n'
    with Project() as folder:
        doctype = f"<!DOCTYPE coverage [\n{bomb}]>\n"
        report = folder.data("coverage.xml", (XML % (doctype, ".")).replace('name="."', 'name="&a9;"'))
        told(folder, "bad-data", f"'{report}'", "in line 3", "entity")
        folder.data("coverage.xml", XML % ('<!DOCTYPE coverage SYSTEM "coverage.dtd">\n', "."))
        well(folder, 2)


# ---- coverage.py


def test_a_database_of_an_old_schema():
    with Project("a.py") as folder:
        files = {folder.source: [1]}
        data = folder.data(".coverage", make_bytes(files))
        well(folder, 2)
        folder.data(".coverage", make_bytes(files, schema=6))
        told(folder, "bad-data", f"'{data}'", "schema 6", "coverage 5.0 or newer")


def test_an_empty_database():
    with Project("a.py") as folder:
        data = folder.data(".coverage", b"")
        told(folder, "busy", f"'{data}' is empty")


def test_a_source_newer_than_its_data():
    cases = [
        ("a.py", {0: "covered", 1: "missed"}, {0: "unknown", 1: "unknown"}),
        ("src/main.c", {0: "covered", 2: "covered", 3: "missed", 4: "covered"}, {}),
    ]
    for source, marks, unknown in cases:
        with Project(source) as folder:
            if source.endswith(".py"):
                make(folder / ".coverage", {folder.source: [1]}, age=50)
            else:
                folder.data("lcov.info", lcov(source))
            well(folder, len(marks))
            folder.add(source, age=10)
            well(folder, len(marks))  # it was seen when it was older: this is still the text that ran
            new_cache(f"never seen {len(marks)}")
            why = told(folder, "source-newer", f"'{os.path.basename(source)}' was changed after", marks=unknown)
            equal(rows(why, "shown"), ["nothing"])


def test_lines_and_branches_that_do_not_combine():
    """coverage.py refuses them. The newer ones are shown, the others are named."""
    with Project("a.py") as folder:
        folder.write(".coveragerc", "[run]\nparallel = true\n", age=60)
        lines = make(folder / ".coverage.host.1.abc", {folder.source: [1, 2]}, age=55)
        make(folder / ".coverage.host.2.def", {folder.source: [1]}, branches=True, age=50)
        why = well(folder, 2)
        true("1 of 2" in why["verdict"], why["verdict"])
        in_words(rows(why, "data")[0], ["lines and branches", f"'{lines}' has statements alone", "left out"])
        with Server() as server:
            uri = open_source(server, folder)
            equal(lines_in(shown(server, uri), "missed"), [1])
            files = server.status()["dataFiles"]
            equal(len(files), 1)
            in_words(files[0]["message"], [f"'{lines}'"])


def test_a_broken_configuration():
    """The defaults are used meanwhile."""
    faults = [
        ("pyproject.toml", "[tool.coverage.run]\nomit = [\n", ["line 2", "an array without an end"]),
        (".coveragerc", "[run\nomit = x\n", ["line 1", "'[run'"]),
        (".coveragerc", "[report]\nexclude_also = def (\n", ["exclude_also", "'def ('", "position 4"]),
    ]
    for name, content, words in faults:
        with Project("a.py") as folder:
            make(folder / ".coverage", {folder.source: [1]}, age=50)
            well(folder, 2)
            folder.write(name, content, age=60)
            why = told(folder, "bad-config", name, *words, "defaults", marks={0: "covered", 1: "missed"})
            true(rows(why, "project")[0].startswith(folder.path), str(rows(why, "project")))


# ---- a report that was good


def overwritten(content, reason, *words):
    """A good report is shown; after this the marks stay, and the reason is told; then a good one is followed."""
    with Project() as folder:
        report = folder.data("lcov.info", lcov("src/main.c"))
        with Server() as server:
            uri = open_source(server, folder)
            good = server.coverage(uri, lambda c: c["runs"])
            equal((lines_in(good, "missed"), good["reason"]["code"]), ([3], "none"))
            folder.data("lcov.info", content, age=40)
            bad = shown(server, uri)
            equal((bad["reason"]["code"], bad["runs"]), (reason, good["runs"]))
            in_words(bad["reason"]["message"], [f"'{report}'", *words])
            equal(bad["data"]["path"], report)
            folder.data("lcov.info", lcov("src/main.c").replace("DA:4,0", "DA:4,9"), age=30)
            again = server.coverage(uri, lambda c: not lines_in(c, "missed") and c["runs"])
            equal((again["reason"]["code"], lines_in(again, "covered")), ("none", [0, 2, 3, 4]))


def test_a_good_report_then_a_truncated_one():
    overwritten(lcov("src/main.c")[:-20], "bad-data", "ends too early", "in line 8 (byte")


def test_a_good_report_then_none_of_that_name():
    overwritten("404 Not Found\n", "bad-data", "is not a coverage file")


def test_a_good_report_then_an_empty_one():
    """As it is when a tool has just begun to write it."""
    overwritten("", "busy", "is empty")


main(globals())
