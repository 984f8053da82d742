/*
 * analysis.h - what a text says of itself by the rules of its project: its statements, functions and
 * branches, and the lines whose branches don't count; and which of its lines are those of texts that ran.
 *
 * The part of a subject's work that takes long for a long text (some 5 ms for 25,000 lines, more
 * where much of it has changed), and that needs little but the text. So it is a value of its own:
 * begun on the thread of the subject, run on any thread, taken in by the subject
 * (subject_take_analysis()) or dropped. Zero it; end it with analysis_free().
 */
#ifndef COVLS_COVERAGE_ANALYSIS_H
#define COVLS_COVERAGE_ANALYSIS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "base/status.h"
#include "coverage/project.h"
#include "python/pylines.h"
#include "text/line_hash.h"
#include "text/line_map.h"
#include "text/line_set.h"

/* A text that ran, and how the lines of this one come from it. */
struct analysis_run {
	bool wanted;
	struct line_hashes ran; /* a copy: other threads must not meet the subject */
	struct line_map map;    /* comes out */
};

struct analysis {
	/* What it is made by; set before analysis_run(). */
	bool is_python;
	struct project *project; /* held; NULL: the defaults */
	uint64_t revision;       /* of the subject: the result belongs to this one */
	struct analysis_run *runs;
	size_t run_count, run_cap;

	/* What comes out. */
	bool understood;
	struct py_lines lines;     /* may bring memory along that is used again */
	struct line_set no_branch; /* lines whose branches don't count */
	struct error parse_error;
	struct error pattern_error; /* a pattern takes too long; set before: none is tried */
};

/* One more text to compare with; NULL: a number without one. */
void analysis_add_run(struct analysis *a, const struct line_hashes *ran);

/* Puts into `map` what has come of run number `i`; it stays as it is if nothing was wanted. */
void analysis_take_map(struct analysis *a, size_t i, struct line_map *map);

/* Touches nothing but `a`, and of the project what never changes. */
void analysis_run(struct analysis *a, struct span text);

/* A part of it, for a text that was understood before its project was known: replaces `no_branch`. */
void analysis_find_no_branch(const struct project *project, const struct py_lines *lines,
			     struct span text, struct line_set *no_branch,
			     struct error *pattern_error);

void analysis_free(struct analysis *a);

#endif
