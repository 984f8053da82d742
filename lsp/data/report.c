#include "data/report.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

uint64_t
report_add_hits(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static uint64_t
join_hits(enum report_rule rule, uint64_t a, uint64_t b)
{
	if (rule == REPORT_SUM)
		return report_add_hits(a, b);
	return a > b ? a : b;
}

static bool
is_line(uint64_t line)
{
	return line > 0 && line <= LINE_SET_MAX;
}

const char *
report_text(const struct report *r, size_t at)
{
	return r->texts.len == 0 ? "" : r->texts.at + at;
}

/* Keeps a text. Labels come again and again ("0", "1", "else"): the last few are found. */
static size_t
keep_text(struct report *r, struct span text)
{
	size_t *recent, at;
	const char *end = text.len == 0 ? NULL : memchr(text.at, '\0', text.len);

	if (r->texts.len == 0)
		buf_add_char(&r->texts, '\0');
	if (end != NULL)
		text.len = (size_t)(end - text.at);
	if (text.len == 0)
		return 0;
	recent = &r->recent[(text.len * 5 + (unsigned char)text.at[text.len - 1]) %
			    (sizeof r->recent / sizeof r->recent[0])];
	if (span_equal(span_of(report_text(r, *recent)), text))
		return *recent;
	at = r->texts.len;
	buf_add(&r->texts, text);
	buf_add_char(&r->texts, '\0');
	*recent = at;
	return at;
}

void
report_add_line(struct report *r, uint64_t line, uint64_t hits, unsigned flags)
{
	if (!is_line(line))
		return;
	r->lines = mem_grow(r->lines, r->line_count, &r->line_cap, sizeof *r->lines);
	r->lines[r->line_count++] = (struct report_line){ (uint32_t)line, flags, hits };
}

static void
add_branch(struct report *r, struct report_branch branch)
{
	r->branches = mem_grow(r->branches, r->branch_count, &r->branch_cap, sizeof *r->branches);
	/* Until it is finished `arm` is the order in which they came, behind all that were there. */
	branch.arm = (uint32_t)r->branch_count;
	r->branches[r->branch_count++] = branch;
}

void
report_add_branch(struct report *r, uint64_t line, uint32_t group, struct span label,
		  uint64_t taken, unsigned flags)
{
	if (!is_line(line))
		return;
	add_branch(r, (struct report_branch){
			      .line = (uint32_t)line,
			      .group = group,
			      .arms = 1,
			      .flags = flags,
			      .label = keep_text(r, label),
			      .taken = taken,
		      });
}

void
report_place_branch(struct report *r, uint64_t first, uint64_t last)
{
	if (r->branch_count == 0 || !is_line(first) || !is_line(last) || last < first)
		return;
	r->branches[r->branch_count - 1].first = (uint32_t)first;
	r->branches[r->branch_count - 1].last = (uint32_t)last;
}

void
report_add_arms(struct report *r, uint64_t line, uint32_t group, uint64_t taken, uint64_t total)
{
	if (!is_line(line) || total == 0)
		return;
	if (total > UINT32_MAX)
		total = UINT32_MAX;
	add_branch(r, (struct report_branch){
			      .line = (uint32_t)line,
			      .group = group,
			      .arms = (uint32_t)total,
			      .flags = REPORT_ANONYMOUS,
			      .taken = taken > total ? total : taken,
		      });
}

void
report_add_function(struct report *r, struct span name, uint64_t first, uint64_t last,
		    uint64_t hits)
{
	if (!is_line(first))
		return;
	r->functions =
		mem_grow(r->functions, r->function_count, &r->function_cap, sizeof *r->functions);
	r->functions[r->function_count++] = (struct report_function){
		.first = (uint32_t)first,
		.last = is_line(last) && last >= first ? (uint32_t)last : 0,
		.name = keep_text(r, name),
		.hits = hits,
	};
}

void
report_add_excluded(struct report *r, uint64_t line)
{
	if (is_line(line))
		line_set_add(&r->excluded, (uint32_t)line);
}

static int
compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int
compare_lines(const void *a, const void *b)
{
	return compare_numbers(((const struct report_line *)a)->line,
			       ((const struct report_line *)b)->line);
}

/* Most reports come in order, and need no sorting. */
static void
sort_lines(struct report *r)
{
	for (size_t i = 1; i < r->line_count; i++) {
		if (r->lines[i - 1].line > r->lines[i].line) {
			qsort(r->lines, r->line_count, sizeof *r->lines, compare_lines);
			break;
		}
	}
}

static void
finish_lines(struct report *r)
{
	size_t kept = 0;

	sort_lines(r);
	for (size_t i = 0; i < r->line_count; i++) {
		struct report_line *line = &r->lines[i];
		struct report_line *before = kept == 0 ? NULL : &r->lines[kept - 1];

		if (before != NULL && before->line == line->line) {
			before->hits = join_hits(r->rule, before->hits, line->hits);
			before->flags |= line->flags;
		} else {
			r->lines[kept++] = *line;
		}
	}
	r->line_count = kept;
}

static int
compare_groups(const struct report_branch *a, const struct report_branch *b)
{
	int order = compare_numbers(a->line, b->line);

	return order != 0 ? order : compare_numbers(a->group, b->group);
}

static int
compare_arms(const void *a, const void *b)
{
	const struct report_branch *x = a, *y = b;
	int order = compare_groups(x, y);

	return order != 0 ? order : compare_numbers(x->arm, y->arm);
}

/* The texts of a report while its branches are sorted; qsort() has no room for them. */
struct labelled {
	struct report_branch branch;
	const char *label;
};

static int
compare_labels(const void *a, const void *b)
{
	const struct labelled *x = a, *y = b;
	int order = compare_groups(&x->branch, &y->branch);

	if (order == 0)
		order = compare_numbers((x->branch.flags & REPORT_ANONYMOUS) != 0,
					(y->branch.flags & REPORT_ANONYMOUS) != 0);
	if (order == 0)
		order = strcmp(x->label, y->label);
	return order != 0 ? order : compare_numbers(x->branch.arm, y->branch.arm);
}

static bool
is_same_arm(const struct labelled *a, const struct labelled *b)
{
	return compare_groups(&a->branch, &b->branch) == 0 &&
	       ((a->branch.flags ^ b->branch.flags) & REPORT_ANONYMOUS) == 0 &&
	       strcmp(a->label, b->label) == 0;
}

static void
join_arms(enum report_rule rule, struct report_branch *into, const struct report_branch *more)
{
	if ((into->flags & REPORT_ANONYMOUS) == 0) {
		into->taken = join_hits(rule, into->taken, more->taken);
		/* What was evaluated once was evaluated. */
		if ((more->flags & REPORT_NEVER) == 0)
			into->flags &= ~(unsigned)REPORT_NEVER;
	} else if (into->arms != more->arms || into->taken < more->taken) {
		into->arms = more->arms;
		into->taken = more->taken;
	}
}

/* Is each arm behind the one before it, with another label than that? Then all are told apart, unless a
 * label comes again later: groups of more than two arms are looked at by the long way. */
static bool
are_arms_distinct(const struct report *r)
{
	size_t in_group = 0;

	for (size_t i = 1; i < r->branch_count; i++) {
		const struct report_branch *a = &r->branches[i - 1], *b = &r->branches[i];
		int order = compare_groups(a, b);

		in_group = order == 0 ? in_group + 1 : 0;
		if (order > 0 || a->arm >= b->arm ||
		    (order == 0 &&
		     (in_group > 1 || a->label == b->label ||
		      strcmp(report_text(r, a->label), report_text(r, b->label)) == 0)))
			return false;
	}
	return true;
}

static void
join_branches(struct report *r)
{
	struct labelled *all = mem_alloc(r->branch_count, sizeof *all);
	size_t kept = 0;

	for (size_t i = 0; i < r->branch_count; i++) {
		all[i].branch = r->branches[i];
		all[i].label = report_text(r, r->branches[i].label);
	}
	qsort(all, r->branch_count, sizeof *all, compare_labels);
	for (size_t i = 0; i < r->branch_count; i++) {
		if (kept > 0 && is_same_arm(&all[kept - 1], &all[i]))
			join_arms(r->rule, &all[kept - 1].branch, &all[i].branch);
		else
			all[kept++] = all[i];
	}
	for (size_t i = 0; i < kept; i++)
		r->branches[i] = all[i].branch;
	r->branch_count = kept;
	qsort(r->branches, r->branch_count, sizeof *r->branches, compare_arms);
	free(all);
}

static void
number_arms(struct report *r)
{
	for (size_t i = 0; i < r->branch_count; i++) {
		bool first = i == 0 || compare_groups(&r->branches[i - 1], &r->branches[i]) != 0;

		r->branches[i].arm = first ? 0 : r->branches[i - 1].arm + 1;
	}
}

static void
finish_branches(struct report *r)
{
	if (r->branch_count == 0)
		return;
	if (!are_arms_distinct(r))
		join_branches(r);
	number_arms(r);
}

struct named {
	struct report_function function;
	const char *name;
};

static int
compare_functions(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int order = compare_numbers(x->function.first, y->function.first);

	return order != 0 ? order : strcmp(x->name, y->name);
}

static void
finish_functions(struct report *r)
{
	struct named *all = mem_alloc(r->function_count, sizeof *all);
	size_t kept = 0;

	for (size_t i = 0; i < r->function_count; i++) {
		all[i].function = r->functions[i];
		all[i].name = report_text(r, r->functions[i].name);
	}
	if (r->function_count > 0)
		qsort(all, r->function_count, sizeof *all, compare_functions);
	for (size_t i = 0; i < r->function_count; i++) {
		struct report_function *before = kept == 0 ? NULL : &r->functions[kept - 1];
		const struct report_function *function = &all[i].function;

		if (before != NULL && before->first == function->first &&
		    strcmp(report_text(r, before->name), all[i].name) == 0) {
			before->hits = join_hits(r->rule, before->hits, function->hits);
			if (function->last > before->last)
				before->last = function->last;
		} else {
			r->functions[kept++] = *function;
		}
	}
	r->function_count = kept;
	free(all);
}

void
report_finish(struct report *r)
{
	finish_lines(r);
	finish_branches(r);
	finish_functions(r);
}

void
report_exclude(struct report *r, uint32_t first, uint32_t last)
{
	size_t kept = 0;

	for (size_t i = 0; i < r->line_count; i++) {
		const struct report_line *line = &r->lines[i];

		if (line->line < first || line->line > last)
			r->lines[kept++] = *line;
		else
			line_set_add(&r->excluded, line->line);
	}
	r->line_count = kept;
	kept = 0;
	for (size_t i = 0; i < r->branch_count; i++) {
		const struct report_branch *b = &r->branches[i];
		bool decides = b->line >= first && b->line <= last;
		bool leads = b->first != 0 && b->first <= last && b->last >= first;

		if (!decides && !leads)
			r->branches[kept++] = *b;
	}
	r->branch_count = kept;
	number_arms(r);
}

const struct report_line *
report_find_line(const struct report *r, uint32_t line)
{
	size_t low = 0, high = r->line_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (r->lines[middle].line < line)
			low = middle + 1;
		else
			high = middle;
	}
	return low < r->line_count && r->lines[low].line == line ? &r->lines[low] : NULL;
}

size_t
report_find_branches(const struct report *r, uint32_t line)
{
	size_t low = 0, high = r->branch_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (r->branches[middle].line < line)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

uint32_t
report_branch_missed(const struct report_branch *branch)
{
	if ((branch->flags & REPORT_ALONE) != 0)
		return 0;
	if ((branch->flags & REPORT_ANONYMOUS) != 0)
		return branch->arms - (uint32_t)branch->taken;
	return branch->taken == 0;
}

bool
report_is_partial(const struct report *r, const struct report_line *line)
{
	if ((line->flags & REPORT_PARTIAL) != 0)
		return true;
	for (size_t i = report_find_branches(r, line->line);
	     i < r->branch_count && r->branches[i].line == line->line; i++) {
		if (report_branch_missed(&r->branches[i]) > 0)
			return true;
	}
	return false;
}

/* Arms of a line that are looked at for one that another report knows, too: a line has few. */
#define ARMS_COMPARED 64

/* The branches of one line. */
struct arms_of_line {
	const struct report_branch *at;
	size_t count;
	uint64_t arms, taken;
};

static struct arms_of_line
arms_of_line(const struct report *r, uint32_t line)
{
	size_t from = report_find_branches(r, line);
	struct arms_of_line all = { .at = r->branches + from };

	for (size_t i = from; i < r->branch_count && r->branches[i].line == line; i++) {
		all.count++;
		all.arms += r->branches[i].arms;
		all.taken += r->branches[i].arms - report_branch_missed(&r->branches[i]);
	}
	return all;
}

/* Does neither call an arm as the other does? Then they are of different formats. */
static bool
are_named_otherwise(const struct report *r, const struct arms_of_line *x, const struct report *q,
		    const struct arms_of_line *y)
{
	for (size_t i = 0; i < x->count && i < ARMS_COMPARED; i++) {
		const struct labelled a = { x->at[i], report_text(r, x->at[i].label) };

		for (size_t k = 0; k < y->count && k < ARMS_COMPARED; k++) {
			const struct labelled b = { y->at[k], report_text(q, y->at[k].label) };

			if (is_same_arm(&a, &b))
				return false;
		}
	}
	return true;
}

/* Lines whose branches both tell, each in its own way, are told once: by `into`, unless `more` has more taken of as
 * many. Sets the lines that are left out of either. */
static void
choose_branches(const struct report *into, const struct report *more, struct line_set *not_into,
		struct line_set *not_more)
{
	for (size_t i = 0; i < more->branch_count; i++) {
		uint32_t line = more->branches[i].line;
		struct arms_of_line a, b;

		if (i > 0 && more->branches[i - 1].line == line)
			continue;
		a = arms_of_line(into, line);
		b = arms_of_line(more, line);
		if (a.count == 0 || !are_named_otherwise(into, &a, more, &b))
			continue;
		line_set_add(a.arms == b.arms && b.taken > a.taken ? not_into : not_more, line);
	}
}

static void
unite_branches(struct report *into, const struct report *more, enum report_rule rule)
{
	struct line_set not_into = { 0 }, not_more = { 0 };
	size_t kept = 0;

	if (rule == REPORT_MAX)
		choose_branches(into, more, &not_into, &not_more);
	for (size_t i = 0; i < into->branch_count; i++) {
		if (!line_set_has(&not_into, into->branches[i].line))
			into->branches[kept++] = into->branches[i];
	}
	into->branch_count = kept;
	for (size_t i = 0; i < more->branch_count; i++) {
		struct report_branch branch = more->branches[i];

		if (line_set_has(&not_more, branch.line))
			continue;
		branch.label = keep_text(into, span_of(report_text(more, branch.label)));
		add_branch(into, branch);
	}
	line_set_free(&not_into);
	line_set_free(&not_more);
}

void
report_unite(struct report *into, const struct report *more, enum report_rule rule)
{
	enum report_rule own = into->rule;

	for (size_t i = 0; i < more->line_count; i++)
		report_add_line(into, more->lines[i].line, more->lines[i].hits,
				more->lines[i].flags);
	unite_branches(into, more, rule);
	for (size_t i = 0; i < more->function_count; i++) {
		const struct report_function *f = &more->functions[i];

		report_add_function(into, span_of(report_text(more, f->name)), f->first, f->last,
				    f->hits);
	}
	line_set_unite(&into->excluded, &more->excluded);
	into->rule = rule;
	into->has_counts = into->has_counts && more->has_counts;
	report_finish(into);
	into->rule = own;
}

static bool
is_same_branch(const struct report *a, const struct report *b, size_t i)
{
	const struct report_branch *x = &a->branches[i], *y = &b->branches[i];

	return compare_groups(x, y) == 0 && x->arms == y->arms && x->flags == y->flags &&
	       x->taken == y->taken &&
	       strcmp(report_text(a, x->label), report_text(b, y->label)) == 0;
}

bool
report_equal(const struct report *a, const struct report *b)
{
	if (a->line_count != b->line_count || a->branch_count != b->branch_count ||
	    !line_set_equal(&a->excluded, &b->excluded))
		return false;
	for (size_t i = 0; i < a->line_count; i++) {
		const struct report_line *x = &a->lines[i], *y = &b->lines[i];

		if (x->line != y->line || x->hits != y->hits || x->flags != y->flags)
			return false;
	}
	for (size_t i = 0; i < a->branch_count; i++) {
		if (!is_same_branch(a, b, i))
			return false;
	}
	return true;
}

void
report_free(struct report *r)
{
	free(r->lines);
	free(r->branches);
	free(r->functions);
	line_set_free(&r->excluded);
	buf_free(&r->texts);
	*r = (struct report){ 0 };
}
