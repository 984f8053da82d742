#include "search_paths.h"

#include <stdlib.h>
#include <string.h>

#include "coverage/path_aliases.h"
#include "data/data.h"
#include "platform/path.h"

struct looking {
	const char *source;
	const char *folder; /* of the project */
	struct path_aliases *aliases;
	struct text_list *names;
};

/* The part of a name behind the last separator, of whatever system. */
static const char *
last_part(const char *name)
{
	const char *part = name;

	for (; *name != '\0'; name++) {
		if (*name == '/' || *name == '\\')
			part = name + 1;
	}
	return part;
}

static void
on_name(void *ctx, const char *name, const char *tracer)
{
	struct looking *l = ctx;
	char *mapped, *here;

	(void)tracer;
	if (strcmp(last_part(name), path_base(l->source)) != 0)
		return;
	mapped = path_aliases_map(l->aliases, name);
	here = path_join(l->folder, mapped);
	if (strcmp(here, l->source) == 0)
		text_list_add_once(l->names, name);
	free(here);
	free(mapped);
}

enum status
search_paths_names(const char *path, const char *source, const struct project *project,
		   struct text_list *names, struct error *err)
{
	struct looking l = { .source = source, .folder = project->folder, .names = names };
	enum status status;

	if (project->config.path_count == 0)
		return STATUS_OK;
	status = path_aliases_from_config(&l.aliases, project->folder, &project->config, err);
	if (status != STATUS_OK)
		return status;
	data_list(path, on_name, &l, NULL, NULL);
	path_aliases_free(l.aliases);
	return STATUS_OK;
}
