/*
 * reported.h - the part of a view that is made from a report, which itself says what is code.
 */
#ifndef COVLS_COVERAGE_REPORTED_H
#define COVLS_COVERAGE_REPORTED_H

#include "coverage/view.h"

/* One line of a report where it is in the text now, or a line that is new or changed. */
struct reported_line {
	uint32_t first, last; /* now: a line, or all lines of its statement where those are known */
	enum line_state state;
	/* Arms of its branches. */
	uint32_t arms, missed_arms;
	bool is_code; /* false: excluded */
};

typedef void reported_fn(void *ctx, const struct reported_line *line);

/*
 * Calls on_line() for each line of the text that the report has something to say of, in rising order. A line is
 * as it ran if the map says so, and all lines of its statement with it. Of lines that took the place of code
 * nothing is known.
 */
void reported_walk(const struct view_parts *parts, reported_fn *on_line, void *ctx);

#endif
