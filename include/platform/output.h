/*
 * output.h - bytes that go out in large pieces: to a file, to standard output, or to a spool.
 *
 * What is added lies in a buffer of fixed size until that is full, so memory does not grow with what is
 * written. Nothing that adds can fail: the first error is kept, what follows is dropped, and
 * output_close() tells.
 *
 * A spool keeps what it is given until it is copied on. As long as it is small it is memory alone; then
 * it is a temporary file that has no name any more and is gone with us, however we end.
 */
#ifndef COVLS_PLATFORM_OUTPUT_H
#define COVLS_PLATFORM_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "base/status.h"

/* The most that output_room() gives at once. */
#define OUTPUT_ROOM_MAX ((size_t)4096)

struct output {
	char *at; /* what is not written yet */
	size_t len, cap;
	uint64_t written; /* how much has left the buffer */
	char *path;       /* of a file; else NULL */
	int fd;           /* -1: none (yet) */
	int error;        /* errno of the first failure, or 0 */
	bool is_spool;
};

/* Opens a file for writing, its folders made if they are missing and its old content dropped; "-" is
 * standard output. If that fails there is nothing to close. */
enum status output_open(struct output *o, const char *path, struct error *err);

/* A new file that the user alone may read, in a folder that is there. Where something has the name, it
 * is refused. */
enum status output_open_private(struct output *o, const char *path, struct error *err);

/* Cannot fail: the temporary file is made when it is needed. */
void output_open_spool(struct output *o);

/* Writes what is left and closes. A file that isn't to be kept is removed, and then errors in writing it
 * are none; nor are they in a spool, from where output_copy() hands them on. */
enum status output_close(struct output *o, bool keep, struct error *err);

/* Empties the buffer. */
void output_flush(struct output *o);

/* Room for `most` bytes, up to OUTPUT_ROOM_MAX; raise o->len by what you wrote there. */
static inline char *
output_room(struct output *o, size_t most)
{
	if (o->cap - o->len < most)
		output_flush(o);
	return o->at + o->len;
}

static inline void
output_char(struct output *o, char c)
{
	*output_room(o, 1) = c;
	o->len++;
}

void output_add(struct output *o, struct span bytes);
void output_text(struct output *o, const char *text);
void output_uint(struct output *o, uint64_t number);
void output_int(struct output *o, int64_t number);
void output_addf(struct output *o, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* How many bytes have been added. */
uint64_t output_offset(const struct output *o);

/* Adds `len` bytes of a spool, those from `from` on, to `to`. */
void output_copy(struct output *to, struct output *spool, uint64_t from, uint64_t len);

#endif
