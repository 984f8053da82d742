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

#define EVERYTHING (DATA_WANT_ARCS | DATA_WANT_CONTEXTS)

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

static void
require_good_answer(const struct data_query *query)
{
	const struct data_contexts *c = &query->contexts;

	for (size_t i = 1; i < query->arcs.count; i++) {
		const struct arc *a = &query->arcs.at[i];

		if (a[-1].from > a->from || (a[-1].from == a->from && a[-1].to >= a->to))
			abort();
	}
	for (size_t i = 0; i < c->count; i++) {
		if (c->at[i].context >= c->name_count || c->names[c->at[i].context] == NULL)
			abort();
		if (c->at[i].line != 0 && !line_set_has(&query->ran, c->at[i].line))
			abort();
	}
}

/* Is all of `part`, which went through a filter, in `whole`? */
static bool
is_part(const struct data_query *part, const struct data_query *whole)
{
	for (uint32_t n = line_set_next(&part->ran, 0); n != LINE_SET_END;
	     n = line_set_next(&part->ran, n)) {
		if (!line_set_has(&whole->ran, n))
			return false;
	}
	for (size_t i = 0; i < part->arcs.count; i++) {
		if (!arc_list_has(&whole->arcs, part->arcs.at[i].from, part->arcs.at[i].to))
			return false;
	}
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *names[] = { "/srv/a.py", NULL, NULL };
	struct data_query first = { .names = names, .want = EVERYTHING }, second = first,
			  third = first;
	struct text_list regexes = { 0 };
	struct data_filter *filter;
	enum status one, two, three;
	char *last = NULL;

	put_file(data, size);
	data_list(path, keep_name, &last, NULL, NULL);
	names[1] = last;
	text_list_add(&regexes, SPAN("."));
	if (data_filter_compile(&filter, &regexes, NULL) != STATUS_OK)
		abort();
	second.want = 0;
	third.filter = filter;
	one = data_read(path, &first, 1, NULL, NULL);
	two = data_read(path, &second, 1, NULL, NULL);
	three = data_read(path, &third, 1, NULL, NULL);
	require_good_answer(&first);
	require_good_answer(&third);
	/* Refusals may differ: a young file is busy. What more is wanted may not be readable. */
	if (one == STATUS_OK && (two != STATUS_OK || first.answer != second.answer ||
				 !line_set_equal(&first.ran, &second.ran)))
		abort();
	if (one == STATUS_OK && three == STATUS_OK && !is_part(&third, &first))
		abort();
	require_no_companion();
	data_query_free(&first);
	data_query_free(&second);
	data_query_free(&third);
	data_filter_free(filter);
	text_list_free(&regexes);
	free(last);
	return 0;
}
