#include "text/regex.h"

#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <pcre2.h>

#include "base/buf.h"
#include "base/mem.h"

/* How hard a search may try at one place. A default pattern needs some hundreds; a pattern that
 * doubles its work with each character gets here within a second. */
#define MATCH_LIMIT 5000000u
#define DEPTH_LIMIT 100000u
#define HEAP_LIMIT  20000u /* KiB */

/* These limits hold anew for each place where a match may start. So a text is searched in slices of
 * some such places, few at first and more as long as they are quick, and the clock is looked at in
 * between. */
#define SLICE_FIRST 64
#define SLICE_LEAST 8
#define SLICE_MOST  16384

/* Processor time that a search may take, and that a slice should. */
#define SEARCH_CLOCKS CLOCKS_PER_SEC
#define SLICE_CLOCKS  (CLOCKS_PER_SEC / 500)

/* What the code was compiled for. */
enum variant { VARIANT_UTF8 = 1, VARIANT_CR = 2, VARIANTS = 4 };

struct regex {
	pcre2_code *code[VARIANTS];
	pcre2_match_context *limits;
};

/* ---- translation ----------------------------------------------------------------------------- */

/* Python's `\s` has four separators more than PCRE2's (str.isspace(), U+001C to U+001F). */
static void
add_space_class(struct buf *out, bool in_class)
{
	buf_add_text(out, in_class ? "\\s\\x1c-\\x1f" : "[\\s\\x1c-\\x1f]");
}

static void
translate(struct buf *out, struct span pattern)
{
	bool in_class = false;

	for (size_t i = 0; i < pattern.len; i++) {
		char c = pattern.at[i];

		if (c == '\\' && i + 1 < pattern.len) {
			char next = pattern.at[++i];

			if (next == 's') {
				add_space_class(out, in_class);
				continue;
			}
			buf_add_char(out, c);
			buf_add_char(out, next);
			continue;
		}
		buf_add_char(out, c);
		if (c == ']') {
			in_class = false;
		} else if (c == '[' && !in_class) {
			in_class = true;
			if (i + 1 < pattern.len && pattern.at[i + 1] == '^')
				buf_add_char(out, pattern.at[++i]);
			if (i + 1 < pattern.len && pattern.at[i + 1] == ']')
				buf_add_char(out, pattern.at[++i]);
		}
	}
}

/* ---- compilation ----------------------------------------------------------------------------- */

static pcre2_code *
compile(struct span pattern, unsigned variant, struct error *err)
{
	uint32_t options = PCRE2_MULTILINE | PCRE2_ALT_CIRCUMFLEX | PCRE2_NEVER_BACKSLASH_C |
			   PCRE2_USE_OFFSET_LIMIT;
	pcre2_compile_context *context = pcre2_compile_context_create(NULL);
	PCRE2_UCHAR reason[256];
	pcre2_code *code;
	PCRE2_SIZE offset;
	int number;

	if (variant & VARIANT_UTF8)
		options |= PCRE2_UTF | PCRE2_UCP;
	pcre2_set_newline(context, variant & VARIANT_CR ? PCRE2_NEWLINE_ANYCRLF : PCRE2_NEWLINE_LF);
	code = pcre2_compile((PCRE2_SPTR)pattern.at, pattern.len, options, &number, &offset,
			     context);
	pcre2_compile_context_free(context);
	if (code == NULL) {
		pcre2_get_error_message(number, reason, sizeof reason);
		error_set(err, STATUS_BAD_DATA, "%s at offset %zu of the regular expression",
			  (const char *)reason, (size_t)offset);
		return NULL;
	}
	/* Where there is no JIT for this machine the code is interpreted. */
	(void)pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
	return code;
}

struct regex *
regex_compile(struct span pattern, struct error *err)
{
	struct regex *re = mem_alloc(1, sizeof *re);
	struct buf translated = { 0 };

	translate(&translated, pattern);
	buf_text(&translated); /* so that it isn't NULL */
	re->limits = pcre2_match_context_create(NULL);
	pcre2_set_match_limit(re->limits, MATCH_LIMIT);
	pcre2_set_depth_limit(re->limits, DEPTH_LIMIT);
	pcre2_set_heap_limit(re->limits, HEAP_LIMIT);
	for (unsigned i = 0; i < VARIANTS; i++) {
		re->code[i] = compile(buf_span(&translated), i, err);
		if (re->code[i] == NULL) {
			regex_free(re);
			re = NULL;
			break;
		}
	}
	buf_free(&translated);
	return re;
}

void
regex_free(struct regex *re)
{
	if (re == NULL)
		return;
	for (unsigned i = 0; i < VARIANTS; i++)
		pcre2_code_free(re->code[i]);
	pcre2_match_context_free(re->limits);
	free(re);
}

/* ---- search ---------------------------------------------------------------------------------- */

/* Length of the UTF-8 character at `p`, or 0 if it is none (RFC 3629: no surrogates, nothing too
 * long or above U+10FFFF). */
static size_t
utf8_len(const unsigned char *p, size_t left)
{
	static const struct {
		unsigned char first_min, first_max, second_min, second_max;
		size_t len;
	} forms[] = {
		{0x00,  0x7F, 0x80, 0xBF, 1},
                { 0xC2, 0xDF, 0x80, 0xBF, 2},
		{ 0xE0, 0xE0, 0xA0, 0xBF, 3},
                { 0xE1, 0xEC, 0x80, 0xBF, 3},
		{ 0xED, 0xED, 0x80, 0x9F, 3},
                { 0xEE, 0xEF, 0x80, 0xBF, 3},
		{ 0xF0, 0xF0, 0x90, 0xBF, 4},
                { 0xF1, 0xF3, 0x80, 0xBF, 4},
		{ 0xF4, 0xF4, 0x80, 0x8F, 4},
	};

	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		if (p[0] < forms[i].first_min || p[0] > forms[i].first_max)
			continue;
		if (forms[i].len > left)
			return 0;
		for (size_t k = 1; k < forms[i].len; k++) {
			unsigned char min = k == 1 ? forms[i].second_min : 0x80;
			unsigned char max = k == 1 ? forms[i].second_max : 0xBF;

			if (p[k] < min || p[k] > max)
				return 0;
		}
		return forms[i].len;
	}
	return 0;
}

/* The first byte of a character beyond ASCII at or after `at`, or text.len. */
static size_t
skip_ascii(struct span text, size_t at)
{
	while (text.len - at >= 8) {
		uint64_t x;

		memcpy(&x, text.at + at, 8);
		if ((x & UINT64_C(0x8080808080808080)) != 0)
			break;
		at += 8;
	}
	while (at < text.len && (unsigned char)text.at[at] < 0x80)
		at++;
	return at;
}

/* Has the text characters beyond ASCII, all of them proper UTF-8? */
static bool
is_utf8_beyond_ascii(struct span text)
{
	bool beyond = false;

	for (size_t at = skip_ascii(text, 0); at < text.len; at = skip_ascii(text, at)) {
		size_t len = utf8_len((const unsigned char *)text.at + at, text.len - at);

		if (len == 0)
			return false;
		beyond = true;
		at += len;
	}
	return beyond;
}

static void *
or_end(void *made)
{
	return made != NULL ? made : mem_resize(NULL, SIZE_MAX, 2);
}

void
regex_begin(struct regex_search *s, const struct regex *re, struct span text)
{
	*s = (struct regex_search){
		.re = re,
		.text = text.len > 0 ? text : SPAN(""),
		.end = text.len,
		.slice = SLICE_FIRST,
		.utf8 = is_utf8_beyond_ascii(text),
		.cr = text.len > 0 && memchr(text.at, '\r', text.len) != NULL,
		/* One pair of offsets: groups are not looked at. */
		.match = or_end(pcre2_match_data_create(1, NULL)),
		.limits = or_end(pcre2_match_context_copy(re->limits)),
	};
}

void
regex_set_end(struct regex_search *s, size_t end)
{
	s->end = end;
}

/* Tries the places from `from` to `last`. */
static int
search_slice(struct regex_search *s, size_t from, size_t last)
{
	unsigned variant = (s->utf8 ? VARIANT_UTF8 : 0u) | (s->cr ? VARIANT_CR : 0u);
	uint32_t options = PCRE2_NO_UTF_CHECK | (s->end < s->text.len ? PCRE2_NOTEOL : 0u);
	const pcre2_code *code = s->re->code[variant];
	PCRE2_SPTR subject = (PCRE2_SPTR)s->text.at;
	int result;

	pcre2_set_offset_limit(s->limits, last);
	result = pcre2_match(code, subject, s->end, from, options, s->match, s->limits);
	if (result == PCRE2_ERROR_JIT_STACKLIMIT)
		result = pcre2_match(code, subject, s->end, from, options | PCRE2_NO_JIT, s->match,
				     s->limits);
	return result;
}

/* Is there a place between two line ends or characters? */
static bool
is_place(const struct regex_search *s, size_t at)
{
	if (s->text.at[at] == '\n' && s->text.at[at - 1] == '\r')
		return false;
	return !s->utf8 || ((unsigned char)s->text.at[at] & 0xC0) != 0x80;
}

/* Where the slice behind the one that starts at `from` starts, or the end. */
static size_t
next_slice(const struct regex_search *s, size_t from)
{
	size_t next = s->end - from <= s->slice ? s->end : from + s->slice;

	while (next < s->end && !is_place(s, next))
		next++;
	return next;
}

/* The last place before `next`. (With a limit between CR and LF, 10.42's JIT finds things there.) */
static size_t
last_place(const struct regex_search *s, size_t next)
{
	size_t last = next;

	if (next == s->end)
		return next;
	do
		last--;
	while (!is_place(s, last));
	return last;
}

/* Looks at the clock after a slice. */
static bool
takes_too_long(struct regex_search *s)
{
	clock_t now = clock();

	if (s->started == 0)
		s->started = s->looked = now;
	if (now - s->looked > SLICE_CLOCKS)
		s->slice = s->slice / 4 > SLICE_LEAST ? s->slice / 4 : SLICE_LEAST;
	else if (s->slice < SLICE_MOST)
		s->slice *= 2;
	s->looked = now;
	return now - s->started > SEARCH_CLOCKS;
}

enum regex_result
regex_next(struct regex_search *s, size_t from, size_t *start, size_t *end)
{
	size_t next = next_slice(s, from);
	int result = search_slice(s, from, last_place(s, next));
	const PCRE2_SIZE *offsets;

	while (result == PCRE2_ERROR_NOMATCH && next < s->end) {
		if (takes_too_long(s))
			return REGEX_LIMIT;
		from = next;
		next = next_slice(s, from);
		result = search_slice(s, from, last_place(s, next));
	}
	if (result == PCRE2_ERROR_NOMATCH)
		return REGEX_NONE;
	if (result < 0)
		return REGEX_LIMIT;
	offsets = pcre2_get_ovector_pointer(s->match);
	*start = offsets[0];
	*end = offsets[1];
	return REGEX_FOUND;
}

void
regex_end(struct regex_search *s)
{
	pcre2_match_data_free(s->match);
	pcre2_match_context_free(s->limits);
	s->match = s->limits = NULL;
}
