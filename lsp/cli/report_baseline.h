/*
 * report_baseline.h - covls report --baseline: what has changed since an earlier run, file by file.
 *
 * Says only what is known: a source that was edited after its run is compared as far as it is still
 * what ran; one of which that can't be told is named, with the reason.
 */
#ifndef COVLS_CLI_REPORT_BASELINE_H
#define COVLS_CLI_REPORT_BASELINE_H

#include "coverage/baseline.h"
#include "text/line_hash.h"

#include "changes_table.h"
#include "reporting.h"

/* A source that the baseline knows and the report doesn't. */
struct changes_gone {
	char *path, *name;
	bool deleted; /* it is not on the disk any more */
	bool renamed; /* it is one of the report's by another name */
	bool is_read;
	struct baseline_item item; /* what the baseline says of it, once it is read */
	struct line_hashes hashes;
};

/* Zero it; end it with changes_free(). */
struct changes {
	struct reporting *r;
	struct store *store;
	struct store_baseline baseline;
	bool keep_run;  /* the next run is compared with this one */
	bool has_other; /* there is a run to compare with */

	struct changes_table table;

	/* Private. */
	struct project project; /* the report's folder and configuration, borrowed */
	struct text_list roots;
	struct baseline_reading reading;
	struct baseline_item *items; /* what the baseline says of some rows of the survey */
	char **sources;
	size_t first, item_count;
	struct changes_gone *gone;
	size_t gone_count, gone_cap;
	int64_t data_ns; /* when the data of the report was written */
	int64_t run;     /* of it in the store; 0: it isn't kept */
};

/* Finds the baseline: `name`, or "": the one in use. After the survey has been opened. */
enum status changes_open(struct changes *c, struct reporting *r, const char *name,
			 struct error *err);

enum status changes_add(struct changes *c, const struct survey_file *file, struct error *err);

/* Prints what has come of it behind the report. */
void changes_print(struct changes *c, bool markdown);

void changes_free(struct changes *c);

#endif
