#include "format/xml_stream.h"

#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "text/utf8.h"

/* So much is given to expat at once: a tag that never ends is noticed in time. */
#define SLICE ((size_t)64 << 10)

/* The root that is put round parts. */
#define ROOT "parts"

/*
 * Who pays for the memory that expat asks for on this thread: expat tells its allocator nothing of the
 * parser. Set for the time of a call into expat.
 */
static _Thread_local size_t *account;

/* Stands before each block and keeps it aligned. */
union block {
	size_t size;
	max_align_t align;
};

static void *
resize_block(void *old, size_t size)
{
	union block *block = old == NULL ? NULL : (union block *)old - 1;
	size_t before = block == NULL ? 0 : block->size;

	if (size > XML_MEMORY_MAX || *account - before + size > XML_MEMORY_MAX)
		return NULL;
	block = mem_resize(block, 1, sizeof *block + size);
	block->size = size;
	*account += size - before;
	return block + 1;
}

static void *
new_block(size_t size)
{
	return resize_block(NULL, size);
}

static void
free_block(void *old)
{
	union block *block = old == NULL ? NULL : (union block *)old - 1;

	if (block == NULL)
		return;
	*account -= block->size;
	free(block);
}

static const XML_Memory_Handling_Suite suite = { new_block, resize_block, free_block };

static uint64_t
tag_start(const struct xml_stream *x)
{
	XML_Index at = XML_GetCurrentByteIndex(x->parser);

	return at < 0 ? 0 : (uint64_t)at;
}

static uint64_t
from_base(const struct xml_stream *x, uint64_t at)
{
	return at > x->base ? at - x->base : 0;
}

static bool
fail_at(struct xml_stream *x, uint64_t at, bool cut, const char *text)
{
	if (x->is_broken)
		return false;
	x->is_broken = true;
	x->fault.at = from_base(x, at);
	x->fault.line = x->inside ? 0 : (uint32_t)XML_GetCurrentLineNumber(x->parser);
	x->fault.cut = cut;
	snprintf(x->fault.text, sizeof x->fault.text, "%s", text);
	/* Behind the root it depends on the pieces what expat stumbles over. */
	if (x->root_end > 0)
		x->fault = (struct xml_fault){ x->root_end, x->root_line, false,
					       "junk after document element" };
	return false;
}

void
xml_refuse(struct xml_stream *x, const char *why)
{
	fail_at(x, tag_start(x), false, why);
	XML_StopParser(x->parser, XML_FALSE);
}

/* Whether a tag that is too long is seen here or while it comes in depends on the pieces; the fault
 * does not. */
static const char tag_too_long[] = "a tag or comment of more than a megabyte";

/* Expat may call once more after it was stopped. */
static bool
may_go_on(struct xml_stream *x)
{
	if (!x->is_broken && XML_GetCurrentByteCount(x->parser) > XML_TAG_MAX)
		xml_refuse(x, tag_too_long);
	return !x->is_broken;
}

static void XMLCALL
on_start(void *user, const XML_Char *name, const XML_Char **attributes)
{
	struct xml_stream *x = user;

	if (!may_go_on(x))
		return;
	if (x->depth >= XML_DEPTH_MAX + (uint32_t)x->inside) {
		xml_refuse(x, "nested too deeply");
		return;
	}
	x->depth++;
	if (!x->inside || x->depth > 1)
		x->handlers->on_start(x->ctx, name, attributes);
}

static void XMLCALL
on_end(void *user, const XML_Char *name)
{
	struct xml_stream *x = user;

	if (!may_go_on(x))
		return;
	if (x->inside && x->depth == 1) {
		xml_refuse(x, "mismatched tag");
		return;
	}
	if (x->handlers->on_end != NULL)
		x->handlers->on_end(x->ctx, name);
	x->depth--;
	if (x->depth == 0) {
		x->root_end = xml_end(x);
		x->root_line = (uint32_t)XML_GetCurrentLineNumber(x->parser);
	}
}

static void XMLCALL
on_text(void *user, const XML_Char *at, int len)
{
	struct xml_stream *x = user;

	if (!x->is_broken && x->handlers->on_text != NULL)
		x->handlers->on_text(x->ctx, (struct span){ at, (size_t)len });
}

static void XMLCALL
on_comment(void *user, const XML_Char *text)
{
	struct xml_stream *x = user;

	if (may_go_on(x) && x->handlers->on_comment != NULL)
		x->handlers->on_comment(x->ctx, text);
}

static void XMLCALL
on_instruction(void *user, const XML_Char *target, const XML_Char *data)
{
	(void)target;
	(void)data;
	may_go_on(user);
}

static void XMLCALL
on_doctype(void *user, const XML_Char *root, const XML_Char *system_id, const XML_Char *public_id,
	   int has_subset)
{
	struct xml_stream *x = user;

	(void)system_id;
	(void)has_subset;
	if (may_go_on(x) && x->handlers->on_doctype != NULL)
		x->handlers->on_doctype(x->ctx, root, public_id);
}

static void XMLCALL
on_entity(void *user, const XML_Char *name, int is_parameter, const XML_Char *value, int len,
	  const XML_Char *base, const XML_Char *system_id, const XML_Char *public_id,
	  const XML_Char *notation)
{
	struct xml_stream *x = user;

	(void)name, (void)is_parameter, (void)value, (void)len;
	(void)base, (void)system_id, (void)public_id, (void)notation;
	if (!x->is_lenient && !x->is_broken)
		xml_refuse(x, "it declares an entity, which covls does not allow");
}

/* A default for an attribute costs nothing to write and something at each element. */
static void XMLCALL
on_attribute_list(void *user, const XML_Char *element, const XML_Char *attribute,
		  const XML_Char *type, const XML_Char *value, int is_required)
{
	struct xml_stream *x = user;

	(void)element, (void)attribute, (void)type, (void)value, (void)is_required;
	if (!x->is_lenient && !x->is_broken)
		xml_refuse(x, "it declares an attribute, which covls does not allow");
}

static void XMLCALL
on_declaration(void *user, const XML_Char *version, const XML_Char *encoding, int standalone)
{
	struct xml_stream *x = user;

	(void)version, (void)standalone;
	if (encoding != NULL && !x->is_broken)
		snprintf(x->encoding, sizeof x->encoding, "%s", encoding);
}

/* A character of UTF-8 that begins with a byte of 0xC2 or more and is whole; -1: it is none. */
static int
decode_utf8(void *unused, const char *s)
{
	const unsigned char *b = (const unsigned char *)s;
	struct span character = { s, b[0] < 0xE0 ? 2 : b[0] < 0xF0 ? 3 : 4 };
	int code = b[0] & (0xFF >> (character.len + 1));

	(void)unused;
	if (utf8_length(character) != character.len)
		return -1;
	for (size_t i = 1; i < character.len; i++)
		code = code << 6 | (b[i] & 0x3F);
	return code;
}

static bool
is_called(const char *name, const char *const *names)
{
	for (; *names != NULL; names++) {
		if (strcasecmp(name, *names) == 0)
			return true;
	}
	return false;
}

/*
 * Expat knows UTF-8, UTF-16, ISO-8859-1 and US-ASCII by these names alone. Python's ElementTree writes
 * "utf8", Windows' tools "windows-1252". Of any other, ASCII is taken to be ASCII, and the rest to be U+FFFD.
 */
static int XMLCALL
on_unknown_encoding(void *user, const XML_Char *name, XML_Encoding *encoding)
{
	static const char *const utf8[] = { "utf8", "utf_8", NULL };
	static const char *const latin[] = { "latin1", "latin-1", "iso8859-1", "iso_8859-1", NULL };
	static const char *const windows[] = { "windows-1252", "cp1252", NULL };
	static const uint16_t high[32] = {
		0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
		0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD,
		0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
		0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178,
	};
	bool is_utf8 = is_called(name, utf8), is_windows = is_called(name, windows);
	bool is_latin = is_windows || is_called(name, latin);

	(void)user;
	if (!is_utf8 && (strncasecmp(name, "utf", 3) == 0 || strncasecmp(name, "ucs", 3) == 0))
		return XML_STATUS_ERROR; /* of several bytes a character */
	for (int i = 0; i < 256; i++) {
		encoding->map[i] = i < 0x80 || is_latin ? i : 0xFFFD;
		if (is_windows && i >= 0x80 && i < 0xA0)
			encoding->map[i] = high[i - 0x80];
		if (is_utf8 && i >= 0x80)
			encoding->map[i] = i < 0xC2 || i > 0xF4 ? -1
					   : i < 0xE0           ? -2
					   : i < 0xF0           ? -3
								: -4;
	}
	encoding->data = NULL;
	encoding->convert = is_utf8 ? decode_utf8 : NULL;
	encoding->release = NULL;
	return XML_STATUS_OK;
}

static void
make_parser(struct xml_stream *x, const char *encoding)
{
	account = &x->memory;
	x->parser = XML_ParserCreate_MM(encoding, &suite, NULL);
	if (x->parser == NULL)
		abort(); /* the allocator ends the program before that */
	XML_SetUserData(x->parser, x);
	XML_SetElementHandler(x->parser, on_start, on_end);
	XML_SetCommentHandler(x->parser, on_comment);
	XML_SetProcessingInstructionHandler(x->parser, on_instruction);
	XML_SetStartDoctypeDeclHandler(x->parser, on_doctype);
	XML_SetEntityDeclHandler(x->parser, on_entity);
	XML_SetAttlistDeclHandler(x->parser, on_attribute_list);
	XML_SetXmlDeclHandler(x->parser, on_declaration);
	XML_SetUnknownEncodingHandler(x->parser, on_unknown_encoding, NULL);
}

void
xml_open(struct xml_stream *x, const struct xml_handlers *handlers, void *ctx)
{
	*x = (struct xml_stream){ .handlers = handlers, .ctx = ctx };
	make_parser(x, NULL);
}

void
xml_open_lenient(struct xml_stream *x, const struct xml_handlers *handlers, void *ctx)
{
	xml_open(x, handlers, ctx);
	x->is_lenient = true;
}

static bool
is_wide(const char *encoding)
{
	return strcmp(encoding, "UTF-16LE") == 0 || strcmp(encoding, "UTF-16BE") == 0;
}

void
xml_open_inside(struct xml_stream *x, const char *encoding, const struct xml_handlers *handlers,
		void *ctx)
{
	static const char root[] = "<" ROOT ">";
	char wide[2 * sizeof root] = { 0 };
	struct span text = SPAN("<" ROOT ">");

	*x = (struct xml_stream){ .handlers = handlers, .ctx = ctx, .inside = true };
	make_parser(x, encoding[0] == '\0' ? NULL : encoding);
	if (is_wide(encoding)) {
		size_t low = encoding[6] == 'L' ? 0 : 1;

		for (size_t i = 0; root[i] != '\0'; i++)
			wide[2 * i + low] = root[i];
		text = (struct span){ wide, 2 * text.len };
	}
	xml_feed(x, text);
}

void
xml_begin_part(struct xml_stream *x)
{
	x->base = x->fed;
}

/* What expat keeps because it has not seen its end. */
static uint64_t
held(const struct xml_stream *x)
{
	XML_Index at = XML_GetCurrentByteIndex(x->parser);

	return at < 0 ? x->fed : x->fed - (uint64_t)at;
}

static const char *
expats_words(const struct xml_stream *x)
{
	enum XML_Error code = XML_GetErrorCode(x->parser);

	if (code == XML_ERROR_NO_MEMORY)
		return "it needs more memory than covls gives it";
	return XML_ErrorString(code);
}

/* Is it an error only because nothing follows? */
static bool
is_cut(const struct xml_stream *x)
{
	enum XML_Error code = XML_GetErrorCode(x->parser);

	return code == XML_ERROR_NO_ELEMENTS || code == XML_ERROR_UNCLOSED_TOKEN ||
	       code == XML_ERROR_PARTIAL_CHAR || code == XML_ERROR_UNCLOSED_CDATA_SECTION;
}

static bool
feed_slice(struct xml_stream *x, struct span slice)
{
	x->fed += slice.len;
	if (XML_Parse(x->parser, slice.at, (int)slice.len, 0) != XML_STATUS_OK)
		return fail_at(x, tag_start(x), false, expats_words(x));
	if (held(x) > XML_TAG_MAX)
		return fail_at(x, tag_start(x), false, tag_too_long);
	return true;
}

/* Expat guesses the encoding by as much as it gets at first: that is to be enough. Takes from `piece`. */
static void
feed_first(struct xml_stream *x, struct span *piece)
{
	size_t len = sizeof x->first - x->first_count;

	len = piece->len < len ? piece->len : len;
	memcpy(x->first + x->first_count, piece->at, len);
	x->first_count += (uint8_t)len;
	span_skip(piece, len);
	if (x->first_count == sizeof x->first)
		feed_slice(x, (struct span){ x->first, sizeof x->first });
}

bool
xml_feed(struct xml_stream *x, struct span piece)
{
	account = &x->memory;
	if (!x->inside && x->first_count < sizeof x->first && piece.len > 0)
		feed_first(x, &piece);
	while (!x->is_broken && piece.len > 0) {
		size_t len = piece.len < SLICE ? piece.len : SLICE;

		feed_slice(x, span_cut(piece, 0, len));
		span_skip(&piece, len);
	}
	return !x->is_broken;
}

bool
xml_end_part(struct xml_stream *x)
{
	account = &x->memory;
	if (x->is_broken)
		return false;
	if (x->depth != 1)
		return fail_at(x, x->fed, true, "an element has no end");
	if (held(x) > 0)
		return fail_at(x, tag_start(x), true, "unclosed token");
	return true;
}

bool
xml_finish(struct xml_stream *x)
{
	account = &x->memory;
	if (!x->is_broken && x->first_count < sizeof x->first)
		feed_slice(x, (struct span){ x->first, x->first_count });
	if (x->is_broken)
		return false;
	if (XML_Parse(x->parser, "", 0, 1) != XML_STATUS_OK)
		return fail_at(x, is_cut(x) ? x->fed : tag_start(x), is_cut(x), expats_words(x));
	return true;
}

void
xml_close(struct xml_stream *x)
{
	account = &x->memory;
	if (x->parser != NULL)
		XML_ParserFree(x->parser);
	x->parser = NULL;
	account = NULL;
}

void
xml_want_text(struct xml_stream *x, bool want)
{
	XML_SetCharacterDataHandler(x->parser, want ? on_text : NULL);
}

uint64_t
xml_start(const struct xml_stream *x)
{
	return from_base(x, tag_start(x));
}

uint64_t
xml_end(const struct xml_stream *x)
{
	return from_base(x, tag_start(x) + (uint64_t)XML_GetCurrentByteCount(x->parser));
}

uint32_t
xml_depth(const struct xml_stream *x)
{
	return x->depth - x->inside;
}

const char *
xml_encoding(const struct xml_stream *x)
{
	const unsigned char b[2] = { (unsigned char)x->first[0], (unsigned char)x->first[1] };

	if (x->first_count < 2)
		return "";
	/* "UTF-16" alone leaves open in which order the bytes come; a part has no mark that tells. */
	if ((b[0] == 0xFF && b[1] == 0xFE) || (b[0] == '<' && b[1] == 0))
		return "UTF-16LE";
	if ((b[0] == 0xFE && b[1] == 0xFF) || (b[0] == 0 && b[1] == '<'))
		return "UTF-16BE";
	return x->encoding;
}

const char *
xml_attribute(const char **attributes, const char *name)
{
	for (; *attributes != NULL; attributes += 2) {
		if (attributes[0][0] == name[0] && strcmp(attributes[0], name) == 0)
			return attributes[1];
	}
	return NULL;
}
