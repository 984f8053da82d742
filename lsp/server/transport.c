#include "transport.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "platform/terminal.h"

union stream {
	uv_handle_t handle;
	uv_stream_t stream;
	uv_pipe_t pipe;
	uv_tcp_t tcp;
};

struct transport {
	uv_loop_t *loop;
	struct server_options options;
	transport_bytes_fn *on_bytes;
	transport_end_fn *on_end;
	void *ctx;

	union stream in;  /* read; also written for a pipe or socket */
	union stream out; /* standard output */
	union stream listener;
	uv_stream_t *writes_to; /* NULL: nobody yet */
	uv_connect_t connect;
	uv_fs_t file_read; /* when standard input is a file */
	bool reads_file, file_busy;
	uv_timer_t patience; /* with a client that does not read what was sent to it */
	bool closing;
	unsigned open_handles;
	unsigned writes; /* under way */
	char buf[TRANSPORT_READ_SIZE];
};

/* What was sent before the end has so long to go out. */
#define PATIENCE_MS 2000

/* One message on its way out; frees itself in on_written(). */
struct outgoing {
	uv_write_t req;
	struct transport *owner;
	struct buf body;
	char head[48];
};

static void
on_closed(uv_handle_t *handle)
{
	struct transport *t = handle->data;

	if (--t->open_handles == 0 && !t->file_busy)
		free(t);
}

static void
close_handle(struct transport *t, union stream *s)
{
	if (s->handle.data == t && !uv_is_closing(&s->handle))
		uv_close(&s->handle, on_closed);
}

static void
close_all(struct transport *t)
{
	close_handle(t, &t->listener);
	close_handle(t, &t->in);
	close_handle(t, &t->out);
	if (!uv_is_closing((uv_handle_t *)&t->patience))
		uv_close((uv_handle_t *)&t->patience, on_closed);
}

static void
on_patience_over(uv_timer_t *timer)
{
	close_all(timer->data);
}

static void
end(struct transport *t, const struct error *why)
{
	static const struct error ordinary = { 0 };
	transport_end_fn *on_end = t->on_end;

	t->on_end = NULL;
	if (on_end != NULL && !t->closing)
		on_end(t->ctx, why != NULL ? why : &ordinary);
}

static void
on_written(uv_write_t *req, int status)
{
	struct outgoing *out = req->data;
	struct transport *t = out->owner;

	buf_free(&out->body);
	free(out);
	t->writes--;
	if (status < 0 && !t->closing)
		end(t, NULL); /* nobody reads any more */
	else if (t->writes == 0 && t->closing)
		close_all(t);
}

void
transport_send(struct transport *t, struct buf *body)
{
	struct outgoing *out = mem_alloc(1, sizeof *out);
	uv_buf_t bufs[2];

	out->owner = t;
	out->req.data = out;
	out->body = *body;
	*body = (struct buf){ 0 };
	snprintf(out->head, sizeof out->head, "Content-Length: %zu\r\n\r\n", out->body.len);
	bufs[0] = uv_buf_init(out->head, (unsigned)strlen(out->head));
	bufs[1] = uv_buf_init(out->body.at, (unsigned)out->body.len);
	t->writes++;
	if (t->writes_to == NULL || uv_write(&out->req, t->writes_to, bufs, 2, on_written) != 0)
		on_written(&out->req, 0); /* there is nobody: dropped */
}

static void
on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
	struct transport *t = handle->data;

	(void)suggested;
	*buf = uv_buf_init(t->buf, sizeof t->buf);
}

static void
on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct transport *t = stream->data;

	if (n < 0)
		end(t, NULL);
	else if (n > 0)
		t->on_bytes(t->ctx, (struct span){ buf->base, (size_t)n });
}

static void read_file(struct transport *t);

static void
on_file_read(uv_fs_t *req)
{
	struct transport *t = req->data;
	ssize_t n = req->result;

	uv_fs_req_cleanup(req);
	t->file_busy = false;
	if (t->closing) {
		if (t->open_handles == 0)
			free(t);
	} else if (n > 0) {
		t->on_bytes(t->ctx, (struct span){ t->buf, (size_t)n });
		read_file(t);
	} else {
		end(t, NULL);
	}
}

static void
read_file(struct transport *t)
{
	uv_buf_t buf = uv_buf_init(t->buf, sizeof t->buf);

	if (t->closing)
		return;
	t->file_busy = true;
	t->file_read.data = t;
	if (uv_fs_read(t->loop, &t->file_read, 0, &buf, 1, -1, on_file_read) != 0) {
		t->file_busy = false;
		end(t, NULL);
	}
}

static void
init_pipe(struct transport *t, union stream *s)
{
	uv_pipe_init(t->loop, &s->pipe, 0);
	s->handle.data = t;
	t->open_handles++;
}

static void
init_tcp(struct transport *t, union stream *s)
{
	uv_tcp_init(t->loop, &s->tcp);
	s->handle.data = t;
	t->open_handles++;
}

static int
open_stdio(struct transport *t)
{
	uv_handle_type in = uv_guess_handle(0);
	int error = 0;

	if (in == UV_TTY)
		fputs("covls: this is a language server, which an editor starts and talks to; "
		      "'covls --help' tells what else it can do\n",
		      stderr);
	init_pipe(t, &t->out);
	error = uv_pipe_open(&t->out.pipe, 1);
	if (error != 0)
		return error;
	t->writes_to = &t->out.stream;
	if (in == UV_FILE || in == UV_UNKNOWN_HANDLE) {
		read_file(t);
		return 0;
	}
	init_pipe(t, &t->in);
	error = uv_pipe_open(&t->in.pipe, 0);
	return error != 0 ? error : uv_read_start(&t->in.stream, on_alloc, on_read);
}

static void
start_reading(struct transport *t)
{
	int error = uv_read_start(&t->in.stream, on_alloc, on_read);

	t->writes_to = &t->in.stream;
	if (error != 0)
		end(t, NULL);
}

static void
on_client(uv_stream_t *listener, int status)
{
	struct transport *t = listener->data;

	if (status != 0 || t->writes_to != NULL || t->closing)
		return;
	if (t->options.transport == SERVER_PIPE)
		init_pipe(t, &t->in);
	else
		init_tcp(t, &t->in);
	if (uv_accept(listener, &t->in.stream) == 0)
		start_reading(t);
	close_handle(t, &t->listener); /* one client */
}

static void
fail(struct transport *t, const char *what, int error)
{
	struct error err;

	if (t->options.transport == SERVER_PIPE)
		error_set(&err, STATUS_DENIED, "cannot %s the pipe '%s': %s", what, t->options.pipe,
			  uv_strerror(error));
	else
		error_set(&err, STATUS_DENIED, "cannot %s port %u of 127.0.0.1: %s", what,
			  t->options.port, uv_strerror(error));
	end(t, &err);
}

/* A socket file that nobody listens on is left over from a process that has ended. */
static void
remove_left_over(const char *path)
{
	uv_fs_t req;
	bool is_socket = uv_fs_stat(NULL, &req, path, NULL) == 0 &&
			 (req.statbuf.st_mode & 0170000) == 0140000;

	uv_fs_req_cleanup(&req);
	if (is_socket) {
		uv_fs_unlink(NULL, &req, path, NULL);
		uv_fs_req_cleanup(&req);
	}
}

static void
start_listening(struct transport *t)
{
	struct sockaddr_in address;
	int error;

	if (t->options.transport == SERVER_PIPE) {
		init_pipe(t, &t->listener);
		remove_left_over(t->options.pipe);
		error = uv_pipe_bind(&t->listener.pipe, t->options.pipe);
	} else {
		init_tcp(t, &t->listener);
		uv_ip4_addr("127.0.0.1", t->options.port, &address);
		error = uv_tcp_bind(&t->listener.tcp, (const struct sockaddr *)&address, 0);
	}
	if (error == 0)
		error = uv_listen(&t->listener.stream, 1, on_client);
	if (error != 0)
		fail(t, "listen on", error);
}

/* The handle of an attempt that failed is closed; then we listen. */
static void
on_attempt_closed(uv_handle_t *handle)
{
	struct transport *t = handle->data;

	t->in.handle.data = NULL;
	t->open_handles--;
	if (!t->closing)
		start_listening(t);
	else if (t->open_handles == 0)
		free(t);
}

static void
on_connected(uv_connect_t *req, int status)
{
	struct transport *t = req->data;

	if (status == UV_ECANCELED)
		return;
	if (status == 0)
		start_reading(t);
	else if (!uv_is_closing(&t->in.handle))
		uv_close(&t->in.handle, on_attempt_closed);
}

static void
open_connection(struct transport *t)
{
	struct sockaddr_in address;
	int error;

	t->connect.data = t;
	if (t->options.transport == SERVER_PIPE) {
		init_pipe(t, &t->in);
		uv_pipe_connect(&t->connect, &t->in.pipe, t->options.pipe, on_connected);
		return;
	}
	init_tcp(t, &t->in);
	uv_ip4_addr("127.0.0.1", t->options.port, &address);
	error = uv_tcp_connect(&t->connect, &t->in.tcp, (const struct sockaddr *)&address,
			       on_connected);
	if (error != 0)
		uv_close(&t->in.handle, on_attempt_closed);
}

struct transport *
transport_open(uv_loop_t *loop, const struct server_options *options, transport_bytes_fn *on_bytes,
	       transport_end_fn *on_end, void *ctx)
{
	struct transport *t = mem_alloc(1, sizeof *t);
	int error;

	t->loop = loop;
	t->options = *options;
	t->on_bytes = on_bytes;
	t->on_end = on_end;
	t->ctx = ctx;
	uv_timer_init(loop, &t->patience);
	t->patience.data = t;
	t->open_handles++;
	if (options->transport != SERVER_STDIO) {
		open_connection(t);
	} else if ((error = open_stdio(t)) != 0) {
		struct error err;

		error_set(&err, STATUS_DENIED, "cannot use standard input and output: %s",
			  uv_strerror(error));
		end(t, &err);
	}
	return t;
}

void
transport_close(struct transport *t)
{
	if (t->closing)
		return;
	t->closing = true;
	if (t->in.handle.data == t && !uv_is_closing(&t->in.handle) &&
	    uv_is_readable(&t->in.stream))
		uv_read_stop(&t->in.stream);
	if (t->writes == 0)
		close_all(t);
	else
		uv_timer_start(&t->patience, on_patience_over, PATIENCE_MS, 0);
}
