"""Makes the rows of vectors.txt anew, with the programs that stand there.

    make_vectors.py COVERAGE_DIR PYTHON... > vectors.new

Each PYTHON runs the coverage.py that is in COVERAGE_DIR (7.16.1). See the head of vectors.txt for what
the rows say.
"""
import json
import os
import pathlib
import subprocess
import sys


def worker():
    """Programs in, what coverage.py says of them out, both as JSON."""
    import warnings

    warnings.simplefilter("ignore")
    from coverage.config import DEFAULT_EXCLUDE
    from coverage.exceptions import NotPython
    from coverage.misc import join_regex
    from coverage.parser import PythonParser

    answers = []
    for text in json.load(sys.stdin):
        parser = PythonParser(text=text, filename="x.py", exclude=join_regex(DEFAULT_EXCLUDE))
        try:
            parser.parse_source()
        except NotPython:
            answers.append({})
            continue
        words = lambda lines: "".join(f" {n}" for n in sorted(lines))
        rows = {"": f"S{words(parser.statements)} X{words(parser.excluded)} D{words(parser.raw_docstrings)}"}
        try:
            arcs = sorted(parser.arcs())
        except AssertionError:  # coverage.py itself fails
            answers.append(rows)
            continue
        fixers = sorted(parser._with_jump_fixers.items())
        rows["A"] = " ".join(f"{a}>{b}" for a, b in arcs)
        rows["E"] = " ".join(f"{k}:{n}" for k, n in sorted(parser.exit_counts().items()))
        rows["F"] = " ".join(f"{a}>{b}={c}>{d}" for (a, b), ((c, d), _) in fixers)
        for a, b in arcs:
            missing = parser.missing_arc_description(a, b)
            if missing != f"line {a} didn't jump to line {b} because ":
                rows[f"T {a}>{b}"] = parser.arc_description(a, b) + " | " + missing
        answers.append(rows)
    print(json.dumps([sys.version_info[1], answers]))


def main():
    folder, pythons = sys.argv[1], sys.argv[2:]
    head, programs = [], []
    for line in (pathlib.Path(__file__).parent / "vectors.txt").read_text().splitlines():
        if line.startswith("#") or not line and not programs:
            head.append(line)
        elif line.startswith("= "):
            programs.append((line[2:], []))
        elif line.startswith("|"):
            programs[-1][1].append(line[1:] + "\n")
    env = dict(os.environ, PYTHONPATH=folder, PYTHONHASHSEED="0")
    texts = json.dumps(["".join(lines) for _, lines in programs])
    by_minor = {}
    for python in pythons:
        out = subprocess.run([python, __file__, "--worker"], input=texts, stdout=subprocess.PIPE,
                             text=True, env=env, check=True)
        minor, answers = json.loads(out.stdout)
        by_minor[minor] = answers
    print("\n".join(head))
    for i, (name, lines) in enumerate(programs):
        print(f"= {name}")
        print("".join(f"|{line}" for line in lines), end="")
        kinds = {kind: None for minor in sorted(by_minor) for kind in by_minor[minor][i]}
        for kind in kinds:
            groups = {}
            for minor in sorted(by_minor):
                if kind in by_minor[minor][i]:
                    groups.setdefault(by_minor[minor][i][kind], []).append(str(minor))
            for row, minors in groups.items():
                if row or kind != "F":
                    key, _, arc = kind.partition(" ")
                    print(" ".join(w for w in (key, ",".join(minors), arc, row) if w))


if __name__ == "__main__":
    worker() if sys.argv[1:] == ["--worker"] else main()
