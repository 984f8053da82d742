/*
 * coverage_config_dump - coverage.py's configuration in the folders named on standard input, one a
 * line, with the name of an rcfile behind a tab if one is to be given: for each, one line of JSON.
 *
 *     {"values":{"run:branch":true,...},"paths":[["source",["src"]]],"file":"setup.cfg","warnings":[]}
 *     {"error":"..."}
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/coverage_config.h"
#include "format/jsonw.h"

static void
write_list(struct jsonw *w, const struct text_list *list)
{
	jsonw_array(w);
	for (size_t i = 0; i < list->count; i++)
		jsonw_text(w, list->at[i]);
	jsonw_array_end(w);
}

static void
write_value(struct jsonw *w, enum coverage_type type, const struct coverage_value *value)
{
	char number[64];

	if (!value->is_set) {
		jsonw_null(w);
		return;
	}
	switch (type) {
	case COVERAGE_BOOLEAN:
		jsonw_bool(w, value->boolean);
		break;
	case COVERAGE_INTEGER:
		jsonw_int(w, value->integer);
		break;
	case COVERAGE_FLOAT:
		snprintf(number, sizeof number, "%.17g", value->number);
		jsonw_text(w, number);
		break;
	case COVERAGE_TEXT:
	case COVERAGE_FILE:
		jsonw_text(w, value->text);
		break;
	case COVERAGE_LIST:
	case COVERAGE_REGEXES:
		write_list(w, &value->list);
		break;
	}
}

static void
write_config(struct jsonw *w, const struct coverage_config *config)
{
	char key[128];

	jsonw_object(w);
	jsonw_key(w, "values");
	jsonw_object(w);
	for (size_t i = 0; i < COVERAGE_OPTION_COUNT; i++) {
		const struct coverage_row *row = &coverage_rows[i];

		snprintf(key, sizeof key, "%s:%s", row->section, row->option);
		jsonw_key(w, key);
		write_value(w, row->type, &config->values[i]);
	}
	jsonw_object_end(w);
	jsonw_key(w, "paths");
	jsonw_array(w);
	for (size_t i = 0; i < config->path_count; i++) {
		jsonw_array(w);
		jsonw_text(w, config->paths[i].name);
		write_list(w, &config->paths[i].list);
		jsonw_array_end(w);
	}
	jsonw_array_end(w);
	jsonw_key_text(w, "file", config->file);
	jsonw_key(w, "warnings");
	write_list(w, &config->warnings);
	jsonw_object_end(w);
}

int
main(void)
{
	char line[8192];

	while (fgets(line, sizeof line, stdin) != NULL) {
		struct coverage_config config;
		struct error err = { 0 };
		struct buf out = { 0 };
		struct jsonw w = { .out = &out };
		char *tab;

		line[strcspn(line, "\n")] = '\0';
		tab = strchr(line, '\t');
		if (tab != NULL)
			*tab++ = '\0';
		if (coverage_config_read(&config, line, tab, &err) == STATUS_OK) {
			write_config(&w, &config);
		} else {
			jsonw_object(&w);
			jsonw_key_text(&w, "error", err.text);
			jsonw_object_end(&w);
		}
		puts(buf_text(&out));
		buf_free(&out);
		coverage_config_free(&config);
	}
	return 0;
}
