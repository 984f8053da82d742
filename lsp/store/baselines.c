#include "runs.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static const char save_sql[] = "insert or ignore into baseline (folder, name, run, made, in_use)"
			       "    values (?1, ?2, ?3, ?4, ?5)";
static const char list_sql[] =
	"select " RUNS_COLUMNS ", folder, name, baseline.made, in_use"
	"    from baseline join run on run.id = baseline.run where folder = ?1"
	"    order by name, run.modified desc, run.id";
static const char find_sql[] = "select run from baseline where folder = ?1 and name = ?2 limit 1";
static const char in_use_sql[] =
	"select in_use from baseline where folder = ?1 and name = ?2 limit 1";
static const char data_sql[] = "select data from baseline join run on run.id = baseline.run"
			       "    where folder = ?1 and name = ?2";
static const char use_sql[] = "update baseline set in_use = (name is ?2) where folder = ?1";
static const char drop_sql[] = "delete from baseline where folder = ?1 and name = ?2";

struct baseline_work {
	struct store *store;
	const char *folder, *name;
	const int64_t *runs;
	size_t run_count;
	int64_t now_ns;

	struct text_list data; /* whose runs had the name before */
	struct store_baseline *list;
	size_t count, cap;
};

static enum status
prepare_named(struct database *d, const struct baseline_work *w, const char *sql,
	      sqlite3_stmt **stmt)
{
	enum status status = database_prepare(d, sql, stmt);

	if (status != STATUS_OK)
		return status;
	sqlite3_bind_text(*stmt, 1, w->folder, -1, SQLITE_STATIC);
	if (w->name != NULL)
		sqlite3_bind_text(*stmt, 2, w->name, -1, SQLITE_STATIC);
	return STATUS_OK;
}

static enum status
run_named(struct database *d, const struct baseline_work *w, const char *sql)
{
	sqlite3_stmt *stmt;
	enum status status = prepare_named(d, w, sql, &stmt);

	return status == STATUS_OK ? database_run(d, stmt) : status;
}

static enum status
check_name(struct database *d, const struct baseline_work *w)
{
	sqlite3_stmt *stmt;
	enum status status = prepare_named(d, w, find_sql, &stmt);
	int64_t run = 0;

	if (status == STATUS_OK)
		status = database_number(d, stmt, &run);
	if (status == STATUS_OK && run == 0)
		return error_set(
			d->err, STATUS_MISSING,
			"'%s' has no baseline '%s'; 'covls baseline list' tells which there are",
			w->folder, w->name);
	return status;
}

/* A run that loses its name is one of the nameless runs of its data file: which, is looked up
 * before. */
static enum status
remember_data(struct database *d, struct baseline_work *w)
{
	sqlite3_stmt *stmt;
	bool there = false;
	enum status status = prepare_named(d, w, data_sql, &stmt);

	text_list_clear(&w->data);
	if (status != STATUS_OK)
		return status;
	while ((status = database_step(d, stmt, &there)) == STATUS_OK && there)
		text_list_add(&w->data, span_of(runs_column_text(stmt, 0)));
	return status;
}

static enum status
trim_remembered(struct baseline_work *w)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < w->data.count && status == STATUS_OK; i++)
		status = room_trim_runs(w->store, w->data.at[i], 0);
	return status;
}

static enum status
put_row(struct database *d, const struct baseline_work *w, int64_t run, int64_t in_use)
{
	sqlite3_stmt *stmt;
	enum status status = prepare_named(d, w, save_sql, &stmt);

	if (status != STATUS_OK)
		return status;
	sqlite3_bind_int64(stmt, 3, run);
	sqlite3_bind_int64(stmt, 4, w->now_ns);
	sqlite3_bind_int64(stmt, 5, in_use);
	return database_run(d, stmt);
}

static enum status
save(struct database *d, void *ctx)
{
	struct baseline_work *w = ctx;
	sqlite3_stmt *stmt;
	int64_t in_use = 0;
	enum status status = remember_data(d, w);

	if (status == STATUS_OK)
		status = prepare_named(d, w, in_use_sql, &stmt);
	if (status == STATUS_OK)
		status = database_number(d, stmt, &in_use);
	if (status == STATUS_OK)
		status = run_named(d, w, drop_sql);
	for (size_t i = 0; i < w->run_count && status == STATUS_OK; i++)
		status = put_row(d, w, w->runs[i], in_use);
	return status == STATUS_OK ? trim_remembered(w) : status;
}

enum status
store_save_baseline_runs(struct store *store, const char *folder, const char *name,
			 const int64_t *runs, size_t count, int64_t now_ns, struct error *err)
{
	struct baseline_work w = { .store = store,
				   .folder = folder,
				   .name = name,
				   .runs = runs,
				   .run_count = count,
				   .now_ns = now_ns };
	enum status status = room_write(store, save, &w, err);

	text_list_free(&w.data);
	return status;
}

enum status
store_save_baseline(struct store *store, const char *folder, const char *name, int64_t run,
		    int64_t now_ns, struct error *err)
{
	return store_save_baseline_runs(store, folder, name, &run, 1, now_ns, err);
}

/* Takes a row: another run of the baseline that was listed last, or a new one. */
static void
add_row(struct baseline_work *w, sqlite3_stmt *stmt)
{
	struct store_baseline *b = w->count == 0 ? NULL : &w->list[w->count - 1];

	if (b != NULL && strcmp(b->name, runs_column_text(stmt, 8)) == 0) {
		b->others = mem_resize(b->others, b->other_count + 1, sizeof *b->others);
		runs_take(w->store, stmt, 0, &b->others[b->other_count++]);
		return;
	}
	w->list = mem_grow(w->list, w->count, &w->cap, sizeof *w->list);
	b = &w->list[w->count++];
	*b = (struct store_baseline){ 0 };
	runs_take(w->store, stmt, 0, &b->run);
	b->folder = mem_copy(runs_column_text(stmt, 7));
	b->name = mem_copy(runs_column_text(stmt, 8));
	b->made_ns = sqlite3_column_int64(stmt, 9);
	b->in_use = sqlite3_column_int(stmt, 10) != 0;
}

static enum status
list(struct database *d, void *ctx)
{
	struct baseline_work *w = ctx;
	sqlite3_stmt *stmt;
	bool there;
	enum status status = prepare_named(d, w, list_sql, &stmt);

	store_baselines_free(w->list, w->count);
	w->list = NULL;
	w->count = w->cap = 0;
	if (status != STATUS_OK)
		return status;
	while ((status = database_step(d, stmt, &there)) == STATUS_OK && there)
		add_row(w, stmt);
	return status;
}

enum status
store_list_baselines(struct store *store, const char *folder, struct store_baseline **found,
		     size_t *count, struct error *err)
{
	struct baseline_work w = { .store = store, .folder = folder };
	enum status status = database_do(&store->db, DATABASE_READ, list, &w, err);

	if (status != STATUS_OK) {
		store_baselines_free(w.list, w.count);
		w.list = NULL;
		w.count = 0;
	}
	*found = w.list;
	*count = w.count;
	return status == STATUS_MISSING ? STATUS_OK : status;
}

static enum status
use(struct database *d, void *ctx)
{
	struct baseline_work *w = ctx;
	enum status status = w->name == NULL ? STATUS_OK : check_name(d, w);

	return status == STATUS_OK ? run_named(d, w, use_sql) : status;
}

enum status
store_use_baseline(struct store *store, const char *folder, const char *name, struct error *err)
{
	struct baseline_work w = { .store = store, .folder = folder, .name = name };

	return room_write(store, use, &w, err);
}

static enum status
drop(struct database *d, void *ctx)
{
	struct baseline_work *w = ctx;
	enum status status = check_name(d, w);

	if (status == STATUS_OK)
		status = remember_data(d, w);
	if (status == STATUS_OK)
		status = run_named(d, w, drop_sql);
	return status == STATUS_OK ? trim_remembered(w) : status;
}

enum status
store_drop_baseline(struct store *store, const char *folder, const char *name, struct error *err)
{
	struct baseline_work w = { .store = store, .folder = folder, .name = name };
	enum status status = room_write(store, drop, &w, err);

	text_list_free(&w.data);
	return status;
}

void
store_baseline_free(struct store_baseline *baseline)
{
	free(baseline->folder);
	free(baseline->name);
	store_run_free(&baseline->run);
	store_runs_free(baseline->others, baseline->other_count);
	*baseline = (struct store_baseline){ 0 };
}

void
store_baselines_free(struct store_baseline *found, size_t count)
{
	for (size_t i = 0; i < count; i++)
		store_baseline_free(&found[i]);
	free(found);
}
