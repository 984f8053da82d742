/*
 * Go's cover profiles, as golang.org/x/tools/cover and cmd/cover of Go 1.19 to 1.27 describe them:
 * "mode: set|count|atomic", then a line "NAME:l0.c0,l1.c1 STATEMENTS COUNT" for each block.
 *
 * The name may hold anything: a line is read from its last colon. Blocks of a file need not stand
 * together; a section is a run of lines of one name, its kind the number of its first line. The same
 * block may come again (-coverpkg): its counts are added up or, in mode set, any is enough. So the
 * blocks of one file are kept until all are there, and only then turned into lines.
 *
 * Columns count bytes from 1, and the end of a block is exclusive. Which of a block's lines hold code
 * of it cannot be seen without the source, so it is told by the columns; see find_lines().
 */
#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"

#include "formats.h"
#include "reader.h"
#include "record.h"

/* The most lines that the blocks of one file may cover: a few bytes could else stand for millions. */
#define LINES_MAX 2000000u

/* In gofmt's layout, with a tab a level: no head of a block ("func f() {", "case x:", "} else {") is
 * shorter than this, and code seven levels deep still begins before it. */
#define HEAD_COLUMN 9
/* No end of code before a brace ("switch {") or of a statement that ends a block ("break") is before
 * this, and a closing brace six levels deep is. */
#define TAIL_COLUMN 8

/* The note of the index. */
enum go_mode { MODE_NONE, MODE_SET, MODE_COUNT, MODE_ATOMIC };

struct go_index {
	struct index_builder *builder;
	struct record_reader lines;
	enum go_mode mode;
	struct buf path; /* of the run of lines that is open; empty: none is */
	uint32_t name, start_line;
	uint64_t start;
};

static_assert(sizeof(struct go_index) <= 256, "the index machine of Go's profiles is small");

static void
go_index_open(void *state, struct index_builder *builder)
{
	((struct go_index *)state)->builder = builder;
}

static enum go_mode
find_mode(struct span word)
{
	return span_equal(word, SPAN("set"))      ? MODE_SET
	       : span_equal(word, SPAN("count"))  ? MODE_COUNT
	       : span_equal(word, SPAN("atomic")) ? MODE_ATOMIC
						  : MODE_NONE;
}

static bool
lose(const struct go_index *x, struct span line, const char *text, struct reader_fault *fault)
{
	return record_set_fault(&x->lines, 1, line, line.at, text, fault);
}

/* Ends the run of lines that is open at the line that was handed out last. */
static void
close_run(struct go_index *x, uint64_t end)
{
	if (x->path.len > 0)
		index_section(x->builder, x->name, x->start_line, x->start, end);
	if (x->path.cap > DATA_NAME_MAX)
		buf_free(&x->path);
	buf_reset(&x->path);
}

/* "mode: count"; profiles that were put together have several. */
static bool
take_mode(struct go_index *x, struct span line, struct reader_fault *fault)
{
	struct span word = line;
	enum go_mode mode;

	span_skip(&word, 6);
	mode = find_mode(word);
	if (mode == MODE_NONE)
		return lose(x, line, "the mode is none of set, count and atomic", fault);
	/* Both are sums of counts. */
	if (x->mode != MODE_NONE && (x->mode == MODE_SET) != (mode == MODE_SET))
		return lose(x, line, "profiles of different modes were put together", fault);
	x->mode = mode;
	index_note(x->builder, mode);
	close_run(x, x->lines.start);
	return true;
}

/* What is behind the last colon, if it is made of what a block's range and numbers are made of. */
static bool
split_line(struct span line, struct span *name)
{
	size_t n = line.len;

	while (n > 0 && ((line.at[n - 1] >= '0' && line.at[n - 1] <= '9') ||
			 line.at[n - 1] == ' ' || line.at[n - 1] == ',' || line.at[n - 1] == '.'))
		n--;
	if (n < 2 || n == line.len || line.at[n - 1] != ':')
		return false;
	*name = span_cut(line, 0, n - 1);
	return true;
}

static bool
take_block_line(struct go_index *x, struct span line, struct reader_fault *fault)
{
	struct span name = line;

	if (x->lines.overlong) {
		close_run(x, x->lines.start);
		index_name(x->builder, name); /* so that it is known to be left out */
		return true;
	}
	if (!split_line(line, &name))
		return lose(x, line, "a line is neither a block nor a mode", fault);
	if (span_equal(name, buf_span(&x->path)))
		return true;
	close_run(x, x->lines.start);
	x->name = index_name(x->builder, name);
	x->start = x->lines.start;
	x->start_line = x->lines.number == UINT32_MAX ? 0 : x->lines.number;
	buf_add(&x->path, name);
	return true;
}

static bool
go_index_feed(void *state, struct span piece, struct reader_fault *fault)
{
	struct go_index *x = state;
	struct span line;

	while (record_next(&x->lines, &piece, &line)) {
		bool sound = true;

		if (span_starts(line, SPAN("mode: ")))
			sound = take_mode(x, line, fault);
		else if (line.len > 0)
			sound = take_block_line(x, line, fault);
		if (!sound)
			return false;
	}
	return true;
}

static bool
go_index_close(void *state, bool whole, struct reader_fault *fault)
{
	struct go_index *x = state;
	bool cut = record_is_cut(&x->lines);

	if (whole && !cut)
		close_run(x, x->lines.at);
	buf_free(&x->lines.held);
	buf_free(&x->path);
	if (!whole || !cut)
		return true;
	if (x->lines.number < UINT32_MAX)
		fault->line = x->lines.number + 1;
	return reader_set_cut(fault, x->lines.start, "the last line has no end");
}

/* ---- a file's blocks ---- */

struct go_place {
	uint32_t line, column;
};

struct go_block {
	struct go_place from, to;
	uint64_t statements, count;
};

struct go_touch {
	uint32_t line;
	uint64_t count;
};

struct go_section {
	struct report *report;
	struct record_reader lines;
	uint32_t first_line;
	bool set;
	struct go_block *blocks;
	size_t block_count, block_cap;
	struct go_touch *touched;
	size_t touch_count, touch_cap;
};

static_assert(sizeof(struct go_section) <= 256, "the section machine of Go's profiles is small");

static void
go_section_open(void *state, const struct data_index *index, struct report *report)
{
	struct go_section *s = state;

	s->report = report;
	s->set = index->note == MODE_SET;
	report->rule = REPORT_MAX;
	report->has_counts = !s->set;
}

static void
go_section_begin(void *state, const struct index_section *section)
{
	struct go_section *s = state;

	s->first_line = section->kind;
	s->lines.at = 0;
	s->lines.number = 0;
}

static bool
take_small(struct span *rest, uint32_t *n)
{
	uint64_t number;
	bool found = record_take_number(rest, &number);

	*n = number > UINT32_MAX ? UINT32_MAX : (uint32_t)number;
	return found;
}

static bool
take_place(struct span *rest, struct go_place *place)
{
	return take_small(rest, &place->line) && record_take(rest, '.') &&
	       take_small(rest, &place->column);
}

static bool
take_block(struct span *rest, struct go_block *block)
{
	return take_place(rest, &block->from) && record_take(rest, ',') &&
	       take_place(rest, &block->to) && record_take(rest, ' ') &&
	       record_take_number(rest, &block->statements) && record_take(rest, ' ') &&
	       record_take_number(rest, &block->count) && rest->len == 0;
}

static int
compare_places(struct go_place a, struct go_place b)
{
	if (a.line != b.line)
		return a.line < b.line ? -1 : 1;
	return (a.column > b.column) - (a.column < b.column);
}

static bool
read_block(struct go_section *s, struct span line, struct reader_fault *fault)
{
	struct go_block block;
	struct span rest = line, name;

	if (line.len == 0 || span_starts(line, SPAN("mode: ")))
		return true;
	if (!split_line(line, &name))
		return record_set_fault(&s->lines, s->first_line, line, line.at,
					"a line is no block", fault);
	span_skip(&rest, name.len + 1);
	if (!take_block(&rest, &block) || compare_places(block.from, block.to) > 0)
		return record_set_fault(&s->lines, s->first_line, line, rest.at,
					"a block's place, size or count is missing", fault);
	s->blocks = mem_grow(s->blocks, s->block_count, &s->block_cap, sizeof *s->blocks);
	s->blocks[s->block_count++] = block;
	return true;
}

static bool
go_section_feed(void *state, struct span piece, struct reader_fault *fault)
{
	struct go_section *s = state;
	struct span line;

	while (record_next(&s->lines, &piece, &line)) {
		if (!read_block(s, line, fault))
			return false;
	}
	return true;
}

static bool
go_section_end(void *state, struct reader_fault *fault)
{
	struct go_section *s = state;
	struct span line;

	return !record_last(&s->lines, &line) || read_block(s, line, fault);
}

static int
compare_blocks(const void *a, const void *b)
{
	const struct go_block *x = a, *y = b;
	int order = compare_places(x->from, y->from);

	return order != 0 ? order : compare_places(x->to, y->to);
}

/* Makes one of blocks with the same range. */
static void
unite_blocks(struct go_section *s)
{
	size_t kept = 0;

	if (s->block_count > 0)
		qsort(s->blocks, s->block_count, sizeof *s->blocks, compare_blocks);
	for (size_t i = 0; i < s->block_count; i++) {
		struct go_block *before = kept == 0 ? NULL : &s->blocks[kept - 1];
		const struct go_block *block = &s->blocks[i];

		if (before == NULL || compare_blocks(before, block) != 0) {
			s->blocks[kept++] = *block;
			continue;
		}
		before->count = report_add_hits(before->count, block->count);
		if (block->statements > before->statements)
			before->statements = block->statements;
	}
	s->block_count = kept;
}

/* From Go 1.2x on (seen in 1.27, not in 1.19), blocks begin at their first statement, and end before the
 * closing brace: in column 1 of its line. Up to then, they begin and end at the braces. */
static bool
is_without_braces(const struct go_section *s)
{
	for (size_t i = 0; i < s->block_count; i++) {
		if (s->blocks[i].to.column == 1 && s->blocks[i].from.line < s->blocks[i].to.line)
			return true;
	}
	return false;
}

/*
 * Which lines hold code of a block, from `first` up to and with `last`? Of one line, that. Else, where
 * blocks go from brace to brace, the line of the opening brace holds the condition before it, which is
 * another block's code, and the line of the closing one nothing: either would show as partial, or as
 * missed, what is not. An opening brace is where the block before ends, on the line where that ends,
 * or too far to the right to be the beginning of a statement. Such a block ends at the next opening
 * brace, at a statement that leaves it, or else at its closing brace, which is far to the left.
 */
static void
find_lines(const struct go_block *block, const struct go_block *before,
	   const struct go_block *behind, bool braces, uint32_t *first, uint32_t *last)
{
	bool opening;

	*first = block->from.line;
	*last = block->to.line;
	if (*first == *last)
		return;
	if (block->to.column <= 1)
		--*last;
	if (!braces)
		return;
	opening = block->from.column >= HEAD_COLUMN ||
		  (before != NULL && before->to.line == block->from.line);
	*first += opening;
	if (opening && *last == block->to.line && block->to.column < TAIL_COLUMN &&
	    (behind == NULL || compare_places(block->to, behind->from) != 0))
		--*last;
}

static bool
touch(struct go_section *s, uint32_t first, uint32_t last, uint64_t count)
{
	if (last > LINE_SET_MAX)
		last = LINE_SET_MAX;
	if (first > last)
		return true;
	if (last - first >= LINES_MAX || s->touch_count + (last - first) >= LINES_MAX)
		return false;
	for (uint32_t line = first; line <= last; line++) {
		s->touched =
			mem_grow(s->touched, s->touch_count, &s->touch_cap, sizeof *s->touched);
		s->touched[s->touch_count++] = (struct go_touch){ .line = line, .count = count };
	}
	return true;
}

static bool
touch_all(struct go_section *s)
{
	bool braces = !is_without_braces(s);

	for (size_t i = 0; i < s->block_count; i++) {
		const struct go_block *block = &s->blocks[i];
		uint32_t first, last;

		if (block->statements == 0 || compare_places(block->from, block->to) == 0)
			continue;
		find_lines(block, i == 0 ? NULL : block - 1,
			   i + 1 == s->block_count ? NULL : block + 1, braces, &first, &last);
		if (!touch(s, first, last, block->count))
			return false;
	}
	return true;
}

static int
compare_touches(const void *a, const void *b)
{
	const struct go_touch *x = a, *y = b;

	return (x->line > y->line) - (x->line < y->line);
}

/* A line ran as often as the block on it that ran most, and in part if another on it did not. */
static void
tell_lines(struct go_section *s)
{
	if (s->touch_count > 0)
		qsort(s->touched, s->touch_count, sizeof *s->touched, compare_touches);
	for (size_t i = 0; i < s->touch_count;) {
		uint32_t line = s->touched[i].line;
		uint64_t most = 0;
		bool missed = false;

		for (; i < s->touch_count && s->touched[i].line == line; i++) {
			missed = missed || s->touched[i].count == 0;
			if (s->touched[i].count > most)
				most = s->touched[i].count;
		}
		report_add_line(s->report, line, s->set && most > 0 ? 1 : most,
				most > 0 && missed ? REPORT_PARTIAL : 0);
	}
}

static bool
go_section_close(void *state, bool whole, struct reader_fault *fault)
{
	struct go_section *s = state;
	bool sound = true;

	if (whole) {
		unite_blocks(s);
		sound = touch_all(s);
		if (sound)
			tell_lines(s);
		else
			reader_set_fault(fault, 0, "its blocks cover more than %u lines",
					 LINES_MAX);
	}
	buf_free(&s->lines.held);
	free(s->blocks);
	free(s->touched);
	return sound;
}

static bool
go_sniff(struct span head)
{
	const char *end;

	while (head.len > 0 && (*head.at == '\n' || *head.at == '\r'))
		span_skip(&head, 1);
	if (!span_starts(head, SPAN("mode: ")))
		return false;
	span_skip(&head, 6);
	end = head.len == 0 ? NULL : memchr(head.at, '\n', head.len);
	if (end == NULL)
		return false;
	head.len = (size_t)(end - head.at);
	while (head.len > 0 && (head.at[head.len - 1] == '\r' || head.at[head.len - 1] == ' '))
		head.len--;
	return find_mode(head) != MODE_NONE;
}

static const struct report_reader go_reader = {
	.index_size = sizeof(struct go_index),
	.index_open = go_index_open,
	.index_feed = go_index_feed,
	.index_close = go_index_close,
	.section_size = sizeof(struct go_section),
	.section_open = go_section_open,
	.section_begin = go_section_begin,
	.section_feed = go_section_feed,
	.section_end = go_section_end,
	.section_close = go_section_close,
};

const struct data_format go_cover_format = {
	.name = "Go cover profile",
	.sniff = go_sniff,
	.detail = 55,
	.reader = &go_reader,
};
