#include "support/report_cases.h"

#define OF(records) "SF:a\n" records "end_of_record\n"
#define HEAD        "file a\nsum\n"
#define COUNTS      "file a\nsum counts\n"
#define BRANCHES    "branches\n"

static const struct report_case cases[] = {
	{"TN:\n",										     ""									  },
	{ "TN:\nSF:a\nDA:3,1\nend_of_record\n",						       COUNTS "3 hits 1\n"                                                         },
	{ "SF:a\nend_of_record",								      HEAD									},
	{ "\xef\xbb\xbfSF:a\r\nDA:1,0\r\nend_of_record\r\n",                                          HEAD "1 hits 0\n"                                                           },
	{ "# c\n\nKF:a b,c:\xff \t\nDA:1,0\n#x\n\nend_of_record\n",
         "file a b,c:\xc3\xbf\nsum\n1 hits 0\n"																   },
	{ "SF:\nDA:1,0\nend_of_record\n",							     ""									  },
 /* Latin-1, where it is no UTF-8 */
	{ "SF:/m\xfcller/gr\xf6\xdf"
	  "e.c\nDA:1,0\nend_of_record\nSF:\xc3\xbc/\xe6\x97\xa5.c\nDA:2,1\nend_of_record\n", "file /m\xc3\xbcller/gr\xc3\xb6\xc3\x9f"
	  "e.c\nsum\n1 hits 0\nfile \xc3\xbc/\xe6\x97\xa5.c\nsum\n2 hits 1\n"},
 /* counts */
	{ OF("DA:1,2,c29tZSwrLw\nDA:2,1e+06\nDA:3,-4\nDA:4,1.5\nDA:5,0.25\nDA:6,=7\n"),
         COUNTS "1 hits 2\n2 hits 1000000\n3 hits 0\n4 hits 1\n5 hits 1\n6 hits 7\n"											      },
	{ OF("DA:1,18446744073709551616\nDA:2,1e400\nDA:3,1.25e+2\nDA:4,0.0e5\nDA:5,5e-1\n"),
         COUNTS "1 hits 18446744073709551615\n2 hits 18446744073709551615\n3 hits 125\n4 hits 0\n"
		 "5 hits 1\n"																		     },
	{ OF("DA:0,1\nDA:-5,1\nDA:10000001,1\nDA:99999999999999999999,1\nDA:10000000,0\n"),
         HEAD "10000000 hits 0\n"																		 },
 /* what comes again is added up */
	{ OF("DA:6,1\nDA:5,1\nDA:6,2\n"),							     COUNTS "5 hits 1\n6 hits 3\n"                                               },
	{ OF("DA:6,1\n") "SF:b\nDA:1,0\nend_of_record\n" OF("DA:6,1\nDA:7,0\n"),
         HEAD "6 hits 2\n7 hits 0\nfile b\nsum\n1 hits 0\n"														       },
 /* sections that do not end */
	{ "SF:a\nDA:1,0\nSF:b\nDA:2,0\nend_of_record\n",                                              HEAD "1 hits 0\nfile b\nsum\n2 hits 0\n"                                    },
	{ "SF:a\nDA:1,0\n",
         "warning no section of the report has an end_of_record; if it was cut off, what it says of "
	  "its last file is not all\n" HEAD "1 hits 0\n"															  },
	{ OF("DA:1,0\n") "SF:b\nDA:2,0\n",
         "index cut at 38 line 6: its last section has no end_of_record\n"													},
	{ "SF:a\nDA:12,",									     "index cut at 5 line 2: the last line has no end\n"                         },
	{ "SF:a\nDA:12,1",									    "index cut at 5 line 2: the last line has no end\n"                         },
	{ "SF:a\nDA:12,1\nend_of_recor",							      "index cut at 13 line 3: the last line has no end\n"                        },
	{ "SF:a",										     "index cut at 0 line 1: the last line has no end\n"                         },
	{ OF("") "TN:uni",									    "index cut at 19 line 3: the last line has no end\n"                        },
	{ OF("") "S",										 "index cut at 19 line 3: the last line has no end\n"                        },
	{ OF("") "# the end",									 HEAD									},
 /* branches */
	{ OF("DA:5,1\nBRDA:5,0,0,1\nBRDA:5,0,1,0\nBRDA:5,0,0,0\nBRDA:5,0,1,3\n"),
         BRANCHES HEAD "5 hits 1\n5 branch 0.0 '0' 1\n5 branch 0.1 '1' 3\n"												       },
	{ OF("DA:5,1\nBRDA:5,3,0,-\nBRDA:5,3,1,-\n"),
         BRANCHES HEAD "5 hits 1 partial\n5 branch 3.0 '0' 0 never\n5 branch 3.1 '1' 0 never\n"                                                                                   },
	{ OF("DA:5,1\nBRDA:5,0,jump to line 6, or 7,1\nBRDA:5,0,return from function 'f',0\n"),
         BRANCHES HEAD "5 hits 1 partial\n5 branch 0.0 'jump to line 6, or 7' 1\n"
			"5 branch 0.1 'return from function 'f'' 0\n"													     },
	{ OF("BRDA:9,e0,1,1\nBRDA:9,f0,2 -> 3,2\nBRDA:9,eU0,7,0\nBRDA:9,U0,8,-\nBRDA:9,None,1,-\n"),
         BRANCHES HEAD "9 branch 0.0 '1' 1\n9 branch 0.1 '2 -> 3' 2\n"
			"9 branch 2147483649.0 '1' 0 never\n"														     },
	{ OF("DA:1,1\nDA:4,1\nBRDA:1,0,0,1\nBRDA:4,0,0,0\n"),                                         BRANCHES HEAD
	  "1 hits 1\n4 hits 1\n1 branch 0.0 '0' 1 alone\n4 branch 0.0 '0' 0 alone\n"                                 },
	{ OF("DA:1,1\nDA:4,1\nBRDA:1,0,0,1\nBRDA:4,1,0,0\n"),
         BRANCHES HEAD "1 hits 1\n4 hits 1 partial\n1 branch 0.0 '0' 1\n4 branch 1.0 '0' 0\n"                                                                                     },
	{ OF("BRDA:0,0,0,1\nBRDA:2,0,0,1\nMCDC:19,3,t,1,0,'a, b'\nMCF:12\nMCH:10\nNEW:what\n"),
         BRANCHES HEAD "2 branch 0.0 '0' 1 alone\n"															       },
 /* Istanbul, of code that its source map leads nowhere */
	{ OF("FN:,f\nFN:2,f\nFNDA:0,f\nFNDA:4,f\nDA:undefined,0\nDA:null,1\nDA:NaN,2\nDA:7,1\n"
	     "BRDA:,0,0,1\nBRDA:7,1,0,\nBRDA:7,1,1,3\n"),
         BRANCHES COUNTS "7 hits 1 partial\n7 branch 1.0 '0' 0\n7 branch 1.1 '1' 3\n"
			  "2-0 function 'f' 4\n"																  },
	{ OF("DA:undefine,0\n"),
         "file a\nsection fault at 3 line 2: the number of a line is missing\n"												   },
 /* its only branch: a default that was never needed */
	{ "TN:\n" OF("DA:4,1\nBRDA:4,0,0,0\n"),
         BRANCHES COUNTS "4 hits 1 partial\n4 branch 0.0 '0' 0\n"														 },
	{ "TN:\n" OF("DA:4,1\nDA:5,1\nBRDA:4,0,0,0\nBRDA:5,0,0,1\n"),                                 BRANCHES COUNTS
	  "4 hits 1\n5 hits 1\n4 branch 0.0 '0' 0 alone\n5 branch 0.0 '0' 1 alone\n"                         },
 /* functions */
	{ OF("FN:3,f\nFN:7,9,g\nFNDA:1,g\nFNDA:0,f\nFNF:2\n"),
         HEAD "3-0 function 'f' 0\n7-9 function 'g' 1\n"															  },
	{ OF("FNDA:4,f\nFN:3,f\nFN:5,6\nFNDA:1,6\nFNDA:9,nowhere\n"),
         COUNTS "3-0 function 'f' 4\n5-0 function '6' 1\n"															},
	{ OF("FN:3,f\nFN:9,f\nFNDA:1,f\nFNDA:0,f\n"),
         HEAD "3-0 function 'f' 1\n9-0 function 'f' 0\n"															  },
	{ OF("FN:3,f\nFNDA:1,f\nFNDA:2,f\n") OF("FN:3,f\nFNDA:4,f\n"),
         COUNTS "3-0 function 'f' 7\n"																	    },
	{ OF("FN:3,operator()(int, T<a,b>)\nFNDA:1,operator()(int, T<a,b>)\n"),
         HEAD "3-0 function 'operator()(int, T<a,b>)' 1\n"															},
	{ OF("FNL:0,3,6\nFNA:0,0,f<int>\nFNA:1,2,g,h\nFNA:0,1,f<char>\nFNL:1,8\n"),
         COUNTS "3-6 function 'f<char>' 1\n3-6 function 'f<int>' 0\n8-0 function 'g,h' 2\n"                                                                                       },
 /* faults */
	{ OF("DA:12\n"),									      "file a\nsection fault at 5 line 2: a count is missing\n"                   },
	{ OF("DA:1,1\nDA:12,\n"),								     "file a\nsection fault at 13 line 3: a count is missing\n"                  },
	{ OF("DA:1,1x\n"),									    "file a\nsection fault at 6 line 2: a count does not end\n"                 },
	{ OF("DA:x,1\n"),									     "file a\nsection fault at 3 line 2: the number of a line is missing\n"      },
	{ OF("BRDA:1,0,1\n"),									 BRANCHES
	  "file a\nsection fault at 9 line 2: a branch's block, name or count is missing\n"                                                          },
	{ OF("BRDA:1,0,0,x\n"),								       BRANCHES
	  "file a\nsection fault at 11 line 2: it is no count of how often a branch was taken\n"                                                   },
	{ OF("FN:f\n"),									       "file a\nsection fault at 3 line 2: a function's line is missing\n"         },
	{ OF("hello\n"),
         "file a\nsection fault at 0 line 2: a line is neither a record nor a comment\n"											  },
	{ OF("\x01\n"),
         "file a\nsection fault at 0 line 2: a line is neither a record nor a comment\n"											  },
};

static void
every_case_at_every_size(void **state)
{
	(void)state;
	report_cases_run(&lcov_format, cases, sizeof cases / sizeof cases[0]);
}

static const char *const samples[] = {
	"lcov/c8-10.info",
	"lcov/coveragepy-7.16-checksums.lcov",
	"lcov/coveragepy-7.16.lcov",
	"lcov/gcovr-8.7.lcov",
	"lcov/grcov-0.8.info",
	"lcov/jest-29-v8.info",
	"lcov/jest-29.info",
	"lcov/lcov-1.16-cpp-templates-checksum.info",
	"lcov/lcov-2.5-branch-checksum.info",
	"lcov/lcov-2.5-branch-mcdc.info",
	"lcov/lcov-2.5-concatenated.info",
	"lcov/lcov-2.5-line.info",
	"lcov/lcov-2.5-two-test-names-merged.info",
	"lcov/llvm-cov-21-cpp.lcov",
	"lcov/llvm-cov-21.lcov",
	"lcov/nyc-17.info",
};

static void
every_sample_at_every_size(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
		struct buf text = report_cases_load(samples[i]);

		assert_true(lcov_format.sniff(buf_span(&text)));
		report_cases_check(&lcov_format, buf_span(&text), NULL);
		buf_free(&text);
	}
}

struct totals {
	unsigned lines, hit, branches, taken;
};

static struct totals
count(const struct report *r)
{
	struct totals t = { .lines = (unsigned)r->line_count,
			    .branches = (unsigned)r->branch_count };

	for (size_t i = 0; i < r->line_count; i++)
		t.hit += r->lines[i].hits > 0;
	for (size_t i = 0; i < r->branch_count; i++)
		t.taken += r->branches[i].taken > 0;
	return t;
}

/* The totals that the producer wrote at the end of a file's section; of the last one, as in a report of
 * two runs all have the same. */
static struct totals
find_totals(const char *text, const char *name)
{
	struct totals t = { 0 };
	bool here = false;

	for (const char *line = text; *line != '\0';) {
		const char *end = strchr(line, '\n');

		if (strncmp(line, "SF:", 3) == 0)
			here = strlen(name) == (size_t)(end - line) - 3 &&
			       strncmp(line + 3, name, strlen(name)) == 0;
		if (here && strncmp(line, "LF:", 3) == 0)
			t.lines = (unsigned)strtoul(line + 3, NULL, 10);
		else if (here && strncmp(line, "LH:", 3) == 0)
			t.hit = (unsigned)strtoul(line + 3, NULL, 10);
		else if (here && strncmp(line, "BRF:", 4) == 0)
			t.branches = (unsigned)strtoul(line + 4, NULL, 10);
		else if (here && strncmp(line, "BRH:", 4) == 0)
			t.taken = (unsigned)strtoul(line + 4, NULL, 10);
		line = end + 1;
	}
	return t;
}

/*
 * Of these the totals are not those of the records beside them: llvm-cov counts a line of its totals
 * that it has no DA of, coverage.py two arms that it has no BRDA of; lcov 1.16's capture has none, and
 * its own `lcov --summary` says what stands here.
 */
static const struct {
	const char *sample, *name;
	struct totals totals;
} corrections[] = {
	{"lcov/coveragepy-7.16-checksums.lcov",         "app/calc.py",         { 69, 39, 16, 9 } },
	{ "lcov/coveragepy-7.16.lcov",                  "app/calc.py",         { 69, 39, 16, 9 } },
	{ "lcov/llvm-cov-21-cpp.lcov",                  "/tmp/c/tmpl.cpp",     { 14, 14, 6, 5 }  },
	{ "lcov/llvm-cov-21.lcov",                      "/tmp/c/calc.h",       { 4, 4, 2, 1 }    },
	{ "lcov/lcov-1.16-cpp-templates-checksum.info", "/tmp/hostc/tmpl.cpp", { 13, 13, 18, 11 }},
};

static void
check_totals(const char *sample, const char *name, const char *text, const struct report *r)
{
	struct totals got = count(r), want = find_totals(text, name);

	for (size_t i = 0; i < sizeof corrections / sizeof corrections[0]; i++) {
		if (strcmp(corrections[i].sample, sample) == 0 &&
		    strcmp(corrections[i].name, name) == 0)
			want = corrections[i].totals;
	}
	if (got.lines != want.lines || got.hit != want.hit || got.branches != want.branches ||
	    got.taken != want.taken)
		fail_msg("%s, %s: %u of %u lines, %u of %u branches; want %u of %u, %u of %u",
			 sample, name, got.hit, got.lines, got.taken, got.branches, want.hit,
			 want.lines, want.taken, want.branches);
}

static void
samples_have_their_producers_totals(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
		struct buf text = report_cases_load(samples[i]);
		struct report_machine_cut cut = { 0, 0 };
		struct reader_fault fault = { 0 };
		struct data_index *index =
			report_machine_index(&lcov_format, buf_span(&text), cut, &fault);

		assert_non_null(index);
		assert_true(index->name_count > 0);
		for (size_t n = 0; n < index->name_count; n++) {
			struct span name = data_index_name(index, n);
			char *own = mem_text(name.at, name.len);
			struct report report = { 0 };

			assert_true(report_machine_read(index, n, buf_span(&text), cut, &report,
							&fault));
			check_totals(samples[i], own, buf_text(&text), &report);
			report_free(&report);
			free(own);
		}
		data_index_close(index);
		buf_free(&text);
	}
}

/* A report that ends anywhere but behind an end_of_record is cut, or says so. */
static void
a_report_that_ends_too_early_is_cut(void **state)
{
	struct buf text = report_cases_load("lcov/lcov-2.5-branch-mcdc.info");

	(void)state;
	for (size_t len = 30; len < text.len; len++) {
		struct span part = span_cut(buf_span(&text), 0, len);
		struct reader_fault fault = { 0 };
		struct data_index *index = report_machine_index(
			&lcov_format, part, (struct report_machine_cut){ 0, 0 }, &fault);
		bool whole = span_ends(part, SPAN("end_of_record\n")) ||
			     span_ends(part, SPAN("end_of_record")) ||
			     span_ends(part, SPAN("end_of_record\nTN:unit\n"));
		bool says = index != NULL && index->info.warning[0] != '\0';

		if (index == NULL && (!fault.cut || fault.line == 0))
			fail_msg("%zu bytes: no cut", len);
		if (whole != (index != NULL && !says))
			fail_msg("%zu bytes pass for %s", len, whole ? "cut" : "whole");
		data_index_close(index);
	}
	buf_free(&text);
}

/* Lines and names as long as they like: what is too long is left out, and nothing else. */
static void
long_lines_are_survived(void **state)
{
	const size_t lengths[] = { DATA_NAME_MAX, DATA_NAME_MAX + 1, (size_t)3 * DATA_NAME_MAX };

	(void)state;
	for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		for (size_t step = 0; step < 3; step++) {
			struct report_machine_cut cut = { 0, step * 4099 };
			struct buf text = { 0 }, out = { 0 };

			buf_add_text(&text, "SF:");
			memset(buf_room(&text, lengths[i]), 'n', lengths[i]);
			text.len += lengths[i];
			buf_add_text(&text, " \r\nDA:1,1\nend_of_record\nSF:b\nDA:1,0,");
			memset(buf_room(&text, lengths[i]), 'c', lengths[i]);
			text.len += lengths[i];
			buf_add_text(&text, "\nDA:2,1\nend_of_record\n");
			report_machine_dump(&out, &lcov_format, buf_span(&text), cut);
			assert_non_null(
				strstr(buf_text(&out), "file b\nsum\n1 hits 0\n2 hits 1\n"));
			assert_int_equal(strstr(buf_text(&out), "file n") != NULL, i == 0);
			assert_int_equal(strstr(buf_text(&out), "warning 1 entry is left out") !=
						 NULL,
					 i > 0);
			buf_free(&text);
			buf_free(&out);
		}
	}
}

static void
other_files_are_not_taken(void **state)
{
	static const char *const others[] = {
		"", "mode: set\n", "TN", "# nothing else\n", "<x/>", "DA:1,1\n", "{\"SF:\":1}"
	};

	(void)state;
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		assert_false(lcov_format.sniff(span_of(others[i])));
	assert_true(lcov_format.sniff(SPAN("\xef\xbb\xbf# c\r\n\r\n \nKF:x")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case_at_every_size),
		cmocka_unit_test(every_sample_at_every_size),
		cmocka_unit_test(samples_have_their_producers_totals),
		cmocka_unit_test(a_report_that_ends_too_early_is_cut),
		cmocka_unit_test(long_lines_are_survived),
		cmocka_unit_test(other_files_are_not_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
