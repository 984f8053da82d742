/*
 * buf.h - bytes that grow at the end; for output.
 *
 * A zeroed buf is empty and ready. It owns its bytes: end with buf_free(), or hand them out with
 * buf_take(). The bytes move when it grows, so a pointer into it lasts until the next call that
 * adds. Out of memory ends the program (mem.h).
 */
#ifndef COVLS_BASE_BUF_H
#define COVLS_BASE_BUF_H

#include <stddef.h>

#include "base/span.h"

struct buf {
	char *at; /* NULL while empty; not NUL-terminated, but see buf_text() */
	size_t len, cap;
};

void buf_add(struct buf *b, struct span bytes);
void buf_add_text(struct buf *b, const char *text);
void buf_add_char(struct buf *b, char c);
void buf_addf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Makes room for `more` bytes and returns where they go; raise b->len by what you wrote. */
char *buf_room(struct buf *b, size_t more);

/* The content with a NUL behind it, which is not counted in b->len. Lasts until the next change. */
char *buf_text(struct buf *b);

/* The content; lasts until the next change. Never a NULL pointer. */
struct span buf_span(const struct buf *b);

/* Forgets the content and keeps the memory. */
void buf_reset(struct buf *b);

/* The content, NUL-terminated and now the caller's to free(); the buf is empty again. */
char *buf_take(struct buf *b);

void buf_free(struct buf *b);

#endif
