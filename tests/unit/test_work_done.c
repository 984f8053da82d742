#include <string.h>

#include "feature/work_done.h"
#include "server/methods.h"
#include "support/test.h"

/* What was sent, a message a line, and what was asked of the host. */
static struct {
	struct buf sent;
	unsigned stopped;
} world;

static void
send_to_world(void *ctx, struct buf *body)
{
	(void)ctx;
	buf_add(&world.sent, buf_span(body));
	buf_add_char(&world.sent, '\n');
	buf_free(body);
}

static void
stop_reading(struct session *s)
{
	(void)s;
	world.stopped++;
}

static const struct session_host host = { .stop_reading = stop_reading };

static void
begin_session(struct session *s, bool shows)
{
	session_init(s, server_methods, send_to_world, &host);
	s->rpc.phase = RPC_OPEN;
	s->shows_progress = shows;
	world.stopped = 0;
}

static void
receive(struct session *s, const char *text)
{
	json_object *msg = json_tokener_parse(text);

	assert_non_null(msg);
	rpc_receive(&s->rpc, msg);
	json_object_put(msg);
}

/* What was sent since the last look, which is then forgotten. */
static void
expect_sent(const char *want)
{
	assert_string_equal(buf_text(&world.sent), want);
	buf_reset(&world.sent);
}

static void
expect_holds(const char *part)
{
	if (strstr(buf_text(&world.sent), part) == NULL)
		fail_msg("no %s in %s", part, buf_text(&world.sent));
	buf_reset(&world.sent);
}

static void
a_reading_is_announced_shown_and_ended(void **state)
{
	struct session s;
	struct progress p = { 0 };

	(void)state;
	begin_session(&s, true);
	work_done_begin(&s);
	expect_holds("\"id\":1,\"method\":\"window/workDoneProgress/create\",\"params\":"
		     "{\"token\":\"covls-1\"}");
	work_done_begin(&s); /* once is enough */
	work_done_report(&s, &p);
	expect_sent(""); /* the client has not agreed yet */
	receive(&s, "{\"id\":7,\"result\":null}");
	expect_sent(""); /* not our request */
	receive(&s, "{\"id\":1,\"result\":null}");
	expect_holds(
		"\"token\":\"covls-1\",\"value\":{\"kind\":\"begin\",\"title\":\"Reading coverage "
		"data\",\"cancellable\":true,\"percentage\":0}");
	work_done_report(&s, &p);
	expect_sent(""); /* nothing is known */
	progress_expect(&p, 200000000);
	progress_step(&p, 50000000);
	work_done_report(&s, &p);
	expect_holds("{\"kind\":\"report\",\"message\":\"50 of 200 MB\",\"percentage\":25}");
	work_done_report(&s, &p);
	expect_sent(""); /* no news */
	progress_expect(&p, 200000000);
	work_done_report(&s, &p);
	expect_sent(""); /* a percentage never falls */
	work_done_end(&s, NULL);
	expect_holds("{\"kind\":\"end\"}");
	work_done_end(&s, NULL);
	expect_sent("");
	work_done_begin(&s);
	expect_holds("\"covls-2\"");
	session_free(&s);
}

static void
a_client_may_not_know_or_not_want_progress(void **state)
{
	struct session s;
	struct progress p = { .done = 1, .total = 2 };

	(void)state;
	begin_session(&s, false);
	work_done_begin(&s);
	work_done_report(&s, &p);
	work_done_end(&s, NULL);
	expect_sent("");
	session_free(&s);

	begin_session(&s, true);
	work_done_begin(&s);
	expect_holds("create");
	receive(&s, "{\"id\":1,\"error\":{\"code\":-32603,\"message\":\"no\"}}");
	work_done_report(&s, &p);
	work_done_begin(&s); /* not asked again for the same reading */
	work_done_end(&s, NULL);
	expect_sent("");
	work_done_begin(&s);
	expect_holds("create");
	work_done_end(&s, NULL);
	receive(&s, "{\"id\":2,\"result\":null}"); /* too late */
	expect_sent("");
	session_free(&s);
}

static void
a_person_may_stop_it(void **state)
{
	struct session s;

	(void)state;
	begin_session(&s, true);
	receive(&s,
		"{\"method\":\"window/workDoneProgress/cancel\",\"params\":{\"token\":\"covls-0\"}}");
	assert_int_equal(world.stopped, 0);
	work_done_begin(&s);
	receive(&s, "{\"id\":1,\"result\":null}");
	receive(&s,
		"{\"method\":\"window/workDoneProgress/cancel\",\"params\":{\"token\":\"else\"}}");
	receive(&s, "{\"method\":\"window/workDoneProgress/cancel\",\"params\":{\"token\":3}}");
	assert_int_equal(world.stopped, 0);
	receive(&s,
		"{\"method\":\"window/workDoneProgress/cancel\",\"params\":{\"token\":\"covls-1\"}}");
	assert_int_equal(world.stopped, 1);
	buf_reset(&world.sent);
	work_done_end(&s, "stopped");
	expect_holds("{\"kind\":\"end\",\"message\":\"stopped\"}");
	session_free(&s);
	buf_free(&world.sent);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reading_is_announced_shown_and_ended),
		cmocka_unit_test(a_client_may_not_know_or_not_want_progress),
		cmocka_unit_test(a_person_may_stop_it),
	};

	return cmocka_run_group_tests_name("work_done", tests, NULL, NULL);
}
