"""Random Python programs full of jumps, constant tests and dead code.

    programs(seed, count, flat) yields texts; `flat` ones have no code objects in functions, which keeps
    out what 3.10 and 3.11 do with those in dead code.

Not each of them is accepted by each version of Python.
"""
import random

TESTS = ["x"] * 6 + """0 1 True False None|not 0|not x|x and 0|x or 1|__debug__|'s'|''|not __debug__
x and 1|0 or x|1 if x else 2|0 if x else 0|-1|1 + 1|()|(1, 2)|x == 1|...|1 < 2|0.0|b''|not (x or 1)
1 and 2|0 or 0|not not 1|'abc'[0]|f'a'|[]|(x, 1)|('' 'a')|not (1 and (0 or ''))""".replace(
    "\n", "|").replace("0 1 True False None", "0|1|True|False|None").split("|")

SIMPLE = ["x = y"] * 4 + ["f(x)"] * 4 + [
    "pass", "'str'", "5", "...", "x += 1", "del x", "import os", "from os import path", "assert x",
    "assert False", "assert 1", "assert 0, 'm'", "raise E", "raise E('m') from x", "x: int",
    "x: int = 1", "(x): int", "x.y: int", "x[0]: int", "x = lambda: 0", "x = [a for a in b]",
    "x = (a for a in b)", "x = {a: b for a in c}", "f(a=1)", "f'{x}'", "b'x'", "x = 'a' 'b'",
    "x = (1, 2)", "x = None", "x = 7", "x = 'q'", "del ()", "x: List[lambda: 0]", "x; y",
    "pass; x = 3", "y: int; x = 3", "x if 0 else y", "x = [1,\n        2]", "f(x,\n      y=2)",
    "x = \\\n        3", "'''a\n    b'''", "x = '''a\n   b'''; y = (1,\n   2)", "raise E; raise F"]

IN_FUNCTION = ["return", "return x", "return 1", "return (x,\n        y)", "return None",
               "global gg", "x = (yield)", "x; return", "return; x", "return; raise E"]

IN_LOOP = ["break", "continue", "x; break", "break", "continue", "break; x", "continue; break"]

DOCSTRINGS = ["'doc'", "'''doc\n   more'''", "('doc'\n   'more')", "r'doc'", "'a' 'b'"]


class Program:
    def __init__(self, rng, flat):
        self.r = rng
        self.flat = flat
        self.lines = []
        self.names = 0

    def name(self):
        self.names += 1
        return f"n{self.names}"

    def line(self, indent, text):
        remark = "  # pragma: no cover" if self.r.random() < 0.02 and not text.endswith("\\") else ""
        self.lines.append("    " * indent + text + remark)
        if self.r.random() < 0.03:
            self.lines.append(self.r.choice(["", "    " * indent + "# comment"]))

    def simple(self, loop, function):
        choices = SIMPLE + (IN_FUNCTION if function else []) + (IN_LOOP if loop else [])
        if self.flat:
            choices = [c for c in choices if "lambda" not in c and " for " not in c]
        text = self.r.choice(choices)
        return text.replace("gg", f"gg{self.name()}")

    def suite(self, indent, depth, loop, function, body=False):
        if body and self.r.random() < 0.25:
            self.line(indent, self.r.choice(DOCSTRINGS))
            if self.r.random() < 0.3:
                return
        for _ in range(self.r.choice([1, 1, 2, 2, 3, 4])):
            self.statement(indent, depth, loop, function)

    def clause(self, indent, head, depth, loop, function, body=False):
        if self.r.random() < 0.08:
            simple = self.simple(loop, function).replace("global", "x#")
            self.line(indent, head + " " + simple)
            return
        if self.r.random() < 0.05:
            head = head.replace("(", "(\n", 1)
        self.line(indent, head)
        self.suite(indent + 1, depth + 1, loop, function, body)

    def statement(self, indent, depth, loop, function):
        if self.flat and depth == 0:
            self.line(indent, f"def {self.name()}():")
            self.suite(indent + 1, 1, False, True, True)
        elif depth > 4 or self.r.random() < 0.5:
            self.line(indent, self.simple(loop, function))
        else:
            kinds = ["if", "if", "if", "loop", "loop", "try", "try", "with", "match"]
            kind = self.r.choice(kinds + ([] if self.flat else ["def", "class"]))
            getattr(self, kind + "_")(indent, depth, loop, function)

    def if_(self, indent, depth, loop, function):
        self.clause(indent, f"if {self.r.choice(TESTS)}:", depth, loop, function)
        while self.r.random() < 0.3:
            self.clause(indent, f"elif {self.r.choice(TESTS)}:", depth, loop, function)
        if self.r.random() < 0.5:
            self.clause(indent, "else:", depth, loop, function)

    def loop_(self, indent, depth, loop, function):
        head = self.r.choice(["for x in y:", "for x in f(y):", "for x in ():"])
        if self.r.random() < 0.5:
            head = f"while {self.r.choice(TESTS)}:"
        self.clause(indent, head, depth, True, function)
        if self.r.random() < 0.25:
            self.clause(indent, "else:", depth, loop, function)

    def with_(self, indent, depth, loop, function):
        heads = ["with x:", "with f(x) as y:", "with x, y:", "with f(x) as y, f(\n      z) as w:"]
        self.clause(indent, self.r.choice(heads), depth, loop, function)

    def try_(self, indent, depth, loop, function):
        self.clause(indent, "try:", depth, loop, function)
        parts = self.r.choice(["e", "ef", "f", "ee", "eel", "el", "elf"])
        heads = ["except E:", "except E as e:", "except (E, F):"]
        for _ in range(parts.count("e")):
            self.clause(indent, self.r.choice(heads), depth, loop, function)
        if "l" in parts:
            self.clause(indent, "else:", depth, loop, function)
        if "f" in parts:
            self.clause(indent, "finally:", depth, loop, function)

    def match_(self, indent, depth, loop, function):
        self.line(indent, "match x:")
        for _ in range(self.r.choice([0, 1, 2])):
            guard = self.r.choice(["", "", " if x", " if 0", " if 1"])
            patterns = ["1", "[a, b]", "A(b=c)", "1 | 2", "{'a': 3}"] + (["_", "z"] if guard else [])
            head = f"case {self.r.choice(patterns)}{guard}:"
            self.clause(indent + 1, head, depth + 1, loop, function)
        pattern = self.r.choice(["_", "z", "2", "3 | _", "(_)", "(5 | _) as w", "[*_]"])
        guard = self.r.choice(["", "", "", " if x", " if 1", " if 0"])
        self.clause(indent + 1, f"case {pattern}{guard}:", depth + 1, loop, function)

    def def_(self, indent, depth, loop, function):
        for _ in range(self.r.choice([0, 0, 0, 1, 2])):
            self.line(indent, self.r.choice(["@dec", "@dec(1)", "@dec(\n        x)"]))
        head = self.r.choice([
            "def {}():", "def {}(a=1):", "def {}(a: int) -> str:", "async def {}():",
            "def {}(a,\n           b=lambda: 0):"])
        self.clause(indent, head.format(self.name()), depth, False, True, True)

    def class_(self, indent, depth, loop, function):
        for _ in range(self.r.choice([0, 0, 0, 1])):
            self.line(indent, "@dec")
        head = self.r.choice(["class {}:", "class {}(B, metaclass=M):"])
        self.clause(indent, head.format(self.name()), depth, False, False, True)


def programs(seed, count, flat=False):
    for i in range(count):
        p = Program(random.Random(f"{seed} {i} {flat}"), flat)
        p.suite(0, 0, False, False, True)
        if i % 2:
            p.suite(0, 0, False, False)
        yield "\n".join(p.lines) + "\n"
