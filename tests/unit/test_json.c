#include <json-c/json.h>
#include <stdlib.h>

#include "format/json_stream.h"
#include "format/jsonw.h"
#include "support/test.h"

/* Writes one event down; strings and keys in their pieces give the same whatever the pieces are. */
static void
note(struct buf *out, enum json_event event, struct span piece, bool *open)
{
	static const char *const names[] = {
		[JSON_OBJECT] = "{",    [JSON_OBJECT_END] = "}", [JSON_ARRAY] = "[",
		[JSON_ARRAY_END] = "]", [JSON_TRUE] = "T",       [JSON_FALSE] = "F",
		[JSON_NULL] = "N",      [JSON_BAD] = "!",
	};

	if (event == JSON_KEY_PART || event == JSON_STRING_PART || event == JSON_KEY_END ||
	    event == JSON_STRING_END) {
		if (!*open)
			buf_add_char(out,
				     event == JSON_KEY_PART || event == JSON_KEY_END ? 'k' : 's');
		*open = event == JSON_KEY_PART || event == JSON_STRING_PART;
		if (*open)
			buf_add(out, piece);
		else
			buf_add_char(out, ';');
	} else if (event == JSON_NUMBER) {
		buf_add_char(out, 'n');
		buf_add(out, piece);
		buf_add_char(out, ';');
	} else {
		buf_add_text(out, names[event]);
	}
}

/* All events of `input`, fed `step` bytes at a time from memory of just that size. */
static char *
run(struct span input, size_t step)
{
	struct json_stream j = { 0 };
	struct buf out = { 0 };
	struct span piece = { 0 };
	enum json_event event = JSON_MORE;
	bool open = false;

	while (input.len > 0 && event != JSON_BAD) {
		size_t n = input.len < step ? input.len : step;
		char *own = malloc(n); /* so that a read past the piece is seen by the sanitizer */
		struct span in = { own, n };

		assert_non_null(own);
		memcpy(own, input.at, n);
		span_skip(&input, n);
		while ((event = json_next(&j, &in, &piece)) != JSON_MORE) {
			note(&out, event, piece, &open);
			if (event == JSON_BAD)
				break;
		}
		free(own);
	}
	if (event != JSON_BAD) {
		while ((event = json_finish(&j, &piece)) == JSON_NUMBER)
			note(&out, event, piece, &open);
		if (event == JSON_BAD)
			note(&out, event, piece, &open);
	}
	return buf_take(&out);
}

static const struct {
	struct span text;
	const char *want;
} cases[] = {
	{{ "{}", 2 },				 "{}"				     },
	{ { " [ ] \n", 6 },                           "[]"				     },
	{ { "{\"a\":[1,-2.5e+3,{}],\"\":null}", 28 }, "{ka;[n1;n-2.5e+3;{}]k;N}"               },
	{ { "[true,false,null]", 17 },                "[TFN]"                                  },
	{ { "12", 2 },				"n12;"				   },
	{ { "0", 1 },				 "n0;"				    },
	{ { "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", 18 },   "s\"\\/\b\f\n\r\t;"                      },
	{ { "\"\\u00e9\\u20AC\"", 14 },               "s\xc3\xa9\xe2\x82\xac;"                 },
	{ { "\"\\ud83d\\ude00\"", 14 },               "s\xf0\x9f\x98\x80;"                     },
	{ { "\"\\ud83dx\"", 9 },                      "s\xef\xbf\xbdx;"                        },
	{ { "\"\\ud83d\\n\"", 10 },                   "s\xef\xbf\xbd\n;"                       },
	{ { "\"\\ud83d\\ud83d\\ude00\"", 20 },        "s\xef\xbf\xbd\xf0\x9f\x98\x80;"         },
	{ { "\"\\ud83d\\u0041\"", 14 },
         "s\xef\xbf\xbd"
	  "A;"										 },
	{ { "\"\\ude00\"", 8 },                       "s\xef\xbf\xbd;"                         },
	{ { "\"\\ud83d\"", 8 },                       "s\xef\xbf\xbd;"                         },
	{ { "\"\xf0\x9f\x98\x80\xc3\xa9\"", 8 },      "s\xf0\x9f\x98\x80\xc3\xa9;"             },
	{ { "\"\xf0\x9fz\xff\"", 6 },                 "s\xef\xbf\xbd\xef\xbf\xbdz\xef\xbf\xbd;"},
	{ { "\"\xe2\x82\"", 4 },                      "s\xef\xbf\xbd\xef\xbf\xbd;"             },
	{ { "\"\x7f\"", 3 },                          "s\x7f;"                                 },
	{ { "", 0 },				  "!"				      },
	{ { "  ", 2 },				"!"				      },
	{ { "{", 1 },				 "{!"				     },
	{ { "{}x", 3 },			       "{}!"				    },
	{ { "{}{}", 4 },			      "{}!"				    },
	{ { "[1,]", 4 },			      "[n1;!"				  },
	{ { "[,1]", 4 },			      "[!"				     },
	{ { "{,}", 3 },			       "{!"				     },
	{ { "{\"a\" 1}", 7 },                         "{ka;!"                                  },
	{ { "{\"a\":1,}", 8 },                        "{ka;n1;!"                               },
	{ { "[}", 2 },				"[!"				     },
	{ { "{\"a\":1]", 7 },                         "{ka;n1;!"                               },
	{ { "01", 2 },				"n0;!"				   },
	{ { "-", 1 },				 "!"				      },
	{ { "1.", 2 },				"!"				      },
	{ { "1e", 2 },				"!"				      },
	{ { "[1.x]", 5 },			     "[!"				     },
	{ { "+1", 2 },				"!"				      },
	{ { "tru", 3 },			       "!"				      },
	{ { "trux", 4 },			      "!"				      },
	{ { "\"a\nb\"", 5 },                          "sa!"				    },
	{ { "\"\\x\"", 4 },                           "!"				      },
	{ { "\"\\u12g4\"", 8 },                       "!"				      },
	{ { "\"abc", 4 },			     "sabc!"				  },
	{ { "nan", 3 },			       "!"				      },
	{ { "[1 2]", 5 },			     "[n1;!"				  },
	{ { "\0", 1 },				"!"				      },
	{ { "\xef\xbb\xbf{}", 5 },                    "!"                                      },
};

static void
every_case_at_every_chunk_size(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		for (size_t step = 1; step <= cases[i].text.len + 1; step++) {
			char *got = run(cases[i].text, step);

			if (strcmp(got, cases[i].want) != 0)
				fail_msg("%s, %zu bytes at a time: got %s, want %s",
					 cases[i].text.at, step, got, cases[i].want);
			free(got);
		}
	}
}

static void
depth_and_number_limits_are_told(void **state)
{
	struct buf b = { 0 };
	char *got;

	(void)state;
	for (int i = 0; i < JSON_DEPTH_MAX; i++)
		buf_add_char(&b, '[');
	for (int i = 0; i < JSON_DEPTH_MAX; i++)
		buf_add_char(&b, ']');
	got = run(buf_span(&b), 7);
	assert_null(strchr(got, '!'));
	free(got);
	buf_reset(&b);
	for (int i = 0; i <= JSON_DEPTH_MAX; i++)
		buf_add_char(&b, '[');
	got = run(buf_span(&b), 7);
	assert_non_null(strchr(got, '!'));
	free(got);
	buf_reset(&b);
	for (int i = 0; i <= JSON_NUMBER_MAX; i++)
		buf_add_char(&b, '1');
	got = run(buf_span(&b), 7);
	assert_string_equal(got, "!");
	free(got);
	buf_free(&b);
}

static void
what_is_written_can_be_read_by_json_c(void **state)
{
	static const char text[] = "q\" b\\ \b\t\n\v\f\r \x01 \xc3\xa9 \xff \x7f";
	struct buf out = { 0 };
	struct jsonw w = { .out = &out };
	json_object *read;

	(void)state;
	jsonw_object(&w);
	jsonw_key_text(&w, "text", text);
	jsonw_key(&w, "list");
	jsonw_array(&w);
	jsonw_int(&w, -9007199254740993);
	jsonw_bool(&w, true);
	jsonw_null(&w);
	jsonw_percent(&w, 79.166);
	jsonw_percent(&w, 100);
	jsonw_object(&w);
	jsonw_object_end(&w);
	jsonw_raw(&w, SPAN("[1,2]"));
	jsonw_int(&w, 0);
	jsonw_int(&w, INT64_MAX);
	jsonw_int(&w, INT64_MIN);
	jsonw_array_end(&w);
	jsonw_key_int(&w, "n", 7);
	jsonw_object_end(&w);
	read = json_tokener_parse(buf_text(&out));
	assert_non_null(read);
	assert_string_equal(json_object_get_string(json_object_object_get(read, "text")),
			    "q\" b\\ \b\t\n\v\f\r \x01 \xc3\xa9 \xef\xbf\xbd \x7f");
	assert_string_equal(json_object_to_json_string_ext(json_object_object_get(read, "list"),
							   JSON_C_TO_STRING_PLAIN),
			    "[-9007199254740993,true,null,79.17,100,{},[1,2],0,"
			    "9223372036854775807,-9223372036854775808]");
	assert_int_equal(json_object_get_int(json_object_object_get(read, "n")), 7);
	json_object_put(read);
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case_at_every_chunk_size),
		cmocka_unit_test(depth_and_number_limits_are_told),
		cmocka_unit_test(what_is_written_can_be_read_by_json_c),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
