#include "coverage/discover.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "platform/file.h"
#include "platform/path.h"

/* What makes a folder look like the top of a project; the first two, of a repository. */
static const char *const marks[] = { ".git",      ".hg",     "pyproject.toml", ".coveragerc",
				     "setup.cfg", "tox.ini", "setup.py" };
#define REPOSITORY_MARKS 2
#define PROJECT_MARKS    (sizeof marks / sizeof marks[0])

/* Folders deeper than this are hardly a project's. */
#define LEVELS_MAX 64

/* Has it one of the first `count` marks? */
static bool
has_mark(const char *folder, size_t count)
{
	bool found = false;

	for (size_t i = 0; i < count && !found; i++) {
		char *path = path_join(folder, marks[i]);

		found = file_stamp(path).kind != FILE_NONE;
		free(path);
	}
	return found;
}

bool
discover_is_top(const char *folder)
{
	return has_mark(folder, PROJECT_MARKS);
}

static void
add_place(struct text_list *paths, const char *folder, const char *name)
{
	char *path = path_join(folder, name);

	text_list_add_once(paths, path);
	free(path);
}

/* The folder at or above `folder` that a version control system calls the top, or NULL. */
static char *
repository_of(const char *folder)
{
	char *at = mem_copy(folder);

	for (int level = 0; level < LEVELS_MAX; level++) {
		char *above;

		if (has_mark(at, REPOSITORY_MARKS))
			return at;
		if (strcmp(at, "/") == 0)
			break;
		above = path_folder(at);
		free(at);
		at = above;
	}
	free(at);
	return NULL;
}

/* The innermost root that `path` lies in, or NULL. */
static const char *
root_of(const char *path, const struct text_list *roots)
{
	const char *best = NULL;

	for (size_t i = 0; i < roots->count; i++) {
		if (path_is_within(path, roots->at[i]) &&
		    (best == NULL || strlen(roots->at[i]) > strlen(best)))
			best = roots->at[i];
	}
	return best;
}

static void
add_folders_above(const char *source, const struct text_list *roots, struct text_list *folders)
{
	const char *root = root_of(source, roots);
	char *folder = path_folder(source);
	char *top = root == NULL ? NULL : repository_of(root);

	for (int level = 0; level < LEVELS_MAX; level++) {
		bool last = strcmp(folder, "/") == 0 ||
			    (root == NULL ? has_mark(folder, PROJECT_MARKS)
					  : strcmp(folder, top != NULL ? top : root) == 0);
		char *above = path_folder(folder);

		text_list_add_once(folders, folder);
		free(folder);
		folder = above;
		if (last)
			break;
	}
	free(folder);
	free(top);
}

void
discover_folders(const char *source, const struct text_list *roots, struct text_list *folders)
{
	char *real = path_real(source);

	add_folders_above(source, roots, folders);
	if (real != NULL && strcmp(real, source) != 0)
		add_folders_above(real, roots, folders);
	free(real);
}

void
discover_tops(const char *source, const struct text_list *roots, struct text_list *tops)
{
	const char *root = root_of(source, roots);
	struct text_list folders = { 0 };
	char *top;

	if (root != NULL) {
		text_list_add_once(tops, root);
		top = repository_of(root);
		if (top != NULL)
			text_list_add_once(tops, top);
		free(top);
		return;
	}
	add_folders_above(source, roots, &folders);
	/* The last is the top of a project or, if there is none, of the disk: that one is not searched. */
	if (folders.count > 0) {
		const char *last = folders.at[folders.count - 1];
		const char *top_folder = discover_is_top(last) ? last : folders.at[0];
		char *home = path_home();

		/* Nobody's project is all that there is. */
		if (strcmp(top_folder, "/") != 0 && (home == NULL || strcmp(top_folder, home) != 0))
			text_list_add_once(tops, top_folder);
		free(home);
	}
	text_list_free(&folders);
}

void
discover_places(const char *source, const struct text_list *roots, const char *setting,
		const char *configured, struct text_list *paths)
{
	struct text_list folders = { 0 };

	if (setting != NULL) {
		char *current = path_current();

		add_place(paths, roots->count > 0 ? roots->at[0] : current, setting);
		free(current);
		return;
	}
	if (configured != NULL)
		text_list_add_once(paths, configured);
	discover_folders(source, roots, &folders);
	for (size_t i = 0; i < folders.count; i++)
		add_place(paths, folders.at[i], DISCOVER_NAME);
	for (size_t i = 0; i < roots->count; i++)
		add_place(paths, roots->at[i], DISCOVER_NAME);
	text_list_free(&folders);
}

/* How `source` and what it really is are called from `folder`, if they lie below it. */
static void
add_relative(struct text_list *names, const char *source, const char *real, const char *folder)
{
	char *real_folder = path_real(folder);
	const char *below;

	if (real != NULL && real_folder != NULL && (below = path_below(real, real_folder)) != NULL)
		text_list_add_once(names, below);
	if ((below = path_below(source, folder)) != NULL)
		text_list_add_once(names, below);
	free(real_folder);
}

void
discover_names(const char *source, const char *data_path, const struct text_list *roots,
	       struct text_list *names)
{
	char *folder = path_folder(data_path), *real = path_real(source);

	if (real != NULL)
		text_list_add_once(names, real);
	text_list_add_once(names, source);
	add_relative(names, source, real, folder);
	for (size_t i = 0; i < roots->count; i++)
		add_relative(names, source, real, roots->at[i]);
	free(real);
	free(folder);
}

void
discover_describe(const struct text_list *paths, struct buf *out)
{
	for (size_t i = 0; i < paths->count; i++) {
		char *folder = path_folder(paths->at[i]);

		if (i == 4 && paths->count > 5) { /* enough to see what is going on */
			buf_addf(out, " and %zu more", paths->count - i);
			free(folder);
			break;
		}
		buf_addf(out, "%s'%s'",
			 i == 0                  ? ""
			 : i + 1 == paths->count ? " and "
						 : ", ",
			 folder);
		free(folder);
	}
}
