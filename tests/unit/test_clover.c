#include "support/xml_reports.h"

#define FORMAT (&clover_format)

static void
knows_its_own(void **state)
{
	static const char *const is[] = {
		"<coverage generated='1' clover='3.2.0'>",
		"<coverage generated='1' phpunit='10.1'>",
		"<coverage><project name='x'>",
		"<coverage generated='1' version='1'><testproject/>",
		NULL,
	};
	static const char *const is_not[] = {
		"",
		"<coverage",
		"<coverage>",
		"<coverage generated='1'><packages/>",
		"<coverage generated='1' line-rate='1'>",
		"<coverage version='1'><file path='a'/>",
		"<project/>",
		NULL,
	};

	(void)state;
	require_sniffed(FORMAT, is, is_not);
}

static void
tells_lines_branches_and_functions(void **state)
{
	static const struct xml_case cases[] = {
  /* Istanbul: arms taken and not taken; two conditions on a line. */
		{"<coverage generated='1' clover='3.2.0'><project name='All files'>"
		  "<file name='a.js' path='/srv/a.js'><metrics/>"
		  "<line num='1' count='3' type='cond' truecount='4' falsecount='0'/>"
		  "<line num='2' count='1' type='cond' truecount='1' falsecount='1'/>"
		  "<line num='2' count='5' type='cond' truecount='2' falsecount='0'/>"
		  "<line num='3' count='0' type='stmt'/></file></project></coverage>", "producer Istanbul\nbranches\nfile /srv/a.js\nmax counts\n1 hits 3\n"
		  "2 hits 5 partial\n3 hits 0\n1 branch 0.0 4/4\n2 branch 0.0 1/2\n2 branch 1.0 2/2\n"},
 /* OpenClover: how often true and how often false. Test code counts, too. */
		{ "<coverage generated='1' clover='4.4.1'><project name='x'><package name='p'>"
		  "<file name='A.java' path='/srv/p/A.java'>"
		  "<class name='A'><metrics/></class>"
		  "<line num='3' type='method' signature='f(int) : void' count='2' complexity='1'/>"
		  "<line num='4' type='cond' truecount='2' falsecount='0'/>"
		  "<line num='4' type='cond' truecount='1' falsecount='1'/>"
		  "<line num='4' type='stmt' count='1'/>"
		  "<line num='5' type='cond' truecount='18446744073709551615' falsecount='7'/>"
		  "</file></package></project><testproject><package name='p'>"
		  "<file name='ATest.java' path='/srv/t/ATest.java'><line num='1' type='stmt' count='9'/>"
		  "</file></package></testproject></coverage>",			"producer Clover 4.4.1\nbranches\nfile /srv/p/A.java\nmax counts\n3 hits 2\n"
		  "4 hits 2 partial\n5 hits 18446744073709551615\n"
		  "4 branch 0.0 'true' 2\n4 branch 0.1 'false' 0\n"
		  "4 branch 1.0 'true' 1\n4 branch 1.1 'false' 1\n"
		  "5 branch 0.0 'true' 18446744073709551615\n5 branch 0.1 'false' 7\n"
		  "3-0 function 'f(int) : void' 2\nfile /srv/t/ATest.java\nmax counts\n1 hits 9\n"                           },
 /* PHPUnit: the path is the name; a method's first line is code if nothing else is. */
		{ "<coverage generated='1' phpunit='10.1.16'><project timestamp='1'>"
		  "<file name='/srv/src/A.php'><class name='A' namespace='global'><metrics/></class>"
		  "<line num='6' type='method' name='f' visibility='public' complexity='1' crap='1' "
		  "count='1'/><line num='8' type='stmt' count='1'/>"
		  "<line num='9' type='method' name='g' crap='1' count='4'/>"
		  "<line num='10' type='method' name='h' crap='1' count='0'/><metrics/></file><metrics/>"
		  "</project></coverage>",					     "producer PHPUnit 10.1.16\nfile /srv/src/A.php\nmax counts\n8 hits 1\n9 hits 4\n10 hits 0\n"
		  "6-0 function 'f' 1\n9-0 function 'g' 4\n10-0 function 'h' 0\n"                                                                 },
 /* A file without lines is none. Twice the same file. Odd numbers. */
		{ "<coverage clover='1795363380'><project><file name='dummy' path='dummy'/>"
		  "<file path='a'><line num='0' type='stmt' count='1'/><line num='1' count='-4'/>"
		  "<line num='2' type='stmt' count='99999999999999999999999'/><line/></file>"
		  "<file path='b'><line num='7' type='stmt' count='1'/></file>"
		  "<file path='a'><line num='1' type='stmt' count='2'/></file><file><line num='1'/>"
		  "</file></project></coverage>",				      "file a\nmax counts\n1 hits 2\n2 hits 18446744073709551615\n"
		  "file b\nmax counts\n7 hits 1\n"											 },
	};

	(void)state;
	require_cases(FORMAT, cases, sizeof cases / sizeof cases[0]);
}

static const char *const samples[] = {
	"clover/gcovr-8.7.xml",
	"clover/nyc-17.xml",
	"clover/c8-10.xml",
	"clover/jest-29.xml",
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
		assert_int_equal(t.files, told_number(sample.at, " files=\"", false));
		assert_int_equal(t.lines, told_number(sample.at, " statements=\"", false));
		assert_int_equal(t.ran, told_number(sample.at, " coveredstatements=\"", false));
		assert_int_equal(t.arms, told_number(sample.at, " conditionals=\"", false));
		assert_int_equal(t.taken, told_number(sample.at, " coveredconditionals=\"", false));
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_its_own),
		cmocka_unit_test(tells_lines_branches_and_functions),
		cmocka_unit_test(counts_as_the_producers_do),
		cmocka_unit_test(survives_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
