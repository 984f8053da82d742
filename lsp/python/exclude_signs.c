#include "exclude_signs.h"

#include <string.h>

static bool
may_be_space(char c)
{
	return (unsigned char)c <= ' ' || (unsigned char)c >= 0x7F;
}

static bool
is_line_end(char c)
{
	return c == '\n' || c == '\r';
}

static bool
holds(struct span text, size_t at, struct span what)
{
	return at <= text.len && text.len - at >= what.len &&
	       memcmp(text.at + at, what.at, what.len) == 0;
}

/* Does `what` end before `end`? */
static bool
holds_before(struct span text, size_t end, struct span what)
{
	return end >= what.len && holds(text, end - what.len, what);
}

static size_t
next_byte(struct span text, size_t from, char byte)
{
	const char *p = from < text.len ? memchr(text.at + from, byte, text.len - from) : NULL;

	return p == NULL ? SIGN_NOWHERE : (size_t)(p - text.at);
}

/* ---- signs ------------------------------------------------------------------------------------- */

static size_t
next_pragma(struct span text, size_t from)
{
	size_t at, word;

	for (at = next_byte(text, from, '#'); at != SIGN_NOWHERE;
	     at = next_byte(text, at + 1, '#')) {
		for (word = at + 1; word < text.len && may_be_space(text.at[word]);)
			word++;
		if (holds(text, word, SPAN("pragma")) || holds(text, word, SPAN("PRAGMA")))
			break;
	}
	return at;
}

/* Do three dots begin at one of `BLOCK` bytes? For a compiler that knows how to look at many bytes at
 * once: no way out of the loop. Two bytes more are read. */
#define BLOCK 128

static bool
block_has_dots(const char *p)
{
	unsigned char found = 0;

	for (size_t i = 0; i < BLOCK; i++)
		found |= (unsigned char)((p[i] == '.') & (p[i + 1] == '.') & (p[i + 2] == '.'));
	return found != 0;
}

/* May the pattern match what stands before these dots: nothing on the line, or a colon? */
static bool
may_follow(struct span text, size_t dots)
{
	size_t at = dots;

	while (at > 0 && may_be_space(text.at[at - 1]) && !is_line_end(text.at[at - 1]))
		at--;
	return at == 0 || is_line_end(text.at[at - 1]) || text.at[at - 1] == ':';
}

/* And what stands behind: nothing on the line, or a comment? */
static bool
may_be_followed(struct span text, size_t dots)
{
	size_t at = dots + 3;

	while (at < text.len && may_be_space(text.at[at]) && !is_line_end(text.at[at]))
		at++;
	return at == text.len || is_line_end(text.at[at]) || text.at[at] == '#';
}

static bool
is_ellipsis(struct span text, size_t at)
{
	return holds(text, at, SPAN("...")) && may_follow(text, at) && may_be_followed(text, at);
}

static size_t
next_ellipsis(struct span text, size_t from)
{
	size_t at = from;

	while (at + BLOCK + 2 <= text.len) {
		size_t end = at + BLOCK;

		if (!block_has_dots(text.at + at))
			at = end;
		for (; at < end; at++) {
			if (is_ellipsis(text, at))
				return at;
		}
	}
	for (; at < text.len; at++) {
		if (is_ellipsis(text, at))
			return at;
	}
	return SIGN_NOWHERE;
}

/* Behind `if ` or `typing.`; a form feed will be a space. */
static bool
is_type_checking(struct span text, size_t at)
{
	return holds(text, at, SPAN("TYPE_CHECKING:")) && at > 0 &&
	       (text.at[at - 1] == '.' || may_be_space(text.at[at - 1]));
}

static size_t
next_type_checking(struct span text, size_t from)
{
	static const size_t k = 9; /* of the rare letter */
	size_t at;

	for (at = next_byte(text, from, 'K'); at != SIGN_NOWHERE;
	     at = next_byte(text, at + 1, 'K')) {
		if (at >= from + k && is_type_checking(text, at - k))
			return at - k;
	}
	return SIGN_NOWHERE;
}

void
signs_begin(struct signs *s, struct span text, enum sign_kinds kinds)
{
	bool all = kinds == SIGNS_EXCLUDE;

	*s = (struct signs){
		.text = text,
		.pragma = next_pragma(text, 0),
		.ellipsis = all ? next_ellipsis(text, 0) : SIGN_NOWHERE,
		.type_checking = all ? next_type_checking(text, 0) : SIGN_NOWHERE,
	};
}

bool
signs_are_none(const struct signs *s)
{
	return s->pragma == SIGN_NOWHERE && s->ellipsis == SIGN_NOWHERE &&
	       s->type_checking == SIGN_NOWHERE;
}

/* The first sign at `from` or later. */
static size_t
next_sign(struct signs *s, size_t from)
{
	size_t first;

	if (s->pragma < from)
		s->pragma = next_pragma(s->text, from);
	if (s->ellipsis < from)
		s->ellipsis = next_ellipsis(s->text, from);
	if (s->type_checking < from)
		s->type_checking = next_type_checking(s->text, from);
	first = s->pragma < s->ellipsis ? s->pragma : s->ellipsis;
	return first < s->type_checking ? first : s->type_checking;
}

/* ---- windows ----------------------------------------------------------------------------------- */

/* The start of the window round `sign`; not before `least`. */
static size_t
window_start(struct span text, size_t sign, size_t least)
{
	size_t at = sign;
	bool blank = true;
	unsigned lines = 0;

	for (; at > least; at--) {
		if (is_line_end(text.at[at - 1])) {
			blank = true;
		} else if (blank && !may_be_space(text.at[at - 1])) {
			blank = false;
			if (++lines > SIGN_LINES)
				break;
		}
	}
	return at;
}

/* The window's end: the start of a line that isn't blank, or the end of the text. *line_end is set
 * to the end of the sign's own line. */
static size_t
window_end(struct span text, size_t sign, size_t *line_end)
{
	size_t at = sign, line = sign;
	bool blank = true;
	unsigned lines = 0;

	*line_end = text.len;
	for (; at < text.len; at++) {
		if (is_line_end(text.at[at])) {
			if (*line_end == text.len)
				*line_end = at;
			blank = true;
			line = at + 1;
		} else if (blank && !may_be_space(text.at[at])) {
			blank = false;
			if (++lines > SIGN_LINES)
				return line;
		}
	}
	return text.len;
}

enum regex_result
sign_search_next(struct sign_search *s, size_t from, size_t *start, size_t *end)
{
	struct span text = s->signs.text;
	size_t sign = next_sign(&s->signs, from);

	while (sign != SIGN_NOWHERE) {
		enum regex_result result;

		if (sign >= s->line_end)
			s->window = window_end(text, sign, &s->line_end);
		regex_set_end(&s->search, s->window);
		result = regex_next(&s->search, window_start(text, sign, from), start, end);
		if (result == REGEX_LIMIT || (result == REGEX_FOUND && *start <= sign))
			return result;
		/* This sign is not part of a match, nor is any other on this line up to what was
		 * found, which itself is not to be trusted: it may go on behind the window. */
		from = sign + 1;
		sign = next_sign(&s->signs, result == REGEX_NONE || *start > s->line_end
						    ? s->line_end
						    : *start);
	}
	return REGEX_NONE;
}

/* ---- tests of constants ------------------------------------------------------------------------ */

/* Where a test of a constant that ends with this colon begins, or SIGN_NOWHERE. */
static size_t
test_start(struct span text, size_t colon)
{
	static const struct span constants[] = {
		{"True",   4},
                { "1",     1},
                { "False", 5},
                { "0",     1}
	};

	for (size_t i = 0; i < sizeof constants / sizeof constants[0]; i++) {
		size_t test;

		if (!holds_before(text, colon, constants[i]))
			continue;
		test = colon - constants[i].len;
		if (holds_before(text, test, SPAN("while ")))
			return test - strlen("while ");
		if (holds_before(text, test, SPAN("if ")))
			return test - strlen("if ");
	}
	return SIGN_NOWHERE;
}

enum regex_result
test_search_next(struct span text, size_t from, size_t *start, size_t *end)
{
	for (size_t colon = next_byte(text, from, ':'); colon != SIGN_NOWHERE;
	     colon = next_byte(text, colon + 1, ':')) {
		*start = test_start(text, colon);
		*end = colon + 1;
		if (*start != SIGN_NOWHERE && *start >= from)
			return REGEX_FOUND;
	}
	return REGEX_NONE;
}
