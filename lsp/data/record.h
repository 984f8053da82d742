/*
 * record.h - the lines of a report that has one record a line, and the numbers in them.
 *
 * Bytes in, whole lines out, wherever the bytes are cut. A line that lies within one piece is not
 * copied. Of a line longer than RECORD_MAX only the beginning is kept: the machine's memory does not
 * grow with what it is fed.
 */
#ifndef COVLS_DATA_RECORD_H
#define COVLS_DATA_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"

#include "formats.h"
#include "reader.h"

/* A name and what stands around it. */
#define RECORD_MAX ((size_t)DATA_NAME_MAX + 256)

/* A zeroed one is ready; end it with buf_free(&r->held). */
struct record_reader {
	struct buf held; /* what there is of a line that was cut */
	bool given;      /* `held` was handed out and is to be forgotten */
	bool dropped;    /* of the line in `held`, bytes were dropped */
	uint64_t at;     /* bytes that were taken in */
	uint64_t start;  /* of the line handed out last: offset of its first byte */
	uint32_t number; /* of that line, from 1; stays at the highest one */
	bool overlong;   /* only the beginning of that line is there */
};

/* The next line without white space at its end; it lasts until the next call. False: `in` is used up. */
bool record_next(struct record_reader *r, struct span *in, struct span *line);

/* The input has ended: its last line, if that had no end and is not empty. */
bool record_last(struct record_reader *r, struct span *line);

/* Is a line begun and not ended? */
bool record_is_cut(const struct record_reader *r);

/* Digits at the front, which are taken off; false if there are none. Stays at the highest number. */
bool record_take_number(struct span *s, uint64_t *n);

/* The same with a sign; a number below 0 is 0. */
bool record_take_signed(struct span *s, uint64_t *n);

/* A count as any producer writes it: "3", "-3" (which is 0), "3.0", "1e+06" (Perl), "=3". What is above
 * 0 stays so, and what is above the highest number is that. */
bool record_take_count(struct span *s, uint64_t *n);

/* The character at the front, if it is `c`, is taken off. */
bool record_take(struct span *s, char c);

/* A fault in the line handed out last, at `at` within it. `first_line` is the number in the report of the
 * reader's first line, 0 if that is not known. Returns false. */
bool record_set_fault(const struct record_reader *r, uint32_t first_line, struct span line,
		      const char *at, const char *text, struct reader_fault *fault);

#endif
