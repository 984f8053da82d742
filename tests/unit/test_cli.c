#include <string.h>

#include "../lsp/cli/cli.h"
#include "base/buf.h"
#include "support/test.h"

static const struct cli_option options[] = {
	{"show-missing",   'm', false          },
	{ "show-contexts", 0,   false          },
	{ "sort",          0,   true           },
	{ "output",        'o', true           },
	{ "quiet",         'q', false          },
	{ "baseline",      'b', CLI_VALUE_MAYBE},
	{ NULL,            0,   false          },
};

/* What is read of a command line: "m" for an option, "=x" behind it for its value, "(f)" for a file. */
static void
arguments_are_taken_apart(void **state)
{
	static const struct {
		const char *argv[6];
		const char *want;
	} cases[] = {
		{{ NULL },							  ""                           },
		{ { "a.py", "-m", "b.py", NULL },                                   "(a.py) show-missing (b.py) "},
		{ { "--sort=cover", "--sort", "miss", "--sort=", NULL },
                 "sort=cover sort=miss sort= "								   },
		{ { "-mq", "-qox", "-o", "-", "-", NULL },
                 "show-missing quiet quiet output=x output=- (-) "                                               },
		{ { "--show-m", "--q", "--show", NULL },                            "show-missing quiet ! "      },
		{ { "--so=x", "--", "--sort", "-m", NULL },                         "sort=x (--sort) (-m) "      },
		{ { "--none", NULL },					       "! "                         },
		{ { "-mx", NULL },						  "show-missing ! "            },
		{ { "--quiet=1", NULL },					    "! "                         },
		{ { "--sort", NULL },					       "! "                         },
		{ { "--baseline", "a.py", "--base=x", "-bq", "--baseline=", NULL },
                 "baseline (a.py) baseline=x baseline quiet baseline= "                                          },
		{ { "-qo", NULL },						  "quiet ! "                   },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char *argv[6] = { NULL };
		struct cli_args args = { .argv = argv };
		struct buf got = { 0 };
		const char *value;
		int next;

		for (; args.argc < 6 && cases[i].argv[args.argc] != NULL; args.argc++)
			argv[args.argc] = (char *)(uintptr_t)cases[i].argv[args.argc];
		while ((next = cli_next(&args, options, &value)) >= 0 || next == CLI_FILE) {
			if (next == CLI_FILE)
				buf_addf(&got, "(%s) ", value);
			else
				buf_addf(&got, "%s%s%s ", options[next].name,
					 value == NULL ? "" : "=", value == NULL ? "" : value);
		}
		if (next == CLI_BAD)
			buf_add_text(&got, "! ");
		assert_string_equal(buf_text(&got), cases[i].want);
		buf_free(&got);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arguments_are_taken_apart),
	};

	return cmocka_run_group_tests_name("cli", tests, NULL, NULL);
}
