#include "typing.h"

#include <stdlib.h>

#include "base/mem.h"
#include "feature/publish.h"

/* A text is read when nobody has typed for so long, or has been typing for ten times as long. */
#define TYPING_MS 50u

/* Diagnostics that the editor has moved by itself are sent when nobody has typed for so long. */
#define QUIET_MS 400u

/* A longer text is read by the thread pool: some 2,000 lines, which take half a millisecond. */
#define SHORT_TEXT ((size_t)64 << 10)

struct typing {
	struct session *session;
	uv_loop_t *loop;
	uv_timer_t pause, quiet;
	uint64_t since; /* when the typing began, loop time; 0: nobody is typing */
	unsigned readings;
	unsigned open_handles;
	bool closing;
};

/* A text that is being read. */
struct reading {
	uv_work_t work;
	struct typing *owner;
	uint64_t document;
	struct buf text;
	struct analysis analysis;
};

static void
release(struct typing *t)
{
	if (t->open_handles == 0 && t->readings == 0)
		free(t);
}

static bool
is_short(const struct document *d)
{
	return doc_text_span(&d->text).len < SHORT_TEXT;
}

/* ---- telling ---- */

static void
on_quiet(uv_timer_t *timer)
{
	struct typing *t = timer->data;

	for (size_t i = 0; i < t->session->document_count; i++) {
		struct document *d = t->session->documents[i];

		if (!d->text_pending) /* else it is told of when it has been read */
			publish_rest(t->session, d);
	}
}

/* What has just been read. */
static void
tell(struct typing *t, struct document *d)
{
	if (publish_read(t->session, d) && !uv_is_active((uv_handle_t *)&t->quiet))
		uv_timer_start(&t->quiet, on_quiet, QUIET_MS, 0);
}

/* ---- reading ---- */

bool
typing_read(struct typing *t, struct document *d)
{
	(void)t;
	if (!d->text_pending)
		return false;
	d->text_pending = false;
	subject_read_text(&d->subject, doc_text_span(&d->text));
	subject_refresh(&d->subject);
	return true;
}

/* On the thread pool: touches the reading alone. */
static void
on_work(uv_work_t *work)
{
	struct reading *reading = work->data;

	analysis_run(&reading->analysis, buf_span(&reading->text));
}

static void read_pending(struct typing *t, struct document *d);

static void
take_reading(struct typing *t, struct document *d, struct reading *reading)
{
	d->text_read = false;
	if (!d->text_pending)
		return; /* somebody asked, and could not wait */
	if (subject_take_analysis(&d->subject, &reading->analysis)) {
		d->text_pending = false;
		subject_refresh(&d->subject);
		tell(t, d);
	} else if (!uv_is_active((uv_handle_t *)&t->pause)) {
		read_pending(t, d);
	}
}

static void
on_work_done(uv_work_t *work, int status)
{
	struct reading *reading = work->data;
	struct typing *t = reading->owner;
	struct document *d = t->closing ? NULL : session_find_id(t->session, reading->document);

	(void)status; /* never cancelled */
	t->readings--;
	if (d != NULL)
		take_reading(t, d, reading);
	analysis_free(&reading->analysis);
	buf_free(&reading->text);
	free(reading);
	if (t->closing)
		release(t);
}

static void
start_reading(struct typing *t, struct document *d)
{
	struct reading *reading = mem_alloc(1, sizeof *reading);

	reading->owner = t;
	reading->work.data = reading;
	reading->document = d->id;
	buf_add(&reading->text, doc_text_span(&d->text));
	subject_begin_analysis(&d->subject, &reading->analysis);
	d->text_read = true;
	t->readings++;
	uv_queue_work(t->loop, &reading->work, on_work, on_work_done);
}

static void
read_pending(struct typing *t, struct document *d)
{
	if (!d->text_pending || d->text_read)
		return; /* what is being read is outdated: it is read again when that has ended */
	if (!is_short(d))
		start_reading(t, d);
	else if (typing_read(t, d))
		tell(t, d);
}

static void
on_pause(uv_timer_t *timer)
{
	struct typing *t = timer->data;

	t->since = 0;
	for (size_t i = 0; i < t->session->document_count; i++)
		read_pending(t, t->session->documents[i]);
}

void
typing_edited(struct typing *t, struct document *d)
{
	uint64_t now = uv_now(t->loop);

	d->text_pending = true;
	if (!d->looked)
		return; /* the job that looks for its data reads the text, too */
	if (t->since == 0)
		t->since = now == 0 ? 1 : now;
	uv_timer_start(&t->pause, on_pause,
		       now - t->since >= UINT64_C(10) * TYPING_MS ? 0 : TYPING_MS, 0);
	if (uv_is_active((uv_handle_t *)&t->quiet))
		uv_timer_start(&t->quiet, on_quiet, QUIET_MS, 0);
}

void
typing_settle(struct typing *t, struct document *d, bool patient)
{
	if ((patient || is_short(d)) && typing_read(t, d))
		tell(t, d); /* what one is told, all are told */
}

/* ---- life ---- */

static void
init_timer(struct typing *t, uv_timer_t *timer)
{
	uv_timer_init(t->loop, timer);
	timer->data = t;
	t->open_handles++;
}

struct typing *
typing_open(uv_loop_t *loop, struct session *s)
{
	struct typing *t = mem_alloc(1, sizeof *t);

	t->loop = loop;
	t->session = s;
	init_timer(t, &t->pause);
	init_timer(t, &t->quiet);
	return t;
}

static void
on_closed(uv_handle_t *handle)
{
	struct typing *t = handle->data;

	t->open_handles--;
	release(t);
}

void
typing_close(struct typing *t)
{
	t->closing = true;
	uv_close((uv_handle_t *)&t->pause, on_closed);
	uv_close((uv_handle_t *)&t->quiet, on_closed);
}
