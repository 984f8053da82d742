/*
 * regex.h - regular expressions of Python's dialect, on PCRE2, with its MULTILINE flag.
 *
 * A regex searches a text like re.finditer(pattern, text, re.MULTILINE): `^` and `$` match at every
 * line, `.` doesn't match a line end, `\s` does. Line ends may be LF, CR LF or CR: all count as one
 * line end, as in coverage.py, which turns them into LF first. Text that is not UTF-8 is searched
 * byte by byte.
 *
 * Time is bounded: a search that backtracks too much at one place, or takes more than about a second
 * of processor time over one text, ends with REGEX_LIMIT, so that no pattern can hang the server.
 *
 * Not yet here: the translation of what differs between Python's `re` and PCRE2 (`\Z`, `{,n}`,
 * `\uXXXX` ...; and `\n` in a pattern, which so far matches LF alone). `\s` alone is translated, and
 * the rest is handed to PCRE2 as it is.
 *
 * A compiled regex is not changed by a search and may be used by several threads at once.
 */
#ifndef COVLS_TEXT_REGEX_H
#define COVLS_TEXT_REGEX_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

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

/* The search of one text; what is needed of it is kept from match to match. */
struct regex_search {
	const struct regex *re;
	struct span text;        /* borrowed */
	size_t end;              /* regex_set_end() */
	bool utf8;               /* it has characters beyond ASCII, and they are UTF-8 */
	bool cr;                 /* it has a CR */
	size_t slice;            /* places to try before the clock is looked at */
	clock_t started, looked; /* processor time at the first such look, or 0, and at the last */
	void *match, *limits;
};

void regex_begin(struct regex_search *s, const struct regex *re, struct span text);

/* From now on the search ends at this offset, as if the text went on behind it (unless it is the
 * end of the text): `$` doesn't match there unless a line ends. It must be the start of a line. */
void regex_set_end(struct regex_search *s, size_t end);

/* The first match that starts at `from` or later: *start, *end are set for REGEX_FOUND alone.
 * `from` is at most the end, and stands between characters and not within CR LF. */
enum regex_result regex_next(struct regex_search *s, size_t from, size_t *start, size_t *end);

void regex_end(struct regex_search *s);

#endif
