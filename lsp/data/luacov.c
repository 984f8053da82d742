/*
 * LuaCov's two files, as src/luacov/stats.lua and src/luacov/reporter.lua of LuaCov 0.17.0 write them.
 *
 * luacov.stats.out has two lines a file: "MAX:NAME" and MAX counts with a blank behind each. A count of
 * 0 there is a line that did not run or one without code; which, only the source would tell, so nothing
 * is said of it. A section holds both lines.
 *
 * luacov.report.out has a head a file (78 times '=', the name, 78 times '=') and behind it the source,
 * each line with a prefix: the count, right-aligned, stars and a 0 for a line that was missed, or
 * blanks. All prefixes of a report are equally wide, and one wider than the highest count, so that a
 * count of full width has one blank before it and a missed line's stars begin the line: that is where
 * the index learns the width, its note. A section is the source of one file.
 *
 * The kind of a section is the number of its first line.
 */
#include <assert.h>
#include <stdlib.h>

#include "formats.h"
#include "reader.h"
#include "record.h"

/* ---- luacov.stats.out ---- */

enum stats_place {
	IN_MAX,
	IN_NAME,
	IN_COUNTS,
};

struct stats_index {
	struct index_builder *builder;
	enum stats_place place;
	uint64_t at, start; /* of the next byte; of the pair of lines */
	uint32_t line, name;
	bool digits; /* of MAX there is one */
	struct buf path;
};

static_assert(sizeof(struct stats_index) <= 256, "the index machine of LuaCov's stats is small");

static void
stats_index_open(void *state, struct index_builder *builder)
{
	struct stats_index *x = state;

	x->builder = builder;
	x->line = 1;
}

static bool
lose_stats(const struct stats_index *x, const char *text, struct reader_fault *fault)
{
	fault->line = x->line;
	return reader_set_fault(fault, x->at, "%s", text);
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\r' || c == '\t';
}

/* A byte of "MAX:"; blank lines may stand before it. */
static bool
take_max(struct stats_index *x, char c, struct reader_fault *fault)
{
	if (!x->digits && (is_blank(c) || c == '\n')) {
		x->start = x->at + 1;
		x->line += c == '\n';
		return true;
	}
	if (c == ':' && x->digits) {
		x->place = IN_NAME;
		x->digits = false;
		buf_reset(&x->path);
		return true;
	}
	x->digits = true;
	return is_digit(c) || lose_stats(x, "the number of a file's lines is missing", fault);
}

/* The rest of the line "MAX:NAME", or what there is of it. */
static void
take_name(struct stats_index *x, struct span part, bool ends)
{
	struct span name;

	reader_hold_name(&x->path, part);
	if (!ends)
		return;
	name = buf_span(&x->path);
	if (name.len <= DATA_NAME_MAX && name.len > 0 && name.at[name.len - 1] == '\r')
		name.len--;
	x->name = index_name(x->builder, name);
	if (x->path.cap > DATA_NAME_MAX)
		buf_free(&x->path);
	x->place = IN_COUNTS;
}

/* Takes a name or the counts up to the end of the line. */
static void
take_line(struct stats_index *x, struct span *piece)
{
	const char *end = memchr(piece->at, '\n', piece->len);
	size_t len = end == NULL ? piece->len : (size_t)(end - piece->at);
	bool counts = x->place == IN_COUNTS;

	if (!counts)
		take_name(x, span_cut(*piece, 0, len), end != NULL);
	len += end != NULL;
	span_skip(piece, len);
	x->at += len;
	if (end == NULL)
		return;
	if (counts) {
		index_section(x->builder, x->name, x->line - 1, x->start, x->at);
		x->place = IN_MAX;
		x->start = x->at;
	}
	x->line++;
}

static bool
stats_index_feed(void *state, struct span piece, struct reader_fault *fault)
{
	struct stats_index *x = state;

	while (piece.len > 0) {
		if (x->place != IN_MAX) {
			take_line(x, &piece);
			continue;
		}
		if (!take_max(x, *piece.at, fault))
			return false;
		x->at++;
		span_skip(&piece, 1);
	}
	return true;
}

static bool
stats_index_close(void *state, bool whole, struct reader_fault *fault)
{
	struct stats_index *x = state;

	buf_free(&x->path);
	if (!whole)
		return true;
	if (x->place != IN_MAX || x->digits) {
		fault->line = x->line;
		return reader_set_cut(fault, x->at, "a file's counts do not end");
	}
	index_warning(x->builder, "LuaCov's stats do not tell lines that were missed from lines "
				  "without code; luacov.report.out, which luacov writes, does");
	return true;
}

struct stats_section {
	struct report *report;
	uint32_t first_line;
	uint64_t at;
	uint64_t max, line; /* lines that there are to be, and that there were */
	struct buf number;  /* digits of what is being read */
	bool named;         /* the line "MAX:NAME" is over */
	bool has_max;
};

/* The longest number. */
#define NUMBER_MAX 64

static void
stats_section_open(void *state, const struct data_index *index, struct report *report)
{
	struct stats_section *s = state;

	(void)index;
	s->report = report;
	report->rule = REPORT_SUM;
	report->has_counts = true;
}

static void
stats_section_begin(void *state, const struct index_section *section)
{
	struct stats_section *s = state;

	s->first_line = section->kind;
	s->at = 0;
	s->max = 0;
	s->line = 0;
	s->named = false;
	s->has_max = false;
	buf_reset(&s->number);
}

static bool
lose_count(const struct stats_section *s, const char *text, struct reader_fault *fault)
{
	fault->line = s->first_line + s->named;
	return reader_set_fault(fault, s->at, "%s", text);
}

/* A count is over. */
static bool
take_count(struct stats_section *s, struct reader_fault *fault)
{
	struct span text = buf_span(&s->number);
	uint64_t hits;

	if (text.len == 0)
		return true;
	if (!record_take_count(&text, &hits) || text.len > 0)
		return lose_count(s, "it is no count", fault);
	buf_reset(&s->number);
	s->line++;
	if (s->line > s->max)
		return lose_count(s, "there are more counts than the file has lines", fault);
	if (hits > 0)
		report_add_line(s->report, s->line, hits, 0);
	return true;
}

/* A byte of the first line. */
static void
take_head(struct stats_section *s, char c)
{
	struct span text;

	if (c == '\n') {
		s->named = true;
		buf_reset(&s->number);
	} else if (s->has_max) {
		return;
	} else if (c == ':') {
		text = buf_span(&s->number);
		record_take_number(&text, &s->max);
		s->has_max = true;
	} else if (s->number.len < NUMBER_MAX) {
		buf_add_char(&s->number, c);
	}
}

static bool
stats_section_feed(void *state, struct span piece, struct reader_fault *fault)
{
	struct stats_section *s = state;

	for (; piece.len > 0; span_skip(&piece, 1), s->at++) {
		char c = *piece.at;

		if (!s->named) {
			take_head(s, c);
		} else if (is_blank(c) || c == '\n') {
			if (!take_count(s, fault))
				return false;
		} else if (s->number.len >= NUMBER_MAX) {
			return lose_count(s, "it is no count", fault);
		} else {
			buf_add_char(&s->number, c);
		}
	}
	return true;
}

static bool
stats_section_end(void *state, struct reader_fault *fault)
{
	struct stats_section *s = state;

	if (!take_count(s, fault))
		return false;
	return s->line == s->max ||
	       lose_count(s, "there are fewer counts than the file has lines", fault);
}

static bool
stats_section_close(void *state, bool whole, struct reader_fault *fault)
{
	struct stats_section *s = state;

	(void)whole;
	(void)fault;
	buf_free(&s->number);
	return true;
}

/* "MAX:NAME", and behind it counts as far as they are there. */
static bool
stats_sniff(struct span head)
{
	uint64_t max;
	const char *end;

	while (head.len > 0 && (*head.at == '\n' || *head.at == '\r'))
		span_skip(&head, 1);
	if (!record_take_number(&head, &max) || !record_take(&head, ':'))
		return false;
	end = head.len == 0 ? NULL : memchr(head.at, '\n', head.len);
	if (end == NULL || end == head.at)
		return false;
	span_skip(&head, (size_t)(end - head.at) + 1);
	for (; head.len > 0 && *head.at != '\n'; span_skip(&head, 1)) {
		if (!is_digit(*head.at) && !is_blank(*head.at) && strchr(".e+", *head.at) == NULL)
			return false;
	}
	return true;
}

static const struct report_reader stats_reader = {
	.index_size = sizeof(struct stats_index),
	.index_open = stats_index_open,
	.index_feed = stats_index_feed,
	.index_close = stats_index_close,
	.section_size = sizeof(struct stats_section),
	.section_open = stats_section_open,
	.section_begin = stats_section_begin,
	.section_feed = stats_section_feed,
	.section_end = stats_section_end,
	.section_close = stats_section_close,
};

const struct data_format luacov_stats_format = {
	.name = "LuaCov stats",
	.sniff = stats_sniff,
	.detail = 30,
	.reader = &stats_reader,
};

/* ---- luacov.report.out ---- */

#define RULE_LEN 78

enum report_place {
	BEFORE_HEAD,
	IN_HEAD,     /* behind the first rule */
	BEHIND_HEAD, /* behind the name */
	IN_SOURCE,
	IN_SUMMARY,
};

struct report_index {
	struct index_builder *builder;
	struct record_reader lines;
	enum report_place place;
	uint64_t start;
	uint32_t start_line, name;
	uint32_t width; /* of the prefix; 0: not known */
	bool summary;
};

static_assert(sizeof(struct report_index) <= 256, "the index machine of LuaCov's report is small");

static void
report_index_open(void *state, struct index_builder *builder)
{
	((struct report_index *)state)->builder = builder;
}

static bool
is_rule(struct span line)
{
	if (line.len != RULE_LEN)
		return false;
	for (size_t i = 0; i < line.len; i++) {
		if (line.at[i] != '=')
			return false;
	}
	return true;
}

/* The width of the prefix, if this line tells it: a blank and digits or stars and a 0, and then a blank
 * or, of LuaCov before 0.8, a tab. */
static uint32_t
tell_width(struct span line)
{
	size_t n = 1;

	if (line.len < 3 || (*line.at != ' ' && *line.at != '*'))
		return 0;
	while (n < line.len && n < 32 &&
	       (*line.at == ' ' ? is_digit(line.at[n]) : line.at[n] == '*'))
		n++;
	if (*line.at == '*' && n < line.len && line.at[n] == '0')
		n++;
	if (n < 2 || n >= line.len || (line.at[n] != ' ' && line.at[n] != '\t'))
		return 0;
	return (uint32_t)n;
}

static bool
lose_report(const struct report_index *x, struct span line, const char *text,
	    struct reader_fault *fault)
{
	return record_set_fault(&x->lines, 1, line, line.at, text, fault);
}

/* A line behind which, or in front of which, the source of a file stands. */
static bool
take_head_line(struct report_index *x, struct span line, struct reader_fault *fault)
{
	switch (x->place) {
	case IN_HEAD:
		x->summary = span_equal(line, SPAN("Summary"));
		if (x->lines.overlong)
			line.len = DATA_NAME_MAX + 1;
		x->name = x->summary ? INDEX_NONE : index_name(x->builder, line);
		x->place = BEHIND_HEAD;
		return true;
	case BEHIND_HEAD:
		if (!is_rule(line))
			return lose_report(x, line, "the line below a file's name is missing",
					   fault);
		x->place = x->summary ? IN_SUMMARY : IN_SOURCE;
		x->start = x->lines.at;
		x->start_line = x->lines.number == UINT32_MAX ? 0 : x->lines.number + 1;
		return true;
	case BEFORE_HEAD:
		return line.len == 0 ||
		       lose_report(x, line, "the line above a file's name is missing", fault);
	case IN_SOURCE:
	case IN_SUMMARY:
		break;
	}
	return true;
}

static bool
take_report_line(struct report_index *x, struct span line, struct reader_fault *fault)
{
	if ((x->place == BEFORE_HEAD || x->place == IN_SOURCE) && is_rule(line)) {
		if (x->place == IN_SOURCE)
			index_section(x->builder, x->name, x->start_line, x->start, x->lines.start);
		x->place = IN_HEAD;
		return true;
	}
	if (x->place == IN_SOURCE && x->width == 0) {
		x->width = tell_width(line);
		index_note(x->builder, x->width);
	}
	return take_head_line(x, line, fault);
}

static bool
report_index_feed(void *state, struct span piece, struct reader_fault *fault)
{
	struct report_index *x = state;
	struct span line;

	while (record_next(&x->lines, &piece, &line)) {
		if (!take_report_line(x, line, fault))
			return false;
	}
	return true;
}

static bool
report_index_close(void *state, bool whole, struct reader_fault *fault)
{
	struct report_index *x = state;

	buf_free(&x->lines.held);
	if (!whole || x->place == IN_SUMMARY)
		return true;
	return reader_set_cut(fault, x->lines.at, "the summary is missing");
}

struct report_section {
	struct report *report;
	struct record_reader lines;
	uint32_t first_line, width;
};

static void
report_section_open(void *state, const struct data_index *index, struct report *report)
{
	struct report_section *s = state;

	s->report = report;
	s->width = index->note;
	report->rule = REPORT_SUM;
	report->has_counts = true;
}

static void
report_section_begin(void *state, const struct index_section *section)
{
	struct report_section *s = state;

	s->first_line = section->kind;
	s->lines.at = 0;
	s->lines.number = 0;
}

static bool
lose_prefix(const struct report_section *s, struct span line, struct reader_fault *fault)
{
	return record_set_fault(&s->lines, s->first_line, line, line.at,
				"a line of source has neither a count nor blanks before it", fault);
}

static bool
read_prefix(const struct report_section *s, struct span line, struct reader_fault *fault)
{
	struct span prefix;
	uint64_t hits;

	if (line.len == 0 || s->width == 0)
		return true; /* empty, or in a report without a line of code */
	if (line.len <= s->width || (line.at[s->width] != ' ' && line.at[s->width] != '\t'))
		return lose_prefix(s, line, fault);
	prefix = span_cut(line, 0, s->width);
	if (*prefix.at == '*') {
		while (record_take(&prefix, '*'))
			;
		if (!span_equal(prefix, SPAN("0")))
			return lose_prefix(s, line, fault);
		report_add_line(s->report, s->lines.number, 0, 0);
		return true;
	}
	while (record_take(&prefix, ' '))
		;
	if (prefix.len == 0)
		return true;
	if (!record_take_number(&prefix, &hits) || prefix.len > 0)
		return lose_prefix(s, line, fault);
	report_add_line(s->report, s->lines.number, hits, 0);
	return true;
}

static bool
report_section_feed(void *state, struct span piece, struct reader_fault *fault)
{
	struct report_section *s = state;
	struct span line;

	while (record_next(&s->lines, &piece, &line)) {
		if (!read_prefix(s, line, fault))
			return false;
	}
	return true;
}

static bool
report_section_end(void *state, struct reader_fault *fault)
{
	struct report_section *s = state;
	struct span line;

	return !record_last(&s->lines, &line) || read_prefix(s, line, fault);
}

static bool
report_section_close(void *state, bool whole, struct reader_fault *fault)
{
	struct report_section *s = state;

	(void)whole;
	(void)fault;
	buf_free(&s->lines.held);
	return true;
}

static bool
report_sniff(struct span head)
{
	const char *end;

	while (head.len > 0 && (*head.at == '\n' || *head.at == '\r'))
		span_skip(&head, 1);
	end = head.len == 0 ? NULL : memchr(head.at, '\n', head.len);
	if (end == NULL)
		return false;
	head.len = (size_t)(end - head.at);
	head.len -= head.len > 0 && head.at[head.len - 1] == '\r';
	return is_rule(head);
}

static const struct report_reader report_reader = {
	.index_size = sizeof(struct report_index),
	.index_open = report_index_open,
	.index_feed = report_index_feed,
	.index_close = report_index_close,
	.section_size = sizeof(struct report_section),
	.section_open = report_section_open,
	.section_begin = report_section_begin,
	.section_feed = report_section_feed,
	.section_end = report_section_end,
	.section_close = report_section_close,
};

const struct data_format luacov_report_format = {
	.name = "LuaCov report",
	.sniff = report_sniff,
	.detail = 40,
	.reader = &report_reader,
};
