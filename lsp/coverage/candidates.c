#include "candidates.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "platform/path.h"

/* Data that is older than the newest by more is of an earlier run. SimpleCov merges by the same time. */
#define RUN_NS (600 * INT64_C(1000000000))

void
candidates_add(struct candidates *c, const struct data_files_entry *entry, size_t number,
	       size_t place)
{
	c->at = mem_grow(c->at, c->count, &c->cap, sizeof *c->at);
	c->at[c->count++] = (struct candidate){ .entry = entry, .number = number, .place = place };
}

void
candidates_free(struct candidates *c)
{
	free(c->at);
	*c = (struct candidates){ 0 };
}

__attribute__((format(printf, 2, 3))) static void
pass_over(struct search_place *place, const char *fmt, ...)
{
	struct buf text = { 0 };
	char line[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(line, sizeof line, fmt, args);
	va_end(args);
	buf_add_text(&text, line);
	place->fate = PLACE_PASSED;
	free(place->why);
	place->why = buf_take(&text);
}

__attribute__((format(printf, 3, 4))) static void
drop(struct candidates *c, struct candidate *candidate, const char *fmt, ...)
{
	char line[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(line, sizeof line, fmt, args);
	va_end(args);
	candidate->out = true;
	pass_over(&c->item->places.at[candidate->place], "%s", line);
}

/* What coverage.py's own data has said, as one of those to choose from. */
static bool
has_own(const struct candidates *c)
{
	return c->item->status == STATUS_OK && c->item->data.answer != DATA_UNKNOWN;
}

static struct search_place *
own_place(const struct candidates *c)
{
	for (size_t i = 0; i < c->item->places.count; i++) {
		struct search_place *place = &c->item->places.at[i];

		if (strcmp(place->path, c->item->data_path) == 0)
			return place;
	}
	return NULL;
}

static int64_t
time_of(const struct candidate *candidate)
{
	return candidate->entry->stamp.modified_ns;
}

static bool
is_older_than_source(const struct candidates *c, int64_t modified_ns)
{
	return c->item->source_stamp.kind != FILE_NONE &&
	       modified_ns < c->item->source_stamp.modified_ns;
}

/* True: coverage.py's own data is out. */
static bool
drop_stale(struct candidates *c)
{
	bool own = has_own(c),
	     own_stale = own && is_older_than_source(c, c->item->data_stamp.modified_ns);
	bool any_fresh = own && !own_stale;

	for (size_t i = 0; i < c->count; i++)
		any_fresh = any_fresh || !is_older_than_source(c, time_of(&c->at[i]));
	for (size_t i = 0; i < c->count && any_fresh; i++) {
		if (is_older_than_source(c, time_of(&c->at[i])))
			drop(c, &c->at[i], "it is older than the source, and another is not");
	}
	return own_stale && any_fresh;
}

static bool
drop_earlier_runs(struct candidates *c, bool own_out)
{
	bool own = has_own(c) && !own_out;
	int64_t newest = own ? c->item->data_stamp.modified_ns : INT64_MIN;
	const char *newest_path = own ? c->item->data_path : NULL;

	for (size_t i = 0; i < c->count; i++) {
		if (!c->at[i].out && (newest_path == NULL || time_of(&c->at[i]) > newest)) {
			newest = time_of(&c->at[i]);
			newest_path = c->at[i].entry->path;
		}
	}
	for (size_t i = 0; i < c->count; i++) {
		if (c->at[i].out || newest - time_of(&c->at[i]) <= RUN_NS)
			continue;
		drop(c, &c->at[i], "it is of an earlier run than '%s'", newest_path);
	}
	return own && newest - c->item->data_stamp.modified_ns > RUN_NS;
}

static void
drop_reports(struct candidates *c, const char *of)
{
	for (size_t i = 0; i < c->count; i++) {
		if (!c->at[i].out)
			drop(c, &c->at[i], "'%s', which is coverage.py's own data, says more", of);
	}
}

static bool
is_database(const struct candidate *candidate)
{
	return data_is_database(candidate->entry->index->info.format);
}

static bool
share_folder(const struct candidate *a, const struct candidate *b)
{
	char *x = path_folder(a->entry->path), *y = path_folder(b->entry->path);
	bool same = strcmp(x, y) == 0;

	free(x);
	free(y);
	return same;
}

static bool
is_copy(const struct candidate *a, const struct candidate *b)
{
	struct data_digest x, y;

	return a->entry->stamp.size == b->entry->stamp.size &&
	       data_take_digest(a->entry->path, &x, NULL) == STATUS_OK &&
	       data_take_digest(b->entry->path, &y, NULL) == STATUS_OK && x.size == y.size &&
	       x.hash == y.hash;
}

/* Of those that are left, the ones that say again what another one says, and no more. */
static void
drop_doubles(struct candidates *c)
{
	for (size_t i = 0; i < c->count; i++) {
		for (size_t k = 0; k < c->count && !c->at[i].out; k++) {
			const struct candidate *other = &c->at[k];
			int mine = data_detail(c->at[i].entry->index);
			int others = data_detail(other->entry->index);

			if (k == i || other->out)
				continue;
			if (others > mine && share_folder(&c->at[i], other))
				drop(c, &c->at[i], "'%s' beside it says more",
				     path_base(other->entry->path));
			else if (k < i && others == mine && is_copy(&c->at[i], other))
				drop(c, &c->at[i], "it is a copy of '%s'", other->entry->path);
		}
	}
}

/* The database that knows the source by another name, if there is one: it alone counts then. */
static void
prefer_database(struct candidates *c)
{
	for (size_t i = 0; i < c->count; i++) {
		if (c->at[i].out || !is_database(&c->at[i]))
			continue;
		for (size_t k = 0; k < c->count; k++) {
			if (k != i && !c->at[k].out)
				drop(c, &c->at[k],
				     "'%s', which is coverage.py's own data, says more",
				     c->at[i].entry->path);
		}
		return;
	}
}

/* The first to be taken: the newest. */
static struct candidate *
newest_left(struct candidates *c, bool not_taken_yet)
{
	struct candidate *best = NULL;

	for (size_t i = 0; i < c->count; i++) {
		enum place_fate fate = c->item->places.at[c->at[i].place].fate;

		if (c->at[i].out ||
		    (not_taken_yet && (fate == PLACE_TAKEN || fate == PLACE_UNITED)))
			continue;
		if (best == NULL || time_of(&c->at[i]) > time_of(best))
			best = &c->at[i];
	}
	return best;
}

/* What the item had is no longer its answer. */
static void
clear_answer(struct search_item *item)
{
	free(item->data_path);
	item->data_path = NULL;
	data_query_free(&item->data);
	item->status = STATUS_MISSING;
	item->err = (struct error){ 0 };
}

/* The first one that is read is the answer, the others are united with it. */
static void
take_answer(struct candidates *c, const struct candidate *candidate, struct data_query *query)
{
	struct search_item *item = c->item;
	struct search_place *place = &item->places.at[candidate->place];
	const struct data_index *index = candidate->entry->index;

	free(place->recorded);
	place->recorded = mem_copy(query->recorded);
	if (item->status == STATUS_OK && item->data.answer != DATA_UNKNOWN) {
		bool sum = strcmp(item->info.format, index->info.format) == 0;

		place->fate = PLACE_UNITED;
		if (query->answer == DATA_RAN)
			item->data.answer = DATA_RAN;
		report_unite(query->report, item->data.report, sum ? REPORT_SUM : REPORT_MAX);
		report_free(item->data.report);
		*item->data.report = *query->report;
		*query->report = (struct report){ 0 };
		item->info.has_branches = item->info.has_branches || index->info.has_branches;
		data_query_free(query);
		return;
	}
	clear_answer(item);
	place->fate = PLACE_TAKEN;
	item->status = STATUS_OK;
	item->data_path = mem_copy(candidate->entry->path);
	item->data_stamp = candidate->entry->stamp;
	item->info = index->info;
	item->data = *query;
	item->data.names = NULL;
}

static void
read_left(struct candidates *c, struct progress *progress)
{
	struct candidate *candidate;

	while ((candidate = newest_left(c, true)) != NULL) {
		struct search_place *place = &c->item->places.at[candidate->place];
		struct data_query query = { .want = DATA_WANT_ARCS };
		enum status status = data_index_read(candidate->entry->index, candidate->number,
						     &query, progress, &place->err);

		if (status == STATUS_OK && query.answer != DATA_UNKNOWN) {
			take_answer(c, candidate, &query);
			continue;
		}
		data_query_free(&query);
		candidate->out = true;
		place->fate = status == STATUS_OK ? PLACE_SILENT : PLACE_TROUBLE;
		place->err.status = status;
	}
}

void
candidates_decide(struct candidates *c, struct progress *progress)
{
	bool own = has_own(c), own_out;
	struct search_place *place = own ? own_place(c) : NULL;

	if (c->count == 0)
		return;
	own_out = drop_stale(c);
	own_out = drop_earlier_runs(c, own_out) || own_out;
	if (own && !own_out) {
		drop_reports(c, c->item->data_path);
		return;
	}
	prefer_database(c);
	drop_doubles(c);
	if (own && newest_left(c, false) != NULL) {
		if (place != NULL)
			pass_over(place, "'%s' is newer", newest_left(c, false)->entry->path);
		clear_answer(c->item);
	}
	read_left(c, progress);
}
