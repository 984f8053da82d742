"""What coverage reports say, read with Python's own json, xml and re: beside what covls reads from them.

    read(path)        {name: File}, by the format's specification, of any format that covls knows
    totals(path)      what the report itself says of its sums, for those formats that do
    gcov_text(path), llvm_show(path), go_functions(text)     a producer's text reports

Nothing is streamed and nothing is quick here; each reader is a few lines that can be checked by eye.
"""

import collections
import functools
import gzip
import json
import math
import os
import re
import xml.etree.ElementTree

LINE_MAX = 10_000_000


class File:
    def __init__(self):
        self.lines = {}  # line: hits
        self.partial = set()  # lines of which a part ran, as far as it is said of the line itself
        self.arms = {}  # (line, group, label): taken or None
        self.alone = set()  # arms that say nothing against their line: of exceptions
        self.counted = {}  # (line, group): (taken, total), where arms have no names
        self.functions = {}  # (first line, name): hits

    def add(self, line, hits, rule):
        if 0 < line <= LINE_MAX:
            self.lines[line] = rule(self.lines.get(line, 0), max(hits, 0))

    def add_arm(self, line, group, label, taken):
        if 0 < line <= LINE_MAX:
            before = self.arms.get((line, group, label))
            self.arms[line, group, label] = before if taken is None else (before or 0) + taken

    def branches(self):
        """{line: (taken, total)}"""
        result = collections.defaultdict(lambda: (0, 0))
        for (line, _, _), taken in self.arms.items():
            result[line] = (result[line][0] + bool(taken), result[line][1] + 1)
        for (line, _), (taken, total) in self.counted.items():
            result[line] = (result[line][0] + taken, result[line][1] + total)
        return dict(result)

    def states(self):
        states = {}
        missing = {line for (line, _), (taken, total) in self.counted.items() if taken < total}
        missing |= {arm[0] for arm, taken in self.arms.items() if not taken and arm not in self.alone}
        missing |= self.partial
        for line, hits in self.lines.items():
            states[line] = "missed" if hits == 0 else "partial" if line in missing else "covered"
        return states


class Files(dict):
    """{name: File}; `counts` is False where hits only stand for "at least once"."""

    counts = True

    def __missing__(self, name):
        self[name] = File()
        return self[name]


def add(a, b):
    return a + b


def reader(function):
    """Notes on what it returns which format that was."""

    @functools.wraps(function)
    def named(data):
        files = function(data)
        files.format = function.__name__.removeprefix("read_")
        return files

    return named


def content(path):
    with open(path, "rb") as file:
        data = file.read()
    return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


# -- text


def count_of(text):
    """A count of LCOV: Perl writes large ones as floats, old gcov wrote negative ones."""
    try:
        value = int(text)
    except ValueError:
        value = float(text)
        value = 0 if math.isnan(value) else min(value, 2.0**64)
    return min(max(int(value), 0), 2**64 - 1)


@reader
def read_lcov(data):
    files = Files()
    current, groups = None, {}
    for raw in data.decode("utf-8", "surrogateescape").split("\n"):
        key, _, rest = raw.rstrip().partition(":")
        if key in ("SF", "KF"):
            current, groups, functions = files[rest], {}, {}
        elif key == "end_of_record":
            current = None
        if current is None:
            continue
        if key == "DA":
            fields = rest.split(",")
            current.add(int(fields[0]), count_of(fields[1]), add)
        elif key == "BRDA":
            line, block, rest = rest.split(",", 2)
            branch, _, taken = rest.rpartition(",")
            flags = re.match(r"[ef]?(U?)", block)
            if flags[1] == "U":
                continue
            block = block[flags.end() :]
            current.add_arm(int(line), block, branch, None if taken == "-" else count_of(taken))
        elif key == "FN":
            found = re.match(r"(\d+),(?:(\d+),)?(.*)", rest)
            functions[found[3]] = int(found[1])
            current.functions.setdefault((int(found[1]), found[3]), 0)
        elif key == "FNDA":
            hits, name = rest.split(",", 1)
            if name in functions:
                current.functions[functions[name], name] += count_of(hits)
        elif key == "FNL":
            fields = rest.split(",")
            groups[fields[0]] = int(fields[1])
        elif key == "FNA":
            index, hits, name = rest.split(",", 2)
            place = groups[index], name
            current.functions[place] = current.functions.get(place, 0) + count_of(hits)
    return files


@reader
def read_go(data):
    lines = data.decode().splitlines()
    mode = lines[0].split(": ")[1]
    blocks = collections.defaultdict(dict)
    for text in lines[1:]:
        if text.startswith("mode: "):
            continue
        found = re.fullmatch(r"(.*):(\d+)\.(\d+),(\d+)\.(\d+) (\d+) (\d+)", text)
        block = tuple(map(int, found.groups()[1:6]))
        of_file = blocks[found[1]]
        of_file[block] = of_file.get(block, 0) + int(found[7])
    files = Files()
    files.counts = mode != "set"
    for name, of_file in blocks.items():
        file = files[name]
        touched = collections.defaultdict(list)
        for (line0, column0, line1, column1, statements), hits in of_file.items():
            if statements == 0 or (line0, column0) == (line1, column1):
                continue
            for line in range(line0, line1 + 1):
                if line < line1 or column1 > 1:
                    touched[line].append(min(hits, 1) if mode == "set" else hits)
        for line, hits in touched.items():
            file.add(line, max(hits), max)
            if min(hits) == 0 < max(hits):
                file.partial.add(line)
    return files


@reader
def read_luacov_report(data):
    files = Files()
    sections = re.split(rb"^={78}\n(.*)\n={78}\n", data, flags=re.M)
    for name, body in zip(sections[1::2], sections[2::2]):
        if name == b"Summary":
            break
        file = files[name.decode()]
        texts = body.split(b"\n")
        prefixes = [re.match(rb" *(\d+|\*+0)", text) for text in texts]
        # Right-aligned: counts end where the widest does.
        width = max((found.end() for found in prefixes if found), default=0)
        for line, text in enumerate(texts, 1):
            found = re.match(rb" *(\d+|\*+0)$", text[:width])
            if found:
                file.add(line, 0 if b"*" in found[1] else int(found[1]), max)
    return files


@reader
def read_luacov_stats(data):
    """What was hit; a 0 may be a line without code."""
    files = Files()
    lines = data.decode().splitlines()
    for head, counts in zip(lines[::2], lines[1::2]):
        file = files[head.split(":", 1)[1]]
        for line, hits in enumerate(map(int, counts.split()), 1):
            if hits > 0:
                file.add(line, hits, add)
    return files


# -- XML


@reader
def read_cobertura(root):
    files = Files()
    files.counts = not re.fullmatch(r"\d+\.\d+\S*", root.get("version", "")) or "complexity" not in root.attrib
    for each in root.iter("class"):
        file = files[each.get("filename")]
        own = each.find("lines")
        nodes = list(own) if own is not None and len(own) else list(each.iter("line"))
        for node in nodes:
            number = int(node.get("number"))
            file.add(number, int(node.get("hits")), max)
            found = re.search(r"\((\d+)/(\d+)\)", node.get("condition-coverage", ""))
            arms = [each.get("coverage") for each in node.iter("condition")]
            if not found and arms and set(arms) <= {"0", "1"} and number > 0:  # grcov
                file.counted[number, 0] = max(file.counted.get((number, 0), (0, 0)), (arms.count("1"), len(arms)))
            if found and number > 0:
                file.counted[number, 0] = max(file.counted.get((number, 0), (0, 0)), tuple(map(int, found.groups())))
        for method in each.iter("method"):
            first = method.find("lines/line")
            if first is not None:
                file.functions[int(first.get("number")), method.get("name")] = int(first.get("hits"))
    return files


@reader
def read_clover(root):
    files = Files()
    istanbul = root.get("clover") == "3.2.0"
    for node in root.iter("file"):
        file = files[node.get("path") or node.get("name")]
        lines = node.findall("line")
        for index, line in enumerate(lines):
            number = int(line.get("num"))
            true, false = (int(line.get(name, 0)) for name in ("truecount", "falsecount"))
            if line.get("type") == "cond" and (istanbul or "count" in line.attrib):
                file.counted[number, index] = true, true + false
            elif line.get("type") == "cond":
                file.counted[number, index] = (true > 0) + (false > 0), 2
            # PHPUnit's methods have a name, OpenClover's a signature. The former's line is code only if no statement follows.
            phpunit = line.get("type") == "method" and line.get("name") and not line.get("signature")
            if not phpunit or index + 1 == len(lines) or lines[index + 1].get("type") == "method":
                file.add(number, int(line.get("count", true + false)), max)
            if line.get("type") == "method":
                name = line.get("name") or line.get("signature") or ""
                file.functions[number, name] = int(line.get("count", 0))
    for name in [name for name, file in files.items() if not file.lines]:
        del files[name]
    return files


@reader
def read_jacoco(root):
    files = Files()
    files.counts = False

    def walk(node, groups):
        for group in node.findall("group"):
            walk(group, [*groups, group.get("name")])
        for package in node.findall("package"):
            folder = [*groups, *filter(None, [package.get("name")])]
            for source in package.findall("sourcefile"):
                file = files["/".join([*folder, source.get("name")])]
                for line in source.findall("line"):
                    number = int(line.get("nr"))
                    covered = [line.get(key) for key in ("ci", "cb")]
                    missed = int(line.get("mb", 0))
                    if covered == [None, None]:
                        continue
                    ran = int(covered[0]) if covered[0] is not None else int(covered[1])
                    file.add(number, min(ran, 1), max)
                    if missed + int(covered[1] or 0):
                        file.counted[number, 0] = int(covered[1]), missed + int(covered[1])
            for each in package.findall("class"):
                file = files["/".join([*folder, each.get("sourcefilename")])]
                for method in each.findall("method"):
                    counter = method.find("counter[@type='METHOD']")
                    if method.get("line"):
                        name = each.get("name").split("/")[-1] + "." + method.get("name")
                        place = int(method.get("line")), name
                        ran = int(counter.get("covered") != "0")
                        file.functions[place] = max(file.functions.get(place, 0), ran)

    walk(root, [])
    return files


@reader
def read_sonar(root):
    files = Files()
    files.counts = False
    for node in root.findall("file"):
        file = files[node.get("path")]
        for line in node.findall("lineToCover"):
            number = int(line.get("lineNumber"))
            file.add(number, int(line.get("covered") == "true"), max)
            if line.get("branchesToCover"):
                file.counted[number, 0] = int(line.get("coveredBranches", 0)), int(line.get("branchesToCover"))
    return files


@reader
def read_opencover(root):
    files = Files()
    for module in root.iter("Module"):
        names = {node.get("uid"): node.get("fullPath") for node in module.iter("File")}
        for point in module.iter("SequencePoint"):
            file = files[names[point.get("fileid")]]
            for line in range(int(point.get("sl")), int(point.get("el") or point.get("sl")) + 1):
                file.add(line, int(point.get("vc")), max)
        for point in module.iter("BranchPoint"):
            file = files[names[point.get("fileid")]]
            file.add_arm(int(point.get("sl")), point.get("offset"), point.get("path"), int(point.get("vc")))
    return files


XML = {
    "report": read_jacoco,
    "CoverageSession": read_opencover,
}


def read_xml(data):
    root = xml.etree.ElementTree.fromstring(data)
    if root.tag in XML:
        return XML[root.tag](root)
    if root.find("packages") is not None:
        return read_cobertura(root)
    return read_clover(root) if root.find("project") is not None else read_sonar(root)


# -- JSON


@reader
def read_coverage_json(report):
    files = Files()
    files.counts = False
    for name, node in report["files"].items():
        file = files[name]
        for line in node["executed_lines"]:
            file.add(line, 1, max)
        for line in node["missing_lines"]:
            file.add(line, 0, max)
        for key, taken in (("executed_branches", 1), ("missing_branches", 0)):
            for origin, target in node.get(key, []):
                file.add_arm(origin, 0, str(target), taken)
    return files


def istanbul_line(place):
    return (place.get("loc") or {}).get("start", {}).get("line") or place.get("line")


@reader
def read_istanbul(report):
    files = Files()
    for name, node in report.items():
        node = node.get("data", node)
        file = files[name]
        for key, statement in node["statementMap"].items():
            file.add(statement["start"]["line"], node["s"][key], max)
        for key, branch in node["branchMap"].items():
            for arm, taken in enumerate(node["b"][key]):
                file.add_arm(istanbul_line(branch), key, arm, taken)
        for key, function in node["fnMap"].items():
            place = function["decl"]["start"]["line"], function["name"]
            file.functions[place] = max(file.functions.get(place, 0), node["f"][key])
    return files


def llvm_lines(segments):
    """As llvm::coverage::LineCoverageStats works (llvm/lib/ProfileData/Coverage/CoverageMapping.cpp, 14)."""
    of_line = collections.defaultdict(list)
    for segment in segments:
        of_line[segment[0]].append(segment)
    lines, wrapped = {}, None
    for line in range(segments[0][0], segments[-1][0] + 1) if segments else []:
        here = of_line.get(line, [])
        starts = [s for s in here if s[3] and s[4] and not (len(s) > 5 and s[5])]
        skipped = bool(here) and not here[0][3] and here[0][4]
        mapped = not skipped and ((wrapped is not None and wrapped[3]) or bool(starts))
        if mapped or any(s[4] and s[3] for s in here):
            lines[line] = max([wrapped[2] if wrapped else 0, *(s[2] for s in starts)])
        if here:
            wrapped = here[-1]
    return lines


@reader
def read_llvm(report):
    files = Files()
    for part in report["data"]:
        for node in part["files"]:
            file = files[node["filename"]]
            for line, hits in llvm_lines(node.get("segments", [])).items():
                file.add(line, hits, add)
            for branch in node.get("branches", []):
                if branch[4] or branch[5] or len(branch) > 9:
                    place = tuple(branch[:4])  # of all instances of a template together
                    file.add_arm(branch[0], place, "true", branch[4])
                    file.add_arm(branch[0], place, "false", branch[5])
        for function in part.get("functions", []):
            name = function["filenames"][0]
            place = function["regions"][0][0], function["name"]
            files[name].functions[place] = files[name].functions.get(place, 0) + function["count"]
    return files


@reader
def read_gcov(report):
    files = Files()
    for node in report["files"]:
        file = files[node["file"]]
        times = collections.Counter()
        for line in node["lines"]:
            number = line["line_number"]
            file.add(number, line["count"], add)
            if line.get("unexecuted_block") and line["count"] > 0:
                file.partial.add(number)
            for index, branch in enumerate(line.get("branches", [])):
                file.add_arm(number, "", index, branch["count"])  # of all instances of a template together
                if branch.get("throw"):
                    file.alone.add((number, "", index))
            times[number] += 1
        for function in node["functions"]:
            place = function["start_line"], function.get("demangled_name") or function["name"]
            hits = function["execution_count"]
            file.functions[place] = file.functions.get(place, 0) + max(hits, 0)
    return files


def ruby_branches(file, branches, command):
    for group, arms in branches.items():
        line = int(group.strip("[]").split(", ")[2])
        for arm, taken in arms.items():
            file.add_arm(line, group, arm, taken)


@reader
def read_simplecov(report):
    newest = max(command.get("timestamp", 0) for command in report.values())
    files = Files()
    merged = {}
    for name, command in report.items():
        if command.get("timestamp", newest) < newest - 600:
            continue
        for path, node in command["coverage"].items():
            node = node if isinstance(node, dict) else {"lines": node}
            lines = node["lines"]
            before = merged.get(path)
            # SimpleCov::Combine::LinesCombiner, 0.22: code is what both call code, or one hit.
            if before is None:
                merged[path] = list(lines)
            else:
                for index in range(max(len(before), len(lines))):
                    pair = [some[index] if index < len(some) else None for some in (before, lines)]
                    total = sum(value or 0 for value in pair)
                    value = None if total == 0 and None in pair else total
                    if index < len(before):
                        before[index] = value
                    else:
                        before.append(value)
            ruby_branches(files[path], node.get("branches") or {}, name)
    for path, lines in merged.items():
        for line, hits in enumerate(lines, 1):
            if hits is not None:
                files[path].add(line, hits, add)
    return files


@reader
def read_simplecov_json(report):
    files = Files()
    for path, node in report["coverage"].items():
        for line, hits in enumerate(node["lines"], 1):
            if isinstance(hits, int):
                files[path].add(line, hits, add)
        for index, branch in enumerate(node.get("branches") or []):
            files[path].add_arm(branch["report_line"] if "report_line" in branch else branch["start_line"],
                                index, branch["type"], branch["coverage"])
    return files


def read_json(data):
    report = json.loads(data)
    if "data" in report and report.get("type") == "llvm.coverage.json.export":
        return read_llvm(report)
    if "current_working_directory" in report:
        return read_gcov(report)
    if "simplecov_version" in report.get("meta", {}):
        return read_simplecov_json(report)
    if "meta" in report and "files" in report:
        return read_coverage_json(report)
    if all("statementMap" in node.get("data", node) for node in report.values()):
        return read_istanbul(report)
    if all("coverage" in node for node in report.values()):
        return read_simplecov(report)
    raise ValueError("no report")


def read(path):
    """Raises ValueError or KeyError if it is no report."""
    data = content(path)
    if data.startswith(b"mode: "):
        return read_go(data)
    if data.startswith(b"=" * 78):
        return read_luacov_report(data)
    if re.match(rb"\d+:", data):
        return read_luacov_stats(data)
    if data.lstrip()[:1] == b"<":
        return read_xml(data)
    if data.lstrip()[:1] == b"{":
        return read_json(data)
    if re.match(rb"(TN|SF|KF):", data.lstrip(b"\xef\xbb\xbf")):
        return read_lcov(data)
    raise ValueError("no report")


# -- what reports say of their own sums


def lcov_totals(data):
    """[(name, {"LF": n ...})] of each section."""
    sections, current = [], None
    for line in data.decode("utf-8", "surrogateescape").split("\n"):
        key, _, rest = line.rstrip().partition(":")
        if key == "SF":
            current = {}
            sections.append((rest, current))
        elif key in ("LF", "LH", "BRF", "BRH") and current is not None:
            current[key] = int(rest)
    return sections


def xml_totals(root):
    """{key: n} of the whole report: lines, covered, branches, taken; of a file, by its name."""
    if root.tag == "report":
        result = {}
        for counter in root.findall("counter"):
            missed, covered = int(counter.get("missed")), int(counter.get("covered"))
            keys = {"LINE": ("lines", "covered"), "BRANCH": ("branches", "taken")}.get(counter.get("type"))
            if keys:
                result |= {keys[0]: missed + covered, keys[1]: covered}
        return result
    if "lines-valid" in root.attrib:
        keys = {"lines": "lines-valid", "covered": "lines-covered", "branches": "branches-valid", "taken": "branches-covered"}
        return {key: int(root.get(name)) for key, name in keys.items() if root.get(name)}
    metrics = root.find("project/metrics")
    if metrics is None:
        return {}
    keys = {"lines": "statements", "covered": "coveredstatements", "branches": "conditionals", "taken": "coveredconditionals"}
    return {key: int(metrics.get(name)) for key, name in keys.items()}


def totals(path):
    """Of all files together: {"lines", "covered", "branches", "taken"}, as far as they are told."""
    data = content(path)
    if data.lstrip()[:1] == b"<":
        return xml_totals(xml.etree.ElementTree.fromstring(data))
    if data.lstrip()[:1] == b"{":
        report = json.loads(data)
        if "totals" in report and "num_statements" in report["totals"]:
            of = report["totals"]
            result = {"lines": of["num_statements"], "covered": of["covered_lines"]}
            if "num_branches" in of:
                result |= {"branches": of["num_branches"], "taken": of["covered_branches"]}
            return result
        if report.get("type") == "llvm.coverage.json.export":
            of = report["data"][0]["totals"]
            return {"lines": of["lines"]["count"], "covered": of["lines"]["covered"]}
        return {}
    if re.match(rb"(TN|SF|KF):", data):
        sections = lcov_totals(data)
        if len({name for name, _ in sections}) < len(sections):
            return {}  # the same file twice: its sums do not add up
        result = collections.Counter()
        for _, of in sections:
            if "LF" not in of:
                return {}
            for key, name in (("lines", "LF"), ("covered", "LH"), ("branches", "BRF"), ("taken", "BRH")):
                result[key] += of.get(name, 0)
        return dict(result)
    return {}


# -- text reports


def gcov_text(path):
    """A .gcov file: {line: (hits, partial)}. Where a line has several functions, their sum comes first."""
    lines = {}
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        for text in file:
            found = re.match(r" *(-|#####|=====|%%%%%|\$\$\$\$\$|\d+)(\*?): *(\d+):", text)
            if found and found[1] != "-" and int(found[3]) not in lines and found[3] != "0":
                hits = int(found[1]) if found[1].isdigit() else 0
                lines[int(found[3])] = hits, found[2] == "*"
    return lines


def llvm_show(path):
    """llvm-cov show: {name: {line: hits or None if they were rounded}}"""
    files, current = {}, None
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        for text in file:
            if found := re.fullmatch(r"(/.*):\n", text):
                current = files.setdefault(found[1], {})
            elif (found := re.match(r" *(\d+)\| *(\d+|[\d.]+[kMGTPEZY])\|", text)) and current is not None:
                # Instantiations come after their sum.
                current.setdefault(int(found[1]), int(found[2]) if found[2].isdigit() else None)
    return files


def go_functions(text):
    """go tool cover -func: [(file, line, percent)], the last of the total."""
    rows = re.findall(r"^(\S+?):(?:(\d+):)?\s+(\S+)\s+([\d.]+)%$", text, re.M)
    return [(file, int(line) if line else None, float(percent)) for file, line, _, percent in rows]


def is_report(path):
    try:
        return bool(os.path.getsize(path)) and read(path) is not None
    except (ValueError, KeyError, AttributeError, TypeError, IndexError, UnicodeDecodeError, xml.etree.ElementTree.ParseError):
        return False
