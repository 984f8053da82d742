/*
 * The store in a folder of its own, and what may happen to it: damage, deletion, other processes,
 * disks that are full or can't be written.
 */
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "data/data.h"
#include "platform/cache.h"
#include "platform/clock.h"
#include "platform/file.h"
#include "platform/output.h"
#include "platform/path.h"
#include "store/store.h"
#include "support/test.h"

#include "../lsp/store/schema.h"

#define DATA   "/project/.coverage"
#define SECOND INT64_C(1000000000)

struct bed {
	char folder[64];
	struct store *store;
	struct error err;
};

static void
open_store(struct bed *bed)
{
	if (store_open(&bed->store, bed->folder, &bed->err) != STATUS_OK)
		fail_msg("%s", bed->err.text);
}

static int
set_up(void **state)
{
	struct bed *bed = mem_alloc(1, sizeof *bed);

	snprintf(bed->folder, sizeof bed->folder, "/tmp/covls-store-XXXXXX");
	if (mkdtemp(bed->folder) == NULL)
		return -1;
	open_store(bed);
	*state = bed;
	return 0;
}

static void
remove_all(const char *folder)
{
	char command[160];

	snprintf(command, sizeof command, "rm -rf '%s'", folder);
	assert_int_equal(system(command),
			 0); /* NOLINT(cert-env33-c): a folder that mkdtemp() named */
}

static int
tear_down(void **state)
{
	struct bed *bed = *state;

	store_close(bed->store);
	remove_all(bed->folder);
	free(bed);
	return 0;
}

#define assert_ok(bed, status)                                                      \
	do {                                                                        \
		if ((status) != STATUS_OK)                                          \
			fail_msg("%s:%d: %s", __FILE__, __LINE__, (bed)->err.text); \
	} while (0)

static char *
file_in(const struct bed *bed, const char *name)
{
	return path_join(bed->folder, name);
}

static void
write_file(const char *path, struct span bytes)
{
	struct output out;

	assert_int_equal(output_open(&out, path, NULL), STATUS_OK);
	output_add(&out, bytes);
	assert_int_equal(output_close(&out, true, NULL), STATUS_OK);
}

static void
run_sql(const struct bed *bed, const char *sql)
{
	char *path = file_in(bed, "store.db");
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s", sqlite3_errmsg(db));
	sqlite3_close(db);
	free(path);
}

static int64_t
ask_sql(const struct bed *bed, const char *sql)
{
	char *path = file_in(bed, "store.db");
	sqlite3 *db;
	sqlite3_stmt *stmt;
	int64_t answer;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	answer = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	free(path);
	return answer;
}

/* A run number `n` of the data file, without a copy. */
static int64_t
put_run(struct bed *bed, int n)
{
	struct store_run run = {
		.data_path = DATA, .modified_ns = n * SECOND, .size = 100, .hash = (uint64_t)n
	};
	int64_t id;

	assert_ok(bed, store_put_run(bed->store, &run, NULL, &id, &bed->err));
	return id;
}

/* `want` names a folder's baselines, each with when it was made, its runs by their hashes, and if it is in use:
 * "alt@8 1; main@10 3 2 used; ". */
static void
check_baselines(struct bed *bed, const char *folder, const char *want)
{
	struct store_baseline *list;
	struct buf got = { 0 };
	size_t count;

	assert_ok(bed, store_list_baselines(bed->store, folder, &list, &count, &bed->err));
	for (size_t i = 0; i < count; i++) {
		assert_string_equal(list[i].folder, folder);
		buf_addf(&got, "%s@%d %d", list[i].name, (int)list[i].made_ns,
			 (int)list[i].run.hash);
		for (size_t k = 0; k < list[i].other_count; k++)
			buf_addf(&got, " %d", (int)list[i].others[k].hash);
		buf_addf(&got, "%s; ", list[i].in_use ? " used" : "");
	}
	assert_string_equal(buf_text(&got), want);
	buf_free(&got);
	store_baselines_free(list, count);
}

static enum status
get_text(struct bed *bed, struct span text)
{
	struct store_key key = store_key_of(text);
	struct buf got = { 0 };
	enum status status = store_get_text(bed->store, &key, &got, &bed->err);

	if (status == STATUS_OK)
		assert_true(span_equal(buf_span(&got), text));
	else
		assert_int_equal(got.len, 0);
	buf_free(&got);
	return status;
}

static void
texts_come_back(void **state)
{
	struct bed *bed = *state;
	struct buf large = { 0 };
	struct store_key key;

	memset(buf_room(&large, STORE_TEXT_MAX), 'x', STORE_TEXT_MAX);
	large.len = STORE_TEXT_MAX;
	for (size_t i = 0; i < large.len; i += 1 + i % 97)
		large.at[i] = (char)('a' + i % 26);
	const struct span texts[] = {
		SPAN(""), SPAN("x"), SPAN("a\0b"), SPAN("import os\n"), buf_span(&large),
	};
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		assert_int_equal(get_text(bed, texts[i]), STATUS_MISSING);
		assert_ok(bed, store_put_text(bed->store, texts[i], &key, &bed->err));
		assert_ok(bed, store_put_text(bed->store, texts[i], &key, &bed->err));
		assert_int_equal(get_text(bed, texts[i]), STATUS_OK);
	}
	assert_int_equal(ask_sql(bed, "select count(*) from text"), 5);
	buf_add_char(&large, '\n');
	assert_int_equal(store_put_text(bed->store, buf_span(&large), &key, &bed->err),
			 STATUS_LIMIT);
	buf_free(&large);
}

static void
nothing_is_made_until_something_is_put(void **state)
{
	struct bed *bed = *state;
	char *path = file_in(bed, "store.db");
	struct store_run *runs, run;
	struct store_baseline *list;
	size_t count = 1;

	assert_int_equal(get_text(bed, SPAN("x")), STATUS_MISSING);
	assert_ok(bed, store_list_runs(bed->store, DATA, &runs, &count, &bed->err));
	assert_int_equal(count, 0);
	assert_ok(bed, store_list_baselines(bed->store, "/project", &list, &count, &bed->err));
	assert_int_equal(count, 0);
	assert_int_equal(store_find_run(bed->store, DATA, 1, 2, &run, &bed->err), STATUS_MISSING);
	assert_int_equal(file_stamp(path).kind, FILE_NONE);
	assert_int_equal(store_size(bed->store), 0);
	put_run(bed, 1);
	assert_int_equal(file_stamp(path).kind, FILE_REGULAR);
	free(path);
}

static void
runs_are_listed_newest_first(void **state)
{
	struct bed *bed = *state;
	struct store_run *runs;
	size_t count;
	int64_t first = put_run(bed, 1), third = put_run(bed, 3), second = put_run(bed, 2);

	assert_true(first != second && second != third && first != third);
	assert_int_equal(put_run(bed, 3), third);
	assert_ok(bed, store_list_runs(bed->store, DATA, &runs, &count, &bed->err));
	assert_int_equal(count, 3);
	assert_int_equal(runs[0].id, third);
	assert_int_equal(runs[1].id, second);
	assert_int_equal(runs[2].id, first);
	assert_string_equal(runs[0].data_path, DATA);
	assert_int_equal(runs[0].modified_ns, 3 * SECOND);
	assert_int_equal(runs[0].size, 100);
	assert_int_equal(runs[0].hash, 3);
	assert_null(runs[0].copy);
	store_runs_free(runs, count);
}

static void
the_newest_runs_stay(void **state)
{
	struct bed *bed = *state;
	struct store_run *runs;
	size_t count;

	assert_ok(bed, store_save_baseline(bed->store, "/p", "a", put_run(bed, 1), 1, &bed->err));
	for (int n = 1; n <= 3 * STORE_RUNS_MAX; n++)
		put_run(bed, n);
	assert_ok(bed, store_list_runs(bed->store, DATA, &runs, &count, &bed->err));
	assert_int_equal(count, STORE_RUNS_MAX + 1);
	assert_int_equal(runs[0].hash, 3 * STORE_RUNS_MAX);
	assert_int_equal(runs[count - 2].hash, 2 * STORE_RUNS_MAX + 1);
	assert_int_equal(runs[count - 1].hash, 1);
	store_runs_free(runs, count);

	/* Without its name it is one too many. */
	assert_ok(bed, store_drop_baseline(bed->store, "/p", "a", &bed->err));
	assert_int_equal(ask_sql(bed, "select count(*) from run"), STORE_RUNS_MAX);
	assert_int_equal(ask_sql(bed, "select min(hash) from run"), 2 * STORE_RUNS_MAX + 1);
}

static void
what_ran_is_known(void **state)
{
	struct bed *bed = *state;
	int64_t run = put_run(bed, 1), other = put_run(bed, 2);
	struct store_key key, found;
	enum store_origin origin;
	char *source;

	assert_ok(bed, store_put_text(bed->store, SPAN("old\n"), &key, &bed->err));
	assert_ok(bed, store_put_ran(bed->store, run, "/p/b.py", &key, STORE_FROM_GIT, &bed->err));
	assert_ok(bed, store_put_ran_text(bed->store, run, "/p/a.py", SPAN("old\n"),
					  STORE_FROM_DISK, &bed->err));
	assert_ok(bed, store_find_ran(bed->store, run, "/p/b.py", &found, &origin, &bed->err));
	assert_true(store_key_equal(&key, &found));
	assert_int_equal(origin, STORE_FROM_GIT);
	assert_int_equal(store_find_ran(bed->store, other, "/p/b.py", &found, &origin, &bed->err),
			 STATUS_MISSING);
	assert_int_equal(store_find_ran(bed->store, run, "/p/c.py", &found, &origin, &bed->err),
			 STATUS_MISSING);
	assert_ok(bed, store_find_source(bed->store, run, &key, &source, &bed->err));
	assert_string_equal(source, "/p/a.py");
	free(source);
	assert_int_equal(store_find_source(bed->store, other, &key, &source, &bed->err),
			 STATUS_MISSING);
	assert_null(source);

	/* What is said anew replaces; the last to name a text takes it along. */
	assert_ok(bed, store_put_ran_text(bed->store, run, "/p/b.py", SPAN("new\n"),
					  STORE_FROM_DISK, &bed->err));
	assert_int_equal(get_text(bed, SPAN("old\n")), STATUS_OK);
	assert_ok(bed, store_put_ran_text(bed->store, run, "/p/a.py", SPAN("new\n"),
					  STORE_FROM_DISK, &bed->err));
	assert_int_equal(get_text(bed, SPAN("old\n")), STATUS_MISSING);
	assert_int_equal(get_text(bed, SPAN("new\n")), STATUS_OK);

	/* Neither of a run nor of a text that isn't there. */
	assert_int_equal(
		store_put_ran(bed->store, run, "/p/a.py", &key, STORE_FROM_DISK, &bed->err),
		STATUS_MISSING);
	assert_int_equal(store_put_ran_text(bed->store, run + other, "/p/a.py", SPAN("new\n"),
					    STORE_FROM_DISK, &bed->err),
			 STATUS_MISSING);
}

static void
what_is_known_already_is_not_written(void **state)
{
	struct bed *bed = *state;
	char *log = file_in(bed, "store.db-wal");
	int64_t run = put_run(bed, 1);
	struct file_stamp before, after;

	assert_ok(bed, store_put_ran_text(bed->store, run, "/p/a.py", SPAN("x"), STORE_FROM_DISK,
					  &bed->err));
	before = file_stamp(log);
	assert_int_equal(before.kind, FILE_REGULAR);
	for (int i = 0; i < 3; i++) {
		struct store_key key;
		enum store_origin origin;
		struct store_run found;

		assert_int_equal(put_run(bed, 1), run);
		assert_ok(bed, store_put_text(bed->store, SPAN("x"), &key, &bed->err));
		assert_ok(bed, store_put_ran(bed->store, run, "/p/a.py", &key, STORE_FROM_DISK,
					     &bed->err));
		assert_ok(bed, store_put_ran_text(bed->store, run, "/p/a.py", SPAN("x"),
						  STORE_FROM_DISK, &bed->err));
		assert_ok(bed, store_find_run(bed->store, DATA, 100, 1, &found, &bed->err));
		store_run_free(&found);
		assert_ok(bed,
			  store_find_ran(bed->store, run, "/p/a.py", &key, &origin, &bed->err));
		assert_int_equal(get_text(bed, SPAN("x")), STATUS_OK);
	}
	after = file_stamp(log);
	assert_true(file_stamp_equal(&before, &after));
	free(log);
}

static void
forgotten_runs_take_their_texts_along(void **state)
{
	struct bed *bed = *state;
	int64_t named = put_run(bed, 1), nameless = put_run(bed, 2);

	assert_ok(bed, store_put_ran_text(bed->store, named, "/p/a.py", SPAN("one\n"),
					  STORE_FROM_DISK, &bed->err));
	assert_ok(bed, store_put_ran_text(bed->store, nameless, "/p/a.py", SPAN("two\n"),
					  STORE_FROM_DISK, &bed->err));
	assert_ok(bed, store_save_baseline(bed->store, "/p", "main", named, 5, &bed->err));
	int64_t dropped = put_run(bed, 3);

	assert_ok(bed, store_drop_run(bed->store, dropped, &bed->err));
	assert_ok(bed, store_drop_run(bed->store, named, &bed->err)); /* stays */
	assert_ok(bed, store_drop_run(bed->store, dropped, &bed->err));
	assert_int_equal(ask_sql(bed, "select count(*) from run"), 2);
	assert_ok(bed, store_drop_run(bed->store, nameless, &bed->err));
	assert_int_equal(get_text(bed, SPAN("one\n")), STATUS_OK);
	assert_int_equal(get_text(bed, SPAN("two\n")), STATUS_MISSING);
	assert_int_equal(ask_sql(bed, "select count(*) from run"), 1);
}

static void
baselines_are_named_runs(void **state)
{
	struct bed *bed = *state;
	int64_t one = put_run(bed, 1), two = put_run(bed, 2);

	assert_ok(bed, store_save_baseline(bed->store, "/p", "main", one, 7, &bed->err));
	assert_ok(bed, store_save_baseline(bed->store, "/p", "alt", one, 8, &bed->err));
	assert_ok(bed, store_save_baseline(bed->store, "/q", "main", two, 9, &bed->err));
	assert_ok(bed, store_use_baseline(bed->store, "/p", "main", &bed->err));
	assert_ok(bed, store_save_baseline(bed->store, "/p", "main", two, 10, &bed->err));
	check_baselines(bed, "/p", "alt@8 1; main@10 2 used; ");

	assert_ok(bed, store_use_baseline(bed->store, "/p", NULL, &bed->err));
	assert_int_equal(store_use_baseline(bed->store, "/p", "x", &bed->err), STATUS_MISSING);
	assert_int_equal(store_drop_baseline(bed->store, "/p", "x", &bed->err), STATUS_MISSING);
	assert_int_equal(store_save_baseline(bed->store, "/p", "x", one + two, 1, &bed->err),
			 STATUS_MISSING);
	check_baselines(bed, "/p", "alt@8 1; main@10 2; ");
	assert_ok(bed, store_drop_baseline(bed->store, "/p", "main", &bed->err));
	check_baselines(bed, "/p", "alt@8 1; ");
}

/* Baselines of the schema before are there after. */
static void
baselines_of_the_first_schema_stay(void **state)
{
	struct bed *bed = *state;
	int64_t one = put_run(bed, 1), two = put_run(bed, 2);

	assert_ok(bed, store_save_baseline(bed->store, "/p", "a", one, 7, &bed->err));
	assert_ok(bed, store_save_baseline(bed->store, "/p", "b", two, 8, &bed->err));
	assert_ok(bed, store_use_baseline(bed->store, "/p", "b", &bed->err));
	store_close(bed->store);
	run_sql(bed, "create table old (folder text not null, name text not null,"
		     " run integer not null references run on delete cascade,"
		     " made integer not null, in_use integer not null,"
		     " primary key (folder, name)) without rowid;"
		     "insert into old select * from baseline; drop table baseline;"
		     "alter table old rename to baseline;"
		     "create index baseline_by_run on baseline (run); pragma user_version = 1");
	open_store(bed);
	check_baselines(bed, "/p", "a@7 1; b@8 2 used; ");
	assert_ok(bed, store_save_baseline_runs(bed->store, "/p", "b", (int64_t[]){ one, two }, 2,
						9, &bed->err));
	assert_int_equal(ask_sql(bed, "pragma user_version"), STORE_SCHEMA);
	assert_int_equal(ask_sql(bed, "select sum(in_use) from baseline"), 2);
}

/* Whatever is found where the store should be, it is made anew. */
static void
damage_is_thrown_away(void **state)
{
	struct bed *bed = *state;
	char *path = file_in(bed, "store.db");
	const struct span found[] = {
		SPAN(""),
		SPAN("x"),
		SPAN("this is no database, but something else that has got here by an accident,"
		     " and it is longer than the header of a database, which has 100 bytes"),
		SPAN("SQLite format 3\0\x10\0\1\1\0@  \0\0\0\1\0\0\0\1"),
	};

	for (size_t i = 0; i < sizeof found / sizeof found[0]; i++) {
		store_close(bed->store);
		unlink(path);
		write_file(path, found[i]);
		open_store(bed);
		assert_int_equal(get_text(bed, SPAN("x")), STATUS_MISSING);
		put_run(bed, 1);
		assert_int_equal(ask_sql(bed, "pragma user_version"), STORE_SCHEMA);
	}
	/* A database of somebody else; one of ours without a table. */
	store_close(bed->store);
	unlink(path);
	run_sql(bed, "create table mine (x)");
	open_store(bed);
	put_run(bed, 1);
	run_sql(bed, "drop table baseline; drop table run");
	put_run(bed, 2);
	assert_int_equal(ask_sql(bed, "select count(*) from run"), 1);
	run_sql(bed, "drop table baseline");
	assert_int_equal(store_save_baseline(bed->store, "/p", "a", 1, 1, &bed->err),
			 STATUS_MISSING); /* its run is gone with the rest */
	assert_int_equal(ask_sql(bed, "select count(*) from baseline"), 0);
	free(path);
}

/* --- what may happen to the file --------------------------------------------------------------- */

static void
a_newer_database_is_left_alone(void **state)
{
	struct bed *bed = *state;
	char *path = file_in(bed, "store.db");
	struct data_digest before, after;
	struct store_run *runs;
	struct store_key key;
	size_t count;

	run_sql(bed, "create table text (x); insert into text values (1); pragma user_version = 9");
	assert_int_equal(data_take_digest(path, &before, NULL), STATUS_OK);
	assert_int_equal(store_put_text(bed->store, SPAN("x"), &key, &bed->err), STATUS_DENIED);
	assert_non_null(strstr(bed->err.text, path));
	assert_non_null(strstr(bed->err.text, "delete it"));
	assert_int_equal(store_get_text(bed->store, &key, &(struct buf){ 0 }, &bed->err),
			 STATUS_DENIED);
	assert_int_equal(store_list_runs(bed->store, DATA, &runs, &count, &bed->err),
			 STATUS_DENIED);
	assert_null(runs);
	assert_int_equal(data_take_digest(path, &after, NULL), STATUS_OK);
	assert_int_equal(before.hash, after.hash);

	/* The remedy works while the store is open. */
	unlink(path);
	put_run(bed, 1);
	free(path);
}

static void
an_empty_database_becomes_ours(void **state)
{
	struct bed *bed = *state;

	/* Version 0: what SQLite made for somebody who went no further. */
	run_sql(bed, "pragma journal_mode = wal; pragma user_version = 3; pragma user_version = 0");
	put_run(bed, 1);
	assert_int_equal(ask_sql(bed, "pragma user_version"), STORE_SCHEMA);
}

static int
double_it(sqlite3 *db)
{
	return sqlite3_exec(db, "update a set x = x * 2", NULL, NULL, NULL);
}

static int
give_up(sqlite3 *db)
{
	(void)db;
	return SQLITE_FULL;
}

static int64_t
migrate(sqlite3 *db, const struct schema_step *steps, int count, int want_version)
{
	const struct schema_list list = { steps, count };
	int version, code = schema_migrate(db, &list);

	assert_int_equal(schema_version(db, &version), SQLITE_OK);
	assert_int_equal(version, want_version);
	assert_true(sqlite3_get_autocommit(db));
	return code;
}

static void
older_databases_take_the_steps_they_need(void **state)
{
	static const struct schema_step steps[] = {
		{.sql = "create table a (x); insert into a values (1)"},
		{		      .sql = "update a set x = x + 1",                                     .run = double_it },
		{		     .sql = "insert into a values (7)"                                                   },
		{ .sql = "delete from a",						    .run = give_up },
	};
	sqlite3 *db;
	sqlite3_stmt *stmt;

	(void)state;
	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	assert_int_equal(migrate(db, steps, 1, 1), SQLITE_OK);
	assert_int_equal(migrate(db, steps, 1, 1), SQLITE_OK);
	assert_int_equal(migrate(db, steps, 3, 3), SQLITE_OK);
	assert_int_equal(migrate(db, steps, 4, 3), SQLITE_FULL); /* and is as it was */
	assert_int_equal(migrate(db, steps, 2, 3), SQLITE_OK);   /* newer */
	assert_int_equal(sqlite3_prepare_v2(db, "select sum(x) from a", -1, &stmt, NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	assert_int_equal(sqlite3_column_int(stmt, 0), (1 + 1) * 2 + 7);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
}

static void
deleted_while_open_it_is_made_anew(void **state)
{
	struct bed *bed = *state;
	char *path = file_in(bed, "store.db"), *place;
	int64_t first = put_run(bed, 1), second;
	struct store_key key;
	enum store_origin origin;

	assert_ok(bed, store_put_ran_text(bed->store, first, "/p/a.py", SPAN("x"), STORE_FROM_DISK,
					  &bed->err));
	unlink(path); /* its log stays */
	second = put_run(bed, 2);
	assert_int_equal(ask_sql(bed, "select count(*) from run"), 1);
	/* Who still knows the number of a run of the old one is told nothing of the new one. */
	assert_true(first < second - 1000000 || first > second + 1000000);
	assert_int_equal(store_find_ran(bed->store, first, "/p/a.py", &key, &origin, &bed->err),
			 STATUS_MISSING);

	remove_all(bed->folder);
	assert_int_equal(get_text(bed, SPAN("x")), STATUS_MISSING);
	put_run(bed, 3);
	place = store_copy_place(bed->store);
	assert_non_null(place);
	free(place);
	remove_all(bed->folder);
	place = store_copy_place(bed->store);
	assert_non_null(place);
	write_file(place, SPAN("x"));
	free(place);
	free(path);
}

static void
what_is_kept_is_the_users_alone(void **state)
{
	static const struct {
		const char *name;
		mode_t mode;
	} files[] = {
		{"",              0700},
                { "store.db",     0600},
                { "store.db-wal", 0600},
		{ "store.lock",   0600},
                { "copies",       0700},
	};
	struct bed *bed = *state;
	struct stat st;

	/* In a folder that is there, and in one that covls makes. */
	for (int i = 0; i < 2; i++) {
		free(store_copy_place(bed->store));
		put_run(bed, 1);
		for (size_t k = 0; k < sizeof files / sizeof files[0]; k++) {
			char *path = file_in(bed, files[k].name);

			assert_int_equal(stat(path, &st), 0);
			assert_int_equal(st.st_mode & 0777, files[k].mode);
			free(path);
		}
		remove_all(bed->folder);
	}
}

static void
a_damaged_text_is_missing_and_goes(void **state)
{
	struct bed *bed = *state;
	static const char *const faults[] = {
		"update text set packed = x'00'",
		"update text set packed = zeroblob(length(packed))",
		"update text set size = size + 1",
		"update text set size = -1",
		"update text set size = 9223372036854775807",
		"update text set packed = (select packed from text where key <> '' limit 1 offset 1)",
	};
	struct store_key key;

	for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
		assert_ok(bed, store_put_text(bed->store, SPAN("abc\n"), &key, &bed->err));
		assert_ok(bed, store_put_text(bed->store, SPAN("xyz\n"), &key, &bed->err));
		run_sql(bed, faults[i]);
		get_text(bed, SPAN("abc\n"));
		get_text(bed, SPAN("xyz\n"));
		assert_true(ask_sql(bed, "select count(*) from text") <=
			    (i + 1 == sizeof faults / sizeof faults[0]));
	}
}

/* --- copies ------------------------------------------------------------------------------------ */

/* Keeps a run of `size` bytes with a copy. */
static int64_t
put_copied(struct bed *bed, const char *data_path, int n, size_t size, char **place)
{
	struct store_run run = { .data_path = (char *)data_path,
				 .modified_ns = n * SECOND,
				 .size = size,
				 .hash = (uint64_t)n };
	struct buf bytes = { 0 };
	int64_t id;

	memset(buf_room(&bytes, size), n, size);
	bytes.len = size;
	*place = store_copy_place(bed->store);
	assert_non_null(*place);
	write_file(*place, buf_span(&bytes));
	buf_free(&bytes);
	assert_ok(bed, store_put_run(bed->store, &run, *place, &id, &bed->err));
	return id;
}

/* One name for the runs of several data files: it is replaced, used and lost as a whole. */
static void
a_baseline_may_be_of_several_runs(void **state)
{
	struct bed *bed = *state;
	int64_t ids[] = { put_run(bed, 1), put_run(bed, 2), put_run(bed, 3) };
	char *place;

	assert_ok(bed, store_save_baseline_runs(bed->store, "/p", "all", ids, 3, 7, &bed->err));
	assert_ok(bed, store_save_baseline(bed->store, "/p", "one", ids[2], 8, &bed->err));
	assert_ok(bed, store_use_baseline(bed->store, "/p", "all", &bed->err));
	check_baselines(bed, "/p", "all@7 3 2 1 used; one@8 3; "); /* the newest run first */

	/* Of fewer now, and still in use. */
	assert_ok(bed, store_save_baseline_runs(bed->store, "/p", "all", ids, 2, 9, &bed->err));
	check_baselines(bed, "/p", "all@9 2 1 used; one@8 3; ");

	/* None of its runs may go alone; when one must go, the name does. */
	assert_ok(bed, store_drop_run(bed->store, ids[0], &bed->err));
	assert_int_equal(ask_sql(bed, "select count(*) from baseline where name = 'all'"), 2);
	run_sql(bed, "update run set copy_size = 100000");
	store_limit(bed->store, 250000);
	put_copied(bed, "/p/4", 4, 40000, &place);
	free(place);
	assert_int_equal(ask_sql(bed, "select count(*) from baseline where name = 'all'"), 0);
}

static void
copies_come_and_go_with_their_runs(void **state)
{
	struct bed *bed = *state;
	struct store_run run = { .data_path = DATA, .modified_ns = 1, .size = 10, .hash = 1 },
			 found;
	char *first, *again, *elsewhere;
	int64_t id = put_copied(bed, DATA, 1, 10, &first), same;

	assert_int_equal(put_copied(bed, DATA, 1, 10, &again), id);
	assert_int_equal(file_stamp(first).kind, FILE_REGULAR);
	assert_int_equal(file_stamp(again).kind, FILE_NONE);
	free(again);
	assert_ok(bed, store_find_run(bed->store, DATA, 10, 1, &found, &bed->err));
	assert_string_equal(found.copy, first);
	store_run_free(&found);

	/* One that has gone, or isn't whole, is none, and another takes its place. */
	write_file(first, SPAN("x"));
	assert_ok(bed, store_find_run(bed->store, DATA, 10, 1, &found, &bed->err));
	assert_null(found.copy);
	store_run_free(&found);
	assert_int_equal(put_copied(bed, DATA, 1, 10, &again), id);
	assert_ok(bed, store_find_run(bed->store, DATA, 10, 1, &found, &bed->err));
	assert_string_equal(found.copy, again);
	store_run_free(&found);

	/* What isn't the copy is not taken, and what isn't ours is not touched. */
	write_file(first, SPAN("x"));
	assert_int_equal(store_put_run(bed->store, &run, first, &same, &bed->err), STATUS_MISSING);
	assert_int_equal(file_stamp(first).kind, FILE_NONE);
	elsewhere = file_in(bed, "0123456789abcdef0123456789abcdef");
	write_file(elsewhere, SPAN("0123456789"));
	assert_int_equal(store_put_run(bed->store, &run, elsewhere, &same, &bed->err),
			 STATUS_USAGE);
	assert_int_equal(file_stamp(elsewhere).kind, FILE_REGULAR);
	free(elsewhere);

	assert_ok(bed, store_drop_run(bed->store, id, &bed->err));
	assert_int_equal(file_stamp(again).kind, FILE_NONE);
	free(first);
	free(again);
}

static void
make_old(const char *path)
{
	char command[160];

	snprintf(command, sizeof command, "touch -d '1 hour ago' '%s'", path);
	assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c) */
}

static void
strays_are_swept(void **state)
{
	struct bed *bed = *state;
	char *kept, *old, *fresh;
	struct store_key key;

	put_copied(bed, DATA, 1, 10, &kept);
	make_old(kept);
	old = store_copy_place(bed->store);
	write_file(old, SPAN("old"));
	make_old(old);
	fresh = store_copy_place(bed->store);
	write_file(fresh, SPAN("fresh"));
	assert_ok(bed, store_put_text(bed->store, SPAN("old\n"), &key, &bed->err));
	run_sql(bed, "update text set made = made - 3600 * 1000000000");
	assert_ok(bed, store_put_text(bed->store, SPAN("fresh\n"), &key, &bed->err));

	store_close(bed->store);
	open_store(bed);
	put_run(bed, 2);
	assert_int_equal(file_stamp(kept).kind, FILE_REGULAR);
	assert_int_equal(file_stamp(fresh).kind, FILE_REGULAR);
	assert_int_equal(file_stamp(old).kind, FILE_NONE);
	assert_int_equal(get_text(bed, SPAN("old\n")), STATUS_MISSING);
	assert_int_equal(get_text(bed, SPAN("fresh\n")), STATUS_OK);
	free(kept);
	free(old);
	free(fresh);
}

static void
what_was_used_longest_ago_makes_room(void **state)
{
	struct bed *bed = *state;
	int64_t ids[6];
	struct store_run run;

	store_limit(bed->store, 200000);
	/* The last has no room: 40,000 bytes each, and the database with about 70,000. */
	for (int n = 0; n < 3; n++) {
		char path[32], *place;

		snprintf(path, sizeof path, "/p/%d", n);
		ids[n] = put_copied(bed, path, n, 40000, &place);
		free(place);
	}
	/* One was used since, one has a name: the third goes, which isn't the oldest. */
	run_sql(bed, "update run set used = used - 7200 * 1000000000");
	assert_ok(bed, store_find_run(bed->store, "/p/0", 40000, 0, &run, &bed->err));
	store_run_free(&run);
	assert_ok(bed, store_save_baseline(bed->store, "/p", "main", ids[1], 1, &bed->err));
	assert_ok(bed, store_save_baseline(bed->store, "/p", "used", ids[1], 1, &bed->err));
	for (int n = 3; n < 6; n++) {
		char path[32], *place;

		snprintf(path, sizeof path, "/p/%d", n);
		ids[n] = put_copied(bed, path, n, 40000, &place);
		assert_int_equal(file_stamp(place).kind, FILE_REGULAR);
		free(place);
		assert_int_equal(store_find_run(bed->store, "/p/2", 40000, 2, &run, &bed->err),
				 STATUS_MISSING);
		assert_ok(bed, store_find_run(bed->store, "/p/1", 40000, 1, &run, &bed->err));
		store_run_free(&run);
		assert_true(store_size(bed->store) < 400000); /* the log comes on top */
	}
	/* When baselines alone are left, they go, too; what has no room at all is not kept. */
	for (int n = 3; n < 6; n++)
		store_save_baseline(bed->store, "/q",
				    n == 3   ? "a"
				    : n == 4 ? "b"
					     : "c",
				    ids[n], 1, NULL);
	assert_ok(bed, store_use_baseline(bed->store, "/p", "main", &bed->err));
	for (int n = 6; n < 9; n++) {
		char path[32], *place;

		snprintf(path, sizeof path, "/p/%d", n);
		put_copied(bed, path, n, 40000, &place);
		free(place);
	}
	assert_int_equal(ask_sql(bed, "select count(*) from baseline where folder = '/p'"), 2);
	{
		struct store_run huge = { .data_path = DATA, .size = 300000 };
		char *place = store_copy_place(bed->store);
		struct buf bytes = { 0 };

		memset(buf_room(&bytes, 300000), 0, 300000);
		bytes.len = 300000;
		write_file(place, buf_span(&bytes));
		assert_int_equal(store_put_run(bed->store, &huge, place, &ids[0], &bed->err),
				 STATUS_LIMIT);
		assert_int_equal(file_stamp(place).kind, FILE_NONE);
		assert_ok(bed, store_find_run(bed->store, "/p/8", 40000, 8, &run, &bed->err));
		assert_non_null(run.copy); /* what would have made room is still there */
		store_run_free(&run);
		buf_free(&bytes);
		free(place);
	}
}

/* --- other processes, and disks ---------------------------------------------------------------- */

/* What a child process does; true: all went well. */
typedef bool child_fn(struct bed *bed, int number);

/* It begins when nobody holds the other end of `gate` any more. */
static pid_t
start_child(struct bed *bed, child_fn *child, int number, const int gate[2])
{
	pid_t pid = fork();
	char none;

	if (pid != 0)
		return pid;
	alarm(60);
	close(gate[1]);
	if (read(gate[0], &none, 1) != 0 ||
	    store_open(&bed->store, bed->folder, &bed->err) != STATUS_OK || !child(bed, number)) {
		fprintf(stderr, "child %d: %s\n", number, bed->err.text);
		_exit(1);
	}
	store_close(bed->store);
	_exit(0);
}

/* All at once. A store that is open must not come into a child, so it is closed before. */
static void
start_children(struct bed *bed, child_fn *child, int count, pid_t *pids)
{
	int gate[2];

	store_close(bed->store);
	bed->store = NULL;
	assert_int_equal(pipe(gate), 0);
	for (int i = 0; i < count; i++) {
		pids[i] = start_child(bed, child, i, gate);
		assert_true(pids[i] > 0);
	}
	close(gate[0]);
	close(gate[1]);
}

static void
run_children(struct bed *bed, child_fn *child, int count)
{
	pid_t pids[8];
	int status;

	start_children(bed, child, count, pids);
	for (int i = 0; i < count; i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 0);
	}
	open_store(bed);
}

static void
assert_consistent(const struct bed *bed)
{
	assert_int_equal(ask_sql(bed, "select count(*) from pragma_integrity_check"
				      "    where integrity_check <> 'ok'"),
			 0);
	assert_int_equal(ask_sql(bed, "select count(*) from pragma_foreign_key_check"), 0);
	assert_int_equal(ask_sql(bed, "select count(*) from text where not exists"
				      "    (select 1 from ran where text = key)"),
			 0);
}

#define TURNS 60

/* Runs of one data file, which are trimmed all the time, each with a text of its own and one that
 * all have. */
static bool
keep_runs(struct bed *bed, int number)
{
	for (int i = 0; i < TURNS; i++) {
		struct store_run run = { .data_path = DATA,
					 .modified_ns = i * SECOND,
					 .hash = (uint64_t)(number * TURNS + i) };
		char text[64];
		int64_t id;
		enum status status;

		snprintf(text, sizeof text, "process %d, turn %d\n", number, i);
		while ((status = store_put_run(bed->store, &run, NULL, &id, &bed->err)) ==
		       STATUS_BUSY)
			continue;
		if (status != STATUS_OK)
			return false;
		while ((status = store_put_ran_text(bed->store, id, "/p/own.py", span_of(text),
						    STORE_FROM_DISK, &bed->err)) == STATUS_BUSY)
			continue;
		/* The others' runs may have pushed it out. */
		if (status != STATUS_OK && status != STATUS_MISSING)
			return false;
		while ((status = store_put_ran_text(bed->store, id, "/p/all.py", SPAN("all\n"),
						    STORE_FROM_GIT, &bed->err)) == STATUS_BUSY)
			continue;
		if (status != STATUS_OK && status != STATUS_MISSING)
			return false;
	}
	return true;
}

static void
several_processes_write_at_once(void **state)
{
	struct bed *bed = *state;

	run_children(bed, keep_runs, 4);
	assert_int_equal(ask_sql(bed, "select count(*) from run"), STORE_RUNS_MAX);
	assert_int_equal(ask_sql(bed, "select count(*) from text"), STORE_RUNS_MAX + 1);
	assert_int_equal(ask_sql(bed, "select count(*) from ran"), 2 * STORE_RUNS_MAX);
	assert_consistent(bed);
}

static void
a_process_that_is_killed_leaves_it_whole(void **state)
{
	struct bed *bed = *state;
	pid_t pids[3];

	for (int round = 0; round < 5; round++) {
		start_children(bed, keep_runs, 3, pids);
		for (int i = 0; i < 3; i++) {
			nanosleep(&(struct timespec){ .tv_nsec = 3000000L * (round + i) }, NULL);
			kill(pids[i], SIGKILL);
			waitpid(pids[i], NULL, 0);
		}
	}
	open_store(bed);
	put_run(bed, 1);
	assert_consistent(bed);
}

static bool
keep_one(struct bed *bed, int number)
{
	struct store_run run = { .data_path = DATA, .hash = (uint64_t)number };
	enum status status;
	int64_t id;

	while ((status = store_put_run(bed->store, &run, NULL, &id, &bed->err)) == STATUS_BUSY)
		continue;
	return status == STATUS_OK;
}

static void
several_find_it_damaged_at_once(void **state)
{
	struct bed *bed = *state;
	char *path = file_in(bed, "store.db");
	char page[8192];

	memset(page, 'x', sizeof page);
	for (int round = 0; round < 10; round++) {
		write_file(path, (struct span){ page, sizeof page });
		run_children(bed, keep_one, 8);
		assert_int_equal(ask_sql(bed, "select count(*) from run"), 8);
		assert_consistent(bed);
	}
	free(path);
}

/* A text that doesn't pack. */
static struct span
noise(void)
{
	static char bytes[300000];
	uint64_t random = 3;

	for (size_t i = 0; i < sizeof bytes; i++) {
		random = random * 6364136223846793005U + 1442695040888963407U;
		bytes[i] = (char)(random >> 33);
	}
	return (struct span){ bytes, sizeof bytes };
}

/* Each call must answer soon, and say that it could not. */
static bool
fails_soon(struct bed *bed)
{
	struct store_run run = { .data_path = DATA, .hash = 77 };
	struct span text = noise();
	struct store_key key;
	int64_t id, began = clock_steady_ns();

	return store_put_text(bed->store, text, &key, &bed->err) == STATUS_DENIED &&
	       store_put_run(bed->store, &run, NULL, &id, &bed->err) == STATUS_DENIED &&
	       store_put_ran_text(bed->store, 1, "/p", text, STORE_FROM_DISK, &bed->err) ==
		       STATUS_DENIED &&
	       store_save_baseline(bed->store, "/p", "a", 1, 1, &bed->err) == STATUS_DENIED &&
	       clock_steady_ns() - began < SECOND;
}

static bool
fails_twice(struct bed *bed)
{
	bool first = fails_soon(bed);

	return fails_soon(bed) && first;
}

static bool
limit_files(rlim_t most)
{
	const struct rlimit limit = { most, most };

	return signal(SIGXFSZ, SIG_IGN) != SIG_ERR && setrlimit(RLIMIT_FSIZE, &limit) == 0;
}

static bool
write_without_room(struct bed *bed, int number)
{
	(void)number;
	return limit_files(4096) && fails_twice(bed);
}

/* What finds no room takes nothing away from what does. */
static bool
write_with_little_room(struct bed *bed, int number)
{
	struct store_key key;

	if (!limit_files(200000))
		return false;
	for (int i = 0; i < 10; i++) {
		struct store_run run = { .data_path = DATA, .hash = (uint64_t)(number * 10 + i) };
		int64_t id;

		if (store_put_text(bed->store, noise(), &key, &bed->err) != STATUS_DENIED ||
		    store_put_run(bed->store, &run, NULL, &id, &bed->err) != STATUS_OK)
			return false;
	}
	return true;
}

static bool
write_without_leave(struct bed *bed, int number)
{
	(void)number;
	if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
		return false;
	return fails_twice(bed);
}

static void
a_full_disk_is_harmless(void **state)
{
	struct bed *bed = *state;

	run_children(bed, write_without_room, 1); /* there is nothing yet */
	put_run(bed, 1);
	run_children(bed, write_without_room, 1);
	assert_int_equal(ask_sql(bed, "select count(*) from run"), 1);
	assert_consistent(bed);
	run_children(bed, write_with_little_room, 1);
	assert_int_equal(ask_sql(bed, "select count(*) from run"), 11);
	assert_consistent(bed);
}

static void
a_read_only_folder_is_harmless(void **state)
{
	struct bed *bed = *state;
	char *path = file_in(bed, "store.db");
	struct store_key key;

	assert_int_equal(chmod(bed->folder, 0555), 0);
	run_children(bed, write_without_leave, 1);
	assert_int_equal(file_stamp(path).kind, FILE_NONE);
	assert_int_equal(chmod(bed->folder, 0755), 0);
	put_run(bed, 1);
	assert_int_equal(chmod(bed->folder, 0555), 0);
	assert_int_equal(chmod(path, 0444), 0);
	run_children(bed, write_without_leave, 1);
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(chmod(bed->folder, 0755), 0);
	assert_ok(bed, store_put_text(bed->store, SPAN("x"), &key, &bed->err));
	free(path);
}

static void
a_lock_that_stays_is_not_waited_for_long(void **state)
{
	struct bed *bed = *state;
	char *path = file_in(bed, "store.db");
	sqlite3 *other;
	int64_t began;
	struct store_key key;

	put_run(bed, 1);
	assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other, "begin immediate", NULL, NULL, NULL), SQLITE_OK);
	began = clock_steady_ns();
	for (int i = 0; i < 20; i++)
		assert_int_equal(store_put_text(bed->store, SPAN("x"), &key, &bed->err),
				 STATUS_BUSY);
	assert_true(clock_steady_ns() - began < SECOND);
	assert_int_equal(get_text(bed, SPAN("x")), STATUS_MISSING); /* readers go on */
	assert_int_equal(sqlite3_exec(other, "commit", NULL, NULL, NULL), SQLITE_OK);
	assert_ok(bed, store_put_text(bed->store, SPAN("x"), &key, &bed->err));
	sqlite3_close(other);
	free(path);
}

/* Takes the lock file and keeps it; says so with a byte. */
static pid_t
start_holder(const struct bed *bed)
{
	char *path = file_in(bed, "store.lock"), byte = 0;
	struct cache_lock held;
	int ready[2];
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		alarm(60);
		if (cache_lock(&held, path, 0, NULL) == STATUS_OK && write(ready[1], "x", 1) == 1)
			pause();
		_exit(1);
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	free(path);
	return pid;
}

static void
who_opens_it_for_ever_is_not_waited_for_long(void **state)
{
	struct bed *bed = *state;
	pid_t holder = start_holder(bed);
	int64_t began = clock_steady_ns();
	struct store_key key;

	for (int i = 0; i < 20; i++)
		assert_int_equal(store_put_text(bed->store, SPAN("x"), &key, &bed->err),
				 STATUS_BUSY);
	assert_true(clock_steady_ns() - began < SECOND);
	kill(holder, SIGKILL);
	waitpid(holder, NULL, 0);
	assert_ok(bed, store_put_text(bed->store, SPAN("x"), &key, &bed->err));
}

/* Where processes can't share memory, as SQLite's dot-file locks can't. */
static void
without_a_write_ahead_log_it_works(void **state)
{
	struct bed *bed = *state;
	sqlite3_vfs *usual = sqlite3_vfs_find(NULL), *other = sqlite3_vfs_find("unix-dotfile");
	int64_t run;

	assert_non_null(other);
	sqlite3_vfs_register(other, 1);
	run = put_run(bed, 1);
	assert_ok(bed, store_put_ran_text(bed->store, run, "/p/a.py", SPAN("x"), STORE_FROM_DISK,
					  &bed->err));
	assert_int_equal(get_text(bed, SPAN("x")), STATUS_OK);
	store_close(bed->store);
	sqlite3_vfs_register(usual, 1);
	assert_int_equal(ask_sql(bed, "select journal_mode <> 'wal' from pragma_journal_mode"), 1);
	open_store(bed);
	assert_int_equal(get_text(bed, SPAN("x")), STATUS_OK);
}

/* --- bytes that turn --------------------------------------------------------------------------- */

#define FLIPS 200

static void
fill(struct bed *bed)
{
	for (int n = 1; n <= 12; n++) {
		int64_t run = put_run(bed, n);

		for (int k = 0; k < 8; k++) {
			char path[32], text[64];

			snprintf(path, sizeof path, "/p/%d.py", k);
			snprintf(text, sizeof text, "run %d, text %d\n", n - n % (k + 1), k);
			assert_ok(bed, store_put_ran_text(bed->store, run, path, span_of(text),
							  STORE_FROM_DISK, &bed->err));
		}
		if (n % 4 == 0)
			assert_ok(bed, store_save_baseline(bed->store, "/p", n == 4 ? "a" : "b",
							   run, n, &bed->err));
	}
}

/* What a store that may be damaged says of what fill() put there is right, or nothing. */
static void
read_all(struct bed *bed)
{
	struct store_run *runs;
	struct store_baseline *list;
	size_t count, baselines;

	if (store_list_runs(bed->store, DATA, &runs, &count, NULL) == STATUS_OK) {
		for (size_t i = 0; i < count; i++) {
			struct store_key key;
			enum store_origin origin;
			struct buf text = { 0 };
			char *source = NULL;

			if (store_find_ran(bed->store, runs[i].id, "/p/0.py", &key, &origin,
					   NULL) == STATUS_OK &&
			    store_get_text(bed->store, &key, &text, NULL) == STATUS_OK) {
				struct store_key again = store_key_of(buf_span(&text));

				assert_true(store_key_equal(&again, &key));
			}
			store_find_source(bed->store, runs[i].id, &key, &source, NULL);
			free(source);
			buf_free(&text);
		}
		store_runs_free(runs, count);
	}
	if (store_list_baselines(bed->store, "/p", &list, &baselines, NULL) == STATUS_OK)
		store_baselines_free(list, baselines);
}

static void
turned_bytes_do_no_harm(void **state)
{
	struct bed *bed = *state;
	char *path = file_in(bed, "store.db");
	struct buf whole = { 0 };
	uint64_t random = 5;

	fill(bed);
	store_close(bed->store); /* all is in the database now */
	assert_ok(bed, file_read_all(path, &whole, 1 << 24, &bed->err));
	for (int i = 0; i < FLIPS; i++) {
		size_t at;
		char was;
		struct store_key key;
		int64_t began = clock_steady_ns();

		random = random * 6364136223846793005U + 1442695040888963407U;
		/* Each fourth into the header and the schema. */
		at = (size_t)(random >> 33) % (i % 4 == 0 ? 4096 : whole.len);
		was = whole.at[at];
		whole.at[at] = (char)(was ^ (char)(random >> 20 | 1));
		write_file(path, buf_span(&whole));
		whole.at[at] = was;
		open_store(bed);
		read_all(bed);
		store_put_text(bed->store, SPAN("new"), &key, NULL);
		store_drop_run(bed->store, 1, NULL);
		read_all(bed);
		store_close(bed->store);
		assert_true(clock_steady_ns() - began < 5 * SECOND);
	}
	open_store(bed);
	buf_free(&whole);
	free(path);
}

static void
the_switch_switches_it_off(void **state)
{
	struct bed *bed = *state;
	struct store *store;
	struct error err = { 0 };
	char *path;

	setenv("COVLS_CACHE", "", 1);
	assert_int_equal(store_open(&store, NULL, &err), STATUS_DENIED);
	assert_non_null(strstr(err.text, "COVLS_CACHE"));
	assert_null(store);
	setenv("COVLS_CACHE", "some/where", 1);
	assert_int_equal(store_open(&store, NULL, &err), STATUS_USAGE);
	setenv("COVLS_CACHE", "/dev/null/covls", 1);
	assert_int_equal(store_open(&store, NULL, &err), STATUS_DENIED);
	path = file_in(bed, "own");
	setenv("COVLS_CACHE", path, 1);
	assert_int_equal(store_open(&store, NULL, &err), STATUS_OK);
	store_close(store);
	assert_int_equal(file_stamp(path).kind, FILE_FOLDER);
	free(path);
	unsetenv("COVLS_CACHE");
	setenv("XDG_CACHE_HOME", bed->folder, 1);
	assert_int_equal(store_open(&store, NULL, &err), STATUS_OK);
	store_close(store);
	path = file_in(bed, "covls");
	assert_int_equal(file_stamp(path).kind, FILE_FOLDER);
	free(path);
	setenv("XDG_CACHE_HOME", "relative", 1);
	setenv("HOME", bed->folder, 1);
	assert_int_equal(store_open(&store, NULL, &err), STATUS_OK);
	store_close(store);
	path = file_in(bed, ".cache/covls");
	assert_int_equal(file_stamp(path).kind, FILE_FOLDER);
	free(path);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(texts_come_back),
		TEST(nothing_is_made_until_something_is_put),
		TEST(runs_are_listed_newest_first),
		TEST(the_newest_runs_stay),
		TEST(what_ran_is_known),
		TEST(what_is_known_already_is_not_written),
		TEST(forgotten_runs_take_their_texts_along),
		TEST(baselines_are_named_runs),
		TEST(a_baseline_may_be_of_several_runs),
		TEST(baselines_of_the_first_schema_stay),
		TEST(damage_is_thrown_away),
		TEST(a_newer_database_is_left_alone),
		TEST(an_empty_database_becomes_ours),
		TEST(older_databases_take_the_steps_they_need),
		TEST(deleted_while_open_it_is_made_anew),
		TEST(what_is_kept_is_the_users_alone),
		TEST(a_damaged_text_is_missing_and_goes),
		TEST(copies_come_and_go_with_their_runs),
		TEST(strays_are_swept),
		TEST(what_was_used_longest_ago_makes_room),
		TEST(several_processes_write_at_once),
		TEST(a_process_that_is_killed_leaves_it_whole),
		TEST(several_find_it_damaged_at_once),
		TEST(a_full_disk_is_harmless),
		TEST(a_read_only_folder_is_harmless),
		TEST(a_lock_that_stays_is_not_waited_for_long),
		TEST(who_opens_it_for_ever_is_not_waited_for_long),
		TEST(without_a_write_ahead_log_it_works),
		TEST(turned_bytes_do_no_harm),
		TEST(the_switch_switches_it_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
