#include <stdio.h>
#include <string.h>

#include "support/test.h"
#include "text/human.h"
#include "text/md5.h"
#include "text/printable.h"
#include "text/shown.h"

/* Each list is in order, as sorted(names, key=_human_key) of coverage/misc.py 7.16.1 gives it. */
static void
names_come_as_people_expect(void **state)
{
	static const char *const lists[][8] = {
		{"a01",                      "a1",                      "a2",    "a10", "a10b", "b"  },
		{ "",			"0",                       "00",    "1",   "a"   },
		{ "a",                      "a1",                    "a1b2", "a1b10", "a-1", "a.py",      "ab1" },
		{ "x9999999999999999999998", "x9999999999999999999999",
                 "x10000000000000000000000"                                    },
		{ "a/b1.py",                  "a/b2/c.py",                                    "a/b10.py",                              "a/b.py",      "ab.py",   "\xc3\xa9.py"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
		for (size_t a = 0; a < 8 && lists[i][a] != NULL; a++) {
			for (size_t b = 0; b < 8 && lists[i][b] != NULL; b++) {
				int order =
					human_compare(span_of(lists[i][a]), span_of(lists[i][b]));

				assert_int_equal((order > 0) - (order < 0), (a > b) - (a < b));
			}
		}
	}
}

static void
digests_are_those_of_md5(void **state)
{
	static const struct {
		size_t count;
		const char *want;
	} cases[] = {
		{0,    "d41d8cd98f00b204e9800998ecf8427e"},
		{ 1,   "0cc175b9c0f1b6a831c399e269772661"},
		{ 55,  "ef1772b6dff9a122358552954ad0df65"},
		{ 56,  "3b0c8ac703f828b04c6c197006d17218"},
		{ 63,  "b06521f39153d618550606be297466d5"},
		{ 64,  "014842d480b571495a4a0363793f7367"},
		{ 119, "8a7bd0732ed6a28ce75f6dabc90e1613"},
		{ 120, "5f61c0ccad4cac44c75ff505e1f1e537"},
		{ 200, "887f30b43b2867f4a9accceee7d16e6c"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char text[256], hex[2 * MD5_SIZE + 1];
		unsigned char digest[MD5_SIZE];

		memset(text, 'a', sizeof text);
		md5((struct span){ text, cases[i].count }, digest);
		for (size_t k = 0; k < MD5_SIZE; k++)
			snprintf(hex + 2 * k, 3, "%02x", digest[k]);
		assert_string_equal(hex, cases[i].want);
	}
}

static void
what_shows_nothing_is_not_printable(void **state)
{
	static const uint32_t yes[] = { ' ',   '~',    0xA1,   0xAC,    0x377,   0xE9,
					0x3B1, 0x4E2D, 0xAC00, 0x1F600, 0x20000, 0xE0100 };
	static const uint32_t no[] = { 0,      '\n',   0x1B,   0x7F,   0x85,
				       0xA0,   0x378,  0xAD,   0x200B, 0x2028,
				       0x3000, 0xD800, 0xE000, 0xFFFF, 0x10FFFF };

	(void)state;
	for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++)
		assert_true(printable(yes[i]));
	for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
		assert_false(printable(no[i]));
}

/* As repr() of CPython 3.14 has what is between its quotes. */
static void
names_are_shown_in_one_harmless_line(void **state)
{
	static const char *const cases[][2] = {
		{"a b/\xc3\xa9.py",           "a b/\xc3\xa9.py" },
		{ "a\nb\r\t",                 "a\\nb\\r\\t"     },
		{ "\x1b[31m\x7f",             "\\x1b[31m\\x7f"  },
		{ "\xc2\x9b"
		  "31m",     "\\x9b31m"        },
		{ "\x9b",                     "\\x9b"           },
		{ "\xe2\x80\xae"
		  "cod.exe", "\\u202ecod.exe"  },
		{ "\xf0\x9f\x98\x80",         "\xf0\x9f\x98\x80"},
		{ "\xf3\xa0\x80\x81",         "\\U000e0001"     },
		{ "",			 ""                },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct buf out = { 0 };

		shown_add(&out, span_of(cases[i][0]));
		assert_string_equal(buf_text(&out), cases[i][1]);
		buf_free(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_come_as_people_expect),
		cmocka_unit_test(digests_are_those_of_md5),
		cmocka_unit_test(what_shows_nothing_is_not_printable),
		cmocka_unit_test(names_are_shown_in_one_harmless_line),
	};

	return cmocka_run_group_tests_name("human", tests, NULL, NULL);
}
