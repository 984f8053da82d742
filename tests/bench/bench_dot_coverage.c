/*
 * bench_dot_coverage [--rounds=N] [FILE NAME...] - microseconds to read source files out of a data
 * file, open to close, warm cache:
 *
 *     plain   the least that SQLite's C interface needs: no check, no info, one statement a table, and
 *             nothing kept but the set of lines; where contexts are wished for it reads them, too
 *     covls   data_read(); in turn of lines alone, with arcs, and with arcs and contexts
 *
 * Without FILE it makes three databases like those of large projects and asks each for one file and
 * for 50: 2,000 files with branches and no contexts; 300 files with branches, and with lines, and 5,000
 * contexts, of which every one touches the file that is asked for. "memory" is the most that SQLite
 * held at a time. Each figure is the median and the least of N rounds (101).
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "data/data.h"
#include "platform/clock.h"

#define NAMES_MOST 50

static int rounds = 101;

/* --- databases to read ------------------------------------------------------------------------- */

struct shape {
	const char *what;
	bool arcs;
	unsigned files, contexts, files_a_context, rows_a_file;
};

static const struct shape shapes[] = {
	{"2,000 files, branches",                true,  2000, 1,    2000, 300},
	{ "300 files, branches, 5,000 contexts", true,  300,  5000, 25,   15 },
	{ "300 files, lines, 5,000 contexts",    false, 300,  5000, 100,  1  },
};

static const char tables[] =
	"pragma journal_mode=off; pragma synchronous=off; pragma cache_size=-200000; begin;"
	"create table coverage_schema (version integer);"
	"create table meta (key text, value text, unique (key));"
	"create table file (id integer primary key, path text, unique (path));"
	"create table context (id integer primary key, context text, unique (context));"
	"create table line_bits (file_id integer, context_id integer, numbits blob,"
	"    unique (file_id, context_id));"
	"create table arc (file_id integer, context_id integer, fromno integer, tono integer,"
	"    unique (file_id, context_id, fromno, tono));"
	"create table tracer (file_id integer primary key, tracer text);"
	"insert into coverage_schema values (7)";

static void
must(sqlite3 *db, int code)
{
	if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE)
		return;
	fprintf(stderr, "%s\n", sqlite3_errmsg(db));
	exit(1);
}

static unsigned
next_random(void)
{
	static uint64_t state = 20265;

	state = state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(state >> 33);
}

static void
name_file(char *name, size_t size, unsigned file)
{
	snprintf(name, size, "/srv/project/src/pkg_%03u/module_%04u.py", file / 25, file);
}

static void
insert_row(sqlite3 *db, sqlite3_stmt *stmt)
{
	must(db, sqlite3_step(stmt));
	sqlite3_reset(stmt);
}

static void
fill_file(sqlite3 *db, const struct shape *s, sqlite3_stmt *stmt, unsigned file, unsigned context)
{
	uint8_t bits[60] = { 0 };
	int line = (int)(next_random() % 400) + 1;

	sqlite3_bind_int(stmt, 1, (int)file + 1);
	sqlite3_bind_int(stmt, 2, (int)context + 1);
	if (!s->arcs) {
		for (int i = 0; i < 20; i++, line++)
			bits[line / 8] |= (uint8_t)(1 << line % 8);
		sqlite3_bind_blob(stmt, 3, bits, line / 8 + 1, SQLITE_STATIC);
		insert_row(db, stmt);
		return;
	}
	for (unsigned i = 0; i < s->rows_a_file; i++, line++) {
		sqlite3_bind_int(stmt, 3, line);
		sqlite3_bind_int(stmt, 4, i % 7 == 0 ? -line : line + 1);
		insert_row(db, stmt);
	}
}

static void
make_database(const char *path, const struct shape *s)
{
	sqlite3 *db;
	sqlite3_stmt *stmt;
	char name[80], sql[256];

	must(NULL, sqlite3_open(path, &db));
	must(db, sqlite3_exec(db, tables, NULL, NULL, NULL));
	snprintf(sql, sizeof sql,
		 "insert into meta values ('version', '7.16.1'), ('has_arcs', '%d')", s->arcs);
	must(db, sqlite3_exec(db, sql, NULL, NULL, NULL));
	snprintf(
		sql, sizeof sql,
		"with recursive n(i) as (select 1 union all select i + 1 from n where i < %u)"
		"insert into context select i, printf('tests/test_%%d.py::test_it_%%d|run', i / 20, i)"
		"from n",
		s->contexts);
	must(db, sqlite3_exec(db, sql, NULL, NULL, NULL));
	must(db, sqlite3_prepare_v2(db, "insert into file (path) values (?1)", -1, &stmt, NULL));
	for (unsigned file = 0; file < s->files; file++) {
		name_file(name, sizeof name, file);
		sqlite3_bind_text(stmt, 1, name, -1, SQLITE_STATIC);
		insert_row(db, stmt);
	}
	sqlite3_finalize(stmt);
	must(db, sqlite3_prepare_v2(db,
				    s->arcs ? "insert or ignore into arc values (?1, ?2, ?3, ?4)"
					    : "insert or ignore into line_bits values (?1, ?2, ?3)",
				    -1, &stmt, NULL));
	for (unsigned context = 0; context < s->contexts; context++) {
		for (unsigned i = 0; i < s->files_a_context; i++) {
			bool all = s->files_a_context == s->files;

			fill_file(db, s, stmt, all || i == 0 ? i : next_random() % s->files,
				  context);
		}
	}
	sqlite3_finalize(stmt);
	must(db, sqlite3_exec(db, "commit", NULL, NULL, NULL));
	sqlite3_close(db);
}

/* --- the two readers --------------------------------------------------------------------------- */

static uint8_t plain_bits[1 << 16];
static unsigned long rows;

/* The name of the context of a row, asked for when it is another than that of the row before. */
static void
plain_context(sqlite3_stmt *stmt, int column, sqlite3_stmt *context)
{
	static int64_t last;
	int64_t id = sqlite3_column_int64(stmt, column);

	if (id == last)
		return;
	last = id;
	sqlite3_bind_int64(context, 1, id);
	if (sqlite3_step(context) == SQLITE_ROW)
		plain_bits[0] |= sqlite3_column_text(context, 0)[0] & 1;
	sqlite3_reset(context);
}

static void
plain_row(sqlite3_stmt *stmt, bool arcs)
{
	const uint8_t *blob;
	int len;

	rows++;
	if (!arcs) {
		blob = sqlite3_column_blob(stmt, 0);
		len = sqlite3_column_bytes(stmt, 0);
		for (int i = 0; i < len && i < (int)sizeof plain_bits; i++)
			plain_bits[i] |= blob[i];
		return;
	}
	for (int column = 0; column < 2; column++) {
		int line = sqlite3_column_int(stmt, column);

		if (line > 0 && line / 8 < (int)sizeof plain_bits)
			plain_bits[line / 8] |= (uint8_t)(1 << line % 8);
	}
}

static void
read_plainly(const char *path, const char *const *names, size_t count, bool arcs, bool contexts)
{
	static const char *const sql[2][2] = {
		{"select numbits from line_bits where file_id = ?1",
                 "select numbits, context_id from line_bits where file_id = ?1"},
		{ "select fromno, tono from arc where file_id = ?1",
                 "select fromno, tono, context_id from arc where file_id = ?1" },
	};
	sqlite3 *db;
	sqlite3_stmt *find, *data, *context;

	rows = 0;
	must(NULL, sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL));
	must(db, sqlite3_exec(db, "begin", NULL, NULL, NULL));
	must(db, sqlite3_prepare_v2(db, "select id from file where path = ?1", -1, &find, NULL));
	must(db, sqlite3_prepare_v2(db, sql[arcs][contexts], -1, &data, NULL));
	must(db, sqlite3_prepare_v2(db, "select context from context where id = ?1", -1, &context,
				    NULL));
	for (size_t i = 0; i < count; i++) {
		memset(plain_bits, 0, 1024);
		sqlite3_bind_text(find, 1, names[i], -1, SQLITE_STATIC);
		if (sqlite3_step(find) == SQLITE_ROW)
			sqlite3_bind_int64(data, 1, sqlite3_column_int64(find, 0));
		sqlite3_reset(find);
		while (sqlite3_step(data) == SQLITE_ROW) {
			plain_row(data, arcs);
			if (contexts)
				plain_context(data, arcs ? 2 : 1, context);
		}
		sqlite3_reset(data);
	}
	sqlite3_finalize(find);
	sqlite3_finalize(data);
	sqlite3_finalize(context);
	sqlite3_close(db);
}

static bool
read_with_covls(const char *path, const char *const *names, size_t count, unsigned want)
{
	const char *lists[NAMES_MOST][2] = { 0 };
	struct data_query queries[NAMES_MOST] = { 0 };
	struct data_info info = { 0 };
	struct error err = { 0 };

	for (size_t i = 0; i < count; i++) {
		lists[i][0] = names[i];
		queries[i].names = lists[i];
		queries[i].want = want;
	}
	if (data_read(path, queries, count, &info, &err) != STATUS_OK) {
		fprintf(stderr, "%s\n", err.text);
		exit(1);
	}
	for (size_t i = 0; i < count; i++) {
		if (queries[i].answer == DATA_UNKNOWN)
			fprintf(stderr, "'%s' is not in the data\n", names[i]);
		data_query_free(&queries[i]);
	}
	return info.has_branches;
}

static int
compare_times(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
measure_wish(const char *path, const char *const *names, size_t count, unsigned want)
{
	bool arcs = read_with_covls(path, names, count, want);
	double *plain = mem_alloc((size_t)rounds, sizeof *plain);
	double *covls = mem_alloc((size_t)rounds, sizeof *covls);
	long long memory;
	int64_t began;

	for (int i = 0; i < rounds; i++) { /* in turns: both see the same neighbours */
		began = clock_steady_ns();
		read_plainly(path, names, count, arcs, (want & DATA_WANT_CONTEXTS) != 0);
		plain[i] = (double)(clock_steady_ns() - began) / 1e3;
		began = clock_steady_ns();
		read_with_covls(path, names, count, want);
		covls[i] = (double)(clock_steady_ns() - began) / 1e3;
	}
	sqlite3_memory_highwater(1);
	read_with_covls(path, names, count, want);
	memory = sqlite3_memory_highwater(0);
	qsort(plain, (size_t)rounds, sizeof *plain, compare_times);
	qsort(covls, (size_t)rounds, sizeof *covls, compare_times);
	printf("  %2zu of its files, %6lu rows, %s: plain %8.0f us (%.0f), covls %8.0f us (%.0f), "
	       "%.2f times; memory %lld KiB\n",
	       count, rows,
	       want == 0                          ? "lines   "
	       : (want & DATA_WANT_CONTEXTS) == 0 ? "arcs    "
						  : "contexts",
	       plain[rounds / 2], plain[0], covls[rounds / 2], covls[0],
	       covls[rounds / 2] / plain[rounds / 2], memory / 1024);
	free(plain);
	free(covls);
}

static void
measure(const char *path, const char *const *names, size_t count)
{
	measure_wish(path, names, count, 0);
	measure_wish(path, names, count, DATA_WANT_ARCS);
	measure_wish(path, names, count, DATA_WANT_ARCS | DATA_WANT_CONTEXTS);
}

/*
 * Leaves a hole in the heap and something above it, as a server has that runs for hours. Without it,
 * libc gives the memory of each read back to the system and asks for it again, or does not, as it
 * happens to lie: a quarter of the time of a small read.
 */
static void *
age_heap(void)
{
	void *blocks[512];
	size_t last = sizeof blocks / sizeof blocks[0] - 1;

	for (size_t i = 0; i <= last; i++)
		blocks[i] = mem_alloc(1024, 1);
	for (size_t i = 0; i < last; i++)
		free(blocks[i]);
	return blocks[last];
}

static void
measure_shape(const struct shape *s)
{
	char path[] = "/tmp/covls-bench-XXXXXX", text[NAMES_MOST][80];
	const char *names[NAMES_MOST];
	int fd = mkstemp(path);

	if (fd < 0) {
		perror(path);
		exit(1);
	}
	close(fd);
	make_database(path, s);
	for (unsigned i = 0; i < NAMES_MOST; i++) {
		name_file(text[i], sizeof text[i], i * (s->files / NAMES_MOST));
		names[i] = text[i];
	}
	printf("%s:\n", s->what);
	measure(path, names, 1);
	measure(path, names, NAMES_MOST);
	unlink(path);
}

int
main(int argc, char **argv)
{
	int first = 1;
	void *top = age_heap();

	if (argc > 1 && strncmp(argv[1], "--rounds=", 9) == 0) {
		rounds = (int)strtol(argv[1] + 9, NULL, 10);
		first = 2;
	}
	if (rounds < 1 || argc - first > NAMES_MOST)
		return 2;
	if (argc - first >= 2) {
		const char *const *names = (const char *const *)argv + first + 1;

		measure(argv[first], names, (size_t)(argc - first - 1));
	} else {
		for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
			measure_shape(&shapes[i]);
	}
	free(top);
	return 0;
}
