/*
 * fits_dump [--arcs] DATA - does a text fit what a coverage file says? For each line "NAME<TAB>PATH" on standard
 * input, NAME being a file as recorded in the data and PATH a text, one line on standard output: "fits", or
 * what speaks against it; "unknown" if the data does not speak of it.
 */
#include <stdio.h>
#include <string.h>

#include "data/data.h"
#include "platform/file.h"
#include "python/pysource.h"

#include "../../lsp/coverage/fits.h"

static void
answer(const char *data_path, unsigned want, const char *name, const char *path)
{
	const char *const names[] = { name, NULL };
	struct data_query query = { .names = names, .want = want };
	struct buf text = { 0 }, out = { 0 };
	struct error err = { 0 };
	struct misfit why;

	if (data_read(data_path, &query, 1, NULL, &err) != STATUS_OK ||
	    file_read_all(path, &text, (size_t)256 << 20, &err) != STATUS_OK ||
	    py_source_decode(&text, &err) != STATUS_OK)
		buf_addf(&out, "error: %s", err.text);
	else if (query.answer == DATA_UNKNOWN)
		buf_add_text(&out, "unknown");
	else if (fits_data(buf_span(&text), true, &query, &why))
		buf_add_text(&out, "fits");
	else
		misfit_add_text(&why, &out);
	puts(buf_text(&out));
	data_query_free(&query);
	buf_free(&text);
	buf_free(&out);
}

int
main(int argc, char **argv)
{
	const char *data = argv[argc - 1];
	unsigned want = argc == 3 && strcmp(argv[1], "--arcs") == 0 ? DATA_WANT_ARCS : 0;
	static char line[8192];

	if (argc < 2 || argc > 3)
		return 2;
	while (fgets(line, sizeof line, stdin) != NULL) {
		char *path = strchr(line, '\t');

		line[strcspn(line, "\n")] = '\0';
		if (path == NULL)
			return 2;
		*path++ = '\0';
		answer(data, want, line, path);
	}
	return 0;
}
