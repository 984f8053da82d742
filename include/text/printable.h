/*
 * printable.h - which characters show something: str.isprintable() of CPython 3.14.
 */
#ifndef COVLS_TEXT_PRINTABLE_H
#define COVLS_TEXT_PRINTABLE_H

#include <stdbool.h>
#include <stdint.h>

bool printable(uint32_t code);

#endif
