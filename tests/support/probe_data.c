/*
 * probe_data.c - the coverage reader on its own, for comparisons and for tests with many processes.
 *
 *   probe_data dump FILE              every source file: name, answer, tracer, lines; tab-separated
 *   probe_data read FILE NAME...      the same for these names
 *   probe_data all FILE [REGEX...]    every source file: name, lines, arcs, contexts as line:name|name in
 *                                     hexadecimal digits, of the contexts that a regex finds
 *   probe_data hammer FILE NAME...    reads as fast as it can until its input ends; prints
 *                                     how often each status came and the slowest read
 *   probe_data hold FILE SECONDS      the mistake that data/ must not make: sits in a transaction
 */
#include <poll.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "data/data.h"
#include "platform/clock.h"

static const char *const answers[] = { "unknown", "not-run", "ran" };

static void
print_query(const struct data_query *q, const char *name)
{
	const char *before = "";

	printf("%s\t%s\t%s\t", name, answers[q->answer], q->tracer == NULL ? "" : q->tracer);
	for (uint32_t n = line_set_next(&q->ran, 0); n != LINE_SET_END;
	     n = line_set_next(&q->ran, n)) {
		printf("%s%u", before, n);
		before = ",";
	}
	putchar('\n');
}

static void
print_hex(const char *name)
{
	for (; *name != '\0'; name++)
		printf("%02x", (unsigned char)*name);
}

static void
print_contexts(const struct data_contexts *contexts)
{
	for (size_t i = 0; i < contexts->count; i++) {
		const struct data_context_line *at = &contexts->at[i];

		if (i > 0 && at[-1].line == at->line)
			putchar('|');
		else
			printf("%s%u:", i > 0 ? "," : "", at->line);
		print_hex(contexts->names[at->context]);
	}
}

static void
print_all(const struct data_query *q, const char *name)
{
	const char *before = "";

	printf("%s\t", name);
	for (uint32_t n = line_set_next(&q->ran, 0); n != LINE_SET_END;
	     n = line_set_next(&q->ran, n)) {
		printf("%s%u", before, n);
		before = ",";
	}
	putchar('\t');
	for (size_t i = 0; i < q->arcs.count; i++)
		printf("%s%d %d", i > 0 ? "," : "", q->arcs.at[i].from, q->arcs.at[i].to);
	putchar('\t');
	print_contexts(&q->contexts);
	putchar('\n');
}

static int
complain(const struct error *err)
{
	printf("! %s: %s\n", status_name(err->status), err->text);
	return 3;
}

static int
read_names(const char *path, char **names, size_t count)
{
	struct data_query *queries = mem_alloc(count, sizeof *queries);
	const char *(*lists)[2] = mem_alloc(count, sizeof *lists);
	struct data_info info = { 0 };
	struct error err = { 0 };
	int code = 0;

	for (size_t i = 0; i < count; i++) {
		lists[i][0] = names[i];
		queries[i].names = lists[i];
	}
	if (data_read(path, queries, count, &info, &err) != STATUS_OK) {
		code = complain(&err);
	} else {
		printf("# %s\t%s\t%s\t%u\t%s\n", info.format, info.producer,
		       info.has_branches ? "branches" : "lines", info.files, info.warning);
		for (size_t i = 0; i < count; i++)
			print_query(&queries[i], names[i]);
	}
	for (size_t i = 0; i < count; i++)
		data_query_free(&queries[i]);
	free(queries);
	free(lists);
	return code;
}

struct name_list {
	char **at;
	size_t count, cap;
};

static void
keep_name(void *ctx, const char *name, const char *tracer)
{
	struct name_list *list = ctx;

	(void)tracer;
	list->at = mem_grow(list->at, list->count, &list->cap, sizeof *list->at);
	list->at[list->count++] = mem_copy(name);
}

static void
free_names(struct name_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->at[i]);
	free(list->at);
}

static int
read_all(const char *path, char **regexes, size_t regex_count)
{
	struct text_list texts = { 0 };
	struct data_filter *filter = NULL;
	struct name_list list = { 0 };
	struct error err = { 0 };
	enum status status;

	for (size_t i = 0; i < regex_count; i++)
		text_list_add(&texts, span_of(regexes[i]));
	status = data_filter_compile(&filter, &texts, &err);
	if (status == STATUS_OK)
		status = data_list(path, keep_name, &list, NULL, &err);
	for (size_t i = 0; i < list.count && status == STATUS_OK; i++) {
		const char *names[] = { list.at[i], NULL };
		struct data_query query = { .names = names,
					    .want = DATA_WANT_ARCS | DATA_WANT_CONTEXTS,
					    .filter = filter };

		status = data_read(path, &query, 1, NULL, &err);
		if (status == STATUS_OK)
			print_all(&query, list.at[i]);
		data_query_free(&query);
	}
	free_names(&list);
	data_filter_free(filter);
	text_list_free(&texts);
	return status == STATUS_OK ? 0 : complain(&err);
}

static int
dump(const char *path)
{
	struct name_list list = { 0 };
	struct error err = { 0 };
	int code;

	if (data_list(path, keep_name, &list, NULL, &err) != STATUS_OK)
		return complain(&err);
	code = read_names(path, list.at, list.count);
	free_names(&list);
	return code;
}

static bool
input_ended(void)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };

	return poll(&in, 1, 0) > 0;
}

static int
hammer(const char *path, char **names)
{
	unsigned long counts[STATUS_USAGE + 1] = { 0 };
	int64_t began, took, slowest = 0;
	const char **list = mem_alloc(2, sizeof *list);
	struct error err = { 0 };

	for (list[0] = names[0]; !input_ended();) {
		struct data_query query = { .names = list };
		enum status status;

		began = clock_steady_ns();
		status = data_read(path, &query, 1, NULL, &err);
		took = clock_steady_ns() - began;
		slowest = took > slowest ? took : slowest;
		counts[status]++;
		if (status == STATUS_BAD_DATA)
			printf("! %s\n", err.text);
		data_query_free(&query);
	}
	for (int s = 0; s <= STATUS_USAGE; s++) {
		if (counts[s] > 0)
			printf("%s %lu\n", status_name((enum status)s), counts[s]);
	}
	printf("slowest-ms %.1f\n", (double)slowest / 1e6);
	free(list);
	return 0;
}

static int
hold(const char *path, const char *seconds)
{
	sqlite3 *db;

	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK ||
	    sqlite3_exec(db, "begin; select count(*) from file", NULL, NULL, NULL) != SQLITE_OK)
		return 1;
	puts("holding");
	fflush(stdout);
	sqlite3_sleep(1000 * (int)strtol(seconds, NULL, 10));
	sqlite3_close(db);
	return 0;
}

int
main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[1] : "";

	if (strcmp(what, "dump") == 0)
		return dump(argv[2]);
	if (strcmp(what, "read") == 0)
		return read_names(argv[2], argv + 3, (size_t)argc - 3);
	if (strcmp(what, "all") == 0)
		return read_all(argv[2], argv + 3, (size_t)argc - 3);
	if (strcmp(what, "hammer") == 0 && argc > 3)
		return hammer(argv[2], argv + 3);
	if (strcmp(what, "hold") == 0 && argc > 3)
		return hold(argv[2], argv[3]);
	fputs("usage: probe_data dump|read|all|hammer|hold FILE ...\n", stderr);
	return 2;
}
