#include "server/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

#include "base/log.h"
#include "base/mem.h"
#include "feature/session.h"
#include "feature/work_done.h"
#include "platform/process.h"
#include "rpc/framing.h"
#include "rpc/message.h"
#include "server/methods.h"

#include "refresh.h"
#include "transport.h"

/* How often we look whether the client's process is still there. */
#define CLIENT_CHECK_MS 1000

/* Work that lasts longer is told of, so often. */
#define LONG_MS 300
#define TELL_MS 100

/* Work of a feature, beside the loop. */
struct beside {
	uv_work_t request;
	struct server *srv;
	struct session_work *work;
	uint64_t started; /* loop time */
	struct beside *next;
};

/* The one client and all that serves it. Lives as long as server_run(). */
struct server {
	struct session session; /* first, so that a session leads back here */
	uv_loop_t loop;
	uv_timer_t client_check;
	struct transport *transport;
	struct refresh *refresh;
	struct beside *beside; /* under way, the last one first */
	uv_timer_t telling;    /* of them; runs while there are some */
	struct framer framer;
	struct message message; /* the body being read */
	struct buf raw;         /* its text, when there is a log */
	FILE *log;
	bool stopping;
	bool failed; /* something worse than a client that has gone */
};

static struct server *
server_of(struct session *s)
{
	return (struct server *)s;
}

static void
stop(struct server *srv)
{
	if (srv->stopping)
		return;
	srv->stopping = true;
	refresh_close(srv->refresh);
	if (srv->transport != NULL) /* else it is being opened; see start() */
		transport_close(srv->transport);
	for (struct beside *b = srv->beside; b != NULL; b = b->next)
		progress_stop(&b->work->progress);
	uv_close((uv_handle_t *)&srv->telling, NULL);
	uv_close((uv_handle_t *)&srv->client_check, NULL);
}

/* ---- the log of messages ---- */

/* A message as one line: outside of strings a newline is only white space, inside there is none. */
static void
log_message(struct server *srv, const char *direction, struct span body)
{
	if (srv->log == NULL)
		return;
	fprintf(srv->log, "{\"dir\":\"%s\",\"msg\":", direction);
	for (size_t i = 0; i < body.len; i++)
		fputc(body.at[i] == '\n' || body.at[i] == '\r' ? ' ' : body.at[i], srv->log);
	fputs("}\n", srv->log);
	fflush(srv->log);
}

/* What came was no message; it is kept as a string. */
static void
log_garbage(struct server *srv, struct span body)
{
	struct buf line = { 0 };
	struct jsonw w = { .out = &line };

	if (srv->log == NULL)
		return;
	jsonw_string(&w, body);
	fprintf(srv->log, "{\"dir\":\"recv\",\"garbage\":%s}\n", buf_text(&line));
	fflush(srv->log);
	buf_free(&line);
}

/* ---- messages in and out ---- */

static void
send_body(void *ctx, struct buf *body)
{
	struct server *srv = server_of(ctx);

	log_message(srv, "send", buf_span(body));
	transport_send(srv->transport, body);
}

/* Serves the body that has just ended. */
static void
on_message(struct server *srv)
{
	json_object *msg = NULL;
	const char *why = NULL;
	uint64_t offset = 0;
	char text[160];

	if (message_take(&srv->message, &msg, &why, &offset)) {
		log_message(srv, "recv", buf_span(&srv->raw));
		rpc_receive(&srv->session.rpc, msg);
		json_object_put(msg);
	} else {
		log_garbage(srv, buf_span(&srv->raw));
		snprintf(text, sizeof text, "the message is not JSON: %s, at byte %llu",
			 why == NULL ? "it is empty" : why, (unsigned long long)offset);
		rpc_refuse(&srv->session.rpc, RPC_PARSE_ERROR, text);
	}
	buf_reset(&srv->raw);
}

static void
on_bytes(void *ctx, struct span in)
{
	struct server *srv = ctx;
	struct span piece;
	enum frame event;

	while (!srv->stopping && (event = framer_next(&srv->framer, &in, &piece)) != FRAME_MORE) {
		switch (event) {
		case FRAME_BODY:
			message_add(&srv->message, piece);
			if (srv->log != NULL)
				buf_add(&srv->raw, piece);
			break;
		case FRAME_END:
			on_message(srv);
			break;
		case FRAME_ERROR:
			rpc_refuse(&srv->session.rpc, RPC_PARSE_ERROR, srv->framer.fault);
			break;
		case FRAME_TOO_LONG:
			rpc_refuse(&srv->session.rpc, RPC_INVALID_REQUEST, srv->framer.fault);
			break;
		case FRAME_MORE:
			break;
		}
	}
}

static void
on_end(void *ctx, const struct error *why)
{
	struct server *srv = ctx;

	if (why->status != STATUS_OK) {
		log_line(LOG_ERROR, "%s", why->text);
		srv->failed = true;
	}
	stop(srv);
}

static void
on_client_check(uv_timer_t *timer)
{
	struct server *srv = timer->data;

	if (process_has_ended(srv->session.client_pid)) {
		log_line(LOG_INFO, "the editor's process %lld has ended",
			 (long long)srv->session.client_pid);
		stop(srv);
	}
}

/* ---- what the features may ask for ---- */

static void
host_text_changed(struct session *s, struct document *d)
{
	refresh_text_changed(server_of(s)->refresh, d);
}

static void
host_look_again(struct session *s, struct document *d)
{
	refresh_look_again(server_of(s)->refresh, d);
}

static void
host_start_over(struct session *s)
{
	refresh_start_over(server_of(s)->refresh);
}

static void
host_reload(struct session *s, uint64_t ticket)
{
	refresh_reload(server_of(s)->refresh, ticket);
}

static void
host_settle(struct session *s, struct document *d)
{
	refresh_settle(server_of(s)->refresh, d);
}

static void
host_settle_if_short(struct session *s, struct document *d)
{
	refresh_settle_if_short(server_of(s)->refresh, d);
}

static const char *
host_watched(struct session *s, size_t i)
{
	return refresh_watched(server_of(s)->refresh, i);
}

static void
host_document_closed(struct session *s)
{
	refresh_document_closed(server_of(s)->refresh);
}

static void
on_beside(uv_work_t *request)
{
	struct beside *beside = request->data;

	beside->work->run(beside->work);
}

static void
take_beside(struct server *srv, const struct beside *beside)
{
	struct beside **at = &srv->beside;

	while (*at != beside)
		at = &(*at)->next;
	*at = beside->next;
}

static void
on_beside_done(uv_work_t *request, int status)
{
	struct beside *beside = request->data;
	struct server *srv = beside->srv;

	(void)status; /* never cancelled */
	take_beside(srv, beside);
	if (!srv->stopping) {
		work_done_end(&srv->session, &beside->work->progress);
		if (srv->beside == NULL)
			uv_timer_stop(&srv->telling);
	}
	beside->work->done(beside->work, srv->stopping ? NULL : &srv->session);
	free(beside);
}

static void
on_telling_timer(uv_timer_t *timer)
{
	struct server *srv = timer->data;

	for (struct beside *b = srv->beside; b != NULL; b = b->next) {
		if (b->work->title == NULL || uv_now(&srv->loop) - b->started < LONG_MS)
			continue;
		work_done_begin(&srv->session, &b->work->progress, b->work->title);
		work_done_report(&srv->session, &b->work->progress);
	}
}

static void
host_work(struct session *s, struct session_work *work)
{
	struct beside *beside = mem_alloc(1, sizeof *beside);
	struct server *srv = server_of(s);

	*beside = (struct beside){
		.srv = srv, .work = work, .started = uv_now(&srv->loop), .next = srv->beside
	};
	beside->request.data = beside;
	srv->beside = beside;
	uv_queue_work(&srv->loop, &beside->request, on_beside, on_beside_done);
	if (!uv_is_active((uv_handle_t *)&srv->telling))
		uv_timer_start(&srv->telling, on_telling_timer, LONG_MS, TELL_MS);
}

static void
host_cancelled(struct session *s, uint64_t ticket)
{
	for (struct beside *b = server_of(s)->beside; b != NULL; b = b->next) {
		if (b->work->ticket == ticket)
			progress_stop(&b->work->progress);
	}
}

static void
host_stop(struct session *s)
{
	stop(server_of(s));
}

static const struct session_host host = {
	.text_changed = host_text_changed,
	.look_again = host_look_again,
	.start_over = host_start_over,
	.reload = host_reload,
	.settle = host_settle,
	.settle_if_short = host_settle_if_short,
	.watched = host_watched,
	.document_closed = host_document_closed,
	.work = host_work,
	.cancelled = host_cancelled,
	.stop = host_stop,
};

/* Warnings and worse reach the person at the editor's log, too. */
static void
log_to_client(void *ctx, enum log_level level, const char *line)
{
	struct server *srv = ctx;
	struct buf body = { 0 };
	struct jsonw w;

	log_to_stderr(NULL, level, line);
	if (srv->session.rpc.phase != RPC_OPEN || srv->stopping)
		return;
	w = rpc_notify_begin(&body, "window/logMessage");
	jsonw_object(&w);
	jsonw_key_int(&w, "type", level);
	jsonw_key_text(&w, "message", line);
	jsonw_object_end(&w);
	rpc_notify_end(&srv->session.rpc, &body);
}

static void
start(struct server *srv, const struct server_options *options)
{
	uv_loop_init(&srv->loop);
	session_init(&srv->session, server_methods, send_body, &host);
	srv->session.client_pid = options->client_pid;
	srv->framer.body_max = options->body_max;
	uv_timer_init(&srv->loop, &srv->client_check);
	srv->client_check.data = srv;
	uv_timer_init(&srv->loop, &srv->telling);
	srv->telling.data = srv;
	uv_timer_start(&srv->client_check, on_client_check, CLIENT_CHECK_MS, CLIENT_CHECK_MS);
	srv->refresh = refresh_open(&srv->loop, &srv->session);
	log_set_sink(log_to_client, srv);
	srv->transport = transport_open(&srv->loop, options, on_bytes, on_end, srv);
	/* An end that came before there was a transport to close. */
	if (srv->stopping)
		transport_close(srv->transport);
}

int
server_run(const struct server_options *options)
{
	struct server *srv = mem_alloc(1, sizeof *srv);
	int status;

	process_share_heap();
	process_survive_broken_pipes();
	if (options->log_path != NULL) {
		srv->log = fopen(options->log_path, "ae");
		if (srv->log == NULL)
			log_line(LOG_WARNING, "cannot write the log '%s'; going on without it",
				 options->log_path);
	}
	start(srv, options);
	uv_run(&srv->loop, UV_RUN_DEFAULT);

	status = srv->session.rpc.phase == RPC_DONE && !srv->failed ? EXIT_SUCCESS : EXIT_FAILURE;
	log_set_sink(NULL, NULL);
	session_free(&srv->session);
	message_free(&srv->message);
	buf_free(&srv->raw);
	if (srv->log != NULL)
		fclose(srv->log);
	if (uv_loop_close(&srv->loop) != 0) {
		log_line(LOG_ERROR, "a handle was left open"); /* our own mistake */
		status = EXIT_FAILURE;
	}
	free(srv);
	return status;
}
