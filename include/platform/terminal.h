/* terminal.h - who is looking at what we print. */
#ifndef COVLS_PLATFORM_TERMINAL_H
#define COVLS_PLATFORM_TERMINAL_H

#include <stdbool.h>
#include <stdio.h>

bool terminal_is(FILE *stream);

/* Does the user's locale show UTF-8? */
bool terminal_has_utf8(void);

#endif
