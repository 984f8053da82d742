"""What covls finds with regular expressions, beside Python's re.

    regex.py [DUMP] [--python PYTHON] [--seed N] [--count N]

DUMP is the program tests/support/regex_dump.c (by default that in $COVLS_BUILD). PYTHON (else
$COVLS_PYTHON314, else the Python that runs this) answers for re; it must be 3.14 or later, else this ends
with 77 (skipped). Every pattern of a table is tried in every text of another, with MULTILINE and without;
then random patterns in random texts. The spans of all matches must be equal, and what Python refuses must
be refused with the same words. The differences that are known are counted and told (see known()).
"""
import argparse
import json
import os
import random
import re
import subprocess
import sys

TEXTS = [
    "", "a", "b", "ab", "abc", "aab", "aaa", "aB", "ABC", "abab", "ba ab", "a\nb", "a\n", "\n", "\n\n", "a\n\nb\n", " a  b ", "\ta\tb", "a.b", "a-b", "a]b", "[a]", "a^b",
    "a\\b", "{a}", "a{2}", "a{,2}", "a{", "}", "x{2,1}", "#a b", "a#b", "0", "01", "a1b2", "12 345", "_a_", "a_b", "a1\n1a", "a\x0bb", "a\x0cb", "a\rb", "a\x1cb\x1db\x1eb\x1fb",
    "a\x00b", "\x01\x07\x08", "\x7f", "é", "aéb", "É é", "\xa0a\x85b", "a\u180eb\u200bb\u2028b\u2029b\u3000b", "ſs Ss", "K k\u212a", "iIİı", "ﬅﬆ", "ΐΐΰΰ", "µμΜ σςΣ",
    "ẞß ss", "Ωω\u2126", "ÅåÅ", "ǅǆǄ", "١٢ 12 ²½Ⅷ", "日本 語", "a\u0301b", "😀a😀", "\ufffd", "u0041A", "\\u0041", "\\N", "\\Q.*\\E", "hRKGX", "a|b", "(a)", "a)", "$^", "a$\nb$", "^a\n^b",
    "if x:\n    pass\nelse:\n    y = 1  # pragma: no cover\n", "def f():\n    raise NotImplementedError\n\ndef g(): ...\n", "if TYPE_CHECKING:\n", "x = '''\n# pragma: no cover\n'''\n",
    "while True:\n    break\n", "    assert_never(x)\n  except ImportError:  # nope\n", "class A(Protocol):\n    @abstractmethod\n    def f(self): ...\n", "abcabcabc", "aXbXc", "foo bar foo",
    "<a><b></a>", "'a' \"b\" 'c\"", "aaaa bbbb", "abcd" * 5, "a" * 30, "ab\n" * 10, "a=b; c=d", "\ud7ff\ue000", "\U0010ffff",
]

PATTERNS = [
    # plain, sets
    "", "a", "b", "ab", "a|b", "a|", "|a", "|", "a||b", "(|a)", "(a|b|)c", ".", "..", "a.b", "[ab]", "[^ab]", "[a-c]", "[^a-c]", "[a-]", "[-a]", "[a-c-e]", "[]]", "[^]]", "[]a]", "[^]a]", "[[]", "[[a]",
    "[a[]", "[[:alpha:]]", "[[:alpha:]a]", "[[.a.]]", "[[=a=]]", "[:alpha:]", "[a&&b]", "[a--b]", "[a||b]", "[a~~b]", "[^^]", "[a^]", "[\\^a]", "[\\]]", "[\\[]", "[\\\\]", "[\\-a]", "[a\\-c]",
    "[\\w]", "[\\W]", "[\\d\\s]", "[^\\w]", "[^\\W]", "[^\\s]", "[^\\S]", "[\\S]", "[\\D]", "[^\\D]", "[\\w\\W]", "[^\\w\\W]", "[\\s\\S]", "[\\d\\D]x", "[a\\W]", "[^a\\W]", "[_\\W]", "[\\w-]", "[\\w-a]", "[a-\\w]",
    "[-\\w]", "[\\d-z]", "[\\n]", "[\\b]", "[\\x61-c]", "[a-\\x63]", "[\\a\\f\\v\\r\\t]", "[\\0]", "[\\07]", "[\\101]", "[\\400]", "[\\8]", "[\\1]", "[\\A]", "[\\Z]", "[\\B]", "[\\z]", "[\\q]", "[\\.]", "[$]", "[z-a]",
    "[a", "[", "[^", "[]", "[^]", "[a-", "[a-]", "[a-b", "[\\", "a]", "]", "[\x00-\x7f]", "[\x00-\uffff]", "[^\x00-\x7f]", "[\u00e9]", "[^é]", "[à-ü]", "[\\u00e0-\\u00fc]", "[\\U0001f600]", "[\\ud800]", "[^\\ud800]",
    "[\\ud800-\\udfff]", "[\\ud7ff-\\ue000]", "\\ud800", "\\ud800*a", "[a-\\udbff]",
    # escapes
    "\\a", "\\b", "\\B", "\\bab", "a\\b", "\\Ba", "a\\B", "\\f", "\\n", "\\r", "\\t", "\\v", "\\\\", "\\d", "\\D", "\\s", "\\S", "\\w", "\\W", "\\A", "\\Aa", "a\\Z", "a\\z", "\\Z", "\\z", "\\A\\Z", "\\0", "\\00", "\\000",
    "\\01", "\\07", "\\08", "\\0x", "\\1", "\\10", "\\100", "\\101", "\\377", "\\400", "\\141", "\\8", "\\9", "\\18", "(a)\\1", "(a)\\01", "(a)\\11", "(a)\\111", "(a)\\1b", "(a)\\10", "(a)b\\1", "\\1(a)", "(a\\1)", "(a)(b)\\2\\1",
    "\\x61", "\\x6", "\\x", "\\xg", "\\x{61}", "\\x61b", "\\u0061", "\\u061", "\\u{61}", "\\U00000061", "\\U0000061", "\\U00110000", "\\Uffffffff", "\\u00e9", "\\N{EM DASH}", "\\N", "\\N{", "\\N{}", "\\N{nope}x",
    "\\c", "\\cA", "\\e", "\\g", "\\g1", "\\g{1}", "\\h", "\\H", "\\i", "\\k", "\\k<a>", "\\K", "a\\Kb", "\\l", "\\L", "\\o{101}", "\\p{L}", "\\pL", "\\P{L}", "\\Q.*\\E", "\\E", "\\R", "\\V", "\\X", "\\G", "\\C", "\\y", "\\_",
    "\\é", "\\ ", "\\-", "\\#", "\\/", "\\", "a\\", "\\\\\\", "(\\", "*\\", "\\.", "\\[", "\\]", "\\{", "\\}", "\\(", "\\)", "\\|", "\\^", "\\$", "\\*", "\\'", "\\\n", "\\<", "\\>", "\\`",
    # repetition
    "a*", "a+", "a?", "a*?", "a+?", "a??", "a*+", "a++", "a?+", "a**", "a*+*", "a+*", "a?*", "a???", "a*?+", "a+++", "a++?", "a{2}", "a{2}?", "a{2}+", "a{2,}", "a{,2}", "a{,2}?", "a{,2}+", "a{1,2}", "a{,}", "a{,}?", "a{}", "a{", "a{a}",
    "a{2", "a{2,", "a{,", "a{,a}", "a{2,1}", "a{ 2}", "a{2 }", "a{2, 3}", "a{-1}", "a{02}", "a{0}", "a{0}b", "a{0,0}", "a{1}{2}", "a{2}*", "(a{2}){2}", "(?:a{2}){2}", "{", "{}", "{2}", "{a}", "x{2}", "*", "+", "?", "*a", "(*a)", "(?:*)",
    "|*", "a|*", "^*", "$*", "^+", "^{2}", "\\b*", "\\A?", "\\Z+", "a|^*", "()*", "(?:)*", "(?:)+?", "()+", "(a*)*", "(a*)+", "(a+)*", "(?:a*)*", "(?:a?)*?b", "(?:a|b)*", "(?:a|ab)*c", "(a|ab)(c|bcd)(d*)", "(?:|a)*", "(?:|a)+", "(?:a|)+",
    "(?:a?)+", "(?:a??)+", "(?:a*?)*", "(a?b?)*", "(a?b??)*", "(?:a?){3}", "(?:a|b|){2}", "(?:a{0,2}){2,3}b", ".*", ".*?", ".+", ".*a", ".*?a", ".*$", "^.*", "(?s:.*)", ".{3}", "[ab]{2}", "[ab]++a", "(?:ab)++", "(?:a|ab)++b", "(?:a|ab)*+c",
    "a{65535}", "a{65536}", "a{4294967295}", "a{99999999999999999999}", "a{0,65536}", "(a)|b\\1", "(?:(a)|b)*", "(?:(a)|b)*\\1", "(a|b)*\\1", "(?:(a)|(b))+\\2", "(a)?\\1", "(a)?b\\1", "(a*)\\1", "(a+)\\1", "(a|b)\\1+",
    # places
    "^", "$", "^$", "^a", "a$", "^a$", "$a", "a^", "$\n", "\\n^", "$\\n^", "^\\s*$", "^\\s*", "\\s*$", "\\s*", "\\s+", "\\n+", "\\n*", "^.", ".$", "^\\w", "\\w$", "(^a|b)", "(?:^|b)a", "(?:$|b)", "a(?:$|b)", "^^", "$$", "^.*$", "\\A^", "$\\Z",
    # groups
    "(a)", "(?:a)", "(?P<n>a)", "(?P<n>a)(?P=n)", "(?P<n>a)|(?P=n)", "(?P=n)", "(?P<n>a(?P=n))", "(?P<n>a)(?P<n>b)", "(?P<n>", "(?P<n", "(?P<", "(?P<>a)", "(?P<1>a)", "(?P<a b>a)", "(?P<a-b>a)", "(?P<é>a)", "(?P<_1>a)", "(?P", "(?Pa)", "(?P>n)", "(?P'n'a)",
    "(?P=", "(?P=)", "(?P=1)", "(?P=n", "(?P=a\\b)", "(?P<a\\>b>c)", "(?<n>a)", "(?'n'a)", "(?|a|b)", "(?&n)", "(?R)", "(?0)", "(?1)", "(?+1)", "(?-1)", "(?C)", "(?>a)", "(?>a|ab)c", "(?>a*)a", "(?>a*?)a", "(?>)", "(?>", "(?", "(?)", "(??a)",
    "(?*)", "(?~a)", "(a", "(a|b", "a)", ")", "(a))", "((a)", "()", "(())", "(?:", "(?:a", "(?:a|b", "(a)(", "((((((((((a))))))))))\\10", "(*ACCEPT)", "(*UTF8)a", "(*F)", "(?:a)(?:b)", "(?:(?:a)+)+", "(?#c)a", "a(?#c)b", "a(?#c)*", "(?#c", "(?#)", "(?#\\))",
    "(?#a\\)b", "(?#)*", "a(?#(b)c",
    # look-around
    "(?=a)", "(?=a)a", "(?!a)", "(?!a).", "(?=)", "(?!)", "(?!)*a", "(?!)?a", "a(?!)|b", "(?=a)*", "(?=a)*b", "(?=a)+a", "(?!a)*b", "(?=a){0}b", "(?=a){2}a", "(?=a)?", "(?=a)*+b", "(?=(a))\\1", "(?=(a))?b", "(?=a|b)", "(?=a", "(?!a", "a(?=b)", "a(?!b)",
    "(?<=a)", "(?<=a)b", "(?<!a)b", "(?<=)", "(?<!)", "(?<!)a", "(?<=a|b)", "(?<=a|bc)", "(?<=a*)", "(?<=a+)b", "(?<=a?)", "(?<=a{2})", "(?<=a{2,3})", "(?<=a{2,2})b", "(?<=(?:ab){2})c", "(?<=ab|cd)", "(?<=(?:a|b)c)", "(?<=(?:a|bc)d)", "(?<=^a)b", "(?<=^)a",
    "(?<=\\b)a", "(?<=a$)", "(?<=\\n)a", "(?<=\\s)a", "(?<=\\w\\W)a", "(?<!\\w)a", "(?<![a-z])a", "(?<=.)", "(?<=(a))b", "(?<=(a)\\1)b", "(a)(?<=\\1)", "(a)(?<=\\1)b", "(a)(?<=(b)\\2)", "(?<=(?P<n>a)(?P=n))", "(a|b)(?<=\\1)", "(a+)(?<=\\1)", "(?<=(?=a)b)", "(?<=(?=a).)", "(?<=(?!a).)b",
    "(?<=(?<=a)b)c", "(?<=a(?#c))b", "(?<=(?i:a))b", "(?<=[ab])c", "(?<=é)b", "(?<!é)b", "(?<=(?>a))b", "(?<=a++)b", "(?<=a{2}+)b", "(?<a", "(?<", "(?<=", "(?<!", "(?<=a", "(?<*a)", "(?<=(?(1)a|b))", "(x)?(?<=(?(1)a|b))b", "(x)?(?<=(?(1)a|bc))b",
    "(?<=\\1)(a)", "((?<=\\1)a)", "((?<=(?(1)a|b))a)", "(?<=a|)", "(?<=(?:a|))b", "(?<=(?:)*a)b", "(?<=a{0})b",
    # conditions
    "(a)?(?(1)b|c)", "(a)?(?(1)b)", "(a)?(?(1)b|)", "(a)?(?(1)|b)", "(a)?(?(1))", "(a)?(?(1)b|c|d)", "(a)?(?(1)(?:b|c)|d)", "(?P<n>a)?(?(n)b|c)", "(?(n)b|c)", "(?(1)b|c)", "(?(2)b|c)(a)", "(?(1)b|c)(a)", "(?(0)b|c)", "(?(01)b)(a)", "(?()b)", "(?(", "(?(1", "(?(1)", "(?(1)a", "(?(1)a|", "(a)(?(1",
    "(?(?=a)b|c)", "(?(DEFINE)a)", "(?(R)a)", "(?(<n>)a)", "(?(-1)a)", "(?(1a)b)", "(?(é)b)", "(?(99999999999)a)", "(?(1)a)(?(2)b)(c)", "((a)?(?(2)b))*", "(?(1)a|b)*(c)", "(?(1)a)*(b)", "(a)?(?(1)b|c)*", "(\\()?a(?(1)\\))", "(<)?\\w+(?(1)>|$)",
    # flags
    "(?i)a", "(?i)AB", "(?i)[a-c]", "(?i)[^a]", "(?i)é", "(?i)\\xe9", "(?i)k", "(?i)s", "(?i)i", "(?i)I", "(?i)\u0130", "(?i)\u0131", "(?i)[i]", "(?i)[h-j]", "(?i)[^i]", "(?i)[\u0130]", "(?i)[\u0131-\u0133]", "(?i)K", "(?i)\u212a", "(?i)[k]", "(?i)ß", "(?i)ẞ", "(?i)ss", "(?i)ſ", "(?i)[a-z]", "(?i)[A-Z]",
    "(?i)\u0390", "(?i)\u1fd3", "(?i)[\u0390]", "(?i)\u03b0", "(?i)ﬅ", "(?i)ﬆ", "(?i)[ﬆ]", "(?i)µ", "(?i)μ", "(?i)σ", "(?i)ς", "(?i)[σ]", "(?i)Ω", "(?i)ω", "(?i)å", "(?i)ǆ", "(?i)ǅ", "(?i)[à-þ]", "(?i)[Ⴀ-Ⴥ]", "(?i)\\w", "(?i)[\\W]", "(?i)(a)\\1", "(?i)(é)\\1", "(?i:a)b", "a(?i:b)c", "(?-i:a)b", "(?i)(?-i:a)b",
    "(?i)a(?-i:b)c", "(?i)(?-i:i)", "(?i:(?-i:k)k)", "(?a)\\w", "(?a)\\W", "(?a)\\d", "(?a)\\D", "(?a)\\s", "(?a)\\S", "(?a)\\b", "(?a)\\B", "(?a)[\\w]", "(?a)[^\\w]", "(?a)[\\W]", "(?a)[\\S]", "(?a)[\\D\\w]", "(?a)é", "(?ai)k", "(?ai)K", "(?ai)s", "(?ai)i", "(?ai)é", "(?ai)É", "(?ai)[k]", "(?ai)[^k]", "(?ai)[j-l]",
    "(?ai)[J-l]", "(?ai)[K-a]", "(?ai)[é]", "(?ai)\u212a", "(?ai)[\u212a]", "(?ai)(k)\\1", "(?i)(?a:k)", "(?i)(?a:\\w)k", "(?a)(?i:k)", "(?a)(?u:\\w)", "(?a)(?u:\\b)", "(?a:\\w)\\w", "(?u:\\w)", "(?u)a", "(?a:\\w)", "(?a:\\b)", "(?a-i:a)", "(?a)a(?u)", "(?a)(?u)a", "(?au)a", "(?aa)a", "(?L)a", "(?L:a)", "(?iL)a", "(?-a:a)",
    "(?-u:a)", "(?i-a:a)", "(?m)^a", "(?-m:^)a", "(?-m:$)", "(?-m:a$)", "(?-m:^a$)", "(?m:^)", "(?m:$)", "(?m-i:^)", "(?s).", "(?s).*", "(?s:.)", "(?s:.)b", "a(?s:.)b", "(?s)a(?-s:.)b", "(?s-i:.)", "(?s)[^a]", "(?si)A.B", "(?x)a b", "(?x) a b ", "(?x)a # c\nb", "(?x)#c", "(?x)[a b]", "(?x)a\\ b", "(?x)a\\#b", "(?x:a b)c d",
    "(?x:a #c\n)b", "(?x)a {2}", "(?x)a{ 2}", "(?x)a{2 }", "(?x)( ?:a)", "(?x)(? :a)", "(?x)(?: a )", "(?x)a *", "(?x)a * ?", "(?x)a* +", "(?x)(a)\\1 0", "(?x)\\1 0", "(?x)(?-x: a)", "(?x)(?-x: a) b", "(?x) (?i) a", "(?x)#c\n(?i)a", "(?x)a|b c", "(?x)a(?#c)b", "(?x)(?#c\n)", "(?x)[#]a", "(?x)\\\n", "(?x)#\\\na", "(?x)(a)(?(1) b | c )",
    "(?x) ( ?P<n>a)", "(?x)(?P<n> a)", "(?x)\x0ba\x0cb", "(?x)a\u00a0b", "a(?x)b", "a(?i)b", "(?i)|a", "|(?i)a", "a|(?i)b", "((?i)a)", "(?:(?i)a)", "(?:(?i)a)|(?:b)", "(?#c)(?i)a", "(?i)(?m)(?s)a", "(?i)(?#c)(?x) a", "(?i)*", "(?ims)a", "(?ixi)a", "(?i", "(?i:", "(?i:a", "(?-", "(?-)", "(?-:a)", "(?-i", "(?-i)", "(?-i)a",
    "(?i-)", "(?i-:a)", "(?i-i:a)", "(?i-z:a)", "(?i-s", "(?i-s)", "(?i-s:a)", "(?i-sm:^A.)", "(?z)", "(?iz)", "(?i1)", "(?i\\)", "(?é)", "(?ié)", "(?U)a", "(?J)a", "(?n)a", "(?^)a", "(?^:a)", "(?-1:a)", "(?i)(?:)", "(?t)a", "(?i=a)", "(?i#)", "(?x-x:a)", "(?i )a",
    # coverage.py's own, and what people write
    r"#\s*(pragma|PRAGMA)[:\s]?\s*(no|NO)\s*(cover|COVER)", r"^\s*(((async )?def .*?)?[\])]+(\s*->.*?)?:\s*)?\.\.\.\s*(#|$)", r"if (typing\.)?TYPE_CHECKING:", "while (True|1|False|0):", "if (True|1|False|0):", "def __repr__", "if self\\.debug", "raise AssertionError", "raise NotImplementedError",
    "if 0:", "if __name__ == .__main__.:", "@(abc\\.)?abstractmethod", "class .*\\bProtocol\\):", "except ImportError", "^\\s*\\.\\.\\.$", "^\\s*pass\\s*$", "(?<!\\w)assert_never\\(", "\\bassert_never\\b", "# pragma: no[ -]cover", "(?i)# *pragma: *no *cover", "def .*:\\n\\s+\\.\\.\\.", "(?s)if TYPE_CHECKING:.*?else", "if .*:(\\n\\s+.*)*",
    "^if x:$", "x == '(.*)'", "[\"'].*?[\"']", "(['\"]).*?\\1", "\\bif\\b", "\\d+", "\\w+", "\\W+", "\\w+\\s*=\\s*\\w+", "(\\w)\\1", "(?m)^\\s*#.*$", "\\A(?s:.*)\\Z", "(a+)+$", "(?:a|aa)+b", "(a|b)*?c", "x*y*z*", "^(.*?),(.*?)$", "a.*?b|c", "foo(?= bar)", "(?<=foo )bar",
]


def worker():
    """Runs in the Python to be compared with."""
    import functools
    import signal
    import warnings
    from re import _constants, _parser

    def may_be_empty_again(parsed):
        """Is there a group, repeated a limited number of times or at least twice, that may match nothing?"""
        for op, av in parsed:
            if op in (_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT):
                least, most, item = av
                if item.getwidth()[0] == 0 and most > 1 and (least > 1 or most != _constants.MAXREPEAT):
                    return True
            for part in av if isinstance(av, (tuple, list)) else [av]:
                for sub in part if isinstance(part, list) else [part]:
                    if isinstance(sub, _parser.SubPattern) and may_be_empty_again(sub):
                        return True
        return False

    @functools.cache
    def has_empty_loop(pattern, flags):
        return may_be_empty_again(_parser.parse(pattern, flags))

    class TooLong(Exception):
        pass

    def on_alarm(*_):
        raise TooLong

    warnings.simplefilter("ignore")
    signal.signal(signal.SIGALRM, on_alarm)
    for line in sys.stdin:
        pattern, text, flags = json.loads(line)
        try:
            signal.setitimer(signal.ITIMER_REAL, 1 if len(text) < 10000 else 100)
            offsets = [0]
            for c in text:
                offsets.append(offsets[-1] + len(c.encode("utf-8", "surrogatepass")))
            spans = [[offsets[m.start()], offsets[m.end()]] for m in re.finditer(pattern, text, flags)]
            answer = {"spans": spans, "loop": has_empty_loop(pattern, flags)}
        except TooLong:
            answer = {"limit": True}
        except (re.error, ValueError, OverflowError) as e:
            answer = {"error": str(e)}
        except RecursionError:
            answer = {"error": "recursion"}
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        print(json.dumps(answer))


def theirs(python, cases, flags):
    given = "".join(json.dumps([p, t, flags]) + "\n" for p, t in cases)
    out = subprocess.run([python, os.path.abspath(__file__), "--worker"], input=given.encode(), stdout=subprocess.PIPE, check=True)
    return [json.loads(line) for line in out.stdout.split(b"\n")[:-1]]


def ours(dump, cases):
    given = bytearray()
    for case in cases:
        pattern, text = (s.encode() for s in case)
        given += b"%d %d\n%s%s" % (len(pattern), len(text), pattern, text)
    out = subprocess.run(dump, input=bytes(given), stdout=subprocess.PIPE, check=True)
    return [json.loads(line) for line in out.stdout.split(b"\n")[:-1]]


REFUSED = ("named characters are not supported", "a repetition of more than", "too many groups in each other", "not supported: ")


def known(pattern, got, want):
    """The name of a difference that is known, or None."""
    loop = want.pop("loop", False)
    if "limit" in got or "limit" in want:
        return "given up"
    if "error" in got and got["error"].startswith(REFUSED):
        return "refused: " + got["error"].split(" at ")[0].split(";")[0]
    if got != want and re.match(r"\(\?i?a", pattern) and "(?u:" in pattern:
        return "CPython looks for the first character with the flag a, though (?u:...) says otherwise"
    if got != want and loop:
        return "a group that may match nothing, with a bound for its rounds"
    return None


def difference(got, want):
    if got == want:
        return None
    return f"got {json.dumps(got)}, want {json.dumps(want)}"


ATOMS = ["a", "b", "c", "A", ".", "\\w", "\\W", "\\d", "\\s", "\\S", "[ab]", "[^a]", "[a-c]", "[^\\w]", "[\\W_]", "\\n", " ", "é", "É", "ſ", "k", "i", "\\x61", "\\u00e9", "[é-ü]", "\\.", "1", "_", "[\\s\\w]", "[^\\n]", "x", "İ"]
PLACES = ["^", "$", "\\b", "\\B", "\\A", "\\Z", "\\z"]
REPEATS = ["*", "+", "?", "*?", "+?", "??", "*+", "++", "?+", "{2}", "{1,2}", "{,2}", "{2,}", "{0,3}?", "{,}", "{2}+", "{1,3}+", "{0}"]


class Generator:
    """Patterns that are mostly valid: groups are counted."""

    def __init__(self, rng):
        self.rng = rng
        self.groups = 0
        self.closed = []

    def pattern(self):
        rng = self.rng
        flags = rng.choice(["", "", "", "", "(?i)", "(?s)", "(?a)", "(?ia)", "(?x)", "(?is)"])
        return flags + self.alternatives(0)

    def alternatives(self, depth):
        return "|".join(self.sequence(depth) for _ in range(self.rng.choice([1, 1, 1, 2, 2, 3])))

    def sequence(self, depth):
        return "".join(self.item(depth) for _ in range(self.rng.choice([0, 1, 1, 2, 2, 3])))

    def item(self, depth):
        rng = self.rng
        kind = rng.random()
        if kind < 0.12:
            return rng.choice(PLACES)
        atom = self.group(depth) if kind < 0.45 and depth < 3 else rng.choice(ATOMS)
        return atom + (rng.choice(REPEATS) if rng.random() < 0.35 else "")

    def group(self, depth):
        rng = self.rng
        kind = rng.randint(0, 13)
        if kind <= 2:
            self.groups += 1
            number = self.groups
            inner = self.alternatives(depth + 1)
            self.closed.append(number)
            return f"({inner})" if rng.random() < 0.8 else f"(?P<g{number}>{inner})"
        if kind == 3 and self.closed:
            number = rng.choice(self.closed)
            return rng.choice([f"\\{number}", f"(?:\\{number})", f"(?({number}){self.sequence(depth + 1)}|{self.sequence(depth + 1)})"])
        if kind == 4:
            return f"(?{rng.choice(['i', 's', 'm', '-m', 'a', 'u', 'x', '-i', 'i-s', 's-i'])}:{self.alternatives(depth + 1)})"
        if kind <= 6:
            return f"(?{rng.choice('=!')}{self.alternatives(depth + 1)})"
        if kind == 7:
            return f"(?<{rng.choice('=!')}{rng.choice(ATOMS)}{rng.choice(['', rng.choice(ATOMS), '{2}'])})"
        if kind == 8:
            return f"(?<{rng.choice('=!')}{self.alternatives(depth + 1)})"
        if kind == 9:
            return f"(?>{self.alternatives(depth + 1)})"
        return f"(?:{self.alternatives(depth + 1)})"


def mutate(rng, pattern):
    """Some characters more, fewer or other."""
    for _ in range(rng.choice([1, 1, 2, 3])):
        at = rng.randint(0, len(pattern))
        new = rng.choice(["", "", "(", ")", "[", "]", "*", "+", "?", "{", "}", "\\", "|", "^", "$", "-", ",", "1", "2", "(?", ":", "=", "!", "<", ">", "P", "#", " ", "i", "x", "\n", "é", "\\1", "[^", "(?P<n>", "(?(1)", "\\x", "\\u", "\\0"])
        pattern = pattern[:at] + new + pattern[at + rng.randint(0, 2) :]
    return pattern


def random_text(rng):
    letters = rng.choice(["ab", "abc", "abcABC", "ab \n", "ab_1 .\n", "abéÉ ſk\u212aiİı\n", "a\nb\u3000\x1c\u2028x"])
    # A long one is searched in slices.
    return "".join(rng.choice(letters) for _ in range(rng.randint(0, 14) if rng.random() < 0.9 else rng.randint(60, 400)))


def random_cases(rng, count):
    made = []
    for _ in range(count):
        pattern = Generator(rng).pattern() if rng.random() < 0.8 else rng.choice(PATTERNS)
        if rng.random() < 0.25:
            pattern = mutate(rng, pattern)
        made += [(pattern, random_text(rng)) for _ in range(4)]
    return made


def check_every_character(python, dump):
    """Classes of characters, over all of Unicode: (passed, failed). Letters and digits newer than PCRE2 are let pass."""
    text = "".join(chr(c) for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF)
    cases = [(p, text) for p in ("\\w", "\\W", "\\d", "[\\D]", "\\s", "\\S", "[\\W\\d]", "[\\S ]", "(?a)\\w", "(?a)\\s", "(?a)[\\D]", "(?i)[a-z]", "(?i)[^ik]", "(?i)[à-ÿ]")]
    failed = new = 0
    for (pattern, _), g, w in zip(cases, ours([dump], cases), theirs(python, cases, 0)):
        places = {tuple(s) for s in g["spans"]} ^ {tuple(s) for s in w["spans"]}
        encoded = text.encode()
        odd = [c for c in sorted(encoded[a:b].decode() for a, b in places) if c < "\u1c89"]
        new = max(new, len(places))
        failed += bool(odd)
        if odd:
            print(f"{pattern!r} differs at {odd[:10]}")
    print(f"every character: at most {new}, all from U+1C89 on, are newer than PCRE2")
    return len(cases) - failed, failed


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("dump", nargs="?", default=os.path.join(os.environ.get("COVLS_BUILD", "build"), "tests", "regex_dump"))
    ap.add_argument("--python", default=os.environ.get("COVLS_PYTHON314") or sys.executable)
    ap.add_argument("--seed", type=int, default=2)
    ap.add_argument("--count", type=int, default=10000, help="of random patterns")
    args = ap.parse_args()
    version = subprocess.run([args.python, "-c", "import sys; print(*sys.version_info[:2])"], stdout=subprocess.PIPE, text=True).stdout.split()
    if tuple(map(int, version)) < (3, 14):
        print("no Python 3.14 to compare with")
        return 77
    rng = random.Random(args.seed)
    print(f"seed {args.seed}")
    good = [t for t in TEXTS if not any("\ud800" <= c <= "\udfff" for c in t)]
    table = [(p, t) for p in PATTERNS for t in good]
    chosen = random_cases(rng, args.count)
    passed, failed = check_every_character(args.python, args.dump)
    shown = set()
    counts = {}
    for cases, flags, dump in (
        (table, int(re.MULTILINE), [args.dump]),
        (table, 0, [args.dump, "--single-line"]),
        (chosen, int(re.MULTILINE), [args.dump]),
    ):
        want = theirs(args.python, cases, flags)
        got = ours(dump, cases)
        if not len(got) == len(want) == len(cases):
            sys.exit(f"{len(cases)} cases, {len(got)} and {len(want)} answers")
        for (pattern, text), g, w in zip(cases, got, want):
            name = known(pattern, g, w)
            wrong = None if name else difference(g, w)
            if name:
                counts[name] = counts.get(name, 0) + 1
                continue
            failed += wrong is not None
            passed += wrong is None
            if wrong and pattern not in shown and len(shown) < 40:
                shown.add(pattern)
                print(f"{pattern!r} in {text!r}{'' if flags else ' without MULTILINE'}: {wrong}")
    refused = len({p for p, _ in table} & {p for (p, _), w in zip(table, theirs(args.python, table, 0)) if "error" in w})
    print(f"table: {len(PATTERNS)} patterns ({refused} that Python refuses) in {len(good)} texts; {len(chosen)} random cases")
    print(", ".join(f"{n} {name}" for name, n in sorted(counts.items())) or "no known difference")
    # A known difference is none that was compared.
    print(f"{passed} passed, {failed} failed, {sum(counts.values())} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(worker() if sys.argv[1:] == ["--worker"] else main())
