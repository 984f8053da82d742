#include "config/options_schema.h"

const char *
option_origin_name(enum option_origin origin)
{
	static const char *const names[] = {
		[ORIGIN_DEFAULT] = "default",
		[ORIGIN_ENVIRONMENT] = "environment",
		[ORIGIN_EDITOR] = "editor",
		[ORIGIN_COMMAND_LINE] = "command line",
	};

	return names[origin];
}

/* The words of `choices`, one a call; false at the end. */
static bool
next_choice(const char **choices, struct span *word)
{
	if (*choices == NULL || **choices == '\0')
		return false;
	*word = (struct span){ *choices, strcspn(*choices, " ") };
	*choices += word->len + 1;
	return true;
}

static void
write_choice(struct jsonw *w, const char *choices, int place)
{
	struct span word;

	for (int i = 0; next_choice(&choices, &word); i++) {
		if (i == place)
			jsonw_string(w, word);
	}
}

static void
write_mappings(struct jsonw *w, const struct path_mappings *list)
{
	jsonw_array(w);
	for (size_t i = 0; i < list->count; i++) {
		jsonw_object(w);
		jsonw_key_text(w, "from", list->at[i].from);
		jsonw_key_text(w, "to", list->at[i].to);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

void
options_write_value(struct jsonw *w, const struct options *options, enum option_id id)
{
	const struct option_row *row = &option_rows[id];
	const char *field = (const char *)options + row->offset;
	const char *text;
	int choice;

	if (row->is_mappings) {
		write_mappings(w, (const struct path_mappings *)(const void *)field);
	} else if (row->choices != NULL) {
		memcpy(&choice, field, sizeof choice);
		write_choice(w, row->choices, choice);
	} else {
		memcpy(&text, field, sizeof text);
		jsonw_text(w, text);
	}
}

void
options_write_default(struct jsonw *w, enum option_id id)
{
	static const struct path_mappings none = { 0 };

	if (option_rows[id].is_mappings)
		write_mappings(w, &none);
	else
		jsonw_text(w, option_rows[id].fallback == NULL ? "" : option_rows[id].fallback);
}

static void
write_choices(struct jsonw *w, const char *choices)
{
	struct span word;

	jsonw_key(w, "enum");
	jsonw_array(w);
	while (next_choice(&choices, &word))
		jsonw_string(w, word);
	jsonw_array_end(w);
}

/* What the elements of a list of pairs are. */
static void
write_items(struct jsonw *w)
{
	static const char *const keys[] = { "from", "to" };

	jsonw_key(w, "items");
	jsonw_object(w);
	jsonw_key_text(w, "type", "object");
	jsonw_key(w, "required");
	jsonw_array(w);
	for (size_t i = 0; i < 2; i++)
		jsonw_text(w, keys[i]);
	jsonw_array_end(w);
	jsonw_key(w, "properties");
	jsonw_object(w);
	for (size_t i = 0; i < 2; i++) {
		jsonw_key(w, keys[i]);
		jsonw_object(w);
		jsonw_key_text(w, "type", "string");
		jsonw_object_end(w);
	}
	jsonw_object_end(w);
	jsonw_object_end(w);
}

static void
write_row(struct jsonw *w, enum option_id id)
{
	const struct option_row *row = &option_rows[id];
	char key[64] = "covls.";

	strncat(key, row->key, sizeof key - sizeof "covls.");
	jsonw_key(w, key);
	jsonw_object(w);
	jsonw_key_text(w, "type", row->is_mappings ? "array" : "string");
	if (row->is_mappings)
		write_items(w);
	if (row->choices != NULL)
		write_choices(w, row->choices);
	jsonw_key(w, "default");
	options_write_default(w, id);
	jsonw_key_text(w, "description", row->help);
	if (row->form != NULL && !row->is_mappings)
		jsonw_key_text(w, "x-form", row->form);
	if (row->environment != NULL)
		jsonw_key_text(w, "x-environment", row->environment);
	jsonw_object_end(w);
}

void
options_write_schema(struct jsonw *w)
{
	jsonw_object(w);
	jsonw_key_text(w, "$schema", "https://json-schema.org/draft/2020-12/schema");
	jsonw_key_text(w, "title", "covls");
	jsonw_key_text(w, "description",
		       "The settings of covls, as they are named in an editor's settings file.");
	jsonw_key_text(w, "type", "object");
	jsonw_key(w, "properties");
	jsonw_object(w);
	for (enum option_id id = 0; id < OPTION_COUNT; id++)
		write_row(w, id);
	jsonw_object_end(w);
	jsonw_object_end(w);
}
