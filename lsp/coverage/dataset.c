#include "coverage/dataset.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "combinable.h"
#include "coverage/path_aliases.h"
#include "dataset_merge.h"
#include "name_pool.h"
#include "platform/file.h"
#include "platform/path.h"
#include "text/repr.h"

/* How many files to read at a time: more where each reading means many data files to open. */
#define BATCH_ONE  64
#define BATCH_MANY 256
#define MANY       16

/* The most different names of source files, in sum over all data files. */
#define NAMES_MOST LINE_SET_MAX

/* --- numbers by number ------------------------------------------------------------------------- */

/* For each number another one, 0 where nothing was said. A zeroed one is empty. */
struct number_map {
	uint32_t *at;
	size_t count;
};

static uint32_t
map_get(const struct number_map *map, uint32_t number)
{
	return number < map->count ? map->at[number] : 0;
}

static void
map_set(struct number_map *map, uint32_t number, uint32_t to)
{
	size_t count = map->count == 0 ? 256 : map->count;

	while (count <= number)
		count *= 2;
	if (count > map->count) {
		map->at = mem_resize(map->at, count, sizeof *map->at);
		memset(map->at + map->count, 0, (count - map->count) * sizeof *map->at);
		map->count = count;
	}
	map->at[number] = to;
}

/* --- the tables of coverage.py ----------------------------------------------------------------- */

/* A row of `file` with that of `tracer`; both are numbers of texts. */
struct record {
	uint32_t name, tracer;
};

/* The source files of some data, in the order of their ids. */
struct table {
	struct record *at;
	size_t count, cap;
	struct number_map places; /* of a name: its index and 1 */
};

static void
table_free(struct table *table)
{
	free(table->at);
	free(table->places.at);
	*table = (struct table){ 0 };
}

static void
table_put(struct table *table, struct record record)
{
	uint32_t place = map_get(&table->places, record.name);

	if (place == 0) {
		table->at = mem_grow(table->at, table->count, &table->cap, sizeof *table->at);
		table->at[table->count++] = record;
		map_set(&table->places, record.name, (uint32_t)table->count);
	} else if (table->at[place - 1].tracer == NAME_POOL_NONE) {
		table->at[place - 1].tracer = record.tracer;
	}
}

/* --- what is open ------------------------------------------------------------------------------ */

struct source {
	struct file_stamp stamp;
	struct line_set names; /* the numbers of those of which it has rows, each and 1 */
};

/* A name of the data, and the file that it became: in the finished data file, or in the others. */
struct link {
	uint32_t file, name;
	bool is_finished;
};

struct dataset_private {
	struct name_pool names;
	struct source *sources; /* beside data_files */
	size_t source_count, source_cap;
	bool has_finished;  /* the first source is the finished data file */
	struct link *links; /* by file */
	size_t link_count;
	struct name_pool contexts; /* of all sources, in coverage.py's order of ids */
	bool knows_contexts;
};

/* What is needed only while a dataset is opened. */
struct opening {
	struct dataset *d;
	struct dataset_private *own;
	const struct dataset_options *options;
	const struct text_list *only; /* of these it is made; NULL: of what lies there */
	struct error *err;
	struct table combined, final;
	struct number_map to_combined, to_final; /* of a name, what it became, and 1 */
	bool is_mapped;                          /* there are [paths], and `final` */
	bool has_arcs, has_lines;                /* what was united so far says that it is */
	bool has_arc_rows;

	/* The numbers of names, each and 1: in the finished data file, whose names are not mapped at
	 * first, and in the others. */
	struct line_set finished, unfinished;
};

/* --- uniting the names ------------------------------------------------------------------------- */

/* One step of CoverageData.update(): into which table, and what names become. */
struct step {
	struct table *table;
	struct number_map *map;
	struct path_aliases *aliases;
};

/* What a name becomes; asked once for each (functools.cache in combine_parallel_data()). */
static uint32_t
map_name(struct opening *o, struct step *step, uint32_t name)
{
	uint32_t to = map_get(step->map, name);
	char *mapped;

	if (to != 0)
		return to - 1;
	mapped = path_aliases_map(step->aliases, name_pool_text(&o->own->names, name));
	for (char *c = mapped; *c != '\0'; c++)
		*c = *c == '\\' ? '/' : *c;
	to = name_pool_put(&o->own->names, mapped);
	map_set(step->map, name, to + 1);
	free(mapped);
	return to;
}

static enum status
set_conflict(struct opening *o, uint32_t name, uint32_t was, uint32_t is)
{
	const struct name_pool *names = &o->own->names;
	const uint32_t numbers[] = { name, was, is };
	static const char *const before[] = { "Conflicting file tracer name for ", ": ", " vs " };
	struct buf text = { 0 };

	for (size_t i = 0; i < 3; i++) {
		const char *word = name_pool_text(names, numbers[i]);

		buf_add_text(&text, before[i]);
		repr_add(&text, span_of(word == NULL ? "" : word));
	}
	error_set(o->err, STATUS_BAD_DATA, "%s", buf_text(&text));
	buf_free(&text);
	return STATUS_BAD_DATA;
}

/* Adds the files of one data file. Those that are there already must have the same tracer; of names
 * that become one in this step the first tracer counts. */
static enum status
update(struct opening *o, struct step *step, const struct record *records, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint32_t name = map_name(o, step, records[i].name);
		uint32_t place = map_get(&step->table->places, name);

		if (place != 0 && step->table->at[place - 1].tracer != records[i].tracer)
			return set_conflict(o, name, step->table->at[place - 1].tracer,
					    records[i].tracer);
	}
	for (size_t i = 0; i < count; i++)
		table_put(step->table,
			  (struct record){ map_name(o, step, records[i].name), records[i].tracer });
	return STATUS_OK;
}

/* --- one data file ----------------------------------------------------------------------------- */

/* The rows of one data file while they come. */
struct listing {
	struct opening *o;
	struct record *at;
	size_t count, cap;
	struct line_set *all;  /* their numbers are added here, */
	struct line_set names; /* and of those with rows here */
};

static void
on_record(void *ctx, const struct data_record *found)
{
	struct listing *l = ctx;
	struct name_pool *names = &l->o->own->names;
	struct record record = { name_pool_put(names, found->name), NAME_POOL_NONE };

	if (found->tracer != NULL)
		record.tracer = name_pool_put(names, found->tracer);
	l->at = mem_grow(l->at, l->count, &l->cap, sizeof *l->at);
	l->at[l->count++] = record;
	line_set_add(l->all, record.name + 1);
	if (found->has_rows)
		line_set_add(&l->names, record.name + 1);
}

static void
add_source(struct opening *o, const char *path, struct file_stamp stamp, struct listing *l)
{
	struct dataset_private *own = o->own;

	own->sources =
		mem_grow(own->sources, own->source_count, &own->source_cap, sizeof *own->sources);
	own->sources[own->source_count++] = (struct source){ stamp, l->names };
	l->names = (struct line_set){ 0 };
	text_list_add(&o->d->data_files, span_of(path));
}

/* Adds a warning: `before`, the path in quotes, a colon and `after`. */
static void
warn(struct opening *o, const char *before, const char *path, const char *after)
{
	struct buf text = { 0 };

	buf_add_text(&text, before);
	repr_add(&text, span_of(path));
	buf_addf(&text, ": %s", after);
	text_list_add(&o->d->warnings, buf_span(&text));
	buf_free(&text);
}

/* Lists a data file, and makes it a source if it holds anything. */
static enum status
list_source(struct listing *l, const char *path, struct data_info *info, struct error *err)
{
	struct file_stamp stamp = file_stamp(path);
	enum status status = data_list_as_recorded(path, on_record, l, info, err);

	if (status == STATUS_OK && !data_is_database(info->format)) {
		snprintf(info->reason, sizeof info->reason, "file is not a database");
		status = error_set(
			err, STATUS_BAD_DATA,
			"'%s' is a report (%s), not coverage.py's data; name the .coverage "
			"file that it was made from",
			path, info->format);
	}
	if (status == STATUS_OK && l->o->own->names.count > NAMES_MOST)
		status = error_set(err, STATUS_LIMIT,
				   "'%s' and the other data files speak of more source files than "
				   "covls takes",
				   path);
	if (status == STATUS_OK && info->warning[0] != '\0')
		warn(l->o, "Data file ", path, info->warning);
	if (status == STATUS_OK && l->count > 0)
		add_source(l->o, path, stamp, l);
	line_set_free(&l->names);
	return status;
}

/* One that holds nothing yet is like none (Coverage.load()). */
static enum status
take_finished(struct opening *o, const char *path)
{
	struct listing l = { .o = o, .all = &o->finished };
	struct data_info info = { 0 };
	enum status status = list_source(&l, path, &info, o->err);

	if (status == STATUS_OK) {
		for (size_t i = 0; i < l.count; i++)
			table_put(&o->combined, l.at[i]);
		o->own->has_finished = l.count > 0;
		o->has_arcs = info.has_branches;
		o->has_lines = !info.has_branches;
		o->has_arc_rows = info.has_branches && info.has_rows;
	}
	free(l.at);
	return status == STATUS_EMPTY ? STATUS_OK : status;
}

/* --- several data files ------------------------------------------------------------------------ */

static void
warn_unusable(struct opening *o, const char *path, const struct data_info *info,
	      const struct error *why)
{
	static const char begin[] = "Couldn't use data file ";

	if (info->reason[0] != '\0')
		warn(o, begin, path, info->reason);
	else if (why->status == STATUS_BUSY)
		warn(o, begin, path, "it is being written");
	else
		text_list_add(&o->d->warnings, span_of(why->text)); /* begins with the path */
}

/* Branches and statements don't go together, as far as either is there (CoverageData.update()). */
static enum status
check_kind(struct opening *o, const struct data_info *info)
{
	if (o->has_lines && info->has_branches)
		return error_set(o->err, STATUS_BAD_DATA,
				 "Can't combine branch coverage data with statement data");
	if (o->has_arcs && !info->has_branches)
		return error_set(o->err, STATUS_BAD_DATA,
				 "Can't combine statement coverage data with branch data");
	o->has_arc_rows = o->has_arc_rows || (info->has_rows && info->has_branches);
	o->has_arcs = o->has_arcs || (info->has_rows && info->has_branches);
	o->has_lines = o->has_lines || (info->has_rows && !info->has_branches);
	return STATUS_OK;
}

/* Nothing is wrong with a file that holds nothing yet: coverage.py takes it for an empty one. */
static enum status
take_unfinished(struct opening *o, struct step *step, const char *path)
{
	struct listing l = { .o = o, .all = &o->unfinished };
	struct data_info info = { 0 };
	struct error why = { 0 };
	enum status status = list_source(&l, path, &info, &why);

	o->d->combined += status == STATUS_OK || status == STATUS_EMPTY;
	if (status == STATUS_OK) {
		status = check_kind(o, &info);
		if (status == STATUS_OK)
			status = update(o, step, l.at, l.count);
	} else if (status == STATUS_EMPTY) {
		status = STATUS_OK;
	} else {
		o->d->errored++;
		warn_unusable(o, path, &info, &why);
		status = STATUS_OK;
	}
	free(l.at);
	return status;
}

static enum status
take_all_unfinished(struct opening *o, struct step *step, const char *data_file)
{
	struct combinable_seen seen = { 0 };
	struct text_list paths = { 0 };
	enum status status = STATUS_OK;

	for (size_t i = 0; o->only != NULL && i < o->only->count; i++)
		text_list_add(&paths, span_of(o->only->at[i]));
	if (o->only == NULL)
		combinable_list(data_file, &paths);
	for (size_t i = 0; i < paths.count && status == STATUS_OK; i++) {
		if (combinable_is_duplicate(&seen, paths.at[i]))
			o->d->skipped++;
		else
			status = take_unfinished(o, step, paths.at[i]);
	}
	combinable_seen_free(&seen);
	text_list_free(&paths);
	return status;
}

/* What comes beside the data file (combine_parallel_data()). */
static enum status
unite_unfinished(struct opening *o, const char *data_file)
{
	struct step step = { .table = &o->combined, .map = &o->to_combined };
	enum status status = path_aliases_from_config(&step.aliases, o->options->folder,
						      o->options->config, o->err);

	if (status == STATUS_OK)
		status = take_all_unfinished(o, &step, data_file);
	path_aliases_free(step.aliases);
	return status;
}

/* --- opening ----------------------------------------------------------------------------------- */

/* What a report does where there are [paths] (_prepare_data_for_reporting()). */
static enum status
map_for_report(struct opening *o)
{
	struct step step = { .table = &o->final, .map = &o->to_final };
	enum status status;

	if (o->options->config->path_count == 0)
		return STATUS_OK;
	o->is_mapped = true;
	status = path_aliases_from_config(&step.aliases, o->options->folder, o->options->config,
					  o->err);
	if (status == STATUS_OK)
		status = update(o, &step, o->combined.at, o->combined.count);
	path_aliases_free(step.aliases);
	return status;
}

/* A file of the dataset on its way there. */
struct ranked {
	struct dataset_file file;
	uint32_t name;
};

static int
compare_ranked(const void *left, const void *right)
{
	const struct ranked *a = left, *b = right;

	return strcmp(a->file.name, b->file.name);
}

/* Makes the files out of the last table, whose places then are those of the files. */
static void
rank_files(struct opening *o, struct table *table)
{
	const struct name_pool *names = &o->own->names;
	struct ranked *ranked = mem_alloc(table->count, sizeof *ranked);

	for (size_t i = 0; i < table->count; i++) {
		ranked[i].name = table->at[i].name;
		ranked[i].file.name = name_pool_text(names, table->at[i].name);
		ranked[i].file.tracer = name_pool_text(names, table->at[i].tracer);
	}
	if (table->count > 0)
		qsort(ranked, table->count, sizeof *ranked, compare_ranked);
	o->d->files = mem_alloc(table->count, sizeof *o->d->files);
	o->d->count = table->count;
	for (size_t i = 0; i < table->count; i++) {
		o->d->files[i] = ranked[i].file;
		map_set(&table->places, ranked[i].name, (uint32_t)i + 1);
	}
	free(ranked);
}

static int
compare_links(const void *left, const void *right)
{
	const struct link *a = left, *b = right;

	if (a->file != b->file)
		return a->file < b->file ? -1 : 1;
	if (a->name != b->name)
		return a->name < b->name ? -1 : 1;
	return (a->is_finished ? 1 : 0) - (b->is_finished ? 1 : 0);
}

static void
add_links(struct opening *o, const struct line_set *names, bool is_finished)
{
	const struct table *table = o->is_mapped ? &o->final : &o->combined;
	struct dataset_private *own = o->own;

	for (uint32_t n = line_set_next(names, 0); n != LINE_SET_END; n = line_set_next(names, n)) {
		uint32_t name = n - 1;

		if (!is_finished)
			name = map_get(&o->to_combined, name) - 1;
		if (o->is_mapped)
			name = map_get(&o->to_final, name) - 1;
		own->links[own->link_count++] =
			(struct link){ map_get(&table->places, name) - 1, n - 1, is_finished };
	}
}

/* From each name of the data to its file. */
static void
link_names(struct opening *o)
{
	struct dataset_private *own = o->own;
	size_t most = line_set_count(&o->finished) + line_set_count(&o->unfinished);

	own->links = mem_alloc(most, sizeof *own->links);
	add_links(o, &o->finished, true);
	add_links(o, &o->unfinished, false);
	if (own->link_count > 0)
		qsort(own->links, own->link_count, sizeof *own->links, compare_links);
}

static void
finish(struct opening *o)
{
	name_pool_close(&o->own->names);
	rank_files(o, o->is_mapped ? &o->final : &o->combined);
	link_names(o);
	/* A copy for [paths] has branches if it has any (CoverageData.update()). */
	o->d->has_arcs = o->is_mapped ? o->has_arc_rows : o->has_arcs;
	o->d->batch = o->own->source_count < MANY ? BATCH_ONE : BATCH_MANY;
}

/* Where coverage.py would look for its data file. */
static char *
name_data_file(const struct dataset_options *options)
{
	const char *name = options->data_file;
	char *expanded, *path;

	if (name == NULL)
		name = options->config->values[COVERAGE_RUN_DATA_FILE].text;
	if (name == NULL || *name == '\0')
		name = ".coverage";
	expanded = path_expand_home(name);
	path = path_join(options->folder, expanded);
	free(expanded);
	return path;
}

static enum status
set_nothing(const struct opening *o, const char *path, bool is_there)
{
	if (!is_there && o->d->combined + o->d->errored == 0)
		return error_set(o->err, STATUS_MISSING,
				 "'%s' is not there; run the tests with coverage", path);
	if (!is_there && o->d->combined == 0)
		return error_set(o->err, STATUS_EMPTY,
				 "'%s' is not there, and no unfinished data file is usable", path);
	return error_set(o->err, STATUS_EMPTY,
			 "'%s' holds no data yet; a test run may just have begun", path);
}

static enum status
take_data(struct opening *o)
{
	char *path = name_data_file(o->options);
	bool is_there = o->only == NULL && file_stamp(path).kind != FILE_NONE;
	enum status status = is_there ? take_finished(o, path) : STATUS_OK;

	if (status == STATUS_OK)
		status = unite_unfinished(o, path);
	if (status == STATUS_OK)
		status = map_for_report(o);
	if (status == STATUS_OK && o->combined.count == 0)
		status = set_nothing(o, path, is_there);
	free(path);
	return status;
}

static enum status
open_dataset(struct opening *o, struct error *err)
{
	enum status status;

	*o->d = (struct dataset){ .own = mem_alloc(1, sizeof *o->d->own) };
	o->own = o->d->own;
	o->err = err;
	status = take_data(o);
	if (status == STATUS_OK)
		finish(o);
	table_free(&o->combined);
	table_free(&o->final);
	free(o->to_combined.at);
	free(o->to_final.at);
	line_set_free(&o->finished);
	line_set_free(&o->unfinished);
	return status;
}

enum status
dataset_open(struct dataset *d, const struct dataset_options *options, struct error *err)
{
	struct opening o = { .d = d, .options = options };

	return open_dataset(&o, err);
}

enum status
dataset_open_unfinished(struct dataset *d, const struct dataset_options *options,
			const struct text_list *files, struct error *err)
{
	struct opening o = { .d = d, .options = options, .only = files };

	return open_dataset(&o, err);
}

void
dataset_close(struct dataset *d)
{
	struct dataset_private *own = d->own;

	if (own == NULL)
		return;
	for (size_t i = 0; i < own->source_count; i++)
		line_set_free(&own->sources[i].names);
	free(own->sources);
	free(own->links);
	name_pool_free(&own->names);
	name_pool_free(&own->contexts);
	free(own);
	free(d->files);
	text_list_free(&d->data_files);
	text_list_free(&d->warnings);
	*d = (struct dataset){ 0 };
}

/* --- reading ----------------------------------------------------------------------------------- */

/* Some files of a dataset that are read at a time. */
struct reading {
	struct dataset *d;
	size_t first, count;
	struct data_query *answers; /* of the caller */
	struct error *err;

	/* What one data file is asked. */
	struct data_query *queries;
	const char *(*names)[2];
	size_t *targets; /* of each query: which answer it is for */
	size_t query_count;
};

static bool
wants_contexts(const struct data_query *query)
{
	return (query->want & (DATA_WANT_CONTEXTS | DATA_WANT_CONTEXT_ROWS)) != 0;
}

/* The first link of a file or of one behind it. */
static size_t
first_link(const struct dataset_private *own, size_t file)
{
	size_t low = 0, high = own->link_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (own->links[middle].file < file)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* What is true of each file, also where nobody has rows of it. */
static void
begin_answer(struct reading *r, size_t i)
{
	const struct dataset_private *own = r->d->own;
	uint32_t name = own->links[first_link(own, r->first + i)].name;

	data_query_free(&r->answers[i]);
	r->answers[i].answer = DATA_NOT_RUN;
	r->answers[i].recorded = mem_copy(name_pool_text(&own->names, name));
}

static void
add_query(struct reading *r, const struct link *link)
{
	size_t target = link->file - r->first, i = r->query_count++;
	const struct data_query *answer = &r->answers[target];

	r->names[i][0] = name_pool_text(&r->d->own->names, link->name);
	r->names[i][1] = NULL;
	r->targets[i] = target;
	r->queries[i] = (struct data_query){ .names = r->names[i],
					     .want = answer->want & ~(unsigned)DATA_WANT_CONTEXTS,
					     .filter = answer->filter };
	if (wants_contexts(answer))
		r->queries[i].want |= DATA_WANT_CONTEXT_ROWS;
}

static void
make_queries(struct reading *r, size_t source)
{
	const struct dataset_private *own = r->d->own;
	const struct line_set *names = &own->sources[source].names;
	bool is_finished = source == 0 && own->has_finished;

	r->query_count = 0;
	for (size_t i = first_link(own, r->first); i < own->link_count; i++) {
		const struct link *link = &own->links[i];

		if (link->file >= r->first + r->count)
			break;
		if (link->is_finished == is_finished && line_set_has(names, link->name + 1))
			add_query(r, link);
	}
}

static enum status
check_unchanged(struct reading *r, size_t source)
{
	const char *path = r->d->data_files.at[source];
	struct file_stamp now = file_stamp(path);

	if (file_stamp_equal(&now, &r->d->own->sources[source].stamp))
		return STATUS_OK;
	return error_set(r->err, STATUS_BUSY, "'%s' was changed while covls read it; wait a moment",
			 path);
}

static enum status
merge_answers(struct reading *r)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < r->query_count; i++) {
		if (status == STATUS_OK)
			status = dataset_merge(&r->answers[r->targets[i]], &r->queries[i],
					       &r->d->own->contexts, r->err);
		data_query_free(&r->queries[i]);
	}
	return status;
}

/* Adds what one data file knows. */
static enum status
read_source(struct reading *r, size_t source)
{
	enum status status;

	make_queries(r, source);
	if (r->query_count == 0)
		return STATUS_OK;
	status = check_unchanged(r, source);
	if (status == STATUS_OK)
		status = data_read(r->d->data_files.at[source], r->queries, r->query_count, NULL,
				   r->err);
	if (status != STATUS_OK)
		r->query_count = 0;
	return status == STATUS_OK ? merge_answers(r) : status;
}

static void
on_context(void *ctx, const char *name, const char *tracer)
{
	(void)tracer;
	name_pool_put(ctx, name);
}

/* The ids that contexts would have in one data file. */
static enum status
learn_contexts(struct reading *r)
{
	struct dataset_private *own = r->d->own;
	enum status status = STATUS_OK;
	bool wanted = false;

	for (size_t i = 0; i < r->count; i++)
		wanted = wanted || wants_contexts(&r->answers[i]);
	if (!wanted || own->knows_contexts)
		return STATUS_OK;
	for (size_t i = 0; i < own->source_count && status == STATUS_OK; i++) {
		status = check_unchanged(r, i);
		if (status == STATUS_OK)
			status = data_list_contexts(r->d->data_files.at[i], on_context,
						    &own->contexts, r->err);
	}
	own->knows_contexts = status == STATUS_OK;
	return status;
}

static enum status
read_united(struct reading *r)
{
	size_t most = first_link(r->d->own, r->first + r->count) - first_link(r->d->own, r->first);
	enum status status = learn_contexts(r);

	for (size_t i = 0; i < r->count; i++)
		begin_answer(r, i);
	r->queries = mem_alloc(most, sizeof *r->queries);
	r->names = mem_alloc(most, sizeof *r->names);
	r->targets = mem_alloc(most, sizeof *r->targets);
	for (size_t i = 0; i < r->d->own->source_count && status == STATUS_OK; i++)
		status = read_source(r, i);
	free(r->queries);
	free(r->names);
	free(r->targets);
	for (size_t i = 0; i < r->count; i++) {
		if (status == STATUS_OK)
			dataset_merge_end(&r->answers[i], &r->d->own->contexts);
		else
			data_query_free(&r->answers[i]);
	}
	return status;
}

/* One data file, and one name in it for each file: its answers are the answers. */
static enum status
read_directly(struct reading *r)
{
	const struct dataset_private *own = r->d->own;
	const struct link *links = &own->links[r->first];
	const char *const **kept = mem_alloc(r->count, sizeof *kept);
	enum status status = check_unchanged(r, 0);

	r->names = mem_alloc(r->count, sizeof *r->names);
	for (size_t i = 0; i < r->count; i++) {
		r->names[i][0] = name_pool_text(&own->names, links[i].name);
		kept[i] = r->answers[i].names;
		r->answers[i].names = r->names[i];
	}
	if (status == STATUS_OK)
		status = data_read(r->d->data_files.at[0], r->answers, r->count, NULL, r->err);
	for (size_t i = 0; i < r->count; i++)
		r->answers[i].names = kept[i];
	free(r->names);
	free(kept);
	return status;
}

static void
give_tracers(struct reading *r)
{
	for (size_t i = 0; i < r->count; i++) {
		free(r->answers[i].tracer);
		r->answers[i].tracer = mem_copy(r->d->files[r->first + i].tracer);
	}
}

enum status
dataset_read(struct dataset *d, size_t first, size_t count, struct data_query *answers,
	     struct error *err)
{
	struct reading r = {
		.d = d, .first = first, .count = count, .answers = answers, .err = err
	};
	enum status status;

	if (count == 0)
		return STATUS_OK;
	if (d->own->source_count == 1 && d->own->link_count == d->count)
		status = read_directly(&r);
	else
		status = read_united(&r);
	if (status == STATUS_OK)
		give_tracers(&r);
	return status;
}
