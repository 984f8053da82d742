#include "support/xml_reports.h"

#define FORMAT (&jacoco_format)

static void
knows_its_own(void **state)
{
	static const char *const is[] = {
		"<report name='x'><sessioninfo id='a'/>",
		"<report name='x'><package name='p'>",
		"<report name='x'><group name='p'>",
		"<!DOCTYPE report PUBLIC '-//JACOCO//DTD Report 1.1//EN' 'report.dtd'><report name=''>",
		NULL,
	};
	static const char *const is_not[] = {
		"",
		"<report",
		"<report name='x'>",
		"<report><item/></report>",
		"<coverage><package/>",
		NULL,
	};

	(void)state;
	require_sniffed(FORMAT, is, is_not);
}

static void
tells_lines_branches_and_functions(void **state)
{
	static const struct xml_case cases[] = {
		{"<report name='x'><package name='com/ex'><class name='com/ex/A$B' "
		  "sourcefilename='A.kt'><method name='&lt;init&gt;' desc='()V' line='3'>"
		  "<counter type='INSTRUCTION' missed='0' covered='3'/>"
		  "<counter type='METHOD' missed='0' covered='1'/></method>"
		  "<method name='f' desc='()V' line='9'><counter type='METHOD' missed='1' covered='0'/>"
		  "</method><method name='no' desc='()V'><counter type='METHOD' missed='0' covered='1'/>"
		  "</method><counter type='METHOD' missed='1' covered='1'/></class>"
		  "<class name='com/ex/C'><method name='g' line='1'/></class>"
		  "<sourcefile name='A.kt'><line nr='3' mi='0' ci='3' mb='0' cb='0'/>"
		  "<line nr='4' mi='1' ci='3' mb='0' cb='0'/><line nr='5' mi='0' ci='3' mb='1' cb='3'/>"
		  "<line nr='9' mi='2' ci='0' mb='2' cb='0'/><counter type='LINE' missed='1' covered='3'/>"
		  "</sourcefile></package></report>",					  "branches\nfile com/ex/A.kt\nmax\n3 hits 1\n4 hits 1\n5 hits 1 partial\n"
		  "9 hits 0 partial\n5 branch 0.0 3/4\n9 branch 0.0 0/2\n"
		  "3-0 function 'A$B.<init>' 1\n9-0 function 'A$B.f' 0\n"                },
 /* Groups in groups, that hold the same file; the default package. */
		{ "<report name='x'><group name='m'><group name='a'><package name='p'>"
		  "<sourcefile name='A.java'><line nr='1' mi='0' ci='1'/></sourcefile></package></group>"
		  "<group name='b'><package name='p'><sourcefile name='A.java'><line nr='1' mi='1' ci='0'/>"
		  "</sourcefile></package></group></group><package name=''><sourcefile name='A.java'>"
		  "<line nr='2' mi='0' ci='1'/></sourcefile><sourcefile/></package></report>", "file m/a/p/A.java\nmax\n1 hits 1\nfile m/b/p/A.java\nmax\n1 hits 0\n"
		  "file A.java\nmax\n2 hits 1\n"},
 /* gcovr: without instructions a line is only known by its branches. */
		{ "<report name='x'><package name=''><sourcefile name='a.c'><line nr='1'/>"
		  "<line nr='2' mb='0' cb='2'/><line nr='3' mb='2' cb='0'/><line nr='0' ci='1'/>"
		  "<line nr='99999999999' ci='1'/><line nr='4' ci='99999999999999999999' mi='-1'/>"
		  "</sourcefile></package></report>",					  "branches\nfile a.c\nmax\n2 hits 1\n3 hits 0 partial\n4 hits 1\n"
		  "2 branch 0.0 2/2\n3 branch 0.0 0/2\n"                                 },
	};

	(void)state;
	require_cases(FORMAT, cases, sizeof cases / sizeof cases[0]);
}

static void
counts_as_jacoco_does(void **state)
{
	static const char *const samples[] = { "jacoco/jacoco-0.8.6.xml",
					       "jacoco/jacoco-0.8.6-grouped.xml" };

	(void)state;
	for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
		struct buf sample = { 0 };
		struct totals t;
		uint64_t missed;

		load_sample(FORMAT, samples[i], &sample);
		t = count_sample(FORMAT, buf_span(&sample));
		assert_int_equal(t.files, 3);
		/* The last counters are those of the whole. */
		missed = told_number(sample.at, "\"LINE\" missed=\"", true);
		assert_int_equal(t.lines - t.ran, missed);
		missed = told_number(sample.at, "\"BRANCH\" missed=\"", true);
		assert_int_equal(t.arms - t.taken, missed);
		missed = told_number(sample.at, "\"METHOD\" missed=\"", true);
		assert_int_equal(t.functions - t.called, missed);
		assert_int_equal(t.ran, 15);
		assert_int_equal(t.taken, 6);
		assert_int_equal(t.called, 7);
		buf_free(&sample);
	}
}

static void
counts_branches_as_gcovr_does(void **state)
{
	struct buf sample = { 0 };
	struct totals t;

	(void)state;
	load_sample(FORMAT, "jacoco/gcovr-8.7.xml", &sample);
	t = count_sample(FORMAT, buf_span(&sample));
	assert_int_equal(t.files, 3);
	assert_int_equal(t.lines, 7); /* those with branches */
	assert_int_equal(t.arms - t.taken, 4);
	assert_int_equal(t.taken, 15);
	buf_free(&sample);
}

static void
survives_damage(void **state)
{
	(void)state;
	require_robust(FORMAT, "jacoco/gcovr-8.7.xml");
	require_robust(FORMAT, "jacoco/jacoco-0.8.6-grouped.xml");
}

/* A name that is too long is left out, not cut: cut, it would be another's. */
static void
leaves_out_names_that_are_too_long(void **state)
{
	struct reader_fault fault;
	struct buf in = { 0 };
	struct data_index *index;

	(void)state;
	buf_add_text(&in, "<report><group name='");
	while (in.len < DATA_NAME_MAX + 1000)
		buf_add_text(&in, "long");
	buf_add_text(&in, "'><package name='p'><sourcefile name='A'><line nr='1' ci='1'/>"
			  "</sourcefile></package></group><package name='q'><sourcefile name='B'/>"
			  "</package></report>");
	index = report_machine_index(FORMAT, buf_span(&in), (struct report_machine_cut){ 0 },
				     &fault);
	assert_non_null(index);
	assert_int_equal(index->name_count, 1);
	assert_true(span_equal(data_index_name(index, 0), SPAN("q/B")));
	assert_true(index->info.warning[0] != '\0');
	data_index_close(index);
	buf_free(&in);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_its_own),
		cmocka_unit_test(tells_lines_branches_and_functions),
		cmocka_unit_test(counts_as_jacoco_does),
		cmocka_unit_test(counts_branches_as_gcovr_does),
		cmocka_unit_test(survives_damage),
		cmocka_unit_test(leaves_out_names_that_are_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
