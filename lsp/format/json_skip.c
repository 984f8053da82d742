#include "json_skip.h"

/*
 * Eight bytes at once, in plain C. They are a number, the first byte lowest, and a mask has the high
 * bit of each byte for which something holds. Other than in python/pylex_eight.h all masks are exact,
 * since here all of their bits count, not just the lowest.
 */
#define ONES  UINT64_C(0x0101010101010101)
#define HIGHS UINT64_C(0x8080808080808080)

/* In this order it is one load for gcc and clang on a little-endian machine. */
static uint64_t
load(const char *at)
{
	const unsigned char *p = (const unsigned char *)at;

	return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24 |
	       (uint64_t)p[4] << 32 | (uint64_t)p[5] << 40 | (uint64_t)p[6] << 48 |
	       (uint64_t)p[7] << 56;
}

static uint64_t
equal(uint64_t x, char byte)
{
	x ^= ONES * (unsigned char)byte;
	return ~(((x & ~HIGHS) + ~HIGHS) | x) & HIGHS;
}

/* Each byte of the result: is the number of bytes in the mask up to and with this one odd? */
static uint64_t
parity(uint64_t mask)
{
	mask ^= mask << 8;
	mask ^= mask << 16;
	return mask ^ mask << 32;
}

static unsigned
count(uint64_t mask)
{
	return (unsigned)((mask >> 7) * ONES >> 56);
}

/* Takes groups of eight bytes as long as the end isn't in one, nor a backslash, and nothing gets too
 * deep. Returns how many bytes were taken. */
static size_t
skip_eights(struct json_stream *j, enum skip_place *place, struct span in)
{
	uint64_t inside = *place == SKIP_STRING ? ~UINT64_C(0) : 0;
	unsigned depth = j->depth;
	size_t at = 0;

	for (; in.len - at >= 8; at += 8) {
		uint64_t x = load(in.at + at);
		uint64_t quotes = equal(x, '"'), here = parity(quotes) ^ inside;
		/* Bit 0x20 is all that tells brackets from braces. */
		unsigned up = count(equal(x | ONES * 0x20, '{') & ~here);
		unsigned down = count(equal(x | ONES * 0x20, '}') & ~here);
		bool may_end = depth == j->floor ? quotes != 0 : depth - j->floor <= down;

		if (equal(x, '\\') != 0 || may_end || depth + up > JSON_DEPTH_MAX)
			break;
		depth += up - down;
		inside = 0 - (here >> 63);
	}
	j->depth = (uint8_t)depth;
	*place = inside != 0 ? SKIP_STRING : SKIP_OUTSIDE;
	return at;
}

/* One byte. */
static enum skip_end
skip_byte(struct json_stream *j, enum skip_place *place, char c)
{
	if (*place == SKIP_ESCAPE) {
		*place = SKIP_STRING;
		return SKIP_GOES_ON;
	}
	if (*place == SKIP_STRING) {
		if (c == '\\')
			*place = SKIP_ESCAPE;
		if (c != '"')
			return SKIP_GOES_ON;
		*place = SKIP_OUTSIDE;
		return j->depth == j->floor ? SKIP_IS_OVER : SKIP_GOES_ON;
	}
	switch (c) {
	case '"':
		*place = SKIP_STRING;
		return SKIP_GOES_ON;
	case '{':
	case '[':
		if (j->depth == JSON_DEPTH_MAX)
			return SKIP_TOO_DEEP;
		j->depth++;
		return SKIP_GOES_ON;
	case '}':
	case ']':
		return --j->depth == j->floor ? SKIP_IS_OVER : SKIP_GOES_ON;
	default:
		return SKIP_GOES_ON;
	}
}

enum skip_end
json_skip(struct json_stream *j, enum skip_place *place, struct span *in)
{
	enum skip_end end = SKIP_GOES_ON;

	while (in->len > 0 && end == SKIP_GOES_ON) {
		size_t n = *place == SKIP_ESCAPE ? 0 : skip_eights(j, place, *in);

		/* What made it stop is among the next eight bytes. */
		for (size_t i = 0; i < 8 && n < in->len && end == SKIP_GOES_ON; i++)
			end = skip_byte(j, place, in->at[n++]);
		span_skip(in, n);
		j->offset += n;
	}
	return end;
}
