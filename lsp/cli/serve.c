/* serve.c - covls as a language server. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "server/server.h"

#include "cli.h"

enum { STDIO, PIPE, SOCKET, PORT, LOG, CLIENT, BODY_MAX };

static const struct cli_option options[] = {
	[STDIO] = {"stdio",            0, false},
	[PIPE] = { "pipe",            0, true },
	[SOCKET] = { "socket",          0, true },
	[PORT] = { "port",            0, true },
	[LOG] = { "log",             0, true },
	[CLIENT] = { "clientProcessId", 0, true },
	[BODY_MAX] = { "max-message",     0, true },
	{ NULL,              0, false},
};

static bool
parse_number(const char *name, const char *text, long long most, long long *number)
{
	char *end;

	errno = 0;
	*number = strtoll(text, &end, 10);
	if (errno == 0 && *end == '\0' && end != text && *number >= 1 && *number <= most)
		return true;
	cli_complain("--%s: '%s' is not a number from 1 to %lld", name, text, most);
	return false;
}

static bool
apply(struct server_options *server, int option, const char *value)
{
	long long number = 0;

	switch (option) {
	case STDIO:
		server->transport = SERVER_STDIO;
		return true;
	case PIPE:
		if (*value == '\0') {
			cli_complain("--pipe: the name is empty");
			return false;
		}
		server->transport = SERVER_PIPE;
		server->pipe = value;
		return true;
	case SOCKET:
	case PORT:
		server->transport = SERVER_SOCKET;
		if (!parse_number(options[option].name, value, 65535, &number))
			return false;
		server->port = (uint16_t)number;
		return true;
	case LOG:
		server->log_path = value;
		return true;
	case CLIENT:
		if (!parse_number(options[option].name, value, INT32_MAX, &number))
			return false;
		server->client_pid = number;
		return true;
	case BODY_MAX: /* in MiB */
		if (!parse_number(options[option].name, value, 2047, &number))
			return false;
		server->body_max = (uint32_t)number << 20;
		return true;
	default:
		return false;
	}
}

int
cli_serve(int argc, char **argv)
{
	struct cli_args args = { .argc = argc, .argv = argv };
	struct server_options server = { .transport = SERVER_STDIO };
	const char *value;
	int option;

	while ((option = cli_next(&args, options, &value)) != CLI_END) {
		if (option == CLI_FILE)
			cli_complain("unknown command '%s'; 'covls --help' lists what there is",
				     value);
		if (option < 0 || !apply(&server, option, value))
			return CLI_USAGE;
	}
	return server_run(&server);
}
