/*
 * toml_stream.h - TOML 1.0 in, values with their paths out.
 *
 * A pull machine: give it what has been read so far and ask for the next event; TOML_MORE says that
 * all of it was used; until then the input must stay where it is. It may be cut anywhere. What is
 * taken and what is refused is as in tomllib of Python 3.14, with two differences: nesting is limited
 * to TOML_DEPTH_MAX, and, as in a file that Python opens as text, a lone CR is a line end, too.
 *
 * With every event comes the path of what it speaks of, from the top of the document: keys, and the
 * numbers of elements of arrays.
 *
 *     [tool.coverage]             TOML_TABLE   tool, coverage
 *     run.omit = ["a"]            TOML_ARRAY   tool, coverage, run, omit
 *                                 TOML_STRING  tool, coverage, run, omit, 0    value: a
 *                                 TOML_ARRAY_END  (path as for TOML_ARRAY)
 *     [[x]]                       TOML_TABLE   x, 0
 *
 * A table comes into being by a header, by an inline table, or by a path that leads through it:
 * there is no event for `run` above. A table or a key that is defined twice, or added to where TOML
 * forbids it, is an error.
 *
 * What it keeps is the current line if that was cut, the current path and string, and every key of
 * the document with a few bytes each, in order to know what comes again.
 */
#ifndef COVLS_FORMAT_TOML_STREAM_H
#define COVLS_FORMAT_TOML_STREAM_H

#include <assert.h>

#include "base/name_set.h"
#include "base/status.h"
#include "format/line_reader.h"

#define TOML_DEPTH_MAX 100 /* arrays and inline tables within each other */

enum toml_event {
	TOML_MORE,
	TOML_TABLE, /* [a] or [[a]] */
	TOML_INLINE,
	TOML_INLINE_END,
	TOML_ARRAY,
	TOML_ARRAY_END,
	/* Values: what they are is in `value`. */
	TOML_STRING,   /* whole, with its escapes resolved */
	TOML_INTEGER,  /* as written: -12, 1_000, 0xff, 0o7, 0b1 */
	TOML_FLOAT,    /* as written: 1.5, -1_0e3, inf, +nan */
	TOML_BOOLEAN,  /* true, false */
	TOML_DATETIME, /* as written, with or without offset */
	TOML_DATE,
	TOML_TIME,
	TOML_BAD, /* not TOML: see `error`. The machine stays here */
};

struct toml_part {
	size_t start, len; /* private: the key in `keys` */
	uint32_t index;    /* of an element */
	bool is_element;
};

struct toml_node;

struct toml_frame {
	size_t parts;   /* of the path of the array or the table */
	uint32_t node;  /* an inline table's; 0: an array */
	uint32_t index; /* of an array's next element */
};

/* A zeroed one is ready; end with toml_free(). To be read by the caller, and only until the next
 * call: value, line, error, and the path by toml_length() and toml_part(). */
struct toml_stream {
	struct span value;
	uint32_t line;      /* where the last key or header stands, from 1 */
	struct error error; /* the reason, with its line; the text does not name the file */

	/* private */
	struct line_reader lines;
	struct span rest; /* what is left of the line */
	bool has_line;
	uint8_t state;
	char quote; /* of the string over several lines that is open */
	bool trims; /* in it, a backslash at a line's end: white space is dropped */
	struct buf string, keys;
	struct toml_part *parts;
	size_t part_count, part_cap;
	size_t header_parts;
	struct name_set names;
	struct toml_node *nodes;
	size_t node_cap;
	uint32_t node_count, table, headers; /* of nodes; the current table; headers so far */
	uint32_t depth;
	struct toml_frame frames[TOML_DEPTH_MAX];
};

static_assert(sizeof(struct toml_stream) <= 4096, "a toml_stream is small");

enum toml_event toml_next(struct toml_stream *t, struct span *in);

/* The input has ended: what is left, one event a call; TOML_MORE when all has been told. */
enum toml_event toml_finish(struct toml_stream *t);

/* The path: how many parts it has, and one of them. A key may be empty. An element has no key, but a
 * number in *index; that is set to TOML_NO_INDEX for a key. `index` may be NULL. */
#define TOML_NO_INDEX UINT32_MAX
size_t toml_length(const struct toml_stream *t);
struct span toml_part(const struct toml_stream *t, size_t i, uint32_t *index);

/* Do the first parts of the path equal these keys? `keys` are words with one space between. */
bool toml_starts(const struct toml_stream *t, const char *keys);

void toml_free(struct toml_stream *t);

#endif
