/*
 * patterns_dump - answers what config/ and text/ make of a configuration's values: one line of JSON
 * in, one out.
 *
 *     {"patterns":["*.py"],"paths":["a.py","a"],"any_case":false,"prefix":false}
 *                                          {"matches":[4,-1]}
 *     {"absolute":"a/b","folder":"/x"}     {"absolute":"/x/a/b"}, null for none
 *     {"substitute":"$A","variables":{}}   {"text":""}
 *     {"list":"a, b"}  {"lines":"a\nb"}    {"items":["a","b"]}
 *
 * or {"error":"..."}.
 */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "config/lists.h"
#include "config/patterns.h"
#include "config/substitute.h"
#include "text/glob.h"

static json_object *
member(json_object *object, const char *key)
{
	json_object *value = NULL;

	return json_object_object_get_ex(object, key, &value) ? value : NULL;
}

static struct span
text_of(json_object *string)
{
	return (struct span){ json_object_get_string(string),
			      (size_t)json_object_get_string_len(string) };
}

static void
add_text(json_object *answer, const char *key, struct span text)
{
	json_object_object_add(answer, key, json_object_new_string_len(text.at, (int)text.len));
}

static void
answer_globs(json_object *request, json_object *answer)
{
	json_object *patterns = member(request, "patterns"), *paths = member(request, "paths");
	size_t count = json_object_array_length(patterns);
	struct span *spans = mem_alloc(count, sizeof *spans);
	unsigned flags =
		(json_object_get_boolean(member(request, "any_case")) ? GLOB_ANY_CASE : 0u) |
		(json_object_get_boolean(member(request, "prefix")) ? GLOB_PREFIX : 0u);
	json_object *matches = json_object_new_array();
	struct error err = { 0 };
	struct glob_set *set;

	for (size_t i = 0; i < count; i++)
		spans[i] = text_of(json_object_array_get_idx(patterns, i));
	set = glob_compile(spans, count, flags, &err);
	for (size_t i = 0; set != NULL && i < json_object_array_length(paths); i++) {
		size_t len = glob_match(set, text_of(json_object_array_get_idx(paths, i)));

		json_object_array_add(
			matches, json_object_new_int64(len == GLOB_NO_MATCH ? -1 : (int64_t)len));
	}
	if (set == NULL)
		add_text(answer, "error", span_of(err.text));
	json_object_object_add(answer, "matches", matches);
	glob_free(set);
	free(spans);
}

static void
answer_absolute(json_object *request, json_object *answer)
{
	char *absolute = pattern_absolute(json_object_get_string(member(request, "absolute")),
					  json_object_get_string(member(request, "folder")));

	json_object_object_add(answer, "absolute",
			       absolute == NULL ? NULL : json_object_new_string(absolute));
	free(absolute);
}

static const char *
look_up(void *ctx, const char *name)
{
	json_object *value = member(ctx, name);

	return value == NULL ? NULL : json_object_get_string(value);
}

static void
answer_substitute(json_object *request, json_object *answer)
{
	struct buf out = { 0 };
	struct error err = { 0 };

	if (substitute_variables(&out, text_of(member(request, "substitute")), look_up,
				 member(request, "variables"), &err) == STATUS_OK)
		add_text(answer, "text", buf_span(&out));
	else
		add_text(answer, "error", span_of(err.text));
	buf_free(&out);
}

static void
answer_list(json_object *value, bool (*next)(struct span *, struct span *), json_object *answer)
{
	struct span rest = text_of(value), item;
	json_object *items = json_object_new_array();

	while (next(&rest, &item))
		json_object_array_add(items, json_object_new_string_len(item.at, (int)item.len));
	json_object_object_add(answer, "items", items);
}

static void
answer_one(json_object *request, json_object *answer)
{
	if (member(request, "patterns") != NULL)
		answer_globs(request, answer);
	else if (member(request, "absolute") != NULL)
		answer_absolute(request, answer);
	else if (member(request, "substitute") != NULL)
		answer_substitute(request, answer);
	else if (member(request, "list") != NULL)
		answer_list(member(request, "list"), list_next, answer);
	else
		answer_list(member(request, "lines"), list_next_line, answer);
}

int
main(void)
{
	static char line[1 << 20];

	while (fgets(line, sizeof line, stdin) != NULL) {
		json_object *request = json_tokener_parse(line), *answer = json_object_new_object();

		if (request != NULL)
			answer_one(request, answer);
		puts(json_object_to_json_string_ext(answer, JSON_C_TO_STRING_PLAIN));
		json_object_put(request);
		json_object_put(answer);
	}
	return 0;
}
