/*
 * substitute.h - variables in the values of coverage.py's options (coverage/misc.py, 7.16).
 *
 *     $NAME  ${NAME}    the variable's value, or nothing if it is not set
 *     ${NAME-text}      its value; `text` if it is not set (set and empty stays empty)
 *     ${NAME?}          its value; an error if it is not set
 *     $$                a dollar
 *
 * A dollar before anything else stays. Names are letters, digits and underscores, of any script; the
 * longest one counts.
 */
#ifndef COVLS_CONFIG_SUBSTITUTE_H
#define COVLS_CONFIG_SUBSTITUTE_H

#include "base/buf.h"
#include "base/span.h"
#include "base/status.h"

/* The value of a variable, or NULL if it is not set. */
typedef const char *substitute_get_fn(void *ctx, const char *name);

/* The environment; needs no context. */
const char *substitute_environment(void *ctx, const char *name);

/* Adds `text` with its variables replaced to `out`. STATUS_USAGE: a ${NAME?} is not set (coverage.py's
 * words). Text that is not UTF-8 is STATUS_BAD_DATA. */
enum status substitute_variables(struct buf *out, struct span text, substitute_get_fn *get,
				 void *ctx, struct error *err);

#endif
