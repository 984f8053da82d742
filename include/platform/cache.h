/*
 * cache.h - the user's folder for what can be made anew, and the changes that are made in it.
 *
 * Whatever is made here is the user's alone: folders 0700, files 0600.
 */
#ifndef COVLS_PLATFORM_CACHE_H
#define COVLS_PLATFORM_CACHE_H

#include <stdbool.h>

#include "base/status.h"

/*
 * covls's cache folder; the caller's to free(), and not made yet. It is what $COVLS_CACHE says,
 * else covls/ in $XDG_CACHE_HOME, else .cache/covls/ in the home folder (XDG Base Directory
 * Specification 0.8, which has relative names in its variables ignored). STATUS_DENIED: nothing is
 * to be kept, since $COVLS_CACHE is empty, or there is no place. STATUS_USAGE: $COVLS_CACHE is not
 * an absolute path.
 */
enum status cache_folder(char **folder, struct error *err);

/* Makes a folder, and those above it that are missing. One that is there stays as it is. */
enum status cache_make_folder(const char *path, struct error *err);

/* Makes an empty file, unless something has the name already. */
enum status cache_make_file(const char *path, struct error *err);

/* STATUS_OK as well if there is nothing to remove. */
enum status cache_remove_file(const char *path, struct error *err);

/* Does it lie on a file system that other machines write too (NFS, SMB, ...), or that may not let
 * processes share memory (FUSE, 9P)? False if that cannot be told. */
bool cache_is_shared(const char *path);

/* Between processes that agree on a lock file, one at a time; gone with the process. It does not
 * keep the threads of one process apart. */
struct cache_lock {
	int fd; /* -1: none was to be had */
};

/* Waits at most `wait_ms`. STATUS_BUSY: another process has it. STATUS_DENIED: it can't be locked. */
enum status cache_lock(struct cache_lock *lock, const char *path, int wait_ms, struct error *err);
void cache_unlock(struct cache_lock *lock);

#endif
