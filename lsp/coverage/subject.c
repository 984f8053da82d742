#include "coverage/subject.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "platform/path.h"

/* No two lines of source that differ have the same, as far as anybody will ever see. */
static uint64_t
hash_line(struct span line)
{
	uint64_t hash = UINT64_C(0x9e3779b97f4a7c15) ^ line.len, word;

	for (; line.len >= sizeof word; span_skip(&line, sizeof word)) {
		memcpy(&word, line.at, sizeof word);
		hash = (hash ^ word) * UINT64_C(0xff51afd7ed558ccd);
		hash ^= hash >> 32;
	}
	word = 0;
	if (line.len > 0)
		memcpy(&word, line.at, line.len);
	hash = (hash ^ word) * UINT64_C(0xc4ceb9fe1a85ec53);
	return hash ^ hash >> 29;
}

static void
keep_hashes(struct subject *s, struct span ran)
{
	size_t count = 0, cap = doc_text_count_lines(ran);
	struct span line;

	s->ran_hashes = mem_resize(s->ran_hashes, cap, sizeof *s->ran_hashes);
	while (doc_text_take_line(&ran, &line))
		s->ran_hashes[count++] = hash_line(line);
}

/* Lines that come from nowhere, and the lines of the text that ran that would fit in their place. */
struct gap {
	uint32_t line, count; /* now */
	uint32_t from, to;    /* ran; `to` not included */
};

/* Gives the lines at both ends of the gap that are as they ran their origin back. */
static void
restore_gap(struct subject *s, struct gap gap, const uint64_t *hashes)
{
	uint32_t start = 0, end = 0;
	uint32_t most = gap.count < gap.to - gap.from ? gap.count : gap.to - gap.from;

	while (start < most && hashes[start] == s->ran_hashes[gap.from + start - 1])
		start++;
	while (end < most - start && hashes[gap.count - end - 1] == s->ran_hashes[gap.to - end - 2])
		end++;
	line_map_restore(&s->map, gap.line, start, gap.from);
	line_map_restore(&s->map, gap.line + gap.count - end, end, gap.to - end);
}

/* An undone edit, or a retyped line: the text that ran is back, and so is what is known of it. */
static void
restore_lines(struct subject *s, struct span text)
{
	size_t count = s->map.count;
	struct line_run *runs = mem_alloc(count, sizeof *runs); /* the map changes meanwhile */
	uint64_t *hashes = NULL;
	uint32_t at = 1;
	struct span line = { 0 };

	memcpy(runs, s->map.runs, count * sizeof *runs);
	for (size_t i = 0; i < count; i++) {
		struct gap gap = { runs[i].line, runs[i].count, 1, s->map.origin_lines + 1 };

		if (runs[i].origin != LINE_MAP_NONE)
			continue;
		if (i > 0)
			gap.from = runs[i - 1].origin + runs[i - 1].count;
		if (i + 1 < count)
			gap.to = runs[i + 1].origin;
		if (gap.from >= gap.to)
			continue;
		for (; at < gap.line; at++)
			doc_text_take_line(&text, &line);
		hashes = mem_resize(hashes, gap.count, sizeof *hashes);
		for (uint32_t k = 0; k < gap.count; k++, at++) {
			doc_text_take_line(&text, &line);
			hashes[k] = hash_line(line);
		}
		restore_gap(s, gap, hashes);
	}
	free(hashes);
	free(runs);
}

void
subject_begin_analysis(struct subject *s, struct analysis *a)
{
	*a = (struct analysis){
		.is_python = s->is_python,
		.project = s->project == NULL ? NULL : project_hold(s->project),
		.revision = s->revision,
		.pattern_error = s->pattern_error,
	};
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
subject_take_analysis(struct subject *s, struct analysis *a, struct span text)
{
	if (a->revision != s->revision)
		return false;
	if (s->ran_hashes != NULL && !line_map_is_whole(&s->map))
		restore_lines(s, text);
	swap_results(s, a);
	return true;
}

void
subject_read_text(struct subject *s, struct span text)
{
	struct analysis a;

	subject_begin_analysis(s, &a);
	analysis_run(&a, text);
	subject_take_analysis(s, &a, text);
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
	view_edit(&s->view, change->first, change->removed, change->inserted);
}

bool
subject_is_python_name(const char *path)
{
	struct span name = span_of(path_base(path));

	return span_ends(name, SPAN(".py")) || span_ends(name, SPAN(".pyw")) ||
	       span_ends(name, SPAN(".pyi")) || strchr(name.at, '.') == NULL;
}

static const struct span bom = { "\xef\xbb\xbf", 3 };

/* A file on its way past the text that it may hold. */
struct comparing {
	struct span rest; /* of the text */
	bool started, same;
};

static bool
compare_piece(void *ctx, struct span piece)
{
	struct comparing *c = ctx;

	/* Editors keep a byte order mark to themselves. */
	if (!c->started && span_starts(piece, bom) && !span_starts(c->rest, bom))
		span_skip(&piece, bom.len);
	c->started = true;
	c->same = span_starts(c->rest, piece);
	if (c->same)
		span_skip(&c->rest, piece.len);
	return c->same;
}

/* Does the file hold just this text? Reads no more of it than it must, and keeps nothing. */
static bool
holds_text(const char *path, struct span text)
{
	struct comparing c = { .rest = text, .same = true };

	return file_read(path, compare_piece, &c, NULL) == STATUS_OK && c.same && c.rest.len == 0;
}

/* A text as its lines' hashes. As coverage.py reads it: no byte order mark, any line end ends a line,
 * the last one, too. */
struct hashed {
	uint64_t *at;
	size_t count, cap;
	struct buf rest; /* of a file being read: what may go on in the next piece */
	bool started;
};

static void
add_line(struct hashed *h, struct span line)
{
	h->at = mem_grow(h->at, h->count, &h->cap, sizeof *h->at);
	h->at[h->count++] = hash_line(line);
}

/* Lines with a line end; what is behind the last one is left to whoever knows more. */
static void
add_lines(struct hashed *h, struct span text)
{
	struct span line;

	while (doc_text_take_line(&text, &line) && text.at != NULL)
		add_line(h, line);
}

/* The length of what ends with a line end, if that is behind `from`. One that may be the first half of
 * "\r\n" is none yet. */
static size_t
whole_lines(struct span s, size_t from)
{
	for (size_t len = s.len; len > from; len--) {
		if (s.at[len - 1] == '\n' || (s.at[len - 1] == '\r' && len < s.len))
			return len;
	}
	return 0;
}

static bool
hash_piece(void *ctx, struct span piece)
{
	struct hashed *h = ctx;
	size_t known = h->rest.len, whole;

	if (!h->started && span_starts(piece, bom))
		span_skip(&piece, bom.len);
	h->started = true;
	buf_add(&h->rest, piece);
	whole = whole_lines(buf_span(&h->rest), known);
	add_lines(h, span_cut(buf_span(&h->rest), 0, whole));
	if (whole > 0)
		memmove(h->rest.at, h->rest.at + whole, h->rest.len - whole);
	h->rest.len -= whole;
	return true;
}

/* To the end of a text. An empty line closes it, whether its last line has an end or not. */
static void
add_rest(struct hashed *h, struct span text)
{
	size_t whole = text.len;

	if (text.len > 0 && text.at[text.len - 1] != '\r')
		whole = whole_lines(text, 0);
	add_lines(h, span_cut(text, 0, whole));
	if (whole < text.len)
		add_line(h, span_cut(text, whole, text.len));
	add_line(h, SPAN(""));
}

/* Keeps no more of the file than its longest line. */
static bool
hash_file(struct hashed *h, const char *path)
{
	enum status status = file_read(path, hash_piece, h, NULL);

	add_rest(h, buf_span(&h->rest));
	buf_free(&h->rest);
	return status == STATUS_OK;
}

static void
hash_text(struct hashed *h, struct span text)
{
	if (span_starts(text, bom))
		span_skip(&text, bom.len);
	add_rest(h, text);
}

/* What lies between the lines that both texts begin and end with. */
static struct doc_change
compare_hashed(const struct hashed *old, const struct hashed *new)
{
	size_t most = old->count < new->count ? old->count : new->count, start = 0, end = 0;

	while (start < most && old->at[start] == new->at[start])
		start++;
	while (end < most - start && old->at[old->count - end - 1] == new->at[new->count - end - 1])
		end++;
	return (struct doc_change){
		.first = (uint32_t)start + 1,
		.removed = (uint32_t)(old->count - start - end),
		.inserted = (uint32_t)(new->count - start - end),
	};
}

/* How the document's lines come from those of the file that is on disk, which is what ran. */
static void
map_to_disk(struct subject *s, struct span text)
{
	struct hashed ran = { 0 }, now = { 0 };
	struct doc_change change;

	if (s->path == NULL || holds_text(s->path, text) || !hash_file(&ran, s->path)) {
		/* The same; or nothing on disk to compare with: the document is all there is. */
		line_map_identity(&s->map, doc_text_count_lines(text));
		keep_hashes(s, text);
		free(ran.at);
		return;
	}
	hash_text(&now, text);
	change = compare_hashed(&ran, &now);
	line_map_identity(&s->map, (uint32_t)ran.count);
	line_map_edit(&s->map, change.first, change.removed, change.inserted);
	free(now.at);
	free(s->ran_hashes);
	s->ran_hashes = ran.at;
}

static void
take_data(struct subject *s, struct search_item *item, struct span text)
{
	data_query_free(&s->data);
	free(s->data_path);
	s->data = item->data;
	item->data = (struct data_query){ 0 };
	s->data_path = item->data_path;
	item->data_path = NULL;
	s->data_stamp = item->data_stamp;
	s->info = item->info;
	s->source_newer = item->source_stamp.kind != FILE_NONE &&
			  item->source_stamp.modified_ns > item->data_stamp.modified_ns;
	s->view_is_of_data = false;
	map_to_disk(s, text);
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

/* Was the data a report that was found in the workspace, and is it there no more? Then it is still the
 * data that matters: the next run writes it anew. */
static bool
is_lost_report(const struct subject *s)
{
	return s->data.report != NULL && file_stamp(s->data_path).kind == FILE_NONE;
}

void
subject_take(struct subject *s, struct search_item *item, struct span text)
{
	take_project(s, item, text);
	take_places(s, item);
	free(s->trouble_path);
	s->trouble_path = NULL;
	if (item->status != STATUS_OK) {
		if (s->data_path != NULL && !has_place(s, s->data_path) && !is_lost_report(s))
			drop_data(s);
		s->trouble_path = item->data_path;
		item->data_path = NULL;
		s->trouble = item->err;
		s->trouble.status = item->status;
		return;
	}
	s->trouble = (struct error){ 0 };
	s->gone = false;
	if (!is_known(s, item))
		take_data(s, item, text);
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

	if (s->places.count == 1 && s->places.at[0].origin <= PLACE_CONFIGURATION) {
		say(s, REASON_NO_DATA_FILE,
		    "no coverage data: '%s', the data file that is set, is not there",
		    s->places.at[0].path);
		return;
	}
	if (s->strangers.count > 0) {
		say(s, REASON_NO_DATA_FILE, "no coverage report, but %s", s->strangers.at[0]);
		return;
	}
	for (size_t i = 0; i < s->places.count; i++)
		text_list_add_once(&paths, s->places.at[i].path);
	discover_describe(&paths, &where);
	if (s->is_python)
		say(s, REASON_NO_DATA_FILE,
		    "no coverage data: there is no data file in %s; run the tests under coverage.py, or "
		    "set \"covls.dataFile\"",
		    buf_text(&where));
	else
		say(s, REASON_NO_DATA_FILE,
		    "no coverage data: there is no coverage report in the workspace; run the tests with "
		    "coverage, or set \"covls.dataFile\"");
	buf_free(&where);
	text_list_free(&paths);
}

/* Data was read, and does not speak of the source: the likeliest reason. */
static void
say_not_in_data(struct subject *s)
{
	for (size_t i = 0; i < s->places.count; i++) {
		const struct search_place *place = &s->places.at[i];

		if (place->fate != PLACE_SILENT)
			continue;
		if (place->elsewhere != NULL) {
			say(s, REASON_AMBIGUOUS_PATH,
			    "'%s' holds '%s', which is another file's name here; set "
			    "\"covls.pathMappings\" if it is meant to be '%s'",
			    place->path, place->elsewhere, s->path);
			return;
		}
		if (place->trouble != NULL && place->nearest.count > 0) {
			say(s, REASON_AMBIGUOUS_PATH, "'%s': %s", place->path, place->trouble);
			return;
		}
		if (place->nearest.count > 0) {
			say(s, REASON_NOT_IN_DATA,
			    "'%s' holds data of %u files, and '%s' is not among them, but '%s' is; if that "
			    "is the same file, set \"covls.pathMappings\"",
			    place->path, place->info.files, s->path, place->nearest.at[0]);
			return;
		}
	}
	say(s, REASON_NOT_IN_DATA,
	    "'%s' holds data of %u files, and '%s' is not among them; was it measured (source, "
	    "omit), and under this path?",
	    s->data_path, s->info.files, s->path);
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
	else if (s->source_newer)
		say(s, REASON_SOURCE_NEWER, "'%s' was changed after the tests ran; run them again",
		    path_base(s->path));
}

static enum freshness
freshness_of(const struct subject *s)
{
	if (!s->view.measured)
		return FRESHNESS_NONE;
	if (s->gone || s->source_newer)
		return FRESHNESS_STALE;
	return line_map_is_whole(&s->map) ? FRESHNESS_FRESH : FRESHNESS_EDITED;
}

void
subject_refresh(struct subject *s)
{
	/* A text that is in the middle of being typed keeps what the edits have left of its view. */
	bool keep = s->is_python && !s->understood && s->view_is_of_data &&
		    s->data.report == NULL && s->view.summary.statements > 0;

	if (s->data_path == NULL) {
		view_clear(&s->view);
	} else if (!keep) {
		struct view_parts parts = {
			.lines = s->understood ? &s->lines : NULL,
			.data = &s->data,
			.map = &s->map,
			.has_branches = s->info.has_branches,
			.no_branch = &s->no_branch,
		};

		view_build(&s->view, &parts);
		s->view_is_of_data = true;
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

const struct report_line *
subject_reported(const struct subject *s, uint32_t line, const struct report **report)
{
	uint32_t origin = line_map_origin(&s->map, line);

	*report = s->data.report;
	if (s->data.report == NULL || origin == LINE_MAP_NONE)
		return NULL;
	return report_find_line(s->data.report, origin);
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
	const struct report_line *reported = subject_reported(s, line, &r);
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
	const struct report_line *reported = subject_reported(s, line, &report);
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
	free(s->ran_hashes);
	py_lines_free(&s->lines);
	view_free(&s->view);
	search_places_free(&s->places);
	text_list_free(&s->folders);
	text_list_free(&s->strangers);
	*s = (struct subject){ 0 };
}
