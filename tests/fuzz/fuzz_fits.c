/*
 * The first two bytes tell how many bytes of bitmaps follow, of lines that ran and, of a report, lines that
 * did not; the rest is a text. Nothing ran: any text fits. What fits with all that ran must fit with the same as
 * parts of a run, whose order doesn't matter.
 */
#include <stdint.h>
#include <stdlib.h>

#include "text/numbits.h"

#include "../../lsp/coverage/fits.h"

static void
require(bool held)
{
	if (!held)
		abort();
}

static void
check(struct span text, bool is_python, struct data_query *data)
{
	struct misfit why, again;
	bool fits = fits_data(text, is_python, data, &why);

	require(fits ? why.kind == MISFIT_NONE || why.kind == MISFIT_UNSURE : why.line > 0);
	data->filter = (const struct data_filter *)data; /* is not looked into */
	require(fits_data(text, is_python, data, &again) || !fits);
	require(fits || why.kind != MISFIT_ORDER || again.kind != MISFIT_ORDER);
	data->filter = NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct data_query query = { .answer = DATA_RAN }, nothing = { .answer = DATA_RAN };
	struct report report = { 0 };
	struct line_set lines = { 0 };
	struct misfit why;
	size_t ran, missed;
	struct span text;

	if (size < 2)
		return 0;
	ran = data[0] < size - 2 ? data[0] : size - 2;
	missed = data[1] < size - 2 - ran ? data[1] : size - 2 - ran;
	text = (struct span){ (const char *)data + 2 + ran + missed, size - 2 - ran - missed };
	numbits_unite(&query.ran, (struct numbits){ data + 2, ran });
	require(fits_data(text, true, &nothing, &why) && fits_data(text, false, &nothing, &why));
	check(text, true, &query);
	check(text, false, &query);
	for (uint32_t n = 0; (n = line_set_next(&query.ran, n)) != LINE_SET_END;)
		report_add_line(&report, n, 1, 0);
	numbits_unite(&lines, (struct numbits){ data + 2 + ran, missed });
	for (uint32_t n = 0; (n = line_set_next(&lines, n)) != LINE_SET_END;)
		report_add_line(&report, n, 0, 0);
	report_finish(&report);
	line_set_clear(&query.ran);
	query.report = &report;
	check(text, true, &query);
	check(text, false, &query);
	query.report = NULL;
	report_free(&report);
	line_set_free(&lines);
	data_query_free(&query);
	return 0;
}
