"""[paths] beside coverage.py's PathAliases: what patterns and results make of recorded paths.

    path_aliases.py [DUMP] [--python PYTHON] [--seed N] [--count N]

DUMP is the program tests/support/path_aliases_dump.c (by default that in $COVLS_BUILD). PYTHON (else
$COVLS_PYTHON314, else the Python that runs this) must have coverage.py 7.16 on Python 3.13 or newer;
ends with 77 (skipped) if not. The paths of one question are mapped in order by one PathAliases, in a
tree that has files at some of the results, links, and archives. sys.path is empty, since covls has none.
"""
import argparse
import json
import os
import random
import subprocess
import sys
import tempfile

NAMES = ["src", "lib", "pkg", "sub", "a.py", "b.py", "x", "SRC", "é", "my dir"]

# aliases, paths; FOLDER is the folder that coverage.py would be run in.
CASES = [
    ([("/home/*/src", "src"), ("*/lib", "src")], ["/home/x/src/a.py", "/home/x/y/src/a.py", "/ci/lib/a.py", "lib/a.py", "/home/x/SRC/a.py"]),
    ([("c:\\ned\\src", "src")], ["c:\\ned\\src\\a.py", "C:\\NED\\SRC\\sub\\a.py", "c:/ned/src/a.py", "d:\\ned\\src\\a.py"]),
    ([("/ned/src", "c:\\x")], ["/ned/src/a.py"]),
    ([("/ci/*", "src")], []), ([("/ci/**", "src")], []), ([("/ci/*/", "src")], []), ([("*", "src")], []), ([("/ci/***/x", "src")], []),
    ([("/ci/a**b/x", "src")], []), ([("[", "src")], []), ([("", "src")], ["/src/a.py"]), ([("/", "src")], ["/a.py"]), ([("//", "src")], ["/a.py", "//a.py"]),
    ([("/ci/src", "/")], ["/ci/src/FOLDER/src/a.py", "/ci/src/etc/none"]),
    ([("/ci/src/", "src//")], ["/ci/src/a.py", "/ci/src2/a.py", "/ci/src", "/ci/src/"]),
    ([("/ci/none", "nowhere"), ("/ci", "src")], ["/ci/none/a.py", "/ci/a.py"]),
    ([("**/lib", "src")], ["/x/y/lib/z/lib/a.py", "lib/a.py", "/liba/a.py"]),
    ([("/ci/**/lib", "src")], ["/ci/lib/a.py", "/ci/x/y/lib/a.py", "/ci/lib/lib/a.py"]),
    ([("lib", "src"), ("./lib", "src"), ("../lib", "src")], ["lib/a.py", "FOLDER/lib/a.py", "/lib/a.py"]),
    ([("?ib", "src")], ["FOLDER/?ib/a.py", "FOLDER/lib/a.py"]),
    ([("link", "src")], ["FOLDER/link/a.py", "FOLDER/src/a.py", "FOLDER/real/a.py"]),
    ([("/ci", "link")], ["/ci/a.py", "/ci/none.py"]),
    ([("/ci", "./src")], ["/ci/a.py"]), ([("/ci", "./")], ["/ci/src/a.py"]), ([("/ci", ".")], ["/ci/src/a.py"]), ([("/ci", ".\\src")], ["/ci/a.py"]),
    ([("/ci", "arch")], ["/ci/x.zip/in/a.py", "/ci/x.egg/a.py", "/ci/none.zip/a.py", "/ci/x.zip"]),
    ([("/ci/[sl]rc", "src")], ["/ci/src/a.py", "/ci/lrc/a.py", "/ci/[sl]rc/a.py"]),
    ([("\\\\srv\\x", "src"), ("z:", "src"), ("\\x", "src")], ["\\\\srv\\x\\a.py", "//srv/x/a.py", "z:\\a.py", "z:a.py", "\\x\\a.py"]),
    ([], ["src/a.py", "/ci/src/a.py", "/ci/src/none.py", "FOLDER/lib/b.py", "/x/lib/b.py", "a.py", "/x/a.py", "a\\b\\c.py", "src\\a.py", "/y/src/sub/a.py"]),
    ([], ["/ci/src/a.py", "src/a.py", "src/src/a.py", "x/src/a.py", "/ci/n\nl/src/a.py"]),
    ([("*/x", "src")], ["x/a.py", "/y/x/a.py", "y/x/none.py", "src/lib/a.py"]),
    ([("*/src", "lib")], ["src/a.py", "/x/src/a.py", "/x/src/b.py"]),
]


def worker():
    import coverage
    from coverage import files
    from coverage.exceptions import CoverageException

    print(json.dumps([coverage.__version__, sys.version_info[:2]]), flush=True)
    lines = list(sys.stdin)
    sys.path[:] = []
    for line in lines:
        q = json.loads(line)
        os.chdir(q["folder"])
        files.set_relative_directory()
        try:
            aliases = files.PathAliases(relative=q["relative"])
            for pattern, result in q["aliases"]:
                aliases.add(pattern, result)
            print(json.dumps({"mapped": [aliases.map(path) for path in q["paths"]]}), flush=True)
        except CoverageException as e:
            print(json.dumps({"error": str(e)}), flush=True)


def run_lines(command, requests):
    text = "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in requests)
    out = subprocess.run(command, input=text.encode(), stdout=subprocess.PIPE, check=True)
    return [json.loads(line) for line in out.stdout.decode().split("\n")[:-1]]


def make_tree(folder):
    for name in ["src/a.py", "src/sub/a.py", "src/SRC/b.py", "lib/b.py", "real/a.py", "src/é/a.py", "lib/my dir/x/b.py", "pkg/sub/a.py", "x/src/a.py",
                 "arch/x.zip", "arch/x.egg"]:
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        open(path, "w").close()
    os.symlink("real", os.path.join(folder, "link"))
    os.symlink("../src", os.path.join(folder, "pkg", "up"))


def make_pattern(rng, folder):
    pieces = [rng.choice([*NAMES, "*", "**", "?", "[a-z]*", "s*", "..", "."]) for _ in range(rng.randint(1, 3))]
    start = rng.choice(["", "/", "*/", "**/", "/ci/", "C:\\", "\\\\srv\\", f"{folder}/", "./"])
    text = start + rng.choice(["/", "/", "/", "\\"]).join([*pieces, rng.choice([*NAMES, *NAMES, "*"])])
    return text + rng.choice(["", "", "", "/", "\\", "//"])


def make_result(rng, folder):
    there = ["src", "src", "lib", "link", "x/src", "pkg/up", ".", "real", "arch", "src/sub", "lib/my dir/x"]
    if rng.random() < 0.6:
        return rng.choice(["", "", "./", f"{folder}/"]) + rng.choice(there) + rng.choice(["", "", "/"])
    text = "/".join(rng.choice([*NAMES, "link", "..", "real", "arch"]) for _ in range(rng.choice([1, 1, 1, 2])))
    text = rng.choice(["", "", "", "./", f"{folder}/", ".\\", "/"]) + text + rng.choice(["", "", "/", "\\"])
    return text.replace("/", "\\") if rng.random() < 0.05 else text


def make_path(rng, folder, aliases):
    sep = rng.choice(["/", "/", "/", "/", "\\"])
    start = rng.choice(["", "/", "/ci/", "C:\\", "c:/", f"{folder}/", "\\\\srv\\", "./", "\\"])
    if aliases and rng.random() < 0.6:
        start = rng.choice(aliases)[0].replace("[a-z]", "z").replace("?", "é").replace("**", "q/r").replace("*", rng.choice(NAMES)).rstrip("/\\") + sep
    tail = [rng.choice(NAMES) for _ in range(rng.choice([0, 0, 0, 1, 2]))]
    tail += [rng.choice(["a.py", "b.py", "a.py", "b.py", "sub/a.py", "src/a.py", "none.py", "x.zip/a.py"]).replace("/", sep)]
    text = start + sep.join(tail)
    return text.swapcase() if rng.random() < 0.05 else text


def make_requests(rng, folder, count):
    for relative in (False, True):
        for aliases, paths in CASES:
            paths = [path.replace("FOLDER", folder) for path in paths]
            yield {"folder": folder, "relative": relative, "aliases": aliases, "paths": paths}
    for _ in range(count):
        aliases = [(make_pattern(rng, folder), make_result(rng, folder)) for _ in range(rng.choice([0, 1, 1, 2, 3]))]
        aliases = [(p, r) for p, r in aliases if not p.rstrip("/\\").endswith("*") or rng.random() < 0.05]
        paths = [make_path(rng, folder, aliases) for _ in range(12)]
        where = folder + rng.choice(["", "", "", "/src", "/link", "/pkg/up"])
        yield {"folder": where, "relative": rng.random() < 0.5, "aliases": aliases, "paths": paths}


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("dump", nargs="?", default=os.path.join(os.environ.get("COVLS_BUILD", "build"), "tests", "path_aliases_dump"))
    ap.add_argument("--python", default=os.environ.get("COVLS_PYTHON314") or sys.executable)
    ap.add_argument("--seed", type=int, default=3312325139)
    ap.add_argument("--count", type=int, default=3000)
    args = ap.parse_args()
    dump = os.path.abspath(args.dump)
    print(f"seed {args.seed}")
    with tempfile.TemporaryDirectory() as folder:
        folder = os.path.realpath(folder)
        make_tree(folder)
        requests = list(make_requests(random.Random(args.seed), folder, args.count))
        try:
            theirs = run_lines([args.python, os.path.abspath(__file__), "--worker"], requests)
        except (OSError, subprocess.CalledProcessError):
            print(f"no coverage.py in {args.python}")
            return 77
        version, python = theirs.pop(0)
        if not version.startswith("7.16") or python < [3, 13]:
            print(f"{args.python} has another coverage.py than 7.16, or an older Python than 3.13")
            return 77
        ours = run_lines([dump], requests)
    failed = mapped = 0
    for request, got, want in zip(requests, ours, theirs, strict=True):
        mapped += sum(a != b for a, b in zip(request["paths"], want.get("mapped", [])))
        if got == want:
            continue
        failed += 1
        if failed <= 10:
            if "mapped" in got and "mapped" in want:
                pairs = zip(request["paths"], got["mapped"], want["mapped"])
                print("    of", [(p, g, w) for p, g, w in pairs if g != w][:2])
            print(f"{str(request)[:600]}: got {str(got)[:500]}, want {str(want)[:500]}")
    errors = sum("error" in t for t in theirs)
    print(f"{len(requests)} questions, {errors} of them mistakes; {mapped} paths changed")
    print(f"{len(requests) - failed} passed, {failed} failed, 0 skipped")
    return 1 if failed or mapped < len(requests) // 2 else 0


if __name__ == "__main__":
    sys.exit(worker() if sys.argv[1:] == ["--worker"] else main())
