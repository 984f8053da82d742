#include "python/pyarcs.h"

/*
 * A test is constant if it is made of constants, `not`, `and`, `or` and brackets alone; so the first
 * token that is none of these ends the matter.
 */

enum level {
	LEVEL_ANY = 1,     /* what `or` joins, so far */
	LEVEL_ALL = 2,     /* what `and` joins, so far */
	LEVEL_NEGATED = 4, /* an odd number of `not` */
	LEVEL_OPERAND = 8, /* there is one, */
	LEVEL_VALUE = 16,  /* ... which is true */
	LEVEL_STRING = 32, /* ... or a string, to which another may be joined */
	LEVEL_BEGIN = LEVEL_ALL,
};

static bool
flip(uint8_t level)
{
	return ((level & LEVEL_VALUE) != 0) != ((level & LEVEL_NEGATED) != 0);
}

/* Ends what `and` joins; returns false if an operand is missing. */
static bool
end_operand(uint8_t *level)
{
	uint8_t all = *level & LEVEL_ALL;

	if ((*level & LEVEL_OPERAND) == 0)
		return false;
	if (!flip(*level))
		all = 0;
	*level = (uint8_t)((*level & LEVEL_ANY) | all);
	return true;
}

static bool
end_conjunction(uint8_t *level)
{
	if (!end_operand(level))
		return false;
	*level = (uint8_t)((*level & LEVEL_ANY) | ((*level & LEVEL_ALL) != 0 ? LEVEL_ANY : 0) |
			   LEVEL_BEGIN);
	return true;
}

static bool
take_constant(uint8_t *level, bool value, bool string)
{
	if ((*level & LEVEL_OPERAND) != 0 && !(string && (*level & LEVEL_STRING) != 0))
		return false;
	*level |=
		(uint8_t)(LEVEL_OPERAND | (value ? LEVEL_VALUE : 0) | (string ? LEVEL_STRING : 0));
	return true;
}

static bool
take_word(uint8_t *level, uint8_t word)
{
	switch (word) {
	case PYW_NOT: /* of `not in` the second word ends the matter */
		*level ^= LEVEL_NEGATED;
		return true;
	case PYW_AND:
		return end_operand(level);
	case PYW_OR:
		return end_conjunction(level);
	case PYW_TRUE:
	case PYW_DEBUG:
		return take_constant(level, true, false);
	case PYW_FALSE:
	case PYW_NONE:
		return take_constant(level, false, false);
	default:
		return false;
	}
}

static bool
take_op(uint8_t *level, const struct pytoken *tok)
{
	switch (tok->op) {
	case '(':
		level[1] = LEVEL_BEGIN;
		return (*level & LEVEL_OPERAND) == 0;
	case ')':
		return end_conjunction(level + 1) &&
		       take_constant(level, (level[1] & LEVEL_ANY) != 0, false);
	case PYOP_ELLIPSIS:
		return take_constant(level, true, false);
	case ':':
		return tok->depth == 0; /* of the head */
	default:
		return false;
	}
}

void
pyarcs_test_take(struct pyarcs_test *t, const struct pytoken *tok, bool first)
{
	uint8_t *level = &t->levels[tok->depth];

	if (first) {
		t->constant = true;
		t->levels[0] = LEVEL_BEGIN;
		return;
	}
	if (!t->constant)
		return;
	switch (tok->kind) {
	case PYTOK_NAME:
		t->constant = take_word(level, tok->word);
		break;
	case PYTOK_NUMBER:
		t->constant = take_constant(level, tok->truth, false);
		break;
	case PYTOK_STRING:
	case PYTOK_BYTES:
		t->constant = take_constant(level, tok->truth, true);
		break;
	case PYTOK_OP:
		t->constant = take_op(level, tok);
		break;
	default:
		t->constant = false;
		break;
	}
}

enum pyarcs_truth
pyarcs_test_end(struct pyarcs_test *t)
{
	bool constant = t->constant && end_conjunction(&t->levels[0]);

	t->constant = false;
	if (!constant)
		return PYARCS_UNKNOWN;
	return (t->levels[0] & LEVEL_ANY) != 0 ? PYARCS_TRUE : PYARCS_FALSE;
}
