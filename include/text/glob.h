/*
 * glob.h - patterns of file names as coverage.py has them (coverage/files.py, 7.16).
 *
 * Used by include, omit and [paths]. A backslash is a slash, and a slash in a pattern matches either.
 *
 *     no slash at all     a file's name at any depth: as if behind a leading double star and slash
 *     * or ** and slash at the start, ** and slash inside   any folders, or none
 *     slash and * or ** at the end                          anything below
 *     *  ?                any characters, one character, other than separators
 *     [...]               a class of a regular expression: [^a] is "not a", [!a] is "! or a"
 *
 * All else is itself. Three stars, two stars that are not a folder of their own, and a lone bracket
 * are errors. Matching is done by PCRE2 and bounded: where a pattern has so many stars that a path
 * takes too long, the path is taken as not matched.
 *
 * A set is not changed by matching and may be used by several threads at once. Paths that are not
 * UTF-8 are compared byte by byte.
 */
#ifndef COVLS_TEXT_GLOB_H
#define COVLS_TEXT_GLOB_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/span.h"
#include "base/status.h"

enum glob_flags {
	GLOB_ANY_CASE = 1, /* upper and lower case are the same */
	GLOB_PREFIX = 2,   /* the pattern is to match the start of a path */
};

#define GLOB_NO_MATCH ((size_t)-1)

struct glob_set;

/* A set that matches what one of the patterns matches; of no patterns, the empty path alone. NULL when
 * a pattern is not one: *err says which part of it (coverage.py's words). End with glob_free(). */
struct glob_set *glob_compile(const struct span *patterns, size_t count, unsigned flags,
			      struct error *err);
void glob_free(struct glob_set *set);

/* How much of the path is matched: all of it, or with GLOB_PREFIX perhaps less; or GLOB_NO_MATCH. */
size_t glob_match(const struct glob_set *set, struct span path);

/* The pattern as a regular expression of Python, added to `out`. */
enum status glob_to_regex(struct buf *out, struct span pattern, struct error *err);

#endif
