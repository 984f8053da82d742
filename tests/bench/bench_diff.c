/*
 * bench_diff [--rounds=N] RAN NOW - what it costs to find out which lines of NOW are those of RAN, both in
 * memory, in milliseconds of CPU and of wall time, the least and the median of N rounds:
 *
 *     hash   the lines of NOW as numbers (those of RAN are kept by covls)
 *     diff   line_diff() of both
 *
 * and how many lines come from nowhere, in how many runs, and by how much the diff raised the peak memory of
 * the process. Figures are separated by blanks, one line of them, for tests/bench/diff.
 *
 * bench_diff --peak COMMAND ... - the peak memory of a command, in KiB; its output is lost. (The child of a large
 * program, as Python is, is told to have had at least as much as that.)
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#include "base/mem.h"
#include "platform/file.h"
#include "text/line_diff.h"

#define ROUNDS_MAX 1000

struct times {
	double cpu[ROUNDS_MAX], wall[ROUNDS_MAX], cpu_began, wall_began;
};

static double
clock_ms(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void
begin(struct times *t)
{
	t->wall_began = clock_ms(CLOCK_MONOTONIC);
	t->cpu_began = clock_ms(CLOCK_PROCESS_CPUTIME_ID);
}

static void
end(struct times *t, size_t round)
{
	t->cpu[round] = clock_ms(CLOCK_PROCESS_CPUTIME_ID) - t->cpu_began;
	t->wall[round] = clock_ms(CLOCK_MONOTONIC) - t->wall_began;
}

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void
print_times(const char *name, struct times *t, size_t rounds)
{
	qsort(t->cpu, rounds, sizeof *t->cpu, by_size);
	qsort(t->wall, rounds, sizeof *t->wall, by_size);
	printf("%s %.3f %.3f %.3f %.3f ", name, t->cpu[0], t->cpu[rounds / 2], t->wall[0],
	       t->wall[rounds / 2]);
}

/* The peak begins anew. */
static void
forget_peak(void)
{
	FILE *f = fopen("/proc/self/clear_refs", "w");

	if (f != NULL) {
		fputs("5", f);
		fclose(f);
	}
}

static long
peak_kib(void)
{
	FILE *f = fopen("/proc/self/status", "r");
	char line[128];
	long kib = 0;

	while (f != NULL && kib == 0 && fgets(line, sizeof line, f) != NULL) {
		if (strncmp(line, "VmHWM:", 6) == 0)
			kib = strtol(line + 6, NULL, 10);
	}
	if (f != NULL)
		fclose(f);
	return kib;
}

static int
print_peak_of(char **command)
{
	extern char **environ;
	posix_spawn_file_actions_t actions;
	struct rusage used;
	pid_t child;
	int failed;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	failed = posix_spawnp(&child, command[0], &actions, NULL, command, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (failed != 0 || waitpid(child, NULL, 0) != child) {
		fprintf(stderr, "bench_diff: cannot run '%s'\n", command[0]);
		return 1;
	}
	getrusage(RUSAGE_CHILDREN, &used);
	printf("%ld\n", used.ru_maxrss);
	return 0;
}

static uint32_t
count_unknown(const struct line_map *map)
{
	struct line_run run;
	uint32_t count = 0;
	size_t at = 0;

	while (line_map_next(map, &at, &run))
		count += run.origin == LINE_MAP_NONE ? run.count : 0;
	return count;
}

static void
read_text(const char *path, struct buf *text)
{
	struct error err = { 0 };

	if (file_read_all(path, text, SIZE_MAX, &err) != STATUS_OK) {
		fprintf(stderr, "bench_diff: %s\n", err.text);
		exit(1);
	}
}

int
main(int argc, char **argv)
{
	static struct times hash, diff;
	struct line_hashes ran = { 0 }, now = { 0 };
	struct buf texts[2] = { 0 };
	struct line_map map = { 0 };
	size_t rounds = 15, files = 0;
	long before = 0, after = 0;

	if (argc > 2 && strcmp(argv[1], "--peak") == 0)
		return print_peak_of(argv + 2);
	for (int i = 1; i < argc; i++) {
		if (strncmp(argv[i], "--rounds=", 9) == 0)
			rounds = strtoul(argv[i] + 9, NULL, 10);
		else if (files < 2)
			read_text(argv[i], &texts[files++]);
	}
	if (files != 2 || rounds == 0 || rounds > ROUNDS_MAX) {
		fprintf(stderr, "usage: bench_diff [--rounds=N] RAN NOW\n");
		return 2;
	}
	line_hashes_add_text(&ran, buf_span(&texts[0]));
	for (size_t r = 0; r < rounds; r++) {
		begin(&hash);
		line_hashes_reset(&now);
		line_hashes_add_text(&now, buf_span(&texts[1]));
		end(&hash, r);
		if (r == 0) {
			forget_peak();
			before = peak_kib();
		}
		begin(&diff);
		line_diff(&ran, &now, &map);
		end(&diff, r);
		if (r == 0)
			after = peak_kib();
	}
	print_times("hash", &hash, rounds);
	print_times("diff", &diff, rounds);
	printf("lines %zu %zu unknown %u runs %zu kib %ld\n", ran.count, now.count,
	       count_unknown(&map), map.count, after - before);
	line_map_free(&map);
	line_hashes_free(&ran);
	line_hashes_free(&now);
	buf_free(&texts[0]);
	buf_free(&texts[1]);
	return 0;
}
