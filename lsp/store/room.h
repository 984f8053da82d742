/*
 * room.h - the store as it is in memory, and how it makes room: what is thrown away, when, in
 * which order.
 */
#ifndef COVLS_STORE_ROOM_H
#define COVLS_STORE_ROOM_H

#include "base/text_list.h"
#include "database.h"
#include "store/store.h"

/* A text that no run has run, and a copy that no run has, go after so long: somebody may be about
 * to say more. */
#define ROOM_STRAY_NS (INT64_C(600) * 1000000000)

/* What was used is noted once in so long, so that reading seldom writes. */
#define ROOM_USE_NS (INT64_C(3600) * 1000000000)

struct store {
	char *folder, *copies;
	struct database db;
	uint64_t most;           /* bytes of all that is kept */
	struct text_list doomed; /* names of copies whose rows go with the call that is under way */
	int64_t doomed_size;     /* bytes of these copies */
	bool has_freed;          /* it has left free pages */
	int64_t swept_ns;        /* on the steady clock; 0: never */
};

/* Of a copy by its name in the database; the caller's. NULL: it can't be one of ours. */
char *room_copy_path(const struct store *store, const char *name);

/* Deletes a run, and dooms its copy. Within work. */
enum status room_delete_run(struct store *store, int64_t run);

/* Of one data file, keeps the newest nameless runs only, and `keep`. Within work. */
enum status room_trim_runs(struct store *store, const char *data_path, int64_t keep);

/* Deletes until all that is kept fits; never `keep` (0: none). STATUS_LIMIT: it can't. Within
 * work. */
enum status room_make(struct store *store, int64_t keep);

/* database_do() for work that writes, and what follows it: doomed copies are removed, now and then
 * strays are looked for. */
enum status room_write(struct store *store, database_work_fn *work, void *ctx, struct error *err);

#endif
