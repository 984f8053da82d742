/*
 * report.h - what the parts of covls report share.
 */
#ifndef COVLS_CLI_REPORT_H
#define COVLS_CLI_REPORT_H

#include "base/buf.h"

/* Puts a backslash before each character that means something in a markdown table. */
void report_escape(struct buf *cell);

#endif
