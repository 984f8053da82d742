#include "python/exclude.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "exclude_signs.h"
#include "text/repr.h"

#define EXCLUDE_PRAGMA   "#\\s*(pragma|PRAGMA)[:\\s]?\\s*(no|NO)\\s*(cover|COVER)"
#define EXCLUDE_ELLIPSIS "^\\s*(((async )?def .*?)?[\\])]+(\\s*->.*?)?:\\s*)?\\.\\.\\.\\s*(#|$)"
#define EXCLUDE_TYPING   "if (typing\\.)?TYPE_CHECKING:"
#define PARTIAL_PRAGMA   "#\\s*(pragma|PRAGMA)[:\\s]?\\s*(no|NO)\\s*(branch|BRANCH)"

const char *const py_default_exclude[] = { EXCLUDE_PRAGMA, EXCLUDE_ELLIPSIS, EXCLUDE_TYPING, NULL };
const char *const py_default_partial[] = { PARTIAL_PRAGMA, NULL };
const char *const py_default_partial_always[] = { "while (True|1|False|0):", "if (True|1|False|0):",
						  NULL };

const char py_exclude_default_pattern[] =
	"(?:" EXCLUDE_PRAGMA ")|(?:" EXCLUDE_ELLIPSIS ")|(?:" EXCLUDE_TYPING ")";

/* ---- lines ------------------------------------------------------------------------------------- */

/* Line numbers of offsets that only grow. */
struct line_counter {
	struct span text;
	size_t at;
	uint32_t line;
};

static uint32_t
line_at(struct line_counter *c, size_t offset)
{
	const char *p = c->text.at + c->at, *end = c->text.at + offset;

	while (p < end && (p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		p++;
		c->line++;
	}
	if (offset > c->at)
		c->at = offset;
	return c->line;
}

/* Adds the lines of a match. */
static void
add_match(struct line_set *lines, struct line_counter *counter, size_t start, size_t end)
{
	uint32_t first = line_at(counter, start);

	line_set_add_range(lines, first, line_at(counter, end));
}

/* ---- the text as coverage.py has it ------------------------------------------------------------ */

static bool
has(struct span text, char c)
{
	return memchr(text.at, c, text.len) != NULL;
}

static void
copy_normal(struct span text, struct buf *copy)
{
	char *to = buf_room(copy, text.len + 1);
	size_t len = 0;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];

		if (c == '\r' && i + 1 < text.len && text.at[i + 1] == '\n')
			continue;
		to[len++] = c == '\r' ? '\n' : c == '\f' ? ' ' : c;
	}
	if (len > 0 && to[len - 1] != '\n')
		to[len++] = '\n';
	copy->len = len;
}

/* The text, or what `copy` then holds. */
static struct span
normal(struct span text, struct buf *copy)
{
	if (span_starts(text, SPAN("\xEF\xBB\xBF")))
		span_skip(&text, 3);
	if (text.len == 0)
		return SPAN("");
	if (text.at[text.len - 1] == '\n' && !has(text, '\r') && !has(text, '\f'))
		return text;
	copy_normal(text, copy);
	return buf_span(copy);
}

/* ---- the search -------------------------------------------------------------------------------- */

/* What is searched for, in the order of the patterns in their list. */
enum source { SOURCE_SIGNS, SOURCE_REGEX, SOURCE_TESTS, SOURCES };

/* The first match of each source that starts where the search is, or later. Together they are the
 * matches of the joined pattern: of an alternation the leftmost match counts, and of those that start
 * at the same place that of the first alternative. What a source finds doesn't depend on the others. */
struct search {
	struct span text;
	struct sign_search signs;
	struct regex_search regex;
	bool on[SOURCES]; /* has it more matches? */
	struct {
		size_t start, end;
	} found[SOURCES];
};

static enum regex_result
find_next(struct search *s, enum source source, size_t from)
{
	size_t *start = &s->found[source].start, *end = &s->found[source].end;

	switch (source) {
	case SOURCE_SIGNS:
		return sign_search_next(&s->signs, from, start, end);
	case SOURCE_TESTS:
		return test_search_next(s->text, from, start, end);
	case SOURCE_REGEX:
	case SOURCES:
		break;
	}
	/* Also back: another source may have taken the start of what was found, and then the rest of it is
	 * to be looked at again. */
	if (s->regex.at != from)
		regex_seek(&s->regex, from);
	return regex_find(&s->regex, start, end);
}

/* Brings up to date what is found; false if a source gives up. */
static bool
refresh(struct search *s, size_t from, enum source used)
{
	for (enum source i = SOURCE_SIGNS; i < SOURCES; i++) {
		enum regex_result result;

		if (!s->on[i] || (i != used && s->found[i].start >= from))
			continue;
		result = find_next(s, i, from);
		s->on[i] = result == REGEX_FOUND;
		if (result == REGEX_LIMIT)
			return false;
	}
	return true;
}

/* The source of the next match, or SOURCES if there is none. */
static enum source
first_found(const struct search *s)
{
	enum source first = SOURCES;

	for (enum source i = SOURCE_SIGNS; i < SOURCES; i++) {
		if (s->on[i] && (first == SOURCES || s->found[i].start < s->found[first].start))
			first = i;
	}
	return first;
}

static bool
add_matches(struct search *s, struct line_set *lines)
{
	struct line_counter counter = { .text = s->text, .line = 1 };
	enum source first;
	bool done = true;

	for (enum source i = SOURCE_SIGNS; i < SOURCES && done; i++) {
		enum regex_result result = s->on[i] ? find_next(s, i, 0) : REGEX_NONE;

		s->on[i] = result == REGEX_FOUND;
		done = result != REGEX_LIMIT;
	}
	while (done && (first = first_found(s)) != SOURCES) {
		size_t end = s->found[first].end;

		add_match(lines, &counter, s->found[first].start, end);
		done = refresh(s, end, first);
	}
	return done;
}

/* Compiled once, whichever thread comes first. */
static const struct regex *
shared_regex(_Atomic(struct regex *) *shared, const char *pattern)
{
	struct regex *re = atomic_load(shared), *none = NULL;

	if (re != NULL)
		return re;
	re = regex_compile(span_of(pattern), NULL);
	if (atomic_compare_exchange_strong(shared, &none, re))
		return re;
	regex_free(re);
	return none;
}

static const struct regex *
sign_regex(enum sign_kinds kinds)
{
	static _Atomic(struct regex *) exclude, partial;

	return kinds == SIGNS_EXCLUDE ? shared_regex(&exclude, py_exclude_default_pattern)
				      : shared_regex(&partial, PARTIAL_PRAGMA);
}

/* Searches for the default patterns (`quick`), those for tests of constants, and `re`, if there is
 * one. False if the search gave up. */
static bool
search(struct line_set *lines, struct span raw, bool quick, enum sign_kinds kinds, bool tests,
       const struct regex *re)
{
	struct search s = {
		.on = {[SOURCE_REGEX] = re != NULL, [SOURCE_TESTS] = tests}
	};
	struct buf copy = { 0 };
	struct signs signs;
	bool done;

	if (quick) {
		signs_begin(&signs, raw, kinds);
		s.on[SOURCE_SIGNS] = !signs_are_none(&signs);
	}
	if (!s.on[SOURCE_SIGNS] && re == NULL && !tests)
		return true;
	s.text = normal(raw, &copy);
	if (s.on[SOURCE_SIGNS]) {
		s.signs.signs = signs;
		if (s.text.at != raw.at)
			signs_begin(&s.signs.signs, s.text, kinds);
		regex_begin(&s.signs.search, sign_regex(kinds), s.text);
	}
	if (re != NULL)
		regex_begin(&s.regex, re, s.text);
	done = add_matches(&s, lines);
	if (s.signs.search.re != NULL)
		regex_end(&s.signs.search);
	if (re != NULL)
		regex_end(&s.regex);
	buf_free(&copy);
	return done;
}

void
py_exclude_defaults(struct line_set *lines, struct span text)
{
	search(lines, text, true, SIGNS_EXCLUDE, false, NULL);
}

bool
py_exclude_search(struct line_set *lines, const struct regex *re, struct span text)
{
	return search(lines, text, false, SIGNS_EXCLUDE, false, re);
}

/* ---- lists of patterns ------------------------------------------------------------------------- */

/* Do the texts from the `at`th on begin with those of `wanted`? */
static bool
list_has(const struct text_list *list, size_t at, const char *const *wanted)
{
	for (; *wanted != NULL; at++, wanted++) {
		if (at >= list->count || strcmp(list->at[at], *wanted) != 0)
			return false;
	}
	return true;
}

static size_t
list_length(const char *const *list)
{
	size_t count = 0;

	while (list[count] != NULL)
		count++;
	return count;
}

static void
add_list(struct text_list *to, const struct text_list *from, const char *const *fallback)
{
	for (size_t i = 0; from != NULL && i < from->count; i++)
		text_list_add(to, span_of(from->at[i]));
	for (size_t i = 0; from == NULL && fallback[i] != NULL; i++)
		text_list_add(to, span_of(fallback[i]));
}

/* The patterns first ... last - 1 joined, as join_regex() in coverage/misc.py does. */
static void
join(struct buf *out, const struct text_list *list, size_t first, size_t last)
{
	for (size_t i = first; i < last; i++) {
		if (list->count == 1)
			buf_add_text(out, list->at[i]);
		else
			buf_addf(out, "%s(?:%s)", i == first ? "" : "|", list->at[i]);
	}
}

static struct regex *
compile_joined(const struct text_list *list, size_t first, size_t last, struct error *err)
{
	struct buf joined = { 0 };
	struct regex *re;

	join(&joined, list, first, last);
	re = regex_compile(buf_span(&joined), err);
	buf_free(&joined);
	return re;
}

/* Names the pattern that can't stand in a group, or, if each can, all of them. */
static enum status
tell_bad_pattern(const struct py_pattern_list *p, const char *list_name, const struct error *why,
		 struct error *err)
{
	struct buf shown = { 0 };
	struct error reason = *why;

	for (size_t i = 0; i < p->patterns.count && shown.len == 0; i++) {
		struct regex *re = compile_joined(&p->patterns, i, i + 1, &reason);

		if (re == NULL)
			repr_add(&shown, span_of(p->patterns.at[i]));
		regex_free(re);
	}
	if (shown.len > 0)
		error_set(err, STATUS_USAGE, "%s: pattern %s%s: %s", list_name, buf_text(&shown),
			  p->patterns.count > 1 ? " together with others" : "", reason.text);
	else
		error_set(err, STATUS_USAGE, "%s: patterns joined into one: %s", list_name,
			  why->text);
	buf_free(&shown);
	return STATUS_USAGE;
}

/*
 * The patterns but the first `quick` and the last `tests`, which are the defaults and searched for by
 * themselves. They can't be if a pattern refers to a group by its number: then the groups of the
 * defaults count, and all are compiled as one.
 */
static enum status
compile_list(struct py_pattern_list *p, const char *list_name, size_t quick, size_t tests,
	     struct error *err)
{
	struct error why = { 0 };
	size_t last = p->patterns.count - tests;

	p->quick = quick > 0;
	p->quick_tests = tests > 0;
	if (quick < last)
		p->re = compile_joined(&p->patterns, quick, last, &why);
	if (quick < last && quick + tests > 0 && (p->re == NULL || regex_is_numbered(p->re))) {
		regex_free(p->re);
		p->re = compile_joined(&p->patterns, 0, p->patterns.count, &why);
		p->quick = p->quick_tests = false;
	}
	if (quick < last && p->re == NULL)
		return tell_bad_pattern(p, list_name, &why, err);
	return STATUS_OK;
}

static enum status
compile_exclude(struct py_pattern_list *p, const struct text_list *exclude, struct error *err)
{
	size_t quick;

	add_list(&p->patterns, exclude, py_default_exclude);
	quick = list_has(&p->patterns, 0, py_default_exclude) ? list_length(py_default_exclude) : 0;
	return compile_list(p, "exclude_lines", quick, 0, err);
}

static enum status
compile_partial(struct py_pattern_list *p, const struct text_list *partial,
		const struct text_list *always, struct error *err)
{
	size_t quick = 0, tests = list_length(py_default_partial_always);

	add_list(&p->patterns, partial, py_default_partial);
	if (list_has(&p->patterns, 0, py_default_partial))
		quick = list_length(py_default_partial);
	add_list(&p->patterns, always, py_default_partial_always);
	if (p->patterns.count < quick + tests ||
	    !list_has(&p->patterns, p->patterns.count - tests, py_default_partial_always))
		tests = 0;
	if (p->patterns.count > 0)
		return compile_list(p, "partial_branches", quick, tests, err);
	/* Joined, no patterns are the empty one, which matches everywhere. */
	p->re = regex_compile(SPAN(""), err);
	return STATUS_OK;
}

enum status
py_patterns_compile(struct py_patterns *p, const struct text_list *exclude,
		    const struct text_list *partial, const struct text_list *partial_always,
		    struct error *err)
{
	enum status status;

	*p = (struct py_patterns){ 0 };
	status = compile_exclude(&p->exclude, exclude, err);
	if (status == STATUS_OK)
		status = compile_partial(&p->partial, partial, partial_always, err);
	if (status != STATUS_OK)
		py_patterns_free(p);
	return status;
}

static void
free_list(struct py_pattern_list *p)
{
	text_list_free(&p->patterns);
	regex_free(p->re);
}

void
py_patterns_free(struct py_patterns *p)
{
	free_list(&p->exclude);
	free_list(&p->partial);
	*p = (struct py_patterns){ 0 };
}

/* Finds the first pattern that takes too long by itself. */
static enum status
tell_slow_pattern(const struct py_pattern_list *p, const char *list_name, struct span text,
		  struct error *err)
{
	struct line_set lines = { 0 };
	struct buf shown = { 0 };

	for (size_t i = 0; i < p->patterns.count && shown.len == 0; i++) {
		struct regex *re = compile_joined(&p->patterns, i, i + 1, NULL);

		if (re != NULL && !py_exclude_search(&lines, re, text))
			repr_add(&shown, span_of(p->patterns.at[i]));
		regex_free(re);
	}
	if (shown.len > 0)
		error_set(err, STATUS_LIMIT, "%s: pattern %s takes too long; make it simpler",
			  list_name, buf_text(&shown));
	else
		error_set(err, STATUS_LIMIT, "%s: the patterns take too long; make them simpler",
			  list_name);
	line_set_free(&lines);
	buf_free(&shown);
	return STATUS_LIMIT;
}

enum status
py_patterns_excluded(const struct py_patterns *p, struct span text, struct line_set *lines,
		     struct error *err)
{
	const struct py_pattern_list *list = &p->exclude;

	if (search(lines, text, list->quick, SIGNS_EXCLUDE, false, list->re))
		return STATUS_OK;
	return tell_slow_pattern(list, "exclude_lines", text, err);
}

enum status
py_patterns_no_branch(const struct py_patterns *p, const struct py_lines *read, struct span text,
		      struct line_set *lines, struct error *err)
{
	const struct py_pattern_list *list = &p->partial;
	struct line_set matched = { 0 };
	bool done = search(&matched, text, list->quick, SIGNS_PRAGMA, list->quick_tests, list->re);

	for (uint32_t n = line_set_next(&matched, 0); n != LINE_SET_END;
	     n = line_set_next(&matched, n))
		line_set_add(lines, py_lines_first(read, n));
	line_set_free(&matched);
	return done ? STATUS_OK : tell_slow_pattern(list, "partial_branches", text, err);
}
