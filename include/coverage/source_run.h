/*
 * source_run.h - what one test run says of a source, and the text of it that ran.
 *
 * The data is in lines of the text that ran. `map` takes the lines of the text as it is now there: it is
 * made by ran_lines_align() and told every edit. Where it is not known which text ran,
 * no line comes from anywhere.
 */
#ifndef COVLS_COVERAGE_SOURCE_RUN_H
#define COVLS_COVERAGE_SOURCE_RUN_H

#include "coverage/ran_text.h"
#include "data/data.h"
#include "text/arc_list.h"
#include "text/doc_text.h"
#include "text/line_hash.h"
#include "text/line_map.h"
#include "text/line_set.h"

/* The text of a source that ran, as far as it is known. Zeroed: nothing is known. */
struct ran_lines {
	enum ran_origin origin;
	struct line_hashes hashes; /* unless it is RAN_UNKNOWN */
	/* Of Python that was understood: where its statements begin, excluded ones among them. What was none then
	 * (a docstring, code that is never reached) no data speaks of. */
	bool has_code;
	unsigned minor; /* of Python, by whose rules */
	struct line_set code;
	struct arc_list ways;    /* the jumps that it allowed (py_arcs.possible) */
	struct arc_list untaken; /* those among them that were not executed, if the data has arcs */
	char commit[16];         /* of RAN_GIT */
	char why[320];           /* of RAN_UNKNOWN: a clause */
};

/* Keeps the hashes of what was found, and takes over the rest; `found` is freed. */
void ran_lines_take(struct ran_lines *ran, struct ran_text *found);

/* The same of a Python source, with its `code`, `ways` and, by what ran of it, `untaken`; `minor` as in struct
 * py_options. */
void ran_lines_take_python(struct ran_lines *ran, struct ran_text *found,
			   const struct data_query *data, unsigned minor);
void ran_lines_free(struct ran_lines *ran);

/* How the lines of a text come from those that ran. */
void ran_lines_align(const struct ran_lines *ran, const struct line_hashes *now,
		     struct line_map *map);

/* Zeroed, nothing is known. End it with source_run_free(). */
struct source_run {
	struct data_query data; /* in lines of the text that ran; `names` is NULL */
	struct data_info info;
	char *data_path;     /* where the data file was; owned */
	int64_t modified_ns; /* of the data file: when the run ended */
	struct ran_lines ran;
	struct line_map map;
};

void source_run_free(struct source_run *run);

/* Several. */
struct source_runs {
	struct source_run *at; /* the newest first */
	size_t count;
};

void source_runs_free(struct source_runs *runs);

#endif
