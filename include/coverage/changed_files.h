/*
 * changed_files.h - what a whole project has lost, newly misses and gained since its baseline, whatever its languages.
 *
 * Looks at the files as they are on the disk, each as an editor would that has just opened it (subject.h). Only what
 * is known is said: of a file that can't be compared, why not.
 */
#ifndef COVLS_COVERAGE_CHANGED_FILES_H
#define COVLS_COVERAGE_CHANGED_FILES_H

#include "coverage/baseline.h"
#include "coverage/measured.h"
#include "format/jsonw.h"

struct changed_file {
	char *path;
	bool compared; /* else `note` tells why not */
	struct baseline_changes changes;
	char *note; /* or NULL: "not in the baseline" */
};

/* Zeroed is empty, but for what is set before; end it with changed_files_free(). */
struct changed_files {
	char *baseline;      /* the name of the one that is in force, or NULL: for no file any is */
	int64_t modified_ns; /* when its newest run ended */
	/* Those that differ or can't be compared, in byte order of their paths; then those that are not measured any
	 * more. */
	struct changed_file *at;
	size_t count, cap;
	size_t same;    /* other files, which are as before */
	size_t without; /* files of which the baseline says nothing */
	uint64_t totals[BASELINE_CHANGES];
	struct text_list troubles; /* as struct measured's */

	/* Set before: as struct subject's; and files that are not looked at, as real paths, or NULL. */
	bool new_is_missed;
	const struct text_list *left_out;
};

/* `wishes` need not say what is called for each source, nor that a baseline is wanted. STATUS_EMPTY: there is no
 * coverage data. */
enum status changed_files_find(struct changed_files *c, struct searcher *searcher,
			       const struct measured_wishes *wishes, struct error *err);

/* Writes what covls.changes.project answers; the second, its entries of "files" alone. */
void changed_files_write(struct jsonw *w, const struct changed_files *c);
void changed_files_write_entries(struct jsonw *w, const struct changed_files *c);

void changed_files_free(struct changed_files *c);

#endif
