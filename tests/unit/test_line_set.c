#include <stdlib.h>
#include <string.h>

#include "support/test.h"
#include "text/line_set.h"

#define MODEL_MAX 700u

/* The lines of `set` beside an array of bools, by every way of asking. */
static void
assert_same(const struct line_set *set, const bool *model)
{
	uint32_t count = 0, at = 0;

	for (uint32_t line = 0; line < MODEL_MAX; line++) {
		assert_int_equal(line_set_has(set, line), model[line]);
		if (!model[line])
			continue;
		count++;
		assert_int_equal(line_set_next(set, at), line);
		at = line;
	}
	assert_int_equal(line_set_next(set, at), LINE_SET_END);
	assert_int_equal(line_set_count(set), count);
}

static bool
model_has_any(const bool *model, uint32_t first, uint32_t last)
{
	for (uint32_t line = first; line <= last && line < MODEL_MAX; line++) {
		if (model[line])
			return true;
	}
	return false;
}

static void
a_zeroed_set_is_empty(void **state)
{
	struct line_set set = { 0 };

	(void)state;
	assert_false(line_set_has(&set, 0));
	assert_false(line_set_has(&set, UINT32_MAX));
	assert_false(line_set_has_any(&set, 0, UINT32_MAX));
	assert_int_equal(line_set_next(&set, 0), LINE_SET_END);
	assert_int_equal(line_set_next(&set, UINT32_MAX), LINE_SET_END);
	assert_int_equal(line_set_count(&set), 0);
	line_set_clear(&set);
	line_set_free(&set);
}

static void
lines_that_cannot_be_are_left_out(void **state)
{
	struct line_set set = { 0 };

	(void)state;
	line_set_add(&set, 0);
	line_set_add(&set, LINE_SET_MAX + 1);
	line_set_add(&set, UINT32_MAX);
	line_set_add_range(&set, LINE_SET_MAX + 1, UINT32_MAX);
	line_set_add_range(&set, 9, 8);
	line_set_add_range(&set, 0, 0);
	assert_int_equal(line_set_count(&set), 0);
	assert_int_equal(set.cap, 0);

	line_set_add(&set, LINE_SET_MAX);
	assert_true(line_set_has(&set, LINE_SET_MAX));
	line_set_add_range(&set, LINE_SET_MAX - 1, UINT32_MAX);
	assert_int_equal(line_set_count(&set), 2);
	assert_int_equal(line_set_next(&set, LINE_SET_MAX), LINE_SET_END);
	assert_true(set.cap * sizeof *set.words <= LINE_SET_MAX / 8 + 8);
	line_set_free(&set);
}

static void
equal_sees_lines_and_not_room(void **state)
{
	struct line_set a = { 0 }, b = { 0 };

	(void)state;
	line_set_add(&a, 5);
	line_set_add(&b, 5);
	line_set_add(&b, 5000);
	assert_false(line_set_equal(&a, &b));
	line_set_clear(&b);
	assert_int_equal(line_set_count(&b), 0);
	line_set_add(&b, 5);
	assert_true(line_set_equal(&a, &b));
	line_set_add(&b, 6);
	assert_false(line_set_equal(&a, &b));
	line_set_free(&a);
	line_set_free(&b);
	assert_true(line_set_equal(&a, &b));
}

static void
ranges_of_every_length_at_every_offset_of_a_word(void **state)
{
	(void)state;
	for (uint32_t first = 0; first < 130; first++) {
		for (uint32_t last = first; last < first + 200; last += 3) {
			struct line_set set = { 0 };
			bool model[MODEL_MAX] = { false };

			for (uint32_t line = first == 0 ? 1 : first; line <= last; line++)
				model[line] = true;
			line_set_add_range(&set, first, last);
			assert_same(&set, model);
			assert_int_equal(line_set_has_any(&set, 0, first == 0 ? 0 : first - 1),
					 false);
			assert_int_equal(line_set_has_any(&set, last, last), last != 0);
			assert_false(line_set_has_any(&set, last + 1, UINT32_MAX));
			line_set_free(&set);
		}
	}
}

static void
random_changes_agree_with_an_array_of_bools(void **state)
{
	struct line_set set = { 0 }, other = { 0 };
	bool model[MODEL_MAX] = { false };

	(void)state;
	srand(20261);
	for (int step = 0; step < 4000; step++) {
		uint32_t a = (uint32_t)rand() % MODEL_MAX, b = (uint32_t)rand() % MODEL_MAX;

		switch (rand() % 16) {
		case 0:
			line_set_clear(&set);
			memset(model, 0, sizeof model);
			break;
		case 1:
			line_set_add_range(&set, a, b);
			for (uint32_t line = a == 0 ? 1 : a; line <= b; line++)
				model[line] = true;
			break;
		case 2:
			line_set_clear(&other);
			line_set_add(&other, a);
			line_set_add(&other, b);
			line_set_unite(&set, &other);
			model[a] = model[a] || a != 0;
			model[b] = model[b] || b != 0;
			break;
		default:
			line_set_add(&set, a);
			model[a] = model[a] || a != 0;
		}
		assert_int_equal(line_set_has_any(&set, a, b), model_has_any(model, a, b));
		if (step % 16 == 0)
			assert_same(&set, model);
	}
	line_set_free(&set);
	line_set_free(&other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_zeroed_set_is_empty),
		cmocka_unit_test(lines_that_cannot_be_are_left_out),
		cmocka_unit_test(equal_sees_lines_and_not_room),
		cmocka_unit_test(ranges_of_every_length_at_every_offset_of_a_word),
		cmocka_unit_test(random_changes_agree_with_an_array_of_bools),
	};

	return cmocka_run_group_tests_name("line_set", tests, NULL, NULL);
}
