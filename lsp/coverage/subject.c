#include "coverage/subject.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "platform/clock.h"
#include "platform/path.h"
#include "unmeasured.h"

/* The runs that are lined up with the text: number 0 is the latest, then the earlier ones, then the
 * baseline's. NULL: no more. */
static struct line_map *
run_map(struct subject *s, size_t i, const struct ran_lines **ran)
{
	if (i > s->earlier.count + 1)
		return NULL;
	if (i == s->earlier.count + 1) {
		*ran = &s->baseline.run.ran;
		return &s->baseline.run.map;
	}
	*ran = i == 0 ? &s->ran : &s->earlier.at[i - 1].ran;
	return i == 0 ? &s->map : &s->earlier.at[i - 1].map;
}

void
subject_begin_analysis(struct subject *s, struct analysis *a)
{
	const struct ran_lines *ran;
	struct line_map *map;

	*a = (struct analysis){
		.is_python = s->is_python,
		.project = s->project == NULL ? NULL : project_hold(s->project),
		.revision = s->revision,
		.pattern_error = s->pattern_error,
	};
	/* Where the text is not what ran, it is compared anew: what has been retyped, moved or pasted as it
	 * ran is known again, whatever way the text has come to be what it is. */
	for (size_t i = 0; (map = run_map(s, i, &ran)) != NULL; i++)
		analysis_add_run(a, ran->origin == RAN_UNKNOWN || line_map_is_whole(map)
					    ? NULL
					    : &ran->hashes);
	if (s->understood)
		return;
	a->lines = s->lines; /* of no use any more but for the memory */
	s->lines = (struct py_lines){ 0 };
}

static void
swap_results(struct subject *s, struct analysis *a)
{
	struct py_lines lines = s->lines;
	struct line_set no_branch = s->no_branch;

	s->lines = a->lines;
	a->lines = lines;
	s->no_branch = a->no_branch;
	a->no_branch = no_branch;
	s->understood = a->understood;
	s->parse_error = a->parse_error;
	s->pattern_error = a->pattern_error;
	s->was_read = true;
}

bool
subject_take_analysis(struct subject *s, struct analysis *a)
{
	const struct ran_lines *ran;
	struct line_map *map;

	if (a->revision != s->revision)
		return false;
	for (size_t i = 0; (map = run_map(s, i, &ran)) != NULL; i++)
		analysis_take_map(a, i, map);
	swap_results(s, a);
	return true;
}

void
subject_read_text(struct subject *s, struct span text)
{
	struct analysis a;

	subject_begin_analysis(s, &a);
	analysis_run(&a, text);
	subject_take_analysis(s, &a);
	analysis_free(&a);
}

void
subject_edited(struct subject *s, const struct doc_change *change)
{
	if (change->removed == 0 && change->inserted == 0)
		return;
	s->understood = false;
	s->revision++;
	line_map_edit(&s->map, change->first, change->removed, change->inserted);
	for (size_t i = 0; i < s->earlier.count; i++)
		line_map_edit(&s->earlier.at[i].map, change->first, change->removed,
			      change->inserted);
	line_map_edit(&s->baseline.run.map, change->first, change->removed, change->inserted);
	view_edit(&s->view, change->first, change->removed, change->inserted);
	baseline_changes_edit(&s->changes, change->first, change->removed, change->inserted);
}

bool
subject_is_python_name(const char *path)
{
	struct span name = span_of(path_base(path));

	return span_ends(name, SPAN(".py")) || span_ends(name, SPAN(".pyw")) ||
	       span_ends(name, SPAN(".pyi")) || strchr(name.at, '.') == NULL;
}

const struct data_query *
subject_shown_data(const struct subject *s)
{
	return s->earlier.count > 0 ? &s->united.data : &s->data;
}

const struct line_map *
subject_shown_map(const struct subject *s)
{
	return s->earlier.count > 0 ? &s->united.map : &s->map;
}

/* ---- what a search has found ---- */

/* What is known of this very data already is not less true now: the map has seen every edit since. */
static void
take_ran(struct subject *s, struct search_item *item, bool known, const struct line_hashes *now)
{
	if (known && s->ran.origin != RAN_UNKNOWN)
		return;
	ran_lines_free(&s->ran);
	s->ran = item->ran;
	item->ran = (struct ran_lines){ 0 };
	ran_lines_align(&s->ran, now, &s->map);
}

static void
take_runs(struct subject *s, struct search_item *item, bool known, struct span text)
{
	struct line_hashes now = { 0 };

	line_hashes_add_text(&now, text);
	take_ran(s, item, known, &now);
	s->revision++; /* an analysis under way compares with other runs */
	source_runs_free(&s->earlier);
	s->earlier = item->earlier;
	item->earlier = (struct source_runs){ 0 };
	for (size_t i = 0; i < s->earlier.count; i++)
		ran_lines_align(&s->earlier.at[i].ran, &now, &s->earlier.at[i].map);
	line_hashes_free(&now);
	s->run = item->run;
	s->not_kept = item->not_kept;
	s->look_back = false;
	s->view_is_of_data = false;
}

static void
take_data(struct subject *s, struct search_item *item)
{
	data_query_free(&s->data);
	free(s->data_path);
	s->data = item->data;
	item->data = (struct data_query){ 0 };
	s->data_path = item->data_path;
	item->data_path = NULL;
	s->data_stamp = item->data_stamp;
	s->info = item->info;
}

/* Is this the data that we have already? Then the map knows more than a new look at the disk. */
static bool
is_known(const struct subject *s, const struct search_item *item)
{
	return s->data_path != NULL && strcmp(s->data_path, item->data_path) == 0 &&
	       file_stamp_equal(&s->data_stamp, &item->data_stamp) &&
	       s->data.answer == item->data.answer &&
	       line_set_equal(&s->data.ran, &item->data.ran) &&
	       (s->data.report == NULL) == (item->data.report == NULL) &&
	       (s->data.report == NULL || report_equal(s->data.report, item->data.report));
}

static void
take_baseline(struct subject *s, struct search_item *item, struct span text)
{
	struct line_hashes now = { 0 };

	if (item->baseline_as_before) {
		if (item->baseline.name != NULL) {
			free(s->baseline.name);
			s->baseline.name = item->baseline.name;
			item->baseline.name = NULL;
		}
		return;
	}
	s->revision++; /* an analysis under way compares with another one */
	source_baseline_free(&s->baseline);
	s->baseline = item->baseline;
	item->baseline = (struct source_baseline){ 0 };
	if (s->baseline.id == 0)
		return;
	line_hashes_add_text(&now, text);
	ran_lines_align(&s->baseline.run.ran, &now, &s->baseline.run.map);
	line_hashes_free(&now);
}

/* The data no longer belongs to this source: the settings say otherwise now. */
static void
drop_data(struct subject *s)
{
	data_query_free(&s->data);
	free(s->data_path);
	s->data_path = NULL;
	s->gone = false;
	s->view_is_of_data = false;
}

/* The rules that the text is to be read by. If it was read by others, it is read again. */
static void
take_project(struct subject *s, struct search_item *item, struct span text)
{
	struct project *before = s->project;
	bool same = project_rules_equal(before, item->project);

	if (item->project == NULL)
		return;
	s->project = item->project;
	item->project = NULL;
	s->revision++;
	if (!same)
		s->pattern_error = (struct error){ 0 };
	if (s->was_read && !same)
		subject_read_text(s, text);
	else if (s->understood && before == NULL)
		analysis_find_no_branch(s->project, &s->lines, text, &s->no_branch,
					&s->pattern_error);
	project_release(before);
}

static void
take_list(struct text_list *into, struct text_list *from)
{
	text_list_free(into);
	*into = *from;
	*from = (struct text_list){ 0 };
}

static void
take_places(struct subject *s, struct search_item *item)
{
	search_places_free(&s->places);
	s->places = item->places;
	item->places = (struct search_places){ 0 };
	take_list(&s->folders, &item->folders);
	take_list(&s->strangers, &item->strangers);
}

static bool
has_place(const struct subject *s, const char *path)
{
	for (size_t i = 0; i < s->places.count; i++) {
		if (strcmp(s->places.at[i].path, path) == 0)
			return true;
	}
	return false;
}

/* Was the data found in the workspace, and is it there no more? Then it is still the data that matters: the next
 * run writes it anew. */
static bool
is_lost(const struct subject *s)
{
	return (s->data.report != NULL || s->data_was_found) &&
	       file_stamp(s->data_path).kind == FILE_NONE;
}

static bool
is_found(const struct subject *s, const char *path)
{
	for (size_t i = 0; i < s->places.count; i++) {
		if (strcmp(s->places.at[i].path, path) == 0)
			return s->places.at[i].origin == PLACE_FOUND;
	}
	return false;
}

void
subject_take(struct subject *s, struct search_item *item, struct span text)
{
	bool known;

	take_project(s, item, text);
	take_places(s, item);
	take_baseline(s, item, text);
	free(s->trouble_path);
	s->trouble_path = NULL;
	if (item->status != STATUS_OK) {
		if (s->data_path != NULL && !has_place(s, s->data_path) && !is_lost(s))
			drop_data(s);
		s->trouble_path = item->data_path;
		item->data_path = NULL;
		s->trouble = item->err;
		s->trouble.status = item->status;
		return;
	}
	s->trouble = (struct error){ 0 };
	s->gone = false;
	if (item->as_before)
		return;
	known = is_known(s, item);
	if (!known)
		take_data(s, item);
	s->data_was_found = is_found(s, s->data_path);
	take_runs(s, item, known, text);
}

void
subject_data_gone(struct subject *s)
{
	s->gone = s->data_path != NULL &&
		  (s->trouble.status == STATUS_MISSING || s->trouble.status == STATUS_EMPTY);
}

__attribute__((format(printf, 3, 4))) static void
say(struct subject *s, enum view_reason reason, const char *fmt, ...)
{
	va_list args;

	s->reason = reason;
	va_start(args, fmt);
	vsnprintf(s->message, sizeof s->message, fmt, args);
	va_end(args);
}

static void
say_no_data(struct subject *s)
{
	struct text_list paths = { 0 };
	struct buf where = { 0 };

	if (s->places.count > 0 && s->places.at[0].origin == PLACE_SETTING) {
		const char *otherwise = s->places.otherwise;

		say(s, REASON_NO_DATA_FILE,
		    "no coverage data: '%s', the data file that is set, is not there%s%s%s",
		    s->places.at[0].path, otherwise == NULL ? "" : "; without that setting '",
		    otherwise == NULL ? "" : otherwise,
		    otherwise == NULL ? "" : "' would be taken");
		return;
	}
	if (s->strangers.count > 0) {
		say(s, REASON_NO_DATA_FILE, "no coverage report, but %s", s->strangers.at[0]);
		return;
	}
	for (size_t i = 0; i < s->places.count; i++) {
		if (s->places.at[i].origin != PLACE_CONFIGURATION)
			text_list_add_once(&paths, s->places.at[i].path);
	}
	discover_describe(&paths, &where);
	if (s->places.count > 0 && s->places.at[0].origin == PLACE_CONFIGURATION && s->is_python)
		say(s, REASON_NO_DATA_FILE,
		    "no coverage data: '%s', which %s names, is not there, nor is a data file in %s; run "
		    "the tests under coverage.py, or set \"covls.dataFile\"",
		    s->places.at[0].path,
		    s->project == NULL || s->project->config.file == NULL ? "the configuration"
									  : s->project->config.file,
		    buf_text(&where));
	else if (s->is_python)
		say(s, REASON_NO_DATA_FILE,
		    "no coverage data: there is no data file in %s; run the tests under coverage.py, or "
		    "set \"covls.dataFile\"",
		    buf_text(&where));
	else
		say(s, REASON_NO_DATA_FILE,
		    "no coverage data: there is no coverage report in the workspace%s; run the tests with "
		    "coverage, or set \"covls.dataFile\"",
		    s->places.cut        ? ", as far as its many folders were looked into"
		    : s->places.left_out ? " where git does not ignore the folder"
					 : "");
	buf_free(&where);
	text_list_free(&paths);
}

static const char *
plural(uint32_t count)
{
	return count == 1 ? "" : "s";
}

/* What a place that holds a name like the source's has against it; false: it holds none. */
static bool
say_nearest(struct subject *s, const struct search_place *place)
{
	const char *mapping = place->mapping == NULL ? "" : place->mapping;

	if (place->elsewhere.name != NULL)
		say(s, REASON_AMBIGUOUS_PATH,
		    "'%s': %s%s'%s' may be '%s' or '%s'; set covls.pathMappings", place->path,
		    mapping, *mapping == '\0' ? "" : "; ", place->elsewhere.name, s->path,
		    place->elsewhere.file);
	else if (place->nearest.count > 0 && place->trouble != NULL)
		say(s, REASON_AMBIGUOUS_PATH, "'%s': %s%s%s", place->path, mapping,
		    *mapping == '\0' ? "" : "; ", place->trouble);
	else if (place->nearest.count > 0)
		say(s, REASON_NOT_IN_DATA,
		    "'%s' holds data of %u file%s, and '%s' is not among them, but '%s' is; %s",
		    place->path, place->info.files, plural(place->info.files), s->path,
		    place->nearest.at[0],
		    *mapping == '\0' ? "if that is the same file, set \"covls.pathMappings\""
				     : mapping);
	return place->elsewhere.name != NULL || place->nearest.count > 0;
}

/* The data that a source of another language would be in: a report, if there is one. */
static const struct search_place *
silent_report(const struct subject *s)
{
	for (size_t i = 0; i < s->places.count && !s->is_python; i++) {
		const struct search_place *place = &s->places.at[i];

		if (place->fate == PLACE_SILENT && !data_is_database(place->info.format))
			return place;
	}
	return NULL;
}

/* Says the configuration that the source is not measured? */
static bool
add_unmeasured(const struct subject *s, struct buf *out)
{
	struct buf reason = { 0 };
	bool is = unmeasured_add_reason(s->project, s->path, &reason);

	if (is)
		buf_addf(out, ": %s", buf_text(&reason));
	buf_free(&reason);
	return is;
}

/* Data was read, and does not speak of the source: the likeliest reason. */
static void
say_not_in_data(struct subject *s)
{
	const struct search_place *report = silent_report(s);
	uint32_t files = report == NULL ? s->info.files : report->info.files;
	struct buf why = { 0 };

	for (size_t i = 0; i < s->places.count; i++) {
		if (s->places.at[i].fate == PLACE_SILENT && say_nearest(s, &s->places.at[i]))
			return;
	}
	if (files == 0) {
		say(s, REASON_NOT_IN_DATA,
		    "'%s' holds data of no file at all; were the tests run, and the sources measured?",
		    report == NULL ? s->data_path : report->path);
		return;
	}
	if (report != NULL || !s->is_python)
		buf_add_text(&why, "; was it measured, and under this path?");
	else if (!add_unmeasured(s, &why))
		buf_add_text(&why, "; was it measured (source, omit), and under this path?");
	say(s, REASON_NOT_IN_DATA, "'%s' holds data of %u file%s, and '%s' is not among them%s",
	    report == NULL ? s->data_path : report->path, files, plural(files), s->path,
	    buf_text(&why));
	buf_free(&why);
}

/* What is wrong with the data file. One that is away is not told of at once: a test run may have
 * deleted it to write it anew. */
static void
say_trouble(struct subject *s)
{
	switch (s->trouble.status) {
	case STATUS_MISSING:
	case STATUS_EMPTY:
		if (s->gone)
			say(s, REASON_DATA_GONE,
			    "'%s' has been deleted, as at the start of a test run; these are the marks "
			    "of the run before",
			    s->data_path);
		else if (s->trouble.status == STATUS_EMPTY)
			say(s, REASON_BUSY, "%s", s->trouble.text);
		else if (s->data_path == NULL)
			say_no_data(s);
		break;
	case STATUS_BUSY:
		say(s, REASON_BUSY, "%s", s->trouble.text);
		break;
	case STATUS_STOPPED:
		say(s, REASON_STOPPED, "%s", s->trouble.text);
		break;
	case STATUS_BAD_DATA:
	case STATUS_DENIED:
	case STATUS_LIMIT:
	case STATUS_USAGE:
		say(s, REASON_BAD_DATA, "%s", s->trouble.text);
		break;
	case STATUS_OK:
		break;
	}
}

/* Nobody knows which text ran. */
static bool
is_unknown(const struct subject *s)
{
	return s->ran.origin == RAN_UNKNOWN && s->earlier.count == 0;
}

static void
say_why(struct subject *s)
{
	s->reason = REASON_NONE;
	s->message[0] = '\0';
	if (s->path == NULL)
		say(s, REASON_NOT_A_FILE, "the document is not a file on disk");
	else if (s->trouble.status != STATUS_OK)
		say_trouble(s);
	else if (s->data_path == NULL)
		return; /* not looked for yet */
	else if (s->data.answer == DATA_UNKNOWN)
		say_not_in_data(s);
	else if (is_unknown(s))
		say(s, REASON_SOURCE_NEWER, "%s", s->ran.why);
	else if (s->data.tracer != NULL)
		say(s, REASON_PLUGIN, "measured by the plugin '%s': only lines that ran are known",
		    s->data.tracer);
	else if (s->data.report == NULL && s->is_python && !s->understood &&
		 s->parse_error.status != STATUS_OK)
		say(s, REASON_NOT_PYTHON, "line %u: %s", s->parse_error.line, s->parse_error.text);
	else if (s->is_python && s->project != NULL && s->project->trouble.status != STATUS_OK)
		say(s, REASON_BAD_CONFIG,
		    "%s; until that is mended, coverage.py's defaults are used",
		    s->project->trouble.text);
	else if (s->pattern_error.status != STATUS_OK)
		say(s, REASON_BAD_CONFIG,
		    "%s; until that is mended, coverage.py's defaults are used",
		    s->pattern_error.text);
}

static enum freshness
freshness_of(const struct subject *s)
{
	if (!s->view.measured)
		return FRESHNESS_NONE;
	if (is_unknown(s))
		return FRESHNESS_UNKNOWN;
	if (s->gone)
		return FRESHNESS_STALE;
	return line_map_is_whole(&s->map) ? FRESHNESS_FRESH : FRESHNESS_EDITED;
}

/* Where a run's text had statements, by the rules that hold now; NULL: not known. */
static const struct line_set *
code_of(const struct subject *s, const struct ran_lines *ran)
{
	unsigned minor = s->project == NULL ? 0 : s->project->python.minor;

	return ran->has_code && ran->minor == minor ? &ran->code : NULL;
}

/* Where it could jump to, by the same rules. */
static const struct arc_list *
ways_of(const struct subject *s, const struct ran_lines *ran)
{
	return code_of(s, ran) == NULL ? NULL : &ran->ways;
}

/* Earlier runs, each as far as it is still true of the text now. */
static void
unite(struct subject *s)
{
	size_t count = s->earlier.count + 1;
	struct united_part *parts;

	if (count == 1)
		return;
	parts = mem_alloc(count, sizeof *parts);
	parts[0] = (struct united_part){
		.data = &s->data,
		.map = &s->map,
		.had_code = code_of(s, &s->ran),
		.had_ways = ways_of(s, &s->ran),
		.has_branches = s->info.has_branches,
		.modified_ns = s->data_stamp.modified_ns,
	};
	for (size_t i = 1; i < count; i++) {
		const struct source_run *run = &s->earlier.at[i - 1];

		parts[i] = (struct united_part){
			.data = &run->data,
			.map = &run->map,
			.had_code = code_of(s, &run->ran),
			.had_ways = ways_of(s, &run->ran),
			.has_branches = run->info.has_branches,
			.modified_ns = run->modified_ns,
		};
	}
	united_make(&s->united, parts, count, s->understood ? &s->lines : NULL);
	free(parts);
}

double
subject_known_percent(const struct subject *s)
{
	const struct view_summary *sum = &s->view.summary;

	/* Of a report nobody knows then how many statements there are. */
	if (sum->statements == 0)
		return s->freshness == FRESHNESS_UNKNOWN ? 0.0 : 100.0;
	return 100.0 * (sum->statements - sum->unknown) / sum->statements;
}

/* Where the text that ran comes from, if it is not the one on the disk. */
static void
add_origin(const struct subject *s, struct buf *out)
{
	if (s->ran.origin == RAN_GIT)
		buf_addf(out, ", compared with %s%s",
			 strcmp(s->ran.commit, "index") == 0 ? "git's " : "commit ", s->ran.commit);
	else if (s->ran.origin == RAN_SNAPSHOT && !line_map_is_whole(&s->map))
		buf_add_text(out, ", compared with the text that ran, as covls has kept it");
}

void
subject_add_caveats(const struct subject *s, struct buf *out)
{
	double known = subject_known_percent(s);
	struct buf said = { 0 };
	char ago[CLOCK_TEXT_MAX];

	if (s->view.summary.unknown > 0)
		buf_addf(&said, ", %u%% known", (unsigned)known);
	add_origin(s, &said);
	if (s->earlier.count > 0 && s->united.earlier_statements > 0) {
		clock_ago((clock_wall_ns() - s->united.earliest_ns) / 1000000000, ago);
		buf_addf(&said, ", %u statement%s as of %s, %s", s->united.earlier_statements,
			 s->united.earlier_statements == 1 ? "" : "s",
			 s->united.earlier_runs == 1 ? "an earlier run" : "earlier runs", ago);
	}
	buf_add(out, span_cut(buf_span(&said), said.len > 0 ? 2 : 0, said.len));
	buf_free(&said);
}

/* Both runs in the text as it is now. */
static void
compare_with_baseline(struct subject *s)
{
	const struct source_run *run = &s->baseline.run;
	struct view_parts parts = {
		.lines = s->understood ? &s->lines : NULL,
		.data = &run->data,
		.map = &run->map,
		.has_branches = run->info.has_branches,
		.no_branch = &s->no_branch,
	};

	baseline_changes_clear(&s->changes);
	if (!source_baseline_is_known(&s->baseline) || !s->view.measured)
		return;
	view_build(&s->then, &parts);
	baseline_compare(&s->then, &s->view, parts.lines, &s->changes);
}

void
subject_refresh(struct subject *s)
{
	/* A text that is in the middle of being typed keeps what the edits have left of its view. */
	bool keep = s->is_python && !s->understood && s->view_is_of_data &&
		    s->data.report == NULL && s->view.summary.statements > 0;

	if (s->data_path == NULL) {
		view_clear(&s->view);
		baseline_changes_clear(&s->changes);
	} else if (!keep) {
		struct view_parts parts = {
			.lines = s->understood ? &s->lines : NULL,
			.has_branches = s->info.has_branches,
			.no_branch = &s->no_branch,
			.new_is_missed = s->new_is_missed ? &s->map : NULL,
		};

		unite(s);
		parts.data = subject_shown_data(s);
		parts.map = subject_shown_map(s);
		/* Of several runs, what was none is not known to be as it ran (united.h). */
		parts.had_code = s->earlier.count == 0 ? code_of(s, &s->ran) : NULL;
		parts.untaken = s->earlier.count == 0 && code_of(s, &s->ran) != NULL
					? &s->ran.untaken
					: NULL;
		parts.unsure = s->earlier.count > 0 ? &s->united.unsure : NULL;
		view_build(&s->view, &parts);
		s->view_is_of_data = true;
		compare_with_baseline(s);
	}
	s->freshness = freshness_of(s);
	say_why(s);
}

void
subject_describe_branch(const struct subject *s, struct span text, struct arc branch,
			struct buf *out)
{
	if (s->understood)
		py_arc_describe_missing(&s->lines, text, branch, out);
	else /* in the middle of being typed */
		buf_addf(out, "not every way out of line %d was taken", (int)branch.from);
}

/* What a report says of a line of the text now, and the report; NULL if it says nothing or the line is not as it
 * ran. */
static const struct report_line *
reported_line(const struct subject *s, uint32_t line, const struct report **report)
{
	uint32_t origin = line_map_origin(subject_shown_map(s), line);

	*report = subject_shown_data(s)->report;
	if (*report == NULL || origin == LINE_MAP_NONE)
		return NULL;
	return report_find_line(*report, origin);
}

/* So many labels of branches are told. */
#define LABELS_MAX 8

/* Names that mean something to a person; LCOV's are most often numbers. */
static bool
is_name(const char *label)
{
	return *label != '\0' && strspn(label, "0123456789") < strlen(label);
}

static void
add_labels(const struct report *r, size_t from, size_t to, struct buf *out)
{
	unsigned told = 0;

	for (size_t i = from; i < to; i++) {
		const char *label = report_text(r, r->branches[i].label);

		if (report_branch_missed(&r->branches[i]) == 0 || !is_name(label))
			continue;
		if (told == LABELS_MAX) {
			buf_add_text(out, " ...");
			return;
		}
		buf_addf(out, "%s%s", told++ == 0 ? ": " : ", ", label);
	}
}

bool
subject_add_missed_arms(const struct subject *s, uint32_t line, struct buf *out)
{
	const struct report *r;
	const struct report_line *reported = reported_line(s, line, &r);
	size_t from, to;
	uint64_t missed = 0, all = 0;

	if (reported == NULL)
		return false;
	from = report_find_branches(r, reported->line);
	for (to = from; to < r->branch_count && r->branches[to].line == reported->line; to++) {
		all += (r->branches[to].flags & REPORT_ALONE) != 0 ? 0 : r->branches[to].arms;
		missed += report_branch_missed(&r->branches[to]);
	}
	if (missed == 0)
		return false;
	buf_addf(out, "%llu of %llu branches %s not taken", (unsigned long long)missed,
		 (unsigned long long)all, missed == 1 ? "was" : "were");
	add_labels(r, from, to, out);
	return true;
}

void
subject_add_reasons(const struct subject *s, struct span text, uint32_t line,
		    struct text_list *reasons)
{
	const struct arc_list *branches = &s->view.branches;
	const struct report *report;
	const struct report_line *reported = reported_line(s, line, &report);
	struct buf reason = { 0 };

	if (reported != NULL) {
		if (!subject_add_missed_arms(s, line, &reason))
			buf_add_text(&reason, "a part of this line did not run");
		text_list_add(reasons, buf_span(&reason));
	}
	for (size_t i = arc_list_find(branches, (int32_t)line);
	     i < branches->count && branches->at[i].from == (int32_t)line; i++) {
		buf_reset(&reason);
		subject_describe_branch(s, text, branches->at[i], &reason);
		text_list_add(reasons, buf_span(&reason));
	}
	buf_free(&reason);
}

const char *
subject_data_file(const struct subject *s)
{
	return s->trouble_path != NULL ? s->trouble_path : s->data_path;
}

void
subject_free(struct subject *s)
{
	free(s->path);
	project_release(s->project);
	free(s->data_path);
	free(s->trouble_path);
	data_query_free(&s->data);
	line_map_free(&s->map);
	line_set_free(&s->no_branch);
	ran_lines_free(&s->ran);
	source_runs_free(&s->earlier);
	united_free(&s->united);
	source_baseline_free(&s->baseline);
	baseline_changes_free(&s->changes);
	view_free(&s->then);
	py_lines_free(&s->lines);
	view_free(&s->view);
	search_places_free(&s->places);
	text_list_free(&s->folders);
	text_list_free(&s->strangers);
	*s = (struct subject){ 0 };
}
