"""Large coverage reports, as their producers lay them out.

    make_reports.py FORMAT FILE MEGABYTES [FILES]     FORMAT: lcov cobertura istanbul llvm

The same lines and branches again and again, under other names: FILES source files, or as many as a
project has whose report is that large.
"""
import json
import random
import sys

LINES = 120  # of code, a source file


def source_name(number):
    return f"src/package_{number // 40:04}/module_{number:06}"


def lcov_section(rng):
    lines = sorted(rng.sample(range(1, LINES * 3), LINES))
    text = [f"FN:{line},function_{line}" for line in lines[::12]]
    text += [f"FNDA:{rng.randint(0, 9)},function_{line}" for line in lines[::12]]
    text += [f"FNF:{len(lines[::12])}", f"FNH:{len(lines[::12])}"]
    text += [f"BRDA:{line},0,{arm},{rng.randint(0, 5)}" for line in lines[::6] for arm in (0, 1)]
    text += [f"DA:{line},{rng.choice([0, 1, 1, 17, 12345])}" for line in lines]
    return "\n".join([*text, f"LF:{LINES}", "LH:90", "end_of_record", ""])


def lcov(out, size, files, rng):
    bodies = [lcov_section(rng) for _ in range(20)]
    if files and size // files > 2 * len(bodies[0]):
        bodies = ["".join(f"DA:{line},{line % 7}\n" for line in range(1, size // files // 10)) + "end_of_record\n"]
    number = written = 0
    while number < files if files else written < size:
        written += out.write(f"TN:\nSF:/srv/project/{source_name(number)}.c\n{bodies[number % len(bodies)]}")
        number += 1


def cobertura_lines(rng):
    lines = []
    for line in sorted(rng.sample(range(1, LINES * 3), LINES)):
        branch = f' branch="true" condition-coverage="{rng.choice(["50% (1/2)", "100% (2/2)"])}"' if line % 6 == 0 else ""
        lines.append(f'\t\t\t\t\t\t<line number="{line}" hits="{rng.randint(0, 3)}"{branch}/>\n')
    return "".join(lines)


def cobertura(out, size, files, rng):
    bodies = [cobertura_lines(rng) for _ in range(20)]
    written = out.write('<?xml version="1.0" ?>\n<coverage line-rate="0.5" branch-rate="0.5" version="1" timestamp="1700000000">\n'
                        "\t<sources>\n\t\t<source>/srv/project</source>\n\t</sources>\n\t<packages>\n"
                        '\t\t<package name="src" line-rate="0.5" branch-rate="0.5" complexity="0">\n\t\t\t<classes>\n')
    number = 0
    while number < files if files else written < size:
        name = source_name(number)
        written += out.write(f'\t\t\t\t<class name="{name.rsplit("/", 1)[1]}" filename="{name}.py" line-rate="0.5" branch-rate="0.5" '
                             f'complexity="0">\n\t\t\t\t\t<methods/>\n\t\t\t\t\t<lines>\n{bodies[number % 20]}\t\t\t\t\t</lines>\n\t\t\t\t</class>\n')
        number += 1
    out.write("\t\t\t</classes>\n\t\t</package>\n\t</packages>\n</coverage>\n")


def place(line, column, end):
    return {"start": {"line": line, "column": column}, "end": {"line": line, "column": end}}


def istanbul_members(rng):
    lines = sorted(rng.sample(range(1, LINES * 3), LINES))
    functions, branches = lines[::12], lines[::6]
    return {
        "statementMap": {str(i): place(line, 4, 40) for i, line in enumerate(lines)},
        "fnMap": {str(i): {"name": f"function_{line}", "decl": place(line, 9, 20), "loc": place(line, 24, 60), "line": line}
                  for i, line in enumerate(functions)},
        "branchMap": {str(i): {"loc": place(line, 4, 40), "type": "if", "locations": [place(line, 4, 40)] * 2, "line": line}
                      for i, line in enumerate(branches)},
        "s": {str(i): rng.randint(0, 9) for i in range(len(lines))},
        "f": {str(i): rng.randint(0, 9) for i in range(len(functions))},
        "b": {str(i): [rng.randint(0, 9), 0] for i in range(len(branches))},
    }


def istanbul(out, size, files, rng):
    bodies = [json.dumps(istanbul_members(rng), separators=(",", ":"))[1:] for _ in range(20)]
    written, number = out.write("{"), 0
    while number < files if files else written < size:
        name = json.dumps(f"/srv/project/{source_name(number)}.js")
        written += out.write(f'{"," if number else ""}{name}: {{"path":{name},{bodies[number % 20]}\n')
        number += 1
    out.write("}\n")


def llvm_members(rng):
    lines = sorted(rng.sample(range(1, LINES * 3), LINES))
    segments = [[line, 5, rng.randint(0, 999), True, True, False] for line in lines]
    segments[-1][3:5] = False, False
    branches = [[line, 9, line, 20, rng.randint(0, 9), rng.randint(0, 9), 0, 0, 4] for line in lines[::6]]
    return {"branches": branches, "expansions": [], "segments": segments,
            "summary": {"lines": {"count": LINES, "covered": LINES, "percent": 100}}}


def llvm(out, size, files, rng):
    bodies = [json.dumps(llvm_members(rng), separators=(",", ":"))[1:] for _ in range(20)]
    written, number = out.write('{"data":[{"files":['), 0
    while number < files if files else written < size * 0.6:
        name = json.dumps(f"/srv/project/{source_name(number)}.c")
        written += out.write(f'{"," if number else ""}{{"filename":{name},{bodies[number % 20]}')
        number += 1
    out.write('],"functions":[')
    for each in range(number):
        name = json.dumps(f"/srv/project/{source_name(each)}.c")
        regions = ",".join(f"[{line},5,{line + 8},2,{line % 5},0,0,0]" for line in range(1, 120, 4))
        out.write(f'{"," if each else ""}{{"branches":[],"count":7,"filenames":[{name}],"name":"function_{each}","regions":[{regions}]}}')
    out.write(']}],"type":"llvm.coverage.json.export","version":"2.0.1"}')


WRITERS = {"lcov": lcov, "cobertura": cobertura, "istanbul": istanbul, "llvm": llvm}


def make(form, path, megabytes, files=0):
    with open(path, "w", encoding="utf-8") as out:
        WRITERS[form](out, int(megabytes * 1e6), files, random.Random(20266))


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    make(sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4]) if len(sys.argv) > 4 else 0)
