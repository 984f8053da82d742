/* pylex_table.h - constant tables of the lexer: what a byte is, and which words matter. */
#ifndef COVLS_PYTHON_PYLEX_TABLE_H
#define COVLS_PYTHON_PYLEX_TABLE_H

#include <stdint.h>

enum byte_class {
	BYTE_LETTER, /* also underscore, and every byte of a non-ASCII character */
	BYTE_DIGIT,  /* up to here: what a name goes on with */
	BYTE_SPACE,
	BYTE_LINE_END,
	BYTE_HASH,
	BYTE_BACKSLASH,
	BYTE_QUOTE,
	BYTE_DOT,
	BYTE_COLON,
	BYTE_SEMICOLON,
	BYTE_OPEN,
	BYTE_CLOSE,
	BYTE_SINGLE, /* another operator that never goes on */
	BYTE_OP,     /* an operator that another may follow */
	BYTE_NUL,
	BYTE_BAD,
};

extern const uint8_t pylex_class[256]; /* enum byte_class */

/* A word of up to eight letters, as a number whose lowest byte is the first letter. */
#define PYLEX_KEY(a, b, c, d, e, f, g, h)                                                 \
	((uint64_t)(a) | (uint64_t)(b) << 8 | (uint64_t)(c) << 16 | (uint64_t)(d) << 24 | \
	 (uint64_t)(e) << 32 | (uint64_t)(f) << 40 | (uint64_t)(g) << 48 | (uint64_t)(h) << 56)

/* The factor was searched for: with it, no two of the words share a slot. (If they did, the compiler
 * would warn of an element that is initialized twice.) */
#define PYLEX_SLOT(key) (((key)*UINT64_C(0xb57c8e05e3c9b0e1)) >> 58)

struct pylex_entry {
	uint64_t key;
	uint8_t word; /* enum py_word */
};

extern const struct pylex_entry pylex_words[64];

/* The enum py_word of a name of at most eight bytes. */
static inline uint8_t
pylex_short_word(uint64_t key)
{
	const struct pylex_entry *e = &pylex_words[PYLEX_SLOT(key)];

	return e->key == key ? e->word : 0;
}

/* The same for a name of nine to twelve bytes, of which the first eight are in `first`. */
uint8_t pylex_long_word(uint64_t first, uint64_t second);

#endif
