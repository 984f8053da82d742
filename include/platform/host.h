/* host.h - which machine this is. */
#ifndef COVLS_PLATFORM_HOST_H
#define COVLS_PLATFORM_HOST_H

/* The machine's name as the system has it, as socket.gethostname() of Python; the caller's to free().
 * Empty if it has none. */
char *host_name(void);

#endif
