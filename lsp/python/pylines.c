#include "python/pylines.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"
#include "python/exclude.h"

static_assert(sizeof(struct py_reader) <= 65536, "all state of a reader is one small struct");
static_assert(PYLEX_LINES_MAX < 1u << 24, "the way back to a first line has 24 bits");
static_assert(PYSTMT_BLOCK_MAX < PY_READER_NONE, "a block's index fits");

/* Flags that are not left in a result: a statement with code starts here, whether it is excluded or
 * not; or that is not decided yet. */
enum {
	LINE_LATER = 0x80,
	LINE_DEFERRED = 0x40,
	LINE_CODE = 0x20,
	LINE_OPEN = LINE_LATER | LINE_DEFERRED,
};

/* ---- the result ---------------------------------------------------------------------------- */

static void
append_line(struct py_lines *lines, uint32_t info)
{
	if (lines->count + 2 > lines->cap)
		lines->info =
			mem_grow(lines->info, lines->count + 1, &lines->cap, sizeof *lines->info);
	lines->info[++lines->count] = info;
}

/* Lines are asked for in their order, or nearly so; the next match is looked for once, however far away. */
static bool
is_matched(struct py_reader *r, uint32_t first, uint32_t last)
{
	if (r->matched == NULL)
		return false;
	if (first < r->match_from || first > r->next_match) {
		uint32_t next = line_set_next(r->matched, first - 1);

		r->match_from = first;
		r->next_match = next == LINE_SET_END ? UINT32_MAX : next;
	}
	return r->next_match <= last;
}

/* Lines that belong to no logical line: blank ones and comments. */
static void
append_blanks(struct py_reader *r, uint32_t last)
{
	for (uint32_t n = r->lines->count + 1; n <= last; n++)
		append_line(r->lines, is_matched(r, n, n) ? PY_EXCLUDED : 0);
}

static void
exclude_lines(struct py_reader *r, uint32_t first, uint32_t last)
{
	for (uint32_t n = first; n <= last; n++)
		r->lines->info[n] = (r->lines->info[n] | PY_EXCLUDED) & ~(uint32_t)PY_STATEMENT;
}

/* Arcs are found as if lines that are not decided yet had code. */
static bool
seems_to_have_code(uint32_t info)
{
	return (info & (LINE_CODE | LINE_OPEN)) != 0;
}

static void
change_line(struct py_reader *r, uint32_t line, uint32_t info)
{
	uint32_t *old = &r->lines->info[line];

	if (seems_to_have_code(info) != seems_to_have_code(*old))
		r->lines->arcs.doubtful = true;
	*old = info;
}

/* A line that has been appended turns out to have code, or may do so. */
static void
mark_line(struct py_reader *r, uint32_t line, enum pyfate fate)
{
	uint32_t info = r->lines->info[line];

	if (fate == PYFATE_LATER)
		change_line(r, line, info | LINE_LATER);
	if (fate != PYFATE_COUNTS)
		return;
	if ((info & (PY_EXCLUDED | PY_DOCSTRING)) == 0)
		info |= PY_STATEMENT;
	change_line(r, line, info | LINE_CODE);
}

/* What lines from `from` on with this flag waited for has come. */
static void
decide_lines(struct py_reader *r, uint32_t from, uint32_t flag, enum pyfate fate)
{
	for (uint32_t n = from; n > 0 && n <= r->lines->count; n++) {
		if ((r->lines->info[n] & flag) == 0)
			continue;
		mark_line(r, n, fate);
		change_line(r, n, r->lines->info[n] & ~flag);
	}
}

/* ---- what has code: executable-lines 5 to 8 ------------------------------------------------ */

static const struct py_reader_block *
scope(const struct py_reader *r)
{
	return r->scope == PY_READER_NONE ? NULL : &r->blocks[r->scope];
}

static bool
in_def(const struct py_reader *r)
{
	return r->scope != PY_READER_NONE && r->stmt.blocks[r->scope].kind == PY_BLOCK_DEF;
}

/* Code objects called __annotate__ are skipped by coverage.py (coverage/bytecode.py), because 3.14
 * makes such for annotations; those within them are not. */
static bool
in_hidden(const struct py_reader *r)
{
	return r->scope != PY_READER_NONE && scope(r)->hidden;
}

static bool
makes_code_object(const struct py_reader *r, uint8_t inner)
{
	/* From 3.12 on comprehensions are part of the code round them (PEP 709). */
	return inner == PY_INNER_SURE || (inner == PY_INNER_COMPREHENSION && r->lex.minor < 12);
}

/* The statement at hand has code, whose fate is this. */
static void
set_code(struct py_reader *r, enum pyfate fate)
{
	if (fate == PYFATE_LATER)
		r->line_later = true;
	if (fate != PYFATE_COUNTS)
		return;
	r->line_code = true;
	if (r->opened != PY_READER_NONE)
		r->suite_code = true;
}

static void
mark_code(struct py_reader *r)
{
	set_code(r, (enum pyfate)r->reach.fate);
	r->here.has_code = true;
}

/* The same for a line that may have been appended. */
static void
mark_past(struct py_reader *r, uint32_t line)
{
	if (line > r->lines->count)
		set_code(r, (enum pyfate)r->reach.fate);
	else
		mark_line(r, py_lines_first(r->lines, line), (enum pyfate)r->reach.fate);
	r->here.has_code = true;
}

static void
note_later(struct py_reader *r, uint32_t line)
{
	if (r->here.later_from == 0)
		r->here.later_from = line;
}

/* Live code has a constant: with it, dead code objects from before it stay (3.10, 3.11). */
static void
keep_later(struct py_reader *r)
{
	if (r->here.later_from == 0)
		return;
	decide_lines(r, r->here.later_from, LINE_LATER, PYFATE_COUNTS);
	r->here.later_from = 0;
	if (r->line_later)
		r->line_code = true;
}

/* The statement at hand is dead; its lambdas and the like may stay all the same. */
static void
mark_dead(struct py_reader *r, enum pyfate fate)
{
	if (fate == PYFATE_LATER && r->reach.fate == PYFATE_COUNTS)
		note_later(r, r->line_first);
	set_code(r, fate > r->reach.fate ? fate : (enum pyfate)r->reach.fate);
}

/* Are annotations kept as functions that run later (PEP 649)? */
static bool
defers_annotations(const struct py_reader *r)
{
	return r->lex.minor >= 14 && !r->future_annotations;
}

/* Does `x: T` without a value have code? */
static bool
annotation_has_code(const struct py_reader *r, const struct py_simple *s)
{
	if (s->target == PY_TARGET_OTHER)
		return true; /* the parts of the target are evaluated */
	if (in_def(r))
		return false;
	if (s->target == PY_TARGET_BRACKETED_NAME)
		return r->lex.minor < 14 && !r->future_annotations;
	if (!defers_annotations(r) || r->scope == PY_READER_NONE)
		return true;
	/* In a class of 3.14: only within a block of its own, which may or may not run. */
	return r->stmt.depth - 1 != r->scope;
}

/* Has an annotation code of its own that shows, although its evaluation is put off? */
static bool
annotation_holds_code(const struct py_reader *r, const struct py_simple *s)
{
	if (!s->annotated || s->target != PY_TARGET_NAME || in_def(r) || !defers_annotations(r))
		return false;
	return s->annotation_inner == PY_INNER_SURE ||
	       (s->annotation_inner != PY_INNER_NONE && r->scope != PY_READER_NONE);
}

static bool
simple_has_code(const struct py_reader *r, const struct py_simple *s)
{
	if (in_hidden(r))
		return makes_code_object(r, s->inner);
	if (s->word == PYW_GLOBAL || s->word == PYW_NONLOCAL || s->nothing)
		return false;
	if (s->docstring && in_def(r))
		return false;
	if (s->annotated && !s->valued)
		return annotation_has_code(r, s);
	return true;
}

/* Does an annotation store its name, or a place in a list of annotations, among the constants? */
static bool
annotation_is_named(const struct py_reader *r, const struct py_simple *s)
{
	if (!s->annotated || s->target != PY_TARGET_NAME || in_def(r))
		return false;
	return !defers_annotations(r) || r->stmt.depth == 0 || r->stmt.depth - 1 != r->scope;
}

static void
choose_annotations(struct py_reader *r)
{
	r->reach.skips_annotations = in_def(r) || r->future_annotations || r->lex.minor >= 14;
}

/* A module makes its annotations' function at its start, a class at its end. */
static void
mark_annotation(struct py_reader *r)
{
	if (r->scope == PY_READER_NONE) {
		set_code(r, PYFATE_COUNTS);
		return;
	}
	r->line_deferred = true;
	if (r->here.deferred_from == 0)
		r->here.deferred_from = r->line_first;
}

static void
mark_simple(struct py_reader *r, const struct py_simple *s)
{
	enum pyfate inner = reach_inner(&r->reach);

	if (annotation_holds_code(r, s))
		mark_annotation(r);
	if (!r->reach.alive)
		mark_dead(r, inner);
	else if (simple_has_code(r, s))
		mark_code(r);
}

/* None is the first constant of a function without docstring (up to 3.13, and it matters up to 3.11). */
static bool
none_may_be_new(const struct py_reader *r)
{
	return !in_def(r) || r->here.docstring;
}

static bool
returns_nothing(const struct py_reader *r, const struct py_simple *s)
{
	return s->word == PYW_RETURN && r->stmt.tokens == 1;
}

static void
on_simple(void *ctx, const struct py_simple *s)
{
	struct py_reader *r = ctx;

	if (s->future_annotations) {
		r->future_annotations = true;
		choose_annotations(r);
	}
	if (s->annotated && r->scope == PY_READER_NONE)
		r->module_annotations = true;
	if (s->docstring) {
		r->docstring_first = s->first;
		r->docstring_last = s->last;
		r->here.docstring = true;
	}
	mark_simple(r, s);
	if (r->regions.regions != NULL)
		pyregions_simple(&r->regions, s);
	if (r->arcs.arcs != NULL)
		pyarcs_simple(&r->arcs, s);
	if (reach_simple(&r->reach, s, annotation_is_named(r, s)) &&
	    (!returns_nothing(r, s) || none_may_be_new(r)))
		keep_later(r);
	if (reach_jump(&r->reach, &r->stmt, s) && none_may_be_new(r))
		keep_later(r);
	r->last_statement = r->line_first;
}

/* In 3.10 and 3.11 what is done after the suite of a `finally`, and in 3.10 after that of a `case`,
 * is put on the line of the last statement in it, even if that has no code. */
static void
mark_suite_end(struct py_reader *r, uint32_t line)
{
	if (r->lex.minor < 12 && line != 0 && !in_hidden(r))
		mark_past(r, line);
}

/* Is a case the last of its match? Only the next head or the end of the match tells. */
static void
begin_case(struct py_reader *r, const struct py_head *h)
{
	struct py_reader_block *match = &r->blocks[h->block - 1];

	mark_suite_end(r, match->suite_end);
	match->suite_end = 0;
	match->has_default = match->any_case && h->underscore;
	match->any_case = true;
}

/* A code object's first line has an instruction of the object's own (from 3.11 on RESUME, in a class
 * always), which shows where the line's other code is hidden or dead. */
static void
mark_scope_start(struct py_reader *r, const struct py_head *h)
{
	if (!h->hidden && (h->kind == PY_BLOCK_CLASS || r->lex.minor >= 11))
		mark_past(r, h->first);
}

static void
open_scope(struct py_reader *r, const struct py_head *h)
{
	struct py_reader_block *b = &r->blocks[h->block];

	b->outer = r->here;
	b->outer_scope = r->scope;
	b->hidden = h->hidden;
	r->here = (struct py_reader_scope){ 0 };
	mark_scope_start(r, h);
	r->scope = h->block;
	choose_annotations(r);
}

static void
mark_head(struct py_reader *r, const struct py_head *h)
{
	bool alive = reach_head(&r->reach, h);
	enum pyfate inner = reach_inner(&r->reach);

	if (h->clause == PYW_ELSE || h->clause == PYW_FINALLY)
		return;
	if (!alive)
		mark_dead(r, inner);
	else if (!in_hidden(r) || makes_code_object(r, h->inner))
		mark_code(r);
}

/* The suite of the head begins; what is in it may be another code object's. */
static void
enter_suite(struct py_reader *r, const struct py_head *h)
{
	uint8_t fate = r->reach.fate;

	if (reach_enter(&r->reach, h))
		keep_later(r);
	if (fate == PYFATE_COUNTS && r->reach.fate == PYFATE_LATER)
		note_later(r, h->first);
}

static void
on_head(void *ctx, const struct py_head *h)
{
	struct py_reader *r = ctx;

	if (h->kind == PY_BLOCK_CASE)
		begin_case(r, h);
	mark_head(r, h);
	if (r->regions.regions != NULL)
		pyregions_head(&r->regions, h);
	if (r->arcs.arcs != NULL)
		pyarcs_head(&r->arcs, h);
	enter_suite(r, h);
	if (h->clause != 0)
		return;
	r->blocks[h->block] = (struct py_reader_block){
		.line = h->line,
		.first = h->first,
		.pattern_first = h->pattern_first,
		.pattern_last = h->pattern_last,
		.wanted = h->wildcard,
		.all_excluded = true,
	};
	r->wanted_cases += h->wildcard;
	if (h->kind == PY_BLOCK_DEF || h->kind == PY_BLOCK_CLASS)
		open_scope(r, h);
	r->opened = h->block;
	r->last_statement = h->kind == PY_BLOCK_CASE ? 0 : r->line_first;
}

/* ---- exclusion: executable-lines 4 --------------------------------------------------------- */

/* Step 2, a colon outside of brackets: a match on the lines up to it excludes the suite. */
static void
take_colon(struct py_reader *r, const struct pytoken *tok)
{
	if (r->excluding || !is_matched(r, r->line_first, tok->end_line))
		return;
	r->excluding = true;
	r->exclude_indent = r->stmt.indent;
}

static void
on_line_begin(void *ctx, uint32_t line)
{
	struct py_reader *r = ctx;

	append_blanks(r, line - 1);
	if (r->carry_depth > 0)
		exclude_lines(r, r->carried_to + 1, line - 1);
	if (r->excluding && r->stmt.indent <= r->exclude_indent)
		r->excluding = false;
	if (r->first_statement == 0)
		r->first_statement = line;
	r->line_first = line;
	r->line_excluded = r->excluding;
	r->line_code = r->suite_code = r->line_later = r->line_deferred = false;
	r->docstring_first = r->docstring_last = 0;
	r->opened = PY_READER_NONE;
}

/* Of the first line of a logical line. */
static uint32_t
first_flags(const struct py_reader *r, uint32_t line, bool excluded)
{
	uint32_t flags =
		(excluded ? PY_EXCLUDED : 0u) | (line == r->docstring_first ? PY_DOCSTRING : 0u);

	if (r->line_code)
		flags |= flags == 0 ? LINE_CODE | PY_STATEMENT : LINE_CODE;
	return flags | (r->line_later ? LINE_LATER : 0u) | (r->line_deferred ? LINE_DEFERRED : 0u);
}

static void
append_logical_line(struct py_reader *r, uint32_t first, uint32_t last, bool excluded)
{
	append_line(r->lines, first_flags(r, first, excluded));
	for (uint32_t n = first + 1; n <= last; n++) {
		bool docstring = n >= r->docstring_first && n <= r->docstring_last;

		append_line(r->lines, (n - first) << 8 | (docstring ? PY_DOCSTRING : 0u));
	}
}

/* Step 6: are all lines with code in the body of an irrefutable case excluded by steps 1 to 3? Only
 * the first line of a logical line can be: one that has code on others is not. */
static void
look_at_cases(struct py_reader *r, bool excluded, bool scattered)
{
	for (unsigned i = 0; i < r->stmt.depth; i++) {
		struct py_reader_block *b = &r->blocks[i];

		if (!b->wanted || !(i == r->opened ? r->suite_code : r->line_code))
			continue;
		b->any_code = true;
		if (!excluded || scattered)
			b->all_excluded = false;
	}
}

/* Step 5: a def or class with an excluded line from its first decorator to its head is excluded as a
 * whole. */
static void
begin_carry(struct py_reader *r, struct py_reader_block *b, uint32_t last_token)
{
	bool excluded = false;

	for (uint32_t n = b->first; n <= b->line; n++)
		excluded = excluded || (r->lines->info[n] & PY_EXCLUDED) != 0;
	if (!excluded)
		return;
	b->carry = true;
	r->carry_depth++;
	exclude_lines(r, b->first, last_token);
	r->carried_to = last_token;
}

/* What the arcs of the line's statements depend on. */
static bool
line_has_code(const struct py_reader *r, uint32_t first)
{
	return seems_to_have_code((r->oracle != NULL ? r->oracle : r->lines)->info[first]);
}

static void
on_line_end(void *ctx, uint32_t first, uint32_t last, uint32_t last_token, bool scattered)
{
	struct py_reader *r = ctx;
	bool excluded = r->line_excluded || is_matched(r, first, last);

	if (r->regions.regions != NULL)
		pyregions_line_end(&r->regions, last_token);
	append_logical_line(r, first, last, excluded);
	if (r->arcs.arcs != NULL)
		pyarcs_line_end(&r->arcs, first, line_has_code(r, first));
	if (r->wanted_cases > 0)
		look_at_cases(r, excluded, scattered);
	if (r->carry_depth > 0) {
		exclude_lines(r, first, last_token);
		r->carried_to = last_token;
	} else if (r->opened != PY_READER_NONE && r->opened == r->scope) {
		begin_carry(r, &r->blocks[r->opened], last_token);
	}
}

/* Step 6, once the body has ended. */
static void
end_case(struct py_reader *r, const struct py_reader_block *b)
{
	uint32_t *head;

	if (!b->wanted)
		return;
	r->wanted_cases--;
	if (r->carry_depth > 0 || !b->any_code || !b->all_excluded)
		return;
	exclude_lines(r, b->pattern_first, b->pattern_last);
	/* The code of the head is that of the pattern, wherever that stands. */
	head = &r->lines->info[b->line];
	if (seems_to_have_code(*head))
		*head |= LINE_CODE;
	*head &= ~(uint32_t)(PY_STATEMENT | LINE_OPEN);
}

/* A code object ends with a return of None, if its end is alive. */
static enum pyfate
fate_at_end(const struct py_reader *r)
{
	return r->reach.alive && none_may_be_new(r) ? PYFATE_COUNTS : PYFATE_LOST;
}

static void
end_scope(struct py_reader *r, const struct py_reader_block *b)
{
	enum pyfate fate = (enum pyfate)r->reach.fate;

	decide_lines(r, r->here.deferred_from, LINE_DEFERRED, r->reach.alive ? fate : PYFATE_LOST);
	decide_lines(r, r->here.later_from, LINE_LATER, fate_at_end(r));
	if (!r->here.has_code && !b->hidden)
		mark_past(r, b->first);
	r->here = b->outer;
	r->scope = b->outer_scope;
	if (b->carry)
		r->carry_depth--;
	r->last_statement = b->line;
	choose_annotations(r);
}

static void
end_try(struct py_reader *r, uint8_t block, enum py_phase phase)
{
	bool ends = r->lex.minor == 11 ? r->reach.blocks[block].entry : r->reach.alive;

	if (phase == PY_PHASE_FINALLY && ends)
		mark_suite_end(r, r->last_statement);
	r->last_statement = 0;
}

static void
end_match(struct py_reader *r, const struct py_reader_block *b)
{
	if (!b->has_default)
		mark_suite_end(r, b->suite_end);
	r->last_statement = 0;
}

static void
on_close(void *ctx, uint8_t block, enum py_block_kind kind, enum py_phase phase)
{
	struct py_reader *r = ctx;
	const struct py_reader_block *b = &r->blocks[block];
	bool has_else = phase == PY_PHASE_ELSE;

	if (r->regions.regions != NULL)
		pyregions_close(&r->regions, block);
	if (r->arcs.arcs != NULL)
		pyarcs_close(&r->arcs, block);
	switch (kind) {
	case PY_BLOCK_DEF:
	case PY_BLOCK_CLASS:
		end_scope(r, b);
		break;
	case PY_BLOCK_CASE:
		if (r->lex.minor < 11 && r->reach.alive)
			r->blocks[block - 1].suite_end = r->last_statement;
		end_case(r, b);
		break;
	case PY_BLOCK_TRY:
		end_try(r, block, phase);
		break;
	case PY_BLOCK_MATCH:
		end_match(r, b);
		break;
	case PY_BLOCK_WITH:
		r->last_statement = 0;
		break;
	case PY_BLOCK_FOR:
		r->last_statement = has_else ? r->last_statement : 0;
		break;
	case PY_BLOCK_WHILE:
		r->last_statement = has_else ? r->last_statement : b->line;
		break;
	case PY_BLOCK_IF:
		break;
	}
	if (reach_close(&r->reach, &r->stmt, block, kind) && none_may_be_new(r))
		keep_later(r);
}

/* ---- the pass ------------------------------------------------------------------------------ */

static const struct pystmt_sink sink = {
	.line_begin = on_line_begin,
	.simple = on_simple,
	.head = on_head,
	.line_end = on_line_end,
	.close = on_close,
};

static bool
take_token(struct py_reader *r, const struct pytoken *tok)
{
	bool first = !r->reach.consts.started;

	if (tok->kind >= PYTOK_NEWLINE)
		return pystmt_take(&r->stmt, tok);
	if (tok->kind == PYTOK_OP && tok->op == ':' && tok->depth == 0)
		take_colon(r, tok);
	if (!reach_is_quiet(&r->reach))
		reach_take(&r->reach, &r->stmt, tok);
	if (r->reach.testing && r->arcs.arcs != NULL)
		pyarcs_test_take(&r->arcs.test, tok, first);
	return pystmt_take(&r->stmt, tok);
}

/* Which tokens does nobody need now? */
static unsigned
quiet_tokens(const struct py_reader *r)
{
	if (r->stmt.quiet == 0 || (r->wanted_cases > 0 && !r->stmt.scattered) ||
	    (r->arcs.arcs != NULL && r->reach.testing && r->arcs.test.constant))
		return 0;
	return r->stmt.quiet & reach_quiet_tokens(&r->reach, r->lex.level);
}

static void
skip_tokens(struct py_reader *r, uint32_t line)
{
	pystmt_skip(&r->stmt, line);
	reach_skip(&r->reach);
}

static enum pylex_event
take_tokens(struct py_reader *r, struct span *piece)
{
	struct pytoken toks[8];
	enum pylex_event ev;
	size_t count;

	do {
		ev = pylex_read(&r->lex, piece, quiet_tokens(r), toks, sizeof toks / sizeof toks[0],
				&count);
		if (r->lex.skipped_to != 0)
			skip_tokens(r, r->lex.skipped_to);
		for (size_t i = 0; i < count; i++) {
			if (!take_token(r, &toks[i])) {
				r->state = PY_READER_STMT_ERROR;
				return PYLEX_ERROR;
			}
		}
	} while (ev == PYLEX_TOKEN);
	if (ev == PYLEX_ERROR)
		r->state = PY_READER_LEX_ERROR;
	return ev;
}

/* Oddities of a module's code object. */
static void
end_module(struct py_reader *r)
{
	append_blanks(r, pylex_lines(&r->lex));
	r->lines->excluded_past_end = is_matched(r, r->lines->count + 1, r->lines->count + 1);
	if (r->regions.regions != NULL)
		pyregions_finish(&r->regions, r->lines->count);
	if (r->arcs.arcs != NULL)
		pyarcs_finish(&r->arcs, r->lines->count);
	if (r->first_statement == 0)
		return;
	decide_lines(r, r->here.later_from, LINE_LATER, fate_at_end(r));
	/* It is made ready for annotations on the line of its first statement ... */
	if (r->module_annotations)
		mark_line(r, r->first_statement, PYFATE_COUNTS);
	/* ... and in 3.10 it has a line even if it has no code. */
	if (r->lex.minor < 11 && !r->here.has_code && !r->module_annotations)
		mark_line(r, py_lines_first(r->lines, 1), PYFATE_COUNTS);
}

static void
clear(struct py_lines *lines)
{
	lines->count = 0;
	lines->excluded_past_end = false;
	py_regions_clear(&lines->regions);
	py_arcs_clear(&lines->arcs);
}

void
py_reader_init(struct py_reader *r, struct py_lines *lines, const struct py_options *options)
{
	const struct line_set *matched = options->matched;

	r->lines = lines;
	r->oracle = NULL;
	r->matched = NULL;
	if (matched != NULL && line_set_next(matched, 0) != LINE_SET_END)
		r->matched = matched;
	r->match_from = 1;
	r->next_match = 0;
	r->state = PY_READER_ON;
	r->excluding = r->future_annotations = r->module_annotations = false;
	r->exclude_indent = r->carry_depth = r->carried_to = r->wanted_cases = 0;
	r->first_statement = r->last_statement = r->line_first = 0;
	r->scope = r->opened = PY_READER_NONE;
	r->here = (struct py_reader_scope){ 0 };
	clear(lines);
	pyregions_init(&r->regions,
		       (options->want & PY_WANT_REGIONS) != 0 ? &lines->regions : NULL);
	pyarcs_init(&r->arcs, (options->want & PY_WANT_ARCS) != 0 ? &lines->arcs : NULL);
	pylex_init(&r->lex, options->minor);
	pystmt_init(&r->stmt, &sink, r);
	reach_init(&r->reach, r->lex.minor);
	choose_annotations(r);
}

void
py_reader_feed(struct py_reader *r, struct span piece)
{
	if (r->state == PY_READER_ON)
		take_tokens(r, &piece);
}

static enum status
finish_pass(struct py_reader *r, struct error *err)
{
	struct span nothing = { 0 };

	if (r->state == PY_READER_ON) {
		pylex_finish(&r->lex);
		if (take_tokens(r, &nothing) == PYLEX_END &&
		    !pystmt_finish(&r->stmt, pylex_lines(&r->lex)))
			r->state = PY_READER_STMT_ERROR;
	}
	if (r->state == PY_READER_ON) {
		end_module(r);
		return STATUS_OK;
	}
	clear(r->lines);
	return r->state == PY_READER_LEX_ERROR ? pylex_tell(&r->lex, err)
					       : pystmt_tell(&r->stmt, err);
}

static void
forget_inner_flags(struct py_lines *lines)
{
	for (uint32_t n = 1; n <= lines->count; n++)
		lines->info[n] &= ~(uint32_t)(LINE_OPEN | LINE_CODE);
}

enum status
py_reader_finish(struct py_reader *r, struct error *err)
{
	enum status status = finish_pass(r, err);

	forget_inner_flags(r->lines);
	return status;
}

/* Finds the arcs anew, now that it is known which lines have code. */
static void
read_arcs_again(struct py_reader *r, struct span text, const struct py_options *options)
{
	struct py_lines *lines = r->lines, again = { 0 };
	struct py_options own = { options->minor, options->matched, PY_WANT_ARCS };

	again.arcs = lines->arcs;
	lines->arcs = (struct py_arcs){ 0 };
	py_reader_init(r, &again, &own);
	r->oracle = lines;
	py_reader_feed(r, text);
	finish_pass(r, NULL);
	lines->arcs = again.arcs;
	lines->arcs.doubtful = false;
	again.arcs = (struct py_arcs){ 0 };
	py_lines_free(&again);
}

enum status
py_lines_read(struct py_lines *lines, struct span text, const struct py_options *options,
	      struct error *err)
{
	struct py_options own = *options;
	struct line_set matched = { 0 };
	struct py_reader r;
	enum status status;

	if (own.matched == NULL) {
		py_exclude_defaults(&matched, text);
		own.matched = &matched;
	}
	py_reader_init(&r, lines, &own);
	py_reader_feed(&r, text);
	status = finish_pass(&r, err);
	if (lines->arcs.doubtful && (own.want & PY_WANT_ARCS) != 0)
		read_arcs_again(&r, text, &own);
	forget_inner_flags(lines);
	if ((own.want & PY_WANT_REGIONS) != 0)
		py_regions_find_names(&lines->regions, text);
	line_set_free(&matched);
	return status;
}

uint32_t
py_lines_last(const struct py_lines *lines, uint32_t first)
{
	uint32_t last = first;

	while (last < lines->count && py_lines_first(lines, last + 1) == first)
		last++;
	return last;
}

void
py_lines_free(struct py_lines *lines)
{
	free(lines->info);
	py_regions_free(&lines->regions);
	py_arcs_free(&lines->arcs);
	*lines = (struct py_lines){ 0 };
}
