#include <stdlib.h>

#include "format/ini_stream.h"
#include "support/test.h"
#include "text/space.h"

static void
note(struct buf *out, const struct ini_stream *ini, enum ini_event event)
{
	if (event == INI_BAD) {
		buf_addf(out, "!%u %s", ini->error.line, ini->error.text);
		return;
	}
	if (event == INI_SECTION) {
		buf_addf(out, "%u[%.*s]", ini->line, (int)ini->section.len,
			 buf_span(&ini->section).at);
		return;
	}
	buf_addf(out, "%u:", ini->line);
	buf_add(out, buf_span(&ini->key));
	buf_add_char(out, '=');
	buf_add(out, buf_span(&ini->value));
	buf_add_char(out, '|');
}

/* All events of `input`, fed `step` bytes at a time from memory of just that size. */
static char *
run(struct span input, size_t step)
{
	struct ini_stream ini = { 0 };
	struct buf out = { 0 };
	enum ini_event event = INI_MORE;

	while (input.len > 0 && event != INI_BAD) {
		size_t n = input.len < step ? input.len : step;
		char *own = malloc(n); /* so that a read past the piece is seen by the sanitizer */
		struct span in = { own, n };

		assert_non_null(own);
		memcpy(own, input.at, n);
		span_skip(&input, n);
		while ((event = ini_next(&ini, &in)) != INI_MORE && event != INI_BAD)
			note(&out, &ini, event);
		free(own);
	}
	while (event != INI_BAD && (event = ini_finish(&ini)) != INI_MORE && event != INI_BAD)
		note(&out, &ini, event);
	if (event == INI_BAD) {
		struct span more = SPAN("[x]\n");

		note(&out, &ini, event);
		assert_int_equal(ini_next(&ini, &more), INI_BAD); /* it stays there */
		assert_int_equal(ini_finish(&ini), INI_BAD);
	}
	ini_free(&ini);
	return buf_take(&out);
}

/* What configparser of Python 3.14 makes of each; tests/differential/ini.py asks it. */
static const struct {
	const char *text, *want;
} cases[] = {
	{"",						  ""								     },
	{ "\n  \n# comment\n ; comment\n",                    ""								     },
	{ "[run]",					    "1[run]"							       },
	{ "[run]\nbranch = True\n",                           "1[run]2:branch=True|"                                                 },
	{ "[run]\r\nbranch: True\r\n",                        "1[run]2:branch=True|"                                                 },
	{ "[run]\rbranch=True\r\r[x]",                        "1[run]2:branch=True|4[x]"                                             },
	{ "[a]\nx=1",					 "1[a]2:x=1|"							   },
	{ "[a]\n  x = 1\n  y = 2\n",                          "1[a]2:x=1|3:y=2|"                                                     },
	{ "[a]\nx =\n  1\n  2\n",                             "1[a]2:x=\n1\n2|"						      },
	{ "[a]\nx = 1\n  2\n\n  3\n\n\n",                     "1[a]2:x=1\n2\n\n3|"                                                   },
	{ "[a]\nx = 1\n  # no\n  2 # yes\n; no\n  3 ; yes\n", "1[a]2:x=1\n2 # yes\n3 ; yes|"                                         },
	{ "[a]\n  x = 1\n  [b]\n",                            "1[a]2:x=1|3[b]"						       },
	{ "[a]\n  x = 1\n   [b]\n y=2\n",                     "1[a]2:x=1\n[b]|4:y=2|"                                                },
	{ "[a]\nX Y = 1 = 2 : 3\n",                           "1[a]2:x y=1 = 2 : 3|"                                                 },
	{ "[a]\nx:y=1\n",				     "1[a]2:x=y=1|"							 },
	{ "[a]b]c\n[d] e=f\n",				"1[a]b]2[d]"							   },
	{ "[ a ]\n",					  "1[ a ]"							       },
	{ "[a]\n[x = 1\n[] = 2\n",                            "1[a]2:[x=1|3:[]=2|"                                                   },
	{ "[]]\n",					    "1[]]"								 },
	{ "[a]\nx\t\v=\f1\n",				 "1[a]2:x=1|"							   },
	{ "[a]\nx = 1\n\xc2\xa0\xe2\x80\x83 2\xe3\x80\x80\n", "1[a]2:x=1\n2|"                                                        },
	{ "[a]\nx = \xe2\x82\xac \xc2\x85\n",                 "1[a]2:x=\xe2\x82\xac|"                                                },
	{ "[DEFAULT]\nx=1\n[a]\nx=2\n[DEFAULT]\ny=1\n",
         "1[DEFAULT]2:x=1|3[a]4:x=2|5[DEFAULT]6:y=1|"										},
	{ "[a]\nx=\ny=\n",				    "1[a]2:x=|3:y=|"						       },
	{ "x=1\n",					    "!1 no section header before 'x=1'"                                    },
	{ "\n\n  word\n[a]\n",				"!3 no section header before 'word'"                                   },
	{ "[]\n",					     "!1 no section header before '[]'"                                     },
	{ "\xef\xbb\xbf[run]\n",
         "!1 a byte order mark before the first section: '\xef\xbb\xbf[run]'; save it as UTF-8 without"                              },
	{ "[a]\nword\n",				      "1[a]!2 neither a section nor an option: 'word'; an option needs a '='"},
	{ "[a]\n = 1\n",				      "1[a]!2 an option without a name: '= 1'"                               },
	{ "[a]\n[b]\n[a]\n",				  "1[a]2[b]!3 section 'a' stands twice"                                  },
	{ "[a]\nx=1\nX=2\n",				  "1[a]2:x=1|!3 option 'x' stands twice in its section"                  },
	{ "[DEFAULT]\nx=1\n[DEFAULT]\nx=1\n",
         "1[DEFAULT]2:x=1|3[DEFAULT]!4 option 'x' stands twice in its section"                                                       },
	{ "[a]\nx=\xff\n",				    "1[a]!2 the line is not UTF-8"                                         },
	{ "[a]\nx=\xe2\x82\n",				"1[a]!2 the line is not UTF-8"                                         },
};

static void
every_case_at_every_chunk_size(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct span text = span_of(cases[i].text);

		for (size_t step = 1; step <= text.len + 1; step++) {
			char *got = run(text, step);

			if (strcmp(got == NULL ? "" : got, cases[i].want) != 0)
				fail_msg("%s, %zu bytes at a time: got %s, want %s", text.at, step,
					 got, cases[i].want);
			free(got);
		}
	}
}

static void
many_names_are_told_apart(void **state)
{
	struct buf text = { 0 };
	char *got;

	(void)state;
	for (int i = 0; i < 3000; i++)
		buf_addf(&text, "[s%d]\nx%d=1\ny=2\n", i, i);
	got = run(buf_span(&text), 4096);
	assert_null(strchr(got, '!'));
	assert_non_null(strstr(got, "8998[s2999]8999:x2999=1|9000:y=2|"));
	free(got);
	buf_add_text(&text, "[s1234]");
	got = run(buf_span(&text), 4096);
	assert_non_null(strstr(got, "!9001 section 's1234' stands twice"));
	free(got);
	buf_free(&text);
}

static void
white_space_is_what_python_strips(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{"",					   ""			 },
		{ " \t\n\v\f\r\x1c\x1d\x1e\x1f ",              ""                         },
		{ "\x1b x \x1b",                               "\x1b x \x1b"              },
		{ "\xc2\x85\xc2\xa0\xe1\x9a\x80\xe2\x80\x80x\xe2\x80\x8a\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaf"
		  "\xe2\x81\x9f\xe3\x80\x80", "x"			},
		{ "\xe2\x80\x8bx\xe2\x80\x8b",                 "\xe2\x80\x8bx\xe2\x80\x8b"}, /* U+200B is none */
		{ "\xe1\xa0\x8ex",                             "\xe1\xa0\x8ex"            }, /* nor U+180E */
		{ "\xef\xbb\xbfx",                             "\xef\xbb\xbfx"            },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct span got = space_strip(span_of(rows[i].text));

		if (!span_equal(got, span_of(rows[i].want)))
			fail_msg("row %zu: got '%.*s'", i, (int)got.len, got.at);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case_at_every_chunk_size),
		cmocka_unit_test(many_names_are_told_apart),
		cmocka_unit_test(white_space_is_what_python_strips),
	};

	return cmocka_run_group_tests_name("ini", tests, NULL, NULL);
}
