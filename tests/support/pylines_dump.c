/*
 * pylines_dump [--minor=N] [--chunk=N] - what covls says about the lines of the files named on
 * standard input, one a line: for each, one line of JSON on standard output.
 *
 *     {"count":9,"multiline":{"3":2},"statements":[1,2],"excluded":[],"docstrings":[],"past_end":false,
 *      "regions":[["class","A",3,[[5,7],[9,9]]]]}
 *     {"error":"...","line":3}
 *
 * "regions": kind, name, line, and its lines as ranges. "multiline" leaves out lines that are their own first line. --chunk feeds the text N bytes at a
 * time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "python/exclude.h"
#include "python/pylines.h"

static bool
read_file(const char *path, struct buf *text)
{
	FILE *f = fopen(path, "rb");
	size_t n;

	buf_reset(text);
	if (f == NULL)
		return false;
	do {
		n = fread(buf_room(text, 65536), 1, 65536, f);
		text->len += n;
	} while (n > 0);
	fclose(f);
	return true;
}

static void
print_lines(const struct py_lines *lines, const char *name, unsigned flag)
{
	const char *comma = "";

	printf(",\"%s\":[", name);
	for (uint32_t n = 1; n <= lines->count; n++) {
		if ((py_lines_flags(lines, n) & flag) != 0) {
			printf("%s%u", comma, n);
			comma = ",";
		}
	}
	printf("]");
}

/* The lines of a region, as ranges. */
static void
print_ranges(const uint32_t *region_of, uint32_t region, uint32_t first, uint32_t last)
{
	const char *comma = "";

	printf("[");
	for (uint32_t n = first, end; n != 0 && n <= last; n = end + 1) {
		end = n;
		if (region_of[n] != region)
			continue;
		while (end < last && region_of[end + 1] == region)
			end++;
		printf("%s[%u,%u]", comma, n, end);
		comma = ",";
	}
	printf("]");
}

static void
print_regions(const struct py_regions *regions, struct span text)
{
	const char *comma = "";
	struct buf name = { 0 };

	printf(",\"regions\":[");
	for (uint32_t i = 1; i <= regions->count; i++) {
		const struct py_region *r = &regions->at[i - 1];

		if (!r->listed)
			continue;
		buf_reset(&name);
		py_region_name(regions, i, text, &name);
		printf("%s[\"%s\",\"%s\",%u,", comma, r->is_class ? "class" : "function",
		       buf_text(&name), r->start);
		print_ranges(r->is_class ? regions->class_of : regions->function_of, i, r->first,
			     r->last);
		printf("]");
		comma = ",";
	}
	printf("]");
	buf_free(&name);
}

static void
print_facts(const struct py_lines *lines, struct span text)
{
	const char *comma = "";

	printf("{\"count\":%u,\"multiline\":{", lines->count);
	for (uint32_t n = 1; n <= lines->count; n++) {
		if (py_lines_first(lines, n) != n) {
			printf("%s\"%u\":%u", comma, n, py_lines_first(lines, n));
			comma = ",";
		}
	}
	printf("}");
	print_lines(lines, "statements", PY_STATEMENT);
	print_lines(lines, "excluded", PY_EXCLUDED);
	print_lines(lines, "docstrings", PY_DOCSTRING);
	printf(",\"past_end\":%s", lines->excluded_past_end ? "true" : "false");
	print_regions(&lines->regions, text);
	printf("}\n");
}

static enum status
read_in_chunks(struct py_lines *lines, struct span text, const struct py_options *options,
	       size_t chunk, struct error *err)
{
	struct line_set matched = { 0 };
	struct py_options own = *options;
	struct py_reader r;
	enum status status;

	py_exclude_defaults(&matched, text);
	own.matched = &matched;
	py_reader_init(&r, lines, &own);
	for (size_t at = 0; at < text.len; at += chunk) {
		size_t end = text.len - at < chunk ? text.len : at + chunk;

		py_reader_feed(&r, span_cut(text, at, end));
	}
	status = py_reader_finish(&r, err);
	py_regions_find_names(&lines->regions, text);
	line_set_free(&matched);
	return status;
}

int
main(int argc, char **argv)
{
	struct py_options options = { .want = PY_WANT_REGIONS };
	struct py_lines lines = { 0 };
	struct buf text = { 0 };
	size_t chunk = 0;
	char path[4096];

	for (int i = 1; i < argc; i++) {
		if (strncmp(argv[i], "--minor=", 8) == 0)
			options.minor = (unsigned)strtoul(argv[i] + 8, NULL, 10);
		else if (strncmp(argv[i], "--chunk=", 8) == 0)
			chunk = strtoul(argv[i] + 8, NULL, 10);
	}
	while (fgets(path, sizeof path, stdin) != NULL) {
		struct error err = { 0 };
		enum status status;

		path[strcspn(path, "\n")] = 0;
		if (!read_file(path, &text)) {
			printf("{\"error\":\"cannot be read\",\"line\":0}\n");
			continue;
		}
		status = chunk == 0
				 ? py_lines_read(&lines, buf_span(&text), &options, &err)
				 : read_in_chunks(&lines, buf_span(&text), &options, chunk, &err);
		if (status == STATUS_OK)
			print_facts(&lines, buf_span(&text));
		else
			printf("{\"error\":\"%s\",\"line\":%u}\n", err.text, err.line);
	}
	py_lines_free(&lines);
	buf_free(&text);
	return 0;
}
