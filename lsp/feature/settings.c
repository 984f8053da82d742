#include "feature/settings.h"

#include <stdlib.h>
#include <string.h>

#include "feature/publish.h"
#include "platform/uri.h"
#include "rpc/fields.h"

static struct span
text_of(json_object *text)
{
	return json_object_is_type(text, json_type_string)
		       ? (struct span){ json_object_get_string(text),
					(size_t)json_object_get_string_len(text) }
		       : (struct span){ NULL, 0 };
}

/* One pair: an object with `from` and `to`, or a list of the two. */
static bool
add_mapping(struct path_mappings *list, json_object *pair)
{
	bool is_list = json_object_is_type(pair, json_type_array);
	struct span from =
		is_list ? text_of(json_object_array_get_idx(pair, 0)) : fields_text(pair, "from");
	struct span to =
		is_list ? text_of(json_object_array_get_idx(pair, 1)) : fields_text(pair, "to");

	if (from.at == NULL || to.at == NULL || to.len == 0)
		return false;
	path_mappings_add(list, from, to);
	return true;
}

/* Null, or an empty string as for the other settings, takes it back to its default. */
static enum status
apply_mappings(struct session *s, enum option_id id, json_object *value, struct error *err)
{
	struct path_mappings list = { 0 };
	bool is_list = json_object_is_type(value, json_type_array);
	size_t count = is_list ? json_object_array_length(value) : 0, taken = 0;
	bool good = is_list || value == NULL ||
		    (json_object_is_type(value, json_type_string) &&
		     json_object_get_string_len(value) == 0);

	while (good && taken < count && add_mapping(&list, json_object_array_get_idx(value, taken)))
		taken++;
	if (good && taken == count)
		options_set_mappings(&s->options, id, &list, ORIGIN_EDITOR);
	path_mappings_free(&list);
	if (!good)
		return error_set(err, STATUS_USAGE,
				 "%s: must be a list of objects with the texts from and to",
				 option_rows[id].key);
	if (taken < count)
		return error_set(err, STATUS_USAGE,
				 "%s: element %zu must be an object with the texts from and to",
				 option_rows[id].key, taken + 1);
	return STATUS_OK;
}

/* One that is written in one piece, "diagnostics.severity", counts as well as an object in an object. */
static json_object *
setting_of(json_object *settings, const char *key, bool *given)
{
	json_object *value = NULL;

	*given = fields_has(settings, key);
	if (*given)
		return fields_get(settings, key);
	*given = json_object_is_type(settings, json_type_object) &&
		 json_object_object_get_ex(settings, key, &value);
	return value;
}

static void
apply_setting(struct session *s, enum option_id id, json_object *value)
{
	bool is_text = json_object_is_type(value, json_type_string);
	struct error err = { 0 };
	struct buf why = { 0 };

	if (option_rows[id].is_mappings)
		apply_mappings(s, id, value, &err);
	else if (value != NULL && !is_text)
		error_set(&err, STATUS_USAGE, "%s: must be a string", option_rows[id].key);
	else
		options_set(&s->options, id, is_text ? text_of(value) : SPAN(""), ORIGIN_EDITOR,
			    &err);
	if (err.status == STATUS_OK) {
		options_note_refused(&s->options, id, NULL);
		return;
	}
	buf_addf(&why, "covls.%s", err.text);
	options_note_refused(&s->options, id, buf_text(&why));
	session_tell(s, 2, buf_text(&why));
	buf_free(&why);
}

/* Settings that are the editor's own business: clients that send all below `covls.` send them, too. */
static const char *const CLIENT_KEYS[] = {
	"args",        "coverage",    "coverageChanges", "gutter", "overviewRuler", "path",
	"showChanged", "showCovered", "showExcluded",    "stale",  "trace",
};

static bool
is_clients(const char *key)
{
	size_t len = strcspn(key, ".");

	for (size_t i = 0; i < sizeof CLIENT_KEYS / sizeof CLIENT_KEYS[0]; i++) {
		if (strlen(CLIENT_KEYS[i]) == len && strncmp(CLIENT_KEYS[i], key, len) == 0)
			return true;
	}
	return false;
}

static bool
is_setting(const char *key)
{
	for (enum option_id id = 0; id < OPTION_COUNT; id++) {
		if (strcmp(option_rows[id].key, key) == 0)
			return true;
	}
	return false;
}

/* Are there settings below that, as diagnostics.severity is below diagnostics? */
static bool
is_group(const char *key)
{
	size_t len = strlen(key);

	for (enum option_id id = 0; id < OPTION_COUNT; id++) {
		if (strncmp(option_rows[id].key, key, len) == 0 && option_rows[id].key[len] == '.')
			return true;
	}
	return false;
}

/* It is told once, however often it is sent. */
static void
note_strange(struct session *s, const struct text_list *before, const char *key, const char *what)
{
	struct buf text = { 0 };

	buf_addf(&text, "covls%s%s: %s", *key == '\0' ? "" : ".", key, what);
	text_list_add_once(&s->options.strange, buf_text(&text));
	if (!text_list_has(before, buf_text(&text)))
		session_tell(s, 2, buf_text(&text));
	buf_free(&text);
}

/* `above`: "" or a group's name and a dot. */
static void
note_all_strange(struct session *s, const struct text_list *before, json_object *settings,
		 const char *above)
{
	json_object_object_foreach(settings, name, value)
	{
		struct buf key = { 0 };

		buf_addf(&key, "%s%s", above, name);
		if (is_group(buf_text(&key)) && json_object_is_type(value, json_type_object)) {
			buf_add_char(&key, '.');
			note_all_strange(s, before, value, buf_text(&key));
		} else if (is_group(buf_text(&key)) && value != NULL) {
			note_strange(s, before, buf_text(&key), "must be an object of settings");
		} else if (!is_group(buf_text(&key)) && !is_setting(buf_text(&key)) &&
			   !is_clients(buf_text(&key))) {
			note_strange(s, before, buf_text(&key),
				     "there is no such setting; covls config lists them all");
		}
		buf_free(&key);
	}
}

static void
look_for_strange(struct session *s, json_object *settings)
{
	struct text_list before = s->options.strange;

	s->options.strange = (struct text_list){ 0 };
	if (json_object_is_type(settings, json_type_object))
		note_all_strange(s, &before, settings, "");
	else if (settings != NULL)
		note_strange(s, &before, "", "the settings must be an object");
	text_list_free(&before);
}

void
settings_apply(struct session *s, json_object *settings)
{
	look_for_strange(s, settings);
	for (enum option_id id = 0; id < OPTION_COUNT; id++) {
		bool given;
		json_object *value = setting_of(settings, option_rows[id].key, &given);

		if (given)
			apply_setting(s, id, value);
	}
}

void
settings_did_change(void *ctx, json_object *params)
{
	struct session *s = ctx;

	settings_apply(s, fields_get(params, "settings.covls"));
	for (size_t i = 0; i < s->document_count; i++)
		s->documents[i]->subject.look_back = true;
	s->host->start_over(s);
	for (size_t i = 0; i < s->document_count; i++)
		publish(s, s->documents[i]);
}

static void
remove_root(struct session *s, const char *path)
{
	for (size_t i = 0; i < s->roots.count; i++) {
		if (strcmp(s->roots.at[i], path) == 0) {
			free(s->roots.at[i]);
			memmove(&s->roots.at[i], &s->roots.at[i + 1],
				(--s->roots.count - i) * sizeof *s->roots.at);
			return;
		}
	}
}

static void
change_roots(struct session *s, json_object *folders, bool add)
{
	size_t count = json_object_is_type(folders, json_type_array)
			       ? json_object_array_length(folders)
			       : 0;

	for (size_t i = 0; i < count; i++) {
		char *path = uri_to_path(fields_text(json_object_array_get_idx(folders, i), "uri"));

		if (path != NULL && add)
			text_list_add_once(&s->roots, path);
		else if (path != NULL)
			remove_root(s, path);
		free(path);
	}
}

void
settings_did_change_folders(void *ctx, json_object *params)
{
	struct session *s = ctx;

	change_roots(s, fields_get(params, "event.removed"), false);
	change_roots(s, fields_get(params, "event.added"), true);
	s->host->start_over(s);
}

void
settings_did_change_files(void *ctx, json_object *params)
{
	struct session *s = ctx;

	(void)params;
	s->host->start_over(s);
}
