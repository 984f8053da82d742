/*
 * data_sources.h - which files the names in a data file mean, going from the data to the sources.
 */
#ifndef COVLS_COVERAGE_DATA_SOURCES_H
#define COVLS_COVERAGE_DATA_SOURCES_H

#include "base/progress.h"
#include "base/text_list.h"
#include "config/path_mapping.h"
#include "coverage/path_aliases.h"
#include "coverage/path_rules.h"
#include "coverage/project.h"
#include "data/index.h"

/* Zero it and set the first part, all of it borrowed; end it with data_sources_close(). */
struct data_sources {
	const struct data_index *index;
	const char *data_path;         /* where the data was written; the index may be of a copy */
	const struct project *project; /* whose [paths] hold for its names, or NULL */
	const struct text_list *roots; /* workspace folders, or the current folder of a shell */
	const struct path_mapping *mappings;
	size_t mapping_count;
	struct progress *progress; /* may be NULL */

	/* Private. */
	struct path_aliases *aliases;
	char *data_folder;
	/* Made when they are needed: most names are right as they stand. */
	struct path_rules rules;
	struct tree_cache *trees;
	bool has_rules;
};

/* Fails as path_aliases_from_config() does. */
enum status data_sources_open(struct data_sources *d, struct error *err);
void data_sources_close(struct data_sources *d);

/* The source of this name of the index, absolute, without symbolic links; the caller's to free(). coverage.py's
 * data may mean one that has gone. NULL: it can't be told which. */
char *data_sources_path(struct data_sources *d, size_t number);

#endif
