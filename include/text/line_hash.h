/*
 * line_hash.h - a text as one number a line, for comparing texts without keeping them.
 *
 * Lines are those of coverage.py, which reads a source as Python does: a byte order mark at the start
 * is no part of the text, and "\n", "\r\n" and "\r" all end a line. The last line has an end whether it
 * is written or not; the empty line behind it closes the text. So a text has one hash more than
 * coverage.py counts lines, and the empty text has one.
 *
 * Two lines have the same hash if their bytes are the same, the line end left out. Lines that differ
 * have the same one by chance only, once in 2^56; the hash is no secret, so who wants two such lines
 * can make them. The low byte tells the indentation. Hashes depend on the byte order of the machine.
 */
#ifndef COVLS_TEXT_LINE_HASH_H
#define COVLS_TEXT_LINE_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"

/* `line` is without its end. */
uint64_t line_hash(struct span line);

#define LINE_HASH_BLANK 255u /* nothing but blanks, or nothing */

/* How many blanks and tabs the line begins with, 254 at most, or LINE_HASH_BLANK. */
static inline unsigned
line_hash_indent(uint64_t hash)
{
	return (unsigned)(hash & 0xff);
}

/* A zeroed one is ready for a text. It owns its memory: end it with line_hashes_free(). */
struct line_hashes {
	uint64_t *at; /* line 1 is at[0] */
	size_t count, cap;

	/* private */
	struct buf rest; /* of the pieces so far: what may go on in the next one */
};

/* A whole text. */
void line_hashes_add_text(struct line_hashes *hashes, struct span text);

/*
 * The same of a text that comes in pieces, cut anywhere: each by line_hashes_add_piece(), then
 * line_hashes_end(). No more of it is kept than the longest line and a piece. The first is a
 * file_piece_fn whose `ctx` is the struct line_hashes; always true.
 */
bool line_hashes_add_piece(void *ctx, struct span piece);
void line_hashes_end(struct line_hashes *hashes);

/* Ready for another text; keeps the memory. */
void line_hashes_reset(struct line_hashes *hashes);

/* Leaves it zeroed. */
void line_hashes_free(struct line_hashes *hashes);

#endif
