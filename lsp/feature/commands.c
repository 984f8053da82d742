#include "feature/commands.h"

#include "rpc/fields.h"

/* clang-format off */
static const struct {
	const char *name;
	rpc_request_fn *run;
} commands[] = {
	{ "covls.baseline.drop",   baseline_drop                 }, /* uri, name */
	{ "covls.baseline.list",   baseline_list                 }, /* uri */
	{ "covls.baseline.save",   baseline_save_run             }, /* uri, name */
	{ "covls.baseline.use",    baseline_use                  }, /* uri, name or null */
	{ "covls.changes",         baseline_list_changes         }, /* uri, or none */
	{ "covls.changes.project", baseline_list_project_changes }, /* uri */
	{ "covls.explain",         status_explain                }, /* uri */
	{ "covls.forgetRuns",      baseline_forget_runs          }, /* uri, or none */
	{ "covls.reload",          status_reload                 },
};
/* clang-format on */

#define COMMAND_COUNT (sizeof commands / sizeof commands[0])

void
commands_write(struct jsonw *w)
{
	jsonw_array(w);
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		jsonw_text(w, commands[i].name);
	jsonw_array_end(w);
}

struct span
commands_argument(json_object *params, size_t at)
{
	json_object *arguments = fields_get(params, "arguments"), *value = NULL;

	if (json_object_is_type(arguments, json_type_array))
		value = json_object_array_get_idx(arguments, at);
	if (!json_object_is_type(value, json_type_string))
		return (struct span){ NULL, 0 };
	return (struct span){ json_object_get_string(value),
			      (size_t)json_object_get_string_len(value) };
}

enum rpc_code
commands_execute(void *ctx, json_object *params, struct jsonw *result, uint64_t ticket,
		 struct error *err)
{
	struct span command = fields_text(params, "command");

	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		if (span_equal(command, span_of(commands[i].name)))
			return commands[i].run(ctx, params, result, ticket, err);
	}
	error_set(err, STATUS_USAGE, "covls knows no command '%.*s'", (int)command.len,
		  command.at == NULL ? "" : command.at);
	return RPC_INVALID_PARAMS;
}
