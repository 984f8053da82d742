#include "rpc/message.h"

#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"

/* json-c calls it when the string that stands for a long text is freed. */
static void
free_big(json_object *value, void *big)
{
	(void)value;
	buf_free(big);
	free(big);
}

static json_object *
string_value(struct buf *text)
{
	struct buf *big;
	json_object *value;

	if (text->len <= MESSAGE_TEXT_BIG) {
		value = json_object_new_string_len(text->len == 0 ? "" : text->at, (int)text->len);
		buf_reset(text);
		return value;
	}
	big = mem_alloc(1, sizeof *big);
	*big = *text;
	*text = (struct buf){ 0 };
	value = json_object_new_string("");
	json_object_set_userdata(value, big, free_big);
	return value;
}

static json_object *
number_value(struct span piece)
{
	char text[JSON_NUMBER_MAX + 1];
	char *end;
	long long whole;

	memcpy(text, piece.at, piece.len);
	text[piece.len] = '\0';
	errno = 0;
	whole = strtoll(text, &end, 10);
	if (errno == 0 && *end == '\0')
		return json_object_new_int64(whole);
	/* Kept with its spelling, so that an id goes back as it came. */
	return json_object_new_double_s(strtod(text, NULL), text);
}

/* Puts a value where it belongs; `value` is now owned by the tree. */
static void
place(struct message *m, json_object *value)
{
	json_object *parent = m->depth == 0 ? NULL : m->levels[m->depth - 1];

	if (parent == NULL) {
		m->root = value;
		m->has_root = true;
	} else if (json_object_is_type(parent, json_type_array)) {
		json_object_array_add(parent, value);
	} else {
		json_object_object_add(parent, buf_text(&m->keys[m->depth - 1]), value);
	}
}

static void
open_level(struct message *m, json_object *value)
{
	place(m, value);
	m->levels[m->depth] = value;
	buf_reset(&m->keys[m->depth]);
	m->depth++;
}

static void
on_event(struct message *m, enum json_event event, struct span piece)
{
	switch (event) {
	case JSON_OBJECT:
		open_level(m, json_object_new_object());
		break;
	case JSON_ARRAY:
		open_level(m, json_object_new_array());
		break;
	case JSON_OBJECT_END:
	case JSON_ARRAY_END:
		m->depth--;
		break;
	case JSON_KEY_PART:
		buf_add(&m->text, piece);
		break;
	case JSON_KEY_END:
		buf_reset(&m->keys[m->depth - 1]);
		buf_add(&m->keys[m->depth - 1], buf_span(&m->text));
		buf_reset(&m->text);
		break;
	case JSON_STRING_PART:
		buf_add(&m->text, piece);
		break;
	case JSON_STRING_END:
		place(m, string_value(&m->text));
		break;
	case JSON_NUMBER:
		place(m, number_value(piece));
		break;
	case JSON_TRUE:
	case JSON_FALSE:
		place(m, json_object_new_boolean(event == JSON_TRUE));
		break;
	case JSON_NULL:
		place(m, NULL);
		break;
	case JSON_BAD:
		m->bad = true;
		break;
	case JSON_MORE:
	case JSON_SKIPPED: /* nothing is, here */
		break;
	}
}

void
message_add(struct message *m, struct span piece)
{
	struct span part = { 0 };
	enum json_event event;

	while (!m->bad && (event = json_next(&m->stream, &piece, &part)) != JSON_MORE)
		on_event(m, event, part);
}

bool
message_take(struct message *m, json_object **value, const char **why, uint64_t *offset)
{
	struct span part = { 0 };
	enum json_event event;
	bool good;

	while (!m->bad && (event = json_finish(&m->stream, &part)) != JSON_MORE)
		on_event(m, event, part);
	good = !m->bad && m->has_root;
	if (good) {
		*value = m->root;
	} else {
		json_object_put(m->root);
		if (why != NULL)
			*why = m->stream.fault;
		if (offset != NULL)
			*offset = m->stream.offset;
	}
	m->root = NULL;
	m->has_root = false;
	m->bad = false;
	m->depth = 0;
	m->stream = (struct json_stream){ 0 };
	buf_reset(&m->text);
	return good;
}

bool
message_take_text(json_object *value, struct buf *out)
{
	struct buf *big;

	if (!json_object_is_type(value, json_type_string))
		return false;
	big = json_object_get_userdata(value);
	if (big == NULL) {
		buf_add(out, (struct span){ json_object_get_string(value),
					    (size_t)json_object_get_string_len(value) });
	} else if (out->len == 0) {
		buf_free(out);
		*out = *big;
		*big = (struct buf){ 0 };
	} else {
		buf_add(out, buf_span(big));
		buf_free(big);
	}
	return true;
}

void
message_free(struct message *m)
{
	json_object_put(m->root);
	buf_free(&m->text);
	for (size_t i = 0; i < JSON_DEPTH_MAX; i++)
		buf_free(&m->keys[i]);
	*m = (struct message){ 0 };
}
