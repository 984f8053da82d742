/* The first byte picks where the rest is cut; the whole and the two parts must give the same, and
 * what is opened must be closed in order. */
#include <stdint.h>
#include <stdlib.h>

#include "format/toml_stream.h"

static void
note(struct buf *out, const struct toml_stream *t, enum toml_event event)
{
	buf_addf(out, "%d %u ", (int)event, t->line);
	if (event == TOML_BAD) {
		buf_addf(out, "%u ", t->error.line);
		buf_add_text(out, t->error.text);
		return;
	}
	for (size_t i = 0; i < toml_length(t); i++) {
		uint32_t index;

		buf_add(out, toml_part(t, i, &index));
		buf_addf(out, ".%u", index);
	}
	if (event >= TOML_STRING)
		buf_add(out, t->value);
}

static void
count(long *depth, enum toml_event event)
{
	if (event == TOML_ARRAY || event == TOML_INLINE)
		++*depth;
	else if (event == TOML_ARRAY_END || event == TOML_INLINE_END)
		--*depth;
	else if (event == TOML_TABLE && *depth != 0)
		abort();
	if (*depth < 0 || *depth > TOML_DEPTH_MAX)
		abort();
}

static void
read_parts(const struct span *parts, size_t parts_count, struct buf *out)
{
	struct toml_stream t = { 0 };
	enum toml_event event = TOML_MORE;
	long depth = 0;

	for (size_t i = 0; i < parts_count && event != TOML_BAD; i++) {
		struct span in = parts[i];

		while ((event = toml_next(&t, &in)) != TOML_MORE && event != TOML_BAD) {
			note(out, &t, event);
			count(&depth, event);
		}
		if (event == TOML_MORE && in.len > 0)
			abort();
	}
	while (event != TOML_BAD && (event = toml_finish(&t)) != TOML_MORE && event != TOML_BAD) {
		note(out, &t, event);
		count(&depth, event);
	}
	if (event == TOML_BAD)
		note(out, &t, event);
	else if (depth != 0)
		abort();
	toml_free(&t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf whole = { 0 }, split = { 0 };

	if (size < 1)
		return 0;
	struct span in = { (const char *)data + 1, size - 1 };
	size_t cut = in.len * data[0] / 255;
	struct span parts[] = { span_cut(in, 0, cut), span_cut(in, cut, in.len) };

	read_parts(&in, 1, &whole);
	read_parts(parts, 2, &split);
	if (!span_equal(buf_span(&whole), buf_span(&split)))
		abort();
	buf_free(&whole);
	buf_free(&split);
	return 0;
}
