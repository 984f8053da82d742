#include "texts.h"

#include "pack.h"
#include "platform/clock.h"
#include "text/md5.h"

static const char find_text_sql[] = "select size, packed from text where key = ?1";
static const char delete_text_sql[] = "delete from text where key = ?1";

/* When it was put there; of one that a run has run, that doesn't matter: the end of time. */
static const char age_of_text_sql[] =
	"select case when exists (select 1 from ran where text = key) then 9223372036854775807"
	"    else made end from text where key = ?1";
static const char put_text_sql[] =
	"insert into text (key, size, made, packed) values (?1, ?2, ?3, ?4)"
	"    on conflict (key) do update set made = excluded.made";

struct store_key
store_key_of(struct span text)
{
	struct store_key key;

	md5(text, key.bytes);
	return key;
}

bool
store_key_equal(const struct store_key *a, const struct store_key *b)
{
	return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

void
text_bind_key(sqlite3_stmt *stmt, int at, const struct store_key *key)
{
	sqlite3_bind_blob(stmt, at, key->bytes, sizeof key->bytes, SQLITE_STATIC);
}

bool
text_column_key(sqlite3_stmt *stmt, int column, struct store_key *key)
{
	const void *bytes = sqlite3_column_blob(stmt, column);

	if (bytes == NULL || sqlite3_column_bytes(stmt, column) != sizeof key->bytes)
		return false;
	memcpy(key->bytes, bytes, sizeof key->bytes);
	return true;
}

/* --- putting ----------------------------------------------------------------------------------- */

enum status
text_put_begin(struct text_put *put, struct span text, struct error *err)
{
	*put = (struct text_put){ .text = text, .now_ns = clock_wall_ns() };
	if (text.len > STORE_TEXT_MAX)
		return error_set(err, STATUS_LIMIT, "a text of more than %llu MiB is not kept",
				 (unsigned long long)(STORE_TEXT_MAX >> 20));
	put->key = store_key_of(text);
	return STATUS_OK;
}

void
text_put_free(struct text_put *put)
{
	buf_free(&put->packed);
}

/* Is it there, and not about to go as a stray? */
static enum status
is_kept(struct text_put *put, struct database *d, bool *kept)
{
	sqlite3_stmt *stmt;
	enum status status = database_prepare(d, age_of_text_sql, &stmt);
	int64_t made_ns;

	*kept = false;
	if (status != STATUS_OK)
		return status;
	text_bind_key(stmt, 1, &put->key);
	status = database_number(d, stmt, &made_ns);
	*kept = made_ns > put->now_ns - ROOM_STRAY_NS / 2;
	return status;
}

enum status
text_put_run(struct text_put *put, struct database *d)
{
	sqlite3_stmt *stmt;
	bool kept;
	enum status status = is_kept(put, d, &kept);

	if (status != STATUS_OK || kept)
		return status;
	status = database_prepare(d, put_text_sql, &stmt);
	if (status != STATUS_OK)
		return status;
	if (put->packed.len == 0)
		pack_text(put->text, &put->packed);
	text_bind_key(stmt, 1, &put->key);
	sqlite3_bind_int64(stmt, 2, (int64_t)put->text.len);
	sqlite3_bind_int64(stmt, 3, put->now_ns);
	sqlite3_bind_blob64(stmt, 4, put->packed.at, put->packed.len, SQLITE_STATIC);
	return database_run(d, stmt);
}

struct put_work {
	struct store *store;
	struct text_put put;
};

static enum status
look_first(struct database *d, void *ctx)
{
	struct put_work *w = ctx;
	bool kept;
	enum status status = is_kept(&w->put, d, &kept);

	return status == STATUS_OK && !kept ? STATUS_MISSING : status;
}

static enum status
put_text(struct database *d, void *ctx)
{
	struct put_work *w = ctx;
	enum status status = text_put_run(&w->put, d);

	return status == STATUS_OK ? room_make(w->store, 0) : status;
}

enum status
store_put_text(struct store *store, struct span text, struct store_key *key, struct error *err)
{
	struct put_work w = { .store = store };
	enum status status = text_put_begin(&w.put, text, err);

	*key = w.put.key;
	if (status == STATUS_OK &&
	    database_do(&store->db, DATABASE_READ, look_first, &w, NULL) != STATUS_OK)
		status = room_write(store, put_text, &w, err);
	text_put_free(&w.put);
	return status;
}

/* --- getting ----------------------------------------------------------------------------------- */

struct get_work {
	struct store_key key;
	struct buf *text;
	bool is_damaged; /* it is there, but is not what it was */
};

static bool
unpack(struct get_work *w, sqlite3_stmt *stmt)
{
	int64_t size = sqlite3_column_int64(stmt, 0);
	const void *packed = sqlite3_column_blob(stmt, 1);
	size_t len = (size_t)sqlite3_column_bytes(stmt, 1);
	struct store_key key;

	buf_reset(w->text);
	if (packed == NULL || size < 0 || (uint64_t)size > STORE_TEXT_MAX ||
	    !unpack_text((struct span){ packed, len }, (size_t)size, w->text))
		return false;
	key = store_key_of(buf_span(w->text));
	return store_key_equal(&key, &w->key);
}

static enum status
get_text(struct database *d, void *ctx)
{
	struct get_work *w = ctx;
	sqlite3_stmt *stmt;
	bool there;
	enum status status = database_prepare(d, find_text_sql, &stmt);

	if (status != STATUS_OK)
		return status;
	text_bind_key(stmt, 1, &w->key);
	status = database_step(d, stmt, &there);
	if (status != STATUS_OK)
		return status;
	w->is_damaged = there && !unpack(w, stmt);
	if (!there || w->is_damaged)
		return error_set(d->err, STATUS_MISSING, "the text is not kept any more");
	return STATUS_OK;
}

static enum status
delete_text(struct database *d, void *ctx)
{
	struct get_work *w = ctx;
	sqlite3_stmt *stmt;
	enum status status = database_prepare(d, delete_text_sql, &stmt);

	if (status != STATUS_OK)
		return status;
	text_bind_key(stmt, 1, &w->key);
	return database_run(d, stmt);
}

enum status
store_get_text(struct store *store, const struct store_key *key, struct buf *text,
	       struct error *err)
{
	struct get_work w = { .key = *key, .text = text };
	enum status status = database_do(&store->db, DATABASE_READ, get_text, &w, err);

	if (w.is_damaged)
		database_do(&store->db, DATABASE_WRITE, delete_text, &w, NULL);
	if (status != STATUS_OK)
		buf_reset(text);
	return status;
}
