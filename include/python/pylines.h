/*
 * pylines.h - what a Python source says about its own lines, in one streaming pass.
 *
 * For every physical line (from 1): the first line of the logical line it belongs to (the multi-line
 * map of coverage/parser.py, 7.16), and whether a statement with code starts there, whether the line
 * is excluded, whether it belongs to a docstring. The rules are coverage.py 7.16.1's
 * (PythonParser.parse_source with its default exclusions), for Python 3.10 to 3.14.
 *
 *     py_lines_read(&lines, text, &options, &err)       the whole text at hand; or
 *     py_reader_init(&r, &lines, &options), py_reader_feed(&r, piece) ..., py_reader_finish(&r, &err)
 *
 * The reader is one struct of fixed size: no token list, no tree, no copy of the text. The result is
 * four bytes a line, four more with arcs, eight more with regions, and the arcs; it is the only thing
 * that grows. A line that is not part of a longer logical line is its own first line.
 *
 * A statement that the compiler drops, because it can tell that it is never reached, has no code
 * (pyreach.h).
 */
#ifndef COVLS_PYTHON_PYLINES_H
#define COVLS_PYTHON_PYLINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "base/status.h"
#include "python/pyarcs.h"
#include "python/pylex.h"
#include "python/pyreach.h"
#include "python/pyregions.h"
#include "python/pystmt.h"
#include "text/line_set.h"

/* What a line is. STATEMENT is only ever set on first lines; EXCLUDED and DOCSTRING are physical. */
enum py_line_flag {
	PY_STATEMENT = 1, /* counts in reports: has code, is neither excluded nor a docstring */
	PY_EXCLUDED = 2,  /* in coverage.py's `excluded` set, blank lines and comments included */
	PY_DOCSTRING = 4,
	PY_FLAGS = 0xFF
};

/* A zeroed one is empty. */
struct py_lines {
	uint32_t *info; /* info[n]: how far back line n's first line is << 8 | enum py_line_flag */
	uint32_t count; /* physical lines; info has count + 1 elements, [0] unused */
	size_t cap;
	/* An exclusion regex matched up to the end of the text, behind its last line end: then
	 * coverage.py has the line after the last one in `excluded`, and counts it. */
	bool excluded_past_end;
	struct py_arcs arcs;       /* with PY_WANT_ARCS */
	struct py_regions regions; /* with PY_WANT_REGIONS */
};

/* What else is wanted of the pass. */
enum py_want { PY_WANT_ARCS = 1, PY_WANT_REGIONS = 2 };

struct py_options {
	unsigned minor; /* of Python 3.minor, whose rules hold; 0 is the newest that covls knows */
	/* Lines that an exclusion regex matched (executable-lines 4, step 1); borrowed until the
	 * reader is finished. NULL: py_lines_read() searches for coverage.py's defaults itself,
	 * py_reader_init() takes none. */
	const struct line_set *matched;
	unsigned want; /* enum py_want */
};

static inline unsigned
py_lines_flags(const struct py_lines *lines, uint32_t line)
{
	return line - 1 < lines->count ? lines->info[line] & PY_FLAGS : 0;
}

/* The first line of the logical line that `line` belongs to; `line` itself if it is out of range. */
static inline uint32_t
py_lines_first(const struct py_lines *lines, uint32_t line)
{
	return line - 1 < lines->count ? line - (lines->info[line] >> 8) : line;
}

/* The last physical line of the logical line that starts at `first`. */
uint32_t py_lines_last(const struct py_lines *lines, uint32_t first);

/*
 * Reads a whole text. On failure the text is not Python as far as covls can tell: *err says why and
 * on which line, and `lines` is empty. `lines` may hold an earlier result, whose memory is reused.
 */
enum status py_lines_read(struct py_lines *lines, struct span text,
			  const struct py_options *options, struct error *err);

void py_lines_free(struct py_lines *lines);

/* ---- piece by piece ---- */

#define PY_READER_NONE 0xFFu

/* What the reader keeps of the code object at hand. Lines are where to begin to look for lines that
 * are to be decided; 0: there are none. */
struct py_reader_scope {
	uint32_t later_from; /* dead code that may stay (PYFATE_LATER) */
	uint32_t
		deferred_from; /* class, 3.14: code in annotations, there if the class's end is alive */
	bool has_code;
	bool docstring;
};

/* What the reader keeps of an open compound statement. */
struct py_reader_block {
	uint32_t line;  /* of its head */
	uint32_t first; /* def, class: of the first decorator */
	uint32_t pattern_first, pattern_last;
	struct py_reader_scope outer; /* def, class: the code object round it, */
	uint8_t outer_scope;          /* ... and its block */
	uint32_t
		suite_end; /* match: line of the last statement of its latest case, if that is alive */
	bool any_case,
		has_default; /* match: has a case; ends, so far, with a `case _` after another */
	bool hidden;         /* def, class: called __annotate__ */
	bool carry;          /* def, class: excluded with all of its body */
	bool wanted;         /* case: irrefutable, so that it is excluded if all of its body is */
	bool any_code, all_excluded;
};

/* The state of one pass: fixed size, nothing to free. */
struct py_reader {
	struct pylex lex;
	struct pystmt stmt;
	struct pyreach reach;
	struct pyregions regions;
	struct pyarcs arcs;
	struct py_reader_scope here;
	struct py_lines *lines;
	const struct py_lines *oracle;  /* an earlier pass, which knows what has code; or NULL */
	const struct line_set *matched; /* NULL: none */
	/* No line from match_from up to next_match is in it; next_match is, or is UINT32_MAX. */
	uint32_t match_from, next_match;
	enum py_reader_state { PY_READER_ON, PY_READER_LEX_ERROR, PY_READER_STMT_ERROR } state;
	bool excluding; /* in a suite whose head matched an exclusion regex */
	uint32_t exclude_indent;
	uint32_t carry_depth; /* excluded def and class blocks open */
	uint32_t carried_to;  /* line up to which the innermost of them has been excluded */
	uint32_t wanted_cases;
	uint8_t scope; /* block of the def or class that we are in, or PY_READER_NONE */
	bool future_annotations;
	bool module_annotations;
	uint32_t first_statement; /* line; 0: there is none yet */
	uint32_t last_statement;  /* the last one that the compiler has visited, or 0 */
	/* Of the logical line at hand: */
	uint32_t line_first;
	uint32_t docstring_first, docstring_last; /* 0: there is none */
	uint8_t opened;                 /* the block that was opened on it, or PY_READER_NONE */
	bool line_excluded;             /* by the suite it stands in */
	bool line_code;                 /* some part of it has code */
	bool line_later, line_deferred; /* ... or may turn out to have some */
	bool suite_code;                /* ... behind the head of a block that was opened on it */
	struct py_reader_block blocks[PYSTMT_BLOCK_MAX];
};

/* `lines` and options->matched must stay until py_reader_finish(). */
void py_reader_init(struct py_reader *r, struct py_lines *lines, const struct py_options *options);

/* The next bytes of the text, cut anywhere. After an error the rest is ignored. */
void py_reader_feed(struct py_reader *r, struct span piece);

/* As py_lines_read(). */
enum status py_reader_finish(struct py_reader *r, struct error *err);

#endif
