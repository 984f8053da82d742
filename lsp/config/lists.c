#include "config/lists.h"

#include "text/space.h"

/* The length of the end of an item at the start of `s`, or 0. */
typedef size_t end_fn(struct span s);

static size_t
list_end(struct span s)
{
	return *s.at == '\n' || *s.at == ',' ? 1 : 0;
}

static size_t
line_end(struct span s)
{
	char c = *s.at;

	if ((c >= '\n' && c <= '\r') || (c >= 0x1C && c <= 0x1E))
		return 1;
	if (span_starts(s, SPAN("\xc2\x85")))
		return 2;
	return span_starts(s, SPAN("\xe2\x80\xa8")) || span_starts(s, SPAN("\xe2\x80\xa9")) ? 3 : 0;
}

static bool
next(struct span *rest, struct span *item, end_fn *end)
{
	while (rest->len > 0) {
		size_t n = 0, len = 0;

		while (n < rest->len && (len = end(span_cut(*rest, n, rest->len))) == 0)
			n++;
		*item = space_strip(span_cut(*rest, 0, n));
		span_skip(rest, n + len);
		if (item->len > 0)
			return true;
	}
	return false;
}

bool
list_next(struct span *rest, struct span *item)
{
	return next(rest, item, list_end);
}

bool
list_next_line(struct span *rest, struct span *item)
{
	return next(rest, item, line_end);
}
