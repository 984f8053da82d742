/* Globs, absolute patterns, variables and lists, against what coverage.py said (tests/data/config). */
#include <json-c/json.h>
#include <stdlib.h>

#include "config/lists.h"
#include "config/patterns.h"
#include "config/substitute.h"
#include "format/ini_stream.h"
#include "support/test.h"
#include "text/glob.h"
#include "text/repr.h"

static json_object *
member(json_object *object, const char *key)
{
	json_object *value = NULL;

	return json_object_object_get_ex(object, key, &value) ? value : NULL;
}

static struct span
text_of(json_object *string)
{
	return (struct span){ json_object_get_string(string),
			      (size_t)json_object_get_string_len(string) };
}

/* The rows of a file of vectors; *file is the caller's to put. */
static json_object *
rows_of(const char *path, json_object **file)
{
	*file = json_object_from_file(path);
	assert_non_null(*file);
	return member(*file, "rows");
}

static bool
holds(json_object *array, const char *text)
{
	for (size_t i = 0; i < json_object_array_length(array); i++) {
		if (strcmp(json_object_get_string(json_object_array_get_idx(array, i)), text) == 0)
			return true;
	}
	return false;
}

static void
check_glob(json_object *row, json_object *paths)
{
	struct span pattern = text_of(member(row, "pattern"));
	struct error err = { 0 };
	struct glob_set *set = glob_compile(&pattern, 1, 0, &err);
	struct buf regex = { 0 };

	if (member(row, "error") != NULL) {
		assert_null(set);
		assert_string_equal(err.text, json_object_get_string(member(row, "error")));
		return;
	}
	if (set == NULL)
		fail_msg("%s: %s", pattern.at, err.text);
	buf_add_text(&regex, "(?:");
	assert_int_equal(glob_to_regex(&regex, pattern, &err), STATUS_OK);
	buf_add_text(&regex, ")\\Z");
	assert_string_equal(buf_text(&regex), json_object_get_string(member(row, "regex")));
	for (size_t i = 0; i < json_object_array_length(paths); i++) {
		struct span path = text_of(json_object_array_get_idx(paths, i));
		bool want = holds(member(row, "matches"), path.at);

		if (glob_match(set, path) != (want ? path.len : GLOB_NO_MATCH))
			fail_msg("%s is to %smatch %s", pattern.at, want ? "" : "not ", path.at);
	}
	buf_free(&regex);
	glob_free(set);
}

static void
globs_match_as_in_coverage_py(void **state)
{
	json_object *file, *rows = rows_of("data/config/globs.json", &file);
	json_object *patterns = member(rows, "patterns");

	(void)state;
	assert_true(json_object_array_length(patterns) > 30);
	for (size_t i = 0; i < json_object_array_length(patterns); i++)
		check_glob(json_object_array_get_idx(patterns, i), member(rows, "paths"));
	json_object_put(file);
}

static const struct {
	const char *patterns[3];
	unsigned flags;
	struct span path;
	size_t want;
} matches[] = {
	{{ "a.py", "b/*" },  0,                           { "x/a.py", 6 },          6            },
	{ { "a.py", "b/*" }, 0,                           { "b/c/d", 5 },           5            },
	{ { "a.py", "b/*" }, 0,                           { "x/b/c", 5 },           GLOB_NO_MATCH},
	{ { NULL },          0,			   { "a", 1 },               GLOB_NO_MATCH},
	{ { NULL },          0,			   { "", 0 },                0            },
	{ { "/CI/src/" },    GLOB_ANY_CASE | GLOB_PREFIX, { "/ci/SRC/a.py", 12 },   8            },
	{ { "/CI/src/" },    GLOB_PREFIX,                 { "/ci/SRC/a.py", 12 },   GLOB_NO_MATCH},
	{ { "*/src/" },      GLOB_PREFIX,                 { "/a/src/b/src/c", 14 }, 13           }, /* the last one: greedy */
	{ { "?.py" },        0,			   { "\xc3\xa9.py", 5 },     5            },
	{ { "*.py" },        0,			   { "\xff.py", 4 },         4            }, /* not UTF-8 */
	{ { "[[:a]x" },      0,			   { ":x", 2 },              2            },
	{ { "x[:a:]" },      0,			   { "xa", 2 },              2            },
	{ { "\xc3\x89.py" }, GLOB_ANY_CASE,               { "\xc3\xa9.py", 5 },     5            },
};

static void
sets_flags_and_odd_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof matches / sizeof matches[0]; i++) {
		struct span patterns[3];
		struct error err = { 0 };
		struct glob_set *set;
		size_t count = 0, got;

		for (; count < 3 && matches[i].patterns[count] != NULL; count++)
			patterns[count] = span_of(matches[i].patterns[count]);
		set = glob_compile(patterns, count, matches[i].flags, &err);
		if (set == NULL)
			fail_msg("row %zu: %s", i, err.text);
		got = glob_match(set, matches[i].path);
		if (got != matches[i].want)
			fail_msg("row %zu: %zd, not %zd", i, (ptrdiff_t)got,
				 (ptrdiff_t)matches[i].want);
		glob_free(set);
	}
}

static void
hard_patterns_end(void **state)
{
	struct span pattern = SPAN("/*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b");
	struct buf path = { 0 };
	struct glob_set *set = glob_compile(&pattern, 1, 0, NULL);

	(void)state;
	assert_non_null(set);
	buf_add_char(&path, '/');
	for (int i = 0; i < 200; i++)
		buf_add_char(&path, 'a');
	assert_true(glob_match(set, buf_span(&path)) == GLOB_NO_MATCH);
	buf_free(&path);
	glob_free(set);
}

static void
bad_patterns_are_refused(void **state)
{
	static const struct {
		const char *pattern, *want;
	} rows[] = {
		{"a\nb",    "File pattern can't include '\\n'"                              },
		{ "it's**", "File pattern can't include \"it's**\""                         },
		{ "[z-a]",
                 "a file pattern has a bad class: range out of order in character class"    },
		{ "[]",
                 "a file pattern has a bad class: missing terminating ] for character class"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct span pattern = span_of(rows[i].pattern);
		struct error err = { 0 };

		assert_null(glob_compile(&pattern, 1, 0, &err));
		assert_string_equal(err.text, rows[i].want);
		assert_int_equal(err.status, STATUS_USAGE);
	}
}

static void
patterns_become_absolute_as_in_coverage_py(void **state)
{
	json_object *file, *rows = rows_of("data/config/prep_patterns.json", &file);

	(void)state;
	for (size_t i = 0; i < json_object_array_length(rows); i++) {
		json_object *row = json_object_array_get_idx(rows, i);
		json_object *want = member(row, "prepared");
		const char *pattern = json_object_get_string(member(row, "pattern"));
		char *got = pattern_absolute(pattern, json_object_get_string(member(row, "cwd")));

		assert_string_equal(json_object_get_string(json_object_array_get_idx(want, 0)),
				    pattern);
		if (json_object_array_length(want) == 1) {
			assert_null(got);
		} else {
			assert_non_null(got);
			assert_string_equal(
				got, json_object_get_string(json_object_array_get_idx(want, 1)));
		}
		free(got);
	}
	json_object_put(file);
}

static const char *
look_up(void *ctx, const char *name)
{
	json_object *value = member(ctx, name);

	return value == NULL ? NULL : json_object_get_string(value);
}

static void
variables_are_replaced_as_in_coverage_py(void **state)
{
	json_object *file, *top = rows_of("data/config/substitute.json", &file);
	json_object *rows = member(top, "rows");

	(void)state;
	for (size_t i = 0; i < json_object_array_length(rows); i++) {
		json_object *row = json_object_array_get_idx(rows, i);
		json_object *want = member(row, "result");
		struct buf out = { 0 };
		struct error err = { 0 };
		enum status status = substitute_variables(&out, text_of(member(row, "text")),
							  look_up, member(top, "vars"), &err);

		if (json_object_is_type(want, json_type_object)) {
			assert_int_equal(status, STATUS_USAGE);
			assert_string_equal(err.text,
					    json_object_get_string(member(want, "error")));
		} else {
			assert_int_equal(status, STATUS_OK);
			assert_string_equal(buf_text(&out), json_object_get_string(want));
		}
		buf_free(&out);
	}
	json_object_put(file);
}

static void
names_of_variables_are_python_words(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{"$A_1\xe2\x80\xa6",       "x\xe2\x80\xa6"}, /* an ellipsis ends the name */
		{ "$A_1\xc3\xa9.",         "."            }, /* a letter goes on with it */
		{ "$A_1\xcc\x81.",         "x\xcc\x81."   }, /* a combining accent does not */
		{ "${A_1-a\nb}${NO-a\nb}", "xa\nb"        },
		{ "",		      ""             },
	};
	json_object *file, *top = rows_of("data/config/substitute.json", &file);
	struct buf out = { 0 };
	struct error err = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		buf_reset(&out);
		assert_int_equal(substitute_variables(&out, span_of(rows[i].text), look_up,
						      member(top, "vars"), &err),
				 STATUS_OK);
		assert_string_equal(buf_text(&out), rows[i].want);
	}
	assert_int_equal(
		substitute_variables(&out, SPAN("\xff"), look_up, member(top, "vars"), &err),
		STATUS_BAD_DATA);
	assert_null(substitute_environment(NULL, "COVLS_TEST_NO_SUCH_VARIABLE"));
	assert_non_null(substitute_environment(NULL, "PATH"));
	buf_free(&out);
	json_object_put(file);
}

static void
check_list(struct span value, json_object *want, bool (*walk)(struct span *, struct span *))
{
	struct span item;
	size_t count = 0;

	for (; walk(&value, &item); count++) {
		assert_true(count < json_object_array_length(want));
		assert_true(span_equal(item, text_of(json_object_array_get_idx(want, count))));
	}
	assert_int_equal(count, json_object_array_length(want));
}

static void
lists_are_split_as_in_coverage_py(void **state)
{
	json_object *file, *rows = rows_of("data/config/ini_lists.json", &file);
	struct ini_stream ini = { 0 };
	struct span in = text_of(member(rows, "ini"));
	size_t seen = 0;
	enum ini_event event;

	(void)state;
	while ((event = ini_next(&ini, &in)) != INI_MORE ||
	       (event = ini_finish(&ini)) != INI_MORE) {
		struct span value = buf_span(&ini.value);

		assert_int_not_equal(event, INI_BAD);
		if (event == INI_SECTION)
			continue;
		if (strcmp(buf_text(&ini.key), "exclude_lines") == 0)
			check_list(value, member(rows, "exclude_lines"), list_next_line);
		else
			check_list(value, member(member(rows, "getlist"), buf_text(&ini.key)),
				   list_next);
		seen++;
	}
	assert_int_equal(seen, 6);
	ini_free(&ini);
	json_object_put(file);
}

static void
lines_end_where_python_ends_them(void **state)
{
	struct span rest = SPAN("a,b\vc\fd\x1c"
				"e\x1d"
				"f\x1eg\xc2\x85h\xe2\x80\xa8i\xe2\x80\xa9 j \r\n\x1f");
	struct buf out = { 0 };
	struct span item;

	(void)state;
	while (list_next_line(&rest, &item)) {
		buf_add(&out, item);
		buf_add_char(&out, '|');
	}
	assert_string_equal(buf_text(&out), "a,b|c|d|e|f|g|h|i|j|");
	buf_reset(&out);
	rest = SPAN("a\vb,\n, c\r\xc2\xa0,d");
	while (list_next(&rest, &item)) {
		buf_add(&out, item);
		buf_add_char(&out, '|');
	}
	assert_string_equal(buf_text(&out), "a\vb|c|d|");
	buf_free(&out);
}

static void
strings_are_shown_as_python_shows_them(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{"",			  "''"			       },
		{ "a'b",                      "\"a'b\""                          },
		{ "a'\"b",                    "'a\\'\"b'"                        },
		{ "a\"b",                     "'a\"b'"                           },
		{ "\\\n\r\t\x01\x7f\xc3\xa9", "'\\\\\\n\\r\\t\\x01\\x7f\xc3\xa9'"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct buf out = { 0 };

		repr_add(&out, span_of(rows[i].text));
		assert_string_equal(buf_text(&out), rows[i].want);
		buf_free(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(globs_match_as_in_coverage_py),
		cmocka_unit_test(sets_flags_and_odd_names),
		cmocka_unit_test(hard_patterns_end),
		cmocka_unit_test(bad_patterns_are_refused),
		cmocka_unit_test(patterns_become_absolute_as_in_coverage_py),
		cmocka_unit_test(variables_are_replaced_as_in_coverage_py),
		cmocka_unit_test(names_of_variables_are_python_words),
		cmocka_unit_test(lists_are_split_as_in_coverage_py),
		cmocka_unit_test(lines_end_where_python_ends_them),
		cmocka_unit_test(strings_are_shown_as_python_shows_them),
	};

	return cmocka_run_group_tests_name("patterns", tests, NULL, NULL);
}
