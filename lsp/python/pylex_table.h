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
	BYTE_OPEN,
	BYTE_CLOSE,
	BYTE_SINGLE, /* an operator that never goes on */
	BYTE_OP,     /* an operator that another may follow */
	BYTE_NUL,
	BYTE_BAD,
};

extern const uint8_t pylex_class[256]; /* enum byte_class */

/*
 * `first` and `second` hold the first sixteen bytes of a name, the first byte lowest; `len` is its
 * length, or anything above 16. Returns an enum py_word.
 */
uint8_t pylex_word(uint64_t first, uint64_t second, unsigned len);

#endif
