/*
 * The first byte picks where the rest is cut; the events and the fault of the whole and of the two
 * parts must be the same. What is well-formed must be so again as a part of a document.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/buf.h"
#include "format/xml_stream.h"

struct telling {
	struct xml_stream xml;
	struct buf out;
	size_t known; /* of `out`: up to the last tag or comment */
};

static void
tell_start(void *ctx, const char *name, const char **attributes)
{
	struct telling *t = ctx;

	buf_addf(&t->out, "%" PRIu32 "<%s %" PRIu64 " %" PRIu64, xml_depth(&t->xml), name,
		 xml_start(&t->xml), xml_end(&t->xml));
	for (; *attributes != NULL; attributes += 2)
		buf_addf(&t->out, " %s=%s", attributes[0], attributes[1]);
	t->known = t->out.len;
	xml_want_text(&t->xml, true);
}

static void
tell_end(void *ctx, const char *name)
{
	struct telling *t = ctx;

	buf_addf(&t->out, ">%s %" PRIu64, name, xml_end(&t->xml));
	t->known = t->out.len;
	xml_want_text(&t->xml, false);
}

static void
tell_text(void *ctx, struct span piece)
{
	buf_add(&((struct telling *)ctx)->out, piece);
}

static void
tell_comment(void *ctx, const char *text)
{
	struct telling *t = ctx;

	buf_addf(&t->out, "!%s\n", text);
	t->known = t->out.len;
}

static const struct xml_handlers handlers = {
	.on_start = tell_start, .on_end = tell_end, .on_text = tell_text, .on_comment = tell_comment
};

/* Did the document come to its end? Expat's memory must never be more than it may. */
static bool
tell(struct telling *t, struct span first, struct span second)
{
	bool sound;

	xml_open(&t->xml, &handlers, t);
	sound = xml_feed(&t->xml, first) && xml_feed(&t->xml, second) && xml_finish(&t->xml);
	if (!sound) {
		/* How much of the text before a fault is told depends on the pieces. */
		t->out.len = t->known;
		buf_addf(&t->out, "\n%d %" PRIu64 " %" PRIu32 " %s", t->xml.fault.cut,
			 t->xml.fault.at, t->xml.fault.line, t->xml.fault.text);
	}
	if (t->xml.memory > XML_MEMORY_MAX)
		abort();
	xml_close(&t->xml);
	return sound;
}

static void
tell_part(const struct telling *document, struct span in)
{
	struct telling t = { 0 };

	xml_open_inside(&t.xml, xml_encoding(&document->xml), &handlers, &t);
	xml_begin_part(&t.xml);
	xml_feed(&t.xml, in);
	xml_end_part(&t.xml);
	xml_close(&t.xml);
	if (t.xml.memory != 0)
		abort();
	buf_free(&t.out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct telling whole = { 0 }, split = { 0 };

	if (size < 1)
		return 0;
	struct span in = { (const char *)data + 1, size - 1 };
	size_t cut = in.len * data[0] / 255;
	bool whole_ok = tell(&whole, in, SPAN(""));
	bool split_ok = tell(&split, span_cut(in, 0, cut), span_cut(in, cut, in.len));

	if (whole_ok != split_ok || !span_equal(buf_span(&whole.out), buf_span(&split.out)))
		abort();
	tell_part(&whole, in);
	buf_free(&whole.out);
	buf_free(&split.out);
	return 0;
}
