#include "nocov.h"

#include <string.h>

#include "data/report.h"
#include "text/doc_text.h"

static struct span
skip_space(struct span line)
{
	while (line.len > 0 && strchr(" \t\f\v\r", *line.at) != NULL && *line.at != '\0')
		span_skip(&line, 1);
	return line;
}

static bool
is_mark(struct span line)
{
	line = skip_space(line);
	if (line.len == 0 || *line.at != '#')
		return false;
	span_skip(&line, 1);
	return span_starts(skip_space(line), SPAN(":nocov:"));
}

void
nocov_exclude(struct data_query *data, const char *format, struct span text)
{
	struct span rest = text, line;
	uint32_t first = 0;

	if (data->report == NULL || format == NULL || strcmp(format, "SimpleCov") != 0)
		return;
	for (uint32_t n = 1; doc_text_take_line(&rest, &line); n++) {
		if (!is_mark(line))
			continue;
		if (first != 0)
			report_exclude(data->report, first, n);
		first = first == 0 ? n : 0;
	}
	if (first != 0)
		report_exclude(data->report, first, LINE_SET_MAX);
}
