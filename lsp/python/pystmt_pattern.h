/* pystmt_pattern.h - does the pattern of a `case` match whatever comes? Token by token. */
#ifndef COVLS_PYTHON_PYSTMT_PATTERN_H
#define COVLS_PYTHON_PYSTMT_PATTERN_H

#include "python/pystmt.h"

void pattern_begin(struct pystmt_pattern *p);

/* Takes a token of the pattern. */
void pattern_take(struct pystmt_pattern *p, const struct pytoken *tok);

/* The pattern has ended. What CPython's compiler calls irrefutable. */
bool pattern_is_irrefutable(const struct pystmt_pattern *p);

/* The same for coverage.py, which looks at the last alternative only, and not at alternatives under
 * an `as` (_case_is_irrefutable in coverage/parser.py, 7.16.1). */
bool pattern_is_wildcard(const struct pystmt_pattern *p);

#endif
