#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "coverage/united.h"
#include "coverage/view.h"
#include "support/test.h"

/* A run: the text that ran, which of its lines did ("101"), and jumps ("1>2 2>3"), or NULL: without
 * branches. */
struct told {
	const char *text, *ran, *arcs;
};

static struct source_run
make_run(const struct told *told, const char *now)
{
	struct source_run run = { .data.answer = DATA_NOT_RUN };
	struct line_hashes hashes = { 0 };
	struct ran_text text = { .origin = RAN_DISK };
	int from, to, len;

	for (uint32_t n = 1; told->ran[n - 1] != '\0'; n++) {
		if (told->ran[n - 1] == '1') {
			line_set_add(&run.data.ran, n);
			run.data.answer = DATA_RAN;
		}
	}
	for (const char *at = told->arcs;
	     at != NULL && sscanf(at, "%d>%d%n", &from, &to, &len) == 2; at += len)
		arc_list_add(&run.data.arcs, from, to);
	arc_list_sort(&run.data.arcs);
	run.info.has_branches = told->arcs != NULL;
	buf_add_text(&text.text, told->text);
	ran_lines_take(&run.ran, &text);
	line_hashes_add_text(&hashes, span_of(now));
	ran_lines_align(&run.ran, &hashes, &run.map);
	line_hashes_free(&hashes);
	return run;
}

static struct united_part
part_of(const struct source_run *run, int64_t when)
{
	return (struct united_part){
		.data = &run->data,
		.map = &run->map,
		.has_branches = run->info.has_branches,
		.modified_ns = when,
	};
}

/* "cmpu.": how the lines stand; all branches of what is known, then. */
static void
show(const struct united *u, const struct py_lines *lines, bool has_branches, char *out)
{
	struct view view = { 0 };
	struct view_parts parts = {
		.lines = lines,
		.data = &u->data,
		.map = &u->map,
		.unsure = &u->unsure,
		.has_branches = has_branches,
	};

	view_build(&view, &parts);
	for (uint32_t n = 1; n <= lines->count; n++) {
		enum line_state state = view_state(&view, n);

		out[n - 1] = state == LINE_NONE ? '.' : line_state_name(state)[0];
	}
	out[lines->count] = '\0';
	view_free(&view);
}

#define IF "if a:\n    b = 1\nc = 2\n"

static void
runs_are_united_where_the_text_is_theirs(void **state)
{
	static const struct {
		const char *label, *now;
		struct told runs[2];
		const char *want;
		uint32_t earlier;
	} cases[] = {
		{"a part of the tests",
                 "a = 1\nb = 2\nc = 3\n",     { { "a = 1\nb = 2\nc = 3\n", "100", NULL },
		    { "a = 1\nb = 2\nc = 3\n", "110", NULL } },
                 "ccm", 1},
		{ "a line is new since the earlier run",
                 "a = 1\nb = 0\nc = 3\n",     { { "a = 1\nb = 0\nc = 3\n", "100", NULL },
		    { "a = 1\nb = 2\nc = 3\n", "111", NULL } },
                 "cmc", 1},
		{ "lines are elsewhere now",
                 "x = 0\na = 1\nb = 2\n",     { { "x = 0\na = 1\nb = 2\n", "100", NULL }, { "a = 1\nb = 2\n", "01", NULL } },
                 "cmc", 1},
		{ "no run knows it",
                 "a = 1\ny = 9\nb = 2\n",     { { "a = 1\nb = 2\n", "10", NULL }, { "a = 1\nb = 2\n", "01", NULL } },
                 "cuc", 1},
		{ "a statement that has changed in part",
                 "a = (1,\n     3)\nb = 2\n", { { "a = (1,\n     3)\nb = 2\n", "001", NULL },
		    { "a = (1,\n     2)\nb = 2\n", "101", NULL } },
                 "mmc", 0},
		{ "each way was taken once",
                 IF,			  { { IF, "111", "-1>1 1>2 2>3 3>-1" }, { IF, "101", "-1>1 1>3 3>-1" } },
                 "ccc", 0},
		{ "one way was never taken",
                 IF,			  { { IF, "111", "-1>1 1>2 2>3 3>-1" }, { IF, "111", "-1>1 1>2 2>3 3>-1" } },
                 "pcc", 0},
		{ "the earlier run may have taken it",
                 IF,			  { { IF, "111", "-1>1 1>2 2>3 3>-1" }, { IF, "101", NULL } },
                 "ccc", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct source_run runs[2];
		struct united_part parts[2];
		struct united u = { 0 };
		struct py_lines lines = { 0 };
		struct py_options options = { .want = PY_WANT_ARCS };
		char got[64];

		assert_int_equal(py_lines_read(&lines, span_of(cases[i].now), &options, NULL),
				 STATUS_OK);
		for (size_t k = 0; k < 2; k++) {
			runs[k] = make_run(&cases[i].runs[k], cases[i].now);
			parts[k] = part_of(&runs[k], 1000 - (int64_t)k);
		}
		united_make(&u, parts, 2, &lines);
		show(&u, &lines, runs[0].info.has_branches, got);
		if (strcmp(got, cases[i].want) != 0 || u.earlier_statements != cases[i].earlier)
			fail_msg("%s: got %s, %u from earlier", cases[i].label, got,
				 u.earlier_statements);
		assert_int_equal(u.earlier_runs, cases[i].earlier > 0);
		assert_int_equal(u.earliest_ns, cases[i].earlier > 0 ? 999 : 0);
		united_free(&u);
		source_run_free(&runs[0]);
		source_run_free(&runs[1]);
		py_lines_free(&lines);
	}
}

static struct report *
make_report(const char *hits)
{
	struct report *r = mem_alloc(1, sizeof *r);

	r->has_counts = true;
	for (uint32_t n = 1; hits[n - 1] != '\0'; n++) {
		if (hits[n - 1] != '.')
			report_add_line(r, n, (uint64_t)(hits[n - 1] - '0'), 0);
	}
	report_finish(r);
	return r;
}

static void
reports_add_up(void **state)
{
	const char *now = "int a;\n\nint x;\nint b;\n";
	struct told told[] = {
		{now,                   "", NULL},
                { "int a;\n\nint b;\n", "", NULL}
	};
	const char *hits[] = { "1.02", "3.1" };
	struct source_run runs[2];
	struct united_part parts[2];
	struct united u = { 0 };
	const struct report *r;

	(void)state;
	for (size_t k = 0; k < 2; k++) {
		runs[k] = make_run(&told[k], now);
		runs[k].data.report = make_report(hits[k]);
		parts[k] = part_of(&runs[k], 1000 - (int64_t)k);
	}
	united_make(&u, parts, 2, NULL);
	r = u.data.report;
	assert_int_equal(r->line_count, 3);
	assert_int_equal(report_find_line(r, 1)->hits, 4);
	assert_int_equal(report_find_line(r, 3)->hits, 0);
	assert_int_equal(report_find_line(r, 4)->hits, 3);
	assert_int_equal(u.earlier_statements, 0);
	united_free(&u);
	source_run_free(&runs[0]);
	source_run_free(&runs[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runs_are_united_where_the_text_is_theirs),
		cmocka_unit_test(reports_add_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
