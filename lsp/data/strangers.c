#include "strangers.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "json_probe.h"

#define OF_GCC "`gcov --json-format`, lcov or gcovr makes a report of them"

/* How each begins (the tools' own magic numbers), what it is, and the way to a report. */
static const struct stranger {
	char magic[24];
	unsigned char len;
	const char *what, *remedy;
} strangers[] = {
	{"adcg",		     4,  "counters of gcc (.gcda)",               OF_GCC                               },
	{ "gcda",		    4,  "counters of gcc (.gcda)",               OF_GCC                               },
	{ "oncg",		    4,  "notes of gcc (.gcno)",                  "run the program first, then " OF_GCC},
	{ "gcno",		    4,  "notes of gcc (.gcno)",                  "run the program first, then " OF_GCC},
	{ "\x81"
	  "rforpl\xff",     8,  "a raw profile of clang (.profraw)",
         "`llvm-profdata merge`, then `llvm-cov export` makes a report of it"                                          },
	{ "\xfflprofi\x81",          8,  "a merged profile of clang (.profdata)",
         "`llvm-cov export` makes a report of it"								      },
	{ "\x01\xc0\xc0",            3,  "execution data of JaCoCo (.exec)",
         "the build's report task, or `jacococli report --xml`, makes a report of it"                                  },
	{ "        -:    0:Source:", 23, "text of gcov's (.gcov)",
         "`gcov --json-format`, lcov or gcovr makes a report"                                                          },
	{ "\x00"
	  "cvm",	    4,  "coverage data of Go (GOCOVERDIR)",
         "`go tool covdata textfmt` makes a profile of it"							     },
	{ "\x00"
	  "cwm",	    4,  "coverage data of Go (GOCOVERDIR)",
         "`go tool covdata textfmt` makes a profile of it"							     },
};

static bool
is_text(struct span head)
{
	for (size_t i = 0; i < head.len; i++) {
		if (head.at[i] == '\0')
			return false;
	}
	return true;
}

/* JSON that tells of coverage in no way that a source's lines could be marked by. */
static const struct json_stranger {
	const char *patterns[3]; /* as json_probe() takes them */
	const char *what, *remedy;
} json_strangers[] = {
	{{ "total lines pct", "total statements pct", NULL },
         "a summary of Istanbul's, without lines", "let nyc, jest, vitest or c8 write the reporter `lcov` or `json`, too"},
	{ { "gcovr/format_version", NULL },
         "gcovr's own JSON",		       "`gcovr --xml` or `gcovr --sonarqube` makes one"                      },
	{ { "source_files [] coverage", NULL },
         "JSON for coveralls.io",		  "let the tool write LCOV or Cobertura"                                },
	{ { "result [] functions", "result [] scriptId", NULL },
         "what Node recorded (NODE_V8_COVERAGE)",  "`c8 report --reporter=lcov` makes one of it"                         },
};

static const struct json_stranger *
find_json(struct span head)
{
	for (size_t i = 0; i < sizeof json_strangers / sizeof json_strangers[0]; i++) {
		if (json_probe(head, json_strangers[i].patterns))
			return &json_strangers[i];
	}
	return NULL;
}

/* "{}", "[]": what some tools write when no file was measured. */
static bool
is_empty_json(struct span head)
{
	char bytes[3] = { 0 };
	size_t count = 0;

	for (size_t i = 0; i < head.len; i++) {
		if (strchr(" \t\r\n", head.at[i]) != NULL && head.at[i] != '\0')
			continue;
		if (count == 2)
			return false;
		bytes[count++] = head.at[i];
	}
	return strcmp(bytes, "{}") == 0 || strcmp(bytes, "[]") == 0;
}

enum status
strangers_refuse(const char *path, struct span head, struct error *err)
{
	const struct json_stranger *json = find_json(head);

	for (size_t i = 0; i < sizeof strangers / sizeof strangers[0]; i++) {
		const struct stranger *s = &strangers[i];
		if (span_starts(head, (struct span){ s->magic, s->len }))
			return error_set(err, STATUS_BAD_DATA, "'%s' is %s, not a report; %s", path,
					 s->what, s->remedy);
	}
	if (json != NULL)
		return error_set(err, STATUS_BAD_DATA, "'%s' is %s, not a report; %s", path,
				 json->what, json->remedy);
	if (span_starts(head, SPAN("\xff\xfe")) || span_starts(head, SPAN("\xfe\xff")))
		return error_set(
			err, STATUS_BAD_DATA,
			"'%s' is in UTF-16, as PowerShell's > writes it; let the tool write the "
			"file itself, or use | Out-File -Encoding utf8",
			path);
	if (is_empty_json(head))
		return error_set(err, STATUS_BAD_DATA,
				 "'%s' is empty JSON, without a single source file; were the tests "
				 "run, and the sources measured?",
				 path);
	return error_set(err, STATUS_BAD_DATA,
			 is_text(head) ? "'%s' is not a coverage file that covls knows"
				       : "'%s' is not a coverage file that covls knows, but some "
					 "tool's own data; make a report such as LCOV of it",
			 path);
}
