#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "platform/clock.h"
#include "platform/process.h"
#include "support/test.h"

static bool
gather(void *ctx, struct span piece)
{
	struct buf *out = ctx;

	buf_add(out, piece);
	return out->len < 1000000;
}

/* What a script prints, run by the shell; *code and *status tell how it ended. */
struct outcome {
	struct buf out;
	int code;
	enum status status;
	struct error err;
};

static void
run_program(struct outcome *o, const char *const *arguments, const char *folder,
	    const char *const *environment, unsigned timeout_ms, struct progress *progress)
{
	const struct process_order order = {
		.arguments = arguments,
		.folder = folder,
		.environment = environment,
		.timeout_ms = timeout_ms,
		.output = gather,
		.ctx = &o->out,
		.progress = progress,
	};

	*o = (struct outcome){ 0 };
	o->status = process_run(&order, &o->code, &o->err);
}

static void
run_script(struct outcome *o, const char *script, unsigned timeout_ms, struct progress *progress)
{
	const char *const arguments[] = { "sh", "-c", script, NULL };

	run_program(o, arguments, "/", NULL, timeout_ms, progress);
}

static void
output_and_exit_status_are_told(void **state)
{
	static const struct {
		const char *script, *out;
		int code;
	} cases[] = {
		{"echo one; echo two",        "one\ntwo\n", 0},
		{ "exit 7",                   "",           7},
		{ "pwd",                      "/\n",        0},
		{ "cat; echo end",            "end\n",      0}, /* no input, and nobody waits for it */
		{ "echo error >&2; echo out", "out\n",      0},
		{ "sleep 0.1 && echo late",   "late\n",     0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct outcome o;

		run_script(&o, cases[i].script, 20000, NULL);
		assert_int_equal(o.status, STATUS_OK);
		assert_int_equal(o.code, cases[i].code);
		assert_string_equal(buf_text(&o.out), cases[i].out);
		buf_free(&o.out);
	}
}

static void
no_shell_looks_at_the_arguments(void **state)
{
	static const char *const arguments[] = { "printf", "%s|", "a b", "$HOME", "*", "", NULL };
	struct outcome o;

	(void)state;
	run_program(&o, arguments, NULL, NULL, 20000, NULL);
	assert_int_equal(o.status, STATUS_OK);
	assert_string_equal(buf_text(&o.out), "a b|$HOME|*||");
	buf_free(&o.out);
}

static void
the_environment_is_ours_with_changes(void **state)
{
	static const char *const arguments[] = { "sh", "-c",
						 "echo \"$COVLS_A,$COVLS_B,${COVLS_C-none}\"",
						 NULL };
	static const char *const changes[] = { "COVLS_B=new=2", "COVLS_C", NULL };
	struct outcome o;

	(void)state;
	setenv("COVLS_A", "kept", 1);
	setenv("COVLS_B", "old", 1);
	setenv("COVLS_C", "gone", 1);
	run_program(&o, arguments, NULL, changes, 20000, NULL);
	assert_string_equal(buf_text(&o.out), "kept,new=2,none\n");
	assert_string_equal(getenv("COVLS_B"), "old");
	buf_free(&o.out);
}

static void
what_cannot_be_run_is_told(void **state)
{
	static const char *const nothing[] = { "covls-no-such-program", NULL };
	static const char *const folder[] = { "/etc", NULL };
	static const char *const plain[] = { "true", NULL };
	struct outcome o;

	(void)state;
	run_program(&o, nothing, NULL, NULL, 1000, NULL);
	assert_int_equal(o.status, STATUS_MISSING);
	assert_string_equal(o.err.text, "'covls-no-such-program' is not there to be run");
	run_program(&o, folder, NULL, NULL, 1000, NULL);
	assert_int_equal(o.status, STATUS_DENIED);
	run_program(&o, plain, "/covls-no-such-folder", NULL, 1000, NULL);
	assert_int_equal(o.status, STATUS_MISSING);
}

static void
what_takes_too_long_is_killed(void **state)
{
	struct outcome o;
	int64_t start = clock_steady_ns();

	(void)state;
	run_script(&o, "echo begun; exec sleep 60", 300, NULL);
	assert_int_equal(o.status, STATUS_LIMIT);
	assert_string_equal(buf_text(&o.out), "begun\n");
	buf_free(&o.out);
	/* A process that it started keeps the pipe open: it is not waited for. */
	run_script(&o, "sleep 3 & echo begun", 300, NULL);
	assert_int_equal(o.status, STATUS_LIMIT);
	buf_free(&o.out);
	run_script(&o, "kill -TERM $$", 20000, NULL);
	assert_int_equal(o.status, STATUS_BAD_DATA);
	assert_non_null(strstr(o.err.text, "signal 15"));
	assert_true(clock_steady_ns() - start < INT64_C(30000000000));
}

static void
too_much_output_ends_the_program(void **state)
{
	struct outcome o;

	(void)state;
	run_script(&o, "while :; do echo 0123456789012345678901234567890123456789; done", 60000,
		   NULL);
	assert_int_equal(o.status, STATUS_STOPPED);
	assert_true(o.out.len >= 1000000 && o.out.len < 1100000);
	buf_free(&o.out);
}

static void
nobody_wants_it_any_more(void **state)
{
	struct progress progress = { 0 };
	struct outcome o;

	(void)state;
	atomic_store(&progress.stop, true);
	run_script(&o, "exec sleep 60", 60000, &progress);
	assert_int_equal(o.status, STATUS_STOPPED);
	buf_free(&o.out);
}

static void *
run_many(void *arg)
{
	bool *good = arg;

	*good = true;
	for (int i = 0; i < 20 && *good; i++) {
		struct outcome o;

		run_script(&o, "echo x; exit 3", 20000, NULL);
		*good = o.status == STATUS_OK && o.code == 3 && o.out.len == 2;
		buf_free(&o.out);
	}
	return NULL;
}

static void
threads_run_programs_at_once(void **state)
{
	pthread_t threads[4];
	bool good[4];

	(void)state;
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, run_many, &good[i]), 0);
	for (size_t i = 0; i < 4; i++) {
		pthread_join(threads[i], NULL);
		assert_true(good[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(output_and_exit_status_are_told),
		cmocka_unit_test(no_shell_looks_at_the_arguments),
		cmocka_unit_test(the_environment_is_ours_with_changes),
		cmocka_unit_test(what_cannot_be_run_is_told),
		cmocka_unit_test(what_takes_too_long_is_killed),
		cmocka_unit_test(too_much_output_ends_the_program),
		cmocka_unit_test(nobody_wants_it_any_more),
		cmocka_unit_test(threads_run_programs_at_once),
	};

	return cmocka_run_group_tests_name("process", tests, NULL, NULL);
}
