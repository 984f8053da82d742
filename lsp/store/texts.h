/* texts.h - putting texts into the store, for calls that do more than that. */
#ifndef COVLS_STORE_TEXTS_H
#define COVLS_STORE_TEXTS_H

#include "base/buf.h"
#include "room.h"

struct text_put {
	struct span text;
	struct store_key key;
	int64_t now_ns;
	struct buf packed; /* filled when it is needed */
};

/* STATUS_LIMIT: it is too long. End it with text_put_free(), whatever the answer. */
enum status text_put_begin(struct text_put *put, struct span text, struct error *err);
void text_put_free(struct text_put *put);

/* Puts it there unless it is. Within work. */
enum status text_put_run(struct text_put *put, struct database *d);

void text_bind_key(sqlite3_stmt *stmt, int at, const struct store_key *key);

/* False: the column holds no key. */
bool text_column_key(sqlite3_stmt *stmt, int column, struct store_key *key);

#endif
