/*
 * shown.h - names of files and what is said of them, in one line and without harm for a terminal.
 *
 * A name may hold anything but NUL: ends of lines, which would make two rows of one, and control characters,
 * which move the cursor, colour or retitle. Whatever shows nothing by itself (printable.h) and bytes that are
 * no UTF-8 are written as Python's repr() has them: "\n", "\x1b", "\u202e".
 */
#ifndef COVLS_TEXT_SHOWN_H
#define COVLS_TEXT_SHOWN_H

#include "base/buf.h"
#include "base/span.h"

void shown_add(struct buf *out, struct span text);

#endif
