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

/* What is left out is told, and counted by tests/run. */
static void
need_git(void)
{
	if (has_git)
		return;
	print_message("skipped: git is not installed\n");
	skip();
}

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

/*
 * Runs a script in the top folder; true if it went well. Times in it count in seconds from the data:
 *     at TIME git ...         as if it were that time
 *     put FILE TEXT TIME      writes a file
 */
static bool
shell(const char *commands)
{
	static const char tools[] =
		"when() { echo \"@$((1700000000 + $1))\"; }\n"
		"at() { t=\"$(when $1) +0000\"; shift;"
		" GIT_COMMITTER_DATE=$t GIT_AUTHOR_DATE=$t \"$@\"; }\n"
		"put() { printf \"$2\" >\"$1\"; touch -d \"$(when $3)\" \"$1\"; }\n";
	struct buf script = { 0 };
	const char *arguments[] = { "sh", "-e", "-c", NULL, NULL };
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
	enum status status;

	buf_addf(&script, "%s%s", tools, commands);
	arguments[3] = buf_text(&script);
	status = process_run(&order, &code, NULL);
	buf_free(&script);
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

/* Of the answer before. */
static char last_commit[16];

/* What is asked about, and the answer: "disk: text" or "unknown: why"; "git: " with a commit, "git index: " or "git
 * kept: " without one. */
struct question {
	const char *source; /* in the top folder */
	const char *text;   /* all lines of which ran */
	struct store *store;
	int64_t run, data_ns, begun_ns, born_ns, untouched_ns;
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
		.born_ns = q.born_ns,
		.untouched_ns = q.untouched_ns,
	};
	uint32_t n = 1;

	/* Each line that begins with a letter or an indentation is code. */
	for (const char *at = q.text; *at != '\0'; at = strchr(at, '\n') + 1, n++) {
		if (*at != '\n' && *at != '#' && *at != '\r')
			line_set_add(&data.ran, n);
	}
	ran_text_find(&ran, &wishes);
	buf_reset(&out);
	snprintf(last_commit, sizeof last_commit, "%s", ran.commit);
	buf_addf(&out, "%s%s: ", ran_origin_name(ran.origin),
		 ran.origin != RAN_GIT              ? ""
		 : *ran.commit == '\0'              ? " kept"
		 : strcmp(ran.commit, "index") == 0 ? " index"
						    : "");
	if (ran.origin != RAN_GIT)
		assert_string_equal(ran.commit, "");
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
a_file_that_was_changed_between_two_runs_is_not_what_ran(void **state)
{
	static const char text[] = "a = 1\n";
	static const char mixed[] =
		"unknown: 'two.py' was changed between runs that were written into the same data file "
		"(--append); delete that; run the tests again";
	int64_t later = INT64_C(4000000000) * SECOND;

	(void)state;
	/* Later than the file comes into being. */
	write_file("two.py", text, later - 10);
	ASSERT_RAN("disk: a = 1\n", "two.py", text, .data_ns = later, .born_ns = later - 10);
	ASSERT_RAN(mixed, "two.py", text, .data_ns = later, .born_ns = later - 11);
	write_file("two.py", text, later);
	ASSERT_RAN(mixed, "two.py", text, .data_ns = later, .born_ns = later - 1);
	write_file("two.py", text, later + 1);
	ASSERT_RAN("unknown: 'two.py' was changed after the tests ran, and covls had not seen it "
		   "before; run the tests again",
		   "two.py", text, .data_ns = later, .born_ns = later - 1);
	/* It came into being with its folder, after the data. */
	write_file("two.py", text, DATA_NS);
	ASSERT_RAN("disk: a = 1\n", "two.py", text, .born_ns = DATA_NS - 1);
}

/* The inode of what is written here is always younger than DATA_NS. */
static void
a_file_that_was_put_in_its_place_is_not_what_ran(void **state)
{
	static const char text[] = "a = 1\n";

	(void)state;
	write_file("put.py", text, DATA_NS - 10);
	ASSERT_RAN("unknown: 'put.py' was put in its place after the tests ran (or its mode was "
		   "changed), and covls had not seen it before; run the tests again",
		   "put.py", text, .untouched_ns = DATA_NS);
	ASSERT_RAN("disk: a = 1\n", "put.py", text, .untouched_ns = INT64_C(4000000000) * SECOND);
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

/* The second of three lines was not seen to run. */
static void
a_doubt_is_set_aside_of_a_file_that_nobody_touched(void **state)
{
	static const char text[] = "a = 1\nb = 2\nc = 3\n", ran[] = "a\n\nc\n";
	int64_t later = INT64_C(4000000000) * SECOND;
	int64_t times[] = { later - 30 * SECOND, later - 30 * SECOND + 1, DATA_NS };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		bool settled = i != 1, touched = i == 2; /* the inode is of now */

		write_file("doubt.py", text, times[i]);
		if (settled && !touched)
			ASSERT_RAN("disk: a = 1\nb = 2\nc = 3\n", "doubt.py", ran,
				   .data_ns = later);
		else
			ASSERT_RAN(
				"unknown: 'doubt.py' is not the text that ran: by the data line 3 "
				"ran without line 2, which comes before it; run the tests again",
				"doubt.py", ran,
				.data_ns = touched ? DATA_NS + 40 * SECOND : later);
	}
	/* Other doubts aren't. */
	write_file("doubt.py", text, DATA_NS);
	ASSERT_RAN(
		"unknown: 'doubt.py' is not the text that ran: the data speaks of line 5, and it has 4; "
		"run the tests again",
		"doubt.py", "a\n\n\n\nd\n", .data_ns = later);
	need_git();
	/* What git knows, and what fits, is likelier. */
	assert_true(shell(
		"mkdir doubt; cd doubt; git init -q .; put a.py 'a = 1\\n\\nc = 3\\n' -90; git add .;"
		"put a.py 'a = 1\\nb = 2\\nc = 3\\n' -80"));
	ASSERT_RAN("git index: a = 1\n\nc = 3\n", "doubt/a.py", ran, .data_ns = later);
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

/* In a repository of its own. */
struct git_case {
	const char *name, *script, *ran, *answer;
	int64_t begun; /* in seconds from the data; 0: not known */
	const char *source;
};

#define TEXT    "a = 1\nb = 2\n"
#define ALIKE   "a = 1\nb = 3\n"
#define OTHER   "a = 1\n\nb = 2\n"
#define CHANGED "'a.py' was changed after the tests ran, and covls had not seen it before; "
#define AGAIN   "run the tests again"
/* For scripts. */
#define W_TEXT  "'a = 1\\nb = 2\\n' "
#define W_ALIKE "'a = 1\\nb = 3\\n' "
#define W_THIRD "'a = 1\\nb = 4\\n' "
#define W_OTHER "'a = 1\\n\\nb = 2\\n' "
#define CLEAN   "put a.py " W_TEXT "-10; git add .; at -5 git commit -qm x;"

static void
check_git_cases(const struct git_case *cases, size_t count)
{
	need_git();
	for (size_t i = 0; i < count; i++) {
		const struct git_case *c = &cases[i];
		char number[32];
		struct buf script = { 0 }, source = { 0 };
		const char *answer;

		snprintf(number, sizeof number, "%p", (const void *)c);
		buf_addf(&script, "mkdir %s; cd %s; git init -q -b main .; %s", number, number,
			 c->script);
		buf_addf(&source, "%s/%s", number, c->source == NULL ? "a.py" : c->source);
		if (!shell(buf_text(&script)))
			fail_msg("%s", c->name);
		answer = ran_of((struct question){
			.source = buf_text(&source),
			.text = c->ran,
			.begun_ns = c->begun == 0 ? 0 : DATA_NS + c->begun * SECOND,
		});
		if (strcmp(answer, c->answer) != 0)
			print_error("%s\n", c->name);
		assert_string_equal(answer, c->answer);
		buf_free(&script);
		buf_free(&source);
	}
}

#define CHECK_GIT(cases) check_git_cases(cases, sizeof(cases) / sizeof *(cases))

static void
what_was_in_the_index_ran(void **state)
{
	static const struct git_case cases[] = {
		{"edited",					 CLEAN "put a.py " W_ALIKE "5",                             TEXT, "git: " TEXT,                                                           0,  NULL      },
		{ "edited, of another length",                     CLEAN "put a.py " W_OTHER "5",                             TEXT, "git: " TEXT,                                                           0,
                 NULL																								     },
		{ "deleted",				       CLEAN "rm a.py",                                           TEXT, "git: " TEXT,                                                           0,  NULL      },
		{ "edited, tested, committed, edited",
                 CLEAN "put a.py " W_ALIKE "-2; at 3 git commit -qam y; put a.py " W_OTHER "5",
                 TEXT,													      "git: " ALIKE,							  0,  NULL      },
		{ "tested, not committed",
                 CLEAN "put a.py " W_ALIKE "-2; git add .; put a.py " W_OTHER "5",                                            TEXT,
                 "git index: " ALIKE,																				       0,  NULL      },
		{ "no commit yet",                                 "put a.py " W_TEXT "-5; git add .; put a.py " W_OTHER "5", TEXT,
                 "git index: " TEXT,																					0,  NULL      },
		{ "no reflog",
                 "git config core.logAllRefUpdates false;" CLEAN "put a.py " W_OTHER "5",                                     TEXT,
                 "git index: " TEXT,																					0,  NULL      },
		{ "another file stashed",
                 "echo >b; git add .;" CLEAN "echo x >>b; at 3 git stash -q; put a.py " W_OTHER
		  "5",													TEXT, "git: " TEXT,							   0,  NULL      },
		{ "changed without a commit before the run",       CLEAN "put a.py " W_ALIKE "5",
                 "a = 1\n\nb = 2\n",												"unknown: " CHANGED "what git had of it does not fit the data; " AGAIN, 0,  NULL      },
		{ "staged before the run, changed back and forth",
                 CLEAN "put a.py " W_OTHER "-3; git add .; put a.py " W_ALIKE "5",                                            TEXT,
                 "unknown: " CHANGED "what git had of it does not fit the data; " AGAIN,														    0,  NULL      },
		{ "before the beginning of the run",               CLEAN "put a.py " W_OTHER "5",                             TEXT,
                 "git: " TEXT,																					      -9, NULL      },
		{ "staged while the tests ran",
                 CLEAN "put a.py " W_ALIKE "-3; git add .; put a.py " W_OTHER "5",                                            TEXT,
                 "git: " TEXT,																					      -4, NULL      },
		{ "changed in the moment in which git looked",
                 "git config core.trustctime false;" CLEAN
		  "touch -d $(when -99) .git/index; put a.py " W_ALIKE
		  "-10; touch b; git add b; put a.py " W_OTHER "5",
                 TEXT,													      "unknown: " CHANGED "it was written again after the run; " AGAIN,       0,  NULL      },
		{ "a name that could be a pattern",
                 "put 'a[b].py' " W_TEXT "-9; put ab.py " W_ALIKE
		  "-9; git add .; at -5 git commit -qm x; put 'a[b].py' " W_OTHER "5",
                 TEXT,													      "git: " TEXT,							   0,  "a[b].py" },
		{ "a name that could be an option",
                 "put ./-q " W_TEXT "-9; git add .; at -5 git commit -qm x; put ./-q " W_OTHER "5",
                 TEXT,													      "git: " TEXT,							   0,  "-q"      },
		{ "a folder that has gone",
                 "mkdir -p s/t; put s/t/a.py " W_TEXT
		  "-9; git add .; at -5 git commit -qm x; rm -r s",							   TEXT, "git: " TEXT,							   0,  "s/t/a.py"},
	};

	(void)state;
	CHECK_GIT(cases);
}

static void
what_head_was_ran(void **state)
{
	static const struct git_case cases[] = {
		{"edited and added",                     CLEAN "put a.py " W_ALIKE "5; git add .",              TEXT,  "git: " TEXT,
                 0,																						NULL},
		{ "edited and committed",                CLEAN "put a.py " W_ALIKE "5; at 6 git commit -qam y",
                 TEXT,												 "git: " TEXT,							   0,  NULL},
		{ "committed twice, alike",
                 CLEAN "put a.py " W_ALIKE "5; at 6 git commit -qam y; put a.py " W_THIRD
			"7; at 8 git commit -qam z",							    TEXT,
                 "unknown: " CHANGED "another text of it was committed after the run; " AGAIN,												 0,
                 NULL																						  },
		{ "committed twice, not alike",
                 CLEAN "put a.py " W_OTHER "5; at 6 git commit -qam y; put a.py " W_THIRD
			"7; at 8 git commit -qam z",							    TEXT,  "git: " TEXT,							   0,  NULL},
		{ "removed",			     CLEAN "git rm -q a.py; at 6 git commit -qm y",         TEXT,  "git: " TEXT,                                                           0,
                 NULL																						  },
		{ "another branch",
                 "put a.py " W_ALIKE
		  "-12; git add .; at -9 git commit -qm x; git checkout -qb b;" CLEAN
		  "at 5 git checkout -q main",								  TEXT,  "git: " TEXT,							   0,  NULL},
		{ "another branch and back",
                 "put a.py " W_ALIKE
		  "-12; git add .; at -9 git commit -qm x; git checkout -qb b;" CLEAN
		  "at 5 git checkout -q main; at 6 git checkout -q b",					  TEXT,  "git: " TEXT,							   0,  NULL},
		{ "committed, and another branch",
                 CLEAN "put a.py " W_ALIKE
			"-2; at 3 git commit -qam y; at 4 git checkout -q HEAD~1",			      TEXT,
                 "unknown: " CHANGED "another text of it was committed after the run; " AGAIN,												 0,
                 NULL																						  },
		{ "no branch",
                 CLEAN "at -4 git checkout -q --detach; put a.py " W_OTHER "5; git add .",                      TEXT,
                 "git: " TEXT,																				 0,  NULL},
		{ "tests of a text that was stashed",
                 CLEAN "put a.py " W_ALIKE "-2; at 5 git stash -q",                                             TEXT,
                 "unknown: " CHANGED "git stashed another text of it after the run; " AGAIN,												   0,
                 NULL																						  },
		{ "tests of a text that was reset",
                 CLEAN "put a.py " W_ALIKE "-2; at 5 git reset -q --hard",                                      TEXT,
                 "unknown: " CHANGED "git reset has written it again after the run; " AGAIN,												   0,
                 NULL																						  },
		{ "tests of a text that was taken back",
                 CLEAN "put a.py " W_ALIKE "-2; git checkout -q a.py",                                          TEXT,
                 "unknown: " CHANGED "it was written again after the run; " AGAIN,													     0,  NULL},
		{ "in the second of the data",
                 CLEAN "at 0 git commit -q --allow-empty -m y; put a.py " W_OTHER "5; git add .",
                 TEXT,												 "git: " TEXT,							   0,  NULL},
		{ "two in the second of the data",
                 CLEAN "put a.py " W_ALIKE "-1; at 0 git commit -qam y; put a.py " W_OTHER
			"5; git add .",									 TEXT,  "unknown: " CHANGED "git had several texts of it at that time; " AGAIN, 0,
                 NULL																						  },
		{ "one of two fits",
                 CLEAN "put a.py " W_OTHER "-1; at 0 git commit -qam y; put a.py " W_ALIKE
			"5; git add .",									 OTHER, "git: " OTHER,							  0,  NULL},
		{ "two while the tests ran",
                 CLEAN "put a.py " W_ALIKE "-3; at -2 git commit -qam y; put a.py " W_OTHER
			"5; git add .",									 TEXT,  "unknown: " CHANGED "git had several texts of it at that time; " AGAIN, -4,
                 NULL																						  },
		{ "two, and nobody saw the beginning",
                 CLEAN "put a.py " W_ALIKE "-3; at -2 git commit -qam y; put a.py " W_OTHER
			"5; git add .",									 TEXT,  "git: " ALIKE,							  0,  NULL},
	};

	(void)state;
	CHECK_GIT(cases);
}

static void
git_does_not_know(void **state)
{
	static const struct git_case cases[] = {
		{"not tracked",                   "echo >b; git add .; at -5 git commit -qm x; put a.py " W_TEXT "5",
                 TEXT,												      "unknown: " CHANGED AGAIN,                                                0, NULL},
		{ "ignored",
                 "echo a.py >.gitignore; git add .; at -5 git commit -qm x; put a.py " W_TEXT "5",
                 TEXT,												      "unknown: " CHANGED AGAIN,                                                0, NULL},
		{ "no commit",                    "put a.py " W_TEXT "5; git add .",                                  TEXT, "unknown: " CHANGED AGAIN,
                 0,																						      NULL},
		{ "to be added",                  "put a.py '' -5; git add -N a.py; put a.py " W_TEXT "5",            "",
                 "unknown: " CHANGED AGAIN,																			   0, NULL},
		{ "no reflog",
                 "git config core.logAllRefUpdates false;" CLEAN "put a.py " W_OTHER
		  "5; git add .",										     TEXT, "unknown: " CHANGED AGAIN,                                                0, NULL},
		{ "a reflog that begins later",
                 "put a.py " W_TEXT "3; git add .; at 4 git commit -qm x; put a.py " W_ALIKE "5",
                 TEXT,												      "unknown: " CHANGED "git's reflog does not go back to the run; " AGAIN,   0,
                 NULL																							},
		{ "a link",
                 "put b.py " W_TEXT "5; ln -s b.py a.py; git add .; at -5 git commit -qm x",
                 "a = 1\n",												 "unknown: " CHANGED AGAIN,                                                0, NULL},
		{ "Git LFS",
                 "put a.py 'version https://git-lfs.github.com/spec/v1\\n' -9; git add .;"
		  " at -5 git commit -qm x; put a.py " W_TEXT "5",
                 "",													"unknown: " CHANGED "what git had of it does not fit the data; " AGAIN,   0,
                 NULL																							},
		{ "not Python as far as we know",
                 "put a.py 'if a\\n' -9; git add .; at -5 git commit -qm x; put a.py " W_TEXT "5",
                 "if\n",												    "unknown: " CHANGED "what git had of it does not fit the data; " AGAIN,   0,
                 NULL																							},
		{ "an object that is not there",  CLEAN "rm .git/objects/*/*; put a.py " W_OTHER "5",
                 TEXT,												      "unknown: " CHANGED "git did not tell all that there is to know; " AGAIN, 0,
                 NULL																							},
		{ "in conflict",
                 CLEAN "git checkout -qb b; put a.py " W_ALIKE
			"5; at 5 git commit -qam y; git checkout -q main; put a.py " W_THIRD
			"6; at 6 git commit -qam z; git merge -q b || true",					  TEXT,
                 "unknown: " CHANGED "another text of it was committed after the run; " AGAIN,													0,
                 NULL																							},
	};

	(void)state;
	CHECK_GIT(cases);
}

static void
the_commit_is_told(void **state)
{
	char *path = path_join(top, "named/head");
	struct buf id = { 0 };

	(void)state;
	need_git();
	assert_true(shell("mkdir named; cd named; git init -q .;" CLEAN
			  "git rev-parse HEAD >head; put a.py " W_OTHER "5"));
	ASSERT_RAN("git: " TEXT, "named/a.py", TEXT);
	assert_int_equal(file_read_all(path, &id, 100, NULL), STATUS_OK);
	assert_int_equal(strlen(last_commit), 7);
	assert_memory_equal(last_commit, id.at, 7);
	buf_free(&id);
	free(path);
}

static void
worktrees_and_repositories_within_have_their_own(void **state)
{
	(void)state;
	need_git();
	assert_true(shell("mkdir outer; cd outer; git init -q .;" CLEAN
			  "at -4 git worktree add -q -b w ../tree; cd ../tree; put a.py " W_ALIKE
			  "-4; at -3 git commit -qam y; put a.py " W_OTHER "5; git add .;"
			  "cd ../outer; mkdir inner; cd inner; git init -q .; put a.py " W_ALIKE
			  "-10; git add .; at -5 git commit -qm x; put a.py " W_OTHER "5"));
	ASSERT_RAN("git: " ALIKE, "tree/a.py", TEXT);
	ASSERT_RAN("git: " ALIKE, "outer/inner/a.py", TEXT);
}

static void
what_git_told_is_kept(void **state)
{
	struct store *store = open_store("git-kept");
	int64_t run = put_run(store, 1);

	(void)state;
	need_git();
	assert_true(shell("mkdir repo; cd repo; git init -q .;" CLEAN "put a.py " W_OTHER "5"));
	ASSERT_RAN("git: " TEXT, "repo/a.py", TEXT, .store = store, .run = run);
	assert_true(shell("rm -r repo/.git"));
	ASSERT_RAN("git kept: " TEXT, "repo/a.py", TEXT, .store = store, .run = run);
	ASSERT_RAN("unknown: " CHANGED AGAIN, "repo/a.py", TEXT);
	store_close(store);
}

/* So its times in the index say nothing of what was in the file. */
static void
a_file_that_git_does_not_look_at_is_not_known(void **state)
{
	(void)state;
	need_git();
	assert_true(shell("mkdir blind; cd blind; git init -q .;" CLEAN "put a.py " W_OTHER "5"));
	ASSERT_RAN("git: " TEXT, "blind/a.py", TEXT);
	assert_true(shell("cd blind; git update-index --assume-unchanged a.py"));
	ASSERT_RAN(
		"unknown: 'a.py' was changed after the tests ran, and covls had not seen it before; "
		"git was told not to look at it (assume-unchanged, skip-worktree); run the tests again",
		"blind/a.py", TEXT);
	assert_true(shell(
		"cd blind; git update-index --no-assume-unchanged a.py; git update-index --skip-worktree a.py"));
	ASSERT_RAN(
		"unknown: 'a.py' was changed after the tests ran, and covls had not seen it before; "
		"git was told not to look at it (assume-unchanged, skip-worktree); run the tests again",
		"blind/a.py", TEXT);
}

static void
the_repository_runs_no_program(void **state)
{
	char *trace = path_join(top, "trapped");

	(void)state;
	need_git();
	assert_true(shell(
		"mkdir hooked; cd hooked; git init -q .;" CLEAN
		"printf '#!/bin/sh\\ntouch ../trapped\\n' >hook; chmod +x hook;"
		"for h in post-index-change fsmonitor-watchman reference-transaction; do"
		" cp hook .git/hooks/$h; done; echo '*.py filter=trap diff=trap' >.git/info/attributes;"
		"git config core.fsmonitor ./hook; git config core.pager ./hook;"
		"git config diff.external ./hook; git config diff.trap.textconv ./hook;"
		"git config filter.trap.smudge ./hook; git config filter.trap.clean ./hook;"
		"git config log.showSignature true; git config gpg.program ./hook;"
		"put a.py " W_OTHER "5; rm -f ../trapped"));
	ASSERT_RAN(
		"unknown: 'a.py' was changed after the tests ran, and covls had not seen it before; "
		"what git has of it goes through a filter first; run the tests again",
		"hooked/a.py", TEXT);
	assert_true(shell("cd hooked; cp .git/info/attributes attributes;"
			  "echo '*.py diff=trap -filter' >.git/info/attributes"));
	ASSERT_RAN("git: " TEXT, "hooked/a.py", TEXT);
	assert_true(shell("cd hooked; mv attributes .git/info/attributes"));
	assert_int_not_equal(access(trace, F_OK), 0);
	/* And it would have: the trap works. */
	assert_true(shell("cd hooked; git status >/dev/null; rm ../trapped;"
			  "git cat-file --filters HEAD:a.py >/dev/null; rm ../trapped"));
	free(trace);
}

static void
git_can_be_stopped(void **state)
{
	struct data_query data = { .answer = DATA_RAN };
	struct progress progress = { 0 };
	struct ran_text ran = { 0 };
	char *path = path_join(top, "stopped/a.py");
	const struct ran_wishes wishes = {
		.source = path,
		.is_python = true,
		.data = &data,
		.data_ns = DATA_NS,
		.progress = &progress,
	};

	(void)state;
	need_git();
	assert_true(
		shell("mkdir stopped; cd stopped; git init -q .;" CLEAN "put a.py " W_OTHER "5"));
	atomic_store(&progress.stop, true);
	ran_text_find(&ran, &wishes);
	assert_int_equal(ran.origin, RAN_UNKNOWN);
	ran_text_free(&ran);
	atomic_store(&progress.stop, false);
	ran_text_find(&ran, &wishes);
	assert_int_equal(ran.origin, RAN_GIT);
	ran_text_free(&ran);
	free(path);
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
		cmocka_unit_test(a_file_that_was_changed_between_two_runs_is_not_what_ran),
		cmocka_unit_test(a_file_that_was_put_in_its_place_is_not_what_ran),
		cmocka_unit_test(a_file_that_does_not_fit_is_not_what_ran),
		cmocka_unit_test(a_doubt_is_set_aside_of_a_file_that_nobody_touched),
		cmocka_unit_test(python_is_decoded),
		cmocka_unit_test(what_ran_is_known_after_a_change),
		cmocka_unit_test(another_run_may_leave_the_same_data),
		cmocka_unit_test(a_store_that_fails_takes_nothing_away),
		cmocka_unit_test(what_was_in_the_index_ran),
		cmocka_unit_test(what_head_was_ran),
		cmocka_unit_test(git_does_not_know),
		cmocka_unit_test(the_commit_is_told),
		cmocka_unit_test(worktrees_and_repositories_within_have_their_own),
		cmocka_unit_test(what_git_told_is_kept),
		cmocka_unit_test(a_file_that_git_does_not_look_at_is_not_known),
		cmocka_unit_test(the_repository_runs_no_program),
		cmocka_unit_test(git_can_be_stopped),
	};

	return cmocka_run_group_tests_name("ran_text", tests, make_top, remove_top);
}
