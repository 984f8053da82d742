/*
 * exclude_signs.h - the matches of coverage.py's default patterns, found without a regex where it can
 * be told that there are none.
 *
 * Every match of a default exclusion pattern holds a `#` before `pragma`, or `...` with nothing or a
 * colon before it and nothing or a comment behind, or `TYPE_CHECKING:`: a *sign*; every match of the
 * default pattern for partial branches the first of these. Signs are found quickly, and in most files
 * there are none. Where there is one, a regex is run over a window round it that is sure to hold
 * every match the sign is part of:
 *
 * The text of a match is on four lines at most, blank lines not counted, because `.` stops at line
 * ends and `\s*` stands in few places: `def f()`, `-> int:`, `...`, `#`. It may begin with blank
 * lines and end with some. So SIGN_LINES such lines before and behind the sign, with the blank ones
 * round them, are more than enough. A line counts as blank if it might be: all bytes of non-ASCII
 * characters are taken for white space, which makes windows larger and never smaller.
 *
 * The patterns for tests of constants (`while True:`) are plain texts, and need no regex at all.
 */
#ifndef COVLS_PYTHON_EXCLUDE_SIGNS_H
#define COVLS_PYTHON_EXCLUDE_SIGNS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"
#include "text/regex.h"

#define SIGN_LINES   5
#define SIGN_NOWHERE SIZE_MAX

enum sign_kinds { SIGNS_PRAGMA, SIGNS_EXCLUDE /* all three */ };

/* The next sign of each kind; SIGN_NOWHERE once there are no more. */
struct signs {
	struct span text;
	size_t pragma, ellipsis, type_checking;
};

/* Looks for the first sign of each kind. Line ends may be of any kind. */
void signs_begin(struct signs *s, struct span text, enum sign_kinds kinds);
bool signs_are_none(const struct signs *s);

/* The search for the matches round signs. The text ends with a line end, and has no others but LF. */
struct sign_search {
	struct signs signs;
	struct regex_search search; /* the caller begins and ends it */
	size_t window, line_end;    /* of the last sign */
};

/* The first match at `from`, which only grows, or later. */
enum regex_result sign_search_next(struct sign_search *s, size_t from, size_t *start, size_t *end);

/* The same for `while (True|1|False|0):` and `if (True|1|False|0):`. */
enum regex_result test_search_next(struct span text, size_t from, size_t *start, size_t *end);

#endif
