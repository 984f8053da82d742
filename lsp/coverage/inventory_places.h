/*
 * inventory_places.h - where producers put their reports, and what they call them.
 */
#ifndef COVLS_COVERAGE_INVENTORY_PLACES_H
#define COVLS_COVERAGE_INVENTORY_PLACES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"
#include "base/status.h"
#include "base/text_list.h"

#define PLACE_PARTS 4

struct place {
	/* The end of a folder's path; '*' stands for anything in a name. NULL-terminated if shorter. */
	const char *parts[PLACE_PARTS];
	unsigned depth; /* so many levels below it are looked at */
	bool is_build;  /* of a tree of built things: large, and only some of it about coverage */
	const char *why;
};

/* The place that a folder is, or NULL; `path` is seen from the root, and begins with '/'. *is_way: it is
 * on the way to a place. */
const struct place *place_find(const char *path, bool *is_way);

enum report_name {
	NAME_OTHER,
	NAME_REPORT,   /* may be a report wherever it lies */
	NAME_IN_PLACE, /* may be one where reports are put */
	NAME_DATABASE, /* coverage.py's own data */
	NAME_STRANGER, /* about coverage, and not a report */
};

/* *kind tells strangers of one sort from those of another; less than STRANGER_KINDS. */
enum report_name place_judge_name(const char *name, unsigned *kind);
#define STRANGER_KINDS 8

/* Is it a name that nothing but a report has? Then what is in the way of reading it is worth telling. */
bool place_is_sure_name(const char *name);

/* Finds coverage in HTML below `root`, where tools put it, and tells in `what` that it is no report, and the way to
 * one; its path is the caller's to free. NULL: there is none. */
char *place_find_page(const char *root, struct error *what);

/* Adds the folders in which the reports of a project would appear if `file` in `folder` shows what
 * project it is (package.json); nothing if it doesn't. */
void place_add_expected(const char *folder, const char *file, struct text_list *folders);

/* Adds where any project at `root` may put its reports. */
void place_add_common(const char *root, struct text_list *folders);

#endif
