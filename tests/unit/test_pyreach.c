#include "support/test.h"

#include <string.h>

#include "base/buf.h"
#include "python/pylines.h"

/* S for each line that is a statement, '.' for the others. */
static void
read_pieces(struct buf *out, struct span text, unsigned minor, size_t size)
{
	struct py_options options = { .minor = minor };
	struct py_lines lines = { 0 };
	struct error err = { 0 };
	struct py_reader r;

	buf_reset(out);
	py_reader_init(&r, &lines, &options);
	for (size_t at = 0; at < text.len; at += size)
		py_reader_feed(&r, span_cut(text, at, text.len - at < size ? text.len : at + size));
	if (py_reader_finish(&r, &err) != STATUS_OK)
		buf_addf(out, "!%u %s", err.line, err.text);
	for (uint32_t n = 1; n <= lines.count; n++)
		buf_add_char(out, (py_lines_flags(&lines, n) & PY_STATEMENT) != 0 ? 'S' : '.');
	py_lines_free(&lines);
}

static void
check(const char *text, unsigned minor, const char *want)
{
	struct span all = span_of(text);
	struct buf out = { 0 };

	for (size_t n = all.len; n > 0; n = n > 40 ? 40 : n - 1) {
		read_pieces(&out, all, minor, n);
		if (strcmp(buf_text(&out), want) != 0)
			fail_msg("'%s' (3.%u), %zu bytes at a time: got '%s', want '%s'", text,
				 minor, n, buf_text(&out), want);
	}
	buf_free(&out);
}

struct reach_case {
	const char *text, *want;
};

#define CHECK(cases)                                                            \
	for (unsigned minor = 10; minor <= 14; minor++)                         \
		for (size_t i = 0; i < sizeof(cases) / sizeof((cases)[0]); i++) \
	check((cases)[i].text, minor, (cases)[i].want)

static void
test_jumps(void **state)
{
	static const struct reach_case cases[] = {
		{"raise E\na\n",							"S."   },
		{ "def f():\n  return\n  a\nb\n",                                       "SS.S" },
		{ "def f():\n  return; a\n  b\n",                                       "SS."  },
		{ "for a in b:\n  continue\n  c\nd\n",                                  "SS.S" },
		{ "for a in b:\n  break\n  c\nd\n",                                     "SS.S" },
		{ "assert 0\na\n",						      "S."   },
		{ "assert False, 'm'\na\n",					     "S."   },
		{ "assert a, 0\nb\n",						   "SS"   },
		{ "assert 1\na\n",						      "SS"   },
		{ "sys.exit()\na\n",						    "SS"   },
		{ "class A:\n  raise E\n  a\nb\n",                                      "SS.S" },
		{ "raise E\nif a:\n  b\nelse:\n  c\n",                                  "S...."},
		{ "raise E\ntry:\n  a\nexcept B:\n  c\nelse:\n  d\nfinally:\n  e\nf\n",
                 "S........."								  },
		{ "raise E\nwith a:\n  b\nc\n",                                         "S..." },
		{ "raise E\nmatch a:\n  case _:\n    b\nc\n",                           "S...."},
	};

	(void)state;
	CHECK(cases);
}

static void
test_if(void **state)
{
	static const struct reach_case cases[] = {
		{"if 0:\n  a\nb\n",				       "S.S"     },
		{ "if 1:\n  a\nelse:\n  b\nc\n",                          "SS..S"   },
		{ "if a:\n  b\nelif 0:\n  c\nelse:\n  d\ne\n",            "SSS..SS" },
		{ "if a:\n  b\nelif 1:\n  c\nelif d:\n  e\nelse:\n  f\n", "SSSS...."},
		{ "if a:\n  raise E\nelse:\n  raise F\nb\n",              "SS.S."   },
		{ "if a:\n  raise E\nelif b:\n  raise F\nc\n",            "SSSSS"   },
		{ "if 1:\n  raise E\na\n",                                "SS."     },
		{ "if 0: raise E\na\n",                                   "SS"      },
		{ "if 1: raise E\nelse: a\nb\n",                          "S.."     },
	};

	(void)state;
	CHECK(cases);
}

static void
test_loops(void **state)
{
	static const struct reach_case cases[] = {
		{"while 0:\n  a\nelse:\n  b\nc\n",                           "S..SS" },
		{ "while True:\n  a\nelse:\n  b\nc\n",                       "SS..." },
		{ "while 1:\n  if a:\n    break\nb\n",                       "SSSS"  },
		{ "while 1:\n  raise E\n  break\na\n",                       "SS.."  },
		{ "while 1:\n  for a in b:\n    break\nc\n",                 "SSS."  },
		{ "while 1:\n  for a in b:\n    c\n  else:\n    break\nd\n", "SSS.SS"},
		{ "while a:\n  raise E\nelse:\n  raise F\nb\n",              "SS.S." },
		{ "while a:\n  break\nelse:\n  raise F\nb\n",                "SS.SS" },
		{ "for a in ():\n  raise E\nb\n",                            "SSS"   },
		{ "for a in b:\n  c\nelse:\n  raise E\nd\n",                 "SS.S." },
		{ "for a in b:\n  break\nelse:\n  raise E\nd\n",             "SS.SS" },
		{ "while 1:\n  def f():\n    for a in b:\n      break\nc\n", "SSSS." },
	};

	(void)state;
	CHECK(cases);
}

static void
test_try(void **state)
{
	static const struct reach_case cases[] = {
		{"try:\n  raise A\nexcept B:\n  c\nelse:\n  d\ne\n",           "SSSS..S"  },
		{ "try:\n  raise A\nexcept B:\n  raise\ne\n",                  "SSSS."    },
		{ "try:\n  a\nexcept B:\n  raise\nelse:\n  raise C\ne\n",      "SSSS.S."  },
		{ "try:\n  raise A\nfinally:\n  b\nc\n",                       "SS.S."    },
		{ "try:\n  a\nfinally:\n  raise B\nc\n",                       "SS.S."    },
		{ "while 1:\n  try:\n    break\n  finally:\n    a\nb\n",       "SSS.SS"   },
		{ "while 1:\n  try:\n    break\n  finally:\n    raise E\nb\n", "SSS.S."   },
		{ "while 1:\n  try:\n    a\n  except B:\n    break\nb\n",      "SSSSSS"   },
		{ "while 1:\n  try:\n    a\n  finally:\n    break\nb\n",       "SSS.SS"   },
		{ "while 1:\n  try:\n    try:\n      break\n    finally:\n      a\n  finally:\n"
		  "    raise E\nb\n",			 "SSSS.S.S."},
	};

	(void)state;
	CHECK(cases);
}

static void
test_with_and_match(void **state)
{
	static const struct reach_case cases[] = {
		{"with a:\n  raise E\n  b\nc\n",                                   "SS.S"  },
		{ "match a:\n  case 1:\n    raise E\nb\n",                         "SSSS"  },
		{ "match a:\n  case 1:\n    raise E\n  case _:\n    raise F\nb\n", "SSSSS."},
		{ "match a:\n  case b if 1:\n    raise E\n  case 2:\n    c\nd\n",  "SSS..."},
		{ "match a:\n  case b if 0:\n    c\n  case 2:\n    d\n",           "SS.SS" },
		{ "match a:\n  case b if c:\n    raise E\nd\n",                    "SSSS"  },
		{ "match a:\n  case 1 | (_):\n    raise E\nd\n",                   "SSS."  },
		{ "match a:\n  case (1 | _) as b:\n    raise E\nd\n",              "SSS."  },
		{ "match a:\n  case [*_]:\n    raise E\nd\n",                      "SSSS"  },
	};

	(void)state;
	CHECK(cases);
}

/* A test as `if`, with what 3.10, 3.12, 3.13 and 3.14 know of it: T, F or U. */
static void
test_truth(void **state)
{
	static const struct reach_case cases[] = {
		{"1",			  "TTTT"},
		{ "0",			 "FFFF"},
		{ "0.0",                       "FFFF"},
		{ "0x10",                      "TTTT"},
		{ "1e3",                       "TTTT"},
		{ "0j",			"FFFF"},
		{ "''",			"FFFF"},
		{ "'' 'a'",                    "TTTT"},
		{ "b''",                       "FFFF"},
		{ "None",                      "FFFF"},
		{ "True",                      "TTTT"},
		{ "False",                     "FFFF"},
		{ "...",                       "TTTT"},
		{ "__debug__",                 "TTTT"},
		{ "not __debug__",             "FFFF"},
		{ "not not 1",                 "TTTT"},
		{ "not x",                     "UUUU"},
		{ "x",			 "UUUU"},
		{ "(1)",                       "TTTT"},
		{ "((0))",                     "FFFF"},
		{ "x and 0",                   "FFFF"},
		{ "0 and x",                   "FFFF"},
		{ "x and 1",                   "UUUU"},
		{ "1 and 2",                   "TTTT"},
		{ "x or 1",                    "TTTT"},
		{ "0 or x",                    "UUUU"},
		{ "0 or 0",                    "FFFF"},
		{ "not (x or 1)",              "FFFF"},
		{ "x and (y or 1)",            "UUUU"},
		{ "x or y and 0",              "UUUU"},
		{ "0 or y and 0",              "FFFF"},
		{ "1 if x else 2",             "TTTT"},
		{ "0 if x else 0",             "FFFF"},
		{ "1 if x else 0",             "UUUU"},
		{ "x if 0 else 1",             "TTTT"},
		{ "1 if 1 else x",             "TTTT"},
		{ "0 if x else 0 if y else 0", "FFFF"},
		{ "0 if x else 1 if y else 0", "UUUU"},
		{ "0 if x else y if 0 else 0", "FFFF"},
		{ "-1",			"TTTU"},
		{ "-0",			"FFFU"},
		{ "x and -0",                  "FFFU"},
		{ "not -1",                    "FFFU"},
		{ "1 + 1",                     "TTTU"},
		{ "0 + 0",                     "FFFU"},
		{ "2 * 0",                     "FFFU"},
		{ "0 + 2 * 3",                 "TTTU"},
		{ "-x",			"UUUU"},
		{ "x + 1",                     "UUUU"},
		{ "()",			"FFFU"},
		{ "(1,)",                      "TTTU"},
		{ "(1, x)",                    "UUUU"},
		{ "(x or 1, 2)",               "UUUU"},
		{ "'abc'[0]",                  "TTTU"},
		{ "'abc'[x]",                  "UUUU"},
		{ "[]",			"UUUU"},
		{ "{}",			"UUUU"},
		{ "[1]",                       "UUUU"},
		{ "1 < 2",                     "UUUU"},
		{ "1 == 1",                    "UUUU"},
		{ "1 is 1",                    "UUUU"},
		{ "1 is not 0",                "UUUU"},
		{ "1 not in x",                "UUUU"},
		{ "f(1)",                      "UUUU"},
		{ "f(1) or 1",                 "TTTT"},
		{ "(y := 1)",                  "UUUU"},
		{ "(y := 1 or 1)",             "UUUU"},
		{ "(y := 0) and 0",            "FFFF"},
		{ "lambda: 1",                 "UUUU"},
		{ "1 or (lambda: 0)",          "TTTT"},
		{ "(1 for a in b)",            "UUUU"},
		{ "{1: 2}[1] or 1",            "TTTT"},
		{ "x.y",                       "UUUU"},
		{ "1 .real",                   "UUUU"},
		{ "f'{x}'",                    "UUUU"},
		{ "f''",                       "UUFF"},
		{ "'a' f'{x}'",                "UUUU"},
		{ "f'{1 or 2}' or 1",          "TTTT"},
	};
	static const unsigned minors[] = { 10, 12, 13, 14 };
	struct buf text = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		for (size_t k = 0; k < 4; k++) {
			char known = cases[i].want[k];
			const char *want = known == 'T' ? "SS." : known == 'F' ? "S.S" : "SSS";

			buf_reset(&text);
			buf_addf(&text, "if %s:\n  a\nelse: b\n", cases[i].text);
			check(buf_text(&text), minors[k], want);
		}
	}
	check("if f'a':\n  a\nelse: b\n", 12, "SS.");
	check("if f'a':\n  a\nelse: b\n", 14, "SS.");
	buf_free(&text);
}

/* Code objects in dead code: executable-lines 8.1, 8.2, 8.4. */
static void
test_oddities(void **state)
{
	static const struct {
		const char *text, *want[4]; /* for 3.10, 3.11, 3.13 and 3.14 */
	} cases[] = {
		{"def f():\n  return x\n  def g():\n    return 2\n",
                 { "SS..", "SS..", "SS..", "SSSS" }									},
		{ "def f():\n  return 'x'\n  def g():\n    return 2\n",
                 { "SS..", "SS..", "SS..", "SS.." }									},
		{ "def f():\n  'd'\n  return x\n  def g():\n    return 2\n",
                 { "S.S..", "S.S..", "S.S..", "S.S.." }								    },
		{ "def f():\n  raise E\n  y = lambda: 0\n",                              { "SS.", "SS.", "SS.", "SSS" }    },
		{ "def f():\n  raise E\n  x(key=lambda: 0)\n",                           { "SS.", "SS.", "SS.", "SSS" }    },
		{ "def f():\n  raise E\n  x(a=b)\n  y = lambda: 0\n",
                 { "SS..", "SS..", "SS..", "SS.." }									},
		{ "def f():\n  raise E\n  x(1 for y in z)\n",                            { "SS.", "SS.", "SS.", "SSS" }    },
		{ "def f():\n  raise E\n  [1 for y in z]\n",                             { "SS.", "SS.", "SS.", "SS." }    },
		{ "def f(x):\n  if x:\n    return\n    y = lambda: 0\n  return 'new'\n",
                 { "SSSSS", "SSSSS", "SSS.S", "SSS.S" }								    },
		{ "if 0:\n  def f():\n    return 1\nelse:\n  def f():\n    return 2\n",
                 { "S.S.SS", "SSS.SS", "S...SS", "S...SS" }								},
		{ "raise E\n@dec\ndef f():\n  return 1\n",                               { "S..S", "SS.S", "SS.S", "SS.S" }},
		{ "class A:\n  raise E\n  def f(self):\n    return 1\n",
                 { "SS..", "SS..", "SS..", "SS.." }									},
		{ "class A:\n  if a:\n    raise E\n    x: T[lambda: 0]\n  b = 1\n",
                 { "SSSSS", "SSSSS", "SSS.S", "SSSSS" }								    },
		{ "class A:\n  x: T[lambda: 0]\n  raise E\n",                            { "SSS", "SSS", "SSS", "S.S" }    },
		{ "x: T[lambda: 0]\nraise E\ny: T[lambda: 0]\nz: int\n",
                 { "SS..", "SS..", "SS..", "SSS." }									},
	};
	static const unsigned minors[4] = { 10, 11, 13, 14 };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		for (size_t k = 0; k < 4; k++)
			check(cases[i].text, minors[k], cases[i].want[k]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_jumps),          cmocka_unit_test(test_if),
		cmocka_unit_test(test_loops),          cmocka_unit_test(test_try),
		cmocka_unit_test(test_with_and_match), cmocka_unit_test(test_truth),
		cmocka_unit_test(test_oddities),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
