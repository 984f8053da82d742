/*
 * baseline.c - covls baseline: saves runs by name, to be compared with later ones (covls report --baseline,
 * and in editors).
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "config/options.h"
#include "coverage/baseline.h"
#include "coverage/changed_files.h"
#include "coverage/measured.h"
#include "coverage/parallel.h"
#include "coverage/search.h"
#include "platform/clock.h"
#include "platform/path.h"
#include "platform/process.h"
#include "text/utf8.h"

#include "changes_table.h"
#include "cli.h"

/* What is known of git in a folder is asked in vain if it takes longer. */
#define GIT_MS 2000

enum { DATA_FILE, PATH_MAPPING, NONE, JSON, MAX_LOST, HELP };

/* clang-format off */
static const struct cli_option options[] = {
	[DATA_FILE]    = { "data-file",    0,   true  },
	[PATH_MAPPING] = { "path-mapping", 0,   true  },
	[NONE]         = { "none",         0,   false },
	[JSON]         = { "json",         0,   false },
	[MAX_LOST]     = { "max-lost",     0,   true  },
	[HELP]         = { "help",         'h', false },
	{ NULL, 0, false },
};
/* clang-format on */

struct work {
	struct options settings;
	struct text_list words;  /* of the command line: what to do, and names */
	struct text_list roots;  /* none: the shell is in no workspace */
	struct text_list ran_in; /* that folder, and the current one */
	struct store *store;
	char *current; /* folder */
	char *any;     /* a name in it that stands for any source */
	char *folder;  /* of the baselines */
	bool none, json;
	char *data_file;      /* absolute, or NULL */
	const char *max_lost; /* as given, or NULL */
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

/* Data files that could not be read. */
static void
tell_troubles(const struct work *w, const struct text_list *troubles)
{
	for (size_t i = 0; i < troubles->count; i++)
		cli_complain("%s", cli_short_path(troubles->at[i], w->current));
}

static struct measured_wishes
project_wishes(const struct work *w)
{
	return (struct measured_wishes){
		.folder = w->folder,
		.any = w->any,
		.search = {
			.roots = &w->ran_in,
			.data_file = w->data_file,
			.mappings = w->settings.path_mappings.at,
			.mapping_count = w->settings.path_mappings.count,
		},
	};
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

/* With data of which no source is here, the data file: of coverage.py's places the first where there is one; else the
 * newest report. */
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

/* A baseline without it would say of its sources that they are new. */
static int
complain_of_busy(void)
{
	cli_complain(
		"nothing was saved; try again when the tests have ended, or name the data with "
		"--data-file");
	return CLI_FAILED;
}

/* What is to be saved. */
struct files {
	struct baseline_data *data;
	size_t count;
	int64_t oldest_ns, newest_ns;
};

static void
add_file(struct files *files, const char *path, const struct project *project, int64_t modified_ns)
{
	if (files->count == 0 || modified_ns < files->oldest_ns)
		files->oldest_ns = modified_ns;
	if (files->count == 0 || modified_ns > files->newest_ns)
		files->newest_ns = modified_ns;
	files->data[files->count++] = (struct baseline_data){ path, project };
}

/* "3 data files", each on a line of its own behind that; or the name of the one. */
static void
tell_files(const struct work *w, const struct files *files, const char *name)
{
	char ago[CLOCK_TEXT_MAX];
	int64_t now = clock_wall_ns();

	clock_ago((now - files->newest_ns) / 1000000000, ago);
	if (files->count == 1) {
		printf("Saved %s (%s) as baseline '%s' of %s",
		       cli_short_path(files->data[0].path, w->current), ago, name, w->folder);
		return;
	}
	printf("Saved %zu data files as baseline '%s' of %s", files->count, name, w->folder);
}

static void
list_files(const struct work *w, const struct files *files)
{
	char ago[CLOCK_TEXT_MAX];

	for (size_t i = 0; i < files->count && files->count > 1; i++) {
		const char *path = files->data[i].path;

		clock_ago((clock_wall_ns() - file_stamp(path).modified_ns) / 1000000000, ago);
		printf("  %s (%s)\n", cli_short_path(path, w->current), ago);
	}
}

/* A name as a shell takes it. */
static void
print_quoted(const char *name)
{
	bool plain = true;

	for (const char *at = name; *at != '\0'; at++)
		plain = plain &&
			(isalnum((unsigned char)*at) != 0 || strchr("._-/+@:,%", *at) != NULL);
	if (plain) {
		printf("%s", name);
		return;
	}
	putchar('\'');
	for (const char *at = name; *at != '\0'; at++)
		printf(*at == '\'' ? "'\\''" : "%c", *at);
	putchar('\'');
}

static void
tell_saved(const struct work *w, const struct baseline_saved *saved, const char *name,
	   const struct files *files)
{
	tell_files(w, files, name);
	printf(": %zu file%s.\n", saved->sources, saved->sources == 1 ? "" : "s");
	list_files(w, files);
	if (saved->in_use) {
		printf("It is in use now.\n");
		return;
	}
	printf("In use is still '%s'; this changes that: covls baseline use ", saved->other);
	print_quoted(name);
	putchar('\n');
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
save_files(struct work *w, const struct files *files)
{
	char *name = given_name(w) != NULL ? mem_copy(given_name(w)) : default_name(w->current);
	struct baseline_order order = {
		.store = w->store,
		.folder = w->folder,
		.name = name,
		.data = files->data,
		.data_count = files->count,
		.roots = &w->ran_in,
		.mappings = w->settings.path_mappings.at,
		.mapping_count = w->settings.path_mappings.count,
	};
	struct baseline_saved saved = { 0 };
	struct error err = { 0 };
	int status = EXIT_SUCCESS;

	err.status = baseline_save(&order, &saved, &err);
	if (err.status != STATUS_OK) {
		status = fail(&err);
		if (err.status == STATUS_LIMIT && w->data_file == NULL && files->count > 1)
			cli_complain(
				"nothing was saved; name the data to be saved with --data-file");
	} else {
		tell_saved(w, &saved, name, files);
		tell_unknown(w, &saved);
	}
	baseline_saved_free(&saved);
	free(name);
	return status;
}

/* None of the data speaks of a source that is here: one of the files is saved for what it is. */
static int
save_place(struct work *w, struct searcher *searcher, const struct search_wishes *wishes,
	   struct files *files)
{
	struct search_item item = { .source = mem_copy(w->any) };
	const struct search_place *place;
	int status;

	search_run(searcher, &item, 1, wishes);
	place = choose_place(&item);
	if (place == NULL) {
		status = complain_of_no_data(w, &item);
	} else {
		add_file(files, place->path, item.project, place->stamp.modified_ns);
		status = save_files(w, files);
	}
	search_item_free(&item);
	return status;
}

static int
save(struct work *w)
{
	struct searcher *searcher = searcher_open();
	struct measured_wishes wishes = project_wishes(w);
	struct measured measured = { 0 };
	struct files files = { 0 };
	struct error err = { 0 };
	int status;

	if (measured_find(&measured, searcher, &wishes, &err) != STATUS_OK) {
		status = fail(&err);
	} else {
		files.data = mem_alloc(measured.count + 1, sizeof *files.data);
		for (size_t i = 0; i < measured.count; i++) {
			const struct measured_file *file = &measured.files[i];

			if (file->counts)
				add_file(&files, file->path, file->project,
					 file->stamp.modified_ns);
		}
		tell_troubles(w, &measured.troubles);
		status = measured.busy      ? complain_of_busy()
			 : files.count == 0 ? save_place(w, searcher, &wishes.search, &files)
					    : save_files(w, &files);
	}
	free(files.data);
	measured_free(&measured);
	searcher_close(searcher);
	return status;
}

/* ---- changes ---------------------------------------------------------------------------------- */

static void
print_changes(const struct work *w, struct changed_files *changed, struct output *out)
{
	struct changes_table table = { .same = changed->same };
	char ago[CLOCK_TEXT_MAX];

	for (size_t i = 0; i < BASELINE_CHANGES; i++)
		table.totals[i] = changed->totals[i];
	for (size_t i = 0; i < changed->count; i++) {
		struct changed_file *file = &changed->at[i];
		struct changes_row *row = changes_table_add(
			&table, cli_short_path(file->path, w->current), file->note);

		row->compared = file->compared;
		row->changes = file->changes;
		file->changes = (struct baseline_changes){ 0 };
	}
	clock_ago((clock_wall_ns() - changed->modified_ns) / 1000000000, ago);
	output_addf(out, "Compared with the baseline '%s' (run %s):\n\n", changed->baseline, ago);
	changes_table_print(&table, out, false);
	if (changed->without > 0)
		output_addf(out, "Of %zu file%s the baseline says nothing.\n", changed->without,
			    changed->without == 1 ? "" : "s");
	changes_table_free(&table);
}

/* The baseline that is asked for is looked for first: where there is none, the reason is told. */
static enum status
check_choice(struct work *w, struct error *err)
{
	struct baseline_choice choice = { .setting = given_name(w), .folder = w->folder };
	struct store_baseline baseline;
	enum status status;

	if (choice.setting != NULL && strcmp(choice.setting, "last") == 0)
		return STATUS_OK;
	status = baseline_choose(w->store, &choice, &baseline, err);
	store_baseline_free(&baseline);
	if (status == STATUS_EMPTY && choice.setting == NULL)
		error_set(err, status,
			  "no baseline is in use in '%s'; 'covls baseline save' saves one",
			  w->folder);
	return status;
}

static int
judge_lost(const struct work *w, uint64_t lost)
{
	if (w->max_lost == NULL || lost <= strtoull(w->max_lost, NULL, 10))
		return EXIT_SUCCESS;
	fprintf(w->json ? stderr : stdout,
		"Coverage failure: %llu statement%s lost since the baseline, more than max-lost=%s\n",
		(unsigned long long)lost, lost == 1 ? " was" : "s were", w->max_lost);
	return CLI_USAGE;
}

static void
print_json(const struct changed_files *changed)
{
	struct buf out = { 0 };
	struct jsonw json = { .out = &out };

	changed_files_write(&json, changed);
	printf("%s\n", buf_text(&out));
	buf_free(&out);
}

static int
tell_changes(const struct work *w, struct changed_files *changed)
{
	struct output out;
	struct error err = { 0 };

	tell_troubles(w, &changed->troubles);
	if (changed->baseline == NULL) {
		cli_complain("the baseline says nothing of any file that was measured");
		return CLI_FAILED;
	}
	if (w->json) {
		print_json(changed);
	} else {
		if (output_open(&out, "-", &err) != STATUS_OK)
			return fail(&err);
		print_changes(w, changed, &out);
		if (output_close(&out, true, &err) != STATUS_OK)
			return fail(&err);
	}
	return judge_lost(w, changed->totals[BASELINE_LOST]);
}

static int
changes(struct work *w)
{
	struct searcher *searcher = searcher_open();
	struct measured_wishes wishes = project_wishes(w);
	struct changed_files changed = { 0 };
	struct error err = { 0 };
	int status;

	wishes.search.baseline = given_name(w);
	if (check_choice(w, &err) != STATUS_OK ||
	    changed_files_find(&changed, searcher, &wishes, &err) != STATUS_OK)
		status = fail(&err);
	else
		status = tell_changes(w, &changed);
	changed_files_free(&changed);
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

static size_t
width_of(const char *name)
{
	return utf8_units(span_of(name), TEXT_UTF32);
}

static void
print_run(const struct work *w, const struct store_run *run)
{
	char ago[CLOCK_TEXT_MAX];

	clock_ago((clock_wall_ns() - run->modified_ns) / 1000000000, ago);
	printf("  %s, run %s%s\n", cli_short_path(run->data_path, w->current), ago,
	       run->copy == NULL ? "; its data is no longer kept" : "");
}

static void
print_baseline(const struct work *w, const struct store_baseline *b, size_t width)
{
	printf("%c %s%*s", b->in_use ? '*' : ' ', b->name, (int)(width - width_of(b->name)), "");
	print_run(w, &b->run);
	for (size_t i = 0; i < b->other_count; i++) {
		printf("%*s", (int)width + 2, "");
		print_run(w, &b->others[i]);
	}
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
		width = width_of(found[i].name) > width ? width_of(found[i].name) : width;
	for (size_t i = 0; i < count; i++)
		print_baseline(w, &found[i], width);
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

/* clang-format off */
static const struct deed {
	const char *name;
	int (*run)(struct work *w);
	size_t most; /* names that it takes */
} deeds[] = {
	{ "list",    list,    0        },
	{ "save",    save,    1        },
	{ "use",     use,     1        },
	{ "drop",    drop,    SIZE_MAX },
	{ "changes", changes, 1        },
};
/* clang-format on */

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
		if (option == MAX_LOST)
			w->max_lost = value;
		if (option == MAX_LOST &&
		    (*value == '\0' || value[strspn(value, "0123456789")] != '\0')) {
			cli_complain("option --max-lost: invalid integer value: '%s'", value);
			return CLI_USAGE;
		}
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
	cli_complain("baseline: '%s' is none of: list save use drop changes", name);
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
	if (w->settings.data_file != NULL)
		w->data_file = path_absolute(w->settings.data_file);
	w->folder = baseline_folder(w->store, w->any, &w->roots);
	text_list_add(&w->ran_in, span_of(w->folder));
	text_list_add_once(&w->ran_in, w->current);
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
	text_list_free(&w.ran_in);
	options_free(&w.settings);
	free(w.data_file);
	free(w.current);
	free(w.any);
	free(w.folder);
	return status;
}
