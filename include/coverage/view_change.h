/*
 * view_change.h - what an edit does to the runs of a view, and in what two views differ.
 *
 * For whoever moves marks at every key and sends what has changed instead of all: the work is done in
 * place, in time that grows with the runs behind the edit (some microseconds for thousands), and a
 * difference is found in one walk over both views, without memory. Lines count from 1; runs are
 * disjoint, rising and joined where they can be, as in struct view.
 */
#ifndef COVLS_COVERAGE_VIEW_CHANGE_H
#define COVLS_COVERAGE_VIEW_CHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coverage/view.h"
#include "text/doc_text.h"

/* Puts a run behind the last one. Neighbours that stand the same are one run; not so partial statements,
 * each has its own reasons. */
void view_runs_add(struct view_runs *runs, uint32_t first, uint32_t last, enum line_state state);

/* Makes `copy` the same as `runs`; uses its memory again. */
void view_runs_copy(struct view_runs *copy, const struct view_runs *runs);

/*
 * The lines that `edit` removes give way to those that it inserts, which stand as `with` says: runs of
 * lines as they are afterwards, all of them inserted ones; NULL: they have no state. Runs that the edit
 * touches are cut, those behind it shift.
 */
void view_runs_edit(struct view_runs *runs, const struct doc_change *edit,
		    const struct view_runs *with);

/* How inserted lines stand before anybody has read them: one that takes the place of a line that had a
 * state is unknown, line for line. Adds these runs to `typed`. */
void view_runs_type(const struct view_runs *runs, const struct doc_change *edit,
		    struct view_runs *typed);

void view_runs_free(struct view_runs *runs);

/*
 * Walks the places in which two lists of runs of one text differ, first to last:
 *
 *     struct view_difference d = { .old = a, .new = b };
 *     while (view_difference_next(&d)) ... d.first, d.last ...
 *
 * The lines first ... last stand otherwise in `new` than in `old`, or are grouped otherwise into partial
 * statements; view_difference_run() gives their runs in `new`. Places that are only a few lines apart
 * are one. No partial run of either is cut by a place's bounds.
 */
struct view_difference {
	const struct view_runs *old, *new;
	uint32_t first, last;

	/* private */
	uint32_t line; /* one past what has been compared */
	size_t in_old, in_new;
	uint32_t ahead_first, ahead_last; /* the next place, found already; 0: not yet */
	size_t run;                       /* the next of view_difference_run() */
	size_t place_run; /* the first run of `new` that is not wholly before the place */
};

bool view_difference_next(struct view_difference *d);

/* The runs of the place, cut to its bounds, one a call. False at the end. */
bool view_difference_run(struct view_difference *d, struct view_run *run);

#endif
