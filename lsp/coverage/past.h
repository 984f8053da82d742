/*
 * past.h - what the store adds to what a search has found: which text ran, and earlier runs.
 *
 * Puts every run that is met into the store. A store that fails is left alone for a minute; then nothing but the
 * disk and git tells which text ran.
 */
#ifndef COVLS_COVERAGE_PAST_H
#define COVLS_COVERAGE_PAST_H

#include "coverage/baseline.h"
#include "coverage/search.h"
#include "store/store.h"

struct past;

struct past *past_open(void);
void past_close(struct past *past);

/* The store, or NULL while there is none; for one thread at a time. */
struct store *past_store(struct past *past);

/* Completes items that have been answered: `run`, `ran`, `earlier`. `reading` says how earlier runs are read, but
 * for the store and the run; its roots are the folders where the tests may have been run. */
void past_complete(struct past *past, struct search_item *items, size_t count,
		   const struct search_wishes *wishes, const struct baseline_reading *reading);

#endif
