/*
 * index_builder.h - an index while it grows: the other side of index_...() in reader.h.
 */
#ifndef COVLS_DATA_INDEX_BUILDER_H
#define COVLS_DATA_INDEX_BUILDER_H

#include "reader.h"

struct index_builder {
	struct data_index *index;
	uint32_t left_out; /* names that were too long, or one too many */
};

/* Ready to be filled. */
void index_builder_open(struct index_builder *b);

/* The index, in order and ready to be asked; the caller's. The builder is empty afterwards. */
struct data_index *index_builder_finish(struct index_builder *b);

void index_builder_close(struct index_builder *b);

/* The sections of a file, in order of start. */
const struct index_section *index_sections(const struct data_index *index, size_t number,
					   size_t *count);

#endif
