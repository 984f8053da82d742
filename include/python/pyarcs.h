/*
 * pyarcs.h - the jumps between lines that a source allows, as coverage.py sees them.
 *
 * What pylines.h finds in its pass when it is asked for PY_WANT_ARCS: PythonParser.arcs() of
 * coverage/parser.py, 7.16.1, with its repair of `with` statements, and what is worked out from it.
 * The arcs are between first lines of logical lines; exclusion takes no part in them.
 */
#ifndef COVLS_PYTHON_PYARCS_H
#define COVLS_PYTHON_PYARCS_H

#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"
#include "text/arc_list.h"

struct py_lines;

/* Which arcs leaving a `with` are taken for which ones (fix_with_jumps() in coverage/parser.py). */
struct py_with_fix {
	struct arc exit; /* from the end of the body back to the `with` */
	struct arc next; /* from the `with` on; the repaired arc is (exit.from, next.to) */
};

/* Why an arc would not be taken, and where it goes; lines as recorded, not mapped. */
struct py_arc_note {
	struct arc arc;
	uint8_t cause, action; /* private enums of pyarcs.c */
};

/* A part of struct py_lines; zeroed is empty. */
struct py_arcs {
	struct arc_list possible;  /* sorted: what PythonParser.arcs() is */
	struct py_with_fix *fixes; /* sorted by exit */
	size_t fix_count, fix_cap;
	struct py_arc_note *notes; /* sorted by arc */
	size_t note_count, note_cap;
};

/* Takes the arcs that data recorded to the arcs that were executed, sorted, as
 * analysis_from_file_reporter() in coverage/results.py does: repaired, mapped to first lines, jumps
 * within one line taken for the only arc that leaves it. Works in place. */
void py_arcs_execute(const struct py_lines *lines, struct arc_list *measured);

/* How many arcs leave each line: counts[1 ... lines->count], zeroed by the caller. Arcs with an excluded
 * end are left out, as PythonParser.exit_counts() does. A line with more than one is a branch. */
void py_arcs_count_exits(const struct py_lines *lines, uint32_t *counts);

/* Where an arc goes: "jump to line 5", "return from function 'f'" (PythonParser.arc_description()).
 * Names of functions and classes are looked up in `text`, the source. */
void py_arc_describe(const struct py_lines *lines, struct span text, struct arc arc,
		     struct buf *out);

/* Why it was not taken: "line 12 didn't jump to line 15 because the condition on line 12 was never
 * true" (PythonParser.missing_arc_description()). */
void py_arc_describe_missing(const struct py_lines *lines, struct span text, struct arc arc,
			     struct buf *out);

void py_arcs_clear(struct py_arcs *arcs);
void py_arcs_free(struct py_arcs *arcs);

#endif
