/*
 * fields.h - typed looks into a message, by dotted path: fields_text(params, "textDocument.uri").
 *
 * Nothing here takes ownership and everything accepts NULL for the object. A field that is missing or
 * of another type gives the named "nothing".
 */
#ifndef COVLS_RPC_FIELDS_H
#define COVLS_RPC_FIELDS_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

/* The value at `path`, or NULL: missing or null. */
json_object *fields_get(json_object *in, const char *path);

/* Is something there, if only null? */
bool fields_has(json_object *in, const char *path);

/* The string at `path`, which lasts as long as the message, or { NULL, 0 }. */
struct span fields_text(json_object *in, const char *path);

/* The whole number at `path`, or `otherwise`. */
int64_t fields_int(json_object *in, const char *path, int64_t otherwise);

bool fields_bool(json_object *in, const char *path, bool otherwise);

#endif
