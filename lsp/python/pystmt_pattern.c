#include "pystmt_pattern.h"

enum alternative {
	ALT_EMPTY,
	ALT_CAPTURE, /* a name, or one under `as` */
	ALT_OR,      /* alternatives whose last one is ALT_CAPTURE or ALT_OR */
	ALT_OTHER,
};

static enum alternative
level_result(const struct pystmt_pattern_level *l)
{
	if (l->sequence)
		return ALT_OTHER;
	if (l->several)
		return l->alternative == ALT_CAPTURE || l->alternative == ALT_OR ? ALT_OR
										 : ALT_OTHER;
	return (enum alternative)l->alternative;
}

static bool
level_is_irrefutable(const struct pystmt_pattern_level *l)
{
	return !l->sequence && (l->any_irrefutable || l->is_irrefutable);
}

static void
set(struct pystmt_pattern_level *l, enum alternative alternative, bool irrefutable)
{
	l->alternative = (uint8_t)alternative;
	l->is_irrefutable = irrefutable;
}

static void
take_open(struct pystmt_pattern_level *l, struct pystmt_pattern_level *within, uint8_t bracket)
{
	*within = (struct pystmt_pattern_level){ 0 };
	within->dead = l->dead || bracket != '(' || l->alternative != ALT_EMPTY;
}

static void
take_close(struct pystmt_pattern_level *l, const struct pystmt_pattern_level *within)
{
	if (within->dead || level_result(within) == ALT_EMPTY)
		set(l, ALT_OTHER, false);
	else
		set(l, level_result(within), level_is_irrefutable(within));
}

static void
take_or(struct pystmt_pattern_level *l)
{
	l->several = true;
	l->any_irrefutable = l->any_irrefutable || l->is_irrefutable;
	set(l, ALT_EMPTY, false);
}

static void
take_as(struct pystmt_pattern_level *l)
{
	set(l, level_result(l) == ALT_CAPTURE ? ALT_CAPTURE : ALT_OTHER, level_is_irrefutable(l));
	l->several = false;
	l->any_irrefutable = false;
	l->as = true;
}

static void
take_name(struct pystmt_pattern_level *l, uint8_t word)
{
	bool value = word == PYW_NONE || word == PYW_TRUE || word == PYW_FALSE;

	if (l->as)
		return; /* the name after `as` */
	if (l->alternative == ALT_EMPTY && !value)
		set(l, ALT_CAPTURE, true);
	else
		set(l, ALT_OTHER, false);
}

void
pattern_begin(struct pystmt_pattern *p)
{
	p->levels[0] = (struct pystmt_pattern_level){ 0 };
	p->tokens = 0;
}

void
pattern_take(struct pystmt_pattern *p, const struct pytoken *tok)
{
	struct pystmt_pattern_level *l = &p->levels[tok->depth];
	uint8_t op = tok->kind == PYTOK_OP ? tok->op : 0;

	if (p->tokens < 2)
		p->tokens++;
	if (op == '(' || op == '[' || op == '{')
		take_open(l, l + 1, op);
	else if (op == ')' || op == ']' || op == '}')
		take_close(l, l + 1);
	else if (l->dead)
		return;
	else if (op == '|')
		take_or(l);
	else if (op == ',')
		l->sequence = true;
	else if (tok->kind == PYTOK_NAME && tok->word == PYW_AS)
		take_as(l);
	else if (tok->kind == PYTOK_NAME)
		take_name(l, tok->word);
	else
		set(l, ALT_OTHER, false);
}

bool
pattern_is_irrefutable(const struct pystmt_pattern *p)
{
	return level_is_irrefutable(&p->levels[0]);
}

bool
pattern_is_wildcard(const struct pystmt_pattern *p)
{
	enum alternative result = level_result(&p->levels[0]);

	return result == ALT_CAPTURE || result == ALT_OR;
}
