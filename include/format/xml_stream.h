/*
 * xml_stream.h - XML bytes in, elements out, in bounded memory: a thin machine over expat.
 *
 * A push machine: open it with handlers, feed it pieces of any size, finish it. It can also start
 * inside a document: xml_open_inside() takes a run of whole elements as if they stood in a root, one
 * part after another, of the document that another stream read to its end.
 *
 * Nobody vouches for what is read. Nothing is ever fetched: a DOCTYPE may name an external subset,
 * which is passed over. One that declares anything but the content of elements is refused, so there
 * are no entities but the five of XML and characters by number. A tag, comment or instruction is at most XML_TAG_MAX
 * bytes, elements are nested XML_DEPTH_MAX deep, and expat gets XML_MEMORY_MAX bytes and no more. Which
 * tags and comments are reported, with which text between them, and where a fault is does not depend on how the
 * input was cut.
 *
 * UTF-8, UTF-16, Latin-1 and windows-1252 are read under the names that people give them; of another encoding
 * what is ASCII, with U+FFFD for the rest.
 *
 * Offsets count bytes from the first one that was fed, or from the start of the part.
 */
#ifndef COVLS_FORMAT_XML_STREAM_H
#define COVLS_FORMAT_XML_STREAM_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

#define XML_DEPTH_MAX  64
#define XML_TAG_MAX    (1 << 20)
#define XML_MEMORY_MAX (16 << 20)

/*
 * What is called for what is read. Texts are UTF-8, end in NUL and last until the handler returns.
 * `attributes` are names and values in turn, then NULL. An empty element begins and ends, too. All but
 * the first may be NULL. In a handler, xml_start() and xml_end() tell where the tag lies.
 */
struct xml_handlers {
	void (*on_start)(void *ctx, const char *name, const char **attributes);
	void (*on_end)(void *ctx, const char *name);
	/*
	 * Text between tags, in pieces, while xml_want_text() says so. Of text that a fault stands in or
	 * behind, it depends on the pieces of the input how much is told: use it when its element ends.
	 */
	void (*on_text)(void *ctx, struct span piece);
	void (*on_comment)(void *ctx, const char *text);
	void (*on_doctype)(void *ctx, const char *root, const char *public_id);
};

struct xml_fault {
	uint64_t at;
	uint32_t line;  /* from 1; 0 in a part: unknown */
	bool cut;       /* the input ended too early; nothing else was wrong */
	char text[128]; /* a clause, mostly in expat's words: "mismatched tag" */
};

struct xml_stream {
	struct XML_ParserStruct *parser;
	const struct xml_handlers *handlers;
	void *ctx;
	uint64_t fed;  /* by way of all parts, and what stands before them */
	uint64_t base; /* what offsets count from */
	size_t memory; /* of expat */
	uint32_t depth;
	char first[4]; /* bytes of the document */
	uint8_t first_count;
	uint64_t root_end; /* of a document, once it is known */
	uint32_t root_line;
	bool inside;
	bool is_lenient;
	bool is_broken;
	char encoding[40];
	struct xml_fault fault; /* once a call has returned false */
};

static_assert(sizeof(struct xml_stream) <= 320, "an xml_stream is small");

/* A stream must be closed. */
void xml_open(struct xml_stream *x, const struct xml_handlers *handlers, void *ctx);

/* Declarations are no fault, but still mean nothing much: for a look at the head of a file. */
void xml_open_lenient(struct xml_stream *x, const struct xml_handlers *handlers, void *ctx);

/* `encoding` is xml_encoding() of the whole document; each part begins with xml_begin_part(). */
void xml_open_inside(struct xml_stream *x, const char *encoding,
		     const struct xml_handlers *handlers, void *ctx);
void xml_begin_part(struct xml_stream *x);

/* False: see x->fault; then all further ones fail, too. */
bool xml_feed(struct xml_stream *x, struct span piece);

/* The part ends: were its elements whole? */
bool xml_end_part(struct xml_stream *x);

/* The document ends: was it whole? */
bool xml_finish(struct xml_stream *x);

void xml_close(struct xml_stream *x);

/* From a handler: what was read makes no sense. Handlers are not called any more; feeding fails. */
void xml_refuse(struct xml_stream *x, const char *why);

/* From a handler: is text wanted from here on? */
void xml_want_text(struct xml_stream *x, bool want);

/* In a handler: the first byte of the tag, and the first byte behind it. */
uint64_t xml_start(const struct xml_stream *x);
uint64_t xml_end(const struct xml_stream *x);

/* How many elements are open, with the one whose handler runs; in a part, without the root round it. */
uint32_t xml_depth(const struct xml_stream *x);

/* What xml_open_inside() wants to know of the document; "" is what XML itself would guess. */
const char *xml_encoding(const struct xml_stream *x);

/* The value of an attribute, or NULL. */
const char *xml_attribute(const char **attributes, const char *name);

#endif
