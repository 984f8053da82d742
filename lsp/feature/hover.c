#include "feature/hover.h"

#include <string.h>

#include "feature/counts.h"
#include "feature/range.h"
#include "feature/session.h"
#include "platform/clock.h"
#include "platform/path.h"
#include "rpc/fields.h"

static const struct {
	const char *head, *body;
} texts[] = {
	[LINE_NONE] = {"",                ""					       },
	[LINE_COVERED] = { "Covered",        "the tests ran this"                             },
	[LINE_PARTIAL] = { "Partly covered", "the tests ran this, but not every way out of it"},
	[LINE_MISSED] = { "Not covered",    "no test ran this"                               },
	[LINE_EXCLUDED] = { "Excluded",       "taken out of coverage by a pragma or a rule"    },
	[LINE_UNKNOWN] = { "Unknown",        "changed since the tests ran"                    },
};

/* The lines that stand together with `line`: its statement, where that is known. */
static struct view_run
extent(const struct subject *subject, uint32_t line)
{
	struct view_run run = { line, line, view_state(&subject->view, line) };

	if (subject->understood) {
		run.first = py_lines_first(&subject->lines, line);
		run.last = py_lines_last(&subject->lines, run.first);
	}
	return run;
}

/* Names such as __init__ are no markup. */
static void
add_escaped(struct buf *out, struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] != '\0' && strchr("\\`*_<>[]#", text.at[i]) != NULL)
			buf_add_char(out, '\\');
		buf_add_char(out, text.at[i]);
	}
}

/* Text of others: from a report, or from the source. */
static void
add_foreign(struct buf *out, const struct buf *text, bool markdown)
{
	if (markdown)
		add_escaped(out, buf_span(text));
	else
		buf_add(out, buf_span(text));
}

/* What a report counted of the line. */
static void
write_counts(struct buf *out, const struct subject *subject, const struct view_run *run,
	     uint32_t line, bool markdown)
{
	static bool (*const parts[])(const struct subject *, uint32_t,
				     struct buf *) = { counts_add_ran, subject_add_missed_arms,
						       counts_add_function };
	struct buf text = { 0 };

	if (run->state == LINE_UNKNOWN || run->state == LINE_EXCLUDED)
		return;
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		buf_reset(&text);
		if (!parts[i](subject, line, &text) && !parts[i](subject, run->first, &text))
			continue;
		buf_add_text(out, markdown ? "  \n" : "\n");
		add_foreign(out, &text, markdown);
	}
	buf_free(&text);
}

/* The ways out of a partial statement that were not taken. */
static void
write_branches(struct buf *out, const struct document *d, uint32_t first, bool markdown)
{
	const struct arc_list *branches = &d->subject.view.branches;
	struct buf text = { 0 };

	for (size_t i = arc_list_find(branches, (int32_t)first);
	     i < branches->count && branches->at[i].from == (int32_t)first; i++) {
		buf_add_text(out, markdown ? "\n- " : "\n");
		buf_reset(&text);
		subject_describe_branch(&d->subject, doc_text_span(&d->text), branches->at[i],
					&text);
		add_foreign(out, &text, markdown);
	}
	if (markdown)
		buf_add_char(out, '\n');
	buf_free(&text);
}

static void
write_text(struct buf *out, const struct document *d, const struct view_run *run, uint32_t line,
	   bool markdown)
{
	const struct subject *subject = &d->subject;
	struct buf caveats = { 0 };
	char ago[CLOCK_TEXT_MAX];

	clock_ago((clock_wall_ns() - subject->data_stamp.modified_ns) / 1000000000, ago);
	buf_addf(out, markdown ? "**%s**: %s" : "%s: %s", texts[run->state].head,
		 texts[run->state].body);
	if (run->first != run->last)
		buf_addf(out, " (lines %u\xe2\x80\x93%u)", run->first, run->last);
	if (subject->data.report != NULL)
		write_counts(out, subject, run, line, markdown);
	else if (run->state == LINE_PARTIAL)
		write_branches(out, d, run->first, markdown);
	buf_addf(out, markdown ? "  \n`%s`, %s" : "\n%s, %s", path_base(subject->data_path), ago);
	subject_add_caveats(subject, &caveats);
	if (caveats.len > 0)
		buf_addf(out, ", %s", buf_text(&caveats));
	buf_free(&caveats);
	if (subject->message[0] != '\0')
		buf_addf(out, "%s%s", markdown ? "  \n" : "\n", subject->message);
}

enum rpc_code
hover_request(void *ctx, json_object *params, struct jsonw *result, uint64_t ticket,
	      struct error *err)
{
	struct session *s = ctx;
	struct span uri = fields_text(params, "textDocument.uri");
	int64_t line0 = fields_int(params, "position.line", -1);
	struct document *d = uri.at == NULL ? NULL : session_find(s, uri);
	struct view_run run;
	struct buf text = { 0 };

	(void)ticket;
	if (uri.at == NULL || line0 < 0) {
		error_set(err, STATUS_USAGE, "textDocument.uri and position.line are needed");
		return RPC_INVALID_PARAMS;
	}
	if (d != NULL)
		s->host->settle_if_short(s, d);
	if (d == NULL || line0 >= LINE_SET_MAX || d->subject.data_path == NULL ||
	    view_state(&d->subject.view, (uint32_t)line0 + 1) == LINE_NONE) {
		jsonw_null(result);
		return RPC_OK;
	}
	run = extent(&d->subject, (uint32_t)line0 + 1);
	write_text(&text, d, &run, (uint32_t)line0 + 1, s->takes_markdown);
	jsonw_object(result);
	jsonw_key(result, "contents");
	jsonw_object(result);
	jsonw_key_text(result, "kind", s->takes_markdown ? "markdown" : "plaintext");
	jsonw_key(result, "value");
	jsonw_string(result, buf_span(&text));
	jsonw_object_end(result);
	range_write(result, &d->text, run.first, run.last, s->encoding);
	jsonw_object_end(result);
	buf_free(&text);
	return RPC_OK;
}
