#include "support/xml_reports.h"

#define FORMAT (&opencover_format)

/* Written by hand: no producer's own was to be had. */
static const char report[] =
	"<?xml version='1.0' encoding='utf-8'?>\n<CoverageSession><Modules><Module><Files>"
	"<File uid='1' fullPath='C:\\s\\Calc.cs'/><File uid='7' fullPath='C:\\s\\Part.cs'/>"
	"<File uid='99999999999' fullPath='x'/><File fullPath='y'/></Files>"
	"<Classes><Class><FullName>S.Calc</FullName><Methods>"
	"<Method visited='true'><Name>System.Int32 S.Calc::Add(System.Int32)</Name><FileRef uid='1'/>"
	"<SequencePoints><SequencePoint vc='3' sl='10' sc='5' el='12' ec='6' fileid='1'/>"
	"<SequencePoint vc='0' sl='12' el='12' fileid='1'/>"
	"<SequencePoint vc='1' sl='13' el='13' />"
	"<SequencePoint vc='4' sl='2' el='2' fileid='7'/>"
	"<SequencePoint vc='4' sl='16707566' el='16707566' fileid='1'/>"
	"<SequencePoint vc='4' sl='20' el='9999999' fileid='1'/></SequencePoints>"
	"<BranchPoints><BranchPoint vc='3' path='0' offset='4' sl='10' fileid='1'/>"
	"<BranchPoint vc='0' path='1' offset='4' sl='10' fileid='1'/></BranchPoints></Method>"
	"\n<Method><Name>System.Void S.Calc/In::.ctor()</Name><FileRef uid='1'/><SequencePoints>"
	"<SequencePoint vc='0' sl='30' el='30' fileid='1'/></SequencePoints></Method>"
	"<Method><Name>System.Void S.Calc::Gone()</Name></Method>"
	"</Methods></Class></Classes></Module></Modules></CoverageSession>";

static void
tells_lines_branches_and_functions(void **state)
{
	static const struct xml_case cases[] = {
		{report,
                 "encoding utf-8\nbranches\nfile C:\\s\\Calc.cs\nmax counts\n10 hits 3 partial\n"
		  "11 hits 3\n12 hits 3\n13 hits 1\n20 hits 4\n30 hits 0\n"
		  "10 branch 4.0 '0' 3\n10 branch 4.1 '1' 0\n"
		  "10-0 function 'Calc.Add' 3\n30-0 function 'In..ctor' 0\n"
		  "file C:\\s\\Part.cs\nmax counts\n2 hits 4\n2-0 function 'Calc.Add' 4\n"},
	};

	(void)state;
	require_cases(FORMAT, cases, 1);
}

static void
knows_its_own(void **state)
{
	static const char *const is[] = { "<CoverageSession>", report, NULL };
	static const char *const is_not[] = { "", "<CoverageSession", "<coverage/>", NULL };

	(void)state;
	require_sniffed(FORMAT, is, is_not);
}

static void
survives_damage(void **state)
{
	(void)state;
	require_same_at_every_cut(FORMAT, SPAN(report));
	require_cut_is_noticed(FORMAT, SPAN(report));
	require_damage_is_survived(FORMAT, SPAN(report));
}

/* The name of a method that is too long is left out, not cut. */
static void
leaves_out_methods_with_names_that_are_too_long(void **state)
{
	static const size_t lengths[] = { DATA_NAME_MAX, DATA_NAME_MAX + 300 };

	(void)state;
	for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		struct buf in = { 0 };

		buf_add_text(&in, "<CoverageSession><Files><File uid='1' fullPath='a.cs'/></Files>"
				  "<Method><Name>S.A::F(");
		while (in.len < lengths[i] + 80)
			buf_add_text(&in, "Long, ");
		buf_add_text(&in,
			     "\nS)</Name><FileRef uid='1'/><SequencePoint vc='3' sl='7'/></Method>"
			     "<Method><Name>S.A::G()</Name><FileRef uid='1'/>"
			     "<SequencePoint vc='2' sl='9'/></Method></CoverageSession>");
		require_long_text(FORMAT, buf_span(&in),
				  "file a.cs\nmax counts\n7 hits 3\n9 hits 2\n"
				  "9-0 function 'A.G' 2\n");
		buf_free(&in);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_lines_branches_and_functions),
		cmocka_unit_test(knows_its_own),
		cmocka_unit_test(survives_damage),
		cmocka_unit_test(leaves_out_methods_with_names_that_are_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
