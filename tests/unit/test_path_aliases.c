#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "coverage/path_aliases.h"
#include "platform/path.h"
#include "support/test.h"

/* The tree in which paths are mapped: src/a.py, src/b.py, lib/b.py, eggs/x.egg, link -> src. */
static char folder[128];

static char *
in_folder(const char *name)
{
	return path_join(folder, name);
}

static void
make_file(const char *name)
{
	char *path = in_folder(name);
	int fd = open(path, O_CREAT | O_WRONLY, 0600);

	assert_true(fd >= 0);
	close(fd);
	free(path);
}

static int
make_tree(void **state)
{
	static const char *const folders[] = { "src", "lib", "eggs" };
	char template[] = "/tmp/covls-test-XXXXXX", *real, *link;

	(void)state;
	if (mkdtemp(template) == NULL)
		return -1;
	real = path_real(template);
	snprintf(folder, sizeof folder, "%s", real);
	free(real);
	for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
		char *path = in_folder(folders[i]);

		assert_int_equal(mkdir(path, 0700), 0);
		free(path);
	}
	make_file("src/a.py");
	make_file("src/b.py");
	make_file("lib/b.py");
	make_file("eggs/x.egg");
	link = in_folder("link");
	assert_int_equal(symlink("src", link), 0);
	free(link);
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
remove_tree(void **state)
{
	(void)state;
	return nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* "@" at the start of a path stands for the folder. */
static char *
spell(const char *path)
{
	struct buf text = { 0 };

	if (path[0] == '@')
		buf_add_text(&text, folder);
	buf_add_text(&text, path + (path[0] == '@'));
	return buf_take(&text);
}

struct rule {
	const char *pattern, *result;
};

struct mapping {
	const char *path, *mapped; /* NULL: as it was */
};

#define RULES    4
#define MAPPINGS 6

static const struct {
	bool relative;
	struct rule rules[RULES];
	struct mapping mappings[MAPPINGS];
} cases[] = {
  /* The first entry whose result is there. */
	{false,
         { { "/ci/*/src", "lib" }, { "*/src", "src" } },
         { { "/ci/1/src/a.py", "@/src/a.py" },
	    { "/ci/1/src/b.py", "@/lib/b.py" },
	    { "/ci/1/src/c.py", NULL },
	    { "/CI/x/SRC/a.py", "@/src/a.py" },
	    { "/ci/1/2/src/a.py", "@/src/a.py" } }							},
 /* Windows paths become ones of here; what was recorded here stays. */
	{ false,
         { { "c:\\work\\src", "src" } },
         { { "C:\\work\\src\\a.py", "@/src/a.py" },
	    { "@/src/a.py", NULL },
	    { "src/a.py", NULL } }									},
 /* A pattern that is relative is one of this folder, links resolved, and so is a result. */
	{ false,
         { { "old", "link" } },
         { { "@/old/a.py", "@/src/a.py" }, { "/old/a.py", NULL }, { "old/a.py", NULL } }                  },
 /* An archive is enough. */
	{ false,
         { { "/ci", "eggs" } },
         { { "/ci/x.egg/in/it.py", "@/eggs/x.egg/in/it.py" }, { "/ci/y.egg/it.py", NULL } }               },
	{ true,
         { { "/ci/*/src", "./src" }, { "/x", "." } },
         { { "/ci/1/src/a.py", "./src/a.py" },
	    { "/x/src/a.py", "src/a.py" },
	    { "@/src/c.py", "src/c.py" },
	    { "@/d.py", "d.py" } }									},
 /* Relative paths make entries of their own, from then on. */
	{ true,
         { { NULL, NULL } },
         { { "/y/src/a.py", NULL },
	    { "src/c.py", NULL },
	    { "/y/src/a.py", "src/a.py" },
	    { "/y/src/c.py", NULL },
	    { "/y/src/src/b.py", "src/b.py" } }							   },
	{ true,  { { "*/src", "lib" } },                 { { "src/a.py", NULL }, { "/y/src/a.py", NULL } }},
};

static void
paths_are_mapped(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct path_aliases *aliases = path_aliases_new(folder, cases[i].relative);

		for (size_t k = 0; k < RULES && cases[i].rules[k].pattern != NULL; k++)
			assert_int_equal(path_aliases_add(aliases, cases[i].rules[k].pattern,
							  cases[i].rules[k].result, NULL),
					 STATUS_OK);
		for (size_t k = 0; k < MAPPINGS && cases[i].mappings[k].path != NULL; k++) {
			const struct mapping *m = &cases[i].mappings[k];
			char *path = spell(m->path), *got = path_aliases_map(aliases, path);
			char *expected = spell(m->mapped == NULL ? m->path : m->mapped);

			if (strcmp(got, expected) != 0)
				fail_msg("case %zu: '%s' is '%s', not '%s'", i, path, got,
					 expected);
			free(path);
			free(got);
			free(expected);
		}
		path_aliases_free(aliases);
	}
}

static void
patterns_that_are_none_are_refused(void **state)
{
	static const struct {
		const char *pattern, *words;
	} refused[] = {
		{"/ci/*",      "Pattern must not end with wildcards."},
		{ "*",         "Pattern must not end with wildcards."},
		{ "/ci/**/\\", "Pattern must not end with wildcards."},
		{ "/ci/***/x", "File pattern can't include '***'"    },
	};
	struct path_aliases *aliases = path_aliases_new(folder, false);
	struct error err;
	char *mapped;

	(void)state;
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
		assert_int_equal(path_aliases_add(aliases, refused[i].pattern, "src", &err),
				 STATUS_USAGE);
		assert_string_equal(err.text, refused[i].words);
	}
	mapped = path_aliases_map(aliases, "/ci/a.py");
	assert_string_equal(mapped, "/ci/a.py");
	free(mapped);
	path_aliases_free(aliases);
	path_aliases_free(NULL);
}

static void
a_configuration_gives_its_entries(void **state)
{
	static const char text[] =
		"[run]\nrelative_files = %d\n[paths]\none = src\ntwo =\n    src\n"
		"    /ci/src\n    %s\n";
	struct path_aliases *aliases;
	struct coverage_config config;
	struct error err;
	char *path = in_folder("rc"), *mapped;
	FILE *file;

	(void)state;
	for (int round = 0; round < 3; round++) {
		file = fopen(path, "w");
		fprintf(file, text, round % 2, round == 2 ? "/bad/*" : "*/z");
		fclose(file);
		assert_int_equal(coverage_config_read(&config, folder, path, &err), STATUS_OK);
		assert_int_equal(path_aliases_from_config(&aliases, folder, &config, &err),
				 round == 2 ? STATUS_USAGE : STATUS_OK);
		if (round == 2) {
			assert_null(aliases);
		} else {
			char *expected = spell(round == 0 ? "@/src/a.py" : "src/a.py");

			mapped = path_aliases_map(aliases, "/y/z/a.py");
			assert_string_equal(mapped, expected);
			free(mapped);
			free(expected);
		}
		path_aliases_free(aliases);
		coverage_config_free(&config);
	}
	remove(path);
	free(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_are_mapped),
		cmocka_unit_test(patterns_that_are_none_are_refused),
		cmocka_unit_test(a_configuration_gives_its_entries),
	};

	return cmocka_run_group_tests_name("path_aliases", tests, make_tree, remove_tree);
}
