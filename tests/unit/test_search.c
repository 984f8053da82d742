/* Which of several data files count, and what is read of them. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "coverage/search.h"
#include "support/test.h"

static char folder[] = "/tmp/covls-search-XXXXXX";

#define DAY 86400L

/* A path below the folder, in one of a few buffers. */
static const char *
in_folder(const char *name)
{
	static char paths[4][256];
	static int next;
	char *path = paths[next = (next + 1) % 4];

	snprintf(path, sizeof paths[0], "%s/%s", folder, name);
	return path;
}

/* Writes a file that was changed `age` seconds ago, making its folder if it must. */
static void
write_file(const char *name, long age, const char *text)
{
	struct timespec now, times[2];
	const char *path = in_folder(name);
	char *slash = strrchr(path, '/');
	FILE *f;

	*slash = '\0';
	mkdir(path, 0700);
	*slash = '/';
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	clock_gettime(CLOCK_REALTIME, &now);
	times[0] = times[1] = (struct timespec){ now.tv_sec - age, now.tv_nsec };
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void
clear_folder(void)
{
	char command[300];

	snprintf(command, sizeof command, "rm -rf '%s'/*", folder);
	assert_int_equal(system(command), 0);
}

/* The source's lines as "1:2 3:0", then what became of each place that speaks of it: "T lcov.info". */
static const char *
search(const char *source, const char *data_file)
{
	static struct buf out;
	static const char fates[] = "-TUPS!.";
	struct text_list roots = { 0 };
	struct search_wishes wishes = { .roots = &roots, .data_file = data_file, .again = true };
	struct searcher *searcher = searcher_open();
	struct search_item item = { .source = mem_copy(in_folder(source)) };

	text_list_add_once(&roots, folder);
	search_run(searcher, &item, 1, &wishes);
	buf_reset(&out);
	buf_addf(&out, "%s", status_name(item.status));
	for (size_t i = 0; item.data.report != NULL && i < item.data.report->line_count; i++)
		buf_addf(&out, " %u:%llu", item.data.report->lines[i].line,
			 (unsigned long long)item.data.report->lines[i].hits);
	for (size_t i = 0; i < item.places.count; i++) {
		const struct search_place *place = &item.places.at[i];

		if (place->fate != PLACE_ABSENT)
			buf_addf(&out, " %c %s", fates[place->fate],
				 place->path + strlen(folder) + 1);
	}
	search_item_free(&item);
	searcher_close(searcher);
	text_list_free(&roots);
	return buf_text(&out);
}

#define LCOV(lines) "SF:src/a.c\n" lines "end_of_record\n"

static void
one_report_is_found(void **state)
{
	(void)state;
	clear_folder();
	write_file("src/a.c", 100, "int a;\n");
	write_file("coverage/lcov.info", 50, LCOV("DA:1,3\nDA:2,0\n"));
	assert_string_equal(search("src/a.c", NULL), "ok 1:3 2:0 T coverage/lcov.info");
	assert_string_equal(search("src/b.c", NULL), "ok S coverage/lcov.info");
}

/* Sources that are gone, or were generated elsewhere, don't take the others with them. */
static void
some_names_may_be_of_nothing_here(void **state)
{
	(void)state;
	clear_folder();
	write_file("src/a.c", 100, "int a;\n");
	write_file("coverage/lcov.info", 50,
		   LCOV("DA:1,3\n") "SF:src/gone.c\nDA:1,1\nend_of_record\n"
				    "SF:src/made.c\nDA:1,1\nend_of_record\n");
	assert_string_equal(search("src/a.c", NULL), "ok 1:3 T coverage/lcov.info");
}

static void
reports_of_one_run_are_united(void **state)
{
	(void)state;
	clear_folder();
	write_file("src/a.c", 100, "int a;\n");
	write_file("coverage/unit.info", 50, LCOV("DA:1,3\nDA:2,0\n"));
	write_file("coverage/system.info", 40, LCOV("DA:1,1\nDA:2,5\n"));
	assert_string_equal(search("src/a.c", NULL),
			    "ok 1:4 2:5 T coverage/system.info U coverage/unit.info");
}

static void
a_copy_does_not_count_twice(void **state)
{
	(void)state;
	clear_folder();
	write_file("src/a.c", 100, "int a;\n");
	write_file("coverage/lcov.info", 50, LCOV("DA:1,3\nDA:2,0\n"));
	write_file("artifacts/lcov.info", 40, LCOV("DA:1,3\nDA:2,0\n"));
	assert_string_equal(search("src/a.c", NULL),
			    "ok 1:3 2:0 T artifacts/lcov.info P coverage/lcov.info");
}

static void
an_earlier_run_is_passed_over(void **state)
{
	(void)state;
	clear_folder();
	write_file("src/a.c", 3 * DAY, "int a;\n");
	write_file("coverage/lcov.info", 50, LCOV("DA:1,3\nDA:2,0\n"));
	write_file("old/lcov.info", DAY, LCOV("DA:1,1\nDA:2,5\n"));
	assert_string_equal(search("src/a.c", NULL),
			    "ok 1:3 2:0 T coverage/lcov.info P old/lcov.info");
}

static void
what_is_older_than_the_source_counts_only_alone(void **state)
{
	(void)state;
	clear_folder();
	write_file("src/a.c", 60, "int a;\n");
	write_file("coverage/lcov.info", 50, LCOV("DA:1,3\nDA:2,0\n"));
	write_file("old/lcov.info", 70, LCOV("DA:1,1\nDA:2,5\n"));
	assert_string_equal(search("src/a.c", NULL),
			    "ok 1:3 2:0 T coverage/lcov.info P old/lcov.info");
	assert_int_equal(unlink(in_folder("coverage/lcov.info")), 0);
	assert_string_equal(search("src/a.c", NULL), "ok 1:1 2:5 T old/lcov.info");
}

static void
of_formats_in_one_folder_the_best_is_taken(void **state)
{
	(void)state;
	clear_folder();
	write_file("src/a.c", 100, "int a;\n");
	write_file("coverage/lcov.info", 50, LCOV("DA:1,3\nDA:2,0\n"));
	write_file("coverage/cobertura-coverage.xml", 45,
		   "<coverage line-rate=\"1\"><packages><package name=\"p\"><classes>"
		   "<class name=\"a\" filename=\"src/a.c\"><lines><line number=\"1\" hits=\"9\"/>"
		   "</lines></class></classes></package></packages></coverage>");
	assert_string_equal(search("src/a.c", NULL), "ok 1:3 2:0 P coverage/cobertura-coverage.xml "
						     "T coverage/lcov.info");
}

static void
the_setting_names_a_report(void **state)
{
	(void)state;
	clear_folder();
	write_file("src/a.c", 100, "int a;\n");
	write_file("coverage/lcov.info", 50, LCOV("DA:1,3\nDA:2,0\n"));
	write_file("mine.txt", 40, LCOV("DA:1,1\nDA:2,7\n"));
	assert_string_equal(search("src/a.c", "mine.txt"), "ok 1:1 2:7 T mine.txt");
}

static void
trouble_is_told_when_nothing_else_answers(void **state)
{
	(void)state;
	clear_folder();
	write_file("src/a.c", 100, "int a;\n");
	write_file("coverage/lcov.info", 50, "SF:src/a.c\nDA:1,3\nDA:2,");
	assert_string_equal(search("src/a.c", NULL), "bad-data ! coverage/lcov.info");
	write_file("other/lcov.info", 40, LCOV("DA:1,1\n"));
	assert_string_equal(search("src/a.c", NULL),
			    "ok 1:1 T other/lcov.info ! coverage/lcov.info");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_report_is_found),
		cmocka_unit_test(some_names_may_be_of_nothing_here),
		cmocka_unit_test(reports_of_one_run_are_united),
		cmocka_unit_test(a_copy_does_not_count_twice),
		cmocka_unit_test(an_earlier_run_is_passed_over),
		cmocka_unit_test(what_is_older_than_the_source_counts_only_alone),
		cmocka_unit_test(of_formats_in_one_folder_the_best_is_taken),
		cmocka_unit_test(the_setting_names_a_report),
		cmocka_unit_test(trouble_is_told_when_nothing_else_answers),
	};
	char command[300];
	int failed;

	unsetenv("COVERAGE_FILE");
	unsetenv("COVERAGE_RCFILE");
	if (mkdtemp(folder) == NULL)
		return 1;
	failed = cmocka_run_group_tests_name("search", tests, NULL, NULL);
	snprintf(command, sizeof command, "rm -rf '%s'", folder);
	return system(command) != 0 || failed;
}
