/*
 * inventory.h - which coverage files there are in a workspace.
 *
 * Looks where producers put their reports (coverage/, build/reports/jacoco/ ...; the table of places is in inventory.c), and
 * through the rest of the workspace, bounded in depth, number of folders and time, for files that by their name may be
 * one. Skips what tree.h calls foreign, and folders that git ignores unless they are among the places.
 * What a file is, its content says: names only choose which are looked into.
 *
 * A search is kept until the inventory is renewed. One thread at a time may use it.
 */
#ifndef COVLS_COVERAGE_INVENTORY_H
#define COVLS_COVERAGE_INVENTORY_H

#include "base/progress.h"
#include "base/text_list.h"
#include "platform/file.h"

struct inventory_file {
	char *path;
	struct file_stamp stamp;
	const char *format; /* as data_recognize() names it */
	const char *place;  /* why it was looked at: "where nyc and jest put it", "by its name" */
};

struct inventory_list {
	struct inventory_file *files; /* newest first */
	size_t count, cap;
	struct text_list folders; /* to be watched: where reports are and where they may appear */
	bool cut;                 /* the search ended at a bound; `folders_seen` tells where */
	uint32_t folders_seen;
};

struct inventory;

struct inventory *inventory_open(void);
void inventory_close(struct inventory *inventory);

/* What is kept may be outdated. */
void inventory_renew(struct inventory *inventory);

/* What there is below `root`, a workspace folder or the top of a project. Lasts until it is renewed. */
const struct inventory_list *inventory_of(struct inventory *inventory, const char *root,
					  struct progress *progress);

/* May a file of this name be a coverage report? For whoever watches folders. */
bool inventory_is_name(const char *name);

#endif
