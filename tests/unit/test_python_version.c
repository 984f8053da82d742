#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "config/python_version.h"
#include "platform/path.h"
#include "support/test.h"

static void
versions_are_parsed(void **state)
{
	static const struct {
		const char *text;
		int minor; /* -1: none */
	} cases[] = {
		{"3.12",      12 },
                { " 3.9.1 ",  9  },
                { "3.100",    100},
                { "3",        -1 },
		{ "3.",       -1 },
                { "2.7",      -1 },
                { "3.12.",    -1 },
                { "3.12rc1",  -1 },
		{ "3.12.1.2", -1 },
                { "",         -1 },
                { "latest",   -1 },
                { "3.x",      -1 },
		{ "-3.1",     -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		unsigned minor = 0;
		bool good = python_version_parse(span_of(cases[i].text), &minor);

		if ((good ? (int)minor : -1) != cases[i].minor)
			fail_msg("'%s': %d, %u", cases[i].text, good, minor);
	}
}

static void
the_newest_that_is_allowed_is_taken(void **state)
{
	static const struct {
		const char *text;
		int minor;
	} cases[] = {
		{">=3.10",                      14},
		{ ">=3.10,<3.13",               12},
		{ ">= 3.10 , < 3.13 ,",         12},
		{ "<=3.12",                     12},
		{ "<=3.12.4,>3.8",              12},
		{ "<3.12.1",                    12},
		{ "<3.12.0",                    11},
		{ "<3.12rc1",                   11},
		{ "~=3.11",                     14},
		{ "~=3.11.2",                   11},
		{ "~=3.11.2,!=3.11.*",          -1},
		{ "==3.12.*",                   12},
		{ "==3.*",                      14},
		{ "==3.12",                     12},
		{ "===3.11.4",                  11},
		{ "!=3.14.*",                   13},
		{ "!=3.14",                     14},
		{ ">=3.8,!=3.14.*,!=3.13.*,<4", 12},
		{ ">3.10,<3.11",                10},
		{ ">=v3.10,<v3.12",             11},
		{ "<3.10",                      -1},
		{ ">=3.15",                     -1},
		{ ">=4",                        -1},
		{ "3.12",                       -1},
		{ "^3.10",                      -1},
		{ "~=3",                        -1},
		{ ">=",			 -1},
		{ ">=3.10;x",                   14}, /* as any suffix */
		{ "",			   -1},
		{ " , ",                        14},
		{ ">=99999999999999999999.1",   -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		unsigned minor = 0;
		bool good = python_version_allowed(span_of(cases[i].text), 10, 14, &minor);

		if ((good ? (int)minor : -1) != cases[i].minor)
			fail_msg("'%s': %d, %u", cases[i].text, good, minor);
	}
}

#define FILES_MAX 4

struct file {
	const char *name, *text;
};

/* In a new folder `top`; `on` makes the files, else they are removed with their folders. */
static void
handle_files(const char *top, const struct file *files, bool on)
{
	for (size_t i = 0; i < FILES_MAX && files[i].name != NULL; i++) {
		char *path = path_join(top, files[i].name);
		FILE *f;

		for (char *p = path + strlen(top) + 1; on && (p = strchr(p, '/')) != NULL; p++) {
			*p = '\0';
			mkdir(path, 0700);
			*p = '/';
		}
		if (on) {
			f = fopen(path, "w");
			assert_non_null(f);
			fputs(files[i].text, f);
			fclose(f);
		} else {
			unlink(path);
			while (strlen(path) > strlen(top)) {
				*strrchr(path, '/') = '\0';
				rmdir(path);
			}
		}
		free(path);
	}
}

static void
each_source_of_a_version_counts_in_its_turn(void **state)
{
	static const struct {
		const char *asked, *folder; /* below top */
		const char *want;
		struct file files[FILES_MAX];
	} cases[] = {
		{NULL,
                 "a",          "3.14, the newest that covls knows; no setting and no file says which",
                 { { NULL, NULL } }													 },
		{ "3.11",
                 "a",          "3.11, from the setting",
                 { { ".venv/pyvenv.cfg", "version = 3.12.1\n" } }									   },
		{ "3.8",
                 "a",          "3.10, the nearest to 3.8 that covls knows, from the setting",
                 { { NULL, NULL } }													 },
		{ "3.99",
                 "a",          "3.14, the nearest to 3.99 that covls knows, from the setting",
                 { { NULL, NULL } }													 },
		{ "new",
                 "a",          "3.12, from .venv/pyvenv.cfg",
                 { { ".venv/pyvenv.cfg", "version = 3.12.1\n" } }									   },
 /* what is in a pyvenv.cfg */
		{ NULL,
                 "a",          "3.13, from venv/pyvenv.cfg",
                 { { "venv/pyvenv.cfg", "home = /usr/bin\r\nVersion_Info=3.13.0.final.0\r\n" } }                                            },
		{ NULL,
                 "a",          "3.11, from env/pyvenv.cfg",
                 { { "env/pyvenv.cfg", "home\nversion=\n = 1\nversion\t= 3.11" } }                                                          },
		{ NULL,
                 "a",          "3.10, the nearest to 3.9 that covls knows, from .venv/pyvenv.cfg",
                 { { ".venv/pyvenv.cfg", "version = 3.9.1\n" } }									    },
		{ NULL,
                 ".venv/lib",  "3.12, from .venv/pyvenv.cfg",
                 { { ".venv/pyvenv.cfg", "version = 3.12\n" }, { ".venv/lib/x.py", "" } }                                                   },
		{ NULL,
                 "a",          "3.14, the newest that covls knows; no setting and no file says which",
                 { { ".venv/pyvenv.cfg", "version = three\nversions = 3.12\n" } }                                                           },
 /* the nearest folder; and any environment before any other file */
		{ NULL,
                 "a/b",        "3.11, from a/.venv/pyvenv.cfg",
                 { { ".venv/pyvenv.cfg", "version = 3.12\n" },
		    { "a/.venv/pyvenv.cfg", "version = 3.11\n" },
		    { "a/b/x.py", "" } }												    },
		{ NULL,
                 "a/b",        "3.12, from venv/pyvenv.cfg",
                 { { "venv/pyvenv.cfg", "version = 3.12\n" },
		    { "a/b/.python-version", "3.11\n" } }										   },
		{ NULL,
                 "a/b",        "3.11, from .python-version",
                 { { ".python-version", "3.11\n" },
		    { "a/b/pyproject.toml", "[project]\nrequires-python='==3.12.*'\n" } }                                                   },
 /* pyenv's file */
		{ NULL,
                 "a",          "3.13, from .python-version",
                 { { ".python-version",
		      "# 3.10\n\n  system myenv-3.10\t3.13t 3.12 # 3.11\n3.11\n" } }                                                        },
		{ NULL,
                 "a",          "3.11, from .python-version",
                 { { ".python-version", "pypy3.11-7.3.19\r" } }									     },
		{ NULL,
                 "a",          "3.12, from .python-version",
                 { { ".python-version",
		      "2.7.18\nminiconda3-latest\ncpython-3.12.1-linux-x86_64-gnu\n" } }                                                    },
		{ NULL,   "a", "3.13, from .python-version",                                           { { ".python-version", "3.13-dev" } }},
		{ NULL,
                 "a",          "3.14, the newest that covls knows; no setting and no file says which",
                 { { ".python-version", "3.12x\n3\n\xff\xfe\n" } }									  },
 /* pyproject.toml */
		{ NULL,
                 "a",          "3.12, from pyproject.toml",
                 { { "pyproject.toml",
		      "[project]\nname = 'x'\nrequires-python = '>=3.10,<3.13'\n" } }                                                       },
		{ NULL,
                 "a",          "3.12, from pyproject.toml",
                 { { "pyproject.toml", "project.requires-python = '<3.13'" } }                                                              },
		{ NULL,
                 "a",          "3.10, the nearest to 3.8 that covls knows, from pyproject.toml",
                 { { "pyproject.toml", "[project]\nrequires-python = '<3.9'\n" } }                                                          },
		{ NULL,
                 "a",          "3.14, the nearest to 3.99 that covls knows, from pyproject.toml",
                 { { "pyproject.toml", "[project]\nrequires-python = '>=3.15'\n" } }                                                        },
		{ NULL,
                 "a",          "3.14, the newest that covls knows; no setting and no file says which",
                 { { "pyproject.toml",
		      "[project]\nrequires-python = 3.12\n[tool.x.project]\nrequires-python = '<3.12'\n" } }                                },
		{ NULL,
                 "a",          "3.14, the newest that covls knows; no setting and no file says which",
                 { { "pyproject.toml", "[project\nrequires-python = '<3.12'\n" } }                                                          },
		{ NULL,
                 "a/b",        "3.11, from pyproject.toml",
                 { { "pyproject.toml", "[project]\nrequires-python = '<3.12'\n" },
		    { "a/b/pyproject.toml", "[tool]\n" } }										  },
	};
	char top[] = "/tmp/covls-version-XXXXXX";

	(void)state;
	unsetenv("VIRTUAL_ENV");
	assert_non_null(mkdtemp(top));
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char *folder = path_join(top, cases[i].folder);
		struct python_version v;

		handle_files(top, cases[i].files, true);
		python_version_find(&v, cases[i].asked, "the setting", folder, top);
		handle_files(top, cases[i].files, false);
		mkdir(top, 0700);
		if (strcmp(v.origin, cases[i].want) != 0)
			fail_msg("case %zu: got '%s', want '%s'", i, v.origin, cases[i].want);
		assert_int_equal(v.minor, (unsigned)strtoul(cases[i].want + 2, NULL, 10));
		python_version_free(&v);
		free(folder);
	}
	rmdir(top);
}

/* The environment that is in force comes first; files above `top` don't count. */
static void
an_active_environment_comes_first(void **state)
{
	static const struct file files[FILES_MAX] = {
		{"elsewhere/pyvenv.cfg",      "version = 3.13.2\n"},
		{ "project/.venv/pyvenv.cfg", "version = 3.12.2\n"},
		{ ".python-version",          "3.11\n"            },
	};
	char top[] = "/tmp/covls-version-XXXXXX", *active, *project, *other;
	struct buf want = { 0 };
	struct python_version v;

	(void)state;
	assert_non_null(mkdtemp(top));
	handle_files(top, files, true);
	active = path_join(top, "elsewhere");
	project = path_join(top, "project");
	other = path_join(top, "other");

	setenv("VIRTUAL_ENV", active, 1);
	buf_addf(&want, "3.13, from %s/pyvenv.cfg", active);
	python_version_find(&v, NULL, "the setting", project, project);
	assert_string_equal(v.origin, buf_text(&want));
	python_version_free(&v);

	setenv("VIRTUAL_ENV", "elsewhere", 1);
	python_version_find(&v, NULL, "the setting", project, project);
	assert_string_equal(v.origin, "3.12, from .venv/pyvenv.cfg");
	python_version_free(&v);

	unsetenv("VIRTUAL_ENV");
	python_version_find(&v, NULL, "the setting", other, other);
	assert_int_equal(v.minor, 14);
	python_version_free(&v);
	python_version_find(&v, NULL, "the setting", other, top);
	assert_int_equal(v.minor, 11);
	python_version_free(&v);

	handle_files(top, files, false);
	rmdir(top);
	buf_free(&want);
	free(active);
	free(project);
	free(other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions_are_parsed),
		cmocka_unit_test(the_newest_that_is_allowed_is_taken),
		cmocka_unit_test(each_source_of_a_version_counts_in_its_turn),
		cmocka_unit_test(an_active_environment_comes_first),
	};

	return cmocka_run_group_tests_name("python_version", tests, NULL, NULL);
}
