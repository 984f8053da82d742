#include "text/ignore.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"

struct pattern {
	struct span text;     /* without '!', the leading and the trailing separator */
	bool negated;         /* began with '!' */
	bool folders_only;    /* ended with '/' */
	bool whole_path;      /* has another '/': it is meant from the file's folder */
	bool is_plain;        /* nothing in it is special */
	bool is_plain_ending; /* nothing but a '*' in front */
};

struct ignore {
	char *bytes;
	struct pattern *at;
	size_t count, cap;
};

/* ---- one component ---------------------------------------------------------------------------- */

/* *known is cleared if there is no such class. */
static bool
is_of_class(struct span name, unsigned char c, bool *known)
{
	const bool lower = c >= 'a' && c <= 'z', upper = c >= 'A' && c <= 'Z';
	const bool digit = c >= '0' && c <= '9', graph = c > ' ' && c < 127;
	const struct {
		struct span name;
		bool has;
	} classes[] = {
		{SPAN("alnum"),   lower || upper || digit                                  },
		{ SPAN("alpha"),  lower || upper                                           },
		{ SPAN("blank"),  c == ' ' || c == '\t'                                    },
		{ SPAN("cntrl"),  c < ' ' || c == 127                                      },
		{ SPAN("digit"),  digit						    },
		{ SPAN("graph"),  graph						    },
		{ SPAN("lower"),  lower						    },
		{ SPAN("print"),  graph || c == ' '                                        },
		{ SPAN("punct"),  graph && !lower && !upper && !digit                      },
		{ SPAN("space"),  c == ' ' || (c >= '\t' && c <= '\r')                     },
		{ SPAN("upper"),  upper						    },
		{ SPAN("xdigit"), digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')},
	};

	for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
		if (span_equal(classes[i].name, name))
			return classes[i].has;
	}
	*known = false;
	return false;
}

/* The length of "[:alpha:]" at the start of `p`, or 0. */
static size_t
class_length(struct span p)
{
	if (!span_starts(p, SPAN("[:")))
		return 0;
	for (size_t i = 2; i + 1 < p.len; i++) {
		if (p.at[i] == ':' && p.at[i + 1] == ']')
			return i + 2;
		if (p.at[i] == ']')
			break;
	}
	return 0;
}

/* Takes one character of a set, which may be escaped. */
static unsigned char
take_member(struct span *p)
{
	unsigned char c;

	if (*p->at == '\\' && p->len > 1)
		span_skip(p, 1);
	c = (unsigned char)*p->at;
	span_skip(p, 1);
	return c;
}

/* Takes one item of a set off its front: is `c` in it? *sound is cleared if it is no item. */
static bool
match_item(struct span *p, unsigned char c, bool *sound)
{
	size_t named = class_length(*p);
	unsigned char from, to;

	if (named > 0) {
		bool has = is_of_class(span_cut(*p, 2, named - 2), c, sound);

		span_skip(p, named);
		return has;
	}
	from = to = take_member(p);
	if (p->len > 1 && p->at[0] == '-' && p->at[1] != ']') {
		span_skip(p, 1);
		to = take_member(p);
	}
	return from <= c && c <= to;
}

/* Takes "[a-z]" off the front of `p`. One without an end, or with a class that there is none, matches
 * nothing (git's wildmatch.c). */
static bool
match_set(struct span *p, unsigned char c)
{
	bool negated, has = false, first = true, sound = true;

	span_skip(p, 1);
	negated = p->len > 0 && (*p->at == '!' || *p->at == '^');
	if (negated)
		span_skip(p, 1);
	for (; p->len > 0 && (first || *p->at != ']'); first = false)
		has = match_item(p, c, &sound) || has;
	if (p->len == 0)
		return false;
	span_skip(p, 1);
	return sound && has != negated;
}

/* Takes what matches one character off the front of `p`: does it match `c`? */
static bool
match_one(struct span *p, char c)
{
	char wanted = *p->at;

	if (wanted == '[')
		return match_set(p, (unsigned char)c);
	span_skip(p, 1);
	if (wanted == '?')
		return true;
	if (wanted != '\\')
		return wanted == c;
	if (p->len == 0)
		return false;
	wanted = *p->at;
	span_skip(p, 1);
	return wanted == c;
}

/* Only the last '*' met needs to be tried again: what stands before it matched as early as it could. */
static bool
match_component(struct span p, struct span name)
{
	struct span after = { NULL, 0 }, rest = name; /* of the last '*': the pattern behind it */
	bool star = false;

	for (;;) {
		if (p.len > 0 && *p.at == '*') {
			span_skip(&p, 1);
			after = p;
			rest = name;
			star = true;
			continue;
		}
		if (name.len == 0 && p.len == 0)
			return true;
		if (p.len > 0 && name.len > 0 && match_one(&p, *name.at)) {
			span_skip(&name, 1);
			continue;
		}
		if (!star || rest.len == 0)
			return false;
		span_skip(&rest, 1);
		p = after;
		name = rest;
	}
}

/* ---- paths ------------------------------------------------------------------------------------ */

/* Takes the part up to the next separator, and that; *last: there was none. */
static struct span
take_component(struct span *path)
{
	const char *end = path->len == 0 ? NULL : memchr(path->at, '/', path->len);
	size_t len = end == NULL ? path->len : (size_t)(end - path->at);
	struct span part = span_cut(*path, 0, len);

	span_skip(path, end == NULL ? len : len + 1);
	return part;
}

/* As match_component(), with components for characters and "**" for '*'. At the end, "**" stands for
 * one component at least. */
static bool
match_path(struct span p, struct span path)
{
	struct span after = { NULL, 0 }, rest = path;
	bool star = false;

	for (;;) {
		struct span left = p, part = take_component(&left);

		if (p.len > 0 && span_equal(part, SPAN("**"))) {
			if (left.len == 0)
				return path.len > 0;
			p = after = left;
			rest = path;
			star = true;
			continue;
		}
		if (path.len == 0 && p.len == 0)
			return true;
		if (p.len > 0 && path.len > 0) {
			struct span below = path, name = take_component(&below);

			if (match_component(part, name)) {
				p = left;
				path = below;
				continue;
			}
		}
		if (!star || rest.len == 0)
			return false;
		take_component(&rest);
		p = after;
		path = rest;
	}
}

static struct span
base_of(struct span path)
{
	size_t start = path.len;

	while (start > 0 && path.at[start - 1] != '/')
		start--;
	return span_cut(path, start, path.len);
}

static bool
match_pattern(const struct pattern *p, struct span path, struct span base)
{
	struct span subject = p->whole_path ? path : base;

	if (p->is_plain)
		return span_equal(p->text, subject);
	if (p->is_plain_ending)
		return span_ends(base, span_cut(p->text, 1, p->text.len));
	return p->whole_path ? match_path(p->text, path) : match_component(p->text, base);
}

/* ---- a file ----------------------------------------------------------------------------------- */

/* Blanks at the end don't count unless a backslash stands before them. */
static struct span
strip_end(struct span line)
{
	size_t len = 0;

	for (size_t i = 0; i < line.len; i++) {
		if (line.at[i] == '\\' && i + 1 < line.len)
			len = ++i + 1;
		else if (line.at[i] != ' ')
			len = i + 1;
	}
	return span_cut(line, 0, len);
}

static bool
is_plain(struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];

		if (c == '*' || c == '?' || c == '[' || c == '\\')
			return false;
	}
	return true;
}

static void
add_pattern(struct ignore *ignore, struct span line)
{
	struct pattern p = { .text = strip_end(line) };

	if (p.text.len == 0 || *p.text.at == '#')
		return;
	p.negated = *p.text.at == '!';
	if (p.negated)
		span_skip(&p.text, 1);
	p.folders_only = span_ends(p.text, SPAN("/"));
	if (p.folders_only)
		p.text.len--;
	p.whole_path = p.text.len > 0 && memchr(p.text.at, '/', p.text.len) != NULL;
	if (span_starts(p.text, SPAN("/")))
		span_skip(&p.text, 1);
	if (p.text.len == 0)
		return;
	p.is_plain = is_plain(p.text);
	p.is_plain_ending =
		!p.whole_path && *p.text.at == '*' && is_plain(span_cut(p.text, 1, p.text.len));
	ignore->at = mem_grow(ignore->at, ignore->count, &ignore->cap, sizeof *ignore->at);
	ignore->at[ignore->count++] = p;
}

struct ignore *
ignore_parse(struct span text)
{
	struct ignore *ignore = mem_alloc(1, sizeof *ignore);
	struct span rest;

	if (span_starts(text, SPAN("\xef\xbb\xbf")))
		span_skip(&text, 3);
	ignore->bytes = mem_text(text.at, text.len);
	rest = (struct span){ ignore->bytes, text.len };
	while (rest.len > 0) {
		const char *end = memchr(rest.at, '\n', rest.len);
		size_t len = end == NULL ? rest.len : (size_t)(end - rest.at);
		struct span line = span_cut(rest, 0, len);

		if (span_ends(line, SPAN("\r")))
			line.len--;
		add_pattern(ignore, line);
		span_skip(&rest, end == NULL ? len : len + 1);
	}
	return ignore;
}

enum ignore_verdict
ignore_match(const struct ignore *ignore, struct span path, bool is_folder)
{
	struct span base = base_of(path);

	for (size_t i = ignore->count; i > 0; i--) {
		const struct pattern *p = &ignore->at[i - 1];

		if ((is_folder || !p->folders_only) && match_pattern(p, path, base))
			return p->negated ? IGNORE_NO : IGNORE_YES;
	}
	return IGNORE_UNDECIDED;
}

void
ignore_free(struct ignore *ignore)
{
	if (ignore == NULL)
		return;
	free(ignore->at);
	free(ignore->bytes);
	free(ignore);
}
