#include "support/report_cases.h"

#define NAME  "file a/b.go\n"
#define B(x)  "a/b.go:" x "\n"
#define SET   "mode: set\n"
#define COUNT "mode: count\n"

static const struct report_case cases[] = {
	{SET,							   ""								},
	{ SET B("3.2,3.9 1 7"),					 NAME "max\n3 hits 1\n"                                            },
	{ "mode: atomic\r\n\r\na/b.go:3.2,3.9 1 7\r\n",                 NAME "max counts\n3 hits 7\n"                                     },
	{ COUNT B("3.2,3.9 1 99999999999999999999"),
         NAME "max counts\n3 hits 18446744073709551615\n"										 },
 /* the same block again, and again in another place */
	{ SET B("3.2,3.9 1 1") B("3.2,3.9 1 0"),                        NAME "max\n3 hits 1\n"                                            },
	{ COUNT B("3.2,3.9 1 2") "c.go:1.1,1.9 1 0\n" B("3.2,3.9 1 3"),
         NAME "max counts\n3 hits 5\nfile c.go\nmax counts\n1 hits 0\n"                                                                   },
	{ COUNT B("3.2,3.9 1 2") COUNT B("3.2,3.9 1 3"),                NAME "max counts\n3 hits 5\n"                                     },
	{ COUNT B("3.2,3.9 1 2") "mode: atomic\n" B("3.2,3.9 1 3"),     NAME "max counts\n3 hits 5\n"                                     },
 /* names with anything in them */
	{ SET "C:\\a b\\x.go:1.2:3.2,3.9 1 1\n",                        "file C:\\a b\\x.go:1.2\nmax\n3 hits 1\n"                         },
 /* two blocks on a line */
	{ COUNT B("3.2,3.9 1 2") B("3.11,3.19 1 0"),                    NAME "max counts\n3 hits 2 partial\n"                             },
 /* what is empty, and the closing brace's line behind it */
	{ COUNT B("33.10,33.10 0 1") B("5.2,6.1 0 1"),                  NAME "max counts\n"                                               },
	{ COUNT B("5.2,6.1 1 1"),				       NAME "max counts\n5 hits 1\n"                                     },
 /* from brace to brace: if, else if, else; the conditions are another block's */
	{ COUNT B("7.29,8.11 1 3") B("8.11,10.3 1 0") B("10.8,10.19 1 3") B("10.19,12.3 1 3")
		  B("12.8,14.3 1 0"),
         NAME "max counts\n8 hits 3\n9 hits 0\n10 hits 3\n11 hits 3\n13 hits 0\n"                                                         },
 /* without braces: what is far to the right begins there all the same */
	{ COUNT B("8.2,8.11 1 1") B("9.12,11.1 2 0"),
         NAME "max counts\n8 hits 1\n9 hits 0\n10 hits 0\n"									       },
 /* faults */
	{ "mode: set\nmode: count\n",
         "index fault at 10 line 2: profiles of different modes were put together\n"                                                      },
	{ "mode: set\nmode: other\n",
         "index fault at 10 line 2: the mode is none of set, count and atomic\n"                                                          },
	{ SET "hello\n",						"index fault at 10 line 2: a line is neither a block nor a mode\n"},
	{ SET B("3.2,3.9 1 x"),
         "index fault at 10 line 2: a line is neither a block nor a mode\n"                                                               },
	{ SET B("3.2,3.9 1 1") B("3.2,3.9 1"),
         NAME "section fault at 35 line 3: a block's place, size or count is missing\n"                                                   },
	{ SET B("3.2,2.9 1 1"),
         NAME "section fault at 18 line 2: a block's place, size or count is missing\n"                                                   },
	{ SET B("1.1,9000000.9 1 1"),
         NAME "section fault at 0 line 0: its blocks cover more than 2000000 lines\n"                                                     },
	{ SET B("3.2,3.9 1 1") "a/b.go:4.2,4.9 1 1",
         "index cut at 29 line 3: the last line has no end\n"									     },
	{ SET "a",						      "index cut at 10 line 2: the last line has no end\n"              },
};

static void
every_case_at_every_size(void **state)
{
	(void)state;
	report_cases_run(&go_cover_format, cases, sizeof cases / sizeof cases[0]);
}

/*
 * Lines that hold code of a statement, by calc.go and shape.go themselves, and how often it ran: both
 * toolchains, whose blocks have other borders, and all modes tell the same of the same run.
 */
#define CALC(n, m)                                                                            \
	"8 hits " n "\n9 hits " m "\n10 hits 1\n11 hits 1\n13 hits 0\n17 hits 1\n18 hits 1\n" \
	"19 hits " m "\n20 hits 0\n22 hits " m "\n24 hits 1\n28 hits " m                      \
	"\n30 hits 1\n32 hits 0\n35 hits 1\n36 hits 1\n"
#define CALC_NAME "file example.com/calc/calc.go\n"
#define SHAPE     "file example.com/calc/internal/shape/shape.go\nmax counts\n5 hits 1\n8 hits 0\n"

static const struct {
	const char *sample, *want;
} samples[] = {
	{"go/set.out",                  CALC_NAME "max\n" CALC("1",              "1")      },
	{ "go/count.out",               CALC_NAME "max counts\n" CALC("3",       "2")      },
	{ "go/atomic.out",              CALC_NAME "max counts\n" CALC("3",       "2")      },
	{ "go/coverpkg-duplicates.out", SHAPE CALC_NAME "max counts\n" CALC("3", "2")      },
	{ "go/go1.27-coverpkg.out",     CALC_NAME "max counts\n" CALC("3",       "2") SHAPE},
};

static void
every_sample_at_every_size(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
		struct buf text = report_cases_load(samples[i].sample);

		assert_true(go_cover_format.sniff(buf_span(&text)));
		report_cases_check(&go_cover_format, buf_span(&text), samples[i].want);
		buf_free(&text);
	}
}

static void
long_names_are_left_out(void **state)
{
	(void)state;
	for (size_t more = 0; more < 2; more++) {
		for (size_t step = 0; step < 3; step++) {
			struct report_machine_cut cut = { 0, step * 4099 };
			size_t len = DATA_NAME_MAX + more * 300;
			struct buf text = { 0 }, out = { 0 };

			buf_add_text(&text, COUNT);
			memset(buf_room(&text, len), 'n', len);
			text.len += len;
			buf_add_text(&text, ":1.1,1.9 1 1\n" B("3.2,3.9 1 1"));
			report_machine_dump(&out, &go_cover_format, buf_span(&text), cut);
			assert_non_null(strstr(buf_text(&out), NAME "max counts\n3 hits 1\n"));
			assert_int_equal(strstr(buf_text(&out), "file n") != NULL, more == 0);
			assert_int_equal(strstr(buf_text(&out), "warning 1 ent") != NULL, more);
			buf_free(&text);
			buf_free(&out);
		}
	}
}

static void
other_files_are_not_taken(void **state)
{
	static const char *const others[] = { "", "mode: set", "mode: x\n", "mode:set\n", "TN:\n" };

	(void)state;
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		assert_false(go_cover_format.sniff(span_of(others[i])));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case_at_every_size),
		cmocka_unit_test(every_sample_at_every_size),
		cmocka_unit_test(long_names_are_left_out),
		cmocka_unit_test(other_files_are_not_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
