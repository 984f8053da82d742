/*
 * candidates.h - which of the data files that speak of a source count, by search.h's rules.
 */
#ifndef COVLS_COVERAGE_CANDIDATES_H
#define COVLS_COVERAGE_CANDIDATES_H

#include "coverage/search.h"

#include "data_files.h"

struct candidate {
	const struct data_files_entry *entry;
	size_t number; /* of the source in the index */
	size_t place;  /* of the item's places */
	bool out;
};

struct candidates {
	struct search_item *item;
	struct candidate *at;
	size_t count, cap;
};

void candidates_add(struct candidates *candidates, const struct data_files_entry *entry,
		    size_t number, size_t place);

/*
 * Reads those that count and puts what they say into the item, if that is better than what it has; says in
 * the item's places what became of each.
 */
void candidates_decide(struct candidates *candidates, struct progress *progress);

void candidates_free(struct candidates *candidates);

#endif
