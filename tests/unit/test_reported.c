/* Views that are made from a report. */
#include <stdlib.h>
#include <string.h>

#include "coverage/view.h"
#include "data/report.h"
#include "support/test.h"

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

/* Lines as letters: 'c' ran, 'm' did not, 'p' ran and missed one of two arms, 'x' excluded, ' ' no code. */
static struct data_query
query_of(const char *lines)
{
	struct data_query query = { .answer = DATA_RAN, .report = calloc(1, sizeof *query.report) };
	struct report *r = query.report;

	assert_non_null(r);
	for (uint32_t n = 1; lines[n - 1] != '\0'; n++) {
		char kind = lines[n - 1];

		if (kind == 'x')
			report_add_excluded(r, n);
		else if (kind != ' ')
			report_add_line(r, n, kind != 'm', 0);
		if (kind == 'p')
			report_add_arms(r, n, 0, 1, 2);
	}
	report_finish(r);
	return query;
}

struct edit {
	uint32_t first, removed, inserted;
};

static const struct {
	const char *lines;
	struct edit edits[3];
	const char *runs, *missed;
	struct view_summary want;
} cases[] = {
	{"cmc",        { { 0 } },       "1c 2m 3c", "2m",   { .statements = 3, .covered = 2, .missed = 1 }  },
	{ "cc m  m c",
         { { 0 } },
         "1-2c 4m 7m 9c",			   "4-7m",
         { .statements = 5, .covered = 3, .missed = 2 }                                                     },
	{ "pp",
         { { 0 } },
         "1p 2p",				   "",
         { .statements = 2, .covered = 2, .partial = 2, .branches = 4, .missed_branches = 2 }               },
	{ "cxx",       { { 0 } },       "1c 2-3e",  "",     { .statements = 1, .covered = 1, .excluded = 2 }},
 /* Lines before it move it. */
	{ "cmc",
         { { 1, 0, 2 } },
         "3c 4m 5c",				"4m",
         { .statements = 3, .covered = 2, .missed = 1 }                                                     },
	{ "  cmc",
         { { 1, 2, 0 } },
         "1c 2m 3c",				"2m",
         { .statements = 3, .covered = 2, .missed = 1 }                                                     },
 /* What took the place of code is unknown, what was put between is nothing. */
	{ "cmc",       { { 2, 1, 1 } }, "1c 2u 3c", "",     { .statements = 3, .covered = 2, .unknown = 1 } },
	{ "c c",       { { 2, 1, 3 } }, "1c 5c",    "",     { .statements = 2, .covered = 2 }               },
	{ "cc",        { { 2, 0, 1 } }, "1c 3c",    "",     { .statements = 2, .covered = 2 }               },
	{ "ccm",
         { { 3, 1, 2 } },
         "1-2c 3-4u",			       "",
         { .statements = 3, .covered = 2, .unknown = 1 }                                                    },
	{ "mcc",       { { 1, 1, 0 } }, "1-2c",     "",     { .statements = 2, .covered = 2 }               },
	{ "ccc",
         { { 1, 1, 1 }, { 3, 1, 2 } },
         "1u 2c 3-4u",			      "",
         { .statements = 3, .covered = 1, .unknown = 2 }                                                    },
};

static void
a_report_is_followed_over_edits(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct data_query query = query_of(cases[i].lines);
		struct line_map map = { 0 };
		struct view_parts parts = { .data = &query, .map = &map };
		struct view view = { 0 };

		line_map_identity(&map, (uint32_t)strlen(cases[i].lines));
		for (size_t k = 0; k < 3 && cases[i].edits[k].first > 0; k++)
			line_map_edit(&map, cases[i].edits[k].first, cases[i].edits[k].removed,
				      cases[i].edits[k].inserted);
		view_build(&view, &parts);
		if (strcmp(text_of(&view.runs), cases[i].runs) != 0)
			fail_msg("case %zu: got %s, want %s", i, text_of(&view.runs),
				 cases[i].runs);
		assert_string_equal(text_of(&view.missed), cases[i].missed);
		assert_memory_equal(&view.summary, &cases[i].want, sizeof view.summary);
		assert_true(view.measured);
		if (cases[i].edits[0].first == 0) {
			parts.map = NULL;
			view_build(&view, &parts);
			assert_string_equal(text_of(&view.runs), cases[i].runs);
		}
		view_free(&view);
		line_map_free(&map);
		data_query_free(&query);
	}
}

/* Where the source is understood all lines of a statement stand as its first one does. */
static void
statements_stand_as_their_first_line(void **state)
{
	static const char kinds[] = "s++s+s";
	struct data_query query = query_of("m  c p");
	struct py_lines lines = { .count = 6 };
	struct line_map map = { 0 };
	struct view_parts parts = { .data = &query, .lines = &lines, .map = &map };
	struct view view = { 0 };
	uint32_t first = 0;

	(void)state;
	lines.info = calloc(7, sizeof *lines.info);
	assert_non_null(lines.info);
	for (uint32_t n = 1; n <= 6; n++) {
		first = kinds[n - 1] == '+' ? first : n;
		lines.info[n] = (n - first) << 8 | (kinds[n - 1] == 's' ? PY_STATEMENT : 0);
	}
	line_map_identity(&map, 6);
	view_build(&view, &parts);
	assert_string_equal(text_of(&view.runs), "1-3m 4-5c 6p");
	/* One of its lines is another: nobody knows. */
	line_map_edit(&map, 2, 1, 1);
	view_build(&view, &parts);
	assert_string_equal(text_of(&view.runs), "1-3u 4-5c 6p");
	view_free(&view);
	line_map_free(&map);
	free(lines.info);
	data_query_free(&query);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_report_is_followed_over_edits),
		cmocka_unit_test(statements_stand_as_their_first_line),
	};

	return cmocka_run_group_tests_name("reported", tests, NULL, NULL);
}
