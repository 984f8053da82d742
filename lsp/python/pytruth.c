#include "python/pytruth.h"

enum role {
	ROLE_GROUP, /* stands where an operand is expected */
	ROLE_INDEX, /* behind a string: a subscript that may be folded */
	ROLE_OTHER, /* a list, a call: nothing within matters */
};

enum operand {
	OPERAND_EMPTY,
	OPERAND_STRING,  /* another may be joined to it */
	OPERAND_KNOWN,   /* a constant, or brackets round what isn't */
	OPERAND_UNKNOWN, /* whatever follows, up to the next `and`, `or`, `if`, `else` or comma */
};

/* What `a if t else` makes of the value of what follows. */
enum choice {
	CHOICE_REST,  /* it is that value */
	CHOICE_AGREE, /* `chosen`, if that is the value, too */
	CHOICE_FIXED, /* `chosen` */
};

static uint8_t
truth_of(bool value)
{
	return value ? PYTRUTH_TRUE : PYTRUTH_FALSE;
}

static uint8_t
negate(uint8_t value)
{
	if (value == PYTRUTH_UNKNOWN)
		return value;
	return truth_of(value == PYTRUTH_FALSE);
}

/* a and b, a or b: one that is `decisive` decides, known or not what the other is. */
static uint8_t
join(uint8_t a, uint8_t b, uint8_t decisive)
{
	if (a == decisive || b == decisive)
		return decisive;
	return a == PYTRUTH_UNKNOWN ? a : b;
}

static uint8_t
agree(uint8_t a, uint8_t b)
{
	return a == b ? a : (uint8_t)PYTRUTH_UNKNOWN;
}

static void
begin_conjunction(struct pytruth_level *l)
{
	l->all = PYTRUTH_TRUE;
	l->operand = OPERAND_EMPTY;
	l->negated = l->arithmetic = l->sign = l->unfolded = false;
	l->sum = PYTRUTH_FALSE;
	l->product = PYTRUTH_TRUE;
}

static void
begin_expression(struct pytruth_level *l)
{
	begin_conjunction(l);
	l->any = PYTRUTH_FALSE;
	l->choice = CHOICE_REST;
	l->in_test = l->compound = l->opaque = false;
}

static void
begin_level(struct pytruth_level *l, uint8_t role)
{
	begin_expression(l);
	l->role = role;
	l->tuple = false;
	l->tuple_known = true;
}

/* ---- what ends --------------------------------------------------------------------------- */

static void
set_unknown(struct pytruth_level *l)
{
	l->operand = OPERAND_UNKNOWN;
	l->value = PYTRUTH_UNKNOWN;
	l->compound = true;
}

static uint8_t
operand_value(struct pytruth_level *l)
{
	uint8_t value = l->operand == OPERAND_EMPTY ? (uint8_t)PYTRUTH_UNKNOWN : l->value;

	if ((l->arithmetic || l->sign) && l->unfolded)
		value = PYTRUTH_UNKNOWN;
	if (l->arithmetic && value != PYTRUTH_UNKNOWN) {
		value = join(l->sum, join(l->product, value, PYTRUTH_FALSE), PYTRUTH_TRUE);
		if (l->sign)
			value = PYTRUTH_UNKNOWN;
	}
	if (value == PYTRUTH_UNKNOWN)
		l->compound = true;
	return l->negated ? negate(value) : value;
}

static void
end_conjunct(struct pytruth_level *l)
{
	uint8_t all = join(l->all, operand_value(l), PYTRUTH_FALSE);

	begin_conjunction(l);
	l->all = all;
}

static void
end_disjunct(struct pytruth_level *l)
{
	end_conjunct(l);
	l->any = join(l->any, l->all, PYTRUTH_TRUE);
	begin_conjunction(l);
}

static uint8_t
end_disjunction(struct pytruth_level *l)
{
	uint8_t value;

	end_disjunct(l);
	value = l->any;
	l->any = PYTRUTH_FALSE;
	return value;
}

/* `else`: adds `body if test else ...` to what is to be made of what comes. */
static void
end_test(struct pytruth_level *l)
{
	uint8_t test = end_disjunction(l), body = l->body;

	l->in_test = false;
	if (l->choice == CHOICE_FIXED || test == PYTRUTH_FALSE)
		return;
	if (l->choice == CHOICE_AGREE)
		body = agree(l->chosen, body);
	if (test == PYTRUTH_TRUE || body == PYTRUTH_UNKNOWN)
		l->choice = CHOICE_FIXED;
	else
		l->choice = CHOICE_AGREE;
	l->chosen = body;
}

static uint8_t
end_expression(struct pytruth_level *l)
{
	uint8_t value;

	if (l->opaque)
		set_unknown(l);
	value = end_disjunction(l);
	if (l->choice == CHOICE_REST)
		return value;
	return l->choice == CHOICE_FIXED ? l->chosen : agree(l->chosen, value);
}

static void
end_element(struct pytruth_level *l)
{
	uint8_t value = end_expression(l);

	if (l->compound || value == PYTRUTH_UNKNOWN)
		l->tuple_known = false;
	l->tuple = true;
	begin_expression(l);
}

/* What brackets are worth to the operand they are or belong to. */
static void
end_level(const struct pytruth_state *t, struct pytruth_level *l, struct pytruth_level *outer)
{
	bool blank = !l->tuple && l->operand == OPERAND_EMPTY && !l->opaque && !l->compound;

	if (l->role == ROLE_OTHER)
		return;
	if (blank && l->role == ROLE_GROUP && t->folds) {
		outer->value = PYTRUTH_FALSE; /* () */
	} else if (l->tuple) {
		if (l->operand != OPERAND_EMPTY || l->opaque)
			end_element(l);
		outer->value = t->folds && l->tuple_known ? PYTRUTH_TRUE : PYTRUTH_UNKNOWN;
	} else {
		uint8_t value = end_expression(l);

		if (l->role == ROLE_GROUP)
			outer->value = value;
		else if (l->compound || outer->value != PYTRUTH_TRUE)
			outer->value = PYTRUTH_UNKNOWN;
	}
	outer->compound = outer->compound || l->compound;
	outer->unfolded = outer->unfolded || l->compound;
	outer->operand = OPERAND_KNOWN;
	if (outer->value == PYTRUTH_UNKNOWN)
		set_unknown(outer);
}

/* ---- tokens ------------------------------------------------------------------------------ */

static void
take_literal(struct pytruth_level *l, bool truth, bool string)
{
	if (l->operand == OPERAND_EMPTY) {
		l->value = truth_of(truth);
		l->operand = string ? OPERAND_STRING : OPERAND_KNOWN;
	} else if (l->operand == OPERAND_STRING && string) {
		l->value = join(l->value, truth_of(truth), PYTRUTH_TRUE);
	} else {
		set_unknown(l);
	}
}

static void
take_open(struct pytruth_state *t, struct pytruth_level *l, const struct pytoken *tok)
{
	uint8_t role = ROLE_OTHER;

	if (tok->op == '(' && l->operand == OPERAND_EMPTY)
		role = ROLE_GROUP;
	else if (tok->op == '[' && l->operand == OPERAND_STRING && t->folds && !l->arithmetic)
		role = ROLE_INDEX;
	if (role == ROLE_OTHER)
		set_unknown(l);
	begin_level(&t->levels[tok->depth + 1], role);
}

static void
take_arithmetic(struct pytruth_state *t, struct pytruth_level *l, uint8_t op)
{
	if (l->operand == OPERAND_EMPTY && t->folds && (op == '+' || op == '-')) {
		l->sign = true;
		return;
	}
	if (l->operand != OPERAND_STRING && l->operand != OPERAND_KNOWN) {
		set_unknown(l);
		return;
	}
	if (!t->folds || l->unfolded || (op != '+' && op != '*')) {
		set_unknown(l);
		return;
	}
	l->product = join(l->product, l->value, PYTRUTH_FALSE);
	if (op == '+') {
		l->sum = join(l->sum, l->product, PYTRUTH_TRUE);
		l->product = PYTRUTH_TRUE;
	}
	l->arithmetic = true;
	l->operand = OPERAND_EMPTY;
}

static void
take_comma(struct pytruth_state *t, struct pytruth_level *l, uint8_t depth)
{
	if (depth > 0) {
		end_element(l);
		return;
	}
	t->result = end_expression(l); /* the message of an assert follows */
	t->done = true;
}

static void
take_op(struct pytruth_state *t, struct pytruth_level *l, const struct pytoken *tok)
{
	switch (tok->op) {
	case '(':
	case '[':
	case '{':
		take_open(t, l, tok);
		break;
	case ')':
	case ']':
	case '}':
		end_level(t, &t->levels[tok->depth + 1], l);
		break;
	case ',':
		take_comma(t, l, tok->depth);
		break;
	case PYOP_ELLIPSIS:
		take_literal(l, true, false);
		break;
	case PYOP_WALRUS:
		l->opaque = true;
		break;
	case '+':
	case '-':
	case '*':
		take_arithmetic(t, l, tok->op);
		break;
	default:
		set_unknown(l);
		break;
	}
}

static void
take_not(struct pytruth_level *l)
{
	if (l->operand == OPERAND_EMPTY && !l->arithmetic && !l->sign)
		l->negated = !l->negated;
	else
		set_unknown(l); /* is not, not in */
}

static void
take_word(struct pytruth_level *l, uint8_t word)
{
	switch (word) {
	case PYW_NOT:
		take_not(l);
		break;
	case PYW_AND:
		end_conjunct(l);
		l->compound = true;
		break;
	case PYW_OR:
		end_disjunct(l);
		l->compound = true;
		break;
	case PYW_IF:
		l->body = end_disjunction(l);
		l->in_test = l->compound = true;
		break;
	case PYW_ELSE:
		if (l->in_test)
			end_test(l);
		break;
	case PYW_LAMBDA:
	case PYW_FOR:
	case PYW_YIELD:
		l->opaque = true;
		break;
	case PYW_TRUE:
	case PYW_DEBUG:
		take_literal(l, true, false);
		break;
	case PYW_FALSE:
	case PYW_NONE:
		take_literal(l, false, false);
		break;
	default:
		set_unknown(l);
		break;
	}
}

/* Of an f-string as a whole. `f''` became a constant in 3.13. */
static void
take_fstring_end(const struct pytruth_state *t, struct pytruth_level *l)
{
	if (t->ffields || (!t->ftext && !t->f_empty_known))
		set_unknown(l);
	else
		take_literal(l, t->ftext, true);
}

/* True: the token is part of an f-string, and nothing else. */
static bool
take_fstring(struct pytruth_state *t, struct pytruth_level *l, const struct pytoken *tok)
{
	if (t->fstring == 0) {
		if (tok->kind != PYTOK_FSTRING_START)
			return false;
		t->fstring = (uint8_t)(tok->depth + 1);
		t->ftext = t->ffields = false;
		return true;
	}
	if (tok->depth + 1 != t->fstring)
		return true;
	if (tok->kind == PYTOK_OP && tok->op == '{') {
		t->ffields = true;
	} else if (tok->kind == PYTOK_FSTRING_END) {
		t->ftext = tok->truth;
		t->fstring = 0;
		take_fstring_end(t, l);
	}
	return true;
}

void
pytruth_take(struct pytruth_state *t, const struct pytoken *tok)
{
	struct pytruth_level *l = &t->levels[tok->depth];

	if (t->done || take_fstring(t, l, tok))
		return;
	if (l->opaque && tok->kind != PYTOK_OP)
		return;
	if (l->role == ROLE_OTHER && (tok->kind != PYTOK_OP || tok->op == ','))
		return;
	switch ((enum pytok_kind)tok->kind) {
	case PYTOK_NAME:
		take_word(l, tok->word);
		break;
	case PYTOK_NUMBER:
		take_literal(l, tok->truth, false);
		break;
	case PYTOK_STRING:
	case PYTOK_BYTES:
		take_literal(l, tok->truth, true);
		break;
	case PYTOK_OP:
		take_op(t, l, tok);
		break;
	case PYTOK_FSTRING:
		t->ffields = tok->op == '{';
		t->ftext = tok->truth;
		take_fstring_end(t, l);
		break;
	case PYTOK_FSTRING_START:
	case PYTOK_FSTRING_END:
	case PYTOK_NEWLINE:
	case PYTOK_INDENT:
	case PYTOK_DEDENT:
		break;
	}
}

unsigned
pytruth_quiet(const struct pytruth_state *t, unsigned depth)
{
	const struct pytruth_level *l = &t->levels[depth];

	if (t->done)
		return PYLEX_QUIET_ALL;
	if (l->role == ROLE_OTHER)
		return PYLEX_QUIET_ALL & ~(unsigned)PYLEX_QUIET_OUT;
	if (l->operand == OPERAND_UNKNOWN)
		return PYLEX_QUIET_NAMES | PYLEX_QUIET_LITERALS | PYLEX_QUIET_OPERATORS;
	return 0;
}

void
pytruth_begin(struct pytruth_state *t, unsigned minor)
{
	t->folds = minor < 14;
	t->f_empty_known = minor >= 13;
	t->done = false;
	t->fstring = 0;
	begin_level(&t->levels[0], ROLE_GROUP);
}

enum pytruth
pytruth_end(struct pytruth_state *t)
{
	return (enum pytruth)(t->done ? t->result : end_expression(&t->levels[0]));
}
