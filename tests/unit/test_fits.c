#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/data.h"
#include "platform/file.h"
#include "platform/path.h"
#include "support/test.h"

#include "../lsp/coverage/fits.h"

/* A text, what ran of it ("1 3 5-7"), and what speaks against it. */
struct fit_case {
	const char *name, *text, *ran, *misfit;
};

static void
add_lines(struct line_set *set, const char *numbers)
{
	char *end;

	for (; *numbers != '\0'; numbers = *end == ' ' ? end + 1 : end) {
		uint32_t first = (uint32_t)strtoul(numbers, &end, 10), last = first;

		if (*end == '-')
			last = (uint32_t)strtoul(end + 1, &end, 10);
		line_set_add_range(set, first, last);
	}
}

static const char *
misfit_of(const char *text, bool is_python, const struct data_query *data)
{
	static struct buf out;
	struct misfit why;

	buf_reset(&out);
	if (!fits_data(span_of(text), is_python, data, &why)) {
		misfit_add_text(&why, &out);
		assert_int_not_equal(out.len, 0);
	}
	return buf_text(&out);
}

static void
check_cases(const struct fit_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct data_query data = { .answer = DATA_RAN };
		const char *misfit;

		add_lines(&data.ran, cases[i].ran);
		misfit = misfit_of(cases[i].text, true, &data);
		if (strcmp(misfit, cases[i].misfit) != 0)
			print_error("%s\n", cases[i].name);
		assert_string_equal(misfit, cases[i].misfit);
		data_query_free(&data);
	}
}

#define CHECK(cases) check_cases(cases, sizeof(cases) / sizeof *(cases))
#define NO_CODE(n)   "the data speaks of line " #n ", where it has no code"
#define ORDER(n, before) \
	"by the data line " #n " ran without line " #before ", which comes before it"

static void
lines_that_ran_have_code(void **state)
{
	static const struct fit_case cases[] = {
		{"nothing",                       "",							  "",      ""                                       },
		{ "nothing ran",                  "a = 1\n",						   "",      ""                                       },
		{ "all",			  "a = 1\nb = 2\n",					    "1-2",   ""                                       },
		{ "an empty line",                "a = 1\n\nb = 2\n",                                          "1-2",   NO_CODE(2)                               },
		{ "a line of spaces",             "a = 1\n \t\f\nb = 2\n",                                     "1-2",   NO_CODE(2)                               },
		{ "a comment",                    "a = 1\n  # b\nb = 2\n",                                     "1-2",   NO_CODE(2)                               },
		{ "the first line says nothing",  "# a\nb = 2\n",                                              "1-2",   ""                                       },
		{ "an empty module",              "",							  "1",     ""                                       },
		{ "behind the end",               "a = 1\nb = 2",                                              "1-3",
                 "the data speaks of line 3, and it has 2"												       },
		{ "a docstring",                  "'''a\nb\n'''\nc = 1\n",                                     "1 4",   ""                                       },
		{ "a docstring's middle",         "'''a\nb\n'''\nc = 1\n",                                     "2 4",   ""                                       },
		{ "a statement's middle",         "a = [\n\n\t# b\n\t1,\n]\n",                                 "1 4",   ""                                       },
		{ "its last line",                "a = f(\n\t1,\n)\n",                                         "1 3",   ""                                       },
		{ "a continued line",             "a = 1 + \\\n\t2\n",                                         "1 2",   ""                                       },
		{ "else",                         "if a:\n\tb = 1\nelse:\n\tb = 2\n",                          "1 3",   NO_CODE(3)                               },
		{ "global",                       "def f():\n\tglobal a\n\ta = 1\n",                           "1-3",   NO_CODE(2)                               },
		{ "other line ends",              "a = 1\r\nb = 2\rc = 3\n",                                   "1-3",   ""                                       },
		{ "other line ends, a comment",   "a = 1\r\n# b\rc = 3\n",                                     "1-3",   NO_CODE(2)                               },
		{ "a mark",
                 "\xef\xbb\xbf"
		  "a = 1\nb = 2\n",									    "1-2",   ""				       },
		{ "a form feed",                  "a = 1\n\f\nb = 2\n",                                        "1 3",   ""                                       },
		{ "a form feed on its line",      "a = 1\n\f\nb = 2\n",                                        "1-3",   NO_CODE(2)                               },
		{ "not Python as far as we know", "if a\n\n",                                                  "1 3",   ""                                       },
		{ "behind its end",               "if a\n\n",						  "4",     "the data speaks of line 4, and it has 3"},
		{ "of an older Python",           "a: int\ndef f():\n\tx: int = 1\n",                          "1-3",   ""                                       },
		{ "a function that is left out",
                 "def __annotate__(a):\n\tb = [\n\n\t]\n\t# c\n\treturn b\n",                                  "1-3 6", ""                                       },
		{ "a comment in it",              "def __annotate__(a):\n\tb = [\n\n\t]\n\t# c\n\treturn b\n",
                 "5",												   NO_CODE(5)                               },
	};

	(void)state;
	CHECK(cases);
}

static void
what_stands_above_ran_before(void **state)
{
	static const struct fit_case cases[] = {
		{"a module",                            "a = 1\nb = 2\nc = 3\n",                                   "1 3",ORDER(3,2) },
		{ "the end of a module did not run",                                    "a = 1\nb = 2\nc = 3\n",                                                            "1-2",""},
		{ "a function",				    "def f():\n\ta = 1\n\tb = 2\n\tc = 3\n",										 "1 3",ORDER(3,2) },
		{ "the module ran before",                                   "def f():\n\ta = 1\n\tb = 2\n",											   "2-3",""},
		{ "a function that did not run",                                   "def f():\n\ta = 1\n\nb = 2\n",											   "1 4",""                               },
		{ "a function without its body's beginning",                                   "def f():\n\tif a:\n\t\tb = 1\n",
                 "1 3",ORDER(3,2) },
		{ "clauses",			      "if a:\n\tb = 1\nelif c:\n\td = 2\nelse:\n\te = 3\nf = 4\n",                                                                                     "1-2 7",
                 ""																						  },
		{ "the last clause",                              "if a:\n\tb = 1\nelif c:\n\td = 2\nelse:\n\te = 3\nf = 4\n",
                 "1 3 6-7",""},
		{ "a clause without its condition",                             "if a:\n\tb = 1\nelif c:\n\td = 2\n",                                                                                    "1 4",
                 ORDER(4,																						  3) },
		{ "a condition without the one before",                                "if a:\n\tb = 1\nelif c:\n\td = 2\n",                                                                                          "3-4",
                 ORDER(3,1) },
		{ "a handler","try:\n\ta = 1\nexcept E:\n\tb = 2\nfinally:\n\tc = 3\n","1-2 6",
                 ""																						    },
		{ "a class",                          "class A:\n\t'''d'''\n\ta = 1\n\tdef f(self):\n\t\tb = 2\n",                                                          "5", ""},
		{ "a class's body",                            "class A:\n\ta = 1\n\tb = 2\n", "2-3",ORDER(2,1) },
		{ "a match",
                 "match a:\n\tcase 1:\n\t\tb = 1\n\tcase 2:\n\t\tc = 2\n\tcase _:\n\t\td = 3\n",		     "1 2 4 6 7",""								 },
		{ "a decorator",				    "@a\n@b\ndef f():\n\tc = 1\nd = 2\n",										    "1-3 5",""},
		{ "async",				    "async def f():\n\tasync with a:\n\t\tb = 1\n",										"2-3",""},
		{ "without asserts",                                    "def f():\n\tassert a\n\tb = 1\n",										      "1 3",""},
		{ "without debugging",                                    "if __debug__:\n\ta = 1\nb = 2\n",									    "3",""                                                                },
		{ "a name like a clause's",                                    "elsewhere = 1\na = 2\n",									  "2",ORDER(2,1) },
		{ "more than one line",                                    "a = [\n\tb,\n]\nc = 1\n",								     "2 4",""},
		{ "dead code",				   "def f():\n\treturn 1\n\ta = 2\n",											   "1-2",""              },
		{ "a module that was loaded before",                                   "a = 1\nb = 2\ndef f():\n\tc = 1\n",											   "3-4",
                 ""																															    },
		{ "the same without a line",                                   "a = 1\nb = 2\ndef f():\n\tc = 1\n",											   "1 3-4",
                 ORDER(3,2) },
		{ "a module that begins the measuring",
                 "a = 1\nclass A:\n\tb = 1\n\tc = 2\nd = 2\n",											    "2-4",""},
		{ "a function that was loaded before",                               "a = 1\nf = lambda: 1\n",										      "2",""                         },
		{ "the same without a line",                                "a = 1\nb = 2\nf = lambda: 1\n","1 3",ORDER(3,																																	   2) },
		{ "up to 3.13",				  "class A:\n\ta: int\n\tb = 1\n",    "1-3",""},
		{ "from 3.14 on",                                "class A:\n\ta: int\n\tb = 1\n",										       "1 3",                                       ""},
	};

	(void)state;
	CHECK(cases);
}

static void
parts_of_a_run_have_no_order(void **state)
{
	static const char text[] = "a = 1\nb = 2\n\n";
	struct data_query data = { .answer = DATA_RAN };

	(void)state;
	line_set_add(&data.ran, 2);
	assert_string_equal(misfit_of(text, true, &data), ORDER(2, 1));
	data.filter = (const struct data_filter *)&data; /* is not looked into */
	assert_string_equal(misfit_of(text, true, &data), "");
	line_set_add(&data.ran, 3);
	assert_string_equal(misfit_of(text, true, &data), NO_CODE(3));
	data_query_free(&data);
}

static void
ends_of_arcs_have_code(void **state)
{
	static const struct {
		int32_t from, to;
		const char *misfit;
	} cases[] = {
		{1,   2,  ""        },
                { 3,  -2, ""        },
                { -2, 3,  ""        },
                { 5,  -1, NO_CODE(5)},
		{ 1,  -2, ""        },
                { 2,  -4, NO_CODE(4)},
                { -6, 1,  NO_CODE(6)},
                { -1, 1,  ""        },
	};
	static const char text[] = "a = 1\ndef f():\n\treturn 1\n# c\n\n\nb = 2\n";

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct data_query data = { .answer = DATA_RAN };

		arc_list_add(&data.arcs, cases[i].from, cases[i].to);
		line_set_add_range(&data.ran, 1, 3);
		assert_string_equal(misfit_of(text, true, &data), cases[i].misfit);
		data_query_free(&data);
	}
}

static void
plugins_are_believed(void **state)
{
	static char tracer[] = "django";
	struct data_query data = { .answer = DATA_RAN, .tracer = tracer };

	(void)state;
	line_set_add(&data.ran, 20);
	assert_string_equal(misfit_of("a", true, &data), "");
	line_set_free(&data.ran);
}

/* A report: "1 3" ran, "2" is code that did not. */
static const char *
reported(const char *text, bool is_python, const char *ran, const char *missed)
{
	struct data_query data = { .answer = DATA_RAN };
	struct report report = { 0 };
	struct line_set set = { 0 };
	const char *misfit;

	add_lines(&set, ran);
	for (uint32_t n = 0; (n = line_set_next(&set, n)) != LINE_SET_END;)
		report_add_line(&report, n, 2, 0);
	line_set_clear(&set);
	add_lines(&set, missed);
	for (uint32_t n = 0; (n = line_set_next(&set, n)) != LINE_SET_END;)
		report_add_line(&report, n, 0, 0);
	line_set_free(&set);
	report_finish(&report);
	data.report = &report;
	misfit = misfit_of(text, is_python, &data);
	report_free(&report);
	return misfit;
}

static void
reports_name_lines_that_did_not_run(void **state)
{
	(void)state;
	assert_string_equal(reported("a = 1\nb = 2\n", true, "1", "2"), "");
	assert_string_equal(reported("a = 1\n\nb = 2\n", true, "1", "2"), NO_CODE(2));
	assert_string_equal(reported("a = 1\nb = 2\nc = 3\n", true, "1 3", "2"), ORDER(3, 2));
	/* It may have been excluded. */
	assert_string_equal(reported("a = 1\nb = 2\nc = 3\n", true, "1 3", ""), "");
}

static void
other_languages_have_lines_of_text(void **state)
{
	static const char text[] = "\nf() {\n\n\n  a;\n\n}\n\ng() {\n}\n\n";

	(void)state;
	assert_string_equal(reported(text, false, "2", "5 9"), "");
	assert_string_equal(reported(text, false, "10-12", "2"), "");
	assert_string_equal(reported(text, false, "12", "2"), NO_CODE(12));
	assert_string_equal(reported(text, false, "13", "2"),
			    "the data speaks of line 13, and it has 12");
	assert_string_equal(reported(text, false, "4", ""), NO_CODE(4));
	assert_string_equal(reported(text, false, "5", "8"), NO_CODE(8));
	/* Tools that name all lines of a region. */
	assert_string_equal(reported(text, false, "1-12", ""), "");
	assert_string_equal(reported(text, false, "2-7 9-12", ""), "");
	assert_string_equal(reported(text, false, "2-3 5-7", ""), NO_CODE(3));
	assert_string_equal(reported(text, false, "2-4", ""), NO_CODE(3));
	assert_string_equal(reported(text, false, "4-7", ""), NO_CODE(4));
	assert_string_equal(reported(text, false, "6 7", ""), NO_CODE(6));
	/* Or those from one brace to the other, as Go has them. */
	assert_string_equal(reported(text, false, "3-6", ""), "");
	assert_string_equal(reported(text, false, "3 5", ""), NO_CODE(3));
}

/* A report among tests/data/reports, and the folder of its sources there. Short sources of other languages than
 * Python often fit although they are shifted. */
struct sample {
	const char *report, *sources;
	size_t count, shifted; /* that fit, and that don't with a line more at the top */
};

struct fitted {
	const struct sample *sample;
	size_t count, shifted;
	struct text_list names;
};

static void
on_name(void *ctx, const char *name, const char *tracer)
{
	struct fitted *f = ctx;

	(void)tracer;
	text_list_add(&f->names, span_of(name));
}

static void
fit_source(struct fitted *f, const char *report, const char *name)
{
	const char *const names[] = { name, NULL };
	struct data_query query = { .names = names };
	struct buf text = { 0 }, shifted = { 0 };
	bool is_python = span_ends(span_of(name), SPAN(".py"));
	char path[512];
	struct misfit why;

	snprintf(path, sizeof path, "data/reports/%s/%s", f->sample->sources, path_base(name));
	assert_int_equal(data_read(report, &query, 1, NULL, NULL), STATUS_OK);
	if (file_read_all(path, &text, 1 << 20, NULL) == STATUS_OK) {
		f->count++;
		if (!fits_data(buf_span(&text), is_python, &query, &why))
			fail_msg("%s, %s: %u %u", report, path, why.kind, why.line);
		buf_add_text(&shifted, is_python ? "import os\n" : "\n");
		buf_add(&shifted, buf_span(&text));
		f->shifted += !fits_data(buf_span(&shifted), is_python, &query, &why);
	}
	buf_free(&shifted);
	buf_free(&text);
	data_query_free(&query);
}

static void
sources_fit_their_reports(void **state)
{
	static const struct sample samples[] = {
		{"coveragepy/branch.xml",                       "py-src/app",    4, 2},
		{ "coveragepy/line.json",                       "py-src/app",    4, 2},
		{ "lcov/lcov-2.5-line.info",                    "c-src",         3, 2},
		{ "lcov/lcov-1.16-cpp-templates-checksum.info", "c-src",         1, 0},
		{ "lcov/llvm-cov-21.lcov",                      "c-src",         3, 0},
		{ "llvm-cov/export.json",                       "c-src",         3, 0},
		{ "gcov/gcc12/prog-main.gcov.json.gz",          "c-src",         2, 1},
		{ "cobertura/gcovr-8.7.xml",                    "c-src",         3, 2},
		{ "go/set.out",				 "go/src",        1, 0},
		{ "istanbul/jest-29-coverage-final.json",       "istanbul/src",  2, 1},
		{ "istanbul/jest-29-v8-coverage-final.json",    "istanbul/src",  2, 1},
		{ "istanbul/c8-10-coverage-final.json",         "istanbul/src",  2, 1},
		{ "lcov/c8-10.info",                            "istanbul/src",  2, 1},
		{ "jacoco/jacoco-0.8.6.xml",                    "jacoco/src",    1, 0},
		{ "luacov/luacov.stats.out",                    "luacov/src",    2, 1},
		{ "simplecov/line.resultset.json",              "simplecov/src", 2, 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
		struct fitted f = { .sample = &samples[i] };
		char report[512];

		snprintf(report, sizeof report, "data/reports/%s", samples[i].report);
		assert_int_equal(data_list(report, on_name, &f, NULL, NULL), STATUS_OK);
		for (size_t k = 0; k < f.names.count; k++)
			fit_source(&f, report, f.names.at[k]);
		assert_int_equal(f.count, samples[i].count);
		assert_int_equal(f.shifted, samples[i].shifted);
		text_list_free(&f.names);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_that_ran_have_code),
		cmocka_unit_test(what_stands_above_ran_before),
		cmocka_unit_test(parts_of_a_run_have_no_order),
		cmocka_unit_test(ends_of_arcs_have_code),
		cmocka_unit_test(plugins_are_believed),
		cmocka_unit_test(reports_name_lines_that_did_not_run),
		cmocka_unit_test(other_languages_have_lines_of_text),
		cmocka_unit_test(sources_fit_their_reports),
	};

	return cmocka_run_group_tests_name("fits", tests, NULL, NULL);
}
