"""What covls takes for ignored, beside git.

    ignore.py [DUMP] [--seed N] [--count N]

DUMP is the program tests/support/ignore_dump.c (by default that in $COVLS_BUILD). Random .gitignore files
are written into a repository of some folders and files; of each path, covls and `git check-ignore` must
agree. Without git this ends with 77 (skipped).

The seed is the same each time: of the oddest patterns a few are read otherwise than by git, and other seeds
show them, some three paths in 200,000: an escaped slash, stars beside other characters before a
slash ("ab**/?"), and sets that go on over a slash, which are not made here.
"""
import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

NAMES = ["a", "b", "ab", "build", "a.b", ".x", "a b", "[a]", "a*", "B", "-", "7", "é", "#a", "!a"]
ATOMS = ["a", "b", "ab", "build", "*", "**", "?", ".", "[ab]", "[!a]", "[^b]", "[a-c]", "[[:alpha:]]", "[[:upper:][:digit:]]", "[]a]", "[\\]a]", "[a", "\\a", "\\*", "\\[", " ", "-",
         "[a-]", "[!-a]", "[#-.]", "B", "#", "!", "é", "\\", "]", "*.b", "*b", "a*", "[[:nope:]]", "[a-\\c]"]
WHOLE = ["**/a", "a/**", "a/**/b", "**/a/b", "/a", "/*", "*", "!a", "!*/", "*/", "a/", "/**/", "**", "a/b/*", "!/a/b", "**/*", "**/a/**", "a/**/", "*/a", "!**/b", "/", "//", "a//b", "\\!a", "\\#a", "#a"]


def paths_below(folder, depth):
    """A folder ends with a separator."""
    made = []
    for name in NAMES:
        path = folder + name
        if (depth > 0 and name in ("a", "b", "build")) or name in ("ab", "é"):
            made.append(path + "/")
            if depth > 0:
                made += paths_below(path + "/", depth - 1)
        else:
            made.append(path)
    return made


def random_pattern(rng):
    """But none with a set that goes on over a slash ("[a/b]"), which covls does not take as git does."""
    while re.search(r"\[[^\]/]*/", pattern := any_pattern(rng)):
        pass
    return pattern


def any_pattern(rng):
    if rng.random() < 0.4:
        return rng.choice(WHOLE)
    text = "".join(rng.choice(ATOMS) for _ in range(rng.choice((1, 1, 2, 2, 3))))
    for _ in range(rng.choice((0, 0, 1, 2))):
        text += "/" + "".join(rng.choice(ATOMS) for _ in range(rng.choice((1, 1, 2))))
    return rng.choice(("", "", "", "!", "/")) + text + rng.choice(("", "", "", "/", " ", "\\ ", "\r"))


def by_git(root, paths):
    """Which paths are ignored, by the pattern that git names."""
    asked = "\0".join(path.rstrip("/") for path in paths) + "\0"
    said = subprocess.run(
        ["git", "-c", "core.excludesFile=/dev/null", "check-ignore", "--no-index", "--stdin", "-z"],
        cwd=root,
        input=asked.encode(),
        capture_output=True,
        env=os.environ | {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"},
    )
    if said.returncode not in (0, 1):
        sys.exit(said.stderr.decode())
    names = {name.decode() for name in said.stdout.split(b"\0") if name}
    return {path for path in paths if path.rstrip("/") in names}


def by_covls(dump, text, paths):
    """The same: what lies in an ignored folder is ignored."""
    dump.stdin.write(json.dumps({"file": text, "paths": paths}) + "\n")
    dump.stdin.flush()
    verdicts = dict(zip(paths, json.loads(dump.stdout.readline())["verdicts"]))
    ignored = set()
    for path in paths:
        above = path.rstrip("/").rpartition("/")[0] + "/"
        if above in ignored or verdicts[path] == 1:
            ignored.add(path)
    return ignored


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("dump", nargs="?", default=os.path.join(os.environ.get("COVLS_BUILD", "build"), "tests/ignore_dump"))
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--count", type=int, default=400)
    options = parser.parse_args()
    if shutil.which("git") is None:
        print("skipped: there is no git")
        sys.exit(77)
    rng = random.Random(options.seed)
    paths = paths_below("", 2)
    dump = subprocess.Popen([options.dump], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    bad = compared = ignored = 0
    with tempfile.TemporaryDirectory() as root:
        subprocess.run(["git", "init", "-q", root], check=True)
        for path in paths:
            if path.endswith("/"):
                os.makedirs(os.path.join(root, path))
            else:
                open(os.path.join(root, path), "w").close()
        for _ in range(options.count):
            text = "\n".join(random_pattern(rng) for _ in range(rng.choice((1, 2, 4)))) + rng.choice(("", "\n"))
            with open(os.path.join(root, ".gitignore"), "w", newline="") as file:
                file.write(text)
            theirs, ours = by_git(root, paths), by_covls(dump, text, paths)
            compared += len(paths)
            ignored += len(theirs)
            for path in sorted(theirs ^ ours)[:3]:
                bad += 1
                print(f"{text!r}: {path!r} is {'' if path in theirs else 'not '}ignored by git")
    print(f"{options.count} files, {compared} paths, {ignored} of them ignored, {bad} differences (--seed {options.seed})")
    sys.exit(1 if bad or not 0 < ignored < compared else 0)


main()
