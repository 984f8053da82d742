#include "dataset_merge.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* --- arcs -------------------------------------------------------------------------------------- */

static bool
has_all(const struct arc_list *list, const struct arc_list *of)
{
	for (size_t i = 0; i < of->count; i++) {
		if (!arc_list_has(list, of->at[i].from, of->at[i].to))
			return false;
	}
	return true;
}

/* Both are sorted. So that memory is that of the different arcs, each file is added by itself. */
static void
unite_arcs(struct arc_list *into, const struct arc_list *from)
{
	if (has_all(into, from))
		return;
	for (size_t i = 0; i < from->count; i++)
		arc_list_add(into, from->at[i].from, from->at[i].to);
	arc_list_sort(into);
}

/* --- contexts ---------------------------------------------------------------------------------- */

static int
compare_rows(const void *left, const void *right)
{
	const struct data_context_row *a = left, *b = right;

	if (a->context != b->context)
		return a->context < b->context ? -1 : 1;
	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	return (a->to > b->to) - (a->to < b->to);
}

/* As the index of coverage.py's table has them: by context, from, to, each once. */
static void
sort_rows(struct data_contexts *c)
{
	size_t kept = 0;

	if (c->row_count > 0)
		qsort(c->rows, c->row_count, sizeof *c->rows, compare_rows);
	for (size_t i = 0; i < c->row_count; i++) {
		if (kept == 0 || compare_rows(&c->rows[kept - 1], &c->rows[i]) != 0)
			c->rows[kept++] = c->rows[i];
	}
	c->row_count = kept;
}

static enum status
add_rows(struct data_contexts *into, const struct data_contexts *from, const uint32_t *numbers,
	 struct error *err)
{
	if (into->row_count + from->row_count > DATA_CONTEXT_ROWS_MAX)
		sort_rows(into);
	if (into->row_count + from->row_count > DATA_CONTEXT_ROWS_MAX)
		return error_set(err, STATUS_LIMIT,
				 "the data files hold more contexts of one source file than covls "
				 "takes");
	for (size_t i = 0; i < from->row_count; i++) {
		into->rows =
			mem_grow(into->rows, into->row_count, &into->row_cap, sizeof *into->rows);
		into->rows[into->row_count] = from->rows[i];
		into->rows[into->row_count++].context = numbers[from->rows[i].context];
	}
	return STATUS_OK;
}

static enum status
unite_contexts(struct data_contexts *into, const struct data_contexts *from,
	       struct name_pool *order, struct error *err)
{
	uint32_t *numbers = mem_alloc(from->name_count, sizeof *numbers);
	size_t known = order->count;
	enum status status = STATUS_OK;

	for (size_t i = 0; i < from->name_count; i++)
		numbers[i] = name_pool_put(order, from->names[i]);
	if (order->count != known)
		status = error_set(err, STATUS_BUSY,
				   "a data file was changed while covls read it; wait a moment");
	else
		status = add_rows(into, from, numbers, err);
	into->rows_are_arcs = from->rows_are_arcs;
	free(numbers);
	return status;
}

/* Calls the contexts by their place among those that are there, and names these. */
static void
name_contexts(struct data_contexts *c, const struct name_pool *order)
{
	uint32_t last = NAME_POOL_NONE;

	for (size_t i = 0; i < c->row_count; i++) {
		uint32_t number = c->rows[i].context;

		if (number != last) {
			c->names =
				mem_grow(c->names, c->name_count, &c->name_cap, sizeof *c->names);
			c->names[c->name_count++] = mem_copy(name_pool_text(order, number));
			last = number;
		}
		c->rows[i].context = (uint32_t)c->name_count - 1;
	}
}

/* --- all of it --------------------------------------------------------------------------------- */

enum status
dataset_merge(struct data_query *into, const struct data_query *from, struct name_pool *order,
	      struct error *err)
{
	if (from->answer > into->answer)
		into->answer = from->answer;
	line_set_unite(&into->ran, &from->ran);
	unite_arcs(&into->arcs, &from->arcs);
	return unite_contexts(&into->contexts, &from->contexts, order, err);
}

void
dataset_merge_end(struct data_query *into, const struct name_pool *order)
{
	struct data_contexts *c = &into->contexts;

	sort_rows(c);
	name_contexts(c, order);
	if ((into->want & DATA_WANT_CONTEXTS) != 0)
		data_contexts_from_rows(c);
	if ((into->want & DATA_WANT_CONTEXT_ROWS) != 0)
		return;
	free(c->rows);
	c->rows = NULL;
	c->row_count = c->row_cap = 0;
}
