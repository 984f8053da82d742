/*
 * dataset.h - the coverage data of a whole report: one data file, or several united in memory, with
 * the [paths] of the configuration applied.
 *
 * It holds the names of the source files and no more; what ran is read for a few files at a time. The
 * data files are opened for each reading and never written (data/data.h).
 */
#ifndef COVLS_COVERAGE_DATASET_H
#define COVLS_COVERAGE_DATASET_H

#include "base/status.h"
#include "base/text_list.h"
#include "config/coverage_config.h"
#include "data/data.h"

struct dataset_options {
	const char *folder;                   /* where coverage.py would be run; absolute */
	const char *data_file;                /* seen from there; NULL: the configuration's */
	const struct coverage_config *config; /* borrowed while the dataset is open */
};

struct dataset_file {
	char *name;   /* as coverage.py would hand it out: after [paths] */
	char *tracer; /* the plugin that measured it, or NULL */
};

struct dataset {
	struct dataset_file *files; /* in rising byte order of name */
	size_t count;
	bool has_arcs;
	struct text_list warnings; /* such as "couldn't use data file ..."; for people */
	struct dataset_private *own;
};

/*
 * Takes the data file if it is there, else unites the unfinished parallel ones beside it, as `coverage
 * combine --keep` would. STATUS_MISSING: there is neither. Other errors as data_read()'s. The dataset
 * must be closed in any case.
 */
enum status dataset_open(struct dataset *d, const struct dataset_options *options,
			 struct error *err);

/* Answers for files[first] ... files[first + count - 1]. In each answer `want` is set by the caller,
 * `names` is ignored and left alone; the caller frees each with data_query_free(). */
enum status dataset_read(struct dataset *d, size_t first, size_t count, struct data_query *answers,
			 struct error *err);

void dataset_close(struct dataset *d);

#endif
