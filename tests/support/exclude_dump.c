/*
 * exclude_dump [--exclude=PATTERN | --partial=PATTERN | --always=PATTERN | --no-exclude | --no-partial |
 *               --no-always]... - which lines of the Python files named on standard input, one a line,
 * match the patterns of a configuration: for each file one line of JSON on standard output. Without an
 * option a list has its default, with --no- or patterns it has these alone.
 *
 *     {"matched":[3,4],"no_branch":[7],"excluded":[3,4,5],"statements":[1,2]}
 *     {"error":"exclude_lines: pattern '...' takes too long; make it simpler"}
 */
#include <stdio.h>
#include <string.h>

#include "format/jsonw.h"
#include "platform/file.h"
#include "python/exclude.h"
#include "python/pylines.h"

#define FILE_MAX (64u << 20)

static void
write_set(struct jsonw *w, const char *key, const struct line_set *lines)
{
	jsonw_key(w, key);
	jsonw_array(w);
	for (uint32_t n = line_set_next(lines, 0); n != LINE_SET_END; n = line_set_next(lines, n))
		jsonw_int(w, n);
	jsonw_array_end(w);
}

static void
write_flagged(struct jsonw *w, const char *key, const struct py_lines *lines, unsigned flag)
{
	jsonw_key(w, key);
	jsonw_array(w);
	for (uint32_t n = 1; n <= lines->count; n++) {
		if (py_lines_flags(lines, n) & flag)
			jsonw_int(w, n);
	}
	if (flag == PY_EXCLUDED && lines->excluded_past_end)
		jsonw_int(w, lines->count + 1);
	jsonw_array_end(w);
}

static enum status
dump(struct jsonw *w, const struct py_patterns *p, struct span text, struct error *err)
{
	struct line_set matched = { 0 }, no_branch = { 0 };
	struct py_options options = { .matched = &matched };
	struct py_lines lines = { 0 };
	enum status status = py_patterns_excluded(p, text, &matched, err);

	if (status == STATUS_OK)
		status = py_lines_read(&lines, text, &options, err);
	if (status == STATUS_OK)
		status = py_patterns_no_branch(p, &lines, text, &no_branch, err);
	if (status == STATUS_OK) {
		write_set(w, "matched", &matched);
		write_set(w, "no_branch", &no_branch);
		write_flagged(w, "excluded", &lines, PY_EXCLUDED);
		write_flagged(w, "statements", &lines, PY_STATEMENT);
	}
	py_lines_free(&lines);
	line_set_free(&matched);
	line_set_free(&no_branch);
	return status;
}

/* The lists of the options; NULL stays for those that no option names. */
struct lists {
	struct text_list texts[3];
	const struct text_list *given[3];
};

static void
take_option(struct lists *lists, struct span option)
{
	static const char *const names[] = { "exclude", "partial", "always" };

	for (size_t i = 0; i < 3; i++) {
		struct buf no = { 0 }, set = { 0 };

		buf_addf(&no, "--no-%s", names[i]);
		buf_addf(&set, "--%s=", names[i]);
		if (span_equal(option, buf_span(&no)) || span_starts(option, buf_span(&set)))
			lists->given[i] = &lists->texts[i];
		if (span_starts(option, buf_span(&set)))
			text_list_add(&lists->texts[i], span_cut(option, set.len, option.len));
		buf_free(&no);
		buf_free(&set);
	}
}

static void
dump_files(const struct py_patterns *p)
{
	struct buf text = { 0 }, out = { 0 };
	char path[4096];

	while (fgets(path, sizeof path, stdin) != NULL) {
		struct jsonw w = { .out = &out };
		struct error err = { 0 };

		path[strcspn(path, "\n")] = 0;
		buf_reset(&text);
		buf_reset(&out);
		jsonw_object(&w);
		if (file_read_all(path, &text, FILE_MAX, &err) != STATUS_OK ||
		    dump(&w, p, buf_span(&text), &err) != STATUS_OK)
			jsonw_key_text(&w, "error", err.text);
		jsonw_object_end(&w);
		puts(buf_text(&out));
	}
	buf_free(&text);
	buf_free(&out);
}

int
main(int argc, char **argv)
{
	struct lists lists = { 0 };
	struct py_patterns p;
	struct error err = { 0 };

	for (int i = 1; i < argc; i++)
		take_option(&lists, span_of(argv[i]));
	if (py_patterns_compile(&p, lists.given[0], lists.given[1], lists.given[2], &err) !=
	    STATUS_OK) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	dump_files(&p);
	py_patterns_free(&p);
	for (size_t i = 0; i < 3; i++)
		text_list_free(&lists.texts[i]);
	return 0;
}
