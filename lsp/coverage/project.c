#include "coverage/project.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "coverage/discover.h"
#include "platform/file.h"
#include "platform/path.h"

static const char *const names[] = { ".coveragerc", ".coveragerc.toml", "setup.cfg", "tox.ini",
				     "pyproject.toml" };
#define NAMES (sizeof names / sizeof names[0])

/* A folder that has been looked at. */
struct entry {
	char *folder;
	struct file_stamp stamps[NAMES]; /* or [0] is that of $COVERAGE_RCFILE */
	unsigned look;                   /* in which it was last compared with the disk */
	struct project *project;
};

struct project_cache {
	struct entry *at;
	size_t count, cap;
	unsigned look;
	char *python, *by; /* the version that is asked for; NULL: none */
};

static const char *
rcfile(void)
{
	const char *name = getenv("COVERAGE_RCFILE");

	return name == NULL || *name == '\0' ? NULL : name;
}

bool
project_is_file(const char *name)
{
	for (size_t i = 0; i < NAMES; i++) {
		if (strcmp(name, names[i]) == 0)
			return true;
	}
	if (strcmp(name, ".python-version") == 0)
		return true;
	return rcfile() != NULL && strcmp(name, path_base(rcfile())) == 0;
}

static void
stamp(const char *folder, struct file_stamp stamps[NAMES])
{
	for (size_t i = 0; i < NAMES; i++) {
		char *path = path_join(folder, rcfile() == NULL ? names[i] : rcfile());

		stamps[i] = file_stamp(path);
		free(path);
	}
}

static bool
is_as_it_was(const struct entry *entry, const struct file_stamp stamps[NAMES],
	     const struct python_version *python)
{
	if (entry->project == NULL || strcmp(entry->project->python.origin, python->origin) != 0)
		return false;
	for (size_t i = 0; i < NAMES; i++) {
		if (!file_stamp_equal(&entry->stamps[i], &stamps[i]))
			return false;
	}
	return true;
}

static enum status
compile_patterns(struct project *project)
{
	const struct coverage_value *values = project->config.values;

	return py_patterns_compile(&project->patterns, &values[COVERAGE_REPORT_EXCLUDE_LINES].list,
				   &values[COVERAGE_REPORT_PARTIAL_BRANCHES].list,
				   &values[COVERAGE_REPORT_PARTIAL_BRANCHES_ALWAYS].list,
				   &project->trouble);
}

/* Takes over `python`. */
static struct project *
read_project(const char *folder, struct python_version python)
{
	struct project *project = mem_alloc(1, sizeof *project);
	enum status status;

	project->folder = mem_copy(folder);
	project->python = python;
	atomic_init(&project->holders, 1);
	status = coverage_config_read(&project->config, folder, NULL, &project->trouble);
	if (status == STATUS_OK)
		status = compile_patterns(project);
	if (status == STATUS_OK)
		return project;
	coverage_config_free(&project->config);
	coverage_config_defaults(&project->config);
	py_patterns_compile(&project->patterns, NULL, NULL, NULL, NULL);
	return project;
}

static struct entry *
find_entry(struct project_cache *cache, const char *folder)
{
	for (size_t i = 0; i < cache->count; i++) {
		if (strcmp(cache->at[i].folder, folder) == 0)
			return &cache->at[i];
	}
	cache->at = mem_grow(cache->at, cache->count, &cache->cap, sizeof *cache->at);
	cache->at[cache->count] = (struct entry){ .folder = mem_copy(folder) };
	return &cache->at[cache->count++];
}

/* `top` is the folder itself or one above it: as far as its Python is looked for. */
static struct project *
project_in(struct project_cache *cache, const char *folder, const char *top)
{
	struct entry *entry = find_entry(cache, folder);
	struct file_stamp stamps[NAMES];
	struct python_version python;

	if (entry->project != NULL && entry->look == cache->look)
		return entry->project;
	entry->look = cache->look;
	stamp(folder, stamps);
	python_version_find(&python, cache->python, cache->by, folder, top);
	if (is_as_it_was(entry, stamps, &python)) {
		python_version_free(&python);
		return entry->project;
	}
	project_release(entry->project);
	entry->project = read_project(folder, python);
	memcpy(entry->stamps, stamps, sizeof stamps);
	return entry->project;
}

/* Is there any file in the folder that could be a configuration? */
static bool
may_be_project(const char *folder)
{
	struct file_stamp stamps[NAMES];
	bool any = false;

	stamp(folder, stamps);
	for (size_t i = 0; i < NAMES; i++)
		any = any || stamps[i].kind != FILE_NONE;
	return any;
}

/* The nearest of the folders that has a configuration, else the first. */
static struct project *
choose_project(struct project_cache *cache, const struct text_list *folders)
{
	for (size_t i = 0; i < folders->count; i++) {
		const char *folder = folders->at[i], *top = folders->at[folders->count - 1];
		struct project *project;

		if (!may_be_project(folder))
			continue;
		if (!path_is_within(folder, top)) /* two ways up, by a symbolic link */
			top = folder;
		project = project_in(cache, folder, top);
		if (project->config.file != NULL || project->trouble.status != STATUS_OK)
			return project;
	}
	return project_in(cache, folders->at[0], folders->at[folders->count - 1]);
}

/* With $COVERAGE_RCFILE: as if coverage.py were run in the workspace folder or, in a shell, here; unless a relative one
 * is only there in a folder above the source. */
static struct project *
project_by_environment(struct project_cache *cache, const struct text_list *folders,
		       const struct text_list *roots)
{
	char *current = path_current();
	const char *folder = roots->count > 0 ? roots->at[0] : current;
	struct project *project;

	for (size_t i = 0; i < folders->count && roots->count == 0 && !may_be_project(folder);
	     i++) {
		if (may_be_project(folders->at[i]))
			folder = folders->at[i];
	}
	project = project_in(cache, folder, folder);
	free(current);
	return project;
}

struct project *
project_of(struct project_cache *cache, const char *source, const struct text_list *roots)
{
	struct text_list folders = { 0 };
	struct project *project;

	discover_folders(source, roots, &folders);
	project = project_hold(rcfile() != NULL ? project_by_environment(cache, &folders, roots)
						: choose_project(cache, &folders));
	text_list_free(&folders);
	return project;
}

struct project *
project_hold(struct project *project)
{
	atomic_fetch_add(&project->holders, 1);
	return project;
}

void
project_release(struct project *project)
{
	if (project == NULL || atomic_fetch_sub(&project->holders, 1) > 1)
		return;
	coverage_config_free(&project->config);
	python_version_free(&project->python);
	py_patterns_free(&project->patterns);
	free(project->folder);
	free(project);
}

/* NULL: those of the defaults. */
static const struct text_list *
list_of(const struct project *project, enum coverage_option option, const struct project *defaults)
{
	return &(project == NULL ? defaults : project)->config.values[option].list;
}

static bool
lists_equal(const struct text_list *a, const struct text_list *b)
{
	bool equal = a->count == b->count;

	for (size_t i = 0; i < a->count && equal; i++)
		equal = strcmp(a->at[i], b->at[i]) == 0;
	return equal;
}

static unsigned
minor_of(const struct project *project)
{
	return project == NULL ? PYTHON_MINOR_MAX : project->python.minor;
}

bool
project_rules_equal(const struct project *a, const struct project *b)
{
	static const enum coverage_option rules[] = {
		COVERAGE_REPORT_EXCLUDE_LINES,
		COVERAGE_REPORT_PARTIAL_BRANCHES,
		COVERAGE_REPORT_PARTIAL_BRANCHES_ALWAYS,
	};
	struct project defaults = { 0 };
	bool equal = true;

	if (a == b)
		return true;
	if (minor_of(a) != minor_of(b))
		return false;
	coverage_config_defaults(&defaults.config);
	for (size_t i = 0; i < sizeof rules / sizeof rules[0] && equal; i++)
		equal = lists_equal(list_of(a, rules[i], &defaults),
				    list_of(b, rules[i], &defaults));
	coverage_config_free(&defaults.config);
	return equal;
}

char *
project_data_file(const struct project *project)
{
	const char *name = project->config.values[COVERAGE_RUN_DATA_FILE].text;

	return name == NULL || strcmp(name, DISCOVER_NAME) == 0 ? NULL
								: path_join(project->folder, name);
}

struct project_cache *
project_cache_open(void)
{
	return mem_alloc(1, sizeof(struct project_cache));
}

void
project_cache_renew(struct project_cache *cache, const char *python, const char *by)
{
	cache->look++;
	free(cache->python);
	free(cache->by);
	cache->python = mem_copy(python);
	cache->by = mem_copy(by);
}

void
project_cache_close(struct project_cache *cache)
{
	for (size_t i = 0; i < cache->count; i++) {
		free(cache->at[i].folder);
		project_release(cache->at[i].project);
	}
	free(cache->at);
	free(cache->python);
	free(cache->by);
	free(cache);
}
