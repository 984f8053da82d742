#include "support/test.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "python/exclude.h"

static void
show(struct buf *out, const struct line_set *set)
{
	for (uint32_t n = line_set_next(set, 0); n != LINE_SET_END; n = line_set_next(set, n))
		buf_addf(out, "%u ", n);
}

/* The fast search and the plain one find the same; and that is `want`, if it is given. */
static void
check(struct span text, const char *want)
{
	static struct regex *re;
	struct line_set fast = { 0 }, plain = { 0 };
	struct buf a = { 0 }, b = { 0 };

	if (re == NULL)
		re = regex_compile(span_of(py_exclude_default_pattern), NULL);
	assert_non_null(re);
	py_exclude_defaults(&fast, text);
	assert_true(py_exclude_search(&plain, re, text));
	show(&a, &fast);
	show(&b, &plain);
	if (strcmp(buf_text(&a), buf_text(&b)) != 0)
		fail_msg("'%.*s': fast '%s', plain '%s'", (int)text.len, text.at, buf_text(&a),
			 buf_text(&b));
	if (want != NULL && strcmp(buf_text(&a), want) != 0)
		fail_msg("'%.*s': got '%s', want '%s'", (int)text.len, text.at, buf_text(&a), want);
	buf_free(&a);
	buf_free(&b);
	line_set_free(&fast);
	line_set_free(&plain);
}

static void
test_cases(void **state)
{
	static const struct {
		const char *text, *want; /* as PythonParser.lines_matching(), 7.16.1 */
	} cases[] = {
		{"",								 ""                  },
		{ "a\n",							     ""                  },
 /* The second is found in a window that ends before its match does. */
		{ "x ...\na\nb\nc\n...\n\n# d\n",                                    "5 6 7 "            },
		{ "a # pragma: no cover\n",                                          "1 "                },
		{ "a #PRAGMA NO COVER\nb#pragma:nocover",                            "1 2 "              },
		{ "a #  pragma no cover, as said\n",                                 "1 "                },
		{ "a # Pragma: no cover\n# not a pragma: no cover",                  ""                  },
		{ "a # pragma: no\n  cover\n",                                       "1 2 "              },
		{ "a #\n\npragma:\n\n\nno\n\n\ncover\n",                             "1 2 3 4 5 6 7 8 9 "},
		{ "a = ''' # pragma: no cover\n'''\n",                               "1 "                },
		{ "...\n",							   "1 2 "              },
		{ "...",							     "1 2 "              },
		{ "... ",							    "1 2 "              },
		{ "a\n... #",							"2 "                },
		{ "...\r",							   "1 2 "              },
		{ "a # pragma: no cover",					    "1 "                },
		{ "a\n\n\n  ...\n\n\nb\n",					   "2 3 4 5 6 "        },
		{ "a\n...\n\n# b\n",						 "2 3 4 "            },
		{ "def f(): ...\nb",						 "1 "                },
		{ "  async def f(a, b=1) -> int: ...\nb",                            "1 "                },
		{ "def f(\n  a\n): ...\nb",                                          "3 "                },
		{ "a[1]: ...\nclass A: ...\nx = ...\nf(...)\n",                      ""                  },
		{ "]: ...\nb\n)->x:\n\n...\n\n#",                                    "1 3 4 5 6 7 "      },
		{ "def f(a)\n->\n",						  ""                  },
		{ "def f(a)\n -> b:\n\n ...\n\n# c",                                 "1 2 3 4 5 6 "      },
		{ "if TYPE_CHECKING:\nelif typing.TYPE_CHECKING:\n",                 "1 2 "              },
		{ "if not TYPE_CHECKING:\nif  TYPE_CHECKING:\nif TYPE_CHECKING :\n", ""                  },
		{ "... # pragma: no cover\n# pragma: no cover",                      "1 2 "              },
		{ "...\r\n\r\na # pragma: no cover\r\n",                             "1 2 3 "            },
		{ "a\r...\rb",						       "2 "                },
		{ "a #\xC2\xA0pragma: no cover\n",                                   "1 "                },
		{ "a #\xE2\x80\x83\xE2\x80\x83pragma: no cover\n",                   "1 "                },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		check(span_of(cases[i].text), cases[i].want);
}

/* The same lines with other line ends. */
static void
check_line_ends(struct span text)
{
	struct line_set want = { 0 }, got = { 0 };
	struct buf other = { 0 };

	py_exclude_defaults(&want, text);
	for (unsigned crlf = 0; crlf < 2; crlf++) {
		buf_reset(&other);
		for (size_t i = 0; i < text.len; i++) {
			if (text.at[i] == '\n')
				buf_add_text(&other, crlf ? "\r\n" : "\r");
			else
				buf_add_char(&other, text.at[i]);
		}
		line_set_clear(&got);
		py_exclude_defaults(&got, buf_span(&other));
		if (!line_set_equal(&want, &got))
			fail_msg("'%.*s' with %s", (int)text.len, text.at, crlf ? "CR LF" : "CR");
	}
	buf_free(&other);
	line_set_free(&want);
	line_set_free(&got);
}

/* Texts made of what the patterns are made of. */
static void
test_random(void **state)
{
	static const char *const parts[] = {
		"...",
		"..",
		"#",
		" ",
		"\n",
		"\n\n",
		"\n  \n",
		"\t",
		"pragma",
		"PRAGMA",
		":",
		"no",
		"NO",
		"cover",
		"COVER",
		"# pragma: no cover",
		"def f(",
		"async def g(a)",
		")",
		"]",
		") -> ",
		"->",
		": ...",
		": ",
		"if ",
		"typing.",
		"TYPE_CHECKING:",
		"TYPE_CHECKING",
		"x",
		"x = 1\n",
		"\r\n",
		"\r",
		"\xC2\xA0",
		"\xE2\x80\x83",
		"\xC3\xA4",
		"\xE4",
		"\f",
		"\x1c",
		"\n\n\n\n\n\n\n",
		"y\ny\ny\n",
		"K",
		"a b c",
	};
	unsigned long long seed = 42;
	struct buf text = { 0 };

	(void)state;
	for (unsigned round = 0; round < 30000; round++) {
		unsigned count, kinds;

		buf_reset(&text);
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		count = (unsigned)(seed >> 33) % 40;
		/* The last parts only in some texts: CR and bad UTF-8 change the whole. */
		kinds = (seed >> 60) % 3 == 0 ? sizeof parts / sizeof parts[0] : 30;
		for (unsigned i = 0; i < count; i++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			buf_add_text(&text, parts[(unsigned)(seed >> 33) % kinds]);
		}
		check(buf_span(&text), NULL);
		if (kinds == 30)
			check_line_ends(buf_span(&text));
	}
	buf_free(&text);
}

/* Neither many signs on a line nor many blank lines make it slow: this took minutes if they did. */
static void
test_large(void **state)
{
	struct line_set lines = { 0 };
	struct buf text = { 0 };

	(void)state;
	for (int i = 0; i < 300000; i++)
		buf_add_text(&text, "x... ");
	buf_add_text(&text, "\n\n# pragma: no cover\n");
	py_exclude_defaults(&lines, buf_span(&text));
	assert_int_equal(line_set_count(&lines), 1);
	assert_true(line_set_has(&lines, 3));
	line_set_clear(&lines);
	buf_reset(&text);
	for (int i = 0; i < 300000; i++)
		buf_add_text(&text, "# pragma: no cover ");
	py_exclude_defaults(&lines, buf_span(&text));
	assert_int_equal(line_set_count(&lines), 1);
	buf_reset(&text);
	for (int i = 0; i < 20000; i++)
		buf_add_text(&text, "x...\n\n\n\n\n");
	line_set_clear(&lines);
	py_exclude_defaults(&lines, buf_span(&text));
	assert_int_equal(line_set_count(&lines), 0);
	buf_free(&text);
	line_set_free(&lines);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
