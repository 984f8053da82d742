/*
 * exclude.h - the lines of a source that the exclusion patterns of coverage.py match, and those whose
 * branches count as taken because they match a pattern for partial branches.
 *
 * The patterns of a list are joined into one and searched as PythonParser.lines_matching() does
 * (coverage/parser.py, 7.16.1): in the whole text, strings and comments included. Each physical line
 * from the one a match begins on to the one its end lies on is in the set; that may be the line after
 * the last one. The text is what get_python_source() in coverage/python.py makes of a file: every line
 * end is LF, a missing one is added, a form feed is a space and a byte order mark is left out. Texts
 * that are not like that are copied.
 */
#ifndef COVLS_PYTHON_EXCLUDE_H
#define COVLS_PYTHON_EXCLUDE_H

#include "base/span.h"
#include "base/status.h"
#include "base/text_list.h"
#include "python/pylines.h"
#include "text/line_set.h"
#include "text/regex.h"

/* DEFAULT_EXCLUDE, DEFAULT_PARTIAL and DEFAULT_PARTIAL_ALWAYS of coverage/config.py, 7.16.1; NULL ends
 * each list. */
extern const char *const py_default_exclude[];
extern const char *const py_default_partial[];
extern const char *const py_default_partial_always[];

/* A list of patterns, made ready. */
struct py_pattern_list {
	struct text_list patterns; /* all of them */
	bool quick;                /* the defaults among them are searched without `re`, */
	bool quick_tests;          /* those for tests of constants too */
	struct regex *re;          /* the others, or all; NULL: none */
};

/* Compiled once, then not changed, and for any number of threads. End with py_patterns_free(). */
struct py_patterns {
	struct py_pattern_list exclude, partial;
};

/*
 * Lists as the configuration has them, with exclude_also and partial_also behind exclude_lines and
 * partial_branches; NULL: the default. On failure *err names the pattern, and *p needs no freeing.
 *
 * A list of two and more patterns takes patterns that can stand in a group: `(?i)x` can't. coverage.py
 * then ends with an exception when it reports.
 */
enum status py_patterns_compile(struct py_patterns *p, const struct text_list *exclude,
				const struct text_list *partial,
				const struct text_list *partial_always, struct error *err);
void py_patterns_free(struct py_patterns *p);

/* Adds the lines that match a pattern of `exclude` (`matched` in struct py_options). On failure a
 * pattern takes too long; *err names it, and what was found until then is in `lines`. */
enum status py_patterns_excluded(const struct py_patterns *p, struct span text,
				 struct line_set *lines, struct error *err);

/* Adds the first lines of the logical lines that match a pattern of `partial` or `partial_always`
 * (PythonFileReporter.no_branch_lines()). `read` is what was read of the same text. */
enum status py_patterns_no_branch(const struct py_patterns *p, const struct py_lines *read,
				  struct span text, struct line_set *lines, struct error *err);

/* Adds the lines that match the default exclusion patterns. */
void py_exclude_defaults(struct line_set *lines, struct span text);

/* The lines matched by any regex; false if it gave up (what was found until then is in `lines`). */
bool py_exclude_search(struct line_set *lines, const struct regex *re, struct span text);

/* The joined default patterns, in Python's dialect. */
extern const char py_exclude_default_pattern[];

#endif
