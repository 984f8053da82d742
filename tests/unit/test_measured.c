#include "coverage/changed_files.h"
#include "support/test.h"

/* What was found before somebody stopped it may be less than there is: it is no answer, not even "nothing". */
static void
what_was_stopped_has_no_answer(void **state)
{
	struct progress progress = { 0 };
	struct text_list roots = { 0 };
	struct measured_wishes wishes = {
		.folder = "/nonexistent/project",
		.any = "/nonexistent/project/any",
		.search = {.roots = &roots, .progress = &progress},
	};
	struct searcher *searcher = searcher_open();
	struct changed_files changed = { 0 };
	struct measured measured = { 0 };
	struct error err = { 0 };

	(void)state;
	assert_int_equal(measured_find(&measured, searcher, &wishes, &err), STATUS_OK);
	assert_int_equal(changed_files_find(&changed, searcher, &wishes, &err), STATUS_EMPTY);
	progress_stop(&progress);
	measured_free(&measured);
	changed_files_free(&changed);
	assert_int_equal(measured_find(&measured, searcher, &wishes, &err), STATUS_STOPPED);
	assert_string_equal(err.text, "looking at the project was stopped");
	assert_int_equal(changed_files_find(&changed, searcher, &wishes, &err), STATUS_STOPPED);
	measured_free(&measured);
	changed_files_free(&changed);
	searcher_close(searcher);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_stopped_has_no_answer),
	};

	return cmocka_run_group_tests_name("measured", tests, NULL, NULL);
}
