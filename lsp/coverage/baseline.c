#include "coverage/baseline.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "coverage/discover.h"
#include "coverage/path_rules.h"
#include "coverage/ran_text.h"
#include "platform/cache.h"
#include "platform/clock.h"
#include "platform/file.h"
#include "platform/path.h"

#include "data_files.h"
#include "data_sources.h"
#include "nocov.h"
#include "run_identity.h"
#include "search_paths.h"

#define NAME_MAX_LEN 100

/* So many sources are asked for in one reading of a database. */
#define BATCH 256

/* Of so many sources it is told why their text is not known. */
#define UNKNOWN_TOLD 5

/* Reports that were written further apart are of different runs; as candidates.c. */
#define RUN_NS (600 * INT64_C(1000000000))

/* Folders deeper than this are hardly a project's. */
#define LEVELS_MAX 64

/* ---- folders and names ------------------------------------------------------------------------ */

static bool
has_baselines(struct store *store, const char *folder)
{
	struct store_baseline *list = NULL;
	size_t count = 0;

	if (store_list_baselines(store, folder, &list, &count, NULL) != STATUS_OK)
		return false;
	store_baselines_free(list, count);
	return count > 0;
}

char *
baseline_folder(struct store *store, const char *path, const struct text_list *roots)
{
	struct text_list tops = { 0 }, real_roots = { 0 };
	char *real = path_resolve("/", path), *folder = path_folder(real), *found = NULL;

	for (int level = 0; store != NULL && level < LEVELS_MAX && found == NULL; level++) {
		char *above = path_folder(folder);
		bool last = strcmp(above, folder) == 0;

		if (has_baselines(store, folder))
			found = folder;
		else
			free(folder);
		folder = above;
		if (last)
			break;
	}
	free(folder);
	for (size_t i = 0; i < roots->count && found == NULL; i++) {
		char *root = path_resolve("/", roots->at[i]);

		text_list_add(&real_roots, span_of(root));
		free(root);
	}
	if (found == NULL) {
		discover_tops(real, &real_roots, &tops);
		found = tops.count > 0 ? mem_copy(tops.at[0]) : path_folder(real);
	}
	text_list_free(&tops);
	text_list_free(&real_roots);
	free(real);
	return found;
}

enum status
baseline_check_name(const char *name, struct error *err)
{
	size_t len = strlen(name);

	if (strcmp(name, "last") == 0 || strcmp(name, "off") == 0)
		return error_set(err, STATUS_USAGE,
				 "a baseline cannot be called '%s': that is a value of the setting "
				 "\"covls.baseline\"",
				 name);
	if (len == 0 || len > NAME_MAX_LEN)
		return error_set(err, STATUS_USAGE,
				 "the name of a baseline has 1 to %d bytes, this one has %zu",
				 NAME_MAX_LEN, len);
	for (size_t i = 0; i < len; i++) {
		if (iscntrl((unsigned char)name[i]) != 0)
			return error_set(err, STATUS_USAGE,
					 "the name of a baseline has no control characters");
	}
	if (isspace((unsigned char)name[0]) != 0 || isspace((unsigned char)name[len - 1]) != 0 ||
	    name[0] == '-')
		return error_set(
			err, STATUS_USAGE,
			"the name of a baseline begins and ends with no space, and not with "
			"'-'");
	return STATUS_OK;
}

/* ---- keeping the texts ------------------------------------------------------------------------ */

/* One data file. */
struct keeping {
	const struct baseline_order *order;
	const struct baseline_data *file;
	struct baseline_saved *saved;
	struct store_run run;
	struct data_index *index; /* of the copy */
	struct data_sources sources;
};

static void
tell_unknown(struct keeping *k, const char *name, const char *why)
{
	struct buf text = { 0 };

	if (k->saved->unknown.count >= UNKNOWN_TOLD)
		return;
	buf_addf(&text, "%s: %s", name, why);
	text_list_add(&k->saved->unknown, buf_span(&text));
	buf_free(&text);
}

/* Sees to it that the store knows which text ran. */
static void
keep_text(struct keeping *k, const char *source, const struct data_query *data)
{
	struct ran_text ran = { 0 };
	struct ran_wishes wishes = {
		.store = k->order->store,
		.run = k->run.id,
		.source = source,
		.is_python = data->report == NULL && data->tracer == NULL,
		.data = data,
		.data_ns = k->run.modified_ns,
		.progress = k->order->progress,
	};
	struct file_stamp stamp = file_stamp(k->run.data_path);

	if (stamp.modified_ns == k->run.modified_ns)
		ran_text_set_times(&wishes, k->run.data_path, &stamp, k->index->info.format);
	ran_text_find(&ran, &wishes);
	if (ran.origin == RAN_UNKNOWN)
		tell_unknown(k, source, ran.why);
	else
		k->saved->texts++;
	ran_text_free(&ran);
}

/* Some sources with their names in the data. */
struct batch {
	size_t count;
	char *names[BATCH], *sources[BATCH];
	const char *lists[BATCH][2];
	struct data_query queries[BATCH];
};

static void
batch_clear(struct batch *b)
{
	for (size_t i = 0; i < b->count; i++) {
		free(b->names[i]);
		free(b->sources[i]);
		data_query_free(&b->queries[i]);
	}
	b->count = 0;
}

static void
batch_add(struct batch *b, struct keeping *k, size_t number, char *source)
{
	struct span name = data_index_name(k->index, number);
	size_t i = b->count++;

	b->names[i] = mem_text(name.at, name.len);
	b->sources[i] = source;
	b->lists[i][0] = b->names[i];
	b->lists[i][1] = NULL;
	b->queries[i] = (struct data_query){ .names = b->lists[i] };
}

static enum status
keep_batch(struct keeping *k, struct batch *b, struct error *err)
{
	enum status status = data_read(k->run.copy, b->queries, b->count, NULL, err);

	for (size_t i = 0; i < b->count && status == STATUS_OK; i++) {
		keep_text(k, b->sources[i], &b->queries[i]);
		if (!progress_step(k->order->progress, 0))
			status = error_set(err, STATUS_STOPPED, "keeping a baseline was stopped");
	}
	batch_clear(b);
	return status;
}

/* A report is read section by section. */
static enum status
keep_reported(struct keeping *k, size_t number, const char *source, struct error *err)
{
	struct data_query query = { 0 };
	enum status status = data_index_read(k->index, number, &query, k->order->progress, err);

	if (status == STATUS_OK)
		keep_text(k, source, &query);
	data_query_free(&query);
	return status;
}

static void
count_source(struct keeping *k, size_t number, const char *source)
{
	struct span name = data_index_name(k->index, number);
	char *text;

	k->saved->sources++;
	if (source != NULL)
		return;
	text = mem_text(name.at, name.len);
	tell_unknown(k, text, "there is no such file here");
	free(text);
}

static enum status
keep_texts(struct keeping *k, struct error *err)
{
	struct batch *batch = mem_alloc(1, sizeof *batch);
	uint64_t share = k->index->name_count == 0 ? 0 : k->run.size / k->index->name_count;
	enum status status = STATUS_OK;

	progress_expect(k->order->progress, share * k->index->name_count);
	for (size_t i = 0; i < k->index->name_count && status == STATUS_OK; i++) {
		char *source = data_sources_path(&k->sources, i);

		progress_step(k->order->progress, share);
		count_source(k, i, source);
		if (source == NULL)
			continue;
		if (data_is_database(k->index->info.format)) {
			batch_add(batch, k, i, source);
		} else {
			status = keep_reported(k, i, source, err);
			free(source);
		}
		if (batch->count == BATCH && status == STATUS_OK)
			status = keep_batch(k, batch, err);
	}
	if (batch->count > 0 && status == STATUS_OK)
		status = keep_batch(k, batch, err);
	batch_clear(batch);
	free(batch);
	return status;
}

/* ---- keeping the run -------------------------------------------------------------------------- */

/* Copies the data and finds the run in the store again, with the place that the copy has there. */
static enum status
keep_run(struct keeping *k, struct error *err)
{
	struct store *store = k->order->store;
	struct store_run run = {
		.data_path = mem_copy(k->file->path),
		.modified_ns = file_stamp(k->file->path).modified_ns,
	};
	char *place = store_copy_place(store);
	struct data_digest digest = { 0 };
	enum status status;
	int64_t id;

	if (place == NULL)
		status = error_set(err, STATUS_DENIED,
				   "there is no place to keep a baseline in; see $COVLS_CACHE");
	else
		status = data_copy(run.data_path, place, STORE_COPY_MAX, &digest, err);
	if (status == STATUS_OK) {
		run_identity_set(&run, &digest, data_recognize(place, NULL));
		status = store_put_run(store, &run, place, &id, err);
		if (status != STATUS_OK)
			cache_remove_file(place, NULL);
	}
	if (status == STATUS_OK)
		status = store_find_run(store, run.data_path, run.size, run.hash, &k->run, err);
	if (status == STATUS_OK && k->run.copy == NULL)
		status = error_set(err, STATUS_DENIED, "'%s' could not be copied", run.data_path);
	free(place);
	free(run.data_path);
	return status;
}

static enum status
open_names(struct keeping *k, struct error *err)
{
	const struct baseline_order *o = k->order;
	enum status status = data_index_open(k->run.copy, o->progress, &k->index, err);

	if (status != STATUS_OK)
		return status;
	k->sources = (struct data_sources){
		.index = k->index,
		.data_path = k->file->path,
		.project = k->file->project,
		.roots = o->roots,
		.mappings = o->mappings,
		.mapping_count = o->mapping_count,
		.progress = o->progress,
	};
	return data_sources_open(&k->sources, err);
}

/* The name of the baseline in use, or NULL. */
static char *
name_in_use(struct store *store, const char *folder)
{
	struct store_baseline *list = NULL;
	size_t count = 0;
	char *name = NULL;

	if (store_list_baselines(store, folder, &list, &count, NULL) != STATUS_OK)
		return NULL;
	for (size_t i = 0; i < count && name == NULL; i++) {
		if (list[i].in_use)
			name = mem_copy(list[i].name);
	}
	store_baselines_free(list, count);
	return name;
}

static enum status
give_name(const struct baseline_order *o, const int64_t *runs, struct baseline_saved *saved,
	  struct error *err)
{
	char *other = name_in_use(o->store, o->folder);
	enum status status = store_save_baseline_runs(o->store, o->folder, o->name, runs,
						      o->data_count, clock_wall_ns(), err);

	if (other != NULL && strcmp(other, o->name) != 0 && status == STATUS_OK) {
		saved->other = other;
		return STATUS_OK;
	}
	free(other);
	if (status == STATUS_OK)
		status = store_use_baseline(o->store, o->folder, o->name, err);
	saved->in_use = status == STATUS_OK;
	return status;
}

/* Keeps the run of one data file. */
static enum status
keep_file(const struct baseline_order *order, const struct baseline_data *file,
	  struct baseline_saved *saved, int64_t *run, struct error *err)
{
	struct keeping k = { .order = order, .file = file, .saved = saved };
	enum status status;

	status = keep_run(&k, err);
	if (status == STATUS_OK)
		status = open_names(&k, err);
	if (status == STATUS_OK)
		status = keep_texts(&k, err);
	*run = k.run.id;
	data_sources_close(&k.sources);
	data_index_close(k.index);
	store_run_free(&k.run);
	return status;
}

static enum status
save(const struct baseline_order *order, struct baseline_saved *saved, struct error *err)
{
	int64_t *runs = mem_alloc(order->data_count + 1, sizeof *runs);
	enum status status =
		order->name == NULL ? STATUS_OK : baseline_check_name(order->name, err);

	for (size_t i = 0; i < order->data_count && status == STATUS_OK; i++)
		status = keep_file(order, &order->data[i], saved, &runs[i], err);
	if (status == STATUS_OK && order->name != NULL)
		status = give_name(order, runs, saved, err);
	free(runs);
	return status;
}

enum status
baseline_save(const struct baseline_order *order, struct baseline_saved *saved, struct error *err)
{
	enum status status = save(order, saved, err);

	/* What was put into the store has gone again: it turned out to be damaged and was begun anew, or somebody
	 * has deleted it. */
	if (status == STATUS_MISSING) {
		baseline_saved_free(saved);
		status = save(order, saved, err);
	}
	return status;
}

void
baseline_saved_free(struct baseline_saved *saved)
{
	text_list_free(&saved->unknown);
	free(saved->other);
	*saved = (struct baseline_saved){ 0 };
}

static void
write_baseline(struct jsonw *w, const struct store_baseline *b)
{
	char text[CLOCK_TEXT_MAX];

	jsonw_object(w);
	jsonw_key_text(w, "name", b->name);
	clock_iso(b->run.modified_ns, text);
	jsonw_key_text(w, "modified", text);
	clock_iso(b->made_ns, text);
	jsonw_key_text(w, "made", text);
	jsonw_key_text(w, "data", b->run.data_path);
	if (b->other_count > 0) {
		jsonw_key(w, "others");
		jsonw_array(w);
		for (size_t i = 0; i < b->other_count; i++)
			jsonw_text(w, b->others[i].data_path);
		jsonw_array_end(w);
	}
	jsonw_object_end(w);
}

enum status
baseline_write_list(struct jsonw *w, struct store *store, const char *folder, struct error *err)
{
	struct store_baseline *list = NULL;
	size_t count = 0;
	const char *in_use = NULL;
	enum status status = store_list_baselines(store, folder, &list, &count, err);

	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < count; i++)
		in_use = list[i].in_use ? list[i].name : in_use;
	jsonw_object(w);
	jsonw_key_text(w, "folder", folder);
	jsonw_key_text(w, "inUse", in_use);
	jsonw_key(w, "baselines");
	jsonw_array(w);
	for (size_t i = 0; i < count; i++)
		write_baseline(w, &list[i]);
	jsonw_array_end(w);
	jsonw_object_end(w);
	store_baselines_free(list, count);
	return STATUS_OK;
}

/* ---- choosing --------------------------------------------------------------------------------- */

/* Takes a run out of a list. */
static void
take_run(struct store_run *into, struct store_run *from)
{
	*into = *from;
	*from = (struct store_run){ 0 };
}

static enum status
choose_last(struct store *store, const struct baseline_choice *choice,
	    struct store_baseline *baseline, struct error *err)
{
	struct store_run *runs = NULL;
	size_t count = 0;
	enum status status;

	if (choice->data_path == NULL)
		return error_set(err, STATUS_MISSING,
				 "there is no run that could have one before it");
	status = store_list_runs(store, choice->data_path, &runs, &count, err);
	if (status != STATUS_OK && status != STATUS_MISSING)
		return status;
	for (size_t i = 0; i < count && baseline->name == NULL; i++) {
		if (runs[i].modified_ns >= choice->data_ns || runs[i].copy == NULL)
			continue;
		baseline->name = mem_copy("last");
		baseline->made_ns = runs[i].modified_ns;
		baseline->in_use = true;
		take_run(&baseline->run, &runs[i]);
	}
	store_runs_free(runs, count);
	if (baseline->name == NULL)
		return error_set(err, STATUS_MISSING, "no earlier run of '%s' has been seen",
				 choice->data_path);
	return STATUS_OK;
}

static void
take_baseline(struct store_baseline *into, struct store_baseline *from)
{
	*into = *from;
	*from = (struct store_baseline){ 0 };
}

/* Is all its data still there? Puts the run of the data file at `path`, if there is one, first. */
static bool
arrange_runs(struct store_baseline *baseline, const char *path)
{
	bool whole = baseline->run.copy != NULL;

	for (size_t i = 0; i < baseline->other_count; i++) {
		struct store_run other = baseline->others[i];

		whole = whole && other.copy != NULL;
		if (path == NULL || strcmp(other.data_path, path) != 0)
			continue;
		baseline->others[i] = baseline->run;
		baseline->run = other;
	}
	return whole;
}

static enum status
choose_by_name(struct store *store, const struct baseline_choice *choice,
	       struct store_baseline *baseline, struct error *err)
{
	struct store_baseline *list = NULL;
	size_t count = 0;
	const char *name = choice->setting;
	enum status status = store_list_baselines(store, choice->folder, &list, &count, err);

	if (status != STATUS_OK && status != STATUS_MISSING)
		return status;
	for (size_t i = 0; i < count && baseline->name == NULL; i++) {
		if (name == NULL ? list[i].in_use : strcmp(list[i].name, name) == 0)
			take_baseline(baseline, &list[i]);
	}
	store_baselines_free(list, count);
	if (baseline->name == NULL && name == NULL)
		return error_set(err, STATUS_EMPTY, "no baseline is in use in '%s'",
				 choice->folder);
	if (baseline->name == NULL)
		return error_set(err, STATUS_MISSING,
				 "there is no baseline '%s' in '%s'; 'covls baseline list' tells "
				 "which there are",
				 name, choice->folder);
	if (!arrange_runs(baseline, choice->data_path))
		return error_set(err, STATUS_MISSING,
				 "the data of the baseline '%s' is no longer kept; save it again",
				 baseline->name);
	return STATUS_OK;
}

enum status
baseline_choose(struct store *store, const struct baseline_choice *choice,
		struct store_baseline *baseline, struct error *err)
{
	const char *setting = choice->setting;

	*baseline = (struct store_baseline){ 0 };
	if (setting != NULL && strcmp(setting, "off") == 0)
		return error_set(err, STATUS_EMPTY, "the setting \"covls.baseline\" is off");
	if (store == NULL)
		return error_set(err, STATUS_DENIED, "covls keeps nothing here; see $COVLS_CACHE");
	if (setting != NULL && strcmp(setting, "last") == 0)
		return choose_last(store, choice, baseline, err);
	return choose_by_name(store, choice, baseline, err);
}

int64_t
baseline_id(const struct store_baseline *baseline)
{
	uint64_t id = (uint64_t)baseline->run.id;

	for (size_t i = 0; i < baseline->other_count; i++)
		id = (id * UINT64_C(0x9e3779b97f4a7c15)) ^ (uint64_t)baseline->others[i].id;
	id &= INT64_MAX;
	return id == 0 ? 1 : (int64_t)id;
}

/* ---- reading ---------------------------------------------------------------------------------- */

/* What is asked of a database: each item under all names that it may have. */
struct asking {
	const struct baseline_reading *reading;
	const struct store_run *store_run;
	struct baseline_item *items;
	size_t count;
	struct data_info info;
	struct data_query *queries;
	struct text_list *names;
	const char ***lists;
};

static void
list_names(struct asking *a, size_t i)
{
	const struct store_run *run = a->store_run;
	const struct baseline_item *item = &a->items[i];
	struct text_list *names = &a->names[i];

	discover_names(item->source, run->data_path, a->reading->roots, names);
	if (item->recorded != NULL)
		text_list_add_once(names, item->recorded);
	if (item->project != NULL && item->project->config.path_count > 0) {
		char *real = path_resolve("/", item->source);

		search_paths_names(run->copy, real, item->project, names, NULL);
		free(real);
	}
	a->lists[i] = mem_alloc(names->count + 1, sizeof *a->lists[i]);
	for (size_t k = 0; k < names->count; k++)
		a->lists[i][k] = names->at[k];
	a->queries[i] = (struct data_query){ .names = a->lists[i], .want = DATA_WANT_ARCS };
}

static enum status
ask_database(struct asking *a, struct error *err)
{
	enum status status;

	a->names = mem_alloc(a->count, sizeof *a->names);
	a->lists = mem_alloc(a->count, sizeof *a->lists);
	for (size_t i = 0; i < a->count; i++)
		list_names(a, i);
	status = data_read(a->store_run->copy, a->queries, a->count, &a->info, err);
	for (size_t i = 0; i < a->count; i++) {
		a->queries[i].names = NULL;
		text_list_free(&a->names[i]);
		free(a->lists[i]);
	}
	free(a->names);
	free(a->lists);
	return status;
}

/* Finds each source by the name that the data of now has for it, or by rules as those of any report. */
static enum status
ask_entry(struct asking *a, const struct data_files_entry *entry, struct error *err)
{
	const struct data_index *index = entry->index;
	enum status status = STATUS_OK;

	a->info = index->info;
	for (size_t i = 0; i < a->count && status == STATUS_OK; i++) {
		const struct baseline_item *item = &a->items[i];
		const struct path_rule *rule;
		size_t number;

		if (path_rules_find(&entry->rules, index, item->source, &number, &rule, NULL,
				    NULL) ||
		    (item->recorded != NULL &&
		     data_index_find(index, span_of(item->recorded), &number)))
			status = data_index_read(index, number, &a->queries[i],
						 a->reading->progress, err);
	}
	return status;
}

static enum status
ask_report(struct asking *a, struct error *err)
{
	const struct baseline_reading *reading = a->reading;
	struct data_files *own = reading->files == NULL ? data_files_open() : NULL;
	struct tree_cache *own_trees = reading->trees == NULL ? tree_cache_open() : NULL;
	char *folder = path_folder(a->store_run->data_path);
	struct path_rules_options options = {
		.folder = folder,
		.roots = reading->roots,
		.mappings = reading->mappings,
		.mapping_count = reading->mapping_count,
		.trees = own_trees == NULL ? reading->trees : own_trees,
		.progress = reading->progress,
	};
	const struct data_files_entry *entry =
		data_files_get(own == NULL ? reading->files : own, a->store_run->copy, &options);
	enum status status = entry->status;

	if (status == STATUS_OK)
		status = ask_entry(a, entry, err);
	else if (err != NULL)
		*err = entry->err;
	free(folder);
	if (own_trees != NULL)
		tree_cache_close(own_trees);
	if (own != NULL)
		data_files_close(own);
	return status;
}

/* The text that ran; it may have been kept under what the source really is. */
static void
find_text(const struct baseline_reading *reading, struct baseline_item *item)
{
	const struct store_run *run = item->run;
	char *real = path_resolve("/", item->source);
	struct ran_wishes wishes = {
		.store = reading->store,
		.run = run->id,
		.source = item->source,
		.is_python = item->is_python,
		.data = &item->data,
		.data_ns = run->modified_ns,
		.progress = reading->progress,
	};

	ran_text_find(&item->ran, &wishes);
	if (item->ran.origin == RAN_UNKNOWN && strcmp(real, item->source) != 0) {
		ran_text_free(&item->ran);
		item->ran = (struct ran_text){ 0 };
		wishes.source = real;
		ran_text_find(&item->ran, &wishes);
	}
	nocov_exclude(&item->data, item->info.format, buf_span(&item->ran.text));
	free(real);
}

static void
take_answers(struct asking *a)
{
	for (size_t i = 0; i < a->count; i++) {
		a->items[i].data = a->queries[i];
		a->items[i].info = a->info;
		a->items[i].run = NULL;
		if (a->items[i].data.answer == DATA_UNKNOWN)
			continue;
		a->items[i].run = a->store_run;
		find_text(a->reading, &a->items[i]);
	}
}

/* Answers all items from one data file. */
static enum status
read_run(const struct baseline_reading *reading, const struct store_run *run,
	 struct baseline_item *items, size_t count, struct error *err)
{
	struct asking a = { .reading = reading, .store_run = run, .items = items, .count = count };
	const char *format = data_recognize(run->copy, err);
	enum status status;

	a.queries = mem_alloc(count, sizeof *a.queries);
	status = data_is_database(format) ? ask_database(&a, err) : ask_report(&a, err);
	if (status == STATUS_OK)
		take_answers(&a);
	for (size_t i = 0; i < count && status != STATUS_OK; i++)
		data_query_free(&a.queries[i]);
	free(a.queries);
	return status;
}

/* An item without an answer that asks the same. */
static struct baseline_item
same_question(const struct baseline_item *item)
{
	return (struct baseline_item){
		.source = item->source,
		.is_python = item->is_python,
		.recorded = item->recorded,
		.project = item->project,
	};
}

static bool
is_same_text(const struct ran_text *a, const struct ran_text *b)
{
	return a->origin != RAN_UNKNOWN && b->origin != RAN_UNKNOWN && a->text.len == b->text.len &&
	       (a->text.len == 0 || memcmp(a->text.at, b->text.at, a->text.len) == 0);
}

/* Two reports of one test run. */
static void
unite_reports(struct baseline_item *item, const struct baseline_item *more)
{
	bool sum = strcmp(item->info.format, more->info.format) == 0;

	if (more->data.answer == DATA_RAN)
		item->data.answer = DATA_RAN;
	report_unite(item->data.report, more->data.report, sum ? REPORT_SUM : REPORT_MAX);
	item->info.has_branches = item->info.has_branches || more->info.has_branches;
	if (!is_same_text(&item->ran, &more->ran) && item->ran.origin != RAN_UNKNOWN) {
		ran_text_free(&item->ran);
		item->ran = (struct ran_text){ 0 };
		snprintf(item->ran.why, sizeof item->ran.why,
			 "the data of the baseline is of different texts of it");
	}
}

/* Takes in what another data file says, and frees it. */
static void
join_answer(struct baseline_item *item, struct baseline_item *more)
{
	bool known = item->data.answer != DATA_UNKNOWN;
	bool own = item->data.report == NULL, more_own = more->data.report == NULL, swap;
	int64_t newer;

	if (more->data.answer == DATA_UNKNOWN || (known && own)) {
		baseline_item_free(more);
		return;
	}
	newer = known ? more->run->modified_ns - item->run->modified_ns : 0;
	swap = !known || more_own || newer > RUN_NS;
	if (!swap && newer >= -RUN_NS)
		unite_reports(item, more);
	if (swap) {
		struct baseline_item old = *item;

		*item = *more;
		*more = old;
	} else if (newer > 0 && newer <= RUN_NS) {
		item->run = more->run;
	}
	baseline_item_free(more);
}

static enum status
read_other(const struct baseline_reading *reading, const struct store_run *run,
	   struct baseline_item *items, size_t count, struct error *err)
{
	struct baseline_item *more = mem_alloc(count, sizeof *more);
	enum status status;

	for (size_t i = 0; i < count; i++)
		more[i] = same_question(&items[i]);
	status = read_run(reading, run, more, count, err);
	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		join_answer(&items[i], &more[i]);
	free(more);
	return status;
}

/* Is each of them answered by coverage.py's own data? */
static bool
all_settled(const struct baseline_item *items, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (items[i].data.answer == DATA_UNKNOWN || items[i].data.report != NULL)
			return false;
	}
	return true;
}

enum status
baseline_read(const struct baseline_reading *reading, struct baseline_item *items, size_t count,
	      struct error *err)
{
	const struct store_baseline *b = reading->baseline;
	enum status status = read_run(reading, &b->run, items, count, err);

	for (size_t i = 0; i < b->other_count && status == STATUS_OK; i++) {
		if (all_settled(items, count))
			break;
		status = read_other(reading, &b->others[i], items, count, err);
		for (size_t k = 0; k < count && status != STATUS_OK; k++)
			baseline_item_free(&items[k]);
	}
	return status;
}

void
baseline_item_free(struct baseline_item *item)
{
	data_query_free(&item->data);
	ran_text_free(&item->ran);
	item->data = (struct data_query){ 0 };
	item->ran = (struct ran_text){ 0 };
}
