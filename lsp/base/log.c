#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>

static struct {
	enum log_level most;
	log_sink_fn *sink;
	void *ctx;
} state = { LOG_INFO, log_to_stderr, NULL };

void
log_to_stderr(void *ctx, enum log_level level, const char *line)
{
	static const char *const names[] = { "", "error: ", "warning: ", "", "debug: " };

	(void)ctx;
	fprintf(stderr, "covls: %s%s\n", names[level], line);
}

void
log_set_level(enum log_level most)
{
	state.most = most;
}

void
log_set_sink(log_sink_fn *sink, void *ctx)
{
	state.sink = sink != NULL ? sink : log_to_stderr;
	state.ctx = ctx;
}

void
log_line(enum log_level level, const char *fmt, ...)
{
	char line[1024];
	va_list args;

	if (level > state.most)
		return;
	va_start(args, fmt);
	vsnprintf(line, sizeof line, fmt, args);
	va_end(args);
	state.sink(state.ctx, level, line);
}
