/*
 * xml.c - covls xml: a report in Cobertura's form (coverage/xmlreport.py, 7.16.1, and what Python's
 * minidom makes of it).
 *
 * The sums stand before the files there, and the files are in packages. So the text of each file is
 * spooled, and what is kept of a file is where that lies.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/name_set.h"
#include "platform/clock.h"
#include "platform/file.h"
#include "platform/path.h"
#include "text/human.h"

#include "cli.h"
#include "reporting.h"

#define DTD_URL "https://raw.githubusercontent.com/cobertura/web/master/htdocs/xml/coverage-04.dtd"

struct sums {
	uint64_t lines, hits, branches, branch_hits;
};

struct package {
	char *name;
	struct sums sums;
};

struct class
{
	size_t package;
	char *name;       /* the file's path, as it stands in the report */
	uint64_t at, len; /* of its text in the spool */
};

struct xml_report {
	struct reporting *r;
	struct output spool;
	struct text_list sources;
	struct package *packages;
	size_t package_count, package_cap;
	struct name_set package_names; /* 1 + the index in `packages` */
	struct class *classes;
	size_t class_count, class_cap;
};

/* ---- text ------------------------------------------------------------------------------------- */

/* _write_data() in CPython 3.14, Lib/xml/dom/minidom.py. */
static void
add_escaped(struct output *out, const char *text, bool in_attribute)
{
	for (; *text != '\0'; text++) {
		const char *escaped = *text == '&'    ? "&amp;"
				      : *text == '<'  ? "&lt;"
				      : *text == '>'  ? "&gt;"
				      : !in_attribute ? NULL
				      : *text == '"'  ? "&quot;"
				      : *text == '\r' ? "&#13;"
				      : *text == '\n' ? "&#10;"
				      : *text == '\t' ? "&#9;"
						      : NULL;

		if (escaped != NULL)
			output_text(out, escaped);
		else
			output_char(out, *text);
	}
}

static void
add_attribute(struct output *out, const char *name, const char *value)
{
	output_char(out, ' ');
	output_text(out, name);
	output_add(out, SPAN("=\""));
	add_escaped(out, value, true);
	output_char(out, '"');
}

static void
add_number(struct output *out, const char *name, uint64_t number)
{
	output_char(out, ' ');
	output_text(out, name);
	output_add(out, SPAN("=\""));
	output_uint(out, number);
	output_char(out, '"');
}

/* rate(): Python and C agree on %g. */
static void
add_rate(struct output *out, const char *name, uint64_t hits, uint64_t all)
{
	if (all == 0)
		add_number(out, name, 1);
	else
		output_addf(out, " %s=\"%.4g\"", name, (double)hits / (double)all);
}

static void
add_branch_rate(struct xml_report *x, struct output *out, const struct sums *sums)
{
	if (x->r->survey.has_arcs)
		add_rate(out, "branch-rate", sums->branch_hits, sums->branches);
	else
		add_number(out, "branch-rate", 0);
}

/* ---- names ------------------------------------------------------------------------------------ */

/* canonical_filename() in coverage/files.py, 7.16, of an empty name, too. */
static char *
canonical(const struct xml_report *x, const char *path)
{
	return path_resolve(x->r->folder, path);
}

/* Without the separators at its end. */
static char *
trimmed(const char *path, size_t len)
{
	while (len > 0 && (path[len - 1] == '/' || path[len - 1] == '\\'))
		len--;
	return mem_text(path, len);
}

static void
add_configured_sources(struct xml_report *x)
{
	const struct text_list *sources = &x->r->config.values[COVERAGE_RUN_SOURCE].list;

	for (size_t i = 0; i < sources->count; i++) {
		char *there = path_join(x->r->folder, sources->at[i]), *name;

		if (file_stamp(there).kind != FILE_NONE) {
			name = reporting_flag(x->r, COVERAGE_RUN_RELATIVE_FILES)
				       ? trimmed(sources->at[i], strlen(sources->at[i]))
				       : canonical(x, sources->at[i]);
			text_list_add_once(&x->sources, name);
			free(name);
		}
		free(there);
	}
}

static void
replace_backslashes(char *path)
{
	for (; *path != '\0'; path++) {
		if (*path == '\\')
			*path = '/';
	}
}

/* The part of `filename` below a source folder, or NULL. */
static char *
below_source(const struct xml_report *x, const char *filename, const char *source)
{
	char *folder = reporting_flag(x->r, COVERAGE_RUN_RELATIVE_FILES) ? mem_copy(source)
									 : canonical(x, source);
	size_t len = strlen(folder);
	char *below = NULL;

	replace_backslashes(folder);
	if (strncmp(filename, folder, len) == 0 && filename[len] == '/')
		below = mem_copy(filename + len + 1);
	free(folder);
	return below;
}

/* How a file is called in the report: seen from a source folder, which it may be the first to be in. */
static char *
report_name(struct xml_report *x, const struct survey_row *row)
{
	char *filename = mem_copy(row->path), *name = NULL, *source;
	size_t len = strlen(filename);

	replace_backslashes(filename);
	for (size_t i = 0; i < x->sources.count && name == NULL; i++)
		name = below_source(x, filename, x->sources.at[i]);
	if (name == NULL) {
		name = mem_copy(row->name);
		replace_backslashes(name);
		source = trimmed(row->path, len - (strlen(name) < len ? strlen(name) : len));
		text_list_add_once(&x->sources, source);
		free(source);
	}
	free(filename);
	return name;
}

/* The folder of a name, cut to as many parts as the configuration says; as a slice of Python, which may
 * count from the end. */
static char *
package_folder(const struct xml_report *x, const char *name)
{
	int64_t depth = x->r->config.values[COVERAGE_XML_PACKAGE_DEPTH].integer, parts = 1;
	const char *slash = strrchr(name, '/');
	char *folder = slash == NULL ? mem_copy(".") : trimmed(name, (size_t)(slash - name));
	char *end;

	if (*folder == '\0') {
		free(folder);
		folder = mem_copy("/");
	}
	for (const char *c = folder; *c != '\0'; c++)
		parts += *c == '/';
	if (depth < 0)
		depth = depth + parts > 0 ? depth + parts : 0;
	if (depth == 0)
		*folder = '\0';
	end = folder;
	for (int64_t i = 0; i < depth && end != NULL; i++)
		end = strchr(i == 0 ? end : end + 1, '/');
	if (depth > 0 && end != NULL)
		*end = '\0';
	return folder;
}

static size_t
find_package(struct xml_report *x, const char *folder)
{
	char *name = mem_copy(folder);
	uint32_t *number;

	for (char *c = name; *c != '\0'; c++) {
		if (*c == '/')
			*c = '.';
	}
	number = name_set_put(&x->package_names, 0, span_of(name));
	if (*number != 0) {
		free(name);
		return *number - 1;
	}
	x->packages = mem_grow(x->packages, x->package_count, &x->package_cap, sizeof *x->packages);
	x->packages[x->package_count++] = (struct package){ .name = name };
	*number = (uint32_t)x->package_count;
	return x->package_count - 1;
}

/* ---- a file ----------------------------------------------------------------------------------- */

/* How many of the exits of a line weren't taken; *first is the first of those arcs. */
static uint32_t
missing_of(const struct result *result, uint32_t line, size_t *first)
{
	uint32_t count = 0;

	*first = arc_list_find(&result->missing, (int32_t)line);
	while (*first + count < result->missing.count &&
	       result->missing.at[*first + count].from == (int32_t)line)
		count++;
	return count;
}

static void
add_line_branches(struct output *out, const struct result *result, uint32_t line)
{
	uint32_t exits = result->exits[line], missing, taken;
	size_t first;

	if ((result->flags[line] & RESULT_BRANCH) == 0)
		return;
	missing = missing_of(result, line, &first);
	taken = exits - missing;
	output_add(out, SPAN(" branch=\"true\" condition-coverage=\""));
	output_uint(out, (uint64_t)100 * taken / exits);
	output_add(out, SPAN("% ("));
	output_uint(out, taken);
	output_char(out, '/');
	output_uint(out, exits);
	output_add(out, SPAN(")\""));
	if (missing == 0)
		return;
	output_add(out, SPAN(" missing-branches=\""));
	for (size_t i = first; i < first + missing; i++) {
		if (i > first)
			output_char(out, ',');
		if (result->missing.at[i].to < 0)
			output_add(out, SPAN("exit"));
		else
			output_int(out, result->missing.at[i].to);
	}
	output_char(out, '"');
}

static void
add_lines(struct output *out, const struct result *result)
{
	if (result->numbers.statements == 0) {
		output_add(out, SPAN("\t\t\t\t\t<lines/>\n"));
		return;
	}
	output_add(out, SPAN("\t\t\t\t\t<lines>\n"));
	for (uint32_t line = 1; line <= result->count; line++) {
		if ((result->flags[line] & RESULT_STATEMENT) == 0)
			continue;
		output_add(out, SPAN("\t\t\t\t\t\t<line number=\""));
		output_uint(out, line);
		output_add(out, (result->flags[line] & RESULT_MISSING) != 0
					? SPAN("\" hits=\"0\"")
					: SPAN("\" hits=\"1\""));
		if (result->has_arcs)
			add_line_branches(out, result, line);
		output_add(out, SPAN("/>\n"));
	}
	output_add(out, SPAN("\t\t\t\t\t</lines>\n"));
}

static struct sums
sum_up(const struct numbers *n)
{
	return (struct sums){
		.lines = n->statements,
		.hits = n->statements - n->missing,
		.branches = n->branches,
		.branch_hits = n->branches - n->missing_branches,
	};
}

static void
add_sums(struct sums *sum, const struct sums *more)
{
	sum->lines += more->lines;
	sum->hits += more->hits;
	sum->branches += more->branches;
	sum->branch_hits += more->branch_hits;
}

/* os.path.relpath(name, folder). */
static char *
relative(const struct xml_report *x, const char *name, const char *folder)
{
	char *from = path_join(x->r->folder, folder), *to = path_join(x->r->folder, name);
	char *path = path_relative(to, from);

	free(from);
	free(to);
	return path;
}

static void
spool_class(struct xml_report *x, const struct survey_file *file, const char *name,
	    const char *folder)
{
	struct sums sums = sum_up(&file->result->numbers);
	char *short_name = relative(x, name, folder);
	struct output *out = &x->spool;

	output_add(out, SPAN("\t\t\t\t<class"));
	add_attribute(out, "name", short_name);
	add_attribute(out, "filename", name);
	add_number(out, "complexity", 0);
	add_rate(out, "line-rate", sums.hits, sums.lines);
	add_branch_rate(x, out, &sums);
	output_add(out, SPAN(">\n\t\t\t\t\t<methods/>\n"));
	add_lines(out, file->result);
	output_add(out, SPAN("\t\t\t\t</class>\n"));
	free(short_name);
}

static void
on_file(void *state, const struct survey_file *file)
{
	struct xml_report *x = state;
	struct class class = { 0 };
	struct sums sums = sum_up(&file->result->numbers);
	char *folder;

	if (sums.lines == 0 && reporting_flag(x->r, COVERAGE_REPORT_SKIP_EMPTY))
		return;
	class.name = report_name(x, file->row);
	folder = package_folder(x, class.name);
	class.package = find_package(x, folder);
	add_sums(&x->packages[class.package].sums, &sums);
	if (file->row->is_repeated) {
		free(class.name);
	} else {
		class.at = output_offset(&x->spool);
		spool_class(x, file, class.name, folder);
		class.len = output_offset(&x->spool) - class.at;
		x->classes =
			mem_grow(x->classes, x->class_count, &x->class_cap, sizeof *x->classes);
		x->classes[x->class_count++] = class;
	}
	free(folder);
}

/* ---- the report ------------------------------------------------------------------------------- */

static enum status
begin(void *state, struct reporting *r, struct error *err)
{
	struct xml_report *x = state;

	(void)err;
	x->r = r;
	output_open_spool(&x->spool);
	add_configured_sources(x);
	return STATUS_OK;
}

static void
print_head(struct xml_report *x, const struct sums *sums)
{
	struct output *out = &x->r->out;

	output_add(out, SPAN("<?xml version=\"1.0\" ?>\n<coverage"));
	add_attribute(out, "version", REPORTING_COVERAGE_VERSION);
	add_number(out, "timestamp", (uint64_t)clock_wall_ns() / 1000000);
	add_number(out, "lines-valid", sums->lines);
	add_number(out, "lines-covered", sums->hits);
	add_rate(out, "line-rate", sums->hits, sums->lines);
	if (x->r->survey.has_arcs) {
		add_number(out, "branches-valid", sums->branches);
		add_number(out, "branches-covered", sums->branch_hits);
	} else {
		add_number(out, "branches-covered", 0);
		add_number(out, "branches-valid", 0);
	}
	add_branch_rate(x, out, sums);
	output_add(out, SPAN(" complexity=\"0\">\n"
			     "\t<!-- Generated by coverage.py: " REPORTING_COVERAGE_URL " -->\n"
			     "\t<!-- Based on " DTD_URL " -->\n"));
}

static int
compare_texts(const void *left, const void *right)
{
	char *const *a = left, *const *b = right;

	return human_compare(span_of(*a), span_of(*b));
}

static void
print_sources(struct xml_report *x)
{
	struct output *out = &x->r->out;

	if (x->sources.count == 0) {
		output_add(out, SPAN("\t<sources/>\n"));
		return;
	}
	qsort(x->sources.at, x->sources.count, sizeof *x->sources.at, compare_texts);
	output_add(out, SPAN("\t<sources>\n"));
	for (size_t i = 0; i < x->sources.count; i++) {
		output_add(out, SPAN("\t\t<source>"));
		add_escaped(out, x->sources.at[i], false);
		output_add(out, SPAN("</source>\n"));
	}
	output_add(out, SPAN("\t</sources>\n"));
}

/* A class beside the name of its package, for sorting. */
struct entry {
	const char *package;
	const struct class *class;
};

static int
compare_entries(const void *left, const void *right)
{
	const struct entry *a = left, *b = right;
	int order = human_compare(span_of(a->package), span_of(b->package));

	if (order == 0)
		order = human_compare(span_of(a->class->name), span_of(b->class->name));
	return order != 0 ? order : (a->class > b->class) - (a->class < b->class);
}

/* Below several sources there may be files of one name: coverage.py keeps the last. */
static bool
is_replaced(const struct entry *entries, size_t i, size_t count)
{
	return i + 1 < count && strcmp(entries[i].class->name, entries[i + 1].class->name) == 0;
}

static void
print_package(struct xml_report *x, const struct entry *entries, size_t count)
{
	const struct package *package = &x->packages[entries[0].class->package];
	struct output *out = &x->r->out;

	output_add(out, SPAN("\t\t<package"));
	add_attribute(out, "name", package->name);
	add_rate(out, "line-rate", package->sums.hits, package->sums.lines);
	add_branch_rate(x, out, &package->sums);
	output_add(out, SPAN(" complexity=\"0\">\n\t\t\t<classes>\n"));
	for (size_t i = 0; i < count; i++) {
		if (!is_replaced(entries, i, count))
			output_copy(out, &x->spool, entries[i].class->at, entries[i].class->len);
	}
	output_add(out, SPAN("\t\t\t</classes>\n\t\t</package>\n"));
}

static void
print_packages(struct xml_report *x)
{
	struct entry *entries = mem_alloc(x->class_count, sizeof *entries);
	struct output *out = &x->r->out;
	size_t first = 0;

	for (size_t i = 0; i < x->class_count; i++) {
		entries[i].class = &x->classes[i];
		entries[i].package = x->packages[x->classes[i].package].name;
	}
	if (x->class_count > 1)
		qsort(entries, x->class_count, sizeof *entries, compare_entries);
	output_text(out, x->class_count == 0 ? "\t<packages/>\n" : "\t<packages>\n");
	for (size_t i = 1; i <= x->class_count; i++) {
		if (i < x->class_count && entries[i].package == entries[first].package)
			continue;
		print_package(x, &entries[first], i - first);
		first = i;
	}
	output_text(out, x->class_count == 0 ? "" : "\t</packages>\n");
	free(entries);
}

static enum status
end(void *state, double *total, struct error *err)
{
	struct xml_report *x = state;
	struct sums sums = { 0 };
	uint64_t all;

	(void)err;
	for (size_t i = 0; i < x->package_count; i++)
		add_sums(&sums, &x->packages[i].sums);
	print_head(x, &sums);
	print_sources(x);
	print_packages(x);
	output_add(&x->r->out, SPAN("</coverage>\n"));
	all = sums.lines + sums.branches;
	*total = all == 0 ? 0 : 100.0 * (double)(sums.hits + sums.branch_hits) / (double)all;
	return STATUS_OK;
}

int
cli_xml(int argc, char **argv)
{
	static const struct report_kind kind = {
		.command = "xml",
		.title = "XML report",
		.choices = "oe",
		.output = COVERAGE_XML_OUTPUT,
		.begin = begin,
		.on_file = on_file,
		.end = end,
	};
	struct xml_report x = { .spool = { .fd = -1 } };
	int status = reporting_run(argc, argv, &kind, &x);

	output_close(&x.spool, false, NULL);
	text_list_free(&x.sources);
	for (size_t i = 0; i < x.package_count; i++)
		free(x.packages[i].name);
	for (size_t i = 0; i < x.class_count; i++)
		free(x.classes[i].name);
	free(x.packages);
	name_set_free(&x.package_names);
	free(x.classes);
	return status;
}
