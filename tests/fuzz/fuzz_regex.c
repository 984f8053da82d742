/* The first byte says how long the pattern is; the rest is the text. A pattern is compiled or refused
 * with a reason, and what is found is in order, within the text and between characters. */
#include <stdint.h>
#include <stdlib.h>

#include "text/regex.h"
#include "text/utf8.h"

#define TEXT_MAX 300

static void
check_place(struct span text, size_t at)
{
	bool inside = at > 0 && at < text.len && ((unsigned char)text.at[at] & 0xC0) == 0x80;
	size_t whole = 0;

	if (at > text.len)
		abort();
	if (!inside)
		return;
	while (whole < at) {
		size_t len = utf8_length(span_cut(text, whole, text.len));

		whole += len > 0 ? len : 1;
	}
	if (whole != at)
		abort();
}

static void
find_all(const struct regex *re, struct span text)
{
	struct regex_search s;
	enum regex_result result;
	size_t start, end, before = 0, first_start, first_end;
	bool any = false, was_empty = false;

	regex_begin(&s, re, text);
	result = regex_next(&s, 0, &first_start, &first_end);
	while (regex_find(&s, &start, &end) == REGEX_FOUND) {
		check_place(text, start);
		check_place(text, end);
		if (start < before || (was_empty && end == before))
			abort();
		if (!any && (result != REGEX_FOUND || start != first_start || end != first_end))
			abort();
		any = true;
		before = end;
		was_empty = start == end;
	}
	regex_end(&s);
}

static void
try(struct span pattern, struct span text, struct regex *(*compile)(struct span, struct error *))
{
	struct error err = { 0 };
	struct regex *re = compile(pattern, &err);

	if ((re == NULL) != (err.status != STATUS_OK) || (re == NULL && err.text[0] == '\0'))
		abort();
	if (re != NULL)
		find_all(re, text);
	regex_free(re);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span all = { (const char *)data, size }, text;
	size_t len;

	if (size < 1)
		return 0;
	span_skip(&all, 1);
	len = data[0] < all.len ? data[0] : all.len;
	text = span_cut(all, len, all.len < len + TEXT_MAX ? all.len : len + TEXT_MAX);
	try(span_cut(all, 0, len), text, regex_compile);
	try(span_cut(all, 0, len), text, regex_compile_single_line);
	return 0;
}
