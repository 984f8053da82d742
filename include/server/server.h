/* server.h - runs covls as a language server, until its client has gone. */
#ifndef COVLS_SERVER_SERVER_H
#define COVLS_SERVER_SERVER_H

#include <stdint.h>

enum server_transport { SERVER_STDIO, SERVER_PIPE, SERVER_SOCKET };

struct server_options {
	enum server_transport transport;
	const char *pipe;     /* for SERVER_PIPE */
	uint16_t port;        /* for SERVER_SOCKET, on 127.0.0.1 */
	const char *log_path; /* every message goes there as a JSON line; NULL: none */
	int64_t client_pid;   /* from the command line; 0: `initialize` tells */
	uint32_t body_max;    /* longest message, in bytes; 0: the default */
};

/* Returns the exit status of the process: 0 when `shutdown` came before the end, else 1. */
int server_run(const struct server_options *options);

#endif
