#include "python/pylex.h"

#include <assert.h>

#include "pylex_eight.h"
#include "pylex_run.h"
#include "pylex_skim.h"
#include "pylex_table.h"

/* The architecture's limit for parser state is 64 KiB in all; the lexer's share is small. */
static_assert(sizeof(struct pylex) <= 6144, "the lexer is a small struct");

#define FIELD_MAX 3 /* a field in the spec of a field in the spec of a field (MAX_EXPR_NESTING) */

enum state {
	S_BOM,
	S_LINE_START,
	S_LINE_BACKSLASH, /* saw a backslash before the first token of a line */
	S_LINE_CONTINUED, /* ... and its line end */
	S_PENDING,        /* INDENTs or DEDENTs to hand out */
	S_TOKEN,          /* between tokens */
	S_COMMENT,
	S_BACKSLASH,
	S_CONTINUED,
	S_NAME,
	S_NUMBER_ZERO,      /* only zeros so far */
	S_NUMBER_OLD_OCTAL, /* a zero, then other digits: must become a float */
	S_NUMBER_HEX_START, /* saw 0x */
	S_NUMBER_OCT_START, /* saw 0o */
	S_NUMBER_BIN_START, /* saw 0b */
	S_NUMBER_HEX,
	S_NUMBER_OCT,
	S_NUMBER_BIN,
	S_NUMBER_INT,
	S_NUMBER_FRACTION,
	S_NUMBER_E,
	S_NUMBER_E_SIGN,
	S_NUMBER_EXPONENT,
	S_NUMBER_J,
	S_DOT,
	S_DOT_DOT,
	S_OP,
	S_OP_TWICE,     /* saw ** // << >> */
	S_STRING_OPEN,  /* saw one quote */
	S_STRING_OPEN2, /* saw two */
	S_STRING,
	S_STRING_ESCAPE,
	S_FSTRING_EMPTY, /* an f-string of two quotes has begun */
	S_FSTRING,       /* in literal text or a format spec */
	S_FSTRING_ESCAPE,
	S_FSTRING_ESCAPE_N, /* saw \N */
	S_FSTRING_OPEN,     /* saw { */
	S_FSTRING_CLOSE,    /* saw } */
	S_EOF,
	S_ERROR,
};

struct cursor {
	const uint8_t *at, *end;
};

/* How one step of the machine ended. */
enum step {
	STEP_ON,   /* the state says how to go on */
	STEP_MORE, /* all bytes are used */
	STEP_TOKEN,
	STEP_END,
	STEP_ERROR,
};

static enum step
fail_at(struct pylex *lx, enum pylex_error error, uint32_t line)
{
	lx->error = error;
	lx->error_line = line;
	lx->state = S_ERROR;
	return STEP_ERROR;
}

static enum step
fail(struct pylex *lx, enum pylex_error error)
{
	return fail_at(lx, error, lx->line);
}

static inline enum step
give(const struct pylex *lx, struct pytoken *tok, enum pytok_kind kind, uint8_t word, uint8_t op)
{
	*tok = (struct pytoken){
		.kind = (uint8_t)kind,
		.word = word,
		.op = op,
		.depth = lx->level,
		.inside = lx->brackets[lx->level],
		.truth = lx->nonzero,
		.line = lx->tok_line,
		.end_line = lx->line,
	};
	return STEP_TOKEN;
}

static inline enum step
give_op(const struct pylex *lx, struct pytoken *tok, uint8_t op)
{
	return give(lx, tok, PYTOK_OP, PYW_OTHER, op);
}

/* Takes a line end (LF, CR or CR LF) off the input. */
static inline void
take_line_end(struct pylex *lx, struct cursor *c)
{
	if (*c->at++ == '\r') {
		if (c->at == c->end)
			lx->cut_cr = true;
		else if (*c->at == '\n')
			c->at++;
	}
	lx->line++;
}

/* ---- line starts --------------------------------------------------------------------------- */

static enum step
bom(struct pylex *lx, struct cursor *c)
{
	static const uint8_t mark[3] = { 0xEF, 0xBB, 0xBF };

	if (c->at == c->end)
		return STEP_MORE;
	if (*c->at == mark[lx->word_len]) {
		lx->word[lx->word_len++] = *c->at++;
		if (lx->word_len < sizeof mark)
			return STEP_ON;
		lx->word_len = 0;
		lx->state = S_LINE_START;
	} else if (lx->word_len == 0) {
		lx->state = S_LINE_START;
	} else { /* a name that begins with the same bytes */
		lx->tok_line = lx->line;
		lx->in_statement = true;
		lx->state = S_NAME;
	}
	return STEP_ON;
}

static void
begin_line(struct pylex *lx)
{
	lx->col = lx->alt_col = lx->cont_col = 0;
	lx->state = S_LINE_START;
}

/* Compares the indentation of a line with those that are open; as tok_get_normal_mode() in
 * CPython's lexer.c. alt_col is the column if a tab were one column wide: both must agree. */
static enum step
settle_indent(struct pylex *lx)
{
	uint32_t col = lx->cont_col != 0 ? lx->cont_col : lx->col;
	uint32_t alt_col = lx->cont_col != 0 ? lx->cont_col : lx->alt_col;

	lx->in_statement = true;
	lx->state = S_TOKEN;
	if (col > lx->indents[lx->indent]) {
		if (lx->indent + 1 >= PYLEX_INDENT_MAX)
			return fail(lx, PYLEX_DEEP_INDENT);
		if (alt_col <= lx->alt_indents[lx->indent])
			return fail(lx, PYLEX_TABS);
		lx->indent++;
		lx->indents[lx->indent] = col;
		lx->alt_indents[lx->indent] = alt_col;
		lx->pending = 1;
		lx->state = S_PENDING;
		return STEP_ON;
	}
	while (lx->indent > 0 && col < lx->indents[lx->indent]) {
		lx->indent--;
		lx->pending--;
		lx->state = S_PENDING;
	}
	if (col != lx->indents[lx->indent])
		return fail(lx, PYLEX_DEDENT);
	if (alt_col != lx->alt_indents[lx->indent])
		return fail(lx, PYLEX_TABS);
	return STEP_ON;
}

static enum step
comment(struct pylex *lx, struct cursor *c)
{
	c->at = skip_comment(c->at, c->end);
	if (c->at == c->end)
		return STEP_MORE;
	if (*c->at == 0)
		return fail(lx, PYLEX_NUL);
	lx->state = S_TOKEN;
	return STEP_ON;
}

/* Goes over the blanks that a line begins with; returns what stands there then. */
static const uint8_t *
indentation(struct pylex *lx, struct cursor *c)
{
	const uint8_t *p = skip_spaces(c->at, c->end);

	lx->col += (uint32_t)(p - c->at);
	lx->alt_col += (uint32_t)(p - c->at);
	for (; p < c->end && pylex_class[*p] == BYTE_SPACE; p++) {
		lx->col = *p == '\t' ? (lx->col / 8 + 1) * 8 : lx->col + 1;
		lx->alt_col++;
	}
	c->at = p;
	return p;
}

static bool
is_line_end(uint8_t c)
{
	return c == '\n' || c == '\r';
}

static enum step
line_start(struct pylex *lx, struct cursor *c)
{
	for (;;) {
		const uint8_t *p = indentation(lx, c);

		if (lx->line > PYLEX_LINES_MAX)
			return fail(lx, PYLEX_TOO_MANY_LINES);
		if (p == c->end)
			return STEP_MORE;
		if (*p == '#') {
			lx->state = S_COMMENT;
			if (comment(lx, c) != STEP_ON)
				return lx->state == S_ERROR ? STEP_ERROR : STEP_MORE;
			p = c->at;
		}
		if (!is_line_end(*p))
			break;
		take_line_end(lx, c);
		begin_line(lx);
	}
	if (*c->at != '\\')
		return settle_indent(lx);
	/* The first backslash decides how far the line is indented. */
	if (lx->cont_col == 0)
		lx->cont_col = lx->col;
	c->at++;
	lx->state = S_LINE_BACKSLASH;
	return STEP_ON;
}

/* After a backslash: a line end, or it is an error. */
static enum step
backslash(struct pylex *lx, struct cursor *c, enum state then)
{
	if (c->at == c->end)
		return STEP_MORE;
	if (*c->at != '\n' && *c->at != '\r')
		return fail(lx, PYLEX_BACKSLASH);
	take_line_end(lx, c);
	lx->state = (uint8_t)then;
	return STEP_ON;
}

/* After a backslash and a line end: anything but the end of the text. */
static enum step
continued(struct pylex *lx, const struct cursor *c, enum state then)
{
	if (c->at == c->end)
		return STEP_MORE;
	lx->state = (uint8_t)then;
	return STEP_ON;
}

static enum step
pending(struct pylex *lx, struct pytoken *tok)
{
	enum pytok_kind kind = lx->pending > 0 ? PYTOK_INDENT : PYTOK_DEDENT;

	lx->pending += kind == PYTOK_INDENT ? -1 : 1;
	lx->tok_line = lx->line;
	if (lx->pending == 0)
		lx->state = S_TOKEN;
	return give(lx, tok, kind, PYW_OTHER, 0);
}

static enum step
line_end(struct pylex *lx, struct cursor *c, struct pytoken *tok)
{
	if (lx->level > 0) {
		take_line_end(lx, c);
		return STEP_ON;
	}
	if (!lx->in_statement) {
		take_line_end(lx, c);
		begin_line(lx);
		return STEP_ON;
	}
	give(lx, tok, PYTOK_NEWLINE, PYW_OTHER, 0);
	lx->in_statement = false;
	take_line_end(lx, c);
	begin_line(lx);
	return STEP_TOKEN;
}

/* ---- strings ------------------------------------------------------------------------------- */

static enum step
fstring_begin(struct pylex *lx, struct pytoken *tok, enum state then)
{
	if (lx->flevel + 1 >= PYLEX_FSTRING_MAX)
		return fail(lx, PYLEX_DEEP_FSTRINGS);
	lx->fstrings[lx->flevel++] = (struct pylex_fstring){
		.line = lx->tok_line,
		.base = lx->level,
		.quote = lx->quote,
		.triple = lx->triple,
		.raw = lx->raw,
	};
	lx->named_escape = false;
	lx->state = (uint8_t)then;
	return give(lx, tok, PYTOK_FSTRING_START, PYW_OTHER, 0);
}

static enum step
fstring_end(struct pylex *lx, struct pytoken *tok)
{
	const struct pylex_fstring *f = &lx->fstrings[lx->flevel - 1];

	if (lx->level != f->base)
		return fail_at(lx, f->triple ? PYLEX_FTRIPLE : PYLEX_FSTRING, f->line);
	lx->flevel--;
	lx->tok_line = lx->line;
	lx->state = S_TOKEN;
	return give(lx, tok, PYTOK_FSTRING_END, PYW_OTHER, 0);
}

/* The character after a backslash in a string, whatever it is. */
static enum step
escaped(struct pylex *lx, struct cursor *c, enum state then)
{
	if (c->at == c->end)
		return STEP_MORE;
	if (*c->at == 0)
		return fail(lx, PYLEX_NUL);
	if (*c->at == '\n' || *c->at == '\r')
		take_line_end(lx, c);
	else
		c->at++;
	lx->state = (uint8_t)then;
	return STEP_ON;
}

static void
look_for_fields(struct pylex *lx, const uint8_t *from, const uint8_t *to)
{
	if (memchr(from, '{', (size_t)(to - from)) != NULL)
		lx->op = '{';
}

static enum step
string_end(struct pylex *lx, struct pytoken *tok)
{
	uint8_t op = lx->string_kind == PYTOK_FSTRING ? lx->op : 0;

	lx->state = S_TOKEN;
	return give(lx, tok, (enum pytok_kind)lx->string_kind, PYW_OTHER, op);
}

static enum step
string(struct pylex *lx, struct cursor *c, struct pytoken *tok)
{
	for (;;) {
		const uint8_t *p = skip_string(c->at, c->end, lx->quote);

		if (p > c->at) {
			lx->quotes = 0;
			lx->nonzero = true;
			if (lx->string_kind == PYTOK_FSTRING)
				look_for_fields(lx, c->at, p);
			c->at = p;
		}
		if (p == c->end)
			return STEP_MORE;
		if (*p == lx->quote) {
			c->at++;
			if (!lx->triple || ++lx->quotes == 3)
				return string_end(lx, tok);
			continue;
		}
		lx->quotes = 0;
		lx->nonzero = true;
		if (*p == '\\') {
			c->at++;
			lx->state = S_STRING_ESCAPE;
			return STEP_ON;
		}
		if (*p == 0)
			return fail(lx, PYLEX_NUL);
		if (!lx->triple)
			return fail_at(lx, PYLEX_STRING, lx->tok_line);
		take_line_end(lx, c);
	}
}

static bool
string_is_split(const struct pylex *lx)
{
	return lx->string_kind == PYTOK_FSTRING_START;
}

static enum step
string_open(struct pylex *lx, struct cursor *c, struct pytoken *tok)
{
	if (c->at == c->end)
		return STEP_MORE;
	if (*c->at == lx->quote) {
		c->at++;
		lx->state = S_STRING_OPEN2;
		return STEP_ON;
	}
	if (string_is_split(lx))
		return fstring_begin(lx, tok, S_FSTRING);
	lx->state = S_STRING;
	return string(lx, c, tok);
}

/* After two quotes: a third one, or the string was empty. */
static enum step
string_open2(struct pylex *lx, struct cursor *c, struct pytoken *tok)
{
	if (c->at == c->end)
		return STEP_MORE;
	if (*c->at == lx->quote) {
		c->at++;
		lx->triple = true;
		if (string_is_split(lx))
			return fstring_begin(lx, tok, S_FSTRING);
		lx->state = S_STRING;
		return STEP_ON;
	}
	if (string_is_split(lx))
		return fstring_begin(lx, tok, S_FSTRING_EMPTY);
	return string_end(lx, tok);
}

static enum step
string_begin(struct pylex *lx, struct cursor *c, struct pytoken *tok, enum pytok_kind kind,
	     bool raw)
{
	lx->string_kind = (uint8_t)kind;
	lx->raw = raw;
	lx->triple = false;
	lx->nonzero = false;
	lx->op = 0;
	lx->quotes = 0;
	lx->quote = *c->at++;
	lx->state = S_STRING_OPEN;
	return string_open(lx, c, tok);
}

/* ---- brackets ------------------------------------------------------------------------------ */

static enum step
open_bracket(struct pylex *lx, struct pytoken *tok, uint8_t bracket)
{
	if (lx->level == PYLEX_BRACKET_MAX)
		return fail(lx, PYLEX_DEEP_BRACKETS);
	give_op(lx, tok, bracket);
	lx->level++;
	lx->brackets[lx->level] = bracket;
	lx->bracket_lines[lx->level] = lx->line;
	lx->state = S_TOKEN;
	return STEP_TOKEN;
}

/* Opens a replacement field. */
static enum step
open_field(struct pylex *lx, struct pytoken *tok)
{
	struct pylex_fstring *f = &lx->fstrings[lx->flevel - 1];

	if (f->fields == FIELD_MAX)
		return fail(lx, PYLEX_DEEP_FIELDS);
	f->fields++;
	lx->named_escape = false;
	lx->tok_line = lx->line;
	return open_bracket(lx, tok, '{');
}

static uint8_t
opening(uint8_t closing)
{
	return closing == ')' ? '(' : closing == ']' ? '[' : '{';
}

static enum step
close_bracket(struct pylex *lx, struct pytoken *tok, uint8_t bracket)
{
	struct pylex_fstring *f = lx->flevel > 0 ? &lx->fstrings[lx->flevel - 1] : NULL;

	lx->error_char = bracket;
	if (f != NULL && lx->level == f->base)
		return fail(lx, bracket == '}' ? PYLEX_LONE_BRACE : PYLEX_UNMATCHED);
	if (lx->level == 0)
		return fail(lx, PYLEX_UNMATCHED);
	lx->error_open = lx->brackets[lx->level];
	if (lx->error_open != opening(bracket))
		return fail(lx, PYLEX_MISMATCH);
	lx->level--;
	lx->state = S_TOKEN;
	if (f != NULL && bracket == '}' && lx->level - f->base == f->fields - 1) {
		f->fields--;
		/* Behind a field within a spec 3.12 goes on as in a spec, the others don't. */
		f->in_spec = f->fields > 0 && lx->minor == 12;
		lx->quotes = 0;
		lx->nonzero = false;
		lx->state = S_FSTRING;
	}
	return give_op(lx, tok, bracket);
}

/* Does a colon here begin the format spec of a replacement field? */
static bool
begins_spec(const struct pylex *lx)
{
	const struct pylex_fstring *f = &lx->fstrings[lx->flevel > 0 ? lx->flevel - 1 : 0];

	return lx->flevel > 0 && f->fields > 0 && lx->level - f->base == f->fields;
}

static enum step
colon(struct pylex *lx, struct cursor *c, struct pytoken *tok)
{
	c->at++;
	if (begins_spec(lx)) {
		lx->fstrings[lx->flevel - 1].in_spec = true;
		lx->quotes = 0;
		lx->state = S_FSTRING;
		return give_op(lx, tok, ':');
	}
	lx->op = ':';
	lx->state = S_OP;
	return STEP_ON;
}

/* ---- f-strings: as tok_get_fstring_mode() in CPython's lexer.c ------------------------------ */

static enum step
fstring_line_end(struct pylex *lx, struct cursor *c, struct pylex_fstring *f)
{
	if (f->triple) {
		take_line_end(lx, c);
		return STEP_ON;
	}
	if (!f->in_spec || f->fields == 0)
		return fail_at(lx, PYLEX_FSTRING, f->line);
	if (lx->minor >= 14)
		return fail(lx, PYLEX_SPEC_NEWLINE);
	f->in_spec = false; /* 3.12 and 3.13 go on after it as if in the expression */
	lx->state = S_TOKEN;
	return STEP_ON;
}

/* One of the characters that skip_fstring() stops at, other than the quote. */
static enum step
fstring_special(struct pylex *lx, struct cursor *c, struct pytoken *tok, struct pylex_fstring *f)
{
	switch (*c->at) {
	case '{':
		c->at++;
		if (f->in_spec)
			return open_field(lx, tok);
		lx->state = S_FSTRING_OPEN;
		return STEP_ON;
	case '}':
		c->at++;
		if (lx->named_escape)
			lx->named_escape = false;
		else
			lx->state = S_FSTRING_CLOSE;
		return STEP_ON;
	case '\\':
		c->at++;
		lx->nonzero = true;
		lx->state = S_FSTRING_ESCAPE;
		return STEP_ON;
	case 0:
		return fail(lx, PYLEX_NUL);
	default:
		lx->nonzero = true;
		return fstring_line_end(lx, c, f);
	}
}

static enum step
fstring(struct pylex *lx, struct cursor *c, struct pytoken *tok)
{
	struct pylex_fstring *f = &lx->fstrings[lx->flevel - 1];
	const uint8_t *p = skip_fstring(c->at, c->end, f->quote);

	if (p > c->at) {
		lx->quotes = 0;
		lx->nonzero = true;
	}
	c->at = p;
	if (p == c->end)
		return STEP_MORE;
	if (*p == f->quote) {
		c->at++;
		if (!f->triple || ++lx->quotes == 3)
			return fstring_end(lx, tok);
		return STEP_ON;
	}
	lx->quotes = 0;
	return fstring_special(lx, c, tok, f);
}

static enum step
fstring_open(struct pylex *lx, struct cursor *c, struct pytoken *tok)
{
	if (c->at == c->end)
		return STEP_MORE;
	if (*c->at != '{')
		return open_field(lx, tok);
	c->at++;
	lx->named_escape = false;
	lx->nonzero = true;
	lx->state = S_FSTRING;
	return STEP_ON;
}

static enum step
fstring_close(struct pylex *lx, struct cursor *c, struct pytoken *tok)
{
	if (c->at == c->end)
		return STEP_MORE;
	if (*c->at == '}' && lx->level == lx->fstrings[lx->flevel - 1].base) {
		c->at++;
		lx->nonzero = true;
		lx->state = S_FSTRING;
		return STEP_ON;
	}
	lx->tok_line = lx->line;
	return close_bracket(lx, tok, '}');
}

static enum step
fstring_escape(struct pylex *lx, struct cursor *c)
{
	if (c->at == c->end)
		return STEP_MORE;
	if (*c->at == '{' || *c->at == '}') { /* a backslash doesn't hide them */
		lx->state = S_FSTRING;
		return STEP_ON;
	}
	if (*c->at == 'N' && !lx->fstrings[lx->flevel - 1].raw) {
		c->at++;
		lx->state = S_FSTRING_ESCAPE_N;
		return STEP_ON;
	}
	return escaped(lx, c, S_FSTRING);
}

static enum step
fstring_escape_n(struct pylex *lx, struct cursor *c)
{
	if (c->at == c->end)
		return STEP_MORE;
	if (*c->at == '{') {
		c->at++;
		lx->named_escape = true;
	}
	lx->state = S_FSTRING;
	return STEP_ON;
}

/* ---- names --------------------------------------------------------------------------------- */

static void
keep_word(struct pylex *lx, const uint8_t *p, const uint8_t *end)
{
	for (; p < end && lx->word_len <= PYLEX_WORD_MAX; p++) {
		if (lx->word_len < PYLEX_WORD_MAX)
			lx->word[lx->word_len] = *p;
		lx->word_len++;
	}
}

/* Up to eight bytes as a number, the first one lowest. */
static uint64_t
pack(const uint8_t *p, size_t len)
{
	uint64_t packed = 0;

	for (size_t i = 0; i < len && i < 8; i++)
		packed |= (uint64_t)p[i] << (8 * i);
	return packed;
}

/* A name's first sixteen bytes. */
struct packed_word {
	uint64_t first, second;
	size_t len;
};

static struct packed_word
pack_word(const uint8_t *p, size_t len)
{
	return (struct packed_word){ pack(p, len), len > 8 ? pack(p + 8, len - 8) : 0, len };
}

/* Two letters, as lower case, as they are packed. */
#define TWO(a, b) ((uint64_t)(a) | (uint64_t)(b) << 8)

/* Is this, of one or two letters, the prefix of a string? If so, of what kind, and is it raw? */
static bool
is_prefix(const struct pylex *lx, struct packed_word w, enum pytok_kind *kind, bool *raw)
{
	enum pytok_kind split = lx->minor >= 12 ? PYTOK_FSTRING_START : PYTOK_FSTRING;

	*raw = w.len == 2;
	switch (w.first | (w.len == 2 ? 0x2020 : 0x20)) {
	case 'r':
		*raw = true;
		*kind = PYTOK_STRING;
		return true;
	case 'u':
		*kind = PYTOK_STRING;
		return true;
	case 'b':
	case TWO('b', 'r'):
	case TWO('r', 'b'):
		*kind = PYTOK_BYTES;
		return true;
	case 'f':
	case 't':
	case TWO('f', 'r'):
	case TWO('r', 'f'):
	case TWO('t', 'r'):
	case TWO('r', 't'):
		*kind = split;
		return true;
	default:
		return false;
	}
}

/* The words that may follow a number without a space, as in `1if x else 2`. */
static bool
may_be_glued(uint8_t word)
{
	return word == PYW_AND || word == PYW_ELSE || word == PYW_FOR || word == PYW_IF ||
	       word == PYW_IN || word == PYW_IS || word == PYW_NOT || word == PYW_OR;
}

/* What a name turns out to be: the prefix of a string, a word, or just a name. */
static inline enum step
name_end(struct pylex *lx, struct cursor *c, struct pytoken *tok, struct packed_word w)
{
	enum pytok_kind kind = PYTOK_NAME;
	uint8_t word = w.len <= 8 ? pylex_short_word(w.first) : (uint8_t)PYW_OTHER;
	bool raw = false;

	if (w.len > 8 && w.len <= 12)
		word = pylex_long_word(w.first, w.second);
	lx->state = S_TOKEN;
	if (lx->glued) {
		lx->glued = false;
		if (!may_be_glued(word))
			return fail(lx, PYLEX_BAD_NUMBER);
	}
	if (w.len <= 2 && pylex_class[*c->at] == BYTE_QUOTE && is_prefix(lx, w, &kind, &raw))
		return string_begin(lx, c, tok, kind, raw);
	return give(lx, tok, PYTOK_NAME, word, 0);
}

/* A name that was begun earlier, or is long, or stands at the end of the input. */
static enum step
name(struct pylex *lx, struct cursor *c, struct pytoken *tok)
{
	const uint8_t *start = c->at, *p = start;

	while (p < c->end && pylex_class[*p] <= BYTE_DIGIT)
		p++;
	c->at = p;
	if (p < c->end && lx->word_len == 0)
		return name_end(lx, c, tok, pack_word(start, (size_t)(p - start)));
	keep_word(lx, start, p);
	if (p == c->end)
		return STEP_MORE;
	return name_end(lx, c, tok, pack_word(lx->word, lx->word_len));
}

/* The lowest `count` bytes of a group of eight, less than all. */
static inline uint64_t
low_bytes(uint64_t x, unsigned count)
{
	return x & ((UINT64_C(1) << (8 * count)) - 1);
}

static inline enum step
name_begin(struct pylex *lx, struct cursor *c, struct pytoken *tok)
{
	if (c->end - c->at >= 16) {
		uint64_t x = eight_load(c->at), end = eight_not_word(x);
		unsigned len;

		if (end != 0) {
			len = eight_first(end);
			c->at += len;
			return name_end(lx, c, tok,
					(struct packed_word){ low_bytes(x, len), 0, len });
		}
		uint64_t y = eight_load(c->at + 8);

		end = eight_not_word(y);
		if (end != 0) {
			len = eight_first(end);
			c->at += 8 + len;
			return name_end(lx, c, tok,
					(struct packed_word){ x, low_bytes(y, len), 8 + len });
		}
	}
	lx->word_len = 0;
	lx->state = S_NAME;
	return name(lx, c, tok);
}

/* ---- numbers ------------------------------------------------------------------------------- */

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool
is_hex(uint8_t c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static uint8_t
lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

/* What a number is in once this character has been added to it; S_TOKEN: the character isn't part
 * of it; S_ERROR: nor may it follow. */
static enum state
number_part(uint8_t state, uint8_t c)
{
	uint8_t l = lower(c);

	switch (state) {
	case S_NUMBER_ZERO:
		if (l == 'x')
			return S_NUMBER_HEX_START;
		if (l == 'o')
			return S_NUMBER_OCT_START;
		if (l == 'b')
			return S_NUMBER_BIN_START;
		if (c == '0' || c == '_')
			return S_NUMBER_ZERO;
		if (is_digit(c))
			return S_NUMBER_OLD_OCTAL;
		break;
	case S_NUMBER_HEX_START:
	case S_NUMBER_HEX:
		if (is_hex(c) || c == '_')
			return S_NUMBER_HEX;
		return state == S_NUMBER_HEX ? S_TOKEN : S_ERROR;
	case S_NUMBER_OCT_START:
	case S_NUMBER_OCT:
		if ((c >= '0' && c <= '7') || c == '_')
			return S_NUMBER_OCT;
		return state == S_NUMBER_OCT && !is_digit(c) ? S_TOKEN : S_ERROR;
	case S_NUMBER_BIN_START:
	case S_NUMBER_BIN:
		if (c == '0' || c == '1' || c == '_')
			return S_NUMBER_BIN;
		return state == S_NUMBER_BIN && !is_digit(c) ? S_TOKEN : S_ERROR;
	case S_NUMBER_OLD_OCTAL:
	case S_NUMBER_INT:
	case S_NUMBER_FRACTION:
	case S_NUMBER_EXPONENT:
		if (is_digit(c) || c == '_')
			return (enum state)state;
		break;
	case S_NUMBER_E:
		if (c == '+' || c == '-')
			return S_NUMBER_E_SIGN;
		return is_digit(c) ? S_NUMBER_EXPONENT : S_TOKEN;
	case S_NUMBER_E_SIGN:
		return is_digit(c) ? S_NUMBER_EXPONENT : S_ERROR;
	default:
		return S_TOKEN;
	}
	if (l == 'j')
		return S_NUMBER_J;
	if (l == 'e' && state != S_NUMBER_EXPONENT)
		return S_NUMBER_E;
	if (c == '.' && state != S_NUMBER_FRACTION && state != S_NUMBER_EXPONENT)
		return S_NUMBER_FRACTION;
	return state == S_NUMBER_OLD_OCTAL ? S_ERROR : S_TOKEN;
}

/* The number is complete, and `c` follows it. */
static enum step
number_end(struct pylex *lx, uint8_t c, struct pytoken *tok)
{
	bool after_e = lx->state == S_NUMBER_E;

	if (lx->op == '_' || is_digit(c))
		return fail(lx, PYLEX_BAD_NUMBER);
	if (after_e) { /* the e is the first letter of an `else` */
		lx->word[0] = lx->op;
		lx->word_len = 1;
	}
	lx->glued = after_e || pylex_class[c] == BYTE_LETTER;
	lx->state = after_e ? S_NAME : S_TOKEN;
	return give(lx, tok, PYTOK_NUMBER, PYW_OTHER, 0);
}

/* Is this a digit of a number of this kind? */
static bool
goes_on(enum state state, uint8_t c)
{
	return state == S_NUMBER_HEX ? is_hex(c) : is_digit(c);
}

static enum step
number(struct pylex *lx, struct cursor *c, struct pytoken *tok)
{
	while (c->at < c->end) {
		uint8_t byte = *c->at;
		enum state next = number_part(lx->state, byte);

		if (next == S_TOKEN)
			return number_end(lx, byte, tok);
		if (next == S_ERROR || (lx->op == '_' && !goes_on(next, byte)))
			return fail(lx, PYLEX_BAD_NUMBER);
		if (byte != '0' && goes_on(next, byte) && next != S_NUMBER_EXPONENT)
			lx->nonzero = true;
		lx->op = byte;
		lx->state = (uint8_t)next;
		c->at++;
	}
	return STEP_MORE;
}

static enum step
number_begin(struct pylex *lx, struct cursor *c, struct pytoken *tok, enum state state)
{
	lx->op = 0;
	lx->nonzero = false;
	lx->state = (uint8_t)state;
	return number(lx, c, tok);
}

/* ---- operators ----------------------------------------------------------------------------- */

static enum step
dot(struct pylex *lx, struct cursor *c, struct pytoken *tok)
{
	if (c->at == c->end)
		return STEP_MORE;
	if (is_digit(*c->at))
		return number_begin(lx, c, tok, S_NUMBER_FRACTION);
	if (*c->at == '.') {
		c->at++;
		lx->state = S_DOT_DOT;
		return STEP_ON;
	}
	lx->state = S_TOKEN;
	return give_op(lx, tok, '.');
}

static enum step
dot_dot(struct pylex *lx, struct cursor *c, struct pytoken *tok)
{
	if (c->at == c->end)
		return STEP_MORE;
	if (*c->at == '.') {
		c->at++;
		lx->state = S_TOKEN;
		return give_op(lx, tok, PYOP_ELLIPSIS);
	}
	lx->state = S_DOT; /* the second one may begin a number */
	return give_op(lx, tok, '.');
}

/* The operator that lx->op and `next` are together; 0 if they are none. */
static uint8_t
two_characters(uint8_t op, uint8_t next)
{
	if (next == '=') {
		if (op == ':')
			return PYOP_WALRUS;
		return op == '=' || op == '!' || op == '<' || op == '>' ? PYOP_OTHER : PYOP_ASSIGN;
	}
	if (op == '-' && next == '>')
		return PYOP_ARROW;
	return op == '<' && next == '>' ? PYOP_OTHER : 0;
}

static inline enum step
op(struct pylex *lx, struct cursor *c, struct pytoken *tok)
{
	uint8_t next, both;

	if (c->at == c->end)
		return STEP_MORE;
	next = *c->at;
	if (next == lx->op && (next == '*' || next == '/' || next == '<' || next == '>')) {
		c->at++;
		lx->state = S_OP_TWICE;
		return STEP_ON;
	}
	lx->state = S_TOKEN;
	if (next != '=' && next != '>')
		return give_op(lx, tok, lx->op);
	both = two_characters(lx->op, next);
	if (both == 0)
		return give_op(lx, tok, lx->op);
	c->at++;
	return give_op(lx, tok, both);
}

static enum step
op_twice(struct pylex *lx, struct cursor *c, struct pytoken *tok)
{
	if (c->at == c->end)
		return STEP_MORE;
	lx->state = S_TOKEN;
	if (*c->at != '=')
		return give_op(lx, tok, PYOP_OTHER);
	c->at++;
	return give_op(lx, tok, PYOP_ASSIGN);
}

/* ---- the machine --------------------------------------------------------------------------- */

static inline enum step
token(struct pylex *lx, struct cursor *c, struct pytoken *tok)
{
	const uint8_t *p = c->at;

	while (p < c->end && pylex_class[*p] == BYTE_SPACE)
		p++;
	c->at = p;
	if (p == c->end)
		return STEP_MORE;
	lx->tok_line = lx->line;
	switch ((enum byte_class)pylex_class[*p]) {
	case BYTE_LETTER:
		return name_begin(lx, c, tok);
	case BYTE_DIGIT:
		return number_begin(lx, c, tok, *p == '0' ? S_NUMBER_ZERO : S_NUMBER_INT);
	case BYTE_LINE_END:
		return line_end(lx, c, tok);
	case BYTE_QUOTE:
		return string_begin(lx, c, tok, PYTOK_STRING, false);
	case BYTE_COLON:
		return colon(lx, c, tok);
	case BYTE_OPEN:
		c->at++;
		return open_bracket(lx, tok, *p);
	case BYTE_CLOSE:
		c->at++;
		return close_bracket(lx, tok, *p);
	case BYTE_SEMICOLON:
	case BYTE_SINGLE:
		c->at++;
		return give_op(lx, tok, *p);
	case BYTE_OP:
		c->at++;
		lx->op = *p;
		lx->state = S_OP;
		return op(lx, c, tok);
	case BYTE_DOT:
		c->at++;
		lx->state = S_DOT;
		return dot(lx, c, tok);
	case BYTE_HASH:
		lx->state = S_COMMENT;
		return comment(lx, c);
	case BYTE_BACKSLASH:
		c->at++;
		lx->state = S_BACKSLASH;
		return STEP_ON;
	case BYTE_NUL:
		return fail(lx, PYLEX_NUL);
	case BYTE_SPACE:
	case BYTE_BAD:
		break;
	}
	lx->error_char = *p;
	return fail(lx, PYLEX_BAD_BYTE);
}

static inline enum step
run(struct pylex *lx, struct cursor *c, struct pytoken *tok)
{
	if (lx->state == S_TOKEN) /* nearly always */
		return token(lx, c, tok);
	switch ((enum state)lx->state) {
	case S_TOKEN:
		break;
	case S_LINE_START:
		return line_start(lx, c);
	case S_PENDING:
		return pending(lx, tok);
	case S_NAME:
		return name(lx, c, tok);
	case S_COMMENT:
		return comment(lx, c);
	case S_OP:
		return op(lx, c, tok);
	case S_STRING_OPEN:
		return string_open(lx, c, tok);
	case S_STRING:
		return string(lx, c, tok);
	case S_STRING_OPEN2:
		return string_open2(lx, c, tok);
	case S_STRING_ESCAPE:
		return escaped(lx, c, S_STRING);
	case S_DOT:
		return dot(lx, c, tok);
	case S_DOT_DOT:
		return dot_dot(lx, c, tok);
	case S_OP_TWICE:
		return op_twice(lx, c, tok);
	case S_FSTRING:
		return fstring(lx, c, tok);
	case S_FSTRING_EMPTY:
		return fstring_end(lx, tok);
	case S_FSTRING_OPEN:
		return fstring_open(lx, c, tok);
	case S_FSTRING_CLOSE:
		return fstring_close(lx, c, tok);
	case S_FSTRING_ESCAPE:
		return fstring_escape(lx, c);
	case S_FSTRING_ESCAPE_N:
		return fstring_escape_n(lx, c);
	case S_NUMBER_ZERO:
	case S_NUMBER_OLD_OCTAL:
	case S_NUMBER_HEX_START:
	case S_NUMBER_OCT_START:
	case S_NUMBER_BIN_START:
	case S_NUMBER_HEX:
	case S_NUMBER_OCT:
	case S_NUMBER_BIN:
	case S_NUMBER_INT:
	case S_NUMBER_FRACTION:
	case S_NUMBER_E:
	case S_NUMBER_E_SIGN:
	case S_NUMBER_EXPONENT:
	case S_NUMBER_J:
		return number(lx, c, tok);
	case S_BACKSLASH:
		return backslash(lx, c, S_CONTINUED);
	case S_CONTINUED:
		return continued(lx, c, S_TOKEN);
	case S_LINE_BACKSLASH:
		return backslash(lx, c, S_LINE_CONTINUED);
	case S_LINE_CONTINUED:
		return continued(lx, c, S_LINE_START);
	case S_BOM:
		return bom(lx, c);
	case S_EOF:
		return lx->pending == 0 ? STEP_END : pending(lx, tok);
	case S_ERROR:
		break;
	}
	return STEP_ERROR;
}

/* The last byte has been read, and a line end made up where it was missing. */
static enum step
end_of_text(struct pylex *lx)
{
	const struct pylex_fstring *f = &lx->fstrings[lx->flevel > 0 ? lx->flevel - 1 : 0];

	switch (lx->state) {
	case S_STRING:
	case S_STRING_ESCAPE:
		return fail_at(lx, lx->triple ? PYLEX_TRIPLE : PYLEX_STRING, lx->tok_line);
	case S_FSTRING:
	case S_FSTRING_ESCAPE:
		return fail_at(lx, f->triple ? PYLEX_FTRIPLE : PYLEX_FSTRING, f->line);
	case S_CONTINUED:
	case S_LINE_CONTINUED:
		return fail(lx, PYLEX_EOF);
	case S_BOM: /* no text at all */
	case S_LINE_START:
	case S_TOKEN:
		break;
	default: /* all other states end with a line end */
		return fail(lx, PYLEX_EOF);
	}
	if (lx->level > 0) {
		lx->error_char = lx->brackets[lx->level];
		return fail_at(lx, PYLEX_UNCLOSED, lx->bracket_lines[lx->level]);
	}
	lx->pending = -(int)lx->indent;
	lx->indent = 0;
	lx->state = S_EOF;
	return STEP_ON;
}

static const uint8_t made_up_line_end[1] = { '\n' };

static struct cursor
begin_reading(struct pylex *lx, struct span in)
{
	const uint8_t *at = made_up_line_end;
	struct cursor c = { at, at };

	if (in.len > 0) {
		at = (const uint8_t *)in.at;
		c = (struct cursor){ at, at + in.len };
		if (lx->cut_cr) {
			lx->cut_cr = false;
			c.at += *at == '\n';
		}
	} else if (lx->made_up && !lx->ended) {
		c.end++;
	}
	return c;
}

static void
end_reading(struct pylex *lx, struct span *in, const struct cursor *c)
{
	size_t used;

	if (in->len > 0) {
		used = (size_t)(c->at - (const uint8_t *)in->at);
		if (used > 0)
			lx->last = (uint8_t)in->at[used - 1];
		span_skip(in, used);
	} else if (lx->made_up && c->at == c->end) {
		lx->ended = true;
	}
}

/* All bytes are used: what now? */
static enum step
used_up(struct pylex *lx, struct span *in, struct cursor *c)
{
	end_reading(lx, in, c);
	if (!lx->finished)
		return STEP_MORE;
	if (lx->ended || lx->last == 0 || lx->last == '\n' || lx->last == '\r') {
		lx->ended = true;
		return end_of_text(lx);
	}
	lx->made_up = true;
	*c = begin_reading(lx, *in);
	return STEP_ON;
}

static enum pylex_event
event_of(enum step step)
{
	switch (step) {
	case STEP_TOKEN:
		return PYLEX_TOKEN;
	case STEP_END:
		return PYLEX_END;
	case STEP_ERROR:
		return PYLEX_ERROR;
	case STEP_ON:
	case STEP_MORE:
		break;
	}
	return PYLEX_MORE;
}

static bool
is_structure(const struct pytoken *tok)
{
	return tok->kind >= PYTOK_NEWLINE;
}

enum pylex_event
pylex_read(struct pylex *lx, struct span *in, unsigned quiet, struct pytoken *toks, size_t max,
	   size_t *count)
{
	struct cursor c = begin_reading(lx, *in);
	enum step step;
	size_t n = 0;

	lx->skipped_to = 0;
	if (quiet != 0 && lx->state == S_TOKEN && lx->flevel == 0 && !lx->glued)
		c.at = pylex_skim(lx, c.at, c.end, quiet);
	for (;;) {
		step = run(lx, &c, &toks[n]);
		if (step == STEP_MORE)
			step = used_up(lx, in, &c);
		if (step == STEP_ON)
			continue;
		if (step != STEP_TOKEN || !is_structure(&toks[n++]) || n == max)
			break;
	}
	end_reading(lx, in, &c);
	*count = n;
	return event_of(step);
}

enum pylex_event
pylex_next(struct pylex *lx, struct span *in, struct pytoken *tok)
{
	size_t count;

	return pylex_read(lx, in, 0, tok, 1, &count);
}

void
pylex_init(struct pylex *lx, unsigned minor)
{
	if (minor == 0 || minor > PYTHON_MINOR_MAX)
		minor = PYTHON_MINOR_MAX;
	*lx = (struct pylex){
		.line = 1,
		.state = S_BOM,
		.minor = (uint8_t)(minor < PYTHON_MINOR_MIN ? PYTHON_MINOR_MIN : minor),
	};
}

void
pylex_finish(struct pylex *lx)
{
	lx->finished = true;
}

uint32_t
pylex_lines(const struct pylex *lx)
{
	return lx->line - 1;
}

/* The messages follow CPython's, so that a search for them finds its documentation. */
enum status
pylex_tell(const struct pylex *lx, struct error *err)
{
	uint32_t line = lx->error_line;
	enum status limit = STATUS_LIMIT, bad = STATUS_BAD_DATA;

	switch (lx->error) {
	case PYLEX_OK:
		break;
	case PYLEX_NUL:
		return error_set_line(err, bad, line, "source code cannot contain null bytes");
	case PYLEX_BAD_BYTE:
		return error_set_line(err, bad, line, "invalid character U+%04X", lx->error_char);
	case PYLEX_BACKSLASH:
		return error_set_line(err, bad, line,
				      "unexpected character after line continuation character");
	case PYLEX_EOF:
		return error_set_line(err, bad, line, "unexpected end of file");
	case PYLEX_TABS:
		return error_set_line(err, bad, line,
				      "inconsistent use of tabs and spaces in indentation");
	case PYLEX_DEDENT:
		return error_set_line(err, bad, line,
				      "unindent does not match any outer indentation level");
	case PYLEX_DEEP_INDENT:
		return error_set_line(err, limit, line, "too many levels of indentation");
	case PYLEX_DEEP_BRACKETS:
		return error_set_line(err, limit, line, "too many nested parentheses");
	case PYLEX_DEEP_FSTRINGS:
		return error_set_line(err, limit, line, "too many nested f-strings");
	case PYLEX_DEEP_FIELDS:
		return error_set_line(err, bad, line, "f-string: expressions nested too deeply");
	case PYLEX_UNMATCHED:
		return error_set_line(err, bad, line, "unmatched '%c'", lx->error_char);
	case PYLEX_MISMATCH:
		return error_set_line(
			err, bad, line,
			"closing parenthesis '%c' does not match opening parenthesis '%c'",
			lx->error_char, lx->error_open);
	case PYLEX_UNCLOSED:
		return error_set_line(err, bad, line, "'%c' was never closed", lx->error_char);
	case PYLEX_STRING:
		return error_set_line(err, bad, line, "unterminated string literal");
	case PYLEX_TRIPLE:
		return error_set_line(err, bad, line, "unterminated triple-quoted string literal");
	case PYLEX_FSTRING:
		return error_set_line(err, bad, line, "unterminated f-string literal");
	case PYLEX_FTRIPLE:
		return error_set_line(err, bad, line,
				      "unterminated triple-quoted f-string literal");
	case PYLEX_SPEC_NEWLINE:
		return error_set_line(err, bad, line,
				      "f-string: newlines are not allowed in format specifiers");
	case PYLEX_LONE_BRACE:
		return error_set_line(err, bad, line, "f-string: single '}' is not allowed");
	case PYLEX_BAD_NUMBER:
		return error_set_line(err, bad, line, "invalid number");
	case PYLEX_TOO_MANY_LINES:
		return error_set_line(err, limit, line, "more than %u lines", PYLEX_LINES_MAX);
	}
	return STATUS_OK;
}
