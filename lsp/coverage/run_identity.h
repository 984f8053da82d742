/*
 * run_identity.h - by what the store knows a run.
 */
#ifndef COVLS_COVERAGE_RUN_IDENTITY_H
#define COVLS_COVERAGE_RUN_IDENTITY_H

#include "data/data.h"
#include "store/store.h"

/*
 * Sets `size` and `hash`; `modified_ns` is set already. Equal bytes of coverage.py's data are most likely a copy of
 * the same run; whether another text has left them is looked into when the text is found (ran_text.c). A report
 * comes out the same more often, after the source was changed, too: there the time of the file belongs to it, as
 * where `format` is NULL.
 */
void run_identity_set(struct store_run *run, const struct data_digest *digest, const char *format);

#endif
