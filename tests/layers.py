"""Fails when a file includes a header of a room below its own.

The order of the rooms is the order of covls_room() in CMakeLists.txt. A header that only its own
room uses lies beside the source; one that others use lies in include/<room>/.
"""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
order = re.findall(r"^covls_room\((\w+)", (root / "CMakeLists.txt").read_text(), re.M)
rank = {name: i for i, name in enumerate(order)}
files = sorted([*root.glob("lsp/*/*.[ch]"), *root.glob("include/*/*.h")])
bad = []
for path in files:
    room = path.parent.name
    if room not in rank:
        bad.append(f"{path.relative_to(root)}: '{room}' is no room of CMakeLists.txt")
        continue
    for used in re.findall(r'^\s*#\s*include "(\w+)/', path.read_text(), re.M):
        if used not in rank:
            bad.append(f"{path.relative_to(root)} includes {used}/, which is no room")
        elif rank[used] > rank[room]:
            bad.append(f"{path.relative_to(root)} includes {used}/, which is below it")
    if "uv.h>" in path.read_text() and room not in ("platform", "server"):
        bad.append(f"{path.relative_to(root)} includes uv.h: only platform/ and server/ know the loop")
    if "sqlite3.h>" in path.read_text() and room not in ("data", "store"):
        bad.append(f"{path.relative_to(root)} includes sqlite3.h: only data/ and store/ know databases")
    if "expat.h>" in path.read_text() and path.name != "xml_stream.c":
        bad.append(f"{path.relative_to(root)} includes expat.h: only xml_stream.c sets its limits")
if len(order) < 2 or not files:
    bad.append("nothing was checked: no rooms or no files found")
print(f"{len(files)} files in {len(order)} rooms")
sys.exit("\n".join(bad) or 0)
