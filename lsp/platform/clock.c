#include "platform/clock.h"

#include <stdio.h>
#include <time.h>

static int64_t
now_of(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t
clock_wall_ns(void)
{
	return now_of(CLOCK_REALTIME);
}

int64_t
clock_steady_ns(void)
{
	return now_of(CLOCK_MONOTONIC);
}

void
clock_iso(int64_t wall_ns, char text[CLOCK_TEXT_MAX])
{
	time_t seconds = (time_t)(wall_ns / 1000000000);
	struct tm utc;

	if (gmtime_r(&seconds, &utc) == NULL ||
	    strftime(text, CLOCK_TEXT_MAX, "%Y-%m-%dT%H:%M:%SZ", &utc) == 0)
		text[0] = '\0';
}

void
clock_local(int64_t wall_ns, char text[CLOCK_TEXT_MAX])
{
	time_t seconds = (time_t)(wall_ns / 1000000000);
	int micros = (int)(wall_ns % 1000000000 / 1000);
	struct tm local;
	size_t len = 0;

	if (localtime_r(&seconds, &local) != NULL)
		len = strftime(text, CLOCK_TEXT_MAX, "%Y-%m-%dT%H:%M:%S", &local);
	text[len] = '\0';
	if (len > 0 && micros != 0)
		snprintf(text + len, CLOCK_TEXT_MAX - len, ".%06d", micros);
}

void
clock_ago(int64_t seconds, char text[CLOCK_TEXT_MAX])
{
	static const struct {
		int64_t from, unit;
		const char *name;
	} steps[] = {
		{172800, 86400, "day"   },
		{ 7200,  3600,  "hour"  },
		{ 120,   60,    "minute"},
		{ 2,     1,     "second"},
	};

	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
		if (seconds >= steps[i].from) {
			snprintf(text, CLOCK_TEXT_MAX, "%lld %ss ago",
				 (long long)(seconds / steps[i].unit), steps[i].name);
			return;
		}
	}
	snprintf(text, CLOCK_TEXT_MAX, "just now");
}
