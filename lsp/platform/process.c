#include "platform/process.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

/* Linux keeps a process that was not waited for; its state, the field after the name, says so. */
static bool
is_zombie(int64_t pid)
{
	char path[64], stat[512];
	const char *after;
	FILE *file;
	size_t len;

	snprintf(path, sizeof path, "/proc/%lld/stat", (long long)pid);
	file = fopen(path, "r");
	if (file == NULL)
		return false;
	len = fread(stat, 1, sizeof stat - 1, file);
	fclose(file);
	stat[len] = '\0';
	after = strrchr(stat, ')'); /* the name may hold anything */
	return after != NULL && after[1] == ' ' && (after[2] == 'Z' || after[2] == 'X');
}

bool
process_has_ended(int64_t pid)
{
	if (pid <= 0 || pid > INT32_MAX)
		return false;
	if (kill((pid_t)pid, 0) != 0)
		return errno == ESRCH;
	return is_zombie(pid);
}

void
process_survive_broken_pipes(void)
{
	signal(SIGPIPE, SIG_IGN);
}
