#include "unmeasured.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "config/patterns.h"
#include "platform/file.h"
#include "platform/path.h"
#include "text/glob.h"

/* Matches a pattern, as it is or seen from the project's folder? One that is none is told of elsewhere. */
static bool
matches(const struct project *project, const char *pattern, const char *source)
{
	char *absolute = pattern_absolute(pattern, project->folder);
	struct span both[] = { span_of(pattern), span_of(absolute == NULL ? pattern : absolute) };
	struct error err;
	struct glob_set *set = glob_compile(both, 2, 0, &err);
	bool does = set != NULL && glob_match(set, span_of(source)) != GLOB_NO_MATCH;

	glob_free(set);
	free(absolute);
	return does;
}

/* The first pattern that matches, or NULL. */
static const char *
match_of(const struct project *project, enum coverage_option option, const char *source)
{
	const struct text_list *patterns = &project->config.values[option].list;

	for (size_t i = 0; i < patterns->count; i++) {
		if (matches(project, patterns->at[i], source))
			return patterns->at[i];
	}
	return NULL;
}

/* May the module of a source be the package, or in it? Then a part of its path is called like the package's first. */
static bool
may_be_in_package(const char *source, const char *package)
{
	size_t len = strcspn(package, ".");
	const char *part = source;

	while (*part != '\0') {
		size_t part_len;

		part += *part == '/';
		part_len = strcspn(part, "/");
		if (part_len >= len && memcmp(part, package, len) == 0 &&
		    (part_len == len || part[len] == '.'))
			return true;
		part += part_len;
	}
	return false;
}

static bool
is_in_folder(const struct project *project, const char *name, const char *source)
{
	char *folder = path_resolve(project->folder, name);
	bool is = path_is_within(source, folder);

	free(folder);
	return is;
}

static bool
is_folder(const struct project *project, const char *name)
{
	char *folder = path_resolve(project->folder, name);
	bool is = file_stamp(folder).kind == FILE_FOLDER;

	free(folder);
	return is;
}

/* Is the source in what one of the options about sources names? */
static bool
is_in_source(const struct project *project, enum coverage_option option, const char *source)
{
	const struct text_list *list = &project->config.values[option].list;

	for (size_t i = 0; i < list->count; i++) {
		bool folder = option == COVERAGE_RUN_SOURCE_DIRS ||
			      (option == COVERAGE_RUN_SOURCE && is_folder(project, list->at[i]));

		if (folder ? is_in_folder(project, list->at[i], source)
			   : may_be_in_package(source, list->at[i]))
			return true;
	}
	return false;
}

static void
add_reason(struct buf *out, const struct project *project, const char *option, const char *says,
	   const char *value)
{
	buf_addf(out, "%s in %s %s ('%s')", option, project->config.file, says, value);
}

static bool
add_of_source(struct buf *out, const struct project *project, const char *source)
{
	static const enum coverage_option options[] = { COVERAGE_RUN_SOURCE,
							COVERAGE_RUN_SOURCE_PKGS,
							COVERAGE_RUN_SOURCE_DIRS };
	const struct coverage_value *values = project->config.values;
	enum coverage_option first = COVERAGE_OPTION_COUNT;

	for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
		if (is_in_source(project, options[i], source))
			return false;
		if (first == COVERAGE_OPTION_COUNT && values[options[i]].list.count > 0)
			first = options[i];
	}
	if (first == COVERAGE_OPTION_COUNT)
		return false;
	add_reason(out, project, coverage_rows[first].option, "does not have it",
		   values[first].list.at[0]);
	return true;
}

static bool
has_source(const struct project *project)
{
	const struct coverage_value *values = project->config.values;

	return values[COVERAGE_RUN_SOURCE].list.count +
		       values[COVERAGE_RUN_SOURCE_PKGS].list.count +
		       values[COVERAGE_RUN_SOURCE_DIRS].list.count >
	       0;
}

bool
unmeasured_add_reason(const struct project *project, const char *source, struct buf *out)
{
	const struct text_list *include;
	const char *pattern;
	char *real;
	bool is = true;

	if (project == NULL || project->config.file == NULL || project->trouble.status != STATUS_OK)
		return false;
	include = &project->config.values[COVERAGE_RUN_INCLUDE].list;
	real = path_resolve("/", source);
	pattern = match_of(project, COVERAGE_RUN_OMIT, real);
	if (pattern != NULL)
		add_reason(out, project, "omit", "leaves it out", pattern);
	else if (has_source(project))
		is = add_of_source(out, project, real);
	else if (include->count > 0 && match_of(project, COVERAGE_RUN_INCLUDE, real) == NULL)
		add_reason(out, project, "include", "does not have it", include->at[0]);
	else
		is = false;
	free(real);
	return is;
}
