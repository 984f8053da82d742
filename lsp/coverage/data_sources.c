#include "data_sources.h"

#include <stdlib.h>

#include "base/mem.h"
#include "platform/file.h"
#include "platform/path.h"

static bool
is_file(const char *path)
{
	return file_stamp(path).kind == FILE_REGULAR;
}

/* `name` as seen from `folder` if there is such a file; else NULL. */
static char *
file_in(const char *folder, const char *name)
{
	char *path = path_join(folder, name);

	if (is_file(path))
		return path;
	free(path);
	return NULL;
}

static char *
file_by_rules(struct data_sources *d, const char *name)
{
	struct path_rules_options options = {
		.folder = d->data_folder,
		.roots = d->roots,
		.mappings = d->mappings,
		.mapping_count = d->mapping_count,
		.progress = d->progress,
	};

	if (!d->has_rules) {
		d->trees = tree_cache_open();
		options.trees = d->trees;
		path_rules_make(&d->rules, d->index, &options);
		d->has_rules = true;
	}
	return path_rules_file(&d->rules, span_of(name));
}

/* coverage.py's data: absolute names, or such that are meant from where it was run. */
static char *
file_by_name(struct data_sources *d, const char *name)
{
	char *mapped = d->aliases == NULL ? mem_copy(name) : path_aliases_map(d->aliases, name);
	char *file = file_in(d->data_folder, mapped);

	if (file == NULL && d->project != NULL)
		file = file_in(d->project->folder, mapped);
	for (size_t i = 0; i < d->roots->count && file == NULL; i++)
		file = file_in(d->roots->at[i], mapped);
	if (file == NULL)
		file = file_by_rules(d, name);
	/* It has gone: git may know. */
	if (file == NULL)
		file = path_join(d->data_folder, mapped);
	free(mapped);
	return file;
}

enum status
data_sources_open(struct data_sources *d, struct error *err)
{
	d->data_folder = path_folder(d->data_path);
	if (d->project == NULL || d->project->config.path_count == 0)
		return STATUS_OK;
	return path_aliases_from_config(&d->aliases, d->project->folder, &d->project->config, err);
}

void
data_sources_close(struct data_sources *d)
{
	path_rules_free(&d->rules);
	tree_cache_close(d->trees);
	path_aliases_free(d->aliases);
	free(d->data_folder);
}

char *
data_sources_path(struct data_sources *d, size_t number)
{
	struct span recorded = data_index_name(d->index, number);
	char *name = mem_text(recorded.at, recorded.len);
	char *file = data_is_database(d->index->info.format) ? file_by_name(d, name)
							     : file_by_rules(d, name);
	char *source = file == NULL ? NULL : path_resolve("/", file);

	free(file);
	free(name);
	return source;
}
