/*
 * pytruth.h - what CPython's compiler knows of a test, token by token.
 *
 * The compiler drops one side of a jump whose test it knows (compiler_jump_if() in Python/compile.c,
 * 3.10, to Python/codegen.c, 3.14). Literals, `__debug__`, `not`, `and`, `or` and `x if t else y` are
 * known to all versions; up to 3.13 an operator, a tuple or a subscript of constants has been folded
 * before (Python/ast_opt.c), from 3.14 on it hasn't. All else is unknown. A bracket level takes a few
 * bytes, and there is no tree.
 *
 *     pytruth_begin(&t, minor), pytruth_take(&t, tok) ..., pytruth_end(&t)
 *
 * Of a number no more than "zero or not" is known, so differences, `~` and the like are taken as unknown;
 * so are, up to 3.11, f-strings with a brace.
 */
#ifndef COVLS_PYTHON_PYTRUTH_H
#define COVLS_PYTHON_PYTRUTH_H

#include <stdbool.h>
#include <stdint.h>

#include "python/pylex.h"

enum pytruth {
	PYTRUTH_UNKNOWN,
	PYTRUTH_FALSE,
	PYTRUTH_TRUE,
};

/* One bracket level: `x if t else y` over `or` over `and` over `not` over an operand. */
struct pytruth_level {
	uint8_t role;         /* what the bracket is to the operand that it stands in: enum role */
	uint8_t operand;      /* enum operand, in pytruth.c */
	uint8_t value;        /* of the operand: enum pytruth */
	uint8_t all, any;     /* of the operands joined by `and`; of what `or` joins, so far */
	uint8_t sum, product; /* of the operands joined by + and * */
	uint8_t choice;       /* what `a if t else` makes of what comes: enum choice */
	uint8_t chosen;       /* ... and with what: enum pytruth */
	uint8_t body;         /* a, while in t */
	bool in_test;         /* in t */
	bool negated;         /* an odd number of `not` */
	bool compound;        /* not a constant that is folded, whatever is known of it */
	bool unfolded;        /* the same of the operand at hand */
	bool arithmetic;      /* has + or * */
	bool sign;            /* has one: sums are no longer known */
	bool opaque;          /* from here on unknown: lambda, :=, a comprehension */
	bool tuple, tuple_known;
};

struct pytruth_state {
	bool folds;
	bool f_empty_known;
	bool done;       /* a comma outside of brackets: what follows is no test */
	uint8_t fstring; /* depth at which an f-string began, + 1; 0: in none */
	bool ftext, ffields;
	uint8_t result; /* once done */
	struct pytruth_level levels[PYLEX_BRACKET_MAX + 1];
};

void pytruth_begin(struct pytruth_state *t, unsigned minor);

/* The next token of the test, brackets included. */
void pytruth_take(struct pytruth_state *t, const struct pytoken *tok);

/* Tokens that don't matter now (enum pylex_quiet), with `depth` brackets open. */
unsigned pytruth_quiet(const struct pytruth_state *t, unsigned depth);

enum pytruth pytruth_end(struct pytruth_state *t);

#endif
