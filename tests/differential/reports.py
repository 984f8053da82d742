"""covls report, json, lcov and xml, beside the commands of the same names of coverage.py, to the byte.

    reports.py [-k TEXT] [-v] [--keep FOLDER] [--samples FOLDER]     COVLS_BUILD, COVLS_PYTHON314: see tests/run

Projects (tests/support/report_projects.py) are made, and really run under coverage.py; then hundreds of
command lines, with many configurations, are given to both. Compared are the exit status, standard output, the file that
was written or not, and the warnings; time stamps aside. -k takes only the cases that have TEXT in their
names, -v names each. Beside our own there are the samples of coverage data in FOLDER, if it is there.
"""
import argparse
import concurrent.futures
import difflib
import itertools
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))
import report_projects  # noqa: E402

COVLS = pathlib.Path(os.environ.get("COVLS") or pathlib.Path(os.environ.get("COVLS_BUILD", ROOT / "build" / "clang")) / "covls")
PYTHON = os.environ.get("COVLS_PYTHON314", "")
OUTPUTS = {"json": "coverage.json", "lcov": "coverage.lcov", "xml": "coverage.xml"}

# coverage.py as it is started by its command, in a process of its own each time, but imported once.
COVERAGE = r'''
import json, os, sys, traceback
import coverage.cmdline, coverage.jsonreport, coverage.lcovreport, coverage.xmlreport, coverage.report

# Where sources lie in one another, xmlreport.py takes the first one of a set: any. Here, as covls does, the
# first one that was added.
class InOrder(dict):
    def add(self, item):
        self[item] = None

coverage.xmlreport.set = InOrder

def run(folder, environment, argv, base):
    os.chdir(folder)
    os.environ.update(environment)
    for number, name in ((1, "out"), (2, "err")):
        file = os.open(f"{base}.{name}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(file, number)
    sys.argv = ["coverage", *argv]
    try:
        status = coverage.cmdline.main(argv)
    except BaseException:
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status or 0)

for line in sys.stdin:
    folder, environment, argv, base = json.loads(line)
    child = os.fork()
    if child == 0:
        run(folder, environment, argv, base)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
'''


class Coverage:
    def __init__(self, scratch):
        self.base = str(scratch / "coverage-said")
        self.process = subprocess.Popen([PYTHON, "-c", COVERAGE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, folder, environment, argv):
        print(json.dumps([str(folder), environment, argv, self.base]), file=self.process.stdin, flush=True)
        status = int(self.process.stdout.readline())
        return status, *(pathlib.Path(f"{self.base}.{name}").read_bytes() for name in ("out", "err"))

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def run_covls(folder, environment, argv):
    done = subprocess.run([COVLS, *argv], cwd=folder, env={**os.environ, **environment}, capture_output=True)
    return done.returncode, done.stdout, done.stderr


# ---- what may differ --------------------------------------------------------------------------------

STAMPS = [
    (re.compile(rb'"timestamp": "\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?"'), b'"timestamp": ""'),
    (re.compile(rb' timestamp="\d{13}"'), b' timestamp=""'),
    # What is wrong with a source or a configuration is said in other words, and found at another line.
    (re.compile(rb"(' as Python source: ).* at line (?:\d+|None)"), rb"\1"),
    (re.compile(rb"\A(?:[^:\n]*: )??(Couldn't read config file [^:]*: |Invalid \[[^\]]*\]\.[a-z_]* value [^:]*: ).*", re.DOTALL), rb"\1"),
    (re.compile(rb"^Full documentation is at .*\n", re.MULTILINE), b""),
]
TEXTS = re.compile(rb'\[(\s*)"(?:[^"\\]|\\.)*"(?:,\s+"(?:[^"\\]|\\.)*")+(\s*)\]')


def sort_texts(match):
    """coverage.py lists the contexts of a line in the order of a set."""
    texts = re.findall(rb'"(?:[^"\\]|\\.)*"', match[0])
    between = re.search(rb'",(\s+)"', match[0])[1]
    return b"[" + match[1] + (b"," + between).join(sorted(texts)) + match[2] + b"]"


def normal(data):
    if data is None:
        return None
    for pattern, text in STAMPS:
        data = pattern.sub(text, data)
    return TEXTS.sub(sort_texts, data) if b'"contexts"' in data else data


def told(stderr):
    """The warnings of standard error, and that a report was written."""
    text = stderr.decode()
    lines = re.findall(r"CoverageWarning: (.*)", text) + re.findall(r"^Wrote .*", text, re.MULTILINE)
    return sorted(line for line in lines if "Couldn't parse '" not in line or ".py" not in line)


# ---- comparing --------------------------------------------------------------------------------------


class Comparison:
    def __init__(self, coverage, options):
        self.coverage, self.options = coverage, options
        self.passed = self.failed = self.crashed = 0
        self.said = []

    def say(self, *words):
        self.said.append(" ".join(map(str, words)))

    def snapshot(self, folder):
        """The data files there, with their content."""
        return {path: path.read_bytes() for path in folder.glob(".coverage*") if path.is_file() and "rc" not in path.name}

    def restore(self, folder, files):
        for path in folder.glob(".coverage*"):
            if path.is_file() and "rc" not in path.name and path not in files:
                path.unlink()
        for path, content in files.items():
            if not path.exists() or path.read_bytes() != content:
                path.write_bytes(content)

    def one_side(self, run, folder, environment, argv, output):
        """What a command did: status, standard output and error, the file it wrote."""
        if output:
            output.parent.mkdir(exist_ok=True)
            output.write_text("an old report\n")
        status, out, err = run(folder, environment, argv)
        written = output.read_bytes() if output and output.exists() else None
        if output and output.exists():
            output.unlink()
        return status, out, err, written

    def compare(self, name, folder, argv, environment=None, output=None):
        """`output`: where the report goes, if not where it goes by default."""
        name = f"{name}: {' '.join(argv)}" + "".join(f" {k}={v}" for k, v in (environment or {}).items())
        if self.options.k and self.options.k not in name:
            return
        if output is None and argv[0] in OUTPUTS:
            output = OUTPUTS[argv[0]]
        output = folder / output if output and output != "-" else None
        environment = environment or {}
        data = self.snapshot(folder)
        ours = self.one_side(run_covls, folder, environment, argv, output)
        wrote_data = self.snapshot(folder) != data
        theirs = self.one_side(self.coverage.run, folder, environment, argv, output)
        self.restore(folder, data)
        problems = self.judge(ours, theirs)
        if wrote_data:
            problems.append("covls wrote a data file")
        if problems:
            self.failed += 1
            self.say(f"not equal: {name}  (in {folder})")
            for problem in problems[:40]:
                self.say("   ", problem[:300])
        elif b"Traceback" in theirs[2]:
            self.crashed += 1  # of coverage.py's answer, there is only the status and the file
        else:
            self.passed += 1
            if self.options.v:
                self.say("equal:", name, theirs[0], len(theirs[1]), "-" if theirs[3] is None else len(theirs[3]))

    def judge(self, ours, theirs):
        problems = []
        crashed = b"Traceback" in theirs[2]
        if ours[0] != theirs[0]:
            problems.append(f"status {ours[0]}, coverage.py's {theirs[0]}: {ours[1][-300:]!r} {ours[2][-300:]!r} / {theirs[1][-300:]!r} {theirs[2][-300:]!r}")
        if not crashed:
            problems += self.differences("stdout", ours[1], theirs[1])
            if told(ours[2]) != told(theirs[2]):
                problems.append(f"told {told(ours[2])}, coverage.py {told(theirs[2])}")
        problems += self.differences("file", ours[3], theirs[3])
        return problems

    def differences(self, what, ours, theirs):
        ours, theirs = normal(ours), normal(theirs)
        if ours == theirs:
            return []
        if ours is None or theirs is None:
            return [f"{what}: {'none' if ours is None else 'one'}, coverage.py's {'none' if theirs is None else 'one'}"]
        a, b = (re.sub(rb"([{\[,]) ", rb"\1\n", text).decode(errors="backslashreplace").splitlines() for text in (ours, theirs))
        lines = [l for l in difflib.unified_diff(b, a, "coverage", "covls", lineterm="", n=1)]
        return [f"{what}: {line}" for line in lines] or [f"{what}: line ends"]


# ---- command lines ----------------------------------------------------------------------------------

# For every project and set of data.
BASIC = ["report", "report -m", "report --format=markdown -m", "json", "json --pretty-print", "lcov", "xml"]

# For some.
REPORT = [
    "report --format=total", "report --format=total --precision=2", "report --format=nothing", "report --format=text",
    "report --precision=1", "report --precision=3 -m", "report --precision=-1", "report --precision=0x2", "report --precision=x",
    "report --skip-covered", "report --skip-empty", "report --skip-covered --skip-empty -m", "report --skip-covered --no-skip-covered",
    "report --skip-covered --format=markdown", "report --skip-empty --format=markdown --precision=2",
    *(f"report --sort={sign}{key}" for key in ("name", "stmts", "miss", "branch", "brpart", "cover") for sign in ("", "-")),
    "report --sort=+Cover", "report --sort=nothing", "report --sort=-", "report --sort=missing", "report --sort=-name --format=markdown",
    "report --fail-under=100", "report --fail-under=50", "report --fail-under=99.5 --precision=1", "report --fail-under=0",
    "report --fail-under=101", "report --fail-under=-1", "report --fail-under=nan", "report --fail-under=x", "report --fail-under=1e1",
    "report --show-m", "report --s", "report --nothing", "report -x", "report -mi", "report -i --skip-e", "report --sort",
    "report -m --fail-under=30.5 --precision=2 --format=total", "report --keep-combined", "report -q", "report --quiet",
    "report --precision=-1 --format=total", "report --precision=17",
]
FILES = [
    "json -q", "lcov -q", "xml -q", "json -o -", "lcov -o -", "xml -o -", "json -qo out/deep.json", "xml -o out/deep.xml", "lcov -oout/deep.lcov",
    "json --fail-under=100", "lcov --fail-under=100", "xml --fail-under=100", "xml --fail-under=200", "json --fail-under=1", "xml --fail-under=60.5 -o -",
    "xml --skip-empty", "xml --skip-covered", "lcov --skip-empty", "json --precision=2", "json --skip-empty", "lcov --pretty-print",
    "json -i", "lcov -i", "xml -i", "json --show-contexts", "json --show-contexts --pretty-print",
]
SELECTIONS = [
    "--include=*/nothing/*", "--include=pkg/*", "--omit=pkg/*", "--include=*/sub/*,*1*", "--omit=*.py", "--include=pkg", "--include=pkg/",
    "--include=./pkg/sub/*", "--omit=**/sub/*", "--omit=pkg/sub/**", "--include=***", "--omit=a[", "--include=?*", "--include=main.py,pkg/a.py",
    "--include=pkg/* --omit=pkg/a.py", "--include=", "--omit=,", "--include=/nowhere/*", "--omit=[mp]*", "--include=*a*.py",
]
NAMED = [
    "main.py", "pkg/a.py", "./main.py", "pkg/../main.py", "nowhere.py", "pkg/a.py main.py pkg/a.py", "pkg", "-i nowhere.py main.py",
    "main.py nowhere.py", "-- main.py", "main.pyc", "README.txt", "-i README.txt main.py", "--include=pkg/* main.py", "unmeasured.py",
]

# Sections of a configuration, by name.
SETTINGS = {
    "precision": "[report]\nprecision = 2\n",
    "precision-negative": "[report]\nprecision = -1\n",
    "precision-bad": "[report]\nprecision = two\n",
    "fail-under": "[report]\nfail_under = 90\n",
    "fail-under-fraction": "[report]\nfail_under = 99.95\nprecision = 2\n",
    "fail-under-100": "[report]\nfail_under = 100\n",
    "fail-under-bad": "[report]\nfail_under = 120\n",
    "missing": "[report]\nshow_missing = true\n",
    "skip": "[report]\nskip_covered = true\nskip_empty = yes\n",
    "sort": "[report]\nsort = -Cover\n",
    "sort-bad": "[report]\nsort = lines\n",
    "format": "[report]\nformat = markdown\n",
    "format-bad": "[report]\nformat = html\n",
    "include": "[report]\ninclude =\n    pkg/*\n    main.py\n",
    "omit": "[report]\nomit = */sub/*, pkg/a*\n",
    "omit-bad": "[report]\nomit = x***\n",
    "run-omit": "[run]\nomit = pkg/*\ninclude = main.py\n",
    "exclude-lines": "[report]\nexclude_lines =\n    raise\n    if .*:$\n    ^class \n",
    "exclude-also": "[report]\nexclude_also =\n    def __repr__\n    return [0-9]+\n    (?s)try:.*?except\n    @\n",
    "exclude-none": "[report]\nexclude_lines =\n",
    "exclude-all": "[report]\nexclude_lines = .\n",
    "exclude-bad": "[report]\nexclude_also = (\n",
    "exclude-while": "[report]\nexclude_also = while\n    for\n    with\n    case\n",
    "exclude-else": "[report]\nexclude_also = else:\n    elif\n    finally:\n",
    "partial": "[report]\npartial_branches =\n    if\n    # partial\n",
    "partial-also": "[report]\npartial_also =\n    for .* in\n    while x\n",
    "partial-always": "[report]\npartial_branches_always = case\n    while\n",
    "partial-and-exclude": "[report]\npartial_also = for\nexclude_also = continue\n    return None\n",
    "ignore": "[report]\nignore_errors = true\n",
    "ignore-quiet": "[report]\nignore_errors = true\n[run]\ndisable_warnings = couldnt-parse\n",
    "contexts": "[report]\ncontexts = one\n",
    "contexts-two": "[report]\ncontexts =\n    ^$\n    two$\n",
    "contexts-none": "[report]\ncontexts = nothing-like-it\n",
    "contexts-bad": "[report]\ncontexts = (\n",
    "relative": "[run]\nrelative_files = true\n",
    "relative-source": "[run]\nrelative_files = true\nsource = pkg/\n",
    "source": "[run]\nsource = pkg\n",
    "source-here": "[run]\nsource = .\n",
    "source-deep": "[run]\nsource = pkg/sub\n    nowhere\n",
    "outputs": "[json]\noutput = out/a.json\npretty_print = true\n[xml]\noutput = out/a.xml\npackage_depth = 1\n[lcov]\noutput = out/a.lcov\nline_checksums = true\n",
    "depth-0": "[xml]\npackage_depth = 0\n",
    "depth-minus": "[xml]\npackage_depth = -1\n",
    "checksums": "[lcov]\nline_checksums = true\n",
    "show-contexts": "[json]\nshow_contexts = true\n",
    "branch": "[run]\nbranch = true\n",
    "unknown": "[report]\nnonsense = 1\n",
    "unknown-section": "[reports]\nprecision = 1\n",
    "syntax": "precision = 1\n",
    "data-file": "[run]\ndata_file = elsewhere\n",
    "plugins": "[report]\n",
    "paths": "[paths]\nsource =\n    pkg\n    */nowhere\n",
    "paths-other": "[paths]\nsource =\n    other\n    pkg\n",
}
CONFIGURED = ["report -m", "report --format=total", "json", "lcov", "xml"]
CONFIGURED_OUTPUTS = {"json": "out/a.json", "lcov": "out/a.lcov", "xml": "out/a.xml"}


def output_of(argv):
    """What -o says."""
    for i, arg in enumerate(argv):
        if match := re.match(r"-q?o(.*)", arg):
            return match[1] or argv[i + 1]
    return None


def compare_all(c, project):
    """The command lines that suit a project."""
    folder, name = project.folder, project.name
    lines = list(BASIC)
    if project.wide:
        lines += REPORT + FILES
        lines += [f"{command} {rest}" for rest in SELECTIONS for command in ("report", "xml")]
        lines += [f"{command} {rest}" for rest in NAMED for command in ("report -m", "json", "lcov")]
        lines += [f"{command} {rest}" for rest in ("--include=pkg/*", "--omit=pkg/*") for command in ("json", "lcov")]
    else:
        lines += ["report -i -m --sort=-cover", "report --precision=2 --sort=miss", "json -i", "lcov -i", "xml -i", "xml --skip-empty"]
    if project.contexts:
        lines += [f"{command} --contexts={regex}" for command in ("report -m", "json", "json --show-contexts", "json --show-contexts --pretty-print")
                  for regex in ("one", "test_.*two,^$", "none", "(?i)ONE|x", "a,(")]
        lines += ["json --show-contexts", "json --show-contexts --pretty-print"]
    for line in lines:
        argv = line.split()
        c.compare(name, folder, argv, output=output_of(argv))
    settings = SETTINGS if project.wide else {k: SETTINGS[k] for k in project.settings}
    for key, text in settings.items():
        (folder / "rc.ini").write_text(text)
        for line in CONFIGURED:
            argv = line.split() + ["--rcfile=rc.ini"]
            c.compare(f"{name} [{key}]", folder, argv, output=CONFIGURED_OUTPUTS.get(argv[0]) if key == "outputs" else None)
        (folder / "rc.ini").unlink()


def compare_configuration_files(c, project):
    """Where the configuration is looked for, and the data."""
    folder = project.folder
    files = {
        ".coveragerc": "[report]\nprecision = 1\n", "setup.cfg": "[coverage:report]\nprecision = 2\n",
        "tox.ini": "[coverage:report]\nprecision = 3\n", "pyproject.toml": "[tool.coverage.report]\nprecision = 4\nskip_empty = true\n",
        ".coveragerc.toml": "[report]\nprecision = 5\n", "other.cfg": "[report]\nprecision = 1\n[coverage:report]\nprecision = 2\n",
    }
    for names in [*itertools.combinations(files, 1), *itertools.combinations(files, 2)]:
        for name in names:
            (folder / name).write_text(files[name])
        c.compare("files " + " ".join(names), folder, ["report"])
        c.compare("files " + " ".join(names), folder, ["report"], {"COVERAGE_RCFILE": "other.cfg"})
        for name in names:
            (folder / name).unlink()
    for argv in (["report", "--rcfile=nowhere.ini"], ["json", "--rcfile=nowhere.ini"], ["report", "--rcfile", "README.txt"]):
        c.compare("files", folder, argv)
    shutil.copy(folder / ".coverage", folder / "moved.data")
    (folder / "text.data").write_text("no data\n")
    (folder / "empty.data").write_text("")
    (folder / ".coverage").rename(folder / "hidden.data")
    for command in ("report", "json", "lcov", "xml", "report main.py", "json main.py", "report nowhere.py"):
        argv = command.split()
        c.compare("no data", folder, argv)
        c.compare("data elsewhere", folder, [argv[0], "--data-file=moved.data", *argv[1:]])
        c.compare("data elsewhere", folder, argv, {"COVERAGE_FILE": "moved.data"})
        c.compare("empty data", folder, [argv[0], "--data-file=empty.data", *argv[1:]])
    c.compare("data elsewhere", folder, ["report", "--data-file="], {"COVERAGE_FILE": "moved.data"})
    (folder / "hidden.data").rename(folder / ".coverage")
    for name in ("moved.data", "text.data", "empty.data"):
        (folder / name).unlink()


def run_task(task, scratch, options):
    """Makes and compares some projects; in a process of its own."""
    scratch = scratch / task
    scratch.mkdir(exist_ok=True)
    coverage = Coverage(scratch)
    c = Comparison(coverage, options)
    for project in report_projects.Maker(PYTHON, scratch, options.samples).make(task):
        if options.only in project.name:
            compare_all(c, project)
            if project.wide and project.name.endswith("branch"):
                compare_configuration_files(c, project)
    coverage.end()
    return c.passed, c.failed, c.crashed, c.said


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-k", default="", metavar="TEXT")
    parser.add_argument("-v", action="store_true")
    parser.add_argument("--keep", type=pathlib.Path, metavar="FOLDER")
    parser.add_argument("--only", default="", metavar="PROJECT")
    parser.add_argument("--samples", type=pathlib.Path, metavar="FOLDER", default=ROOT.parent / "shared/data/samples")
    parser.add_argument("dump", nargs="*", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if not PYTHON or not os.access(PYTHON, os.X_OK):
        print("COVLS_PYTHON314 names no Python with coverage.py")
        return 77
    for variable in ("COVERAGE_FILE", "COVERAGE_RCFILE", "COVERAGE_CORE", "COVERAGE_DEBUG", "VIRTUAL_ENV"):
        os.environ.pop(variable, None)
    passed = failed = crashed = 0
    with tempfile.TemporaryDirectory() as scratch, concurrent.futures.ProcessPoolExecutor(os.cpu_count()) as pool:
        scratch = pathlib.Path(options.keep or scratch).resolve()
        scratch.mkdir(exist_ok=True, parents=True)
        tasks = [pool.submit(run_task, task, scratch, options) for task in report_projects.TASKS]
        for task in tasks:
            more_passed, more_failed, more_crashed, said = task.result()
            passed, failed, crashed = passed + more_passed, failed + more_failed, crashed + more_crashed
            print("\n".join(said), end="\n" if said else "", flush=True)
    print(f"{crashed} times coverage.py ended with a traceback: then status and file alone were compared, and were equal")
    left_out = 0 if options.samples.is_dir() else 1
    if left_out:
        print(f"no samples in {options.samples}: they were not compared")
    print(f"{passed} passed, {failed} failed, {crashed + left_out} skipped")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
