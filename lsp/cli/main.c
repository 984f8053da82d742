/* main.c - the one executable: picks the command and runs it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/version.h"

#include "cli.h"

#define REPORT_HELP                                                                              \
	"  --include=PAT,...      only files whose paths match one of these patterns\n"          \
	"  --omit=PAT,...         no files whose paths match one of these patterns\n"            \
	"  --fail-under=MIN       exit with status 2 if the total is less than MIN\n"            \
	"  -i, --ignore-errors    go on where a source cannot be read\n"                         \
	"  --data-file=FILE       the data [COVERAGE_FILE; .coverage]\n"                         \
	"  --rcfile=FILE          the configuration [COVERAGE_RCFILE; .coveragerc, setup.cfg,\n" \
	"                         tox.ini, pyproject.toml]\n"                                    \
	"  --python=3.X           by which Python's rules sources are read\n"

#define OUTPUT_HELP                                                            \
	"  -o FILE                where it is written; - is standard output\n" \
	"  -q, --quiet            don't tell that it was written\n"

#define SETTINGS_HELP                                                                        \
	"  --data-file=FILE       the data, wherever else there is some\n"                   \
	"  --path-mapping=FROM=TO what names in the data begin with, and how that is\n"      \
	"                         called here; may be repeated\n"                            \
	"  --python=3.X           by which Python's rules sources are read\n"                \
	"  --runs=RUNS            union: with what earlier runs showed, where the text is\n" \
	"                         still the same; replace: the last run alone\n"             \
	"  --new-statements=STATE missed or unknown: what is newer than the run\n"

#define CONTEXTS_HELP "  --contexts=REGEX,...   only what ran in these contexts\n"

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *usage, *help;
} commands[] = {
	{"show",      cli_show,     "covls show [OPTION...] FILE...",
         "Prints source files with a gutter: which statements ran, which did not.\n"
	  "\n  --color=WHEN           auto (on a terminal, unless NO_COLOR is set), always or never\n" SETTINGS_HELP},
	{ "check",    cli_check,    "covls check [OPTION...] [FILE...]",
         "Tells of source files, or of the current folder, which configuration, which settings and which\n"
	  "data hold, what there is to show, why it is not more, and which setting would help. Ends with\n"
	  "0 if nothing is in the way.\n\n"
	  "  --json                 as JSON\n" SETTINGS_HELP                                                        },
	{ "config",   cli_config,   "covls config [OPTION...] [FILE]",
         "Prints every setting of covls with its value, its default and where the value came from, and\n"
	  "what the configuration of coverage.py sets for the sources here, or for FILE.\n\n"
	  "  --json                 as JSON\n"
	  "  --schema               which settings there are, as a JSON schema\n" SETTINGS_HELP                     },
	{ "report",   cli_report,   "covls report [OPTION...] [FILE...]",
         "Prints a table of the measured files, or of these: statements, missed ones, branches, percent\n"
	  "and total, as `coverage report` does.\n\n"
	  "  -m, --show-missing     also the lines and branches that were missed\n"
	  "  --format=FORMAT        text, markdown or total\n"
	  "  --precision=N          digits behind the point\n"
	  "  --sort=COLUMN          name, stmts, miss, branch, brpart or cover; -COLUMN: downwards\n"
	  "  --skip-covered, --no-skip-covered, --skip-empty\n"
	  "                         without files that are covered, or have no statements\n"
	  "  --baseline[=NAME]      then, what was lost, is newly missed or gained since a baseline (covls\n"
	  "                         baseline): the one in use or this one; last: the run before\n"
	  "  --max-lost=N           exit with status 2 if more statements were lost than that\n" CONTEXTS_HELP
		  REPORT_HELP										       },
	{ "json",     cli_json,     "covls json [OPTION...] [FILE...]",
         "Writes everything that is known of the measured files, or of these, to coverage.json, as\n"
	  "`coverage json` does.\n\n"
	  "  --pretty-print         for people to read\n"
	  "  --show-contexts        in which contexts each line ran\n" CONTEXTS_HELP OUTPUT_HELP
		  REPORT_HELP										       },
	{ "lcov",     cli_lcov,     "covls lcov [OPTION...] [FILE...]",
         "Writes an LCOV report to coverage.lcov, as `coverage lcov` does.\n\n" OUTPUT_HELP
		  REPORT_HELP										       },
	{ "xml",      cli_xml,      "covls xml [OPTION...] [FILE...]",
         "Writes a Cobertura report to coverage.xml, as `coverage xml` does.\n\n"
	  "  --skip-empty           without files that have no statements\n" OUTPUT_HELP
		  REPORT_HELP										       },
	{ "baseline", cli_baseline,
         "covls baseline [list | save [NAME] | use NAME | use --none | drop NAME... |\n"
	  "                changes [NAME]]",					      "Saves the coverage data as it is now, with the texts that ran, as a baseline of the project here,\n"
	  "and tells which there are. Later runs are compared with the one that is in use: which statements\n"
	  "were lost, are newly missed, or gained (covls report --baseline, and in editors). A name that is\n"
	  "not given is that of git's branch. Baselines are kept in the user's cache folder. All data files\n"
	  "that count are saved, of each package and language. changes tells what has changed since, file by\n"
	  "file, whatever the format of the data.\n\n"
	  "  --json                 list, changes: as JSON\n"
	  "  --data-file=FILE       save, changes: the data, wherever else there is some\n"
	  "  --max-lost=N           changes: exit with status 2 if more statements were lost than that\n"
	  "  --path-mapping=FROM=TO save: what names in the data begin with, and how that is\n"
	  "                         called here; may be repeated\n"     },
	{ "facts",    cli_facts,    "covls facts [--python=3.X] [--rcfile=FILE] FILE...",
         "Prints what Python sources say about their lines: one JSON object a line and file, with\n"
	  "statements, excluded lines, docstrings, possible arcs and exit counts, as coverage.py has\n"
	  "them. Without a version the rules are those of the Python of the file's project, as covls\n"
	  "check tells; - is standard input.\n"								     },
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
		fputs("  covls --version | --help [COMMAND]\n"
		      "\n"
		      "Without --data-file the file named by COVERAGE_FILE is read. Else covls show\n"
		      "and covls check take the one that the configuration of coverage.py names, or\n"
		      "look for .coverage in the folder of the source or one above it, and in the\n"
		      "project for reports of any language. What writes or prints coverage.py's\n"
		      "reports looks where coverage.py would, covls report then in the folders above.\n",
		      stdout);
}

static bool
is_word(const char *arg, const char *word, const char *letter, const char *name)
{
	return strcmp(arg, word) == 0 || strcmp(arg, letter) == 0 || strcmp(arg, name) == 0;
}

/* What a command ends with, if all that it printed was written. */
static int
end_with(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	cli_complain("cannot write to the standard output: %s", strerror(errno));
	return status == EXIT_SUCCESS ? CLI_FAILED : status;
}

static int
help_with(const char *command)
{
	bool known = command == NULL;

	for (size_t i = 0; !known && i < sizeof commands / sizeof commands[0]; i++)
		known = strcmp(command, commands[i].name) == 0;
	if (!known) {
		cli_complain("unknown command '%s'; 'covls --help' lists what there is", command);
		return CLI_USAGE;
	}
	cli_help(command);
	return EXIT_SUCCESS;
}

int
main(int argc, char **argv)
{
	if (argc > 1 && is_word(argv[1], "--version", "-V", "version")) {
		printf("covls %s\n", covls_version);
		return end_with(EXIT_SUCCESS);
	}
	if (argc > 1 && is_word(argv[1], "--help", "-h", "help"))
		return end_with(help_with(argc > 2 ? argv[2] : NULL));
	for (size_t i = 0; argc > 1 && i < sizeof commands / sizeof commands[0]; i++) {
		if (strcmp(argv[1], commands[i].name) == 0)
			return end_with(commands[i].run(argc - 2, argv + 2));
	}
	return cli_serve(argc - 1, argv + 1);
}
