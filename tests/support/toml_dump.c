/*
 * toml_dump [--chunk=N] - what covls reads in the TOML files named on standard input, one a line: for
 * each, one line of JSON on standard output: the events, each with its path, its kind and its text.
 *
 *     [[["tool","x",0],"STRING","text"]]
 *     {"error":"defined before: 'run'","line":3}
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/jsonw.h"
#include "format/toml_stream.h"
#include "platform/file.h"

#define FILE_MAX (64u << 20)

static void
write_event(struct jsonw *w, const struct toml_stream *t, enum toml_event event)
{
	static const char *const names[] = {
		[TOML_TABLE] = "TABLE",       [TOML_INLINE] = "INLINE", [TOML_INLINE_END] = "END",
		[TOML_ARRAY] = "ARRAY",       [TOML_ARRAY_END] = "END", [TOML_STRING] = "STRING",
		[TOML_INTEGER] = "INTEGER",   [TOML_FLOAT] = "FLOAT",   [TOML_BOOLEAN] = "BOOLEAN",
		[TOML_DATETIME] = "DATETIME", [TOML_DATE] = "DATE",     [TOML_TIME] = "TIME",
		[TOML_BAD] = "BAD",
	};

	jsonw_array(w);
	jsonw_array(w);
	for (size_t i = 0; i < toml_length(t); i++) {
		uint32_t index;
		struct span key = toml_part(t, i, &index);

		if (index == TOML_NO_INDEX)
			jsonw_string(w, key);
		else
			jsonw_int(w, index);
	}
	jsonw_array_end(w);
	jsonw_text(w, names[event]);
	if (event >= TOML_STRING && event < TOML_BAD)
		jsonw_string(w, t->value);
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
	struct toml_stream t = { 0 };
	struct jsonw w = { .out = out };
	enum toml_event event = TOML_MORE;

	jsonw_array(&w);
	while (text.len > 0 && event != TOML_BAD) {
		struct span in = span_cut(text, 0, text.len < chunk ? text.len : chunk);

		span_skip(&text, in.len);
		while ((event = toml_next(&t, &in)) != TOML_MORE && event != TOML_BAD)
			write_event(&w, &t, event);
	}
	while (event != TOML_BAD && (event = toml_finish(&t)) != TOML_MORE && event != TOML_BAD)
		write_event(&w, &t, event);
	jsonw_array_end(&w);
	if (event == TOML_BAD)
		write_error(out, &t.error);
	toml_free(&t);
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
