#include <string.h>

#include "python/pysource.h"
#include "support/test.h"

#define E_ACUTE "\xc3\xa9"
#define BAD     "\xef\xbf\xbd"
#define BOM     "\xef\xbb\xbf"

static void
text_becomes_utf8(void **state)
{
	static const struct {
		const char *bytes, *want; /* NULL: an error */
	} cases[] = {
		{"",							      ""				     },
		{ "x = 1\n",						      "x = 1\n"                              },
		{ "x = '" E_ACUTE "'\r\n\f",                                      "x = '" E_ACUTE "'\r\n\f"              },
		{ BOM "x\n",						      BOM "x\n"                              },
		{ BOM "# coding: utf8\n",                                         BOM "# coding: utf8\n"                 },
		{ BOM "# coding: latin-1\n",                                      NULL                                   },
		{ "# coding: latin-1\n'\xe9'",                                    "# coding: latin-1\n'" E_ACUTE "'"     },
		{ "#!/usr/bin/python\n# -*- coding: ISO_8859_1 -*-\n'\xe9'",
                 "#!/usr/bin/python\n# -*- coding: ISO_8859_1 -*-\n'" E_ACUTE "'"                                        },
		{ "\n\t# vim: fileencoding=cp1252\n'\x80'",
                 "\n\t# vim: fileencoding=cp1252\n'\xe2\x82\xac'"                                                        },
		{ "# coding: iso-8859-15\n'\xa4'",                                "# coding: iso-8859-15\n'\xe2\x82\xac'"},
		{ "# coding: ascii\n'\xe9'",                                      "# coding: ascii\n'" BAD "'"           },
		{ "# coding: shift_jis\n'\x93\xfa'",                              "# coding: shift_jis\n'\xe6\x97\xa5'"  },
		{ "# coding: utf-8-unix\n" E_ACUTE,                               "# coding: utf-8-unix\n" E_ACUTE       },
		{ "# coding: nonsense\n",                                         NULL                                   },
		{ "x = 1 # coding: nonsense\n",                                   "x = 1 # coding: nonsense\n"           },
		{ "x\n# coding: nonsense\n",                                      "x\n# coding: nonsense\n"              },
		{ "\n\n# coding: nonsense\n",                                     "\n\n# coding: nonsense\n"             },
		{ "# coding:\n# coding = nonsense\n",                             "# coding:\n# coding = nonsense\n"     },
		{ "# coding= \t utf-8\n",                                         "# coding= \t utf-8\n"                 },
 /* What isn't UTF-8 is an error on the first two lines, and replaced later. */
		{ "'\xe9'\n",						     NULL				   },
		{ "#\n'\xe9'\n",						  NULL                                   },
		{ "x\n'\xe9'\n",						  "x\n'" BAD "'\n"                       },
		{ "x\n\n'\xe2\x82' '\xf0\x9f\x98' '\xe2(' '\xff\xfe' '\x80\x80'",
                 "x\n\n'" BAD "' '" BAD "' '" BAD "(' '" BAD BAD "' '" BAD BAD "'"                                       },
		{ "x\n\n'\xe0\x80' '\xed\xa0\x80' '" E_ACUTE "'",
                 "x\n\n'" BAD BAD "' '" BAD BAD BAD "' '" E_ACUTE "'"                                                    },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct buf bytes = { 0 };
		struct error err = { 0 };
		enum status status;

		buf_add_text(&bytes, cases[i].bytes);
		status = py_source_decode(&bytes, &err);
		if (cases[i].want == NULL) {
			assert_int_equal(status, STATUS_BAD_DATA);
			assert_int_not_equal(err.text[0], 0);
		} else {
			assert_int_equal(status, STATUS_OK);
			assert_string_equal(buf_text(&bytes), cases[i].want);
		}
		buf_free(&bytes);
	}
}

static void
lines_are_those_of_splitlines(void **state)
{
	static const struct {
		const char *text;
		const char *lines[8];
	} cases[] = {
		{"",							  { NULL }                              },
		{ "a",							{ "a", NULL }                         },
		{ "a\n",						      { "a", NULL }                         },
		{ "\n\n",						     { "", "", NULL }                      },
		{ "a\r\nb\rc\n\r",					    { "a", "b", "c", "", NULL }           },
		{ "a\013b\034c\035d\036e\037f",                               { "a", "b", "c", "d", "e\037f", NULL }},
		{ "a\302\205b\342\200\250c\342\200\251d\342\200\252\302\206",
                 { "a", "b", "c", "d\342\200\252\302\206", NULL }                                                   },
		{ "a\342\200\250b\n",					 { "a", "b", NULL }                    },
		{ "a\302\205b\n",					     { "a", "b", NULL }                    },
		{ "a\fb\n",						   { "a b", NULL }                       },
		{ BOM "a\n" BOM "b",					  { "a", BOM "b", NULL }                },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct span rest = span_of(cases[i].text), line;
		struct buf text = { 0 };
		uint32_t count = 0;

		while (py_source_take_line(&rest, &line)) {
			assert_non_null(cases[i].lines[count]);
			buf_reset(&text);
			py_source_add_line(&text, line, count == 0);
			assert_string_equal(buf_text(&text), cases[i].lines[count]);
			count++;
		}
		assert_null(cases[i].lines[count]);
		assert_int_equal(py_source_count_lines(span_of(cases[i].text)), count);
		buf_free(&text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_becomes_utf8),
		cmocka_unit_test(lines_are_those_of_splitlines),
	};

	return cmocka_run_group_tests_name("pysource", tests, NULL, NULL);
}
