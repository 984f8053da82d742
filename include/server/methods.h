/* methods.h - THE table: what a client may call, when, and who serves it. */
#ifndef COVLS_SERVER_METHODS_H
#define COVLS_SERVER_METHODS_H

#include "rpc/dispatch.h"

extern const struct rpc_table server_methods;

#endif
