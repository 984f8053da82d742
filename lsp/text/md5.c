#include "text/md5.h"

#include <stdint.h>

#define BLOCK 64

/* floor(2^32 * abs(sin(i + 1))) (RFC 1321, 3.4). */
static const uint32_t sines[64] = {
	0xD76AA478, 0xE8C7B756, 0x242070DB, 0xC1BDCEEE, 0xF57C0FAF, 0x4787C62A, 0xA8304613,
	0xFD469501, 0x698098D8, 0x8B44F7AF, 0xFFFF5BB1, 0x895CD7BE, 0x6B901122, 0xFD987193,
	0xA679438E, 0x49B40821, 0xF61E2562, 0xC040B340, 0x265E5A51, 0xE9B6C7AA, 0xD62F105D,
	0x02441453, 0xD8A1E681, 0xE7D3FBC8, 0x21E1CDE6, 0xC33707D6, 0xF4D50D87, 0x455A14ED,
	0xA9E3E905, 0xFCEFA3F8, 0x676F02D9, 0x8D2A4C8A, 0xFFFA3942, 0x8771F681, 0x6D9D6122,
	0xFDE5380C, 0xA4BEEA44, 0x4BDECFA9, 0xF6BB4B60, 0xBEBFBC70, 0x289B7EC6, 0xEAA127FA,
	0xD4EF3085, 0x04881D05, 0xD9D4D039, 0xE6DB99E5, 0x1FA27CF8, 0xC4AC5665, 0xF4292244,
	0x432AFF97, 0xAB9423A7, 0xFC93A039, 0x655B59C3, 0x8F0CCC92, 0xFFEFF47D, 0x85845DD1,
	0x6FA87E4F, 0xFE2CE6E0, 0xA3014314, 0x4E0811A1, 0xF7537E82, 0xBD3AF235, 0x2AD7D2BB,
	0xEB86D391,
};

static const uint8_t shifts[4][4] = {
	{7,  12, 17, 22},
	{ 5, 9,  14, 20},
	{ 4, 11, 16, 23},
	{ 6, 10, 15, 21},
};

static uint32_t
rotate(uint32_t x, unsigned by)
{
	return x << by | x >> (32 - by);
}

static void
take_block(uint32_t state[4], const unsigned char *block)
{
	uint32_t a = state[0], b = state[1], c = state[2], d = state[3], words[16];

	for (size_t i = 0; i < 16; i++)
		words[i] = block[4 * i] | (uint32_t)block[4 * i + 1] << 8 |
			   (uint32_t)block[4 * i + 2] << 16 | (uint32_t)block[4 * i + 3] << 24;
	for (unsigned i = 0; i < 64; i++) {
		unsigned round = i / 16;
		uint32_t f = round == 0   ? (b & c) | (~b & d)
			     : round == 1 ? (d & b) | (~d & c)
			     : round == 2 ? b ^ c ^ d
					  : c ^ (b | ~d);
		unsigned word = round == 0   ? i
				: round == 1 ? 5 * i + 1
				: round == 2 ? 3 * i + 5
					     : 7 * i;
		uint32_t sum = a + f + sines[i] + words[word % 16];

		a = d;
		d = c;
		c = b;
		b += rotate(sum, shifts[round][i % 4]);
	}
	state[0] += a;
	state[1] += b;
	state[2] += c;
	state[3] += d;
}

void
md5(struct span bytes, unsigned char digest[MD5_SIZE])
{
	uint32_t state[4] = { 0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476 };
	unsigned char tail[2 * BLOCK] = { 0 };
	uint64_t bits = (uint64_t)bytes.len * 8;
	size_t end;

	for (; bytes.len >= BLOCK; span_skip(&bytes, BLOCK))
		take_block(state, (const unsigned char *)bytes.at);
	if (bytes.len > 0)
		memcpy(tail, bytes.at, bytes.len);
	tail[bytes.len] = 0x80;
	end = bytes.len + 9 <= BLOCK ? BLOCK : 2 * BLOCK;
	for (unsigned i = 0; i < 8; i++)
		tail[end - 8 + i] = (unsigned char)(bits >> (8 * i));
	for (size_t at = 0; at < end; at += BLOCK)
		take_block(state, tail + at);
	for (unsigned i = 0; i < MD5_SIZE; i++)
		digest[i] = (unsigned char)(state[i / 4] >> (8 * (i % 4)));
}
