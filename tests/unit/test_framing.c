#include <stdio.h>
#include <stdlib.h>

#include "rpc/framing.h"
#include "support/test.h"

#include "base/buf.h"

/* Runs `input` through a framer, `step` bytes at a time, and writes what came out: bodies in
 * parentheses, '!' for a bad header, '+' for a body that is too long, '.' when not idle at the end. */
static char *
run(struct span input, size_t step, uint32_t body_max)
{
	static struct framer f;
	struct buf out = { 0 };
	struct span piece;
	bool in_body = false;
	enum frame event;

	f = (struct framer){ .body_max = body_max };
	while (input.len > 0) {
		struct span in = { input.at, input.len < step ? input.len : step };

		span_skip(&input, in.len);
		while ((event = framer_next(&f, &in, &piece)) != FRAME_MORE) {
			if (!in_body && (event == FRAME_BODY || event == FRAME_END))
				buf_add_char(&out, '(');
			in_body = event == FRAME_BODY;
			if (event == FRAME_BODY)
				buf_add(&out, piece);
			else
				buf_add_char(&out, event == FRAME_END     ? ')'
						   : event == FRAME_ERROR ? '!'
									  : '+');
		}
	}
	if (!framer_is_idle(&f))
		buf_add_char(&out, '.');
	return buf_take(&out);
}

#define CL "Content-Length: "

static const struct {
	const char *label, *input, *want;
} cases[] = {
	{"one message",                      CL "2\r\n\r\n{}",                                        "({})"   },
	{ "two in a row",                    CL "1\r\n\r\n1" CL "1\r\n\r\n2",                         "(1)(2)" },
	{ "other header first",              "Content-Type: x; y=z\r\n" CL "1\r\n\r\n1",              "(1)"    },
	{ "other header last",               CL "1\r\nContent-Type: x\r\n\r\n1",                      "(1)"    },
	{ "any case, no space",              "CONTENT-length:3\r\n\r\nabc",                           "(abc)"  },
	{ "spaces round the number",         "Content-Length:  3  \r\n\r\nabc",                       "(abc)"  },
	{ "bare newlines",                   "Content-Length: 1\n\n1",                                "(1)"    },
	{ "empty body",                      CL "0\r\n\r\n" CL "1\r\n\r\n1",                          "()(1)"  },
	{ "empty lines between",             CL "1\r\n\r\n1\r\n\r\n" CL "1\r\n\r\n2",                 "(1)(2)" },
	{ "cut in the body",                 CL "9\r\n\r\nabc",                                       "(abc."  },
	{ "cut in the header",               "Content-Le",                                            "."      },
	{ "no length, then good",            "Content-Type: x\r\n\r\n" CL "1\r\n\r\n1",               "!(1)"   },
	{ "bad digits, then good",           CL "1x\r\n\r\n" CL "1\r\n\r\n1",                         "!(1)"   },
	{ "negative, then good",             CL "-1\r\n\r\n" CL "1\r\n\r\n1",                         "!(1)"   },
	{ "no digits, then good",            CL "\r\n\r\n" CL "1\r\n\r\n1",                           "!(1)"   },
	{ "twice the same",                  CL "1\r\n" CL "1\r\n\r\n1",                              "(1)"    },
	{ "twice, not the same",             CL "1\r\n" CL "2\r\n\r\n" CL "1\r\n\r\n1",               "!(1)"   },
	{ "a line without a name",           "garbage\r\n" CL "1\r\n\r\n1",                           "!(1)"   },
	{ "a body longer than it said",      CL "1\r\n\r\n{}" CL "1\r\n\r\n2",                        "({)!(2)"},
	{ "a body much longer than it said", CL "1\r\n\r\n{\"a\":1}\r\n" CL "1\r\n\r\n2",
         "({)!(2)"											     },
	{ "too long, then good",             CL "17\r\n\r\n12345678901234567" CL "1\r\n\r\n1",        "+(1)"   },
	{ "far too long",                    CL "99999999999999999999999\r\n\r\n" CL "1\r\n\r\n1",    "!(1)"   },
	{ "lost in nonsense",                "\x01\x02\r\nContentContent-Content-Length: 1\r\n\r\n1", "!(1)"   },
};

/* Where the reads happen to fall must never change what is seen. */
static void
every_case_at_every_chunk_size(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct span input = span_of(cases[i].input);

		for (size_t step = 1; step <= input.len; step++) {
			char *out = run(input, step, 16);

			if (strcmp(out, cases[i].want) != 0)
				fail_msg("%s, %zu bytes at a time: got %s, want %s", cases[i].label,
					 step, out, cases[i].want);
			free(out);
		}
	}
}

static void
a_long_header_is_refused_and_passed_over(void **state)
{
	struct buf b = { 0 };
	char *out;

	(void)state;
	buf_add_text(&b, "X: ");
	for (int i = 0; i < FRAME_HEADER_MAX; i++)
		buf_add_char(&b, 'x');
	buf_add_text(&b, "\r\n" CL "1\r\n\r\n1");
	out = run(buf_span(&b), 100, 0);
	assert_string_equal(out, "!(1)");
	free(out);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case_at_every_chunk_size),
		cmocka_unit_test(a_long_header_is_refused_and_passed_over),
	};

	return cmocka_run_group_tests_name("framing", tests, NULL, NULL);
}
