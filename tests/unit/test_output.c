#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "platform/file.h"
#include "platform/output.h"
#include "platform/path.h"
#include "support/test.h"

static char folder[] = "/tmp/covls-output-XXXXXX";

static int
make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) == NULL;
}

static int
remove_folder(void **state)
{
	(void)state;
	return rmdir(folder);
}

/* Writes numbers until there are more bytes than a buffer holds; returns how many bytes. */
static uint64_t
write_much(struct output *out)
{
	uint64_t start = output_offset(out);

	for (int64_t i = -20000; i < 20000; i++) {
		output_int(out, i);
		output_char(out, '\n');
	}
	return output_offset(out) - start;
}

/* What write_much() writes. */
static void
expect_much(const char *text)
{
	for (int64_t i = -20000; i < 20000; i++) {
		char *end;

		assert_int_equal(strtoll(text, &end, 10), i);
		assert_int_equal(*end, '\n');
		text = end + 1;
	}
}

static void
a_file_is_written_with_its_folders(void **state)
{
	char *path = path_join(folder, "a/b/c.txt"), *up;
	struct output out;
	struct buf text = { 0 };
	uint64_t len;

	(void)state;
	for (int round = 0; round < 2; round++) { /* the second time it is there already */
		assert_int_equal(output_open(&out, path, NULL), STATUS_OK);
		len = write_much(&out);
		output_addf(&out, "%s|%.4g|", "text", 2.0 / 3);
		output_uint(&out, UINT64_MAX);
		output_int(&out, INT64_MIN);
		assert_int_equal(output_close(&out, true, NULL), STATUS_OK);
		assert_int_equal(file_read_all(path, &text, 1 << 24, NULL), STATUS_OK);
		expect_much(buf_text(&text));
		assert_string_equal(buf_text(&text) + len,
				    "text|0.6667|18446744073709551615-9223372036854775808");
	}
	assert_int_equal(output_open(&out, path, NULL), STATUS_OK);
	assert_int_equal(output_close(&out, false, NULL), STATUS_OK);
	assert_int_equal(file_stamp(path).kind, FILE_NONE);
	for (int i = 0; i < 2; i++) {
		up = path_folder(path);
		free(path);
		path = up;
		assert_int_equal(rmdir(path), 0);
	}
	free(path);
	buf_free(&text);
}

static void
what_cannot_be_written_is_told(void **state)
{
	struct output out;
	struct error err;
	char *path;

	(void)state;
	assert_int_equal(output_open(&out, folder, &err), STATUS_DENIED);
	assert_non_null(strstr(err.text, folder));
	/* A full disk. */
	if (access("/dev/full", W_OK) != 0)
		skip();
	path = path_join(folder, "full");
	assert_int_equal(symlink("/dev/full", path), 0);
	assert_int_equal(output_open(&out, path, &err), STATUS_OK);
	write_much(&out);
	assert_int_equal(output_close(&out, true, &err), STATUS_DENIED);
	assert_non_null(strstr(err.text, "full"));
	assert_int_equal(output_open(&out, path, &err), STATUS_OK);
	write_much(&out);
	assert_int_equal(output_close(&out, false, &err), STATUS_OK);
	assert_int_not_equal(access(path, F_OK), 0);
	free(path);
}

static void
a_spool_gives_its_bytes_back(void **state)
{
	char *path = path_join(folder, "copy");
	struct output spool, out;
	struct buf text = { 0 };
	uint64_t first, len, tail;

	(void)state;
	output_open_spool(&spool);
	output_text(&spool, "head ");
	assert_int_equal(output_open(&out, path, NULL), STATUS_OK);
	output_copy(&out, &spool, 2, 3); /* still in memory */
	first = output_offset(&spool);
	len = write_much(&spool);
	write_much(&spool);
	tail = output_offset(&spool);
	output_text(&spool, "tail");
	output_copy(&out, &spool, tail - 2, 6); /* across the edge, or in memory */
	output_copy(&out, &spool, first, len);
	assert_int_equal(output_close(&out, true, NULL), STATUS_OK);
	assert_int_equal(output_close(&spool, false, NULL), STATUS_OK);
	assert_int_equal(file_read_all(path, &text, 1 << 24, NULL), STATUS_OK);
	assert_int_equal(text.len, 3 + 6 + len);
	assert_memory_equal(text.at, "ad 9\ntail", 9);
	expect_much(buf_text(&text) + 9);
	unlink(path);
	free(path);
	buf_free(&text);
}

static void
every_range_of_a_spool_can_be_copied(void **state)
{
	char *path = path_join(folder, "copy");
	struct output spool, out;
	struct buf text = { 0 };

	(void)state;
	output_open_spool(&spool);
	for (uint32_t i = 0; i < 40000; i++)
		output_addf(&spool, "%07u\n", i); /* 320,000 bytes: a part is in the buffer */
	for (uint64_t from = 0; from < 320000; from += 31337) {
		uint64_t len = 320000 - from < 70000 ? 320000 - from : 70000;

		assert_int_equal(output_open(&out, path, NULL), STATUS_OK);
		output_copy(&out, &spool, from, len);
		assert_int_equal(output_close(&out, true, NULL), STATUS_OK);
		assert_int_equal(file_read_all(path, &text, 1 << 24, NULL), STATUS_OK);
		assert_int_equal(text.len, len);
		for (uint64_t i = 0; i < len; i++) {
			char want[16];

			snprintf(want, sizeof want, "%07u\n", (unsigned)((from + i) / 8));
			assert_int_equal(text.at[i], want[(from + i) % 8]);
		}
	}
	assert_int_equal(output_close(&spool, false, NULL), STATUS_OK);
	unlink(path);
	free(path);
	buf_free(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_is_written_with_its_folders),
		cmocka_unit_test(what_cannot_be_written_is_told),
		cmocka_unit_test(a_spool_gives_its_bytes_back),
		cmocka_unit_test(every_range_of_a_spool_can_be_copied),
	};

	return cmocka_run_group_tests_name("output", tests, make_folder, remove_folder);
}
