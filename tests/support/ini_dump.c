/*
 * ini_dump [--chunk=N] - what covls reads in the INI files named on standard input, one a line: for
 * each, one line of JSON on standard output.
 *
 *     [["run"],["run","branch","true"]]
 *     {"error":"section 'run' stands twice","line":3}
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/ini_stream.h"
#include "format/jsonw.h"
#include "platform/file.h"

#define FILE_MAX (64u << 20)

static void
write_event(struct jsonw *w, const struct ini_stream *ini, enum ini_event event)
{
	if (event == INI_BAD)
		return;
	jsonw_array(w);
	jsonw_string(w, buf_span(&ini->section));
	if (event == INI_OPTION) {
		jsonw_string(w, buf_span(&ini->key));
		jsonw_string(w, buf_span(&ini->value));
	}
	jsonw_array_end(w);
}

static void
write_error(struct buf *out, const struct error *err)
{
	struct jsonw w = { .out = out };

	buf_reset(out);
	jsonw_object(&w);
	jsonw_key_text(&w, "error", err->text);
	jsonw_key_int(&w, "line", err->line);
	jsonw_object_end(&w);
}

static void
dump(struct span text, size_t chunk, struct buf *out)
{
	struct ini_stream ini = { 0 };
	struct jsonw w = { .out = out };
	enum ini_event event = INI_MORE;

	jsonw_array(&w);
	while (text.len > 0 && event != INI_BAD) {
		struct span in = span_cut(text, 0, text.len < chunk ? text.len : chunk);

		span_skip(&text, in.len);
		while ((event = ini_next(&ini, &in)) != INI_MORE && event != INI_BAD)
			write_event(&w, &ini, event);
	}
	while (event != INI_BAD && (event = ini_finish(&ini)) != INI_MORE)
		write_event(&w, &ini, event);
	jsonw_array_end(&w);
	if (event == INI_BAD)
		write_error(out, &ini.error);
	ini_free(&ini);
}

int
main(int argc, char **argv)
{
	struct buf text = { 0 }, out = { 0 };
	size_t chunk = SIZE_MAX;
	char path[4096];

	for (int i = 1; i < argc; i++) {
		if (strncmp(argv[i], "--chunk=", 8) == 0)
			chunk = strtoul(argv[i] + 8, NULL, 10);
	}
	while (fgets(path, sizeof path, stdin) != NULL) {
		struct error err = { 0 };

		path[strcspn(path, "\n")] = 0;
		buf_reset(&out);
		if (file_read_all(path, &text, FILE_MAX, &err) == STATUS_OK)
			dump(buf_span(&text), chunk, &out);
		else
			write_error(&out, &err);
		puts(buf_text(&out));
	}
	buf_free(&text);
	buf_free(&out);
	return 0;
}
