/* settings.h - the client's settings: those of `initialize`, and their changes. */
#ifndef COVLS_FEATURE_SETTINGS_H
#define COVLS_FEATURE_SETTINGS_H

#include "feature/session.h"

/* Takes over what `settings` (an object as in editors/PROTOCOL.md, or NULL) sets. A value that is not
 * possible is told to the person and changes nothing. */
void settings_apply(struct session *s, json_object *settings);

rpc_notify_fn settings_did_change;
rpc_notify_fn settings_did_change_folders;

/* A client that watches files itself says that one of them has changed. */
rpc_notify_fn settings_did_change_files;

#endif
