#include "text/human.h"

#include <stdbool.h>
#include <string.h>

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Takes the text or the number that the name goes on with. A name begins and ends with a text, which may
 * be empty. */
static struct span
take(struct span *rest, bool number)
{
	struct span part = { rest->at, 0 };

	while (part.len < rest->len && is_digit(rest->at[part.len]) == number)
		part.len++;
	span_skip(rest, part.len);
	return part;
}

static int
compare_numbers(struct span a, struct span b)
{
	while (a.len > 1 && *a.at == '0')
		span_skip(&a, 1);
	while (b.len > 1 && *b.at == '0')
		span_skip(&b, 1);
	if (a.len != b.len)
		return a.len < b.len ? -1 : 1;
	return memcmp(a.at, b.at, a.len);
}

/* By code points, as Python compares strings; for well-formed UTF-8 that is by bytes. */
static int
compare_texts(struct span a, struct span b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len == 0 ? 0 : memcmp(a.at, b.at, len);

	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

int
human_compare(struct span a, struct span b)
{
	struct span x = a, y = b;
	int order;

	for (;;) {
		order = compare_texts(take(&x, false), take(&y, false));
		if (order != 0)
			return order;
		if (x.len == 0 || y.len == 0)
			break;
		order = compare_numbers(take(&x, true), take(&y, true));
		if (order != 0)
			return order;
	}
	if (x.len != y.len)
		return x.len < y.len ? -1 : 1;
	return compare_texts(a, b);
}
