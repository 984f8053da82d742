#include "coverage/measured.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "coverage/subject.h"
#include "coverage/tree.h"
#include "platform/path.h"

#include "data_sources.h"

/* So many sources are searched for at once. */
#define BATCH 256

/* Folders, at most, that are looked at for data of their own. */
#define FOLDERS_MAX 10000u

struct finding {
	struct measured *m;
	struct searcher *searcher;
	const struct measured_wishes *wishes;
};

/* ---- the data files --------------------------------------------------------------------------- */

static struct measured_file *
find_file(const struct measured *m, const char *path)
{
	for (size_t i = 0; i < m->count; i++) {
		if (strcmp(m->files[i].path, path) == 0)
			return &m->files[i];
	}
	return NULL;
}

static void
tell_trouble(struct measured *m, const char *path, const struct error *err)
{
	struct buf text = { 0 };

	m->busy = m->busy || err->status == STATUS_BUSY || err->status == STATUS_EMPTY;
	buf_addf(&text, "%s: %s", path, err->text);
	text_list_add(&m->troubles, buf_span(&text));
	buf_free(&text);
}

/* coverage.py's own that is empty: a run may just have begun. */
static void
tell_empty(struct measured *m, const char *path)
{
	struct error err = { 0 };

	error_set(&err, STATUS_EMPTY, "it is empty, as at the start of a test run");
	tell_trouble(m, path, &err);
}

/* The files that are there among the places of an item. */
static void
add_files(struct measured *m, const struct search_item *item)
{
	for (size_t i = 0; i < item->places.count; i++) {
		const struct search_place *place = &item->places.at[i];

		if (place->stamp.kind != FILE_REGULAR || find_file(m, place->path) != NULL)
			continue;
		if (place->stamp.size == 0 && place->origin != PLACE_FOUND)
			tell_empty(m, place->path);
		if (data_recognize(place->path, NULL) == NULL)
			continue;
		m->files = mem_grow(m->files, m->count, &m->cap, sizeof *m->files);
		m->files[m->count++] = (struct measured_file){
			.path = mem_copy(place->path),
			.project = project_hold(item->project),
			.stamp = place->stamp,
		};
	}
}

static void
ask_around(struct finding *f, const char *any)
{
	struct search_item item = { .source = mem_copy(any) };

	search_run(f->searcher, &item, 1, &f->wishes->search);
	add_files(f->m, &item);
	search_item_free(&item);
}

/* Has a folder a data file of its own, or a configuration that may name one? */
static bool
has_own_data(const char *folder)
{
	static const char *const names[] = { DISCOVER_NAME,    ".coveragerc", ".coveragerc.toml",
					     "pyproject.toml", "setup.cfg",   "tox.ini" };
	bool has = false;

	for (size_t i = 0; i < sizeof names / sizeof names[0] && !has; i++) {
		char *path = path_join(folder, names[i]);

		has = file_stamp(path).kind == FILE_REGULAR;
		free(path);
	}
	return has;
}

/* The folders below, from their files: names that are in order share most of them. */
static void
ask_below(struct finding *f)
{
	struct tree_cache *trees = tree_cache_open();
	const struct tree *tree = tree_of(trees, f->wishes->folder, f->wishes->search.progress);
	char *last = mem_copy("");
	unsigned asked = 0;

	for (size_t i = 0; tree != NULL && i < tree->count && asked < FOLDERS_MAX; i++) {
		char *folder = path_folder(tree_name(tree, i));

		if (strcmp(folder, last) != 0 && strcmp(folder, ".") != 0) {
			char *path = path_join(tree->folder, folder);
			char *any = path_join(path, "any");

			asked++;
			if (has_own_data(path))
				ask_around(f, any);
			free(any);
			free(path);
		}
		free(last);
		last = folder;
	}
	free(last);
	tree_cache_close(trees);
}

/* ---- their sources ---------------------------------------------------------------------------- */

enum status
measured_add_sources(struct text_list *sources, const char *copy, const char *data_path,
		     const struct project *project, const struct measured_wishes *wishes,
		     struct error *err)
{
	const struct search_wishes *search = &wishes->search;
	struct data_index *index = NULL;
	struct data_sources names = {
		.data_path = data_path,
		.project = project,
		.roots = search->roots,
		.mappings = search->mappings,
		.mapping_count = search->mapping_count,
		.progress = search->progress,
	};
	enum status status = data_index_open(copy, search->progress, &index, err);

	names.index = index;
	if (status == STATUS_OK)
		status = data_sources_open(&names, err);
	for (size_t i = 0; status == STATUS_OK && i < index->name_count; i++) {
		char *source = data_sources_path(&names, i);

		if (source != NULL && path_is_within(source, wishes->folder) &&
		    file_stamp(source).kind == FILE_REGULAR)
			text_list_add(sources, span_of(source));
		free(source);
	}
	data_sources_close(&names);
	data_index_close(index);
	return status;
}

static int
compare_texts(const void *left, const void *right)
{
	const char *const *a = left, *const *b = right;

	return strcmp(*a, *b);
}

bool
measured_has(const struct measured *m, const char *source)
{
	return m->sources.count > 0 && bsearch(&source, m->sources.at, m->sources.count,
					       sizeof *m->sources.at, compare_texts) != NULL;
}

static void
sort_sources(struct text_list *list)
{
	size_t kept = 0;

	if (list->count > 1)
		qsort(list->at, list->count, sizeof *list->at, compare_texts);
	for (size_t i = 0; i < list->count; i++) {
		if (kept > 0 && strcmp(list->at[kept - 1], list->at[i]) == 0)
			free(list->at[i]);
		else
			list->at[kept++] = list->at[i];
	}
	list->count = kept;
}

/* ---- which of them count ---------------------------------------------------------------------- */

static void
note_places(struct measured *m, const struct search_item *item)
{
	for (size_t i = 0; i < item->places.count; i++) {
		const struct search_place *place = &item->places.at[i];
		struct measured_file *file;

		if (place->fate != PLACE_TAKEN && place->fate != PLACE_UNITED)
			continue;
		file = find_file(m, place->path);
		if (file != NULL)
			file->counts = true;
	}
}

/* `bytes` of the progress are done then. False: stop. */
static bool
search_batch(struct finding *f, size_t first, size_t count, uint64_t bytes)
{
	struct search_item *items = mem_alloc(count, sizeof *items);
	bool go_on = true;

	for (size_t i = 0; i < count; i++) {
		const char *source = f->m->sources.at[first + i];

		items[i] = (struct search_item){
			.source = mem_copy(source),
			.is_python = subject_is_python_name(source),
		};
	}
	search_run(f->searcher, items, count, &f->wishes->search);
	for (size_t i = 0; i < count; i++) {
		note_places(f->m, &items[i]);
		if (go_on && f->wishes->on_source != NULL)
			go_on = f->wishes->on_source(f->wishes->ctx, &items[i]);
		search_item_free(&items[i]);
	}
	free(items);
	return go_on && progress_step(f->wishes->search.progress, bytes);
}

/* What has been found so far may be less than there is. */
static enum status
set_stopped(struct error *err)
{
	return error_set(err, STATUS_STOPPED, "looking at the project was stopped");
}

static bool
is_stopped(const struct finding *f)
{
	return !progress_step(f->wishes->search.progress, 0);
}

/* Each source is as much work as its share of all data. */
static enum status
search_sources(struct finding *f, struct error *err)
{
	size_t count = f->m->sources.count;
	uint64_t bytes = 0, share;

	for (size_t i = 0; i < f->m->count; i++)
		bytes += f->m->files[i].stamp.size;
	share = count == 0 ? 0 : bytes / count;
	progress_expect(f->wishes->search.progress, share * count);
	for (size_t i = 0; i < count; i += BATCH) {
		size_t some = count - i < BATCH ? count - i : BATCH;

		if (!search_batch(f, i, some, share * some))
			return set_stopped(err);
	}
	return is_stopped(f) ? set_stopped(err) : STATUS_OK;
}

enum status
measured_find(struct measured *m, struct searcher *searcher, const struct measured_wishes *wishes,
	      struct error *err)
{
	struct finding f = { .m = m, .searcher = searcher, .wishes = wishes };

	ask_around(&f, wishes->any);
	if (wishes->search.data_file == NULL)
		ask_below(&f);
	if (is_stopped(&f))
		return set_stopped(err);
	if (m->count == 1 && wishes->on_source == NULL) {
		m->files[0].counts = true;
		return STATUS_OK;
	}
	for (size_t i = 0; i < m->count; i++) {
		const struct measured_file *file = &m->files[i];
		struct error trouble = { 0 };

		trouble.status = measured_add_sources(&m->sources, file->path, file->path,
						      file->project, wishes, &trouble);
		if (trouble.status != STATUS_OK)
			tell_trouble(m, file->path, &trouble);
	}
	sort_sources(&m->sources);
	return search_sources(&f, err);
}

void
measured_free(struct measured *m)
{
	for (size_t i = 0; i < m->count; i++) {
		free(m->files[i].path);
		project_release(m->files[i].project);
	}
	free(m->files);
	text_list_free(&m->sources);
	text_list_free(&m->troubles);
	*m = (struct measured){ 0 };
}
