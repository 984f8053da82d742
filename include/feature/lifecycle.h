/* lifecycle.h - initialize, shutdown and exit. */
#ifndef COVLS_FEATURE_LIFECYCLE_H
#define COVLS_FEATURE_LIFECYCLE_H

#include "rpc/dispatch.h"

rpc_request_fn lifecycle_initialize;
rpc_notify_fn lifecycle_initialized;
rpc_request_fn lifecycle_shutdown;
rpc_notify_fn lifecycle_exit;

#endif
