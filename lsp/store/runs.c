#include "runs.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "platform/cache.h"
#include "platform/clock.h"
#include "platform/file.h"
#include "platform/path.h"

static const char find_run_sql[] = "select " RUNS_COLUMNS ", run.used from run"
				   "    where data = ?1 and size = ?2 and hash = ?3";
static const char list_runs_sql[] = "select " RUNS_COLUMNS " from run"
				    "    where data = ?1 order by modified desc, id desc";
static const char add_run_sql[] =
	"insert into run (data, modified, size, hash, copy, copy_size, used)"
	"    values (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
static const char change_run_sql[] =
	"update run set modified = ?2, used = ?3, copy = ?4, copy_size = ?5 where id = ?1";
static const char use_run_sql[] = "update run set used = ?2 where id = ?1";
static const char is_named_sql[] = "select count(*) from baseline where run = ?1";

const char *
runs_column_text(sqlite3_stmt *stmt, int column)
{
	const unsigned char *text = sqlite3_column_text(stmt, column);

	return text == NULL ? "" : (const char *)text;
}

/* A copy that is there as it was written; NULL: it isn't. */
static char *
find_copy(const struct store *store, const char *name, uint64_t size)
{
	char *path = room_copy_path(store, name);
	struct file_stamp stamp = { .kind = FILE_NONE };

	if (path != NULL)
		stamp = file_stamp(path);
	if (stamp.kind == FILE_REGULAR && stamp.size == size)
		return path;
	free(path);
	return NULL;
}

void
runs_take(const struct store *store, sqlite3_stmt *stmt, int column, struct store_run *run)
{
	*run = (struct store_run){
		.id = sqlite3_column_int64(stmt, column),
		.data_path = mem_copy(runs_column_text(stmt, column + 1)),
		.modified_ns = sqlite3_column_int64(stmt, column + 2),
		.size = (uint64_t)sqlite3_column_int64(stmt, column + 3),
		.hash = (uint64_t)sqlite3_column_int64(stmt, column + 4),
		.copy = find_copy(store, runs_column_text(stmt, column + 5),
				  (uint64_t)sqlite3_column_int64(stmt, column + 6)),
	};
}

void
store_run_free(struct store_run *run)
{
	free(run->data_path);
	free(run->copy);
	*run = (struct store_run){ 0 };
}

void
store_runs_free(struct store_run *runs, size_t count)
{
	for (size_t i = 0; i < count; i++)
		store_run_free(&runs[i]);
	free(runs);
}

/* --- reading ----------------------------------------------------------------------------------- */

struct use_work {
	int64_t run, now_ns;
};

static enum status
use_run(struct database *d, void *ctx)
{
	const struct use_work *w = ctx;
	sqlite3_stmt *stmt;
	enum status status = database_prepare(d, use_run_sql, &stmt);

	if (status != STATUS_OK)
		return status;
	sqlite3_bind_int64(stmt, 1, w->run);
	sqlite3_bind_int64(stmt, 2, w->now_ns);
	return database_run(d, stmt);
}

void
runs_use(struct store *store, int64_t run, int64_t used_ns)
{
	struct use_work w = { run, clock_wall_ns() };

	if (w.now_ns - used_ns > ROOM_USE_NS || used_ns > w.now_ns)
		database_do(&store->db, DATABASE_WRITE, use_run, &w, NULL);
}

struct find_work {
	struct store *store;
	const char *data_path;
	uint64_t size, hash;
	struct store_run run;
	int64_t used_ns;
};

static enum status
find_run(struct database *d, void *ctx)
{
	struct find_work *w = ctx;
	sqlite3_stmt *stmt;
	bool there;
	enum status status = database_prepare(d, find_run_sql, &stmt);

	if (status != STATUS_OK)
		return status;
	sqlite3_bind_text(stmt, 1, w->data_path, -1, SQLITE_STATIC);
	sqlite3_bind_int64(stmt, 2, (int64_t)w->size);
	sqlite3_bind_int64(stmt, 3, (int64_t)w->hash);
	status = database_step(d, stmt, &there);
	if (status != STATUS_OK)
		return status;
	if (!there)
		return error_set(d->err, STATUS_MISSING, "no such run of '%s' is kept",
				 w->data_path);
	store_run_free(&w->run);
	runs_take(w->store, stmt, 0, &w->run);
	w->used_ns = sqlite3_column_int64(stmt, 7);
	return STATUS_OK;
}

enum status
store_find_run(struct store *store, const char *data_path, uint64_t size, uint64_t hash,
	       struct store_run *run, struct error *err)
{
	struct find_work w = { .store = store, .data_path = data_path, .size = size, .hash = hash };
	enum status status = database_do(&store->db, DATABASE_READ, find_run, &w, err);

	if (status == STATUS_OK)
		runs_use(store, w.run.id, w.used_ns);
	else
		store_run_free(&w.run);
	*run = w.run;
	return status;
}

struct list_work {
	struct store *store;
	const char *data_path;
	struct store_run *runs;
	size_t count, cap;
};

static void
clear_list(struct list_work *w)
{
	store_runs_free(w->runs, w->count);
	w->runs = NULL;
	w->count = w->cap = 0;
}

static enum status
list_runs(struct database *d, void *ctx)
{
	struct list_work *w = ctx;
	sqlite3_stmt *stmt;
	bool there = true;
	enum status status = database_prepare(d, list_runs_sql, &stmt);

	clear_list(w);
	if (status != STATUS_OK)
		return status;
	sqlite3_bind_text(stmt, 1, w->data_path, -1, SQLITE_STATIC);
	while ((status = database_step(d, stmt, &there)) == STATUS_OK && there) {
		w->runs = mem_grow(w->runs, w->count, &w->cap, sizeof *w->runs);
		runs_take(w->store, stmt, 0, &w->runs[w->count++]);
	}
	return status;
}

enum status
store_list_runs(struct store *store, const char *data_path, struct store_run **runs, size_t *count,
		struct error *err)
{
	struct list_work w = { .store = store, .data_path = data_path };
	enum status status = database_do(&store->db, DATABASE_READ, list_runs, &w, err);

	if (status != STATUS_OK)
		clear_list(&w);
	*runs = w.runs;
	*count = w.count;
	return status == STATUS_MISSING ? STATUS_OK : status; /* no store yet is an empty list */
}

/* --- writing ----------------------------------------------------------------------------------- */

char *
store_copy_place(struct store *store)
{
	unsigned char random[16];
	struct buf name = { 0 };
	char *path;

	if (cache_make_folder(store->copies, NULL) != STATUS_OK)
		return NULL;
	sqlite3_randomness(sizeof random, random);
	for (size_t i = 0; i < sizeof random; i++)
		buf_addf(&name, "%02x", (unsigned)random[i]);
	path = path_join(store->copies, buf_text(&name));
	buf_free(&name);
	return path;
}

struct put_work {
	struct store *store;
	const struct store_run *run;
	const char *copied_from; /* NULL: none */
	uint64_t copied_size;
	struct find_work there; /* the run, if it is kept already */
	bool takes_copy;
	int64_t id;
};

static enum status
find_same(struct database *d, struct put_work *w)
{
	enum status status = find_run(d, &w->there);

	if (status != STATUS_OK && status != STATUS_MISSING)
		return status;
	w->id = status == STATUS_OK ? w->there.run.id : 0;
	w->takes_copy = w->copied_from != NULL && (w->id == 0 || w->there.run.copy == NULL);
	return STATUS_OK;
}

/* Is it there just as it should be? STATUS_MISSING: no. */
static enum status
look_first(struct database *d, void *ctx)
{
	struct put_work *w = ctx;
	enum status status = find_same(d, w);

	if (status == STATUS_OK &&
	    (w->id == 0 || w->takes_copy || w->there.run.modified_ns < w->run->modified_ns))
		return STATUS_MISSING;
	return status;
}

static void
bind_copy(sqlite3_stmt *stmt, int at, const char *path, uint64_t size)
{
	if (path != NULL)
		sqlite3_bind_text(stmt, at, path_base(path), -1, SQLITE_TRANSIENT);
	sqlite3_bind_int64(stmt, at + 1, path != NULL ? (int64_t)size : 0);
}

static enum status
add_run(struct database *d, struct put_work *w)
{
	sqlite3_stmt *stmt;
	enum status status = database_prepare(d, add_run_sql, &stmt);

	if (status != STATUS_OK)
		return status;
	sqlite3_bind_text(stmt, 1, w->run->data_path, -1, SQLITE_STATIC);
	sqlite3_bind_int64(stmt, 2, w->run->modified_ns);
	sqlite3_bind_int64(stmt, 3, (int64_t)w->run->size);
	sqlite3_bind_int64(stmt, 4, (int64_t)w->run->hash);
	bind_copy(stmt, 5, w->copied_from, w->copied_size);
	sqlite3_bind_int64(stmt, 7, clock_wall_ns());
	status = database_run(d, stmt);
	w->id = sqlite3_last_insert_rowid(d->handle);
	return status;
}

static enum status
change_run(struct database *d, struct put_work *w)
{
	const struct store_run *there = &w->there.run;
	sqlite3_stmt *stmt;
	enum status status = database_prepare(d, change_run_sql, &stmt);

	if (status != STATUS_OK)
		return status;
	sqlite3_bind_int64(stmt, 1, w->id);
	sqlite3_bind_int64(stmt, 2,
			   there->modified_ns > w->run->modified_ns ? there->modified_ns
								    : w->run->modified_ns);
	sqlite3_bind_int64(stmt, 3, clock_wall_ns());
	if (w->takes_copy)
		bind_copy(stmt, 4, w->copied_from, w->copied_size);
	else
		bind_copy(stmt, 4, there->copy, w->run->size);
	return database_run(d, stmt);
}

static enum status
put_run(struct database *d, void *ctx)
{
	struct put_work *w = ctx;
	enum status status = find_same(d, w);

	if (status == STATUS_OK)
		status = w->id == 0 ? add_run(d, w) : change_run(d, w);
	if (status == STATUS_OK)
		status = room_trim_runs(w->store, w->run->data_path, w->id);
	return status == STATUS_OK ? room_make(w->store, w->id) : status;
}

/* A file that is to be taken over is of a run, and lies where store_copy_place() says. */
static enum status
check_copy(struct put_work *w, struct error *err)
{
	struct file_stamp stamp;
	char *place;
	bool fits;

	if (w->copied_from == NULL)
		return STATUS_OK;
	place = room_copy_path(w->store, path_base(w->copied_from));
	fits = place != NULL && strcmp(place, w->copied_from) == 0;
	free(place);
	if (!fits)
		return error_set(err, STATUS_USAGE, "'%s' is no place of the store",
				 w->copied_from);
	stamp = file_stamp(w->copied_from);
	w->copied_size = stamp.size;
	if (stamp.kind != FILE_REGULAR || stamp.size != w->run->size)
		return error_set(err, STATUS_MISSING, "'%s' is not the copy", w->copied_from);
	return STATUS_OK;
}

enum status
store_put_run(struct store *store, const struct store_run *run, const char *copied_from,
	      int64_t *id, struct error *err)
{
	struct put_work w = {
		.store = store,
		.run = run,
		.copied_from = copied_from,
		.there = {.store = store,
                          .data_path = run->data_path,
                          .size = run->size,
                          .hash = run->hash},
	};
	enum status status = check_copy(&w, err);

	*id = 0;
	if (status == STATUS_USAGE) /* not ours to remove */
		return status;
	if (status == STATUS_OK) {
		status = database_do(&store->db, DATABASE_READ, look_first, &w, NULL);
		if (status == STATUS_OK)
			runs_use(store, w.id, w.there.used_ns);
		else
			status = room_write(store, put_run, &w, err);
	}
	if (copied_from != NULL && (status != STATUS_OK || !w.takes_copy))
		cache_remove_file(copied_from, NULL);
	if (status == STATUS_OK)
		*id = w.id;
	store_run_free(&w.there.run);
	return status;
}

struct drop_work {
	struct store *store;
	int64_t run;
};

static enum status
drop_run(struct database *d, void *ctx)
{
	const struct drop_work *w = ctx;
	sqlite3_stmt *stmt;
	enum status status = database_prepare(d, is_named_sql, &stmt);
	int64_t named = 0;

	if (status != STATUS_OK)
		return status;
	sqlite3_bind_int64(stmt, 1, w->run);
	status = database_number(d, stmt, &named);
	return status == STATUS_OK && named == 0 ? room_delete_run(w->store, w->run) : status;
}

enum status
store_drop_run(struct store *store, int64_t run, struct error *err)
{
	struct drop_work w = { store, run };

	return room_write(store, drop_run, &w, err);
}
