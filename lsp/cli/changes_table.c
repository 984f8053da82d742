#include "changes_table.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "text/utf8.h"

#include "markdown.h"

static const struct {
	enum baseline_change change;
	const char *caption, *word;
} columns[] = {
	{BASELINE_LOST,          "Lost",    "lost"        },
	{ BASELINE_NEWLY_MISSED, "NewMiss", "newly missed"},
	{ BASELINE_GAINED,       "Gained",  "gained"      },
};

#define COLUMNS (sizeof columns / sizeof columns[0])
#define WIDTH   9

/* "lost 14; newly missed 20-21; renamed from src/old.py" */
static void
add_details(const struct changes_row *row, struct buf *out)
{
	const char *before = "";

	for (size_t i = 0; i < COLUMNS; i++) {
		if (row->changes.counts[columns[i].change] == 0)
			continue;
		buf_addf(out, "%s%s ", before, columns[i].word);
		baseline_add_lines(&row->changes, columns[i].change, out);
		before = "; ";
	}
	if (row->note != NULL)
		buf_addf(out, "%s%s", before, row->note);
}

static void
add_number(struct buf *line, bool markdown, bool compared, uint64_t number)
{
	char text[24] = "";

	if (compared)
		snprintf(text, sizeof text, "%llu", (unsigned long long)number);
	if (markdown)
		buf_addf(line, " %s |", text);
	else
		buf_addf(line, "%*s", WIDTH, text);
}

struct printing {
	struct output *out;
	bool markdown;
	size_t name_width;
	struct buf line;
};

static void
end_line(struct printing *p)
{
	output_add(p->out, buf_span(&p->line));
	output_char(p->out, '\n');
	buf_reset(&p->line);
}

static void
add_name(struct printing *p, const char *name)
{
	struct buf cell = { 0 };
	size_t width;

	buf_add_text(&cell, name);
	width = utf8_units(buf_span(&cell), TEXT_UTF32);
	if (p->markdown) {
		markdown_escape(&cell);
		buf_addf(&p->line, "| %s |", buf_text(&cell));
	} else {
		buf_addf(&p->line, "%s%*s", buf_text(&cell),
			 width < p->name_width ? (int)(p->name_width - width) : 0, "");
	}
	buf_free(&cell);
}

static void
print_row(struct printing *p, const struct changes_row *row)
{
	struct buf details = { 0 };

	add_name(p, row->name);
	for (size_t i = 0; i < COLUMNS; i++)
		add_number(&p->line, p->markdown, row->compared,
			   row->changes.counts[columns[i].change]);
	add_details(row, &details);
	if (p->markdown) {
		markdown_escape(&details);
		buf_addf(&p->line, " %s |", buf_text(&details));
	} else if (details.len > 0) {
		buf_addf(&p->line, "   %s", buf_text(&details));
	}
	end_line(p);
	buf_free(&details);
}

static void
print_rule(struct printing *p)
{
	size_t width = p->name_width + WIDTH * COLUMNS + 8;

	if (p->markdown)
		return;
	for (size_t i = 0; i < width; i++)
		buf_add_char(&p->line, '-');
	end_line(p);
}

static void
print_head(struct printing *p)
{
	add_name(p, "Name");
	for (size_t i = 0; i < COLUMNS; i++)
		buf_addf(&p->line, p->markdown ? " %s |" : "%9s", columns[i].caption);
	buf_add_text(&p->line, p->markdown ? " Lines |" : "   Lines");
	end_line(p);
	if (p->markdown) {
		buf_add_text(&p->line, "| --- | ---: | ---: | ---: | --- |");
		end_line(p);
	}
	print_rule(p);
}

static void
print_total(struct printing *p, const struct changes_table *table)
{
	print_rule(p);
	add_name(p, "TOTAL");
	for (size_t i = 0; i < COLUMNS; i++)
		add_number(&p->line, p->markdown, true, table->totals[columns[i].change]);
	if (p->markdown)
		buf_add_text(&p->line, " |");
	end_line(p);
}

struct changes_row *
changes_table_add(struct changes_table *table, const char *name, const char *note)
{
	struct changes_row *row;

	table->rows = mem_grow(table->rows, table->count, &table->cap, sizeof *table->rows);
	row = &table->rows[table->count++];
	*row = (struct changes_row){ .name = mem_copy(name), .note = mem_copy(note) };
	return row;
}

void
changes_table_print(const struct changes_table *table, struct output *out, bool markdown)
{
	struct printing p = { .out = out, .markdown = markdown, .name_width = 6 };

	for (size_t i = 0; i < table->count; i++) {
		size_t width = utf8_units(span_of(table->rows[i].name), TEXT_UTF32);

		p.name_width = width > p.name_width ? width : p.name_width;
	}
	print_head(&p);
	for (size_t i = 0; i < table->count; i++)
		print_row(&p, &table->rows[i]);
	print_total(&p, table);
	if (table->same > 0)
		output_addf(out, "\n%zu file%s as before.\n", table->same,
			    table->same == 1 ? "" : "s");
	buf_free(&p.line);
}

void
changes_table_free(struct changes_table *table)
{
	for (size_t i = 0; i < table->count; i++) {
		free(table->rows[i].name);
		free(table->rows[i].note);
		baseline_changes_free(&table->rows[i].changes);
	}
	free(table->rows);
	*table = (struct changes_table){ 0 };
}
