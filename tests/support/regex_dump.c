/*
 * regex_dump [--single-line] - what a regular expression finds in a text. On standard input comes one
 * case after the other: a line with the length of the pattern and that of the text in bytes, and then
 * both. For each goes one line of JSON to standard output: the spans in bytes, or why there are none.
 *
 *     {"spans":[[0,3],[5,5]]}
 *     {"error":"nothing to repeat at position 0"}
 *     {"limit":true}
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "format/jsonw.h"
#include "text/regex.h"

static void
write_spans(struct jsonw *w, const struct regex *re, struct span text)
{
	struct regex_search s;
	enum regex_result result;
	size_t start, end;

	regex_begin(&s, re, text);
	jsonw_key(w, "spans");
	jsonw_array(w);
	while ((result = regex_find(&s, &start, &end)) == REGEX_FOUND) {
		jsonw_array(w);
		jsonw_int(w, (long long)start);
		jsonw_int(w, (long long)end);
		jsonw_array_end(w);
	}
	jsonw_array_end(w);
	if (result == REGEX_LIMIT) {
		jsonw_key(w, "limit");
		jsonw_bool(w, true);
	}
	regex_end(&s);
}

static void
dump(struct span pattern, struct span text, bool single_line, struct buf *out)
{
	struct error err = { 0 };
	struct regex *re = single_line ? regex_compile_single_line(pattern, &err)
				       : regex_compile(pattern, &err);
	struct jsonw w = { .out = out };

	buf_reset(out);
	jsonw_object(&w);
	if (re == NULL)
		jsonw_key_text(&w, "error", err.text);
	else
		write_spans(&w, re, text);
	jsonw_object_end(&w);
	regex_free(re);
}

static bool
read_bytes(struct buf *b, size_t len)
{
	buf_reset(b);
	if (len > 0 && fread(buf_room(b, len), 1, len, stdin) != len)
		return false;
	b->len = len;
	return true;
}

int
main(int argc, char **argv)
{
	bool single_line = argc > 1 && strcmp(argv[1], "--single-line") == 0;
	struct buf pattern = { 0 }, text = { 0 }, out = { 0 };
	char line[80];

	while (fgets(line, sizeof line, stdin) != NULL) {
		char *rest;
		size_t first = strtoul(line, &rest, 10), second = strtoul(rest, NULL, 10);

		if (!read_bytes(&pattern, first) || !read_bytes(&text, second))
			return 1;
		dump(buf_span(&pattern), buf_span(&text), single_line, &out);
		puts(buf_text(&out));
	}
	buf_free(&pattern);
	buf_free(&text);
	buf_free(&out);
	return 0;
}
