/*
 * Any bytes as a Python source: the result, arcs included, is the same whole and cut in two, the second part
 * in small pieces, so that no token of it is left out; and it makes sense.
 * The first byte chooses the Python version and where to cut.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "python/exclude.h"
#include "python/pylines.h"

#define PIECE 16

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

static bool
is_first_line(const struct py_lines *lines, uint32_t line)
{
	return line >= 1 && line <= lines->count && py_lines_first(lines, line) == line;
}

/* An arc starts on a line with code and leads to another one, or out of a code object; in a module
 * without any statement there is one all the same. */
static void
check_arcs(const struct py_lines *lines)
{
	const struct arc_list *arcs = &lines->arcs.possible;
	bool empty = arcs->count == 1 && arcs->at[0].from == 1 && arcs->at[0].to == -1;

	require(!lines->arcs.doubtful);
	for (size_t i = 0; i < arcs->count; i++) {
		struct arc arc = arcs->at[i], before = arcs->at[i > 0 ? i - 1 : 0];

		require(i == 0 || before.from < arc.from ||
			(before.from == arc.from && before.to < arc.to));
		require(arc.from > 0 && arc.to != 0 && arc.from != arc.to);
		require(empty || is_first_line(lines, (uint32_t)arc.from));
		require(empty || arc.to == -1 ||
			is_first_line(lines, (uint32_t)(arc.to < 0 ? -arc.to : arc.to)));
	}
}

/* A branch has a cause that can be told, and repairs are sorted and go from a `with` on. */
static void
check_texts(const struct py_lines *lines, struct span text)
{
	struct buf out = { 0 };

	for (size_t i = 0; i < lines->arcs.possible.count && i < 64; i++) {
		py_arc_describe_missing(lines, text, lines->arcs.possible.at[i], &out);
		require(out.len > 0);
		buf_reset(&out);
	}
	for (size_t i = 0; i < lines->arcs.fix_count; i++) {
		const struct py_with_fix *fix = &lines->arcs.fixes[i];

		require(fix->exit.to == fix->next.from);
		require(i == 0 || fix[-1].exit.from < fix->exit.from ||
			(fix[-1].exit.from == fix->exit.from && fix[-1].exit.to < fix->exit.to));
	}
	buf_free(&out);
}

/* Executing what is possible gives nothing that isn't a pair of first lines. */
static void
check_executed(const struct py_lines *lines)
{
	struct arc_list measured = { 0 };
	uint32_t *counts = calloc((size_t)lines->count + 1, sizeof *counts);
	size_t total = 0;

	for (uint32_t n = 1; n < lines->count; n++) {
		arc_list_add(&measured, (int32_t)n, (int32_t)n + 1);
		arc_list_add(&measured, (int32_t)n + 1, (int32_t)(n / 2 + 1));
	}
	py_arcs_execute(lines, &measured);
	for (size_t i = 0; i < measured.count; i++)
		require(measured.at[i].from != 0 && measured.at[i].to != 0);
	py_arcs_count_exits(lines, counts);
	for (uint32_t n = 1; n <= lines->count; n++) {
		total += counts[n];
		require(counts[n] == 0 || (py_lines_flags(lines, n) & PY_EXCLUDED) == 0);
	}
	require(total <= lines->arcs.possible.count);
	free(counts);
	arc_list_free(&measured);
}

static bool
same_arcs(const struct arc_list *a, const struct arc_list *b)
{
	return a->count == b->count &&
	       (a->count == 0 || memcmp(a->at, b->at, a->count * sizeof *a->at) == 0);
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
	struct py_options options = { .matched = &matched, .want = PY_WANT_ARCS };
	struct py_lines whole = { 0 }, pieces = { 0 };
	struct error err = { 0 }, pieces_err = { 0 };
	enum status status, pieces_status;
	struct py_reader r;
	size_t cut;

	options.minor = 10 + choice % 5;
	if (choice % 2 != 0)
		options.want |= PY_WANT_REGIONS;
	cut = (choice / 5u) * text.len / 51;
	if (cut > text.len)
		cut = text.len;
	py_exclude_defaults(&matched, text);
	status = py_lines_read(&whole, text, &options, &err);
	py_reader_init(&r, &pieces, &options);
	py_reader_feed(&r, span_cut(text, 0, cut));
	for (; cut < text.len; cut += PIECE)
		py_reader_feed(
			&r, span_cut(text, cut, text.len - cut < PIECE ? text.len : cut + PIECE));
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
		check_arcs(&whole);
		check_texts(&whole, text);
		check_executed(&whole);
		require(pieces.arcs.doubtful ||
			same_arcs(&whole.arcs.possible, &pieces.arcs.possible));
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
