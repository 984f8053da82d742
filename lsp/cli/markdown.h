/*
 * markdown.h - text in a table of markdown.
 */
#ifndef COVLS_CLI_MARKDOWN_H
#define COVLS_CLI_MARKDOWN_H

#include "base/buf.h"

/* Puts a backslash before each character that means something there. */
void markdown_escape(struct buf *cell);

#endif
