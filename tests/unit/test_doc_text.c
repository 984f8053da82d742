#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "support/test.h"
#include "text/doc_text.h"

static void
set(struct doc_text *t, const char *text)
{
	struct buf b = { 0 };

	buf_add_text(&b, text);
	doc_text_set(t, &b);
}

static void
utf8_is_counted_as_editors_do(void **state)
{
	static const struct {
		const char *text;
		size_t utf16, utf32;
	} cases[] = {
		{"",                   0, 0},
		{ "abc",               3, 3},
		{ "\xc3\xa9",          1, 1}, /* e acute */
		{ "\xe2\x82\xac",      1, 1}, /* euro */
		{ "\xf0\x9f\x98\x80x", 3, 2}, /* a face, two units in UTF-16 */
		{ "\xff\xc3x",         3, 3}, /* no character: a unit a byte */
		{ "\xed\xa0\x80",      3, 3}, /* a surrogate is none either */
		{ "\xc0\x80",          2, 2}, /* nor is an overlong form */
		{ "\xf4\x90\x80\x80",  4, 4}, /* nor what is above U+10FFFF */
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct span s = span_of(cases[i].text);

		assert_int_equal(utf8_units(s, TEXT_UTF16), cases[i].utf16);
		assert_int_equal(utf8_units(s, TEXT_UTF32), cases[i].utf32);
		assert_int_equal(utf8_units(s, TEXT_UTF8), s.len);
		assert_int_equal(utf8_bytes(s, cases[i].utf16, TEXT_UTF16), s.len);
		assert_int_equal(utf8_bytes(s, 1000, TEXT_UTF16), s.len);
	}
	assert_int_equal(utf8_bytes(SPAN("\xf0\x9f\x98\x80x"), 1, TEXT_UTF16), 0);
	assert_int_equal(utf8_bytes(SPAN("\xf0\x9f\x98\x80x"), 2, TEXT_UTF16), 4);
	assert_int_equal(utf8_bytes(SPAN("a\xc3\xa9z"), 2, TEXT_UTF8), 1);
	assert_true(utf8_is_valid(SPAN("a\xc3\xa9z\xf0\x9f\x98\x80")));
	assert_true(utf8_is_valid(SPAN("")));
	assert_false(utf8_is_valid(SPAN("a\xc3\xa9\xff")));
	assert_false(utf8_is_valid(SPAN("\xf0\x9f")));
	assert_true(utf8_is_cut(SPAN("\xf0\x9f")));
	assert_false(utf8_is_cut(SPAN("\xf0\x20")));
	assert_false(utf8_is_cut(SPAN("\xff")));
	assert_false(utf8_is_cut(SPAN("")));
}

static void
every_code_point_is_encoded_and_measured(void **state)
{
	char bytes[4];

	(void)state;
	for (uint32_t code = 0; code <= 0x10FFFF; code++) {
		size_t len;

		if (code == 0xD800)
			code = 0xE000;
		len = utf8_encode(code, bytes);
		assert_int_equal(utf8_length((struct span){ bytes, len }), len);
		for (size_t cut = 1; cut < len; cut++)
			assert_true(utf8_is_cut((struct span){ bytes, cut }));
	}
}

static void
lines_end_in_three_ways(void **state)
{
	struct doc_text t = { 0 };

	(void)state;
	assert_int_equal(doc_text_lines(&t), 1);
	set(&t, "a\nbb\r\nccc\rd");
	assert_int_equal(doc_text_lines(&t), 4);
	assert_true(span_equal(doc_text_line(&t, 0), SPAN("a")));
	assert_true(span_equal(doc_text_line(&t, 1), SPAN("bb")));
	assert_true(span_equal(doc_text_line(&t, 2), SPAN("ccc")));
	assert_true(span_equal(doc_text_line(&t, 3), SPAN("d")));
	assert_true(span_equal(doc_text_line(&t, 4), SPAN("")));
	set(&t, "\n\r\r\n");
	assert_int_equal(doc_text_lines(&t), 4);
	doc_text_free(&t);
}

static void
positions_outside_are_moved_inside(void **state)
{
	struct doc_text t = { 0 };
	static const struct {
		struct doc_position at;
		enum text_encoding encoding;
		size_t want;
	} cases[] = {
		{{ 0, 0 },           TEXT_UTF16, 0},
		{ { 0, 99 },         TEXT_UTF16, 1}, /* before the line end */
		{ { 1, 2 },          TEXT_UTF16, 7}, /* behind the face */
		{ { 1, 1 },          TEXT_UTF16, 3}, /* in the middle of it */
		{ { 1, 1 },          TEXT_UTF32, 7},
		{ { 1, 4 },          TEXT_UTF8,  7},
		{ { 1, 3 },          TEXT_UTF8,  3},
		{ { 1, UINT32_MAX }, TEXT_UTF16, 8},
		{ { 2, 0 },          TEXT_UTF16, 9},
		{ { 3, 0 },          TEXT_UTF16, 9},
		{ { UINT32_MAX, 7 }, TEXT_UTF16, 9},
	};

	(void)state;
	set(&t, "a\r\n\xf0\x9f\x98\x80z\n");
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_int_equal(doc_text_offset(&t, cases[i].at, cases[i].encoding),
				 cases[i].want);
	doc_text_free(&t);
}

static void
an_edit_names_the_lines_it_changed(void **state)
{
	static const struct {
		const char *text;
		size_t from, to;
		const char *with, *want;
		uint32_t first, removed, inserted;
	} cases[] = {
		{"a\nb\nc\n",  2, 3,  "x",      "a\nx\nc\n",    2, 1, 1},
		{ "a\nb\nc\n", 2, 2,  "x\n",    "a\nx\nb\nc\n", 2, 0, 1}, /* a line above b */
		{ "a\nb\nc\n", 3, 3,  "\nx",    "a\nb\nx\nc\n", 3, 0, 1}, /* a line below b */
		{ "a\nb\nc\n", 2, 4,  "",       "a\nc\n",       2, 1, 0},
		{ "a\nb\nc\n", 1, 3,  "",       "a\nc\n",       2, 1, 0},
		{ "a\nb\nc\n", 2, 3,  "b",      "a\nb\nc\n",    3, 0, 0}, /* nothing changed */
		{ "a\nb",      3, 3,  "c",      "a\nbc",        2, 1, 1},
		{ "a\nb",      3, 3,  "\n",     "a\nb\n",       2, 1, 2},
		{ "",          0, 0,  "a\nb\n", "a\nb\n",       1, 1, 3},
		{ "a\rb",      2, 2,  "\n",     "a\r\nb",       1, 1, 1}, /* the end itself changed */
		{ "a\r\nb\n",  2, 3,  "",       "a\rb\n",       1, 1, 1},
		{ "a\r\nb\n",  1, 2,  "",       "a\nb\n",       1, 1, 1},
		{ "a\r\nb\n",  2, 2,  "x",      "a\rx\nb\n",    1, 1, 2},
		{ "a\nb\nc\n", 0, 6,  "",       "",             1, 4, 1},
		{ "a\nb\nc\n", 9, 99, "d",      "a\nb\nc\nd",   4, 1, 1},
	};
	struct doc_text t = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		set(&t, cases[i].text);
		struct doc_change got =
			doc_text_replace(&t, cases[i].from, cases[i].to, span_of(cases[i].with));

		if (!span_equal(doc_text_span(&t), span_of(cases[i].want)) ||
		    got.first != cases[i].first || got.removed != cases[i].removed ||
		    got.inserted != cases[i].inserted)
			fail_msg("case %zu: got %u -%u +%u '%.*s'", i, got.first, got.removed,
				 got.inserted, (int)t.bytes.len, t.bytes.at);
	}
	doc_text_free(&t);
}

/* The lines of a text the slow way, ends included; returns how many. */
static size_t
split(struct span text, struct span *lines)
{
	size_t count = 0, start = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == '\n' ||
		    (text.at[i] == '\r' && (i + 1 == text.len || text.at[i + 1] != '\n'))) {
			lines[count++] = span_cut(text, start, i + 1);
			start = i + 1;
		}
	}
	lines[count++] = span_cut(text, start, text.len);
	return count;
}

#define MOST 4096

static void
check_against_slow(struct doc_text *t)
{
	static struct span lines[MOST];
	size_t count = split(doc_text_span(t), lines);

	assert_int_equal(doc_text_lines(t), count);
	for (size_t probe = 0; probe < 8; probe++) {
		size_t line = (size_t)rand() % count;
		struct span want = lines[line];

		while (want.len > 0 && strchr("\r\n", want.at[want.len - 1]) != NULL)
			want.len--;
		assert_true(span_equal(doc_text_line(t, (uint32_t)line), want));
		assert_int_equal(
			doc_text_offset(t, (struct doc_position){ (uint32_t)line, 0 }, TEXT_UTF16),
			(size_t)(lines[line].at - doc_text_span(t).at));
	}
}

/* Lines outside of what the change names must be the same, and it must name so many. */
static void
check_change(struct span old, struct span new, struct doc_change c)
{
	static struct span before[MOST], after[MOST];
	size_t n = split(old, before), m = split(new, after);

	assert_int_equal(n - c.removed + c.inserted, m);
	for (size_t i = 0; i + 1 < c.first && i < n; i++)
		assert_true(span_equal(before[i], after[i]));
	for (size_t i = c.first - 1 + c.removed; i < n; i++)
		assert_true(span_equal(before[i], after[i - c.removed + c.inserted]));
}

static void
random_edits_agree_with_the_slow_way(void **state)
{
	static const char *const bits[] = { "x",    "\n",         "\r",
					    "\r\n", "def f():\n", "\xf0\x9f\x98\x80",
					    "" };
	struct doc_text t = { 0 };

	(void)state;
	srand(7);
	for (int round = 0; round < 40; round++) {
		/* Long enough in some rounds that anchors are made, shifted and made anew. */
		bool with_returns = round % 2 == 0;
		struct buf b = { 0 };

		for (int i = round % 4 == 0 ? 3000 : 0; i > 0; i--)
			buf_add_text(&b, i % 3 == 0 ? "some longer line of text here\n" : "x");
		doc_text_set(&t, &b);
		for (int edit = 0; edit < 150; edit++) {
			struct buf old = { 0 }, with = { 0 };
			size_t len = t.bytes.len, from = (size_t)rand() % (len + 1);
			size_t to = from + (size_t)rand() % (edit % 10 == 0 ? 200 : 4);

			buf_add(&old, doc_text_span(&t));
			for (int i = rand() % (edit % 20 == 0 ? 100 : 4); i > 0; i--) {
				const char *bit = bits[rand() % 7];

				buf_add_text(&with, with_returns || bit[0] != '\r' ? bit : "y");
			}
			struct doc_change c = doc_text_replace(&t, from, to, buf_span(&with));

			check_change(buf_span(&old), doc_text_span(&t), c);
			check_against_slow(&t);
			buf_free(&old);
			buf_free(&with);
		}
	}
	doc_text_free(&t);
}

/* Line ends are looked for in windows of 256 bytes, then of 512 ...: wherever one lies, and whatever comes
 * after it. */
static void
lines_of_any_length_are_taken(void **state)
{
	static const char *const ends[] = { "\n", "\r\n", "\r" };

	(void)state;
	for (size_t len = 0; len < 1800; len = len < 250 ? len + 25 : len + 1) {
		for (size_t first = 0; first < 3; first++) {
			for (size_t second = 0; second < 3; second++) {
				struct buf text = { 0 };
				struct span rest, line;

				for (size_t i = 0; i < len; i++)
					buf_add_char(&text, 'x');
				buf_addf(&text, "%sab%s", ends[first], ends[second]);
				rest = buf_span(&text);
				assert_true(doc_text_take_line(&rest, &line));
				assert_int_equal(line.len, len);
				assert_true(doc_text_take_line(&rest, &line));
				assert_true(span_equal(line, SPAN("ab")));
				assert_true(doc_text_take_line(&rest, &line));
				assert_int_equal(line.len, 0);
				assert_false(doc_text_take_line(&rest, &line));
				assert_int_equal(doc_text_count_lines(buf_span(&text)), 3);
				buf_free(&text);
			}
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_of_any_length_are_taken),
		cmocka_unit_test(utf8_is_counted_as_editors_do),
		cmocka_unit_test(every_code_point_is_encoded_and_measured),
		cmocka_unit_test(lines_end_in_three_ways),
		cmocka_unit_test(positions_outside_are_moved_inside),
		cmocka_unit_test(an_edit_names_the_lines_it_changed),
		cmocka_unit_test(random_edits_agree_with_the_slow_way),
	};

	return cmocka_run_group_tests_name("doc_text", tests, NULL, NULL);
}
