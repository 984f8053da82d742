/*
 * check.c - covls check: what there is to show of a source, by which rules, and why it is not more.
 *
 * The same that the editor is told by the command covls.explain (coverage/explain.h). Without a file it
 * tells of the current folder.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "config/options.h"
#include "coverage/explain.h"
#include "coverage/search.h"
#include "platform/path.h"
#include "text/shown.h"

#include "cli.h"
#include "source.h"

enum { DATA_FILE, PATH_MAPPING, PYTHON, RUNS, NEW_STATEMENTS, JSON, HELP };

static const struct cli_option options[] = {
	[DATA_FILE] = {"data-file",       0,   true },
	[PATH_MAPPING] = { "path-mapping",   0,   true },
	[PYTHON] = { "python",         0,   true },
	[RUNS] = { "runs",           0,   true },
	[NEW_STATEMENTS] = { "new-statements", 0,   true },
	[JSON] = { "json",           0,   false},
	[HELP] = { "help",           'h', false},
	{ NULL,             0,   false},
};

static const enum option_id setting_of[] = {
	[DATA_FILE] = OPTION_DATA_FILE,           [PATH_MAPPING] = OPTION_PATH_MAPPINGS,
	[PYTHON] = OPTION_PYTHON_VERSION,         [RUNS] = OPTION_RUNS,
	[NEW_STATEMENTS] = OPTION_NEW_STATEMENTS,
};

struct checking {
	struct options settings;
	struct search_item *items;
	size_t count;
	bool json, of_folder;
	char *current;     /* folder */
	struct jsonw out;  /* with --json */
	struct buf buffer; /* of `out` */
};

static void
tell(struct checking *c, const struct explain *e, const char *path)
{
	struct buf text = { 0 };

	if (c->json) {
		jsonw_object(&c->out);
		jsonw_key_text(&c->out, c->of_folder ? "folder" : "file", path);
		explain_write(e, &c->out);
		jsonw_object_end(&c->out);
		return;
	}
	shown_add(&text, span_of(c->of_folder ? path : cli_short_path(path, c->current)));
	buf_add_char(&text, '\n');
	explain_add_text(e, &text);
	if (c->of_folder) {
		buf_addf(&text, "  %-10s ", "verdict");
		shown_add(&text, span_of(e->verdict));
		buf_add_char(&text, '\n');
	}
	fwrite(text.at, 1, text.len, stdout);
	buf_free(&text);
}

/* True: there is coverage to show, and nothing to say against it. */
static bool
explain_subject(struct checking *c, const struct subject *s, const char *path)
{
	struct explain e = { 0 };
	struct explain_parts parts = {
		.subject = s,
		.options = &c->settings,
		.current = c->current,
		.of_folder = c->of_folder,
	};
	bool fine;

	explain_make(&e, &parts);
	tell(c, &e, path);
	fine = e.fine;
	explain_free(&e);
	return fine;
}

static bool
check_file(struct checking *c, struct search_item *item)
{
	struct cli_source source;
	bool fine = false;

	if (cli_source_read(&source, &c->settings, item))
		fine = explain_subject(c, &source.subject, source.subject.path);
	cli_source_free(&source);
	return fine;
}

/* The item's source stands for any in the current folder. */
static bool
check_folder(struct checking *c, struct search_item *item)
{
	struct subject s = { .path = mem_copy(item->source), .is_python = true };
	bool fine;

	subject_take(&s, item, SPAN(""));
	subject_refresh(&s);
	fine = explain_subject(c, &s, c->current);
	subject_free(&s);
	return fine;
}

static bool
check_all(struct checking *c)
{
	struct searcher *searcher = searcher_open();
	struct text_list roots = { 0 };
	struct search_wishes wishes = cli_source_wishes(&c->settings, &roots);
	size_t fine = 0;

	search_run(searcher, c->items, c->count, &wishes);
	c->out.out = &c->buffer;
	jsonw_array(&c->out);
	for (size_t i = 0; i < c->count; i++)
		fine += c->of_folder ? check_folder(c, &c->items[i]) : check_file(c, &c->items[i]);
	jsonw_array_end(&c->out);
	if (c->json)
		printf("%s\n", buf_text(&c->buffer));
	searcher_close(searcher);
	return fine == c->count;
}

/* Returns an exit status, or -1: go on. */
static int
take_arguments(struct cli_args *args, struct checking *c)
{
	struct error err = { 0 };
	const char *value;
	int option;

	while ((option = cli_next(args, options, &value)) >= 0 || option == CLI_FILE) {
		if (option == CLI_FILE) {
			c->items[c->count++] = cli_source_item(path_absolute(value));
		} else if (option == HELP) {
			cli_help("check");
			return EXIT_SUCCESS;
		} else if (option == JSON) {
			c->json = true;
		} else if (options_set(&c->settings, setting_of[option], span_of(value),
				       ORIGIN_COMMAND_LINE, &err) != STATUS_OK) {
			cli_complain("%s", err.text);
			return CLI_USAGE;
		}
	}
	if (option == CLI_BAD)
		return CLI_USAGE;
	if (c->count == 0) {
		c->of_folder = true;
		c->items[c->count] = (struct search_item){ .source = path_join(c->current, "any"),
							   .is_python = true };
		c->count++;
	}
	return -1;
}

int
cli_check(int argc, char **argv)
{
	struct cli_args args = { .argc = argc, .argv = argv };
	struct checking c = { .items = mem_alloc((size_t)argc + 1, sizeof *c.items),
			      .current = path_current() };
	int status;

	options_init(&c.settings);
	status = take_arguments(&args, &c);
	if (status < 0)
		status = check_all(&c) ? EXIT_SUCCESS : CLI_FAILED;
	for (size_t i = 0; i < c.count; i++)
		search_item_free(&c.items[i]);
	free(c.items);
	free(c.current);
	buf_free(&c.buffer);
	options_free(&c.settings);
	return status;
}
