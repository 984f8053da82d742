#include "format/pyjson.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text/utf8.h"

void
pyjson_init(struct pyjson *w, struct output *out, bool pretty)
{
	memset(w, 0, sizeof *w);
	w->out = out;
	w->pretty = pretty;
}

static void
new_line(struct pyjson *w)
{
	output_char(w->out, '\n');
	for (unsigned i = 0; i < w->depth; i++)
		output_add(w->out, SPAN("    "));
}

static void
before_value(struct pyjson *w)
{
	if (w->after_key) {
		w->after_key = false;
		return;
	}
	if (w->filled)
		output_char(w->out, ',');
	if (w->pretty && w->depth > 0)
		new_line(w);
	else if (w->filled)
		output_char(w->out, ' ');
	w->filled = true;
}

static void
open(struct pyjson *w, char bracket)
{
	before_value(w);
	output_char(w->out, bracket);
	w->depth++;
	w->filled = false;
}

static void
close(struct pyjson *w, char bracket)
{
	w->depth--;
	if (w->pretty && w->filled)
		new_line(w);
	output_char(w->out, bracket);
	w->filled = true;
}

void
pyjson_object(struct pyjson *w)
{
	open(w, '{');
}

void
pyjson_object_end(struct pyjson *w)
{
	close(w, '}');
}

void
pyjson_array(struct pyjson *w)
{
	open(w, '[');
}

void
pyjson_array_end(struct pyjson *w)
{
	close(w, ']');
}

static void
add_unit(struct output *out, uint32_t unit)
{
	static const char hex[] = "0123456789abcdef";
	char *at = output_room(out, 6);

	at[0] = '\\';
	at[1] = 'u';
	for (unsigned i = 0; i < 4; i++)
		at[2 + i] = hex[unit >> (12 - 4 * i) & 15];
	out->len += 6;
}

static uint32_t
decode(struct span text, size_t len)
{
	uint32_t code = (unsigned char)text.at[0] & (0xFFu >> (len + 1));

	for (size_t i = 1; i < len; i++)
		code = code << 6 | ((unsigned char)text.at[i] & 0x3Fu);
	return code;
}

static void
add_beyond_ascii(struct output *out, struct span text, size_t len)
{
	uint32_t code;

	if (len == 0) {
		add_unit(out, 0xDC00u + (unsigned char)*text.at);
		return;
	}
	code = decode(text, len);
	if (code >= 0x10000) {
		add_unit(out, 0xD800u + ((code - 0x10000) >> 10));
		add_unit(out, 0xDC00u + ((code - 0x10000) & 0x3FF));
	} else {
		add_unit(out, code);
	}
}

static void
add_special(struct output *out, unsigned char c)
{
	static const char letters[] = "btn fr"; /* 8 to 13; 11 has none */

	if (c == '"' || c == '\\') {
		output_char(out, '\\');
		output_char(out, (char)c);
	} else if (c >= 8 && c <= 13 && c != 11) {
		output_char(out, '\\');
		output_char(out, letters[c - 8]);
	} else {
		add_unit(out, c);
	}
}

static bool
is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
}

static void
add_quoted(struct output *out, struct span text)
{
	output_char(out, '"');
	while (text.len > 0) {
		unsigned char c = (unsigned char)*text.at;
		size_t len = 0;

		while (len < text.len && is_plain((unsigned char)text.at[len]))
			len++;
		if (len > 0) {
			output_add(out, span_cut(text, 0, len));
		} else if (c < 0x80) {
			add_special(out, c);
		} else {
			len = utf8_length(text);
			add_beyond_ascii(out, text, len);
		}
		span_skip(&text, len == 0 ? 1 : len);
	}
	output_char(out, '"');
}

void
pyjson_key(struct pyjson *w, struct span key)
{
	before_value(w);
	add_quoted(w->out, key);
	output_add(w->out, SPAN(": "));
	w->after_key = true;
}

void
pyjson_name(struct pyjson *w, struct span quoted)
{
	before_value(w);
	output_add(w->out, quoted);
	w->after_key = true;
}

void
pyjson_string(struct pyjson *w, struct span text)
{
	before_value(w);
	add_quoted(w->out, text);
}

void
pyjson_int(struct pyjson *w, int64_t number)
{
	before_value(w);
	output_int(w->out, number);
}

void
pyjson_bool(struct pyjson *w, bool value)
{
	before_value(w);
	output_text(w->out, value ? "true" : "false");
}

/* 15 digits are never too many, 17 always enough; of those that read back as the number, Python takes
 * the fewest (float_repr_style "short"). */
size_t
pyjson_float_text(double number, char text[PYJSON_FLOAT_MAX])
{
	int digits = 15, len;
	char *mark;

	do
		len = snprintf(text, PYJSON_FLOAT_MAX, "%.*g", digits, number);
	while (digits++ < 17 && strtod(text, NULL) != number);
	mark = strpbrk(text, ".e");
	if (mark == NULL) {
		memcpy(text + len, ".0", 3);
		len += 2;
	}
	return (size_t)len;
}

void
pyjson_float(struct pyjson *w, double number)
{
	struct pyjson_float *memo;
	uint64_t bits;

	memcpy(&bits, &number, sizeof bits);
	memo = &w->memo[bits * UINT64_C(0x9E3779B97F4A7C15) >> 54];
	if (memo->len == 0 || memo->bits != bits) {
		memo->bits = bits;
		memo->len = (uint8_t)pyjson_float_text(number, memo->text);
	}
	before_value(w);
	output_add(w->out, (struct span){ memo->text, memo->len });
}
