#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "coverage/inventory.h"
#include "platform/path.h"
#include "support/test.h"

#define LCOV "TN:\nSF:a.c\nDA:1,1\nend_of_record\n"

static char root[128];
static struct inventory *inventory;

static int
make_root(void **state)
{
	char template[] = "/tmp/covls-inventory-XXXXXX", *real;

	(void)state;
	if (mkdtemp(template) == NULL)
		return -1;
	real = path_real(template);
	snprintf(root, sizeof root, "%s", real);
	free(real);
	inventory = inventory_open();
	return 0;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static int
remove_root(void **state)
{
	(void)state;
	inventory_close(inventory);
	return nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* Makes the file and the folders that it lies in; `age` is in seconds. */
static void
put(const char *name, const char *text, int age)
{
	struct timespec times[2] = { { .tv_sec = 1600000000 - age },
				     { .tv_sec = 1600000000 - age } };
	char *path = path_join(root, name);
	FILE *file;

	for (char *at = path + strlen(root) + 1; (at = strchr(at, '/')) != NULL; *at++ = '/') {
		*at = '\0';
		mkdir(path, 0700);
	}
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
	free(path);
}

static const struct inventory_list *
look(void)
{
	inventory_renew(inventory);
	return inventory_of(inventory, root, NULL);
}

/* The files as seen from the root, in order. */
static const char *
found(void)
{
	static struct buf out;
	const struct inventory_list *list = look();

	buf_reset(&out);
	for (size_t i = 0; i < list->count; i++)
		buf_addf(&out, "%s%s", i == 0 ? "" : " ", path_below(list->files[i].path, root));
	return buf_text(&out);
}

static void
content_decides_and_the_newest_comes_first(void **state)
{
	const struct inventory_list *list;

	(void)state;
	put("lcov.info", LCOV, 30);
	put("pkg/deep/er/unit.lcov", LCOV, 10);
	put("coverage.out", "mode: set\na/b.go:1.2,3.4 1 1\n", 20);
	put("module.info", "name = Some module\n", 0);
	put("notes.txt", LCOV, 0);
	put("coverage.txt", "all is well\n", 0);
	assert_string_equal(found(), "pkg/deep/er/unit.lcov coverage.out lcov.info");
	list = inventory_of(inventory, root, NULL);
	assert_string_equal(list->files[0].place, "by its name");
	assert_int_equal(list->files[0].stamp.modified_ns, INT64_C(1599999990) * 1000000000);
	assert_false(list->cut);
}

static void
what_git_ignores_is_entered_where_reports_are_put(void **state)
{
	(void)state;
	put(".git/HEAD", "ref: refs/heads/main\n", 0);
	put(".git/info/exclude", "private/\n", 0);
	put(".gitignore", "coverage/\ntarget/\nscratch/\n*.info\n", 0);
	put("coverage/lcov.info", LCOV, 1);
	put("target/site/jacoco/lcov.info", LCOV, 2);
	put("target/classes/lcov.info", LCOV, 2);
	put("scratch/lcov.info", LCOV, 3);
	put("private/lcov.info", LCOV, 3);
	put("sub/.gitignore", "!scratch/\n", 0);
	put("sub/scratch/lcov.info", LCOV, 4);
	put("sub/coverage/html/deep/lcov.info", LCOV, 5);
	assert_string_equal(found(), "coverage/lcov.info target/site/jacoco/lcov.info "
				     "sub/scratch/lcov.info sub/coverage/html/deep/lcov.info");
}

static void
foreign_folders_are_left_out(void **state)
{
	(void)state;
	put("a/lcov.info", LCOV, 0);
	put("node_modules/a/coverage/lcov.info", LCOV, 0);
	put("env/pyvenv.cfg", "", 0);
	put("env/lib/coverage.info", LCOV, 0);
	put(".hidden/lcov.info", LCOV, 0);
	put(".coverage.lcov", LCOV, 0); /* discover.h's, whatever is in it */
	assert_string_equal(found(), "a/lcov.info");
}

static void
links_are_followed_once(void **state)
{
	char *from = path_join(root, "a/up"), *elsewhere = path_join(root, "b");

	(void)state;
	put("a/lcov.info", LCOV, 1);
	assert_int_equal(symlink(root, from), 0);
	assert_int_equal(symlink("a", elsewhere), 0);
	assert_string_equal(found(), "a/lcov.info");
	free(from);
	free(elsewhere);
}

static void
a_stranger_is_told_once_a_kind(void **state)
{
	const struct inventory_list *list;

	(void)state;
	put("build/a.gcda", "adcgx", 0);
	put("build/b.gcda", "adcgx", 0);
	put("build/sub/c.gcda", "adcgx", 0);
	list = look();
	assert_int_equal(list->count, 0);
	assert_int_equal(list->stranger_count, 1);
	assert_int_equal(list->strangers[0].more, 2);
	assert_non_null(strstr(list->strangers[0].text, "gcov"));
}

static void
folders_to_be_watched_are_named(void **state)
{
	const struct inventory_list *list;
	char *coverage = path_join(root, "coverage"), *pkg = path_join(root, "pkg/coverage"),
	     *odd = path_join(root, "odd");

	(void)state;
	put("pkg/package.json", "{}", 0);
	put("odd/lcov.info", LCOV, 0);
	list = look();
	assert_true(text_list_has(&list->folders, root));
	assert_true(text_list_has(&list->folders, coverage));
	assert_true(text_list_has(&list->folders, pkg));
	assert_string_equal(list->folders.at[0], odd);
	assert_true(list->folders.count <= INVENTORY_FOLDERS_MAX);
	free(coverage);
	free(pkg);
	free(odd);
}

static void
a_large_tree_is_cut(void **state)
{
	const struct inventory_list *list;
	char path[256];

	(void)state;
	for (int i = 0; i < 6100; i++) {
		snprintf(path, sizeof path, "%s/d%d", root, i);
		assert_int_equal(mkdir(path, 0700), 0);
	}
	put("coverage/lcov.info", LCOV, 0);
	list = look();
	assert_true(list->cut);
	assert_true(list->folders_seen < 6100);
	assert_int_equal(list->count, 1);
}

static void
a_search_can_be_stopped(void **state)
{
	struct progress progress = { 0 };

	(void)state;
	atomic_store(&progress.stop, true);
	assert_null(inventory_of(inventory, root, &progress));
	atomic_store(&progress.stop, false);
	assert_non_null(inventory_of(inventory, root, &progress));
}

static void
names_of_reports(void **state)
{
	static const char *const yes[] = { "lcov.info",
					   ".coverage",
					   "COVERAGE.XML",
					   "jacocoTestReport.xml",
					   "clover.xml",
					   "a.gcov.json.gz",
					   "coverage-final.json",
					   ".resultset.json",
					   "c.out",
					   "cover.out",
					   "x.lcov.gz",
					   "luacov.stats.out",
					   "profile.cov",
					   "coverage.txt",
					   "01234567-89ab-cdef-0123-456789abcdef.json" };
	static const char *const no[] = { ".coveragerc",  ".coverage.host.pid1.Xabcdefx",
					  "package.json", "a.c",
					  "pom.xml",      "a.out",
					  "README.txt",   "info" };

	(void)state;
	for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++) {
		if (!inventory_is_name(yes[i]))
			fail_msg("%s", yes[i]);
	}
	for (size_t i = 0; i < sizeof no / sizeof no[0]; i++) {
		if (inventory_is_name(no[i]))
			fail_msg("%s", no[i]);
	}
}

#define IN_ROOT(test) cmocka_unit_test_setup_teardown(test, make_root, remove_root)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_ROOT(content_decides_and_the_newest_comes_first),
		IN_ROOT(what_git_ignores_is_entered_where_reports_are_put),
		IN_ROOT(foreign_folders_are_left_out),
		IN_ROOT(links_are_followed_once),
		IN_ROOT(a_stranger_is_told_once_a_kind),
		IN_ROOT(folders_to_be_watched_are_named),
		IN_ROOT(a_large_tree_is_cut),
		IN_ROOT(a_search_can_be_stopped),
		cmocka_unit_test(names_of_reports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
