#include "pylex_skim.h"

#include "pylex_eight.h"
#include "pylex_run.h"
#include "pylex_table.h"

/* What comes is looked at only if so many bytes are there: then a name of up to sixteen bytes, or what
 * begins a string, can be read at once. */
#define MARGIN 32

/* A set of byte classes. */
#define CLASS(class) (1u << (class))

/* The lowest `count` bytes of a group of eight, less than all. */
static inline uint64_t
low_bytes(uint64_t x, unsigned count)
{
	return x & ((UINT64_C(1) << (8 * count)) - 1);
}

static bool
is_quote(uint8_t c)
{
	return c == '"' || c == '\'';
}

static uint8_t
lower(uint8_t c)
{
	return c | 0x20;
}

/* Is this name, which a quote follows, the prefix of a literal that is no f-string? */
static bool
is_prefix(const uint8_t *p, unsigned len)
{
	uint8_t a = lower(p[0]), b = lower(p[1]);

	if (len == 1)
		return a == 'r' || a == 'b' || a == 'u';
	return (a == 'r' && b == 'b') || (a == 'b' && b == 'r');
}

/* A blank is skipped with what it follows. */
static inline const uint8_t *
skip_blank(const uint8_t *p)
{
	return p + (*p == ' ');
}

/* From a line end to the next line. */
static inline const uint8_t *
skip_line_end(struct pylex *lx, const uint8_t *p)
{
	lx->line++;
	return p + 1 + (p[0] == '\r' && p[1] == '\n');
}

/* ---- each returns where the token ends, or NULL if it is to be made ------------------------------ */

/* A string in three quotes, from behind these on. */
static const uint8_t *
skip_triple(struct pylex *lx, const uint8_t *p, const uint8_t *end, uint8_t quote)
{
	uint32_t line = lx->line;

	for (;;) {
		p = skip_string(p, end, quote);
		if (end - p < 4)
			break;
		if (*p == quote) {
			if (p[1] == quote && p[2] == quote)
				return p + 3;
			p++;
		} else if (*p == '\n' || *p == '\r') {
			p = skip_line_end(lx, p);
		} else if (*p == '\\' && p[1] != '\r' && p[1] != '\n' && p[1] != 0) {
			p += 2;
		} else if (*p == '\\') {
			p++;
		} else {
			break;
		}
	}
	lx->line = line;
	return NULL;
}

static const uint8_t *
skip_literal(struct pylex *lx, const uint8_t *p, const uint8_t *end)
{
	uint8_t quote = *p++;

	if (*p == quote)
		return p[1] == quote ? skip_triple(lx, p + 2, end, quote) : p + 1;
	for (;;) {
		p = skip_string(p, end, quote);
		if (end - p < 4)
			return NULL;
		if (*p == quote)
			return p + 1;
		if (*p != '\\' || p[1] == '\r' || p[1] == '\n' || p[1] == 0)
			return NULL;
		p += 2;
	}
}

static const uint8_t *
skip_prefixed(struct pylex *lx, const uint8_t *p, const uint8_t *end)
{
	unsigned len = is_quote(p[1]) ? 1 : 2;

	return is_quote(p[len]) && is_prefix(p, len) ? skip_literal(lx, p + len, end) : NULL;
}

static inline const uint8_t *
skip_digits(const uint8_t *p, const uint8_t *end)
{
	while (p < end && pylex_class[*p] == BYTE_DIGIT)
		p++;
	return p;
}

static bool
is_hex(uint8_t c)
{
	return pylex_class[c] == BYTE_DIGIT || (lower(c) >= 'a' && lower(c) <= 'f');
}

/* A number like 10, 1.5 or 0x1F. */
static const uint8_t *
skip_number(const uint8_t *p, const uint8_t *end)
{
	const uint8_t *start = p;

	if (p[0] == '0' && p[1] == 'x' && is_hex(p[2])) {
		for (p += 2; p < end && is_hex(*p);)
			p++;
	} else {
		p = skip_digits(p, end);
		if (*start == '0' && p - start > 1)
			return NULL;
		if (p < end && *p == '.')
			p = skip_digits(p + 1, end);
	}
	return p == end || pylex_class[*p] == BYTE_LETTER || *p == '.' ? NULL : p;
}

/* A name of more than sixteen bytes. */
static const uint8_t *
skip_long_name(const uint8_t *p, const uint8_t *end)
{
	while (p < end && pylex_class[*p] <= BYTE_DIGIT)
		p++;
	return p == end ? NULL : p;
}

#define KEY_FOR    PYLEX_KEY('f', 'o', 'r', 0, 0, 0, 0, 0)
#define KEY_LAMBDA PYLEX_KEY('l', 'a', 'm', 'b', 'd', 'a', 0, 0)

static inline const uint8_t *
skip_name(const uint8_t *p, const uint8_t *end, bool words)
{
	uint64_t x = eight_load(p), stop = eight_not_word(x), y;
	unsigned len;

	if (stop != 0) {
		len = eight_first(stop);
		x = low_bytes(x, len);
		if (x == KEY_FOR || x == KEY_LAMBDA || (len <= 2 && is_quote(p[len])))
			return NULL;
		return words || pylex_short_word(x) == PYW_OTHER ? skip_blank(p + len) : NULL;
	}
	y = eight_load(p + 8);
	stop = eight_not_word(y);
	if (stop == 0)
		return skip_long_name(p + 16, end);
	len = eight_first(stop);
	y = low_bytes(y, len);
	if (!words && (len == 0 ? pylex_short_word(x) : pylex_long_word(x, y)) != PYW_OTHER)
		return NULL;
	return p + 8 + len;
}

static const uint8_t *
skip_open(struct pylex *lx, const uint8_t *p)
{
	if (lx->level == PYLEX_BRACKET_MAX)
		return NULL;
	lx->level++;
	lx->brackets[lx->level] = *p;
	lx->bracket_lines[lx->level] = lx->line;
	return p + 1;
}

static const uint8_t *
skip_close(struct pylex *lx, const uint8_t *p, unsigned floor)
{
	/* ( and ) are neighbours, [ and ] two apart, as { and } are. */
	unsigned distance = (unsigned)*p - lx->brackets[lx->level];

	if (lx->level <= floor || distance == 0 || distance > 2)
		return NULL;
	lx->level--;
	return p + 1;
}

static const uint8_t *
skip_comment_line(struct pylex *lx, const uint8_t *p, const uint8_t *end)
{
	p = skip_comment(p, end);
	return end - p < 2 || *p == 0 ? NULL : skip_line_end(lx, p);
}

/* ------------------------------------------------------------------------------------------------ */

/* Classes whose bytes are skipped one by one: outside of brackets, and what is added within. */
static uint32_t
passing_outside(unsigned quiet)
{
	return CLASS(BYTE_SPACE) | ((quiet & PYLEX_QUIET_OPERATORS) != 0 ? CLASS(BYTE_OP) : 0) |
	       ((quiet & PYLEX_QUIET_COMMAS) != 0 ? CLASS(BYTE_SINGLE) : 0);
}

static uint32_t
passing_inside(unsigned quiet)
{
	return (quiet & PYLEX_QUIET_COLONS) == 0
		       ? 0
		       : CLASS(BYTE_COLON) | CLASS(BYTE_SEMICOLON) | CLASS(BYTE_OP);
}

/* The rarer classes. */
static const uint8_t *
skip_other(struct pylex *lx, const uint8_t *p, const uint8_t *end, unsigned quiet)
{
	switch ((enum byte_class)pylex_class[*p]) {
	case BYTE_QUOTE:
		return (quiet & PYLEX_QUIET_LITERALS) != 0 ? skip_literal(lx, p, end) : NULL;
	case BYTE_DIGIT:
		return (quiet & PYLEX_QUIET_LITERALS) != 0 ? skip_number(p, end) : NULL;
	case BYTE_LETTER: /* a prefix */
		return (quiet & PYLEX_QUIET_LITERALS) != 0 ? skip_prefixed(lx, p, end) : NULL;
	case BYTE_LINE_END:
		return lx->level > 0 ? skip_spaces(skip_line_end(lx, p), end) : NULL;
	case BYTE_HASH:
		return lx->level > 0 ? skip_comment_line(lx, p, end) : NULL;
	case BYTE_DOT: /* of a number, an ellipsis, or by itself */
	case BYTE_OPEN:
	case BYTE_CLOSE:
	case BYTE_SPACE:
	case BYTE_BACKSLASH:
	case BYTE_COLON:
	case BYTE_SEMICOLON:
	case BYTE_SINGLE:
	case BYTE_OP:
	case BYTE_NUL:
	case BYTE_BAD:
		break;
	}
	return NULL;
}

const uint8_t *
pylex_skim(struct pylex *lx, const uint8_t *at, const uint8_t *end, unsigned quiet)
{
	unsigned floor = (quiet & PYLEX_QUIET_OUT) != 0 ? 0 : lx->level;
	bool words = (quiet & PYLEX_QUIET_WORDS) != 0;
	bool brackets = (quiet & PYLEX_QUIET_BRACKETS) != 0;
	uint32_t outside = passing_outside(quiet), inside = outside | passing_inside(quiet);
	uint32_t pass = lx->level > 0 ? inside : outside;
	const uint8_t *p = at, *next, *first;

	while (end - p >= MARGIN && pylex_class[*p] == BYTE_SPACE)
		p++;
	for (first = p; end - p >= MARGIN; p = next) {
		unsigned class = pylex_class[*p];

		next = NULL;
		if (class == BYTE_LETTER) {
			next = skip_name(p, end, words);
		} else if ((pass >> class & 1) != 0) {
			next = skip_blank(p + 1);
		} else if (class == BYTE_DOT && pylex_class[p[1]] == BYTE_LETTER) {
			next = p + 1;
		} else if (class == BYTE_OPEN && brackets) {
			next = skip_open(lx, p);
			pass = inside;
		} else if (class == BYTE_CLOSE && brackets) {
			next = skip_close(lx, p, floor);
			pass = lx->level > 0 ? inside : outside;
		}
		if (next == NULL && (next = skip_other(lx, p, end, quiet)) == NULL)
			break;
	}
	lx->skipped_to = p > first ? lx->line : 0;
	return p;
}
