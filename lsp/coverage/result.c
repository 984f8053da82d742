#include "coverage/result.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* ---- building ------------------------------------------------------------------------------ */

static void
clear(struct result *r, const struct result_parts *parts)
{
	uint32_t count = parts->lines->count;

	r->has_arcs = parts->has_arcs;
	r->lines = count;
	r->count = count + parts->lines->excluded_past_end;
	if (r->count >= r->cap) {
		r->cap = (size_t)r->count + r->count / 2 + 1;
		r->flags = mem_resize(r->flags, r->cap, sizeof *r->flags);
		r->exits = mem_resize(r->exits, r->cap, sizeof *r->exits);
	}
	memset(r->flags, 0, (size_t)r->count + 1);
	memset(r->exits, 0, ((size_t)r->count + 1) * sizeof *r->exits);
	arc_list_clear(&r->executed);
	arc_list_clear(&r->missing);
	arc_list_clear(&r->hidden);
	r->numbers = (struct numbers){ .files = 1 };
}

static void
mark_lines(struct result *r, const struct py_lines *lines)
{
	for (uint32_t n = 1; n <= lines->count; n++) {
		unsigned flags = py_lines_flags(lines, n);

		if ((flags & PY_STATEMENT) != 0)
			r->flags[n] = RESULT_STATEMENT | RESULT_MISSING;
		if ((flags & PY_EXCLUDED) != 0)
			r->flags[n] |= RESULT_EXCLUDED;
	}
	if (r->count > r->lines)
		r->flags[r->count] |= RESULT_EXCLUDED;
}

static void
mark_executed(struct result *r, const struct py_lines *lines, const struct line_set *ran)
{
	for (uint32_t n = line_set_next(ran, 0); n != LINE_SET_END && n <= r->lines;
	     n = line_set_next(ran, n))
		r->flags[py_lines_first(lines, n)] &= (uint8_t)~RESULT_MISSING;
}

static void
mark_no_branch(struct result *r, const struct line_set *no_branch)
{
	if (no_branch == NULL)
		return;
	for (uint32_t n = line_set_next(no_branch, 0); n != LINE_SET_END && n <= r->count;
	     n = line_set_next(no_branch, n))
		r->flags[n] |= RESULT_NO_BRANCH;
}

static bool
is(const struct result *r, int32_t line, unsigned flag)
{
	return line > 0 && (uint32_t)line <= r->count && (r->flags[line] & flag) != 0;
}

/* Sorts the arcs that leave branches into those that were taken and those that were not. */
static void
take_arcs(struct result *r, const struct arc_list *possible, const struct arc_list *executed)
{
	size_t e = 0;

	for (size_t i = 0; i < possible->count; i++) {
		struct arc arc = possible->at[i];

		if (!is(r, arc.from, RESULT_BRANCH))
			continue;
		while (e < executed->count &&
		       (executed->at[e].from < arc.from ||
			(executed->at[e].from == arc.from && executed->at[e].to < arc.to)))
			e++;
		if (e < executed->count && executed->at[e].from == arc.from &&
		    executed->at[e].to == arc.to)
			arc_list_add(&r->executed, arc.from, arc.to);
		else if (is(r, arc.from, RESULT_NO_BRANCH))
			continue;
		else if (is(r, arc.to, RESULT_EXCLUDED))
			arc_list_add(&r->hidden, arc.from, arc.to);
		else
			arc_list_add(&r->missing, arc.from, arc.to);
	}
}

static void
mark_branches(struct result *r, const struct result_parts *parts)
{
	struct arc_list executed = { 0 };

	py_arcs_count_exits(parts->lines, r->exits);
	for (uint32_t n = 1; n <= r->lines; n++) {
		if (r->exits[n] > 1)
			r->flags[n] |= RESULT_BRANCH;
	}
	for (size_t i = 0; i < parts->data->arcs.count; i++)
		arc_list_add(&executed, parts->data->arcs.at[i].from, parts->data->arcs.at[i].to);
	py_arcs_execute(parts->lines, &executed);
	take_arcs(r, &parts->lines->arcs.possible, &executed);
	arc_list_free(&executed);
}

static void
count_line(const struct result *r, uint32_t line, struct numbers *sum)
{
	unsigned flags = r->flags[line];

	sum->statements += (flags & RESULT_STATEMENT) != 0;
	sum->missing += (flags & RESULT_MISSING) != 0;
	sum->excluded += (flags & RESULT_EXCLUDED) != 0;
	sum->branches += (flags & RESULT_BRANCH) != 0 ? r->exits[line] : 0;
}

static void
count_missing_arc(const struct result *r, struct arc arc, struct numbers *sum)
{
	sum->missing_branches++;
	sum->partial_branches += !is(r, arc.from, RESULT_MISSING);
}

void
result_build(struct result *result, const struct result_parts *parts)
{
	clear(result, parts);
	mark_lines(result, parts->lines);
	mark_executed(result, parts->lines, &parts->data->ran);
	if (parts->has_arcs) {
		mark_no_branch(result, parts->no_branch);
		mark_branches(result, parts);
	}
	for (uint32_t n = 1; n <= result->count; n++)
		count_line(result, n, &result->numbers);
	for (size_t i = 0; i < result->missing.count; i++)
		count_missing_arc(result, result->missing.at[i], &result->numbers);
}

void
result_free(struct result *result)
{
	free(result->flags);
	free(result->exits);
	arc_list_free(&result->executed);
	arc_list_free(&result->missing);
	arc_list_free(&result->hidden);
	*result = (struct result){ 0 };
}

/* ---- parts --------------------------------------------------------------------------------- */

static bool
is_in(const struct result *r, const struct result_part *part, int32_t line)
{
	if (line < (int32_t)part->first || line > (int32_t)part->last)
		return false;
	return ((uint32_t)line <= r->lines ? part->region_of[line] : 0) == part->region;
}

/* Arcs of `from` that start in the part; of those to excluded lines, if they leave it. */
static void
narrow_arcs(const struct result *r, const struct result_part *part, const struct arc_list *from,
	    struct numbers *sum, struct arc_list *missing)
{
	for (size_t i = arc_list_find(from, (int32_t)part->first); i < from->count; i++) {
		struct arc arc = from->at[i];

		if (arc.from > (int32_t)part->last)
			break;
		if (!is_in(r, part, arc.from) || (from == &r->hidden && is_in(r, part, arc.to)))
			continue;
		count_missing_arc(r, arc, sum);
		if (missing != NULL)
			arc_list_add(missing, arc.from, arc.to);
	}
}

struct numbers
result_narrow(const struct result *result, const struct result_part *part, struct arc_list *missing)
{
	struct numbers sum = { .files = 1 };
	uint32_t last = part->last < result->count ? part->last : result->count;

	for (uint32_t n = part->first; n <= last; n++) {
		if (is_in(result, part, (int32_t)n))
			count_line(result, n, &sum);
	}
	narrow_arcs(result, part, &result->missing, &sum, missing);
	narrow_arcs(result, part, &result->hidden, &sum, missing);
	if (missing != NULL)
		arc_list_sort(missing);
	return sum;
}

/* ---- numbers ------------------------------------------------------------------------------- */

void
numbers_add(struct numbers *sum, const struct numbers *more)
{
	sum->files += more->files;
	sum->statements += more->statements;
	sum->excluded += more->excluded;
	sum->missing += more->missing;
	sum->branches += more->branches;
	sum->partial_branches += more->partial_branches;
	sum->missing_branches += more->missing_branches;
}

static double
percent(uint64_t part, uint64_t whole)
{
	return whole == 0 ? 100.0 : 100.0 * (double)part / (double)whole;
}

double
numbers_percent(const struct numbers *n)
{
	return percent(n->statements - n->missing + n->branches - n->missing_branches,
		       n->statements + n->branches);
}

double
numbers_percent_statements(const struct numbers *n)
{
	return percent(n->statements - n->missing, n->statements);
}

double
numbers_percent_branches(const struct numbers *n)
{
	return percent(n->branches - n->missing_branches, n->branches);
}

/* Both Python and C round the exact value of a double, halves to even. */
double
percent_round(double value, unsigned precision)
{
	struct buf digits = { 0 };
	double rounded;

	buf_addf(&digits, "%.*f", (int)precision, value);
	rounded = strtod(buf_text(&digits), NULL);
	buf_free(&digits);
	return rounded;
}

void
percent_display(double value, unsigned precision, struct buf *out)
{
	double near0 = 1.0, power = 1.0;

	for (unsigned i = 0; i < precision; i++)
		power *= 10.0;
	near0 /= power;
	if (value > 0 && value < near0)
		value = near0;
	else if (value > 100.0 - near0 && value < 100)
		value = 100.0 - near0;
	else
		value = percent_round(value, precision);
	buf_addf(out, "%.*f", (int)precision, value);
}

/* ---- "1-2, 5-11, 13->15" ------------------------------------------------------------------- */

/* Where the run of missed statements that starts at `first` ends; lines that are no statements do not
 * break it. */
static uint32_t
run_end(const struct result *r, uint32_t first)
{
	uint32_t last = first;

	for (uint32_t n = first + 1; n <= r->count; n++) {
		if ((r->flags[n] & RESULT_STATEMENT) == 0)
			continue;
		if ((r->flags[n] & RESULT_MISSING) == 0)
			break;
		last = n;
	}
	return last;
}

static void
add_comma(struct buf *out, size_t start)
{
	if (out->len > start)
		buf_add_text(out, ", ");
}

/* Destinations of one line come in the order of their text: "9->10" before "9->8", exits last. */
static int
compare_destinations(const void *left, const void *right)
{
	const struct arc *a = left, *b = right;
	char x[16], y[16];

	if (a->to < 0 || b->to < 0)
		return (a->to < 0) - (b->to < 0);
	snprintf(x, sizeof x, "%d", (int)a->to);
	snprintf(y, sizeof y, "%d", (int)b->to);
	return strcmp(x, y);
}

static void
add_destinations(const struct result *r, struct arc_list *arcs, struct buf *out, size_t start)
{
	if (arcs->count > 1)
		qsort(arcs->at, arcs->count, sizeof *arcs->at, compare_destinations);
	for (size_t i = 0; i < arcs->count; i++) {
		struct arc arc = arcs->at[i];

		if (is(r, arc.to, RESULT_MISSING))
			continue;
		add_comma(out, start);
		buf_addf(out, "%d->", (int)arc.from);
		if (arc.to > 0)
			buf_addf(out, "%d", (int)arc.to);
		else
			buf_add_text(out, "exit");
	}
}

void
result_format_missing(const struct result *result, struct buf *out)
{
	struct arc_list arcs = { 0 }; /* of one line */
	size_t start = out->len, next = 0;
	uint32_t last = 0;

	for (uint32_t n = 1; n <= result->count; n++) {
		if (n > last && (result->flags[n] & RESULT_MISSING) != 0) {
			last = run_end(result, n);
			add_comma(out, start);
			buf_addf(out, n == last ? "%u" : "%u-%u", n, last);
		}
		arc_list_clear(&arcs);
		for (; next < result->missing.count && result->missing.at[next].from == (int32_t)n;
		     next++)
			arc_list_add(&arcs, result->missing.at[next].from,
				     result->missing.at[next].to);
		if ((result->flags[n] & RESULT_MISSING) == 0)
			add_destinations(result, &arcs, out, start);
	}
	arc_list_free(&arcs);
}
