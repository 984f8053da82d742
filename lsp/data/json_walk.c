#include "json_walk.h"

void
json_walk_open(struct json_walk *w, const struct json_rule *rules, size_t count,
	       json_value_fn *on_value, void *ctx)
{
	*w = (struct json_walk){
		.rules = rules, .rule_count = count, .on_value = on_value, .ctx = ctx
	};
}

void
json_walk_again(struct json_walk *w)
{
	w->stream = (struct json_stream){ 0 };
	w->mark_len = 0;
	w->pending = NULL;
	w->place[0] = 0;
	buf_reset(&w->key);
	buf_reset(&w->text);
}

void
json_walk_free(struct json_walk *w)
{
	buf_free(&w->key);
	buf_free(&w->text);
}

static bool
is_word(const char *key, const char *word)
{
	return strcmp(key, word) == 0;
}

static const struct json_rule *
find_key(const struct json_walk *w, unsigned from, struct span key)
{
	for (size_t i = 0; i < w->rule_count; i++) {
		const struct json_rule *rule = &w->rules[i];

		if (rule->from != from || is_word(rule->key, JSON_ELEMENT))
			continue;
		if (is_word(rule->key, JSON_ANY_KEY) || span_equal(key, span_of(rule->key)))
			return rule;
	}
	return NULL;
}

static const struct json_rule *
find_element(const struct json_walk *w, unsigned from)
{
	for (size_t i = 0; i < w->rule_count; i++) {
		if (w->rules[i].from == from && is_word(w->rules[i].key, JSON_ELEMENT))
			return &w->rules[i];
	}
	return NULL;
}

static bool
tell(struct json_walk *w, enum json_event event, unsigned place, unsigned depth,
     struct reader_fault *fault)
{
	struct json_value value = { .event = event, .place = place, .at = w->stream.offset };

	if (event == JSON_STRING_END || event == JSON_NUMBER)
		value.text = buf_span(&w->text);
	if (event == JSON_SKIPPED) {
		value.start = w->stream.start;
		value.end = w->stream.offset;
		value.first = w->stream.first;
	}
	if (w->pending != NULL)
		value.key = buf_span(&w->key);
	else if (event != JSON_OBJECT_END && event != JSON_ARRAY_END)
		value.index = w->index[depth];
	return w->on_value(w->ctx, &value, fault);
}

/* A value has begun (an object, an array) or is there; `depth` is how deep it stands. */
static bool
on_value(struct json_walk *w, enum json_event event, unsigned depth, struct reader_fault *fault)
{
	const struct json_rule *rule = w->pending;
	bool sound;

	if (depth > 0 && rule == NULL)
		rule = find_element(w, w->place[depth]);
	sound = tell(w, event, depth == 0 ? 0 : rule == NULL ? 0 : rule->to, depth, fault);
	if (w->pending == NULL)
		w->index[depth]++;
	w->pending = NULL;
	return sound;
}

static bool
on_open(struct json_walk *w, enum json_event event, struct reader_fault *fault)
{
	unsigned depth = w->stream.depth;
	const struct json_rule *rule = w->pending;

	if (depth > 1 && rule == NULL)
		rule = find_element(w, w->place[depth - 1]);
	if (!on_value(w, event, depth - 1, fault))
		return false;
	w->place[depth] = depth == 1 ? 0 : rule == NULL ? 0 : rule->to;
	w->index[depth] = 0;
	if (event == JSON_ARRAY && find_element(w, w->place[depth]) == NULL)
		json_skip_rest(&w->stream);
	return true;
}

static void
on_key(struct json_walk *w)
{
	w->pending = find_key(w, w->place[w->stream.depth], buf_span(&w->key));
	if (w->pending == NULL || w->pending->skip)
		json_skip_value(&w->stream);
}

static bool
on_event(struct json_walk *w, enum json_event event, struct span piece, struct reader_fault *fault)
{
	bool sound = true;

	switch (event) {
	case JSON_KEY_PART:
		reader_hold_name(&w->key, piece);
		break;
	case JSON_KEY_END:
		on_key(w);
		/* The key is of use until the value has begun. */
		if (w->pending == NULL)
			buf_reset(&w->key);
		break;
	case JSON_STRING_PART:
		reader_hold_name(&w->text, piece);
		break;
	case JSON_NUMBER:
		buf_add(&w->text, piece);
		/* fall through */
	case JSON_STRING_END:
	case JSON_TRUE:
	case JSON_FALSE:
	case JSON_NULL:
		sound = on_value(w, event, w->stream.depth, fault);
		buf_reset(&w->text);
		buf_reset(&w->key);
		break;
	case JSON_SKIPPED:
		if (w->pending != NULL)
			sound = on_value(w, event, w->stream.depth, fault);
		buf_reset(&w->key);
		break;
	case JSON_OBJECT:
	case JSON_ARRAY:
		sound = on_open(w, event, fault);
		buf_reset(&w->key);
		break;
	case JSON_OBJECT_END:
	case JSON_ARRAY_END:
		sound = tell(w, event, w->place[w->stream.depth + 1], 0, fault);
		break;
	case JSON_BAD:
		return reader_set_fault(fault, w->stream.offset, "%s", w->stream.fault);
	case JSON_MORE:
		break;
	}
	return sound;
}

/* UTF-8's byte order mark, as Windows' tools write it and RFC 8259 lets a reader pass over it. */
static bool
pass_mark(struct json_walk *w, struct span *piece, struct reader_fault *fault)
{
	struct span mark = SPAN("\xef\xbb\xbf");

	while (w->mark_len < mark.len && w->stream.offset == w->mark_len && piece->len > 0) {
		if (*piece->at != mark.at[w->mark_len])
			return w->mark_len == 0 ||
			       reader_set_fault(fault, w->stream.offset, "a value is missing");
		w->mark_len++;
		w->stream.offset++;
		span_skip(piece, 1);
	}
	return true;
}

bool
json_walk_feed(struct json_walk *w, struct span piece, struct reader_fault *fault)
{
	enum json_event event;
	struct span part;

	if (!pass_mark(w, &piece, fault))
		return false;
	while ((event = json_next(&w->stream, &piece, &part)) != JSON_MORE) {
		if (!on_event(w, event, part, fault))
			return false;
	}
	return true;
}

bool
json_walk_finish(struct json_walk *w, struct reader_fault *fault)
{
	uint64_t at = w->stream.offset;
	struct span part;
	enum json_event event;

	while ((event = json_finish(&w->stream, &part)) != JSON_MORE) {
		if (event == JSON_BAD)
			return reader_set_cut(fault, at, "%s", w->stream.fault);
		if (!on_event(w, event, part, fault))
			return false;
	}
	return true;
}

bool
json_machine_feed(void *state, struct span piece, struct reader_fault *fault)
{
	return json_walk_feed(state, piece, fault);
}

bool
json_machine_index_close(void *state, bool whole, struct reader_fault *fault)
{
	bool sound = whole && json_walk_finish(state, fault);

	json_walk_free(state);
	return sound;
}

void
json_machine_section_begin(void *state, const struct index_section *section)
{
	(void)section;
	json_walk_again(state);
}

bool
json_machine_section_end(void *state, struct reader_fault *fault)
{
	return json_walk_finish(state, fault);
}

bool
json_machine_section_close(void *state, bool whole, struct reader_fault *fault)
{
	(void)fault;
	json_walk_free(state);
	return whole;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* n * 10 + digit, or the highest number. */
static uint64_t
add_digit(uint64_t n, unsigned digit)
{
	if (n > UINT64_MAX / 10 || (n == UINT64_MAX / 10 && digit > UINT64_MAX % 10))
		return UINT64_MAX;
	return n * 10 + digit;
}

/* The exponent at the end of a number, from -1000 to 1000. */
static int
exponent(struct span text)
{
	bool minus = text.len > 0 && *text.at == '-';
	int n = 0;

	if (minus || (text.len > 0 && *text.at == '+'))
		span_skip(&text, 1);
	for (; text.len > 0 && n < 1000; span_skip(&text, 1))
		n = n * 10 + (*text.at - '0');
	n = n > 1000 ? 1000 : n;
	return minus ? -n : n;
}

/* Of a number with a fraction or an exponent, `places` being how often it is yet to be multiplied by 10. */
static uint64_t
scale(uint64_t n, int places)
{
	for (; places > 0 && n != 0 && n != UINT64_MAX; places--)
		n = add_digit(n, 0);
	for (; places < 0 && n != 0; places++)
		n /= 10;
	return n;
}

uint64_t
json_count(struct span text)
{
	uint64_t n = 0;
	int places = 0;

	if (text.len == 0 || *text.at == '-')
		return 0;
	for (; text.len > 0 && is_digit(*text.at); span_skip(&text, 1))
		n = add_digit(n, (unsigned)(*text.at - '0'));
	if (text.len == 0)
		return n;
	if (*text.at == '.') {
		span_skip(&text, 1);
		for (; text.len > 0 && is_digit(*text.at); span_skip(&text, 1)) {
			if (n > UINT64_MAX / 100)
				continue; /* too far behind the point to count */
			n = add_digit(n, (unsigned)(*text.at - '0'));
			places--;
		}
	}
	if (text.len > 0) {
		span_skip(&text, 1);
		places += exponent(text);
	}
	return scale(n, places);
}

uint64_t
json_value_count(const struct json_value *value)
{
	if (value->event == JSON_TRUE)
		return 1;
	return value->event == JSON_NUMBER ? json_count(value->text) : 0;
}
