"""The configuration that covls reads in a folder, beside coverage.py's read_coverage_config().

    coverage_config.py [DUMP] [--python PYTHON] [--seed N] [--count N]

DUMP is the program tests/support/coverage_config_dump.c (by default that in $COVLS_BUILD). PYTHON (else
$COVLS_PYTHON314, else the Python that runs this) must have coverage.py 7.16; ends with 77 (skipped) if not.
Folders are generated with some of the five files, right and wrong; all options, [paths], the file that was
used and the warnings must be equal, or both must refuse, covls naming the file.
"""
import argparse
import json
import os
import random
import subprocess
import sys
import tempfile

ENVIRONMENT = {"A": "av", "EMPTY": "", "HOME": "/home/me"}
FILES = [".coveragerc", ".coveragerc.toml", "setup.cfg", "tox.ini", "pyproject.toml"]
OPTIONS = {
    "run": "branch:b command_line:s concurrency:l context:s core:s cover_pylib:b data_file:f debug:l debug_file:f disable_warnings:l"
    " dynamic_context:s parallel:b patch:l plugins:l relative_files:b include:l omit:l sigterm:b source:l source_pkgs:l source_dirs:l timid:b _crash:s nope:s",
    "report": "exclude_lines:r exclude_also:r fail_under:n format:s ignore_errors:b include_namespace_packages:b partial_branches_always:r"
    " partial_branches:r partial_also:r precision:i contexts:l include:l omit:l show_missing:b skip_covered:b skip_empty:b sort:s other:l",
    "html": "extra_css:s directory:f skip_covered:b skip_empty:b title:s show_contexts:b",
    "xml": "output:f package_depth:i",
    "json": "output:f pretty_print:b show_contexts:b",
    "lcov": "output:f line_checksums:b",
    "paths": "source:l other:l",
    "myplugin": "x:s",
    "unrelated": "y:s",
}


def worker():
    import math

    import coverage
    from coverage.config import CoverageConfig, read_coverage_config
    from coverage.exceptions import CoverageException

    print(json.dumps(coverage.__version__), flush=True)
    for line in sys.stdin:
        folder, _, rcfile = line.rstrip("\n").partition("\t")
        os.chdir(folder)
        warnings = []
        try:
            config = read_coverage_config(rcfile or True, warnings.append)
        except (CoverageException, UnicodeDecodeError) as e:
            print(json.dumps({"error": str(e)}))
            continue
        except (TypeError, AttributeError) as e:  # coverage.py fails on a file of another shape
            print(json.dumps({"error": f"{type(e).__name__}"}))
            continue
        values = {}
        for attr, where, *kind in CoverageConfig.CONFIG_FILE_OPTIONS:
            value = getattr(config, attr)
            if value is not None and kind == ["float"]:
                value = {"": "inf", "-": "-inf"}["-" if value < 0 else ""] if math.isinf(value) else repr(float(value))
            values[where] = value
        file = config.config_file and os.path.relpath(config.config_file, folder)
        print(json.dumps({"values": values, "paths": list(config.paths.items()), "file": file, "warnings": sorted(warnings)}))


def ini_value(rng, kind):
    words = ["a", "*/tests/*", "src", "~/x", "~", "$A/b", "${NOPE-c}", "${EMPTY}", "d e", "x.py  # c"]
    if kind == "b":
        return rng.choice(["true", "False", "ON", "0", "yes", "No", "1", "$A", ""] if rng.random() < 0.1 else ["true", "False", "ON", "0", "yes", "No", "1", "off"])
    if kind == "i":
        return rng.choice(["0", "2", " 3 ", "-1", "1_0", "+4", "x", "1.5"] if rng.random() < 0.2 else ["0", "2", "3"])
    if kind == "n":
        return rng.choice(["0", "99.5", "1e2", "1_0.5", "inf", "-.5", "x", "0x10", "5."] if rng.random() < 0.3 else ["0", "80", "99.5"])
    if kind == "r":
        items = [rng.choice(["pragma: no cover", "^\\s*$", "def __repr__, x", "a{2}", "(foo$)", "raise\\b", "(" if rng.random() < 0.03 else "z"]) for _ in range(rng.randint(0, 3))]
        return "".join("\n    " + i for i in items)
    if kind == "l":
        items = [rng.choice(words) for _ in range(rng.randint(0, 3))]
        return rng.choice([", ".join(items), "".join("\n    " + i for i in items), ",\n    ".join(items)])
    return rng.choice(words + (["${NOPE?}"] if rng.random() < 0.1 else []))


def special(option, rng):
    """Values that mean something, else None."""
    if option == "concurrency":
        return rng.sample(["thread", "multiprocessing", "gevent", "eventlet", "bogus"], rng.choice([0, 1, 1, 1, 2]))
    if option == "patch":
        return rng.sample(["subprocess", "fork"], rng.randint(0, 2))
    if option == "plugins":
        return rng.sample(["myplugin", "other.plugin"], rng.randint(0, 2))
    return None


def make_ini(rng, ours):
    out = []
    for section in rng.sample(sorted(OPTIONS), rng.randint(0, 4)):
        for prefix in rng.choice([["coverage:"], ["coverage:"], [""], [""], ["coverage:", ""]]):
            out.append(f"[{prefix}{section}]")
            for option in rng.sample(OPTIONS[section].split(), rng.randint(0, min(3, len(OPTIONS[section].split())))):
                name, kind = option.split(":")
                value = special(name, rng)
                out.append(f"{name}{rng.choice([' = ', ': ', '='])}{ini_value(rng, kind) if value is None else ', '.join(value)}")
                if rng.random() < 0.1:
                    out.append(rng.choice(["", "# c", "    # c"]))
    if rng.random() < 0.1:
        out = ["[DEFAULT]", rng.choice(["omit = d", "zzz = 1", "include = x"])] + out
    if rng.random() < 0.04:
        out.insert(rng.randint(0, len(out)), rng.choice(["word", "[run]", "\ufeff", "=x"]))
    return "\n".join(out) + rng.choice(["", "\n"])


def quoted(rng, text):
    return "'" + text + "'" if "'" not in text and "\n" not in text else json.dumps(text)


def toml_value(rng, kind):
    odd = rng.random() < 0.06
    if kind == "b":
        return rng.choice(['"True"', "1", "[]", '"yes"'] if odd else ["true", "false", '"true"', '"false"'])
    if kind == "i":
        return rng.choice(['"x"', "1.5", "[1]", "{}"] if odd else ["0", "2", '"3"', "1_0", "0x1f", "true"])
    if kind == "n":
        return rng.choice(['"x"', "[1]", "1979-05-27"] if odd else ["0", "99.5", '"80"', "1e2", "inf", "7", "1_0.5", "false"])
    if kind in "lr":
        if odd:
            return rng.choice(['"a,b"', "[1]", "[['a']]", "{a=1}", "true"])
        items = [ini_value(rng, "s" if kind == "l" else "x") if kind == "l" else rng.choice(["^\\s*$", " pad ", "", "a,b", "(" if rng.random() < 0.03 else "z"]) for _ in range(rng.randint(0, 3))]
        return "[" + rng.choice([", ", ",\n  "]).join(quoted(rng, i) for i in items) + "]"
    if kind == "f" and odd:
        return "3"
    return quoted(rng, ini_value(rng, "s"))


def make_toml(rng, ours):
    out = ["[build-system]\nrequires = ['x']\n[tool.other]\na = {b = 1}"] if rng.random() < 0.3 else []
    for section in rng.sample(sorted(OPTIONS), rng.randint(0, 4)):
        prefix = rng.choice(["tool.coverage.", "tool.coverage.", ""])
        lines = []
        for option in rng.sample(OPTIONS[section].split(), rng.randint(0, min(3, len(OPTIONS[section].split())))):
            name, kind = option.split(":")
            value = special(name, rng)
            lines.append((name, toml_value(rng, kind) if value is None else json.dumps(value)))
        if rng.random() < 0.15 and not any("\n" in v for _, v in lines):
            out.insert(0, f"{prefix}{section} = {{{', '.join(f'{k} = {v}' for k, v in lines)}}}")
        else:
            out.append(f"[{prefix}{section}]")
            out += [f"{k} = {v}" for k, v in lines]
    if rng.random() < 0.03:
        out.insert(rng.randint(0, len(out)), rng.choice(["word", "[run]", "a = ", "x = 'y"]))
    return "\n".join(out) + rng.choice(["", "\n"])


def run_lines(command, lines, env):
    out = subprocess.run(command, input="".join(n + "\n" for n in lines).encode(), stdout=subprocess.PIPE, env=env, check=True)
    return [json.loads(line) for line in out.stdout.decode().split("\n")[:-1]]


def difference(got, want, name):
    """What is wrong, or None."""
    if "error" in want:
        return None if "error" in got else f"taken, but coverage.py says {want['error']}"
    if "error" in got:
        return f"refused: {got['error']}"
    for where, value in want["values"].items():
        mine = got["values"].get(where)
        if where == "report:fail_under":
            mine, value = float(mine), float(value)
        if mine != value:
            return f"{where}: got {mine!r}, want {value!r}"
    if [p[:1] + [p[1]] for p in got["paths"]] != want["paths"]:
        return f"paths: got {got['paths']}, want {want['paths']}"
    if got["file"] != want["file"]:
        return f"file: got {got['file']}, want {want['file']}"
    if sorted(got["warnings"]) != want["warnings"]:
        return f"warnings: got {got['warnings']}, want {want['warnings']}"
    return None


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("dump", nargs="?", default=os.path.join(os.environ.get("COVLS_BUILD", "build"), "tests", "coverage_config_dump"))
    ap.add_argument("--python", default=os.environ.get("COVLS_PYTHON314") or sys.executable)
    ap.add_argument("--seed", type=int, default=4116657168)
    ap.add_argument("--count", type=int, default=4000)
    args = ap.parse_args()
    rng = random.Random(args.seed)
    print(f"seed {args.seed}")
    env = {k: v for k, v in os.environ.items() if not k.startswith("COVERAGE_") and k != "NOPE"} | ENVIRONMENT
    failed = refused = 0
    with tempfile.TemporaryDirectory() as top:
        lines = []
        for i in range(args.count):
            folder = os.path.join(top, str(i))
            os.mkdir(folder)
            names = rng.sample(FILES, rng.choice([0, 1, 1, 1, 2, 3])) + (["my.cfg", "my.toml"] if rng.random() < 0.1 else [])
            for name in names:
                with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
                    make = make_toml if name.endswith(".toml") else make_ini
                    f.write(make(rng, name.startswith((".", "my"))))
            rcfile = rng.choice(["", "", "", "", ".coveragerc", "my.cfg", "my.toml", "setup.cfg"]) if rng.random() < 0.4 or "my.cfg" in names else ""
            lines.append(folder + ("\t" + rcfile if rcfile else ""))
        for extra in ({}, {"COVERAGE_FILE": "~/data", "COVERAGE_CORE": "sysmon", "COVERAGE_DEBUG": "sys, trace,"}, {"COVERAGE_RCFILE": "tox.ini"}):
            some = lines if not extra else lines[: len(lines) // 8]
            try:
                theirs = run_lines([args.python, os.path.abspath(__file__), "--worker"], some, env | extra)
            except (OSError, subprocess.CalledProcessError):
                print(f"no coverage.py in {args.python}")
                return 77
            if not theirs.pop(0).startswith("7.16"):
                print(f"{args.python} has another coverage.py than 7.16")
                return 77
            ours = run_lines([args.dump], some, env | extra)
            for line, got, want in zip(some, ours, theirs, strict=True):
                refused += "error" in want
                wrong = difference(got, want, line)
                if wrong:
                    failed += 1
                    if failed <= 10:
                        print(f"{line.replace(top, '')} {extra}: {wrong}")
                        folder = line.split("\t")[0]
                        for name in sorted(os.listdir(folder)):
                            print(f"--- {name}\n{open(os.path.join(folder, name), encoding='utf-8').read()}")
    total = args.count + args.count // 8 * 2
    print(f"{total} readings of {args.count} folders, {refused} refused by coverage.py")
    print(f"{total - failed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(worker() if sys.argv[1:] == ["--worker"] else main())
