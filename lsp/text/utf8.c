#include "text/utf8.h"

#define IS_TAIL(b) (((b)&0xC0) == 0x80)

/* The lowest and highest second byte that may follow `lead` (Unicode 15, table 3-7), and how long
 * the character is; length 0 for a byte that cannot lead. */
static size_t
lead_length(unsigned char lead, unsigned char *low, unsigned char *high)
{
	*low = 0x80;
	*high = 0xBF;
	if (lead < 0x80)
		return 1;
	if (lead < 0xC2 || lead > 0xF4)
		return 0;
	if (lead < 0xE0)
		return 2;
	if (lead == 0xE0)
		*low = 0xA0;
	else if (lead == 0xED)
		*high = 0x9F;
	else if (lead == 0xF0)
		*low = 0x90;
	else if (lead == 0xF4)
		*high = 0x8F;
	return lead < 0xF0 ? 3 : 4;
}

/* How many bytes at the start of `s` fit a character, which has `*want` bytes when whole. */
static size_t
matched(struct span s, size_t *want)
{
	const unsigned char *b = (const unsigned char *)s.at;
	unsigned char low, high;
	size_t n = 1;

	*want = s.len == 0 ? 0 : lead_length(b[0], &low, &high);
	if (*want == 0)
		return 0;
	if (*want == 1)
		return 1;
	if (s.len < 2)
		return 1;
	if (b[1] < low || b[1] > high)
		return 0;
	for (n = 2; n < *want && n < s.len; n++) {
		if (!IS_TAIL(b[n]))
			return 0;
	}
	return n;
}

size_t
utf8_length(struct span s)
{
	size_t want, got = matched(s, &want);

	return got == want ? got : 0;
}

bool
utf8_is_valid(struct span s)
{
	while (s.len > 0) {
		size_t len = utf8_length(s);

		if (len == 0)
			return false;
		span_skip(&s, len);
	}
	return true;
}

bool
utf8_is_cut(struct span s)
{
	size_t want, got = matched(s, &want);

	return got > 0 && got < want && got == s.len;
}

size_t
utf8_encode(uint32_t code, char out[4])
{
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xC0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3F));
		return 2;
	}
	if (code < 0x10000) {
		out[0] = (char)(0xE0 | code >> 12);
		out[1] = (char)(0x80 | (code >> 6 & 0x3F));
		out[2] = (char)(0x80 | (code & 0x3F));
		return 3;
	}
	out[0] = (char)(0xF0 | code >> 18);
	out[1] = (char)(0x80 | (code >> 12 & 0x3F));
	out[2] = (char)(0x80 | (code >> 6 & 0x3F));
	out[3] = (char)(0x80 | (code & 0x3F));
	return 4;
}

static size_t
units_of(size_t bytes, enum text_encoding encoding)
{
	switch (encoding) {
	case TEXT_UTF8:
		return bytes;
	case TEXT_UTF16:
		return bytes == 4 ? 2 : 1;
	case TEXT_UTF32:
		break;
	}
	return 1;
}

size_t
utf8_units(struct span s, enum text_encoding encoding)
{
	size_t units = 0;

	if (encoding == TEXT_UTF8)
		return s.len;
	while (s.len > 0) {
		size_t len = utf8_length(s);

		units += units_of(len == 0 ? 1 : len, encoding);
		span_skip(&s, len == 0 ? 1 : len);
	}
	return units;
}

size_t
utf8_bytes(struct span s, size_t units, enum text_encoding encoding)
{
	size_t all = s.len;

	while (s.len > 0 && units > 0) {
		size_t len = utf8_length(s), taken;

		len = len == 0 ? 1 : len;
		taken = units_of(len, encoding);
		if (taken > units)
			break;
		units -= taken;
		span_skip(&s, len);
	}
	return all - s.len;
}
