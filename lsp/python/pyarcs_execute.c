#include "python/pylines.h"

#include "pyarcs_note.h"

const struct py_with_fix *
pyarcs_find_fix(const struct py_arcs *arcs, struct arc exit)
{
	size_t low = 0, high = arcs->fix_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (pyarcs_compare(arcs->fixes[middle].exit, exit) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < arcs->fix_count && pyarcs_compare(arcs->fixes[low].exit, exit) == 0)
		return &arcs->fixes[low];
	return NULL;
}

static void
remove_arc(struct arc_list *list, struct arc arc)
{
	arc_list_add(list, arc.from, arc.to);
}

/* One arc of fix_with_jumps(): what goes and what comes instead. */
static void
fix_arc(const struct py_arcs *arcs, struct arc arc, struct arc_list *added,
	struct arc_list *removed)
{
	const struct py_with_fix *fix = pyarcs_find_fix(arcs, arc), *outer;
	struct arc next;

	if (fix == NULL)
		return;
	remove_arc(removed, arc);
	next = fix->next;
	/* Blocks within each other: no more than are open at a time. */
	for (unsigned i = 0; i < PYSTMT_BLOCK_MAX && (outer = pyarcs_find_fix(arcs, next)) != NULL;
	     i++) {
		remove_arc(removed, next);
		remove_arc(removed, (struct arc){ next.from, outer->next.to });
		next = outer->next;
	}
	arc_list_add(added, arc.from, next.to);
	remove_arc(removed, next);
}

void
pyarcs_fix(const struct py_arcs *arcs, struct arc_list *list)
{
	struct arc_list added = { 0 }, removed = { 0 };
	size_t kept = 0;

	if (arcs->fix_count == 0)
		return;
	for (size_t i = 0; i < list->count; i++)
		fix_arc(arcs, list->at[i], &added, &removed);
	arc_list_sort(&removed);
	for (size_t i = 0; i < added.count; i++)
		arc_list_add(list, added.at[i].from, added.at[i].to);
	for (size_t i = 0; i < list->count; i++) {
		if (!arc_list_has(&removed, list->at[i].from, list->at[i].to))
			list->at[kept++] = list->at[i];
	}
	list->count = kept;
	arc_list_free(&added);
	arc_list_free(&removed);
}

static int32_t
first_line(const struct py_lines *lines, int32_t line)
{
	if (line == INT32_MIN)
		return line;
	return line < 0 ? -(int32_t)py_lines_first(lines, (uint32_t)-line)
			: (int32_t)py_lines_first(lines, (uint32_t)line);
}

/* PythonParser.translate_arcs() */
static void
translate(const struct py_lines *lines, struct arc_list *list)
{
	pyarcs_fix(&lines->arcs, list);
	for (size_t i = 0; i < list->count; i++) {
		list->at[i].from = first_line(lines, list->at[i].from);
		list->at[i].to = first_line(lines, list->at[i].to);
	}
}

/* Jumps within a line: which way went they? */
static void
resolve_jumps_within(const struct arc_list *possible, struct arc_list *list)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++) {
		struct arc arc = list->at[i];

		if (arc.from == arc.to) {
			size_t n = arc_list_find(possible, arc.from);
			bool any = n < possible->count && possible->at[n].from == arc.from;
			bool more = n + 1 < possible->count && possible->at[n + 1].from == arc.from;

			if (!any || more)
				continue;
			arc = possible->at[n];
		}
		list->at[kept++] = arc;
	}
	list->count = kept;
}

void
py_arcs_execute(const struct py_lines *lines, struct arc_list *measured)
{
	translate(lines, measured);
	resolve_jumps_within(&lines->arcs.possible, measured);
	translate(lines, measured);
	arc_list_sort(measured);
}

void
py_arcs_count_exits(const struct py_lines *lines, uint32_t *counts)
{
	const struct arc_list *possible = &lines->arcs.possible;

	for (size_t i = 0; i < possible->count; i++) {
		uint32_t from = (uint32_t)possible->at[i].from;
		int32_t to = possible->at[i].to;

		if (from > lines->count || (py_lines_flags(lines, from) & PY_EXCLUDED) != 0 ||
		    (to > 0 && (py_lines_flags(lines, (uint32_t)to) & PY_EXCLUDED) != 0))
			continue;
		counts[from]++;
	}
}
