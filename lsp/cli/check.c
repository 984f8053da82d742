/*
 * check.c - covls check: what there is to show of a source, by which rules, and why it is not more.
 *
 * The same that the editor is told, in words: the project and its configuration, the Python whose rules
 * hold, the data that was looked for, and how the source stands.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "config/options.h"
#include "coverage/search.h"
#include "platform/clock.h"
#include "platform/path.h"

#include "cli.h"
#include "source.h"

enum { DATA_FILE, PYTHON, HELP };

static const struct cli_option options[] = {
	[DATA_FILE] = {"data-file", 0,   true },
	[PYTHON] = { "python",   0,   true },
	[HELP] = { "help",     'h', false},
	{ NULL,       0,   false},
};

static void
print_row(const char *head, const char *text)
{
	printf("  %-10s %s\n", head, text);
}

static void
print_project(const struct project *project, const char *current)
{
	struct buf line = { 0 };
	const char *file = project->config.file;

	buf_addf(&line, "%s", cli_short_path(project->folder, current));
	if (project->trouble.status != STATUS_OK)
		buf_addf(&line, ": %s", project->trouble.text);
	else if (file != NULL)
		buf_addf(&line, ", set up in %s", file);
	else
		buf_add_text(&line, ", without a configuration of coverage.py: its defaults hold");
	print_row("project", buf_text(&line));
	buf_free(&line);
	for (size_t i = 0; i < project->config.warnings.count; i++)
		print_row("", project->config.warnings.at[i]);
	print_row("Python", project->python.origin);
}

/* A place where data was looked for; the one that was taken is told with what it is. */
static void
print_place(const char *head, const char *place, const struct subject *s, const char *current)
{
	bool taken = s->data_path != NULL && strcmp(place, s->data_path) == 0;
	bool trouble = s->trouble_path != NULL && strcmp(place, s->trouble_path) == 0;
	char ago[CLOCK_TEXT_MAX];
	struct buf line = { 0 };

	buf_addf(&line, "%s: ", cli_short_path(place, current));
	if (taken) {
		clock_ago((clock_wall_ns() - s->data_stamp.modified_ns) / 1000000000, ago);
		buf_addf(&line, "%s, %s, %u file%s, %s",
			 s->info.producer[0] != '\0' ? s->info.producer : s->info.format,
			 s->info.has_branches ? "lines and branches" : "lines", s->info.files,
			 s->info.files == 1 ? "" : "s", ago);
	} else if (trouble) {
		buf_add_text(&line, s->trouble.text);
	} else if (file_stamp(place).kind == FILE_NONE) {
		buf_add_text(&line, "not there");
	} else {
		buf_add_text(&line, "passed over");
	}
	print_row(head, buf_text(&line));
	buf_free(&line);
}

static void
print_places(const struct subject *s, const char *current)
{
	for (size_t i = 0; i < s->places.count; i++)
		print_place(i == 0 ? "data" : "", s->places.at[i], s, current);
	if (s->data.recorded != NULL)
		print_row("called", s->data.recorded);
}

static void
print_standing(const struct subject *s)
{
	const struct view_summary *sum = &s->view.summary;
	char percent[CLI_PERCENT_MAX];
	struct buf line = { 0 };

	if (s->view.measured) {
		cli_percent(sum, percent);
		buf_addf(&line, "%s: %s, %u of %u statements ran", freshness_name(s->freshness),
			 percent, sum->covered, sum->statements);
		if (sum->branches > 0)
			buf_addf(&line, ", %u of %u branches taken",
				 sum->branches - sum->missed_branches, sum->branches);
	} else {
		buf_add_text(&line, "nothing");
	}
	print_row("shown", buf_text(&line));
	if (s->reason != REASON_NONE)
		print_row("because", s->message);
	buf_free(&line);
}

/* True: there is coverage to show, and nothing to say against it. */
static bool
check_item(struct search_item *item, const char *current)
{
	struct cli_source source;
	bool fine = false;

	if (cli_source_read(&source, item)) {
		const struct subject *s = &source.subject;

		printf("%s\n", cli_short_path(s->path, current));
		print_project(s->project, current);
		print_places(s, current);
		print_standing(s);
		fine = s->view.measured && s->reason == REASON_NONE;
	}
	cli_source_free(&source);
	return fine;
}

int
cli_check(int argc, char **argv)
{
	struct cli_args args = { .argc = argc, .argv = argv };
	struct search_item *items = mem_alloc((size_t)argc, sizeof *items);
	struct project_cache *projects = project_cache_open();
	struct text_list roots = { 0 };
	struct options settings;
	struct error err = { 0 };
	char *current = path_current();
	const char *value;
	size_t count = 0, fine = 0;
	int option, status = CLI_USAGE;

	options_init(&settings);
	while ((option = cli_next(&args, options, &value)) >= 0 || option == CLI_FILE) {
		if (option == CLI_FILE) {
			items[count++].source = path_absolute(value);
		} else if (option == HELP) {
			cli_help("check");
			status = EXIT_SUCCESS;
			goto out;
		} else if (options_set(&settings,
				       option == PYTHON ? OPTION_PYTHON_VERSION : OPTION_DATA_FILE,
				       span_of(value), ORIGIN_COMMAND_LINE, &err) != STATUS_OK) {
			cli_complain("%s", err.text);
			goto out;
		}
	}
	if (option == CLI_BAD)
		goto out;
	if (count == 0) {
		cli_complain("check which file? (covls check FILE...)");
		goto out;
	}
	project_cache_renew(projects, settings.python_version, "--python");
	search_run(items, count, &roots, settings.data_file, projects);
	for (size_t i = 0; i < count; i++)
		fine += check_item(&items[i], current);
	status = fine == count ? EXIT_SUCCESS : CLI_FAILED;
out:
	for (size_t i = 0; i < count; i++)
		search_item_free(&items[i]);
	free(items);
	free(current);
	project_cache_close(projects);
	options_free(&settings);
	return status;
}
