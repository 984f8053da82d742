#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "coverage/project.h"
#include "platform/path.h"

static char top[] = "/tmp/covls-project-XXXXXX";

static char *
in_top(const char *name)
{
	return path_join(top, name);
}

static void
write_file(const char *name, const char *text)
{
	char *path = in_top(name);
	FILE *f;

	unlink(path); /* another inode: no clock is needed to see that it is another file */
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	free(path);
}

static void
remove_file(const char *name)
{
	char *path = in_top(name);

	assert_int_equal(unlink(path), 0);
	free(path);
}

static struct project *
project_of_source(struct project_cache *cache, const char *source)
{
	struct text_list roots = { 0 };
	char *path = in_top(source);
	struct project *project;

	text_list_add_once(&roots, top);
	project_cache_renew(cache, NULL, NULL);
	project = project_of(cache, path, &roots);
	text_list_free(&roots);
	free(path);
	return project;
}

/* "FOLDER: DATA FILE", without the top. */
static const char *
describe(const struct project *project)
{
	static struct buf out;
	char *data = project_data_file(project);
	const char *below = path_below(project->folder, top);

	buf_reset(&out);
	buf_addf(&out, "%s: %s", below == NULL ? "." : below,
		 data == NULL ? "-" : path_below(data, top));
	free(data);
	return buf_text(&out);
}

static void
test_nearest(void **state)
{
	static const struct {
		const char *source, *want;
	} cases[] = {
		{"a/b/x.py",      "a/b: a/b/data.b"},
		{ "a/c/x.py",     "a: a/data.a"    },
		{ "x.py",         ".: -"           },
		{ "a/setup/x.py", "a: a/data.a"    }, /* a setup.cfg that says nothing of coverage */
	};
	struct project_cache *cache = project_cache_open();

	(void)state;
	write_file("a/.coveragerc", "[run]\ndata_file = data.a\n");
	write_file("a/b/tox.ini", "[coverage:run]\ndata_file = data.b\n");
	write_file("a/setup/setup.cfg", "[metadata]\nname = x\n");
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct project *project = project_of_source(cache, cases[i].source);

		assert_string_equal(describe(project), cases[i].want);
		assert_int_equal(project->trouble.status, STATUS_OK);
		project_release(project);
	}
	project_cache_close(cache);
}

/* What is kept is kept only as long as it is true, and holders keep theirs. */
static void
test_cache(void **state)
{
	struct project_cache *cache = project_cache_open();
	struct project *first, *again, *changed, *gone;

	(void)state;
	write_file("a/b/tox.ini", "[coverage:run]\ndata_file = one\n");
	first = project_of_source(cache, "a/b/x.py");
	again = project_of_source(cache, "a/b/y.py");
	assert_ptr_equal(first, again);
	write_file("a/b/tox.ini", "[coverage:run]\ndata_file = two\n");
	changed = project_of_source(cache, "a/b/x.py");
	assert_string_equal(describe(changed), "a/b: a/b/two");
	assert_string_equal(describe(first), "a/b: a/b/one");
	assert_true(project_rules_equal(first, changed));
	remove_file("a/b/tox.ini");
	gone = project_of_source(cache, "a/b/x.py");
	assert_string_equal(describe(gone), "a: a/data.a");
	project_cache_close(cache);
	project_release(first);
	project_release(again);
	project_release(changed);
	project_release(gone);
}

static void
test_trouble(void **state)
{
	struct project_cache *cache = project_cache_open();
	struct project *project;

	(void)state;
	write_file("a/b/tox.ini", "[coverage:report]\nexclude_also = (\n");
	project = project_of_source(cache, "a/b/x.py");
	assert_int_not_equal(project->trouble.status, STATUS_OK);
	assert_non_null(strstr(project->trouble.text, "tox.ini"));
	assert_true(project_rules_equal(project, NULL));
	project_release(project);
	write_file("a/b/tox.ini", "[coverage:report]\nexclude_also = abc\n");
	project = project_of_source(cache, "a/b/x.py");
	assert_int_equal(project->trouble.status, STATUS_OK);
	assert_false(project_rules_equal(project, NULL));
	assert_false(project_rules_equal(NULL, project));
	project_release(project);
	write_file("a/b/tox.ini", "[coverage:report]\npartial_also = abc\n");
	project = project_of_source(cache, "a/b/x.py");
	assert_false(project_rules_equal(project, NULL));
	project_release(project);
	remove_file("a/b/tox.ini");
	project_cache_close(cache);
}

static void
test_rcfile(void **state)
{
	struct project_cache *cache = project_cache_open();
	struct project *project;

	(void)state;
	write_file("my.rc", "[run]\ndata_file = mine\n");
	assert_true(project_is_file("pyproject.toml"));
	assert_false(project_is_file("my.rc"));
	assert_int_equal(setenv("COVERAGE_RCFILE", "my.rc", 1), 0);
	assert_true(project_is_file("my.rc"));
	project = project_of_source(cache, "a/b/x.py");
	assert_string_equal(describe(project), ".: mine");
	project_release(project);
	assert_int_equal(unsetenv("COVERAGE_RCFILE"), 0);
	project_cache_close(cache);
	remove_file("my.rc");
}

static const char *const folders[] = { "a", "a/b", "a/c", "a/setup" };

static int
set_up(void **state)
{
	(void)state;
	unsetenv("COVERAGE_RCFILE");
	unsetenv("COVERAGE_FILE");
	if (mkdtemp(top) == NULL)
		return -1;
	for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
		char *path = in_top(folders[i]);

		mkdir(path, 0700);
		free(path);
	}
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	remove_file("a/.coveragerc");
	remove_file("a/setup/setup.cfg");
	for (size_t i = sizeof folders / sizeof folders[0]; i > 0; i--) {
		char *path = in_top(folders[i - 1]);

		rmdir(path);
		free(path);
	}
	return rmdir(top);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nearest),
		cmocka_unit_test(test_cache),
		cmocka_unit_test(test_trouble),
		cmocka_unit_test(test_rcfile),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
