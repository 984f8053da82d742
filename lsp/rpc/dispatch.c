#include "rpc/dispatch.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "rpc/fields.h"

struct rpc_open_request {
	uint64_t ticket;
	json_object *id;
};

static const char *
code_text(enum rpc_code code)
{
	switch (code) {
	case RPC_PARSE_ERROR:
		return "the message is not JSON";
	case RPC_INVALID_REQUEST:
		return "the request is not valid";
	case RPC_METHOD_NOT_FOUND:
		return "covls does not know this method";
	case RPC_INVALID_PARAMS:
		return "the parameters are not valid";
	case RPC_NOT_INITIALIZED:
		return "the server has not been initialized";
	case RPC_REQUEST_CANCELLED:
		return "the request was cancelled";
	case RPC_REQUEST_FAILED:
	case RPC_INTERNAL_ERROR:
	case RPC_OK:
	case RPC_LATER:
		break;
	}
	return "the request failed";
}

static struct jsonw
begin(struct buf *body)
{
	struct jsonw w = { .out = body };

	jsonw_object(&w);
	jsonw_key_text(&w, "jsonrpc", "2.0");
	return w;
}

/* Starts a reply to `id`: a string, a number in its own spelling, or NULL. */
static struct jsonw
begin_reply(struct buf *body, json_object *id)
{
	struct jsonw w = begin(body);

	jsonw_key(&w, "id");
	if (id == NULL)
		jsonw_null(&w);
	else if (json_object_is_type(id, json_type_string))
		jsonw_string(&w, (struct span){ json_object_get_string(id),
						(size_t)json_object_get_string_len(id) });
	else
		jsonw_raw(&w, span_of(json_object_to_json_string_ext(id, JSON_C_TO_STRING_PLAIN)));
	return w;
}

static void
send_error(struct rpc_conn *c, json_object *id, enum rpc_code code, const char *text)
{
	struct buf body = { 0 };
	struct jsonw w = begin_reply(&body, id);

	jsonw_key(&w, "error");
	jsonw_object(&w);
	jsonw_key_int(&w, "code", code);
	jsonw_key_text(&w, "message", text == NULL || *text == '\0' ? code_text(code) : text);
	jsonw_object_end(&w);
	jsonw_object_end(&w);
	c->send(c->ctx, &body);
}

static int
by_name(const void *name, const void *row)
{
	return strcmp(name, ((const struct rpc_method *)row)->name);
}

static const struct rpc_method *
find_method(const struct rpc_conn *c, const char *name)
{
	return bsearch(name, c->table.rows, c->table.count, sizeof *c->table.rows, by_name);
}

static void
put_off(struct rpc_conn *c, json_object *id, uint64_t ticket)
{
	c->open = mem_grow(c->open, c->open_count, &c->open_cap, sizeof *c->open);
	c->open[c->open_count++] = (struct rpc_open_request){ ticket, json_object_get(id) };
}

/* Takes a request off the list; the caller owns its id. False if it is not there. */
static bool
take_open(struct rpc_conn *c, size_t i, json_object **id)
{
	if (i >= c->open_count)
		return false;
	*id = c->open[i].id;
	memmove(&c->open[i], &c->open[i + 1], (--c->open_count - i) * sizeof *c->open);
	return true;
}

static size_t
find_open(const struct rpc_conn *c, uint64_t ticket)
{
	size_t i = 0;

	while (i < c->open_count && c->open[i].ticket != ticket)
		i++;
	return i;
}

static bool
same_id(json_object *a, json_object *b)
{
	return json_object_get_type(a) == json_object_get_type(b) && json_object_equal(a, b) != 0;
}

static void
cancel(struct rpc_conn *c, json_object *id)
{
	json_object *open_id;
	uint64_t ticket;
	size_t i = 0;

	while (i < c->open_count && !same_id(c->open[i].id, id))
		i++;
	ticket = i < c->open_count ? c->open[i].ticket : 0;
	if (!take_open(c, i, &open_id))
		return;
	send_error(c, open_id, RPC_REQUEST_CANCELLED, NULL);
	json_object_put(open_id);
	if (c->cancelled != NULL)
		c->cancelled(c->ctx, ticket);
}

/* Why the request may not be served now, or RPC_OK; `m` is NULL if there is no such method. */
static enum rpc_code
refusal(const struct rpc_conn *c, const struct rpc_method *m)
{
	if (m != NULL && (m->phases & c->phase) != 0)
		return RPC_OK;
	if (c->phase == RPC_START)
		return RPC_NOT_INITIALIZED;
	return m == NULL && c->phase == RPC_OPEN ? RPC_METHOD_NOT_FOUND : RPC_INVALID_REQUEST;
}

static void
serve_request(struct rpc_conn *c, const char *name, json_object *id, json_object *params)
{
	const struct rpc_method *row = find_method(c, name);
	const struct rpc_method *m = row != NULL && row->request != NULL ? row : NULL;
	enum rpc_code code = refusal(c, m);
	struct error err = { 0 };
	struct buf body = { 0 };
	struct jsonw w;
	json_object *kept = NULL;
	uint64_t ticket = ++c->next_ticket;

	if (m == NULL || code != RPC_OK) {
		send_error(c, id, code, NULL);
		return;
	}
	w = begin_reply(&body, id);
	jsonw_key(&w, "result");
	/* Put off before it is served, so that an answer may come from inside the handler. */
	put_off(c, id, ticket);
	code = m->request(c->ctx, params, &w, ticket, &err);
	if (code == RPC_LATER) {
		buf_free(&body);
		return;
	}
	take_open(c, find_open(c, ticket), &kept);
	if (code == RPC_OK) {
		jsonw_object_end(&w);
		c->send(c->ctx, &body);
	} else {
		buf_free(&body);
		send_error(c, id, code, err.text);
	}
	json_object_put(kept);
}

static void
serve_notification(struct rpc_conn *c, const char *name, json_object *params)
{
	const struct rpc_method *m;

	if (strcmp(name, "$/cancelRequest") == 0) {
		cancel(c, fields_get(params, "id"));
		return;
	}
	m = find_method(c, name);
	if (m != NULL && m->notify != NULL && (m->phases & c->phase) != 0)
		m->notify(c->ctx, params);
}

static bool
is_id(json_object *id)
{
	return json_object_is_type(id, json_type_string) ||
	       json_object_is_type(id, json_type_int) || json_object_is_type(id, json_type_double);
}

void
rpc_receive(struct rpc_conn *c, json_object *msg)
{
	json_object *id = NULL, *method = fields_get(msg, "method"),
		    *params = fields_get(msg, "params");
	bool has_id = fields_has(msg, "id");

	if (!json_object_is_type(msg, json_type_object)) {
		rpc_refuse(c, RPC_INVALID_REQUEST, "a message must be one JSON object");
		return;
	}
	id = fields_get(msg, "id");
	if (method == NULL && has_id && (fields_has(msg, "result") || fields_has(msg, "error"))) {
		if (c->answered != NULL)
			c->answered(c->ctx, fields_int(msg, "id", 0), !fields_has(msg, "error"));
		return;
	}
	if (!json_object_is_type(method, json_type_string)) {
		send_error(c, is_id(id) ? id : NULL, RPC_INVALID_REQUEST,
			   "the message has no method");
		return;
	}
	if (params != NULL && !json_object_is_type(params, json_type_object) &&
	    !json_object_is_type(params, json_type_array)) {
		if (has_id)
			send_error(c, is_id(id) ? id : NULL, RPC_INVALID_REQUEST,
				   "params must be an object or an array");
		return;
	}
	if (!has_id)
		serve_notification(c, json_object_get_string(method), params);
	else if (is_id(id))
		serve_request(c, json_object_get_string(method), id, params);
	else
		rpc_refuse(c, RPC_INVALID_REQUEST, "an id must be a number or a string");
}

void
rpc_refuse(struct rpc_conn *c, enum rpc_code code, const char *why)
{
	send_error(c, NULL, code, why);
}

void
rpc_answer(struct rpc_conn *c, uint64_t ticket, struct span result)
{
	struct buf body = { 0 };
	json_object *id;
	struct jsonw w;

	if (!take_open(c, find_open(c, ticket), &id))
		return;
	w = begin_reply(&body, id);
	jsonw_key(&w, "result");
	jsonw_raw(&w, result);
	jsonw_object_end(&w);
	c->send(c->ctx, &body);
	json_object_put(id);
}

void
rpc_answer_error(struct rpc_conn *c, uint64_t ticket, enum rpc_code code, const char *why)
{
	json_object *id;

	if (!take_open(c, find_open(c, ticket), &id))
		return;
	send_error(c, id, code, why);
	json_object_put(id);
}

struct jsonw
rpc_notify_begin(struct buf *body, const char *method)
{
	struct jsonw w = begin(body);

	jsonw_key_text(&w, "method", method);
	jsonw_key(&w, "params");
	return w;
}

void
rpc_notify_end(struct rpc_conn *c, struct buf *body)
{
	buf_add_char(body, '}');
	c->send(c->ctx, body);
}

void
rpc_notify(struct rpc_conn *c, const char *method, struct span params)
{
	struct buf body = { 0 };
	struct jsonw w = rpc_notify_begin(&body, method);

	jsonw_raw(&w, params);
	rpc_notify_end(c, &body);
}

int64_t
rpc_request(struct rpc_conn *c, const char *method, struct span params)
{
	struct buf body = { 0 };
	struct jsonw w = begin(&body);

	jsonw_key_int(&w, "id", ++c->next_id);
	jsonw_key_text(&w, "method", method);
	jsonw_key(&w, "params");
	jsonw_raw(&w, params);
	jsonw_object_end(&w);
	c->send(c->ctx, &body);
	return c->next_id;
}

void
rpc_conn_free(struct rpc_conn *c)
{
	for (size_t i = 0; i < c->open_count; i++)
		json_object_put(c->open[i].id);
	free(c->open);
	c->open = NULL;
	c->open_count = c->open_cap = 0;
}
