#include <stdio.h>
#include <string.h>

#include "coverage/view_change.h"
#include "support/test.h"

/* Runs as text, one character a line: '.' nothing, c p m e u; a partial run is a 'p' and more 'q's. */
static struct view_runs
runs_of(const char *text)
{
	static const char letters[] = ".cpmeu";
	struct view_runs runs = { 0 };

	for (uint32_t n = 1; text[n - 1] != '\0'; n++) {
		const char *letter = strchr(letters, text[n - 1]);

		if (text[n - 1] == 'q' && runs.at != NULL)
			runs.at[runs.count - 1].last = n;
		else if (text[n - 1] != '.' && letter != NULL)
			view_runs_add(&runs, n, n, (enum line_state)(letter - letters));
	}
	return runs;
}

#define LINES_MAX 64

static const char *
text_of(const struct view_runs *runs, uint32_t lines, char *text)
{
	memset(text, '.', lines);
	text[lines] = '\0';
	for (size_t i = 0; i < runs->count; i++) {
		const struct view_run *run = &runs->at[i];

		assert_true(run->first >= 1 && run->first <= run->last && run->last <= lines);
		assert_true(i == 0 || runs->at[i - 1].last < run->first);
		assert_true(i == 0 || runs->at[i - 1].last + 1 < run->first ||
			    runs->at[i - 1].state != run->state || run->state == LINE_PARTIAL);
		for (uint32_t n = run->first; n <= run->last; n++)
			text[n - 1] = run->state == LINE_PARTIAL && n > run->first
					      ? 'q'
					      : ".cpmeu"[run->state];
	}
	return text;
}

static const struct {
	const char *label, *before;
	struct doc_change edit;
	const char *after;
} cases[] = {
	{"a key in a covered line",        "ccc",      { 2, 1, 1 }, "cuc"                        },
	{ "a key in a line of no state",   "c.c",      { 2, 1, 1 }, "c.c"                        },
	{ "the return key in it",          "ccc",      { 2, 1, 2 }, "cu.c"                       },
	{ "a line put before",             "cmc",      { 2, 0, 1 }, "c.mc"                       },
	{ "a line put into a run",         "cccc",     { 3, 0, 1 }, "cc.cc"                      },
	{ "a line taken out of a run",     "cccc",     { 3, 1, 0 }, "ccc"                        },
	{ "what it parted is one again",   "ccmcc",    { 3, 1, 0 }, "cccc"                       },
	{ "partial ones stay single",      "pmp",      { 2, 1, 0 }, "pp"                         },
	{ "a statement of lines is cut",   "pqqqm",    { 2, 1, 1 }, "puqqm" /* the rest is one */},
	{ "lines of several states",       "cme.pq.u", { 2, 5, 4 }, "cuu.u.u"                    },
	{ "all gone",		      "cmc",      { 1, 3, 0 }, ""                           },
	{ "all typed anew",                "cm.c",     { 1, 4, 4 }, "uu.u"                       },
	{ "behind the last line",          "cc",       { 3, 0, 2 }, "cc.."                       },
	{ "next to what was typed before", "cuc",      { 1, 1, 1 }, "uuc"                        },
	{ "nothing before, nothing there", "",         { 1, 0, 2 }, ".."                         },
};

static void
edits_type_over_lines(void **state)
{
	char got[LINES_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct view v = { .runs = runs_of(cases[i].before) };
		struct doc_change e = cases[i].edit;
		uint32_t lines = (uint32_t)strlen(cases[i].before) - e.removed + e.inserted;
		const char *want = cases[i].after;
		char whole[LINES_MAX];

		view_edit(&v, e.first, e.removed, e.inserted);
		text_of(&v.runs, lines, got);
		/* The rest of a partial run that was cut begins like one of its own. */
		snprintf(whole, sizeof whole, "%s", want);
		for (size_t k = 1; whole[k] != '\0'; k++) {
			if (whole[k] == 'q' && whole[k - 1] != 'p' && whole[k - 1] != 'q')
				whole[k] = 'p';
		}
		if (strcmp(got, whole) != 0)
			fail_msg("%s: got %s, want %s", cases[i].label, got, whole);
		view_free(&v);
	}
}

/* ---- against the plainest way to do it ---- */

static uint32_t seed = 20261123;

static uint32_t
random_below(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

static void
random_text(char *text, uint32_t lines)
{
	for (uint32_t n = 0; n < lines; n++)
		text[n] =
			n > 0 && (text[n - 1] == 'p' || text[n - 1] == 'q') && random_below(3) == 0
				? 'q'
			: random_below(3) == 0 && n > 0 && text[n - 1] != 'q' && text[n - 1] != 'p'
				? text[n - 1]
				: ".cpmeu"[random_below(6)];
	text[lines] = '\0';
}

/* Line by line; a partial run that begins in the middle of one begins anew. */
static void
edit_plainly(char *text, struct doc_change e)
{
	char out[2 * LINES_MAX];
	size_t at = 0, len = strlen(text);

	memcpy(out, text, e.first - 1);
	at = e.first - 1;
	for (uint32_t i = 0; i < e.inserted; i++)
		out[at++] = i < e.removed && text[e.first - 1 + i] != '.' ? 'u' : '.';
	if (text[e.first - 1 + e.removed] == 'q') {
		text[e.first - 1 + e.removed] = 'p';
		/* deleted lines within one statement: its pieces are two */
	}
	memcpy(out + at, text + e.first - 1 + e.removed, len - (e.first - 1 + e.removed));
	at += len - (e.first - 1 + e.removed);
	memcpy(text, out, at);
	text[at] = '\0';
}

static void
random_edits_are_as_line_by_line(void **state)
{
	char text[2 * LINES_MAX], got[2 * LINES_MAX];

	(void)state;
	for (unsigned round = 0; round < 2000; round++) {
		struct view v = { 0 };

		random_text(text, random_below(30));
		v.runs = runs_of(text);
		for (unsigned step = 0; step < 6; step++) {
			uint32_t lines = (uint32_t)strlen(text);
			struct doc_change e = { .first = 1 + random_below(lines + 1) };

			e.removed = random_below(lines - (e.first - 1) + 1);
			e.removed = e.removed > 6 ? 6 : e.removed;
			e.inserted = lines > 40 ? 0 : random_below(6);
			view_edit(&v, e.first, e.removed, e.inserted);
			edit_plainly(text, e);
			assert_string_equal(text_of(&v.runs, (uint32_t)strlen(text), got), text);
		}
		view_free(&v);
	}
}

/* ---- differences ---- */

static const struct {
	const char *label, *old, *new;
	unsigned places;
	uint32_t lines; /* that are said anew */
} differences[] = {
	{"the same",		      "ccm.pqc",      "ccm.pqc",      0, 0},
	{ "both empty",                   "",             "",             0, 0},
	{ "one line",                     "ccccc",        "ccmcc",        1, 1},
	{ "a state gone",                 "ccccc",        "cc.cc",        1, 1},
	{ "first and last",               "c..........c", "m..........m", 2, 2},
	{ "near ones are one",            "c....c",       "m....m",       1, 6},
	{ "others are not",               "c.....c",      "m.....m",      2, 2},
	{ "a statement grown",            "cpqc",         "cpqq",         1, 3},
	{ "one statement made of two",    "cppc",         "cpqc",         1, 2},
	{ "the same statement elsewhere", ".pq.......pq", ".pq.......pp", 1, 2},
	{ "all new",		      "",             "cmc",          1, 3},
	{ "all gone",                     "cmc",          "",             1, 3},
};

/* Makes `old` new by what the walk says; counts the places and their lines. */
static void
mend(struct view_runs *old, const struct view_runs *new, unsigned *places, uint32_t *lines)
{
	struct view_runs before = { 0 };
	struct view_difference d = { .old = &before, .new = new };
	struct view_run run;

	*places = 0;
	*lines = 0;
	view_runs_copy(&before, old);
	while (view_difference_next(&d)) {
		struct doc_change edit = { d.first, d.last - d.first + 1, d.last - d.first + 1 };
		struct view_runs with = { 0 };

		while (view_difference_run(&d, &run))
			view_runs_add(&with, run.first, run.last, run.state);
		view_runs_edit(old, &edit, &with);
		view_runs_free(&with);
		++*places;
		*lines += edit.removed;
	}
	view_runs_free(&before);
}

static void
a_difference_makes_old_new(void **state)
{
	unsigned places;
	uint32_t lines;
	char got[LINES_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof differences / sizeof differences[0]; i++) {
		struct view_runs old = runs_of(differences[i].old);
		struct view_runs new = runs_of(differences[i].new);

		mend(&old, &new, &places, &lines);
		if (places != differences[i].places || lines != differences[i].lines)
			fail_msg("%s: %u places of %u lines", differences[i].label, places, lines);
		assert_string_equal(text_of(&old, (uint32_t)strlen(differences[i].new), got),
				    differences[i].new);
		view_runs_free(&old);
		view_runs_free(&new);
	}
}

static void
random_differences_make_old_new(void **state)
{
	char was[LINES_MAX], want[LINES_MAX], got[LINES_MAX];
	unsigned places;
	uint32_t lines;

	(void)state;
	for (unsigned round = 0; round < 20000; round++) {
		uint32_t count = random_below(40);
		struct view_runs old, new;

		random_text(was, count);
		random_text(want, count);
		/* Most often, most of it is the same. */
		for (uint32_t n = 0; n < count && round % 4 != 0; n++) {
			if (random_below(8) != 0)
				want[n] = was[n];
		}
		for (uint32_t n = 0; n < count; n++) {
			if (want[n] == 'q' &&
			    (n == 0 || (want[n - 1] != 'p' && want[n - 1] != 'q')))
				want[n] = 'p';
		}
		old = runs_of(was);
		new = runs_of(want);
		mend(&old, &new, &places, &lines);
		assert_string_equal(text_of(&old, count, got), want);
		view_runs_free(&old);
		view_runs_free(&new);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(edits_type_over_lines),
		cmocka_unit_test(random_edits_are_as_line_by_line),
		cmocka_unit_test(a_difference_makes_old_new),
		cmocka_unit_test(random_differences_make_old_new),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
