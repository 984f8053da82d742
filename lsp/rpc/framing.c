#include "rpc/framing.h"

static const char length_name[] = "content-length:";
#define LENGTH_NAME_LEN (sizeof length_name - 1)

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool
starts_with_length(struct span s)
{
	if (s.len < LENGTH_NAME_LEN)
		return false;
	for (size_t i = 0; i < LENGTH_NAME_LEN; i++) {
		if (lower(s.at[i]) != length_name[i])
			return false;
	}
	return true;
}

static struct span
trim(struct span s)
{
	while (s.len > 0 && strchr(" \t\r\n", s.at[s.len - 1]) != NULL)
		s.len--;
	while (s.len > 0 && (*s.at == ' ' || *s.at == '\t'))
		span_skip(&s, 1);
	return s;
}

/* A count that would not fit becomes a very large one, which is over any limit. */
static bool
parse_length(struct span digits, uint64_t *length)
{
	*length = 0;
	if (digits.len == 0)
		return false;
	for (; digits.len > 0; span_skip(&digits, 1)) {
		if (*digits.at < '0' || *digits.at > '9')
			return false;
		if (*length > UINT64_MAX / 100)
			*length = UINT64_MAX / 100;
		*length = *length * 10 + (uint64_t)(*digits.at - '0');
	}
	return true;
}

/* The next line of a header, its end included. */
static struct span
take_line(struct span *header)
{
	const char *newline = memchr(header->at, '\n', header->len);
	struct span line = { header->at,
			     newline == NULL ? header->len : (size_t)(newline - header->at) + 1 };

	span_skip(header, line.len);
	return line;
}

/* What a whole header says; returns what is wrong with it, or NULL. */
static const char *
parse_header(struct span header, uint64_t *length)
{
	bool found = false;

	while (header.len > 0) {
		struct span line = take_line(&header);
		uint64_t value;

		if (trim(line).len == 0)
			break;
		if (!starts_with_length(line))
			continue;
		span_skip(&line, LENGTH_NAME_LEN);
		if (!parse_length(trim(line), &value))
			return "Content-Length is not a number";
		if (value > UINT32_MAX) /* skipping so much would be skipping all that ever comes */
			return "Content-Length is too large to be true";
		if (found && value != *length)
			return "Content-Length is given twice";
		*length = value;
		found = true;
	}
	return found ? NULL : "a message without Content-Length";
}

static enum frame
lost(struct framer *f, const char *fault)
{
	f->state = FRAMER_LOST;
	f->len = 0;
	f->line = 0;
	f->fault = fault;
	return FRAME_ERROR;
}

static enum frame
header_done(struct framer *f)
{
	uint32_t most = f->body_max == 0 ? FRAME_BODY_MAX_DEFAULT : f->body_max;
	const char *fault = parse_header((struct span){ f->header, f->len }, &f->left);

	f->len = 0;
	f->line = 0;
	if (fault != NULL) {
		f->fault = fault;
		return FRAME_ERROR; /* the next header may follow at once */
	}
	f->state = f->left > most ? FRAMER_SKIP : FRAMER_BODY;
	if (f->state == FRAMER_BODY)
		return FRAME_MORE;
	f->fault = "a message is longer than the limit";
	return FRAME_TOO_LONG;
}

/* Something that is no header may have one in it: a body that was longer than it said, say. What is
 * from there on is kept. */
static enum frame
line_without_colon(struct framer *f)
{
	struct span line = { f->header + f->line, f->len - f->line };

	for (; line.len >= LENGTH_NAME_LEN; span_skip(&line, 1)) {
		if (starts_with_length(line)) {
			memmove(f->header, line.at, line.len);
			f->len = (uint32_t)line.len;
			f->line = f->len;
			f->fault = "a line in a header has no name";
			return FRAME_ERROR;
		}
	}
	return lost(f, "a line in a header has no name");
}

static bool
is_name(struct span name)
{
	for (; name.len > 0; span_skip(&name, 1)) {
		if (*name.at <= ' ' || *name.at >= 0x7F || strchr("{}\"[],", *name.at) != NULL)
			return false;
	}
	return true;
}

/* A line has been read. FRAME_MORE: all is well so far. */
static enum frame
line_done(struct framer *f)
{
	struct span line = { f->header + f->line, f->len - f->line };
	const char *colon = memchr(line.at, ':', line.len);

	if (trim(line).len == 0) {
		if (f->line == 0) { /* an empty line between two messages does no harm */
			f->len = 0;
			return FRAME_MORE;
		}
		return header_done(f);
	}
	if (colon == NULL || colon == line.at ||
	    !is_name((struct span){ line.at, (size_t)(colon - line.at) }))
		return line_without_colon(f);
	f->line = f->len;
	return FRAME_MORE;
}

static enum frame
in_header(struct framer *f, struct span *in)
{
	enum frame event = FRAME_MORE;

	while (in->len > 0 && event == FRAME_MORE && f->state == FRAMER_HEADER) {
		char c = *in->at;

		if (f->len == FRAME_HEADER_MAX)
			return lost(f, "a header is longer than 4 KiB");
		f->header[f->len++] = c;
		span_skip(in, 1);
		if (c == '\n')
			event = line_done(f);
	}
	return event;
}

/* `header` holds so much of "content-length:" as has just gone by. */
static void
look_for_length(struct framer *f, struct span *in)
{
	while (in->len > 0 && f->state == FRAMER_LOST) {
		char c = *in->at;

		if (lower(c) != length_name[f->len])
			f->len = 0;
		if (lower(c) == length_name[f->len])
			f->header[f->len++] = c;
		span_skip(in, 1);
		if (f->len == LENGTH_NAME_LEN)
			f->state = FRAMER_HEADER;
	}
}

enum frame
framer_next(struct framer *f, struct span *in, struct span *piece)
{
	for (;;) {
		enum frame event;

		if ((f->state == FRAMER_BODY || f->state == FRAMER_SKIP) && f->left == 0) {
			event = f->state == FRAMER_BODY ? FRAME_END : FRAME_MORE;
			f->state = FRAMER_HEADER;
			if (event == FRAME_END)
				return event;
		}
		if (in->len == 0)
			return FRAME_MORE;
		switch (f->state) {
		case FRAMER_HEADER:
			event = in_header(f, in);
			if (event != FRAME_MORE)
				return event;
			break;
		case FRAMER_LOST:
			look_for_length(f, in);
			break;
		case FRAMER_BODY:
		case FRAMER_SKIP:
			*piece = (struct span){ in->at,
						in->len < f->left ? in->len : (size_t)f->left };
			span_skip(in, piece->len);
			f->left -= piece->len;
			if (f->state == FRAMER_BODY)
				return FRAME_BODY;
			break;
		}
	}
}

bool
framer_is_idle(const struct framer *f)
{
	return f->state == FRAMER_LOST || (f->state == FRAMER_HEADER && f->len == 0);
}
