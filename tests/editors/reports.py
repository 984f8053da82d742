"""Projects of several languages with the reports of real tools, for the tests of the editors.

reports.py FOLDER    makes them in FOLDER; what is missing on this machine is left out and said

FOLDER/reports.json is then a list, of each project:
    name      the tool and the form of its report
    missing   why it could not be made; then there is nothing else
    source    the source file to be opened
    report    the one report that is left in the project
    states    the state of each line of the source that has one, by its number
    optional  those of the lines of which the tool does not say whether they have a state
The states are tests/support/report_oracle.py's reading of the report; for Go, whose profile has places
in the text and no lines, those of the page that `go tool cover -html` makes.

FOLDER/picture.txt is for a picture: the source, the line to begin with, and then, a tab between them,
states and texts of lines that are short, and in no other line of the page.
"""

import collections
import html
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))
import report_makers  # noqa: E402
import report_oracle  # noqa: E402

# kind, report, source; each kind with a seed of its own
PROJECTS = (
    ("gcc", "lcov", "work.c"),
    ("gcc", "gcov work.c", "work.c"),
    ("go", "go", "work.go"),
    ("nyc", "istanbul", "work.js"),
    ("c8", "lcov", "work.js"),
    ("jest", "Clover", "work.js"),
    ("ruby", "simplecov", "work.rb"),
)
PAGE, WIDTH = 30, 60


def oracle_states(report, source):
    files = report_oracle.read(report)
    (name,) = (name for name in files if name.split("/")[-1] == source)
    return files[name].states(), []


def go_states(page):
    """Of the page's only file. A line of a brace or of blanks alone may be left without a state, and so may
    the short end of a statement over several lines, which by its columns looks like a brace."""
    body = re.search(r'<pre class="file"[^>]*>(.*?)</pre>', page, re.S)[1]
    texts, ran, line = collections.defaultdict(list), None, 1
    for part in re.split(r"(<span[^>]*>|</span>)", body):
        if found := re.match(r'<span class="cov(\d+)"', part):
            ran = found[1] != "0"
        elif part == "</span>":
            ran = None
        else:
            for index, text in enumerate(html.unescape(part).split("\n")):
                line += index > 0
                if ran is not None:
                    texts[line].append((ran, text.strip()))
    states, optional = {}, []
    for line, parts in texts.items():
        seen = {ran for ran, text in parts if text.strip("{}")}
        if not any(len(text.strip("{}")) > 3 for _, text in parts):
            optional.append(line)
        if not seen:
            seen = {ran for ran, _ in parts}
        states[line] = "partial" if len(seen) > 1 else "covered" if seen == {True} else "missed"
    return states, optional


def make(folder, seed, kind, label, source):
    folder.mkdir()
    (folder / ".git").mkdir()  # the top of a project
    made = report_makers.make(kind, folder, seed)
    for other, path in made.reports.items():
        if other != label:
            path.unlink()
    report = made.reports[label]
    if kind == "go":
        states, optional = go_states(made.texts["html"].read_text())
    else:
        states, optional = oracle_states(report, source)
    return {"source": str(folder / source), "report": str(report), "states": states, "optional": optional}


def picture(project):
    texts = [text.strip() for text in pathlib.Path(project["source"]).read_text().splitlines()]
    short = [0 < len(text) < WIDTH for text in texts]
    states = project["states"]
    for top in range(1, len(texts)):
        page = range(top, min(top + PAGE, len(texts) + 1))
        alone = [n for n in page if short[n - 1] and sum(texts[n - 1] in texts[other - 1] for other in page) == 1]
        if {"covered", "partial", "missed", None} <= {states.get(n) for n in alone}:
            return [project["source"], str(top), *(f"{states.get(n, '')}\t{texts[n - 1]}" for n in alone)]
    raise ValueError("no page with all states")


def main():
    folder = pathlib.Path(sys.argv[1]).resolve()
    projects = []
    for seed, (kind, label, source) in enumerate(PROJECTS, 1):
        project = {"name": f"{kind}, {label.split()[0]}"}
        try:
            project |= make(folder / f"{kind}-{seed}", seed, kind, label, source)
        except report_makers.Missing as missing:
            project["missing"] = str(missing)
        projects.append(project)
    (folder / "reports.json").write_text(json.dumps(projects))
    if "missing" not in projects[0]:
        (folder / "picture.txt").write_text("\n".join(picture(projects[0])) + "\n")


main()
