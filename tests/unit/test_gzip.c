#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "format/gzip.h"
#include "support/test.h"

static struct buf
pack(struct span text)
{
	struct buf out = { 0 };
	z_stream z = { 0 };
	char piece[4096];
	int code;

	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_in = (Bytef *)(uintptr_t)text.at;
	z.avail_in = (uInt)text.len;
	do {
		z.next_out = (Bytef *)piece;
		z.avail_out = sizeof piece;
		code = deflate(&z, Z_FINISH);
		buf_add(&out, (struct span){ piece, sizeof piece - z.avail_out });
	} while (code == Z_OK);
	assert_int_equal(code, Z_STREAM_END);
	deflateEnd(&z);
	return out;
}

static bool
keep(void *ctx, struct span piece)
{
	buf_add(ctx, piece);
	return true;
}

static enum status
unpack(struct span packed, size_t step, struct buf *out, struct error *err)
{
	struct gzip *gzip = gzip_open(keep, out);
	enum status status = STATUS_OK;

	buf_reset(out);
	for (size_t at = 0; at < packed.len && status == STATUS_OK; at += step) {
		size_t end = packed.len - at < step ? packed.len : at + step;

		status = gzip_feed(gzip, span_cut(packed, at, end), err);
	}
	if (status == STATUS_OK)
		status = gzip_finish(gzip, err);
	gzip_close(gzip);
	return status;
}

static const char text[] = "TN:\nSF:a.c\nDA:1,1\nDA:2,0\nend_of_record\n";

static void
any_size_of_piece_gives_the_same(void **state)
{
	struct buf packed = pack(SPAN(text)), again = pack(SPAN(text)), out = { 0 };

	(void)state;
	/* Two parts are one content. */
	for (int parts = 1; parts <= 2; parts++) {
		for (size_t step = 1; step <= packed.len; step++) {
			assert_int_equal(unpack(buf_span(&packed), step, &out, NULL), STATUS_OK);
			assert_int_equal(out.len, (sizeof text - 1) * (size_t)parts);
			assert_memory_equal(out.at, text, sizeof text - 1);
		}
		buf_add(&packed, buf_span(&again));
	}
	buf_free(&packed);
	buf_free(&again);
	buf_free(&out);
}

static void
what_is_cut_or_damaged_is_told(void **state)
{
	struct buf packed = pack(SPAN(text)), out = { 0 };
	struct error err;

	(void)state;
	for (size_t len = 3; len < packed.len; len++) {
		assert_int_equal(unpack(span_cut(buf_span(&packed), 0, len), 7, &out, &err),
				 STATUS_EMPTY);
		assert_non_null(strstr(err.text, "too early"));
	}
	packed.at[packed.len - 5] ^= 1; /* of the checksum */
	assert_int_equal(unpack(buf_span(&packed), 7, &out, &err), STATUS_BAD_DATA);
	assert_non_null(strstr(err.text, "incorrect data check"));
	packed.at[packed.len - 5] ^= 1;
	buf_add_text(&packed, "more");
	assert_int_equal(unpack(buf_span(&packed), 7, &out, &err), STATUS_BAD_DATA);
	buf_free(&packed);
	buf_free(&out);
}

static bool
count(void *ctx, struct span piece)
{
	*(size_t *)ctx += piece.len;
	return true;
}

static void
a_bomb_is_refused(void **state)
{
	size_t len = (size_t)GZIP_FREE + (1 << 20), seen = 0;
	char *zeros = mem_alloc(1, len);
	struct buf packed = pack((struct span){ zeros, len });
	struct gzip *gzip = gzip_open(count, &seen);
	struct error err;

	(void)state;
	assert_int_equal(gzip_feed(gzip, buf_span(&packed), &err), STATUS_LIMIT);
	assert_non_null(strstr(err.text, "times its size"));
	assert_true(seen <= GZIP_FREE + (1 << 16));
	gzip_close(gzip);
	free(zeros);
	buf_free(&packed);
}

static bool
enough(void *ctx, struct span piece)
{
	(void)ctx;
	(void)piece;
	return false;
}

static void
the_reader_may_have_enough(void **state)
{
	struct buf packed = pack(SPAN(text));
	struct gzip *gzip = gzip_open(enough, NULL);

	(void)state;
	assert_true(gzip_sniff(buf_span(&packed)));
	assert_false(gzip_sniff(SPAN(text)));
	assert_int_equal(gzip_feed(gzip, buf_span(&packed), NULL), STATUS_STOPPED);
	gzip_close(gzip);
	buf_free(&packed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_size_of_piece_gives_the_same),
		cmocka_unit_test(what_is_cut_or_damaged_is_told),
		cmocka_unit_test(a_bomb_is_refused),
		cmocka_unit_test(the_reader_may_have_enough),
	};

	return cmocka_run_group_tests_name("gzip", tests, NULL, NULL);
}
