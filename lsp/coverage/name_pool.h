/*
 * name_pool.h - texts by number: each is held once and gets the next number, from 0.
 *
 * A zeroed pool is empty; end it with name_pool_free(). Texts move while others are added.
 */
#ifndef COVLS_COVERAGE_NAME_POOL_H
#define COVLS_COVERAGE_NAME_POOL_H

#include "base/name_set.h"

struct name_pool {
	struct name_set set; /* each name with its NUL; the numbers there count from 1 */
	size_t *starts;      /* by number: where it is in set.bytes */
	size_t count, cap;
};

#define NAME_POOL_NONE UINT32_MAX

/* The number of a text, which is added if it is new. */
uint32_t name_pool_put(struct name_pool *pool, const char *text);

/* NULL for NAME_POOL_NONE. */
const char *name_pool_text(const struct name_pool *pool, uint32_t number);

/* From now on texts are asked for by number alone; the rest of the memory is given back. */
void name_pool_close(struct name_pool *pool);

void name_pool_free(struct name_pool *pool);

#endif
