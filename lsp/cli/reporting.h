/*
 * reporting.h - what covls report, json, lcov and xml have in common.
 *
 * They are drop-ins for the commands of the same names of coverage.py 7.16.1 (coverage/cmdline.py,
 * control.py, report_core.py): the same options and configuration, the same bytes in files and on
 * standard output, the same exit status. A command is a struct report_kind; reporting_run() does all
 * that isn't its own: it reads the command line, the configuration and the data, walks the files, and
 * judges the total.
 *
 * What coverage.py doesn't do: the data files are never written, united or removed; options may stand
 * behind files; and where `covls report` finds nothing in the current folder, it looks in the folders
 * above.
 */
#ifndef COVLS_CLI_REPORTING_H
#define COVLS_CLI_REPORTING_H

#include <stdbool.h>

#include "base/status.h"
#include "config/coverage_config.h"
#include "coverage/dataset.h"
#include "coverage/result.h"
#include "coverage/survey.h"
#include "platform/output.h"

/* The version of coverage.py whose reports these are: who reads them looks there for their form. */
#define REPORTING_COVERAGE_VERSION "7.16.1"
#define REPORTING_COVERAGE_URL     "https://coverage.readthedocs.io/en/" REPORTING_COVERAGE_VERSION

/* The exit status for a total below the one that was asked for. */
#define REPORTING_UNDER 2

struct reporting {
	const struct report_kind *kind;
	void *state; /* of the kind */
	char *folder;
	struct coverage_config config; /* with what the command line says */
	struct dataset data;
	bool has_data;
	struct data_filter *filter;
	struct survey survey;
	struct output out;
	struct numbers total; /* of all files so far, those that a report leaves out included */
	struct text_list files;
	unsigned minor;
	bool quiet, has_precision;
	const char *rcfile, *data_file;
	const char *baseline; /* to compare with: "" is the one in use; NULL: nothing is compared */
	uint64_t lost;        /* statements that have run in the baseline and are missed now */
	int64_t started_ns, told_ns;
	bool progress_shown;
};

struct report_kind {
	const char *command; /* "json" */
	const char *title;   /* "JSON report", as told when it is written; NULL: it is no file */
	const char *choices; /* the options of some commands that it has; see reporting.c */
	enum coverage_option output; /* where it is written; with a title */
	unsigned want;               /* enum py_want */
	bool by_name;                /* files in the order of names */
	bool has_contexts;           /* only what ran in the contexts that were chosen counts */
	/* Before and after the files. STATUS_USAGE: a setting makes no sense. end() tells the total. */
	enum status (*begin)(void *state, struct reporting *r, struct error *err);
	void (*on_file)(void *state, const struct survey_file *file);
	enum status (*end)(void *state, double *total, struct error *err);
};

/* Runs the command and returns its exit status. */
int reporting_run(int argc, char **argv, const struct report_kind *kind, void *state);

/* ---- settings ---- */

bool reporting_flag(const struct reporting *r, enum coverage_option option);

/* `precision`, which is not negative where a report shows any number by it. */
unsigned reporting_precision(const struct reporting *r);

#endif
