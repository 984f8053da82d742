/*
 * coverage_config.h - coverage.py's own configuration, as coverage.py 7.16 reads it (coverage/config.py,
 * coverage/tomlconfig.py).
 *
 * One table says what options there are. coverage_config_read() looks for the file as coverage.py
 * does from its current folder, takes the first one that counts, and applies the environment
 * (COVERAGE_FILE, COVERAGE_CORE, COVERAGE_DEBUG) and what follows from other options: exclude_also is
 * added to exclude_lines, partial_also to partial_branches, and `patch = subprocess` sets parallel.
 *
 * Not read: plugins' own options, and COVERAGE_FORCE_CONFIG, which is coverage.py's own.
 */
#ifndef COVLS_CONFIG_COVERAGE_CONFIG_H
#define COVLS_CONFIG_COVERAGE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"
#include "base/text_list.h"

enum coverage_type {
	COVERAGE_TEXT,
	COVERAGE_BOOLEAN,
	COVERAGE_INTEGER,
	COVERAGE_FLOAT,
	COVERAGE_FILE, /* a text in which ~ and ~user have been replaced */
	COVERAGE_LIST,
	COVERAGE_REGEXES, /* a list; each one compiles */
};

enum coverage_option {
	COVERAGE_RUN_BRANCH,
	COVERAGE_RUN_COMMAND_LINE,
	COVERAGE_RUN_CONCURRENCY,
	COVERAGE_RUN_CONTEXT,
	COVERAGE_RUN_CORE,
	COVERAGE_RUN_COVER_PYLIB,
	COVERAGE_RUN_DATA_FILE,
	COVERAGE_RUN_DEBUG,
	COVERAGE_RUN_DEBUG_FILE,
	COVERAGE_RUN_DISABLE_WARNINGS,
	COVERAGE_RUN_DYNAMIC_CONTEXT,
	COVERAGE_RUN_PARALLEL,
	COVERAGE_RUN_PATCH,
	COVERAGE_RUN_PLUGINS,
	COVERAGE_RUN_RELATIVE_FILES,
	COVERAGE_RUN_INCLUDE,
	COVERAGE_RUN_OMIT,
	COVERAGE_RUN_SIGTERM,
	COVERAGE_RUN_SOURCE,
	COVERAGE_RUN_SOURCE_PKGS,
	COVERAGE_RUN_SOURCE_DIRS,
	COVERAGE_RUN_TIMID,
	COVERAGE_RUN_CRASH,
	COVERAGE_REPORT_EXCLUDE_LINES,
	COVERAGE_REPORT_EXCLUDE_ALSO,
	COVERAGE_REPORT_FAIL_UNDER,
	COVERAGE_REPORT_FORMAT,
	COVERAGE_REPORT_IGNORE_ERRORS,
	COVERAGE_REPORT_INCLUDE_NAMESPACE_PACKAGES,
	COVERAGE_REPORT_PARTIAL_BRANCHES_ALWAYS,
	COVERAGE_REPORT_PARTIAL_BRANCHES,
	COVERAGE_REPORT_PARTIAL_ALSO,
	COVERAGE_REPORT_PRECISION,
	COVERAGE_REPORT_CONTEXTS,
	COVERAGE_REPORT_INCLUDE,
	COVERAGE_REPORT_OMIT,
	COVERAGE_REPORT_SHOW_MISSING,
	COVERAGE_REPORT_SKIP_COVERED,
	COVERAGE_REPORT_SKIP_EMPTY,
	COVERAGE_REPORT_SORT,
	COVERAGE_HTML_EXTRA_CSS,
	COVERAGE_HTML_DIRECTORY,
	COVERAGE_HTML_SKIP_COVERED,
	COVERAGE_HTML_SKIP_EMPTY,
	COVERAGE_HTML_TITLE,
	COVERAGE_HTML_SHOW_CONTEXTS,
	COVERAGE_XML_OUTPUT,
	COVERAGE_XML_PACKAGE_DEPTH,
	COVERAGE_JSON_OUTPUT,
	COVERAGE_JSON_PRETTY_PRINT,
	COVERAGE_JSON_SHOW_CONTEXTS,
	COVERAGE_LCOV_OUTPUT,
	COVERAGE_LCOV_LINE_CHECKSUMS,
	COVERAGE_OPTION_COUNT
};

struct coverage_row {
	const char *section, *option;
	enum coverage_type type;
	const char *fallback; /* as text, a list one a line; NULL: none */
};

extern const struct coverage_row coverage_rows[COVERAGE_OPTION_COUNT];

/* What the row's type says is meant is set. */
struct coverage_value {
	bool is_set; /* false: no file sets it and it has no default */
	bool boolean;
	int64_t integer;
	double number;
	char *text;
	struct text_list list;
};

/* An entry of [paths]: first where the files are here, then patterns of where they may be elsewhere. */
struct coverage_paths {
	char *name;
	struct text_list list;
};

/* End with coverage_config_free(). */
struct coverage_config {
	struct coverage_value values[COVERAGE_OPTION_COUNT];
	struct coverage_paths *paths; /* in the order of the file */
	size_t path_count, path_cap;
	char *file;                /* that was used, as it was named below; NULL: none */
	struct text_list warnings; /* of options that there are not */
};

/*
 * Fills *config, also with the defaults. `folder` is where coverage.py would be run. `rcfile` is what
 * --rcfile would say, seen from there; NULL: $COVERAGE_RCFILE, or else the usual names.
 *
 * On failure *err names the file, the section and the option, and *config must still be freed.
 */
enum status coverage_config_read(struct coverage_config *config, const char *folder,
				 const char *rcfile, struct error *err);

/* Fills *config with the defaults alone. */
void coverage_config_defaults(struct coverage_config *config);

void coverage_config_free(struct coverage_config *config);

/* Adds the value of an option as people read it: "true", "90", the items of a list with ", " between.
 * False, and nothing is added: there is none. */
bool coverage_config_add_text(const struct coverage_config *config, enum coverage_option option,
			      struct buf *out);

#endif
