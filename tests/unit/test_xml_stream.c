#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "format/xml_stream.h"

/* What a stream tells, as text: one line an event, with the offsets of its tag. */
struct telling {
	struct xml_stream xml;
	struct buf out;
};

static void
tell_start(void *ctx, const char *name, const char **attributes)
{
	struct telling *t = ctx;

	buf_addf(&t->out, "%u <%s %u-%u", (unsigned)xml_depth(&t->xml), name,
		 (unsigned)xml_start(&t->xml), (unsigned)xml_end(&t->xml));
	for (; *attributes != NULL; attributes += 2)
		buf_addf(&t->out, " %s=%s", attributes[0], attributes[1]);
	buf_add_text(&t->out, "\n");
	if (strcmp(name, "text") == 0)
		xml_want_text(&t->xml, true);
	if (strcmp(name, "no") == 0)
		xml_refuse(&t->xml, "it says no");
}

static void
tell_end(void *ctx, const char *name)
{
	struct telling *t = ctx;

	xml_want_text(&t->xml, false);
	buf_addf(&t->out, ">%s %u\n", name, (unsigned)xml_end(&t->xml));
}

static void
tell_text(void *ctx, struct span piece)
{
	buf_add(&((struct telling *)ctx)->out, piece);
}

static void
tell_comment(void *ctx, const char *text)
{
	buf_addf(&((struct telling *)ctx)->out, "!%s\n", text);
}

static void
tell_doctype(void *ctx, const char *root, const char *public_id)
{
	buf_addf(&((struct telling *)ctx)->out, "D%s %s\n", root,
		 public_id == NULL ? "-" : public_id);
}

static const struct xml_handlers handlers = { tell_start, tell_end, tell_text, tell_comment,
					      tell_doctype };

static bool
feed_by(struct xml_stream *x, struct span in, size_t step)
{
	while (in.len > 0) {
		size_t len = in.len < step ? in.len : step;

		if (!xml_feed(x, span_cut(in, 0, len)))
			return false;
		span_skip(&in, len);
	}
	return true;
}

static void
add_fault(struct telling *t)
{
	buf_addf(&t->out, "%s at %u line %u: %s\n", t->xml.fault.cut ? "cut" : "bad",
		 (unsigned)t->xml.fault.at, (unsigned)t->xml.fault.line, t->xml.fault.text);
}

/* The whole telling of a document; the caller's to free. */
static char *
tell(struct span in, size_t step)
{
	struct telling t = { 0 };

	xml_open(&t.xml, &handlers, &t);
	if (!feed_by(&t.xml, in, step) || !xml_finish(&t.xml))
		add_fault(&t);
	if (xml_encoding(&t.xml)[0] != '\0')
		buf_addf(&t.out, "in %s\n", xml_encoding(&t.xml));
	xml_close(&t.xml);
	assert_int_equal(t.xml.memory, 0);
	return buf_take(&t.out);
}

static void
require_telling(struct span in, const char *wanted)
{
	for (size_t step = 1; step <= in.len; step++) {
		char *got = tell(in, step);

		assert_string_equal(got, wanted);
		free(got);
	}
}

static void
tells_elements_and_where_they_lie(void **state)
{
	static const struct {
		const char *in, *wanted;
	} cases[] = {
		{"<a/>",							     "1 <a 0-4\n>a 4\n"             },
		{ "<a></a>",							 "1 <a 0-3\n>a 7\n"             },
		{ "<a>\n <b x='1' y=\"&lt;2&#233;\"/>x</a>",
                 "1 <a 0-3\n2 <b 5-31 x=1 y=<2\xc3\xa9\n>b 31\n>a 36\n"                                             },
		{ "\xef\xbb\xbf<a></a >",					    "1 <a 3-6\n>a 11\n"            },
		{ "<?xml version='1.0' encoding=\"utf-8\"?><a/>",                    "1 <a 38-42\n>a 42\nin utf-8\n"},
		{ "<?xml version='1.0' encoding='x-klingon'?><a/>",
                 "1 <a 42-46\n>a 46\nin x-klingon\n"								},
		{ "<?xml version='1.0' encoding='ISO-8859-1'?><a b='\xe9'/>",
                 "1 <a 43-53 b=\xc3\xa9\n>a 53\nin ISO-8859-1\n"                                                    },
		{ "<a><!-- c --><text>x&amp;<![CDATA[<y>]]></text><?p i?></a>",
                 "1 <a 0-3\n! c \n2 <text 13-19\nx&<y>>text 47\n>a 58\n"                                            },
		{ "<!DOCTYPE a PUBLIC '-//X' 'http://192.0.2.1/x.dtd'><a/>",
                 "Da -//X\n1 <a 51-55\n>a 55\n"								     },
		{ "<!DOCTYPE a SYSTEM 'file:///etc/passwd' [<!ELEMENT a ANY>]><a/>",
                 "Da -\n1 <a 59-63\n>a 63\n"									},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		require_telling(span_of(cases[i].in), cases[i].wanted);
}

static void
says_what_is_wrong_and_where(void **state)
{
	static const struct {
		const char *in, *wanted;
	} cases[] = {
		{"<a>\n<b></a>",						      "1 <a 0-3\n2 <b 4-7\nbad at 9 line 2: mismatched tag\n"         },
		{ "<a x=1/>",							 "bad at 5 line 1: not well-formed (invalid token)\n"            },
		{ "<a x='1' x='2'/>",						 "bad at 9 line 1: duplicate attribute\n"                        },
		{ "<a/><b/>",							 "1 <a 0-4\n>a 4\nbad at 4 line 1: junk after document element\n"},
		{ "<a>&bogus;</a>",						   "1 <a 0-3\nbad at 3 line 1: undefined entity\n"                 },
		{ "plain",							    "bad at 0 line 1: syntax error\n"                               },
		{ "<a>\n",							    "1 <a 0-3\ncut at 4 line 2: no element found\n"                 },
		{ "<a><b",							    "1 <a 0-3\ncut at 5 line 1: unclosed token\n"                   },
		{ "<",								"cut at 1 line 1: unclosed token\n"                             },
		{ "<a><no/><b/></a>",						 "1 <a 0-3\n2 <no 3-8\nbad at 3 line 1: it says no\n"            },
		{ "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",
                 "Da -\nbad at 24 line 1: it declares an entity, which covls does not allow\n"                                                        },
		{ "<!DOCTYPE a [<!ENTITY % x SYSTEM 'file:///etc/passwd'> %x;]><a/>",
                 "Da -\nbad at 53 line 1: it declares an entity, which covls does not allow\n"                                                        },
		{ "<!DOCTYPE a [<!ATTLIST a b CDATA 'c'>]><a/>",
                 "Da -\nbad at 33 line 1: it declares an attribute, which covls does not allow\n"                                                     },
		{ "<?xml version='1.0' encoding='utf-7'?><a/>",
                 "bad at 30 line 1: unknown encoding\nin utf-7\n"										     },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		require_telling(span_of(cases[i].in), cases[i].wanted);
	require_telling((struct span){ "<a>\0</a>", 8 },
			"1 <a 0-3\nbad at 3 line 1: not well-formed (invalid token)\n");
}

/* ASCII as UTF-16. */
static struct span
widen(struct buf *out, const char *text, bool big, bool mark)
{
	buf_reset(out);
	if (mark)
		buf_add(out, big ? SPAN("\xfe\xff") : SPAN("\xff\xfe"));
	for (; *text != '\0'; text++) {
		char pair[2] = { big ? '\0' : *text, big ? *text : '\0' };

		buf_add(out, (struct span){ pair, 2 });
	}
	return buf_span(out);
}

static void
reads_two_bytes_a_character(void **state)
{
	static const char in[] = "<?xml version='1.0' encoding='UTF-16'?><a b='1'/>";
	struct buf wide = { 0 };

	(void)state;
	require_telling(widen(&wide, in, false, true), "1 <a 80-100 b=1\n>a 100\nin UTF-16LE\n");
	require_telling(widen(&wide, in, true, true), "1 <a 80-100 b=1\n>a 100\nin UTF-16BE\n");
	require_telling(widen(&wide, in, true, false), "1 <a 78-98 b=1\n>a 98\nin UTF-16BE\n");
	buf_free(&wide);
}

static char *
tell_parts(const char *encoding, const struct span *parts, size_t count, size_t step)
{
	struct telling t = { 0 };

	xml_open_inside(&t.xml, encoding, &handlers, &t);
	for (size_t i = 0; i < count; i++) {
		xml_begin_part(&t.xml);
		if (!feed_by(&t.xml, parts[i], step) || !xml_end_part(&t.xml)) {
			add_fault(&t);
			break;
		}
		buf_add_text(&t.out, "--\n");
	}
	xml_close(&t.xml);
	assert_int_equal(t.xml.memory, 0);
	return buf_take(&t.out);
}

static void
require_parts(const char *encoding, const struct span *parts, size_t count, const char *wanted)
{
	for (size_t step = 1; step < 60; step++) {
		char *got = tell_parts(encoding, parts, count, step);

		assert_string_equal(got, wanted);
		free(got);
	}
}

static void
starts_inside_a_document(void **state)
{
	static const char two[] = "1 <c 0-3\n2 <d 3-7\n>d 7\n>c 11\n--\n"
				  "1 <e 1-11 f=\xc3\xa9\n>e 11\n--\n";
	const struct span latin[] = { SPAN("<c><d/></c>"), SPAN(" <e f='\xe9'/>\n") };
	const struct span utf8[] = { SPAN("<c><d/></c>"), SPAN(" <e f='\xc3\xa9'/>\n") };
	struct buf wide = { 0 };
	struct span part;

	(void)state;
	require_parts("ISO-8859-1", latin, 2, two);
	require_parts("", utf8, 1, "1 <c 0-3\n2 <d 3-7\n>d 7\n>c 11\n--\n");
	for (int big = 0; big < 2; big++) {
		part = widen(&wide, "<c><d/></c>", big == 1, false);
		require_parts(big == 1 ? "UTF-16BE" : "UTF-16LE", &part, 1,
			      "1 <c 0-6\n2 <d 6-14\n>d 14\n>c 22\n--\n");
	}
	buf_free(&wide);
}

static void
says_what_is_wrong_with_a_part(void **state)
{
	static const struct {
		struct span second;
		const char *wanted;
	} cases[] = {
		{{ "<c>", 3 },                "1 <c 0-3\ncut at 3 line 0: an element has no end\n"},
		{ { "<c/><d", 6 },            "1 <c 0-4\n>c 4\ncut at 4 line 0: unclosed token\n" },
		{ { "</c>", 4 },              "bad at 2 line 0: mismatched tag\n"                 },
		{ { " </parts>", 9 },         "bad at 1 line 0: mismatched tag\n"                 },
		{ { "<c/></parts><c/>", 16 }, "1 <c 0-4\n>c 4\nbad at 4 line 0: mismatched tag\n" },
		{ { " <c><", 5 },             "1 <c 1-4\ncut at 5 line 0: an element has no end\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct span parts[] = { SPAN("<a/>"), cases[i].second };
		char wanted[200];

		snprintf(wanted, sizeof wanted, "1 <a 0-4\n>a 4\n--\n%s", cases[i].wanted);
		require_parts("", parts, 2, wanted);
	}
}

/* Feeds until it is refused; returns how much was fed. */
static size_t
feed_endlessly(struct xml_stream *x, struct span start, struct span again, size_t most)
{
	size_t fed = start.len;

	if (!xml_feed(x, start))
		return fed;
	while (fed < most && xml_feed(x, again))
		fed += again.len;
	return fed;
}

static void
ignore_start(void *ctx, const char *name, const char **attributes)
{
	(void)ctx;
	(void)name;
	(void)attributes;
}

static const struct xml_handlers deaf = { .on_start = ignore_start };

/* Each would be 100 MB. */
static void
gives_up_on_what_never_ends(void **state)
{
	static const char *const starts[] = {
		"<a b='", "<", "<a ", "<a><!-- ", "<a><?x ", "<a></a ", "<!DOCTYPE a '",
	};
	static char more[4096];

	(void)state;
	memset(more, 'x', sizeof more);
	for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
		bool blanks = strcmp(starts[i], "<a></a ") == 0 || strcmp(starts[i], "<a ") == 0;
		struct xml_stream x;
		size_t fed;

		memset(more, blanks ? ' ' : 'x', sizeof more);
		xml_open(&x, &deaf, NULL);
		fed = feed_endlessly(&x, span_of(starts[i]), (struct span){ more, sizeof more },
				     100 << 20);
		assert_true(fed < XML_TAG_MAX + 100000);
		assert_string_equal(x.fault.text, "a tag or comment of more than a megabyte");
		assert_true(x.fault.at < 13);
		assert_true(x.memory < XML_MEMORY_MAX);
		xml_close(&x);
	}
}

static void
takes_a_long_tag_or_refuses_it_however_it_is_cut(void **state)
{
	static const size_t steps[] = { 1000, 65536, 700000, 4000000 };
	struct buf in = { 0 };

	(void)state;
	for (size_t len = XML_TAG_MAX; len <= XML_TAG_MAX + 1; len++) {
		buf_reset(&in);
		buf_add_text(&in, "<a><b c='");
		while (in.len < 3 + len - 3)
			buf_add_char(&in, 'x');
		buf_add_text(&in, "'/></a>");
		for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
			struct xml_stream x;
			bool ok;

			xml_open(&x, &deaf, NULL);
			ok = feed_by(&x, buf_span(&in), steps[i]) && xml_finish(&x);
			assert_int_equal(ok, len == XML_TAG_MAX);
			assert_int_equal(ok ? 0 : x.fault.at, ok ? 0 : 3);
			xml_close(&x);
		}
	}
	buf_free(&in);
}

static void
gives_up_on_what_is_nested_too_deeply(void **state)
{
	struct buf in = { 0 };
	struct xml_stream x;

	(void)state;
	for (int i = 0; i < 100000; i++)
		buf_add_text(&in, "<a>");
	xml_open(&x, &deaf, NULL);
	assert_false(xml_feed(&x, buf_span(&in)));
	assert_string_equal(x.fault.text, "nested too deeply");
	assert_int_equal(x.fault.at, 3 * XML_DEPTH_MAX);
	xml_close(&x);
	xml_open_inside(&x, "", &deaf, NULL);
	xml_begin_part(&x);
	assert_false(xml_feed(&x, buf_span(&in)));
	assert_int_equal(x.fault.at, 3 * XML_DEPTH_MAX);
	xml_close(&x);
	buf_free(&in);
}

/* Expat keeps each name of an element or attribute that it has met. */
static void
gives_up_on_too_many_names(void **state)
{
	struct buf in = { 0 };
	struct xml_stream x;
	bool ok = true;

	(void)state;
	xml_open(&x, &deaf, NULL);
	xml_feed(&x, SPAN("<a>"));
	for (unsigned i = 0; i < 1000000 && ok; i++) {
		buf_reset(&in);
		buf_addf(&in, "<b%u c%u='1'/>", i, i);
		ok = xml_feed(&x, buf_span(&in));
		assert_true(x.memory <= XML_MEMORY_MAX);
	}
	assert_false(ok);
	assert_string_equal(x.fault.text, "it needs more memory than covls gives it");
	xml_close(&x);
	buf_free(&in);
}

static void
laughs_at_a_billion_laughs(void **state)
{
	static const char bomb[] =
		"<!DOCTYPE a [<!ENTITY b 'xxxxxxxxxx'><!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;'>"
		"<!ENTITY d '&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;'><!ENTITY e '&d;&d;&d;&d;&d;&d;&d;&d;'>]>"
		"<a f='&e;'>&e;</a>";
	struct xml_stream x;

	(void)state;
	xml_open(&x, &deaf, NULL);
	assert_false(xml_feed(&x, SPAN(bomb)));
	assert_string_equal(x.fault.text, "it declares an entity, which covls does not allow");
	xml_close(&x);
	xml_open_lenient(&x, &deaf, NULL);
	assert_true(xml_feed(&x, SPAN(bomb)) && xml_finish(&x));
	xml_close(&x);
}

static void
finds_attributes(void **state)
{
	const char *attributes[] = { "name", "n", "number", "7", "na", "", NULL };

	(void)state;
	assert_string_equal(xml_attribute(attributes, "number"), "7");
	assert_string_equal(xml_attribute(attributes, "na"), "");
	assert_null(xml_attribute(attributes, "nam"));
	assert_null(xml_attribute(attributes, "hits"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_elements_and_where_they_lie),
		cmocka_unit_test(says_what_is_wrong_and_where),
		cmocka_unit_test(reads_two_bytes_a_character),
		cmocka_unit_test(starts_inside_a_document),
		cmocka_unit_test(says_what_is_wrong_with_a_part),
		cmocka_unit_test(gives_up_on_what_never_ends),
		cmocka_unit_test(takes_a_long_tag_or_refuses_it_however_it_is_cut),
		cmocka_unit_test(gives_up_on_what_is_nested_too_deeply),
		cmocka_unit_test(gives_up_on_too_many_names),
		cmocka_unit_test(laughs_at_a_billion_laughs),
		cmocka_unit_test(finds_attributes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
