/* facts.c - covls facts: what sources say about their lines, as JSON, one object a line and file. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/name_set.h"
#include "config/coverage_config.h"
#include "config/python_version.h"
#include "coverage/discover.h"
#include "format/jsonw.h"
#include "platform/file.h"
#include "platform/path.h"
#include "python/exclude.h"
#include "python/pylines.h"

#include "cli.h"

#define SOURCE_MAX ((size_t)256 << 20)
#define OUT_SIZE   ((size_t)1 << 16)
#define ITEM_MAX   64 /* bytes of one number or arc, with what stands round it */
#define DIGITS_MAX 8  /* bytes of a number with a text of its own, and its length */
#define DIGITS_TOP 20000

enum { PYTHON, RCFILE, HELP };

static const struct cli_option options[] = {
	[PYTHON] = {"python",  0,   true },
	[RCFILE] = { "rcfile", 0,   true },
	[HELP] = { "help",   'h', false},
	{ NULL,     0,   false},
};

/* What is kept from file to file. */
struct facts {
	struct py_options options;
	struct py_patterns patterns;
	bool configured; /* there are patterns; else coverage.py's defaults */
	bool asked;      /* for a version of Python; else it is that of each file's project */
	struct name_set folders; /* as they were named, each with the minor number of its Python */
	struct line_set matched;
	struct py_lines lines;
	struct buf text, path;
	bool failed; /* a file could not be read, or something not be written */
	size_t len;  /* of what waits to be written */
	char out[OUT_SIZE];
	/* The texts of the first numbers, as many as have been needed, each with its length behind it: a
	 * line's number is printed five times, and dividing takes its time. */
	uint32_t known;
	char digits[DIGITS_TOP][DIGITS_MAX];
};

/* ---- output -------------------------------------------------------------------------------- */

static void
flush(struct facts *f)
{
	if (fwrite(f->out, 1, f->len, stdout) < f->len)
		f->failed = true;
	f->len = 0;
}

static void
put(struct facts *f, struct span bytes)
{
	if (OUT_SIZE - f->len < bytes.len)
		flush(f);
	if (bytes.len > OUT_SIZE) {
		if (fwrite(bytes.at, 1, bytes.len, stdout) < bytes.len)
			f->failed = true;
		return;
	}
	memcpy(f->out + f->len, bytes.at, bytes.len);
	f->len += bytes.len;
}

/* Where the next item goes. */
static char *
item_room(struct facts *f)
{
	if (OUT_SIZE - f->len < ITEM_MAX)
		flush(f);
	return f->out + f->len;
}

static void
item_end(struct facts *f, const char *end)
{
	f->len = (size_t)(end - f->out);
}

static char *
divide(char *at, uint32_t number)
{
	char digits[10];
	size_t n = sizeof digits;

	do {
		digits[--n] = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	while (n < sizeof digits)
		*at++ = digits[n++];
	return at;
}

static void
learn_digits(struct facts *f, uint32_t number)
{
	for (; f->known <= number && f->known < DIGITS_TOP; f->known++) {
		char *text = f->digits[f->known];

		text[DIGITS_MAX - 1] = (char)(divide(text, f->known) - text);
	}
}

static char *put_large(const struct facts *f, char *at, uint32_t number);

/* Writes up to DIGITS_MAX bytes, or as many as there are digits. The number has been learnt, or all below
 * DIGITS_TOP have. */
static inline char *
put_digits(const struct facts *f, char *at, uint32_t number)
{
	if (number >= DIGITS_TOP)
		return put_large(f, at, number);
	memcpy(at, f->digits[number], DIGITS_MAX);
	return at + f->digits[number][DIGITS_MAX - 1];
}

/* The last four digits are those of a number from 10000 on, zeros included. */
static char *
put_large(const struct facts *f, char *at, uint32_t number)
{
	at = put_digits(f, at, number / 10000);
	memcpy(at, f->digits[10000 + number % 10000] + 1, 4);
	return at + 4;
}

static inline char *
put_end(const struct facts *f, char *at, int32_t end)
{
	*at = '-';
	return end >= 0 ? put_digits(f, at, (uint32_t)end)
			: put_digits(f, at + 1, 0 - (uint32_t)end);
}

/* Ends a list: the last comma goes, which is never flushed with the item before it. */
static void
put_list_end(struct facts *f, struct span end)
{
	if (f->len > 0 && f->out[f->len - 1] == ',')
		f->len--;
	put(f, end);
}

/* ---- facts --------------------------------------------------------------------------------- */

static void
put_line(struct facts *f, uint32_t line)
{
	char *at = put_digits(f, item_room(f), line);

	*at++ = ',';
	item_end(f, at);
}

static void
put_lines(struct facts *f, unsigned flag)
{
	const uint32_t *info = f->lines.info;
	uint32_t count = f->lines.count;

	for (uint32_t n = 1; n <= count; n++) {
		if ((info[n] & flag) != 0)
			put_line(f, n);
	}
}

static void
put_arcs(struct facts *f)
{
	const struct arc_list *arcs = &f->lines.arcs.possible;

	for (size_t i = 0; i < arcs->count; i++) {
		char *at = item_room(f);

		*at++ = '[';
		at = put_end(f, at, arcs->at[i].from);
		*at++ = ',';
		at = put_end(f, at, arcs->at[i].to);
		*at++ = ']';
		*at++ = ',';
		item_end(f, at);
	}
}

static bool
is_excluded(const struct facts *f, int32_t line)
{
	return line > 0 && (py_lines_flags(&f->lines, (uint32_t)line) & PY_EXCLUDED) != 0;
}

/* The exits of the line that arc i leaves; i goes on to the next line's. */
static uint32_t
count_exits(const struct facts *f, size_t *i)
{
	const struct arc_list *arcs = &f->lines.arcs.possible;
	int32_t from = arcs->at[*i].from;
	uint32_t count = 0;

	for (; *i < arcs->count && arcs->at[*i].from == from; ++*i)
		count += !is_excluded(f, arcs->at[*i].to);
	return is_excluded(f, from) ? 0 : count;
}

static void
put_exit_counts(struct facts *f)
{
	const struct arc_list *arcs = &f->lines.arcs.possible;

	for (size_t i = 0; i < arcs->count;) {
		uint32_t from = (uint32_t)arcs->at[i].from, count = count_exits(f, &i);
		char *at;

		if (count == 0)
			continue;
		at = item_room(f);
		*at++ = '"';
		at = put_digits(f, at, from);
		*at++ = '"';
		*at++ = ':';
		at = put_digits(f, at, count);
		*at++ = ',';
		item_end(f, at);
	}
}

static void
put_path(struct facts *f, const char *path)
{
	struct jsonw w = { .out = &f->path };

	buf_reset(&f->path);
	jsonw_object(&w);
	jsonw_key_text(&w, "path", path);
	put(f, buf_span(&f->path));
}

static void
put_facts(struct facts *f, const char *path)
{
	/* Of a line's exits there are fewer than lines and ways out of scopes. */
	learn_digits(f, 2 * f->lines.count + 2);
	put_path(f, path);
	put(f, SPAN(",\"statements\":["));
	put_lines(f, PY_STATEMENT);
	put_list_end(f, SPAN("],\"excluded\":["));
	put_lines(f, PY_EXCLUDED);
	if (f->lines.excluded_past_end)
		put_line(f, f->lines.count + 1);
	put_list_end(f, SPAN("],\"docstrings\":["));
	put_lines(f, PY_DOCSTRING);
	put_list_end(f, SPAN("],\"arcs\":["));
	put_arcs(f);
	put_list_end(f, SPAN("],\"exit_counts\":{"));
	put_exit_counts(f);
	put_list_end(f, SPAN("}}\n"));
}

static void
put_error(struct facts *f, const char *path, const struct error *err)
{
	struct jsonw w = { .out = &f->path, .comma = true };

	put_path(f, path);
	buf_reset(&f->path);
	jsonw_key(&w, "error");
	jsonw_object(&w);
	jsonw_key_int(&w, "line", err->line);
	jsonw_key_text(&w, "message", err->text);
	jsonw_object_end(&w);
	jsonw_object_end(&w);
	put(f, buf_span(&f->path));
	put(f, SPAN("\n"));
}

/* ---- files --------------------------------------------------------------------------------- */

static enum status
read_input(struct buf *text, struct error *err)
{
	size_t n;

	buf_reset(text);
	do {
		n = fread(buf_room(text, OUT_SIZE), 1, OUT_SIZE, stdin);
		text->len += n;
	} while (n > 0 && text->len <= SOURCE_MAX);
	if (ferror(stdin))
		return error_set(err, STATUS_DENIED, "cannot read standard input: %s",
				 strerror(errno));
	if (text->len > SOURCE_MAX)
		return error_set(err, STATUS_LIMIT, "standard input is larger than %zu MiB",
				 SOURCE_MAX >> 20);
	return STATUS_OK;
}

static enum status
read_lines(struct facts *f, struct error *err)
{
	f->options.matched = NULL;
	if (f->configured) {
		enum status status;

		line_set_clear(&f->matched);
		f->options.matched = &f->matched;
		status = py_patterns_excluded(&f->patterns, buf_span(&f->text), &f->matched, err);
		if (status != STATUS_OK)
			return status;
	}
	return py_lines_read(&f->lines, buf_span(&f->text), &f->options, err);
}

/* The last of the folders that are above the first: the others lie on another way up, by a link. */
static const char *
top_of(const struct text_list *folders)
{
	size_t last = 0;

	while (last + 1 < folders->count && path_is_within(folders->at[0], folders->at[last + 1]))
		last++;
	return folders->at[last];
}

/* By which Python's rules the files of a folder are read. */
static unsigned
find_python(const char *folder)
{
	struct python_version version;
	struct text_list roots = { 0 }, folders = { 0 };
	char *file = path_join(*folder == '\0' ? "." : folder, "any");
	char *absolute = path_absolute(file);
	unsigned minor;

	discover_folders(absolute, &roots, &folders);
	python_version_find(&version, NULL, NULL, folders.at[0], top_of(&folders));
	minor = version.minor;
	python_version_free(&version);
	text_list_free(&folders);
	free(absolute);
	free(file);
	return minor;
}

/* "a/" of "a/b/", or the same where only the disk knows. */
static struct span
folder_above(struct span folder)
{
	struct span above = { folder.at, folder.len > 0 ? folder.len - 1 : 0 };

	while (above.len > 0 && above.at[above.len - 1] != '/')
		above.len--;
	/* What is above "./" or "../" is not what stands before it; above "/" is nothing. */
	return folder.len < 2 || folder.at[above.len] == '.' ? folder : above;
}

/* Is looked for once for each folder, and where a folder has nothing to say, in the one above. */
static unsigned
python_of(struct facts *f, struct span folder)
{
	struct span above = folder_above(folder);
	char *name = mem_text(folder.at, folder.len);
	uint32_t minor = *name_set_put(&f->folders, 0, folder);

	if (minor == 0) {
		if (above.len < folder.len && !python_version_may_be_in(name) &&
		    !discover_is_top(name))
			minor = python_of(f, above);
		else
			minor = find_python(name);
		*name_set_put(&f->folders, 0, folder) = minor;
	}
	free(name);
	return minor;
}

static void
tell_file(struct facts *f, const char *path)
{
	struct error err;
	enum status status;

	err.line = 0;
	if (!f->asked)
		f->options.minor =
			python_of(f, (struct span){ path, (size_t)(path_base(path) - path) });
	status = strcmp(path, "-") == 0 ? read_input(&f->text, &err)
					: file_read_all(path, &f->text, SOURCE_MAX, &err);
	if (status != STATUS_OK) {
		cli_complain("%s", err.text);
		f->failed = true;
		put_error(f, path, &err);
	} else if (read_lines(f, &err) == STATUS_OK) {
		put_facts(f, path);
	} else {
		put_error(f, path, &err);
	}
}

/* ---- options ------------------------------------------------------------------------------- */

static bool
take_python(struct facts *f, const char *value)
{
	char *end = NULL;
	unsigned long minor = 0;

	if (strncmp(value, "3.", 2) == 0)
		minor = strtoul(value + 2, &end, 10);
	if (end == NULL || *end != '\0' || minor < PYTHON_MINOR_MIN || minor > PYTHON_MINOR_MAX) {
		cli_complain("--python: '%s' is not one of: 3.%d to 3.%d", value, PYTHON_MINOR_MIN,
			     PYTHON_MINOR_MAX);
		return false;
	}
	f->options.minor = (unsigned)minor;
	f->asked = true;
	return true;
}

/* What is excluded by the configuration. */
static bool
take_rcfile(struct facts *f, const char *rcfile)
{
	struct coverage_config config;
	struct error err = { 0 };

	if (coverage_config_read(&config, ".", rcfile, &err) == STATUS_OK)
		f->configured =
			py_patterns_compile(&f->patterns,
					    &config.values[COVERAGE_REPORT_EXCLUDE_LINES].list,
					    NULL, NULL, &err) == STATUS_OK;
	coverage_config_free(&config);
	if (!f->configured)
		cli_complain("%s", err.text);
	return f->configured;
}

static void
facts_free(struct facts *f)
{
	if (f->configured)
		py_patterns_free(&f->patterns);
	name_set_free(&f->folders);
	line_set_free(&f->matched);
	py_lines_free(&f->lines);
	buf_free(&f->text);
	buf_free(&f->path);
	free(f);
}

int
cli_facts(int argc, char **argv)
{
	struct cli_args args = { .argc = argc, .argv = argv };
	struct facts *f = mem_alloc(1, sizeof *f);
	const char **files = mem_alloc((size_t)argc, sizeof *files);
	const char *value, *rcfile = NULL;
	size_t count = 0;
	int option, status = CLI_USAGE;

	f->options.want = PY_WANT_ARCS;
	while ((option = cli_next(&args, options, &value)) >= 0 || option == CLI_FILE) {
		if (option == CLI_FILE) {
			files[count++] = value;
		} else if (option == RCFILE) {
			rcfile = value;
		} else if (option == HELP) {
			cli_help("facts");
			status = EXIT_SUCCESS;
			goto out;
		} else if (!take_python(f, value)) {
			goto out;
		}
	}
	if (option == CLI_BAD || (rcfile != NULL && !take_rcfile(f, rcfile)))
		goto out;
	if (count == 0) {
		cli_complain("facts of which file? (covls facts FILE...)");
		goto out;
	}
	for (size_t i = 0; i < count; i++)
		tell_file(f, files[i]);
	flush(f);
	status = fflush(stdout) != 0 || f->failed ? CLI_FAILED : EXIT_SUCCESS;
out:
	free(files);
	facts_free(f);
	return status;
}
