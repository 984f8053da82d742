#include "text/regex.h"

#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <pcre2.h>

#include "base/buf.h"
#include "base/mem.h"
#include "regex_translate.h"
#include "text/utf8.h"

/* How hard a search may try at one place. A default pattern needs some hundreds; a pattern that
 * doubles its work with each character gets here within a second. */
#define MATCH_LIMIT 5000000u
#define DEPTH_LIMIT 100000u
#define HEAP_LIMIT  20000u /* KiB */

/* These limits hold anew for each place where a match may start, and a step may be a walk along a long
 * line. So a text is searched in slices of some places, few at first and more as long as they are
 * quick, and the clock is looked at in between. The places of a slice share a limit evenly. One that
 * needs more than its share makes the slice fail, and it is searched again: with a higher limit if that
 * was quick, else in smaller slices, and at last, at a single place, with a higher limit all the same. */
#define SLICE_LIMIT 50000u
#define SLICE_FIRST 64
#define SLICE_MOST  16384

/* Processor time that a search may take, and that a slice should. A large text gets more: 50 ns a
 * byte, five times what a slow pattern needs. */
#define SEARCH_CLOCKS CLOCKS_PER_SEC
#define CLOCKS_PER_KB (CLOCKS_PER_SEC / 20000)
#define SLICE_CLOCKS  (CLOCKS_PER_SEC / 500)

/* Of parentheses; the translation adds a few. */
#define NEST_LIMIT (REGEX_DEPTH_MAX + 10)

/* For a byte that is no part of a character: as Python's U+FFFD no letter, digit or white space. */
#define REPLACEMENT '\x1a'

struct regex {
	pcre2_code *ascii; /* for texts of ASCII alone; NULL: the other does for them as well */
	pcre2_code *utf8;
	pcre2_match_context *limits;
	bool numbered;
};

/* ---- compilation ----------------------------------------------------------------------------- */

static pcre2_code *
compile(struct span pattern, uint32_t more_options, struct error *err)
{
	uint32_t options = PCRE2_MULTILINE | PCRE2_ALT_CIRCUMFLEX | PCRE2_NEVER_BACKSLASH_C |
			   PCRE2_USE_OFFSET_LIMIT | more_options;
	pcre2_compile_context *context = pcre2_compile_context_create(NULL);
	PCRE2_UCHAR reason[256];
	pcre2_code *code;
	PCRE2_SIZE offset;
	int number;

	pcre2_set_newline(context, PCRE2_NEWLINE_LF);
	pcre2_set_parens_nest_limit(context, NEST_LIMIT);
	code = pcre2_compile((PCRE2_SPTR)pattern.at, pattern.len, options, &number, &offset,
			     context);
	pcre2_compile_context_free(context);
	if (code == NULL) {
		pcre2_get_error_message(number, reason, sizeof reason);
		error_set(err, STATUS_LIMIT, "not supported: %s", (const char *)reason);
		return NULL;
	}
	/* Where there is no JIT for this machine the code is interpreted. */
	(void)pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
	return code;
}

/* PCRE2 takes a group that is repeated no times for one that is there when it looks whether the pattern is
 * anchored. Something that matches everywhere before it keeps it from that. */
static void
keep_unanchored(struct buf *translated, struct span pattern)
{
	for (size_t i = 0; i + 1 < pattern.len; i++) {
		if (pattern.at[i] == '{' && pattern.at[i + 1] == '0') {
			buf_add(translated, SPAN("(?:)"));
			return;
		}
	}
}

/* NULL also if the translation is of no use; then *err is left as it is. */
static pcre2_code *
compile_for(struct span pattern, struct regex_translation *how, struct error *err)
{
	struct buf translated = { 0 };
	pcre2_code *code = NULL;

	keep_unanchored(&translated, pattern);
	if (regex_translate(&translated, pattern, how, err) && !(how->ascii && how->beyond))
		code = compile(buf_span(&translated),
			       (how->ascii ? 0 : PCRE2_UTF) |
				       (how->uneasy ? PCRE2_NO_START_OPTIMIZE : 0),
			       err);
	buf_free(&translated);
	return code;
}

static struct regex *
compile_both(struct span pattern, bool single_line, struct error *err)
{
	struct regex_translation ascii = { .ascii = true, .single_line = single_line };
	struct regex_translation utf8 = { .single_line = single_line };
	struct regex *re = mem_alloc(1, sizeof *re);

	re->limits = pcre2_match_context_create(NULL);
	pcre2_set_match_limit(re->limits, MATCH_LIMIT);
	pcre2_set_depth_limit(re->limits, DEPTH_LIMIT);
	pcre2_set_heap_limit(re->limits, HEAP_LIMIT);
	re->utf8 = compile_for(pattern, &utf8, err);
	if (re->utf8 == NULL) {
		regex_free(re);
		return NULL;
	}
	re->numbered = utf8.numbered;
	re->ascii = compile_for(pattern, &ascii, NULL);
	return re;
}

struct regex *
regex_compile(struct span pattern, struct error *err)
{
	return compile_both(pattern, false, err);
}

struct regex *
regex_compile_single_line(struct span pattern, struct error *err)
{
	return compile_both(pattern, true, err);
}

void
regex_free(struct regex *re)
{
	if (re == NULL)
		return;
	pcre2_code_free(re->ascii);
	pcre2_code_free(re->utf8);
	pcre2_match_context_free(re->limits);
	free(re);
}

bool
regex_is_numbered(const struct regex *re)
{
	return re->numbered;
}

/* ---- search ---------------------------------------------------------------------------------- */

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

/* The first byte beyond ASCII that is no part of a character at `at` or later, or text.len. */
static size_t
skip_characters(struct span text, size_t at)
{
	for (at = skip_ascii(text, at); at < text.len; at = skip_ascii(text, at)) {
		size_t len = utf8_length(span_cut(text, at, text.len));

		if (len == 0)
			break;
		at += len;
	}
	return at;
}

/* A copy with another character for each byte that is no part of one. */
static char *
repair(struct span text, size_t at)
{
	char *copy = mem_text(text.at, text.len);

	for (; at < text.len; at = skip_characters(text, at + 1))
		copy[at] = REPLACEMENT;
	return copy;
}

static void *
or_end(void *made)
{
	return made != NULL ? made : mem_resize(NULL, SIZE_MAX, 2);
}

void
regex_begin(struct regex_search *s, const struct regex *re, struct span text)
{
	size_t beyond = skip_ascii(text, 0), bad = skip_characters(text, beyond);

	*s = (struct regex_search){
		.re = re,
		.text = text.len > 0 ? text : SPAN(""),
		.end = text.len,
		.slice = SLICE_FIRST,
		.limit = SLICE_LIMIT,
		.utf8 = beyond < text.len,
		/* One pair of offsets: groups are not looked at. */
		.match = or_end(pcre2_match_data_create(1, NULL)),
		.limits = or_end(pcre2_match_context_copy(re->limits)),
	};
	if (bad < text.len) {
		s->repaired = repair(text, bad);
		s->text.at = s->repaired;
	}
}

void
regex_set_end(struct regex_search *s, size_t end)
{
	s->end = end;
}

/* Tries the places from `from` to `last`. */
static int
search_slice(struct regex_search *s, size_t from, size_t last, uint32_t options)
{
	const pcre2_code *code = s->utf8 || s->re->ascii == NULL ? s->re->utf8 : s->re->ascii;
	PCRE2_SPTR subject = (PCRE2_SPTR)s->text.at;
	int result;

	options |= PCRE2_NO_UTF_CHECK | (s->end < s->text.len ? PCRE2_NOTEOL : 0u);
	pcre2_set_offset_limit(s->limits, last);
	pcre2_set_match_limit(s->limits, s->limit / (uint32_t)s->slice);
	result = pcre2_match(code, subject, s->end, from, options, s->match, s->limits);
	if (result == PCRE2_ERROR_JIT_STACKLIMIT)
		result = pcre2_match(code, subject, s->end, from, options | PCRE2_NO_JIT, s->match,
				     s->limits);
	return result;
}

/* Is there a place between two characters? */
static bool
is_place(const struct regex_search *s, size_t at)
{
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

/* The last place before `next`. */
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

/* After a slice that failed, which took so long; false if there is no way left. */
static bool
slow_down(struct regex_search *s, clock_t took)
{
	if (took <= SLICE_CLOCKS && s->limit < MATCH_LIMIT)
		s->limit *= 4;
	else if (s->slice > 1)
		s->slice = (s->slice + 3) / 4;
	else if (s->limit < MATCH_LIMIT)
		s->limit *= 2;
	else
		return false;
	return true;
}

/* After a slice without a match, which took so long. */
static void
adapt(struct regex_search *s, clock_t took)
{
	s->limit = SLICE_LIMIT;
	if (took > SLICE_CLOCKS)
		s->slice = (s->slice + 3) / 4;
	else if (s->slice < SLICE_MOST)
		s->slice *= 2;
}

/* Processor time of this thread alone: what others do meanwhile is none of the pattern's. */
static clock_t
thread_clock(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) != 0)
		return clock();
	return now.tv_sec * CLOCKS_PER_SEC + now.tv_nsec / (1000000000 / CLOCKS_PER_SEC);
}

/* How long the last slice took. */
static clock_t
look_at_clock(struct regex_search *s)
{
	clock_t now = thread_clock(), took;

	if (s->started == 0)
		s->started = s->looked = now;
	took = now - s->looked;
	s->looked = now;
	return took;
}

static bool
is_too_long(const struct regex_search *s)
{
	clock_t most = SEARCH_CLOCKS + (clock_t)(s->text.len / 1000 * CLOCKS_PER_KB);

	return s->looked - s->started > most;
}

static enum regex_result
search_from(struct regex_search *s, size_t from, uint32_t options, size_t *start, size_t *end)
{
	const PCRE2_SIZE *offsets;
	size_t next;
	int result;

	while (true) {
		clock_t took;

		next = next_slice(s, from);
		result = search_slice(s, from, last_place(s, next), options);
		if (result >= 0 || (result == PCRE2_ERROR_NOMATCH && next == s->end))
			break;
		took = look_at_clock(s);
		if (is_too_long(s))
			return REGEX_LIMIT;
		if (result == PCRE2_ERROR_NOMATCH) {
			adapt(s, took);
			options = 0;
			from = next;
		} else if (result != PCRE2_ERROR_MATCHLIMIT || !slow_down(s, took)) {
			return REGEX_LIMIT;
		}
	}
	if (result == PCRE2_ERROR_NOMATCH)
		return REGEX_NONE;
	s->limit = SLICE_LIMIT;
	offsets = pcre2_get_ovector_pointer(s->match);
	*start = offsets[0];
	*end = offsets[1];
	return REGEX_FOUND;
}

enum regex_result
regex_next(struct regex_search *s, size_t from, size_t *start, size_t *end)
{
	return search_from(s, from, 0, start, end);
}

enum regex_result
regex_find(struct regex_search *s, size_t *start, size_t *end)
{
	uint32_t options = s->after_empty ? PCRE2_NOTEMPTY_ATSTART : 0u;
	enum regex_result result = search_from(s, s->at, options, start, end);

	if (result == REGEX_FOUND) {
		s->at = *end;
		s->after_empty = *end == *start;
	}
	return result;
}

void
regex_seek(struct regex_search *s, size_t at)
{
	s->at = at;
	s->after_empty = false;
}

void
regex_end(struct regex_search *s)
{
	pcre2_match_data_free(s->match);
	pcre2_match_context_free(s->limits);
	free(s->repaired);
	s->match = s->limits = NULL;
	s->repaired = NULL;
}
