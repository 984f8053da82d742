#include <string.h>

#include "server/methods.h"
#include "support/test.h"

static void
rows_are_in_order(void **state)
{
	(void)state;
	assert_true(server_methods.count > 10);
	for (size_t i = 1; i < server_methods.count; i++)
		assert_true(strcmp(server_methods.rows[i - 1].name, server_methods.rows[i].name) <
			    0);
}

static void
each_row_has_one_handler_and_a_phase(void **state)
{
	(void)state;
	for (size_t i = 0; i < server_methods.count; i++) {
		assert_true((server_methods.rows[i].request == NULL) !=
			    (server_methods.rows[i].notify == NULL));
		assert_true((server_methods.rows[i].phases & RPC_ANY) != 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_in_order),
		cmocka_unit_test(each_row_has_one_handler_and_a_phase),
	};

	return cmocka_run_group_tests_name("methods", tests, NULL, NULL);
}
