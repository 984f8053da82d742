/*
 * human.h - the order in which people expect names: a2 before a10 (human_sorted() in coverage/misc.py,
 * 7.16.1).
 *
 * A name is a list of texts and numbers in turn, and lists are compared element by element; then the
 * names themselves. Digits are those of ASCII.
 */
#ifndef COVLS_TEXT_HUMAN_H
#define COVLS_TEXT_HUMAN_H

#include "base/span.h"

/* Below, equal to or above 0, as strcmp(). 0 is for equal names only. */
int human_compare(struct span a, struct span b);

#endif
