#include "platform/watch.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "base/log.h"
#include "base/mem.h"
#include "platform/file.h"
#include "platform/path.h"

#define FALLBACK_MS 2000

/* One watched folder. */
struct entry {
	uv_fs_event_t event;
	struct watch *owner;
	char *wanted;            /* the folder that was asked for */
	char *actual;            /* the one that is watched in its place: itself, or one above */
	struct file_stamp stamp; /* of `actual` when the watch began; only its identity matters */
	bool started;
	bool kept; /* mark of watch_set() */
};

struct watch {
	uv_loop_t *loop;
	uv_timer_t quiet, fallback;
	unsigned quiet_ms;
	uint64_t first_event; /* when the unquiet time began; 0: it is quiet */
	watch_wanted_fn *is_wanted;
	watch_quiet_fn *on_quiet;
	void *ctx;
	struct entry **entries;
	size_t count, cap;
	size_t closing; /* handles whose closing callback is still to come */
	bool told;      /* that the system cannot watch */
};

static void
on_quiet_timer(uv_timer_t *timer)
{
	struct watch *w = timer->data;

	w->first_event = 0;
	w->on_quiet(w->ctx);
}

/* Something has happened: the callback comes after the quiet period. */
static void
note_event(struct watch *w)
{
	uint64_t now = uv_now(w->loop), most;

	if (w->first_event == 0)
		w->first_event = now == 0 ? 1 : now;
	most = w->first_event + 10 * (uint64_t)w->quiet_ms;
	uv_timer_start(&w->quiet, on_quiet_timer, now >= most ? 0 : w->quiet_ms, 0);
}

static void
on_fallback(uv_timer_t *timer)
{
	struct watch *w = timer->data;

	w->on_quiet(w->ctx);
}

static void
on_event(uv_fs_event_t *event, const char *name, int events, int status)
{
	struct entry *e = event->data;

	(void)events;
	/* A change of the folder itself comes under the folder's own name. */
	if (status < 0 || name == NULL || strcmp(e->wanted, e->actual) != 0 ||
	    e->owner->is_wanted(e->owner->ctx, name) || strcmp(name, path_base(e->actual)) == 0)
		note_event(e->owner);
}

static void
release(struct watch *w)
{
	if (w->closing > 0 || w->entries != NULL)
		return;
	free(w);
}

static void
on_entry_closed(uv_handle_t *handle)
{
	struct entry *e = handle->data;
	struct watch *w = e->owner;

	free(e->wanted);
	free(e->actual);
	free(e);
	w->closing--;
	release(w);
}

static void
close_entry(struct entry *e)
{
	e->owner->closing++;
	uv_close((uv_handle_t *)&e->event, on_entry_closed);
}

/* The folder itself if it is there, else the nearest above it: looked for from the top, since of a path of
 * thousands of folders that are not there only the first matters. */
static char *
nearest_folder(const char *wanted)
{
	char *folder = mem_copy(wanted);
	size_t there = 1; /* so many bytes are a folder */

	if (file_stamp(folder).kind == FILE_FOLDER)
		return folder;
	for (char *end = strchr(folder + 1, '/'); end != NULL; end = strchr(end + 1, '/')) {
		*end = '\0';
		if (file_stamp(folder).kind != FILE_FOLDER)
			break;
		there = (size_t)(end - folder);
		*end = '/';
	}
	folder[there] = '\0';
	return folder;
}

static void
tell_fallback(struct watch *w, const char *folder, int error)
{
	if (!w->told)
		log_line(LOG_WARNING, "cannot watch '%s' (%s): looking every %d seconds instead",
			 folder, uv_strerror(error), FALLBACK_MS / 1000);
	w->told = true;
	if (!uv_is_active((uv_handle_t *)&w->fallback))
		uv_timer_start(&w->fallback, on_fallback, FALLBACK_MS, FALLBACK_MS);
}

static void
add_entry(struct watch *w, const char *wanted)
{
	struct entry *e = mem_alloc(1, sizeof *e);
	int error;

	e->owner = w;
	e->wanted = mem_copy(wanted);
	e->actual = nearest_folder(wanted);
	e->stamp = file_stamp(e->actual);
	e->kept = true;
	uv_fs_event_init(w->loop, &e->event);
	e->event.data = e;
	error = uv_fs_event_start(&e->event, on_event, e->actual, 0);
	e->started = error == 0;
	if (error != 0)
		tell_fallback(w, e->actual, error);
	w->entries = mem_grow(w->entries, w->count, &w->cap, sizeof(struct entry *));
	w->entries[w->count++] = e;
}

/* Is the entry still what it was made for? */
static bool
is_current(const struct entry *e)
{
	char *actual = nearest_folder(e->wanted);
	struct file_stamp now = file_stamp(actual);
	bool same = strcmp(actual, e->actual) == 0 && now.device == e->stamp.device &&
		    now.inode == e->stamp.inode && e->started;

	free(actual);
	return same;
}

/* True if it was added. */
static bool
keep_or_add(struct watch *w, const char *folder)
{
	for (size_t i = 0; i < w->count; i++) {
		if (strcmp(w->entries[i]->wanted, folder) == 0 &&
		    (w->entries[i]->kept || is_current(w->entries[i]))) {
			w->entries[i]->kept = true;
			return false;
		}
	}
	add_entry(w, folder);
	return true;
}

bool
watch_set(struct watch *w, const char *const *folders, size_t count)
{
	size_t kept = 0;
	bool all_started = true, added = false;

	for (size_t i = 0; i < w->count; i++)
		w->entries[i]->kept = false;
	for (size_t i = 0; i < count; i++)
		added = keep_or_add(w, folders[i]) || added;
	for (size_t i = 0; i < w->count; i++) {
		struct entry *e = w->entries[i];

		if (!e->kept) {
			close_entry(e);
			continue;
		}
		all_started = all_started && e->started;
		w->entries[kept++] = e;
	}
	w->count = kept;
	if (all_started)
		uv_timer_stop(&w->fallback);
	return added;
}

const char *
watch_folder(const struct watch *w, size_t i)
{
	return i < w->count ? w->entries[i]->actual : NULL;
}

struct watch *
watch_open(uv_loop_t *loop, unsigned quiet_ms, watch_wanted_fn *wanted, watch_quiet_fn *on_quiet,
	   void *ctx)
{
	struct watch *w = mem_alloc(1, sizeof *w);

	w->loop = loop;
	w->quiet_ms = quiet_ms;
	w->is_wanted = wanted;
	w->on_quiet = on_quiet;
	w->ctx = ctx;
	uv_timer_init(loop, &w->quiet);
	uv_timer_init(loop, &w->fallback);
	w->quiet.data = w->fallback.data = w;
	return w;
}

static void
on_timer_closed(uv_handle_t *handle)
{
	struct watch *w = handle->data;

	w->closing--;
	release(w);
}

void
watch_close(struct watch *w)
{
	for (size_t i = 0; i < w->count; i++)
		close_entry(w->entries[i]);
	free(w->entries);
	w->entries = NULL;
	w->count = 0;
	w->closing += 2;
	uv_close((uv_handle_t *)&w->quiet, on_timer_closed);
	uv_close((uv_handle_t *)&w->fallback, on_timer_closed);
}
