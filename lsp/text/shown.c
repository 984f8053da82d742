#include "text/shown.h"

#include "text/printable.h"
#include "text/utf8.h"

static uint32_t
decode(struct span s, size_t len)
{
	static const unsigned char first[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	uint32_t code = (unsigned char)s.at[0] & first[len];

	for (size_t i = 1; i < len; i++)
		code = code << 6 | ((unsigned char)s.at[i] & 0x3f);
	return code;
}

static void
add_code(struct buf *out, uint32_t code)
{
	switch (code) {
	case '\n':
		buf_add_text(out, "\\n");
		break;
	case '\r':
		buf_add_text(out, "\\r");
		break;
	case '\t':
		buf_add_text(out, "\\t");
		break;
	default:
		buf_addf(out,
			 code < 0x100     ? "\\x%02x"
			 : code < 0x10000 ? "\\u%04x"
					  : "\\U%08x",
			 (unsigned)code);
		break;
	}
}

void
shown_add(struct buf *out, struct span text)
{
	while (text.len > 0) {
		size_t len = utf8_length(text);
		uint32_t code = len == 0 ? (unsigned char)text.at[0] : decode(text, len);

		if (len > 0 && printable(code))
			buf_add(out, span_cut(text, 0, len));
		else
			add_code(out, code);
		span_skip(&text, len == 0 ? 1 : len);
	}
}
