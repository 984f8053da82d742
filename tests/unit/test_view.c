#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "coverage/view.h"
#include "support/test.h"

/* A view as text: "1-2c 4m" is lines 1 to 2 covered, line 4 missed. */
static const char *
text_of(const struct view_runs *runs)
{
	static struct buf out;

	buf_reset(&out);
	for (size_t i = 0; i < runs->count; i++) {
		const struct view_run *run = &runs->at[i];

		buf_addf(&out, "%s%u", i == 0 ? "" : " ", run->first);
		if (run->last != run->first)
			buf_addf(&out, "-%u", run->last);
		buf_add_char(&out, line_state_name(run->state)[0]);
	}
	return buf_text(&out);
}

/*
 * Lines as the Python room would give them, one character each: 's' a statement, '+' the next line of
 * the statement before, 'x' excluded, '"' a docstring, ' ' nothing.
 */
static void
make_lines(struct py_lines *lines, const char *kinds)
{
	uint32_t first = 0;

	lines->count = (uint32_t)strlen(kinds);
	lines->info = calloc(lines->count + 1, sizeof *lines->info);
	assert_non_null(lines->info);
	for (uint32_t n = 1; n <= lines->count; n++) {
		char kind = kinds[n - 1];

		first = kind == '+' ? first : n;
		lines->info[n] = (n - first) << 8 | (kind == 's'   ? PY_STATEMENT
						     : kind == 'x' ? PY_EXCLUDED
						     : kind == '"' ? PY_DOCSTRING
								   : 0);
	}
}

static void
set_ran(struct data_query *data, const char *ran)
{
	data->answer = DATA_NOT_RUN;
	for (uint32_t n = 1; ran[n - 1] != '\0'; n++) {
		if (ran[n - 1] == '1') {
			line_set_add(&data->ran, n);
			data->answer = DATA_RAN;
		}
	}
}

static const struct {
	const char *label, *kinds, *ran, *runs, *missed;
	struct view_summary want;
} cases[] = {
	{"plain",				 "sss",  "101",    "1c 2m 3c", "2m",    { 3, 2, 1, 0, 0, 0, 0, 0 }},
	{ "neighbours are one run",
         "sssss",					 "11001",
         "1-2c 3-4m 5c",							"3-4m",
         { 5, 3, 2, 0, 0, 0, 0, 0 }										},
	{ "nothing ran",			  "s\"s", "",       "1m 3m",    "1-3m",  { 2, 0, 2, 0, 0, 0, 0, 0 }},
	{ "missed across blank lines",
         "s  s s",					"100001",
         "1c 4m 6c",							    "4m",
         { 3, 2, 1, 0, 0, 0, 0, 0 }										},
	{ "missed united across blanks",
         "s  s s",					"1",
         "1c 4m 6m",							    "4-6m",
         { 3, 1, 2, 0, 0, 0, 0, 0 }										},
	{ "any line of a statement counts",
         "s++s",					  "0010",
         "1-3c 4m",							     "4m",
         { 2, 1, 1, 0, 0, 0, 0, 0 }										},
	{ "all lines stand as the statement",
         "ss++s",					 "10001",
         "1c 2-4m 5c",							  "2-4m",
         { 3, 2, 1, 0, 0, 0, 0, 0 }										},
	{ "excluded parts the missed",
         "sxxs",					  "",
         "1m 2-3e 4m",							  "1m 4m",
         { 2, 0, 2, 0, 2, 0, 0, 0 }										},
	{ "excluded statement of many lines",
         "sx++s",					 "1",
         "1c 2-4e 5m",							  "5m",
         { 2, 1, 1, 0, 1, 0, 0, 0 }										},
	{ "lines that ran and are no statements",
         "s\" s",					 "1111",
         "1c 4c",							       "",
         { 2, 2, 0, 0, 0, 0, 0, 0 }										},
	{ "empty",				"",     "",       "",         "",      { 0, 0, 0, 0, 0, 0, 0, 0 }},
};

static void
states_of_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct py_lines lines = { 0 };
		struct data_query data = { 0 };
		struct view_parts parts = { .lines = &lines, .data = &data };
		struct view v = { 0 };

		make_lines(&lines, cases[i].kinds);
		set_ran(&data, cases[i].ran);
		view_build(&v, &parts);
		assert_string_equal(text_of(&v.runs), cases[i].runs);
		assert_string_equal(text_of(&v.missed), cases[i].missed);
		assert_memory_equal(&v.summary, &cases[i].want, sizeof v.summary);
		assert_true(v.measured);
		view_free(&v);
		line_set_free(&data.ran);
		free(lines.info);
	}
}

static void
unknown_to_the_data_shows_nothing(void **state)
{
	struct py_lines lines = { 0 };
	struct data_query data = { 0 };
	struct view_parts parts = { .lines = &lines, .data = &data };
	struct view v = { 0 };

	(void)state;
	make_lines(&lines, "sss");
	view_build(&v, &parts);
	assert_false(v.measured);
	assert_int_equal(v.runs.count, 0);
	assert_int_equal(v.summary.statements, 0);
	free(lines.info);
}

static void
what_was_touched_is_unknown(void **state)
{
	struct py_lines lines = { 0 };
	struct data_query data = { 0 };
	struct line_map map = { 0 };
	struct view_parts parts = { .lines = &lines, .data = &data, .map = &map };
	struct view v = { 0 };

	(void)state;
	set_ran(&data, "10011");
	/* Ran: five lines, 2 and 3 missed. Now: a line between 1 and 2, and line 5 changed. */
	line_map_identity(&map, 5);
	line_map_edit(&map, 2, 0, 1);
	line_map_edit(&map, 6, 1, 1);
	make_lines(&lines, "ssssss");
	view_build(&v, &parts);
	assert_string_equal(text_of(&v.runs), "1c 2u 3-4m 5c 6u");
	assert_int_equal(v.summary.unknown, 2);
	assert_true(view_percent(&v.summary) == 50.0);
	free(lines.info);

	/* A statement with one changed line, and one that an edit has torn apart. */
	make_lines(&lines, "s+s++s");
	view_build(&v, &parts);
	assert_string_equal(text_of(&v.runs), "1-2u 3-5c 6u");
	free(lines.info);

	/* Not understood: only what ran, where it is now. */
	parts.lines = NULL;
	view_build(&v, &parts);
	assert_string_equal(text_of(&v.runs), "1c 5c");
	line_map_free(&map);
	line_set_free(&data.ran);
	view_free(&v);
}

static void
edits_shift_the_view(void **state)
{
	struct py_lines lines = { 0 };
	struct data_query data = { 0 };
	struct view_parts parts = { .lines = &lines, .data = &data };
	struct view v = { 0 };

	(void)state;
	make_lines(&lines, "ssssss");
	set_ran(&data, "110011");
	view_build(&v, &parts);
	view_edit(&v, 2, 0, 2);
	assert_string_equal(text_of(&v.runs), "1c 4c 5-6m 7-8c");
	view_edit(&v, 5, 1, 1);
	assert_string_equal(text_of(&v.runs), "1c 4c 5u 6m 7-8c");
	assert_string_equal(text_of(&v.missed), "6m");
	view_edit(&v, 2, 5, 0);
	assert_string_equal(text_of(&v.runs), "1-3c");
	assert_int_equal(view_state(&v, 3), LINE_COVERED);
	assert_int_equal(view_state(&v, 4), LINE_NONE);
	view_edit(&v, 1, 3, 1);
	assert_string_equal(text_of(&v.runs), "1u");
	view_free(&v);
	line_set_free(&data.ran);
	free(lines.info);
}

static void
hashes_tell_views_apart(void **state)
{
	uint64_t hashes[sizeof cases / sizeof cases[0]];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct py_lines lines = { 0 };
		struct data_query data = { 0 };
		struct view_parts parts = { .lines = &lines, .data = &data };
		struct view v = { 0 };

		make_lines(&lines, cases[i].kinds);
		set_ran(&data, cases[i].ran);
		view_build(&v, &parts);
		hashes[i] = view_hash(&v);
		assert_true(hashes[i] == view_hash(&v));
		for (size_t k = 0; k < i; k++)
			assert_true(hashes[i] != hashes[k]);
		view_free(&v);
		line_set_free(&data.ran);
		free(lines.info);
	}
}

/* ---- branches, on real texts ---- */

static const char source[] = "def f(a, b):\n"        /* 1 */
			     "    if a:\n"           /* 2 */
			     "        x = 1\n"       /* 3 */
			     "    while b:\n"        /* 4 */
			     "        b -= 1\n"      /* 5 */
			     "        if (a and\n"   /* 6 */
			     "                b):\n" /* 7 */
			     "            break\n"   /* 8 */
			     "    return a\n"        /* 9 */
			     "if 1: z = 1\n";        /* 10 */

static const char nested[] = "def f(a, b):\n"         /* 1 */
			     "    if a:\n"            /* 2 */
			     "        if b:\n"        /* 3 */
			     "            return 1\n" /* 4 */
			     "    return 2\n"         /* 5 */
			     "f(1, 1)\n";             /* 6 */

struct branches {
	struct py_lines lines;
	struct data_query data;
	struct line_map map;
	struct view view;
};

static void
set_up_branches(struct branches *b, const char *text, const char *arcs)
{
	struct py_options options = { .want = PY_WANT_ARCS };
	int from, to, used;

	*b = (struct branches){ 0 };
	assert_int_equal(py_lines_read(&b->lines, span_of(text), &options, NULL), STATUS_OK);
	b->data.answer = DATA_RAN;
	for (; sscanf(arcs, "%d>%d%n", &from, &to, &used) == 2; arcs += used) {
		arc_list_add(&b->data.arcs, from, to);
		if (from > 0)
			line_set_add(&b->data.ran, (uint32_t)from);
		if (to > 0)
			line_set_add(&b->data.ran, (uint32_t)to);
	}
	arc_list_sort(&b->data.arcs);
}

static void
build_branches(struct branches *b)
{
	struct view_parts parts = {
		.lines = &b->lines,
		.data = &b->data,
		.map = b->map.lines == 0 ? NULL : &b->map,
		.has_branches = true,
	};

	view_build(&b->view, &parts);
}

static void
tear_down_branches(struct branches *b)
{
	py_lines_free(&b->lines);
	data_query_free(&b->data);
	line_map_free(&b->map);
	view_free(&b->view);
}

static const char *
branches_of(const struct view *v)
{
	static struct buf out;

	buf_reset(&out);
	for (size_t i = 0; i < v->branches.count; i++)
		buf_addf(&out, "%s%d>%d", i == 0 ? "" : " ", v->branches.at[i].from,
			 v->branches.at[i].to);
	return buf_text(&out);
}

static void
branches_that_were_not_taken(void **state)
{
	struct branches b;

	(void)state;
	set_up_branches(&b, source, "-1>1 1>10 10>-1 -1>2 2>3 3>4 4>5 5>6 6>7 7>8 8>9 9>-1");
	build_branches(&b);
	assert_string_equal(text_of(&b.view.runs), "1c 2p 3c 4p 5c 6-7p 8-10c");
	assert_string_equal(branches_of(&b.view), "2>4 4>9 6>4");
	assert_int_equal(b.view.summary.covered, 9);
	assert_int_equal(b.view.summary.partial, 3);
	assert_int_equal(b.view.summary.branches, 6);
	assert_int_equal(b.view.summary.missed_branches, 3);
	assert_true(view_percent(&b.view.summary) == 100.0 * 12 / 15);
	tear_down_branches(&b);

	/* Of a line that did not run nothing is partial, and all its ways count. */
	set_up_branches(&b, source, "-1>1 1>10 10>-1 -1>2 2>3 3>4 4>9 9>-1");
	build_branches(&b);
	assert_string_equal(text_of(&b.view.runs), "1c 2p 3c 4p 5-8m 9-10c");
	assert_string_equal(branches_of(&b.view), "2>4 4>5");
	assert_int_equal(b.view.summary.missed_branches, 4);
	tear_down_branches(&b);

	/* Partial neighbours are places of their own, an edit between them or not. */
	set_up_branches(&b, nested, "-1>1 1>6 6>-1 -1>2 2>3 3>4 4>-1");
	build_branches(&b);
	assert_string_equal(text_of(&b.view.runs), "1c 2p 3p 4c 5m 6c");
	view_edit(&b.view, 1, 0, 1);
	assert_string_equal(text_of(&b.view.runs), "2c 3p 4p 5c 6m 7c");
	tear_down_branches(&b);
}

/* Where an edit has been, a way out is only said to be missed if it leads where it led. */
static void
branches_after_edits(void **state)
{
	struct branches b;
	struct line_map *map = &b.map;

	(void)state;
	/* Ran without its first line: everything has moved on by one. */
	set_up_branches(&b, source, "1>2 2>3 3>4 4>8 8>-1");
	line_map_identity(map, 9);
	line_map_edit(map, 1, 0, 1);
	build_branches(&b);
	assert_string_equal(text_of(&b.view.runs), "1u 2p 3c 4p 5c 6-8m 9c 10m");
	tear_down_branches(&b);

	/* The line it went to has been rewritten: it may be this way or another. */
	set_up_branches(&b, source, "-1>1 1>10 10>-1 -1>2 2>3 3>4 4>9 9>-1");
	line_map_identity(map, 10);
	line_map_edit(map, 3, 1, 1);
	build_branches(&b);
	assert_string_equal(text_of(&b.view.runs), "1-2c 3u 4p 5-8m 9-10c");
	assert_string_equal(branches_of(&b.view), "4>5");
	tear_down_branches(&b);

	/* The line that it did not go to has been rewritten, too. */
	set_up_branches(&b, source, "-1>1 1>10 10>-1 -1>2 2>4 4>9 9>-1");
	line_map_identity(map, 10);
	line_map_edit(map, 3, 1, 1);
	build_branches(&b);
	assert_string_equal(text_of(&b.view.runs), "1-2c 3u 4p 5-8m 9-10c");
	assert_string_equal(branches_of(&b.view), "4>5");
	assert_int_equal(b.view.summary.branches, 5);
	tear_down_branches(&b);
}

static void
edits_shift_branches(void **state)
{
	struct branches b;

	(void)state;
	set_up_branches(&b, source, "-1>1 1>10 10>-1 -1>2 2>3 3>4 4>5 5>6 6>7 7>8 8>9 9>-1");
	build_branches(&b);
	view_edit(&b.view, 3, 0, 2);
	assert_string_equal(branches_of(&b.view), "2>6 6>11 8>6");
	view_edit(&b.view, 11, 1, 1);
	assert_string_equal(branches_of(&b.view), "2>6 8>6");
	view_edit(&b.view, 1, 2, 0);
	assert_string_equal(branches_of(&b.view), "6>4");
	tear_down_branches(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(states_of_lines),
		cmocka_unit_test(unknown_to_the_data_shows_nothing),
		cmocka_unit_test(what_was_touched_is_unknown),
		cmocka_unit_test(edits_shift_the_view),
		cmocka_unit_test(hashes_tell_views_apart),
		cmocka_unit_test(branches_that_were_not_taken),
		cmocka_unit_test(branches_after_edits),
		cmocka_unit_test(edits_shift_branches),
	};

	return cmocka_run_group_tests_name("view", tests, NULL, NULL);
}
