#include "room.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "platform/cache.h"
#include "platform/clock.h"
#include "platform/file.h"
#include "platform/path.h"

#define NAME_LEN      32 /* of a copy: hexadecimal digits */
#define SWEEP_NS      (INT64_C(3600) * 1000000000)
#define DELETED_AHEAD 64  /* runs, at most, in one call, once all fits */
#define SHRINK_MIN    256 /* free pages, before any is given back */

/* Even of a damaged row it is a number that sums can be made of. */
#define COPY_SIZE "min(max(copy_size, 0), 1099511627776)"

static const char run_copy_sql[] = "select copy, " COPY_SIZE " from run where id = ?1";
static const char delete_run_sql[] = "delete from run where id = ?1";
/* Of a baseline that has lost one of its data files nothing is left: its sources would seem new. */
static const char delete_baselines_sql[] =
	"delete from baseline where exists (select 1 from baseline as whole where whole.run = ?1"
	"    and whole.folder = baseline.folder and whole.name = baseline.name)";

/* The run that is the first above the number allowed. */
static const char surplus_sql[] = "select id from run where data = ?1 and id <> ?2"
				  "    and not exists (select 1 from baseline where run = run.id)"
				  "    order by modified desc, id desc limit 1 offset ?3";

static const char pages_sql[] = "pragma page_count";
static const char free_pages_sql[] = "pragma freelist_count";
static const char page_size_sql[] = "pragma page_size";
static const char copies_size_sql[] = "select total(" COPY_SIZE ") from run";

/* Those that have no name go first, by their last use; then baselines, those in use last. */
static const char oldest_nameless_sql[] =
	"select id from run indexed by run_by_use where id <> ?1"
	"    and not exists (select 1 from baseline where run = run.id) order by used, id limit 1";
static const char oldest_baseline_sql[] =
	"select run.id from baseline join run on run.id = baseline.run where run.id <> ?1"
	"    group by run.id order by max(in_use), used, run.id limit 1";

static const char strays_sql[] =
	"delete from text where id in (select id from text indexed by text_by_time where made < ?1"
	"    and not exists (select 1 from ran where ran.text = text.key))";

static const char copies_sql[] = "select copy from run where copy is not null";

char *
room_copy_path(const struct store *store, const char *name)
{
	if (name == NULL || strlen(name) != NAME_LEN ||
	    strspn(name, "0123456789abcdef") != NAME_LEN)
		return NULL;
	return path_join(store->copies, name);
}

static enum status
run_with(struct database *d, const char *sql, int64_t number)
{
	sqlite3_stmt *stmt;
	enum status status = database_prepare(d, sql, &stmt);

	if (status != STATUS_OK)
		return status;
	sqlite3_bind_int64(stmt, 1, number);
	return database_run(d, stmt);
}

enum status
room_delete_run(struct store *store, int64_t run)
{
	struct database *d = &store->db;
	sqlite3_stmt *stmt;
	enum status status = database_prepare(d, run_copy_sql, &stmt);
	bool there = false;

	if (status == STATUS_OK) {
		sqlite3_bind_int64(stmt, 1, run);
		status = database_step(d, stmt, &there);
	}
	if (there)
		store->doomed_size += sqlite3_column_int64(stmt, 1);
	if (there && sqlite3_column_type(stmt, 0) == SQLITE_TEXT)
		text_list_add(&store->doomed, span_of((const char *)sqlite3_column_text(stmt, 0)));
	database_reset(stmt);
	if (status == STATUS_OK)
		status = run_with(d, delete_baselines_sql, run);
	if (status == STATUS_OK)
		status = run_with(d, delete_run_sql, run);
	store->has_freed = store->has_freed || status == STATUS_OK;
	return status;
}

enum status
room_trim_runs(struct store *store, const char *data_path, int64_t keep)
{
	struct database *d = &store->db;
	sqlite3_stmt *stmt;
	enum status status;
	int64_t run;

	do {
		status = database_prepare(d, surplus_sql, &stmt);
		if (status != STATUS_OK)
			return status;
		sqlite3_bind_text(stmt, 1, data_path, -1, SQLITE_STATIC);
		sqlite3_bind_int64(stmt, 2, keep);
		sqlite3_bind_int64(stmt, 3, keep != 0 ? STORE_RUNS_MAX - 1 : STORE_RUNS_MAX);
		status = database_number(d, stmt, &run);
		if (status == STATUS_OK && run != 0)
			status = room_delete_run(store, run);
	} while (status == STATUS_OK && run != 0);
	return status;
}

static enum status
ask_number(struct database *d, const char *sql, int64_t *number)
{
	sqlite3_stmt *stmt;
	enum status status = database_prepare(d, sql, &stmt);

	return status == STATUS_OK ? database_number(d, stmt, number) : status;
}

/* What is kept in the database, free pages left out. */
static enum status
take_own_size(struct database *d, int64_t *size)
{
	int64_t pages = 0, free_pages = 0, page_size = 0;
	enum status status = ask_number(d, pages_sql, &pages);

	if (status == STATUS_OK)
		status = ask_number(d, free_pages_sql, &free_pages);
	if (status == STATUS_OK)
		status = ask_number(d, page_size_sql, &page_size);
	*size = (pages - free_pages) * page_size;
	return status;
}

static enum status
delete_strays(struct database *d, int64_t before_ns)
{
	return run_with(d, strays_sql, before_ns);
}

static enum status
find_oldest(struct database *d, const char *sql, int64_t keep, int64_t *run)
{
	sqlite3_stmt *stmt;
	enum status status = database_prepare(d, sql, &stmt);

	if (status != STATUS_OK)
		return status;
	sqlite3_bind_int64(stmt, 1, keep);
	return database_number(d, stmt, run);
}

static enum status
delete_oldest(struct store *store, int64_t keep)
{
	struct database *d = &store->db;
	int64_t run = 0;
	enum status status = find_oldest(d, oldest_nameless_sql, keep, &run);

	if (status == STATUS_OK && run == 0)
		status = find_oldest(d, oldest_baseline_sql, keep, &run);
	if (status == STATUS_OK && run == 0)
		return error_set(d->err, STATUS_LIMIT, "'%s' has no room for it", d->path);
	return status == STATUS_OK ? room_delete_run(store, run) : status;
}

/* Once there is too much, an eighth more goes than must, so that the next ones needn't; but no
 * call spends long on what only others have of it. */
static enum status
delete_until_it_fits(struct store *store, int64_t keep, int64_t copies)
{
	int64_t before = store->doomed_size, most = (int64_t)store->most, own = 0;
	enum status status;

	for (unsigned deleted = 0;; deleted++) {
		int64_t size;

		status = take_own_size(&store->db, &own);
		if (status != STATUS_OK)
			return status;
		size = own + copies - (store->doomed_size - before);
		if (size <= most - most / 8 || (size <= most && deleted >= DELETED_AHEAD))
			return STATUS_OK;
		status = delete_oldest(store, keep);
		/* What is left came just now: it may stay if it fits at all. */
		if (status != STATUS_OK)
			return status == STATUS_LIMIT && size <= most ? STATUS_OK : status;
	}
}

enum status
room_make(struct store *store, int64_t keep)
{
	struct database *d = &store->db;
	int64_t own = 0, copies = 0;
	enum status status = take_own_size(d, &own);

	if (status == STATUS_OK)
		status = ask_number(d, copies_size_sql, &copies);
	if (status != STATUS_OK || own + copies <= (int64_t)store->most)
		return status;
	store->has_freed = true;
	status = delete_strays(d, clock_wall_ns() - ROOM_STRAY_NS / 10);
	return status == STATUS_OK ? delete_until_it_fits(store, keep, copies) : status;
}

/* --- copies without rows ----------------------------------------------------------------------- */

/* Which copies have rows, and which are there; at first all that are there are strays. */
struct sweep {
	struct store *store;
	struct text_list strays;
};

static void
on_copy(void *ctx, const char *name)
{
	struct sweep *sweep = ctx;
	char *path = path_join(sweep->store->copies, name);
	struct file_stamp stamp = file_stamp(path);

	if (stamp.kind == FILE_REGULAR && stamp.modified_ns < clock_wall_ns() - ROOM_STRAY_NS)
		text_list_add(&sweep->strays, span_of(name));
	free(path);
}

static void
drop_stray(struct text_list *strays, const char *name)
{
	for (size_t i = 0; i < strays->count; i++) {
		if (strcmp(strays->at[i], name) == 0) {
			free(strays->at[i]);
			strays->at[i] = strays->at[--strays->count];
			return;
		}
	}
}

static enum status
sweep_rows(struct database *d, void *ctx)
{
	struct sweep *sweep = ctx;
	sqlite3_stmt *stmt;
	bool there = true;
	enum status status = delete_strays(d, clock_wall_ns() - ROOM_STRAY_NS);

	text_list_clear(&sweep->strays);
	file_list(sweep->store->copies, on_copy, sweep, NULL);
	if (status == STATUS_OK)
		status = database_prepare(d, copies_sql, &stmt);
	while (status == STATUS_OK && there) {
		status = database_step(d, stmt, &there);
		if (status == STATUS_OK && there)
			drop_stray(&sweep->strays, (const char *)sqlite3_column_text(stmt, 0));
	}
	return status;
}

static void
remove_copies(const struct store *store, const struct text_list *names)
{
	for (size_t i = 0; i < names->count; i++) {
		char *path = path_join(store->copies, path_base(names->at[i]));

		cache_remove_file(path, NULL);
		free(path);
	}
}

/* In the end only those that had no row while others could not write either are removed. */
static void
sweep(struct store *store)
{
	struct sweep sweep = { .store = store };

	store->swept_ns = clock_steady_ns();
	if (database_do(&store->db, DATABASE_WRITE, sweep_rows, &sweep, NULL) == STATUS_OK)
		remove_copies(store, &sweep.strays);
	text_list_free(&sweep.strays);
}

/* Gives pages back if many are free: a quarter of them. */
static void
shrink(struct database *d)
{
	int64_t pages = 0, free_pages = 0;

	if (d->handle == NULL || ask_number(d, pages_sql, &pages) != STATUS_OK ||
	    ask_number(d, free_pages_sql, &free_pages) != STATUS_OK)
		return;
	if (free_pages > SHRINK_MIN && free_pages > pages / 4)
		sqlite3_exec(d->handle, "pragma incremental_vacuum", NULL, NULL, NULL);
}

static void
forget_doomed(struct store *store)
{
	text_list_clear(&store->doomed);
	store->doomed_size = 0;
	store->has_freed = false;
}

enum status
room_write(struct store *store, database_work_fn *work, void *ctx, struct error *err)
{
	enum status status;

	forget_doomed(store);
	status = database_do(&store->db, DATABASE_WRITE, work, ctx, err);
	if (status != STATUS_OK)
		return status;
	remove_copies(store, &store->doomed);
	if (store->has_freed)
		shrink(&store->db);
	if (store->swept_ns == 0 || clock_steady_ns() - store->swept_ns > SWEEP_NS)
		sweep(store);
	return status;
}
