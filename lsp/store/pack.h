/* pack.h - texts as they are kept: packed with zlib, which adds a checksum. */
#ifndef COVLS_STORE_PACK_H
#define COVLS_STORE_PACK_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/span.h"

/* Adds the packed text to `packed`. */
void pack_text(struct span text, struct buf *packed);

/* Adds the text, which has `size` bytes, to `text`. False: it is damaged, and what was added means
 * nothing. */
bool unpack_text(struct span packed, size_t size, struct buf *text);

#endif
