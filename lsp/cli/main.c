/* main.c - the one executable: picks the command and runs it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/version.h"

#include "cli.h"

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *usage, *help;
} commands[] = {
	{"show",    cli_show,   "covls show [--color=WHEN] [--data-file=FILE] [--python=3.X] FILE...",
         "Prints source files with a gutter: which statements ran, which did not.\n"
	  "WHEN is auto (on a terminal, unless NO_COLOR is set), always or never.\n"         },
	{ "check",  cli_check,  "covls check [--data-file=FILE] [--python=3.X] FILE...",
         "Tells of source files which configuration, which Python's rules and which data hold, what\n"
	  "there is to show, and why it is not more. Ends with 0 if nothing is in the way.\n"},
	{ "report", cli_report, "covls report [-m|--show-missing] [--data-file=FILE] [FILE...]",
         "Prints a table of the measured files: statements, missed ones, percent, total.\n"
	  "With files, only these. -m adds the line numbers of what was missed.\n"           },
	{ "facts",  cli_facts,  "covls facts [--python=3.X] [--rcfile=FILE] FILE...",
         "Prints what Python sources say about their lines: one JSON object a line and file, with\n"
	  "statements, excluded lines, docstrings, possible arcs and exit counts, as coverage.py has\n"
	  "them. Without a version the newest Python's rules hold; - is standard input.\n"   },
};

static const char about[] = "covls - test coverage in every editor\n"
			    "\n"
			    "As a language server, started by an editor:\n"
			    "  covls [--stdio]     over standard input and output\n"
			    "  covls --pipe=NAME   over a socket file\n"
			    "  covls --socket=PORT over a TCP port of this machine\n"
			    "    --log=FILE        write every message there, as JSON lines\n"
			    "    --max-message=N   refuse messages above N MiB (64)\n"
			    "\n"
			    "In a shell:\n";

void
cli_help(const char *command)
{
	if (command == NULL)
		fputs(about, stdout);
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
		if (command == NULL)
			printf("  %s\n", commands[i].usage);
		else if (strcmp(command, commands[i].name) == 0)
			printf("usage: %s\n\n%s", commands[i].usage, commands[i].help);
	}
	if (command == NULL)
		fputs("  covls --version | --help\n"
		      "\n"
		      "Without --data-file the file named by COVERAGE_FILE is read, else .coverage in\n"
		      "the folder of the source (for a report: the current one) or one above it.\n",
		      stdout);
}

static bool
is_word(const char *arg, const char *word, const char *letter, const char *name)
{
	return strcmp(arg, word) == 0 || strcmp(arg, letter) == 0 || strcmp(arg, name) == 0;
}

int
main(int argc, char **argv)
{
	if (argc > 1 && is_word(argv[1], "--version", "-V", "version")) {
		printf("covls %s\n", covls_version);
		return EXIT_SUCCESS;
	}
	if (argc > 1 && is_word(argv[1], "--help", "-h", "help")) {
		cli_help(argc > 2 ? argv[2] : NULL);
		return EXIT_SUCCESS;
	}
	for (size_t i = 0; argc > 1 && i < sizeof commands / sizeof commands[0]; i++) {
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 2, argv + 2);
	}
	return cli_serve(argc - 1, argv + 1);
}
