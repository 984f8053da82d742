/*
 * search_paths.h - under which other names data knows a source, by the [paths] of its project.
 */
#ifndef COVLS_COVERAGE_SEARCH_PATHS_H
#define COVLS_COVERAGE_SEARCH_PATHS_H

#include "base/status.h"
#include "base/text_list.h"
#include "coverage/project.h"

/* Adds the names in the data file at `path` that [paths] takes for `source`, an absolute path without
 * symbolic links. Only names that end like it are looked at. A [paths] that makes no sense adds none: *err,
 * which may be NULL, says why. */
enum status search_paths_names(const char *path, const char *source, const struct project *project,
			       struct text_list *names, struct error *err);

#endif
