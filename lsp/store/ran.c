#include "runs.h"
#include "texts.h"

#include "base/mem.h"

static const char find_ran_sql[] =
	"select ran.text, ran.origin, run.used from ran join run on run.id = ran.run"
	"    where ran.run = ?1 and ran.source = ?2";
static const char put_ran_sql[] =
	"insert into ran (run, source, text, origin) values (?1, ?2, ?3, ?4)"
	"    on conflict (run, source) do update set text = excluded.text, origin = excluded.origin";
static const char find_source_sql[] =
	"select source from ran where text = ?2 and run = ?1 order by source limit 1";

struct ran_work {
	struct store *store;
	int64_t run;
	const char *source;
	struct store_key key;
	enum store_origin origin;
	struct text_put *put; /* the text, if it is to be put, too */

	/* What is there. */
	struct store_key found_key;
	enum store_origin found_origin;
	int64_t used_ns;
	char *found_source;
};

static enum status
find_ran(struct database *d, void *ctx)
{
	struct ran_work *w = ctx;
	sqlite3_stmt *stmt;
	bool there;
	enum status status = database_prepare(d, find_ran_sql, &stmt);

	if (status != STATUS_OK)
		return status;
	sqlite3_bind_int64(stmt, 1, w->run);
	sqlite3_bind_text(stmt, 2, w->source, -1, SQLITE_STATIC);
	status = database_step(d, stmt, &there);
	if (status != STATUS_OK)
		return status;
	if (!there || !text_column_key(stmt, 0, &w->found_key))
		return error_set(d->err, STATUS_MISSING, "it is not kept which text of '%s' ran",
				 w->source);
	w->found_origin =
		sqlite3_column_int(stmt, 1) == STORE_FROM_GIT ? STORE_FROM_GIT : STORE_FROM_DISK;
	w->used_ns = sqlite3_column_int64(stmt, 2);
	return STATUS_OK;
}

enum status
store_find_ran(struct store *store, int64_t run, const char *source, struct store_key *key,
	       enum store_origin *origin, struct error *err)
{
	struct ran_work w = { .store = store, .run = run, .source = source };
	enum status status = database_do(&store->db, DATABASE_READ, find_ran, &w, err);

	if (status != STATUS_OK)
		return status;
	*key = w.found_key;
	*origin = w.found_origin;
	runs_use(store, run, w.used_ns);
	return STATUS_OK;
}

static enum status
put_ran(struct database *d, void *ctx)
{
	struct ran_work *w = ctx;
	sqlite3_stmt *stmt;
	enum status status = w->put == NULL ? STATUS_OK : text_put_run(w->put, d);

	if (status == STATUS_OK)
		status = database_prepare(d, put_ran_sql, &stmt);
	if (status != STATUS_OK)
		return status;
	sqlite3_bind_int64(stmt, 1, w->run);
	sqlite3_bind_text(stmt, 2, w->source, -1, SQLITE_STATIC);
	text_bind_key(stmt, 3, &w->key);
	sqlite3_bind_int(stmt, 4, (int)w->origin);
	status = database_run(d, stmt); /* neither the run nor the text may have gone */
	return status == STATUS_OK ? room_make(w->store, w->run) : status;
}

/* Most often nothing is new. */
static enum status
put_if_new(struct ran_work *w, struct error *err)
{
	enum status status = database_do(&w->store->db, DATABASE_READ, find_ran, w, NULL);

	if (status == STATUS_OK && w->found_origin == w->origin &&
	    store_key_equal(&w->found_key, &w->key)) {
		runs_use(w->store, w->run, w->used_ns);
		return STATUS_OK;
	}
	return room_write(w->store, put_ran, w, err);
}

enum status
store_put_ran(struct store *store, int64_t run, const char *source, const struct store_key *key,
	      enum store_origin origin, struct error *err)
{
	struct ran_work w = {
		.store = store, .run = run, .source = source, .key = *key, .origin = origin
	};

	return put_if_new(&w, err);
}

enum status
store_put_ran_text(struct store *store, int64_t run, const char *source, struct span text,
		   enum store_origin origin, struct error *err)
{
	struct text_put put;
	struct ran_work w = {
		.store = store, .run = run, .source = source, .origin = origin, .put = &put
	};
	enum status status = text_put_begin(&put, text, err);

	w.key = put.key;
	if (status == STATUS_OK)
		status = put_if_new(&w, err);
	text_put_free(&put);
	return status;
}

static enum status
find_source(struct database *d, void *ctx)
{
	struct ran_work *w = ctx;
	sqlite3_stmt *stmt;
	bool there;
	enum status status = database_prepare(d, find_source_sql, &stmt);

	if (status != STATUS_OK)
		return status;
	sqlite3_bind_int64(stmt, 1, w->run);
	text_bind_key(stmt, 2, &w->key);
	status = database_step(d, stmt, &there);
	if (status != STATUS_OK)
		return status;
	if (!there)
		return error_set(d->err, STATUS_MISSING, "no source of the run had this text");
	w->found_source = mem_copy(runs_column_text(stmt, 0));
	return STATUS_OK;
}

enum status
store_find_source(struct store *store, int64_t run, const struct store_key *key, char **source,
		  struct error *err)
{
	struct ran_work w = { .store = store, .run = run, .key = *key };
	enum status status = database_do(&store->db, DATABASE_READ, find_source, &w, err);

	*source = w.found_source;
	return status;
}
