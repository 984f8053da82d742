/* Copies of data files: the same bytes, of one moment, or none at all. */
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "data/data.h"
#include "platform/file.h"
#include "support/test.h"

#define MOST  (UINT64_C(1) << 20)
#define LARGE ((size_t)512 * 1024)

#define FIRST_LETTER 'a'

static const char database[] = "data/coveragepy/db/relative.coverage";
static char folder[32], from[64], to[64];
static pid_t writer;

static int
set_up(void **state)
{
	(void)state;
	snprintf(folder, sizeof folder, "/tmp/covls-copy-XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(from, sizeof from, "%s/from", folder);
	snprintf(to, sizeof to, "%s/to", folder);
	return 0;
}

static void
stop_writer(void)
{
	if (writer <= 0)
		return;
	kill(writer, SIGKILL);
	waitpid(writer, NULL, 0);
	writer = 0;
}

static int
tear_down(void **state)
{
	static const char *const ends[] = { "", "-journal", "-wal", "-shm" };
	char path[80];

	(void)state;
	stop_writer();
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		snprintf(path, sizeof path, "%s%s", from, ends[i]);
		remove(path);
	}
	remove(to);
	return rmdir(folder);
}

static void
write_file(const char *path, struct span bytes)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes.at, 1, bytes.len, f), bytes.len);
	assert_int_equal(fclose(f), 0);
}

static void
assert_same_bytes(const char *a, const char *b)
{
	struct buf x = { 0 }, y = { 0 };

	assert_int_equal(file_read_all(a, &x, MOST, NULL), STATUS_OK);
	assert_int_equal(file_read_all(b, &y, MOST, NULL), STATUS_OK);
	assert_true(span_equal(buf_span(&x), buf_span(&y)));
	buf_free(&x);
	buf_free(&y);
}

static void
assert_copied(const char *path)
{
	struct data_digest digest, same;
	struct error err = { 0 };
	struct stat st;

	if (data_copy(path, to, MOST, &digest, &err) != STATUS_OK)
		fail_msg("%s", err.text);
	assert_same_bytes(path, to);
	assert_int_equal(data_take_digest(path, &same, NULL), STATUS_OK);
	assert_int_equal(digest.size, same.size);
	assert_int_equal(digest.hash, same.hash);
	assert_int_equal(stat(to, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(remove(to), 0);
}

static void
assert_refused(const char *path, enum status want)
{
	struct data_digest digest;
	struct error err = { 0 };

	assert_int_equal(data_copy(path, to, MOST, &digest, &err), want);
	assert_int_equal(err.status, want);
	assert_non_null(strstr(err.text, path));
	assert_int_equal(file_stamp(to).kind, FILE_NONE);
}

static void
whole_files_are_copied(void **state)
{
	static const size_t sizes[] = { 2, 65535, 65536, 65537, 131072, MOST };
	struct buf bytes = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		buf_reset(&bytes);
		while (bytes.len < sizes[i])
			buf_add_char(&bytes, (char)(bytes.len * 7));
		write_file(from, buf_span(&bytes));
		assert_copied(from);
	}
	assert_copied(database);
	buf_add_char(&bytes, 'x');
	write_file(from, buf_span(&bytes));
	assert_refused(from, STATUS_LIMIT);
	buf_free(&bytes);
}

static void
what_is_no_data_file_is_refused(void **state)
{
	(void)state;
	assert_refused(from, STATUS_MISSING);
	write_file(from, SPAN(""));
	assert_refused(from, STATUS_EMPTY);
	remove(from);
	assert_int_equal(mkfifo(from, 0600), 0);
	assert_refused(from, STATUS_BAD_DATA);
	assert_refused(folder, STATUS_BAD_DATA);
}

static void
nothing_is_overwritten(void **state)
{
	struct data_digest digest;
	struct buf kept = { 0 };

	(void)state;
	write_file(to, SPAN("mine"));
	assert_int_equal(data_copy(database, to, MOST, &digest, NULL), STATUS_DENIED);
	assert_int_equal(file_read_all(to, &kept, MOST, NULL), STATUS_OK);
	assert_true(span_equal(buf_span(&kept), SPAN("mine")));
	buf_free(&kept);
}

static sqlite3 *
open_copy_of_database(const char *sql)
{
	struct buf bytes = { 0 };
	sqlite3 *db;

	assert_int_equal(file_read_all(database, &bytes, MOST, NULL), STATUS_OK);
	write_file(from, buf_span(&bytes));
	buf_free(&bytes);
	assert_int_equal(sqlite3_open(from, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	return db;
}

static void
a_database_in_use_is_refused(void **state)
{
	sqlite3 *db;
	char journal[80];

	(void)state;
	db = open_copy_of_database("begin exclusive; update file set path = path || 'x'");
	assert_refused(from, STATUS_BUSY);
	assert_int_equal(sqlite3_exec(db, "rollback", NULL, NULL, NULL), SQLITE_OK);
	assert_copied(from);
	sqlite3_close(db);
	db = open_copy_of_database("pragma journal_mode = wal; update file set path = path || 'x'");
	assert_refused(from, STATUS_BAD_DATA);
	sqlite3_close(db);

	/* A journal of a writer that died: what SQLite calls hot, by its first bytes. */
	db = open_copy_of_database("pragma journal_mode = delete");
	sqlite3_close(db);
	snprintf(journal, sizeof journal, "%s-journal", from);
	write_file(journal, (struct span){ "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7\0\0\0\1", 12 });
	assert_refused(from, STATUS_BUSY);
	remove(journal);
	assert_copied(from);
}

/*
 * Writes the file anew all the time, from front to end, in one letter each turn, through a mapping, which
 * leaves the file's times as they are, and stands still now and then wherever it is.
 */
static void
write_all_the_time(void)
{
	int fd = open(from, O_RDWR);
	_Atomic uint64_t *words = mmap(NULL, LARGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	unsigned random = 1, until_pause = 0;

	if (words == MAP_FAILED)
		_exit(1);
	alarm(60);
	for (unsigned turn = 0;; turn++) {
		uint64_t letters = (FIRST_LETTER + turn % 26) * UINT64_C(0x0101010101010101);

		for (size_t i = 0; i < LARGE / sizeof *words; i++) {
			atomic_store_explicit(&words[i], letters, memory_order_release);
			if (until_pause-- != 0)
				continue;
			random = random * 1103515245 + 12345;
			until_pause = (random >> 8) % 100000;
			nanosleep(&(struct timespec){ .tv_nsec = 1000 << (random >> 8) % 16 },
				  NULL);
		}
	}
}

/* Was this the file at some moment? Then it is of one letter, or begins with the next one. */
static bool
is_of_one_moment(struct span bytes)
{
	size_t k = 1;

	while (k < bytes.len && bytes.at[k] == bytes.at[0])
		k++;
	if (k == bytes.len)
		return true;
	if (bytes.at[0] - FIRST_LETTER != (bytes.at[k] - FIRST_LETTER + 1) % 26)
		return false;
	for (size_t rest = k; rest < bytes.len; rest++) {
		if (bytes.at[rest] != bytes.at[k])
			return false;
	}
	return true;
}

static void
a_copy_is_of_one_moment(void **state)
{
	struct buf bytes = { 0 };
	int made = 0, refused = 0;

	(void)state;
	memset(buf_room(&bytes, LARGE), FIRST_LETTER, LARGE);
	bytes.len = LARGE;
	write_file(from, buf_span(&bytes));
	writer = fork();
	if (writer == 0)
		write_all_the_time();
	while (made < 30 || refused < 30) {
		struct data_digest digest;
		enum status status = data_copy(from, to, MOST, &digest, NULL);

		if (status != STATUS_OK) {
			assert_int_equal(status, STATUS_BUSY);
			assert_int_equal(file_stamp(to).kind, FILE_NONE);
			refused++;
			continue;
		}
		assert_int_equal(file_read_all(to, &bytes, MOST, NULL), STATUS_OK);
		assert_int_equal(bytes.len, LARGE);
		assert_true(is_of_one_moment(buf_span(&bytes)));
		remove(to);
		made++;
	}
	stop_writer();
	print_message("%d copies made, %d refused\n", made, refused);
	buf_free(&bytes);
	assert_copied(from);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(whole_files_are_copied),  TEST(what_is_no_data_file_is_refused),
		TEST(nothing_is_overwritten),  TEST(a_database_in_use_is_refused),
		TEST(a_copy_is_of_one_moment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
