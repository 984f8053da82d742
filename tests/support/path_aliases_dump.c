/*
 * path_aliases_dump - maps paths as [paths] says: one line of JSON in, one out.
 *
 *     {"folder":"/x","relative":false,"aliases":[["any/lib","src"],...],"paths":["/a/lib/b.py",...]}
 *                                                                    {"mapped":["/x/src/b.py",...]}
 *
 * or {"error":"..."} for an alias that is none.
 */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>

#include "coverage/path_aliases.h"

static json_object *
member(json_object *object, const char *key)
{
	json_object *value = NULL;

	return json_object_object_get_ex(object, key, &value) ? value : NULL;
}

static const char *
text_at(json_object *array, size_t i)
{
	return json_object_get_string(json_object_array_get_idx(array, i));
}

static enum status
add_aliases(struct path_aliases *aliases, json_object *pairs, struct error *err)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < json_object_array_length(pairs) && status == STATUS_OK; i++) {
		json_object *pair = json_object_array_get_idx(pairs, i);

		status = path_aliases_add(aliases, text_at(pair, 0), text_at(pair, 1), err);
	}
	return status;
}

static json_object *
map_all(struct path_aliases *aliases, json_object *paths)
{
	json_object *mapped = json_object_new_array();

	for (size_t i = 0; i < json_object_array_length(paths); i++) {
		char *path = path_aliases_map(aliases, text_at(paths, i));

		json_object_array_add(mapped, json_object_new_string(path));
		free(path);
	}
	return mapped;
}

static void
answer(const char *line)
{
	json_object *request = json_tokener_parse(line), *said = json_object_new_object();
	struct path_aliases *aliases =
		path_aliases_new(json_object_get_string(member(request, "folder")),
				 json_object_get_boolean(member(request, "relative")));
	struct error err = { 0 };

	if (add_aliases(aliases, member(request, "aliases"), &err) != STATUS_OK)
		json_object_object_add(said, "error", json_object_new_string(err.text));
	else
		json_object_object_add(said, "mapped", map_all(aliases, member(request, "paths")));
	puts(json_object_to_json_string_ext(said, JSON_C_TO_STRING_PLAIN));
	path_aliases_free(aliases);
	json_object_put(said);
	json_object_put(request);
}

int
main(void)
{
	char *line = NULL;
	size_t cap = 0;

	while (getline(&line, &cap, stdin) > 0)
		answer(line);
	free(line);
	return 0;
}
