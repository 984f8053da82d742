#include "format/toml_stream.h"

#include <stdlib.h>

#include "base/mem.h"
#include "text/utf8.h"

/* What may come next. */
enum {
	AT_STATEMENT, /* a header, a key or nothing */
	AT_VALUE,
	AT_ELEMENT, /* a value or the end of the array */
	AFTER_VALUE,
	AT_FIRST_KEY, /* of an inline table, or its end */
	AT_KEY,       /* of an inline table, after a comma */
	IN_STRING,    /* one over several lines */
};

/* What a key leads to. Node 0 is the document. */
enum node_kind { NODE_NEW, NODE_TABLE, NODE_LIST, NODE_VALUE };

/* A table, an array of tables ([[x]]), or anything else, which is closed to what stands outside. */
struct toml_node {
	enum node_kind kind;
	bool named;      /* a table that has had its own header */
	uint32_t dotted; /* under which header (from 1) a dotted key led through it; 0: none did */
	uint32_t last;   /* a list's last table */
	uint32_t count;  /* how many it has */
};

/* What a key stands in: who may enter or make what. */
enum role { IN_HEADER, IN_LIST_HEADER, IN_STATEMENT, IN_INLINE };

static bool
is_broken(const struct toml_stream *t)
{
	return t->error.status != STATUS_OK;
}

/* Every `what` takes one name. */
static enum toml_event
bad_name(struct toml_stream *t, const char *what, struct span name)
{
	error_set_line(&t->error, STATUS_BAD_DATA, t->lines.number, "%s '%.*s'", what,
		       name.len > 80 ? 80 : (int)name.len, name.at);
	return TOML_BAD;
}

static enum toml_event
bad(struct toml_stream *t, const char *what)
{
	error_set_line(&t->error, STATUS_BAD_DATA, t->lines.number, "%s", what);
	return TOML_BAD;
}

static char
peek(const struct toml_stream *t)
{
	return t->rest.len > 0 ? *t->rest.at : '\0';
}

/* Takes the text if it comes next. */
static bool
take(struct toml_stream *t, struct span text)
{
	if (!span_starts(t->rest, text))
		return false;
	span_skip(&t->rest, text.len);
	return true;
}

static void
skip_blanks(struct toml_stream *t)
{
	while (peek(t) == ' ' || peek(t) == '\t')
		span_skip(&t->rest, 1);
}

static bool
is_control(char c)
{
	return ((unsigned char)c < 0x20 && c != '\t') || c == 0x7F;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_hex(char c)
{
	return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

static bool
is_bare(char c)
{
	return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '-' || c == '_';
}

/* ---- the path */

static void
cut_path(struct toml_stream *t, size_t parts)
{
	if (parts >= t->part_count)
		return;
	t->keys.len = t->parts[parts].start;
	t->part_count = parts;
}

static struct toml_part *
add_part(struct toml_stream *t)
{
	struct toml_part *part;

	t->parts = mem_grow(t->parts, t->part_count, &t->part_cap, sizeof *t->parts);
	part = &t->parts[t->part_count++];
	*part = (struct toml_part){ .start = t->keys.len };
	return part;
}

static void
add_element(struct toml_stream *t, uint32_t index)
{
	struct toml_part *part = add_part(t);

	part->index = index;
	part->is_element = true;
}

static struct toml_frame *
top(struct toml_stream *t)
{
	return t->depth == 0 ? NULL : &t->frames[t->depth - 1];
}

static bool
open_frame(struct toml_stream *t, uint32_t node)
{
	if (t->depth == TOML_DEPTH_MAX)
		return false;
	t->frames[t->depth++] = (struct toml_frame){ .parts = t->part_count, .node = node };
	return true;
}

/* ---- what has been defined */

static uint32_t
add_node(struct toml_stream *t, enum node_kind kind)
{
	if (t->node_count == 0)
		t->node_count = 1; /* the document */
	t->nodes = mem_grow(t->nodes, t->node_count, &t->node_cap, sizeof *t->nodes);
	t->nodes[t->node_count] = (struct toml_node){ .kind = kind };
	return t->node_count++;
}

/* The node of a key in table `*table`, which becomes it; a new one is of kind NODE_NEW. */
static struct toml_node *
follow(struct toml_stream *t, uint32_t *table, struct span key)
{
	uint32_t *number = name_set_put(&t->names, *table, key);

	if (*number == 0)
		*number = add_node(t, NODE_NEW);
	*table = *number;
	return &t->nodes[*table];
}

/* Is it a table that no header and no dotted key may open again? (tomllib: EXPLICIT_NEST) */
static bool
is_settled(const struct toml_stream *t, const struct toml_node *node)
{
	return node->named || (node->dotted != 0 && node->dotted <= t->headers);
}

/* Goes on through the key just read, one before the last. */
static bool
enter(struct toml_stream *t, uint32_t *table, struct span key, enum role role)
{
	struct toml_node *node = follow(t, table, key);

	if (node->kind == NODE_NEW)
		node->kind = NODE_TABLE;
	if (node->kind == NODE_VALUE)
		return false;
	if (role == IN_STATEMENT) {
		if (node->kind == NODE_LIST || is_settled(t, node))
			return false;
		node->dotted = t->headers + 1;
	} else if (node->kind == NODE_LIST) {
		*table = node->last;
		add_element(t, node->count - 1);
	}
	return true;
}

static bool
define_list_element(struct toml_stream *t, uint32_t *table)
{
	uint32_t list = *table, element;

	if (t->nodes[list].kind == NODE_NEW)
		t->nodes[list].kind = NODE_LIST;
	if (t->nodes[list].kind != NODE_LIST)
		return false;
	element = add_node(t, NODE_TABLE);
	t->nodes[list].last = element;
	add_element(t, t->nodes[list].count++);
	*table = element;
	return true;
}

/* Makes what the last key names. */
static bool
define(struct toml_stream *t, uint32_t *table, struct span key, enum role role)
{
	struct toml_node *node = follow(t, table, key);

	switch (role) {
	case IN_HEADER:
		if (node->kind == NODE_NEW)
			node->kind = NODE_TABLE;
		if (node->kind != NODE_TABLE || is_settled(t, node))
			return false;
		node->named = true;
		return true;
	case IN_LIST_HEADER:
		return define_list_element(t, table);
	case IN_STATEMENT:
	case IN_INLINE:
		break;
	}
	if (node->kind != NODE_NEW)
		return false;
	node->kind = NODE_VALUE;
	return true;
}

/* ---- strings */

/* \uXXXX or \UXXXXXXXX after its letter. */
static bool
take_code(struct toml_stream *t, struct buf *out, size_t digits)
{
	uint32_t code = 0;

	if (t->rest.len < digits)
		return false;
	for (size_t i = 0; i < digits; i++) {
		char c = t->rest.at[i];

		if (!is_hex(c) || code > 0x10FFFF)
			return false;
		code = code << 4 | (uint32_t)(is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	if (code > 0x10FFFF || (code >= 0xD800 && code < 0xE000))
		return false;
	span_skip(&t->rest, digits);
	buf_room(out, 4);
	out->len += utf8_encode(code, out->at + out->len);
	return true;
}

/* What follows a backslash. */
static bool
take_escape(struct toml_stream *t, struct buf *out)
{
	static const char names[] = "btnfr\"\\", meant[] = "\b\t\n\f\r\"\\";
	char c = peek(t);
	const char *at = c == '\0' ? NULL : strchr(names, c);

	if (c != 'u' && c != 'U' && at == NULL)
		return false;
	span_skip(&t->rest, 1);
	if (at == NULL)
		return take_code(t, out, c == 'u' ? 4 : 8);
	buf_add_char(out, meant[at - names]);
	return true;
}

/* Adds what stands before the next quote, backslash of a basic string, or end of the line. */
static bool
take_plain(struct toml_stream *t, struct buf *out, char quote)
{
	size_t n = 0;

	while (n < t->rest.len && t->rest.at[n] != quote &&
	       !(quote == '"' && t->rest.at[n] == '\\')) {
		if (is_control(t->rest.at[n]))
			return false;
		n++;
	}
	buf_add(out, span_cut(t->rest, 0, n));
	span_skip(&t->rest, n);
	return true;
}

/* A string in one line, after its quote. */
static bool
take_short_string(struct toml_stream *t, struct buf *out, char quote)
{
	for (;;) {
		if (!take_plain(t, out, quote)) {
			bad(t, "a control character in a string");
			return false;
		}
		if (t->rest.len == 0) {
			bad(t, "a string without an end");
			return false;
		}
		if (take(t, (struct span){ &quote, 1 }))
			return true;
		span_skip(&t->rest, 1); /* the backslash */
		if (!take_escape(t, out)) {
			bad(t, "an unknown escape in a string");
			return false;
		}
	}
}

static enum toml_event
end_string(struct toml_stream *t)
{
	/* Of four or five quotes the first ones belong to the string. */
	for (int i = 0; i < 2 && take(t, (struct span){ &t->quote, 1 }); i++)
		buf_add_char(&t->string, t->quote);
	t->value = buf_span(&t->string);
	t->state = AFTER_VALUE;
	return TOML_STRING;
}

/* A backslash in a string over several lines. */
static bool
take_long_escape(struct toml_stream *t)
{
	struct span before = t->rest;

	skip_blanks(t);
	if (t->rest.len == 0) {
		t->trims = true;
		return true;
	}
	t->rest = before;
	return take_escape(t, &t->string);
}

/* The string over several lines goes on with the rest of this line. */
static enum toml_event
step_string(struct toml_stream *t)
{
	const char three[3] = { t->quote, t->quote, t->quote };

	if (t->trims) {
		skip_blanks(t);
		if (t->rest.len > 0)
			t->trims = false;
	}
	while (t->rest.len > 0) {
		if (!take_plain(t, &t->string, t->quote))
			return bad(t, "a control character in a string");
		if (take(t, (struct span){ three, 3 }))
			return end_string(t);
		if (peek(t) == t->quote) {
			buf_add_char(&t->string, t->quote);
			span_skip(&t->rest, 1);
		} else if (peek(t) == '\\' && t->quote == '"') {
			span_skip(&t->rest, 1);
			if (!take_long_escape(t))
				return bad(t, "an unknown escape in a string");
		}
	}
	if (!t->trims)
		buf_add_char(&t->string, '\n');
	t->has_line = false;
	return TOML_MORE;
}

static enum toml_event
start_string(struct toml_stream *t)
{
	t->quote = peek(t);
	buf_reset(&t->string);
	if (take(t, SPAN("\"\"\"")) || take(t, SPAN("'''"))) {
		t->state = IN_STRING;
		t->trims = false;
		if (t->rest.len == 0)
			t->has_line = false; /* the first line end is not part of it */
		return TOML_MORE;
	}
	span_skip(&t->rest, 1);
	if (!take_short_string(t, &t->string, t->quote))
		return TOML_BAD;
	t->value = buf_span(&t->string);
	t->state = AFTER_VALUE;
	return TOML_STRING;
}

/* ---- numbers, dates, words: how much of the text is one? */

/* A digit, then digits with single underscores between; 0 if it does not start with one. */
static size_t
digits_length(struct span s, bool (*is_one)(char))
{
	size_t n = 0;

	while (n < s.len && is_one(s.at[n])) {
		n++;
		if (n + 1 < s.len && s.at[n] == '_' && is_one(s.at[n + 1]))
			n++;
	}
	return n;
}

static bool
is_octal(char c)
{
	return c >= '0' && c <= '7';
}

static bool
is_binary(char c)
{
	return c == '0' || c == '1';
}

static struct span
after(struct span s, size_t n)
{
	return span_cut(s, n < s.len ? n : s.len, s.len);
}

static size_t
prefixed_length(struct span s)
{
	size_t n = 0;

	if (span_starts(s, SPAN("0x")))
		n = digits_length(after(s, 2), is_hex);
	else if (span_starts(s, SPAN("0o")))
		n = digits_length(after(s, 2), is_octal);
	else if (span_starts(s, SPAN("0b")))
		n = digits_length(after(s, 2), is_binary);
	return n == 0 ? 0 : n + 2;
}

static bool
is_sign(struct span s, size_t at)
{
	return at < s.len && (s.at[at] == '+' || s.at[at] == '-');
}

static size_t
number_length(struct span s, bool *is_float)
{
	size_t n = is_sign(s, 0) ? 1 : 0, more;

	*is_float = false;
	if (prefixed_length(s) > 0)
		return prefixed_length(s);
	more = n < s.len && s.at[n] == '0' ? 1 : digits_length(after(s, n), is_digit);
	if (more == 0)
		return 0;
	n += more;
	if (n < s.len && s.at[n] == '.' && (more = digits_length(after(s, n + 1), is_digit)) > 0) {
		n += 1 + more;
		*is_float = true;
	}
	if (n < s.len && (s.at[n] | 0x20) == 'e') {
		size_t start = n + 1 + (is_sign(s, n + 1) ? 1 : 0);

		more = digits_length(after(s, start), is_digit);
		if (more > 0) {
			n = start + more;
			*is_float = true;
		}
	}
	return n;
}

/* Is the text made as the pattern, where 0 stands for a digit? */
static bool
is_like(struct span s, const char *pattern)
{
	for (size_t i = 0; pattern[i] != '\0'; i++) {
		if (i >= s.len || (pattern[i] == '0' ? !is_digit(s.at[i]) : s.at[i] != pattern[i]))
			return false;
	}
	return true;
}

/* The number in two digits. */
static unsigned
two(struct span s, size_t at)
{
	return (unsigned)(s.at[at] - '0') * 10 + (unsigned)(s.at[at + 1] - '0');
}

static size_t
time_length(struct span s)
{
	size_t n = 8;

	if (!is_like(s, "00:00:00") || two(s, 0) > 23 || two(s, 3) > 59 || two(s, 6) > 59)
		return 0;
	if (is_like(after(s, n), ".0")) {
		for (n++; n < s.len && is_digit(s.at[n]);)
			n++;
	}
	return n;
}

static size_t
offset_length(struct span s)
{
	if (s.len > 0 && (s.at[0] | 0x20) == 'z')
		return 1;
	return is_sign(s, 0) && is_like(after(s, 1), "00:00") && two(s, 1) < 24 && two(s, 4) < 60
		       ? 6
		       : 0;
}

static bool
is_date(struct span s)
{
	return is_like(s, "0000-00-00") && two(s, 5) >= 1 && two(s, 5) <= 12 && two(s, 8) >= 1 &&
	       two(s, 8) <= 31;
}

/* A year from 1 on, and a day that its month has. */
static bool
is_in_calendar(struct span date)
{
	static const unsigned char lengths[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	unsigned year = two(date, 0) * 100 + two(date, 2), month = two(date, 5), day = two(date, 8);
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return year > 0 && day <= lengths[month - 1] && (month != 2 || day < 29 || leap);
}

/* The value is the next `len` bytes. */
static enum toml_event
value_of(struct toml_stream *t, enum toml_event event, size_t len)
{
	t->value = span_cut(t->rest, 0, len);
	span_skip(&t->rest, len);
	t->state = AFTER_VALUE;
	return event;
}

static enum toml_event
take_date(struct toml_stream *t)
{
	size_t n = 10, more;
	char separator = n < t->rest.len ? t->rest.at[n] : '\0';

	if (!is_in_calendar(t->rest))
		return bad_name(t, "no such date:", span_cut(t->rest, 0, n));
	more = separator == ' ' || separator == 'T' || separator == 't'
		       ? time_length(after(t->rest, n + 1))
		       : 0;
	if (more == 0)
		return value_of(t, TOML_DATE, n);
	n += 1 + more;
	n += offset_length(after(t->rest, n));
	return value_of(t, TOML_DATETIME, n);
}

/* How many bytes of `inf` or `nan`, with or without sign, come next. */
static size_t
special_length(struct span s)
{
	size_t n = is_sign(s, 0) ? 1 : 0;

	return is_like(after(s, n), "inf") || is_like(after(s, n), "nan") ? n + 3 : 0;
}

static enum toml_event
take_scalar(struct toml_stream *t)
{
	bool is_float;
	size_t n;

	if (is_like(t->rest, "true"))
		return value_of(t, TOML_BOOLEAN, 4);
	if (is_like(t->rest, "false"))
		return value_of(t, TOML_BOOLEAN, 5);
	if (is_date(t->rest))
		return take_date(t);
	if ((n = time_length(t->rest)) > 0)
		return value_of(t, TOML_TIME, n);
	if ((n = number_length(t->rest, &is_float)) > 0)
		return value_of(t, is_float ? TOML_FLOAT : TOML_INTEGER, n);
	if ((n = special_length(t->rest)) > 0)
		return value_of(t, TOML_FLOAT, n);
	return t->rest.len == 0 ? bad(t, "a value is missing") : bad_name(t, "no value:", t->rest);
}

/* ---- the grammar */

/* Ends the line if nothing but a comment is left of it. */
static bool
take_line_end(struct toml_stream *t)
{
	skip_blanks(t);
	if (t->rest.len > 0 && *t->rest.at != '#')
		return false;
	for (size_t i = 0; i < t->rest.len; i++) {
		if (is_control(t->rest.at[i])) {
			bad(t, "a control character in a comment");
			return false;
		}
	}
	t->has_line = false;
	return true;
}

/* One key of a dotted key, added to the path. */
static bool
take_key_part(struct toml_stream *t)
{
	size_t part = t->part_count, n = 0;
	char quote = peek(t);
	bool taken = true;

	add_part(t);
	if (quote == '"' || quote == '\'') {
		span_skip(&t->rest, 1);
		taken = take_short_string(t, &t->keys, quote);
	} else {
		while (n < t->rest.len && is_bare(t->rest.at[n]))
			n++;
		buf_add(&t->keys, span_cut(t->rest, 0, n));
		span_skip(&t->rest, n);
		if (n == 0) {
			bad(t, "a key is missing");
			taken = false;
		}
	}
	t->parts[part].len = t->keys.len - t->parts[part].start;
	return taken;
}

/* A key with its dots; *table becomes what it leads to. */
static bool
take_key(struct toml_stream *t, uint32_t *table, enum role role)
{
	bool more = true, good;

	t->line = t->lines.number;
	while (more) {
		struct span key;

		skip_blanks(t);
		if (!take_key_part(t))
			return false;
		skip_blanks(t);
		more = take(t, SPAN("."));
		key = toml_part(t, t->part_count - 1, NULL);
		good = more ? enter(t, table, key, role) : define(t, table, key, role);
		if (!good) {
			bad_name(t, "defined before:", toml_part(t, t->part_count - 1, NULL));
			return false;
		}
	}
	return true;
}

static enum toml_event
take_header(struct toml_stream *t)
{
	bool list = take(t, SPAN("[["));

	if (!list)
		span_skip(&t->rest, 1);
	t->headers++;
	cut_path(t, 0);
	t->table = 0;
	if (!take_key(t, &t->table, list ? IN_LIST_HEADER : IN_HEADER))
		return TOML_BAD;
	if (!take(t, list ? SPAN("]]") : SPAN("]")))
		return bad(t, "a table's header without its closing bracket");
	t->header_parts = t->part_count;
	if (!take_line_end(t))
		return is_broken(t) ? TOML_BAD : bad_name(t, "behind a table's header:", t->rest);
	return TOML_TABLE;
}

/* A key and its '='; a value must follow. */
static enum toml_event
take_assignment(struct toml_stream *t, uint32_t table, enum role role)
{
	if (!take_key(t, &table, role))
		return TOML_BAD;
	if (!take(t, SPAN("=")))
		return bad_name(t, "a '=' is missing behind the key",
				toml_part(t, t->part_count - 1, NULL));
	t->state = AT_VALUE;
	return TOML_MORE;
}

static enum toml_event
step_statement(struct toml_stream *t)
{
	if (take_line_end(t))
		return TOML_MORE;
	if (is_broken(t))
		return TOML_BAD;
	if (peek(t) == '[')
		return take_header(t);
	cut_path(t, t->header_parts);
	return take_assignment(t, t->table, IN_STATEMENT);
}

static enum toml_event
open_container(struct toml_stream *t, bool is_array)
{
	span_skip(&t->rest, 1);
	if (!open_frame(t, is_array ? 0 : add_node(t, NODE_VALUE)))
		return bad(t, "nested too deeply");
	t->state = is_array ? AT_ELEMENT : AT_FIRST_KEY;
	return is_array ? TOML_ARRAY : TOML_INLINE;
}

static enum toml_event
close_container(struct toml_stream *t)
{
	struct toml_frame frame = *top(t);

	span_skip(&t->rest, 1);
	cut_path(t, frame.parts);
	t->depth--;
	t->state = AFTER_VALUE;
	return frame.node == 0 ? TOML_ARRAY_END : TOML_INLINE_END;
}

static enum toml_event
step_value(struct toml_stream *t)
{
	skip_blanks(t);
	switch (peek(t)) {
	case '"':
	case '\'':
		return start_string(t);
	case '[':
		return open_container(t, true);
	case '{':
		return open_container(t, false);
	default:
		return take_scalar(t);
	}
}

static enum toml_event
step_element(struct toml_stream *t)
{
	if (take_line_end(t))
		return TOML_MORE;
	if (is_broken(t))
		return TOML_BAD;
	if (peek(t) == ']')
		return close_container(t);
	cut_path(t, top(t)->parts);
	add_element(t, top(t)->index++);
	return step_value(t);
}

static enum toml_event
step_inline_key(struct toml_stream *t)
{
	skip_blanks(t);
	if (t->state == AT_FIRST_KEY && peek(t) == '}')
		return close_container(t);
	cut_path(t, top(t)->parts);
	return take_assignment(t, top(t)->node, IN_INLINE);
}

static enum toml_event
step_after_value(struct toml_stream *t)
{
	struct toml_frame *frame = top(t);
	bool in_array = frame != NULL && frame->node == 0;

	if ((frame == NULL || in_array) && take_line_end(t)) {
		t->state = frame == NULL ? AT_STATEMENT : AFTER_VALUE;
		return TOML_MORE;
	}
	if (is_broken(t))
		return TOML_BAD;
	if (frame == NULL)
		return bad_name(t, "behind a value:", t->rest);
	skip_blanks(t);
	if (peek(t) == (in_array ? ']' : '}'))
		return close_container(t);
	if (!take(t, SPAN(",")))
		return bad(t, in_array ? "a comma or ']' is missing in an array"
				       : "a comma or '}' is missing in an inline table");
	t->state = in_array ? AT_ELEMENT : AT_KEY;
	return TOML_MORE;
}

/* Goes on in the line that is there. TOML_MORE: nothing to tell yet. */
static enum toml_event
step(struct toml_stream *t)
{
	switch (t->state) {
	case AT_STATEMENT:
		return step_statement(t);
	case AT_VALUE:
		return step_value(t);
	case AT_ELEMENT:
		return step_element(t);
	case AFTER_VALUE:
		return step_after_value(t);
	case IN_STRING:
		return step_string(t);
	default:
		return step_inline_key(t);
	}
}

static enum toml_event
run_line(struct toml_stream *t, bool is_new)
{
	enum toml_event event = TOML_MORE;

	if (is_new && !utf8_is_valid(t->rest))
		return bad(t, "the line is not UTF-8");
	t->has_line = true;
	while (event == TOML_MORE && t->has_line)
		event = step(t);
	return event;
}

enum toml_event
toml_next(struct toml_stream *t, struct span *in)
{
	enum toml_event event = is_broken(t) ? TOML_BAD : TOML_MORE;

	while (event == TOML_MORE) {
		bool is_new = !t->has_line;

		if (is_new && !line_reader_next(&t->lines, in, &t->rest))
			return TOML_MORE;
		event = run_line(t, is_new);
	}
	return event;
}

enum toml_event
toml_finish(struct toml_stream *t)
{
	enum toml_event event = is_broken(t) ? TOML_BAD : TOML_MORE;

	while (event == TOML_MORE) {
		bool is_new = !t->has_line;

		if (is_new && !line_reader_last(&t->lines, &t->rest))
			break;
		event = run_line(t, is_new);
	}
	if (event == TOML_MORE && t->state == IN_STRING)
		return bad(t, "a string without an end");
	if (event == TOML_MORE && t->depth > 0)
		return bad(t, "an array without an end");
	return event;
}

size_t
toml_length(const struct toml_stream *t)
{
	return t->part_count;
}

struct span
toml_part(const struct toml_stream *t, size_t i, uint32_t *index)
{
	const struct toml_part *part = &t->parts[i];

	if (index != NULL)
		*index = part->is_element ? part->index : TOML_NO_INDEX;
	return span_cut(buf_span(&t->keys), part->start, part->start + part->len);
}

bool
toml_starts(const struct toml_stream *t, const char *keys)
{
	for (size_t i = 0; *keys != '\0'; i++) {
		size_t len = strcspn(keys, " ");
		uint32_t index;

		if (i == t->part_count ||
		    !span_equal(toml_part(t, i, &index), (struct span){ keys, len }) ||
		    index != TOML_NO_INDEX)
			return false;
		keys += len + (keys[len] == ' ' ? 1 : 0);
	}
	return true;
}

void
toml_free(struct toml_stream *t)
{
	line_reader_free(&t->lines);
	name_set_free(&t->names);
	buf_free(&t->string);
	buf_free(&t->keys);
	free(t->parts);
	free(t->nodes);
	*t = (struct toml_stream){ 0 };
}
