#include "coverage/united.h"

#include <stdlib.h>

#include "base/mem.h"

#include "carry.h"

/* One run, carried over. */
struct carried_run {
	const struct united_part *part;
	struct carried carried;
	struct line_set known; /* lines of statements that stand as they ran */
};

static uint32_t
last_line(const struct py_lines *lines, uint32_t first)
{
	uint32_t last = lines == NULL ? first : py_lines_last(lines, first);

	return last < first ? first : last;
}

/* Is this a statement now that was none in the text that ran? */
static bool
was_none(const struct carried_run *run, const struct py_lines *lines, uint32_t first)
{
	const struct united_part *part = run->part;

	return part->had_code != NULL && lines != NULL &&
	       (py_lines_flags(lines, first) & PY_STATEMENT) != 0 &&
	       !line_set_has(part->had_code, line_map_origin(part->map, first));
}

/* From logical line to logical line: one that has changed in part is not known. */
static void
find_known(struct carried_run *run, const struct py_lines *lines)
{
	const struct line_map *map = run->part->map;
	uint32_t last;

	for (uint32_t line = 1; line <= map->lines; line = last + 1) {
		last = last_line(lines, line);
		if (carry_is_whole(map, line, last) && !was_none(run, lines, line))
			line_set_add_range(&run->known, line, last);
	}
}

static bool
knows(const struct carried_run *run, int32_t end)
{
	uint32_t line = end < 0 ? 0u - (uint32_t)end : (uint32_t)end;

	return end == -1 || line_set_has(&run->known, line);
}

static void
add_arcs(struct united *u, const struct carried_run *run)
{
	const struct arc_list *arcs = &run->carried.data->arcs;

	for (size_t i = 0; i < arcs->count; i++) {
		struct arc arc = arcs->at[i];

		if (knows(run, arc.from) && knows(run, arc.to))
			arc_list_add(&u->data.arcs, arc.from, arc.to);
		else if (arc.from > 0 && knows(run, arc.from))
			line_set_add(&u->unsure, (uint32_t)arc.from);
	}
}

static void
add_unsure(struct united *u, const struct carried_run *run, uint32_t line)
{
	/* Without branches nobody knows where it went. */
	if (!run->part->has_branches || line_set_has(&run->carried.unsure, line))
		line_set_add(&u->unsure, line);
}

static void
add_ran(struct united *u, const struct carried_run *run)
{
	const struct line_set *ran = &run->carried.data->ran;

	for (uint32_t n = line_set_next(ran, 0); n != LINE_SET_END; n = line_set_next(ran, n)) {
		if (!line_set_has(&run->known, n))
			continue;
		line_set_add(&u->data.ran, n);
		add_unsure(u, run, n);
	}
}

/* Lines that ran, and lead now where they could not lead then. */
static void
add_new_ways(struct united *u, const struct carried_run *run, const struct py_lines *lines)
{
	const struct arc_list *possible = &lines->arcs.possible;

	for (size_t i = 0; i < possible->count; i++) {
		struct arc arc = possible->at[i];

		if (arc.from > 0 && line_set_has(&run->carried.data->ran, (uint32_t)arc.from) &&
		    knows(run, arc.from) && knows(run, arc.to) &&
		    !carry_had_way(run->part->map, run->part->had_ways, arc))
			line_set_add(&u->unsure, (uint32_t)arc.from);
	}
}

/* ---- a report, which speaks of lines by itself ---- */

static void
add_report_line(struct report *out, const struct report *r, const struct report_line *line,
		uint32_t now)
{
	report_add_line(out, now, line->hits, line->flags);
	for (size_t i = report_find_branches(r, line->line);
	     i < r->branch_count && r->branches[i].line == line->line; i++) {
		const struct report_branch *b = &r->branches[i];

		if ((b->flags & REPORT_ANONYMOUS) != 0)
			report_add_arms(out, now, b->group, b->taken, b->arms);
		else
			report_add_branch(out, now, b->group, span_of(report_text(r, b->label)),
					  b->taken, b->flags);
	}
}

/* The report in lines of the text now, as far as they are known. */
static struct report *
carry_report(const struct carried_run *run)
{
	const struct report *r = run->part->data->report;
	struct report *out = mem_alloc(1, sizeof *out);

	out->rule = r->rule;
	out->has_counts = r->has_counts;
	for (uint32_t line = line_set_next(&run->known, 0); line != LINE_SET_END;
	     line = line_set_next(&run->known, line)) {
		uint32_t origin = line_map_origin(run->part->map, line);
		const struct report_line *said = report_find_line(r, origin);

		if (said != NULL)
			add_report_line(out, r, said, line);
		else if (line_set_has(&r->excluded, origin))
			report_add_excluded(out, line);
	}
	for (size_t i = 0; i < r->function_count; i++) {
		const struct report_function *f = &r->functions[i];
		uint32_t first = carry_line(run->part->map, f->first);

		if (first != 0)
			report_add_function(out, span_of(report_text(r, f->name)), first, 0,
					    f->hits);
	}
	report_finish(out);
	return out;
}

/* Two runs add up. */
static void
add_report(struct united *u, const struct report *more)
{
	if (more == NULL)
		return;
	if (u->data.report == NULL) {
		u->data.report = mem_alloc(1, sizeof *u->data.report);
		u->data.report->rule = more->rule;
		u->data.report->has_counts = more->has_counts;
		report_finish(u->data.report);
	}
	report_unite(u->data.report, more, REPORT_SUM);
}

/* ---- what the earlier runs add ---- */

static bool
ran_here(const struct carried_run *run, const struct report *report, uint32_t first, uint32_t last)
{
	const struct report_line *line;

	if (run->part->data->report == NULL)
		return line_set_has_any(&run->known, first, last) &&
		       line_set_has_any(&run->carried.data->ran, first, last);
	line = line_set_has(&run->known, first) ? report_find_line(report, first) : NULL;
	return line != NULL && line->hits > 0;
}

/* Counts the statements that ran in earlier runs alone; `reports`, carried over, are of reports. */
static void
count_earlier(struct united *u, const struct carried_run *runs, struct report **reports,
	      size_t count, const struct py_lines *lines)
{
	bool *adds = mem_alloc(count, sizeof *adds);
	uint32_t last;

	for (uint32_t line = 1; line <= u->map.lines; line = last + 1) {
		bool is_code = reports[0] != NULL || lines == NULL ||
			       (py_lines_flags(lines, line) & PY_STATEMENT) != 0;
		bool any = false;

		last = last_line(lines, line);
		if (!is_code || ran_here(&runs[0], reports[0], line, last))
			continue;
		for (size_t i = 1; i < count; i++) {
			if (ran_here(&runs[i], reports[i], line, last))
				any = adds[i] = true;
		}
		u->earlier_statements += any;
	}
	for (size_t i = 1; i < count; i++) {
		if (!adds[i])
			continue;
		u->earlier_runs++;
		if (u->earliest_ns == 0 || runs[i].part->modified_ns < u->earliest_ns)
			u->earliest_ns = runs[i].part->modified_ns;
	}
	free(adds);
}

/* ---- all ---- */

static void
make_map(struct united *u, const struct carried_run *runs, size_t count)
{
	struct line_set known = { 0 };
	uint32_t lines = runs[0].part->map->lines;

	for (size_t i = 0; i < count; i++)
		line_set_unite(&known, &runs[i].known);
	line_map_begin(&u->map, lines);
	for (uint32_t line = 1; line <= lines; line++)
		line_map_append(&u->map, 1, line_set_has(&known, line) ? line : LINE_MAP_NONE);
	line_set_free(&known);
}

static void
clear(struct united *u)
{
	data_query_free(&u->data);
	line_set_clear(&u->unsure);
	u->earlier_statements = 0;
	u->earlier_runs = 0;
	u->earliest_ns = 0;
}

void
united_make(struct united *u, const struct united_part *parts, size_t count,
	    const struct py_lines *lines)
{
	struct carried_run *runs = mem_alloc(count, sizeof *runs);
	struct report **reports = mem_alloc(count, sizeof(struct report *));

	clear(u);
	u->data.answer = DATA_NOT_RUN;
	for (size_t i = 0; i < count; i++) {
		runs[i].part = &parts[i];
		carry_over(&runs[i].carried, parts[i].data, parts[i].map);
		find_known(&runs[i], lines);
		if (parts[i].data->answer == DATA_RAN)
			u->data.answer = DATA_RAN;
		if (parts[i].data->report != NULL)
			reports[i] = carry_report(&runs[i]);
		add_report(u, reports[i]);
		add_ran(u, &runs[i]);
		add_arcs(u, &runs[i]);
		if (lines != NULL && parts[i].had_ways != NULL && !line_map_is_whole(parts[i].map))
			add_new_ways(u, &runs[i], lines);
	}
	arc_list_sort(&u->data.arcs);
	make_map(u, runs, count);
	count_earlier(u, runs, reports, count, lines);
	for (size_t i = 0; i < count; i++) {
		carry_free(&runs[i].carried);
		line_set_free(&runs[i].known);
		if (reports[i] != NULL)
			report_free(reports[i]);
		free(reports[i]);
	}
	free(reports);
	free(runs);
}

void
united_free(struct united *u)
{
	data_query_free(&u->data);
	line_map_free(&u->map);
	line_set_free(&u->unsure);
	*u = (struct united){ 0 };
}
