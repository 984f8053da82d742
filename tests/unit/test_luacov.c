#include "support/report_cases.h"

#define WARNING                                                                               \
	"warning LuaCov's stats do not tell lines that were missed from lines without code; " \
	"luacov.report.out, which luacov writes, does\n"
#define COUNTS "sum counts\n"

static const struct report_case stats_cases[] = {
	{"2:a b:c.lua\n1 0 \n",        WARNING "file a b:c.lua\n" COUNTS "1 hits 1\n"               },
	{ "\n2:a\r\n0 12 \r\n0:b\n\n", WARNING "file a\n" COUNTS "2 hits 12\nfile b\n" COUNTS       },
	{ "1:a\n1e+15 \n1:b\n-1 \n",
         WARNING "file a\n" COUNTS "1 hits 1000000000000000\nfile b\n" COUNTS                       },
	{ "2:a\n1 \n",                 WARNING "file a\nsection fault at 7 line 2: there are fewer counts than the "
			       "file has lines\n"                             },
	{ "1:a\n1 1 \n",
         WARNING "file a\nsection fault at 7 line 2: there are more counts than the "
		  "file has lines\n"								},
	{ "1:a\nx \n",                 WARNING "file a\nsection fault at 5 line 2: it is no count\n"},
	{ "1:a\n1 \nhello\n",
         "index fault at 7 line 3: the number of a file's lines is missing\n"                       },
	{ "1:a\n1 ",                   "index cut at 6 line 2: a file's counts do not end\n"        },
	{ "1:a\n1 \n3",                "index cut at 8 line 3: a file's counts do not end\n"        },
	{ "1:a",		       "index cut at 3 line 1: a file's counts do not end\n"        },
};

#define RULE    "==============================================================================\n"
#define SUMMARY RULE "Summary\n" RULE "\nFile Hits\n" RULE

static const struct report_case report_cases[] = {
	{SUMMARY,							  ""								   },
	{ RULE "a.lua\n" RULE " 1 x\n\n   --\n*0 y\n\n" SUMMARY,
         "file a.lua\n" COUNTS "1 hits 1\n4 hits 0\n"											   },
 /* the width is that of the highest count of all files, wherever it stands */
	{ RULE "a\n" RULE "     7 no code\n   7 x\n"
	       "\n" RULE "b\n" RULE " 107 y\n***0 z\n\n" SUMMARY,
         "file a\n" COUNTS "2 hits 7\nfile b\n" COUNTS "1 hits 107\n2 hits 0\n"                                                                 },
	{ "\n" RULE "a\n" RULE "**0\tx\n  9\ty\n   \t12 z\n" SUMMARY,
         "file a\n" COUNTS "1 hits 0\n2 hits 9\n"											       },
	{ RULE "a\r\n" RULE " 1 x\r\n\r\n" SUMMARY,                        "file a\n" COUNTS "1 hits 1\n"                                       },
	{ RULE "a\n" RULE "   -- nothing\n" SUMMARY,                       "file a\n" COUNTS                                                    },
	{ RULE "a\n" RULE " 1 x\n1 x\n" SUMMARY,
         "file a\nsection fault at 5 line 5: a line of source has neither a count nor blanks before "
	  "it\n"																},
	{ RULE "a\n" RULE " 1 x\n",					"index cut at 165 line 0: the summary is missing\n"                  },
	{ RULE "a\nb\n",						   "index fault at 81 line 3: the line below a file's name is missing\n"},
};

static void
every_case_at_every_size(void **state)
{
	(void)state;
	report_cases_run(&luacov_stats_format, stats_cases,
			 sizeof stats_cases / sizeof stats_cases[0]);
	report_cases_run(&luacov_report_format, report_cases,
			 sizeof report_cases / sizeof report_cases[0]);
}

static void
check_sample(const struct data_format *format, const char *name, const char *want)
{
	struct buf text = report_cases_load(name);

	assert_true(format->sniff(buf_span(&text)));
	report_cases_check(format, buf_span(&text), want);
	buf_free(&text);
}

/* Its summary says 13 hits and 1 missed of calc.lua, 4 and 0 of main.lua. */
static void
samples_at_every_size(void **state)
{
	(void)state;
	check_sample(&luacov_report_format, "luacov/luacov.report.out",
		     "file calc.lua\n" COUNTS "1 hits 1\n3 hits 1\n4 hits 6\n5 hits 3\n6 hits 3\n"
		     "7 hits 1\n9 hits 2\n12 hits 1\n13 hits 0\n16 hits 1\n17 hits 1\n18 hits 2\n"
		     "19 hits 1\n21 hits 1\nfile main.lua\n" COUNTS
		     "1 hits 1\n2 hits 1\n3 hits 7\n4 hits 1\n");
	check_sample(&luacov_stats_format, "luacov/luacov.stats.out",
		     WARNING "file calc.lua\n" COUNTS "1 hits 1\n3 hits 1\n4 hits 6\n5 hits 3\n"
			     "6 hits 3\n7 hits 1\n9 hits 2\n10 hits 1\n12 hits 1\n14 hits 1\n"
			     "16 hits 1\n17 hits 1\n18 hits 2\n19 hits 1\n21 hits 1\n"
			     "file main.lua\n" COUNTS "1 hits 1\n2 hits 1\n3 hits 7\n4 hits 1\n");
}

static void
other_files_are_not_taken(void **state)
{
	static const char *const others[] = { "", "12:x", "12:\n1 \n", "12:x\nhello\n",
					      "=====\nx\n" };

	(void)state;
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		assert_false(luacov_stats_format.sniff(span_of(others[i])));
		assert_false(luacov_report_format.sniff(span_of(others[i])));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case_at_every_size),
		cmocka_unit_test(samples_at_every_size),
		cmocka_unit_test(other_files_are_not_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
