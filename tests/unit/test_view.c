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
	{"plain",				 "sss",    "101",    "1c 2m 3c",     "2m",    { 3, 2, 1, 0, 0 }},
	{ "neighbours are one run",               "sssss",  "11001",  "1-2c 3-4m 5c", "3-4m",  { 5, 3, 2, 0, 0 }},
	{ "nothing ran",			  "s\"s",   "",       "1m 3m",        "1-3m",  { 2, 0, 2, 0, 0 }},
	{ "missed across blank lines",            "s  s s", "100001", "1c 4m 6c",     "4m",    { 3, 2, 1, 0, 0 }},
	{ "missed united across blanks",          "s  s s", "1",      "1c 4m 6m",     "4-6m",  { 3, 1, 2, 0, 0 }},
	{ "any line of a statement counts",       "s++s",   "0010",   "1-3c 4m",      "4m",    { 2, 1, 1, 0, 0 }},
	{ "all lines stand as the statement",
         "ss++s",					   "10001",
         "1c 2-4m 5c",								"2-4m",
         { 3, 2, 1, 0, 0 }										      },
	{ "excluded parts the missed",            "sxxs",   "",       "1m 2-3e 4m",   "1m 4m", { 2, 0, 2, 0, 2 }},
	{ "excluded statement of many lines",     "sx++s",  "1",      "1c 2-4e 5m",   "5m",    { 2, 1, 1, 0, 1 }},
	{ "lines that ran and are no statements", "s\" s",  "1111",   "1c 4c",        "",      { 2, 2, 0, 0, 0 }},
	{ "empty",				"",       "",       "",             "",      { 0, 0, 0, 0, 0 }},
};

static void
states_of_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct py_lines lines = { 0 };
		struct data_query data = { 0 };
		struct view_parts parts = { &lines, &data, NULL };
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
	struct view_parts parts = { &lines, &data, NULL };
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
	struct view_parts parts = { &lines, &data, &map };
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
	struct view_parts parts = { &lines, &data, NULL };
	struct view v = { 0 };

	(void)state;
	make_lines(&lines, "ssssss");
	set_ran(&data, "110011");
	view_build(&v, &parts);
	view_edit(&v, 2, 0, 2);
	assert_string_equal(text_of(&v.runs), "1c 4c 5-6m 7-8c");
	view_edit(&v, 5, 1, 1);
	assert_string_equal(text_of(&v.runs), "1c 4c 6m 7-8c");
	assert_string_equal(text_of(&v.missed), "6m");
	view_edit(&v, 2, 5, 0);
	assert_string_equal(text_of(&v.runs), "1-3c");
	assert_int_equal(view_state(&v, 3), LINE_COVERED);
	assert_int_equal(view_state(&v, 4), LINE_NONE);
	view_edit(&v, 1, 3, 1);
	assert_int_equal(v.runs.count, 0);
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
		struct view_parts parts = { &lines, &data, NULL };
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(states_of_lines),
		cmocka_unit_test(unknown_to_the_data_shows_nothing),
		cmocka_unit_test(what_was_touched_is_unknown),
		cmocka_unit_test(edits_shift_the_view),
		cmocka_unit_test(hashes_tell_views_apart),
	};

	return cmocka_run_group_tests_name("view", tests, NULL, NULL);
}
