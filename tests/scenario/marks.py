"""What a client that takes covls/coverageChange has of a document: the plainest way to apply the messages,
line by line, as editors/PROTOCOL.md has it."""

from client import Failed


def lines_of(runs):
    """{line: (state, the run it is of)}; the second tells one partial statement from the next."""
    return {line: (run["state"], run["start"]) for run in runs for line in range(run["start"], run["end"] + 1)}


class Marks:
    """The marks of one document, from the messages that `server` has received so far."""

    def __init__(self, server, uri):
        self.server, self.uri = server, uri
        self.taken = 0
        self.lines = None  # {line: (state, id of its partial statement)}; None: nothing has been sent
        self.members = {}
        self.version = None
        self.full, self.changes = 0, 0  # messages of each kind
        self.serial = 0  # edits

    def take(self):
        """Applies what has come since the last time. Gives itself."""
        messages = self.server.received
        while self.taken < len(messages):
            message = messages[self.taken]
            self.taken += 1
            if message.get("method") == "covls/coverage" and message["params"]["uri"] == self.uri:
                self._take_all(message["params"])
            if message.get("method") == "covls/coverageChange" and message["params"]["uri"] == self.uri:
                self._take_change(message["params"])
        return self

    def _take_members(self, params):
        for key, value in params.items():
            if key not in ("uri", "version", "runs", "edits"):
                if value is None and "edits" in params:
                    raise Failed(f"a change says that '{key}' has gone: it should have said all")
                self.members[key] = value
        self.version = params["version"]

    def _take_all(self, params):
        self.full += 1
        self.lines = lines_of(params["runs"])
        self.members = {}
        self._take_members(params)

    def _take_change(self, params):
        if self.lines is None:
            raise Failed("a change, and there is nothing to change")
        self.changes += 1
        for edit in params["edits"]:
            self._edit(**edit)
        self._take_members(params)

    def _edit(self, start, removed, inserted, runs):
        self.serial += 1
        after = {}
        same = removed == inserted  # no line moves; only a partial statement may be cut
        if same and self.lines.get(start + removed, (None,))[0] != "partial":
            for line in range(start, start + removed):
                self.lines.pop(line, None)
            after, self.lines = self.lines, {}
        for line, (state, id) in self.lines.items():
            if line < start:
                after[line] = (state, id)
            elif line >= start + removed:
                # The two pieces of a statement that was cut are two.
                after[line - removed + inserted] = (state, (id, self.serial))
        for run in runs:
            if not start <= run["start"] <= run["end"] < start + inserted:
                raise Failed(f"a run that is not of the inserted lines: {run}")
            for line in range(run["start"], run["end"] + 1):
                after[line] = (run["state"], (run["start"], self.serial, "new"))
        self.lines = after

    def runs(self):
        """As covls/coverage has them."""
        runs, before = [], None
        for line, (state, id) in sorted(self.lines.items()):
            same = before and before[0] + 1 == line and before[1] == state
            if same and (state != "partial" or before[2] == id):
                runs[-1]["end"] = line
            else:
                runs.append({"start": line, "end": line, "state": state})
            before = (line, state, id)
        return runs

    def states(self):
        return {line: state for line, (state, _) in self.lines.items()}

    def text(self, lines):
        """One letter a line: '.' for none, else the state's first."""
        return "".join(self.lines.get(n, (".",))[0][0] for n in range(lines))

    def wait(self, found, what="the marks"):
        """Waits until found(itself) is true."""
        return self.server.wait(lambda: self.take().lines is not None and found(self) and self, what)
