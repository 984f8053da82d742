/*
 * data_files.h - the reports that have been looked into: the index of each, and how its names are files
 * here. Kept until the file changes; those that were not asked for longest go when there are too many.
 */
#ifndef COVLS_COVERAGE_DATA_FILES_H
#define COVLS_COVERAGE_DATA_FILES_H

#include "coverage/path_rules.h"

struct data_files_entry {
	char *path;
	struct file_stamp stamp;
	enum status status; /* of opening it; *err says why it is not STATUS_OK */
	struct error err;
	struct data_index *index; /* NULL unless STATUS_OK */
	struct path_rules rules;
	uint64_t rules_hash, used; /* private */
};

struct data_files;

struct data_files *data_files_open(void);
void data_files_close(struct data_files *files);

/* Lasts until data_files_trim(). The folder of the options is that in which the file lies, unless they name another
 * one. */
const struct data_files_entry *data_files_get(struct data_files *files, const char *path,
					      const struct path_rules_options *options);

/* Lets go of what is more than so many. A build tree may have a gcov file for each of its units. */
#define DATA_FILES_KEPT 4000
void data_files_trim(struct data_files *files, size_t most);

#endif
