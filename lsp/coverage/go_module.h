/*
 * go_module.h - what a go.mod file says of the names of packages.
 *
 * The grammar is that of go.dev/ref/mod#go-mod-file: one directive a line, or several in parentheses. A
 * replacement counts if it is a folder ("./", "../" or absolute); versions are passed over.
 */
#ifndef COVLS_COVERAGE_GO_MODULE_H
#define COVLS_COVERAGE_GO_MODULE_H

#include "base/span.h"

/* Packages below `path` lie in `folder`, which is as written, seen from that of go.mod; "." for the module
 * itself. */
typedef void go_module_fn(void *ctx, struct span path, struct span folder);

void go_module_read(struct span text, go_module_fn *on_path, void *ctx);

#endif
