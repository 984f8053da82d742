#include "support/test.h"

#include <string.h>

#include "base/buf.h"
#include "python/exclude.h"
#include "python/pylines.h"

/* "f A.g(2) ..." as "name@line kind first-last", then for each line the numbers of its function and
 * its class. */
static void
show(struct buf *out, const struct py_lines *lines, struct span text)
{
	const struct py_regions *regions = &lines->regions;

	for (uint32_t i = 1; i <= regions->count; i++) {
		const struct py_region *r = &regions->at[i - 1];

		buf_add_text(out, !r->listed ? "-" : r->is_class ? "c:" : "f:");
		py_region_name(regions, i, text, out);
		buf_addf(out, "@%u %u-%u; ", r->start, r->first, r->last);
	}
	for (uint32_t n = 1; n <= lines->count; n++)
		buf_addf(out, "%u%u ", regions->function_of[n], regions->class_of[n]);
}

static void
read_pieces(struct buf *out, struct span text, size_t size)
{
	struct py_options options = { .want = PY_WANT_REGIONS };
	struct py_lines lines = { 0 };
	struct py_reader r;

	buf_reset(out);
	py_reader_init(&r, &lines, &options);
	for (size_t at = 0; at < text.len; at += size)
		py_reader_feed(&r, span_cut(text, at, text.len - at < size ? text.len : at + size));
	assert_int_equal(py_reader_finish(&r, NULL), STATUS_OK);
	py_regions_find_names(&lines.regions, text);
	show(out, &lines, text);
	py_lines_free(&lines);
}

static const struct {
	const char *text, *want;
} cases[] = {
	{"x = 1\n",									    "00 "						    },
	{ "",										  ""						       },
	{ "def f():\n    a\n\n    b\n\n# end\nx\n",                                            "f:f@1 2-4; 00 10 10 10 00 00 00 "                       },
	{ "def f(): pass\n",								   "f:f@1 1-1; 10 "                                         },
 /* The body begins with its first statement, and that with its `def`, not its decorator. */
	{ "def f(a,\n  b):\n  # c\n  'd'\n",						   "f:f@1 4-4; 00 00 00 10 "                                },
	{ "def f():\n  @d\n  def g():\n    x\n  y\n",                                          "f:f@1 3-5; f:f.g@3 4-4; 00 00 10 20 10 "                },
 /* All of its lines are another's. */
	{ "def f():\n  def g(): x\n",							  "f:f@1 0-0; f:f.g@2 2-2; 00 20 "                         },
	{ "class A:\n  x = 1\n  def m(self):\n    y\n  async  def n(self): z\n",
         "c:A@1 4-5; f:A.m@3 4-4; f:A.n@5 5-5; 00 00 00 21 31 "											 },
	{ "class A:\n  x = 1\n",							       "c:A@1 0-0; 00 00 "                                      },
 /* A class within a method takes its methods' lines from the outer class. */
	{ "class A:\n  def m():\n    class B:\n      def n():\n        x\n    y\n",
         "c:A@1 3-6; f:A.m@2 3-6; c:A.m.B@3 5-5; f:A.m.B.n@4 5-5; 00 00 21 21 43 21 "                                                                   },
 /* A function within a method is of the class, too. */
	{ "class A:\n  def m():\n    def n():\n      x\n",
         "c:A@1 3-4; f:A.m@2 3-3; f:A.m.n@3 4-4; 00 00 21 31 "											  },
	{ "if x:\n  def f(): a\nelif y:\n  def g(): b\nelse:\n  def h(): c\n",
         "f:f@2 2-2; -g@4 0-0; -h@6 0-0; 00 10 00 00 00 00 "											    },
	{ "try:\n  def f(): a\nexcept E:\n  def g(): b\nfinally:\n  def h(): c\ndef i(): d\n",
         "f:f@2 2-2; -g@4 0-0; -h@6 0-0; f:i@7 7-7; 00 10 00 00 00 00 40 "									      },
	{ "match x:\n  case 1:\n    def f(): a\nwith x:\n  def g(): b\n",
         "-f@3 0-0; f:g@5 5-5; 00 00 00 00 20 "													 },
 /* What is defined in no region is none. */
	{ "for x in y:\n  pass\nelse:\n  class A:\n    def f(): a\n",
         "-A@4 0-0; -f@5 0-0; 00 00 00 00 00 "													  },
	{ "\xEF\xBB\xBF"
	  "def f(): a\r\nclass  \\\r\n  B: x\rdef \xC3\xA9():\r\n y\r",	       "f:f@1 1-1; c:B@2 0-0; f:\xC3\xA9@4 5-5; 10 00 00 00 30 "},
	{ "@d\n@e\ndef f():\n  x; y;\n",						       "f:f@3 4-4; 00 00 00 10 "                                },
	{ "def f():\n  x = [\n  1]\n  # c\n",						  "f:f@1 2-3; 00 10 10 00 "                                },
};

static void
test_regions(void **state)
{
	struct buf out = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct span text = span_of(cases[i].text);

		for (size_t size = 1; size <= text.len + 1; size++) {
			read_pieces(&out, text, size);
			assert_string_equal(buf_text(&out), cases[i].want);
		}
	}
	buf_free(&out);
}

/* A reused result holds nothing of the text before, and one that failed holds nothing. */
static void
test_reuse(void **state)
{
	struct py_options options = { .want = PY_WANT_REGIONS };
	struct py_lines lines = { 0 };
	struct span text = span_of("def f():\n  a\n  b\n"), other = span_of("x\ndef g(): y\n");
	struct error err;

	(void)state;
	assert_int_equal(py_lines_read(&lines, text, &options, &err), STATUS_OK);
	assert_int_equal(py_lines_read(&lines, other, &options, &err), STATUS_OK);
	assert_int_equal(lines.regions.count, 1);
	assert_int_equal(lines.regions.function_of[1], 0);
	assert_int_equal(lines.regions.function_of[2], 1);
	assert_int_equal(py_lines_read(&lines, span_of("def f(:\n"), &options, &err),
			 STATUS_BAD_DATA);
	assert_int_equal(lines.regions.count, 0);
	py_lines_free(&lines);
}

static void
test_scopes(void **state)
{
	struct py_options options = { .want = PY_WANT_REGIONS };
	struct py_lines lines = { 0 };
	struct span text = span_of("@d\ndef f(): a\nclass A:\n  def g(): b\n");
	const struct py_region *r;

	(void)state;
	assert_int_equal(py_lines_read(&lines, text, &options, NULL), STATUS_OK);
	r = py_region_of_scope(&lines.regions, 1);
	assert_non_null(r);
	assert_int_equal(r->start, 2);
	assert_null(py_region_of_scope(&lines.regions, 2));
	r = py_region_of_scope(&lines.regions, 4);
	assert_non_null(r);
	assert_memory_equal(text.at + r->name_at, "g", r->name_len);
	assert_null(py_region_of_scope(&lines.regions, 5));
	py_lines_free(&lines);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_regions),
		cmocka_unit_test(test_reuse),
		cmocka_unit_test(test_scopes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
