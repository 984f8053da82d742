#include "support/xml_reports.h"

#define FORMAT (&sonar_format)

static void
knows_its_own(void **state)
{
	static const char *const is[] = {
		"<coverage version='1'>",
		"<coverage version=\"1\"><file path='a'>",
		NULL,
	};
	static const char *const is_not[] = {
		"",
		"<coverage",
		"<coverage version='2'><file path='a'/>",
		"<coverage version='1' line-rate='1'>",
		"<coverage version='1'><project/>",
		"<coverage version='1' clover='1'>",
		NULL,
	};

	(void)state;
	require_sniffed(FORMAT, is, is_not);
}

static void
tells_lines_and_branches(void **state)
{
	static const struct xml_case cases[] = {
		{"<coverage version='1'><file path='a.c'><lineToCover lineNumber='1' covered='true'/>"
		  "<lineToCover lineNumber='2' covered='false'/>"
		  "<lineToCover lineNumber='3' covered='true' branchesToCover='3' coveredBranches='2'/>"
		  "<lineToCover lineNumber='0' covered='true'/><lineToCover/></file><file/>"
		  "<file path='b.c'/></coverage>", "branches\nfile a.c\nmax\n1 hits 1\n2 hits 0\n3 hits 1 partial\n3 branch 0.0 2/3\n"
		  "file b.c\nmax\n"},
	};

	(void)state;
	require_cases(FORMAT, cases, sizeof cases / sizeof cases[0]);
}

/* gcovr wrote both of one run. */
static void
says_what_the_same_run_says_as_cobertura(void **state)
{
	struct buf sonar = { 0 }, cobertura = { 0 };
	struct totals a, b;

	(void)state;
	load_sample(FORMAT, "other/gcovr-sonarqube.xml", &sonar);
	load_sample(&cobertura_format, "cobertura/gcovr-8.7.xml", &cobertura);
	a = count_sample(FORMAT, buf_span(&sonar));
	b = count_sample(&cobertura_format, buf_span(&cobertura));
	assert_int_equal(a.files, b.files);
	assert_int_equal(a.lines, b.lines);
	assert_int_equal(a.ran, b.ran);
	assert_int_equal(a.arms, b.arms);
	assert_int_equal(a.taken, b.taken);
	buf_free(&sonar);
	buf_free(&cobertura);
}

static void
survives_damage(void **state)
{
	(void)state;
	require_robust(FORMAT, "other/gcovr-sonarqube.xml");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_its_own),
		cmocka_unit_test(tells_lines_and_branches),
		cmocka_unit_test(says_what_the_same_run_says_as_cobertura),
		cmocka_unit_test(survives_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
