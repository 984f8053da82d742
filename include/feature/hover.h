/* hover.h - textDocument/hover: what is known of the statement under the cursor. */
#ifndef COVLS_FEATURE_HOVER_H
#define COVLS_FEATURE_HOVER_H

#include "rpc/dispatch.h"

rpc_request_fn hover_request;

#endif
