/*
 * log.h - one line for the person who looks why something did not work.
 *
 * Lines go to a sink, by default standard error, never to standard output, which belongs to the
 * protocol. The server sets a sink that also tells the editor. Call it from the loop's thread only:
 * jobs report by their result.
 */
#ifndef COVLS_BASE_LOG_H
#define COVLS_BASE_LOG_H

enum log_level { LOG_ERROR = 1, LOG_WARNING, LOG_INFO }; /* as LSP's MessageType */

typedef void log_sink_fn(void *ctx, enum log_level level, const char *line);

/* NULL brings standard error back. */
void log_set_sink(log_sink_fn *sink, void *ctx);

void log_line(enum log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* What the default sink does; for sinks that add to it. */
void log_to_stderr(void *ctx, enum log_level level, const char *line);

#endif
