/* runs.h - runs as rows. */
#ifndef COVLS_STORE_RUNS_H
#define COVLS_STORE_RUNS_H

#include "room.h"

/* What runs_take() reads, from a column on. */
#define RUNS_COLUMNS "run.id, run.data, run.modified, run.size, run.hash, run.copy, run.copy_size"

/* A run from a row; a copy that has gone or is another size is none. */
void runs_take(const struct store *store, sqlite3_stmt *stmt, int column, struct store_run *run);

/* Says that a run was used, if that wasn't said lately; in a transaction of its own. */
void runs_use(struct store *store, int64_t run, int64_t used_ns);

/* A text of a column, never NULL; lasts until the next step. */
const char *runs_column_text(sqlite3_stmt *stmt, int column);

#endif
