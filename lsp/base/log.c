#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>

static struct {
	log_sink_fn *sink;
	void *ctx;
} state = { log_to_stderr, NULL };

void
log_to_stderr(void *ctx, enum log_level level, const char *line)
{
	static const char *const names[] = { "", "error: ", "warning: ", "" };

	(void)ctx;
	fprintf(stderr, "covls: %s%s\n", names[level], line);
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

	va_start(args, fmt);
	vsnprintf(line, sizeof line, fmt, args);
	va_end(args);
	state.sink(state.ctx, level, line);
}
