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

/* The option of this name, or the only one whose name starts so. */
static int
find_long(const struct cli_option *options, const char *name, size_t len)
{
	int found = CLI_BAD;

	for (int i = 0; options[i].name != NULL; i++) {
		if (strncmp(options[i].name, name, len) != 0)
			continue;
		if (options[i].name[len] == '\0')
			return i;
		if (found != CLI_BAD) {
			cli_complain("ambiguous option: '--%.*s' (--%s or --%s?)", (int)len, name,
				     options[found].name, options[i].name);
			return CLI_BAD;
		}
		found = i;
	}
	if (found == CLI_BAD)
		cli_complain("no such option: '--%.*s'; 'covls --help' lists what there is",
			     (int)len, name);
	return found;
}

static int
find_short(const struct cli_option *options, char letter)
{
	for (int i = 0; options[i].name != NULL; i++) {
		if (options[i].letter != 0 && options[i].letter == letter)
			return i;
	}
	cli_complain("no such option: '-%c'; 'covls --help' lists what there is", letter);
	return CLI_BAD;
}

/* The value is `inside` the argument, or is the next one. */
static int
take_value(struct cli_args *args, const struct cli_option *option, int index, const char *inside,
	   const char **value)
{
	*value = inside;
	if (option->takes_value == false && inside != NULL) {
		cli_complain("--%s takes no value", option->name);
		return CLI_BAD;
	}
	if (option->takes_value == true && inside == NULL) {
		if (args->at >= args->argc) {
			cli_complain("--%s needs a value", option->name);
			return CLI_BAD;
		}
		*value = args->argv[args->at++];
	}
	return index;
}

static int
next_long(struct cli_args *args, const struct cli_option *options, const char *name,
	  const char **value)
{
	size_t len = strcspn(name, "=");
	int i = find_long(options, name, len);

	if (i == CLI_BAD)
		return i;
	return take_value(args, &options[i], i, name[len] == '=' ? name + len + 1 : NULL, value);
}

static int
next_letter(struct cli_args *args, const struct cli_option *options, const char **value)
{
	const char *rest = args->letters + 1;
	int i = find_short(options, *args->letters);

	args->letters = NULL;
	if (i == CLI_BAD)
		return i;
	if (options[i].takes_value == true)
		return take_value(args, &options[i], i, *rest == '\0' ? NULL : rest, value);
	args->letters = *rest == '\0' ? NULL : rest;
	*value = NULL;
	return i;
}

int
cli_next(struct cli_args *args, const struct cli_option *options, const char **value)
{
	const char *arg;

	if (args->letters != NULL)
		return next_letter(args, options, value);
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
	if (arg[1] == '-')
		return next_long(args, options, arg + 2, value);
	args->letters = arg + 1;
	return next_letter(args, options, value);
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
