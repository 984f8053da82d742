#include <stdlib.h>
#include <string.h>

#include "data/report.h"
#include "support/test.h"

/* A report as text: lines "3:12", partial ones "3:12~"; arms "b3.0 else=1" and anonymous ones "b3.0 1/2";
 * functions "f main 3-9=1". */
static const char *
text_of(const struct report *r)
{
	static struct buf out;

	buf_reset(&out);
	for (size_t i = 0; i < r->line_count; i++)
		buf_addf(&out, "%u:%llu%s ", r->lines[i].line, (unsigned long long)r->lines[i].hits,
			 report_is_partial(r, &r->lines[i]) ? "~" : "");
	for (size_t i = 0; i < r->branch_count; i++) {
		const struct report_branch *b = &r->branches[i];

		buf_addf(&out, "b%u.%u.%u ", b->line, b->group, b->arm);
		if ((b->flags & REPORT_ANONYMOUS) != 0)
			buf_addf(&out, "%llu/%u ", (unsigned long long)b->taken, b->arms);
		else
			buf_addf(&out, "%s=%llu%s ", report_text(r, b->label),
				 (unsigned long long)b->taken,
				 (b->flags & REPORT_NEVER) != 0 ? "?" : "");
	}
	for (size_t i = 0; i < r->function_count; i++)
		buf_addf(&out, "f%s %u-%u=%llu ", report_text(r, r->functions[i].name),
			 r->functions[i].first, r->functions[i].last,
			 (unsigned long long)r->functions[i].hits);
	return buf_text(&out);
}

static void
lines_follow_the_rule(void **state)
{
	struct report r = { .rule = REPORT_SUM };

	(void)state;
	report_add_line(&r, 5, 2, 0);
	report_add_line(&r, 3, 1, 0);
	report_add_line(&r, 5, 0, REPORT_PARTIAL);
	report_add_line(&r, 0, 1, 0);
	report_add_line(&r, (uint64_t)LINE_SET_MAX + 1, 1, 0);
	report_add_line(&r, UINT64_MAX, 1, 0);
	report_add_line(&r, 3, UINT64_MAX, 0);
	report_finish(&r);
	assert_string_equal(text_of(&r), "3:18446744073709551615 5:2~ ");
	report_free(&r);

	r.rule = REPORT_MAX;
	report_add_line(&r, 5, 2, 0);
	report_add_line(&r, 5, 7, 0);
	report_add_line(&r, 5, 3, 0);
	report_finish(&r);
	assert_string_equal(text_of(&r), "5:7 ");
	report_free(&r);
}

static void
arms_are_told_apart_by_group_and_label(void **state)
{
	struct report r = { .rule = REPORT_SUM };

	(void)state;
	report_add_line(&r, 4, 1, 0);
	report_add_branch(&r, 4, 1, SPAN("then"), 2, 0);
	report_add_branch(&r, 4, 1, SPAN("else"), 0, REPORT_NEVER);
	report_add_branch(&r, 4, 0, SPAN("a"), 1, 0);
	report_add_branch(&r, 4, 0, SPAN("b"), 0, 0);
	report_add_branch(&r, 4, 0, SPAN("a"), 3, 0);
	report_add_branch(&r, 0, 0, SPAN("a"), 3, 0);
	report_finish(&r);
	assert_string_equal(text_of(&r),
			    "4:1~ b4.0.0 a=4 b4.0.1 b=0 b4.1.0 then=2 b4.1.1 else=0? ");
	/* More of the same, and what was never evaluated is. */
	report_add_branch(&r, 4, 1, SPAN("else"), 0, 0);
	report_add_branch(&r, 4, 0, SPAN("c"), 9, 0);
	report_finish(&r);
	assert_string_equal(text_of(&r), "4:1~ b4.0.0 a=4 b4.0.1 b=0 b4.0.2 c=9 b4.1.0 then=2 "
					 "b4.1.1 else=0 ");
	report_free(&r);
}

static void
arms_without_names_keep_the_better_count(void **state)
{
	struct report r = { 0 };

	(void)state;
	report_add_arms(&r, 2, 0, 1, 2);
	report_add_arms(&r, 2, 0, 2, 2);
	report_add_arms(&r, 2, 0, 0, 2);
	report_add_arms(&r, 3, 0, 3, 4);
	report_add_arms(&r, 3, 0, 1, 6);
	report_add_arms(&r, 4, 0, 9, 4);
	report_add_arms(&r, 5, 0, 0, 0);
	report_finish(&r);
	assert_string_equal(text_of(&r), "b2.0.0 2/2 b3.0.0 1/6 b4.0.0 4/4 ");
	assert_int_equal(report_branch_missed(&r.branches[1]), 5);
	report_free(&r);
}

static void
an_arm_that_is_alone_says_nothing(void **state)
{
	struct report r = { 0 };

	(void)state;
	report_add_line(&r, 2, 1, 0);
	report_add_branch(&r, 2, 0, SPAN("0"), 0, REPORT_ALONE);
	report_finish(&r);
	assert_string_equal(text_of(&r), "2:1 b2.0.0 0=0 ");
	report_free(&r);
}

static void
functions_are_one_by_name_and_line(void **state)
{
	struct report r = { .rule = REPORT_SUM };

	(void)state;
	report_add_function(&r, SPAN("g"), 9, 0, 1);
	report_add_function(&r, SPAN("f"), 3, 0, 1);
	report_add_function(&r, SPAN("f"), 3, 7, 2);
	report_add_function(&r, SPAN("f"), 5, 4, 0);
	report_add_function(&r, SPAN("none"), 0, 4, 0);
	report_finish(&r);
	assert_string_equal(text_of(&r), "ff 3-7=3 ff 5-0=0 fg 9-0=1 ");
	report_free(&r);
}

static struct report
sample(uint64_t third, const char *label, uint64_t taken)
{
	struct report r = { .rule = REPORT_MAX, .has_counts = true };

	report_add_line(&r, 3, third, 0);
	report_add_branch(&r, 3, 0, span_of(label), taken, 0);
	report_finish(&r);
	return r;
}

static void
two_reports_are_united(void **state)
{
	struct report a = sample(2, "x", 1), b = sample(5, "y", 0), c = sample(5, "x", 4);

	(void)state;
	report_add_line(&b, 9, 0, 0);
	report_add_excluded(&b, 10);
	report_finish(&b);
	report_unite(&a, &b, REPORT_SUM);
	assert_string_equal(text_of(&a), "3:7~ 9:0 b3.0.0 x=1 b3.0.1 y=0 ");
	assert_true(line_set_has(&a.excluded, 10));
	assert_true(a.has_counts);
	report_unite(&a, &c, REPORT_MAX);
	assert_string_equal(text_of(&a), "3:7~ 9:0 b3.0.0 x=4 b3.0.1 y=0 ");
	assert_int_equal(a.rule, REPORT_MAX);
	assert_false(report_equal(&a, &b));
	report_free(&a);
	report_free(&b);
	report_free(&c);
}

static void
equal_is_what_says_the_same(void **state)
{
	struct report a = sample(2, "x", 1), b = sample(2, "x", 1), c = sample(2, "z", 1),
		      d = sample(3, "x", 1);

	(void)state;
	assert_true(report_equal(&a, &b));
	assert_false(report_equal(&a, &c));
	assert_false(report_equal(&a, &d));
	report_add_excluded(&b, 1);
	assert_false(report_equal(&a, &b));
	report_free(&a);
	report_free(&b);
	report_free(&c);
	report_free(&d);
}

static void
texts_end_at_a_nul(void **state)
{
	struct report r = { 0 };

	(void)state;
	report_add_branch(&r, 1, 0, (struct span){ "ab\0cd", 5 }, 1, 0);
	report_add_branch(&r, 1, 1, SPAN(""), 1, 0);
	report_finish(&r);
	assert_string_equal(text_of(&r), "b1.0.0 ab=1 b1.1.0 =1 ");
	report_free(&r);
}

/* By one format an "if" and its "else", by another so many of so many. */
static void
branches_of_two_formats_are_told_once(void **state)
{
	static const struct {
		uint64_t first, second, taken, total;
		const char *want;
	} cases[] = {
		{1,  0, 1, 2, "3:1~ b3.0.0 if=1 b3.0.1 else=0 "},
		{ 1, 0, 2, 2, "3:1 b3.0.0 2/2 "                },
		{ 1, 1, 0, 2, "3:1 b3.0.0 if=1 b3.0.1 else=1 " },
		{ 1, 0, 4, 4, "3:1~ b3.0.0 if=1 b3.0.1 else=0 "},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct report into = { 0 }, more = { 0 };

		report_add_line(&into, 3, 1, 0);
		report_add_branch(&into, 3, 0, SPAN("if"), cases[i].first, 0);
		report_add_branch(&into, 3, 0, SPAN("else"), cases[i].second, 0);
		report_finish(&into);
		report_add_line(&more, 3, 1, 0);
		report_add_arms(&more, 3, 0, cases[i].taken, cases[i].total);
		report_finish(&more);
		report_unite(&into, &more, REPORT_MAX);
		assert_string_equal(text_of(&into), cases[i].want);
		report_free(&into);
		report_free(&more);
	}
}

static void
what_is_excluded_is_gone(void **state)
{
	static const struct {
		uint32_t first, last;
		const char *want;
	} cases[] = {
		{9,  9,            "2:1~ 4:0 5:7~ b2.0.0 then=1 b2.0.1 else=0 b5.0.0 then=0 b5.0.1 else=3 "},
		{ 3, 4,            "2:1 5:7~ b2.0.0 then=1 b5.0.0 then=0 b5.0.1 else=3 "                   },
		{ 5, LINE_SET_MAX, "2:1~ 4:0 b2.0.0 then=1 b2.0.1 else=0 "                                 },
		{ 1, LINE_SET_MAX, ""								      },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct report r = { 0 };

		report_add_line(&r, 2, 1, 0);
		report_add_line(&r, 4, 0, 0);
		report_add_line(&r, 5, 7, 0);
		report_add_branch(&r, 2, 0, SPAN("then"), 1, 0);
		report_add_branch(&r, 2, 0, SPAN("else"), 0, 0);
		report_place_branch(&r, 4, 4);
		report_add_branch(&r, 5, 0, SPAN("then"), 0, 0);
		report_place_branch(&r, 0, 9);
		report_add_branch(&r, 5, 0, SPAN("else"), 3, 0);
		report_place_branch(&r, 7, 6);
		report_finish(&r);
		report_exclude(&r, cases[i].first, cases[i].last);
		assert_string_equal(text_of(&r), cases[i].want);
		for (uint32_t line = 1; line < 6; line++)
			assert_int_equal(line_set_has(&r.excluded, line),
					 line != 1 && line != 3 && line >= cases[i].first &&
						 line <= cases[i].last);
		report_free(&r);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_follow_the_rule),
		cmocka_unit_test(arms_are_told_apart_by_group_and_label),
		cmocka_unit_test(arms_without_names_keep_the_better_count),
		cmocka_unit_test(an_arm_that_is_alone_says_nothing),
		cmocka_unit_test(functions_are_one_by_name_and_line),
		cmocka_unit_test(two_reports_are_united),
		cmocka_unit_test(equal_is_what_says_the_same),
		cmocka_unit_test(texts_end_at_a_nul),
		cmocka_unit_test(branches_of_two_formats_are_told_once),
		cmocka_unit_test(what_is_excluded_is_gone),
	};

	return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
