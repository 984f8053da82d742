/*
 * xml_reports.h - what the tests of the readers of XML share: reports as text, samples, and faults
 * that every one of them must survive.
 */
#ifndef COVLS_TESTS_XML_REPORTS_H
#define COVLS_TESTS_XML_REPORTS_H

#include "support/test.h"

#include <stdio.h>

#include "platform/file.h"
#include "support/report_machine.h"

struct xml_case {
	const char *in, *wanted;
};

static inline void
require_dump(const struct data_format *format, struct span in, size_t step, const char *wanted)
{
	struct buf out = { 0 };

	report_machine_dump(&out, format, in, (struct report_machine_cut){ 0, step });
	assert_string_equal(buf_text(&out), wanted);
	buf_free(&out);
}

/* However it is cut. */
static inline void
require_cases(const struct data_format *format, const struct xml_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct span in = span_of(cases[i].in);

		for (size_t step = 0; step < in.len; step++)
			require_dump(format, in, step, cases[i].wanted);
	}
}

static inline void
require_sniffed(const struct data_format *format, const char *const *is, const char *const *is_not)
{
	for (; *is != NULL; is++)
		assert_true(format->sniff(span_of(*is)));
	for (; *is_not != NULL; is_not++)
		assert_false(format->sniff(span_of(*is_not)));
}

/* A report below tests/data/reports; it must be of the format. */
static inline void
load_sample(const struct data_format *format, const char *name, struct buf *sample)
{
	char path[200];

	snprintf(path, sizeof path, "data/reports/%s", name);
	assert_int_equal(file_read_all(path, sample, 1 << 20, NULL), STATUS_OK);
	assert_true(format->sniff(span_cut(
		buf_span(sample), 0, sample->len < DATA_HEAD_MAX ? sample->len : DATA_HEAD_MAX)));
	buf_text(sample);
}

/* What a report says, counted. */
struct totals {
	uint64_t files, lines, ran, arms, taken, functions, called;
};

static inline void
count_report(struct totals *t, const struct report *r)
{
	t->files++;
	for (size_t i = 0; i < r->line_count; i++) {
		t->lines++;
		t->ran += r->lines[i].hits > 0;
	}
	for (size_t i = 0; i < r->branch_count; i++) {
		t->arms += r->branches[i].arms;
		t->taken += r->branches[i].arms - report_branch_missed(&r->branches[i]);
	}
	for (size_t i = 0; i < r->function_count; i++) {
		t->functions++;
		t->called += r->functions[i].hits > 0;
	}
}

static inline struct totals
count_sample(const struct data_format *format, struct span sample)
{
	const struct report_machine_cut uncut = { 0 };
	struct reader_fault fault;
	struct data_index *index = report_machine_index(format, sample, uncut, &fault);
	struct totals totals = { 0 };

	assert_non_null(index);
	for (size_t i = 0; i < index->name_count; i++) {
		struct report report = { 0 };

		assert_true(report_machine_read(index, i, sample, uncut, &report, &fault));
		count_report(&totals, &report);
		report_free(&report);
	}
	data_index_close(index);
	return totals;
}

/* The number behind the first (or last) time that `key` stands in the text. */
static inline uint64_t
told_number(const char *text, const char *key, bool last)
{
	const char *at = strstr(text, key), *next;

	assert_non_null(at);
	while (last && (next = strstr(at + 1, key)) != NULL)
		at = next;
	return strtoull(at + strlen(key), NULL, 10);
}

static inline void
require_same_at_every_cut(const struct data_format *format, struct span sample)
{
	struct buf whole = { 0 };

	report_machine_dump(&whole, format, sample, (struct report_machine_cut){ 0 });
	for (size_t step = 1; step < 300; step += step < 40 ? 1 : 37)
		require_dump(format, sample, step, buf_text(&whole));
	buf_free(&whole);
}

/* At every size of piece up to some, and around that of the longest name: more would take minutes. */
static inline void
require_long_text(const struct data_format *format, struct span in, const char *wanted)
{
	for (size_t step = 0; step < 40; step++)
		require_dump(format, in, step, wanted);
	for (size_t step = DATA_NAME_MAX - 100; step < DATA_NAME_MAX + 100; step++)
		require_dump(format, in, step, wanted);
}

/* At every 100 bytes. Only white space may be missing. */
static inline void
require_cut_is_noticed(const struct data_format *format, struct span sample)
{
	while (sample.len > 0 && sample.at[sample.len - 1] == '\n')
		sample.len--;
	for (size_t len = 0; len < sample.len; len += 100) {
		struct reader_fault fault = { 0 };

		assert_null(report_machine_index(format, span_cut(sample, 0, len),
						 (struct report_machine_cut){ 0 }, &fault));
		assert_true(fault.cut);
		assert_int_equal(fault.at, len);
		assert_true(fault.text[0] != '\0');
	}
}

/* One byte is another; or, all of a disk's block that was never written, NUL. Whatever comes of it is the same
 * however it is cut. */
static inline void
require_damage_is_survived(const struct data_format *format, struct span sample)
{
	static const unsigned char masks[] = { 0x01, 0x20, 0x80 };
	char *damaged = mem_text(sample.at, sample.len);

	for (size_t i = 0; i < sample.len; i += 3) {
		struct buf whole = { 0 };

		damaged[i] = (char)(i % 4 == 3 ? 0 : sample.at[i] ^ masks[i % 3]);
		report_machine_dump(&whole, format, (struct span){ damaged, sample.len },
				    (struct report_machine_cut){ 0 });
		require_dump(format, (struct span){ damaged, sample.len }, 37, buf_text(&whole));
		damaged[i] = sample.at[i];
		buf_free(&whole);
	}
	free(damaged);
}

/* As it would be in UTF-16; the same is said of it. */
static inline void
require_wide_is_same(const struct data_format *format, struct span sample)
{
	struct buf narrow = { 0 }, wide = { 0 }, out = { 0 };

	report_machine_dump(&narrow, format, sample, (struct report_machine_cut){ 0 });
	buf_add(&wide, SPAN("\xff\xfe"));
	for (size_t i = 0; i < sample.len; i++) {
		char pair[2] = { sample.at[i], '\0' };

		buf_add(&wide, (struct span){ pair, 2 });
	}
	assert_true(format->sniff(span_cut(buf_span(&wide), 0, 512)));
	report_machine_dump(&out, format, buf_span(&wide), (struct report_machine_cut){ 99, 33 });
	/* But for the encoding itself. */
	assert_non_null(strstr(buf_text(&out), "encoding UTF-16LE\n"));
	assert_string_equal(strstr(buf_text(&out), "file "), strstr(buf_text(&narrow), "file "));
	buf_free(&narrow);
	buf_free(&wide);
	buf_free(&out);
}

static inline void
require_robust(const struct data_format *format, const char *name)
{
	struct buf sample = { 0 };

	load_sample(format, name, &sample);
	require_same_at_every_cut(format, buf_span(&sample));
	require_cut_is_noticed(format, buf_span(&sample));
	require_damage_is_survived(format, buf_span(&sample));
	buf_free(&sample);
}

#endif
