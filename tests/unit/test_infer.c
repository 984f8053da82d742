#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lsp/coverage/infer.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/name_set.h"
#include "platform/clock.h"
#include "support/test.h"

/*
 * Random projects: files with few different names, so that many end alike; a report made elsewhere of
 * one folder of the project (or all of it), after which some files were deleted here. What is told then is
 * compared with what is known of how the report was made.
 */
#define FILES_MAX 60

static uint64_t seed;

static unsigned
below(unsigned n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)((seed >> 11) % n);
}

struct world {
	struct buf paths[FILES_MAX]; /* absolute, below /w/ */
	bool here[FILES_MAX];        /* not deleted since */
	bool reported[FILES_MAX];
	struct buf names[FILES_MAX]; /* as recorded */
	size_t count;
};

static void
add_random_path(struct world *w)
{
	static const char *const folders[] = { "a", "b", "src", "lib", "packages", "core" };
	static const char *const bases[] = { "x.c", "y.c", "z.c", "index.ts", "util.py", "A.java" };
	struct buf *path = &w->paths[w->count];

	buf_reset(path);
	buf_add_text(path, "/w");
	for (unsigned depth = below(4); depth > 0; depth--)
		buf_addf(path, "/%s", folders[below(6)]);
	buf_addf(path, "/%s", bases[below(6)]);
	for (size_t i = 0; i < w->count; i++) {
		if (span_equal(buf_span(path), buf_span(&w->paths[i])))
			return;
	}
	w->count++;
}

/* The report speaks of most of what is in `folder`, which was `from` there; each eighth file or so was
 * deleted since. */
static void
make_world(struct world *w, const char *folder, const char *from)
{
	size_t len = strlen(folder);

	w->count = 0;
	for (unsigned i = 5 + below(FILES_MAX - 5); i > 0; i--)
		add_random_path(w);
	for (size_t i = 0; i < w->count; i++) {
		struct span path = buf_span(&w->paths[i]);

		w->here[i] = below(8) != 0;
		w->reported[i] = span_starts(path, span_of(folder)) && below(8) != 0;
		buf_reset(&w->names[i]);
		if (w->reported[i])
			buf_addf(&w->names[i], "%s%.*s", from, (int)(path.len - len),
				 path.at + len);
	}
}

static void
infer_world(const struct world *w, const char *near, struct infer_result *result)
{
	struct span names[FILES_MAX];
	struct infer_file files[FILES_MAX];
	struct infer_input in = { .names = names, .files = files, .near = span_of(near) };

	for (size_t i = 0; i < w->count; i++) {
		if (w->reported[i])
			names[in.name_count++] = buf_span(&w->names[i]);
		if (w->here[i])
			files[in.file_count++] =
				(struct infer_file){ buf_span(&w->paths[i]), strlen("/w/") };
	}
	infer_pairs(&in, result);
}

/* The file that a name belongs to by the pairs of the longest `from` that lead somewhere: its number, or -1 for
 * none or for several. */
static int
file_of(const struct world *w, const struct infer_result *r, struct span name)
{
	int file = -1;
	size_t longest = 0;
	struct buf path = { 0 };

	for (size_t i = 0; i < r->count; i++) {
		size_t len = strlen(r->pairs[i].from);

		if (!span_starts(name, span_of(r->pairs[i].from)) || (file != -1 && len != longest))
			continue;
		buf_reset(&path);
		buf_addf(&path, "%s%.*s", r->pairs[i].to, (int)(name.len - len), name.at + len);
		for (size_t k = 0; k < w->count; k++) {
			if (!w->here[k] || !span_equal(buf_span(&w->paths[k]), buf_span(&path)))
				continue;
			file = file == -1 || file == (int)k ? (int)k : -2;
			longest = len;
		}
	}
	buf_free(&path);
	return file < 0 ? -1 : file;
}

struct counts {
	unsigned right, hidden, wrong, of_deleted;
};

static void
judge(const struct world *w, const struct infer_result *r, struct counts *counts)
{
	for (size_t i = 0; i < w->count; i++) {
		int file = w->reported[i] ? file_of(w, r, buf_span(&w->names[i])) : -1;

		if (!w->reported[i] || (!w->here[i] && file == -1))
			continue;
		if (file == -1)
			counts->hidden++;
		else if (file == (int)i)
			counts->right++;
		else if (w->here[i])
			counts->wrong++;
		else
			counts->of_deleted++;
	}
}

static void
free_world(struct world *w)
{
	for (size_t i = 0; i < FILES_MAX; i++) {
		buf_free(&w->paths[i]);
		buf_free(&w->names[i]);
	}
}

static struct counts
count_worlds(const char *folder, const char *from, const char *near, unsigned worlds)
{
	struct world *w = mem_alloc(1, sizeof *w);
	struct counts counts = { 0 };

	for (unsigned n = 1; n <= worlds; n++) {
		struct infer_result result = { 0 };
		unsigned wrong = counts.wrong;

		seed = UINT64_C(0x9E3779B97F4A7C15) * n;
		make_world(w, folder, from);
		infer_world(w, near, &result);
		judge(w, &result, &counts);
		if (counts.wrong > wrong)
			print_message("  seed %u of '%s' -> '%s'\n", n, from, folder);
		infer_free(&result);
	}
	free_world(w);
	free(w);
	print_message("  '%s' is '%s': %u right, %u not shown, %u of deleted files, %u wrong\n",
		      from, folder, counts.right, counts.hidden, counts.of_deleted, counts.wrong);
	return counts;
}

static void
files_of_one_name_never_swap(void **state)
{
	static const struct {
		const char *folder, *from, *near;
		unsigned least; /* of a hundred names, so many are shown at least */
	} cases[] = {
		{"/w/",           "/ci/build/", "/elsewhere",           90},
		{ "/w/",          "/ci/build/", "/w/coverage",          90},
		{ "/w/",          "c:/ci/",     "/elsewhere",           90},
		{ "/w/",          "c:/ci/",     "/w",                   90},
		{ "/w/packages/", "/ci/build/", "/elsewhere",           20},
		{ "/w/packages/", "/ci/build/", "/w/coverage",          20},
		{ "/w/packages/", "/ci/build/", "/w/packages/coverage", 20},
		{ "/w/packages/", "",           "/elsewhere",           5 },
		{ "/w/src/",      "",           "/elsewhere",           5 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct counts c = count_worlds(cases[i].folder, cases[i].from, cases[i].near, 2000);

		assert_int_equal(c.wrong, 0);
		assert_true(c.right * 100 >= (c.right + c.hidden) * cases[i].least);
		/* What was deleted can't be told from what was moved; but it is rare. */
		assert_true(c.of_deleted * 10 <= c.right);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_of_one_name_never_swap),
	};

	return cmocka_run_group_tests_name("infer", tests, NULL, NULL);
}
