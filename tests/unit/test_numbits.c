#include <stdlib.h>
#include <string.h>

#include "support/test.h"
#include "text/numbits.h"

/* coverage/numbits.py, 7.16, nums_to_numbits([1, 9, 16]). */
static const uint8_t three_lines[] = { 0x02, 0x02, 0x01 };
static const struct numbits three = { three_lines, sizeof three_lines };
static const struct numbits empty = { 0 };

static void
next_visits_each_line_in_order(void **state)
{
	(void)state;
	assert_int_equal(numbits_next(three, 0), 1);
	assert_int_equal(numbits_next(three, 1), 9);
	assert_int_equal(numbits_next(three, 9), 16);
	assert_int_equal(numbits_next(three, 16), NUMBITS_END);
	assert_int_equal(numbits_next(three, UINT32_MAX), NUMBITS_END);
	assert_int_equal(numbits_next(three, UINT32_MAX - 1), NUMBITS_END);
}

static void
empty_set_has_no_lines(void **state)
{
	struct line_set lines = { 0 };

	(void)state;
	assert_int_equal(numbits_next(empty, 0), NUMBITS_END);
	assert_int_equal(numbits_count(empty), 0);
	assert_false(numbits_has(empty, 1));
	numbits_unite(&lines, empty);
	assert_int_equal(lines.cap, 0);
}

static void
line_0_is_never_told(void **state)
{
	static const uint8_t zero[] = { 0x01, 0x00 }, zero_and_one[] = { 0x03 };
	struct numbits set = { zero, sizeof zero };
	struct line_set lines = { 0 };

	(void)state;
	assert_false(numbits_has(set, 0));
	assert_int_equal(numbits_count(set), 0);
	numbits_unite(&lines, set);
	assert_int_equal(lines.cap, 0);
	numbits_unite(&lines, (struct numbits){ zero_and_one, 1 });
	assert_false(line_set_has(&lines, 0));
	assert_int_equal(line_set_count(&lines), 1);
	line_set_free(&lines);
}

static void
has_is_false_past_the_last_byte(void **state)
{
	(void)state;
	assert_true(numbits_has(three, 16));
	assert_false(numbits_has(three, 17));
	assert_false(numbits_has(three, UINT32_MAX));
}

/* Expected lines from coverage/numbits.py, 7.16, numbits_to_nums(). */
static void
as_coverage_py_reads_them(void **state)
{
	static const struct {
		uint8_t bytes[8];
		size_t len;
		uint32_t lines[8];
	} cases[] = {
		{{ 0x00 },				1, { 0 }                },
		{ { 0x80 },			       1, { 7 }                },
		{ { 0x80, 0x01 },                         2, { 7, 8 }             },
		{ { 0x2e, 0x00, 0x00 },                   3, { 1, 2, 3, 5 }       },
		{ { 0, 0, 0, 0, 0, 0, 0, 0x80 },          8, { 63 }               },
		{ { 0x10, 0, 0x42, 0, 0, 0, 0x01, 0x01 }, 8, { 4, 17, 22, 48, 56 }},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct numbits set = { cases[i].bytes, cases[i].len };
		uint32_t n = 0;

		for (size_t k = 0; cases[i].lines[k] != 0; k++) {
			n = numbits_next(set, n);
			assert_int_equal(n, cases[i].lines[k]);
		}
		assert_int_equal(numbits_next(set, n), NUMBITS_END);
	}
}

/* One byte of every value at every place of a word, by every way of asking. */
static void
all_ways_of_asking_agree(void **state)
{
	(void)state;
	for (unsigned v = 0; v < 256; v++) {
		for (size_t place = 0; place < 18; place++) {
			uint8_t bytes[18] = { 0 };
			struct numbits set = { bytes, sizeof bytes };
			struct line_set lines = { 0 };
			uint32_t seen = 0, n = 0, m = 0;

			bytes[place] = (uint8_t)v;
			numbits_unite(&lines, set);
			for (uint32_t line = 0; line < 160; line++) {
				assert_int_equal(numbits_has(set, line),
						 line_set_has(&lines, line));
				seen += numbits_has(set, line);
			}
			assert_int_equal(numbits_count(set), seen);
			assert_int_equal(line_set_count(&lines), seen);
			do {
				n = numbits_next(set, n);
				m = line_set_next(&lines, m);
				assert_int_equal(n, m);
			} while (n != NUMBITS_END);
			line_set_free(&lines);
		}
	}
}

static void
unite_keeps_what_was_there(void **state)
{
	struct line_set lines = { 0 };

	(void)state;
	line_set_add(&lines, 2);
	line_set_add(&lines, 1000);
	numbits_unite(&lines, three);
	numbits_unite(&lines, three);
	assert_int_equal(line_set_count(&lines), 5);
	assert_true(line_set_has(&lines, 16));
	assert_true(line_set_has(&lines, 1000));
	line_set_free(&lines);
}

static void
lines_above_the_most_are_dropped(void **state)
{
	size_t len = LINE_SET_MAX / 8 + 100;
	uint8_t *bytes = malloc(len);
	struct line_set lines = { 0 }, all = { 0 };

	(void)state;
	assert_non_null(bytes);
	memset(bytes, 0xff, len);
	line_set_add_range(&all, 1, LINE_SET_MAX);
	numbits_unite(&lines, (struct numbits){ bytes, len });
	assert_true(line_set_equal(&lines, &all));
	numbits_unite(&lines, (struct numbits){ bytes, len }); /* into a set that reaches the end */
	assert_true(line_set_equal(&lines, &all));
	line_set_free(&lines);

	memset(bytes, 0, LINE_SET_MAX / 8 + 1); /* only lines that are too high */
	numbits_unite(&lines, (struct numbits){ bytes, len });
	assert_int_equal(lines.cap, 0);
	line_set_free(&all);
	free(bytes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(next_visits_each_line_in_order),
		cmocka_unit_test(empty_set_has_no_lines),
		cmocka_unit_test(line_0_is_never_told),
		cmocka_unit_test(has_is_false_past_the_last_byte),
		cmocka_unit_test(as_coverage_py_reads_them),
		cmocka_unit_test(all_ways_of_asking_agree),
		cmocka_unit_test(unite_keeps_what_was_there),
		cmocka_unit_test(lines_above_the_most_are_dropped),
	};

	return cmocka_run_group_tests_name("numbits", tests, NULL, NULL);
}
