#include "coverage/tree.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text_list.h"
#include "coverage/discover.h"
#include "platform/clock.h"
#include "platform/file.h"
#include "platform/folder.h"
#include "platform/path.h"

#include "git.h"

/* A listing ends after so long. */
#define LIST_MS 5000
/* Folders are entered no deeper, nor repositories in repositories. */
#define DEPTH_MAX 64
/* The longest name that git may tell. */
#define NAME_MAX_BYTES 8192

static const char *const foreign[] = {
	".git",
	".hg",
	".svn",
	".bzr",
	".jj",
	"node_modules",
	"bower_components",
	"jspm_packages",
	"__pycache__",
	"__pypackages__",
	".tox",
	".nox",
	".eggs",
	"site-packages",
	"dist-packages",
	".mypy_cache",
	".pytest_cache",
	".ruff_cache",
	".hypothesis",
	".ipynb_checkpoints",
	".direnv",
	".pnpm-store",
	".yarn",
	".npm",
	".cache",
	".gradle",
	".m2",
	".cargo",
	".rustup",
	".bundle",
	".idea",
	".vs",
	".vscode-test",
	".terraform",
};

bool
tree_is_foreign(const char *name)
{
	for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++) {
		if (strcmp(name, foreign[i]) == 0)
			return true;
	}
	return false;
}

static bool
has_entry(const char *folder, const char *name)
{
	char *path = path_join(folder, name);
	bool there = file_stamp(path).kind != FILE_NONE;

	free(path);
	return there;
}

/* Is this folder a virtual environment of Python? */
static bool
is_virtualenv(const char *folder)
{
	return has_entry(folder, "pyvenv.cfg") || has_entry(folder, "conda-meta");
}

/* A tree while it grows. */
struct listing {
	struct tree *tree;
	struct progress *progress;
	struct buf bytes;
	size_t cap;
	int64_t end; /* on the steady clock: it must be ready then */
	bool stopped;
	bool no_git; /* it is not there: don't try again */
};

/* True: go on. */
static bool
may_go_on(struct listing *l)
{
	if (!progress_step(l->progress, 0))
		l->stopped = true;
	if (clock_steady_ns() > l->end)
		l->tree->cut = true;
	return !l->stopped && !l->tree->cut;
}

/* `prefix` is "" or ends with '/'. */
static void
add_file(struct listing *l, const char *prefix, const char *name)
{
	struct tree *tree = l->tree;

	if (tree->count == TREE_FILES_MAX || l->bytes.len > UINT32_MAX - 2 * NAME_MAX_BYTES) {
		tree->cut = true;
		return;
	}
	tree->names = mem_grow(tree->names, tree->count, &l->cap, sizeof *tree->names);
	tree->names[tree->count++] = (uint32_t)l->bytes.len;
	buf_addf(&l->bytes, "%s%s", prefix, name);
	buf_add_char(&l->bytes, '\0');
}

static char *
full_path(const struct listing *l, const char *prefix, const char *name)
{
	struct buf path = { 0 };

	buf_addf(&path, "%s/%s%s", strcmp(l->tree->folder, "/") == 0 ? "" : l->tree->folder, prefix,
		 name);
	while (path.len > 1 && path.at[path.len - 1] == '/')
		path.len--;
	return buf_take(&path);
}

static void list_folder(struct listing *l, const char *prefix, int depth);

/* What git tells of one folder, piece by piece. */
struct git_list {
	struct listing *l;
	const char *prefix;
	struct buf entry;        /* begun and not yet ended */
	struct text_list nested; /* repositories in the repository */
};

/* Is one of the folders on the way to a file one that isn't listed? */
static bool
is_in_foreign(const char *name)
{
	const char *slash;
	char part[64];

	for (; (slash = strchr(name, '/')) != NULL; name = slash + 1) {
		size_t len = (size_t)(slash - name);

		if (len >= sizeof part)
			continue;
		memcpy(part, name, len);
		part[len] = '\0';
		if (tree_is_foreign(part))
			return true;
	}
	return false;
}

/* Is what git knows by its name alone there, and a file, not a link to one? */
static bool
is_plain_file(const struct git_list *g, const char *name)
{
	char *path = full_path(g->l, g->prefix, name), *real = path_real(path);
	bool plain =
		real != NULL && strcmp(real, path) == 0 && file_stamp(path).kind == FILE_REGULAR;

	free(real);
	free(path);
	return plain;
}

/* Takes the last file back if that is its name. */
static void
drop_file(struct listing *l, const char *prefix, const char *name)
{
	struct tree *tree = l->tree;
	size_t len = strlen(prefix);
	const char *last;

	if (tree->count == 0)
		return;
	last = l->bytes.at + tree->names[tree->count - 1];
	if (strncmp(last, prefix, len) == 0 && strcmp(last + len, name) == 0)
		l->bytes.len = tree->names[--tree->count];
}

static void
add_nested(struct git_list *g, char *name, size_t len)
{
	if (name[len - 1] == '/')
		name[len - 1] = '\0';
	if (!tree_is_foreign(path_base(name)))
		text_list_add_once(&g->nested, name);
}

/*
 * One entry of git ls-files -t -s: "H 100644 HASH 0\tname" of what is in the index, with S for H of
 * what a sparse checkout may have left out, and the same with R right after it if the file was
 * deleted; "? name" of others, a repository among them with a '/' at its end.
 */
static void
take_entry(struct git_list *g, char *entry)
{
	bool known = entry[0] != '?';
	char *name = known ? strchr(entry, '\t') : entry + 1;
	size_t len;

	if (name == NULL || *name == '\0' || (len = strlen(++name)) == 0 || len > NAME_MAX_BYTES ||
	    is_in_foreign(name))
		return;
	if ((known && strncmp(entry + 2, "160000", 6) == 0) || name[len - 1] == '/')
		add_nested(g, name, len);
	else if (known && strncmp(entry + 2, "120000", 6) == 0)
		return; /* a link */
	else if (entry[0] == 'R')
		drop_file(g->l, g->prefix, name);
	else if (entry[0] == 'H' || is_plain_file(g, name))
		add_file(g->l, g->prefix, name);
}

static bool
on_git_output(void *ctx, struct span piece)
{
	struct git_list *g = ctx;

	while (piece.len > 0) {
		const char *end = memchr(piece.at, '\0', piece.len);
		size_t len = end == NULL ? piece.len : (size_t)(end - piece.at);

		if (g->entry.len <= 2 * (size_t)NAME_MAX_BYTES)
			buf_add(&g->entry, span_cut(piece, 0, len));
		span_skip(&piece, end == NULL ? len : len + 1);
		if (end == NULL)
			break;
		take_entry(g, buf_text(&g->entry));
		buf_reset(&g->entry);
	}
	return may_go_on(g->l);
}

static enum status
ask_git(struct git_list *g, const char *folder, int *code)
{
	static const char *const words[] = {
		"ls-files",           "-z", "-t", "--stage", "--cached", "--deleted", "--others",
		"--exclude-standard", NULL
	};
	int64_t left = (g->l->end - clock_steady_ns()) / 1000000;
	const struct git_order order = {
		.folder = folder,
		.words = words,
		.timeout_ms = left < 1 ? 1 : (unsigned)left,
		.output = on_git_output,
		.ctx = g,
		.progress = g->l->progress,
	};

	return git_run(&order, code);
}

/* False: git does not tell, or there is nothing that it does not ignore; nothing was added. */
static bool
list_with_git(struct listing *l, const char *folder, const char *prefix, int depth)
{
	struct git_list g = { .l = l, .prefix = prefix };
	size_t count = l->tree->count, len = l->bytes.len;
	int code = 0;
	enum status status = l->no_git ? STATUS_MISSING : ask_git(&g, folder, &code);
	bool good =
		status == STATUS_OK && code == 0 && (l->tree->count > count || g.nested.count > 0);

	l->no_git = l->no_git || status == STATUS_MISSING;
	if (status == STATUS_LIMIT)
		l->tree->cut = true;
	if (l->stopped || l->tree->cut)
		good = true; /* as much as there is */
	if (!good) {
		l->tree->count = count;
		l->bytes.len = len;
	}
	for (size_t i = 0; good && i < g.nested.count && may_go_on(l); i++) {
		struct buf below = { 0 };

		buf_addf(&below, "%s%s/", prefix, g.nested.at[i]);
		list_folder(l, buf_text(&below), depth + 1);
		buf_free(&below);
	}
	text_list_free(&g.nested);
	buf_free(&g.entry);
	return good;
}

/* What is in one folder. */
struct walk {
	struct listing *l;
	const char *prefix;
	struct text_list folders;
};

static bool
on_entry(void *ctx, const struct folder_entry *entry)
{
	struct walk *w = ctx;

	if (entry->kind == FILE_REGULAR && !entry->is_link)
		add_file(w->l, w->prefix, entry->name);
	else if (entry->kind == FILE_FOLDER && !entry->is_link && entry->name[0] != '.' &&
		 !tree_is_foreign(entry->name))
		text_list_add(&w->folders, span_of(entry->name));
	return may_go_on(w->l);
}

static void
walk(struct listing *l, const char *folder, const char *prefix, int depth)
{
	struct walk w = { .l = l, .prefix = prefix };

	folder_read(folder, on_entry, &w, NULL);
	for (size_t i = 0; i < w.folders.count && may_go_on(l); i++) {
		struct buf below = { 0 };

		buf_addf(&below, "%s%s/", prefix, w.folders.at[i]);
		list_folder(l, buf_text(&below), depth + 1);
		buf_free(&below);
	}
	text_list_free(&w.folders);
}

static void
list_folder(struct listing *l, const char *prefix, int depth)
{
	char *folder = full_path(l, prefix, "");
	bool done = depth > DEPTH_MAX || is_virtualenv(folder) ||
		    (depth > 0 && discover_is_worktree(folder));

	/* The first may lie in a repository; another one only begins one. */
	if (!done && (depth == 0 || has_entry(folder, ".git")))
		done = list_with_git(l, folder, prefix, depth);
	if (!done)
		walk(l, folder, prefix, depth);
	free(folder);
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Adds the folder of each file that marks a virtual environment, with its '/'. */
static void
find_virtualenvs(const struct tree *tree, struct text_list *folders)
{
	for (size_t i = 0; i < tree->count; i++) {
		struct span name = span_of(tree_name(tree, i));

		if (span_ends(name, SPAN("/pyvenv.cfg")))
			text_list_add(folders, span_cut(name, 0, name.len - strlen("pyvenv.cfg")));
	}
}

static bool
is_below_any(const char *name, const struct text_list *folders)
{
	bool below = false;

	for (size_t i = 0; i < folders->count && !below; i++)
		below = strncmp(name, folders->at[i], strlen(folders->at[i])) == 0;
	return below;
}

/* In byte order, each once; a virtual environment that git does not ignore is left out. */
static void
put_in_order(struct tree *tree)
{
	const char **sorted = mem_alloc(tree->count, sizeof *sorted);
	struct text_list virtualenvs = { 0 };
	size_t count = 0;

	find_virtualenvs(tree, &virtualenvs);
	for (size_t i = 0; i < tree->count; i++)
		sorted[i] = tree_name(tree, i);
	if (tree->count > 1)
		qsort(sorted, tree->count, sizeof *sorted, compare_names);
	for (size_t i = 0; i < tree->count; i++) {
		if ((i == 0 || strcmp(sorted[i], sorted[i - 1]) != 0) &&
		    !is_below_any(sorted[i], &virtualenvs))
			tree->names[count++] = (uint32_t)(sorted[i] - tree->bytes);
	}
	tree->count = count;
	text_list_free(&virtualenvs);
	free(sorted);
}

static struct tree *
make_tree(char *folder, struct progress *progress, bool *stopped)
{
	struct tree *tree = mem_alloc(1, sizeof *tree);
	struct listing l = {
		.tree = tree,
		.progress = progress,
		.end = clock_steady_ns() + (int64_t)LIST_MS * 1000000,
	};

	tree->folder = folder;
	list_folder(&l, "", 0);
	tree->bytes = buf_take(&l.bytes);
	put_in_order(tree);
	*stopped = l.stopped;
	return tree;
}

static void
free_tree(struct tree *tree)
{
	free(tree->folder);
	free(tree->bytes);
	free(tree->names);
	free(tree);
}

struct tree_cache {
	struct tree **at;
	size_t count, cap;
};

struct tree_cache *
tree_cache_open(void)
{
	return mem_alloc(1, sizeof(struct tree_cache));
}

void
tree_cache_renew(struct tree_cache *cache)
{
	for (size_t i = 0; i < cache->count; i++)
		free_tree(cache->at[i]);
	cache->count = 0;
}

void
tree_cache_close(struct tree_cache *cache)
{
	if (cache == NULL)
		return;
	tree_cache_renew(cache);
	free(cache->at);
	free(cache);
}

const struct tree *
tree_of(struct tree_cache *cache, const char *folder, struct progress *progress)
{
	char *real = path_resolve("/", folder);
	struct tree *tree;
	bool stopped = false;

	for (size_t i = 0; i < cache->count; i++) {
		if (strcmp(cache->at[i]->folder, real) == 0) {
			free(real);
			return cache->at[i];
		}
	}
	tree = make_tree(real, progress, &stopped);
	if (stopped) {
		free_tree(tree);
		return NULL;
	}
	cache->at = mem_grow(cache->at, cache->count, &cache->cap, sizeof(struct tree *));
	cache->at[cache->count++] = tree;
	return tree;
}

const char *
tree_name(const struct tree *tree, size_t i)
{
	return tree->bytes + tree->names[i];
}
