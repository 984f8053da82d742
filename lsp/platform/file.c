#include "platform/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#include "base/mem.h"

#define PIECE_SIZE ((size_t)64 * 1024)

static struct file_stamp
stamp_of(const struct stat *st)
{
	struct file_stamp stamp = {
		.device = (uint64_t)st->st_dev,
		.inode = (uint64_t)st->st_ino,
		.size = (uint64_t)st->st_size,
		.modified_ns = (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec,
		.changed_ns = (int64_t)st->st_ctim.tv_sec * 1000000000 + st->st_ctim.tv_nsec,
	};

	stamp.kind = S_ISREG(st->st_mode)   ? FILE_REGULAR
		     : S_ISDIR(st->st_mode) ? FILE_FOLDER
					    : FILE_OTHER;
	return stamp;
}

struct file_stamp
file_stamp(const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return (struct file_stamp){ .kind = FILE_NONE };
	return stamp_of(&st);
}

int64_t
file_born_ns(const char *path)
{
	uv_fs_t request;
	int64_t born = 0;

	if (uv_fs_stat(NULL, &request, path, NULL) == 0) {
		const uv_timespec_t *time = &request.statbuf.st_birthtim;

		born = (int64_t)time->tv_sec * 1000000000 + time->tv_nsec;
	}
	uv_fs_req_cleanup(&request);
	return born;
}

bool
file_stamp_equal(const struct file_stamp *a, const struct file_stamp *b)
{
	return a->kind == b->kind && a->device == b->device && a->inode == b->inode &&
	       a->size == b->size && a->modified_ns == b->modified_ns;
}

bool
file_is_same(const char *a, const char *b)
{
	struct file_stamp x, y;

	if (strcmp(a, b) == 0)
		return true;
	x = file_stamp(a);
	y = file_stamp(b);
	return x.kind != FILE_NONE && x.kind == y.kind && x.device == y.device &&
	       x.inode == y.inode;
}

static bool
turn_case(char *name)
{
	bool turned = false;

	for (; *name != '\0'; name++) {
		if ((*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z')) {
			*name ^= 0x20;
			turned = true;
		}
	}
	return turned;
}

bool
file_ignores_case(const char *folder)
{
	char *other = mem_copy(folder), *slash;
	struct file_stamp here = file_stamp(folder), there = { .kind = FILE_NONE };

	/* The last part that has letters; what is above it may lie on another file system. */
	while ((slash = strrchr(other, '/')) != NULL && !turn_case(slash + 1))
		*slash = '\0';
	if (slash != NULL) {
		char *same = mem_text(folder, strlen(other));

		here = file_stamp(same);
		free(same);
		there = file_stamp(other);
	}
	free(other);
	return there.kind == FILE_FOLDER && here.kind == FILE_FOLDER &&
	       here.device == there.device && here.inode == there.inode;
}

static enum status
set_from_errno(struct error *err, const char *path)
{
	int number = errno;

	if (number == ENOENT || number == ENOTDIR)
		return error_set(err, STATUS_MISSING, "'%s' is not there", path);
	return error_set(err, STATUS_DENIED, "cannot read '%s': %s", path, strerror(number));
}

/* Opens a regular file, and only that: a pipe would block, a device might do anything. */
static enum status
open_regular(const char *path, int *fd, struct stat *st, struct error *err)
{
	*fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (*fd < 0)
		return set_from_errno(err, path);
	if (fstat(*fd, st) == 0 && S_ISREG(st->st_mode))
		return STATUS_OK;
	close(*fd);
	return error_set(err, STATUS_BAD_DATA, "'%s' is not a regular file", path);
}

enum status
file_read(const char *path, file_piece_fn *on_piece, void *ctx, struct error *err)
{
	static _Thread_local char piece[PIECE_SIZE];
	struct stat st;
	enum status status;
	ssize_t n;
	int fd;

	status = open_regular(path, &fd, &st, err);
	if (status != STATUS_OK)
		return status;
	while ((n = read(fd, piece, sizeof piece)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			status = set_from_errno(err, path);
			break;
		}
		if (!on_piece(ctx, (struct span){ piece, (size_t)n }))
			break;
	}
	close(fd);
	return status;
}

enum status
file_read_head(const char *path, char *bytes, size_t most, size_t *len, struct error *err)
{
	struct stat st;
	enum status status;
	ssize_t n;
	int fd;

	*len = 0;
	status = open_regular(path, &fd, &st, err);
	if (status != STATUS_OK)
		return status;
	while (*len < most && (n = read(fd, bytes + *len, most - *len)) != 0) {
		if (n > 0) {
			*len += (size_t)n;
		} else if (errno != EINTR) {
			status = set_from_errno(err, path);
			break;
		}
	}
	close(fd);
	return status;
}

enum status
file_input_open(struct file_input *in, const char *path, struct error *err)
{
	struct stat st = { 0 };
	enum status status;

	*in = (struct file_input){ .path = path, .fd = -1 };
	status = open_regular(path, &in->fd, &st, err);
	if (status == STATUS_OK)
		in->stamp = stamp_of(&st);
	else
		in->fd = -1;
	return status;
}

enum status
file_input_read(const struct file_input *in, uint64_t offset, char *bytes, size_t most, size_t *len,
		struct error *err)
{
	ssize_t n;

	*len = 0;
	while (*len < most &&
	       (n = pread(in->fd, bytes + *len, most - *len, (off_t)(offset + *len))) != 0) {
		if (n > 0)
			*len += (size_t)n;
		else if (errno != EINTR)
			return set_from_errno(err, in->path);
	}
	return STATUS_OK;
}

bool
file_input_changed(const struct file_input *in)
{
	struct file_stamp named = file_stamp(in->path);
	struct stat st;

	if (fstat(in->fd, &st) == 0) {
		struct file_stamp now = stamp_of(&st);

		return !file_stamp_equal(&now, &in->stamp) || !file_stamp_equal(&named, &now);
	}
	return true;
}

void
file_input_close(struct file_input *in)
{
	if (in->fd >= 0)
		close(in->fd);
	in->fd = -1;
}

/* Reads all there is, most often with one read() for the `size` bytes that there should be, and one that
 * finds the end. */
static enum status
gather(int fd, off_t size, struct buf *out, size_t most)
{
	size_t room = size > 0 && (uintmax_t)size < most ? (size_t)size + 1 : PIECE_SIZE;
	ssize_t n;

	do {
		n = read(fd, buf_room(out, room), room);
		if (n > 0) {
			out->len += (size_t)n;
			room = (size_t)n < room ? room - (size_t)n : PIECE_SIZE;
		}
		if (out->len > most)
			return STATUS_LIMIT;
	} while (n > 0 || (n < 0 && errno == EINTR));
	return n < 0 ? STATUS_DENIED : STATUS_OK;
}

enum status
file_read_all(const char *path, struct buf *out, size_t most, struct error *err)
{
	struct stat st = { 0 };
	enum status status;
	int fd;

	buf_reset(out);
	status = open_regular(path, &fd, &st, err);
	if (status != STATUS_OK)
		return status;
	status = gather(fd, st.st_size, out, most);
	if (status == STATUS_DENIED)
		set_from_errno(err, path);
	close(fd);
	if (status == STATUS_LIMIT)
		return error_set(err, STATUS_LIMIT, "'%s' is larger than %zu MiB", path,
				 most >> 20);
	return status;
}

enum status
file_list(const char *folder, file_name_fn *on_name, void *ctx, struct error *err)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;

	if (dir == NULL)
		return set_from_errno(err, folder);
	while ((entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			on_name(ctx, entry->d_name);
	}
	closedir(dir);
	return STATUS_OK;
}
