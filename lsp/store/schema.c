#include "schema.h"

#include <stdint.h>
#include <stdio.h>

#include "store/store.h"

/* STRICT is there from SQLite 3.37 on. */
#define STRICT_SINCE 3037000

/* A text goes with the last that says it ran. Texts are told by their key and not by a number: of
 * a row that was damaged in a way that SQLite doesn't notice nothing is found, instead of another
 * text. */
static const char tables_1[] =
	"create table text ("
	"    id integer primary key,"
	"    key blob not null unique,"
	"    size integer not null," /* of the text; what is kept of it is packed */
	"    made integer not null,"
	"    packed blob not null"
	")%s;"
	"create index text_by_time on text (made, key);"
	"create table run ("
	"    id integer primary key autoincrement,"
	"    data text not null,"
	"    modified integer not null,"
	"    size integer not null,"
	"    hash integer not null,"
	"    copy text,"
	"    copy_size integer not null,"
	"    used integer not null,"
	"    unique (data, size, hash)"
	")%s;"
	"create index run_by_use on run (used, copy_size);"
	"create table ran ("
	"    run integer not null references run on delete cascade,"
	"    source text not null,"
	"    text blob not null references text (key) on delete cascade,"
	"    origin integer not null,"
	"    primary key (run, source)"
	")%s without rowid;"
	"create index ran_by_text on ran (text);"
	"create table baseline ("
	"    folder text not null,"
	"    name text not null,"
	"    run integer not null references run on delete cascade,"
	"    made integer not null,"
	"    in_use integer not null,"
	"    primary key (folder, name)"
	")%s without rowid;"
	"create index baseline_by_run on baseline (run);"
	"create trigger ran_deleted after delete on ran"
	"    when not exists (select 1 from ran where text = old.text)"
	"    begin delete from text where key = old.text; end;"
	"create trigger ran_changed after update of text on ran"
	"    when not exists (select 1 from ran where text = old.text)"
	"    begin delete from text where key = old.text; end;";

/* A baseline may be of several data files: a row for each. */
static const char tables_2[] = "create table baseline_2 ("
			       "    folder text not null,"
			       "    name text not null,"
			       "    run integer not null references run on delete cascade,"
			       "    made integer not null,"
			       "    in_use integer not null,"
			       "    primary key (folder, name, run)"
			       ")%s without rowid;"
			       "insert into baseline_2 select * from baseline;"
			       "drop table baseline;"
			       "alter table baseline_2 rename to baseline;"
			       "create index baseline_by_run on baseline (run);";

/* Numbers of runs begin somewhere else in each database, so that one that was made anew does not
 * give those again which a process that has run all the time still knows. They fit into 52 bits. */
static int
number_runs(sqlite3 *db)
{
	uint64_t first;
	char sql[96];

	sqlite3_randomness(sizeof first, &first);
	snprintf(sql, sizeof sql, "insert into sqlite_sequence (name, seq) values ('run', %llu)",
		 (unsigned long long)(first >> 13));
	return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

static int
make_tables(sqlite3 *db)
{
	const char *strict = sqlite3_libversion_number() >= STRICT_SINCE ? " strict" : "";
	/* "without rowid" is the second option of a table then. */
	const char *first = *strict != '\0' ? " strict," : "";
	char *sql = sqlite3_mprintf(tables_1, strict, strict, first, first);
	int code = sql == NULL ? SQLITE_NOMEM : sqlite3_exec(db, sql, NULL, NULL, NULL);

	sqlite3_free(sql);
	return code == SQLITE_OK ? number_runs(db) : code;
}

static int
split_baselines(sqlite3 *db)
{
	const char *first = sqlite3_libversion_number() >= STRICT_SINCE ? " strict," : "";
	char *sql = sqlite3_mprintf(tables_2, first);
	int code = sql == NULL ? SQLITE_NOMEM : sqlite3_exec(db, sql, NULL, NULL, NULL);

	sqlite3_free(sql);
	return code;
}

static const struct schema_step steps_of_store[] = {
	{ .run = make_tables },
	{ .run = split_baselines },
};

_Static_assert(sizeof steps_of_store / sizeof steps_of_store[0] == STORE_SCHEMA,
	       "each version has the step that leads to it");

const struct schema_list schema_of_store = { steps_of_store, STORE_SCHEMA };

static int
read_number(sqlite3 *db, const char *sql, int *number)
{
	sqlite3_stmt *stmt = NULL;
	int code = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);

	*number = 0;
	if (code != SQLITE_OK)
		return code;
	if (sqlite3_step(stmt) == SQLITE_ROW)
		*number = sqlite3_column_int(stmt, 0);
	return sqlite3_finalize(stmt);
}

int
schema_version(sqlite3 *db, int *version)
{
	return read_number(db, "pragma user_version", version);
}

static int
take_steps(sqlite3 *db, const struct schema_list *list)
{
	int version, objects = 0, code = schema_version(db, &version);
	char sql[48];

	if (code == SQLITE_OK && version == 0)
		code = read_number(db, "select count(*) from sqlite_master", &objects);
	if (code == SQLITE_OK && (objects > 0 || version < 0))
		code = SQLITE_NOTADB;
	if (code != SQLITE_OK || version >= list->count)
		return code;
	for (; version < list->count && code == SQLITE_OK; version++) {
		const struct schema_step *step = &list->steps[version];

		if (step->sql != NULL)
			code = sqlite3_exec(db, step->sql, NULL, NULL, NULL);
		if (code == SQLITE_OK && step->run != NULL)
			code = step->run(db);
	}
	if (code != SQLITE_OK)
		return code;
	snprintf(sql, sizeof sql, "pragma user_version = %d", list->count);
	return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

int
schema_migrate(sqlite3 *db, const struct schema_list *list)
{
	int version, code = schema_version(db, &version);

	if (code != SQLITE_OK || version >= list->count)
		return code;
	code = sqlite3_exec(db, "begin immediate", NULL, NULL, NULL);
	if (code != SQLITE_OK)
		return code;
	code = take_steps(db, list);
	if (code == SQLITE_OK)
		code = sqlite3_exec(db, "commit", NULL, NULL, NULL);
	if (code != SQLITE_OK)
		sqlite3_exec(db, "rollback", NULL, NULL, NULL);
	return code;
}
