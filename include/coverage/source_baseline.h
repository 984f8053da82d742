/*
 * source_baseline.h - the baseline that is in force for a source, and what it says of it.
 *
 * A search finds it, a subject keeps it and lines it up with the text as it is now (baseline.h tells what comes of
 * the comparison).
 */
#ifndef COVLS_COVERAGE_SOURCE_BASELINE_H
#define COVLS_COVERAGE_SOURCE_BASELINE_H

#include "coverage/source_run.h"

/* Zeroed, none is in force. End it with source_baseline_free(). */
struct source_baseline {
	int64_t id;            /* baseline_id(); 0: none is in force */
	char *name;            /* owned */
	struct source_run run; /* DATA_UNKNOWN: the baseline does not speak of the source */
};

void source_baseline_free(struct source_baseline *baseline);

/* Can a view be compared with it? If not, run.ran.why says why. */
bool source_baseline_is_known(const struct source_baseline *baseline);

#endif
