#include "format/jsonw.h"

#include <stdio.h>

#include "text/utf8.h"

static void
before_value(struct jsonw *w)
{
	if (w->comma)
		buf_add_char(w->out, ',');
	w->comma = true;
}

static void
open(struct jsonw *w, char bracket)
{
	before_value(w);
	buf_add_char(w->out, bracket);
	w->comma = false;
}

static void
close(struct jsonw *w, char bracket)
{
	buf_add_char(w->out, bracket);
	w->comma = true;
}

void
jsonw_object(struct jsonw *w)
{
	open(w, '{');
}

void
jsonw_object_end(struct jsonw *w)
{
	close(w, '}');
}

void
jsonw_array(struct jsonw *w)
{
	open(w, '[');
}

void
jsonw_array_end(struct jsonw *w)
{
	close(w, ']');
}

void
jsonw_key(struct jsonw *w, const char *key)
{
	before_value(w);
	buf_add_char(w->out, '"');
	buf_add_text(w->out, key);
	buf_add_text(w->out, "\":");
	w->comma = false;
}

static void
add_escaped(struct buf *out, unsigned char c)
{
	static const char plain[] = "btnvfr"; /* 8 to 13 */

	if (c == '"' || c == '\\') {
		buf_add_char(out, '\\');
		buf_add_char(out, (char)c);
	} else if (c >= 8 && c <= 13 && c != 11) {
		buf_add_char(out, '\\');
		buf_add_char(out, plain[c - 8]);
	} else {
		buf_addf(out, "\\u%04x", c);
	}
}

void
jsonw_string(struct jsonw *w, struct span text)
{
	before_value(w);
	buf_add_char(w->out, '"');
	while (text.len > 0) {
		unsigned char c = (unsigned char)*text.at;
		size_t len = utf8_length(text);

		if (len == 0)
			buf_add_text(w->out, "\xef\xbf\xbd");
		else if (c < 0x20 || c == '"' || c == '\\' || c == 0x7F)
			add_escaped(w->out, c);
		else
			buf_add(w->out, span_cut(text, 0, len));
		span_skip(&text, len == 0 ? 1 : len);
	}
	buf_add_char(w->out, '"');
}

void
jsonw_text(struct jsonw *w, const char *text)
{
	if (text == NULL)
		jsonw_null(w);
	else
		jsonw_string(w, span_of(text));
}

/* By hand: a state of a large file is mostly numbers, and printf() takes its time over each. */
void
jsonw_int(struct jsonw *w, int64_t number)
{
	char digits[24];
	size_t at = sizeof digits;
	uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;

	do {
		digits[--at] = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest > 0);
	if (number < 0)
		digits[--at] = '-';
	before_value(w);
	buf_add(w->out, (struct span){ digits + at, sizeof digits - at });
}

void
jsonw_percent(struct jsonw *w, double number)
{
	char text[32];
	size_t len = (size_t)snprintf(text, sizeof text, "%.2f", number);

	while (text[len - 1] == '0')
		len--;
	len -= text[len - 1] == '.';
	before_value(w);
	buf_add(w->out, (struct span){ text, len });
}

void
jsonw_bool(struct jsonw *w, bool value)
{
	before_value(w);
	buf_add_text(w->out, value ? "true" : "false");
}

void
jsonw_null(struct jsonw *w)
{
	before_value(w);
	buf_add_text(w->out, "null");
}

void
jsonw_raw(struct jsonw *w, struct span json)
{
	before_value(w);
	buf_add(w->out, json);
}

void
jsonw_key_text(struct jsonw *w, const char *key, const char *text)
{
	jsonw_key(w, key);
	jsonw_text(w, text);
}

void
jsonw_key_int(struct jsonw *w, const char *key, int64_t number)
{
	jsonw_key(w, key);
	jsonw_int(w, number);
}

void
jsonw_key_bool(struct jsonw *w, const char *key, bool value)
{
	jsonw_key(w, key);
	jsonw_bool(w, value);
}
