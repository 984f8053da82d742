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
		{ "\xEF\xBB\xBF...\n",					       "1 2 "              },
		{ "async\fdef f(): ...",					     "1 2 "              },
		{ "if\fTYPE_CHECKING:\n",					    "1 "                },
		{ "x = 1\n  def f(a): ... .\nx: ....\n. ...\n",                      ""                  },
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

static struct text_list
make_list(const char *const *patterns)
{
	struct text_list list = { 0 };

	for (; patterns != NULL && *patterns != NULL; patterns++)
		text_list_add(&list, span_of(*patterns));
	return list;
}

static void
add_all(struct text_list *to, const char *const *patterns)
{
	for (; *patterns != NULL; patterns++)
		text_list_add(to, span_of(*patterns));
}

/* The patterns as one regex. */
static struct regex *
compile_all(const struct text_list *list)
{
	struct buf joined = { 0 };
	struct regex *re;

	for (size_t i = 0; i < list->count; i++)
		buf_addf(&joined, "%s(?:%s)", i == 0 ? "" : "|", list->at[i]);
	re = regex_compile(buf_span(&joined), NULL);
	assert_non_null(re);
	buf_free(&joined);
	return re;
}

static void
make_text(struct buf *text, unsigned long long *seed)
{
	static const char *const parts[] = {
		"...",    "#",        " ",
		"\n",     "pragma",   ":",
		"no",     "cover",    "# pragma: no cover",
		"def f(", ")",        "]: ...",
		"if ",    "typing.",  "TYPE_CHECKING:",
		"x",      "a",        "y\ny\n",
		"while ", "True",     "1",
		"False:", "if 0:",    "# pragma: no branch",
		"branch", "\xC3\xA4",
	};
	unsigned count;

	buf_reset(text);
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	count = (unsigned)(*seed >> 33) % 30;
	for (unsigned i = 0; i < count; i++) {
		*seed = *seed * 6364136223846793005u + 1442695040888963407u;
		buf_add_text(text,
			     parts[(unsigned)(*seed >> 33) % (sizeof parts / sizeof parts[0])]);
	}
}

static void
check_list(const struct py_patterns *p, bool partial, const struct regex *all, struct span text,
	   const char *name)
{
	struct line_set got = { 0 }, want = { 0 };
	struct py_lines read = { 0 };

	if (partial)
		assert_int_equal(py_patterns_no_branch(p, &read, text, &got, NULL), STATUS_OK);
	else
		assert_int_equal(py_patterns_excluded(p, text, &got, NULL), STATUS_OK);
	assert_true(py_exclude_search(&want, all, text));
	if (!line_set_equal(&got, &want))
		fail_msg("%s, partial %d, in '%.*s'", name, partial, (int)text.len, text.at);
	line_set_free(&got);
	line_set_free(&want);
}

/* With patterns of the user behind the defaults, or between them, what is found is what all of them
 * joined would find: who starts first takes the text, and what begins in it is not found. */
static void
test_lists(void **state)
{
	static const char *const users[][4] = {
		{"x"                 },
		{ "def f",             "a" },
		{ "^",                   "$" },
		{ "\\s*#"},
		{ "\\n"            },
		{ "pragma",               "cover\\n\\.", "\\.\\.\\." },
		{ "",            "no" },
		{ "(a|y)\\1",         "(x)\\n*\\5" },
		{ "(?P<q>y)\\n(?P=q)"                 },
		{ "while True",                   "e (1|False)", "if" },
		{ "|x","(?<=#) " },
		{ "(?s:f.{3})", ".*?:" },
		{ "(?:^|\\n)\\s*#.*(?:\\n\\s*#.*)*"       }, /* its match may begin in another's */
		{ "\\n+[^\\n]*\\n"               },
	};
	unsigned long long seed = 7;
	struct buf text = { 0 };

	(void)state;
	for (size_t u = 0; u < sizeof users / sizeof users[0]; u++) {
		struct text_list exclude = make_list(py_default_exclude);
		struct text_list partial = make_list(py_default_partial), both;
		struct regex *all_exclude, *all_partial;
		struct py_patterns p;

		add_all(&exclude, users[u]);
		add_all(&partial, users[u]);
		both = make_list(py_default_partial);
		add_all(&both, users[u]);
		add_all(&both, py_default_partial_always);
		assert_int_equal(py_patterns_compile(&p, &exclude, &partial, NULL, NULL),
				 STATUS_OK);
		all_exclude = compile_all(&exclude);
		all_partial = compile_all(&both);
		for (unsigned round = 0; round < 1500; round++) {
			make_text(&text, &seed);
			check_list(&p, false, all_exclude, buf_span(&text), users[u][0]);
			check_list(&p, true, all_partial, buf_span(&text), users[u][0]);
		}
		regex_free(all_exclude);
		regex_free(all_partial);
		py_patterns_free(&p);
		text_list_free(&exclude);
		text_list_free(&partial);
		text_list_free(&both);
	}
	buf_free(&text);
}

/* A list of one pattern, or of none if it is ""; NULL stays NULL. */
static const struct text_list *
list_of(struct text_list *list, const char *pattern)
{
	*list = (struct text_list){ 0 };
	if (pattern == NULL)
		return NULL;
	if (*pattern != '\0')
		text_list_add(list, span_of(pattern));
	return list;
}

/* The lines are those of PythonParser.lines_matching(), 7.16.1. */
static void
test_no_branch(void **state)
{
	static const struct {
		const char *partial, *always, *want;
	} cases[] = {
		{NULL,       NULL,   "1 4 5 7 "      },
                { "x = ",    NULL,   "1 2 4 7 "      },
		{ "True: 2", "pass", "2 8 "          },
                { "",        "y =",  "5 "            },
		{ "",        "",     "1 2 4 5 7 8 9 "}, /* no patterns at all match everywhere */
	};
	/* Only the multi-line map of the first counts, the patterns are searched in the second. */
	struct span parsed = SPAN("while x:\n    x = (1,\n         2)\nif 1:\n    y = '''\n'''\n"
				  "elif 0:\n    pass\n");
	struct span text = SPAN("while True:\n    x = (1 if\n         True: 2)\n"
				"if 1:  # pragma: no branch\n    y = '''\n# pragma: no branch'''\n"
				"elif 0:\n    pass\n");
	struct py_options options = { 0 };
	struct py_lines read = { 0 };

	(void)state;
	assert_int_equal(py_lines_read(&read, parsed, &options, NULL), STATUS_OK);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct text_list partial, always;
		const struct text_list *first = list_of(&partial, cases[i].partial);
		const struct text_list *second = list_of(&always, cases[i].always);
		struct line_set got = { 0 };
		struct buf shown = { 0 };
		struct py_patterns p;

		assert_int_equal(py_patterns_compile(&p, NULL, first, second, NULL), STATUS_OK);
		assert_int_equal(py_patterns_no_branch(&p, &read, text, &got, NULL), STATUS_OK);
		show(&shown, &got);
		assert_string_equal(buf_text(&shown), cases[i].want);
		buf_free(&shown);
		line_set_free(&got);
		py_patterns_free(&p);
		text_list_free(&partial);
		text_list_free(&always);
	}
	py_lines_free(&read);
}

/* No patterns exclude nothing; one stands for itself, with its flags. */
static void
test_short_lists(void **state)
{
	static const struct {
		const char *exclude, *want;
	} cases[] = {
		{"",           ""    },
		{ "(?i)A",     "1 3 "},
		{ "(b)\\1",    "2 "  },
		{ "\\.\\.\\.", "4 "  },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct text_list list;
		struct line_set got = { 0 };
		struct buf shown = { 0 };
		struct py_patterns p;

		assert_int_equal(
			py_patterns_compile(&p, list_of(&list, cases[i].exclude), NULL, NULL, NULL),
			STATUS_OK);
		assert_int_equal(py_patterns_excluded(&p, SPAN("a\rbb\r\nA\n..."), &got, NULL),
				 STATUS_OK);
		show(&shown, &got);
		assert_string_equal(buf_text(&shown), cases[i].want);
		buf_free(&shown);
		line_set_free(&got);
		py_patterns_free(&p);
		text_list_free(&list);
	}
}

static void
test_bad_lists(void **state)
{
	static const struct {
		const char *first, *second, *want;
	} cases[] = {
		{"a",         "(?i)b",
                 "exclude_lines: pattern '(?i)b' together with others: global flags not at the start "
		  "of the expression at position 3"},
		{ "(?P<a>x)", "(?P<a>y)",
                 "exclude_lines: patterns joined into one: redefinition of group name 'a' as group 2; "
		  "was group 1 at position 20"     },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct text_list list = { 0 };
		struct error err = { 0 };
		struct py_patterns p;

		text_list_add(&list, span_of(cases[i].first));
		text_list_add(&list, span_of(cases[i].second));
		assert_int_equal(py_patterns_compile(&p, &list, NULL, NULL, &err), STATUS_USAGE);
		assert_string_equal(err.text, cases[i].want);
		text_list_free(&list);
	}
}

static void
test_slow_pattern(void **state)
{
	struct text_list list = make_list(py_default_exclude);
	struct line_set lines = { 0 };
	struct error err = { 0 };
	struct py_patterns p;

	(void)state;
	text_list_add(&list, SPAN("quick"));
	text_list_add(&list, SPAN("^(([a-z])+.)+[A-Z]([a-z])+$"));
	assert_int_equal(py_patterns_compile(&p, &list, NULL, NULL, NULL), STATUS_OK);
	assert_int_equal(py_patterns_excluded(&p,
					      SPAN("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
					      &lines, &err),
			 STATUS_LIMIT);
	assert_string_equal(err.text, "exclude_lines: pattern '^(([a-z])+.)+[A-Z]([a-z])+$' takes "
				      "too long; make it simpler");
	py_patterns_free(&p);
	text_list_free(&list);
	line_set_free(&lines);
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
		cmocka_unit_test(test_cases),        cmocka_unit_test(test_random),
		cmocka_unit_test(test_lists),        cmocka_unit_test(test_no_branch),
		cmocka_unit_test(test_short_lists),  cmocka_unit_test(test_bad_lists),
		cmocka_unit_test(test_slow_pattern), cmocka_unit_test(test_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
