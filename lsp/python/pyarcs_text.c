#include <string.h>

#include "python/pylines.h"
#include "text/repr.h"

#include "pyarcs_note.h"

static const char *const causes[] = {
	[CAUSE_PLAIN] = "",
	[CAUSE_NEVER_TRUE] = "the condition on line %d was never true",
	[CAUSE_ALWAYS_TRUE] = "the condition on line %d was always true",
	[CAUSE_NEVER_STARTED] = "the loop on line %d never started",
	[CAUSE_DIDNT_COMPLETE] = "the loop on line %d didn't complete",
	[CAUSE_ALWAYS_MATCHED] = "the pattern on line %d always matched",
	[CAUSE_NEVER_MATCHED] = "the pattern on line %d never matched",
	[CAUSE_NOT_CAUGHT] = "the exception caught by line %d didn't happen",
	[CAUSE_RETURN] = "the return on line %d wasn't executed",
	[CAUSE_RAISE] = "the raise on line %d wasn't executed",
	[CAUSE_BREAK] = "the break on line %d wasn't executed",
	[CAUSE_CONTINUE] = "the continue on line %d wasn't executed",
};

static const char *const actions[] = {
	[ACTION_RETURN] = "return from function ",
	[ACTION_EXCEPT] = "except from function ",
	[ACTION_CLASS] = "exit class ",
	[ACTION_MODULE] = "exit the module",
};

/* The function or class that starts on this line, as a place in the text; else nothing is there. */
static struct span
find_name(const struct py_lines *lines, struct span text, uint32_t start)
{
	const struct py_region *region = NULL;
	struct py_region alone = { 0 };
	struct py_regions one = { .at = &alone, .count = 1 };

	for (uint32_t n = start; n <= py_lines_last(lines, start) && region == NULL; n++)
		region = py_region_of_scope(&lines->regions, n);
	/* Not known: it is that of the first line from here on which has one. */
	for (uint32_t n = start; n <= lines->count && region == NULL; n++) {
		if (py_lines_first(lines, n) != n)
			continue;
		alone.start = n;
		py_regions_find_names(&one, text);
		if (alone.name_len > 0)
			region = &alone;
	}
	if (region == NULL || region->name_at > text.len ||
	    text.len - region->name_at < region->name_len)
		return SPAN("");
	return (struct span){ text.at + region->name_at, region->name_len };
}

static void
add_action(const struct py_lines *lines, struct span text, enum action action, int32_t to,
	   struct buf *out)
{
	if (action != ACTION_NONE) {
		buf_add_text(out, actions[action]);
		if (action != ACTION_MODULE)
			repr_add(out, find_name(lines, text, (uint32_t)-to));
	} else if (to < 0) {
		buf_add_text(out, "jump to the function exit");
	} else {
		buf_addf(out, "jump to line %d", to);
	}
}

/* The next record of an arc, from `note` on. What was never recorded by coverage.py, because the arc
 * was made in the repair of a `with`, is none. */
static const struct py_arc_note *
find_record(const struct py_arcs *arcs, uint32_t note, int32_t to)
{
	for (; note != 0; note = arcs->notes[note].next) {
		if (arcs->notes[note].to == to && arcs->notes[note].cause != CAUSE_NONE)
			return &arcs->notes[note];
	}
	return NULL;
}

static const struct py_arc_note *
first_record(const struct py_arcs *arcs, struct arc arc)
{
	if (arc.from < 0 || (size_t)arc.from >= arcs->lines)
		return NULL;
	return find_record(arcs, arcs->first_note[arc.from], arc.to);
}

void
py_arc_describe(const struct py_lines *lines, struct span text, struct arc arc, struct buf *out)
{
	const struct py_arc_note *note = first_record(&lines->arcs, arc);

	add_action(lines, text, note == NULL ? ACTION_NONE : (enum action)note->action, arc.to,
		   out);
}

static void
add_cause(enum cause cause, int32_t from, struct buf *out)
{
	const char *text = causes[cause], *line = strstr(text, "%d");

	buf_add_text(out, " because ");
	if (line == NULL)
		return;
	buf_add(out, (struct span){ text, (size_t)(line - text) });
	buf_addf(out, "%d%s", from, line + 2);
}

void
py_arc_describe_missing(const struct py_lines *lines, struct span text, struct arc arc,
			struct buf *out)
{
	const struct py_arc_note *note = first_record(&lines->arcs, arc);

	buf_addf(out, "line %d didn't ", arc.from);
	add_action(lines, text, note == NULL ? ACTION_NONE : (enum action)note->action, arc.to,
		   out);
	while (note != NULL) {
		add_cause((enum cause)note->cause, arc.from, out);
		note = find_record(&lines->arcs, note->next, arc.to);
		if (note == NULL)
			break;
		buf_addf(out, " or line %d didn't ", arc.from);
		add_action(lines, text, (enum action)note->action, arc.to, out);
	}
}
