/* pylex_skim.h - skips tokens that nobody asks for, without making them. */
#ifndef COVLS_PYTHON_PYLEX_SKIM_H
#define COVLS_PYTHON_PYLEX_SKIM_H

#include <stdint.h>

#include "python/pylex.h"

/*
 * From `at`, where a token or a blank begins, on: returns where the first token begins that is not one of
 * `quiet` (enum pylex_quiet), or is no simple case. What is out of the ordinary (errors, f-strings, odd
 * numbers, what reaches near the end of the bytes) is left to the machine that makes tokens.
 */
const uint8_t *pylex_skim(struct pylex *lx, const uint8_t *at, const uint8_t *end, unsigned quiet);

#endif
