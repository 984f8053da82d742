/*
 * config.c - covls config: every setting with its value, its default and where the value came from.
 *
 * covls's own settings first, then what the project's configuration of coverage.py says differently from
 * coverage.py's defaults.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "config/options_schema.h"
#include "coverage/project.h"
#include "platform/file.h"
#include "platform/path.h"

#include "cli.h"

enum { SCHEMA, JSON, DATA_FILE, PATH_MAPPING, PYTHON, RUNS, NEW_STATEMENTS, HELP };

static const struct cli_option options[] = {
	[SCHEMA] = {"schema",          0,   false},
	[JSON] = { "json",           0,   false},
	[DATA_FILE] = { "data-file",      0,   true },
	[PATH_MAPPING] = { "path-mapping",   0,   true },
	[PYTHON] = { "python",         0,   true },
	[RUNS] = { "runs",           0,   true },
	[NEW_STATEMENTS] = { "new-statements", 0,   true },
	[HELP] = { "help",           'h', false},
	{ NULL,             0,   false},
};

static const enum option_id setting_of[] = {
	[DATA_FILE] = OPTION_DATA_FILE,           [PATH_MAPPING] = OPTION_PATH_MAPPINGS,
	[PYTHON] = OPTION_PYTHON_VERSION,         [RUNS] = OPTION_RUNS,
	[NEW_STATEMENTS] = OPTION_NEW_STATEMENTS,
};

/* What is asked for. */
struct asked {
	bool schema, json;
	const char *place; /* a file or folder; NULL: the current folder */
};

/* An option of coverage.py that the project sets to something else than the default. */
struct set_option {
	struct buf name, value, fallback;
};

/* False: it is as by default. */
static bool
read_set_option(const struct coverage_config *config, const struct coverage_config *defaults,
		enum coverage_option option, struct set_option *set)
{
	bool is_set = coverage_config_add_text(config, option, &set->value);

	buf_addf(&set->name, "[%s] %s", coverage_rows[option].section,
		 coverage_rows[option].option);
	if (!coverage_config_add_text(defaults, option, &set->fallback))
		buf_add_text(&set->fallback, "none");
	return is_set && !span_equal(buf_span(&set->value), buf_span(&set->fallback));
}

static void
free_set_option(struct set_option *set)
{
	buf_free(&set->name);
	buf_free(&set->value);
	buf_free(&set->fallback);
}

static const char *
environment_of(const struct options *settings, enum option_id id)
{
	return settings->origins[id] == ORIGIN_ENVIRONMENT ? option_rows[id].environment : NULL;
}

static void
add_list(const struct text_list *list, struct buf *out)
{
	for (size_t i = 0; i < list->count; i++)
		buf_addf(out, "%s%s", i == 0 ? "" : ", ", list->at[i]);
}

/* ---- for people ---- */

static void
print_setting(const struct options *settings, enum option_id id)
{
	struct buf value = { 0 }, fallback = { 0 };
	struct jsonw of_value = { .out = &value }, of_fallback = { .out = &fallback };
	const char *variable = environment_of(settings, id);

	options_write_value(&of_value, settings, id);
	options_write_default(&of_fallback, id);
	printf("  covls.%-22s", option_rows[id].key);
	if (settings->origins[id] == ORIGIN_DEFAULT)
		printf(" %s, by default\n", buf_text(&fallback));
	else
		printf(" %s, from the %s%s%s (default: %s)\n", buf_text(&value),
		       option_origin_name(settings->origins[id]), variable == NULL ? "" : ": ",
		       variable == NULL ? "" : variable, buf_text(&fallback));
	buf_free(&value);
	buf_free(&fallback);
}

static void
print_option(const char *name, const char *value, const char *fallback)
{
	printf("  %-28s %s (default: %s)\n", name, value, fallback);
}

static void
print_all(const struct options *settings, const struct project *project, const char *current)
{
	struct coverage_config defaults;
	unsigned count = 0;

	printf("covls\n");
	for (enum option_id id = 0; id < OPTION_COUNT; id++)
		print_setting(settings, id);
	printf("\ncoverage.py in %s\n", cli_short_path(project->folder, current));
	printf("  %-28s %s\n", "configuration",
	       project->config.file == NULL ? "none: its defaults hold" : project->config.file);
	if (project->trouble.status != STATUS_OK)
		printf("  %-28s %s\n", "", project->trouble.text);
	for (size_t i = 0; i < project->config.warnings.count; i++)
		printf("  %-28s %s\n", "", project->config.warnings.at[i]);
	printf("  %-28s %s\n", "Python", project->python.origin);
	coverage_config_defaults(&defaults);
	for (enum coverage_option i = 0; i < COVERAGE_OPTION_COUNT; i++) {
		struct set_option set = { 0 };

		if (read_set_option(&project->config, &defaults, i, &set)) {
			print_option(buf_text(&set.name), buf_text(&set.value),
				     buf_text(&set.fallback));
			count++;
		}
		free_set_option(&set);
	}
	for (size_t i = 0; i < project->config.path_count; i++, count++) {
		struct buf name = { 0 }, value = { 0 };

		buf_addf(&name, "[paths] %s", project->config.paths[i].name);
		add_list(&project->config.paths[i].list, &value);
		print_option(buf_text(&name), buf_text(&value), "none");
		buf_free(&name);
		buf_free(&value);
	}
	if (count == 0 && project->config.file != NULL)
		printf("  everything as by default\n");
	coverage_config_free(&defaults);
}

/* ---- for programs ---- */

static void
write_settings(struct jsonw *w, const struct options *settings)
{
	jsonw_key(w, "settings");
	jsonw_object(w);
	for (enum option_id id = 0; id < OPTION_COUNT; id++) {
		struct buf key = { 0 };

		buf_addf(&key, "covls.%s", option_rows[id].key);
		jsonw_key(w, buf_text(&key));
		buf_free(&key);
		jsonw_object(w);
		jsonw_key(w, "value");
		options_write_value(w, settings, id);
		jsonw_key(w, "default");
		options_write_default(w, id);
		jsonw_key_text(w, "origin", option_origin_name(settings->origins[id]));
		if (environment_of(settings, id) != NULL)
			jsonw_key_text(w, "variable", environment_of(settings, id));
		jsonw_key_text(w, "help", option_rows[id].help);
		jsonw_object_end(w);
	}
	jsonw_object_end(w);
}

static void
write_set_options(struct jsonw *w, const struct project *project)
{
	struct coverage_config defaults;

	coverage_config_defaults(&defaults);
	jsonw_key(w, "options");
	jsonw_array(w);
	for (enum coverage_option i = 0; i < COVERAGE_OPTION_COUNT; i++) {
		struct set_option set = { 0 };

		if (read_set_option(&project->config, &defaults, i, &set)) {
			jsonw_object(w);
			jsonw_key_text(w, "name", buf_text(&set.name));
			jsonw_key_text(w, "value", buf_text(&set.value));
			jsonw_key_text(w, "default", buf_text(&set.fallback));
			jsonw_object_end(w);
		}
		free_set_option(&set);
	}
	for (size_t i = 0; i < project->config.path_count; i++) {
		struct buf text = { 0 };

		buf_addf(&text, "[paths] %s", project->config.paths[i].name);
		jsonw_object(w);
		jsonw_key_text(w, "name", buf_text(&text));
		buf_reset(&text);
		add_list(&project->config.paths[i].list, &text);
		jsonw_key_text(w, "value", buf_text(&text));
		jsonw_key_text(w, "default", "none");
		jsonw_object_end(w);
		buf_free(&text);
	}
	jsonw_array_end(w);
	coverage_config_free(&defaults);
}

static void
write_all(struct jsonw *w, const struct options *settings, const struct project *project)
{
	jsonw_object(w);
	write_settings(w, settings);
	jsonw_key(w, "project");
	jsonw_object(w);
	jsonw_key_text(w, "folder", project->folder);
	jsonw_key_text(w, "config", project->config.file);
	jsonw_key_text(w, "trouble",
		       project->trouble.status == STATUS_OK ? NULL : project->trouble.text);
	jsonw_key(w, "warnings");
	jsonw_array(w);
	for (size_t i = 0; i < project->config.warnings.count; i++)
		jsonw_text(w, project->config.warnings.at[i]);
	jsonw_array_end(w);
	jsonw_key_text(w, "python", project->python.origin);
	write_set_options(w, project);
	jsonw_object_end(w);
	jsonw_object_end(w);
}

static void
print_json(const struct buf *json)
{
	printf("%.*s\n", (int)json->len, json->at);
}

/* ---- */

/* The project of a source of this name, there or not; in a folder, of any. */
static struct project *
find_project(struct project_cache *projects, const char *place)
{
	struct text_list roots = { 0 };
	char *path = path_absolute(place);
	struct project *project;

	if (file_stamp(path).kind == FILE_FOLDER) {
		char *any = path_join(path, "any");

		free(path);
		path = any;
	}
	project = project_of(projects, path, &roots);
	free(path);
	return project;
}

static void
show(const struct asked *asked, const struct options *settings)
{
	struct project_cache *projects = project_cache_open();
	struct project *project;
	char *current = path_current();
	struct buf json = { 0 };
	struct jsonw w = { .out = &json };

	project_cache_renew(projects, settings->python_version, "--python");
	project = find_project(projects, asked->place == NULL ? current : asked->place);
	if (asked->json) {
		write_all(&w, settings, project);
		print_json(&json);
	} else {
		print_all(settings, project, current);
	}
	buf_free(&json);
	free(current);
	project_release(project);
	project_cache_close(projects);
}

static void
show_schema(void)
{
	struct buf json = { 0 };
	struct jsonw w = { .out = &json };

	options_write_schema(&w);
	print_json(&json);
	buf_free(&json);
}

/* Returns an exit status, or -1: go on. */
static int
take_arguments(struct cli_args *args, struct asked *asked, struct options *settings)
{
	struct error err = { 0 };
	const char *value;
	int option;

	while ((option = cli_next(args, options, &value)) >= 0 || option == CLI_FILE) {
		if (option == HELP) {
			cli_help("config");
			return EXIT_SUCCESS;
		}
		if (option == SCHEMA) {
			asked->schema = true;
		} else if (option == JSON) {
			asked->json = true;
		} else if (option == CLI_FILE) {
			asked->place = value;
		} else if (options_set(settings, setting_of[option], span_of(value),
				       ORIGIN_COMMAND_LINE, &err) != STATUS_OK) {
			cli_complain("%s", err.text);
			return CLI_USAGE;
		}
	}
	return option == CLI_BAD ? CLI_USAGE : -1;
}

int
cli_config(int argc, char **argv)
{
	struct cli_args args = { .argc = argc, .argv = argv };
	struct asked asked = { 0 };
	struct options settings;
	int status;

	options_init(&settings);
	status = take_arguments(&args, &asked, &settings);
	if (status < 0) {
		if (asked.schema)
			show_schema();
		else
			show(&asked, &settings);
		status = EXIT_SUCCESS;
	}
	options_free(&settings);
	return status;
}
