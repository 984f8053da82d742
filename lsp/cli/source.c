#include "source.h"

#include "base/mem.h"
#include "platform/file.h"

#include "cli.h"

#define SOURCE_MAX ((size_t)256 << 20)

struct search_item
cli_source_item(char *path)
{
	return (struct search_item){ .source = path, .is_python = subject_is_python_name(path) };
}

struct search_wishes
cli_source_wishes(const struct options *settings, const struct text_list *roots)
{
	return (struct search_wishes){
		.roots = roots,
		.data_file = settings->data_file,
		.mappings = settings->path_mappings.at,
		.mapping_count = settings->path_mappings.count,
		.python = settings->python_version,
		.python_by = "--python",
		.union_of_runs = settings->runs == RUNS_UNION,
	};
}

bool
cli_source_read(struct cli_source *s, const struct options *settings, struct search_item *item)
{
	struct buf bytes = { 0 };
	struct error err;
	bool read;

	*s = (struct cli_source){ .subject.path = mem_copy(item->source),
				  .subject.is_python = item->is_python,
				  .subject.new_is_missed = settings->new_statements == NEW_MISSED };
	read = file_read_all(item->source, &bytes, SOURCE_MAX, &err) == STATUS_OK;
	if (!read) {
		cli_complain("%s", err.text);
	} else {
		doc_text_set(&s->text, &bytes);
		subject_take(&s->subject, item, doc_text_span(&s->text));
		subject_read_text(&s->subject, doc_text_span(&s->text));
		subject_refresh(&s->subject);
	}
	buf_free(&bytes);
	return read;
}

void
cli_source_free(struct cli_source *s)
{
	doc_text_free(&s->text);
	subject_free(&s->subject);
}
