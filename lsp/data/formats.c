#include "formats.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data/index.h"
#include "format/gzip.h"
#include "platform/cache.h"
#include "platform/clock.h"
#include "platform/output.h"

#include "index_builder.h"
#include "index_pass.h"
#include "strangers.h"
#include "visit.h"

/* A file that was changed this recently may still be growing. */
#define SETTLE_NS (250 * INT64_C(1000000))

#define COPY_PIECE ((size_t)64 * 1024)

/* Which formats of coverage data does covls know? In the order in which they are tried. */
static const struct data_format *const formats[] = {
	&dot_coverage_format, &lcov_format,      &go_cover_format,      &luacov_report_format,
	&luacov_stats_format, &cobertura_format, &clover_format,        &jacoco_format,
	&sonar_format,        &opencover_format, &coverage_json_format, &simplecov_json_format,
	&gcov_json_format,    &llvm_cov_format,  &istanbul_format,      &simplecov_format,
};

/* The first bytes of a file, unpacked. */
struct head {
	char bytes[DATA_HEAD_MAX];
	size_t len;
	struct buf unpacked;
};

static bool
keep_unpacked(void *ctx, struct span piece)
{
	struct buf *unpacked = ctx;
	size_t room = DATA_HEAD_MAX - unpacked->len;

	buf_add(unpacked, span_cut(piece, 0, piece.len < room ? piece.len : room));
	return unpacked->len < DATA_HEAD_MAX;
}

/* Of a gzipped file, the head is that of what is inside. What is wrong with it, the reader will tell. */
static void
unpack_head(struct head *head, struct data_file *file)
{
	struct gzip *gzip;
	enum status status;

	file->zipped = gzip_sniff(file->head);
	if (!file->zipped)
		return;
	gzip = gzip_open(keep_unpacked, &head->unpacked);
	status = gzip_feed(gzip, file->head, NULL);
	file->unpacks = status == STATUS_STOPPED ||
			(status == STATUS_OK && gzip_finish(gzip, NULL) == STATUS_OK);
	gzip_close(gzip);
	file->head = buf_span(&head->unpacked);
}

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
	unpack_head(head, file);
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

/* No reader knows it. */
static enum status
refuse(const struct data_file *file, struct error *err)
{
	const char *how;

	if (!file->zipped)
		return strangers_refuse(file->path, file->head, err);
	if (gzip_sniff(file->head))
		how = "is gzipped twice; gzip it once, and";
	else if (file->head.len > 1)
		return strangers_refuse(file->path, file->head, err);
	else
		how = file->unpacks ? "holds nothing;" : "ends too early or is damaged;";
	return error_set(err, STATUS_BAD_DATA, "the gzipped file '%s' %s write the report again",
			 file->path, how);
}

/* What is asked of a file: answers to queries or, if one of the others is there, to fill it. */
struct question {
	struct data_query *queries;
	size_t count;
	struct data_names *names, *contexts;
	struct data_index **index;
	struct progress *progress;
	struct data_info info;
};

/* As SQLite, and so coverage.py, says it. */
static void
give_reason(struct question *q, const char *reason)
{
	snprintf(q->info.reason, sizeof q->info.reason, "%s", reason);
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

static void
add_name(struct data_names *names, struct span name, const char *tracer)
{
	names->at = mem_grow(names->at, names->count, &names->cap, sizeof *names->at);
	names->at[names->count++] = (struct data_name){
		.name = mem_text(name.at, name.len),
		.tracer = mem_copy(tracer),
		.has_rows = true,
	};
}

/* Each query by the first of its names that the report knows. */
static enum status
read_queries(const struct data_index *index, struct question *q, struct error *err)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < q->count && status == STATUS_OK; i++) {
		size_t number = 0;

		for (const char *const *name = q->queries[i].names; *name != NULL; name++) {
			if (!data_index_find(index, span_of(*name), &number))
				continue;
			status = data_index_read(index, number, &q->queries[i], q->progress, err);
			break;
		}
	}
	return status;
}

/* A format with a reader answers by its index. */
static enum status
ask_index(const struct data_file *file, const struct data_format *format, struct question *q,
	  struct error *err)
{
	struct data_index *index = NULL;
	enum status status = index_pass(file, format, q->progress, &index, err);

	if (status != STATUS_OK)
		return status;
	q->info = index->info;
	if (q->index != NULL) {
		*q->index = index;
		return STATUS_OK;
	}
	for (size_t i = 0; q->names != NULL && i < index->name_count; i++)
		add_name(q->names, data_index_name(index, i), NULL);
	if (q->queries != NULL)
		status = read_queries(index, q, err);
	data_index_close(index);
	return status;
}

/* The names of a database, as an index. */
static enum status
index_database(const struct data_file *file, const struct data_format *format, struct question *q,
	       struct error *err)
{
	struct data_names names = { 0 };
	struct index_builder builder;
	enum status status = format->list(file, &names, &q->info, err);

	index_builder_open(&builder);
	for (size_t i = 0; i < names.count; i++)
		index_name(&builder, span_of(names.at[i].name));
	free_names(&names);
	if (status == STATUS_OK) {
		*q->index = index_builder_finish(&builder);
		(*q->index)->path = mem_copy(file->path);
		(*q->index)->stamp = file->stamp;
		(*q->index)->format = format;
		(*q->index)->info = q->info;
	}
	index_builder_close(&builder);
	return status;
}

static enum status
ask_reader(const struct data_file *file, struct question *q, struct error *err)
{
	const struct data_format *format = find_format(file->head);

	if (format == NULL) {
		give_reason(q, "file is not a database");
		return refuse(file, err);
	}
	q->info.format = format->name;
	if (format->reader != NULL)
		return ask_index(file, format, q, err);
	if (q->index != NULL)
		return index_database(file, format, q, err);
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
	struct head head = { .len = 0 };
	enum status status;

	status = look_at(path, &head, &file, err);
	if (status != STATUS_OK) {
		give_reason(q, "unable to open database file");
		return status;
	}
	status = ask_reader(&file, q, err);
	buf_free(&head.unpacked);
	/* A verdict on a file that is being written is no verdict. */
	if (status != STATUS_BAD_DATA || !is_changing(&file))
		return status;
	q->info.reason[0] = '\0';
	return error_set(err, STATUS_BUSY, "'%s' is being written; wait a moment", path);
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
data_index_open(const char *path, struct progress *progress, struct data_index **index,
		struct error *err)
{
	struct question q = { .index = index, .progress = progress };

	*index = NULL;
	return ask(path, &q, err);
}

const char *
data_recognize(const char *path, struct error *err)
{
	sqlite3_mutex *turn = sqlite3_mutex_alloc(SQLITE_MUTEX_STATIC_APP1);
	const struct data_format *format = NULL;
	struct head head = { .len = 0 };
	struct data_file file;

	sqlite3_mutex_enter(turn);
	if (look_at(path, &head, &file, err) == STATUS_OK) {
		format = find_format(file.head);
		if (format == NULL)
			refuse(&file, err);
	}
	sqlite3_mutex_leave(turn);
	buf_free(&head.unpacked);
	return format == NULL ? NULL : format->name;
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

bool
data_is_database(const char *format)
{
	return format != NULL && strcmp(format, dot_coverage_format.name) == 0;
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

static struct data_digest
digest_of_nothing(void)
{
	return (struct data_digest){ .hash = UINT64_C(0xcbf29ce484222325) };
}

enum status
data_take_digest(const char *path, struct data_digest *digest, struct error *err)
{
	sqlite3_mutex *turn = sqlite3_mutex_alloc(SQLITE_MUTEX_STATIC_APP1);
	enum status status;

	*digest = digest_of_nothing();
	sqlite3_mutex_enter(turn);
	status = file_read(path, add_to_digest, digest, err);
	sqlite3_mutex_leave(turn);
	return status;
}

/* Reads what was opened, from front to end; `out` may be NULL: for the digest alone. */
static enum status
read_through(const struct file_input *in, struct output *out, struct data_digest *digest,
	     struct error *err)
{
	char *piece = mem_alloc(COPY_PIECE, 1);
	enum status status;
	size_t len;

	*digest = digest_of_nothing();
	do {
		status = file_input_read(in, digest->size, piece, COPY_PIECE, &len, err);
		add_to_digest(digest, (struct span){ piece, len });
		if (out != NULL)
			output_add(out, (struct span){ piece, len });
	} while (status == STATUS_OK && len == COPY_PIECE);
	free(piece);
	return status;
}

/*
 * Was nothing changed while it was read? The times of a file do not tell: a writer is late with them, writes
 * through a mapping, or twice within a tick of the clock. What reads the same twice was there in between.
 */
static bool
reads_the_same(const struct file_input *in, const struct data_digest *digest)
{
	struct data_digest again;

	return read_through(in, NULL, &again, NULL) == STATUS_OK && again.hash == digest->hash &&
	       again.size == digest->size;
}

/* `locked`: no one else can write meanwhile. */
static enum status
copy_opened(const struct file_input *in, bool locked, const char *to, uint64_t most,
	    struct data_digest *digest, struct error *err)
{
	struct output out;
	enum status status, closed;

	if (in->stamp.size > most)
		return error_set(err, STATUS_LIMIT, "'%s' is larger than %llu MiB", in->path,
				 (unsigned long long)(most >> 20));
	status = output_open_private(&out, to, err);
	if (status != STATUS_OK)
		return status;
	status = read_through(in, &out, digest, err);
	if (status == STATUS_OK && (digest->size != in->stamp.size || file_input_changed(in) ||
				    (!locked && !reads_the_same(in, digest))))
		status = error_set(err, STATUS_BUSY,
				   "'%s' was changed while covls copied it; wait a moment",
				   in->path);
	closed = output_close(&out, status == STATUS_OK, err);
	if (closed != STATUS_OK)
		cache_remove_file(to, NULL);
	return status == STATUS_OK ? closed : status;
}

/* A database is visited meanwhile, which keeps writers out and looks for journals. */
static enum status
copy_visited(const struct data_file *file, const struct file_input *in, const char *to,
	     uint64_t most, struct data_digest *digest, struct error *err)
{
	struct visit visit;
	enum status status = visit_begin(&visit, file, err), ended;

	if (status == STATUS_OK)
		status = copy_opened(in, true, to, most, digest, err);
	ended = visit_end(&visit, status);
	if (status == STATUS_OK && ended != STATUS_OK)
		cache_remove_file(to, NULL);
	return ended;
}

/* The file is closed after the visit: that drops locks. */
static enum status
copy_in_turn(const char *path, const char *to, uint64_t most, struct data_digest *digest,
	     struct error *err)
{
	struct head head = { .len = 0 };
	struct file_input in = { .fd = -1 };
	struct data_file file;
	enum status status = look_at(path, &head, &file, err);

	if (status == STATUS_OK)
		status = file_input_open(&in, path, err);
	if (status == STATUS_OK && span_starts(file.head, SPAN("SQLite format 3")))
		status = copy_visited(&file, &in, to, most, digest, err);
	else if (status == STATUS_OK)
		status = copy_opened(&in, false, to, most, digest, err);
	file_input_close(&in);
	buf_free(&head.unpacked);
	return status;
}

enum status
data_copy(const char *path, const char *to, uint64_t most, struct data_digest *digest,
	  struct error *err)
{
	sqlite3_mutex *turn = sqlite3_mutex_alloc(SQLITE_MUTEX_STATIC_APP1);
	enum status status;

	sqlite3_mutex_enter(turn);
	status = copy_in_turn(path, to, most, digest, err);
	sqlite3_mutex_leave(turn);
	return status;
}

void
data_query_free(struct data_query *query)
{
	free(query->recorded);
	free(query->tracer);
	if (query->report != NULL)
		report_free(query->report);
	free(query->report);
	line_set_free(&query->ran);
	arc_list_free(&query->arcs);
	data_contexts_free(&query->contexts);
	*query = data_query_like(query);
}
