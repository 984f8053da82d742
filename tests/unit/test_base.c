#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/status.h"
#include "support/test.h"

static void
error_text_is_cut_between_characters(void **state)
{
	struct error err;
	char long_name[ERROR_TEXT_MAX + 8];

	(void)state;
	/* Two-byte characters at an odd and an even offset: one of the two is cut by the limit. */
	for (size_t shift = 0; shift < 2; shift++) {
		memset(long_name, 'x', sizeof long_name);
		for (size_t i = shift; i + 1 < sizeof long_name; i += 2)
			memcpy(long_name + i, "\xc3\xa9", 2);
		long_name[sizeof long_name - 1] = '\0';
		error_set(&err, STATUS_LIMIT, "%s", long_name);
		size_t len = strlen(err.text);

		assert_true(len >= ERROR_TEXT_MAX - 2);
		assert_int_equal((unsigned char)err.text[len - 1], 0xa9);
	}
}

static void
error_set_returns_the_status_and_may_have_no_taker(void **state)
{
	struct error err = { 0 };

	(void)state;
	assert_int_equal(error_set(NULL, STATUS_BUSY, "x"), STATUS_BUSY);
	assert_int_equal(error_set_line(&err, STATUS_BAD_DATA, 12, "no %d", 7), STATUS_BAD_DATA);
	assert_int_equal(err.line, 12);
	assert_string_equal(err.text, "no 7");
	assert_string_equal(status_name(STATUS_BAD_DATA), "bad-data");
}

static void
buf_keeps_what_was_added_in_order(void **state)
{
	struct buf b = { 0 };
	char *text;

	(void)state;
	for (int i = 0; i < 1000; i++)
		buf_addf(&b, "%d,", i % 10);
	assert_int_equal(b.len, 2000);
	buf_add(&b, (struct span){ "a\0b", 3 });
	buf_add_char(&b, 'c');
	assert_int_equal(b.len, 2004);
	assert_memory_equal(b.at + 2000, "a\0bc", 4);
	assert_memory_equal(b.at, "0,1,2,", 6);
	text = buf_take(&b);
	assert_int_equal(text[2004], '\0');
	assert_int_equal(b.len, 0);
	free(text);
	assert_string_equal(buf_text(&b), "");
	buf_free(&b);
}

static void
mem_grow_keeps_the_elements(void **state)
{
	uint32_t *numbers = NULL;
	size_t cap = 0;

	(void)state;
	for (uint32_t i = 0; i < 1000; i++) {
		numbers = mem_grow(numbers, i, &cap, sizeof *numbers);
		numbers[i] = i;
	}
	for (uint32_t i = 0; i < 1000; i++)
		assert_int_equal(numbers[i], i);
	free(numbers);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(error_text_is_cut_between_characters),
		cmocka_unit_test(error_set_returns_the_status_and_may_have_no_taker),
		cmocka_unit_test(buf_keeps_what_was_added_in_order),
		cmocka_unit_test(mem_grow_keeps_the_elements),
	};

	return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
