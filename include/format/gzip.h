/*
 * gzip.h - what is inside of a gzipped file, piece by piece, in constant memory (zlib; RFC 1952).
 *
 * Fed with the bytes of the file in pieces of any size, it hands on what they unpack to. Several gzipped
 * parts one after the other are one content; bytes behind the last part that are no part are an error.
 * A bomb is one: content beyond GZIP_FREE bytes may be at most GZIP_RATIO times as long as what was fed,
 * far more than any report reaches and far less than what can be packed.
 */
#ifndef COVLS_FORMAT_GZIP_H
#define COVLS_FORMAT_GZIP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "base/status.h"

#define GZIP_FREE  (UINT64_C(64) << 20)
#define GZIP_RATIO 200u

/* Takes the next piece of what is inside; false: no more is wanted. */
typedef bool gzip_piece_fn(void *ctx, struct span piece);

struct gzip;

struct gzip *gzip_open(gzip_piece_fn *on_piece, void *ctx);
void gzip_close(struct gzip *gzip); /* NULL is nothing */

/*
 * STATUS_OK: go on. STATUS_STOPPED: on_piece() has had enough. STATUS_BAD_DATA, STATUS_LIMIT: *err has
 * a clause such as "is damaged at byte 12 (incorrect data check)"; nothing more may be fed.
 */
enum status gzip_feed(struct gzip *gzip, struct span piece, struct error *err);

/* The file has ended. STATUS_EMPTY: too early. */
enum status gzip_finish(struct gzip *gzip, struct error *err);

/* Do these bytes begin a gzipped file? */
bool gzip_sniff(struct span head);

#endif
