/*
 * istanbul.c - coverage-final.json and .nyc_output/: nyc, jest, vitest, c8 and karma write them.
 *
 * An object of source files, each with maps (statements, functions, branches by number) and counts by the
 * same numbers, in any order; so the maps and counts of one file are held until it ends. As in
 * istanbul-lib-coverage 3, a line's hits are the highest of the statements that begin on it, and an
 * arm belongs to the line where its decision begins. What has no map or no count is left out.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/name_set.h"
#include "formats.h"
#include "json_probe.h"
#include "json_walk.h"

static bool
sniff(struct span head)
{
	static const char *const patterns[] = { "* statementMap", "* data statementMap", NULL };

	return json_probe(head, patterns);
}

/* ---- the index --------------------------------------------------------------------------------- */

enum { I_ROOT, I_FILE };

static const struct json_rule index_rules[] = {
	{I_ROOT, I_FILE, true, JSON_ANY_KEY},
};

struct index_machine {
	struct json_walk walk;
	struct index_builder *builder;
};

static bool
on_index(void *ctx, const struct json_value *v, struct reader_fault *fault)
{
	struct index_machine *m = ctx;

	(void)fault;
	if (v->place == I_FILE && v->first == '{')
		index_section(m->builder, index_name(m->builder, v->key), 0, v->start, v->end);
	return true;
}

static void
index_open(void *state, struct index_builder *builder)
{
	struct index_machine *m = state;

	json_walk_open(&m->walk, index_rules, sizeof index_rules / sizeof index_rules[0], on_index,
		       m);
	m->builder = builder;
	index_branches(builder);
}

/* ---- a section --------------------------------------------------------------------------------- */

enum {
	S_FILE,
	S_WRAPPED,
	S_STATEMENTS,
	S_STATEMENT,
	S_STATEMENT_START,
	S_STATEMENT_LINE,
	S_FUNCTIONS,
	S_FUNCTION,
	S_FUNCTION_NAME,
	S_FUNCTION_OLD_LINE,
	S_FUNCTION_DECL,
	S_FUNCTION_DECL_START,
	S_FUNCTION_LINE,
	S_FUNCTION_LOC,
	S_FUNCTION_LOC_END,
	S_FUNCTION_LAST,
	S_BRANCHES,
	S_BRANCH,
	S_BRANCH_TYPE,
	S_BRANCH_OLD_LINE,
	S_BRANCH_LOC,
	S_BRANCH_LOC_START,
	S_BRANCH_LINE,
	S_S,
	S_S_COUNT,
	S_F,
	S_F_COUNT,
	S_B,
	S_B_COUNTS,
	S_B_COUNT,
};

#define FILE_RULES(from)                                                                      \
	{ from, S_STATEMENTS, false, "statementMap" }, { from, S_FUNCTIONS, false, "fnMap" }, \
		{ from, S_BRANCHES, false, "branchMap" }, { from, S_S, false, "s" },          \
		{ from, S_F, false, "f" },                                                    \
	{                                                                                     \
		from, S_B, false, "b"                                                         \
	}

static const struct json_rule section_rules[] = {
	FILE_RULES(S_FILE),
	{S_FILE,                 S_WRAPPED,             false, "data"      },
	FILE_RULES(S_WRAPPED),
	{ S_STATEMENTS,          S_STATEMENT,           false, JSON_ANY_KEY},
	{ S_STATEMENT,           S_STATEMENT_START,     false, "start"     },
	{ S_STATEMENT_START,     S_STATEMENT_LINE,      false, "line"      },
	{ S_FUNCTIONS,           S_FUNCTION,            false, JSON_ANY_KEY},
	{ S_FUNCTION,            S_FUNCTION_NAME,       false, "name"      },
	{ S_FUNCTION,            S_FUNCTION_OLD_LINE,   false, "line"      },
	{ S_FUNCTION,            S_FUNCTION_DECL,       false, "decl"      },
	{ S_FUNCTION_DECL,       S_FUNCTION_DECL_START, false, "start"     },
	{ S_FUNCTION_DECL_START, S_FUNCTION_LINE,       false, "line"      },
	{ S_FUNCTION,            S_FUNCTION_LOC,        false, "loc"       },
	{ S_FUNCTION_LOC,        S_FUNCTION_LOC_END,    false, "end"       },
	{ S_FUNCTION_LOC_END,    S_FUNCTION_LAST,       false, "line"      },
	{ S_BRANCHES,            S_BRANCH,              false, JSON_ANY_KEY},
	{ S_BRANCH,              S_BRANCH_TYPE,         false, "type"      },
	{ S_BRANCH,              S_BRANCH_OLD_LINE,     false, "line"      },
	{ S_BRANCH,              S_BRANCH_LOC,          false, "loc"       },
	{ S_BRANCH_LOC,          S_BRANCH_LOC_START,    false, "start"     },
	{ S_BRANCH_LOC_START,    S_BRANCH_LINE,         false, "line"      },
	{ S_S,		   S_S_COUNT,             false, JSON_ANY_KEY},
	{ S_F,		   S_F_COUNT,             false, JSON_ANY_KEY},
	{ S_B,		   S_B_COUNTS,            false, JSON_ANY_KEY},
	{ S_B_COUNTS,            S_B_COUNT,             false, JSON_ELEMENT},
};

enum item_kind { ITEM_STATEMENT, ITEM_FUNCTION, ITEM_BRANCH };

/* What a number means in a file's maps, and what was counted for it. */
struct item {
	enum item_kind kind;
	bool mapped, counted;
	uint64_t line, old_line, last;
	uint64_t count;        /* of a branch: how many arms */
	size_t arms;           /* in the machine's: where its first is */
	size_t name, name_len; /* in the machine's: of a function; of a branch, its type */
};

struct section_machine {
	struct json_walk walk;
	struct report *report;
	struct name_set numbers; /* group: enum item_kind */
	struct item *items;
	size_t item_count, item_cap;
	size_t item; /* the one that is being read */
	uint64_t *arms;
	size_t arm_count, arm_cap;
	struct buf names;
	uint32_t groups;
};

static struct item *
choose(struct section_machine *m, enum item_kind kind, struct span number)
{
	uint32_t *place = name_set_put(&m->numbers, kind, number);

	if (*place == 0) {
		m->items = mem_grow(m->items, m->item_count, &m->item_cap, sizeof *m->items);
		m->items[m->item_count++] = (struct item){ .kind = kind };
		*place = (uint32_t)m->item_count;
	}
	m->item = *place - 1;
	return &m->items[m->item];
}

static void
keep_name(struct section_machine *m, struct span text)
{
	m->items[m->item].name = m->names.len;
	m->items[m->item].name_len = text.len;
	buf_add(&m->names, text);
}

static void
add_arm(struct section_machine *m, uint64_t count)
{
	m->arms = mem_grow(m->arms, m->arm_count, &m->arm_cap, sizeof *m->arms);
	m->arms[m->arm_count++] = count;
	m->items[m->item].count++;
}

static void
on_begin(struct section_machine *m, const struct json_value *v)
{
	struct item *item;

	if (v->place == S_B_COUNTS && v->event == JSON_ARRAY) {
		item = choose(m, ITEM_BRANCH, v->key);
		item->counted = true;
		item->arms = m->arm_count;
		item->count = 0;
	} else if (v->event == JSON_OBJECT && v->place == S_STATEMENT) {
		choose(m, ITEM_STATEMENT, v->key)->mapped = true;
	} else if (v->event == JSON_OBJECT && v->place == S_FUNCTION) {
		choose(m, ITEM_FUNCTION, v->key)->mapped = true;
	} else if (v->event == JSON_OBJECT && v->place == S_BRANCH) {
		choose(m, ITEM_BRANCH, v->key)->mapped = true;
	}
}

static void
on_count(struct section_machine *m, enum item_kind kind, const struct json_value *v)
{
	struct item *item = choose(m, kind, v->key);

	item->counted = true;
	item->count = json_count(v->text);
}

static void
on_number(struct section_machine *m, const struct json_value *v)
{
	switch (v->place) {
	case S_STATEMENT_LINE:
	case S_FUNCTION_LINE:
	case S_BRANCH_LINE:
		m->items[m->item].line = json_count(v->text);
		break;
	case S_FUNCTION_OLD_LINE:
	case S_BRANCH_OLD_LINE:
		m->items[m->item].old_line = json_count(v->text);
		break;
	case S_FUNCTION_LAST:
		m->items[m->item].last = json_count(v->text);
		break;
	case S_S_COUNT:
		on_count(m, ITEM_STATEMENT, v);
		break;
	case S_F_COUNT:
		on_count(m, ITEM_FUNCTION, v);
		break;
	case S_B_COUNT:
		add_arm(m, json_count(v->text));
		break;
	default:
		break;
	}
}

/* A map that is no object has no items, so what is within it is never reached: see on_begin(). */
static bool
on_section(void *ctx, const struct json_value *v, struct reader_fault *fault)
{
	struct section_machine *m = ctx;

	(void)fault;
	if (v->event == JSON_OBJECT || v->event == JSON_ARRAY)
		on_begin(m, v);
	else if (v->event == JSON_NUMBER)
		on_number(m, v);
	else if (v->event == JSON_STRING_END &&
		 (v->place == S_FUNCTION_NAME || v->place == S_BRANCH_TYPE))
		keep_name(m, v->text);
	else if (v->event == JSON_NULL && v->place == S_B_COUNT)
		add_arm(m, 0);
	return true;
}

static bool
is_type(const struct section_machine *m, const struct item *item, struct span type)
{
	return span_equal(type,
			  span_cut(buf_span(&m->names), item->name, item->name + item->name_len));
}

static void
label_arm(const struct section_machine *m, const struct item *item, unsigned arm, char *label,
	  size_t room)
{
	if (is_type(m, item, SPAN("if")) && arm < 2)
		snprintf(label, room, "%s", arm == 0 ? "if" : "else");
	else if (is_type(m, item, SPAN("cond-expr")) && arm < 2)
		snprintf(label, room, "%s", arm == 0 ? "true value" : "false value");
	else if (is_type(m, item, SPAN("switch")))
		snprintf(label, room, "case %u", arm + 1);
	else if (is_type(m, item, SPAN("binary-expr")))
		snprintf(label, room, "operand %u", arm + 1);
	else if (is_type(m, item, SPAN("default-arg")) && arm == 0)
		snprintf(label, room, "default value");
	else if (is_type(m, item, SPAN("branch")) && arm == 0)
		snprintf(label, room, "block"); /* V8's */
	else
		snprintf(label, room, "arm %u", arm + 1);
}

/* If none of its arms was taken, was it never come to? A switch may fit no case. */
static bool
is_always_taken(const struct section_machine *m, const struct item *item)
{
	return is_type(m, item, SPAN("if")) || is_type(m, item, SPAN("cond-expr")) ||
	       is_type(m, item, SPAN("binary-expr"));
}

static void
add_branch(struct section_machine *m, const struct item *item)
{
	uint64_t line = item->line != 0 ? item->line : item->old_line;
	unsigned flags = is_always_taken(m, item) ? REPORT_NEVER : 0;
	char label[32];

	for (size_t i = 0; i < item->count; i++) {
		if (m->arms[item->arms + i] != 0)
			flags = 0;
	}
	for (unsigned i = 0; i < item->count; i++) {
		label_arm(m, item, i, label, sizeof label);
		report_add_branch(m->report, line, m->groups, span_of(label),
				  m->arms[item->arms + i], flags);
	}
	m->groups++;
}

static void
add_function(struct section_machine *m, const struct item *item)
{
	uint64_t line = item->line != 0 ? item->line : item->old_line;
	struct span name = span_cut(buf_span(&m->names), item->name, item->name + item->name_len);

	report_add_function(m->report, name, line, item->last, item->count);
}

static void
add_item(struct section_machine *m, const struct item *item)
{
	if (!item->mapped || !item->counted)
		return;
	if (item->kind == ITEM_STATEMENT)
		report_add_line(m->report, item->line, item->count, 0);
	else if (item->kind == ITEM_FUNCTION)
		add_function(m, item);
	else
		add_branch(m, item);
}

static bool
section_end(void *state, struct reader_fault *fault)
{
	struct section_machine *m = state;

	if (!json_walk_finish(&m->walk, fault))
		return false;
	for (size_t i = 0; i < m->item_count; i++)
		add_item(m, &m->items[i]);
	return true;
}

static void
forget(struct section_machine *m)
{
	name_set_free(&m->numbers);
	m->numbers = (struct name_set){ 0 };
	m->item_count = m->arm_count = 0;
	m->groups = 0;
	buf_reset(&m->names);
}

static void
section_begin(void *state, const struct index_section *section)
{
	json_machine_section_begin(state, section);
	forget(state);
}

static void
section_open(void *state, const struct data_index *index, struct report *report)
{
	struct section_machine *m = state;

	(void)index;
	json_walk_open(&m->walk, section_rules, sizeof section_rules / sizeof section_rules[0],
		       on_section, m);
	m->report = report;
	report->rule = REPORT_MAX;
	report->has_counts = true;
}

static bool
section_close(void *state, bool whole, struct reader_fault *fault)
{
	struct section_machine *m = state;

	forget(m);
	buf_free(&m->names);
	free(m->items);
	free(m->arms);
	return json_machine_section_close(state, whole, fault);
}

static const struct report_reader reader = {
	.index_size = sizeof(struct index_machine),
	.index_open = index_open,
	.index_feed = json_machine_feed,
	.index_close = json_machine_index_close,
	.section_size = sizeof(struct section_machine),
	.section_open = section_open,
	.section_begin = section_begin,
	.section_feed = json_machine_feed,
	.section_end = section_end,
	.section_close = section_close,
};

const struct data_format istanbul_format = {
	.name = "Istanbul",
	.sniff = sniff,
	.detail = 70,
	.reader = &reader,
};
