#include "config/patterns.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "platform/path.h"

static void
go_up(struct buf *path)
{
	while (path->len > 0 && path->at[--path->len] != '/')
		continue;
}

/* Adds one name to a path and resolves it if it is there. */
static void
go_down(struct buf *path, struct span name)
{
	char *real;

	buf_add_char(path, '/');
	buf_add(path, name);
	real = path_real(buf_text(path));
	if (real == NULL)
		return;
	buf_reset(path);
	if (strcmp(real, "/") != 0)
		buf_add_text(path, real);
	free(real);
}

/* Walks the names of `more`; `path` is "" for the root. */
static void
walk(struct buf *path, const char *more)
{
	while (*more != '\0') {
		size_t len = strcspn(more, "/");
		struct span name = { more, len };

		if (span_equal(name, SPAN("..")))
			go_up(path);
		else if (len > 0 && !span_equal(name, SPAN(".")))
			go_down(path, name);
		more += len;
		more += *more == '/';
	}
}

char *
pattern_absolute(const char *pattern, const char *folder)
{
	struct buf path = { 0 };

	if (*pattern == '*' || *pattern == '?')
		return NULL;
	if (!path_is_absolute(pattern))
		walk(&path, folder);
	walk(&path, pattern);
	if (path.len == 0)
		buf_add_char(&path, '/');
	return buf_take(&path);
}
