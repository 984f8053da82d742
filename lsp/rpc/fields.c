#include "rpc/fields.h"

#include <stdio.h>
#include <string.h>

#define NAME_MAX_LEN 63

/* The value at `path`; false if any part of the way is not there. */
static bool
find(json_object *in, const char *path, json_object **value)
{
	char name[NAME_MAX_LEN + 1];

	for (;;) {
		size_t len = strcspn(path, ".");

		if (len > NAME_MAX_LEN || !json_object_is_type(in, json_type_object))
			return false;
		memcpy(name, path, len);
		name[len] = '\0';
		if (!json_object_object_get_ex(in, name, &in))
			return false;
		if (path[len] == '\0')
			break;
		path += len + 1;
	}
	*value = in;
	return true;
}

json_object *
fields_get(json_object *in, const char *path)
{
	json_object *value = NULL;

	return find(in, path, &value) ? value : NULL;
}

bool
fields_has(json_object *in, const char *path)
{
	json_object *value;

	return find(in, path, &value);
}

struct span
fields_text(json_object *in, const char *path)
{
	json_object *value = fields_get(in, path);

	if (!json_object_is_type(value, json_type_string))
		return (struct span){ NULL, 0 };
	return (struct span){ json_object_get_string(value),
			      (size_t)json_object_get_string_len(value) };
}

int64_t
fields_int(json_object *in, const char *path, int64_t otherwise)
{
	json_object *value = fields_get(in, path);

	return json_object_is_type(value, json_type_int) ? json_object_get_int64(value) : otherwise;
}

bool
fields_bool(json_object *in, const char *path, bool otherwise)
{
	json_object *value = fields_get(in, path);

	return json_object_is_type(value, json_type_boolean) ? json_object_get_boolean(value) != 0
							     : otherwise;
}
