/*
 * report.c - covls report: a table of what was measured, as text, as markdown, or the total alone
 * (coverage/report.py, 7.16.1).
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/mem.h"
#include "text/human.h"
#include "text/repr.h"
#include "text/utf8.h"

#include "cli.h"
#include "markdown.h"
#include "report_baseline.h"
#include "reporting.h"

/* The columns, in their order. */
enum column { NAME, STMTS, MISS, BRANCH, BRPART, COVER, MISSING, COLUMN_COUNT };

static const char *const captions[COLUMN_COUNT] = {
	[NAME] = "Name",     [STMTS] = "Stmts", [MISS] = "Miss",       [BRANCH] = "Branch",
	[BRPART] = "BrPart", [COVER] = "Cover", [MISSING] = "Missing",
};

struct row {
	const char *name; /* the survey's */
	struct numbers numbers;
	double percent;
	char *missing; /* NULL unless it is shown */
};

struct text_report {
	struct reporting *r;
	struct row *rows;
	size_t count, cap;
	size_t skipped, empty; /* files left out for being covered, and for having no statements */
	bool show[COLUMN_COUNT];
	enum column sort;
	bool reverse;
	struct changes changes; /* with --baseline */
	struct error trouble;   /* with it */
};

/* ---- gathering -------------------------------------------------------------------------------- */

static const char *
setting(const struct reporting *r, enum coverage_option option, const char *fallback)
{
	const char *text = r->config.values[option].text;

	return text == NULL || *text == '\0' ? fallback : text;
}

static enum status
begin(void *state, struct reporting *r, struct error *err)
{
	struct text_report *report = state;
	const char *format = setting(r, COVERAGE_REPORT_FORMAT, "text");
	struct buf text = { 0 };

	report->r = r;
	for (unsigned i = 0; i < COLUMN_COUNT; i++)
		report->show[i] = true;
	report->show[BRANCH] = report->show[BRPART] = r->survey.has_arcs;
	report->show[MISSING] = reporting_flag(r, COVERAGE_REPORT_SHOW_MISSING);
	if (strcmp(format, "text") == 0 || strcmp(format, "markdown") == 0 ||
	    strcmp(format, "total") == 0)
		return r->baseline == NULL ? STATUS_OK
					   : changes_open(&report->changes, r, r->baseline, err);
	repr_add(&text, span_of(format));
	error_set(err, STATUS_USAGE, "Unknown report format choice: %s", buf_text(&text));
	buf_free(&text);
	return STATUS_USAGE;
}

static void
on_file(void *state, const struct survey_file *file)
{
	struct text_report *report = state;
	const struct numbers *n = &file->result->numbers;
	struct row row = { file->row->name, *n, numbers_percent(n), NULL };
	struct buf missing = { 0 };

	if (report->r->baseline != NULL && report->trouble.status == STATUS_OK)
		report->trouble.status = changes_add(&report->changes, file, &report->trouble);
	if (reporting_flag(report->r, COVERAGE_REPORT_SKIP_COVERED) && n->missing == 0 &&
	    n->partial_branches == 0) {
		report->skipped++;
		return;
	}
	if (reporting_flag(report->r, COVERAGE_REPORT_SKIP_EMPTY) && n->statements == 0) {
		report->empty++;
		return;
	}
	if (report->show[MISSING]) {
		result_format_missing(file->result, &missing);
		row.missing = mem_text(buf_text(&missing), missing.len);
		buf_free(&missing);
	}
	report->rows = mem_grow(report->rows, report->count, &report->cap, sizeof *report->rows);
	report->rows[report->count++] = row;
}

/* ---- sorting ---------------------------------------------------------------------------------- */

static uint64_t
number_of(const struct numbers *n, enum column column)
{
	return column == STMTS    ? n->statements
	       : column == MISS   ? n->missing
	       : column == BRANCH ? n->branches
				  : n->partial_branches;
}

static int
compare_percents(const struct row *a, const struct row *b)
{
	return (a->percent > b->percent) - (a->percent < b->percent);
}

static int
compare_numbers(const struct row *a, const struct row *b, enum column column)
{
	uint64_t x = number_of(&a->numbers, column), y = number_of(&b->numbers, column);

	return (x > y) - (x < y);
}

/* Which of two rows of the same name comes first: by the columns, from left to right. */
static int
compare_columns(const struct row *a, const struct row *b)
{
	int order = 0;

	for (enum column column = STMTS; column < COVER && order == 0; column++)
		order = compare_numbers(a, b, column);
	return order;
}

static int
by_name(const void *left, const void *right)
{
	const struct row *a = left, *b = right;
	int order = human_compare(span_of(a->name), span_of(b->name));

	return order != 0 ? order : compare_columns(a, b);
}

static int
by_column(const struct row *a, const struct row *b, enum column column)
{
	int order = column == COVER ? compare_percents(a, b) : compare_numbers(a, b, column);

	return order != 0 ? order : strcmp(a->name, b->name);
}

/* qsort() hands no context on, so there is one function a column. */
#define BY_COLUMN(function, column)                              \
	static int function(const void *left, const void *right) \
	{                                                        \
		return by_column(left, right, column);           \
	}

BY_COLUMN(by_statements, STMTS)
BY_COLUMN(by_missing, MISS)
BY_COLUMN(by_branches, BRANCH)
BY_COLUMN(by_partial, BRPART)
BY_COLUMN(by_percent, COVER)

static enum status
read_sort(struct text_report *report, struct error *err)
{
	const char *given = setting(report->r, COVERAGE_REPORT_SORT, "name"), *name = given;
	struct buf text = { 0 };

	report->reverse = *name == '-';
	name += *name == '-' || *name == '+';
	for (enum column column = NAME; column < MISSING; column++) {
		if (report->show[column] && strcasecmp(name, captions[column]) == 0) {
			report->sort = column;
			return STATUS_OK;
		}
	}
	repr_add(&text, span_of(given));
	error_set(err, STATUS_USAGE, "Invalid sorting option: %s", buf_text(&text));
	buf_free(&text);
	return STATUS_USAGE;
}

static void
sort_rows(struct text_report *report)
{
	static int (*const compare[])(const void *left, const void *right) = {
		[NAME] = by_name,       [STMTS] = by_statements, [MISS] = by_missing,
		[BRANCH] = by_branches, [BRPART] = by_partial,   [COVER] = by_percent,
	};

	if (report->count > 1)
		qsort(report->rows, report->count, sizeof *report->rows, compare[report->sort]);
	for (size_t i = 0; report->reverse && i < report->count / 2; i++) {
		struct row row = report->rows[i];

		report->rows[i] = report->rows[report->count - 1 - i];
		report->rows[report->count - 1 - i] = row;
	}
}

/* ---- printing --------------------------------------------------------------------------------- */

/* The text of a cell, without the sign of a percentage. */
static void
add_cell(const struct text_report *report, const struct row *row, enum column column,
	 struct buf *out)
{
	buf_reset(out);
	if (column == NAME)
		buf_add_text(out, row->name);
	else if (column == COVER)
		percent_display(row->percent, reporting_precision(report->r), out);
	else if (column == MISSING)
		buf_add_text(out, row->missing == NULL ? "" : row->missing);
	else
		buf_addf(out, "%llu", (unsigned long long)number_of(&row->numbers, column));
}

static size_t
width_of(const struct buf *text)
{
	return utf8_units(buf_span(text), TEXT_UTF32);
}

static void
add_repeated(struct buf *out, char c, size_t count)
{
	for (size_t i = 0; i < count; i++)
		buf_add_char(out, c);
}

static void
add_right(struct buf *out, const struct buf *text, size_t width)
{
	size_t own = width_of(text);

	add_repeated(out, ' ', own < width ? width - own : 0);
	buf_add(out, buf_span(text));
}

static void
add_left(struct buf *out, const struct buf *text, size_t width)
{
	size_t own = width_of(text);

	buf_add(out, buf_span(text));
	add_repeated(out, ' ', own < width ? width - own : 0);
}

/* Prints the line, without white space at its end. */
static void
print_line(struct output *out, struct buf *line)
{
	while (line->len > 0 && isspace((unsigned char)line->at[line->len - 1]) != 0)
		line->len--;
	output_add(out, buf_span(line));
	output_char(out, '\n');
	buf_reset(line);
}

struct table {
	const struct text_report *report;
	size_t name_width, cover_width;
	struct buf cell, line;
	bool markdown;
};

static void
add_caption(struct table *t, enum column column)
{
	buf_reset(&t->cell);
	buf_add_text(&t->cell, captions[column]);
	if (column == NAME) {
		buf_add_text(&t->line, t->markdown ? "| " : "");
		add_left(&t->line, &t->cell, t->name_width);
		buf_add_text(&t->line, t->markdown ? "|" : "");
	} else {
		size_t width = column == COVER     ? t->cover_width
			       : column == MISSING ? 10
			       : t->markdown       ? 9
						   : 7;

		add_right(&t->line, &t->cell, width);
		buf_add_text(&t->line, t->markdown ? " |" : "");
	}
}

static void
print_text_row(struct table *t, const struct row *row)
{
	for (enum column column = NAME; column < COLUMN_COUNT; column++) {
		if (!t->report->show[column])
			continue;
		add_cell(t->report, row, column, &t->cell);
		if (column == NAME) {
			add_left(&t->line, &t->cell, t->name_width);
		} else if (column == MISSING) {
			buf_add_text(&t->line, "   ");
			add_left(&t->line, &t->cell, 9);
		} else {
			add_right(&t->line, &t->cell, column == COVER ? t->cover_width - 1 : 7);
			buf_add_text(&t->line, column == COVER ? "%" : "");
		}
	}
	print_line(&t->report->r->out, &t->line);
}

static size_t
max_size(size_t a, size_t b)
{
	return a > b ? a : b;
}

static void
print_text(const struct text_report *report, const struct row *total)
{
	struct table t = { .report = report };
	struct output *out = &report->r->out;
	size_t rule;

	add_cell(report, total, COVER, &t.cell);
	t.name_width = 5;
	t.cover_width = max_size(t.cell.len + 2, 6) + 1;
	for (size_t i = 0; i < report->count; i++) {
		add_cell(report, &report->rows[i], NAME, &t.cell);
		t.name_width = max_size(t.name_width, width_of(&t.cell));
		add_cell(report, &report->rows[i], COVER, &t.cell);
		t.cover_width = max_size(t.cover_width, t.cell.len + 2);
	}
	t.name_width++;
	for (enum column column = NAME; column < COLUMN_COUNT; column++) {
		if (report->show[column])
			add_caption(&t, column);
	}
	rule = t.line.len;
	print_line(out, &t.line);
	add_repeated(&t.line, '-', rule);
	print_line(out, &t.line);
	for (size_t i = 0; i < report->count; i++)
		print_text_row(&t, &report->rows[i]);
	if (report->count > 0) {
		add_repeated(&t.line, '-', rule);
		print_line(out, &t.line);
	}
	print_text_row(&t, total);
	buf_free(&t.cell);
	buf_free(&t.line);
}

static void
print_markdown_row(struct table *t, const struct row *row)
{
	for (enum column column = NAME; column < COLUMN_COUNT; column++) {
		if (!t->report->show[column])
			continue;
		add_cell(t->report, row, column, &t->cell);
		markdown_escape(&t->cell);
		if (column == NAME) {
			buf_add_text(&t->line, "| ");
			add_left(&t->line, &t->cell, t->name_width);
			buf_add_char(&t->line, '|');
		} else {
			add_right(&t->line, &t->cell,
				  column == COVER     ? t->cover_width - 1
				  : column == MISSING ? 10
						      : 9);
			buf_add_text(&t->line, column == COVER ? "% |" : " |");
		}
	}
	print_line(&t->report->r->out, &t->line);
}

static void
print_markdown_total(struct table *t, const struct row *row)
{
	struct buf bold = { 0 };

	for (enum column column = NAME; column < COLUMN_COUNT; column++) {
		if (!t->report->show[column])
			continue;
		add_cell(t->report, row, column, &t->cell);
		buf_reset(&bold);
		if (t->cell.len > 0)
			buf_addf(&bold, column == COVER ? " **%s%%**" : " **%s**",
				 buf_text(&t->cell));
		buf_add_text(&t->line, column == NAME ? "|" : "");
		if (column == NAME)
			add_left(&t->line, &bold, t->name_width);
		else
			add_right(&t->line, &bold,
				  column == COVER     ? t->cover_width
				  : column == MISSING ? 10
						      : 9);
		buf_add_text(&t->line, " |");
	}
	print_line(&t->report->r->out, &t->line);
	buf_free(&bold);
}

static void
print_markdown(const struct text_report *report, const struct row *total)
{
	struct table t = { .report = report, .markdown = true };
	struct output *out = &report->r->out;
	struct buf rule = { 0 };

	t.name_width = 9; /* **TOTAL** */
	for (size_t i = 0; i < report->count; i++) {
		add_cell(report, &report->rows[i], NAME, &t.cell);
		markdown_escape(&t.cell);
		t.name_width = max_size(t.name_width, width_of(&t.cell));
	}
	t.name_width++;
	add_cell(report, total, COVER, &t.cell);
	t.cover_width = max_size(t.cell.len + 6, 7);
	buf_add_char(&rule, '|');
	for (enum column column = NAME; column < COLUMN_COUNT; column++) {
		size_t start = t.line.len, width;

		if (!report->show[column])
			continue;
		add_caption(&t, column);
		width = t.line.len - start - 1;
		buf_add_text(&rule, column == NAME ? "" : " ");
		add_repeated(&rule, '-', width - (column == NAME ? 3 : 4));
		buf_add_text(&rule, column == NAME ? "- |" : "-: |");
	}
	print_line(out, &t.line);
	print_line(out, &rule);
	for (size_t i = 0; i < report->count; i++)
		print_markdown_row(&t, &report->rows[i]);
	print_markdown_total(&t, total);
	buf_free(&rule);
	buf_free(&t.cell);
	buf_free(&t.line);
}

static void
print_left_out(const struct text_report *report)
{
	struct output *out = &report->r->out;

	if (report->skipped > 0)
		output_addf(out, "\n%zu file%s skipped due to complete coverage.\n",
			    report->skipped, report->skipped == 1 ? "" : "s");
	if (report->empty > 0)
		output_addf(out, "\n%zu empty file%s skipped.\n", report->empty,
			    report->empty == 1 ? "" : "s");
}

static enum status
end(void *state, double *percent, struct error *err)
{
	struct text_report *report = state;
	const char *format = setting(report->r, COVERAGE_REPORT_FORMAT, "text");
	struct row total = { "TOTAL", report->r->total, numbers_percent(&report->r->total), NULL };
	struct buf text = { 0 };
	enum status status;

	if (report->r->total.files == 0)
		return error_set(err, STATUS_EMPTY, "No data to report.");
	if (report->trouble.status != STATUS_OK) {
		*err = report->trouble;
		return err->status;
	}
	report->r->lost = report->changes.table.totals[BASELINE_LOST];
	*percent = total.percent;
	if (strcmp(format, "total") == 0) {
		percent_display(total.percent, reporting_precision(report->r), &text);
		print_line(&report->r->out, &text);
		buf_free(&text);
		return STATUS_OK;
	}
	status = read_sort(report, err);
	if (status != STATUS_OK)
		return status;
	sort_rows(report);
	if (strcmp(format, "markdown") == 0)
		print_markdown(report, &total);
	else
		print_text(report, &total);
	print_left_out(report);
	if (report->r->baseline != NULL)
		changes_print(&report->changes, strcmp(format, "markdown") == 0);
	return STATUS_OK;
}

int
cli_report(int argc, char **argv)
{
	static const struct report_kind kind = {
		.command = "report",
		.choices = "bcfmprse",
		.has_contexts = true,
		.begin = begin,
		.on_file = on_file,
		.end = end,
	};
	struct text_report report = { 0 };
	int status = reporting_run(argc, argv, &kind, &report);

	for (size_t i = 0; i < report.count; i++)
		free(report.rows[i].missing);
	free(report.rows);
	changes_free(&report.changes);
	return status;
}
