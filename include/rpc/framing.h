/*
 * framing.h - splits a byte stream into LSP messages.
 *
 * The framer holds one header, at most 4 KiB, and no body: it hands out each body in pieces that lie
 * in the caller's own read buffer. Input may be cut anywhere, even inside "\r\n".
 *
 *     struct span in = { buf, nread }, piece;
 *     while ((event = framer_next(&f, &in, &piece)) != FRAME_MORE) ...
 *
 * A stream that has lost its way is picked up again: after a header that makes no sense the framer
 * tells once (FRAME_ERROR, `fault` says why) and looks for the next "Content-Length:"; a body that
 * is too long (but below 4 GiB) is told and passed over. Lines of a header may end in "\n" alone.
 */
#ifndef COVLS_RPC_FRAMING_H
#define COVLS_RPC_FRAMING_H

#include <assert.h>
#include <stdint.h>

#include "base/span.h"

#define FRAME_HEADER_MAX       4096
#define FRAME_BODY_MAX_DEFAULT (64u << 20)

enum frame {
	FRAME_MORE,     /* all of `in` was used; read more and call again */
	FRAME_BODY,     /* `piece` is the next part of the body */
	FRAME_END,      /* the message is complete */
	FRAME_ERROR,    /* a header that is none; call on */
	FRAME_TOO_LONG, /* a body above the limit begins, and will be skipped; call on */
};

enum framer_state {
	FRAMER_HEADER,
	FRAMER_BODY,
	FRAMER_SKIP, /* in a body that is too long */
	FRAMER_LOST, /* looking for the next Content-Length */
};

/* A zeroed framer is ready for use and needs no clean-up. */
struct framer {
	enum framer_state state;
	uint32_t body_max; /* 0: FRAME_BODY_MAX_DEFAULT */
	uint64_t left;     /* bytes of the body still to come */
	const char *fault; /* set with FRAME_ERROR and FRAME_TOO_LONG; static text */
	uint32_t line;     /* where the header's current line starts in `header` */
	uint32_t len;      /* bytes in `header` */
	char header[FRAME_HEADER_MAX];
};

static_assert(sizeof(struct framer) <= FRAME_HEADER_MAX + 64,
	      "a framer is little more than a header");

/* Consumes bytes from the front of `in` up to the next event. `piece` is set for FRAME_BODY alone and
 * points into `in`. */
enum frame framer_next(struct framer *f, struct span *in, struct span *piece);

/* Is the stream between two messages? */
bool framer_is_idle(const struct framer *f);

#endif
