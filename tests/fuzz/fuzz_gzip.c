/*
 * The first byte picks where the rest is cut; the whole and the two parts must unpack to the same and end
 * in the same way.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/buf.h"
#include "format/gzip.h"

static bool
keep(void *ctx, struct span piece)
{
	struct buf *out = ctx;

	buf_add(out, piece);
	return out->len < 1 << 20;
}

static enum status
unpack(struct span first, struct span second, struct buf *out)
{
	struct gzip *gzip = gzip_open(keep, out);
	enum status status = gzip_feed(gzip, first, NULL);

	if (status == STATUS_OK)
		status = gzip_feed(gzip, second, NULL);
	if (status == STATUS_OK)
		status = gzip_finish(gzip, NULL);
	gzip_close(gzip);
	return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf whole = { 0 }, split = { 0 };

	if (size < 1)
		return 0;
	struct span in = { (const char *)data + 1, size - 1 };
	size_t cut = in.len * data[0] / 255;
	enum status one = unpack(in, SPAN(""), &whole);
	enum status two = unpack(span_cut(in, 0, cut), span_cut(in, cut, in.len), &split);

	if (one != two || (one == STATUS_OK && !span_equal(buf_span(&whole), buf_span(&split))))
		abort();
	buf_free(&whole);
	buf_free(&split);
	return 0;
}
