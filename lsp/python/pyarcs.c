#include "python/pyarcs.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "python/pylines.h"

#include "pyarcs_note.h"

static_assert(sizeof(struct pyarcs) <= 16384, "what is kept of open statements is small");
static_assert(PYSTMT_BLOCK_MAX < PYARCS_NO_BLOCK, "a block's index fits");
static_assert(PYLEX_LINES_MAX <= INT32_MAX, "a line is an end of an arc");

/* ---- arcs ---------------------------------------------------------------------------------- */

/* Lines up to this one, and some more, can have notes. */
static void
reach_line(struct py_arcs *arcs, uint32_t line)
{
	size_t wanted = (size_t)line + 64;

	if (line < arcs->lines)
		return;
	if (wanted > arcs->line_cap) {
		arcs->line_cap = wanted + wanted / 2;
		arcs->first_note =
			mem_resize(arcs->first_note, arcs->line_cap, sizeof *arcs->first_note);
	}
	memset(arcs->first_note + arcs->lines, 0,
	       (wanted - arcs->lines) * sizeof *arcs->first_note);
	arcs->lines = wanted;
}

static uint32_t
new_note(struct py_arcs *arcs, int32_t to, enum cause cause, enum action action)
{
	if (arcs->note_count == 0)
		arcs->note_count = 1;
	if (arcs->note_count >= arcs->note_cap)
		arcs->notes = mem_grow(arcs->notes, arcs->note_count, &arcs->note_cap,
				       sizeof *arcs->notes);
	arcs->notes[arcs->note_count] = (struct py_arc_note){
		.to = to,
		.cause = (uint8_t)cause,
		.action = (uint8_t)action,
	};
	return (uint32_t)arcs->note_count++;
}

/* Until the end of the pass the latest note of a line comes first. An arc from a line to itself is a
 * jump within a line, and none. */
static void
add_arc(struct pyarcs *a, uint32_t from, int32_t to, enum cause cause, enum action action)
{
	uint32_t note;

	if ((int32_t)from == to)
		return;
	note = new_note(a->arcs, to, cause, action);
	a->arcs->notes[note].next = a->arcs->first_note[from];
	a->arcs->first_note[from] = note;
}

/* The same for an arc out of the module, which coverage.py has found before any other: its notes come
 * before those of a function or class on line 1, which has the same way out. */
static void
add_earliest_arc(struct pyarcs *a, uint32_t from, int32_t to, enum cause cause, enum action action)
{
	uint32_t note = new_note(a->arcs, to, cause, action);
	uint32_t *place = &a->arcs->first_note[from];

	while (*place != 0)
		place = &a->arcs->notes[*place].next;
	*place = note;
}

static inline void
add_flow(struct pyarcs *a, uint32_t from, int32_t to, enum cause cause, enum action action)
{
	if (action == ACTION_MODULE)
		add_earliest_arc(a, from, to, cause, action);
	else
		add_arc(a, from, to, cause, action);
}

/* ---- lists of exits ------------------------------------------------------------------------ */

static struct py_arc_exit *
exit_at(const struct pyarcs *a, uint32_t index)
{
	return &a->arcs->pool[index];
}

static uint32_t
new_exit(struct pyarcs *a)
{
	struct py_arcs *arcs = a->arcs;
	uint32_t index = a->free;

	if (index != 0) {
		a->free = arcs->pool[index].next;
		return index;
	}
	if (arcs->pool_count >= arcs->pool_cap)
		arcs->pool =
			mem_grow(arcs->pool, arcs->pool_count, &arcs->pool_cap, sizeof *arcs->pool);
	return (uint32_t)arcs->pool_count++;
}

/* Adds all of `more`, which is empty from then on. */
static void
join(const struct pyarcs *a, struct pyarcs_list *list, struct pyarcs_list *more)
{
	if (more->head == 0)
		return;
	if (list->head == 0)
		list->head = more->head;
	else
		exit_at(a, list->tail)->next = more->head;
	list->tail = more->tail;
	*more = (struct pyarcs_list){ 0 };
}

static void
push(struct pyarcs *a, struct pyarcs_list *list, uint32_t line, enum cause cause)
{
	uint32_t index = new_exit(a);
	struct pyarcs_list one = { index, index };

	*exit_at(a, index) = (struct py_arc_exit){ .line = line, .cause = (uint8_t)cause };
	join(a, list, &one);
}

/* Takes the first exit off a list that isn't empty. */
static struct py_arc_exit
pop(struct pyarcs *a, struct pyarcs_list *list)
{
	uint32_t index = list->head;
	struct py_arc_exit exit = *exit_at(a, index);

	list->head = exit.next;
	if (exit.next == 0)
		list->tail = 0;
	exit_at(a, index)->next = a->free;
	a->free = index;
	return exit;
}

static void
drop(struct pyarcs *a, struct pyarcs_list *list)
{
	if (list->head == 0)
		return;
	exit_at(a, list->tail)->next = a->free;
	a->free = list->head;
	*list = (struct pyarcs_list){ 0 };
}

/* ---- what flows where ---------------------------------------------------------------------- */

static void
start_from(struct pyarcs *a, uint32_t line, enum cause cause)
{
	drop(a, &a->cur);
	push(a, &a->cur, line, cause);
}

/*
 * The exits that flow on get to `to`. Leaving a `with`, coverage.py first goes back to its line and
 * then repairs that (fix_with_jumps()), so that of an arc from a `with` that is left here nothing is
 * seen, unless two or more others have been left at the same time.
 */
static void
flow(struct pyarcs *a, int32_t to, enum action action)
{
	while (a->cur.head != 0) {
		struct py_arc_exit exit = pop(a, &a->cur);

		switch (exit.cause) {
		case CAUSE_WITH_0:
			arc_list_add(&a->arcs->nexts, (int32_t)exit.line, to);
			break;
		case CAUSE_WITH_1:
			break;
		case CAUSE_WITH_MORE:
			add_flow(a, exit.line, to, CAUSE_NONE, action);
			break;
		default:
			add_flow(a, exit.line, to, (enum cause)exit.cause, action);
			break;
		}
	}
}

static void
flow_to_line(struct pyarcs *a, uint32_t line)
{
	flow(a, (int32_t)line, ACTION_NONE);
}

/* ---- jumps --------------------------------------------------------------------------------- */

static void
jump_out(struct pyarcs *a, uint32_t line, enum cause cause, enum action action)
{
	const struct pyarcs_block *scope;

	if (a->scope == PYARCS_NO_BLOCK)
		return;
	scope = &a->blocks[a->scope];
	if (scope->kind == PY_BLOCK_DEF)
		add_arc(a, line, -(int32_t)scope->start, cause, action);
}

/* How many of the open blocks lie outside of the code object that we are in. */
static unsigned
outer_blocks(const struct pyarcs *a)
{
	return a->scope == PYARCS_NO_BLOCK ? 0 : a->scope + 1u;
}

/* A raise within the first `depth` blocks. The line of the first handler of a try is not known within
 * its body, nor within a handler whether a `finally` comes, which swallows it. */
static void
jump_raise(struct pyarcs *a, unsigned depth, uint32_t line)
{
	for (unsigned i = depth; i > outer_blocks(a); i--) {
		struct pyarcs_block *b = &a->blocks[i - 1];

		if (b->kind != PY_BLOCK_TRY || b->phase == PY_PHASE_FINALLY)
			continue;
		push(a, b->phase == PY_PHASE_BODY ? &b->jumps : &b->late, line, CAUSE_RAISE);
		return;
	}
	jump_out(a, line, CAUSE_RAISE, ACTION_EXCEPT);
}

static struct pyarcs_block *
innermost_loop(struct pyarcs *a)
{
	for (unsigned i = a->depth; i > outer_blocks(a); i--) {
		struct pyarcs_block *b = &a->blocks[i - 1];

		if ((b->kind == PY_BLOCK_FOR || b->kind == PY_BLOCK_WHILE) &&
		    b->phase == PY_PHASE_BODY)
			return b;
	}
	return NULL;
}

static void
jump_break(struct pyarcs *a, uint32_t line)
{
	struct pyarcs_block *loop = innermost_loop(a);

	/* Two of them on one line are one. */
	if (loop != NULL && (loop->jumps.tail == 0 || exit_at(a, loop->jumps.tail)->line != line))
		push(a, &loop->jumps, line, CAUSE_BREAK);
}

static void
jump_continue(struct pyarcs *a, uint32_t line)
{
	const struct pyarcs_block *loop = innermost_loop(a);

	if (loop != NULL)
		add_arc(a, line, (int32_t)loop->line, CAUSE_CONTINUE, ACTION_NONE);
}

static void
jump(struct pyarcs *a, uint32_t line, uint8_t cause)
{
	switch (cause) {
	case CAUSE_RETURN:
		jump_out(a, line, CAUSE_RETURN, ACTION_RETURN);
		break;
	case CAUSE_RAISE:
		jump_raise(a, a->depth, line);
		break;
	case CAUSE_BREAK:
		jump_break(a, line);
		break;
	default:
		jump_continue(a, line);
		break;
	}
}

/* ---- compound statements: what begins ------------------------------------------------------- */

static void
skip_suite(struct pyarcs *a, struct pyarcs_block *b)
{
	b->suite_skipped = true;
	a->skip++;
	drop(a, &a->cur);
}

static void
skip_rest(struct pyarcs *a, struct pyarcs_block *b)
{
	b->rest_skipped = true;
	a->skip++;
}

static void
begin_if(struct pyarcs *a, struct pyarcs_block *b, uint32_t line)
{
	b->line = line;
	b->test = a->test_value;
	start_from(a, line, CAUSE_NEVER_TRUE);
	if (b->test == PYARCS_FALSE)
		skip_suite(a, b);
}

static void
end_if_suite(struct pyarcs *a, struct pyarcs_block *b)
{
	if (b->suite_skipped)
		a->skip--;
	b->suite_skipped = false;
	join(a, &b->exits, &a->cur);
}

static void
begin_if_clause(struct pyarcs *a, struct pyarcs_block *b, uint32_t line, bool has_code)
{
	if (b->rest_skipped)
		return;
	end_if_suite(a, b);
	if (b->test == PYARCS_TRUE) {
		skip_rest(a, b);
		return;
	}
	push(a, &a->cur, b->line, CAUSE_ALWAYS_TRUE);
	if (a->head.clause == PYW_ELSE) {
		b->has_else = true;
	} else if (has_code) {
		flow_to_line(a, line);
		begin_if(a, b, line);
	} else {
		b->has_else = true;
		join(a, &b->exits, &a->cur);
		skip_rest(a, b);
	}
}

static void
end_try_part(struct pyarcs *a, struct pyarcs_block *b)
{
	join(a, b->phase == PY_PHASE_BODY ? &b->ends : &b->exits, &a->cur);
}

static void
begin_handler(struct pyarcs *a, struct pyarcs_block *b, uint32_t line)
{
	while (b->jumps.head != 0) {
		struct py_arc_exit raise = pop(a, &b->jumps);

		add_arc(a, raise.line, (int32_t)line, CAUSE_RAISE, ACTION_NONE);
	}
	b->phase = PY_PHASE_EXCEPT;
	push(a, &a->cur, line, CAUSE_NOT_CAUGHT);
}

static void
begin_finally(struct pyarcs *a, struct pyarcs_block *b)
{
	drop(a, &b->jumps);
	drop(a, &b->late);
	join(a, &a->cur, &b->exits);
	join(a, &a->cur, &b->ends);
	b->had_exits = a->cur.head != 0;
	b->phase = PY_PHASE_FINALLY;
}

static void
begin_try_clause(struct pyarcs *a, struct pyarcs_block *b, uint32_t line)
{
	end_try_part(a, b);
	switch (a->head.clause) {
	case PYW_EXCEPT:
		begin_handler(a, b, line);
		break;
	case PYW_ELSE:
		join(a, &a->cur, &b->ends);
		b->phase = PY_PHASE_ELSE;
		break;
	default:
		begin_finally(a, b);
		break;
	}
}

static void
end_loop_body(struct pyarcs *a, const struct pyarcs_block *b)
{
	flow_to_line(a, b->line);
}

static void
begin_clause(struct pyarcs *a, uint32_t line, bool has_code)
{
	struct pyarcs_block *b = &a->blocks[a->head.block];

	if (b->skipped)
		return;
	switch ((enum py_block_kind)b->kind) {
	case PY_BLOCK_IF:
		begin_if_clause(a, b, line, has_code);
		break;
	case PY_BLOCK_TRY:
		begin_try_clause(a, b, line);
		break;
	case PY_BLOCK_WHILE:
	case PY_BLOCK_FOR:
		end_loop_body(a, b);
		b->phase = PY_PHASE_ELSE;
		push(a, &a->cur, b->line,
		     b->kind == PY_BLOCK_FOR ? CAUSE_DIDNT_COMPLETE : CAUSE_ALWAYS_TRUE);
		break;
	case PY_BLOCK_WITH:
	case PY_BLOCK_MATCH:
	case PY_BLOCK_CASE:
	case PY_BLOCK_DEF:
	case PY_BLOCK_CLASS:
		break;
	}
}

static void
begin_case(struct pyarcs *a, uint32_t line)
{
	struct pyarcs_block *match = &a->blocks[a->head.block - 1];

	add_arc(a, match->line, (int32_t)line, CAUSE_ALWAYS_MATCHED, ACTION_NONE);
	match->line = line;
	match->wildcard = a->head.wildcard;
	start_from(a, line, CAUSE_NEVER_MATCHED);
}

/* A code object of its own: jumps within it see nothing of what is outside. */
static void
open_scope(struct pyarcs *a, struct pyarcs_block *b, uint32_t line, bool has_code)
{
	b->start = line;
	if (a->decorated != 0) {
		b->start = a->decorated;
		if (!a->decorated_skipped) {
			add_arc(a, a->last_decorator, (int32_t)line, CAUSE_NONE, ACTION_NONE);
			start_from(a, line, CAUSE_PLAIN);
		}
	} else if (has_code && a->skip == 0) {
		flow_to_line(a, line);
		start_from(a, line, CAUSE_PLAIN);
	}
	a->decorated = 0;
	b->exits = a->cur;
	b->outer_skip = a->skip;
	b->outer_scope = a->scope;
	a->cur = (struct pyarcs_list){ 0 };
	a->skip = 0;
	a->scope = a->head.block;
}

static void
open_statement(struct pyarcs *a, struct pyarcs_block *b, uint32_t line)
{
	switch ((enum py_block_kind)b->kind) {
	case PY_BLOCK_IF:
		begin_if(a, b, line);
		break;
	case PY_BLOCK_WHILE:
		b->test = a->test_value;
		start_from(a, line, CAUSE_NEVER_TRUE);
		break;
	case PY_BLOCK_FOR:
		start_from(a, line, CAUSE_NEVER_STARTED);
		break;
	case PY_BLOCK_TRY:
	case PY_BLOCK_WITH:
		start_from(a, line, CAUSE_PLAIN);
		break;
	case PY_BLOCK_CASE:
		begin_case(a, line);
		break;
	case PY_BLOCK_MATCH: /* goes on with its cases alone */
	case PY_BLOCK_DEF:
	case PY_BLOCK_CLASS:
		break;
	}
}

static void
open_block(struct pyarcs *a, uint32_t line, bool has_code)
{
	struct pyarcs_block *b = &a->blocks[a->head.block];
	bool is_case = a->head.kind == PY_BLOCK_CASE;

	*b = (struct pyarcs_block){ .line = line, .kind = a->head.kind };
	a->depth = (uint8_t)(a->head.block + 1);
	if (b->kind == PY_BLOCK_DEF || b->kind == PY_BLOCK_CLASS) {
		open_scope(a, b, line, has_code);
		return;
	}
	if (a->skip > 0 || (!has_code && !is_case)) {
		b->skipped = true;
		a->skip++;
		return;
	}
	if (!is_case)
		flow_to_line(a, line);
	open_statement(a, b, line);
}

/* ---- compound statements: what ends --------------------------------------------------------- */

static void
close_if(struct pyarcs *a, struct pyarcs_block *b)
{
	if (b->rest_skipped)
		a->skip--;
	else
		end_if_suite(a, b);
	if (!b->has_else && b->test != PYARCS_TRUE)
		push(a, &b->exits, b->line, CAUSE_ALWAYS_TRUE);
	join(a, &a->cur, &b->exits);
}

static void
close_loop(struct pyarcs *a, struct pyarcs_block *b)
{
	if (b->phase == PY_PHASE_BODY) {
		end_loop_body(a, b);
		if (b->kind == PY_BLOCK_FOR)
			push(a, &a->cur, b->line, CAUSE_DIDNT_COMPLETE);
		else if (b->test == PYARCS_UNKNOWN)
			push(a, &a->cur, b->line, CAUSE_ALWAYS_TRUE);
	}
	join(a, &a->cur, &b->jumps);
}

static void
close_try(struct pyarcs *a, struct pyarcs_block *b)
{
	if (b->phase == PY_PHASE_FINALLY) {
		if (!b->had_exits)
			drop(a, &a->cur);
		return;
	}
	end_try_part(a, b);
	join(a, &a->cur, &b->exits);
	join(a, &a->cur, &b->ends);
	while (b->late.head != 0) {
		struct py_arc_exit raise = pop(a, &b->late);

		jump_raise(a, a->depth, raise.line);
	}
}

static void
add_fix(struct py_arcs *arcs, uint32_t from, uint32_t with)
{
	arcs->fixes = mem_grow(arcs->fixes, arcs->fix_count, &arcs->fix_cap, sizeof *arcs->fixes);
	arcs->fixes[arcs->fix_count++] = (struct py_with_fix){
		.exit = {(int32_t)from, (int32_t)with}
	};
}

/*
 * At the end of a `with` coverage.py goes back to its line, from there on to what comes next, and takes
 * that together again. So the exits stay as they are, without their causes, and a marker goes with
 * them which stands for the way from the line on. An exit from the line itself (its body is on the same
 * line) is lost.
 */
static void
close_with(struct pyarcs *a, const struct pyarcs_block *b)
{
	struct pyarcs_list out = { 0 }, in = a->cur;

	if (in.head == 0)
		return;
	a->cur = (struct pyarcs_list){ 0 };
	while (in.head != 0) {
		struct py_arc_exit exit = pop(a, &in);
		enum cause cause = CAUSE_NONE;

		if (exit.cause == CAUSE_WITH_0)
			arc_list_add(&a->arcs->nexts, (int32_t)exit.line, (int32_t)b->line);
		if (exit.cause == CAUSE_WITH_0)
			cause = CAUSE_WITH_1;
		else if (exit.cause > CAUSE_WITH_0)
			cause = CAUSE_WITH_MORE;
		if (exit.cause != CAUSE_NONE && exit.cause <= CAUSE_WITH_0)
			add_fix(a->arcs, exit.line, b->line);
		if (cause != CAUSE_NONE || exit.line != b->line)
			push(a, &out, exit.line, cause);
	}
	push(a, &out, b->line, CAUSE_WITH_0);
	a->cur = out;
}

static void
close_match(struct pyarcs *a, struct pyarcs_block *b)
{
	if (!b->wildcard)
		push(a, &b->exits, b->line, CAUSE_ALWAYS_MATCHED);
	drop(a, &a->cur);
	join(a, &a->cur, &b->exits);
}

static void
close_scope(struct pyarcs *a, const struct pyarcs_block *b)
{
	flow(a, -(int32_t)b->start, b->kind == PY_BLOCK_DEF ? ACTION_RETURN : ACTION_CLASS);
	a->cur = b->exits;
	a->skip = b->outer_skip;
	a->scope = b->outer_scope;
}

void
pyarcs_close(struct pyarcs *a, uint8_t block)
{
	struct pyarcs_block *b = &a->blocks[block];

	a->depth = block;
	if (b->skipped) {
		a->skip--;
		return;
	}
	switch ((enum py_block_kind)b->kind) {
	case PY_BLOCK_IF:
		close_if(a, b);
		break;
	case PY_BLOCK_WHILE:
	case PY_BLOCK_FOR:
		close_loop(a, b);
		break;
	case PY_BLOCK_TRY:
		close_try(a, b);
		break;
	case PY_BLOCK_WITH:
		close_with(a, b);
		break;
	case PY_BLOCK_MATCH:
		close_match(a, b);
		break;
	case PY_BLOCK_CASE:
		join(a, &a->blocks[block - 1].exits, &a->cur);
		break;
	case PY_BLOCK_DEF:
	case PY_BLOCK_CLASS:
		close_scope(a, b);
		break;
	}
}

/* ---- logical lines -------------------------------------------------------------------------- */

static enum cause
cause_of_jump(uint8_t word)
{
	switch (word) {
	case PYW_RETURN:
		return CAUSE_RETURN;
	case PYW_RAISE:
		return CAUSE_RAISE;
	case PYW_BREAK:
		return CAUSE_BREAK;
	case PYW_CONTINUE:
		return CAUSE_CONTINUE;
	default:
		return CAUSE_NONE;
	}
}

void
pyarcs_simple(struct pyarcs *a, const struct py_simple *simple)
{
	enum cause cause = cause_of_jump(simple->word);

	a->decorator = simple->decorator;
	a->has_simple = true;
	a->ends_in_jump = cause != CAUSE_NONE;
	if (cause != CAUSE_NONE)
		push(a, &a->jumps, 0, cause);
}

static void
take_decorator(struct pyarcs *a, uint32_t line, bool has_code)
{
	if (a->decorated == 0) {
		a->decorated = line;
		a->decorated_skipped = a->skip > 0 || !has_code;
		if (!a->decorated_skipped)
			flow_to_line(a, line);
	} else if (!a->decorated_skipped) {
		add_arc(a, a->last_decorator, (int32_t)line, CAUSE_NONE, ACTION_NONE);
	}
	a->last_decorator = line;
}

static void
take_simples(struct pyarcs *a, uint32_t line, bool has_code)
{
	if (a->skip > 0 || !has_code) {
		drop(a, &a->jumps);
		return;
	}
	flow_to_line(a, line);
	while (a->jumps.head != 0)
		jump(a, line, pop(a, &a->jumps).cause);
	if (!a->ends_in_jump)
		push(a, &a->cur, line, CAUSE_PLAIN);
}

void
pyarcs_line_end(struct pyarcs *a, uint32_t first, bool has_code)
{
	reach_line(a->arcs, first);
	a->any_statement = true;
	if (a->has_head) {
		if (a->head.clause != 0)
			begin_clause(a, first, has_code);
		else
			open_block(a, first, has_code);
	}
	if (a->decorator)
		take_decorator(a, first, has_code);
	else if (a->has_simple)
		take_simples(a, first, has_code);
	a->decorator = a->has_head = a->has_simple = false;
}

void
pyarcs_head(struct pyarcs *a, const struct py_head *head)
{
	a->has_head = true;
	a->head = *head;
	a->test_value = (uint8_t)pyarcs_test_end(&a->test);
}

/* ---- the result ---------------------------------------------------------------------------- */

/* Makes room for `more` arcs. */
static void
reserve(struct arc_list *list, size_t more)
{
	if (list->cap - list->count >= more)
		return;
	list->cap = list->count + more;
	list->at = mem_resize(list->at, list->cap, sizeof *list->at);
}

/* Adds an arc to those from the same line, which begin at `start`. There is room for it. */
static void
insert_arc(struct arc_list *list, size_t start, struct arc arc)
{
	size_t i = list->count, end = i;

	while (i > start && list->at[i - 1].to > arc.to)
		i--;
	if (i > start && list->at[i - 1].to == arc.to)
		return;
	for (; end > i; end--)
		list->at[end] = list->at[end - 1];
	list->at[i] = arc;
	list->count++;
}

/* Turns the notes of a line round, so that the earliest comes first, and lists its arcs. */
static uint32_t
settle_line(struct py_arcs *arcs, uint32_t line, uint32_t note)
{
	size_t start = arcs->possible.count;
	uint32_t before = 0;

	while (note != 0) {
		uint32_t next = arcs->notes[note].next;

		insert_arc(&arcs->possible, start,
			   (struct arc){ (int32_t)line, arcs->notes[note].to });
		arcs->notes[note].next = before;
		before = note;
		note = next;
	}
	return before;
}

static int
by_exit(const void *left, const void *right)
{
	const struct py_with_fix *a = left, *b = right;

	return pyarcs_compare(a->exit, b->exit);
}

/* The arc that a repair ends with, of a `with` within others the last one from `with` to `with`. */
static struct arc
end_of_fix(const struct py_arcs *arcs, const struct py_with_fix *fix)
{
	const struct py_with_fix *outer;

	for (unsigned i = 0; i < PYSTMT_BLOCK_MAX; i++) {
		outer = pyarcs_find_fix(arcs, fix->next);
		if (outer == NULL)
			break;
		fix = outer;
	}
	return fix->next;
}

/*
 * After a `finally` which nothing but exceptions gets to, nothing comes; so if it ends with a `with`,
 * that has no next line, and the arcs back to it stay. `stranded` are these arcs, sorted.
 */
static void
add_stranded_arcs(struct pyarcs *a, const struct arc_list *stranded)
{
	const struct py_arcs *arcs = a->arcs;
	struct arc_list all = { 0 };

	for (size_t i = 0; i < stranded->count; i++)
		arc_list_add(&all, stranded->at[i].from, stranded->at[i].to);
	/* With those that lead there from a `with` within. */
	for (size_t i = 0; i < arcs->fix_count; i++) {
		struct arc exit = arcs->fixes[i].exit, end = end_of_fix(arcs, &arcs->fixes[i]);

		if (arc_list_has(stranded, end.from, end.to))
			arc_list_add(&all, exit.from, exit.to);
	}
	pyarcs_fix(arcs, &all);
	for (size_t i = 0; i < all.count; i++)
		add_arc(a, (uint32_t)all.at[i].from, all.at[i].to, CAUSE_NONE, ACTION_NONE);
	arc_list_free(&all);
}

/* Only at the end is known what comes after each `with`. */
static void
settle_fixes(struct pyarcs *a)
{
	struct py_arcs *arcs = a->arcs;
	const struct arc_list *nexts = &arcs->nexts;
	struct arc_list stranded = { 0 };
	size_t kept = 0;

	if (arcs->fix_count == 0)
		return;
	arc_list_sort(&arcs->nexts);
	qsort(arcs->fixes, arcs->fix_count, sizeof *arcs->fixes, by_exit);
	for (size_t i = 0; i < arcs->fix_count; i++) {
		struct arc exit = arcs->fixes[i].exit;
		size_t next = arc_list_find(nexts, exit.to);

		if (next == nexts->count || nexts->at[next].from != exit.to)
			arc_list_add(&stranded, exit.from, exit.to);
		else if (kept == 0 || pyarcs_compare(arcs->fixes[kept - 1].exit, exit) != 0)
			arcs->fixes[kept++] = (struct py_with_fix){ exit, nexts->at[next] };
	}
	arcs->fix_count = kept;
	if (stranded.count > 0)
		add_stranded_arcs(a, &stranded);
	arc_list_free(&stranded);
}

void
pyarcs_finish(struct pyarcs *a, uint32_t lines)
{
	struct py_arcs *arcs = a->arcs;

	reach_line(arcs, lines > 0 ? lines : 1);
	if (a->any_statement)
		flow(a, -1, ACTION_MODULE);
	else
		add_arc(a, 1, -1, CAUSE_NONE, ACTION_NONE);
	settle_fixes(a);
	reserve(&arcs->possible, arcs->note_count);
	for (uint32_t n = 1; n < arcs->lines; n++) {
		if (arcs->first_note[n] != 0)
			arcs->first_note[n] = settle_line(arcs, n, arcs->first_note[n]);
	}
}

void
pyarcs_init(struct pyarcs *a, struct py_arcs *arcs)
{
	a->arcs = arcs;
	if (arcs == NULL)
		return;
	py_arcs_clear(arcs);
	if (arcs->pool_cap == 0)
		arcs->pool = mem_grow(arcs->pool, 0, &arcs->pool_cap, sizeof *arcs->pool);
	arcs->pool_count = 1; /* index 0 is none */
	a->cur = a->jumps = (struct pyarcs_list){ 0 };
	a->free = a->skip = a->decorated = 0;
	a->depth = 0;
	a->scope = PYARCS_NO_BLOCK;
	a->any_statement = a->decorator = a->has_head = a->has_simple = a->ends_in_jump = false;
	a->test.constant = false;
}

void
py_arcs_clear(struct py_arcs *arcs)
{
	arc_list_clear(&arcs->possible);
	arc_list_clear(&arcs->nexts);
	arcs->fix_count = arcs->note_count = arcs->lines = arcs->pool_count = 0;
	arcs->doubtful = false;
}

void
py_arcs_free(struct py_arcs *arcs)
{
	arc_list_free(&arcs->possible);
	arc_list_free(&arcs->nexts);
	free(arcs->fixes);
	free(arcs->notes);
	free(arcs->first_note);
	free(arcs->pool);
	*arcs = (struct py_arcs){ 0 };
}
