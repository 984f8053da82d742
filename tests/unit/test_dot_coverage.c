#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "data/data.h"
#include "platform/clock.h"
#include "platform/file.h"
#include "support/test.h"

/* Where a test makes its files; it goes with the test. */
static char folder[64];

/* A file name in the folder; four of them are good at a time. */
static const char *
in_folder(const char *name)
{
	static char paths[4][512];
	static int turn;
	char *path = paths[turn++ % 4];

	snprintf(path, sizeof paths[0], "%s/%s", folder, name);
	return path;
}

static int
make_folder(void **state)
{
	(void)state;
	snprintf(folder, sizeof folder, "/tmp/covls-data-XXXXXX");
	return mkdtemp(folder) == NULL ? -1 : 0;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static int
remove_folder(void **state)
{
	(void)state;
	return nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* Makes a file look as if it had been written long ago: no verdict waits for it to settle. */
static void
age(const char *path)
{
	const struct timespec times[2] = {
		{1700000000,  0},
                { 1700000000, 0}
	};

	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void
write_file(const char *path, const char *bytes, size_t len)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
	age(path);
}

static void
copy_file(const char *from, const char *to)
{
	struct buf bytes = { 0 };

	assert_int_equal(file_read_all(from, &bytes, 1 << 26, NULL), STATUS_OK);
	write_file(to, buf_text(&bytes), bytes.len);
	buf_free(&bytes);
}

static sqlite3 *
open_writer(const char *path)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	return db;
}

static void
run_sql(sqlite3 *db, const char *sql)
{
	char *message = NULL;

	if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
		fail_msg("%s: %s", sql, message);
}

static void
change_db(const char *path, const char *sql)
{
	sqlite3 *db = open_writer(path);

	run_sql(db, sql);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	age(path);
}

/* Schema 7 as coverage/sqldata.py, 7.16, has it, but for the foreign keys. */
#define TABLES_BUT_FILE                                                                        \
	"create table coverage_schema (version integer);"                                      \
	"create table meta (key text, value text, unique (key));"                              \
	"create table context (id integer primary key, context text, unique (context));"       \
	"create table line_bits (file_id integer, context_id integer, numbits blob,"           \
	"    unique (file_id, context_id));"                                                   \
	"create table arc (file_id integer, context_id integer, fromno integer, tono integer," \
	"    unique (file_id, context_id, fromno, tono));"                                     \
	"create table tracer (file_id integer primary key, tracer text);"                      \
	"insert into coverage_schema values (7);"
#define TABLES \
	TABLES_BUT_FILE "create table file (id integer primary key, path text, unique (path));"

#define LINE_DATA TABLES "insert into meta values ('version', '7.16.1'), ('has_arcs', '0');"
#define ARC_DATA  TABLES "insert into meta values ('version', '7.16.1'), ('has_arcs', '1');"

static const char *
make_db(const char *name, const char *sql)
{
	const char *path = in_folder(name);

	change_db(path, sql);
	return path;
}

/* One file's answer; end it with data_query_free(). */
static struct data_query
read_one(const char *path, const char *name)
{
	const char *names[] = { name, NULL };
	struct data_query query = { .names = names };
	struct error err = { 0 };

	if (data_read(path, &query, 1, NULL, &err) != STATUS_OK)
		fail_msg("%s", err.text);
	query.names = NULL;
	return query;
}

static void
write_lines(const struct line_set *lines, struct buf *out)
{
	for (uint32_t n = line_set_next(lines, 0); n != LINE_SET_END; n = line_set_next(lines, n))
		buf_addf(out, "%s%u", out->len > 0 ? "," : "", n);
}

/* The answer and the lines of one file, as in "ran 1,2,3". */
static void
assert_answer(const char *path, const char *name, const char *expected)
{
	static const char *const words[] = { "unknown", "not-run", "ran" };
	struct data_query query = read_one(path, name);
	struct buf lines = { 0 }, text = { 0 };

	write_lines(&query.ran, &lines);
	buf_addf(&text, "%s%s%s", words[query.answer], lines.len > 0 ? " " : "", buf_text(&lines));
	assert_string_equal(buf_text(&text), expected);
	if (query.answer == DATA_UNKNOWN) {
		assert_null(query.recorded);
		assert_null(query.tracer);
	} else {
		assert_string_equal(query.recorded, name);
	}
	data_query_free(&query);
	buf_free(&lines);
	buf_free(&text);
}

/* A read that fails, in this way, with these words, and that changes nothing. */
static void
assert_fails(const char *path, enum status status, const char *words)
{
	const char *names[] = { "a.py", NULL };
	struct data_query query = { .names = names, .answer = DATA_RAN };
	struct error err = { 0 };
	enum status got;

	line_set_add(&query.ran, 42);
	got = data_read(path, &query, 1, NULL, &err);
	if (got != status || strstr(err.text, words) == NULL)
		fail_msg("'%s' is %s: %s", path, status_name(got), err.text);
	assert_int_equal(err.status, status);
	assert_non_null(strstr(err.text, path));
	assert_int_equal(query.answer, DATA_RAN);
	assert_int_equal(line_set_count(&query.ran), 1);
	assert_true(line_set_has(&query.ran, 42));
	data_query_free(&query);
}

/* --- what is there ----------------------------------------------------------------------------- */

static char *
next_field(char **rest)
{
	char *field = *rest, *end = field + strcspn(field, "\t\n");

	*rest = *end == '\0' ? end : end + 1;
	*end = '\0';
	return field;
}

static void
as_coverage_py_reads_them(void **state)
{
	FILE *f = fopen("data/coveragepy/expected.tsv", "r");
	char line[4096], path[4200], expected[8300];
	int count = 0;

	(void)state;
	assert_non_null(f);
	while (fgets(line, sizeof line, f) != NULL) {
		char *rest = line;
		const char *database = next_field(&rest), *name = next_field(&rest);
		const char *answer = next_field(&rest), *tracer = next_field(&rest);
		const char *lines = next_field(&rest);
		struct data_query query;

		snprintf(path, sizeof path, "data/coveragepy/%s", database);
		snprintf(expected, sizeof expected, "%s%s%s", answer, *lines ? " " : "", lines);
		assert_answer(path, name, expected);
		query = read_one(path, name);
		assert_string_equal(query.tracer == NULL ? "" : query.tracer, tracer);
		data_query_free(&query);
		count++;
	}
	fclose(f);
	assert_true(count > 30);
}

static void
a_name_that_is_not_in_the_data_is_unknown(void **state)
{
	const char *path = "data/coveragepy/db/relative.coverage";

	(void)state;
	assert_answer(path, "app/sub/unused.py", "not-run");
	assert_answer(path, "app/sub/nowhere.py", "unknown");
	assert_answer(path, "APP/calc.py", "unknown");
	assert_answer(path, "calc.py", "unknown");
	assert_answer(path, "", "unknown");
}

static void
names_are_tried_in_order(void **state)
{
	const char *path = "data/coveragepy/db/relative.coverage";
	const char *names[][4] = {
		{"/x/app/calc.py",  "app/main.py", "app/calc.py", NULL},
		{ "/x/app/calc.py", "app/calc.py", "app/main.py", NULL},
		{ "/x/app/calc.py", "calc.py",     NULL,          NULL},
		{ NULL,             NULL,          NULL,          NULL},
	};
	struct data_query queries[4] = { 0 };
	struct data_info info = { 0 };

	(void)state;
	for (size_t i = 0; i < 4; i++)
		queries[i].names = names[i];
	assert_int_equal(data_read(path, queries, 4, &info, NULL), STATUS_OK);
	assert_string_equal(queries[0].recorded, "app/main.py");
	assert_string_equal(queries[1].recorded, "app/calc.py");
	assert_int_equal(queries[2].answer, DATA_UNKNOWN);
	assert_int_equal(queries[3].answer, DATA_UNKNOWN);
	assert_true(line_set_count(&queries[1].ran) > line_set_count(&queries[0].ran));
	assert_string_equal(info.format, "coverage.py");
	assert_string_equal(info.producer, "coverage.py 7.16.1");
	assert_string_equal(info.warning, "");
	assert_true(info.has_branches);
	assert_int_equal(info.files, 5);
	/* Asked again, the old answers make room for the new. */
	assert_int_equal(data_read(path, queries, 4, NULL, NULL), STATUS_OK);
	assert_string_equal(queries[0].recorded, "app/main.py");
	for (size_t i = 0; i < 4; i++)
		data_query_free(&queries[i]);
	assert_int_equal(data_read(path, NULL, 0, &info, NULL), STATUS_OK);
}

static void
add_name(void *ctx, const char *name, const char *tracer)
{
	buf_addf(ctx, "%s(%s) ", name, tracer == NULL ? "" : tracer);
}

static void
list_tells_the_files_in_order(void **state)
{
	const char *path =
		make_db("list", LINE_DATA
			"insert into file values (1, 'b.py'), (2, 'B.py'), (3, 'a.py'),"
			"    (4, 'a.html'), (5, null), (7, x'ff2e7079'),"
			"    (8, x'610062'), (9, '');"
			"insert into tracer values (4, 'p' || char(233) || '.T'), (1, '');");
	struct buf text = { 0 };
	struct data_info info = { 0 };

	(void)state;
	assert_int_equal(data_list(path, add_name, &text, &info, NULL), STATUS_OK);
	assert_string_equal(buf_text(&text), "B.py() a.html(p??.T) a.py() b.py() \xff.py() ");
	assert_false(info.has_branches);
	buf_free(&text);
	assert_int_equal(data_list(in_folder("none"), add_name, &text, NULL, NULL), STATUS_MISSING);
	assert_int_equal(text.len, 0);
}

static void
without_has_arcs_the_tables_tell(void **state)
{
	(void)state;
	assert_answer(make_db("arcs", TABLES "insert into file values (1, 'a.py');"
					     "insert into arc values (1, 1, -1, 3), (1, 1, 3, 4);"),
		      "a.py", "ran 3,4");
	assert_answer(make_db("lines", TABLES "insert into file values (1, 'a.py');"
					      "insert into line_bits values (1, 1, x'0602');"),
		      "a.py", "ran 1,2,9");
	/* Files and nothing else: no run leaves that, but nothing ran in it. */
	assert_answer(make_db("files", TABLES "insert into file values (1, 'a.py');"), "a.py",
		      "not-run");
}

static void
a_database_that_is_not_yet_filled_is_empty(void **state)
{
	struct data_info info = { 0 };

	(void)state;
	assert_fails("data/coveragepy/broken/schema-only.coverage", STATUS_EMPTY, "no data yet");
	assert_fails(make_db("made", TABLES "insert into meta values ('version', '7.16.1')"),
		     STATUS_EMPTY, "no data yet");
	assert_fails(make_db("begun", TABLES "delete from coverage_schema"), STATUS_EMPTY,
		     "no data yet");
	/* A run that measured no file has told so. */
	assert_int_equal(data_read(make_db("none", LINE_DATA), NULL, 0, &info, NULL), STATUS_OK);
	assert_int_equal(info.files, 0);
}

static void
contexts_are_united(void **state)
{
	(void)state;
	assert_answer(make_db("lines", LINE_DATA
			      "insert into file values (1, 'a.py'), (2, 'b.py');"
			      "insert into line_bits values (1, 1, x'02'), (1, 2, x'0001'),"
			      "    (1, 3, x'0400'), (2, 1, x'ff'), (1, 4, x''), (1, 9, null);"),
		      "a.py", "ran 1,2,8");
	assert_answer(make_db("arcs", ARC_DATA
			      "insert into file values (1, 'a.py'), (2, 'b.py');"
			      "insert into arc values (1, 1, -1, 2), (1, 2, 2, 7), (1, 3, 7, -1),"
			      "    (1, 3, 9, 9), (2, 1, 5, 5), (1, 1, 0, -1);"),
		      "a.py", "ran 2,7,9");
}

static void
an_empty_module_ran_without_a_line(void **state)
{
	(void)state;
	assert_answer(make_db("lines", LINE_DATA "insert into file values (1, 'a.py'), (2, 'b.py');"
						 "insert into line_bits values (1, 1, x'01'),"
						 "    (2, 1, x'');"),
		      "a.py", "ran");
	assert_answer(in_folder("lines"), "b.py", "not-run");
	assert_answer(make_db("arcs",
			      ARC_DATA "insert into file values (1, 'a.py');"
				       "insert into arc values (1, 1, 0, -1), (1, 1, -1, 0),"
				       "    (1, 1, 0, 0);"),
		      "a.py", "ran");
}

/* --- faults ------------------------------------------------------------------------------------ */

static void
each_fault_has_its_message(void **state)
{
	static const struct {
		const char *file;
		enum status status;
		const char *words;
	} cases[] = {
		{"broken/empty",                STATUS_EMPTY,    "is empty; a test run may just"   },
		{ "broken/one-byte",            STATUS_EMPTY,    "is empty; a test run may just"   },
		{ "broken/text",                STATUS_BAD_DATA, "not a coverage file that covls"  },
		{ "broken/magic-only",          STATUS_BAD_DATA, "is cut short; copy it again"     },
		{ "broken/header-only",         STATUS_BAD_DATA, "is cut short; copy it again"     },
		{ "broken/truncated-1page",     STATUS_BAD_DATA, "is cut short; copy it again"     },
		{ "broken/truncated-20000",     STATUS_BAD_DATA, "is cut short; copy it again"     },
		{ "broken/zero-middle",         STATUS_BAD_DATA, "is damaged: SQLite cannot make"  },
		{ "broken/other-sqlite",        STATUS_BAD_DATA, "but not one of coverage.py"      },
		{ "broken/schema-zero-rows",    STATUS_BAD_DATA, "damaged: it has no schema number"},
		{ "broken/v4-json",             STATUS_BAD_DATA, "by coverage.py 4, whose data"    },
		{ "old-schemas/coverage-4.5.4", STATUS_BAD_DATA, "by coverage.py 4, whose data"    },
		{ "old-schemas/coverage-5.0a2", STATUS_BAD_DATA, "has schema 1, of a coverage.py"  },
		{ "old-schemas/coverage-5.0a6", STATUS_BAD_DATA, "has schema 3, of a coverage.py"  },
	};
	char path[256];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		snprintf(path, sizeof path, "data/coveragepy/%s.coverage", cases[i].file);
		assert_fails(path, cases[i].status, cases[i].words);
	}
}

static void
other_schemas_are_refused_or_tried(void **state)
{
	static const char sql[] = ARC_DATA "insert into file values (1, 'a.py');"
					   "insert into arc values (1, 1, 3, 4);";
	const char *path = make_db("db", sql);
	struct data_info info = { 0 };

	(void)state;
	change_db(path, "update coverage_schema set version = 6");
	assert_fails(path, STATUS_BAD_DATA, "has schema 6, of a coverage.py from before 5.0; run");
	change_db(path, "update coverage_schema set version = -1");
	assert_fails(path, STATUS_BAD_DATA, "has schema -1,");
	change_db(path, "update coverage_schema set version = 'new'");
	assert_fails(path, STATUS_BAD_DATA, "damaged: its schema number is none");
	change_db(path, "update coverage_schema set version = 99");
	assert_answer(path, "a.py", "ran 3,4");
	assert_int_equal(data_read(path, NULL, 0, &info, NULL), STATUS_OK);
	assert_non_null(strstr(info.warning, "untested schema 99"));
	change_db(path, "alter table arc rename fromno to f");
	assert_fails(path, STATUS_BAD_DATA, "has schema 99, of a coverage.py too new");
	change_db(path, "update coverage_schema set version = 7");
	assert_fails(path, STATUS_BAD_DATA, "damaged: its tables are not what their names say");
	change_db(path, "drop table arc");
	assert_fails(path, STATUS_BAD_DATA, "damaged: a table is missing");
}

static void
what_is_no_file_is_refused_without_waiting(void **state)
{
	const char *pipe_path = in_folder("pipe");

	(void)state;
	assert_int_equal(mkfifo(pipe_path, 0600), 0);
	alarm(5); /* to open a pipe would last for ever */
	assert_fails(pipe_path, STATUS_BAD_DATA, "is a pipe, a socket or a device");
	alarm(0);
	assert_fails(folder, STATUS_BAD_DATA, "is a folder, not a coverage file");
	assert_fails("/dev/null", STATUS_BAD_DATA, "is a pipe, a socket or a device");
	assert_fails(in_folder("nothing"), STATUS_MISSING, "is not there; run the tests");
	assert_fails(in_folder("pipe/below"), STATUS_MISSING, "is not there");
	assert_int_equal(symlink("nowhere", in_folder("dangling")), 0);
	assert_fails(in_folder("dangling"), STATUS_MISSING, "is not there");
	assert_int_equal(symlink("itself", in_folder("itself")), 0);
	assert_fails(in_folder("itself"), STATUS_DENIED, "cannot read");
}

static void
a_file_that_may_not_be_read_says_so(void **state)
{
	const char *path = make_db("db", LINE_DATA);

	(void)state;
	if (geteuid() == 0) { /* the superuser may read everything */
		skip();
		return;
	}
	assert_int_equal(chmod(path, 0), 0);
	assert_fails(path, STATUS_DENIED, "Permission denied");
}

/* SQLite would read more into these names than that of a file. */
static void
names_are_taken_literally(void **state)
{
	static const char *const names[] = { ":memory:", "file:db?mode=memory", "file:a" };
	char back[4096];

	(void)state;
	assert_non_null(getcwd(back, sizeof back));
	make_db("db", LINE_DATA "insert into file values (1, 'a.py');");
	assert_int_equal(chdir(folder), 0);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		assert_int_equal(link("db", names[i]), 0);
		assert_answer(names[i], "a.py", "not-run");
	}
	assert_int_equal(symlink("db", "link"), 0);
	assert_answer("link", "a.py", "not-run");
	assert_int_equal(chdir(back), 0);
}

/* --- others at the same file ------------------------------------------------------------------- */

/* The bytes of the file, its times, and the names beside it. */
static void
assert_reading_leaves_no_trace(const char *path)
{
	struct file_stamp file = file_stamp(path), around = file_stamp(folder), now;
	struct buf before = { 0 }, after = { 0 };

	assert_int_equal(file_read_all(path, &before, 1 << 26, NULL), STATUS_OK);
	data_read(path, NULL, 0, NULL, NULL);
	data_list(path, add_name, &after, NULL, NULL);
	assert_int_equal(file_read_all(path, &after, 1 << 26, NULL), STATUS_OK);
	assert_true(span_equal(buf_span(&before), buf_span(&after)));
	now = file_stamp(path);
	assert_true(file_stamp_equal(&file, &now));
	now = file_stamp(folder);
	assert_true(file_stamp_equal(&around, &now));
	buf_free(&before);
	buf_free(&after);
}

static void
nothing_is_ever_written(void **state)
{
	static const char *const files[] = {
		"db/branch",          "broken/empty",        "broken/one-byte",
		"broken/schema-only", "broken/other-sqlite", "broken/truncated-20000",
	};
	char from[256];

	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		snprintf(from, sizeof from, "data/coveragepy/%s.coverage", files[i]);
		copy_file(from, in_folder("db"));
		assert_reading_leaves_no_trace(in_folder("db"));
	}
	/* To read a WAL database, SQLite would make two files beside it; even of a piece of it. */
	write_file(in_folder("db"), "SQLite format 3\0\20\0\2\2\0\100\40\40", 24);
	assert_reading_leaves_no_trace(in_folder("db"));
	copy_file("data/coveragepy/db/line.coverage", in_folder("wal"));
	change_db(in_folder("wal"), "pragma journal_mode=wal");
	assert_reading_leaves_no_trace(in_folder("wal"));
	/* A log beside a database that needs none. */
	copy_file("data/coveragepy/db/line.coverage", in_folder("db"));
	write_file(in_folder("db-wal"), "x", 1);
	assert_reading_leaves_no_trace(in_folder("db"));
	assert_fails(in_folder("wal"), STATUS_BAD_DATA, "in SQLite's WAL mode");
}

static void
a_database_that_somebody_writes_is_busy_for_a_moment(void **state)
{
	const char *path = make_db("db", LINE_DATA "insert into file values (1, 'a.py');");
	sqlite3 *writer = open_writer(path);
	int64_t began, took_ms;

	(void)state;
	run_sql(writer, "pragma journal_mode=off; begin exclusive;"
			"insert into line_bits values (1, 1, x'02')");
	began = clock_steady_ns();
	assert_fails(path, STATUS_BUSY, "is locked by whoever writes it");
	took_ms = (clock_steady_ns() - began) / 1000000;
	assert_in_range(took_ms, 250, 1500); /* 300 ms, on a machine that is not overloaded */
	run_sql(writer, "commit");
	assert_answer(path, "a.py", "ran 1");
	sqlite3_close(writer);
}

static void
a_writer_that_prepares_is_read_past(void **state)
{
	const char *path = make_db("db", LINE_DATA "insert into file values (1, 'a.py');");
	sqlite3 *writer = open_writer(path);

	(void)state;
	run_sql(writer, "pragma journal_mode=off; begin immediate;"
			"insert into line_bits values (1, 1, x'02')");
	assert_answer(path, "a.py", "not-run");
	/* No timeout: a lock left behind would fail it. */
	run_sql(writer, "commit");
	assert_answer(path, "a.py", "ran 1");
	sqlite3_close(writer);
}

static void
a_lock_that_goes_in_time_is_waited_for(void **state)
{
	const char *path = make_db("db", LINE_DATA "insert into file values (1, 'a.py');");
	int ready[2], code;
	char byte;
	pid_t child;

	(void)state;
	assert_int_equal(pipe(ready), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		sqlite3 *writer;

		sqlite3_open(path, &writer);
		sqlite3_exec(writer, "begin exclusive; insert into line_bits values (1, 1, x'02')",
			     NULL, NULL, NULL);
		if (write(ready[1], "", 1) != 1)
			_exit(1);
		sqlite3_sleep(100); /* it is the lock's own time that is tried */
		_exit(sqlite3_exec(writer, "commit", NULL, NULL, NULL));
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_answer(path, "a.py", "ran 1");
	assert_int_equal(waitpid(child, &code, 0), child);
	assert_int_equal(code, 0);
	close(ready[0]);
	close(ready[1]);
}

/* A process that ends in the middle of a large change, which SQLite began to write out. */
static void
die_while_writing(const char *path)
{
	pid_t child = fork();
	int code;

	assert_true(child >= 0);
	if (child == 0) {
		sqlite3 *writer;

		sqlite3_open(path, &writer);
		_exit(sqlite3_exec(writer,
				   "pragma journal_mode=delete; pragma cache_size=1; begin;"
				   "update line_bits set numbits = zeroblob(3000)",
				   NULL, NULL, NULL));
	}
	assert_int_equal(waitpid(child, &code, 0), child);
	assert_int_equal(code, 0);
	age(path);
}

static void
a_journal_is_left_to_those_who_write(void **state)
{
	const char *path =
		make_db("db", LINE_DATA "insert into file values (1, 'a.py');"
					"with recursive n(i) as (select 1 union all"
					"    select i + 1 from n where i < 100)"
					"insert into line_bits select 1, i, x'02' from n;");
	sqlite3 *writer;

	(void)state;
	die_while_writing(path);
	assert_true(file_stamp(in_folder("db-journal")).size > 512);
	assert_fails(path, STATUS_BUSY, "with a journal beside it; if no tests are running");
	assert_reading_leaves_no_trace(path);
	writer = open_writer(path); /* which plays it back */
	run_sql(writer, "select * from file");
	sqlite3_close(writer);
	assert_int_equal(file_stamp(in_folder("db-journal")).kind, FILE_NONE);
	assert_answer(path, "a.py", "ran 1");
}

/* What changed a moment ago may be half written: no verdict on it. */
static void
a_young_file_that_makes_no_sense_is_busy(void **state)
{
	static const struct timespec now[2] = {
		{0,  UTIME_NOW},
                { 0, UTIME_NOW}
	};
	static const char *const files[] = { "broken/truncated-20000", "broken/zero-middle",
					     "broken/text", "broken/schema-zero-rows" };
	char from[256];

	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		snprintf(from, sizeof from, "data/coveragepy/%s.coverage", files[i]);
		copy_file(from, in_folder("db"));
		assert_int_equal(utimensat(AT_FDCWD, in_folder("db"), now, 0), 0);
		assert_fails(in_folder("db"), STATUS_BUSY, "is being written; wait a moment");
		age(in_folder("db"));
		assert_int_equal(data_read(in_folder("db"), NULL, 0, NULL, NULL), STATUS_BAD_DATA);
	}
}

/* What happens to the file in the middle of a visit: the test watches the visit's own connection and
 * strikes when the lines of a file are about to be read. */
static void (*strike)(void);
static int strikes;

static int
on_statement(unsigned event, void *ctx, void *stmt, void *sql)
{
	(void)event;
	(void)ctx;
	(void)stmt;
	if (strncmp(sql, "select numbits", 14) == 0) {
		strikes++;
		strike();
	}
	return 0;
}

static int
watch_connection(sqlite3 *db, char **message, const struct sqlite3_api_routines *api)
{
	(void)message;
	(void)api;
	return sqlite3_trace_v2(db, SQLITE_TRACE_STMT, on_statement, NULL);
}

/* In place and without a lock, as `cp` does. */
static void
strike_by_overwriting(void)
{
	struct buf other = { 0 };
	int fd = open(in_folder("db"), O_WRONLY);

	assert_int_equal(file_read_all(in_folder("other"), &other, 1 << 20, NULL), STATUS_OK);
	assert_int_equal(pwrite(fd, other.at, other.len, 0), other.len);
	assert_int_equal(close(fd), 0);
	buf_free(&other);
}

static void
strike_by_cutting(void)
{
	assert_int_equal(truncate(in_folder("db"), 1024), 0);
}

static void
strike_by_renaming(void)
{
	assert_int_equal(rename(in_folder("other"), in_folder("db")), 0);
}

static void
strike_by_deleting(void)
{
	assert_int_equal(unlink(in_folder("db")), 0);
}

/* A commit has to wait until the visit is over: that is what the lock is for. */
static void
strike_by_committing(void)
{
	sqlite3 *writer = open_writer(in_folder("db"));

	assert_int_equal(sqlite3_exec(writer, "insert into line_bits values (1, 2, x'10')", NULL,
				      NULL, NULL),
			 SQLITE_BUSY);
	sqlite3_close(writer);
}

static void
a_file_that_changes_during_a_visit_is_busy(void **state)
{
	static const struct {
		const char *what;
		void (*strike)(void);
		enum status status;
	} cases[] = {
		{"overwritten", strike_by_overwriting, STATUS_BUSY},
		{ "cut",        strike_by_cutting,     STATUS_BUSY},
		{ "renamed",    strike_by_renaming,    STATUS_BUSY},
		{ "deleted",    strike_by_deleting,    STATUS_BUSY},
		{ "a test run", strike_by_committing,  STATUS_OK  },
	};
	const char *names[] = { "a.py", NULL };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct data_query query = { .names = names };
		struct error err = { 0 };
		enum status status;

		unlink(in_folder("db"));
		unlink(in_folder("other"));
		make_db("db", LINE_DATA "insert into file values (1, 'a.py');"
					"insert into line_bits values (1, 1, x'02')");
		make_db("other", LINE_DATA "insert into file values (1, 'a.py');"
					   "insert into line_bits values (1, 1, x'04')");
		strike = cases[i].strike;
		strikes = 0;
		sqlite3_auto_extension((void (*)(void))watch_connection);
		status = data_read(in_folder("db"), &query, 1, NULL, &err);
		sqlite3_reset_auto_extension();
		if (strikes != 1 || status != cases[i].status)
			fail_msg("%s: %s %s", cases[i].what, status_name(status), err.text);
		assert_int_equal(line_set_has(&query.ran, 1), status == STATUS_OK);
		data_query_free(&query);
	}
}

/* A long visit, by a strike that takes its time, and a child that wants to write meanwhile. */
static int go[2];

static void
strike_by_taking_long(void)
{
	if (strikes == 1) {
		assert_int_equal(write(go[1], "", 1), 1);
		sqlite3_sleep(800); /* longer than a visit may hold the lock unasked */
	}
}

static int
write_when_told(const char *path)
{
	sqlite3 *writer;
	char byte;

	if (read(go[0], &byte, 1) != 1 || sqlite3_open(path, &writer) != SQLITE_OK)
		return 1;
	sqlite3_busy_timeout(writer, 5000); /* as coverage.py's */
	return sqlite3_exec(writer, "insert into line_bits values (2, 2, x'10')", NULL, NULL, NULL);
}

static void
a_long_visit_lets_a_writer_in(void **state)
{
	static const char sql[] = LINE_DATA "insert into file values (1, 'a.py'), (2, 'b.py');"
					    "insert into line_bits values (1, 1, x'02'),"
					    "    (2, 1, x'04')";
	const char *a[] = { "a.py", NULL }, *b[] = { "b.py", NULL };

	(void)state;
	for (int with_writer = 0; with_writer < 2; with_writer++) {
		const char *path = make_db(with_writer ? "db" : "quiet", sql);
		struct data_query queries[2] = { { .names = a }, { .names = b } };
		enum status status;
		pid_t child = 0;
		int code;

		assert_int_equal(pipe(go), 0);
		if (with_writer)
			child = fork();
		assert_true(child >= 0);
		if (with_writer && child == 0)
			_exit(write_when_told(path));
		strike = strike_by_taking_long;
		strikes = 0;
		sqlite3_auto_extension((void (*)(void))watch_connection);
		status = data_read(path, queries, 2, NULL, NULL);
		sqlite3_reset_auto_extension();
		assert_int_equal(status, with_writer ? STATUS_BUSY : STATUS_OK);
		assert_int_equal(strikes, with_writer ? 1 : 2);
		assert_int_equal(line_set_has(&queries[1].ran, 2), !with_writer);
		if (with_writer) {
			assert_int_equal(waitpid(child, &code, 0), child);
			assert_int_equal(code, 0);
		}
		for (int i = 0; i < 2; i++) {
			data_query_free(&queries[i]);
			close(go[i]);
		}
	}
}

/* --- arcs and contexts ------------------------------------------------------------------------- */

static void
write_arcs(const struct arc_list *arcs, struct buf *out)
{
	for (size_t i = 0; i < arcs->count; i++)
		buf_addf(out, "%s%d>%d", i > 0 ? " " : "", arcs->at[i].from, arcs->at[i].to);
}

/* As "2:one,two 3:one". */
static void
write_contexts(const struct data_contexts *contexts, struct buf *out)
{
	for (size_t i = 0; i < contexts->count; i++) {
		const struct data_context_line *at = &contexts->at[i];

		assert_true(at->context < contexts->name_count);
		if (i > 0 && at[-1].line == at->line)
			buf_addf(out, ",%s", contexts->names[at->context]);
		else
			buf_addf(out, "%s%u:%s", i > 0 ? " " : "", at->line,
				 contexts->names[at->context]);
	}
}

/* Lines, arcs and contexts of one file, each after a bar; `regexes` are one a line, or NULL. */
static char *
all_of(const char *path, const char *name, unsigned want, const char *regexes)
{
	const char *names[] = { name, NULL };
	struct data_query query = { .names = names, .want = want };
	struct text_list list = { 0 };
	struct data_filter *filter = NULL;
	struct error err = { 0 };
	struct buf text = { 0 };

	for (const char *next; regexes != NULL; regexes = next) {
		next = strchr(regexes, '\n');
		text_list_add(&list,
			      (struct span){ regexes, next == NULL ? strlen(regexes)
								   : (size_t)(next - regexes) });
		if (next != NULL)
			next++;
	}
	assert_int_equal(data_filter_compile(&filter, &list, &err), STATUS_OK);
	query.filter = filter;
	if (data_read(path, &query, 1, NULL, &err) != STATUS_OK)
		fail_msg("%s", err.text);
	write_lines(&query.ran, &text);
	buf_add_text(&text, "|");
	write_arcs(&query.arcs, &text);
	buf_add_text(&text, "|");
	write_contexts(&query.contexts, &text);
	assert_int_equal(query.answer == DATA_RAN, text.len > 2);
	data_query_free(&query);
	assert_int_equal(query.want, want);
	assert_ptr_equal(query.filter, filter);
	data_filter_free(filter);
	text_list_free(&list);
	return buf_take(&text);
}

#define EVERYTHING (DATA_WANT_ARCS | DATA_WANT_CONTEXTS)

static const char contexts_of_arcs[] =
	ARC_DATA "insert into file values (1, 'a.py'), (2, 'b.py');"
		 "insert into context values (1, ''), (2, 'one'), (3, 'two'), (4, 'unused');"
		 "insert into arc values (1, 2, 9, 4), (1, 2, -1, 9), (1, 1, 4, -3), (1, 1, -3, 4),"
		 "    (1, 3, 9, 4), (1, 3, 2, -3), (1, 3, 2, 2), (2, 3, 7, 8), (1, 99, 5, 6);";

static const char contexts_of_lines[] =
	LINE_DATA "insert into file values (1, 'a.py'), (2, 'b.py');"
		  "insert into context values (1, ''), (2, 'one'), (3, 'two');"
		  "insert into line_bits values (1, 2, x'0601'), (1, 1, x'10'), (1, 3, x'12'),"
		  "    (2, 3, x'01'), (1, 99, x'40');";

static void
what_is_wanted_is_read(void **state)
{
	static const struct {
		const char *sql, *name;
		unsigned want;
		const char *regexes, *expected;
	} cases[] = {
		{contexts_of_arcs,   "a.py", 0,                  NULL,      "2,4,5,6,9||"     },
		{ contexts_of_arcs,  "a.py", DATA_WANT_ARCS,     NULL,
                 "2,4,5,6,9|-3>4 -1>9 2>-3 2>2 4>-3 5>6 9>4|"                                 },
 /* Those of context 99, which has no name, have run all the same. */
		{ contexts_of_arcs,  "a.py", EVERYTHING,         NULL,
                 "2,4,5,6,9|-3>4 -1>9 2>-3 2>2 4>-3 5>6 9>4|4:,one,two 9:one,two 2:two"       },
		{ contexts_of_arcs,  "a.py", EVERYTHING,         "two",
                 "2,4,9|2>-3 2>2 9>4|2:two 9:two 4:two"                                       },
		{ contexts_of_arcs,  "a.py", EVERYTHING,         "^$",      "4|-3>4 4>-3|4:"  },
		{ contexts_of_arcs,  "a.py", EVERYTHING,         "n.$\n^t",
                 "2,4,9|-1>9 2>-3 2>2 9>4|"
		  "9:one,two 4:one,two 2:two"						 },
		{ contexts_of_arcs,  "a.py", 0,                  "one",     "4,9||"           },
		{ contexts_of_arcs,  "a.py", EVERYTHING,         "unused",  "||"              },
		{ contexts_of_arcs,  "b.py", EVERYTHING,         "one",     "||"              },
		{ contexts_of_arcs,  "c.py", EVERYTHING,         NULL,      "||"              },
		{ contexts_of_lines, "a.py", 0,                  NULL,      "1,2,4,6,8||"     },
		{ contexts_of_lines, "a.py", EVERYTHING,         NULL,
                 "1,2,4,6,8||4:,two 1:one,two 2:one 8:one"                                    },
		{ contexts_of_lines, "a.py", DATA_WANT_CONTEXTS, "two",     "1,4||1:two 4:two"},
		{ contexts_of_lines, "a.py", DATA_WANT_ARCS,     "two",     "1,4||"           },
		{ contexts_of_lines, "a.py", EVERYTHING,         "three",   "||"              },
		{ contexts_of_lines, "b.py", DATA_WANT_CONTEXTS, NULL,      "||0:two"         },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const char *path = make_db("db", cases[i].sql);
		char *got = all_of(path, cases[i].name, cases[i].want, cases[i].regexes);

		if (strcmp(got, cases[i].expected) != 0)
			fail_msg("case %zu: %s, not %s", i, got, cases[i].expected);
		free(got);
		unlink(path);
	}
}

/* One statement serves all queries of a call, whatever each of them wants. */
static void
each_query_has_its_own_wishes(void **state)
{
	const char *path = make_db("db", contexts_of_arcs), *names[] = { "a.py", NULL };
	struct data_query queries[4] = {
		{.names = names         },
		{ .names = names,         .want = DATA_WANT_CONTEXT_ROWS },
		{ .names = names,                      .want = DATA_WANT_ARCS },
		{ .names = names}
	};
	struct text_list list = { 0 };
	struct data_filter *one, *two;

	(void)state;
	text_list_add(&list, SPAN("one"));
	assert_int_equal(data_filter_compile(&one, &list, NULL), STATUS_OK);
	text_list_clear(&list);
	text_list_add(&list, SPAN("two"));
	assert_int_equal(data_filter_compile(&two, &list, NULL), STATUS_OK);
	queries[1].filter = one;
	queries[2].filter = two;
	assert_int_equal(data_read(path, queries, 4, NULL, NULL), STATUS_OK);
	assert_int_equal(line_set_count(&queries[0].ran), 5);
	assert_int_equal(queries[0].arcs.count, 0);
	assert_int_equal(queries[1].contexts.row_count, 2);
	assert_int_equal(queries[1].contexts.count, 0);
	assert_true(queries[1].contexts.rows_are_arcs);
	assert_int_equal(queries[1].contexts.rows[1].from, 9);
	assert_int_equal(queries[1].contexts.rows[1].to, 4);
	assert_int_equal(queries[2].arcs.count, 3);
	assert_int_equal(line_set_count(&queries[3].ran), 5);
	for (size_t i = 0; i < 4; i++)
		data_query_free(&queries[i]);
	data_filter_free(one);
	data_filter_free(two);
	text_list_free(&list);
}

static void
a_filter_that_is_none_says_so(void **state)
{
	struct text_list list = { 0 };
	struct data_filter *filter;
	struct error err;

	(void)state;
	assert_int_equal(data_filter_compile(&filter, &list, &err), STATUS_OK);
	assert_null(filter);
	text_list_add(&list, SPAN("fine"));
	text_list_add(&list, SPAN("it's(("));
	assert_int_equal(data_filter_compile(&filter, &list, &err), STATUS_USAGE);
	assert_null(filter);
	assert_non_null(strstr(err.text, "Invalid context regex \"it's((\": "));
	text_list_free(&list);
	data_filter_free(NULL);
}

static void
a_filter_that_would_hang_is_given_up(void **state)
{
	const char *path = make_db("db", ARC_DATA
				   "insert into file values (1, 'a.py');"
				   "insert into context values (1, hex(zeroblob(4000)) || 'x');");
	const char *names[] = { "a.py", NULL };
	struct data_query query = { .names = names };
	struct text_list list = { 0 };
	struct data_filter *filter;
	struct error err;

	(void)state;
	text_list_add(&list, SPAN("(0+)+(0+)+(0+)+$"));
	assert_int_equal(data_filter_compile(&filter, &list, &err), STATUS_OK);
	query.filter = filter;
	assert_int_equal(data_read(path, &query, 1, NULL, &err), STATUS_LIMIT);
	assert_non_null(strstr(err.text, "takes too long"));
	data_filter_free(filter);
	text_list_free(&list);
}

static void
arcs_and_contexts_that_are_none_are_left_out(void **state)
{
	char *got;

	(void)state;
	got = all_of(
		make_db("arcs", ARC_DATA
			"insert into file values (1, 'a.py');"
			"insert into context values (1, 'a'), (2, null), (3, x'620063'),"
			"    (4, x'64'), (5, 5.5);"
			"insert into arc values (1, 1, 3, 4294967296), (1, 1, 4294967297, 3), (1, 1, 'x', 8),"
			"    (1, 1, -2147483648, 2147483647), (1, 1, 4, -2147483649),"
			"    (1, 1, null, 7), (1, 2, 9, 10), (1, 3, 11, 12), (1, 4, 13, -1),"
			"    (1, 'x', 14, 15), (1, null, 16, 17), (1, 5, 10000000, 10000001);"),
		"a.py", EVERYTHING, NULL);
	assert_string_equal(got, "3,4,9,10,11,12,13,14,15,16,17,10000000|"
				 "-2147483648>2147483647 9>10 11>12 13>-1 14>15 16>17 "
				 "10000000>10000001|10000000:5.5");
	free(got);
	got = all_of(in_folder("arcs"), "a.py", EVERYTHING, ".");
	assert_string_equal(got,
			    "3,4,10000000|-2147483648>2147483647 10000000>10000001|10000000:5.5");
	free(got);
	got = all_of(
		make_db("lines", LINE_DATA
			"insert into file values (1, 'a.py');"
			"insert into context values (1, 'a'), (2, 'b');"
			"insert into line_bits values (1, 1, 'text'), (1, 2, x'02'), (1, null, x'04'),"
			"    (1, 'x', x'08'), (1, 1.5, x'10');"),
		"a.py", EVERYTHING, NULL);
	assert_string_equal(got, "1,2,3,4||1:b");
	free(got);
}

/* --- files made to harm ------------------------------------------------------------------------ */

static void
numbers_that_are_no_lines_are_dropped(void **state)
{
	const char *path = make_db(
		"arcs", ARC_DATA "insert into file values (1, 'a.py'), (2, 'b.py');"
				 "insert into arc values (1, 1, -5, 3), (1, 1, 10000000, 10000001),"
				 "    (1, 1, 4294967297, 9223372036854775807), (1, 1, 'x', 8),"
				 "    (1, 1, 6, x'07'), (1, 1, 2.5, 9), (1, 1, null, 7),"
				 "    (1, 1, 0, 4), (2, 1, 'x', 'y');");

	(void)state;
	assert_answer(path, "a.py", "ran 3,4,10000000");
	assert_answer(path, "b.py", "not-run");
}

static void
bitmaps_that_are_none_are_dropped(void **state)
{
	const char *path = make_db("lines", LINE_DATA
				   "insert into file values (1, 'a.py'), (2, 'b.py');"
				   "insert into line_bits values (1, 1, x'04'), (1, 2, 'text'),"
				   "    (1, 3, 77), (1, 4, 1.5), (1, 5, null),"
				   "    (1, 6, cast(hex(zeroblob(1500000)) as blob)),"
				   "    (1, 7, zeroblob(9000000)), ('x', 1, x'ff'),"
				   "    (2, 1, cast(hex(zeroblob(4000000)) as text));");

	(void)state;
	assert_answer(path, "a.py", "ran 2");
	/* A text is loaded to be measured. */
	assert_int_equal(data_read(path, NULL, 0, NULL, NULL), STATUS_OK);
	const char *names[] = { "b.py", NULL };
	struct data_query query = { .names = names };
	struct error err;

	assert_int_equal(data_read(path, &query, 1, NULL, &err), STATUS_LIMIT);
	assert_non_null(strstr(err.text, "larger than covls takes"));
}

static void
names_may_be_any_bytes(void **state)
{
	const char *path =
		make_db("names", LINE_DATA
			"insert into file values (1, cast(x'ff2e7079' as text)),"
			"    (2, x'fe2e7079'), (3, x'610062'), (4, 17), (5, 'o''x'), (0, 'zero');"
			"insert into tracer values (0, 'x');"
			"insert into line_bits values (1, 1, x'02'), (2, 1, x'04'),"
			"    (3, 1, x'08'), (4, 1, x'08'), (5, 1, x'08');"
			"update meta set value = 'x' || char(10, 233) || '"
			"0123456789012345678901234567890123456789'"
			"    where key = 'version';");
	struct data_info info;

	(void)state;
	assert_answer(path, "\xff.py", "ran 1");
	assert_answer(path, "\xfe.py", "ran 2");
	assert_answer(path, "a", "unknown");
	assert_answer(path, "zero", "unknown");
	assert_answer(path, "o'x", "ran 3");
	assert_int_equal(data_read(path, NULL, 0, &info, NULL), STATUS_OK);
	assert_string_equal(info.producer, "coverage.py x???012345678901234");
}

static void
tables_that_are_none_are_refused(void **state)
{
	static const struct {
		const char *name, *sql;
	} cases[] = {
		{"view",     "create view file as select 1 as id, 'a.py' as path"    },
		{ "no-path", "create table file (id integer primary key, paths text)"},
		{ "virtual", "create virtual table file using fts5 (id, path)"       },
		{ "index",   "create table t (id, path); create index file on t (id)"},
	};
	char sql[4096];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		snprintf(sql, sizeof sql, "%s insert into meta values ('has_arcs', '0'); %s",
			 TABLES_BUT_FILE, cases[i].sql);
		if (strstr(sql, "fts5") != NULL && !sqlite3_compileoption_used("ENABLE_FTS5"))
			continue;
		assert_fails(make_db(cases[i].name, sql), STATUS_BAD_DATA, "is damaged: ");
	}
}

/* Each row costs milliseconds to look at, and there are many. */
static void
a_file_that_takes_for_ever_is_given_up(void **state)
{
	const char *path = make_db(
		"slow", TABLES_BUT_FILE
		"insert into meta values ('has_arcs', '0');"
		"create table file (id integer primary key, path as ('x'));"
		"with recursive n(i) as (select 1 union all select i + 1 from n where i < 50000)"
		"insert into file (id) select i from n;"
		"pragma writable_schema = on;"
		"update sqlite_master set sql = 'create table file (id integer primary key,"
		"    path as (hex(zeroblob(1000000 + id))))' where name = 'file';");
	int64_t began = clock_steady_ns();

	(void)state;
	assert_fails(path, STATUS_LIMIT, "takes too long to read");
	assert_true(clock_steady_ns() - began < 4 * INT64_C(1000000000));
}

static void
memory_does_not_grow_with_contexts(void **state)
{
	static const char rows[] = "insert into file values (1, 'a.py');"
				   "with recursive n(i) as (select 1 union all"
				   "    select i + 1 from n where i < 100000)";
	const char *names[] = { "a.py", NULL };
	struct data_query query;
	char sql[4096];
	const char *path;

	(void)state;
	for (int arcs = 0; arcs < 2; arcs++) {
		snprintf(
			sql, sizeof sql, "%s %s %s", arcs ? ARC_DATA : LINE_DATA, rows,
			arcs ? "insert into arc select 1, i / 10, i % 500, i % 500 % 499 + 1 from n"
			     : "insert into line_bits select 1, i, x'ffffffffffffffff' from n");
		path = make_db(arcs ? "arcs" : "lines", sql);
		sqlite3_memory_highwater(1);
		query = (struct data_query){ .names = names, .want = DATA_WANT_ARCS };
		assert_int_equal(data_read(path, &query, 1, NULL, NULL), STATUS_OK);
		assert_int_equal(line_set_count(&query.ran), arcs ? 499 : 63);
		assert_int_equal(query.arcs.count, arcs ? 500 : 0);
		assert_true(query.arcs.cap < 1000);
		data_query_free(&query);
		print_message("%lld KiB\n", sqlite3_memory_highwater(0) / 1024);
		assert_true(sqlite3_memory_highwater(0) < 1 << 20);
	}
}

/* Bytes of a small database changed at random: any answer or refusal will do, but soon. */
static void
mutated_databases_do_no_harm(void **state)
{
	static const char sql[] =
		"pragma page_size=512;" ARC_DATA "insert into file values (1, 'a.py'), (2, 'b.py');"
		"insert into arc values (1, 1, -1, 3), (1, 2, 3, 4), (2, 1, 1, 1);"
		"insert into line_bits values (1, 1, x'0602');"
		"insert into tracer values (2, 'a.B'); insert into context values (1, '');";
	const char *path = make_db("db", sql), *names[] = { "a.py", NULL };
	unsigned counts[STATUS_USAGE + 1] = { 0 };
	struct buf base = { 0 }, names_seen = { 0 };
	char *bytes;

	(void)state;
	assert_int_equal(file_read_all(path, &base, 1 << 20, NULL), STATUS_OK);
	bytes = mem_alloc(base.len, 1);
	srand(20263);
	for (int round = 0; round < 1500; round++) {
		struct data_query query = { .names = names, .want = EVERYTHING };
		size_t len = round % 10 == 0 ? (size_t)rand() % base.len : base.len;

		memcpy(bytes, base.at, base.len);
		for (int i = rand() % 8; i >= 0; i--)
			bytes[(size_t)rand() % base.len] = (char)rand();
		write_file(path, bytes, len);
		counts[data_read(path, &query, 1, NULL, NULL)]++;
		data_list(path, add_name, &names_seen, NULL, NULL);
		buf_reset(&names_seen);
		data_query_free(&query);
	}
	print_message("%u read, %u bad, %u busy\n", counts[STATUS_OK], counts[STATUS_BAD_DATA],
		      counts[STATUS_BUSY]);
	assert_true(counts[STATUS_OK] > 100 && counts[STATUS_BAD_DATA] > 100);
	free(bytes);
	buf_free(&base);
	buf_free(&names_seen);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_coverage_py_reads_them),
		cmocka_unit_test(a_name_that_is_not_in_the_data_is_unknown),
		cmocka_unit_test(names_are_tried_in_order),
		TEST(list_tells_the_files_in_order),
		TEST(without_has_arcs_the_tables_tell),
		TEST(a_database_that_is_not_yet_filled_is_empty),
		TEST(contexts_are_united),
		TEST(an_empty_module_ran_without_a_line),
		cmocka_unit_test(each_fault_has_its_message),
		TEST(other_schemas_are_refused_or_tried),
		TEST(what_is_no_file_is_refused_without_waiting),
		TEST(a_file_that_may_not_be_read_says_so),
		TEST(names_are_taken_literally),
		TEST(nothing_is_ever_written),
		TEST(a_database_that_somebody_writes_is_busy_for_a_moment),
		TEST(a_writer_that_prepares_is_read_past),
		TEST(a_lock_that_goes_in_time_is_waited_for),
		TEST(a_journal_is_left_to_those_who_write),
		TEST(a_young_file_that_makes_no_sense_is_busy),
		TEST(a_file_that_changes_during_a_visit_is_busy),
		TEST(a_long_visit_lets_a_writer_in),
		TEST(what_is_wanted_is_read),
		TEST(each_query_has_its_own_wishes),
		cmocka_unit_test(a_filter_that_is_none_says_so),
		TEST(a_filter_that_would_hang_is_given_up),
		TEST(arcs_and_contexts_that_are_none_are_left_out),
		TEST(numbers_that_are_no_lines_are_dropped),
		TEST(bitmaps_that_are_none_are_dropped),
		TEST(names_may_be_any_bytes),
		TEST(tables_that_are_none_are_refused),
		TEST(a_file_that_takes_for_ever_is_given_up),
		TEST(memory_does_not_grow_with_contexts),
		TEST(mutated_databases_do_no_harm),
	};

	return cmocka_run_group_tests_name("dot_coverage", tests, NULL, NULL);
}
