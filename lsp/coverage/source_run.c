#include "coverage/source_run.h"

#include <stdio.h>
#include <stdlib.h>

#include "python/pylines.h"
#include "text/line_diff.h"

void
ran_lines_take(struct ran_lines *ran, struct ran_text *found)
{
	ran->origin = found->origin;
	line_hashes_reset(&ran->hashes);
	if (found->origin != RAN_UNKNOWN)
		line_hashes_add_text(&ran->hashes, buf_span(&found->text));
	snprintf(ran->commit, sizeof ran->commit, "%s", found->commit);
	snprintf(ran->why, sizeof ran->why, "%s", found->why);
	ran_text_free(found);
}

/* The jumps that a text allowed, and those of them that the data doesn't know. */
static void
take_ways(struct ran_lines *ran, struct py_lines *lines, const struct data_query *data)
{
	const struct arc_list *possible = &lines->arcs.possible;
	struct arc_list executed = { 0 };

	for (size_t i = 0; i < data->arcs.count; i++)
		arc_list_add(&executed, data->arcs.at[i].from, data->arcs.at[i].to);
	py_arcs_execute(lines, &executed);
	for (size_t i = 0; i < possible->count; i++) {
		if (!arc_list_has(&executed, possible->at[i].from, possible->at[i].to))
			arc_list_add(&ran->untaken, possible->at[i].from, possible->at[i].to);
	}
	arc_list_sort(&ran->untaken);
	arc_list_free(&executed);
	ran->ways = *possible;
	lines->arcs.possible = (struct arc_list){ 0 };
}

void
ran_lines_take_python(struct ran_lines *ran, struct ran_text *found, const struct data_query *data,
		      unsigned minor)
{
	struct py_options options = { .minor = minor, .want = PY_WANT_ARCS };
	struct py_lines lines = { 0 };

	line_set_clear(&ran->code);
	ran->minor = minor;
	ran->has_code = found->origin != RAN_UNKNOWN &&
			py_lines_read(&lines, buf_span(&found->text), &options, NULL) == STATUS_OK;
	for (uint32_t n = 1; ran->has_code && n <= lines.count; n++) {
		unsigned flags = py_lines_flags(&lines, n);

		if ((flags & (PY_STATEMENT | PY_EXCLUDED)) != 0 && (flags & PY_DOCSTRING) == 0)
			line_set_add(&ran->code, n);
	}
	arc_list_free(&ran->ways);
	arc_list_free(&ran->untaken);
	if (ran->has_code)
		take_ways(ran, &lines, data);
	py_lines_free(&lines);
	ran_lines_take(ran, found);
}

void
ran_lines_free(struct ran_lines *ran)
{
	line_hashes_free(&ran->hashes);
	line_set_free(&ran->code);
	arc_list_free(&ran->ways);
	arc_list_free(&ran->untaken);
	*ran = (struct ran_lines){ 0 };
}

void
ran_lines_align(const struct ran_lines *ran, const struct line_hashes *now, struct line_map *map)
{
	if (ran->origin != RAN_UNKNOWN) {
		line_diff(&ran->hashes, now, map);
		return;
	}
	line_map_begin(map, 0);
	line_map_append(map, (uint32_t)now->count, LINE_MAP_NONE);
}

void
source_run_free(struct source_run *run)
{
	data_query_free(&run->data);
	free(run->data_path);
	ran_lines_free(&run->ran);
	line_map_free(&run->map);
	*run = (struct source_run){ 0 };
}

void
source_runs_free(struct source_runs *runs)
{
	for (size_t i = 0; i < runs->count; i++)
		source_run_free(&runs->at[i]);
	free(runs->at);
	*runs = (struct source_runs){ 0 };
}
