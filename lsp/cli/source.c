#include "source.h"

#include <string.h>

#include "base/mem.h"
#include "platform/file.h"
#include "platform/path.h"

#include "cli.h"

#define SOURCE_MAX ((size_t)256 << 20)

/* What is called as other languages' sources are is none of Python's; scripts may have any name. */
static bool
is_python(const char *path)
{
	const char *dot = strrchr(path_base(path), '.');

	return dot == NULL || strcmp(dot, ".py") == 0 || strcmp(dot, ".pyw") == 0 ||
	       strcmp(dot, ".pyi") == 0;
}

bool
cli_source_read(struct cli_source *s, struct search_item *item)
{
	struct buf bytes = { 0 };
	struct error err;
	bool read;

	*s = (struct cli_source){ .subject.path = mem_copy(item->source),
				  .subject.is_python = is_python(item->source) };
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
