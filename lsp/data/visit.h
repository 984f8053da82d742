/*
 * visit.h - one short read of an SQLite database that others write and nobody vouches for.
 *
 * A reader that sits in a transaction makes the test run that wants to write fail after five seconds
 * (coverage/sqlitedb.py, 7.16, leaves Python's timeout as it is), and one that waits for the lock
 * makes an editor wait. So a visit is one read transaction, gives up after 300 ms of waiting for a
 * writer (STATUS_BUSY) and after 2 s with the lock (STATUS_LIMIT), and leaves neither lock nor
 * connection. Who has much to read calls visit_pause() between two pieces: once the lock was held for
 * long, it lets a waiting writer in, and goes on only if nothing changed.
 *
 * The file may be hostile: no view, trigger, or function of its schema runs, values have a largest
 * size, and no page is mapped, so that a file that shrinks is an error and no signal. Nothing is
 * ever written, no journal of a dead writer is played back.
 *
 * Everything read between visit_begin() and a visit_end() that succeeds is of one state of the file:
 * SQLite's locks see to it, and a change by somebody who takes none (`cp`) is noticed if it falls
 * into the visit. Of a copy that stands still halfway nothing can be noticed but that it is damaged;
 * its other half will be news again.
 */
#ifndef COVLS_DATA_VISIT_H
#define COVLS_DATA_VISIT_H

#include <sqlite3.h>

#include "formats.h"

/* The largest value that a visit takes in, in bytes. */
#define VISIT_VALUE_MAX (4 << 20)

struct visit {
	const struct data_file *file;
	struct error *err;
	char *real; /* the path that SQLite is given: absolute, so that it reads nothing into it */
	sqlite3 *db;
	int code; /* SQLite's, of the last thing that failed */
	int64_t started_ns, locked_ns;
	int waited_ms;
	struct file_stamp stamp; /* from when the lock was got */
};

/* Opens the database and takes the lock; whatever it returns, visit_end() must follow. */
enum status visit_begin(struct visit *v, const struct data_file *file, struct error *err);

/* Closes it. A `status` that is not STATUS_OK comes back as it is; else the answer is STATUS_BUSY if
 * the file changed or was replaced in spite of the lock, by somebody who does not use SQLite. */
enum status visit_end(struct visit *v, enum status status);

/* Call it when no statement is between its rows. STATUS_BUSY: what was read so far is outdated. */
enum status visit_pause(struct visit *v);

/* Free it with sqlite3_finalize(), which takes the NULL of a failure too, before visit_end(). */
enum status visit_prepare(struct visit *v, const char *sql, sqlite3_stmt **stmt);

typedef enum status visit_row_fn(struct visit *v, sqlite3_stmt *stmt, void *ctx);

/* Calls on_row() for each row, then resets the statement. A status of on_row() that is not STATUS_OK
 * ends it early and is returned. */
enum status visit_each(struct visit *v, sqlite3_stmt *stmt, visit_row_fn *on_row, void *ctx);

/* The same for a statement without parameters that is needed once. */
enum status visit_rows(struct visit *v, const char *sql, visit_row_fn *on_row, void *ctx);

/* STATUS_BAD_DATA: the file is damaged; `how` is a clause such as "it has no schema number". */
enum status visit_set_damaged(struct visit *v, const char *how);

#endif
