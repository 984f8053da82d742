/*
 * pyreach.h - which statements can be reached, as far as CPython's compiler can tell.
 *
 * The compiler leaves out what follows a `return`, the body of `if 0:`, what comes after a
 * `while True:` without a `break`, and so on; such lines have no code and count nowhere. The rules are
 * the same in 3.10 to 3.14, apart from what is known of a test (pytruth.h).
 *
 * It hangs on the tokens and on the events of pystmt.h, in this order:
 *
 *     reach_take()       each token, before pystmt_take() sees it
 *     reach_simple()     a simple statement (or decorator): what it is worth; then reach_jump()
 *     reach_head()       a head; then reach_enter(), after which the suite begins
 *     reach_close()      a compound statement has ended
 *
 * *Alive* is one flag a code object; a few more are kept for each open block.
 *
 * Code objects within dead code (functions, classes, lambdas) become constants that nobody uses. From
 * 3.12 on they stay, and their lines count, if there was no constant before them in the code object
 * round them: hence `seen`. In 3.10 and 3.11 they stay if one that is used comes later. What is found
 * there is PYFATE_LATER, decided when the code object round it meets a live constant or ends. Whether
 * that constant is new, and not one seen before, is not looked at; nor are dead code objects within
 * dead ones told apart.
 */
#ifndef COVLS_PYTHON_PYREACH_H
#define COVLS_PYTHON_PYREACH_H

#include <stdbool.h>
#include <stdint.h>

#include "python/pylex.h"
#include "python/pystmt.h"
#include "python/pytruth.h"

/* What becomes of the code found at a place. */
enum pyfate {
	PYFATE_COUNTS,
	PYFATE_LATER, /* 3.10, 3.11: see above */
	PYFATE_LOST,
};

/* An open compound statement. */
struct pyreach_block {
	uint8_t phase;      /* enum py_phase */
	bool entry;         /* its head is alive */
	bool fall;          /* "no test was true so far" is */
	bool end;           /* the end of an earlier suite is; of a try: of a handler */
	bool body_end;      /* try: the end of its body, or of its else, is */
	bool left;          /* a loop that a live `break` leaves */
	bool pending;       /* try: a live `break`, which a `finally` may stop */
	bool binds;         /* the handler at hand has a name */
	uint8_t outer_fate; /* def, class: `fate` of the code object round it */
};

/* The constants of the statement at hand, as far as the fate of dead code asks for them. */
struct pyreach_consts {
	bool any;
	bool code_first; /* a code object, and no constant before it */
	bool code;
	bool plain; /* nothing but literals so far: no code is made for them */
	bool started;
	bool named;                            /* except: has an `as` */
	uint8_t word;                          /* first token */
	uint8_t last, last_op, last_word;      /* kind of the last token, and which it was */
	uint8_t levels[PYLEX_BRACKET_MAX + 1]; /* enum level, in pyreach.c */
};

struct pyreach {
	uint8_t minor;
	bool alive;
	bool seen;              /* the code object at hand has a constant */
	uint8_t fate;           /* enum pyfate, of it */
	bool testing;           /* the tokens are those of a test */
	bool skips_annotations; /* set by the user: those of variables are not evaluated */
	struct pytruth_state test;
	struct pyreach_consts consts;
	struct pyreach_block blocks[PYSTMT_BLOCK_MAX];
};

void reach_init(struct pyreach *r, unsigned minor);

/* `s` is as it is before this token. */
void reach_take(struct pyreach *r, const struct pystmt *s, const struct pytoken *tok);

/* Do the tokens that come, up to the end of the statement, make no difference? From 3.12 on only the first
 * constant matters. */
static inline bool
reach_is_quiet(const struct pyreach *r)
{
	return r->seen && r->minor >= 12 && r->consts.started && !r->testing &&
	       r->consts.word != PYW_CASE;
}

/* Tokens that don't matter now (enum pylex_quiet), with `depth` brackets open; and what to do once some
 * have been left out. */
unsigned reach_quiet_tokens(const struct pyreach *r, unsigned depth);
void reach_skip(struct pyreach *r);

/* The fate of what lambdas and the like within the statement or head that has just ended hold, where
 * that is dead. To be asked before reach_simple() or reach_enter(). */
enum pyfate reach_inner(const struct pyreach *r);

/*
 * A simple statement has ended; `named`: it is an annotation that is stored, which takes a constant.
 * True: it is alive and has a constant. Then, once it has been counted, reach_jump() says what it does
 * to what follows; true: leaving a `with` took a constant.
 */
bool reach_simple(struct pyreach *r, const struct py_simple *simple, bool named);
bool reach_jump(struct pyreach *r, const struct pystmt *s, const struct py_simple *simple);

/* A head has been read: is it alive? */
bool reach_head(struct pyreach *r, const struct py_head *h);

/* Its suite begins. True: the head is alive and has a constant. */
bool reach_enter(struct pyreach *r, const struct py_head *h);

/* A compound statement has ended. True: it is alive and its end has a constant. */
bool reach_close(struct pyreach *r, const struct pystmt *s, uint8_t block, enum py_block_kind kind);

#endif
