/* The wide comparison with coverage.py is tests/differential/coverage_config.py; here is each rule once. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "config/coverage_config.h"
#include "support/test.h"

#define FILES_MAX 3

static struct coverage_config plain; /* the defaults */

struct file {
	const char *name, *text;
};

static void
add_list(struct buf *out, const struct text_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		buf_addf(out, " <%s>", list->at[i]);
}

static void
add_value(struct buf *out, const struct coverage_value *value)
{
	buf_addf(out, "%d %d %g", value->boolean, (int)value->integer, value->number);
	if (value->text != NULL)
		buf_addf(out, " %s", value->text);
	add_list(out, &value->list);
}

/* What a configuration has that the defaults have not. */
static void
describe(struct buf *out, const struct coverage_config *config)
{
	buf_addf(out, "%s", config->file == NULL ? "-" : config->file);
	for (size_t i = 0; i < COVERAGE_OPTION_COUNT; i++) {
		struct buf one = { 0 }, other = { 0 };

		add_value(&one, &config->values[i]);
		add_value(&other, &plain.values[i]);
		if (!span_equal(buf_span(&one), buf_span(&other)))
			buf_addf(out, "|%s:%s %s", coverage_rows[i].section,
				 coverage_rows[i].option, buf_text(&one));
		buf_free(&one);
		buf_free(&other);
	}
	for (size_t i = 0; i < config->path_count; i++) {
		buf_addf(out, "|%s=", config->paths[i].name);
		add_list(out, &config->paths[i].list);
	}
	for (size_t i = 0; i < config->warnings.count; i++)
		buf_addf(out, "|%s", config->warnings.at[i]);
}

static void
write_files(const char *folder, const struct file *files, bool remove_them)
{
	for (size_t i = 0; i < FILES_MAX && files[i].name != NULL; i++) {
		char path[512];
		FILE *f;

		snprintf(path, sizeof path, "%s/%s", folder, files[i].name);
		if (remove_them) {
			unlink(path);
			continue;
		}
		f = fopen(path, "wb");
		assert_non_null(f);
		fputs(files[i].text, f);
		assert_int_equal(fclose(f), 0);
	}
}

/* The configuration of a folder with these files, or "!" and the reason. */
static char *
read_folder(const struct file *files, const char *rcfile)
{
	char folder[] = "/tmp/covls-test-XXXXXX";
	struct coverage_config config;
	struct error err = { 0 };
	struct buf out = { 0 };

	assert_non_null(mkdtemp(folder));
	write_files(folder, files, false);
	if (coverage_config_read(&config, folder, rcfile, &err) == STATUS_OK)
		describe(&out, &config);
	else
		buf_addf(&out, "!%s", err.text);
	coverage_config_free(&config);
	write_files(folder, files, true);
	assert_int_equal(rmdir(folder), 0);
	return buf_take(&out);
}

static const struct {
	struct file files[FILES_MAX];
	const char *rcfile, *want;
} cases[] = {
  /* which file */
	{{ { NULL, NULL } },										      NULL,    "-"											  },
	{ { { ".coveragerc", "" }, { "setup.cfg", "[coverage:run]\nbranch=1" } },
         NULL,													     ".coveragerc"										},
	{ { { ".coveragerc.toml", "" }, { "setup.cfg", "[coverage:run]\nbranch=1" } },
         NULL,													     ".coveragerc.toml"									   },
	{ { { "setup.cfg", "[run]\nbranch=1" }, { "tox.ini", "[coverage:run]\nbranch=1" } },
         NULL,													     "tox.ini|run:branch 1 0 0"								   },
	{ { { "setup.cfg", "[coverage:paths]\na=b" }, { "tox.ini", "word" } },
         NULL,													     "setup.cfg|a= <b>"									   },
	{ { { "setup.cfg", "word" }, { "pyproject.toml", "" } },
         NULL,													     "!Couldn't read config file setup.cfg: line 1: no section header before 'word'"              },
	{ { { "pyproject.toml", "[tool.coverage]\nrun={branch=true}" } },
         NULL,													     "pyproject.toml|run:branch 1 0 0"							    },
	{ { { "pyproject.toml", "[run]\nbranch=true" } },                                                         NULL,    "-"											  },
	{ { { "pyproject.toml", "[run]\nbranch=true" } },
         "pyproject.toml",												 "pyproject.toml|run:branch 1 0 0"							    },
	{ { { "a.cfg", "[run]\nbranch=on" }, { ".coveragerc", "x" } },
         "a.cfg",													  "a.cfg|run:branch 1 0 0"								     },
	{ { { NULL, NULL } },										     "a.cfg", "!Couldn't read 'a.cfg' as a config file"                                                    },
	{ { { ".coveragerc", "[coverage:run]\n[run]\nbranch=1" } },                                               NULL,    ".coveragerc"                                                                                },
	{ { { ".coveragerc", "[DEFAULT]\nomit=x\n[run]\n" } },
         NULL,													     ".coveragerc|run:omit 0 0 0 <x>"							     },
	{ { { ".coveragerc", "[DEFAULT]\nz=1\n[paths]\na=b" } },
         NULL,													     ".coveragerc|a= <b>|z= <1>"								  },
	{ { { "setup.cfg", "[coverage:p.q]\nx=1\n[DEFAULT]\nplugins=p.q\n[coverage:run]" },
	    { "tox.ini", "[coverage:run]\nbranch=1" } },
         NULL,													     "setup.cfg|run:plugins 0 0 0 <p.q>"							  },
 /* values */
	{ { { ".coveragerc",
	      "[report]\nprecision = 1_0\nfail_under=99.5\nomit=a,b\n  c\nexclude_also =\n a,b\n\n" } },
         NULL,													     ".coveragerc|report:exclude_lines 0 0 0 <#\\s*(pragma|PRAGMA)[:\\s]?\\s*(no|NO)\\s*(cover|COVER)> "
	  "<^\\s*(((async )?def .*?)?[\\])]+(\\s*->.*?)?:\\s*)?\\.\\.\\.\\s*(#|$)> <if (typing\\.)?TYPE_CHECKING:> <a,b>"
	  "|report:exclude_also 0 0 0 <a,b>|report:fail_under 0 0 99.5|report:precision 0 10 0|report:omit 0 0 0 <a> <b> <c>"                                                                             },
	{ { { ".coveragerc.toml", "[report]\nprecision = '2'\nfail_under=7\nomit=['a,b', ' ']" } },
         NULL,													     ".coveragerc.toml|report:fail_under 0 7 7|report:precision 0 2 0|report:omit 0 0 0 <a,b> < >"},
	{ { { ".coveragerc", "[run]\npatch=subprocess\ncontext=${COVLS_TEST_NONE-x}$$" } },
         NULL,													     ".coveragerc|run:context 0 0 0 x$|run:parallel 1 0 0|run:patch 0 0 0 <subprocess>"           },
	{ { { ".coveragerc", "[run]\nnope=1" } },
         NULL,													     ".coveragerc|Unrecognized option '[run] nope=' in config file .coveragerc"                   },
	{ { { "pyproject.toml", "[tool.coverage.run]\nnope=1" } },
         NULL,													     "-|Unrecognized option '[tool.coverage.run] nope=' in config file pyproject.toml"            },
 /* mistakes */
	{ { { ".coveragerc", "[run]\nbranch=maybe" } },
         NULL,													     "!Couldn't read config file .coveragerc: [run] branch: not a boolean: 'maybe'"               },
	{ { { ".coveragerc.toml", "[run]\nbranch='True'" } },
         NULL,													     "!Couldn't read config file .coveragerc.toml: [run] branch: not a boolean: 'True'"           },
	{ { { "pyproject.toml", "[tool.coverage.run]\nomit='a'" } },
         NULL,													     "!Couldn't read config file pyproject.toml: [tool.coverage.run] omit: not a list: 'a'"       },
	{ { { ".coveragerc", "[report]\nprecision=x" } },
         NULL,													     "!Couldn't read config file .coveragerc: [report] precision: not an integer: 'x'"            },
	{ { { ".coveragerc", "[report]\nfail_under=0x1" } },
         NULL,													     "!Couldn't read config file .coveragerc: [report] fail_under: not a float: '0x1'"            },
	{ { { ".coveragerc", "[run]\nomit=${COVLS_TEST_NONE?}" } },
         NULL,													     "!.coveragerc: [run] omit: Variable COVLS_TEST_NONE is undefined: '${COVLS_TEST_NONE?}'"     },
	{ { { ".coveragerc", "[run]\nconcurrency=gevent,eventlet" } },
         NULL,													     "!Conflicting concurrency settings: more than one of eventlet, gevent, greenlet"             },
	{ { { ".coveragerc", "[run]\nconcurrency=x" } },							  NULL,    "!Unknown concurrency choices: x"                                                            },
};

static void
files_are_read_as_coverage_py_reads_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char *got = read_folder(cases[i].files, cases[i].rcfile);

		if (strcmp(got, cases[i].want) != 0)
			fail_msg("case %zu:\ngot  %s\nwant %s", i, got, cases[i].want);
		free(got);
	}
}

static void
forget_environment(void)
{
	unsetenv("COVERAGE_RCFILE");
	unsetenv("COVERAGE_FILE");
	unsetenv("COVERAGE_CORE");
	unsetenv("COVERAGE_DEBUG");
}

static void
a_bad_regex_is_named(void **state)
{
	const struct file files[FILES_MAX] = {
		{".coveragerc", "[report]\nexclude_lines=\n  ok\n  (\n"}
	};
	char *got = read_folder(files, NULL);

	(void)state;
	assert_non_null(strstr(got, "!.coveragerc: Invalid [report].exclude_lines value '(': "));
	free(got);
}

static void
the_environment_wins(void **state)
{
	const struct file files[FILES_MAX] = {
		{"a.cfg",        "[run]\ndata_file=~/x\ndebug=a"},
		{ ".coveragerc", "[run]\ncore=ctrace"           },
	};
	char *got;

	(void)state;
	setenv("HOME", "/home/me/", 1);
	got = read_folder(files, "a.cfg");
	assert_string_equal(got, "a.cfg|run:data_file 0 0 0 /home/me/x|run:debug 0 0 0 <a>");
	free(got);
	setenv("COVERAGE_DEBUG", "b, c", 1);
	setenv("COVERAGE_FILE", "~/y", 1);
	setenv("COVERAGE_CORE", "sysmon", 1);
	got = read_folder(files, NULL);
	assert_string_equal(got, ".coveragerc|run:core 0 0 0 sysmon|run:data_file 0 0 0 ~/y"
				 "|run:debug 0 0 0 <b> <c>");
	free(got);
	setenv("COVERAGE_RCFILE", "a.cfg", 1);
	got = read_folder(files, ".coveragerc");
	assert_string_equal(got, "a.cfg|run:core 0 0 0 sysmon|run:data_file 0 0 0 ~/y"
				 "|run:debug 0 0 0 <a> <b> <c>");
	free(got);
	forget_environment();
}

int
main(void)
{
	int status;

	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_read_as_coverage_py_reads_them),
		cmocka_unit_test(a_bad_regex_is_named),
		cmocka_unit_test(the_environment_wins),
	};

	forget_environment();
	if (coverage_config_read(&plain, "/nowhere", NULL, NULL) != STATUS_OK)
		return 1;
	status = cmocka_run_group_tests_name("coverage_config", tests, NULL, NULL);
	coverage_config_free(&plain);
	return status;
}
