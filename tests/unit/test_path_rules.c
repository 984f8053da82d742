#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../lsp/coverage/go_module.h"
#include "../lsp/coverage/recorded.h"
#include "../lsp/data/index_builder.h"
#include "base/mem.h"
#include "coverage/path_rules.h"
#include "platform/file.h"
#include "platform/folder.h"
#include "platform/path.h"
#include "support/test.h"

/* A workspace is made of files whose names are given in one line, below a folder of its own. */
static char top[] = "/tmp/covls-paths-XXXXXX";
static int serial;

static void
make_folders(const char *path)
{
	char *above = path_folder(path);

	if (file_stamp(above).kind == FILE_NONE) {
		make_folders(above);
		assert_int_equal(mkdir(above, 0700), 0);
	}
	free(above);
}

static void
write_file(const char *folder, const char *name, const char *text)
{
	char *path = path_join(folder, name);
	FILE *f;

	make_folders(path);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	free(path);
}

/* Calls back with each word of a line. */
static void
each_word(const char *line, void (*on_word)(void *ctx, const char *word), void *ctx)
{
	while (line != NULL && *line != '\0') {
		size_t len = strcspn(line, " ");
		char *word = mem_text(line, len);

		on_word(ctx, word);
		free(word);
		line += len;
		line += strspn(line, " ");
	}
}

struct world {
	char *folder;
	struct index_builder builder;
	struct data_index *index;
	struct text_list roots;
	struct tree_cache *trees;
	struct path_rules rules;
};

static void
on_file(void *ctx, const char *word)
{
	const struct world *w = ctx;

	write_file(w->folder, word, "");
}

/* '@' stands for the world's folder, '~' for nothing; the caller's to free(). */
static char *
fill_in(const struct world *w, const char *text)
{
	struct buf out = { 0 };

	for (; *text != '\0'; text++) {
		if (*text == '@')
			buf_add_text(&out, w->folder);
		else if (*text != '~')
			buf_add_char(&out, *text);
	}
	return buf_take(&out);
}

static void
on_name(void *ctx, const char *word)
{
	struct world *w = ctx;
	char *name = fill_in(w, word);

	index_name(&w->builder, span_of(name));
	free(name);
}

static void
on_base(void *ctx, const char *word)
{
	struct world *w = ctx;
	char *base = fill_in(w, word);

	index_base(&w->builder, span_of(base));
	free(base);
}

static void
on_root(void *ctx, const char *word)
{
	struct world *w = ctx;
	char *path = path_join(w->folder, word);

	text_list_add(&w->roots, span_of(path));
	free(path);
}

static void
world_open(struct world *w, const char *files)
{
	struct buf folder = { 0 };

	*w = (struct world){ .trees = tree_cache_open() };
	buf_addf(&folder, "%s/%d", top, serial++);
	w->folder = buf_take(&folder);
	assert_int_equal(mkdir(w->folder, 0700), 0);
	each_word(files, on_file, w);
	index_builder_open(&w->builder);
}

/* `report` is the folder of the report, `roots` the workspace folders, each below the world's. */
static void
world_make(struct world *w, const char *report, const char *roots,
	   const struct path_mapping *mappings, size_t count)
{
	char *folder = path_join(w->folder, report);
	struct path_rules_options options = {
		.folder = folder,
		.roots = &w->roots,
		.mappings = mappings,
		.mapping_count = count,
		.trees = w->trees,
	};

	each_word(roots, on_root, w);
	w->index = index_builder_finish(&w->builder);
	path_rules_make(&w->rules, w->index, &options);
	free(folder);
}

static void
world_close(struct world *w)
{
	path_rules_free(&w->rules);
	data_index_close(w->index);
	index_builder_close(&w->builder);
	text_list_free(&w->roots);
	tree_cache_close(w->trees);
	free(w->folder);
}

/* The way back: the name leads to the source. */
static void
check_file(const struct world *w, struct span name, const char *source)
{
	char *file = path_rules_file(&w->rules, name);
	struct file_stamp got, want = file_stamp(source);

	if (file == NULL)
		fail_msg("'%.*s' is no file, not '%s'", (int)name.len, name.at, source);
	got = file_stamp(file);
	if (!file_stamp_equal(&got, &want))
		fail_msg("'%.*s' is '%s', not '%s'", (int)name.len, name.at, file, source);
	free(file);
}

/* "source=name" or, for none, "source=". */
static void
check_source(void *ctx, const char *word)
{
	struct world *w = ctx;
	const char *equals = strchr(word, '=');
	char *name = mem_text(word, (size_t)(equals - word)), *source = path_join(w->folder, name);
	char *want = fill_in(w, equals + 1);
	const struct path_rule *rule;
	size_t number;
	struct span got = { "", 0 };

	if (path_rules_find(&w->rules, w->index, source, &number, &rule, NULL, NULL))
		got = data_index_name(w->index, number);
	if (got.len > 0 && file_stamp(source).kind == FILE_REGULAR)
		check_file(w, got, source);
	if (!span_equal(got, span_of(want)))
		fail_msg("'%s' is '%.*s', not '%s'; trouble: %s", source, (int)got.len, got.at,
			 want, w->rules.trouble);
	free(want);
	free(name);
	free(source);
}

struct rules_case {
	const char *what, *files, *bases, *names, *report, *roots, *want, *trouble;
};

static void
check_cases(const struct rules_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct rules_case *c = &cases[i];
		struct world w;

		print_message("  %s\n", c->what);
		world_open(&w, c->files);
		each_word(c->bases, on_base, &w);
		each_word(c->names, on_name, &w);
		world_make(&w, c->report, c->roots == NULL ? "." : c->roots, NULL, 0);
		each_word(c->want, check_source, &w);
		if (c->trouble == NULL)
			assert_string_equal(w.rules.trouble, "");
		else
			assert_non_null(strstr(w.rules.trouble, c->trouble));
		world_close(&w);
	}
}

static void
names_of_every_producer_are_found(void **state)
{
	static const struct rules_case cases[] = {
		{"absolute, as it is",                                 "src/a.c",						       NULL,             "@/src/a.c",                                     ".",                    NULL,
                 "src/a.c=@/src/a.c",																																       NULL          },
		{ "LCOV, relative to the package",                     "p/package.json p/src/a.ts p/coverage/x",                        NULL,
                 "src/a.ts",																					       "p/coverage",           NULL, "p/src/a.ts=src/a.ts",                                             NULL          },
		{ "LCOV with ./",				      "src/a.ts",						      NULL,             "./src/a.ts",                                    "coverage",             NULL,
                 "src/a.ts=./src/a.ts",																																     NULL          },
		{ "Cobertura, one source",                             "src/pkg/a.py pkg/a.py",                                         "@/src",          "pkg/a.py",                                      ".",                    NULL,
                 "src/pkg/a.py=pkg/a.py pkg/a.py=",																															 NULL          },
		{ "Cobertura, several sources",                        "src/a/x.py lib/b/y.py",                                         "@/src @/lib",
                 "a/x.py b/y.py",																					  ".",                    NULL, "src/a/x.py=a/x.py lib/b/y.py=b/y.py",                             NULL          },
		{ "Cobertura, the same name in two sources",           "src/a/x.py lib/a/x.py src/a/z.py",
                 "@/src @/lib",															   "a/x.py a/z.py",                                 ".",                    NULL,
                 "src/a/x.py= lib/a/x.py= src/a/z.py=a/z.py",																													       NULL          },
		{ "Cobertura, source is .",                            "src/a.py",                                                      ".",              "src/a.py",                                      "out",                  NULL,
                 "src/a.py=src/a.py",																																       NULL          },
		{ "Cobertura, source is relative",                     "src/a.py",                                                      "src",            "a.py",                                          "out",                  NULL,
                 "src/a.py=a.py",																																	   NULL          },
		{ "Cobertura, source is empty",                        "src/a.py",                                                      "~",              "src/a.py",                                      "out",                  NULL,
                 "src/a.py=src/a.py",																																       NULL          },
		{ "Cobertura, source is a drive",                      "src/A.cs",                                                      "C:\\",           "src\\A.cs",                                     "out",                  NULL,
                 "src/A.cs=src\\A.cs",																																      NULL          },
		{ "Cobertura, source in a container",                  "backend/src/app/a.py backend/src/app/b.py",
                 "/usr/src/backend/src",														  "app/a.py app/b.py",                             "backend",              NULL,
                 "backend/src/app/a.py=app/a.py backend/src/app/b.py=app/b.py",																											     NULL          },
		{ "Cobertura, absolute in a container",                "backend/app/a.py backend/app/b.py",                             "/",
                 "/srv/backend/app/a.py /srv/backend/app/b.py",																	    ".",                    NULL,
                 "backend/app/a.py=/srv/backend/app/a.py",																														  NULL          },
		{ "JaCoCo",					    "m/src/main/java/com/ex/A.java m/src/main/java/com/ex/u/B.java", NULL,
                 "com/ex/A.java com/ex/u/B.java",																			  "m/target/site/jacoco", NULL,
                 "m/src/main/java/com/ex/A.java=com/ex/A.java "
		  "m/src/main/java/com/ex/u/B.java=com/ex/u/B.java",																													NULL          },
		{ "JaCoCo, two modules, report above",
                 "m/src/main/java/com/ex/m/A.java n/src/main/java/com/ex/n/B.java "
		  "n/src/main/kotlin/com/ex/n/K.kt",										    NULL,             "com/ex/m/A.java com/ex/n/B.java com/ex/n/K.kt", "build/reports",        NULL,
                 "m/src/main/java/com/ex/m/A.java=com/ex/m/A.java "
		  "n/src/main/java/com/ex/n/B.java=com/ex/n/B.java "
		  "n/src/main/kotlin/com/ex/n/K.kt=com/ex/n/K.kt",																													  NULL          },
		{ "JaCoCo, the same class in two modules",
                 "m/src/main/java/com/ex/A.java n/src/main/java/com/ex/A.java",                                                         NULL,
                 "com/ex/A.java",																					  "m/target/site",        NULL,
                 "m/src/main/java/com/ex/A.java=com/ex/A.java n/src/main/java/com/ex/A.java=",																									      NULL          },
		{ "JaCoCo, the same, report above",
                 "m/src/main/java/com/ex/A.java n/src/main/java/com/ex/A.java",                                                         NULL,
                 "com/ex/A.java",																					  "target",               NULL,
                 "m/src/main/java/com/ex/A.java= n/src/main/java/com/ex/A.java=",																											   "pathMappings"},
		{ "JaCoCo, groups of two modules with the same class",
                 "core/src/main/java/com/ex/A.java core/src/main/java/com/ex/u/U.java "
		  "web/src/main/java/com/ex/B.java web/src/main/java/com/ex/u/U.java",						  NULL,
                 "core/com/ex/A.java core/com/ex/u/U.java web/com/ex/B.java web/com/ex/u/U.java",													  "all/target/site",      NULL,
                 "core/src/main/java/com/ex/A.java=core/com/ex/A.java core/src/main/java/com/ex/u/U.java=core/com/ex/u/U.java "
		  "web/src/main/java/com/ex/B.java=web/com/ex/B.java web/src/main/java/com/ex/u/U.java=web/com/ex/u/U.java",
                 NULL																																				     },
		{ "Clang with a prefix map",                           "src/a.c",                                                       NULL,             "/proc/self/cwd/src/a.c",                        "out",                  NULL,
                 "src/a.c=/proc/self/cwd/src/a.c",																															  NULL          },
		{ "gcov, above the build folder",                      "src/a.c src/b.c",                                               "@/build",
                 "../src/a.c ../src/b.c",																				  "build",                NULL, "src/a.c=../src/a.c src/b.c=../src/b.c",
                 NULL																																				     },
		{ "gcov, built elsewhere",                             "src/a.c src/b.c",                                               "/ci/proj/build",
                 "../src/a.c ../src/b.c",																				  "cov",                  NULL, "src/a.c=../src/a.c",                                              NULL          },
		{ "Istanbul under webpack",                            "src/a.js",                                                      NULL,             "webpack:///./src/a.js?1f2e",
                 "coverage",																								       NULL, "src/a.js=webpack:///./src/a.js?1f2e",                             NULL          },
		{ "a file URL",					"src/a.js",						      NULL,             "file://@/src/a.js",                             "coverage",             NULL,
                 "src/a.js=file://@/src/a.js",																															      NULL          },
		{ "LuaCov",					    "calc.lua",						      NULL,             "./calc.lua",                                    ".",                    NULL, "calc.lua=./calc.lua",
                 NULL																																				     },
		{ "dotnet on Windows",                                 "src/Lib/A.cs src/Lib/B.cs",                                     NULL,
                 "C:\\ci\\proj\\src\\Lib\\A.cs C:\\ci\\proj\\src\\Lib\\B.cs",															      "out",                  NULL,
                 "src/Lib/A.cs=C:\\ci\\proj\\src\\Lib\\A.cs",																													       NULL          },
		{ "dotnet, deterministic",                             "src/Lib/A.cs",                                                  NULL,             "/_/src/Lib/A.cs",                               "out",                  NULL,
                 "src/Lib/A.cs=/_/src/Lib/A.cs",																															    NULL          },
		{ "dotnet with SourceLink",                            "src/Lib/A.cs",                                                  NULL,
                 "https://raw.example.org/o/r/0a1b/src/Lib/A.cs",																	  "out",                  NULL,
                 "src/Lib/A.cs=https://raw.example.org/o/r/0a1b/src/Lib/A.cs",																											      NULL          },
		{ "tox",					       "src/pkg/a.py src/pkg/b.py",                                     NULL,
                 "/ci/.tox/py3/lib/python3.12/site-packages/pkg/a.py "
		  "/ci/.tox/py3/lib/python3.12/site-packages/pkg/b.py",																    ".",                    NULL, "src/pkg/a.py=/ci/.tox/py3/lib/python3.12/site-packages/pkg/a.py",
                 NULL																																				     },
	};

	(void)state;
	check_cases(cases, sizeof cases / sizeof cases[0]);
}

static void
data_made_elsewhere_is_found_or_told(void **state)
{
	static const struct rules_case cases[] = {
		{"continuous integration",                         "src/a.py src/b.py tests/c.py",                NULL,
                 "/ci/1/src/a.py /ci/1/src/b.py /ci/1/tests/c.py /ci/1/gone.py",															    ".",          NULL,
                 "src/a.py=/ci/1/src/a.py tests/c.py=/ci/1/tests/c.py",																										    NULL            },
		{ "a copy as good as the other",                   "a/src/x.py a/src/y.py b/src/x.py b/src/y.py",
                 NULL,												  "/ci/src/x.py /ci/src/y.py",							".",          NULL,
                 "a/src/x.py= b/src/x.py=",																														"src/x.py' or '"},
		{ "the copy nearer to the report",                 "a/src/x.py a/src/y.py b/src/x.py b/src/y.py",
                 NULL,												  "/ci/src/x.py /ci/src/y.py",							"b/coverage", NULL,
                 "a/src/x.py= b/src/x.py=/ci/src/x.py",																												    NULL            },
		{ "the longer end",                                "a/src/x.py b/src/x.py",                       NULL, "/ci/b/src/x.py",                                                                   ".",          NULL,
                 "a/src/x.py= b/src/x.py=/ci/b/src/x.py",																												  NULL            },
		{ "a deleted file is not another one of its name",
                 "p/a/src/x.ts p/a/src/y.ts p/b/src/z.ts",                                                        NULL,
                 "/ci/p/a/src/x.ts /ci/p/a/src/y.ts /ci/p/b/src/x.ts",																      ".",          NULL,
                 "p/a/src/x.ts=/ci/p/a/src/x.ts p/b/src/x.ts=/ci/p/b/src/x.ts",																									    NULL            },
		{ "files that have gone from the report's folder",
                 "c/main.c c/lib/u.c b/b/x.c b/y.c",							      NULL,
                 "/app/main.c /app/lib/u.c /app/b/x.c /app/pkg/z.c",																	"c/coverage", NULL,
                 "b/b/x.c=",																															       NULL            },
		{ "few of many",				   "src/a.h src/b.h",                             NULL,
                 "/usr/q/src/a.h /usr/q/src/c.h /usr/q/src/d.h /usr/q/src/e.h",															     ".",          NULL,
                 "src/a.h=",																															       NULL            },
		{ "system headers beside the project",             "src/a.c src/b.c",                             NULL,
                 "/q/include/1.h /q/include/2.h /q/include/3.h /app/src/a.c /app/src/b.c",														  ".",
                 NULL,																									  "src/a.c=/app/src/a.c",                                    NULL            },
		{ "two folders mounted side by side",
                 "one/left/a.py one/left/b.py one/left/c.py two/right/d.py two/right/e.py two/right/f.py",
                 NULL,												  "/m/left/a.py /m/left/b.py /m/left/c.py /m/right/d.py /m/right/e.py /m/right/f.py",
                 ".",																								     NULL, "one/left/a.py=/m/left/a.py two/right/f.py=/m/right/f.py", NULL            },
		{ "one common name alone",                         "x/index.js",                                  NULL, "/ci/index.js",                                                                     ".",          NULL,
                 "x/index.js=",																															    NULL            },
		{ "a flat project in a container",                 "main.py pot.py test_pot.py x/y.py",           NULL,
                 "/app/main.py /app/pot.py /app/test_pot.py",																	       ".",          NULL,
                 "main.py=/app/main.py pot.py=/app/pot.py test_pot.py=/app/test_pot.py",																								   NULL            },
		{ "a flat project of one file",                    "pot.js",                                      NULL, "/app/pot.js",                                                                      "coverage",   NULL,
                 "pot.js=/app/pot.js",																														     NULL            },
		{ "a flat project of common names",                "main.py utils.py",                            NULL,
                 "/app/main.py /app/utils.py",																			      ".",          NULL,
                 "main.py=/app/main.py utils.py=/app/utils.py",																											    NULL            },
		{ "a flat package of several",                     "a/pot.py a/cup.py b/pot.py",                  NULL,
                 "/app/pot.py /app/cup.py",																				 "a",          NULL,
                 "a/pot.py=/app/pot.py a/cup.py=/app/cup.py b/pot.py=",																										    NULL            },
		{ "one common name alone, at the top",             "index.js",                                    NULL, "/ci/index.js",                                                                     ".",          NULL,
                 "index.js=",																															      NULL            },
		{ "one of three at the top",                       "pot.js",                                      NULL, "/ci/pot.js /ci/cup.js /ci/tea.js",
                 ".",																								     NULL, "pot.js=",						 NULL            },
		{ "one at the top, deeper elsewhere",              "pot.js src/a.js src/b.js",                    NULL,
                 "/ci/lib/pot.js /ci/src/a.js /ci/src/b.js",																		".",          NULL,
                 "pot.js= src/a.js=/ci/src/a.js",																													  NULL            },
		{ "the base name alone, of an absolute name",      "x/only.js",                                   NULL, "/ci/only.js",                                                                      ".",
                 NULL,																									  "x/only.js=",					      NULL            },
	};

	(void)state;
	check_cases(cases, sizeof cases / sizeof cases[0]);
}

static void
packages_of_a_monorepo_keep_apart(void **state)
{
#define PACKAGES "packages/a/src/index.ts packages/b/src/index.ts packages/b/src/only.ts"
	static const struct rules_case cases[] = {
		{"report in a",                      PACKAGES,                          NULL, "src/index.ts",             "packages/a/coverage", NULL,
                 "packages/a/src/index.ts=src/index.ts packages/b/src/index.ts=",																	    NULL           },
		{ "report in b",                     PACKAGES,                          NULL, "src/index.ts src/only.ts", "packages/b/coverage",
                 NULL,																      "packages/a/src/index.ts= packages/b/src/index.ts=src/index.ts", NULL           },
		{ "report above both",               PACKAGES,                          NULL, "src/index.ts",             "coverage",            NULL,
                 "packages/a/src/index.ts= packages/b/src/index.ts=",																			"pathMappings" },
		{ "names from the top",              PACKAGES " src/index.ts",          NULL,
                 "packages/a/src/index.ts packages/b/src/index.ts",                                                       "coverage",            NULL,
                 "packages/a/src/index.ts=packages/a/src/index.ts src/index.ts=",																	    NULL           },
		{ "names from the top, report in a", PACKAGES,                          NULL,
                 "packages/a/src/index.ts packages/b/src/index.ts",                                                       "packages/a/coverage", NULL,
                 "packages/b/src/index.ts=packages/b/src/index.ts",																			  NULL           },
		{ "a file of b that a has lost",
                 PACKAGES " packages/a/src/x.ts packages/a/src/y.ts",                   NULL,
                 "src/index.ts src/only.ts src/x.ts src/y.ts",                                                            "packages/a/coverage", NULL,
                 "packages/b/src/only.ts= packages/a/src/x.ts=src/x.ts",																		     NULL           },
		{ "two roots",                       "one/src/i.ts two/src/i.ts",       NULL, "src/i.ts",                 "two/coverage",
                 "one two",																 "one/src/i.ts= two/src/i.ts=src/i.ts",                           NULL           },
		{ "two roots, report elsewhere",     "one/src/i.ts two/src/i.ts out/x", NULL,
                 "src/i.ts",											      "out",                 "one two", "one/src/i.ts= two/src/i.ts=",                                   "two/src/i.ts'"},
		{ "two roots, one is named",         "one/src/i.ts two/src/i.ts out/x", NULL,
                 "/ci/two/src/i.ts",										      "out",                 "one two",
                 "one/src/i.ts= two/src/i.ts=/ci/two/src/i.ts",																			      NULL           },
	};

	(void)state;
	check_cases(cases, sizeof cases / sizeof cases[0]);
}

static void
modules_of_go_are_folders(void **state)
{
	static const struct {
		const char *report, *want;
	} reports[] = {
		{"calc",
                 "calc/shape/s.go=example.com/calc/shape/s.go calc/sub/t.go=example.com/calc/sub/t.go "
		  "local/u.go=example.com/other/u.go copy/shape/s.go="                                },
		{ ".",
                 "calc/shape/s.go=example.com/calc/shape/s.go calc/sub/t.go=example.com/calc/sub/t.go"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof reports / sizeof reports[0]; i++) {
		struct world w;

		world_open(&w, "calc/shape/s.go calc/sub/t.go local/u.go copy/shape/s.go");
		write_file(
			w.folder, "calc/go.mod",
			"// a comment\nmodule example.com/calc // here\n\ngo 1.22\nreplace (\n"
			"\texample.com/other v1.0.0 => ../local\n\texample.com/x => example.com/y v2\n)\n");
		write_file(w.folder, "calc/sub/go.mod", "module \"example.com/calc/sub\"\n");
		each_word(
			"example.com/calc/shape/s.go example.com/calc/sub/t.go example.com/other/u.go",
			on_name, &w);
		world_make(&w, reports[i].report, ".", NULL, 0);
		each_word(reports[i].want, check_source, &w);
		world_close(&w);
	}
}

static void
kotlin_outside_of_its_package_is_known_by_its_first_line(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, "src/main/java/com/ex/A.java src/main/java/com/ex/B.java");
	write_file(w.folder, "src/main/kotlin/K.kt", "// hello\npackage com.ex\n\nfun f() = 1\n");
	write_file(w.folder, "src/main/kotlin/L.kt", "package com.other\n");
	each_word("com/ex/A.java com/ex/B.java com/ex/K.kt com/ex/L.kt", on_name, &w);
	world_make(&w, "target", ".", NULL, 0);
	each_word("src/main/java/com/ex/A.java=com/ex/A.java src/main/kotlin/K.kt=com/ex/K.kt "
		  "src/main/kotlin/L.kt=",
		  check_source, &w);
	world_close(&w);
	/* Two of one name, and a class that is in both modules. */
	world_open(&w, "app/src/main/java/com/ex/S.java lib/src/main/java/com/ex/S.java");
	write_file(w.folder, "app/src/main/kotlin/U.kt", "package com.ex.app\n");
	write_file(w.folder, "lib/src/main/kotlin/U.kt", "package com.ex.lib\n");
	each_word("com/ex/app/U.kt com/ex/lib/U.kt com/ex/S.java", on_name, &w);
	world_make(&w, "build/reports", ".", NULL, 0);
	each_word(
		"app/src/main/kotlin/U.kt=com/ex/app/U.kt lib/src/main/kotlin/U.kt=com/ex/lib/U.kt "
		"app/src/main/java/com/ex/S.java= lib/src/main/java/com/ex/S.java=",
		check_source, &w);
	world_close(&w);
}

static void
the_setting_goes_first(void **state)
{
	struct world w;
	char *to;

	(void)state;
	world_open(&w, "a/src/x.py b/src/x.py b/src/y.py c/z.py");
	to = path_join(w.folder, "b");
	const struct path_mapping mappings[] = {
		{"C:\\ci", to   },
		{ "/ci/",  "b"  },
		{ "",      "./c"},
	};

	each_word("/ci/src/x.py c:/CI/src/y.py C:/ci/src/y.py z.py @/a/src/x.py", on_name, &w);
	world_make(&w, ".", ".", mappings, 3);
	each_word(
		"b/src/x.py=/ci/src/x.py b/src/y.py=C:/ci/src/y.py c/z.py=z.py a/src/x.py=@/a/src/x.py",
		check_source, &w);
	assert_int_equal(w.rules.at[0].kind, PATH_RULE_SETTING);
	world_close(&w);
	free(to);
}

static void
links_lead_to_the_same_file(void **state)
{
	struct world w;
	char *link, *target;

	(void)state;
	world_open(&w, "real/src/x.py real/src/y.py");
	link = path_join(w.folder, "link");
	target = path_join(w.folder, "real");
	assert_int_equal(symlink(target, link), 0);
	each_word("@/link/src/x.py @/real/src/y.py", on_name, &w);
	world_make(&w, "real", "link", NULL, 0);
	each_word("real/src/x.py=@/link/src/x.py link/src/x.py=@/link/src/x.py "
		  "link/src/y.py=@/real/src/y.py",
		  check_source, &w);
	world_close(&w);
	free(link);
	free(target);
	/* Relative names that lead by way of a link; of two the source can be either. */
	world_open(&w, "packages/lib/x.js packages/lib/y.js app/z.js");
	link = path_join(w.folder, "app/lib");
	target = path_join(w.folder, "packages/lib");
	assert_int_equal(symlink(target, link), 0);
	free(link);
	link = path_join(w.folder, "more");
	assert_int_equal(symlink(target, link), 0);
	each_word("app/lib/x.js app/z.js app/lib/y.js more/y.js", on_name, &w);
	world_make(&w, "coverage", ".", NULL, 0);
	each_word("packages/lib/x.js=app/lib/x.js app/lib/x.js=app/lib/x.js packages/lib/y.js=",
		  check_source, &w);
	world_close(&w);
	free(link);
	free(target);
}

static void
a_name_of_another_file_is_told(void **state)
{
	struct world w;
	const struct path_rule *rule;
	struct text_list tried = { 0 }, nearest = { 0 };
	struct path_elsewhere elsewhere, namesake;
	char *source;
	size_t number;

	(void)state;
	world_open(&w, "src/a/x.py lib/a/x.py src/a/z.py");
	each_word("@/src @/lib", on_base, &w);
	each_word("a/x.py a/z.py b/x.py", on_name, &w);
	world_make(&w, ".", ".", NULL, 0);
	source = path_join(w.folder, "lib/a/x.py");
	assert_false(
		path_rules_find(&w.rules, w.index, source, &number, &rule, &elsewhere, &tried));
	assert_string_equal(elsewhere.name, "a/x.py");
	assert_true(span_ends(span_of(elsewhere.file), SPAN("/src/a/x.py")));
	assert_true(text_list_has(&tried, "a/x.py"));
	assert_true(text_list_has(&tried, source));
	path_rules_nearest(&w.rules, w.index, source, 5, &nearest, &namesake);
	assert_int_equal(nearest.count, 2);
	assert_string_equal(nearest.at[0], "a/x.py");
	assert_string_equal(nearest.at[1], "b/x.py");
	assert_null(namesake.name);
	text_list_free(&nearest);
	path_rules_nearest(&w.rules, w.index, source, 1, &nearest, &namesake);
	assert_int_equal(nearest.count, 1);
	text_list_free(&nearest);
	text_list_free(&tried);
	path_elsewhere_free(&elsewhere);
	free(source);
	world_close(&w);
}

static void
recorded_names_have_a_normal_form(void **state)
{
	static const struct {
		const char *name, *normal;
		bool absolute;
	} cases[] = {
		{"src/a.c",                         "src/a.c",                 false},
		{ "./src//a.c",                     "src/a.c",                 false},
		{ "../a/../b.c",                    "../b.c",                  false},
		{ "../../b.c",                      "../../b.c",               false},
		{ "a/../../b.c",                    "../b.c",                  false},
		{ "/a/../../b.c",                   "/b.c",                    true },
		{ "/",			      "/",                       true },
		{ ".",			      "",                        false},
		{ "",			       "",                        false},
		{ "src\\a.cs",                      "src/a.cs",                false},
		{ "src\\..\\b/c.cs",                "b/c.cs",                  false},
		{ "C:\\ci\\a.cs",                   "c:/ci/a.cs",              true },
		{ "d:/ci/./a.cs",                   "d:/ci/a.cs",              true },
		{ "\\\\host\\share\\a.cs",          "/host/share/a.cs",        true },
		{ "\\\\?\\C:\\a.cs",                "c:/a.cs",                 true },
		{ "/odd\\name.c",                   "/odd\\name.c",            true },
		{ "file:///a/b%20c%C3%A9.js",       "/a/b c\xc3\xa9.js",       true },
		{ "file:///C:/a.js",                "c:/a.js",                 true },
		{ "FILE://host/a%2",                "/a%2",                    true },
		{ "webpack:///./src/a.js",          "src/a.js",                false},
		{ "webpack://pkg/./src/a.vue?ab12", "src/a.vue",               false},
		{ "https://raw.x.org/o/A.cs?x",     "https:/raw.x.org/o/A.cs", true },
		{ "/proc/self/cwd/a.c",             "a.c",                     false},
		{ "_/home/a.go",                    "/home/a.go",              true },
		{ "_/a.py",                         "_/a.py",                  false},
		{ "a/.hidden",                      "a/.hidden",               false},
		{ "a..b/..c",                       "a..b/..c",                false},
	};
	struct buf out = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct span name = span_of(cases[i].name), normal = span_of(cases[i].normal);

		recorded_normalize(name, &out);
		assert_string_equal(buf_text(&out), cases[i].normal);
		assert_int_equal(recorded_is_absolute(normal), cases[i].absolute);
		/* Whatever is called normal is, and a normal form is its own. */
		if (recorded_is_normal(name))
			assert_string_equal(cases[i].name, cases[i].normal);
		recorded_normalize(normal, &out);
		if (strcmp(cases[i].name, "/odd\\name.c") != 0 && cases[i].name[0] != '_')
			assert_string_equal(buf_text(&out), cases[i].normal);
	}
	buf_free(&out);
}

static int
make_top(void **state)
{
	(void)state;
	return mkdtemp(top) == NULL ? -1 : 0;
}

static void remove_all(const char *folder);

static bool
on_entry(void *ctx, const struct folder_entry *entry)
{
	char *path = path_join(ctx, entry->name);

	if (entry->kind == FILE_FOLDER && !entry->is_link)
		remove_all(path);
	else
		remove(path);
	free(path);
	return true;
}

static void
remove_all(const char *folder)
{
	folder_read(folder, on_entry, (void *)folder, NULL);
	rmdir(folder);
}

static int
remove_top(void **state)
{
	(void)state;
	remove_all(top);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recorded_names_have_a_normal_form),
		cmocka_unit_test(names_of_every_producer_are_found),
		cmocka_unit_test(data_made_elsewhere_is_found_or_told),
		cmocka_unit_test(packages_of_a_monorepo_keep_apart),
		cmocka_unit_test(modules_of_go_are_folders),
		cmocka_unit_test(kotlin_outside_of_its_package_is_known_by_its_first_line),
		cmocka_unit_test(the_setting_goes_first),
		cmocka_unit_test(links_lead_to_the_same_file),
		cmocka_unit_test(a_name_of_another_file_is_told),
	};

	return cmocka_run_group_tests_name("path_rules", tests, make_top, remove_top);
}
