/*
 * diff_search.h - what two sequences of symbols have in common, by E. W. Myers, "An O(ND) Difference
 * Algorithm and Its Variations", Algorithmica 1 (1986), in linear space.
 *
 * From both ends of a box (a part of the one against a part of the other) the furthest places are
 * sought that can be reached with 1, 2, 3 ... edits, until both meet; there the box is cut in two. What
 * is far apart would take the square of its length, so no search goes further than `reach` edits from
 * either end. Two parts that differ by no more than twice that are compared exactly; others are cut where
 * symbols stand that each occurs once in both, if these are in order, or else where most
 * was seen. So the work is at most (ran_count + now_count) * reach, times a small constant.
 */
#ifndef COVLS_TEXT_DIFF_SEARCH_H
#define COVLS_TEXT_DIFF_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* More cannot be on one side. */
#define DIFF_MAX (INT32_MAX / 4)

struct diff_side {
	const uint64_t *at;
	int32_t count;
	bool *changed; /* not in what is common: false at first, true of some in the end */
};

/* Marks what has changed in both. With `symbols` 0 the numbers may be any, and a box that is out of
 * reach ends the search: false, and what is marked means nothing. Else they are below `symbols`, and the
 * search always comes to an end. */
bool diff_search(struct diff_side *ran, struct diff_side *now, int32_t reach, size_t symbols);

#endif
