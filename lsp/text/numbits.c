#include "text/numbits.h"

/* Lines are 32 bits: of a longer string the rest cannot be named. */
#define BYTES_MOST ((size_t)UINT32_MAX / 8)

static size_t
usable_bytes(struct numbits set)
{
	return set.len < BYTES_MOST ? set.len : BYTES_MOST;
}

static uint32_t
lowest(unsigned bits)
{
	return (uint32_t)__builtin_ctz(bits);
}

/* The bits of byte i that are lines of a line set. */
static unsigned
lines_at(struct numbits set, size_t i)
{
	unsigned bits = set.bytes[i];

	if (i == 0)
		bits &= ~1u;
	if (i == LINE_SET_MAX / 8)
		bits &= (2u << LINE_SET_MAX % 8) - 1;
	return bits;
}

bool
numbits_has(struct numbits set, uint32_t line)
{
	size_t byte = line / 8;

	return line != 0 && byte < usable_bytes(set) && (set.bytes[byte] >> line % 8 & 1) != 0;
}

uint32_t
numbits_count(struct numbits set)
{
	uint32_t count = 0;

	for (uint32_t n = numbits_next(set, 0); n != NUMBITS_END; n = numbits_next(set, n))
		count++;
	return count;
}

uint32_t
numbits_next(struct numbits set, uint32_t after)
{
	size_t len = usable_bytes(set);
	unsigned ahead; /* what is left of the byte that holds `line` */

	if (after == UINT32_MAX)
		return NUMBITS_END;
	for (uint32_t line = after + 1; line / 8 < len; line = (line | 7) + 1) {
		ahead = (unsigned)set.bytes[line / 8] >> line % 8;
		if (ahead != 0)
			return line + lowest(ahead);
	}
	return NUMBITS_END;
}

void
numbits_unite(struct line_set *lines, struct numbits set)
{
	if (set.len > LINE_SET_MAX / 8 + 1)
		set.len = LINE_SET_MAX / 8 + 1;
	while (set.len > 0 && lines_at(set, set.len - 1) == 0)
		set.len--;
	if (set.len == 0)
		return;
	/* Any line of the last byte makes the room for all. */
	line_set_add(lines, (uint32_t)(set.len - 1) * 8 + lowest(lines_at(set, set.len - 1)));
	for (size_t i = 0; i < set.len; i++)
		lines->words[i / 8] |= (uint64_t)lines_at(set, i) << i % 8 * 8;
}
