/* status.h - covls/status: what covls is doing. */
#ifndef COVLS_FEATURE_STATUS_H
#define COVLS_FEATURE_STATUS_H

#include "feature/session.h"

rpc_request_fn status_request;

/* Writes the answer of covls/status; `d` may be NULL. */
void status_write(struct session *s, struct jsonw *w, const struct document *d);

#endif
