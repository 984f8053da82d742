#include "data_files.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "platform/path.h"

struct data_files {
	struct data_files_entry **at;
	size_t count, cap;
	uint64_t clock; /* counts the asking */
};

struct data_files *
data_files_open(void)
{
	return mem_alloc(1, sizeof(struct data_files));
}

static void
free_entry(struct data_files_entry *entry)
{
	free(entry->path);
	data_index_close(entry->index);
	path_rules_free(&entry->rules);
	free(entry);
}

void
data_files_close(struct data_files *files)
{
	for (size_t i = 0; i < files->count; i++)
		free_entry(files->at[i]);
	free(files->at);
	free(files);
}

static struct data_files_entry *
find_entry(struct data_files *files, const char *path)
{
	struct data_files_entry *entry;

	for (size_t i = 0; i < files->count; i++) {
		if (strcmp(files->at[i]->path, path) == 0)
			return files->at[i];
	}
	entry = mem_alloc(1, sizeof *entry);
	entry->path = mem_copy(path);
	files->at =
		mem_grow(files->at, files->count, &files->cap, sizeof(struct data_files_entry *));
	files->at[files->count++] = entry;
	return entry;
}

/* What it was that did not work may be better the next time, though the file is the same. */
static bool
is_passing(enum status status)
{
	return status == STATUS_BUSY || status == STATUS_STOPPED || status == STATUS_DENIED;
}

static void
open_entry(struct data_files_entry *entry, struct progress *progress)
{
	struct file_stamp now = file_stamp(entry->path);

	if (entry->used != 0 && file_stamp_equal(&now, &entry->stamp) && !is_passing(entry->status))
		return;
	data_index_close(entry->index);
	entry->index = NULL;
	entry->rules_hash = 0;
	entry->stamp = now;
	entry->err = (struct error){ 0 };
	entry->status = data_index_open(entry->path, progress, &entry->index, &entry->err);
	if (entry->status == STATUS_OK)
		entry->stamp = entry->index->stamp;
}

static uint64_t
hash_text(uint64_t hash, const char *text)
{
	for (; *text != '\0'; text++)
		hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	return (hash ^ 0xff) * UINT64_C(0x100000001b3);
}

/* Of all that rules are made from, but the report and the disk. Never 0. */
static uint64_t
hash_options(const struct path_rules_options *options)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	hash = hash_text(hash, options->folder == NULL ? "" : options->folder);
	for (size_t i = 0; i < options->roots->count; i++)
		hash = hash_text(hash, options->roots->at[i]);
	for (size_t i = 0; i < options->mapping_count; i++) {
		hash = hash_text(hash, options->mappings[i].from);
		hash = hash_text(hash, options->mappings[i].to);
	}
	return hash | 1;
}

static void
make_rules(struct data_files_entry *entry, const struct path_rules_options *options)
{
	struct path_rules_options here = *options;
	uint64_t hash = hash_options(options);
	char *folder = NULL;

	if (entry->status != STATUS_OK || entry->rules_hash == hash)
		return;
	if (here.folder == NULL)
		here.folder = folder = path_folder(entry->path);
	path_rules_make(&entry->rules, entry->index, &here);
	/* Half of the rules are no rules. */
	if (progress_step(options->progress, 0))
		entry->rules_hash = hash;
	free(folder);
}

const struct data_files_entry *
data_files_get(struct data_files *files, const char *path, const struct path_rules_options *options)
{
	struct data_files_entry *entry = find_entry(files, path);

	open_entry(entry, options->progress);
	make_rules(entry, options);
	entry->used = ++files->clock;
	return entry;
}

static int
compare_used(const void *a, const void *b)
{
	const struct data_files_entry *x = *(struct data_files_entry *const *)a;
	const struct data_files_entry *y = *(struct data_files_entry *const *)b;

	return (x->used < y->used) - (x->used > y->used);
}

void
data_files_trim(struct data_files *files, size_t most)
{
	if (files->count <= most)
		return;
	qsort(files->at, files->count, sizeof(struct data_files_entry *), compare_used);
	while (files->count > most)
		free_entry(files->at[--files->count]);
}
