"""What covls reads from data files, beside coverage.py's CoverageData: lines(), arcs() and
contexts_by_lineno(), these also after set_query_contexts().

    dot_coverage.py [FOLDER...]     COVLS_BUILD, COVLS_PYTHON314: see tests/run

Compared are the samples in tests/data/coveragepy (and in FOLDERs), and databases that are recorded
now with random lines, arcs, contexts, tracers and names, in both modes.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SAMPLES = ROOT / "tests" / "data" / "coveragepy"
PROBE = pathlib.Path(os.environ.get("COVLS_BUILD", ROOT / "build" / "clang")) / "tests" / "probe_data"
PYTHON = os.environ.get("COVLS_PYTHON314", "")

RECORD = r'''
import random, sys
from coverage import CoverageData

folder = sys.argv[1]
rng = random.Random(20264)
for number in range(60):
    arcs = number % 2 == 0
    data = CoverageData(basename=f"{folder}/{number:02}.coverage")
    names = [f"/srv/p{rng.randint(0, 3)}/m{i}{rng.choice(['', ' b', 'é', '字', '%'])}.py" for i in range(rng.randint(1, 12))]
    top = rng.choice([3, 70, 700, 70000])
    for context in range(rng.choice([1, 2, 9])):
        data.set_context(rng.choice(["", f"t{context}|run", f"té{rng.randint(0, 9)}|字", "t2\nrun", "run\r", "t\u2028x\n"]))
        some = rng.sample(names, rng.randint(0, len(names)))
        if arcs:
            line = lambda: rng.randint(-top // 3, top)
            data.add_arcs({n: {(line(), line()) for _ in range(rng.randint(0, 40))} for n in some})
        else:
            data.add_lines({n: {rng.randint(0, top) for _ in range(rng.randint(0, 40))} for n in some})
    if data.measured_files():
        data.touch_files(["/srv/never.py", "/srv/page.html"], "")
        data.add_file_tracers({"/srv/page.html": "plugin.Templates"})
    data.close(force=True)
'''

# The order of the lines of contexts_by_lineno() counts, that of the names of one line does not.
ALL = r'''
import json, sys
from coverage import CoverageData

for line in sys.stdin:
    database, regexes = json.loads(line)
    data = CoverageData(basename=database)
    data.read()
    data.set_query_contexts(regexes)
    rows = []
    for name in sorted(data.measured_files()):
        lines = ",".join(str(n) for n in sorted(data.lines(name)) if n > 0)
        arcs = ",".join(f"{a} {b}" for a, b in sorted(data.arcs(name)))
        contexts = ",".join(f"{n}:" + "|".join(sorted(c.encode().hex() for c in names))
                            for n, names in data.contexts_by_lineno(name).items())
        rows.append("\t".join([name, lines, arcs, contexts]))
    print(json.dumps(sorted(rows)))
    data.close(force=True)
'''

FILTERS = [[], ["."], ["^$"], ["run$"], ["t[0-3]"], ["t1", "t2|x", "(?i)RUN.?t"], ["é|\\|", "[^t]"], ["none"], ["^run"], ["t.r"], ["x$"], ["2$"], ["\\s"], [r"x\Z"]]


def sorted_names(row):
    """A row with the names of each line in byte order."""
    name, lines, arcs, contexts = row.split("\t")
    parts = [part.split(":") for part in contexts.split(",")] if contexts else []
    parts = [f"{line}:" + "|".join(sorted(names.split("|"))) for line, names in parts]
    return "\t".join([name, lines, arcs, ",".join(parts)])


def covls_says_all(database, regexes):
    done = subprocess.run([PROBE, "all", database, *regexes], capture_output=True)
    return sorted(sorted_names(l) if l.count("\t") == 3 else l for l in done.stdout.decode().splitlines())


def coverage_says_all(folder, scratch):
    """Rows by database and filter."""
    copy = pathlib.Path(tempfile.mkdtemp(dir=scratch))
    asked = []
    for database in sorted(folder.glob("*.coverage")):
        if database.read_bytes()[:6] != b"SQLite" or "5.0a" in database.name:
            continue
        (copy / database.name).write_bytes(database.read_bytes())
        asked += [(database.name, regexes) for regexes in FILTERS]
    said = subprocess.run(
        [PYTHON, "-c", ALL], capture_output=True, text=True, check=True,
        input="".join(json.dumps([str(copy / name), regexes]) + "\n" for name, regexes in asked))
    return list(zip(asked, map(json.loads, said.stdout.splitlines()), strict=True))


def covls_says(database):
    done = subprocess.run([PROBE, "dump", database], capture_output=True)
    return sorted(l for l in done.stdout.decode().splitlines() if not l.startswith("# "))


def coverage_says(folder, scratch):
    """What coverage.py says, by database. It opens files for writing, so it is given copies."""
    copy = pathlib.Path(tempfile.mkdtemp(dir=scratch))
    for database in folder.glob("*.coverage"):
        (copy / database.name).write_bytes(database.read_bytes())
    done = subprocess.run([PYTHON, SAMPLES / "make_expected.py", copy], capture_output=True,
                          text=True, check=True)
    said = {}
    for line in done.stdout.splitlines():
        database, row = line.split("\t", 1)
        name, answer, tracer, lines = row.split("\t")
        said.setdefault(database.split("/")[1], []).append("\t".join([name, answer, tracer, lines]))
    return said


def main():
    if not PYTHON or not os.access(PYTHON, os.X_OK):
        print("COVLS_PYTHON314 names no Python with coverage.py")
        return 77
    folders = [SAMPLES / "db", SAMPLES / "old-schemas", *map(pathlib.Path, sys.argv[1:])]
    passed = failed = files = rows = 0
    with tempfile.TemporaryDirectory() as recorded, tempfile.TemporaryDirectory() as scratch:
        subprocess.run([PYTHON, "-c", RECORD, recorded], check=True)
        for folder in [*folders, pathlib.Path(recorded)]:
            for database, expected in coverage_says(folder, scratch).items():
                got = covls_says(folder / database)
                files += len(expected)
                if got == sorted(expected):
                    passed += 1
                    continue
                failed += 1
                print(f"not equal: {folder / database}")
                for line in sorted(set(got) ^ set(expected)):
                    print("  covls   " if line in got else "  coverage", line[:150])
            for (database, regexes), expected in coverage_says_all(folder, scratch):
                got = covls_says_all(folder / database, regexes)
                rows += len(expected)
                if got == expected:
                    passed += 1
                    continue
                failed += 1
                print(f"not equal: {folder / database} with {regexes}")
                for line in sorted(set(got) ^ set(expected)):
                    print("  covls   " if line in got else "  coverage", line[:150])
    print(f"{files} source files compared by their lines, {rows} by arcs and contexts")
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed or passed < 400 else 0


if __name__ == "__main__":
    sys.exit(main())
