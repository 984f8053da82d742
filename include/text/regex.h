/*
 * regex.h - regular expressions of Python's dialect (re of CPython 3.14, patterns of str), on PCRE2.
 *
 * A regex searches a text like re.finditer(pattern, text, re.MULTILINE): `^` and `$` match at every
 * line, `.` doesn't match a line end, `\s` does. The text's line ends are LF, as coverage.py makes
 * them before it searches: a CR is a character like others. The text is UTF-8; a byte that is no part
 * of a character counts as one that is no letter, digit or white space.
 *
 * Time is bounded: a search that backtracks too much at one place, or takes more than about a second
 * of processor time (more for a text of many megabytes), ends with REGEX_LIMIT, so that no pattern
 * can hang the server.
 *
 * What differs from Python, of what it accepts:
 * - refused, and said so: `\N{...}`, repetitions of more than 65,535, more than 250 groups in each
 *   other, and patterns too large for PCRE2 (some 20,000 characters, or repeated groups that add up);
 * - letters and digits that Unicode got after the version that PCRE2 knows (14 in PCRE2 10.42; 16 in
 *   Python 3.14) are none for \w, \d and \b and have no other case;
 * - a back reference that ignores case takes more for the same letter than Python's, which doesn't
 *   count ſ as s there;
 * - where a group that may match nothing is repeated, in rare cases another way is tried first.
 *
 * A compiled regex is not changed by a search and may be used by several threads at once.
 */
#ifndef COVLS_TEXT_REGEX_H
#define COVLS_TEXT_REGEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "base/span.h"
#include "base/status.h"

struct regex;

enum regex_result {
	REGEX_NONE,
	REGEX_FOUND,
	REGEX_LIMIT, /* gave up */
};

/* On failure NULL is returned, and *err holds what is wrong with the pattern, as Python says it:
 * "unterminated character set at position 3" (in characters, from 0). */
struct regex *regex_compile(struct span pattern, struct error *err);

/* The same without MULTILINE, as re.search() has it. */
struct regex *regex_compile_single_line(struct span pattern, struct error *err);

void regex_free(struct regex *re);

/* Does it refer to a group by its number, so that it can't stand behind other groups? */
bool regex_is_numbered(const struct regex *re);

/* The search of one text; what is needed of it is kept from match to match. */
struct regex_search {
	const struct regex *re;
	struct span text;        /* borrowed */
	size_t end;              /* regex_set_end() */
	bool utf8;               /* it has characters beyond ASCII */
	char *repaired;          /* the text, if not all of it is UTF-8 */
	size_t at;               /* regex_find(): where to go on, */
	bool after_empty;        /* and whether not with an empty match */
	size_t slice;            /* places to try before the clock is looked at, */
	uint32_t limit;          /* and how hard, all together */
	clock_t started, looked; /* processor time at the first such look, or 0, and at the last */
	void *match, *limits;
};

void regex_begin(struct regex_search *s, const struct regex *re, struct span text);

/* From now on the search ends at this offset, as if the text went on behind it (unless it is the
 * end of the text): `$` doesn't match there unless a line ends. It must be the start of a line. */
void regex_set_end(struct regex_search *s, size_t end);

/* The first match that starts at `from` or later: *start, *end are set for REGEX_FOUND alone.
 * `from` is at most the end, and stands between characters. */
enum regex_result regex_next(struct regex_search *s, size_t from, size_t *start, size_t *end);

/* The next match as re.finditer() gives it: behind the last one, or, if that was empty, one that isn't
 * or that starts later. Each search starts at the start of the text. */
enum regex_result regex_find(struct regex_search *s, size_t *start, size_t *end);

/* Lets regex_find() go on at another place, as if a match that wasn't empty ended there. */
void regex_seek(struct regex_search *s, size_t at);

void regex_end(struct regex_search *s);

#endif
