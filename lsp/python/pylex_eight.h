/*
 * pylex_eight.h - eight bytes of a text at once, in plain C.
 *
 * A group of eight is a number, its first byte lowest. A *mask* has the high bit of each byte set
 * for which something holds. Above the first such byte a mask may hold too much (subtraction
 * borrows), which does no harm where only the first one is asked for.
 */
#ifndef COVLS_PYTHON_PYLEX_EIGHT_H
#define COVLS_PYTHON_PYLEX_EIGHT_H

#include <stdint.h>

#define EIGHT_ONES  UINT64_C(0x0101010101010101)
#define EIGHT_HIGHS UINT64_C(0x8080808080808080)

static inline uint64_t
eight_load(const uint8_t *p)
{
	return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24 |
	       (uint64_t)p[4] << 32 | (uint64_t)p[5] << 40 | (uint64_t)p[6] << 48 |
	       (uint64_t)p[7] << 56;
}

/* Bytes below n, which is at most 128. */
static inline uint64_t
eight_below(uint64_t x, uint8_t n)
{
	return (x - EIGHT_ONES * n) & ~x & EIGHT_HIGHS;
}

static inline uint64_t
eight_equal(uint64_t x, uint8_t byte)
{
	return eight_below(x ^ (EIGHT_ONES * byte), 1);
}

/* Bytes from `first` to `last`, both below 128. Exact: nothing is carried from byte to byte. `low`
 * is x without its high bits. */
static inline uint64_t
eight_range(uint64_t low, uint8_t first, uint8_t last)
{
	return (low + EIGHT_ONES * (uint64_t)(0x80 - first)) &
	       ~(low + EIGHT_ONES * (uint64_t)(0x7F - last)) & EIGHT_HIGHS;
}

/* Bytes that no name goes on with: neither letter, digit nor underscore, nor from 0x80. Exact. */
static inline uint64_t
eight_not_word(uint64_t x)
{
	uint64_t low = x & ~EIGHT_HIGHS;
	uint64_t word = eight_range(low | EIGHT_ONES * 0x20, 'a', 'z') |
			eight_range(low, '0', '9') | eight_range(low, '_', '_') | x;

	return ~word & EIGHT_HIGHS;
}

/* The index of the first byte in a mask that isn't 0. */
static inline unsigned
eight_first(uint64_t mask)
{
	return (unsigned)__builtin_ctzll(mask) / 8;
}

#endif
