#include <fcntl.h>
#include <ftw.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "coverage/dataset.h"
#include "platform/file.h"
#include "platform/path.h"
#include "support/test.h"

static char folder[128];

static int
make_folder(void **state)
{
	char template[] = "/tmp/covls-test-XXXXXX", *real;

	(void)state;
	if (mkdtemp(template) == NULL)
		return -1;
	real = path_real(template);
	snprintf(folder, sizeof folder, "%s", real);
	free(real);
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
	return nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* Good for four at a time. */
static const char *
in_folder(const char *name)
{
	static char paths[4][512];
	static int turn;

	turn = (turn + 1) % 4;
	snprintf(paths[turn], sizeof paths[turn], "%s/%s", folder, name);
	return paths[turn];
}

/* So old that nobody can be writing it any more. */
static void
age(const char *path)
{
	const struct timespec old[2] = { { .tv_sec = 1000000000 }, { .tv_sec = 1000000000 } };

	assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
}

static void
write_file(const char *name, const char *bytes, size_t len)
{
	FILE *file = fopen(in_folder(name), "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	fclose(file);
	age(in_folder(name));
}

static void
write_text(const char *name, const char *text)
{
	write_file(name, text, strlen(text));
}

static void
change_db(const char *name, const char *sql)
{
	sqlite3 *db;
	char *message = NULL;

	assert_int_equal(sqlite3_open(in_folder(name), &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
		fail_msg("%s: %s", sql, message);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	age(in_folder(name));
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
#define LINES TABLES "insert into meta values ('version', '7.16.1'), ('has_arcs', '0');"
#define ARCS  TABLES "insert into meta values ('version', '7.16.1'), ('has_arcs', '1');"

/* A file of which line 1 ran, under no context. */
#define RAN(name)                                        \
	LINES "insert into file values (1, '" name "');" \
	      "insert into context values (1, '');"      \
	      "insert into line_bits values (1, 1, x'02');"

/* --- what a dataset says ----------------------------------------------------------------------- */

static struct dataset open_set;
static struct coverage_config config;

static enum status
try_open(const char *data_file, struct error *err)
{
	struct dataset_options options = { folder, data_file, &config };

	*err = (struct error){ 0 };
	assert_int_equal(coverage_config_read(&config, folder, NULL, err), STATUS_OK);
	return dataset_open(&open_set, &options, err);
}

static void
close_set(void)
{
	dataset_close(&open_set);
	coverage_config_free(&config);
}

static void
must_open(const char *data_file)
{
	struct error err;

	if (try_open(data_file, &err) != STATUS_OK)
		fail_msg("%s", err.text);
}

static void
write_answer(const struct data_query *q, struct buf *out)
{
	for (uint32_t n = line_set_next(&q->ran, 0); n != LINE_SET_END;
	     n = line_set_next(&q->ran, n))
		buf_addf(out, " %u", n);
	for (size_t i = 0; i < q->arcs.count; i++)
		buf_addf(out, " %d>%d", q->arcs.at[i].from, q->arcs.at[i].to);
	for (size_t i = 0; i < q->contexts.count; i++)
		buf_addf(out, " %u:%s", q->contexts.at[i].line,
			 q->contexts.names[q->contexts.at[i].context]);
}

/* All files, read so many at a time; the folder is "@". */
static char *
say_all(size_t batch)
{
	struct data_query answers[8] = { 0 };
	struct error err = { 0 };
	struct buf out = { 0 };

	assert_true(batch <= 8);
	for (size_t first = 0; first < open_set.count; first += batch) {
		size_t count = open_set.count - first < batch ? open_set.count - first : batch;

		for (size_t i = 0; i < count; i++)
			answers[i].want = DATA_WANT_ARCS | DATA_WANT_CONTEXTS;
		if (dataset_read(&open_set, first, count, answers, &err) != STATUS_OK)
			fail_msg("%s", err.text);
		for (size_t i = 0; i < count; i++) {
			const char *name = open_set.files[first + i].name;
			const char *below = path_below(name, folder);

			assert_int_not_equal(answers[i].answer, DATA_UNKNOWN);
			assert_non_null(answers[i].recorded);
			assert_null(answers[i].names);
			buf_addf(&out, "%s%s%s", out.len > 0 ? "; " : "", below == NULL ? "" : "@/",
				 below == NULL ? name : below);
			if (answers[i].tracer != NULL)
				buf_addf(&out, " (%s)", answers[i].tracer);
			write_answer(&answers[i], &out);
			data_query_free(&answers[i]);
		}
	}
	return buf_take(&out);
}

static void
assert_says(const char *data_file, const char *expected)
{
	for (size_t batch = 1; batch <= 8; batch += 7) {
		char *got;

		must_open(data_file);
		got = say_all(batch);
		if (strcmp(got, expected) != 0)
			fail_msg("%s, not %s", got, expected);
		free(got);
		close_set();
	}
}

static void
assert_refused(enum status status, const char *words)
{
	struct error err;

	if (try_open(NULL, &err) != status || strstr(err.text, words) == NULL)
		fail_msg("%s: %s", status_name(err.status), err.text);
	assert_int_equal(err.status, status);
	close_set();
}

/* --- one data file ----------------------------------------------------------------------------- */

static void
one_data_file_is_taken_as_it_is(void **state)
{
	(void)state;
	change_db(".coverage",
		  LINES "insert into file values (1, 'b.py'), (2, 'a\\b.py'), (3, 'c.html');"
			"insert into tracer values (3, 'p.A');"
			"insert into context values (1, 'x'), (2, '');"
			"insert into line_bits values (1, 2, x'02'), (1, 1, x'06'),"
			"    (3, 1, x'01');");
	assert_says(NULL, "a\\b.py; b.py 1 2 1:x 1: 2:x; c.html (p.A) 0:x");
	must_open(NULL);
	assert_false(open_set.has_arcs);
	assert_int_equal(open_set.combined + open_set.skipped + open_set.errored, 0);
	assert_int_equal(open_set.data_files.count, 1);
	assert_string_equal(open_set.data_files.at[0], in_folder(".coverage"));
	assert_int_equal(open_set.warnings.count, 0);
	close_set();
}

static void
the_data_file_is_looked_for_where_it_is_said_to_be(void **state)
{
	(void)state;
	change_db(".coverage", RAN("a.py"));
	change_db("rc.cov", RAN("b.py"));
	change_db("option.cov", RAN("c.py"));
	change_db("option.cov.1", RAN("d.py"));
	assert_says(NULL, "a.py 1 1:");
	write_text(".coveragerc", "[run]\ndata_file = rc.cov\n");
	assert_says(NULL, "b.py 1 1:");
	assert_says("option.cov", "c.py 1 1:; d.py 1 1:");
	assert_says(in_folder("./x/../option.cov.1"), "d.py 1 1:");
}

static void
where_nothing_is_there_is_nothing(void **state)
{
	(void)state;
	assert_refused(STATUS_MISSING, "/.coverage' is not there");
	write_text(".coveragex", "no candidate");
	write_text(".coverage.1-journal", "no candidate");
	assert_refused(STATUS_MISSING, "is not there");
	write_text(".coverage", "");
	assert_refused(STATUS_EMPTY, "holds no data yet");
	change_db(".coverage", LINES);
	assert_refused(STATUS_EMPTY, "holds no data yet");
	unlink(in_folder(".coverage"));
	write_text(".coverage.1", "");
	assert_refused(STATUS_EMPTY, "holds no data yet");
	write_text(".coverage.1", "text");
	assert_refused(STATUS_EMPTY, "no unfinished data file is usable");
	write_text(".coverage", "text");
	assert_refused(STATUS_BAD_DATA, "/.coverage' is not a coverage file");
}

static void
paths_are_applied_to_one_data_file(void **state)
{
	(void)state;
	assert_int_equal(mkdir(in_folder("src"), 0700), 0);
	write_text("src/a.py", "");
	write_text(".coveragerc", "[paths]\none =\n  src\n  /ci/*\n  c:\\ci\\*\n");
	/* A wildcard at the end is an error; so is it with no data at all. */
	assert_refused(STATUS_USAGE, "Pattern must not end with wildcards.");
	write_text(".coveragerc", "[paths]\none =\n  src\n  /ci/*/src\n  c:\\ci\n");
	change_db(".coverage",
		  ARCS "insert into file values (1, '/ci/1/src/a.py'), (2, 'x\\y.py'),"
		       "    (3, 'c:\\ci\\a.py'), (4, '/ci/2/src/gone.py');"
		       "insert into tracer values (3, 'p.B');"
		       "insert into context values (1, 'z'), (2, 'a');"
		       "insert into arc values (1, 1, -1, 4), (1, 2, 5, 4), (3, 2, 5, 4),"
		       "    (3, 1, 6, -1), (3, 2, 2, 3);");
	assert_says(NULL, "/ci/2/src/gone.py; @/src/a.py (p.B) 2 3 4 5 6 -1>4 2>3 5>4 6>-1 "
			  "4:z 4:a 6:z 2:a 3:a 5:a; x/y.py");
	must_open(NULL);
	assert_true(open_set.has_arcs);
	close_set();
	/* The copy that is made for [paths] has no branches if it has no arc. */
	change_db(".coverage", "delete from arc");
	must_open(NULL);
	assert_false(open_set.has_arcs);
	close_set();
	unlink(in_folder(".coveragerc"));
	must_open(NULL);
	assert_true(open_set.has_arcs);
	close_set();
}

/* --- several ----------------------------------------------------------------------------------- */

static void
unfinished_ones_are_united(void **state)
{
	(void)state;
	change_db(".coverage.h.pid1.Xabcdefx",
		  LINES "insert into file values (1, 'a.py'), (2, 'b.py'), (3, 'c.html');"
			"insert into tracer values (3, 'p.A');"
			"insert into context values (1, 'two'), (2, 'one');"
			"insert into line_bits values (1, 1, x'02'), (1, 2, x'04');");
	change_db(".coverage.h.pid2.Xabcdefx",
		  LINES "insert into file values (1, 'c.html'), (2, 'a.py'), (3, 'd\\e.py');"
			"insert into tracer values (1, 'p.A');"
			"insert into context values (1, 'new'), (2, 'one'), (3, 'two');"
			"insert into line_bits values (2, 1, x'10'), (2, 2, x'06'), (2, 3, x'10'),"
			"    (1, 3, x'01'), (3, 1, x'02');");
	assert_says(NULL, "a.py 1 2 4 1:two 1:one 4:two 4:new 2:one; b.py; c.html (p.A) 0:two; "
			  "d/e.py 1 1:new");
	must_open(NULL);
	assert_int_equal(open_set.combined, 2);
	assert_int_equal(open_set.data_files.count, 2);
	close_set();
}

/* Its own names stay, also where the same name of another file becomes something else. */
static void
unfinished_ones_come_to_the_finished_one(void **state)
{
	(void)state;
	assert_int_equal(mkdir(in_folder("src"), 0700), 0);
	write_text("src/a.py", "");
	write_text(".coveragerc", "[run]\nrelative_files = true\n");
	change_db(".coverage", RAN("/ci/src/a.py"));
	change_db(".coverage.1", LINES "insert into file values (1, 'src/a.py');");
	change_db(".coverage.2",
		  LINES "insert into file values (1, '/ci/src/a.py'), (2, '/ci/b.py');"
			"insert into context values (1, 'c');"
			"insert into line_bits values (1, 1, x'04'), (2, 1, x'02');");
	assert_says(NULL, "/ci/b.py 1 1:c; /ci/src/a.py 1 1:; src/a.py 2 2:c");
	/* An empty one is like none. */
	write_text(".coverage", "");
	assert_says(NULL, "/ci/b.py 1 1:c; src/a.py 2 2:c");
}

static void
duplicates_are_passed_over(void **state)
{
	(void)state;
	change_db(".coverage.a", RAN("a.py"));
	change_db(".coverage.b", RAN("a.py"));
	change_db(".coverage.c", RAN("c.py"));
	change_db(".coverage.h.pid1.X______x.H0123456789h", RAN("d.py"));
	change_db(".coverage.h.pid2.Xabcdefx.H0123456789h", RAN("e.py"));
	change_db(".coverage.h.pid2.Xabcdefx.H0123456789H", RAN("f.py"));
	change_db(".coverage.h.pid2.Xabcde-x.H0123456789h", RAN("g.py"));
	change_db(".coverage.h.pid.Xabcdefx.H0123456789h", RAN("h.py"));
	assert_says(NULL, "a.py 1 1:; c.py 1 1:; d.py 1 1:; f.py 1 1:; g.py 1 1:; h.py 1 1:");
	must_open(NULL);
	assert_int_equal(open_set.combined, 6);
	assert_int_equal(open_set.skipped, 2);
	close_set();
}

static void
names_of_data_files_are_no_patterns(void **state)
{
	(void)state;
	write_text(".coveragerc", "[run]\ndata_file = [c]*?\n");
	change_db("c12.1", RAN("a.py"));
	change_db("[c]*?.1", RAN("b.py"));
	assert_says(NULL, "b.py 1 1:");
}

static void
those_that_disagree_are_refused(void **state)
{
	static const struct {
		const char *first, *second, *words;
	} cases[] = {
		{RAN("a.py"),					      ARCS "insert into file values (1, 'a.py');",
                 "Can't combine branch coverage data with statement data"												     },
		{ ARCS "insert into arc values (1, 1, 1, 2);",             RAN("a.py"),
                 "Can't combine statement coverage data with branch data"												     },
 /* What holds no rows has not made up its mind. */
		{ ARCS "insert into file values (1, 'a.py');",             RAN("a.py"),                                 NULL                                                  },
		{ RAN("a.py") "insert into tracer values (1, 'p.A');",     RAN("a.py"),
                 "Conflicting file tracer name for 'a.py': 'p.A' vs ''"												       },
		{ RAN("a.py"),
                 RAN("it''s.py") "insert into file values (2, 'a.py');"
				  "insert into tracer values (2, 'p.B');",					      "Conflicting file tracer name for 'a.py': '' vs 'p.B'"},
		{ RAN("it''s.py") "insert into tracer values (1, 'p.A');",
                 RAN("it''s.py") "insert into tracer values (1, 'p.B');",
                 "Conflicting file tracer name for \"it's.py\": 'p.A' vs 'p.B'"											       },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		change_db(".coverage.1", cases[i].first);
		change_db(".coverage.2", cases[i].second);
		if (cases[i].words != NULL)
			assert_refused(STATUS_BAD_DATA, cases[i].words);
		else
			assert_says(NULL, "a.py 1 1:");
		unlink(in_folder(".coverage.1"));
		unlink(in_folder(".coverage.2"));
	}
	/* A finished file of lines has made up its mind, with or without. */
	change_db(".coverage", LINES "insert into file values (1, 'a.py');");
	change_db(".coverage.1", ARCS "insert into file values (1, 'a.py');");
	assert_refused(STATUS_BAD_DATA, "Can't combine branch coverage data with statement data");
}

/* --- faults ------------------------------------------------------------------------------------ */

static void
cut_file(const char *name, const char *from, size_t len)
{
	struct buf bytes = { 0 };

	assert_int_equal(file_read_all(in_folder(from), &bytes, 1 << 20, NULL), STATUS_OK);
	assert_true(bytes.len > len);
	write_file(name, bytes.at, len);
	buf_free(&bytes);
}

static void
what_cannot_be_read_is_left_out_with_a_warning(void **state)
{
	static const char *const expected[] = {
		"Couldn't use data file '@/.coverage.dir': unable to open database file",
		"Couldn't use data file '@/.coverage.old': wrong schema: 6 instead of 7",
		"Couldn't use data file '@/.coverage.short': database disk image is malformed",
		"Couldn't use data file '@/.coverage.short2': database disk image is malformed",
		"Couldn't use data file '@/.coverage.text': file is not a database",
		"Couldn't use data file '@/.coverage.v4': file is not a database",
		"'@/.coverage.other' is an SQLite database, but not one of coverage.py",
		"Data file '@/.coverage.newer': untested schema 8",
	};
	size_t found = 0;

	(void)state;
	change_db(".coverage.good", RAN("a.py"));
	assert_int_equal(mkdir(in_folder(".coverage.dir"), 0700), 0);
	change_db(".coverage.old", RAN("b.py") "update coverage_schema set version = 6;");
	change_db(".coverage.newer", RAN("c.py") "update coverage_schema set version = 8;");
	cut_file(".coverage.short", ".coverage.good", 8000);
	cut_file(".coverage.short2", ".coverage.good", 50);
	write_text(".coverage.text", "some text that is no database");
	write_text(".coverage.text2", "some text that is no database");
	write_text(".coverage.v4",
		   "!coverage.py: This is a private format, don't read it directly!{}");
	change_db(".coverage.other", "create table t (a)");
	assert_says(NULL, "a.py 1 1:; c.py 1 1:");
	must_open(NULL);
	for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
		struct buf text = { 0 };
		const char *at = strchr(expected[i], '@');

		buf_add(&text, (struct span){ expected[i], (size_t)(at - expected[i]) });
		buf_addf(&text, "%s%s", folder, at + 1);
		for (size_t k = 0; k < open_set.warnings.count; k++)
			found += strncmp(open_set.warnings.at[k], buf_text(&text), text.len) == 0;
		if (found != i + 1)
			fail_msg("no warning: %s", buf_text(&text));
		buf_free(&text);
	}
	assert_int_equal(open_set.warnings.count, found);
	assert_int_equal(open_set.combined, 2);
	assert_int_equal(open_set.errored, 7);
	assert_int_equal(open_set.skipped, 1);
	close_set();
}

/* A file counts as young for a quarter of a second, which may be over before it is read. */
static void
open_while_young(const char *name)
{
	for (int tries = 0; tries < 50; tries++) {
		assert_int_equal(utimensat(AT_FDCWD, in_folder(name), NULL, 0), 0);
		must_open(NULL);
		if (strstr(open_set.warnings.at[0], "it is being written") != NULL)
			return;
		close_set();
	}
	fail_msg("'%s' is never being written", name);
}

static void
what_is_being_written_is_left_out_with_a_warning(void **state)
{
	sqlite3 *writer;

	(void)state;
	change_db(".coverage.1", RAN("a.py"));
	change_db(".coverage.2", RAN("b.py"));
	assert_int_equal(sqlite3_open(in_folder(".coverage.2"), &writer), SQLITE_OK);
	assert_int_equal(sqlite3_exec(writer, "begin exclusive", NULL, NULL, NULL), SQLITE_OK);
	cut_file(".coverage.0", ".coverage.1", 8000);
	open_while_young(".coverage.0");
	assert_int_equal(open_set.count, 1);
	assert_int_equal(open_set.errored, 2);
	assert_int_equal(open_set.warnings.count, 2);
	assert_non_null(strstr(open_set.warnings.at[1], ".coverage.2': database is locked"));
	assert_non_null(strstr(open_set.warnings.at[0], ".coverage.0': it is being written"));
	close_set();
	sqlite3_close(writer);
	age(in_folder(".coverage.2"));
	must_open(NULL);
	assert_int_equal(open_set.count, 2);
	close_set();
}

/* The finished one is another matter: without it there is no report. */
static void
a_data_file_that_is_being_written_is_refused(void **state)
{
	sqlite3 *writer;

	(void)state;
	change_db(".coverage", RAN("a.py"));
	change_db(".coverage.1", RAN("b.py"));
	assert_int_equal(sqlite3_open(in_folder(".coverage"), &writer), SQLITE_OK);
	assert_int_equal(sqlite3_exec(writer, "begin exclusive", NULL, NULL, NULL), SQLITE_OK);
	assert_refused(STATUS_BUSY, "is locked by whoever writes it");
	sqlite3_close(writer);
}

static void
a_change_while_it_is_open_is_noticed(void **state)
{
	struct data_query answer = { 0 };
	struct error err;

	(void)state;
	for (int united = 0; united < 2; united++) {
		change_db(".coverage", RAN("a.py"));
		if (united)
			change_db(".coverage.1",
				  RAN("a.py") "insert into file values (2, 'b.py');");
		must_open(NULL);
		assert_int_equal(dataset_read(&open_set, 0, 1, &answer, &err), STATUS_OK);
		assert_int_equal(line_set_count(&answer.ran), 1);
		change_db(united ? ".coverage.1" : ".coverage",
			  "update line_bits set numbits = x'06'");
		assert_int_equal(utimensat(AT_FDCWD,
					   in_folder(united ? ".coverage.1" : ".coverage"), NULL,
					   0),
				 0);
		assert_int_equal(dataset_read(&open_set, 0, 1, &answer, &err), STATUS_BUSY);
		assert_non_null(strstr(err.text, "was changed while covls read it"));
		data_query_free(&answer);
		close_set();
		unlink(in_folder(".coverage"));
	}
}

static void
add_stamp(void *ctx, const char *name)
{
	struct file_stamp stamp = file_stamp(in_folder(name));

	buf_addf(ctx, "%s %llu %lld;", name, (unsigned long long)stamp.inode,
		 (long long)stamp.modified_ns);
}

static void
nothing_is_written(void **state)
{
	struct buf before = { 0 }, after = { 0 };
	char *said;

	(void)state;
	change_db(".coverage", RAN("a.py"));
	change_db(".coverage.1", RAN("b.py"));
	write_text(".coverage.2", "");
	write_text(".coveragerc", "[run]\nparallel = true\n[paths]\na =\n  src\n  /ci\n");
	assert_int_equal(file_list(folder, add_stamp, &before, NULL), STATUS_OK);
	must_open(NULL);
	said = say_all(8);
	close_set();
	assert_int_equal(file_list(folder, add_stamp, &after, NULL), STATUS_OK);
	assert_string_equal(buf_text(&before), buf_text(&after));
	assert_string_equal(said, "a.py 1 1:; b.py 1 1:");
	free(said);
	buf_free(&before);
	buf_free(&after);
}

/* Answers that were there are replaced, also by nothing. */
static void
answers_may_be_used_again(void **state)
{
	struct data_query answers[2] = { 0 };

	(void)state;
	change_db(".coverage.1", RAN("a.py") "insert into file values (2, 'b.py');");
	change_db(".coverage.2", RAN("c.py"));
	must_open(NULL);
	assert_int_equal(dataset_read(&open_set, 0, 2, answers, NULL), STATUS_OK);
	assert_int_equal(line_set_count(&answers[0].ran), 1);
	assert_int_equal(answers[1].answer, DATA_NOT_RUN);
	assert_int_equal(dataset_read(&open_set, 1, 1, answers, NULL), STATUS_OK);
	assert_int_equal(line_set_count(&answers[0].ran), 0);
	assert_int_equal(answers[0].answer, DATA_NOT_RUN);
	assert_string_equal(answers[0].recorded, "b.py");
	assert_int_equal(dataset_read(&open_set, 3, 0, answers, NULL), STATUS_OK);
	data_query_free(&answers[0]);
	data_query_free(&answers[1]);
	close_set();
}

/* Ids that no database of coverage.py has: out of order, or no integers. What ran is found all the same. */
static void
odd_ids_hide_nothing(void **state)
{
	static const char *const rows[] = {
		"insert into file values (3, 'a.py'), (1, 'b.py'), (2, 'c.py');"
		"insert into line_bits values (1, 1, x'02'), (3, 1, x'02');",
		"insert into file values (1, 'a.py'), (3, 'b.py'), (5, 'c.py');"
		"insert into line_bits values (1, 1, x'02'), (2.5, 1, x'08'), (3, 1, x'02');",
	};

	(void)state;
	change_db(".coverage", RAN("z.py"));
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		change_db(".coverage.1", LINES "insert into context values (1, '');"
					       "drop table file; create table file (id, path);");
		change_db(".coverage.1", rows[i]);
		assert_says(NULL, "a.py 1 1:; b.py 1 1:; c.py; z.py 1 1:");
		unlink(in_folder(".coverage.1"));
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_data_file_is_taken_as_it_is),
		TEST(the_data_file_is_looked_for_where_it_is_said_to_be),
		TEST(where_nothing_is_there_is_nothing),
		TEST(paths_are_applied_to_one_data_file),
		TEST(unfinished_ones_are_united),
		TEST(unfinished_ones_come_to_the_finished_one),
		TEST(duplicates_are_passed_over),
		TEST(names_of_data_files_are_no_patterns),
		TEST(those_that_disagree_are_refused),
		TEST(what_cannot_be_read_is_left_out_with_a_warning),
		TEST(what_is_being_written_is_left_out_with_a_warning),
		TEST(a_data_file_that_is_being_written_is_refused),
		TEST(a_change_while_it_is_open_is_noticed),
		TEST(nothing_is_written),
		TEST(answers_may_be_used_again),
		TEST(odd_ids_hide_nothing),
	};

	unsetenv("COVERAGE_FILE");
	unsetenv("COVERAGE_RCFILE");
	return cmocka_run_group_tests_name("dataset", tests, NULL, NULL);
}
