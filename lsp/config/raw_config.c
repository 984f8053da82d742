#include "raw_config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "format/ini_stream.h"
#include "format/toml_stream.h"
#include "platform/file.h"

#define BETWEEN '\x1f'

/* The one machine or the other, and what it fills. */
struct reading {
	struct raw_config *raw;
	struct ini_stream ini;
	struct toml_stream toml;
};

static struct raw_option *
add_option(struct raw_config *raw, struct span section, struct span key, enum raw_kind kind,
	   struct span text)
{
	struct raw_option *option;

	raw->options = mem_grow(raw->options, raw->count, &raw->cap, sizeof *raw->options);
	option = &raw->options[raw->count++];
	*option = (struct raw_option){
		.section = mem_text(section.at, section.len),
		.key = mem_text(key.at, key.len),
		.value = {kind, mem_text(text.at, text.len)},
	};
	return option;
}

/* ---- INI */

static void
take_ini(struct raw_config *raw, const struct ini_stream *ini, enum ini_event event)
{
	if (event == INI_SECTION)
		*name_set_put(&raw->sections, 0, buf_span(&ini->section)) = 1;
	else if (event == INI_OPTION)
		add_option(raw, buf_span(&ini->section), buf_span(&ini->key), RAW_TEXT,
			   buf_span(&ini->value));
}

static bool
on_ini_piece(void *ctx, struct span piece)
{
	struct reading *r = ctx;
	enum ini_event event;

	while ((event = ini_next(&r->ini, &piece)) != INI_MORE && event != INI_BAD)
		take_ini(r->raw, &r->ini, event);
	return event != INI_BAD;
}

static enum status
finish_ini(struct reading *r, enum status status, struct error *err)
{
	enum ini_event event = INI_MORE;

	while (status == STATUS_OK && (event = ini_finish(&r->ini)) != INI_MORE && event != INI_BAD)
		take_ini(r->raw, &r->ini, event);
	if (r->ini.error.status != STATUS_OK) {
		*err = r->ini.error;
		status = err->status;
	}
	ini_free(&r->ini);
	return status;
}

/* ---- TOML */

/* The first `count` keys of the path as the name of a section. */
static void
join_path(struct buf *out, const struct toml_stream *t, size_t count)
{
	buf_reset(out);
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			buf_add_char(out, BETWEEN);
		buf_add(out, toml_part(t, i, NULL));
	}
}

/* Makes sections of the first keys of the path; each is an option of the one above, too. */
static void
add_sections(struct raw_config *raw, const struct toml_stream *t, size_t count)
{
	struct buf name = { 0 };

	for (size_t i = 1; i <= count; i++) {
		uint32_t *seen;

		join_path(&name, t, i);
		seen = name_set_put(&raw->sections, 0, buf_span(&name));
		if (*seen != 0)
			continue;
		*seen = 1;
		join_path(&name, t, i - 1);
		add_option(raw, buf_span(&name), toml_part(t, i - 1, NULL), RAW_OTHER,
			   SPAN("a table"));
	}
	buf_free(&name);
}

static enum raw_kind
kind_of(enum toml_event event)
{
	switch (event) {
	case TOML_STRING:
		return RAW_TEXT;
	case TOML_INTEGER:
		return RAW_INTEGER;
	case TOML_FLOAT:
		return RAW_FLOAT;
	case TOML_BOOLEAN:
		return RAW_BOOLEAN;
	case TOML_ARRAY:
		return RAW_LIST;
	case TOML_DATETIME:
	case TOML_DATE:
	case TOML_TIME:
	case TOML_TABLE:
	case TOML_INLINE:
	case TOML_INLINE_END:
	case TOML_ARRAY_END:
	case TOML_MORE:
	case TOML_BAD:
		break;
	}
	return RAW_OTHER;
}

static struct span
text_of(const struct toml_stream *t, enum toml_event event)
{
	if (event == TOML_ARRAY)
		return SPAN("a list");
	return event >= TOML_STRING ? t->value : SPAN("a table");
}

static void
add_item(struct raw_option *list, const struct toml_stream *t, enum toml_event event)
{
	struct span text = text_of(t, event);

	list->items = mem_grow(list->items, list->count, &list->cap, sizeof *list->items);
	list->items[list->count++] =
		(struct raw_item){ kind_of(event), mem_text(text.at, text.len) };
}

/* How many keys of the path come before the first element of an array. */
static size_t
keys_of(const struct toml_stream *t)
{
	size_t n = 0;
	uint32_t index;

	while (n < toml_length(t) && (toml_part(t, n, &index), index == TOML_NO_INDEX))
		n++;
	return n;
}

static void
take_toml(struct raw_config *raw, const struct toml_stream *t, enum toml_event event)
{
	size_t keys = keys_of(t), length = toml_length(t);
	struct buf section = { 0 };

	if (event == TOML_ARRAY_END || event == TOML_INLINE_END)
		return;
	if (keys == length && (event == TOML_TABLE || event == TOML_INLINE)) {
		add_sections(raw, t, keys);
	} else if (keys == length) {
		add_sections(raw, t, keys - 1);
		join_path(&section, t, keys - 1);
		add_option(raw, buf_span(&section), toml_part(t, keys - 1, NULL), kind_of(event),
			   text_of(t, event));
	} else if (event != TOML_TABLE && keys + 1 == length && raw->count > 0 &&
		   raw->options[raw->count - 1].value.kind == RAW_LIST) {
		add_item(&raw->options[raw->count - 1], t, event);
	}
	buf_free(&section);
}

static bool
on_toml_piece(void *ctx, struct span piece)
{
	struct reading *r = ctx;
	enum toml_event event;

	while ((event = toml_next(&r->toml, &piece)) != TOML_MORE && event != TOML_BAD)
		take_toml(r->raw, &r->toml, event);
	return event != TOML_BAD;
}

static enum status
finish_toml(struct reading *r, enum status status, struct error *err)
{
	enum toml_event event = TOML_MORE;

	while (status == STATUS_OK && (event = toml_finish(&r->toml)) != TOML_MORE &&
	       event != TOML_BAD)
		take_toml(r->raw, &r->toml, event);
	if (r->toml.error.status != STATUS_OK) {
		*err = r->toml.error;
		status = err->status;
	}
	toml_free(&r->toml);
	return status;
}

/* ---- both */

enum status
raw_config_read(struct raw_config *raw, const char *path, bool is_toml, struct error *err)
{
	struct reading r = { .raw = raw };
	enum status status;

	raw->is_toml = is_toml;
	status = file_read(path, is_toml ? on_toml_piece : on_ini_piece, &r, err);
	return is_toml ? finish_toml(&r, status, err) : finish_ini(&r, status, err);
}

/* Is `name` what the dotted name means in this file? */
static bool
same_section(const struct raw_config *raw, const char *name, const char *dotted)
{
	for (; *name != '\0' && *dotted != '\0'; name++, dotted++) {
		if (*name != (raw->is_toml && *dotted == '.' ? BETWEEN : *dotted))
			return false;
	}
	return *name == *dotted;
}

bool
raw_config_has_section(struct raw_config *raw, const char *section)
{
	for (size_t i = 0; i < raw->sections.cap; i++) {
		const struct name_slot *slot = &raw->sections.slots[i];
		char *name;
		bool same;

		if (!slot->used)
			continue;
		name = mem_text(raw->sections.bytes.at + slot->start, slot->len);
		same = same_section(raw, name, section);
		free(name);
		if (same)
			return raw->is_toml || strcmp(section, "DEFAULT") != 0;
	}
	return false;
}

bool
raw_config_is_in(const struct raw_config *raw, const struct raw_option *option, const char *section)
{
	return same_section(raw, option->section, section) ||
	       (!raw->is_toml && strcmp(option->section, "DEFAULT") == 0);
}

const struct raw_option *
raw_config_find(const struct raw_config *raw, const char *section, const char *key)
{
	const struct raw_option *found = NULL;

	for (size_t i = 0; i < raw->count; i++) {
		const struct raw_option *option = &raw->options[i];

		if (strcmp(option->key, key) != 0 || !raw_config_is_in(raw, option, section))
			continue;
		if (same_section(raw, option->section, section))
			return option;
		found = option;
	}
	return found;
}

void
raw_config_free(struct raw_config *raw)
{
	for (size_t i = 0; i < raw->count; i++) {
		struct raw_option *option = &raw->options[i];

		for (size_t k = 0; k < option->count; k++)
			free(option->items[k].text);
		free(option->items);
		free(option->section);
		free(option->key);
		free(option->value.text);
	}
	free(raw->options);
	name_set_free(&raw->sections);
	*raw = (struct raw_config){ 0 };
}
