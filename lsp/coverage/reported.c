#include "reported.h"

#include "data/report.h"

struct walk {
	const struct view_parts *parts;
	const struct report *report;
	reported_fn *on_line;
	void *ctx;
	size_t next;       /* of the report's lines */
	uint32_t excluded; /* the next excluded line in the text that ran */
	uint32_t told;     /* lines up to this one have been told of */
};

static uint32_t
next_origin(const struct walk *w)
{
	uint32_t code =
		w->next < w->report->line_count ? w->report->lines[w->next].line : UINT32_MAX;
	uint32_t excluded = w->excluded == LINE_SET_END ? UINT32_MAX : w->excluded;

	return code < excluded ? code : excluded;
}

/* Lets the lines of the text that ran below `origin` pass. True: there was code, or what is excluded. */
static bool
skip_origins(struct walk *w, uint32_t origin)
{
	bool any = false;

	while (next_origin(w) < origin) {
		uint32_t line = next_origin(w);

		any = true;
		if (w->next < w->report->line_count && w->report->lines[w->next].line == line)
			w->next++;
		if (w->excluded == line)
			w->excluded = line_set_next(&w->report->excluded, line);
	}
	return any;
}

static void
count_arms(const struct walk *w, const struct report_line *line, struct reported_line *told)
{
	const struct report *r = w->report;

	for (size_t i = report_find_branches(r, line->line);
	     i < r->branch_count && r->branches[i].line == line->line; i++) {
		if ((r->branches[i].flags & REPORT_ALONE) != 0)
			continue;
		told->arms += r->branches[i].arms;
		told->missed_arms += report_branch_missed(&r->branches[i]);
	}
}

/* The last line of the statement that begins on `line`, where the source is understood. */
static uint32_t
statement_end(const struct walk *w, uint32_t line)
{
	const struct py_lines *lines = w->parts->lines;
	uint32_t last;

	if (lines == NULL || py_lines_first(lines, line) != line)
		return line;
	last = py_lines_last(lines, line);
	return last < line ? line : last;
}

/* Are the lines behind `line` up to `last` the ones that were behind `origin`? */
static bool
is_together(const struct walk *w, uint32_t line, uint32_t last, uint32_t origin)
{
	for (uint32_t n = line + 1; n <= last && w->parts->map != NULL; n++) {
		if (line_map_origin(w->parts->map, n) != origin + (n - line))
			return false;
	}
	return true;
}

static void
tell(struct walk *w, struct reported_line told)
{
	if (told.first <= w->told)
		told.first = w->told + 1;
	if (told.last < told.first)
		return;
	w->told = told.last;
	w->on_line(w->ctx, &told);
}

/* The line `line` of the text now was `origin`, of which the report knows something. */
static void
tell_line(struct walk *w, uint32_t line, uint32_t origin)
{
	const struct report_line *code =
		w->next < w->report->line_count && w->report->lines[w->next].line == origin
			? &w->report->lines[w->next]
			: NULL;
	struct reported_line told = { .first = line, .last = statement_end(w, line) };

	told.is_code = code != NULL;
	if (!is_together(w, line, told.last, origin)) {
		told.state = LINE_UNKNOWN;
		told.is_code = true;
	} else if (code == NULL) {
		told.state = LINE_EXCLUDED;
	} else {
		count_arms(w, code, &told);
		told.state = code->hits == 0                      ? LINE_MISSED
			     : report_is_partial(w->report, code) ? LINE_PARTIAL
								  : LINE_COVERED;
	}
	tell(w, told);
}

static void
walk_run(struct walk *w, const struct line_run *run)
{
	uint32_t origin;

	skip_origins(w, run->origin);
	while ((origin = next_origin(w)) < run->origin + run->count) {
		tell_line(w, run->line + (origin - run->origin), origin);
		skip_origins(w, origin + 1);
	}
}

void
reported_walk(const struct view_parts *parts, reported_fn *on_line, void *ctx)
{
	struct walk w = {
		.parts = parts, .report = parts->data->report, .on_line = on_line, .ctx = ctx
	};
	struct line_run run, new_lines = { 0 };
	size_t at = 0;

	w.excluded = line_set_next(&w.report->excluded, 0);
	if (parts->map == NULL) {
		run = (struct line_run){ 1, UINT32_MAX - 1, 1 };
		walk_run(&w, &run);
		return;
	}
	if (parts->map->origin_lines == 0)
		return; /* nobody knows which text the report speaks of */
	while (line_map_next(parts->map, &at, &run)) {
		if (run.origin == LINE_MAP_NONE) {
			new_lines = run;
			continue;
		}
		/* Lines of the text that ran are gone: if they were code, so are perhaps the new ones. */
		if (skip_origins(&w, run.origin) && new_lines.count > 0)
			tell(&w,
			     (struct reported_line){ .first = new_lines.line,
						     .last = new_lines.line + new_lines.count - 1,
						     .state = LINE_UNKNOWN,
						     .is_code = true });
		new_lines.count = 0;
		walk_run(&w, &run);
	}
	if (new_lines.count > 0 && skip_origins(&w, UINT32_MAX))
		tell(&w, (struct reported_line){ .first = new_lines.line,
						 .last = new_lines.line + new_lines.count - 1,
						 .state = LINE_UNKNOWN,
						 .is_code = true });
}
