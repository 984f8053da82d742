/*
 * json_probe.h - what the head of a JSON file has in it, to tell whose it is.
 *
 * A pattern is the way to a value from the outside, its steps parted by spaces: a key, `*` for any key,
 * `[]` for being an element of an array. "* coverage * lines []" is met by {"RSpec":{"coverage":{"a.rb":
 * {"lines":[1.
 */
#ifndef COVLS_DATA_JSON_PROBE_H
#define COVLS_DATA_JSON_PROBE_H

#include "base/span.h"

/* Does one of the patterns (the last is followed by NULL) meet a value of which at least the first byte
 * is in `head`, or the key if the pattern ends with one? What is cut at the end is no fault; from the
 * first byte that isn't JSON on nothing is seen. */
bool json_probe(struct span head, const char *const *patterns);

#endif
