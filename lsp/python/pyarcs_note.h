/* pyarcs_note.h - what is noted of an arc, and how a `with` is repaired: for pyarcs*.c. */
#ifndef COVLS_PYTHON_PYARCS_NOTE_H
#define COVLS_PYTHON_PYARCS_NOTE_H

#include "python/pyarcs.h"

/* Why an arc would not be taken; of an exit that waits, also what has become of it. */
enum cause {
	CAUSE_NONE,  /* there is no record of it */
	CAUSE_PLAIN, /* there is, and it says nothing */
	CAUSE_NEVER_TRUE,
	CAUSE_ALWAYS_TRUE,
	CAUSE_NEVER_STARTED,
	CAUSE_DIDNT_COMPLETE,
	CAUSE_ALWAYS_MATCHED,
	CAUSE_NEVER_MATCHED,
	CAUSE_NOT_CAUGHT,
	CAUSE_RETURN,
	CAUSE_RAISE,
	CAUSE_BREAK,
	CAUSE_CONTINUE,
	/* No exits but markers: a `with` was left here, that many more have been left since. */
	CAUSE_WITH_0,
	CAUSE_WITH_1,
	CAUSE_WITH_MORE,
};

enum action {
	ACTION_NONE,
	ACTION_RETURN,
	ACTION_EXCEPT,
	ACTION_CLASS,
	ACTION_MODULE,
};

/* The repair of an arc that goes back to a `with`, or NULL. */
const struct py_with_fix *pyarcs_find_fix(const struct py_arcs *arcs, struct arc exit);

/* Repairs a list of arcs: fix_with_jumps() in coverage/parser.py. It is no longer sorted then. */
void pyarcs_fix(const struct py_arcs *arcs, struct arc_list *list);

static inline int
pyarcs_compare(struct arc a, struct arc b)
{
	if (a.from != b.from)
		return a.from < b.from ? -1 : 1;
	return (a.to > b.to) - (a.to < b.to);
}

#endif
