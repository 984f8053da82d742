#include "go_module.h"

#include <string.h>

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* The next word of a line, without its quotes; empty at the end. */
static struct span
next_word(struct span *line)
{
	struct span word;
	size_t len = 0;

	while (line->len > 0 && is_blank(*line->at))
		span_skip(line, 1);
	if (line->len > 1 && (*line->at == '"' || *line->at == '`')) {
		char quote = *line->at;

		span_skip(line, 1);
		while (len < line->len && line->at[len] != quote)
			len++;
		word = span_cut(*line, 0, len);
		span_skip(line, len < line->len ? len + 1 : len);
		return word;
	}
	while (len < line->len && !is_blank(line->at[len]))
		len++;
	word = span_cut(*line, 0, len);
	span_skip(line, len);
	return word;
}

static struct span
without_comment(struct span line)
{
	for (size_t i = 0; i + 1 < line.len; i++) {
		if (line.at[i] == '/' && line.at[i + 1] == '/' &&
		    (i == 0 || is_blank(line.at[i - 1])))
			return span_cut(line, 0, i);
	}
	return line;
}

static bool
is_folder(struct span text)
{
	return span_starts(text, SPAN("./")) || span_starts(text, SPAN("../")) ||
	       span_starts(text, SPAN("/")) || span_equal(text, SPAN(".")) ||
	       span_equal(text, SPAN(".."));
}

/* "example.com/old v1.2.3 => ../new" */
static void
read_replacement(struct span line, go_module_fn *on_path, void *ctx)
{
	struct span path = next_word(&line), word;

	do {
		word = next_word(&line);
	} while (word.len > 0 && !span_equal(word, SPAN("=>")));
	word = next_word(&line);
	if (path.len > 0 && is_folder(word))
		on_path(ctx, path, word);
}

void
go_module_read(struct span text, go_module_fn *on_path, void *ctx)
{
	bool in_block = false, in_replace = false;

	while (text.len > 0) {
		const char *end = memchr(text.at, '\n', text.len);
		size_t len = end == NULL ? text.len : (size_t)(end - text.at);
		struct span line = without_comment(span_cut(text, 0, len)), rest = line;
		struct span word = next_word(&rest), second, after = rest;

		span_skip(&text, end == NULL ? len : len + 1);
		second = next_word(&after);
		if (in_block) {
			in_block = !span_equal(word, SPAN(")"));
			if (in_block && in_replace)
				read_replacement(line, on_path, ctx);
		} else if (span_equal(second, SPAN("("))) {
			in_block = true;
			in_replace = span_equal(word, SPAN("replace"));
		} else if (span_equal(word, SPAN("module")) && second.len > 0) {
			on_path(ctx, second, SPAN("."));
		} else if (span_equal(word, SPAN("replace"))) {
			read_replacement(rest, on_path, ctx);
		}
	}
}
