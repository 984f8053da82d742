#include "python/pyreach.h"

enum level {
	LEVEL_SEEN = 1,  /* there was a constant before the bracket */
	LEVEL_AFTER = 2, /* what is in the bracket needs a constant once it is evaluated */
};

/* ---- constants of a statement -------------------------------------------------------------- */

static bool
is_op(const struct pytoken *tok, uint8_t op)
{
	return tok->kind == PYTOK_OP && tok->op == op;
}

static bool
was_op(const struct pyreach_consts *c, uint8_t op)
{
	return c->last == PYTOK_OP && c->last_op == op;
}

static bool
was_word(const struct pyreach_consts *c, uint8_t word)
{
	return c->last == PYTOK_NAME && c->last_word == word;
}

static bool
is_simple(uint8_t word)
{
	switch (word) {
	case PYW_IF:
	case PYW_ELIF:
	case PYW_WHILE:
	case PYW_FOR:
	case PYW_WITH:
	case PYW_EXCEPT:
	case PYW_DEF:
	case PYW_CLASS:
	case PYW_ASYNC:
	case PYW_CASE:
		return false;
	default:
		return true;
	}
}

static void
begin_constants(struct pyreach_consts *c)
{
	c->any = c->code_first = c->code = c->started = c->named = false;
	c->plain = true;
	c->last = PYTOK_NEWLINE;
	c->levels[0] = 0;
}

static void
take_code(struct pyreach_consts *c, bool seen)
{
	if (!c->code)
		c->code_first = !seen;
	c->code = c->any = true;
}

static void
take_word(struct pyreach_consts *c, const struct pytoken *tok, unsigned minor)
{
	uint8_t *level = &c->levels[tok->depth];

	switch (tok->word) {
	case PYW_TRUE:
	case PYW_FALSE:
	case PYW_NONE:
		c->any = true;
		return;
	case PYW_LAMBDA:
		take_code(c, c->any);
		break;
	case PYW_FOR: /* what came before it in the bracket is part of the code object */
		if (tok->depth > 0 && (tok->inside == '(' || minor < 12))
			take_code(c, (*level & LEVEL_SEEN) != 0);
		else if (was_word(c, PYW_ASYNC))
			*level |= LEVEL_AFTER;
		break;
	case PYW_WITH:
		if (was_word(c, PYW_ASYNC))
			*level |= LEVEL_AFTER;
		break;
	case PYW_DEF:
		c->word = PYW_DEF; /* of an async def */
		break;
	case PYW_AWAIT:
		*level |= LEVEL_AFTER;
		break;
	case PYW_FROM:
		if (was_word(c, PYW_YIELD))
			*level |= LEVEL_AFTER;
		break;
	case PYW_AS:
		c->named = c->word == PYW_EXCEPT && tok->depth == 0;
		break;
	default:
		break;
	}
	c->plain = false;
}

/* A colon: of a slice with an open end, or of a parameter's annotation. */
static void
take_colon(struct pyreach_consts *c, const struct pytoken *tok)
{
	if (tok->inside == '[' && (was_op(c, '[') || was_op(c, ':') || was_op(c, ',')))
		c->levels[tok->depth] |= LEVEL_AFTER;
	if (tok->depth == 1 && c->word == PYW_DEF)
		c->any = true;
}

static void
take_open(struct pyreach_consts *c, const struct pytoken *tok)
{
	bool in_field = c->last == PYTOK_FSTRING_START || was_op(c, '}');

	c->levels[tok->depth + 1] = c->any ? LEVEL_SEEN : 0;
	if (tok->op == '{' && in_field && tok->truth)
		c->any = true; /* text of an f-string before one of its fields */
	if (c->word == PYW_CASE && (tok->op == '[' || (tok->op == '(' && c->last == PYTOK_NAME)))
		c->any = true; /* a sequence or class pattern */
}

static void
take_close(struct pyreach_consts *c, const struct pytoken *tok)
{
	if ((c->levels[tok->depth + 1] & LEVEL_AFTER) != 0 || was_word(c, PYW_YIELD))
		c->any = true;
	if (tok->op == ']' && was_op(c, ':'))
		c->any = true;
}

static void
take_op(struct pyreach_consts *c, const struct pytoken *tok)
{
	switch (tok->op) {
	case '(':
	case '[':
	case '{':
		take_open(c, tok);
		break;
	case ')':
	case ']':
	case '}':
		take_close(c, tok);
		break;
	case ':':
		take_colon(c, tok);
		break;
	case ',':
		c->any = c->any || c->word == PYW_CASE;
		break;
	case '=':
		if (tok->inside == '(' && !(c->word == PYW_DEF && tok->depth == 1))
			c->levels[tok->depth] |= LEVEL_AFTER;
		break;
	case PYOP_ELLIPSIS:
		c->any = true;
		return;
	case PYOP_ARROW:
		c->any = true;
		break;
	default:
		break;
	}
	if (tok->op != '(' && tok->op != ')')
		c->plain = false;
}

static void
take_constants(struct pyreach_consts *c, const struct pytoken *tok, unsigned minor)
{
	if (is_op(tok, ';'))
		return; /* the statement has ended before it */
	switch ((enum pytok_kind)tok->kind) {
	case PYTOK_NAME:
		take_word(c, tok, minor);
		break;
	case PYTOK_NUMBER:
	case PYTOK_STRING:
	case PYTOK_BYTES:
		c->any = true;
		break;
	case PYTOK_FSTRING:
		c->any = true;
		c->plain = false;
		break;
	case PYTOK_FSTRING_START:
		c->plain = false;
		break;
	case PYTOK_FSTRING_END:
		c->any = c->any || tok->truth;
		break;
	case PYTOK_OP:
		take_op(c, tok);
		break;
	case PYTOK_NEWLINE:
	case PYTOK_INDENT:
	case PYTOK_DEDENT:
		break;
	}
	c->last = tok->kind;
	c->last_op = tok->op;
	c->last_word = tok->word;
}

/* Has the statement a constant? */
static bool
end_constants(const struct pyreach_consts *c)
{
	if (c->plain)
		return false; /* no code is made for it */
	return c->any || (c->levels[0] & LEVEL_AFTER) != 0 || c->word == PYW_IMPORT ||
	       c->word == PYW_FROM || was_word(c, PYW_RETURN) || was_word(c, PYW_YIELD);
}

/* ---- tokens -------------------------------------------------------------------------------- */

static void
begin_statement(struct pyreach *r, const struct pytoken *tok)
{
	uint8_t word = tok->kind == PYTOK_NAME ? tok->word : (uint8_t)PYW_OTHER;

	r->consts.started = true;
	r->consts.word = word;
	r->testing = word == PYW_IF || word == PYW_ELIF || word == PYW_WHILE || word == PYW_ASSERT;
	if (r->testing)
		pytruth_begin(&r->test, r->minor);
}

static void
take_test(struct pyreach *r, const struct pytoken *tok)
{
	if (r->testing) {
		if (tok->depth > 0 || (!is_op(tok, ':') && !is_op(tok, ';')))
			pytruth_take(&r->test, tok);
	} else if (r->consts.word == PYW_CASE && tok->kind == PYTOK_NAME && tok->word == PYW_IF &&
		   tok->depth == 0) {
		r->testing = true; /* a guard */
		pytruth_begin(&r->test, r->minor);
	}
}

/* From 3.12 on only the first constant matters. */
static bool
wants_constants(const struct pyreach *r)
{
	return !r->seen || r->minor < 12;
}

void
reach_take(struct pyreach *r, const struct pystmt *s, const struct pytoken *tok)
{
	struct pyreach_consts *c = &r->consts;
	bool began = c->started;

	if (tok->kind >= PYTOK_NEWLINE)
		return;
	if (began)
		take_test(r, tok);
	else
		begin_statement(r, tok);
	if (!wants_constants(r))
		return;
	if (began && r->skips_annotations && s->simple.annotated && !s->simple.valued &&
	    is_simple(c->word) && !is_op(tok, '='))
		return;
	take_constants(c, tok, r->minor);
}

/* Is all said about the constants of the statement? What comes first in dead code may matter still, and
 * behind a clause of a try statement a name; whether a clause is dead is only known at its end. */
static bool
is_settled(const struct pyreach *r)
{
	const struct pyreach_consts *c = &r->consts;

	return r->alive && c->any && !c->plain && c->word != PYW_ELIF && c->word != PYW_EXCEPT;
}

unsigned
reach_quiet_tokens(const struct pyreach *r, unsigned depth)
{
	const struct pyreach_consts *c = &r->consts;
	unsigned quiet = PYLEX_QUIET_ALL;

	if (!c->started || (c->word == PYW_CASE && !r->testing))
		return 0;
	if (r->testing)
		quiet = pytruth_quiet(&r->test, depth);
	if (wants_constants(r) && !is_settled(r))
		quiet &= PYLEX_QUIET_NAMES;
	return quiet;
}

void
reach_skip(struct pyreach *r)
{
	struct pyreach_consts *c = &r->consts;

	if (!wants_constants(r))
		return;
	c->plain = false;
	c->last = PYTOK_NAME;
	c->last_op = 0;
	c->last_word = PYW_OTHER;
}

static enum pytruth
end_test(struct pyreach *r, enum pytruth otherwise)
{
	return r->testing ? pytruth_end(&r->test) : otherwise;
}

static bool
end_statement(struct pyreach *r, bool constant)
{
	begin_constants(&r->consts);
	r->testing = false;
	r->seen = r->seen || constant;
	return constant && r->alive;
}

/* ---- dead code that stays ------------------------------------------------------------------ */

static enum pyfate
dead_fate(const struct pyreach *r, bool first)
{
	if (!r->seen && first)
		return PYFATE_COUNTS;
	return r->minor < 12 ? PYFATE_LATER : PYFATE_LOST;
}

enum pyfate
reach_inner(const struct pyreach *r)
{
	return r->consts.code ? dead_fate(r, r->consts.code_first) : PYFATE_LOST;
}

static void
open_scope(struct pyreach *r, const struct py_head *h, bool constant)
{
	bool class = h->kind == PY_BLOCK_CLASS;

	r->blocks[h->block].outer_fate = r->fate;
	if (!r->alive) {
		/* The bases of a class are evaluated after its code has been made. */
		enum pyfate fate = dead_fate(r, class || !constant);

		if (fate > r->fate)
			r->fate = (uint8_t)fate;
	}
	/* A class has its name, a function up to 3.13 its docstring or None. */
	r->seen = class || r->minor < 14;
	r->alive = true;
}

/* ---- jumps --------------------------------------------------------------------------------- */

static bool
is_scope(const struct pystmt_block *b)
{
	return b->kind == PY_BLOCK_DEF || b->kind == PY_BLOCK_CLASS;
}

static bool
is_loop_body(const struct pyreach *r, const struct pystmt *s, unsigned block)
{
	uint8_t kind = s->blocks[block].kind;

	return (kind == PY_BLOCK_FOR || kind == PY_BLOCK_WHILE) &&
	       r->blocks[block].phase == PY_PHASE_BODY;
}

/* Does the jump leave a `with`? What that calls is given None. A raise leaves it to the exception. */
static bool
leaves_with(const struct pyreach *r, const struct pystmt *s, uint8_t word)
{
	if (word == PYW_RAISE)
		return false;
	for (unsigned i = s->depth; i > 0 && !is_scope(&s->blocks[i - 1]); i--) {
		if (s->blocks[i - 1].kind == PY_BLOCK_WITH)
			return true;
		if (word != PYW_RETURN && is_loop_body(r, s, i - 1))
			return false;
	}
	return false;
}

/* A live `break` within the innermost `depth` blocks: which loop does it leave? Within a try that is
 * not known before its end, for there may be a `finally` that never ends. */
static void
leave_loop(struct pyreach *r, const struct pystmt *s, unsigned depth)
{
	for (unsigned i = depth; i > 0 && !is_scope(&s->blocks[i - 1]); i--) {
		struct pyreach_block *b = &r->blocks[i - 1];
		uint8_t kind = s->blocks[i - 1].kind;

		if (kind == PY_BLOCK_TRY && b->phase != PY_PHASE_FINALLY) {
			b->pending = true;
			return;
		}
		if (is_loop_body(r, s, i - 1)) {
			b->left = true;
			return;
		}
	}
}

bool
reach_jump(struct pyreach *r, const struct pystmt *s, const struct py_simple *simple)
{
	bool constant;

	if (!r->alive)
		return false;
	switch (simple->word) {
	case PYW_ASSERT:
		return false; /* reach_simple() has seen to it */
	case PYW_BREAK:
		leave_loop(r, s, s->depth);
		break;
	case PYW_RETURN:
	case PYW_RAISE:
	case PYW_CONTINUE:
		break;
	default:
		return false;
	}
	constant = leaves_with(r, s, simple->word);
	r->seen = r->seen || constant;
	r->alive = false;
	return constant;
}

bool
reach_simple(struct pyreach *r, const struct py_simple *simple, bool named)
{
	bool constant = end_constants(&r->consts) || simple->docstring || named;
	bool fails = simple->word == PYW_ASSERT && end_test(r, PYTRUTH_UNKNOWN) == PYTRUTH_FALSE;
	bool made = end_statement(r, constant);

	if (fails)
		r->alive = false;
	return made;
}

/* ---- compound statements ------------------------------------------------------------------- */

/* A part of a try statement has ended. */
static void
end_try_part(struct pyreach *r, struct pyreach_block *b)
{
	if (b->phase == PY_PHASE_BODY || b->phase == PY_PHASE_ELSE)
		b->body_end = r->alive;
	else if (b->phase == PY_PHASE_EXCEPT)
		b->end = b->end || r->alive;
	r->seen = r->seen || b->binds; /* the name is set to None */
	b->binds = false;
}

static void
begin_try_clause(struct pyreach *r, struct pyreach_block *b, uint8_t clause)
{
	end_try_part(r, b);
	switch (clause) {
	case PYW_ELSE:
		r->alive = b->body_end;
		b->phase = PY_PHASE_ELSE;
		break;
	case PYW_EXCEPT:
		r->alive = b->entry;
		b->phase = PY_PHASE_EXCEPT;
		break;
	default:
		r->alive = b->entry;
		b->phase = PY_PHASE_FINALLY;
		break;
	}
}

static void
begin_clause(struct pyreach *r, const struct py_head *h)
{
	struct pyreach_block *b = &r->blocks[h->block];

	switch (h->kind) {
	case PY_BLOCK_TRY:
		begin_try_clause(r, b, h->clause);
		return;
	case PY_BLOCK_IF:
		b->end = b->end || r->alive;
		break;
	default:
		b->phase = PY_PHASE_ELSE;
		break;
	}
	r->alive = b->fall;
	b->fall = false;
}

bool
reach_head(struct pyreach *r, const struct py_head *h)
{
	if (h->clause != 0) {
		begin_clause(r, h);
		return r->alive;
	}
	if (h->kind == PY_BLOCK_CASE)
		r->alive = r->blocks[h->block - 1].fall;
	r->blocks[h->block] = (struct pyreach_block){ .entry = r->alive };
	return r->alive;
}

/* The test of the head decides which of two ways are open. */
static void
begin_suite(struct pyreach *r, const struct py_head *h, enum pytruth test)
{
	struct pyreach_block *b = &r->blocks[h->block];

	switch ((enum py_block_kind)h->kind) {
	case PY_BLOCK_IF:
	case PY_BLOCK_WHILE:
		if (h->clause == PYW_ELSE)
			break;
		b->fall = r->alive && test != PYTRUTH_TRUE;
		r->alive = r->alive && test != PYTRUTH_FALSE;
		break;
	case PY_BLOCK_FOR:
		if (h->clause == 0)
			b->fall = r->alive;
		break;
	case PY_BLOCK_MATCH:
		b->fall = r->alive;
		r->alive = false;
		break;
	case PY_BLOCK_CASE:
		r->blocks[h->block - 1].fall =
			r->alive && !(h->irrefutable && test == PYTRUTH_TRUE);
		r->alive = r->alive && test != PYTRUTH_FALSE;
		break;
	case PY_BLOCK_TRY:
	case PY_BLOCK_WITH:
	case PY_BLOCK_DEF:
	case PY_BLOCK_CLASS:
		break;
	}
}

bool
reach_enter(struct pyreach *r, const struct py_head *h)
{
	bool scope = h->kind == PY_BLOCK_DEF || h->kind == PY_BLOCK_CLASS;
	bool constant = end_constants(&r->consts), made;
	enum pytruth test = end_test(r, h->guarded ? PYTRUTH_UNKNOWN : PYTRUTH_TRUE);

	if (h->kind == PY_BLOCK_TRY)
		r->blocks[h->block].binds = r->consts.named;
	if (scope) {
		made = r->alive;
		open_scope(r, h, constant);
		end_statement(r, false);
		return made;
	}
	made = end_statement(r, constant);
	begin_suite(r, h, test);
	return made;
}

static void
close_try(struct pyreach *r, const struct pystmt *s, uint8_t block)
{
	struct pyreach_block *b = &r->blocks[block];
	bool ends = true;

	if (b->phase == PY_PHASE_FINALLY)
		ends = r->alive;
	else
		end_try_part(r, b);
	r->alive = ends && (b->end || b->body_end);
	if (b->pending && ends)
		leave_loop(r, s, block);
}

bool
reach_close(struct pyreach *r, const struct pystmt *s, uint8_t block, enum py_block_kind kind)
{
	struct pyreach_block *b = &r->blocks[block];

	switch (kind) {
	case PY_BLOCK_IF:
		r->alive = r->alive || b->end || b->fall;
		break;
	case PY_BLOCK_WHILE:
	case PY_BLOCK_FOR:
		r->alive = (b->phase == PY_PHASE_BODY ? b->fall : r->alive) || b->left;
		break;
	case PY_BLOCK_TRY:
		close_try(r, s, block);
		break;
	case PY_BLOCK_WITH:
		r->alive = b->entry;
		r->seen = true;
		return r->alive;
	case PY_BLOCK_MATCH:
		r->alive = b->end || b->fall;
		break;
	case PY_BLOCK_CASE:
		r->blocks[block - 1].end = r->blocks[block - 1].end || r->alive;
		break;
	case PY_BLOCK_DEF:
	case PY_BLOCK_CLASS:
		r->alive = b->entry;
		r->fate = b->outer_fate;
		r->seen = true;
		break;
	}
	return false;
}

void
reach_init(struct pyreach *r, unsigned minor)
{
	/* Levels of brackets that the lexer passes over are never begun, and yet looked at. */
	*r = (struct pyreach){ .minor = (uint8_t)minor, .alive = true, .fate = PYFATE_COUNTS };
	begin_constants(&r->consts);
}
