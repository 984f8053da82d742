#include "base/name_set.h"

#include <stdlib.h>

#include "base/mem.h"

/* FNV-1a. */
static size_t
hash_name(uint32_t group, struct span name)
{
	uint64_t hash = (UINT64_C(14695981039346656037) ^ group) * UINT64_C(1099511628211);

	for (size_t i = 0; i < name.len; i++)
		hash = (hash ^ (unsigned char)name.at[i]) * UINT64_C(1099511628211);
	return (size_t)(hash ^ hash >> 32);
}

static struct span
slot_name(const struct name_set *set, const struct name_slot *slot)
{
	return span_cut(buf_span(&set->bytes), slot->start, slot->start + slot->len);
}

/* The slot that holds the name, or the free one where it belongs. */
static struct name_slot *
find_slot(const struct name_set *set, uint32_t group, struct span name)
{
	size_t at = hash_name(group, name) & (set->cap - 1);

	while (set->slots[at].used && (set->slots[at].group != group ||
				       !span_equal(slot_name(set, &set->slots[at]), name)))
		at = (at + 1) & (set->cap - 1);
	return &set->slots[at];
}

static void
make_room(struct name_set *set)
{
	struct name_set old = *set;

	if (set->count * 4 < set->cap * 3)
		return;
	set->cap = old.cap == 0 ? 32 : old.cap * 2;
	set->slots = mem_alloc(set->cap, sizeof *set->slots);
	for (size_t i = 0; i < old.cap; i++) {
		if (old.slots[i].used)
			*find_slot(set, old.slots[i].group, slot_name(set, &old.slots[i])) =
				old.slots[i];
	}
	free(old.slots);
}

uint32_t *
name_set_put(struct name_set *set, uint32_t group, struct span name)
{
	struct name_slot *slot;

	make_room(set);
	slot = find_slot(set, group, name);
	if (!slot->used) {
		*slot = (struct name_slot){ set->bytes.len, name.len, group, 0, true };
		buf_add(&set->bytes, name);
		set->count++;
	}
	return &slot->number;
}

uint32_t
name_set_find(const struct name_set *set, uint32_t group, struct span name)
{
	const struct name_slot *slot = set->cap == 0 ? NULL : find_slot(set, group, name);

	return slot == NULL || !slot->used ? 0 : slot->number;
}

void
name_set_free(struct name_set *set)
{
	free(set->slots);
	buf_free(&set->bytes);
	*set = (struct name_set){ 0 };
}
