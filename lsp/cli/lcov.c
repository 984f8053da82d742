/*
 * lcov.c - covls lcov: lines, functions and branches for lcov and genhtml (coverage/lcovreport.py,
 * 7.16.1).
 */
#include <stdlib.h>

#include "python/pyarcs.h"
#include "python/pysource.h"
#include "text/md5.h"
#include "text/printable.h"
#include "text/utf8.h"

#include "cli.h"
#include "reporting.h"

struct lcov_report {
	struct reporting *r;
	struct output *out;
	struct buf text, line; /* used again */
	struct arc_list arcs;
};

/* ---- fields ----------------------------------------------------------------------------------- */

static uint32_t
decode(struct span text, size_t len)
{
	uint32_t code = (unsigned char)text.at[0] & (len == 1 ? 0x7Fu : 0xFFu >> (len + 1));

	for (size_t i = 1; i < len; i++)
		code = code << 6 | ((unsigned char)text.at[i] & 0x3Fu);
	return code;
}

/* lcov_field(): what shows nothing would break the format's lines. */
static void
add_field(struct output *out, struct span text)
{
	while (text.len > 0) {
		size_t len = utf8_length(text);

		if (len == 0 || !printable(decode(text, len)))
			output_char(out, '?');
		else
			output_add(out, span_cut(text, 0, len));
		span_skip(&text, len == 0 ? 1 : len);
	}
}

/* line_hash(): MD5 in base64, without its padding. */
static void
add_hash(struct output *out, struct span line)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "abcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned char digest[MD5_SIZE + 2] = { 0 };

	md5(line, digest);
	for (unsigned bit = 0; bit < MD5_SIZE * 8; bit += 6) {
		unsigned pair = (unsigned)digest[bit / 8] << 8 | digest[bit / 8 + 1];

		output_char(out, letters[pair >> (10 - bit % 8) & 63]);
	}
}

static void
add_count(struct output *out, const char *key, uint64_t count)
{
	output_text(out, key);
	output_uint(out, count);
	output_char(out, '\n');
}

/* ---- records ---------------------------------------------------------------------------------- */

/* Goes on to line `number` of the source, as str.splitlines() has them, and puts it in l->line. */
static void
find_line(struct lcov_report *l, struct span *rest, uint32_t *at, uint32_t number)
{
	struct span line = { 0 };

	while (*at < number && py_source_take_line(rest, &line))
		++*at;
	buf_reset(&l->line);
	py_source_add_line(&l->line, line, number == 1);
}

static void
add_lines(struct lcov_report *l, const struct survey_file *file)
{
	const struct result *result = file->result;
	bool hashes = reporting_flag(l->r, COVERAGE_LCOV_LINE_CHECKSUMS) && file->text.len > 0;
	struct span rest = file->text;
	uint32_t at = 0;

	for (uint32_t line = 1; line <= result->count; line++) {
		if ((result->flags[line] & RESULT_STATEMENT) == 0)
			continue;
		output_add(l->out, SPAN("DA:"));
		output_uint(l->out, line);
		output_add(l->out,
			   (result->flags[line] & RESULT_MISSING) != 0 ? SPAN(",0") : SPAN(",1"));
		if (hashes) {
			find_line(l, &rest, &at, line);
			output_char(l->out, ',');
			add_hash(l->out, buf_span(&l->line));
		}
		output_char(l->out, '\n');
	}
	if (result->numbers.statements > 0) {
		add_count(l->out, "LF:", result->numbers.statements);
		add_count(l->out, "LH:", result->numbers.statements - result->numbers.missing);
	}
}

static bool
is_function(const struct py_region *region)
{
	return region->listed && !region->is_class && region->first != 0;
}

/* True if it has statements. */
static bool
add_function(struct lcov_report *l, const struct survey_file *file, uint32_t number, bool *hit)
{
	const struct py_regions *regions = &file->lines->regions;
	const struct py_region *region = &regions->at[number - 1];
	struct result_part part = { regions->function_of, number, region->first, region->last };
	struct numbers n = result_narrow(file->result, &part, NULL);

	if (n.statements == 0)
		return false;
	*hit = n.statements > n.missing;
	buf_reset(&l->text);
	py_region_name(regions, number, file->text, &l->text);
	output_add(l->out, SPAN("FN:"));
	output_uint(l->out, region->start);
	output_char(l->out, ',');
	output_uint(l->out, region->last > region->start ? region->last : region->start);
	output_char(l->out, ',');
	add_field(l->out, buf_span(&l->text));
	output_add(l->out, *hit ? SPAN("\nFNDA:1,") : SPAN("\nFNDA:0,"));
	add_field(l->out, buf_span(&l->text));
	output_char(l->out, '\n');
	return true;
}

/* By their first lines; that is the order in which they are defined. */
static void
add_functions(struct lcov_report *l, const struct survey_file *file)
{
	const struct py_regions *regions = &file->lines->regions;
	uint32_t there = 0, found = 0, hits = 0;

	for (uint32_t n = 1; file->is_python && n <= regions->count; n++) {
		bool hit = false;

		if (!is_function(&regions->at[n - 1]))
			continue;
		there++;
		found += add_function(l, file, n, &hit);
		hits += hit;
	}
	if (there > 0) {
		add_count(l->out, "FNF:", found);
		add_count(l->out, "FNH:", hits);
	}
}

static void
add_branch(struct lcov_report *l, const struct survey_file *file, struct arc arc, char hit)
{
	buf_reset(&l->text);
	py_arc_describe(file->lines, file->text, arc, &l->text);
	output_add(l->out, SPAN("BRDA:"));
	output_int(l->out, arc.from);
	output_add(l->out, SPAN(",0,"));
	add_field(l->out, buf_span(&l->text));
	output_char(l->out, ',');
	output_char(l->out, hit);
	output_char(l->out, '\n');
}

/* Where a branch leads, ways out of the code object last. */
static void
list_destinations(struct lcov_report *l, const struct result *result, int32_t line)
{
	const struct arc_list *lists[] = { &result->executed, &result->missing };

	arc_list_clear(&l->arcs);
	for (unsigned k = 0; k < 2; k++) {
		for (size_t i = arc_list_find(lists[k], line);
		     i < lists[k]->count && lists[k]->at[i].from == line; i++)
			arc_list_add(&l->arcs, line, lists[k]->at[i].to);
	}
	arc_list_sort(&l->arcs);
}

/* Adds the branches of a line; returns how many of its exits weren't taken. */
static uint32_t
add_line_branches(struct lcov_report *l, const struct survey_file *file, uint32_t line)
{
	const struct result *result = file->result;
	size_t exits = 0, missing = 0;

	list_destinations(l, result, (int32_t)line);
	for (size_t i = 0; i < l->arcs.count; i++) {
		exits += l->arcs.at[i].to < 0;
		missing += arc_list_has(&result->missing, (int32_t)line, l->arcs.at[i].to);
	}
	for (size_t i = 0; i < l->arcs.count; i++) {
		struct arc arc = l->arcs.at[(i + exits) % l->arcs.count];
		bool missed = arc_list_has(&result->missing, arc.from, arc.to);

		add_branch(l, file, arc,
			   !missed                          ? '1'
			   : missing == result->exits[line] ? '-'
							    : '0');
	}
	return (uint32_t)missing;
}

static uint32_t
count_missing(const struct result *result, uint32_t line)
{
	uint32_t count = 0;

	for (size_t i = arc_list_find(&result->missing, (int32_t)line);
	     i < result->missing.count && result->missing.at[i].from == (int32_t)line; i++)
		count++;
	return count;
}

static void
add_branches(struct lcov_report *l, const struct survey_file *file)
{
	const struct result *result = file->result;
	uint64_t found = 0, hits = 0;

	for (uint32_t line = 1; line <= result->count; line++) {
		if ((result->flags[line] & RESULT_BRANCH) == 0)
			continue;
		found += result->exits[line];
		hits += result->exits[line];
		hits -= (result->flags[line] & RESULT_STATEMENT) != 0
				? add_line_branches(l, file, line)
				: count_missing(result, line);
	}
	if (found > 0) {
		add_count(l->out, "BRF:", found);
		add_count(l->out, "BRH:", hits);
	}
}

/* ---- the report ------------------------------------------------------------------------------- */

static enum status
begin(void *state, struct reporting *r, struct error *err)
{
	struct lcov_report *l = state;

	(void)err;
	l->r = r;
	l->out = &r->out;
	return STATUS_OK;
}

static void
on_file(void *state, const struct survey_file *file)
{
	struct lcov_report *l = state;

	if (file->result->numbers.statements == 0 &&
	    reporting_flag(l->r, COVERAGE_REPORT_SKIP_EMPTY))
		return;
	output_add(l->out, SPAN("SF:"));
	add_field(l->out, span_of(file->row->name));
	output_char(l->out, '\n');
	add_lines(l, file);
	add_functions(l, file);
	if (file->result->has_arcs)
		add_branches(l, file);
	output_add(l->out, SPAN("end_of_record\n"));
}

static enum status
end(void *state, double *total, struct error *err)
{
	struct lcov_report *l = state;
	const struct numbers *sum = &l->r->total;

	(void)err;
	*total = sum->statements == 0 ? 0 : numbers_percent(sum);
	return STATUS_OK;
}

int
cli_lcov(int argc, char **argv)
{
	static const struct report_kind kind = {
		.command = "lcov",
		.title = "LCOV report",
		.choices = "o",
		.output = COVERAGE_LCOV_OUTPUT,
		.want = PY_WANT_REGIONS,
		.by_name = true,
		.begin = begin,
		.on_file = on_file,
		.end = end,
	};
	struct lcov_report l = { 0 };
	int status = reporting_run(argc, argv, &kind, &l);

	buf_free(&l.text);
	buf_free(&l.line);
	arc_list_free(&l.arcs);
	return status;
}
