#include "feature/status.h"

#include <string.h>

#include "base/text_list.h"
#include "base/version.h"
#include "coverage/explain.h"
#include "feature/commands.h"
#include "feature/publish.h"
#include "platform/clock.h"
#include "platform/file.h"
#include "rpc/fields.h"

/* Did a document before number `i` have the same data file? Then it has been told. */
static bool
was_told(const struct session *s, size_t i)
{
	for (size_t k = 0; k < i; k++) {
		const char *path = subject_data_file(&s->documents[k]->subject);

		if (path != NULL && strcmp(path, subject_data_file(&s->documents[i]->subject)) == 0)
			return true;
	}
	return false;
}

static const char *
state_name(const struct subject *subject)
{
	return subject->gone ? "gone" : status_name(subject->trouble.status);
}

/* What is known of the content is told only while it is true. */
static void
write_content(struct jsonw *w, const struct subject *subject)
{
	jsonw_key_text(w, "format", subject->info.format);
	if (subject->info.producer[0] != '\0')
		jsonw_key_text(w, "producer", subject->info.producer);
	jsonw_key_int(w, "files", subject->info.files);
	jsonw_key_bool(w, "branches", subject->info.has_branches);
}

static void
write_data_file(struct jsonw *w, const struct subject *subject)
{
	struct file_stamp stamp = file_stamp(subject_data_file(subject));
	int64_t age_ns = clock_wall_ns() - stamp.modified_ns;
	bool good = subject->trouble.status == STATUS_OK;
	char modified[CLOCK_TEXT_MAX];

	jsonw_object(w);
	jsonw_key_text(w, "path", subject_data_file(subject));
	jsonw_key_text(w, "state", state_name(subject));
	if (good)
		write_content(w, subject);
	if (stamp.kind != FILE_NONE) {
		clock_iso(stamp.modified_ns, modified);
		jsonw_key_text(w, "modified", modified);
		jsonw_key_int(w, "ageSeconds", age_ns < 0 ? 0 : age_ns / 1000000000);
	}
	jsonw_key_text(w, "message", good ? subject->info.warning : subject->trouble.text);
	jsonw_object_end(w);
}

static void
write_project(struct jsonw *w, const struct project *project)
{
	jsonw_key(w, "project");
	jsonw_object(w);
	jsonw_key_text(w, "folder", project->folder);
	jsonw_key_text(w, "config", project->config.file);
	jsonw_key_text(w, "python", project->python.origin);
	jsonw_object_end(w);
}

/* A folder that several watches stand for, such as those of places that aren't there yet, is told once. */
static void
write_watching(struct session *s, struct jsonw *w)
{
	struct text_list folders = { 0 };
	const char *folder;

	for (size_t i = 0; (folder = s->host->watched(s, i)) != NULL; i++)
		text_list_add_once(&folders, folder);
	jsonw_key(w, "watching");
	jsonw_array(w);
	for (size_t i = 0; i < folders.count; i++)
		jsonw_text(w, folders.at[i]);
	jsonw_array_end(w);
	text_list_free(&folders);
}

void
status_write(struct session *s, struct jsonw *w, const struct document *d)
{
	jsonw_object(w);
	jsonw_key_text(w, "version", covls_version);
	jsonw_key_int(w, "documents", (int64_t)s->document_count);
	jsonw_key(w, "dataFiles");
	jsonw_array(w);
	for (size_t i = 0; i < s->document_count; i++) {
		if (subject_data_file(&s->documents[i]->subject) != NULL && !was_told(s, i))
			write_data_file(w, &s->documents[i]->subject);
	}
	jsonw_array_end(w);
	write_watching(s, w);
	if (d != NULL) {
		jsonw_key(w, "document");
		marks_write(w, d, false);
		if (d->subject.project != NULL)
			write_project(w, d->subject.project);
	}
	jsonw_object_end(w);
}

enum rpc_code
status_request(void *ctx, json_object *params, struct jsonw *result, uint64_t ticket,
	       struct error *err)
{
	struct session *s = ctx;
	struct document *d;

	(void)ticket;
	if (!session_find_asked(s, fields_text(params, "textDocument.uri"), &d, err))
		return RPC_INVALID_PARAMS;
	if (d != NULL)
		s->host->settle(s, d);
	status_write(s, result, d);
	return RPC_OK;
}

/* A data file of more bytes is not read on the loop for names that are like the document's. */
#define NAMES_MAX (UINT64_C(16) << 20)

static void
write_explanation(struct session *s, struct jsonw *w, const struct document *d)
{
	struct explain e = { 0 };
	struct explain_parts parts = {
		.subject = &d->subject,
		.options = &s->options,
	};
	struct buf text = { 0 };

	explain_make(&e, &parts);
	explain_add_text(&e, &text);
	jsonw_object(w);
	jsonw_key_text(w, "text", buf_text(&text));
	explain_write(&e, w);
	jsonw_object_end(w);
	buf_free(&text);
	explain_free(&e);
}

enum rpc_code
status_explain(void *ctx, json_object *params, struct jsonw *result, uint64_t ticket,
	       struct error *err)
{
	struct session *s = ctx;
	struct span uri = commands_argument(params, 0);
	struct document *d = uri.at == NULL ? NULL : session_find(s, uri);

	(void)ticket;
	if (d == NULL) {
		error_set(err, STATUS_USAGE,
			  "covls.explain needs the uri of an open document as its argument");
		return RPC_INVALID_PARAMS;
	}
	s->host->settle(s, d);
	write_explanation(s, result, d);
	return RPC_OK;
}

enum rpc_code
status_reload(void *ctx, json_object *params, struct jsonw *result, uint64_t ticket,
	      struct error *err)
{
	struct session *s = ctx;

	(void)params;
	(void)result;
	(void)err;
	s->host->reload(s, ticket);
	return RPC_LATER;
}
