/*
 * pyarcs_dump [--minor=N] - the texts of all possible arcs of the files named on standard input, one a
 * line: for each file one line of JSON on standard output.
 *
 *     {"fixes":[[from,with,with,next]...],"texts":[[from,to,"where it goes","why it was not taken"]...]}
 *     {"error":"...","line":3}
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/jsonw.h"
#include "platform/file.h"
#include "python/pylines.h"

static void
add_fixes(struct jsonw *w, const struct py_arcs *arcs)
{
	jsonw_key(w, "fixes");
	jsonw_array(w);
	for (size_t i = 0; i < arcs->fix_count; i++) {
		const struct py_with_fix *fix = &arcs->fixes[i];

		jsonw_array(w);
		jsonw_int(w, fix->exit.from);
		jsonw_int(w, fix->exit.to);
		jsonw_int(w, fix->next.from);
		jsonw_int(w, fix->next.to);
		jsonw_array_end(w);
	}
	jsonw_array_end(w);
}

static void
add_texts(struct jsonw *w, const struct py_lines *lines, struct span text)
{
	const struct arc_list *arcs = &lines->arcs.possible;
	struct buf part = { 0 };

	jsonw_key(w, "texts");
	jsonw_array(w);
	for (size_t i = 0; i < arcs->count; i++) {
		jsonw_array(w);
		jsonw_int(w, arcs->at[i].from);
		jsonw_int(w, arcs->at[i].to);
		buf_reset(&part);
		py_arc_describe(lines, text, arcs->at[i], &part);
		jsonw_string(w, buf_span(&part));
		buf_reset(&part);
		py_arc_describe_missing(lines, text, arcs->at[i], &part);
		jsonw_string(w, buf_span(&part));
		jsonw_array_end(w);
	}
	jsonw_array_end(w);
	buf_free(&part);
}

int
main(int argc, char **argv)
{
	struct py_options options = { .want = PY_WANT_ARCS | PY_WANT_REGIONS };
	struct py_lines lines = { 0 };
	struct buf text = { 0 }, out = { 0 };
	char path[4096];

	for (int i = 1; i < argc; i++) {
		if (strncmp(argv[i], "--minor=", 8) == 0)
			options.minor = (unsigned)strtoul(argv[i] + 8, NULL, 10);
	}
	while (fgets(path, sizeof path, stdin) != NULL) {
		struct jsonw w = { .out = &out };
		struct error err = { 0 };

		path[strcspn(path, "\n")] = 0;
		buf_reset(&out);
		jsonw_object(&w);
		if (file_read_all(path, &text, (size_t)1 << 30, &err) == STATUS_OK &&
		    py_lines_read(&lines, buf_span(&text), &options, &err) == STATUS_OK) {
			add_fixes(&w, &lines.arcs);
			add_texts(&w, &lines, buf_span(&text));
		} else {
			jsonw_key_text(&w, "error", err.text);
			jsonw_key_int(&w, "line", err.line);
		}
		jsonw_object_end(&w);
		puts(buf_text(&out));
	}
	py_lines_free(&lines);
	buf_free(&text);
	buf_free(&out);
	return 0;
}
