/* text_sync.h - documents are opened, edited, saved and closed. */
#ifndef COVLS_FEATURE_TEXT_SYNC_H
#define COVLS_FEATURE_TEXT_SYNC_H

#include "rpc/dispatch.h"

rpc_notify_fn text_sync_did_open;
rpc_notify_fn text_sync_did_change;
rpc_notify_fn text_sync_did_save;
rpc_notify_fn text_sync_did_close;

#endif
