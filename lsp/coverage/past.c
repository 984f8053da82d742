#include "past.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "coverage/baseline.h"
#include "platform/cache.h"
#include "platform/clock.h"
#include "platform/path.h"

#include "nocov.h"
#include "run_identity.h"

/* A store that could not be opened is tried again after so long. */
#define RETRY_NS (60 * INT64_C(1000000000))

/* Earlier runs that are united with the latest one, at most. */
#define EARLIER_MAX 8

/* What is written into a report so shortly after it was written is of the same run. */
#define REPORT_WRITTEN_NS (2 * INT64_C(1000000000))

/* A data file as it was when it was put into the store. */
struct kept {
	char *path;
	struct file_stamp stamp;
	int64_t born_ns;
	int64_t run;
};

struct past {
	struct store *store;
	int64_t tried_ns; /* when opening it failed; 0: it has not */
	struct error err; /* why nothing can be kept */
	struct kept *kept;
	size_t count, cap;
};

struct past *
past_open(void)
{
	return mem_alloc(1, sizeof(struct past));
}

void
past_close(struct past *past)
{
	if (past == NULL)
		return;
	store_close(past->store);
	for (size_t i = 0; i < past->count; i++)
		free(past->kept[i].path);
	free(past->kept);
	free(past);
}

struct store *
past_store(struct past *past)
{
	int64_t now = clock_wall_ns();

	if (past->store != NULL)
		return past->store;
	if (past->tried_ns != 0 && now - past->tried_ns < RETRY_NS && now >= past->tried_ns)
		return NULL;
	past->err = (struct error){ 0 };
	if (store_open(&past->store, NULL, &past->err) == STATUS_OK)
		return past->store;
	past->tried_ns = now;
	past->store = NULL;
	return NULL;
}

/* ---- the run ---- */

static struct kept *
find_kept(struct past *past, const char *path)
{
	for (size_t i = 0; i < past->count; i++) {
		if (strcmp(past->kept[i].path, path) == 0)
			return &past->kept[i];
	}
	past->kept = mem_grow(past->kept, past->count, &past->cap, sizeof *past->kept);
	past->kept[past->count] = (struct kept){ .path = mem_copy(path) };
	return &past->kept[past->count++];
}

/* A part of the answer is from other data files, too. */
static bool
is_of_several(const struct search_item *item)
{
	for (size_t i = 0; i < item->places.count; i++) {
		if (item->places.at[i].fate == PLACE_UNITED)
			return true;
	}
	return false;
}

/* What the run of a data file is known by; false: it can't be read. */
static bool
identify(const char *path, const struct file_stamp *stamp, const struct data_info *info,
	 struct store_run *run)
{
	struct data_digest digest = { .size = stamp->size };

	if (digest.size <= STORE_COPY_MAX && data_take_digest(path, &digest, NULL) != STATUS_OK)
		return false;
	run->modified_ns = stamp->modified_ns;
	run_identity_set(run, &digest, digest.size <= STORE_COPY_MAX ? info->format : NULL);
	return true;
}

/* Copies the data file, if it is still the one that was read; NULL: there is no copy. */
static char *
copy_data(struct store *store, const struct search_item *item)
{
	struct file_stamp now;
	struct data_digest digest;
	char *place;

	if (is_of_several(item) || item->data_stamp.size > STORE_COPY_MAX)
		return NULL;
	place = store_copy_place(store);
	if (place == NULL)
		return NULL;
	if (data_copy(item->data_path, place, STORE_COPY_MAX, &digest, NULL) == STATUS_OK) {
		now = file_stamp(item->data_path);
		if (file_stamp_equal(&now, &item->data_stamp))
			return place;
	}
	cache_remove_file(place, NULL); /* of another state than the one that was read */
	free(place);
	return NULL;
}

/*
 * Is it the file that was kept before, in which somebody has written on? coverage.py begins another run with
 * another file. A report is often written anew in the same one: then only what follows at once belongs to it.
 */
static bool
goes_on(const struct kept *kept, const struct search_item *item, int64_t born_ns)
{
	const struct file_stamp *now = &item->data_stamp;

	return kept->run != 0 && born_ns != 0 && kept->born_ns == born_ns &&
	       kept->stamp.device == now->device && kept->stamp.inode == now->inode &&
	       (data_is_database(item->info.format) ||
		now->modified_ns - kept->stamp.modified_ns < REPORT_WRITTEN_NS);
}

/* Puts the run into the store; 0: it can't be. */
static int64_t
put_run(struct past *past, struct store *store, const struct search_item *item)
{
	struct store_run run = { .data_path = item->data_path,
				 .modified_ns = item->data_stamp.modified_ns },
			 known = { 0 };
	int64_t id = 0;
	char *copy;

	if (!identify(item->data_path, &item->data_stamp, &item->info, &run))
		return 0;
	if (store_find_run(store, run.data_path, run.size, run.hash, &known, NULL) == STATUS_OK &&
	    known.modified_ns == run.modified_ns) {
		id = known.id;
	} else {
		copy = copy_data(store, item);
		past->err = (struct error){ 0 };
		if (store_put_run(store, &run, copy, &id, &past->err) != STATUS_OK)
			id = 0;
		free(copy);
	}
	store_run_free(&known);
	return id;
}

/*
 * The number of the run in the store; 0: it isn't kept. A run that writes its data file again and again (at
 * each test, with dynamic contexts) is one run: what it was before makes room.
 */
static int64_t
keep_run(struct past *past, struct store *store, const struct search_item *item)
{
	struct kept *kept;
	int64_t born_ns, before;

	if (item->data_stamp.kind != FILE_REGULAR)
		return 0; /* made from unfinished files */
	kept = find_kept(past, item->data_path);
	if (kept->run != 0 && file_stamp_equal(&kept->stamp, &item->data_stamp))
		return kept->run;
	born_ns = file_born_ns(item->data_path);
	before = goes_on(kept, item, born_ns) ? kept->run : 0;
	kept->run = put_run(past, store, item);
	kept->stamp = item->data_stamp;
	kept->born_ns = born_ns;
	if (before != 0 && kept->run != 0 && kept->run != before)
		store_drop_run(store, before, NULL);
	return kept->run;
}

/* ---- the text ---- */

/* Of what coverage.py measured itself, with its statements. */
static void
take_lines(struct ran_lines *ran, struct ran_text *found, const struct search_item *item,
	   const struct data_query *data)
{
	if (item->is_python && data->report == NULL && data->tracer == NULL)
		ran_lines_take_python(ran, found, data,
				      item->project == NULL ? 0 : item->project->python.minor);
	else
		ran_lines_take(ran, found);
}

static void
find_ran(struct store *store, struct search_item *item, const struct search_wishes *wishes)
{
	struct ran_text found = { 0 };
	struct ran_wishes wanted = {
		.store = store,
		.run = item->run,
		.source = item->source,
		.is_python = item->is_python,
		.data = &item->data,
		.begun_ns = item->begun_ns,
		.progress = wishes->progress,
	};

	ran_text_set_times(&wanted, item->data_path, &item->data_stamp, item->info.format);
	ran_text_find(&found, &wanted);
	nocov_exclude(&item->data, item->info.format, buf_span(&found.text));
	take_lines(&item->ran, &found, item, &item->data);
}

/* Is what the place says known to be of another text than `key`? */
static bool
is_of_another_text(struct store *store, const struct search_place *place, const char *source,
		   const struct store_key *key)
{
	struct store_run wanted = { 0 }, known = { 0 };
	struct store_key other;
	enum store_origin origin;
	bool another = false;

	if (!identify(place->path, &place->stamp, &place->info, &wanted))
		return false;
	if (store_find_run(store, place->path, wanted.size, wanted.hash, &known, NULL) == STATUS_OK)
		another = store_find_ran(store, known.id, source, &other, &origin, NULL) ==
				  STATUS_OK &&
			  !store_key_equal(&other, key);
	store_run_free(&known);
	return another;
}

/* Reports that were united, as all of them are older than the source, may be of different texts: then
 * nothing of them can be told apart. */
static void
doubt_united(struct store *store, struct search_item *item)
{
	enum store_origin origin;
	struct store_key key;

	if (store == NULL || item->run == 0 || item->ran.origin == RAN_UNKNOWN ||
	    store_find_ran(store, item->run, item->source, &key, &origin, NULL) != STATUS_OK)
		return;
	for (size_t i = 0; i < item->places.count; i++) {
		const struct search_place *place = &item->places.at[i];

		if (place->fate != PLACE_UNITED ||
		    !is_of_another_text(store, place, item->source, &key))
			continue;
		ran_lines_free(&item->ran);
		snprintf(item->ran.why, sizeof item->ran.why,
			 "'%s' is of another text of it than '%s'; run the tests again",
			 path_base(place->path), path_base(item->data_path));
		return;
	}
}

/* ---- earlier runs ---- */

/* What an earlier run says of the source, as of a baseline; false: nothing, its copy has gone, or it is
 * not known which text it ran: of that nothing can be taken over. */
static bool
read_earlier(const struct search_item *item, const struct baseline_reading *reading,
	     struct source_run *out)
{
	const struct store_run *run = &reading->baseline->run;
	struct baseline_item answer = { .source = item->source,
					.is_python = item->is_python,
					.recorded = item->data.recorded,
					.project = item->project };
	bool known = baseline_read(reading, &answer, 1, NULL) == STATUS_OK &&
		     answer.data.answer != DATA_UNKNOWN && answer.ran.origin != RAN_UNKNOWN;

	if (known) {
		*out = (struct source_run){
			.data = answer.data,
			.info = answer.info,
			.data_path = mem_copy(run->data_path),
			.modified_ns = run->modified_ns,
		};
		answer.data = (struct data_query){ 0 };
		take_lines(&out->ran, &answer.ran, item, &out->data);
	}
	baseline_item_free(&answer);
	return known;
}

static void
add_earlier(struct store *store, struct search_item *item, const struct baseline_reading *common)
{
	struct source_runs *earlier = &item->earlier;
	struct store_run *runs = NULL;
	size_t count = 0;

	if (store_list_runs(store, item->data_path, &runs, &count, NULL) != STATUS_OK)
		return;
	earlier->at = mem_alloc(EARLIER_MAX, sizeof *earlier->at);
	for (size_t i = 0; i < count && earlier->count < EARLIER_MAX; i++) {
		const struct store_baseline as_baseline = { .run = runs[i] };
		struct baseline_reading reading = *common;

		reading.store = store;
		reading.baseline = &as_baseline;
		if (runs[i].id != item->run && runs[i].copy != NULL &&
		    runs[i].modified_ns <= item->data_stamp.modified_ns &&
		    read_earlier(item, &reading, &earlier->at[earlier->count]))
			earlier->count++;
	}
	store_runs_free(runs, count);
}

/* ---- another name ---- */

static struct search_place *
place_of(struct search_item *item, const char *path)
{
	for (size_t i = 0; i < item->places.count; i++) {
		if (strcmp(item->places.at[i].path, path) == 0)
			return &item->places.at[i];
	}
	return NULL;
}

/* Takes what the data says of the file under the name that it had. */
static void
take_former(struct store *store, struct search_item *item, const char *name,
	    const struct text_list *ran_in, const struct search_wishes *wishes)
{
	struct search_item former = *item; /* under its former name */
	struct search_place *place = place_of(item, item->data_path);
	struct text_list names = { 0 };
	struct data_query query = { .want = DATA_WANT_ARCS };
	const char **list;

	discover_names(name, item->data_path, ran_in, &names);
	list = mem_alloc(names.count + 1, sizeof *list);
	for (size_t i = 0; i < names.count; i++)
		list[i] = names.at[i];
	query.names = list;
	if (data_read(item->data_path, &query, 1, NULL, NULL) == STATUS_OK &&
	    query.answer != DATA_UNKNOWN) {
		query.names = NULL;
		item->data = query;
		former.source = mem_copy(name);
		former.data = query;
		find_ran(store, &former, wishes);
		item->ran = former.ran;
		free(former.source);
		if (place != NULL) {
			place->fate = PLACE_TAKEN;
			place->recorded = mem_copy(query.recorded);
			place->rule = mem_copy("it had another name when it ran");
		}
	}
	free(list);
	text_list_free(&names);
}

/* A file that coverage.py's data does not know may have had another name when it ran. */
static void
look_for_former(struct store *store, struct search_item *item, const struct text_list *ran_in,
		const struct search_wishes *wishes)
{
	struct store_run wanted = { 0 }, known = { 0 };
	struct ran_wishes by = { .store = store,
				 .source = item->source,
				 .is_python = item->is_python };
	char *name = NULL;

	if (item->data_path == NULL || !data_is_database(item->info.format) ||
	    !identify(item->data_path, &item->data_stamp, &item->info, &wanted))
		return;
	if (store_find_run(store, item->data_path, wanted.size, wanted.hash, &known, NULL) ==
	    STATUS_OK) {
		by.run = known.id;
		name = ran_text_former_name(&by);
	}
	if (name != NULL) {
		item->run = known.id;
		take_former(store, item, name, ran_in, wishes);
	}
	free(name);
	store_run_free(&known);
}

/* ---- all of it ---- */

static bool
is_known_already(const struct search_item *item)
{
	return item->had_path != NULL && strcmp(item->had_path, item->data_path) == 0 &&
	       file_stamp_equal(&item->had_stamp, &item->data_stamp);
}

/* Of a source that nobody has asked git about to the end it must not be said that git knows nothing. */
static bool
is_stopped(struct search_item *item, const struct search_wishes *wishes)
{
	if (progress_step(wishes->progress, 0))
		return false;
	item->status =
		error_set(&item->err, STATUS_STOPPED, "looking for the text that ran was stopped");
	return true;
}

void
past_complete(struct past *past, struct search_item *items, size_t count,
	      const struct search_wishes *wishes, const struct baseline_reading *reading)
{
	int64_t end = clock_steady_ns() + (int64_t)wishes->texts_ms * 1000000;
	bool any = false;

	for (size_t i = 0; i < count; i++) {
		struct search_item *item = &items[i];
		struct store *store;

		if (item->status != STATUS_OK)
			continue;
		item->as_before = is_known_already(item);
		if (item->as_before || is_stopped(item, wishes))
			continue;
		item->put_off = wishes->texts_ms != 0 && any && clock_steady_ns() >= end;
		if (item->put_off)
			continue;
		any = true;
		store = past_store(past);
		if (item->data.answer == DATA_UNKNOWN) {
			if (store != NULL)
				look_for_former(store, item, reading->roots, wishes);
			continue;
		}
		if (store != NULL)
			item->run = keep_run(past, store, item);
		item->not_kept = past->err;
		find_ran(store, item, wishes);
		if (is_stopped(item, wishes))
			continue;
		doubt_united(store, item);
		if (wishes->union_of_runs && item->run != 0)
			add_earlier(store, item, reading);
	}
}
