/*
 * store.h - what outlives the process: texts that ran, runs, baselines.
 *
 * One SQLite database (WAL) in the user's cache folder, and beside it the copies of data files
 * that are kept. Nothing in it is worth more than a test run: it may be deleted at any time, also
 * while it is open, and is then made anew, as it is when it is found damaged. It is bounded: what
 * was used longest ago goes first, baselines last. Several processes may use it at once. One that
 * cannot be opened, read or written (a read-only or full disk, a newer schema) takes nothing away
 * from the rest: every call answers STATUS_DENIED, STATUS_MISSING, STATUS_BUSY and so on, after a
 * quarter of a second at the most, and the caller goes on without.
 *
 *     text      the bytes of a source, known by their key; equal texts are kept once, packed
 *     run       a test run as it left its data: which data file, when, a copy of it if it isn't too large
 *     ran       which text of a source a run ran
 *     baseline  the runs of one or several data files with a name, by folder of a project; makes room for others
 *               when nothing else is left, one in use after those that are not, and always as a whole
 *
 * A handle serves one thread at a time. Times are nanoseconds since 1970. Paths are absolute.
 * Lists are in the order told; everything handed out is the caller's. What a call that can fail
 * hands out is empty if it does.
 */
#ifndef COVLS_STORE_STORE_H
#define COVLS_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"
#include "base/status.h"

#define STORE_SCHEMA   2
#define STORE_SIZE_MAX (UINT64_C(256) << 20) /* of all that is kept, copies included */
#define STORE_TEXT_MAX (UINT64_C(16) << 20)  /* a source that is longer is not kept */
#define STORE_COPY_MAX (UINT64_C(32) << 20)  /* a data file that is longer is not copied */
#define STORE_RUNS_MAX 16                    /* without a name, of one data file */

struct store;

/* What a text is known by: a digest of its bytes. */
struct store_key {
	unsigned char bytes[16];
};

/* How it is known which text ran. */
enum store_origin {
	STORE_FROM_DISK, /* the file was older than the data and has not changed since */
	STORE_FROM_GIT,  /* what was checked out then */
};

struct store_run {
	int64_t id;          /* never used again */
	char *data_path;     /* absolute */
	int64_t modified_ns; /* of the data file: when the run ended */
	uint64_t size, hash; /* of its content: data_take_digest() */
	char *copy;          /* absolute path of the copy; NULL: none is kept */
};

struct store_baseline {
	char *folder; /* absolute: the project */
	char *name;
	int64_t made_ns;
	bool in_use;
	struct store_run run;     /* the newest */
	struct store_run *others; /* of other data files, newest first */
	size_t other_count;
};

/* `folder` is where it lies, NULL: cache_folder() of platform/cache.h, which $COVLS_CACHE may name
 * or switch off (STATUS_DENIED). STATUS_OK also makes the folder. The store is made only when
 * something is first put into it. */
enum status store_open(struct store **store, const char *folder, struct error *err);
void store_close(struct store *store); /* NULL is nothing */

/* Another bound than STORE_SIZE_MAX, for what this handle puts there from now on. */
void store_limit(struct store *store, uint64_t most);

struct store_key store_key_of(struct span text);
bool store_key_equal(const struct store_key *a, const struct store_key *b);

/* A text that no run is said to have run goes after a few minutes. STATUS_LIMIT: too long. */
enum status store_put_text(struct store *store, struct span text, struct store_key *key,
			   struct error *err);
/* Replaces what `text` holds. STATUS_MISSING: it is not there, or no more. */
enum status store_get_text(struct store *store, const struct store_key *key, struct buf *text,
			   struct error *err);

/*
 * Keeps a run. `run` says everything but the id and, with `copied_from` (a path that
 * store_copy_place() gave, or NULL: no copy) takes that file over, also if it fails (then it is
 * removed). If the same data file with the same content is known already, that run's id is the
 * answer and its time the newer of the two. The oldest nameless runs of the data file make room.
 * Nothing is written if nothing is new.
 */
enum status store_put_run(struct store *store, const struct store_run *run, const char *copied_from,
			  int64_t *id, struct error *err);

/* A path at which a copy can be written before store_put_run(); the caller's to free(). NULL:
 * there is no place. A file that is put there and not taken over is removed some time later. */
char *store_copy_place(struct store *store);

/* The runs of one data file, newest first. A run whose copy has gone has none. */
enum status store_list_runs(struct store *store, const char *data_path, struct store_run **runs,
			    size_t *count, struct error *err);

enum status store_find_run(struct store *store, const char *data_path, uint64_t size, uint64_t hash,
			   struct store_run *run, struct error *err);

/* Forgets one run, and what it ran, unless it has a name. */
enum status store_drop_run(struct store *store, int64_t run, struct error *err);

/* `source` was this text when that run ran it. What was said before is replaced. STATUS_MISSING:
 * the run, or the text, is not kept any more. */
enum status store_put_ran(struct store *store, int64_t run, const char *source,
			  const struct store_key *key, enum store_origin origin, struct error *err);

/* store_put_text() and store_put_ran() in one. */
enum status store_put_ran_text(struct store *store, int64_t run, const char *source,
			       struct span text, enum store_origin origin, struct error *err);

enum status store_find_ran(struct store *store, int64_t run, const char *source,
			   struct store_key *key, enum store_origin *origin, struct error *err);

/* Of the sources that the run ran with just this text, the first by name; the caller's to free().
 * For files that were renamed. */
enum status store_find_source(struct store *store, int64_t run, const struct store_key *key,
			      char **source, struct error *err);

/* Baselines of a project. A name is used once in a folder: saving again replaces it. */
enum status store_save_baseline(struct store *store, const char *folder, const char *name,
				int64_t run, int64_t now_ns, struct error *err);
enum status store_save_baseline_runs(struct store *store, const char *folder, const char *name,
				     const int64_t *runs, size_t count, int64_t now_ns,
				     struct error *err);
enum status store_list_baselines(struct store *store, const char *folder,
				 struct store_baseline **list, size_t *count, struct error *err);
/* NULL: none is in use any more. STATUS_MISSING: there is no such name. */
enum status store_use_baseline(struct store *store, const char *folder, const char *name,
			       struct error *err);
enum status store_drop_baseline(struct store *store, const char *folder, const char *name,
				struct error *err);

/* How much is kept, in bytes on the disk. */
uint64_t store_size(struct store *store);

void store_run_free(struct store_run *run);                /* what it owns */
void store_baseline_free(struct store_baseline *baseline); /* what it owns */
void store_runs_free(struct store_run *runs, size_t count);
void store_baselines_free(struct store_baseline *list, size_t count);

#endif
