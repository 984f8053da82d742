/*
 * path_aliases.h - how a file is called here that was measured somewhere else: [paths] of the
 * configuration, as PathAliases in coverage/files.py, 7.16.1, does it.
 *
 * The entries are tried in order. The first one whose pattern matches the start of a path, and whose
 * result is there (a file, or something in an archive that is there), wins: what was matched is
 * replaced, with the separators of the result. A result is made absolute, without symbolic links,
 * unless `relative_files` is set.
 *
 * With `relative_files` a path below the folder becomes relative to it, and a relative path that
 * nothing matches adds an entry of its own: after "lib/a.py" also "/elsewhere/lib/b.py" becomes
 * "lib/b.py" if that is there. So the order in which paths are mapped matters then.
 *
 * Where coverage.py would look for a relative result in sys.path too, covls looks in the folder alone.
 */
#ifndef COVLS_COVERAGE_PATH_ALIASES_H
#define COVLS_COVERAGE_PATH_ALIASES_H

#include <stdbool.h>

#include "base/status.h"
#include "config/coverage_config.h"

struct path_aliases;

/* Without entries. `folder` is where coverage.py would be run: absolute, copied. */
struct path_aliases *path_aliases_new(const char *folder, bool relative);
void path_aliases_free(struct path_aliases *aliases);

/* STATUS_USAGE, in coverage.py's words: the pattern is none, or ends with a wildcard. */
enum status path_aliases_add(struct path_aliases *aliases, const char *pattern, const char *result,
			     struct error *err);

/* The entries of a configuration, with `relative_files`; *aliases is NULL unless it succeeds. */
enum status path_aliases_from_config(struct path_aliases **aliases, const char *folder,
				     const struct coverage_config *config, struct error *err);

/* The name of the path here, or the path itself; the caller's to free(). */
char *path_aliases_map(struct path_aliases *aliases, const char *path);

#endif
