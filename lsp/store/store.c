#include "room.h"

#include <stdlib.h>

#include "base/mem.h"
#include "platform/cache.h"
#include "platform/file.h"
#include "platform/path.h"

enum status
store_open(struct store **store, const char *folder, struct error *err)
{
	char *place = mem_copy(folder);
	enum status status = STATUS_OK;

	*store = NULL;
	if (place == NULL)
		status = cache_folder(&place, err);
	if (status == STATUS_OK)
		status = cache_make_folder(place, err);
	if (status != STATUS_OK) {
		free(place);
		return status;
	}
	*store = mem_alloc(1, sizeof **store);
	(*store)->folder = place;
	(*store)->copies = path_join(place, "copies");
	(*store)->most = STORE_SIZE_MAX;
	database_init(&(*store)->db, place);
	return STATUS_OK;
}

void
store_close(struct store *store)
{
	if (store == NULL)
		return;
	database_free(&store->db);
	text_list_free(&store->doomed);
	free(store->folder);
	free(store->copies);
	free(store);
}

void
store_limit(struct store *store, uint64_t most)
{
	store->most = most;
}

struct sum {
	const char *folder;
	uint64_t size;
};

static void
add_size(void *ctx, const char *name)
{
	struct sum *sum = ctx;
	char *path = path_join(sum->folder, name);
	struct file_stamp stamp = file_stamp(path);

	if (stamp.kind == FILE_REGULAR)
		sum->size += stamp.size;
	free(path);
}

uint64_t
store_size(struct store *store)
{
	struct sum own = { store->folder, 0 }, copies = { store->copies, 0 };

	file_list(own.folder, add_size, &own, NULL);
	file_list(copies.folder, add_size, &copies, NULL);
	return own.size + copies.size;
}
