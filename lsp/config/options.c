#include "config/options.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "config/python_version.h"

/* The position of a word in `choices` is its value in the enumeration. */
#define SEVERITIES     "off error warning information hint "
#define RUNS           "replace union "
#define NEW_STATEMENTS "unknown missed "

static bool
is_version(struct span value)
{
	unsigned minor;

	return python_version_parse(value, &minor);
}

const struct option_row option_rows[OPTION_COUNT] = {
	[OPTION_DATA_FILE] = {
		.key = "dataFile",
		.environment = "COVERAGE_FILE",
		.help = "the data file, absolute or relative to the workspace folder; else .coverage is "
			"looked for in the folder of the source file and those above it",
		.offset = offsetof(struct options, data_file),
	},
	[OPTION_PATH_MAPPINGS] = {
		.key = "pathMappings",
		.form = "a mapping FROM=TO",
		.is_mappings = true,
		.help = "what names recorded elsewhere begin with, and how that is called here: a list of "
			"objects with from and to; a relative to is seen from the workspace folder",
		.offset = offsetof(struct options, path_mappings),
	},
	[OPTION_PYTHON_VERSION] = {
		.key = "pythonVersion",
		.form = "a version of Python such as 3.12",
		.has_form = is_version,
		.help = "the Python by whose rules sources are read; else that of the project's virtual "
			"environment, .python-version or requires-python",
		.offset = offsetof(struct options, python_version),
	},
	[OPTION_DIAGNOSTICS_SEVERITY] = {
		.key = "diagnostics.severity",
		.fallback = "hint",
		.choices = SEVERITIES,
		.help = "how missed lines are published as diagnostics",
		.offset = offsetof(struct options, diagnostics_severity),
	},
	[OPTION_RUNS] = {
		.key = "runs",
		.fallback = "replace",
		.choices = RUNS,
		.help = "whether a new run replaces what earlier runs of the same data file showed, or is "
			"united with it as far as the text is still the same",
		.offset = offsetof(struct options, runs),
	},
	[OPTION_NEW_STATEMENTS] = {
		.key = "newStatements",
		.fallback = "unknown",
		.choices = NEW_STATEMENTS,
		.help = "how statements stand that were written after the run, in a file that was measured",
		.offset = offsetof(struct options, new_statements),
	},
	[OPTION_BASELINE] = {
		.key = "baseline",
		.help = "the saved run that coverage is compared with: its name, last for the run before "
			"this one, or off; else the baseline that is in use in the project",
		.offset = offsetof(struct options, baseline),
	},
};

/* The place of `value` among the choices, or -1. */
static int
choice_of(const char *choices, struct span value)
{
	for (int i = 0; *choices != '\0'; i++) {
		size_t len = strcspn(choices, " ");

		if (span_equal((struct span){ choices, len }, value))
			return i;
		choices += len + 1;
	}
	return -1;
}

static void
store_text(struct options *options, const struct option_row *row, struct span value)
{
	char **field = (char **)((char *)options + row->offset);

	free(*field);
	*field = value.len == 0 ? NULL : mem_text(value.at, value.len);
}

static struct path_mappings *
mappings_of(struct options *options, enum option_id id)
{
	return (struct path_mappings *)((char *)options + option_rows[id].offset);
}

void
options_set_mappings(struct options *options, enum option_id id, const struct path_mappings *value,
		     enum option_origin origin)
{
	if (origin < options->origins[id])
		return;
	path_mappings_copy(mappings_of(options, id), value);
	options->origins[id] = value->count == 0 ? ORIGIN_DEFAULT : origin;
}

static enum status
set_mapping(struct options *options, enum option_id id, struct span value,
	    enum option_origin origin, struct error *err)
{
	struct path_mappings list = { 0 };
	enum status status = STATUS_OK;

	if (value.len > 0 && options->origins[id] == origin)
		path_mappings_copy(&list, mappings_of(options, id));
	if (value.len > 0 && !path_mappings_parse(&list, value))
		status = error_set(err, STATUS_USAGE, "%s: '%.*s' is not %s", option_rows[id].key,
				   (int)value.len, value.at, option_rows[id].form);
	else
		options_set_mappings(options, id, &list, origin);
	path_mappings_free(&list);
	return status;
}

enum status
options_set(struct options *options, enum option_id id, struct span value,
	    enum option_origin origin, struct error *err)
{
	const struct option_row *row = &option_rows[id];
	int choice = 0;

	if (origin < options->origins[id])
		return STATUS_OK;
	if (row->is_mappings)
		return set_mapping(options, id, value, origin, err);
	if (value.len == 0) {
		value = row->fallback == NULL ? SPAN("") : span_of(row->fallback);
		origin = ORIGIN_DEFAULT;
	}
	if (row->choices != NULL) {
		choice = choice_of(row->choices, value);
		if (choice < 0)
			return error_set(err, STATUS_USAGE, "%s: '%.*s' is not one of: %.*s",
					 row->key, (int)value.len, value.at,
					 (int)strlen(row->choices) - 1, row->choices);
		memcpy((char *)options + row->offset, &choice, sizeof choice);
	} else if (value.len > 0 && row->form != NULL && !row->has_form(value)) {
		return error_set(err, STATUS_USAGE, "%s: '%.*s' is not %s", row->key,
				 (int)value.len, value.at, row->form);
	} else {
		store_text(options, row, value);
	}
	options->origins[id] = origin;
	return STATUS_OK;
}

void
options_note_refused(struct options *options, enum option_id id, const char *why)
{
	char *copy = why == NULL ? NULL : mem_copy(why);

	free(options->refused[id]);
	options->refused[id] = copy;
}

void
options_init(struct options *options)
{
	*options = (struct options){ 0 };
	for (enum option_id id = 0; id < OPTION_COUNT; id++) {
		const char *name = option_rows[id].environment;
		const char *value = name == NULL ? NULL : getenv(name);

		options_set(options, id, SPAN(""), ORIGIN_DEFAULT, NULL);
		if (value != NULL && *value != '\0')
			options_set(options, id, span_of(value), ORIGIN_ENVIRONMENT, NULL);
	}
}

void
options_free(struct options *options)
{
	free(options->data_file);
	path_mappings_free(&options->path_mappings);
	free(options->python_version);
	free(options->baseline);
	for (enum option_id id = 0; id < OPTION_COUNT; id++)
		options_note_refused(options, id, NULL);
	text_list_free(&options->strange);
	options->data_file = options->python_version = options->baseline = NULL;
}
