/*
 * path_mapping.h - the setting covls.pathMappings: how names that were recorded elsewhere are called here.
 *
 * A zeroed list is empty; end it with path_mappings_free(). How a mapping is applied: coverage/path_rules.h.
 */
#ifndef COVLS_CONFIG_PATH_MAPPING_H
#define COVLS_CONFIG_PATH_MAPPING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

struct path_mapping {
	char *from,
		*to; /* as the user writes them; a relative `to` is seen from a workspace folder */
};

struct path_mappings {
	struct path_mapping *at;
	size_t count, cap;
};

void path_mappings_add(struct path_mappings *list, struct span from, struct span to);

/* Adds one that is written FROM=TO, cut at the first '='. False: it is not; nothing was added. */
bool path_mappings_parse(struct path_mappings *list, struct span text);

void path_mappings_copy(struct path_mappings *into, const struct path_mappings *from);

void path_mappings_free(struct path_mappings *list);

#endif
