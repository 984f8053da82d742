#include "coverage/search.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "platform/path.h"

#include "search_paths.h"

/* How far an item has come. */
struct progress {
	size_t place; /* the next of its places to try */
	bool done;
	struct data_query query; /* of the read under way */
	struct text_list names;
	const char **name_list; /* the same, NULL-terminated, as data_read() wants them */
};

/* Moves on to the next place where there is something; NULL when there is none. */
static const char *
next_place(const struct search_item *item, struct progress *p)
{
	for (; p->place < item->places.count; p->place++) {
		if (file_stamp(item->places.at[p->place]).kind != FILE_NONE)
			return item->places.at[p->place];
	}
	return NULL;
}

static void
begin_query(const struct search_item *item, struct progress *p, const char *path,
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

/* The outcome of `path` is better than what the item has, if it has anything. */
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

static void
take_outcome(struct search_item *item, struct progress *p, const char *path, enum status status,
	     const struct error *err, const struct data_info *info, const struct file_stamp *stamp)
{
	p->place++;
	/* A file that is being written now may well speak of this source: wait for it. */
	p->done = status == STATUS_BUSY || status == STATUS_EMPTY ||
		  (status == STATUS_OK && p->query.answer != DATA_UNKNOWN);
	if (!is_better(item, status, &p->query)) {
		data_query_free(&p->query);
		return;
	}
	free(item->data_path);
	data_query_free(&item->data);
	item->data_path = mem_copy(path);
	item->status = status;
	item->err = *err;
	item->info = *info;
	item->data_stamp = *stamp;
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

/* Adds what the data holds under names that the project's [paths] takes for the source. */
static void
read_aliases(const struct search_item *item, struct data_query *query, const char *path)
{
	struct text_list names = { 0 };
	char *real = path_real(item->source);

	search_paths_names(path, real == NULL ? item->source : real, item->project, &names);
	for (size_t i = 0; i < names.count; i++) {
		const char *const one[] = { names.at[i], NULL };
		struct data_query more = { .names = one, .want = query->want };
		struct error err;

		if (query->recorded != NULL && strcmp(query->recorded, names.at[i]) == 0)
			continue;
		if (data_read(path, &more, 1, NULL, &err) == STATUS_OK &&
		    more.answer != DATA_UNKNOWN)
			unite(query, &more);
	}
	text_list_free(&names);
	free(real);
}

/* Reads `path` for all items whose turn it is to try it. */
static void
read_place(struct search_item *items, struct progress *all, size_t count, const char *wanted,
	   const struct text_list *roots)
{
	struct data_query *queries = mem_alloc(count, sizeof *queries);
	size_t *who = mem_alloc(count, sizeof *who), asked = 0;
	char *path = mem_copy(wanted);
	struct file_stamp stamp = file_stamp(path);
	struct data_info info = { 0 };
	struct error err = { 0 };
	enum status status;

	for (size_t i = 0; i < count; i++) {
		const char *next = all[i].done ? NULL : next_place(&items[i], &all[i]);

		if (next == NULL || strcmp(next, path) != 0)
			continue;
		begin_query(&items[i], &all[i], path, roots);
		queries[asked] = all[i].query;
		who[asked++] = i;
	}
	status = data_read(path, queries, asked, &info, &err);
	for (size_t i = 0; i < asked; i++) {
		if (status == STATUS_OK && items[who[i]].project->config.path_count > 0)
			read_aliases(&items[who[i]], &queries[i], path);
		all[who[i]].query = queries[i];
		take_outcome(&items[who[i]], &all[who[i]], path, status, &err, &info, &stamp);
	}
	free(path);
	free(who);
	free(queries);
}

static void
begin_item(struct search_item *item, const struct text_list *roots, const char *setting,
	   struct project_cache *projects)
{
	char *configured;

	item->status = STATUS_MISSING;
	item->source_stamp = file_stamp(item->source);
	item->project = project_of(projects, item->source, roots);
	configured = project_data_file(item->project);
	discover_places(item->source, roots, setting, configured, &item->places);
	free(configured);
}

void
search_run(struct search_item *items, size_t count, const struct text_list *roots,
	   const char *setting, struct project_cache *projects)
{
	struct progress *all = mem_alloc(count, sizeof *all);
	struct text_list here = {
		0
	}; /* in a shell, the tests most likely ran in the current folder */
	const struct text_list *ran_in = roots->count > 0 ? roots : &here;
	char *current = path_current();

	text_list_add_once(&here, current);
	for (size_t i = 0; i < count; i++)
		begin_item(&items[i], roots, setting, projects);
	for (size_t i = 0; i < count; i++) {
		const char *path;

		while (!all[i].done && (path = next_place(&items[i], &all[i])) != NULL)
			read_place(items, all, count, path, ran_in);
	}
	free(current);
	text_list_free(&here);
	for (size_t i = 0; i < count; i++) {
		text_list_free(&all[i].names);
		free(all[i].name_list);
	}
	free(all);
}

void
search_item_free(struct search_item *item)
{
	free(item->source);
	free(item->data_path);
	data_query_free(&item->data);
	text_list_free(&item->places);
	project_release(item->project);
	*item = (struct search_item){ 0 };
}
