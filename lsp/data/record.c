#include "record.h"

static struct span
trim(struct span line)
{
	while (line.len > 0 && (line.at[line.len - 1] == '\r' || line.at[line.len - 1] == ' ' ||
				line.at[line.len - 1] == '\t'))
		line.len--;
	return line;
}

/* Adds to the line that is begun, as far as it is kept. */
static void
hold(struct record_reader *r, struct span part)
{
	size_t room = RECORD_MAX - r->held.len;

	if (part.len > room) {
		part.len = room;
		r->dropped = true;
	}
	buf_add(&r->held, part);
}

/* The line in `held`. */
static struct span
give_held(struct record_reader *r)
{
	r->given = true;
	r->overlong = r->dropped;
	return trim(buf_span(&r->held));
}

/* The line in the piece. */
static struct span
give(struct record_reader *r, struct span line)
{
	r->overlong = line.len > RECORD_MAX;
	if (r->overlong)
		line.len = RECORD_MAX;
	return trim(line);
}

static void
forget_given(struct record_reader *r)
{
	if (!r->given)
		return;
	buf_reset(&r->held);
	r->given = false;
	r->dropped = false;
}

bool
record_next(struct record_reader *r, struct span *in, struct span *line)
{
	const char *end;
	size_t len;

	forget_given(r);
	if (in->len == 0)
		return false;
	if (r->held.len == 0)
		r->start = r->at;
	end = memchr(in->at, '\n', in->len);
	if (end == NULL) {
		hold(r, *in);
		r->at += in->len;
		span_skip(in, in->len);
		return false;
	}
	len = (size_t)(end - in->at);
	if (r->held.len > 0) {
		hold(r, span_cut(*in, 0, len));
		*line = give_held(r);
	} else {
		*line = give(r, span_cut(*in, 0, len));
	}
	span_skip(in, len + 1);
	r->at += len + 1;
	r->number += r->number < UINT32_MAX;
	return true;
}

bool
record_is_cut(const struct record_reader *r)
{
	return r->held.len > 0 && !r->given;
}

bool
record_last(struct record_reader *r, struct span *line)
{
	forget_given(r);
	if (r->held.len == 0)
		return false;
	*line = give_held(r);
	r->number += r->number < UINT32_MAX;
	return true;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool
record_take_number(struct span *s, uint64_t *n)
{
	size_t i = 0;

	*n = 0;
	for (; i < s->len && is_digit(s->at[i]); i++) {
		unsigned digit = (unsigned)(s->at[i] - '0');

		*n = *n > (UINT64_MAX - digit) / 10 ? UINT64_MAX : *n * 10 + digit;
	}
	span_skip(s, i);
	return i > 0;
}

bool
record_take(struct span *s, char c)
{
	if (s->len == 0 || *s->at != c)
		return false;
	span_skip(s, 1);
	return true;
}

bool
record_take_signed(struct span *s, uint64_t *n)
{
	struct span rest = *s;
	bool negative = record_take(&rest, '-');

	if (!record_take_number(&rest, n))
		return false;
	if (negative)
		*n = 0;
	*s = rest;
	return true;
}

/* The digits behind a point: how many, and is one of them not 0? */
static size_t
take_fraction(struct span *s, uint64_t *n, bool *more)
{
	size_t places = 0;

	*more = false;
	while (s->len > 0 && is_digit(*s->at)) {
		unsigned digit = (unsigned)(*s->at - '0');

		/* "1.5e+06": digits that the exponent may still bring before the point. */
		if (!*more && *n < UINT64_MAX / 10 - 10) {
			*n = *n * 10 + digit;
			places++;
		} else {
			*more = *more || digit != 0;
		}
		span_skip(s, 1);
	}
	return places;
}

/* Moves the point of n by `by` places; true: something other than 0 fell off behind it. */
static bool
shift(uint64_t *n, int64_t by)
{
	bool lost = false;

	for (; by > 0 && *n != 0 && *n != UINT64_MAX; by--)
		*n = *n > UINT64_MAX / 10 ? UINT64_MAX : *n * 10;
	for (; by < 0 && *n != 0; by++) {
		lost = lost || *n % 10 != 0;
		*n /= 10;
	}
	return lost;
}

static bool
take_exponent(struct span *s, int64_t *exponent)
{
	struct span rest = *s;
	uint64_t n;
	bool negative;

	if (!record_take(&rest, 'e') && !record_take(&rest, 'E'))
		return false;
	negative = record_take(&rest, '-');
	if (!negative)
		record_take(&rest, '+');
	if (!record_take_number(&rest, &n))
		return false;
	*exponent = n > 1000 ? 1000 : (int64_t)n;
	if (negative)
		*exponent = -*exponent;
	*s = rest;
	return true;
}

bool
record_take_count(struct span *s, uint64_t *n)
{
	struct span rest = *s;
	int64_t exponent = 0;
	size_t places = 0;
	bool negative, more = false;

	record_take(&rest, '=');
	negative = record_take(&rest, '-');
	if (!negative)
		record_take(&rest, '+');
	if (!record_take_number(&rest, n))
		return false;
	if (record_take(&rest, '.'))
		places = take_fraction(&rest, n, &more);
	take_exponent(&rest, &exponent);
	more = shift(n, exponent - (int64_t)places) || more;
	if (*n == 0 && more)
		*n = 1;
	if (negative)
		*n = 0;
	*s = rest;
	return true;
}

bool
record_set_fault(const struct record_reader *r, uint32_t first_line, struct span line,
		 const char *at, const char *text, struct reader_fault *fault)
{
	uint64_t number = (uint64_t)first_line + r->number - 1;

	if (first_line != 0 && number < UINT32_MAX)
		fault->line = (uint32_t)number;
	return reader_set_fault(fault, r->start + (uint64_t)(at - line.at), "%s", text);
}
