/*
 * utf8.h - steps through UTF-8, and counts it as editors do.
 *
 * Nothing here fails: a byte that is no part of a well-formed character (overlong forms, surrogates
 * and values above U+10FFFF included) is taken as one character of one byte and one unit.
 */
#ifndef COVLS_TEXT_UTF8_H
#define COVLS_TEXT_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

/* In what an editor counts columns: LSP's positionEncoding. */
enum text_encoding { TEXT_UTF16, TEXT_UTF8, TEXT_UTF32 };

/* The length in bytes of the well-formed character at the start of `s`; 0 if there is none, or if it
 * is cut by the end of `s`. */
size_t utf8_length(struct span s);

/* Could `s`, which has no whole character at its start, become one with more bytes? */
bool utf8_is_cut(struct span s);

/* Is all of it well-formed? */
bool utf8_is_valid(struct span s);

/* Appends U+`code` to `out`, which has room for 4 bytes; returns how many were written. */
size_t utf8_encode(uint32_t code, char out[4]);

/* How many units of `encoding` the bytes of `s` take. */
size_t utf8_units(struct span s, enum text_encoding encoding);

/* How many bytes of `s` hold its first `units` units; all of s.len if it has fewer. A count that
 * ends inside a character stops before it. */
size_t utf8_bytes(struct span s, size_t units, enum text_encoding encoding);

#endif
