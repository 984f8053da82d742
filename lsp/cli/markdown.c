#include "markdown.h"

#include <ctype.h>
#include <string.h>

void
markdown_escape(struct buf *cell)
{
	struct buf escaped = { 0 };

	for (size_t i = 0; i < cell->len; i++) {
		unsigned char c = (unsigned char)cell->at[i];

		if (c < 0x80 && ispunct(c) != 0 && strchr(".,/-", c) == NULL)
			buf_add_char(&escaped, '\\');
		buf_add_char(&escaped, (char)c);
	}
	buf_free(cell);
	*cell = escaped;
}
