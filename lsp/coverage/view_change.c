#include "coverage/view_change.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Places with no more lines than this between them are one: said in fewer bytes, and set by an editor in
 * one go. */
#define NEAR_LINES 4

void
view_runs_add(struct view_runs *runs, uint32_t first, uint32_t last, enum line_state state)
{
	struct view_run *before = runs->count == 0 ? NULL : &runs->at[runs->count - 1];

	if (before != NULL && before->state == state && state != LINE_PARTIAL &&
	    before->last + 1 == first) {
		before->last = last;
		return;
	}
	runs->at = mem_grow(runs->at, runs->count, &runs->cap, sizeof *runs->at);
	runs->at[runs->count++] = (struct view_run){ first, last, state };
}

void
view_runs_copy(struct view_runs *copy, const struct view_runs *runs)
{
	if (copy->cap < runs->count) {
		copy->at = mem_resize(copy->at, runs->count, sizeof *copy->at);
		copy->cap = runs->count;
	}
	if (runs->count > 0)
		memcpy(copy->at, runs->at, runs->count * sizeof *copy->at);
	copy->count = runs->count;
}

void
view_runs_free(struct view_runs *runs)
{
	free(runs->at);
	*runs = (struct view_runs){ 0 };
}

/* The first run that reaches `line` or begins behind it. */
static size_t
find_run(const struct view_runs *runs, uint32_t line)
{
	size_t low = 0, high = runs->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (runs->at[middle].last < line)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The runs from ... to - 1 give way to those of `in`. */
static void
splice(struct view_runs *runs, size_t from, size_t to, const struct view_runs *in)
{
	size_t count = runs->count - (to - from) + in->count, tail = runs->count - to;

	while (runs->cap < count)
		runs->at = mem_grow(runs->at, runs->cap, &runs->cap, sizeof *runs->at);
	if (tail > 0 && from + in->count != to)
		memmove(&runs->at[from + in->count], &runs->at[to], tail * sizeof *runs->at);
	if (in->count > 0)
		memcpy(&runs->at[from], in->at, in->count * sizeof *runs->at);
	runs->count = count;
}

static void
shift(struct view_runs *runs, size_t from, uint32_t removed, uint32_t inserted)
{
	uint32_t by = inserted - removed;

	if (by == 0)
		return;
	for (size_t i = from; i < runs->count; i++) {
		runs->at[i].first += by;
		runs->at[i].last += by;
	}
}

void
view_runs_edit(struct view_runs *runs, const struct doc_change *edit, const struct view_runs *with)
{
	uint32_t first = edit->first, end = first + edit->removed,
		 by = edit->inserted - edit->removed;
	size_t from = find_run(runs, first), to = from;
	struct view_runs middle = {
		0
	}; /* what stands there afterwards, with a neighbour on each side */
	bool has_before = from > 0;

	if (has_before)
		view_runs_add(&middle, runs->at[from - 1].first, runs->at[from - 1].last,
			      runs->at[from - 1].state);
	if (from < runs->count && runs->at[from].first < first)
		view_runs_add(&middle, runs->at[from].first, first - 1, runs->at[from].state);
	for (size_t i = 0; with != NULL && i < with->count; i++)
		view_runs_add(&middle, with->at[i].first, with->at[i].last, with->at[i].state);
	while (to < runs->count && runs->at[to].last < end)
		to++;
	for (unsigned more = 0; to < runs->count && more < 2; more++, to++) {
		struct view_run run = runs->at[to];

		view_runs_add(&middle, (run.first < end ? end : run.first) + by, run.last + by,
			      run.state);
	}
	splice(runs, from - has_before, to, &middle);
	shift(runs, from - has_before + middle.count, edit->removed, edit->inserted);
	view_runs_free(&middle);
}

void
view_runs_type(const struct view_runs *runs, const struct doc_change *edit, struct view_runs *typed)
{
	uint32_t count = edit->removed < edit->inserted ? edit->removed : edit->inserted;
	uint32_t end = edit->first + count;

	if (count == 0)
		return;
	for (size_t i = find_run(runs, edit->first); i < runs->count && runs->at[i].first < end;
	     i++) {
		struct view_run run = runs->at[i];

		view_runs_add(typed, run.first < edit->first ? edit->first : run.first,
			      run.last < end ? run.last : end - 1, LINE_UNKNOWN);
	}
}

/* ---- differences ---- */

#define NO_LINE UINT32_MAX

/* How the lines from `line` on stand, up to *last; *at moves on to the run that they lie in or before. */
static enum line_state
stretch(const struct view_runs *runs, size_t *at, uint32_t line, uint32_t *last)
{
	while (*at < runs->count && runs->at[*at].last < line)
		(*at)++;
	if (*at == runs->count) {
		*last = NO_LINE;
		return LINE_NONE;
	}
	if (runs->at[*at].first > line) {
		*last = runs->at[*at].first - 1;
		return LINE_NONE;
	}
	*last = runs->at[*at].last;
	return runs->at[*at].state;
}

/* Compares the next lines that stand the same as each other in both; false: there are none. */
static bool
compare_stretch(struct view_difference *d, uint32_t *last, bool *differ)
{
	uint32_t last_old, last_new;
	enum line_state old = stretch(d->old, &d->in_old, d->line, &last_old);
	enum line_state new = stretch(d->new, &d->in_new, d->line, &last_new);

	*last = last_old < last_new ? last_old : last_new;
	*differ = old != new;
	if (old == LINE_PARTIAL && new == LINE_PARTIAL)
		*differ = d->old->at[d->in_old].first != d->new->at[d->in_new].first ||
			  last_old != last_new;
	return *last != NO_LINE;
}

/* Finds the next lines that differ, as `ahead`. */
static void
look_ahead(struct view_difference *d)
{
	uint32_t last;
	bool differ;

	d->ahead_first = 0;
	while (compare_stretch(d, &last, &differ)) {
		if (!differ && d->ahead_first != 0)
			return;
		if (differ && d->ahead_first == 0)
			d->ahead_first = d->line;
		if (differ)
			d->ahead_last = last;
		d->line = last + 1;
	}
}

bool
view_difference_next(struct view_difference *d)
{
	if (d->line == 0) {
		d->line = 1;
		look_ahead(d);
	}
	if (d->ahead_first == 0)
		return false;
	d->first = d->ahead_first;
	do {
		d->last = d->ahead_last;
		look_ahead(d);
	} while (d->ahead_first != 0 && d->ahead_first - d->last <= NEAR_LINES + 1);
	while (d->place_run < d->new->count && d->new->at[d->place_run].last < d->first)
		d->place_run++;
	d->run = d->place_run;
	return true;
}

bool
view_difference_run(struct view_difference *d, struct view_run *run)
{
	if (d->run == d->new->count || d->new->at[d->run].first > d->last)
		return false;
	*run = d->new->at[d->run++];
	run->first = run->first < d->first ? d->first : run->first;
	run->last = run->last > d->last ? d->last : run->last;
	return true;
}

/* ---- a whole view ---- */

/* A line after the edit; 0 if it is gone. */
static int32_t
edited_end(int32_t end, const struct doc_change *edit)
{
	uint32_t line = end < 0 ? 0u - (uint32_t)end : (uint32_t)end;

	if (line >= edit->first && line < edit->first + edit->removed)
		return 0;
	if (line >= edit->first)
		line = line - edit->removed + edit->inserted;
	return end < 0 ? -(int32_t)line : (int32_t)line;
}

static void
edit_branches(struct arc_list *arcs, const struct doc_change *edit)
{
	size_t kept = 0;

	for (size_t i = 0; i < arcs->count; i++) {
		struct arc arc = { edited_end(arcs->at[i].from, edit),
				   edited_end(arcs->at[i].to, edit) };

		if (arc.from != 0 && arc.to != 0)
			arcs->at[kept++] = arc;
	}
	arcs->count = kept;
}

void
view_edit(struct view *v, uint32_t first, uint32_t removed, uint32_t inserted)
{
	struct doc_change edit = { first, removed, inserted };
	struct view_runs typed = { 0 };

	view_runs_type(&v->runs, &edit, &typed);
	view_runs_edit(&v->runs, &edit, &typed);
	view_runs_edit(&v->missed, &edit, NULL);
	edit_branches(&v->branches, &edit);
	view_runs_free(&typed);
}
