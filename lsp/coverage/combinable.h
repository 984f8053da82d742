/*
 * combinable.h - which unfinished data files belong together (coverage/data.py, 7.16.1).
 */
#ifndef COVLS_COVERAGE_COMBINABLE_H
#define COVLS_COVERAGE_COMBINABLE_H

#include "base/text_list.h"
#include "data/data.h"

/*
 * Adds the files (or whatever has such a name) that `coverage combine` would take for the data file at
 * `data_file`, an absolute path: those in its folder with its name, a dot and more, in order of their
 * names, but for what ends with "-journal" (combinable_files()).
 */
void combinable_list(const char *data_file, struct text_list *paths);

/* The files that were asked about. A zeroed one is empty; end it with combinable_seen_free(). */
struct combinable_seen {
	struct text_list hashes;
	struct data_digest *digests;
	size_t count, cap;
};

/* Was there one with the same data? Told by the hash in its name, else by its content
 * (DataFileClassifier). A file that cannot be read is none of these. */
bool combinable_is_duplicate(struct combinable_seen *seen, const char *path);

void combinable_seen_free(struct combinable_seen *seen);

#endif
