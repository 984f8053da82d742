/* The first byte picks where the rest is cut; the whole and the two parts must read the same. */
#include <stdint.h>
#include <stdlib.h>

#include "base/buf.h"
#include "rpc/framing.h"

static void
drain(struct framer *f, struct span in, struct buf *out)
{
	struct span piece;
	enum frame event;

	while ((event = framer_next(f, &in, &piece)) != FRAME_MORE) {
		if (event == FRAME_BODY)
			buf_add(out, piece);
		else
			buf_add_char(out, (char)('0' + (int)event));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct framer whole, split;
	struct buf a = { 0 }, b = { 0 };

	if (size < 1)
		return 0;
	whole = (struct framer){ .body_max = 1000 };
	split = whole;
	struct span in = { (const char *)data + 1, size - 1 };
	size_t cut = in.len * data[0] / 255;

	drain(&whole, in, &a);
	drain(&split, span_cut(in, 0, cut), &b);
	drain(&split, span_cut(in, cut, in.len), &b);
	if (!span_equal(buf_span(&a), buf_span(&b)) || whole.state != split.state ||
	    whole.len != split.len || whole.left != split.left)
		abort();
	buf_free(&a);
	buf_free(&b);
	return 0;
}
