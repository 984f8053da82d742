/*
 * git.h - asks git, so that nothing of the repository's is run.
 *
 * No hook, no file system monitor, no filter, no pager, no signature check, no fetch of what a partial clone left
 * out; no lock is taken and nothing is written. What is asked must hold to that too: commands that convert
 * (cat-file --textconv, --filters) or that show differences are not for here.
 */
#ifndef COVLS_COVERAGE_GIT_H
#define COVLS_COVERAGE_GIT_H

#include "base/progress.h"
#include "platform/process.h"

#define GIT_WORDS_MAX 16

struct git_order {
	const char *folder;
	const char *const
		*words; /* the command and what it is told; at most GIT_WORDS_MAX, then NULL */
	unsigned timeout_ms;
	process_output_fn *output;
	void *ctx;
	struct progress *progress; /* may be NULL */
};

/*
 * As process_run(). Paths are what they say, never patterns. Where git hangs (a dead network drive, say), each of many
 * sources would wait for it: after two answers in a row that did not come in time it is not asked for half a
 * minute, by nobody, and STATUS_LIMIT is given at once.
 */
enum status git_run(const struct git_order *order, int *code);

#endif
