#include "base/text_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void
text_list_add(struct text_list *list, struct span text)
{
	list->at = mem_grow(list->at, list->count, &list->cap, sizeof *list->at);
	list->at[list->count++] = mem_text(text.at, text.len);
}

bool
text_list_has(const struct text_list *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(list->at[i], text) == 0)
			return true;
	}
	return false;
}

void
text_list_add_once(struct text_list *list, const char *text)
{
	if (!text_list_has(list, text))
		text_list_add(list, span_of(text));
}

void
text_list_clear(struct text_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->at[i]);
	list->count = 0;
}

void
text_list_free(struct text_list *list)
{
	text_list_clear(list);
	free(list->at);
	*list = (struct text_list){ 0 };
}
