/*
 * The first byte tells where the rest is cut into two bitmaps; their union as a line set must have
 * just the lines of either, by every way of asking.
 */
#include <stdint.h>
#include <stdlib.h>

#include "text/numbits.h"

static void
require(bool held)
{
	if (!held)
		abort();
}

static void
check_walk(struct numbits set)
{
	struct line_set lines = { 0 };
	uint32_t n = 0, m = 0, count = 0;

	numbits_unite(&lines, set);
	do {
		n = numbits_next(set, n);
		m = line_set_next(&lines, m);
		require(n == m);
		count += n != NUMBITS_END;
	} while (n != NUMBITS_END);
	require(numbits_count(set) == count && line_set_count(&lines) == count);
	line_set_free(&lines);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct line_set both = { 0 }, other = { 0 };
	size_t cut;

	if (size < 1)
		return 0;
	cut = (size - 1) * data[0] / 255;
	struct numbits a = { data + 1, cut }, b = { data + 1 + cut, size - 1 - cut };

	check_walk(a);
	check_walk(b);
	numbits_unite(&both, a);
	numbits_unite(&other, b);
	line_set_unite(&both, &other);
	for (uint32_t line = 0; line < size * 8 + 16; line++)
		require(line_set_has(&both, line) ==
			(numbits_has(a, line) || numbits_has(b, line)));
	numbits_unite(&other, a);
	require(line_set_equal(&both, &other));
	line_set_free(&both);
	line_set_free(&other);
	return 0;
}
