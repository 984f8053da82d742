#include "text/repr.h"

static void
add_char(struct buf *out, char c, char quote)
{
	static const char names[] = "ntr", meant[] = "\n\t\r";
	const char *at = c == '\0' ? NULL : strchr(meant, c);

	if (at != NULL)
		buf_addf(out, "\\%c", names[at - meant]);
	else if ((unsigned char)c < 0x20 || c == 0x7F)
		buf_addf(out, "\\x%02x", (unsigned)c);
	else if (c == '\\' || c == quote)
		buf_addf(out, "\\%c", c);
	else
		buf_add_char(out, c);
}

static bool
has(struct span text, char c)
{
	return text.len > 0 && memchr(text.at, c, text.len) != NULL;
}

void
repr_add(struct buf *out, struct span text)
{
	char quote = has(text, '\'') && !has(text, '"') ? '"' : '\'';

	buf_add_char(out, quote);
	for (size_t i = 0; i < text.len; i++)
		add_char(out, text.at[i], quote);
	buf_add_char(out, quote);
}
