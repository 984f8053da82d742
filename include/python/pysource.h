/*
 * pysource.h - the text of a Python file, as coverage.py reads it (get_python_source() in
 * coverage/python.py, 7.16.1).
 *
 * There the bytes are decoded by what they say of their encoding (PEP 263), with U+FFFD for what cannot
 * be. Here the text is UTF-8, so most files stay as they are: line ends, form feeds and a byte order
 * mark are left to whoever reads on.
 */
#ifndef COVLS_PYTHON_PYSOURCE_H
#define COVLS_PYTHON_PYSOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"
#include "base/status.h"

/* Makes text of the bytes of a file, in place. STATUS_BAD_DATA: it names an encoding that there is not,
 * or its first lines aren't in the one it has; *err says it in Python's words. */
enum status py_source_decode(struct buf *bytes, struct error *err);

/* Takes the first line, without its end, off the text; false if there is none. Lines end where
 * str.splitlines() ends one, form feeds excepted, which coverage.py replaces by spaces: so at more places
 * than those of Python. */
bool py_source_take_line(struct span *rest, struct span *line);

/* How many of these lines a text has. */
uint32_t py_source_count_lines(struct span text);

/* Adds a line as coverage.py has it: without form feeds, and without a byte order mark if it is at the
 * start of the text. */
void py_source_add_line(struct buf *out, struct span line, bool is_first);

#endif
