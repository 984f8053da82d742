/* process.h - other processes. */
#ifndef COVLS_PLATFORM_PROCESS_H
#define COVLS_PLATFORM_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

/* Has the process ended? One that has ended and that nobody has waited for has. */
bool process_has_ended(int64_t pid);

#endif
