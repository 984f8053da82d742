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

/* As long as a ".git" that is a file may be. */
#define GIT_FILE_MAX 8192

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

/* The nearest folder, from `at` upward, that has one of the first `count` marks; NULL: none. Takes `at`. */
static char *
nearest_with_mark(char *at, size_t count)
{
	for (int level = 0; level < LEVELS_MAX; level++) {
		char *above;

		if (has_mark(at, count))
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

/* The folder at or above `folder` that a version control system calls the top, or NULL. */
static char *
repository_of(const char *folder)
{
	return nearest_with_mark(mem_copy(folder), REPOSITORY_MARKS);
}

/* Where git keeps what it knows of the checkout in a folder: ".git", or what a file of that name says. NULL: it is
 * none. */
static char *
git_folder_of(const char *folder)
{
	char *path = path_join(folder, ".git"), *name, *there;
	struct buf text = { 0 };
	struct span line;

	if (file_stamp(path).kind == FILE_FOLDER)
		return path;
	if (file_stamp(path).kind != FILE_REGULAR ||
	    file_read_all(path, &text, GIT_FILE_MAX, NULL) != STATUS_OK ||
	    !span_starts(buf_span(&text), SPAN("gitdir: "))) {
		free(path);
		buf_free(&text);
		return NULL;
	}
	line = buf_span(&text);
	span_skip(&line, strlen("gitdir: "));
	while (line.len > 0 && (line.at[line.len - 1] == '\n' || line.at[line.len - 1] == '\r'))
		line.len--;
	name = mem_text(line.at, line.len);
	there = path_join(folder, name);
	free(name);
	free(path);
	buf_free(&text);
	return there;
}

/* What all checkouts of a repository share. */
static char *
shared_git_folder(const char *git)
{
	char *above = path_folder(git), *shared = NULL;

	if (strcmp(path_base(above), "worktrees") == 0)
		shared = path_folder(above);
	free(above);
	return shared == NULL ? mem_copy(git) : shared;
}

/* Is there a checkout of that repository in the nearest folder above that has one of any? */
static bool
is_in_checkout_of(const char *folder, const char *shared)
{
	char *above = path_folder(folder), *git = NULL, *index, *others;
	bool is;

	for (int level = 0; level < LEVELS_MAX && git == NULL && strcmp(above, "/") != 0; level++) {
		char *next = path_folder(above);

		git = git_folder_of(above);
		free(above);
		above = next;
	}
	free(above);
	if (git == NULL)
		return false;
	others = shared_git_folder(git);
	index = path_join(git, "index"); /* a bare repository has none */
	is = file_is_same(shared, others) && file_stamp(index).kind == FILE_REGULAR;
	free(index);
	free(others);
	free(git);
	return is;
}

bool
discover_is_worktree(const char *folder)
{
	char *git = git_folder_of(folder), *shared;
	bool is;

	if (git == NULL)
		return false;
	shared = shared_git_folder(git);
	is = strcmp(shared, git) != 0 && is_in_checkout_of(folder, shared);
	free(shared);
	free(git);
	return is;
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

/* The nearest folder above `source` that looks like a project's; the caller's to free(). NULL: there is none. */
static char *
project_top_of(const char *source)
{
	return nearest_with_mark(path_folder(source), PROJECT_MARKS);
}

/* The innermost workspace folder that `source` lies in, else what stands for one; the caller's to free(). NULL: there
 * is neither. */
static char *
workspace_of(const char *source, const struct text_list *roots)
{
	const char *root = root_of(source, roots);

	return root != NULL ? mem_copy(root) : project_top_of(source);
}

static void
add_folders_above(const char *source, const struct text_list *roots, struct text_list *folders)
{
	char *root = workspace_of(source, roots), *folder = path_folder(source);
	char *repository = root == NULL ? NULL : repository_of(root);
	const char *top = repository != NULL ? repository : root == NULL ? "/" : root;

	for (int level = 0; level < LEVELS_MAX; level++) {
		bool last = strcmp(folder, "/") == 0 || strcmp(folder, top) == 0;
		char *above = path_folder(folder);

		text_list_add_once(folders, folder);
		free(folder);
		folder = above;
		if (last)
			break;
	}
	free(folder);
	free(repository);
	free(root);
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

/* A project is searched; all that somebody has, or all that there is, is nobody's project. */
static void
add_top(struct text_list *tops, const char *folder)
{
	char *home = path_home();

	if (strcmp(folder, "/") != 0 && (home == NULL || strcmp(folder, home) != 0))
		text_list_add_once(tops, folder);
	free(home);
}

void
discover_tops(const char *source, const struct text_list *roots, struct text_list *tops)
{
	const char *root = root_of(source, roots);
	char *top = root != NULL ? NULL : project_top_of(source), *repository;

	if (root != NULL)
		text_list_add_once(tops, root);
	else if (top == NULL)
		top = path_folder(source);
	if (top != NULL)
		add_top(tops, top);
	repository = repository_of(root != NULL ? root : top);
	if (repository != NULL)
		add_top(tops, repository);
	free(repository);
	free(top);
}

char *
discover_worktree_of(const char *source, const struct text_list *roots)
{
	const char *root = root_of(source, roots);
	char *folder = root == NULL ? NULL : path_folder(source);

	while (folder != NULL && strlen(folder) > strlen(root) && !discover_is_worktree(folder)) {
		char *above = path_folder(folder);

		free(folder);
		folder = above;
	}
	if (folder != NULL && strlen(folder) > strlen(root))
		return folder;
	free(folder);
	return NULL;
}

/* A relative one is seen from the workspace folder that the source lies in, then from the others: one may hold the data
 * of all. */
static void
add_set_places(const char *source, const struct text_list *roots, const char *setting,
	       struct text_list *paths)
{
	const char *own = root_of(source, roots);
	char *current = path_current();

	if (own != NULL)
		add_place(paths, own, setting);
	for (size_t i = 0; i < roots->count; i++)
		add_place(paths, roots->at[i], setting);
	if (roots->count == 0)
		add_place(paths, current, setting);
	free(current);
}

void
discover_places(const char *source, const struct text_list *roots, const char *setting,
		const char *configured, struct text_list *paths)
{
	struct text_list folders = { 0 };

	if (setting != NULL) {
		add_set_places(source, roots, setting, paths);
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

/* Is there another file of that name, seen from the folder? */
static bool
has_another(const char *folder, const char *name, const char *source)
{
	char *path = path_join(folder, name);
	bool has = file_stamp(path).kind == FILE_REGULAR && !file_is_same(path, source);

	free(path);
	return has;
}

/* Data that lies in a workspace folder has nothing to do with one beside it. */
static bool
is_beside(const char *folder, const char *root, const struct text_list *roots)
{
	const char *own = root_of(folder, roots);

	return own != NULL && !path_is_within(folder, root) && !path_is_within(root, own);
}

/* May a name, seen from a root, as well be another file's: seen from the data's folder, from the workspace folder
 * that this lies in or, if it lies in none, from any? */
static bool
is_anothers(const char *name, const char *source, const char *folder, const struct text_list *roots)
{
	const char *own = root_of(folder, roots);
	bool is = has_another(folder, name, source);

	for (size_t i = 0; i < roots->count && !is; i++) {
		if (own == NULL || path_is_within(folder, roots->at[i]))
			is = has_another(roots->at[i], name, source);
	}
	return is;
}

void
discover_names(const char *source, const char *data_path, const struct text_list *roots,
	       struct text_list *names)
{
	char *folder = path_folder(data_path), *real = path_real(source);
	struct text_list seen = { 0 };

	if (real != NULL)
		text_list_add_once(names, real);
	text_list_add_once(names, source);
	add_relative(names, source, real, folder);
	for (size_t i = 0; i < roots->count; i++) {
		if (!is_beside(folder, roots->at[i], roots))
			add_relative(&seen, source, real, roots->at[i]);
	}
	for (size_t i = 0; i < seen.count; i++) {
		if (!is_anothers(seen.at[i], source, folder, roots))
			text_list_add_once(names, seen.at[i]);
	}
	text_list_free(&seen);
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
