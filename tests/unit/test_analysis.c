#include "coverage/subject.h"
#include "support/test.h"

static const char text[] = "def f(x):\n\tif x:\n\t\treturn 1\n\treturn (2,\n\t\t3)\n";

static struct subject
subject_of(const char *now)
{
	struct subject s = { .is_python = true };

	subject_read_text(&s, span_of(now));
	return s;
}

static void
it_is_what_reading_at_once_gives(void **state)
{
	struct subject at_once = subject_of(text), later = { .is_python = true };
	struct analysis a;

	(void)state;
	subject_begin_analysis(&later, &a);
	assert_false(later.understood);
	analysis_run(&a, span_of(text));
	assert_true(subject_take_analysis(&later, &a));
	analysis_free(&a);

	assert_true(later.understood && later.was_read);
	assert_int_equal(later.lines.count, at_once.lines.count);
	for (uint32_t n = 1; n <= at_once.lines.count; n++)
		assert_int_equal(later.lines.info[n], at_once.lines.info[n]);
	assert_int_equal(later.lines.regions.count, 1);
	subject_free(&at_once);
	subject_free(&later);
}

static void
what_an_edit_has_overtaken_is_dropped(void **state)
{
	static const struct doc_change edit = { .first = 2, .removed = 0, .inserted = 1 };
	struct subject s = subject_of(text);
	struct analysis a;
	uint32_t before = s.lines.count;

	(void)state;
	subject_begin_analysis(&s, &a);
	analysis_run(&a, span_of("x = 1\n"));
	subject_edited(&s, &edit);
	assert_false(subject_take_analysis(&s, &a));
	assert_false(s.understood);
	assert_int_equal(s.lines.count, before);
	analysis_free(&a);
	subject_free(&s);
}

/* While the text is as it was read, hovers need the old result; so it stays until the new one is there. */
static void
an_old_result_stays_as_long_as_it_is_true(void **state)
{
	struct subject s = subject_of(text);
	struct analysis a;

	(void)state;
	subject_begin_analysis(&s, &a);
	assert_true(s.understood);
	assert_int_equal(py_lines_last(&s.lines, 4), 5);
	analysis_run(&a, span_of(text));
	assert_true(subject_take_analysis(&s, &a));
	assert_int_equal(py_lines_last(&s.lines, 4), 5);
	analysis_free(&a);
	subject_free(&s);
}

/* Run 1 is not wanted, so its map stays. */
static void
lines_of_runs_are_found_in_the_text(void **state)
{
	struct line_hashes ran = { 0 };
	struct line_map map = { 0 }, other = { 0 };
	struct analysis a = { .is_python = false };

	(void)state;
	line_map_identity(&other, 7);
	line_hashes_add_text(&ran, SPAN("a\nb\nc\n"));
	analysis_add_run(&a, &ran);
	analysis_add_run(&a, NULL);
	line_hashes_free(&ran);
	analysis_run(&a, SPAN("new\na\nc\n"));
	analysis_take_map(&a, 0, &map);
	analysis_take_map(&a, 1, &other);
	analysis_take_map(&a, 2, &other);
	assert_int_equal(line_map_origin(&map, 1), LINE_MAP_NONE);
	assert_int_equal(line_map_origin(&map, 2), 1);
	assert_int_equal(line_map_origin(&map, 3), 3);
	assert_int_equal(other.lines, 7);
	line_map_free(&map);
	line_map_free(&other);
	analysis_free(&a);
}

static void
a_text_that_is_no_python_says_why(void **state)
{
	struct analysis a = { .is_python = true };

	(void)state;
	analysis_run(&a, SPAN("x = 1\ny = 'open\n"));
	assert_false(a.understood);
	assert_int_equal(a.parse_error.line, 2);
	analysis_run(&a, SPAN("x = 1\n"));
	assert_true(a.understood);
	assert_int_equal(a.parse_error.status, STATUS_OK);
	analysis_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_what_reading_at_once_gives),
		cmocka_unit_test(what_an_edit_has_overtaken_is_dropped),
		cmocka_unit_test(an_old_result_stays_as_long_as_it_is_true),
		cmocka_unit_test(lines_of_runs_are_found_in_the_text),
		cmocka_unit_test(a_text_that_is_no_python_says_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
