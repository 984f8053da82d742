/*
 * report.c - covls report: a table of what was measured.
 *
 * Laid out as coverage.py's (coverage/report.py, 7.16), by statements alone. The sources are read one
 * after the other; nothing is kept of a file but its line in the table.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "config/options.h"
#include "coverage/discover.h"
#include "coverage/view.h"
#include "platform/file.h"
#include "platform/path.h"

#include "cli.h"

#define SOURCE_MAX ((size_t)256 << 20)

/* So many files are asked for in one reading of the data. */
#define BATCH 64

enum { MISSING, DATA_FILE, HELP };

static const struct cli_option options[] = {
	[MISSING] = {"show-missing", 'm', false},
	[DATA_FILE] = { "data-file",   0,   true },
	[HELP] = { "help",        'h', false},
	{ NULL,          0,   false},
};

struct row {
	char *recorded; /* the name as the data has it; what it is asked by */
	char *path;     /* of the source */
	char *name;     /* as printed */
	struct view_summary summary;
	char *missing; /* "5-11, 14"; NULL unless asked for */
	bool counted;
};

struct report {
	const char *data_path;
	char *data_folder, *current;
	struct text_list only; /* absolute paths; empty: all */
	bool show_missing;
	struct row *rows;
	size_t count, cap;
	unsigned left_out;
	struct py_lines lines; /* reused from file to file */
	struct buf source;
	struct view view;
};

static bool
is_wanted(const struct report *r, const char *path)
{
	if (r->only.count == 0)
		return true;
	for (size_t i = 0; i < r->only.count; i++) {
		if (path_is_within(path, r->only.at[i]))
			return true;
	}
	return false;
}

/* A name from the data: absolute, or relative to where the tests ran, which is the data file's folder,
 * or, when the data file was sent elsewhere, most likely the current one. */
static char *
source_path(const struct report *r, const char *name)
{
	char *path = path_join(r->data_folder, name), *other;

	if (path_is_absolute(name) || file_stamp(path).kind != FILE_NONE)
		return path;
	other = path_join(r->current, name);
	if (file_stamp(other).kind == FILE_NONE) {
		free(other);
		return path;
	}
	free(path);
	return other;
}

static void
on_name(void *ctx, const char *name, const char *tracer)
{
	struct report *r = ctx;
	char *path = source_path(r, name);

	if (!is_wanted(r, path)) {
		free(path);
		return;
	}
	if (tracer != NULL) {
		cli_complain("'%s' was measured by the plugin '%s'; left out", name, tracer);
		r->left_out++;
		free(path);
		return;
	}
	r->rows = mem_grow(r->rows, r->count, &r->cap, sizeof *r->rows);
	r->rows[r->count++] = (struct row){
		.recorded = mem_copy(name),
		.path = path,
		.name = mem_copy(cli_short_path(path, r->current)),
	};
}

/* Numbers in names count as numbers: a2 comes before a10 (as coverage/misc.py, human_key, 7.16). */
static int
by_name(const void *left, const void *right)
{
	const char *a = ((const struct row *)left)->name, *b = ((const struct row *)right)->name;

	while (*a != '\0' && *b != '\0') {
		size_t digits_a = strspn(a, "0123456789"), digits_b = strspn(b, "0123456789");

		if (digits_a > 0 && digits_b > 0) {
			unsigned long long x = strtoull(a, NULL, 10), y = strtoull(b, NULL, 10);

			if (x != y)
				return x < y ? -1 : 1;
			a += digits_a;
			b += digits_b;
		} else if (*a != *b) {
			break;
		} else {
			a++;
			b++;
		}
	}
	return (unsigned char)*a - (unsigned char)*b;
}

static void
add_missing(struct buf *text, uint32_t first, uint32_t last)
{
	if (first == 0)
		return;
	buf_addf(text, first == last ? "%s%u" : "%s%u-%u", text->len == 0 ? "" : ", ", first, last);
}

/* By first lines of statements, united over everything that is none (as coverage/results.py,
 * format_lines, 7.16). */
static char *
missing_text(const struct py_lines *lines, const struct view *view)
{
	struct buf text = { 0 };
	uint32_t first = 0, last = 0; /* of the run of missed statements; 0: there is none */

	for (uint32_t line = 1; line <= lines->count; line++) {
		if ((py_lines_flags(lines, line) & PY_STATEMENT) == 0)
			continue;
		if (view_state(view, line) == LINE_MISSED) {
			first = first == 0 ? line : first;
			last = line;
		} else {
			add_missing(&text, first, last);
			first = 0;
		}
	}
	add_missing(&text, first, last);
	return buf_take(&text);
}

static void
count_row(struct report *r, struct row *row, const struct data_query *query)
{
	struct py_options python = { 0 };
	struct view_parts parts = { .lines = &r->lines, .data = query };
	struct error err;

	if (file_read_all(row->path, &r->source, SOURCE_MAX, &err) != STATUS_OK) {
		cli_complain("no source for '%s': %s; left out", row->recorded, err.text);
		r->left_out++;
		return;
	}
	if (py_lines_read(&r->lines, buf_span(&r->source), &python, &err) != STATUS_OK) {
		cli_complain("'%s' is not Python: line %u: %s; left out", row->path, err.line,
			     err.text);
		r->left_out++;
		return;
	}
	view_build(&r->view, &parts);
	row->summary = r->view.summary;
	row->counted = true;
	if (r->show_missing)
		row->missing = missing_text(&r->lines, &r->view);
}

static enum status
count_batch(struct report *r, struct row *rows, size_t count, struct error *err)
{
	struct data_query queries[BATCH] = { { 0 } };
	const char *names[BATCH][2];
	enum status status;

	for (size_t i = 0; i < count; i++) {
		names[i][0] = rows[i].recorded;
		names[i][1] = NULL;
		queries[i].names = names[i];
	}
	status = data_read(r->data_path, queries, count, NULL, err);
	for (size_t i = 0; i < count; i++) {
		if (status == STATUS_OK)
			count_row(r, &rows[i], &queries[i]);
		data_query_free(&queries[i]);
	}
	return status;
}

static void
print_row(const struct report *r, int width, const char *name, const struct view_summary *sum,
	  const char *missing)
{
	char percent[CLI_PERCENT_MAX];

	cli_percent(sum, percent);
	printf("%-*s%7u%7u%7s", width + 1, name, sum->statements, sum->missed, percent);
	if (r->show_missing && missing != NULL && *missing != '\0')
		printf("   %s", missing);
	putchar('\n');
}

static void
print_rule(int width)
{
	while (width-- > 0)
		putchar('-');
	putchar('\n');
}

static void
print_table(const struct report *r)
{
	struct view_summary total = { 0 };
	int width = 5, columns;

	for (size_t i = 0; i < r->count; i++) {
		if (r->rows[i].counted && (int)strlen(r->rows[i].name) > width)
			width = (int)strlen(r->rows[i].name);
	}
	columns = printf("%-*s%7s%7s%7s%s\n", width + 1, "Name", "Stmts", "Miss", "Cover",
			 r->show_missing ? "   Missing" : "");
	print_rule(columns - 1);
	for (size_t i = 0; i < r->count; i++) {
		const struct row *row = &r->rows[i];

		if (!row->counted)
			continue;
		print_row(r, width, row->name, &row->summary, row->missing);
		total.statements += row->summary.statements;
		total.covered += row->summary.covered;
		total.missed += row->summary.missed;
	}
	print_rule(columns - 1);
	print_row(r, width, "TOTAL", &total, NULL);
}

static int
run_report(struct report *r)
{
	struct error err = { 0 };

	if (data_list(r->data_path, on_name, r, NULL, &err) != STATUS_OK) {
		cli_complain("%s", err.text);
		return CLI_FAILED;
	}
	qsort(r->rows, r->count, sizeof *r->rows, by_name);
	for (size_t i = 0; i < r->count; i += BATCH) {
		size_t count = r->count - i < BATCH ? r->count - i : BATCH;

		if (count_batch(r, r->rows + i, count, &err) != STATUS_OK) {
			cli_complain("%s", err.text);
			return CLI_FAILED;
		}
	}
	if (r->count == 0) {
		cli_complain("'%s' holds no data%s", r->data_path,
			     r->only.count > 0 ? " of these files" : "");
		return CLI_FAILED;
	}
	print_table(r);
	return r->left_out == 0 ? EXIT_SUCCESS : CLI_FAILED;
}

/* The data file that is meant, or NULL, having said that there is none. */
static char *
choose_data(const char *current, const char *setting)
{
	struct text_list places = { 0 }, roots = { 0 };
	struct buf where = { 0 };
	char *source = path_join(current, "any"), *found = NULL;

	discover_places(source, &roots, setting, NULL, &places);
	for (size_t i = 0; i < places.count && found == NULL; i++) {
		if (setting != NULL || file_stamp(places.at[i]).kind != FILE_NONE)
			found = mem_copy(places.at[i]);
	}
	if (found == NULL) {
		discover_describe(&places, &where);
		cli_complain(
			"there is no .coverage in %s; run the tests under coverage.py, or name the "
			"data with --data-file",
			buf_text(&where));
	}
	buf_free(&where);
	text_list_free(&places);
	free(source);
	return found;
}

static void
free_report(struct report *r)
{
	for (size_t i = 0; i < r->count; i++) {
		free(r->rows[i].recorded);
		free(r->rows[i].path);
		free(r->rows[i].name);
		free(r->rows[i].missing);
	}
	free(r->rows);
	free(r->data_folder);
	free(r->current);
	text_list_free(&r->only);
	py_lines_free(&r->lines);
	buf_free(&r->source);
	view_free(&r->view);
}

int
cli_report(int argc, char **argv)
{
	struct cli_args args = { .argc = argc, .argv = argv };
	struct report r = { .current = path_current() };
	struct options settings;
	char *data = NULL;
	const char *value;
	int option, status = CLI_USAGE;

	options_init(&settings);
	while ((option = cli_next(&args, options, &value)) >= 0 || option == CLI_FILE) {
		if (option == CLI_FILE) {
			char *path = path_absolute(value);

			text_list_add_once(&r.only, path);
			free(path);
		} else if (option == MISSING) {
			r.show_missing = true;
		} else if (option == DATA_FILE) {
			options_set(&settings, OPTION_DATA_FILE, span_of(value),
				    ORIGIN_COMMAND_LINE, NULL);
		} else {
			cli_help("report");
			status = EXIT_SUCCESS;
			goto out;
		}
	}
	if (option == CLI_BAD)
		goto out;
	data = choose_data(r.current, settings.data_file);
	status = CLI_FAILED;
	if (data != NULL) {
		r.data_path = data;
		r.data_folder = path_folder(data);
		status = run_report(&r);
	}
out:
	free(data);
	free_report(&r);
	options_free(&settings);
	return status;
}
