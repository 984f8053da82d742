/*
 * inventory.h - which coverage reports there are in a workspace.
 *
 * Looks where producers put their reports (coverage/, build/reports/jacoco/ ...; the table of places is
 * in inventory.c), and through the rest of the workspace for files that by their name may be one. What a
 * file is, its content says: names only choose which are looked into. coverage.py's own data is looked for by
 * discover.h; what of it lies elsewhere (tests that ran in a folder of their own leave it there) is listed apart.
 *
 * The walk goes from the outside in and is bounded in depth, folders, entries and time. It leaves out
 * what tree.h calls foreign, virtual environments, hidden folders, and folders that git ignores, unless
 * one of the places is there: nearly everybody has git ignore coverage/. Links to folders are followed,
 * each folder is entered once.
 *
 * A search is kept until the inventory is renewed; folders where something was found are told ever after. One thread at a time may use it.
 */
#ifndef COVLS_COVERAGE_INVENTORY_H
#define COVLS_COVERAGE_INVENTORY_H

#include "base/progress.h"
#include "base/text_list.h"
#include "platform/file.h"

/* The most folders that are to be watched for one root. */
#define INVENTORY_FOLDERS_MAX 100

struct inventory_file {
	char *path;
	struct file_stamp stamp;
	const char *format; /* as data_recognize() names it; empty: a sure name, and no report */
	const char *place;  /* why it was looked at: "where nyc and jest put it", "by its name" */
};

/* What some tool wrote that covls can't read, but that can be made a report. */
struct inventory_stranger {
	char *path;
	char *text;    /* what data_recognize() says of it: which tool makes a report of it */
	uint32_t more; /* so many others of this kind were seen, too */
};

struct inventory_list {
	struct inventory_file *files; /* newest first */
	size_t count, cap;
	struct inventory_file
		*databases; /* coverage.py's own data, newest first; not all, if there are many */
	size_t database_count, database_cap;
	struct inventory_stranger *strangers; /* one of each kind */
	size_t stranger_count, stranger_cap;
	struct text_list folders; /* to be watched: where reports are and where they may appear */
	bool cut;                 /* the search ended at a bound; `folders_seen` tells where */
	uint32_t folders_seen;
	bool left_out; /* some folders were not entered, since git ignores them */
};

struct inventory;

struct inventory *inventory_open(void);
void inventory_close(struct inventory *inventory);

/* What is kept may be outdated. */
void inventory_renew(struct inventory *inventory);

/* What there is below `root`, a workspace folder or the top of a project. Lasts until the inventory is
 * renewed. NULL: stopped. */
const struct inventory_list *inventory_of(struct inventory *inventory, const char *root,
					  struct progress *progress);

/* May a file of this name be a coverage report? For whoever watches folders; the answer is yes for a
 * little more than is looked into outside of the places. */
bool inventory_is_name(const char *name);

#endif
