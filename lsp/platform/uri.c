#include "platform/uri.h"

#include <stdlib.h>

#include "base/buf.h"
#include "platform/path.h"

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
is_file_scheme(struct span uri)
{
	static const char scheme[] = "file:";

	if (uri.len < sizeof scheme - 1)
		return false;
	for (size_t i = 0; i < sizeof scheme - 1; i++) {
		char c = uri.at[i];

		if ((c >= 'A' && c <= 'Z' ? c | 0x20 : c) != scheme[i])
			return false;
	}
	return true;
}

char *
uri_to_path(struct span uri)
{
	struct buf path = { 0 };
	char *normal = NULL;

	if (!is_file_scheme(uri))
		return NULL;
	span_skip(&uri, 5);
	if (span_starts(uri, SPAN("//"))) {
		span_skip(&uri, 2);
		while (uri.len > 0 && *uri.at != '/')
			span_skip(&uri, 1);
	}
	while (uri.len > 0 && *uri.at != '?' && *uri.at != '#') {
		int high = uri.len > 2 && *uri.at == '%' ? hex_value(uri.at[1]) : -1;
		int low = high >= 0 ? hex_value(uri.at[2]) : -1;

		if (low >= 0) {
			buf_add_char(&path, (char)(high << 4 | low));
			span_skip(&uri, 3);
		} else {
			buf_add_char(&path, *uri.at);
			span_skip(&uri, 1);
		}
	}
	if (path.len > 0 && path.at[0] == '/' && memchr(path.at, '\0', path.len) == NULL)
		normal = path_join("/", buf_text(&path));
	buf_free(&path);
	return normal;
}

char *
uri_from_path(const char *path)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";
	struct buf uri = { 0 };

	buf_add_text(&uri, "file://");
	for (; *path != '\0'; path++) {
		if (strchr(plain, *path) != NULL)
			buf_add_char(&uri, *path);
		else
			buf_addf(&uri, "%%%02X", (unsigned char)*path);
	}
	return buf_take(&uri);
}
