/*
 * work_done.h - $/progress: something that lasts, as the person at the editor sees it.
 *
 * One at a time; what lasts meanwhile goes untold. It is announced with window/workDoneProgress/create and shown once
 * the client has agreed; a client that cannot show progress is never asked. The person may stop it.
 */
#ifndef COVLS_FEATURE_WORK_DONE_H
#define COVLS_FEATURE_WORK_DONE_H

#include "base/progress.h"
#include "feature/session.h"

/* It has lasted long enough to be told of. `progress` and `title` are kept until work_done_end(). */
void work_done_begin(struct session *s, struct progress *progress, const char *title);

/* How far it is. Percentages never fall. Nothing happens if it is not told of, as in work_done_end(). */
void work_done_report(struct session *s, const struct progress *progress);

/* It has ended, or is of no use any more. */
void work_done_end(struct session *s, const struct progress *progress);

/* window/workDoneProgress/cancel */
rpc_notify_fn work_done_cancel;

/* For rpc_conn. */
rpc_answered_fn work_done_answered;

#endif
