/*
 * pylex.h - bytes of a Python source to tokens, with a fixed-size struct and no text held.
 *
 * Pull tokens out of whatever bytes are at hand; input may be cut anywhere, even inside CR LF or a
 * name. The end of the input is told by pylex_finish().
 *
 *     pylex_init(&lx, 14);
 *     for each piece of the text:
 *             while ((ev = pylex_next(&lx, &piece, &tok)) == PYLEX_TOKEN) ...
 *     pylex_finish(&lx);
 *     while ((ev = pylex_next(&lx, &piece, &tok)) == PYLEX_TOKEN) ...    (piece is empty by now)
 *
 * What comes out are the tokens that the structure of a file hangs on. Comments, blank lines and
 * line ends inside brackets give none. NEWLINE ends a logical line, INDENT and DEDENT come before
 * the first token of the line that causes them. A missing last line end is made up.
 *
 * The rules are those of CPython's Parser/tokenizer.c (3.10, 3.11) and Parser/lexer/lexer.c
 * (3.14), with two of coverage.py's (coverage/python.py, 7.16): a form feed is a space, wherever it
 * stands, and a lone CR ends a line. The encoding doesn't matter: bytes from 0x80 are letters.
 * Up to 3.11 an f-string is one opaque STRING; from 3.12 on f-strings (and t-strings) come as
 * FSTRING_START, the tokens of their replacement fields, each in an OP '{' and '}', and FSTRING_END.
 *
 * Whatever CPython accepts is accepted. Not everything that it rejects is rejected: that names are
 * made of letters, how escapes and numbers end in detail, is not looked at.
 */
#ifndef COVLS_PYTHON_PYLEX_H
#define COVLS_PYTHON_PYLEX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "base/status.h"

/* CPython's limits, Parser/lexer/state.h, 3.14 (MAXINDENT, MAXLEVEL, MAXFSTRINGLEVEL). */
#define PYLEX_INDENT_MAX  100
#define PYLEX_BRACKET_MAX 200
#define PYLEX_FSTRING_MAX 150

/* The newest Python whose rules are known; what "minor 0" stands for. */
#define PYTHON_MINOR_MIN 10
#define PYTHON_MINOR_MAX 14

/* Longest word that is told apart ("__annotate__" has 12 letters). */
#define PYLEX_WORD_MAX 16

/* As LINE_SET_MAX: longer files are refused. */
#define PYLEX_LINES_MAX 10000000u

enum pylex_event {
	PYLEX_MORE,  /* all of the input was used: bring more, or call pylex_finish() */
	PYLEX_TOKEN, /* *tok is the next one */
	PYLEX_END,   /* there are no more tokens; from now on always */
	PYLEX_ERROR, /* not Python: see pylex_tell(); from now on always */
};

enum pytok_kind {
	PYTOK_NAME,
	PYTOK_NUMBER,
	PYTOK_STRING, /* one literal; adjacent ones come one by one */
	PYTOK_BYTES,
	PYTOK_FSTRING, /* 3.10 and 3.11: a whole f-string */
	PYTOK_FSTRING_START,
	PYTOK_FSTRING_END,
	PYTOK_OP,
	PYTOK_NEWLINE,
	PYTOK_INDENT,
	PYTOK_DEDENT,
};

/* What a NAME token says, where it matters; soft keywords are told like hard ones. */
enum py_word {
	PYW_OTHER,
	PYW_AND,
	PYW_AS,
	PYW_ASSERT,
	PYW_ASYNC,
	PYW_AWAIT,
	PYW_BREAK,
	PYW_CASE,
	PYW_CLASS,
	PYW_CONTINUE,
	PYW_DEF,
	PYW_DEL,
	PYW_ELIF,
	PYW_ELSE,
	PYW_EXCEPT,
	PYW_FALSE,
	PYW_FINALLY,
	PYW_FOR,
	PYW_FROM,
	PYW_GLOBAL,
	PYW_IF,
	PYW_IMPORT,
	PYW_IN,
	PYW_IS,
	PYW_LAMBDA,
	PYW_MATCH,
	PYW_NONE,
	PYW_NONLOCAL,
	PYW_NOT,
	PYW_OR,
	PYW_PASS,
	PYW_RAISE,
	PYW_RETURN,
	PYW_TRUE,
	PYW_TRY,
	PYW_WHILE,
	PYW_WITH,
	PYW_YIELD,
	PYW_ANNOTATE,    /* __annotate__ */
	PYW_ANNOTATIONS, /* annotations */
	PYW_DEBUG,       /* __debug__ */
	PYW_FUTURE,      /* __future__ */
	PYW_UNDERSCORE,  /* _ */
};

/* Operators of one character are that character. */
enum py_op {
	PYOP_ARROW = 128, /* -> */
	PYOP_WALRUS,      /* := */
	PYOP_ELLIPSIS,    /* ... */
	PYOP_ASSIGN,      /* += and its like */
	PYOP_OTHER,       /* == != ** and so on */
};

struct pytoken {
	uint8_t kind;   /* enum pytok_kind */
	uint8_t word;   /* NAME: enum py_word */
	uint8_t op;     /* OP: the character, or enum py_op; FSTRING: '{' if it holds one, else 0 */
	uint8_t depth;  /* brackets round the token; a bracket itself stands outside of its pair */
	uint8_t inside; /* the innermost of these brackets, '(' '[' or '{'; 0 at depth 0 */
	bool truth; /* NUMBER: not zero; STRING, BYTES, FSTRING: not empty; FSTRING_END, and the '{'
			 * of a field: right before it there is text */
	uint32_t line;     /* where it starts, from 1 */
	uint32_t end_line; /* where it ends: another line for a STRING in triple quotes only */
};

enum pylex_error {
	PYLEX_OK,
	PYLEX_NUL,
	PYLEX_BAD_BYTE,
	PYLEX_BACKSLASH,
	PYLEX_EOF,
	PYLEX_TABS,
	PYLEX_DEDENT,
	PYLEX_DEEP_INDENT,
	PYLEX_DEEP_BRACKETS,
	PYLEX_DEEP_FSTRINGS,
	PYLEX_DEEP_FIELDS,
	PYLEX_UNMATCHED,
	PYLEX_MISMATCH,
	PYLEX_UNCLOSED,
	PYLEX_STRING,
	PYLEX_TRIPLE,
	PYLEX_FSTRING,
	PYLEX_FTRIPLE,
	PYLEX_SPEC_NEWLINE,
	PYLEX_LONE_BRACE,
	PYLEX_BAD_NUMBER,
	PYLEX_TOO_MANY_LINES,
};

/* An f-string or t-string that is open. */
struct pylex_fstring {
	uint32_t line; /* where it starts */
	uint8_t base;  /* brackets open where it started */
	uint8_t quote;
	uint8_t fields; /* replacement fields open, one within the format spec of the other */
	bool triple, raw;
	bool in_spec; /* after the colon of a field, before any field within the spec */
};

struct pylex {
	uint32_t line;     /* of the next byte */
	uint32_t tok_line; /* where the token at hand started */
	uint8_t state;     /* enum state, in pylex.c */
	uint8_t minor;
	bool finished;       /* there is no input beyond what was seen */
	bool made_up;        /* ... and its last line had no end: one is made up */
	bool ended;          /* ... and all has been read, made-up line end included */
	bool cut_cr;         /* the last byte was CR, and its LF may follow */
	bool in_statement;   /* the logical line has a token */
	bool glued;          /* a number has just ended and a letter follows */
	bool nonzero;        /* of the number or string at hand */
	uint32_t skipped_to; /* see pylex_read() */
	bool named_escape;   /* inside of \N{...} in an f-string */
	bool raw, triple;    /* of the string at hand */
	uint8_t string_kind;
	uint8_t last; /* byte read; 0 before the first */
	uint8_t quote;
	uint8_t quotes; /* of the closing three, so far */
	uint8_t op;     /* first character of an operator, last of a number, '{' of an f-string */
	uint8_t word[PYLEX_WORD_MAX];
	uint8_t word_len; /* PYLEX_WORD_MAX + 1: longer */
	uint8_t level;    /* brackets open */
	uint8_t indent;   /* indentation levels open */
	uint8_t flevel;   /* f-strings open */
	int pending;      /* > 0: INDENTs, < 0: DEDENTs to hand out */
	uint32_t col, alt_col, cont_col;
	enum pylex_error error;
	uint32_t error_line;
	uint8_t error_char, error_open; /* the bracket at fault, and the one it doesn't fit */
	uint8_t brackets[PYLEX_BRACKET_MAX + 1]; /* from [1] on; [0] stays 0 */
	uint32_t bracket_lines[PYLEX_BRACKET_MAX + 1];
	uint32_t indents[PYLEX_INDENT_MAX], alt_indents[PYLEX_INDENT_MAX];
	struct pylex_fstring fstrings[PYLEX_FSTRING_MAX];
};

/* `minor` is that of Python 3.minor; 0 is the newest known, others are clamped to what is known. */
void pylex_init(struct pylex *lx, unsigned minor);

/* Takes bytes off the front of `in` up to the end of the next token. */
enum pylex_event pylex_next(struct pylex *lx, struct span *in, struct pytoken *tok);

/* Tokens that may be left out. `lambda`, `for`, f-strings and whatever ends a logical line never are. */
enum pylex_quiet {
	PYLEX_QUIET_NAMES = 1,     /* PYW_OTHER, and dots; in any set but the empty one */
	PYLEX_QUIET_WORDS = 2,     /* the other names */
	PYLEX_QUIET_LITERALS = 4,  /* numbers, strings, bytes */
	PYLEX_QUIET_OPERATORS = 8, /* = + == and so on: those not named below */
	PYLEX_QUIET_COMMAS = 16,   /* , ~ */
	PYLEX_QUIET_COLONS = 32,   /* inside brackets only: : ; := and operators */
	PYLEX_QUIET_BRACKETS = 64, /* brackets, with the quiet ones of what they hold */
	PYLEX_QUIET_OUT = 128,     /* of brackets that are open already, the closing ones */
	PYLEX_QUIET_ALL = 255
};

/*
 * Faster: takes up to `max` tokens, toks[0 .. *count - 1], of which all but the last are NEWLINE, INDENT or
 * DEDENT. Those before the first that is not one of `quiet` (a set of enum pylex_quiet) may be left out:
 * then lx->skipped_to is the line where the last of them ends (or, if that is later, that of the token
 * which comes next), else 0. PYLEX_TOKEN: there may be more at once; any other event comes after these
 * tokens.
 */
enum pylex_event pylex_read(struct pylex *lx, struct span *in, unsigned quiet, struct pytoken *toks,
			    size_t max, size_t *count);

/* Says that there is no input beyond what pylex_next() has been given. */
void pylex_finish(struct pylex *lx);

/* Physical lines so far; of the whole text after PYLEX_END. */
uint32_t pylex_lines(const struct pylex *lx);

/* Fills *err, after PYLEX_ERROR, with what is wrong and where. */
enum status pylex_tell(const struct pylex *lx, struct error *err);

#endif
