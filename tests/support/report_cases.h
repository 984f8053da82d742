/*
 * report_cases.h - tables of small reports and what their readers say of them, at every size of piece.
 */
#ifndef COVLS_TESTS_REPORT_CASES_H
#define COVLS_TESTS_REPORT_CASES_H

#include <stdio.h>

#include "support/report_machine.h"
#include "support/test.h"

struct report_case {
	const char *text, *want; /* `want` as report_machine_dump() writes it */
};

/* Each size of piece from 1 to all, and each share of the whole for a first piece, gives `want`; NULL: what
 * all in one piece give. */
static inline void
report_cases_check(const struct data_format *format, struct span text, const char *want)
{
	struct buf whole = { 0 };

	report_machine_dump(&whole, format, text, (struct report_machine_cut){ 0, 0 });
	if (want != NULL && strcmp(buf_text(&whole), want) != 0)
		fail_msg("of\n%.*s\ngot\n%s\nwant\n%s", (int)text.len, text.at, buf_text(&whole),
			 want);
	for (size_t step = 1; step <= text.len; step++) {
		struct buf cut = { 0 };

		report_machine_dump(&cut, format, text, (struct report_machine_cut){ 0, step });
		if (strcmp(buf_text(&whole), buf_text(&cut)) != 0)
			fail_msg("%zu bytes at a time, of\n%.*s\ngot\n%s\nwant\n%s", step,
				 (int)text.len, text.at, buf_text(&cut), buf_text(&whole));
		buf_free(&cut);
	}
	buf_free(&whole);
}

static inline void
report_cases_run(const struct data_format *format, const struct report_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++)
		report_cases_check(format, span_of(cases[i].text), cases[i].want);
}

/* A file of tests/data/reports, the caller's to free. */
static inline struct buf
report_cases_load(const char *name)
{
	struct buf text = { 0 }, path = { 0 };
	FILE *f;
	size_t n;

	buf_addf(&path, "data/reports/%s", name);
	f = fopen(buf_text(&path), "rb");
	if (f == NULL)
		fail_msg("no %s", buf_text(&path));
	do {
		n = fread(buf_room(&text, 4096), 1, 4096, f);
		text.len += n;
	} while (n > 0);
	fclose(f);
	buf_free(&path);
	return text;
}

#endif
