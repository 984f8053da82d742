#include "feature/work_done.h"

#include <stdio.h>

#include "rpc/fields.h"

static void
token_text(const struct session *s, char text[32])
{
	snprintf(text, 32, "covls-%llu", (unsigned long long)s->work_done.number);
}

static bool
is_told(const struct session *s, const struct progress *progress)
{
	return s->work_done.stage != WORK_DONE_NONE && s->work_done.progress == progress;
}

static struct jsonw
begin(struct session *s, struct buf *body, const char *kind)
{
	struct jsonw w = rpc_notify_begin(body, "$/progress");
	char token[32];

	token_text(s, token);
	jsonw_object(&w);
	jsonw_key_text(&w, "token", token);
	jsonw_key(&w, "value");
	jsonw_object(&w);
	jsonw_key_text(&w, "kind", kind);
	return w;
}

static void
end(struct session *s, struct buf *body, struct jsonw *w)
{
	jsonw_object_end(w);
	jsonw_object_end(w);
	rpc_notify_end(&s->rpc, body);
}

void
work_done_begin(struct session *s, struct progress *progress, const char *title)
{
	struct buf params = { 0 };
	struct jsonw w = { .out = &params };
	char token[32];

	if (!s->shows_progress || s->work_done.stage != WORK_DONE_NONE)
		return;
	s->work_done.progress = progress;
	s->work_done.title = title;
	s->work_done.number++;
	s->work_done.percent = 0;
	s->work_done.stage = WORK_DONE_ASKED;
	token_text(s, token);
	jsonw_object(&w);
	jsonw_key_text(&w, "token", token);
	jsonw_object_end(&w);
	s->work_done.request =
		rpc_request(&s->rpc, "window/workDoneProgress/create", buf_span(&params));
	buf_free(&params);
}

void
work_done_answered(void *ctx, int64_t id, bool granted)
{
	struct session *s = ctx;
	struct buf body = { 0 };
	struct jsonw w;

	if (s->work_done.stage != WORK_DONE_ASKED || id != s->work_done.request)
		return;
	if (!granted) {
		s->work_done.stage = WORK_DONE_REFUSED;
		return;
	}
	s->work_done.stage = WORK_DONE_SHOWN;
	w = begin(s, &body, "begin");
	jsonw_key_text(&w, "title", s->work_done.title);
	jsonw_key_bool(&w, "cancellable", true);
	jsonw_key_int(&w, "percentage", 0);
	end(s, &body, &w);
}

void
work_done_report(struct session *s, const struct progress *progress)
{
	uint64_t done = atomic_load_explicit(&progress->done, memory_order_relaxed);
	uint64_t total = atomic_load_explicit(&progress->total, memory_order_relaxed);
	unsigned percent =
		total == 0 || done > total ? 0 : (unsigned)(100.0 * (double)done / (double)total);
	struct buf body = { 0 };
	struct jsonw w;
	char message[64];

	if (!is_told(s, progress) || s->work_done.stage != WORK_DONE_SHOWN ||
	    percent <= s->work_done.percent)
		return;
	s->work_done.percent = percent;
	snprintf(message, sizeof message, "%llu of %llu MB", (unsigned long long)(done / 1000000),
		 (unsigned long long)(total / 1000000));
	w = begin(s, &body, "report");
	jsonw_key_text(&w, "message", message);
	jsonw_key_int(&w, "percentage", percent);
	end(s, &body, &w);
}

void
work_done_end(struct session *s, const struct progress *progress)
{
	struct buf body = { 0 };
	struct jsonw w;

	if (!is_told(s, progress))
		return;
	if (s->work_done.stage == WORK_DONE_SHOWN) {
		w = begin(s, &body, "end");
		if (progress_is_stopped(progress))
			jsonw_key_text(&w, "message", "stopped");
		end(s, &body, &w);
	}
	s->work_done.stage = WORK_DONE_NONE;
	s->work_done.progress = NULL;
}

void
work_done_cancel(void *ctx, json_object *params)
{
	struct session *s = ctx;
	struct span asked = fields_text(params, "token");
	char token[32];

	token_text(s, token);
	if (s->work_done.stage != WORK_DONE_NONE && span_equal(asked, span_of(token)))
		progress_stop(s->work_done.progress);
}
