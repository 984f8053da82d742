/*
 * gcov_json.c - `gcov --json-format`: versions 1 (gcc 9) to 2 (gcc 14).
 *
 * A line comes once for every function or instantiation it is in, and the counts add up, as lcov has
 * it. Arms have no names; in version 2 they say which block they leave, so that the decisions of a line
 * can be told apart. The way that an exception takes is told and not held against the line: nearly every
 * call in C++ has one.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "formats.h"
#include "json_probe.h"
#include "json_walk.h"

static bool
sniff(struct span head)
{
	static const char *const patterns[] = { "gcc_version", "files [] lines [] unexecuted_block",
						"current_working_directory", NULL };

	return json_probe(head, patterns);
}

/* ---- the index --------------------------------------------------------------------------------- */

enum {
	I_ROOT,
	I_VERSION,
	I_FOLDER,
	I_FILES,
	I_FILE,
	I_NAME,
	I_LINES,
	I_LINE,
	I_ARMS,
	I_ARM,
};

/* Only the lines know whether there are branches, and these reports are small: one for each object. */
static const struct json_rule index_rules[] = {
	{I_ROOT,   I_VERSION, false, "gcc_version"              },
	{ I_ROOT,  I_FOLDER,  false, "current_working_directory"},
	{ I_ROOT,  I_FILES,   false, "files"                    },
	{ I_FILES, I_FILE,    false, JSON_ELEMENT               },
	{ I_FILE,  I_NAME,    false, "file"                     },
	{ I_FILE,  I_LINES,   false, "lines"                    },
	{ I_LINES, I_LINE,    false, JSON_ELEMENT               },
	{ I_LINE,  I_ARMS,    true,  "branches"                 },
};

struct index_machine {
	struct json_walk walk;
	struct index_builder *builder;
	uint64_t start;
	uint32_t name;
};

static void
on_index_text(struct index_machine *m, const struct json_value *v)
{
	char text[32];

	if (v->place == I_FOLDER)
		index_base(m->builder, v->text);
	else if (v->place == I_NAME)
		m->name = index_name(m->builder, v->text);
	if (v->place != I_VERSION)
		return;
	snprintf(text, sizeof text, "gcov %.*s", v->text.len > 20 ? 20 : (int)v->text.len,
		 v->text.at);
	index_producer(m->builder, span_of(text));
}

static bool
on_index(void *ctx, const struct json_value *v, struct reader_fault *fault)
{
	struct index_machine *m = ctx;

	(void)fault;
	if (v->event == JSON_STRING_END) {
		on_index_text(m, v);
	} else if (v->place == I_FILE && v->event == JSON_OBJECT) {
		m->start = v->at - 1;
		m->name = INDEX_NONE;
	} else if (v->place == I_FILE && v->event == JSON_OBJECT_END) {
		index_section(m->builder, m->name, 0, m->start, v->at);
	} else if (v->place == I_ARMS && v->end - v->start > 2) {
		index_branches(m->builder);
	}
	return true;
}

static void
index_open(void *state, struct index_builder *builder)
{
	struct index_machine *m = state;

	json_walk_open(&m->walk, index_rules, sizeof index_rules / sizeof index_rules[0], on_index,
		       m);
	m->builder = builder;
}

/* ---- a section --------------------------------------------------------------------------------- */

enum {
	S_FILE,
	S_LINES,
	S_LINE,
	S_NUMBER,
	S_COUNT,
	S_UNEXECUTED,
	S_IN_FUNCTION,
	S_ARMS,
	S_ARM,
	S_ARM_COUNT,
	S_ARM_THROW,
	S_ARM_BLOCK,
	S_FUNCTIONS,
	S_FUNCTION,
	S_FUNCTION_NAME,
	S_FUNCTION_PLAIN_NAME,
	S_FUNCTION_FIRST,
	S_FUNCTION_LAST,
	S_FUNCTION_COUNT,
};

static const struct json_rule section_rules[] = {
	{S_FILE,       S_LINES,               false, "lines"           },
	{ S_LINES,     S_LINE,                false, JSON_ELEMENT      },
	{ S_LINE,      S_NUMBER,              false, "line_number"     },
	{ S_LINE,      S_COUNT,               false, "count"           },
	{ S_LINE,      S_UNEXECUTED,          false, "unexecuted_block"},
	{ S_LINE,      S_IN_FUNCTION,         false, "function_name"   },
	{ S_LINE,      S_ARMS,                false, "branches"        },
	{ S_ARMS,      S_ARM,                 false, JSON_ELEMENT      },
	{ S_ARM,       S_ARM_COUNT,           false, "count"           },
	{ S_ARM,       S_ARM_THROW,           false, "throw"           },
	{ S_ARM,       S_ARM_BLOCK,           false, "source_block_id" },
	{ S_FILE,      S_FUNCTIONS,           false, "functions"       },
	{ S_FUNCTIONS, S_FUNCTION,            false, JSON_ELEMENT      },
	{ S_FUNCTION,  S_FUNCTION_NAME,       false, "name"            },
	{ S_FUNCTION,  S_FUNCTION_PLAIN_NAME, false, "demangled_name"  },
	{ S_FUNCTION,  S_FUNCTION_FIRST,      false, "start_line"      },
	{ S_FUNCTION,  S_FUNCTION_LAST,       false, "end_line"        },
	{ S_FUNCTION,  S_FUNCTION_COUNT,      false, "execution_count" },
};

struct arm {
	uint64_t count, block; /* block: from 1; 0 if the report does not say */
	bool throws;
};

struct section_machine {
	struct json_walk walk;
	struct report *report;

	/* The line that is being read. */
	uint64_t number, count;
	bool unexecuted, in_function, below_zero;
	struct arm *arms;
	size_t arm_count, arm_cap;

	/* The function. */
	struct buf name, plain_name;
	uint64_t first, last, runs;
};

/* The decision of an arm: a number for each block, in the order in which they come. */
static uint32_t
group_of(const struct section_machine *m, size_t arm, uint32_t last)
{
	if (arm == 0)
		return 0;
	return m->arms[arm].block == m->arms[arm - 1].block ? last : last + 1;
}

static void
add_arms(struct section_machine *m)
{
	uint32_t group = 0, place = 0;
	char label[48];

	for (size_t i = 0; i < m->arm_count; i++) {
		uint32_t last = group;

		group = group_of(m, i, last);
		place = group != last ? 1 : place + 1;
		snprintf(label, sizeof label, "branch %u%s", (unsigned)place,
			 m->arms[i].throws ? " (exception)" : "");
		report_add_branch(m->report, m->number, group, span_of(label), m->arms[i].count,
				  m->arms[i].throws ? REPORT_ALONE : 0);
	}
}

/* A line outside of all functions has a count of -1. */
static void
end_line(struct section_machine *m)
{
	if (m->below_zero && !m->in_function)
		return;
	report_add_line(m->report, m->number, m->count,
			m->unexecuted && m->count > 0 ? REPORT_PARTIAL : 0);
	add_arms(m);
}

static void
begin_line(struct section_machine *m)
{
	m->number = m->count = 0;
	m->unexecuted = m->in_function = m->below_zero = false;
	m->arm_count = 0;
}

static void
end_function(struct section_machine *m)
{
	const struct buf *name = m->plain_name.len > 0 ? &m->plain_name : &m->name;

	report_add_function(m->report, buf_span(name), m->first, m->last, m->runs);
}

static void
begin_function(struct section_machine *m)
{
	buf_reset(&m->name);
	buf_reset(&m->plain_name);
	m->first = m->last = m->runs = 0;
}

static void
begin_arm(struct section_machine *m)
{
	m->arms = mem_grow(m->arms, m->arm_count, &m->arm_cap, sizeof *m->arms);
	m->arms[m->arm_count++] = (struct arm){ 0 };
}

static void
on_edge(struct section_machine *m, const struct json_value *v)
{
	bool begins = v->event == JSON_OBJECT;

	if (v->place == S_LINE)
		begins ? begin_line(m) : end_line(m);
	else if (v->place == S_FUNCTION)
		begins ? begin_function(m) : end_function(m);
	else if (v->place == S_ARM && begins)
		begin_arm(m);
}

static void
on_scalar(struct section_machine *m, const struct json_value *v)
{
	uint64_t n = json_value_count(v);

	switch (v->place) {
	case S_NUMBER:
		m->number = n;
		break;
	case S_COUNT:
		m->count = n;
		m->below_zero = v->text.len > 0 && *v->text.at == '-';
		break;
	case S_UNEXECUTED:
		m->unexecuted = n != 0;
		break;
	case S_IN_FUNCTION:
		m->in_function = v->text.len > 0;
		break;
	case S_ARM_COUNT:
		m->arms[m->arm_count - 1].count = n;
		break;
	case S_ARM_THROW:
		m->arms[m->arm_count - 1].throws = n != 0;
		break;
	case S_ARM_BLOCK:
		m->arms[m->arm_count - 1].block = report_add_hits(n, 1);
		break;
	case S_FUNCTION_NAME:
		buf_reset(&m->name);
		buf_add(&m->name, v->text);
		break;
	case S_FUNCTION_PLAIN_NAME:
		buf_reset(&m->plain_name);
		buf_add(&m->plain_name, v->text);
		break;
	case S_FUNCTION_FIRST:
		m->first = n;
		break;
	case S_FUNCTION_LAST:
		m->last = n;
		break;
	case S_FUNCTION_COUNT:
		m->runs = n;
		break;
	default:
		break;
	}
}

static bool
on_section(void *ctx, const struct json_value *v, struct reader_fault *fault)
{
	struct section_machine *m = ctx;

	(void)fault;
	if (v->event == JSON_OBJECT || v->event == JSON_OBJECT_END)
		on_edge(m, v);
	else if (v->event != JSON_ARRAY && v->event != JSON_ARRAY_END)
		on_scalar(m, v);
	return true;
}

static void
section_open(void *state, const struct data_index *index, struct report *report)
{
	struct section_machine *m = state;

	(void)index;
	json_walk_open(&m->walk, section_rules, sizeof section_rules / sizeof section_rules[0],
		       on_section, m);
	m->report = report;
	report->rule = REPORT_SUM;
	report->has_counts = true;
}

static bool
section_close(void *state, bool whole, struct reader_fault *fault)
{
	struct section_machine *m = state;

	free(m->arms);
	buf_free(&m->name);
	buf_free(&m->plain_name);
	return json_machine_section_close(state, whole, fault);
}

static const struct report_reader reader = {
	.index_size = sizeof(struct index_machine),
	.index_open = index_open,
	.index_feed = json_machine_feed,
	.index_close = json_machine_index_close,
	.section_size = sizeof(struct section_machine),
	.section_open = section_open,
	.section_begin = json_machine_section_begin,
	.section_feed = json_machine_feed,
	.section_end = json_machine_section_end,
	.section_close = section_close,
};

const struct data_format gcov_json_format = {
	.name = "gcov",
	.sniff = sniff,
	.detail = 65,
	.reader = &reader,
};
