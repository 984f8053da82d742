/*
 * mem.h - memory that is there, or the program ends.
 *
 * covls holds little, and an editor starts a server again that has ended; so running out of memory
 * prints one line and stops the program, and no caller tests for NULL. Sizes are checked for
 * overflow. Free with free().
 */
#ifndef COVLS_BASE_MEM_H
#define COVLS_BASE_MEM_H

#include <stddef.h>

/* Zeroed. A size of 0 gives a pointer that may be freed and not read. */
void *mem_alloc(size_t count, size_t size);

/* Like realloc(); what was added is not zeroed. */
void *mem_resize(void *old, size_t count, size_t size);

/* The first `len` bytes of `text` with a NUL after them. */
char *mem_text(const char *text, size_t len);

/* A copy of a NUL-terminated string; NULL stays NULL. */
char *mem_copy(const char *text);

/*
 * Room for one more element of `size` bytes in an array that holds `used` of `*cap`; grows by half.
 * `*cap` is updated, the array's new place is returned.
 */
void *mem_grow(void *array, size_t used, size_t *cap, size_t size);

#endif
