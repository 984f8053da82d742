#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "coverage/subject.h"
#include "support/test.h"

static char folder[] = "/tmp/covls-subject-XXXXXX";
static char source[sizeof folder + 8];

static void
write_source(const char *text)
{
	FILE *f = fopen(source, "wb");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

/* What a search would find: lines that ran, as a string of 0 and 1, in data of a given age. */
static struct search_item
found(const char *ran, int64_t newer_by_ns)
{
	struct search_item item = { .status = STATUS_OK };

	item.source = mem_copy(source);
	item.data_path = mem_copy("/data/.coverage");
	item.source_stamp = file_stamp(source);
	item.data_stamp = item.source_stamp;
	item.data_stamp.modified_ns += newer_by_ns;
	item.data.answer = ran == NULL ? DATA_UNKNOWN : DATA_NOT_RUN;
	for (uint32_t n = 1; ran != NULL && ran[n - 1] != '\0'; n++) {
		if (ran[n - 1] == '1') {
			line_set_add(&item.data.ran, n);
			item.data.answer = DATA_RAN;
		}
	}
	return item;
}

static void
add_place(struct search_item *item, const char *path, enum place_origin origin)
{
	struct search_places *places = &item->places;

	places->at = mem_grow(places->at, places->count, &places->cap, sizeof *places->at);
	places->at[places->count++] =
		(struct search_place){ .path = mem_copy(path), .origin = origin };
}

static struct search_item
not_found(enum status status)
{
	struct search_item item = { .status = status };

	item.source = mem_copy(source);
	add_place(&item, "/data/.coverage", PLACE_USUAL);
	add_place(&item, "/a/b/.coverage", PLACE_USUAL);
	add_place(&item, "/a/.coverage", PLACE_USUAL);
	if (status != STATUS_MISSING)
		item.data_path = mem_copy("/data/.coverage");
	error_set(&item.err, status, "trouble");
	return item;
}

/* As the search does: the file on disk, if it is older than the data. */
static void
find_ran(struct search_item *item)
{
	struct ran_text found = { 0 };

	if (item->status != STATUS_OK)
		return;
	if (item->source_stamp.modified_ns < item->data_stamp.modified_ns &&
	    file_read_all(item->source, &found.text, (size_t)1 << 24, NULL) == STATUS_OK)
		found.origin = RAN_DISK;
	else
		snprintf(found.why, sizeof found.why, "it was changed");
	ran_lines_take_python(&item->ran, &found, &item->data, 0);
}

static void
take(struct subject *s, struct search_item item, const char *text)
{
	find_ran(&item);
	subject_take(s, &item, span_of(text));
	subject_refresh(s);
	search_item_free(&item);
}

static struct subject
subject_of(const char *text)
{
	struct subject s = { .path = mem_copy(source), .is_python = true };

	subject_read_text(&s, span_of(text));
	return s;
}

/* "cm.u": how lines 1, 2 ... stand, '.' for nothing. */
static const char *
states(const struct subject *s, uint32_t lines)
{
	static char text[64];

	for (uint32_t n = 1; n <= lines; n++) {
		enum line_state state = view_state(&s->view, n);

		text[n - 1] = state == LINE_NONE ? '.' : line_state_name(state)[0];
	}
	text[lines] = '\0';
	return text;
}

static const char ran_text[] = "a = 1\nb = 2\nc = 3\nd = 4\n";

static void
the_text_on_disk_is_what_ran(void **state)
{
	static const struct {
		const char *label, *disk, *document, *want;
		enum freshness freshness;
	} cases[] = {
		{"the same",              ran_text,                             ran_text,                              "cmcm",  FRESHNESS_FRESH },
		{ "no last line end",     "a = 1\nb = 2\nc = 3\nd = 4",         ran_text,                              "cmcm",
                 FRESHNESS_FRESH														},
		{ "a byte order mark",
                 "\xef\xbb\xbf"
		  "a = 1\nb = 2\nc = 3\nd = 4\n",			       ran_text,			      "cmcm",  FRESHNESS_FRESH },
		{ "other line ends",      "a = 1\r\nb = 2\r\nc = 3\rd = 4\r\n", ran_text,                              "cmcm",
                 FRESHNESS_FRESH														},
		{ "a line not saved yet", ran_text,                             "a = 1\nx = 0\nb = 2\nc = 3\nd = 4\n", "cumcm",
                 FRESHNESS_EDITED													       },
		{ "a line changed",       ran_text,                             "a = 1\nb = 2\nc = 0\nd = 4\n",        "cmum",
                 FRESHNESS_EDITED													       },
		{ "a line gone",          ran_text,                             "b = 2\nc = 3\nd = 4\n",               "mcm.",  FRESHNESS_EDITED},
		{ "all other",            "x\n",                                ran_text,                              "uuuu",  FRESHNESS_EDITED},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct subject s = subject_of(cases[i].document);

		write_source(cases[i].disk);
		take(&s, found("101", 1), cases[i].document);
		if (strncmp(states(&s, 5), cases[i].want, strlen(cases[i].want)) != 0 ||
		    s.freshness != cases[i].freshness)
			fail_msg("%s: got %s, %s", cases[i].label, states(&s, 5),
				 freshness_name(s.freshness));
		subject_free(&s);
	}
}

/* A comment of `first` bytes and 20,000 lines, of which document line 10,001 may be another. */
static char *
long_text(size_t first, const char *line_end, bool changed)
{
	struct buf text = { 0 };

	for (size_t i = 0; i < first; i++)
		buf_add_char(&text, '#');
	for (int i = 0; i < 20000; i++)
		buf_addf(&text, "%s%s", line_end, changed && i == 9999 ? "b = 2" : "a = 1");
	return buf_take(&text);
}

/* Wherever the pieces end that the file is read in, within a "\r\n", too. */
static void
a_long_file_is_what_ran(void **state)
{
	static const char *const line_ends[] = { "\n", "\r\n", "\r" };

	(void)state;
	for (size_t i = 0; i < 48; i++) {
		bool changed = i % 2 == 1;
		char *disk = long_text(i / 6, line_ends[i / 2 % 3], false);
		char *document = long_text(i / 6, "\n", changed);
		struct subject s = subject_of(document);

		write_source(disk);
		take(&s, found("101", 1), document);
		assert_int_equal(s.freshness, changed ? FRESHNESS_EDITED : FRESHNESS_FRESH);
		assert_string_equal(states(&s, 4), ".mcm");
		assert_int_equal(view_state(&s.view, 10001), changed ? LINE_UNKNOWN : LINE_MISSED);
		assert_int_equal(view_state(&s.view, 10002), LINE_MISSED);
		assert_int_equal(view_state(&s.view, 20001), LINE_MISSED);
		assert_int_equal(s.view.summary.unknown, changed);
		subject_free(&s);
		free(document);
		free(disk);
	}
}

static void
each_reason_is_told(void **state)
{
	struct subject s = subject_of(ran_text);

	(void)state;
	write_source(ran_text);
	take(&s, not_found(STATUS_MISSING), ran_text);
	assert_int_equal(s.reason, REASON_NO_DATA_FILE);
	assert_non_null(strstr(s.message, "'/data', '/a/b' and '/a'"));
	assert_int_equal(s.freshness, FRESHNESS_NONE);
	take(&s, found(NULL, 1), ran_text);
	assert_int_equal(s.reason, REASON_NOT_IN_DATA);
	assert_int_equal(s.freshness, FRESHNESS_NONE);
	take(&s, found("", 1), ran_text);
	assert_int_equal(s.reason, REASON_NONE);
	assert_string_equal(states(&s, 4), "mmmm");
	take(&s, found("1111", -1), ran_text);
	assert_int_equal(s.reason, REASON_SOURCE_NEWER);
	assert_int_equal(s.freshness, FRESHNESS_UNKNOWN);
	assert_string_equal(states(&s, 4), "uuuu");
	take(&s, found("1111", 1), ran_text);
	assert_int_equal(s.freshness, FRESHNESS_FRESH);
	subject_free(&s);

	s = subject_of("a = (1\n");
	write_source("a = (1\n");
	take(&s, found("1", 1), "a = (1\n");
	assert_int_equal(s.reason, REASON_NOT_PYTHON);
	assert_non_null(strstr(s.message, "line 1"));
	assert_string_equal(states(&s, 1), "c");
	subject_free(&s);

	s = (struct subject){ .is_python = true };
	subject_refresh(&s);
	assert_int_equal(s.reason, REASON_NOT_A_FILE);
	subject_free(&s);
}

static void
data_that_the_settings_no_longer_name_is_dropped(void **state)
{
	struct subject s = subject_of(ran_text);

	(void)state;
	write_source(ran_text);
	take(&s, found("101", 1), ran_text);
	struct search_item item = { .status = STATUS_MISSING, .source = mem_copy(source) };

	add_place(&item, "/no/such", PLACE_SETTING);
	take(&s, item, ran_text);
	assert_int_equal(s.reason, REASON_NO_DATA_FILE);
	assert_non_null(strstr(s.message, "'/no/such'"));
	assert_int_equal(s.freshness, FRESHNESS_NONE);
	assert_string_equal(states(&s, 4), "....");
	subject_free(&s);
}

static void
trouble_leaves_the_last_good_view(void **state)
{
	static const enum status troubles[] = { STATUS_BUSY, STATUS_BAD_DATA, STATUS_DENIED,
						STATUS_EMPTY, STATUS_MISSING };
	struct subject s = subject_of(ran_text);

	(void)state;
	write_source(ran_text);
	take(&s, found("101", 1), ran_text);
	for (size_t i = 0; i < sizeof troubles / sizeof troubles[0]; i++) {
		take(&s, not_found(troubles[i]), ran_text);
		assert_string_equal(states(&s, 4), "cmcm");
		assert_int_equal(s.freshness, FRESHNESS_FRESH);
		/* That it is away is not told at once: a run may be replacing it. */
		assert_int_equal(s.reason != REASON_NONE, troubles[i] != STATUS_MISSING);
	}
	subject_data_gone(&s);
	subject_refresh(&s);
	assert_int_equal(s.reason, REASON_DATA_GONE);
	assert_int_equal(s.freshness, FRESHNESS_STALE);
	assert_string_equal(states(&s, 4), "cmcm");
	take(&s, found("1111", 1), ran_text);
	assert_int_equal(s.reason, REASON_NONE);
	assert_string_equal(states(&s, 4), "cccc");
	subject_free(&s);
}

static void
edits_are_carried_and_saving_changes_nothing(void **state)
{
	struct subject s = subject_of(ran_text);
	struct doc_change change = { .first = 2, .removed = 0, .inserted = 1 };
	const char *now = "a = 1\nx = (\nb = 2\nc = 3\nd = 4\n";

	(void)state;
	write_source(ran_text);
	take(&s, found("101", 1), ran_text);
	/* In the middle of typing: not Python, but what was not touched keeps its state. */
	subject_edited(&s, &change);
	subject_read_text(&s, span_of(now));
	subject_refresh(&s);
	assert_string_equal(states(&s, 5), "c.mcm");
	assert_int_equal(s.reason, REASON_NOT_PYTHON);
	assert_int_equal(s.freshness, FRESHNESS_EDITED);
	now = "a = 1\nx = 0\nb = 2\nc = 3\nd = 4\n";
	change = (struct doc_change){ .first = 2, .removed = 1, .inserted = 1 };
	subject_edited(&s, &change);
	subject_read_text(&s, span_of(now));
	subject_refresh(&s);
	assert_string_equal(states(&s, 5), "cumcm");
	/* Saved: the same data is found again, and says nothing of the new line. */
	struct search_item again = found("101", 1);

	again.data_stamp = s.data_stamp;
	write_source(now);
	take(&s, again, now);
	assert_string_equal(states(&s, 5), "cumcm");
	assert_int_equal(s.freshness, FRESHNESS_EDITED);
	/* Run again. */
	take(&s, found("11111", 1), now);
	assert_string_equal(states(&s, 5), "ccccc");
	assert_int_equal(s.freshness, FRESHNESS_FRESH);
	subject_free(&s);
}

/* Replaces the document by `now`, as an editor would, and looks at it. */
static void
edit(struct subject *s, const char **text, const char *now)
{
	struct doc_change change = doc_text_compare(span_of(*text), span_of(now));

	*text = now;
	subject_edited(s, &change);
	subject_read_text(s, span_of(now));
	subject_refresh(s);
}

/* It was no statement when it ran, and so nobody knows whether it would have run. */
static void
a_docstring_that_becomes_a_statement_is_unknown(void **state)
{
	const char *text = "def f():\n    'd'\n    return 1\n";
	struct subject s = subject_of(text);

	(void)state;
	write_source(text);
	take(&s, found("101", 1), text);
	assert_string_equal(states(&s, 3), "c.c");
	edit(&s, &text, "def f():\n    x = 0\n    'd'\n    return 1\n");
	assert_string_equal(states(&s, 4), "cuuc");
	subject_free(&s);
}

static void
what_is_undone_is_known_again(void **state)
{
	struct subject s = subject_of(ran_text);
	const char *text = ran_text;

	(void)state;
	write_source(ran_text);
	take(&s, found("1010", 1), ran_text);
	edit(&s, &text, "a = 1\nb = 0\nc = 3\nd = 4\n");
	assert_string_equal(states(&s, 4), "cucm");
	edit(&s, &text, ran_text);
	assert_string_equal(states(&s, 4), "cmcm");
	assert_int_equal(s.freshness, FRESHNESS_FRESH);
	/* Two edits, of which one is undone; then all of it, the last by deleting what was added. */
	edit(&s, &text, "a = 0\nb = 2\nc = 3\nd = 4\n");
	edit(&s, &text, "a = 0\nb = 2\nc = 3\nx = 5\nd = 4\n");
	assert_string_equal(states(&s, 5), "umcum");
	edit(&s, &text, "a = 1\nb = 2\nc = 3\nx = 5\nd = 4\n");
	assert_string_equal(states(&s, 5), "cmcum");
	edit(&s, &text, ran_text);
	assert_int_equal(s.freshness, FRESHNESS_FRESH);
	/* Everything gone and pasted back, saved in between: what ran is known, not what is on disk. */
	edit(&s, &text, "");
	write_source("");
	struct search_item again = found("1010", 1);

	again.data_stamp = s.data_stamp;
	take(&s, again, "");
	edit(&s, &text, ran_text);
	assert_string_equal(states(&s, 4), "cmcm");
	/* A line that ran elsewhere is no line that ran here. */
	edit(&s, &text, "c = 3\nb = 2\nc = 3\nd = 4\n");
	assert_string_equal(states(&s, 4), "umcm");
	subject_free(&s);
}

static int
make_folder(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(source, sizeof source, "%s/a.py", folder);
	return 0;
}

static int
remove_folder(void **state)
{
	(void)state;
	unlink(source);
	return rmdir(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_text_on_disk_is_what_ran),
		cmocka_unit_test(a_long_file_is_what_ran),
		cmocka_unit_test(each_reason_is_told),
		cmocka_unit_test(data_that_the_settings_no_longer_name_is_dropped),
		cmocka_unit_test(trouble_leaves_the_last_good_view),
		cmocka_unit_test(edits_are_carried_and_saving_changes_nothing),
		cmocka_unit_test(a_docstring_that_becomes_a_statement_is_unknown),
		cmocka_unit_test(what_is_undone_is_known_again),
	};

	return cmocka_run_group_tests_name("subject", tests, make_folder, remove_folder);
}
