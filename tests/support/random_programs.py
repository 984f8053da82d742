"""The same random program in several languages: functions full of decisions, some of which run.

    program(language, seed)     [(file name, text)]; language: c cpp go js ruby java python
The first file has functions, of which the second calls some. Nothing is printed, everything ends.
"""

import random


class Writer:
    """What the languages have in common: braces, `if (...)`, `x = y;`."""

    end = ";"
    comment = "//"

    def __init__(self, rng):
        self.r = rng
        self.lines = []
        self.fresh = 0
        self.functions = 0

    indent = "    "

    def line(self, depth, text=""):
        self.lines.append((self.indent * depth + text).rstrip())

    def name(self):
        self.fresh += 1
        return f"t{self.fresh}"

    # -- expressions

    def value(self, depth=0):
        kind = self.r.random()
        if depth > 2 or kind < 0.45:
            return self.r.choice(["a", "b", "n", str(self.r.randint(0, 9))])
        if kind < 0.85:
            return f"({self.value(depth + 1)} {self.r.choice('+-')} {self.value(depth + 1)})"
        if kind < 0.92 and self.functions >= 3 and depth < 2:  # the first call none: no storms of calls
            return f"f{self.r.randrange(3)}({self.value(3)}, {self.value(3)})"
        return self.conditional(self.test(2), self.value(2), self.value(2))

    def conditional(self, test, yes, no):
        return f"({test} ? {yes} : {no})"

    def test(self, depth=0):
        if depth > 1 or self.r.random() < 0.6:
            return f"{self.value(2)} {self.r.choice(['<', '>', '==', '!='])} {self.value(2)}"
        return f"({self.test(depth + 1)} {self.r.choice(['&&', '||'])} {self.test(depth + 1)})"

    # -- statements

    def assign(self, depth):
        name = self.r.choice(["a", "b"])
        if self.r.random() < 0.2:  # over several lines
            self.line(depth, f"{name} = {self.value()} +")
            self.line(depth + 1, f"{self.value()}{self.end}")
        else:
            self.line(depth, f"{name} = {self.value()}{self.end}")

    def open(self, depth, head):
        self.line(depth, head + " {")

    def close(self, depth):
        self.line(depth, "}")

    def branch(self, depth):
        self.open(depth, self.if_head(self.test()))
        self.body(depth + 1)
        if self.r.random() < 0.3:
            self.line(depth, "} " + self.elif_head(self.test()) + " {")
            self.body(depth + 1)
        if self.r.random() < 0.5:
            self.line(depth, "} else {")
            self.body(depth + 1)
        self.close(depth)

    def if_head(self, test):
        return f"if ({test})"

    def elif_head(self, test):
        return f"else if ({test})"

    def loop(self, depth):
        name = self.name()
        self.open(depth, self.loop_head(name, self.r.randint(0, 4)))
        self.body(depth + 1)
        self.line(depth + 1, f"n = n + {name}{self.end}")
        if self.r.random() < 0.3:
            self.open(depth + 1, self.if_head(self.test()))
            self.line(depth + 2, self.leave + self.end)
            self.close(depth + 1)
        self.close(depth)

    leave = "break"

    def choice(self, depth):
        self.open(depth, f"switch ({self.r.choice('ab')})")
        for number in range(self.r.randint(1, 3)):
            self.line(depth, f"case {number}: {{")
            self.body(depth + 1)
            self.line(depth + 1, f"break{self.end}")
            self.close(depth)
        if self.r.random() < 0.6:
            self.line(depth, "default: {")
            self.body(depth + 1)
            self.line(depth + 1, f"break{self.end}")
            self.close(depth)
        self.close(depth)

    def give(self, depth):
        self.open(depth, self.if_head(self.test()))
        self.line(depth + 1, f"return {self.value()}{self.end}")
        self.close(depth)

    def extra(self, depth):
        self.assign(depth)

    def statement(self, depth):
        kinds = [self.assign, self.assign, self.extra]
        if depth < 4:
            kinds += [self.branch, self.branch, self.loop, self.choice, self.give]
        self.r.choice(kinds)(depth)
        if self.r.random() < 0.1:
            self.line(depth, self.r.choice(["", f"{self.comment} nothing runs here"]))

    def body(self, depth):
        for _ in range(self.r.choice([1, 1, 2, 3])):
            self.statement(depth)

    def function(self, depth):
        self.open(depth, self.function_head(f"f{self.functions}"))
        self.line(depth + 1, self.declare("n"))
        for _ in range(self.r.randint(2, 5)):
            self.statement(depth + 1)
        self.line(depth + 1, f"return a + b + n{self.end}")
        self.close(depth)
        self.line(depth)
        self.functions += 1

    def declare(self, name):
        return f"int {name} = 0;"

    def arguments(self):
        return ", ".join(str(self.r.randint(-3, 5)) for _ in "ab")

    def calls(self, depth):
        for number in range(self.functions):
            if self.r.random() < 0.7:
                for _ in range(self.r.randint(1, 3)):
                    self.line(depth, self.call(f"f{number}({self.arguments()})"))

    def call(self, text):
        return text + self.end


class C(Writer):
    names = "work.c", "main.c"

    def function_head(self, name):
        return f"int {name}(int a, int b)"

    def loop_head(self, name, count):
        return f"for (int {name} = 0; {name} < {count}; {name}++)"

    def files(self, count):
        for _ in range(count):
            self.function(0)
        work, self.lines = self.lines, []
        heads = [f"int f{number}(int a, int b);" for number in range(count)]
        self.line(0, "int main(void)")
        self.line(0, "{")
        self.calls(1)
        self.line(1, "return 0;")
        self.line(0, "}")
        return [heads + work, heads + self.lines]


class Cpp(C):
    names = "work.cpp", "main.cpp"

    def extra(self, depth):
        kind = self.r.randrange(3)
        if kind == 0:
            name = self.name()
            self.line(depth, f"auto {name} = [&](int x) {{ return x > {self.value(3)} ? x : b; }};")
            if self.r.random() < 0.6:
                self.line(depth, f"a = {name}({self.value(3)});")
        elif kind == 1:
            self.line(depth, "try {")
            self.open(depth + 1, self.if_head(self.test()))
            self.line(depth + 2, "throw 1;")
            self.close(depth + 1)
            self.line(depth, "} catch (int) {")
            self.assign(depth + 1)
            self.close(depth)
        else:
            self.line(depth, f"a = biggest(a, {self.value(3)}) + (int)biggest(1.5, (double)b);")

    def files(self, count):
        work, main = super().files(count)
        template = ["template <typename T> T biggest(T a, T b)", "{", "    if (a > b)", "        return a;", "    return b;", "}"]
        return [template + work, main]


class Go(Writer):
    names = "work.go", "work_test.go"
    end = ""
    indent = "\t"  # as gofmt has it: columns tell covls what begins with a brace

    def conditional(self, test, yes, no):
        return f"({yes} + {no})"

    def function_head(self, name):
        return f"func {name}(a int, b int) int"

    def loop_head(self, name, count):
        return f"for {name} := 0; {name} < {count}; {name}++"

    def if_head(self, test):
        return f"if {test}"

    def elif_head(self, test):
        return f"else if {test}"

    def choice(self, depth):
        self.open(depth, f"switch {self.r.choice('ab')}")
        for number in range(self.r.randint(1, 3)):
            self.line(depth, f"case {number}:")
            self.body(depth + 1)
        if self.r.random() < 0.6:
            self.line(depth, "default:")
            self.body(depth + 1)
        self.close(depth)

    def extra(self, depth):
        name = self.name()
        self.line(depth, f"{name} := func(x int) int {{")
        self.line(depth + 1, f"return x + {self.value(3)}")
        self.line(depth, "}")
        self.line(depth, f"a = {name}({self.value(3)})" if self.r.random() < 0.6 else f"_ = {name}")

    def declare(self, name):
        return f"var {name} int"

    def call(self, text):
        return f"_ = {text}"

    def files(self, count):
        for _ in range(count):
            self.function(0)
        work, self.lines = self.lines, []
        self.line(0, "func TestCalls(t *testing.T) {")
        self.calls(1)
        self.line(0, "}")
        return [["package work", "", *work], ["package work", "", 'import "testing"', "", *self.lines]]


class JavaScript(Writer):
    names = "work.js", "main.js"

    def function_head(self, name):
        return f"function {name}(a, b = {self.r.randint(0, 3)})"

    def loop_head(self, name, count):
        return f"for (let {name} = 0; {name} < {count}; {name}++)"

    def extra(self, depth):
        kind = self.r.randrange(3)
        if kind == 0:
            name = self.name()
            self.line(depth, f"const {name} = (x) => x ? {self.value(3)} : b;")
            if self.r.random() < 0.6:
                self.line(depth, f"a = {name}({self.value(3)});")
        elif kind == 1:
            self.line(depth, "try {")
            self.open(depth + 1, self.if_head(self.test()))
            self.line(depth + 2, "throw new Error('x');")
            self.close(depth + 1)
            self.line(depth, "} catch (error) {")
            self.assign(depth + 1)
            self.close(depth)
        else:
            self.line(depth, f"a = a || {self.value(3)};")

    def declare(self, name):
        return f"let {name} = 0;"

    def call(self, text):
        return f"work.{text};"

    def files(self, count):
        for _ in range(count):
            self.function(0)
        names = ", ".join(f"f{number}" for number in range(count))
        work, self.lines = [*self.lines, f"module.exports = {{ {names} }};"], []
        self.line(0, "const work = require('./work.js');")
        self.calls(0)
        return [work, self.lines]


class Ruby(Writer):
    names = "work.rb", "main.rb"
    end = ""
    comment = "#"

    def open(self, depth, head):
        self.line(depth, head)

    def close(self, depth):
        self.line(depth, "end")

    def if_head(self, test):
        return f"if {test}"

    def branch(self, depth):
        self.line(depth, f"{self.r.choice(['if', 'if', 'unless'])} {self.test()}")
        self.body(depth + 1)
        if self.r.random() < 0.5:
            self.line(depth, "else")
            self.body(depth + 1)
        self.close(depth)

    def loop_head(self, name, count):
        return f"{count}.times do |{name}|"

    def choice(self, depth):
        self.line(depth, f"case {self.r.choice('ab')}")
        for number in range(self.r.randint(1, 3)):
            self.line(depth, f"when {number}")
            self.body(depth + 1)
        if self.r.random() < 0.6:
            self.line(depth, "else")
            self.body(depth + 1)
        self.close(depth)

    def extra(self, depth):
        name = self.name()
        if self.r.random() < 0.5:
            self.line(depth, f"{name} = ->(x) {{ x&.to_i }}")
            if self.r.random() < 0.6:
                self.line(depth, f"a = {name}.({self.value(3)})")
        else:
            self.line(depth, f"a += 1 while a < {self.r.randint(-2, 4)} && a > -9")

    def function_head(self, name):
        return f"def {name}(a, b)"

    def declare(self, name):
        return f"{name} = 0"

    def files(self, count):
        for _ in range(count):
            self.function(0)
        work, self.lines = self.lines, []
        self.calls(0)
        return [work, self.lines]


class Java(Writer):
    names = "com/example/Work.java", "com/example/Main.java"

    def function_head(self, name):
        return f"static int {name}(int a, int b)"

    def loop_head(self, name, count):
        return f"for (int {name} = 0; {name} < {count}; {name}++)"

    def extra(self, depth):
        name = self.name()
        self.line(depth, f"java.util.function.IntUnaryOperator {name} = x -> x > 2 ? x : 3;")
        if self.r.random() < 0.6:
            self.line(depth, f"a = {name}.applyAsInt({self.value(3)});")

    def call(self, text):
        return f"Work.{text};"

    def files(self, count):
        self.line(0, "package com.example;")
        self.line(0, "class Work {")
        for _ in range(count):
            self.function(1)
        self.line(0, "}")
        work, self.lines = self.lines, []
        self.line(0, "package com.example;")
        self.line(0, "public class Main {")
        self.line(1, "public static void main(String[] arguments) {")
        self.calls(2)
        self.line(1, "}")
        self.line(0, "}")
        return [work, self.lines]


class Python(Writer):
    names = "work.py", "main.py"
    end = ""
    comment = "#"

    def conditional(self, test, yes, no):
        return f"({yes} if {test} else {no})"

    def test(self, depth=0):
        if depth > 1 or self.r.random() < 0.6:
            return f"{self.value(2)} {self.r.choice(['<', '>', '==', '!='])} {self.value(2)}"
        return f"({self.test(depth + 1)} {self.r.choice(['and', 'or'])} {self.test(depth + 1)})"

    def assign(self, depth):
        name = self.r.choice(["a", "b"])
        if self.r.random() < 0.2:
            self.line(depth, f"{name} = (")
            self.line(depth + 1, f"{self.value()} +")
            self.line(depth + 1, self.value())
            self.line(depth, ")")
        else:
            self.line(depth, f"{name} = {self.value()}")

    def open(self, depth, head):
        self.line(depth, head + ":")

    def close(self, depth):
        pass

    def if_head(self, test):
        return f"if {test}"

    def branch(self, depth):
        if self.r.random() < 0.2:
            self.line(depth, f"if ({self.test(2)} or")
            self.line(depth + 2, f"{self.test(2)}):")
        else:
            self.open(depth, self.if_head(self.test()))
        self.body(depth + 1)
        if self.r.random() < 0.3:
            self.open(depth, f"elif {self.test()}")
            self.body(depth + 1)
        if self.r.random() < 0.5:
            self.open(depth, "else")
            self.body(depth + 1)

    def loop_head(self, name, count):
        return f"for {name} in range({count})"

    def choice(self, depth):
        self.open(depth, f"match {self.r.choice('ab')}")
        for number in range(self.r.randint(1, 3)):
            self.open(depth + 1, f"case {number}")
            self.body(depth + 2)
        if self.r.random() < 0.6:
            self.open(depth + 1, "case _")
            self.body(depth + 2)

    def extra(self, depth):
        kind = self.r.randrange(4)
        name = self.name()
        if kind == 0:
            self.line(depth, f"{name} = lambda x: x if x > {self.value(3)} else b")
            if self.r.random() < 0.6:
                self.line(depth, f"a = {name}({self.value(3)})")
        elif kind == 1:
            self.open(depth, "try")
            self.open(depth + 1, self.if_head(self.test()))
            self.line(depth + 2, "raise ValueError(a)")
            self.open(depth, "except ValueError")
            self.assign(depth + 1)
            if self.r.random() < 0.3:
                self.open(depth, "finally")
                self.assign(depth + 1)
        elif kind == 2:
            self.line(depth, f"a = sum(x + {self.value(3)} for x in range({self.r.randint(0, 3)}) if x != b)")
        else:
            self.open(depth, f"def {name}(x)")
            if self.r.random() < 0.3:
                self.line(depth + 1, '"""Says nothing."""')
            self.line(depth + 1, f"return x + {self.value(3)}")
            if self.r.random() < 0.6:
                self.line(depth, f"b = {name}({self.value(3)})")

    def function_head(self, name):
        return f"def {name}(a, b)"

    def declare(self, name):
        return f"{name} = 0"

    def function(self, depth):
        super().function(depth)
        self.line(depth)

    def call(self, text):
        return f"call(work.{text[: text.index('(')]}, {text[text.index('(') + 1 :]}"

    def files(self, count):
        for _ in range(count):
            self.function(0)
        work, self.lines = self.lines, []
        self.calls(0)
        head = ["import work", "", "", "def call(function, *arguments):", "    try:", "        function(*arguments)",
                "    except Exception:", "        pass", "", ""]
        return [work, head + self.lines]


LANGUAGES = {"c": C, "cpp": Cpp, "go": Go, "js": JavaScript, "ruby": Ruby, "java": Java, "python": Python}


def program(language, seed, functions=8):
    writer = LANGUAGES[language](random.Random(f"{language} {seed}"))
    return [(name, "\n".join(lines) + "\n") for name, lines in zip(writer.names, writer.files(functions))]
