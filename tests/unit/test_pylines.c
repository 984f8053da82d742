#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "python/exclude.h"
#include "python/pylines.h"

/*
 * What is known of a text's lines, as text: for each line S for a statement, X excluded, D
 * docstring, B excluded and docstring, '.' nothing; in front of it the number of its first line if
 * that is another one. "+X" at the end: excluded past the end. An error is "!3 message".
 */
static void
show(struct buf *out, const struct py_lines *lines)
{
	for (uint32_t n = 1; n <= lines->count; n++) {
		unsigned flags = py_lines_flags(lines, n);

		if (py_lines_first(lines, n) != n)
			buf_addf(out, "%u", py_lines_first(lines, n));
		assert_true((flags & PY_STATEMENT) == 0 || flags == PY_STATEMENT);
		buf_add_char(out, ".SX?D?B?"[flags & 7]);
	}
	if (lines->excluded_past_end)
		buf_add_text(out, "+X");
}

static void
read_whole(struct buf *out, struct span text, unsigned minor)
{
	struct py_options options = { .minor = minor };
	struct py_lines lines = { 0 };
	struct error err = { 0 };

	buf_reset(out);
	if (py_lines_read(&lines, text, &options, &err) == STATUS_OK) {
		show(out, &lines);
	} else {
		assert_int_equal(lines.count, 0);
		assert_int_equal(err.status, STATUS_BAD_DATA);
		buf_addf(out, "!%u %s", err.line, err.text);
	}
	py_lines_free(&lines);
}

static void
read_pieces(struct buf *out, struct span text, unsigned minor, size_t size)
{
	struct line_set matched = { 0 };
	struct py_options options = { .minor = minor, .matched = &matched };
	struct py_lines lines = { 0 };
	struct py_reader r;
	struct error err = { 0 };

	buf_reset(out);
	py_exclude_defaults(&matched, text);
	py_reader_init(&r, &lines, &options);
	for (size_t at = 0; at < text.len; at += size)
		py_reader_feed(&r, span_cut(text, at, text.len - at < size ? text.len : at + size));
	if (py_reader_finish(&r, &err) == STATUS_OK)
		show(out, &lines);
	else
		buf_addf(out, "!%u %s", err.line, err.text);
	py_lines_free(&lines);
	line_set_free(&matched);
}

static void
check(struct span text, unsigned minor, const char *want)
{
	struct buf out = { 0 };

	read_whole(&out, text, minor);
	if (strcmp(buf_text(&out), want) != 0)
		fail_msg("'%.*s' (3.%u): got '%s', want '%s'", (int)text.len, text.at, minor,
			 buf_text(&out), want);
	for (size_t n = 1; n <= text.len && n <= 64; n++) {
		read_pieces(&out, text, minor, n);
		if (strcmp(buf_text(&out), want) != 0)
			fail_msg("'%.*s', %zu bytes at a time: got '%s', want '%s'", (int)text.len,
				 text.at, n, buf_text(&out), want);
	}
	buf_free(&out);
}

struct lines_case {
	const char *text, *want;
};

static void
check_all(const struct lines_case *cases, size_t count, unsigned minor)
{
	for (size_t i = 0; i < count; i++)
		check(span_of(cases[i].text), minor, cases[i].want);
}

#define CHECK(cases, minor) check_all(cases, sizeof(cases) / sizeof((cases)[0]), minor)

static void
test_map(void **state)
{
	static const struct lines_case cases[] = {
		{"",				     ""        },
		{ "# c\n\n",			     ".."      },
		{ "a\n\nb",			      "S.S"     },
		{ "a = (1,\n  # c\n\n  2)\nb\n",         "S1.1.1.S"},
		{ "a = \\\n  1\nb\n",                    "S1.S"    },
		{ "\\\na\n",			     ".S"      },
		{ "a = '''x\ny\n''' + b(\n)\nc\n",       "S1.1.1.S"},
		{ "if a: b; \\\n  c\n",                  "S1."     },
		{ "a \\\n\nb\n",                         "S1.S"    },
		{ "f'{\na\n}'\n",                        "S1.1."   },
		{ "a\r\n(b,\r\nc)\r\n",                  "SS2."    },
		{ "a\r(b,\rc)\rd",                       "SS2.S"   },
		{ "async def f(\n  a,\n):\n  await b\n", "S1.1.S"  },
	};

	(void)state;
	CHECK(cases, 14);
	CHECK(cases, 0);
}

static void
test_docstrings(void **state)
{
	static const struct lines_case cases[] = {
		{"'d'\na\n",				"DS"      },
		{ "# c\n\n'''d\n\ne'''\na\n",               "..D3D3DS"},
		{ "('d'\n 'e')\n",                          "D1D"     },
		{ "((\n'd'\n))\na",                         "D1D1DS"  },
		{ "'d'; a\n",			       "D"       },
		{ "a; 'd'\n",			       "S"       },
		{ "b'd'\n",				 "S"       },
		{ "f'd'\n",				 "S"       },
		{ "r'd'\n",				 "D"       },
		{ "('d',)\n",			       "S"       },
		{ "'d' + 'e'\n",                            "S"       },
		{ "'d'.e\n",				"S"       },
		{ "'d'[0]\n",			       "S"       },
		{ "('d')('e')\n",                           "S"       },
		{ "'d' % e\n",                              "S"       },
		{ "def f():\n  'd'\n",                      "SD"      },
		{ "def f(): 'd'\n",                         "D"       },
		{ "def f(\n): 'd'\n",                       "S1D"     },
		{ "class A: 'd'\n",                         "D"       },
		{ "class A:\n  # c\n  'd' 'e'\n  'f'\n",    "S.DS"    },
		{ "if a:\n  'd'\n",                         "SS"      },
		{ "def f():\n  if a:\n    'd'\n",           "SSS"     },
		{ "def f():\n  def g():\n    'd'\n  'e'\n", "SSDS"    },
		{ "@a\ndef f():\n  '''d\n  '''\n  b",       "SSD3DS"  },
		{ "x: 'd'\n",			       "S"       },
	};

	(void)state;
	CHECK(cases, 10);
	CHECK(cases, 14);
}

static void
test_code(void **state)
{
	static const struct lines_case cases[] = {
		{"def f():\n  global a\n  b\n",                                          "S.S"     },
		{ "def f():\n  nonlocal a; b\n",                                         "SS"      },
		{ "if a: global b\n",						    "S"       },
		{ "del ()\ndel [], ()\ndel ([()],)\ndel a\ndel (a,)\na",                 "...SSS"  },
		{ "try:\n  a\nexcept A:\n  b\nelse:\n  c\nfinally:\n  d\n",              "SSSS.S.S"},
		{ "if a:\n  b\nelif c:\n  d\nelse:\n  e\n",                              "SSSS.S"  },
		{ "if a: b\nelse: c\n",						  "SS"      },
		{ "while a: b\nelse:\n  c\n",                                            "S.S"     },
		{ "for a in b:\n  pass\nelse: pass\n",                                   "SSS"     },
		{ "with a: b\n",							 "S"       },
		{ "@a\n@b(\n  c)\n@d\nclass A:\n  pass\n",                               "SS2.SSS" },
		{ "match a:\n  case 1:\n    b\n  case _:\n    c\n",                      "SSSSS"   },
		{ "match a:\n  case 1: b\n",					     "SS"      },
		{ "match = 1\nmatch(a)\nmatch[a]\nmatch: int\nmatch, b\nmatch.a = 1\n",  "SSSSSS"  },
		{ "match(a):\n  case b if lambda: c: d\n",                               "SS"      },
		{ "match -a:\n  case -1 | [1, *_] | {'a': 2}: d\n",                      "SS"      },
		{ "match lambda: a:\n  case b: d\n",                                     "SS"      },
		{ "case = 1\ntype = 2\n_ = match = case\n",                              "SSS"     },
		{ "type X = int\ntype Y[T: int] = T\n",                                  "SS"      },
		{ "if lambda: a: b\n",						   "S"       },
		{ "x = lambda a=lambda: 1: 2\n",                                         "S"       },
		{ "if (a := b):\n  c\nif a[1:2]: d\n",                                   "SSS"     },
		{ "async def f():\n  async with a: b\n  async for c in d:\n    e\n",     "SSSS"    },
		{ "lambda: (yield)\nprint(*a, sep='')\nx if y else z\nnot a\nawait b\n", "SSSSS"   },
	};

	(void)state;
	CHECK(cases, 10);
	CHECK(cases, 14);
}

static void
test_annotations(void **state)
{
	static const struct {
		const char *text, *want[3]; /* for 3.10, 3.13 and 3.14 */
	} cases[] = {
		{"x: int\n(y): int\na.b: int\nc[d]: int\nz: int = 1\n",
                 { "SSSSS", "SSSSS", "S.SSS" }									      },
		{ "class A:\n  x: int\n  (y): int\n  a.b: int\n  z: int = 1\n",
                 { "SSSSS", "SSSSS", "S..SS" }									      },
		{ "class A:\n  if a:\n    x: int\n    (y): int\n",                                { "SSSS", "SSSS", "SSS." }},
		{ "def f():\n  x: int\n  (y): int\n  a.b: int\n  z: int = 1\n",
                 { "S..SS", "S..SS", "S..SS" }									      },
		{ "from __future__ import annotations\nx: int\n(y): int\nclass A:\n  x: int\n",
                 { "SS.SS", "SS.SS", "SS.SS" }									      },
		{ "from __future__ import (division,\n  annotations as a)\nclass A:\n  x: int\n",
                 { "S1.SS", "S1.SS", "S1.SS" }									      },
		{ "from __future__ import division as annotations\nclass A:\n  x: int\n",
                 { "SSS", "SSS", "SS." }										    },
		{ "from .__future__ import annotations\nclass A:\n  x: int\n",
                 { "SSS", "SSS", "SS." }										    },
		{ "class A:\n  x: B[lambda: 0]\n  y: [a for a in b]\n  z: a\n",
                 { "SSSS", "SSSS", "SSS." }										 },
		{ "global a\nb\n",								{ ".S", ".S", ".S" }      },
		{ "global a\nb: int\n",							   { "SS", "SS", "SS" }      },
		{ "global a\n",								   { "S", ".", "." }         },
		{ "try:\n  a\nfinally:\n  global b\n",                                            { "SS.S", "SS..", "SS.." }},
		{ "match a:\n  case 1:\n    global b\nc\n",                                       { "SSSS", "SS.S", "SS.S" }},
		{ "def __annotate__():\n  a\n  lambda: 0\n  def g():\n    b\n",
                 { "S.S.S", "S.SSS", "S.SSS" }									      },
	};
	static const unsigned minors[3] = { 10, 13, 14 };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		for (size_t k = 0; k < 3; k++)
			check(span_of(cases[i].text), minors[k], cases[i].want[k]);
	}
}

static void
test_exclusion(void **state)
{
	static const struct lines_case cases[] = {
		{"a # pragma: no cover\nb\n",							 "XS"      },
		{ "if a: # pragma: no cover\n  b\n\n  c\nelse:\n  d\n",                               "XX.X.S"  },
		{ "if a:\n  b\nelse: # pragma: no cover\n  c\n  # x\n  d\ne\n",                       "SSXX.XS" },
		{ "for a in b: # pragma: no cover\n  if c:\n    d\n  e\nf\n",                         "XXXXS"   },
		{ "def f(): # pragma: no cover\n\n  # c\n  a\n\n# d\nb\n",                            "XXXX..S" },
		{ "@a\n@b # pragma: no cover\n\ndef f():\n  '''d'''\n  c\ne\n",                       "XXXXBXS" },
		{ "@a\n# pragma: no cover\ndef f():\n  b\nc\n",                                       "XXXXS"   },
		{ "@a(\n b, # pragma: no cover\n)\ndef f():\n  b\nc\n",                               "X1X1XXXS"},
		{ "def f(a,\n  b): # pragma: no cover\n  c\nd\n",                                     "X1XXS"   },
		{ "def f(a, # pragma: no cover\n  b):\n  c\nd\n",                                     "X1XXS"   },
		{ "class A: # pragma: no cover\n  def f():\n    a\n  b\nc\n",                         "XXXXS"   },
		{ "def f(): # pragma: no cover\n  a \\\n\nb\n",                                       "XX2.S"   },
		{ "def f(): # pragma: no cover\n  a \\\n\n  b\n",                                     "XX2XX"   },
		{ "x = (1,\n 2, # pragma: no cover\n 3)\ny\n",                                        "X1.1.S"  },
		{ "if TYPE_CHECKING:\n  a\nif typing.TYPE_CHECKING:\n  b\nc\n",                       "XXXXS"   },
		{ "def f(): ...\na\n",								"XS"      },
		{ "def f(self) -> int: ...\n",							"X+X"     },
		{ "a\n\n\n...\n\n# c\n",							      "SXXXXX"  },
		{ "'''\n# pragma: no cover\n'''\na\n",                                                "B1D1DS"  },
		{ "x: int # pragma: no cover\ny\n",                                                   "XS"      },
		{ "x = lambda: 0 # pragma: no cover\ny\n",                                            "XS"      },
		{ "if a: b; c # pragma: no cover\nd\n",                                               "XS"      },
		{ "try: # pragma: no cover\n  a\nexcept B:\n  c\n",                                   "XXSS"    },
		{ "match a:\n  case 1:\n    b\n  case _:\n    c # pragma: no cover\n",                "SSSXX"   },
		{ "match a:\n  case 1:\n    b # pragma: no cover\n  case x:\n    c\n",                "SSXSS"   },
		{ "match a:\n  case 1 | _:\n    b # pragma: no cover\n    c # pragma: no cover\n",
                 "SXXX"											 },
		{ "match a:\n  case _ | 1:\n    b # pragma: no cover\n",                              "SSX"     },
		{ "match a:\n  case (_):\n    b # pragma: no cover\n",                                "SXX"     },
		{ "match a:\n  case (1 | _) as c:\n    b # pragma: no cover\n",                       "SSX"     },
		{ "match a:\n  case (x as y):\n    b # pragma: no cover\n",                           "SXX"     },
		{ "match a:\n  case _ if c:\n    b # pragma: no cover\n",                             "SSX"     },
		{ "match a:\n  case _, :\n    b # pragma: no cover\n",                                "SSX"     },
		{ "match a:\n  case [_]:\n    b # pragma: no cover\n",                                "SSX"     },
		{ "match a:\n  case A():\n    b # pragma: no cover\n",                                "SSX"     },
		{ "match a:\n  case b.c:\n    b # pragma: no cover\n",                                "SSX"     },
		{ "match a:\n  case None:\n    b # pragma: no cover\n",                               "SSX"     },
		{ "match a:\n  case _:\n    raise E( # pragma: no cover\n      'x')\n",               "SSX3."   },
		{ "match a:\n  case _:\n    if b: # pragma: no cover\n      c\n    else:\n      d\n",
                 "SSXX.S"										       },
		{ "match a:\n  case \\\n   _:\n    b # pragma: no cover\n",                           "S.2XX"   },
		{ "def f(): # pragma: no cover\n  match a:\n    case _:\n      b\n",                  "XXXX"    },
	};

	(void)state;
	CHECK(cases, 14);
	CHECK(cases, 12);
}

/* Every branch of excluded text is the same with CR or CR LF as line end. */
static void
test_line_ends(void **state)
{
	static const char *const texts[] = {
		"a # pragma: no cover\nb\n",
		"def f(): ...\na\n",
		"a\n\n\n...\n\n# c\n",
		"@a\n# pragma: no cover\ndef f():\n  b\nc\n",
		"if a: # pragma: no cover\n  b\nelse:\n  '''c\n  d'''\n",
	};
	struct buf text = { 0 }, out = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		read_whole(&out, span_of(texts[i]), 14);
		for (unsigned crlf = 0; crlf < 2; crlf++) {
			buf_reset(&text);
			for (const char *p = texts[i]; *p != 0; p++) {
				if (*p == '\n')
					buf_add_text(&text, crlf ? "\r\n" : "\r");
				else
					buf_add_char(&text, *p);
			}
			check(buf_span(&text), 14, buf_text(&out));
		}
	}
	buf_free(&text);
	buf_free(&out);
}

static void
test_errors(void **state)
{
	static const struct lines_case cases[] = {
		{"if a\n  b\n",				 "!1 expected ':'"                                            },
		{ "if a:\nb\n",				 "!2 expected an indented block after the statement on line 1"},
		{ "a\nif a:\n",				 "!2 expected an indented block after the statement on line 2"},
		{ "def f():\n  if a:\nb\n",
                 "!3 expected an indented block after the statement on line 2"                                               },
		{ "a\n  b\n",				   "!2 unexpected indent"                                       },
		{ "  a\n",				      "!1 unexpected indent"                                       },
		{ "if a: b\n  c\n",                             "!2 unexpected indent"                                       },
		{ "else:\n  a\n",                               "!1 clause without a statement that it belongs to"           },
		{ "if a:\n  b\nelse:\n  c\nelse:\n  d\n",
                 "!5 clause without a statement that it belongs to"                                                          },
		{ "for a in b:\n  b\nelif c:\n  d\n",
                 "!3 clause without a statement that it belongs to"                                                          },
		{ "try:\n  a\nelse:\n  b\nfinally:\n  c\n",
                 "!1 expected 'except' or 'finally' block"								   },
		{ "try:\n  a\nb\n",                             "!1 expected 'except' or 'finally' block"                    },
		{ "try:\n  a\n",                                "!1 expected 'except' or 'finally' block"                    },
		{ "try:\n  a\nfinally:\n  b\nexcept C:\n  d\n",
                 "!5 clause without a statement that it belongs to"                                                          },
		{ "else\n",				     "!1 clause without a statement that it belongs to"           },
		{ "try a:\n  b\n",                              "!1 expected ':'"                                            },
		{ "@a\nb\n",				    "!2 expected a function or class after the decorator"        },
		{ "@a\n",				       "!1 expected a function or class after the decorator"        },
		{ "@a\nasync for b in c: d\n",
                 "!2 expected a function or class after the decorator"                                                       },
		{ "match a:\n  b\n",                            "!2 expected 'case'"                                         },
		{ "match a:\n  case:\n    b\n",                 "!2 invalid syntax"                                          },
		{ "match:\n  case 1: a\n",                      "!1 invalid syntax"                                          },
		{ "print a:\n  b\n",                            "!1 invalid syntax"                                          },
		{ "a; if b: c\n",                               "!1 invalid syntax"                                          },
		{ "if a: while b: c\n",                         "!1 invalid syntax"                                          },
		{ "a;; b\n",				    "!1 invalid syntax"                                          },
		{ "async a\n",				  "!1 invalid syntax"                                          },
		{ "a = (1,\nb\n",                               "!1 '(' was never closed"                                    },
		{ "a\n'b\n",				    "!2 unterminated string literal"                             },
	};

	(void)state;
	CHECK(cases, 14);
}

static void
test_given_lines(void **state)
{
	struct line_set matched = { 0 };
	struct py_options options = { .matched = &matched };
	struct py_lines lines = { 0 };
	struct buf out = { 0 };

	(void)state;
	assert_int_equal(
		py_lines_read(&lines, SPAN("if a: # pragma: no cover\n  b\nc\n"), &options, NULL),
		STATUS_OK);
	show(&out, &lines);
	assert_string_equal(buf_text(&out), "SSS");
	line_set_add(&matched, 3);
	line_set_add(&matched, 4);
	buf_reset(&out);
	assert_int_equal(
		py_lines_read(&lines, SPAN("if a: # pragma: no cover\n  b\nc\n"), &options, NULL),
		STATUS_OK);
	show(&out, &lines);
	assert_string_equal(buf_text(&out), "SSX+X");
	assert_int_equal(py_lines_read(&lines, SPAN("x = (a,\n b,\n\n c)\n"), &options, NULL),
			 STATUS_OK);
	assert_int_equal(py_lines_last(&lines, 1), 4);
	assert_int_equal(py_lines_first(&lines, 4), 1);
	assert_int_equal(py_lines_first(&lines, 5), 5);
	assert_int_equal(py_lines_first(&lines, 0), 0);
	assert_int_equal(py_lines_flags(&lines, 0), 0);
	assert_int_equal(py_lines_flags(&lines, 5), 0);
	assert_int_equal(py_lines_read(&lines, SPAN("x = (\n"), &options, NULL), STATUS_BAD_DATA);
	assert_int_equal(lines.count, 0);
	buf_free(&out);
	line_set_free(&matched);
	py_lines_free(&lines);
}

/* ---- data/python/vectors.txt --------------------------------------------------------------- */

struct vector {
	char name[64];
	struct buf text;
	unsigned compared; /* rows */
};

/* The numbers up to the next letter; returns what follows them. */
static const char *
read_numbers(const char *p, struct line_set *set)
{
	line_set_clear(set);
	for (;;) {
		char *end;
		unsigned long n = strtoul(p, &end, 10);

		if (end == p)
			break;
		line_set_add(set, (uint32_t)n);
		p = end;
	}
	return p + strspn(p, " ");
}

static void
check_flag(const struct vector *v, const struct py_lines *lines, const struct line_set *want,
	   unsigned flag, const char *row)
{
	for (uint32_t n = 1; n <= lines->count + 1; n++) {
		bool has = (py_lines_flags(lines, n) & flag) != 0;

		if (n > lines->count && flag == PY_EXCLUDED)
			has = lines->excluded_past_end;
		if (has != line_set_has(want, n))
			fail_msg("%s, line %u, flag %u: row '%s', got %d", v->name, n, flag, row,
				 has);
	}
}

/* What is known not to be told exactly. */
static bool
is_inexact(const char *name, unsigned minor)
{
	static const struct {
		const char *name;
		unsigned below; /* 3.minor */
	} cases[] = {
  /* Live code that follows has a constant, but one that was there before. */
		{"dead-33",   12},
 /* 1 - 1: of a number no more is known than whether it is zero. */
		{ "const-19", 14},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		if (strcmp(name, cases[i].name) == 0)
			return minor < cases[i].below;
	}
	return false;
}

/* "10,11 S 1 2 X D 1" */
static void
check_row(struct vector *v, const char *row)
{
	struct line_set statements = { 0 }, excluded = { 0 }, docstrings = { 0 };
	const char *p = row + strcspn(row, "S");

	p = read_numbers(p + 1, &statements);
	assert_int_equal(*p, 'X');
	p = read_numbers(p + 1, &excluded);
	assert_int_equal(*p, 'D');
	read_numbers(p + 1, &docstrings);
	for (p = row; *p >= '0' && *p <= '9'; p += *p == ',') {
		struct py_options options = { .minor = (unsigned)strtoul(p, NULL, 10) };
		struct py_lines lines = { 0 };
		struct error err = { 0 };

		if (py_lines_read(&lines, buf_span(&v->text), &options, &err) != STATUS_OK)
			fail_msg("%s (3.%u): line %u: %s", v->name, options.minor, err.line,
				 err.text);
		if (!is_inexact(v->name, options.minor))
			check_flag(v, &lines, &statements, PY_STATEMENT, row);
		check_flag(v, &lines, &excluded, PY_EXCLUDED, row);
		check_flag(v, &lines, &docstrings, PY_DOCSTRING, row);
		v->compared++;
		py_lines_free(&lines);
		p += strspn(p, "0123456789");
	}
	line_set_free(&statements);
	line_set_free(&excluded);
	line_set_free(&docstrings);
}

static void
test_vectors(void **state)
{
	struct vector v = { 0 };
	char line[4096];
	FILE *f = fopen("data/python/vectors.txt", "r");

	(void)state;
	assert_non_null(f);
	while (fgets(line, sizeof line, f) != NULL) {
		if (line[0] == '=') {
			line[strcspn(line, "\n")] = 0;
			snprintf(v.name, sizeof v.name, "%.60s", line + 2);
			buf_reset(&v.text);
		} else if (line[0] == '|') {
			buf_add_text(&v.text, line + 1);
		} else if (line[0] >= '0' && line[0] <= '9') {
			check_row(&v, line);
		}
	}
	fclose(f);
	buf_free(&v.text);
	assert_int_equal(v.compared, 1618);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_map),       cmocka_unit_test(test_docstrings),
		cmocka_unit_test(test_code),      cmocka_unit_test(test_annotations),
		cmocka_unit_test(test_exclusion), cmocka_unit_test(test_line_ends),
		cmocka_unit_test(test_errors),    cmocka_unit_test(test_given_lines),
		cmocka_unit_test(test_vectors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
