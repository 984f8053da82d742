/*
 * name_set.h - which names have been seen, and a number for each.
 *
 * A hash table of byte strings, each in a group: the same name in two groups is two names. It copies
 * what it holds, so its memory is that of all names together. A zeroed one is empty and ready; end
 * with name_set_free(). Nothing is ever taken out.
 */
#ifndef COVLS_BASE_NAME_SET_H
#define COVLS_BASE_NAME_SET_H

#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"

struct name_slot {
	size_t start, len; /* in `bytes` */
	uint32_t group, number;
	bool used;
};

struct name_set {
	struct name_slot *slots;
	size_t count, cap; /* cap is 0 or a power of two */
	struct buf bytes;
};

/* The number of a name, to be read or set; 0 for a name that was not there and now is. The place
 * lasts until the next call. */
uint32_t *name_set_put(struct name_set *set, uint32_t group, struct span name);

/* The number of a name; 0 if it is not there. */
uint32_t name_set_find(const struct name_set *set, uint32_t group, struct span name);

void name_set_free(struct name_set *set);

#endif
