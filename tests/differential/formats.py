"""What covls reads from coverage reports, beside Python readings of the same files
(tests/support/report_oracle.py) and beside what their producers say of the same run elsewhere.

    formats.py FORMATS_DUMP [--seeds=N] [--only=TEXT] [-v]

Compared are the samples of tests/data/reports, and reports that are made now of random programs with every
tool chain that is on this machine (tests/support/report_makers.py):
  - each report with the oracle's reading: hits of each line, branches taken and in all of each line,
    functions, states;
  - each report with the sums that stand in it;
  - reports of one run with each other, line by line, and with the producer's text reports.
"""

import collections
import html
import json
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))
import report_makers  # noqa: E402
import report_oracle as oracle  # noqa: E402

SAMPLES = ROOT / "tests" / "data" / "reports"
# No reports, though they look like some: covls must say so.
STRANGERS = """istanbul/nyc-17-coverage-summary.json istanbul/v8-raw-NODE_V8_COVERAGE.json other/gcovr.json
simplecov/last_run.json gcov/gcc16-branches-conditions/prog-calc.gcda gcov/gcc16-branches-conditions/prog-calc.gcno
gcov/gcc16-branches-conditions/calc.c.gcov gcov/gcc12/tmpl.cpp.gcov llvm-cov/show.txt coveragepy/line.report.txt
go/count.func.txt""".split()

# Sums that count something else than lines of the report.
OTHER_SUMS = {
    "llvm-cov": "its totals count lines once a function",
    "lcov/llvm-cov": "its totals count lines once a function",
    "clang": "its totals count lines once a function",
    "jacoco/gcovr": "lines without counters say nothing, and it counts them",
    "coveragepy": "num_branches counts arms that executed_branches and missing_branches leave out",
    "coverage.py": "num_branches counts arms that executed_branches and missing_branches leave out",
}


class Tally:
    def __init__(self, verbose):
        self.passed = self.failed = self.skipped = 0
        self.verbose = verbose

    def equal(self, what, got, want):
        if got == want:
            self.passed += 1
            if self.verbose:
                print("ok  ", what)
            return
        self.failed += 1
        print("FAIL", what)
        if isinstance(got, dict) and isinstance(want, dict):
            for key in sorted(set(got) | set(want), key=str)[:10000]:
                if got.get(key) != want.get(key):
                    print(f"     {key}: covls {got.get(key)!r}, want {want.get(key)!r}")
        else:
            print(f"     covls {got!r}\n     want  {want!r}")

    def skip(self, what, why):
        self.skipped += 1
        print(f"skip {what}: {why}")


class Covls(oracle.Files):
    """What formats_dump says of one report."""

    def __init__(self, answer):
        super().__init__()
        self.format = answer.get("format")
        self.error = answer.get("error")
        self.reported = {}
        for name, node in answer.get("files", {}).items():
            file = self[name]
            file.lines = {int(line): hits for line, hits in node["lines"].items()}
            file.partial = set(node.get("partial", []))
            self.counts = self.counts and node.get("counts", True)
            for index, (line, group, label, taken) in enumerate(node.get("branches", [])):
                if isinstance(taken, list):
                    file.counted[line, index] = tuple(taken)
                else:
                    file.arms[line, group, label or index] = taken
            file.functions = {(first, name): hits for name, first, _, hits in node.get("functions", [])}

    def states_of(self, name):
        file = self[name]
        return {
            line: "missed" if hits == 0 else "partial" if line in file.partial else "covered"
            for line, hits in file.lines.items()
        }


def ask(program, paths):
    done = subprocess.run([program, *map(str, paths)], capture_output=True, timeout=600)
    if done.returncode != 0:
        sys.exit(f"formats_dump ended with {done.returncode}: {done.stderr.decode()[-2000:]}")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return {pathlib.Path(answer["file"]): Covls(answer) for answer in answers}


def ran(lines):
    return {line: hits > 0 for line, hits in lines.items()}


def partner(name, names):
    """The file of another report that is the same: by the longest run of last folders."""
    parts = name.split("/")[::-1]

    def common(other):
        count = 0
        for a, b in zip(parts, other.split("/")[::-1]):
            if a != b:
                break
            count += 1
        return count

    best = max(names, key=common, default=None)
    return best if best is not None and common(best) > 0 else None


# -- a report with the oracle's reading of it


def check_reading(tally, label, path, covls):
    want = oracle.read(path)
    if covls.error:
        tally.equal(label, covls.error, None)
        return
    tally.equal(f"{label}: names", sorted(covls), sorted(name for name in want))
    for name, file in want.items():
        if name not in covls:
            continue
        got = covls[name]
        if want.format == "go":
            continue  # which text a block is of is seen in the source: check_go_spans()
        lines = file.lines if covls.counts else ran(file.lines)
        tally.equal(f"{label}: {name}: lines", got.lines if covls.counts else ran(got.lines), lines)
        tally.equal(f"{label}: {name}: branches", got.branches(), file.branches())
        tally.equal(f"{label}: {name}: states", covls.states_of(name), file.states())
        if file.functions:
            functions = got.functions if covls.counts else ran(got.functions)
            tally.equal(f"{label}: {name}: functions", functions,
                        file.functions if covls.counts else ran(file.functions))


def check_totals(tally, label, path, covls):
    want = oracle.totals(path)
    if not want or covls.error:
        return
    for start, why in OTHER_SUMS.items():
        if label.startswith(start):
            tally.skip(f"{label}: sums", why)
            return
    if re.match(r"(nyc|jest|c8) .*(Cobertura|Clover)", label):
        # Istanbul counts branches on lines where no statement begins, and does not list them.
        want = {key: number for key, number in want.items() if key in ("lines", "covered")}
    got = {
        "lines": sum(len(file.lines) for file in covls.values()),
        "covered": sum(hits > 0 for file in covls.values() for hits in file.lines.values()),
        "branches": sum(total for file in covls.values() for _, total in file.branches().values()),
        "taken": sum(taken for file in covls.values() for taken, _ in file.branches().values()),
    }
    tally.equal(f"{label}: sums", {key: got[key] for key in want}, want)


# -- reports of one run with each other


def check_pair(tally, label, one, other, aspects):
    for name, file in one.items():
        match = partner(name, list(other))
        if match is None:
            if file.lines:
                tally.equal(f"{label}: {name} in both", None, name)
            continue
        against = other[match]
        title = f"{label}: {name}: "
        if "hits" in aspects:
            # llvm-cov writes counts as signed numbers in JSON, and as unsigned ones in LCOV.
            most = {line: min(hits, 2**63 - 1) for line, hits in against.lines.items()}
            tally.equal(title + "hits", {line: min(hits, 2**63 - 1) for line, hits in file.lines.items()}, most)
        if "taken" in aspects:
            # Of a decision that never came up, llvm-cov's JSON does not tell whether it ever could.
            both = [{line: taken for line, (taken, _) in each.branches().items() if taken} for each in (file, against)]
            tally.equal(title + "arms taken", *both)
        if "ran" in aspects:
            tally.equal(title + "what ran", ran(file.lines), ran(against.lines))
        if "branches" in aspects:
            tally.equal(title + "branches", file.branches(), against.branches())
        if "branches of lines" in aspects:  # where the other has branches of lines alone
            of_lines = {line: pair for line, pair in file.branches().items() if line in file.lines}
            tally.equal(title + "branches", of_lines, against.branches())
        if "shared branches" in aspects:
            # coverage.py's XML counts arms, all as taken, that its LCOV does not list.
            own, other_branches = file.branches(), against.branches()
            of_both = [n for n in own if own[n][1] == other_branches.get(n, (0, 0))[1]]
            tally.equal(title + "branches", {n: own[n] for n in of_both}, {n: other_branches[n] for n in of_both})
        if "functions" in aspects:
            tally.equal(title + "functions", file.functions, against.functions)


def union(readings):
    """Several units of gcov as one."""
    result = oracle.Files()
    for reading in readings:
        for name, file in reading.items():
            into = result[name]
            for line, hits in file.lines.items():
                into.add(line, hits, oracle.add)
            for (line, group, label), taken in file.arms.items():
                into.add_arm(line, group, label, taken)
            into.partial |= file.partial
    return result


PAIRS = [
    ("istanbul/{}-coverage-final.json", "lcov/{}.info", "hits branches functions", "nyc-17 c8-10 jest-29"),
    ("istanbul/{}-coverage-final.json", "lcov/{}.info", "hits branches", "jest-29-v8"),
    ("istanbul/{}-coverage-final.json", "cobertura/{}.xml", "hits,branches of lines", "nyc-17 c8-10 jest-29"),
    ("istanbul/{}-coverage-final.json", "clover/{}.xml", "hits,branches of lines", "nyc-17 c8-10 jest-29"),
    ("cobertura/gcovr-8.7.xml", "clover/gcovr-8.7.xml", "hits", ""),
    ("cobertura/{}.xml", "clover/{}.xml", "hits", "phpunit-9.6"),
    ("cobertura/{}.xml", "lcov/{}.info", "hits branches", "grcov-0.8"),
    ("cobertura/gcovr-8.7.xml", "other/gcovr-sonarqube.xml", "ran branches", ""),
    ("cobertura/gcovr-8.7.xml", "lcov/gcovr-8.7.lcov", "hits branches", ""),
    ("jacoco/gcovr-8.7.xml", "cobertura/gcovr-8.7.xml", "branches", ""),
    ("llvm-cov/export.json", "llvm-cov/export-skip-functions.json", "hits branches", ""),
    ("llvm-cov/export.json", "lcov/llvm-cov-21.lcov", "hits branches", ""),
    ("llvm-cov/cpp-export.json", "lcov/llvm-cov-21-cpp.lcov", "hits", ""),
    ("jacoco/jacoco-0.8.6.xml", "jacoco/jacoco-0.8.6-grouped.xml", "hits branches functions", ""),
    ("coveragepy/{}.json", "coveragepy/{}.lcov", "ran", "line branch branch-ctrace relative ctx-pytestcov-branch ctx-pytestcov-line"),
    ("coveragepy/{}.json", "coveragepy/{}.xml", "ran", "line branch branch-ctrace relative ctx-pytestcov-branch ctx-pytestcov-line"),
    ("coveragepy/{}.lcov", "coveragepy/{}.xml", "shared branches", "branch branch-ctrace ctx-pytestcov-branch"),
    ("coveragepy/branch.lcov", "coveragepy/branch.checksums.lcov", "hits branches functions", ""),
    ("lcov/lcov-2.5-branch-checksum.info", "lcov/lcov-2.5-branch-mcdc.info", "hits", ""),
]


def aspects_of(text):
    return [text] if text == "shared branches" else text.split(",") if "," in text else text.split()


def check_gcov_text(tally, label, path, file, marks=True):
    want = oracle.gcov_text(path)
    tally.equal(f"{label}: hits", file.lines, {line: hits for line, (hits, _) in want.items()})
    # gcov marks a line by its blocks alone: the branches are the report's own.
    marked = {line for line, (_, partial) in want.items() if partial}
    blocks = {line for line in file.lines if line in file.partial and file.lines[line] > 0}
    if marks:
        tally.equal(f"{label}: marked lines are partial", marked - blocks, set())


def check_llvm_show(tally, label, path, covls):
    for name, lines in oracle.llvm_show(path).items():
        exact = {line: hits for line, hits in lines.items() if hits is not None}
        got = {line: hits for line, hits in covls[name].lines.items() if lines.get(line, 0) is not None}
        tally.equal(f"{label}: {name}", got, exact)


def check_python_text(tally, label, path, covls):
    """coverage report's columns Stmts and Miss."""
    for name, statements, missed in re.findall(r"^(\S+\.py)\s+(\d+)\s+(\d+)", path.read_text(), re.M):
        lines = covls[name].lines
        tally.equal(f"{label}: {name}", (len(lines), sum(hits == 0 for hits in lines.values())), (int(statements), int(missed)))


def check_go_functions(tally, label, text, covls):
    """What is 100 % has no line that did not run, what is 0 % none that did."""
    rows = [row for row in oracle.go_functions(text) if row[1]]
    for index, (name, line, percent) in enumerate(rows):
        later = [row[1] for row in rows if row[0] == name and row[1] > line]
        end = min(later, default=1 << 30)
        states = {covls.states_of(name)[n] for n in covls[name].lines if line <= n < end}
        allowed = {100.0: {"covered"}, 0.0: {"missed"}}.get(percent)
        if allowed:
            tally.equal(f"{label}: {name}:{line} is {percent} %", states - allowed, set())
        else:
            tally.equal(f"{label}: {name}:{line} is {percent} %", len(states) > 1 or "partial" in states, True)


def go_spans(page):
    """Of each file of `go tool cover -html`, {line: [(hits, text)]}."""
    files = {}
    for number, name in re.findall(r'<option value="(file\d+)">(\S+) \(', page):
        body = re.search(rf'<pre class="file" id="{number}"[^>]*>(.*?)</pre>', page, re.S)[1]
        lines, hits, line = collections.defaultdict(list), None, 1
        for part in re.split(r'(<span[^>]*>|</span>)', body):
            if found := re.match(r'<span class="cov\d+" title="(\d+)"', part):
                hits = int(found[1])
            elif part == "</span>":
                hits = None
            else:
                for index, text in enumerate(html.unescape(part).split("\n")):
                    line += index > 0
                    if hits is not None and text.strip():
                        lines[line].append((hits, text.strip()))
        files[name] = dict(lines)
    return files


def source_spans(profile, source_of):
    """The same of a profile, with the sources."""
    files = collections.defaultdict(lambda: collections.defaultdict(dict))
    for text in profile.read_text().splitlines()[1:]:
        name, *numbers = re.fullmatch(r"(.*):(\d+)\.(\d+),(\d+)\.(\d+) (\d+) (\d+)", text).groups()
        line0, column0, line1, column1, statements, hits = map(int, numbers)
        if not statements:
            continue
        lines = source_of(name).read_text().split("\n")
        for line in range(line0, line1 + 1):
            start = column0 - 1 if line == line0 else 0
            part = lines[line - 1][start : column1 - 1 if line == line1 else None]
            if part.strip():
                of_line = files[name][line]
                key = (line0, column0, line1, column1, part.strip())
                of_line[key] = of_line.get(key, 0) + hits
    return {name: {line: [(hits, key[4]) for key, hits in of.items()] for line, of in lines.items()}
            for name, lines in files.items()}


def check_go_spans(tally, label, spans_of, covls):
    for name, lines in spans_of.items():
        got, want = covls.states_of(name), {}
        for line, spans in lines.items():
            hits = {count > 0 for count, _ in spans}
            want[line] = "partial" if len(hits) > 1 else "covered" if hits == {True} else "missed"
        # A brace alone may or may not count as text: borders of blocks differ by it.
        braces = {line for line, spans in lines.items() if any(text.strip("{} \t") == "" for _, text in spans)}
        # What is said of a line without text of any block is not seen by anybody. The short end of a
        # statement over several lines looks, by its column, like a closing brace: nothing is shown.
        short = {n for n in want if n not in got and n not in braces and all(len(text) < 4 for _, text in lines[n])}
        for line in sorted(short):
            tally.skip(f"{label}: {name}:{line}", f"{lines[line][0][1]!r} is taken for a brace")
        silent = {n for n in braces if got.get(n) is None or want[n] == "partial"}
        tally.skipped += len(silent)
        if silent:
            print(f"skip {label}: {name}: {len(silent)} lines of braces that are shown in part or not")
        keep = {line for line in want if line not in braces | short}
        tally.equal(f"{label}: {name}", {n: got.get(n) for n in keep}, {n: want.get(n) for n in keep})
        wrong = {n: (got.get(n), want[n]) for n in braces if want[n] != "partial" and got.get(n) not in (None, want[n])}
        tally.equal(f"{label}: {name}: braces", wrong, {})


def check_simplecov(tally, label, path, covls):
    """What SimpleCov's own result says of each line."""
    for name, node in json.loads(path.read_text()).items():
        states = covls.states_of(name)
        want = {int(line): (status, hits) for line, (status, hits) in node["lines"].items() if status != "never"}
        tally.equal(f"{label}: {name}: hits", covls[name].lines, {line: hits for line, (_, hits) in want.items()})
        missed = {line for line, (status, _) in want.items() if status == "missed"}
        tally.equal(f"{label}: {name}: missed", {line for line, state in states.items() if state == "missed"}, missed)
        taken = sum(taken for taken, _ in covls[name].branches().values())
        branches = sum(total for _, total in covls[name].branches().values())
        pairs = node["branches"].values()
        tally.equal(f"{label}: {name}: branches", (taken, branches),
                    (sum(covered for covered, _ in pairs), sum(total for _, total in pairs)))


def check_samples(tally, program):
    names = [name for name in sorted(SAMPLES.rglob("*")) if name.is_file() and oracle.is_report(name)]
    names = [name for name in names if not {"src", "c-src", "py-src"} & set(name.relative_to(SAMPLES).parts)]
    read = ask(program, names)
    for path in names:
        label = str(path.relative_to(SAMPLES))
        if "summary" in label:
            tally.equal(f"{label}: no line", [file.lines for file in read[path].values() if file.lines], [])
            continue
        check_reading(tally, label, path, read[path])
        check_totals(tally, label, path, read[path])
    strangers = ask(program, [SAMPLES / name for name in STRANGERS])
    for path, answer in strangers.items():
        tally.equal(f"{path.relative_to(SAMPLES)}: refused", bool(answer.error), True)
    for one, other, aspects, names in PAIRS:
        for name in names.split() or [""]:
            a, b = SAMPLES / one.format(name), SAMPLES / other.format(name)
            if read[a].error or read[b].error:
                continue  # said above
            check_pair(tally, f"{one.format(name)} and {other.format(name)}", read[a], read[b], aspects_of(aspects))
    check_sample_texts(tally, read)


def check_sample_texts(tally, read):
    """Beside the text reports."""
    check_sample_gcov(tally, read)
    check_llvm_show(tally, "show.txt", SAMPLES / "llvm-cov" / "show.txt", read[SAMPLES / "llvm-cov" / "export.json"])
    go = SAMPLES / "go"
    check_go_functions(tally, "count.func.txt", (go / "count.func.txt").read_text(), read[go / "count.out"])
    for path in sorted(go.glob("*.out")):
        spans = source_spans(path, lambda name: go / "src" / name.removeprefix("example.com/calc/"))
        check_go_spans(tally, f"{path.name} and the source", spans, read[path])
    for name in ("line", "branch", "branch-ctrace", "relative", "ctx-pytestcov-line", "ctx-pytestcov-branch"):
        folder = SAMPLES / "coveragepy"
        for end in ("xml", "json"):
            check_python_text(tally, f"{name}.report.txt", folder / f"{name}.report.txt", read[folder / f"{name}.{end}"])
    stats, report = (read[SAMPLES / "luacov" / f"luacov.{name}.out"] for name in ("stats", "report"))
    for name, file in report.items():
        hit = {line: hits for line, hits in file.lines.items() if hits > 0}
        tally.equal(f"LuaCov: {name}", {line: hits for line, hits in stats[name].lines.items() if line in hit}, hit)


def check_sample_gcov(tally, read):
    gcc16 = SAMPLES / "gcov" / "gcc16-branches-conditions"
    units = union([read[gcc16 / "prog-calc.gcov.json.gz"], read[gcc16 / "prog-main.gcov.json.gz"]])
    lcov = SAMPLES / "lcov"
    del units["/tmp/c/main.c"].lines[11]  # LCOV_EXCL_LINE in the source, which lcov leaves out
    check_pair(tally, "gcov and lcov", units, read[lcov / "lcov-2.5-line.info"], ["hits"])
    check_pair(tally, "gcov and lcov", units, read[lcov / "lcov-2.5-branch-mcdc.info"], ["hits", "branches"])
    check_gcov_text(tally, "calc.c.gcov", gcc16 / "calc.c.gcov", read[gcc16 / "prog-calc.gcov.json.gz"]["/tmp/c/calc.c"])
    gcc12 = SAMPLES / "gcov" / "gcc12"
    for unit in ("t-tmpl", "t-tmpl.branches"):
        # It marks what one instance of a template did not run, and another did: covls unites them.
        check_gcov_text(tally, f"tmpl.cpp.gcov and {unit}", gcc12 / "tmpl.cpp.gcov", read[gcc12 / f"{unit}.gcov.json.gz"]["tmpl.cpp"], False)


# -- made now


LIVE_PAIRS = {
    "gcc": [("gcovr Cobertura", "gcovr SonarQube", "ran branches")],
    "g++": [("gcovr Cobertura", "gcovr SonarQube", "ran branches")],
    "clang": [("llvm-cov", "lcov", "hits taken")],
    "nyc": [("istanbul", "lcov", "hits branches functions"), ("istanbul", "Cobertura", "hits,branches of lines"),
            ("istanbul", "Clover", "hits,branches of lines")],
    "java": [("jacoco", "jacoco grouped", "hits branches functions")],
    "coverage.py": [("coverage.py json", "coverage.py lcov", "ran"), ("coverage.py json", "coverage.py xml", "ran"),
                    ("coverage.py lcov", "coverage.py xml", "shared branches")],
}
LIVE_PAIRS["c8"] = LIVE_PAIRS["jest"] = LIVE_PAIRS["nyc"]


def check_made(tally, program, kind, seed):
    with tempfile.TemporaryDirectory(prefix="covls-made-") as folder:
        try:
            made = report_makers.make(kind, folder, seed)
        except report_makers.Missing as why:
            tally.skip(kind, why)
            return
        label = f"{kind} {seed}"
        read = ask(program, made.reports.values())
        read = {name: read[path] for name, path in made.reports.items()}
        for name, path in made.reports.items():
            check_reading(tally, f"{label}: {name}", path, read[name])
            check_totals(tally, f"{label}: {name}", path, read[name])
        if any(reading.error for reading in read.values()):
            return  # said above
        for one, other, aspects in LIVE_PAIRS.get(kind, []):
            if one in read and other in read:
                check_pair(tally, f"{label}: {one} and {other}", read[one], read[other], aspects_of(aspects))
        if kind in ("gcc", "g++"):
            units = union(reading for name, reading in read.items() if name.startswith("gcov "))
            own = oracle.Files({name: file for name, file in units.items() if name.startswith(folder)})
            check_pair(tally, f"{label}: gcov and lcov", own, read["lcov"], ["hits", "branches"])
            for path in made.texts.values():
                source = str(made / path.name.removesuffix(".gcov"))
                check_gcov_text(tally, f"{label}: {path.name}", path, units[source])
        if "llvm-cov" in read:
            check_llvm_show(tally, f"{label}: show", made.texts["show"], read["llvm-cov"])
        if "go" in read:
            check_go_functions(tally, f"{label}: func", made.texts["func"], read["go"])
            check_go_spans(tally, f"{label}: html", go_spans(made.texts["html"].read_text()), read["go"])
        if "simplecov" in read:
            check_simplecov(tally, label, made.texts["lines"], read["simplecov"])


def main():
    words = [word for word in sys.argv[1:] if not word.startswith("-")]
    options = dict(word.lstrip("-").partition("=")[::2] for word in sys.argv[1:] if word.startswith("-"))
    if not words:
        print("skipped: no formats_dump was given")
        sys.exit(77)
    tally = Tally("v" in options)
    only = options.get("only", "")
    if not only or only == "samples":
        check_samples(tally, words[0])
    for kind in report_makers.MAKERS:
        if only in kind:
            for seed in range(int(options.get("seeds", 3))):
                check_made(tally, words[0], kind, seed)
    print(f"{tally.passed} passed, {tally.failed} failed, {tally.skipped} skipped")
    sys.exit(tally.failed > 0)


main()
