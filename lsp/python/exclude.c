#include "python/exclude.h"

#include <stdatomic.h>

/* coverage/config.py, DEFAULT_EXCLUDE, 7.16.1, joined as coverage/misc.py, join_regex() does. */
const char py_exclude_default_pattern[] =
	"(?:#\\s*(pragma|PRAGMA)[:\\s]?\\s*(no|NO)\\s*(cover|COVER))|"
	"(?:^\\s*(((async )?def .*?)?[\\])]+(\\s*->.*?)?:\\s*)?\\.\\.\\.\\s*(#|$))|"
	"(?:if (typing\\.)?TYPE_CHECKING:)";

/* Line numbers of offsets that only grow. */
struct line_counter {
	struct span text;
	size_t at;
	uint32_t line;
};

static uint32_t
line_at(struct line_counter *c, size_t offset)
{
	for (; c->at < offset; c->at++) {
		char byte = c->text.at[c->at];
		bool cr_of_pair =
			byte == '\r' && c->at + 1 < c->text.len && c->text.at[c->at + 1] == '\n';

		if (byte == '\n' || (byte == '\r' && !cr_of_pair))
			c->line++;
	}
	return c->line;
}

bool
py_exclude_search(struct line_set *lines, const struct regex *re, struct span text)
{
	struct regex_search search;
	struct line_counter counter = { .text = text, .line = 1 };
	enum regex_result result;
	size_t from = 0, start, end;

	regex_begin(&search, re, text);
	while (from <= text.len &&
	       (result = regex_next(&search, from, &start, &end)) == REGEX_FOUND) {
		uint32_t first = line_at(&counter, start);

		line_set_add_range(lines, first, line_at(&counter, end));
		/* After an empty match Python goes on one character later. */
		from = end > start ? end : end + 1;
	}
	regex_end(&search);
	return result != REGEX_LIMIT;
}

/* Compiled once, whichever thread comes first. */
static const struct regex *
default_regex(void)
{
	static _Atomic(struct regex *) shared;
	struct regex *re = atomic_load(&shared), *none = NULL;
	struct error err = { 0 };

	if (re != NULL)
		return re;
	re = regex_compile(span_of(py_exclude_default_pattern), &err);
	if (atomic_compare_exchange_strong(&shared, &none, re))
		return re;
	regex_free(re);
	return none;
}

void
py_exclude_defaults(struct line_set *lines, struct span text)
{
	py_exclude_search(lines, default_regex(), text);
}
