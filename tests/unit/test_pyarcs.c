#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "python/exclude.h"
#include "python/pylines.h"

static void
read_whole(struct py_lines *lines, struct span text, unsigned minor)
{
	struct py_options options = { .minor = minor, .want = PY_WANT_ARCS };
	struct error err = { 0 };

	if (py_lines_read(lines, text, &options, &err) != STATUS_OK)
		fail_msg("'%.*s': %s", (int)text.len, text.at, err.text);
}

static void
read_pieces(struct py_lines *lines, struct span text, unsigned minor, size_t size)
{
	struct py_options options = { .minor = minor, .want = PY_WANT_ARCS };
	struct py_reader r;
	struct error err = { 0 };

	py_reader_init(&r, lines, &options);
	for (size_t at = 0; at < text.len; at += size)
		py_reader_feed(&r, span_cut(text, at, text.len - at < size ? text.len : at + size));
	assert_int_equal(py_reader_finish(&r, &err), STATUS_OK);
}

static void
show_list(struct buf *out, const struct arc_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		buf_addf(out, "%s%d>%d", i > 0 ? " " : "", list->at[i].from, list->at[i].to);
}

static void
show_arcs(struct buf *out, const struct py_lines *lines)
{
	show_list(out, &lines->arcs.possible);
}

static void
show_exits(struct buf *out, const struct py_lines *lines)
{
	uint32_t *counts = calloc(lines->count + 1, sizeof *counts);

	py_arcs_count_exits(lines, counts);
	for (uint32_t n = 1; n <= lines->count; n++) {
		if (counts[n] > 0)
			buf_addf(out, "%s%u:%u", out->len > 0 ? " " : "", n, counts[n]);
	}
	free(counts);
}

static void
show_fixes(struct buf *out, const struct py_lines *lines)
{
	for (size_t i = 0; i < lines->arcs.fix_count; i++) {
		const struct py_with_fix *fix = &lines->arcs.fixes[i];

		buf_addf(out, "%s%d>%d=%d>%d", i > 0 ? " " : "", fix->exit.from, fix->exit.to,
			 fix->next.from, fix->next.to);
	}
}

static void
check_text(struct buf *got, const char *want, const char *what, struct span text, unsigned minor)
{
	if (strcmp(buf_text(got), want) != 0)
		fail_msg("%s of '%.*s' (3.%u): got '%s', want '%s'", what, (int)text.len, text.at,
			 minor, got->at, want);
	buf_reset(got);
}

/* Of a text in which what has code is known in time. */
static void
check(const char *source, unsigned minor, const char *want)
{
	struct span text = span_of(source);
	struct py_lines lines = { 0 };
	struct buf got = { 0 };

	read_whole(&lines, text, minor);
	assert_false(lines.arcs.doubtful);
	show_arcs(&got, &lines);
	check_text(&got, want, "arcs", text, minor);
	for (size_t n = 1; n <= text.len && n <= 40; n++) {
		read_pieces(&lines, text, minor, n);
		assert_false(lines.arcs.doubtful);
		show_arcs(&got, &lines);
		check_text(&got, want, "arcs, in pieces,", text, minor);
	}
	buf_free(&got);
	py_lines_free(&lines);
}

static void
test_arcs(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{"",								      "1>-1"                            },
		{ "# c\n",								"1>-1"                            },
		{ "global a\n",							   ""                                },
		{ "a\n\nb\n",							     "1>3 3>-1"                        },
		{ "a; b\nc",							      "1>2 2>-1"                        },
		{ "if a:\n  b\nc\n",						      "1>2 1>3 2>3 3>-1"                },
		{ "if a: b\nc\n",							 "1>2 2>-1"                        },
		{ "if a:\n  b\nelif c:\n  d\nelse:\n  e\nf\n",                            "1>2 1>3 2>7 3>4 3>6 4>7 6>7 7>-1"},
		{ "if 0:\n  b\nelif c:\n  d\ne\n",                                        "1>3 3>4 3>5 4>5 5>-1"            },
		{ "while a:\n  b\nelse:\n  c\nd\n",                                       "1>2 1>4 2>1 4>5 5>-1"            },
		{ "while 1:\n  if a:\n    break\n  if b:\n    continue\nc\n",
                 "1>2 2>3 2>4 3>6 4>1 4>5 5>1 6>-1"									 },
		{ "for a in b:\n  c\nd\n",						"1>2 1>3 2>1 3>-1"                },
		{ "def f():\n  if a:\n    return\n  b\n",                                 "1>-1 2>3 2>4 3>-1 4>-1"          },
		{ "@a\n@b\ndef f():\n  c\nd\n",                                           "1>2 2>3 3>5 4>-1 5>-1"           },
		{ "class A:\n  def f(self):\n    a\n  b\nc\n",                            "1>5 2>4 3>-2 4>-1 5>-1"          },
		{ "try:\n  a\n  raise b\nexcept c:\n  d\nexcept e:\n  f\nelse:\n  g\n",
                 "1>2 2>3 3>4 4>5 5>-1 6>7 7>-1"									    },
		{ "def f():\n  try:\n    a\n  except b:\n    raise\n  finally:\n    c\n",
                 "1>-1 2>3 3>7 4>5 7>-1"										    },
		{ "def f():\n  try:\n    a\n  except b:\n    raise\n  c\n",
                 "1>-1 2>3 3>6 4>5 5>-1 6>-1"									       },
		{ "with a:\n  b\nc\n",						    "1>2 2>3 3>-1"                    },
		{ "with a:\n  with b:\n    with c:\n      d\ne\n",                        "1>2 2>3 3>4 3>5 4>5 5>-1"        },
		{ "with a: b\nc\n",						       "2>-1"                            },
		{ "match a:\n  case 1:\n    b\n  case _:\n    c\nd\n",
                 "1>2 2>3 2>4 3>6 4>5 5>6 6>-1"									     },
		{ "match a:\n  case 1:\n    b\nc\n",                                      "1>2 2>3 2>4 3>4 4>-1"            },
		{ "def f():\n  return\n  a\nb\n",                                         "1>4 2>-1 4>-1"                   },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		check(cases[i].text, 14, cases[i].want);
}

/* What has code is known too late: a whole text is read twice, pieces are told to be in doubt. */
static void
test_second_pass(void **state)
{
	static const struct {
		const char *text, *want;
		unsigned minor;
	} cases[] = {
		{"try:\n  a\nfinally:\n  b\n  global c\nd\n",          "1>2 2>4 4>5 5>6 6>-1", 11},
		{ "global a\nb: int\n",                                "1>2 2>-1",             14},
		{ "class A:\n  a: b[lambda: 0]\n  c = 1\n  raise d\n", "1>-1 3>4",             14},
		{ "raise E\n@a\ndef f():\n  b\n",                      "2>3 3>-1 4>-2",        14},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct span text = span_of(cases[i].text);
		struct py_lines lines = { 0 }, again = { 0 };
		struct buf got = { 0 };

		read_whole(&lines, text, cases[i].minor);
		assert_false(lines.arcs.doubtful);
		show_arcs(&got, &lines);
		check_text(&got, cases[i].want, "arcs", text, cases[i].minor);
		read_pieces(&again, text, cases[i].minor, 7);
		assert_true(again.arcs.doubtful);
		for (uint32_t n = 1; n <= lines.count; n++)
			assert_int_equal(lines.info[n], again.info[n]);
		buf_free(&got);
		py_lines_free(&lines);
		py_lines_free(&again);
	}
}

/* What data recorded, as coverage.py's tracers record it. */
static void
test_executed(void **state)
{
	static const struct {
		const char *text, *want;
		struct arc measured[8];
	} cases[] = {
		{"if a:\n  b\nc\n",
                 "-1>1 1>2 2>3 3>-1",			  { { 3, -1 }, { -1, 1 }, { 1, 2 }, { 2, 3 } }                              },
 /* Back to the with, and on. */
		{ "with a:\n  b\nc\n",
                 "-1>1 1>2 2>3 3>-1",			  { { -1, 1 }, { 1, 2 }, { 2, 1 }, { 1, 3 }, { 3, -1 } }                    },
		{ "with a:\n  with b:\n    c\nd\n",
                 "-1>1 1>2 2>3 3>4 4>-1",		      { { -1, 1 }, { 1, 2 }, { 2, 3 }, { 3, 2 }, { 2, 1 }, { 1, 4 }, { 4, -1 } }},
 /* Lines within a statement; a jump within one is the only way that there is. */
		{ "a(\n  b,\n  c)\nd\n",
                 "-1>1 1>4 4>-1",			      { { -1, 1 }, { 1, 2 }, { 2, 3 }, { 3, 1 }, { 1, 4 }, { 4, -1 } }          },
		{ "if (a and\n  b):\n  c\nd\n",
                 "-1>1 1>4 4>-1",			      { { -1, 1 }, { 1, 2 }, { 2, 4 }, { 4, -1 } }                              },
 /* Out of place: kept as it is. */
		{ "a\n",			    "1>9 5>7", { { 5, 7 }, { 1, 9 } }                                                    },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct py_lines lines = { 0 };
		struct arc_list arcs = { 0 };
		struct buf got = { 0 };

		read_whole(&lines, span_of(cases[i].text), 14);
		for (size_t k = 0; k < 8 && cases[i].measured[k].from != 0; k++)
			arc_list_add(&arcs, cases[i].measured[k].from, cases[i].measured[k].to);
		py_arcs_execute(&lines, &arcs);
		show_list(&got, &arcs);
		check_text(&got, cases[i].want, "executed", span_of(cases[i].text), 14);
		buf_free(&got);
		arc_list_free(&arcs);
		py_lines_free(&lines);
	}
}

/* Names are found with regions and without. */
static void
test_names(void **state)
{
	static const char source[] =
		"class \\\n  A:\n  @b(\n    1)\n  # c\n\n  async  def g(self): pass\n";
	struct py_options options = { .want = PY_WANT_ARCS };
	struct py_lines lines = { 0 };
	struct buf got = { 0 };

	(void)state;
	for (options.want = PY_WANT_ARCS; options.want <= (PY_WANT_ARCS | PY_WANT_REGIONS);
	     options.want += PY_WANT_REGIONS) {
		assert_int_equal(py_lines_read(&lines, span_of(source), &options, NULL), STATUS_OK);
		py_arc_describe(&lines, span_of(source), (struct arc){ 7, -3 }, &got);
		check_text(&got, "return from function 'g'", "text", span_of(source), 14);
		py_arc_describe(&lines, span_of(source), (struct arc){ 7, -1 }, &got);
		check_text(&got, "exit class 'A'", "text", span_of(source), 14);
		/* Of arcs that there are not. */
		py_arc_describe(&lines, span_of(source), (struct arc){ 70, -3 }, &got);
		check_text(&got, "jump to the function exit", "text", span_of(source), 14);
		py_arc_describe_missing(&lines, span_of(source), (struct arc){ -1, 3 }, &got);
		check_text(&got, "line -1 didn't jump to line 3", "text", span_of(source), 14);
		py_lines_free(&lines);
	}
	buf_free(&got);
}

/* An arc has its cause from where it was found; what was found there waits in one pool. */
static void
test_long_chain(void **state)
{
	struct buf text = { 0 }, got = { 0 };
	struct py_lines lines = { 0 };

	(void)state;
	buf_add_text(&text, "def f(a):\n  if a:\n    b\n");
	for (unsigned i = 0; i < 20000; i++)
		buf_add_text(&text, "  elif a:\n    b\n");
	buf_add_text(&text, "  c\n");
	read_whole(&lines, buf_span(&text), 14);
	assert_int_equal(lines.arcs.possible.count, 3 * 20001 + 2);
	py_arc_describe_missing(&lines, buf_span(&text), (struct arc){ 40002, 40004 }, &got);
	check_text(&got,
		   "line 40002 didn't jump to line 40004 because the condition on line 40002 was "
		   "always true",
		   "text", SPAN("chain"), 14);
	buf_free(&text);
	buf_free(&got);
	py_lines_free(&lines);
}

/* ---- data/python/vectors.txt --------------------------------------------------------------- */

struct vector {
	char name[64];
	struct buf text;
	unsigned compared; /* rows */
};

/* What test_pylines.c knows not to be told exactly. */
static bool
is_inexact(const char *name, unsigned minor)
{
	return (strcmp(name, "const-19") == 0 && minor < 14) ||
	       (strcmp(name, "dead-33") == 0 && minor < 12);
}

/* "TEXT | PART or PART": the same parts in any order? */
static bool
same_parts(const char *got, const char *want)
{
	static const char or [] = " or line ";
	const char *rest = strstr(want, " | ");
	size_t prefix = rest == NULL ? 0 : (size_t)(rest - want) + 3;

	if (rest == NULL || strlen(got) != strlen(want) || strncmp(got, want, prefix) != 0)
		return false;
	for (rest = want + prefix + 5; rest != NULL;) {
		const char *end = strstr(rest, or);
		char part[256];

		snprintf(part, sizeof part, "%.*s",
			 end == NULL ? (int)strlen(rest) : (int)(end - rest), rest);
		if (strstr(got + prefix, part) == NULL)
			return false;
		rest = end == NULL ? NULL : end + sizeof or -1;
	}
	return true;
}

static void
check_description(const struct vector *v, const struct py_lines *lines, const char *row,
		  unsigned minor)
{
	char *rest;
	struct arc arc = { .from = (int32_t)strtol(row, &rest, 10) };
	const char *want;
	struct buf got = { 0 };

	arc.to = (int32_t)strtol(rest + 1, &rest, 10);
	want = rest + 1;
	py_arc_describe(lines, buf_span(&v->text), arc, &got);
	buf_add_text(&got, " | ");
	py_arc_describe_missing(lines, buf_span(&v->text), arc, &got);
	if (!same_parts(buf_text(&got), want))
		check_text(&got, want, v->name, buf_span(&v->text), minor);
	buf_free(&got);
}

static void
check_row(const struct vector *v, char kind, const char *want, unsigned minor)
{
	struct py_lines lines = { 0 };
	struct buf got = { 0 };

	read_whole(&lines, buf_span(&v->text), minor);
	switch (kind) {
	case 'A':
		show_arcs(&got, &lines);
		break;
	case 'E':
		show_exits(&got, &lines);
		break;
	case 'F':
		show_fixes(&got, &lines);
		break;
	default:
		check_description(v, &lines, want, minor);
		buf_add_text(&got, want);
		break;
	}
	check_text(&got, want, v->name, buf_span(&v->text), minor);
	buf_free(&got);
	py_lines_free(&lines);
}

/* The same cut into pieces, unless it is said that it need not be. */
static void
check_pieces(const struct vector *v, const char *want, unsigned minor)
{
	struct py_lines lines = { 0 };
	struct buf got = { 0 };

	for (size_t size = 1; size <= 4; size++) {
		read_pieces(&lines, buf_span(&v->text), minor, size);
		if (lines.arcs.doubtful)
			continue;
		show_arcs(&got, &lines);
		check_text(&got, want, v->name, buf_span(&v->text), minor);
	}
	buf_free(&got);
	py_lines_free(&lines);
}

/* "A 10,11 1>2 2>-1" */
static void
check_rows(struct vector *v, const char *row)
{
	const char *p = row + 2, *want = p + strcspn(p, " ");

	want += *want == ' ';
	while (*p >= '0' && *p <= '9') {
		unsigned minor = (unsigned)strtoul(p, NULL, 10);

		if (!is_inexact(v->name, minor))
			check_row(v, row[0], want, minor);
		if (!is_inexact(v->name, minor) && row[0] == 'A')
			check_pieces(v, want, minor);
		v->compared++;
		p += strspn(p, "0123456789");
		p += *p == ',';
	}
}

static void
test_vectors(void **state)
{
	struct vector v = { 0 };
	char line[8192];
	FILE *f = fopen("data/python/vectors.txt", "r");

	(void)state;
	assert_non_null(f);
	while (fgets(line, sizeof line, f) != NULL) {
		if (line[0] == '|') {
			buf_add_text(&v.text, line + 1);
			continue;
		}
		line[strcspn(line, "\n")] = 0;
		if (line[0] == '=') {
			snprintf(v.name, sizeof v.name, "%.60s", line + 2);
			buf_reset(&v.text);
		} else if (line[0] >= 'A' && line[0] <= 'Z') {
			check_rows(&v, line);
		}
	}
	fclose(f);
	buf_free(&v.text);
	assert_true(v.compared > 8000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arcs),       cmocka_unit_test(test_second_pass),
		cmocka_unit_test(test_executed),   cmocka_unit_test(test_names),
		cmocka_unit_test(test_long_chain), cmocka_unit_test(test_vectors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
