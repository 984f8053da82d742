#include "format/gzip.h"

#include <stdlib.h>
#define ZLIB_CONST /* its input is not changed */
#include <zlib.h>

#include "base/mem.h"

#define PIECE_SIZE (64u * 1024u)

/* A window of 32 KiB, and a gzip header. */
#define WINDOW_BITS (15 + 16)

struct gzip {
	z_stream z;
	gzip_piece_fn *on_piece;
	void *ctx;
	uint64_t in, out;
	bool between; /* a part has ended (or none has begun): another may follow */
	char piece[PIECE_SIZE];
};

bool
gzip_sniff(struct span head)
{
	return span_starts(head, SPAN("\x1f\x8b\x08"));
}

struct gzip *
gzip_open(gzip_piece_fn *on_piece, void *ctx)
{
	struct gzip *gzip = mem_alloc(1, sizeof *gzip);

	gzip->on_piece = on_piece;
	gzip->ctx = ctx;
	if (inflateInit2(&gzip->z, WINDOW_BITS) != Z_OK)
		abort(); /* out of memory, which ends the program everywhere */
	return gzip;
}

void
gzip_close(struct gzip *gzip)
{
	if (gzip == NULL)
		return;
	inflateEnd(&gzip->z);
	free(gzip);
}

static enum status
set_damaged(const struct gzip *gzip, struct error *err)
{
	return error_set(err, STATUS_BAD_DATA, "is damaged at byte %llu (%s)",
			 (unsigned long long)(gzip->in - gzip->z.avail_in),
			 gzip->z.msg != NULL ? gzip->z.msg : "not gzip");
}

/* Hands on what has been unpacked. */
static enum status
hand_on(struct gzip *gzip, struct error *err)
{
	size_t len = PIECE_SIZE - gzip->z.avail_out;
	uint64_t most = gzip->in * GZIP_RATIO;

	gzip->out += len;
	if (gzip->out > GZIP_FREE && gzip->out > most)
		return error_set(err, STATUS_LIMIT,
				 "unpacks to more than %u times its size, as no report does",
				 GZIP_RATIO);
	if (len > 0 && !gzip->on_piece(gzip->ctx, (struct span){ gzip->piece, len }))
		return STATUS_STOPPED;
	return STATUS_OK;
}

enum status
gzip_feed(struct gzip *gzip, struct span piece, struct error *err)
{
	z_stream *z = &gzip->z;
	enum status status = STATUS_OK;
	int code;

	gzip->in += piece.len;
	z->next_in = (const Bytef *)piece.at;
	z->avail_in = (uInt)piece.len;
	do {
		if (gzip->between && z->avail_in > 0) {
			inflateReset(z);
			gzip->between = false;
		}
		z->next_out = (Bytef *)gzip->piece;
		z->avail_out = PIECE_SIZE;
		code = inflate(z, Z_NO_FLUSH);
		if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)
			return set_damaged(gzip, err);
		gzip->between = code == Z_STREAM_END;
		status = hand_on(gzip, err);
	} while (status == STATUS_OK && (z->avail_in > 0 || z->avail_out == 0) &&
		 code != Z_BUF_ERROR);
	return status;
}

enum status
gzip_finish(struct gzip *gzip, struct error *err)
{
	if (gzip->between)
		return STATUS_OK;
	return error_set(err, STATUS_EMPTY, "ends too early, after %llu bytes",
			 (unsigned long long)gzip->in);
}
