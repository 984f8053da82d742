/*
 * regex.h - regular expressions of Python's dialect, on PCRE2, with its MULTILINE flag.
 *
 * A regex searches a text like re.finditer(pattern, text, re.MULTILINE): `^` and `$` match at every
 * line, `.` doesn't match a line end, `\s` does. Line ends may be LF, CR LF or CR: all count as one
 * line end, as in coverage.py, which turns them into LF first. Text that is not UTF-8 is searched
 * byte by byte.
 *
 * Time is bounded: a search that backtracks too much ends with REGEX_LIMIT, so that no pattern of a
 * user can hang the server.
 *
 * Not yet here: the translation of what differs between Python's `re` and PCRE2 (`\Z`, `{,n}`,
 * `\uXXXX` ...). So far `\s` alone is translated, and the rest is handed to PCRE2 as it is.
 *
 * A compiled regex is not changed by a search and may be used by several threads at once.
 */
#ifndef COVLS_TEXT_REGEX_H
#define COVLS_TEXT_REGEX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"
#include "base/status.h"

struct regex;

enum regex_result {
	REGEX_NONE,
	REGEX_FOUND,
	REGEX_LIMIT, /* gave up */
};

/* On failure *err holds what is wrong with the pattern, and NULL is returned. */
struct regex *regex_compile(struct span pattern, struct error *err);
void regex_free(struct regex *re);

/* A text that is searched; borrowed. */
struct regex_search {
	const struct regex *re;
	struct span text;
	bool utf8;     /* it has characters beyond ASCII, and they are UTF-8 */
	bool cr;       /* it has a CR */
	bool open_end; /* set it if the text goes on behind what is given here, so that `$` doesn't
	                * match at its end */
	void *match;   /* pcre2_match_data */
};

void regex_begin(struct regex_search *s, const struct regex *re, struct span text);

/* The first match that starts at `from` or later: *start, *end are set for REGEX_FOUND alone.
 * `from` stands between characters and not within CR LF. */
enum regex_result regex_next(struct regex_search *s, size_t from, size_t *start, size_t *end);

void regex_end(struct regex_search *s);

#endif
