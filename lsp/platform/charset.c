#include "platform/charset.h"

#include <errno.h>
#include <iconv.h>

#define PIECE 4096

/* One call of iconv(), which POSIX lets not promise that it leaves the input alone. */
static size_t
convert(iconv_t converter, struct span *text, struct buf *out)
{
	char piece[PIECE], *from, *to = piece;
	size_t room = sizeof piece, left = text->len, result;

	memcpy(&from, &text->at, sizeof from);
	result = iconv(converter, &from, &left, &to, &room);
	span_skip(text, text->len - left);
	buf_add(out, (struct span){ piece, sizeof piece - room });
	return result;
}

bool
charset_to_utf8(const char *name, struct span text, struct buf *out)
{
	iconv_t converter = iconv_open("UTF-8", name);

	/* iconv_open() reports failure by a value of its own. */
	if (converter == (iconv_t)-1) /* NOLINT(performance-no-int-to-ptr) */
		return false;
	while (text.len > 0) {
		if (convert(converter, &text, out) != (size_t)-1 || errno == E2BIG)
			continue;
		buf_add_text(out, "\xef\xbf\xbd");
		span_skip(&text, 1);
	}
	iconv_close(converter);
	return true;
}
