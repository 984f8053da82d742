/*
 * baseline.c - covls baseline: saves runs by name, to be compared with later ones (covls report --baseline,
 * and in editors).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "config/options.h"
#include "coverage/baseline.h"
#include "coverage/parallel.h"
#include "coverage/search.h"
#include "platform/clock.h"
#include "platform/path.h"
#include "platform/process.h"

#include "cli.h"

/* What is known of git in a folder is asked in vain if it takes longer. */
#define GIT_MS 2000

enum { DATA_FILE, PATH_MAPPING, NONE, JSON, HELP };

static const struct cli_option options[] = {
	[DATA_FILE] = {"data-file",     0,   true },
          [PATH_MAPPING] = { "path-mapping", 0,   true },
	[NONE] = { "none",         0,   false},
          [JSON] = { "json",         0,   false},
	[HELP] = { "help",         'h', false},
          { NULL,           0,   false},
};

struct work {
	struct options settings;
	struct text_list words; /* of the command line: what to do, and names */
	struct text_list roots; /* none: the shell is in no workspace */
	struct store *store;
	char *current; /* folder */
	char *any;     /* a name in it that stands for any source */
	char *folder;  /* of the baselines */
	bool none, json;
};

/* The name that is given, or NULL. */
static const char *
given_name(const struct work *w)
{
	return w->words.count > 1 ? w->words.at[1] : NULL;
}

static int
fail(const struct error *err)
{
	cli_complain("%s", err->text);
	return CLI_FAILED;
}

/* ---- save ------------------------------------------------------------------------------------- */

static bool
take_output(void *ctx, struct span piece)
{
	struct buf *out = ctx;

	buf_add(out, piece);
	return out->len < 1024;
}

/* The first line that git prints, or NULL. */
static char *
ask_git(const char *folder, const char *command, const char *option)
{
	const char *const arguments[] = { "git", command, option, "HEAD", NULL };
	struct buf out = { 0 };
	struct process_order order = {
		.arguments = arguments,
		.folder = folder,
		.timeout_ms = GIT_MS,
		.output = take_output,
		.ctx = &out,
	};
	struct error err;
	char *line = NULL;
	int code;

	if (process_run(&order, &code, &err) == STATUS_OK && code == 0 && out.len > 0)
		line = mem_text(buf_text(&out), strcspn(buf_text(&out), "\r\n"));
	buf_free(&out);
	return line;
}

/* The branch, or else the commit, that is checked out. */
static char *
default_name(const char *folder)
{
	char *name = ask_git(folder, "symbolic-ref", "--short");

	if (name == NULL)
		name = ask_git(folder, "rev-parse", "--short");
	if (name != NULL && baseline_check_name(name, NULL) == STATUS_OK)
		return name;
	free(name);
	return mem_copy("default");
}

/* The data file: of coverage.py's places the first where there is one; else the newest report. */
static const struct search_place *
choose_place(const struct search_item *item)
{
	const struct search_place *best = NULL;

	for (size_t i = 0; i < item->places.count; i++) {
		const struct search_place *place = &item->places.at[i];

		if (place->stamp.kind != FILE_REGULAR)
			continue;
		if (place->origin != PLACE_FOUND)
			return place;
		if (best == NULL || place->stamp.modified_ns > best->stamp.modified_ns)
			best = place;
	}
	return best;
}

static int
complain_of_no_data(const struct work *w, const struct search_item *item)
{
	for (size_t i = 0; i < item->places.count; i++) {
		const char *path = item->places.at[i].path;

		if (item->places.at[i].origin != PLACE_FOUND &&
		    parallel_is_wanted(path, item->project)) {
			cli_complain("the data of '%s' is still in several files; run 'coverage "
				     "combine' first",
				     cli_short_path(path, w->current));
			return CLI_FAILED;
		}
	}
	if (w->settings.data_file != NULL)
		cli_complain("there is no data file '%s'", w->settings.data_file);
	else
		cli_complain("there is no coverage data for '%s'; run the tests with coverage, or "
			     "name it with --data-file",
			     w->current);
	return CLI_FAILED;
}

static void
tell_saved(const struct work *w, const struct baseline_saved *saved, const char *name,
	   const struct search_place *place)
{
	char ago[CLOCK_TEXT_MAX];

	clock_ago((clock_wall_ns() - place->stamp.modified_ns) / 1000000000, ago);
	printf("Saved %s (%s) as baseline '%s' of %s: %zu file%s.\n",
	       cli_short_path(place->path, w->current), ago, name, w->folder, saved->sources,
	       saved->sources == 1 ? "" : "s");
	if (saved->in_use)
		printf("It is in use now.\n");
	else
		printf("In use is still '%s'; 'covls baseline use %s' changes that.\n",
		       saved->other, name);
}

static void
tell_unknown(const struct work *w, const struct baseline_saved *saved)
{
	size_t unknown = saved->sources - saved->texts;

	if (unknown == 0)
		return;
	fflush(stdout);
	cli_complain("of %zu file%s it is not known which text ran; %s cannot be compared:",
		     unknown, unknown == 1 ? "" : "s", unknown == 1 ? "it" : "they");
	for (size_t i = 0; i < saved->unknown.count; i++)
		fprintf(stderr, "  %s\n", cli_short_path(saved->unknown.at[i], w->current));
	if (unknown > saved->unknown.count)
		fprintf(stderr, "  and %zu more\n", unknown - saved->unknown.count);
}

static int
save_place(struct work *w, const struct search_item *item, const struct search_place *place)
{
	char *name = given_name(w) != NULL ? mem_copy(given_name(w)) : default_name(w->current);
	struct text_list ran_in = { 0 };
	struct baseline_data data = { .path = place->path, .project = item->project };
	struct baseline_order order = {
		.store = w->store,
		.folder = w->folder,
		.name = name,
		.data = &data,
		.data_count = 1,
		.roots = &ran_in,
		.mappings = w->settings.path_mappings.at,
		.mapping_count = w->settings.path_mappings.count,
	};
	struct baseline_saved saved = { 0 };
	struct error err = { 0 };
	int status = EXIT_SUCCESS;

	text_list_add(&ran_in, span_of(w->current));
	if (baseline_save(&order, &saved, &err) != STATUS_OK) {
		status = fail(&err);
	} else {
		tell_saved(w, &saved, name, place);
		tell_unknown(w, &saved);
	}
	baseline_saved_free(&saved);
	text_list_free(&ran_in);
	free(name);
	return status;
}

static int
save(struct work *w)
{
	struct searcher *searcher = searcher_open();
	struct search_wishes wishes = {
		.roots = &w->roots,
		.data_file = w->settings.data_file,
		.mappings = w->settings.path_mappings.at,
		.mapping_count = w->settings.path_mappings.count,
	};
	struct search_item item = { .source = mem_copy(w->any) };
	const struct search_place *place;
	int status;

	search_run(searcher, &item, 1, &wishes);
	place = choose_place(&item);
	status = place == NULL ? complain_of_no_data(w, &item) : save_place(w, &item, place);
	search_item_free(&item);
	searcher_close(searcher);
	return status;
}

/* ---- list, use, drop -------------------------------------------------------------------------- */

static int
list_json(struct work *w)
{
	struct buf out = { 0 };
	struct jsonw json = { .out = &out };
	struct error err = { 0 };
	int status = EXIT_SUCCESS;

	if (baseline_write_list(&json, w->store, w->folder, &err) == STATUS_OK)
		printf("%s\n", buf_text(&out));
	else
		status = fail(&err);
	buf_free(&out);
	return status;
}

static void
print_baseline(const struct work *w, const struct store_baseline *b, int width)
{
	char ago[CLOCK_TEXT_MAX];

	clock_ago((clock_wall_ns() - b->run.modified_ns) / 1000000000, ago);
	printf("%c %-*s  %s, run %s%s\n", b->in_use ? '*' : ' ', width, b->name,
	       cli_short_path(b->run.data_path, w->current), ago,
	       b->run.copy == NULL ? "; its data is no longer kept" : "");
}

static int
list(struct work *w)
{
	struct store_baseline *found = NULL;
	struct error err = { 0 };
	size_t count = 0, width = 0;

	if (w->json)
		return list_json(w);
	if (store_list_baselines(w->store, w->folder, &found, &count, &err) != STATUS_OK)
		return fail(&err);
	if (count == 0)
		printf("No baseline is saved for %s; 'covls baseline save' saves one.\n",
		       w->folder);
	for (size_t i = 0; i < count; i++)
		width = strlen(found[i].name) > width ? strlen(found[i].name) : width;
	for (size_t i = 0; i < count; i++)
		print_baseline(w, &found[i], (int)width);
	store_baselines_free(found, count);
	return EXIT_SUCCESS;
}

static int
use(struct work *w)
{
	struct error err = { 0 };

	if (!w->none && given_name(w) == NULL) {
		cli_complain("use which baseline? (covls baseline use NAME, or use --none)");
		return CLI_USAGE;
	}
	if (store_use_baseline(w->store, w->folder, w->none ? NULL : given_name(w), &err) !=
	    STATUS_OK)
		return fail(&err);
	if (w->none)
		printf("No baseline is in use in %s now.\n", w->folder);
	else
		printf("'%s' is in use in %s now.\n", given_name(w), w->folder);
	return EXIT_SUCCESS;
}

static int
drop(struct work *w)
{
	struct error err = { 0 };

	if (given_name(w) == NULL) {
		cli_complain("drop which baseline? (covls baseline drop NAME...)");
		return CLI_USAGE;
	}
	for (size_t i = 1; i < w->words.count; i++) {
		if (store_drop_baseline(w->store, w->folder, w->words.at[i], &err) != STATUS_OK)
			return fail(&err);
		printf("Dropped '%s'.\n", w->words.at[i]);
	}
	return EXIT_SUCCESS;
}

/* ---- the command ------------------------------------------------------------------------------ */

static const struct deed {
	const char *name;
	int (*run)(struct work *w);
	size_t most; /* names that it takes */
} deeds[] = {
	{"list",  list, 0       },
	{ "save", save, 1       },
	{ "use",  use,  1       },
	{ "drop", drop, SIZE_MAX},
};

/* Returns an exit status, or -1: go on. */
static int
take_arguments(struct cli_args *args, struct work *w)
{
	struct error err = { 0 };
	const char *value;
	int option;

	while ((option = cli_next(args, options, &value)) >= 0 || option == CLI_FILE) {
		enum status status = STATUS_OK;

		if (option == HELP) {
			cli_help("baseline");
			return EXIT_SUCCESS;
		}
		w->none = w->none || option == NONE;
		w->json = w->json || option == JSON;
		if (option == CLI_FILE)
			text_list_add(&w->words, span_of(value));
		else if (option == DATA_FILE || option == PATH_MAPPING)
			status = options_set(&w->settings,
					     option == DATA_FILE ? OPTION_DATA_FILE
								 : OPTION_PATH_MAPPINGS,
					     span_of(value), ORIGIN_COMMAND_LINE, &err);
		if (status != STATUS_OK) {
			cli_complain("%s", err.text);
			return CLI_USAGE;
		}
	}
	return option == CLI_BAD ? CLI_USAGE : -1;
}

/* NULL, and it has been told: there is none of this name, or there are too many names. */
static const struct deed *
find_deed(const struct work *w)
{
	const char *name = w->words.count == 0 ? "list" : w->words.at[0];

	for (size_t i = 0; i < sizeof deeds / sizeof deeds[0]; i++) {
		if (strcmp(deeds[i].name, name) != 0)
			continue;
		if (w->words.count > 1 && w->words.count - 1 > deeds[i].most) {
			cli_complain("baseline %s: what is '%s'?", name,
				     w->words.at[deeds[i].most + 1]);
			return NULL;
		}
		return &deeds[i];
	}
	cli_complain("baseline: '%s' is none of: list save use drop", name);
	return NULL;
}

static int
run(struct work *w, const struct deed *deed)
{
	struct error err = { 0 };

	if (store_open(&w->store, NULL, &err) != STATUS_OK)
		return fail(&err);
	w->current = path_current();
	w->any = path_join(w->current, "any");
	w->folder = baseline_folder(w->store, w->any, &w->roots);
	return deed->run(w);
}

int
cli_baseline(int argc, char **argv)
{
	struct cli_args args = { .argc = argc, .argv = argv };
	struct work w = { 0 };
	int status;

	options_init(&w.settings);
	status = take_arguments(&args, &w);
	if (status < 0) {
		const struct deed *deed = find_deed(&w);

		status = deed == NULL ? CLI_USAGE : run(&w, deed);
	}
	store_close(w.store);
	text_list_free(&w.words);
	options_free(&w.settings);
	free(w.current);
	free(w.any);
	free(w.folder);
	return status;
}
