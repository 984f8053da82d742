/*
 * line_diff.h - which lines of a text are those of another one.
 *
 * What two texts have in common is a longest sequence of lines that both have in the same order, or
 * nearly so: it is a longest one as long as the lines between the common head and tail that occur in
 * both texts are together LINE_DIFF_EXACT at most, or as there are few changes. Of larger texts with
 * more changes it may be shorter, in return for an end in time: lines that each occur once in both
 * texts and stand in the same order keep together what belongs together, and what is left is cut after a
 * bounded search. Blank lines do not count: none is kept instead of one that is written. They are the same
 * as far as they follow, or lead to, lines that are. Time grows with the number of lines, whatever is in
 * them; memory is below 40 bytes for each line, nothing on the stack.
 *
 * Of several places where the same lines could have been put in or taken out, that one is taken where
 * they, and what follows them, begin with the least indentation, then one where they end with an empty
 * line, then the last: so a function or a branch that was put before or behind another leaves it whole.
 */
#ifndef COVLS_TEXT_LINE_DIFF_H
#define COVLS_TEXT_LINE_DIFF_H

#include "text/line_hash.h"
#include "text/line_map.h"

#define LINE_DIFF_EXACT 4096

/* Makes `map` tell for every line of `now` which line of `ran` it is. What was in the map is gone. */
void line_diff(const struct line_hashes *ran, const struct line_hashes *now, struct line_map *map);

#endif
