#include "config/path_mapping.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Forgets the mappings and keeps the array. */
static void
clear(struct path_mappings *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->at[i].from);
		free(list->at[i].to);
	}
	list->count = 0;
}

void
path_mappings_add(struct path_mappings *list, struct span from, struct span to)
{
	list->at = mem_grow(list->at, list->count, &list->cap, sizeof *list->at);
	list->at[list->count++] =
		(struct path_mapping){ mem_text(from.at, from.len), mem_text(to.at, to.len) };
}

bool
path_mappings_parse(struct path_mappings *list, struct span text)
{
	const char *equals = text.len == 0 ? NULL : memchr(text.at, '=', text.len);
	size_t at = equals == NULL ? 0 : (size_t)(equals - text.at);

	if (equals == NULL || at + 1 == text.len)
		return false;
	path_mappings_add(list, span_cut(text, 0, at), span_cut(text, at + 1, text.len));
	return true;
}

void
path_mappings_copy(struct path_mappings *into, const struct path_mappings *from)
{
	clear(into);
	for (size_t i = 0; i < from->count; i++)
		path_mappings_add(into, span_of(from->at[i].from), span_of(from->at[i].to));
}

void
path_mappings_free(struct path_mappings *list)
{
	clear(list);
	free(list->at);
	*list = (struct path_mappings){ 0 };
}
