/*
 * text_list.h - a list of strings that it owns. A zeroed one is empty; end it with text_list_free().
 */
#ifndef COVLS_BASE_TEXT_LIST_H
#define COVLS_BASE_TEXT_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

struct text_list {
	char **at;
	size_t count, cap;
};

/* Adds a copy; _once: unless it is there already. */
void text_list_add(struct text_list *list, struct span text);
void text_list_add_once(struct text_list *list, const char *text);

bool text_list_has(const struct text_list *list, const char *text);

/* Forgets the strings and keeps the array. */
void text_list_clear(struct text_list *list);
void text_list_free(struct text_list *list);

#endif
