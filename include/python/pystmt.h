/*
 * pystmt.h - tokens to statements: which statement begins where, which suite belongs to it.
 *
 * A light parser: it follows logical lines, heads of compound statements, their clauses, suites
 * (on the line of the head or indented) and decorators, and of an expression it sees no more than
 * the rules of pylines.h ask for. It holds one small entry an open compound statement and tells a
 * sink what it finds, in the order of the source:
 *
 *     line_begin, then head and simple as they end, then line_end        for each logical line
 *     close                                       when a compound statement and its clauses end
 *
 * A statement that ends with its indented suite is closed when the next logical line begins,
 * before that line's line_begin; what can be followed by a clause is closed once it isn't.
 *
 * It finds the errors that hang on structure (a head without colon, without block, a clause out of
 * place), not those within an expression. Whatever CPython accepts is accepted.
 */
#ifndef COVLS_PYTHON_PYSTMT_H
#define COVLS_PYTHON_PYSTMT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "python/pylex.h"

/* One open compound statement a level of indentation, and one whose clauses are awaited. */
#define PYSTMT_BLOCK_MAX (PYLEX_INDENT_MAX + 1)

enum py_block_kind {
	PY_BLOCK_IF,
	PY_BLOCK_WHILE,
	PY_BLOCK_FOR,
	PY_BLOCK_TRY,
	PY_BLOCK_WITH,
	PY_BLOCK_MATCH,
	PY_BLOCK_CASE, /* a block within that of its match */
	PY_BLOCK_DEF,
	PY_BLOCK_CLASS,
};

/* Where a compound statement is. */
enum py_phase {
	PY_PHASE_BODY, /* also: in an elif */
	PY_PHASE_EXCEPT,
	PY_PHASE_ELSE,
	PY_PHASE_FINALLY,
};

/* Code objects of its own within an expression. */
enum py_inner {
	PY_INNER_NONE,
	PY_INNER_COMPREHENSION, /* a list, set or dict comprehension, and none of the next */
	PY_INNER_SURE,          /* a lambda or generator expression */
};

enum py_target {
	PY_TARGET_OTHER,
	PY_TARGET_NAME,
	PY_TARGET_BRACKETED_NAME,
};

/* A simple statement, or a decorator. */
struct py_simple {
	uint32_t first, last; /* physical lines of its first and last token */
	uint8_t word;         /* the keyword it begins with (enum py_word), else PYW_OTHER */
	uint8_t inner;        /* enum py_inner, without that of an annotation */
	uint8_t annotation_inner;
	uint8_t target; /* annotated: enum py_target */
	bool decorator;
	bool annotated;          /* x: T, with or without a value */
	bool valued;             /* x: T = v */
	bool docstring;          /* first in a body, nothing but strings */
	bool nothing;            /* del () and its like */
	bool future_annotations; /* from __future__ import annotations */
};

/* The head of a compound statement or of one of its clauses, up to its colon. */
struct py_head {
	uint32_t line;  /* of its first token (`async` of an async def) */
	uint32_t first; /* def, class: of the first decorator's expression; else as `line` */
	uint32_t pattern_first, pattern_last; /* case: physical lines of the pattern */
	uint8_t block;                        /* index of the block that it opens or belongs to */
	uint8_t kind;                         /* of that block: enum py_block_kind */
	uint8_t clause; /* PYW_ELIF, PYW_ELSE, PYW_EXCEPT, PYW_FINALLY, or 0: it opens the block */
	uint8_t inner;  /* enum py_inner */
	bool hidden;    /* def, class: called __annotate__ */
	bool guarded;   /* case: with an `if` */
	bool irrefutable; /* case: the pattern matches whatever comes, as CPython sees it */
	bool wildcard;    /* the same as coverage.py sees it (_case_is_irrefutable), and no guard */
	bool underscore;  /* the pattern is `_` and nothing else */
};

/* What is told; each with the ctx given to pystmt_init(). */
struct pystmt_sink {
	void (*line_begin)(void *ctx, uint32_t line);
	void (*simple)(void *ctx, const struct py_simple *s);
	void (*head)(void *ctx, const struct py_head *h);
	/* Physical lines of the logical line, and that of its last token but `;` and NEWLINE.
	 * `scattered`: an operand stands on another line than the first. */
	void (*line_end)(void *ctx, uint32_t first, uint32_t last, uint32_t last_token,
			 bool scattered);
	void (*close)(void *ctx, uint8_t block, enum py_block_kind kind, enum py_phase phase);
};

struct pystmt_block {
	uint32_t line;
	uint8_t kind;  /* enum py_block_kind */
	uint8_t phase; /* enum py_phase */
	bool in_suite; /* its indented suite is being read; else its clauses are awaited */
};

/* One bracket level of a pattern. */
struct pystmt_pattern_level {
	uint8_t alternative;  /* the one at hand: enum alternative, in pystmt_pattern.c */
	bool is_irrefutable;  /* ... */
	bool any_irrefutable; /* an earlier one */
	bool several;         /* alternatives */
	bool as;
	bool sequence;
	bool dead; /* not the brackets of a group: nothing within matters */
};

struct pystmt_pattern {
	struct pystmt_pattern_level levels[PYLEX_BRACKET_MAX + 1];
	uint32_t tokens;
};

enum pystmt_error {
	PYSTMT_OK,
	PYSTMT_SYNTAX,
	PYSTMT_INDENT,
	PYSTMT_BLOCK,
	PYSTMT_COLON,
	PYSTMT_CLAUSE,
	PYSTMT_HANDLER,
	PYSTMT_DECORATOR,
	PYSTMT_CASE,
};

struct pystmt {
	const struct pystmt_sink *sink;
	void *ctx;
	uint8_t mode;   /* enum mode, in pystmt.c */
	uint8_t depth;  /* blocks open */
	uint8_t indent; /* indented suites open */
	uint8_t shape;  /* of the simple statement at hand: enum shape, in pystmt.c */
	uint8_t import; /* how far into `from __future__ import annotations`: enum import */
	bool in_line;
	bool line_start;   /* at the first token of a logical line */
	bool body_start;   /* nothing in the body of a module, def or class yet */
	bool docstring_ok; /* the statement at hand is the first in such a body */
	bool expect_block; /* a head ended the last logical line */
	bool suite;     /* a head ended within this logical line, and its suite is empty so far */
	bool decorated; /* decorators wait for their def or class */
	bool maybe_match;
	uint8_t quiet;      /* see pystmt_skip() */
	bool last_is_colon; /* outside of brackets */
	bool scattered;
	uint32_t line_first; /* of the logical line */
	uint32_t last_token; /* line of the last token but `;` */
	uint32_t tokens;     /* of the statement at hand; stays at a few */
	uint32_t lambdas;    /* outside of brackets, whose colon is to come */
	uint32_t decorator_line;
	struct py_simple simple;
	struct py_head head;
	struct pystmt_pattern pattern;
	struct pystmt_block blocks[PYSTMT_BLOCK_MAX];
	enum pystmt_error error;
	uint32_t error_line, error_head;
};

/* `sink` must outlive the parser. */
void pystmt_init(struct pystmt *s, const struct pystmt_sink *sink, void *ctx);

/* False: the tokens are not Python; see pystmt_tell(). */
bool pystmt_take(struct pystmt *s, const struct pytoken *tok);

/*
 * Once it is clear what a statement is, most of its tokens matter no longer: those that come next and are in
 * the set `quiet` (enum pylex_quiet) may be left out, except that those which begin an operand matter to
 * `scattered`. Tokens that end on this line have been:
 */
void pystmt_skip(struct pystmt *s, uint32_t line);

/* After the last token. */
bool pystmt_finish(struct pystmt *s, uint32_t line);

enum status pystmt_tell(const struct pystmt *s, struct error *err);

#endif
