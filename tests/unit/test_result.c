#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coverage/result.h"

/* Expected numbers and texts are those of coverage.py 7.16.1 for the same source and data. */
static const char source[] = "def sign(n):\n"                                  /* 1 */
			     "    if n > 0:\n"                                 /* 2 */
			     "        return 1\n"                              /* 3 */
			     "    for i in range(n):\n"                        /* 4 */
			     "        print(i)\n"                              /* 5 */
			     "    while n < 5:\n"                              /* 6 */
			     "        n += 1\n"                                /* 7 */
			     "    return n\n"                                  /* 8 */
			     "\n"                                              /* 9 */
			     "class A:\n"                                      /* 10 */
			     "    def m(self):\n"                              /* 11 */
			     "        if self: return 2\n"                     /* 12 */
			     "        def inner(): pass  # pragma: no cover\n" /* 13 */
			     "        return inner\n"                          /* 14 */
			     "\n"                                              /* 15 */
			     "sign(0)\n";                                      /* 16 */

static const char ran[] = "-1>1 1>10 -10>11 11>-10 10>16 16>-1 -1>2 2>4 4>6 6>7 7>6 6>8 8>-1";

struct made {
	struct py_lines lines;
	struct data_query data;
	struct result result;
};

static void
make(struct made *m, const char *text, const char *arcs, bool has_arcs)
{
	struct py_options options = { .want = PY_WANT_ARCS | PY_WANT_REGIONS };
	struct result_parts parts = { &m->lines, &m->data, has_arcs, NULL };
	int from, to, used;

	*m = (struct made){ 0 };
	assert_int_equal(py_lines_read(&m->lines, span_of(text), &options, NULL), STATUS_OK);
	for (; sscanf(arcs, "%d>%d%n", &from, &to, &used) == 2; arcs += used) {
		arc_list_add(&m->data.arcs, from, to);
		if (from > 0)
			line_set_add(&m->data.ran, (uint32_t)from);
		if (to > 0)
			line_set_add(&m->data.ran, (uint32_t)to);
	}
	arc_list_sort(&m->data.arcs);
	result_build(&m->result, &parts);
}

static void
free_made(struct made *m)
{
	py_lines_free(&m->lines);
	data_query_free(&m->data);
	result_free(&m->result);
}

static const char *
numbers_text(const struct numbers *n)
{
	static char text[96];

	snprintf(text, sizeof text, "s%u x%u m%u b%u p%u mb%u", (unsigned)n->statements,
		 (unsigned)n->excluded, (unsigned)n->missing, (unsigned)n->branches,
		 (unsigned)n->partial_branches, (unsigned)n->missing_branches);
	return text;
}

static const char *
arcs_text(const struct arc_list *arcs)
{
	static struct buf out;

	buf_reset(&out);
	for (size_t i = 0; i < arcs->count; i++)
		buf_addf(&out, "%s%d>%d", i == 0 ? "" : " ", arcs->at[i].from, arcs->at[i].to);
	return buf_text(&out);
}

static const char *
missing_text(const struct result *r)
{
	static struct buf out;

	buf_reset(&out);
	result_format_missing(r, &out);
	return buf_text(&out);
}

static void
test_whole(void **state)
{
	struct made m;

	(void)state;
	make(&m, source, ran, true);
	assert_string_equal(numbers_text(&m.result.numbers), "s13 x1 m4 b6 p2 mb2");
	assert_string_equal(arcs_text(&m.result.executed), "2>4 4>6 6>7 6>8");
	assert_string_equal(arcs_text(&m.result.missing), "2>3 4>5");
	assert_string_equal(missing_text(&m.result), "3, 5, 12-14");
	free_made(&m);
	make(&m, source, ran, false);
	assert_string_equal(numbers_text(&m.result.numbers), "s13 x1 m4 b0 p0 mb0");
	assert_int_equal(m.result.missing.count, 0);
	assert_string_equal(missing_text(&m.result), "3, 5, 12-14");
	free_made(&m);
}

static const char *
narrow(const struct made *m, const uint32_t *region_of, uint32_t region, const char **arcs)
{
	struct result_part part = { region_of, region, 1, m->lines.count };
	struct arc_list missing = { 0 };
	struct numbers n = result_narrow(&m->result, &part, &missing);

	*arcs = arcs_text(&missing);
	arc_list_free(&missing);
	return numbers_text(&n);
}

static void
test_parts(void **state)
{
	static const struct {
		bool of_class;
		uint32_t region;
		const char *numbers, *missing;
	} cases[] = {
		{false,  1, "s7 x0 m2 b6 p2 mb2",  "2>3 4>5"},
		{ true,  2, "s2 x1 m2 b0 p0 mb0",  ""       },
		{ false, 3, "s2 x0 m2 b0 p0 mb0",  ""       },
		{ false, 4, "s0 x1 m0 b0 p0 mb0",  ""       },
		{ false, 0, "s4 x0 m0 b0 p0 mb0",  ""       },
		{ true,  0, "s11 x0 m2 b6 p2 mb2", "2>3 4>5"},
	};
	struct made m;
	const char *arcs;

	(void)state;
	make(&m, source, ran, true);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const uint32_t *of =
			cases[i].of_class ? m.lines.regions.class_of : m.lines.regions.function_of;

		assert_string_equal(narrow(&m, of, cases[i].region, &arcs), cases[i].numbers);
		assert_string_equal(arcs, cases[i].missing);
	}
	free_made(&m);
}

/* A branch to an excluded line of another region: coverage.py misses it in the region alone. */
static void
test_excluded_elsewhere(void **state)
{
	static const char text[] = "if a:\n"                               /* 1 */
				   "    b\n"                               /* 2 */
				   "else:\n"                               /* 3 */
				   "    c\n"                               /* 4 */
				   "for i in x:\n"                         /* 5 */
				   "    if i:\n"                           /* 6 */
				   "        j\n"                           /* 7 */
				   "    else:\n"                           /* 8 */
				   "        k\n"                           /* 9 */
				   "    def f(): y  # pragma: no cover\n"; /* 10 */
	struct made m;
	struct result_parts parts;
	const char *arcs;

	(void)state;
	make(&m, text, "-1>1 1>2 2>5 5>-1", true);
	assert_string_equal(arcs_text(&m.result.missing), "1>4 5>6 6>7 6>9");
	assert_string_equal(missing_text(&m.result), "4, 6-9");
	/* No statement has such a way out, but for three that meet on one line. */
	arc_list_add(&m.lines.arcs.possible, 6, 10);
	arc_list_sort(&m.lines.arcs.possible);
	parts = (struct result_parts){ &m.lines, &m.data, true, NULL };
	result_build(&m.result, &parts);
	assert_string_equal(arcs_text(&m.result.missing), "1>4 5>6 6>7 6>9");
	assert_string_equal(narrow(&m, m.lines.regions.function_of, 0, &arcs),
			    "s7 x0 m4 b6 p2 mb5");
	assert_string_equal(arcs, "1>4 5>6 6>7 6>9 6>10");
	free_made(&m);
}

static void
test_no_branch(void **state)
{
	struct line_set no_branch = { 0 };
	struct made m;
	struct result_parts parts;

	(void)state;
	make(&m, source, ran, true);
	line_set_add(&no_branch, 2);
	parts = (struct result_parts){ &m.lines, &m.data, true, &no_branch };
	result_build(&m.result, &parts);
	assert_string_equal(numbers_text(&m.result.numbers), "s13 x1 m4 b6 p1 mb1");
	assert_string_equal(arcs_text(&m.result.missing), "4>5");
	line_set_free(&no_branch);
	free_made(&m);
}

/* "9->10" comes before "9->2", and the ways out last: they are sorted as text. */
static void
test_missing_column(void **state)
{
	static const char text[] = "def f(x):\n"              /* 1 */
				   "    while x:\n"           /* 2 */
				   "        a\n"              /* 3 */
				   "        b\n"              /* 4 */
				   "        c\n"              /* 5 */
				   "        d\n"              /* 6 */
				   "        e\n"              /* 7 */
				   "        g\n"              /* 8 */
				   "        if x: continue\n" /* 9 */
				   "        h\n"              /* 10 */
				   "        if x: return\n"   /* 11 */
				   "f(1)\n";                  /* 12 */
	struct made m;

	(void)state;
	make(&m, text, "-1>1 1>12 12>-1 -1>2 2>3 3>4 4>5 5>6 6>7 7>8 8>9 10>11", true);
	assert_string_equal(missing_text(&m.result), "2->exit, 9->10, 9->2, 11->2, 11->exit");
	free_made(&m);
}

static void
test_percent(void **state)
{
	static const struct {
		double value;
		unsigned precision;
		const char *want;
	} cases[] = {
		{0,                   0, "0"      },
		{ 0.0001,             0, "1"      },
		{ 0.5,                0, "1"      },
		{ 1.5,                0, "2"      },
		{ 2.5,                0, "2"      },
		{ 99.4,               0, "99"     },
		{ 99.6,               0, "99"     },
		{ 99.99999,           2, "99.99"  },
		{ 100,                0, "100"    },
		{ 100,                3, "100.000"},
		{ 0.001,              2, "0.01"   },
		{ 66.66666666666667,  1, "66.7"   },
		{ 2.675,              2, "2.67"   },
		{ 50.05,              1, "50.0"   },
		{ 33.333333333333336, 4, "33.3333"},
		{ 0.15,               1, "0.1"    },
		{ 99.95,              1, "99.9"   },
		{ 12.5,               0, "12"     },
	};
	struct buf out = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		buf_reset(&out);
		percent_display(cases[i].value, cases[i].precision, &out);
		assert_string_equal(buf_text(&out), cases[i].want);
	}
	buf_free(&out);
	assert_true(percent_round(42.857, 2) == 42.86);
	assert_true(percent_round(0.5, 0) == 0.0);
}

static void
test_sums(void **state)
{
	struct numbers sum = { 0 }, one = { 1, 10, 2, 3, 4, 1, 2 };

	(void)state;
	assert_true(numbers_percent(&sum) == 100.0);
	numbers_add(&sum, &one);
	numbers_add(&sum, &one);
	assert_int_equal(sum.files, 2);
	assert_true(numbers_percent(&sum) == 100.0 * 18 / 28);
	assert_true(numbers_percent_statements(&sum) == 70.0);
	assert_true(numbers_percent_branches(&sum) == 50.0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_excluded_elsewhere),
		cmocka_unit_test(test_no_branch),
		cmocka_unit_test(test_missing_column),
		cmocka_unit_test(test_percent),
		cmocka_unit_test(test_sums),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
