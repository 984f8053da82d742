/*
 * diagnostics.c - textDocument/publishDiagnostics: runs of missed statements, and statements that ran
 * without taking every way out of them.
 */
#include <stdio.h>

#include "feature/counts.h"
#include "feature/publish.h"
#include "feature/range.h"

static const char stale_tail[] = " (in the last run; the file has changed since)";

static bool
is_stale(const struct document *d)
{
	return d->subject.freshness == FRESHNESS_STALE;
}

static void
write_head(struct jsonw *w, struct session *s, struct document *d, struct view_run run,
	   const char *code)
{
	jsonw_object(w);
	range_write(w, &d->text, run.first, run.last, s->encoding);
	jsonw_key_int(w, "severity", s->options.diagnostics_severity);
	jsonw_key_text(w, "code", code);
	jsonw_key_text(w, "source", "covls");
}

static void
write_missed(struct jsonw *w, struct session *s, struct document *d, const struct view_run *run)
{
	char text[128];
	const char *tail = is_stale(d) ? stale_tail : "";

	if (run->first == run->last)
		snprintf(text, sizeof text, "line %u was not run%s", run->first, tail);
	else
		snprintf(text, sizeof text, "lines %u\xe2\x80\x93%u were not run%s", run->first,
			 run->last, tail);
	write_head(w, s, d, *run, "uncovered");
	jsonw_key_text(w, "message", text);
	jsonw_object_end(w);
}

/* ---- ways out of a line that were not taken ---- */

/* The ways out of one line: branches->at[from ... to - 1]. */
struct exits {
	const struct arc_list *branches;
	size_t from, to;
};

/* Moves on to the next line that has some; false at the end. Begin with zeroed bounds. */
static bool
next_exits(struct exits *e)
{
	const struct arc_list *list = e->branches;

	e->from = e->to;
	while (e->to < list->count && list->at[e->to].from == list->at[e->from].from)
		e->to++;
	return e->from < e->to;
}

/* The function or class that the arc leaves, or NULL: a module. -1 may be a module or what is defined on
 * line 1. */
static const struct py_region *
scope_of(const struct py_lines *lines, struct arc arc)
{
	const struct py_regions *regions = &lines->regions;
	const struct py_region *scope = py_region_of_scope(regions, (uint32_t)-arc.to);

	if (scope == NULL || arc.to != -1)
		return scope;
	return regions->function_of[arc.from] == (uint32_t)(scope - regions->at) + 1 ? scope : NULL;
}

/* Where a way out leads: the statement, or the head of the function or class that is left. The end of a
 * module is nowhere. */
static struct view_run
target(const struct subject *subject, struct arc arc)
{
	const struct py_lines *lines = &subject->lines;
	struct view_run run = { 0 };
	const struct py_region *scope;

	if (!subject->understood)
		return run;
	scope = arc.to > 0 ? NULL : scope_of(lines, arc);
	run.first = arc.to > 0 ? (uint32_t)arc.to : scope == NULL ? 0 : scope->start;
	if (run.first > lines->count)
		run.first = 0;
	run.last = run.first == 0 ? 0 : py_lines_last(lines, py_lines_first(lines, run.first));
	return run;
}

static void
write_related(struct jsonw *w, struct session *s, struct document *d, struct arc arc)
{
	struct view_run run = target(&d->subject, arc);
	char text[64];

	if (run.first == 0)
		return;
	if (arc.to > 0)
		snprintf(text, sizeof text, "line %d, to which line %d didn't jump", (int)arc.to,
			 (int)arc.from);
	else
		snprintf(text, sizeof text, "the %s that line %d didn't leave",
			 scope_of(&d->subject.lines, arc)->is_class ? "class" : "function",
			 (int)arc.from);
	jsonw_object(w);
	jsonw_key(w, "location");
	jsonw_object(w);
	jsonw_key_text(w, "uri", d->uri);
	range_write(w, &d->text, run.first, run.last, s->encoding);
	jsonw_object_end(w);
	jsonw_key_text(w, "message", text);
	jsonw_object_end(w);
}

static void
write_partial(struct jsonw *w, struct session *s, struct document *d, const struct exits *e)
{
	uint32_t line = (uint32_t)e->branches->at[e->from].from;
	struct view_run run = { line, line, LINE_PARTIAL };
	struct span text = doc_text_span(&d->text);
	struct buf message = { 0 };

	if (d->subject.understood)
		run.last = py_lines_last(&d->subject.lines, line);
	for (size_t i = e->from; i < e->to; i++) {
		if (i > e->from)
			buf_add_char(&message, '\n');
		subject_describe_branch(&d->subject, text, e->branches->at[i], &message);
	}
	if (is_stale(d))
		buf_add_text(&message, stale_tail);
	write_head(w, s, d, run, "partial-branch");
	jsonw_key(w, "message");
	jsonw_string(w, buf_span(&message));
	buf_free(&message);
	if (s->takes_related_information) {
		jsonw_key(w, "relatedInformation");
		jsonw_array(w);
		for (size_t i = e->from; i < e->to; i++)
			write_related(w, s, d, e->branches->at[i]);
		jsonw_array_end(w);
	}
	jsonw_object_end(w);
}

/* ---- the same of a report, which says it in its own words, or only how many ---- */

static bool
is_of_report(const struct document *d)
{
	return d->subject.data.report != NULL;
}

static void
write_partial_run(struct jsonw *w, struct session *s, struct document *d,
		  const struct view_run *run)
{
	struct buf message = { 0 };

	buf_addf(&message, "line %u: ", run->first);
	if (!subject_add_missed_arms(&d->subject, run->first, &message))
		buf_add_text(&message, "a part of it was not run");
	if (is_stale(d))
		buf_add_text(&message, stale_tail);
	write_head(w, s, d, *run, "partial-branch");
	jsonw_key(w, "message");
	jsonw_string(w, buf_span(&message));
	buf_free(&message);
	jsonw_object_end(w);
}

/* The next partial run from `at` on. */
static size_t
next_partial(const struct view_runs *runs, size_t at)
{
	while (at < runs->count && runs->at[at].state != LINE_PARTIAL)
		at++;
	return at;
}

/* In the order of the lines. */
static void
write_all_of_report(struct jsonw *w, struct session *s, struct document *d)
{
	const struct view *view = &d->subject.view;
	size_t partial = next_partial(&view->runs, 0), missed = 0;

	while (missed < view->missed.count || partial < view->runs.count) {
		if (partial == view->runs.count ||
		    (missed < view->missed.count &&
		     view->missed.at[missed].first < view->runs.at[partial].first)) {
			write_missed(w, s, d, &view->missed.at[missed++]);
		} else {
			write_partial_run(w, s, d, &view->runs.at[partial]);
			partial = next_partial(&view->runs, partial + 1);
		}
	}
}

/* ---- all of a document ---- */

/* In the order of the lines. */
static void
write_all_of_python(struct jsonw *w, struct session *s, struct document *d)
{
	const struct view *view = &d->subject.view;
	struct exits exits = { .branches = &view->branches };
	bool more = next_exits(&exits);
	size_t missed = 0;

	while (missed < view->missed.count || more) {
		if (!more || (missed < view->missed.count &&
			      view->missed.at[missed].first <
				      (uint32_t)view->branches.at[exits.from].from)) {
			write_missed(w, s, d, &view->missed.at[missed++]);
		} else {
			write_partial(w, s, d, &exits);
			more = next_exits(&exits);
		}
	}
}

static void
write_all(struct jsonw *w, struct session *s, struct document *d)
{
	if (is_of_report(d))
		write_all_of_report(w, s, d);
	else
		write_all_of_python(w, s, d);
}

static void
send(struct session *s, struct document *d, bool shown)
{
	struct buf body = { 0 };
	struct jsonw w = rpc_notify_begin(&body, "textDocument/publishDiagnostics");

	jsonw_object(&w);
	jsonw_key_text(&w, "uri", d->uri);
	if (s->takes_diagnostic_version)
		jsonw_key_int(&w, "version", d->version);
	jsonw_key(&w, "diagnostics");
	jsonw_array(&w);
	if (shown)
		write_all(&w, s, d);
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	rpc_notify_end(&s->rpc, &body);
}

static uint64_t
mix(uint64_t hash, uint64_t value)
{
	return (hash ^ value) * UINT64_C(0x100000001b3);
}

/* The column that a line ends at tells what its range is. */
static uint64_t
mix_line(uint64_t hash, struct document *d, uint32_t line)
{
	return mix(mix(hash, line), doc_text_line(&d->text, line - 1).len);
}

/* Of all that is shown; never 0. Texts follow from the lines, as long as they are understood. */
static uint64_t
hash_of(struct session *s, struct document *d)
{
	const struct view *view = &d->subject.view;
	uint64_t hash = s->options.diagnostics_severity;

	hash = hash * 4 + (is_stale(d) ? 2 : 0) + d->subject.understood;
	for (size_t i = 0; i < view->missed.count; i++)
		hash = mix_line(mix(hash, view->missed.at[i].first), d, view->missed.at[i].last);
	for (size_t i = 0; i < view->branches.count; i++) {
		hash = mix_line(hash, d, (uint32_t)view->branches.at[i].from);
		hash = mix(hash, (uint32_t)view->branches.at[i].to);
	}
	for (size_t i = 0; is_of_report(d) && i < view->runs.count; i++) {
		if (view->runs.at[i].state == LINE_PARTIAL)
			hash = mix_line(mix(hash, view->runs.at[i].first), d,
					view->runs.at[i].last);
	}
	if (is_of_report(d)) /* the words are of this report */
		hash = mix(hash, (uint64_t)d->subject.data_stamp.modified_ns);
	return hash == 0 ? 1 : hash;
}

/* Where a way out leads, seen from its line. The end of a module is where it is. */
static uint64_t
distance(struct arc arc)
{
	if (arc.to == -1)
		return 0;
	return arc.to < 0 ? (uint64_t)(-(int64_t)arc.to - arc.from) * 2 + 1
			  : (uint64_t)((int64_t)arc.to - arc.from) * 2;
}

/* Of what they are, in order, and not where: how long each is, and where its ways out would have led from
 * there. Never 0. */
static uint64_t
problems_of(struct session *s, const struct document *d)
{
	const struct view *view = &d->subject.view;
	uint64_t hash = s->options.diagnostics_severity * 2u + is_stale(d);

	for (size_t i = 0; i < view->missed.count; i++)
		hash = mix(hash, view->missed.at[i].last - view->missed.at[i].first);
	for (size_t i = 0; i < view->branches.count; i++)
		hash = mix(hash, distance(view->branches.at[i]));
	for (size_t i = 0; is_of_report(d) && i < view->runs.count; i++) {
		if (view->runs.at[i].state == LINE_PARTIAL)
			hash = mix(hash, view->runs.at[i].last - view->runs.at[i].first);
	}
	return hash == 0 ? 1 : hash;
}

static bool
are_shown(const struct session *s, const struct document *d)
{
	const struct view *view = &d->subject.view;
	bool any = view->missed.count + view->branches.count > 0 ||
		   (is_of_report(d) && next_partial(&view->runs, 0) < view->runs.count);

	return any && s->options.diagnostics_severity != SEVERITY_OFF &&
	       d->subject.reason != REASON_DATA_GONE;
}

void
diagnostics_clear(struct session *s, struct document *d)
{
	if (d->sent_diagnostics != 0)
		send(s, d, false);
	d->sent_diagnostics = 0;
}

void
diagnostics_publish(struct session *s, struct document *d)
{
	bool shown = are_shown(s, d);
	uint64_t hash = shown ? hash_of(s, d) : 0;

	if (!shown) {
		diagnostics_clear(s, d);
	} else if (hash != d->sent_diagnostics) {
		send(s, d, true);
		d->sent_diagnostics = hash;
		d->sent_problems = problems_of(s, d);
	}
}

/* More problems than this are a long list: some 30 KB, too many for each pause in the typing. */
#define LONG_LIST 100

bool
diagnostics_publish_read(struct session *s, struct document *d)
{
	const struct view *view = &d->subject.view;

	/* In the middle of being typed, there is nothing new to tell, and the editor moves what it has. */
	if (d->subject.is_python && !d->subject.understood && !is_of_report(d))
		return false;
	if (d->sent_diagnostics == 0 || !are_shown(s, d) ||
	    (problems_of(s, d) != d->sent_problems &&
	     view->missed.count + view->branches.count <= LONG_LIST)) {
		diagnostics_publish(s, d);
		return false;
	}
	return hash_of(s, d) != d->sent_diagnostics;
}
