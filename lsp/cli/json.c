/*
 * json.c - covls json: everything about every file (coverage/jsonreport.py, 7.16.1).
 *
 * Each file is written as it comes. Names come once: where a source has two functions of one name, the
 * last one stands at the place of the first, as in a dict of Python.
 */
#include <string.h>

#include "base/name_set.h"
#include "format/pyjson.h"
#include "platform/clock.h"
#include "python/pysource.h"

#include "cli.h"
#include "reporting.h"

#define FORMAT_VERSION 3

#define DISPLAYS 1024

/* A percentage as people are shown it. */
struct display {
	uint64_t bits; /* of the number */
	size_t len;    /* 0: empty */
	char text[16];
};

struct json_report {
	struct reporting *r;
	struct pyjson json;
	bool contexts;
	struct buf text; /* these are used again */
	struct arc_list missing;
	const struct survey_file *file;
	uint32_t lines; /* of the file at hand, as str.splitlines() counts */
	struct display displays[DISPLAYS];
};

/* ---- numbers ---------------------------------------------------------------------------------- */

static void
add_int(struct pyjson *json, struct span key, uint64_t number)
{
	pyjson_name(json, key);
	pyjson_int(json, (int64_t)number);
}

/* Adds the text that people are shown; of the many percentages most have been shown before. */
static void
add_display(struct json_report *j, double percent)
{
	struct display *display;
	uint64_t bits;

	memcpy(&bits, &percent, sizeof bits);
	display = &j->displays[bits * UINT64_C(0x9E3779B97F4A7C15) >> 54];
	if (display->len == 0 || display->bits != bits) {
		buf_reset(&j->text);
		percent_display(percent, reporting_precision(j->r), &j->text);
		if (j->text.len > sizeof display->text) {
			pyjson_string(&j->json, buf_span(&j->text));
			return;
		}
		memcpy(display->text, j->text.at, j->text.len);
		display->len = j->text.len;
		display->bits = bits;
	}
	pyjson_string(&j->json, (struct span){ display->text, display->len });
}

static void
add_percent(struct json_report *j, struct span key, struct span display_key, double percent)
{
	pyjson_name(&j->json, key);
	pyjson_float(&j->json, percent);
	pyjson_name(&j->json, display_key);
	add_display(j, percent);
}

static void
add_branch_summary(struct json_report *j, const struct numbers *n)
{
	struct pyjson *json = &j->json;

	add_int(json, PYJSON_NAME("num_branches"), n->branches);
	add_int(json, PYJSON_NAME("num_partial_branches"), n->partial_branches);
	add_int(json, PYJSON_NAME("covered_branches"), n->branches - n->missing_branches);
	add_int(json, PYJSON_NAME("missing_branches"), n->missing_branches);
	add_percent(j, PYJSON_NAME("percent_branches_covered"),
		    PYJSON_NAME("percent_branches_covered_display"), numbers_percent_branches(n));
}

/* The key and the summary. */
static void
add_summary(struct json_report *j, struct span key, const struct numbers *n)
{
	struct pyjson *json = &j->json;

	pyjson_name(json, key);
	pyjson_object(json);
	add_int(json, PYJSON_NAME("covered_lines"), n->statements - n->missing);
	add_int(json, PYJSON_NAME("num_statements"), n->statements);
	add_percent(j, PYJSON_NAME("percent_covered"), PYJSON_NAME("percent_covered_display"),
		    numbers_percent(n));
	add_int(json, PYJSON_NAME("missing_lines"), n->missing);
	add_int(json, PYJSON_NAME("excluded_lines"), n->excluded);
	add_percent(j, PYJSON_NAME("percent_statements_covered"),
		    PYJSON_NAME("percent_statements_covered_display"),
		    numbers_percent_statements(n));
	if (j->r->survey.has_arcs)
		add_branch_summary(j, n);
	pyjson_object_end(json);
}

/* ---- a file or a part of it ------------------------------------------------------------------- */

/* A part of the file; the whole file is region 0 of no regions. */
struct part {
	struct result_part lines;
	struct numbers numbers;
	const struct arc_list *missing; /* those that start in it */
};

static bool
is_in(const struct json_report *j, const struct part *part, uint32_t line)
{
	const struct result_part *p = &part->lines;

	if (p->region_of == NULL)
		return true;
	return (line <= j->file->result->lines ? p->region_of[line] : 0) == p->region;
}

/* The lines of the part of whose flags those of `mask` are `flags`. */
static void
add_lines(struct json_report *j, const struct part *part, struct span key, unsigned mask,
	  unsigned flags)
{
	const struct result *result = j->file->result;
	uint32_t last = part->lines.last < result->count ? part->lines.last : result->count;

	pyjson_name(&j->json, key);
	pyjson_array(&j->json);
	for (uint32_t line = part->lines.first; line <= last; line++) {
		if ((result->flags[line] & mask) == flags && is_in(j, part, line))
			pyjson_int(&j->json, line);
	}
	pyjson_array_end(&j->json);
}

static void
add_arcs(struct json_report *j, const struct part *part, struct span key,
	 const struct arc_list *arcs)
{
	pyjson_name(&j->json, key);
	pyjson_array(&j->json);
	for (size_t i = arc_list_find(arcs, (int32_t)part->lines.first);
	     i < arcs->count && arcs->at[i].from <= (int32_t)part->lines.last; i++) {
		if (!is_in(j, part, (uint32_t)arcs->at[i].from))
			continue;
		pyjson_array(&j->json);
		pyjson_int(&j->json, arcs->at[i].from);
		pyjson_int(&j->json, arcs->at[i].to);
		pyjson_array_end(&j->json);
	}
	pyjson_array_end(&j->json);
}

/* Those of the whole file, also in a part of it. */
static void
add_contexts(struct json_report *j)
{
	const struct data_contexts *contexts = &j->file->data->contexts;
	size_t i = 0;

	pyjson_name(&j->json, PYJSON_NAME("contexts"));
	pyjson_object(&j->json);
	while (i < contexts->count) {
		uint32_t line = contexts->at[i].line;

		buf_reset(&j->text);
		buf_addf(&j->text, "%u", line);
		pyjson_key(&j->json, buf_span(&j->text));
		pyjson_array(&j->json);
		for (; i < contexts->count && contexts->at[i].line == line; i++)
			pyjson_string(&j->json, span_of(contexts->names[contexts->at[i].context]));
		pyjson_array_end(&j->json);
	}
	pyjson_object_end(&j->json);
}

static void
add_part_start(struct json_report *j, const struct part *part)
{
	add_lines(j, part, PYJSON_NAME("executed_lines"), RESULT_STATEMENT | RESULT_MISSING,
		  RESULT_STATEMENT);
	add_summary(j, PYJSON_NAME("summary"), &part->numbers);
	add_lines(j, part, PYJSON_NAME("missing_lines"), RESULT_MISSING, RESULT_MISSING);
	add_lines(j, part, PYJSON_NAME("excluded_lines"), RESULT_EXCLUDED, RESULT_EXCLUDED);
}

static void
add_part_end(struct json_report *j, const struct part *part)
{
	if (j->contexts)
		add_contexts(j);
	if (j->r->survey.has_arcs) {
		add_arcs(j, part, PYJSON_NAME("executed_branches"), &j->file->result->executed);
		add_arcs(j, part, PYJSON_NAME("missing_branches"), part->missing);
	}
}

/* ---- functions and classes -------------------------------------------------------------------- */

static void
add_region(struct json_report *j, struct part *part, struct span name, uint32_t start)
{
	arc_list_clear(&j->missing);
	part->numbers = result_narrow(j->file->result, &part->lines, &j->missing);
	part->missing = &j->missing;
	pyjson_key(&j->json, name);
	pyjson_object(&j->json);
	add_part_start(j, part);
	add_int(&j->json, PYJSON_NAME("start_line"), start);
	add_part_end(j, part);
	pyjson_object_end(&j->json);
}

/* What is in no region. */
static void
add_outside(struct json_report *j, const uint32_t *region_of)
{
	struct part part = {
		.lines = {region_of, PY_REGION_NONE, 1, j->lines}
	};
	uint32_t start = 1;

	while (start <= j->lines && !is_in(j, &part, start))
		start++;
	add_region(j, &part, SPAN(""), start <= j->lines ? start : 1);
}

static bool
is_of_kind(const struct py_region *region, bool classes)
{
	return region->listed && region->is_class == classes;
}

static void
add_regions(struct json_report *j, bool classes)
{
	const struct py_regions *regions = &j->file->lines->regions;
	const uint32_t *region_of = classes ? regions->class_of : regions->function_of;
	struct name_set names = { 0 };
	struct buf name = { 0 };

	for (uint32_t n = 1; n <= regions->count; n++) {
		if (!is_of_kind(&regions->at[n - 1], classes))
			continue;
		buf_reset(&name);
		py_region_name(regions, n, j->file->text, &name);
		*name_set_put(&names, 0, buf_span(&name)) = n;
	}
	for (uint32_t n = 1; n <= regions->count; n++) {
		const struct py_region *region;
		uint32_t *number;

		if (!is_of_kind(&regions->at[n - 1], classes))
			continue;
		buf_reset(&name);
		py_region_name(regions, n, j->file->text, &name);
		number = name_set_put(&names, 0, buf_span(&name));
		if (*number == 0)
			continue;
		region = &regions->at[*number - 1];
		add_region(
			j,
			&(struct part){
				.lines = {region_of, *number,
                                          region->first == 0 ? 1 : region->first, region->last}
                },
			buf_span(&name), region->start);
		*number = 0;
	}
	add_outside(j, region_of);
	buf_free(&name);
	name_set_free(&names);
}

/* ---- the report ------------------------------------------------------------------------------- */

static enum status
begin(void *state, struct reporting *r, struct error *err)
{
	struct json_report *j = state;
	struct pyjson *json = &j->json;
	char now[CLOCK_TEXT_MAX];

	(void)err;
	j->r = r;
	j->contexts = reporting_flag(r, COVERAGE_JSON_SHOW_CONTEXTS);
	pyjson_init(json, &r->out, reporting_flag(r, COVERAGE_JSON_PRETTY_PRINT));
	pyjson_object(json);
	pyjson_name(json, PYJSON_NAME("meta"));
	pyjson_object(json);
	add_int(json, PYJSON_NAME("format"), FORMAT_VERSION);
	pyjson_name(json, PYJSON_NAME("version"));
	pyjson_string(json, SPAN(REPORTING_COVERAGE_VERSION));
	pyjson_name(json, PYJSON_NAME("timestamp"));
	clock_local(clock_wall_ns(), now);
	pyjson_string(json, span_of(now));
	pyjson_name(json, PYJSON_NAME("branch_coverage"));
	pyjson_bool(json, r->survey.has_arcs);
	pyjson_name(json, PYJSON_NAME("show_contexts"));
	pyjson_bool(json, j->contexts);
	pyjson_object_end(json);
	pyjson_name(json, PYJSON_NAME("files"));
	pyjson_object(json);
	return STATUS_OK;
}

static void
on_file(void *state, const struct survey_file *file)
{
	struct json_report *j = state;
	struct part whole = {
		.lines = {NULL, 0, 1, file->result->count},
		.numbers = file->result->numbers,
		.missing = &file->result->missing,
	};

	if (file->row->is_repeated)
		return;
	j->file = file;
	pyjson_key(&j->json, span_of(file->row->name));
	pyjson_object(&j->json);
	add_part_start(j, &whole);
	add_part_end(j, &whole);
	if (file->is_python) {
		j->lines = py_source_count_lines(file->text);
		pyjson_name(&j->json, PYJSON_NAME("functions"));
		pyjson_object(&j->json);
		add_regions(j, false);
		pyjson_object_end(&j->json);
		pyjson_name(&j->json, PYJSON_NAME("classes"));
		pyjson_object(&j->json);
		add_regions(j, true);
		pyjson_object_end(&j->json);
	}
	pyjson_object_end(&j->json);
}

static enum status
end(void *state, double *total, struct error *err)
{
	struct json_report *j = state;
	const struct numbers *sum = &j->r->total;

	(void)err;
	pyjson_object_end(&j->json);
	add_summary(j, PYJSON_NAME("totals"), sum);
	pyjson_object_end(&j->json);
	*total = sum->statements == 0 ? 0 : numbers_percent(sum);
	return STATUS_OK;
}

int
cli_json(int argc, char **argv)
{
	static const struct report_kind kind = {
		.command = "json",
		.title = "JSON report",
		.choices = "coj",
		.output = COVERAGE_JSON_OUTPUT,
		.want = PY_WANT_REGIONS,
		.has_contexts = true,
		.begin = begin,
		.on_file = on_file,
		.end = end,
	};
	struct json_report j = { 0 };
	int status = reporting_run(argc, argv, &kind, &j);

	buf_free(&j.text);
	arc_list_free(&j.missing);
	return status;
}
