#include "coverage/changed_files.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "coverage/subject.h"
#include "platform/clock.h"
#include "platform/file.h"
#include "platform/uri.h"
#include "text/doc_text.h"

#define SOURCE_MAX ((size_t)256 << 20)

static struct changed_file *
add_file(struct changed_files *c, const char *path)
{
	c->at = mem_grow(c->at, c->count, &c->cap, sizeof *c->at);
	c->at[c->count] = (struct changed_file){ .path = mem_copy(path) };
	return &c->at[c->count++];
}

static bool
has_file(const struct changed_files *c, const char *path)
{
	for (size_t i = 0; i < c->count; i++) {
		if (strcmp(c->at[i].path, path) == 0)
			return true;
	}
	return false;
}

static void
add_reason(struct changed_files *c, const char *path, const char *what, const char *why)
{
	struct buf note = { 0 };

	buf_addf(&note, "%s: %s", what, why);
	add_file(c, path)->note = mem_copy(buf_text(&note));
	buf_free(&note);
}

static void
add_changes(struct changed_files *c, struct subject *s)
{
	bool is_new = s->baseline.run.data.answer == DATA_UNKNOWN;
	struct changed_file *file;

	for (unsigned kind = 0; kind < BASELINE_CHANGES; kind++)
		c->totals[kind] += s->changes.counts[kind];
	if (s->changes.count == 0 && !is_new) {
		c->same++;
		return;
	}
	file = add_file(c, s->path);
	file->compared = true;
	file->note = is_new ? mem_copy("not in the baseline") : NULL;
	file->changes = s->changes;
	s->changes = (struct baseline_changes){ 0 };
}

static void
add_subject(struct changed_files *c, struct subject *s)
{
	if (s->baseline.id == 0 || !s->view.measured) {
		c->without++;
		return;
	}
	if (c->baseline == NULL)
		c->baseline = mem_copy(s->baseline.name);
	if (s->baseline.run.modified_ns > c->modified_ns)
		c->modified_ns = s->baseline.run.modified_ns;
	if (s->ran.origin == RAN_UNKNOWN)
		add_reason(c, s->path, "not compared", s->ran.why);
	else if (!source_baseline_is_known(&s->baseline))
		add_reason(c, s->path, "the text of the baseline is not known",
			   s->baseline.run.ran.why);
	else
		add_changes(c, s);
}

static bool
on_source(void *ctx, struct search_item *item)
{
	struct changed_files *c = ctx;
	struct subject s = { .path = mem_copy(item->source),
			     .is_python = item->is_python,
			     .new_is_missed = c->new_is_missed };
	struct doc_text text = { 0 };
	struct buf bytes = { 0 };
	bool wanted = c->left_out == NULL || !text_list_has(c->left_out, item->source);

	if (wanted && item->status == STATUS_OK && item->data.answer != DATA_UNKNOWN &&
	    file_read_all(item->source, &bytes, SOURCE_MAX, NULL) == STATUS_OK) {
		doc_text_set(&text, &bytes);
		subject_take(&s, item, doc_text_span(&text));
		subject_read_text(&s, doc_text_span(&text));
		subject_refresh(&s);
		add_subject(c, &s);
	}
	buf_free(&bytes);
	doc_text_free(&text);
	subject_free(&s);
	return true;
}

/* ---- files that the baseline knows and the data of now doesn't ---- */

static const struct project *
project_of_data(const struct measured *m, const char *path)
{
	for (size_t i = 0; i < m->count; i++) {
		if (strcmp(m->files[i].path, path) == 0)
			return m->files[i].project;
	}
	return NULL;
}

static void
add_unmeasured(struct changed_files *c, const struct measured *m,
	       const struct measured_wishes *wishes, const struct store_run *run)
{
	struct text_list sources = { 0 };

	if (measured_add_sources(&sources, run->copy, run->data_path,
				 project_of_data(m, run->data_path), wishes, NULL) == STATUS_OK) {
		for (size_t i = 0; i < sources.count; i++) {
			if (!measured_has(m, sources.at[i]) && !has_file(c, sources.at[i]))
				add_file(c, sources.at[i])->note =
					mem_copy("not measured any more");
		}
	}
	text_list_free(&sources);
}

/* The baseline that is in force for the project as a whole: a name, or the one in use. */
static void
add_all_unmeasured(struct changed_files *c, const struct measured *m,
		   const struct measured_wishes *wishes)
{
	struct store *store = NULL;
	struct baseline_choice choice = { .setting = wishes->search.baseline,
					  .folder = wishes->folder };
	struct store_baseline baseline = { 0 };

	if (store_open(&store, NULL, NULL) == STATUS_OK &&
	    baseline_choose(store, &choice, &baseline, NULL) == STATUS_OK) {
		add_unmeasured(c, m, wishes, &baseline.run);
		for (size_t i = 0; i < baseline.other_count; i++)
			add_unmeasured(c, m, wishes, &baseline.others[i]);
		if (c->baseline == NULL)
			c->baseline = mem_copy(baseline.name);
		if (baseline.run.modified_ns > c->modified_ns)
			c->modified_ns = baseline.run.modified_ns;
	}
	store_baseline_free(&baseline);
	store_close(store);
}

enum status
changed_files_find(struct changed_files *c, struct searcher *searcher,
		   const struct measured_wishes *wishes, struct error *err)
{
	struct measured_wishes wanted = *wishes;
	struct measured m = { 0 };
	enum status status;

	wanted.search.wants_baseline = true;
	wanted.on_source = on_source;
	wanted.ctx = c;
	status = measured_find(&m, searcher, &wanted, err);
	if (status == STATUS_OK && m.count > 0 && wishes->search.data_file == NULL)
		add_all_unmeasured(c, &m, wishes);
	/* Not all may be in it then. */
	if (status == STATUS_OK && !progress_step(wishes->search.progress, 0))
		status = error_set(err, STATUS_STOPPED, "comparing with the baseline was stopped");
	c->troubles = m.troubles;
	m.troubles = (struct text_list){ 0 };
	if (status == STATUS_OK && m.count == 0 && wishes->search.data_file != NULL)
		status = error_set(err, STATUS_EMPTY, "there is no data file '%s'",
				   wishes->search.data_file);
	else if (status == STATUS_OK && m.count == 0)
		status = error_set(err, STATUS_EMPTY,
				   "there is no coverage data in '%s'; run the tests with coverage",
				   wishes->folder);
	measured_free(&m);
	return status;
}

static void
write_file(struct jsonw *w, const struct changed_file *file)
{
	char *uri = uri_from_path(file->path);

	jsonw_object(w);
	jsonw_key_text(w, "uri", uri);
	jsonw_key_text(w, "path", file->path);
	baseline_write_changes(w, &file->changes);
	jsonw_key_text(w, "message", file->compared || file->note == NULL ? "" : file->note);
	jsonw_object_end(w);
	free(uri);
}

void
changed_files_write_entries(struct jsonw *w, const struct changed_files *c)
{
	for (size_t i = 0; i < c->count; i++)
		write_file(w, &c->at[i]);
}

void
changed_files_write(struct jsonw *w, const struct changed_files *c)
{
	char modified[CLOCK_TEXT_MAX];

	clock_iso(c->modified_ns, modified);
	jsonw_object(w);
	jsonw_key_text(w, "baseline", c->baseline);
	jsonw_key_text(w, "modified", c->baseline == NULL ? NULL : modified);
	jsonw_key(w, "files");
	jsonw_array(w);
	changed_files_write_entries(w, c);
	jsonw_array_end(w);
	jsonw_key_int(w, "same", (int64_t)c->same);
	jsonw_key_int(w, "without", (int64_t)c->without);
	jsonw_object_end(w);
}

void
changed_files_free(struct changed_files *c)
{
	for (size_t i = 0; i < c->count; i++) {
		free(c->at[i].path);
		free(c->at[i].note);
		baseline_changes_free(&c->at[i].changes);
	}
	free(c->at);
	free(c->baseline);
	text_list_free(&c->troubles);
	*c = (struct changed_files){ 0 };
}
