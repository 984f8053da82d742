/*
 * doc_text.h - the text of an open document, held once, edited in place.
 *
 * The bytes lie in one piece, so that whatever reads them needs no copy. Lines end with "\n", "\r\n"
 * or "\r", as in LSP, and count from 0 here; a text always has one line more than line ends. Offsets
 * are bytes, characters are units of the client's encoding (utf8.h). Positions that lie outside are
 * moved to the nearest place inside, as LSP asks.
 *
 * To find a line, the offsets of a few hundred lines are kept in a fixed table and the rest is
 * counted from the nearest one; an edit shifts the table and reads only what it touches.
 */
#ifndef COVLS_TEXT_DOC_TEXT_H
#define COVLS_TEXT_DOC_TEXT_H

#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"
#include "text/utf8.h"

#define DOC_TEXT_ANCHORS 512

struct doc_position {
	uint32_t line;      /* from 0 */
	uint32_t character; /* from 0, in units of the encoding */
};

/* Which whole lines an edit replaced; counted from 1, as in coverage data. Lines whose bytes are the
 * same before and after are left out at both ends. */
struct doc_change {
	uint32_t first;    /* the first line replaced; one past the last line if there is none */
	uint32_t removed;  /* so many lines are gone ... */
	uint32_t inserted; /* ... and so many stand there now */
};

/* A zeroed one is the empty text. */
struct doc_text {
	struct buf bytes;
	bool has_return; /* there may be a "\r" in it */
	uint32_t anchor_count;
	size_t anchored_len; /* length of the text when the table was made */
	struct doc_anchor {
		uint32_t line;
		size_t offset;
	} anchors[DOC_TEXT_ANCHORS];
	struct doc_anchor
		recent; /* where the last look-up ended: walks in order cost one reading */
};

/* Replaces everything; takes the content of `bytes` over and leaves it empty. */
void doc_text_set(struct doc_text *text, struct buf *bytes);
void doc_text_free(struct doc_text *text);

/* Lasts until the next edit. */
struct span doc_text_span(const struct doc_text *text);

/* Takes the first line off any text: `line` without its end. False when the last one has been taken,
 * the empty one behind the last line end included; `rest->at` is NULL from then on. */
bool doc_text_take_line(struct span *rest, struct span *line);

/* How many lines any text has; at least 1. */
uint32_t doc_text_count_lines(struct span text);

/* The same of this one, quicker. */
uint32_t doc_text_lines(struct doc_text *text);

/* The bytes of a line without its end; empty past the last line. */
struct span doc_text_line(struct doc_text *text, uint32_t line);

size_t doc_text_offset(struct doc_text *text, struct doc_position at, enum text_encoding encoding);

/* Replaces the bytes from `from` up to `to` by `with` and tells which lines that changed. `with` must
 * not lie inside the text. */
struct doc_change doc_text_replace(struct doc_text *text, size_t from, size_t to, struct span with);

/* As doc_text_set(), and tells which lines differ: all between the common first and last lines. */
struct doc_change doc_text_set_compared(struct doc_text *text, struct buf *bytes);

/* The same comparison of any two texts: which lines of `old` were replaced to get `new`. */
struct doc_change doc_text_compare(struct span old, struct span new);

#endif
