#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "coverage/tree.h"
#include "platform/path.h"
#include "platform/process.h"
#include "support/test.h"

static char top[] = "/tmp/covls-tree-XXXXXX";
static bool has_git;

static bool
drop(void *ctx, struct span piece)
{
	(void)ctx;
	(void)piece;
	return true;
}

/* Runs a script in the folder; true if it went well. */
static bool
shell(const char *folder, const char *script)
{
	char *path = path_join(top, folder);
	const char *const arguments[] = { "sh", "-e", "-c", script, NULL };
	const char *const environment[] = { "GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=n",
					    "GIT_AUTHOR_EMAIL=e",          "GIT_COMMITTER_NAME=n",
					    "GIT_COMMITTER_EMAIL=e",       NULL };
	const struct process_order order = {
		.arguments = arguments,
		.folder = path,
		.environment = environment,
		.timeout_ms = 60000,
		.output = drop,
	};
	int code = -1;
	enum status status = process_run(&order, &code, NULL);

	free(path);
	return status == STATUS_OK && code == 0;
}

/* The files of a folder below the top, in one line. */
static const char *
files_of(const char *folder)
{
	static struct buf out;
	struct tree_cache *cache = tree_cache_open();
	char *path = path_join(top, folder);
	const struct tree *tree = tree_of(cache, path, NULL);

	assert_non_null(tree);
	buf_reset(&out);
	for (size_t i = 0; i < tree->count; i++)
		buf_addf(&out, "%s%s", i == 0 ? "" : " ", tree_name(tree, i));
	assert_false(tree->cut);
	tree_cache_close(cache);
	free(path);
	return buf_text(&out);
}

static void
folders_are_walked_where_there_is_no_repository(void **state)
{
	(void)state;
	assert_true(shell(".",
			  "mkdir plain && cd plain && mkdir -p a/b node_modules/x .hidden env/lib"
			  " src/__pycache__ lib/site-packages && touch z.py a/b/c.py"
			  " node_modules/x/i.js .hidden/h.py env/pyvenv.cfg env/lib/l.py"
			  " src/__pycache__/p.py src/s.py lib/site-packages/o.py .dot"
			  " && ln -s a l && ln -s z.py y.py && ln -s . loop"));
	assert_string_equal(files_of("plain"), ".dot a/b/c.py src/s.py z.py");
	assert_string_equal(files_of("plain/a"), "b/c.py");
	assert_string_equal(files_of("plain/l"), "b/c.py");
	assert_string_equal(files_of("plain/env"), "");
	assert_string_equal(files_of("not/there"), "");
}

static void
git_is_asked_where_there_is_a_repository(void **state)
{
	(void)state;
	if (!has_git)
		skip();
	assert_true(shell(
		".", "mkdir repo && cd repo && git init -q . && mkdir -p src old build vendor"
		     " node_modules/m && echo build/ >.gitignore"
		     " && touch src/a.c src/b.c old/c.c build/out.c node_modules/m/i.js"
		     " 'src/with space' && printf x >\"src/new\nline\""
		     " && ln -s src/a.c link.c && git add -f . && git commit -qm x"
		     " && git rm -q --cached build/out.c && rm src/b.c && mv old/c.c src/"
		     " && mkdir .venv inner inner/.git-not && touch .venv/pyvenv.cfg .venv/v.py"
		     " && cd inner && git init -q . && touch i.c && mkdir sub && touch sub/j.c"));
	assert_string_equal(files_of("repo"),
			    ".gitignore inner/i.c inner/sub/j.c src/a.c src/c.c src/new\nline "
			    "src/with space");
	assert_string_equal(files_of("repo/src"), "a.c c.c new\nline with space");
	assert_string_equal(files_of("repo/inner"), "i.c sub/j.c");
	/* What git ignores as a whole is walked when it is opened by itself. */
	assert_string_equal(files_of("repo/build"), "out.c");
}

static void
further_checkouts_are_left_out(void **state)
{
	(void)state;
	if (!has_git)
		skip();
	assert_true(shell(
		".",
		"mkdir trees && cd trees && git init -q . && touch a.c && git add a.c"
		" && git commit -qm x && git worktree add -q wt && git worktree add -q .hidden/wu"
		" && cd wt && git worktree add -q deeper"));
	assert_string_equal(files_of("trees"), "a.c");
	assert_string_equal(files_of("trees/wt"), "a.c");
	assert_string_equal(files_of("trees/wt/deeper"), "a.c");
	/* Around a bare repository they are all that there is. */
	assert_true(shell(".", "mkdir bare && cd bare && git clone -q --bare ../trees .bare"
			       " && echo gitdir: ./.bare >.git && git worktree add -q one"
			       " && git worktree add -q two"));
	assert_string_equal(files_of("bare"), ".git one/a.c two/a.c");
}

static void
what_git_only_knows_of_is_looked_at(void **state)
{
	(void)state;
	if (!has_git)
		skip();
	assert_true(shell(".",
			  "mkdir sparse && cd sparse && git init -q . && touch a.c b.c && git add ."
			  " && git commit -qm x && git update-index --skip-worktree a.c b.c"
			  " && rm b.c && ln -s a.c untracked.c"));
	assert_string_equal(files_of("sparse"), "a.c");
}

static void
an_index_of_another_repository_is_not_taken(void **state)
{
	char *other = path_join(top, "other/.git");

	(void)state;
	if (!has_git)
		skip();
	assert_true(
		shell(".", "mkdir other && cd other && git init -q . && touch o.c && git add ."));
	setenv("GIT_DIR", other, 1);
	assert_string_equal(files_of("plain/a"), "b/c.py");
	unsetenv("GIT_DIR");
	free(other);
}

static void
the_repository_runs_no_program(void **state)
{
	char *trace = path_join(top, "ran");

	(void)state;
	if (!has_git)
		skip();
	assert_true(shell(".",
			  "mkdir hooked && cd hooked && git init -q . && touch a.c && git add ."
			  " && printf '#!/bin/sh\\ntouch ../ran\\n' >hook && chmod +x hook"
			  " && for h in post-index-change fsmonitor-watchman query-watchman; do"
			  " cp hook .git/hooks/$h; done"
			  " && git config core.fsmonitor ./hook && git config core.pager ./hook"
			  " && git config diff.external ./hook && rm -f ../ran"));
	assert_string_equal(files_of("hooked"), "a.c hook");
	assert_int_not_equal(access(trace, F_OK), 0);
	/* And it would have: the trap works. */
	assert_true(shell("hooked", "git status >/dev/null; rm ../ran"));
	free(trace);
}

static void
a_tree_is_kept_until_it_is_renewed(void **state)
{
	struct tree_cache *cache = tree_cache_open();
	char *path = path_join(top, "kept");
	const struct tree *tree;

	(void)state;
	assert_true(shell(".", "mkdir kept && touch kept/a"));
	tree = tree_of(cache, path, NULL);
	assert_int_equal(tree->count, 1);
	assert_true(shell("kept", "touch b"));
	assert_ptr_equal(tree_of(cache, path, NULL), tree);
	assert_int_equal(tree->count, 1);
	tree_cache_renew(cache);
	tree = tree_of(cache, path, NULL);
	assert_int_equal(tree->count, 2);
	assert_string_equal(tree_name(tree, 0), "a");
	assert_string_equal(tree_name(tree, 1), "b");
	tree_cache_close(cache);
	free(path);
}

static void
a_listing_can_be_stopped(void **state)
{
	struct tree_cache *cache = tree_cache_open();
	struct progress progress = { 0 };

	(void)state;
	atomic_store(&progress.stop, true);
	assert_null(tree_of(cache, top, &progress));
	atomic_store(&progress.stop, false);
	assert_non_null(tree_of(cache, top, &progress));
	tree_cache_close(cache);
}

static int
make_top(void **state)
{
	(void)state;
	if (mkdtemp(top) == NULL)
		return -1;
	has_git = shell(".", "git --version");
	return 0;
}

static int
remove_top(void **state)
{
	(void)state;
	return shell(".", "rm -rf -- \"$PWD\"") ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(folders_are_walked_where_there_is_no_repository),
		cmocka_unit_test(git_is_asked_where_there_is_a_repository),
		cmocka_unit_test(further_checkouts_are_left_out),
		cmocka_unit_test(what_git_only_knows_of_is_looked_at),
		cmocka_unit_test(an_index_of_another_repository_is_not_taken),
		cmocka_unit_test(the_repository_runs_no_program),
		cmocka_unit_test(a_tree_is_kept_until_it_is_renewed),
		cmocka_unit_test(a_listing_can_be_stopped),
	};

	return cmocka_run_group_tests_name("tree", tests, make_top, remove_top);
}
