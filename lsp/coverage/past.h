/*
 * past.h - what the store adds to what a search has found: which text ran, and earlier runs.
 *
 * Puts every run that is met into the store. A store that fails is left alone for a minute; then nothing but the
 * disk and git tells which text ran.
 */
#ifndef COVLS_COVERAGE_PAST_H
#define COVLS_COVERAGE_PAST_H

#include "coverage/search.h"
#include "store/store.h"

struct past;

struct past *past_open(void);
void past_close(struct past *past);

/* The store, or NULL while there is none; for one thread at a time. */
struct store *past_store(struct past *past);

/*
 * Sets `size` and `hash` of a run, by which the store knows it; `modified_ns` is set already. Equal bytes of
 * coverage.py's data are most likely a copy of the same run; whether another text has left them is looked into
 * when the text is found (ran_text.c). A report comes out the same more often, after the source was changed,
 * too: there the time of the file belongs to it, as where `format` is NULL.
 */
void past_identify(struct store_run *run, const struct data_digest *digest, const char *format);

/* Completes items that have been answered: `run`, `ran`, `earlier`. `ran_in` are the folders where the tests may have
 * been run. */
void past_complete(struct past *past, struct search_item *items, size_t count,
		   const struct search_wishes *wishes, const struct text_list *ran_in);

#endif
