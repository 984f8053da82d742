#include <stdlib.h>
#include <string.h>

#include "config/options.h"
#include "support/test.h"

static void
defaults_environment_and_editor_in_that_order(void **state)
{
	struct options o;
	struct error err = { 0 };

	(void)state;
	unsetenv("COVERAGE_FILE");
	options_init(&o);
	assert_null(o.data_file);
	assert_int_equal(o.diagnostics_severity, SEVERITY_HINT);
	options_free(&o);

	setenv("COVERAGE_FILE", "/tmp/env", 1);
	options_init(&o);
	assert_string_equal(o.data_file, "/tmp/env");
	assert_int_equal(o.origins[OPTION_DATA_FILE], ORIGIN_ENVIRONMENT);
	assert_int_equal(options_set(&o, OPTION_DATA_FILE, SPAN("cov"), ORIGIN_EDITOR, &err),
			 STATUS_OK);
	assert_string_equal(o.data_file, "cov");
	/* A weaker origin changes nothing. */
	options_set(&o, OPTION_DATA_FILE, SPAN("weak"), ORIGIN_ENVIRONMENT, &err);
	assert_string_equal(o.data_file, "cov");
	options_set(&o, OPTION_DATA_FILE, SPAN(""), ORIGIN_EDITOR, &err);
	assert_null(o.data_file);
	assert_int_equal(o.origins[OPTION_DATA_FILE], ORIGIN_DEFAULT);
	options_free(&o);
	unsetenv("COVERAGE_FILE");
}

static void
a_wrong_choice_is_told_and_changes_nothing(void **state)
{
	struct options o;
	struct error err = { 0 };

	(void)state;
	options_init(&o);
	options_set(&o, OPTION_DIAGNOSTICS_SEVERITY, SPAN("error"), ORIGIN_EDITOR, &err);
	assert_int_equal(o.diagnostics_severity, SEVERITY_ERROR);
	assert_int_equal(
		options_set(&o, OPTION_DIAGNOSTICS_SEVERITY, SPAN("loud"), ORIGIN_EDITOR, &err),
		STATUS_USAGE);
	assert_int_equal(o.diagnostics_severity, SEVERITY_ERROR);
	assert_non_null(strstr(err.text, "diagnostics.severity"));
	assert_non_null(strstr(err.text, "loud"));
	assert_non_null(strstr(err.text, "information"));
	/* A choice must be whole. */
	assert_int_equal(
		options_set(&o, OPTION_DIAGNOSTICS_SEVERITY, SPAN("err"), ORIGIN_EDITOR, &err),
		STATUS_USAGE);
	options_set(&o, OPTION_DIAGNOSTICS_SEVERITY, SPAN("off"), ORIGIN_EDITOR, &err);
	assert_int_equal(o.diagnostics_severity, SEVERITY_OFF);
	options_free(&o);
}

static void
a_text_of_the_wrong_form_is_told_and_changes_nothing(void **state)
{
	struct options o;
	struct error err = { 0 };

	(void)state;
	options_init(&o);
	assert_null(o.python_version);
	assert_int_equal(options_set(&o, OPTION_PYTHON_VERSION, SPAN("3.12"), ORIGIN_EDITOR, &err),
			 STATUS_OK);
	assert_int_equal(
		options_set(&o, OPTION_PYTHON_VERSION, SPAN("newest"), ORIGIN_EDITOR, &err),
		STATUS_USAGE);
	assert_string_equal(o.python_version, "3.12");
	assert_string_equal(err.text,
			    "pythonVersion: 'newest' is not a version of Python such as 3.12");
	assert_int_equal(options_set(&o, OPTION_PYTHON_VERSION, SPAN(""), ORIGIN_EDITOR, &err),
			 STATUS_OK);
	assert_null(o.python_version);
	options_free(&o);
}

static void
mappings_are_a_list(void **state)
{
	struct options o;
	struct path_mappings list = { 0 };
	struct error err = { 0 };

	(void)state;
	options_init(&o);
	assert_int_equal(o.path_mappings.count, 0);
	/* Texts of one origin add up; the first of a stronger one begins anew. */
	options_set(&o, OPTION_PATH_MAPPINGS, SPAN("/ci=a"), ORIGIN_EDITOR, &err);
	options_set(&o, OPTION_PATH_MAPPINGS, SPAN("=b=c"), ORIGIN_EDITOR, &err);
	assert_int_equal(o.path_mappings.count, 2);
	assert_string_equal(o.path_mappings.at[0].from, "/ci");
	assert_string_equal(o.path_mappings.at[0].to, "a");
	assert_string_equal(o.path_mappings.at[1].from, "");
	assert_string_equal(o.path_mappings.at[1].to, "b=c");
	assert_int_equal(options_set(&o, OPTION_PATH_MAPPINGS, SPAN("/ci="), ORIGIN_EDITOR, &err),
			 STATUS_USAGE);
	assert_string_equal(err.text, "pathMappings: '/ci=' is not a mapping FROM=TO");
	assert_int_equal(options_set(&o, OPTION_PATH_MAPPINGS, SPAN("x"), ORIGIN_EDITOR, &err),
			 STATUS_USAGE);
	assert_int_equal(o.path_mappings.count, 2);
	options_set(&o, OPTION_PATH_MAPPINGS, SPAN("C:\\x=y"), ORIGIN_COMMAND_LINE, &err);
	assert_int_equal(o.path_mappings.count, 1);
	assert_string_equal(o.path_mappings.at[0].from, "C:\\x");
	/* A list is taken as a whole, unless the origin is weaker. */
	path_mappings_add(&list, SPAN("f"), SPAN("t"));
	options_set_mappings(&o, OPTION_PATH_MAPPINGS, &list, ORIGIN_EDITOR);
	assert_string_equal(o.path_mappings.at[0].to, "y");
	options_set_mappings(&o, OPTION_PATH_MAPPINGS, &list, ORIGIN_COMMAND_LINE);
	assert_string_equal(o.path_mappings.at[0].to, "t");
	options_set(&o, OPTION_PATH_MAPPINGS, SPAN(""), ORIGIN_COMMAND_LINE, &err);
	assert_int_equal(o.path_mappings.count, 0);
	assert_int_equal(o.origins[OPTION_PATH_MAPPINGS], ORIGIN_DEFAULT);
	path_mappings_free(&list);
	options_free(&o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults_environment_and_editor_in_that_order),
		cmocka_unit_test(a_wrong_choice_is_told_and_changes_nothing),
		cmocka_unit_test(mappings_are_a_list),
		cmocka_unit_test(a_text_of_the_wrong_form_is_told_and_changes_nothing),
	};

	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
