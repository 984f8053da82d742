/*
 * strangers.h - files that are about coverage and not a report: which tool makes one of them.
 */
#ifndef COVLS_DATA_STRANGERS_H
#define COVLS_DATA_STRANGERS_H

#include "base/span.h"
#include "base/status.h"

/* STATUS_BAD_DATA, with what the file at `path` is, as far as its first bytes tell. */
enum status strangers_refuse(const char *path, struct span head, struct error *err);

#endif
