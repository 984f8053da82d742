/* show.c - covls show: source files in the terminal, with a gutter. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "config/options.h"
#include "coverage/subject.h"
#include "platform/clock.h"
#include "platform/path.h"
#include "platform/terminal.h"
#include "text/shown.h"
#include "text/utf8.h"

#include "cli.h"
#include "source.h"

#define TAB_WIDTH 8

enum { COLOR, DATA_FILE, PATH_MAPPING, PYTHON, RUNS, NEW_STATEMENTS, HELP };

static const struct cli_option options[] = {
	[COLOR] = {"color",           0,   true },
	[DATA_FILE] = { "data-file",      0,   true },
	[PATH_MAPPING] = { "path-mapping",   0,   true },
	[PYTHON] = { "python",         0,   true },
	[RUNS] = { "runs",           0,   true },
	[NEW_STATEMENTS] = { "new-statements", 0,   true },
	[HELP] = { "help",           'h', false},
	{ NULL,             0,   false},
};

static const enum option_id setting_of[] = {
	[DATA_FILE] = OPTION_DATA_FILE,           [PATH_MAPPING] = OPTION_PATH_MAPPINGS,
	[PYTHON] = OPTION_PYTHON_VERSION,         [RUNS] = OPTION_RUNS,
	[NEW_STATEMENTS] = OPTION_NEW_STATEMENTS,
};

/* How a state looks: its shape alone must tell, too. */
static const struct look {
	const char *mark, *ascii, *color;
} looks[] = {
	[LINE_NONE] = {" ",             " ", ""    },
	[LINE_COVERED] = { "\xe2\x94\x82", "|", "32"  }, /* a thin line, green */
	[LINE_PARTIAL] = { "\xe2\x97\x90", "~", "33"  }, /* a half circle, yellow */
	[LINE_MISSED] = { "\xe2\x9c\x97", "x", "1;31"}, /* a cross, red */
	[LINE_EXCLUDED] = { "\xc2\xb7",     ".", "90"  }, /* a dot, grey */
	[LINE_UNKNOWN] = { "?",            "?", "35"  },
};

struct painter {
	bool color, utf8;
	char *current; /* folder */
	const struct options *settings;
	struct view_summary total;
	unsigned shown, measured; /* files */
	unsigned unknown;         /* of those that were measured: nobody knows which text ran */
};

static void
paint(const struct painter *p, struct buf *out, const char *color, const char *text)
{
	bool colored = p->color && *color != '\0';

	if (colored)
		buf_addf(out, "\x1b[%sm", color);
	shown_add(out, span_of(text));
	if (colored)
		buf_add_text(out, "\x1b[0m");
}

/* The text of a line as it is safe to print: tabs become spaces, and what would steer the terminal is
 * shown as ^X. */
static void
add_source(struct buf *out, struct span line)
{
	size_t column = 0;

	while (line.len > 0) {
		unsigned char c = (unsigned char)*line.at;
		size_t len = utf8_length(line);
		bool c1 = len == 2 && c == 0xC2 && (unsigned char)line.at[1] < 0xA0;

		if (c == '\t') {
			do
				buf_add_char(out, ' ');
			while (++column % TAB_WIDTH != 0);
		} else if (c < 0x20 || c == 0x7F) {
			buf_add_char(out, '^');
			buf_add_char(out, (char)(c ^ 0x40));
			column += 2;
		} else if (len == 0 || c1) {
			buf_add_text(out, "\xef\xbf\xbd");
			column++;
		} else {
			buf_add(out, span_cut(line, 0, len));
			column++;
		}
		span_skip(&line, len == 0 ? 1 : len);
	}
}

static void
add_caveats(const struct painter *p, struct buf *out, const struct subject *s)
{
	struct buf caveats = { 0 };

	subject_add_caveats(s, &caveats);
	if (caveats.len > 0) {
		buf_add_text(out, "\n  ");
		paint(p, out, "2", buf_text(&caveats));
	}
	buf_free(&caveats);
}

static void
add_head(const struct painter *p, struct buf *out, const struct subject *s)
{
	const struct view_summary *sum = &s->view.summary;
	char percent[CLI_PERCENT_MAX], ago[CLOCK_TEXT_MAX];

	paint(p, out, "1", cli_short_path(s->path, p->current));
	if (s->view.measured) {
		cli_percent(sum, percent);
		clock_ago((clock_wall_ns() - s->data_stamp.modified_ns) / 1000000000, ago);
		if (s->freshness == FRESHNESS_UNKNOWN)
			buf_add_text(out, "  nothing is known of what ran");
		else
			buf_addf(out, "  %s  %u of %u statements ran, %u missed", percent,
				 sum->covered, sum->statements, sum->missed);
		if (sum->branches > 0)
			buf_addf(out, ", %u of %u branches taken",
				 sum->branches - sum->missed_branches, sum->branches);
		if (sum->excluded > 0)
			buf_addf(out, ", %u line%s excluded", sum->excluded,
				 sum->excluded == 1 ? "" : "s");
		buf_add_text(out, "  (");
		shown_add(out, span_of(cli_short_path(s->data_path, p->current)));
		buf_addf(out, ", %s)", ago);
		add_caveats(p, out, s);
		if (s->info.warning[0] != '\0') {
			buf_add_text(out, "\n  ");
			paint(p, out, "2", s->info.warning);
		}
	}
	buf_add_char(out, '\n');
	if (s->message[0] != '\0') {
		buf_add_text(out, "  ");
		paint(p, out, "33", s->message);
		buf_add_char(out, '\n');
	}
}

/* Behind the first line of a partial statement: why it is. */
static void
add_reasons(const struct painter *p, struct buf *out, const struct subject *s, struct span text,
	    uint32_t line)
{
	struct text_list list = { 0 };
	struct buf reasons = { 0 };

	subject_add_reasons(s, text, line, &list);
	for (size_t i = 0; i < list.count; i++) {
		buf_add_text(&reasons, i > 0 ? "; " : p->utf8 ? "  \xe2\x86\x90 " : "  <- ");
		buf_add_text(&reasons, list.at[i]);
	}
	text_list_free(&list);
	if (p->color)
		buf_add_text(out, "\x1b[33m");
	add_source(out, buf_span(&reasons)); /* names come from the source */
	if (p->color)
		buf_add_text(out, "\x1b[0m");
	buf_free(&reasons);
}

static void
add_lines(const struct painter *p, struct buf *out, const struct subject *s, struct doc_text *text)
{
	uint32_t lines = doc_text_lines(text);
	int width = snprintf(NULL, 0, "%u", lines);

	/* The empty line behind the last line end is none to a reader. */
	if (doc_text_line(text, lines - 1).len == 0)
		lines--;
	for (uint32_t line = 1; line <= lines; line++) {
		enum line_state state = view_state(&s->view, line);
		const struct look *look = &looks[state];
		char number[16];

		snprintf(number, sizeof number, "%*u ", width < 4 ? 4 : width, line);
		paint(p, out, state == LINE_MISSED ? look->color : "90", number);
		paint(p, out, look->color, p->utf8 ? look->mark : look->ascii);
		buf_add_char(out, ' ');
		if (p->color && state == LINE_EXCLUDED)
			buf_add_text(out, "\x1b[90m");
		add_source(out, doc_text_line(text, line - 1));
		if (p->color && state == LINE_EXCLUDED)
			buf_add_text(out, "\x1b[0m");
		if (state == LINE_PARTIAL)
			add_reasons(p, out, s, doc_text_span(text), line);
		buf_add_char(out, '\n');
		if (out->len > 1 << 16) {
			fwrite(out->at, 1, out->len, stdout);
			buf_reset(out);
		}
	}
}

static void
count_view(struct view_summary *total, const struct view_summary *more)
{
	total->statements += more->statements;
	total->covered += more->covered;
	total->missed += more->missed;
	total->branches += more->branches;
	total->missed_branches += more->missed_branches;
}

static bool
show_item(struct painter *p, struct search_item *item)
{
	struct cli_source source;
	struct buf out = { 0 };
	bool measured = false;

	if (cli_source_read(&source, p->settings, item)) {
		measured = source.subject.view.measured;
		p->shown++;
		p->measured += measured;
		p->unknown += source.subject.freshness == FRESHNESS_UNKNOWN;
		count_view(&p->total, &source.subject.view.summary);
		add_head(p, &out, &source.subject);
		add_lines(p, &out, &source.subject, &source.text);
		buf_add_char(&out, '\n');
		fwrite(out.at, 1, out.len, stdout);
	}
	buf_free(&out);
	cli_source_free(&source);
	return measured;
}

static void
show_total(const struct painter *p)
{
	char percent[CLI_PERCENT_MAX];

	if (p->measured == 0) {
		printf("%u files, none of them with coverage\n", p->shown);
		return;
	}
	cli_percent(&p->total, percent);
	printf("%u file%s", p->measured, p->measured == 1 ? "" : "s");
	if (p->measured < p->shown)
		printf(" of %u", p->shown);
	if (p->unknown == p->measured) {
		puts("  nothing is known of what ran");
		return;
	}
	printf("  %s  %u of %u statements ran, %u missed", percent, p->total.covered,
	       p->total.statements, p->total.missed);
	if (p->total.branches > 0)
		printf(", %u of %u branches taken", p->total.branches - p->total.missed_branches,
		       p->total.branches);
	putchar('\n');
}

static bool
wants_color(const char *choice, bool *color)
{
	const char *none = getenv("NO_COLOR");

	if (choice == NULL || strcmp(choice, "auto") == 0)
		*color = terminal_is(stdout) && (none == NULL || *none == '\0');
	else if (strcmp(choice, "always") == 0 || strcmp(choice, "never") == 0)
		*color = *choice == 'a';
	else
		return false;
	return true;
}

int
cli_show(int argc, char **argv)
{
	struct cli_args args = { .argc = argc, .argv = argv };
	struct painter p = { .utf8 = terminal_has_utf8() };
	struct search_item *items = mem_alloc((size_t)argc, sizeof *items);
	struct text_list roots = { 0 };
	struct search_wishes wishes;
	struct searcher *searcher = searcher_open();
	struct options settings;
	struct error err;
	const char *value, *color = NULL;
	size_t count = 0, measured = 0;
	int option, status = CLI_USAGE;

	options_init(&settings);
	while ((option = cli_next(&args, options, &value)) >= 0 || option == CLI_FILE) {
		if (option == CLI_FILE) {
			items[count++] = cli_source_item(path_absolute(value));
		} else if (option == COLOR) {
			color = value;
		} else if (option == HELP) {
			cli_help("show");
			status = EXIT_SUCCESS;
			goto out;
		} else if (options_set(&settings, setting_of[option], span_of(value),
				       ORIGIN_COMMAND_LINE, &err) != STATUS_OK) {
			cli_complain("%s", err.text);
			goto out;
		}
	}
	if (option == CLI_BAD)
		goto out;
	if (!wants_color(color, &p.color)) {
		cli_complain("--color: '%s' is not one of: auto always never", color);
		goto out;
	}
	if (count == 0) {
		cli_complain("show which file? (covls show FILE...)");
		goto out;
	}
	p.current = path_current();
	p.settings = &settings;
	wishes = cli_source_wishes(&settings, &roots);
	search_run(searcher, items, count, &wishes);
	for (size_t i = 0; i < count; i++)
		measured += show_item(&p, &items[i]);
	if (count > 1)
		show_total(&p);
	status = measured == count ? EXIT_SUCCESS : CLI_FAILED;
	free(p.current);
out:
	for (size_t i = 0; i < count; i++)
		search_item_free(&items[i]);
	free(items);
	searcher_close(searcher);
	options_free(&settings);
	return status;
}
