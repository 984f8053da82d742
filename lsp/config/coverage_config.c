#include "config/coverage_config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "config/lists.h"
#include "config/substitute.h"
#include "platform/path.h"
#include "raw_config.h"
#include "text/regex.h"
#include "text/repr.h"
#include "text/space.h"

#define EXCLUDE                                                                   \
	"#\\s*(pragma|PRAGMA)[:\\s]?\\s*(no|NO)\\s*(cover|COVER)\n"               \
	"^\\s*(((async )?def .*?)?[\\])]+(\\s*->.*?)?:\\s*)?\\.\\.\\.\\s*(#|$)\n" \
	"if (typing\\.)?TYPE_CHECKING:"
#define PARTIAL        "#\\s*(pragma|PRAGMA)[:\\s]?\\s*(no|NO)\\s*(branch|BRANCH)"
#define PARTIAL_ALWAYS "while (True|1|False|0):\nif (True|1|False|0):"

/* coverage.py's order, in which mistakes are found. */
const struct coverage_row coverage_rows[COVERAGE_OPTION_COUNT] = {
	[COVERAGE_RUN_BRANCH] = {"run",     "branch",                     COVERAGE_BOOLEAN, "false"          },
	[COVERAGE_RUN_COMMAND_LINE] = { "run",    "command_line",               COVERAGE_TEXT,    NULL             },
	[COVERAGE_RUN_CONCURRENCY] = { "run",    "concurrency",                COVERAGE_LIST,    ""               },
	[COVERAGE_RUN_CONTEXT] = { "run",    "context",                    COVERAGE_TEXT,    NULL             },
	[COVERAGE_RUN_CORE] = { "run",    "core",                       COVERAGE_TEXT,    NULL             },
	[COVERAGE_RUN_COVER_PYLIB] = { "run",    "cover_pylib",                COVERAGE_BOOLEAN, "false"          },
	[COVERAGE_RUN_DATA_FILE] = { "run",    "data_file",                  COVERAGE_FILE,    ".coverage"      },
	[COVERAGE_RUN_DEBUG] = { "run",    "debug",                      COVERAGE_LIST,    ""               },
	[COVERAGE_RUN_DEBUG_FILE] = { "run",    "debug_file",                 COVERAGE_FILE,    NULL             },
	[COVERAGE_RUN_DISABLE_WARNINGS] = { "run",    "disable_warnings",           COVERAGE_LIST,    ""               },
	[COVERAGE_RUN_DYNAMIC_CONTEXT] = { "run",    "dynamic_context",            COVERAGE_TEXT,    NULL             },
	[COVERAGE_RUN_PARALLEL] = { "run",    "parallel",                   COVERAGE_BOOLEAN, "false"          },
	[COVERAGE_RUN_PATCH] = { "run",    "patch",                      COVERAGE_LIST,    ""               },
	[COVERAGE_RUN_PLUGINS] = { "run",    "plugins",                    COVERAGE_LIST,    ""               },
	[COVERAGE_RUN_RELATIVE_FILES] = { "run",    "relative_files",             COVERAGE_BOOLEAN, "false"          },
	[COVERAGE_RUN_INCLUDE] = { "run",    "include",                    COVERAGE_LIST,    ""               },
	[COVERAGE_RUN_OMIT] = { "run",    "omit",                       COVERAGE_LIST,    ""               },
	[COVERAGE_RUN_SIGTERM] = { "run",    "sigterm",                    COVERAGE_BOOLEAN, "false"          },
	[COVERAGE_RUN_SOURCE] = { "run",    "source",                     COVERAGE_LIST,    NULL             },
	[COVERAGE_RUN_SOURCE_PKGS] = { "run",    "source_pkgs",                COVERAGE_LIST,    ""               },
	[COVERAGE_RUN_SOURCE_DIRS] = { "run",    "source_dirs",                COVERAGE_LIST,    ""               },
	[COVERAGE_RUN_TIMID] = { "run",    "timid",                      COVERAGE_BOOLEAN, "false"          },
	[COVERAGE_RUN_CRASH] = { "run",    "_crash",                     COVERAGE_TEXT,    NULL             },
	[COVERAGE_REPORT_EXCLUDE_LINES] = { "report", "exclude_lines",              COVERAGE_REGEXES, EXCLUDE          },
	[COVERAGE_REPORT_EXCLUDE_ALSO] = { "report", "exclude_also",               COVERAGE_REGEXES, ""               },
	[COVERAGE_REPORT_FAIL_UNDER] = { "report", "fail_under",                 COVERAGE_FLOAT,   "0"              },
	[COVERAGE_REPORT_FORMAT] = { "report", "format",                     COVERAGE_TEXT,    NULL             },
	[COVERAGE_REPORT_IGNORE_ERRORS] = { "report", "ignore_errors",              COVERAGE_BOOLEAN, "false"          },
	[COVERAGE_REPORT_INCLUDE_NAMESPACE_PACKAGES] = { "report", "include_namespace_packages",
                                 COVERAGE_BOOLEAN,                                          "false"          },
	[COVERAGE_REPORT_PARTIAL_BRANCHES_ALWAYS] = { "report", "partial_branches_always",
                                 COVERAGE_REGEXES,                                          PARTIAL_ALWAYS   },
	[COVERAGE_REPORT_PARTIAL_BRANCHES] = { "report", "partial_branches",           COVERAGE_REGEXES,
                                 PARTIAL								     },
	[COVERAGE_REPORT_PARTIAL_ALSO] = { "report", "partial_also",               COVERAGE_REGEXES, ""               },
	[COVERAGE_REPORT_PRECISION] = { "report", "precision",                  COVERAGE_INTEGER, "0"              },
	[COVERAGE_REPORT_CONTEXTS] = { "report", "contexts",                   COVERAGE_LIST,    NULL             },
	[COVERAGE_REPORT_INCLUDE] = { "report", "include",                    COVERAGE_LIST,    NULL             },
	[COVERAGE_REPORT_OMIT] = { "report", "omit",                       COVERAGE_LIST,    NULL             },
	[COVERAGE_REPORT_SHOW_MISSING] = { "report", "show_missing",               COVERAGE_BOOLEAN, "false"          },
	[COVERAGE_REPORT_SKIP_COVERED] = { "report", "skip_covered",               COVERAGE_BOOLEAN, "false"          },
	[COVERAGE_REPORT_SKIP_EMPTY] = { "report", "skip_empty",                 COVERAGE_BOOLEAN, "false"          },
	[COVERAGE_REPORT_SORT] = { "report", "sort",                       COVERAGE_TEXT,    NULL             },
	[COVERAGE_HTML_EXTRA_CSS] = { "html",   "extra_css",                  COVERAGE_TEXT,    NULL             },
	[COVERAGE_HTML_DIRECTORY] = { "html",   "directory",                  COVERAGE_FILE,    "htmlcov"        },
	[COVERAGE_HTML_SKIP_COVERED] = { "html",   "skip_covered",               COVERAGE_BOOLEAN, NULL             },
	[COVERAGE_HTML_SKIP_EMPTY] = { "html",   "skip_empty",                 COVERAGE_BOOLEAN, NULL             },
	[COVERAGE_HTML_TITLE] = { "html",   "title",                      COVERAGE_TEXT,    "Coverage report"},
	[COVERAGE_HTML_SHOW_CONTEXTS] = { "html",   "show_contexts",              COVERAGE_BOOLEAN, "false"          },
	[COVERAGE_XML_OUTPUT] = { "xml",    "output",                     COVERAGE_FILE,    "coverage.xml"   },
	[COVERAGE_XML_PACKAGE_DEPTH] = { "xml",    "package_depth",              COVERAGE_INTEGER, "99"             },
	[COVERAGE_JSON_OUTPUT] = { "json",   "output",                     COVERAGE_FILE,    "coverage.json"  },
	[COVERAGE_JSON_PRETTY_PRINT] = { "json",   "pretty_print",               COVERAGE_BOOLEAN, "false"          },
	[COVERAGE_JSON_SHOW_CONTEXTS] = { "json",   "show_contexts",              COVERAGE_BOOLEAN, "false"          },
	[COVERAGE_LCOV_OUTPUT] = { "lcov",   "output",                     COVERAGE_FILE,    "coverage.lcov"  },
	[COVERAGE_LCOV_LINE_CHECKSUMS] = { "lcov",   "line_checksums",             COVERAGE_BOOLEAN, "false"          },
};

/* What is being read. */
struct reading {
	struct coverage_config *config;
	struct raw_config raw;
	const char *name; /* of the file, for messages */
	bool ours;        /* a file for coverage.py alone: sections need no prefix */
	char section[64]; /* the option's, as it stands in the file */
	const char *option;
};

/* ---- values ---------------------------------------------------------------------------------- */

static enum status
bad_value(const struct reading *r, const char *what, const char *text, struct error *err)
{
	struct buf shown = { 0 };

	repr_add(&shown, span_of(text));
	error_set(err, STATUS_USAGE, "Couldn't read config file %s: [%s] %s: %s: %s", r->name,
		  r->section, r->option, what, buf_text(&shown));
	buf_free(&shown);
	return STATUS_USAGE;
}

/* `text` with its variables replaced, the caller's to free(); NULL on failure. */
static char *
substituted(const struct reading *r, const char *text, struct error *err)
{
	struct buf out = { 0 };
	struct error why = { 0 };

	if (substitute_variables(&out, span_of(text), substitute_environment, NULL, &why) ==
	    STATUS_OK) {
		buf_text(&out);
		return buf_take(&out);
	}
	buf_free(&out);
	error_set(err, why.status, "%s: [%s] %s: %s", r->name, r->section, r->option, why.text);
	return NULL;
}

static bool
equals_any_case(const char *text, const char *word)
{
	for (; *text != '\0' && *word != '\0'; text++, word++) {
		if ((*text >= 'A' && *text <= 'Z' ? *text + 32 : *text) != *word)
			return false;
	}
	return *text == *word;
}

/* As in configparser for INI; TOML has "true" and "false" in text, too. */
static bool
parse_boolean(const char *text, bool is_toml, bool *value)
{
	static const char *const words[] = { "false", "true", "no", "yes", "off", "on", "0", "1" };

	for (size_t i = 0; i < (is_toml ? 2 : sizeof words / sizeof words[0]); i++) {
		if (is_toml ? strcmp(text, words[i]) == 0 : equals_any_case(text, words[i])) {
			*value = i % 2 != 0;
			return true;
		}
	}
	return false;
}

/* A copy of a number's text without white space round it and underscores between digits; NULL if an
 * underscore stands elsewhere. */
static char *
number_text(const char *text)
{
	struct span s = space_strip(span_of(text));
	struct buf out = { 0 };

	for (size_t i = 0; i < s.len; i++) {
		bool between = i > 0 && i + 1 < s.len &&
			       strchr("0123456789", s.at[i - 1]) != NULL &&
			       strchr("0123456789", s.at[i + 1]) != NULL;

		if (s.at[i] != '_') {
			buf_add_char(&out, s.at[i]);
		} else if (!between) {
			buf_free(&out);
			return NULL;
		}
	}
	buf_text(&out);
	return buf_take(&out);
}

/* Python's int() of a text, or a TOML integer. */
static bool
parse_integer(const char *text, bool is_literal, int64_t *value)
{
	char *number = is_literal ? NULL : number_text(text), *end;
	int base = 10;
	bool good;

	if (is_literal) {
		struct buf plain = { 0 };

		for (; *text != '\0'; text++) {
			if (*text != '_')
				buf_add_char(&plain, *text);
		}
		number = (buf_text(&plain), buf_take(&plain));
		if (number[0] == '0' && strchr("xob", number[1]) != NULL && number[1] != '\0') {
			base = number[1] == 'x' ? 16 : number[1] == 'o' ? 8 : 2;
			memmove(number, number + 2, strlen(number + 2) + 1);
		}
	}
	if (number == NULL)
		return false;
	errno = 0;
	*value = strtoll(number, &end, base);
	good = *number != '\0' && *end == '\0' && errno == 0 && space_length(span_of(number)) == 0;
	free(number);
	return good;
}

/* Python's float() of a text. */
static bool
parse_float(const char *text, double *value)
{
	char *number = number_text(text), *end;
	bool good;

	if (number == NULL)
		return false;
	*value = strtod(number, &end);
	good = *number != '\0' && *end == '\0' && strpbrk(number, "xXpP(") == NULL &&
	       space_length(span_of(number)) == 0;
	free(number);
	return good;
}

static enum status
check_regex(const struct reading *r, struct span item, struct error *err)
{
	struct error why = { 0 };
	struct regex *re = regex_compile(item, &why);
	struct buf shown = { 0 };

	if (re != NULL) {
		regex_free(re);
		return STATUS_OK;
	}
	repr_add(&shown, item);
	error_set(err, STATUS_USAGE, "%s: Invalid [%s].%s value %s: %s", r->name, r->section,
		  r->option, buf_text(&shown), why.text);
	buf_free(&shown);
	return STATUS_USAGE;
}

static void
clear_value(struct coverage_value *value)
{
	free(value->text);
	text_list_free(&value->list);
	*value = (struct coverage_value){ .is_set = true };
}

/* Sets one value from a text: of an INI file, or a text or a literal of a TOML file. */
static enum status
set_single(const struct reading *r, enum coverage_type type, const struct raw_item *raw,
	   const char *text, struct coverage_value *value, struct error *err)
{
	bool literal = raw->kind == RAW_BOOLEAN || raw->kind == RAW_INTEGER, good;
	bool one = strcmp(text, "true") == 0;

	switch (type) {
	case COVERAGE_BOOLEAN:
		good = raw->kind <= RAW_BOOLEAN && raw->kind != RAW_INTEGER &&
		       raw->kind != RAW_FLOAT &&
		       parse_boolean(text, r->raw.is_toml, &value->boolean);
		return good ? STATUS_OK : bad_value(r, "not a boolean", text, err);
	case COVERAGE_INTEGER:
		value->integer = one;
		good = raw->kind == RAW_BOOLEAN ||
		       (raw->kind != RAW_FLOAT && parse_integer(text, literal, &value->integer));
		return good ? STATUS_OK : bad_value(r, "not an integer", text, err);
	case COVERAGE_FLOAT:
		value->number = one ? 1 : 0;
		good = raw->kind == RAW_BOOLEAN;
		if (raw->kind == RAW_INTEGER) {
			good = parse_integer(text, true, &value->integer);
			value->number = (double)value->integer;
		} else if (!good) {
			good = parse_float(text, &value->number);
		}
		return good ? STATUS_OK : bad_value(r, "not a float", text, err);
	case COVERAGE_FILE:
		if (raw->kind != RAW_TEXT)
			return bad_value(r, "not a string", text, err);
		value->text = path_expand_home(text);
		return STATUS_OK;
	case COVERAGE_TEXT:
	case COVERAGE_LIST:
	case COVERAGE_REGEXES:
		break;
	}
	value->text = mem_copy(text);
	return STATUS_OK;
}

static enum status
add_item(const struct reading *r, enum coverage_type type, struct span item, struct text_list *list,
	 struct error *err)
{
	enum status status = STATUS_OK;

	if (type == COVERAGE_REGEXES) {
		item = space_strip(item);
		if (item.len == 0)
			return STATUS_OK;
		status = check_regex(r, item, err);
	}
	if (status == STATUS_OK)
		text_list_add(list, item);
	return status;
}

/* A list of an INI file. */
static enum status
split_list(const struct reading *r, enum coverage_type type, const char *text,
	   struct text_list *list, struct error *err)
{
	struct span rest = span_of(text), item;
	enum status status = STATUS_OK;

	while (status == STATUS_OK &&
	       (type == COVERAGE_REGEXES ? list_next_line(&rest, &item) : list_next(&rest, &item)))
		status = add_item(r, type, item, list, err);
	return status;
}

static enum status
set_list(const struct reading *r, enum coverage_type type, const struct raw_option *raw,
	 struct text_list *list, struct error *err)
{
	enum status status = STATUS_OK;

	if (r->raw.is_toml && raw->value.kind != RAW_LIST)
		return bad_value(r, "not a list", raw->value.text, err);
	for (size_t i = 0; status == STATUS_OK && i < (r->raw.is_toml ? raw->count : 1); i++) {
		const struct raw_item *item = r->raw.is_toml ? &raw->items[i] : &raw->value;
		char *text;

		if (item->kind != RAW_TEXT)
			return bad_value(r, "not a list of strings", item->text, err);
		text = substituted(r, item->text, err);
		if (text == NULL)
			return STATUS_USAGE;
		status = r->raw.is_toml ? add_item(r, type, span_of(text), list, err)
					: split_list(r, type, text, list, err);
		free(text);
	}
	return status;
}

static enum status
set_value(const struct reading *r, enum coverage_type type, const struct raw_option *raw,
	  struct coverage_value *value, struct error *err)
{
	enum status status;
	char *text;

	clear_value(value);
	if (type == COVERAGE_LIST || type == COVERAGE_REGEXES)
		return set_list(r, type, raw, &value->list, err);
	if (raw->value.kind == RAW_LIST || raw->value.kind == RAW_OTHER)
		return bad_value(r, "not a single value", raw->value.text, err);
	text = raw->value.kind == RAW_TEXT ? substituted(r, raw->value.text, err)
					   : mem_copy(raw->value.text);
	if (text == NULL)
		return STATUS_USAGE;
	status = set_single(r, type, &raw->value, text, value, err);
	free(text);
	return status;
}

/* ---- a file ---------------------------------------------------------------------------------- */

/* Finds how the section is called in the file: with coverage.py's prefix, or in a file of its own
 * without. False if it has none. */
static bool
find_section(struct reading *r, const char *section)
{
	const char *prefix = r->raw.is_toml ? "tool.coverage." : "coverage:";

	snprintf(r->section, sizeof r->section, "%s%s", prefix, section);
	if (raw_config_has_section(&r->raw, r->section))
		return true;
	snprintf(r->section, sizeof r->section, "%s", section);
	return r->ours && raw_config_has_section(&r->raw, r->section);
}

static enum status
set_options(struct reading *r, bool *any, struct error *err)
{
	for (size_t i = 0; i < COVERAGE_OPTION_COUNT; i++) {
		const struct coverage_row *row = &coverage_rows[i];
		const struct raw_option *raw = NULL;
		enum status status;

		if (find_section(r, row->section))
			raw = raw_config_find(&r->raw, r->section, row->option);
		if (raw == NULL)
			continue;
		r->option = row->option;
		status = set_value(r, row->type, raw, &r->config->values[i], err);
		if (status != STATUS_OK)
			return status;
		*any = true;
	}
	return STATUS_OK;
}

static bool
is_known(const char *section, const char *option)
{
	for (size_t i = 0; i < COVERAGE_OPTION_COUNT; i++) {
		if (strcmp(coverage_rows[i].section, section) == 0 &&
		    strcmp(coverage_rows[i].option, option) == 0)
			return true;
	}
	return false;
}

/* Is it an option of the section found last, and not one that the section itself sets again? */
static bool
is_option_here(const struct reading *r, const struct raw_option *raw)
{
	return raw_config_is_in(&r->raw, raw, r->section) &&
	       raw_config_find(&r->raw, r->section, raw->key) == raw;
}

static void
warn_of_unknown(struct reading *r, const char *section)
{
	struct buf line = { 0 };

	if (!find_section(r, section))
		return;
	for (size_t i = 0; i < r->raw.count; i++) {
		const struct raw_option *raw = &r->raw.options[i];

		if (!is_option_here(r, raw) || is_known(section, raw->key))
			continue;
		buf_reset(&line);
		buf_addf(&line, "Unrecognized option '[%s] %s=' in config file %s", r->section,
			 raw->key, r->name);
		text_list_add(&r->config->warnings, buf_span(&line));
	}
	buf_free(&line);
}

static void
warn_of_all_unknown(struct reading *r)
{
	const char *section = "";

	for (size_t i = 0; i < COVERAGE_OPTION_COUNT; i++) {
		if (strcmp(coverage_rows[i].section, section) != 0)
			warn_of_unknown(r, coverage_rows[i].section);
		section = coverage_rows[i].section;
	}
}

static struct coverage_paths *
add_paths(struct coverage_config *config, const char *name)
{
	struct coverage_paths *paths;

	config->paths =
		mem_grow(config->paths, config->path_count, &config->path_cap, sizeof *paths);
	paths = &config->paths[config->path_count++];
	*paths = (struct coverage_paths){ .name = mem_copy(name) };
	return paths;
}

/* The entries of the section itself, or those that [DEFAULT] puts into it. */
static enum status
set_own_paths(struct reading *r, bool own, bool *any, struct error *err)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; status == STATUS_OK && i < r->raw.count; i++) {
		const struct raw_option *raw = &r->raw.options[i];
		bool is_own = r->raw.is_toml || strcmp(raw->section, "DEFAULT") != 0;

		if (is_own != own || !is_option_here(r, raw))
			continue;
		r->option = raw->key;
		status =
			set_list(r, COVERAGE_LIST, raw, &add_paths(r->config, raw->key)->list, err);
		*any = true;
	}
	return status;
}

static enum status
set_paths(struct reading *r, bool *any, struct error *err)
{
	enum status status;

	if (!find_section(r, "paths"))
		return STATUS_OK;
	status = set_own_paths(r, true, any, err);
	return status == STATUS_OK ? set_own_paths(r, false, any, err) : status;
}

static enum status
take_file(struct reading *r, bool *used, struct error *err)
{
	bool any = false;
	enum status status = set_options(r, &any, err);

	if (status == STATUS_OK) {
		warn_of_all_unknown(r);
		status = set_paths(r, &any, err);
	}
	/* A plugin's own section counts in coverage.py, too, but only where `plugins` is set. */
	*used = status == STATUS_OK && (r->ours || any);
	if (*used)
		r->config->file = mem_copy(r->name);
	return status;
}

static bool
is_toml_name(const char *name)
{
	const char *base = path_base(name);

	return span_ends(span_of(base), SPAN(".toml")) && strspn(base, ".") + 4 < strlen(base);
}

/* *used: it was there, and it is the one. */
static enum status
read_file(struct coverage_config *config, const char *folder, const char *name, bool ours,
	  bool *used, struct error *err)
{
	struct reading r = { .config = config, .name = name, .ours = ours };
	struct error why = { 0 };
	char *path = path_join(folder, name);
	enum status status = raw_config_read(&r.raw, path, is_toml_name(name), &why);

	*used = false;
	if (status == STATUS_OK)
		status = take_file(&r, used, err);
	else if (why.line != 0)
		error_set_line(err, status, why.line, "Couldn't read config file %s: line %u: %s",
			       name, why.line, why.text);
	else
		status = STATUS_OK; /* not there, or not to be read: the next one */
	raw_config_free(&r.raw);
	free(path);
	return status;
}

/* ---- all of it ------------------------------------------------------------------------------- */

void
coverage_config_defaults(struct coverage_config *config)
{
	*config = (struct coverage_config){ 0 };
	for (size_t i = 0; i < COVERAGE_OPTION_COUNT; i++) {
		const struct coverage_row *row = &coverage_rows[i];
		struct coverage_value *value = &config->values[i];
		struct span rest, item;

		if (row->fallback == NULL)
			continue;
		value->is_set = true;
		value->integer = strtoll(row->fallback, NULL, 10);
		value->number = (double)value->integer;
		if (row->type == COVERAGE_TEXT || row->type == COVERAGE_FILE)
			value->text = mem_copy(row->fallback);
		rest = span_of(row->fallback);
		while (row->type >= COVERAGE_LIST && list_next_line(&rest, &item))
			text_list_add(&value->list, item);
	}
}

static void
set_text(struct coverage_value *value, const char *text)
{
	clear_value(value);
	value->text = mem_copy(text);
}

static const char *
variable(const char *name)
{
	const char *value = getenv(name);

	return value == NULL || *value == '\0' ? NULL : value;
}

static void
apply_environment(struct coverage_config *config)
{
	const char *debug = variable("COVERAGE_DEBUG");

	if (variable("COVERAGE_FILE") != NULL)
		set_text(&config->values[COVERAGE_RUN_DATA_FILE], variable("COVERAGE_FILE"));
	if (variable("COVERAGE_CORE") != NULL)
		set_text(&config->values[COVERAGE_RUN_CORE], variable("COVERAGE_CORE"));
	while (debug != NULL) {
		size_t len = strcspn(debug, ",");

		text_list_add(&config->values[COVERAGE_RUN_DEBUG].list,
			      space_strip((struct span){ debug, len }));
		debug = debug[len] == ',' ? debug + len + 1 : NULL;
	}
}

static void
append_list(struct text_list *list, const struct text_list *more)
{
	for (size_t i = 0; i < more->count; i++)
		text_list_add(list, span_of(more->at[i]));
}

static enum status
check_concurrency(const struct text_list *list, struct error *err)
{
	static const char *const light[] = { "eventlet", "gevent", "greenlet" };
	size_t found = 0;

	for (size_t i = 0; i < list->count; i++) {
		const char *one = list->at[i];

		if (strcmp(one, "thread") != 0 && strcmp(one, "multiprocessing") != 0 &&
		    strcmp(one, light[0]) != 0 && strcmp(one, light[1]) != 0 &&
		    strcmp(one, light[2]) != 0)
			return error_set(err, STATUS_USAGE, "Unknown concurrency choices: %s", one);
	}
	for (size_t i = 0; i < 3; i++)
		found += text_list_has(list, light[i]);
	return found > 1 ? error_set(err, STATUS_USAGE,
				     "Conflicting concurrency settings: more than one of eventlet, "
				     "gevent, greenlet")
			 : STATUS_OK;
}

static enum status
finish(struct coverage_config *config, struct error *err)
{
	struct coverage_value *values = config->values;

	for (size_t i = 0; i < config->path_count; i++) {
		struct text_list *list = &config->paths[i].list;

		for (size_t k = 0; k < list->count; k++) {
			char *expanded = path_expand_home(list->at[k]);

			free(list->at[k]);
			list->at[k] = expanded;
		}
	}
	append_list(&values[COVERAGE_REPORT_EXCLUDE_LINES].list,
		    &values[COVERAGE_REPORT_EXCLUDE_ALSO].list);
	append_list(&values[COVERAGE_REPORT_PARTIAL_BRANCHES].list,
		    &values[COVERAGE_REPORT_PARTIAL_ALSO].list);
	if (text_list_has(&values[COVERAGE_RUN_PATCH].list, "subprocess"))
		values[COVERAGE_RUN_PARALLEL].boolean = true;
	return check_concurrency(&values[COVERAGE_RUN_CONCURRENCY].list, err);
}

static enum status
read_files(struct coverage_config *config, const char *folder, const char *rcfile,
	   struct error *err)
{
	static const struct {
		const char *name;
		bool ours;
	} files[] = {
		{".coveragerc",       true },
                { ".coveragerc.toml", true },
                { "setup.cfg",        false},
		{ "tox.ini",          false},
                { "pyproject.toml",   false},
	};
	enum status status = STATUS_OK;
	bool used = false;

	if (rcfile == NULL || strcmp(rcfile, ".coveragerc") == 0)
		rcfile = variable("COVERAGE_RCFILE");
	if (rcfile != NULL) {
		status = read_file(config, folder, rcfile, true, &used, err);
		if (status == STATUS_OK && !used)
			status = error_set(err, STATUS_MISSING,
					   "Couldn't read '%s' as a config file", rcfile);
		return status;
	}
	for (size_t i = 0; status == STATUS_OK && !used && i < sizeof files / sizeof files[0]; i++)
		status = read_file(config, folder, files[i].name, files[i].ours, &used, err);
	return status;
}

enum status
coverage_config_read(struct coverage_config *config, const char *folder, const char *rcfile,
		     struct error *err)
{
	enum status status;

	coverage_config_defaults(config);
	status = read_files(config, folder, rcfile, err);
	if (status != STATUS_OK)
		return status;
	apply_environment(config);
	return finish(config, err);
}

void
coverage_config_free(struct coverage_config *config)
{
	for (size_t i = 0; i < COVERAGE_OPTION_COUNT; i++) {
		free(config->values[i].text);
		text_list_free(&config->values[i].list);
	}
	for (size_t i = 0; i < config->path_count; i++) {
		free(config->paths[i].name);
		text_list_free(&config->paths[i].list);
	}
	free(config->paths);
	free(config->file);
	text_list_free(&config->warnings);
	*config = (struct coverage_config){ 0 };
}
