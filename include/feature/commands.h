/*
 * commands.h - workspace/executeCommand: one table of the commands.
 */
#ifndef COVLS_FEATURE_COMMANDS_H
#define COVLS_FEATURE_COMMANDS_H

#include "feature/session.h"

rpc_request_fn commands_execute;

/* Writes the names of all, as a list. */
void commands_write(struct jsonw *w);

/* Argument number `at` of a command, if it is a string; else { NULL, 0 }. `params` are those of the request. */
struct span commands_argument(json_object *params, size_t at);

/* ---- the commands: each gets the request's params ---- */

rpc_request_fn status_explain, status_reload; /* feature/status.c */
rpc_request_fn baseline_drop, baseline_list, baseline_save_run,
	baseline_use; /* feature/baseline.c */
rpc_request_fn baseline_list_changes, baseline_list_project_changes, baseline_forget_runs;

#endif
