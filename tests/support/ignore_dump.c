/*
 * ignore_dump - what the patterns of a .gitignore say of paths: one line of JSON in, one out.
 *
 *     {"file":"build/\n","paths":["build/","a"]}          {"verdicts":[1,0]}
 *
 * A path that ends with '/' is a folder's. The numbers are those of enum ignore_verdict.
 */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>

#include "text/ignore.h"

static json_object *
member(json_object *object, const char *key)
{
	json_object *value = NULL;

	return json_object_object_get_ex(object, key, &value) ? value : NULL;
}

static struct span
bytes_of(json_object *text)
{
	return (struct span){ json_object_get_string(text),
			      (size_t)json_object_get_string_len(text) };
}

static json_object *
judge_all(const struct ignore *ignore, json_object *paths)
{
	json_object *verdicts = json_object_new_array();

	for (size_t i = 0; i < json_object_array_length(paths); i++) {
		struct span path = bytes_of(json_object_array_get_idx(paths, i));
		bool is_folder = span_ends(path, SPAN("/"));

		path.len -= is_folder ? 1 : 0;
		json_object_array_add(
			verdicts, json_object_new_int((int)ignore_match(ignore, path, is_folder)));
	}
	return verdicts;
}

static void
answer(const char *line)
{
	json_object *request = json_tokener_parse(line), *said = json_object_new_object();
	struct ignore *ignore = ignore_parse(bytes_of(member(request, "file")));

	json_object_object_add(said, "verdicts", judge_all(ignore, member(request, "paths")));
	puts(json_object_to_json_string_ext(said, JSON_C_TO_STRING_PLAIN));
	fflush(stdout); /* somebody waits for it */
	ignore_free(ignore);
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
