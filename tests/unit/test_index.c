/* Indexes of reports on disk: whatever happens to the file between two looks at it. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../lsp/data/index_pass.h"
#include "support/test.h"

static const char report[] = "TN:\nSF:a.c\nDA:1,1\nend_of_record\n";
static const char another[] = "<coverage line-rate='1'><packages/></coverage>";

static char path[32];

static int
set_up(void **state)
{
	int fd;

	(void)state;
	snprintf(path, sizeof path, "/tmp/covls-index-XXXXXX");
	fd = mkstemp(path);
	return fd < 0 ? -1 : close(fd);
}

static int
tear_down(void **state)
{
	(void)state;
	return unlink(path);
}

static void
fill(const char *content)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_true(fputs(content, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static enum status
index_of(const struct data_file *file)
{
	struct data_index *index = NULL;
	struct error err = { 0 };
	enum status status = index_pass(file, &lcov_format, NULL, &index, &err);

	if (status == STATUS_OK)
		data_index_close(index);
	else
		assert_non_null(strstr(err.text, path));
	return status;
}

/* Its format was told by its first bytes; what is read after that must be the same file. */
static void
a_file_that_changes_after_it_was_recognized_is_busy(void **state)
{
	static const char *const then[] = { "", another };
	struct data_file file;

	(void)state;
	fill(report);
	file = (struct data_file){ .path = path, .stamp = file_stamp(path) };
	assert_int_equal(index_of(&file), STATUS_OK);
	for (size_t i = 0; i < sizeof then / sizeof then[0]; i++) {
		fill(then[i]);
		assert_int_equal(index_of(&file), STATUS_BUSY);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_file_that_changes_after_it_was_recognized_is_busy,
						set_up, tear_down),
	};

	return cmocka_run_group_tests_name("index", tests, NULL, NULL);
}
