/*
 * result.h - what came of measuring one source: coverage.py's Analysis, and its arithmetic
 * (coverage/results.py, 7.16.1).
 *
 * A result is made from what the source says of itself (python/pylines.h, with arcs if the data has
 * any) and what ran (data/data.h). It owns its arrays and refers to nothing.
 */
#ifndef COVLS_COVERAGE_RESULT_H
#define COVLS_COVERAGE_RESULT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "data/data.h"
#include "python/pylines.h"
#include "text/arc_list.h"
#include "text/line_set.h"

/* Sums; of one file, or of many. */
struct numbers {
	uint64_t files, statements, excluded, missing;
	uint64_t branches, partial_branches, missing_branches;
};

enum result_flag {
	RESULT_STATEMENT = 1,
	RESULT_MISSING = 2,   /* a statement that did not run */
	RESULT_EXCLUDED = 4,  /* any physical line */
	RESULT_NO_BRANCH = 8, /* its branches don't count (partial_branches) */
	RESULT_BRANCH = 16,   /* a line with more than one exit */
};

/* Zeroed is empty; end it with result_free(). A result may be built anew in the same struct. */
struct result {
	bool has_arcs;
	uint32_t lines; /* of the text */
	uint32_t
		count; /* flags[1 ... count]: one more line than the text has where something is excluded
			 * behind its end */
	uint8_t *flags;  /* enum result_flag; [0] unused */
	uint32_t *exits; /* exits[1 ... count], with arcs: how many leave each line; else all 0 */
	struct arc_list executed; /* executed_branch_arcs(), sorted */
	struct arc_list missing;  /* missing_branch_arcs(), sorted */
	struct arc_list hidden;   /* as `missing`, but to excluded lines: result_narrow() */
	struct numbers numbers;
	size_t cap;
};

/* What a result is made of; borrowed. */
struct result_parts {
	const struct py_lines *lines;
	const struct data_query *data;
	bool has_arcs;                    /* the data was recorded with branches */
	const struct line_set *no_branch; /* lines that partial_branches matches, or NULL */
};

void result_build(struct result *result, const struct result_parts *parts);

/* A part of a file: the lines n from `first` to `last`, both included, with region_of[n] == region.
 * region_of has an element for each line of the text; lines behind it are in region 0. */
struct result_part {
	const uint32_t *region_of;
	uint32_t region;
	uint32_t first, last;
};

/* The numbers of a part, as AnalysisNarrower in coverage/results.py gives them. Its missing branch arcs
 * are added to `missing`, sorted, unless that is NULL: they may be more than the file's that start in
 * it, as an excluded line counts only where it is in the same part. Its executed ones are the file's
 * that start in it. */
struct numbers result_narrow(const struct result *result, const struct result_part *part,
			     struct arc_list *missing);

/* "1-2, 5-11, 13->15, 13->exit" (missing_formatted(branches=True)). */
void result_format_missing(const struct result *result, struct buf *out);

void result_free(struct result *result);

/* ---- numbers ---- */

void numbers_add(struct numbers *sum, const struct numbers *more);

double numbers_percent(const struct numbers *n);            /* pc_covered */
double numbers_percent_statements(const struct numbers *n); /* pc_statements */
double numbers_percent_branches(const struct numbers *n);   /* pc_branches */

/* display_covered(): never "0" or "100" unless it is. Adds to `out`. `precision` is not negative. */
void percent_display(double percent, unsigned precision, struct buf *out);

/* Python's round(percent, precision). */
double percent_round(double percent, unsigned precision);

#endif
