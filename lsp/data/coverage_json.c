/*
 * coverage_json.c - what `coverage json` writes, formats 1 to 3 (coverage/jsonreport.py, 7.16).
 *
 * It says whether a line ran, not how often. An arm is an arc: [line, target], and a target below 0 is
 * the exit of the function, class or module that begins there. Of functions, only those of 7.13.1 and
 * later are taken, which say where they begin; their lines are those of the file, told again.
 */
#include <stdio.h>

#include "formats.h"
#include "json_probe.h"
#include "json_walk.h"

static bool
sniff(struct span head)
{
	static const char *const patterns[] = { "meta branch_coverage", "files * executed_lines",
						"files * excluded_lines", NULL };

	return json_probe(head, patterns);
}

/* ---- the index --------------------------------------------------------------------------------- */

enum { I_ROOT, I_META, I_VERSION, I_BRANCHES, I_FILES, I_FILE };

static const struct json_rule index_rules[] = {
	{I_ROOT,   I_META,     false, "meta"           },
	{ I_META,  I_VERSION,  false, "version"        },
	{ I_META,  I_BRANCHES, false, "branch_coverage"},
	{ I_ROOT,  I_FILES,    false, "files"          },
	{ I_FILES, I_FILE,     true,  JSON_ANY_KEY     },
};

struct index_machine {
	struct json_walk walk;
	struct index_builder *builder;
};

static void
name_producer(struct index_builder *b, struct span version)
{
	char text[32];

	snprintf(text, sizeof text, "coverage.py %.*s", version.len > 19 ? 19 : (int)version.len,
		 version.at);
	index_producer(b, span_of(text));
}

static bool
on_index(void *ctx, const struct json_value *v, struct reader_fault *fault)
{
	struct index_machine *m = ctx;

	(void)fault;
	if (v->place == I_VERSION && v->event == JSON_STRING_END)
		name_producer(m->builder, v->text);
	else if (v->place == I_BRANCHES && v->event == JSON_TRUE)
		index_branches(m->builder);
	else if (v->place == I_FILE && v->first == '{')
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
}

/* ---- a section --------------------------------------------------------------------------------- */

enum {
	S_FILE,
	S_EXECUTED,
	S_RAN,
	S_MISSING,
	S_MISSED,
	S_EXCLUDED,
	S_EXCLUDED_LINE,
	S_TAKEN,
	S_TAKEN_ARC,
	S_TAKEN_END,
	S_LEFT,
	S_LEFT_ARC,
	S_LEFT_END,
	S_FUNCTIONS,
	S_FUNCTION,
	S_FUNCTION_START,
	S_FUNCTION_EXECUTED,
	S_FUNCTION_RAN,
};

static const struct json_rule section_rules[] = {
	{S_FILE,               S_EXECUTED,          false, "executed_lines"   },
	{ S_EXECUTED,          S_RAN,               false, JSON_ELEMENT       },
	{ S_FILE,              S_MISSING,           false, "missing_lines"    },
	{ S_MISSING,           S_MISSED,            false, JSON_ELEMENT       },
	{ S_FILE,              S_EXCLUDED,          false, "excluded_lines"   },
	{ S_EXCLUDED,          S_EXCLUDED_LINE,     false, JSON_ELEMENT       },
	{ S_FILE,              S_TAKEN,             false, "executed_branches"},
	{ S_TAKEN,             S_TAKEN_ARC,         false, JSON_ELEMENT       },
	{ S_TAKEN_ARC,         S_TAKEN_END,         false, JSON_ELEMENT       },
	{ S_FILE,              S_LEFT,              false, "missing_branches" },
	{ S_LEFT,              S_LEFT_ARC,          false, JSON_ELEMENT       },
	{ S_LEFT_ARC,          S_LEFT_END,          false, JSON_ELEMENT       },
	{ S_FILE,              S_FUNCTIONS,         false, "functions"        },
	{ S_FUNCTIONS,         S_FUNCTION,          false, JSON_ANY_KEY       },
	{ S_FUNCTION,          S_FUNCTION_START,    false, "start_line"       },
	{ S_FUNCTION,          S_FUNCTION_EXECUTED, false, "executed_lines"   },
	{ S_FUNCTION_EXECUTED, S_FUNCTION_RAN,      false, JSON_ELEMENT       },
};

struct section_machine {
	struct json_walk walk;
	struct report *report;
	struct line_set decided; /* lines one of whose arms was taken */
	uint64_t line;           /* of the arc that is being read */
	struct buf name;         /* of the function */
	uint64_t function_start;
	bool function_ran;
};

/* Lambdas and comprehensions leave by exits of their own, which are told apart from the line's. */
static void
add_arc(struct section_machine *m, struct span target, bool taken)
{
	bool exits = target.len > 0 && *target.at == '-';
	uint64_t to = json_count(exits ? span_cut(target, 1, target.len) : target);
	uint32_t line = m->line > LINE_SET_MAX ? 0 : (uint32_t)m->line;
	bool never = !taken && !line_set_has(&m->decided, line);
	char label[48] = "exit";

	if (!exits)
		snprintf(label, sizeof label, "jump to line %llu", (unsigned long long)to);
	if (taken)
		line_set_add(&m->decided, line);
	report_add_branch(m->report, m->line, exits && to == m->line, span_of(label), taken,
			  never ? REPORT_NEVER : 0);
}

static void
on_function(struct section_machine *m, const struct json_value *v)
{
	if (v->event == JSON_OBJECT) {
		buf_reset(&m->name);
		buf_add(&m->name, v->key);
		m->function_start = 0;
		m->function_ran = false;
	} else if (v->event == JSON_OBJECT_END && m->name.len > 0 && m->function_start > 0) {
		report_add_function(m->report, buf_span(&m->name), m->function_start, 0,
				    m->function_ran);
	}
}

static void
on_arc_end(struct section_machine *m, const struct json_value *v)
{
	if (v->index == 0)
		m->line = json_count(v->text);
	else if (v->index == 1)
		add_arc(m, v->text, v->place == S_TAKEN_END);
}

static bool
on_section(void *ctx, const struct json_value *v, struct reader_fault *fault)
{
	struct section_machine *m = ctx;

	(void)fault;
	if (v->place == S_FUNCTION)
		on_function(m, v);
	if (v->event != JSON_NUMBER)
		return true;
	switch (v->place) {
	case S_RAN:
	case S_MISSED:
		report_add_line(m->report, json_count(v->text), v->place == S_RAN, 0);
		break;
	case S_EXCLUDED_LINE:
		report_add_excluded(m->report, json_count(v->text));
		break;
	case S_TAKEN_END:
	case S_LEFT_END:
		on_arc_end(m, v);
		break;
	case S_FUNCTION_START:
		m->function_start = json_count(v->text);
		break;
	case S_FUNCTION_RAN:
		m->function_ran = true;
		break;
	default:
		break;
	}
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
	report->rule = REPORT_MAX;
	report->has_counts = false;
}

static bool
section_close(void *state, bool whole, struct reader_fault *fault)
{
	struct section_machine *m = state;

	line_set_free(&m->decided);
	buf_free(&m->name);
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

const struct data_format coverage_json_format = {
	.name = "coverage.py JSON",
	.sniff = sniff,
	.detail = 90,
	.reader = &reader,
};
