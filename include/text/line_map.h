/*
 * line_map.h - where each line of the text as it is now came from in the text that ran.
 *
 * A map begins as the identity and is told every edit. Lines that an edit replaced come from
 * nowhere (LINE_MAP_NONE): their text is not what ran.
 * Lines after the edit keep theirs and shift. Taking inserted lines out again does
 * leave the identity.
 *
 * Lines count from 1. The map is kept as runs in rising order of line that cover 1 ... lines
 * without a gap; no two neighbours could be one run. So an unedited file of any length is one run,
 * and n edits make at most 2n + 1. A zeroed map is the identity of a text with no lines. It owns its
 * runs: end it with line_map_free().
 */
#ifndef COVLS_TEXT_LINE_MAP_H
#define COVLS_TEXT_LINE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINE_MAP_NONE 0u

/* The lines line ... line + count - 1 of the text now were origin ... origin + count - 1, or all of
 * them are new: origin is LINE_MAP_NONE. */
struct line_run {
	uint32_t line, count, origin;
};

struct line_map {
	struct line_run *runs;
	size_t count, cap;
	uint32_t lines;        /* in the text now */
	uint32_t origin_lines; /* in the text that ran */
};

/* Begins again: each of `lines` lines comes from itself. Keeps the memory of earlier runs. */
void line_map_identity(struct line_map *map, uint32_t lines);

/*
 * Begins again with no line, of a text that ran with `origin_lines`; each line_map_append() then puts
 * `count` lines behind the last one, which come from origin ... or from nowhere (LINE_MAP_NONE). Origins
 * rise, as in every map; what would be one run becomes one. Keeps the memory of earlier runs. Lines that
 * are more than can be counted (UINT32_MAX - 1) are left out.
 */
void line_map_begin(struct line_map *map, uint32_t origin_lines);
void line_map_append(struct line_map *map, uint32_t count, uint32_t origin);

/*
 * The lines first ... first + removed - 1 were replaced by `inserted` new ones; with removed = 0 the
 * new ones go before `first`, which may be one past the last line. Numbers beyond the end are cut to
 * it. Costs time in proportion to the runs, not to the lines.
 */
void line_map_edit(struct line_map *map, uint32_t first, uint32_t removed, uint32_t inserted);

/* The run that `line` lies in; false if it is no line. */
bool line_map_find(const struct line_map *map, uint32_t line, struct line_run *run);

/* The line of the text that ran, or LINE_MAP_NONE if there is none or `line` is no line. */
uint32_t line_map_origin(const struct line_map *map, uint32_t line);

/* Is every line of the text that ran still there, in its place, and no other? */
bool line_map_is_whole(const struct line_map *map);

/* Walks the runs in order: size_t at = 0; while (line_map_next(map, &at, &run)) ... */
bool line_map_next(const struct line_map *map, size_t *at, struct line_run *run);

/* Do both texts have as many lines, and does each line come from the same one? */
bool line_map_equal(const struct line_map *a, const struct line_map *b);

/* Leaves the map zeroed. */
void line_map_free(struct line_map *map);

#endif
