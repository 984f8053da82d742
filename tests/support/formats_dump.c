/*
 * formats_dump - what covls reads of a coverage file, as JSON on one line.
 *
 *     formats_dump FILE...
 *         {"file":"x.info","format":"LCOV","producer":"","branches":true,"warning":"","bases":[],
 *          "files":{"a.c":{"counts":true,"lines":{"3":12},"partial":[5],"excluded":[],
 *          "branches":[[5,0,"else",0],[7,0,null,[1,2]]],"functions":[["main",3,9,1]]}}}
 *
 * A branch is line, group, label and how often it was taken (null: never evaluated); of arms without
 * names, how many of how many. Of coverage.py's own data "lines" are those that ran. What fails is
 * {"file":...,"status":"bad-data","error":"...","line":12}.
 *
 *     formats_dump --time FILE...     seconds of CPU and the peak of memory instead
 */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/mem.h"
#include "data/index.h"

static json_object *
of_set(const struct line_set *lines)
{
	json_object *array = json_object_new_array();

	for (uint32_t n = line_set_next(lines, 0); n != LINE_SET_END; n = line_set_next(lines, n))
		json_object_array_add(array, json_object_new_int64(n));
	return array;
}

static void
add_line(json_object *lines, uint32_t line, uint64_t hits)
{
	char key[16];

	snprintf(key, sizeof key, "%u", line);
	json_object_object_add(lines, key, json_object_new_uint64(hits));
}

static json_object *
of_taken(const struct report_branch *branch)
{
	json_object *pair;

	if ((branch->flags & REPORT_NEVER) != 0)
		return NULL;
	if ((branch->flags & REPORT_ANONYMOUS) == 0)
		return json_object_new_uint64(branch->taken);
	pair = json_object_new_array();
	json_object_array_add(pair, json_object_new_uint64(branch->taken));
	json_object_array_add(pair, json_object_new_int64(branch->arms));
	return pair;
}

static json_object *
of_branches(const struct report *r)
{
	json_object *branches = json_object_new_array();

	for (size_t i = 0; i < r->branch_count; i++) {
		const struct report_branch *b = &r->branches[i];
		json_object *row = json_object_new_array();

		json_object_array_add(row, json_object_new_int64(b->line));
		json_object_array_add(row, json_object_new_int64(b->group));
		json_object_array_add(row, json_object_new_string(report_text(r, b->label)));
		json_object_array_add(row, of_taken(b));
		json_object_array_add(branches, row);
	}
	return branches;
}

static json_object *
of_functions(const struct report *r)
{
	json_object *functions = json_object_new_array();

	for (size_t i = 0; i < r->function_count; i++) {
		const struct report_function *f = &r->functions[i];
		json_object *row = json_object_new_array();

		json_object_array_add(row, json_object_new_string(report_text(r, f->name)));
		json_object_array_add(row, json_object_new_int64(f->first));
		json_object_array_add(row, json_object_new_int64(f->last));
		json_object_array_add(row, json_object_new_uint64(f->hits));
		json_object_array_add(functions, row);
	}
	return functions;
}

static json_object *
of_query(const struct data_query *query)
{
	json_object *out = json_object_new_object(), *lines = json_object_new_object();
	json_object *partial = json_object_new_array();
	const struct report *r = query->report;

	json_object_object_add(out, "lines", lines);
	if (r == NULL) {
		for (uint32_t n = line_set_next(&query->ran, 0); n != LINE_SET_END;
		     n = line_set_next(&query->ran, n))
			add_line(lines, n, 1);
		json_object_put(partial);
		return out;
	}
	for (size_t i = 0; i < r->line_count; i++) {
		add_line(lines, r->lines[i].line, r->lines[i].hits);
		if (r->lines[i].hits > 0 && report_is_partial(r, &r->lines[i]))
			json_object_array_add(partial, json_object_new_int64(r->lines[i].line));
	}
	json_object_object_add(out, "counts", json_object_new_boolean(r->has_counts));
	json_object_object_add(out, "partial", partial);
	json_object_object_add(out, "excluded", of_set(&r->excluded));
	json_object_object_add(out, "branches", of_branches(r));
	json_object_object_add(out, "functions", of_functions(r));
	return out;
}

static void
add_error(json_object *out, enum status status, const struct error *err)
{
	json_object_object_add(out, "status", json_object_new_string(status_name(status)));
	json_object_object_add(out, "error", json_object_new_string(err->text));
	json_object_object_add(out, "line", json_object_new_int64(err->line));
}

static json_object *
of_bases(const struct data_index *index)
{
	json_object *bases = json_object_new_array();

	for (size_t i = 0; i < index->bases.count; i++)
		json_object_array_add(bases, json_object_new_string(index->bases.at[i]));
	return bases;
}

static enum status
add_files(json_object *out, const struct data_index *index, struct error *err)
{
	json_object *files = json_object_new_object();
	enum status status = STATUS_OK;

	json_object_object_add(out, "files", files);
	for (size_t i = 0; i < index->name_count && status == STATUS_OK; i++) {
		struct data_query query = { 0 };
		struct span name = data_index_name(index, i);
		char *key = mem_text(name.at, name.len);

		status = data_index_read(index, i, &query, NULL, err);
		if (status == STATUS_OK)
			json_object_object_add(files, key, of_query(&query));
		data_query_free(&query);
		free(key);
	}
	return status;
}

static void
dump(const char *path)
{
	json_object *out = json_object_new_object();
	struct data_index *index;
	struct error err = { 0 };
	enum status status = data_index_open(path, NULL, &index, &err);

	json_object_object_add(out, "file", json_object_new_string(path));
	if (status == STATUS_OK) {
		const struct data_info *info = &index->info;

		json_object_object_add(out, "format", json_object_new_string(info->format));
		json_object_object_add(out, "producer", json_object_new_string(info->producer));
		json_object_object_add(out, "branches",
				       json_object_new_boolean(info->has_branches));
		json_object_object_add(out, "warning", json_object_new_string(info->warning));
		json_object_object_add(out, "bases", of_bases(index));
		status = add_files(out, index, &err);
	}
	if (status != STATUS_OK)
		add_error(out, status, &err);
	puts(json_object_to_json_string_ext(out, JSON_C_TO_STRING_PLAIN |
							 JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(out);
	data_index_close(index);
}

static double
cpu_seconds(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (double)usage.ru_utime.tv_sec + (double)usage.ru_stime.tv_sec +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* The index, then the section of the file in its middle. */
static void
measure(const char *path)
{
	struct data_query query = { 0 };
	struct data_index *index;
	struct rusage usage;
	struct error err = { 0 };
	double start = cpu_seconds(), indexed;
	enum status status = data_index_open(path, NULL, &index, &err);

	indexed = cpu_seconds();
	if (status == STATUS_OK && index->name_count > 0)
		status = data_index_read(index, index->name_count / 2, &query, NULL, &err);
	getrusage(RUSAGE_SELF, &usage);
	if (status == STATUS_OK)
		printf("%s: %zu files, %.1f MB: index %.4f s of CPU (%.0f MB/s), one file %.6f s, "
		       "peak %.1f MiB\n",
		       index->info.format, index->name_count, (double)index->stamp.size / 1e6,
		       indexed - start, (double)index->stamp.size / 1e6 / (indexed - start),
		       cpu_seconds() - indexed, (double)usage.ru_maxrss / 1024);
	else
		printf("%s: %s\n", status_name(status), err.text);
	data_query_free(&query);
	data_index_close(index);
}

int
main(int argc, char **argv)
{
	bool timed = argc > 1 && strcmp(argv[1], "--time") == 0;

	if (argc < 2 + timed) {
		fputs("usage: formats_dump [--time] FILE...\n", stderr);
		return 2;
	}
	for (int i = 1 + timed; i < argc; i++) {
		if (timed)
			measure(argv[i]);
		else
			dump(argv[i]);
	}
	return 0;
}
