#include "formats.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "platform/clock.h"

/* A file that was changed this recently may still be growing. */
#define SETTLE_NS (250 * INT64_C(1000000))

/* Which formats of coverage data does covls know? In the order in which they are tried. */
static const struct data_format *const formats[] = {
	&dot_coverage_format,
};

struct head {
	char bytes[DATA_HEAD_MAX];
	size_t len;
};

/* Looks at what is there, so that no reader meets a pipe, a folder or nothing at all. */
static enum status
look_at(const char *path, struct head *head, struct data_file *file, struct error *err)
{
	enum status status;

	*file = (struct data_file){ .path = path, .stamp = file_stamp(path) };
	if (file->stamp.kind == FILE_FOLDER)
		return error_set(err, STATUS_BAD_DATA, "'%s' is a folder, not a coverage file",
				 path);
	if (file->stamp.kind == FILE_OTHER)
		return error_set(err, STATUS_BAD_DATA,
				 "'%s' is a pipe, a socket or a device, not a coverage file", path);
	status = file_read_head(path, head->bytes, sizeof head->bytes, &head->len, err);
	if (status == STATUS_MISSING)
		return error_set(err, status, "'%s' is not there; run the tests with coverage",
				 path);
	if (status != STATUS_OK)
		return status;
	/* One byte is what SQLite, and so coverage.py, takes for an empty database too. */
	if (head->len < 2)
		return error_set(err, STATUS_EMPTY, "'%s' is empty; a test run may just have begun",
				 path);
	file->head = (struct span){ head->bytes, head->len };
	return STATUS_OK;
}

static const struct data_format *
find_format(struct span head)
{
	for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
		if (formats[i]->sniff(head))
			return formats[i];
	}
	return NULL;
}

static bool
is_changing(const struct data_file *file)
{
	struct file_stamp now = file_stamp(file->path);
	int64_t age = clock_wall_ns() - now.modified_ns;

	return !file_stamp_equal(&file->stamp, &now) || (age > -SETTLE_NS && age < SETTLE_NS);
}

/* What is asked of a file: answers to queries or, if one of the lists is there, to fill it. */
struct question {
	struct data_query *queries;
	size_t count;
	struct data_names *names, *contexts;
	struct data_info info;
};

/* As SQLite, and so coverage.py, says it. */
static void
give_reason(struct question *q, const char *reason)
{
	snprintf(q->info.reason, sizeof q->info.reason, "%s", reason);
}

static enum status
ask_reader(const struct data_file *file, struct question *q, struct error *err)
{
	const struct data_format *format = find_format(file->head);

	if (format == NULL) {
		give_reason(q, "file is not a database");
		return error_set(err, STATUS_BAD_DATA,
				 "'%s' is not a coverage file that covls knows", file->path);
	}
	q->info.format = format->name;
	if (q->names != NULL)
		return format->list(file, q->names, &q->info, err);
	if (q->contexts != NULL)
		return format->list_contexts(file, q->contexts, &q->info, err);
	return format->read(file, q->queries, q->count, &q->info, err);
}

static enum status
ask_in_turn(const char *path, struct question *q, struct error *err)
{
	struct data_file file;
	struct head head;
	enum status status;

	status = look_at(path, &head, &file, err);
	if (status != STATUS_OK) {
		give_reason(q, "unable to open database file");
		return status;
	}
	status = ask_reader(&file, q, err);
	/* A verdict on a file that is being written is no verdict. */
	if (status != STATUS_BAD_DATA || !is_changing(&file))
		return status;
	q->info.reason[0] = '\0';
	return error_set(err, STATUS_BUSY, "'%s' is being written; covls looks again", path);
}

/*
 * One call at a time: look_at() closes the file, and that would drop the lock under which another
 * thread reads it (fcntl(2), "record locks"). The mutex is SQLite's because data/ has no other.
 */
static enum status
ask(const char *path, struct question *q, struct error *err)
{
	sqlite3_mutex *turn = sqlite3_mutex_alloc(SQLITE_MUTEX_STATIC_APP1);
	enum status status;

	sqlite3_mutex_enter(turn);
	status = ask_in_turn(path, q, err);
	sqlite3_mutex_leave(turn);
	return status;
}

static void
hand_out_info(const struct question *q, enum status status, struct data_info *info)
{
	if (info == NULL)
		return;
	if (status == STATUS_OK)
		*info = q->info;
	else
		memcpy(info->reason, q->info.reason, sizeof info->reason);
}

/* The same question without an answer. */
static struct data_query
data_query_like(const struct data_query *query)
{
	return (struct data_query){ .names = query->names,
				    .want = query->want,
				    .filter = query->filter };
}

enum status
data_read(const char *path, struct data_query *queries, size_t count, struct data_info *info,
	  struct error *err)
{
	struct data_query *answers = mem_alloc(count, sizeof *answers);
	struct question q = { .queries = answers, .count = count };
	enum status status;

	for (size_t i = 0; i < count; i++)
		answers[i] = data_query_like(&queries[i]);
	status = ask(path, &q, err);
	for (size_t i = 0; i < count; i++) {
		if (status == STATUS_OK) {
			data_query_free(&queries[i]);
			queries[i] = answers[i];
		} else {
			data_query_free(&answers[i]);
		}
	}
	free(answers);
	hand_out_info(&q, status, info);
	return status;
}

static int
compare_names(const void *a, const void *b)
{
	const struct data_name *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static void
free_names(struct data_names *names)
{
	for (size_t i = 0; i < names->count; i++) {
		free(names->at[i].name);
		free(names->at[i].tracer);
	}
	free(names->at);
}

/* Tells the names of a list, if it could be made, and frees it. */
static void
tell_names(struct data_names *names, enum status status, data_name_fn *on_name, void *ctx)
{
	for (size_t i = 0; i < names->count && status == STATUS_OK; i++)
		on_name(ctx, names->at[i].name, names->at[i].tracer);
	free_names(names);
}

enum status
data_list(const char *path, data_name_fn *on_name, void *ctx, struct data_info *info,
	  struct error *err)
{
	struct data_names names = { 0 };
	struct question q = { .names = &names };
	enum status status = ask(path, &q, err);

	if (status == STATUS_OK && names.count > 0)
		qsort(names.at, names.count, sizeof *names.at, compare_names);
	tell_names(&names, status, on_name, ctx);
	hand_out_info(&q, status, info);
	return status;
}

enum status
data_list_as_recorded(const char *path, data_record_fn *on_record, void *ctx,
		      struct data_info *info, struct error *err)
{
	struct data_names names = { .want_rows = true };
	struct question q = { .names = &names };
	enum status status = ask(path, &q, err);

	for (size_t i = 0; i < names.count && status == STATUS_OK; i++) {
		const struct data_name *name = &names.at[i];
		struct data_record record = { name->name, name->tracer, name->has_rows };

		on_record(ctx, &record);
	}
	free_names(&names);
	hand_out_info(&q, status, info);
	return status;
}

enum status
data_list_contexts(const char *path, data_name_fn *on_name, void *ctx, struct error *err)
{
	struct data_names names = { 0 };
	struct question q = { .contexts = &names };
	enum status status = ask(path, &q, err);

	tell_names(&names, status, on_name, ctx);
	return status;
}

/* FNV-1a, 64 bits. */
static bool
add_to_digest(void *ctx, struct span piece)
{
	struct data_digest *digest = ctx;

	digest->size += piece.len;
	for (size_t i = 0; i < piece.len; i++)
		digest->hash =
			(digest->hash ^ (unsigned char)piece.at[i]) * UINT64_C(0x100000001b3);
	return true;
}

enum status
data_take_digest(const char *path, struct data_digest *digest, struct error *err)
{
	sqlite3_mutex *turn = sqlite3_mutex_alloc(SQLITE_MUTEX_STATIC_APP1);
	enum status status;

	*digest = (struct data_digest){ .hash = UINT64_C(0xcbf29ce484222325) };
	sqlite3_mutex_enter(turn);
	status = file_read(path, add_to_digest, digest, err);
	sqlite3_mutex_leave(turn);
	return status;
}

void
data_query_free(struct data_query *query)
{
	free(query->recorded);
	free(query->tracer);
	line_set_free(&query->ran);
	arc_list_free(&query->arcs);
	data_contexts_free(&query->contexts);
	*query = data_query_like(query);
}
