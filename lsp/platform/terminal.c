#include "platform/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool
terminal_is(FILE *stream)
{
	return isatty(fileno(stream)) != 0;
}

bool
terminal_has_utf8(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const char *value = getenv(names[i]);

		if (value == NULL || *value == '\0')
			continue;
		return strstr(value, "UTF-8") != NULL || strstr(value, "utf8") != NULL ||
		       strstr(value, "utf-8") != NULL || strstr(value, "UTF8") != NULL;
	}
	return false;
}
