/*
 * baseline_search.h - what a search tells of baselines: which one is in force for each source, and what that says.
 */
#ifndef COVLS_COVERAGE_BASELINE_SEARCH_H
#define COVLS_COVERAGE_BASELINE_SEARCH_H

#include "coverage/baseline.h"
#include "coverage/search.h"
#include "store/store.h"

/* Completes items that have been answered: `baseline`, or `baseline_as_before`. `store` may be NULL. `reading` says
 * how a baseline is read, but for the store and the baseline. */
void baseline_search(struct store *store, struct search_item *items, size_t count,
		     const struct search_wishes *wishes, const struct baseline_reading *reading);

#endif
