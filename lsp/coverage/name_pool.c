#include "name_pool.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

uint32_t
name_pool_put(struct name_pool *pool, const char *text)
{
	size_t start = pool->set.bytes.len; /* where a set puts what is new */
	uint32_t *number = name_set_put(&pool->set, 0, (struct span){ text, strlen(text) + 1 });

	if (*number == 0) {
		pool->starts =
			mem_grow(pool->starts, pool->count, &pool->cap, sizeof *pool->starts);
		pool->starts[pool->count++] = start;
		*number = (uint32_t)pool->count;
	}
	return *number - 1;
}

const char *
name_pool_text(const struct name_pool *pool, uint32_t number)
{
	return number == NAME_POOL_NONE ? NULL : pool->set.bytes.at + pool->starts[number];
}

void
name_pool_close(struct name_pool *pool)
{
	free(pool->set.slots);
	pool->set.slots = NULL;
	pool->set.cap = 0;
}

void
name_pool_free(struct name_pool *pool)
{
	name_set_free(&pool->set);
	free(pool->starts);
	*pool = (struct name_pool){ 0 };
}
