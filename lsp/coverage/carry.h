/*
 * carry.h - what ran, in lines of the text as it is now.
 *
 * Data speaks of the lines of the text that ran. A line map says where those are now, if they still
 * are; what ran on lines that are gone is left out.
 */
#ifndef COVLS_COVERAGE_CARRY_H
#define COVLS_COVERAGE_CARRY_H

#include "data/data.h"
#include "text/line_map.h"

struct carried {
	const struct data_query *data; /* as carried over: borrowed, or `own` */
	struct data_query own;
	/* Lines from which there was a jump to a line that is gone: where it goes now is not known. */
	struct line_set unsure;
};

/* `map` may be NULL: the text is the text that ran. Both are borrowed. */
void carry_over(struct carried *c, const struct data_query *data, const struct line_map *map);
void carry_free(struct carried *c);

#endif
