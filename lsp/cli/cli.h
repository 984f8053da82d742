/*
 * cli.h - the commands of the shell, and what they share.
 *
 * A command is a row in main.c's table. It gets the arguments behind its name and returns the exit
 * status: 0 all was well, 1 something could not be shown (standard error says what), 2 the command
 * line makes no sense.
 */
#ifndef COVLS_CLI_CLI_H
#define COVLS_CLI_CLI_H

#include <stdbool.h>

#include "base/status.h"
#include "coverage/view.h"

#define CLI_FAILED 1
#define CLI_USAGE  2

int cli_serve(int argc, char **argv);
int cli_show(int argc, char **argv);
int cli_report(int argc, char **argv);
int cli_json(int argc, char **argv);
int cli_lcov(int argc, char **argv);
int cli_xml(int argc, char **argv);
int cli_facts(int argc, char **argv);
int cli_check(int argc, char **argv);
int cli_config(int argc, char **argv);
int cli_baseline(int argc, char **argv);

/* Prints the help of a command, or with NULL of all, to standard output. */
void cli_help(const char *command);

/*
 * Walks arguments. An option is "--name", "--name=value" or "--name value", where the start of a name is
 * enough if no other option starts so; or "-n", "-nvalue" or "-n value", and several that take no value
 * together, as in "-im". "--" ends the options; everything else is a name of a file. Options and files may
 * be mixed.
 */
struct cli_args {
	int argc;
	char **argv;
	int at;
	bool files_only;
	const char *letters; /* what is left of "-im", or NULL */
};

#define CLI_VALUE_MAYBE 2

struct cli_option {
	const char *name; /* without the dashes */
	char letter;      /* "-m"; 0: none */
	/* false, true, or CLI_VALUE_MAYBE: as "--name=value" or not at all. */
	unsigned char takes_value;
};

/* What cli_next() returns beside the index of an option. */
#define CLI_END  (-1)
#define CLI_FILE (-2)
#define CLI_BAD  (-3) /* has been told on standard error */

/* The next argument: the index of an option in the table, which ends with a NULL name; *value is its
 * value, or the name of a file. */
int cli_next(struct cli_args *args, const struct cli_option *options, const char **value);

/* One line on standard error: "covls: ...". */
void cli_complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#define CLI_PERCENT_MAX 16

/* "83%": as coverage.py shows it (Numbers.display_covered, 7.16): what is not quite 0 or 100 is never
 * shown as that. */
void cli_percent(const struct view_summary *summary, char text[CLI_PERCENT_MAX]);

/* How a path is shown: relative to `current` where it lies below, else as it is. */
const char *cli_short_path(const char *path, const char *current);

#endif
