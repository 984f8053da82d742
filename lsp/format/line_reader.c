#include "format/line_reader.h"

static void
forget_given(struct line_reader *r)
{
	if (r->given)
		buf_reset(&r->held);
	r->given = false;
}

/* How many bytes come before the first end of a line. */
static size_t
length_to_end(struct span s)
{
	size_t n = 0;

	while (n < s.len && s.at[n] != '\n' && s.at[n] != '\r')
		n++;
	return n;
}

static struct span
give_held(struct line_reader *r)
{
	r->given = true;
	return buf_span(&r->held);
}

bool
line_reader_next(struct line_reader *r, struct span *in, struct span *line)
{
	size_t n;

	forget_given(r);
	if (in->len == 0)
		return false;
	if (r->after_cr && *in->at == '\n')
		span_skip(in, 1);
	r->after_cr = false;
	n = length_to_end(*in);
	*line = span_cut(*in, 0, n);
	span_skip(in, n);
	if (in->len == 0) {
		buf_add(&r->held, *line);
		return false;
	}
	r->after_cr = *in->at == '\r';
	span_skip(in, 1);
	if (r->held.len > 0) {
		buf_add(&r->held, *line);
		*line = give_held(r);
	}
	r->number++;
	return true;
}

bool
line_reader_last(struct line_reader *r, struct span *line)
{
	forget_given(r);
	if (r->held.len == 0)
		return false;
	r->number++;
	*line = give_held(r);
	return true;
}

void
line_reader_free(struct line_reader *r)
{
	buf_free(&r->held);
	*r = (struct line_reader){ 0 };
}
