#include "text/line_map.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* The index of the run that holds `line`, or map->count if `line` is past the end. */
static size_t
find_run(const struct line_map *map, uint32_t line)
{
	size_t low = 0, high = map->count, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (line - map->runs[mid].line < map->runs[mid].count)
			return mid;
		if (line < map->runs[mid].line)
			high = mid;
		else
			low = mid + 1;
	}
	return map->count;
}

static void
put_run(struct line_map *map, size_t at, struct line_run run)
{
	map->runs = mem_grow(map->runs, map->count, &map->cap, sizeof *map->runs);
	memmove(map->runs + at + 1, map->runs + at, (map->count - at) * sizeof *map->runs);
	map->runs[at] = run;
	map->count++;
}

static void
take_runs(struct line_map *map, size_t from, size_t to)
{
	if (from == to)
		return;
	memmove(map->runs + from, map->runs + to, (map->count - to) * sizeof *map->runs);
	map->count -= to - from;
}

/* Sees to it that a run begins at `line`, which may be one past the end; returns its index. */
static size_t
split_at(struct line_map *map, uint32_t line)
{
	size_t at = find_run(map, line);
	struct line_run *run, tail;
	uint32_t head;

	if (at == map->count || map->runs[at].line == line)
		return at;
	run = &map->runs[at];
	head = line - run->line;
	tail = (struct line_run){ line, run->count - head, run->origin };
	if (run->origin != LINE_MAP_NONE)
		tail.origin += head;
	run->count = head;
	put_run(map, at + 1, tail);
	return at + 1;
}

/* Makes one run of runs[at - 1] and runs[at] if both are there and the second goes on the first. */
static void
join_at(struct line_map *map, size_t at)
{
	struct line_run *a, *b;

	if (at == 0 || at >= map->count)
		return;
	a = &map->runs[at - 1];
	b = &map->runs[at];
	if (a->origin == LINE_MAP_NONE ? b->origin != LINE_MAP_NONE
				       : b->origin != a->origin + a->count)
		return;
	a->count += b->count;
	take_runs(map, at, at + 1);
}

void
line_map_identity(struct line_map *map, uint32_t lines)
{
	map->count = 0;
	map->lines = map->origin_lines = lines;
	if (lines > 0)
		put_run(map, 0, (struct line_run){ 1, lines, 1 });
}

void
line_map_begin(struct line_map *map, uint32_t origin_lines)
{
	map->count = 0;
	map->lines = 0;
	map->origin_lines = origin_lines;
}

void
line_map_append(struct line_map *map, uint32_t count, uint32_t origin)
{
	if (count > UINT32_MAX - 1 - map->lines)
		count = UINT32_MAX - 1 - map->lines;
	if (count == 0)
		return;
	put_run(map, map->count, (struct line_run){ map->lines + 1, count, origin });
	map->lines += count;
	join_at(map, map->count - 1);
}

void
line_map_edit(struct line_map *map, uint32_t first, uint32_t removed, uint32_t inserted)
{
	size_t from, to;

	if (first == 0)
		first = 1;
	if (first > map->lines)
		first = map->lines + 1;
	if (removed > map->lines - (first - 1))
		removed = map->lines - (first - 1);
	if (inserted > UINT32_MAX - 1 - (map->lines - removed))
		inserted = UINT32_MAX - 1 - (map->lines - removed);

	from = split_at(map, first);
	to = split_at(map, first + removed);
	take_runs(map, from, to);
	for (size_t i = from; i < map->count; i++)
		map->runs[i].line = map->runs[i].line - removed + inserted;
	map->lines = map->lines - removed + inserted;
	if (inserted > 0) {
		put_run(map, from, (struct line_run){ first, inserted, LINE_MAP_NONE });
		join_at(map, from + 1);
	}
	join_at(map, from);
}

bool
line_map_find(const struct line_map *map, uint32_t line, struct line_run *run)
{
	size_t at = find_run(map, line);

	if (at < map->count)
		*run = map->runs[at];
	return at < map->count;
}

uint32_t
line_map_origin(const struct line_map *map, uint32_t line)
{
	size_t at = find_run(map, line);

	if (at == map->count || map->runs[at].origin == LINE_MAP_NONE)
		return LINE_MAP_NONE;
	return map->runs[at].origin + (line - map->runs[at].line);
}

bool
line_map_is_whole(const struct line_map *map)
{
	if (map->lines != map->origin_lines)
		return false;
	return map->lines == 0 || (map->count == 1 && map->runs[0].origin == 1);
}

bool
line_map_next(const struct line_map *map, size_t *at, struct line_run *run)
{
	if (*at >= map->count)
		return false;
	*run = map->runs[(*at)++];
	return true;
}

bool
line_map_equal(const struct line_map *a, const struct line_map *b)
{
	if (a->lines != b->lines || a->origin_lines != b->origin_lines || a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		if (a->runs[i].line != b->runs[i].line || a->runs[i].origin != b->runs[i].origin)
			return false;
	}
	return true;
}

void
line_map_free(struct line_map *map)
{
	free(map->runs);
	*map = (struct line_map){ 0 };
}
