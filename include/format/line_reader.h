/*
 * line_reader.h - pieces of text in, whole lines out.
 *
 * Lines end with LF, CR LF or CR, as in a file that Python opens as text; the end is no part of what
 * comes out. Input may be cut anywhere, also within CR LF. A line that lies within one piece is not
 * copied; only one that was cut is gathered, so the memory is that of the longest line.
 */
#ifndef COVLS_FORMAT_LINE_READER_H
#define COVLS_FORMAT_LINE_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"

/* A zeroed one is ready; end with line_reader_free(). */
struct line_reader {
	struct buf held; /* what there is so far of a line that was cut */
	bool given;      /* `held` has been handed out and is to be forgotten */
	bool after_cr;   /* an LF now would be the rest of a CR LF */
	uint32_t number; /* of the line handed out last, from 1 */
};

/* The next line, which lies in the input or in the reader and lasts until the next call; false when
 * `in` is used up without one. */
bool line_reader_next(struct line_reader *r, struct span *in, struct span *line);

/* The input has ended: its last line, if that has no end of its own and is not empty. */
bool line_reader_last(struct line_reader *r, struct span *line);

void line_reader_free(struct line_reader *r);

#endif
