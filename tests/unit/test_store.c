/*
 * The store in a folder of its own, and what may happen to it: damage, deletion, other processes, disks that
 * are full or can't be written.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "data/data.h"
#include "platform/clock.h"
#include "platform/file.h"
#include "platform/output.h"
#include "platform/path.h"
#include "store/store.h"
#include "support/test.h"

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

	for (size_t i = 0; i < STORE_TEXT_MAX / 16; i++)
		buf_addf(&large, "%015zu\n", i * 2654435761U % 1000000007U);
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

	for (int n = 1; n <= 3 * STORE_RUNS_MAX; n++)
		put_run(bed, n);
	assert_ok(bed, store_list_runs(bed->store, DATA, &runs, &count, &bed->err));
	assert_int_equal(count, STORE_RUNS_MAX);
	assert_int_equal(runs[0].hash, 3 * STORE_RUNS_MAX);
	assert_int_equal(runs[count - 1].hash, 2 * STORE_RUNS_MAX + 1);
	store_runs_free(runs, count);
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
forgotten_runs_take_their_texts_along(void **state)
{
	struct bed *bed = *state;
	int64_t named = put_run(bed, 1), nameless = put_run(bed, 2);

	assert_ok(bed, store_put_ran_text(bed->store, named, "/p/a.py", SPAN("one\n"),
					  STORE_FROM_DISK, &bed->err));
	assert_ok(bed, store_put_ran_text(bed->store, nameless, "/p/a.py", SPAN("two\n"),
					  STORE_FROM_DISK, &bed->err));
	assert_ok(bed, store_save_baseline(bed->store, "/p", "main", named, 5, &bed->err));
	assert_ok(bed, store_forget_runs(bed->store, DATA, &bed->err));
	assert_int_equal(get_text(bed, SPAN("one\n")), STATUS_OK);
	assert_int_equal(get_text(bed, SPAN("two\n")), STATUS_MISSING);
	assert_int_equal(ask_sql(bed, "select count(*) from run"), 1);
}

static void
baselines_are_named_runs(void **state)
{
	struct bed *bed = *state;
	int64_t one = put_run(bed, 1), two = put_run(bed, 2);
	struct store_baseline *list;
	size_t count;

	assert_ok(bed, store_save_baseline(bed->store, "/p", "main", one, 7, &bed->err));
	assert_ok(bed, store_save_baseline(bed->store, "/p", "alt", one, 8, &bed->err));
	assert_ok(bed, store_save_baseline(bed->store, "/q", "main", two, 9, &bed->err));
	assert_ok(bed, store_use_baseline(bed->store, "/p", "main", &bed->err));
	assert_ok(bed, store_save_baseline(bed->store, "/p", "main", two, 10, &bed->err));
	assert_ok(bed, store_list_baselines(bed->store, "/p", &list, &count, &bed->err));
	assert_int_equal(count, 2);
	assert_string_equal(list[0].name, "alt");
	assert_int_equal(list[0].run.id, one);
	assert_int_equal(list[0].made_ns, 8);
	assert_false(list[0].in_use);
	assert_string_equal(list[1].name, "main");
	assert_string_equal(list[1].folder, "/p");
	assert_int_equal(list[1].run.id, two);
	assert_int_equal(list[1].made_ns, 10);
	assert_true(list[1].in_use);
	store_baselines_free(list, count);

	assert_ok(bed, store_use_baseline(bed->store, "/p", NULL, &bed->err));
	assert_int_equal(store_use_baseline(bed->store, "/p", "x", &bed->err), STATUS_MISSING);
	assert_int_equal(store_drop_baseline(bed->store, "/p", "x", &bed->err), STATUS_MISSING);
	assert_int_equal(store_save_baseline(bed->store, "/p", "x", one + two, 1, &bed->err),
			 STATUS_MISSING);
	assert_ok(bed, store_drop_baseline(bed->store, "/p", "main", &bed->err));
	assert_ok(bed, store_list_baselines(bed->store, "/p", &list, &count, &bed->err));
	assert_int_equal(count, 1);
	assert_false(list[0].in_use);
	store_baselines_free(list, count);
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
		TEST(forgotten_runs_take_their_texts_along),
		TEST(baselines_are_named_runs),
		TEST(damage_is_thrown_away),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
