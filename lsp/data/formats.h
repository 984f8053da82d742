/*
 * formats.h - what a reader of one coverage format gives to the table in formats.c.
 *
 * A reader is asked only for files whose first bytes it knows. It answers as data.h says, with two
 * things taken off it: *info and the queries arrive empty and count only if it succeeds, and a
 * verdict of STATUS_BAD_DATA on a file that is changing at the moment is turned into STATUS_BUSY. If it
 * fails, it may say so in info->reason.
 */
#ifndef COVLS_DATA_FORMATS_H
#define COVLS_DATA_FORMATS_H

#include "base/span.h"
#include "data/data.h"
#include "platform/file.h"

/* As much of a file (of a gzipped one, of what is inside) as is looked at to tell its format. */
#define DATA_HEAD_MAX 4096

/* The longest name of a source file that is taken over from a data file, in bytes. */
#define DATA_NAME_MAX 65536

/* The most source files a data file may speak of. */
#define DATA_FILES_MAX 1000000

struct data_file {
	const char *path;
	struct span head; /* its first bytes, or those of what is zipped in it */
	bool zipped;
	bool unpacks;            /* so far, if it is zipped: all of it, or more than the head */
	struct file_stamp stamp; /* from before it was opened */
};

/* The names in a data file, while they are gathered. */
struct data_names {
	struct data_name {
		char *name, *tracer; /* tracer may be NULL */
		int64_t id;
		bool has_rows;
	} * at;
	size_t count, cap;
	bool want_rows; /* has_rows is to be filled */
};

struct report_reader;

/* A format has either a reader (reader.h), or the three functions below it. */
struct data_format {
	const char *name; /* as people call it: "LCOV" */
	bool (*sniff)(struct span head);

	/* How much a report of this format tells; of several that one test run wrote, the one with the
	 * highest number is taken. coverage.py's data is 100, one with branches and functions some 60. */
	int detail;
	const struct report_reader *reader;

	enum status (*read)(const struct data_file *file, struct data_query *queries, size_t count,
			    struct data_info *info, struct error *err);
	/* Names in the order of the data. */
	enum status (*list)(const struct data_file *file, struct data_names *names,
			    struct data_info *info, struct error *err);
	enum status (*list_contexts)(const struct data_file *file, struct data_names *names,
				     struct data_info *info, struct error *err);
};

extern const struct data_format dot_coverage_format;
extern const struct data_format lcov_format, go_cover_format, luacov_stats_format,
	luacov_report_format;
extern const struct data_format cobertura_format, clover_format, jacoco_format, sonar_format,
	opencover_format;
extern const struct data_format coverage_json_format, llvm_cov_format, gcov_json_format,
	istanbul_format, simplecov_format, simplecov_json_format;

#endif
