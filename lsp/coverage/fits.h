/*
 * fits.h - can a text be the one that ran?
 *
 * No coverage data says which text it is of, but most texts it cannot be of: a line that ran is no comment,
 * is not empty and not behind the end, and what stands above it in the same suite ran before it. So a
 * text that is shifted by a line against the one that ran is nearly always found out (how often:
 * tests/differential/fits.py), one in which a line was only replaced by another never.
 *
 * Of Python, as coverage.py's data tells it:
 *   - a line that ran belongs to a logical line that has code in some Python from 3.10 to 3.14. Line 1
 *     says nothing: an empty module has run "on line 1" up to 3.10;
 *   - statements of one suite run from the first on: where one ran, those above it did; and, unless it
 *     is the suite of a `def`, so did the head of the suite. This is so whenever the measuring began,
 *     since a frame that was there before is not measured; but code of its own within a statement (a
 *     lambda, a generator, a class, the head of a def as sys.monitoring has it) may run in a module
 *     that was loaded before, or that itself begins the measuring. `assert` and what asks for
 *     __debug__ may be left out (python -O).
 * A report's lines are code whether they ran or not. Of other languages than Python empty lines are asked
 * for with care: some tools name all lines of a region, empty ones among them, but none begins or ends
 * one with an empty line. What a plugin measured is not looked at, and of a text that covls
 * can't read only the end.
 */
#ifndef COVLS_COVERAGE_FITS_H
#define COVLS_COVERAGE_FITS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"
#include "data/data.h"

enum misfit_kind {
	MISFIT_NONE,
	MISFIT_END, /* `line` ran, and the text ends before it: `other` is how many lines it has */
	MISFIT_NO_CODE, /* `line` ran, and there is no code */
	MISFIT_ORDER,   /* `line` ran without `other`, which comes before it */
	MISFIT_UNSURE, /* it fits as far as that can be told, which is no more than where it ends */
};

struct misfit {
	enum misfit_kind kind;
	uint32_t line, other;
};

/* `text` is UTF-8. False: it can't be what ran; *why says what speaks against it. True: *why is MISFIT_NONE, or
 * MISFIT_UNSURE of what a plugin measured, and of a text that covls takes for no Python. */
bool fits_data(struct span text, bool is_python, const struct data_query *data, struct misfit *why);

/* Adds a clause such as "by the data line 12 ran, where it has no code". */
void misfit_add_text(const struct misfit *why, struct buf *out);

#endif
