/*
 * transport.h - bytes from the client and back, over whatever it speaks.
 *
 * Three ways: standard input and output; a named pipe (a socket file); a TCP port of this machine. For
 * the last two covls connects if somebody listens there, and else listens and serves the first that
 * comes. Touched from the loop's thread only.
 */
#ifndef COVLS_SERVER_TRANSPORT_H
#define COVLS_SERVER_TRANSPORT_H

#include <uv.h>

#include "base/buf.h"
#include "base/status.h"
#include "server/server.h"

#define TRANSPORT_READ_SIZE (64 * 1024)

struct transport;

/* Bytes have come; `bytes` is read during the call only. */
typedef void transport_bytes_fn(void *ctx, struct span bytes);

/* The client has gone, or there was never one: *why says so, or is empty for an ordinary end. Comes
 * once, and never after transport_close(). */
typedef void transport_end_fn(void *ctx, const struct error *why);

struct transport *transport_open(uv_loop_t *loop, const struct server_options *options,
				 transport_bytes_fn *on_bytes, transport_end_fn *on_end, void *ctx);

/* Sends one message; takes the content of `body` over. What cannot be sent is dropped: the reading
 * side learns that the client has gone. */
void transport_send(struct transport *t, struct buf *body);

/* Stops reading, lets what was sent go out, and closes. Memory is freed when the loop has run the
 * closing callbacks. */
void transport_close(struct transport *t);

#endif
