/* process.h - other processes, and what becomes of them. */
#ifndef COVLS_PLATFORM_PROCESS_H
#define COVLS_PLATFORM_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

/* Has the process ended? One that has ended and that nobody has waited for has. */
bool process_has_ended(int64_t pid);

/* From now on, writing to somebody who has gone is an error like any other and does not end us. */
void process_survive_broken_pipes(void);

#endif
