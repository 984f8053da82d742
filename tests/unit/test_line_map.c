#include <stdlib.h>
#include <string.h>

#include "support/test.h"
#include "text/line_map.h"

#define MODEL_MAX 400u

/* The text as a list of origins: what a map means, in the plainest form. */
struct model {
	uint32_t origin[MODEL_MAX];
	uint32_t lines, origin_lines;
};

static void
model_identity(struct model *m, uint32_t lines)
{
	m->lines = m->origin_lines = lines;
	for (uint32_t i = 0; i < lines; i++)
		m->origin[i] = i + 1;
}

static void
model_edit(struct model *m, uint32_t first, uint32_t removed, uint32_t inserted)
{
	uint32_t at = first - 1;

	memmove(m->origin + at + inserted, m->origin + at + removed,
		(m->lines - at - removed) * sizeof *m->origin);
	for (uint32_t i = 0; i < inserted; i++)
		m->origin[at + i] = LINE_MAP_NONE;
	m->lines = m->lines - removed + inserted;
}

static bool
model_is_whole(const struct model *m)
{
	for (uint32_t i = 0; i < m->lines; i++) {
		if (m->origin[i] != i + 1)
			return false;
	}
	return m->lines == m->origin_lines;
}

/* The runs lie end to end, cover the text, and no two neighbours could be one. */
static void
assert_in_form(const struct line_map *map)
{
	struct line_run run, last = { 0 };
	uint32_t next = 1;
	size_t at = 0;

	while (line_map_next(map, &at, &run)) {
		assert_int_equal(run.line, next);
		assert_true(run.count > 0);
		if (last.count > 0 && last.origin == LINE_MAP_NONE)
			assert_int_not_equal(run.origin, LINE_MAP_NONE);
		if (last.count > 0 && last.origin != LINE_MAP_NONE)
			assert_int_not_equal(run.origin, last.origin + last.count);
		next += run.count;
		last = run;
	}
	assert_int_equal(next, map->lines + 1);
}

static void
assert_same(const struct line_map *map, const struct model *m)
{
	struct line_run run;

	assert_in_form(map);
	assert_int_equal(map->lines, m->lines);
	for (uint32_t line = 1; line <= m->lines; line++) {
		assert_int_equal(line_map_origin(map, line), m->origin[line - 1]);
		assert_true(line_map_find(map, line, &run));
		assert_true(run.line <= line && line - run.line < run.count);
	}
	assert_false(line_map_find(map, 0, &run) || line_map_find(map, m->lines + 1, &run));
	assert_int_equal(line_map_origin(map, 0), LINE_MAP_NONE);
	assert_int_equal(line_map_origin(map, m->lines + 1), LINE_MAP_NONE);
	assert_int_equal(line_map_origin(map, UINT32_MAX), LINE_MAP_NONE);
	assert_int_equal(line_map_is_whole(map), model_is_whole(m));
}

static void
a_zeroed_map_is_the_identity_of_no_lines(void **state)
{
	struct line_map map = { 0 };

	(void)state;
	assert_true(line_map_is_whole(&map));
	assert_int_equal(line_map_origin(&map, 1), LINE_MAP_NONE);
	line_map_edit(&map, 1, 0, 3);
	assert_false(line_map_is_whole(&map));
	assert_int_equal(map.lines, 3);
	line_map_edit(&map, 1, 3, 0);
	assert_true(line_map_is_whole(&map));
	line_map_free(&map);
}

/* Ten lines, one edit, and the origins after it; N is none. */
static void
one_edit(void **state)
{
	enum { N = LINE_MAP_NONE, END = 99 };
	static const struct {
		const char *what;
		uint32_t first, removed, inserted;
		uint32_t origins[16];
	} cases[] = {
		{"typing in a line",   3,  1,  1, { 1, 2, N, 4, 5, 6, 7, 8, 9, 10, END }      },
		{ "a new first line",  1,  0,  1, { N, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, END }   },
		{ "lines at the end",  11, 0,  2, { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, N, N, END }},
		{ "far past the end",  90, 5,  1, { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, N, END }   },
		{ "removed past end",  9,  90, 1, { 1, 2, 3, 4, 5, 6, 7, 8, N, END }          },
		{ "taken out",         4,  3,  0, { 1, 2, 3, 7, 8, 9, 10, END }               },
		{ "line 0 is line 1",  0,  1,  0, { 2, 3, 4, 5, 6, 7, 8, 9, 10, END }         },
		{ "all of it for one", 1,  10, 1, { N, END }                                  },
		{ "all of it",         1,  10, 0, { END }                                     },
		{ "nothing",           5,  0,  0, { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, END }      },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct line_map map = { 0 };
		uint32_t line = 1;

		line_map_identity(&map, 10);
		line_map_edit(&map, cases[i].first, cases[i].removed, cases[i].inserted);
		for (; cases[i].origins[line - 1] != END; line++) {
			if (line_map_origin(&map, line) != cases[i].origins[line - 1])
				fail_msg("%s: line %u", cases[i].what, line);
		}
		assert_int_equal(map.lines, line - 1);
		assert_in_form(&map);
		line_map_free(&map);
	}
}

static void
what_was_inserted_and_taken_out_leaves_the_identity(void **state)
{
	struct line_map map = { 0 };

	(void)state;
	line_map_identity(&map, 100);
	line_map_edit(&map, 50, 0, 7);
	line_map_edit(&map, 52, 1, 3);
	assert_int_equal(map.count, 3);
	line_map_edit(&map, 50, 9, 0);
	assert_true(line_map_is_whole(&map));
	assert_int_equal(map.count, 1);

	line_map_edit(&map, 100, 1, 0);
	assert_false(line_map_is_whole(&map)); /* the last line is gone: no longer what ran */
	line_map_free(&map);
}

static void
typing_in_one_line_costs_no_further_runs(void **state)
{
	struct line_map map = { 0 };

	(void)state;
	line_map_identity(&map, 25000);
	for (int i = 0; i < 1000; i++)
		line_map_edit(&map, 12345, 1, 1);
	assert_int_equal(map.count, 3);
	line_map_free(&map);
}

static void
the_most_lines_that_can_be(void **state)
{
	struct line_map map = { 0 };

	(void)state;
	line_map_identity(&map, UINT32_MAX - 1);
	line_map_edit(&map, 7, 1, UINT32_MAX);
	assert_in_form(&map);
	assert_int_equal(map.lines, UINT32_MAX - 1);
	assert_int_equal(line_map_origin(&map, UINT32_MAX - 1), UINT32_MAX - 1);
	line_map_edit(&map, 1, UINT32_MAX, UINT32_MAX);
	assert_in_form(&map);
	assert_int_equal(map.lines, UINT32_MAX - 1);
	line_map_free(&map);
}

static void
random_edits_agree_with_an_array(void **state)
{
	struct line_map map = { 0 }, twin = { 0 };
	struct model m;

	(void)state;
	srand(20262);
	for (int round = 0; round < 200; round++) {
		uint32_t lines = (uint32_t)rand() % 60;

		line_map_identity(&map, lines);
		line_map_identity(&twin, lines);
		model_identity(&m, lines);
		for (int step = 0; step < 40; step++) {
			uint32_t first = 1 + (uint32_t)rand() % (m.lines + 1);
			uint32_t removed = (uint32_t)rand() % 6, inserted = (uint32_t)rand() % 6;

			if (removed > m.lines - (first - 1))
				removed = m.lines - (first - 1);
			line_map_edit(&map, first, removed, inserted);
			model_edit(&m, first, removed, inserted);
			assert_same(&map, &m);
			if (removed != inserted)
				assert_false(line_map_equal(&map, &twin));
			line_map_edit(&twin, first, removed, 0); /* the same in two steps */
			line_map_edit(&twin, first, 0, inserted);
			assert_true(line_map_equal(&map, &twin));
		}
	}
	line_map_free(&map);
	line_map_free(&twin);
}

/* Line by line, or more at once: what comes out is the same map. */
static void
a_map_is_built_from_its_runs(void **state)
{
	struct line_map map = { 0 }, built = { 0 };

	(void)state;
	srand(20265);
	for (int round = 0; round < 300; round++) {
		line_map_identity(&map, (uint32_t)rand() % 60);
		for (int step = 0; step < 10; step++)
			line_map_edit(&map, 1 + (uint32_t)rand() % 60, (uint32_t)rand() % 6,
				      (uint32_t)rand() % 6);
		line_map_begin(&built, map.origin_lines);
		for (uint32_t line = 1, count; line <= map.lines; line += count) {
			uint32_t origin = line_map_origin(&map, line);

			count = 1;
			while (rand() % 4 > 0 &&
			       line_map_origin(&map, line + count) ==
				       (origin == LINE_MAP_NONE ? origin : origin + count) &&
			       line + count <= map.lines)
				count++;
			line_map_append(&built, count, origin);
			line_map_append(&built, 0, 7);
		}
		assert_in_form(&built);
		assert_true(line_map_equal(&map, &built));
	}
	line_map_begin(&built, 5);
	line_map_append(&built, UINT32_MAX, LINE_MAP_NONE);
	line_map_append(&built, 1, 5);
	assert_in_form(&built);
	assert_int_equal(built.lines, UINT32_MAX - 1);
	line_map_free(&map);
	line_map_free(&built);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_zeroed_map_is_the_identity_of_no_lines),
		cmocka_unit_test(one_edit),
		cmocka_unit_test(what_was_inserted_and_taken_out_leaves_the_identity),
		cmocka_unit_test(typing_in_one_line_costs_no_further_runs),
		cmocka_unit_test(the_most_lines_that_can_be),
		cmocka_unit_test(random_edits_agree_with_an_array),
		cmocka_unit_test(a_map_is_built_from_its_runs),
	};

	return cmocka_run_group_tests_name("line_map", tests, NULL, NULL);
}
