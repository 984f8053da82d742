#include "text/doc_text.h"

#include <stdlib.h>

/* One anchor for at least so many bytes: a scan this long costs less than a microsecond. */
#define ANCHOR_GAP_MIN 4096

/* How far a line end is looked for at first: most lines are shorter. */
#define WINDOW 256

/* Just past the next line end in `s`, or NULL if its last line has none. In growing windows, so that of
 * two kinds of ends the one that is not there is not looked for up to the end of the text. */
static const char *
after_line_end(struct span s, bool has_return)
{
	size_t window = has_return ? WINDOW : s.len, size;

	for (; s.len > 0; span_skip(&s, size), window *= 2) {
		const char *newline, *back = NULL;

		size = s.len < window ? s.len : window;
		newline = memchr(s.at, '\n', size);
		if (has_return)
			back = memchr(s.at, '\r',
				      newline == NULL ? size : (size_t)(newline - s.at));
		if (back != NULL)
			return back + 1 < s.at + s.len && back[1] == '\n' ? back + 2 : back + 1;
		if (newline != NULL)
			return newline + 1;
	}
	return NULL;
}

static bool
has_return_in(struct span s)
{
	return s.len > 0 && memchr(s.at, '\r', s.len) != NULL;
}

static uint32_t
count_line_ends(struct span s)
{
	bool has_return = has_return_in(s);
	uint32_t count = 0;
	const char *next;

	while ((next = after_line_end(s, has_return)) != NULL) {
		count++;
		span_skip(&s, (size_t)(next - s.at));
	}
	return count;
}

static void
make_anchors(struct doc_text *t)
{
	struct span all = doc_text_span(t), rest = all;
	size_t gap = all.len / (DOC_TEXT_ANCHORS / 2) + ANCHOR_GAP_MIN, due = gap;
	uint32_t line = 0;
	const char *next;

	t->anchor_count = 0;
	t->anchored_len = all.len;
	while ((next = after_line_end(rest, t->has_return)) != NULL) {
		span_skip(&rest, (size_t)(next - rest.at));
		line++;
		if ((size_t)(next - all.at) >= due && t->anchor_count < DOC_TEXT_ANCHORS) {
			t->anchors[t->anchor_count++] =
				(struct doc_anchor){ line, (size_t)(next - all.at) };
			due = (size_t)(next - all.at) + gap;
		}
	}
}

static void
keep_anchors(struct doc_text *t)
{
	if (t->anchored_len == 0 || t->bytes.len > 2 * t->anchored_len + ANCHOR_GAP_MIN)
		make_anchors(t);
}

/* The last anchor for which `is_before` holds, or the start of the text. */
static struct doc_anchor
anchor_before(const struct doc_text *t, uint32_t line, size_t offset)
{
	uint32_t low = 0, high = t->anchor_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (t->anchors[middle].line <= line && t->anchors[middle].offset <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low == 0 ? (struct doc_anchor){ 0, 0 } : t->anchors[low - 1];
}

/* Where `line` starts; false if there is no such line. */
static bool
line_start(struct doc_text *t, uint32_t line, size_t *offset)
{
	struct span all = doc_text_span(t), rest;
	struct doc_anchor near;

	keep_anchors(t);
	near = anchor_before(t, line, SIZE_MAX);
	if (t->recent.line <= line && t->recent.line > near.line)
		near = t->recent;
	rest = span_cut(all, near.offset, all.len);
	for (; near.line < line; near.line++) {
		const char *next = after_line_end(rest, t->has_return);

		if (next == NULL)
			return false;
		span_skip(&rest, (size_t)(next - rest.at));
	}
	*offset = all.len - rest.len;
	t->recent = (struct doc_anchor){ line, *offset };
	return true;
}

/* The line that `offset` lies on and where it starts. */
static struct doc_anchor
line_at(struct doc_text *t, size_t offset)
{
	struct span all = doc_text_span(t);
	struct doc_anchor near;
	const char *next;

	keep_anchors(t);
	near = anchor_before(t, UINT32_MAX, offset);
	while ((next = after_line_end(span_cut(all, near.offset, all.len), t->has_return)) !=
		       NULL &&
	       (size_t)(next - all.at) <= offset)
		near = (struct doc_anchor){ near.line + 1, (size_t)(next - all.at) };
	return near;
}

static struct span
without_line_end(struct span line)
{
	if (line.len > 0 && line.at[line.len - 1] == '\n')
		line.len--;
	if (line.len > 0 && line.at[line.len - 1] == '\r')
		line.len--;
	return line;
}

struct span
doc_text_span(const struct doc_text *t)
{
	return buf_span(&t->bytes);
}

void
doc_text_set(struct doc_text *t, struct buf *bytes)
{
	buf_free(&t->bytes);
	t->bytes = *bytes;
	*bytes = (struct buf){ 0 };
	t->has_return = has_return_in(doc_text_span(t));
	t->recent = (struct doc_anchor){ 0, 0 };
	t->anchor_count = 0;
	t->anchored_len = 0;
}

void
doc_text_free(struct doc_text *t)
{
	buf_free(&t->bytes);
	t->recent = (struct doc_anchor){ 0, 0 };
	t->anchor_count = 0;
	t->anchored_len = 0;
}

bool
doc_text_take_line(struct span *rest, struct span *line)
{
	const char *next;

	if (rest->at == NULL)
		return false;
	next = after_line_end(*rest, true);
	if (next == NULL) {
		*line = *rest;
		*rest = (struct span){ NULL, 0 };
		return true;
	}
	*line = without_line_end((struct span){ rest->at, (size_t)(next - rest->at) });
	span_skip(rest, (size_t)(next - rest->at));
	return true;
}

uint32_t
doc_text_count_lines(struct span text)
{
	return count_line_ends(text) + 1;
}

uint32_t
doc_text_lines(struct doc_text *t)
{
	return line_at(t, t->bytes.len).line + 1;
}

struct span
doc_text_line(struct doc_text *t, uint32_t line)
{
	struct span all = doc_text_span(t), rest;
	const char *next;
	size_t start;

	if (!line_start(t, line, &start))
		return SPAN("");
	rest = span_cut(all, start, all.len);
	next = after_line_end(rest, t->has_return);
	if (next != NULL)
		rest.len = (size_t)(next - rest.at);
	return next == NULL ? rest : without_line_end(rest);
}

size_t
doc_text_offset(struct doc_text *t, struct doc_position at, enum text_encoding encoding)
{
	size_t start;

	if (!line_start(t, at.line, &start))
		return t->bytes.len;
	return start + utf8_bytes(doc_text_line(t, at.line), at.character, encoding);
}

/* The length of the common start of two texts, cut back to whole lines; the number of those lines. */
static size_t
common_start(struct span a, struct span b, uint32_t *lines)
{
	size_t most = a.len < b.len ? a.len : b.len, same = 0;

	while (same + 4096 <= most && memcmp(a.at + same, b.at + same, 4096) == 0)
		same += 4096;
	while (same < most && a.at[same] == b.at[same])
		same++;
	/* Back to the start of the line that differs; "\r" may be half a line end. */
	while (same > 0 && a.at[same - 1] != '\n' && a.at[same - 1] != '\r')
		same--;
	if (same > 0 && a.at[same - 1] == '\r' &&
	    ((same < a.len && a.at[same] == '\n') || (same < b.len && b.at[same] == '\n'))) {
		same--;
		while (same > 0 && a.at[same - 1] != '\n' && a.at[same - 1] != '\r')
			same--;
	}
	*lines = count_line_ends(span_cut(a, 0, same));
	return same;
}

/* The length of the common end of two texts, cut to whole lines. */
static size_t
common_end(struct span a, struct span b)
{
	size_t most = a.len < b.len ? a.len : b.len, same = 0;

	while (same + 4096 <= most &&
	       memcmp(a.at + a.len - same - 4096, b.at + b.len - same - 4096, 4096) == 0)
		same += 4096;
	while (same < most && a.at[a.len - same - 1] == b.at[b.len - same - 1])
		same++;
	/* Forward to the start of a line in both. */
	while (same > 0) {
		size_t i = a.len - same, j = b.len - same;
		bool line_in_a =
			i == 0 || a.at[i - 1] == '\n' || (a.at[i - 1] == '\r' && a.at[i] != '\n');
		bool line_in_b =
			j == 0 || b.at[j - 1] == '\n' || (b.at[j - 1] == '\r' && b.at[j] != '\n');

		if (line_in_a && line_in_b)
			break;
		same--;
	}
	return same;
}

/* What follows the last line end is a line, too, but only at the end of a text. */
static struct doc_change
compare_lines(struct span old, struct span new, bool to_the_end)
{
	struct doc_change change = { .first = 1 };
	size_t start, end;
	uint32_t before;

	if (span_equal(old, new)) {
		change.first += count_line_ends(old) + (to_the_end ? 1 : 0);
		return change;
	}
	start = common_start(old, new, &before);
	span_skip(&old, start);
	span_skip(&new, start);
	end = common_end(old, new);
	change.first += before;
	change.removed = count_line_ends(span_cut(old, 0, old.len - end));
	change.inserted = count_line_ends(span_cut(new, 0, new.len - end));
	if (to_the_end && end == 0) {
		change.removed++;
		change.inserted++;
	}
	return change;
}

struct doc_change
doc_text_compare(struct span old, struct span new)
{
	return compare_lines(old, new, true);
}

struct doc_change
doc_text_set_compared(struct doc_text *t, struct buf *bytes)
{
	struct doc_change change = doc_text_compare(doc_text_span(t), buf_span(bytes));

	doc_text_set(t, bytes);
	return change;
}

static void
shift_anchors(struct doc_text *t, size_t from, size_t to, size_t grown_to, uint32_t lines_gone,
	      uint32_t lines_come)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < t->anchor_count; i++) {
		struct doc_anchor a = t->anchors[i];

		if (a.offset > from && a.offset <= to)
			continue;
		if (a.offset > to) {
			a.offset = a.offset - to + grown_to;
			a.line = a.line - lines_gone + lines_come;
		}
		t->anchors[kept++] = a;
	}
	t->anchor_count = kept;
}

static void
splice(struct buf *b, size_t from, size_t to, struct span with)
{
	size_t tail = b->len - to;

	if (with.len > to - from)
		buf_room(b, with.len - (to - from));
	if (tail > 0)
		memmove(b->at + from + with.len, b->at + to, tail);
	if (with.len > 0)
		memcpy(b->at + from, with.at, with.len);
	b->len = from + with.len + tail;
}

struct doc_change
doc_text_replace(struct doc_text *t, size_t from, size_t to, struct span with)
{
	struct span all = doc_text_span(t), touched;
	struct buf old = { 0 };
	struct doc_anchor first;
	struct doc_change change;
	const char *next;
	size_t end, grown_end;

	to = to > all.len ? all.len : to;
	from = from > to ? to : from;
	/* The touched lines; a "\r" just before may come to pair with a new "\n", or lose its own. */
	first = line_at(t, from > 0 && all.at[from - 1] == '\r' ? from - 1 : from);
	next = after_line_end(span_cut(all, to, all.len), t->has_return);
	end = next == NULL ? all.len : (size_t)(next - all.at);
	buf_add(&old, span_cut(all, first.offset, end));

	t->has_return = t->has_return || has_return_in(with);
	t->recent = (struct doc_anchor){ 0, 0 };
	splice(&t->bytes, from, to, with);
	grown_end = end - (to - from) + with.len;
	touched = span_cut(doc_text_span(t), first.offset, grown_end);
	shift_anchors(t, first.offset, end, grown_end, count_line_ends(buf_span(&old)),
		      count_line_ends(touched));
	change = compare_lines(buf_span(&old), touched, next == NULL);
	change.first += first.line;
	buf_free(&old);
	return change;
}
