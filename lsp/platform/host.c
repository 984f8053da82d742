#include "platform/host.h"

#include <string.h>
#include <unistd.h>

#include "base/mem.h"

char *
host_name(void)
{
	char name[1024];

	if (gethostname(name, sizeof name) != 0)
		name[0] = '\0';
	name[sizeof name - 1] = '\0';
	return mem_copy(name);
}
