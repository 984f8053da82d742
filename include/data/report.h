/*
 * report.h - what a coverage report says of one source file, whatever format it came in.
 *
 * A report (LCOV, Cobertura, Istanbul ...) itself says which lines are code, unlike coverage.py's data,
 * which says only what ran. It is filled by calls of report_add_...() in any order and any number and
 * then put in order by report_finish(). Lines count from 1; line 0 and lines above LINE_SET_MAX are
 * left out, hits are 64 bits and stay at the highest number rather than go round.
 *
 * The rule says what several statements about one line mean: REPORT_SUM, that they add up (LCOV, gcov:
 * one counter for each template instantiation), or REPORT_MAX, that they are the same counter told
 * again (Cobertura's inner classes).
 *
 * A branch is one way out (an arm) of a decision (a group) on a line. Arms of one line, group and label
 * that come again are the same, and their counts follow the rule; a report that lists the same arm
 * twice on purpose gives each a group or label of its own. Where a report only tells that `taken` of
 * `total` arms were taken, they have no names and are one entry: REPORT_ANONYMOUS. If such a group comes
 * again, the one with more arms taken is kept, or with another total, the later one.
 *
 * A zeroed report is empty; end it with report_free().
 */
#ifndef COVLS_DATA_REPORT_H
#define COVLS_DATA_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"
#include "text/line_set.h"

enum report_rule { REPORT_MAX, REPORT_SUM };

enum report_flag {
	REPORT_PARTIAL = 1,   /* of a line: a part of it ran and a part did not */
	REPORT_NEVER = 2,     /* of an arm: its decision was never evaluated */
	REPORT_ANONYMOUS = 4, /* of a group: so many arms, nobody knows which were taken */
	REPORT_ALONE =
		8, /* of an arm: it says nothing against the line (Dart's blocks, one arm a line) */
};

struct report_line {
	uint32_t line;
	unsigned flags; /* REPORT_PARTIAL */
	uint64_t hits;
};

/* One arm; or, with REPORT_ANONYMOUS, all `arms` of a group, `taken` of which were taken. */
struct report_branch {
	uint32_t line, group;
	uint32_t arm;         /* its place in the group, from 0 */
	uint32_t arms;        /* 1, or that many */
	uint32_t first, last; /* lines of the arm's own code; 0 where the report does not say */
	unsigned flags;       /* REPORT_NEVER, _ANONYMOUS, _ALONE */
	size_t label;   /* report_text() of it: "else", "jump to line 14"; "" if there is none */
	uint64_t taken; /* how often; with REPORT_ANONYMOUS, how many arms */
};

struct report_function {
	uint32_t first, last; /* last is 0 where the report does not say */
	size_t name;
	uint64_t hits;
};

struct report {
	enum report_rule rule;
	bool has_counts; /* hits are counts; else 1 stands for "at least once" */

	/* In order of line, each once, after report_finish(). */
	struct report_line *lines;
	size_t line_count, line_cap;
	/* In order of line, group, arm. */
	struct report_branch *branches;
	size_t branch_count, branch_cap;
	/* In order of first line, then name. */
	struct report_function *functions;
	size_t function_count, function_cap;
	struct line_set excluded; /* taken out of coverage by the tool; not among `lines` */

	struct buf texts;  /* NUL-terminated, one after the other; the first is "" */
	size_t recent[16]; /* private: texts that are likely to come again */
};

void report_add_line(struct report *r, uint64_t line, uint64_t hits, unsigned flags);
void report_add_branch(struct report *r, uint64_t line, uint32_t group, struct span label,
		       uint64_t taken, unsigned flags);
/* Where the own code of the branch is that was added last. */
void report_place_branch(struct report *r, uint64_t first, uint64_t last);
void report_add_arms(struct report *r, uint64_t line, uint32_t group, uint64_t taken,
		     uint64_t total);
void report_add_function(struct report *r, struct span name, uint64_t first, uint64_t last,
			 uint64_t hits);
void report_add_excluded(struct report *r, uint64_t line);

/* Sorts, and makes one of what was said several times. May be called again after more was added. */
void report_finish(struct report *r);

/*
 * Adds what another report says of the same source; both are finished, and `into` is again. Hits follow
 * `rule`: REPORT_SUM for two runs, REPORT_MAX for two reports that may be of one run. A line or branch
 * that only one of them knows is kept. A line's branches that two formats tell, each with names of its own, are taken
 * from one of the two: from that with more arms taken if there are as many, else from `into`.
 */
void report_unite(struct report *into, const struct report *more, enum report_rule rule);

/*
 * Takes the lines from `first` to `last` out of a finished report: those that were code are excluded, and decisions on
 * them and arms with code of their own there are gone.
 */
void report_exclude(struct report *r, uint32_t first, uint32_t last);

/* The line, or NULL if the report does not call it code. */
const struct report_line *report_find_line(const struct report *r, uint32_t line);

/* The place in `branches` of the first of `line` or of a later one; branch_count if there is none. */
size_t report_find_branches(const struct report *r, uint32_t line);

/* Arms that were not taken; those that are REPORT_ALONE don't count. */
uint32_t report_branch_missed(const struct report_branch *branch);

/* Is there an arm that was not taken of a decision on this line, or a part of it that did not run? Says
 * nothing of whether the line itself ran. */
bool report_is_partial(const struct report *r, const struct report_line *line);

const char *report_text(const struct report *r, size_t at);

/* Do both say the same? Both are finished. */
bool report_equal(const struct report *a, const struct report *b);

/* Two numbers that stay at the highest one. */
uint64_t report_add_hits(uint64_t a, uint64_t b);

void report_free(struct report *r);

#endif
