/* clock.h - what time it is, and how to write it. */
#ifndef COVLS_PLATFORM_CLOCK_H
#define COVLS_PLATFORM_CLOCK_H

#include <stdint.h>

/* Since 1970, in nanoseconds; comparable with a file's modified_ns. */
int64_t clock_wall_ns(void);

/* Since some moment in the past, in nanoseconds; goes on evenly when the wall clock is set. */
int64_t clock_steady_ns(void);

#define CLOCK_TEXT_MAX 32

/* "2026-11-23T09:12:44Z" */
void clock_iso(int64_t wall_ns, char text[CLOCK_TEXT_MAX]);

/* "2026-11-23T10:12:44.012345", in local time, as datetime.isoformat() of Python. */
void clock_local(int64_t wall_ns, char text[CLOCK_TEXT_MAX]);

/* How long ago, for people: "just now", "3 minutes ago", "2 days ago". */
void clock_ago(int64_t seconds, char text[CLOCK_TEXT_MAX]);

#endif
