#include "cli.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "platform/path.h"

void
cli_complain(const char *fmt, ...)
{
	va_list args;

	fputs("covls: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
}

/* The option that `arg` (without its dashes) names. */
static int
find_long(const struct cli_option *options, const char *arg, size_t len)
{
	for (int i = 0; options[i].name != NULL; i++) {
		if (strlen(options[i].name) == len && memcmp(options[i].name, arg, len) == 0)
			return i;
	}
	return CLI_BAD;
}

static int
find_short(const struct cli_option *options, char letter)
{
	for (int i = 0; options[i].name != NULL; i++) {
		if (options[i].letter != 0 && options[i].letter == letter)
			return i;
	}
	return CLI_BAD;
}

static int
take_value(struct cli_args *args, const struct cli_option *option, int index, const char *inside,
	   const char **value)
{
	*value = inside;
	if (!option->takes_value && inside != NULL) {
		cli_complain("--%s takes no value", option->name);
		return CLI_BAD;
	}
	if (option->takes_value && inside == NULL) {
		if (args->at >= args->argc) {
			cli_complain("--%s needs a value", option->name);
			return CLI_BAD;
		}
		*value = args->argv[args->at++];
	}
	return index;
}

int
cli_next(struct cli_args *args, const struct cli_option *options, const char **value)
{
	const char *arg, *equals;
	int i;

	if (args->at >= args->argc)
		return CLI_END;
	arg = args->argv[args->at++];
	if (!args->files_only && strcmp(arg, "--") == 0) {
		args->files_only = true;
		return cli_next(args, options, value);
	}
	if (args->files_only || arg[0] != '-' || arg[1] == '\0') {
		*value = arg;
		return CLI_FILE;
	}
	equals = strchr(arg, '=');
	if (arg[1] == '-')
		i = find_long(options, arg + 2,
			      equals == NULL ? strlen(arg + 2) : (size_t)(equals - arg - 2));
	else
		i = arg[2] == '\0' ? find_short(options, arg[1]) : CLI_BAD;
	if (i == CLI_BAD) {
		cli_complain("unknown option '%s'; 'covls --help' lists what there is", arg);
		return CLI_BAD;
	}
	return take_value(args, &options[i], i, equals == NULL ? NULL : equals + 1, value);
}

void
cli_percent(const struct view_summary *summary, char text[CLI_PERCENT_MAX])
{
	double percent = view_percent(summary);

	if (percent > 0 && percent < 1)
		percent = 1;
	else if (percent > 99 && percent < 100)
		percent = 99;
	snprintf(text, CLI_PERCENT_MAX, "%.0f%%", percent);
}

const char *
cli_short_path(const char *path, const char *current)
{
	const char *below = path_below(path, current);

	return below == NULL ? path : below;
}
