/*
 * line_set.h - a set of line numbers, as a bitmap that grows to the highest line in it.
 *
 * Lines count from 1; line 0 and lines above LINE_SET_MAX are silently left out, so that a hostile
 * number in a data file costs nothing. A zeroed set is empty; end it with line_set_free(). One bit a
 * line: a set that reaches line 10,000,000 takes 1.2 MiB.
 */
#ifndef COVLS_TEXT_LINE_SET_H
#define COVLS_TEXT_LINE_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINE_SET_MAX 10000000u

/* What line_set_next() returns when there is no further line. */
#define LINE_SET_END 0u

struct line_set {
	uint64_t *words; /* bit n % 64 of words[n / 64]: line n */
	size_t count;    /* words in use; the last is not 0, all beyond are 0 */
	size_t cap;
};

void line_set_add(struct line_set *set, uint32_t line);

/* Adds first ... last, both included; nothing if last < first. */
void line_set_add_range(struct line_set *set, uint32_t first, uint32_t last);

/* Adds every line of `other`. */
void line_set_unite(struct line_set *set, const struct line_set *other);

bool line_set_has(const struct line_set *set, uint32_t line);

/* Is any of first ... last, both included, in the set? */
bool line_set_has_any(const struct line_set *set, uint32_t first, uint32_t last);

/* The first line above `after`, or LINE_SET_END:
 * for (n = line_set_next(s, 0); n != LINE_SET_END; n = line_set_next(s, n)) */
uint32_t line_set_next(const struct line_set *set, uint32_t after);

uint32_t line_set_count(const struct line_set *set);
bool line_set_equal(const struct line_set *a, const struct line_set *b);

/* Forgets the lines and keeps the memory. */
void line_set_clear(struct line_set *set);
void line_set_free(struct line_set *set);

#endif
