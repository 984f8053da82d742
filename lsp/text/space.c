#include "text/space.h"

size_t
space_length(struct span s)
{
	static const struct span wide[] = {
		{"\xc2\x85",      2}, /* U+0085 */
		{ "\xc2\xa0",     2}, /* U+00A0 */
		{ "\xe1\x9a\x80", 3}, /* U+1680 */
		{ "\xe2\x80\xa8", 3}, /* U+2028 */
		{ "\xe2\x80\xa9", 3}, /* U+2029 */
		{ "\xe2\x80\xaf", 3}, /* U+202F */
		{ "\xe2\x81\x9f", 3}, /* U+205F */
		{ "\xe3\x80\x80", 3}, /* U+3000 */
	};
	unsigned char c = s.len == 0 ? 0 : (unsigned char)*s.at;

	if (c < 0x80)
		return c == ' ' || (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x1F) ? 1 : 0;
	for (size_t i = 0; i < sizeof wide / sizeof wide[0]; i++) {
		if (span_starts(s, wide[i]))
			return wide[i].len;
	}
	/* U+2000 to U+200A */
	if (s.len >= 3 && span_starts(s, SPAN("\xe2\x80")) && (unsigned char)s.at[2] >= 0x80 &&
	    (unsigned char)s.at[2] <= 0x8A)
		return 3;
	return 0;
}

struct span
space_strip_start(struct span s)
{
	size_t len;

	while ((len = space_length(s)) > 0)
		span_skip(&s, len);
	return s;
}

/* The length of the white-space character at the end of `s`, or 0. */
static size_t
length_at_end(struct span s)
{
	for (size_t n = 1; n <= 3 && n <= s.len; n++) {
		if (space_length(span_cut(s, s.len - n, s.len)) == n)
			return n;
	}
	return 0;
}

struct span
space_strip_end(struct span s)
{
	size_t len;

	while ((len = length_at_end(s)) > 0)
		s.len -= len;
	return s;
}

struct span
space_strip(struct span s)
{
	return space_strip_end(space_strip_start(s));
}
