#include "database.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "platform/cache.h"
#include "platform/clock.h"
#include "platform/file.h"
#include "platform/path.h"
#include "schema.h"

#define MS         INT64_C(1000000) /* in nanoseconds */
#define WAIT_MS    250              /* for others, in a call */
#define HASTY_NS   (2000 * MS)      /* after a call that waited in vain */
#define CALL_NS    (10000 * MS)     /* the most that a call may take */
#define OPS_A_LOOK 5000             /* of SQLite's machine, between two looks at the clock */
#define VALUE_MAX  (24 << 20)       /* bytes; more than a text that doesn't pack */

/* Opening and removing, of all threads. */
#define TURN SQLITE_MUTEX_STATIC_APP2

static const char settings[] = "pragma auto_vacuum = incremental;" /* counts in an empty database */
			       "pragma secure_delete = off;"
			       "pragma foreign_keys = on;"
			       "pragma synchronous = normal;"
			       "pragma cell_size_check = on;"
			       "pragma trusted_schema = off;"
			       "pragma mmap_size = 0;"
			       "pragma temp_store = memory;"
			       "pragma cache_size = -512;"
			       "pragma journal_size_limit = 4194304;";

void
database_init(struct database *d, const char *folder)
{
	*d = (struct database){ .path = path_join(folder, "store.db"),
				.lock = path_join(folder, "store.lock") };
}

/* It may be used on. */
static void
close_handle(struct database *d)
{
	for (size_t i = 0; i < d->made_count; i++)
		sqlite3_finalize(d->made[i].stmt);
	d->made_count = 0;
	sqlite3_close(d->handle);
	d->handle = NULL;
}

void
database_free(struct database *d)
{
	close_handle(d);
	free(d->path);
	free(d->lock);
}

/* What a failed call of SQLite means, told. */
static enum status
fail(struct database *d, int code)
{
	switch (code & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_PROTOCOL:
		d->hasty_until_ns = clock_steady_ns() + HASTY_NS;
		return error_set(d->err, STATUS_BUSY,
				 "'%s' is in use by another covls; wait a moment", d->path);
	case SQLITE_CONSTRAINT:
		return error_set(d->err, STATUS_MISSING,
				 "the run or the text is not in '%s' any more", d->path);
	case SQLITE_FULL:
		return error_set(d->err, STATUS_DENIED,
				 "'%s' cannot grow; make room on the disk, or set COVLS_CACHE to "
				 "another folder",
				 d->path);
	case SQLITE_INTERRUPT:
		return error_set(d->err, STATUS_LIMIT, "'%s' takes too long; delete it", d->path);
	case SQLITE_TOOBIG:
		return error_set(d->err, STATUS_LIMIT, "that is more than '%s' takes", d->path);
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_AUTH:
	case SQLITE_CANTOPEN:
	case SQLITE_IOERR:
	case SQLITE_NOMEM:
	case SQLITE_NOLFS:
		return error_set(d->err, STATUS_DENIED,
				 "cannot use '%s': %s; set COVLS_CACHE to a folder that can be "
				 "written",
				 d->path, sqlite3_errstr(code));
	default: /* SQLITE_CORRUPT, SQLITE_NOTADB; SQLITE_ERROR: its tables are not what they should be */
		d->is_damaged = true;
		return error_set(d->err, STATUS_BAD_DATA, "'%s' is damaged; delete it", d->path);
	}
}

/* --- opening and removing ---------------------------------------------------------------------- */

static int
on_busy(void *ctx, int times)
{
	const struct database *d = ctx;

	if (clock_steady_ns() >= d->wait_until_ns)
		return 0;
	sqlite3_sleep(times < 10 ? 1 : 5);
	return 1;
}

static int
on_progress(void *ctx)
{
	const struct database *d = ctx;

	return clock_steady_ns() > d->end_ns;
}

static void
set_limits(struct database *d)
{
	sqlite3_extended_result_codes(d->handle, 1);
	sqlite3_busy_handler(d->handle, on_busy, d);
	sqlite3_progress_handler(d->handle, OPS_A_LOOK, on_progress, d);
	sqlite3_limit(d->handle, SQLITE_LIMIT_LENGTH, VALUE_MAX);
	sqlite3_limit(d->handle, SQLITE_LIMIT_ATTACHED, 0);
}

/* Where memory can't be shared, SQLite's old way of journals must do. */
static int
choose_journal(struct database *d)
{
	const char *sql = cache_is_shared(d->path) ? "pragma journal_mode = truncate"
						   : "pragma journal_mode = wal";

	return sqlite3_exec(d->handle, sql, NULL, NULL, NULL);
}

/* A newer database is left as it is, down to the kind of its journal. */
static enum status
check_version(struct database *d)
{
	int version, code = schema_version(d->handle, &version);

	if (code != SQLITE_OK)
		return fail(d, code);
	if (version > schema_of_store.count)
		return error_set(d->err, STATUS_DENIED,
				 "nothing is kept, for a newer covls made '%s' (version %d; this "
				 "one knows %d); update covls, or delete it",
				 d->path, version, schema_of_store.count);
	return STATUS_OK;
}

static enum status
set_up(struct database *d)
{
	int code = sqlite3_exec(d->handle, settings, NULL, NULL, NULL);

	if (code == SQLITE_OK)
		code = choose_journal(d);
	if (code == SQLITE_OK)
		code = schema_migrate(d->handle, &schema_of_store);
	return code == SQLITE_OK ? STATUS_OK : fail(d, code);
}

static bool
has_moved(struct database *d)
{
	int moved = 0;

	return sqlite3_file_control(d->handle, "main", SQLITE_FCNTL_HAS_MOVED, &moved) ==
		       SQLITE_OK &&
	       moved != 0;
}

/* Removes the file, but not one that somebody else has made in the meantime. */
static void
discard(struct database *d)
{
	static const char *const ends[] = { "-wal", "-shm", "-journal", "" };

	if (d->handle == NULL)
		return;
	for (size_t i = 0; i < sizeof ends / sizeof ends[0] && !has_moved(d); i++) {
		struct buf name = { 0 };

		buf_addf(&name, "%s%s", d->path, ends[i]);
		cache_remove_file(buf_text(&name), NULL);
		buf_free(&name);
	}
	sqlite3_db_config(d->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	close_handle(d);
}

static enum status
open_file(struct database *d)
{
	const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
	int code = sqlite3_open_v2(d->path, &d->handle, flags, NULL);
	enum status status;

	if (code != SQLITE_OK)
		return fail(d, code);
	set_limits(d);
	status = check_version(d);
	return status == STATUS_OK ? set_up(d) : status;
}

static bool
is_missing(const struct database *d)
{
	return file_stamp(d->path).kind == FILE_NONE;
}

static enum status
set_missing(struct database *d)
{
	return error_set(d->err, STATUS_MISSING, "nothing is kept yet");
}

/* The lock is held. */
static enum status
open_locked(struct database *d, enum database_mode mode)
{
	enum status status = STATUS_OK;

	for (int i = 0; i < 2; i++) {
		d->is_damaged = false;
		if (mode == DATABASE_WRITE)
			status = cache_make_file(d->path, d->err);
		else if (is_missing(d))
			status = set_missing(d);
		if (status != STATUS_OK)
			return status;
		status = open_file(d);
		if (!d->is_damaged)
			break;
		discard(d);
	}
	if (status != STATUS_OK)
		close_handle(d);
	return status;
}

/* Without the lock nothing is done, but where there can't be one. */
static enum status
lock(struct database *d, struct cache_lock *held)
{
	int64_t wait_ns = d->wait_until_ns - clock_steady_ns();
	enum status status = cache_lock(held, d->lock, wait_ns > 0 ? (int)(wait_ns / MS) : 0, NULL);

	return status == STATUS_BUSY ? fail(d, SQLITE_BUSY) : STATUS_OK;
}

static enum status
prepare_folder(struct database *d)
{
	char *folder = path_folder(d->path);
	enum status status = cache_make_folder(folder, d->err);

	free(folder);
	return status;
}

static enum status
open_anew(struct database *d, enum database_mode mode)
{
	sqlite3_mutex *turn = sqlite3_mutex_alloc(TURN);
	struct cache_lock held = { .fd = -1 };
	enum status status = STATUS_OK;

	if (mode == DATABASE_READ && is_missing(d))
		return set_missing(d);
	sqlite3_mutex_enter(turn);
	if (mode == DATABASE_WRITE)
		status = prepare_folder(d);
	if (status == STATUS_OK)
		status = lock(d, &held);
	if (status == STATUS_OK)
		status = open_locked(d, mode);
	cache_unlock(&held);
	sqlite3_mutex_leave(turn);
	return status;
}

static void
discard_in_turn(struct database *d)
{
	sqlite3_mutex *turn = sqlite3_mutex_alloc(TURN);
	struct cache_lock held = { .fd = -1 };

	sqlite3_mutex_enter(turn);
	if (lock(d, &held) == STATUS_OK)
		discard(d);
	else
		close_handle(d);
	cache_unlock(&held);
	sqlite3_mutex_leave(turn);
}

/* --- calls ------------------------------------------------------------------------------------- */

static enum status
begin(struct database *d, enum database_mode mode)
{
	int code;

	if (d->handle != NULL && has_moved(d))
		close_handle(d);
	if (d->handle == NULL) {
		enum status status = open_anew(d, mode);

		if (status != STATUS_OK)
			return status;
	}
	code = sqlite3_exec(d->handle, mode == DATABASE_WRITE ? "begin immediate" : "begin", NULL,
			    NULL, NULL);
	return code == SQLITE_OK ? STATUS_OK : fail(d, code);
}

static enum status
end(struct database *d, enum status status)
{
	for (size_t i = 0; i < d->made_count; i++)
		database_reset(d->made[i].stmt);
	if (status == STATUS_OK) {
		int code = sqlite3_exec(d->handle, "commit", NULL, NULL, NULL);

		if (code != SQLITE_OK)
			status = fail(d, code);
	}
	/* Some failures have rolled it back already. */
	if (d->handle != NULL && !sqlite3_get_autocommit(d->handle))
		sqlite3_exec(d->handle, "rollback", NULL, NULL, NULL);
	return status;
}

static enum status
try_once(struct database *d, enum database_mode mode, database_work_fn *work, void *ctx)
{
	enum status status;

	d->is_damaged = false;
	status = begin(d, mode);
	if (status == STATUS_OK)
		status = end(d, work(d, ctx));
	if (d->is_damaged && d->handle != NULL)
		discard_in_turn(d);
	return status;
}

enum status
database_do(struct database *d, enum database_mode mode, database_work_fn *work, void *ctx,
	    struct error *err)
{
	struct error why = { 0 };
	int64_t now = clock_steady_ns();
	enum status status;

	d->err = &why;
	d->end_ns = now + CALL_NS;
	d->wait_until_ns = now < d->hasty_until_ns ? now : now + WAIT_MS * MS;
	status = try_once(d, mode, work, ctx);
	if (d->is_damaged)
		status = try_once(d, mode, work, ctx);
	d->err = NULL;
	if (status != STATUS_OK && err != NULL)
		*err = why;
	return status;
}

enum status
database_prepare(struct database *d, const char *sql, sqlite3_stmt **stmt)
{
	int code;

	for (size_t i = 0; i < d->made_count; i++) {
		*stmt = d->made[i].stmt;
		if (d->made[i].sql == sql)
			return STATUS_OK;
	}
	*stmt = NULL;
	if (d->made_count == DATABASE_STATEMENTS)
		return fail(d, SQLITE_NOMEM);
	code = sqlite3_prepare_v3(d->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, stmt, NULL);
	if (code != SQLITE_OK)
		return fail(d, code);
	d->made[d->made_count++] = (struct database_statement){ sql, *stmt };
	return STATUS_OK;
}

enum status
database_step(struct database *d, sqlite3_stmt *stmt, bool *there)
{
	int code = sqlite3_step(stmt);

	*there = code == SQLITE_ROW;
	return code == SQLITE_ROW || code == SQLITE_DONE ? STATUS_OK : fail(d, code);
}

void
database_reset(sqlite3_stmt *stmt)
{
	sqlite3_reset(stmt);
	sqlite3_clear_bindings(stmt);
}

enum status
database_run(struct database *d, sqlite3_stmt *stmt)
{
	enum status status;
	bool more;

	do
		status = database_step(d, stmt, &more);
	while (status == STATUS_OK && more);
	database_reset(stmt);
	return status;
}

enum status
database_number(struct database *d, sqlite3_stmt *stmt, int64_t *number)
{
	bool there;
	enum status status = database_step(d, stmt, &there);

	*number = status == STATUS_OK && there ? sqlite3_column_int64(stmt, 0) : 0;
	database_reset(stmt);
	return status;
}
