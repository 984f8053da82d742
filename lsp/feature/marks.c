/*
 * marks.c - covls/coverage and covls/coverageChange: the state of each line, for clients that draw a
 * gutter.
 *
 * What a message says but for the runs is a table of members. For clients that take changes, what they
 * know is kept as they have it: the runs, moved by each edit as the client moves them, and a hash of each
 * member. So a change says what differs, and nothing else.
 */
#include "coverage/view_change.h"
#include "feature/publish.h"
#include "platform/clock.h"

/* ---- the members ---- */

static uint64_t
hash_number(uint64_t hash, uint64_t number)
{
	hash = (hash ^ number) * UINT64_C(0x100000001b3);
	return hash ^ hash >> 29;
}

static uint64_t
hash_text(uint64_t hash, const char *text)
{
	for (; text != NULL && *text != '\0'; text++)
		hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	return hash ^ hash >> 29;
}

static void
write_freshness(struct jsonw *w, const struct document *d)
{
	jsonw_text(w, freshness_name(d->subject.freshness));
}

static uint64_t
hash_freshness(uint64_t hash, const struct document *d)
{
	return hash_number(hash, (uint64_t)d->subject.freshness);
}

static bool
has_branches(const struct subject *subject)
{
	return subject->view.measured && subject->info.has_branches;
}

static void
write_summary(struct jsonw *w, const struct document *d)
{
	const struct view *view = &d->subject.view;
	const struct view_summary *sum = &view->summary;

	jsonw_object(w);
	jsonw_key_int(w, "statements", sum->statements);
	jsonw_key_int(w, "covered", sum->covered);
	jsonw_key_int(w, "missed", sum->missed);
	jsonw_key_int(w, "unknown", sum->unknown);
	jsonw_key_int(w, "excluded", sum->excluded);
	if (has_branches(&d->subject)) {
		jsonw_key_int(w, "partial", sum->partial);
		jsonw_key_int(w, "branches", sum->branches);
		jsonw_key_int(w, "missedBranches", sum->missed_branches);
	}
	if (view->measured) {
		jsonw_key_int(w, "known", (int64_t)sum->statements - sum->unknown);
		jsonw_key(w, "knownPercent");
		jsonw_percent(w, subject_known_percent(&d->subject));
	}
	if (view->measured && d->subject.freshness != FRESHNESS_UNKNOWN &&
	    (sum->unknown == 0 || sum->unknown < sum->statements)) {
		jsonw_key(w, "percent");
		jsonw_percent(w, view_percent(sum));
	}
	jsonw_object_end(w);
}

static uint64_t
hash_summary(uint64_t hash, const struct document *d)
{
	const struct view_summary *sum = &d->subject.view.summary;

	hash = hash_number(hash, (uint64_t)sum->statements << 32 | sum->covered);
	hash = hash_number(hash, (uint64_t)sum->missed << 32 | sum->excluded);
	hash = hash_number(hash, (uint64_t)sum->unknown << 32 | sum->partial);
	hash = hash_number(hash, (uint64_t)sum->branches << 32 | sum->missed_branches);
	return hash_number(hash, d->subject.view.measured * 2u + has_branches(&d->subject));
}

static bool
is_measured(const struct document *d)
{
	return d->subject.view.measured;
}

/* How it is known which text ran. */
static void
write_ran(struct jsonw *w, const struct document *d)
{
	const struct ran_lines *ran = &d->subject.ran;

	jsonw_object(w);
	jsonw_key_text(w, "from", ran_origin_name(ran->origin));
	if (ran->origin == RAN_GIT)
		jsonw_key_text(w, "commit", ran->commit);
	jsonw_key_text(w, "message", ran->origin == RAN_UNKNOWN ? ran->why : "");
	jsonw_object_end(w);
}

static uint64_t
hash_ran(uint64_t hash, const struct document *d)
{
	const struct ran_lines *ran = &d->subject.ran;

	hash = hash_text(hash_number(hash, (uint64_t)ran->origin), ran->commit);
	return ran->origin == RAN_UNKNOWN ? hash_text(hash, ran->why) : hash;
}

static int64_t
age_seconds(int64_t then_ns)
{
	int64_t age_ns = clock_wall_ns() - then_ns;

	return age_ns < 0 ? 0 : age_ns / 1000000000;
}

/* What earlier runs add. */
static bool
has_earlier(const struct document *d)
{
	return d->subject.earlier.count > 0 && d->subject.united.earlier_statements > 0;
}

static void
write_earlier(struct jsonw *w, const struct document *d)
{
	const struct united *u = &d->subject.united;
	char modified[CLOCK_TEXT_MAX];

	clock_iso(u->earliest_ns, modified);
	jsonw_object(w);
	jsonw_key_int(w, "statements", u->earlier_statements);
	jsonw_key_int(w, "runs", (int64_t)u->earlier_runs);
	jsonw_key_text(w, "modified", modified);
	jsonw_key_int(w, "ageSeconds", age_seconds(u->earliest_ns));
	jsonw_object_end(w);
}

static uint64_t
hash_earlier(uint64_t hash, const struct document *d)
{
	const struct united *u = &d->subject.united;

	hash = hash_number(hash, (uint64_t)u->earlier_statements << 32 | u->earlier_runs);
	return hash_number(hash, (uint64_t)u->earliest_ns);
}

static void
write_data(struct jsonw *w, const struct document *d)
{
	const struct subject *subject = &d->subject;
	char modified[CLOCK_TEXT_MAX];

	if (subject->data_path == NULL) {
		jsonw_null(w);
		return;
	}
	clock_iso(subject->data_stamp.modified_ns, modified);
	jsonw_object(w);
	jsonw_key_text(w, "path", subject->data_path);
	jsonw_key_text(w, "format", subject->info.format);
	jsonw_key_text(w, "modified", modified);
	jsonw_key_int(w, "ageSeconds", age_seconds(subject->data_stamp.modified_ns));
	jsonw_object_end(w);
}

void
marks_write_change_members(struct jsonw *w, const struct subject *subject)
{
	const struct source_baseline *baseline = &subject->baseline;

	baseline_write_changes(w, &subject->changes);
	jsonw_key_text(w, "message",
		       source_baseline_is_known(baseline) ? "" : baseline->run.ran.why);
}

/* Without the age, which is never the same. */
static uint64_t
hash_data(uint64_t hash, const struct document *d)
{
	const struct subject *subject = &d->subject;

	if (subject->data_path == NULL)
		return hash;
	hash = hash_text(hash, subject->data_path);
	hash = hash_text(hash, subject->info.format);
	return hash_number(hash, (uint64_t)subject->data_stamp.modified_ns);
}

static void
write_reason(struct jsonw *w, const struct document *d)
{
	jsonw_object(w);
	jsonw_key_text(w, "code", view_reason_name(d->subject.reason));
	jsonw_key_text(w, "message", d->subject.message);
	jsonw_object_end(w);
}

static uint64_t
hash_reason(uint64_t hash, const struct document *d)
{
	return hash_text(hash_number(hash, (uint64_t)d->subject.reason), d->subject.message);
}

/* What has changed since the baseline. */
static bool
has_changes(const struct document *d)
{
	return d->subject.baseline.id != 0 && d->subject.view.measured;
}

static void
write_changes(struct jsonw *w, const struct document *d)
{
	const struct source_baseline *baseline = &d->subject.baseline;
	char modified[CLOCK_TEXT_MAX];

	jsonw_object(w);
	jsonw_key_text(w, "baseline", baseline->name);
	if (baseline->run.modified_ns != 0) {
		clock_iso(baseline->run.modified_ns, modified);
		jsonw_key_text(w, "modified", modified);
	}
	marks_write_change_members(w, &d->subject);
	jsonw_object_end(w);
}

static uint64_t
hash_changes(uint64_t hash, const struct document *d)
{
	const struct source_baseline *baseline = &d->subject.baseline;
	const struct baseline_changes *changes = &d->subject.changes;

	hash = hash_text(hash, baseline->name);
	hash = hash_number(hash, (uint64_t)baseline->run.modified_ns);
	if (!source_baseline_is_known(baseline))
		hash = hash_text(hash, baseline->run.ran.why);
	for (size_t i = 0; i < changes->count; i++) {
		hash = hash_number(hash,
				   (uint64_t)changes->runs[i].first << 32 | changes->runs[i].last);
		hash = hash_number(hash, (uint64_t)changes->runs[i].change);
	}
	for (size_t i = 0; i < BASELINE_CHANGES; i++)
		hash = hash_number(hash, changes->counts[i]);
	return hash;
}

/* One thing that the messages say. `hash` is of all that `write` writes, save what changes by itself. */
struct member {
	const char *key;
	void (*write)(struct jsonw *w, const struct document *d);
	uint64_t (*hash)(uint64_t hash, const struct document *d);
	bool (*is_there)(const struct document *d); /* NULL: always */
};

static const struct member members[] = {
	{"freshness", write_freshness, hash_freshness, NULL       },
	{ "summary",  write_summary,   hash_summary,   NULL       },
	{ "data",     write_data,      hash_data,      NULL       },
	{ "reason",   write_reason,    hash_reason,    NULL       },
	{ "ran",      write_ran,       hash_ran,       is_measured},
	{ "earlier",  write_earlier,   hash_earlier,   has_earlier},
	{ "changes",  write_changes,   hash_changes,   has_changes},
};

#define MEMBER_COUNT (sizeof members / sizeof members[0])

_Static_assert(MEMBER_COUNT <= MARKS_MEMBERS_MAX, "struct sent_marks has room for each member");

static bool
is_there(const struct member *m, const struct document *d)
{
	return m->is_there == NULL || m->is_there(d);
}

/* 0: it is not there. */
static uint64_t
member_hash(const struct member *m, const struct document *d)
{
	return is_there(m, d) ? m->hash(UINT64_C(0xcbf29ce484222325), d) | 1 : 0;
}

static bool
has_changed(const struct document *d, size_t member)
{
	return member_hash(&members[member], d) != d->sent_marks.members[member];
}

static bool
has_any_changed(const struct document *d)
{
	for (size_t i = 0; i < MEMBER_COUNT; i++) {
		if (has_changed(d, i))
			return true;
	}
	return false;
}

/* ---- the runs ---- */

static void
write_run(struct jsonw *w, const struct view_run *run)
{
	jsonw_object(w);
	jsonw_key_int(w, "start", (int64_t)run->first - 1);
	jsonw_key_int(w, "end", (int64_t)run->last - 1);
	jsonw_key_text(w, "state", line_state_name(run->state));
	jsonw_object_end(w);
}

static void
write_runs(struct jsonw *w, const struct view_runs *runs)
{
	jsonw_array(w);
	for (size_t i = 0; i < runs->count; i++)
		write_run(w, &runs->at[i]);
	jsonw_array_end(w);
}

/* Begins an edit, whose runs are to follow. */
static void
begin_edit(struct jsonw *w, const struct doc_change *edit)
{
	jsonw_object(w);
	jsonw_key_int(w, "start", (int64_t)edit->first - 1);
	jsonw_key_int(w, "removed", edit->removed);
	jsonw_key_int(w, "inserted", edit->inserted);
	jsonw_key(w, "runs");
}

/* What the lines are that the client has other marks of. */
static void
write_differences(struct jsonw *w, const struct document *d)
{
	struct view_difference place = { .old = &d->sent_marks.runs, .new = &d->subject.view.runs };
	struct view_run run;

	while (view_difference_next(&place)) {
		uint32_t lines = place.last - place.first + 1;

		begin_edit(w, &(struct doc_change){ place.first, lines, lines });
		jsonw_array(w);
		while (view_difference_run(&place, &run))
			write_run(w, &run);
		jsonw_array_end(w);
		jsonw_object_end(w);
	}
}

/* An edit takes about as many bytes as a run, the other members as many as some more. */
#define OTHERS_AS_RUNS 8

/* Would the differences take fewer bytes than all there is? *any: there are some. */
static bool
is_worth_a_change(const struct document *d, bool *any)
{
	const struct view_runs *runs = &d->subject.view.runs;
	struct view_difference place = { .old = &d->sent_marks.runs, .new = runs };
	struct view_run run;
	size_t cost = 0;

	while (view_difference_next(&place)) {
		cost++;
		while (view_difference_run(&place, &run))
			cost++;
	}
	*any = cost > 0;
	return cost <= runs->count + OTHERS_AS_RUNS;
}

/* Has something gone that the client was told? A change would say null, which the JSON readers of some
 * editors drop (Neovim 0.10). */
static bool
has_any_gone(const struct document *d)
{
	for (size_t i = 0; i < MEMBER_COUNT; i++) {
		bool is_null = members[i].write == write_data && d->subject.data_path == NULL;

		if ((is_null || !is_there(&members[i], d)) && has_changed(d, i))
			return true;
	}
	return false;
}

/* ---- the messages ---- */

void
marks_write(struct jsonw *w, const struct document *d, bool with_runs)
{
	jsonw_object(w);
	jsonw_key_text(w, "uri", d->uri);
	jsonw_key_int(w, "version", d->version);
	if (with_runs) {
		jsonw_key(w, "runs");
		write_runs(w, &d->subject.view.runs);
	}
	for (size_t i = 0; i < MEMBER_COUNT; i++) {
		if (!is_there(&members[i], d))
			continue;
		jsonw_key(w, members[i].key);
		members[i].write(w, d);
	}
	jsonw_object_end(w);
}

/* Of all that covls/coverage says but the age; never 0. */
static uint64_t
marks_hash(const struct document *d)
{
	uint64_t hash = view_hash(&d->subject.view);

	for (size_t i = 0; i < MEMBER_COUNT; i++)
		hash = hash_number(hash, member_hash(&members[i], d));
	return hash_number(hash, (uint64_t)d->version) | 1;
}

/* From now on the client knows how the document stands. */
static void
remember(const struct session *s, struct document *d)
{
	struct sent_marks *sent = &d->sent_marks;

	sent->version = d->version;
	if (!s->takes_coverage_changes)
		return;
	view_runs_copy(&sent->runs, &d->subject.view.runs);
	for (size_t i = 0; i < MEMBER_COUNT; i++)
		sent->members[i] = member_hash(&members[i], d);
}

static void
send_all(struct session *s, struct document *d)
{
	struct buf body = { 0 };
	struct jsonw w = rpc_notify_begin(&body, "covls/coverage");

	marks_write(&w, d, true);
	rpc_notify_end(&s->rpc, &body);
	remember(s, d);
}

static struct jsonw
begin_change(struct buf *body, const struct document *d)
{
	struct jsonw w = rpc_notify_begin(body, "covls/coverageChange");

	jsonw_object(&w);
	jsonw_key_text(&w, "uri", d->uri);
	jsonw_key_int(&w, "version", d->version);
	jsonw_key(&w, "edits");
	jsonw_array(&w);
	return w;
}

static void
send_changes(struct session *s, struct document *d)
{
	struct buf body = { 0 };
	struct jsonw w = begin_change(&body, d);

	write_differences(&w, d);
	jsonw_array_end(&w);
	for (size_t i = 0; i < MEMBER_COUNT; i++) {
		if (!has_changed(d, i))
			continue;
		jsonw_key(&w, members[i].key);
		members[i].write(&w, d);
	}
	jsonw_object_end(&w);
	rpc_notify_end(&s->rpc, &body);
	remember(s, d);
}

void
marks_publish(struct session *s, struct document *d)
{
	struct sent_marks *sent = &d->sent_marks;
	uint64_t hash;
	bool any;

	if (!s->wants_coverage)
		return;
	if (s->takes_coverage_changes && sent->hash != 0) {
		if (!is_worth_a_change(d, &any) || has_any_gone(d))
			send_all(s, d);
		else if (any || has_any_changed(d) || sent->version != d->version)
			send_changes(s, d);
		return;
	}
	hash = marks_hash(d);
	if (hash != sent->hash)
		send_all(s, d);
	sent->hash = hash;
}

/* ---- while somebody types ---- */

/* Moves what the client knows by one edit, and says so if it made a difference. */
static void
follow_edit(struct jsonw *w, struct view_runs *runs, const struct doc_change *edit)
{
	struct view_runs typed = { 0 };

	view_runs_type(runs, edit, &typed);
	if (edit->removed != edit->inserted || typed.count > 0) {
		view_runs_edit(runs, edit, &typed);
		begin_edit(w, edit);
		write_runs(w, &typed);
		jsonw_object_end(w);
	}
	view_runs_free(&typed);
}

void
marks_follow_edits(struct session *s, struct document *d, const struct doc_change *edits,
		   size_t count)
{
	struct buf body = { 0 };
	struct jsonw w;

	if (!s->takes_coverage_changes || d->sent_marks.hash == 0) {
		d->sent_marks.hash = 0; /* answered even if a client's version numbers repeat */
		return;
	}
	w = begin_change(&body, d);
	for (size_t i = 0; i < count; i++)
		follow_edit(&w, &d->sent_marks.runs, &edits[i]);
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	rpc_notify_end(&s->rpc, &body);
	d->sent_marks.version = d->version;
}

void
marks_forget(struct document *d)
{
	view_runs_free(&d->sent_marks.runs);
	d->sent_marks = (struct sent_marks){ 0 };
}
