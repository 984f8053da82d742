#include "support/test.h"

#include <string.h>

#include "base/buf.h"
#include "text/regex.h"

/* All matches as "0-3 5-6 "; "limit" if the search gave up. */
static void
find_all(struct buf *out, const char *pattern, struct span text)
{
	struct error err = { 0 };
	struct regex *re = regex_compile(span_of(pattern), &err);
	struct regex_search s;
	enum regex_result result = REGEX_NONE;
	size_t start, end;

	buf_reset(out);
	if (re == NULL) {
		buf_addf(out, "%s", err.text);
		return;
	}
	regex_begin(&s, re, text);
	while ((result = regex_find(&s, &start, &end)) == REGEX_FOUND)
		buf_addf(out, "%zu-%zu ", start, end);
	if (result == REGEX_LIMIT)
		buf_add_text(out, "limit");
	regex_end(&s);
	regex_free(re);
}

static void
check(const char *pattern, struct span text, const char *want)
{
	struct buf out = { 0 };

	find_all(&out, pattern, text);
	if (strcmp(buf_text(&out), want) != 0)
		fail_msg("'%s' in '%.*s': got '%s', want '%s'", pattern, (int)text.len, text.at,
			 buf_text(&out), want);
	buf_free(&out);
}

/* The spans are those of Python's re.finditer(pattern, text, re.MULTILINE), as offsets in bytes. */
static void
test_matches(void **state)
{
	static const struct {
		const char *pattern, *text, *want;
	} cases[] = {
		{"b",                      "abab",                 "1-2 3-4 "     },
		{ "",		      "ab",                   "0-0 1-1 2-2 " },
		{ "",		      "",                     "0-0 "         },
		{ "x",                     "",                     ""             },
		{ "a|ab",                  "ab",                   "0-1 "         },
		{ "^",                     "a\nb\n",               "0-0 2-2 4-4 " },
		{ "$",                     "a\nb\n",               "1-1 3-3 4-4 " },
		{ "^b$",                   "a\nb\nc",              "2-3 "         },
		{ "a.b",                   "a\nb axb",             "4-7 "         },
		{ "a\\s*b",                "a \n\t\fb",            "0-6 "         },
		{ "a\\sb",
                 "a\x1c"
		  "b a\x1f"
		  "b a\x0b"
		  "b",					     "0-3 4-7 8-11 "},
		{ "a[^\\s]b",
                 "a\x1d"
		  "b axb",					 "4-7 "         },
		{ "a[]\\s]b",
                 "a]b a\x1d"
		  "b",					     "0-3 4-7 "     },
		{ "a\\\\s",                "a\\s",                 "0-3 "         },
		{ "(?i)A+",                "aAb",                  "0-2 "         },
		{ "a(?=b)",                "ac ab",                "3-4 "         },
		{ "(?P<q>['\"]).*?(?P=q)", "'a' \"b\"",            "0-3 4-7 "     },
 /* characters, not bytes */
		{ "a.b",
                 "a\xC3\xA4"
		  "b",					     "0-4 "         },
		{ "\\w+",                  "\xC3\xA4\xE2\x82\xAC", "0-2 "         },
		{ "a\\sb",
                 "a\xC2\xA0"
		  "b",					     "0-4 "         },
		{ "",		      "\xC3\xA4",             "0-0 2-2 "     },
 /* not UTF-8: bytes */
		{ "a.b",
                 "a\xE4"
		  "b",					     "0-3 "         },
 /* a CR is a character */
		{ "a.b$",                  "a\rb",                 "0-3 "         },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		check(cases[i].pattern, span_of(cases[i].text), cases[i].want);
	check("a.b", SPAN("a\0b"), "0-3 ");
}

/* What Python's dialect has of its own; tests/differential/regex.py has much more of it. */
static void
test_dialect(void **state)
{
	static const struct {
		const char *pattern, *text, *want;
	} cases[] = {
		{"a\\Z",			     "a\na\n",            ""                    },
		{ "a{,2}b",                          "aaab a{,2}b",       "1-4 10-11 "          },
		{ "a{,}",			    "aa{,}",             "0-2 2-2 3-3 4-4 5-5 "},
		{ "\\u00e9|\\U0001F600|\\x41|\\101",
                 "\xC3\xA9\xF0\x9F\x98\x80"
		  "AA",						   "0-2 2-6 6-7 7-8 "    },
		{ "[[:alpha:]]",                     "a] :]",             "0-2 3-5 "            },
		{ "[\\W_]+",                         "a_\xC3\xA9 -b",     "1-2 4-6 "            },
		{ "\\bx",			    "\xC3\xA9x x",       "4-5 "                },
		{ "(?a)\\bx",                        "\xC3\xA9x x",       "2-3 4-5 "            },
		{ "(?i)i",			   "\xC4\xB0\xC4\xB1I", "0-2 2-4 4-5 "        },
		{ "(?ai)k",                          "kK\xE2\x84\xAA",    "0-1 1-2 "            },
		{ "(?x) a b # c\n |\\ d",            "a b ab d",          "4-6 6-8 "            },
		{ "(?s)a.b(?-s:.)",                  "a\nb\na\nbc",       "4-8 "                },
		{ "(?-m:^)a|b(?-m:$)",               "a\nab\nb\n",        "0-1 5-6 "            },
		{ "(?P<q>[ab])(?P=q)(?(q)c|d)",      "aac abc",           "0-3 "                },
		{ "(?:ab|a)++b",                     "abab aab",          ""                    },
		{ "a*|b",			    "ab",                "0-1 1-1 1-2 2-2 "    },
		{ "|a",			      "a",                 "0-0 0-1 1-1 "        },
		{ "(?!)*a",                          "a",                 "0-1 "                },
		{ "(?:|\\A){0}",                     "ab",                "0-0 1-1 2-2 "        },
		{ "a{0}b",			   "ab",                "1-2 "                },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		check(cases[i].pattern, span_of(cases[i].text), cases[i].want);
}

/* With the words of Python 3.14; those at the end are our own. */
static void
test_errors(void **state)
{
	static const struct {
		const char *pattern, *want;
	} cases[] = {
		{"(",		       "missing ), unterminated subpattern at position 0"              },
		{ "a)",                     "unbalanced parenthesis at position 1"                          },
		{ "a{2,1}",                 "min repeat greater than max repeat at position 2"              },
		{ "abc[a",                  "unterminated character set at position 3"                      },
		{ "*",                      "nothing to repeat at position 0"                               },
		{ "a**",                    "multiple repeat at position 2"                                 },
		{ "\\",                     "bad escape (end of pattern) at position 0"                     },
		{ "\xC3\xA9\\h",            "bad escape \\h at position 1"                                  },
		{ "a\n\\K",                 "bad escape \\K at position 2 (line 2, column 1)"               },
		{ "[b-a]",                  "bad character range b-a at position 1"                         },
		{ "(?<=a+)b",               "look-behind requires fixed-width pattern"                      },
		{ "(?:(?i)a)|(?:b)",
                 "global flags not at the start of the expression at position 3"                            },
		{ "(a)\\2",                 "invalid group reference 2 at position 4"                       },
		{ "(?P<a>)(?P<a>)",
                 "redefinition of group name 'a' as group 2; was group 1 at position 11"                    },
		{ "(?R)",                   "unknown extension ?R at position 1"                            },
		{ "\\N{DASH}",
                 "named characters are not supported; give the code of \\N{DASH} at position 0"             },
		{ "a{65536}",               "a repetition of more than 65535 is not supported at position 1"},
		{ "(((a{999}){999}){999})", "not supported: regular expression is too large"                },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct error err = { 0 };

		assert_null(regex_compile(span_of(cases[i].pattern), &err));
		assert_int_not_equal(err.status, STATUS_OK);
		assert_string_equal(err.text, cases[i].want);
	}
	assert_null(regex_compile(SPAN("("), NULL));
	regex_free(NULL);
}

/* Long texts are searched slice by slice; what is found must not depend on where these end. */
static void
test_slices(void **state)
{
	struct buf text = { 0 }, want = { 0 };

	(void)state;
	for (size_t len = 1000; len < 1060; len++) {
		buf_reset(&text);
		for (size_t i = 0; i < len; i++)
			buf_add_text(&text, "\xC3\xA4");
		buf_add_text(&text, "\nab\r\nb");
		for (size_t i = 0; i < len; i++)
			buf_add_text(&text, "b\r\n");
		buf_reset(&want);
		buf_addf(&want, "%zu-%zu ", 2 * len - 2, 2 * len + 2);
		check("\\w\\na", buf_span(&text), buf_text(&want));
		/* Neither the second byte of a character nor a LF behind its CR is a place. */
		check("[\\xa4]", buf_span(&text), "");
		buf_reset(&want);
		buf_addf(&want, "%zu-%zu ", text.len, text.len);
		check("^$", buf_span(&text), buf_text(&want));
		buf_reset(&text);
		for (size_t i = 0; i < len; i++)
			buf_add_text(&text, "\r\n");
		buf_addf(&text, "ab");
		buf_reset(&want);
		buf_addf(&want, "%zu-%zu ", 2 * len, 2 * len + 2);
		check("^ab", buf_span(&text), buf_text(&want));
	}
	buf_free(&text);
	buf_free(&want);
}

/* Without MULTILINE. */
static void
test_single_line(void **state)
{
	struct regex *re = regex_compile_single_line(SPAN("^a|b$"), NULL);
	struct regex_search s;
	size_t start, end;

	(void)state;
	regex_begin(&s, re, SPAN("a\nab\nb\n"));
	assert_int_equal(regex_find(&s, &start, &end), REGEX_FOUND);
	assert_int_equal(start, 0);
	assert_int_equal(regex_find(&s, &start, &end), REGEX_FOUND);
	assert_int_equal(start, 5);
	assert_int_equal(regex_find(&s, &start, &end), REGEX_NONE);
	regex_end(&s);
	regex_free(re);
}

static void
test_seek(void **state)
{
	struct regex *re = regex_compile(SPAN("a|$"), NULL);
	struct regex_search s;
	size_t start, end;

	(void)state;
	regex_begin(&s, re, SPAN("aaa"));
	regex_seek(&s, 2);
	assert_int_equal(regex_find(&s, &start, &end), REGEX_FOUND);
	assert_int_equal(start, 2);
	assert_int_equal(regex_find(&s, &start, &end), REGEX_FOUND);
	assert_int_equal(regex_find(&s, &start, &end), REGEX_NONE);
	regex_seek(&s, 3);
	assert_int_equal(regex_find(&s, &start, &end), REGEX_FOUND);
	assert_int_equal(start, 3);
	regex_end(&s);
	regex_free(re);
}

static void
test_end(void **state)
{
	struct span text = SPAN("a\n  b\n");
	struct regex *re = regex_compile(SPAN("a\\s*$"), NULL);
	struct regex_search s;
	size_t start, end;

	(void)state;
	regex_begin(&s, re, text);
	regex_set_end(&s, 2);
	assert_int_equal(regex_next(&s, 0, &start, &end), REGEX_FOUND);
	assert_int_equal(end, 1); /* not 2: the text goes on there with something else */
	regex_end(&s);
	regex_begin(&s, re, span_cut(text, 0, 2));
	assert_int_equal(regex_next(&s, 0, &start, &end), REGEX_FOUND);
	assert_int_equal(end, 2);
	regex_end(&s);
	regex_free(re);
}

/* A pattern that would take years, and one that takes a while at each of very many places. */
static void
test_limits(void **state)
{
	struct buf text = { 0 };

	(void)state;
	for (int i = 0; i < 40; i++)
		buf_add_char(&text, 'a');
	check("(a+)+b", buf_span(&text), "");
	check("(a|aa)+$b", buf_span(&text), "");
	check("^(([a-z])+.)+[A-Z]([a-z])+$", buf_span(&text), "limit");
	buf_reset(&text);
	for (int i = 0; i < 50000; i++)
		buf_add_text(&text, "ab");
	buf_add_text(&text, "d");
	check("(?:a|b)*?dd", buf_span(&text), "limit");
	/* Each step is a walk along a line: without a look at the clock this took hours. */
	buf_reset(&text);
	for (int i = 0; i < 300000; i++)
		buf_add_text(&text, "x=");
	buf_add_text(&text, "\n;");
	check(".*.*.*=.*;", buf_span(&text), "limit");
	/* One place that takes patience among many that don't. */
	buf_reset(&text);
	for (int i = 0; i < 20000; i++)
		buf_add_text(&text, "b ");
	for (int i = 0; i < 22; i++)
		buf_add_char(&text, 'a');
	buf_add_text(&text, "c bd");
	check("(?:a|aa)+$|bd", buf_span(&text), "40024-40026 ");
	buf_free(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_matches),     cmocka_unit_test(test_dialect),
		cmocka_unit_test(test_errors),      cmocka_unit_test(test_slices),
		cmocka_unit_test(test_single_line), cmocka_unit_test(test_seek),
		cmocka_unit_test(test_end),         cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
