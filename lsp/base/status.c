#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Drops a UTF-8 character that the end of the text cuts in two. */
static void
trim_cut_character(char *text)
{
	size_t len = strlen(text), start = len;

	while (start > 0 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
		start--;
	if (start == 0 || (unsigned char)text[start - 1] < 0xC0)
		return;
	unsigned char lead = (unsigned char)text[start - 1];
	size_t want = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;

	if (len - (start - 1) < want)
		text[start - 1] = '\0';
}

static enum status
fill(struct error *err, enum status status, uint32_t line, const char *fmt, va_list args)
{
	if (err == NULL)
		return status;
	err->status = status;
	err->line = line;
	if (vsnprintf(err->text, sizeof err->text, fmt, args) >= (int)sizeof err->text)
		trim_cut_character(err->text);
	return status;
}

enum status
error_set(struct error *err, enum status status, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fill(err, status, 0, fmt, args);
	va_end(args);
	return status;
}

enum status
error_set_line(struct error *err, enum status status, uint32_t line, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fill(err, status, line, fmt, args);
	va_end(args);
	return status;
}

const char *
status_name(enum status status)
{
	switch (status) {
	case STATUS_OK:
		return "ok";
	case STATUS_MISSING:
		return "missing";
	case STATUS_BUSY:
		return "busy";
	case STATUS_EMPTY:
		return "empty";
	case STATUS_BAD_DATA:
		return "bad-data";
	case STATUS_DENIED:
		return "denied";
	case STATUS_LIMIT:
		return "limit";
	case STATUS_STOPPED:
		return "stopped";
	case STATUS_USAGE:
		return "usage";
	}
	return "unknown";
}
