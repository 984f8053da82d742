/*
 * message.h - gathers the pieces of one message body into a JSON value.
 *
 * The body's text is never held: each piece is parsed as it comes. What comes out is a json-c value,
 * with one exception, made for the text of documents: a string longer than MESSAGE_TEXT_BIG bytes is
 * held in a buf of its own, which message_take_text() hands on without a copy. In the tree such a
 * string stands as "".
 */
#ifndef COVLS_RPC_MESSAGE_H
#define COVLS_RPC_MESSAGE_H

#include <json-c/json.h>
#include <stdbool.h>

#include "base/buf.h"
#include "base/span.h"
#include "format/json_stream.h"

#define MESSAGE_TEXT_BIG (16u << 10)

/* A zeroed one is ready; end it with message_free(). */
struct message {
	struct json_stream stream;
	json_object *levels[JSON_DEPTH_MAX]; /* the open objects and arrays; borrowed but for [0] */
	struct buf keys[JSON_DEPTH_MAX];     /* the key that waits for its value, a level */
	unsigned depth;
	struct buf text;   /* of the string being read */
	json_object *root; /* the value when it is complete; owned */
	bool has_root;     /* `root` is set, if only to null, which json-c writes as NULL */
	bool bad;
};

/* Adds the next piece, which is only read during the call. */
void message_add(struct message *m, struct span piece);

/* Ends the body and makes ready for the next one. False: it was not one JSON value, and `why` (if not
 * NULL) gets a static text and where it went wrong. Else *value is the caller's. */
bool message_take(struct message *m, json_object **value, const char **why, uint64_t *offset);

/* The text of a string, long or not, appended to `out`; a long one is moved there and is then gone
 * from `value`. False if `value` is no string. */
bool message_take_text(json_object *value, struct buf *out);

void message_free(struct message *m);

#endif
