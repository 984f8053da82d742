#include "base/mem.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *
or_end(void *p)
{
	if (p == NULL) {
		fputs("covls: out of memory\n", stderr);
		abort();
	}
	return p;
}

void *
mem_alloc(size_t count, size_t size)
{
	return or_end(calloc(count == 0 ? 1 : count, size == 0 ? 1 : size));
}

void *
mem_resize(void *old, size_t count, size_t size)
{
	if (size != 0 && count > SIZE_MAX / size)
		or_end(NULL);
	return or_end(realloc(old, count * size == 0 ? 1 : count * size));
}

char *
mem_text(const char *text, size_t len)
{
	char *copy = mem_alloc(len + 1, 1);

	if (len > 0)
		memcpy(copy, text, len);
	return copy;
}

char *
mem_copy(const char *text)
{
	return text == NULL ? NULL : mem_text(text, strlen(text));
}

void *
mem_grow(void *array, size_t used, size_t *cap, size_t size)
{
	if (used < *cap)
		return array;
	*cap = *cap < 8 ? 8 : *cap + *cap / 2;
	return mem_resize(array, *cap, size);
}
