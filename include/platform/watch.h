/*
 * watch.h - tells when files in some folders have changed, once things are quiet again.
 *
 * What is watched is folders, not files, so that a file may be deleted, made anew, renamed over or
 * appear for the first time. Events are gathered: the callback comes when nothing has happened for
 * the quiet period, or when things have not been quiet for ten times as long. A folder that is not
 * there (yet, or any more) is watched through the nearest folder above it. Where the system cannot
 * watch (too many watches, some network file systems), the callback comes every two seconds instead,
 * which is for the owner to look at the files.
 *
 * Lives on one libuv loop and is only touched from its thread.
 */
#ifndef COVLS_PLATFORM_WATCH_H
#define COVLS_PLATFORM_WATCH_H

#include <stdbool.h>
#include <stddef.h>

struct uv_loop_s;
struct watch;

/* Does a change of the file `name` in a watched folder matter? */
typedef bool watch_wanted_fn(void *ctx, const char *name);

/* Something that matters has changed. watch_set() may be called from here. */
typedef void watch_quiet_fn(void *ctx);

struct watch *watch_open(struct uv_loop_s *loop, unsigned quiet_ms, watch_wanted_fn *wanted,
			 watch_quiet_fn *on_quiet, void *ctx);

/* Watches these folders (absolute) and no others. What is watched already stays watched, unless the
 * folder of that name is now another one. True if a watch was added: then look at the files once more,
 * since what happened before that went unseen. */
bool watch_set(struct watch *w, const char *const *folders, size_t count);

/* Walks the folders that are watched; NULL at the end. */
const char *watch_folder(const struct watch *w, size_t i);

/* Stops; the memory is freed when the loop has run its closing callbacks. */
void watch_close(struct watch *w);

#endif
