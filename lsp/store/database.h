/*
 * database.h - the SQLite file of the store: opened when it is needed, made when something is to
 * be put into it, made anew when it is damaged or gone.
 *
 * It is used by one call at a time of a work_fn, in one transaction. Other processes do the same.
 * None opens the file, makes it or removes it without holding the lock file that lies beside it;
 * so nobody finds the write-ahead log of another database beside a new one ("How To Corrupt An
 * SQLite Database File", 2.4 and 2.5). Whoever has the file open when it is removed notices at his
 * next call, and SQLite leaves alone what then has the name of his log.
 *
 * `synchronous` is NORMAL: in WAL mode, a power cut costs the last transactions and not the
 * database, at one fsync() each 4 MiB written.
 */
#ifndef COVLS_STORE_DATABASE_H
#define COVLS_STORE_DATABASE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define DATABASE_STATEMENTS 48

enum database_mode {
	DATABASE_READ,  /* STATUS_MISSING if there is no file */
	DATABASE_WRITE, /* the file is made if it is missing */
};

struct database_statement {
	const char *sql; /* its address is what it is known by */
	sqlite3_stmt *stmt;
};

struct database {
	char *path, *lock;
	sqlite3 *handle; /* NULL: not open */
	struct database_statement made[DATABASE_STATEMENTS];
	size_t made_count;
	bool is_damaged; /* SQLite said so in the call that is under way */
	int64_t wait_until_ns,
		end_ns; /* on the steady clock: how long others are waited for; when a call is given up */
	int64_t hasty_until_ns; /* no waiting until then, for the last call waited in vain */
	struct error *err;      /* of the call that is under way */
};

void database_init(struct database *d, const char *folder);
void database_free(struct database *d);

/* May be called twice in one database_do(), the first time in vain. */
typedef enum status database_work_fn(struct database *d, void *ctx);

/* Runs `work` in a transaction, which is kept if it returns STATUS_OK and rolled back otherwise. */
enum status database_do(struct database *d, enum database_mode mode, database_work_fn *work,
			void *ctx, struct error *err);

/* For use within `work`. Each answers STATUS_OK or fills the call's error. */

/* A statement without values; it stays prepared. `sql` must be static. */
enum status database_prepare(struct database *d, const char *sql, sqlite3_stmt **stmt);

/* The next row; at the end *there is false. End it with database_reset(). */
enum status database_step(struct database *d, sqlite3_stmt *stmt, bool *there);

/* Also forgets the values. NULL is nothing. */
void database_reset(sqlite3_stmt *stmt);

/* Runs it to its end, and resets it. */
enum status database_run(struct database *d, sqlite3_stmt *stmt);

/* The number in the first column of the first row, 0 if there is none; resets it. */
enum status database_number(struct database *d, sqlite3_stmt *stmt, int64_t *number);

#endif
