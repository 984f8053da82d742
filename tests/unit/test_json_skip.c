#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "format/json_stream.h"
#include "support/test.h"

/* How a text is walked through: where keys' values, or the rests of what begins, are passed over. */
struct plan {
	const char *key;   /* of this key */
	unsigned rest_at;  /* of what begins at this depth; 0: none */
	bool from_outside; /* the whole value */
};

/* Writes down what is left: brackets, keys, scalars' first letters, and for what was passed over, where. */
static char *
walk(struct span text, size_t step, const struct plan *plan)
{
	struct json_stream j = { 0 };
	struct buf out = { 0 }, key = { 0 };
	struct span piece = { 0 };
	enum json_event event = JSON_MORE;

	if (plan->from_outside)
		json_skip_value(&j);
	while (text.len > 0 && event != JSON_BAD) {
		size_t n = text.len < step ? text.len : step;
		char *own = malloc(n); /* so that a read past the piece is seen by the sanitizer */
		struct span in = { own, n };

		assert_non_null(own);
		memcpy(own, text.at, n);
		span_skip(&text, n);
		while ((event = json_next(&j, &in, &piece)) != JSON_MORE && event != JSON_BAD) {
			if (event == JSON_KEY_PART)
				buf_add(&key, piece);
			else if (event == JSON_SKIPPED)
				buf_addf(&out, "<%c%d-%d>", j.first, (int)j.start, (int)j.offset);
			else if (event != JSON_STRING_PART)
				buf_addf(&out, "%c", "?{}[]?k?snTFN"[event]);
			if (event == JSON_KEY_END) {
				if (plan->key != NULL && strcmp(buf_text(&key), plan->key) == 0)
					json_skip_value(&j);
				buf_reset(&key);
			}
			if ((event == JSON_OBJECT || event == JSON_ARRAY) &&
			    j.depth == plan->rest_at)
				json_skip_rest(&j);
		}
		free(own);
	}
	while (event != JSON_BAD && (event = json_finish(&j, &piece)) == JSON_SKIPPED)
		buf_addf(&out, "<%c%d-%d>", j.first, (int)j.start, (int)j.offset);
	if (event == JSON_BAD)
		buf_addf(&out, "! %s at %d", j.fault, (int)j.offset);
	buf_free(&key);
	return buf_take(&out);
}

static const struct {
	const char *text;
	struct plan plan;
	const char *want;
} cases[] = {
	{"{\"a\":{\"b\":[1,{}]},\"c\":1}",             { "a", 0, false },  "{k<{5-17>kn}"           },
	{ "{\"a\" : [ [\"]\",\"\\\"]\"] ] , \"c\":1}", { "a", 0, false },  "{k<[7-22>kn}"           },
	{ "{\"a\":\"x{\\\\\",\"c\":1}",                { "a", 0, false },  "{k<\"5-11>kn}"          },
	{ "{\"a\":\"\",\"c\":\"\"}",                   { "a", 0, false },  "{k<\"5-7>ks}"           },
	{ "{\"a\":-12.5e3,\"c\":1}",                   { "a", 0, false },  "{k<-5-12>kn}"           },
	{ "{\"a\":7}",				 { "a", 0, false },  "{k<75-6>}"              },
	{ "{\"a\":null,\"b\":[{\"a\":true}]}",         { "a", 0, false },  "{k<n5-9>k[{k<t20-24>}]}"},
	{ "{\"a\":{}}",				{ "a", 0, false },  "{k<{5-7>}"              },
	{ "{\"a\":[]}",				{ "a", 0, false },  "{k<[5-7>}"              },
	{ " [1, [2], \"x]\"] ",                        { NULL, 0, true },  "<[1-15>"                },
	{ "12",					{ NULL, 0, true },  "<10-2>"                 },
	{ "\"12\" ",				   { NULL, 0, true },  "<\"0-4>"                },
	{ "[[1,2],{\"a\":[3]}]",                       { NULL, 1, false }, "[]"                     },
	{ "[[1,2],{\"a\":[3]},[],4]",                  { NULL, 2, false }, "[[]{}[]n]"              },
	{ "{\"a\":[1 2,,]}",                           { "a", 0, false },  "{k<[5-12>}"             },
	{ "{\"a\":[[1},3]}",                           { "a", 0, false },  "{k<[5-12>}"             },
	{ "{\"a\":[1,}]}",			     { "a", 0, false },  "{k!"                    },
	{ "{\"a\":[1,2}",			      { "a", 0, false },  "{k!"                    },
	{ "[{\"a\":[]]",			       { NULL, 2, false }, "[{!"                    },
	{ "{\"a\":[1,2",			       { "a", 0, false },  "{k!"                    },
	{ "{\"a\":\"1,2",			      { "a", 0, false },  "{k!"                    },
	{ "{\"a\":\"1,2\\",			    { "a", 0, false },  "{k!"                    },
	{ "[[1",				       { NULL, 1, false }, "[!"                     },
	{ "{\"a\":nul,\"b\":1}",                       { "a", 0, false },  "{k!"                    },
	{ "{\"a\":}",				  { "a", 0, false },  "{k!"                    },
};

static void
every_case_at_every_chunk_size(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct span text = span_of(cases[i].text);

		for (size_t step = 1; step <= text.len + 1; step++) {
			char *got = walk(text, step, &cases[i].plan);
			const char *fault = strchr(got, '!');
			size_t len = fault == NULL ? strlen(got) : (size_t)(fault - got) + 1;

			if (len != strlen(cases[i].want) || memcmp(got, cases[i].want, len) != 0)
				fail_msg("%s, %zu bytes at a time: got %s, want %s", cases[i].text,
					 step, got, cases[i].want);
			free(got);
		}
	}
}

/* Text with all that matters to who passes over it, and `levels` arrays in each other. */
static void
make_text(struct buf *out, unsigned levels)
{
	buf_add_text(out, "{\"skip\":[");
	for (unsigned i = 1; i < levels; i++)
		buf_add_char(out, '[');
	for (unsigned i = 0; i < 300; i++) {
		buf_addf(out, "%s{\"k%u\":\"%.*s\\\"%.*s\\\\\",\"n\":[%u,[],{}]}", i > 0 ? "," : "",
			 i, (int)(i % 17), "[[[[[[{{{{{{{{{{{", (int)(i % 13), "]]]}}}}}}}}}}", i);
	}
	for (unsigned i = 1; i < levels; i++)
		buf_add_char(out, ']');
	buf_add_text(out, "],\"end\":1}");
}

static void
long_text_is_passed_over_alike_however_it_is_cut(void **state)
{
	static const struct plan plan = { "skip", 0, false };
	struct buf text = { 0 };
	char want[64];

	(void)state;
	make_text(&text, 40);
	snprintf(want, sizeof want, "{k<[8-%zu>kn}", text.len - 9);
	for (size_t step = 1; step < 200; step++) {
		char *got = walk(buf_span(&text), step, &plan);

		assert_string_equal(got, want);
		free(got);
	}
	buf_free(&text);
}

static void
nesting_is_limited_in_what_is_passed_over(void **state)
{
	static const struct plan plan = { "skip", 0, false };
	struct buf text = { 0 };
	char *first = NULL;

	(void)state;
	/* One level is the object round it, three are in the innermost array. */
	make_text(&text, JSON_DEPTH_MAX - 4);
	first = walk(buf_span(&text), 4096, &plan);
	assert_null(strchr(first, '!'));
	free(first);
	buf_reset(&text);
	make_text(&text, JSON_DEPTH_MAX - 3);
	first = walk(buf_span(&text), 4096, &plan);
	assert_non_null(strstr(first, "! nested too deeply"));
	for (size_t step = 1; step < 50; step++) {
		char *got = walk(buf_span(&text), step, &plan);

		assert_string_equal(got, first);
		free(got);
	}
	free(first);
	buf_free(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case_at_every_chunk_size),
		cmocka_unit_test(long_text_is_passed_over_alike_however_it_is_cut),
		cmocka_unit_test(nesting_is_limited_in_what_is_passed_over),
	};

	return cmocka_run_group_tests_name("json_skip", tests, NULL, NULL);
}
