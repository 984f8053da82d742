/*
 * ignore.h - the patterns of a .gitignore file, as gitignore(5) of Git 2.39 describes them.
 *
 * One struct holds the patterns of one file; of several, the file nearest to a path that decides is the
 * one that counts. That what lies in an ignored folder is ignored too, whatever patterns say of it, is
 * for the caller, who does not enter it. Case counts; core.ignoreCase is not asked for.
 */
#ifndef COVLS_TEXT_IGNORE_H
#define COVLS_TEXT_IGNORE_H

#include <stdbool.h>

#include "base/span.h"

enum ignore_verdict {
	IGNORE_UNDECIDED, /* no pattern matches */
	IGNORE_YES,
	IGNORE_NO, /* the last pattern that matches begins with '!' */
};

struct ignore;

/* Never fails: what is no pattern matches nothing. */
struct ignore *ignore_parse(struct span text);

/* `path` as seen from the folder of the file, '/' as separator; not empty. Takes time in proportion to the
 * pattern's length times the path's, whatever both are. */
enum ignore_verdict ignore_match(const struct ignore *ignore, struct span path, bool is_folder);

void ignore_free(struct ignore *ignore); /* NULL is nothing */

#endif
