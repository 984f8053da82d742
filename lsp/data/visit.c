#include "visit.h"

#include <stdlib.h>

#include "base/buf.h"
#include "platform/clock.h"
#include "platform/path.h"

#define MS           INT64_C(1000000) /* in nanoseconds */
#define LOCK_MOST_NS (2000 * MS)      /* at a stretch: a writer gives up after 5 s */
#define LOCK_LONG_NS (400 * MS)       /* then a writer gets its turn, if it can be */
#define TIME_MOST_NS (15000 * MS)     /* of a visit */
#define WAIT_MOST_MS 300              /* for a writer's lock, in sum over a visit */
#define WAIT_STEP_MS 5                /* after some shorter ones */
#define OPS_A_LOOK   200              /* of SQLite's machine, between two looks at the clock */
#define SQL_MOST     100000
#define COLUMNS_MOST 100
#define HEADER_SIZE  100

static uint64_t
big_endian(struct span bytes, size_t at, size_t len)
{
	uint64_t n = 0;

	while (len-- > 0)
		n = n << 8 | (unsigned char)bytes.at[at++];
	return n;
}

/* Does the header promise more than is there? Its page count is valid if the two change counters
 * agree (SQLite's fileformat2, "The Database Header"). */
static bool
is_cut_short(const struct data_file *file)
{
	uint64_t page, pages;

	if (file->head.len < HEADER_SIZE)
		return true;
	page = big_endian(file->head, 16, 2);
	pages = big_endian(file->head, 28, 4);
	return big_endian(file->head, 24, 4) == big_endian(file->head, 92, 4) &&
	       file->stamp.size < (page == 1 ? 65536 : page) * pages;
}

enum status
visit_set_damaged(struct visit *v, const char *how)
{
	return error_set(v->err, STATUS_BAD_DATA,
			 "'%s' is damaged: %s; delete it and run the tests again", v->file->path,
			 how);
}

static enum status
set_unreadable(struct visit *v)
{
	if (is_cut_short(v->file))
		return error_set(v->err, STATUS_BAD_DATA,
				 "'%s' is cut short; copy it again or run the tests again",
				 v->file->path);
	return visit_set_damaged(v, "SQLite cannot make sense of it");
}

/* A journal lies beside the file: its writer died or is at work. Only a writer can undo what is half
 * done, so covls waits for one. */
static enum status
set_unfinished(struct visit *v)
{
	return error_set(v->err, STATUS_BUSY,
			 "'%s' is in the middle of a change, with a journal beside it; "
			 "if no tests are running, delete both and run the tests again",
			 v->file->path);
}

/* SQLite keeps "-journal" and "-wal" beside the file itself, not beside a symbolic link to it. */
static bool
has_companion(const struct visit *v, const char *end)
{
	struct buf name = { 0 };
	struct file_stamp stamp;

	buf_addf(&name, "%s%s", v->real, end);
	stamp = file_stamp(buf_text(&name));
	buf_free(&name);
	return stamp.kind != FILE_NONE;
}

static enum status
set_from_code(struct visit *v, int code)
{
	const char *path = v->file->path;

	v->code = code;
	switch (code & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_PROTOCOL:
		return error_set(v->err, STATUS_BUSY,
				 "'%s' is locked by whoever writes it; wait a moment", path);
	case SQLITE_READONLY:
		return set_unfinished(v);
	case SQLITE_CANTOPEN:
		if (file_stamp(path).kind == FILE_NONE)
			return error_set(v->err, STATUS_MISSING, "'%s' is gone", path);
		if (has_companion(v, "-journal"))
			return set_unfinished(v);
		return error_set(v->err, STATUS_DENIED,
				 "cannot open '%s'; SQLite takes names of up to 512 bytes", path);
	case SQLITE_INTERRUPT:
		return error_set(v->err, STATUS_LIMIT,
				 "'%s' takes too long to read; record it with fewer contexts",
				 path);
	case SQLITE_TOOBIG:
	case SQLITE_NOMEM:
		return error_set(v->err, STATUS_LIMIT,
				 "'%s' holds a value that is larger than covls takes", path);
	case SQLITE_ERROR:
	case SQLITE_SCHEMA:
		return visit_set_damaged(v, "its tables are not what their names say");
	case SQLITE_IOERR:
		if (code != SQLITE_IOERR_SHORT_READ)
			return error_set(v->err, STATUS_DENIED, "cannot read '%s': %s", path,
					 sqlite3_errstr(code));
		return set_unreadable(v);
	default: /* SQLITE_NOTADB, SQLITE_CORRUPT and what is left */
		return set_unreadable(v);
	}
}

/* SQLite calls it while a lock is in the way; 0 gives up. */
static int
on_busy(void *ctx, int times)
{
	struct visit *v = ctx;

	if (v->waited_ms >= WAIT_MOST_MS)
		return 0;
	v->waited_ms += sqlite3_sleep(times < 2 * WAIT_STEP_MS ? 1 : WAIT_STEP_MS);
	return 1;
}

/* SQLite calls it now and then; anything but 0 gives up. */
static int
on_progress(void *ctx)
{
	const struct visit *v = ctx;
	int64_t now = clock_steady_ns();

	return now - v->locked_ns > LOCK_MOST_NS || now - v->started_ns > TIME_MOST_NS;
}

static void
set_limits(struct visit *v)
{
	sqlite3_extended_result_codes(v->db, 1);
	sqlite3_busy_handler(v->db, on_busy, v);
	sqlite3_progress_handler(v->db, OPS_A_LOOK, on_progress, v);
	sqlite3_limit(v->db, SQLITE_LIMIT_LENGTH, VISIT_VALUE_MAX);
	sqlite3_limit(v->db, SQLITE_LIMIT_SQL_LENGTH, SQL_MOST);
	sqlite3_limit(v->db, SQLITE_LIMIT_COLUMN, COLUMNS_MOST);
	sqlite3_limit(v->db, SQLITE_LIMIT_ATTACHED, 0);
	sqlite3_db_config(v->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(v->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	sqlite3_db_config(v->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
}

/* To read a database in WAL mode, or one beside which such a log lies, SQLite would make files. */
static bool
is_write_ahead(const struct visit *v)
{
	struct span head = v->file->head;

	return head.at[18] == 2 || head.at[19] == 2 || has_companion(v, "-wal");
}

/* What can be told without SQLite, and better is: it may write when it opens such files. */
static enum status
check_before(struct visit *v)
{
	const char *path = v->file->path;

	if (v->real == NULL)
		return error_set(v->err, STATUS_MISSING, "'%s' is gone", path);
	if (v->file->head.len < HEADER_SIZE)
		return set_unreadable(v);
	if (is_write_ahead(v))
		return error_set(v->err, STATUS_BAD_DATA,
				 "'%s' is in SQLite's WAL mode, which coverage.py never uses; "
				 "delete it and run the tests again",
				 path);
	return STATUS_OK;
}

enum status
visit_begin(struct visit *v, const struct data_file *file, struct error *err)
{
	const int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
	enum status status;
	int code;

	*v = (struct visit){ .file = file, .err = err, .started_ns = clock_steady_ns() };
	v->locked_ns = v->started_ns;
	v->real = path_real(file->path);
	status = check_before(v);
	if (status != STATUS_OK)
		return status;
	code = sqlite3_open_v2(v->real, &v->db, flags, NULL);
	if (code != SQLITE_OK)
		return set_from_code(v, code);
	set_limits(v);
	/* 64 pages are enough to walk an index. The last statement is what takes the lock. */
	code = sqlite3_exec(v->db,
			    "PRAGMA query_only=1; PRAGMA cell_size_check=1; PRAGMA mmap_size=0;"
			    "BEGIN; PRAGMA cache_size=-256; PRAGMA schema_version",
			    NULL, NULL, NULL);
	if (code != SQLITE_OK)
		return set_from_code(v, code);
	v->stamp = file_stamp(file->path);
	return STATUS_OK;
}

/* Is the file under its name still the one that was opened, as it was when it was locked? */
static bool
is_unchanged(struct visit *v)
{
	struct file_stamp now = file_stamp(v->file->path);
	int moved = 0;

	sqlite3_file_control(v->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
	return !moved && file_stamp_equal(&v->stamp, &now);
}

/* Counts the changes that SQLite sees when it takes the lock. */
static uint32_t
data_version(struct visit *v)
{
	uint32_t version = 0;

	sqlite3_file_control(v->db, "main", SQLITE_FCNTL_DATA_VERSION, &version);
	return version;
}

static enum status
set_changed(struct visit *v)
{
	return error_set(v->err, STATUS_BUSY, "'%s' was changed while covls read it; wait a moment",
			 v->file->path);
}

enum status
visit_pause(struct visit *v)
{
	uint32_t version;
	int code;

	if (clock_steady_ns() - v->locked_ns < LOCK_LONG_NS)
		return STATUS_OK;
	version = data_version(v);
	/* A writer that waits is at the door already: it gets the lock before covls does. */
	code = sqlite3_exec(v->db, "COMMIT; BEGIN; PRAGMA schema_version", NULL, NULL, NULL);
	if (code != SQLITE_OK)
		return set_from_code(v, code);
	v->locked_ns = clock_steady_ns();
	return data_version(v) == version && is_unchanged(v) ? STATUS_OK : set_changed(v);
}

enum status
visit_end(struct visit *v, enum status status)
{
	if (status == STATUS_OK && !is_unchanged(v))
		status = set_changed(v);
	sqlite3_close(v->db); /* which rolls the transaction back */
	v->db = NULL;
	free(v->real);
	v->real = NULL;
	return status;
}

enum status
visit_prepare(struct visit *v, const char *sql, sqlite3_stmt **stmt)
{
	int code = sqlite3_prepare_v2(v->db, sql, -1, stmt, NULL);

	return code == SQLITE_OK ? STATUS_OK : set_from_code(v, code);
}

enum status
visit_each(struct visit *v, sqlite3_stmt *stmt, visit_row_fn *on_row, void *ctx)
{
	enum status status = STATUS_OK;
	int code;

	while (status == STATUS_OK && (code = sqlite3_step(stmt)) != SQLITE_DONE)
		status = code == SQLITE_ROW ? on_row(v, stmt, ctx) : set_from_code(v, code);
	sqlite3_reset(stmt);
	return status;
}

enum status
visit_rows(struct visit *v, const char *sql, visit_row_fn *on_row, void *ctx)
{
	sqlite3_stmt *stmt;
	enum status status = visit_prepare(v, sql, &stmt);

	if (status == STATUS_OK)
		status = visit_each(v, stmt, on_row, ctx);
	sqlite3_finalize(stmt);
	return status;
}
