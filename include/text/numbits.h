/*
 * numbits.h - sets of line numbers, packed the way coverage.py stores them.
 *
 * Line n is in the set when bit n % 8 of byte n / 8 is 1; bytes past the end count as zero, so every
 * byte string is a valid set (as coverage/numbits.py, 7.16). Lines count from 1: coverage.py also
 * stores line 0, for an empty module that was imported, and nothing here ever tells of it.
 *
 * A struct numbits borrows its bytes, usually from sqlite3_column_blob(), and lasts as long as they
 * do. Nothing here can fail.
 */
#ifndef COVLS_TEXT_NUMBITS_H
#define COVLS_TEXT_NUMBITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text/line_set.h"

struct numbits {
	const uint8_t *bytes;
	size_t len; /* in bytes */
};

/* What numbits_next() returns when there is no further line. */
#define NUMBITS_END 0u

bool numbits_has(struct numbits set, uint32_t line);

/* How many lines are in the set. */
uint32_t numbits_count(struct numbits set);

/* The first line above `after`, or NUMBITS_END. Takes time in proportion to the gap it crosses, so a
 * whole walk is linear in set.len: for (n = numbits_next(s, 0); n != NUMBITS_END; ...) */
uint32_t numbits_next(struct numbits set, uint32_t after);

/* Adds the lines of `set` to `lines`, those above LINE_SET_MAX excepted. */
void numbits_unite(struct line_set *lines, struct numbits set);

#endif
