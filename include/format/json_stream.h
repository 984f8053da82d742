/*
 * json_stream.h - JSON bytes in, events out, in constant memory.
 *
 * A pull machine: give it what has been read so far and ask for the next event; JSON_MORE says that
 * all of the input was used. Input may be cut anywhere, inside an escape or a UTF-8 character, too.
 * Strings and keys come in pieces that lie in the caller's input or in the machine itself, valid
 * until the next call; numbers come whole. Strict JSON (RFC 8259), one value, white space round it.
 *
 * Text is always well-formed UTF-8 when it comes out: a byte that is no part of a character, and an
 * escaped half of a surrogate pair, become U+FFFD.
 *
 *     struct span in = { buf, n }, piece;
 *     while ((event = json_next(&j, &in, &piece)) != JSON_MORE && event != JSON_BAD) ...
 *     json_finish(&j)    when the input has ended
 *
 * What nobody wants to hear of is passed over at about a gigabyte a second with json_skip_value() and
 * json_skip_rest(). Of such text only this is looked at: that strings end, that as many brackets close
 * as open, and that they nest no deeper than the limit. What is wrong inside it (a missing comma, `[}`)
 * is not noticed.
 */
#ifndef COVLS_FORMAT_JSON_STREAM_H
#define COVLS_FORMAT_JSON_STREAM_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

#define JSON_DEPTH_MAX  64
#define JSON_NUMBER_MAX 64

enum json_event {
	JSON_MORE, /* `in` is used up */
	JSON_OBJECT,
	JSON_OBJECT_END,
	JSON_ARRAY,
	JSON_ARRAY_END,
	JSON_KEY_PART, /* the next piece of an object's key; there may be none */
	JSON_KEY_END,
	JSON_STRING_PART, /* the next piece of a string; there may be none */
	JSON_STRING_END,
	JSON_NUMBER, /* the piece is its text */
	JSON_TRUE,
	JSON_FALSE,
	JSON_NULL,
	JSON_SKIPPED, /* a value that json_skip_value() was called for is over */
	JSON_BAD,     /* not JSON; the machine stays here. See `fault` and `offset` */
};

/* A zeroed one is ready; it needs no clean-up. */
struct json_stream {
	uint8_t state;
	uint8_t depth;
	uint8_t number_len;
	uint8_t word_at;  /* so many letters of true, false or null have been read */
	uint8_t hex_left; /* digits of a \u escape still to come */
	uint8_t held;     /* bytes of a UTF-8 character that the input cut */
	bool in_key;
	const char *word;  /* which of the three */
	const char *fault; /* why it is bad: "a value is missing" */
	uint64_t kinds;    /* one bit a level: 1 is an object */
	uint64_t offset;   /* bytes read so far */
	uint64_t start;    /* of the first byte of the value that began last */
	char first;        /* that byte */
	bool skipping;     /* the value that is next, or the number or word that has begun */
	uint8_t floor;     /* passing over ends when `depth` is back here; see json_skip.h */
	uint32_t hex;      /* the value of a \u escape as far as read */
	uint32_t high;     /* the high surrogate before it */
	char hold[4];
	char number[JSON_NUMBER_MAX];
	char out[8]; /* what an escape stands for */
};

static_assert(sizeof(struct json_stream) <= 256, "a json_stream is small");

enum json_event json_next(struct json_stream *j, struct span *in, struct span *piece);

/* Passes over the value that comes next, of whatever kind: its one event is JSON_SKIPPED. It went from
 * `start` up to, not including, `offset`, and began with the byte `first`. To be called after
 * JSON_KEY_END, or at the very start. */
void json_skip_value(struct json_stream *j);

/* Passes over what is left of the object or array that has just begun; its end comes as ever. */
void json_skip_rest(struct json_stream *j);

/* The input has ended: JSON_MORE (all was well), JSON_NUMBER (a bare number is ended by the end, call
 * again after it) or JSON_BAD (the value is not complete). */
enum json_event json_finish(struct json_stream *j, struct span *piece);

#endif
