#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "coverage/baseline.h"
#include "support/test.h"

/* States of lines, one character each; others are lines without a statement. */
static const struct {
	char letter;
	enum line_state state;
} letters[] = {
	{'c',  LINE_COVERED },
        { 'p', LINE_PARTIAL },
        { 'm', LINE_MISSED  },
	{ 'x', LINE_EXCLUDED},
        { '?', LINE_UNKNOWN },
};

static void
make_view(struct view *v, const char *states)
{
	size_t len = strlen(states);

	*v = (struct view){ .measured = true };
	for (size_t n = 0; n < len; n++) {
		for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++) {
			struct view_runs *runs = &v->runs;
			struct view_run *last =
				runs->count == 0 ? NULL : &runs->at[runs->count - 1];

			if (letters[i].letter != states[n])
				continue;
			if (last != NULL && n > 0 && states[n] == states[n - 1] &&
			    states[n] != 'p') {
				last->last++;
				continue;
			}
			runs->at = mem_grow(runs->at, runs->count, &runs->cap, sizeof *runs->at);
			runs->at[runs->count++] =
				(struct view_run){ (uint32_t)n + 1, (uint32_t)n + 1,
						   letters[i].state };
		}
	}
}

/* 's' begins a statement, '+' goes on with it. */
static void
make_lines(struct py_lines *lines, const char *kinds)
{
	uint32_t first = 0;

	*lines = (struct py_lines){ .count = (uint32_t)strlen(kinds) };
	lines->info = mem_alloc(lines->count + 1, sizeof *lines->info);
	for (uint32_t n = 1; n <= lines->count; n++) {
		first = kinds[n - 1] == '+' ? first : n;
		lines->info[n] = (n - first) << 8 | (kinds[n - 1] == 's' ? PY_STATEMENT : 0);
	}
}

/* "1-2l 4n" */
static const char *
text_of(const struct baseline_changes *changes)
{
	static struct buf out;

	buf_reset(&out);
	for (size_t i = 0; i < changes->count; i++) {
		const struct baseline_run *run = &changes->runs[i];

		buf_addf(&out, "%s%u", i == 0 ? "" : " ", run->first);
		if (run->last != run->first)
			buf_addf(&out, "-%u", run->last);
		buf_add_char(&out, baseline_change_name(run->change)[0]);
	}
	return buf_text(&out);
}

static const struct {
	const char *label, *lines, *before, *now, *want;
	uint32_t lost, newly_missed, gained;
} cases[] = {
	{"nothing has changed",              NULL,     "cmpcx?", "cmpcx?", "",            0, 0, 0},
	{ "lost",			    NULL,     "ccpc",   "cmmc",   "2-3l",        2, 0, 0},
	{ "gained",			  NULL,     "mmmc",   "cmpc",   "1g 3g",       0, 0, 2},
	{ "ran in part, and now wholly",     NULL,     "pc",     "cp",     "",            0, 0, 0},
	{ "changed since",                   NULL,     "c??c",   "cmcc",   "2n",          0, 1, 0},
	{ "not measured then",               NULL,     "",       "cmm c",  "2-3n",        0, 2, 0},
	{ "excluded then",                   NULL,     "xx",     "mc",     "1n",          0, 1, 0},
	{ "not measured now",                NULL,     "cmp",    "",       "",            0, 0, 0},
	{ "not known now",                   NULL,     "cmp",    "???",    "",            0, 0, 0},
	{ "excluded now",                    NULL,     "cmp",    "xxx",    "",            0, 0, 0},
	{ "one kind beside another",         NULL,     "cm?p",   "mcmm",   "1l 2g 3n 4l", 2, 1, 1},
	{ "lines without code part runs",    NULL,     "c c",    "m m",    "1l 3l",       2, 0, 0},
	{ "statements, not lines, count",    "s++s+s", "cccccc", "mmmmmm", "1-6l",        3, 0, 0},
	{ "a statement of several lines",    "ss++s",  "cmmmm",  "ccccm",  "2-4g",        0, 0, 1},
	{ "a line in a statement (report)",  "s++",    " c ",    " m ",    "2l",          1, 0, 0},
	{ "behind the lines that are known", "s",      "ccc",    "mmm",    "1-3l",        3, 0, 0},
};

static void
kinds_of_change(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct py_lines lines = { 0 };
		struct view before, now;
		struct baseline_changes changes = { 0 };

		if (cases[i].lines != NULL)
			make_lines(&lines, cases[i].lines);
		make_view(&before, cases[i].before);
		make_view(&now, cases[i].now);
		/* What was there before is gone. */
		baseline_compare(&now, &before, NULL, &changes);
		baseline_compare(&before, &now, cases[i].lines == NULL ? NULL : &lines, &changes);
		if (strcmp(text_of(&changes), cases[i].want) != 0)
			fail_msg("%s: %s, not %s", cases[i].label, text_of(&changes),
				 cases[i].want);
		assert_int_equal(changes.counts[BASELINE_LOST], cases[i].lost);
		assert_int_equal(changes.counts[BASELINE_NEWLY_MISSED], cases[i].newly_missed);
		assert_int_equal(changes.counts[BASELINE_GAINED], cases[i].gained);
		baseline_changes_free(&changes);
		view_free(&before);
		view_free(&now);
		free(lines.info);
	}
}

static const struct {
	const char *before, *now, *lost, *newly_missed, *gained;
} written[] = {
	{"cccc",    "cccc",   "",       "",  ""    },
	{ "cc cc",  "mm mm",  "1-5",    "",  ""    },
	{ "c cc",   "m cm",   "1, 4",   "",  ""    },
	{ "c xc",   "m xm",   "1, 4",   "",  ""    },
	{ "c ?c c", "m mm m", "1, 4-6", "3", ""    },
	{ "m mc c", "c cm m", "4-6",    "",  "1-3" },
	{ "cmcm",   "mcmc",   "1, 3",   "",  "2, 4"},
};

static void
lines_of_one_kind(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof written / sizeof written[0]; i++) {
		const char *want[BASELINE_CHANGES] = {
			[BASELINE_LOST] = written[i].lost,
			[BASELINE_NEWLY_MISSED] = written[i].newly_missed,
			[BASELINE_GAINED] = written[i].gained,
		};
		struct baseline_changes changes = { 0 };
		struct view before, now;
		struct buf out = { 0 };

		make_view(&before, written[i].before);
		make_view(&now, written[i].now);
		baseline_compare(&before, &now, NULL, &changes);
		for (unsigned kind = 0; kind < BASELINE_CHANGES; kind++) {
			buf_reset(&out);
			baseline_add_lines(&changes, (enum baseline_change)kind, &out);
			assert_string_equal(buf_text(&out), want[kind]);
		}
		buf_free(&out);
		baseline_changes_free(&changes);
		view_free(&before);
		view_free(&now);
	}
}

static const struct {
	uint32_t first, removed, inserted;
	const char *want;
} edits[] = {
	{1,   0, 2, "3-4l 6g 9n" },
        { 20, 1, 3, "1-2l 4g 7n" },
	{ 8,  0, 3, "1-2l 4g 7n" },
        { 2,  0, 1, "1l 3l 5g 8n"},
	{ 2,  1, 1, "1l 4g 7n"   },
        { 1,  4, 1, "4n"         },
	{ 4,  1, 0, "1-2l 6n"    },
        { 1,  9, 0, ""           },
};

static void
edits_move_changes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof edits / sizeof edits[0]; i++) {
		struct baseline_changes changes = { 0 };
		struct view before, now;

		make_view(&before, "cc mcc?");
		make_view(&now, "mm cccm");
		baseline_compare(&before, &now, NULL, &changes);
		assert_string_equal(text_of(&changes), "1-2l 4g 7n");
		baseline_changes_edit(&changes, edits[i].first, edits[i].removed,
				      edits[i].inserted);
		assert_string_equal(text_of(&changes), edits[i].want);
		assert_int_equal(changes.counts[BASELINE_LOST], 2);
		baseline_changes_free(&changes);
		view_free(&before);
		view_free(&now);
	}
}

static uint32_t
next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 16;
}

static void
make_random(struct view *v, char *text, size_t len, const char *of, uint32_t *seed)
{
	for (size_t i = 0; i < len; i++)
		text[i] = of[next_random(seed) % strlen(of)];
	text[len] = '\0';
	make_view(v, text);
}

/* The kind of change of a line, or BASELINE_CHANGES. */
static enum baseline_change
change_at(const struct baseline_changes *changes, uint32_t line)
{
	for (size_t i = 0; i < changes->count; i++) {
		if (changes->runs[i].first <= line && line <= changes->runs[i].last)
			return changes->runs[i].change;
	}
	return BASELINE_CHANGES;
}

/* The other way round, what was lost is gained, and no more. Nothing is both, and a view has not changed
 * against itself. */
static void
either_way(void **state)
{
	uint32_t seed = 5;

	(void)state;
	for (int round = 0; round < 2000; round++) {
		struct baseline_changes there = { 0 }, back = { 0 };
		struct view before, now;
		char before_text[40], now_text[40];

		make_random(&before, before_text, next_random(&seed) % 39, " cpmx?", &seed);
		make_random(&now, now_text, next_random(&seed) % 39, " cpmx?", &seed);
		baseline_compare(&before, &now, NULL, &there);
		baseline_compare(&now, &before, NULL, &back);
		assert_int_equal(there.counts[BASELINE_LOST], back.counts[BASELINE_GAINED]);
		assert_int_equal(there.counts[BASELINE_GAINED], back.counts[BASELINE_LOST]);
		for (uint32_t line = 1; line < 40; line++) {
			bool lost = change_at(&there, line) == BASELINE_LOST;
			bool missed = view_state(&now, line) == LINE_MISSED;

			assert_int_equal(lost, change_at(&back, line) == BASELINE_GAINED);
			/* Each missed line was missed before, or it is told of. */
			assert_int_equal(missed && view_state(&before, line) != LINE_MISSED,
					 lost || change_at(&there, line) == BASELINE_NEWLY_MISSED);
		}
		baseline_compare(&now, &now, NULL, &there);
		assert_int_equal(there.count, 0);
		baseline_changes_free(&there);
		baseline_changes_free(&back);
		view_free(&before);
		view_free(&now);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds_of_change),
		cmocka_unit_test(lines_of_one_kind),
		cmocka_unit_test(edits_move_changes),
		cmocka_unit_test(either_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
