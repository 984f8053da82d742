/*
 * Any bytes as a Python source: the result is the same whole and cut in two, and it makes sense.
 * The first byte chooses the Python version and where to cut.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "python/exclude.h"
#include "python/pylines.h"

static void
require(bool ok)
{
	if (!ok)
		abort();
}

static void
check_lines(const struct py_lines *lines)
{
	for (uint32_t n = 1; n <= lines->count; n++) {
		uint32_t first = py_lines_first(lines, n);
		unsigned flags = py_lines_flags(lines, n);

		require(first >= 1 && first <= n);
		require(py_lines_first(lines, first) == first);
		require(first == n || py_lines_first(lines, n - 1) == first);
		require((flags & ~(unsigned)(PY_STATEMENT | PY_EXCLUDED | PY_DOCSTRING)) == 0);
		if ((flags & PY_STATEMENT) != 0)
			require(first == n && (flags & (PY_EXCLUDED | PY_DOCSTRING)) == 0);
	}
}

static uint32_t
count_lines(struct span text)
{
	uint32_t count = 0;

	for (size_t i = 0; i < text.len; i++) {
		bool in_pair = text.at[i] == '\r' && i + 1 < text.len && text.at[i + 1] == '\n';
		bool ends = text.at[i] == '\n' || text.at[i] == '\r' || i + 1 == text.len;

		count += ends && !in_pair;
	}
	return count;
}

static void
check_text(struct span text, uint8_t choice)
{
	struct line_set matched = { 0 };
	struct py_options options = { .matched = &matched };
	struct py_lines whole = { 0 }, pieces = { 0 };
	struct error err = { 0 }, pieces_err = { 0 };
	enum status status, pieces_status;
	struct py_reader r;
	size_t cut;

	options.minor = 10 + choice % 5;
	cut = (choice / 5u) * text.len / 51;
	if (cut > text.len)
		cut = text.len;
	py_exclude_defaults(&matched, text);
	status = py_lines_read(&whole, text, &options, &err);
	py_reader_init(&r, &pieces, &options);
	py_reader_feed(&r, span_cut(text, 0, cut));
	py_reader_feed(&r, span_cut(text, cut, text.len));
	pieces_status = py_reader_finish(&r, &pieces_err);
	require(status == pieces_status && err.line == pieces_err.line);
	require(strcmp(err.text, pieces_err.text) == 0);
	require(whole.count == pieces.count);
	require(whole.count == 0 ||
		memcmp(whole.info + 1, pieces.info + 1, whole.count * sizeof *whole.info) == 0);
	require(whole.excluded_past_end == pieces.excluded_past_end);
	if (status == STATUS_OK) {
		require(whole.count == count_lines(text));
		check_lines(&whole);
	} else {
		require(whole.count == 0 && err.line >= 1);
	}
	py_lines_free(&whole);
	py_lines_free(&pieces);
	line_set_free(&matched);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 0)
		check_text((struct span){ (const char *)data + 1, size - 1 }, data[0]);
	return 0;
}
