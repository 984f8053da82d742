#include <string.h>

#include "format/pyjson.h"
#include "support/test.h"

static void
floats_are_as_short_as_python_writes_them(void **state)
{
	static const struct {
		double number;
		const char *want;
	} cases[] = {
		{0.0,                    "0.0"                   },
		{ 100.0,                 "100.0"                 },
		{ 12.5,                  "12.5"                  },
		{ 100.0 / 3,             "33.333333333333336"    },
		{ 200.0 / 3,             "66.66666666666667"     },
		{ 500.0 / 7,             "71.42857142857143"     },
		{ 300.0 / 7,             "42.857142857142854"    },
		{ 99.99999999999999,     "99.99999999999999"     },
		{ 0.1,                   "0.1"                   },
		{ 0.0001,                "0.0001"                },
		{ 0.00001,               "1e-05"                 },
		{ 0x1.f9add3739635fp+56, "1.4233598692781003e+17"},
		{ 123456.0,              "123456.0"              },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char text[PYJSON_FLOAT_MAX];
		size_t len = pyjson_float_text(cases[i].number, text);

		assert_string_equal(text, cases[i].want);
		assert_int_equal(len, strlen(text));
	}
}

static void
write_sample(struct pyjson *w)
{
	pyjson_object(w);
	pyjson_key(w, SPAN("a"));
	pyjson_array(w);
	pyjson_int(w, 1);
	pyjson_array(w);
	pyjson_array_end(w);
	pyjson_object(w);
	pyjson_object_end(w);
	pyjson_array_end(w);
	pyjson_key(w, SPAN("\xc3\xa9\xf0\x9f\x98\x80\x7f\x1f\"\\\n\x0b/"));
	pyjson_array(w);
	pyjson_bool(w, true);
	pyjson_bool(w, false);
	pyjson_int(w, -5);
	pyjson_float(w, 1.5);
	pyjson_float(w, 1.5);
	pyjson_array_end(w);
	pyjson_key(w, SPAN("e"));
	pyjson_object(w);
	pyjson_object_end(w);
	pyjson_key(w, SPAN("s"));
	pyjson_string(w, SPAN("\xff\t\b\f\r"));
	pyjson_object_end(w);
}

/* As json.dumps() of CPython 3.14 prints the same. */
static void
it_is_laid_out_as_by_json_dump(void **state)
{
	static const char plain[] =
		"{\"a\": [1, [], {}], "
		"\"\\u00e9\\ud83d\\ude00\\u007f\\u001f\\\"\\\\\\n\\u000b/\": "
		"[true, false, -5, 1.5, 1.5], \"e\": {}, \"s\": \"\\udcff\\t\\b\\f\\r\"}";
	static const char pretty[] =
		"{\n    \"a\": [\n        1,\n        [],\n        {}\n    ],\n"
		"    \"\\u00e9\\ud83d\\ude00\\u007f\\u001f\\\"\\\\\\n\\u000b/\": [\n        true,\n"
		"        false,\n        -5,\n        1.5,\n        1.5\n    ],\n"
		"    \"e\": {},\n    \"s\": \"\\udcff\\t\\b\\f\\r\"\n}";

	(void)state;
	for (int i = 0; i < 2; i++) {
		const char *want = i == 0 ? plain : pretty;
		struct output out;
		struct pyjson w;

		output_open_spool(&out);
		pyjson_init(&w, &out, i == 1);
		write_sample(&w);
		output_char(&out, '\0');
		assert_string_equal(out.at, want);
		assert_int_equal(output_close(&out, false, NULL), STATUS_OK);
	}
}

/* Numbers that share a place in the memo do not disturb one another. */
static void
remembered_floats_are_the_right_ones(void **state)
{
	struct output out;
	struct pyjson w;
	const char *at;

	(void)state;
	output_open_spool(&out);
	pyjson_init(&w, &out, false);
	pyjson_array(&w);
	for (int round = 0; round < 2; round++) {
		for (int i = 1; i <= 1000; i++)
			pyjson_float(&w, 100.0 / i);
	}
	pyjson_array_end(&w);
	output_char(&out, '\0');
	at = out.at + 1;
	for (int i = 0; i < 2000; i++) {
		char want[PYJSON_FLOAT_MAX];
		size_t len = pyjson_float_text(100.0 / (i % 1000 + 1), want);

		assert_memory_equal(at, want, len);
		at += len + 2;
	}
	assert_int_equal(output_close(&out, false, NULL), STATUS_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(floats_are_as_short_as_python_writes_them),
		cmocka_unit_test(it_is_laid_out_as_by_json_dump),
		cmocka_unit_test(remembered_floats_are_the_right_ones),
	};

	return cmocka_run_group_tests_name("pyjson", tests, NULL, NULL);
}
