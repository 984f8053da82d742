#include "reporting.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "config/python_version.h"
#include "coverage/discover.h"
#include "format/pyjson.h"
#include "platform/clock.h"
#include "platform/file.h"
#include "platform/path.h"
#include "platform/terminal.h"
#include "text/repr.h"

#include "cli.h"

#define SECOND_NS     INT64_C(1000000000)
#define PRECISION_MAX 300

/* ---- the command line ------------------------------------------------------------------------- */

enum option {
	BASELINE,
	CONTEXTS,
	DATA_FILE,
	FAIL_UNDER,
	FORMAT,
	HELP,
	IGNORE_ERRORS,
	INCLUDE,
	KEEP_COMBINED,
	MAX_LOST,
	NO_SKIP_COVERED,
	OMIT,
	OUTPUT,
	PRECISION,
	PRETTY_PRINT,
	PYTHON,
	QUIET,
	RCFILE,
	SHOW_CONTEXTS,
	SHOW_MISSING,
	SKIP_COVERED,
	SKIP_EMPTY,
	SORT,
	OPTION_END
};

/* In the order of `enum option`. The options of some commands only have a letter by which
 * report_kind.choices names them. */
static const struct report_option {
	struct cli_option cli;
	char choice; /* 0: all commands have it */
	enum coverage_option sets;
} report_options[OPTION_END] = {
	[BASELINE] = {{ "baseline", 0, CLI_VALUE_MAYBE }, 'b', COVERAGE_OPTION_COUNT        },
	[CONTEXTS] = { { "contexts", 0, true },           'c', COVERAGE_REPORT_CONTEXTS     },
	[DATA_FILE] = { { "data-file", 0, true },          0,   COVERAGE_RUN_DATA_FILE       },
	[FAIL_UNDER] = { { "fail-under", 0, true },         0,   COVERAGE_REPORT_FAIL_UNDER   },
	[FORMAT] = { { "format", 0, true },             'f', COVERAGE_REPORT_FORMAT       },
	[HELP] = { { "help", 'h', false },            0,   COVERAGE_OPTION_COUNT        },
	[IGNORE_ERRORS] = { { "ignore-errors", 'i', false },   0,   COVERAGE_REPORT_IGNORE_ERRORS},
	[INCLUDE] = { { "include", 0, true },            0,   COVERAGE_REPORT_INCLUDE      },
	[KEEP_COMBINED] = { { "keep-combined", 0, false },     0,   COVERAGE_OPTION_COUNT        },
	[MAX_LOST] = { { "max-lost", 0, true },           'b', COVERAGE_OPTION_COUNT        },
	[NO_SKIP_COVERED] = { { "no-skip-covered", 0, false },   's', COVERAGE_REPORT_SKIP_COVERED },
	[OMIT] = { { "omit", 0, true },               0,   COVERAGE_REPORT_OMIT         },
	[OUTPUT] = { { "output", 'o', true },           'o', COVERAGE_OPTION_COUNT        },
	[PRECISION] = { { "precision", 0, true },          'p', COVERAGE_REPORT_PRECISION    },
	[PRETTY_PRINT] = { { "pretty-print", 0, false },      'j', COVERAGE_JSON_PRETTY_PRINT   },
	[PYTHON] = { { "python", 0, true },             0,   COVERAGE_OPTION_COUNT        },
	[QUIET] = { { "quiet", 'q', false },           'o', COVERAGE_OPTION_COUNT        },
	[RCFILE] = { { "rcfile", 0, true },             0,   COVERAGE_OPTION_COUNT        },
	[SHOW_CONTEXTS] = { { "show-contexts", 0, false },     'j', COVERAGE_JSON_SHOW_CONTEXTS  },
	[SHOW_MISSING] = { { "show-missing", 'm', false },    'm', COVERAGE_REPORT_SHOW_MISSING },
	[SKIP_COVERED] = { { "skip-covered", 0, false },      's', COVERAGE_REPORT_SKIP_COVERED },
	[SKIP_EMPTY] = { { "skip-empty", 0, false },        'e', COVERAGE_REPORT_SKIP_EMPTY   },
	[SORT] = { { "sort", 0, true },               'r', COVERAGE_REPORT_SORT         },
};

/* What a command line says, until the configuration has been read. */
struct command_line {
	const char *values[OPTION_END]; /* NULL: not given; of an option without a value "" */
	int64_t precision, max_lost;
	double fail_under;
};

/* As optparse reads integers: with 0x, 0b, and octal ones. */
static bool
read_integer(const char *text, int64_t *number)
{
	bool binary = text[0] == '0' && (text[1] == 'b' || text[1] == 'B');
	char *end;

	errno = 0;
	*number = strtoll(binary ? text + 2 : text, &end, binary ? 2 : 0);
	return *text != '\0' && *end == '\0' && errno == 0;
}

static bool
read_float(const char *text, double *number)
{
	char *end;

	*number = strtod(text, &end);
	return *text != '\0' && *end == '\0' && strpbrk(text, "xX") == NULL;
}

static bool
take_value(struct reporting *r, struct command_line *line, enum option option, const char *value)
{
	value = value == NULL ? "" : value;
	line->values[option] = value;
	if (option == PRECISION && !read_integer(value, &line->precision)) {
		cli_complain("option --precision: invalid integer value: '%s'", value);
		return false;
	}
	if (option == MAX_LOST && (!read_integer(value, &line->max_lost) || line->max_lost < 0)) {
		cli_complain("option --max-lost: invalid integer value: '%s'", value);
		return false;
	}
	if (option == FAIL_UNDER && !read_float(value, &line->fail_under)) {
		cli_complain("option --fail-under: invalid floating-point value: '%s'", value);
		return false;
	}
	if (option == PYTHON && (!python_version_parse(span_of(value), &r->minor) ||
				 r->minor < PYTHON_MINOR_MIN || r->minor > PYTHON_MINOR_MAX)) {
		cli_complain("option --python: '%s' is none of 3.%d to 3.%d", value,
			     PYTHON_MINOR_MIN, PYTHON_MINOR_MAX);
		return false;
	}
	/* Of these two the last one counts. */
	if (option == SKIP_COVERED || option == NO_SKIP_COVERED)
		line->values[option == SKIP_COVERED ? NO_SKIP_COVERED : SKIP_COVERED] = NULL;
	return true;
}

/* The options that a command has, as cli_next() takes them; `of` tells which each one is. */
static void
list_options(const struct report_kind *kind, struct cli_option options[OPTION_END + 1],
	     enum option of[OPTION_END])
{
	size_t count = 0;

	for (unsigned i = 0; i < OPTION_END; i++) {
		const struct report_option *row = &report_options[i];

		if (row->choice != 0 && strchr(kind->choices, row->choice) == NULL)
			continue;
		of[count] = (enum option)i;
		options[count++] = row->cli;
	}
	options[count] = (struct cli_option){ NULL, 0, false };
}

/* True if there is something to do; else *exit_status tells how it ended. */
static bool
read_command_line(struct reporting *r, struct command_line *line, int argc, char **argv,
		  int *exit_status)
{
	struct cli_args args = { .argc = argc, .argv = argv };
	struct cli_option options[OPTION_END + 1];
	enum option of[OPTION_END];
	const char *value;
	int next;

	list_options(r->kind, options, of);
	while ((next = cli_next(&args, options, &value)) >= 0 || next == CLI_FILE) {
		if (next == CLI_FILE) {
			text_list_add(&r->files, span_of(value));
		} else if (of[next] == HELP) {
			cli_help(r->kind->command);
			*exit_status = EXIT_SUCCESS;
			return false;
		} else if (!take_value(r, line, of[next], value)) {
			next = CLI_BAD;
			break;
		}
	}
	/* Not 2, which is for a total that is too low. */
	*exit_status = CLI_FAILED;
	r->quiet = line->values[QUIET] != NULL;
	r->has_precision = line->values[PRECISION] != NULL;
	r->rcfile = line->values[RCFILE];
	r->baseline = line->values[BASELINE];
	if (r->baseline == NULL && line->values[MAX_LOST] != NULL)
		r->baseline = "";
	r->data_file = line->values[DATA_FILE];
	if (r->data_file != NULL && *r->data_file == '\0')
		r->data_file = NULL;
	return next != CLI_BAD;
}

/* unshell_list() in coverage/cmdline.py, 7.16. An empty text says nothing. */
static void
set_list(struct coverage_value *value, const char *text)
{
	if (*text == '\0')
		return;
	text_list_clear(&value->list);
	for (;;) {
		size_t len = strcspn(text, ",");

		text_list_add(&value->list, (struct span){ text, len });
		if (text[len] == '\0')
			break;
		text += len + 1;
	}
}

static void
set_text(struct coverage_value *value, const char *text)
{
	free(value->text);
	value->text = mem_copy(text);
	value->is_set = true;
}

static void
override(struct reporting *r, const struct command_line *line)
{
	struct coverage_value *values = r->config.values;

	for (unsigned i = 0; i < OPTION_END; i++) {
		const char *text = line->values[i];
		enum coverage_option option = report_options[i].sets;
		struct coverage_value *value = &values[option % COVERAGE_OPTION_COUNT];

		if (text == NULL || option == COVERAGE_OPTION_COUNT)
			continue;
		switch (coverage_rows[option].type) {
		case COVERAGE_BOOLEAN:
			value->boolean = i != NO_SKIP_COVERED;
			break;
		case COVERAGE_INTEGER:
			value->integer = line->precision;
			break;
		case COVERAGE_FLOAT:
			value->number = line->fail_under;
			break;
		case COVERAGE_LIST:
		case COVERAGE_REGEXES:
			set_list(value, text);
			break;
		case COVERAGE_TEXT:
		case COVERAGE_FILE:
			if (i != DATA_FILE)
				set_text(value, text);
			break;
		}
	}
	if (line->values[OUTPUT] != NULL)
		set_text(&values[r->kind->output], line->values[OUTPUT]);
}

/* ---- what people are told --------------------------------------------------------------------- */

/* Errors go to standard output, as coverage.py's do: scripts look for them there. */
static int
tell_error(const struct error *err)
{
	size_t len = strlen(err->text);

	if (err->status == STATUS_MISSING && strncmp(err->text, "No source", 9) == 0)
		printf("%.*s; see " REPORTING_COVERAGE_URL "/messages.html#error-no-source\n",
		       (int)(len - (len > 0 && err->text[len - 1] == '.')), err->text);
	else
		printf("%s\n", err->text);
	return CLI_FAILED;
}

static void
clear_progress(struct reporting *r)
{
	if (r->progress_shown)
		fputs("\r\x1b[K", stderr);
	r->progress_shown = false;
}

static void
warn(void *ctx, const char *slug, const char *text)
{
	struct reporting *r = ctx;

	clear_progress(r);
	if (slug == NULL)
		cli_complain("%s", text);
	else if (!text_list_has(&r->config.values[COVERAGE_RUN_DISABLE_WARNINGS].list, slug))
		fprintf(stderr,
			"CoverageWarning: %s (%s); see " REPORTING_COVERAGE_URL
			"/messages.html#warning-%s\n",
			text, slug, slug);
}

static void
warn_all(struct reporting *r, const struct text_list *texts)
{
	for (size_t i = 0; i < texts->count; i++) {
		clear_progress(r);
		fprintf(stderr, "CoverageWarning: %s\n", texts->at[i]);
	}
}

/* On a terminal, from the second second on, ten times a second. */
static void
show_progress(void *ctx, size_t done, size_t all)
{
	struct reporting *r = ctx;
	int64_t now = clock_steady_ns();

	if (now - r->started_ns < SECOND_NS || now - r->told_ns < SECOND_NS / 10)
		return;
	r->told_ns = now;
	r->progress_shown = true;
	fprintf(stderr, "\rcovls: %zu of %zu files", done, all);
}

/* ---- configuration and data ------------------------------------------------------------------- */

static enum status
open_data(struct reporting *r, struct error *err)
{
	struct dataset_options options = { r->folder, r->data_file, &r->config };
	enum status status = dataset_open(&r->data, &options, err);

	r->has_data = status == STATUS_OK;
	if (status == STATUS_MISSING || status == STATUS_EMPTY)
		status = STATUS_OK;
	warn_all(r, &r->data.warnings);
	return status;
}

static void
name_files_absolutely(struct text_list *files)
{
	struct text_list absolute = { 0 };

	for (size_t i = 0; i < files->count; i++) {
		char *path = path_absolute(files->at[i]);

		text_list_add(&absolute, span_of(path));
		free(path);
	}
	text_list_free(files);
	*files = absolute;
}

/* The nearest folder above the current one that has a data file, unless somebody said which data or
 * configuration is meant, or a configuration is here; NULL if there is none. */
static char *
find_above(const struct reporting *r)
{
	struct text_list places = { 0 }, roots = { 0 };
	char *source, *found = NULL;

	if (r->kind->title != NULL || r->rcfile != NULL || r->data_file != NULL ||
	    getenv("COVERAGE_FILE") != NULL || r->config.file != NULL)
		return NULL;
	source = path_join(r->folder, "any");
	discover_places(source, &roots, NULL, NULL, &places);
	for (size_t i = 0; i < places.count && found == NULL; i++) {
		if (file_stamp(places.at[i]).kind == FILE_REGULAR)
			found = path_folder(places.at[i]);
	}
	text_list_free(&places);
	free(source);
	return found;
}

static enum status
open_configuration(struct reporting *r, const struct command_line *line, struct error *err)
{
	enum status status = coverage_config_read(&r->config, r->folder, r->rcfile, err);

	warn_all(r, &r->config.warnings);
	if (status == STATUS_OK)
		override(r, line);
	return status;
}

/* Looks in the current folder as coverage.py does, and then above it. */
static enum status
open_all(struct reporting *r, const struct command_line *line, struct error *err)
{
	enum status status = open_configuration(r, line, err);
	char *above;

	if (status == STATUS_OK)
		status = open_data(r, err);
	if (status != STATUS_OK || r->has_data)
		return status;
	above = find_above(r);
	if (above == NULL)
		return STATUS_OK;
	fprintf(stderr, "covls: no data here; this is of '%s'\n", above);
	name_files_absolutely(&r->files);
	free(r->folder);
	r->folder = above;
	coverage_config_free(&r->config);
	dataset_close(&r->data);
	status = open_configuration(r, line, err);
	return status == STATUS_OK ? open_data(r, err) : status;
}

/* By which Python's rules sources are read, if the command line doesn't say: those of the environment of
 * the folder. */
static void
choose_python(struct reporting *r)
{
	struct text_list folders = { 0 }, roots = { 0 };
	struct python_version version;
	char *source;

	if (r->minor != 0)
		return;
	source = path_join(r->folder, "any");
	discover_folders(source, &roots, &folders);
	python_version_find(&version, NULL, NULL, r->folder,
			    folders.count == 0 ? r->folder : folders.at[folders.count - 1]);
	r->minor = version.minor;
	python_version_free(&version);
	text_list_free(&folders);
	free(source);
}

/* ---- the report ------------------------------------------------------------------------------- */

bool
reporting_flag(const struct reporting *r, enum coverage_option option)
{
	return r->config.values[option].boolean;
}

unsigned
reporting_precision(const struct reporting *r)
{
	int64_t precision = r->config.values[COVERAGE_REPORT_PRECISION].integer;

	return precision < 0 ? 0 : precision > PRECISION_MAX ? PRECISION_MAX : (unsigned)precision;
}

static void
on_file(void *ctx, const struct survey_file *file)
{
	struct reporting *r = ctx;

	numbers_add(&r->total, &file->result->numbers);
	r->kind->on_file(r->state, file);
}

static enum status
walk_files(struct reporting *r, struct error *err)
{
	struct survey_options options = {
		.folder = r->folder,
		.config = &r->config,
		.data = r->has_data ? &r->data : NULL,
		.files = &r->files,
		.filter = r->filter,
		.minor = r->minor,
		.want = r->kind->want,
		.contexts = r->kind->has_contexts && strchr(r->kind->choices, 'j') != NULL &&
			    reporting_flag(r, COVERAGE_JSON_SHOW_CONTEXTS),
		.by_name = r->kind->by_name,
		.warn = warn,
		.progress = terminal_is(stderr) ? show_progress : NULL,
		.ctx = r,
	};
	enum status status = survey_open(&r->survey, &options, err);

	if (status != STATUS_OK)
		return status;
	status = r->kind->begin(r->state, r, err);
	if (status == STATUS_OK)
		status = survey_walk(&r->survey, on_file, r, err);
	clear_progress(r);
	return status;
}

static enum status
check_precision(const struct reporting *r, struct error *err)
{
	int64_t precision = r->config.values[COVERAGE_REPORT_PRECISION].integer;

	return precision >= 0 ? STATUS_OK
			      : error_set(err, STATUS_USAGE,
					  "precision=%lld is invalid. Must not be negative.",
					  (long long)precision);
}

static enum status
make_report(struct reporting *r, double *total, struct error *err)
{
	enum status status = STATUS_OK;

	if (r->kind->has_contexts)
		status = data_filter_compile(&r->filter,
					     &r->config.values[COVERAGE_REPORT_CONTEXTS].list, err);
	if (status == STATUS_OK)
		status = walk_files(r, err);
	/* The others show no percentages by it. */
	if (status == STATUS_OK && r->kind->has_contexts)
		status = check_precision(r, err);
	return status == STATUS_OK ? r->kind->end(r->state, total, err) : status;
}

/* What goes to standard output is held back until all is well. */
static enum status
print_report(struct reporting *r, double *total, struct error *err)
{
	enum status status, closed;
	struct output out;

	output_open_spool(&r->out);
	status = make_report(r, total, err);
	if (status == STATUS_OK)
		status = output_open(&out, "-", err);
	if (status == STATUS_OK) {
		output_copy(&out, &r->out, 0, output_offset(&r->out));
		status = output_close(&out, true, err);
	}
	closed = output_close(&r->out, false, err);
	return status == STATUS_OK ? closed : status;
}

/* render_report() in coverage/report_core.py, 7.16: of a report that fails no file is left. */
static enum status
write_report(struct reporting *r, const char *path, double *total, struct error *err)
{
	enum status status = output_open(&r->out, path, err), closed;

	if (status != STATUS_OK)
		return status;
	status = make_report(r, total, err);
	closed = output_close(&r->out, status == STATUS_OK, err);
	if (status == STATUS_OK && closed == STATUS_OK && !r->quiet)
		fprintf(stderr, "Wrote %s to %s\n", r->kind->title, path);
	return status == STATUS_OK ? closed : status;
}

static enum status
render_report(struct reporting *r, double *total, struct error *err)
{
	const char *path = r->kind->title == NULL ? NULL : r->config.values[r->kind->output].text;

	if (path == NULL || strcmp(path, "-") == 0)
		return print_report(r, total, err);
	return write_report(r, path, total, err);
}

/* ---- is it enough? ---------------------------------------------------------------------------- */

/* Python's round(total, precision), also to tens. */
static double
round_total(double total, int64_t precision)
{
	double tens = 1, half;
	uint64_t count;

	if (precision >= 0)
		return percent_round(total, precision > PRECISION_MAX ? PRECISION_MAX
								      : (unsigned)precision);
	for (; precision < 0 && tens < 1e9; precision++)
		tens *= 10;
	count = (uint64_t)(total / tens);
	half = total / tens - (double)count - 0.5;
	return (double)(count + (half > 0 || (half >= 0 && count % 2 == 1))) * tens;
}

static void
add_float(struct buf *out, double number)
{
	char text[PYJSON_FLOAT_MAX];

	if (isnan(number))
		buf_add_text(out, "nan");
	else if (isinf(number))
		buf_add_text(out, number < 0 ? "-inf" : "inf");
	else
		buf_add(out, (struct span){ text, pyjson_float_text(number, text) });
}

/* should_fail_under() in coverage/results.py and what coverage/cmdline.py makes of it, 7.16. */
static int
judge_total(const struct reporting *r, double total)
{
	double under = r->config.values[COVERAGE_REPORT_FAIL_UNDER].number;
	int64_t precision = r->config.values[COVERAGE_REPORT_PRECISION].integer;
	struct error err;
	struct buf text = { 0 };
	int status = EXIT_SUCCESS;

	if (!(under >= 0 && under <= 100)) {
		buf_add_text(&text, "fail_under=");
		add_float(&text, under);
		printf("%s is invalid. Must be between 0 and 100.\n", buf_text(&text));
		status = CLI_FAILED;
	} else if ((under == 100.0 && total != 100.0) || round_total(total, precision) < under) {
		status = REPORTING_UNDER;
		if (check_precision(r, &err) != STATUS_OK) {
			status = tell_error(&err);
		} else {
			percent_display(total, reporting_precision(r), &text);
			printf("Coverage failure: total of %s is less than fail-under=%.*f\n",
			       buf_text(&text), (int)reporting_precision(r), under);
		}
	}
	buf_free(&text);
	return status;
}

/* What has been lost since the baseline. */
static int
judge_lost(const struct reporting *r, const struct command_line *line)
{
	if (line->values[MAX_LOST] == NULL || r->lost <= (uint64_t)line->max_lost)
		return EXIT_SUCCESS;
	printf("Coverage failure: %llu statement%s lost since the baseline, more than max-lost=%lld\n",
	       (unsigned long long)r->lost, r->lost == 1 ? " was" : "s were",
	       (long long)line->max_lost);
	return REPORTING_UNDER;
}

int
reporting_run(int argc, char **argv, const struct report_kind *kind, void *state)
{
	struct reporting r = { .kind = kind, .state = state };
	struct command_line line = { 0 };
	struct error err = { 0 };
	double total = 0;
	int exit_status;

	r.started_ns = clock_steady_ns();
	r.folder = path_current();
	if (read_command_line(&r, &line, argc, argv, &exit_status)) {
		enum status status = open_all(&r, &line, &err);

		choose_python(&r);
		if (status == STATUS_OK)
			status = render_report(&r, &total, &err);
		if (status != STATUS_OK)
			exit_status = tell_error(&err);
		if (status == STATUS_EMPTY && !r.has_data && r.baseline != NULL)
			cli_complain("this report is of coverage.py's own data alone; 'covls "
				     "baseline changes' compares data of any format");
		if (status == STATUS_OK)
			exit_status = judge_total(&r, total);
		if (status == STATUS_OK && exit_status == EXIT_SUCCESS)
			exit_status = judge_lost(&r, &line);
	}
	survey_close(&r.survey);
	data_filter_free(r.filter);
	dataset_close(&r.data);
	coverage_config_free(&r.config);
	text_list_free(&r.files);
	free(r.folder);
	return exit_status;
}
