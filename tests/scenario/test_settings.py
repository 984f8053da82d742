"""`covls config`, and that editors and documents name every setting as the table of settings has it."""

import json
import os
import re

from client import *

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
# What concerns the extension alone: the server knows nothing of it.
OF_VSCODE = {"gutter", "showCovered", "showChanged", "showExcluded", "overviewRuler", "stale", "path", "args", "trace.server"}
# How the option is called in Neovim's setup(), where it isn't the key in the style of Lua.
OF_NEOVIM = {"diagnostics.severity": "severity"}


def read(name):
    with open(os.path.join(ROOT, name), encoding="utf-8") as file:
        return file.read()


def schema():
    code, out, err = run("config", "--schema")
    equal((code, err), (0, ""))
    properties = json.loads(out)["properties"]
    for key, row in properties.items():
        true(key.startswith("covls."), key)
        true({"type", "default", "description"} <= set(row), f"{key}: {row}")
    return {key[len("covls."):]: row for key, row in properties.items()}


def test_vscode_has_every_setting():
    table = schema()
    settings = json.loads(read("editors/vscode/package.json"))["contributes"]["configuration"]["properties"]
    settings = {key[len("covls."):]: row for key, row in settings.items()}
    equal(set(settings), set(table) | OF_VSCODE)
    for key, row in table.items():
        mine = settings[key]
        equal((mine["type"], mine["default"]), (row["type"], row["default"]), key)
        equal(sorted(mine.get("enum", [])), sorted(row.get("enum", [])), key)


def neovim_name(key):
    return OF_NEOVIM.get(key) or re.sub("[A-Z]", lambda m: "_" + m[0].lower(), key)


def test_neovim_has_every_setting():
    text = read("editors/nvim/doc/covls.txt")
    options = text[text.index("*covls-options*", text.index("==")):]
    given = read("editors/nvim/lua/covls/config.lua")
    for key, row in schema().items():
        name = neovim_name(key)
        line = re.search(rf"^\t  {name} = (\S+),", options, re.M)
        true(line, f"no {name} in the help")
        default = {"nil": row["default"] or None, "{}": []}.get(line[1], line[1].strip("'"))
        equal(default or None, row["default"] or None, f"{name} in the help")
        true(re.search(rf"---@field {name}\?", given), f"no {name} in config.lua")


def test_the_documents_have_every_setting():
    for document, mark in (("README.md", "covls."), ("editors/PROTOCOL.md", "")):
        text = read(document)
        for key, row in schema().items():
            line = re.search(rf"^\| `{mark}{re.escape(key)}` \|.*$", text, re.M)
            true(line, f"no {key} in {document}")
            for word in row.get("enum", []):
                true(f"`{word}`" in line[0] or f'"{word}"' in line[0], f"no {word} at {key} in {document}")


def config(*args, cwd, **env):
    code, out, err = run("config", "--json", *args, cwd=cwd, env=env)
    equal((code, err), (0, ""))
    return json.loads(out)


def test_values_and_origins():
    with Folder() as folder:
        settings = config(cwd=folder.path)["settings"]
        equal(set(settings), {"covls." + key for key in schema()})
        equal({row["origin"] for row in settings.values()}, {"default"})
        settings = config("--python=3.12", cwd=folder.path, COVERAGE_FILE="/data/cov")["settings"]
        data, python = settings["covls.dataFile"], settings["covls.pythonVersion"]
        equal((data["value"], data["origin"], data["variable"]), ("/data/cov", "environment", "COVERAGE_FILE"))
        equal((python["value"], python["origin"]), ("3.12", "command line"))
        # The command line wins.
        data = config("--data-file=mine", cwd=folder.path, COVERAGE_FILE="/data/cov")["settings"]["covls.dataFile"]
        equal((data["value"], data["origin"]), ("mine", "command line"))
        equal(run("config", "--python=2", cwd=folder.path)[0], 2)


def test_the_project():
    with Folder() as folder:
        project = config(cwd=folder.path)["project"]
        equal((project["folder"], project["config"], project["options"]), (folder.path, None, []))
        folder.write("pkg/.coveragerc", "[run]\nbranch = true\nparallel = false\n[report]\nomit = a/*\n    b/*\n[paths]\nall =\n  src\n  /ci/src\n")
        folder.write("pkg/a.py", "")
        for place, cwd in (("pkg", folder.path), ("pkg/a.py", folder.path), (".", folder / "pkg")):
            project = config(place, cwd=cwd)["project"]
            equal((project["folder"], project["config"]), (folder / "pkg", ".coveragerc"))
            equal(
                {row["name"]: (row["value"], row["default"]) for row in project["options"]},
                {
                    "[run] branch": ("true", "false"),
                    "[report] omit": ("a/*, b/*", "none"),
                    "[paths] all": ("src, /ci/src", "none"),
                },
            )
        true("  [paths] all                  src, /ci/src (" in run("config", "pkg", cwd=folder.path)[1], "no [paths]")
        folder.write("pkg/.coveragerc", "[report]\nexclude_lines = (\n")
        project = config("pkg", cwd=folder.path)["project"]
        true("exclude_lines" in project["trouble"], project)
        text = run("config", "pkg", cwd=folder.path)[1]
        true(project["trouble"] in text, text)
        for key in schema():
            true("  covls." + key + " " in text, f"no {key} in {text}")


def test_values_that_are_refused():
    """They are told of, once when they come and whenever somebody asks, and what was in force stays."""
    must = "must be an object with the texts from and to"
    refused = [
        ({"dataFile": 3}, "covls.dataFile: must be a string"),
        ({"dataFile": ["a"]}, "covls.dataFile: must be a string"),
        ({"pathMappings": "/ci=."}, "covls.pathMappings: must be a list of objects with the texts from and to"),
        ({"pathMappings": {"/ci": "."}}, "covls.pathMappings: must be a list of objects with the texts from and to"),
        ({"pathMappings": [{"form": "/ci", "to": "."}]}, f"covls.pathMappings: element 1 {must}"),
        ({"pathMappings": [{"from": "/a", "to": "."}, {"from": "/b", "to": 1}]}, f"covls.pathMappings: element 2 {must}"),
        ({"pythonVersion": 3.12}, "covls.pythonVersion: must be a string"),
        ({"pythonVersion": "three"}, "covls.pythonVersion: 'three' is not a version of Python such as 3.12"),
        ({"runs": "onion"}, "covls.runs: 'onion' is not one of: replace union"),
        ({"diagnostics": {"severity": "fatal"}},
         "covls.diagnostics.severity: 'fatal' is not one of: off error warning information hint"),
        ({"diagnostics.severity": "fatal"},
         "covls.diagnostics.severity: 'fatal' is not one of: off error warning information hint"),
        ({"diagnostics": "off"}, "covls.diagnostics: must be an object of settings"),
        ({"diagnostics": {"sevrity": "off"}}, "covls.diagnostics.sevrity: there is no such setting; covls config lists them all"),
        ({"run": "union"}, "covls.run: there is no such setting; covls config lists them all"),
        ({"Runs": {"union": True}}, "covls.Runs: there is no such setting; covls config lists them all"),
        ("union", "covls: the settings must be an object"),
    ]
    with Folder() as folder, Server() as server:
        folder.write("setup.cfg", "")
        source = folder.write("a.py", "x = 1\n", age=60)
        server.initialize(folder.path)
        uri = server.open(source)

        def settings():
            server.settled(uri)
            why = server.call("workspace/executeCommand", {"command": "covls.explain", "arguments": [uri]})
            at = [row["head"] for row in why["rows"]].index("settings")
            end = next(i for i in range(at + 1, len(why["rows"])) if why["rows"][i]["head"])
            return [row["text"] for row in why["rows"][at:end]]

        for value, message in refused:
            mark = server.mark()
            server.notify("workspace/didChangeConfiguration", {"settings": {"covls": value}})
            equal(settings(), [message])
            told = server.messages("window/showMessage", mark) + server.messages("window/logMessage", mark)
            equal([m["message"] for m in told], [message])
            # The same again is not told again, but it is still wrong.
            mark = server.mark()
            server.notify("workspace/didChangeConfiguration", {"settings": {"covls": value}})
            equal(settings(), [message])
            strange = message.endswith(("them all", "object", "of settings"))
            equal(len(server.messages("window/showMessage", mark)), 0 if strange else 1)
            key = next(iter(value))
            null = {"diagnostics": {"severity": None}} if key == "diagnostics" else {key: None}
            null = {} if strange else null
            server.notify("workspace/didChangeConfiguration", {"settings": {"covls": null}})
            equal(settings(), ["all by default"])
        server.notify("workspace/didChangeConfiguration", {"settings": {"covls": {"diagnostics.severity": "error"}}})
        equal(settings(), ['covls.diagnostics.severity: "error", from the editor'])


def test_settings_of_the_client_are_its_own():
    """What editors keep beside covls's settings is not told of."""
    package = json.loads(read("editors/vscode/package.json"))
    names = [key.removeprefix("covls.") for key in package["contributes"]["configuration"]["properties"]]
    with Folder() as folder, Server() as server:
        flat = {key: "" for key in names}
        nested = {key: "" for key in names if "." not in key} | {"trace": {"server": "off"}, "diagnostics": {"severity": ""}}
        server.initialize(folder.path, options={**flat, "pathMappings": []})
        for settings in (flat, nested, None):
            server.notify("workspace/didChangeConfiguration", {"settings": {"covls": settings}})
        server.status()
        equal(server.messages("window/showMessage"), [])


def test_a_relative_data_file_in_several_workspace_folders():
    """Each folder has its own; one that is only in another folder counts as well."""
    lcov = "SF:%s\nDA:1,1\nDA:2,%d\nend_of_record\n"
    with Folder() as folder, Server() as server:
        sources = [folder.write(f"{name}/a.js", "f();\ng();\n", age=60) for name in ("one", "two", "three")]
        folder.write("one/out/cov.info", lcov % ("a.js", 0) + lcov % (sources[2], 0))
        folder.write("two/out/cov.info", lcov % ("a.js", 1))
        roots = [{"uri": uri_of(folder / name), "name": name} for name in ("one", "two", "three")]
        options = {"coverage": True, "dataFile": "out/cov.info"}
        server.call("initialize", {"processId": None, "capabilities": {}, "workspaceFolders": roots, "initializationOptions": options})
        server.notify("initialized", {})
        found = [server.settled(server.open(path)) for path in sources]
        equal([c["data"] and os.path.relpath(c["data"]["path"], folder.path) for c in found],
              ["one/out/cov.info", "two/out/cov.info", "one/out/cov.info"])
        equal([states(c).get(1) for c in found], ["missed", "covered", "missed"])
        # Where it is nowhere, the one of the own folder is told.
        server.notify("workspace/didChangeConfiguration", {"settings": {"covls": {"dataFile": "none.info"}}})
        told = server.settled(uri_of(sources[1]))["reason"]["message"]
        true(f"'{folder / 'two/none.info'}', the data file that is set, is not there" in told, told)


main(globals())
