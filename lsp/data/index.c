#include "data/index.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "format/gzip.h"
#include "platform/clock.h"

#include "formats.h"
#include "index_builder.h"
#include "index_pass.h"

#define PIECE_SIZE ((size_t)64 * 1024)

/* A file that was changed this recently may still be growing. */
#define SETTLE_NS (250 * INT64_C(1000000))

/* Takes the bytes of a report at `offset`, counted inside of what is zipped; false: no more is wanted. */
typedef bool bytes_fn(void *ctx, uint64_t offset, struct span piece);

/* A reading of a report, from front to end or, if it is not zipped, from anywhere. */
struct reading {
	struct file_input in;
	bool zipped;
	struct progress *progress;
	bool counts; /* its bytes are those that the progress expects */
	bytes_fn *on_bytes;
	void *ctx;
	uint64_t offset; /* of the next byte that on_bytes() gets */
	bool enough;     /* said on_bytes() */
};

static bool
hand_on(void *ctx, struct span piece)
{
	struct reading *r = ctx;

	r->enough = !r->on_bytes(r->ctx, r->offset, piece);
	r->offset += piece.len;
	return !r->enough;
}

/* Puts the file's name before a clause of gzip.h. */
static enum status
set_zip_fault(const struct reading *r, enum status status, const struct error *clause,
	      struct error *err)
{
	return error_set(err, status == STATUS_EMPTY ? STATUS_BAD_DATA : status,
			 "the gzipped file '%s' %s; write the report again", r->in.path,
			 clause->text);
}

/* Hands on the bytes from `start` to `end`; what is zipped is unpacked from the front, which only works
 * where the reading is at its front. */
static enum status
read_bytes(struct reading *r, uint64_t start, uint64_t end, struct error *err)
{
	char *piece = mem_alloc(1, PIECE_SIZE);
	struct gzip *gzip = r->zipped ? gzip_open(hand_on, r) : NULL;
	uint64_t at = r->zipped ? 0 : start;
	enum status status = STATUS_OK;
	struct error clause = { 0 };
	size_t len = 0;

	r->offset = at;
	r->enough = false;
	while (status == STATUS_OK && !r->enough && at < end) {
		size_t most = end - at < PIECE_SIZE ? (size_t)(end - at) : PIECE_SIZE;

		status = file_input_read(&r->in, at, piece, most, &len, err);
		if (status != STATUS_OK || len == 0)
			break;
		at += len;
		if (!progress_step(r->progress, r->counts ? len : 0)) {
			status = error_set(err, STATUS_STOPPED, "reading '%s' was stopped",
					   r->in.path);
		} else if (gzip == NULL) {
			hand_on(r, (struct span){ piece, len });
		} else if ((status = gzip_feed(gzip, (struct span){ piece, len }, &clause)) ==
			   STATUS_STOPPED) {
			status = STATUS_OK; /* on_bytes() has had enough */
		} else if (status != STATUS_OK) {
			set_zip_fault(r, status, &clause, err);
		}
	}
	if (gzip != NULL && status == STATUS_OK && !r->enough) {
		status = gzip_finish(gzip, &clause);
		if (status != STATUS_OK)
			status = set_zip_fault(r, status, &clause, err);
	}
	gzip_close(gzip);
	free(piece);
	return status;
}

static enum status
set_busy(const char *path, struct error *err)
{
	return error_set(err, STATUS_BUSY, "'%s' is being written; wait a moment", path);
}

/* A fault in words. `base` is where the machine was first fed. */
static enum status
set_fault(const char *path, const struct data_format *format, const struct reader_fault *fault,
	  uint64_t base, struct error *err)
{
	unsigned long long at = base + fault->at;

	if (fault->cut && fault->line > 0)
		error_set_line(
			err, STATUS_BAD_DATA, fault->line,
			"'%s' ends too early, in line %u (byte %llu): %s; it was not copied or "
			"written to its end: write it again",
			path, fault->line, at, fault->text);
	else if (fault->cut)
		error_set(err, STATUS_BAD_DATA,
			  "'%s' ends too early, at byte %llu: %s; it was not copied or written to "
			  "its end: write it again",
			  path, at, fault->text);
	else if (fault->line > 0)
		error_set_line(
			err, STATUS_BAD_DATA, fault->line,
			"'%s' is damaged in line %u (byte %llu): %s (read as %s); write the report again",
			path, fault->line, at, fault->text, format->name);
	else
		error_set(err, STATUS_BAD_DATA,
			  "'%s' is damaged at byte %llu: %s (read as %s); write the report again",
			  path, at, fault->text, format->name);
	return STATUS_BAD_DATA;
}

/* ---- the index ---- */

struct indexing {
	const struct report_reader *reader;
	void *state;
	bool sound;
	struct reader_fault fault;
};

static bool
feed_index(void *ctx, uint64_t offset, struct span piece)
{
	struct indexing *x = ctx;

	(void)offset;
	x->sound = x->reader->index_feed(x->state, piece, &x->fault);
	return x->sound;
}

/* The whole file through the index machine. */
static enum status
fill_index(struct reading *r, const struct data_format *format, struct index_builder *builder,
	   struct error *err)
{
	struct indexing x = { .reader = format->reader, .sound = true };
	struct reader_fault late = { 0 };
	enum status status;
	bool closed;

	x.state = mem_alloc(1, x.reader->index_size);
	x.reader->index_open(x.state, builder);
	r->on_bytes = feed_index;
	r->ctx = &x;
	status = read_bytes(r, 0, UINT64_MAX, err);
	r->ctx = NULL;
	closed = x.reader->index_close(x.state, status == STATUS_OK && x.sound, &late);
	if (status == STATUS_OK && !x.sound)
		status = set_fault(r->in.path, format, &x.fault, 0, err);
	else if (status == STATUS_OK && !closed)
		status = set_fault(r->in.path, format, &late, 0, err);
	free(x.state);
	return status;
}

enum status
index_pass(const struct data_file *file, const struct data_format *format,
	   struct progress *progress, struct data_index **index, struct error *err)
{
	struct reading r = { .zipped = file->zipped, .progress = progress, .counts = true };
	struct index_builder builder;
	enum status status = file_input_open(&r.in, file->path, err);

	if (status != STATUS_OK)
		return status;
	progress_expect(progress, r.in.stamp.size);
	index_builder_open(&builder);
	status = fill_index(&r, format, &builder, err);
	/* Its format was told by the file's beginning as it was at the earlier of the stamps. */
	if ((status == STATUS_OK || status == STATUS_BAD_DATA) &&
	    (!file_stamp_equal(&r.in.stamp, &file->stamp) || file_input_changed(&r.in)))
		status = set_busy(file->path, err);
	if (status == STATUS_OK) {
		*index = index_builder_finish(&builder);
		(*index)->path = mem_copy(file->path);
		(*index)->stamp = r.in.stamp;
		(*index)->format = format;
		(*index)->zipped = file->zipped;
		(*index)->info.format = format->name;
	}
	index_builder_close(&builder);
	file_input_close(&r.in);
	return status;
}

/* ---- one file's sections ---- */

struct section_pass {
	const struct report_reader *reader;
	void *state;
	const struct index_section *at, *end; /* the one that is being read, or comes next */
	bool begun, sound;
	struct reader_fault fault;
};

/* The bytes of the section that the piece holds; sections that end in it are ended. */
static bool
feed_sections(void *ctx, uint64_t offset, struct span piece)
{
	struct section_pass *p = ctx;
	uint64_t stop = offset + piece.len;

	while (p->sound && p->at < p->end && p->at->start < stop) {
		uint64_t from = p->at->start > offset ? p->at->start : offset;
		uint64_t to = p->at->end < stop ? p->at->end : stop;

		if (!p->begun) {
			p->reader->section_begin(p->state, p->at);
			p->begun = true;
		}
		if (to > from)
			p->sound = p->reader->section_feed(
				p->state,
				span_cut(piece, (size_t)(from - offset), (size_t)(to - offset)),
				&p->fault);
		if (!p->sound || p->at->end > stop)
			break;
		p->sound = p->reader->section_end(p->state, &p->fault);
		p->begun = false;
		p->at += p->sound;
	}
	return p->sound && p->at < p->end;
}

/* Reads on from where the next section starts, until there is none. */
static enum status
read_sections(struct reading *r, struct section_pass *p, struct error *err)
{
	enum status status = STATUS_OK;

	r->on_bytes = feed_sections;
	r->ctx = p;
	if (r->zipped)
		return p->at < p->end ? read_bytes(r, 0, UINT64_MAX, err) : STATUS_OK;
	while (status == STATUS_OK && p->sound && p->at < p->end) {
		const struct index_section *section = p->at;

		status = read_bytes(r, section->start, section->end, err);
		/* No further: the file has become shorter. */
		if (status == STATUS_OK && p->sound && p->at == section)
			return set_busy(r->in.path, err);
	}
	return status;
}

static enum status
read_report(struct reading *r, const struct data_index *index, size_t number, struct report *report,
	    struct error *err)
{
	struct section_pass p = { .reader = index->format->reader, .sound = true };
	struct reader_fault late = { 0 };
	enum status status;
	size_t count;
	bool closed;

	p.at = index_sections(index, number, &count);
	p.end = p.at + count;
	p.state = mem_alloc(1, p.reader->section_size);
	p.reader->section_open(p.state, index, report);
	status = read_sections(r, &p, err);
	r->ctx = NULL;
	closed = p.reader->section_close(p.state, status == STATUS_OK && p.sound, &late);
	if (status == STATUS_OK && !p.sound)
		status = set_fault(index->path, index->format, &p.fault, p.at->start, err);
	else if (status == STATUS_OK && !closed)
		status = set_fault(index->path, index->format, &late, 0, err);
	free(p.state);
	report_finish(report);
	return status;
}

static void
take_report(struct data_query *query, const struct data_index *index, size_t number,
	    const struct report *report)
{
	struct span name = data_index_name(index, number);

	data_query_free(query);
	query->report = mem_alloc(1, sizeof *query->report);
	*query->report = *report;
	query->recorded = mem_text(name.at, name.len);
	query->answer = DATA_NOT_RUN;
	for (size_t i = 0; i < report->line_count; i++) {
		if (report->lines[i].hits > 0) {
			query->answer = DATA_RAN;
			break;
		}
	}
}

static bool
is_changing(const struct file_input *in)
{
	int64_t age = clock_wall_ns() - in->stamp.modified_ns;

	return file_input_changed(in) || (age > -SETTLE_NS && age < SETTLE_NS);
}

/* Of coverage.py's database, by the name. */
static enum status
read_by_name(const struct data_index *index, size_t number, struct data_query *query,
	     struct error *err)
{
	struct span recorded = data_index_name(index, number);
	char *name = mem_text(recorded.at, recorded.len);
	const char *const names[] = { name, NULL };
	const char *const *before = query->names;
	enum status status;

	query->names = names;
	status = data_read(index->path, query, 1, NULL, err);
	query->names = before;
	free(name);
	return status;
}

int
data_detail(const struct data_index *index)
{
	return index->format->detail;
}

enum status
data_index_read(const struct data_index *index, size_t number, struct data_query *query,
		struct progress *progress, struct error *err)
{
	struct reading r = { .zipped = index->zipped, .progress = progress };
	struct report report = { 0 };
	enum status status;

	if (index->format->reader == NULL)
		return read_by_name(index, number, query, err);
	status = file_input_open(&r.in, index->path, err);
	if (status != STATUS_OK)
		return status;
	if (file_stamp_equal(&r.in.stamp, &index->stamp))
		status = read_report(&r, index, number, &report, err);
	else
		status = set_busy(index->path, err);
	if ((status == STATUS_OK && file_input_changed(&r.in)) ||
	    (status == STATUS_BAD_DATA && is_changing(&r.in)))
		status = set_busy(index->path, err);
	if (status == STATUS_OK)
		take_report(query, index, number, &report);
	else
		report_free(&report);
	file_input_close(&r.in);
	return status;
}
