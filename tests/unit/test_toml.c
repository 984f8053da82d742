#include <stdlib.h>

#include "format/toml_stream.h"
#include "support/test.h"

/* Writes one event down: its path, then a letter and the value. */
static void
note(struct buf *out, const struct toml_stream *t, enum toml_event event)
{
	static const char letters[] = "?T{}[]sifbzdt!";

	if (event == TOML_BAD) {
		buf_addf(out, "!%u %s", t->error.line, t->error.text);
		return;
	}
	for (size_t i = 0; i < toml_length(t); i++) {
		uint32_t index;
		struct span key = toml_part(t, i, &index);

		if (i > 0)
			buf_add_char(out, '.');
		if (index == TOML_NO_INDEX)
			buf_add(out, key);
		else
			buf_addf(out, "#%u", index);
	}
	buf_add_char(out, ' ');
	buf_add_char(out, letters[event]);
	if (event >= TOML_STRING)
		buf_add(out, t->value);
	buf_add_char(out, '|');
}

/* All events of `input`, fed `step` bytes at a time from memory of just that size. */
static char *
run(struct span input, size_t step)
{
	struct toml_stream t = { 0 };
	struct buf out = { 0 };
	enum toml_event event = TOML_MORE;

	while (input.len > 0 && event != TOML_BAD) {
		size_t n = input.len < step ? input.len : step;
		char *own = malloc(n); /* so that a read past the piece is seen by the sanitizer */
		struct span in = { own, n };

		assert_non_null(own);
		memcpy(own, input.at, n);
		span_skip(&input, n);
		while ((event = toml_next(&t, &in)) != TOML_MORE && event != TOML_BAD)
			note(&out, &t, event);
		free(own);
	}
	while (event != TOML_BAD && (event = toml_finish(&t)) != TOML_MORE && event != TOML_BAD)
		note(&out, &t, event);
	if (event == TOML_BAD) {
		struct span more = SPAN("a=1\n");

		note(&out, &t, event);
		assert_int_equal(toml_next(&t, &more), TOML_BAD); /* it stays there */
		assert_int_equal(toml_finish(&t), TOML_BAD);
	}
	toml_free(&t);
	return buf_take(&out);
}

static const struct {
	const char *text, *want;
} cases[] = {
	{"",												   ""							  },
	{ " \n# c\r\n\t",										      ""							  },
	{ "a=1",											       "a i1|"						     },
	{ "a = 1 # c\r\nb=2\rc=3\n",									   "a i1|b i2|c i3|"                                           },
	{ "[a]\nx=1\n[ b . \"c d\".'e.f' ] # c\ny=2",							  "a T|a.x i1|b.c d.e.f T|b.c d.e.f.y i2|"                    },
	{ "[[a]]\nx=1\n[a.b]\n[[a]]\n[a.b]\n[[a.c]]",
         "a.#0 T|a.#0.x i1|a.#0.b T|a.#1 T|a.#1.b T|a.#1.c.#0 T|"													  },
	{ "a.b.c=1\na.b.d=2\n",										"a.b.c i1|a.b.d i2|"                                        },
	{ "\"\"=1\n''.x=2",										    " i1|!2 defined before: ''"                                 },
	{ "\"\"=1",											    " i1|"						      },
	{ "\"\\u00e9\\t\"=1\n1.2=3\n-_=4",								     "\xc3\xa9\t i1|1.2 i3|-_ i4|"                               },
	{ "s=\"a\\b\\t\\n\\f\\r\\\"\\\\\\u20ac\\U0001F600\"",
         "s sa\b\t\n\f\r\"\\\xe2\x82\xac\xf0\x9f\x98\x80|"														 },
	{ "s='a\\b\"'",											"s sa\\b\"|"						},
	{ "s=\"\"\nt=''",										      "s s|t s|"						  },
	{ "s=\"\"\"\na\nb\"\"\"",									      "s sa\nb|"						  },
	{ "s=\"\"\"\r\n\r\na\r\n\"\"\"",								       "s s\na\n|"                                                 },
	{ "s=\"\"\"a\"\"b\"\"\"\"\"",									  "s sa\"\"b\"\"|"                                            },
	{ "s=\"\"\"\"\"\"",										    "s s|"						      },
	{ "s=\"\"\"a \\ \n  \n\t b\\\n\"\"\"",								 "s sa b|"                                                   },
	{ "s=\"\"\"\\\"\"\"\\\\\"\"\"",									"s s\"\"\"\\|"                                              },
	{ "s='''\na\\\n''b''''' # c",									  "s sa\\\n''b''|"                                            },
	{ "a=[]\nb=[ 1 , [2] ,\n # c\n\n 3 # d\n , ]",
         "a [|a ]|b [|b.#0 i1|b.#1 [|b.#1.#0 i2|b.#1 ]|b.#2 i3|b ]|"												       },
	{ "a={}\nb={x=1,y.z=[{w=2}]}",
         "a {|a }|b {|b.x i1|b.y.z [|b.y.z.#0 {|b.y.z.#0.w i2|b.y.z.#0 }|b.y.z ]|b }|"                                                                                     },
	{ "a=[\"\"\"\nx\n\"\"\",\n'y']",								       "a [|a.#0 sx\n|a.#1 sy|a ]|"                                },
	{ "a=true\nb=false",										   "a btrue|b bfalse|"                                         },
	{ "a=+1_0\nb=-0\nc=0xDead_beef\nd=0o17\ne=0b1_0",
         "a i+1_0|b i-0|c i0xDead_beef|d i0o17|e i0b1_0|"														  },
	{ "a=1.5\nb=-1_0.0_1e-1_0\nc=1E5\nd=inf\ne=-nan",
         "a f1.5|b f-1_0.0_1e-1_0|c f1E5|d finf|e f-nan|"														  },
	{ "a=1979-05-27\nb=1979-05-27 07:32:00.5z\nc=1979-05-27T07:32:00-07:30\nd=07:32:00\ne=2000-02-29 # c",
         "a d1979-05-27|b z1979-05-27 07:32:00.5z|c z1979-05-27T07:32:00-07:30|d t07:32:00|e d2000-02-29|"                                                                 },
	{ "[a.b.c]\n[a]\nb.d=1\n[a.b]",									"a.b.c T|a T|a.b.d i1|!4 defined before: 'b'"               },
	{ "[a.b.c]\n[a.b]\n[a]",									       "a.b.c T|a.b T|a T|"                                        },
	{ "[a.b]\n[a]\nb.c=1",										 "a.b T|a T|!3 defined before: 'b'"                          },
	{ "a=2200-02-29",										      "!1 no such date: '2200-02-29'"                             },
	{ "[a]\n[a]",											  "a T|!2 defined before: 'a'"                                },
	{ "[a]\nb=1\nb=2",										     "a T|a.b i1|!3 defined before: 'b'"                         },
	{ "a=1\n[a]",											  "a i1|!2 defined before: 'a'"                               },
	{ "a=[]\n[[a]]",										       "a [|a ]|!2 defined before: 'a'"                            },
	{ "a={}\na.b=1",										       "a {|a }|!2 defined before: 'a'"                            },
	{ "a={b={},b.c=1}",										    "a {|a.b {|a.b }|!1 defined before: 'b'"                    },
	{ "a=",												"!1 a value is missing"                                     },
	{ "a",												 "!1 a '=' is missing behind the key 'a'"                    },
	{ "=1",												"!1 a key is missing"				       },
	{ "a.=1",											      "!1 a key is missing"                                       },
	{ "[a\n",											      "!1 a table's header without its closing bracket"           },
	{ "[[a]\n",											    "!1 a table's header without its closing bracket"           },
	{ "[a] b",											     "!1 behind a table's header: 'b'"                           },
	{ "a=1 b=2",											   "a i1|!1 behind a value: 'b=2'"                             },
	{ "a=01",											      "a i0|!1 behind a value: '1'"                               },
	{ "a=yes",											     "!1 no value: 'yes'"					},
	{ "a=[1 2]",											   "a [|a.#0 i1|!1 a comma or ']' is missing in an array"      },
	{ "a=[1,\n",											   "a [|a.#0 i1|!1 an array without an end"                    },
	{ "a={x=1,}",											  "a {|a.x i1|!1 a key is missing"                            },
	{ "a={x=1\n}",											 "a {|a.x i1|!1 a comma or '}' is missing in an inline table"},
	{ "a=\"x",											     "!1 a string without an end"                                },
	{ "a=\"\"\"x\n\n",										     "!2 a string without an end"                                },
	{ "a=\"\\x41\"",										       "!1 an unknown escape in a string"                          },
	{ "a=\"\\ud800\"",										     "!1 an unknown escape in a string"                          },
	{ "a='\x01'",											  "!1 a control character in a string"                        },
	{ "\n# \x7f",											  "!2 a control character in a comment"                       },
	{ "a='\xff'",											  "!1 the line is not UTF-8"                                  },
	{ "a=2021-02-29",										      "!1 no such date: '2021-02-29'"                             },
	{ "\xef\xbb\xbf"
	  "a=1",										      "!1 a key is missing"				       },
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
				fail_msg("%s, %zu bytes at a time:\ngot  %s\nwant %s", text.at,
					 step, got, cases[i].want);
			free(got);
		}
	}
}

static char *
nested(size_t depth, const char *open, const char *close)
{
	struct buf b = { 0 };
	char *got;

	buf_add_text(&b, "a=");
	for (size_t i = 0; i < depth; i++)
		buf_add_text(&b, open);
	buf_add_text(&b, "1");
	for (size_t i = 0; i < depth; i++)
		buf_add_text(&b, close);
	got = run(buf_span(&b), 4096);
	buf_free(&b);
	return got;
}

static void
depth_has_a_limit(void **state)
{
	static const char *const pairs[][2] = {
		{"[",    "]"},
		{ "{x=", "}"},
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		char *got = nested(TOML_DEPTH_MAX, pairs[i][0], pairs[i][1]);

		assert_null(strchr(got, '!'));
		free(got);
		got = nested(TOML_DEPTH_MAX + 1, pairs[i][0], pairs[i][1]);
		assert_non_null(strstr(got, "!1 nested too deeply"));
		free(got);
	}
}

static void
a_path_can_be_asked_for(void **state)
{
	struct toml_stream t = { 0 };
	struct span in = SPAN("[tool.coverage]\nrun.omit=['a']\n");
	struct span whole = in;

	(void)state;
	assert_true(toml_starts(&t, ""));
	assert_false(toml_starts(&t, "tool"));
	assert_int_equal(toml_next(&t, &in), TOML_TABLE);
	assert_true(toml_starts(&t, "tool"));
	assert_true(toml_starts(&t, "tool coverage"));
	assert_false(toml_starts(&t, "tool cover"));
	assert_false(toml_starts(&t, "tool coverage run"));
	assert_int_equal(toml_next(&t, &in), TOML_ARRAY);
	assert_int_equal(t.line, 2);
	assert_int_equal(toml_next(&t, &in), TOML_STRING);
	assert_true(toml_starts(&t, "tool coverage run omit"));
	assert_false(toml_starts(&t, "tool coverage run omit 0"));
	assert_int_equal(toml_length(&t), 5);
	toml_free(&t);
	assert_ptr_not_equal(in.at, whole.at);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case_at_every_chunk_size),
		cmocka_unit_test(depth_has_a_limit),
		cmocka_unit_test(a_path_can_be_asked_for),
	};

	return cmocka_run_group_tests_name("toml", tests, NULL, NULL);
}
