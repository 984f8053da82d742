/*
 * repr.h - a string as Python's repr() shows it, for messages that are to read like coverage.py's.
 *
 * In quotes: single ones, or double ones if the text holds single ones and no double ones. What isn't
 * printable in ASCII is escaped; all beyond ASCII is taken as printable.
 */
#ifndef COVLS_TEXT_REPR_H
#define COVLS_TEXT_REPR_H

#include "base/buf.h"
#include "base/span.h"

void repr_add(struct buf *out, struct span text);

#endif
