#include "carry.h"

#include <stdlib.h>

#include "base/mem.h"

bool
carry_is_whole(const struct line_map *map, uint32_t first, uint32_t last)
{
	struct line_run run;

	if (map == NULL)
		return true;
	/* Neighbours that go on one from the other are one run. */
	return line_map_find(map, first, &run) && run.origin != LINE_MAP_NONE &&
	       last - run.line < run.count;
}

static int32_t
end_then(const struct line_map *map, int32_t end)
{
	uint32_t origin = line_map_origin(map, end < 0 ? 0u - (uint32_t)end : (uint32_t)end);

	if (origin == LINE_MAP_NONE)
		return 0;
	return end < 0 ? -(int32_t)origin : (int32_t)origin;
}

bool
carry_had_way(const struct line_map *map, const struct arc_list *ways, struct arc arc)
{
	int32_t from, to;

	if (map == NULL || ways == NULL || line_map_is_whole(map))
		return true;
	from = end_then(map, arc.from);
	to = end_then(map, arc.to);
	if (from == 0)
		return false;
	/* By -1 the module is left, or what is defined on line 1: of both texts. */
	return (to != 0 && arc_list_has(ways, from, to)) ||
	       (arc.to == -1 && arc_list_has(ways, from, -1));
}

uint32_t
carry_line(const struct line_map *map, uint32_t origin)
{
	struct line_run run;
	size_t at = 0;

	while (line_map_next(map, &at, &run)) {
		if (run.origin != LINE_MAP_NONE && origin - run.origin < run.count)
			return run.line + (origin - run.origin);
	}
	return 0;
}

/* The runs that come from somewhere, in rising order of line, and so of origin. */
struct known_runs {
	struct line_run *at;
	size_t count;
};

static struct known_runs
find_known(const struct line_map *map)
{
	struct known_runs known = { mem_alloc(map->count, sizeof *known.at), 0 };

	for (size_t i = 0; i < map->count; i++) {
		if (map->runs[i].origin != LINE_MAP_NONE)
			known.at[known.count++] = map->runs[i];
	}
	return known;
}

/* Where line `origin` of the text that ran is now; 0 if it is gone. */
static uint32_t
line_now(const struct known_runs *known, uint32_t origin)
{
	size_t low = 0, high = known->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (known->at[middle].origin + known->at[middle].count <= origin)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == known->count || known->at[low].origin > origin)
		return 0;
	return known->at[low].line + (origin - known->at[low].origin);
}

static int32_t
end_now(const struct known_runs *known, int32_t end)
{
	uint32_t line = line_now(known, end < 0 ? 0u - (uint32_t)end : (uint32_t)end);

	return end < 0 ? -(int32_t)line : (int32_t)line;
}

static void
carry_arcs(struct carried *c, const struct arc_list *arcs, const struct known_runs *known)
{
	for (size_t i = 0; i < arcs->count; i++) {
		int32_t from = end_now(known, arcs->at[i].from),
			to = end_now(known, arcs->at[i].to);

		/* By -1 the module is left, whatever stands on line 1 now, and also what was defined
		 * there. Which one was meant the source tells: the other is not possible. */
		if (from > 0 && arcs->at[i].to == -1 && to != -1)
			arc_list_add(&c->own.arcs, from, -1);
		if (from != 0 && to != 0)
			arc_list_add(&c->own.arcs, from, to);
		else if (from > 0)
			line_set_add(&c->unsure, (uint32_t)from);
	}
}

void
carry_over(struct carried *c, const struct data_query *data, const struct line_map *map)
{
	struct known_runs known;

	*c = (struct carried){ .data = data };
	if (map == NULL || line_map_is_whole(map))
		return;
	known = find_known(map);
	c->data = &c->own;
	c->own.answer = data->answer;
	for (uint32_t n = line_set_next(&data->ran, 0); n != LINE_SET_END;
	     n = line_set_next(&data->ran, n))
		line_set_add(&c->own.ran, line_now(&known, n));
	carry_arcs(c, &data->arcs, &known);
	free(known.at);
}

void
carry_free(struct carried *c)
{
	data_query_free(&c->own);
	line_set_free(&c->unsure);
}
