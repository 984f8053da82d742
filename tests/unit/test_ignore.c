#include "base/buf.h"
#include "support/test.h"
#include "text/ignore.h"

struct expected {
	const char *file, *path; /* a path that ends with '/' is a folder's */
	enum ignore_verdict verdict;
};

/* As `git check-ignore --no-index` of Git 2.39 says; tests/differential/ignore.py asks it for more. */
static const struct expected table[] = {
  /* A name without a separator is one at any depth. */
	{"build",           "build/",             IGNORE_YES      },
	{ "build",          "a/build/",           IGNORE_YES      },
	{ "build",          "a/build",            IGNORE_YES      },
	{ "build",          "builds/",            IGNORE_UNDECIDED},
	{ "build",          "build/a",            IGNORE_UNDECIDED}, /* ignored as what is in a folder that is */
	{ "build",          "Build/",             IGNORE_UNDECIDED},
 /* For folders alone. */
	{ "build/",         "build/",             IGNORE_YES      },
	{ "build/",         "a/build/",           IGNORE_YES      },
	{ "build/",         "build",              IGNORE_UNDECIDED},
 /* With a separator: from here. */
	{ "/build",         "build/",             IGNORE_YES      },
	{ "/build",         "a/build/",           IGNORE_UNDECIDED},
	{ "a/build",        "a/build/",           IGNORE_YES      },
	{ "a/build",        "b/a/build/",         IGNORE_UNDECIDED},
	{ "a/build/",       "a/build",            IGNORE_UNDECIDED},
 /* The last one that matches counts. */
	{ "a\n!a",          "a",                  IGNORE_NO       },
	{ "!a\na",          "a",                  IGNORE_YES      },
	{ "*\n!a/",         "a/",                 IGNORE_NO       },
	{ "*\n!a/",         "b/",                 IGNORE_YES      },
	{ "*\n!a/",         "a",                  IGNORE_YES      },
 /* What is none. */
	{ "",	       "a",                  IGNORE_UNDECIDED},
	{ "#a",             "#a",                 IGNORE_UNDECIDED},
	{ "\\#a",           "#a",                 IGNORE_YES      },
	{ "\\!a",           "!a",                 IGNORE_YES      },
	{ "!",              "a",                  IGNORE_UNDECIDED},
	{ "/",              "a/",                 IGNORE_UNDECIDED},
	{ "a\\",            "a",                  IGNORE_UNDECIDED},
	{ "a\\",            "a\\",                IGNORE_UNDECIDED},
 /* Blanks, ends of lines, a mark of byte order. */
	{ "a  ",            "a",                  IGNORE_YES      },
	{ "a\\ ",           "a ",                 IGNORE_YES      },
	{ "a\\  ",          "a ",                 IGNORE_YES      },
	{ "a\t",            "a",                  IGNORE_UNDECIDED},
	{ " a",             " a",                 IGNORE_YES      },
	{ "a b",            "a b",                IGNORE_YES      },
	{ "a\r\nb\r\n",     "a",                  IGNORE_YES      },
	{ "a\nb",           "b",                  IGNORE_YES      },
	{ "\xef\xbb\xbf"
	  "a",     "a",		  IGNORE_YES      },
 /* Stars. */
	{ "*.gcda",         "x.gcda",             IGNORE_YES      },
	{ "*.gcda",         "a/x.gcda",           IGNORE_YES      },
	{ "*.gcda",         ".gcda",              IGNORE_YES      },
	{ "*.gcda",         "x.gcda.gz",          IGNORE_UNDECIDED},
	{ "a*c",            "abbc",               IGNORE_YES      },
	{ "a*c*e",          "abcde",              IGNORE_YES      },
	{ "a*c*e",          "abcd",               IGNORE_UNDECIDED},
	{ "cmake-build-*/", "cmake-build-debug/", IGNORE_YES      },
	{ "a/*",            "a/b",                IGNORE_YES      },
	{ "a/*",            "a/b/c",              IGNORE_UNDECIDED},
	{ "a/*/c",          "a/b/c",              IGNORE_YES      },
	{ "a/*/c",          "a/c",                IGNORE_UNDECIDED},
	{ "a**b",           "axxb",               IGNORE_YES      },
	{ "a**b/c",         "ax/xb/c",            IGNORE_UNDECIDED},
	{ "**/a",           "a",                  IGNORE_YES      },
	{ "**/a",           "x/y/a",              IGNORE_YES      },
	{ "a/**",           "a/",                 IGNORE_UNDECIDED},
	{ "a/**",           "a/b",                IGNORE_YES      },
	{ "a/**",           "a/b/c",              IGNORE_YES      },
	{ "a/**/b",         "a/b",                IGNORE_YES      },
	{ "a/**/b",         "a/x/y/b",            IGNORE_YES      },
	{ "a/**/b",         "a/x/y/c",            IGNORE_UNDECIDED},
	{ "**/a/**/b/*.c",  "x/a/a/y/b/z/b/d.c",  IGNORE_YES      },
	{ "**",             "a",                  IGNORE_YES      },
	{ "**/",            "a/",                 IGNORE_YES      },
	{ "**/",            "a",                  IGNORE_UNDECIDED},
 /* One character. */
	{ "a?c",            "abc",                IGNORE_YES      },
	{ "a?c",            "ac",                 IGNORE_UNDECIDED},
	{ "a/?c",           "a/bc",               IGNORE_YES      },
	{ "a\\?c",          "a?c",                IGNORE_YES      },
	{ "a\\?c",          "abc",                IGNORE_UNDECIDED},
	{ "[ab]x",          "bx",                 IGNORE_YES      },
	{ "[ab]x",          "cx",                 IGNORE_UNDECIDED},
	{ "[!ab]x",         "cx",                 IGNORE_YES      },
	{ "[^ab]x",         "ax",                 IGNORE_UNDECIDED},
	{ "[a-c]",          "b",                  IGNORE_YES      },
	{ "[a-]",           "-",                  IGNORE_YES      },
	{ "[]a]",           "]",                  IGNORE_YES      },
	{ "[\\]a]",         "]",                  IGNORE_YES      },
	{ "[[:digit:]]",    "7",                  IGNORE_YES      },
	{ "[[:digit:]]",    "d",                  IGNORE_UNDECIDED},
	{ "[![:digit:]a]",  "b",                  IGNORE_YES      },
	{ "[ab",            "a",                  IGNORE_UNDECIDED},
	{ "[ab",            "[ab",                IGNORE_UNDECIDED},
	{ "*.py[co]",       "x.pyc",              IGNORE_YES      },
};

static enum ignore_verdict
judge(const char *file, const char *path)
{
	struct ignore *ignore = ignore_parse(span_of(file));
	struct span name = span_of(path);
	bool is_folder = span_ends(name, SPAN("/"));
	enum ignore_verdict verdict;

	name.len -= is_folder ? 1 : 0;
	verdict = ignore_match(ignore, name, is_folder);
	ignore_free(ignore);
	return verdict;
}

static void
patterns_match_as_git_has_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		const struct expected *e = &table[i];
		enum ignore_verdict verdict = judge(e->file, e->path);

		if (verdict != e->verdict)
			fail_msg("'%s' on '%s': %d", e->file, e->path, (int)verdict);
	}
}

/* Tried one after the other, each star at each place, this would not end. */
static void
many_stars_take_no_time(void **state)
{
	char path[400];
	struct buf pattern = { 0 };

	(void)state;
	for (size_t i = 0; i < 99; i++)
		buf_add_text(&pattern, "*a");
	buf_add_text(&pattern, "b");
	memset(path, 'a', sizeof path - 1);
	path[sizeof path - 1] = '\0';
	assert_int_equal(judge(buf_text(&pattern), path), IGNORE_UNDECIDED);
	buf_reset(&pattern);
	for (size_t i = 0; i < 39; i++)
		buf_add_text(&pattern, "**/a/");
	buf_add_text(&pattern, "b");
	for (size_t i = 1; i < sizeof path - 1; i += 2)
		path[i] = '/';
	assert_int_equal(judge(buf_text(&pattern), path), IGNORE_UNDECIDED);
	buf_free(&pattern);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns_match_as_git_has_it),
		cmocka_unit_test(many_stars_take_no_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
