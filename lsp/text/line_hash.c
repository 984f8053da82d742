#include "text/line_hash.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static const struct span bom = { "\xef\xbb\xbf", 3 };

static unsigned
indent_of(struct span line)
{
	size_t blanks = 0;

	while (blanks < line.len && (line.at[blanks] == ' ' || line.at[blanks] == '\t'))
		blanks++;
	if (blanks == line.len)
		return LINE_HASH_BLANK;
	return blanks < LINE_HASH_BLANK ? (unsigned)blanks : LINE_HASH_BLANK - 1;
}

uint64_t
line_hash(struct span line)
{
	unsigned indent = indent_of(line);
	uint64_t hash = UINT64_C(0x9e3779b97f4a7c15) ^ line.len, word;

	/* Each step can be undone, so lines that differ in one word only never meet. */
	for (; line.len >= sizeof word; span_skip(&line, sizeof word)) {
		memcpy(&word, line.at, sizeof word);
		hash = (hash ^ word) * UINT64_C(0xff51afd7ed558ccd);
		hash ^= hash >> 32;
	}
	word = 0;
	if (line.len > 0)
		memcpy(&word, line.at, line.len);
	hash = (hash ^ word) * UINT64_C(0xc4ceb9fe1a85ec53);
	return ((hash ^ hash >> 29) & ~UINT64_C(0xff)) | indent;
}

static void
add_line(struct line_hashes *h, struct span line)
{
	if (h->count == 0 && span_starts(line, bom))
		span_skip(&line, bom.len);
	h->at = mem_grow(h->at, h->count, &h->cap, sizeof *h->at);
	h->at[h->count++] = line_hash(line);
}

/* `text` ends with a line end, or is empty. The next "\n" is kept from line to line: where "\r" ends
 * them it may be far away. */
static void
add_lines(struct line_hashes *h, struct span text)
{
	const char *at = text.at, *end = text.at + text.len, *newline = NULL, *line_end;

	while (at < end) {
		if (newline == NULL || newline < at)
			newline = memchr(at, '\n', (size_t)(end - at));
		if (newline == NULL)
			newline = end;
		line_end = memchr(at, '\r', (size_t)(newline - at));
		if (line_end == NULL)
			line_end = newline;
		add_line(h, (struct span){ at, (size_t)(line_end - at) });
		at = line_end + 1 == newline && newline < end ? newline + 1 : line_end + 1;
	}
}

/* The length of what ends with a line end, if that is behind `from`. One that may be the first half of
 * "\r\n" is none yet. */
static size_t
whole_lines(struct span s, size_t from)
{
	for (size_t len = s.len; len > from; len--) {
		if (s.at[len - 1] == '\n' || (s.at[len - 1] == '\r' && len < s.len))
			return len;
	}
	return 0;
}

/* `text` is all that is left. */
static void
add_last(struct line_hashes *h, struct span text)
{
	size_t whole = text.len;

	if (text.len > 0 && text.at[text.len - 1] != '\r')
		whole = whole_lines(text, 0);
	add_lines(h, span_cut(text, 0, whole));
	/* A byte order mark alone is no line. */
	if (whole < text.len && (h->count > 0 || !span_equal(text, bom)))
		add_line(h, span_cut(text, whole, text.len));
	add_line(h, SPAN(""));
}

void
line_hashes_add_text(struct line_hashes *hashes, struct span text)
{
	add_last(hashes, text.at == NULL ? SPAN("") : text);
}

bool
line_hashes_add_piece(void *ctx, struct span piece)
{
	struct line_hashes *h = ctx;
	size_t known = h->rest.len, whole;

	/* A "\r" that came last is an end as soon as something else follows. */
	if (known > 0)
		known--;
	buf_add(&h->rest, piece);
	whole = whole_lines(buf_span(&h->rest), known);
	if (whole == 0)
		return true;
	add_lines(h, span_cut(buf_span(&h->rest), 0, whole));
	memmove(h->rest.at, h->rest.at + whole, h->rest.len - whole);
	h->rest.len -= whole;
	return true;
}

void
line_hashes_end(struct line_hashes *hashes)
{
	add_last(hashes, buf_span(&hashes->rest));
	buf_reset(&hashes->rest);
}

void
line_hashes_reset(struct line_hashes *hashes)
{
	hashes->count = 0;
	buf_reset(&hashes->rest);
}

void
line_hashes_free(struct line_hashes *hashes)
{
	free(hashes->at);
	buf_free(&hashes->rest);
	*hashes = (struct line_hashes){ 0 };
}
