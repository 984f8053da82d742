#include <inttypes.h>

#include "config/coverage_config.h"

static void
add_list(const struct text_list *list, struct buf *out)
{
	for (size_t i = 0; i < list->count; i++) {
		buf_add_text(out, i > 0 ? ", " : "");
		buf_add_text(out, list->at[i]);
	}
}

bool
coverage_config_add_text(const struct coverage_config *config, enum coverage_option option,
			 struct buf *out)
{
	const struct coverage_value *value = &config->values[option];

	if (!value->is_set)
		return false;
	switch (coverage_rows[option].type) {
	case COVERAGE_BOOLEAN:
		buf_add_text(out, value->boolean ? "true" : "false");
		return true;
	case COVERAGE_INTEGER:
		buf_addf(out, "%" PRId64, value->integer);
		return true;
	case COVERAGE_FLOAT:
		buf_addf(out, "%g", value->number);
		return true;
	case COVERAGE_TEXT:
	case COVERAGE_FILE:
		buf_add_text(out, value->text == NULL ? "" : value->text);
		return value->text != NULL;
	case COVERAGE_LIST:
	case COVERAGE_REGEXES:
		add_list(&value->list, out);
		return value->list.count > 0;
	}
	return false;
}
