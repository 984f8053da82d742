/*
 * options.h - the settings, each with its value, its default and where the value came from.
 *
 * One table (config/options.c) says what settings there are; editors, the help and the README are
 * checked against it. To add one is to add a field here and a row there.
 */
#ifndef COVLS_CONFIG_OPTIONS_H
#define COVLS_CONFIG_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"
#include "base/status.h"
#include "base/text_list.h"
#include "config/path_mapping.h"

/* LSP's DiagnosticSeverity; OFF publishes none. */
enum severity {
	SEVERITY_OFF,
	SEVERITY_ERROR,
	SEVERITY_WARNING,
	SEVERITY_INFORMATION,
	SEVERITY_HINT,
};

/* What counts of several runs of the same data file. */
enum runs_setting {
	RUNS_REPLACE, /* the latest */
	RUNS_UNION,   /* all that are kept, each as far as its text is still there */
};

/* How a statement stands that is newer than the run, in a file that was measured. */
enum new_statements {
	NEW_UNKNOWN,
	NEW_MISSED,
};

/* A later one wins over an earlier one. */
enum option_origin { ORIGIN_DEFAULT, ORIGIN_ENVIRONMENT, ORIGIN_EDITOR, ORIGIN_COMMAND_LINE };

enum option_id {
	OPTION_DATA_FILE,
	OPTION_PATH_MAPPINGS,
	OPTION_PYTHON_VERSION,
	OPTION_DIAGNOSTICS_SEVERITY,
	OPTION_RUNS,
	OPTION_NEW_STATEMENTS,
	OPTION_BASELINE,
	OPTION_COUNT
};

/* Make with options_init(), end with options_free(). */
struct options {
	char *data_file; /* as written; NULL: look for it */
	struct path_mappings path_mappings;
	char *python_version; /* as written, such as 3.12; NULL: python_version_find() looks */
	enum severity diagnostics_severity;
	enum runs_setting runs;
	enum new_statements new_statements;
	char *baseline; /* a name, `last` or `off`; NULL: the one that is in use */
	enum option_origin origins[OPTION_COUNT];
	char *refused
		[OPTION_COUNT]; /* why the editor's value is not in force; NULL: none was refused */
	/* What else is wrong with what the editor has sent last: settings that there are not. */
	struct text_list strange;
};

struct option_row {
	const char *key;         /* as in an editor's settings, below `covls.` */
	const char *environment; /* a variable that sets it, or NULL */
	const char *fallback;    /* the default, as text; NULL: none */
	const char *choices;     /* the allowed values, each followed by a space; NULL: any text */
	const char *form;        /* what a text must be, in words; NULL: anything */
	bool (*has_form)(struct span value);
	bool is_mappings; /* a list of pairs; as text, one FROM=TO */
	const char *help;
	size_t offset; /* of the field */
};

extern const struct option_row option_rows[OPTION_COUNT];

/* Defaults, and what the environment sets. */
void options_init(struct options *options);
void options_free(struct options *options);

/*
 * Sets one. A value from a weaker origin than the one in force is passed over. An empty text takes a
 * setting back to its default. STATUS_USAGE: no such value; *err names the key and what is allowed,
 * and the setting stays as it was.
 */
enum status options_set(struct options *options, enum option_id id, struct span value,
			enum option_origin origin, struct error *err);

/* Remembers what is wrong with a value that the editor has sent, for whoever asks why it does nothing; NULL: nothing is
 * any more. */
void options_note_refused(struct options *options, enum option_id id, const char *why);

/* As options_set() for a list of pairs, which is taken as a whole; an empty one is the default. As a text a pair
 * is added to those of the same origin. */
void options_set_mappings(struct options *options, enum option_id id,
			  const struct path_mappings *value, enum option_origin origin);

#endif
