/*
 * simplecov.c - coverage/.resultset.json, and the coverage.json of simplecov's JSON formatter.
 *
 * A result set holds a result for each command (RSpec, Cucumber ...), which simplecov unites when it
 * reports (lib/simplecov/combine, 0.22): a line that one command calls no code and no other ran is no
 * code. Results that are more than merge_timeout (600 s) older than the newest are stale and left
 * out. The time of a result stands behind its files, so the index gives each command a number and notes
 * which of the first 32 are stale.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/name_set.h"
#include "formats.h"
#include "json_probe.h"
#include "json_walk.h"

#define COMMANDS_MAX  32
#define MERGE_TIMEOUT 600

static bool
sniff_set(struct span head)
{
	static const char *const patterns[] = { "* coverage * lines []", "* coverage * []", NULL };

	return json_probe(head, patterns);
}

static bool
sniff_json(struct span head)
{
	static const char *const patterns[] = { "meta simplecov_version", NULL };

	return json_probe(head, patterns);
}

/* ---- the index of a result set ----------------------------------------------------------------- */

enum { I_ROOT, I_COMMAND, I_COVERAGE, I_FILE, I_LINES, I_BRANCHES, I_DECISION, I_TIME };

static const struct json_rule set_rules[] = {
	{I_ROOT,      I_COMMAND,  false, JSON_ANY_KEY},
	{ I_COMMAND,  I_COVERAGE, false, "coverage"  },
	{ I_COVERAGE, I_FILE,     false, JSON_ANY_KEY},
	{ I_FILE,     I_BRANCHES, false, "branches"  },
	{ I_BRANCHES, I_DECISION, true,  JSON_ANY_KEY},
	{ I_COMMAND,  I_TIME,     false, "timestamp" },
};

struct index_machine {
	struct json_walk walk;
	struct index_builder *builder;
	uint64_t times[COMMANDS_MAX];
	uint32_t commands;
	uint64_t start;
	uint32_t name;
};

static void
on_set_file(struct index_machine *m, const struct json_value *v)
{
	if (v->event == JSON_OBJECT || v->event == JSON_ARRAY) {
		m->start = v->at - 1;
		m->name = index_name(m->builder, v->key);
	} else if (v->event == JSON_OBJECT_END || v->event == JSON_ARRAY_END) {
		index_section(m->builder, m->name, m->commands, m->start, v->at);
	}
}

static bool
on_set(void *ctx, const struct json_value *v, struct reader_fault *fault)
{
	struct index_machine *m = ctx;

	(void)fault;
	if (v->place == I_FILE)
		on_set_file(m, v);
	else if (v->place == I_DECISION)
		index_branches(m->builder);
	else if (v->place == I_TIME && m->commands < COMMANDS_MAX)
		m->times[m->commands] = json_value_count(v);
	else if (v->place == I_COMMAND && v->event == JSON_OBJECT_END)
		m->commands++;
	return true;
}

static void
open_index(struct index_machine *m, struct index_builder *builder, const struct json_rule *rules,
	   size_t count, json_value_fn *on_value)
{
	json_walk_open(&m->walk, rules, count, on_value, m);
	m->builder = builder;
}

static void
set_index_open(void *state, struct index_builder *builder)
{
	open_index(state, builder, set_rules, sizeof set_rules / sizeof set_rules[0], on_set);
}

/* One bit a command: it is stale. A command without a time is not. */
static void
note_stale(struct index_machine *m)
{
	uint32_t count = m->commands < COMMANDS_MAX ? m->commands : COMMANDS_MAX;
	uint32_t stale = 0, mask = 0;
	uint64_t newest = 0;
	char text[96];

	for (uint32_t i = 0; i < count; i++)
		newest = m->times[i] > newest ? m->times[i] : newest;
	for (uint32_t i = 0; i < count; i++) {
		if (m->times[i] != 0 && newest - m->times[i] > MERGE_TIMEOUT) {
			mask |= UINT32_C(1) << i;
			stale++;
		}
	}
	index_note(m->builder, mask);
	if (stale == 0)
		return;
	snprintf(text, sizeof text,
		 "%" PRIu32 " of %" PRIu32 " results are left out: over 10 minutes older than "
		 "the newest",
		 stale, m->commands);
	index_warning(m->builder, text);
}

static bool
set_index_close(void *state, bool whole, struct reader_fault *fault)
{
	if (whole)
		note_stale(state);
	return json_machine_index_close(state, whole, fault);
}

/* ---- the index of the JSON formatter's report -------------------------------------------------- */

enum { J_ROOT, J_META, J_VERSION, J_COVERAGE, J_FILE, J_BRANCHES };

static const struct json_rule json_rules[] = {
	{J_ROOT,      J_META,     false, "meta"             },
	{ J_META,     J_VERSION,  false, "simplecov_version"},
	{ J_ROOT,     J_COVERAGE, false, "coverage"         },
	{ J_COVERAGE, J_FILE,     false, JSON_ANY_KEY       },
	{ J_FILE,     J_BRANCHES, true,  "branches"         },
};

static bool
on_json(void *ctx, const struct json_value *v, struct reader_fault *fault)
{
	struct index_machine *m = ctx;
	char text[32];

	(void)fault;
	if (v->place == J_FILE) {
		on_set_file(m, v);
	} else if (v->place == J_BRANCHES && v->end - v->start > 2) {
		index_branches(m->builder);
	} else if (v->place == J_VERSION && v->event == JSON_STRING_END) {
		snprintf(text, sizeof text, "simplecov %.*s",
			 v->text.len > 20 ? 20 : (int)v->text.len, v->text.at);
		index_producer(m->builder, span_of(text));
	}
	return true;
}

static void
json_index_open(void *state, struct index_builder *builder)
{
	open_index(state, builder, json_rules, sizeof json_rules / sizeof json_rules[0], on_json);
}

/* ---- a section --------------------------------------------------------------------------------- */

/* A file is its lines (before 0.18), or has them. Arms are by name in a result set, a list elsewhere. */
enum {
	S_FILE,
	S_LINES,
	S_LINE,
	S_BRANCHES,
	S_DECISION,
	S_ARM,
	S_LISTED,
	S_LISTED_TYPE,
	S_LISTED_LINE,
	S_LISTED_INLINE,
	S_LISTED_COUNT,
};

static const struct json_rule section_rules[] = {
	{S_FILE,      S_LINE,          false, JSON_ELEMENT},
	{ S_FILE,     S_LINES,         false, "lines"     },
	{ S_LINES,    S_LINE,          false, JSON_ELEMENT},
	{ S_FILE,     S_BRANCHES,      false, "branches"  },
	{ S_BRANCHES, S_DECISION,      false, JSON_ANY_KEY},
	{ S_DECISION, S_ARM,           false, JSON_ANY_KEY},
	{ S_BRANCHES, S_LISTED,        false, JSON_ELEMENT},
	{ S_LISTED,   S_LISTED_TYPE,   false, "type"      },
	{ S_LISTED,   S_LISTED_LINE,   false, "start_line"},
	{ S_LISTED,   S_LISTED_INLINE, false, "inline"    },
	{ S_LISTED,   S_LISTED_COUNT,  false, "coverage"  },
};

/* A line: no code, or how often it ran. */
#define NO_CODE UINT64_MAX

struct section_machine {
	struct json_walk walk;
	struct report *report;
	uint32_t stale;
	bool left_out; /* the section that is being read */
	unsigned sections;

	uint64_t *lines;
	size_t line_count, line_cap;
	size_t line; /* lines of this section so far */

	struct name_set decisions;
	uint32_t decision_count, group;
	uint64_t decision_line;

	/* An arm of a list. */
	struct buf type;
	uint64_t start, count;
	bool is_inline, ignored;
};

/* What Ruby's inspect makes of an array: [:if, 3, 4, 4, 10, 7] is type, number, where it begins (line,
 * column), where it ends. */
struct inspected {
	struct span type;
	uint64_t numbers[4]; /* as far as the line where it ends */
};

static struct inspected
read_inspected(struct span text)
{
	struct inspected r = { .type = SPAN("") };
	size_t end = 0;

	while (text.len > 0 && strchr("[:\"", *text.at) != NULL && *text.at != '\0')
		span_skip(&text, 1);
	while (end < text.len && text.at[end] != ',' && text.at[end] != '"')
		end++;
	r.type = span_cut(text, 0, end);
	for (unsigned i = 0; i < 4; i++) {
		while (end < text.len && (text.at[end] < '0' || text.at[end] > '9'))
			end++;
		for (; end < text.len && text.at[end] >= '0' && text.at[end] <= '9'; end++) {
			if (r.numbers[i] <= LINE_SET_MAX)
				r.numbers[i] = r.numbers[i] * 10 + (uint64_t)(text.at[end] - '0');
		}
	}
	return r;
}

/* A case has several arms of the same type, so these say where they are. */
static void
add_named_arm(struct section_machine *m, const struct json_value *v)
{
	struct inspected arm = read_inspected(v->key);
	int len = arm.type.len > 40 ? 40 : (int)arm.type.len;
	size_t before = m->report->branch_count;
	char label[96];

	if (span_equal(arm.type, SPAN("when")) || span_equal(arm.type, SPAN("in")))
		snprintf(label, sizeof label, "%.*s at %" PRIu64 ":%" PRIu64, len, arm.type.at,
			 arm.numbers[1], arm.numbers[2] + 1);
	else
		snprintf(label, sizeof label, "%.*s", len, arm.type.at);
	report_add_branch(m->report, m->decision_line, m->group, span_of(label),
			  json_value_count(v), 0);
	if (m->report->branch_count > before)
		report_place_branch(m->report, arm.numbers[1], arm.numbers[3]);
}

static void
begin_decision(struct section_machine *m, struct span key)
{
	uint32_t *number = name_set_put(&m->decisions, 0, key);

	if (*number == 0)
		*number = ++m->decision_count;
	m->group = *number - 1;
	m->decision_line = read_inspected(key).numbers[1];
}

/* simplecov's Branch#report_line, 0.22: an arm on lines of its own is told of the line before. */
static void
add_listed_arm(struct section_machine *m)
{
	uint64_t line = m->is_inline || m->start == 0 ? m->start : m->start - 1;

	if (!m->ignored)
		report_add_branch(m->report, line, m->group, buf_span(&m->type), m->count, 0);
	m->group++;
}

static void
begin_listed_arm(struct section_machine *m)
{
	buf_reset(&m->type);
	m->start = m->count = 0;
	m->is_inline = m->ignored = false;
}

/* As LinesCombiner, 0.22: what is 0 or nothing in both, and nothing in one, is nothing. */
static uint64_t
unite_hits(uint64_t a, uint64_t b)
{
	uint64_t sum = report_add_hits(a == NO_CODE ? 0 : a, b == NO_CODE ? 0 : b);

	if (sum == 0 && (a == NO_CODE || b == NO_CODE))
		return NO_CODE;
	return sum == NO_CODE ? sum - 1 : sum;
}

static void
on_line(struct section_machine *m, const struct json_value *v)
{
	uint64_t hits = v->event == JSON_NUMBER ? json_count(v->text) : NO_CODE;
	size_t at = m->line;

	if (v->event == JSON_STRING_END && span_equal(v->text, SPAN("ignored")))
		report_add_excluded(m->report, at + 1);
	if (at >= LINE_SET_MAX)
		return;
	m->line++;
	if (hits == NO_CODE && v->event == JSON_NUMBER)
		hits--;
	if (at < m->line_count) {
		m->lines[at] = unite_hits(m->lines[at], hits);
		return;
	}
	m->lines = mem_grow(m->lines, m->line_count, &m->line_cap, sizeof *m->lines);
	m->lines[m->line_count++] = m->sections > 0 ? unite_hits(NO_CODE, hits) : hits;
}

static void
on_edge(struct section_machine *m, const struct json_value *v)
{
	if (v->place == S_DECISION && v->event == JSON_OBJECT)
		begin_decision(m, v->key);
	else if (v->place == S_LISTED && v->event == JSON_OBJECT)
		begin_listed_arm(m);
	else if (v->place == S_LISTED && v->event == JSON_OBJECT_END)
		add_listed_arm(m);
}

static void
on_listed(struct section_machine *m, const struct json_value *v)
{
	if (v->place == S_LISTED_TYPE)
		buf_add(&m->type, v->text);
	else if (v->place == S_LISTED_LINE)
		m->start = json_value_count(v);
	else if (v->place == S_LISTED_INLINE)
		m->is_inline = v->event == JSON_TRUE;
	else if (v->place == S_LISTED_COUNT) {
		m->count = json_value_count(v);
		m->ignored = v->event == JSON_STRING_END;
	}
}

static bool
on_section(void *ctx, const struct json_value *v, struct reader_fault *fault)
{
	struct section_machine *m = ctx;

	(void)fault;
	if (m->left_out)
		return true;
	if (v->event == JSON_OBJECT || v->event == JSON_OBJECT_END)
		on_edge(m, v);
	else if (v->event == JSON_ARRAY || v->event == JSON_ARRAY_END)
		return true;
	else if (v->place == S_LINE)
		on_line(m, v);
	else if (v->place == S_ARM)
		add_named_arm(m, v);
	else
		on_listed(m, v);
	return true;
}

static void
section_open(void *state, const struct data_index *index, struct report *report)
{
	struct section_machine *m = state;

	json_walk_open(&m->walk, section_rules, sizeof section_rules / sizeof section_rules[0],
		       on_section, m);
	m->report = report;
	m->stale = index->note;
	/* Lines are added once, united; arms of several commands add up. */
	report->rule = REPORT_SUM;
	report->has_counts = true;
}

static void
section_begin(void *state, const struct index_section *section)
{
	struct section_machine *m = state;

	json_walk_again(&m->walk);
	m->left_out = section->kind < COMMANDS_MAX && (m->stale >> section->kind & 1) != 0;
	m->line = 0;
	m->group = 0;
}

static bool
section_end(void *state, struct reader_fault *fault)
{
	struct section_machine *m = state;

	if (!json_walk_finish(&m->walk, fault))
		return false;
	/* What this command does not speak of is no code to it. */
	for (size_t i = m->line; i < m->line_count && !m->left_out; i++)
		m->lines[i] = unite_hits(m->lines[i], NO_CODE);
	m->sections += !m->left_out;
	return true;
}

static bool
section_close(void *state, bool whole, struct reader_fault *fault)
{
	struct section_machine *m = state;

	for (size_t i = 0; i < m->line_count && whole; i++) {
		if (m->lines[i] != NO_CODE)
			report_add_line(m->report, i + 1, m->lines[i], 0);
	}
	free(m->lines);
	name_set_free(&m->decisions);
	buf_free(&m->type);
	return json_machine_section_close(state, whole, fault);
}

static const struct report_reader set_reader = {
	.index_size = sizeof(struct index_machine),
	.index_open = set_index_open,
	.index_feed = json_machine_feed,
	.index_close = set_index_close,
	.section_size = sizeof(struct section_machine),
	.section_open = section_open,
	.section_begin = section_begin,
	.section_feed = json_machine_feed,
	.section_end = section_end,
	.section_close = section_close,
};

static const struct report_reader json_reader = {
	.index_size = sizeof(struct index_machine),
	.index_open = json_index_open,
	.index_feed = json_machine_feed,
	.index_close = json_machine_index_close,
	.section_size = sizeof(struct section_machine),
	.section_open = section_open,
	.section_begin = section_begin,
	.section_feed = json_machine_feed,
	.section_end = section_end,
	.section_close = section_close,
};

const struct data_format simplecov_format = {
	.name = "SimpleCov",
	.sniff = sniff_set,
	.detail = 60,
	.reader = &set_reader,
};

const struct data_format simplecov_json_format = {
	.name = "SimpleCov JSON",
	.sniff = sniff_json,
	.detail = 60,
	.reader = &json_reader,
};
