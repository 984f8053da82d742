#include "config/substitute.h"

#include <stdlib.h>

#include <pcre2.h>

#include "text/repr.h"

/* Python's \w is what str.isalnum() says, and the underscore; PCRE2's has grown since 10.43. */
#define WORD "([\\p{L}\\p{N}_]+)"

enum { GROUP_DOLLAR = 1, GROUP_PLAIN, GROUP_BRACED, GROUP_STRICT, GROUP_DEFAULT, GROUPS };

static pcre2_code *
compile_reference(void)
{
	static const char reference[] = "\\$(?:(\\$)|" WORD "|\\{" WORD "(?:(\\?)|-([^}]*))?\\})";
	PCRE2_SIZE offset;
	int number;

	return pcre2_compile((PCRE2_SPTR)reference, sizeof reference - 1, PCRE2_UTF, &number,
			     &offset, NULL);
}

/* What a group matched; its `at` is NULL if it took no part. */
static struct span
group(pcre2_match_data *match, uint32_t number, struct span text)
{
	const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(match) + (size_t)2 * number;

	if (number >= pcre2_get_ovector_count(match) || ends[0] == PCRE2_UNSET)
		return (struct span){ 0 };
	return span_cut(text, ends[0], ends[1]);
}

static enum status
refuse(struct span name, struct span text, struct error *err)
{
	struct buf shown = { 0 };

	repr_add(&shown, text);
	error_set(err, STATUS_USAGE, "Variable %.*s is undefined: %s", (int)name.len, name.at,
		  buf_text(&shown));
	buf_free(&shown);
	return STATUS_USAGE;
}

static enum status
replace(struct buf *out, pcre2_match_data *match, struct span text, substitute_get_fn *get,
	void *ctx, struct error *err)
{
	struct span name = group(match, GROUP_PLAIN, text);
	struct buf key = { 0 };
	const char *value;

	if (group(match, GROUP_DOLLAR, text).at != NULL) {
		buf_add_char(out, '$');
		return STATUS_OK;
	}
	if (name.at == NULL)
		name = group(match, GROUP_BRACED, text);
	buf_add(&key, name);
	value = get(ctx, buf_text(&key));
	buf_free(&key);
	if (value != NULL)
		buf_add_text(out, value);
	else if (group(match, GROUP_STRICT, text).at != NULL)
		return refuse(name, text, err);
	else
		buf_add(out, group(match, GROUP_DEFAULT, text));
	return STATUS_OK;
}

const char *
substitute_environment(void *ctx, const char *name)
{
	(void)ctx;
	return getenv(name);
}

enum status
substitute_variables(struct buf *out, struct span text, substitute_get_fn *get, void *ctx,
		     struct error *err)
{
	pcre2_code *code = compile_reference();
	pcre2_match_data *match = pcre2_match_data_create(GROUPS, NULL);
	enum status status = STATUS_OK;
	size_t at = 0;
	int found = PCRE2_ERROR_NOMATCH;

	while (status == STATUS_OK &&
	       (found = pcre2_match(code, (PCRE2_SPTR)text.at, text.len, at, 0, match, NULL)) > 0) {
		const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(match);

		buf_add(out, span_cut(text, at, ends[0]));
		at = ends[1];
		status = replace(out, match, text, get, ctx, err);
	}
	if (status == STATUS_OK && found != PCRE2_ERROR_NOMATCH)
		status = error_set(err, STATUS_BAD_DATA, "the value is not UTF-8");
	buf_add(out, span_cut(text, at, text.len));
	pcre2_match_data_free(match);
	pcre2_code_free(code);
	return status;
}
