/*
 * baseline.c - the commands about baselines and earlier runs.
 *
 * What asks the store, or reads a data file, is done beside the loop: a work that holds copies of all it
 * needs, and answers its request at the end.
 */
#include "coverage/baseline.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "coverage/changed_files.h"
#include "coverage/measured.h"
#include "feature/commands.h"
#include "feature/publish.h"
#include "platform/file.h"
#include "platform/path.h"
#include "platform/uri.h"

struct work {
	struct session_work session_work; /* the first: they are the same */
	void (*act)(struct work *w);      /* NULL: there is only the answer */
	struct store *store;
	struct error err; /* of what went wrong */
	struct buf answer;
	bool changes; /* what documents are compared with */

	char *source, *name; /* the name may be NULL; the source, too, of what is no project's */
	char *folder;        /* of the project that the source belongs to */
	struct text_list roots;
	/* Of a whole project. */
	char *data_path; /* what the document's marks are from */
	struct project *project;
	struct path_mappings mappings;
	char *setting, *python, *baseline; /* of the options; may be NULL */
	bool union_of_runs;
	struct changed_files changed;
	struct text_list open; /* documents, which are as the editor has them */
	/* To be forgotten. */
	struct text_list data_paths;
};

/* What is asked of a project's baselines is answered by how they are then. */
static void
answer_list(struct work *w)
{
	struct jsonw json = { .out = &w->answer };

	if (w->err.status == STATUS_OK)
		w->err.status = baseline_write_list(&json, w->store, w->folder, &w->err);
}

/* On another thread: touches the work alone. */
static void
run(struct session_work *session_work)
{
	struct work *w = (struct work *)session_work;

	if (store_open(&w->store, NULL, &w->err) == STATUS_OK) {
		if (w->source != NULL)
			w->folder = baseline_folder(w->store, w->source, &w->roots);
		if (w->act != NULL)
			w->act(w);
		if (w->folder != NULL)
			answer_list(w);
	}
	store_close(w->store);
}

static void
free_work(struct work *w)
{
	buf_free(&w->answer);
	free(w->source);
	free(w->folder);
	free(w->name);
	text_list_free(&w->roots);
	free(w->data_path);
	project_release(w->project);
	path_mappings_free(&w->mappings);
	free(w->setting);
	free(w->python);
	free(w->baseline);
	changed_files_free(&w->changed);
	text_list_free(&w->open);
	text_list_free(&w->data_paths);
	free(w);
}

static void
done(struct session_work *session_work, struct session *s)
{
	struct work *w = (struct work *)session_work;

	if (s != NULL && w->err.status == STATUS_OK)
		rpc_answer(&s->rpc, w->session_work.ticket, buf_span(&w->answer));
	else if (s != NULL)
		rpc_answer_error(&s->rpc, w->session_work.ticket,
				 w->err.status == STATUS_STOPPED ? RPC_REQUEST_CANCELLED
								 : RPC_REQUEST_FAILED,
				 w->err.text);
	if (s != NULL && w->changes && w->err.status == STATUS_OK)
		s->host->look_again(s, NULL);
	free_work(w);
}

static struct work *
make_work(const struct session *s, uint64_t ticket, void (*act)(struct work *w))
{
	struct work *w = mem_alloc(1, sizeof *w);

	w->session_work = (struct session_work){ .run = run, .done = done, .ticket = ticket };
	w->act = act;
	for (size_t i = 0; i < s->roots.count; i++)
		text_list_add(&w->roots, span_of(s->roots.at[i]));
	return w;
}

/* ---- baselines -------------------------------------------------------------------------------- */

static void
act_use(struct work *w)
{
	w->err.status = store_use_baseline(w->store, w->folder, w->name, &w->err);
}

static void
act_drop(struct work *w)
{
	w->err.status = store_drop_baseline(w->store, w->folder, w->name, &w->err);
}

static struct measured_wishes
project_wishes(struct work *w)
{
	return (struct measured_wishes){
		.folder = w->folder,
		.any = w->source,
		.search = {
			.roots = &w->roots,
			.data_file = w->setting,
			.mappings = w->mappings.at,
			.mapping_count = w->mappings.count,
			.python = w->python,
			.python_by = "the setting pythonVersion",
			.union_of_runs = w->union_of_runs,
			.baseline = w->baseline,
			.progress = &w->session_work.progress,
		},
	};
}

/* All data files that count, and in any case the one that the document's marks are from. */
static size_t
list_data(const struct work *w, const struct measured *m, struct baseline_data *data)
{
	size_t count = 1;

	data[0] = (struct baseline_data){ .path = w->data_path, .project = w->project };
	for (size_t i = 0; i < m->count; i++) {
		const struct measured_file *file = &m->files[i];

		if (file->counts && strcmp(file->path, w->data_path) != 0)
			data[count++] = (struct baseline_data){ file->path, file->project };
	}
	return count;
}

static void
save_all(struct work *w, const struct measured *m)
{
	struct baseline_data *data = mem_alloc(m->count + 1, sizeof *data);
	struct baseline_order order = {
		.store = w->store,
		.folder = w->folder,
		.name = w->name,
		.data = data,
		.data_count = list_data(w, m, data),
		.roots = &w->roots,
		.mappings = w->mappings.at,
		.mapping_count = w->mappings.count,
		.progress = &w->session_work.progress,
	};
	struct baseline_saved saved = { 0 };

	w->err.status = baseline_save(&order, &saved, &w->err);
	baseline_saved_free(&saved);
	free(data);
}

static void
act_save(struct work *w)
{
	struct searcher *searcher = searcher_open();
	struct measured_wishes wishes = project_wishes(w);
	struct measured m = { 0 };

	w->err.status = measured_find(&m, searcher, &wishes, &w->err);
	if (w->err.status == STATUS_OK && m.busy)
		w->err.status =
			error_set(&w->err, STATUS_BUSY,
				  "%s; nothing was saved, try again when the tests have ended",
				  m.troubles.at[0]);
	if (w->err.status == STATUS_OK)
		save_all(w, &m);
	measured_free(&m);
	searcher_close(searcher);
}

/* What has changed in the whole project; open documents are told of by the session itself. */
static void
act_compare(struct work *w)
{
	struct searcher *searcher = searcher_open();
	struct measured_wishes wishes = project_wishes(w);
	struct text_list real = { 0 };

	for (size_t i = 0; i < w->open.count; i++) {
		char *path = path_resolve("/", w->open.at[i]);

		text_list_add(&real, span_of(path));
		free(path);
	}
	w->changed.left_out = &real;
	w->err.status = changed_files_find(&w->changed, searcher, &wishes, &w->err);
	w->changed.left_out = NULL;
	text_list_free(&real);
	searcher_close(searcher);
	/* Then the answer is of none. */
	if (w->err.status == STATUS_EMPTY)
		w->err.status = STATUS_OK;
	free(w->folder);
	w->folder = NULL; /* no list is wanted */
}

/* The file that the first argument names; NULL, with the reason, if it names none. */
static char *
take_path(json_object *params, struct error *err)
{
	struct span uri = commands_argument(params, 0);
	char *path = uri.at == NULL ? NULL : uri_to_path(uri);

	if (path == NULL)
		error_set(err, STATUS_USAGE, "the first argument must be the uri of a file");
	return path;
}

static char *
take_name(json_object *params)
{
	struct span name = commands_argument(params, 1);

	return name.at == NULL ? NULL : mem_text(name.at, name.len);
}

/* Starts a work about the baselines of a source. */
static enum rpc_code
start(struct session *s, json_object *params, uint64_t ticket, struct error *err,
      void (*act)(struct work *w), bool needs_name)
{
	char *path = take_path(params, err);
	struct work *w;

	if (path == NULL)
		return RPC_INVALID_PARAMS;
	w = make_work(s, ticket, act);
	w->source = path;
	w->name = take_name(params);
	w->changes = act != NULL; /* a list changes nothing */
	if (needs_name && w->name == NULL) {
		error_set(err, STATUS_USAGE, "the second argument must be the name of a baseline");
		free_work(w);
		return RPC_INVALID_PARAMS;
	}
	s->host->work(s, &w->session_work);
	return RPC_LATER;
}

enum rpc_code
baseline_list(void *ctx, json_object *params, struct jsonw *result, uint64_t ticket,
	      struct error *err)
{
	(void)result;
	return start(ctx, params, ticket, err, NULL, false);
}

enum rpc_code
baseline_use(void *ctx, json_object *params, struct jsonw *result, uint64_t ticket,
	     struct error *err)
{
	(void)result;
	return start(ctx, params, ticket, err, act_use, false);
}

enum rpc_code
baseline_drop(void *ctx, json_object *params, struct jsonw *result, uint64_t ticket,
	      struct error *err)
{
	(void)result;
	return start(ctx, params, ticket, err, act_drop, true);
}

static void
take_options(struct work *w, const struct options *options)
{
	path_mappings_copy(&w->mappings, &options->path_mappings);
	w->setting = mem_copy(options->data_file);
	w->python = mem_copy(options->python_version);
	w->baseline = mem_copy(options->baseline);
	w->union_of_runs = options->runs == RUNS_UNION;
	w->changed.new_is_missed = options->new_statements == NEW_MISSED;
}

/* Is there something to be saved? */
static bool
check_data(const struct document *d, struct error *err)
{
	const char *path = d == NULL ? NULL : d->subject.data_path;

	if (d == NULL)
		error_set(err, STATUS_USAGE,
			  "covls.baseline.save needs the uri of an open document");
	else if (path == NULL)
		error_set(err, STATUS_MISSING, "there is nothing to save: %s",
			  d->subject.message[0] == '\0' ? "no coverage data has been found yet"
							: d->subject.message);
	else if (file_stamp(path).kind == FILE_NONE)
		error_set(err, STATUS_MISSING,
			  "there is no '%s' to save; if its data is still in several files, "
			  "'coverage combine' makes one of them",
			  path);
	else
		return true;
	return false;
}

enum rpc_code
baseline_save_run(void *ctx, json_object *params, struct jsonw *result, uint64_t ticket,
		  struct error *err)
{
	struct session *s = ctx;
	struct span uri = commands_argument(params, 0);
	struct document *d = uri.at == NULL ? NULL : session_find(s, uri);
	char *name = take_name(params);
	struct work *w;

	(void)result;
	if (name == NULL || !check_data(d, err) || baseline_check_name(name, err) != STATUS_OK ||
	    d->subject.path == NULL) {
		if (name == NULL)
			error_set(err, STATUS_USAGE, "the second argument must be a name");
		free(name);
		return RPC_INVALID_PARAMS;
	}
	w = make_work(s, ticket, act_save);
	w->changes = true;
	w->name = name;
	w->session_work.title = "Saving the baseline";
	w->source = mem_copy(d->subject.path);
	w->data_path = mem_copy(d->subject.data_path);
	w->project = d->subject.project == NULL ? NULL : project_hold(d->subject.project);
	take_options(w, &s->options);
	s->host->work(s, &w->session_work);
	return RPC_LATER;
}

/* ---- changes ---------------------------------------------------------------------------------- */

static bool
is_compared(const struct document *d)
{
	return d->subject.baseline.id != 0 && d->subject.view.measured;
}

static void
write_file(struct jsonw *w, const struct document *d)
{
	jsonw_object(w);
	jsonw_key_text(w, "uri", d->uri);
	marks_write_change_members(w, &d->subject);
	jsonw_object_end(w);
}

/* Brings all documents, or the one, up to date. Gives the baseline that the first is compared with; NULL: none. */
static const char *
settle_documents(struct session *s, const struct document *only)
{
	const char *name = NULL;

	for (size_t i = 0; i < s->document_count; i++) {
		struct document *d = s->documents[i];

		if (only != NULL && d != only)
			continue;
		s->host->settle(s, d);
		if (name == NULL && is_compared(d))
			name = d->subject.baseline.name;
	}
	return name;
}

/* Documents that differ; the one that is asked for in any case. */
static void
write_documents(const struct session *s, struct jsonw *w, const struct document *only)
{
	for (size_t i = 0; i < s->document_count; i++) {
		const struct document *d = s->documents[i];

		if ((only != NULL && d != only) || !is_compared(d))
			continue;
		if (only != NULL || d->subject.changes.count > 0)
			write_file(w, d);
	}
}

enum rpc_code
baseline_list_changes(void *ctx, json_object *params, struct jsonw *result, uint64_t ticket,
		      struct error *err)
{
	struct session *s = ctx;
	struct document *only;

	(void)ticket;
	if (!session_find_asked(s, commands_argument(params, 0), &only, err))
		return RPC_INVALID_PARAMS;
	jsonw_object(result);
	jsonw_key_text(result, "baseline", settle_documents(s, only));
	jsonw_key(result, "files");
	jsonw_array(result);
	write_documents(s, result, only);
	jsonw_array_end(result);
	jsonw_object_end(result);
	return RPC_OK;
}

/* Open documents as they are in the editor, then other files as they are on the disk. */
static void
write_project(struct session *s, struct jsonw *w, const struct work *work)
{
	const char *of_documents = settle_documents(s, NULL), *of_files = work->changed.baseline;

	jsonw_object(w);
	jsonw_key_text(w, "baseline", of_files == NULL ? of_documents : of_files);
	jsonw_key(w, "files");
	jsonw_array(w);
	write_documents(s, w, NULL);
	changed_files_write_entries(w, &work->changed);
	jsonw_array_end(w);
	jsonw_object_end(w);
}

static void
compared(struct session_work *session_work, struct session *s)
{
	struct work *w = (struct work *)session_work;

	if (s != NULL && w->err.status == STATUS_OK) {
		struct jsonw json = { .out = &w->answer };

		write_project(s, &json, w);
	}
	done(session_work, s);
}

enum rpc_code
baseline_list_project_changes(void *ctx, json_object *params, struct jsonw *result, uint64_t ticket,
			      struct error *err)
{
	struct session *s = ctx;
	char *path = take_path(params, err);
	struct work *w;

	(void)result;
	if (path == NULL)
		return RPC_INVALID_PARAMS;
	w = make_work(s, ticket, act_compare);
	w->session_work.done = compared;
	w->session_work.title = "Comparing with the baseline";
	w->source = path;
	take_options(w, &s->options);
	for (size_t i = 0; i < s->document_count; i++) {
		if (s->documents[i]->subject.path != NULL)
			text_list_add(&w->open, span_of(s->documents[i]->subject.path));
	}
	s->host->work(s, &w->session_work);
	return RPC_LATER;
}

/* ---- earlier runs ----------------------------------------------------------------------------- */

/* All but the newest one, which is no earlier one: the text that it ran is to stay known. */
static void
forget_earlier(struct work *w, const char *data_path)
{
	struct store_run *runs = NULL;
	size_t count = 0;

	w->err.status = store_list_runs(w->store, data_path, &runs, &count, &w->err);
	for (size_t i = 1; i < count && w->err.status == STATUS_OK; i++)
		w->err.status = store_drop_run(w->store, runs[i].id, &w->err);
	store_runs_free(runs, count);
}

static void
act_forget(struct work *w)
{
	for (size_t i = 0; i < w->data_paths.count && w->err.status == STATUS_OK; i++)
		forget_earlier(w, w->data_paths.at[i]);
	buf_add_text(&w->answer, "null");
}

enum rpc_code
baseline_forget_runs(void *ctx, json_object *params, struct jsonw *result, uint64_t ticket,
		     struct error *err)
{
	struct session *s = ctx;
	struct document *only;
	struct work *w;

	(void)result;
	if (!session_find_asked(s, commands_argument(params, 0), &only, err))
		return RPC_INVALID_PARAMS;
	w = make_work(s, ticket, act_forget);
	w->changes = true;
	for (size_t i = 0; i < s->document_count; i++) {
		struct subject *subject = &s->documents[i]->subject;

		if ((only != NULL && s->documents[i] != only) || subject->data_path == NULL)
			continue;
		text_list_add_once(&w->data_paths, subject->data_path);
		subject->look_back = true;
	}
	s->host->work(s, &w->session_work);
	return RPC_LATER;
}
