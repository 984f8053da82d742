#include "regex_translate.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "text/repr.h"
#include "text/utf8.h"

#define REPEAT_MAX 65535u     /* PCRE2's */
#define NO_MAX     UINT32_MAX /* and Python's MAXREPEAT, from which on a number is refused */
#define WIDTH_MAX  (UINT64_C(1) << 60)
#define CHAR_MAX_  0x10FFFFu

/* Flags of the pattern, in force at one place. */
enum {
	FLAG_I = 1,
	FLAG_M = 2,
	FLAG_S = 4,
	FLAG_X = 8,
	FLAG_A = 16,
	FLAG_U = 32,
	FLAG_L = 64,
	FLAGS_OF_TYPE = FLAG_A | FLAG_U | FLAG_L,
};

/* How many characters are matched at least and at most; WIDTH_MAX is as good as infinite. */
struct width {
	uint64_t min, max;
};

struct group {
	struct span name; /* empty: none */
	bool closed;
	struct width width;
};

/* A group that a condition asks for, perhaps before it is there. */
struct wanted {
	struct span number;
	size_t group, at;
};

struct reader {
	struct span pattern;
	size_t index; /* behind the token ahead */
	size_t ahead; /* length of the token ahead: a character, or a backslash and one; 0: the end */
	struct regex_translation how;
	struct buf *out;
	struct error *err;
	bool failed, beyond, uneasy, numbered, varying_lookbehind;
	unsigned flags, depth;
	size_t lookbehind_groups; /* how many there were where the outermost look-behind began; or 0 */
	struct group *groups;     /* [0] is the whole */
	size_t group_count, group_cap;
	struct wanted *wanted;
	size_t wanted_count, wanted_cap;
};

/* ---- tokens, as class Tokenizer ---------------------------------------------------------------- */

/* How many characters the first `bytes` bytes of the pattern hold. */
static size_t
characters(struct span pattern, size_t bytes)
{
	return utf8_units(span_cut(pattern, 0, bytes), TEXT_UTF32);
}

/* " at position 3", or " at position 3 (line 1, column 4)" if the pattern has more than one. */
static void
add_position(struct buf *out, struct span pattern, size_t at)
{
	size_t line = 1, start = 0;

	buf_addf(out, " at position %zu", characters(pattern, at));
	if (memchr(pattern.at, '\n', pattern.len) == NULL)
		return;
	for (size_t i = 0; i < at; i++) {
		if (pattern.at[i] == '\n') {
			line++;
			start = i + 1;
		}
	}
	buf_addf(out, " (line %zu, column %zu)", line,
		 characters(pattern, at) - characters(pattern, start) + 1);
}

/* The first fault counts. No more tokens follow, so that all comes to its end. */
static void
fail_with(struct reader *r, const size_t *at, const char *before, struct span what,
	  const char *after)
{
	struct buf text = { 0 };

	if (!r->failed) {
		buf_add_text(&text, before);
		buf_add(&text, what);
		buf_add_text(&text, after);
		if (at != NULL)
			add_position(&text, r->pattern, *at);
		error_set(r->err, STATUS_BAD_DATA, "%s", buf_text(&text));
		buf_free(&text);
	}
	r->failed = true;
	r->index = r->pattern.len;
	r->ahead = 0;
}

static void
fail_about(struct reader *r, size_t at, const char *message, struct span what)
{
	fail_with(r, &at, message, what, "");
}

static void
fail(struct reader *r, size_t at, const char *message)
{
	fail_with(r, &at, message, SPAN(""), "");
}

/* The same with a name, as repr() shows it. */
static void
fail_name(struct reader *r, size_t at, const char *message, struct span name)
{
	struct buf shown = { 0 };

	repr_add(&shown, name);
	fail_about(r, at, message, buf_span(&shown));
	buf_free(&shown);
}

/* Where the token ahead begins. */
static size_t
tell(const struct reader *r)
{
	return r->index - r->ahead;
}

static size_t
char_length(struct span pattern, size_t at)
{
	size_t len = utf8_length(span_cut(pattern, at, pattern.len));

	return len > 0 ? len : 1;
}

static void
advance(struct reader *r)
{
	size_t at = r->index;

	r->ahead = 0;
	if (at == r->pattern.len)
		return;
	r->ahead = char_length(r->pattern, at);
	if (r->pattern.at[at] == '\\') {
		if (at + 1 == r->pattern.len) {
			fail(r, at, "bad escape (end of pattern)");
			return;
		}
		r->ahead += char_length(r->pattern, at + 1);
	}
	r->index = at + r->ahead;
}

/* Goes back. */
static void
seek(struct reader *r, size_t at)
{
	if (r->failed)
		return;
	r->index = at;
	advance(r);
}

static struct span
peek(const struct reader *r)
{
	return span_cut(r->pattern, tell(r), r->index);
}

static struct span
get(struct reader *r)
{
	struct span token = peek(r);

	advance(r);
	return token;
}

/* A token of one character of ASCII; 0 for another. */
static char
single(struct span token)
{
	return token.len == 1 ? *token.at : '\0';
}

static bool
is_ahead(const struct reader *r, char c)
{
	return single(peek(r)) == c && r->ahead == 1;
}

static bool
match(struct reader *r, char c)
{
	if (!is_ahead(r, c))
		return false;
	advance(r);
	return true;
}

static bool
is_one_of(struct span token, const char *set)
{
	return single(token) != '\0' && strchr(set, single(token)) != NULL;
}

/* Takes up to `most` characters of `set`. */
static struct span
get_while(struct reader *r, size_t most, const char *set)
{
	size_t from = tell(r);

	while (most-- > 0 && is_one_of(peek(r), set))
		advance(r);
	return span_cut(r->pattern, from, tell(r));
}

/* Up to `terminator`, which is taken too. */
static struct span
get_until(struct reader *r, char terminator, const char *what)
{
	size_t from = tell(r), end;
	char missing[] = "missing ), unterminated name";
	struct buf text = { 0 };

	while (r->ahead > 0 && !is_ahead(r, terminator))
		advance(r);
	end = tell(r);
	missing[strlen("missing ")] = terminator;
	buf_addf(&text, "missing %s", what);
	if (end == from)
		fail(r, from, buf_text(&text));
	else if (r->ahead == 0)
		fail(r, from, missing);
	buf_free(&text);
	match(r, terminator);
	return span_cut(r->pattern, from, end);
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_octal(char c)
{
	return c >= '0' && c <= '7';
}

/* str.isalpha(), for a choice between two messages. */
static bool
is_alpha(struct span token)
{
	return token.len > 0 && (is_letter(*token.at) || (unsigned char)*token.at >= 0x80);
}

/* Not more than CHAR_MAX_ + 1 or, with base 10, NO_MAX. */
static uint32_t
number(struct span digits, unsigned base)
{
	uint64_t value = 0, most = base == 10 ? NO_MAX : CHAR_MAX_ + 1;

	for (size_t i = 0; i < digits.len; i++) {
		char c = digits.at[i];
		unsigned digit =
			is_digit(c) ? (unsigned)(c - '0') : (unsigned)(c | 0x20) - 'a' + 10;

		value = value * base + digit;
		if (value > most)
			value = most;
	}
	return (uint32_t)value;
}

/* ---- what is written --------------------------------------------------------------------------- */

#define WORD  "\\p{L}\\p{N}_"
#define SPACE "\\s\\x1c-\\x1f"
#define SPACE_UTF                                                                                 \
	"\\x09-\\x0d\\x1c-\\x20\\x85\\xa0\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}" \
	"\\x{205f}\\x{3000}"
#define ANY   "(?s:.)"
#define NEVER "(?:(?!))"

/* What a class of characters holds, in a class of PCRE2, by str.isalnum(), .isdecimal(), .isspace().
 * The complements are spelled out, as a class can't hold a negated one: for \W all categories but L
 * and N, of Pc all but the underscore. (PCRE2's own \w and \s are not used where they would be
 * Unicode's: they differ, and 10.43 has changed \w.) */
static const struct {
	char letter;
	const char *for_flag_a, *for_ascii, *for_utf8;
} categories[] = {
	{'d',  "\\d", "\\d",			       "\\p{Nd}"  },
	{ 'D', "\\D", "\\D",			       "\\P{Nd}"  },
	{ 'w', "\\w", "\\w",			       WORD       },
	{ 'W', "\\W", "\\W",
         "\\p{C}\\p{M}\\p{Pd}\\p{Ps}\\p{Pe}\\p{Pi}\\p{Pf}\\p{Po}\\x{203f}\\x{2040}\\x{2054}"
	  "\\x{fe33}\\x{fe34}\\x{fe4d}-\\x{fe4f}\\x{ff3f}\\p{S}\\p{Z}"},
	{ 's', "\\s", SPACE,			       SPACE_UTF  },
	{ 'S', "\\S", "\\x00-\\x08\\x0e-\\x1b\\x21-\\x7f",
         "\\x00-\\x08\\x0e-\\x1b\\x21-\\x84\\x86-\\x9f\\xa1-\\x{167f}\\x{1681}-\\x{1fff}"
	  "\\x{200b}-\\x{2027}\\x{202a}-\\x{202e}\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}"
	  "\\x{3001}-\\x{10ffff}"				     },
};

/* Characters that are one to Python with IGNORECASE, and not to every PCRE2: they have a simple
 * lower case, or the same upper case (_EXTRA_CASES of re/_casefix.py). */
#define ODD_MAX 4
static const uint32_t odd_cases[][ODD_MAX] = {
	{'I',     'i',    0x130, 0x131},
	{ 0x390,  0x1FD3, 0,     0    },
	{ 0x3B0,  0x1FE3, 0,     0    },
	{ 0xFB05, 0xFB06, 0,     0    },
};

static const uint32_t *
odd_cases_of(uint32_t first, uint32_t last)
{
	for (size_t i = 0; i < sizeof odd_cases / sizeof odd_cases[0]; i++) {
		for (size_t k = 0; k < ODD_MAX && odd_cases[i][k] != 0; k++) {
			if (odd_cases[i][k] >= first && odd_cases[i][k] <= last)
				return odd_cases[i];
		}
	}
	return NULL;
}

/* The case that PCRE2 is to ignore; with the flag `a` it is only that of ASCII, and spelled out. */
static bool
folds(unsigned flags)
{
	return (flags & (FLAG_I | FLAG_A)) == FLAG_I;
}

static bool
folds_ascii(unsigned flags)
{
	return (flags & (FLAG_I | FLAG_A)) == (FLAG_I | FLAG_A);
}

static bool
is_surrogate(uint32_t c)
{
	return c >= 0xD800 && c <= 0xDFFF;
}

static void
add_char(struct reader *r, struct buf *out, uint32_t c)
{
	r->beyond = r->beyond || c > 0x7F;
	if (c < 0x80 && (is_letter((char)c) || is_digit((char)c)))
		buf_add_char(out, (char)c);
	else
		buf_addf(out, "\\x{%" PRIx32 "}", c);
}

static void
add_odd_cases(struct buf *out, const uint32_t *odd)
{
	for (size_t k = 0; k < ODD_MAX && odd[k] != 0; k++)
		buf_addf(out, "\\x{%" PRIx32 "}", odd[k]);
}

static void
write_literal(struct reader *r, uint32_t c, unsigned flags)
{
	const uint32_t *odd = folds(flags) && !r->how.ascii ? odd_cases_of(c, c) : NULL;

	if (is_surrogate(c)) {
		buf_add_text(r->out, NEVER);
	} else if (odd != NULL) {
		buf_add_char(r->out, '[');
		add_odd_cases(r->out, odd);
		buf_add_char(r->out, ']');
		r->beyond = r->beyond || c > 0x7F;
	} else if (folds_ascii(flags) && c < 0x80 && is_letter((char)c)) {
		buf_addf(r->out, "[%c%c]", (char)c, (char)(c ^ 0x20));
	} else {
		r->uneasy = r->uneasy || (folds(flags) && !r->how.ascii);
		add_char(r, r->out, c);
	}
}

static void
write_range(struct reader *r, struct buf *out, uint32_t first, uint32_t last)
{
	if (first > last)
		return;
	add_char(r, out, first);
	if (first == last)
		return;
	buf_add_char(out, '-');
	add_char(r, out, last);
}

/* The letters of one case within a range, in the other case. */
static void
write_other_case(struct reader *r, struct buf *out, uint32_t first, uint32_t last, char a, char z)
{
	first = first < (uint32_t)a ? (uint32_t)a : first;
	last = last > (uint32_t)z ? (uint32_t)z : last;
	if (first <= last)
		write_range(r, out, first ^ 0x20, last ^ 0x20);
}

/* A range of a set, and what Python matches with it. There are no surrogates in UTF-8. */
static void
write_set_range(struct reader *r, struct buf *out, uint32_t first, uint32_t last, unsigned flags)
{
	if (is_surrogate(first))
		first = 0xE000;
	if (is_surrogate(last))
		last = 0xD7FF;
	if (first > last)
		return;
	write_range(r, out, first, last);
	if (folds_ascii(flags)) {
		write_other_case(r, out, first, last, 'a', 'z');
		write_other_case(r, out, first, last, 'A', 'Z');
	}
	if (!folds(flags) || r->how.ascii)
		return;
	for (size_t i = 0; i < sizeof odd_cases / sizeof odd_cases[0]; i++) {
		for (size_t k = 0; k < ODD_MAX && odd_cases[i][k] != 0; k++) {
			if (odd_cases[i][k] >= first && odd_cases[i][k] <= last) {
				add_odd_cases(out, odd_cases[i]);
				break;
			}
		}
	}
}

static const char *
category_text(const struct reader *r, char letter, unsigned flags)
{
	for (size_t i = 0; i < sizeof categories / sizeof categories[0]; i++) {
		if (categories[i].letter != letter)
			continue;
		if (flags & FLAG_A)
			return categories[i].for_flag_a;
		return r->how.ascii ? categories[i].for_ascii : categories[i].for_utf8;
	}
	return "";
}

/* A class of its own. The complement is written as such: that is quicker than the long form. */
static void
write_category(struct reader *r, char letter, unsigned flags)
{
	bool negated = letter <= 'Z';

	buf_addf(r->out, negated ? "[^%s]" : "[%s]",
		 category_text(r, (char)(letter | 0x20), flags));
}

static void
write_boundary(struct reader *r, bool negated, unsigned flags)
{
	const char *second = negated ? "=" : "!", *fourth = negated ? "!" : "=";

	if (r->how.ascii || (flags & FLAG_A) != 0)
		buf_add_text(r->out, negated ? "\\B" : "\\b");
	else
		buf_addf(r->out,
			 "(?:(?<=[" WORD "])(?%s[" WORD "])|(?<![" WORD "])(?%s[" WORD "]))",
			 second, fourth);
}

/* The start of a group with other flags than those round it. */
static void
write_group_start(struct reader *r, unsigned flags, unsigned before)
{
	bool i = folds(flags), s = (flags & FLAG_S) != 0;
	bool had_i = folds(before), had_s = (before & FLAG_S) != 0;

	buf_add_text(r->out, "(?");
	buf_add_text(r->out, i && !had_i ? "i" : "");
	buf_add_text(r->out, s && !had_s ? "s" : "");
	if ((had_i && !i) || (had_s && !s))
		buf_addf(r->out, "-%s%s", had_i && !i ? "i" : "", had_s && !s ? "s" : "");
	buf_add_char(r->out, ':');
}

/* ---- sequences --------------------------------------------------------------------------------- */

enum item { ITEM_NONE, ITEM_PLACE, ITEM_REPEAT, ITEM_OTHER };

/* What has been read of a sequence: its last item, and the width of those before. */
struct sequence {
	enum item item;
	size_t item_at, next_at; /* where it, and the next, begins in what is written */
	bool is_single;          /* the item is one character, whichever */
	struct width last, before;
	unsigned flags;
	bool verbose, first; /* the first of the whole pattern */
};

static uint64_t
add_widths(uint64_t a, uint64_t b)
{
	return a + b < WIDTH_MAX ? a + b : WIDTH_MAX;
}

static uint64_t
times(uint64_t width, uint64_t count)
{
	return count != 0 && width > WIDTH_MAX / count ? WIDTH_MAX : width * count;
}

static struct width
both_widths(struct width a, struct width b)
{
	return (struct width){ add_widths(a.min, b.min), add_widths(a.max, b.max) };
}

static struct width
either_width(struct width a, struct width b)
{
	return (struct width){ a.min < b.min ? a.min : b.min, a.max > b.max ? a.max : b.max };
}

static void
add_item(struct sequence *s, enum item item, struct width width)
{
	s->before = both_widths(s->before, s->last);
	s->last = width;
	s->item = item;
	s->item_at = s->next_at;
	s->is_single = false;
}

static void
add_single(struct sequence *s)
{
	add_item(s, ITEM_OTHER, (struct width){ 1, 1 });
	s->is_single = true;
}

static void
add_place(struct sequence *s)
{
	add_item(s, ITEM_PLACE, (struct width){ 0 });
}

static void
add_literal(struct reader *r, struct sequence *s, uint32_t c)
{
	write_literal(r, c, s->flags);
	add_single(s);
}

/* ---- escapes ----------------------------------------------------------------------------------- */

static uint32_t
char_code(struct span token)
{
	const unsigned char *p = (const unsigned char *)token.at;

	switch (token.len) {
	case 0:
		return 0;
	case 1:
		return p[0];
	case 2:
		return (p[0] & 0x1Fu) << 6 | (p[1] & 0x3Fu);
	case 3:
		return (p[0] & 0x0Fu) << 12 | (p[1] & 0x3Fu) << 6 | (p[2] & 0x3Fu);
	default:
		return (p[0] & 0x07u) << 18 | (p[1] & 0x3Fu) << 12 | (p[2] & 0x3Fu) << 6 |
		       (p[3] & 0x3Fu);
	}
}

/* The pattern from `at` to the token ahead. */
static struct span
since(const struct reader *r, size_t at)
{
	return span_cut(r->pattern, at, tell(r));
}

static uint32_t
read_hex(struct reader *r, size_t at, size_t digits)
{
	struct span hex = get_while(r, digits, "0123456789abcdefABCDEF");
	uint32_t c = number(hex, 16);

	if (hex.len != digits)
		fail_about(r, at, "incomplete escape ", since(r, at));
	else if (c > CHAR_MAX_)
		fail_about(r, at, "bad escape ", since(r, at));
	return c;
}

static uint32_t
read_octal(struct reader *r, size_t at)
{
	uint32_t c;

	c = number(span_cut(r->pattern, at + 1, tell(r)), 8);
	if (c > 0377)
		fail_with(r, &at, "octal escape value ", since(r, at), " outside of range 0-0o377");
	return c;
}

static uint32_t
read_name(struct reader *r, size_t at)
{
	if (!match(r, '{')) {
		fail(r, tell(r), "missing {");
		return 0;
	}
	get_until(r, '}', "character name");
	fail_about(r, at, "named characters are not supported; give the code of ", since(r, at));
	return 0;
}

/* The escapes that mean the same in a set and outside; the token `\c` has been taken. */
static uint32_t
read_common_escape(struct reader *r, size_t at, struct span token)
{
	static const char names[] = "abfnrtv", meant[] = "\a\b\f\n\r\t\v";
	char c = single(span_cut(token, 1, token.len));
	const char *simple = c != '\0' ? strchr(names, c) : NULL;

	if (simple != NULL)
		return (unsigned char)meant[simple - names];
	if (c == 'x' || c == 'u' || c == 'U')
		return read_hex(r, at, c == 'x' ? 2 : c == 'u' ? 4 : 8);
	if (c == 'N')
		return read_name(r, at);
	if (is_letter(c) || is_digit(c))
		fail_about(r, at, "bad escape ", since(r, at));
	return char_code(span_cut(token, 1, token.len));
}

/* What may be a bound of a range, or a category. */
struct set_item {
	char category; /* or 0 */
	uint32_t code;
};

static struct set_item
read_set_item(struct reader *r, size_t at, struct span token)
{
	char c;

	if (*token.at != '\\')
		return (struct set_item){ .code = char_code(token) };
	c = single(span_cut(token, 1, token.len));
	if (c != '\0' && strchr("dDsSwW", c) != NULL)
		return (struct set_item){ .category = c };
	if (is_octal(c)) {
		get_while(r, 2, "01234567");
		return (struct set_item){ .code = read_octal(r, at) };
	}
	return (struct set_item){ .code = read_common_escape(r, at, token) };
}

static bool
is_open(const struct reader *r, size_t group)
{
	return group >= r->group_count || !r->groups[group].closed;
}

/* A look-behind can't refer to what it holds itself. */
static void
check_lookbehind(struct reader *r, size_t group)
{
	if (r->lookbehind_groups == 0)
		return;
	if (is_open(r, group))
		fail(r, tell(r), "cannot refer to an open group");
	else if (group >= r->lookbehind_groups)
		fail(r, tell(r), "cannot refer to group defined in the same lookbehind subpattern");
}

static void
add_reference(struct reader *r, struct sequence *s, size_t group)
{
	check_lookbehind(r, group);
	if (r->failed)
		return;
	r->uneasy = true;
	buf_addf(r->out, "\\g{%zu}", group);
	add_item(s, ITEM_OTHER, r->groups[group].width);
}

/* `\1` and so on: three octal digits are a character, else it is a group. */
static void
read_group_number(struct reader *r, struct sequence *s, size_t at, char first)
{
	struct span second = get_while(r, 1, "0123456789");
	size_t group;

	if (second.len > 0 && is_octal(first) && is_octal(*second.at) && r->ahead == 1 &&
	    is_octal(*peek(r).at)) {
		advance(r);
		add_literal(r, s, read_octal(r, at));
		return;
	}
	group = number(span_cut(r->pattern, at + 1, tell(r)), 10);
	if (group >= r->group_count)
		fail_about(r, at + 1, "invalid group reference ",
			   span_cut(r->pattern, at + 1, tell(r)));
	else if (is_open(r, group))
		fail(r, at, "cannot refer to an open group");
	else
		add_reference(r, s, group);
	r->numbered = true;
}

static void
read_escape(struct reader *r, struct sequence *s, size_t at, struct span token)
{
	char c = single(span_cut(token, 1, token.len));

	switch (c) {
	case 'A':
		buf_add_text(r->out, "\\A");
		add_place(s);
		break;
	case 'z':
	case 'Z':
		buf_add_text(r->out, "\\z");
		add_place(s);
		break;
	case 'b':
	case 'B':
		write_boundary(r, c == 'B', s->flags);
		add_place(s);
		break;
	case 'd':
	case 'D':
	case 's':
	case 'S':
	case 'w':
	case 'W':
		write_category(r, c, s->flags);
		add_single(s);
		break;
	case '0':
		get_while(r, 2, "01234567");
		add_literal(r, s, read_octal(r, at));
		break;
	default:
		if (is_digit(c))
			read_group_number(r, s, at, c);
		else
			add_literal(r, s, read_common_escape(r, at, token));
		break;
	}
}

/* ---- sets -------------------------------------------------------------------------------------- */

/* Adds what stands between two bounds, or one. */
static void
add_set_item(struct reader *r, struct buf *set, struct set_item item, unsigned flags)
{
	if (item.category != 0)
		buf_add_text(set, category_text(r, item.category, flags));
	else
		write_set_range(r, set, item.code, item.code, flags);
}

/* Python shows the first token of either bound, and counts back as if that were all. */
static void
fail_range(struct reader *r, size_t first_at, size_t second_at)
{
	struct buf text = { 0 };
	size_t end = tell(r);

	seek(r, first_at);
	buf_add(&text, peek(r));
	seek(r, second_at);
	buf_add_char(&text, '-');
	buf_add(&text, peek(r));
	fail_about(r, end - text.len, "bad character range ", buf_span(&text));
	buf_free(&text);
}

/* `-` has been taken. False: it was the last of the set, and so is the `]` behind it. */
static bool
read_range(struct reader *r, struct buf *set, struct set_item first, size_t at, size_t start,
	   unsigned flags)
{
	size_t second_at = tell(r);
	struct span second = get(r);
	struct set_item last;

	if (second.len == 0) {
		fail(r, start, "unterminated character set");
		return false;
	}
	if (single(second) == ']') {
		add_set_item(r, set, first, flags);
		add_char(r, set, '-');
		return false;
	}
	last = read_set_item(r, second_at, second);
	if (r->failed)
		return false;
	if (first.category != 0 || last.category != 0 || last.code < first.code) {
		fail_range(r, at, second_at);
		return false;
	}
	write_set_range(r, set, first.code, last.code, flags);
	return true;
}

static void
read_set_items(struct reader *r, struct buf *set, size_t start, unsigned flags)
{
	for (bool any = false;; any = true) {
		size_t at = tell(r);
		struct span token = get(r);
		struct set_item item;

		if (token.len == 0)
			fail(r, start, "unterminated character set");
		if (r->failed || (any && single(token) == ']'))
			return;
		item = read_set_item(r, at, token);
		if (!match(r, '-'))
			add_set_item(r, set, item, flags);
		else if (!read_range(r, set, item, at, start, flags))
			return;
	}
}

/* `[` has been taken. */
static void
read_set(struct reader *r, struct sequence *s, size_t start)
{
	bool negated = match(r, '^');
	struct buf set = { 0 };

	read_set_items(r, &set, start, s->flags);
	if (set.len == 0)
		buf_add_text(r->out, negated ? ANY : NEVER);
	else
		buf_addf(r->out, negated ? "[^%s]" : "[%s]", buf_text(&set));
	buf_free(&set);
	add_single(s);
}

/* ---- repetition -------------------------------------------------------------------------------- */

/* `{` has been taken. False: it is no repetition, but itself. */
static bool
read_bounds(struct reader *r, size_t at, uint32_t *min, uint32_t *max)
{
	struct span low, high;

	if (is_ahead(r, '}'))
		return false;
	low = high = get_while(r, SIZE_MAX, "0123456789");
	if (match(r, ','))
		high = get_while(r, SIZE_MAX, "0123456789");
	if (!match(r, '}')) {
		seek(r, at + 1);
		return false;
	}
	*min = number(low, 10);
	*max = high.len > 0 ? number(high, 10) : NO_MAX;
	if ((low.len > 0 && *min == NO_MAX) || (high.len > 0 && *max == NO_MAX))
		fail_with(r, NULL, "the repetition number is too large", SPAN(""), "");
	else if (*max < *min)
		fail(r, at + 1, "min repeat greater than max repeat");
	else if (*min > REPEAT_MAX || (*max > REPEAT_MAX && *max != NO_MAX))
		fail(r, at, "a repetition of more than 65535 is not supported");
	return true;
}

static void
write_bounds(struct buf *out, uint32_t min, uint32_t max)
{
	if (min == 0 && max == 1)
		buf_add_char(out, '?');
	else if (min <= 1 && max == NO_MAX)
		buf_add_char(out, min == 0 ? '*' : '+');
	else if (max == NO_MAX)
		buf_addf(out, "{%" PRIu32 ",}", min);
	else
		buf_addf(out, "{%" PRIu32 ",%" PRIu32 "}", min, max);
}

/* To Python each round of a possessive repetition is over once it is done; to PCRE2 the whole is. */
static void
make_atomic(struct reader *r, const struct sequence *s)
{
	struct buf item = { 0 };

	r->uneasy = true;
	if (s->is_single)
		return;
	buf_add(&item, span_cut(buf_span(r->out), s->item_at, r->out->len));
	r->out->len = s->item_at;
	buf_add_text(r->out, "(?>");
	buf_add(r->out, buf_span(&item));
	buf_add_char(r->out, ')');
	buf_free(&item);
}

/* `*`, `+`, `?` or `{` has been taken. */
static void
read_repeat(struct reader *r, struct sequence *s, size_t at, char c)
{
	uint32_t min = c == '+', max = c == '?' ? 1 : NO_MAX;

	if (c == '{' && !read_bounds(r, at, &min, &max)) {
		add_literal(r, s, '{');
		return;
	}
	if (s->item == ITEM_NONE || s->item == ITEM_PLACE)
		fail(r, at, "nothing to repeat");
	else if (s->item == ITEM_REPEAT)
		fail(r, at, "multiple repeat");
	if (r->failed)
		return;
	r->uneasy = r->uneasy || max == 0;
	if (is_ahead(r, '+'))
		make_atomic(r, s);
	write_bounds(r->out, min, max);
	/* With a fixed number of rounds it makes no difference, but to PCRE2 in a look-behind. */
	if (match(r, '+'))
		buf_add_text(r->out, min == max ? "" : "+");
	else if (match(r, '?'))
		buf_add_char(r->out, '?');
	s->item = ITEM_REPEAT;
	s->last.min = times(s->last.min, min);
	s->last.max = max == NO_MAX && s->last.max > 0 ? WIDTH_MAX : times(s->last.max, max);
}

/* ---- groups ------------------------------------------------------------------------------------ */

static struct width read_alternatives(struct reader *r, unsigned flags, bool verbose,
				      bool outermost);
static struct width read_sequence(struct reader *r, unsigned flags, bool *verbose, bool first);

/* What is in a pair of parentheses; the closing one is written too. */
static struct width
read_inside(struct reader *r, size_t start, unsigned flags, bool verbose)
{
	struct width width = { 0 };

	if (++r->depth > REGEX_DEPTH_MAX)
		fail(r, start, "too many groups in each other");
	else
		width = read_alternatives(r, flags, verbose, false);
	r->depth--;
	if (!match(r, ')'))
		fail(r, start, "missing ), unterminated subpattern");
	buf_add_char(r->out, ')');
	return width;
}

/* str.isidentifier(), but that everything beyond ASCII is taken for a letter. */
static void
check_name(struct reader *r, size_t at, struct span name)
{
	bool good = name.len > 0 && !is_digit(*name.at);

	for (size_t i = 0; i < name.len; i++) {
		char c = name.at[i];

		good = good &&
		       (is_letter(c) || is_digit(c) || c == '_' || (unsigned char)c >= 0x80);
	}
	if (!good)
		fail_name(r, at, "bad character in group name ", name);
}

/* The number of the group with that name, or 0. */
static size_t
find_group(const struct reader *r, struct span name)
{
	for (size_t i = 1; i < r->group_count; i++) {
		if (r->groups[i].name.len > 0 && span_equal(r->groups[i].name, name))
			return i;
	}
	return 0;
}

static size_t
find_named_group(struct reader *r, size_t at, struct span name)
{
	size_t group;

	check_name(r, at, name);
	group = r->failed ? 0 : find_group(r, name);
	if (group == 0)
		fail_name(r, at, "unknown group name ", name);
	return group;
}

static void
open_group(struct reader *r, size_t at, struct span name)
{
	size_t known = name.len > 0 ? find_group(r, name) : 0;
	struct buf text = { 0 };

	if (known != 0) {
		buf_add_text(&text, "redefinition of group name ");
		repr_add(&text, name);
		buf_addf(&text, " as group %zu; was group %zu", r->group_count, known);
		fail(r, at, buf_text(&text));
		buf_free(&text);
	}
	r->groups = mem_grow(r->groups, r->group_count, &r->group_cap, sizeof *r->groups);
	r->groups[r->group_count++] = (struct group){ .name = name };
}

/* A group that is kept; `(`, or `(?P<name>`, has been taken. */
static void
read_capture(struct reader *r, struct sequence *s, size_t start, size_t name_at, struct span name)
{
	size_t group = r->group_count;
	struct width width;

	open_group(r, name_at, name);
	buf_add_char(r->out, '(');
	width = read_inside(r, start, s->flags, s->verbose);
	r->groups[group].closed = true;
	r->groups[group].width = width;
	add_item(s, ITEM_OTHER, width);
}

static void
read_plain_group(struct reader *r, struct sequence *s, size_t start, const char *head)
{
	r->uneasy = r->uneasy || head[2] == '>';
	buf_add_text(r->out, head);
	add_item(s, ITEM_OTHER, read_inside(r, start, s->flags, s->verbose));
}

/* `(?P` has been taken. */
static void
read_python_group(struct reader *r, struct sequence *s, size_t start)
{
	struct span name, c;
	size_t at;

	if (match(r, '<')) {
		at = tell(r);
		name = get_until(r, '>', "group name");
		check_name(r, at, name);
		if (!r->failed)
			read_capture(r, s, start, at, name);
	} else if (match(r, '=')) {
		size_t group;

		at = tell(r);
		name = get_until(r, ')', "group name");
		group = find_named_group(r, at, name);
		if (group != 0 && is_open(r, group))
			fail(r, at, "cannot refer to an open group");
		else if (group != 0)
			add_reference(r, s, group);
	} else {
		c = get(r);
		if (c.len == 0)
			fail(r, tell(r), "unexpected end of pattern");
		fail_about(r, start + 1, "unknown extension ?P", c);
	}
}

static void
read_comment(struct reader *r, size_t start)
{
	while (r->ahead > 0 && !is_ahead(r, ')'))
		advance(r);
	if (r->ahead == 0)
		fail(r, start, "missing ), unterminated comment");
	match(r, ')');
}

/* `(?=`, `(?!`, `(?<=` or `(?<!` has been taken. */
static void
read_look(struct reader *r, struct sequence *s, size_t start, bool behind, bool negated)
{
	size_t groups = r->lookbehind_groups;
	struct width width;

	if (behind && groups == 0)
		r->lookbehind_groups = r->group_count;
	buf_addf(r->out, "(?%s%c", behind ? "<" : "", negated ? '!' : '=');
	width = read_inside(r, start, s->flags, s->verbose);
	r->lookbehind_groups = groups;
	if (behind && width.min != width.max)
		r->varying_lookbehind = true;
	add_item(s, ITEM_OTHER, (struct width){ 0 });
}

static void
read_look_behind(struct reader *r, struct sequence *s, size_t start)
{
	struct span c = get(r);

	if (c.len == 0)
		fail(r, tell(r), "unexpected end of pattern");
	else if (is_one_of(c, "=!"))
		read_look(r, s, start, true, single(c) == '!');
	else
		fail_about(r, start + 1, "unknown extension ?<", c);
}

static void
want_group(struct reader *r, struct span digits, size_t at)
{
	r->wanted = mem_grow(r->wanted, r->wanted_count, &r->wanted_cap, sizeof *r->wanted);
	r->wanted[r->wanted_count++] =
		(struct wanted){ .number = digits, .group = number(digits, 10), .at = at };
}

/* The group of a condition: a name, or a number that may come later. */
static size_t
read_condition(struct reader *r)
{
	size_t at = tell(r), group;
	struct span name = get_until(r, ')', "group name");
	bool digits = name.len > 0;

	for (size_t i = 0; i < name.len; i++)
		digits = digits && is_digit(name.at[i]);
	if (r->failed)
		return 0;
	if (!digits)
		return find_named_group(r, at, name);
	group = number(name, 10);
	if (group == 0)
		fail(r, at, "bad group number");
	else
		want_group(r, name, at);
	r->numbered = true;
	return group;
}

/* Both ways of a condition. The closing parenthesis is left. */
static struct width
read_ways(struct reader *r, struct sequence *s)
{
	bool verbose = s->verbose;
	struct width width = read_sequence(r, s->flags, &verbose, false), other = { 0 };

	if (match(r, '|')) {
		buf_add_char(r->out, '|');
		verbose = s->verbose;
		other = read_sequence(r, s->flags, &verbose, false);
		if (is_ahead(r, '|'))
			fail(r, tell(r), "conditional backref with more than two branches");
		return either_width(width, other);
	}
	width.min = 0;
	return width;
}

/* `(?(` has been taken. */
static void
read_conditional(struct reader *r, struct sequence *s, size_t start)
{
	size_t group = read_condition(r);
	struct width width = { 0 };

	r->uneasy = true;
	if (group != 0)
		check_lookbehind(r, group);
	buf_addf(r->out, "(?(%zu)", group);
	if (++r->depth > REGEX_DEPTH_MAX)
		fail(r, start, "too many groups in each other");
	else
		width = read_ways(r, s);
	r->depth--;
	if (!match(r, ')'))
		fail(r, start, "missing ), unterminated subpattern");
	buf_add_char(r->out, ')');
	add_item(s, ITEM_OTHER, width);
}

/* ---- flags ------------------------------------------------------------------------------------- */

static unsigned
flag_of(struct span token)
{
	static const char letters[] = "imsxauL";
	const char *at = single(token) != '\0' ? strchr(letters, single(token)) : NULL;

	return at != NULL ? 1u << (at - letters) : 0;
}

static bool
is_one_flag(unsigned flags)
{
	return (flags & (flags - 1)) == 0;
}

/* A wrong letter among flags; it has been taken. */
static void
fail_flag(struct reader *r, struct span c, const char *missing)
{
	if (c.len == 0)
		fail(r, tell(r), missing);
	else
		fail(r, tell(r) - c.len, is_alpha(c) ? "unknown flag" : missing);
}

/* The flags to be turned on, of which `c` is the first, up to `)`, `-` or `:`, which is returned. */
static char
read_flags_on(struct reader *r, struct span c, unsigned *on)
{
	while (flag_of(c) != 0) {
		if (flag_of(c) == FLAG_L)
			fail(r, tell(r),
			     "bad inline flags: cannot use 'L' flag with a str pattern");
		*on |= flag_of(c);
		if (!is_one_flag(*on & FLAGS_OF_TYPE))
			fail(r, tell(r),
			     "bad inline flags: flags 'a', 'u' and 'L' are incompatible");
		c = get(r);
	}
	if (is_one_of(c, ")-:"))
		return single(c);
	fail_flag(r, c, "missing -, : or )");
	return '\0';
}

/* The flags to be turned off; `-` has been taken. */
static void
read_flags_off(struct reader *r, unsigned *off)
{
	struct span c = get(r);

	if (flag_of(c) == 0) {
		fail_flag(r, c, "missing flag");
		return;
	}
	for (; flag_of(c) != 0; c = get(r)) {
		if (flag_of(c) & FLAGS_OF_TYPE)
			fail(r, tell(r),
			     "bad inline flags: cannot turn off flags 'a', 'u' and 'L'");
		*off |= flag_of(c);
	}
	if (single(c) != ':')
		fail_flag(r, c, "missing :");
}

/* `(?i)`: for the whole pattern, of which nothing has been written yet. */
static void
take_global_flags(struct reader *r, struct sequence *s, size_t start, unsigned flags)
{
	if (!s->first || s->item != ITEM_NONE)
		fail(r, start, "global flags not at the start of the expression");
	r->flags |= flags;
	s->flags = r->flags;
	s->verbose = (r->flags & FLAG_X) != 0;
}

/* `(?` and the first of the flags, or `-`, have been taken. */
static void
read_flags(struct reader *r, struct sequence *s, size_t start, struct span c)
{
	unsigned on = 0, off = 0, flags;
	char end = single(c) == '-' ? '-' : read_flags_on(r, c, &on);

	if (end == ')' && !r->failed) {
		take_global_flags(r, s, start, on);
		return;
	}
	if (end == '-')
		read_flags_off(r, &off);
	if (on & off)
		fail(r, tell(r) - 1, "bad inline flags: flag turned on and off");
	flags = s->flags;
	if (on & FLAGS_OF_TYPE)
		flags &= ~(unsigned)FLAGS_OF_TYPE;
	flags = (flags | on) & ~off;
	write_group_start(r, flags, s->flags);
	add_item(s, ITEM_OTHER,
		 read_inside(r, start, flags,
			     (s->verbose || (on & FLAG_X) != 0) && (off & FLAG_X) == 0));
}

/* `(` has been taken. */
static void
read_group(struct reader *r, struct sequence *s, size_t start)
{
	struct span c;

	if (!match(r, '?')) {
		read_capture(r, s, start, start, SPAN(""));
		return;
	}
	c = get(r);
	if (c.len == 0)
		fail(r, tell(r), "unexpected end of pattern");
	else if (single(c) == 'P')
		read_python_group(r, s, start);
	else if (single(c) == ':')
		read_plain_group(r, s, start, "(?:");
	else if (single(c) == '>')
		read_plain_group(r, s, start, "(?>");
	else if (single(c) == '#')
		read_comment(r, start);
	else if (is_one_of(c, "=!"))
		read_look(r, s, start, false, single(c) == '!');
	else if (single(c) == '<')
		read_look_behind(r, s, start);
	else if (single(c) == '(')
		read_conditional(r, s, start);
	else if (single(c) == '-' || flag_of(c) != 0)
		read_flags(r, s, start, c);
	else
		fail_about(r, start + 1, "unknown extension ?", c);
}

/* ---- the pattern ------------------------------------------------------------------------------- */

/* In verbose mode white space and comments count for nothing. */
static bool
skip_verbose(struct reader *r, struct span token)
{
	if (is_one_of(token, " \t\n\r\v\f"))
		return true;
	if (single(token) != '#')
		return false;
	while (r->ahead > 0 && !is_ahead(r, '\n'))
		advance(r);
	match(r, '\n');
	return true;
}

static void
read_place(struct reader *r, struct sequence *s, char c)
{
	bool many = (s->flags & FLAG_M) != 0;

	buf_add_text(r->out, c == '^' ? (many ? "^" : "\\A") : many ? "$" : "\\Z");
	add_place(s);
}

static void
read_token(struct reader *r, struct sequence *s, size_t at, struct span token)
{
	char c = single(token);

	if (*token.at == '\\') {
		read_escape(r, s, at, token);
		return;
	}
	switch (c) {
	case '[':
		read_set(r, s, at);
		break;
	case '*':
	case '+':
	case '?':
	case '{':
		read_repeat(r, s, at, c);
		break;
	case '.':
		buf_add_char(r->out, '.');
		add_single(s);
		break;
	case '(':
		read_group(r, s, at);
		break;
	case '^':
	case '$':
		read_place(r, s, c);
		break;
	default:
		add_literal(r, s, char_code(token));
		break;
	}
}

static struct width
read_sequence(struct reader *r, unsigned flags, bool *verbose, bool first)
{
	struct sequence s = { .flags = flags, .verbose = *verbose, .first = first };

	while (r->ahead > 0 && !is_one_of(peek(r), "|)")) {
		size_t at = tell(r);
		struct span token = get(r);

		s.next_at = r->out->len;
		if (!r->failed && (!s.verbose || !skip_verbose(r, token)))
			read_token(r, &s, at, token);
	}
	*verbose = s.verbose;
	return both_widths(s.before, s.last);
}

static struct width
read_alternatives(struct reader *r, unsigned flags, bool verbose, bool outermost)
{
	bool first_verbose = verbose;
	struct width width = read_sequence(r, flags, &first_verbose, outermost);

	while (match(r, '|')) {
		bool next_verbose = outermost ? (r->flags & FLAG_X) != 0 : verbose;

		buf_add_char(r->out, '|');
		width = either_width(width, read_sequence(r, outermost ? r->flags : flags,
							  &next_verbose, false));
	}
	return width;
}

/* What can only be told at the end. */
static void
check_whole(struct reader *r)
{
	if ((r->flags & FLAG_A) != 0 && (r->flags & FLAG_U) != 0)
		fail_with(r, NULL, "ASCII and UNICODE flags are incompatible", SPAN(""), "");
	if (r->ahead > 0)
		fail(r, tell(r), "unbalanced parenthesis");
	for (size_t i = 0; i < r->wanted_count; i++) {
		if (r->wanted[i].group >= r->group_count)
			fail_about(r, r->wanted[i].at, "invalid group reference ",
				   r->wanted[i].number);
	}
	if (r->varying_lookbehind)
		fail_with(r, NULL, "look-behind requires fixed-width pattern", SPAN(""), "");
}

bool
regex_translate(struct buf *out, struct span pattern, struct regex_translation *how,
		struct error *err)
{
	struct buf body = { 0 };
	struct reader r = {
		.pattern = pattern.len > 0 ? pattern : SPAN(""),
		.how = *how,
		.out = &body,
		.err = err,
		.flags = how->single_line ? 0 : FLAG_M,
	};

	open_group(&r, 0, SPAN(""));
	advance(&r);
	read_alternatives(&r, r.flags, false, true);
	check_whole(&r);
	if (folds(r.flags))
		buf_add_text(out, "(?i)");
	if (r.flags & FLAG_S)
		buf_add_text(out, "(?s)");
	buf_add(out, buf_span(&body));
	how->beyond = r.beyond;
	how->uneasy = r.uneasy;
	how->numbered = r.numbered;
	buf_free(&body);
	free(r.groups);
	free(r.wanted);
	return !r.failed;
}
