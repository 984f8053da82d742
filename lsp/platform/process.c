#include "platform/process.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "base/buf.h"
#include "base/mem.h"
#include "base/text_list.h"

#define PIECE_SIZE ((size_t)64 * 1024)
#define LOOK_MS    50

/* A program while it runs, on a loop of its own. */
struct run {
	const struct process_order *order;
	uv_loop_t loop;
	uv_process_t process;
	uv_pipe_t output;
	uv_timer_t timeout, look;
	char *piece;
	bool ended, closed; /* the program has; nobody writes to us any more */
	int64_t code;
	int signal;
	enum status status; /* why it was killed, or STATUS_OK */
};

/* Linux keeps a process that was not waited for; its state, the field after the name, says so. */
static bool
is_zombie(int64_t pid)
{
	char path[64], stat[512];
	const char *after;
	FILE *file;
	size_t len;

	snprintf(path, sizeof path, "/proc/%lld/stat", (long long)pid);
	file = fopen(path, "r");
	if (file == NULL)
		return false;
	len = fread(stat, 1, sizeof stat - 1, file);
	fclose(file);
	stat[len] = '\0';
	after = strrchr(stat, ')'); /* the name may hold anything */
	return after != NULL && after[1] == ' ' && (after[2] == 'Z' || after[2] == 'X');
}

bool
process_has_ended(int64_t pid)
{
	if (pid <= 0 || pid > INT32_MAX)
		return false;
	if (kill((pid_t)pid, 0) != 0)
		return errno == ESRCH;
	return is_zombie(pid);
}

void
process_share_heap(void)
{
#ifdef __GLIBC__
	mallopt(M_ARENA_MAX, 1);
#endif
}

void
process_survive_broken_pipes(void)
{
	signal(SIGPIPE, SIG_IGN);
}

static void
close_handle(uv_handle_t *handle, void *ctx)
{
	(void)ctx;
	if (!uv_is_closing(handle))
		uv_close(handle, NULL);
}

/* When there is nothing more to come, the loop ends by itself. */
static void
finish(struct run *run)
{
	if (run->ended && run->closed)
		uv_walk(&run->loop, close_handle, NULL);
}

/* Whoever else has our pipe open, a process that the program started, is no longer listened to. */
static void
give_up(struct run *run, enum status status)
{
	if (run->status == STATUS_OK)
		run->status = status;
	if (!run->ended)
		uv_process_kill(&run->process, SIGKILL);
	run->closed = true;
	if (!uv_is_closing((uv_handle_t *)&run->output))
		uv_close((uv_handle_t *)&run->output, NULL);
	finish(run);
}

static void
on_exit_of(uv_process_t *process, int64_t code, int signal)
{
	struct run *run = process->data;

	run->ended = true;
	run->code = code;
	run->signal = signal;
	finish(run);
}

static void
on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
	struct run *run = handle->data;

	(void)suggested;
	*buf = uv_buf_init(run->piece, PIECE_SIZE);
}

static void
on_output(uv_stream_t *stream, ssize_t len, const uv_buf_t *buf)
{
	struct run *run = stream->data;

	if (len > 0 &&
	    !run->order->output(run->order->ctx, (struct span){ buf->base, (size_t)len })) {
		give_up(run, STATUS_STOPPED);
	} else if (len < 0) {
		run->closed = true;
		finish(run);
	}
}

static void
on_timeout(uv_timer_t *timer)
{
	give_up(timer->data, STATUS_LIMIT);
}

static void
on_look(uv_timer_t *timer)
{
	struct run *run = timer->data;

	if (!progress_step(run->order->progress, 0))
		give_up(run, STATUS_STOPPED);
}

/* Does an entry of the environment, "NAME=value", have the name that the change is about? */
static bool
is_about(const char *change, const char *name)
{
	size_t len = strcspn(change, "=");

	return strncmp(change, name, len) == 0 && name[len] == '\0';
}

static bool
is_changed(const char *const *changes, const char *name)
{
	bool changed = false;

	for (; *changes != NULL && !changed; changes++)
		changed = is_about(*changes, name);
	return changed;
}

/* Our environment with the changes, NULL-terminated. */
static void
make_environment(const char *const *changes, struct text_list *list)
{
	uv_env_item_t *items = NULL;
	struct buf entry = { 0 };
	int count = 0;

	uv_os_environ(&items, &count);
	for (int i = 0; i < count; i++) {
		if (is_changed(changes, items[i].name))
			continue;
		buf_reset(&entry);
		buf_addf(&entry, "%s=%s", items[i].name, items[i].value);
		text_list_add(list, buf_span(&entry));
	}
	uv_os_free_environ(items, count);
	buf_free(&entry);
	for (; *changes != NULL; changes++) {
		if (strchr(*changes, '=') != NULL)
			text_list_add(list, span_of(*changes));
	}
	list->at = mem_grow(list->at, list->count, &list->cap, sizeof *list->at);
	list->at[list->count] = NULL;
}

static int
start(struct run *run)
{
	const struct process_order *order = run->order;
	uv_stdio_container_t stdio[3] = {
		{.flags = UV_IGNORE                         },
		{ .flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE,
                 .data.stream = (uv_stream_t *)&run->output },
		{ .flags = UV_IGNORE					 },
	};
	uv_process_options_t options = {
		.exit_cb = on_exit_of,
		.file = order->arguments[0],
		.args = (char **)order->arguments,
		.cwd = order->folder,
		.stdio = stdio,
		.stdio_count = 3,
		.flags = UV_PROCESS_WINDOWS_HIDE,
	};
	struct text_list environment = { 0 };
	int error;

	if (order->environment != NULL) {
		make_environment(order->environment, &environment);
		options.env = environment.at;
	}
	error = uv_spawn(&run->loop, &run->process, &options);
	text_list_free(&environment);
	return error;
}

static void
set_up(struct run *run)
{
	uv_pipe_init(&run->loop, &run->output, 0);
	uv_timer_init(&run->loop, &run->timeout);
	uv_timer_init(&run->loop, &run->look);
	run->process.data = run->output.data = run->timeout.data = run->look.data = run;
	run->piece = mem_alloc(PIECE_SIZE, 1);
}

static void
start_listening(struct run *run)
{
	uv_read_start((uv_stream_t *)&run->output, on_room, on_output);
	uv_timer_start(&run->timeout, on_timeout, run->order->timeout_ms, 0);
	if (run->order->progress != NULL)
		uv_timer_start(&run->look, on_look, LOOK_MS, LOOK_MS);
}

static enum status
tell_start(const struct run *run, int error, struct error *err)
{
	const char *name = run->order->arguments[0];

	if (error == UV_ENOENT || error == UV_ENOTDIR)
		return error_set(err, STATUS_MISSING, "'%s' is not there to be run", name);
	return error_set(err, STATUS_DENIED, "cannot run '%s': %s", name, uv_strerror(error));
}

static enum status
tell_end(const struct run *run, struct error *err)
{
	const char *name = run->order->arguments[0];

	if (run->status == STATUS_LIMIT)
		return error_set(err, STATUS_LIMIT, "'%s' took longer than %u ms", name,
				 run->order->timeout_ms);
	if (run->status != STATUS_OK)
		return error_set(err, run->status, "'%s' was stopped", name);
	if (run->signal != 0)
		return error_set(err, STATUS_BAD_DATA, "'%s' was ended by signal %d", name,
				 run->signal);
	return STATUS_OK;
}

enum status
process_run(const struct process_order *order, int *code, struct error *err)
{
	struct run *run = mem_alloc(1, sizeof *run);
	enum status status;
	int error;

	run->order = order;
	error = uv_loop_init(&run->loop);
	if (error != 0) {
		status = tell_start(run, error, err);
		free(run);
		return status;
	}
	set_up(run);
	error = start(run);
	if (error == 0)
		start_listening(run);
	else
		uv_walk(&run->loop, close_handle, NULL);
	uv_run(&run->loop, UV_RUN_DEFAULT);
	uv_loop_close(&run->loop);
	status = error == 0 ? tell_end(run, err) : tell_start(run, error, err);
	*code = (int)run->code;
	free(run->piece);
	free(run);
	return status;
}
