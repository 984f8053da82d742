#include "coverage/source_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
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

void
ran_lines_free(struct ran_lines *ran)
{
	line_hashes_free(&ran->hashes);
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

/* Lines that come from nowhere, and the lines of the text that ran that would fit in their place. */
struct gap {
	uint32_t line, count; /* now */
	uint32_t from, to;    /* ran; `to` not included */
};

/* Gives the lines at both ends of the gap that are as they ran their origin back. */
static void
restore_gap(struct line_map *map, struct gap gap, const uint64_t *ran, const uint64_t *now)
{
	uint32_t start = 0, end = 0;
	uint32_t most = gap.count < gap.to - gap.from ? gap.count : gap.to - gap.from;

	while (start < most && now[start] == ran[gap.from + start - 1])
		start++;
	while (end < most - start && now[gap.count - end - 1] == ran[gap.to - end - 2])
		end++;
	line_map_restore(map, gap.line, start, gap.from);
	line_map_restore(map, gap.line + gap.count - end, end, gap.to - end);
}

void
ran_lines_restore(const struct ran_lines *ran, struct span text, struct line_map *map)
{
	size_t count = map->count;
	struct line_run *runs;
	uint64_t *hashes = NULL;
	uint32_t at = 1;
	struct span line = { 0 };

	if (ran->origin == RAN_UNKNOWN || line_map_is_whole(map))
		return;
	runs = mem_alloc(count, sizeof *runs); /* the map changes meanwhile */
	memcpy(runs, map->runs, count * sizeof *runs);
	for (size_t i = 0; i < count; i++) {
		struct gap gap = { runs[i].line, runs[i].count, 1, map->origin_lines + 1 };

		if (runs[i].origin != LINE_MAP_NONE)
			continue;
		if (i > 0)
			gap.from = runs[i - 1].origin + runs[i - 1].count;
		if (i + 1 < count)
			gap.to = runs[i + 1].origin;
		if (gap.from >= gap.to)
			continue;
		for (; at < gap.line; at++)
			doc_text_take_line(&text, &line);
		hashes = mem_resize(hashes, gap.count, sizeof *hashes);
		for (uint32_t k = 0; k < gap.count; k++, at++) {
			doc_text_take_line(&text, &line);
			hashes[k] = line_hash(line);
		}
		restore_gap(map, gap, ran->hashes.at, hashes);
	}
	free(hashes);
	free(runs);
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
