/*
 * json_walk.h - a JSON document by its places: what a reader of a JSON format is a table of.
 *
 * A place is a number the reader gives to values that mean the same: "a count in `s` of a file". Rules
 * say which key (or any key, or being an element of an array) leads from one place to the next; place 0
 * is the whole value. Values that no rule leads to are passed over. Keys and strings come whole, cut
 * after one byte more than a name may have, so that a long one costs nothing and is known to be long.
 */
#ifndef COVLS_DATA_JSON_WALK_H
#define COVLS_DATA_JSON_WALK_H

#include "base/buf.h"
#include "format/json_stream.h"
#include "reader.h"

/* For a rule's key. */
#define JSON_ANY_KEY "*"
#define JSON_ELEMENT "[]"

struct json_rule {
	uint8_t from, to;
	bool skip; /* the value is passed over: only where it began and ended is told (JSON_SKIPPED) */
	const char *key;
};

struct json_value {
	/* The beginning and the end of an object or array, a scalar, or JSON_SKIPPED. */
	enum json_event event;
	unsigned place;
	struct span
		key; /* what it stands under; empty in an array and with an object's or array's end */
	struct span text;    /* of JSON_STRING_END and JSON_NUMBER */
	uint64_t start, end; /* of a skipped value: its bytes */
	char first;          /* of a skipped value: its first byte */
	uint64_t at;         /* how many bytes have been read */
	uint32_t index;      /* in an array, from 0; else 0 */
};

/* False, with the fault set: no more is wanted. */
typedef bool json_value_fn(void *ctx, const struct json_value *value, struct reader_fault *fault);

struct json_walk {
	/* Set by json_walk_open(). */
	const struct json_rule *rules;
	size_t rule_count;
	json_value_fn *on_value;
	void *ctx;

	/* Private. */
	struct json_stream stream;
	uint8_t mark_len; /* bytes of a byte order mark that were passed over */
	struct buf key, text;
	const struct json_rule *pending; /* where the value of the key that was read is */
	uint32_t index[JSON_DEPTH_MAX + 1];
	uint8_t place[JSON_DEPTH_MAX + 1];
};

void json_walk_open(struct json_walk *w, const struct json_rule *rules, size_t count,
		    json_value_fn *on_value, void *ctx);

/* Another document follows. */
void json_walk_again(struct json_walk *w);

bool json_walk_feed(struct json_walk *w, struct span piece, struct reader_fault *fault);

/* The document has ended: a fault unless it is whole. */
bool json_walk_finish(struct json_walk *w, struct reader_fault *fault);

void json_walk_free(struct json_walk *w);

/* Functions of a report_reader (reader.h) whose state begins with its struct json_walk. */
bool json_machine_feed(void *state, struct span piece, struct reader_fault *fault);
bool json_machine_index_close(void *state, bool whole, struct reader_fault *fault);
void json_machine_section_begin(void *state, const struct index_section *section);
bool json_machine_section_end(void *state, struct reader_fault *fault);
bool json_machine_section_close(void *state, bool whole, struct reader_fault *fault);

/* The number in a JSON number's text, without its fraction; 0 if it is below 0, the highest there is
 * if it's above that. Empty text is 0. */
uint64_t json_count(struct span text);

/* A value's number, or 0 if it isn't one; of true, 1. */
uint64_t json_value_count(const struct json_value *value);

#endif
