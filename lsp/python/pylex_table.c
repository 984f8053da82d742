#include "pylex_table.h"

#include "python/pylex.h"

enum {
	A = BYTE_LETTER,
	D = BYTE_DIGIT,
	S = BYTE_SPACE,
	L = BYTE_LINE_END,
	H = BYTE_HASH,
	K = BYTE_BACKSLASH,
	Q = BYTE_QUOTE,
	P = BYTE_DOT,
	C = BYTE_COLON,
	M = BYTE_SEMICOLON,
	O = BYTE_OPEN,
	E = BYTE_CLOSE,
	Y = BYTE_SINGLE,
	X = BYTE_OP,
	N = BYTE_NUL,
	B = BYTE_BAD
};

/* clang-format off */
const uint8_t pylex_class[256] = {
	N, B, B, B, B, B, B, B, B, S, L, B, S, L, B, B, /* 0x00 */
	B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, /* 0x10 */
	S, X, Q, H, B, X, X, Q, O, E, X, X, Y, X, P, X, /* 0x20 */
	D, D, D, D, D, D, D, D, D, D, C, M, X, X, X, B, /* 0x30 */
	X, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, /* 0x40 */
	A, A, A, A, A, A, A, A, A, A, A, O, K, E, X, A, /* 0x50 */
	B, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, /* 0x60 */
	A, A, A, A, A, A, A, A, A, A, A, O, X, E, Y, B, /* 0x70 */
	A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, /* 0x80 */
	A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, /* 0x90 */
	A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, /* 0xa0 */
	A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, /* 0xb0 */
	A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, /* 0xc0 */
	A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, /* 0xd0 */
	A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, /* 0xe0 */
	A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, /* 0xf0 */
};
/* clang-format on */

#define WORD(word, ...) [PYLEX_SLOT(PYLEX_KEY(__VA_ARGS__))] = { PYLEX_KEY(__VA_ARGS__), word }

const struct pylex_entry pylex_words[64] = {
	WORD(PYW_AND, 'a', 'n', 'd', 0, 0, 0, 0, 0),
	WORD(PYW_AS, 'a', 's', 0, 0, 0, 0, 0, 0),
	WORD(PYW_ASSERT, 'a', 's', 's', 'e', 'r', 't', 0, 0),
	WORD(PYW_ASYNC, 'a', 's', 'y', 'n', 'c', 0, 0, 0),
	WORD(PYW_AWAIT, 'a', 'w', 'a', 'i', 't', 0, 0, 0),
	WORD(PYW_BREAK, 'b', 'r', 'e', 'a', 'k', 0, 0, 0),
	WORD(PYW_CASE, 'c', 'a', 's', 'e', 0, 0, 0, 0),
	WORD(PYW_CLASS, 'c', 'l', 'a', 's', 's', 0, 0, 0),
	WORD(PYW_CONTINUE, 'c', 'o', 'n', 't', 'i', 'n', 'u', 'e'),
	WORD(PYW_DEF, 'd', 'e', 'f', 0, 0, 0, 0, 0),
	WORD(PYW_DEL, 'd', 'e', 'l', 0, 0, 0, 0, 0),
	WORD(PYW_ELIF, 'e', 'l', 'i', 'f', 0, 0, 0, 0),
	WORD(PYW_ELSE, 'e', 'l', 's', 'e', 0, 0, 0, 0),
	WORD(PYW_EXCEPT, 'e', 'x', 'c', 'e', 'p', 't', 0, 0),
	WORD(PYW_FALSE, 'F', 'a', 'l', 's', 'e', 0, 0, 0),
	WORD(PYW_FINALLY, 'f', 'i', 'n', 'a', 'l', 'l', 'y', 0),
	WORD(PYW_FOR, 'f', 'o', 'r', 0, 0, 0, 0, 0),
	WORD(PYW_FROM, 'f', 'r', 'o', 'm', 0, 0, 0, 0),
	WORD(PYW_GLOBAL, 'g', 'l', 'o', 'b', 'a', 'l', 0, 0),
	WORD(PYW_IF, 'i', 'f', 0, 0, 0, 0, 0, 0),
	WORD(PYW_IMPORT, 'i', 'm', 'p', 'o', 'r', 't', 0, 0),
	WORD(PYW_IN, 'i', 'n', 0, 0, 0, 0, 0, 0),
	WORD(PYW_IS, 'i', 's', 0, 0, 0, 0, 0, 0),
	WORD(PYW_LAMBDA, 'l', 'a', 'm', 'b', 'd', 'a', 0, 0),
	WORD(PYW_MATCH, 'm', 'a', 't', 'c', 'h', 0, 0, 0),
	WORD(PYW_NONE, 'N', 'o', 'n', 'e', 0, 0, 0, 0),
	WORD(PYW_NONLOCAL, 'n', 'o', 'n', 'l', 'o', 'c', 'a', 'l'),
	WORD(PYW_NOT, 'n', 'o', 't', 0, 0, 0, 0, 0),
	WORD(PYW_OR, 'o', 'r', 0, 0, 0, 0, 0, 0),
	WORD(PYW_PASS, 'p', 'a', 's', 's', 0, 0, 0, 0),
	WORD(PYW_RAISE, 'r', 'a', 'i', 's', 'e', 0, 0, 0),
	WORD(PYW_RETURN, 'r', 'e', 't', 'u', 'r', 'n', 0, 0),
	WORD(PYW_TRUE, 'T', 'r', 'u', 'e', 0, 0, 0, 0),
	WORD(PYW_TRY, 't', 'r', 'y', 0, 0, 0, 0, 0),
	WORD(PYW_WHILE, 'w', 'h', 'i', 'l', 'e', 0, 0, 0),
	WORD(PYW_WITH, 'w', 'i', 't', 'h', 0, 0, 0, 0),
	WORD(PYW_UNDERSCORE, '_', 0, 0, 0, 0, 0, 0, 0),
	WORD(PYW_YIELD, 'y', 'i', 'e', 'l', 'd', 0, 0, 0),
};

uint8_t
pylex_long_word(uint64_t first, uint64_t second)
{
	static const struct {
		uint64_t first, second;
		uint8_t word;
	} words[] = {
		{PYLEX_KEY('_', '_', 'd', 'e', 'b', 'u', 'g', '_'), '_', PYW_DEBUG      },
		{  PYLEX_KEY('_', '_', 'f', 'u', 't', 'u', 'r',              'e'),
                 PYLEX_KEY('_',                  '_',      0, 0, 0, 0, 0, 0), PYW_FUTURE },
		{ PYLEX_KEY('a', 'n', 'n', 'o', 't', 'a', 't',            'i'),
                 PYLEX_KEY('o',                'n', 's', 0, 0, 0, 0, 0), PYW_ANNOTATIONS },
		{ PYLEX_KEY('_', '_', 'a', 'n', 'n', 'o', 't',          'a'),
                 PYLEX_KEY('t',              'e',    '_', '_', 0, 0, 0, 0), PYW_ANNOTATE },
	};

	for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (first == words[i].first && second == words[i].second)
			return words[i].word;
	}
	return PYW_OTHER;
}
