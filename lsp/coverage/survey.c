#include "coverage/survey.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "config/patterns.h"
#include "platform/file.h"
#include "platform/path.h"
#include "python/exclude.h"
#include "python/pysource.h"
#include "text/glob.h"
#include "text/space.h"

#define SOURCE_MAX ((size_t)1 << 31)

/* So many files are asked for in one reading of the data, unless the dataset knows better; with
 * contexts, of which there may be thousands to a file, fewer. */
#define BATCH          64
#define BATCH_CONTEXTS 8

/* So many files that nobody asked for are read along before the data is opened once more. */
#define GAP_MAX 8

/* ---- which files ------------------------------------------------------------------------------ */

static bool
is_relative(const struct survey *s)
{
	return s->options.config->values[COVERAGE_RUN_RELATIVE_FILES].boolean;
}

/* source_for_file() in coverage/python.py, 7.16: what was compiled stands for its source. */
static char *
source_name(const char *name)
{
	size_t len = strlen(name);
	bool compiled = len > 4 && (strcmp(name + len - 4, ".pyc") == 0 ||
				    strcmp(name + len - 4, ".pyo") == 0);

	return mem_text(name, compiled ? len - 1 : len);
}

/* relative_filename() in coverage/files.py, 7.16. */
static const char *
relative_name(const struct survey *s, const char *path)
{
	const char *below = path_is_absolute(path) ? path_below(path, s->options.folder) : NULL;

	return below == NULL ? path : below;
}

static int
compare_file_names(const void *name, const void *file)
{
	return strcmp(name, ((const struct dataset_file *)file)->name);
}

static size_t
find_data(const struct survey *s, const char *name)
{
	const struct dataset *d = s->options.data;
	const struct dataset_file *found =
		d == NULL || d->count == 0
			? NULL
			: bsearch(name, d->files, d->count, sizeof *d->files, compare_file_names);

	return found == NULL ? SURVEY_NO_DATA : (size_t)(found - d->files);
}

static void
add_row(struct survey *s, const char *name)
{
	struct survey_row row = { 0 };
	char *source = source_name(name);

	row.name = mem_copy(relative_name(s, source));
	row.path = is_relative(s) ? mem_copy(source) : path_resolve(s->options.folder, source);
	row.data = find_data(s, is_relative(s) ? relative_name(s, row.path) : row.path);
	free(source);
	s->rows = mem_grow(s->rows, s->count, &s->cap, sizeof *s->rows);
	s->rows[s->count++] = row;
}

static void
add_rows(struct survey *s)
{
	const struct survey_options *o = &s->options;

	for (size_t i = 0; i < o->files->count; i++)
		add_row(s, o->files->at[i]);
	for (size_t i = 0; o->files->count == 0 && o->data != NULL && i < o->data->count; i++)
		add_row(s, o->data->files[i].name);
}

static void
free_row(struct survey_row *row)
{
	free(row->path);
	free(row->name);
	*row = (struct survey_row){ 0 };
}

/* prep_patterns() in coverage/files.py, 7.16: each pattern as it is, and seen from here. */
static struct glob_set *
compile_globs(const struct survey *s, const struct text_list *patterns, struct error *err)
{
	struct text_list prepared = { 0 };
	struct glob_set *set;
	struct span *spans;

	for (size_t i = 0; i < patterns->count; i++) {
		char *absolute = pattern_absolute(patterns->at[i], s->options.folder);

		text_list_add(&prepared, span_of(patterns->at[i]));
		if (absolute != NULL)
			text_list_add(&prepared, span_of(absolute));
		free(absolute);
	}
	spans = mem_alloc(prepared.count, sizeof *spans);
	for (size_t i = 0; i < prepared.count; i++)
		spans[i] = span_of(prepared.at[i]);
	set = glob_compile(spans, prepared.count, 0, err);
	free(spans);
	text_list_free(&prepared);
	return set;
}

/* Keeps the rows that the patterns of a setting match, or those that they don't. */
static enum status
select_rows(struct survey *s, enum coverage_option option, bool keep, struct error *err)
{
	const struct text_list *patterns = &s->options.config->values[option].list;
	struct glob_set *set;
	size_t kept = 0;

	if (patterns->count == 0)
		return STATUS_OK;
	set = compile_globs(s, patterns, err);
	if (set == NULL)
		return err->status;
	for (size_t i = 0; i < s->count; i++) {
		struct survey_row row = s->rows[i];

		if ((glob_match(set, span_of(row.path)) != GLOB_NO_MATCH) != keep)
			continue;
		s->rows[i] = s->rows[kept];
		s->rows[kept++] = row;
	}
	for (size_t i = kept; i < s->count; i++)
		free_row(&s->rows[i]);
	s->count = kept;
	glob_free(set);
	return STATUS_OK;
}

static int
compare_paths(const void *left, const void *right)
{
	const struct survey_row *a = left, *b = right;
	int order = strcmp(a->path, b->path);

	return order != 0 ? order : strcmp(a->name, b->name);
}

struct named {
	const char *name;
	size_t row;
};

static int
compare_names(const void *left, const void *right)
{
	const struct named *a = left, *b = right;
	int order = strcmp(a->name, b->name);

	return order != 0 ? order : (a->row > b->row) - (a->row < b->row);
}

static void
sort_rows(struct survey *s)
{
	struct named *named = mem_alloc(s->count, sizeof *named);

	qsort(s->rows, s->count, sizeof *s->rows, compare_paths);
	for (size_t i = 0; i < s->count; i++)
		named[i] = (struct named){ s->rows[i].name, i };
	qsort(named, s->count, sizeof *named, compare_names);
	s->order = mem_alloc(s->count, sizeof *s->order);
	for (size_t i = 0; i < s->count; i++) {
		s->order[i] = s->options.by_name ? named[i].row : i;
		s->rows[named[i].row].is_repeated =
			i > 0 && strcmp(named[i].name, named[i - 1].name) == 0;
	}
	free(named);
}

/* ---- settings ------------------------------------------------------------------------------- */

static enum status
compile_patterns(struct survey *s, struct error *err)
{
	const struct coverage_value *values = s->options.config->values;

	return py_patterns_compile(&s->patterns, &values[COVERAGE_REPORT_EXCLUDE_LINES].list,
				   &values[COVERAGE_REPORT_PARTIAL_BRANCHES].list,
				   &values[COVERAGE_REPORT_PARTIAL_BRANCHES_ALWAYS].list, err);
}

enum status
survey_open(struct survey *s, const struct survey_options *options, struct error *err)
{
	enum status status;

	*s = (struct survey){ .options = *options };
	s->has_arcs = options->data != NULL && options->data->has_arcs;
	status = compile_patterns(s, err);
	if (status != STATUS_OK)
		return status;
	add_rows(s);
	status = select_rows(s, COVERAGE_REPORT_INCLUDE, true, err);
	if (status == STATUS_OK)
		status = select_rows(s, COVERAGE_REPORT_OMIT, false, err);
	if (status == STATUS_OK && s->count == 0)
		status = error_set(err, STATUS_EMPTY, "No data to report.");
	if (status == STATUS_OK)
		sort_rows(s);
	return status;
}

void
survey_close(struct survey *s)
{
	for (size_t i = 0; i < s->count; i++)
		free_row(&s->rows[i]);
	free(s->rows);
	free(s->order);
	py_patterns_free(&s->patterns);
	buf_free(&s->text);
	line_set_free(&s->matched);
	line_set_free(&s->no_branch_lines);
	py_lines_free(&s->lines);
	result_free(&s->result);
	*s = (struct survey){ 0 };
}

/* ---- one file --------------------------------------------------------------------------------- */

/* How a file could not be measured. */
struct failure {
	bool not_python;
	struct error err;
};

/* Python's words for what the system says. */
static enum status
read_source(struct survey *s, const struct survey_row *row, struct error *err)
{
	char *path = path_join(s->options.folder, row->path);
	enum status status = file_read_all(path, &s->text, SOURCE_MAX, err);
	bool is_folder = file_stamp(path).kind == FILE_FOLDER;
	struct error reason;

	free(path);
	if (status == STATUS_OK)
		return py_source_decode(&s->text, err);
	if (is_folder)
		return error_set(err, status,
				 "No source for code: '%s': [Errno %d] Is a directory: '%s'",
				 row->path, EISDIR, row->path);
	if (status == STATUS_MISSING)
		return error_set(err, status, "No source for code: '%s'.", row->path);
	reason = *err;
	return error_set(err, status, "No source for code: '%s': %s", row->path, reason.text);
}

static enum status
read_python(struct survey *s, const struct survey_row *row, struct failure *failure)
{
	struct span text = buf_span(&s->text);
	struct py_options python = {
		.minor = s->options.minor,
		.matched = &s->matched,
		.want = s->options.want | (s->has_arcs ? PY_WANT_ARCS : 0),
	};
	struct error reason = { 0 };
	enum status status;

	line_set_clear(&s->matched);
	line_set_clear(&s->no_branch_lines);
	status = py_patterns_excluded(&s->patterns, text, &s->matched, &failure->err);
	if (status != STATUS_OK)
		return status;
	status = py_lines_read(&s->lines, text, &python, &reason);
	if (status != STATUS_OK) {
		failure->not_python = true;
		return error_set(&failure->err, STATUS_BAD_DATA,
				 "Couldn't parse '%s' as Python source: '%s' at line %u", row->path,
				 reason.text, reason.line);
	}
	if (s->has_arcs)
		status = py_patterns_no_branch(&s->patterns, &s->lines, text, &s->no_branch_lines,
					       &failure->err);
	return status;
}

/* What is known of a source that is not Python: each line that ran is a statement. */
static void
take_what_ran(struct survey *s, const struct line_set *ran)
{
	uint32_t last = 0;

	for (uint32_t n = line_set_next(ran, 0); n != LINE_SET_END; n = line_set_next(ran, n))
		last = n;
	py_lines_free(&s->lines);
	s->lines.info = mem_alloc((size_t)last + 1, sizeof *s->lines.info);
	s->lines.count = last;
	s->lines.cap = (size_t)last + 1;
	for (uint32_t n = line_set_next(ran, 0); n != LINE_SET_END; n = line_set_next(ran, n))
		s->lines.info[n] = PY_STATEMENT;
}

/* PythonFileReporter.should_be_python() in coverage/python.py, 7.16. */
static bool
should_be_python(const char *path)
{
	const char *base = path_base(path), *dot;

	base += strspn(base, ".");
	dot = strrchr(base, '.');
	return dot == NULL || strncmp(dot, ".py", 3) == 0;
}

/* Template engines let their templates run as Python code under the template's name. That markup is no
 * Python shows at once, though covls' reading of it, which is more lenient than CPython's, may pass. */
static bool
is_markup(struct span text)
{
	bool brace = false;

	text = space_strip_start(text);
	if (text.len > 0 && *text.at == '<')
		return true;
	for (; text.len > 0; span_skip(&text, 1)) {
		if (brace && *text.at == '%')
			return true;
		brace = *text.at == '{';
	}
	return false;
}

static enum status
measure_python(struct survey *s, const struct survey_row *row, struct failure *failure)
{
	enum status status = read_source(s, row, &failure->err);

	if (status != STATUS_OK)
		return status;
	failure->not_python = !should_be_python(row->path) && is_markup(buf_span(&s->text));
	return failure->not_python ? STATUS_BAD_DATA : read_python(s, row, failure);
}

static enum status
measure(struct survey *s, const struct survey_row *row, const struct data_query *data,
	survey_file_fn *on_file, void *ctx, struct failure *failure)
{
	bool is_python =
		row->data == SURVEY_NO_DATA || s->options.data->files[row->data].tracer == NULL;
	struct survey_file file = { row, is_python, { 0 }, &s->lines, data, &s->result };
	struct result_parts parts = { &s->lines, data, s->has_arcs, &s->no_branch_lines };
	enum status status = STATUS_OK;

	if (is_python) {
		status = measure_python(s, row, failure);
		file.text = buf_span(&s->text);
	} else {
		line_set_clear(&s->no_branch_lines);
		take_what_ran(s, &data->ran);
	}
	if (status == STATUS_OK) {
		result_build(&s->result, &parts);
		on_file(ctx, &file);
	}
	return status;
}

/* What becomes of a file that could not be measured (get_analysis_to_report()): the walk ends, unless
 * errors are to be ignored. */
static enum status
judge(const struct survey *s, const struct survey_row *row, enum status status,
      const struct failure *failure)
{
	struct buf text = { 0 };

	if (failure->not_python && !should_be_python(row->path))
		return STATUS_OK;
	if (!s->options.config->values[COVERAGE_REPORT_IGNORE_ERRORS].boolean)
		return status;
	if (failure->not_python)
		buf_addf(&text, "Couldn't parse Python file '%s'", row->path);
	else
		buf_addf(&text, "Couldn't parse '%s': %s", row->path, failure->err.text);
	s->options.warn(s->options.ctx, "couldnt-parse", buf_text(&text));
	buf_free(&text);
	return STATUS_OK;
}

static void
warn_of_plugin(const struct survey *s, const struct survey_row *row)
{
	const char *tracer =
		row->data == SURVEY_NO_DATA ? NULL : s->options.data->files[row->data].tracer;
	struct buf text = { 0 };

	if (tracer == NULL)
		return;
	buf_addf(&text, "'%s' was measured by the plugin '%s': only what ran of it is counted",
		 row->path, tracer);
	s->options.warn(s->options.ctx, NULL, buf_text(&text));
	buf_free(&text);
}

/* ---- all of them -------------------------------------------------------------------------------- */

/* Some rows in the order of the walk, and what the data says of them. */
struct batch {
	const struct survey_row **rows;
	size_t count;
	size_t *wanted; /* files of the dataset, rising, each once */
	struct data_query *answers;
	size_t wanted_count;
};

static int
compare_sizes(const void *left, const void *right)
{
	const size_t *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

static void
list_wanted(struct batch *b)
{
	size_t count = 0, kept = 0;

	for (size_t i = 0; i < b->count; i++) {
		if (b->rows[i]->data != SURVEY_NO_DATA)
			b->wanted[count++] = b->rows[i]->data;
	}
	qsort(b->wanted, count, sizeof *b->wanted, compare_sizes);
	for (size_t i = 0; i < count; i++) {
		if (kept == 0 || b->wanted[kept - 1] != b->wanted[i])
			b->wanted[kept++] = b->wanted[i];
	}
	b->wanted_count = kept;
}

/* Reads wanted[first ... last] in one go; files between them that nobody wants are read and dropped. */
static enum status
read_run(const struct survey *s, struct batch *b, size_t first, size_t last, struct error *err)
{
	const struct survey_options *o = &s->options;
	size_t start = b->wanted[first], count = b->wanted[last] - start + 1;
	struct data_query *answers = mem_alloc(count, sizeof *answers);
	enum status status;

	for (size_t i = 0; i < count; i++) {
		answers[i].want = (s->has_arcs ? DATA_WANT_ARCS : 0u) |
				  (o->contexts ? DATA_WANT_CONTEXTS : 0u);
		answers[i].filter = o->filter;
	}
	status = dataset_read(o->data, start, count, answers, err);
	for (size_t i = first; i <= last; i++) {
		b->answers[i] = answers[b->wanted[i] - start];
		answers[b->wanted[i] - start] = (struct data_query){ 0 };
	}
	for (size_t i = 0; i < count; i++)
		data_query_free(&answers[i]);
	free(answers);
	return status;
}

/* The files of a batch mostly stand one after the other in the data. */
static enum status
read_batch(const struct survey *s, struct batch *b, struct error *err)
{
	enum status status = STATUS_OK;

	list_wanted(b);
	memset(b->answers, 0, b->count * sizeof *b->answers);
	for (size_t first = 0, last; first < b->wanted_count && status == STATUS_OK;
	     first = last + 1) {
		for (last = first; last + 1 < b->wanted_count &&
				   b->wanted[last + 1] - b->wanted[last] <= GAP_MAX;)
			last++;
		status = read_run(s, b, first, last, err);
	}
	return status;
}

static const struct data_query *
find_answer(const struct batch *b, size_t data)
{
	static const struct data_query unknown;
	const size_t *found = b->wanted_count == 0 ? NULL
						   : bsearch(&data, b->wanted, b->wanted_count,
							     sizeof *b->wanted, compare_sizes);

	return found == NULL ? &unknown : &b->answers[found - b->wanted];
}

/* Where coverage.py meets its first error, if files are walked in another order than that of their
 * paths: it takes none before all are analysed. */
struct walk {
	struct survey *s;
	survey_file_fn *on_file;
	void *ctx;
	const struct survey_row *failed; /* the one of the least path, so far */
	bool broken;                     /* the data cannot be read */
	enum status status;
	struct error *err;
	size_t done;
};

static void
ignore_file(void *ctx, const struct survey_file *file)
{
	(void)ctx;
	(void)file;
}

static void
walk_row(struct walk *w, const struct survey_row *row, const struct data_query *data)
{
	struct failure failure = { 0 };
	enum status status;

	w->done++;
	if (w->failed != NULL && row > w->failed)
		return;
	warn_of_plugin(w->s, row);
	status = measure(w->s, row, data, w->failed == NULL ? w->on_file : ignore_file, w->ctx,
			 &failure);
	if (status != STATUS_OK)
		status = judge(w->s, row, status, &failure);
	if (status != STATUS_OK) {
		w->failed = row;
		w->status = status;
		if (w->err != NULL)
			*w->err = failure.err;
	}
	if (w->s->options.progress != NULL)
		w->s->options.progress(w->s->options.ctx, w->done, w->s->count);
}

static bool
walk_is_over(const struct walk *w)
{
	return w->broken || (w->failed != NULL && !w->s->options.by_name);
}

static void
walk_batch(struct walk *w, struct batch *b)
{
	enum status status = read_batch(w->s, b, w->err);

	for (size_t i = 0; i < b->count && status == STATUS_OK && !walk_is_over(w); i++)
		walk_row(w, b->rows[i], find_answer(b, b->rows[i]->data));
	for (size_t i = 0; i < b->wanted_count; i++)
		data_query_free(&b->answers[i]);
	if (status != STATUS_OK) {
		w->status = status;
		w->broken = true;
	}
}

static size_t
batch_size(const struct survey_options *options)
{
	if (options->contexts)
		return BATCH_CONTEXTS;
	return options->data == NULL || options->data->batch == 0 ? BATCH : options->data->batch;
}

enum status
survey_walk(struct survey *s, survey_file_fn *on_file, void *ctx, struct error *err)
{
	struct walk w = { .s = s, .on_file = on_file, .ctx = ctx, .err = err };
	size_t most = batch_size(&s->options);
	struct batch b = { .rows = mem_alloc(most, sizeof(const struct survey_row *)),
			   .wanted = mem_alloc(most, sizeof *b.wanted),
			   .answers = mem_alloc(most, sizeof *b.answers) };

	for (size_t i = 0; i < s->count && !walk_is_over(&w); i += most) {
		b.count = s->count - i < most ? s->count - i : most;
		for (size_t k = 0; k < b.count; k++)
			b.rows[k] = &s->rows[s->order[i + k]];
		walk_batch(&w, &b);
	}
	free(b.rows);
	free(b.wanted);
	free(b.answers);
	return w.status;
}
