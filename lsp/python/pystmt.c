#include "python/pystmt.h"

#include <assert.h>

#include "pystmt_pattern.h"

static_assert(sizeof(struct pystmt) <= 4096, "the statement parser is a small struct");

enum mode {
	MODE_START,  /* the next token begins a statement */
	MODE_SIMPLE, /* in a simple statement or decorator */
	MODE_ASYNC,  /* after `async` */
	MODE_COLON,  /* after `else`, `try` or `finally` */
	MODE_HEAD,
	MODE_CASE,  /* in the pattern of a case */
	MODE_GUARD, /* after it */
};

/* What the tokens of a simple statement have been so far. */
enum shape {
	SHAPE_EMPTY,
	SHAPE_OPEN,          /* ( */
	SHAPE_NAME,          /* a */
	SHAPE_OPEN_NAME,     /* ( a */
	SHAPE_CLOSED_NAME,   /* ( a ) */
	SHAPE_STRING,        /* "" or ( "" "" */
	SHAPE_CLOSED_STRING, /* ( "" ) */
	SHAPE_OTHER,
};

/* How far a statement is like `from __future__ import annotations`. */
enum import {
	IMPORT_NONE,
	IMPORT_FROM,
	IMPORT_FUTURE,
	IMPORT_NAMES, /* a name comes next */
	IMPORT_AFTER_NAME,
};

static bool
fail(struct pystmt *s, enum pystmt_error error, uint32_t line)
{
	if (s->error == PYSTMT_OK) {
		s->error = error;
		s->error_line = line;
	}
	return false;
}

static struct pystmt_block *
top(struct pystmt *s)
{
	return s->depth > 0 ? &s->blocks[s->depth - 1] : NULL;
}

static bool
is_op(const struct pytoken *tok, uint8_t op)
{
	return tok->kind == PYTOK_OP && tok->op == op;
}

static uint8_t
word_of(const struct pytoken *tok)
{
	return tok->kind == PYTOK_NAME ? tok->word : (uint8_t)PYW_OTHER;
}

/* ---- blocks -------------------------------------------------------------------------------- */

static bool
close_block(struct pystmt *s)
{
	const struct pystmt_block *b = top(s);

	if (b->kind == PY_BLOCK_TRY && b->phase == PY_PHASE_BODY)
		return fail(s, PYSTMT_HANDLER, b->line);
	s->depth--;
	s->sink->close(s->ctx, s->depth, (enum py_block_kind)b->kind, (enum py_phase)b->phase);
	return true;
}

/* May this clause follow the block's parts so far? */
static bool
accepts(const struct pystmt_block *b, uint8_t clause)
{
	bool body = b->phase == PY_PHASE_BODY;

	switch (clause) {
	case PYW_ELIF:
		return b->kind == PY_BLOCK_IF && body;
	case PYW_ELSE:
		if (b->kind == PY_BLOCK_TRY)
			return b->phase == PY_PHASE_EXCEPT;
		return body && (b->kind == PY_BLOCK_IF || b->kind == PY_BLOCK_WHILE ||
				b->kind == PY_BLOCK_FOR);
	case PYW_EXCEPT:
		return b->kind == PY_BLOCK_TRY && (body || b->phase == PY_PHASE_EXCEPT);
	case PYW_FINALLY:
		return b->kind == PY_BLOCK_TRY && b->phase != PY_PHASE_FINALLY;
	default:
		return false;
	}
}

static bool
is_clause(uint8_t word)
{
	return word == PYW_ELIF || word == PYW_ELSE || word == PYW_EXCEPT || word == PYW_FINALLY;
}

static void
open_block(struct pystmt *s)
{
	s->head.block = s->depth;
	s->blocks[s->depth++] = (struct pystmt_block){ .line = s->head.line, .kind = s->head.kind };
	if (s->head.kind == PY_BLOCK_DEF || s->head.kind == PY_BLOCK_CLASS)
		s->body_start = true;
}

static void
begin_clause(struct pystmt *s)
{
	struct pystmt_block *b = top(s);

	s->head.block = (uint8_t)(s->depth - 1);
	if (s->head.clause == PYW_ELSE)
		b->phase = PY_PHASE_ELSE;
	else if (s->head.clause == PYW_EXCEPT)
		b->phase = PY_PHASE_EXCEPT;
	else if (s->head.clause == PYW_FINALLY)
		b->phase = PY_PHASE_FINALLY;
}

/* ---- heads --------------------------------------------------------------------------------- */

static bool
begin_head(struct pystmt *s, const struct pytoken *tok, enum py_block_kind kind, enum mode mode)
{
	s->head = (struct py_head){ .line = tok->line, .first = tok->line, .kind = (uint8_t)kind };
	s->lambdas = 0;
	s->tokens = 0;
	s->body_start = false;
	s->mode = (uint8_t)mode;
	s->quiet = mode == MODE_HEAD ? PYLEX_QUIET_ALL : 0;
	if (kind == PY_BLOCK_DEF || kind == PY_BLOCK_CLASS) {
		if (s->decorated)
			s->head.first = s->decorator_line;
		s->decorated = false;
		/* `__annotate__` is a word. */
		s->quiet &= PYLEX_QUIET_ALL & ~(unsigned)PYLEX_QUIET_WORDS;
	}
	return true;
}

static bool
begin_clause_head(struct pystmt *s, const struct pytoken *tok)
{
	const struct pystmt_block *b = top(s);
	uint8_t clause = tok->word;

	/* begin_line() has closed what doesn't accept it. */
	if (b == NULL || b->in_suite)
		return fail(s, PYSTMT_CLAUSE, tok->line);
	begin_head(s, tok, (enum py_block_kind)b->kind,
		   clause == PYW_ELSE || clause == PYW_FINALLY ? MODE_COLON : MODE_HEAD);
	s->head.clause = clause;
	return true;
}

static bool
end_head(struct pystmt *s)
{
	if (s->head.clause != 0)
		begin_clause(s);
	else
		open_block(s);
	s->sink->head(s->ctx, &s->head);
	s->mode = MODE_START;
	s->quiet = 0;
	s->suite = true;
	return true;
}

static bool
end_case(struct pystmt *s)
{
	if (s->pattern.tokens == 0)
		return fail(s, PYSTMT_SYNTAX, s->head.line);
	s->head.irrefutable = pattern_is_irrefutable(&s->pattern);
	s->head.wildcard = !s->head.guarded && pattern_is_wildcard(&s->pattern);
	s->head.underscore = s->head.underscore && s->pattern.tokens == 1;
	return end_head(s);
}

/* A lambda, or the `for` of a comprehension, in whatever expression is at hand. */
static uint8_t
inner_of(const struct pytoken *tok)
{
	if (tok->kind != PYTOK_NAME)
		return PY_INNER_NONE;
	if (tok->word == PYW_LAMBDA)
		return PY_INNER_SURE;
	if (tok->word == PYW_FOR && tok->depth > 0)
		return tok->inside == '(' ? PY_INNER_SURE : PY_INNER_COMPREHENSION;
	return PY_INNER_NONE;
}

static void
raise_inner(uint8_t *inner, uint8_t to)
{
	if (to > *inner)
		*inner = to;
}

/* A colon outside of brackets: does it belong to a lambda? */
static bool
eaten_by_lambda(struct pystmt *s)
{
	if (s->lambdas == 0)
		return false;
	s->lambdas--;
	return true;
}

static void
count_lambda(struct pystmt *s, const struct pytoken *tok)
{
	if (tok->depth == 0 && word_of(tok) == PYW_LAMBDA)
		s->lambdas++;
}

static bool
take_head(struct pystmt *s, const struct pytoken *tok)
{
	if (s->tokens++ == 0 && word_of(tok) == PYW_ANNOTATE)
		s->head.hidden = s->head.kind == PY_BLOCK_DEF || s->head.kind == PY_BLOCK_CLASS;
	s->quiet = PYLEX_QUIET_ALL;
	raise_inner(&s->head.inner, inner_of(tok));
	count_lambda(s, tok);
	if (tok->depth > 0 || tok->kind != PYTOK_OP)
		return true;
	if (tok->op == ':' && !eaten_by_lambda(s))
		return s->mode == MODE_GUARD ? end_case(s) : end_head(s);
	return tok->op != ';' || fail(s, PYSTMT_COLON, tok->line);
}

static bool
take_case(struct pystmt *s, const struct pytoken *tok)
{
	if (tok->depth == 0 && is_op(tok, ':'))
		return end_case(s);
	if (tok->depth == 0 && word_of(tok) == PYW_IF) {
		s->head.guarded = true;
		s->mode = MODE_GUARD;
		s->quiet = PYLEX_QUIET_ALL;
		return true;
	}
	if (s->pattern.tokens == 0) {
		s->head.pattern_first = tok->line;
		s->head.underscore = word_of(tok) == PYW_UNDERSCORE;
	}
	s->head.pattern_last = tok->end_line;
	pattern_take(&s->pattern, tok);
	return true;
}

static bool
take_async(struct pystmt *s, const struct pytoken *tok)
{
	switch (word_of(tok)) {
	case PYW_DEF:
		s->head.kind = PY_BLOCK_DEF;
		break;
	case PYW_FOR:
		s->head.kind = PY_BLOCK_FOR;
		break;
	case PYW_WITH:
		s->head.kind = PY_BLOCK_WITH;
		break;
	default:
		return fail(s, PYSTMT_SYNTAX, tok->line);
	}
	if (s->decorated) {
		if (s->head.kind != PY_BLOCK_DEF)
			return fail(s, PYSTMT_DECORATOR, tok->line);
		s->head.first = s->decorator_line;
		s->decorated = false;
	}
	s->mode = MODE_HEAD;
	return true;
}

/* ---- simple statements --------------------------------------------------------------------- */

static void
step_shape(struct pystmt *s, const struct pytoken *tok)
{
	bool string = tok->kind == PYTOK_STRING, name = tok->kind == PYTOK_NAME;
	uint8_t next = SHAPE_OTHER;

	switch (s->shape) {
	case SHAPE_EMPTY:
	case SHAPE_OPEN:
		if (is_op(tok, '('))
			next = SHAPE_OPEN;
		else if (name)
			next = s->shape == SHAPE_EMPTY ? SHAPE_NAME : SHAPE_OPEN_NAME;
		else if (string)
			next = SHAPE_STRING;
		break;
	case SHAPE_OPEN_NAME:
	case SHAPE_CLOSED_NAME:
		if (is_op(tok, ')'))
			next = SHAPE_CLOSED_NAME;
		break;
	case SHAPE_STRING:
		if (string)
			next = SHAPE_STRING;
		else if (is_op(tok, ')'))
			next = SHAPE_CLOSED_STRING;
		break;
	case SHAPE_CLOSED_STRING:
		if (is_op(tok, ')'))
			next = SHAPE_CLOSED_STRING;
		break;
	default:
		break;
	}
	s->shape = next;
}

static void
step_import(struct pystmt *s, const struct pytoken *tok)
{
	uint8_t word = word_of(tok);

	switch (s->import) {
	case IMPORT_FROM:
		s->import = word == PYW_FUTURE ? IMPORT_FUTURE : IMPORT_NONE;
		break;
	case IMPORT_FUTURE:
		s->import = word == PYW_IMPORT ? IMPORT_NAMES : IMPORT_NONE;
		break;
	case IMPORT_NAMES:
		if (word == PYW_ANNOTATIONS)
			s->simple.future_annotations = true;
		if (tok->kind == PYTOK_NAME)
			s->import = IMPORT_AFTER_NAME;
		break;
	case IMPORT_AFTER_NAME:
		if (is_op(tok, ','))
			s->import = IMPORT_NAMES;
		break;
	default:
		break;
	}
}

/* Do lambdas and the like, colons and the end of the line alone matter from here on? */
static uint8_t
quiet_tokens(const struct pystmt *s)
{
	const struct py_simple *simple = &s->simple;

	if ((s->shape != SHAPE_OTHER && s->shape != SHAPE_NAME) || s->import != IMPORT_NONE ||
	    simple->nothing || (simple->annotated && !simple->valued) ||
	    (simple->decorator && s->decorator_line == 0))
		return 0;
	return PYLEX_QUIET_ALL;
}

static void
begin_simple(struct pystmt *s, const struct pytoken *tok)
{
	uint8_t word = word_of(tok);

	s->simple = (struct py_simple){ .first = tok->line, .last = tok->end_line, .word = word };
	s->docstring_ok = s->body_start;
	s->body_start = false;
	s->maybe_match = s->line_start && word == PYW_MATCH;
	s->simple.nothing = word == PYW_DEL;
	s->import = word == PYW_FROM ? IMPORT_FROM : IMPORT_NONE;
	s->shape = SHAPE_EMPTY;
	s->tokens = 1;
	s->lambdas = 0;
	s->last_is_colon = false;
	s->mode = MODE_SIMPLE;
	step_shape(s, tok);
	raise_inner(&s->simple.inner, inner_of(tok));
	count_lambda(s, tok);
	s->quiet = quiet_tokens(s);
}

static bool
begin_decorator(struct pystmt *s, const struct pytoken *tok)
{
	begin_simple(s, tok);
	s->quiet = 0;
	s->simple.decorator = true;
	s->docstring_ok = false;
	if (!s->decorated)
		s->decorator_line = 0;
	s->decorated = true;
	return true;
}

static void
begin_annotation(struct pystmt *s)
{
	s->simple.annotated = true;
	if (s->shape == SHAPE_NAME)
		s->simple.target = PY_TARGET_NAME;
	else if (s->shape == SHAPE_CLOSED_NAME)
		s->simple.target = PY_TARGET_BRACKETED_NAME;
	s->shape = SHAPE_OTHER;
}

/* A statement is done with `;` or at the end of its line. */
static bool
end_simple(struct pystmt *s)
{
	bool strings = s->shape == SHAPE_STRING || s->shape == SHAPE_CLOSED_STRING;

	if (s->last_is_colon)
		return fail(s, PYSTMT_SYNTAX, s->simple.last);
	s->simple.docstring = s->docstring_ok && strings;
	s->sink->simple(s->ctx, &s->simple);
	s->mode = MODE_START;
	s->quiet = 0;
	s->suite = false;
	return true;
}

/* `match ...:`, which so far looked like an annotated expression. */
static bool
end_match(struct pystmt *s)
{
	s->head = (struct py_head){
		.line = s->line_first,
		.first = s->line_first,
		.kind = PY_BLOCK_MATCH,
		.inner = s->simple.inner,
	};
	raise_inner(&s->head.inner, s->simple.annotation_inner);
	return end_head(s);
}

static bool
take_colon(struct pystmt *s, const struct pytoken *tok)
{
	if (eaten_by_lambda(s))
		return true;
	s->last_is_colon = true;
	if (s->simple.annotated && !s->maybe_match)
		return fail(s, PYSTMT_SYNTAX, tok->line);
	begin_annotation(s);
	return true;
}

static bool
take_simple_op(struct pystmt *s, const struct pytoken *tok)
{
	if (tok->op == ';')
		return s->simple.decorator ? fail(s, PYSTMT_SYNTAX, tok->line) : end_simple(s);
	if (tok->op == ':')
		return take_colon(s, tok);
	if (tok->op == '=' && s->simple.annotated)
		s->simple.valued = true;
	return true;
}

/* What `del` may be followed by and still delete nothing. */
static bool
is_empty_target(const struct pytoken *tok)
{
	return is_op(tok, '(') || is_op(tok, ')') || is_op(tok, '[') || is_op(tok, ']') ||
	       is_op(tok, ',') || is_op(tok, ';');
}

static bool
take_simple(struct pystmt *s, const struct pytoken *tok)
{
	uint8_t inner = inner_of(tok);

	if (s->tokens < 3)
		s->tokens++;
	if (inner != PY_INNER_NONE) {
		raise_inner(s->simple.annotated && !s->simple.valued ? &s->simple.annotation_inner
								     : &s->simple.inner,
			    inner);
		count_lambda(s, tok);
	}
	if (s->simple.nothing && !is_empty_target(tok))
		s->simple.nothing = false;
	if (s->import != IMPORT_NONE)
		step_import(s, tok);
	if (s->simple.decorator && s->decorator_line == 0 && !is_op(tok, '('))
		s->decorator_line = tok->line;
	if (tok->kind == PYTOK_OP && tok->depth == 0) {
		bool ends = tok->op == ';';

		s->last_is_colon = s->last_is_colon && ends;
		if (ends || tok->op == ':' || tok->op == '=') {
			if (!take_simple_op(s, tok))
				return false;
			if (ends)
				return true;
		}
	} else {
		s->last_is_colon = false;
	}
	if (s->shape != SHAPE_OTHER)
		step_shape(s, tok);
	s->simple.last = tok->end_line;
	s->quiet = quiet_tokens(s);
	return true;
}

/* ---- statements ---------------------------------------------------------------------------- */

static bool
is_compound(uint8_t word)
{
	return word == PYW_IF || word == PYW_WHILE || word == PYW_FOR || word == PYW_TRY ||
	       word == PYW_WITH || word == PYW_DEF || word == PYW_CLASS || word == PYW_ASYNC ||
	       is_clause(word);
}

/* The first token of a logical line. */
static bool
begin_line_statement(struct pystmt *s, const struct pytoken *tok)
{
	const struct pystmt_block *b = top(s);
	uint8_t word = word_of(tok);

	if (b != NULL && b->kind == PY_BLOCK_MATCH && b->in_suite) {
		if (word != PYW_CASE)
			return fail(s, PYSTMT_CASE, tok->line);
		pattern_begin(&s->pattern);
		return begin_head(s, tok, PY_BLOCK_CASE, MODE_CASE);
	}
	if (s->decorated && !is_op(tok, '@') && word != PYW_DEF && word != PYW_CLASS &&
	    word != PYW_ASYNC)
		return fail(s, PYSTMT_DECORATOR, tok->line);
	if (is_op(tok, '@'))
		return begin_decorator(s, tok);
	if (is_clause(word))
		return begin_clause_head(s, tok);
	switch (word) {
	case PYW_IF:
		return begin_head(s, tok, PY_BLOCK_IF, MODE_HEAD);
	case PYW_WHILE:
		return begin_head(s, tok, PY_BLOCK_WHILE, MODE_HEAD);
	case PYW_FOR:
		return begin_head(s, tok, PY_BLOCK_FOR, MODE_HEAD);
	case PYW_TRY:
		return begin_head(s, tok, PY_BLOCK_TRY, MODE_COLON);
	case PYW_WITH:
		return begin_head(s, tok, PY_BLOCK_WITH, MODE_HEAD);
	case PYW_DEF:
		return begin_head(s, tok, PY_BLOCK_DEF, MODE_HEAD);
	case PYW_CLASS:
		return begin_head(s, tok, PY_BLOCK_CLASS, MODE_HEAD);
	case PYW_ASYNC:
		return begin_head(s, tok, PY_BLOCK_FOR, MODE_ASYNC);
	default:
		begin_simple(s, tok);
		return true;
	}
}

static bool
begin_statement(struct pystmt *s, const struct pytoken *tok)
{
	bool line_start = s->line_start;

	if (tok->kind == PYTOK_OP && (tok->op == ';' || tok->op == ':'))
		return fail(s, PYSTMT_SYNTAX, tok->line);
	if (line_start) {
		bool ok = begin_line_statement(s, tok);

		s->line_start = false;
		return ok;
	}
	if (is_compound(word_of(tok)))
		return fail(s, PYSTMT_SYNTAX, tok->line);
	begin_simple(s, tok);
	return true;
}

static bool
begin_line(struct pystmt *s, const struct pytoken *tok)
{
	const struct pystmt_block *b = top(s);

	if (s->expect_block) {
		s->error_head = s->head.line;
		return fail(s, PYSTMT_BLOCK, tok->line);
	}
	if (b != NULL && !b->in_suite && !accepts(b, word_of(tok)) && !close_block(s))
		return false;
	s->in_line = true;
	s->line_start = true;
	s->suite = false;
	s->scattered = false;
	s->mode = MODE_START;
	s->line_first = tok->line;
	s->sink->line_begin(s->ctx, tok->line);
	return true;
}

static bool
end_line(struct pystmt *s, const struct pytoken *tok)
{
	bool suite_begun;

	if (s->mode == MODE_SIMPLE && s->maybe_match && s->last_is_colon && s->tokens > 2) {
		if (!end_match(s))
			return false;
	} else if (s->mode == MODE_SIMPLE) {
		if (!end_simple(s))
			return false;
	} else if (s->mode != MODE_START) {
		return fail(s, PYSTMT_COLON, tok->line);
	}
	suite_begun = s->suite; /* and nothing in it yet */
	s->sink->line_end(s->ctx, s->line_first, tok->line, s->last_token, s->scattered);
	s->expect_block = suite_begun;
	s->in_line = false;
	return true;
}

static bool
take_indent(struct pystmt *s, const struct pytoken *tok)
{
	if (!s->expect_block)
		return fail(s, PYSTMT_INDENT, tok->line);
	s->expect_block = false;
	top(s)->in_suite = true;
	s->indent++;
	return true;
}

static bool
take_dedent(struct pystmt *s, const struct pytoken *tok)
{
	if (s->expect_block) {
		s->error_head = s->head.line;
		return fail(s, PYSTMT_BLOCK, tok->line);
	}
	if (s->decorated)
		return fail(s, PYSTMT_DECORATOR, tok->line);
	if (!top(s)->in_suite && !close_block(s))
		return false;
	top(s)->in_suite = false;
	s->indent--;
	return true;
}

/* Does an operand, whose line may have code of its own, begin with this token? */
static bool
begins_operand(const struct pytoken *tok)
{
	switch ((enum pytok_kind)tok->kind) {
	case PYTOK_NAME:
		return tok->word != PYW_AND && tok->word != PYW_OR && tok->word != PYW_IN &&
		       tok->word != PYW_IS && tok->word != PYW_IF && tok->word != PYW_ELSE &&
		       tok->word != PYW_FOR && tok->word != PYW_AS && tok->word != PYW_FROM;
	case PYTOK_OP:
		return tok->op == '(' || tok->op == '[' || tok->op == '{' ||
		       tok->op == PYOP_ELLIPSIS;
	case PYTOK_NUMBER:
	case PYTOK_STRING:
	case PYTOK_BYTES:
	case PYTOK_FSTRING:
	case PYTOK_FSTRING_START:
		return true;
	case PYTOK_FSTRING_END:
	case PYTOK_NEWLINE:
	case PYTOK_INDENT:
	case PYTOK_DEDENT:
		break;
	}
	return false;
}

static bool
take_in_mode(struct pystmt *s, const struct pytoken *tok)
{
	switch ((enum mode)s->mode) {
	case MODE_START:
		return begin_statement(s, tok);
	case MODE_SIMPLE:
		return take_simple(s, tok);
	case MODE_ASYNC:
		return take_async(s, tok);
	case MODE_COLON:
		return is_op(tok, ':') ? end_head(s) : fail(s, PYSTMT_COLON, tok->line);
	case MODE_HEAD:
	case MODE_GUARD:
		return take_head(s, tok);
	case MODE_CASE:
		return take_case(s, tok);
	}
	return false;
}

/* A token that no statement has, but the lines and suites. */
static bool
take_structure(struct pystmt *s, const struct pytoken *tok)
{
	if (tok->kind == PYTOK_NEWLINE)
		return end_line(s, tok);
	return tok->kind == PYTOK_INDENT ? take_indent(s, tok) : take_dedent(s, tok);
}

bool
pystmt_take(struct pystmt *s, const struct pytoken *tok)
{
	if (tok->kind >= PYTOK_NEWLINE)
		return take_structure(s, tok);
	if (!s->in_line && !begin_line(s, tok))
		return false;
	if (tok->line != s->line_first && !s->scattered)
		s->scattered = begins_operand(tok);
	if (tok->depth > 0 || !is_op(tok, ';'))
		s->last_token = tok->end_line;
	return take_in_mode(s, tok);
}

void
pystmt_skip(struct pystmt *s, uint32_t line)
{
	s->last_token = s->simple.last = line;
	s->last_is_colon = false;
	s->shape = SHAPE_OTHER;
	s->tokens = 3;
}

bool
pystmt_finish(struct pystmt *s, uint32_t line)
{
	if (s->expect_block) {
		s->error_head = s->head.line;
		return fail(s, PYSTMT_BLOCK, line);
	}
	if (s->decorated)
		return fail(s, PYSTMT_DECORATOR, line);
	return s->depth == 0 || close_block(s);
}

void
pystmt_init(struct pystmt *s, const struct pystmt_sink *sink, void *ctx)
{
	*s = (struct pystmt){ .sink = sink, .ctx = ctx, .body_start = true };
}

enum status
pystmt_tell(const struct pystmt *s, struct error *err)
{
	const char *what = "invalid syntax";

	switch (s->error) {
	case PYSTMT_OK:
		return STATUS_OK;
	case PYSTMT_SYNTAX:
		break;
	case PYSTMT_BLOCK:
		return error_set_line(err, STATUS_BAD_DATA, s->error_line,
				      "expected an indented block after the statement on line %u",
				      s->error_head);
	case PYSTMT_INDENT:
		what = "unexpected indent";
		break;
	case PYSTMT_COLON:
		what = "expected ':'";
		break;
	case PYSTMT_CLAUSE:
		what = "clause without a statement that it belongs to";
		break;
	case PYSTMT_HANDLER:
		what = "expected 'except' or 'finally' block";
		break;
	case PYSTMT_DECORATOR:
		what = "expected a function or class after the decorator";
		break;
	case PYSTMT_CASE:
		what = "expected 'case'";
		break;
	}
	return error_set_line(err, STATUS_BAD_DATA, s->error_line, "%s", what);
}
