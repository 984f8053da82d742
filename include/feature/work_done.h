/*
 * work_done.h - $/progress: a long reading of data, as the person at the editor sees it.
 *
 * One at a time. It is announced with window/workDoneProgress/create and shown once the client has
 * agreed; a client that cannot show progress is never asked. The person may stop it.
 */
#ifndef COVLS_FEATURE_WORK_DONE_H
#define COVLS_FEATURE_WORK_DONE_H

#include "base/progress.h"
#include "feature/session.h"

/* The reading has lasted long enough to be told of. */
void work_done_begin(struct session *s);

/* How far it is. Percentages never fall. */
void work_done_report(struct session *s, const struct progress *progress);

/* It has ended, or is of no use any more. Nothing happens if none was begun. */
void work_done_end(struct session *s, const char *message);

/* window/workDoneProgress/cancel */
rpc_notify_fn work_done_cancel;

/* For rpc_conn. */
rpc_answered_fn work_done_answered;

#endif
