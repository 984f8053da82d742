#include "config/patterns.h"

#include <stddef.h>

#include "platform/path.h"

char *
pattern_absolute(const char *pattern, const char *folder)
{
	return *pattern == '*' || *pattern == '?' ? NULL : path_resolve(folder, pattern);
}
