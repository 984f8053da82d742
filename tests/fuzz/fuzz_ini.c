/* The first byte picks where the rest is cut; the whole and the two parts must give the same. */
#include <stdint.h>
#include <stdlib.h>

#include "format/ini_stream.h"

static void
note(struct buf *out, const struct ini_stream *ini, enum ini_event event)
{
	buf_addf(out, "%d %u ", (int)event, ini->line);
	if (event == INI_BAD) {
		buf_addf(out, "%u ", ini->error.line);
		buf_add_text(out, ini->error.text);
		return;
	}
	buf_add(out, buf_span(&ini->section));
	if (event == INI_OPTION) {
		if (ini->key.len == 0)
			abort();
		buf_add(out, buf_span(&ini->key));
		buf_add(out, buf_span(&ini->value));
	}
}

static void
read_parts(const struct span *parts, size_t count, struct buf *out)
{
	struct ini_stream ini = { 0 };
	enum ini_event event = INI_MORE;

	for (size_t i = 0; i < count && event != INI_BAD; i++) {
		struct span in = parts[i];

		while ((event = ini_next(&ini, &in)) != INI_MORE && event != INI_BAD)
			note(out, &ini, event);
		if (event == INI_MORE && in.len > 0)
			abort();
	}
	while (event != INI_BAD && (event = ini_finish(&ini)) != INI_MORE && event != INI_BAD)
		note(out, &ini, event);
	if (event == INI_BAD)
		note(out, &ini, event);
	ini_free(&ini);
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
