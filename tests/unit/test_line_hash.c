#include <stdlib.h>

#include "support/test.h"
#include "text/line_hash.h"

static void
hash_text(struct line_hashes *h, struct span text)
{
	line_hashes_reset(h);
	line_hashes_add_text(h, text);
}

static void
assert_same(const struct line_hashes *a, const struct line_hashes *b)
{
	assert_int_equal(a->count, b->count);
	for (size_t i = 0; i < a->count; i++)
		assert_true(a->at[i] == b->at[i]);
}

#define TEXT(literal)                          \
	{                                      \
		(literal), sizeof(literal) - 1 \
	}
#define BOM "\xef\xbb\xbf"

/* Texts, and their lines as coverage.py reads them, with "|" behind each. */
static const struct {
	struct span text;
	const char *lines;
} texts[] = {
	{{ NULL, 0 },				    ""				  },
	{ TEXT(""),				      ""				  },
	{ TEXT("\n"),				    "|"				 },
	{ TEXT("a"),				     "a|"				},
	{ TEXT("a\n"),				   "a|"				},
	{ TEXT("a\nb"),				  "a|b|"                              },
	{ TEXT("a\r\nb\rc\n\n"),                         "a|b|c||"                           },
	{ TEXT("a\r"),				   "a|"				},
	{ TEXT("a\r\r\n\r"),			     "a|||"                              },
	{ TEXT("a\r\rb"),				"a||b|"                             },
	{ TEXT("\n\ra\n"),			       "||a|"                              },
	{ TEXT(BOM),				     ""				  },
	{ TEXT(BOM "\n"),				"|"				 },
	{ TEXT(BOM "a\n"),			       "a|"				},
	{ TEXT(BOM BOM "\n"),                            BOM "|"                             },
	{ TEXT("a\n" BOM "\n"),                          "a|" BOM "|"                        },
	{ TEXT("\xef\xbb\r\n"),                          "\xef\xbb|"                         },
	{ TEXT("0123456701234567\r\n01234567\n0123456"), "0123456701234567|01234567|0123456|"},
};

static void
lines_are_those_of_coverage_py(void **state)
{
	struct line_hashes h = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		const char *lines = texts[i].lines;
		size_t count = 0;

		hash_text(&h, texts[i].text);
		for (;; count++) {
			size_t len = strcspn(lines, "|");

			assert_true(count < h.count);
			assert_true(h.at[count] == line_hash((struct span){ lines, len }));
			if (lines[len] == '\0')
				break;
			lines += len + 1;
		}
		assert_int_equal(h.count, count + 1);
	}
	line_hashes_free(&h);
}

static void
pieces_of_every_size_make_the_same_lines(void **state)
{
	struct line_hashes whole = { 0 }, pieces = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct span text = texts[i].text;

		hash_text(&whole, text);
		for (size_t size = 1; size <= text.len + 1; size++) {
			line_hashes_reset(&pieces);
			for (size_t at = 0; at < text.len; at += size) {
				size_t to = at + size < text.len ? at + size : text.len;

				assert_true(line_hashes_add_piece(&pieces, span_cut(text, at, to)));
			}
			line_hashes_end(&pieces);
			assert_same(&whole, &pieces);
		}
	}
	line_hashes_free(&whole);
	line_hashes_free(&pieces);
}

/* What is kept between pieces is the longest line, whatever ends it. */
static void
no_more_is_kept_than_a_line(void **state)
{
	static const struct span lines[] = {
		{"0123456\n",   8},
                { "0123456\r",  8},
                { "012345\r\n", 8}
	};

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		struct line_hashes h = { 0 };

		for (size_t at = 0; at < 80000; at++)
			line_hashes_add_piece(&h, span_cut(lines[i], at % 8, at % 8 + 1));
		assert_in_range(h.rest.cap, 0, 64);
		line_hashes_end(&h);
		assert_int_equal(h.count, 10001);
		line_hashes_free(&h);
	}
}

/* One byte more, less or other, at every place of lines of every length. */
static void
lines_that_differ_have_other_hashes(void **state)
{
	char line[66];

	(void)state;
	for (size_t len = 0; len < 64; len++) {
		uint64_t hash;

		memset(line, 'x', sizeof line);
		hash = line_hash((struct span){ line, len });
		assert_true(hash == line_hash((struct span){ line, len }));
		assert_true(hash != line_hash((struct span){ line, len + 1 }));
		line[len] = '\0';
		assert_true(hash != line_hash((struct span){ line, len + 1 }));
		for (size_t i = 0; i < len; i++) {
			for (int bit = 0; bit < 8; bit++) {
				line[i] = (char)('x' ^ 1 << bit);
				assert_true(hash != line_hash((struct span){ line, len }));
				line[i] = 'x';
			}
		}
	}
}

static void
a_hash_tells_the_indentation(void **state)
{
	static const struct {
		struct span line;
		unsigned indent;
	} cases[] = {
		{TEXT("x"),        0              },
                { TEXT("    x  "), 4              },
                { TEXT(" \t\tx"),  3              },
		{ TEXT("\fx"),     0              },
                { TEXT(""),        LINE_HASH_BLANK},
                { TEXT(" \t"),     LINE_HASH_BLANK},
	};
	char line[400];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(line_hash_indent(line_hash(cases[i].line)), cases[i].indent);
	memset(line, ' ', sizeof line);
	line[254] = line[399] = 'x';
	assert_int_equal(line_hash_indent(line_hash((struct span){ line, 255 })), 254);
	line[254] = ' ';
	assert_int_equal(line_hash_indent(line_hash((struct span){ line, 400 })), 254);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_those_of_coverage_py),
		cmocka_unit_test(pieces_of_every_size_make_the_same_lines),
		cmocka_unit_test(no_more_is_kept_than_a_line),
		cmocka_unit_test(lines_that_differ_have_other_hashes),
		cmocka_unit_test(a_hash_tells_the_indentation),
	};

	return cmocka_run_group_tests_name("line_hash", tests, NULL, NULL);
}
