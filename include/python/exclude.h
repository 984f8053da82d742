/*
 * exclude.h - the lines that coverage.py's default exclusion patterns match.
 *
 * The patterns are those of DEFAULT_EXCLUDE in coverage/config.py, 7.16.1, joined and searched as
 * PythonParser.lines_matching() does: in the whole text, strings and comments included. Each
 * physical line from the one a match begins on to the one its end lies on is in the set; that may be
 * the line after the last one. A last line end that is missing is taken as there, as coverage.py
 * adds it (get_python_source() in coverage/python.py).
 */
#ifndef COVLS_PYTHON_EXCLUDE_H
#define COVLS_PYTHON_EXCLUDE_H

#include "base/span.h"
#include "text/line_set.h"
#include "text/regex.h"

/* Adds to `lines`. Finds what py_exclude_search() finds with the same patterns, much faster: only
 * where a text holds what they all need is a regex set to work. */
void py_exclude_defaults(struct line_set *lines, struct span text);

/* The lines matched by any regex; false if it gave up (what was found until then is in `lines`). */
bool py_exclude_search(struct line_set *lines, const struct regex *re, struct span text);

/* The joined default patterns, in Python's dialect. */
extern const char py_exclude_default_pattern[];

#endif
