"""Projects made now by real tools, each with its reports: what covls must show of them, the tools say.

    make(kind, folder, seed)    a Made, or raises Missing; kinds: see MAKERS

A project is a random program (random_programs.py) in `folder`, built, run and reported on by one tool chain.
"""

import glob
import os
import pathlib
import shutil
import subprocess

import random_programs

PRODUCERS = os.environ.get("COVLS_PRODUCERS", os.path.expanduser("~/.cache/covls-beds/producers/node_modules"))
PYTHON = os.environ.get("COVLS_PYTHON314", os.path.expanduser("~/.cache/covls-beds/python314"))


class Missing(Exception):
    """A tool that is not on this machine."""


class Made:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.reports = {}  # {label: path}, of the same run
        self.texts = {}  # {label: path or text} of what else the tool says

    def __truediv__(self, name):
        return self.folder / name

    def program(self, language, seed, functions=8):
        names = []
        for name, text in random_programs.program(language, seed, functions):
            path = self / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            names.append(name)
        return names

    def run(self, *command, into=None, env=None):
        done = subprocess.run([str(word) for word in command], cwd=self.folder, capture_output=True, timeout=300,
                              stdin=subprocess.DEVNULL, env={**os.environ, "LC_ALL": "C.UTF-8", **(env or {})})
        if done.returncode != 0:
            raise RuntimeError(f"{command}: {done.returncode}\n{done.stdout.decode()[-2000:]}{done.stderr.decode()[-2000:]}")
        if into:
            (self / into).write_bytes(done.stdout)
        return done.stdout.decode("utf-8", "replace")

    def report(self, label, name):
        assert (self / name).is_file(), f"{label} made no {name}"
        self.reports[label] = self / name


def need(*commands):
    for command in commands:
        if not shutil.which(str(command)):
            raise Missing(f"no {command} on this machine")


def make_gcc(made, seed, language="c"):
    compiler = {"c": "gcc", "cpp": "g++"}[language]
    need(compiler, "gcov", "lcov")
    names = made.program(language, seed)
    flags = ["--coverage", "-O0", "-w", "-fprofile-abs-path"]
    for name in names:
        made.run(compiler, *flags, "-c", name, "-o", name + ".o")
    made.run(compiler, "--coverage", *(name + ".o" for name in names), "-o", "program")
    made.run("./program")
    made.run("lcov", "-q", "-c", "-d", ".", "-o", "coverage.info", "--rc", "lcov_branch_coverage=1", "--no-external")
    made.report("lcov", "coverage.info")
    for name in names:
        # gcov writes beside the current folder, and names its output after the object.
        made.run("gcov", "-b", "-c", "--json-format", name + ".o")
        made.report(f"gcov {name}", name + ".gcov.json.gz")
        made.run("gcov", name + ".o")
        made.texts[f"gcov {name}"] = made / (name + ".gcov")
    if shutil.which("gcovr"):
        made.run("gcovr", "--root", ".", "--xml", "cobertura.xml", "--sonarqube", "sonar.xml")
        made.report("gcovr Cobertura", "cobertura.xml")
        made.report("gcovr SonarQube", "sonar.xml")


def make_gpp(made, seed):
    make_gcc(made, seed, "cpp")


def make_clang(made, seed):
    need("clang-14", "llvm-profdata-14", "llvm-cov-14")
    names = made.program("c", seed)
    made.run("clang-14", "-w", "-fprofile-instr-generate", "-fcoverage-mapping", *(made / name for name in names), "-o", "program")
    made.run("./program", env={"LLVM_PROFILE_FILE": str(made / "run.profraw")})
    made.run("llvm-profdata-14", "merge", "run.profraw", "-o", "run.profdata")
    tool = ["llvm-cov-14"], ["./program", "-instr-profile=run.profdata"]
    made.run(*tool[0], "export", *tool[1], into="coverage.json")
    made.run(*tool[0], "export", "-format=lcov", *tool[1], into="lcov.info")
    made.run(*tool[0], "show", *tool[1], into="show.txt")
    made.report("llvm-cov", "coverage.json")
    made.report("lcov", "lcov.info")
    made.texts["show"] = made / "show.txt"


def make_go(made, seed, mode="count"):
    need("go")
    made.program("go", seed)
    (made / "go.mod").write_text("module example.org/work\n\ngo 1.19\n")
    env = {"GOFLAGS": "-mod=mod", "GOPROXY": "off", "GOCACHE": str(made / "gocache"), "GOTOOLCHAIN": "local", "GO111MODULE": "on"}
    made.run("go", "test", "-vet=off", f"-covermode={mode}", "-coverprofile=coverage.out", "./...", env=env)
    made.texts["func"] = made.run("go", "tool", "cover", "-func=coverage.out", env=env)
    made.run("go", "tool", "cover", "-html=coverage.out", "-o", "cover.html", env=env)
    made.texts["html"] = made / "cover.html"
    shutil.rmtree(made / "gocache", ignore_errors=True)
    made.report("go", "coverage.out")


def make_go_set(made, seed):
    make_go(made, seed, "set")


def node_project(made, seed):
    need("node")
    if not os.path.isdir(PRODUCERS):
        raise Missing(f"no {PRODUCERS}: see tests/support/provision")
    made.program("js", seed)
    (made / "package.json").write_text('{"name": "work", "private": true}\n')


def istanbul_reports(made):
    made.report("istanbul", "coverage/coverage-final.json")
    made.report("lcov", "coverage/lcov.info")
    made.report("Cobertura", "coverage/cobertura-coverage.xml")
    made.report("Clover", "coverage/clover.xml")


REPORTERS = "json", "lcovonly", "cobertura", "clover"


def make_nyc(made, seed):
    node_project(made, seed)
    made.run("node", f"{PRODUCERS}/nyc/bin/nyc.js", *(f"--reporter={name}" for name in REPORTERS), "node", "main.js")
    istanbul_reports(made)


def make_c8(made, seed):
    node_project(made, seed)
    made.run("node", f"{PRODUCERS}/c8/bin/c8.js", *(f"--reporter={name}" for name in REPORTERS), "node", "main.js")
    istanbul_reports(made)


def make_jest(made, seed):
    node_project(made, seed)
    calls = (made / "main.js").read_text()
    (made / "main.js").unlink()
    (made / "work.test.js").write_text(calls.replace("\nwork.", "\ntest('calls', () => {\nwork.", 1) + "});\n")
    made.run("node", f"{PRODUCERS}/jest/bin/jest.js", "--coverage", "--ci", "--cacheDirectory", made / "cache",
             "--rootDir", made.folder, *(f"--coverageReporters={name}" for name in REPORTERS), env={"CI": "true"})
    istanbul_reports(made)


RUBY = r"""
require 'simplecov'
require 'json'
SimpleCov.root Dir.pwd
SimpleCov.formatter SimpleCov::Formatter::SimpleFormatter
SimpleCov.start { enable_coverage :branch }
SimpleCov.at_exit do
  SimpleCov.result.format!
  files = SimpleCov.result.files.to_h do |file|
    lines = file.lines.to_h { |line| [line.number, [line.status, line.coverage]] }
    branches = file.branches.group_by(&:report_line).transform_values { |all| [all.count(&:covered?), all.size] }
    [file.filename, { lines: lines, branches: branches, percent: file.covered_percent }]
  end
  File.write('simplecov.txt', JSON.generate(files))
end
require_relative 'work'
require_relative 'main'
"""


def make_ruby(made, seed):
    need("ruby")
    names = made.program("ruby", seed)
    (made / "run.rb").write_text(RUBY)
    try:
        made.run("ruby", "-e", "require 'simplecov'")
    except RuntimeError:
        raise Missing("no SimpleCov on this machine") from None
    text = made.run("ruby", "run.rb")
    made.report("simplecov", "coverage/.resultset.json")
    made.texts["lines"] = made / "simplecov.txt"
    return names, text


JARS = "/usr/share/java"


def make_java(made, seed):
    need("javac", "java")
    jars = [f"{JARS}/{name}.jar" for name in
            ("org.jacoco.core", "org.jacoco.report", "org.jacoco.agent.rt", "asm", "asm-commons", "asm-tree", "asm-analysis")]
    for jar in jars:
        if not os.path.exists(jar):
            raise Missing(f"no {jar} on this machine")
    here = pathlib.Path(__file__).resolve().parent
    made.program("java", seed)
    made.run("javac", "--release", "11", "-g", "-d", "classes", *glob.glob(str(made / "com/example/*.java")))
    shutil.copy(here.parent / "data/reports/jacoco/Rep.java", made / "Rep.java")
    path = ":".join(jars)
    made.run("javac", "-cp", path, "-d", ".", "Rep.java")
    for name in glob.glob(str(made / "classes/Rep*")):
        os.unlink(name)
    os.makedirs(made / "src", exist_ok=True)
    made.run("java", "-cp", path + ":.", "Rep")
    made.report("jacoco", "jacoco.xml")
    made.report("jacoco grouped", "jacoco-grouped.xml")


def make_python(made, seed):
    need(PYTHON)
    sample = pathlib.Path(__file__).resolve().parent.parent / "data" / "sample"
    shutil.copytree(sample, made.folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".coverage"))
    made.run(PYTHON, "-m", "coverage", "run", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly")
    for form, name in (("json", "coverage.json"), ("lcov", "coverage.lcov"), ("xml", "coverage.xml")):
        made.run(PYTHON, "-m", "coverage", form, "-o", name)
        made.report(f"coverage.py {form}", name)


MAKERS = {
    "gcc": make_gcc,
    "g++": make_gpp,
    "clang": make_clang,
    "go": make_go,
    "go set": make_go_set,
    "nyc": make_nyc,
    "c8": make_c8,
    "jest": make_jest,
    "ruby": make_ruby,
    "java": make_java,
    "coverage.py": make_python,
}


def make(kind, folder, seed):
    made = Made(folder)
    MAKERS[kind](made, seed)
    return made

