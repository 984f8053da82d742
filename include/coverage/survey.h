/*
 * survey.h - the files of a report, one after the other, each measured (coverage/report_core.py and
 * _get_file_reporters() in coverage/control.py, 7.16.1).
 *
 *     survey_open()   which files: all that the data speaks of or those that were named, by `include`
 *                     and `omit`, in coverage.py's order
 *     survey_walk()   reads each source and what ran of it, hands both on with the result, forgets them
 *
 * What is kept is a small row for each file; of the data, a few files' at a time. A source that a plugin
 * measured is taken for what ran of it and no more, as covls has no plugins: coverage.py would ask the
 * plugin, and gives up without it.
 */
#ifndef COVLS_COVERAGE_SURVEY_H
#define COVLS_COVERAGE_SURVEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"
#include "base/text_list.h"
#include "config/coverage_config.h"
#include "coverage/dataset.h"
#include "coverage/result.h"
#include "data/data.h"
#include "python/exclude.h"
#include "python/pylines.h"

#define SURVEY_NO_DATA ((size_t)-1)

/* Something that a person should know; `slug` is the name by which coverage.py's `disable_warnings`
 * knows it, or NULL. */
typedef void survey_warn_fn(void *ctx, const char *slug, const char *text);

struct survey_options {
	const char *folder;                   /* where coverage.py would be run; absolute */
	const struct coverage_config *config; /* what the command line says is in it already */
	struct dataset *data;                 /* NULL: there is none, and nothing ran */
	const struct text_list *files;        /* as named in a command line; empty: all there are */
	const struct data_filter *filter;     /* of contexts; NULL: all */
	unsigned minor;                       /* of Python: py_options.minor */
	unsigned want;                        /* enum py_want, besides arcs */
	bool contexts;                        /* DATA_WANT_CONTEXTS */
	bool by_name;                         /* in the order of names, not of paths */
	survey_warn_fn *warn;
	void (*progress)(void *ctx, size_t done, size_t all); /* after each file; or NULL */
	void *ctx;                                            /* of both */
};

struct survey_row {
	char *path;       /* coverage.py's FileReporter.filename */
	char *name;       /* FileReporter.relative_filename(): how reports call it */
	size_t data;      /* index in the dataset, or SURVEY_NO_DATA */
	bool is_repeated; /* an earlier row has the same name */
};

struct survey {
	struct survey_options options; /* borrowed for as long as it is open */
	struct survey_row *rows;
	size_t count, cap;
	size_t *order; /* in which the rows are walked */
	bool has_arcs;
	struct py_patterns patterns;
	struct buf text; /* these are used again for each file */
	struct line_set matched, no_branch_lines;
	struct py_lines lines;
	struct result result;
};

/* A file that has been measured; lasts until the callback returns. */
struct survey_file {
	const struct survey_row *row;
	bool is_python; /* else a plugin's: lines are those that ran, and there is no text */
	struct span text;
	const struct py_lines *lines;
	const struct data_query *data;
	const struct result *result;
};

typedef void survey_file_fn(void *ctx, const struct survey_file *file);

/* STATUS_EMPTY: there is nothing to report. STATUS_USAGE: a setting makes no sense. The survey must be
 * closed in any case. */
enum status survey_open(struct survey *s, const struct survey_options *options, struct error *err);

/*
 * Calls on_file for each file. A source that cannot be read or understood ends the walk (STATUS_MISSING:
 * there is no source; the text of the error is coverage.py's), or, with the setting `ignore_errors`, is
 * warned of and left out. A file that is not called like Python and isn't Python is left out silently.
 */
enum status survey_walk(struct survey *s, survey_file_fn *on_file, void *ctx, struct error *err);

void survey_close(struct survey *s);

#endif
