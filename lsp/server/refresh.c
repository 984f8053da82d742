#include "refresh.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "coverage/inventory.h"
#include "coverage/search.h"
#include "feature/publish.h"
#include "feature/status.h"
#include "feature/work_done.h"
#include "platform/clock.h"
#include "platform/path.h"
#include "platform/watch.h"

#include "typing.h"

/* A data file has been written when nothing has happened to it for so long. coverage.py's own writes
 * follow each other within a few milliseconds; a longer wait is only a slower editor, since what is
 * read too early is read again. */
#define QUIET_MS 20

/* A locked data file is tried again after this. */
#define BUSY_MS 150

/* A data file that is away longer than this is gone: longer than a tool takes to replace it. */
#define GONE_MS 2000

/* A job that takes long shows what it has found, and goes on after that: at first after so long, then twice as
 * long each time, since going on has its price. */
#define TEXTS_MS     1000
#define TEXTS_MS_MAX 60000

/* What is written so soon after the first data of a run is of the same run. */
#define RECORDING_NS (INT64_C(2) * 1000000000)

/* A job that lasts longer is told of, so often. */
#define LONG_MS 300
#define TELL_MS 100

/* A long job is begun anew so many times in a row; then it goes on to its end, however much changes. */
#define RESTARTS_MAX 3

/* The work of one job, and the job itself. */
struct job {
	uv_work_t work;
	struct refresh *owner;
	struct progress progress;
	uint64_t started; /* loop time */
	bool outdated;    /* what it finds is of no use */
	bool again;       /* the disk has changed */
	struct search_item *items;
	uint64_t *documents; /* the id of each item's document */
	size_t count;
	struct text_list roots;
	char *setting, *python;
	struct path_mappings mappings;
	bool union_of_runs;
	char *baseline; /* the setting */
	unsigned texts_ms;
};

struct refresh {
	struct session *session;
	uv_loop_t *loop;
	struct watch *watch;
	struct searcher *searcher; /* the job's, while there is one */
	struct typing *typing;
	uv_timer_t again, start, telling;
	struct job *job;   /* under way */
	uint64_t *tickets; /* of reloads that wait for data */
	size_t ticket_count, ticket_cap;
	size_t tickets_in_job; /* the first so many wait for the job under way */
	unsigned restarts;     /* of long jobs, in a row */
	unsigned texts_ms;     /* how long the next job may look for texts */
	bool look_everywhere;  /* the next job is to look everywhere once more */
	bool closing;
	unsigned open_handles;
};

static void start_job(struct refresh *r);

static void
release(struct refresh *r)
{
	if (r->open_handles > 0 || r->job != NULL)
		return;
	free(r->tickets);
	searcher_close(r->searcher);
	free(r);
}

/* ---- text ---- */

void
refresh_text_changed(struct refresh *r, struct document *d)
{
	typing_edited(r->typing, d);
}

void
refresh_settle(struct refresh *r, struct document *d)
{
	typing_settle(r->typing, d, true);
}

void
refresh_settle_if_short(struct refresh *r, struct document *d)
{
	typing_settle(r->typing, d, false);
}

/* ---- data ---- */

static bool
is_wanted(void *ctx, const char *name)
{
	struct refresh *r = ctx;
	const struct session *s = r->session;

	/* A report may be a new one. coverage.py's own data, which a test run writes again and again, needs
	 * no walk through the workspace. */
	if (inventory_is_name(name))
		r->look_everywhere = true;
	if (project_is_file(name) || inventory_is_name(name))
		return true;
	for (size_t i = 0; i < s->document_count; i++) {
		const struct search_places *places = &s->documents[i]->subject.places;

		for (size_t k = 0; k < places->count; k++) {
			struct span base = span_of(path_base(places->at[k].path));

			/* Unfinished data files have its name, a dot and more. */
			if (places->at[k].origin != PLACE_FOUND &&
			    span_starts(span_of(name), base) &&
			    (name[base.len] == '\0' || name[base.len] == '.'))
				return true;
		}
	}
	return false;
}

static void
on_quiet(void *ctx)
{
	refresh_start_over(ctx);
}

static void
set_watches(struct refresh *r)
{
	struct text_list folders = { 0 };
	struct session *s = r->session;

	for (size_t i = 0; i < s->document_count; i++) {
		const struct text_list *wanted = &s->documents[i]->subject.folders;

		for (size_t k = 0; k < wanted->count; k++)
			text_list_add_once(&folders, wanted->at[k]);
	}
	/* A change between the reading and the beginning of the watch went unseen. */
	if (watch_set(r->watch, (const char *const *)folders.at, folders.count)) {
		r->look_everywhere = true;
		refresh_look_again(r, NULL);
	}
	text_list_free(&folders);
}

/* On the thread pool: touches the job alone. */
static void
on_work(uv_work_t *work)
{
	struct job *job = work->data;
	struct search_wishes wishes = {
		.roots = &job->roots,
		.data_file = job->setting,
		.mappings = job->mappings.at,
		.mapping_count = job->mappings.count,
		.python = job->python,
		.python_by = "the setting pythonVersion",
		.again = job->again,
		.union_of_runs = job->union_of_runs,
		.wants_baseline = true,
		.baseline = job->baseline,
		.texts_ms = job->texts_ms,
		.progress = &job->progress,
	};

	search_run(job->owner->searcher, job->items, job->count, &wishes);
}

static void
stop_job(struct job *job)
{
	progress_stop(&job->progress);
}

static void
on_telling_timer(uv_timer_t *timer)
{
	struct refresh *r = timer->data;

	work_done_begin(r->session, &r->job->progress, "Reading coverage data");
	work_done_report(r->session, &r->job->progress);
}

static void
free_job(struct job *job)
{
	for (size_t i = 0; i < job->count; i++)
		search_item_free(&job->items[i]);
	free(job->items);
	free(job->documents);
	text_list_free(&job->roots);
	free(job->setting);
	path_mappings_free(&job->mappings);
	free(job->python);
	free(job->baseline);
	free(job);
}

static void
on_again_timer(uv_timer_t *timer)
{
	struct refresh *r = timer->data;
	struct session *s = r->session;

	for (size_t i = 0; i < s->document_count; i++) {
		enum status status = s->documents[i]->subject.trouble.status;

		if (status == STATUS_BUSY || s->documents[i]->missing_since != 0)
			s->documents[i]->data_pending = true;
	}
	start_job(r);
}

static void
try_again_in(struct refresh *r, uint64_t ms)
{
	if (!uv_is_active((uv_handle_t *)&r->again) || uv_timer_get_due_in(&r->again) > ms)
		uv_timer_start(&r->again, on_again_timer, ms, 0);
}

/* A data file that was there and is not: as at the start of a test run, or for good. */
static void
follow_missing(struct refresh *r, struct document *d)
{
	enum status status = d->subject.trouble.status;
	uint64_t now = uv_now(r->loop), away;

	if ((status != STATUS_MISSING && status != STATUS_EMPTY) || d->subject.data_path == NULL ||
	    d->subject.gone) {
		d->missing_since = 0;
		return;
	}
	/* Somebody makes room for a new run. */
	if (d->begun_ns == 0 || d->recorded_ns != 0) {
		d->begun_ns = clock_wall_ns();
		d->recorded_ns = 0;
	}
	if (d->missing_since == 0)
		d->missing_since = now == 0 ? 1 : now;
	away = now - d->missing_since;
	if (away >= GONE_MS) {
		subject_data_gone(&d->subject);
		d->missing_since = 0;
	} else {
		try_again_in(r, GONE_MS - away);
	}
}

static void
take_item(struct refresh *r, struct document *d, struct search_item *item)
{
	enum status before = d->subject.trouble.status;

	if (item->status == STATUS_STOPPED)
		error_set(&item->err, STATUS_STOPPED,
			  "reading the coverage data was stopped; covls.reload starts it again");
	d->subject.new_is_missed = r->session->options.new_statements == NEW_MISSED;
	subject_take(&d->subject, item, doc_text_span(&d->text));
	if (item->status == STATUS_OK && d->begun_ns != 0 && d->recorded_ns == 0)
		d->recorded_ns = clock_wall_ns();
	if (d->subject.trouble.status != STATUS_OK && d->subject.trouble.status != before &&
	    d->subject.trouble.text[0] != '\0')
		log_line(LOG_INFO, "%s", d->subject.trouble.text);
	d->looked = true;
	if (d->subject.trouble.status == STATUS_BUSY)
		try_again_in(r, BUSY_MS);
	follow_missing(r, d);
	if (!typing_read(r->typing, d))
		subject_refresh(&d->subject);
}

/* Answers the reloads that waited for the job that has just ended. */
static void
answer_reloads(struct refresh *r)
{
	struct buf answer = { 0 };
	struct jsonw w = { .out = &answer };

	if (r->tickets_in_job == 0)
		return;
	for (size_t i = 0; i < r->session->document_count; i++) {
		publish_forget(r->session->documents[i]);
		publish(r->session, r->session->documents[i]);
	}
	status_write(r->session, &w, NULL);
	for (size_t i = 0; i < r->tickets_in_job; i++)
		rpc_answer(&r->session->rpc, r->tickets[i], buf_span(&answer));
	r->ticket_count -= r->tickets_in_job;
	memmove(r->tickets, r->tickets + r->tickets_in_job, r->ticket_count * sizeof *r->tickets);
	r->tickets_in_job = 0;
	buf_free(&answer);
}

/* What the job found is of no use: its documents are looked at anew. */
static void
drop_job(struct refresh *r, struct job *job)
{
	for (size_t i = 0; i < job->count; i++) {
		struct document *d = session_find_id(r->session, job->documents[i]);

		if (d != NULL)
			d->data_pending = true;
	}
	r->look_everywhere = r->look_everywhere || job->again;
	r->tickets_in_job = 0;
	free_job(job);
	start_job(r);
}

/* Documents for which the job had no time left go into the next one, and who waits for all of them with
 * them. */
static void
put_off(struct refresh *r, const struct job *job)
{
	unsigned texts_ms = TEXTS_MS;

	for (size_t i = 0; i < job->count; i++) {
		struct document *d = session_find_id(r->session, job->documents[i]);

		if (d == NULL || !job->items[i].put_off)
			continue;
		d->data_pending = true;
		r->tickets_in_job = 0;
		texts_ms = r->texts_ms < TEXTS_MS_MAX ? r->texts_ms * 2 : TEXTS_MS_MAX;
	}
	r->texts_ms = texts_ms;
}

static void
on_work_done(uv_work_t *work, int status)
{
	struct job *job = work->data;
	struct refresh *r = job->owner;

	(void)status; /* a job is never cancelled */
	r->job = NULL;
	if (r->closing) {
		free_job(job);
		release(r);
		return;
	}
	uv_timer_stop(&r->telling);
	work_done_end(r->session, &job->progress);
	if (job->outdated) {
		drop_job(r, job);
		return;
	}
	r->restarts = 0;
	put_off(r, job);
	for (size_t i = 0; i < job->count; i++) {
		struct document *d = session_find_id(r->session, job->documents[i]);

		if (d == NULL || job->items[i].put_off)
			continue;
		take_item(r, d, &job->items[i]);
		if (r->tickets_in_job == 0) /* else all are sent anew below */
			publish(r->session, d);
	}
	free_job(job);
	set_watches(r);
	answer_reloads(r);
	start_job(r);
}

/* Of the run that has left, or will leave, the data that is looked for; 0: nobody saw it. */
static int64_t
begin_of_run(const struct document *d)
{
	if (d->recorded_ns != 0 && clock_wall_ns() - d->recorded_ns > RECORDING_NS)
		return 0;
	return d->begun_ns;
}

static void
make_item(const struct document *d, struct search_item *item)
{
	const struct subject *s = &d->subject;

	item->source = mem_copy(s->path);
	item->is_python = s->is_python;
	item->begun_ns = begin_of_run(d);
	item->had_baseline = source_baseline_is_known(&s->baseline) ? s->baseline.id : 0;
	if (s->data_path != NULL && s->ran.origin != RAN_UNKNOWN && !s->look_back) {
		item->had_path = mem_copy(s->data_path);
		item->had_stamp = s->data_stamp;
	}
}

static struct job *
make_job(struct refresh *r)
{
	struct session *s = r->session;
	struct job *job = mem_alloc(1, sizeof *job);

	job->owner = r;
	job->work.data = job;
	job->started = uv_now(r->loop);
	job->again = r->look_everywhere;
	job->texts_ms = r->texts_ms;
	r->look_everywhere = false;
	job->items = mem_alloc(s->document_count, sizeof *job->items);
	job->documents = mem_alloc(s->document_count, sizeof *job->documents);
	for (size_t i = 0; i < s->document_count; i++) {
		struct document *d = s->documents[i];

		if (!d->data_pending)
			continue;
		d->data_pending = false;
		if (d->subject.path == NULL) {
			d->looked = true;
			refresh_settle(r, d);
			subject_refresh(&d->subject);
			publish(s, d);
			continue;
		}
		make_item(d, &job->items[job->count]);
		job->documents[job->count++] = d->id;
	}
	for (size_t i = 0; i < s->roots.count; i++)
		text_list_add_once(&job->roots, s->roots.at[i]);
	job->setting = mem_copy(s->options.data_file);
	path_mappings_copy(&job->mappings, &s->options.path_mappings);
	job->union_of_runs = s->options.runs == RUNS_UNION;
	job->baseline = mem_copy(s->options.baseline);
	job->python = mem_copy(s->options.python_version);
	return job;
}

/* Starts a job if there is work for one and none is under way. */
static void
start_job(struct refresh *r)
{
	bool pending = r->ticket_count > 0;

	if (r->job != NULL || r->closing)
		return;
	for (size_t i = 0; i < r->session->document_count; i++)
		pending = pending || r->session->documents[i]->data_pending;
	if (!pending)
		return;
	r->tickets_in_job = r->ticket_count;
	r->job = make_job(r);
	uv_queue_work(r->loop, &r->job->work, on_work, on_work_done);
	uv_timer_start(&r->telling, on_telling_timer, LONG_MS, TELL_MS);
	/* While it reads the data, this thread reads the texts that are new. */
	for (size_t i = 0; i < r->session->document_count; i++) {
		if (!r->session->documents[i]->looked)
			refresh_settle(r, r->session->documents[i]);
	}
}

static void
on_start_timer(uv_timer_t *timer)
{
	start_job(timer->data);
}

/* At the next turn of the loop, so that many documents opened at once make one job. */
static void
start_soon(struct refresh *r)
{
	uv_timer_start(&r->start, on_start_timer, 0, 0);
}

void
refresh_look_again(struct refresh *r, struct document *d)
{
	if (d != NULL)
		d->data_pending = true;
	for (size_t i = 0; d == NULL && i < r->session->document_count; i++) {
		/* What a person has stopped is not begun again by the next save. */
		if (r->session->documents[i]->subject.trouble.status != STATUS_STOPPED)
			r->session->documents[i]->data_pending = true;
	}
	start_soon(r);
}

void
refresh_start_over(struct refresh *r)
{
	struct job *job = r->job;

	/* What a short job finds is shown meanwhile. */
	if (job != NULL && !job->outdated && r->restarts < RESTARTS_MAX &&
	    uv_now(r->loop) - job->started >= LONG_MS) {
		job->outdated = true;
		stop_job(job);
		r->restarts++;
	}
	for (size_t i = 0; i < r->session->document_count; i++)
		r->session->documents[i]->data_pending = true;
	start_soon(r);
}

void
refresh_reload(struct refresh *r, uint64_t ticket)
{
	r->tickets = mem_grow(r->tickets, r->ticket_count, &r->ticket_cap, sizeof *r->tickets);
	r->tickets[r->ticket_count++] = ticket;
	r->look_everywhere = true;
	refresh_start_over(r);
}

/* Nobody waits for the job any more. */
static bool
is_abandoned(const struct refresh *r, const struct job *job)
{
	if (r->tickets_in_job > 0)
		return false;
	for (size_t i = 0; i < job->count; i++) {
		if (session_find_id(r->session, job->documents[i]) != NULL)
			return false;
	}
	return true;
}

void
refresh_document_closed(struct refresh *r)
{
	if (r->job != NULL && is_abandoned(r, r->job)) {
		r->job->outdated = true;
		stop_job(r->job);
	}
	set_watches(r);
}

const char *
refresh_watched(const struct refresh *r, size_t i)
{
	return watch_folder(r->watch, i);
}

/* ---- life ---- */

static void
init_timer(struct refresh *r, uv_timer_t *timer)
{
	uv_timer_init(r->loop, timer);
	timer->data = r;
	r->open_handles++;
}

struct refresh *
refresh_open(uv_loop_t *loop, struct session *s)
{
	struct refresh *r = mem_alloc(1, sizeof *r);

	r->loop = loop;
	r->session = s;
	r->texts_ms = TEXTS_MS;
	r->searcher = searcher_open();
	r->typing = typing_open(loop, s);
	init_timer(r, &r->again);
	init_timer(r, &r->start);
	init_timer(r, &r->telling);
	r->watch = watch_open(loop, QUIET_MS, is_wanted, on_quiet, r);
	return r;
}

static void
on_timer_closed(uv_handle_t *handle)
{
	struct refresh *r = handle->data;

	r->open_handles--;
	release(r);
}

void
refresh_close(struct refresh *r)
{
	r->closing = true;
	if (r->job != NULL)
		stop_job(r->job);
	watch_close(r->watch);
	typing_close(r->typing);
	uv_close((uv_handle_t *)&r->again, on_timer_closed);
	uv_close((uv_handle_t *)&r->start, on_timer_closed);
	uv_close((uv_handle_t *)&r->telling, on_timer_closed);
}
