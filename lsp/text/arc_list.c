#include "text/arc_list.h"

#include <stdlib.h>

#include "base/mem.h"

void
arc_list_add(struct arc_list *list, int32_t from, int32_t to)
{
	list->at = mem_grow(list->at, list->count, &list->cap, sizeof *list->at);
	list->at[list->count++] = (struct arc){ from, to };
}

static int
compare(const void *left, const void *right)
{
	const struct arc *a = left, *b = right;

	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	return (a->to > b->to) - (a->to < b->to);
}

static bool
is_sorted(const struct arc_list *list)
{
	for (size_t i = 1; i < list->count; i++) {
		if (compare(&list->at[i - 1], &list->at[i]) >= 0)
			return false;
	}
	return true;
}

void
arc_list_sort(struct arc_list *list)
{
	size_t kept = 0;

	if (is_sorted(list))
		return;
	qsort(list->at, list->count, sizeof *list->at, compare);
	for (size_t i = 0; i < list->count; i++) {
		if (kept == 0 || compare(&list->at[kept - 1], &list->at[i]) != 0)
			list->at[kept++] = list->at[i];
	}
	list->count = kept;
}

/* The index of the first arc that is not before `arc`. */
static size_t
lower_bound(const struct arc_list *list, struct arc arc)
{
	size_t low = 0, high = list->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare(&list->at[middle], &arc) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool
arc_list_has(const struct arc_list *list, int32_t from, int32_t to)
{
	struct arc arc = { from, to };
	size_t i = lower_bound(list, arc);

	return i < list->count && compare(&list->at[i], &arc) == 0;
}

size_t
arc_list_find(const struct arc_list *list, int32_t from)
{
	return lower_bound(list, (struct arc){ from, INT32_MIN });
}

/* The slot of an arc, or the free one where it belongs. */
static uint32_t *
find_slot(const struct arc_table *t, struct arc arc)
{
	uint64_t hash = (uint64_t)(uint32_t)arc.from << 32 | (uint32_t)arc.to;
	size_t i;

	hash *= UINT64_C(
		0x9e3779b97f4a7c15); /* whose upper bits hold something of all the lower ones */
	i = (size_t)(hash >> 32) & (t->slot_count - 1);
	while (t->slots[i] != 0 && compare(&t->list.at[t->slots[i] - 1], &arc) != 0)
		i = (i + 1) & (t->slot_count - 1);
	return &t->slots[i];
}

static void
grow_table(struct arc_table *t)
{
	free(t->slots);
	t->slot_count = t->slot_count == 0 ? 256 : 2 * t->slot_count;
	t->slots = mem_alloc(t->slot_count, sizeof *t->slots);
	for (size_t i = 0; i < t->list.count; i++)
		*find_slot(t, t->list.at[i]) = (uint32_t)i + 1;
}

void
arc_table_add(struct arc_table *table, int32_t from, int32_t to)
{
	uint32_t *slot;

	if (table->list.count >= table->slot_count / 2)
		grow_table(table);
	slot = find_slot(table, (struct arc){ from, to });
	if (*slot != 0)
		return;
	arc_list_add(&table->list, from, to);
	*slot = (uint32_t)table->list.count;
}

void
arc_table_free(struct arc_table *table)
{
	arc_list_free(&table->list);
	free(table->slots);
	*table = (struct arc_table){ 0 };
}

void
arc_list_clear(struct arc_list *list)
{
	list->count = 0;
}

void
arc_list_free(struct arc_list *list)
{
	free(list->at);
	*list = (struct arc_list){ 0 };
}
