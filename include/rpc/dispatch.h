/*
 * dispatch.h - JSON-RPC and LSP's life cycle: which message may be served when, and how it is answered.
 *
 * A table of methods says what exists. The dispatcher alone knows the protocol's rules:
 *
 *   not JSON                      error -32700, id null
 *   no request object, bad id     error -32600, id null
 *   before `initialize`           requests: error -32002; notifications: dropped, but for `exit`
 *   an unknown request            error -32601; an unknown notification is ignored
 *   `initialize` a second time    error -32600
 *   after `shutdown`              requests: error -32600; notifications: dropped, but for `exit`
 *   $/cancelRequest               a request that is still open is answered with -32800
 *
 * A request is mostly answered at once; a handler that cannot returns RPC_LATER and the answer is
 * given with rpc_answer(). An id goes back as it came, number or string.
 */
#ifndef COVLS_RPC_DISPATCH_H
#define COVLS_RPC_DISPATCH_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"
#include "format/jsonw.h"

/* When a method may be called; one bit each, so that a row can name several. */
enum rpc_phase {
	RPC_START = 1, /* nothing has come yet */
	RPC_OPEN = 2,  /* after `initialize` */
	RPC_DONE = 4,  /* after `shutdown` */
	RPC_ANY = 7,
};

enum rpc_code {
	RPC_OK = 0,
	RPC_LATER = 1,
	RPC_PARSE_ERROR = -32700,
	RPC_INVALID_REQUEST = -32600,
	RPC_METHOD_NOT_FOUND = -32601,
	RPC_INVALID_PARAMS = -32602,
	RPC_INTERNAL_ERROR = -32603,
	RPC_NOT_INITIALIZED = -32002,
	RPC_REQUEST_FAILED = -32803,
	RPC_REQUEST_CANCELLED = -32800,
};

/*
 * Serves a request: writes exactly one value to `result` and returns RPC_OK; or returns an error code,
 * with a text in *err if it has one to give; or returns RPC_LATER, having kept `ticket`. `ctx` is the
 * conn's; `params` is borrowed and may be NULL.
 */
typedef enum rpc_code rpc_request_fn(void *ctx, json_object *params, struct jsonw *result,
				     uint64_t ticket, struct error *err);

/* Takes note of a notification; there is nobody to tell of an error. */
typedef void rpc_notify_fn(void *ctx, json_object *params);

/* One row: a request handler or a notification handler, never both. */
struct rpc_method {
	const char *name;
	unsigned phases; /* enum rpc_phase, or-ed together */
	rpc_request_fn *request;
	rpc_notify_fn *notify;
};

/* Rows in the order of strcmp(), for bsearch(). */
struct rpc_table {
	const struct rpc_method *rows;
	size_t count;
};

/* Sends one message body; takes the content of `body` over. */
typedef void rpc_send_fn(void *ctx, struct buf *body);

/* The client has answered our request `id`; false: with an error. */
typedef void rpc_answered_fn(void *ctx, int64_t id, bool granted);

/* Nobody wants the answer to a request that was put off any more. */
typedef void rpc_cancelled_fn(void *ctx, uint64_t ticket);

/* One client. Zero it, set the first four, end it with rpc_conn_free(). */
struct rpc_conn {
	struct rpc_table table;
	rpc_send_fn *send;
	void *ctx; /* for the handlers and for send() */
	enum rpc_phase phase;
	rpc_answered_fn *answered;   /* NULL: nobody waits for answers */
	rpc_cancelled_fn *cancelled; /* NULL: no work is ended early */

	struct rpc_open_request *open; /* those to be answered later */
	size_t open_count, open_cap;
	uint64_t next_ticket;
	int64_t next_id; /* for requests that we send */
};

/* Serves one message, which is borrowed. */
void rpc_receive(struct rpc_conn *c, json_object *msg);

/* Tells the client that what it sent could not be taken for a message; `code` with a null id. */
void rpc_refuse(struct rpc_conn *c, enum rpc_code code, const char *why);

/* Answers a request that was put off; `result` is one JSON value. Nothing happens if it has been
 * cancelled meanwhile. */
void rpc_answer(struct rpc_conn *c, uint64_t ticket, struct span result);

/* The same with an error. */
void rpc_answer_error(struct rpc_conn *c, uint64_t ticket, enum rpc_code code, const char *why);

/* Sends a notification; `params` is one JSON value. */
void rpc_notify(struct rpc_conn *c, const char *method, struct span params);

/* Starts the body of a notification in `body`, whose params the writer then adds; rpc_notify_end()
 * sends it. For params that are too long to be built twice. */
struct jsonw rpc_notify_begin(struct buf *body, const char *method);
void rpc_notify_end(struct rpc_conn *c, struct buf *body);

/* Sends a request; returns its id, which is above 0. */
int64_t rpc_request(struct rpc_conn *c, const char *method, struct span params);

void rpc_conn_free(struct rpc_conn *c);

#endif
