#include "coverage/view.h"

#include <stdlib.h>

#include "coverage/result.h"
#include "coverage/view_change.h"

#include "carry.h"
#include "reported.h"

const char *
line_state_name(enum line_state state)
{
	static const char *const names[] = {
		[LINE_NONE] = "none",     [LINE_COVERED] = "covered",   [LINE_PARTIAL] = "partial",
		[LINE_MISSED] = "missed", [LINE_EXCLUDED] = "excluded", [LINE_UNKNOWN] = "unknown",
	};

	return names[state];
}

const char *
freshness_name(enum freshness freshness)
{
	static const char *const names[] = {
		[FRESHNESS_NONE] = "none",       [FRESHNESS_FRESH] = "fresh",
		[FRESHNESS_EDITED] = "edited",   [FRESHNESS_STALE] = "stale",
		[FRESHNESS_UNKNOWN] = "unknown",
	};

	return names[freshness];
}

const char *
view_reason_name(enum view_reason reason)
{
	static const char *const names[] = {
		[REASON_NONE] = "none",
		[REASON_NO_DATA_FILE] = "no-data-file",
		[REASON_NOT_IN_DATA] = "not-in-data",
		[REASON_AMBIGUOUS_PATH] = "ambiguous-path",
		[REASON_NOT_PYTHON] = "not-python",
		[REASON_PLUGIN] = "plugin",
		[REASON_BAD_DATA] = "bad-data",
		[REASON_BUSY] = "busy",
		[REASON_STOPPED] = "stopped",
		[REASON_DATA_GONE] = "data-gone",
		[REASON_BAD_CONFIG] = "bad-config",
		[REASON_SOURCE_NEWER] = "source-newer",
		[REASON_NOT_A_FILE] = "not-a-file",
	};

	return names[reason];
}

/* What a view of statements is made from, worked out. */
struct building {
	const struct view_parts *parts;
	struct carried carried;
	struct result result;
	size_t next; /* of the result's missing arcs */
};

/* Does a jump lead where it led when the text ran, and was it not made then, though it could be? */
static bool
is_sure(const struct building *b, struct arc arc)
{
	uint32_t line = arc.to < 0 ? 0u - (uint32_t)arc.to : (uint32_t)arc.to;

	/* -1: the end of the module, or of what is defined on line 1: carry.c sees to it */
	if (arc.to != -1 &&
	    !carry_is_whole(b->parts->map, line, py_lines_last(b->parts->lines, line)))
		return false;
	return carry_had_way(b->parts->map, b->parts->untaken, arc);
}

/* The ways out of a statement: counts them, and keeps those that were not taken. True: there is one,
 * for sure. */
static bool
take_branches(struct view *v, struct building *b, uint32_t first, uint32_t last, bool missed)
{
	const struct line_set *doubted = b->parts->untaken != NULL ? NULL : &b->carried.unsure;
	bool unsure = (doubted != NULL && line_set_has_any(doubted, first, last)) ||
		      (b->parts->unsure != NULL && line_set_has_any(b->parts->unsure, first, last));
	bool partial = false;
	const struct arc_list *missing = &b->result.missing;

	if ((b->result.flags[first] & RESULT_BRANCH) == 0)
		return false;
	v->summary.branches += b->result.exits[first];
	while (b->next < missing->count && missing->at[b->next].from < (int32_t)first)
		b->next++;
	for (; b->next < missing->count && missing->at[b->next].from == (int32_t)first; b->next++) {
		struct arc arc = missing->at[b->next];

		if (missed) {
			v->summary.missed_branches++;
		} else if (unsure || !is_sure(b, arc)) {
			v->summary.branches--;
		} else {
			v->summary.missed_branches++;
			arc_list_add(&v->branches, arc.from, arc.to);
			partial = true;
		}
	}
	return partial;
}

/* Are all lines of the statement in a place where nothing has been taken away? Then it has not replaced
 * anything. */
static bool
is_new(const struct line_map *map, uint32_t first, uint32_t last)
{
	struct line_run run;
	size_t at = 0;
	uint32_t before = 1; /* the next line of the text that ran */

	while (line_map_next(map, &at, &run) && run.line + run.count <= first) {
		if (run.origin != LINE_MAP_NONE)
			before = run.origin + run.count;
	}
	if (run.origin != LINE_MAP_NONE || run.line > first || last >= run.line + run.count)
		return false;
	if (!line_map_next(map, &at, &run))
		return before == map->origin_lines + 1 && map->origin_lines > 0;
	return run.origin == before;
}

/* Was this no statement in the text that ran? That it didn't run says nothing, then, and what ran there was
 * something else: a line that a bracket or a backslash held, or quotes that closed where they open now. */
static bool
was_none(const struct building *b, uint32_t first)
{
	const struct view_parts *parts = b->parts;

	return parts->had_code != NULL && parts->map != NULL &&
	       !line_set_has(parts->had_code, line_map_origin(parts->map, first));
}

static enum line_state
statement_state(struct view *v, struct building *b, uint32_t first, uint32_t last)
{
	bool missed = (b->result.flags[first] & RESULT_MISSING) != 0;

	if (!carry_is_whole(b->parts->map, first, last)) {
		const struct line_map *map = b->parts->new_is_missed;

		return map != NULL && is_new(map, first, last) ? LINE_MISSED : LINE_UNKNOWN;
	}
	if (was_none(b, first))
		return LINE_UNKNOWN;
	if (take_branches(v, b, first, last, missed))
		return LINE_PARTIAL;
	return missed ? LINE_MISSED : LINE_COVERED;
}

/* A missed statement; it continues the run before it when no other statement stood between. */
static void
add_missed(struct view_runs *missed, uint32_t first, uint32_t last, bool continues)
{
	if (continues && missed->count > 0)
		missed->at[missed->count - 1].last = last;
	else
		view_runs_add(missed, first, last, LINE_MISSED);
}

static void
count_statement(struct view_summary *summary, enum line_state state)
{
	summary->statements++;
	summary->covered += state == LINE_COVERED || state == LINE_PARTIAL;
	summary->partial += state == LINE_PARTIAL;
	summary->missed += state == LINE_MISSED;
	summary->unknown += state == LINE_UNKNOWN;
}

static uint32_t
count_excluded(const struct py_lines *lines, uint32_t first, uint32_t last)
{
	uint32_t count = 0;

	for (uint32_t line = first; line <= last; line++)
		count += (py_lines_flags(lines, line) & PY_EXCLUDED) != 0;
	return count;
}

/* Goes from logical line to logical line; all physical lines of one stand the same. */
static void
build_states(struct view *v, struct building *b)
{
	const struct py_lines *lines = b->parts->lines;
	bool after_missed = false;
	uint32_t last;

	v->summary.excluded = lines->excluded_past_end ? 1 : 0;
	for (uint32_t line = 1; line <= lines->count; line = last + 1) {
		unsigned flags = py_lines_flags(lines, line);
		enum line_state state = LINE_NONE;

		last = py_lines_last(lines, line);
		v->summary.excluded += count_excluded(lines, line, last);
		if ((flags & PY_EXCLUDED) != 0) {
			state = LINE_EXCLUDED;
		} else if ((flags & PY_STATEMENT) != 0) {
			state = statement_state(v, b, line, last);
			count_statement(&v->summary, state);
		}
		if (state == LINE_NONE)
			continue;
		view_runs_add(&v->runs, line, last, state);
		if (state == LINE_MISSED)
			add_missed(&v->missed, line, last, after_missed);
		after_missed = state == LINE_MISSED;
	}
}

static void
build_statements(struct view *v, const struct view_parts *parts)
{
	struct building b = { .parts = parts };
	struct result_parts of = {
		.lines = parts->lines,
		.has_arcs = parts->has_branches,
		.no_branch = parts->no_branch,
	};

	carry_over(&b.carried, parts->data, parts->map);
	of.data = b.carried.data;
	result_build(&b.result, &of);
	build_states(v, &b);
	result_free(&b.result);
	carry_free(&b.carried);
}

/* What ran, and no more. */
static void
build_ran(struct view *v, const struct view_parts *parts)
{
	const struct line_set *ran = &parts->data->ran;

	if (parts->map == NULL) {
		for (uint32_t n = line_set_next(ran, 0); n != LINE_SET_END;
		     n = line_set_next(ran, n))
			view_runs_add(&v->runs, n, n, LINE_COVERED);
		return;
	}
	for (uint32_t line = 1; line <= parts->map->lines; line++) {
		uint32_t origin = line_map_origin(parts->map, line);

		if (origin != LINE_MAP_NONE && line_set_has(ran, origin))
			view_runs_add(&v->runs, line, line, LINE_COVERED);
	}
}

struct reporting {
	struct view *view;
	bool after_missed; /* the last line of code is missed */
};

static void
add_reported(void *ctx, const struct reported_line *line)
{
	struct reporting *r = ctx;
	struct view_summary *sum = &r->view->summary;

	view_runs_add(&r->view->runs, line->first, line->last, line->state);
	if (!line->is_code) {
		sum->excluded++;
		return;
	}
	count_statement(sum, line->state);
	sum->branches += line->arms;
	sum->missed_branches += line->missed_arms;
	if (line->state == LINE_MISSED)
		add_missed(&r->view->missed, line->first, line->last, r->after_missed);
	r->after_missed = line->state == LINE_MISSED;
}

void
view_build(struct view *v, const struct view_parts *parts)
{
	struct reporting reporting = { .view = v };

	view_clear(v);
	v->measured = parts->data->answer != DATA_UNKNOWN;
	if (!v->measured)
		return;
	if (parts->data->report != NULL)
		reported_walk(parts, add_reported, &reporting);
	else if (parts->lines != NULL && parts->data->tracer == NULL)
		build_statements(v, parts);
	else
		build_ran(v, parts);
}

enum line_state
view_state(const struct view *v, uint32_t line)
{
	size_t low = 0, high = v->runs.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (v->runs.at[middle].last < line)
			low = middle + 1;
		else
			high = middle;
	}
	return low < v->runs.count && v->runs.at[low].first <= line ? v->runs.at[low].state
								    : LINE_NONE;
}

double
view_percent(const struct view_summary *summary)
{
	uint32_t known = summary->covered + summary->missed + summary->branches;
	uint32_t taken = summary->covered + summary->branches - summary->missed_branches;

	return known == 0 ? 100.0 : 100.0 * taken / known;
}

static uint64_t
mix(uint64_t hash, uint64_t value)
{
	/* FNV-1a over eight bytes at a time, with a final shuffle of the high bits down. */
	hash = (hash ^ value) * UINT64_C(0x100000001b3);
	return hash ^ hash >> 29;
}

uint64_t
view_hash(const struct view *v)
{
	uint64_t hash = mix(UINT64_C(0xcbf29ce484222325), v->measured);

	for (size_t i = 0; i < v->runs.count; i++) {
		hash = mix(hash, (uint64_t)v->runs.at[i].first << 32 | v->runs.at[i].last);
		hash = mix(hash, v->runs.at[i].state);
	}
	for (size_t i = 0; i < v->branches.count; i++)
		hash = mix(hash, (uint64_t)(uint32_t)v->branches.at[i].from << 32 |
					 (uint32_t)v->branches.at[i].to);
	hash = mix(hash, (uint64_t)v->summary.branches << 32 | v->summary.missed_branches);
	hash = mix(hash, (uint64_t)v->summary.statements << 32 | v->summary.covered);
	hash = mix(hash, (uint64_t)v->summary.missed << 32 | v->summary.excluded);
	return mix(hash, v->summary.unknown);
}

void
view_clear(struct view *v)
{
	v->runs.count = 0;
	v->missed.count = 0;
	arc_list_clear(&v->branches);
	v->summary = (struct view_summary){ 0 };
	v->measured = false;
}

void
view_free(struct view *v)
{
	free(v->runs.at);
	free(v->missed.at);
	arc_list_free(&v->branches);
	*v = (struct view){ 0 };
}
