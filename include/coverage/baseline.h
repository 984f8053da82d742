/*
 * baseline.h - what has been lost, missed and gained since an earlier run: the baseline.
 *
 * Both runs are seen in the text as it is now (view.h), each carried over from the text that it ran. So a
 * statement is compared with itself, wherever it has moved to, and one that has been changed is not compared at
 * all: it is new. A statement is
 *
 *     lost          it ran in the baseline, wholly or in part, and is missed now
 *     gained        it was missed in the baseline and has run now
 *     newly missed  it is missed now, and the baseline doesn't know it: it is new, or was changed since,
 *                   or its file wasn't measured then
 *
 * Where it is not known how it stands now, nothing is said. Lines count from 1.
 */
#ifndef COVLS_COVERAGE_BASELINE_H
#define COVLS_COVERAGE_BASELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/progress.h"
#include "base/text_list.h"
#include "config/path_mapping.h"
#include "coverage/project.h"
#include "coverage/ran_text.h"
#include "coverage/view.h"
#include "format/jsonw.h"
#include "python/pylines.h"
#include "store/store.h"

struct data_files;
struct tree_cache;

enum baseline_change {
	BASELINE_LOST,
	BASELINE_NEWLY_MISSED,
	BASELINE_GAINED,
	BASELINE_CHANGES,
};

/* The words of the protocol: "lost", "newly-missed", "gained" */
const char *baseline_change_name(enum baseline_change change);

/* Lines first ... last, both included, of statements that changed in the same way. */
struct baseline_run {
	uint32_t first, last;
	enum baseline_change change;
	bool follows; /* no statement stands between this run and the one before it */
};

/* A zeroed one is empty. */
struct baseline_changes {
	struct baseline_run *runs; /* disjoint, rising; neighbours of one kind are one run */
	size_t count, cap;
	uint32_t counts[BASELINE_CHANGES]; /* of statements */
};

/*
 * Replaces what `changes` holds. `lines` tells which lines are one statement; NULL: each line is one. Both
 * views were made with the same `lines`.
 */
void baseline_compare(const struct view *before, const struct view *now,
		      const struct py_lines *lines, struct baseline_changes *changes);

/* "14, 18-20": the lines of one kind, united across lines without code, as in coverage.py's reports. */
void baseline_add_lines(const struct baseline_changes *changes, enum baseline_change change,
			struct buf *out);

/* Writes the members "newlyMissed", "lost", "gained" and "runs" of the protocol (lines from 0). */
void baseline_write_changes(struct jsonw *w, const struct baseline_changes *changes);

/* The text has been edited: lines shift, and those that were touched are no change any more. Counts stay as they
 * were until the next comparison. */
void baseline_changes_edit(struct baseline_changes *changes, uint32_t first, uint32_t removed,
			   uint32_t inserted);

void baseline_changes_clear(struct baseline_changes *changes);
void baseline_changes_free(struct baseline_changes *changes);

/* ---- keeping one ---- */

/*
 * The folder under which the baselines of `path` (absolute: a source, or any name in a folder) are kept: the nearest
 * one above it that has some in the store, else the top of its project (discover_tops()), else the folder it lies in;
 * without symbolic links. So a shell anywhere in a project, and an editor, mean the same. The caller's to free().
 */
char *baseline_folder(struct store *store, const char *path, const struct text_list *roots);

/* Words that are values of the setting, and names that are hard to type, are refused: STATUS_USAGE. */
enum status baseline_check_name(const char *name, struct error *err);

/* A data file whose run is to be kept. */
struct baseline_data {
	const char *path;              /* absolute */
	const struct project *project; /* whose [paths] hold for the names in it, or NULL */
};

struct baseline_order {
	struct store *store;
	const char *folder, *name; /* of the baseline; name NULL: the runs are kept without one */
	const struct baseline_data *data;
	size_t data_count;
	const struct text_list *roots; /* workspace folders, or the current folder of a shell */
	const struct path_mapping *mappings;
	size_t mapping_count;
	struct progress *progress; /* may be NULL */
};

/* What has been kept. Zero it; end it with baseline_saved_free(). */
struct baseline_saved {
	size_t sources; /* that the data speaks of, counted in each file */
	size_t texts;   /* of these, whose text that ran is known and kept */
	struct text_list
		unknown; /* the first few of which it isn't: "src/a.py: it was changed after the run" */
	bool in_use;     /* the baseline is the one in use now */
	char *other;     /* the name of the one that is in use instead, or NULL */
};

/*
 * Keeps the runs in some data files as they are now: copies of the data, and the text of each source that ran, so
 * that the baseline stays whole whatever happens to the files. It is taken into use unless another one is. Errors as
 * data_copy()'s and the store's; then there is no such baseline, or still the earlier one.
 */
enum status baseline_save(const struct baseline_order *order, struct baseline_saved *saved,
			  struct error *err);
void baseline_saved_free(struct baseline_saved *saved);

/* Writes {"folder", "inUse", "baselines"}, as the protocol has it. */
enum status baseline_write_list(struct jsonw *w, struct store *store, const char *folder,
				struct error *err);

/* ---- which one ---- */

struct baseline_choice {
	const char *setting; /* options.baseline; NULL: the one in use */
	const char *folder;  /* baseline_folder() */
	/* The data that is to be compared, and when it was written: `last` is the run before it. */
	const char *data_path;
	int64_t data_ns;
};

/*
 * The baseline that is in force; of several data files the run of the one that is to be compared comes first. With
 * `last`, that is a run without a name: its name is "last", and its folder NULL. STATUS_EMPTY: there is none, and
 * none is asked for. STATUS_MISSING: the one that is asked for is not there, or its data is no longer kept. End it
 * with store_baseline_free() in any case.
 */
enum status baseline_choose(struct store *store, const struct baseline_choice *choice,
			    struct store_baseline *baseline, struct error *err);

/* Tells baselines apart, by their runs. Never 0. */
int64_t baseline_id(const struct store_baseline *baseline);

/* ---- what it says ---- */

/* One source that is asked about. */
struct baseline_item {
	const char *source; /* absolute */
	bool is_python;
	const char *recorded; /* the name by which the data of now knows it, or NULL */
	const struct project *project;

	/* The answer, in lines of the text that ran, which is found, too, if a run speaks of the source:
	 * else `data` is DATA_UNKNOWN. End it with baseline_item_free(). */
	const struct store_run
		*run; /* the reading's, which says it: the newest, if several do; or NULL */
	struct data_query data; /* `names` is NULL */
	struct data_info info;
	struct ran_text ran;
};

struct baseline_reading {
	struct store *store;
	const struct store_baseline *baseline;
	const struct text_list *roots;
	const struct path_mapping *mappings;
	size_t mapping_count;
	struct progress *progress; /* may be NULL */
	/* Where reports are kept that have been looked into, and listings of folders; NULL: nowhere. */
	struct data_files *files;
	struct tree_cache *trees;
};

/*
 * Answers all items from one reading of each data file of the baseline. Of several that speak of a source those
 * count that count for search.h: coverage.py's own data, else reports of one time united. Errors as
 * data_read()'s; no item has an answer then.
 */
enum status baseline_read(const struct baseline_reading *reading, struct baseline_item *items,
			  size_t count, struct error *err);
void baseline_item_free(struct baseline_item *item); /* the answer */

#endif
