/*
 * view.h - how the lines of one source stand: what every feature shows, and why when it is nothing.
 *
 * A view is made from what the source says of itself (python/pylines.h), what ran (data/data.h; a report says by
 * itself what is code, data/report.h), and how the text has changed since it ran (text/line_map.h). A line is
 * partial if it ran and a way out of it was not taken, for sure: it led to the same statement when the text ran,
 * and is known not to have been taken then; where that is not known, a jump that went to a line which has been
 * changed since may be any. Lines count from 1. It is a value of its own: it owns its arrays and refers to
 * nothing.
 */
#ifndef COVLS_COVERAGE_VIEW_H
#define COVLS_COVERAGE_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "data/data.h"
#include "python/pylines.h"
#include "text/line_map.h"

enum line_state {
	LINE_NONE, /* not a statement, or nothing known */
	LINE_COVERED,
	LINE_PARTIAL, /* ran, and a branch was not taken */
	LINE_MISSED,
	LINE_EXCLUDED,
	LINE_UNKNOWN, /* its text is not the text that ran */
};

enum freshness {
	FRESHNESS_NONE,    /* there is nothing to show */
	FRESHNESS_FRESH,   /* the text is what ran */
	FRESHNESS_EDITED,  /* it is not, and what ran is known */
	FRESHNESS_STALE,   /* the data file has gone */
	FRESHNESS_UNKNOWN, /* it is not known which text ran */
};

enum view_reason {
	REASON_NONE,
	REASON_NO_DATA_FILE,
	REASON_NOT_IN_DATA,
	REASON_AMBIGUOUS_PATH, /* a report may mean this file or another one */
	REASON_NOT_PYTHON,
	REASON_PLUGIN, /* measured by a plugin: only what ran is known */
	REASON_BAD_DATA,
	REASON_BUSY,
	REASON_STOPPED, /* reading was stopped by the person at the editor */
	REASON_DATA_GONE,
	REASON_BAD_CONFIG, /* the project's configuration cannot be read */
	REASON_SOURCE_NEWER,
	REASON_NOT_A_FILE,
};

/* The words of the protocol: "covered", "fresh", "no-data-file" ... */
const char *line_state_name(enum line_state state);
const char *freshness_name(enum freshness freshness);
const char *view_reason_name(enum view_reason reason);

/* Lines first ... last, both included, that stand the same. */
struct view_run {
	uint32_t first, last;
	enum line_state state;
};

struct view_runs {
	struct view_run *at;
	size_t count, cap;
};

/* Counts of statements, as coverage.py counts; `excluded` counts lines. */
struct view_summary {
	uint32_t statements, covered, missed, unknown, excluded;
	uint32_t partial; /* of the covered ones */
	/* Of data that was recorded with branches: ways out of lines that have more than one, as far as
	 * they are known. */
	uint32_t branches, missed_branches;
};

struct view {
	/* Disjoint, rising. Neighbours of one state are one run, but each partial statement is its own. */
	struct view_runs runs;
	struct view_runs
		missed; /* missed statements, united across lines without code; no state else */
	/* The ways out of partial lines that were not taken, sorted; between first lines of statements.
	 * Those of a report are not here: subject_add_reasons() tells them. */
	struct arc_list branches;
	struct view_summary summary;
	bool measured; /* the data speaks of this file */
};

/* What a view is made of; all borrowed. */
struct view_parts {
	const struct py_lines *lines; /* NULL: not understood; then only lines that ran are known */
	const struct data_query *data;
	const struct line_map *map; /* NULL: the text is the text that ran */
	bool has_branches;          /* the data was recorded with them; `lines` have arcs, then */
	const struct line_set *no_branch; /* lines whose branches don't count, or NULL */
	/* Of the text that ran (source_run.h's ran_lines): the lines where it had statements, and the jumps that it
	 * allowed and that were not made; NULL: not known. */
	const struct line_set *had_code;
	const struct arc_list *untaken;
	/* Lines that may have jumped elsewhere than is known, or NULL. */
	const struct line_set *unsure;
	/* Statements that were put between lines of the text that ran, by this map, are missed, not unknown; NULL:
	 * none are. Not for reports. */
	const struct line_map *new_is_missed;
};

/* Replaces what `view` holds. */
void view_build(struct view *view, const struct view_parts *parts);

/* The text has changed and has not been read yet: lines shift with it, and one that takes the place of a
 * line with a state is unknown, whatever it was. Counts of statements stay as they were. */
void view_edit(struct view *view, uint32_t first, uint32_t removed, uint32_t inserted);

/* How `line` stands. */
enum line_state view_state(const struct view *view, uint32_t line);

/* As coverage.py has it, branches included where there are some; 100 when there is nothing to cover.
 * Unknown statements are left out. */
double view_percent(const struct view_summary *summary);

/* A number that differs when two views differ (and hardly else). */
uint64_t view_hash(const struct view *view);

void view_clear(struct view *view);
void view_free(struct view *view);

#endif
