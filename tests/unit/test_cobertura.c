#include "support/xml_reports.h"

#define FORMAT (&cobertura_format)

static void
knows_its_own(void **state)
{
	static const char *const is[] = {
		"<coverage line-rate='0.5'>",
		"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- x -->\n<coverage><packages/></coverage>",
		"<!DOCTYPE coverage SYSTEM 'http://192.0.2.1/coverage-04.dtd'><coverage><sources>",
		"<!DOCTYPE coverage [<!ENTITY a 'b'>]><coverage lines-valid='1'>",
		"<coverage version='1' line-rate='1'>",
		NULL,
	};
	static const char *const is_not[] = {
		"",
		"<",
		"coverage",
		"<coverage",
		"<coverage><project/>",
		"<coverage line-rate='1'><project/>",
		"<coverage version='1'><file path='a'/>",
		"<coverages line-rate='1'/>",
		"<html><coverage line-rate='1'/></html>",
		NULL,
	};

	(void)state;
	require_sniffed(FORMAT, is, is_not);
}

static void
tells_lines_branches_and_functions(void **state)
{
	static const struct xml_case cases[] = {
  /* The methods' lines come again; the first function has its first line from them. */
		{"<coverage version='gcovr 8.7'><sources><source>\n /srv/a \n</source><source/></sources>"
		  "<packages><package><classes><class name='A' filename='a/A.x'><methods>"
		  "<method name='f' signature='()'><lines><line number='3' hits='0'/>"
		  "<line number='2' hits='7'/></lines></method>"
		  "<method name='g' hits='5'><lines><line number='4' hits='1'/></lines></method>"
		  "<method name='none'><lines/></method></methods>"
		  "<lines><line number='2' hits='7'/><line number='3' hits='0' branch='true' "
		  "condition-coverage='50% (1/2)'/><line number='5' hits='4294967297' "
		  "condition-coverage='66,66 % (4/6)'><conditions>"
		  "<condition number='0' type='jump' coverage='0%'/></conditions></line></lines>"
		  "</class></classes></package></packages></coverage>",				   "producer gcovr 8.7\nbranches\nbase /srv/a\nfile a/A.x\nmax counts\n"
		  "2 hits 7\n3 hits 0 partial\n5 hits 4294967297 partial\n"
		  "3 branch 0.0 1/2\n5 branch 0.0 4/6\n"
		  "2-0 function 'f' 7\n4-0 function 'g' 5\n"                                                     },
 /* Several classes of one file; sources after the packages. */
		{ "<coverage><packages><package><classes>"
		  "<class filename='a'><lines><line number='1' hits='2'/></lines></class>\n"
		  "<class filename='b'><lines><line number='1' hits='0'/></lines></class>"
		  "<class filename='a'><lines><line number='1' hits='3'/><line number='2' hits='1'/>"
		  "</lines></class>\n<class filename='a'><lines><line number='3' hits='1'/></lines>"
		  "</class><class/></classes></package></packages><sources><source>C:\\s</source>"
		  "</sources></coverage>",								"base C:\\s\nfile a\nmax counts\n1 hits 3\n2 hits 1\n3 hits 1\n"
		  "file b\nmax counts\n1 hits 0\n"											    },
 /* Lines of methods alone. */
		{ "<coverage><packages><class filename='a'><methods><method name='f'><lines>"
		  "<line number='2' hits='1' condition-coverage='(1/2)'/></lines></method></methods>"
		  "</class><class filename='a'><lines><line number='9' hits='1'/></lines></class>"
		  "</packages></coverage>",							       "branches\nfile a\nmax counts\n2 hits 1 partial\n9 hits 1\n2 branch 0.0 1/2\n"
		  "2-0 function 'f' 1\n"												     },
 /* Conditions alone. */
		{ "<coverage><packages><class filename='a'><lines><line number='1' hits='2'><conditions>"
		  "<condition type='jump' coverage='50%'/><condition type='jump' coverage='100%'/>"
		  "<condition type='switch' coverage='0.0%'/><condition type='jump'/>"
		  "</conditions></line><line number='2' hits='2' branch='true'/></lines></class>"
		  "</packages></coverage>",							       "branches\nfile a\nmax counts\n1 hits 2 partial\n2 hits 2\n1 branch 0.0 3/6\n"},
 /* grcov: each arm is a condition. */
		{ "<coverage><packages><class filename='a'><lines><line number='1' hits='2' branch='true'>"
		  "<conditions><condition number='0' type='jump' coverage='1'/>"
		  "<condition number='1' type='jump' coverage='0'/><condition number='2' type='jump' "
		  "coverage='1'/></conditions></line></lines></class></packages></coverage>",             "branches\nfile a\nmax counts\n1 hits 2 partial\n1 branch 0.0 2/3\n"          },
 /* Numbers that are none, too large, negative. */
		{ "<coverage><packages><class filename='a'><lines><line number='0' hits='1'/>"
		  "<line hits='1'/><line number='x' hits='1'/><line number='-3' hits='1'/>"
		  "<line number='4294967297' hits='1'/><line number='99999999999999999999' hits='1'/>"
		  "<line number='1' hits='-1'/><line number='2' hits='99999999999999999999'/>"
		  "<line number='3'/><line number='4' hits='1' condition-coverage='(9/2)'/>"
		  "<line number='5' hits='1' condition-coverage='100% (0/0)'/>"
		  "<line number='6' hits='1' condition-coverage='50% (a/b)'/></lines></class>"
		  "</packages></coverage>",							       "branches\nfile a\nmax counts\n1 hits 0\n2 hits 18446744073709551615\n3 hits 0\n"
		  "4 hits 1\n5 hits 1\n6 hits 1\n4 branch 0.0 2/2\n"									 },
 /* coverage.py: no counts, and where the missed arms lead. */
		{ "<coverage version='7.16.1'><!-- Generated by coverage.py: https://x --><packages>"
		  "<class filename='a'><lines><line number='1' hits='1' condition-coverage='33% (1/3)' "
		  "missing-branches='48,exit'/><line number='2' hits='1' "
		  "condition-coverage='50% (1/2)' missing-branches='3,4'/><line number='5' hits='0' "
		  "condition-coverage='0% (0/2)' missing-branches='6,7'/></lines></class></packages>"
		  "</coverage>",									  "producer coverage.py 7.16.1\nbranches\nfile a\nmax\n1 hits 1 partial\n"
		  "2 hits 1 partial\n5 hits 0 partial\n1 branch 0.0 1/1\n"
		  "1 branch 0.1 'jump to line 48' 0\n1 branch 0.2 'exit' 0\n2 branch 0.0 1/2\n"
		  "5 branch 0.0 'jump to line 6' 0\n5 branch 0.1 'jump to line 7' 0\n"                                                                  },
		{ "<?xml version='1.0' encoding='utf8'?><coverage><packages><class filename='\xc3\xa9\xe2\x82\xac'><lines>"
		  "<line number='1' hits='1'/></lines></class></packages></coverage>",		    "encoding utf8\nfile \xc3\xa9\xe2\x82\xac\nmax counts\n1 hits 1\n"            },
		{ "<?xml version='1.0' encoding='Windows-1252'?><coverage><packages><class filename='\xe9\x80'><lines>"
		  "<line number='1' hits='1'/></lines></class></packages></coverage>",		    "encoding Windows-1252\nfile \xc3\xa9\xe2\x82\xac\nmax counts\n1 hits 1\n"    },
		{ "<?xml version='1.0' encoding='latin1'?><coverage><packages><class filename='\xe9'><lines>"
		  "<line number='1' hits='1'/></lines></class></packages></coverage>",		    "encoding latin1\nfile \xc3\xa9\nmax counts\n1 hits 1\n"                      },
		{ "<?xml version='1.0' encoding='koi8-r'?><coverage><packages><class filename='a\xe9'><lines>"
		  "<line number='1' hits='1'/></lines></class></packages></coverage>",		    "encoding koi8-r\nfile a\xef\xbf\xbd\nmax counts\n1 hits 1\n"                 },
		{ "<?xml version='1.0' encoding='ISO-8859-1'?><coverage><packages>"
		  "<class filename='\xe9'><methods><method name='\xe9&amp;'><lines>"
		  "<line number='1' hits='1'/></lines></method></methods></class></packages></coverage>",
                 "encoding ISO-8859-1\nfile \xc3\xa9\nmax counts\n1 hits 1\n"
		  "1-0 function '\xc3\xa9&' 1\n"																			 },
	};

	(void)state;
	require_cases(FORMAT, cases, sizeof cases / sizeof cases[0]);
}

static void
says_what_is_wrong(void **state)
{
	static const struct xml_case cases[] = {
		{"<coverag/>",
                 "index fault at 0 line 1: its first element is not that of such a report\n"                        },
		{ "<coverage>\n<packages></coverage>",
                 "index fault at 23 line 2: mismatched tag\n"                                                       },
		{ "<coverage>\n<packages>",                           "index cut at 21 line 2: no element found\n"  },
		{ "<!DOCTYPE coverage [<!ENTITY a 'b'>]><coverage/>",
                 "index fault at 31 line 1: it declares an entity, which covls does not allow\n"                    },
		{ "<coverage>&lol;</coverage>",                       "index fault at 10 line 1: undefined entity\n"},
	};

	(void)state;
	require_cases(FORMAT, cases, sizeof cases / sizeof cases[0]);
}

/* The file was replaced since it was indexed, and nobody noticed. */
static void
says_what_is_wrong_with_a_section(void **state)
{
	static const char was[] =
		"<coverage><class filename='a'><lines></lines></class></coverage>";
	static const char is[] = "<coverage><class filename='a'><lin></class></lines>x</coverage>?";
	struct reader_fault fault = { 0 };
	struct data_index *index =
		report_machine_index(FORMAT, SPAN(was), (struct report_machine_cut){ 0 }, &fault);
	struct report report = { 0 };

	(void)state;
	assert_non_null(index);
	assert_false(report_machine_read(index, 0, SPAN(is), (struct report_machine_cut){ 0 },
					 &report, &fault));
	assert_string_equal(fault.text, "mismatched tag");
	assert_int_equal(fault.at, 27);
	report_free(&report);
	data_index_close(index);
}

static const char *const samples[] = {
	"cobertura/coveragepy-7.16-branch.xml",
	"cobertura/coveragepy-7.16-line.xml",
	"cobertura/coveragepy-7.16-relative_files.xml",
	"cobertura/gcovr-8.7.xml",
	"cobertura/nyc-17.xml",
	"cobertura/c8-10.xml",
	"cobertura/jest-29.xml",
};

static void
counts_as_the_producers_do(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
		struct buf sample = { 0 };
		struct totals t;

		load_sample(FORMAT, samples[i], &sample);
		t = count_sample(FORMAT, buf_span(&sample));
		assert_true(t.files > 1);
		assert_int_equal(t.lines, told_number(sample.at, " lines-valid=\"", false));
		assert_int_equal(t.ran, told_number(sample.at, " lines-covered=\"", false));
		assert_int_equal(t.arms, told_number(sample.at, " branches-valid=\"", false));
		assert_int_equal(t.taken, told_number(sample.at, " branches-covered=\"", false));
		buf_free(&sample);
	}
}

static void
survives_damage(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++)
		require_robust(FORMAT, samples[i]);
}

static void
reads_two_bytes_a_character(void **state)
{
	struct buf sample = { 0 };

	(void)state;
	load_sample(FORMAT, "cobertura/coveragepy-7.16-branch.xml", &sample);
	require_wide_is_same(FORMAT, buf_span(&sample));
	buf_free(&sample);
}

/* A folder that is too long is left out, not cut: cut, it would be another. */
static void
leaves_out_folders_that_are_too_long(void **state)
{
	static const struct {
		size_t len;
		const char *end, *wanted;
	} cases[] = {
		{DATA_NAME_MAX + 1, "",          "base /b\n"},
		{ DATA_NAME_MAX,    " \n&lt;\n", "base /b\n"},
		{ DATA_NAME_MAX,    "  \n/z",    "base /b\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct buf in = { 0 };

		buf_add_text(&in, "<coverage><sources><source>");
		for (size_t k = 0; k < cases[i].len; k++)
			buf_add_char(&in, 'x');
		buf_addf(&in, "%s</source><source>/b</source></sources></coverage>", cases[i].end);
		require_long_text(FORMAT, buf_span(&in), cases[i].wanted);
		buf_free(&in);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_its_own),
		cmocka_unit_test(tells_lines_branches_and_functions),
		cmocka_unit_test(says_what_is_wrong),
		cmocka_unit_test(says_what_is_wrong_with_a_section),
		cmocka_unit_test(counts_as_the_producers_do),
		cmocka_unit_test(survives_damage),
		cmocka_unit_test(reads_two_bytes_a_character),
		cmocka_unit_test(leaves_out_folders_that_are_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
