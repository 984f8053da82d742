#include "inventory_places.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "platform/file.h"
#include "platform/path.h"

static const struct place places[] = {
	{{ "coverage" },                         4, false, "where jest, nyc, SimpleCov and others put it"},
	{ { ".nyc_output" },                     0, false, "where nyc keeps what ran"                    },
	{ { "build", "reports", "jacoco" },      3, false, "where Gradle's JaCoCo plugin puts it"        },
	{ { "build", "reports", "kover" },       2, false, "where Kover puts it"                         },
	{ { "build", "reports", "cobertura" },   2, false, "where Gradle puts it"                        },
	{ { "build", "logs" },                   1, false, "where PHPUnit projects put it"               },
	{ { "target", "site", "jacoco*" },       1, false, "where Maven's JaCoCo plugin puts it"         },
	{ { "target", "site", "cobertura" },     0, false, "where Maven's Cobertura plugin puts it"      },
	{ { "target", "site", "clover" },        0, false, "where Maven's Clover plugin puts it"         },
	{ { "target", "llvm-cov" },              2, false, "where cargo-llvm-cov puts it"                },
	{ { "target", "tarpaulin" },             1, false, "where cargo-tarpaulin puts it"               },
	{ { "target", "coverage" },              2, false, "where grcov is told to put it"               },
	{ { ".build", "debug", "codecov" },      0, false, "where `swift test` puts it"                  },
	{ { ".build", "*", "debug", "codecov" }, 0, false, "where `swift test` puts it"                  },
	{ { "cover" },			   1, false, "where Mix puts it"                           },
	{ { "TestResults" },                     3, false, "where dotnet test puts it"                   },
	{ { "bazel-out", "_coverage" },          0, false, "where Bazel puts it"                         },
	{ { "bazel-testlogs" },                  8, true,  "where Bazel puts it"                         },
	{ { "reports" },			 3, false, "where reports are put"                       },
	{ { "test-results" },                    3, false, "where test runs put their results"           },
	{ { "build" },			   8, true,  "in a build tree"                             },
	{ { "build-*" },			 8, true,  "in a build tree"                             },
	{ { "build_*" },			 8, true,  "in a build tree"                             },
	{ { "cmake-build-*" },                   8, true,  "in a build tree"                             },
	{ { "builddir" },                        8, true,  "in a build tree"                             },
	{ { "_build" },			  8, true,  "in a build tree"                             },
	{ { "out" },			     8, true,  "in a build tree"                             },
	{ { "target" },			  0, true,  "in a build tree"                             },
};
#define PLACES (sizeof places / sizeof places[0])

/* ---- folders ---------------------------------------------------------------------------------- */

static bool
part_is(const char *pattern, struct span name)
{
	const char *star;
	struct span end;

	/* Nearly all names differ here already. */
	if (*pattern != '*' && (name.len == 0 || *pattern != *name.at))
		return false;
	star = strchr(pattern, '*');
	if (star == NULL)
		return span_equal(span_of(pattern), name);
	end = span_of(star + 1);
	return name.len >= (size_t)(star - pattern) + end.len && span_ends(name, end) &&
	       memcmp(name.at, pattern, (size_t)(star - pattern)) == 0;
}

/* Takes the last component off a path. */
static struct span
take_last(struct span *path)
{
	size_t start = path->len;
	struct span part;

	while (start > 0 && path->at[start - 1] != '/')
		start--;
	part = span_cut(*path, start, path->len);
	path->len = start > 0 ? start - 1 : 0;
	return part;
}

/* Ends `path`, of which `last` was taken off, as the first `count` parts? */
static bool
ends_as(struct span path, struct span last, const char *const *parts, size_t count)
{
	for (; part_is(parts[count - 1], last); last = take_last(&path)) {
		if (--count == 0)
			return true;
	}
	return false;
}

const struct place *
place_find(const char *path, bool *is_way)
{
	struct span above = span_of(path), last = take_last(&above);
	const struct place *found = NULL;

	*is_way = false;
	for (size_t i = 0; i < PLACES; i++) {
		const char *const *parts = places[i].parts;

		for (size_t count = 1; count <= PLACE_PARTS && parts[count - 1] != NULL; count++) {
			bool whole = count == PLACE_PARTS || parts[count] == NULL;

			if (!ends_as(above, last, parts, count))
				continue;
			if (!whole)
				*is_way = true;
			else if (found == NULL)
				found = &places[i];
		}
	}
	return found;
}

/* ---- names ------------------------------------------------------------------------------------ */

struct name_pattern {
	const char *start, *middle, *end;
	enum report_name is;
	unsigned kind;
};

/* The first that fits counts; case doesn't. A ".gz" at the end is taken off before. */
static const struct name_pattern names[] = {
	{".coverage",         "",          "",            NAME_OTHER,    0}, /* discover.h's */
	{ "coverage-summary", "",          ".json",       NAME_STRANGER, 6},
	{ "",		 "",          ".gcov",       NAME_STRANGER, 7},
	{ "",		 "",          ".info",       NAME_REPORT,   0},
	{ "",		 "",          ".lcov",       NAME_REPORT,   0},
	{ "lcov",             "",          ".dat",        NAME_REPORT,   0},
	{ "lcov",             "",          ".txt",        NAME_REPORT,   0},
	{ "lcov",             "",          ".out",        NAME_REPORT,   0},
	{ "",		 "cov",       ".dat",        NAME_REPORT,   0},
	{ "",		 "cov",       ".xml",        NAME_REPORT,   0},
	{ "",		 "clover",    ".xml",        NAME_REPORT,   0},
	{ "",		 "jacoco",    ".xml",        NAME_REPORT,   0},
	{ "",		 "cobertura", ".xml",        NAME_REPORT,   0},
	{ "",		 "kover",     ".xml",        NAME_REPORT,   0},
	{ "",		 "sonar",     ".xml",        NAME_REPORT,   0},
	{ "",		 "cov",       ".json",       NAME_REPORT,   0},
	{ ".resultset",       "",          ".json",       NAME_REPORT,   0},
	{ "c.out",            "",          "",            NAME_REPORT,   0},
	{ "",		 "cov",       ".out",        NAME_REPORT,   0},
	{ "",		 "profile",   ".out",        NAME_REPORT,   0},
	{ "",		 "",          ".cov",        NAME_REPORT,   0},
	{ "",		 "cov",       "profile",     NAME_REPORT,   0},
	{ "",		 "cov",       ".txt",        NAME_REPORT,   0},
	{ "",		 "",          ".gcda",       NAME_STRANGER, 0},
	{ "",		 "",          ".profraw",    NAME_STRANGER, 1},
	{ "",		 "",          ".profdata",   NAME_STRANGER, 2},
	{ "jacoco",           "",          ".exec",       NAME_STRANGER, 3},
	{ "",		 "",          "jacoco.exec", NAME_STRANGER, 3},
	{ "covmeta.",         "",          "",            NAME_STRANGER, 4},
	{ "covcounters.",     "",          "",            NAME_STRANGER, 4},
	{ "",		 "",          ".coverage",   NAME_STRANGER, 5},
	{ "",		 "",          ".xml",        NAME_IN_PLACE, 0},
	{ "",		 "",          ".json",       NAME_IN_PLACE, 0},
	{ "",		 "",          ".dat",        NAME_IN_PLACE, 0},
	{ "",		 "",          ".out",        NAME_IN_PLACE, 0},
};

static bool
has_middle(const char *name, size_t len, const char *middle)
{
	size_t wanted = strlen(middle);

	for (size_t i = 0; i + wanted <= len; i++) {
		if (strncasecmp(name + i, middle, wanted) == 0)
			return true;
	}
	return false;
}

static bool
name_fits(const struct name_pattern *p, const char *name, size_t len)
{
	size_t start = strlen(p->start), end = strlen(p->end);

	return start + end <= len && strncasecmp(name, p->start, start) == 0 &&
	       strncasecmp(name + len - end, p->end, end) == 0 && has_middle(name, len, p->middle);
}

enum report_name
place_judge_name(const char *name, unsigned *kind)
{
	size_t len = strlen(name);

	if (strcmp(name, ".coverage") == 0)
		return NAME_DATABASE;
	if (len > 3 && strcasecmp(name + len - 3, ".gz") == 0)
		len -= 3;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (name_fits(&names[i], name, len)) {
			*kind = names[i].kind;
			return names[i].is;
		}
	}
	return NAME_OTHER;
}

/* As the tools write them when nothing else is said. */
static const char *const sure_names[] = {
	"lcov.info",
	"coverage.xml",
	"cobertura.xml",
	"cobertura-coverage.xml",
	"coverage.cobertura.xml",
	"coverage.opencover.xml",
	"clover.xml",
	"jacoco.xml",
	"coverage.json",
	"coverage-final.json",
	".resultset.json",
};

bool
place_is_sure_name(const char *name)
{
	struct span given = span_of(name);

	if (span_ends(given, SPAN(".gz")))
		given.len -= 3;
	for (size_t i = 0; i < sizeof sure_names / sizeof sure_names[0]; i++) {
		if (span_equal(given, span_of(sure_names[i])))
			return true;
	}
	return false;
}

/* ---- what only people read -------------------------------------------------------------------- */

#define OF_JACOCO "let the build write JaCoCo's XML report, too"
#define OF_ANY    "let the tool write LCOV or Cobertura, too"

static const struct page {
	const char *path, *word; /* it has the word near its beginning */
	const char *remedy;
} pages[] = {
	{"htmlcov/index.html",                         "coverage",
         "the `.coverage` that it was made of is one, and `coverage xml` writes one"},
	{ "coverage/lcov-report/index.html",           "coverage", OF_ANY           },
	{ "coverage/index.html",                       "coverage", OF_ANY           },
	{ "target/site/jacoco/index.html",             "jacoco",   OF_JACOCO        },
	{ "build/reports/jacoco/test/html/index.html", "jacoco",   OF_JACOCO        },
	{ "coverage.html",			     "coverage",
         "the profile that it was made of is one: `go test -coverprofile=c.out`"    },
	{ "cover.html",				"coverage",
         "the profile that it was made of is one: `go test -coverprofile=c.out`"    },
};

#define PAGE_HEAD 4096

char *
place_find_page(const char *root, struct error *what)
{
	for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
		char *path = path_join(root, pages[i].path), head[PAGE_HEAD];
		size_t len = 0;

		if (file_read_head(path, head, sizeof head, &len, NULL) == STATUS_OK &&
		    has_middle(head, len, pages[i].word)) {
			error_set(what, STATUS_BAD_DATA, "'%s' is for a browser, and no report; %s",
				  path, pages[i].remedy);
			return path;
		}
		free(path);
	}
	return NULL;
}

/* ---- where reports will be -------------------------------------------------------------------- */

static const struct {
	const char *file, *folders[2];
} marks[] = {
	{"package.json",      { "coverage", ".nyc_output" }                           },
	{ "pom.xml",          { "target/site/jacoco", "target/site/jacoco-aggregate" }},
	{ "build.gradle",     { "build/reports/jacoco/test", "build/reports/kover" }  },
	{ "build.gradle.kts", { "build/reports/jacoco/test", "build/reports/kover" }  },
	{ "Cargo.toml",       { ".", "target/llvm-cov" }                              },
	{ "go.mod",           { ".", NULL }					   },
	{ "pyproject.toml",   { ".", NULL }					   },
	{ "Gemfile",          { "coverage", NULL }                                    },
	{ "pubspec.yaml",     { "coverage", NULL }                                    },
	{ "mix.exs",          { "cover", NULL }				       },
	{ "Package.swift",    { ".build/debug/codecov", NULL }                        },
	{ "composer.json",    { "build/logs", "coverage" }                            },
	{ "CMakeLists.txt",   { "build", NULL }                                       },
};

static const char *const common[] = {
	".",
	"coverage",
	".nyc_output",
	"build",
	"build/reports/jacoco/test",
	"target/site/jacoco",
	"target/llvm-cov",
	".build/debug/codecov",
	"cover",
	"reports",
	"TestResults",
};

static void
add_folder(const char *folder, const char *name, struct text_list *folders)
{
	char *path = path_join(folder, name);

	text_list_add_once(folders, path);
	free(path);
}

void
place_add_expected(const char *folder, const char *file, struct text_list *folders)
{
	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
		if (strcmp(file, marks[i].file) != 0)
			continue;
		for (size_t k = 0; k < 2 && marks[i].folders[k] != NULL; k++)
			add_folder(folder, marks[i].folders[k], folders);
	}
}

void
place_add_common(const char *root, struct text_list *folders)
{
	for (size_t i = 0; i < sizeof common / sizeof common[0]; i++)
		add_folder(root, common[i], folders);
}
