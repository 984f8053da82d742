#include "python/pysource.h"

#include <stdio.h>
#include <string.h>

#include "platform/charset.h"
#include "text/utf8.h"

#define BOM            SPAN("\xef\xbb\xbf")
#define REPLACEMENT    SPAN("\xef\xbf\xbd")
#define COOKIE_MAX     64
#define NORMALIZED_MAX 12

/* ---- which encoding (detect_encoding() in CPython 3.14, Lib/tokenize.py) ---------------------- */

static struct span
take_physical_line(struct span *rest)
{
	size_t len = 0;
	struct span line;

	while (len < rest->len && rest->at[len] != '\n' && rest->at[len] != '\r')
		len++;
	if (len < rest->len)
		len += rest->at[len] == '\r' && len + 1 < rest->len && rest->at[len + 1] == '\n'
			       ? 2
			       : 1;
	line = span_cut(*rest, 0, len);
	span_skip(rest, len);
	return line;
}

static struct span
skip_blanks(struct span line)
{
	while (line.len > 0 && (*line.at == ' ' || *line.at == '\t' || *line.at == '\f'))
		span_skip(&line, 1);
	return line;
}

static bool
is_blank(struct span line)
{
	line = skip_blanks(line);
	return line.len == 0 || strchr("#\r\n", *line.at) != NULL;
}

static bool
is_name(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       c == '-' || c == '_' || c == '.';
}

/* `coding` with ':' or '=' and a name in a comment. */
static bool
find_cookie(struct span line, char name[COOKIE_MAX])
{
	line = skip_blanks(line);
	if (line.len == 0 || *line.at != '#')
		return false;
	for (; line.len > 7; span_skip(&line, 1)) {
		struct span rest = line;
		size_t len = 0;

		if (!span_starts(line, SPAN("coding")) || (line.at[6] != ':' && line.at[6] != '='))
			continue;
		span_skip(&rest, 7);
		while (rest.len > 0 && (*rest.at == ' ' || *rest.at == '\t'))
			span_skip(&rest, 1);
		while (len < rest.len && len < COOKIE_MAX - 1 && is_name(rest.at[len]))
			len++;
		if (len == 0)
			continue;
		memcpy(name, rest.at, len);
		name[len] = '\0';
		return true;
	}
	return false;
}

static bool
is_called(const char *name, const char *what)
{
	size_t len = strlen(what);

	return strncmp(name, what, len) == 0 && (name[len] == '\0' || name[len] == '-');
}

/* As _get_normal_name(): the usual names of the two usual encodings. */
static void
normalize(char name[COOKIE_MAX])
{
	char start[NORMALIZED_MAX + 1] = { 0 };

	for (size_t i = 0; i < NORMALIZED_MAX && name[i] != '\0'; i++)
		start[i] = name[i] == '_'                     ? '-'
			   : name[i] >= 'A' && name[i] <= 'Z' ? (char)(name[i] + 32)
							      : name[i];
	if (is_called(start, "utf-8") || strcmp(start, "utf8") == 0)
		snprintf(name, COOKIE_MAX, "utf-8");
	else if (is_called(start, "latin-1") || is_called(start, "iso-8859-1") ||
		 is_called(start, "iso-latin-1"))
		snprintf(name, COOKIE_MAX, "iso-8859-1");
}

/* ---- making UTF-8 -------------------------------------------------------------------------------- */

/* How much of `text` is well-formed UTF-8. */
static size_t
well_formed(struct span text)
{
	struct span rest = text;

	while (rest.len > 0) {
		uint64_t eight;
		size_t len;

		if (rest.len >= sizeof eight) {
			memcpy(&eight, rest.at, sizeof eight);
			if ((eight & UINT64_C(0x8080808080808080)) == 0) {
				span_skip(&rest, sizeof eight);
				continue;
			}
		}
		len = utf8_length(rest);
		if (len == 0)
			break;
		span_skip(&rest, len);
	}
	return text.len - rest.len;
}

/* Of bytes that are no character: those that could have begun one are replaced together. */
static size_t
bad_length(struct span text)
{
	size_t len = 1;

	while (len < text.len && utf8_is_cut(span_cut(text, 0, len)) &&
	       ((unsigned char)text.at[len] & 0xC0) == 0x80)
		len++;
	return len > 1 && !utf8_is_cut(span_cut(text, 0, len)) ? len - 1 : len;
}

static void
replace_bad(struct buf *bytes)
{
	struct buf out = { 0 };
	struct span rest = buf_span(bytes);

	while (rest.len > 0) {
		size_t good = well_formed(rest);

		buf_add(&out, span_cut(rest, 0, good));
		span_skip(&rest, good);
		if (rest.len > 0) {
			buf_add(&out, REPLACEMENT);
			span_skip(&rest, bad_length(rest));
		}
	}
	buf_free(bytes);
	*bytes = out;
}

static void
from_latin1(struct span text, struct buf *out)
{
	for (; text.len > 0; span_skip(&text, 1)) {
		char *at = buf_room(out, 4);

		out->len += utf8_encode((unsigned char)*text.at, at);
	}
}

static void
from_ascii(struct span text, struct buf *out)
{
	for (; text.len > 0; span_skip(&text, 1)) {
		if (((unsigned char)*text.at & 0x80) != 0)
			buf_add(out, REPLACEMENT);
		else
			buf_add_char(out, *text.at);
	}
}

static bool
convert(struct buf *bytes, const char *name)
{
	struct buf out = { 0 };
	bool known = true;

	if (strcmp(name, "iso-8859-1") == 0)
		from_latin1(buf_span(bytes), &out);
	else if (strcmp(name, "ascii") == 0 || strcmp(name, "us-ascii") == 0)
		from_ascii(buf_span(bytes), &out);
	else
		known = charset_to_utf8(name, buf_span(bytes), &out);
	if (known) {
		buf_free(bytes);
		*bytes = out;
	}
	return known;
}

enum status
py_source_decode(struct buf *bytes, struct error *err)
{
	struct span text = buf_span(bytes), rest = text, first, lines;
	char name[COOKIE_MAX] = "";
	bool bom = span_starts(text, BOM), found;

	if (bom)
		span_skip(&rest, BOM.len);
	lines = rest;
	first = take_physical_line(&rest);
	found = find_cookie(first, name);
	if (!found && is_blank(first))
		found = find_cookie(take_physical_line(&rest), name);
	lines.len -= rest.len;
	if (found)
		normalize(name);
	if (found && strcmp(name, "utf-8") != 0) {
		if (bom)
			return error_set(err, STATUS_BAD_DATA, "encoding problem: utf-8");
		/* ASCII alone is the same in nearly all of them; but they must exist. */
		if (!convert(bytes, name))
			return error_set(err, STATUS_BAD_DATA, "unknown encoding: %s", name);
		return STATUS_OK;
	}
	if (well_formed(lines) < lines.len)
		return error_set(err, STATUS_BAD_DATA, "invalid or missing encoding declaration");
	if (well_formed(text) < text.len)
		replace_bad(bytes);
	return STATUS_OK;
}

/* ---- lines as str.splitlines() has them ------------------------------------------------------ */

/* The length of what ends a line at the start of `text`, or 0. */
static size_t
end_length(struct span text)
{
	unsigned char c = (unsigned char)*text.at;

	if (c == '\r')
		return text.len > 1 && text.at[1] == '\n' ? 2 : 1;
	if (c == '\n' || c == 0x0B || (c >= 0x1C && c <= 0x1E))
		return 1;
	if (span_starts(text, SPAN("\xc2\x85")))
		return 2;
	return span_starts(text, SPAN("\xe2\x80\xa8")) || span_starts(text, SPAN("\xe2\x80\xa9"))
		       ? 3
		       : 0;
}

bool
py_source_take_line(struct span *rest, struct span *line)
{
	struct span at = *rest;
	size_t end = 0;

	if (rest->len == 0)
		return false;
	while (at.len > 0 && (end = end_length(at)) == 0)
		span_skip(&at, 1);
	*line = span_cut(*rest, 0, rest->len - at.len);
	*rest = at;
	span_skip(rest, at.len == 0 ? 0 : end);
	return true;
}

/* Has it line ends that are none to Python, or may it have some? */
static bool
has_odd_ends(struct span text)
{
	unsigned odd = 0;

	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.at[i];

		odd |= (unsigned)(c == '\r') | (unsigned)(c == 0x0B) |
		       (unsigned)(c >= 0x1C && c <= 0x1E) | (unsigned)(c == 0xC2) |
		       (unsigned)(c == 0xE2);
	}
	return odd != 0;
}

uint32_t
py_source_count_lines(struct span text)
{
	uint32_t count = 0;
	struct span line;

	if (!has_odd_ends(text)) {
		for (size_t i = 0; i < text.len; i++)
			count += text.at[i] == '\n';
		return count + (text.len > 0 && text.at[text.len - 1] != '\n');
	}
	while (py_source_take_line(&text, &line))
		count++;
	return count;
}

void
py_source_add_line(struct buf *out, struct span line, bool is_first)
{
	if (is_first && span_starts(line, BOM))
		span_skip(&line, BOM.len);
	for (; line.len > 0; span_skip(&line, 1))
		buf_add_char(out, *line.at == '\f' ? ' ' : *line.at);
}
