/*
 * baseline.h - what has been lost, missed and gained since an earlier run: the baseline.
 *
 * Both runs are seen in the text as it is now (view.h), each carried over from the text that it ran. So a
 * statement is compared with itself, wherever it has moved to, and one that has been changed is not compared at
 * all: it is new. A statement is
 *
 *     lost          it ran in the baseline, wholly or in part, and is missed now
 *     gained        it was missed in the baseline and has run now
 *     newly missed  it is missed now, and the baseline doesn't know it: it is new, or was changed since,
 *                   or its file wasn't measured then
 *
 * Where it is not known how it stands now, nothing is said. Lines count from 1.
 */
#ifndef COVLS_COVERAGE_BASELINE_H
#define COVLS_COVERAGE_BASELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "coverage/view.h"
#include "python/pylines.h"

enum baseline_change {
	BASELINE_LOST,
	BASELINE_NEWLY_MISSED,
	BASELINE_GAINED,
	BASELINE_CHANGES,
};

/* The words of the protocol: "lost", "newly-missed", "gained" */
const char *baseline_change_name(enum baseline_change change);

/* Lines first ... last, both included, of statements that changed in the same way. */
struct baseline_run {
	uint32_t first, last;
	enum baseline_change change;
	bool follows; /* no statement stands between this run and the one before it */
};

/* A zeroed one is empty. */
struct baseline_changes {
	struct baseline_run *runs; /* disjoint, rising; neighbours of one kind are one run */
	size_t count, cap;
	uint32_t counts[BASELINE_CHANGES]; /* of statements */
};

/*
 * Replaces what `changes` holds. `lines` tells which lines are one statement; NULL: each line is one. Both
 * views were made with the same `lines`.
 */
void baseline_compare(const struct view *before, const struct view *now,
		      const struct py_lines *lines, struct baseline_changes *changes);

/* "14, 18-20": the lines of one kind, united across lines without code, as in coverage.py's reports. */
void baseline_add_lines(const struct baseline_changes *changes, enum baseline_change change,
			struct buf *out);

void baseline_changes_clear(struct baseline_changes *changes);
void baseline_changes_free(struct baseline_changes *changes);

#endif
