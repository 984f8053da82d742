#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "platform/clock.h"
#include "platform/file.h"
#include "platform/path.h"
#include "platform/uri.h"
#include "support/test.h"

static void
join_resolves_dots_by_text(void **state)
{
	static const struct {
		const char *base, *name, *want;
	} cases[] = {
		{"/a/b",    "c",         "/a/b/c"    },
                { "/a/b/",  "./c//d/",   "/a/b/c/d"  },
		{ "/a/b",   "../c",      "/a/c"      },
                { "/a",     "../../../", "/"         },
		{ "/a/b",   "/x/./y",    "/x/y"      },
                { "/",      "",          "/"         },
		{ "/a/..b", "...",       "/a/..b/..."},
                { "rel",    "x",         "rel/x"     },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char *got = path_join(cases[i].base, cases[i].name);

		assert_string_equal(got, cases[i].want);
		free(got);
	}
}

static void
folders_and_what_is_below(void **state)
{
	(void)state;
	assert_true(path_is_within("/a/b", "/a"));
	assert_true(path_is_within("/a", "/a"));
	assert_false(path_is_within("/ab", "/a"));
	assert_true(path_is_within("/ab", "/"));
	assert_string_equal(path_below("/a/b/c", "/a"), "b/c");
	assert_null(path_below("/a", "/a"));
	assert_string_equal(path_base("/a/b.py"), "b.py");
	char *folder = path_folder("/a");

	assert_string_equal(folder, "/");
	free(folder);
}

static void
ways_from_folder_to_file(void **state)
{
	static const struct {
		const char *path, *from, *want;
	} cases[] = {
		{"/a/b/c", "/a",     "b/c"    },
                { "/a/b",  "/a/b",   "."      },
		{ "/a/b",  "/a/c/d", "../../b"},
                { "/ab/c", "/a",     "../ab/c"},
		{ "/a",    "/a/b",   ".."     },
                { "/a/b",  "/",      "a/b"    },
		{ "/",     "/a/b",   "../.."  },
                { "/",     "/",      "."      },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char *got = path_relative(cases[i].path, cases[i].from);

		assert_string_equal(got, cases[i].want);
		free(got);
	}
}

static void
links_are_resolved_as_far_as_there_is_something(void **state)
{
	char folder[] = "/tmp/covls-resolve-XXXXXX", *real, *link, *got, *want;

	(void)state;
	assert_non_null(mkdtemp(folder));
	real = path_real(folder);
	link = path_join(folder, "link");
	assert_int_equal(symlink("..", link), 0);
	/* link/ is the folder above, so link/x/../y lies there. */
	got = path_resolve(folder, "link/x/../y/");
	want = path_join(real, "../y");
	assert_string_equal(got, want);
	free(got);
	free(want);
	got = path_resolve("/", link);
	want = path_folder(real);
	assert_string_equal(got, want);
	free(got);
	free(want);
	got = path_resolve(folder, "");
	assert_string_equal(got, real);
	free(got);
	got = path_resolve("/nowhere", "../../..");
	assert_string_equal(got, "/");
	free(got);
	unlink(link);
	rmdir(folder);
	free(link);
	free(real);
}

static void
a_tilde_is_the_home_folder(void **state)
{
	static const struct {
		const char *path, *want;
	} cases[] = {
		{"~",              "/h"           },
                { "~/a/b",         "/h/a/b"       },
		{ "a/~",           "a/~"          },
                { "/~",            "/~"           },
		{ "",              ""             },
                { "~no such user", "~no such user"},
	};

	(void)state;
	setenv("HOME", "/h/", 1);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char *got = path_expand_home(cases[i].path);

		assert_string_equal(got, cases[i].want);
		free(got);
	}
}

static void
uris_become_paths_and_back(void **state)
{
	static const struct {
		const char *uri, *path;
	} cases[] = {
		{"file:///a/b.py",           "/a/b.py"         },
		{ "FILE:///a/%C3%A9%20x.py", "/a/\xc3\xa9 x.py"},
		{ "file://host/a",           "/a"              },
		{ "file:/a/../b",            "/b"              },
		{ "file:///a%2fb?x#y",       "/a/b"            },
		{ "file:///100%",            "/100%"           },
		{ "file:///a%zz",            "/a%zz"           },
		{ "file:///a%00b",           NULL              },
		{ "untitled:x",              NULL              },
		{ "file:",                   NULL              },
		{ "",			NULL              },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char *path = uri_to_path(span_of(cases[i].uri));

		if (cases[i].path == NULL)
			assert_null(path);
		else
			assert_string_equal(path, cases[i].path);
		free(path);
	}
	char *uri = uri_from_path("/a b/\xc3\xa9#%.py"), *back = uri_to_path(span_of(uri));

	assert_string_equal(uri, "file:///a%20b/%C3%A9%23%25.py");
	assert_string_equal(back, "/a b/\xc3\xa9#%.py");
	free(uri);
	free(back);
}

static void
a_file_is_the_same_by_other_names(void **state)
{
	char folder[] = "/tmp/covls-test-XXXXXX", link[64], up[80];

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(link, sizeof link, "%s/link", folder);
	snprintf(up, sizeof up, "%s/link/..", folder);
	assert_false(file_is_same(folder, link));
	assert_true(file_is_same(link, link)); /* though there is nothing */
	assert_int_equal(symlink(".", link), 0);
	assert_true(file_is_same(folder, link));
	assert_true(file_is_same("/tmp", up));
	assert_false(file_is_same(folder, up));
	assert_false(file_is_same("/no/such/file", "/no/such/other"));
	unlink(link);
	rmdir(folder);
}

static void
a_file_is_read_whole_or_refused(void **state)
{
	char path[] = "/tmp/covls-test-XXXXXX";
	int fd = mkstemp(path);
	struct buf got = { 0 };
	struct error err = { 0 };
	struct file_stamp before, after;
	int64_t born;

	(void)state;
	assert_true(fd >= 0);
	before = file_stamp(path);
	born = file_born_ns(path);
	for (int i = 0; i < 40000; i++)
		assert_int_equal(write(fd, "12345", 5), 5);
	close(fd);
	after = file_stamp(path);
	assert_int_equal(after.kind, FILE_REGULAR);
	assert_false(file_stamp_equal(&before, &after));
	/* Written into, it is still the file that it was; and where nothing is, nothing was born. */
	assert_true(file_born_ns(path) == born || born == 0);
	assert_int_equal(file_born_ns("/no/such/file"), 0);
	assert_int_equal(file_read_all(path, &got, 1 << 20, &err), STATUS_OK);
	assert_int_equal(got.len, 200000);
	assert_memory_equal(got.at + 199995, "12345", 5);
	assert_int_equal(file_read_all(path, &got, 100000, &err), STATUS_LIMIT);
	unlink(path);
	assert_int_equal(file_read_all(path, &got, 1 << 20, &err), STATUS_MISSING);
	assert_non_null(strstr(err.text, path));
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(file_read_all(path, &got, 1 << 20, &err), STATUS_BAD_DATA);
	assert_int_equal(file_stamp(path).kind, FILE_OTHER);
	unlink(path);
	assert_int_equal(file_read_all("/tmp", &got, 1 << 20, &err), STATUS_BAD_DATA);
	buf_free(&got);
}

static void
times_are_written_for_machines_and_people(void **state)
{
	char text[CLOCK_TEXT_MAX];
	static const struct {
		int64_t seconds;
		const char *want;
	} cases[] = {
		{-5,      "just now"       },
                { 1,      "just now"       },
                { 59,     "59 seconds ago" },
		{ 119,    "119 seconds ago"},
                { 120,    "2 minutes ago"  },
                { 7199,   "119 minutes ago"},
		{ 7200,   "2 hours ago"    },
                { 172800, "2 days ago"     },
	};

	(void)state;
	clock_iso(1700000000123456789, text);
	assert_string_equal(text, "2023-11-14T22:13:20Z");
	setenv("TZ", "XYZ-2:30", 1);
	tzset();
	clock_local(1700000000012345678, text);
	assert_string_equal(text, "2023-11-15T00:43:20.012345");
	clock_local(1700000000000000999, text);
	assert_string_equal(text, "2023-11-15T00:43:20");
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		clock_ago(cases[i].seconds, text);
		assert_string_equal(text, cases[i].want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(join_resolves_dots_by_text),
		cmocka_unit_test(folders_and_what_is_below),
		cmocka_unit_test(ways_from_folder_to_file),
		cmocka_unit_test(links_are_resolved_as_far_as_there_is_something),
		cmocka_unit_test(a_tilde_is_the_home_folder),
		cmocka_unit_test(uris_become_paths_and_back),
		cmocka_unit_test(a_file_is_the_same_by_other_names),
		cmocka_unit_test(a_file_is_read_whole_or_refused),
		cmocka_unit_test(times_are_written_for_machines_and_people),
	};

	return cmocka_run_group_tests_name("platform", tests, NULL, NULL);
}
