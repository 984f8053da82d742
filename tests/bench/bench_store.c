/*
 * bench_store [--runs=N] [--most=MIB] - how the store grows with runs, and what a run costs.
 *
 * A project of 200 sources of 300 lines; before each of N runs (1,000) 20 of them change in 3
 * lines, and each run leaves a data file of 200 KB (random bytes, which nothing packs). What is
 * measured is what the server does then: the data file copied, the run put into the store, and the
 * texts of the 20 sources that are open.
 *
 *     store     data_copy(), store_put_run(), 20 times store_put_ran_text(), on a clock each run
 *     files     the same bytes into plain files: the data file and 20 texts, without fsync(), nothing ever
 *               looked up, nothing removed: the least that a disk needs
 *     raw       the bytes of what a store without bound would hold: data files and texts, equal ones once
 *
 * Prints the size on the disk after 1, 10, 100 and 1,000 runs, wall and CPU time of a run, and
 * what reading costs. The bound is STORE_RUNS_MAX runs of a data file, and STORE_SIZE_MAX, which
 * --most lowers.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "data/data.h"
#include "platform/cache.h"
#include "platform/clock.h"
#include "platform/path.h"
#include "store/store.h"

#define SOURCES   200
#define LINES     300
#define CHANGED   20
#define EDITS     3
#define DATA_SIZE ((size_t)200 * 1000)

static char folder[] = "/tmp/covls-bench-XXXXXX";
static unsigned versions[SOURCES][LINES];
static struct store *store;
static char *data_path, *cache, *plain;

static unsigned
next_random(void)
{
	static uint64_t state = 5;

	state = state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(state >> 33);
}

static void
must(enum status status, const struct error *err)
{
	if (status == STATUS_OK)
		return;
	fprintf(stderr, "%s\n", err->text);
	exit(1);
}

/* Lines as source has them: words that come again, and some that don't. */
static void
make_text(unsigned source, struct buf *text)
{
	static const char *const words[] = { "value", "self",  "result", "index",   "request",
					     "name",  "other", "append", "context", "options" };

	buf_reset(text);
	for (unsigned line = 0; line < LINES; line++) {
		unsigned n = source * 7919 + line * 104729 + versions[source][line] * 1299709;

		n = n * 2654435761u >> 7;
		if (line % 12 == 0)
			buf_addf(text, "\ndef %s_%u(self, %s, %s=None):\n", words[n % 10], n % 977,
				 words[n / 10 % 10], words[n / 100 % 10]);
		else
			buf_addf(text, "        %s.%s = %s(%s, %u)\n", words[n % 10],
				 words[n / 10 % 10], words[n / 100 % 10], words[n / 1000 % 10],
				 n % 8191);
	}
}

static void
write_file(const char *path, struct span bytes)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || write(fd, bytes.at, bytes.len) != (ssize_t)bytes.len || close(fd) != 0) {
		perror(path);
		exit(1);
	}
}

static void
write_data_file(struct buf *data)
{
	buf_reset(data);
	for (size_t i = 0; i < DATA_SIZE; i += sizeof(unsigned)) {
		unsigned bytes = next_random();

		buf_add(data, (struct span){ (const char *)&bytes, sizeof bytes });
	}
	memcpy(data->at, "go: ", 4); /* whatever, but no database */
	write_file(data_path, buf_span(data));
}

/* The sources that a run finds changed, and their texts. */
struct change {
	unsigned sources[CHANGED];
	struct buf texts[CHANGED];
};

static void
change_sources(struct change *change)
{
	for (unsigned i = 0; i < CHANGED; i++) {
		unsigned source = next_random() % (SOURCES / CHANGED) + i * (SOURCES / CHANGED);

		for (unsigned k = 0; k < EDITS; k++)
			versions[source][next_random() % LINES]++;
		change->sources[i] = source;
		make_text(source, &change->texts[i]);
	}
}

static void
name_source(char *name, size_t size, unsigned source)
{
	snprintf(name, size, "/srv/project/src/package_%02u/module_%03u.py", source / 20, source);
}

static int64_t
keep_in_store(const struct change *change)
{
	struct store_run run = { .data_path = data_path, .modified_ns = clock_wall_ns() };
	char *place = store_copy_place(store), name[80];
	struct data_digest digest;
	struct error err;
	int64_t id;

	must(data_copy(data_path, place, STORE_COPY_MAX, &digest, &err), &err);
	run.size = digest.size;
	run.hash = digest.hash;
	must(store_put_run(store, &run, place, &id, &err), &err);
	for (unsigned i = 0; i < CHANGED; i++) {
		name_source(name, sizeof name, change->sources[i]);
		must(store_put_ran_text(store, id, name, buf_span(&change->texts[i]),
					STORE_FROM_DISK, &err),
		     &err);
	}
	free(place);
	return id;
}

static void
keep_in_files(const struct change *change, const struct buf *data, unsigned run)
{
	char path[128];

	snprintf(path, sizeof path, "%s/%u.data", plain, run);
	write_file(path, buf_span(data));
	for (unsigned i = 0; i < CHANGED; i++) {
		snprintf(path, sizeof path, "%s/%u.%u", plain, run, i);
		write_file(path, buf_span(&change->texts[i]));
	}
}

static int
compare_times(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* In milliseconds, of each turn. */
struct times {
	double *wall, *cpu;
	unsigned count;
	int64_t wall_began;
	clock_t cpu_began;
};

static void
times_init(struct times *t, unsigned most)
{
	*t = (struct times){ .wall = mem_alloc(most, sizeof *t->wall),
			     .cpu = mem_alloc(most, sizeof *t->cpu) };
}

static void
times_begin(struct times *t)
{
	t->cpu_began = clock();
	t->wall_began = clock_steady_ns();
}

static void
times_end(struct times *t)
{
	t->wall[t->count] = (double)(clock_steady_ns() - t->wall_began) / 1e6;
	t->cpu[t->count++] = (double)(clock() - t->cpu_began) * 1e3 / CLOCKS_PER_SEC;
}

static void
times_tell(struct times *t, const char *what)
{
	unsigned n = t->count;

	qsort(t->wall, n, sizeof *t->wall, compare_times);
	qsort(t->cpu, n, sizeof *t->cpu, compare_times);
	printf("%-24s wall ms: least %7.3f, median %7.3f, p99 %7.3f; CPU ms: median %7.3f, p99 %7.3f\n",
	       what, t->wall[0], t->wall[n / 2], t->wall[n * 99 / 100], t->cpu[n / 2],
	       t->cpu[n * 99 / 100]);
	free(t->wall);
	free(t->cpu);
}

/* What a document that is opened asks: the run of the data, which text it ran, the text. */
static void
measure_reading(const struct change *change, int64_t run)
{
	struct times times;
	char name[80];
	struct buf text = { 0 };

	times_init(&times, 201);
	for (unsigned i = 0; i < 201; i++) {
		struct store_key key;
		enum store_origin origin;
		struct error err;

		name_source(name, sizeof name, change->sources[i % CHANGED]);
		times_begin(&times);
		must(store_find_ran(store, run, name, &key, &origin, &err), &err);
		must(store_get_text(store, &key, &text, &err), &err);
		times_end(&times);
	}
	buf_free(&text);
	times_tell(&times, "one text read");
}

static void
tell_growth(unsigned run, uint64_t raw)
{
	uint64_t size = store_size(store);

	printf("%8u %12.2f %12.2f %14.2f\n", run, (double)size / 1e6, (double)raw / 1e6,
	       (double)raw / (double)size);
}

static void
measure(unsigned runs)
{
	struct change change = { { 0 }, { { 0 } } };
	struct times kept, copied;
	struct buf data = { 0 };
	uint64_t raw = 0;
	int64_t id = 0;

	times_init(&kept, runs);
	times_init(&copied, runs);
	printf("%8s %12s %12s %14s\n", "runs", "store, MB", "raw, MB", "times less");
	for (unsigned run = 1, next = 1; run <= runs; run++) {
		change_sources(&change);
		write_data_file(&data);
		raw += data.len;
		for (unsigned i = 0; i < CHANGED; i++)
			raw += change.texts[i].len;
		times_begin(&kept);
		id = keep_in_store(&change);
		times_end(&kept);
		times_begin(&copied);
		keep_in_files(&change, &data, run);
		times_end(&copied);
		if (run == next || run == runs)
			tell_growth(run, raw);
		if (run == next)
			next *= 10;
	}
	times_tell(&kept, "a run kept in the store");
	times_tell(&copied, "the same into files");
	measure_reading(&change, id);
	for (unsigned i = 0; i < CHANGED; i++)
		buf_free(&change.texts[i]);
	buf_free(&data);
}

int
main(int argc, char **argv)
{
	unsigned long runs = 1000, most = STORE_SIZE_MAX >> 20;
	struct error err;
	char command[64];

	for (int i = 1; i < argc; i++) {
		if (strncmp(argv[i], "--runs=", 7) == 0)
			runs = strtoul(argv[i] + 7, NULL, 10);
		else if (strncmp(argv[i], "--most=", 7) == 0)
			most = strtoul(argv[i] + 7, NULL, 10);
		else
			return 2;
	}
	if (runs < 1 || runs > 1000000 || most < 1 || mkdtemp(folder) == NULL)
		return 2;
	data_path = path_join(folder, "data");
	cache = path_join(folder, "cache");
	plain = path_join(folder, "plain");
	must(cache_make_folder(plain, &err), &err);
	must(store_open(&store, cache, &err), &err);
	store_limit(store, (uint64_t)most << 20);
	printf("the bound: %d runs of a data file, %lu MiB\n", STORE_RUNS_MAX, most);
	measure((unsigned)runs);
	store_close(store);
	free(data_path);
	free(cache);
	free(plain);
	snprintf(command, sizeof command, "rm -rf '%s'", folder);
	return system(command) != 0; /* NOLINT(cert-env33-c): a folder that mkdtemp() named */
}
