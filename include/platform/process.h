/* process.h - other processes, and what becomes of them. */
#ifndef COVLS_PLATFORM_PROCESS_H
#define COVLS_PLATFORM_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/progress.h"
#include "base/span.h"
#include "base/status.h"

/* Has the process ended? One that has ended and that nobody has waited for has. */
bool process_has_ended(int64_t pid);

/* Takes the next piece of what a program prints; false ends the program. */
typedef bool process_output_fn(void *ctx, struct span piece);

/* A program to be run, without a shell. Nothing is written to it: its input and its standard error are
 * the system's null device. */
struct process_order {
	/* The first is the program, looked for in PATH if it has no separator; NULL-terminated. */
	const char *const *arguments;
	const char *folder; /* where it runs; NULL: in the current one */
	/* Changes to its environment: "NAME=value" sets, "NAME" takes away; NULL-terminated or NULL. */
	const char *const *environment;
	unsigned timeout_ms;       /* after that it is killed */
	process_output_fn *output; /* takes what it prints, on the calling thread */
	void *ctx;
	struct progress *progress; /* asked 20 times a second whether to go on; may be NULL */
};

/*
 * Runs a program, waits for its end and sets *code to its exit status. May be called on any thread and
 * by several at once; blocks. Only the program itself is ever killed, not what it has started.
 * STATUS_MISSING: there is no such program, or no such folder. STATUS_DENIED: the system does not run it.
 * STATUS_LIMIT: it took too long. STATUS_STOPPED: `output` or `progress` said so. STATUS_BAD_DATA: a
 * signal ended it.
 */
enum status process_run(const struct process_order *order, int *code, struct error *err);

/* From now on, writing to somebody who has gone is an error like any other and does not end us. */
void process_survive_broken_pipes(void);

/* Threads take turns at one heap. Where each has its own, what one gives back is of no use to the others, and a
 * process that works now on this thread, now on that one, grows to several times what it needs. To be called
 * first of all. */
void process_share_heap(void);

#endif
