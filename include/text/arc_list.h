/*
 * arc_list.h - jumps between lines: pairs of line numbers, as coverage.py records and computes them.
 *
 * Lines count from 1. A negative end stands for the way out of (in data also: into) the code object
 * that starts on that line: (7, -3) leaves the function that starts on line 3.
 *
 * A zeroed list is empty; end it with arc_list_free(). Arcs are added in any order and sorted once;
 * a sorted list has no arc twice.
 */
#ifndef COVLS_TEXT_ARC_LIST_H
#define COVLS_TEXT_ARC_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arc {
	int32_t from, to;
};

struct arc_list {
	struct arc *at;
	size_t count, cap;
};

void arc_list_add(struct arc_list *list, int32_t from, int32_t to);

/* By `from`, then `to`; what is there twice goes. */
void arc_list_sort(struct arc_list *list);

/* In a sorted list: is this arc there? */
bool arc_list_has(const struct arc_list *list, int32_t from, int32_t to);

/* In a sorted list: the index of the first arc from `from` or a later line; `count` if there is none. */
size_t arc_list_find(const struct arc_list *list, int32_t from);

/*
 * For arcs of which most come again and again, as they do out of data with many contexts: holds each
 * once, so that the memory is that of the different ones. A zeroed table is empty. `list` is in the
 * order of adding and may be taken out of a table that is done with; arc_table_free() frees the rest.
 */
struct arc_table {
	struct arc_list list;
	uint32_t *slots; /* 0, or 1 + the index in `list` */
	size_t slot_count;
};

void arc_table_add(struct arc_table *table, int32_t from, int32_t to);
void arc_table_free(struct arc_table *table);

/* Forgets the arcs and keeps the memory. */
void arc_list_clear(struct arc_list *list);
void arc_list_free(struct arc_list *list);

#endif
