/*
 * path.h - names of files: text work that needs no disk, and the one question that does.
 *
 * Paths are NUL-terminated bytes with '/' as separator; what the functions hand out is the caller's
 * to free(). Nothing here fails but path_real(), which needs the file to be there.
 */
#ifndef COVLS_PLATFORM_PATH_H
#define COVLS_PLATFORM_PATH_H

#include <stdbool.h>

bool path_is_absolute(const char *path);

/* `name` as seen from the folder `base`: base/name, or name alone if it is absolute. "." and ".."
 * and doubled separators are resolved by text alone; no trailing separator but for the root. */
char *path_join(const char *base, const char *name);

/* The folder that holds `path`; the root's is the root. For "a" it is ".". */
char *path_folder(const char *path);

/* The part after the last separator; points into `path`. */
const char *path_base(const char *path);

/* Is `path` the folder `folder` itself or anything below it? Both absolute and normal. */
bool path_is_within(const char *path, const char *folder);

/* How `path` is called from `folder`, or NULL when it is not below it. Points into `path`. */
const char *path_below(const char *path, const char *folder);

/* How to get to `path` from the folder `from`, both absolute and normal: "../b/c"; "." if they are the
 * same (os.path.relpath()). */
char *path_relative(const char *path, const char *from);

/* `path` without symbolic links, or NULL if it cannot be resolved (it is not there, say). */
char *path_real(const char *path);

/* `path` as seen from `folder`, absolute, without symbolic links as far as it is there and by text alone
 * from there on (os.path.abspath(os.path.realpath(path)), as coverage.py's abs_file()). */
char *path_resolve(const char *folder, const char *path);

/* The current folder; absolute. */
char *path_current(void);

/* The user's home folder or NULL. */
char *path_home(void);

/* `path` with a leading "~" or "~user" replaced by the home folder of that user, if there is one (as
 * os.path.expanduser). */
char *path_expand_home(const char *path);

/* `path` made absolute from the current folder, symbolic links kept. */
char *path_absolute(const char *path);

#endif
