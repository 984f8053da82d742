#include "report_baseline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "platform/clock.h"
#include "platform/file.h"
#include "platform/path.h"
#include "text/line_diff.h"

#include "cli.h"

/* So many rows of the survey are asked for in one reading of the baseline. */
#define WINDOW 64

/* So many deleted files are compared with new ones. */
#define RENAMED_MAX 200

/* ---- opening ---------------------------------------------------------------------------------- */

/* The data of the report: one file, as a rule. */
static const char *
data_file(const struct reporting *r)
{
	return r->data.data_files.count == 0 ? NULL : r->data.data_files.at[0];
}

static void
find_run(struct changes *c)
{
	const struct text_list *files = &c->r->data.data_files;
	struct data_digest digest;
	struct store_run run = { 0 };

	for (size_t i = 0; i < files->count; i++) {
		int64_t modified_ns = file_stamp(files->at[i]).modified_ns;

		c->data_ns = modified_ns > c->data_ns ? modified_ns : c->data_ns;
	}
	if (files->count != 1 || data_take_digest(files->at[0], &digest, NULL) != STATUS_OK ||
	    store_find_run(c->store, files->at[0], digest.size, digest.hash, &run, NULL) !=
		    STATUS_OK)
		return;
	c->run = run.id;
	store_run_free(&run);
}

/* A report is of coverage.py's own data: of the baseline's runs one of that is taken, and the others are left
 * alone. */
static enum status
check_format(struct changes *c, struct error *err)
{
	struct store_baseline *b = &c->baseline;

	for (size_t i = 0; i < b->other_count; i++) {
		struct store_run first = b->run;

		if (data_is_database(data_recognize(first.copy, NULL)))
			break;
		b->run = b->others[i];
		b->others[i] = first;
	}
	if (data_is_database(data_recognize(b->run.copy, NULL))) {
		store_runs_free(b->others, b->other_count);
		b->others = NULL;
		b->other_count = 0;
		return STATUS_OK;
	}
	return error_set(
		err, STATUS_USAGE,
		"the baseline '%s' is of '%s', and this report is of coverage.py's own data "
		"alone; 'covls baseline changes' compares data of any format",
		b->name, b->run.data_path);
}

static int
compare_paths(const void *path, const void *row)
{
	return strcmp(path, ((const struct survey_row *)row)->path);
}

static void
add_gone(struct changes *c, const struct survey_row *row)
{
	struct changes_gone gone = { .name = mem_copy(row->name) };

	gone.path = path_join(c->r->folder, row->path);
	gone.deleted = file_stamp(gone.path).kind == FILE_NONE;
	c->gone = mem_grow(c->gone, c->gone_count, &c->gone_cap, sizeof *c->gone);
	c->gone[c->gone_count++] = gone;
}

/* The sources that a report of the baseline would have had, and this one hasn't. */
static enum status
list_gone(struct changes *c, struct error *err)
{
	const struct survey *now = &c->r->survey;
	struct dataset_options options = { c->r->folder, NULL, &c->r->config };
	struct survey_options wanted = now->options;
	struct dataset data = { 0 };
	struct survey then = { 0 };
	struct text_list files = { 0 };
	enum status status;

	if (c->r->files.count > 0)
		return STATUS_OK;
	text_list_add(&files, span_of(c->baseline.run.copy));
	wanted.data = &data;
	status = dataset_open_unfinished(&data, &options, &files, err);
	if (status == STATUS_OK)
		status = survey_open(&then, &wanted, err);
	for (size_t i = 0; i < then.count && status == STATUS_OK; i++) {
		if (bsearch(then.rows[i].path, now->rows, now->count, sizeof *now->rows,
			    compare_paths) == NULL)
			add_gone(c, &then.rows[i]);
	}
	survey_close(&then);
	dataset_close(&data);
	text_list_free(&files);
	return status == STATUS_EMPTY ? STATUS_OK : status;
}

static enum status
choose(struct changes *c, const char *name, struct error *err)
{
	struct text_list no_roots = { 0 };
	char *any = path_join(c->r->folder, "any");
	char *folder = baseline_folder(c->store, any, &no_roots);
	struct baseline_choice choice = {
		.setting = *name == '\0' ? NULL : name,
		.folder = folder,
		.data_path = data_file(c->r),
		.data_ns = c->data_ns,
	};
	enum status status = baseline_choose(c->store, &choice, &c->baseline, err);

	c->has_other = status == STATUS_OK;
	c->keep_run = strcmp(name, "last") == 0 && choice.data_path != NULL;
	if (c->keep_run && status == STATUS_MISSING)
		status = STATUS_OK;
	if (status == STATUS_EMPTY)
		error_set(err, status,
			  "no baseline is in use in '%s'; 'covls baseline save' saves one", folder);
	free(folder);
	free(any);
	return status;
}

enum status
changes_open(struct changes *c, struct reporting *r, const char *name, struct error *err)
{
	enum status status = store_open(&c->store, NULL, err);

	c->r = r;
	if (status != STATUS_OK)
		return status;
	text_list_add(&c->roots, span_of(r->folder));
	c->project = (struct project){ .folder = r->folder, .config = r->config };
	find_run(c);
	status = choose(c, name, err);
	if (status != STATUS_OK || !c->has_other)
		return status;
	c->reading = (struct baseline_reading){
		.store = c->store,
		.baseline = &c->baseline,
		.roots = &c->roots,
	};
	c->items = mem_alloc(WINDOW, sizeof *c->items);
	c->sources = mem_alloc(WINDOW, sizeof *c->sources);
	status = check_format(c, err);
	return status == STATUS_OK ? list_gone(c, err) : status;
}

/* ---- what the baseline says ------------------------------------------------------------------- */

static void
clear_window(struct changes *c)
{
	for (size_t i = 0; i < c->item_count; i++) {
		baseline_item_free(&c->items[i]);
		free(c->sources[i]);
	}
	c->item_count = 0;
}

/* The row and those that are likely to come next. */
static enum status
fill_window(struct changes *c, size_t row, struct error *err)
{
	const struct survey *s = &c->r->survey;

	clear_window(c);
	c->first = row;
	while (c->item_count < WINDOW && row < s->count) {
		char *source = path_join(c->r->folder, s->rows[row++].path);

		c->sources[c->item_count] = source;
		c->items[c->item_count++] = (struct baseline_item){
			.source = source,
			.is_python = true,
			.project = &c->project,
		};
	}
	return baseline_read(&c->reading, c->items, c->item_count, err);
}

static enum status
find_item(struct changes *c, const struct survey_row *wanted, struct baseline_item **item,
	  struct error *err)
{
	size_t row = (size_t)(wanted - c->r->survey.rows);
	enum status status = STATUS_OK;

	if (row < c->first || row >= c->first + c->item_count)
		status = fill_window(c, row, err);
	*item = &c->items[row - c->first];
	return status;
}

/* ---- files that have another name now --------------------------------------------------------- */

static int
compare_hashes(const void *left, const void *right)
{
	const uint64_t *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

/* A copy in rising order, without the lines that are empty. */
static uint64_t *
sorted(const struct line_hashes *hashes, size_t *count)
{
	uint64_t *copy = mem_alloc(hashes->count + 1, sizeof *copy), empty = line_hash(SPAN(""));

	*count = 0;
	for (size_t i = 0; i < hashes->count; i++) {
		if (hashes->at[i] != empty)
			copy[(*count)++] = hashes->at[i];
	}
	qsort(copy, *count, sizeof *copy, compare_hashes);
	return copy;
}

/* How many lines of both are the same, in percent. */
static unsigned
similarity(const struct line_hashes *left, const struct line_hashes *right)
{
	size_t a_count, b_count, a_at = 0, b_at = 0, common = 0;
	uint64_t *a = sorted(left, &a_count), *b = sorted(right, &b_count);

	while (a_at < a_count && b_at < b_count) {
		common += a[a_at] == b[b_at];
		if (a[a_at] == b[b_at]) {
			a_at++;
			b_at++;
		} else if (a[a_at] < b[b_at]) {
			a_at++;
		} else {
			b_at++;
		}
	}
	free(a);
	free(b);
	return a_count + b_count == 0 ? 0 : (unsigned)(200 * common / (a_count + b_count));
}

static void
read_gone(struct changes *c, struct changes_gone *gone)
{
	gone->is_read = true;
	gone->item = (struct baseline_item){
		.source = gone->path,
		.is_python = true,
		.project = &c->project,
	};
	if (baseline_read(&c->reading, &gone->item, 1, NULL) == STATUS_OK &&
	    gone->item.ran.origin != RAN_UNKNOWN)
		line_hashes_add_text(&gone->hashes, buf_span(&gone->item.ran.text));
}

/* The deleted file that a new one is most like, if that is at least half of it; or NULL. */
static struct changes_gone *
find_old_name(struct changes *c, const struct line_hashes *now)
{
	struct changes_gone *best = NULL;
	unsigned most = 49, tried = 0;

	for (size_t i = 0; i < c->gone_count && tried < RENAMED_MAX; i++) {
		struct changes_gone *gone = &c->gone[i];
		unsigned percent;

		if (!gone->deleted || gone->renamed)
			continue;
		tried++;
		if (!gone->is_read)
			read_gone(c, gone);
		percent = similarity(&gone->hashes, now);
		if (percent > most) {
			most = percent;
			best = gone;
		}
	}
	return best;
}

/* ---- one file --------------------------------------------------------------------------------- */

static void
add_reason(struct changes *c, const char *name, const char *what, const char *why)
{
	struct buf note = { 0 };

	buf_addf(&note, "%s: %s", what, why);
	changes_table_add(&c->table, name, buf_text(&note));
	buf_free(&note);
}

/* How a source stands, carried over from the text that ran to the one that is there. */
static void
build_view(const struct changes *c, const struct survey_file *file, const struct data_query *data,
	   bool has_branches, const struct line_map *map, struct view *view)
{
	struct view_parts parts = {
		.lines = file->lines,
		.data = data,
		.map = map,
		.has_branches = has_branches && c->r->survey.has_arcs,
		.no_branch = &c->r->survey.no_branch_lines,
	};

	view_build(view, &parts);
}

/* A source that was written after the run: what ran of it is found first. False: it is not known. */
static bool
align_now(struct changes *c, const struct survey_file *file, const struct line_hashes *now,
	  struct line_map *map, bool *edited)
{
	char *source = path_join(c->r->folder, file->row->path);
	struct ran_text ran = { 0 };
	struct ran_wishes wishes = {
		.store = c->store,
		.run = c->run,
		.source = source,
		.is_python = true,
		.data = file->data,
		.data_ns = c->data_ns,
	};
	struct line_hashes hashes = { 0 };
	bool known = true;

	*edited = file_stamp(source).modified_ns > c->data_ns;
	if (*edited) {
		ran_text_find(&ran, &wishes);
		known = ran.origin != RAN_UNKNOWN;
		if (known) {
			line_hashes_add_text(&hashes, buf_span(&ran.text));
			line_diff(&hashes, now, map);
		} else {
			add_reason(c, file->row->name, "not compared", ran.why);
		}
		ran_text_free(&ran);
		line_hashes_free(&hashes);
	}
	free(source);
	return known;
}

/* Both views, and the row that comes of them. `item` is what the baseline says. */
static void
compare(struct changes *c, const struct survey_file *file, const struct baseline_item *item,
	const struct line_hashes *now, const char *note)
{
	struct line_map map = { 0 }, map_now = { 0 };
	struct line_hashes ran = { 0 };
	struct view before = { 0 }, after = { 0 };
	struct baseline_changes changes = { 0 };
	bool edited;

	if (!align_now(c, file, now, &map_now, &edited))
		return;
	if (item->data.answer != DATA_UNKNOWN) {
		line_hashes_add_text(&ran, buf_span(&item->ran.text));
		line_diff(&ran, now, &map);
		build_view(c, file, &item->data, item->info.has_branches, &map, &before);
	}
	build_view(c, file, file->data, true, edited ? &map_now : NULL, &after);
	baseline_compare(&before, &after, file->lines, &changes);
	for (unsigned kind = 0; kind < BASELINE_CHANGES; kind++)
		c->table.totals[kind] += changes.counts[kind];
	if (changes.count > 0 || note != NULL) {
		struct changes_row *row = changes_table_add(&c->table, file->row->name, note);

		row->compared = true;
		row->changes = changes;
		changes = (struct baseline_changes){ 0 };
	} else {
		c->table.same++;
	}
	baseline_changes_free(&changes);
	view_free(&before);
	view_free(&after);
	line_hashes_free(&ran);
	line_map_free(&map);
	line_map_free(&map_now);
}

static void
compare_new(struct changes *c, const struct survey_file *file, const struct baseline_item *item,
	    const struct line_hashes *now)
{
	struct changes_gone *old = find_old_name(c, now);
	struct buf note = { 0 };

	if (old != NULL) {
		old->renamed = true;
		buf_addf(&note, "renamed from %s", old->name);
		compare(c, file, &old->item, now, buf_text(&note));
	} else {
		compare(c, file, item, now, "not in the baseline");
	}
	buf_free(&note);
}

enum status
changes_add(struct changes *c, const struct survey_file *file, struct error *err)
{
	struct line_hashes now = { 0 };
	struct baseline_item *item;
	enum status status;

	if (!c->has_other || !file->is_python || file->data->answer == DATA_UNKNOWN)
		return STATUS_OK;
	status = find_item(c, file->row, &item, err);
	if (status != STATUS_OK)
		return status;
	line_hashes_add_text(&now, file->text);
	if (item->data.answer == DATA_UNKNOWN)
		compare_new(c, file, item, &now);
	else if (item->ran.origin == RAN_UNKNOWN)
		add_reason(c, file->row->name, "the text of the baseline is not known",
			   item->ran.why);
	else
		compare(c, file, item, &now, NULL);
	line_hashes_free(&now);
	return STATUS_OK;
}

/* ---- printing --------------------------------------------------------------------------------- */

static void
add_gone_rows(struct changes *c)
{
	for (size_t i = 0; i < c->gone_count; i++) {
		const struct changes_gone *gone = &c->gone[i];

		if (!gone->renamed)
			changes_table_add(&c->table, gone->name,
					  gone->deleted ? "deleted" : "not measured any more");
	}
}

/* Keeps the run of the report, so that the next one can be compared with it. */
static void
keep_run(struct changes *c)
{
	struct baseline_data data = { .path = data_file(c->r), .project = &c->project };
	struct baseline_order order = {
		.store = c->store,
		.folder = c->r->folder,
		.data = &data,
		.data_count = 1,
		.roots = &c->roots,
	};
	struct baseline_saved saved = { 0 };
	struct error err = { 0 };

	if (baseline_save(&order, &saved, &err) != STATUS_OK)
		cli_complain("%s", err.text);
	baseline_saved_free(&saved);
}

static void
print_title(const struct changes *c)
{
	const struct store_baseline *b = &c->baseline;
	char ago[CLOCK_TEXT_MAX];

	clock_ago((clock_wall_ns() - b->run.modified_ns) / 1000000000, ago);
	if (b->folder == NULL)
		output_addf(&c->r->out, "\nCompared with the run before this one (%s):\n\n", ago);
	else
		output_addf(&c->r->out, "\nCompared with the baseline '%s' (%s, run %s):\n\n",
			    b->name, cli_short_path(b->run.data_path, c->r->folder), ago);
}

void
changes_print(struct changes *c, bool markdown)
{
	if (c->keep_run)
		keep_run(c);
	if (!c->has_other) {
		output_text(&c->r->out,
			    "\nNo earlier run has been seen to compare with; the next one "
			    "will be compared with this one.\n");
		return;
	}
	add_gone_rows(c);
	print_title(c);
	changes_table_print(&c->table, &c->r->out, markdown);
}

void
changes_free(struct changes *c)
{
	clear_window(c);
	for (size_t i = 0; i < c->gone_count; i++) {
		free(c->gone[i].path);
		free(c->gone[i].name);
		baseline_item_free(&c->gone[i].item);
		line_hashes_free(&c->gone[i].hashes);
	}
	changes_table_free(&c->table);
	free(c->gone);
	free(c->items);
	free(c->sources);
	text_list_free(&c->roots);
	store_baseline_free(&c->baseline);
	store_close(c->store);
	*c = (struct changes){ 0 };
}
