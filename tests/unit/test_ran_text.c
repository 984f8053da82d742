#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "coverage/ran_text.h"
#include "platform/path.h"
#include "platform/process.h"
#include "support/test.h"

static char top[] = "/tmp/covls-ran-XXXXXX";
static bool has_git;

#define SECOND INT64_C(1000000000)
/* When the data of all cases was written. */
#define DATA_NS (INT64_C(1700000000) * SECOND)

static bool
drop(void *ctx, struct span piece)
{
	(void)ctx;
	(void)piece;
	return true;
}

/* Runs a script in the top folder; true if it went well. */
static bool
shell(const char *script)
{
	const char *const arguments[] = { "sh", "-e", "-c", script, NULL };
	const char *const environment[] = { "GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=n",
					    "GIT_AUTHOR_EMAIL=e",          "GIT_COMMITTER_NAME=n",
					    "GIT_COMMITTER_EMAIL=e",       NULL };
	const struct process_order order = {
		.arguments = arguments,
		.folder = top,
		.environment = environment,
		.timeout_ms = 60000,
		.output = drop,
	};
	int code = -1;
	enum status status = process_run(&order, &code, NULL);

	return status == STATUS_OK && code == 0;
}

static void
write_file(const char *name, const char *text, int64_t modified_ns)
{
	char *path = path_join(top, name);
	struct timespec times[2];
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
	assert_int_equal(fclose(file), 0);
	times[0].tv_sec = times[1].tv_sec = (time_t)(modified_ns / SECOND);
	times[0].tv_nsec = times[1].tv_nsec = (long)(modified_ns % SECOND);
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
	free(path);
}

/* What is asked about, and the answer: "disk: text" or "unknown: why". */
struct question {
	const char *source; /* in the top folder */
	const char *text;   /* all lines of which ran */
	struct store *store;
	int64_t run, data_ns, begun_ns;
	bool is_other; /* no Python */
};

static const char *
ran_of(struct question q)
{
	static struct buf out;
	char *path = path_join(top, q.source);
	struct data_query data = { .answer = DATA_RAN };
	struct ran_text ran = { 0 };
	const struct ran_wishes wishes = {
		.store = q.store,
		.run = q.run,
		.source = path,
		.is_python = !q.is_other,
		.data = &data,
		.data_ns = q.data_ns == 0 ? DATA_NS : q.data_ns,
		.begun_ns = q.begun_ns,
	};
	uint32_t n = 1;

	/* Each line that begins with a letter or an indentation is code. */
	for (const char *at = q.text; *at != '\0'; at = strchr(at, '\n') + 1, n++) {
		if (*at != '\n' && *at != '#' && *at != '\r')
			line_set_add(&data.ran, n);
	}
	ran_text_find(&ran, &wishes);
	buf_reset(&out);
	buf_addf(&out, "%s%s%s: ", ran_origin_name(ran.origin), *ran.commit == '\0' ? "" : " ",
		 ran.commit);
	buf_add(&out, buf_span(&ran.text));
	buf_add_text(&out, ran.why);
	ran_text_free(&ran);
	assert_null(ran.text.at);
	data_query_free(&data);
	free(path);
	return buf_text(&out);
}

#define ASSERT_RAN(expected, name, ...)                                                         \
	assert_string_equal(ran_of((struct question){ .source = (name), .text = __VA_ARGS__ }), \
			    expected)

static void
a_file_that_is_older_than_the_data_is_what_ran(void **state)
{
	static const char text[] = "a = 1\n\n# b\nb = 2\n";

	(void)state;
	write_file("old.py", text, DATA_NS - 1);
	ASSERT_RAN("disk: a = 1\n\n# b\nb = 2\n", "old.py", text);
	write_file("old.py", text, DATA_NS);
	ASSERT_RAN("disk: a = 1\n\n# b\nb = 2\n", "old.py", text);
	write_file("old.py", text, DATA_NS + 1);
	ASSERT_RAN("unknown: 'old.py' was changed after the tests ran, and covls had not seen it "
		   "before; run the tests again",
		   "old.py", text);
	ASSERT_RAN("unknown: 'none.py' is not on the disk; run the tests again", "none.py", text);
	assert_true(shell("mkdir folder.py"));
	ASSERT_RAN("unknown: 'folder.py' is not on the disk; run the tests again", "folder.py",
		   text);
}

static void
a_file_is_older_than_the_run(void **state)
{
	static const char text[] = "a = 1\n";

	(void)state;
	write_file("run.py", text, DATA_NS - 10);
	ASSERT_RAN("disk: a = 1\n", "run.py", text, .begun_ns = DATA_NS - 9);
	ASSERT_RAN("unknown: 'run.py' was changed while the tests ran; run the tests again",
		   "run.py", text, .begun_ns = DATA_NS - 10);
	ASSERT_RAN("unknown: 'run.py' was changed while the tests ran; run the tests again",
		   "run.py", text, .begun_ns = DATA_NS - 11);
}

static void
a_file_that_does_not_fit_is_not_what_ran(void **state)
{
	(void)state;
	write_file("misfit.py", "a = 1\n\n# b\nb = 2\n", DATA_NS - 1);
	ASSERT_RAN(
		"unknown: 'misfit.py' is not the text that ran: the data speaks of line 2, where it "
		"has no code; run the tests again",
		"misfit.py", "a = 1\nb = 2\n");
	ASSERT_RAN(
		"unknown: 'misfit.py' is not the text that ran: the data speaks of line 6, and it "
		"has 5; run the tests again",
		"misfit.py", "\n\n\n\n\nb = 2\n");
	ASSERT_RAN("unknown: 'misfit.py' is not the text that ran: by the data line 4 ran without "
		   "line 1, which comes before it; run the tests again",
		   "misfit.py", "\n\n\nb = 2\n");
	ASSERT_RAN("disk: a = 1\n\n# b\nb = 2\n", "misfit.py", "\n\n\nb = 2\n", .is_other = true);
}

static void
python_is_decoded(void **state)
{
	(void)state;
	write_file("latin.py", "# coding: latin-1\na = '\xe4'\n", DATA_NS - 1);
	ASSERT_RAN("disk: # coding: latin-1\na = '\xc3\xa4'\n", "latin.py", "\na\n");
	ASSERT_RAN("disk: # coding: latin-1\na = '\xe4'\n", "latin.py", "\na\n", .is_other = true);
	write_file("nonsense.py", "# coding: nonsense\na = '\xe4'\n", DATA_NS - 1);
	ASSERT_RAN("disk: # coding: nonsense\na = '\xe4'\n", "nonsense.py", "\na\n");
}

static struct store *
open_store(const char *name)
{
	char *path = path_join(top, name);
	struct store *store;

	assert_int_equal(store_open(&store, path, NULL), STATUS_OK);
	free(path);
	return store;
}

static int64_t
put_run(struct store *store, uint64_t hash)
{
	char *path = path_join(top, ".coverage");
	const struct store_run run = {
		.data_path = path, .modified_ns = DATA_NS, .size = 10, .hash = hash
	};
	int64_t id = 0;

	assert_int_equal(store_put_run(store, &run, NULL, &id, NULL), STATUS_OK);
	assert_int_not_equal(id, 0);
	free(path);
	return id;
}

static void
what_ran_is_known_after_a_change(void **state)
{
	static const char text[] = "a = 1\nb = 2\n";
	struct store *store = open_store("kept");
	int64_t run = put_run(store, 1);

	(void)state;
	write_file("kept.py", text, DATA_NS - 1);
	ASSERT_RAN("disk: a = 1\nb = 2\n", "kept.py", text, .store = store, .run = run);
	write_file("kept.py", "a = 1\n\nb = 2\n", DATA_NS + 1);
	ASSERT_RAN("snapshot: a = 1\nb = 2\n", "kept.py", text, .store = store, .run = run);
	/* An older file that is put there in its place is another one. */
	write_file("kept.py", "a = 7\nb = 2\n", DATA_NS - 2);
	ASSERT_RAN("snapshot: a = 1\nb = 2\n", "kept.py", text, .store = store, .run = run);
	/* It is back. */
	write_file("kept.py", text, DATA_NS + 2);
	ASSERT_RAN("disk: a = 1\nb = 2\n", "kept.py", text, .store = store, .run = run);
	/* Another run, and no run. */
	ASSERT_RAN("unknown: 'kept.py' was changed after the tests ran, and covls had not seen it "
		   "before; run the tests again",
		   "kept.py", text, .store = store, .run = put_run(store, 2));
	ASSERT_RAN("unknown: 'kept.py' was changed after the tests ran, and covls had not seen it "
		   "before; run the tests again",
		   "kept.py", text, .store = store, .run = 0);
	store_close(store);
}

static void
another_run_may_leave_the_same_data(void **state)
{
	static const char text[] = "a = 1\nb = 2\n";
	struct store *store = open_store("again");
	int64_t run = put_run(store, 1), later = INT64_C(4000000000) * SECOND;

	(void)state;
	write_file("again.py", text, DATA_NS - 1);
	ASSERT_RAN("disk: a = 1\nb = 2\n", "again.py", text, .store = store, .run = run);
	write_file("again.py", "a = 7\nb = 2\n", DATA_NS + 5);
	ASSERT_RAN("snapshot: a = 1\nb = 2\n", "again.py", text, .store = store, .run = run);
	ASSERT_RAN("disk: a = 7\nb = 2\n", "again.py", text, .store = store, .run = run,
		   .data_ns = later);
	write_file("again.py", "a = 1\nb = 2\n\n", later + 1);
	ASSERT_RAN("snapshot: a = 7\nb = 2\n", "again.py", text, .store = store, .run = run,
		   .data_ns = later);
	store_close(store);
}

static void
a_store_that_fails_takes_nothing_away(void **state)
{
	static const char text[] = "a = 1\n";
	struct store *store = open_store("broken");

	(void)state;
	write_file("broken.py", text, DATA_NS - 1);
	/* A run that isn't there. */
	ASSERT_RAN("disk: a = 1\n", "broken.py", text, .store = store, .run = 12345);
	store_close(store);
}

static int
make_top(void **state)
{
	(void)state;
	if (mkdtemp(top) == NULL)
		return -1;
	has_git = shell("git --version");
	return 0;
}

static int
remove_top(void **state)
{
	(void)state;
	return shell("rm -rf -- \"$PWD\"") ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_that_is_older_than_the_data_is_what_ran),
		cmocka_unit_test(a_file_is_older_than_the_run),
		cmocka_unit_test(a_file_that_does_not_fit_is_not_what_ran),
		cmocka_unit_test(python_is_decoded),
		cmocka_unit_test(what_ran_is_known_after_a_change),
		cmocka_unit_test(another_run_may_leave_the_same_data),
		cmocka_unit_test(a_store_that_fails_takes_nothing_away),
	};

	return cmocka_run_group_tests_name("ran_text", tests, make_top, remove_top);
}
