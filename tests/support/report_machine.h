/*
 * report_machine.h - runs the two machines of a report's reader over bytes in memory, cut into pieces,
 * and writes down all that they say.
 *
 * Each piece lies in memory of just its size, so that a sanitizer sees a read past it. Two ways of
 * cutting the same bytes must give the same text.
 */
#ifndef COVLS_TESTS_REPORT_MACHINE_H
#define COVLS_TESTS_REPORT_MACHINE_H

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../lsp/data/formats.h"
#include "../lsp/data/index_builder.h"
#include "base/buf.h"
#include "base/mem.h"
#include "data/index.h"

/* How the report, and then each section of it, is cut: after `first` of 255 parts of it, and from there
 * every `step` bytes; a step of 0 is all that is left. { 0, 0 } cuts nothing. */
struct report_machine_cut {
	unsigned char first;
	size_t step;
};

static inline bool
report_machine_feed(bool (*feed)(void *, struct span, struct reader_fault *), void *state,
		    struct span bytes, struct report_machine_cut cut, struct reader_fault *fault)
{
	size_t n = bytes.len / 255 * cut.first + bytes.len % 255 * cut.first / 255;
	bool sound = true;

	if (n == 0)
		n = cut.step;
	while (bytes.len > 0 && sound) {
		size_t len = n == 0 || n > bytes.len ? bytes.len : n;
		char *own = mem_alloc(len, 1);

		memcpy(own, bytes.at, len);
		sound = feed(state, (struct span){ own, len }, fault);
		free(own);
		span_skip(&bytes, len);
		n = cut.step;
	}
	return sound;
}

static inline void
report_machine_note_text(struct buf *out, const char *key, struct span text)
{
	if (text.len == 0)
		return;
	buf_addf(out, "%s ", key);
	buf_add(out, text);
	buf_add_char(out, '\n');
}

static inline void
report_machine_note_fault(struct buf *out, const char *part, const struct reader_fault *fault)
{
	buf_addf(out, "%s %s at %" PRIu64 " line %" PRIu32 ": %s\n", part,
		 fault->cut ? "cut" : "fault", fault->at, fault->line, fault->text);
}

static inline void
report_machine_note_arm(struct buf *out, const struct report *r, const struct report_branch *b)
{
	buf_addf(out, "%" PRIu32 " branch %" PRIu32 ".%" PRIu32, b->line, b->group, b->arm);
	if ((b->flags & REPORT_ANONYMOUS) != 0)
		buf_addf(out, " %" PRIu64 "/%" PRIu32, b->taken, b->arms);
	else
		buf_addf(out, " '%s' %" PRIu64, report_text(r, b->label), b->taken);
	buf_addf(out, "%s%s\n", (b->flags & REPORT_NEVER) != 0 ? " never" : "",
		 (b->flags & REPORT_ALONE) != 0 ? " alone" : "");
}

/* A line each: "12 hits 3 partial", "12 branch 0.1 'else' 0 never", "12 branch 0.0 1/2",
 * "12-15 function 'f' 3", "12 excluded"; the report must be finished. */
static inline void
report_machine_note_report(struct buf *out, const struct report *r)
{
	buf_addf(out, "%s%s\n", r->rule == REPORT_SUM ? "sum" : "max",
		 r->has_counts ? " counts" : "");
	for (size_t i = 0; i < r->line_count; i++)
		buf_addf(out, "%" PRIu32 " hits %" PRIu64 "%s\n", r->lines[i].line,
			 r->lines[i].hits, report_is_partial(r, &r->lines[i]) ? " partial" : "");
	for (size_t i = 0; i < r->branch_count; i++)
		report_machine_note_arm(out, r, &r->branches[i]);
	for (size_t i = 0; i < r->function_count; i++) {
		const struct report_function *f = &r->functions[i];

		buf_addf(out, "%" PRIu32 "-%" PRIu32 " function '%s' %" PRIu64 "\n", f->first,
			 f->last, report_text(r, f->name), f->hits);
	}
	for (uint32_t line = line_set_next(&r->excluded, 0); line != LINE_SET_END;
	     line = line_set_next(&r->excluded, line))
		buf_addf(out, "%" PRIu32 " excluded\n", line);
}

/* The index of a report, the caller's to close; NULL, with the fault, where it isn't sound. */
static inline struct data_index *
report_machine_index(const struct data_format *format, struct span bytes,
		     struct report_machine_cut cut, struct reader_fault *fault)
{
	const struct report_reader *reader = format->reader;
	void *state = mem_alloc(1, reader->index_size);
	struct data_index *index = NULL;
	struct index_builder builder;
	struct reader_fault late;
	bool sound;

	index_builder_open(&builder);
	reader->index_open(state, &builder);
	sound = report_machine_feed(reader->index_feed, state, bytes, cut, fault);
	if (reader->index_close(state, sound, sound ? fault : &late) && sound) {
		index = index_builder_finish(&builder);
		index->format = format;
	}
	index_builder_close(&builder);
	free(state);
	return index;
}

/* Reads what the report says of a source; false with the fault, whose place is within the section. The
 * report is the caller's to free, and finished. */
static inline bool
report_machine_read(const struct data_index *index, size_t number, struct span bytes,
		    struct report_machine_cut cut, struct report *report,
		    struct reader_fault *fault)
{
	const struct report_reader *reader = index->format->reader;
	void *state = mem_alloc(1, reader->section_size);
	const struct index_section *sections;
	struct reader_fault late;
	bool sound = true;
	size_t count;

	sections = index_sections(index, number, &count);
	reader->section_open(state, index, report);
	for (size_t i = 0; i < count && sound; i++) {
		struct span section =
			span_cut(bytes, (size_t)sections[i].start, (size_t)sections[i].end);

		reader->section_begin(state, &sections[i]);
		sound = report_machine_feed(reader->section_feed, state, section, cut, fault) &&
			reader->section_end(state, fault);
	}
	sound = reader->section_close(state, sound, sound ? fault : &late) && sound;
	free(state);
	report_finish(report);
	return sound;
}

static inline void
report_machine_note_index(struct buf *out, const struct data_index *index)
{
	report_machine_note_text(out, "producer", span_of(index->info.producer));
	report_machine_note_text(out, "encoding", span_of(index->encoding));
	report_machine_note_text(out, "warning", span_of(index->info.warning));
	if (index->info.has_branches)
		buf_add_text(out, "branches\n");
	for (size_t i = 0; i < index->bases.count; i++)
		report_machine_note_text(out, "base", span_of(index->bases.at[i]));
}

/* All that a report says: of the whole, then of each source in the order of the first mention. */
static inline void
report_machine_dump(struct buf *out, const struct data_format *format, struct span bytes,
		    struct report_machine_cut cut)
{
	struct reader_fault fault = { 0 };
	struct data_index *index = report_machine_index(format, bytes, cut, &fault);

	if (index == NULL) {
		report_machine_note_fault(out, "index", &fault);
		return;
	}
	report_machine_note_index(out, index);
	for (size_t i = 0; i < index->name_count; i++) {
		struct report report = { 0 };

		fault = (struct reader_fault){ 0 };
		report_machine_note_text(out, "file", data_index_name(index, i));
		if (report_machine_read(index, i, bytes, cut, &report, &fault))
			report_machine_note_report(out, &report);
		else
			report_machine_note_fault(out, "section", &fault);
		report_free(&report);
	}
	data_index_close(index);
}

/* For fuzz targets: the first byte tells where the rest is cut. Ends the program if that matters. */
static inline void
report_machine_fuzz(const struct data_format *format, const unsigned char *data, size_t size)
{
	struct buf whole = { 0 }, split = { 0 };
	struct span in;

	if (size < 1)
		return;
	in = (struct span){ (const char *)data + 1, size - 1 };
	report_machine_dump(&whole, format, in, (struct report_machine_cut){ 0, 0 });
	report_machine_dump(&split, format, in, (struct report_machine_cut){ data[0], 0 });
	if (!span_equal(buf_span(&whole), buf_span(&split)))
		abort();
	buf_free(&whole);
	buf_free(&split);
}

#endif
