#include "platform/folder.h"

#include <errno.h>
#include <stdlib.h>
#include <uv.h>

#include "platform/path.h"

/* So many entries are asked for at a time. */
#define PIECE 64

static enum status
set_from_uv(struct error *err, const char *path, int code)
{
	if (code == UV_ENOENT || code == UV_ENOTDIR)
		return error_set(err, STATUS_MISSING, "'%s' is not there", path);
	return error_set(err, STATUS_DENIED, "cannot read '%s': %s", path, uv_strerror(code));
}

/* Some file systems keep no kinds in their folders. */
static void
ask_kind(const char *folder, struct folder_entry *entry)
{
	char *path = path_join(folder, entry->name);
	uv_fs_t req;

	if (uv_fs_lstat(NULL, &req, path, NULL) == 0)
		entry->is_link = (req.statbuf.st_mode & S_IFMT) == S_IFLNK;
	uv_fs_req_cleanup(&req);
	if (!entry->is_link)
		entry->kind = file_stamp(path).kind;
	free(path);
}

static struct folder_entry
entry_of(const char *folder, const uv_dirent_t *found)
{
	struct folder_entry entry = { .name = found->name, .kind = FILE_OTHER };

	if (found->type == UV_DIRENT_FILE)
		entry.kind = FILE_REGULAR;
	else if (found->type == UV_DIRENT_DIR)
		entry.kind = FILE_FOLDER;
	else if (found->type == UV_DIRENT_LINK)
		entry.is_link = true;
	else if (found->type == UV_DIRENT_UNKNOWN)
		ask_kind(folder, &entry);
	return entry;
}

/* The next few; false at the end. */
static bool
read_piece(const char *folder, uv_dir_t *dir, folder_entry_fn *on_entry, void *ctx)
{
	uv_fs_t req;
	int count = uv_fs_readdir(NULL, &req, dir, NULL);
	bool more = count > 0;

	for (int i = 0; i < count && more; i++) {
		struct folder_entry entry = entry_of(folder, &dir->dirents[i]);

		more = on_entry(ctx, &entry);
	}
	uv_fs_req_cleanup(&req);
	return more;
}

enum status
folder_read(const char *path, folder_entry_fn *on_entry, void *ctx, struct error *err)
{
	uv_dirent_t piece[PIECE];
	uv_dir_t *dir;
	uv_fs_t req;
	int code = uv_fs_opendir(NULL, &req, path, NULL);

	if (code < 0) {
		uv_fs_req_cleanup(&req);
		return set_from_uv(err, path, code);
	}
	dir = req.ptr;
	uv_fs_req_cleanup(&req);
	dir->dirents = piece;
	dir->nentries = PIECE;
	while (read_piece(path, dir, on_entry, ctx))
		;
	uv_fs_closedir(NULL, &req, dir, NULL);
	uv_fs_req_cleanup(&req);
	return STATUS_OK;
}
