/*
 * parallel.h - what unfinished parallel data files (".coverage.host.pid123.Xabc...") say of some source
 * files, united in memory as `coverage combine --keep` would, for data that nobody has combined yet.
 *
 * They matter where the data file itself is absent, or where it is older than every one of them and the
 * project has `parallel = true`; else they are leftovers, or coverage.py will unite them later. Nothing
 * is written.
 *
 * Taken are the finished ones (combine_parallel_data() in coverage/data.py, 7.16.1): no "-journal", of two
 * with the same data one. Of a file whose writer is still at it nothing is taken, and then nothing of
 * the others either, as half a test run would show as missed what is yet to run: STATUS_BUSY. A file
 * that has no end (a writer of another machine, or one that doesn't end) is left out with a warning.
 * Statements and branches don't go together: the kind of the newest file counts, the others are
 * left out with a warning that names them, where coverage.py would refuse all.
 */
#ifndef COVLS_COVERAGE_PARALLEL_H
#define COVLS_COVERAGE_PARALLEL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/status.h"
#include "base/text_list.h"
#include "coverage/project.h"
#include "data/data.h"
#include "platform/file.h"

/* Zero it; end it with parallel_free(). */
struct parallel {
	int64_t since_ns; /* may be set: files that were written before are left out */
	struct data_info info;
	struct text_list data_files; /* that were taken, absolute, in order of their names */
	struct text_list warnings;   /* sentences for people: what was left out, and why */
	struct file_stamp newest;    /* the stamp of the newest one that was taken */
	int64_t oldest_ns;           /* when the oldest of them was written */
};

/*
 * Is it to be asked instead of the data file at `data_file`, an absolute path? Lists the folder and
 * looks at the stamps of what is there. `project` may be NULL: coverage.py's defaults.
 */
bool parallel_is_wanted(const char *data_file, const struct project *project);

/* Adds, in words, that there are files newer than the data file which nobody has combined, for where it is not
 * wanted to read them; false: there are none. */
bool parallel_tell_left(const char *data_file, struct buf *out);

/*
 * Answers all queries, as data_read() does; on failure none is touched. Where the project has [paths],
 * what ran under each name that becomes the query's is in the answer.
 *
 * STATUS_MISSING: there is no file of that kind. STATUS_BUSY: one is being written. STATUS_EMPTY: none
 * holds anything yet. STATUS_BAD_DATA: none can be read, or two disagree on a plugin. STATUS_USAGE: an entry of
 * [paths] is wrong.
 */
enum status parallel_read(const char *data_file, const struct project *project,
			  struct data_query *queries, size_t count, struct parallel *result,
			  struct error *err);

void parallel_free(struct parallel *result);

#endif
