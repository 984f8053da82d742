/*
 * contexts.h - what a reader does with contexts: which of them count, and the rows of those that do.
 */
#ifndef COVLS_DATA_CONTEXTS_H
#define COVLS_DATA_CONTEXTS_H

#include "base/span.h"
#include "data/data.h"

/* Does the filter let this context through? False in *sure: the search was given up. */
bool data_filter_has(const struct data_filter *filter, struct span context, bool *sure);

/* The index of a new name, which it copies. */
uint32_t data_contexts_add_name(struct data_contexts *contexts, struct span name);

/* False: there are too many. */
bool data_contexts_add_row(struct data_contexts *contexts, uint32_t context, int32_t from,
			   int32_t to);

/* A set of contexts, by their ids in one data file. Add, then sort, then ask. */
struct context_ids {
	int64_t *at;
	size_t count, cap;
};

void context_ids_add(struct context_ids *ids, int64_t id);
void context_ids_sort(struct context_ids *ids);
bool context_ids_has(const struct context_ids *ids, int64_t id);
void context_ids_free(struct context_ids *ids);

#endif
