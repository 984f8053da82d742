"""The data of a report beside coverage.py: one data file or unfinished parallel ones, [paths], contexts.

    dataset.py [DUMP] [--python PYTHON] [--seed N] [--count N]

DUMP is the program tests/support/dataset_dump.c (by default that in $COVLS_BUILD). PYTHON (else
$COVLS_PYTHON314, else the Python that runs this) must have coverage.py 7.16; ends with 77 (skipped) if
not. Programs are really run by `coverage run -p` in several folders, and COUNT folders are filled with
random data files. covls reads each folder first, and must leave it as it was; then coverage.py does what
`coverage report --keep-combined` does. Compared: has_arcs, measured_files, file_tracer, lines, arcs,
contexts_by_lineno (the lines in order), the words of errors and of warnings.
"""
import argparse
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve()
FAULTS = HERE.parent.parent / "data" / "coveragepy" / "broken"

# What is left of a warning or an error when the paths and what is SQLite's are equal.
MALFORMED = " isn't a coverage data file: Couldn't use data file "


def worker():
    """Answers lines of JSON: {"folder", "rcfile", "data_file", "regexes"}."""
    import warnings

    import coverage
    from coverage.exceptions import CoverageException

    def facts(q):
        args = {"config_file": q["rcfile"] or True, "messages": False}
        if q["data_file"]:
            args["data_file"] = q["data_file"]
        cov = coverage.Coverage(**args)
        cov.load()
        cov.combine(strict=False, keep=True)
        cov._prepare_data_for_reporting()
        data = cov.get_data()
        data.set_query_contexts(q["regexes"])
        files = [
            {
                "name": name,
                "tracer": data.file_tracer(name) or None,
                "lines": sorted(n for n in data.lines(name) if n > 0),
                "arcs": sorted(map(list, data.arcs(name))),
                "contexts": [[n, sorted(names)] for n, names in data.contexts_by_lineno(name).items()],
            }
            for name in sorted(data.measured_files(), key=os.fsencode)
        ]
        said = {"has_arcs": data.has_arcs(), "files": files}
        if not files:
            said = {"status": "empty"}
        return said

    print(json.dumps(coverage.__version__), flush=True)
    for line in sys.stdin:
        q = json.loads(line)
        os.chdir(q["folder"])
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                said = facts(q)
            except CoverageException as e:
                said = {"error": str(e)}
            said["warnings"] = [str(w.message) for w in caught if w.category.__name__ == "CoverageWarning"]
        print(json.dumps(said), flush=True)


def maker():
    """Fills folders as lines of JSON say, by coverage.py's own CoverageData."""
    from coverage import CoverageData

    for line in sys.stdin:
        for path, kind, files, contexts in json.loads(line):
            data = CoverageData(basename=path)
            for context, rows in contexts:
                data.set_context(context)
                if kind == "arcs":
                    data.add_arcs({name: [tuple(arc) for arc in arcs] for name, arcs in rows.items()})
                else:
                    data.add_lines(rows)
            try:
                data.touch_files([name for name, _ in files])
                data.add_file_tracers({name: tracer for name, tracer in files if tracer})
            except Exception:
                pass
            data.close(force=True)
        print("done", flush=True)


# ---- folders


def state_of(folder):
    """What must not change while covls reads."""
    found = {}
    for path in sorted(pathlib.Path(folder).rglob("*")):
        st = path.lstat()
        found[str(path)] = (st.st_mtime_ns, st.st_size, st.st_ino, path.read_bytes() if path.is_file() else None)
    return found


def rcfile_text(rng, folder):
    text = "[run]\n"
    if rng.random() < 0.3:
        text += "relative_files = true\n"
    if rng.random() < 0.3:
        text += f"data_file = {rng.choice(['data/cov', 'x.cov', '[a]*?.cov', f'~/{os.path.basename(folder)}/none/../cov'])}\n"
    if rng.random() < 0.6:
        text += "[paths]\n"
        for i in range(rng.randint(1, 3)):
            text += f"p{i} =\n    {rng.choice(['src', 'lib', './src', folder + '/src', '.', 'link'])}\n"
            for _ in range(rng.randint(0, 3)):
                text += "    " + rng.choice(["/ci/*/src", "c:\\ci\\src", "*/lib", "/ci/a", "*/src", "lib", f"{folder}/lib", "/ci/b/src/"]) + "\n"
            if rng.random() < 0.02:
                text += "    /ci/*\n"
    return text


def make_names(rng, folder):
    starts = [f"{folder}/src/", f"{folder}/lib/", f"{folder}/", "/ci/a/src/", "/ci/b/src/", "/ci/a/lib/", "c:\\ci\\src\\", "src/", "src\\", "lib/", "/else/"]
    return [rng.choice(starts) + rng.choice(["a.py", "b.py", "sub/a.py", "é.py", "none.py", "my file.py"]) for _ in range(rng.randint(1, 9))]


def make_file(rng, path, kind, names, contexts):
    tracers = {name: rng.choice([None] * 12 + ["p.A", "p.B"]) for name in names}
    if rng.random() < 0.85:
        tracers = {name: "p.A" if name.endswith("é.py") else None for name in names}
    some = rng.sample(sorted(tracers), rng.randint(0, len(tracers)))
    top = rng.choice([2, 9, 60, 3000])
    number = lambda: rng.randint(1, top) if kind == "lines" else rng.randint(-top // 2, top)
    data = []
    for context in rng.sample(contexts, rng.randint(1, len(contexts))):
        rows = {}
        for name in rng.sample(some, rng.randint(0, len(some))):
            count = rng.choice([0, 1, 5, 30])
            rows[name] = [[number(), number()] for _ in range(count)] if kind == "arcs" else [number() for _ in range(count)]
            if kind == "lines" and rng.random() < 0.1:
                rows[name] = [0]
        data.append((context, rows))
    return str(path), kind, [(name, tracers[name]) for name in some], data


def data_name(folder, rc):
    line = [l for l in rc.splitlines() if l.startswith("data_file")]
    name = os.path.expanduser(line[0].split(" = ")[1]) if line else ".coverage"
    return pathlib.Path(os.path.normpath(os.path.join(folder, name)))


def make_random_folder(rng, folder):
    """The files to make, and what is asked then."""
    for name in ["src/a.py", "src/b.py", "src/sub/a.py", "lib/a.py", "lib/b.py", "src/é.py", "a.py", "lib/my file.py"]:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x = 1\n")
    (folder / "link").symlink_to("src")
    rc = rcfile_text(rng, str(folder))
    (folder / ".coveragerc").write_text(rc)
    base = data_name(folder, rc)
    base.parent.mkdir(parents=True, exist_ok=True)
    names = make_names(rng, str(folder))
    contexts = rng.sample(["", "one", "two|run", "three", "zé", "a b", "B"], rng.randint(1, 5))
    kinds = [rng.choice(["lines", "arcs"])] * 9 + (["lines", "arcs"] if rng.random() < 0.1 else [])
    if rng.random() < 0.25:
        made = [make_file(rng, base, rng.choice(kinds), names, contexts)]
    else:
        made = []
    for i in range(rng.choice([0, 1, 2, 3, 6]) if made else rng.choice([1, 2, 3, 6])):
        suffix = rng.choice([f".h{i}.pid{i}.X{'abcdef'}x.H{'hash567' + str(i % 3) * 3}h", f".host.pid{i}.Xabcde{i}x", f".{i}", f".{i}.x y", f".{i}-journal", f"{i}", f".Ü{i}"])
        made.append(make_file(rng, f"{base}{suffix}", rng.choice(kinds), names, contexts))
    regexes = rng.choice([[]] * 5 + [["one"], ["^$", "t"], ["none"], ["(?i)[zb]"]])
    return made, {"folder": str(folder), "rcfile": None, "data_file": None, "regexes": regexes, "batch": rng.choice([1, 3, 64])}


def spoil(rng, folder, made):
    """Copies one data file, or adds what is none; such a copy is old, as no one writes it now."""
    if made and rng.random() < 0.3:
        path = pathlib.Path(made[-1][0])
        if path.exists():
            shutil.copy(path, str(path) + ".copy")
    if made and rng.random() < 0.3:
        base = pathlib.Path(made[0][0])
        stem = base.parent / base.name.split(".h")[0].split(".X")[0]
        kind = rng.choice(["empty", "dir", "text"])
        path = pathlib.Path(f"{stem}.zz.{kind}")
        if kind == "empty":
            path.touch()
        elif kind == "dir":
            path.mkdir(exist_ok=True)
        else:
            path.write_text("no database, but some lines of text\n" * 5)
            if rng.random() < 0.5:
                shutil.copy(path, str(path) + "2")
    for path in folder.rglob("*"):
        os.utime(path, (1e9, 1e9), follow_symlinks=False)


PROGRAM = """\
import sys
from pkg import work, __name__ as empty

class Shape:
    def area(self, n):
        if n > 3:
            return n * 2
        return [i for i in range(n)]

def first():
    return Shape().area(2)

def second():
    return work.job(5)

if len(sys.argv) > 1:
    {"first": first, "second": second}[sys.argv[1]]()
"""
WORK = "def job(n):\n    while n > 0:\n        n -= 1\n        if n == 2:\n            break\n    else:\n        return 1\n    return 0\n"

RUNS = [
    # options of the runs, [run] lines, [paths] lines
    ([], "", ""),
    (["--branch"], "", ""),
    (["--branch"], "core = ctrace\ndynamic_context = test_function\n", ""),
    (["--context=one"], "", ""),
    ([], "relative_files = true\n", ""),
    (["--branch"], "relative_files = true\n", "two =\n    other\n    pkg\n"),
    (["--branch"], "", "one =\n    MAIN\n    */copy\n"),
    (["--context=été"], "", "one =\n    .\n    */copy\n"),
    (["--branch", "--context=a|b"], "source = .\n", "one =\n    .\n    */copy\n"),
]


def make_real_folder(python, top, run):
    """Runs a program in two places; the data of both lies in the first."""
    options, settings, paths = run
    for place in ("main", "copy"):
        folder = top / place
        (folder / "pkg").mkdir(parents=True)
        (folder / "pkg" / "__init__.py").write_text("")
        (folder / "pkg" / "work.py").write_text(WORK)
        (folder / "test_it.py").write_text(PROGRAM)
        text = f"[run]\nparallel = true\n{settings}[paths]\n{paths}" if paths else f"[run]\nparallel = true\n{settings}"
        (folder / ".coveragerc").write_text(text.replace("MAIN", str(top / "main")))
        for argument in ([], ["first"], ["second"]):
            subprocess.run([python, "-m", "coverage", "run", *options, "test_it.py", *argument], cwd=folder, check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    for path in (top / "copy").glob(".coverage.*"):
        path.rename(top / "main" / path.name)
    return {"folder": str(top / "main"), "rcfile": None, "data_file": None, "regexes": [], "batch": 64}


def make_fault_folders(top):
    """Each of the broken samples as the only data file, as an unfinished one, and beside a good one."""
    good = HERE.parent.parent / "data" / "coveragepy" / "db"
    samples = sorted(p for p in FAULTS.glob("*") if p.is_file()) if FAULTS.is_dir() else []
    for i, sample in enumerate(samples):
        for j, names in enumerate([[".coverage"], [".coverage.1"], [".coverage.0", ".coverage.1"]]):
            folder = top / f"fault{i}.{j}"
            folder.mkdir()
            for name in names:
                shutil.copy(sample if name != ".coverage.0" else next(good.glob("branch.coverage")), folder / name)
                os.utime(folder / name, (1e9, 1e9))
            yield {"folder": str(folder), "rcfile": None, "data_file": None, "regexes": [], "batch": 64, "fault": sample.name}


# ---- comparing


class Program:
    """One that answers a line with a line."""

    def __init__(self, *command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            raise ChildProcessError(self.process.args)
        return line.decode("utf-8", "surrogateescape")

    def ask(self, request):
        self.process.stdin.write(json.dumps(request).encode() + b"\n")
        self.process.stdin.flush()
        return json.loads(self.read())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def in_common(said):
    """What both must say alike."""
    said = dict(said)
    for file in said.get("files", []):
        file["contexts"] = [[n, sorted(names)] for n, names in file["contexts"]]
    if said.get("status") == "empty" or said.get("error", "").startswith(("No data to report", "No data to combine")):
        return {"nothing": True}
    if said.get("status") == "missing":
        return {"nothing": True}
    said.pop("status", None)
    return said


def same_fault(got, want):
    """Of a broken file: refused by both, or left out by both; the words are SQLite's, or covls's own."""
    got, want = in_common(got), in_common(want)
    return ("files" in got) == ("files" in want) and ("files" not in got or got["files"] == want["files"])


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("dump", nargs="?", default=os.path.join(os.environ.get("COVLS_BUILD", "build"), "tests", "dataset_dump"))
    ap.add_argument("--python", default=os.environ.get("COVLS_PYTHON314") or sys.executable)
    ap.add_argument("--seed", type=int, default=2547442009)
    ap.add_argument("--count", type=int, default=300)
    args = ap.parse_args()
    rng = random.Random(args.seed)
    print(f"seed {args.seed}")
    os.environ.pop("COVERAGE_FILE", None)
    home = tempfile.TemporaryDirectory()
    os.environ["HOME"] = os.path.realpath(home.name)
    reference = Program(args.python, str(HERE), "--worker")
    try:
        version = json.loads(reference.read())
    except (ChildProcessError, ValueError):
        version = ""
    if not version.startswith("7.16"):
        print(f"no coverage.py 7.16 in {args.python}")
        return 77
    covls, make = Program(os.path.abspath(args.dump)), Program(args.python, str(HERE), "--maker")
    passed = failed = united = errors = warned = 0
    with home:
        top = pathlib.Path(os.environ["HOME"])
        def folders():
            for i, run in enumerate(RUNS):
                yield make_real_folder(args.python, top / f"real{i}", run)
            yield from make_fault_folders(top)
            for i in range(args.count):
                folder = top / f"random{i}"
                made, request = make_random_folder(rng, folder)
                make.process.stdin.write(json.dumps(made).encode() + b"\n")
                make.process.stdin.flush()
                make.read()
                spoil(rng, folder, made)
                yield request

        for request in folders():
            before = state_of(request["folder"])
            got = covls.ask(request)
            touched = state_of(request["folder"]) != before
            want = reference.ask(request)
            if "fault" in request:
                same = same_fault(got, want)
            else:
                same = in_common(got) == in_common(want)
            united += len(want.get("files", []))
            errors += "error" in want
            warned += len(want["warnings"])
            if same and not touched:
                passed += 1
                shutil.rmtree(request["folder"])
                continue
            failed += 1
            if failed <= 5:
                print(f"{request}{' was changed' if touched else ''}: {os.listdir(request['folder'])}")
                for key in sorted({*got, *want}):
                    a, b = in_common(got).get(key), in_common(want).get(key)
                    if a != b and isinstance(a, list) and isinstance(b, list):
                        a, b = [x for x in a if x not in b], [x for x in b if x not in a]
                    if a != b:
                        print(f"    {key}: got {str(a)[:700]}\n    {key}: want {str(b)[:700]}")
    for program in (reference, covls, make):
        program.close()
    print(f"{passed + failed} folders, {united} source files in them; {errors} errors, {warned} warnings")
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed or united < passed else 0


if __name__ == "__main__":
    sys.exit(worker() if sys.argv[1:] == ["--worker"] else maker() if sys.argv[1:] == ["--maker"] else main())
