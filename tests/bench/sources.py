"""Projects and large sources to measure with. Deterministic.

    python314 sources.py project FOLDER FILES    a project of so many standard library modules, with
                                                 .coverage and, a statement a file apart, other.coverage
    python3 sources.py short|long FILE           one class of 24,914 statements: on short lines (37,370
                                                 lines, 1.3 MB) or on long ones (24,914 lines, 11 MB)

The class is the shape of coverage.py's issue 1791, a generated serializer of cities. `project` needs
coverage.py 7, whose parser says which lines and branches there are.
"""

import hashlib
import os
import shutil
import sys
import sysconfig

STATEMENTS = 24914


def chance(*what):
    """A number from 0 to 1 that depends on what it is for, and on nothing else."""
    return int.from_bytes(hashlib.blake2b(repr(what).encode(), digest_size=4).digest(), "big") / 2**32


def short_lines():
    lines = ['"""One very large class."""', "", "import sys", "", "", "class Cities:", '    """A serializer of cities."""', ""]
    left = STATEMENTS - 2
    number = 0
    while left >= 14:
        lines += [
            f"    def city_{number:05d}(self, value, flag=False, extra=None):",
            f'        """Serialize city number {number}."""',
            f'        name = "City number {number:05d} of a long list of cities"',
            f"        code = value * {number % 97 + 3} + {number}  # weight of the city",
            "        result = {",
            '            "name": name,',
            '            "code": code,',
            f'            "country": "Country-{number % 193}", "lat": {number % 180 - 90}.25, "lon": {number % 360}.5,',
            "        }",
            f"        if flag and code > {number % 50}:",
            '            result["flag"] = True',
            "        elif extra is None:",
            '            result["flag"] = None',
            "        else:",
            '            result["extra"] = [x for x in extra if x]',
            f'        for key in ("a{number}", "b{number}"):',
            "            if key in result:",
            "                raise KeyError(key)",
            "            result[key] = len(key)",
            "        return result",
            "",
        ]
        number += 1
        left -= 14
    lines += [f"    attribute_{n} = {n}" for n in range(left)]
    return "\n".join(lines) + "\n"


def long_lines(choices=10):
    pairs = "".join
    rows = [
        f"    city_{n:05d} = ["
        + pairs(f'("Springfield-{n:05d}-{k}", "Springfield {k}"), ' for k in range(choices))
        + "]"
        for n in range(STATEMENTS - 1)
    ]
    return "class Cities:\n" + "\n".join(rows) + "\n"


def write_data(path, arcs, untouched):
    from coverage import CoverageData

    if os.path.exists(path):
        os.remove(path)
    data = CoverageData(basename=path)
    data.add_arcs(arcs)
    data.touch_files(untouched)
    data.close()


def project(folder, count):
    """About 70 % of the statements ran; a tenth of the files did not run at all."""
    from coverage.exceptions import CoverageException
    from coverage.parser import PythonParser

    library = sysconfig.get_path("stdlib")
    found = []
    for place, folders, files in os.walk(library):
        folders[:] = sorted(f for f in folders if f not in ("test", "idlelib", "site-packages", "dist-packages", "lib2to3"))
        found += [os.path.join(place, f) for f in sorted(files) if f.endswith(".py")]
    found = [f for f in found if os.path.isfile(f) and os.path.getsize(f) > 200]
    found.sort(key=lambda f: chance("order", os.path.relpath(f, library)))

    shutil.rmtree(folder, ignore_errors=True)
    facts, first, second, untouched = {}, {}, {}, []
    for number in range(count):
        source = found[number % len(found)]
        path = os.path.join(folder, f"pkg_{number // 20:03d}", f"mod_{number:04d}.py")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        shutil.copyfile(source, path)
        if source not in facts:
            try:
                parser = PythonParser(filename=source)
                parser.parse_source()
                facts[source] = sorted(parser.statements), sorted(parser.arcs())
            except CoverageException:
                facts[source] = None
        # The first few must have run: those are opened and looked at.
        if not facts[source] or not facts[source][0] or (number >= 50 and chance("untouched", number) < 0.1):
            untouched.append(path)
            continue
        statements, arcs = facts[source]
        ran = {line for line in statements if chance("block", number, line // 8) < 0.7}
        first[path] = [(a, b) for a, b in arcs if (a < 0 or a in ran) and (b < 0 or b in ran)]
        # The other run did not reach a stretch in the middle.
        low, high = statements[len(statements) // 3], statements[len(statements) // 2]
        gap = range(low, high + 1)
        second[path] = [(a, b) for a, b in first[path] if a not in gap and b not in gap] or [(-1, statements[0])]
    write_data(os.path.join(folder, ".coverage"), first, untouched)
    write_data(os.path.join(folder, "other.coverage"), second, untouched)


if __name__ == "__main__":
    what, path = sys.argv[1:3]
    if what == "project":
        project(os.path.abspath(path), int(sys.argv[3]))
    else:
        with open(path, "w", encoding="utf-8") as file:
            file.write(short_lines() if what == "short" else long_lines())
