#include "feature/session.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "coverage/view_change.h"
#include "feature/work_done.h"
#include "platform/uri.h"

static void
cancelled(void *ctx, uint64_t ticket)
{
	struct session *s = ctx;

	s->host->cancelled(s, ticket);
}

void
session_init(struct session *s, struct rpc_table methods, rpc_send_fn *send,
	     const struct session_host *host)
{
	*s = (struct session){ .host = host };
	s->rpc.table = methods;
	s->rpc.send = send;
	s->rpc.ctx = s;
	s->rpc.phase = RPC_START;
	s->rpc.answered = work_done_answered;
	s->rpc.cancelled = cancelled;
	options_init(&s->options);
}

static void
free_document(struct document *d)
{
	free(d->uri);
	view_runs_free(&d->sent_marks.runs);
	doc_text_free(&d->text);
	subject_free(&d->subject);
	free(d);
}

void
session_free(struct session *s)
{
	for (size_t i = 0; i < s->document_count; i++)
		free_document(s->documents[i]);
	free(s->documents);
	text_list_free(&s->roots);
	options_free(&s->options);
	rpc_conn_free(&s->rpc);
	*s = (struct session){ 0 };
}

struct document *
session_find(const struct session *s, struct span uri)
{
	for (size_t i = 0; i < s->document_count; i++) {
		if (span_equal(span_of(s->documents[i]->uri), uri))
			return s->documents[i];
	}
	return NULL;
}

bool
session_find_asked(const struct session *s, struct span uri, struct document **d, struct error *err)
{
	*d = uri.at == NULL ? NULL : session_find(s, uri);
	if (uri.at == NULL || *d != NULL)
		return true;
	error_set(err, STATUS_USAGE, "the document '%.*s' is not open", (int)uri.len, uri.at);
	return false;
}

struct document *
session_find_id(const struct session *s, uint64_t id)
{
	for (size_t i = 0; i < s->document_count; i++) {
		if (s->documents[i]->id == id)
			return s->documents[i];
	}
	return NULL;
}

struct document *
session_open(struct session *s, struct span uri)
{
	struct document *d = session_find(s, uri);

	if (d != NULL)
		session_close(s, d);
	d = mem_alloc(1, sizeof *d);
	d->id = ++s->next_document_id;
	d->uri = mem_text(uri.at, uri.len);
	d->subject.path = uri_to_path(uri);
	s->documents = mem_grow(s->documents, s->document_count, &s->document_cap,
				sizeof(struct document *));
	s->documents[s->document_count++] = d;
	return d;
}

void
session_close(struct session *s, struct document *d)
{
	size_t i = 0;

	while (s->documents[i] != d)
		i++;
	memmove(&s->documents[i], &s->documents[i + 1],
		(--s->document_count - i) * sizeof(struct document *));
	free_document(d);
}

void
session_tell(struct session *s, int type, const char *text)
{
	struct buf body = { 0 };
	struct jsonw w = rpc_notify_begin(&body, "window/showMessage");

	jsonw_object(&w);
	jsonw_key_int(&w, "type", type);
	jsonw_key_text(&w, "message", text);
	jsonw_object_end(&w);
	rpc_notify_end(&s->rpc, &body);
}
