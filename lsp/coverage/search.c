#include "coverage/search.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "coverage/inventory.h"
#include "coverage/parallel.h"
#include "platform/clock.h"
#include "platform/path.h"

#include "baseline_search.h"
#include "candidates.h"
#include "data_files.h"
#include "past.h"
#include "search_paths.h"

/* What was found on the disk is looked at again after so long, even if nobody has seen a change. */
#define OLD_NS (5 * INT64_C(1000000000))

/* So many reports of earlier runs stay known: each is a table of all names in it. */
#define COPIES_KEPT 16

struct searcher {
	struct project_cache *projects;
	struct inventory *inventory;
	struct tree_cache *trees;
	struct data_files *files, *copies; /* of the disk, and of the store */
	struct past *past;
	int64_t looked_ns; /* when everything was looked at anew */
};

/* How far an item has come with coverage.py's own data. */
struct progress_of {
	size_t place; /* the next of its places to try */
	bool done;
	struct data_query query; /* of the read under way */
	struct text_list names;
	const char **name_list; /* the same, NULL-terminated, as data_read() wants them */
};

/* A place as it was at the beginning of a run. */
struct seen_place {
	char *path;
	const struct project *project;
	bool parallel, report;
};

#define SEEN_PLACES 16

/* One run of a search. */
struct run {
	struct searcher *searcher;
	const struct search_wishes *wishes;
	const struct text_list
		*ran_in; /* where the tests may have been run: the roots, or the current folder */
	struct path_rules_options rules;

	/* What the places that were asked about last are: many sources share a few, and it takes a listing of the
	 * folder to know. */
	struct seen_place seen[SEEN_PLACES];
	size_t next_seen;
};

struct searcher *
searcher_open(void)
{
	struct searcher *s = mem_alloc(1, sizeof *s);

	s->projects = project_cache_open();
	s->inventory = inventory_open();
	s->trees = tree_cache_open();
	s->files = data_files_open();
	s->copies = data_files_open();
	s->past = past_open();
	return s;
}

void
searcher_close(struct searcher *s)
{
	if (s == NULL)
		return;
	project_cache_close(s->projects);
	inventory_close(s->inventory);
	tree_cache_close(s->trees);
	data_files_close(s->files);
	data_files_close(s->copies);
	past_close(s->past);
	free(s);
}

static void
renew(struct searcher *s, const struct search_wishes *wishes)
{
	int64_t now = clock_wall_ns(), age = now - s->looked_ns;

	project_cache_renew(s->projects, wishes->python, wishes->python_by);
	if (!wishes->again && age >= 0 && age < OLD_NS)
		return;
	inventory_renew(s->inventory);
	tree_cache_renew(s->trees);
	s->looked_ns = now;
}

static void
free_place(struct search_place *place)
{
	free(place->path);
	free(place->why);
	free(place->recorded);
	free(place->rule);
	path_elsewhere_free(&place->elsewhere);
	path_elsewhere_free(&place->namesake);
	free(place->trouble);
	free(place->mapping);
	free(place->left);
	text_list_free(&place->tried);
	text_list_free(&place->nearest);
}

static struct search_place *
add_place(struct search_item *item, const char *path, enum place_origin origin)
{
	struct search_places *places = &item->places;
	struct search_place *place;

	for (size_t i = 0; i < places->count; i++) {
		if (strcmp(places->at[i].path, path) == 0)
			return &places->at[i];
	}
	places->at = mem_grow(places->at, places->count, &places->cap, sizeof *places->at);
	place = &places->at[places->count++];
	*place = (struct search_place){
		.path = mem_copy(path),
		.origin = origin,
		.stamp = file_stamp(path),
		.fate = PLACE_NOT_ASKED,
	};
	return place;
}

/* ---- coverage.py's own data, by the names that the source may have in it ---- */

/* Is a report there, and not a database? */
static bool
is_report(const char *path)
{
	const char *format = data_recognize(path, NULL);

	return format != NULL && !data_is_database(format);
}

static const struct seen_place *
look_at(struct run *run, const char *path, const struct project *project)
{
	struct seen_place *seen = run->seen;

	for (; seen < run->seen + SEEN_PLACES && seen->path != NULL; seen++) {
		if (seen->project == project && strcmp(seen->path, path) == 0)
			return seen;
	}
	seen = &run->seen[run->next_seen++ % SEEN_PLACES];
	free(seen->path);
	*seen = (struct seen_place){ .path = mem_copy(path), .project = project };
	seen->parallel = parallel_is_wanted(path, project);
	seen->report = !seen->parallel && is_report(path);
	return seen;
}

static void
forget_seen(struct run *run)
{
	for (size_t i = 0; i < SEEN_PLACES; i++)
		free(run->seen[i].path);
}

/* Moves on to the next place where there is something; NULL when there is none. */
static const char *
next_place(struct run *run, const struct search_item *item, struct progress_of *p)
{
	for (; p->place < item->places.count; p->place++) {
		struct search_place *place = &item->places.at[p->place];
		const struct seen_place *seen;
		bool there = place->stamp.kind != FILE_NONE;

		if (place->origin == PLACE_FOUND)
			continue;
		seen = look_at(run, place->path, item->project);
		if (seen->parallel || (there && !seen->report))
			return place->path;
		if (!there)
			place->fate = PLACE_ABSENT;
	}
	return NULL;
}

static void
begin_query(const struct search_item *item, struct progress_of *p, const char *path,
	    const struct text_list *roots)
{
	text_list_clear(&p->names);
	discover_names(item->source, path, roots, &p->names);
	p->name_list = mem_resize(p->name_list, p->names.count + 1, sizeof *p->name_list);
	for (size_t i = 0; i < p->names.count; i++)
		p->name_list[i] = p->names.at[i];
	p->name_list[p->names.count] = NULL;
	p->query = (struct data_query){ .names = p->name_list, .want = DATA_WANT_ARCS };
}

/* The outcome of a place is better than what the item has, if it has anything. */
static bool
is_better(const struct search_item *item, enum status status, const struct data_query *query)
{
	if (item->data_path == NULL)
		return true;
	if (status == STATUS_OK && query->answer != DATA_UNKNOWN)
		return true;
	/* That data cannot be read says more than that other data does not speak of the file. */
	return item->status == STATUS_OK && status != STATUS_OK;
}

/* What reading a place came to. */
struct outcome {
	enum status status;
	struct error err;
	struct data_info info;
	struct file_stamp stamp;
};

static void
note_outcome(struct search_place *place, const struct outcome *outcome,
	     const struct data_query *query)
{
	place->stamp = outcome->stamp;
	place->info = outcome->info;
	if (outcome->status != STATUS_OK) {
		place->fate = PLACE_TROUBLE;
		place->err = outcome->err;
	} else if (query->answer == DATA_UNKNOWN) {
		place->fate = PLACE_SILENT;
	} else {
		place->fate = PLACE_TAKEN;
		place->recorded = mem_copy(query->recorded);
	}
}

/* Nobody has written it for so long: whoever began to is gone. */
#define EMPTY_NS (60 * INT64_C(1000000000))

static bool
is_older(const struct file_stamp *stamp, int64_t age_ns)
{
	return clock_wall_ns() - stamp->modified_ns > age_ns;
}

static bool
is_under_way(enum status status, const struct file_stamp *stamp)
{
	return status == STATUS_BUSY || (status == STATUS_EMPTY && !is_older(stamp, EMPTY_NS));
}

/* A source of another language may be in coverage.py's data, by a plugin; but what is wrong with a file that nobody
 * has named says nothing of it, unless it has been there. */
static bool
is_concerned(const struct search_item *item, const struct search_place *place)
{
	return item->is_python || place->origin != PLACE_USUAL ||
	       (item->had_path != NULL && strcmp(item->had_path, place->path) == 0);
}

static void
take_outcome(struct search_item *item, struct progress_of *p, const char *path,
	     const struct outcome *outcome)
{
	struct search_place *place = &item->places.at[p->place++];
	bool known = outcome->status == STATUS_OK && p->query.answer != DATA_UNKNOWN;
	bool matters = outcome->status == STATUS_OK || is_concerned(item, place);

	note_outcome(place, outcome, &p->query);
	/* A file that is being written now may well speak of this source: wait for it. */
	p->done = known || (matters && is_under_way(outcome->status, &outcome->stamp));
	if (!matters || !is_better(item, outcome->status, &p->query)) {
		data_query_free(&p->query);
		return;
	}
	free(item->data_path);
	data_query_free(&item->data);
	item->data_path = mem_copy(path);
	item->status = outcome->status;
	item->err = outcome->err;
	item->info = outcome->info;
	item->data_stamp = outcome->stamp;
	item->data = p->query;
	item->data.names = NULL;
	p->query = (struct data_query){ 0 };
}

/* What ran under another name ran, too. */
static void
unite(struct data_query *into, struct data_query *more)
{
	if (into->answer == DATA_UNKNOWN) {
		const char *const *names = into->names;

		data_query_free(into);
		*into = *more;
		into->names = names;
		return;
	}
	if (more->answer == DATA_RAN)
		into->answer = DATA_RAN;
	line_set_unite(&into->ran, &more->ran);
	for (size_t i = 0; i < more->arcs.count; i++)
		arc_list_add(&into->arcs, more->arcs.at[i].from, more->arcs.at[i].to);
	arc_list_sort(&into->arcs);
	data_query_free(more);
}

static void
note_alias(struct search_place *place, const struct project *project, const char *name)
{
	struct buf words = { 0 };

	if (place->rule != NULL)
		return;
	buf_addf(&words, "[paths] in %s takes '%s' for this file",
		 project->config.file == NULL ? "the configuration" : project->config.file, name);
	place->rule = buf_take(&words);
}

/* Adds what the data holds under names that the project's [paths] takes for the source. */
static void
read_aliases(struct search_item *item, size_t place, struct data_query *query, const char *path)
{
	struct text_list names = { 0 };
	char *real = path_real(item->source), **trouble = &item->places.at[place].trouble;
	struct error bad;

	if (search_paths_names(path, real == NULL ? item->source : real, item->project, &names,
			       &bad) != STATUS_OK &&
	    *trouble == NULL)
		*trouble = mem_copy(bad.text);
	for (size_t i = 0; i < names.count; i++) {
		const char *const one[] = { names.at[i], NULL };
		struct data_query more = { .names = one, .want = query->want };
		struct error err;

		if (query->recorded != NULL && strcmp(query->recorded, names.at[i]) == 0)
			continue;
		if (data_read(path, &more, 1, NULL, &err) == STATUS_OK &&
		    more.answer != DATA_UNKNOWN) {
			unite(query, &more);
			note_alias(&item->places.at[place], item->project, names.at[i]);
		}
	}
	text_list_free(&names);
	free(real);
}

/* The unfinished files that nobody has combined yet: they are read as if they were the data file. */
static void
read_parallel(const char *path, const struct project *project, struct data_query *queries,
	      size_t count, struct outcome *outcome, int64_t *oldest_ns)
{
	struct parallel result = { 0 };

	outcome->status = parallel_read(path, project, queries, count, &result, &outcome->err);
	outcome->info = result.info;
	outcome->stamp = result.newest;
	if (result.warnings.count > 0 && outcome->info.warning[0] == '\0')
		snprintf(outcome->info.warning, sizeof outcome->info.warning, "%s",
			 result.warnings.at[0]);
	else if (outcome->status == STATUS_OK)
		snprintf(outcome->info.warning, sizeof outcome->info.warning,
			 "united from %zu file%s that nobody has combined yet",
			 result.data_files.count, result.data_files.count == 1 ? "" : "s");
	*oldest_ns = result.oldest_ns;
	parallel_free(&result);
}

/*
 * Unfinished files pile up from run to run until somebody combines them. Of those that are older than the source
 * nothing is taken if others, of its text now, speak of it: they would be united with lines of another text.
 */
static void
leave_out_older(const char *path, const struct search_item *item, struct data_query *query)
{
	struct parallel result = { .since_ns = item->source_stamp.modified_ns };
	struct data_query newer = { .names = query->names, .want = query->want };

	if (parallel_read(path, item->project, &newer, 1, &result, NULL) == STATUS_OK &&
	    newer.answer != DATA_UNKNOWN) {
		data_query_free(query);
		*query = newer;
	} else {
		data_query_free(&newer);
	}
	parallel_free(&result);
}

/* What is read in one go: a place, and the items whose turn it is to try it. */
struct reading {
	char *path;
	const struct project *project; /* of all items, if it is parallel */
	bool parallel;
	struct data_query *queries;
	size_t *who, count;
};

/* Those of another project have their turn later: unfinished files are read by the rules of one. */
static bool
joins(struct run *run, const struct reading *r, const struct search_item *item,
      struct progress_of *p)
{
	const char *next = p->done ? NULL : next_place(run, item, p);

	if (next == NULL || strcmp(next, r->path) != 0)
		return false;
	return r->count == 0 || (r->parallel ? item->project == r->project
					     : !look_at(run, next, item->project)->parallel);
}

/* Reads `wanted` for all items whose turn it is to try it. */
static void
read_place(struct run *run, struct search_item *items, struct progress_of *all, size_t count,
	   const char *wanted)
{
	struct reading r = { .path = mem_copy(wanted) };
	struct buf left = { 0 };
	struct outcome outcome = { .stamp = file_stamp(wanted) };
	int64_t oldest_ns = 0;

	r.queries = mem_alloc(count, sizeof *r.queries);
	r.who = mem_alloc(count, sizeof *r.who);
	for (size_t i = 0; i < count; i++) {
		if (!joins(run, &r, &items[i], &all[i]))
			continue;
		if (r.count == 0) {
			r.project = items[i].project;
			r.parallel = look_at(run, wanted, r.project)->parallel;
		}
		begin_query(&items[i], &all[i], r.path, run->ran_in);
		r.queries[r.count] = all[i].query;
		r.who[r.count++] = i;
	}
	if (r.parallel)
		read_parallel(r.path, r.project, r.queries, r.count, &outcome, &oldest_ns);
	else if (r.count > 0)
		outcome.status = data_read(r.path, r.queries, r.count, &outcome.info, &outcome.err);
	if (!r.parallel && outcome.status == STATUS_OK)
		parallel_tell_left(r.path, &left);
	for (size_t i = 0; i < r.count; i++) {
		struct search_item *item = &items[r.who[i]];

		if (!r.parallel && outcome.status == STATUS_OK &&
		    item->project->config.path_count > 0)
			read_aliases(item, all[r.who[i]].place, &r.queries[i], r.path);
		if (r.parallel && outcome.status == STATUS_OK &&
		    r.queries[i].answer != DATA_UNKNOWN &&
		    item->source_stamp.kind == FILE_REGULAR &&
		    item->source_stamp.modified_ns > oldest_ns)
			leave_out_older(r.path, item, &r.queries[i]);
		if (left.len > 0)
			item->places.at[all[r.who[i]].place].left = mem_copy(buf_text(&left));
		all[r.who[i]].query = r.queries[i];
		take_outcome(item, &all[r.who[i]], r.path, &outcome);
	}
	buf_free(&left);
	free(r.path);
	free(r.who);
	free(r.queries);
}

/* ---- what an item has ---- */

/* Is what coverage.py's own data says to be taken, whatever the reports say? */
static bool
is_settled(const struct search_item *item)
{
	return is_under_way(item->status, &item->data_stamp);
}

static bool
is_answered(const struct search_item *item)
{
	return item->status == STATUS_OK && item->data.answer != DATA_UNKNOWN;
}

static void
free_progress(struct progress_of *p)
{
	text_list_free(&p->names);
	free(p->name_list);
}

/* ---- coverage.py's own data in other folders of the workspace ---- */

/* The folders that are searched for what speaks of the source, nearest first. */
static void
list_tops(const struct run *run, const char *source, struct text_list *tops)
{
	char *worktree = discover_worktree_of(source, run->wishes->roots);

	if (worktree != NULL)
		text_list_add_once(tops, worktree);
	free(worktree);
	discover_tops(source, run->wishes->roots, tops);
	for (size_t i = 0; i < run->ran_in->count; i++) {
		/* A shell at the root of the file system is in no project. */
		if (path_is_within(source, run->ran_in->at[i]) &&
		    strcmp(run->ran_in->at[i], "/") != 0)
			text_list_add_once(tops, run->ran_in->at[i]);
	}
}

/* The workspace folders that a data file lies in: seen from others, names are those of other files. */
static void
list_roots_of(const struct run *run, const char *path, struct text_list *roots)
{
	for (size_t i = 0; i < run->ran_in->count; i++) {
		if (path_is_within(path, run->ran_in->at[i]))
			text_list_add_once(roots, run->ran_in->at[i]);
	}
}

/* Has the item's data been there? */
static bool
is_had(const struct search_item *item, const char *path)
{
	return item->had_path != NULL && strcmp(item->had_path, path) == 0;
}

/* Does it name the source? Nothing is guessed: it lies where nobody said that its data is. */
static void
ask_database(const struct run *run, struct search_item *item, const struct inventory_file *file)
{
	struct progress_of p = { .place = item->places.count };
	struct text_list roots = { 0 };
	struct outcome outcome = { .stamp = file_stamp(file->path) };
	struct search_place *place = add_place(item, file->path, PLACE_FOUND);

	if (item->places.count == p.place)
		return;
	place->found_by = file->place;
	list_roots_of(run, file->path, &roots);
	begin_query(item, &p, file->path, &roots);
	outcome.status = data_read(file->path, &p.query, 1, &outcome.info, &outcome.err);
	if (outcome.status == STATUS_OK ? p.query.answer != DATA_UNKNOWN
					: is_had(item, file->path)) {
		char *folder = path_folder(file->path);

		take_outcome(item, &p, file->path, &outcome);
		text_list_add_once(&item->folders, folder);
		free(folder);
	} else {
		free_place(&item->places.at[--item->places.count]);
		data_query_free(&p.query);
	}
	free_progress(&p);
	text_list_free(&roots);
}

/* The newest of them: each is opened for each source that nothing else speaks of. */
#define DATABASES_ASKED 16

/* Tests that ran in a folder of their own leave their data there, though what they ran lies beside it. */
static void
search_databases(const struct run *run, struct search_item *item)
{
	struct text_list tops = { 0 };

	if (run->wishes->data_file != NULL || !item->is_python || is_settled(item))
		return;
	list_tops(run, item->source, &tops);
	for (size_t i = 0; i < tops.count && !is_answered(item); i++) {
		const struct inventory_list *list =
			inventory_of(run->searcher->inventory, tops.at[i], run->wishes->progress);

		for (size_t k = 0; list != NULL && k < list->database_count &&
				   k < DATABASES_ASKED && !is_answered(item);
		     k++)
			ask_database(run, item, &list->databases[k]);
	}
	text_list_free(&tops);
}

/* ---- reports, and names that must be mapped ---- */

/* What is known of a place that does not speak of the source, for whoever asks why. */
static void
explain_silence(struct search_place *place, const struct data_files_entry *entry,
		const char *source)
{
	struct buf mapping = { 0 };

	if (entry->rules.trouble[0] != '\0')
		place->trouble = mem_copy(entry->rules.trouble);
	if (path_rules_doubt_mapping(&entry->rules, &mapping))
		place->mapping = buf_take(&mapping);
	text_list_clear(&place->nearest);
	path_rules_nearest(&entry->rules, entry->index, source, 3, &place->nearest,
			   &place->namesake);
}

/* Looks the source up in the report at `place`, and adds it to the candidates if it is there. */
static void
look_in(const struct run *run, struct search_item *item, size_t place_number,
	struct candidates *candidates)
{
	struct search_place *place = &item->places.at[place_number];
	const struct data_files_entry *entry =
		data_files_get(run->searcher->files, place->path, &run->rules);
	const struct path_rule *rule = NULL;
	struct buf words = { 0 };
	size_t number;

	place->stamp = entry->stamp;
	if (entry->status != STATUS_OK) {
		place->fate = PLACE_TROUBLE;
		place->err = entry->err;
		place->err.status = entry->status;
		return;
	}
	place->info = entry->index->info;
	place->fate = PLACE_SILENT;
	text_list_clear(&place->tried);
	if (!path_rules_find(&entry->rules, entry->index, item->source, &number, &rule,
			     &place->elsewhere, &place->tried)) {
		explain_silence(place, entry, item->source);
		return;
	}
	place->fate = PLACE_PASSED;
	if (rule != NULL)
		path_rule_describe(rule, &words);
	else
		buf_add_text(&words, "that is a link to this file");
	free(place->rule);
	place->rule = buf_take(&words);
	candidates_add(candidates, entry, number, place_number);
}

/* The reports of the nearest folder that has any which speaks of the source. */
static void
look_in_reports(const struct run *run, struct search_item *item, struct candidates *candidates)
{
	struct text_list tops = { 0 };

	list_tops(run, item->source, &tops);
	for (size_t i = 0; i < tops.count && candidates->count == 0; i++) {
		const struct inventory_list *list =
			inventory_of(run->searcher->inventory, tops.at[i], run->wishes->progress);

		item->places.left_out |= list != NULL && list->left_out;
		item->places.cut |= list != NULL && list->cut;
		for (size_t k = 0; list != NULL && k < list->count; k++) {
			size_t before = item->places.count;
			struct search_place *place =
				add_place(item, list->files[k].path, PLACE_FOUND);

			place->found_by = list->files[k].place;
			if (item->places.count > before)
				look_in(run, item, before, candidates);
		}
		for (size_t k = 0; list != NULL && k < list->stranger_count; k++)
			text_list_add_once(&item->strangers, list->strangers[k].text);
		for (size_t k = 0; list != NULL && k < list->folders.count; k++)
			text_list_add_once(&item->folders, list->folders.at[k]);
	}
	text_list_free(&tops);
}

/* Named files that are reports, and databases that know the source by another name. */
static void
look_in_named(const struct run *run, struct search_item *item, struct candidates *candidates)
{
	for (size_t i = 0; i < item->places.count; i++) {
		struct search_place *place = &item->places.at[i];

		/* Its stamp may be that of unfinished files. */
		if (place->origin != PLACE_FOUND && file_stamp(place->path).kind == FILE_REGULAR &&
		    (place->fate == PLACE_SILENT ||
		     (place->fate == PLACE_NOT_ASKED && is_report(place->path))))
			look_in(run, item, i, candidates);
	}
}

static void
stop_item(struct search_item *item)
{
	item->status = STATUS_STOPPED;
	error_set(&item->err, STATUS_STOPPED, "reading the coverage data was stopped");
}

/* Trouble with a report matters if nothing else speaks of the source. */
static void
take_trouble(struct search_item *item)
{
	for (size_t i = 0; i < item->places.count; i++) {
		struct search_place *place = &item->places.at[i];

		if (item->status != STATUS_OK && item->status != STATUS_MISSING)
			return;
		if (place->fate == PLACE_SILENT && item->status == STATUS_MISSING) {
			item->status = STATUS_OK;
			item->data_path = mem_copy(place->path);
			item->data_stamp = place->stamp;
			item->info = place->info;
		} else if (place->fate == PLACE_TROUBLE && place->origin != PLACE_USUAL) {
			free(item->data_path);
			item->data_path = mem_copy(place->path);
			item->status = place->err.status;
			item->err = place->err;
		}
	}
}

static void
search_reports(const struct run *run, struct search_item *item)
{
	struct candidates candidates = { .item = item };

	if (is_settled(item))
		return;
	if (!is_answered(item))
		look_in_named(run, item, &candidates);
	if (run->wishes->data_file == NULL)
		look_in_reports(run, item, &candidates);
	if (!progress_step(run->wishes->progress, 0))
		stop_item(item);
	else
		candidates_decide(&candidates, run->wishes->progress);
	if (!is_answered(item))
		take_trouble(item);
	candidates_free(&candidates);
}

static void
begin_item(const struct run *run, struct search_item *item)
{
	const struct search_wishes *wishes = run->wishes;
	struct text_list paths = { 0 };
	char *configured;

	item->status = STATUS_MISSING;
	item->source_stamp = file_stamp(item->source);
	item->project = project_of(run->searcher->projects, item->source, wishes->roots);
	configured = project_data_file(item->project);
	discover_places(item->source, wishes->roots, wishes->data_file, configured, &paths);
	for (size_t i = 0; i < paths.count; i++) {
		enum place_origin origin = wishes->data_file != NULL      ? PLACE_SETTING
					   : configured != NULL && i == 0 ? PLACE_CONFIGURATION
									  : PLACE_USUAL;
		char *folder = path_folder(paths.at[i]);

		add_place(item, paths.at[i], origin);
		text_list_add_once(&item->folders, folder);
		free(folder);
	}
	text_list_add_once(&item->folders, item->project->folder);
	text_list_free(&paths);
	free(configured);
}

/* The data file that is set is of no use: would there be an answer if none were set? */
static void
search_otherwise(const struct run *run, struct search_item *item)
{
	struct search_wishes wishes = *run->wishes;
	struct run other = {
		.searcher = run->searcher,
		.wishes = &wishes,
		.ran_in = run->ran_in,
		.rules = run->rules,
	};
	struct search_item twin = { .source = mem_copy(item->source),
				    .is_python = item->is_python };
	struct progress_of p = { 0 };
	const char *path;

	wishes.data_file = NULL;
	begin_item(&other, &twin);
	while (!p.done && (path = next_place(&other, &twin, &p)) != NULL)
		read_place(&other, &twin, &p, 1, path);
	search_reports(&other, &twin);
	if (is_answered(&twin))
		item->places.otherwise = mem_copy(twin.data_path);
	free_progress(&p);
	forget_seen(&other);
	search_item_free(&twin);
}

void
search_run(struct searcher *searcher, struct search_item *items, size_t count,
	   const struct search_wishes *wishes)
{
	struct progress_of *all = mem_alloc(count, sizeof *all);
	struct text_list here = { 0 };
	struct run run = { .searcher = searcher, .wishes = wishes };
	struct baseline_reading earlier;
	char *current = path_current();

	/* In a shell, the tests most likely ran in the current folder. */
	text_list_add_once(&here, current);
	run.ran_in = wishes->roots->count > 0 ? wishes->roots : &here;
	run.rules = (struct path_rules_options){
		.roots = run.ran_in,
		.mappings = wishes->mappings,
		.mapping_count = wishes->mapping_count,
		.trees = searcher->trees,
		.progress = wishes->progress,
	};
	earlier = (struct baseline_reading){
		.roots = run.ran_in,
		.mappings = wishes->mappings,
		.mapping_count = wishes->mapping_count,
		.progress = wishes->progress,
		.files = searcher->copies,
		.trees = searcher->trees,
	};
	renew(searcher, wishes);
	for (size_t i = 0; i < count; i++)
		begin_item(&run, &items[i]);
	for (size_t i = 0; i < count; i++) {
		const char *path;

		while (!all[i].done && (path = next_place(&run, &items[i], &all[i])) != NULL)
			read_place(&run, items, all, count, path);
	}
	for (size_t i = 0; i < count; i++) {
		if (!is_answered(&items[i]))
			search_databases(&run, &items[i]);
		search_reports(&run, &items[i]);
		if (wishes->data_file != NULL && !is_settled(&items[i]) && !is_answered(&items[i]))
			search_otherwise(&run, &items[i]);
	}
	past_complete(searcher->past, items, count, wishes, &earlier);
	if (wishes->wants_baseline)
		baseline_search(past_store(searcher->past), items, count, wishes, &earlier);
	data_files_trim(searcher->files, DATA_FILES_KEPT);
	data_files_trim(searcher->copies, COPIES_KEPT);
	forget_seen(&run);
	free(current);
	text_list_free(&here);
	for (size_t i = 0; i < count; i++)
		free_progress(&all[i]);
	free(all);
}

void
search_places_free(struct search_places *places)
{
	for (size_t i = 0; i < places->count; i++)
		free_place(&places->at[i]);
	free(places->at);
	free(places->otherwise);
	*places = (struct search_places){ 0 };
}

void
search_item_free(struct search_item *item)
{
	free(item->source);
	free(item->had_path);
	free(item->data_path);
	data_query_free(&item->data);
	search_places_free(&item->places);
	text_list_free(&item->strangers);
	text_list_free(&item->folders);
	project_release(item->project);
	ran_lines_free(&item->ran);
	source_runs_free(&item->earlier);
	source_baseline_free(&item->baseline);
	*item = (struct search_item){ 0 };
}
