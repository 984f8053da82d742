/*
 * dataset_merge.h - what several data files, or several names in one, say of one source file, united.
 */
#ifndef COVLS_COVERAGE_DATASET_MERGE_H
#define COVLS_COVERAGE_DATASET_MERGE_H

#include "data/data.h"
#include "name_pool.h"

/*
 * Adds the answer `from`, which holds rows of contexts if contexts are wanted, to `into`. Contexts are called
 * by their numbers in `order` until dataset_merge_end(). STATUS_BUSY: there is one that `order` has not.
 * STATUS_LIMIT: too many rows.
 */
enum status dataset_merge(struct data_query *into, const struct data_query *from,
			  struct name_pool *order, struct error *err);

/* Contexts come as if the data was one file that numbers them as `order` does. */
void dataset_merge_end(struct data_query *into, const struct name_pool *order);

#endif
