/*
 * counts.h - what a report counted, in words: how often a line ran, a function was called.
 *
 * Only of data that is a report (data/report.h); of coverage.py's own there are no counts. A line that
 * has changed since it ran has none.
 */
#ifndef COVLS_FEATURE_COUNTS_H
#define COVLS_FEATURE_COUNTS_H

#include "coverage/subject.h"

/* Adds "ran 12 times". False, and nothing is added: it is not known. */
bool counts_add_ran(const struct subject *subject, uint32_t line, struct buf *out);

/* Adds "pack was called 3 times" if a function begins here. */
bool counts_add_function(const struct subject *subject, uint32_t line, struct buf *out);

#endif
