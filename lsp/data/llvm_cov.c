/*
 * llvm_cov.c - `llvm-cov export`, and who calls it: cargo-llvm-cov, swift, Zig. Versions 2 and 3.
 *
 * A file is a list of segments, places where the count changes, out of which llvm's LineCoverageStats
 * (llvm/lib/ProfileData/Coverage/CoverageMapping.cpp, 21) makes lines. Functions stand in a list of
 * their own after all files: they are sections of another kind, a run of them one section.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "formats.h"
#include "json_probe.h"
#include "json_walk.h"

/* Lines that no segment begins on are told up to this many a file: each costs memory, and no report. */
#define FILLED_MAX 1000000

enum section_kind { SECTION_FILE, SECTION_FUNCTIONS };

static bool
sniff(struct span head)
{
	static const char *const patterns[] = {
		"data [] files [] branches", "data [] files [] expansions",
		"data [] files [] filename", "data [] files [] segments",
		"data [] files [] summary",  NULL
	};

	return json_probe(head, patterns);
}

/* ---- the index --------------------------------------------------------------------------------- */

enum {
	I_ROOT,
	I_VERSION,
	I_CARGO,
	I_CARGO_VERSION,
	I_DATA,
	I_EXPORT,
	I_FILES,
	I_FILE,
	I_FILE_NAME,
	I_SEGMENTS,
	I_BRANCHES,
	I_FUNCTIONS,
	I_FUNCTION,
	I_FUNCTION_FILES,
	I_FUNCTION_FILE,
};

static const struct json_rule index_rules[] = {
	{I_ROOT,            I_VERSION,        false, "version"       },
	{ I_ROOT,           I_CARGO,          false, "cargo_llvm_cov"},
	{ I_CARGO,          I_CARGO_VERSION,  false, "version"       },
	{ I_ROOT,           I_DATA,           false, "data"          },
	{ I_DATA,           I_EXPORT,         false, JSON_ELEMENT    },
	{ I_EXPORT,         I_FILES,          false, "files"         },
	{ I_FILES,          I_FILE,           false, JSON_ELEMENT    },
	{ I_FILE,           I_FILE_NAME,      false, "filename"      },
	{ I_FILE,           I_SEGMENTS,       true,  "segments"      },
	{ I_FILE,           I_BRANCHES,       true,  "branches"      },
	{ I_EXPORT,         I_FUNCTIONS,      false, "functions"     },
	{ I_FUNCTIONS,      I_FUNCTION,       false, JSON_ELEMENT    },
	{ I_FUNCTION,       I_FUNCTION_FILES, false, "filenames"     },
	{ I_FUNCTION_FILES, I_FUNCTION_FILE,  false, JSON_ELEMENT    },
};

struct index_machine {
	struct json_walk walk;
	struct index_builder *builder;
	uint64_t start; /* of the file or function that is being read */
	uint32_t name;  /* and its name */
	uint32_t last_name;
	uint64_t last_end; /* of the function before it, and its name */
	bool any_file, any_segments, by_cargo;
};

static void
name_producer(struct index_machine *m, const char *format, struct span version)
{
	char text[32];

	snprintf(text, sizeof text, format, version.len > 12 ? 12 : (int)version.len, version.at);
	index_producer(m->builder, span_of(text));
}

/* A function's section begins where the last one's ended, so that they become one. */
static void
on_index_end(struct index_machine *m, const struct json_value *v)
{
	if (v->place == I_FILE) {
		index_section(m->builder, m->name, SECTION_FILE, m->start, v->at);
		m->last_name = INDEX_NONE;
	} else if (v->place == I_FUNCTION) {
		index_section(m->builder, m->name, SECTION_FUNCTIONS,
			      m->name == m->last_name ? m->last_end : m->start, v->at);
		m->last_name = m->name;
		m->last_end = v->at;
	} else if (v->place == I_FUNCTIONS) {
		m->last_name = INDEX_NONE;
	}
}

static void
on_index_text(struct index_machine *m, const struct json_value *v)
{
	if (v->place == I_FILE_NAME || (v->place == I_FUNCTION_FILE && v->index == 0)) {
		m->name = index_name(m->builder, v->text);
	} else if (v->place == I_CARGO_VERSION) {
		m->by_cargo = true;
		name_producer(m, "cargo-llvm-cov %.*s", v->text);
	} else if (v->place == I_VERSION && !m->by_cargo) {
		name_producer(m, "llvm-cov, format %.*s", v->text);
	}
}

static bool
on_index(void *ctx, const struct json_value *v, struct reader_fault *fault)
{
	struct index_machine *m = ctx;

	(void)fault;
	if (v->event == JSON_OBJECT && (v->place == I_FILE || v->place == I_FUNCTION)) {
		m->start = v->at - 1;
		m->name = INDEX_NONE;
		m->any_file = true;
	} else if (v->event == JSON_OBJECT_END || v->event == JSON_ARRAY_END) {
		on_index_end(m, v);
	} else if (v->event == JSON_STRING_END) {
		on_index_text(m, v);
	} else if (v->place == I_SEGMENTS) {
		m->any_segments = true;
	} else if (v->place == I_BRANCHES && v->end - v->start > 2) {
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
	m->last_name = INDEX_NONE;
}

static bool
index_close(void *state, bool whole, struct reader_fault *fault)
{
	struct index_machine *m = state;

	if (whole && m->any_file && !m->any_segments)
		index_warning(m->builder, "it has no lines, only sums: it was made with "
					  "-summary-only");
	return json_machine_index_close(state, whole, fault);
}

/* ---- a section --------------------------------------------------------------------------------- */

enum {
	S_FILE,
	S_SEGMENTS,
	S_SEGMENT,
	S_SEGMENT_ITEM,
	S_BRANCHES,
	S_BRANCH,
	S_BRANCH_ITEM,
};

static const struct json_rule file_rules[] = {
	{S_FILE,      S_SEGMENTS,     false, "segments"  },
	{ S_SEGMENTS, S_SEGMENT,      false, JSON_ELEMENT},
	{ S_SEGMENT,  S_SEGMENT_ITEM, false, JSON_ELEMENT},
	{ S_FILE,     S_BRANCHES,     false, "branches"  },
	{ S_BRANCHES, S_BRANCH,       false, JSON_ELEMENT},
	{ S_BRANCH,   S_BRANCH_ITEM,  false, JSON_ELEMENT},
};

enum {
	F_LIST,
	F_FUNCTION,
	F_NAME,
	F_COUNT,
	F_REGIONS,
	F_REGION,
	F_REGION_ITEM,
};

static const struct json_rule function_rules[] = {
	{F_LIST,      F_FUNCTION,    false, JSON_ELEMENT},
	{ F_FUNCTION, F_NAME,        false, "name"      },
	{ F_FUNCTION, F_COUNT,       false, "count"     },
	{ F_FUNCTION, F_REGIONS,     false, "regions"   },
	{ F_REGIONS,  F_REGION,      false, JSON_ELEMENT},
	{ F_REGION,   F_REGION_ITEM, false, JSON_ELEMENT},
};

/* The items of a segment: line, column, count, has a count, is a region's entry, is a gap. */
enum { AT_LINE, AT_COLUMN, AT_COUNT, AT_HAS_COUNT, AT_ENTRY, AT_GAP };

/* And of a branch: where it begins and ends (line, column), how often it was true and false. */
enum { ITEM_TRUE = 4, ITEM_FALSE = 5, BRANCH_ITEMS = 6 };

struct branch {
	uint64_t items[BRANCH_ITEMS];
};

struct section_machine {
	struct json_walk walk;
	struct report *report;
	bool functions;    /* it is a section of these */
	uint64_t items[6]; /* of the segment, branch or region that is being read */
	unsigned item_count;

	/* The segment before the line, and what those on it say together. */
	bool wrapped, wrapped_counts;
	uint64_t wrapped_hits, line, start_hits;
	bool any, skips, starts, entry_counts;
	uint64_t last_hits;
	bool last_counts;
	uint32_t filled;

	struct branch *branches;
	size_t branch_count, branch_cap;

	struct buf name;
	uint64_t count, first, last;
};

/* The line is complete: as LineCoverageStats. */
static void
end_line(struct section_machine *m)
{
	bool mapped =
		(!m->skips && ((m->wrapped && m->wrapped_counts) || m->starts)) || m->entry_counts;
	uint64_t hits = m->wrapped ? m->wrapped_hits : 0;

	if (!m->any)
		return;
	if (m->starts && m->start_hits > hits)
		hits = m->start_hits;
	if (mapped)
		report_add_line(m->report, m->line, hits, 0);
	m->wrapped = true;
	m->wrapped_counts = m->last_counts;
	m->wrapped_hits = m->last_hits;
	m->any = m->skips = m->starts = m->entry_counts = false;
	m->start_hits = 0;
}

/* Lines without a segment, up to the one of the next, are as the last segment left them. */
static void
fill_lines(struct section_machine *m, uint64_t to)
{
	for (uint64_t line = m->line + 1; line < to && line <= LINE_SET_MAX; line++) {
		if (!m->wrapped_counts || m->filled == FILLED_MAX)
			break;
		report_add_line(m->report, line, m->wrapped_hits, 0);
		m->filled++;
	}
}

static bool
end_segment(struct section_machine *m, uint64_t at, struct reader_fault *fault)
{
	const uint64_t *s = m->items;
	bool counts = s[AT_HAS_COUNT] != 0, entry = s[AT_ENTRY] != 0;

	if (m->item_count <= AT_ENTRY)
		return reader_set_fault(fault, at, "a segment is not complete");
	if (s[AT_LINE] < m->line)
		return reader_set_fault(fault, at, "segments are not in the order of lines");
	if (s[AT_LINE] > m->line) {
		end_line(m);
		if (m->wrapped)
			fill_lines(m, s[AT_LINE]);
		m->line = s[AT_LINE];
	}
	if (!m->any)
		m->skips = entry && !counts;
	m->any = true;
	m->entry_counts = m->entry_counts || (entry && counts);
	if (entry && counts && s[AT_GAP] == 0) {
		m->starts = true;
		m->start_hits = s[AT_COUNT] > m->start_hits ? s[AT_COUNT] : m->start_hits;
	}
	m->last_counts = counts;
	m->last_hits = s[AT_COUNT];
	return true;
}

static bool
end_branch(struct section_machine *m, uint64_t at, struct reader_fault *fault)
{
	if (m->item_count < BRANCH_ITEMS)
		return reader_set_fault(fault, at, "a branch is not complete");
	m->branches = mem_grow(m->branches, m->branch_count, &m->branch_cap, sizeof *m->branches);
	memcpy(m->branches[m->branch_count++].items, m->items, sizeof m->branches[0].items);
	return true;
}

static int
compare_branches(const void *a, const void *b)
{
	const struct branch *x = a, *y = b;

	for (unsigned i = 0; i < ITEM_TRUE; i++) {
		if (x->items[i] != y->items[i])
			return x->items[i] < y->items[i] ? -1 : 1;
	}
	return 0;
}

/* A branch comes again for every instantiation of a template. One that is neither true nor false was
 * folded by the compiler, or stands behind another one that was never as it should be: llvm-cov leaves
 * such out, too. */
static void
add_branches(struct section_machine *m)
{
	uint32_t group = 0;

	if (m->branch_count > 0)
		qsort(m->branches, m->branch_count, sizeof *m->branches, compare_branches);
	for (size_t i = 0; i < m->branch_count; i++) {
		const uint64_t *items = m->branches[i].items;

		group = i == 0 || items[0] != m->branches[i - 1].items[0]             ? 0
			: compare_branches(&m->branches[i - 1], &m->branches[i]) != 0 ? group + 1
										      : group;
		if (items[ITEM_TRUE] == 0 && items[ITEM_FALSE] == 0)
			continue;
		report_add_branch(m->report, items[0], group, SPAN("true"), items[ITEM_TRUE], 0);
		report_add_branch(m->report, items[0], group, SPAN("false"), items[ITEM_FALSE], 0);
	}
	m->branch_count = 0;
}

static void
keep_item(struct section_machine *m, const struct json_value *v)
{
	if (v->index >= sizeof m->items / sizeof m->items[0])
		return;
	m->items[v->index] = json_value_count(v);
	m->item_count = v->index + 1;
}

static bool
on_file(void *ctx, const struct json_value *v, struct reader_fault *fault)
{
	struct section_machine *m = ctx;

	if (v->place == S_SEGMENT_ITEM || v->place == S_BRANCH_ITEM) {
		keep_item(m, v);
	} else if (v->event == JSON_ARRAY) {
		memset(m->items, 0, sizeof m->items);
		m->item_count = 0;
	} else if (v->event == JSON_ARRAY_END && v->place == S_SEGMENT) {
		return end_segment(m, v->at, fault);
	} else if (v->event == JSON_ARRAY_END && v->place == S_BRANCH) {
		return end_branch(m, v->at, fault);
	}
	return true;
}

/* A function begins with its first region: it is the whole body. */
static void
end_region(struct section_machine *m)
{
	if (m->first != 0 || m->item_count < 3)
		return;
	m->first = m->items[0];
	m->last = m->items[2];
}

static void
on_function_edge(struct section_machine *m, const struct json_value *v)
{
	if (v->event == JSON_OBJECT) {
		buf_reset(&m->name);
		m->count = m->first = m->last = 0;
	} else if (v->event == JSON_OBJECT_END && m->first != 0) {
		report_add_function(m->report, buf_span(&m->name), m->first, m->last, m->count);
	}
}

static bool
on_functions(void *ctx, const struct json_value *v, struct reader_fault *fault)
{
	struct section_machine *m = ctx;

	(void)fault;
	if (v->place == F_FUNCTION)
		on_function_edge(m, v);
	else if (v->place == F_NAME && v->event == JSON_STRING_END)
		buf_add(&m->name, v->text);
	else if (v->place == F_COUNT)
		m->count = json_value_count(v);
	else if (v->place == F_REGION_ITEM)
		keep_item(m, v);
	else if (v->place == F_REGION && v->event == JSON_ARRAY)
		m->item_count = 0;
	else if (v->place == F_REGION && v->event == JSON_ARRAY_END)
		end_region(m);
	return true;
}

static void
section_open(void *state, const struct data_index *index, struct report *report)
{
	struct section_machine *m = state;

	(void)index;
	m->report = report;
	/* Each line is told once; branches of several instantiations add up. */
	report->rule = REPORT_SUM;
	report->has_counts = true;
}

static void
section_begin(void *state, const struct index_section *section)
{
	struct section_machine *m = state;
	struct reader_fault none;

	json_walk_free(&m->walk);
	m->functions = section->kind == SECTION_FUNCTIONS;
	m->line = 0;
	m->any = m->wrapped = m->wrapped_counts = false;
	m->branch_count = 0;
	if (!m->functions) {
		json_walk_open(&m->walk, file_rules, sizeof file_rules / sizeof file_rules[0],
			       on_file, m);
		return;
	}
	json_walk_open(&m->walk, function_rules, sizeof function_rules / sizeof function_rules[0],
		       on_functions, m);
	/* A run of functions is a piece of an array. */
	json_walk_feed(&m->walk, SPAN("["), &none);
}

static bool
section_end(void *state, struct reader_fault *fault)
{
	struct section_machine *m = state;

	if (m->functions && !json_walk_feed(&m->walk, SPAN("]"), fault))
		return false;
	if (!json_walk_finish(&m->walk, fault))
		return false;
	end_line(m);
	add_branches(m);
	return true;
}

static bool
section_close(void *state, bool whole, struct reader_fault *fault)
{
	struct section_machine *m = state;

	free(m->branches);
	buf_free(&m->name);
	return json_machine_section_close(state, whole, fault);
}

static const struct report_reader reader = {
	.index_size = sizeof(struct index_machine),
	.index_open = index_open,
	.index_feed = json_machine_feed,
	.index_close = index_close,
	.section_size = sizeof(struct section_machine),
	.section_open = section_open,
	.section_begin = section_begin,
	.section_feed = json_machine_feed,
	.section_end = section_end,
	.section_close = section_close,
};

const struct data_format llvm_cov_format = {
	.name = "llvm-cov",
	.sniff = sniff,
	.detail = 65,
	.reader = &reader,
};
