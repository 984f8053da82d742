/*
 * infer.h - how the names of a report may be those of files here, told from the names alone.
 *
 * A pair says that names beginning with `from` are the files beginning with `to`. What is known: the names
 * of the report that lead nowhere yet, and the files of the workspace. For each name the files are looked
 * for that end like it in the most parts (at least two, unless the whole name is one part that is
 * not a common one); each stands for a pair. Of several the one nearest to the report counts, by the folders
 * that both lie in.
 *
 * A pair is accepted if more than half of the names that begin with `from` are files by it, and no
 * other pair takes more than half of these names to other files. If one does, the nearer to the report
 * wins, then the one whose folder the names tell ("web/" of "web/com/ex/U.java" is "web/src/main/java/", not
 * "core/src/main/java/"), then the one with the longer common end, if these have no fewer files; else it is a tie,
 * which is told in `trouble`, and neither is accepted. What is under an accepted `from` is settled: that a file is
 * missing there does not make another one its own.
 *
 * Names that end like a file in the last part alone say something only together: if most names of the report begin
 * alike and are files directly in the report's folder, or in one above it, it is a project without folders.
 *
 * Names that are the end of a file's name as a whole (packages of Java below src/main/java) are looked at
 * by folder and extension, since one report may speak of several modules.
 */
#ifndef COVLS_COVERAGE_INFER_H
#define COVLS_COVERAGE_INFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

struct infer_file {
	struct span path; /* absolute */
	size_t root;      /* length of the workspace folder that it lies in, with its '/' */
};

/* Does this source say of itself that it belongs into that folder: "com/example"? */
typedef bool infer_package_fn(void *ctx, struct span path, struct span folder);

struct infer_input {
	const struct span *names; /* normal (recorded.h), each once */
	size_t name_count;
	struct infer_file *files; /* they are put in another order */
	size_t file_count;
	struct span near; /* the folder of the report */
	bool any_case;    /* the file system ignores case */
	infer_package_fn *is_package;
	void *ctx;
};

struct infer_pair {
	char *from, *to; /* end with '/', or are empty */
	uint32_t tried, found;
	bool by_package; /* only files that say so themselves belong to it */
};

struct infer_result {
	struct infer_pair *pairs; /* longer `from` first */
	size_t count, cap;
	char trouble[320];
};

/* *result is zeroed at first. */
void infer_pairs(const struct infer_input *input, struct infer_result *result);

void infer_free(struct infer_result *result);

#endif
