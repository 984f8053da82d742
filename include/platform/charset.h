/*
 * charset.h - text in one of the many encodings that the system knows, made UTF-8.
 */
#ifndef COVLS_PLATFORM_CHARSET_H
#define COVLS_PLATFORM_CHARSET_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/span.h"

/* Adds `text` to `out`; each byte that means nothing becomes U+FFFD. False: the system knows no encoding
 * of this name, and nothing was added. */
bool charset_to_utf8(const char *name, struct span text, struct buf *out);

#endif
