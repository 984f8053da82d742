#include "coverage/analysis.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "text/line_diff.h"

void
analysis_add_run(struct analysis *a, const struct line_hashes *ran)
{
	struct analysis_run *run;

	a->runs = mem_grow(a->runs, a->run_count, &a->run_cap, sizeof *a->runs);
	run = &a->runs[a->run_count++];
	*run = (struct analysis_run){ .wanted = ran != NULL };
	if (ran == NULL || ran->count == 0)
		return;
	run->ran.at = mem_resize(NULL, ran->count, sizeof *ran->at);
	run->ran.count = run->ran.cap = ran->count;
	memcpy(run->ran.at, ran->at, ran->count * sizeof *ran->at);
}

void
analysis_take_map(struct analysis *a, size_t i, struct line_map *map)
{
	struct line_map before = *map;

	if (i >= a->run_count || !a->runs[i].wanted)
		return;
	*map = a->runs[i].map;
	a->runs[i].map = before;
}

static void
compare_with_runs(struct analysis *a, struct span text)
{
	struct line_hashes now = { 0 };

	for (size_t i = 0; i < a->run_count; i++) {
		if (!a->runs[i].wanted)
			continue;
		if (now.count == 0)
			line_hashes_add_text(&now, text);
		line_diff(&a->runs[i].ran, &now, &a->runs[i].map);
	}
	line_hashes_free(&now);
}

/* What the project excludes; false: the defaults are to be taken. A pattern that took too long once is
 * not tried again at every key, but when the project's rules have changed. */
static bool
find_excluded(struct analysis *a, struct span text, struct line_set *matched)
{
	if (a->project == NULL || !a->is_python || a->pattern_error.status != STATUS_OK)
		return false;
	return py_patterns_excluded(&a->project->patterns, text, matched, &a->pattern_error) ==
	       STATUS_OK;
}

void
analysis_find_no_branch(const struct project *project, const struct py_lines *lines,
			struct span text, struct line_set *no_branch, struct error *pattern_error)
{
	line_set_clear(no_branch);
	if (project != NULL && pattern_error->status == STATUS_OK)
		py_patterns_no_branch(&project->patterns, lines, text, no_branch, pattern_error);
}

void
analysis_run(struct analysis *a, struct span text)
{
	struct py_options options = { .want = PY_WANT_ARCS | PY_WANT_REGIONS };
	struct line_set matched = { 0 };

	compare_with_runs(a, text);
	a->parse_error = (struct error){ 0 };
	if (a->project != NULL)
		options.minor = a->project->python.minor;
	if (find_excluded(a, text, &matched))
		options.matched = &matched;
	a->understood = a->is_python &&
			py_lines_read(&a->lines, text, &options, &a->parse_error) == STATUS_OK;
	line_set_free(&matched);
	line_set_clear(&a->no_branch);
	if (a->understood)
		analysis_find_no_branch(a->project, &a->lines, text, &a->no_branch,
					&a->pattern_error);
}

void
analysis_free(struct analysis *a)
{
	project_release(a->project);
	for (size_t i = 0; i < a->run_count; i++) {
		line_hashes_free(&a->runs[i].ran);
		line_map_free(&a->runs[i].map);
	}
	free(a->runs);
	py_lines_free(&a->lines);
	line_set_free(&a->no_branch);
	*a = (struct analysis){ 0 };
}
