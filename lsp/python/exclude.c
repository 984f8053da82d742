#include "python/exclude.h"

#include <stdatomic.h>
#include <stdint.h>

#include "base/buf.h"

/* coverage/config.py, DEFAULT_EXCLUDE, 7.16.1, joined as coverage/misc.py, join_regex() does. */
const char py_exclude_default_pattern[] =
	"(?:#\\s*(pragma|PRAGMA)[:\\s]?\\s*(no|NO)\\s*(cover|COVER))|"
	"(?:^\\s*(((async )?def .*?)?[\\])]+(\\s*->.*?)?:\\s*)?\\.\\.\\.\\s*(#|$))|"
	"(?:if (typing\\.)?TYPE_CHECKING:)";

/* Line numbers of offsets that only grow. */
struct line_counter {
	struct span text;
	size_t at;
	uint32_t line;
};

static void
count_line_ends(struct line_counter *c, size_t offset, char byte)
{
	const char *p = c->text.at + c->at, *end = c->text.at + offset;

	while (p < end && (p = memchr(p, byte, (size_t)(end - p))) != NULL) {
		p++;
		/* A CR before its LF is not counted: the LF is, in its turn. */
		c->line += byte == '\n' || p == c->text.at + c->text.len || *p != '\n';
	}
}

static uint32_t
line_at(struct line_counter *c, size_t offset)
{
	if (offset > c->at) {
		count_line_ends(c, offset, '\n');
		count_line_ends(c, offset, '\r');
		c->at = offset;
	}
	return c->line;
}

/* Adds the lines of a match. */
static void
add_match(struct line_set *lines, struct line_counter *counter, size_t start, size_t end)
{
	uint32_t first = line_at(counter, start);

	line_set_add_range(lines, first, line_at(counter, end));
}

static bool
lacks_line_end(struct span text)
{
	return text.len > 0 && text.at[text.len - 1] != '\n' && text.at[text.len - 1] != '\r';
}

static bool
search(struct line_set *lines, const struct regex *re, struct span text)
{
	struct regex_search search;
	struct line_counter counter = { .text = text, .line = 1 };
	enum regex_result result = REGEX_NONE;
	size_t from = 0, start, end;

	regex_begin(&search, re, text);
	while (from <= text.len &&
	       (result = regex_next(&search, from, &start, &end)) == REGEX_FOUND) {
		add_match(lines, &counter, start, end);
		/* After an empty match Python goes on one character later. */
		from = end > start ? end : end + 1;
	}
	regex_end(&search);
	return result != REGEX_LIMIT;
}

bool
py_exclude_search(struct line_set *lines, const struct regex *re, struct span text)
{
	struct buf whole = { 0 };
	bool done;

	if (!lacks_line_end(text))
		return search(lines, re, text);
	buf_add(&whole, text);
	buf_add_char(&whole, '\n');
	done = search(lines, re, buf_span(&whole));
	buf_free(&whole);
	return done;
}

/* ---- the defaults, fast -----------------------------------------------------------------------
 *
 * Every match of a default pattern holds a `#` before `pragma`, or `...`, or `TYPE_CHECKING:`: a
 * *sign*. Signs are found quickly, and in most files there are none. Where there is one, the regex
 * is run over a window round it that is sure to hold every match the sign is part of:
 *
 * The text of a match is on four lines at most, blank lines not counted, because `.` stops at line
 * ends and `\s*` stands in few places: `def f()`, `-> int:`, `...`, `#`. It may begin with blank
 * lines and end with some. So WINDOW_LINES such lines before and behind the sign, with the blank
 * ones round them, are more than enough. A line counts as blank if it might be: all bytes of
 * non-ASCII characters are taken for white space, which makes windows larger and never smaller.
 */

#define WINDOW_LINES 5
#define NOWHERE      SIZE_MAX

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

static size_t
next_byte(struct span text, size_t from, char byte)
{
	const char *p = from < text.len ? memchr(text.at + from, byte, text.len - from) : NULL;

	return p == NULL ? NOWHERE : (size_t)(p - text.at);
}

static size_t
next_pragma(struct span text, size_t from)
{
	size_t at, word;

	for (at = next_byte(text, from, '#'); at != NOWHERE; at = next_byte(text, at + 1, '#')) {
		for (word = at + 1; word < text.len && may_be_space(text.at[word]);)
			word++;
		if (holds(text, word, SPAN("pragma")) || holds(text, word, SPAN("PRAGMA")))
			break;
	}
	return at;
}

static size_t
next_ellipsis(struct span text, size_t from)
{
	/* One of any three bytes in a row is looked at. */
	for (size_t at = from + 2; at < text.len; at += 3) {
		if (text.at[at] != '.')
			continue;
		for (size_t start = at - 2; start <= at; start++) {
			if (holds(text, start, SPAN("...")))
				return start;
		}
	}
	return NOWHERE;
}

static size_t
next_type_checking(struct span text, size_t from)
{
	static const size_t k = 9; /* of the rare letter */
	size_t at;

	for (at = next_byte(text, from, 'K'); at != NOWHERE; at = next_byte(text, at + 1, 'K')) {
		if (at >= from + k && holds(text, at - k, SPAN("TYPE_CHECKING:")))
			return at - k;
	}
	return NOWHERE;
}

/* The next sign of each kind; NOWHERE once there are no more. */
struct signs {
	struct span text;
	size_t pragma, ellipsis, type_checking;
};

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

/* The start of the window round `sign`; not before `least`. */
static size_t
window_start(struct span text, size_t sign, size_t least)
{
	size_t at = sign;
	bool blank = true;
	unsigned lines = 0;

	/* CR LF counts as two line ends here, the line between them as blank: no harm. */
	for (; at > least; at--) {
		if (is_line_end(text.at[at - 1])) {
			blank = true;
		} else if (blank && !may_be_space(text.at[at - 1])) {
			blank = false;
			if (++lines > WINDOW_LINES)
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
			if (++lines > WINDOW_LINES)
				return line;
		}
	}
	return text.len;
}

/* The first sign, and the next of each kind. */
static struct signs
begin_signs(struct span text)
{
	return (struct signs){
		.text = text,
		.pragma = next_pragma(text, 0),
		.ellipsis = next_ellipsis(text, 0),
		.type_checking = next_type_checking(text, 0),
	};
}

/* A match ends with the text. If a last line end is missing, and were there, would the match go up to
 * it? Only if it ends with the `$` of the second pattern. */
static bool
takes_in_line_end(struct span text)
{
	char last = text.at[text.len - 1];

	return lacks_line_end(text) && (last == '.' || may_be_space(last));
}

static void
search_round_signs(struct line_set *lines, struct regex_search *search, struct signs *signs)
{
	struct span text = signs->text;
	struct line_counter counter = { .text = text, .line = 1 };
	size_t from = 0;                 /* where matches may start from here on */
	size_t window = 0, line_end = 0; /* of the last sign */
	size_t sign = next_sign(signs, 0), start, end;

	while (sign != NOWHERE) {
		enum regex_result result;

		if (sign >= line_end)
			window = window_end(text, sign, &line_end);
		regex_set_end(search, window);
		result = regex_next(search, window_start(text, sign, from), &start, &end);
		if (result == REGEX_LIMIT)
			return;
		if (result == REGEX_FOUND && start <= sign) {
			add_match(lines, &counter, start, end);
			if (end == text.len && takes_in_line_end(text))
				line_set_add(lines, counter.line + 1);
			from = end;
			sign = next_sign(signs, end);
			continue;
		}
		/* This sign is not part of a match, nor is any other on this line up to what was
		 * found, which itself is not to be trusted: it may go on behind the window. */
		from = sign + 1;
		if (result == REGEX_NONE || start > line_end)
			start = line_end;
		sign = next_sign(signs, start);
	}
}

/* Compiled once, whichever thread comes first. */
static const struct regex *
default_regex(void)
{
	static _Atomic(struct regex *) shared;
	struct regex *re = atomic_load(&shared), *none = NULL;
	struct error err = { 0 };

	if (re != NULL)
		return re;
	re = regex_compile(span_of(py_exclude_default_pattern), &err);
	if (atomic_compare_exchange_strong(&shared, &none, re))
		return re;
	regex_free(re);
	return none;
}

void
py_exclude_defaults(struct line_set *lines, struct span text)
{
	struct signs signs = begin_signs(text);
	struct regex_search search;

	if (next_sign(&signs, 0) == NOWHERE)
		return;
	regex_begin(&search, default_regex(), text);
	search_round_signs(lines, &search, &signs);
	regex_end(&search);
}
