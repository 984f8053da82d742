#include <string.h>

#include "feature/work_done.h"
#include "server/methods.h"
#include "support/test.h"

#define TITLE "Reading coverage data"

/* What was sent, a message a line, which request is to be answered later, and which was said to be cancelled. */
static struct {
	struct buf sent;
	uint64_t asked, cancelled;
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
cancelled(struct session *s, uint64_t ticket)
{
	(void)s;
	world.cancelled = ticket;
}

static void
reload(struct session *s, uint64_t ticket)
{
	(void)s;
	world.asked = ticket;
}

static const struct session_host host = { .reload = reload, .cancelled = cancelled };

static void
begin_session(struct session *s, bool shows)
{
	session_init(s, server_methods, send_to_world, &host);
	s->rpc.phase = RPC_OPEN;
	s->shows_progress = shows;
	world.cancelled = 0;
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
	work_done_begin(&s, &p, TITLE);
	expect_holds("\"id\":1,\"method\":\"window/workDoneProgress/create\",\"params\":"
		     "{\"token\":\"covls-1\"}");
	work_done_begin(&s, &p, TITLE); /* once is enough */
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
	work_done_end(&s, &p);
	expect_holds("{\"kind\":\"end\"}");
	work_done_end(&s, &p);
	expect_sent("");
	work_done_begin(&s, &p, TITLE);
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
	work_done_begin(&s, &p, TITLE);
	work_done_report(&s, &p);
	work_done_end(&s, &p);
	expect_sent("");
	session_free(&s);

	begin_session(&s, true);
	work_done_begin(&s, &p, TITLE);
	expect_holds("create");
	receive(&s, "{\"id\":1,\"error\":{\"code\":-32603,\"message\":\"no\"}}");
	work_done_report(&s, &p);
	work_done_begin(&s, &p, TITLE); /* not asked again for the same reading */
	work_done_end(&s, &p);
	expect_sent("");
	work_done_begin(&s, &p, TITLE);
	expect_holds("create");
	work_done_end(&s, &p);
	receive(&s, "{\"id\":2,\"result\":null}"); /* too late */
	expect_sent("");
	session_free(&s);
}

static void
a_person_may_stop_it(void **state)
{
	struct session s;
	struct progress p = { 0 };

	(void)state;
	begin_session(&s, true);
	receive(&s,
		"{\"method\":\"window/workDoneProgress/cancel\",\"params\":{\"token\":\"covls-0\"}}");
	assert_false(progress_is_stopped(&p));
	work_done_begin(&s, &p, TITLE);
	receive(&s, "{\"id\":1,\"result\":null}");
	receive(&s,
		"{\"method\":\"window/workDoneProgress/cancel\",\"params\":{\"token\":\"else\"}}");
	receive(&s, "{\"method\":\"window/workDoneProgress/cancel\",\"params\":{\"token\":3}}");
	assert_false(progress_is_stopped(&p));
	receive(&s,
		"{\"method\":\"window/workDoneProgress/cancel\",\"params\":{\"token\":\"covls-1\"}}");
	assert_true(progress_is_stopped(&p));
	buf_reset(&world.sent);
	work_done_end(&s, &p);
	expect_holds("{\"kind\":\"end\",\"message\":\"stopped\"}");
	session_free(&s);
}

static void
one_thing_is_told_of_at_a_time(void **state)
{
	struct session s;
	struct progress p = { 0 }, other = { .done = 1, .total = 2 };

	(void)state;
	begin_session(&s, true);
	work_done_begin(&s, &p, TITLE);
	receive(&s, "{\"id\":1,\"result\":null}");
	buf_reset(&world.sent);
	work_done_begin(&s, &other, "Saving the baseline");
	work_done_report(&s, &other);
	work_done_end(&s, &other);
	expect_sent("");
	work_done_end(&s, &p);
	expect_holds("\"end\"");
	work_done_begin(&s, &other, "Saving the baseline");
	receive(&s, "{\"id\":2,\"result\":null}");
	expect_holds("\"title\":\"Saving the baseline\"");
	session_free(&s);
}

static void
who_works_for_a_request_hears_that_it_was_cancelled(void **state)
{
	struct session s;

	(void)state;
	begin_session(&s, true);
	receive(&s, "{\"method\":\"$/cancelRequest\",\"params\":{\"id\":5}}");
	assert_int_equal(world.cancelled, 0); /* there is no such request */
	receive(&s, "{\"id\":5,\"method\":\"workspace/executeCommand\",\"params\":{\"command\":"
		    "\"covls.reload\"}}");
	assert_int_not_equal(world.asked, 0);
	assert_int_equal(world.cancelled, 0);
	receive(&s, "{\"method\":\"$/cancelRequest\",\"params\":{\"id\":5}}");
	expect_holds("-32800");
	assert_int_equal(world.cancelled, world.asked);
	world.cancelled = 0;
	receive(&s, "{\"method\":\"$/cancelRequest\",\"params\":{\"id\":5}}");
	assert_int_equal(world.cancelled, 0); /* once */
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
		cmocka_unit_test(one_thing_is_told_of_at_a_time),
		cmocka_unit_test(who_works_for_a_request_hears_that_it_was_cancelled),
	};

	return cmocka_run_group_tests_name("work_done", tests, NULL, NULL);
}
