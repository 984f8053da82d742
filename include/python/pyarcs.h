/*
 * pyarcs.h - the jumps between lines that a source allows, as coverage.py sees them.
 *
 * What pylines.h finds in its pass when it is asked for PY_WANT_ARCS: PythonParser.arcs() of
 * coverage/parser.py, 7.16.1, with its repair of `with` statements, and what is worked out from it.
 * The arcs are between first lines of logical lines; exclusion takes no part in them. An end -n is the
 * way out of the module (1) or of the function or class whose first line, decorators included, is n.
 */
#ifndef COVLS_PYTHON_PYARCS_H
#define COVLS_PYTHON_PYARCS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"
#include "python/pylex.h"
#include "python/pystmt.h"
#include "text/arc_list.h"

struct py_lines;

/* Which arcs leaving a `with` are taken for which ones (fix_with_jumps() in coverage/parser.py). */
struct py_with_fix {
	struct arc exit; /* from the end of the body back to the `with` */
	struct arc next; /* from the `with` on; the repaired arc is (exit.from, next.to) */
};

/* An arc as it was found: why it would not be taken, and where it goes. An arc may have several. */
struct py_arc_note {
	int32_t to;
	uint32_t next;         /* index of the next one from the same line; 0: there is none */
	uint8_t cause, action; /* private enums of pyarcs.c */
};

/* An exit of a statement that waits for what comes next, or an unused place for one. */
struct py_arc_exit {
	uint32_t line;
	uint32_t next; /* index in the pool; 0: there is none */
	uint8_t cause;
};

/* A part of struct py_lines; zeroed is empty. */
struct py_arcs {
	struct arc_list possible;  /* sorted: what PythonParser.arcs() is */
	struct py_with_fix *fixes; /* sorted by exit, and each exit once */
	size_t fix_count, fix_cap;
	struct py_arc_note *notes; /* [0] is unused */
	size_t note_count, note_cap;
	uint32_t *first_note; /* of each line: index of its first note, or 0 */
	size_t lines, line_cap;
	/* A text was read piece by piece, and what was taken for a line with code (or without) turned
	 * out not to be one after its arcs had been found. py_lines_read() reads such texts twice. */
	bool doubtful;
	/* Of the pass; kept for the next one. */
	struct py_arc_exit *pool;
	size_t pool_count, pool_cap;
	struct arc_list nexts; /* from a `with` to what comes after it */
};

/* Takes the arcs that data recorded to the arcs that were executed, sorted, as
 * analysis_from_file_reporter() in coverage/results.py does: repaired, mapped to first lines, jumps
 * within one line taken for the only arc that leaves it. Works in place. */
void py_arcs_execute(const struct py_lines *lines, struct arc_list *measured);

/* How many arcs leave each line: counts[1 ... lines->count], zeroed by the caller. Arcs with an excluded
 * end are left out, as PythonParser.exit_counts() does. A line with more than one is a branch. */
void py_arcs_count_exits(const struct py_lines *lines, uint32_t *counts);

/*
 * Where an arc goes: "jump to line 5", "return from function 'f'" (PythonParser.arc_description()).
 * Names of functions and classes stand in `text`, the source; they are found faster in lines that were
 * read with PY_WANT_REGIONS.
 */
void py_arc_describe(const struct py_lines *lines, struct span text, struct arc arc,
		     struct buf *out);

/* Why it was not taken: "line 12 didn't jump to line 15 because the condition on line 12 was never
 * true" (PythonParser.missing_arc_description()). */
void py_arc_describe_missing(const struct py_lines *lines, struct span text, struct arc arc,
			     struct buf *out);

void py_arcs_clear(struct py_arcs *arcs);
void py_arcs_free(struct py_arcs *arcs);

/*
 * ---- for pylines.c: the pass that finds them ----
 *
 * It hangs on the events of pystmt.h. Which lines have code is decided at the end of a logical line
 * only, so the events of a line are noted, and what they mean is found in pyarcs_line_end(). Exits that
 * wait for what comes next are lists in one pool; what a list holds is moved, never copied.
 */

struct pyarcs_list {
	uint32_t head, tail; /* 0: empty */
};

/* What coverage.py knows of the test of an `if` or a `while` (is_constant_test_expr()). */
enum pyarcs_truth { PYARCS_UNKNOWN, PYARCS_FALSE, PYARCS_TRUE };

/* An open compound statement. */
struct pyarcs_block {
	uint32_t line;            /* of its head; of the latest elif or case */
	uint32_t start;           /* def, class: of its first decorator */
	struct pyarcs_list exits; /* of the statement; def, class: those waiting outside of it */
	struct pyarcs_list jumps; /* loop: its breaks; try: raises within its body */
	struct pyarcs_list late;  /* try: raises within a handler or else */
	struct pyarcs_list ends;  /* try: exits of its body */
	uint32_t outer_skip;      /* def, class */
	uint8_t outer_scope;      /* def, class */
	uint8_t kind;             /* enum py_block_kind */
	uint8_t phase;            /* enum py_phase */
	uint8_t test;             /* if, while: enum pyarcs_truth */
	bool skipped;             /* the whole of it */
	bool suite_skipped;       /* if: the suite at hand */
	bool rest_skipped;        /* if: all that follows */
	bool has_else;
	bool had_exits; /* try: its body, else or handlers have an end that is reached */
	bool wildcard;  /* match: the latest case matches whatever comes */
};

/* The test at hand, token by token. */
struct pyarcs_test {
	bool constant;                         /* nothing but constants, not, and, or so far */
	uint8_t levels[PYLEX_BRACKET_MAX + 1]; /* enum level, in pyarcs.c */
};

struct pyarcs {
	struct py_arcs *arcs;   /* NULL: not wanted */
	struct pyarcs_list cur; /* exits that flow into what comes next */
	uint32_t free;          /* of the pool */
	uint32_t skip;          /* statements round this place that are left out */
	uint8_t depth;          /* blocks open */
	uint8_t scope;          /* block of the def or class that we are in, or PYARCS_NO_BLOCK */
	bool any_statement;
	/* Of the decorators before a def or class: */
	uint32_t decorated;      /* line of the first; 0: there are none */
	uint32_t last_decorator; /* line of the last */
	bool decorated_skipped;
	/* Of the logical line at hand: */
	bool decorator, has_head, has_simple, ends_in_jump;
	uint8_t test_value; /* of its head: enum pyarcs_truth */
	struct py_head head;
	struct pyarcs_list jumps;
	struct pyarcs_test test;
	struct pyarcs_block blocks[PYSTMT_BLOCK_MAX];
};

#define PYARCS_NO_BLOCK 0xFFu

/* `arcs` may be NULL: then nothing else is to be called. */
void pyarcs_init(struct pyarcs *a, struct py_arcs *arcs);

/* The next token of a test, from its keyword on (`first`). */
void pyarcs_test_take(struct pyarcs_test *t, const struct pytoken *tok, bool first);
enum pyarcs_truth pyarcs_test_end(struct pyarcs_test *t);

void pyarcs_simple(struct pyarcs *a, const struct py_simple *simple);
void pyarcs_head(struct pyarcs *a, const struct py_head *head);

/* `has_code`: some statement on the logical line that starts at `first` has. */
void pyarcs_line_end(struct pyarcs *a, uint32_t first, bool has_code);
void pyarcs_close(struct pyarcs *a, uint8_t block);

/* The text has ended, which has so many physical lines. */
void pyarcs_finish(struct pyarcs *a, uint32_t lines);

#endif
