#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

char *
buf_room(struct buf *b, size_t more)
{
	size_t want = b->len + more + 1; /* one for buf_text()'s NUL */

	if (want > b->cap) {
		size_t cap = b->cap + b->cap / 2;

		b->cap = cap > want ? cap : want < 64 ? 64 : want;
		b->at = mem_resize(b->at, b->cap, 1);
	}
	return b->at + b->len;
}

void
buf_add(struct buf *b, struct span bytes)
{
	if (bytes.len == 0)
		return;
	memcpy(buf_room(b, bytes.len), bytes.at, bytes.len);
	b->len += bytes.len;
}

void
buf_add_text(struct buf *b, const char *text)
{
	buf_add(b, span_of(text));
}

void
buf_add_char(struct buf *b, char c)
{
	*buf_room(b, 1) = c;
	b->len++;
}

void
buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list args, again;
	int len;

	va_start(args, fmt);
	va_copy(again, args);
	len = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (len > 0) {
		vsnprintf(buf_room(b, (size_t)len), (size_t)len + 1, fmt, again);
		b->len += (size_t)len;
	}
	va_end(again);
}

char *
buf_text(struct buf *b)
{
	*buf_room(b, 0) = '\0';
	return b->at;
}

struct span
buf_span(const struct buf *b)
{
	return b->at == NULL ? SPAN("") : (struct span){ b->at, b->len };
}

void
buf_reset(struct buf *b)
{
	b->len = 0;
}

char *
buf_take(struct buf *b)
{
	char *text = buf_text(b);

	*b = (struct buf){ 0 };
	return text;
}

void
buf_free(struct buf *b)
{
	free(b->at);
	*b = (struct buf){ 0 };
}
