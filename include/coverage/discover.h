/*
 * discover.h - where the coverage data of a source file may lie.
 *
 * With no setting and none in the project's configuration (project.h), a file named ".coverage" is looked for in
 * the source file's folder and in each folder above it, up to the workspace folder, or, where that lies in a
 * repository (a package of many, opened by itself), up to the repository's top. Outside of every workspace folder
 * the nearest folder that looks like a project's (it has a .git, pyproject.toml ...) stands for one, so that a
 * shell says the same as an editor. The workspace folders themselves come last. Nearest first; whoever reads
 * takes the first that speaks of the file.
 */
#ifndef COVLS_COVERAGE_DISCOVER_H
#define COVLS_COVERAGE_DISCOVER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/text_list.h"

/* How coverage.py calls its data file when nothing else is said. */
#define DISCOVER_NAME ".coverage"

/* Adds the folders that are looked in for what belongs to `source` (an absolute path), nearest first.
 * `roots` are the workspace folders, absolute. */
void discover_folders(const char *source, const struct text_list *roots, struct text_list *folders);

/* Does a folder look like the top of a project? */
bool discover_is_top(const char *folder);

/* The folders whose reports may speak of `source`, nearest first: the innermost workspace folder that it lies
 * in and the top of that one's repository; without a workspace folder, the top of the project and of its
 * repository. */
void discover_tops(const char *source, const struct text_list *roots, struct text_list *tops);

/* Is a folder a further checkout of the repository whose checkout it lies in (git worktree)? Its files are not
 * those that data of the other one speaks of, though they are called alike. */
bool discover_is_worktree(const char *folder);

/* The nearest such folder that `source` lies in, below its workspace folder; the caller's to free(). NULL: none. */
char *discover_worktree_of(const char *source, const struct text_list *roots);

/*
 * Fills `paths` with every place where the data of `source` may be, whether there is a file or not.
 * `setting` is the user's data file, or NULL; a relative one is meant from the innermost root that the
 * source lies in, then from the others or, without roots, from the current folder. `configured`, absolute,
 * or NULL, is where the project's configuration says that it is: that goes first.
 */
void discover_places(const char *source, const struct text_list *roots, const char *setting,
		     const char *configured, struct text_list *paths);

/* The names under which data may know `source`, when it lies at `data_path`: without symbolic links, as it is, and
 * relative to the folder where the tests ran. That is the data's folder or, when the data file was sent elsewhere, a
 * workspace folder: not one beside that in which the data lies, nor if another file is called so. */
void discover_names(const char *source, const char *data_path, const struct text_list *roots,
		    struct text_list *names);

/* Adds a sentence for people that names the folders of `paths`. */
void discover_describe(const struct text_list *paths, struct buf *out);

#endif
