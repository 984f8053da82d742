/*
 * LCOV tracefiles, 1.x and 2.x, as geninfo(1) of lcov 2.5 and lcov 1.16 describe them and as others
 * write them.
 *
 * The index looks at the beginnings of lines alone. A section runs from behind a line SF: (or KF:) to
 * the next end_of_record or SF:; its `kind` is the number of its first line.
 *
 * A report that was cut must not pass for a whole one: lines that come twice are added up (as lcov
 * does, templates are one reason), and of a file that is half there a line may be missing a count. So
 * a report whose last line has no end, or whose last section has none while an earlier one has, is
 * cut. Where no section at all has an end_of_record its producer does not write any; that is taken,
 * with a warning.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/name_set.h"
#include "text/utf8.h"

#include "formats.h"
#include "reader.h"
#include "record.h"

/* The note of the index: somebody named a test (TN:). */
#define NOTE_TESTS 1u

/* "end_of_record" */
#define KEY_MAX 13

enum lcov_key {
	KEY_MORE, /* that cannot be told yet */
	KEY_OTHER,
	KEY_BOM,
	KEY_SOURCE,
	KEY_END,
	KEY_BRANCH,
	KEY_TEST,
};

enum lcov_place {
	AT_KEY,  /* `key` holds what there is of the line */
	IN_NAME, /* behind SF: */
	IN_REST, /* of a line that says nothing */
	IN_END,  /* behind end_of_record */
};

struct lcov_index {
	struct index_builder *builder;
	enum lcov_place place;
	uint64_t at;         /* offset of the next byte */
	uint64_t line_start; /* of the line that is being read */
	uint64_t line;       /* its number, from 1 */
	uint64_t start;      /* of the open section */
	uint64_t start_line;
	uint32_t name; /* of the open section */
	bool open;     /* a section is */
	bool ends;     /* an end_of_record was seen */
	bool comment;  /* the line is one */
	char key[KEY_MAX];
	size_t key_len;
	bool name_dropped; /* the name in `path` goes on */
	struct buf path;
	bool telling[256]; /* lines that begin so are looked at */
};

static_assert(sizeof(struct lcov_index) <= 1024, "the index machine of LCOV is small");

static void
lcov_index_open(void *state, struct index_builder *builder)
{
	struct lcov_index *x = state;

	x->builder = builder;
	x->line = 1;
	x->telling['S'] = x->telling['K'] = x->telling['e'] = true;
	/* Until there is one: */
	x->telling['B'] = x->telling['T'] = x->telling[0xef] = true;
}

static enum lcov_key
tell_key(struct span s)
{
	static const struct {
		struct span text;
		enum lcov_key key;
	} keys[] = {
		{{ "SF:", 3 },             KEY_SOURCE},
                { { "KF:", 3 },            KEY_SOURCE},
		{ { "end_of_record", 13 }, KEY_END   },
                { { "BRDA:", 5 },          KEY_BRANCH},
		{ { "TN:", 3 },            KEY_TEST  },
                { { "\xef\xbb\xbf", 3 },   KEY_BOM   },
	};

	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		if (span_starts(s, keys[i].text))
			return keys[i].key;
		if (s.len < keys[i].text.len && memcmp(s.at, keys[i].text.at, s.len) == 0)
			return KEY_MORE;
	}
	return KEY_OTHER;
}

static void
close_section(struct lcov_index *x, uint64_t end)
{
	if (x->open)
		index_section(x->builder, x->name,
			      x->start_line > UINT32_MAX ? 0 : (uint32_t)x->start_line, x->start,
			      end);
	x->open = false;
}

/* The line begins with this key. */
static void
act_on_key(struct lcov_index *x, enum lcov_key key)
{
	x->place = IN_REST;
	switch (key) {
	case KEY_SOURCE:
		close_section(x, x->line_start);
		x->place = IN_NAME;
		buf_reset(&x->path);
		x->name_dropped = false;
		break;
	case KEY_END:
		close_section(x, x->line_start);
		x->ends = true;
		x->place = IN_END;
		break;
	case KEY_BRANCH:
		index_branches(x->builder);
		x->telling['B'] = false;
		break;
	case KEY_TEST:
		index_note(x->builder, NOTE_TESTS);
		x->telling['T'] = false;
		break;
	case KEY_BOM:
		x->telling[0xef] = false;
		if (x->line_start == 0) {
			x->line_start = 3;
			x->place = AT_KEY;
		}
		break;
	case KEY_MORE:
	case KEY_OTHER:
		break;
	}
}

static void
start_line(struct lcov_index *x)
{
	x->line++;
	x->line_start = x->at;
	x->place = AT_KEY;
	x->key_len = 0;
}

/* The key, which may have begun in another piece. Its first byte, if no more, is always taken. */
static void
take_key(struct lcov_index *x, struct span *piece)
{
	enum lcov_key key = KEY_MORE;

	while (piece->len > 0 && key == KEY_MORE) {
		char c = *piece->at;

		if (c == '\n')
			break;
		x->comment = x->key_len == 0 ? c == '#' : x->comment;
		x->key[x->key_len++] = c;
		x->at++;
		span_skip(piece, 1);
		key = tell_key((struct span){ x->key, x->key_len });
	}
	if (key != KEY_MORE) {
		x->key_len = 0;
		act_on_key(x, key);
	} else if (piece->len > 0) {
		x->place = IN_REST;
	}
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* What does not fit is dropped; blanks at the end are no part of the name. */
static void
hold_name(struct lcov_index *x, struct span part)
{
	size_t room = DATA_NAME_MAX + 1 - x->path.len;

	for (size_t i = room; i < part.len && !x->name_dropped; i++)
		x->name_dropped = !is_blank(part.at[i]);
	reader_hold_name(&x->path, part);
}

/* geninfo of lcov 1.15 and 1.16 writes names that it has read from gcov's JSON in Latin-1, where they fit in. */
static void
widen_name(struct lcov_index *x)
{
	struct buf wide = { 0 };

	if (utf8_is_valid(buf_span(&x->path)))
		return;
	for (size_t i = 0; i < x->path.len; i++) {
		char code[4];
		size_t len = utf8_encode((unsigned char)x->path.at[i], code);

		buf_add(&wide, (struct span){ code, len });
	}
	buf_free(&x->path);
	x->path = wide;
}

static void
end_name(struct lcov_index *x)
{
	struct span name;

	widen_name(x);
	name = buf_span(&x->path);
	while (!x->name_dropped && name.len > 0 && is_blank(name.at[name.len - 1]))
		name.len--;
	if (x->name_dropped && name.len <= DATA_NAME_MAX)
		name.len = DATA_NAME_MAX + 1;
	x->name = index_name(x->builder, name);
	x->open = true;
	x->start = x->at;
	x->start_line = x->line;
	if (x->path.cap > DATA_NAME_MAX)
		buf_free(&x->path);
}

/* What is left of a line that has been told. */
static void
take_rest(struct lcov_index *x, struct span *piece)
{
	const char *end = memchr(piece->at, '\n', piece->len);
	size_t len = end == NULL ? piece->len : (size_t)(end - piece->at);
	bool name = x->place == IN_NAME;

	if (name)
		hold_name(x, span_cut(*piece, 0, len));
	x->at += len + (end != NULL);
	span_skip(piece, len + (end != NULL));
	if (end == NULL)
		return;
	start_line(x);
	if (name)
		end_name(x);
}

/* The lines at the front that say nothing to the index: nearly all. What is left begins with a line that
 * may, or with a line that has no end in this piece, or is empty. */
static void
skip_lines(struct lcov_index *x, struct span *piece)
{
	const char *at = piece->at, *end = piece->at + piece->len;
	uint64_t lines = 0;

	while (at < end && !x->telling[(unsigned char)*at]) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));

		if (stop == NULL)
			break;
		lines++;
		at = stop + 1;
	}
	x->at += (uint64_t)(at - piece->at);
	x->line += lines;
	x->line_start = x->at;
	span_skip(piece, (size_t)(at - piece->at));
}

static bool
lcov_index_feed(void *state, struct span piece, struct reader_fault *fault)
{
	struct lcov_index *x = state;

	(void)fault;
	while (piece.len > 0) {
		if (x->place != AT_KEY) {
			take_rest(x, &piece);
			continue;
		}
		if (x->key_len == 0 && x->line_start == x->at)
			skip_lines(x, &piece);
		if (piece.len > 0)
			take_key(x, &piece);
	}
	return true;
}

/* The last line has no end: is something lost? */
static bool
is_line_cut(const struct lcov_index *x)
{
	if (x->at == x->line_start || x->place == IN_END)
		return false;
	return x->open || !x->comment;
}

static bool
finish_index(struct lcov_index *x, struct reader_fault *fault)
{
	if (x->line <= UINT32_MAX)
		fault->line = (uint32_t)x->line;
	if (is_line_cut(x))
		return reader_set_cut(fault, x->line_start, "the last line has no end");
	if (x->open && x->ends)
		return reader_set_cut(fault, x->at, "its last section has no end_of_record");
	if (x->open)
		index_warning(x->builder,
			      "no section of the report has an end_of_record; if it was cut off, "
			      "what it says of its last file is not all");
	close_section(x, x->at);
	return true;
}

static bool
lcov_index_close(void *state, bool whole, struct reader_fault *fault)
{
	struct lcov_index *x = state;
	bool sound = !whole || finish_index(x, fault);

	buf_free(&x->path);
	return sound;
}

/* ---- a section ---- */

/* A function, of which the place (FN) and the count (FNDA) come apart and in either order. */
struct lcov_function {
	size_t name, name_len; /* in names.bytes */
	uint64_t first, last, hits;
	uint32_t next; /* one of the same name behind it: its number, from 1 */
	bool placed, counted;
};

/* The functions of one name: the k-th FN goes with the k-th FNDA. */
struct lcov_name {
	uint32_t half; /* the first that misses its place or its count; 0: none */
	uint32_t last;
};

/* FNL and FNA: a place has a number, and one or more names. */
struct lcov_alias {
	size_t name, name_len; /* in names.bytes */
	uint64_t hits;
	uint32_t place; /* number of it, from 1 */
};

struct lcov_place_of {
	uint64_t first, last;
};

struct lcov_section {
	struct report *report;
	struct record_reader lines;
	uint32_t first_line; /* of the section, in the report; 0: not known */
	bool tests;
	bool single;            /* every branch so far is branch 0 of block 0 */
	bool any, several;      /* branches in this section; more than one in any */
	bool over_one;          /* some count is above 1 */
	struct name_set blocks; /* those that are no number */
	uint32_t block_count;

	/* Of one section. */
	struct name_set names; /* in groups; also holds the texts of aliases */
	struct lcov_name *of_name;
	size_t name_count, name_cap;
	struct lcov_function *functions;
	size_t function_count, function_cap;
	struct lcov_place_of *places;
	size_t place_count, place_cap;
	struct lcov_alias *aliases;
	size_t alias_count, alias_cap;
};

static_assert(sizeof(struct lcov_section) <= 1024, "the section machine of LCOV is small");

enum name_group { NAME_FUNCTION, NAME_PLACE };

static void
lcov_section_open(void *state, const struct data_index *index, struct report *report)
{
	struct lcov_section *s = state;

	s->report = report;
	s->tests = (index->note & NOTE_TESTS) != 0;
	s->single = true;
	report->rule = REPORT_SUM;
}

static void
lcov_section_begin(void *state, const struct index_section *section)
{
	struct lcov_section *s = state;

	s->first_line = section->kind;
	s->any = false;
	s->lines.at = 0;
	s->lines.number = 0;
}

static bool
lose(const struct lcov_section *s, struct span line, struct span at, const char *text,
     struct reader_fault *fault)
{
	return record_set_fault(&s->lines, s->first_line, line, at.at, text, fault);
}

/*
 * The number of a line, up to the comma. Of code that a source map leads nowhere Istanbul knows none, and writes
 * what JavaScript makes of that; it counts as line 0, of which nothing is kept.
 */
static bool
take_line(struct span *rest, uint64_t *number)
{
	static const struct span none[] = {
		{"undefined,", 10},
                { "null,",     5 },
                { "NaN,",      4 }
	};

	if (record_take_signed(rest, number))
		return true;
	*number = 0;
	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
		if (!span_starts(*rest, none[i]))
			continue;
		span_skip(rest, none[i].len - 1);
		return true;
	}
	return rest->len > 0 && *rest->at == ',';
}

/* DA:line,count[,checksum] */
static bool
read_line(struct lcov_section *s, struct span line, struct reader_fault *fault)
{
	struct span rest = line;
	uint64_t number, hits;

	span_skip(&rest, 3);
	if (!take_line(&rest, &number))
		return lose(s, line, rest, "the number of a line is missing", fault);
	if (!record_take(&rest, ',') || !record_take_count(&rest, &hits))
		return lose(s, line, rest, "a count is missing", fault);
	if (rest.len > 0 && *rest.at != ',')
		return lose(s, line, rest, "a count does not end", fault);
	s->over_one = s->over_one || hits > 1;
	report_add_line(s->report, number, hits, 0);
	return true;
}

/* The number of a block. What is before it, lcov 2 says of the arm: e, an exception's; f, the one that
 * falls through; U, it cannot be reached. */
static uint32_t
take_block(struct lcov_section *s, struct span block, bool *unreachable)
{
	struct span digits;
	uint32_t *number;
	uint64_t n;

	if (block.len > 1 && (*block.at == 'e' || *block.at == 'f'))
		span_skip(&block, 1);
	*unreachable = block.len > 1 && *block.at == 'U';
	if (*unreachable)
		span_skip(&block, 1);
	digits = block;
	if (record_take_number(&digits, &n) && digits.len == 0 && n < UINT32_C(1) << 31)
		return (uint32_t)n;
	number = name_set_put(&s->blocks, 0, block);
	if (*number == 0)
		*number = ++s->block_count;
	return UINT32_C(1) << 31 | *number;
}

/* Up to the next comma, which is taken off, too; false if there is none. */
static bool
take_field(struct span *rest, struct span *field)
{
	const char *comma = rest->len == 0 ? NULL : memchr(rest->at, ',', rest->len);

	if (comma == NULL)
		return false;
	*field = span_cut(*rest, 0, (size_t)(comma - rest->at));
	span_skip(rest, field->len + 1);
	return true;
}

/* What is before the last comma. */
static bool
take_long_field(struct span *rest, struct span *field)
{
	size_t n = rest->len;

	while (n > 0 && rest->at[n - 1] != ',')
		n--;
	if (n == 0)
		return false;
	*field = span_cut(*rest, 0, n - 1);
	span_skip(rest, n);
	return true;
}

/* BRDA:line,[e|f][U]block,branch,taken; the branch is a number or any text, also with commas. A count that is
 * null is written as nothing (istanbul-reports 3, lcovonly). */
static bool
read_branch(struct lcov_section *s, struct span line, struct reader_fault *fault)
{
	struct span rest = line, block, label;
	unsigned flags = 0;
	uint64_t number, taken = 0;
	uint32_t group;
	bool unreachable;

	if (s->lines.overlong)
		return lose(s, line, rest, "the name of a branch is too long", fault);
	span_skip(&rest, 5);
	if (!take_line(&rest, &number) || !record_take(&rest, ','))
		return lose(s, line, rest, "the number of a line is missing", fault);
	if (!take_field(&rest, &block) || !take_long_field(&rest, &label))
		return lose(s, line, rest, "a branch's block, name or count is missing", fault);
	if (rest.len == 1 && *rest.at == '-')
		flags = REPORT_NEVER;
	else if (rest.len > 0 && (!record_take_count(&rest, &taken) || rest.len > 0))
		return lose(s, line, rest, "it is no count of how often a branch was taken", fault);
	group = take_block(s, block, &unreachable);
	s->single = s->single && group == 0 && span_equal(label, SPAN("0"));
	s->several = s->several || s->any;
	s->any = true;
	if (!unreachable)
		report_add_branch(s->report, number, group, label, taken, flags);
	return true;
}

/* The number of a name, and where its text is. */
static uint32_t *
put_name(struct lcov_section *s, enum name_group group, struct span name, size_t *at)
{
	uint32_t *number;

	*at = s->names.bytes.len;
	number = name_set_put(&s->names, group, name);
	return number;
}

static struct lcov_name *
find_name(struct lcov_section *s, struct span name, size_t *at)
{
	uint32_t *number = put_name(s, NAME_FUNCTION, name, at);

	if (*number == 0) {
		s->of_name = mem_grow(s->of_name, s->name_count, &s->name_cap, sizeof *s->of_name);
		s->of_name[s->name_count++] = (struct lcov_name){ 0 };
		*number = (uint32_t)s->name_count;
	} else {
		*at = s->functions[s->of_name[*number - 1].last - 1].name;
	}
	return &s->of_name[*number - 1];
}

/* The function of this name whose place, or count, is to be filled in. */
static struct lcov_function *
find_function(struct lcov_section *s, struct span text, bool for_place)
{
	size_t at;
	struct lcov_name *name = find_name(s, text, &at);
	struct lcov_function *half = name->half == 0 ? NULL : &s->functions[name->half - 1];

	if (half != NULL && (for_place ? !half->placed : !half->counted)) {
		name->half = half->next;
		return half;
	}
	if (half == NULL && name->last != 0 && !for_place)
		return &s->functions[name->last - 1]; /* told again: it is added up */
	s->functions =
		mem_grow(s->functions, s->function_count, &s->function_cap, sizeof *s->functions);
	s->functions[s->function_count++] =
		(struct lcov_function){ .name = at, .name_len = text.len };
	if (name->last != 0)
		s->functions[name->last - 1].next = (uint32_t)s->function_count;
	name->last = (uint32_t)s->function_count;
	if (name->half == 0)
		name->half = name->last;
	return &s->functions[s->function_count - 1];
}

/* ",last" of a place, if it stands there with `end` behind it. */
static void
take_last_line(struct span *rest, char end, uint64_t *last)
{
	struct span look = *rest;

	*last = 0;
	if (record_take_number(&look, last) && record_take(&look, end))
		*rest = look;
	else
		*last = 0;
}

/* FN:first,[last,]name */
static bool
read_function(struct lcov_section *s, struct span line, struct reader_fault *fault)
{
	struct lcov_function *function;
	struct span rest = line;
	uint64_t first, last;

	span_skip(&rest, 3);
	if (!take_line(&rest, &first) || !record_take(&rest, ','))
		return lose(s, line, rest, "a function's line is missing", fault);
	take_last_line(&rest, ',', &last);
	function = find_function(s, rest, true);
	function->placed = true;
	function->first = first;
	function->last = last;
	return true;
}

/* FNDA:count,name */
static bool
read_calls(struct lcov_section *s, struct span line, struct reader_fault *fault)
{
	struct lcov_function *function;
	struct span rest = line;
	uint64_t hits;

	span_skip(&rest, 5);
	if (!record_take_count(&rest, &hits) || !record_take(&rest, ','))
		return lose(s, line, rest, "a function's count is missing", fault);
	s->over_one = s->over_one || hits > 1;
	function = find_function(s, rest, false);
	function->counted = true;
	function->hits = report_add_hits(function->hits, hits);
	return true;
}

/* The place that a section calls by this number, however it writes it. */
static uint32_t
find_place(struct lcov_section *s, struct span index)
{
	size_t at;
	uint32_t *number = put_name(s, NAME_PLACE, index, &at);

	if (*number == 0) {
		s->places = mem_grow(s->places, s->place_count, &s->place_cap, sizeof *s->places);
		s->places[s->place_count++] = (struct lcov_place_of){ 0 };
		*number = (uint32_t)s->place_count;
	}
	return *number;
}

/* FNL:index,first[,last] */
static bool
read_place(struct lcov_section *s, struct span line, struct reader_fault *fault)
{
	struct span rest = line, index;
	uint64_t first, last = 0;
	uint32_t place;

	span_skip(&rest, 4);
	if (!take_field(&rest, &index) || !record_take_signed(&rest, &first))
		return lose(s, line, rest, "a function's line is missing", fault);
	if (record_take(&rest, ','))
		record_take_number(&rest, &last);
	place = find_place(s, index);
	s->places[place - 1] = (struct lcov_place_of){ first, last };
	return true;
}

/* FNA:index,count,name */
static bool
read_alias(struct lcov_section *s, struct span line, struct reader_fault *fault)
{
	struct lcov_alias alias = { 0 };
	struct span rest = line, index;

	span_skip(&rest, 4);
	if (!take_field(&rest, &index) || !record_take_count(&rest, &alias.hits) ||
	    !record_take(&rest, ','))
		return lose(s, line, rest, "a function's count is missing", fault);
	s->over_one = s->over_one || alias.hits > 1;
	alias.place = find_place(s, index);
	alias.name = s->names.bytes.len;
	alias.name_len = rest.len;
	buf_add(&s->names.bytes, rest);
	s->aliases = mem_grow(s->aliases, s->alias_count, &s->alias_cap, sizeof *s->aliases);
	s->aliases[s->alias_count++] = alias;
	return true;
}

/* A record that says nothing here: totals, MC/DC, VER, TN, or one that is not known yet. Its key is of
 * letters. */
static bool
pass_over(const struct lcov_section *s, struct span line, struct reader_fault *fault)
{
	size_t n = 0;

	while (n < line.len && ((line.at[n] >= 'A' && line.at[n] <= 'Z') ||
				(line.at[n] >= 'a' && line.at[n] <= 'z') || line.at[n] == '_' ||
				(line.at[n] >= '0' && line.at[n] <= '9')))
		n++;
	if (line.len == 0 || *line.at == '#' || (n > 0 && n < line.len && line.at[n] == ':'))
		return true;
	return lose(s, line, line, "a line is neither a record nor a comment", fault);
}

typedef bool record_fn(struct lcov_section *s, struct span line, struct reader_fault *fault);

static bool
read_record(struct lcov_section *s, struct span line, struct reader_fault *fault)
{
	static const struct {
		struct span key;
		record_fn *read;
	} records[] = {
		{{ "BRDA:", 5 },  read_branch  },
                { { "FN:", 3 },   read_function},
		{ { "FNDA:", 5 }, read_calls   },
                { { "FNL:", 4 },  read_place   },
		{ { "FNA:", 4 },  read_alias   },
	};

	if (span_starts(line, SPAN("DA:")))
		return read_line(s, line, fault);
	for (size_t i = 0; i < sizeof records / sizeof records[0]; i++) {
		if (span_starts(line, records[i].key))
			return records[i].read(s, line, fault);
	}
	return pass_over(s, line, fault);
}

static bool
lcov_section_feed(void *state, struct span piece, struct reader_fault *fault)
{
	struct lcov_section *s = state;
	struct span line;

	while (record_next(&s->lines, &piece, &line)) {
		if (!read_record(s, line, fault))
			return false;
	}
	return true;
}

static void
tell_functions(struct lcov_section *s)
{
	for (size_t i = 0; i < s->function_count; i++) {
		const struct lcov_function *f = &s->functions[i];

		if (f->placed)
			report_add_function(
				s->report,
				span_cut(buf_span(&s->names.bytes), f->name, f->name + f->name_len),
				f->first, f->last, f->hits);
	}
	for (size_t i = 0; i < s->alias_count; i++) {
		const struct lcov_alias *a = &s->aliases[i];

		report_add_function(
			s->report,
			span_cut(buf_span(&s->names.bytes), a->name, a->name + a->name_len),
			s->places[a->place - 1].first, s->places[a->place - 1].last, a->hits);
	}
}

static void
forget_functions(struct lcov_section *s)
{
	name_set_free(&s->names);
	s->name_count = 0;
	s->function_count = 0;
	s->place_count = 0;
	s->alias_count = 0;
}

static bool
lcov_section_end(void *state, struct reader_fault *fault)
{
	struct lcov_section *s = state;
	struct span line;

	if (record_last(&s->lines, &line) && !read_record(s, line, fault))
		return false;
	tell_functions(s);
	forget_functions(s);
	return true;
}

/* Dart writes the blocks of a line as its one branch, which has nothing beside it that could have been
 * taken (dart coverage, issue 453). Istanbul writes so of a source whose only branch is a default value; but it
 * names the test. */
static void
mark_single_arms(struct report *report)
{
	for (size_t i = 0; i < report->branch_count; i++)
		report->branches[i].flags |= REPORT_ALONE;
}

static bool
lcov_section_close(void *state, bool whole, struct reader_fault *fault)
{
	struct lcov_section *s = state;

	(void)fault;
	if (whole && s->single && (s->several || !s->tests))
		mark_single_arms(s->report);
	/* coverage.py writes 1 for what ran, and names no test. */
	s->report->has_counts = s->tests || s->over_one;
	forget_functions(s);
	name_set_free(&s->blocks);
	buf_free(&s->lines.held);
	free(s->of_name);
	free(s->functions);
	free(s->places);
	free(s->aliases);
	return true;
}

/* ---- the format ---- */

static struct span
skip_line(struct span s)
{
	const char *end = memchr(s.at, '\n', s.len);

	span_skip(&s, end == NULL ? s.len : (size_t)(end - s.at) + 1);
	return s;
}

static bool
lcov_sniff(struct span head)
{
	if (span_starts(head, SPAN("\xef\xbb\xbf")))
		span_skip(&head, 3);
	while (head.len > 0 && (*head.at == '#' || *head.at == '\n' || is_blank(*head.at)))
		head = skip_line(head);
	return span_starts(head, SPAN("TN:")) || span_starts(head, SPAN("SF:")) ||
	       span_starts(head, SPAN("KF:"));
}

static const struct report_reader lcov_reader = {
	.index_size = sizeof(struct lcov_index),
	.index_open = lcov_index_open,
	.index_feed = lcov_index_feed,
	.index_close = lcov_index_close,
	.section_size = sizeof(struct lcov_section),
	.section_open = lcov_section_open,
	.section_begin = lcov_section_begin,
	.section_feed = lcov_section_feed,
	.section_end = lcov_section_end,
	.section_close = lcov_section_close,
};

const struct data_format lcov_format = {
	.name = "LCOV",
	.sniff = lcov_sniff,
	.detail = 60,
	.reader = &lcov_reader,
};
