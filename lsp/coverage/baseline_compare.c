#include <stdlib.h>

#include "base/mem.h"
#include "coverage/baseline.h"

const char *
baseline_change_name(enum baseline_change change)
{
	static const char *const names[] = {
		[BASELINE_LOST] = "lost",
		[BASELINE_NEWLY_MISSED] = "newly-missed",
		[BASELINE_GAINED] = "gained",
		[BASELINE_CHANGES] = "",
	};

	return names[change];
}

static bool
has_run(enum line_state state)
{
	return state == LINE_COVERED || state == LINE_PARTIAL;
}

/* BASELINE_CHANGES: none. */
static enum baseline_change
change_of(enum line_state before, enum line_state now)
{
	if (now == LINE_MISSED)
		return has_run(before)         ? BASELINE_LOST
		       : before == LINE_MISSED ? BASELINE_CHANGES
					       : BASELINE_NEWLY_MISSED;
	return has_run(now) && before == LINE_MISSED ? BASELINE_GAINED : BASELINE_CHANGES;
}

/* Two views side by side, and what has come of it. */
struct comparing {
	const struct view_runs *before;
	size_t next; /* of them */
	struct baseline_changes *changes;
	bool in_change; /* the statement before this one is in the last run */
};

/* How `line` stood; lines are asked for in rising order. */
static enum line_state
state_before(struct comparing *c, uint32_t line)
{
	const struct view_runs *runs = c->before;

	while (c->next < runs->count && runs->at[c->next].last < line)
		c->next++;
	return c->next < runs->count && runs->at[c->next].first <= line ? runs->at[c->next].state
									: LINE_NONE;
}

static void
add_change(struct comparing *c, uint32_t first, uint32_t last, enum baseline_change change)
{
	struct baseline_changes *changes = c->changes;
	struct baseline_run *before =
		changes->count == 0 ? NULL : &changes->runs[changes->count - 1];

	changes->counts[change]++;
	if (before != NULL && before->change == change && before->last + 1 == first) {
		before->last = last;
		return;
	}
	changes->runs =
		mem_grow(changes->runs, changes->count, &changes->cap, sizeof *changes->runs);
	changes->runs[changes->count++] =
		(struct baseline_run){ first, last, change, c->in_change };
}

static uint32_t
statement_end(const struct py_lines *lines, uint32_t line, uint32_t most)
{
	uint32_t last = line;

	if (lines != NULL && py_lines_first(lines, line) == line)
		last = py_lines_last(lines, line);
	return last < line ? line : last > most ? most : last;
}

void
baseline_compare(const struct view *before, const struct view *now, const struct py_lines *lines,
		 struct baseline_changes *changes)
{
	struct comparing c = { .before = &before->runs, .changes = changes };

	baseline_changes_clear(changes);
	for (size_t i = 0; i < now->runs.count; i++) {
		const struct view_run *run = &now->runs.at[i];

		for (uint32_t line = run->first, last; line <= run->last; line = last + 1) {
			enum baseline_change change = change_of(state_before(&c, line), run->state);

			last = statement_end(lines, line, run->last);
			if (change != BASELINE_CHANGES)
				add_change(&c, line, last, change);
			c.in_change = change != BASELINE_CHANGES;
		}
	}
}

void
baseline_add_lines(const struct baseline_changes *changes, enum baseline_change change,
		   struct buf *out)
{
	bool any = false;

	for (size_t i = 0; i < changes->count;) {
		uint32_t first = changes->runs[i].first, last = changes->runs[i].last;

		if (changes->runs[i].change != change) {
			i++;
			continue;
		}
		while (++i < changes->count && changes->runs[i].change == change &&
		       changes->runs[i].follows)
			last = changes->runs[i].last;
		buf_addf(out, any ? ", %u" : "%u", first);
		if (last != first)
			buf_addf(out, "-%u", last);
		any = true;
	}
}

void
baseline_write_changes(struct jsonw *w, const struct baseline_changes *changes)
{
	jsonw_key_int(w, "newlyMissed", changes->counts[BASELINE_NEWLY_MISSED]);
	jsonw_key_int(w, "lost", changes->counts[BASELINE_LOST]);
	jsonw_key_int(w, "gained", changes->counts[BASELINE_GAINED]);
	jsonw_key(w, "runs");
	jsonw_array(w);
	for (size_t i = 0; i < changes->count; i++) {
		const struct baseline_run *run = &changes->runs[i];

		jsonw_object(w);
		jsonw_key_int(w, "start", (int64_t)run->first - 1);
		jsonw_key_int(w, "end", (int64_t)run->last - 1);
		jsonw_key_text(w, "change", baseline_change_name(run->change));
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

static void
add_part(struct baseline_changes *out, const struct baseline_run *run, uint32_t first,
	 uint32_t last)
{
	out->runs = mem_grow(out->runs, out->count, &out->cap, sizeof *out->runs);
	out->runs[out->count++] = (struct baseline_run){ first, last, run->change, false };
}

void
baseline_changes_edit(struct baseline_changes *changes, uint32_t first, uint32_t removed,
		      uint32_t inserted)
{
	struct baseline_changes out = { 0 };
	uint32_t end = first + removed; /* one past what is gone */

	if (changes->count == 0 || changes->runs[changes->count - 1].last < first)
		return;
	for (size_t i = 0; i < changes->count; i++) {
		const struct baseline_run *run = &changes->runs[i];

		if (run->first < first)
			add_part(&out, run, run->first, run->last < first ? run->last : first - 1);
		if (run->last >= end)
			add_part(&out, run,
				 (run->first > end ? run->first : end) - removed + inserted,
				 run->last - removed + inserted);
	}
	free(changes->runs);
	changes->runs = out.runs;
	changes->count = out.count;
	changes->cap = out.cap;
}

void
baseline_changes_clear(struct baseline_changes *changes)
{
	changes->count = 0;
	for (size_t i = 0; i < BASELINE_CHANGES; i++)
		changes->counts[i] = 0;
}

void
baseline_changes_free(struct baseline_changes *changes)
{
	free(changes->runs);
	*changes = (struct baseline_changes){ 0 };
}
