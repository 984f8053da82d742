/*
 * A text and edits of it, out of the fuzzer's bytes: after each the lines must be found where the slow
 * way finds them, and the lines that the edit does not name must be the same as before.
 */
#include <stdint.h>
#include <stdlib.h>

#include "text/doc_text.h"

#define LINES_MAX 8192

static size_t
split(struct span text, struct span *lines)
{
	size_t count = 0, start = 0;

	for (size_t i = 0; i < text.len && count < LINES_MAX - 1; i++) {
		if (text.at[i] == '\n' ||
		    (text.at[i] == '\r' && (i + 1 == text.len || text.at[i + 1] != '\n'))) {
			lines[count++] = span_cut(text, start, i + 1);
			start = i + 1;
		}
	}
	lines[count++] = span_cut(text, start, text.len);
	return count;
}

static void
check(struct doc_text *t, struct span old, struct doc_change c)
{
	static struct span before[LINES_MAX], after[LINES_MAX];
	size_t n = split(old, before), m = split(doc_text_span(t), after);

	if (doc_text_lines(t) != m || n - c.removed + c.inserted != m)
		abort();
	for (size_t i = 0; i < m; i++) {
		size_t at = doc_text_offset(t, (struct doc_position){ (uint32_t)i, 0 }, TEXT_UTF16);

		if (at != (size_t)(after[i].at - doc_text_span(t).at))
			abort();
	}
	for (size_t i = 0; i < n; i++) {
		if (i + 1 >= c.first && i + 1 < c.first + c.removed)
			continue;
		if (!span_equal(before[i], after[i + 1 < c.first ? i : i - c.removed + c.inserted]))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct doc_text t = { 0 };
	struct buf text = { 0 };
	size_t first;

	if (size < 2 || size > 4096)
		return 0;
	first = size * data[0] / 255;
	buf_add(&text, (struct span){ (const char *)data, first });
	doc_text_set(&t, &text);
	data += first;
	size -= first;
	while (size >= 4) {
		struct buf old = { 0 };
		size_t from = t.bytes.len * data[0] / 255, to = from + data[1] % 16;
		size_t len = data[2] % 16 < size - 3 ? data[2] % 16 : size - 3;

		buf_add(&old, doc_text_span(&t));
		check(&t, buf_span(&old),
		      doc_text_replace(&t, from, to, (struct span){ (const char *)data + 3, len }));
		buf_free(&old);
		data += 3 + len;
		size -= 3 + len;
	}
	doc_text_free(&t);
	return 0;
}
