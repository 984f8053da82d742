#include <fcntl.h>
#include <ftw.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "coverage/parallel.h"
#include "platform/host.h"
#include "platform/path.h"
#include "support/test.h"

static char folder[128], data_file[160];
static struct project project;

static int
make_folder(void **state)
{
	char template[] = "/tmp/covls-parallel-XXXXXX", *real;

	(void)state;
	if (mkdtemp(template) == NULL)
		return -1;
	real = path_real(template);
	snprintf(folder, sizeof folder, "%s", real);
	snprintf(data_file, sizeof data_file, "%s/.coverage", real);
	free(real);
	project = (struct project){ .folder = folder };
	coverage_config_defaults(&project.config);
	return 0;
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
	coverage_config_free(&project.config);
	return nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* Schema 7 as coverage/sqldata.py, 7.16, has it, but for the foreign keys. */
#define TABLES                                                                                 \
	"create table coverage_schema (version integer);"                                      \
	"create table meta (key text, value text, unique (key));"                              \
	"create table file (id integer primary key, path text, unique (path));"                \
	"create table context (id integer primary key, context text, unique (context));"       \
	"create table line_bits (file_id integer, context_id integer, numbits blob,"           \
	"    unique (file_id, context_id));"                                                   \
	"create table arc (file_id integer, context_id integer, fromno integer, tono integer," \
	"    unique (file_id, context_id, fromno, tono));"                                     \
	"create table tracer (file_id integer primary key, tracer text);"                      \
	"insert into coverage_schema values (7);"
#define BEGIN(has_arcs)                                                                       \
	TABLES "insert into meta values ('version', '7.16.1'), ('has_arcs', '" has_arcs "');" \
	       "insert into context values (1, '');"
#define A_FILE        "insert into file values (1, '/src/a.py');"
#define RAN(bits)     BEGIN("0") A_FILE "insert into line_bits values (1, 1, x'" bits "');"
#define JUMPED(arc)   BEGIN("1") A_FILE "insert into arc values (1, 1, " arc ");"
#define FINISHED(who) ".coverage.there.pid" who ".Xabcdefx.Habcdefghi" who "h"

/* `age` in seconds; what is old lies in the past for good. */
static void
put(const char *name, const char *sql, int64_t age)
{
	char *path = path_join(folder, name), *message = NULL;
	struct timespec times[2] = { { .tv_sec = time(NULL) - age },
				     { .tv_sec = time(NULL) - age } };
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
		fail_msg("%s: %s", sql, message);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
	free(path);
}

/* What is known of /src/a.py: the lines that ran, or the reason why there is nothing; then how many files
 * were taken and how many warnings there are. */
static const char *
told(void)
{
	static char text[256];
	static const char *const names[] = { "/nowhere.py", "/src/a.py", NULL };
	struct data_query query = { .names = names, .want = DATA_WANT_ARCS };
	struct parallel result = { 0 };
	struct error err = { 0 };
	enum status status = parallel_read(data_file, &project, &query, 1, &result, &err);
	size_t len = 0;

	text[0] = '\0';
	if (status != STATUS_OK) {
		snprintf(text, sizeof text, "%s", status_name(status));
	} else {
		for (uint32_t n = line_set_next(&query.ran, 0); n != LINE_SET_END;
		     n = line_set_next(&query.ran, n))
			len += (size_t)snprintf(text + len, sizeof text - len, "%u ", n);
		for (size_t i = 0; i < query.arcs.count; i++)
			len += (size_t)snprintf(text + len, sizeof text - len, "%d>%d ",
						query.arcs.at[i].from, query.arcs.at[i].to);
		snprintf(text + len, sizeof text - len, "of %zu, %zu", result.data_files.count,
			 result.warnings.count);
		assert_ptr_equal(query.names, names);
	}
	data_query_free(&query);
	parallel_free(&result);
	return text;
}

static void
finished_files_are_united(void **state)
{
	(void)state;
	assert_false(parallel_is_wanted(data_file, &project));
	assert_string_equal(told(), "missing");
	put(FINISHED("1"), RAN("02"), 0); /* finished just now: its name says so */
	put(FINISHED("2"), RAN("0c"), 100);
	assert_true(parallel_is_wanted(data_file, &project));
	assert_true(parallel_is_wanted(data_file, NULL));
	assert_string_equal(told(), "1 2 3 of 2, 0");
	/* The same data under a name with the same hash, and a journal. */
	put(".coverage.there.pid3.Xabcdefx.Habcdefghi1h", RAN("80"), 100);
	put(".coverage.x-journal", RAN("80"), 100);
	put(".coverage.x-wal", RAN("80"), 100);
	assert_string_equal(told(), "1 2 3 of 2, 0");
	/* One of somebody's own making, and one that can't be read. */
	put(".coverage.unit", RAN("80"), 100);
	put(".coverage.zzz", "create table t (x);", 100);
	assert_string_equal(told(), "1 2 3 7 of 3, 1");
}

static void
the_data_file_goes_before_leftovers(void **state)
{
	(void)state;
	put(FINISHED("1"), RAN("02"), 100);
	put(FINISHED("2"), RAN("02"), 50);
	put(".coverage", RAN("02"), 200);
	assert_false(parallel_is_wanted(data_file, &project));
	project.config.values[COVERAGE_RUN_PARALLEL].boolean = true;
	assert_true(parallel_is_wanted(data_file, &project));
	put(FINISHED("3"), RAN("02"), 300);
	assert_false(parallel_is_wanted(data_file, &project));
}

static void
what_is_being_written_is_waited_for(void **state)
{
	(void)state;
	put(FINISHED("1"), RAN("02"), 100);
	put(".coverage.unit", RAN("04"), 0);
	assert_string_equal(told(), "busy");
	put(".coverage.unit", "select 1", 5);
	assert_string_equal(told(), "1 2 of 2, 0");
	/* Its name has no hash yet: elsewhere somebody may be writing it. */
	put(".coverage.there.pid7.Xabcdefx", RAN("08"), 5);
	assert_string_equal(told(), "busy");
	put(".coverage.there.pid7.Xabcdefx", "select 1", 60);
	assert_string_equal(told(), "1 2 of 2, 1");
}

/* A writer of this machine is known to be there, or not. */
static void
a_writer_that_has_ended_is_not_waited_for(void **state)
{
	char *host = host_name(), name[512];

	(void)state;
	for (char *c = host; *c != '\0'; c++)
		*c = *c == '.' ? '_' : *c;
	put(FINISHED("1"), RAN("02"), 100);
	snprintf(name, sizeof name, ".coverage.%s.pid%ld.Xabcdefx", host, (long)getpid());
	put(name, RAN("08"), 5);
	assert_string_equal(told(), "busy");
	snprintf(name, sizeof name, "%s/.coverage.%s.pid%ld.Xabcdefx", folder, host,
		 (long)getpid());
	assert_int_equal(remove(name), 0);
	/* No process has a number like this (PID_MAX_LIMIT of Linux is 2^22). */
	snprintf(name, sizeof name, ".coverage.%s.pid99999999.Xabcdefx", host);
	put(name, RAN("08"), 0);
	assert_string_equal(told(), "1 3 of 2, 0");
	free(host);
}

static void
branches_and_statements_are_kept_apart(void **state)
{
	(void)state;
	put(FINISHED("1"), RAN("02"), 100);
	put(FINISHED("2"), JUMPED("1, 2"), 50);
	put(FINISHED("3"), JUMPED("2, -1"), 60);
	assert_string_equal(told(), "1 2 1>2 2>-1 of 2, 1");
	put(FINISHED("4"), RAN("04"), 10);
	assert_string_equal(told(), "1 2 of 2, 2");
}

static void
nothing_is_not_an_error(void **state)
{
	(void)state;
	put(FINISHED("1"), BEGIN("0"), 100);
	assert_string_equal(told(), "empty");
	put(FINISHED("2"), RAN("02"), 100);
	assert_string_equal(told(), "1 of 1, 0");
}

static void
plugins_must_agree(void **state)
{
	(void)state;
	put(FINISHED("1"), RAN("02") "insert into tracer values (1, 'a.Plugin');", 100);
	put(FINISHED("2"), RAN("04"), 100);
	assert_string_equal(told(), "bad-data");
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(finished_files_are_united),
		IN_FOLDER(the_data_file_goes_before_leftovers),
		IN_FOLDER(what_is_being_written_is_waited_for),
		IN_FOLDER(a_writer_that_has_ended_is_not_waited_for),
		IN_FOLDER(branches_and_statements_are_kept_apart),
		IN_FOLDER(nothing_is_not_an_error),
		IN_FOLDER(plugins_must_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
