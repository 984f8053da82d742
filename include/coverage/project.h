/*
 * project.h - the project that a source belongs to, and the rules that it sets for coverage.
 *
 * A project is the nearest folder, from that of the source upward, that holds a configuration of
 * coverage.py (.coveragerc, .coveragerc.toml, or a section of setup.cfg, tox.ini or pyproject.toml), as
 * if coverage.py were run there; $COVERAGE_RCFILE goes before all of them, seen from the first
 * workspace folder. How far up it is looked for is discover.h's rule. Where there is none, the
 * folder of the source is the project, and coverage.py's defaults hold.
 *
 * Reading a project takes time, so it is done in a job and kept in a cache, which one thread at a time
 * may use. A project never changes and may be shared by threads; each holder releases it.
 */
#ifndef COVLS_COVERAGE_PROJECT_H
#define COVLS_COVERAGE_PROJECT_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/text_list.h"
#include "config/coverage_config.h"
#include "config/python_version.h"
#include "python/exclude.h"

struct project {
	char *folder; /* where coverage.py would be run */
	struct coverage_config config;
	struct py_patterns patterns;
	struct python_version python; /* by whose rules the sources are read */
	struct error trouble;         /* with the configuration; then the defaults are in force */
	/* Private. */
	atomic_uint holders;
};

struct project_cache;

struct project_cache *project_cache_open(void);
void project_cache_close(struct project_cache *cache);

/* From now on what is kept is looked at once more on the disk. `python` is the version that the user
 * asks for and `by` who says it; NULL: none. Both are copied. */
void project_cache_renew(struct project_cache *cache, const char *python, const char *by);

/* The project of `source`, an absolute path. `roots` are the workspace folders. */
struct project *project_of(struct project_cache *cache, const char *source,
			   const struct text_list *roots);

struct project *project_hold(struct project *project);
void project_release(struct project *project); /* NULL is nothing */

/* Is a source read in the same way by both? NULL stands for the defaults. */
bool project_rules_equal(const struct project *a, const struct project *b);

/* Where the configuration says that the data is; NULL if it says nothing. The caller's to free(). */
char *project_data_file(const struct project *project);

/* Is this the name of a file that a project is read from? */
bool project_is_file(const char *name);

#endif
