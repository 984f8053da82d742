/*
 * source.h - a source file as a command looks at it: its text, and how it stands.
 */
#ifndef COVLS_CLI_SOURCE_H
#define COVLS_CLI_SOURCE_H

#include <stdbool.h>

#include "config/options.h"
#include "coverage/search.h"
#include "coverage/subject.h"
#include "text/doc_text.h"

struct cli_source {
	struct subject subject;
	struct doc_text text;
};

/* A source that is to be searched for; takes the path over. */
struct search_item cli_source_item(char *path);

/* What a command line wishes of a search; borrows both. */
struct search_wishes cli_source_wishes(const struct options *settings,
				       const struct text_list *roots);

/* Reads the source of an item that has been searched for, and takes what was found. False: it cannot be
 * read, which has been told. To be freed in any case. */
bool cli_source_read(struct cli_source *s, const struct options *settings,
		     struct search_item *item);
void cli_source_free(struct cli_source *s);

#endif
