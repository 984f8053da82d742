/* marks.c - covls/coverage: the state of each line, for clients that draw a gutter. */
#include "feature/publish.h"
#include "platform/clock.h"

static void
write_runs(struct jsonw *w, const struct view *view)
{
	jsonw_array(w);
	for (size_t i = 0; i < view->runs.count; i++) {
		const struct view_run *run = &view->runs.at[i];

		jsonw_object(w);
		jsonw_key_int(w, "start", (int64_t)run->first - 1);
		jsonw_key_int(w, "end", (int64_t)run->last - 1);
		jsonw_key_text(w, "state", line_state_name(run->state));
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

static void
write_summary(struct jsonw *w, const struct subject *subject)
{
	const struct view *view = &subject->view;
	const struct view_summary *sum = &view->summary;

	jsonw_object(w);
	jsonw_key_int(w, "statements", sum->statements);
	jsonw_key_int(w, "covered", sum->covered);
	jsonw_key_int(w, "missed", sum->missed);
	jsonw_key_int(w, "unknown", sum->unknown);
	jsonw_key_int(w, "excluded", sum->excluded);
	if (view->measured && subject->info.has_branches) {
		jsonw_key_int(w, "partial", sum->partial);
		jsonw_key_int(w, "branches", sum->branches);
		jsonw_key_int(w, "missedBranches", sum->missed_branches);
	}
	if (view->measured) {
		jsonw_key(w, "percent");
		jsonw_percent(w, view_percent(sum));
	}
	jsonw_object_end(w);
}

void
marks_write_data(struct jsonw *w, const struct subject *subject)
{
	char modified[CLOCK_TEXT_MAX];
	int64_t age_ns = clock_wall_ns() - subject->data_stamp.modified_ns;

	if (subject->data_path == NULL) {
		jsonw_null(w);
		return;
	}
	clock_iso(subject->data_stamp.modified_ns, modified);
	jsonw_object(w);
	jsonw_key_text(w, "path", subject->data_path);
	jsonw_key_text(w, "format", subject->info.format);
	jsonw_key_text(w, "modified", modified);
	jsonw_key_int(w, "ageSeconds", age_ns < 0 ? 0 : age_ns / 1000000000);
	jsonw_object_end(w);
}

void
marks_write(struct jsonw *w, const struct document *d, bool with_runs)
{
	const struct subject *subject = &d->subject;

	jsonw_object(w);
	jsonw_key_text(w, "uri", d->uri);
	jsonw_key_int(w, "version", d->version);
	jsonw_key_text(w, "freshness", freshness_name(subject->freshness));
	if (with_runs) {
		jsonw_key(w, "runs");
		write_runs(w, &subject->view);
	}
	jsonw_key(w, "summary");
	write_summary(w, subject);
	jsonw_key(w, "data");
	marks_write_data(w, subject);
	jsonw_key(w, "reason");
	jsonw_object(w);
	jsonw_key_text(w, "code", view_reason_name(subject->reason));
	jsonw_key_text(w, "message", subject->message);
	jsonw_object_end(w);
	jsonw_object_end(w);
}

static uint64_t
hash_text(uint64_t hash, const char *text)
{
	for (; text != NULL && *text != '\0'; text++)
		hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	return hash;
}

/* Of all that the message says but the age, which is never the same. */
static uint64_t
marks_hash(const struct document *d)
{
	const struct subject *subject = &d->subject;
	uint64_t hash = view_hash(&subject->view);

	hash = hash_text(hash, freshness_name(subject->freshness));
	hash = hash_text(hash, view_reason_name(subject->reason));
	hash = hash_text(hash, subject->message);
	hash = hash_text(hash, subject->data_path);
	hash ^= (uint64_t)subject->data_stamp.modified_ns * UINT64_C(0x9e3779b97f4a7c15);
	hash ^= (uint64_t)d->version * UINT64_C(0xbf58476d1ce4e5b9);
	return hash == 0 ? 1 : hash;
}

void
marks_publish(struct session *s, struct document *d)
{
	struct buf body = { 0 };
	struct jsonw w;
	uint64_t hash = marks_hash(d);

	if (!s->wants_coverage || hash == d->sent_marks)
		return;
	d->sent_marks = hash;
	w = rpc_notify_begin(&body, "covls/coverage");
	marks_write(&w, d, true);
	rpc_notify_end(&s->rpc, &body);
}
