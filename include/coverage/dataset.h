/*
 * dataset.h - the coverage data of a whole report: one data file, or several united in memory, with
 * the [paths] of the configuration applied.
 *
 * It is what a report of coverage.py 7.16.1 has before it (CoverageScript.command_line() in
 * coverage/cmdline.py): Coverage.load(), with what it unites then of unfinished parallel data files
 * (".coverage.host.pid123.Xabc") as `coverage combine --append --keep` would (combine_parallel_data() in
 * coverage/data.py, CoverageData.update() in coverage/sqldata.py), and _prepare_data_for_reporting()
 * in coverage/control.py. Where several names of the data become one, their lines, arcs and contexts are
 * united. So are those of several data files, which must agree on branches and on who measured a file.
 *
 * It holds the names of the source files, each once, and one bit a name and data file; what ran is
 * read for a few files at a time. The data files are opened for each reading and never written
 * (data/data.h). One that changes while the dataset is open makes the next reading fail.
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
	const char *name;   /* as coverage.py would hand it out: after [paths] */
	const char *tracer; /* the plugin that measured it, or NULL */
};

struct dataset {
	struct dataset_file *files; /* in rising byte order of name */
	size_t count;
	bool has_arcs;
	size_t combined;             /* unfinished data files that were united, */
	size_t skipped, errored;     /* that are duplicates, that could not be used */
	struct text_list data_files; /* of which it was made: absolute paths */
	struct text_list warnings;   /* such as "Couldn't use data file ..."; for people */
	size_t batch;                /* so many files at a time are read at the least cost */
	struct dataset_private *own;
};

/*
 * Takes the data file if it is there, and unites it with the unfinished parallel ones beside it. Of
 * these, what cannot be read, or is being written, is left out, with a warning for each. The dataset
 * must be closed in any case.
 *
 * STATUS_MISSING: there is neither. STATUS_EMPTY: there is, and it holds nothing yet, or nothing of it
 * is usable; coverage.py has "No data to report." for both. STATUS_BAD_DATA, in coverage.py's words:
 * some have branches and some haven't, or two disagree on a plugin. STATUS_USAGE: an entry of [paths]
 * is wrong. Other errors as data_read()'s of the data file.
 */
enum status dataset_open(struct dataset *d, const struct dataset_options *options,
			 struct error *err);

/* The same of `files` alone, absolute paths of unfinished data files in order of their names, none of
 * them a duplicate; the data file is not looked at. */
enum status dataset_open_unfinished(struct dataset *d, const struct dataset_options *options,
				    const struct text_list *files, struct error *err);

/*
 * Answers for files[first] ... files[first + count - 1]. In each answer `want` and `filter` are set by
 * the caller, `names` is ignored and left alone; the caller frees each with data_query_free(), also if
 * it fails. Errors as data_read()'s; STATUS_BUSY also if a data file changed since it was opened.
 */
enum status dataset_read(struct dataset *d, size_t first, size_t count, struct data_query *answers,
			 struct error *err);

void dataset_close(struct dataset *d);

#endif
