/* main.c - the one executable: picks the command and runs it. */
#include <stdio.h>
#include <string.h>

#include "base/version.h"

int
main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		printf("covls %s\n", covls_version);
		return 0;
	}
	fputs("usage: covls [--version]\n", stderr);
	return 2;
}
