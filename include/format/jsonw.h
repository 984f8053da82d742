/*
 * jsonw.h - writes JSON straight into a buf: what covls says is never a tree in memory.
 *
 * The commas come by themselves. Nothing checks that what is opened is closed again and that keys
 * stand in objects only: that is the caller's, and the tests'. Strings become well-formed UTF-8
 * whatever they hold (a stray byte becomes U+FFFD).
 */
#ifndef COVLS_FORMAT_JSONW_H
#define COVLS_FORMAT_JSONW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct jsonw {
	struct buf *out;
	bool comma; /* a value stands before here on this level */
};

void jsonw_object(struct jsonw *w);
void jsonw_object_end(struct jsonw *w);
void jsonw_array(struct jsonw *w);
void jsonw_array_end(struct jsonw *w);

/* `key` is plain ASCII that needs no escapes. */
void jsonw_key(struct jsonw *w, const char *key);

void jsonw_string(struct jsonw *w, struct span text);
void jsonw_text(struct jsonw *w, const char *text); /* NULL becomes null */
void jsonw_int(struct jsonw *w, int64_t number);
void jsonw_percent(struct jsonw *w, double number); /* with two decimals at most */
void jsonw_bool(struct jsonw *w, bool value);
void jsonw_null(struct jsonw *w);

/* A value that is JSON already. */
void jsonw_raw(struct jsonw *w, struct span json);

/* A key and its value in one go. */
void jsonw_key_text(struct jsonw *w, const char *key, const char *text);
void jsonw_key_int(struct jsonw *w, const char *key, int64_t number);
void jsonw_key_bool(struct jsonw *w, const char *key, bool value);

#endif
