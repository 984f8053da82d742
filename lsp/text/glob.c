#include "text/glob.h"

#include <stdlib.h>

#include <pcre2.h>

#include "base/mem.h"
#include "text/repr.h"
#include "text/utf8.h"

#define MATCH_LIMIT 1000000u

/* Any folders or none; anything below. */
#define ANY_FOLDERS "(.*[/\\\\])?"
#define ALL_BELOW   "[/\\\\].*"

struct glob_set {
	pcre2_code *utf8, *bytes; /* for paths that are UTF-8, and for others */
	pcre2_match_context *limits;
};

/* ---- to a regular expression of Python ------------------------------------------------------- */

static enum status
refuse(struct span part, struct error *err)
{
	struct buf shown = { 0 };

	repr_add(&shown, part);
	error_set(err, STATUS_USAGE, "File pattern can't include %s", buf_text(&shown));
	buf_free(&shown);
	return STATUS_USAGE;
}

static size_t
count_stars(struct span s)
{
	size_t n = 0;

	while (n < s.len && s.at[n] == '*')
		n++;
	return n;
}

/* The length up to the next slash. */
static size_t
name_length(struct span s)
{
	size_t n = 0;

	while (n < s.len && s.at[n] != '/')
		n++;
	return n;
}

/* The length of what must not stand at the start of `s`: three stars, two stars behind or before
 * something else in a name, or two folders of two stars in a row; 0 if there is nothing of these. */
static size_t
forbidden_length(struct span s)
{
	size_t stars = count_stars(s), name = name_length(s);

	if (stars >= 3)
		return stars;
	for (size_t i = name; i >= 3; i--) {
		if (s.at[i - 1] == '*' && s.at[i - 2] == '*')
			return i;
	}
	if (stars == 2 && name > 2)
		return name;
	return span_starts(s, SPAN("**/**")) ? 5 : 0;
}

/* The length of a class with its brackets, or 0. */
static size_t
class_length(struct span s)
{
	const char *end = s.len > 0 && *s.at == '[' ? memchr(s.at, ']', s.len) : NULL;

	return end == NULL ? 0 : (size_t)(end - s.at) + 1;
}

static bool
is_word(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '-' ||
	       c == '_';
}

/* Adds what one character, or a class, stands for; returns its length, 0 for a lone bracket. */
static size_t
add_plain(struct buf *out, struct span s)
{
	size_t len = class_length(s);

	if (len == 0) {
		if (*s.at == '[' || *s.at == ']')
			return 0;
		len = utf8_length(s);
		len = len == 0 ? 1 : len;
		if (!is_word(*s.at))
			buf_add_char(out, '\\');
	}
	buf_add(out, span_cut(s, 0, len));
	return len;
}

/* Adds what the start of `s` stands for; returns its length, 0 if that must not stand there. */
static size_t
add_token(struct buf *out, struct span s, bool at_start)
{
	size_t stars = count_stars(s);

	if (stars > 0 && stars < s.len && s.at[stars] == '/' && (at_start || stars == 2)) {
		buf_add_text(out, ANY_FOLDERS);
		return stars + 1;
	}
	if (*s.at == '/') {
		size_t below = count_stars(span_cut(s, 1, s.len));

		if (below > 0 && below + 1 == s.len) {
			buf_add_text(out, ALL_BELOW);
			return s.len;
		}
		buf_add_text(out, "[/\\\\]");
		return 1;
	}
	if (*s.at == '*' || *s.at == '?') {
		buf_add_text(out, *s.at == '*' ? "[^/\\\\]*" : "[^/\\\\]");
		return 1;
	}
	return add_plain(out, s);
}

static enum status
add_tokens(struct buf *out, struct span s, struct error *err)
{
	for (bool at_start = true; s.len > 0; at_start = false) {
		size_t len = forbidden_length(s);

		if (len > 0)
			return refuse(span_cut(s, 0, len), err);
		len = add_token(out, s, at_start);
		if (len == 0)
			return refuse(span_cut(s, 0, 1), err);
		span_skip(&s, len);
	}
	return STATUS_OK;
}

enum status
glob_to_regex(struct buf *out, struct span pattern, struct error *err)
{
	struct buf slashed = { 0 };
	enum status status;

	buf_add(&slashed, pattern);
	for (size_t i = 0; i < slashed.len; i++) {
		if (slashed.at[i] == '\\')
			slashed.at[i] = '/';
	}
	if (slashed.len == 0 || memchr(slashed.at, '/', slashed.len) == NULL) {
		buf_reset(&slashed);
		buf_add_text(&slashed, "**/");
		buf_add(&slashed, pattern);
	}
	/* No rule of coverage.py takes a line end, which it tries for ever. */
	if (memchr(slashed.at, '\n', slashed.len) != NULL)
		status = refuse(SPAN("\n"), err);
	else
		status = add_tokens(out, buf_span(&slashed), err);
	buf_free(&slashed);
	return status;
}

/* ---- to PCRE2 -------------------------------------------------------------------------------- */

/* Copies a class, whose text holds no escapes but those of glob_to_regex(). To PCRE2 `[:a:]` and its
 * like are something else, so their characters are escaped. Returns its length. */
static size_t
copy_class(struct buf *out, struct span s)
{
	size_t n = 1;

	buf_add_char(out, '[');
	if (n < s.len && s.at[n] == '^')
		buf_add_char(out, s.at[n++]);
	for (size_t first = n; n < s.len && (s.at[n] != ']' || n == first); n++) {
		if (s.at[n] != '\0' && strchr("[]:=.", s.at[n]) != NULL)
			buf_add_char(out, '\\');
		buf_add_char(out, s.at[n]);
		if (s.at[n] == '\\' && n + 1 < s.len)
			buf_add_char(out, s.at[++n]);
	}
	if (n < s.len)
		buf_add_char(out, s.at[n++]);
	return n;
}

/* From Python's dialect, as far as glob_to_regex() uses it. */
static void
translate(struct buf *out, struct span regex)
{
	while (regex.len > 0) {
		size_t len = 1;

		if (*regex.at == '[') {
			len = copy_class(out, regex);
		} else {
			len = *regex.at == '\\' && regex.len > 1 ? 2 : 1;
			buf_add(out, span_cut(regex, 0, len));
		}
		span_skip(&regex, len);
	}
}

static pcre2_code *
compile(struct span regex, uint32_t options, struct error *err)
{
	PCRE2_UCHAR reason[256];
	PCRE2_SIZE offset;
	int number;
	pcre2_compile_context *context = pcre2_compile_context_create(NULL);
	pcre2_code *code;

	pcre2_set_newline(context, PCRE2_NEWLINE_LF); /* that is what `.` leaves out */
	code = pcre2_compile((PCRE2_SPTR)regex.at, regex.len, options | PCRE2_ANCHORED, &number,
			     &offset, context);
	pcre2_compile_context_free(context);
	if (code == NULL) {
		pcre2_get_error_message(number, reason, sizeof reason);
		error_set(err, STATUS_USAGE, "a file pattern has a bad class: %s",
			  (const char *)reason);
		return NULL;
	}
	(void)pcre2_jit_compile(code, PCRE2_JIT_COMPLETE); /* without, it is interpreted */
	return code;
}

/* All patterns as one regular expression of Python (join_regex(), globs_to_regex()). */
static enum status
join(struct buf *out, const struct span *patterns, size_t count, struct error *err)
{
	for (size_t i = 0; i < count; i++) {
		enum status status;

		buf_add_text(out, i == 0 ? "(?:" : "|(?:");
		status = glob_to_regex(out, patterns[i], err);
		if (status != STATUS_OK)
			return status;
		buf_add_char(out, ')');
	}
	return STATUS_OK;
}

struct glob_set *
glob_compile(const struct span *patterns, size_t count, unsigned flags, struct error *err)
{
	uint32_t options = (flags & GLOB_ANY_CASE ? PCRE2_CASELESS : 0) |
			   (flags & GLOB_PREFIX ? 0 : PCRE2_ENDANCHORED);
	struct glob_set *set = mem_alloc(1, sizeof *set);
	struct buf regex = { 0 }, translated = { 0 };

	set->limits = pcre2_match_context_create(NULL);
	pcre2_set_match_limit(set->limits, MATCH_LIMIT);
	if (join(&regex, patterns, count, err) == STATUS_OK) {
		translate(&translated, buf_span(&regex));
		set->utf8 = compile(buf_span(&translated), options | PCRE2_UTF | PCRE2_UCP, err);
	}
	if (set->utf8 != NULL)
		set->bytes = compile(buf_span(&translated), options, err);
	if (set->bytes == NULL) {
		glob_free(set);
		set = NULL;
	}
	buf_free(&regex);
	buf_free(&translated);
	return set;
}

void
glob_free(struct glob_set *set)
{
	if (set == NULL)
		return;
	pcre2_code_free(set->utf8);
	pcre2_code_free(set->bytes);
	pcre2_match_context_free(set->limits);
	free(set);
}

static int
match_with(const struct glob_set *set, const pcre2_code *code, struct span path,
	   pcre2_match_data *match)
{
	PCRE2_SPTR subject = (PCRE2_SPTR)path.at;
	int found = pcre2_match(code, subject, path.len, 0, 0, match, set->limits);

	if (found == PCRE2_ERROR_JIT_STACKLIMIT)
		found = pcre2_match(code, subject, path.len, 0, PCRE2_NO_JIT, match, set->limits);
	return found;
}

size_t
glob_match(const struct glob_set *set, struct span path)
{
	pcre2_match_data *match = pcre2_match_data_create(1, NULL);
	size_t end = GLOB_NO_MATCH;
	int found = match_with(set, set->utf8, path, match);

	if (found <= PCRE2_ERROR_UTF8_ERR1 && found >= PCRE2_ERROR_UTF8_ERR21)
		found = match_with(set, set->bytes, path, match);
	if (found >= 0)
		end = pcre2_get_ovector_pointer(match)[1];
	pcre2_match_data_free(match);
	return end;
}
