"""A project of real files with the data of two runs, for tests/bench/refresh.

    make_project.py FOLDER FILES        under a Python that has coverage.py

Deals the modules of that Python's own standard library out into packages of twenty, and writes, through
coverage.py's CoverageData, the branch data of two runs that never happened: `a.coverage` and `b.coverage`.
In each about 70 % of the statements ran, a tenth of the files were imported by nobody, and it is other
functions that ran in the other. `documents.json` lists the files whose missed lines differ between
them: [path, statements]. The same arguments give the same project.
"""
import ast
import json
import os
import pathlib
import random
import shutil
import sys
import sysconfig
import time

from coverage import CoverageData
from coverage.exceptions import CoverageException
from coverage.parser import PythonParser

EXCLUDE = r"#\s*(pragma|PRAGMA)[:\s]?\s*(no|NO)\s*(cover|COVER)"
# The runs are made up, and some of their lines ran without those before them. covls takes such data for that
# of another text if the source was saved just before.
LONG_AGO = time.time() - 3600
NOT_DEALT = ("/test", "/idlelib/", "/site-packages/", "/dist-packages/")


class Source:
    """What there is to run in a file."""

    def __init__(self, path):
        parser = PythonParser(filename=str(path), exclude=EXCLUDE)
        parser.parse_source()
        self.statements = set(parser.statements)
        self.arcs = sorted(parser.arcs())
        self.functions = [
            range(node.body[0].lineno, node.end_lineno + 1)
            for node in ast.walk(ast.parse(path.read_bytes()))
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        ]

    def run(self, rng):
        """The lines and arcs of a run that never entered a third of the functions."""
        dead = {line for body in self.functions if rng.random() < 0.37 for line in body}
        lines = self.statements - dead
        exits = {}
        for start, end in self.arcs:
            exits.setdefault(start, []).append(end)
        not_taken = {
            (start, end)
            for start, ends in exits.items()
            for end in ends[1:]
            if rng.random() < 0.25
        }
        arcs = [
            (start, end)
            for start, end in self.arcs
            if (start < 0 or start in lines)
            and (end < 0 or end in lines)
            and (start, end) not in not_taken
        ]
        return {abs(n) for arc in arcs for n in arc} & self.statements, arcs


def library():
    """The modules to deal, in a random but constant order; None for those that do not parse."""
    root = pathlib.Path(sysconfig.get_path("stdlib"))
    modules = []
    for path in sorted(root.rglob("*.py")):
        name = "/" + path.relative_to(root).as_posix()
        if not any(part in name for part in NOT_DEALT):
            if path.is_file() and path.stat().st_size > 200:
                modules.append(path)
    random.Random(20240527).shuffle(modules)
    return modules


def deal(folder, count):
    """Copies the files; gives [(path in the project, its Source or None)]."""
    modules, sources, files = library(), {}, []
    for i in range(count):
        module = modules[i % len(modules)]
        package = folder / f"pkg_{i // 20:03d}"
        if i % 20 == 0:
            package.mkdir(parents=True)
            (package / "__init__.py").touch()
        path = package / f"mod_{i:04d}_{module.name}"
        shutil.copyfile(module, path)
        os.utime(path, (LONG_AGO, LONG_AGO))
        if module not in sources:
            try:
                sources[module] = Source(module)
            except (CoverageException, SyntaxError):
                sources[module] = None
        files.append((path, sources[module]))
    return files


def record(folder, name, files, seed):
    """Writes the data of a run; gives the statements that were missed, by path."""
    rng = random.Random(seed)
    arcs, touched, missed = {}, [], {}
    for path, source in files:
        if source is None or rng.random() < 0.10:
            touched.append(str(path))
            continue
        lines, arcs[str(path)] = source.run(rng)
        missed[str(path)] = source.statements - lines
    data = CoverageData(basename=str(folder / name))
    data.add_arcs(arcs)
    data.touch_files(touched)
    data.close()
    return missed


def main():
    folder, count = pathlib.Path(os.path.abspath(sys.argv[1])), int(sys.argv[2])
    shutil.rmtree(folder, ignore_errors=True)
    files = deal(folder, count)
    a = record(folder, "a.coverage", files, 1)
    b = record(folder, "b.coverage", files, 2)
    documents = [
        (str(path), len(source.statements))
        for path, source in files
        if a.get(str(path)) and b.get(str(path)) and a[str(path)] != b[str(path)]
    ]
    (folder / "documents.json").write_text(json.dumps(documents))
    size = sum(path.stat().st_size for path, _ in files)
    print(f"{count} files, {size / 1e6:.1f} MB, data of {(folder / 'a.coverage').stat().st_size / 1e6:.1f} MB")


main()
