#include "feature/text_sync.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "feature/publish.h"
#include "feature/session.h"
#include "rpc/fields.h"
#include "rpc/message.h"

/* Python is what the editor says it is, or, for editors that say nothing, what is called so. */
static bool
is_python(struct span language, const char *path)
{
	struct span name = path == NULL ? SPAN("") : span_of(path);

	return span_equal(language, SPAN("python")) || span_ends(name, SPAN(".py")) ||
	       span_ends(name, SPAN(".pyw"));
}

static void
log_bad(const char *method, const char *why)
{
	log_line(LOG_WARNING, "%s: %s; ignored", method, why);
}

static struct document *
find(struct session *s, json_object *params, const char *method)
{
	struct span uri = fields_text(params, "textDocument.uri");
	struct document *d = uri.at == NULL ? NULL : session_find(s, uri);

	if (d == NULL)
		log_bad(method,
			uri.at == NULL ? "it names no document" : "the document is not open");
	return d;
}

void
text_sync_did_open(void *ctx, json_object *params)
{
	struct session *s = ctx;
	struct span uri = fields_text(params, "textDocument.uri");
	struct buf text = { 0 };
	struct document *d;

	if (uri.at == NULL || !message_take_text(fields_get(params, "textDocument.text"), &text)) {
		log_bad("textDocument/didOpen", "it has no uri or no text");
		return;
	}
	d = session_open(s, uri);
	d->version = fields_int(params, "textDocument.version", 0);
	d->subject.is_python =
		is_python(fields_text(params, "textDocument.languageId"), d->subject.path);
	doc_text_set(&d->text, &text);
	s->host->look_again(s, d);
	s->host->text_changed(s, d);
}

static struct doc_position
position(json_object *change, const char *line, const char *character)
{
	int64_t at_line = fields_int(change, line, 0),
		at_character = fields_int(change, character, 0);
	struct doc_position at = { 0, 0 };

	if (at_line >= 0)
		at = (struct doc_position){
			at_line > UINT32_MAX ? UINT32_MAX : (uint32_t)at_line,
			at_character < 0            ? 0
			: at_character > UINT32_MAX ? UINT32_MAX
						    : (uint32_t)at_character,
		};
	return at;
}

/* What it did to the lines; nothing if the client has sent nonsense. */
static struct doc_change
apply_change(struct session *s, struct document *d, json_object *change)
{
	struct buf text = { 0 };
	struct doc_change lines = { .first = 1 };

	if (!message_take_text(fields_get(change, "text"), &text)) {
		log_bad("textDocument/didChange", "a change has no text");
		return lines;
	}
	if (fields_get(change, "range") == NULL) {
		lines = doc_text_set_compared(&d->text, &text);
	} else {
		size_t from = doc_text_offset(
			&d->text, position(change, "range.start.line", "range.start.character"),
			s->encoding);
		size_t to = doc_text_offset(
			&d->text, position(change, "range.end.line", "range.end.character"),
			s->encoding);

		lines = doc_text_replace(&d->text, from < to ? from : to, from < to ? to : from,
					 buf_span(&text));
	}
	buf_free(&text);
	subject_edited(&d->subject, &lines);
	return lines;
}

void
text_sync_did_change(void *ctx, json_object *params)
{
	struct session *s = ctx;
	struct document *d = find(s, params, "textDocument/didChange");
	json_object *changes = fields_get(params, "contentChanges");
	struct doc_change *edits;
	size_t count;

	if (d == NULL || !json_object_is_type(changes, json_type_array))
		return;
	count = json_object_array_length(changes);
	edits = mem_alloc(count, sizeof *edits);
	for (size_t i = 0; i < count; i++)
		edits[i] = apply_change(s, d, json_object_array_get_idx(changes, i));
	d->version = fields_int(params, "textDocument.version", d->version);
	marks_follow_edits(s, d, edits, count);
	free(edits);
	s->host->text_changed(s, d);
}

void
text_sync_did_save(void *ctx, json_object *params)
{
	struct session *s = ctx;

	if (find(s, params, "textDocument/didSave") != NULL)
		s->host->look_again(s, NULL);
}

void
text_sync_did_close(void *ctx, json_object *params)
{
	struct session *s = ctx;
	struct document *d = find(s, params, "textDocument/didClose");

	if (d == NULL)
		return;
	publish_nothing(s, d);
	session_close(s, d);
	s->host->document_closed(s);
}
