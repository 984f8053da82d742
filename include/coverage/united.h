/*
 * united.h - what several runs together say of a source, in lines of the text as it is now.
 *
 * Each run is carried over to the text now by its own line map first. A statement is known if in one run at
 * least all of its lines stand as they ran then; what ran of it, and where it jumped to, is what those
 * runs say that know it. So a line whose text has changed since a run takes nothing from that run.
 */
#ifndef COVLS_COVERAGE_UNITED_H
#define COVLS_COVERAGE_UNITED_H

#include "coverage/source_run.h"
#include "data/data.h"
#include "python/pylines.h"
#include "text/line_map.h"

/* One run, borrowed. */
struct united_part {
	const struct data_query *data;
	const struct line_map *map;
	const struct line_set *had_code; /* ran_lines.code, or NULL */
	const struct arc_list *had_ways; /* ran_lines.ways, or NULL */
	bool has_branches;
	int64_t modified_ns;
};

/* Zeroed is empty; end it with united_free(). May be made anew in the same struct. */
struct united {
	struct data_query data;
	struct line_map map;    /* a line that is known comes from itself, any other from nowhere */
	struct line_set unsure; /* lines that may have jumped elsewhere than is known */
	/* What the runs but the first add: statements (lines, of a report) that ran in none but those, how many runs
	 * that come from, and when the oldest of these ended. */
	uint32_t earlier_statements;
	size_t earlier_runs;
	int64_t earliest_ns;
};

/* parts[0] is the latest run. `lines` is what is known of the text now; NULL: it is not understood, each
 * line is taken for itself. */
void united_make(struct united *u, const struct united_part *parts, size_t count,
		 const struct py_lines *lines);
void united_free(struct united *u);

#endif
