/*
 * bench_lexer [--rounds=N] [FILE...] - megabytes a second of Python source, all of it in memory:
 *
 *     newlines   memchr for '\n' over the same bytes: about what memory itself allows
 *     regex      the default exclusion patterns searched by PCRE2 in the whole text
 *     exclude    the same, only where a match is possible
 *     lexer      every token, one by one
 *     skim       the tokens that are left if all that may be are left out
 *     lines      py_lines_read(): statements, exclusion and the result
 *     arcs       the same with arcs: what `covls facts` does, without reading and printing
 *
 * File names are read from standard input if none are given. Each figure is the best and the median
 * of N rounds over all files.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "python/exclude.h"
#include "python/pylines.h"

struct corpus {
	struct span *texts;
	size_t count, cap, bytes;
};

static size_t sink; /* what is counted, so that no work can be left out */

static void
add_file(struct corpus *c, const char *path)
{
	FILE *f = fopen(path, "rb");
	char *at;
	long len;

	if (f == NULL || fseek(f, 0, SEEK_END) != 0 || (len = ftell(f)) < 0) {
		perror(path);
		exit(1);
	}
	rewind(f);
	at = mem_alloc((size_t)len, 1);
	if (fread(at, 1, (size_t)len, f) != (size_t)len) {
		perror(path);
		exit(1);
	}
	fclose(f);
	c->texts = mem_grow(c->texts, c->count, &c->cap, sizeof *c->texts);
	c->texts[c->count++] = (struct span){ at, (size_t)len };
	c->bytes += (size_t)len;
}

static void
run_newlines(struct span text)
{
	const char *p = text.at, *end = text.at + text.len;

	while (p < end && (p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		sink++;
		p++;
	}
}

static void
run_regex(struct span text)
{
	static struct regex *re;
	struct line_set lines = { 0 };

	if (re == NULL)
		re = regex_compile(span_of(py_exclude_default_pattern), NULL);
	py_exclude_search(&lines, re, text);
	sink += line_set_count(&lines);
	line_set_free(&lines);
}

static void
run_exclude(struct span text)
{
	struct line_set lines = { 0 };

	py_exclude_defaults(&lines, text);
	sink += line_set_count(&lines);
	line_set_free(&lines);
}

static void
run_lexer(struct span text)
{
	static struct pylex lx;
	struct pytoken tok;

	pylex_init(&lx, 0);
	pylex_finish(&lx);
	while (pylex_next(&lx, &text, &tok) == PYLEX_TOKEN)
		sink++;
}

static void
run_skim(struct span text)
{
	static struct pylex lx;
	struct pytoken toks[8];
	enum pylex_event ev;
	size_t count;

	pylex_init(&lx, 0);
	pylex_finish(&lx);
	do {
		ev = pylex_read(&lx, &text, PYLEX_QUIET_ALL, toks, 8, &count);
		sink += count;
	} while (ev == PYLEX_TOKEN);
}

static void
run_lines(struct span text)
{
	static struct py_lines lines;
	struct py_options options = { 0 };

	if (py_lines_read(&lines, text, &options, NULL) == STATUS_OK)
		sink += lines.count;
}

static void
run_arcs(struct span text)
{
	static struct py_lines lines;
	struct py_options options = { .want = PY_WANT_ARCS };

	if (py_lines_read(&lines, text, &options, NULL) == STATUS_OK)
		sink += lines.arcs.possible.count;
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void
measure(const struct corpus *c, const char *name, void (*run)(struct span), size_t rounds)
{
	double *times = mem_alloc(rounds, sizeof *times);
	double mb = (double)c->bytes / 1e6;

	sink = 0;
	for (size_t r = 0; r < rounds; r++) {
		double start = now();

		for (size_t i = 0; i < c->count; i++)
			run(c->texts[i]);
		times[r] = now() - start;
	}
	qsort(times, rounds, sizeof *times, by_size);
	printf("%-10s best %8.0f MB/s   median %8.0f MB/s   (%zu counted a round)\n", name,
	       mb / times[0], mb / times[rounds / 2], sink / rounds);
	free(times);
}

int
main(int argc, char **argv)
{
	struct corpus c = { 0 };
	size_t rounds = 15;
	char path[4096];

	for (int i = 1; i < argc; i++) {
		if (strncmp(argv[i], "--rounds=", 9) == 0)
			rounds = strtoul(argv[i] + 9, NULL, 10);
		else
			add_file(&c, argv[i]);
	}
	if (c.count == 0) {
		while (fgets(path, sizeof path, stdin) != NULL) {
			path[strcspn(path, "\n")] = 0;
			add_file(&c, path);
		}
	}
	if (c.bytes == 0 || rounds == 0) {
		fprintf(stderr, "usage: bench_lexer [--rounds=N] FILE...\n");
		return 2;
	}
	printf("%zu files, %.2f MB, %zu rounds\n", c.count, (double)c.bytes / 1e6, rounds);
	measure(&c, "newlines", run_newlines, rounds);
	measure(&c, "regex", run_regex, rounds);
	measure(&c, "exclude", run_exclude, rounds);
	measure(&c, "lexer", run_lexer, rounds);
	measure(&c, "skim", run_skim, rounds);
	measure(&c, "lines", run_lines, rounds);
	measure(&c, "arcs", run_arcs, rounds);
	return 0;
}
