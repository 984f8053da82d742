#include "baseline_search.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "coverage/baseline.h"
#include "platform/file.h"
#include "platform/path.h"

/* Of no baseline; those of baselines are positive. */
#define MISSING_ID (-1)

/* One run of a search. */
struct searching {
	struct store *store;
	const struct search_wishes *wishes;
	const struct baseline_reading *reading; /* the common part */

	/* The choice of the last source: most lie in the same folder and have the same data. */
	struct {
		char *folder, *data_path;
		int64_t data_ns;
		struct store_baseline baseline; /* run.id is 0: none */
		struct error missing;           /* the one that the setting names is not there */
	} last;
};

static void
forget_last(struct searching *s)
{
	free(s->last.folder);
	free(s->last.data_path);
	store_baseline_free(&s->last.baseline);
	memset(&s->last, 0, sizeof s->last);
}

static void
choose(struct searching *s, const struct search_item *item)
{
	char *folder = baseline_folder(s->store, item->source, s->wishes->roots);
	struct baseline_choice choice = {
		.setting = s->wishes->baseline,
		.folder = folder,
		.data_path = item->data_path,
		.data_ns = item->data_stamp.modified_ns,
	};
	struct error err = { 0 };

	if (baseline_choose(s->store, &choice, &s->last.baseline, &err) != STATUS_OK)
		store_baseline_free(&s->last.baseline);
	/* "last" may well have to wait for a second run. */
	if (err.status == STATUS_MISSING && choice.setting != NULL &&
	    strcmp(choice.setting, "last") != 0)
		s->last.missing = err;
	free(folder);
}

/* The baseline that is in force for the item. */
static const struct store_baseline *
baseline_of(struct searching *s, const struct search_item *item)
{
	char *folder = path_folder(item->source);

	if (s->last.folder != NULL && strcmp(s->last.folder, folder) == 0 &&
	    strcmp(s->last.data_path, item->data_path) == 0 &&
	    s->last.data_ns == item->data_stamp.modified_ns) {
		free(folder);
		return &s->last.baseline;
	}
	forget_last(s);
	s->last.folder = folder;
	s->last.data_path = mem_copy(item->data_path);
	s->last.data_ns = item->data_stamp.modified_ns;
	choose(s, item);
	return &s->last.baseline;
}

/* ---- reading ---------------------------------------------------------------------------------- */

/* The items for which one baseline is in force. */
struct group {
	struct store_baseline baseline; /* owned */
	struct search_item **items;     /* in the search */
	size_t count;
};

static void
put_answer(struct search_item *item, const struct store_baseline *baseline,
	   struct baseline_item *answer)
{
	const struct store_run *said_by = answer->run == NULL ? &baseline->run : answer->run;
	struct source_run *run = &item->baseline.run;

	item->baseline.id = baseline_id(baseline);
	item->baseline.name = mem_copy(baseline->name);
	run->data = answer->data;
	run->info = answer->info;
	run->data_path = mem_copy(said_by->data_path);
	run->modified_ns = said_by->modified_ns;
	if (answer->data.answer != DATA_UNKNOWN)
		ran_lines_take(&run->ran, &answer->ran);
	answer->data = (struct data_query){ 0 };
}

/* It is in force, and can't be compared with. */
static void
put_failure(struct search_item *item, const struct store_baseline *baseline,
	    const struct error *err)
{
	struct baseline_item answer = { .data.answer = DATA_NOT_RUN };
	struct ran_lines *ran = &item->baseline.run.ran;

	put_answer(item, baseline, &answer);
	snprintf(ran->why, sizeof ran->why, "%.*s", (int)sizeof ran->why - 1, err->text);
}

/* There is none, though one is named: that is told like one that can't be compared with. */
static void
put_missing(struct search_item *item, const char *name, const struct error *err)
{
	struct ran_lines *ran = &item->baseline.run.ran;

	item->baseline.id = MISSING_ID;
	item->baseline.name = mem_copy(name);
	item->baseline.run.data.answer = DATA_NOT_RUN;
	snprintf(ran->why, sizeof ran->why, "%.*s", (int)sizeof ran->why - 1, err->text);
}

static const struct store_run *
run_of(const struct store_baseline *baseline, size_t i)
{
	return i == 0 ? &baseline->run : &baseline->others[i - 1];
}

static char *
former_name(const struct baseline_reading *reading, const struct baseline_item *item)
{
	struct ran_wishes by = { .store = reading->store,
				 .source = item->source,
				 .is_python = item->is_python };
	char *name = NULL;

	for (size_t i = 0; i <= reading->baseline->other_count && name == NULL; i++) {
		by.run = run_of(reading->baseline, i)->id;
		name = ran_text_former_name(&by);
	}
	return name;
}

/* A file that the baseline doesn't know may be one that it knows by another name. */
static void
look_for_old_name(const struct baseline_reading *reading, struct baseline_item *item)
{
	char *name = former_name(reading, item);
	struct baseline_item renamed = { .source = name,
					 .is_python = item->is_python,
					 .project = item->project };

	if (name == NULL)
		return;
	if (baseline_read(reading, &renamed, 1, NULL) == STATUS_OK) {
		baseline_item_free(item);
		item->data = renamed.data;
		item->info = renamed.info;
		item->ran = renamed.ran;
		item->run = renamed.run;
	}
	free(name);
}

/* Could the run have spoken of the source? It is of the same kind of data, and of the same file, or of one in
 * a folder above the source. */
static bool
is_about(const struct store_run *run, const struct search_item *item)
{
	const char *format = data_recognize(run->copy, NULL);
	char *folder = path_folder(run->data_path);
	bool near = strcmp(run->data_path, item->data_path) == 0 ||
		    path_is_within(item->source, folder);

	free(folder);
	return near && format != NULL && item->info.format != NULL &&
	       strcmp(format, item->info.format) == 0;
}

/* A baseline of another kind of data, or of another package, that is silent of the source says nothing about
 * it. */
static bool
says_something(const struct store_baseline *baseline, const struct baseline_item *answer,
	       const struct search_item *item)
{
	bool something = answer->data.answer != DATA_UNKNOWN;

	for (size_t i = 0; i <= baseline->other_count && !something; i++)
		something = is_about(run_of(baseline, i), item);
	return something;
}

static void
read_group(struct searching *s, struct group *g)
{
	struct baseline_item *answers = mem_alloc(g->count, sizeof *answers);
	struct baseline_reading reading = *s->reading;
	struct error err = { 0 };
	bool good;

	reading.store = s->store;
	reading.baseline = &g->baseline;
	for (size_t i = 0; i < g->count; i++)
		answers[i] = (struct baseline_item){
			.source = g->items[i]->source,
			.is_python = g->items[i]->is_python,
			.recorded = g->items[i]->data.recorded,
			.project = g->items[i]->project,
		};
	good = baseline_read(&reading, answers, g->count, &err) == STATUS_OK;
	for (size_t i = 0; i < g->count; i++) {
		if (good && answers[i].data.answer == DATA_UNKNOWN)
			look_for_old_name(&reading, &answers[i]);
		if (!good)
			put_failure(g->items[i], &g->baseline, &err);
		else if (says_something(&g->baseline, &answers[i], g->items[i]))
			put_answer(g->items[i], &g->baseline, &answers[i]);
		baseline_item_free(&answers[i]);
	}
	free(answers);
}

static void
free_group(struct group *g)
{
	store_baseline_free(&g->baseline);
	free(g->items);
}

/* Hands the baseline that was chosen last on to a group. */
static void
open_group(struct searching *s, struct group *g, size_t count)
{
	*g = (struct group){ .baseline = s->last.baseline };
	s->last.baseline = (struct store_baseline){ 0 };
	forget_last(s);
	g->items = mem_alloc(count, sizeof(struct search_item *));
}

struct groups {
	struct group *at;
	size_t count, cap;
};

static void
add_to_group(struct searching *s, struct groups *groups, struct search_item *item, size_t most)
{
	int64_t id = baseline_id(&s->last.baseline);
	size_t i = 0;

	while (i < groups->count && baseline_id(&groups->at[i].baseline) != id)
		i++;
	if (i == groups->count) {
		groups->at = mem_grow(groups->at, groups->count, &groups->cap, sizeof *groups->at);
		open_group(s, &groups->at[groups->count++], most);
	}
	groups->at[i].items[groups->at[i].count++] = item;
}

void
baseline_search(struct store *store, struct search_item *items, size_t count,
		const struct search_wishes *wishes, const struct baseline_reading *reading)
{
	struct searching s = { .store = store, .wishes = wishes, .reading = reading };
	struct groups groups = { 0 };

	for (size_t i = 0; i < count; i++) {
		struct search_item *item = &items[i];
		const struct store_baseline *baseline;

		/* Without good data, what is shown stays, and what it is compared with. */
		item->baseline_as_before = item->status != STATUS_OK;
		if (store == NULL || !wishes->wants_baseline || item->status != STATUS_OK ||
		    item->put_off || item->data.answer == DATA_UNKNOWN)
			continue;
		baseline = baseline_of(&s, item);
		item->baseline_as_before =
			baseline->run.id != 0 && item->had_baseline == baseline_id(baseline);
		if (item->baseline_as_before)
			item->baseline.name = mem_copy(baseline->name);
		else if (baseline->run.id != 0)
			add_to_group(&s, &groups, item, count);
		else if (s.last.missing.status != STATUS_OK)
			put_missing(item, wishes->baseline, &s.last.missing);
	}
	forget_last(&s);
	for (size_t i = 0; i < groups.count; i++) {
		read_group(&s, &groups.at[i]);
		free_group(&groups.at[i]);
	}
	free(groups.at);
}

/* ---- the answer ------------------------------------------------------------------------------- */

void
source_baseline_free(struct source_baseline *baseline)
{
	free(baseline->name);
	source_run_free(&baseline->run);
	*baseline = (struct source_baseline){ 0 };
}

bool
source_baseline_is_known(const struct source_baseline *baseline)
{
	return baseline->id != 0 && (baseline->run.data.answer == DATA_UNKNOWN ||
				     baseline->run.ran.origin != RAN_UNKNOWN);
}
