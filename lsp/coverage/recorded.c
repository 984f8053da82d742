#include "recorded.h"

#include <string.h>

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static char
small(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool
has_drive(struct span s)
{
	return s.len > 2 && is_letter(s.at[0]) && s.at[1] == ':' &&
	       (s.at[2] == '/' || s.at[2] == '\\');
}

/* The length of "scheme:" before "//", or 0. A drive is no scheme. */
static size_t
scheme_of(struct span s)
{
	size_t i = 0;

	while (i < s.len && (is_letter(s.at[i]) || (i > 0 && (s.at[i] == '-' || s.at[i] == '+'))))
		i++;
	return i > 1 && s.len > i + 2 && memcmp(s.at + i, "://", 3) == 0 ? i + 1 : 0;
}

static bool
is_scheme(struct span s, size_t len, const char *name)
{
	for (size_t i = 0; i < len; i++) {
		if (small(s.at[i]) != name[i])
			return false;
	}
	return name[len] == '\0';
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = small(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void
decode(struct span s, struct buf *out)
{
	while (s.len > 0) {
		int high = s.len > 2 && *s.at == '%' ? hex_value(s.at[1]) : -1;
		int low = high >= 0 ? hex_value(s.at[2]) : -1;
		bool encoded = low >= 0 && (high | low) != 0;
		char c = *s.at;

		if (encoded)
			c = (char)(high << 4 | low);
		buf_add_char(out, c);
		span_skip(&s, encoded ? 3 : 1);
	}
}

/* What comes after the host of a URL, without its first '/'. */
static struct span
after_host(struct span s)
{
	while (s.len > 0 && *s.at != '/')
		span_skip(&s, 1);
	if (s.len > 0)
		span_skip(&s, 1);
	return s;
}

static struct span
without_query(struct span s)
{
	const char *query = memchr(s.at, '?', s.len);

	return query == NULL ? s : span_cut(s, 0, (size_t)(query - s.at));
}

/* Takes a URL to what it names, in `url` if it must be written anew. */
static struct span
name_in_url(struct span s, size_t scheme, struct buf *url)
{
	struct span rest = s;

	span_skip(&rest, scheme + 2);
	if (is_scheme(s, scheme, "http:") || is_scheme(s, scheme, "https:"))
		return without_query(s);
	rest = after_host(rest);
	if (!is_scheme(s, scheme, "file:"))
		return without_query(
			rest); /* webpack:///./src/a.js?1f2e: from the project's folder */
	if (!has_drive(rest))
		buf_add_char(url, '/');
	decode(rest, url);
	return buf_span(url);
}

static struct span
without_wrapping(struct span s, struct buf *url)
{
	size_t scheme = scheme_of(s);

	if (scheme > 0)
		s = name_in_url(s, scheme, url);
	if (span_starts(s, SPAN("\\\\?\\")))
		span_skip(&s, 4);
	if (span_starts(s, SPAN("/proc/self/cwd/")))
		span_skip(&s, strlen("/proc/self/cwd/"));
	if (span_starts(s, SPAN("_/")) && span_ends(s, SPAN(".go")))
		span_skip(&s, 1);
	return s;
}

/* Takes the last part away; false if there is none that can be. */
static bool
go_up(struct buf *out, size_t root)
{
	size_t at = out->len;

	while (at > root && out->at[at - 1] != '/')
		at--;
	if (out->len == root ||
	    span_equal((struct span){ out->at + at, out->len - at }, SPAN("..")))
		return false;
	out->len = at > root ? at - 1 : root;
	return true;
}

static void
add_part(struct buf *out, size_t root, struct span part)
{
	if (out->len > root)
		buf_add_char(out, '/');
	buf_add(out, part);
}

static bool
is_separator(char c, bool both)
{
	return c == '/' || (both && c == '\\');
}

static void
add_parts(struct buf *out, struct span s, bool both)
{
	size_t root = out->len;

	while (s.len > 0) {
		size_t len = 0;
		struct span part;

		while (len < s.len && !is_separator(s.at[len], both))
			len++;
		part = span_cut(s, 0, len);
		if (span_equal(part, SPAN(".."))) {
			if (!go_up(out, root) && root == 0)
				add_part(out, root, part);
		} else if (len > 0 && !span_equal(part, SPAN("."))) {
			add_part(out, root, part);
		}
		span_skip(&s, len < s.len ? len + 1 : len);
	}
}

void
recorded_normalize(struct span name, struct buf *out)
{
	struct buf url = { 0 };
	struct span s = without_wrapping(name, &url);
	bool both = s.len > 0 && s.at[0] != '/'; /* where '/' is the separator, '\' is a letter */

	buf_reset(out);
	if (has_drive(s)) {
		buf_add_char(out, small(s.at[0]));
		buf_add_text(out, ":/");
		span_skip(&s, 3);
	} else if (s.len > 0 && is_separator(s.at[0], true)) {
		buf_add_char(out, '/');
	}
	add_parts(out, s, both);
	buf_free(&url);
}

bool
recorded_is_normal(struct span name)
{
	char before = '/';

	if (name.len == 0 || span_starts(name, SPAN("/proc/")) || span_starts(name, SPAN("_/")))
		return false;
	for (size_t i = 0; i < name.len; i++) {
		char c = name.at[i];

		/* ':' may be a drive's or a scheme's; a '.' or '/' after a '/' is looked at closer. */
		if (c == '\\' || c == ':' || (before == '/' && (c == '.' || (c == '/' && i > 0))))
			return false;
		before = c;
	}
	return before != '/' || name.len == 1;
}

bool
recorded_is_absolute(struct span normal)
{
	const char *slash = memchr(normal.at, '/', normal.len);

	return normal.len > 0 &&
	       (normal.at[0] == '/' || (slash != NULL && slash > normal.at && slash[-1] == ':'));
}

void
recorded_fold(struct buf *name)
{
	for (size_t i = 0; i < name->len; i++)
		name->at[i] = small(name->at[i]);
}
