#include "server/methods.h"

#include "feature/commands.h"
#include "feature/hover.h"
#include "feature/lifecycle.h"
#include "feature/settings.h"
#include "feature/status.h"
#include "feature/text_sync.h"
#include "feature/work_done.h"

/* clang-format off */
static const struct rpc_method rows[] = {
	/* name                                   when       request                 notification */
	{ "covls/status",                         RPC_OPEN,  status_request,         NULL },
	{ "exit",                                 RPC_ANY,   NULL,                   lifecycle_exit },
	{ "initialize",                           RPC_START, lifecycle_initialize,   NULL },
	{ "initialized",                          RPC_OPEN,  NULL,                   lifecycle_initialized },
	{ "shutdown",                             RPC_OPEN,  lifecycle_shutdown,     NULL },
	{ "textDocument/didChange",               RPC_OPEN,  NULL,                   text_sync_did_change },
	{ "textDocument/didClose",                RPC_OPEN,  NULL,                   text_sync_did_close },
	{ "textDocument/didOpen",                 RPC_OPEN,  NULL,                   text_sync_did_open },
	{ "textDocument/didSave",                 RPC_OPEN,  NULL,                   text_sync_did_save },
	{ "textDocument/hover",                   RPC_OPEN,  hover_request,          NULL },
	{ "window/workDoneProgress/cancel",       RPC_OPEN,  NULL,                   work_done_cancel },
	{ "workspace/didChangeConfiguration",     RPC_OPEN,  NULL,                   settings_did_change },
	{ "workspace/didChangeWatchedFiles",      RPC_OPEN,  NULL,                   settings_did_change_files },
	{ "workspace/didChangeWorkspaceFolders",  RPC_OPEN,  NULL,                   settings_did_change_folders },
	{ "workspace/executeCommand",             RPC_OPEN,  commands_execute,       NULL },
};
/* clang-format on */

const struct rpc_table server_methods = { rows, sizeof rows / sizeof rows[0] };
