#include "git.h"

#include <stdatomic.h>

#include "platform/clock.h"

/* One late answer may be the machine's fault. */
#define LATE_MAX 2
/* A git that hangs is asked again after so long. */
#define AGAIN_NS (INT64_C(30) * 1000000000)

/* Answers in a row that did not come in time, and until when nobody asks because of that. */
static atomic_uint late_count;
static _Atomic int64_t silent_until;

static bool
is_silent(void)
{
	return atomic_load(&late_count) >= LATE_MAX &&
	       clock_steady_ns() < atomic_load(&silent_until);
}

static void
note_answer(enum status status)
{
	if (status == STATUS_OK) {
		atomic_store(&late_count, 0);
	} else if (status == STATUS_LIMIT) {
		atomic_store(&silent_until, clock_steady_ns() + AGAIN_NS);
		atomic_fetch_add(&late_count, 1);
	}
}

static enum status
ask(const struct git_order *order, int *code)
{
	static const char *const first[] = {
		"git",
		"--no-pager",
		"--literal-pathspecs",
		"-c",
		"core.fsmonitor=",
		"-c",
		"core.hooksPath=/dev/null",
		"-c",
		"log.showSignature=false",
	};
	static const char *const environment[] = {
		"GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0",
		/* The second is for git before 2.44: there is no protocol of that name. */
		"GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none",
		/* Of a hook that runs covls: they name another repository, or half of this one. */
		"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR",
		"GIT_OBJECT_DIRECTORY", NULL
	};
	const char *arguments[sizeof first / sizeof first[0] + GIT_WORDS_MAX + 1];
	const struct process_order process = {
		.arguments = arguments,
		.folder = order->folder,
		.environment = environment,
		.timeout_ms = order->timeout_ms,
		.output = order->output,
		.ctx = order->ctx,
		.progress = order->progress,
	};
	size_t count = 0;

	for (; count < sizeof first / sizeof first[0]; count++)
		arguments[count] = first[count];
	for (size_t i = 0; i < GIT_WORDS_MAX && order->words[i] != NULL; i++)
		arguments[count++] = order->words[i];
	arguments[count] = NULL;
	return process_run(&process, code, NULL);
}

enum status
git_run(const struct git_order *order, int *code)
{
	enum status status;

	if (is_silent())
		return STATUS_LIMIT;
	status = ask(order, code);
	note_answer(status);
	return status;
}
