#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "coverage/discover.h"
#include "platform/path.h"
#include "support/test.h"

/* A tree: T/mono/.git, T/mono/pkg/pyproject.toml, T/mono/pkg/src/a.py, T/link -> T/mono/pkg/src */
static char top[] = "/tmp/covls-discover-XXXXXX";

static char *
in_top(const char *name)
{
	return path_join(top, name);
}

static void
make(const char *name, const char *kind)
{
	char *path = in_top(name), *target;
	FILE *f;

	if (strcmp(kind, "folder") == 0) {
		assert_int_equal(mkdir(path, 0700), 0);
	} else if (strcmp(kind, "file") == 0) {
		f = fopen(path, "w");
		assert_non_null(f);
		fclose(f);
	} else {
		target = in_top(kind);
		assert_int_equal(symlink(target, path), 0);
		free(target);
	}
	free(path);
}

/* The list, each without the top, in one line. */
static const char *
text_of(const struct text_list *list)
{
	static struct buf out;

	buf_reset(&out);
	for (size_t i = 0; i < list->count; i++) {
		const char *below = path_below(list->at[i], top);

		buf_addf(&out, "%s%s", i == 0 ? "" : " ", below == NULL ? list->at[i] : below);
	}
	return buf_text(&out);
}

static const char *
places(const char *source, const char *root, const char *setting)
{
	struct text_list roots = { 0 }, paths = { 0 };
	char *path = in_top(source), *root_path = root == NULL ? NULL : in_top(root);
	const char *text;

	if (root != NULL)
		text_list_add_once(&roots, root_path);
	discover_places(path, &roots, setting, NULL, &paths);
	text = text_of(&paths);
	free(path);
	free(root_path);
	text_list_free(&roots);
	text_list_free(&paths);
	return text;
}

static void
folders_are_tried_from_the_source_up(void **state)
{
	(void)state;
	/* Up to the repository that holds the workspace folder. */
	assert_string_equal(places("mono/pkg/src/a.py", "mono/pkg", NULL),
			    "mono/pkg/src/.coverage mono/pkg/.coverage mono/.coverage");
	/* No repository: up to the workspace folder, however a folder on the way looks. */
	assert_string_equal(places("plain/pkg/a.py", "plain", NULL),
			    "plain/pkg/.coverage plain/.coverage");
	/* No workspace folder: up to what looks like a project. */
	assert_string_equal(places("plain/pkg/a.py", NULL, NULL), "plain/pkg/.coverage");
	/* And to the repository that holds that. */
	assert_string_equal(places("mono/pkg/src/a.py", NULL, NULL),
			    "mono/pkg/src/.coverage mono/pkg/.coverage mono/.coverage");
	/* Outside of the workspace folder: that comes last. */
	assert_string_equal(places("plain/pkg/a.py", "mono", NULL),
			    "plain/pkg/.coverage mono/.coverage");
	/* By a link: both ways up. */
	assert_string_equal(
		places("link/a.py", "link", NULL),
		"link/.coverage mono/pkg/src/.coverage mono/pkg/.coverage mono/.coverage");
	/* A setting is the only place. */
	assert_string_equal(places("plain/pkg/a.py", "mono", "out/cov"), "mono/out/cov");
	assert_string_equal(places("plain/pkg/a.py", "mono", "/x/cov"), "/x/cov");
}

static const char *
names(const char *source, const char *data, const char *root)
{
	struct text_list roots = { 0 }, list = { 0 };
	char *path = in_top(source), *data_path = in_top(data), *root_path = in_top(root);
	const char *text;

	text_list_add_once(&roots, root_path);
	discover_names(path, data_path, &roots, &list);
	text = text_of(&list);
	free(path);
	free(data_path);
	free(root_path);
	text_list_free(&roots);
	text_list_free(&list);
	return text;
}

static void
a_source_has_several_names(void **state)
{
	(void)state;
	/* text_of() shows absolute names from the top. */
	assert_string_equal(names("mono/pkg/src/a.py", "mono/pkg/.coverage", "mono/pkg"),
			    "mono/pkg/src/a.py src/a.py");
	assert_string_equal(names("link/a.py", "link/.coverage", "link"),
			    "mono/pkg/src/a.py link/a.py a.py");
	assert_string_equal(names("mono/pkg/src/a.py", "plain/.coverage", "mono"),
			    "mono/pkg/src/a.py pkg/src/a.py");
}

static void
folders_are_named_in_a_sentence(void **state)
{
	struct text_list paths = { 0 };
	struct buf out = { 0 };

	(void)state;
	text_list_add_once(&paths, "/a/.coverage");
	discover_describe(&paths, &out);
	assert_string_equal(buf_text(&out), "'/a'");
	text_list_add_once(&paths, "/b/.coverage");
	text_list_add_once(&paths, "/b/.coverage"); /* not twice */
	buf_reset(&out);
	discover_describe(&paths, &out);
	assert_string_equal(buf_text(&out), "'/a' and '/b'");
	for (char name[] = "/c/.coverage"; name[1] < 'h'; name[1]++)
		text_list_add_once(&paths, name);
	buf_reset(&out);
	discover_describe(&paths, &out);
	assert_string_equal(buf_text(&out), "'/a', '/b', '/c', '/d' and 3 more");
	buf_free(&out);
	text_list_free(&paths);
}

static int
make_tree(void **state)
{
	(void)state;
	if (mkdtemp(top) == NULL)
		return -1;
	make("mono", "folder");
	make("mono/.git", "folder");
	make("mono/pkg", "folder");
	make("mono/pkg/pyproject.toml", "file");
	make("mono/pkg/src", "folder");
	make("mono/pkg/src/a.py", "file");
	make("plain", "folder");
	make("plain/pkg", "folder");
	make("plain/pkg/setup.cfg", "file");
	make("plain/pkg/a.py", "file");
	make("link", "mono/pkg/src");
	return 0;
}

static int
remove_tree(void **state)
{
	static const char *const all[] = {
		"link",
		"plain/pkg/a.py",
		"plain/pkg/setup.cfg",
		"plain/pkg",
		"plain",
		"mono/pkg/src/a.py",
		"mono/pkg/src",
		"mono/pkg/pyproject.toml",
		"mono/pkg",
		"mono/.git",
		"mono",
		"",
	};

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		char *path = in_top(all[i]);

		remove(path);
		free(path);
	}
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(folders_are_tried_from_the_source_up),
		cmocka_unit_test(a_source_has_several_names),
		cmocka_unit_test(folders_are_named_in_a_sentence),
	};

	return cmocka_run_group_tests_name("discover", tests, make_tree, remove_tree);
}
