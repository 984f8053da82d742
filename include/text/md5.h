/*
 * md5.h - the MD5 digest (RFC 1321) of bytes at hand. LCOV files carry one a line; it protects nothing.
 */
#ifndef COVLS_TEXT_MD5_H
#define COVLS_TEXT_MD5_H

#include "base/span.h"

#define MD5_SIZE 16

void md5(struct span bytes, unsigned char digest[MD5_SIZE]);

#endif
