/*
 * search.h - what the coverage data, wherever it lies, says of some source files.
 *
 * The one door to data: the server calls it from a job, the shell directly. For each source it goes through the
 * places where its data may be: the data file that the user or the project's configuration names, else
 * `.coverage` in the folders above it (discover.h) or, where nobody has combined them yet, the unfinished
 * files beside it (parallel.h), and the reports of its workspace folder (inventory.h). Names in them are
 * taken to files here by path_rules.h. Where no data above a Python source speaks of it, the newest `.coverage` in
 * other folders of the workspace that has its whole name does.
 *
 * Of several that speak of the source these count:
 *   - not those that are older than the source, if another one is not;
 *   - not those that were written more than ten minutes before the newest: they are of an earlier run;
 *   - coverage.py's own data, if it is among them, and nothing else: reports are made from it;
 *   - of reports in one folder, those of the most detailed format: one run writes several;
 *   - of equal copies, one.
 * What is left is united: a line ran if any says so. So are unfinished files of coverage.py's, but those that
 * are older than the source, if one is not.
 *
 * What was found is kept in the searcher and looked at again when the file has changed. A searcher serves
 * one thread at a time.
 */
#ifndef COVLS_COVERAGE_SEARCH_H
#define COVLS_COVERAGE_SEARCH_H

#include "base/progress.h"
#include "coverage/discover.h"
#include "coverage/path_rules.h"
#include "coverage/project.h"
#include "coverage/source_baseline.h"
#include "coverage/source_run.h"
#include "data/data.h"
#include "platform/file.h"

enum place_origin {
	PLACE_SETTING,       /* covls.dataFile, COVERAGE_FILE or --data-file names it */
	PLACE_CONFIGURATION, /* the project's configuration of coverage.py names it */
	PLACE_USUAL,         /* coverage.py puts it there when nothing else is said */
	PLACE_FOUND,         /* a report in the workspace */
};

enum place_fate {
	PLACE_ABSENT,
	PLACE_TAKEN,  /* the answer is from it: the first of them, if several were united */
	PLACE_UNITED, /* so are they */
	PLACE_PASSED, /* it speaks of the source and was passed over: see `why` */
	PLACE_SILENT, /* it does not speak of the source */
	PLACE_TROUBLE,
	PLACE_NOT_ASKED, /* an earlier one had the answer */
};

/* One place that was looked at. All strings are owned; those that don't apply are NULL. */
struct search_place {
	char *path;
	enum place_origin origin;
	enum place_fate fate;
	const char *found_by; /* of PLACE_FOUND: inventory.h's `place` */
	struct file_stamp stamp;
	struct data_info info; /* if it could be read */
	struct error err;      /* with PLACE_TROUBLE */
	char *why;             /* of PLACE_PASSED: "older than the source" */
	char *recorded;        /* the name by which it knows the source */
	char *rule;            /* how that name was found, in words */
	/* A name that would have been right, but may be another file's; one that is called like the source, and is
	 * another file's. */
	struct path_elsewhere elsewhere, namesake;
	char *trouble; /* with the names in it: path_rules.h */
	char *left;    /* newer data beside it that nobody has combined: parallel.h */
	char *mapping; /* a mapping that is set and leads nowhere: path_rules.h */
	/* Where nothing was found: names that were looked up, and recorded ones of the same base name. */
	struct text_list tried, nearest;
};

struct search_places {
	struct search_place *at;
	size_t count, cap;
	/* The data file that is set does not speak of the source: where the answer would be if none were set. NULL:
	 * nowhere. Owned. */
	char *otherwise;
	/* Reports were looked for, and not everywhere: folders that git ignores were left out; there are too many. */
	bool left_out, cut;
};

/* One source file. Set the first part, zero the rest; end it with search_item_free(). */
struct search_item {
	char *source; /* absolute path; owned */
	bool is_python;
	/* When the run began that wrote the data, if somebody saw that; 0: it is not known. */
	int64_t begun_ns;
	/* The data that the caller has already, with the text that ran it, or NULL; owned. If that is what is found,
	 * `as_before` is set and what is said of runs below stays empty. */
	char *had_path;
	struct file_stamp had_stamp;
	int64_t had_baseline; /* the run of the baseline that it has already, or 0: `baseline_as_before` */

	/*
	 * STATUS_OK: `data` is what `data_path` (and what was united with it) says, which may be
	 * DATA_UNKNOWN when none of the data files speaks of the source. STATUS_MISSING: there is no
	 * data file; `places` says where one was looked for. Else the reason why `data_path` could not be read, in `err`.
	 */
	enum status status;
	struct error err;
	bool put_off;    /* there was no time left for the text that ran: ask for this one again */
	char *data_path; /* owned; NULL with STATUS_MISSING */
	struct file_stamp data_stamp; /* of the data file just before it was read */
	struct file_stamp source_stamp;
	struct data_query data;
	struct data_info info;
	struct search_places places;
	struct text_list strangers; /* sentences about what some tool wrote that is no report */
	struct text_list folders;   /* to be watched for this source's data */
	struct project *project;    /* that the source belongs to; the item holds it */

	/* If the data speaks of the source: the number of its run in the store, or 0; the text that ran; and, where
	 * that is wished for, what earlier runs say. */
	bool as_before;
	int64_t run;
	struct error not_kept; /* why the run cannot be kept; STATUS_OK: it can */
	struct ran_lines ran;
	struct source_runs earlier;

	/* If it is wished for: the baseline that is in force, and what it says. As before, only its name is told, if
	 * that. */
	bool baseline_as_before;
	struct source_baseline baseline;
};

struct searcher;

struct searcher *searcher_open(void);
void searcher_close(struct searcher *searcher);

/* All borrowed. */
struct search_wishes {
	const struct text_list *roots; /* workspace folders */
	const char *data_file;         /* the user's, or NULL */
	const struct path_mapping *mappings;
	size_t mapping_count;
	const char *python, *python_by; /* see project_cache_renew() */
	bool union_of_runs;             /* earlier runs are wanted, too */
	bool wants_baseline;
	const char *baseline; /* options.baseline; may be NULL */
	bool again;           /* something on the disk has changed: look everywhere once more */
	/* Once the texts that ran have been looked for so long, which may be git's doing, the items that are left are
	 * put off: what is known already can be shown. 0: none is. */
	unsigned texts_ms;
	struct progress *progress;
};

/* Answers all items. Each data file is read once, in one go, for all items that it may serve. */
void search_run(struct searcher *searcher, struct search_item *items, size_t count,
		const struct search_wishes *wishes);

void search_places_free(struct search_places *places);
void search_item_free(struct search_item *item);

#endif
