/*
 * explain.h - why a source stands as it does: what was looked at, by which rules, and what would help.
 *
 * One model for everybody who explains: `covls check` prints it in a shell, the command covls.explain
 * hands it to an editor. It is made from what a subject holds; nothing is searched for again. Of data
 * that does not speak of the source, the names that come nearest are looked up in the data file.
 */
#ifndef COVLS_COVERAGE_EXPLAIN_H
#define COVLS_COVERAGE_EXPLAIN_H

#include "config/options.h"
#include "coverage/subject.h"
#include "format/jsonw.h"

struct explain_row {
	char *head; /* one word; empty: this goes on with what the row before is about */
	char *text;
};

/* Zero it; end it with explain_free(). */
struct explain {
	struct explain_row *rows;
	size_t count, cap;
	char *verdict; /* one sentence */
	bool fine;     /* there is coverage to show, and nothing to say against it */

	/* The one setting that would help, with its value in JSON, ready to be pasted; NULL: there is none. */
	char *fix_key, *fix_value;
};

struct explain_parts {
	const struct subject *subject; /* that has taken what a search found */
	const struct options *options;
	const char *current; /* paths below it are told relative to it; NULL: none is */
	bool of_folder;      /* the subject stands for any source in its folder */
};

void explain_make(struct explain *e, const struct explain_parts *parts);

/* All of it, for people: a line a row. */
void explain_add_text(const struct explain *e, struct buf *out);

/* The members `verdict`, `fine`, `rows` and `fix` of an object that the caller opens and ends. */
void explain_write(const struct explain *e, struct jsonw *w);

void explain_free(struct explain *e);

#endif
