#include "contexts.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "text/regex.h"
#include "text/repr.h"

/* --- which contexts ---------------------------------------------------------------------------- */

struct choice {
	struct regex *regex;
};

struct data_filter {
	struct choice *at;
	size_t count;
};

static enum status
set_invalid(const char *text, const struct error *why, struct error *err)
{
	struct buf shown = { 0 };
	enum status status;

	repr_add(&shown, span_of(text));
	status = error_set(err, STATUS_USAGE, "Invalid context regex %s: %s", buf_text(&shown),
			   why->text);
	buf_free(&shown);
	return status;
}

enum status
data_filter_compile(struct data_filter **filter, const struct text_list *regexes, struct error *err)
{
	struct data_filter *f;
	struct error why = { 0 };

	*filter = NULL;
	if (regexes->count == 0)
		return STATUS_OK;
	f = mem_alloc(1, sizeof *f);
	f->at = mem_alloc(regexes->count, sizeof *f->at);
	for (size_t i = 0; i < regexes->count; i++) {
		f->at[i].regex = regex_compile_single_line(span_of(regexes->at[i]), &why);
		if (f->at[i].regex == NULL) {
			data_filter_free(f);
			return set_invalid(regexes->at[i], &why, err);
		}
		f->count++;
	}
	*filter = f;
	return STATUS_OK;
}

void
data_filter_free(struct data_filter *filter)
{
	if (filter == NULL)
		return;
	for (size_t i = 0; i < filter->count; i++)
		regex_free(filter->at[i].regex);
	free(filter->at);
	free(filter);
}

bool
data_filter_has(const struct data_filter *filter, struct span context, bool *sure)
{
	*sure = true;
	for (size_t i = 0; i < filter->count; i++) {
		struct regex_search search;
		enum regex_result result;
		size_t start, end;

		regex_begin(&search, filter->at[i].regex, context);
		result = regex_next(&search, 0, &start, &end);
		regex_end(&search);
		if (result == REGEX_FOUND)
			return true;
		if (result == REGEX_LIMIT)
			*sure = false;
	}
	return false;
}

void
context_ids_add(struct context_ids *ids, int64_t id)
{
	ids->at = mem_grow(ids->at, ids->count, &ids->cap, sizeof *ids->at);
	ids->at[ids->count++] = id;
}

static int
compare_ids(const void *left, const void *right)
{
	const int64_t *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

void
context_ids_sort(struct context_ids *ids)
{
	if (ids->count > 0)
		qsort(ids->at, ids->count, sizeof *ids->at, compare_ids);
}

bool
context_ids_has(const struct context_ids *ids, int64_t id)
{
	return ids->count > 0 &&
	       bsearch(&id, ids->at, ids->count, sizeof *ids->at, compare_ids) != NULL;
}

void
context_ids_free(struct context_ids *ids)
{
	free(ids->at);
	*ids = (struct context_ids){ 0 };
}

/* --- rows -------------------------------------------------------------------------------------- */

uint32_t
data_contexts_add_name(struct data_contexts *contexts, struct span name)
{
	contexts->names = mem_grow(contexts->names, contexts->name_count, &contexts->name_cap,
				   sizeof *contexts->names);
	contexts->names[contexts->name_count] = mem_text(name.at, name.len);
	return (uint32_t)contexts->name_count++;
}

bool
data_contexts_add_row(struct data_contexts *contexts, uint32_t context, int32_t from, int32_t to)
{
	if (contexts->row_count == DATA_CONTEXT_ROWS_MAX)
		return false;
	contexts->rows = mem_grow(contexts->rows, contexts->row_count, &contexts->row_cap,
				  sizeof *contexts->rows);
	contexts->rows[contexts->row_count++] = (struct data_context_row){ context, from, to };
	return true;
}

/* --- from rows to lines ------------------------------------------------------------------------ */

/* Of one line: how many contexts it has, where its first one goes, and which one was met last. */
struct line_place {
	uint32_t count, start;
	uint32_t last; /* a context and 1; 0: none */
};

/* A counting sort by line: rows are met twice, once to count and once to put. */
struct grouping {
	struct data_contexts *contexts;
	struct line_place *places; /* by line */
	uint32_t *order;           /* the lines, as they were met */
	size_t order_count, order_cap;
	bool puts;
};

static bool
is_line(const struct data_contexts *contexts, int32_t number)
{
	return number >= (contexts->rows_are_arcs ? 1 : 0) && number <= (int32_t)LINE_SET_MAX;
}

static void
meet_line(struct grouping *g, uint32_t context, int32_t number)
{
	struct line_place *place = &g->places[number];

	if (place->last == context + 1)
		return;
	place->last = context + 1;
	if (g->puts) {
		g->contexts->at[place->start + place->count++] =
			(struct data_context_line){ (uint32_t)number, context };
		return;
	}
	if (place->count++ == 0) {
		g->order = mem_grow(g->order, g->order_count, &g->order_cap, sizeof *g->order);
		g->order[g->order_count++] = (uint32_t)number;
	}
}

static void
meet_rows(struct grouping *g)
{
	const struct data_contexts *c = g->contexts;

	for (size_t i = 0; i < c->row_count; i++) {
		const struct data_context_row *row = &c->rows[i];

		if (is_line(c, row->from))
			meet_line(g, row->context, row->from);
		if (c->rows_are_arcs && is_line(c, row->to))
			meet_line(g, row->context, row->to);
	}
}

static uint32_t
highest_line(const struct data_contexts *c)
{
	int32_t highest = 0;

	for (size_t i = 0; i < c->row_count; i++) {
		const struct data_context_row *row = &c->rows[i];

		if (is_line(c, row->from) && row->from > highest)
			highest = row->from;
		if (is_line(c, row->to) && row->to > highest)
			highest = row->to;
	}
	return (uint32_t)highest;
}

static void
assign_places(struct grouping *g)
{
	uint32_t start = 0;

	for (size_t i = 0; i < g->order_count; i++) {
		struct line_place *place = &g->places[g->order[i]];

		place->start = start;
		start += place->count;
		place->count = 0;
		place->last = 0;
	}
	g->contexts->count = start;
	g->contexts->at = mem_alloc(start, sizeof *g->contexts->at);
}

void
data_contexts_from_rows(struct data_contexts *contexts)
{
	struct grouping g = { .contexts = contexts };

	free(contexts->at);
	/* Zeroed by the system: where a hostile line is far away, what is between costs nothing. */
	g.places = mem_alloc((size_t)highest_line(contexts) + 1, sizeof *g.places);
	meet_rows(&g);
	assign_places(&g);
	g.puts = true;
	meet_rows(&g);
	free(g.places);
	free(g.order);
}

void
data_contexts_free(struct data_contexts *contexts)
{
	for (size_t i = 0; i < contexts->name_count; i++)
		free(contexts->names[i]);
	free(contexts->names);
	free(contexts->at);
	free(contexts->rows);
	*contexts = (struct data_contexts){ 0 };
}
