/*
 * space.h - white space as Python's str has it: str.isspace(), str.strip() and re's \s, which agree.
 *
 * Text is UTF-8; a byte that is no part of a character is no white space. The set is Unicode's and
 * has not changed since Python 3.4 (U+001C to U+001F are in it, U+180E and U+200B are not).
 */
#ifndef COVLS_TEXT_SPACE_H
#define COVLS_TEXT_SPACE_H

#include <stddef.h>

#include "base/span.h"

/* The length in bytes of the white-space character at the start of `s`, or 0. */
size_t space_length(struct span s);

/* `s` without white space at its start, its end, or both. */
struct span space_strip_start(struct span s);
struct span space_strip_end(struct span s);
struct span space_strip(struct span s);

#endif
