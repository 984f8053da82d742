/*
 * raw_config.h - a configuration file as it stands, INI or TOML, before anything is made of it.
 *
 * Sections and options are asked for by names with dots: "tool.coverage.run" is the section of that
 * name in an INI file, and in TOML a path.
 */
#ifndef COVLS_CONFIG_RAW_CONFIG_H
#define COVLS_CONFIG_RAW_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/name_set.h"
#include "base/status.h"

enum raw_kind { RAW_TEXT, RAW_INTEGER, RAW_FLOAT, RAW_BOOLEAN, RAW_LIST, RAW_OTHER };

struct raw_item {
	enum raw_kind kind;
	char *text; /* for people if it is a list or something other */
};

struct raw_option {
	char *section, *key; /* a TOML path has U+001F between its keys */
	struct raw_item value;
	struct raw_item *items; /* of a list */
	size_t count, cap;
};

/* A zeroed one is empty. */
struct raw_config {
	bool is_toml;
	struct raw_option *options; /* in the order of the file */
	size_t count, cap;
	struct name_set sections;
};

/* STATUS_MISSING or STATUS_DENIED: not read, as if it were not there. STATUS_BAD_DATA: *err has the
 * line and the reason, without the file's name. */
enum status raw_config_read(struct raw_config *raw, const char *path, bool is_toml,
			    struct error *err);

bool raw_config_has_section(struct raw_config *raw, const char *section);

/* NULL if it is not there. Of INI, [DEFAULT] is looked at, too. */
const struct raw_option *raw_config_find(const struct raw_config *raw, const char *section,
					 const char *key);

/* Does the option stand in this section, of INI also by way of [DEFAULT]? */
bool raw_config_is_in(const struct raw_config *raw, const struct raw_option *option,
		      const char *section);

void raw_config_free(struct raw_config *raw);

#endif
