/*
 * options_schema.h - the settings as JSON: what there are, and what is in force.
 *
 * Made from the table of options.h alone, so that it cannot say anything else than what covls does. The
 * names are those of an editor's settings file: "covls.dataFile".
 */
#ifndef COVLS_CONFIG_OPTIONS_SCHEMA_H
#define COVLS_CONFIG_OPTIONS_SCHEMA_H

#include "config/options.h"
#include "format/jsonw.h"

/* "default", "environment", "editor", "command line" */
const char *option_origin_name(enum option_origin origin);

/* The value that is in force, as an editor would write it: null if there is none. */
void options_write_value(struct jsonw *w, const struct options *options, enum option_id id);

/* What holds when nothing sets it. */
void options_write_default(struct jsonw *w, enum option_id id);

/* One JSON schema (draft 2020-12) for all settings. */
void options_write_schema(struct jsonw *w);

#endif
