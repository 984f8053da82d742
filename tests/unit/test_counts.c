#include <stdlib.h>

#include "base/mem.h"
#include "feature/counts.h"
#include "support/test.h"

/* Ten lines: 2 ran 12 times, 3 once, 4 never; an `if` on 2, a switch on 3, unnamed branches on 5. */
static void
make(struct subject *s, bool has_counts)
{
	struct report *r = mem_alloc(1, sizeof *r);

	*s = (struct subject){ 0 };
	r->has_counts = has_counts;
	report_add_line(r, 2, 12, 0);
	report_add_line(r, 3, 1, 0);
	report_add_line(r, 4, 0, 0);
	report_add_line(r, 5, 7, 0);
	report_add_branch(r, 2, 0, SPAN("if"), 12, 0);
	report_add_branch(r, 2, 0, SPAN("else"), 0, 0);
	report_add_branch(r, 3, 0, SPAN("case 1"), 1, 0);
	report_add_branch(r, 3, 0, SPAN("case 2"), 0, 0);
	report_add_branch(r, 3, 0, SPAN("case 3"), 0, REPORT_NEVER);
	report_add_branch(r, 3, 0, SPAN("block"), 0, REPORT_ALONE);
	report_add_arms(r, 5, 0, 1, 4);
	report_add_function(r, SPAN("pack"), 2, 4, 3);
	report_add_function(r, SPAN("idle"), 4, 4, 0);
	report_finish(r);
	s->data.report = r;
	s->data.answer = DATA_RAN;
	line_map_identity(&s->map, 10);
}

static void
expect(bool (*add)(const struct subject *, uint32_t, struct buf *), const struct subject *s,
       uint32_t line, const char *want)
{
	struct buf text = { 0 };
	bool known = add(s, line, &text);

	assert_string_equal(buf_text(&text), want);
	assert_int_equal(known, *want != '\0');
	buf_free(&text);
}

static void
what_a_report_counted_is_said_in_words(void **state)
{
	struct subject s;

	(void)state;
	make(&s, true);
	expect(counts_add_ran, &s, 1, "");
	expect(counts_add_ran, &s, 2, "ran 12 times");
	expect(counts_add_ran, &s, 3, "ran once");
	expect(counts_add_ran, &s, 4, "");
	expect(subject_add_missed_arms, &s, 2, "1 of 2 branches was not taken: else");
	expect(subject_add_missed_arms, &s, 3, "2 of 3 branches were not taken: case 2, case 3");
	expect(subject_add_missed_arms, &s, 4, "");
	expect(subject_add_missed_arms, &s, 5, "3 of 4 branches were not taken");
	expect(counts_add_function, &s, 2, "pack was called 3 times");
	expect(counts_add_function, &s, 3, "");
	expect(counts_add_function, &s, 4, "idle was never called");
	/* Lines move, and what was changed is not known. */
	line_map_edit(&s.map, 1, 0, 5);
	expect(counts_add_ran, &s, 2, "");
	expect(counts_add_ran, &s, 7, "ran 12 times");
	expect(subject_add_missed_arms, &s, 7, "1 of 2 branches was not taken: else");
	subject_free(&s);
}

static void
without_counts_only_that_it_ran(void **state)
{
	struct subject s;

	(void)state;
	make(&s, false);
	expect(counts_add_ran, &s, 2, "");
	expect(counts_add_function, &s, 2, "pack was called");
	expect(subject_add_missed_arms, &s, 5, "3 of 4 branches were not taken");
	subject_free(&s);
	/* coverage.py's own data counts nothing. */
	s = (struct subject){ 0 };
	expect(counts_add_ran, &s, 2, "");
	expect(subject_add_missed_arms, &s, 2, "");
	expect(counts_add_function, &s, 2, "");
	subject_free(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_report_counted_is_said_in_words),
		cmocka_unit_test(without_counts_only_that_it_ran),
	};

	return cmocka_run_group_tests_name("counts", tests, NULL, NULL);
}
