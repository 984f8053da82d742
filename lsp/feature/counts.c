#include "feature/counts.h"

#include <inttypes.h>

/* The line of the report that the document's line was; 0: none. */
static uint32_t
origin_of(const struct subject *subject, uint32_t line)
{
	uint32_t origin;

	if (subject_shown_data(subject)->report == NULL)
		return 0;
	origin = line_map_origin(subject_shown_map(subject), line);
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
	const struct report *r = subject_shown_data(subject)->report;
	uint32_t origin = origin_of(subject, line);
	const struct report_line *found;

	if (origin == 0 || !r->has_counts)
		return false;
	found = report_find_line(r, origin);
	if (found == NULL || found->hits == 0)
		return false;
	buf_add_text(out, "ran ");
	add_times(out, found->hits);
	return true;
}

bool
counts_add_function(const struct subject *subject, uint32_t line, struct buf *out)
{
	const struct report *r = subject_shown_data(subject)->report;
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
