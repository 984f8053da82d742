/*
 * The first byte picks where the rest is cut; the whole and the two parts must give the same value or
 * both be refused. What is accepted is written by json-c and must be accepted again.
 */
#include <stdint.h>
#include <stdlib.h>

#include "rpc/message.h"

static json_object *
read_value(struct span first, struct span second, bool *ok)
{
	static struct message m;
	json_object *value = NULL;

	message_add(&m, first);
	message_add(&m, second);
	*ok = message_take(&m, &value, NULL, NULL);
	return *ok ? value : NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bool whole_ok, split_ok, again_ok;

	if (size < 1)
		return 0;
	struct span in = { (const char *)data + 1, size - 1 };
	size_t cut = in.len * data[0] / 255;
	json_object *whole = read_value(in, SPAN(""), &whole_ok);
	json_object *split = read_value(span_cut(in, 0, cut), span_cut(in, cut, in.len), &split_ok);

	if (whole_ok != split_ok || !json_object_equal(whole, split))
		abort();
	if (whole_ok) {
		json_object *again = read_value(
			span_of(json_object_to_json_string_ext(whole, JSON_C_TO_STRING_PLAIN)),
			SPAN(""), &again_ok);

		if (!again_ok)
			abort();
		json_object_put(again);
	}
	json_object_put(whole);
	json_object_put(split);
	return 0;
}
