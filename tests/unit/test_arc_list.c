#include <stdlib.h>

#include "support/test.h"
#include "text/arc_list.h"

static void
a_zeroed_list_is_empty(void **state)
{
	struct arc_list list = { 0 };
	struct arc_table table = { 0 };

	(void)state;
	arc_list_sort(&list);
	assert_false(arc_list_has(&list, 0, 0));
	assert_int_equal(arc_list_find(&list, INT32_MIN), 0);
	arc_list_clear(&list);
	arc_list_free(&list);
	arc_table_free(&table);
}

static const struct arc in_order[] = {
	{INT32_MIN,  INT32_MAX},
	{ -7,        7        },
	{ -1,        INT32_MIN},
	{ -1,        -1       },
	{ -1,        3        },
	{ 0,         -1       },
	{ 3,         -3       },
	{ 3,         4        },
	{ INT32_MAX, 0        },
};

#define COUNT (sizeof in_order / sizeof in_order[0])

static void
assert_in_order(const struct arc_list *list)
{
	assert_int_equal(list->count, COUNT);
	for (size_t i = 0; i < COUNT; i++) {
		assert_int_equal(list->at[i].from, in_order[i].from);
		assert_int_equal(list->at[i].to, in_order[i].to);
	}
}

static void
sorting_goes_by_from_then_to_and_keeps_each_once(void **state)
{
	struct arc_list list = { 0 };

	(void)state;
	srand(3);
	for (int round = 0; round < 100; round++) {
		/* All of them backwards, so that each is there, and some of them again. */
		for (size_t i = COUNT; i-- > 0;)
			arc_list_add(&list, in_order[i].from, in_order[i].to);
		for (int i = 0; i < round; i++) {
			const struct arc *arc = &in_order[(size_t)rand() % COUNT];

			arc_list_add(&list, arc->from, arc->to);
		}
		arc_list_sort(&list);
		assert_in_order(&list);
		arc_list_sort(&list);
		assert_in_order(&list);
		arc_list_clear(&list);
		assert_int_equal(list.count, 0);
	}
	arc_list_free(&list);
	assert_int_equal(list.cap, 0);
}

/* In order already, but for one that is there twice. */
static void
neighbours_that_are_equal_become_one(void **state)
{
	struct arc_list list = { 0 };

	(void)state;
	arc_list_add(&list, 1, 2);
	arc_list_add(&list, 2, 3);
	arc_list_add(&list, 2, 3);
	arc_list_sort(&list);
	assert_int_equal(list.count, 2);
	arc_list_free(&list);
}

static void
a_sorted_list_tells_what_is_in_it(void **state)
{
	struct arc_list list = { 0 };

	(void)state;
	for (size_t i = COUNT; i-- > 0;)
		arc_list_add(&list, in_order[i].from, in_order[i].to);
	arc_list_sort(&list);
	for (size_t i = 0; i < COUNT; i++)
		assert_true(arc_list_has(&list, in_order[i].from, in_order[i].to));
	assert_false(arc_list_has(&list, 3, 5));
	assert_false(arc_list_has(&list, 3, INT32_MIN));
	assert_false(arc_list_has(&list, INT32_MAX, INT32_MAX));
	assert_false(arc_list_has(&list, INT32_MIN, INT32_MIN));
	assert_int_equal(arc_list_find(&list, INT32_MIN), 0);
	assert_int_equal(arc_list_find(&list, -1), 2);
	assert_int_equal(arc_list_find(&list, 1), 6);
	assert_int_equal(arc_list_find(&list, 3), 6);
	assert_int_equal(arc_list_find(&list, 4), 8);
	assert_int_equal(arc_list_find(&list, INT32_MAX), 8);
	list.count--;
	assert_int_equal(arc_list_find(&list, INT32_MAX), list.count);
	arc_list_free(&list);
}

/* Beside a list that is sorted: the same arcs, however often each comes. */
static void
a_table_holds_each_arc_once(void **state)
{
	struct arc_table table = { 0 };
	struct arc_list list = { 0 };

	(void)state;
	srand(5);
	for (int i = 0; i < 200000; i++) {
		int32_t from = rand() % 200 - 30, to = rand() % 60 - 30;

		if (i % 1000 == 0) {
			from = INT32_MAX - i;
			to = INT32_MIN + i;
		}
		arc_table_add(&table, from, to);
		arc_list_add(&list, from, to);
	}
	arc_list_sort(&list);
	assert_int_equal(table.list.count, list.count);
	assert_true(table.list.cap < 2 * list.count);
	arc_list_sort(&table.list);
	assert_memory_equal(table.list.at, list.at, list.count * sizeof *list.at);
	arc_list_free(&list);
	arc_table_free(&table);
	assert_int_equal(table.slot_count, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_zeroed_list_is_empty),
		cmocka_unit_test(sorting_goes_by_from_then_to_and_keeps_each_once),
		cmocka_unit_test(neighbours_that_are_equal_become_one),
		cmocka_unit_test(a_sorted_list_tells_what_is_in_it),
		cmocka_unit_test(a_table_holds_each_arc_once),
	};

	return cmocka_run_group_tests_name("arc_list", tests, NULL, NULL);
}
