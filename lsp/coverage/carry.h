/*
 * carry.h - what ran, in lines of the text as it is now.
 *
 * Data speaks of the lines of the text that ran. A line map says where those are now, if they still
 * are; what ran on lines that are gone is left out.
 */
#ifndef COVLS_COVERAGE_CARRY_H
#define COVLS_COVERAGE_CARRY_H

#include <stdbool.h>
#include <stdint.h>

#include "data/data.h"
#include "text/arc_list.h"
#include "text/line_map.h"

struct carried {
	const struct data_query *data; /* as carried over: borrowed, or `own` */
	struct data_query own;
	/* Lines from which there was a jump to a line that is gone: where it goes now is not known. */
	struct line_set unsure;
};

/* Do the lines first ... last of the text now stand together as they did in the text that ran? `map` may
 * be NULL. */
bool carry_is_whole(const struct line_map *map, uint32_t first, uint32_t last);

/*
 * Could the text that ran jump from `arc.from` to `arc.to`, lines of the text now that stand as they ran? If not, that
 * it did not says nothing: an `else:` that went, say, lets a loop lead to what came behind. `ways` are
 * the jumps that it allowed, or those among them that are asked about; NULL, as `map` may be: not known, and true.
 */
bool carry_had_way(const struct line_map *map, const struct arc_list *ways, struct arc arc);

/* Where a line of the text that ran is now; 0 if it is gone. */
uint32_t carry_line(const struct line_map *map, uint32_t origin);

/* `map` may be NULL: the text is the text that ran. Both are borrowed. */
void carry_over(struct carried *c, const struct data_query *data, const struct line_map *map);
void carry_free(struct carried *c);

#endif
