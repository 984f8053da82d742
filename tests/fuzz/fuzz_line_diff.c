/*
 * Two texts out of the fuzzer's bytes, cut at the first 0xff: the map between them must be in form, and
 * the lines it says are the same must be, in order. Hashing in two pieces must give the same lines.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "text/line_diff.h"

static void
check(const struct line_map *map, const struct line_hashes *ran, const struct line_hashes *now)
{
	struct line_run run;
	uint32_t next = 1, origin = 0;
	size_t at = 0;

	while (line_map_next(map, &at, &run)) {
		if (run.line != next || run.count == 0)
			abort();
		next += run.count;
		if (run.origin == LINE_MAP_NONE)
			continue;
		if (run.origin <= origin || run.origin - 1 + run.count > ran->count)
			abort();
		origin = run.origin + run.count - 1;
		if (memcmp(ran->at + run.origin - 1, now->at + run.line - 1,
			   run.count * sizeof *now->at) != 0)
			abort();
	}
	if (next != now->count + 1 || map->lines != now->count || map->origin_lines != ran->count)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *cut = size == 0 ? NULL : memchr(data, 0xff, size);
	size_t first = cut == NULL ? size : (size_t)(cut - data);
	struct span ran = { (const char *)data, first };
	struct span now = { (const char *)data + first, size - first };
	struct line_hashes a = { 0 }, b = { 0 }, pieces = { 0 };
	struct line_map map = { 0 };

	if (size == 0)
		return 0;
	if (cut != NULL)
		span_skip(&now, 1);
	line_hashes_add_text(&a, ran);
	line_hashes_add_text(&b, now);
	line_hashes_add_piece(&pieces, span_cut(now, 0, now.len / 2));
	line_hashes_add_piece(&pieces, span_cut(now, now.len / 2, now.len));
	line_hashes_end(&pieces);
	if (pieces.count != b.count || memcmp(pieces.at, b.at, b.count * sizeof *b.at) != 0)
		abort();
	line_diff(&a, &b, &map);
	check(&map, &a, &b);
	line_map_free(&map);
	line_hashes_free(&a);
	line_hashes_free(&b);
	line_hashes_free(&pieces);
	return 0;
}
