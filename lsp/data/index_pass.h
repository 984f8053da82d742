/*
 * index_pass.h - the pass over a report that makes its index.
 */
#ifndef COVLS_DATA_INDEX_PASS_H
#define COVLS_DATA_INDEX_PASS_H

#include "data/index.h"

#include "formats.h"

/* The index of a file whose format has a reader; *index is the caller's. STATUS_BUSY: it changed
 * meanwhile. Else as data_index_open(). */
enum status index_pass(const struct data_file *file, const struct data_format *format,
		       struct progress *progress, struct data_index **index, struct error *err);

#endif
