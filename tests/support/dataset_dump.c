/*
 * dataset_dump - the data of a report, as coverage/dataset.h has it: one line of JSON in, one out.
 *
 *     {"folder":"/x","rcfile":null,"data_file":null,"regexes":[],"batch":64}
 *         {"has_arcs":false,"warnings":[...],"files":[{"name":"a.py","tracer":null,"lines":[1,2],
 *          "arcs":[[-1,1],...],"contexts":[[1,["","one"]],...]},...]}
 *
 * or {"status":"...","error":"...","warnings":[...]}.
 *
 *     dataset_dump measure FOLDER [BATCH]     opens, reads all, and prints seconds and memory
 */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/mem.h"
#include "coverage/dataset.h"
#include "platform/clock.h"

static json_object *
member(json_object *object, const char *key)
{
	json_object *value = NULL;

	return json_object_object_get_ex(object, key, &value) ? value : NULL;
}

static json_object *
of_text(const char *text)
{
	return text == NULL ? NULL : json_object_new_string(text);
}

static json_object *
of_list(const struct text_list *list)
{
	json_object *array = json_object_new_array();

	for (size_t i = 0; i < list->count; i++)
		json_object_array_add(array, of_text(list->at[i]));
	return array;
}

static json_object *
of_lines(const struct line_set *lines)
{
	json_object *array = json_object_new_array();

	for (uint32_t n = line_set_next(lines, 0); n != LINE_SET_END; n = line_set_next(lines, n))
		json_object_array_add(array, json_object_new_int64(n));
	return array;
}

static json_object *
of_arcs(const struct arc_list *arcs)
{
	json_object *array = json_object_new_array();

	for (size_t i = 0; i < arcs->count; i++) {
		json_object *pair = json_object_new_array();

		json_object_array_add(pair, json_object_new_int64(arcs->at[i].from));
		json_object_array_add(pair, json_object_new_int64(arcs->at[i].to));
		json_object_array_add(array, pair);
	}
	return array;
}

static json_object *
of_contexts(const struct data_contexts *contexts)
{
	json_object *array = json_object_new_array(), *names = NULL;

	for (size_t i = 0; i < contexts->count; i++) {
		const struct data_context_line *at = &contexts->at[i];

		if (i == 0 || at[-1].line != at->line) {
			json_object *line = json_object_new_array();

			names = json_object_new_array();
			json_object_array_add(line, json_object_new_int64(at->line));
			json_object_array_add(line, names);
			json_object_array_add(array, line);
		}
		json_object_array_add(names, of_text(contexts->names[at->context]));
	}
	return array;
}

static json_object *
of_file(const struct dataset_file *file, const struct data_query *answer)
{
	json_object *object = json_object_new_object();

	json_object_object_add(object, "name", of_text(file->name));
	json_object_object_add(object, "tracer", of_text(answer->tracer));
	json_object_object_add(object, "lines", of_lines(&answer->ran));
	json_object_object_add(object, "arcs", of_arcs(&answer->arcs));
	json_object_object_add(object, "contexts", of_contexts(&answer->contexts));
	return object;
}

static enum status
add_files(struct dataset *d, const struct data_filter *filter, size_t batch, json_object *files,
	  struct error *err)
{
	struct data_query *answers = mem_alloc(batch, sizeof *answers);
	enum status status = STATUS_OK;

	for (size_t first = 0; first < d->count && status == STATUS_OK; first += batch) {
		size_t count = d->count - first < batch ? d->count - first : batch;

		for (size_t i = 0; i < count; i++) {
			answers[i].want = DATA_WANT_ARCS | DATA_WANT_CONTEXTS;
			answers[i].filter = filter;
		}
		status = dataset_read(d, first, count, answers, err);
		for (size_t i = 0; i < count; i++) {
			if (status == STATUS_OK)
				json_object_array_add(files,
						      of_file(&d->files[first + i], &answers[i]));
			data_query_free(&answers[i]);
		}
	}
	free(answers);
	return status;
}

static enum status
dump(json_object *request, const struct coverage_config *config, struct dataset *d,
     json_object *said, struct error *err)
{
	struct dataset_options options = {
		.folder = json_object_get_string(member(request, "folder")),
		.data_file = json_object_get_string(member(request, "data_file")),
		.config = config,
	};
	json_object *texts = member(request, "regexes"), *files = json_object_new_array();
	struct data_filter *filter = NULL;
	struct text_list regexes = { 0 };
	enum status status;

	for (size_t i = 0; i < json_object_array_length(texts); i++)
		text_list_add(&regexes,
			      span_of(json_object_get_string(json_object_array_get_idx(texts, i))));
	status = data_filter_compile(&filter, &regexes, err);
	if (status == STATUS_OK)
		status = dataset_open(d, &options, err);
	if (status == STATUS_OK)
		status = add_files(d, filter,
				   (size_t)json_object_get_int64(member(request, "batch")), files,
				   err);
	json_object_object_add(said, "has_arcs", json_object_new_boolean(d->has_arcs));
	json_object_object_add(said, "warnings", of_list(&d->warnings));
	json_object_object_add(said, "files", files);
	data_filter_free(filter);
	text_list_free(&regexes);
	return status;
}

static void
answer(const char *line)
{
	json_object *request = json_tokener_parse(line), *said = json_object_new_object();
	struct coverage_config config;
	struct dataset d = { 0 };
	struct error err = { 0 };
	enum status status =
		coverage_config_read(&config, json_object_get_string(member(request, "folder")),
				     json_object_get_string(member(request, "rcfile")), &err);

	if (status == STATUS_OK)
		status = dump(request, &config, &d, said, &err);
	if (status != STATUS_OK) {
		json_object_object_del(said, "files");
		json_object_object_del(said, "has_arcs");
		json_object_object_add(said, "status", of_text(status_name(status)));
		json_object_object_add(said, "error", of_text(err.text));
	}
	puts(json_object_to_json_string_ext(said, JSON_C_TO_STRING_PLAIN));
	dataset_close(&d);
	coverage_config_free(&config);
	json_object_put(said);
	json_object_put(request);
}

static size_t
read_all(struct dataset *d, size_t batch, struct error *err)
{
	struct data_query *answers = mem_alloc(batch, sizeof *answers);
	size_t lines = 0;

	for (size_t first = 0; first < d->count; first += batch) {
		size_t count = d->count - first < batch ? d->count - first : batch;

		for (size_t i = 0; i < count; i++)
			answers[i].want = DATA_WANT_ARCS;
		if (dataset_read(d, first, count, answers, err) != STATUS_OK)
			puts(err->text);
		for (size_t i = 0; i < count; i++) {
			lines += line_set_count(&answers[i].ran);
			data_query_free(&answers[i]);
		}
	}
	free(answers);
	return lines;
}

static int
measure(const char *folder, size_t batch)
{
	struct coverage_config config;
	struct dataset d;
	struct dataset_options options = { folder, NULL, &config };
	struct error err = { 0 };
	struct rusage opened, all;
	int64_t began = clock_steady_ns(), middle;
	size_t lines;

	if (coverage_config_read(&config, folder, NULL, &err) != STATUS_OK ||
	    dataset_open(&d, &options, &err) != STATUS_OK) {
		puts(err.text);
		return 1;
	}
	middle = clock_steady_ns();
	getrusage(RUSAGE_SELF, &opened);
	lines = read_all(&d, batch == 0 ? d.batch : batch, &err);
	getrusage(RUSAGE_SELF, &all);
	printf("%zu files of %zu data files, %zu lines: opened in %.2f s, %ld KiB; all read in %.2f s, "
	       "%ld KiB\n",
	       d.count, d.data_files.count, lines, (double)(middle - began) / 1e9, opened.ru_maxrss,
	       (double)(clock_steady_ns() - middle) / 1e9, all.ru_maxrss);
	dataset_close(&d);
	coverage_config_free(&config);
	return 0;
}

int
main(int argc, char **argv)
{
	char *line = NULL;
	size_t cap = 0;

	if (argc > 2 && strcmp(argv[1], "measure") == 0)
		return measure(argv[2], argc > 3 ? strtoul(argv[3], NULL, 10) : 0);
	while (getline(&line, &cap, stdin) > 0) {
		answer(line);
		fflush(stdout);
	}
	free(line);
	return 0;
}
