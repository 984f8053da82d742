/*
 * The input is a data file. It may be read or refused, but soon, and the same way each time; the
 * seeds are databases with pages of 512 bytes, so that most bytes mean something.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "data/data.h"

static char path[64];
static int file = -1;

static void
remove_file(void)
{
	unlink(path);
}

static void
put_file(const uint8_t *data, size_t size)
{
	if (file < 0) {
		snprintf(path, sizeof path, "/tmp/covls-fuzz-XXXXXX");
		file = mkstemp(path);
		atexit(remove_file);
	}
	if (file < 0 || ftruncate(file, 0) != 0 || pwrite(file, data, size, 0) != (ssize_t)size) {
		perror(path);
		exit(1);
	}
}

/* Nothing is written, and so nothing is beside the file. */
static void
require_no_companion(void)
{
	static const char *const ends[] = { "-journal", "-wal", "-shm" };
	char name[sizeof path + 16];

	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		snprintf(name, sizeof name, "%s%s", path, ends[i]);
		if (access(name, F_OK) == 0)
			abort();
	}
}

static void
keep_name(void *ctx, const char *name, const char *tracer)
{
	char **last = ctx;

	(void)tracer;
	free(*last);
	*last = mem_copy(name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *names[] = { "/srv/a.py", NULL, NULL };
	struct data_query first = { .names = names }, second = { .names = names };
	enum status one, two;
	char *last = NULL;

	put_file(data, size);
	data_list(path, keep_name, &last, NULL, NULL);
	names[1] = last;
	one = data_read(path, &first, 1, NULL, NULL);
	two = data_read(path, &second, 1, NULL, NULL);
	/* Refusals may differ: a young file is busy. */
	if ((one == STATUS_OK) != (two == STATUS_OK) || first.answer != second.answer ||
	    !line_set_equal(&first.ran, &second.ran))
		abort();
	require_no_companion();
	data_query_free(&first);
	data_query_free(&second);
	free(last);
	return 0;
}
