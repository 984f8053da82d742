#include "package_line.h"

#include <string.h>

#include "platform/file.h"

/* Languages whose sources begin by saying the package that they belong to. */
static bool
has_package_line(struct span path)
{
	return span_ends(path, SPAN(".kt")) || span_ends(path, SPAN(".kts")) ||
	       span_ends(path, SPAN(".java")) || span_ends(path, SPAN(".scala")) ||
	       span_ends(path, SPAN(".groovy"));
}

/* Is the text "com.example" and the folder "com/example"? */
static bool
names_folder(struct span text, struct span folder)
{
	if (text.len < folder.len)
		return false;
	for (size_t i = 0; i < folder.len; i++) {
		if (text.at[i] != (folder.at[i] == '/' ? '.' : folder.at[i]))
			return false;
	}
	return text.len == folder.len || strchr(" \t\r\n;/", text.at[folder.len]) != NULL;
}

bool
package_line_says(const char *file, struct span folder)
{
	char head[4096];
	struct span text = { head, 0 };
	bool says = false;

	if (has_package_line(span_of(file)))
		file_read_head(file, head, sizeof head, &text.len, NULL);
	while (text.len > 0 && !says) {
		const char *end = memchr(text.at, '\n', text.len);
		struct span line =
			span_cut(text, 0, end == NULL ? text.len : (size_t)(end - text.at));

		span_skip(&text, end == NULL ? text.len : line.len + 1);
		if (span_starts(line, SPAN("package "))) {
			span_skip(&line, strlen("package "));
			says = names_folder(line, folder);
		}
	}
	return says;
}
