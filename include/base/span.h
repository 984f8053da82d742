/*
 * span.h - a run of bytes that somebody else owns.
 *
 * A span is passed by value and never freed. It stays valid for as long as the memory it was taken
 * from; each function that hands one out says how long that is. The bytes need not end in NUL and
 * may contain NUL.
 */
#ifndef COVLS_BASE_SPAN_H
#define COVLS_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct span {
	const char *at;
	size_t len;
};

#define SPAN(literal) ((struct span){ (literal), sizeof(literal) - 1 })

static inline struct span
span_of(const char *text)
{
	return (struct span){ text, strlen(text) };
}

/* Drops the first n bytes; n is at most s->len. */
static inline void
span_skip(struct span *s, size_t n)
{
	s->at += n;
	s->len -= n;
}

/* The bytes from `from` up to, not including, `to`; both are offsets within s. */
static inline struct span
span_cut(struct span s, size_t from, size_t to)
{
	return (struct span){ s.at + from, to - from };
}

static inline bool
span_equal(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

static inline bool
span_starts(struct span s, struct span with)
{
	return s.len >= with.len && memcmp(s.at, with.at, with.len) == 0;
}

static inline bool
span_ends(struct span s, struct span with)
{
	return s.len >= with.len && memcmp(s.at + s.len - with.len, with.at, with.len) == 0;
}

#endif
