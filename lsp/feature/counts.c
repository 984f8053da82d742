#include "feature/counts.h"

#include <inttypes.h>

/* So many labels of branches are told. */
#define LABELS_MAX 8

/* The line of the report that the document's line was; 0: none. */
static uint32_t
origin_of(const struct subject *subject, uint32_t line)
{
	uint32_t origin;

	if (subject->data.report == NULL)
		return 0;
	origin = line_map_origin(&subject->map, line);
	return origin == LINE_MAP_NONE ? 0 : origin;
}

static void
add_times(struct buf *out, uint64_t times)
{
	if (times == 1)
		buf_add_text(out, "once");
	else
		buf_addf(out, "%" PRIu64 " times", times);
}

bool
counts_add_ran(const struct subject *subject, uint32_t line, struct buf *out)
{
	uint32_t origin = origin_of(subject, line);
	const struct report_line *found;

	if (origin == 0 || !subject->data.report->has_counts)
		return false;
	found = report_find_line(subject->data.report, origin);
	if (found == NULL || found->hits == 0)
		return false;
	buf_add_text(out, "ran ");
	add_times(out, found->hits);
	return true;
}

static void
add_labels(const struct report *r, size_t from, size_t to, struct buf *out)
{
	unsigned told = 0;

	for (size_t i = from; i < to; i++) {
		const char *label = report_text(r, r->branches[i].label);

		if (report_branch_missed(&r->branches[i]) == 0 || *label == '\0')
			continue;
		if (told == LABELS_MAX) {
			buf_add_text(out, " ...");
			return;
		}
		buf_addf(out, "%s%s", told++ == 0 ? ": " : ", ", label);
	}
}

bool
counts_add_branches(const struct subject *subject, uint32_t line, struct buf *out)
{
	const struct report *r = subject->data.report;
	uint32_t origin = origin_of(subject, line);
	size_t from, to, missed = 0, all = 0;

	if (origin == 0)
		return false;
	from = report_find_branches(r, origin);
	for (to = from; to < r->branch_count && r->branches[to].line == origin; to++) {
		all += (r->branches[to].flags & REPORT_ALONE) != 0 ? 0 : r->branches[to].arms;
		missed += report_branch_missed(&r->branches[to]);
	}
	if (missed == 0)
		return false;
	buf_addf(out, "%zu of %zu branches %s not taken", missed, all,
		 missed == 1 ? "was" : "were");
	add_labels(r, from, to, out);
	return true;
}

bool
counts_add_function(const struct subject *subject, uint32_t line, struct buf *out)
{
	const struct report *r = subject->data.report;
	uint32_t origin = origin_of(subject, line);

	for (size_t i = 0; origin != 0 && i < r->function_count; i++) {
		const struct report_function *f = &r->functions[i];

		if (f->first != origin || *report_text(r, f->name) == '\0')
			continue;
		buf_addf(out, "%s was ", report_text(r, f->name));
		if (f->hits == 0)
			buf_add_text(out, "never called");
		else if (!r->has_counts)
			buf_add_text(out, "called");
		else
			buf_add_text(out, "called ");
		if (f->hits > 0 && r->has_counts)
			add_times(out, f->hits);
		return true;
	}
	return false;
}
