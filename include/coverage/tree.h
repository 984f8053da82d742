/*
 * tree.h - which files there are in a workspace, as far as they may be sources.
 *
 * Where git is there and the folder lies in a repository, it is asked (git ls-files, with untracked
 * files that are not ignored); else the folders are walked. Never what lies in .git, node_modules, virtual
 * environments, other people's packages and further checkouts of the repository that it lies in (git worktree).
 * Bounded: TREE_FILES_MAX files, a few seconds; `cut` says that there may be more.
 *
 * Listing takes time, so it is done in a job and kept in a cache, which one thread at a time may use,
 * until the cache is renewed.
 */
#ifndef COVLS_COVERAGE_TREE_H
#define COVLS_COVERAGE_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/progress.h"
#include "base/span.h"

#define TREE_FILES_MAX 300000u

struct tree {
	char *folder; /* absolute, without symbolic links */
	/* Relative to it, '/' as separator, in byte order; each NUL-terminated in `bytes`. */
	char *bytes;
	uint32_t *names;
	size_t count;
	bool cut;
};

struct tree_cache;

struct tree_cache *tree_cache_open(void);
void tree_cache_close(struct tree_cache *cache);

/* What is kept may be outdated: list again when it is asked for next. */
void tree_cache_renew(struct tree_cache *cache);

/* The files of `folder`; lasts until the cache is renewed. NULL: stopped. */
const struct tree *tree_of(struct tree_cache *cache, const char *folder, struct progress *progress);

const char *tree_name(const struct tree *tree, size_t i);

/* Does a folder of this name never hold the sources or reports of a project (.git, node_modules,
 * __pycache__, .tox ...)? */
bool tree_is_foreign(const char *name);

#endif
