#include "platform/cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

#include "base/mem.h"
#include "platform/path.h"

#define STEP_MS 2

/* What statfs(2) calls them. */
static const uint32_t shared_kinds[] = {
	0x6969,     /* NFS */
	0x517b,     /* SMB */
	0xff534d42, /* CIFS */
	0xfe534d42, /* SMB 2 */
	0x5346414f, /* AFS */
	0x73757245, /* Coda */
	0x00c36400, /* Ceph */
	0x0bd00bd0, /* Lustre */
	0x01161970, /* GFS2 */
	0x7461636f, /* OCFS2 */
	0x65735546, /* FUSE */
	0x01021997, /* 9P: a virtual machine's folder of its host, WSL's of Windows */
};

/* The value of a variable that names a folder; NULL: it does not. */
static const char *
folder_in(const char *variable)
{
	const char *value = getenv(variable);

	return value != NULL && path_is_absolute(value) ? value : NULL;
}

static enum status
find_default(char **folder, struct error *err)
{
	const char *cache = folder_in("XDG_CACHE_HOME");
	char *home;

	if (cache != NULL) {
		*folder = path_join(cache, "covls");
		return STATUS_OK;
	}
	home = path_home();
	if (home == NULL)
		return error_set(err, STATUS_DENIED,
				 "there is no cache folder, for there is no home folder; "
				 "set COVLS_CACHE to a folder");
	*folder = path_join(home, ".cache/covls");
	free(home);
	return STATUS_OK;
}

enum status
cache_folder(char **folder, struct error *err)
{
	const char *own = getenv("COVLS_CACHE");

	*folder = NULL;
	if (own == NULL)
		return find_default(folder, err);
	if (*own == '\0')
		return error_set(err, STATUS_DENIED,
				 "nothing is kept, for COVLS_CACHE is empty; unset it or set it to "
				 "a folder");
	if (!path_is_absolute(own))
		return error_set(err, STATUS_USAGE,
				 "COVLS_CACHE is '%s'; set it to an absolute path", own);
	*folder = path_join("/", own);
	return STATUS_OK;
}

static enum status
set_from_errno(struct error *err, const char *what, const char *path)
{
	return error_set(err, STATUS_DENIED, "cannot %s '%s': %s", what, path, strerror(errno));
}

enum status
cache_make_folder(const char *path, struct error *err)
{
	char *part = mem_copy(path);
	enum status status = STATUS_OK;
	struct stat st;

	/* What is above may be there without our being allowed to make anything in it. */
	for (char *slash = strchr(part + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		(void)mkdir(part, 0700);
		*slash = '/';
	}
	if (mkdir(part, 0700) != 0 && (errno != EEXIST || stat(part, &st) != 0))
		status = set_from_errno(err, "make the folder", path);
	else if (stat(part, &st) == 0 && !S_ISDIR(st.st_mode))
		status = error_set(err, STATUS_DENIED, "'%s' is in the way of a folder", path);
	free(part);
	return status;
}

enum status
cache_make_file(const char *path, struct error *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		return errno == EEXIST ? STATUS_OK : set_from_errno(err, "make", path);
	close(fd);
	return STATUS_OK;
}

enum status
cache_remove_file(const char *path, struct error *err)
{
	if (unlink(path) == 0 || errno == ENOENT || errno == ENOTDIR)
		return STATUS_OK;
	return set_from_errno(err, "remove", path);
}

bool
cache_is_shared(const char *path)
{
	bool shared = false;
	uv_fs_t req;

	if (uv_fs_statfs(NULL, &req, path, NULL) == 0) {
		const uv_statfs_t *found = req.ptr;

		for (size_t i = 0; i < sizeof shared_kinds / sizeof shared_kinds[0]; i++)
			shared |= (uint32_t)found->f_type == shared_kinds[i];
	}
	uv_fs_req_cleanup(&req);
	return shared;
}

static enum status
wait_for_lock(int fd, const char *path, int wait_ms, struct error *err)
{
	const struct timespec step = { .tv_nsec = STEP_MS * 1000000L };
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	for (int waited = 0;; waited += STEP_MS) {
		if (fcntl(fd, F_SETLK, &whole) == 0)
			return STATUS_OK;
		if (errno != EACCES && errno != EAGAIN && errno != EINTR)
			return set_from_errno(err, "lock", path);
		if (waited >= wait_ms)
			return error_set(err, STATUS_BUSY, "'%s' is locked by another process",
					 path);
		nanosleep(&step, NULL);
	}
}

enum status
cache_lock(struct cache_lock *lock, const char *path, int wait_ms, struct error *err)
{
	enum status status;

	lock->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0600);
	if (lock->fd < 0)
		return set_from_errno(err, "lock", path);
	status = wait_for_lock(lock->fd, path, wait_ms, err);
	if (status != STATUS_OK)
		cache_unlock(lock);
	return status;
}

void
cache_unlock(struct cache_lock *lock)
{
	if (lock->fd >= 0)
		close(lock->fd);
	lock->fd = -1;
}
