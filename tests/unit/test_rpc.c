#include <stdlib.h>

#include "rpc/dispatch.h"
#include "rpc/fields.h"
#include "rpc/message.h"
#include "support/test.h"

/* The value of `text`, read `step` bytes at a time; NULL and *ok false when it is refused. */
static json_object *
read_value(struct message *m, struct span text, size_t step, bool *ok)
{
	json_object *value = NULL;
	const char *why = NULL;
	uint64_t offset;

	for (size_t at = 0; at < text.len; at += step)
		message_add(m, span_cut(text, at, at + step < text.len ? at + step : text.len));
	*ok = message_take(m, &value, &why, &offset);
	assert_true(*ok || why != NULL);
	return value;
}

static void
bodies_are_read_at_every_chunk_size(void **state)
{
	static const struct {
		const char *text, *want; /* NULL: refused */
	} cases[] = {
		{"{\"id\":1}",				 "{\"id\":1}"                   },
		{ "[1,\"\\u00e9\",{\"a\":{\"b\":[]}}] \r\n\t",
                 "[1,\"\xc3\xa9\",{\"a\":{\"b\":[]}}]"                                        },
		{ "{\"id\":1",				 NULL                           },
		{ "x{}",				       NULL                           },
		{ "{}{}",				      NULL                           },
		{ "",					  NULL			   },
		{ "null",				      "null"                         },
		{ "{\"a\":1,\"a\":2}",                         "{\"a\":2}"                    },
		{ "[1.50,99999999999999999999,-0]",            "[1.50,99999999999999999999,0]"},
		{ "7",					 "7"			    },
	};
	static struct message m; /* one reader for all: each take must leave it clean */
	bool ok;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		for (size_t step = 1; step <= strlen(cases[i].text) + 1; step++) {
			json_object *got = read_value(&m, span_of(cases[i].text), step, &ok);
			const char *text =
				ok ? json_object_to_json_string_ext(got, JSON_C_TO_STRING_PLAIN)
				   : "refused";

			if (strcmp(text, cases[i].want == NULL ? "refused" : cases[i].want) != 0)
				fail_msg("%s, %zu bytes at a time: got %s", cases[i].text, step,
					 text);
			json_object_put(got);
		}
	}
	message_free(&m);
}

static void
long_texts_are_moved_not_copied(void **state)
{
	static struct message m;
	struct buf body = { 0 }, text = { 0 };
	json_object *value;
	bool ok;

	(void)state;
	buf_add_text(&body, "{\"text\":\"");
	for (size_t i = 0; i < MESSAGE_TEXT_BIG; i++)
		buf_add_text(&body, "ab\\n");
	buf_add_text(&body, "\",\"short\":\"s\"}");
	value = read_value(&m, buf_span(&body), 1000, &ok);
	assert_true(ok);
	assert_int_equal(fields_text(value, "text").len, 0);
	assert_true(message_take_text(fields_get(value, "text"), &text));
	assert_int_equal(text.len, 3 * MESSAGE_TEXT_BIG);
	assert_memory_equal(text.at + text.len - 3, "ab\n", 3);
	buf_reset(&text);
	assert_true(message_take_text(fields_get(value, "short"), &text));
	assert_true(span_equal(buf_span(&text), SPAN("s")));
	assert_false(message_take_text(NULL, &text));
	json_object_put(value);
	buf_free(&text);
	buf_free(&body);
	message_free(&m);
}

static void
fields_are_found_by_path(void **state)
{
	json_object *o = json_tokener_parse(
		"{\"a\":{\"b\":{\"c\":\"x\",\"n\":5,\"t\":true,\"z\":null}},\"s\":\"\"}");

	(void)state;
	assert_true(span_equal(fields_text(o, "a.b.c"), SPAN("x")));
	assert_null(fields_text(o, "a.b").at);
	assert_non_null(fields_text(o, "s").at);
	assert_int_equal(fields_int(o, "a.b.n", 9), 5);
	assert_int_equal(fields_int(o, "a.b.c", 9), 9);
	assert_true(fields_bool(o, "a.b.t", false));
	assert_true(fields_has(o, "a.b.z"));
	assert_false(fields_has(o, "a.b.y"));
	assert_null(fields_get(o, "a.x.c"));
	assert_null(fields_get(NULL, "a"));
	json_object_put(o);
}

/* What the conn under test has sent, one message a line. */
static struct {
	struct buf sent;
	uint64_t ticket;
	int notified;
} world;

static void
send_to_world(void *ctx, struct buf *body)
{
	(void)ctx;
	buf_add(&world.sent, buf_span(body));
	buf_add_char(&world.sent, '\n');
	buf_free(body);
}

static enum rpc_code
on_echo(void *ctx, json_object *params, struct jsonw *result, uint64_t ticket, struct error *err)
{
	(void)ctx;
	(void)ticket;
	if (!fields_has(params, "x")) {
		error_set(err, STATUS_USAGE, "x is missing");
		return RPC_INVALID_PARAMS;
	}
	jsonw_int(result, fields_int(params, "x", 0));
	return RPC_OK;
}

static enum rpc_code
on_later(void *ctx, json_object *params, struct jsonw *result, uint64_t ticket, struct error *err)
{
	(void)ctx;
	(void)params;
	(void)result;
	(void)err;
	world.ticket = ticket;
	return RPC_LATER;
}

static enum rpc_code
on_initialize(void *ctx, json_object *params, struct jsonw *result, uint64_t ticket,
	      struct error *err)
{
	(void)params;
	(void)ticket;
	(void)err;
	((struct rpc_conn *)ctx)->phase = RPC_OPEN;
	jsonw_null(result);
	return RPC_OK;
}

static void
on_note(void *ctx, json_object *params)
{
	(void)ctx;
	(void)params;
	world.notified++;
}

static const struct rpc_method rows[] = {
	{"echo",        RPC_OPEN,  on_echo,       NULL   },
	{ "exit",       RPC_ANY,   NULL,          on_note},
	{ "initialize", RPC_START, on_initialize, NULL   },
	{ "later",      RPC_OPEN,  on_later,      NULL   },
	{ "note",       RPC_OPEN,  NULL,          on_note},
};

static void
receive(struct rpc_conn *c, const char *text)
{
	json_object *msg = json_tokener_parse(text);

	buf_reset(&world.sent);
	rpc_receive(c, msg);
	json_object_put(msg);
}

#define ERROR(id, code)   "{\"jsonrpc\":\"2.0\",\"id\":" id ",\"error\":{\"code\":" code ","
#define RESULT(id, value) "{\"jsonrpc\":\"2.0\",\"id\":" id ",\"result\":" value "}\n"

static void
the_life_cycle_is_kept(void **state)
{
	static const struct {
		const char *sent, *start; /* what the answer begins with; "" for none */
	} story[] = {
		{"{\"id\":1,\"method\":\"echo\",\"params\":{\"x\":1}}", ERROR("1",                             "-32002") },
		{ "{\"id\":1,\"method\":\"nothing\"}",                                                    ERROR("1",                                                      "-32002") },
		{ "{\"method\":\"note\"}",					    ""                          },
		{ "{\"id\":2,\"method\":\"initialize\"}",        RESULT("2",                   "null") },
		{ "{\"id\":3,\"method\":\"initialize\"}",                                    ERROR("3",                                                "-32600") },
		{ "{\"id\":\"a\\\"b\",\"method\":\"echo\",\"params\":{\"x\":7}}",
                 RESULT("\"a\\\"b\"",        "7") },
		{ "{\"id\":4.50,\"method\":\"echo\",\"params\":{\"x\":7}}",                                                    RESULT("4.50",                           "7") },
		{ "{\"id\":5,\"method\":\"echo\"}",
                 ERROR("5",									      "-32602") "\"message\":\"x is missing\"}}\n" },
		{ "{\"id\":6,\"method\":\"nothing\"}",ERROR("6","-32601") },
		{ "{\"id\":6,\"method\":\"note\"}",                     ERROR("6",										    "-32601") },
		{ "{\"method\":\"nothing\"}",						    ""						     },
		{ "{\"method\":\"echo\",\"params\":{\"x\":1}}",                                            ""										    },
		{ "{\"id\":null,\"method\":\"echo\"}",                        ERROR("null","-32600") },
		{ "{\"id\":[1],\"method\":\"echo\"}",                           ERROR("null",           "-32600") },
		{ "{\"id\":7,\"method\":8}",         ERROR("7", "-32600") },
		{ "{\"id\":7,\"method\":\"echo\",\"params\":3}",                  ERROR("7",                    "-32600") },
		{ "{\"id\":7}",						    ERROR("7",						       "-32600") },
		{ "[]",					    ERROR("null",								      "-32600") },
		{ "3",				    ERROR("null",								"-32600") },
		{ "{\"id\":1,\"result\":null}",        ""                  },
		{ "{\"id\":1,\"error\":{\"code\":1,\"message\":\"\"}}",                                                    ""									    },
	};
	struct rpc_conn c = {
		.table = {rows, 5},
                  .send = send_to_world, .phase = RPC_START
	};

	(void)state;
	c.ctx = &c;
	for (size_t i = 0; i < sizeof story / sizeof story[0]; i++) {
		receive(&c, story[i].sent);
		struct span got = buf_span(&world.sent), want = span_of(story[i].start);

		if (!span_starts(got, want) || (want.len == 0 && got.len > 0))
			fail_msg("%s: got %.*s", story[i].sent, (int)got.len, got.at);
	}
	assert_int_equal(world.notified, 0);
	receive(&c, "{\"method\":\"note\"}");
	assert_int_equal(world.notified, 1);
	c.phase = RPC_DONE;
	receive(&c, "{\"id\":9,\"method\":\"echo\",\"params\":{\"x\":1}}");
	assert_true(span_starts(buf_span(&world.sent), SPAN(ERROR("9", "-32600"))));
	receive(&c, "{\"method\":\"note\"}");
	assert_int_equal(world.notified, 1);
	receive(&c, "{\"method\":\"exit\"}");
	assert_int_equal(world.notified, 2);
	rpc_conn_free(&c);
	buf_free(&world.sent);
}

static void
late_answers_can_be_cancelled(void **state)
{
	struct rpc_conn c = {
		.table = {rows, 5},
                  .send = send_to_world, .phase = RPC_OPEN
	};
	uint64_t first, second;

	(void)state;
	c.ctx = &c;
	receive(&c, "{\"id\":1,\"method\":\"later\"}");
	assert_int_equal(world.sent.len, 0);
	first = world.ticket;
	receive(&c, "{\"id\":\"1\",\"method\":\"later\"}");
	second = world.ticket;
	receive(&c, "{\"method\":\"$/cancelRequest\",\"params\":{\"id\":1}}");
	assert_true(span_starts(buf_span(&world.sent), SPAN(ERROR("1", "-32800"))));
	buf_reset(&world.sent);
	rpc_answer(&c, first, SPAN("true"));
	assert_int_equal(world.sent.len, 0);
	rpc_answer(&c, second, SPAN("true"));
	assert_true(span_equal(buf_span(&world.sent), SPAN(RESULT("\"1\"", "true"))));
	receive(&c, "{\"method\":\"$/cancelRequest\",\"params\":{\"id\":1}}");
	assert_int_equal(world.sent.len, 0);
	receive(&c, "{\"id\":2,\"method\":\"later\"}"); /* freed unanswered */
	rpc_conn_free(&c);
	buf_free(&world.sent);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bodies_are_read_at_every_chunk_size),
		cmocka_unit_test(long_texts_are_moved_not_copied),
		cmocka_unit_test(fields_are_found_by_path),
		cmocka_unit_test(the_life_cycle_is_kept),
		cmocka_unit_test(late_answers_can_be_cancelled),
	};

	return cmocka_run_group_tests_name("rpc", tests, NULL, NULL);
}
