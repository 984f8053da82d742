/*
 * lists.h - the lists that a value of an INI file holds, as coverage.py takes it apart
 * (coverage/config.py, 7.16: getlist() and getregexlist()).
 *
 * Walk a value so, `rest` being all of it at first:
 *
 *     while (list_next(&rest, &item)) ...
 *
 * Items lie in the value, have no white space round them, and are never empty.
 */
#ifndef COVLS_CONFIG_LISTS_H
#define COVLS_CONFIG_LISTS_H

#include <stdbool.h>

#include "base/span.h"

/* Items end with a comma or a line. */
bool list_next(struct span *rest, struct span *item);

/* Items are lines, and hold commas; a line ends where str.splitlines() ends one, so also at U+000B,
 * U+000C, U+001C to U+001E, U+0085, U+2028 and U+2029. */
bool list_next_line(struct span *rest, struct span *item);

#endif
