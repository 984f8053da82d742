#include "feature/range.h"

static void
write_position(struct jsonw *w, const char *key, uint32_t line0, size_t character)
{
	jsonw_key(w, key);
	jsonw_object(w);
	jsonw_key_int(w, "line", line0);
	jsonw_key_int(w, "character", (int64_t)character);
	jsonw_object_end(w);
}

void
range_write(struct jsonw *w, struct doc_text *text, uint32_t first, uint32_t last,
	    enum text_encoding encoding)
{
	struct span start = doc_text_line(text, first - 1), end = doc_text_line(text, last - 1);
	size_t indent = 0; /* of ASCII: the same number in any encoding */

	while (indent < start.len &&
	       (start.at[indent] == ' ' || start.at[indent] == '\t' || start.at[indent] == '\f'))
		indent++;
	jsonw_key(w, "range");
	jsonw_object(w);
	write_position(w, "start", first - 1, indent);
	write_position(w, "end", last - 1, utf8_units(end, encoding));
	jsonw_object_end(w);
}
