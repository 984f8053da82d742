#include <stdlib.h>

#include "../lsp/data/json_probe.h"
#include "../lsp/data/json_walk.h"
#include "format/gzip.h"
#include "support/report_cases.h"

/* ---- small reports ----------------------------------------------------------------------------- */

#define JS(members) "{\"/a.js\":{" members "}}"
#define AT(line) \
	"{\"start\":{\"line\":" #line ",\"column\":2},\"end\":{\"line\":9,\"column\":null}}"

static const struct report_case istanbul_cases[] = {
	{"{}",														      "branches\n"				    },
	{ JS("\"s\":{\"0\":2,\"1\":5,\"x\":1},\"statementMap\":{\"0\":" AT(3) ",\"1\":" AT(
		  3) ",\"2\":" AT(4) "}"),
         "branches\nfile /a.js\nmax counts\n3 hits 5\n"															     },
	{ JS("\"data\":{\"statementMap\":{\"0\":" AT(3) "},\"s\":{\"0\":0}}"),
         "branches\nfile /a.js\nmax counts\n3 hits 0\n"															     },
	{ JS("\"statementMap\":{\"0\":" AT(-3) ",\"1\":" AT(0) ",\"2\":" AT(99999999999999999999) ",\"3\":" AT(
		  7) "},\"s\":{\"0\":1,\"1\":1,\"2\":1,\"3\":99999999999999999999}"),
         "branches\nfile /a.js\nmax counts\n7 hits 18446744073709551615\n"													  },
	{ JS("\"branchMap\":{\"0\":{\"type\":\"if\",\"loc\":" AT(
		  3) ",\"locations\":[{\"start\":{},\"end\":{}}]},\"1\":{\"type\":\"switch\",\"line\":5}},"
		     "\"b\":{\"0\":[4,0],\"1\":[0,0],\"2\":[1]}"),
         "branches\nfile /a.js\nmax counts\n3 branch 0.0 'if' 4\n3 branch 0.1 'else' 0\n"
	  "5 branch 1.0 'case 1' 0\n5 branch 1.1 'case 2' 0\n"														      },
	{ JS("\"fnMap\":{\"0\":{\"name\":\"f\",\"decl\":" AT(2) ",\"loc\":" AT(
		  3) "},\"1\":{\"name\":\"old\",\"line\":8}},\"f\":{\"0\":7,\"1\":0},\"inputSourceMap\":{\"x\":[\"}\"]}"),
         "branches\nfile /a.js\nmax counts\n2-9 function 'f' 7\n8-0 function 'old' 0\n"											     },
	{ "{\"/a.js\":{\"s\":[1],\"statementMap\":7,\"b\":{\"0\":{\"1\":2}}},\"b\":1}",                                             NULL                                            },
	{ "{\"/a.js\":{\"s\":1,}}",
         "branches\nfile /a.js\nsection fault at 8 line 0: a key is missing\n"												      },
	{ "{\"/a.js\":{\"s\":",												     "index cut at 14 line 0: it ends too early\n"   },
	{ "\xef\xbb\xbf" JS("\"statementMap\":{\"0\":" AT(3) "},\"s\":{\"0\":2}"),
         "branches\nfile /a.js\nmax counts\n3 hits 2\n"															     },
	{ "\xef\xbb" JS("\"statementMap\":{}"),										     NULL                                            },
	{ "{\"/a.js\" 1}",													  "index fault at 10 line 0: a colon is missing\n"},
};

#define LLVM(file, functions)                                          \
	"{\"data\":[{\"files\":[{" file "}],\"functions\":[" functions \
	"]}],\"type\":\"llvm.coverage.json.export\",\"version\":\"2.0.1\"}"
#define LLVM_HEAD "producer llvm-cov, format 2.0.1\n"

static const struct report_case llvm_cases[] = {
	{LLVM("\"filename\":\"a.c\",\"segments\":[[1,1,3,true,true],[4,2,0,false,false]]",            ""),
         LLVM_HEAD "file a.c\nsum counts\n1 hits 3\n2 hits 3\n3 hits 3\n4 hits 3\n"															     },
	{ LLVM("\"filename\":\"a.c\",\"segments\":[[1,1,3,true,true,false],[2,1,0,false,true,false],"
	       "[3,1,3,true,false,false],[3,9,9,true,true,true],[5,1,0,false,false,false]]", ""),
         LLVM_HEAD "file a.c\nsum counts\n1 hits 3\n3 hits 0\n4 hits 9\n5 hits 9\n"															     },
	{ LLVM("\"branches\":[[2,1,2,5,1,0,0,0,4],[2,1,2,5,2,0,0,0,4],[2,8,2,9,0,0,0,0,4],[2,10,2,11,0,4,0,0,4]],"
	       "\"filename\":\"a.c\",\"segments\":[]",				       ""),
         LLVM_HEAD
	  "branches\nfile a.c\nsum counts\n2 branch 0.0 'true' 3\n2 branch 0.1 'false' 0\n"
	  "2 branch 2.0 'true' 0\n2 branch 2.1 'false' 4\n"																		     },
	{ LLVM("\"filename\":\"a.c\",\"segments\":[]",
         "{\"count\":2,\"filenames\":[\"a.c\",\"b.h\"],\"name\":\"f\",\"regions\":[[3,1,9,2,2,0,0,0],[1,1,2,2]]},"
	       " {\"count\":0,\"filenames\":[\"a.c\"],\"name\":\"g\",\"regions\":[[11,1,12,2,0,0,0,0]]},"
	       "{\"count\":5,\"filenames\":[\"b.h\"],\"name\":\"h\",\"regions\":[[1,1,1,2,5,0,0,0]]}"),
         LLVM_HEAD "file a.c\nsum counts\n3-9 function 'f' 2\n11-12 function 'g' 0\n"
		    "file b.h\nsum counts\n1-1 function 'h' 5\n"																		},
	{ LLVM("\"filename\":\"a.c\",\"summary\":{}",                                                 ""), LLVM_HEAD
	  "warning it has no lines, only sums: it was made with -summary-only\nfile a.c\nsum counts\n"},
	{ LLVM("\"filename\":\"a.c\",\"segments\":[[5,1,1,true,true],[4,1,1,true,true]]",             ""),
         LLVM_HEAD
	  "file a.c\nsection fault at 65 line 0: segments are not in the order of lines\n"														      },
	{ LLVM("\"filename\":\"a.c\",\"segments\":[[5,1,1,true]]",                                    ""),
         LLVM_HEAD "file a.c\nsection fault at 42 line 0: a segment is not complete\n"															  },
};

#define GCOV(lines, functions)                                                                    \
	"{\"gcc_version\":\"12.2.0\",\"files\":[{\"lines\":[" lines "],\"functions\":[" functions \
	"],\"file\":\"../a.c\"}],\"format_version\":\"1\",\"current_working_directory\":\"/w\"}"
#define GCOV_HEAD "producer gcov 12.2.0\n"

static const struct report_case gcov_cases[] = {
	{GCOV("{\"branches\":[],\"count\":1,\"line_number\":3,\"unexecuted_block\":true,\"function_name\":\"f\"},"
	       "{\"branches\":[],\"count\":2,\"line_number\":3,\"unexecuted_block\":false,\"function_name\":\"g\"},"
	       "{\"count\":-1,\"line_number\":4},{\"count\":0,\"line_number\":5,\"unexecuted_block\":true}",
         ""),
         GCOV_HEAD "base /w\nfile ../a.c\nsum counts\n3 hits 3 partial\n5 hits 0\n" },
	{ GCOV("{\"line_number\":7,\"count\":4,\"branches\":[{\"count\":1,\"source_block_id\":2},"
	       "{\"count\":3,\"source_block_id\":2},{\"count\":0,\"throw\":true,\"source_block_id\":5}]}",
         "{\"name\":\"_Zf\",\"demangled_name\":\"f()\",\"start_line\":6,\"end_line\":8,\"execution_count\":4}"),
         GCOV_HEAD
	  "branches\nbase /w\nfile ../a.c\nsum counts\n7 hits 4\n7 branch 0.0 'branch 1' 1\n"
	  "7 branch 0.1 'branch 2' 3\n7 branch 1.0 'branch 1 (exception)' 0 alone\n"
	  "6-8 function 'f()' 4\n" },
	{ "{\"files\":[{\"file\":7,\"lines\":{\"a\":[]}}],\"gcc_version\":[]}",										   NULL                                                                                },
};

#define RB(name, lines, time) \
	"\"" name "\":{\"coverage\":{\"/x.rb\":" lines "},\"timestamp\":" time "}"

static const struct report_case simplecov_cases[] = {
	{"{" RB("A",							 "[null,1,0,null]",               "9") "}", "file /x.rb\nsum counts\n2 hits 1\n3 hits 0\n"},
	{ "{" RB("A",							"{\"lines\":[null,1,0,0,null]}",
         "9") "," RB("B",											       "{\"lines\":[0,2,0,null,3,4]}",                 "609") "}",
         "file /x.rb\nsum counts\n2 hits 3\n3 hits 0\n5 hits 3\n6 hits 4\n" },
	{ "{" RB("A", "[1]",			       "9") "," RB("B",                             "[0]",								      "610") "}",
         "warning 1 of 2 results are left out: over 10 minutes older than the newest\n"
	  "file /x.rb\nsum counts\n1 hits 0\n" },
	{ "{" RB("A",
         "{\"lines\":[1],\"branches\":{\"[:case, 0, 3, 4, 9, 7]\":{\"[:when, 1, 5, 6, 5, 9]\":2,"
		 "\"[:when, 2, 7, 6, 7, 9]\":0,\"[:else, 3, 3, 4, 9, 7]\":1},"
		 "\"[:\\\"&.\\\", 4, 3, 4, 3, 9]\":{\"[:then, 5, 3, 4, 3, 9]\":3}}}",										  "9") "}",
         "branches\nfile /x.rb\nsum counts\n1 hits 1\n3 branch 0.0 'when at 5:7' 2\n"
	  "3 branch 0.1 'when at 7:7' 0\n3 branch 0.2 'else' 1\n3 branch 1.0 'then' 3\n"														     },
};

static const struct report_case simplecov_json_cases[] = {
	{"{\"meta\":{\"simplecov_version\":\"0.22.0\"},\"coverage\":{\"/x.rb\":{\"lines\":[1,null,\"ignored\",0],"
	  "\"branches\":[{\"type\":\"then\",\"start_line\":4,\"coverage\":0,\"inline\":false},"
	  "{\"type\":\"else\",\"start_line\":1,\"coverage\":\"ignored\",\"inline\":true},"
	  "{\"type\":\"else\",\"start_line\":1,\"coverage\":2,\"inline\":true}]}},\"groups\":{}}", "producer simplecov 0.22.0\nbranches\nfile /x.rb\nsum counts\n1 hits 1\n4 hits 0\n"
	  "1 branch 2.0 'else' 2\n3 branch 0.0 'then' 0\n3 excluded\n"},
};

#define PY(members)                                                                                      \
	"{\"meta\":{\"version\":\"7.16.1\",\"branch_coverage\":true},\"files\":{\"a\\\\b.py\":{" members \
	"}}}"
#define PY_HEAD "producer coverage.py 7.16.1\nbranches\nfile a\\b.py\nmax\n"

static const struct report_case coverage_json_cases[] = {
	{PY("\"executed_lines\":[1,3],\"summary\":{\"x\":1},\"missing_lines\":[5,0,-1],\"excluded_lines\":[7]"),
         PY_HEAD "1 hits 1\n3 hits 1\n5 hits 0\n7 excluded\n"                               },
	{ PY("\"executed_branches\":[[3,5],[3,-3]],\"missing_branches\":[[3,-1],[9,10],[9,11]]"),
         PY_HEAD
	  "3 branch 0.0 'jump to line 5' 1\n3 branch 0.1 'exit' 0\n3 branch 1.0 'exit' 1\n"
	  "9 branch 0.0 'jump to line 10' 0 never\n9 branch 0.1 'jump to line 11' 0 never\n"},
	{ PY("\"functions\":{\"f\":{\"executed_lines\":[2],\"start_line\":1},\"g\":{\"executed_lines\":[],"
	     "\"start_line\":4},\"\":{\"executed_lines\":[1],\"start_line\":1},\"old\":{\"executed_lines\":[9]}}"),
         PY_HEAD "1-0 function 'f' 1\n4-0 function 'g' 0\n"                                 },
};

#define RUN(format, cases) report_cases_run(&(format), (cases), sizeof(cases) / sizeof((cases)[0]))

static void
small_reports_at_every_size_of_piece(void **state)
{
	(void)state;
	RUN(istanbul_format, istanbul_cases);
	RUN(llvm_cov_format, llvm_cases);
	RUN(gcov_json_format, gcov_cases);
	RUN(simplecov_format, simplecov_cases);
	RUN(simplecov_json_format, simplecov_json_cases);
	RUN(coverage_json_format, coverage_json_cases);
}

/* A region that never ends fills a million lines and no more. */
static void
an_endless_region_is_bounded(void **state)
{
	static const char text[] = LLVM(
		"\"filename\":\"a.c\",\"segments\":[[1,1,3,1,1],[18446744073709551615,1,0,0,0]]",
		"");
	struct buf whole = { 0 }, cut = { 0 };

	(void)state;
	report_machine_dump(&whole, &llvm_cov_format, SPAN(text),
			    (struct report_machine_cut){ 0, 0 });
	report_machine_dump(&cut, &llvm_cov_format, SPAN(text),
			    (struct report_machine_cut){ 0, 7 });
	assert_non_null(strstr(buf_text(&whole), "\n1000000 hits 3\n"));
	assert_null(strstr(buf_text(&whole), "\n1000002 hits"));
	assert_true(span_equal(buf_span(&whole), buf_span(&cut)));
	buf_free(&whole);
	buf_free(&cut);
}

/* ---- real reports ------------------------------------------------------------------------------ */

static bool
keep(void *ctx, struct span piece)
{
	buf_add(ctx, piece);
	return true;
}

/* A sample, unpacked if it has to be. */
static struct buf
load(const char *name)
{
	struct buf packed = report_cases_load(name), text = { 0 };
	struct gzip *gzip;

	if (!gzip_sniff(buf_span(&packed)))
		return packed;
	gzip = gzip_open(keep, &text);
	gzip_feed(gzip, buf_span(&packed), NULL);
	gzip_close(gzip);
	buf_free(&packed);
	return text;
}

/* A JSON report and the LCOV of the same run; `strip` is what its names have before those of the LCOV. */
static const struct pair {
	const struct data_format *format;
	const char *json, *lcov, *strip;
	bool branches, functions;
} pairs[] = {
	{&istanbul_format,       "istanbul/nyc-17-coverage-final.json",                   "lcov/nyc-17.info",          "/tmp/jsw/",
         true,															     true },
	{ &istanbul_format,      "istanbul/c8-10-coverage-final.json",                    "lcov/c8-10.info",           "/tmp/jsw/",
         true,															     true },
	{ &istanbul_format,      "istanbul/jest-29-coverage-final.json",                  "lcov/jest-29.info",
         "/tmp/jsw/",													       true,  true },
	{ &istanbul_format,      "istanbul/jest-29-v8-coverage-final.json",               "lcov/jest-29-v8.info",
         "/tmp/jsw/",													       true,  true },
	{ &llvm_cov_format,      "llvm-cov/export.json",                                  "lcov/llvm-cov-21.lcov",     "",          true,  true },
	{ &llvm_cov_format,      "llvm-cov/cpp-export.json",                              "lcov/llvm-cov-21-cpp.lcov", "",          true,
         true																   },
	{ &llvm_cov_format,      "llvm-cov/export-skip-functions.json",                   "lcov/llvm-cov-21.lcov",     "",
         true,															     false},
	{ &gcov_json_format,     "gcov/gcc16-branches-conditions/prog-calc.gcov.json.gz",
         "lcov/lcov-2.5-line.info",										    "",          false, true },
	{ &coverage_json_format, "coveragepy/branch.json",                                "coveragepy/branch.lcov",    "",          true,
         false																  },
	{ &coverage_json_format, "coveragepy/line.json",                                  "coveragepy/line.lcov",      "",          false, false},
	{ &coverage_json_format, "coveragepy/ctx-pytestcov-branch.contexts.json",
         "coveragepy/ctx-pytestcov-branch.lcov",								       "",          true,  false},
};

static void
same_lines(const struct report *a, const struct report *b, const char *name)
{
	if (a->line_count != b->line_count)
		fail_msg("%s: %zu lines, not %zu", name, a->line_count, b->line_count);
	for (size_t i = 0; i < a->line_count; i++) {
		if (a->lines[i].line != b->lines[i].line || a->lines[i].hits != b->lines[i].hits)
			fail_msg("%s:%u hits differ", name, (unsigned)b->lines[i].line);
	}
}

static int
compare_arms(const void *a, const void *b)
{
	const struct report_branch *x = a, *y = b;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return x->taken < y->taken ? -1 : x->taken > y->taken;
}

/* The counts of the arms of each line, whatever their groups and labels are. */
static void
same_branches(const struct report *a, const struct report *b, const char *name)
{
	size_t n = a->branch_count;

	if (n != b->branch_count)
		fail_msg("%s: %zu arms, not %zu", name, n, b->branch_count);
	if (n == 0)
		return;
	qsort(a->branches, n, sizeof *a->branches, compare_arms);
	qsort(b->branches, n, sizeof *b->branches, compare_arms);
	for (size_t i = 0; i < n; i++) {
		if (compare_arms(&a->branches[i], &b->branches[i]) != 0)
			fail_msg("%s:%u arms differ", name, (unsigned)b->branches[i].line);
	}
}

static void
same_functions(const struct report *a, const struct report *b, const char *name)
{
	if (a->function_count != b->function_count)
		fail_msg("%s: %zu functions, not %zu", name, a->function_count, b->function_count);
	for (size_t i = 0; i < a->function_count; i++) {
		const struct report_function *f = &a->functions[i], *g = &b->functions[i];

		if (f->first != g->first || f->hits != g->hits ||
		    strcmp(report_text(a, f->name), report_text(b, g->name)) != 0)
			fail_msg("%s: function %s differs", name, report_text(b, g->name));
	}
}

static void
compare_pair(const struct pair *p)
{
	struct report_machine_cut whole = { 0, 0 };
	struct buf json = load(p->json), lcov = load(p->lcov);
	struct reader_fault fault;
	struct data_index *a, *b;

	assert_true(p->format->sniff(
		span_cut(buf_span(&json), 0, json.len < DATA_HEAD_MAX ? json.len : DATA_HEAD_MAX)));
	a = report_machine_index(p->format, buf_span(&json), whole, &fault);
	b = report_machine_index(&lcov_format, buf_span(&lcov), whole, &fault);
	assert_non_null(a);
	assert_non_null(b);
	assert_true(a->name_count > 0);
	for (size_t i = 0; i < a->name_count; i++) {
		struct span name = data_index_name(a, i);
		struct report ours = { 0 }, theirs = { 0 };
		char *text = mem_text(name.at, name.len);
		size_t other;

		assert_true(span_starts(name, span_of(p->strip)));
		span_skip(&name, strlen(p->strip));
		if (!data_index_find(b, name, &other))
			fail_msg("%s is not in %s", text, p->lcov);
		assert_true(report_machine_read(a, i, buf_span(&json), whole, &ours, &fault));
		assert_true(report_machine_read(b, other, buf_span(&lcov), whole, &theirs, &fault));
		same_lines(&ours, &theirs, text);
		if (p->branches)
			same_branches(&ours, &theirs, text);
		if (p->functions)
			same_functions(&ours, &theirs, text);
		report_free(&ours);
		report_free(&theirs);
		free(text);
	}
	data_index_close(a);
	data_index_close(b);
	buf_free(&json);
	buf_free(&lcov);
}

static void
real_reports_say_what_their_producers_lcov_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
		compare_pair(&pairs[i]);
}

static const struct {
	const struct data_format *format;
	const char *name;
} samples[] = {
	{&istanbul_format,       "istanbul/nyc-17-coverage-final.json"                  },
	{ &istanbul_format,      "istanbul/c8-10-coverage-final.json"                   },
	{ &istanbul_format,      "istanbul/nyc_output-raw.json"                         },
	{ &llvm_cov_format,      "llvm-cov/export.json"                                 },
	{ &llvm_cov_format,      "llvm-cov/export-llvm14.json"                          },
	{ &llvm_cov_format,      "llvm-cov/export-summary.json"                         },
	{ &gcov_json_format,     "gcov/gcc12/t-tmpl.branches.gcov.json.gz"              },
	{ &gcov_json_format,     "gcov/gcc16-branches-conditions/prog-main.gcov.json.gz"},
	{ &simplecov_format,     "simplecov/branch-two-commands.resultset.json"         },
	{ &coverage_json_format, "coveragepy/line.json"                                 },
};

static void
samples_say_the_same_however_they_are_cut(void **state)
{
	static const size_t steps[] = { 1, 2, 3, 5, 7, 8, 9, 13, 64, 1000, 4096 };

	(void)state;
	for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
		struct buf text = load(samples[i].name), whole = { 0 };

		assert_true(samples[i].format->sniff(span_cut(
			buf_span(&text), 0, text.len < DATA_HEAD_MAX ? text.len : DATA_HEAD_MAX)));
		report_machine_dump(&whole, samples[i].format, buf_span(&text),
				    (struct report_machine_cut){ 0, 0 });
		assert_null(strstr(buf_text(&whole), "\nsection "));
		assert_int_not_equal(strncmp(buf_text(&whole), "index ", 6), 0);
		for (size_t k = 0; k < sizeof steps / sizeof steps[0]; k++) {
			struct buf cut = { 0 };

			report_machine_dump(&cut, samples[i].format, buf_span(&text),
					    (struct report_machine_cut){ 0, steps[k] });
			assert_string_equal(buf_text(&cut), buf_text(&whole));
			buf_free(&cut);
		}
		buf_free(&whole);
		buf_free(&text);
	}
}

/* A report that ends too early is said to, at whichever of its bytes it was cut. */
static void
truncation_is_noticed(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
		struct buf text = load(samples[i].name);
		size_t step = text.len > 20000 ? 331 : 37, end = text.len;

		while (end > 0 && text.at[end - 1] != '}')
			end--;
		for (size_t len = 0; len < end; len += step) {
			struct reader_fault fault = { 0 };
			struct data_index *index = report_machine_index(
				samples[i].format, span_cut(buf_span(&text), 0, len),
				(struct report_machine_cut){ 0, 100 }, &fault);

			assert_null(index);
			assert_true(fault.cut);
			assert_int_equal(fault.at, len);
		}
		buf_free(&text);
	}
}

/* Whatever a byte is changed to, there is an answer, and no sanitizer has anything to say. */
static void
changed_bytes_do_no_harm(void **state)
{
	static const char bytes[] = "\"\\{}[],:0-x";

	(void)state;
	for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
		struct buf text = load(samples[i].name);
		size_t step = text.len / 150 + 1;

		for (size_t at = 0, n = 0; at < text.len; at += step, n++) {
			struct buf out = { 0 };
			char was = text.at[at];

			text.at[at] = bytes[n % (sizeof bytes - 1)];
			report_machine_dump(&out, samples[i].format, buf_span(&text),
					    (struct report_machine_cut){ 0, 0 });
			text.at[at] = was;
			assert_true(out.len > 0);
			buf_free(&out);
		}
		buf_free(&text);
	}
}

/* ---- other JSON -------------------------------------------------------------------------------- */

static const char *const strangers[] = {
	"{}",
	"[]",
	"1",
	"",
	"{",
	"{\"a\":1}",
	"{\"name\":\"x\",\"version\":\"1.0.0\",\"files\":[\"lib\"],\"scripts\":{\"coverage\":\"nyc\"}}",
	"{\"compilerOptions\":{\"lib\":[\"es6\"]},\"files\":[\"a.ts\"]}",
	"{\"total\":{\"lines\":{\"total\":1,\"covered\":1}},\"/a.js\":{\"lines\":{\"total\":1}}}",
	"{\"data\":[{\"files\":[\"a\"]}]}",
	"{\"meta\":{\"version\":1},\"files\":{}}",
	"{\"result\":[{\"scriptId\":\"1\",\"url\":\"x\",\"functions\":[]}]}",
	"{\"gcovr/format_version\":\"0.11\",\"files\":[{\"file\":\"a\",\"lines\":[{\"line_number\":1}]}]}",
};

static void
other_json_is_nobodys(void **state)
{
	static const struct data_format *const formats[] = {
		&istanbul_format,  &llvm_cov_format,       &gcov_json_format,
		&simplecov_format, &simplecov_json_format, &coverage_json_format,
	};

	(void)state;
	for (size_t i = 0; i < sizeof strangers / sizeof strangers[0]; i++) {
		for (size_t k = 0; k < sizeof formats / sizeof formats[0]; k++) {
			if (formats[k]->sniff(span_of(strangers[i])))
				fail_msg("%s is taken for %s", strangers[i], formats[k]->name);
		}
	}
}

static void
counts_are_read_as_they_are_meant(void **state)
{
	static const struct {
		const char *text;
		uint64_t want;
	} cases[] = {
		{"0",                     0         },
		{ "12",                   12        },
		{ "-1",                   0         },
		{ "18446744073709551615", UINT64_MAX},
		{ "18446744073709551616", UINT64_MAX},
		{ "1e3",                  1000      },
		{ "1.25E+2",              125       },
		{ "12.9",                 12        },
		{ "25e-1",                2         },
		{ "1e999999999999",       UINT64_MAX},
		{ "0e99",                 0         },
		{ "1e-999999999999",      0         },
		{ "",                     0         },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_int_equal(json_count(span_of(cases[i].text)), cases[i].want);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(small_reports_at_every_size_of_piece),
		cmocka_unit_test(an_endless_region_is_bounded),
		cmocka_unit_test(real_reports_say_what_their_producers_lcov_says),
		cmocka_unit_test(samples_say_the_same_however_they_are_cut),
		cmocka_unit_test(truncation_is_noticed),
		cmocka_unit_test(changed_bytes_do_no_harm),
		cmocka_unit_test(other_json_is_nobodys),
		cmocka_unit_test(counts_are_read_as_they_are_meant),
	};

	return cmocka_run_group_tests_name("json_reports", tests, NULL, NULL);
}
