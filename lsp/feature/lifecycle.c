#include "feature/lifecycle.h"

#include <stdlib.h>

#include "base/version.h"
#include "feature/commands.h"
#include "feature/session.h"
#include "feature/settings.h"
#include "platform/uri.h"
#include "rpc/fields.h"

static const struct {
	const char *name;
	enum text_encoding encoding;
} encodings[] = {
	{"utf-16",  TEXT_UTF16},
	{ "utf-8",  TEXT_UTF8 },
	{ "utf-32", TEXT_UTF32},
};

/* The client lists what it can, in the order of its liking: the first that we know. */
static const char *
agree_on_encoding(struct session *s, json_object *capabilities)
{
	json_object *offered = fields_get(capabilities, "general.positionEncodings");
	size_t count = json_object_is_type(offered, json_type_array)
			       ? json_object_array_length(offered)
			       : 0;

	for (size_t i = 0; i < count; i++) {
		json_object *name = json_object_array_get_idx(offered, i);

		for (size_t k = 0; k < sizeof encodings / sizeof encodings[0]; k++) {
			if (json_object_is_type(name, json_type_string) &&
			    strcmp(json_object_get_string(name), encodings[k].name) == 0) {
				s->encoding = encodings[k].encoding;
				return encodings[k].name;
			}
		}
	}
	s->encoding = TEXT_UTF16;
	return "utf-16";
}

static void
add_root_uri(struct session *s, struct span uri)
{
	char *path = uri.at == NULL ? NULL : uri_to_path(uri);

	if (path != NULL)
		text_list_add_once(&s->roots, path);
	free(path);
}

static void
take_roots(struct session *s, json_object *params)
{
	json_object *folders = fields_get(params, "workspaceFolders");
	struct span old_path = fields_text(params, "rootPath");

	if (json_object_is_type(folders, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(folders); i++)
			add_root_uri(s, fields_text(json_object_array_get_idx(folders, i), "uri"));
	}
	if (s->roots.count == 0)
		add_root_uri(s, fields_text(params, "rootUri"));
	if (s->roots.count == 0 && old_path.at != NULL && old_path.len > 0 && *old_path.at == '/')
		text_list_add_once(&s->roots, old_path.at);
}

static bool
has_word(json_object *list, const char *word)
{
	size_t count =
		json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;

	for (size_t i = 0; i < count; i++) {
		json_object *item = json_object_array_get_idx(list, i);

		if (json_object_is_type(item, json_type_string) &&
		    strcmp(json_object_get_string(item), word) == 0)
			return true;
	}
	return false;
}

static void
write_capabilities(struct jsonw *w, const char *encoding)
{
	jsonw_object(w);
	jsonw_key_text(w, "positionEncoding", encoding);

	jsonw_key(w, "textDocumentSync");
	jsonw_object(w);
	jsonw_key_bool(w, "openClose", true);
	jsonw_key_int(w, "change", 2); /* incremental */
	jsonw_key(w, "save");
	jsonw_object(w);
	jsonw_key_bool(w, "includeText", false);
	jsonw_object_end(w);
	jsonw_object_end(w);

	jsonw_key_bool(w, "hoverProvider", true);

	jsonw_key(w, "executeCommandProvider");
	jsonw_object(w);
	jsonw_key(w, "commands");
	commands_write(w);
	jsonw_object_end(w);

	jsonw_key(w, "workspace");
	jsonw_object(w);
	jsonw_key(w, "workspaceFolders");
	jsonw_object(w);
	jsonw_key_bool(w, "supported", true);
	jsonw_key_bool(w, "changeNotifications", true);
	jsonw_object_end(w);
	jsonw_object_end(w);

	jsonw_key(w, "experimental");
	jsonw_object(w);
	jsonw_key(w, "covls");
	jsonw_object(w);
	jsonw_key_bool(w, "coverage", true);
	jsonw_key_bool(w, "status", true);
	jsonw_object_end(w);
	jsonw_object_end(w);
	jsonw_object_end(w);
}

enum rpc_code
lifecycle_initialize(void *ctx, json_object *params, struct jsonw *result, uint64_t ticket,
		     struct error *err)
{
	struct session *s = ctx;
	json_object *capabilities = fields_get(params, "capabilities");
	json_object *formats = fields_get(capabilities, "textDocument.hover.contentFormat");

	(void)ticket;
	(void)err;
	s->rpc.phase = RPC_OPEN;
	s->client_pid = fields_int(params, "processId", s->client_pid);
	s->wants_coverage = fields_bool(params, "initializationOptions.coverage", false);
	s->takes_coverage_changes =
		s->wants_coverage &&
		fields_bool(params, "initializationOptions.coverageChanges", false);
	s->takes_markdown = has_word(formats, "markdown");
	s->takes_diagnostic_version =
		fields_bool(capabilities, "textDocument.publishDiagnostics.versionSupport", false);
	s->takes_related_information = fields_bool(
		capabilities, "textDocument.publishDiagnostics.relatedInformation", false);
	s->shows_progress = fields_bool(capabilities, "window.workDoneProgress", false);
	take_roots(s, params);
	settings_apply(s, fields_get(params, "initializationOptions"));

	jsonw_object(result);
	jsonw_key(result, "capabilities");
	write_capabilities(result, agree_on_encoding(s, capabilities));
	jsonw_key(result, "serverInfo");
	jsonw_object(result);
	jsonw_key_text(result, "name", "covls");
	jsonw_key_text(result, "version", covls_version);
	jsonw_object_end(result);
	jsonw_object_end(result);
	return RPC_OK;
}

void
lifecycle_initialized(void *ctx, json_object *params)
{
	(void)ctx;
	(void)params; /* nothing waits for it */
}

enum rpc_code
lifecycle_shutdown(void *ctx, json_object *params, struct jsonw *result, uint64_t ticket,
		   struct error *err)
{
	struct session *s = ctx;

	(void)params;
	(void)ticket;
	(void)err;
	s->rpc.phase = RPC_DONE;
	jsonw_null(result);
	return RPC_OK;
}

void
lifecycle_exit(void *ctx, json_object *params)
{
	struct session *s = ctx;

	(void)params;
	s->host->stop(s);
}
