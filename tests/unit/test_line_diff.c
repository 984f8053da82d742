#include <stdlib.h>

#include "base/mem.h"
#include "support/test.h"
#include "text/line_diff.h"

#define SMALL 64u

static void
add(struct line_hashes *h, uint64_t line)
{
	h->at = mem_grow(h->at, h->count, &h->cap, sizeof *h->at);
	h->at[h->count++] = line;
}

static uint32_t
random_below(uint32_t limit)
{
	static uint64_t state = 20265;

	state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)((state >> 33) % limit);
}

static void
fill(struct line_hashes *h, size_t count, uint32_t kinds)
{
	line_hashes_reset(h);
	while (h->count < count)
		add(h, random_below(kinds));
}

/* Tells how many lines come from nowhere; the map is one of the two texts and what it says is so. */
static uint32_t
check_map(const struct line_map *map, const struct line_hashes *ran, const struct line_hashes *now)
{
	struct line_run run, last = { 0 };
	uint32_t next = 1, origin = 0, unknown = 0;
	size_t at = 0;

	assert_int_equal(map->lines, now->count);
	assert_int_equal(map->origin_lines, ran->count);
	while (line_map_next(map, &at, &run)) {
		assert_int_equal(run.line, next);
		assert_true(run.count > 0);
		next += run.count;
		if (run.origin == LINE_MAP_NONE) {
			assert_true(at == 1 || last.origin != LINE_MAP_NONE);
			unknown += run.count;
		} else {
			assert_true(run.origin > origin);
			assert_true(run.origin - 1 + run.count <= ran->count);
			assert_true(last.origin == LINE_MAP_NONE ||
				    run.origin != last.origin + last.count);
			for (uint32_t i = 0; i < run.count; i++)
				assert_true(ran->at[run.origin - 1 + i] ==
					    now->at[run.line - 1 + i]);
			origin = run.origin + run.count - 1;
		}
		last = run;
	}
	assert_int_equal(next, map->lines + 1);
	return unknown;
}

static bool
is_blank(uint64_t line)
{
	return line_hash_indent(line) == LINE_HASH_BLANK;
}

/* The plain way: the length of a longest common subsequence, blank lines left out, in time n * m. */
static uint32_t
longest_common(const struct line_hashes *a, const struct line_hashes *b)
{
	uint32_t *best = mem_alloc(b->count + 1, sizeof *best), longest;

	for (size_t i = 0; i < a->count; i++) {
		uint32_t corner = 0;

		for (size_t j = 0; j < b->count; j++) {
			uint32_t above = best[j + 1];

			if (a->at[i] == b->at[j] && !is_blank(a->at[i]))
				best[j + 1] = corner + 1;
			else if (best[j] > above)
				best[j + 1] = best[j];
			corner = above;
		}
	}
	longest = best[b->count];
	free(best);
	return longest;
}

static void
assert_minimal(const struct line_hashes *ran, const struct line_hashes *now, struct line_map *map)
{
	uint32_t written = 0;

	line_diff(ran, now, map);
	check_map(map, ran, now);
	for (uint32_t line = 1; line <= map->lines; line++)
		written +=
			!is_blank(now->at[line - 1]) && line_map_origin(map, line) != LINE_MAP_NONE;
	assert_int_equal(written, longest_common(ran, now));
}

/* Texts for people: lines are words, "_" is a blank and "." the empty line. */
static void
read_words(struct line_hashes *h, const char *words)
{
	line_hashes_reset(h);
	for (words += strspn(words, " "); *words != '\0'; words += strspn(words, " ")) {
		size_t len = strcspn(words, " ");
		char line[16];

		assert_true(len < sizeof line);
		for (size_t i = 0; i < len; i++)
			line[i] = (char)(words[i] == '_' ? ' ' : words[i]);
		add(h, line_hash(*words == '.' ? SPAN("") : (struct span){ line, len }));
		words += len;
	}
}

/* `lines` tells of each line of `now` which line of `ran` it is, or "-". */
static void
check_words(const char *ran, const char *now, const char *lines)
{
	struct line_hashes a = { 0 }, b = { 0 };
	struct line_map map = { 0 };
	struct buf said = { 0 };

	read_words(&a, ran);
	read_words(&b, now);
	assert_minimal(&a, &b, &map);
	for (uint32_t line = 1; line <= map.lines; line++) {
		if (line_map_origin(&map, line) == LINE_MAP_NONE)
			buf_add_text(&said, " -");
		else
			buf_addf(&said, " %u", line_map_origin(&map, line));
	}
	assert_string_equal(buf_text(&said) + (said.len > 0), lines);
	buf_free(&said);
	line_hashes_free(&a);
	line_hashes_free(&b);
	line_map_free(&map);
}

static void
what_is_in_both(void **state)
{
	(void)state;
	check_words("", "", "");
	check_words("a b c", "a b c", "1 2 3");
	check_words("", "a b", "- -");
	check_words("a b", "", "");
	check_words("a b c", "x y", "- -");
	check_words("a b c", "a x c", "1 - 3");
	check_words("a c", "a b c", "1 - 2");
	check_words("a b c", "a c", "1 3");
	check_words("a b c d", "x b c y", "- 2 3 -");
	check_words("a b", "b a", "- 1");
	check_words("a b c d e f g h", "x a b y d e z h", "- 1 2 - 4 5 - 8");
	check_words("1 2 3 a b c d e", "a b c d e 1 2 3", "4 5 6 7 8 - - -");
}

static void
what_was_put_in_or_taken_out_leaves_functions_whole(void **state)
{
	(void)state;
	/* a copied line: the last one is new */
	check_words("a a b", "a a a b", "1 2 - 3");
	/* two functions before one, all decorated */
	check_words("@ old _ret .", "@ new1 _ret . @ new2 _ret . @ old _ret .",
		    "- - - - - - - - 1 2 3 4");
	check_words("@ a _ret . @ z _ret .", "@ a _ret . @ b _ret . @ c _ret . @ z _ret .",
		    "1 2 3 4 - - - - - - - - 5 6 7 8");
	check_words("a _ret . z _ret .", "a _ret . b _ret . z _ret .", "1 2 3 - - - 4 5 6");
	check_words("a _ret . . z _ret . .", "a _ret . . b _ret . . z _ret . .",
		    "1 2 3 4 - - - - 5 6 7 8");
	/* a method, and what comes behind it is further out */
	check_words("_a __ret . z", "_a __ret . _b __ret . z", "1 2 3 - - - 4");
	check_words("_if __a _elif __c _end", "_if __a _elif __b _elif __c _end", "1 2 - - 3 4 5");
	check_words("if _a __ret elif _c __ret end", "if _a __ret elif _b __ret elif _c __ret end",
		    "1 2 3 - - - 4 5 6 7");
	check_words("a _ret . b _ret . z _ret .", "a _ret . z _ret .", "1 2 3 7 8 9");
	check_words("@ b _ret . @ z _ret .", "@ z _ret .", "5 6 7 8");
	/* behind the last one, whose end is that of the text, too */
	check_words("a _ret .", "a _ret . b _ret .", "1 2 3 - - -");
	/* not over another change */
	check_words("q _ret . a _ret . b _ret .", "p _ret . a _ret . n _ret . b _ret .",
		    "- 2 3 4 5 6 - - - 7 8 9");
	check_words("____b . ____b .", ". ____b . . .", "- 1 2 - 4");
}

static void
blank_lines_go_where_their_neighbours_go(void **state)
{
	(void)state;
	check_words("a . . b", "a . . b . .", "1 2 3 4 - -");
	check_words("a . b", "a . . b", "1 2 - 3");
	check_words("a . . b", "a . b", "1 2 4");
	check_words("a . b . c", "a x . b . y c", "1 - 2 3 4 - 5");
	check_words("a x . b", "a y . b", "1 - 3 4");
	check_words("a . x b", "a . y b", "1 2 - 4");
	/* As many lines could be kept with a blank one, or more: never instead of one that is written. */
	check_words("a .", ". a", "- 1");
	check_words(". a", "a .", "2 -");
	check_words("a . . . b", ". . . a b", "- - - 1 5");
	check_words("a b . . .", ". . . a b", "- - - 1 2");
	check_words("_ __ a", "a _ __", "3 - -");
	/* Blanks of another kind are another line. */
	check_words("a . x b", "a _ y b", "1 - - 4");
}

static void
line_ends_do_not_matter(void **state)
{
	struct line_hashes ran = { 0 }, now = { 0 };
	struct line_map map = { 0 };

	(void)state;
	line_hashes_add_text(&ran, SPAN("\xef\xbb\xbf"
					"a\r\nb\r\n\r\nc\r\n"));
	line_hashes_add_text(&now, SPAN("a\nb\n\nc"));
	line_diff(&ran, &now, &map);
	assert_true(line_map_is_whole(&map));
	line_hashes_free(&ran);
	line_hashes_free(&now);
	line_map_free(&map);
}

/* All texts of up to four lines of three kinds against each other. */
static void
every_pair_of_very_small_texts(void **state)
{
	struct line_hashes texts[121] = { 0 };
	struct line_map map = { 0 };
	size_t count = 0;

	(void)state;
	for (size_t len = 0, kinds = 1; len <= 4; len++, kinds *= 3) {
		for (size_t which = 0; which < kinds; which++, count++) {
			for (size_t i = 0, rest = which; i < len; i++, rest /= 3)
				add(&texts[count], rest % 3 == 0 ? line_hash(SPAN("")) : rest % 3);
		}
	}
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < count; j++)
			assert_minimal(&texts[i], &texts[j], &map);
	}
	for (size_t i = 0; i < count; i++)
		line_hashes_free(&texts[i]);
	line_map_free(&map);
}

/* Of texts that are small but too different for the quick search, too. */
static void
random_texts_are_compared_exactly(void **state)
{
	static const uint32_t sizes[] = { 10, 40, 300 }, kinds[] = { 1, 2, 3, 20, 1000 };
	struct line_hashes ran = { 0 }, now = { 0 };
	struct line_map map = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
			for (uint32_t round = 0; round < 6000 / sizes[i]; round++) {
				fill(&ran, random_below(sizes[i]), kinds[k]);
				fill(&now, random_below(sizes[i]), kinds[k]);
				assert_minimal(&ran, &now, &map);
			}
		}
	}
	fill(&ran, LINE_DIFF_EXACT / 2, 3);
	fill(&now, LINE_DIFF_EXACT / 2, 3);
	assert_minimal(&ran, &now, &map);
	line_hashes_free(&ran);
	line_hashes_free(&now);
	line_map_free(&map);
}

/* One change of some lines somewhere. */
static void
edit(struct line_hashes *h, uint32_t kinds)
{
	uint32_t at = random_below((uint32_t)h->count + 1), removed = random_below(4),
		 inserted = random_below(4);

	if (removed > h->count - at)
		removed = (uint32_t)h->count - at;
	for (uint32_t i = 0; i < inserted; i++)
		add(h, 0);
	memmove(h->at + at + inserted, h->at + at + removed,
		(h->count - inserted - at - removed) * sizeof *h->at);
	h->count -= removed;
	for (uint32_t i = 0; i < inserted; i++)
		h->at[at + i] = random_below(kinds);
}

static void
random_edits_cost_no_more_than_they_must(void **state)
{
	static const uint32_t kinds[] = { 2, 5, 50, 100000 };
	struct line_hashes ran = { 0 }, now = { 0 };
	struct line_map map = { 0 };

	(void)state;
	for (int round = 0; round < 150; round++) {
		uint32_t kind = kinds[round % 4];

		fill(&ran, random_below(SMALL * 4), kind);
		line_hashes_reset(&now);
		for (size_t i = 0; i < ran.count; i++)
			add(&now, ran.at[i]);
		for (int step = 0; step < 20; step++) {
			edit(&now, kind);
			assert_minimal(&ran, &now, &map);
		}
	}
	line_hashes_free(&ran);
	line_hashes_free(&now);
	line_map_free(&map);
}

#define LARGE      20000u
#define VERY_LARGE 200000u

static uint32_t
unknown_after(const struct line_hashes *ran, const struct line_hashes *now)
{
	struct line_map map = { 0 };
	uint32_t unknown;

	line_diff(ran, now, &map);
	unknown = check_map(&map, ran, now);
	line_map_free(&map);
	return unknown;
}

/* What a search without bounds would not get done before the test's time is over. */
static void
large_texts_of_few_kinds_of_lines(void **state)
{
	struct line_hashes ran = { 0 }, now = { 0 };

	(void)state;
	fill(&ran, VERY_LARGE, 3);
	fill(&now, VERY_LARGE, 3);
	assert_in_range(unknown_after(&ran, &now), 1,
			VERY_LARGE / 3); /* 28 % is the best there is */
	fill(&ran, VERY_LARGE, 1000);
	fill(&now, VERY_LARGE, 1000);
	assert_in_range(unknown_after(&ran, &now), 1, VERY_LARGE - 2000);
	/* No line is where it was. */
	for (uint32_t i = 0; i < ran.count; i++) {
		ran.at[i] = i % 2;
		now.at[i] = i % 3;
	}
	assert_in_range(unknown_after(&ran, &now), 1, VERY_LARGE / 2);
	for (uint32_t i = 0; i < ran.count; i++) {
		ran.at[i] = i;
		now.at[i] = ran.count - i;
	}
	assert_int_equal(unknown_after(&ran, &now), now.count - 1);
	line_hashes_free(&ran);
	line_hashes_free(&now);
}

/* More edits than a bounded search can look ahead, and yet nothing is lost: unique lines tell. */
static void
what_was_moved_far_takes_nothing_with_it(void **state)
{
	struct line_hashes ran = { 0 }, now = { 0 };

	(void)state;
	for (uint32_t i = 0; i < LARGE; i++)
		add(&ran, i % 3 == 0 ? 7 : 1000 + i);
	for (uint32_t i = 0; i < LARGE; i++)
		add(&now, ran.at[(i + 3000) % LARGE]);
	assert_int_equal(unknown_after(&ran, &now), 3000);
	/* The same in both halves of a text, whose lines are unique in each only. */
	line_hashes_reset(&ran);
	line_hashes_reset(&now);
	for (uint32_t half = 0; half < 2; half++) {
		for (uint32_t i = 0; i < LARGE; i++) {
			add(&ran, i % 3 == 0 ? 7 : 1000 + i);
			add(&now, 1000 + (i + 3000) % LARGE);
			if (now.at[now.count - 1] % 3 == 1)
				now.at[now.count - 1] = 7;
		}
		for (uint32_t i = 0; half == 0 && i < 1000; i++) {
			add(&ran, LARGE * 2 + i);
			add(&now, LARGE * 2 + i);
		}
	}
	assert_int_equal(unknown_after(&ran, &now), 6000);
	/* But a single line that was moved far is no reason to lose all the others. */
	ran.count = now.count = LARGE;
	for (uint32_t i = 0; i < LARGE; i++)
		ran.at[i] = now.at[i] = i % 2;
	for (uint32_t i = 2; i < LARGE; i += 40)
		now.at[i] = 2;
	ran.at[0] = 2;
	ran.at[20] = now.at[LARGE - 20] = 3;
	assert_in_range(unknown_after(&ran, &now), 1, LARGE / 20);
	line_hashes_free(&ran);
	line_hashes_free(&now);
}

/* Lines made to fall into one place of the table that numbers them, as nobody's are. */
static void
lines_chosen_to_cost_time(void **state)
{
	const uint64_t factor = UINT64_C(0x9e3779b97f4a7c15); /* as in find_slot() */
	uint64_t inverse = factor;
	struct line_hashes ran = { 0 }, now = { 0 };

	(void)state;
	for (int i = 0; i < 6; i++)
		inverse *= 2 - factor * inverse;
	assert_true(factor * inverse == 1);
	for (uint32_t i = 0; i < VERY_LARGE; i++) {
		add(&ran, inverse * i);
		add(&now, i % 100 == 0 ? 1 : inverse * i);
	}
	/* A table that is asked for as long as it takes finds all but one in a hundred. */
	assert_in_range(unknown_after(&ran, &now), VERY_LARGE - LARGE, now.count);
	line_hashes_free(&ran);
	line_hashes_free(&now);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_in_both),
		cmocka_unit_test(what_was_put_in_or_taken_out_leaves_functions_whole),
		cmocka_unit_test(blank_lines_go_where_their_neighbours_go),
		cmocka_unit_test(line_ends_do_not_matter),
		cmocka_unit_test(every_pair_of_very_small_texts),
		cmocka_unit_test(random_texts_are_compared_exactly),
		cmocka_unit_test(random_edits_cost_no_more_than_they_must),
		cmocka_unit_test(large_texts_of_few_kinds_of_lines),
		cmocka_unit_test(what_was_moved_far_takes_nothing_with_it),
		cmocka_unit_test(lines_chosen_to_cost_time),
	};

	return cmocka_run_group_tests_name("line_diff", tests, NULL, NULL);
}
