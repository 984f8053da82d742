/* diagnostics.c - textDocument/publishDiagnostics: runs of missed statements. */
#include <stdio.h>

#include "feature/publish.h"
#include "feature/range.h"

static void
write_message(struct jsonw *w, const struct view_run *run, bool stale)
{
	char text[128];
	const char *tail = stale ? " (in the last run; the file has changed since)" : "";

	if (run->first == run->last)
		snprintf(text, sizeof text, "line %u was not run%s", run->first, tail);
	else
		snprintf(text, sizeof text, "lines %u\xe2\x80\x93%u were not run%s", run->first,
			 run->last, tail);
	jsonw_key_text(w, "message", text);
}

static void
write_diagnostic(struct jsonw *w, struct session *s, struct document *d, const struct view_run *run)
{
	jsonw_object(w);
	range_write(w, &d->text, run->first, run->last, s->encoding);
	jsonw_key_int(w, "severity", s->options.diagnostics_severity);
	jsonw_key_text(w, "code", "uncovered");
	jsonw_key_text(w, "source", "covls");
	write_message(w, run, d->subject.freshness == FRESHNESS_STALE);
	jsonw_object_end(w);
}

/* `runs` may be NULL: there are none. */
static void
send(struct session *s, struct document *d, const struct view_runs *runs)
{
	struct buf body = { 0 };
	struct jsonw w = rpc_notify_begin(&body, "textDocument/publishDiagnostics");

	jsonw_object(&w);
	jsonw_key_text(&w, "uri", d->uri);
	if (s->takes_diagnostic_version)
		jsonw_key_int(&w, "version", d->version);
	jsonw_key(&w, "diagnostics");
	jsonw_array(&w);
	for (size_t i = 0; runs != NULL && i < runs->count; i++)
		write_diagnostic(&w, s, d, &runs->at[i]);
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	rpc_notify_end(&s->rpc, &body);
}

/* Of the missed runs, the columns they end at, and how they are shown; 0 when there are none. */
static uint64_t
hash_of(struct session *s, struct document *d, const struct view_runs *runs)
{
	uint64_t hash = s->options.diagnostics_severity;

	hash = hash * 2 + (d->subject.freshness == FRESHNESS_STALE);
	for (size_t i = 0; i < runs->count; i++) {
		struct span last = doc_text_line(&d->text, runs->at[i].last - 1);

		hash = (hash ^ runs->at[i].first) * UINT64_C(0x100000001b3);
		hash = (hash ^ runs->at[i].last) * UINT64_C(0x100000001b3);
		hash = (hash ^ last.len) * UINT64_C(0x100000001b3);
	}
	return hash == 0 ? 1 : hash;
}

void
diagnostics_clear(struct session *s, struct document *d)
{
	if (d->sent_diagnostics != 0)
		send(s, d, NULL);
	d->sent_diagnostics = 0;
}

void
diagnostics_publish(struct session *s, struct document *d)
{
	const struct view_runs *runs = &d->subject.view.missed;
	bool shown = runs->count > 0 && s->options.diagnostics_severity != SEVERITY_OFF &&
		     d->subject.reason != REASON_DATA_GONE;
	uint64_t hash = shown ? hash_of(s, d, runs) : 0;

	if (!shown) {
		diagnostics_clear(s, d);
	} else if (hash != d->sent_diagnostics) {
		send(s, d, runs);
		d->sent_diagnostics = hash;
	}
}
